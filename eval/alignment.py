"""Where strings without offsets stand in a text: by a declared policy, and every string says how it ended.

A string is sought exactly, then folded (``fold``), each time as whole words before inside of words; where the policy is
``+fuzzy``, then as the stretch of words that it resembles most. A policy chooses among the places that were found.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from msgspec.structs import replace

from goldwire.corpus.document import UNSET, Document, Mention, Span
from goldwire.corpus.errors import UsageError
from goldwire.eval.resemblance import Resemblance

__all__ = [
    "CHANGED",
    "FUZZY",
    "OUTCOMES",
    "POLICIES",
    "How",
    "Placed",
    "Places",
    "Policy",
    "aligned",
    "fold",
    "outcomes",
    "parse_policy",
    "places",
    "sought",
    "with_offsets",
]

POLICIES: Mapping[str, str] = MappingProxyType(
    {
        "nth": "the n-th time that a string comes up it takes its n-th occurrence",
        "in-order": "the strings follow the text: each is sought from where the last one began, then from the head",
        "all": "each string takes all its occurrences, however often it comes up",
        "unique": "only a string that occurs once has a place",
    }
)
"""Policy → definition. ``+fuzzy`` behind one lets what is only like a stretch of the text take its place."""

How = Literal["exact", "folded", "fuzzy", "ambiguous", "changed", "surplus", "not in the text"]

OUTCOMES: Mapping[How, tuple[str, str]] = MappingProxyType(
    {
        "exact": ("aligned-exact", "it stands there as it is"),
        "folded": ("aligned-folded", "it stands there but for case, ё, kinds of blanks, quote marks or dashes"),
        "fuzzy": ("aligned-fuzzy", "the text has something like it there"),
        "ambiguous": ("ambiguous", "several places fit, and the policy takes none"),
        "changed": ("changed", "the text has something like it, which only +fuzzy or a closer likeness would take"),
        "surplus": ("surplus", "it comes up more often than the text has it"),
        "not in the text": ("not-in-text", "the text has nothing like it"),
    }
)
"""How a string ended → the code of the warning, and the definition. The first three have a place."""

FUZZY = 0.8
"""The least likeness (2·common/(length + length), after folding, common: the longest common subsequence) for a place.

Case endings pass («Сирия» for «Сирии» is 0.8), another country does not («Иран» for «Ирак» is 0.75).
"""

CHANGED = 0.6
"""The least likeness at which a string is said to be changed and not to be missing."""

_SAME = str.maketrans("ёЁ«»„“”\u2018\u2019\u00a0\u202f\u2009–—−‑", 'ее"""""' + "''" + "   " + "----")


class Policy(NamedTuple):
    """A name of ``POLICIES``, and whether likeness is enough for a place."""

    name: str = "nth"
    fuzzy: bool = False


class Placed(NamedTuple):
    """A string's span (``None``: it has no place) and how it ended."""

    span: Span | None
    how: How


class Places(NamedTuple):
    """A string's spans, several by the policy ``all`` alone, and how it ended."""

    spans: tuple[Span, ...]
    how: How


def parse_policy(name: str) -> Policy:
    """The policy with that name. ``offsets``, of an extractor that gives offsets, is ``nth`` where it gives none.

    >>> parse_policy("all+fuzzy")
    Policy(name='all', fuzzy=True)

    Raises
    ------
    UsageError
        There is no such policy.
    """
    base, mark, suffix = name.partition("+")
    base = "nth" if base == "offsets" else base
    if base not in POLICIES or (mark and suffix != "fuzzy"):
        raise UsageError(f"alignment {name!r}: found no such policy, expected {', '.join(POLICIES)}, or one +fuzzy")
    return Policy(base, bool(mark))


def fold(text: str) -> str:
    r"""The text with case, ё, kinds of blanks, quote marks and dashes made one; every character keeps its place.

    >>> fold("«Ёлка» —\u00a0да") == '"елка" - да'
    True
    """
    lower = "".join(c.lower() if len(c.lower()) == 1 else c for c in text.translate(_SAME))
    return lower if len(lower) == len(text) else text


def aligned(strings: Iterable[str], text: str, policy: Policy | str = "nth") -> list[Placed]:
    """The place of each of ``strings``, which are NFC or as the text has them; of several places the first.

    What has no place is ``surplus`` or ``not in the text``: likeness is looked for only where the policy asks for it.
    """
    chosen = parse_policy(policy) if isinstance(policy, str) else policy
    return [
        Placed(spans[0] if spans else None, how) for spans, how in _Search(text, chosen, near=chosen.fuzzy)(strings)
    ]


def places(strings: Iterable[str], text: str, policy: Policy | str = "nth") -> list[Places]:
    """All places of each of ``strings``, which are NFC or as the text has them, and how each ended.

    Occurrences of a string do not overlap. But by ``all``, no two equal strings take one place.
    """
    chosen = parse_policy(policy) if isinstance(policy, str) else policy
    return list(_Search(text, chosen, near=True)(strings))


def with_offsets(document: Document, text: str, policy: Policy) -> Document:
    """``document`` with its mentions without offsets placed in ``text``.

    Each of them, placed or not, says in ``extra`` how it was ``aligned``, and as what it was ``given`` where the text
    has something else; what is placed several times has ``"again": true`` from the second on. Where a string takes all
    its occurrences, the same string with the same type is left out when it comes up again, and counted as ``repeated``.
    The document's ``extra`` names the policy.
    """
    floating = [m for m in document.mentions or () if m.start is None or m.end is None]
    if not floating:
        return document
    found = iter(places([m.text or "" for m in floating], text, policy))
    mentions: list[Mention] = []
    repeated, seen = 0, set()
    for m in document.mentions or ():
        if m.start is None or m.end is None:
            place, key = next(found), (fold(m.text or ""), m.type)
            if policy.name == "all" and place.spans and key in seen:
                repeated += 1
            else:
                mentions += _placed(m, place, text)
            seen.add(key)
        else:
            mentions.append(m)
    about: dict[str, Any] = {"policy": policy.name + ("+fuzzy" if policy.fuzzy else "")}
    about |= {"repeated": repeated} if repeated else {}
    return replace(document, mentions=tuple(mentions), extra={**(document.extra or {}), "alignment": about})


def outcomes(document: Document) -> Iterator[tuple[str, str, int]]:
    """(code of the warning, string, count) of what ``with_offsets`` did in ``document``."""
    about = document.extra.get("alignment") if document.extra else None
    if not isinstance(about, dict):
        return
    if about.get("repeated"):
        yield "repeated", "", about["repeated"]
    for m in document.mentions or ():
        extra = m.extra or {}
        code, _ = OUTCOMES.get(extra.get("aligned", ""), ("", ""))
        if code and not extra.get("again"):
            yield code, str(extra.get("given", m.text or "")), 1


def sought(mention: Mention) -> str:
    """The string that is yet to be placed; empty where ``with_offsets`` has already found no place for it."""
    return "" if mention.extra and "aligned" in mention.extra else mention.text or ""


def _placed(m: Mention, found: Places, text: str) -> Iterator[Mention]:
    about = {**(m.extra or {}), "aligned": found.how}
    if not found.spans:
        yield replace(m, start=None, end=None, extra=about)
    for at, (start, end) in enumerate(found.spans):
        surface = text[start:end]
        extra = about | ({} if surface == m.text else {"given": m.text}) | ({"again": True} if at else {})
        yield replace(m, start=start, end=end, text=surface, id=UNSET if at else m.id, extra=extra)


class _Search:
    """One text, and what of it the strings have taken so far; equal strings are those that fold to the same."""

    def __init__(self, text: str, policy: Policy, *, near: bool) -> None:
        self._text, self._policy, self._near = text, policy, near
        self._folded = fold(text)
        self._resemblance: Resemblance | None = None
        self._known: dict[str, tuple[list[Span], How]] = {}
        self._taken: dict[str, set[Span]] = {}
        self._from: dict[tuple[str, How], int] = {}
        self._cursor = 0

    def __call__(self, strings: Iterable[str]) -> Iterator[Places]:
        for string in strings:
            if string not in self._known:
                self._known[string] = self._found(string)
            spans, how = self._known[string]
            yield self._chosen(string, spans, how) if spans else Places((), how)

    def _chosen(self, string: str, spans: list[Span], how: How) -> Places:
        match self._policy.name:
            case "all":
                return Places(tuple(spans), how)
            case "unique" if len(spans) > 1:
                return Places((), "ambiguous")
        key = fold(string)
        taken = self._taken.setdefault(key, set())
        if self._policy.name == "in-order":
            free = [span for span in spans if span not in taken]
            span = next((span for span in free if span[0] >= self._cursor), next(iter(free), None))
        else:
            at = self._from.get((string, how), 0)
            while at < len(spans) and spans[at] in taken:
                at += 1
            self._from[string, how] = at
            span = spans[at] if at < len(spans) else None
        if span is None:
            return Places((), "surplus")
        taken.add(span)
        self._cursor = span[0]
        return Places((span,), how)

    def _found(self, string: str) -> tuple[list[Span], How]:
        needle = fold(unicodedata.normalize("NFC", string))
        if not needle.strip():
            return [], "not in the text"
        sides: tuple[tuple[How, str, str], ...] = (("exact", string, self._text), ("folded", needle, self._folded))
        found = [(how, list(_occurrences(sought, hay)), hay) for how, sought, hay in sides]
        for how, spans, hay in found:
            if whole := [span for span in spans if not _cuts(span, hay)]:
                return whole, how
        for how, spans, _ in found:
            if spans:
                return spans, how
        return self._like(needle) if self._near else ([], "not in the text")

    def _like(self, needle: str) -> tuple[list[Span], How]:
        if self._resemblance is None:
            self._resemblance = Resemblance(self._folded)
        likeness, spans = self._resemblance.best(needle, CHANGED)
        if not spans:
            return [], "not in the text"
        if likeness < FUZZY or not self._policy.fuzzy:
            return [], "changed"
        alike = {self._folded[start:end] for start, end in spans}
        return (spans, "fuzzy") if len(alike) == 1 else ([], "ambiguous")


def _occurrences(needle: str, hay: str) -> Iterator[Span]:
    at = hay.find(needle)
    while at >= 0:
        yield at, at + len(needle)
        at = hay.find(needle, at + len(needle))


_INSIDE = re.compile(r"\w\w")


def _cuts(span: Span, text: str) -> bool:
    """Whether a span begins or ends inside a word."""
    return any(_INSIDE.match(text, at - 1, at + 1) for at in span if 0 < at < len(text))
