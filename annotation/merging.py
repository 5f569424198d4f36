"""Projects per layer, merged: documents of the same id and text whose layers complete each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from goldwire.annotation.labeling import FIELDS
from goldwire.corpus.document import Document, Entity, Relation, sha256
from goldwire.corpus.errors import Problem, shown

__all__ = ["Annotated", "Origin", "merged", "with_sound_relations"]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a document, or some layers of it, comes from: what, in which task, by whom and when.

    ``kind`` is ``annotation``, ``draft`` or ``prediction``; ``model_version`` that of the prediction, or of the one
    that the annotation was made from. What the export does not say is ``None``.
    """

    kind: str
    task: str | None
    annotation: str | None
    who: str | None
    when: str | None
    model_version: str | None
    layers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Annotated:
    """A document and the annotations that it was read from: one, or one for each project that was merged."""

    document: Document
    origins: tuple[Origin, ...]

    @property
    def layers(self) -> frozenset[str]:
        """The layers of the page that were annotated."""
        return frozenset(layer for origin in self.origins for layer in origin.layers)

    @property
    def author(self) -> str | None:
        """Who made the first part: the annotator, or the model version of a prediction; ``None`` if it is not said."""
        first = self.origins[0]
        return first.model_version if first.kind == "prediction" else first.who

    @property
    def place(self) -> str:
        """Tasks and annotations, as the ``field`` of a problem shows them."""
        return " + ".join(
            f"task {origin.task}, {origin.kind} {origin.annotation}" if origin.annotation else f"task {origin.task}"
            for origin in self.origins
        )


def merged(items: Sequence[Annotated], problems: list[Problem]) -> list[Annotated]:
    """``items`` with those that complete each other merged, each at the place of its first part.

    Two items complete each other if they are of the same document id and text and share no layer. Where every layer
    was annotated once they are merged whoever made them, else those of the same annotator. What stays apart though it
    is of one document and in parts is reported.
    """
    groups: dict[tuple[str, str], list[Annotated]] = {}
    texts: dict[str, Annotated] = {}
    for item in items:
        document = item.document
        text = sha256(document.text) if document.text is not UNSET else ""
        kind = item.origins[0].kind
        first = texts.setdefault(document.id, item)
        if first.document.text is not UNSET and document.text not in (UNSET, first.document.text):
            found = f"another text than that of {first.place}"
            _report(problems, item, "other-text", found, "one text for one id", "the two stay apart: rename one")
        groups.setdefault((f"{kind} {document.id}", text), []).append(item)
    joined: dict[int, Annotated] = {}
    gone: set[int] = set()
    for group in groups.values():
        for parts in _complements(group, problems):
            if len(parts) > 1:
                joined[id(parts[0])] = _joined(parts, problems)
                gone |= {id(part) for part in parts[1:]}
    return [joined.get(id(item), item) for item in items if id(item) not in gone]


def _complements(group: Sequence[Annotated], problems: list[Problem]) -> list[list[Annotated]]:
    if len({item.layers for item in group}) == 1:
        return [[item] for item in group]
    if _apart(group):
        return [list(group)]
    by_person: dict[str | None, list[Annotated]] = {}
    for item in group:
        by_person.setdefault(item.author, []).append(item)
    found = []
    for who, items in by_person.items():
        if who is not None and _apart(items):
            found.append(items)
        else:
            found += [[item] for item in items]
    everything = frozenset(layer for item in group for layer in item.layers)
    for parts in found:
        if frozenset(layer for item in parts for layer in item.layers) != everything:
            what = f"{', '.join(sorted(parts[0].layers))} by {parts[0].author or 'nobody named'}"
            want = "one annotation of each layer, or the same annotators in each project"
            _report(problems, parts[0], "not-merged", what, want, "it stays apart: adjudicate first", "warning")
    return found


def _apart(items: Sequence[Annotated]) -> bool:
    return sum(len(item.layers) for item in items) == len({layer for item in items for layer in item.layers})


def _joined(parts: Sequence[Annotated], problems: list[Problem]) -> Annotated:
    first = parts[0].document
    made: dict[str, Any] = {}
    for part in parts:
        for layer in part.layers:
            made |= {name: getattr(part.document, name) for name in FIELDS[layer]}
        for name in ("lang", "meta", "extra", "sha256"):
            if getattr(part.document, name) != getattr(first, name):
                found = f"{name} {shown(getattr(part.document, name))}"
                want = f"{shown(getattr(first, name))}, as in {parts[0].place}"
                _report(problems, part, "projects-disagree", found, want, "the first stands: push both anew")
    made["entities"] = _entities(parts, problems)
    relations: list[Relation] = list(first.relations or ())
    for part in parts[1:]:
        relations += [relation for relation in part.document.relations or () if relation not in relations]
    present = any(part.document.relations is not UNSET for part in parts)
    made["relations"] = tuple(relations) if present else UNSET
    return Annotated(replace(first, **made), tuple(origin for part in parts for origin in part.origins))


def _entities(parts: Iterable[Annotated], problems: list[Problem]) -> tuple[Entity, ...] | UnsetType:
    found: dict[str, Entity] = {}
    present = False
    for part in parts:
        present = present or part.document.entities is not UNSET
        for entity in part.document.entities or ():
            if found.setdefault(entity.id, entity) != entity:
                what, want = shown(entity, 200), shown(found[entity.id], 200)
                _report(
                    problems, part, "projects-disagree", what, want, "the first stands: give one of them another id"
                )
    return tuple(found.values()) if present else UNSET


def with_sound_relations(item: Annotated, problems: list[Problem]) -> Annotated:
    """``item`` without the relations of which an end is not there, each reported."""
    document = item.document
    if not document.relations:
        return item
    ends = {part.id for layer in (document.mentions, document.quotes, document.entities) for part in layer or ()}
    sound = []
    for relation in document.relations:
        missing = [end for end in (relation.source, relation.target) if end not in ends]
        if missing:
            found = f"{relation.type} from {shown(relation.source)} to {shown(relation.target)}"
            want = f"{' and '.join(map(shown, missing))} among the mentions, quotes and entities"
            why = "the relation was left out: its end was deleted, or is in another project"
            _report(problems, item, "relation-left-out", found, want, why, "warning")
        else:
            sound.append(relation)
    if len(sound) == len(document.relations):
        return item
    return Annotated(replace(document, relations=tuple(sound)), item.origins)


def _report(
    problems: list[Problem], item: Annotated, code: str, found: str, want: str, remedy: str, severity: str = "error"
) -> None:
    problems.append(Problem(code, found, want, remedy, item.place, item.document.id, severity=severity))
