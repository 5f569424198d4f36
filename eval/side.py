"""One side's mentions as raw columns, gathered document by document while each is at hand."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from numbers import Integral
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from goldwire.corpus.document import UNSET, Mention
from goldwire.corpus.errors import InputError, Problem, shown
from goldwire.eval.alignment import aligned, sought
from goldwire.eval.matching import Mentions
from goldwire.eval.tally import Integers

__all__ = [
    "NO_TEXT",
    "Side",
    "SideBuilder",
    "Warn",
    "discontinuous",
    "gold_fault",
    "on_text",
    "refuse_off_text",
    "without_text",
]

Warn = Callable[[str, str, int], None]
"""Called as ``warn(code, example, count)``; an empty example is none."""

NO_TEXT = 1 << 40
"""The length of a text that is not there: more than any offset."""


class Side(NamedTuple):
    """The mentions of some documents; ``mentions.type`` is the index of a name in ``names``.

    ``names`` are in the order in which they came, so that it does not matter how many documents there are at once.
    ``sound`` is false for spans without length or outside the text. ``forms`` is empty where no mention has one.
    ``lengths`` are those of the documents' texts, ``unplaced`` lists (document, start, type) of mentions that are on
    nothing in their text; a string that is not in it counts at its beginning.
    """

    mentions: Mentions
    lengths: Integers
    names: list[str]
    sound: npt.NDArray[np.bool_]
    forms: list[object]
    unplaced: list[tuple[int, int, str]]


class SideBuilder:
    """Collects columns; nothing of a document is kept but its numbers."""

    def __init__(self, *, with_forms: bool) -> None:
        self._with_forms = with_forms
        self._start, self._end, self._kind = array("q"), array("q"), array("q")
        self._codes: dict[str, int] = {}
        self._forms: list[object] = []
        self._counts: list[int] = []
        self._lengths: list[int] = []
        self._unplaced: list[tuple[int, int, str]] = []

    def add(self, mentions: Sequence[Mention], length: int, unplaced: Sequence[tuple[int, str]] = ()) -> bool:
        """Take in the mentions of the next document, and the length of its text.

        Where one has no offsets, or such as are no whole numbers, nothing is taken in, and the answer is ``False``.
        """
        before = len(self._start)
        try:
            self._start.fromlist([m.start for m in mentions])  # type: ignore[misc]  # None raises
            self._end.fromlist([m.end for m in mentions])  # type: ignore[misc]
        except (TypeError, OverflowError):
            del self._start[before:]
            if not all(isinstance(m.start, Integral) and isinstance(m.end, Integral) for m in mentions):
                return False
            self._start.fromlist([_cut(m.start) for m in mentions])
            self._end.fromlist([_cut(m.end) for m in mentions])
        codes = self._codes
        try:
            kinds = [codes[m.type] for m in mentions]
        except KeyError:
            kinds = [codes.setdefault(m.type, len(codes)) for m in mentions]
        self._kind.fromlist(kinds)
        if self._with_forms:
            self._forms += [m.form for m in mentions]
        if unplaced:
            self._unplaced += [(len(self._counts), place, kind) for place, kind in unplaced]
            for _, kind in unplaced:
                codes.setdefault(kind, len(codes))
        self._counts.append(len(mentions))
        self._lengths.append(length)
        return True

    def side(self) -> Side:
        """The columns of all documents so far."""
        document = np.repeat(np.arange(len(self._counts)), self._counts)
        start, end, kind = (np.frombuffer(column, np.int64) for column in (self._start, self._end, self._kind))
        lengths = np.array(self._lengths, np.int64)
        sound = (start >= 0) & (start < end) & (end <= lengths[document])
        forms = [] if self._forms.count(UNSET) == len(self._forms) else self._forms
        return Side(Mentions(document, start, end, kind), lengths, list(self._codes), sound, forms, self._unplaced)


def _cut(offset: int | None) -> int:
    """An offset beyond any text cut to one that is still beyond."""
    return max(-1, min(offset or 0, NO_TEXT + 1))


def refuse_off_text(document: str, mentions: Sequence[Mention], text: str | None) -> None:
    """Refuse gold mentions that have no offsets, or a surface that is not the slice.

    Raises
    ------
    InputError
        With the first of them.
    """
    _refuse_odd_offsets(document, mentions)
    for index, m in enumerate(mentions):
        if m.start is None or m.end is None:
            raise gold_fault(document, "no-offsets", f"mentions[{index}]", f"[{m.start}, {m.end})", "start < end")
        if m.text is not UNSET and text is not None and text[max(0, m.start) : m.end] != m.text:
            surface = shown(text[max(0, m.start) : m.end])
            field = f"mentions[{index}].text"
            raise gold_fault(document, "wrong-surface", field, shown(m.text), f"{surface}, the slice")


def on_text(
    document: str, mentions: Sequence[Mention], text: str | None, warn: Warn
) -> tuple[list[Mention], list[tuple[int, str]]]:
    """Predicted mentions with offsets, and (start, type) of those that are on nothing in the text.

    Strings without offsets are aligned; a surface that is not the slice is on nothing; both are warned of.

    Raises
    ------
    InputError
        An offset is no whole number, as only documents made in Python can have it.
    """
    _refuse_odd_offsets(document, mentions)
    placed = _aligned(document, mentions, text or "", warn)
    kept = [m for m in placed if m.start is not None and m.end is not None and _is_slice(document, m, text, warn)]
    known = set(map(id, kept))
    return kept, [(_cut(m.start), m.type) for m in placed if id(m) not in known]


def _refuse_odd_offsets(document: str, mentions: Sequence[Mention]) -> None:
    for index, m in enumerate(mentions):
        for name, offset in (("start", m.start), ("end", m.end)):
            if not isinstance(offset, Integral | None):
                field, remedy = f"mentions[{index}].{name}", "offsets are whole numbers of code points"
                raise InputError(Problem("wrong-type", shown(offset), "an integer or null", remedy, field, document))


def discontinuous(mentions: Sequence[Mention]) -> int:
    """How many mentions have several fragments: they are scored by their hull."""
    fragments = [m.spans for m in mentions]
    return 0 if fragments.count(UNSET) == len(fragments) else sum(len(spans or ()) > 1 for spans in fragments)


def without_text(mentions: Sequence[Mention]) -> bool:
    """Whether no mention quotes its surface."""
    return [m.text for m in mentions].count(UNSET) == len(mentions)


def gold_fault(document: str, code: str, field: str, found: str, expected: str) -> InputError:
    """What is said of gold that cannot be scored against."""
    return InputError(Problem(code, found, expected, "correct the gold", field, document))


def _aligned(document: str, mentions: Sequence[Mention], text: str, warn: Warn) -> list[Mention]:
    floating = [m for m in mentions if m.start is None or m.end is None]
    places = iter(aligned([sought(m) for m in floating], text))
    result = []
    for m in mentions:
        if m.start is None or m.end is None:
            span, how = next(places)
            if sought(m) or not m.text:  # else it has been told how it ended
                warn(f"aligned-{how}" if span else "not-in-text", f"{document}: {shown(m.text or '')}", 1)
            start, end = span or (None, None)
            result.append(Mention(start=start, end=end, type=m.type))
        else:
            result.append(m)
    return result


def _is_slice(document: str, m: Mention, text: str | None, warn: Warn) -> bool:
    if m.text is UNSET or text is None or m.start is None or m.end is None or m.start < 0:
        return True
    if text[m.start : m.end] == m.text:
        return True
    warn("wrong-surface", f"{document}: {shown(m.text)} at [{m.start}, {m.end})", 1)
    return False
