"""The whole loop on the real server: two annotators, a review, gold that says where it comes from."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec import UNSET
from msgspec.structs import replace

from goldwire.annotation.provenance import bare, rounds
from goldwire.corpus.document import Document
from goldwire.corpus.store import read_jsonl, write_jsonl
from tests.annotation.sample import SAMPLE, label, span
from tests.server.machine import TOKEN, USER, Machine, Person
from tests.server.test_verbs import hidden, run

pytestmark = pytest.mark.server

Titles = Callable[[], str]

NOTHING = Document(id="nothing", text="Ничего нет.", mentions=(), quotes=(), blocks=(), sections=(), dateline=None)
"""What an annotator makes of a text in which nothing is found."""


def tasks_of(path: Path) -> dict[str, dict[str, Any]]:
    """The tasks of an export by document."""
    return {task["data"]["id"]: task for task in json.loads(path.read_text(encoding="utf-8"))}


def test_two_annotators_a_review_and_gold(server: Machine, title: Titles, tmp_path: Path) -> None:
    anna, boris = Person(server.url), Person(server.url, "boris@example.org", "a-password-2", new=True)
    name, review = title(), title()
    variables: Any = {"LABEL_STUDIO_URL": server.url, "LABEL_STUDIO_API_KEY": TOKEN}
    documents = [replace(SAMPLE, id=key) for key in ("same", "differ", "once", "third")]
    write_jsonl(tmp_path / "in.jsonl", [*documents, replace(NOTHING, mentions=UNSET)])
    outputs = [run("push", name, tmp_path / "in.jsonl", "--gold-as", "prediction", **variables)]
    outputs.append(run("pull", name, "--out", tmp_path / "0.jsonl", "--export", tmp_path / "e.json", **variables))
    tasks = tasks_of(tmp_path / "e.json")

    def submit(person: Person, key: str, *more: dict[str, Any], without: str = "") -> None:
        [prediction] = tasks[key]["predictions"]
        result = [entry for entry in prediction["result"] if entry.get("id") != without]
        content = {"result": [*result, *more], "parent_prediction": prediction["id"]}
        person.post(f"/api/tasks/{tasks[key]['id']}/annotations/", content)

    tokyo = "0__mention___n3"
    for person in (anna, boris):
        submit(person, "same")
    submit(anna, "differ")
    submit(boris, "differ", without=tokyo)
    submit(anna, "third", without=tokyo)
    submit(boris, "third")
    submit(boris, "once")
    # Anna finds something where Boris finds nothing
    submit(anna, "nothing", label("n", "entity", "EVENT", (0, 6)))
    submit(boris, "nothing")

    kept, rest, file = tmp_path / "agreed.jsonl", tmp_path / "single.jsonl", tmp_path / "review.json"
    divide = ("adjudicate", "--project", name, "--agreed", kept, "--single", rest, "--review", file, "--list")
    outputs.append(run(*divide, **variables))
    assert "5 documents: 1 agreed, 3 to review, 1 annotated once\n3 disagreements:\n" in outputs[-1].stdout
    assert f"agreement of {USER}, boris@example.org" in " ".join(outputs[-1].stdout.split())
    offline = run("pull", name, "--out", tmp_path / "0.jsonl", "--export", tmp_path / "e.json", **variables)
    outputs.append(offline)
    again = tmp_path / "again.json"
    outputs.append(run("adjudicate", tmp_path / "e.json", "--review", again))
    assert again.read_bytes() == file.read_bytes()  # with the server and from its export alike

    outputs.append(run("push", review, file, **variables))
    outputs.append(run("adjudicate", "--project", review, "--agreed", kept, "--single", rest,
                       "--out", tmp_path / "gold.jsonl", code=1, **variables))  # fmt: skip
    assert "goldwire: 3 documents not reviewed yet, not in " in outputs[-1].stderr
    outputs.append(run("pull", review, "--out", tmp_path / "0.jsonl", "--export", tmp_path / "r.json", **variables))
    reviews = tasks_of(tmp_path / "r.json")
    assert reviews.keys() == {"differ", "third", "nothing"}
    versions = {p["model_version"]: p for p in reviews["differ"]["predictions"]}
    assert versions.keys() == {USER, "boris@example.org"}
    carl = Person(server.url, "carl@example.org", "a-password-3", new=True)
    for key, who, more in (
        ("differ", "boris@example.org", []),
        ("third", USER, [label("n", "entity", "DATE", span("декабря"))]),
        ("nothing", "boris@example.org", []),
    ):
        [chosen] = [p for p in reviews[key]["predictions"] if p["model_version"] == who]
        content = {"result": [*chosen["result"], *more], "parent_prediction": chosen["id"]}
        carl.post(f"/api/tasks/{reviews[key]['id']}/annotations/", content)
    gold = tmp_path / "gold.jsonl"
    outputs.append(
        run("adjudicate", "--project", review, "--agreed", kept, "--single", rest, "--out", gold, **variables)
    )
    assert outputs[-1].stdout == (f"Written: {gold}, 5 documents: 2 as they were, 3 reviewed (2 chosen, 1 edited)\n")
    found = {document.id: document for document in read_jsonl(gold)}
    less = replace(SAMPLE, mentions=tuple(m for n, m in enumerate(SAMPLE.mentions or ()) if n != 3))
    assert bare(found["same"]) == replace(SAMPLE, id="same")
    assert bare(found["once"]) == replace(SAMPLE, id="once")
    assert bare(found["differ"]) == replace(less, id="differ")
    assert bare(found["nothing"]) == NOTHING
    third = bare(found["third"])
    assert len(third.mentions or ()) == len(SAMPLE.mentions or ())
    assert {(m.type, m.start) for m in third.mentions or ()} - {(m.type, m.start) for m in less.mentions or ()} == {
        ("DATE", span("декабря")[0])
    }
    [entry] = rounds(found["differ"])
    assert (entry["outcome"], entry["version"]) == ("chosen", "boris@example.org")
    assert [version["name"] for version in entry["versions"]] == [USER, "boris@example.org"]
    [reviewer] = entry["reviewed"]
    assert (reviewer["who"], reviewer["begun_from"]) == ("carl@example.org", "boris@example.org")
    assert reviewer["when"] > entry["versions"][1]["by"][0]["when"] > "2026"
    assert entry["versions"][0]["by"][0]["begun_from"] == "gold"
    [entry] = rounds(found["same"])
    assert [by["who"] for by in entry["versions"][0]["by"]] == [USER, "boris@example.org"]
    assert rounds(found["third"])[0]["outcome"] == "edited"
    hidden(tmp_path, TOKEN, *outputs)

    # the reviewed export as a file gives the same
    outputs.append(run("pull", review, "--out", tmp_path / "0.jsonl", "--export", tmp_path / "r.json", **variables))
    run(
        "adjudicate",
        "--reviewed",
        tmp_path / "r.json",
        "--agreed",
        kept,
        "--single",
        rest,
        "--out",
        tmp_path / "g.jsonl",
    )
    assert (tmp_path / "g.jsonl").read_bytes() == gold.read_bytes()
