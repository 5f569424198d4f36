"""A record and what its page says now: the record with exactly the changes that were made in the page.

The regions that the record gives are read in the same way as the page. Where an item reads as before, the record's own
item stands, with all that the page has no place for; where it reads otherwise, only what differs is changed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from goldwire.annotation.page import Reporter
from goldwire.annotation.readings import Chosen, MentionReading, QuoteReading, Readings
from goldwire.annotation.regions import alias, heads
from goldwire.corpus.document import Dateline, Document, Entity, Mention, Quote, Relation, Span
from goldwire.corpus.errors import shown
from goldwire.corpus.layout import sections_of

__all__ = ["edited"]

_Item = TypeVar("_Item", Mention, Quote)
_Reading = TypeVar("_Reading", MentionReading, QuoteReading)
_WIKIDATA = re.compile(r"Q[1-9][0-9]*")


def edited(
    base: Document,
    source: int,
    before: Readings,
    after: Readings,
    *,
    layers: Iterable[str],
    attempted: bool,
    listed: Iterable[Entity] = (),
    report: Reporter,
) -> Document:
    """``base`` with the difference between two readings of its page.

    ``layers`` are those of the project. A layer that ``base`` does not have stays absent where the page shows nothing
    of it, unless it was ``attempted``: then it is there and empty. ``listed`` are all entities that the page offers;
    one that ``base`` does not have joins its entities when it is chosen.
    """
    text = base.text or ""
    register = _Register(base.entities, listed, report)
    made: dict[str, Any] = {}
    if "entities" in layers:
        # mentions first: they give new entities a type, which a speaker of the same name then shares
        mentions = _Mentions(base, source, before, after, register, text)
        made["mentions"] = _layer(base.mentions, mentions.merged(), attempted)
    if "quotes" in layers:
        quotes = _Quotes(base, source, before, after, register)
        made["quotes"] = _layer(base.quotes, quotes.merged(), attempted)
    if "sections" in layers:
        made |= _sections(base, before, after, attempted)
    if "entities" in layers and after.links:
        made["mentions"], made["relations"] = _linked(base, made["mentions"], mentions.homes, after, report)
    made["entities"] = register.entities()
    return replace(base, **made)


def _layer(
    base: tuple[_Item, ...] | UnsetType, merged: tuple[_Item, ...], attempted: bool
) -> tuple[_Item, ...] | UnsetType:
    return UNSET if base is UNSET and not merged and not attempted else merged


class _Register:
    """The entities of the record, and those that were typed in the page."""

    def __init__(self, known: tuple[Entity, ...] | UnsetType, listed: Iterable[Entity], report: Reporter) -> None:
        self._known = known
        self._by_id = {entity.id: entity for entity in reversed(known or ())}
        self._listed = {entity.id: entity for entity in reversed(tuple(listed))} | self._by_id
        self._by_alias = {alias(entity): entity for entity in self._listed}
        self._new: dict[str, Entity] = {}
        self._report = report

    def entities(self) -> tuple[Entity, ...] | UnsetType:
        return (*(self._known or ()), *self._new.values()) if self._new else self._known

    def id_of(self, chosen: Chosen, kind: str, region: str, *, same_type: bool = True) -> str | None:
        """The entity that was chosen or typed; ``None`` for none, and, reported, for one that is not understood."""
        if chosen.stored is not None:
            return self._from_list(chosen.stored, region)
        return None if chosen.typed is None else self._typed(chosen.typed, kind, region, same_type)

    def _from_list(self, code: str, region: str) -> str | None:
        # the alias as we write it, or, in a task of another maker, the id itself
        entity = self._listed.get(self._by_alias.get(code, code))
        if entity is not None:
            self._take(entity)
            return entity.id
        self._report("unknown-entity", shown(code), "an entity of the task's list", "choose one from the list", region)
        return None

    def _typed(self, words: str, kind: str, region: str, same_type: bool) -> str | None:
        pool = (self._new | self._listed).values()
        same = [e for e in pool if words in (e.id, e.wikidata)]
        same = same or [e for e in pool if e.name == words and (e.type == kind or not same_type)]
        if len(same) == 1:
            self._take(same[0])
            return same[0].id
        if same:
            ids = ", ".join(shown(entity.id) for entity in same)
            self._report("several-entities", f"{shown(words)}: {ids}", "one entity", "choose it from the list", region)
            return None
        if not same_type:
            kind, colon, words = (part.strip() for part in words.partition(":"))
            if not colon or not kind or not words:
                want = "an entity of the list or of a mention, or `TYPE: name`"
                self._report("unknown-entity", shown(kind), want, "write it as `PERSON: name`", region)
                return None
            return self._typed(words, kind, region, same_type=True)
        return self._add(words, kind)

    def _take(self, entity: Entity) -> None:
        """An entity that the record does not have joins it."""
        if entity.id not in self._by_id:
            self._new.setdefault(entity.id, entity)

    def _add(self, words: str, kind: str) -> str:
        taken = self._new.keys() | self._listed.keys()
        name, number = words, 1
        while name in taken:
            number += 1
            name = f"{words} ({number})"
        wikidata = _WIKIDATA.fullmatch(words)
        entity = Entity(id=name, type=kind, wikidata=words) if wikidata else Entity(id=name, type=kind, name=words)
        self._new[name] = entity
        return entity.id


def _claims(
    readings: Sequence[_Reading], names: Sequence[str], fits: Callable[[_Reading, int], bool]
) -> tuple[dict[int, _Reading], list[_Reading]]:
    """Which reading is which item of the record, by the item's first region; and the readings that are new."""
    index = {name: number for number, name in enumerate(names)}
    owned = [sorted(index[region] for region in reading.regions if region in index) for reading in readings]
    claimed: dict[int, _Reading] = {}
    left = set(range(len(readings)))
    for strict in (True, False):
        for at in sorted(left):
            for number in owned[at]:
                if number not in claimed and (fits(readings[at], number) or not strict):
                    claimed[number] = readings[at]
                    left.discard(at)
                    break
    return claimed, [readings[at] for at in sorted(left)]


def _woven(
    kept: Sequence[tuple[_Item, _Item | None]], fresh: Sequence[_Item], key: Callable[[_Item], tuple[int, int] | None]
) -> list[_Item]:
    """Items in order: that of the record, or that of the text where the record is in that of the text.

    ``kept`` pairs each item of the record with what became of it. An item without a place goes with the one before.
    """
    olds = [place for old, _ in kept if (place := key(old)) is not None]
    left = [new for _, new in kept if new is not None]
    moved = any(new is not None and key(new) != key(old) for old, new in kept)
    if not fresh and not moved:
        return left
    if olds != sorted(olds):
        return left + sorted(fresh, key=lambda item: key(item) or (0, 0))
    keyed: list[tuple[tuple[int, int], _Item]] = []
    last = (-1, 0)
    for item in left:
        last = key(item) or last
        keyed.append((last, item))
    keyed += [(key(item) or (0, 0), item) for item in fresh]
    return [item for _, item in sorted(keyed, key=lambda pair: pair[0])]


class _Mentions:
    """The mentions of the record, merged with those of the page; ``homes`` says which mention a region became."""

    def __init__(
        self, base: Document, source: int, before: Readings, after: Readings, register: _Register, text: str
    ) -> None:
        self.items = base.mentions or ()
        self.names = heads(base.mentions, "mention", source)
        self.before, _ = _claims(before.mentions, self.names, lambda reading, i: reading.type == self.items[i].type)
        self.after, self.fresh = _claims(after.mentions, self.names, lambda r, i: r.type == self.items[i].type)
        self.register = register
        self.text = text
        self.homes: dict[str, list[Mention]] = {}

    def merged(self) -> tuple[Mention, ...]:
        kept: list[tuple[Mention, Mention | None]] = []
        for number, mention in enumerate(self.items):
            reading = self.after.get(number)
            if mention.start is None or mention.end is None:
                kept.append((mention, mention))
            elif reading is None:
                kept.append((mention, None))
            else:
                made = self._changed(mention, self.before.get(number), reading)
                kept.append((mention, made))
                self._house(reading, made)
        fresh = []
        for reading in self.fresh:
            made = self._new(reading)
            fresh.append(made)
            self._house(reading, made)
        return tuple(_woven(kept, fresh, _place_of_mention))

    def _house(self, reading: MentionReading, mention: Mention) -> None:
        for region in reading.regions:
            self.homes.setdefault(region, []).append(mention)

    def _changed(self, mention: Mention, before: MentionReading | None, after: MentionReading) -> Mention:
        made: dict[str, Any] = {}
        if before is None or after.spans != before.spans:
            start, end = _hull(after.spans)
            made |= {"start": start, "end": end}
            if mention.spans is not UNSET or len(after.spans) > 1:
                made["spans"] = after.spans
            if mention.text is not UNSET:
                made["text"] = self.text[start:end]
        if before is None or after.type != before.type:
            made["type"] = after.type
        if before is None or after.form != before.form:
            made["form"] = UNSET if after.form is None else after.form
        if before is None or after.entity != before.entity:
            chosen = self.register.id_of(after.entity, after.type, after.regions[0])
            made["entity"] = UNSET if chosen is None else chosen
        if before is None or after.score != before.score:
            made["score"] = UNSET if after.score is None else after.score
        return replace(mention, **made) if made else mention

    def _new(self, reading: MentionReading) -> Mention:
        start, end = _hull(reading.spans)
        entity = self.register.id_of(reading.entity, reading.type, reading.regions[0])
        return Mention(
            start=start,
            end=end,
            type=reading.type,
            form=UNSET if reading.form is None else reading.form,
            entity=UNSET if entity is None else entity,
            score=UNSET if reading.score is None else reading.score,
            spans=reading.spans if len(reading.spans) > 1 else UNSET,
        )


class _Quotes:
    """The quotes of the record, merged with those of the page."""

    def __init__(self, base: Document, source: int, before: Readings, after: Readings, register: _Register) -> None:
        self.items = base.quotes or ()
        names = heads(base.quotes, "quote", source)
        self.before, _ = _claims(before.quotes, names, lambda reading, i: reading.kind == self.items[i].kind)
        self.after, self.fresh = _claims(after.quotes, names, lambda reading, i: reading.kind == self.items[i].kind)
        self.register = register

    def merged(self) -> tuple[Quote, ...]:
        kept: list[tuple[Quote, Quote | None]] = []
        for number, quote in enumerate(self.items):
            reading = self.after.get(number)
            if not quote.content:
                kept.append((quote, quote))
            elif reading is None:
                kept.append((quote, None))
            else:
                kept.append((quote, self._changed(quote, self.before.get(number), reading)))
        return tuple(_woven(kept, [self._new(reading) for reading in self.fresh], _place_of_quote))

    def _changed(self, quote: Quote, before: QuoteReading | None, after: QuoteReading) -> Quote:
        made: dict[str, Any] = {
            part: getattr(after, part)
            for part in ("kind", "content", "cue", "speaker", "marked")
            if before is None or getattr(after, part) != getattr(before, part)
        }
        if before is None or after.speaker_entity != before.speaker_entity:
            made["speaker_entity"] = self._speaker(after)
        return replace(quote, **made) if made else quote

    def _new(self, reading: QuoteReading) -> Quote:
        return Quote(
            kind=reading.kind,
            content=reading.content,
            cue=reading.cue,
            speaker=reading.speaker,
            speaker_entity=self._speaker(reading),
            marked=reading.marked or UNSET,
        )

    def _speaker(self, reading: QuoteReading) -> str | None:
        return self.register.id_of(reading.speaker_entity, "", reading.regions[0], same_type=False)


def _sections(base: Document, before: Readings, after: Readings, attempted: bool) -> dict[str, Any]:
    """Blocks, the sections that follow from them, and the dateline."""
    made: dict[str, Any] = {}
    changed = after.blocks != before.blocks
    if changed or (base.blocks is UNSET and attempted):
        made["blocks"] = tuple(after.blocks)
        # sections without blocks have no place in the page, and stay unless blocks are made
        if changed if base.sections is not UNSET else base.blocks is UNSET:
            made["sections"] = sections_of(after.blocks)
    if after.dateline != before.dateline or (base.dateline is UNSET and attempted):
        dateline: Dateline | None = after.dateline
        made["dateline"] = dateline
    return made


def _linked(
    base: Document,
    mentions: tuple[Mention, ...],
    homes: dict[str, list[Mention]],
    after: Readings,
    report: Reporter,
) -> tuple[tuple[Mention, ...], tuple[Relation, ...] | UnsetType]:
    """The relations that were drawn between mentions; a mention that has no id takes that of its region."""
    relations = list(base.relations or ())
    named: dict[int, Mention] = {}
    for label, source, target in after.links:
        ends = []
        for region in (source, target):
            home = homes.get(region, [])
            if len(home) == 1:
                mention = named.get(id(home[0]), home[0])
                if mention.id is UNSET:
                    mention = named[id(home[0])] = replace(mention, id=region)
                ends.append(str(mention.id))
        if len(ends) < 2:
            found = f"`{label}` between regions that are not one mention each"
            report("ambiguous-relation", found, "one mention at each end", "label it again", f"{source} -> {target}")
            continue
        relation = Relation(type=label, source=ends[0], target=ends[1])
        if relation not in relations:
            relations.append(relation)
    changed = tuple(named.get(id(mention), mention) for mention in mentions)
    return changed, tuple(relations) if relations else base.relations


def _hull(spans: Sequence[Span]) -> Span:
    return min(start for start, _ in spans), max(end for _, end in spans)


def _place_of_mention(mention: Mention) -> tuple[int, int] | None:
    return None if mention.start is None or mention.end is None else (mention.start, -mention.end)


def _place_of_quote(quote: Quote) -> tuple[int, int] | None:
    if not quote.content:
        return None
    start, end = _hull(quote.content)
    return start, -end
