"""BIO tags: chunks of tokens to tags and back, in IOB1, IOB2 and BILOU (or BIOES, the same in other letters)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from goldwire.corpus.document import Span
from goldwire.corpus.tokens import covered

__all__ = ["SCHEMES", "Chunk", "Decoded", "Flat", "chunks", "flat", "is_tag", "scheme_of", "tags"]

Chunk = tuple[int, int, str]
"""First token, the token after the last, type."""

SCHEMES = ("IOB2", "BILOU")
"""The schemes that are written; IOB1 is read."""

_LETTERS = {"B": "B", "I": "I", "L": "L", "E": "L", "U": "U", "S": "U", "W": "U", "M": "I"}


@dataclass(frozen=True, slots=True)
class Decoded:
    """What tags say: the chunks, and the tokens whose tag does not follow from the one before it."""

    chunks: list[Chunk]
    odd: list[int]


class Flat(NamedTuple):
    """Chunks that do not overlap, and what was lost on the way: what, and the index of the mention."""

    chunks: list[Chunk]
    lost: list[tuple[str, int]]


def flat(mentions: Iterable[tuple[int | None, int | None, str]], places: Sequence[Span]) -> Flat:
    """The mentions that one column of tags can hold, as chunks of the tokens at ``places``.

    A mention is widened to whole tokens. Of mentions that overlap the outermost is kept, of those that cross or cover
    the same tokens the first.

    >>> flat([(0, 9, "A"), (0, 4, "B")], [(0, 4), (5, 9)])
    Flat(chunks=[(0, 2, 'A')], lost=[('nested mentions', 1)])
    """
    ranged: list[tuple[int, int, int, str]] = []
    lost: list[tuple[str, int]] = []
    for index, (begin, finish, kind) in enumerate(mentions):
        if begin is None or finish is None:
            lost.append(("mentions without offsets", index))
            continue
        first, after = covered(places, (begin, finish))
        if first == after:
            lost.append(("mentions without a token", index))
            continue
        start, end = places[first][0], places[after - 1][1]
        if start < begin or end > finish:
            lost.append(("mentions that cut a token (widened to whole tokens)", index))
        elif (start, end) != (begin, finish):
            lost.append(("mentions with white space at an end (trimmed)", index))
        ranged.append((first, -after, index, kind))
    kept: list[Chunk] = []
    for first, minus, index, kind in sorted(ranged):
        if not kept or first >= kept[-1][1]:
            kept.append((first, -minus, kind))
            continue
        what = "nested mentions" if -minus <= kept[-1][1] else "crossing mentions"
        if (first, -minus) == kept[-1][:2]:
            what = "mentions over the same tokens"
        lost.append((what, index))
    return Flat(kept, lost)


def tags(length: int, found: Iterable[Chunk], scheme: str = "IOB2") -> list[str]:
    """The tags of ``length`` tokens with the chunks ``found``, which do not overlap.

    >>> tags(4, [(0, 2, "A"), (2, 3, "B")], "BILOU")
    ['B-A', 'L-A', 'U-B', 'O']
    """
    line = ["O"] * length
    for first, after, kind in found:
        for place in range(first, after):
            letter = "B" if place == first else "I"
            if scheme == "BILOU" and place == after - 1:
                letter = "U" if place == first else "L"
            line[place] = f"{letter}-{kind}"
    return line


def is_tag(text: str) -> bool:
    """Whether ``text`` is a tag of any scheme: ``O`` or a letter, a hyphen and a type.

    >>> is_tag("B-PER"), is_tag("PER"), is_tag("B-")
    (True, False, False)
    """
    return text == "O" or (len(text) > 2 and text[1] == "-" and text[0] in _LETTERS)


def scheme_of(line: Iterable[str]) -> str:
    """``BILOU`` if a tag has a letter that only it has, or its twin BIOES; else ``IOB``, whose two kinds read alike."""
    return "BILOU" if any(tag[0] in "LUESWM" for tag in line) else "IOB"


def chunks(line: Sequence[str], scheme: str = "IOB") -> Decoded:
    """The chunks that the tags of one sentence spell, in any scheme.

    A tag that goes on with nothing begins a chunk, as in IOB1. In ``IOB1`` and ``IOB`` that is no oddity; in ``IOB2``
    and ``BILOU`` it is, as is a chunk of ``BILOU`` that does not end.

    >>> chunks(["I-A", "I-A", "B-A", "O"]).chunks
    [(0, 2, 'A'), (2, 3, 'A')]
    """
    found: list[Chunk] = []
    odd: list[int] = []
    first, kind = -1, ""
    closed = scheme == "BILOU"

    def close(after: int, ended: bool) -> None:
        nonlocal first
        if first >= 0:
            found.append((first, after, kind))
            if closed and not ended:
                odd.append(after - 1)
        first = -1

    for place, tag in enumerate([*line, "O"]):
        letter = _LETTERS.get(tag[0], "O")
        goes_on = letter in "IL" and first >= 0 and tag[2:] == kind
        if not goes_on:
            close(place, ended=False)
            if letter == "O":
                continue
            if letter in "IL" and scheme in SCHEMES:
                odd.append(place)
            first, kind = place, tag[2:]
        if letter in "LU":
            close(place + 1, ended=True)
    return Decoded(found, odd)
