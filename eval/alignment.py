"""Where a string without offsets stands in the text: exact before folded, the n-th of a kind at the n-th occurrence."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable
from typing import Literal, NamedTuple

from goldwire.corpus.document import Span

__all__ = ["Placed", "aligned", "fold"]

_SAME = str.maketrans("ёЁ«»„“”\u2018\u2019\u00a0\u202f\u2009–—−‑", 'ее"""""' + "''" + "   " + "----")


class Placed(NamedTuple):
    """A string's span (``None``: not in the text) and how it was found."""

    span: Span | None
    how: Literal["exact", "folded", "not in the text"]


def fold(text: str) -> str:
    r"""The text with case, ё, kinds of blanks, quote marks and dashes made one; every character keeps its place.

    >>> fold("«Ёлка» —\u00a0да") == '"елка" - да'
    True
    """
    lower = "".join(c.lower() if len(c.lower()) == 1 else c for c in text.translate(_SAME))
    return lower if len(lower) == len(text) else text


def aligned(strings: Iterable[str], text: str) -> list[Placed]:
    """A place for each of ``strings``, which are NFC or as the text has them.

    The n-th time that a string comes up it takes its n-th occurrence in the text; where it comes up more often than the
    text has it, the surplus has no place. Occurrences do not overlap.
    """
    folded = fold(text)
    seen: Counter[tuple[str, str]] = Counter()
    placed = []
    for string in strings:
        placed.append(Placed(None, "not in the text"))
        for how, needle, hay in (
            ("exact", string, text),
            ("folded", fold(unicodedata.normalize("NFC", string)), folded),
        ):
            if needle and needle in hay:
                seen[how, needle] += 1
                at = -1
                for _ in range(seen[how, needle]):
                    at = hay.find(needle, 0 if at < 0 else at + len(needle))
                    if at < 0:
                        break
                if at >= 0:
                    placed[-1] = Placed((at, at + len(needle)), "exact" if how == "exact" else "folded")
                break
    return placed
