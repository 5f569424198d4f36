"""Who is who: the one-to-one map φ from predicted entities to gold ones, by ids, shared spans and names."""

from __future__ import annotations

from dataclasses import dataclass, field

from goldwire.corpus.document import UNSET, Document, Quote, Span
from goldwire.eval.assignment import assign
from goldwire.eval.ink import is_sound, normalised

__all__ = ["Cast", "entity_map"]


@dataclass(slots=True)
class _Entity:
    wikidata: set[str] = field(default_factory=set)
    spans: set[Span] = field(default_factory=set)
    names: set[str] = field(default_factory=set)


class Cast:
    """The entities of one side of a document, and the entity of each of its quotes.

    An entity is known by its Wikidata id, the spans of its mentions and of the speakers whose quotes name it, and its
    canonical name. A quote without ``speaker_entity`` gets an entity of its speaker's normalised surface. Entities
    with one Wikidata id are one.
    """

    def __init__(self, document: Document, quotes: tuple[Quote, ...], text: str) -> None:
        self._text = text
        self._entities: dict[str, _Entity] = {}
        self._same: dict[str, str] = {}
        first_with: dict[str, str] = {}
        for entity in sorted(document.entities or (), key=lambda entity: entity.id):
            wikidata = entity.wikidata or ""
            if wikidata:
                self._same[entity.id] = first_with.setdefault(wikidata, entity.id)
            known = self._at(entity.id)
            known.wikidata |= {wikidata} - {""}
            known.names |= {normalised(entity.name or "")} - {""}
        for mention in document.mentions or ():
            if mention.entity is not UNSET and mention.start is not None and mention.end is not None:
                self._at(mention.entity).spans.add((mention.start, mention.end))
        for quote in quotes:
            name = self.speaker(quote)
            if name is not None and quote.speaker is not None:
                self._at(name).spans.add(quote.speaker)
                if quote.speaker_entity is None:
                    self._at(name).names.add(self._surface(quote))

    def speaker(self, quote: Quote) -> str | None:
        """The key of the entity that speaks in ``quote``; ``None`` where it names none."""
        if quote.speaker_entity is not None:
            return self._same.get(quote.speaker_entity, quote.speaker_entity)
        surface = self._surface(quote)
        return f"\0{surface}" if surface else None  # no id of a record begins with NUL

    def entities(self) -> dict[str, _Entity]:
        """The entities by key, sorted by where they are first seen, then by key."""
        return dict(
            sorted(self._entities.items(), key=lambda item: (min(item[1].spans, default=(1 << 60, 0)), item[0]))
        )

    def _at(self, name: str) -> _Entity:
        return self._entities.setdefault(self._same.get(name, name), _Entity())

    def _surface(self, quote: Quote) -> str:
        if quote.speaker is None or not is_sound(quote.speaker, len(self._text)):
            return ""
        return normalised(self._text[quote.speaker[0] : quote.speaker[1]])


def entity_map(gold: Cast, predicted: Cast) -> dict[str, str]:
    """φ: predicted entity → gold entity, one to one.

    It maximises, in this order, equal Wikidata ids, shared spans, equal normalised names; it pairs no two entities that
    share none of these, and none with unequal ids.
    """
    ours, theirs = gold.entities(), predicted.entities()
    gold_keys, predicted_keys = list(ours), list(theirs)
    edges = {}
    for i, a in enumerate(ours.values()):
        for j, b in enumerate(theirs.values()):
            if a.wikidata and b.wikidata and a.wikidata != b.wikidata:
                continue
            evidence = (len(a.wikidata & b.wikidata), len(a.spans & b.spans), len(a.names & b.names))
            if any(evidence):
                edges[i, j] = evidence
    return {predicted_keys[j]: gold_keys[i] for i, j in assign(edges)}
