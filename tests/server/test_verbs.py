"""``goldwire label``: in a process of its own where a code, a stream or an environment is of one, else in this."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import goldwire
from goldwire.annotation.labeling import LAYERS, config
from goldwire.annotation.tasks import to_task
from goldwire.corpus.store import read_jsonl, write_jsonl
from tests.annotation.sample import SAMPLE
from tests.conftest import Done
from tests.server.machine import ROOT, TOKEN, Machine, Person

Titles = Callable[[], str]
SENTENCES = "Путин прибыл в Токио.\r\n\r\n«Мир близок», — сказал Абэ.\n"


def run(
    *arguments: object, code: int = 0, cwd: Path | None = None, **variables: str
) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own; its exit code must be ``code``."""
    program = [sys.executable, "-m", "goldwire", "label", *map(str, arguments)]
    kept = {key: value for key, value in os.environ.items() if not key.startswith("LABEL_STUDIO")}
    environment = {**kept, "PYTHONUTF8": "1", "COLUMNS": "200", "NO_COLOR": "1", **variables}
    if "PYTHONPATH" not in environment:
        environment["PYTHONPATH"] = str(ROOT)  # for extractors of the tests
    done = subprocess.run(program, capture_output=True, text=True, encoding="utf-8", env=environment, cwd=cwd)
    assert done.returncode == code, (done.stdout, done.stderr)
    return done


@pytest.fixture
def label(goldwire: Callable[..., Done], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Done]:
    """The command in this process, for what is not about processes; its exit code must be ``code``."""
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("NO_COLOR", "1")

    def command(*arguments: object, code: int = 0) -> Done:
        done = goldwire("label", *arguments)
        assert done.code == code, done
        return done

    return command


class Sure:
    """An extractor of the tests: it is sure of Putin, gives a label of its own, and fails where it is told to."""

    version = "7"

    def extract(self, document: Any) -> dict[str, Any]:
        if "fail" in document.id:
            raise ValueError("as asked")
        found = [{"start": 0, "end": 5, "type": "PERSON", "score": 0.75}, {"start": 6, "end": 12, "type": "VERB"}]
        return {"id": document.id, "mentions": found}


def test_config_for_all_layers_and_for_one(label: Callable[..., Done], tmp_path: Path) -> None:
    assert run("config").stdout == config()
    label("config", "--layer", "quotes", "--layer", "entities", "--out", tmp_path / "c.xml")
    assert (tmp_path / "c.xml").read_text(encoding="utf-8") == config(layers=("entities", "quotes"))


def test_config_of_a_label_set_of_ones_own(label: Callable[..., Done], tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_text('[types]\nCAT = "a cat"\n[forms]\nname = "a name"\n', encoding="utf-8")
    text = label("config", "--layer", "entities", "--scheme", tmp_path / "s.toml").out
    assert '<Label value="CAT"' in text
    assert "PERSON" not in text


def test_tasks_of_gold_equal_those_of_the_library(label: Callable[..., Done], tmp_path: Path) -> None:
    gold = goldwire.load()
    write_jsonl(tmp_path / "gold.jsonl", gold)
    for option, as_ in (("annotation", "annotation"), ("none", None)):
        label("tasks", tmp_path / "gold.jsonl", "--gold-as", option, "--out", tmp_path / "tasks.json")
        tasks = json.loads((tmp_path / "tasks.json").read_text(encoding="utf-8"))
        assert tasks == [to_task(document, as_=as_) for document in gold]  # type: ignore[arg-type]
    label(
        "tasks", tmp_path / "gold.jsonl", "--gold-as", "prediction", "--layer", "quotes", "--out", tmp_path / "t.json"
    )
    [task] = json.loads((tmp_path / "t.json").read_text(encoding="utf-8"))
    assert task == to_task(gold[0], as_="prediction", layers=["quotes"], model_version="gold")


def test_plain_texts_are_blank_tasks_to_the_last_code_point(label: Callable[..., Done], tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_bytes(f"{name} {SENTENCES}".encode())
    done = label("tasks", tmp_path, "--out", tmp_path / "tasks.json")
    assert done.out == f"Written: {tmp_path / 'tasks.json'}, 2 tasks\n"
    tasks = json.loads((tmp_path / "tasks.json").read_text(encoding="utf-8"))
    assert [(task["data"]["id"], task["data"]["text"]) for task in tasks] == [
        ("a", f"a.txt {SENTENCES}"), ("b", f"b.txt {SENTENCES}"),
    ]  # fmt: skip
    assert not any(key in task for task in tasks for key in ("annotations", "predictions"))


def test_several_extractors_are_several_predictions(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(SENTENCES, encoding="utf-8", newline="")
    write_jsonl(tmp_path / "made.jsonl", [goldwire.Document(id="a", quotes=())])
    done = run(
        "tasks", tmp_path / "a.txt", "--out", tmp_path / "tasks.json", "--pre-annotate", "rules",
        "--pre-annotate", "tests.server.test_verbs:Sure", "--pre-annotate", tmp_path / "made.jsonl",
    )  # fmt: skip
    [task] = json.loads((tmp_path / "tasks.json").read_text(encoding="utf-8"))
    rules, sure, made = task["predictions"]
    assert rules["model_version"].startswith("rules ")
    assert {entry.get("from_name") for entry in rules["result"]} >= {"section", "quote"}
    assert (sure["model_version"], sure["score"]) == ("tests.server.test_verbs:Sure 7", 0.75)
    assert [entry["value"]["text"] for entry in sure["result"]] == ["Путин"]
    assert (made["model_version"], made["result"]) == ("made", [])
    assert "warning: tests.server.test_verbs:Sure: found 'VERB' on 1 mention, expected a label of the label set" in (
        done.stderr
    )


def test_an_extractor_that_fails_costs_its_prediction_and_the_exit_code_says_so(tmp_path: Path) -> None:
    for name in ("fail.txt", "good.txt"):
        (tmp_path / name).write_text(SENTENCES, encoding="utf-8", newline="")
    done = run(
        "tasks", tmp_path / "fail.txt", tmp_path / "good.txt", "--out", tmp_path / "tasks.json",
        "--pre-annotate", "tests.server.test_verbs:Sure", code=3,
    )  # fmt: skip
    bad, good = json.loads((tmp_path / "tasks.json").read_text(encoding="utf-8"))
    assert "predictions" not in bad
    assert len(good["predictions"]) == 1
    assert (
        "error: document 'fail': found ValueError: as asked, expected a prediction of tests.server.test_verbs:Sure; "
        "the task is there without it [extractor-failed]"
    ) in done.stderr


def test_tasks_are_never_written_over_what_they_are_made_of(label: Callable[..., Done], tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    write_jsonl(folder / "gold.jsonl", goldwire.load())
    (tmp_path / "link.jsonl").symlink_to(folder / "gold.jsonl")
    before = (folder / "gold.jsonl").read_bytes()
    for given, out in (
        (folder / "gold.jsonl", folder / "gold.jsonl"),
        (folder, folder / "gold.jsonl"),
        (folder / "gold.jsonl", tmp_path / "link.jsonl"),
    ):
        done = label("tasks", given, "--out", out, code=2)
        assert done.err == (f"goldwire: {out}: found it among what is read, expected another file: give another path\n")
    assert (folder / "gold.jsonl").read_bytes() == before


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xef\xbb\xbfabc", "found a byte order mark, expected plain UTF-8; save the file as UTF-8 without BOM"),
        (b"abc\xff", "found byte 0xff at byte 3, expected UTF-8; save the file as UTF-8"),
    ],
)
def test_a_text_that_is_not_utf_8(label: Callable[..., Done], tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "a.txt").write_bytes(content)
    done = label("tasks", tmp_path / "a.txt", "--out", tmp_path / "tasks.json", code=1)
    assert done.err.startswith(f"goldwire: {tmp_path / 'a.txt'}: {message}")
    assert not (tmp_path / "tasks.json").exists()


def test_tasks_that_must_not_leave_are_listed_and_nothing_is_written(tmp_path: Path) -> None:
    task = to_task(SAMPLE)
    task["annotations"][0]["result"][0]["value"]["labels"] = ["NOBODY"]
    (tmp_path / "in.json").write_text(json.dumps([task, task]), encoding="utf-8")
    done = run("tasks", tmp_path / "in.json", "--out", tmp_path / "out.json", code=1)
    first, second, third, last = done.stderr.splitlines()
    assert first.startswith(
        "error: tasks[0]: document 'sample#1': annotations[0].result[0], region 0__mention__m_231: "
    )
    assert "found 'NOBODY' of entity" in first
    assert "[duplicate-document]" in second
    assert third.startswith("error: tasks[1]: ")
    assert last == "goldwire: 3 problems in the tasks, and none was sent or written"
    assert not (tmp_path / "out.json").exists()


@pytest.mark.parametrize(
    ("arguments", "variables", "message"),
    [
        (
            [],
            {},
            "goldwire: token: found none, expected an access token as Label Studio shows it; set LABEL_STUDIO_API",
        ),
        (
            ["--token", f"{TOKEN} {TOKEN}"],
            {},
            "goldwire: token: found one with white space or letters that are not ASC",
        ),
        (
            ["--url", "localhost:8080"],
            {"LABEL_STUDIO_API_KEY": TOKEN},
            "goldwire: URL 'localhost:8080': expected http:",
        ),
        (
            ["--url", f"http://u:{TOKEN}@h"],
            {"LABEL_STUDIO_API_KEY": TOKEN},
            "goldwire: URL 'http://u:(token)@h': expec",
        ),
    ],
)
def test_a_url_or_token_that_cannot_be_one(tmp_path: Path, arguments: list[str], variables: Any, message: str) -> None:
    done = run("pull", "A title", "--out", tmp_path / "o.jsonl", *arguments, code=2, **variables)
    assert done.stderr.startswith(message)
    assert TOKEN not in done.stderr + done.stdout


def test_help_names_the_verbs_and_loads_no_sdk(label: Callable[..., Done]) -> None:
    probe = (
        "import sys; from goldwire.cli import app; sys.exit(any('label_studio_sdk' in name for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", probe]).returncode == 0
    text = label("--help").out
    assert all(verb in text for verb in ("config", "tasks", "push", "pull", "sync", "serve", "adjudicate"))
    assert "LABEL_STUDIO_API_KEY" in label("push", "--help").out


def test_the_documentation_names_verbs_and_options_that_there_are(label: Callable[..., Done]) -> None:
    page = ROOT / "docs" / "label-studio.md"
    if not page.exists():
        pytest.skip("this is no checkout")
    text = page.read_text(encoding="utf-8")
    commands = re.findall(r"^goldwire label (\w+)(.*)$", text, re.MULTILINE)
    helps = {verb: label(verb, "--help").out for verb in {verb for verb, _ in commands}}
    assert {"push", "pull", "sync"} <= helps.keys()
    for verb, rest in commands:
        for option in re.findall(r"--[a-z-]+", rest):
            assert option in helps[verb], (verb, option)


@pytest.fixture(scope="module")
def secrets(server: Machine) -> dict[str, str]:
    """A token of each kind."""
    return {"legacy": TOKEN, "personal": Person(server.url).personal_token()}


def hidden(folder: Path, secret: str, *outputs: subprocess.CompletedProcess[str]) -> None:
    """The secret stands in no output and no file."""
    for output in outputs:
        assert secret not in output.stdout + output.stderr
    for file in folder.rglob("*"):
        assert not file.is_file() or secret.encode() not in file.read_bytes(), file


@pytest.mark.server
@pytest.mark.parametrize("kind", ["legacy", "personal"])
def test_push_pull_and_sync_with_either_token(
    server: Machine, title: Titles, tmp_path: Path, secrets: dict[str, str], kind: str
) -> None:
    name, gold = title(), goldwire.load()
    write_jsonl(tmp_path / "gold.jsonl", gold)
    variables: Any = {"LABEL_STUDIO_URL": server.url, "LABEL_STUDIO_API_KEY": secrets[kind], "HOME": str(tmp_path)}
    push = run("push", name, tmp_path / "gold.jsonl", cwd=tmp_path, **variables)
    assert push.stdout.startswith("Pushed: 1 task; project ")
    again = run("push", name, tmp_path / "gold.jsonl", cwd=tmp_path, **variables)
    assert again.stdout.startswith("Pushed: 0 tasks, 1 were there; project ")
    pull = run("pull", name, "--out", "back.jsonl", "--export", "export.json", cwd=tmp_path, **variables)
    assert pull.stdout == "Written: back.jsonl, 1 document of 1 task\n"
    assert (tmp_path / "back.jsonl").read_bytes() == (tmp_path / "gold.jsonl").read_bytes()
    sync = run("sync", name, tmp_path / "gold.jsonl", "--out", "synced.jsonl", cwd=tmp_path, **variables)
    assert list(read_jsonl(tmp_path / "synced.jsonl")) == gold
    hidden(tmp_path, secrets[kind], push, again, pull, sync)


@pytest.mark.server
def test_the_token_is_in_no_output_file_or_log_whatever_fails(server: Machine, title: Titles, tmp_path: Path) -> None:
    """With all logging on, by a token that the server does not know, and by one that it knows."""
    write_jsonl(tmp_path / "gold.jsonl", goldwire.load())
    program = (
        "import logging, sys; logging.basicConfig(level=1, filename='all.log', encoding='utf-8');"
        "from goldwire.cli import main; main()"
    )
    outputs = []
    for secret, url, code in (
        (TOKEN, server.url, 0),
        ("5ec7e7" + TOKEN[:20], server.url, 4),
        (TOKEN, "http://127.0.0.1:9", 4),
        (TOKEN, f"{server.url}/nowhere", 4),
    ):
        arguments = ["push", title(), "gold.jsonl", "--url", url, "--token", secret, "--patience", "1"]
        done = subprocess.run(
            [sys.executable, "-c", program, "label", *arguments], capture_output=True, text=True, cwd=tmp_path,
            encoding="utf-8", env={**os.environ, "PYTHONUTF8": "1"},
        )  # fmt: skip
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
        outputs.append(done)
        hidden(tmp_path, secret, *outputs)
    assert "found answer 401" in outputs[1].stderr
    assert "is the server up?" in outputs[2].stderr
    assert (tmp_path / "all.log").stat().st_size > 0


@pytest.mark.server
def test_projects_per_layer_by_the_command_line(server: Machine, title: Titles, tmp_path: Path) -> None:
    gold = goldwire.load()
    write_jsonl(tmp_path / "gold.jsonl", gold)
    variables: Any = {"LABEL_STUDIO_URL": server.url, "LABEL_STUDIO_API_KEY": TOKEN}
    names = [title() for _ in LAYERS]
    for layer, name in zip(LAYERS, names, strict=True):
        run("push", name, tmp_path / "gold.jsonl", "--layer", layer, **variables)
    run("pull", *names, "--out", tmp_path / "back.jsonl", **variables)
    assert list(read_jsonl(tmp_path / "back.jsonl")) == gold


@pytest.mark.server
def test_problems_of_a_pull_are_listed(server: Machine, title: Titles, tmp_path: Path) -> None:
    name, person = title(), Person(server.url)
    (tmp_path / "in.json").write_text(json.dumps([to_task(SAMPLE, as_=None)]), encoding="utf-8")
    variables: Any = {"LABEL_STUDIO_URL": server.url, "LABEL_STUDIO_API_KEY": TOKEN}
    run("push", name, tmp_path / "in.json", **variables)
    empty = run("pull", name, "--out", tmp_path / "o.jsonl", "--export", tmp_path / "e.json", **variables)
    assert "[not-annotated]" in empty.stderr
    [task] = json.loads((tmp_path / "e.json").read_text(encoding="utf-8"))
    lone = {"id": "x1", "from_name": "quote", "to_name": "text", "type": "labels",
            "value": {"start": 0, "end": 1, "text": "", "labels": ["content"]}}  # fmt: skip
    person.post(f"/api/tasks/{task['id']}/annotations/", {"result": [lone]})
    done = run("pull", name, "--out", tmp_path / "o.jsonl", code=1, **variables)
    assert f"error: document 'sample#1': task {task['id']}, annotation" in done.stderr
    assert "region x1: found a quote without a kind" in done.stderr
    assert done.stderr.endswith(f"goldwire: 1 error: see above what is not in {tmp_path / 'o.jsonl'}\n")
    unknown = run("pull", "No such title", "--out", tmp_path / "p.jsonl", code=2, **variables)
    assert "found no project titled 'No such title', expected one of" in unknown.stderr
    short = run("push", "ab", tmp_path / "in.json", code=2, **variables)
    assert "title 'ab': found 2 characters, expected 3 to 50; Label Studio allows no others" in short.stderr
