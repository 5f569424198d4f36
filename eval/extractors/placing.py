"""The strings of a quote as spans of the text: its words first, then cue and speaker, nearest to them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from goldwire.corpus.document import Span
from goldwire.eval.alignment import Policy, places

__all__ = ["POLICY", "Placer"]

POLICY = (
    "quotes: the n-th time that words come up at their n-th place, the parts of one quote in order, abridged ones part "
    "by part; cue and speaker at their nearest place outside the words"
)
"""How the strings of a quote find their place; each is sought exactly, then folded, then by likeness."""

_DOTS = re.compile(r"\s*(?:\[\s*(?:…|\.\.\.)\s*\]|<\s*(?:…|\.\.\.)\s*>|…|\.\.\.)\s*")
_OUTSIDE = " \t\r\n\u00a0\"'«»„“”‘’.,;:–—-"


class Placer:
    """One text, and where each of ``strings`` and of their parts stands in it."""

    def __init__(self, text: str, strings: Iterable[str], *, fuzzy: bool = True) -> None:
        wanted = list(dict.fromkeys(part for string in strings for form in _forms(string) for part in form))
        found = places(wanted, text, Policy("all", fuzzy))
        self._spans = {string: place.spans for string, place in zip(wanted, found, strict=True)}
        self._as_is = {string for string, place in zip(wanted, found, strict=True) if place.how in ("exact", "folded")}
        self._times: Counter[str] = Counter()

    def content(self, strings: Sequence[str]) -> tuple[list[Span], list[str], list[str]]:
        """The spans of a quote's words in the order of ``strings``; which of these have no place, which were abridged.

        Of the places of the first part the one that follows those taken by earlier quotes with the same words; of the
        others the first behind the part before, in its absence none.
        """
        spans: list[Span] = []
        missing, abridged = [], []
        for string in strings:
            form = next((form for form in _forms(string) if all(part in self._as_is for part in form)), None)
            form = form or next((form for form in _forms(string) if all(map(self._spans.get, form))), None)
            if form is None:
                missing.append(string)
                continue
            placed = self._in_order(form, spans[-1][1] if spans else None)
            if placed is None:
                missing.append(string)
                continue
            spans += placed
            abridged += [string] if len(form) > 1 else []
        return spans, missing, abridged

    def nearest(self, string: str, to: Sequence[Span], apart: Sequence[Span]) -> Span | None:
        """The place of ``string`` nearest to one of ``to``, one that meets none of ``apart`` before one that does."""
        found = self._first(string)
        return min(
            found,
            key=lambda span: (any(_meet(span, other) for other in apart), min(_distance(span, t) for t in to), span),
            default=None,
        )

    def inside(self, string: str, hull: Sequence[Span]) -> Span | None:
        """The first place of ``string`` that lies in one of ``hull``."""
        held = (span for span in self._first(string) if any(h[0] <= span[0] and span[1] <= h[1] for h in hull))
        return next(held, None)

    def first(self, string: str) -> Span | None:
        """The first place of ``string``."""
        return next(iter(self._first(string)), None)

    def _first(self, string: str) -> tuple[Span, ...]:
        forms = sorted((form[0] for form in _forms(string) if len(form) == 1), key=lambda form: form not in self._as_is)
        return next((self._spans[form] for form in forms if self._spans[form]), ())

    def _in_order(self, form: Sequence[str], after: int | None) -> list[Span] | None:
        spans: list[Span] = []
        for part in form:
            found = self._spans[part]
            if after is None:
                self._times[part] += 1
                span = found[min(self._times[part], len(found)) - 1]
            else:
                behind = [span for span in found if span[0] >= after]
                if not behind:
                    return None
                span = behind[0]
            spans.append(span)
            after = span[1]
        return spans


def _forms(string: str) -> list[list[str]]:
    """What may be sought for ``string``: itself, without marks and stops around it, and the parts between dots."""
    bare = string.strip(_OUTSIDE)
    parts = [part.strip(_OUTSIDE) for part in _DOTS.split(string)]
    parts = [part for part in parts if part]
    forms = [[string]] if bare else []
    forms += [[bare]] if bare and bare != string else []
    return [*forms, parts] if len(parts) > 1 else forms


def _meet(a: Span, b: Span) -> bool:
    return a[0] < b[1] and b[0] < a[1]


def _distance(a: Span, b: Span) -> int:
    return max(0, b[0] - a[1], a[0] - b[1])
