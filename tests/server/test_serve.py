"""``goldwire label serve``, connected to the real server."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

import goldwire
from goldwire.annotation.connection import ONCE, Connection, RefusedError
from goldwire.annotation.server import pull
from goldwire.corpus.document import UNSET
from tests.server.machine import ROOT, TOKEN, Machine, Person
from tests.server.test_verbs import hidden, run

pytestmark = pytest.mark.server

Titles = Callable[[], str]

TEXTS = {
    "said": "ТОКИО, 16 декабря. /ТАСС/. Путин прибыл в Токио.\r\n\r\n«Мир близок 🙂», — сказал Путин.\n",
    "fail": "Ничего не сказано.\n",
}


class Named:
    """An extractor of the tests: entities and mentions with ids and more; it fails where the text says nothing."""

    version = "3"

    def extract(self, document: Any) -> dict[str, Any]:
        at = document.text.index("Путин")
        return {
            "id": document.id,
            "entities": [{"id": "putin #1", "type": "PERSON", "name": "Путин", "wikidata": "Q7747"}],
            "mentions": [
                {"start": at, "end": at + 5, "type": "PERSON", "id": "m#1", "entity": "putin #1", "extra": {"rule": 7}},
                {"start": 0, "end": 5, "type": "CITY", "score": 0.5},
            ],
            "quotes": [],
        }


@contextlib.contextmanager
def served(log: Path, *arguments: object) -> Iterator[str]:
    """The address of an extractor that is served by a process of its own, ended as by a service manager."""
    command = [sys.executable, "-m", "goldwire", "label", "serve", *map(str, arguments), "--port", "0"]
    environment = {**os.environ, "PYTHONUTF8": "1", "PYTHONPATH": str(ROOT)}
    with log.open("ab") as errors:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, env=environment)
    assert process.stdout is not None
    try:
        line = process.stdout.readline().decode()
        assert line.startswith("Serving: http://127.0.0.1:"), (line, log.read_text(encoding="utf-8"))
        yield line.split()[1].rstrip(",")
        process.send_signal(signal.SIGTERM)
        rest, _ = process.communicate(timeout=20)
        assert (process.returncode, rest.decode()) == (0, "Ended\n")
        with log.open("ab") as file:
            file.write(line.encode() + rest)
    finally:
        process.kill()
        process.wait()


def texts(folder: Path) -> Path:
    """A folder of plain texts."""
    place = folder / "texts"
    place.mkdir()
    for name, text in TEXTS.items():
        (place / f"{name}.txt").write_text(text, encoding="utf-8", newline="")
    (place / "palmyra.txt").write_text(str(goldwire.load()[0].text), encoding="utf-8", newline="")
    return place


def connect(connection: Connection, project: int, url: str) -> None:
    """Connect the backend as the page's settings do, and fetch predictions for all tasks as its menu does."""
    made = connection.ask("connect", lambda client: client.ml.create(
        project=project, url=url, title="goldwire", request_options=ONCE))  # fmt: skip
    assert made.id
    fetch(connection, project)


def fetch(connection: Connection, project: int) -> None:
    everything = {"all": True, "excluded": []}
    connection.ask("fetch", lambda client: client.actions.create(
        project=project, id="retrieve_tasks_predictions", selected_items=everything, request_options=ONCE))  # fmt: skip


@pytest.mark.parametrize("extractor", ["rules", "tests.server.test_serve:Named"])
def test_what_is_fetched_equals_what_pre_annotation_gives(
    server: Machine, connection: Connection, title: Titles, tmp_path: Path, extractor: str
) -> None:
    blank, made, log = title(), title(), tmp_path / "serve.log"
    folder, variables = texts(tmp_path), {"LABEL_STUDIO_URL": server.url, "LABEL_STUDIO_API_KEY": TOKEN}
    outputs = [run("push", blank, folder, **variables)]
    fails = 3 if "Named" in extractor else 0
    outputs.append(run("push", made, folder, "--pre-annotate", extractor, code=fails, **variables))
    [project] = {task["project"] for task in pull(connection, [blank]).tasks}
    with served(log, extractor) as url:
        connect(connection, project, url)
        fetch(connection, project)  # asked again: what failed is sent again, what is there is not
    for name in (blank, made):
        out = tmp_path / f"{name}.jsonl"
        outputs.append(run("pull", name, "--predictions", "--out", out, **variables))
    fetched, pushed = (list(goldwire.read(tmp_path / f"{name}.jsonl")) for name in (blank, made))
    assert fetched == pushed
    for output in outputs[2:]:
        assert [line for line in output.stderr.splitlines() if "[not-annotated]" not in line] == []
    assert len(fetched) == (2 if fails else 3)
    said = log.read_text(encoding="utf-8")
    if fails:
        assert "200 /predict: 3 tasks, 1 failed\n" in said
        assert "200 /predict: 1 tasks, 1 failed\n" in said
        assert "error: document 'fail': found ValueError: substring not found, expected a prediction of " in said
    else:
        assert said.count("/predict") == 1
    hidden(tmp_path, TOKEN, *outputs)


def test_a_person_submits_what_was_fetched(
    server: Machine, connection: Connection, title: Titles, tmp_path: Path
) -> None:
    name, person = title(), Person(server.url)
    variables = {"LABEL_STUDIO_URL": server.url, "LABEL_STUDIO_API_KEY": TOKEN}
    (tmp_path / "said.txt").write_text(TEXTS["said"], encoding="utf-8", newline="")
    run("push", name, tmp_path / "said.txt", **variables)
    [task] = pull(connection, [name]).tasks
    with served(tmp_path / "log", "tests.server.test_serve:Named") as url:
        connect(connection, task["project"], url)
    pulled = pull(connection, [name], predictions=True)
    [whole], [prediction] = pulled.tasks, pulled.tasks[0]["predictions"]
    content = {"result": prediction["result"], "parent_prediction": prediction["id"]}
    person.post(f"/api/tasks/{whole['id']}/annotations/", content)
    # the region that bears the record is deleted, and what it said with it
    [bearer] = {entry["id"] for entry in prediction["result"] if "meta" in entry}
    person.post(f"/api/tasks/{whole['id']}/annotations/", content | {
        "result": [entry for entry in prediction["result"] if entry.get("id") != bearer]})  # fmt: skip
    again = pull(connection, [name])
    assert [problem.code for problem in again.exported.problems] == []
    [expected] = pulled.exported.documents
    # who submits was asked for every layer, and saw the text
    accepted = replace(expected, text=TEXTS["said"], blocks=(), sections=(), dateline=None)
    assert again.exported.documents[0] == accepted
    assert again.exported.documents[1] == replace(
        accepted, entities=UNSET, sha256=UNSET,
        mentions=(expected.mentions or ())[1:],
    )  # fmt: skip
    assert [origin.model_version for item in again.exported.annotated for origin in item.origins] == [
        "tests.server.test_serve:Named 3"
    ] * 2


def test_a_project_of_another_config_is_not_connected(
    server: Machine, connection: Connection, title: Titles, tmp_path: Path
) -> None:
    project = connection.ask("make", lambda client: client.projects.create(
        title=title(), label_config='<View><Text name="t" value="$text"/></View>', request_options=ONCE))  # fmt: skip
    log = tmp_path / "log"
    want = "it might be incompatible with the current labeling configuration"
    with served(log, "rules") as url, pytest.raises(RefusedError, match=want):
        connect(connection, project.id, url)
    assert "400 /setup: expected those of entities, quotes, sections; give the project the config of" in (
        log.read_text(encoding="utf-8")
    )
    hidden(tmp_path, TOKEN)
