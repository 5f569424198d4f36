"""Windows over a text longer than a model reads: they overlap, and each unit is judged in one of them."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from goldwire.corpus.document import Span

__all__ = ["Window", "settled", "windows"]


class Window(NamedTuple):
    """Units [start, end) that a model reads together, and [own, until), those that are judged here and nowhere else."""

    start: int
    end: int
    own: int
    until: int


def windows(sizes: Sequence[int], room: int, most: int, overlap: int) -> list[Window]:
    """The windows over units of the given sizes; none for no units.

    A window takes as many units as have a sum of ``room`` at most, and no more than ``most`` units; a unit larger than
    ``room`` stands alone. Neighbours share ``overlap`` units (fewer where windows are short), and the border of what
    is judged in which runs through the middle of these: so each unit has half the overlap of context on either side.

    >>> windows([1] * 10, room=6, most=6, overlap=2)
    [Window(start=0, end=6, own=0, until=5), Window(start=4, end=10, own=5, until=10)]
    """
    if not sizes:
        return []
    edges: list[Span] = []
    start, reached = 0, 0
    while reached < len(sizes):
        end, taken = start + 1, sizes[start]
        while end < len(sizes) and end - start < most and taken + sizes[end] <= room:
            taken += sizes[end]
            end += 1
        if end > reached:
            edges.append((start, end))
            start, reached = max(start + 1, end - overlap), end
        else:  # the next unit leaves no room for so much of an overlap
            start += 1
    borders = [0, *((left[1] + right[0]) // 2 for left, right in pairwise(edges)), len(sizes)]
    return [Window(*edge, *own) for edge, own in zip(edges, pairwise(borders), strict=True)]


def settled(start: int, end: int, text: str) -> Span | None:
    r"""A tokenizer's span as a span of the text: without white space at its ends, no letter parted from its marks.

    ``None`` where nothing but white space is in it.

    >>> settled(0, 4, " Дои\u0306л ")  # й as two code points, of which the tokenizer dropped the second
    (1, 5)
    """
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    if start == end:
        return None
    base = start
    while base > 0 and unicodedata.category(text[base]).startswith("M"):
        base -= 1
    start = start if text[base].isspace() else base
    while end < len(text) and unicodedata.category(text[end]).startswith("M"):
        end += 1
    return start, end
