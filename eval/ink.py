"""Ink: the characters of spans that count, so that quote marks, commas and blanks at the ends are free."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from goldwire.corpus.document import Span

__all__ = ["Ink", "ink", "is_sound", "merged", "normalised"]

Ink = frozenset[int]
"""A set of code point positions."""


def ink(text: str, spans: Iterable[Span]) -> Ink:
    """The positions in ``spans`` whose character is alphanumeric; all positions if there is none.

    A span that is empty, reversed or outside the text makes the whole empty: what is bad equals nothing.

    >>> sorted(ink('"Да", - сказал', [(0, 5)]))
    [1, 2]
    """
    listed = list(spans)
    if not all(is_sound(span, len(text)) for span in listed):
        return frozenset()
    positions = [at for start, end in listed for at in range(start, end)]
    return frozenset(at for at in positions if text[at].isalnum()) or frozenset(positions)


def is_sound(span: Span, length: int) -> bool:
    """Whether a span has a length and lies in a text of ``length`` code points."""
    return 0 <= span[0] < span[1] <= length


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The spans in text order, those that touch or overlap made one.

    >>> merged([(5, 9), (0, 3), (3, 4)])
    ((0, 4), (5, 9))
    """
    result: list[Span] = []
    for start, end in sorted(spans):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return tuple(result)


def normalised(surface: str) -> str:
    r"""A surface without what writers vary: NFC, casefold, ё as е, white space folded to single blanks.

    >>> normalised(" Королёв\u00a0 Пётр ")
    'королев петр'
    """
    folded = unicodedata.normalize("NFC", surface).casefold().replace("ё", "е")
    return " ".join(folded.split())
