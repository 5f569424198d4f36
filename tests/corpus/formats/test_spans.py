"""``{text, spans}`` JSONL: the variants of Prodigy and doccano are read, broken lines are told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from goldwire.corpus.document import UNSET, Document, Mention, Relation
from goldwire.corpus.formats import Losses, format_named

TEXT = "Путин 🙂 в Москве"  # 0 Путин 5 6 🙂 7 8 в 9 10 Москве 16
PLACES = [(0, 5, "PERSON"), (10, 16, "CITY")]


def read(path: Path, *records: Any, name: str = "spans") -> tuple[list[Document], dict[str, int]]:
    path.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records), "utf-8")
    losses = Losses()
    return list(format_named(name).read(path, losses)), losses.totals()


VARIANTS = {
    "prodigy": {"spans": [{"start": 0, "end": 5, "label": "PERSON"}, {"start": 10, "end": 16, "label": "CITY"}]},
    "doccano label": {"label": [[0, 5, "PERSON"], [10, 16, "CITY"]]},
    "doccano labels": {"labels": [[0, 5, "PERSON"], [10, 16, "CITY"]]},
    "doccano entities": {
        "entities": [
            {"id": 1, "start_offset": 0, "end_offset": 5, "label": "PERSON"},
            {"id": 2, "start_offset": 10, "end_offset": 16, "label": "CITY"},
        ]
    },
    "triples": {"entities": [[0, 5, "PERSON"], [10, 16, "CITY"]]},
}


@pytest.mark.parametrize("variant", VARIANTS.values(), ids=VARIANTS)
def test_every_variant_is_found_and_read(tmp_path, variant):
    from goldwire.io import read as read_any

    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"id": 3, "text": TEXT, **variant}), "utf-8")
    [document] = read_any(path)
    assert (document.id, document.text) == ("3", TEXT)
    assert [(m.start, m.end, m.type) for m in document.mentions] == PLACES


def test_relations_are_read_by_id_and_by_span(tmp_path):
    spans = [{"id": i, "start": start, "end": end, "label": label} for i, (start, end, label) in enumerate(PLACES)]
    by_id = {"id": 0, "from_id": 0, "to_id": 1, "type": "IN"}
    by_span = {"head_span": {"start": 0, "end": 5}, "child_span": {"start": 10, "end": 16}, "label": "IN"}
    lost = {"head_span": {"start": 0, "end": 5}, "child_span": {"start": 8, "end": 9}, "label": "IN"}
    records, counted = read(tmp_path / "a.jsonl", {"text": TEXT, "spans": spans, "relations": [by_id, by_span, lost]})
    assert records[0].relations == (Relation(type="IN", source="0", target="1"),) * 2
    assert counted == {"relations of spans without an id": 1}


def test_what_has_no_place_is_counted(tmp_path):
    records, counted = read(
        tmp_path / "a.jsonl",
        {"text": TEXT, "meta": {"source": "x"}, "tokens": [], "_task_hash": 1, "answer": "accept"},
        {"text": TEXT, "spans": [], "answer": "reject"},
    )
    assert records == [Document(id="a-1", text=TEXT, meta={"source": "x"}, mentions=UNSET)]
    assert counted == {"key '_task_hash'": 1, "lines with the answer 'reject'": 1, "token lists": 1}


def test_what_is_written(tmp_path):
    document = Document(
        id="a",
        text=TEXT,
        mentions=(Mention(start=0, end=5, type="PERSON", id="p", form="name"), Mention(start=6, end=7, type="X")),
        relations=(Relation(type="IN", source="p", target="p"),),
        quotes=(),
    )
    expected = {
        "spans": {
            "id": "a",
            "text": TEXT,
            "spans": [{"start": 0, "end": 5, "label": "PERSON", "id": "p"}, {"start": 6, "end": 7, "label": "X"}],
        },
        "doccano": {
            "id": "a",
            "text": TEXT,
            "entities": [
                {"id": 0, "start_offset": 0, "end_offset": 5, "label": "PERSON"},
                {"id": 1, "start_offset": 6, "end_offset": 7, "label": "X"},
            ],
            "relations": [{"id": 0, "from_id": 0, "to_id": 0, "type": "IN"}],
        },
    }
    lost = {
        "spans": {"empty quotes": 1, "mention form": 1, "relations": 1},
        "doccano": {"empty quotes": 1, "mention form": 1, "mention ids, replaced by numbers": 1},
    }
    for name, record in expected.items():
        losses = Losses()
        writer = format_named(name).write
        assert writer is not None
        writer(tmp_path / "out.jsonl", [document], losses)
        assert json.loads((tmp_path / "out.jsonl").read_text("utf-8")) == record
        assert losses.totals() == lost[name]


def line(**keys: Any) -> str:
    return json.dumps({"id": "d", "text": TEXT, **keys}, ensure_ascii=False)


def span(**keys: Any) -> str:
    return line(spans=[{"start": 0, "end": 5, "label": "PERSON", **keys}])


GOOD = line(id="good", spans=[])
FAULTS = {
    "truncated": ('{"text": "Пут', 'found \'{"text": "Пут\', expected one whole JSON object on the line; '),
    "no object": ("[1]", "found [1], expected one whole JSON object on the line; write one document a line [not-json]"),
    "encoding": (b'{"text": "\xcf"}', "found byte 0xcf at byte 10 of the line, expected UTF-8; save the file as UTF-8"),
    "no text": ('{"spans": []}', "document 'a-2': text: found no such key, expected a string; give the text that the "),
    "no list": (line(spans=3), "document 'd': spans: found 3, expected a list of spans; give one span a label and "),
    "no span": (
        line(label=[[0, 5]]),
        "document 'd': label[0]: found [0, 5], expected a span with start, end and label",
    ),
    "no offsets": (
        span(start="0"),
        "document 'd': spans[0]: found start '0', end 5, expected two integers; offsets are",
    ),
    "no label": (
        span(label=None),
        "document 'd': spans[0]: found label None, expected a string; give the span a label",
    ),
    "outside": (span(end=17), "document 'd': spans[0]: found [0, 17), expected offsets within [0, 16); count code "),
    "off by one": (
        span(start=1, end=6, text="Путин"),
        "document 'd': spans[0]: found 'Путин', expected 'утин ', the slice [1, 6); offsets count code points: are",
    ),
    "ids twice": (
        line(entities=[{"id": 1, "start_offset": 0, "end_offset": 5, "label": "X"}] * 2),
        "document 'd': entities[1]: found '1', expected an id of its own; rename one of them [duplicate-id]",
    ),
    "relation of nothing": (
        line(spans=[], relations=[{"from_id": 1, "to_id": 2, "type": "X"}]),
        "document 'd': relations[0].from_id: found 1, expected the id of a span; add the span, or remove the relation",
    ),
    "relation without a type": (
        line(spans=[], relations=[{"from_id": 1, "to_id": 2}]),
        "document 'd': relations[0]: found type None, expected a string; give the relation a type [wrong-type]",
    ),
    "document twice": (
        GOOD,
        "id: found 'good', as in line 1, expected an id of its own; rename one [duplicate-document]",
    ),
    "odd id": (line(id=[1]), "id: found [1], expected a string or an integer; name the document [wrong-type]"),
}


@pytest.mark.parametrize(("broken", "message"), FAULTS.values(), ids=FAULTS)
def test_a_broken_line_is_told_with_its_place_and_nothing_is_written(tmp_path, goldwire, broken, message):
    path = tmp_path / "a.jsonl"
    path.write_bytes(GOOD.encode() + b"\n" + (broken if isinstance(broken, bytes) else broken.encode()))
    done = goldwire("convert", path, tmp_path / "out.jsonl")
    assert done.code == 1
    assert done.err.startswith(f"goldwire: {path}:2: {message}")
    assert [file.name for file in tmp_path.iterdir()] == ["a.jsonl"]


def test_an_empty_file_is_told(tmp_path, goldwire):
    (tmp_path / "a.jsonl").touch()
    done = goldwire("convert", "--from", "spans", tmp_path / "a.jsonl", tmp_path / "out.jsonl")
    found = "found an empty file, expected a JSON object on each line; write at least one document [no-documents]"
    assert (done.code, done.err) == (1, f"goldwire: {tmp_path}/a.jsonl: {found}\n")
