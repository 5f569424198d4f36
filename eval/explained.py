"""One document with all that was right and wrong in it: mentions, quotes, lines, sections, dateline.

Every part is made by the functions that the scores are made by, so that what is shown adds up to what is scored.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from goldwire.corpus.document import UNSET, Dateline, Document, Quote, Span
from goldwire.corpus.errors import InputError, Problem
from goldwire.corpus.layout import lines
from goldwire.eval.faults import later_copies, without_copies
from goldwire.eval.findings import Found, mention_findings
from goldwire.eval.ink import Ink, ink
from goldwire.eval.labels import LabelMap
from goldwire.eval.quotes import quote_pairs
from goldwire.eval.sections import line_kinds, section_gaps
from goldwire.eval.speakers import Cast, entity_map
from goldwire.eval.views import View

__all__ = ["SAID", "Explained", "Gap", "Line", "Part", "Said", "explain"]

SAID = ("correct", "speaker", "missed", "spurious")
"""What can become of a quote in ``quotes.who-said-what``."""


class Said(NamedTuple):
    """A pair of quotes, or one alone.

    ``error`` is one of ``SAID``; ``speaker`` is a pair of M whose speakers are not one entity. ``speaker`` and
    ``guessed_speaker`` name who speaks (the guess in gold's words where φ knows it, ``""``: nobody named); ``differs``
    lists the parts of a pair that are not equal, ``likeness`` the best s with a quote of the other side.
    """

    error: str
    gold: Quote | None
    guess: Quote | None
    speaker: str = ""
    guessed_speaker: str = ""
    differs: tuple[str, ...] = ()
    likeness: float = 0.0
    fault: str = ""

    @property
    def start(self) -> int:
        """Where its first words are, gold's if it is in gold."""
        quote = self.gold or self.guess
        return -1 if quote is None else min(quote.content, default=(-1, -1))[0]


class Line(NamedTuple):
    """A non-blank line, the kind that it has in gold and in the predictions (``none``: in no block)."""

    start: int
    end: int
    kind: str
    guess: str

    @property
    def error(self) -> str:
        """``correct`` or ``kind``."""
        return "correct" if self.kind == self.guess else "kind"


class Gap(NamedTuple):
    """A gap between paragraphs where a section begins on either side: where the paragraph after it starts."""

    start: int
    error: str


class Part(NamedTuple):
    """The dateline or a part of it: ``correct``, ``boundary`` (other spans), ``missed`` or ``spurious``."""

    name: str
    error: str
    gold: Span | None
    guess: Span | None


class Explained(NamedTuple):
    """All findings of one document; a layer that the run did not attempt, or gold does not have, is empty.

    ``gold`` is the document itself; ``state`` is ``scored``, ``missing`` or ``failed``, ``reason`` why it failed.
    """

    gold: Document
    state: str = "scored"
    reason: str = ""
    mentions: Found = Found()
    quotes: tuple[Said, ...] = ()
    lines: tuple[Line, ...] = ()
    gaps: tuple[Gap, ...] = ()
    dateline: tuple[Part, ...] = ()

    def errors(self) -> Iterator[str]:
        """The class of each of its findings, of the dateline that of the whole."""
        yield from (finding.error for finding in self.mentions.findings)
        yield from (said.error for said in self.quotes)
        yield from (line.error for line in self.lines)
        yield from (gap.error for gap in self.gaps)
        yield from (part.error for part in self.dateline[:1])

    @property
    def wrong(self) -> int:
        """How many of its findings are not correct."""
        return sum(error != "correct" for error in self.errors())


def explain(
    pairs: Sequence[tuple[Document, Document | None]], layers: Collection[str], labels: LabelMap | None, view: View
) -> list[Explained]:
    """The findings of each gold document and its prediction (``None``: it has none), for the layers attempted.

    Raises
    ------
    InputError
        A gold document has no text, or is unsound.
    """
    for gold, _ in pairs:
        if gold.text is UNSET:
            raise InputError(Problem("no-text", "no text", "a text to show", "add it to the gold", "text", gold.id))
    whole = [(gold, predicted or Document(id=gold.id)) for gold, predicted in pairs]
    found = mention_findings(whole, labels, view) if "mentions" in layers else [Found()] * len(whole)
    result = []
    for (gold, predicted), mentions in zip(whole, found, strict=True):
        text, sound = gold.text or "", without_copies(gold)
        ours = {layer: getattr(sound, layer) for layer in layers if getattr(sound, layer) is not UNSET}
        result.append(
            Explained(
                gold,
                mentions=mentions,
                quotes=_said(sound, predicted, text) if "quotes" in ours else (),
                lines=_lines(sound, predicted, text) if "blocks" in ours else (),
                gaps=_gaps(sound, predicted, len(text)) if "sections" in ours else (),
                dateline=_parts(sound.dateline or None, predicted.dateline or None) if "dateline" in ours else (),
            )
        )
    return [
        one._replace(state="missing") if predicted is None else one
        for one, (_, predicted) in zip(result, pairs, strict=True)
    ]


def _said(gold: Document, predicted: Document, text: str) -> tuple[Said, ...]:
    ours, theirs = gold.quotes or (), predicted.quotes or ()
    copies = set(later_copies(theirs))
    once = [quote for at, quote in enumerate(theirs) if at not in copies]
    cast, guessed_cast = Cast(gold, ours, text), Cast(predicted, theirs, text)
    same = entity_map(cast, guessed_cast)

    def speakers(quote: Quote | None, guess: Quote | None) -> tuple[str, str]:
        key = None if guess is None else guessed_cast.speaker(guess)
        known = same.get(key) if key is not None else None
        guessed = _name(gold, known) if known is not None else _name(predicted, key)
        return _name(gold, None if quote is None else cast.speaker(quote)), guessed

    found = []
    pairs = quote_pairs(ours, once, text)
    for i, j in pairs:
        key, guessed_key = cast.speaker(ours[i]), guessed_cast.speaker(once[j])
        hit = key is not None and guessed_key is not None and same.get(guessed_key) == key
        differs = _differs(ours[i], once[j], text)
        error = "correct" if hit else "speaker"
        found.append(Said(error, ours[i], once[j], *speakers(ours[i], once[j]), differs, _like(ours[i], once[j], text)))
    for i, quote in enumerate(ours):
        if i not in {pair[0] for pair in pairs}:
            best = max((_like(quote, guess, text) for guess in once), default=0.0)
            found.append(Said("missed", quote, None, *speakers(quote, None), likeness=best))
    for j, guess in enumerate(once):
        if j not in {pair[1] for pair in pairs}:
            best = max((_like(quote, guess, text) for quote in ours), default=0.0)
            fault = "" if ink(text, guess.content) else "bad-span"
            found.append(Said("spurious", None, guess, *speakers(None, guess), likeness=best, fault=fault))
    found += [Said("spurious", None, theirs[at], *speakers(None, theirs[at]), fault="copy") for at in sorted(copies)]
    return tuple(sorted(found, key=lambda said: (said.start, said.gold is None)))


def _name(document: Document, key: str | None) -> str:
    """What an entity of a ``Cast`` is called; a key that begins with NUL is a speaker's surface."""
    if key is None:
        return ""
    names = {entity.id: entity.name or entity.id for entity in document.entities or ()}
    return names.get(key, key.removeprefix("\0"))


def _like(gold: Quote, guess: Quote, text: str) -> float:
    """The likeness s of two quotes: twice the ink that they share over the ink of both."""
    ours, theirs = ink(text, gold.content), ink(text, guess.content)
    return 2 * len(ours & theirs) / max(1, len(ours) + len(theirs))


def _differs(gold: Quote, guess: Quote, text: str) -> tuple[str, ...]:
    def part(span: Span | None) -> Ink | None:
        return None if span is None else ink(text, [span])

    parts = {
        "content": ink(text, gold.content) != ink(text, guess.content),
        "cue": part(gold.cue) != part(guess.cue),
        "speaker": part(gold.speaker) != part(guess.speaker),
        "kind": gold.kind != guess.kind,
    }
    return tuple(name for name, differs in parts.items() if differs)


def _lines(gold: Document, predicted: Document, text: str) -> tuple[Line, ...]:
    places = lines(text)
    kinds, guesses = (line_kinds(side.blocks or (), places, text) for side in (gold, predicted))
    return tuple(Line(*place, kind, guess) for place, kind, guess in zip(places, kinds, guesses, strict=True))


def _gaps(gold: Document, predicted: Document, length: int) -> tuple[Gap, ...]:
    starts = sorted(paragraph[0] for section in gold.sections or () for paragraph in section.paragraphs)
    ours, theirs = (section_gaps(side.sections or (), starts, length) for side in (gold, predicted))
    outcome = {True: "correct", False: "missed"}
    found = {gap: outcome[gap in theirs] for gap in ours} | dict.fromkeys(theirs - ours, "spurious")
    return tuple(Gap(starts[gap], error) for gap, error in sorted(found.items()))


def _parts(gold: Dateline | None, predicted: Dateline | None) -> tuple[Part, ...]:
    found = []
    for name in ("span", "place", "date", "agency"):
        ours, theirs = _part(gold, name), _part(predicted, name)
        if ours is not None or theirs is not None:
            error = "correct" if ours == theirs else "missed" if theirs is None else "spurious"
            found.append(Part(name, "boundary" if ours and theirs and ours != theirs else error, ours, theirs))
    return tuple(found)


def _part(dateline: Dateline | None, name: str) -> Span | None:
    if dateline is None:
        return None
    span: Span | None = (dateline.start, dateline.end) if name == "span" else getattr(dateline, name)
    return span
