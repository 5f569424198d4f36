"""What an export holds that is not understood: each is a problem with its place."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from goldwire.annotation.exports import from_export
from goldwire.annotation.tasks import Task, to_task
from goldwire.corpus.document import sha256
from goldwire.corpus.errors import InputError, UsageError
from goldwire.corpus.offsets import to_utf16
from tests.annotation.sample import (
    PLACE,
    SAMPLE,
    TEXT,
    arrow,
    entries,
    exported,
    label,
    mention,
    messages,
    move,
    only,
    sample_task,
    say,
    span,
    with_result,
)

CONTENT = [label("c", "quote", "content", span("Мир")), say("c", "kind", "choices", ["direct"], span("Мир"))]
CUE = label("q", "quote", "cue", span("сказал"))


@pytest.mark.parametrize(
    ("result", "message"),
    [
        (["x"], "70: found 'x', expected a JSON object; export the project anew [no-result]"),
        (
            [say("n", "ner", "labels", ["X"], (0, 1))],
            "70, region n: found 'ner', expected one of entity, form, entity_id, entity_new, quote, kind, "
            "speaker_entity, speaker_new, section, dateline; read it with the config it was made with "
            "[unknown-control]",
        ),
        (
            [say("", "form", "choices", ["name"], (0, 1))],
            "70: found an entry of 'form' with id '', expected a region id; it belongs to no region: "
            "say it of a region [no-region-id]",
        ),
        (
            [say("n", "entity", "choices", ["X"], (0, 1))],
            "expected type 'labels' of entity; restore the config [wrong-control]",
        ),
        (
            [say("n", "entity", "labels", [3], (0, 1))],
            "region n: found labels [3], expected a list of strings from entity; set it again in the page",
        ),
        (
            [say("n", "entity_id", "taxonomy", ["putin"], (0, 1))],
            "region n: found taxonomy ['putin'], expected a list of paths of strings from entity_id",
        ),
        (
            [label("n", "entity", "CITY", ("0", "1"))],  # type: ignore[arg-type]
            "region n: found start '0', end '1', expected two whole numbers; use Text, not HyperText, in the config "
            "[no-offsets]",
        ),
        (
            [label("n", "entity", "CITY", (0, 999))],
            f"region n: found [0, 999), expected offsets within [0, {len(TEXT)}); is this an old export? read it with "
            'offsets="utf16" [outside-text]',
        ),
        (
            [label("n", "entity", "CITY", (5, 5))],
            "region n: found [5, 5), no length, expected start < end; delete the region and draw it again [empty-span]",
        ),
        ([label("n", "entity", "CITY", (7, 5))], "region n: found [7, 5), reversed, expected start < end"),
        (
            [label("n", "entity", "CITY", span("\r\n\r\n"))],
            "region n: found '\\r\\n\\r\\n' at [22, 26), expected a span with ink; delete the region, or draw it again "
            "[only-white-space]",
        ),
        (
            [label("n", "entity", "CITY", (0, 1)), label("n", "quote", "cue", (2, 7))],
            "region n: found [2, 7) beside [0, 1), expected one span under one id; draw the second as a region of "
            "its own [second-span]",
        ),
        (
            [say("n", "form", "choices", ["name"], (0, 1))],
            "region n: found a region without a label (form), expected a label; label the region, or delete it "
            "[no-label]",
        ),
        (
            [label("n", "section", "headline", (0, 1)), say("n", "form", "choices", ["name"], (0, 1))],
            "region n: found form on a region of headline, expected a region labelled entity; clear it, or label the "
            "region [stray-value]",
        ),
        (
            [*CONTENT, arrow("c", "gone", "cue")],
            "region c -> gone: found 'gone': no region, expected the ids of two regions; draw it again "
            "[relation-end-missing]",
        ),
        (
            [CUE],
            "region q: found a cue without a quote, expected an arrow from a quote's content to its cue; draw the "
            "relation [unattached]",
        ),
        (
            [*CONTENT, CUE, arrow("c", "q", "speaker")],
            "region c -> q: found `speaker` between content c and cue q, expected a relation from a quote's content to "
            "a region of that label; correct the label or the ends [wrong-relation]",
        ),
        (
            [label("a", "entity", "CITY", (0, 1)), label("b", "entity", "CITY", (2, 7)), arrow("a", "b")],
            "region a -> b: found a relation without a label between CITY a and CITY b: it could be several things, "
            "expected a label: cue, speaker, continues or marked; label it [unlabelled-relation]",
        ),
        (
            [label("a", "entity", "CITY", (0, 1)), label("b", "section", "headline", (2, 7)), arrow("a", "b")],
            "found a relation without a label between CITY a and headline b: it means nothing here",
        ),
        (
            [label("a", "entity", "CITY", (0, 1)), label("b", "entity", "X", (2, 7)), arrow("a", "b", "continues")],
            "region a: found CITY and X joined by `continues`, expected one type; correct the labels or the relation",
        ),
        (
            [label("a", "entity", "CITY", (0, 1)), arrow("a", "a", "continues")],
            "region a -> a: found a relation between CITY a and CITY a, expected two regions; delete it "
            "[relation-to-itself]",
        ),
        (
            CONTENT[:1],
            "region c: found a quote without a kind, expected one kind; choose the kind of the quote [no-kind]",
        ),
        (
            [*CONTENT, say("c", "kind", "choices", ["mixed"], span("Мир"))],
            "region c: found direct, mixed on one quote, expected one kind; choose the kind of the quote [two-values]",
        ),
        (
            [*CONTENT, CUE, label("r", "quote", "cue", span("добавил")), arrow("c", "q"), arrow("c", "r")],
            "region c: found 2 spans as cue of one quote, expected one cue; the quote is read with none; delete the",
        ),
        (
            [label("n", "entity", "CITY", (0, 1)), say("n", "form", "choices", ["name", "value"], (0, 1))],
            "region n: found name, value as form of one item, expected one form; it is read without; leave one",
        ),
        (
            [
                label("n", "entity", "PERSON", (0, 1)),
                say("n", "entity_id", "taxonomy", [["PERSON", "putin"]], (0, 1)),
                say("n", "entity_new", "textarea", ["Абэ"], (0, 1)),
            ],
            "region n: found putin, Абэ as entity of one item, expected one entity; it is read without; leave one",
        ),
        (
            [label("n", "entity", "CITY", (0, 1)), say("n", "entity_id", "taxonomy", [["CITY", "rome"]], (0, 1))],
            "region n: found 'rome', expected an entity of the task's list; choose one from the list [unknown-entity]",
        ),
        (
            [*CONTENT, say("c", "speaker_new", "textarea", ["Абэ"], span("Мир"))],
            "region c: found 'Абэ', expected an entity of the list or of a mention, or `TYPE: name`; write it as "
            "`PERSON: name` [unknown-entity]",
        ),
        (
            [label("n", "section", "headline", (0, 1)), label("n", "section", "caption", (0, 1))],
            "region n: found headline, caption on one block, expected one kind; leave one [two-values]",
        ),
        (
            [label("n", "dateline", "place", (0, 1))],
            "region n: found a part of a dateline, expected the dateline around it; mark it too [unattached]",
        ),
        (
            [label("n", "dateline", "dateline", (0, 1)), label("m", "dateline", "dateline", (2, 7))],
            "region n: found dateline marked 2 times (n, m), expected once; leave one [two-values]",
        ),
        (
            [label("n", "quote", "title", (0, 1))],
            "region n: found title, expected content, cue, speaker or marked; label the region again [unknown-label]",
        ),
        (
            [label("n", "dateline", "hour", (0, 1))],
            "region n: found hour, expected dateline, place, date or agency; label the region again [unknown-label]",
        ),
        (
            [*CONTENT, CUE, arrow("c", "q", direction="up")],
            "region c -> q: found direction 'up', expected left, right or bi; draw it again [wrong-value]",
        ),
        (
            [*CONTENT, CUE, arrow("c", "q") | {"labels": "cue"}],
            "region c -> q: found labels 'cue', expected a list of strings; label the relation again [wrong-value]",
        ),
    ],
)
def test_what_is_not_understood(result: list[dict[str, Any]], message: str) -> None:
    found = from_export(with_result(result))
    assert message in str(found.problems[0])
    assert found.problems[0].severity == "error"
    assert str(found.problems[0]).startswith("document 'sample#1': task 7, annotation 70")
    assert len(found.documents) == 1  # the rest is read


def test_white_space_at_the_ends_is_trimmed_and_said() -> None:
    task = with_result([label("n", "entity", "CITY", span(" мир\r\n"))])
    found = from_export(task)
    assert found.documents[0].mentions == (mention("мир", "CITY"),)
    start, end = span(" мир\r\n")
    assert [str(problem) for problem in found.problems] == [
        f"{PLACE}, region n: found ' мир\\r\\n' at [{start}, {end}), expected [{start + 1}, {end - 2}); "
        "the span was trimmed so [white-space-trimmed]"
    ]
    assert found.errors == ()


def test_a_note_on_a_region_is_said() -> None:
    task = sample_task()
    for entry in entries(task, "0__mention__m_231"):
        entry["meta"] = {"text": ["or the city?"]}
    found = from_export(task)
    assert found.documents == (SAMPLE,)
    assert [str(problem) for problem in found.problems] == [
        f"{PLACE}, region 0__mention__m_231: found a note on the region: {{'text': ['or the city?']}}, expected what "
        "the record has a place for; read it: it is not in the document [note-left-out]"
    ]


def test_old_exports_count_utf16_units() -> None:
    task = sample_task()
    for entry in task["annotations"][0]["result"]:
        if "value" in entry:
            for end in ("start", "end"):
                entry["value"][end] = to_utf16(TEXT, entry["value"][end])
    assert only(from_export(task, offsets="utf16")) == SAMPLE
    move(task, "0__mention___n3", (1, 8))
    assert messages(task, offsets="utf16")[0] == (
        f"{PLACE}, region 0__mention___n3: found offset 1 in UTF-16 units, inside '🙂' at code point 0, expected an "
        "offset between characters; are these code points, or offsets of another text? [offset-inside-character]"
    )


def test_the_export_itself_is_not_changed() -> None:
    task = sample_task()
    before = json.dumps(task)
    from_export(task)
    assert json.dumps(task) == before


def spoilt(**changes: Any) -> Callable[[Task], None]:
    return lambda task: task["data"].update(changes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"text": 1}, "document 'sample#1': task 7: found data.text 1, expected the text of the document; push the"),
        ({"id": None}, "task 7: found data.id None, expected a string; give every task data.id [no-document-id]"),
        ({"text": "x"}, f"task 7: found a text with hash {sha256('x')}, expected '{SAMPLE.sha256}', which data.sha256"),
        ({"goldwire": 1}, "task 7: found goldwire: 1, expected an object of form goldwire-task/1; push the task anew"),
        (
            {"goldwire": {"form": "goldwire-task/1", "layers": ["x"], "sources": []}},
            "found goldwire.layers: ['x'], expected entities, quotes, sections; push the task anew [bad-carry]",
        ),
        (
            {"goldwire": {"form": "goldwire-task/1", "layers": ["quotes"], "sources": [1]}},
            "found goldwire.sources: [1], expected a list of objects; push the task anew [bad-carry]",
        ),
        (
            {"goldwire": {"form": "goldwire-task/1", "layers": ["quotes"], "sources": [{}]}},
            "found goldwire.sources[0]: None, expected a record; push the task anew [bad-carry]",
        ),
    ],
)
def test_data_at_fault(changes: dict[str, Any], message: str) -> None:
    task = sample_task()
    task["data"] |= changes
    found = from_export([task, sample_task() | {"id": 8}])
    assert message in str(found.problems[0])
    assert found.documents == (SAMPLE,)  # the other task is read


@pytest.mark.parametrize("entry", [{"result": None}, {}])
def test_an_annotation_without_result(entry: dict[str, Any]) -> None:
    task = exported(to_task(SAMPLE, as_=None)) | {"annotations": [entry]}
    assert messages(task)[0] == (
        "document 'sample#1': task 7, annotations[0]: found result None, expected a list; "
        "export the project as JSON [no-result]"
    )


@pytest.mark.parametrize(
    ("export", "message"),
    [
        (
            [{"id": 1, "text": "x", "entity": [], "annotator": 1, "annotation_id": 2}],
            "tasks[0]: found a task of a JSON_MIN export, expected a task with `data` and `annotations`; JSON_MIN "
            "loses region ids and relations, so quotes cannot be read from it: export as JSON [json-min]",
        ),
        ([{"id": 1}], "tasks[0]: found keys ['id'], expected a task with `data`; export as JSON [not-an-export]"),
        (["x"], "tasks[0]: found 'x', expected a task, a JSON object; export the project as JSON [not-an-export]"),
    ],
)
def test_what_is_no_export(export: Any, message: str) -> None:
    with pytest.raises(InputError) as caught:
        from_export(export)
    assert str(caught.value) == message


def test_an_unknown_unit() -> None:
    with pytest.raises(UsageError, match=re.escape("found offsets='bytes', expected 'codepoint' or 'utf16'")):
        from_export([], offsets="bytes")  # type: ignore[arg-type]
