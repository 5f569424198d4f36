"""A small article with every kind of part, and the edits that a person makes to its task in the page."""

from __future__ import annotations

import copy
import json
from typing import Any

from goldwire.annotation.exports import Exported, from_export
from goldwire.annotation.tasks import Task, to_task
from goldwire.corpus.document import Block, Dateline, Document, Entity, Mention, Quote, Relation, Span, sha256
from goldwire.corpus.layout import sections_of

TEXT = (
    "🙂 Путин и Эрдоган: мир\r\n\r\n"
    "ТОКИО, 16 декабря. /ТАСС/. «Мир, - сказал Путин, - близок».\r\n"
    "Президент РФ добавил, что «мир»\u00a0будет."
)


def span(words: str, nth: int = 0) -> Span:
    """The place of the ``nth`` occurrence of ``words``."""
    start = -1
    for _ in range(nth + 1):
        start = TEXT.index(words, start + 1)
    return start, start + len(words)


def mention(words: str, kind: str, nth: int = 0, **more: Any) -> Mention:
    start, end = span(words, nth)
    return Mention(start=start, end=end, type=kind, **more)


BLOCKS = (
    Block(kind="headline", start=0, end=span("мир")[1]),
    Block(kind="paragraph", start=span("ТОКИО")[0], end=span("близок».")[1]),
    Block(kind="paragraph", start=span("Президент РФ")[0], end=len(TEXT)),
)

SAMPLE = Document(
    id="sample#1",
    text=TEXT,
    sha256=sha256(TEXT),
    lang="ru",
    meta={"published": "2016-12-16"},
    entities=(
        Entity(id="putin", type="PERSON", name="Владимир Путин", wikidata="Q7747"),
        Entity(id="president-ru", type="PROFESSION", name="президент России"),
        Entity(id="unused", type="CITY"),
        Entity(id="эрдоган #1", type="PERSON", name="Реджеп Тайип Эрдоган"),
    ),
    mentions=(
        mention("Путин", "PERSON", id="m#1", form="name", entity="putin", text="Путин", extra={"note": "first"}),
        mention("Эрдоган", "PERSON", form="name", entity="эрдоган #1"),
        Mention(
            start=span("Путин")[0], end=span("Эрдоган")[1], type="ORGANIZATION", spans=(span("Путин"), span("Эрдоган"))
        ),
        mention("ТОКИО", "CITY", score=0.5),
        mention("Путин", "PERSON", 1, id="m2", entity="putin"),
        mention("Президент РФ", "PROFESSION", form="description", entity="president-ru"),
        mention("РФ", "COUNTRY"),
    ),
    relations=(Relation(type="WORKS_AS", source="m#1", target="president-ru"),),
    quotes=(
        Quote(kind="indirect", content=(span("мир"),), speaker=span("Путин"), speaker_entity="putin"),
        Quote(
            kind="direct",
            content=(span("Мир"), span("близок")),
            cue=span("сказал"),
            speaker=span("Путин", 1),
            speaker_entity="putin",
            id="q4",
        ),
        Quote(
            kind="mixed",
            content=(span("«мир»\u00a0будет"),),
            cue=span("добавил"),
            speaker=span("Президент РФ"),
            marked=(span("мир", 1),),
        ),
    ),
    blocks=BLOCKS,
    sections=sections_of(BLOCKS),
    dateline=Dateline(
        start=span("ТОКИО")[0],
        end=span("/ТАСС/.")[1],
        place=span("ТОКИО"),
        date=span("16 декабря"),
        agency=span("ТАСС"),
    ),
    extra={"desk": 1},
)


PLACE = "document 'sample#1': task 7, annotation 70"
"""How the messages of ``exported`` tasks begin."""


def only(found: Exported) -> Document:
    """The one document of an export without problems."""
    assert [str(problem) for problem in found.problems] == []
    [document] = found.documents
    return document


def messages(task: Task, **options: Any) -> list[str]:
    """What the problems of an export say."""
    return [str(problem) for problem in from_export(task, **options).problems]


def exported(task: Task, **annotation: Any) -> Task:
    """``task`` as the server gives it back, with an id, and its annotation with ``annotation`` beside its result."""
    task = json.loads(json.dumps(task))
    task["id"] = 7
    for number, entry in enumerate(task.get("annotations", ())):
        entry |= {"id": 70 + number, "completed_by": 3, "updated_at": "2026-01-02T03:04:05Z", "was_cancelled": False}
        entry |= annotation
    return task


def sample_task() -> Task:
    """The task of the sample as the server gives it back."""
    return exported(to_task(SAMPLE))


def with_result(result: list[dict[str, Any]], document: Document = SAMPLE, **annotation: Any) -> Task:
    """A blank task of ``document`` in which a person made ``result``."""
    task = to_task(document, as_=None)
    task["annotations"] = [{"result": result}]
    return exported(task, **annotation)


def entries(task: Task, region: str) -> list[dict[str, Any]]:
    """The entries of a region of the first annotation."""
    return [entry for entry in task["annotations"][0]["result"] if entry.get("id") == region]


def move(task: Task, region: str, place: Span) -> None:
    """Drag the ends of a region."""
    for entry in entries(task, region):
        entry["value"] |= {"start": place[0], "end": place[1]}


def delete(task: Task, *regions: str) -> None:
    """Delete regions, and with them, as the page does, their arrows."""
    annotation = task["annotations"][0]
    annotation["result"] = [
        entry
        for entry in annotation["result"]
        if not {entry.get("id"), entry.get("from_id"), entry.get("to_id")} & set(regions)
    ]


def draw(task: Task, *results: dict[str, Any]) -> None:
    """Add results."""
    task["annotations"][0]["result"] += copy.deepcopy(list(results))


def label(region: str, control: str, name: str, place: Span) -> dict[str, Any]:
    """A label on a region."""
    return say(region, control, "labels", [name], place)


def say(region: str, control: str, kind: str, said: list[Any], place: Span) -> dict[str, Any]:
    """What a control says of a region."""
    key = "text" if kind == "textarea" else kind
    value: dict[str, Any] = {"start": place[0], "end": place[1], "text": "", key: said}
    return {
        "id": region, "from_name": control, "to_name": "text", "type": kind, "value": value, "origin": "manual",
    }  # fmt: skip


def arrow(source: str, target: str, *labels: str, direction: str = "right") -> dict[str, Any]:
    """An arrow between regions; without labels it has no such key, as one drawn by hand."""
    found = {"type": "relation", "from_id": source, "to_id": target, "direction": direction}
    return found | ({"labels": list(labels)} if labels else {})
