"""Exports as documents: the round trip, annotators, drafts, skipped tasks, predictions, files."""

import copy
import json
import re
from pathlib import Path

import pytest

from goldwire.annotation.exports import Exported, Origin, from_export, read_export
from goldwire.annotation.tasks import add_prediction, check_task, to_task
from goldwire.corpus.checks import check
from goldwire.corpus.document import Document, Entity, Mention
from goldwire.corpus.errors import InputError
from tests.annotation.sample import (
    PLACE,
    SAMPLE,
    arrow,
    delete,
    draw,
    exported,
    label,
    mention,
    messages,
    move,
    only,
    sample_task,
    say,
    span,
)


def test_the_sample_is_valid() -> None:
    assert [problem for problem in check(SAMPLE) if problem.severity == "error"] == []


def test_round_trip() -> None:
    assert only(from_export(sample_task())) == SAMPLE
    assert only(from_export([sample_task()])) == SAMPLE


def test_round_trip_of_a_prediction() -> None:
    task = to_task(SAMPLE, as_="prediction", model_version="m", score=0.5)
    found = from_export(exported(task), predictions=True)
    assert only(found) == SAMPLE
    assert found.annotated[0].origins == (
        Origin("prediction", "7", None, None, None, "m", ("entities", "quotes", "sections")),
    )


def test_who_and_when() -> None:
    [origin] = from_export(sample_task()).annotated[0].origins
    layers = ("entities", "quotes", "sections")
    assert origin == Origin("annotation", "7", "70", "3", "2026-01-02T03:04:05Z", None, layers)
    task = exported(to_task(SAMPLE), completed_by={"id": 3, "email": "anna@example.org"})
    assert from_export(task).annotated[0].origins[0].who == "anna@example.org"


def test_no_task() -> None:
    assert from_export([]) == Exported()


def test_an_entity_of_the_list_of_another_maker() -> None:
    tree = [{"value": "PERSON", "children": [{"value": "Путин", "alias": "p_1"}, {"value": "Абэ"}]}, 3]
    result = [label("x", "entity", "PERSON", (0, 5)), say("x", "entity_id", "taxonomy", [["PERSON", "p_1"]], (0, 5))]
    task = {"data": {"id": "a", "text": "Путин", "entities": tree}, "annotations": [{"result": result}]}
    document = only(from_export(task))
    assert document.entities == (Entity(id="p_1", type="PERSON", name="Путин"),)
    assert document.mentions == (Mention(start=0, end=5, type="PERSON", entity="p_1"),)


def test_one_document_for_each_annotator() -> None:
    task = sample_task()
    second = copy.deepcopy(task["annotations"][0]) | {"id": 71, "completed_by": 4}
    task["annotations"].append(second)
    move({"annotations": [second]}, "0__mention___n3", span("ТОКИО, 16"))
    found = from_export(task)
    assert [item.origins[0].who for item in found.annotated] == ["3", "4"]
    assert found.documents[0] == SAMPLE
    assert found.documents[1].mentions
    assert found.documents[1].mentions[3].end == span("ТОКИО, 16")[1]
    assert found.problems == ()


def test_several_predictions_and_the_one_that_was_accepted() -> None:
    other = Document(id=SAMPLE.id, mentions=(mention("Эрдоган", "PERSON", id="x", extra={"k": 1}),))
    task = add_prediction(to_task(SAMPLE, as_="prediction", model_version="a"), other, model_version="b")
    task["annotations"] = [{"result": copy.deepcopy(task["predictions"][1]["result"])}]
    task = exported(task)
    [document] = from_export(task).documents
    assert document.mentions == other.mentions  # with id and extra
    assert document.quotes == ()
    assert from_export(task, predictions=True).documents[1:] == (SAMPLE, other)


def test_a_draft_is_left_out_and_said_so_or_read() -> None:
    task = exported(to_task(SAMPLE, as_=None))
    task["drafts"] = [{"id": 9, "user": "anna", "result": [label("n", "entity", "CITY", span("ТОКИО"))]}]
    found = from_export(task)
    assert found.documents == ()
    assert [str(problem) for problem in found.problems] == [
        "document 'sample#1': task 7, draft 9: found a draft, expected a submitted annotation; "
        "submit it, or read with drafts [draft-left-out]"
    ]
    document = only(from_export(task, drafts=True))
    assert document.mentions == (mention("ТОКИО", "CITY"),)
    assert from_export(task, drafts=True).annotated[0].origins[0].who == "anna"


def test_a_skipped_task() -> None:
    found = from_export(exported(to_task(SAMPLE), was_cancelled=True))
    assert found.documents == ()
    assert [str(problem) for problem in found.problems] == [
        f"{PLACE}: found the task was skipped by 3, expected an annotation; annotate it [skipped]"
    ]
    assert found.errors == ()


def test_a_task_that_nobody_annotated() -> None:
    assert messages(exported(to_task(SAMPLE, as_=None))) == [
        "document 'sample#1': task 7: found no annotation, expected at least one; annotate the task [not-annotated]"
    ]


def test_predictions_by_id_only() -> None:
    task = sample_task() | {"predictions": [12]}
    assert messages(task) == []
    assert messages(task, predictions=True) == [
        "document 'sample#1': task 7: found predictions[0] is 12, expected an object with `result`; "
        "export a snapshot that holds predictions whole [no-result]"
    ]


def test_everything_deleted_is_read_and_said() -> None:
    task = sample_task()
    task["annotations"][0]["result"] = []
    found = from_export(task)
    assert found.documents[0].mentions == ()
    assert str(found.problems[0]) == (
        f"{PLACE}: found none of the regions that the task came with, expected some of them, or a task made blank; "
        "look at it: it was read as all deleted [all-gone]"
    )
    draw(task, label("n", "entity", "CITY", span("ТОКИО")))
    found = from_export(task)
    assert found.documents[0].mentions == (mention("ТОКИО", "CITY"),)
    assert [problem.remedy for problem in found.problems] == ["look at it: it was read as begun on a blank page"]
    assert found.errors == ()


def test_one_id_with_two_label_groups() -> None:
    place = span("Путин", 1)
    task = sample_task()
    region = "0__mention__m2"
    delete(task, f"0__speaker__{place[0]}-{place[1]}")
    draw(task, label(region, "quote", "speaker", place), arrow("0__quote__q4", region, "speaker"))
    assert only(from_export(task)) == SAMPLE


def test_read_export(tmp_path: Path) -> None:
    path = tmp_path / "export.json"
    path.write_text(json.dumps([sample_task()], ensure_ascii=False), encoding="utf-8", newline="")
    assert only(read_export(path)) == SAMPLE
    path.write_text(json.dumps([sample_task(), exported(to_task(SAMPLE, as_=None))]), encoding="utf-8")
    assert [str(problem) for problem in read_export(path).problems] == [
        f"{path}: document 'sample#1': task 7: found no annotation, expected at least one; annotate the task "
        "[not-annotated]"
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"id,text\n1,x\n", "expected a JSON export; export as JSON: CSV, TSV and CoNLL lose ids [not-json]"),
        (b'[{"annotator": 1}]', "tasks[0]: found a task of a JSON_MIN export"),
        (b'"x"', "found 'x', expected a task or a list of tasks; export the project as JSON [not-an-export]"),
        (b"\xff\xfe", "[not-json]"),
    ],
)
def test_files_that_are_no_export(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "export.json"
    path.write_bytes(content)
    with pytest.raises(InputError, match=re.escape(message)) as caught:
        read_export(path)
    assert str(caught.value).startswith(str(path))


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="found No such file or directory, expected a file that can be read"):
        read_export(tmp_path / "none.json")


def test_what_comes_back_can_go_out_again() -> None:
    document = only(from_export(sample_task()))
    assert list(check_task(to_task(document))) == []
