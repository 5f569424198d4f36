"""A text as HTML with gold and guess underlined by kind of error, line by line, each error's card beside its line."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from goldwire.corpus.document import Quote, Span
from goldwire.corpus.layout import lines
from goldwire.corpus.scheme import SCHEME
from goldwire.eval.explained import Explained, Said
from goldwire.eval.findings import Finding
from goldwire.eval.ink import is_sound
from goldwire.eval.report.article import safe
from goldwire.eval.report.reasons import (
    dateline_reason,
    gap_reason,
    kind_reason,
    part_name,
    quote_reason,
    reason,
    short,
    sides,
    words_of,
)

__all__ = ["Marked", "slug"]

_DEEPEST = 9
_RUN_OF_BLANKS = re.compile(r"\s\s|[\t\f\v]")


def slug(error: str) -> str:
    """A name of an error as a class."""
    return error.replace("+", "-")


class _Stroke(NamedTuple):
    """A stretch to underline: its finding's number, its class and side, how far below the text."""

    start: int
    end: int
    number: int
    side: str
    level: int


class Marked:
    """One document of a page; ``name`` begins the ids of its elements, ``types`` numbers the types of the page."""

    def __init__(self, document: Explained, name: str, types: dict[str, int]) -> None:
        self._document, self._name, self._types = document, name, types
        self._text = document.gold.text or ""
        self._findings = document.mentions.findings
        wrong = [at for at, finding in enumerate(self._findings) if finding.error != "correct"]
        self._numbers = {at: number for number, at in enumerate(wrong, 1)}
        self._said = {at: number for number, at in enumerate(range(len(document.quotes)), 1)}
        self._named: set[int] = set()
        self._tints = list(self._tinted())

    def rows(self) -> str:
        """Every line of the text, then what is in none."""
        places = lines(self._text)
        drawn = "\n".join(self._row(place) for place in places)
        lost = [at for at in self._numbers if not _inside(self._findings[at].start, places)]
        said = [at for at, one in enumerate(self._document.quotes) if not _inside(one.start, places)]
        cards = "".join(map(self._card, lost)) + "".join(map(self._quote, said))
        return drawn + (f'\n<h4>Not in a line</h4><ul class="cards">{cards}</ul>' if cards else "")

    def classes(self, finding: Finding) -> str:
        """The classes of a mention's parts: the error, and the types of both sides."""
        kinds = {place.type for place in (finding.gold, finding.guess) if place is not None}
        return f"e-{slug(finding.error)} y{'-'.join(str(n) for n in sorted(self._types[kind] for kind in kinds))}"

    def _row(self, line: Span) -> str:
        start, end = line
        kind = next((b.kind for b in self._document.gold.blocks or () if b.start <= start < b.end), "")
        known = kind if kind in SCHEME.names("block_kinds") else ""
        tag = {"headline": "h4", "subhead": "h5"}.get(known, "p")
        cards = [self._card(at) for at in self._numbers if start <= self._findings[at].start < end]
        cards += [self._quote(at) for at, said in enumerate(self._document.quotes) if start <= said.start < end]
        cards += list(self._layout(line))
        beside = f'<ul class="cards">{"".join(cards)}</ul>' if cards else ""
        spaced = " spaced" if _RUN_OF_BLANKS.search(self._text, start, end) else ""
        gap = "".join(self._gap(line))
        strokes = self._strokes(line)
        deepest = max((stroke.level for stroke in strokes), default=0)
        return (
            f'{gap}<div class="row {known}"><div class="kind">{safe(kind)}</div>'
            f'<{tag} class="text{spaced} l{deepest}">{self._drawn(line, strokes)}</{tag}>{beside}</div>'
        )

    def _gap(self, line: Span) -> Iterator[str]:
        for gap in self._document.gaps:
            if line[0] <= gap.start < line[1]:
                what = "a section begins, as gold says" if gap.error == "correct" else gap_reason(gap)
                yield f'<p class="gap f-layout e-{gap.error}"><b>{gap.error}</b>: {what}</p>'

    def _layout(self, line: Span) -> Iterator[str]:
        for one in self._document.lines:
            if one.start == line[0] and one.error != "correct":
                yield f'<li class="card f-layout e-kind"><b>kind of line</b> {safe(kind_reason(one))}</li>'
        wrong = [part for part in self._document.dateline if part.error != "correct"]
        for part in wrong or self._document.dateline[:1]:
            if line[0] <= (part.gold or part.guess or (-1, -1))[0] < line[1]:
                told = safe(f"{part_name(part)}: {dateline_reason(part, self._text)}")
                yield f'<li class="card f-layout e-{slug(part.error)}"><b>{safe(part.error)}</b> {told}</li>'

    def _strokes(self, line: Span) -> list[_Stroke]:
        spans: list[tuple[int, int, int, str]] = []
        for at, finding in enumerate(self._findings):
            if finding.start < 0 or finding.fault:
                continue
            if finding.gold is not None and finding.guess is not None and finding.gold[:2] == finding.guess[:2]:
                spans.append((*finding.gold[:2], at, "both"))
                continue
            for side, place in (("gold", finding.gold), ("guess", finding.guess)):
                if place is not None:
                    spans.append((place.start, place.end, at, side))
        here = sorted((s for s in spans if s[0] < line[1] and line[0] < s[1]), key=lambda s: (s[1] - s[0], s))
        found: list[_Stroke] = []
        for start, end, at, side in here:
            taken = {stroke.level for stroke in found if stroke.start < end and start < stroke.end}
            level = next(n for n in range(len(found) + 1) if n not in taken)
            found.append(_Stroke(start, end, at, side, min(level, _DEEPEST)))
        return sorted(found, key=lambda s: (s.start, -s.end, -s.level))

    def _drawn(self, line: Span, strokes: Sequence[_Stroke]) -> str:
        ends = {place for stroke in strokes for place in stroke[:2]} | {p for *span, _ in self._tints for p in span}
        cuts = [line[0], *sorted(cut for cut in ends if line[0] < cut < line[1]), line[1]]
        parts: list[str] = []
        waiting, active = deque(strokes), list[_Stroke]()
        for start, end in pairwise(cuts):
            while waiting and waiting[0].start <= start:
                active.append(waiting.popleft())
            words = self._leaf(start, end)
            for stroke in sorted(active, key=lambda s: s.level):
                words = self._piece(words, stroke, first=max(stroke.start, line[0]) == start)
            parts.append(words)
            parts += [self._ref(stroke) for stroke in active if stroke.end == end]
            active = [stroke for stroke in active if stroke.end > end]
        return "".join(parts)

    def _piece(self, words: str, stroke: _Stroke, *, first: bool) -> str:
        finding = self._findings[stroke.number]
        name = ""
        number = self._numbers.get(stroke.number)
        if first and number and number not in self._named and (stroke.side != "guess" or finding.gold is None):
            self._named.add(number)
            name = f' id="{self._name}m{number}"'
        return f'<span class="m {self.classes(finding)} s-{stroke.side} l{stroke.level}"{name}>{words}</span>'

    def _ref(self, stroke: _Stroke) -> str:
        """The label behind a mark: of an error a link to its card, of what is right its type."""
        finding = self._findings[stroke.number]
        classes = self.classes(finding)
        if finding.error == "correct" and finding.gold is not None:
            return f'<small class="right {classes}">{safe(finding.gold.type)}</small>'
        number = self._numbers[stroke.number]
        if stroke.side == "guess" and finding.gold is not None:
            if finding.gold.end == stroke.end:
                return ""
            return f'<small class="ref plain {classes}" aria-hidden="true">{number}</small>'
        told = f"error {number}: {finding.error} {_sign(finding)}"
        return (
            f'<a class="ref {classes}" href="#{self._name}e{number}" aria-label="{safe(told)}">'
            f"{number} {safe(_sign(finding))}</a>"
        )

    def _leaf(self, start: int, end: int) -> str:
        words = safe(self._text[start:end])
        over = [(name, at) for a, b, (name, at) in self._tints if a <= start and end <= b]
        if not over:
            return words
        classes = " ".join(dict.fromkeys(name for name, _ in over))
        begun = {at for a, _, (_, at) in self._tints if a == start and self._document.quotes[at].start == start}
        label = "".join(
            f'<a class="said-ref" href="#{self._name}q{self._said[at]}" aria-label="quote {self._said[at]}">'
            f"q{self._said[at]}</a>"
            for at in sorted(begun)
        )
        return f'{label}<span class="{classes}">{words}</span>'

    def _tinted(self) -> Iterator[tuple[int, int, tuple[str, int]]]:
        for at, said in enumerate(self._document.quotes):
            for name, quote in (("said", said.gold), ("guessed", said.guess)):
                for span in () if quote is None else quote.content:
                    if is_sound(span, len(self._text)):
                        yield *span, (name, at)

    def _card(self, at: int) -> str:
        finding, number = self._findings[at], self._numbers[at]
        back = f"{self._name}m{number}"
        shown = finding.start >= 0 and not finding.fault
        link = f'<a href="#{back}" aria-label="error {number} in the text">{number}</a>' if shown else f"{number}"
        return (
            f'<li class="card f-mentions {self.classes(finding)}" id="{self._name}e{number}" tabindex="-1">{link} '
            f"<b>{safe(finding.error)}</b> <bdi>{safe(sides(finding, self._text))}</bdi>"
            f"{_form(finding)}<br><span>{safe(reason(finding, self._text))}</span></li>"
        )

    def _quote(self, at: int) -> str:
        said = self._document.quotes[at]
        number = self._said[at]
        state = {"correct": "hit", "speaker": "wrong speaker"}.get(said.error, said.error)
        if said.error == "correct" and not {"cue", "speaker", "kind"} & set(said.differs):
            parts = [self._side("both", said.gold, said.speaker)]
        else:
            sides = (("gold", said.gold, said.speaker), ("guess", said.guess, said.guessed_speaker))
            parts = [self._side(*side) for side in sides]
        why = quote_reason(said)
        return (
            f'<li class="card quote f-quotes e-{said.error}" id="{self._name}q{number}" tabindex="-1">'
            f"q{number} <b>{state}</b><dl>{''.join(parts)}</dl>"
            f"{self._words(said)}{f'<span>{safe(why)}</span>' if why else ''}</li>"
        )

    def _side(self, name: str, quote: Quote | None, who: str) -> str:
        if quote is None:
            return f"<dt>{name}</dt><dd>no quote</dd>"
        surface = "" if quote.speaker is None else short(self._slice(quote.speaker))
        cue = "" if quote.cue is None else f" · cue «{safe(short(self._slice(quote.cue)))}»"
        as_ = f" as «{safe(surface)}»" if surface and surface != who else ""
        who = safe(who) or "nobody named"
        return f"<dt>{name}</dt><dd><bdi>{who}</bdi>{as_}{cue} · {safe(quote.kind)}</dd>"

    def _words(self, said: Said) -> str:
        both = [quote for quote in (said.gold, said.guess) if quote is not None]
        if "content" not in said.differs:
            both = both[:1]
        labels = ("gold", "guess") if len(both) == 2 else ("",)
        return "".join(
            f"<blockquote>{f'<i>{label}</i> ' if label else ''}{safe(words_of(self._text, quote.content))}</blockquote>"
            for label, quote in zip(labels, both, strict=True)
        )

    def _slice(self, span: Span) -> str:
        return self._text[max(0, span[0]) : max(0, span[1])]


def _inside(at: int, places: Sequence[Span]) -> bool:
    return any(start <= at < end for start, end in places)


def _sign(finding: Finding) -> str:
    """What went wrong, in a sign: −TYPE missed, +TYPE spurious, GOLD→GUESS, or how the boundary is wrong."""
    gold, guess = finding.gold, finding.guess
    if gold is None or guess is None:
        return f"+{guess.type}" if guess is not None else f"−{gold.type}" if gold is not None else ""
    types = f"{gold.type}→{guess.type}" if gold.type != guess.type else gold.type
    return f"{types} {finding.boundary}" if finding.boundary else types


def _form(finding: Finding) -> str:
    return f" <i>{safe(finding.form)}</i>" if finding.form else ""
