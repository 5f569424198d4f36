"""Documents to a real server and back."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from msgspec.structs import replace

import goldwire
from goldwire.annotation.connection import Connection
from goldwire.annotation.labeling import FIELDS, LAYERS
from goldwire.annotation.server import pull, push
from goldwire.annotation.tasks import to_task
from goldwire.corpus.document import UNSET, Document, Mention
from goldwire.corpus.scheme import SCHEME
from tests.annotation.sample import SAMPLE
from tests.strategies import documents

pytestmark = pytest.mark.server

Titles = Callable[[], str]


def test_gold_comes_back_and_twice_makes_no_second_task(connection: Connection, title: Titles) -> None:
    gold = tuple(goldwire.load())
    name = title()
    first = push(connection, name, [to_task(document) for document in gold])
    again = push(connection, name, [to_task(document) for document in gold])
    assert (first.sent, first.there, first.problems) == (len(gold), 0, ())
    assert (again.sent, again.there, again.problems) == (0, len(gold), ())
    assert again.project == first.project
    pulled = pull(connection, [name])
    assert pulled.exported.documents == gold
    assert pulled.exported.problems == ()
    assert len(pulled.tasks) == len(gold)


def test_the_sample_comes_back_as_annotation_and_as_prediction(connection: Connection, title: Titles) -> None:
    name = title()
    other = replace(SAMPLE, id="other")
    push(connection, name, [to_task(SAMPLE), to_task(other, as_="prediction", model_version="m 1", score=0.5)])
    pulled = pull(connection, [name], predictions=True)
    assert pulled.exported.documents == (SAMPLE, other)
    assert pulled.exported.problems == ()
    [origin] = pulled.exported.annotated[1].origins
    assert (origin.kind, origin.model_version) == ("prediction", "m 1")


def test_a_project_for_each_layer_comes_back_as_one_document(connection: Connection, title: Titles) -> None:
    gold = [*goldwire.load(), SAMPLE]
    names = {layer: title() for layer in LAYERS}
    for layer, name in names.items():
        assert push(connection, name, [to_task(document, layers=[layer]) for document in gold]).sent == len(gold)
        alone = pull(connection, [name]).exported.documents
        others = {field: UNSET for away in LAYERS if away != layer for field in FIELDS[away]}
        for document, found in zip(gold, alone, strict=True):
            kept = {field: getattr(document, field) for field in FIELDS[layer]}
            assert {field: getattr(found, field) for field in FIELDS[layer]} == kept
            assert {field: getattr(found, field) for field in others} == others
    assert pull(connection, list(names.values())).exported.documents == tuple(gold)


def drawn(count: int) -> list[Document]:
    """So many documents, drawn with a fixed seed, each with an id of its own."""
    found: list[Document] = []

    @settings(
        max_examples=count, database=None, derandomize=True, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(documents(scheme=SCHEME))
    def collect(document: Document) -> None:
        if len(found) < count:
            found.append(replace(document, id=f"{len(found)} {document.id}"))

    while len(found) < count:
        collect()
    return found


def test_200_drawn_documents_come_back_equal(connection: Connection, title: Titles) -> None:
    wanted = drawn(200)
    name = title()
    assert push(connection, name, [to_task(document) for document in wanted]).sent == 200
    pulled = pull(connection, [name])
    for document, found in zip(wanted, pulled.exported.documents, strict=True):
        assert found == document
    assert pulled.exported.problems == ()


def small(number: int) -> Document:
    text = f"Путин прибыл в Токио в день {number}."
    mentions = (
        Mention(start=0, end=5, type="PERSON", form="name"),
        Mention(start=text.index("Токио"), end=text.index("Токио") + 5, type="CITY", id=f"m{number}"),
    )
    return Document(id=f"small-{number}", text=text, mentions=mentions)


def test_10_000_tasks_through_push_and_pull(connection: Connection, title: Titles, record_property: Any) -> None:
    wanted = [small(number) for number in range(10_000)]
    tasks = [to_task(document) for document in wanted]
    name = title()
    steps: list[int] = []
    begin = time.perf_counter()
    pushed = push(connection, name, tasks, on_sent=steps.append)
    sent = time.perf_counter()
    pulled = pull(connection, [name])
    back = time.perf_counter()
    again = push(connection, name, tasks)
    twice = time.perf_counter()
    for what, seconds in (("push", sent - begin), ("pull", back - sent), ("push again", twice - back)):
        record_property(what, round(seconds, 1))
        print(f"10,000 tasks, {what}: {seconds:.1f} s")  # noqa: T201
    assert (pushed.sent, sum(steps), again.sent, again.there) == (10_000, 10_000, 0, 10_000)
    assert pulled.exported.documents == tuple(wanted)
    assert pulled.exported.problems == ()


def test_a_document_that_changed_is_said(connection: Connection, title: Titles) -> None:
    name = title()
    push(connection, name, [to_task(small(1)), to_task(small(2), as_=None)])
    changed = replace(small(1), text=f"{small(1).text} ", mentions=())
    pushed = push(connection, name, [to_task(changed), to_task(small(2))])
    assert (pushed.sent, pushed.there) == (1, 1)
    assert [(problem.code, problem.document) for problem in pushed.problems] == [
        ("other-text", "small-1"),
        ("task-differs", "small-2"),
    ]
    assert "both stay: delete one in the page, or rename one" in str(pushed.problems[0])
    assert "the task stays as it is: delete it in the page to send it anew" in str(pushed.problems[1])
