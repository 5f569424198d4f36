"""The stretch of words in a text that a string resembles most."""

from __future__ import annotations

import re

from goldwire.corpus.document import Span

__all__ = ["Resemblance"]

_WORD = re.compile(r"\w+(?:[-'’]\w+)*")


class Resemblance:
    """Stretches of whole words of one text, with as many words as the string, one less, or one more."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._words = [match.span() for match in _WORD.finditer(text)]
        self._stretches: dict[int, list[Span]] = {}

    def best(self, string: str, least: float) -> tuple[float, list[Span]]:
        """The greatest likeness, and the spans that have it, in their order; ``(0.0, [])`` where it is below ``least``.

        Likeness is the normalised Indel similarity, from 0 to 1: twice the length of the longest common subsequence by
        both lengths.
        """
        from rapidfuzz import fuzz, process

        count = len(_WORD.findall(string))
        if not count:
            return 0.0, []
        spans = [span for n in range(max(1, count - 1), count + 2) for span in self._of(n)]
        surfaces = [self._text[start:end] for start, end in spans]
        found = process.extract(
            string, surfaces, scorer=fuzz.ratio, processor=None, score_cutoff=100 * least, limit=None
        )
        if not found:
            return 0.0, []
        greatest = found[0][1]
        return greatest / 100, sorted(spans[at] for _, likeness, at in found if likeness == greatest)

    def _of(self, count: int) -> list[Span]:
        if count not in self._stretches:
            words = self._words
            last = len(words) - count + 1
            self._stretches[count] = [(words[at][0], words[at + count - 1][1]) for at in range(max(0, last))]
        return self._stretches[count]
