"""Rows of the scores of entity ids: links to Wikidata, entities without one, distinct entities, names, clusters.

Scored are documents whose gold has entities, and their ids on mentions; a prediction without ids counts as empty there.
Both sides are seen inside the task, as ``columns`` sees them: labels mapped, views applied, what gold has outside the
view ignored, bad spans spurious, and of copies (equal in span and type) one a hit at the most.

All are F1 in [0, 1]: P null without predicted items, R null without gold's, F1 null without both. Where a whole run has
none on one side, the score is not there at all: nobody attempted it (``needs`` in ``measures``).
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, TypeVar

import numpy as np
from msgspec.structs import replace

from goldwire.corpus.document import UNSET, Document, Mention, Span
from goldwire.eval.alignment import aligned, sought
from goldwire.eval.clusters import cluster_rows
from goldwire.eval.columns import Columns
from goldwire.eval.ink import is_sound, normalised
from goldwire.eval.labels import LabelMap
from goldwire.eval.side import NO_TEXT
from goldwire.eval.speakers import Cast, entity_map
from goldwire.eval.tally import Key, RowsBuilder
from goldwire.eval.views import View

__all__ = ["VALUES", "Linked", "Task", "has_ids", "inside", "link_rows"]

VALUES = frozenset({"DATE", "TIME", "NUMBER"})
"""Types of values: equal ones share an id and never have a Wikidata id, so they are no clusters and no NILs."""

Place = tuple[int, int, str]
"""Start, end, and type in the task's terms."""


_Value = TypeVar("_Value", bound=tuple[int, *tuple[Any, ...]])


class Linked(NamedTuple):
    """A document whose gold has entity ids: its index in its chunk, both records, its first cell, where cells begin."""

    number: int
    gold: Document
    predicted: Document
    base: int
    starts: Sequence[int]

    def cell(self, position: int) -> int:
        """The cell that holds ``position``."""
        return self.base + max(0, bisect_right(self.starts, position) - 1)


class Task(NamedTuple):
    """What types are called in the task."""

    labels: LabelMap | None
    view: View

    def places(self, gold: Sequence[Mention]) -> list[Place]:
        """Gold's places; a type that the view drops keeps its name."""
        table = self.view.table
        return [(m.start or 0, m.end or 0, table.get(m.type) or m.type) for m in gold]

    def meaning(self, label: str) -> str | None:
        """A predicted label in the task's terms, ``None`` where it is outside the task."""
        ours = self.labels[label] if self.labels is not None and label in self.labels else label
        return None if ours is None else self.view.table.get(ours) or ours


class _Item(NamedTuple):
    """A mention inside the task with its entity; a bad span or a later copy, not ``whole``, is equal to nothing."""

    start: int
    end: int
    type: str
    entity: str
    wikidata: str
    whole: bool


def has_ids(mentions: Sequence[Mention]) -> bool:
    """Whether a mention names its entity."""
    return [m.entity for m in mentions].count(UNSET) != len(mentions)


def inside(columns: Columns, number: int) -> set[Place]:
    """Where gold's mentions inside the task are, in the document of that index."""
    gold = columns.gold
    low, high = np.searchsorted(gold.document, (number, number + 1)).tolist()
    starts, ends, kinds = (column[low:high].tolist() for column in gold[1:])
    return {(start, end, columns.types[kind]) for start, end, kind in zip(starts, ends, kinds, strict=True)}


def link_rows(rows: RowsBuilder, documents: Sequence[Linked], columns: Columns, task: Task) -> None:
    """Add the rows of ``entities.link``, ``.nil``, ``.set``, ``.name`` and ``clusters.*``."""
    for linked in documents:
        text = None if linked.gold.text is UNSET else linked.gold.text
        gold, predicted = linked.gold, _placed(linked.predicted, text)
        chosen, everything = inside(columns, linked.number), task.places(gold.mentions or ())
        ours = list(_items(gold, everything, chosen))
        outside = set(everything) - chosen
        length = NO_TEXT if text is None else len(text)
        theirs = list(_guesses(predicted, task, outside, length))
        _link(rows, linked, ours, theirs)
        _nil(rows, linked, ours, theirs)
        _set(rows, linked, ours, theirs)
        _name(rows, linked, predicted, ours, theirs)
        cluster_rows(rows, linked.base, _partition(ours), _partition(theirs))


def _placed(predicted: Document, text: str | None) -> Document:
    """The prediction with a place for each string that has one; what has none, or another surface, is at [-1, -1)."""
    mentions = predicted.mentions or ()
    floating = [m for m in mentions if m.start is None or m.end is None]
    places = iter(aligned([sought(m) for m in floating], text or ""))
    result = []
    for m in mentions:
        if m.start is None or m.end is None:
            start, end = next(places).span or (-1, -1)
            result.append(replace(m, start=start, end=end))
        elif m.text is not UNSET and text is not None and text[max(0, m.start) : m.end] != m.text:
            result.append(replace(m, start=-1, end=-1))
        else:
            result.append(m)
    return replace(predicted, mentions=tuple(result))


def _order(m: Mention) -> tuple[object, ...]:
    return (m.start, m.end, m.type, m.entity is UNSET, m.entity or "")


def _items(gold: Document, places: Sequence[Place], chosen: set[Place]) -> Iterator[_Item]:
    links = _links(gold)
    pairs = sorted(zip(gold.mentions or (), places, strict=True), key=lambda pair: _order(pair[0]))
    seen: set[Place] = set()
    for mention, place in pairs:
        if place in chosen and place not in seen:
            seen.add(place)
            if mention.entity is not UNSET:
                yield _Item(*place, mention.entity, links.get(mention.entity, ""), whole=True)


def _guesses(predicted: Document, task: Task, outside: set[Place], length: int) -> Iterator[_Item]:
    links = _links(predicted)
    seen: set[Place] = set()
    for mention in sorted(predicted.mentions or (), key=_order):
        meaning = task.meaning(mention.type)
        place = (mention.start or 0, mention.end or 0, meaning or "")
        if meaning is None or place in outside:
            continue
        whole = is_sound(place[:2], length) and place not in seen
        seen.add(place)
        if mention.entity is not UNSET:
            yield _Item(*place, mention.entity, links.get(mention.entity, ""), whole)


def _links(document: Document) -> dict[str, str]:
    return {entity.id: entity.wikidata for entity in document.entities or () if entity.wikidata}


def _partition(items: Sequence[_Item]) -> dict[Span, str]:
    """Span → entity without values; of two mentions with one span the first by type counts."""
    result: dict[Span, str] = {}
    for item in sorted(items):
        if item.whole and item.type not in VALUES:
            result.setdefault((item.start, item.end), item.entity)
    return result


def _link(rows: RowsBuilder, linked: Linked, ours: Sequence[_Item], theirs: Sequence[_Item]) -> None:
    """Start, end and Wikidata id equal; each gold item takes one equal prediction."""
    gold = Counter((i.start, i.end, i.wikidata) for i in ours if i.wikidata)
    guesses = Counter((i.start, i.end, i.wikidata) for i in theirs if i.wikidata and i.whole)
    _equal(rows, linked, "entities.link", gold, guesses, [i for i in theirs if i.wikidata and not i.whole])


def _nil(rows: RowsBuilder, linked: Linked, ours: Sequence[_Item], theirs: Sequence[_Item]) -> None:
    """Start and end equal, and neither entity has a Wikidata id."""
    gold, guesses = (
        Counter((i.start, i.end) for i in side if not i.wikidata and i.type not in VALUES and i.whole)
        for side in (ours, theirs)
    )
    rest = [i for i in theirs if not i.wikidata and i.type not in VALUES and not i.whole]
    _equal(rows, linked, "entities.nil", gold, guesses, rest)


def _equal(
    rows: RowsBuilder,
    linked: Linked,
    score: str,
    gold: Counter[_Value],
    guesses: Counter[_Value],
    spurious: Sequence[_Item],
) -> None:
    """Multiset equality of values that begin with their place."""
    for value in dict.fromkeys((*gold, *guesses)):
        n, k = gold[value], guesses[value]
        hits = min(n, k)
        rows.add(linked.cell(value[0]), Key(score), gold=n, predicted=k, gold_hits=hits, predicted_hits=hits)
    for item in spurious:
        rows.add(linked.cell(item.start), Key(score), predicted=1)


def _set(rows: RowsBuilder, linked: Linked, ours: Sequence[_Item], theirs: Sequence[_Item]) -> None:
    """The Wikidata ids that a document's mentions lead to, each once."""
    gold, guesses = ({i.wikidata for i in side if i.wikidata} for side in (ours, theirs))
    hits = len(gold & {i.wikidata for i in theirs if i.whole})
    if gold or guesses:
        key = Key("entities.set")
        rows.add(linked.base, key, gold=len(gold), predicted=len(guesses), gold_hits=hits, predicted_hits=hits)


def _name(
    rows: RowsBuilder, linked: Linked, predicted: Document, ours: Sequence[_Item], theirs: Sequence[_Item]
) -> None:
    """Entities with a name: a hit where φ pairs two that have an equal normalised name."""
    keys, names = _named(linked.gold)
    guessed_keys, guessed_names = _named(predicted)
    gold = {keys.get(i.entity, i.entity) for i in ours} & set(names)
    guesses = {guessed_keys.get(i.entity, i.entity) for i in theirs} & set(guessed_names)
    whole = {guessed_keys.get(i.entity, i.entity) for i in theirs if i.whole}
    if not gold and not guesses:
        return
    text = linked.gold.text or ""
    same = entity_map(*(Cast(side, side.quotes or (), text) for side in (linked.gold, predicted)))
    hits = sum(1 for key in guesses & whole if same.get(key) in gold and guessed_names[key] & names[same[key]])
    counts = {"gold": len(gold), "predicted": len(guesses), "gold_hits": hits, "predicted_hits": hits}
    rows.add(linked.base, Key("entities.name"), **counts)


def _named(document: Document) -> tuple[dict[str, str], dict[str, set[str]]]:
    """Each entity's key, which is that of ``Cast`` (those of one Wikidata id are one), and the names of each key."""
    keys: dict[str, str] = {}
    names: dict[str, set[str]] = {}
    first_with: dict[str, str] = {}
    for entity in sorted(document.entities or (), key=lambda entity: entity.id):
        keys[entity.id] = first_with.setdefault(entity.wikidata, entity.id) if entity.wikidata else entity.id
        if name := normalised(entity.name or ""):
            names.setdefault(keys[entity.id], set()).add(name)
    return keys, names
