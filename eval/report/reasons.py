"""Why each finding is wrong, in a sentence: pure functions of the finding and the text."""

from __future__ import annotations

from collections.abc import Sequence

from goldwire.corpus.document import Quote, Span
from goldwire.eval.explained import Gap, Line, Part, Said
from goldwire.eval.findings import Finding, Place

__all__ = [
    "dateline_reason",
    "gap_reason",
    "kind_reason",
    "part_name",
    "quote_reason",
    "quoted",
    "reason",
    "short",
    "sides",
    "words_of",
]

_FAULTS = {
    "copy": "a copy of an earlier prediction: one is a hit at the most",
    "bad-span": "its span is empty or outside the text",
    "not-in-text": "its words are not in the text, or fewer times than predicted",
    "wrong-surface": "the text has other words at its offsets",
}


def short(text: str, limit: int = 60) -> str:
    """``text`` on one line, its middle left out where it is longer than ``limit``.

    >>> short("one two three four five", limit=13)
    'one … five'
    """
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    first, last = line[: limit // 2], line[-(limit // 2) :]
    return f"{first.rpartition(' ')[0] or first} … {last.partition(' ')[2] or last}"


def quoted(text: str, place: Place, surface: str = "") -> str:
    """A type and the words: ``PERSON «Путин»``; the offsets where they are on nothing."""
    if 0 <= place.start < place.end <= len(text):
        return f"{place.type} «{short(text[place.start : place.end])}»"
    at = "" if place.start < 0 and place.end < 0 else f" at [{place.start}, {place.end})"
    return f"{place.type} «{short(surface)}»{at}" if surface else f"{place.type}{at}"


def sides(finding: Finding, text: str) -> str:
    """What a finding is about: ``PER «Путин»``, ``LOC → PER «Путин»``, or both sides where the spans differ."""
    gold, guess = finding.gold, finding.guess
    if gold is None or guess is None or gold == guess:
        return quoted(text, gold or guess or Place(-1, -1, ""), finding.surface)
    if gold[:2] == guess[:2]:
        return f"{gold.type} → {quoted(text, guess)}"
    return f"{quoted(text, gold)} → {quoted(text, guess)}"


def reason(finding: Finding, text: str) -> str:
    """Why a mention or a pair of them is wrong; empty for what is right."""
    gold, guess = finding.gold, finding.guess
    if finding.fault:
        return _FAULTS[finding.fault]
    if gold is not None and guess is not None:
        parts = [f"it is {gold.type}, not {guess.type}"] if gold.type != guess.type else []
        if gold[:2] != guess[:2]:
            parts.append(_boundary(gold, guess, text))
        parts += [_FLAGS[flag] for flag in finding.flags]
        return "; ".join(parts)
    parts = [_FLAGS[flag] for flag in finding.flags]
    if not finding.touching:
        parts.append("no prediction is there" if guess is None else "no gold mention is there")
    else:
        listed = ", ".join(quoted(text, place) for place in finding.touching[:_FEW])
        more = f" and {len(finding.touching) - _FEW} more" if len(finding.touching) > _FEW else ""
        lies = "lies" if len(finding.touching) == 1 else "lie"
        parts.append(f"{listed}{more} {lies} over it, paired with other {_OTHERS[guess is None]}")
    if finding.beyond:
        side = "a prediction" if guess is None else "gold"
        parts.append(f"{side} has {quoted(text, finding.beyond[0])} there, which is outside the task")
    return "; ".join(parts)


_FEW = 3
_OTHERS = {True: "gold", False: "predictions"}
_FLAGS = {"split": "several predictions lie over it", "merged": "the prediction lies over several gold mentions"}


def _boundary(gold: Place, guess: Place, text: str) -> str:
    left = text[gold.start : min(guess.start, gold.end)], text[max(guess.end, gold.start) : gold.end]
    taken = text[guess.start : min(gold.start, guess.end)], text[max(gold.end, guess.start) : guess.end]
    parts = [
        f"the prediction {verb} {' and '.join(f'«{short(words, 40)}»' for words in sides if words)}"
        for verb, sides in (("leaves out", left), ("takes in", taken))
        if any(sides)
    ]
    return " and ".join(parts)


def quote_reason(said: Said) -> str:
    """Why a quote or a pair is no hit of who said what, and what else differs; empty where all is right."""
    parts = []
    if said.error == "speaker":
        gold, guess = said.speaker or "nobody", said.guessed_speaker or "nobody"
        same = ", another entity of that name" if gold == guess != "nobody" else ""
        parts.append(f"gold says {gold}, the prediction says {guess}{same}")
    elif said.fault:
        parts.append(_FAULTS[said.fault])
    elif said.error in ("missed", "spurious"):
        other = "prediction" if said.error == "missed" else "gold quote"
        nearest = f"the nearest shares {said.likeness:.0%} of its words" if said.likeness else "none shares a word"
        parts.append(f"no {other} is its pair: {nearest}" + ("; half is needed" if 0 < said.likeness < _HALF else ""))
    if said.differs and said.gold is not None and said.guess is not None:
        parts.append(f"other {', '.join(_difference(part, said.gold, said.guess) for part in said.differs)}")
    return "; ".join(parts)


_HALF = 0.5


def _difference(part: str, gold: Quote, guess: Quote) -> str:
    if part == "kind":
        return f"kind ({gold.kind}, not {guess.kind})"
    return {"content": "words", "speaker": "span of the speaker"}.get(part, part)


def words_of(text: str, spans: Sequence[Span], limit: int = 120) -> str:
    """The words of a quote, its parts in text order with an ellipsis between."""
    return short(" … ".join(text[max(0, start) : max(0, end)] for start, end in sorted(spans)), limit)


def kind_reason(line: Line) -> str:
    """What kind of line gold and the prediction say that it is."""
    return f"it is {line.kind}, not {line.guess}"


def gap_reason(gap: Gap) -> str:
    """What is wrong with a section's beginning."""
    return "a section begins here" if gap.error == "missed" else "no section begins here"


def part_name(part: Part) -> str:
    """What a part of the dateline is called."""
    return "dateline" if part.name == "span" else f"{part.name} of the dateline"


def dateline_reason(part: Part, text: str) -> str:
    """What gold and the prediction have as the dateline, or as a part of it."""
    gold, guess = ("none" if s is None else f"«{short(text[slice(*s)])}»" for s in (part.gold, part.guess))
    return f"gold has {gold}, the prediction {guess}"
