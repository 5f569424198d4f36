"""What a save in the page destroys, though the server takes it: refused before anything is sent."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from goldwire.annotation.connection import Connection
from goldwire.annotation.projects import Project
from goldwire.annotation.server import push
from goldwire.annotation.tasks import Task, to_task
from goldwire.annotation.vetting import TasksError
from goldwire.corpus.errors import Problem
from tests.annotation.sample import SAMPLE, arrow, draw, entries, label, span

pytestmark = pytest.mark.server

Titles = Callable[[], str]


def renamed(task: Task) -> None:
    for entry in task["annotations"][0]["result"]:
        for key in ("id", "from_id", "to_id"):
            if entry.get(key) == "0__quote__q4":
                entry[key] = "q#4"


def surplus(task: Task) -> None:
    entries(task, "0__mention___n3")[0]["value"]["note"] = "x"


def keyed(task: Task) -> None:
    entries(task, "0__mention___n3")[0]["readonly"] = True


WAYS: dict[str, tuple[Callable[[Task], None], str, str]] = {
    "a relation to an id that is not there": (
        lambda task: draw(task, arrow("0__quote__q4", "gone", "cue")),
        "region 0__quote__q4 -> gone",
        "found to_id 'gone', which is no region: the page stays blank, expected the id of a region",
    ),
    "a second relation for one pair": (
        lambda task: draw(task, arrow("0__quote__q4", "0__quote__q4__1", "marked")),
        "region 0__quote__q4 -> 0__quote__q4__1",
        "found a second relation of 0__quote__q4 and 0__quote__q4__1, expected one relation for a pair",
    ),
    "a relation label that is not in the config": (
        lambda task: draw(task, arrow("0__mention___n3", "0__mention__m2", "WORKS_AS")),
        "region 0__mention___n3 -> 0__mention__m2",
        "found label 'WORKS_AS', expected one of cue, speaker, continues, marked",
    ),
    "a control that is not in the config": (
        lambda task: draw(task, label("n1", "ner", "PERSON", span("Путин"))),
        "region n1",
        "found from_name 'ner'",
    ),
    "a second span under one id": (
        lambda task: draw(task, label("0__mention___n3", "quote", "cue", span("сказал"))),
        "region 0__mention___n3",
        "under one id, expected one span under one id",
    ),
    "a # in an id": (renamed, "region q#4", "'q#4'"),
    "an unknown key in a value": (surplus, "region 0__mention___n3", "found key 'note'"),
    "an unknown key in a result": (keyed, "region 0__mention___n3", "found key 'readonly'"),
}


@pytest.mark.parametrize("way", WAYS)
def test_each_is_refused_with_the_region_named_and_nothing_is_sent(
    connection: Connection, title: Titles, way: str
) -> None:
    spoil, region, message = WAYS[way]
    sound, spoilt, name = to_task(SAMPLE), to_task(SAMPLE), title()
    sound["data"]["id"] = "sound"
    spoil(spoilt)
    with pytest.raises(TasksError) as caught:
        push(connection, name, [sound, spoilt])
    messages = [str(problem) for problem in caught.value.problems]
    assert any(region in text and message in text for text in messages), messages
    assert all(text.startswith("tasks[1]: document 'sample#1': annotations[0].result[") for text in messages)
    assert Project.find(connection, name) is None


def test_what_only_all_tasks_together_show(connection: Connection, title: Titles) -> None:
    tasks = [to_task(SAMPLE), to_task(SAMPLE, as_=None), to_task(SAMPLE, layers=["quotes"])]
    with pytest.raises(TasksError) as caught:
        push(connection, title(), tasks, layers=["entities", "quotes", "sections"])
    problems: tuple[Problem, ...] = caught.value.problems
    assert [problem.code for problem in problems] == ["duplicate-document", "other-layers", "duplicate-document"]
    assert str(problems[0]) == (
        "tasks[1]: document 'sample#1': data.id: found 'sample#1' in the same text as tasks[0], expected one task a "
        "document; remove one [duplicate-document]"
    )


def test_what_the_sdk_alone_sees_is_refused_too(connection: Connection, title: Titles) -> None:
    task = to_task(SAMPLE, as_="prediction", score=2.0)
    with pytest.raises(TasksError, match=r"predictions\[0\]: found Score must be between 0.00 and 1.00"):
        push(connection, title(), [task])
