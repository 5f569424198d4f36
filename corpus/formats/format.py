"""The one shape of every outside format, and the list of what a conversion leaves out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from goldwire.corpus.document import Document

__all__ = ["Format", "Losses"]

_MOST_PLACES = 3


class Losses:
    """What a conversion leaves out or finds odd: counted by document and kind, with the first few places.

    ``closely`` asks readers to look for what scoring has no time for too: keys that a record gives twice.

    >>> losses = Losses()
    >>> losses.count("doc", "nested mentions", "mentions[3]")
    >>> list(losses)
    [('doc', 'nested mentions', 1, ['mentions[3]'])]
    """

    def __init__(self, *, closely: bool = False) -> None:
        self.closely = closely
        self._counts: Counter[tuple[str, str]] = Counter()
        self._places: dict[tuple[str, str], list[str]] = {}

    def count(self, document: str, what: str, place: str = "", number: int = 1) -> None:
        """Count ``number`` more of ``what`` in ``document``; ``place`` is a line, a field or a surface."""
        self._counts[document, what] += number
        places = self._places.setdefault((document, what), [])
        if place and len(places) < _MOST_PLACES:
            places.append(place)

    def __iter__(self) -> Iterator[tuple[str, str, int, list[str]]]:
        """(document, what, how many, first places), in the order in which they came up."""
        for (document, what), number in self._counts.items():
            yield document, what, number, self._places[document, what]

    def totals(self) -> dict[str, int]:
        """What → how many over all documents."""
        totals: Counter[str] = Counter()
        for (_, what), number in self._counts.items():
            totals[what] += number
        return dict(sorted(totals.items()))


@dataclass(frozen=True, slots=True)
class Format:
    """One outside format.

    ``matches`` says whether a path looks like it; ``read`` streams its documents; ``write`` writes them whole or not at
    all and says how many (``None``: the format is only read). Both raise ``InputError`` with file, line, found and
    expected, and count in ``Losses`` whatever they leave out. ``extra`` is the extra that brings what it needs;
    ``suffixes`` are those of paths that are written in it when no format is named.
    """

    name: str
    definition: str
    matches: Callable[[Path], bool]
    read: Callable[[Path, Losses], Iterator[Document]]
    write: Callable[[Path, Iterable[Document], Losses], int] | None = None
    extra: str = ""
    suffixes: tuple[str, ...] = ()
