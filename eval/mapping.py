"""What an extractor's labels are in the words of gold: counted, and proposed from where the mentions stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from goldwire.corpus.document import Document
from goldwire.eval.labels import LabelMap, Meaning

__all__ = ["Emitted", "emitted", "proposed"]

_LEAST_LIKENESS = 0.6


@dataclass(slots=True)
class Emitted:
    """How often a label was given, and the gold types with the same span, and with an overlapping one.

    A mention counts once for each gold type. Mentions without offsets stand nowhere.
    """

    count: int = 0
    same: Counter[str] = field(default_factory=Counter)
    overlapping: Counter[str] = field(default_factory=Counter)


def emitted(pairs: Iterable[tuple[Document, Document]]) -> dict[str, Emitted]:
    """Label → what was seen of it in pairs of gold and prediction, the most frequent first."""
    found: dict[str, Emitted] = {}
    for gold, predicted in pairs:
        places = [(m.start or 0, m.end or 0, m.type) for m in gold.mentions or ()]
        for m in predicted.mentions or ():
            label = found.setdefault(m.type, Emitted())
            label.count += 1
            if m.start is None or m.end is None:
                continue
            label.same.update({kind for start, end, kind in places if (start, end) == (m.start, m.end)})
            label.overlapping.update({kind for start, end, kind in places if start < m.end and m.start < end})
    return dict(sorted(found.items(), key=lambda item: (-item[1].count, item[0])))


def proposed(found: Mapping[str, Emitted], types: Collection[str]) -> LabelMap:
    """A map for ``found``, each label with the evidence as its reason.

    A label is the type of gold that most of its spans are the spans of; without one, that which most overlap; without
    one, the type of the likest name. A label that is none of these is outside the task.
    """
    return LabelMap({theirs: _meaning(theirs, seen, sorted(types)) for theirs, seen in found.items()})


def _meaning(theirs: str, seen: Emitted, types: Collection[str]) -> Meaning:
    for counted, what in ((seen.same, "coincide with"), (seen.overlapping, "overlap")):
        if counted:
            ranked = sorted(counted, key=lambda kind: (-counted[kind], -_likeness(theirs, kind), kind))
            shares = ", ".join(f"{counted[kind]} {what} {kind}" for kind in ranked)
            return Meaning(ranked[0], f"of {seen.count} mentions, {shares}")
    likest = max(types, key=lambda kind: _likeness(theirs, kind), default="")
    if likest and _likeness(theirs, likest) >= _LEAST_LIKENESS:
        return Meaning(likest, f"by its name alone: none of {seen.count} mentions touches gold")
    return Meaning(None, f"none of {seen.count} mentions touches gold, and no type has such a name")


def _likeness(theirs: str, ours: str) -> float:
    """1 where one name begins with the other (PER, PERSON), else the share of letters in common, from 0 to 1."""
    from rapidfuzz import fuzz

    one, other = theirs.casefold(), ours.casefold()
    return 1.0 if one and (one.startswith(other) or other.startswith(one)) else fuzz.ratio(one, other) / 100
