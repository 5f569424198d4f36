"""Tokens: an alignment of a text for formats that want one, never the truth about it.

One tokenizer, named in every file that it made. It cuts as finely as is sensible, so that few mentions cut a token.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from goldwire.corpus.document import Span

__all__ = ["TOKENIZER", "covered", "tokens"]

TOKENIZER = "goldwire.tokens/1"
"""The tokenizer's name and version: a run of letters, marks, digits and low lines; any other ink, character by one."""


def tokens(text: str) -> Iterator[Span]:
    """The tokens of ``text`` in order; white space belongs to none, every other character to one.

    >>> [text[a:b] for text in ["«Ан-2», 16.12"] for a, b in tokens(text)]
    ['«', 'Ан', '-', '2', '»', ',', '16', '.', '12']
    """
    start = None
    for place, character in enumerate(text):
        if character == "_" or unicodedata.category(character)[0] in "LMN":
            start = place if start is None else start
            continue
        if start is not None:
            yield start, place
            start = None
        if not character.isspace():
            yield place, place + 1
    if start is not None:
        yield start, len(text)


def covered(places: Sequence[Span], span: Span) -> Span:
    """The half-open range of the indices of those tokens that ``span`` touches; empty where it touches none.

    >>> covered([(0, 2), (3, 5), (5, 6)], (1, 4))
    (0, 2)
    """
    first = bisect_right(places, span[0], key=lambda place: place[1])
    last = bisect_left(places, span[1], key=lambda place: place[0])
    return first, max(first, last)
