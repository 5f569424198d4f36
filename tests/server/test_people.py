"""What people do on the server, as the real export shows it."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from goldwire.annotation.connection import ONCE, Connection
from goldwire.annotation.exports import read_export
from goldwire.annotation.server import Pulled, pull, push
from goldwire.annotation.taskfiles import write_tasks
from goldwire.annotation.tasks import Task, to_task
from goldwire.corpus.document import Mention
from goldwire.corpus.errors import UsageError
from tests.annotation.sample import SAMPLE, TEXT, label, span
from tests.server.machine import USER, Machine, Person

pytestmark = pytest.mark.server

Titles = Callable[[], str]


@pytest.fixture(scope="module")
def second(server: Machine) -> Person:
    """A second annotator."""
    return Person(server.url, "annotator-two@example.org", "a-password-2", new=True)


def sent(connection: Connection, name: str, *tasks: Task) -> list[int]:
    """The numbers of the tasks after a push."""
    push(connection, name, tasks)
    return [task["id"] for task in pull(connection, [name]).tasks]


def result(task: Task, kind: str = "predictions") -> list[dict[str, Any]]:
    return copy.deepcopy(task[kind][0]["result"])


def codes(pulled: Pulled) -> list[str]:
    return [problem.code for problem in pulled.exported.problems]


def test_two_annotators_of_one_task(connection: Connection, title: Titles, server: Machine, second: Person) -> None:
    first, name = Person(server.url), title()
    task = to_task(SAMPLE, as_="prediction", model_version="m")
    [number] = sent(connection, name, task)
    whole = result(task)
    without = [entry for entry in whole if entry.get("id") != "0__mention___n6"]
    first.post(f"/api/tasks/{number}/annotations/", {"result": whole})
    second.post(f"/api/tasks/{number}/annotations/", {"result": without})
    pulled = pull(connection, [name])
    changed = replace(SAMPLE, mentions=(SAMPLE.mentions or ())[:-1])
    assert pulled.exported.documents == (SAMPLE, changed)
    assert [item.author for item in pulled.exported.annotated] == [USER, second.email]
    assert [origin.model_version for item in pulled.exported.annotated for origin in item.origins] == ["m", "m"]
    assert codes(pulled) == []


def test_a_prediction_that_a_person_submits(connection: Connection, title: Titles, server: Machine) -> None:
    person, name = Person(server.url), title()
    [number] = sent(connection, name, to_task(SAMPLE, as_="prediction", model_version="m 2"))
    [whole] = pull(connection, [name]).tasks
    [prediction] = whole["predictions"]
    edited = [*prediction["result"], label("Yd_BW-pLht", "entity", "DATE", span("декабря"))]
    person.post(f"/api/tasks/{number}/annotations/", {"result": edited, "parent_prediction": prediction["id"]})
    pulled = pull(connection, [name])
    start, end = span("декабря")
    added = Mention(start=start, end=end, type="DATE")
    [document] = pulled.exported.documents
    mentions = list(document.mentions or ())
    mentions.remove(added)
    assert replace(document, mentions=tuple(mentions)) == SAMPLE
    assert [origin.model_version for origin in pulled.exported.annotated[0].origins] == ["m 2"]
    assert codes(pulled) == []


def test_drafts_of_everybody(connection: Connection, title: Titles, server: Machine, second: Person) -> None:
    first, name = Person(server.url), title()
    task = to_task(SAMPLE, as_="prediction", model_version="m")
    [number] = sent(connection, name, task)
    for person in (first, second):
        person.post(f"/api/tasks/{number}/drafts", {"result": result(task), "lead_time": 1})
    pulled = pull(connection, [name])
    assert pulled.exported.documents == ()
    assert codes(pulled) == ["draft-left-out", "draft-left-out"]
    with_drafts = pull(connection, [name], drafts=True)
    assert with_drafts.exported.documents == (SAMPLE, SAMPLE)
    assert {origin.kind for item in with_drafts.exported.annotated for origin in item.origins} == {"draft"}


def test_skipped_and_untouched_tasks(connection: Connection, title: Titles, server: Machine) -> None:
    person, name = Person(server.url), title()
    other = replace(SAMPLE, id="other")
    numbers = sent(connection, name, to_task(SAMPLE, as_=None), to_task(other, as_=None))
    person.post(f"/api/tasks/{numbers[0]}/annotations/", {"result": [], "was_cancelled": True})
    pulled = pull(connection, [name])
    assert pulled.exported.documents == ()
    assert codes(pulled) == ["skipped", "not-annotated"]
    assert f"task {numbers[0]}" in str(pulled.exported.problems[0])
    assert f"by {USER}" in str(pulled.exported.problems[0])


def test_work_on_a_task_is_not_touched_by_a_second_push(connection: Connection, title: Titles, server: Machine) -> None:
    person, name = Person(server.url), title()
    task = to_task(SAMPLE, as_=None)
    [number] = sent(connection, name, task)
    region = label("a1", "entity", "CITY", span("ТОКИО"))
    person.post(f"/api/tasks/{number}/annotations/", {"result": [region]})
    before = pull(connection, [name])
    assert push(connection, name, [task]).there == 1
    after = pull(connection, [name])
    assert after.exported == before.exported
    [document] = after.exported.documents
    assert [TEXT[m.start : m.end] for m in document.mentions or ()] == ["ТОКИО"]


def test_a_label_that_was_taken_from_the_config(connection: Connection, title: Titles) -> None:
    name = title()
    pushed = push(connection, name, [to_task(SAMPLE)])
    project = connection.ask("read", lambda client: client.projects.get(pushed.project, request_options=ONCE))
    config = project.label_config
    gone = config.replace('value="CITY"', 'value="TOWN"').replace('<Relation value="continues"/>', "").replace(
        '<Relation value="continues" />', "")  # fmt: skip
    assert gone != config
    connection.ask(
        "edit", lambda client: client.projects.update(pushed.project, label_config=gone, request_options=ONCE)
    )
    pulled = pull(connection, [name])
    assert pulled.exported.documents == (SAMPLE,)  # the server still has it
    messages = [str(problem) for problem in pulled.exported.problems]
    assert codes(pulled) == ["label-orphaned", "label-orphaned", "config-extra"]
    assert messages[0].startswith(
        f"project '{name}': config: found no CITY in entity, which 1 region bears, first task"
    )
    assert "region 0__mention___n3, expected the label CITY of entity; a save in the page destroys them" in messages[0]
    assert "found no relation continues, which 2 regions bear" in messages[1]
    assert "found 'TOWN of entity', expected the config that push makes" in messages[2]
    push(connection, name, [to_task(SAMPLE)])  # restores it
    assert codes(pull(connection, [name])) == []


def test_a_project_of_other_layers_or_of_others_is_refused(connection: Connection, title: Titles) -> None:
    name, foreign = title(), title()
    push(connection, name, [to_task(SAMPLE, layers=["quotes"])])
    with pytest.raises(UsageError, match="found tasks of the layers entities, quotes, sections, expected quotes as"):
        push(connection, name, [to_task(SAMPLE)])
    made = connection.ask("make", lambda client: client.projects.create(
        title=foreign, label_config='<View><Text name="t" value="$text"/></View>', request_options=ONCE))  # fmt: skip
    connection.ask("fill", lambda client: client.projects.import_tasks(
        made.id, request=[{"data": {"text": "x"}}], request_options=ONCE))  # fmt: skip
    with pytest.raises(UsageError, match="found a config with none of our controls on tasks that are there"):
        push(connection, foreign, [to_task(SAMPLE)])
    # its export holds nothing of ours, and that is said
    assert codes(pull(connection, [foreign]))[0] == "no-document-id"


def test_the_config_on_the_server_opens_with_a_view(connection: Connection, title: Titles) -> None:
    name = title()
    pushed = push(connection, name, [to_task(SAMPLE)])
    push(connection, name, [to_task(SAMPLE)])
    views = connection.ask("views", lambda client: client.views.list(project=pushed.project, request_options=ONCE))
    assert [view.data["title"] for view in views] == ["Default"]


def test_the_whole_export_is_json_that_reads_the_same(connection: Connection, title: Titles, tmp_path: Any) -> None:
    name = title()
    push(connection, name, [to_task(SAMPLE)])
    pulled = pull(connection, [name])
    write_tasks(tmp_path / "export.json", pulled.tasks)
    assert json.loads((tmp_path / "export.json").read_text(encoding="utf-8")) == list(pulled.tasks)
    assert read_export(tmp_path / "export.json").documents == pulled.exported.documents == (SAMPLE,)
