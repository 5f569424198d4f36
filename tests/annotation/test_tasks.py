"""Documents as tasks, and the checks before they leave."""

import copy
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from msgspec.structs import replace

from goldwire.annotation.exports import from_export
from goldwire.annotation.regions import decoded, encoded, number_of, taxonomy
from goldwire.annotation.tasks import Task, add_prediction, check_task, to_task
from goldwire.corpus.document import UNSET, Document, Entity, Mention, sha256
from goldwire.corpus.errors import GoldwireError, InputError, UsageError
from goldwire.corpus.scheme import SCHEME
from tests.annotation.sample import SAMPLE, TEXT, arrow, delete, draw, label, say, span
from tests.strategies import LAW, documents, names

Spoil = Callable[[Task], None]


def test_data() -> None:
    data = to_task(SAMPLE)["data"]
    assert list(data) == ["text", "id", "sha256", "lang", "meta", "entities", "goldwire"]
    assert data["text"] == TEXT
    assert data["sha256"] == sha256(TEXT)
    assert data["entities"] == [
        {
            "value": "PERSON",
            "children": [
                {"value": "Владимир Путин", "alias": "putin"},
                {"value": "Реджеп Тайип Эрдоган", "alias": encoded("эрдоган #1")},
            ],
        },
        {"value": "PROFESSION", "children": [{"value": "президент России", "alias": "president-ru"}]},
        {"value": "CITY", "children": [{"value": "unused", "alias": "unused"}]},
    ]


def test_a_mention_in_results() -> None:
    result = to_task(SAMPLE)["annotations"][0]["result"]
    value = {"start": 2, "end": 7, "text": "Путин"}
    same = {"id": "0__mention__m_231", "to_name": "text"}
    assert result[:3] == [
        {**same, "from_name": "entity", "type": "labels", "value": {**value, "labels": ["PERSON"]}},
        {**same, "from_name": "form", "type": "choices", "value": {**value, "choices": ["name"]}},
        {**same, "from_name": "entity_id", "type": "taxonomy", "value": {**value, "taxonomy": [["PERSON", "putin"]]}},
    ]


def test_region_ids_carry_ours_and_shared_parts_are_one_region() -> None:
    result = to_task(SAMPLE)["annotations"][0]["result"]
    ids = list(dict.fromkeys(entry["id"] for entry in result if "id" in entry))
    assert ids == [
        "0__mention__m_231",
        "0__mention___n1",
        "0__mention___n2",
        "0__mention___n2__1",
        "0__mention___n3",
        "0__mention__m2",
        "0__mention___n5",
        "0__mention___n6",
        "0__quote___n0",
        "0__speaker__2-7",
        "0__quote__q4",
        "0__quote__q4__1",
        f"0__cue__{span('сказал')[0]}-{span('сказал')[1]}",
        f"0__speaker__{span('Путин', 1)[0]}-{span('Путин', 1)[1]}",
        "0__quote___n2",
        f"0__cue__{span('добавил')[0]}-{span('добавил')[1]}",
        f"0__speaker__{span('Президент')[0]}-{span('Президент РФ')[1]}",
        f"0__marked__{span('мир', 1)[0]}-{span('мир', 1)[1]}",
        "0__block___n0",
        "0__block___n1",
        "0__block___n2",
        "0__dateline__dateline",
        "0__dateline__place",
        "0__dateline__date",
        "0__dateline__agency",
    ]
    arrows = [(e["from_id"], e["to_id"], *e["labels"]) for e in result if e["type"] == "relation"]
    assert ("0__quote__q4", "0__quote__q4__1", "continues") in arrows
    assert ("0__mention___n2", "0__mention___n2__1", "continues") in arrows
    assert ("0__quote___n0", "0__speaker__2-7", "speaker") in arrows


def test_equal_documents_give_equal_tasks() -> None:
    assert json.dumps(to_task(SAMPLE)) == json.dumps(to_task(copy.deepcopy(SAMPLE)))


def test_a_blank_task_gives_no_layer_away() -> None:
    task = to_task(SAMPLE, as_=None)
    assert "annotations" not in task
    assert "predictions" not in task
    [source] = task["data"]["goldwire"]["sources"]
    assert source["as"] == "blank"
    assert sorted(source["record"]) == ["entities", "extra", "id", "lang", "meta", "schema", "sha256"]


def test_a_task_of_one_layer_holds_that_layer_only() -> None:
    task = to_task(SAMPLE, layers=["sections"])
    assert {entry["from_name"] for entry in task["annotations"][0]["result"]} == {"section", "dateline"}
    [source] = task["data"]["goldwire"]["sources"]
    assert "mentions" not in source["record"]
    assert list(check_task(task)) == []


def test_several_predictions() -> None:
    task = to_task(SAMPLE, as_="prediction", model_version="rules", score=0.9)
    other = Document(
        id=SAMPLE.id, mentions=(Mention(start=2, end=7, type="PERSON"),), entities=(Entity(id="e", type="X"),)
    )
    task = add_prediction(task, other, model_version="natasha")
    assert [(p.get("model_version"), p.get("score")) for p in task["predictions"]] == [
        ("rules", 0.9),
        ("natasha", None),
    ]
    assert task["predictions"][1]["result"][0]["id"] == "1__mention___n0"
    assert task["data"]["entities"][-1] == {"value": "X", "children": [{"value": "e", "alias": "e"}]}
    assert list(check_task(task)) == []


def test_entities_of_one_name_show_their_ids() -> None:
    twins = [Entity(id="a", type="T", name="N"), Entity(id="b", type="T", name="N"), Entity(id="", type="U")]
    assert taxonomy(twins) == [
        {"value": "T", "children": [{"value": "N (a)", "alias": "a"}, {"value": "N (b)", "alias": "b"}]},
        {"value": "U", "children": [{"value": "", "alias": "_"}]},
    ]


@pytest.mark.parametrize(
    ("document", "options", "kind", "message"),
    [
        (Document(id="a"), {}, InputError, "document 'a': text: found no text, expected a text to annotate; add the"),
        (SAMPLE, {"layers": ["mentions"]}, UsageError, "found mentions, expected one or more of entities, quotes, sec"),
        (SAMPLE, {"layers": []}, UsageError, "found no layer, expected one or more of entities, quotes, sections"),
        (SAMPLE, {"as_": "gold"}, UsageError, "found as_='gold', expected 'annotation', 'prediction' or None"),
        (Document(id="a", text="\ud800"), {}, InputError, "expected a record that JSON can hold; look at text, ids"),
        (
            Document(id="a", text="", extra={"x": float("inf")}),
            {},
            InputError,
            "document 'a': found a value changes on the way through JSON, expected a record that JSON can hold",
        ),
    ],
)
def test_what_to_task_refuses(document: Document, options: Any, kind: type[GoldwireError], message: str) -> None:
    with pytest.raises(kind, match=re.escape(message)):
        to_task(document, **options)


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (Document(id="b"), "id: found 'b', expected 'sample#1'; predict for the task's document"),
        (Document(id=SAMPLE.id, text="x"), "text: found a text with hash 2d711642b726, expected the task's, "),
    ],
)
def test_what_add_prediction_refuses(document: Document, message: str) -> None:
    with pytest.raises(InputError, match=re.escape(message)):
        add_prediction(to_task(SAMPLE), document)


def test_a_prediction_needs_a_task_of_ours() -> None:
    with pytest.raises(InputError, match=re.escape("data: found no `goldwire` in data, expected a task of our make")):
        add_prediction({"data": {"text": "x", "id": "a"}}, Document(id="a"))


@given(names())
def test_encoded_names_come_back(name: str) -> None:
    assert decoded(encoded(name)) == name
    assert re.fullmatch(r"[A-Za-z0-9_-]*", encoded(name))


@pytest.mark.parametrize("code", ["_zz", "_", "a b", "_41", "_c3", "Путин"])
def test_what_is_no_encoded_name(code: str) -> None:
    with pytest.raises(ValueError, match=r"no encoded name|can't decode"):
        decoded(code)


def test_regions_drawn_in_the_page_are_nobodys() -> None:
    assert number_of("zLSY-XLk64") is None
    assert number_of("0.thing.x") is None


@LAW
@given(documents(scheme=SCHEME))
def test_tasks_of_valid_documents_are_sound(document: Document) -> None:
    assert list(check_task(to_task(document))) == []


def test_a_speaker_that_is_nobody_is_no_choice_and_comes_back() -> None:
    quotes = tuple(replace(quote, speaker_entity="") for quote in SAMPLE.quotes or ())
    document = replace(SAMPLE, quotes=quotes)
    task = to_task(document)
    assert "speaker_entity" not in {entry.get("from_name") for entry in task["annotations"][0]["result"]}
    assert list(check_task(task)) == []
    assert from_export(task).documents == (document,)


def change(region: str, **changes: Any) -> Spoil:
    def spoil(task: Task) -> None:
        entry = next(e for e in task["annotations"][0]["result"] if e.get("id") == region)
        value = entry["value"]
        for key, new in changes.items():
            (value if key in ("start", "end", "labels", "taxonomy", "surplus") else entry)[key] = new

    return spoil


def adding(*results: dict[str, Any]) -> Spoil:
    return lambda task: draw(task, *results)


def data(**changes: Any) -> Spoil:
    return lambda task: task["data"].update(changes)


def clipped(task: Task) -> None:
    del task["data"]["entities"]


CITY = "0__mention___n3"
RESULT = to_task(SAMPLE)["annotations"][0]["result"]
PLACE = f"document 'sample#1': annotations[0].result[{[e.get('id') for e in RESULT].index(CITY)}], region {CITY}"
FROM, TO = span("ТОКИО")
END = f"document 'sample#1': annotations[0].result[{len(RESULT)}], region"
LENGTH = len(TEXT)


@pytest.mark.parametrize(
    ("spoil", "messages"),
    [
        # the seven that a save destroys
        (
            lambda task: task["annotations"][0]["result"].append(arrow(CITY, "gone", "continues")),
            [
                f"{END} {CITY} -> gone: found to_id 'gone', which is no region: the page stays blank, "
                "expected the id of a region; leave the relation out [relation-end-missing]"
            ],
        ),
        (
            adding(arrow("0__quote__q4", "0__quote__q4__1", "cue")),
            [
                f"{END} 0__quote__q4 -> 0__quote__q4__1: found a second relation of 0__quote__q4 and 0__quote__q4__1, "
                "expected one relation for a pair; give one relation all the labels [second-relation]"
            ],
        ),
        (
            adding(arrow(CITY, "0__mention__m2", "WORKS_AS")),
            [
                f"{END} {CITY} -> 0__mention__m2: found label 'WORKS_AS', expected one of cue, speaker, continues, "
                "marked; use a label of the config [unknown-relation]"
            ],
        ),
        (
            change(CITY, from_name="ner"),
            [
                f"{PLACE}: found from_name 'ner', expected one of entity, form, entity_id, entity_new, quote, kind, "
                "speaker_entity, speaker_new, section, dateline; use a control of the config [unknown-control]",
            ],
        ),
        (
            adding(label(CITY, "quote", "cue", (0, 2))),
            [
                f"{END} {CITY}: found [0, 2) beside [{FROM}, {TO}) under one id, expected one span under one id; "
                "give the second another id [second-span]",
            ],
        ),
        (
            adding(label("a#b", "entity", "CITY", (FROM, TO))),
            [
                f"{END} a#b: found `#` in id 'a#b': the page keeps 'a' of it, expected an id without `#`; "
                "encode the id [hash-in-id]"
            ],
        ),
        (
            adding(label("a.b", "entity", "DATE", (FROM, TO))),
            [
                f"{END} a.b: found '.' in id 'a.b': the page shows the region without its colour, expected letters, "
                "digits, `-` and `_`; encode the id [unstyled-id]"
            ],
        ),
        (
            change(CITY, colour="red"),
            [
                f"{PLACE}: found key 'colour', expected one of from_name, id, meta, origin, score, to_name, type, "
                "value; leave it out, or put it under `meta` [unknown-key]"
            ],
        ),
        (
            change(CITY, surplus=1),
            [
                f"{PLACE}, value: found key 'surplus', expected one of end, labels, start, text; "
                "leave it out, or put it under `meta` [unknown-key]"
            ],
        ),
        # what the SDK's own check misses
        (
            change(CITY, start=TO, end=FROM),
            [f"{PLACE}: found [{TO}, {FROM}), expected start < end; swap the two [reversed-span]"],
        ),
        (
            change(CITY, end=FROM),
            [f"{PLACE}: found [{FROM}, {FROM}), expected start < end; leave the region out [no-length]"],
        ),
        (
            change(CITY, end=999),
            [
                f"{PLACE}: found [{FROM}, 999), expected offsets within [0, {LENGTH}); "
                "count code points of data.text from 0 [outside-text]"
            ],
        ),
        (
            change(CITY, start="x"),
            [
                f"{PLACE}: found start 'x', end {TO}, expected two whole numbers; "
                "write code points without quotes [no-offsets]"
            ],
        ),
        (
            adding(label(CITY, "entity", "CITY", (FROM, TO))),
            [
                f"{END} {CITY}: found a second entry of entity under id '0__mention___n3', expected an id of its own; "
                "give the second another id [duplicate-id]"
            ],
        ),
        # and the rest
        (
            change(CITY, labels=["TOWN"]),
            [
                f"{PLACE}: found 'TOWN' of entity, expected one of PERSON, PROFESSION, ORGANIZATION, COUNTRY, CITY, "
                "LOCATION, DATE, TIME, NUMBER, EVENT; correct it, or make the config of your own label set "
                "[unknown-label]"
            ],
        ),
        (
            change(CITY, labels=[]),
            [
                f"{PLACE}: found labels [], expected a list that is not empty; "
                "say it, or leave the entry out [wrong-value]"
            ],
        ),
        (
            adding(say(CITY, "entity_id", "taxonomy", [["CITY", "rome"]], (FROM, TO))),
            [
                f"{END} {CITY}: found ['CITY', 'rome'], expected a path to a leaf of data.entities; "
                "add the entity to the list [unknown-entity]"
            ],
        ),
        (
            adding(say("n", "form", "choices", ["name"], (FROM, TO))),
            [
                "document 'sample#1': annotations[0], region n: found a region without a label, expected a label; "
                "label it, or leave it out [no-label]"
            ],
        ),
        (
            change(CITY, type="choices"),
            [f"{PLACE}: found type 'choices' of entity, expected labels; correct the type [wrong-control]"],
        ),
        (change(CITY, to_name="t"), [f"{PLACE}: found to_name 't', expected text; correct to_name [unknown-object]"]),
        (
            adding(arrow(CITY, CITY, "continues")),
            [f"{END} {CITY} -> {CITY}: found '{CITY}' twice, expected two regions; leave it out [relation-to-itself]"],
        ),
        (
            data(text=TEXT + "."),
            [
                f"document 'sample#1': data.sha256: found '{sha256(TEXT)}', expected {sha256(TEXT + '.')}; "
                "make the task anew [wrong-hash]"
            ],
        ),
        (
            data(text=None),
            ["document 'sample#1': data.text: found None, expected a string; give the text of the document [no-text]"],
        ),
        (data(id=5), ["data.id: found 5, expected a string; give the document's id [no-document-id]"]),
        (
            lambda task: task.update(annotations=[{"result": None}]),
            [
                "document 'sample#1': annotations[0]: found {'result': None}, expected an object with a list `result`; "
                "make it anew [no-result]"
            ],
        ),
        (
            lambda task: task["data"].update(meta={"x": float("nan")}),
            [
                "document 'sample#1': (task): found NaN, an infinity or another value of Python's own, "
                "expected values that JSON can hold; leave the value out [not-json]"
            ],
        ),
        (
            lambda task: task.update(data=[]),
            ["data: found [], expected an object; put text, id and entities under `data` [no-data]"],
        ),
    ],
)
def test_check_task(spoil: Spoil, messages: list[str]) -> None:
    task = to_task(SAMPLE)
    assert list(check_task(task)) == []
    spoil(task)
    found = [str(problem) for problem in check_task(task)]
    assert found[: len(messages)] == messages
    # an entry that is spoilt may leave its region without a label, or an arrow without an end
    assert all(
        re.search(r"\[(no-label|relation-end-missing|not-json)\]$", message) for message in found[len(messages) :]
    )


def test_a_task_without_entities_is_refused_by_the_server() -> None:
    task = to_task(SAMPLE)
    clipped(task)
    first = next(iter(check_task(task)))
    assert str(first) == (
        "document 'sample#1': data.entities: found None, expected a list; the server refuses the task without it; "
        "give `[]` for none [no-entities]"
    )
    sections = to_task(SAMPLE, layers=["sections"])
    clipped(sections)
    assert list(check_task(sections)) == []


def test_a_control_of_another_layer_is_unknown() -> None:
    task = to_task(SAMPLE, layers=["sections"])
    draw(task, label("n", "entity", "CITY", (FROM, TO)))
    assert [problem.code for problem in check_task(task)] == ["unknown-control"]


def test_deleting_a_region_leaves_no_arrow() -> None:
    task = to_task(SAMPLE)
    delete(task, "0__quote__q4__1")
    assert list(check_task(task)) == []
    assert task["data"]["goldwire"]["sources"][0]["record"].get("text", UNSET) is UNSET
