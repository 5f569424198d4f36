"""Arguments of any kind: the public functions do what was asked, or say what they found and expected."""

from __future__ import annotations

import math
import re
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import fields

from goldwire import (
    UNSET,
    Block,
    Dateline,
    Document,
    Entity,
    GoldwireError,
    InputError,
    Mention,
    Quote,
    Relation,
    Scorer,
    Section,
    UsageError,
    check,
    load,
    load_dataset,
    read,
    score,
    write,
)

PUTIN = Mention(start=0, end=5, type="PERSON")
GOLD = [Document(id="a", text="Путин в Москве", mentions=(PUTIN,))]
RESULT = score(GOLD, GOLD, draws=0)
ODD = [
    None,
    -1,
    1.5,
    math.nan,
    True,
    "",
    "x",
    "\0",
    b"x",
    [],
    {1: 2},
    {()},
    object(),
    Path("no"),
    10**30,
    int,
    GOLD,
    UNSET,
]

CALLS = {
    "score": (
        score,
        {"gold": GOLD, "predicted": GOLD, "draws": 0},
        "labels view mode draws seed rows on_documents workers",
    ),
    "read": (lambda **k: list(read(**k)), {"path": "g.jsonl"}, "format losses"),
    "write": (write, {"path": "o.jsonl", "documents": GOLD}, "format losses"),
    "check": (lambda **k: list(check(**k)), {"document": GOLD[0]}, "scheme"),
    "load": (load, {}, "name"),
    "load_dataset": (load_dataset, {}, "name"),
    "Scorer": (Scorer, {}, "labels view mode attempted"),
    "Scorer.add": (lambda **k: Scorer().add(**k), {"gold": GOLD[0], "predicted": GOLD[0]}, ""),
    "require": (RESULT.require, {}, "thresholds"),
}
ARGUMENTS = [(call, name) for call, (_, known, more) in CALLS.items() for name in [*known, *more.split()]]


@pytest.fixture(autouse=True)
def _inside(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write("g.jsonl", GOLD)


@pytest.mark.parametrize(("call", "name"), ARGUMENTS, ids=[" ".join(pair) for pair in ARGUMENTS])
def test_an_argument_is_taken_or_refused_in_words(call, name):
    function, known, _ = CALLS[call]
    said = []
    for value in ODD:
        try:
            function(**{**known, name: value})
        except GoldwireError as error:
            said.append(str(error))
    assert said
    assert [message for message in said if not re.search("expected|there are|available", message)] == []


LAYERS = {
    "mentions": PUTIN,
    "entities": Entity(id="e", type="PERSON"),
    "relations": Relation(type="x", source="a", target="b"),
    "quotes": Quote(kind="direct", content=((0, 5),)),
    "blocks": Block(kind="paragraph", start=0, end=5),
    "sections": Section(heading=None, body=(0, 5), paragraphs=((0, 5),)),
}
WHOLE = [("", GOLD[0]), *LAYERS.items(), ("dateline", Dateline(start=0, end=5))]
FIELDS = [(layer, part, field.name) for layer, part in WHOLE for field in fields(part)]


@pytest.mark.parametrize(("layer", "part", "name"), FIELDS, ids=[f"{layer} {name}" for layer, _, name in FIELDS])
def test_a_document_made_in_python_is_taken_or_refused_in_words(layer, part, name):
    """One field of it has another value than the record's type; scored on either side, checked and written."""
    for value in ODD:
        made = type(part)(**{**{field.name: getattr(part, field.name) for field in fields(part)}, name: value})
        whole = {"id": "a", "text": "Путин в Москве"}
        document = (
            made
            if isinstance(made, Document)
            else Document(**whole, **{layer: made if layer == "dateline" else (made,)})
        )
        refused = 0
        for use in (
            lambda document: score(GOLD, [document], draws=0),
            lambda document: score([document], GOLD, draws=0, ignore_extra=True),
            lambda document: list(check(document)),
            lambda document: write("o.jsonl", [document]),
        ):
            try:
                use(document)
            except GoldwireError:
                refused += 1
        if not refused:
            assert len(list(read("o.jsonl"))) == 1  # what was written can be read


def mention(**changed):
    return Document(
        id="a", text="Путин в Москве", mentions=(Mention(**{"start": 0, "end": 5, "type": "PERSON"} | changed),)
    )


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (
            mention(start="0"),
            "mentions[0].start: found '0', expected an integer or null; write the number without quotes",
        ),
        (
            mention(end=5.9),
            "mentions[0].end: found 5.9, expected an integer or null; offsets are whole numbers of code",
        ),
        (mention(type=1), "mentions[0].type: found 1, expected a string [wrong-type]"),
        (mention(spans=3), "mentions[0].spans: found 3, expected a list, each a pair [start, end] of integers"),
        (mention(score=math.nan), "mentions[0].score: found nan, expected a finite number"),
        (
            mention(extra={"x": object}),
            "expected what JSON can hold; correct the value",
        ),
        (Document(id="a", mentions=3), "mentions: found 3, expected a list, each an object (mention)"),
        (Document(id=5), "id: found 5, expected a string"),
        (
            Document(id="a", blocks=(Block(kind="p", start=0.5, end=1),)),
            "blocks[0].start: found 0.5, expected an integer",
        ),
    ],
)
@pytest.mark.parametrize("before", [0, 200])
def test_a_value_of_another_type_is_told_with_its_place(document, message, before):
    others = [Document(id=str(number), mentions=(PUTIN,)) for number in range(before)]
    for gold, predicted in ((GOLD, [document]), ([document], GOLD)):
        with pytest.raises(InputError, match=re.escape(message)):
            score([*others, *gold], [*others, *predicted], draws=0)
    [problem] = check(document)
    assert message in str(problem)
    with pytest.raises(InputError, match=re.escape(message)):
        write("o.jsonl", [document])
    assert not Path("o.jsonl").exists()


def test_the_offset_of_a_later_document_is_never_cut():
    """Once 5.9 was scored as 5, and '0' as 0."""
    many = [Document(id=str(number), mentions=(PUTIN,)) for number in range(200)]
    for wrong in ({"end": 5.9}, {"start": "0"}, {"start": 0.0}, {"type": None}):
        bad = Document(id="150", mentions=(Mention(**{"start": 0, "end": 5, "type": "PERSON"} | wrong),))
        with pytest.raises(InputError, match="mentions"):
            score(many, [*many[:150], bad, *many[151:]], draws=0)


@pytest.mark.parametrize("before", [0, 200])
def test_numbers_and_lists_of_other_libraries_are_taken(before):
    start, end = np.array([0, 5])
    made = Document(id="a", mentions=[Mention(start=start, end=end, type="PERSON", score=np.float32(0.5))])
    others = [Document(id=str(number), mentions=(PUTIN,)) for number in range(before)]
    result = score([*others, *GOLD], [*others, made], draws=np.int64(0), seed=np.int32(1))
    assert result.scores["entities.strict"]["value"] == 1.0
    assert list(check(made)) == []
    write("o.jsonl", [made])
    [read_again] = read("o.jsonl")
    assert read_again.mentions == (Mention(start=0, end=5, type="PERSON", score=0.5),)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: score(GOLD, GOLD, draws="10"),
            "draws '10', seed 0: expected draws from 0 to 1000000, and a seed of 0",
        ),
        (lambda: score(GOLD, GOLD, seed=1.5), "draws 10000, seed 1.5: expected draws from 0 to 1000000"),
        (lambda: score(GOLD, GOLD, view=3), "view: found 3, expected the name of a view, or None"),
        (lambda: score(GOLD, GOLD, mode=["x"]), "mode ['x']: no such mode; there are goldwire, "),
        (lambda: score(GOLD, GOLD, labels=3), "labels: found 3, expected a dict, a path or None"),
        (lambda: score(GOLD, GOLD, labels={"PER": 1}), "labels: found 'PER': 1, expected a label, and ours or None"),
        (lambda: score(GOLD, GOLD, workers=1.5), "workers 1.5: expected 1 or more"),
        (lambda: score(GOLD, GOLD, rows=1), "found 1, expected the path of a file or a folder"),
        (lambda: score(GOLD, GOLD, rows="a\0"), "found 'a\\x00', expected the path of a file or a folder"),
        (lambda: score(GOLD, GOLD, on_documents=1), "on_documents: found 1, expected a function of how many were read"),
        (lambda: list(read(3)), "found 3, expected the path of a file or a folder"),
        (lambda: list(read("g.jsonl", losses=3)), "losses: found 3, expected a Losses, or None"),
        (lambda: write("o.jsonl", 3), "found 3, expected a list of documents"),
        (lambda: write("o.jsonl", [3]), "found 3, expected a Document"),
        (lambda: list(check({"id": "a"})), "found {'id': 'a'}, expected a Document"),
        (lambda: list(check(GOLD[0], scheme="x")), "scheme: found 'x', expected a Scheme: read_scheme reads one"),
        (lambda: RESULT.require(3), "thresholds: found 3, expected a dict of scores and numbers"),
        (lambda: RESULT.require({3: 0.5}), "score: found 3, expected the name of a score"),
        (
            lambda: RESULT.require({"entities.strict": "1"}),
            "threshold of entities.strict: found '1', expected a number",
        ),
        (lambda: RESULT.require({"entities.strict": math.nan}), "threshold of entities.strict: found nan, expected a"),
    ],
)
def test_what_is_refused_is_told_with_what_was_expected(call, message):
    with pytest.raises(UsageError, match=re.escape(message)):
        call()


def test_a_scorer_refuses_draws_and_seeds_that_are_none():
    scorer = Scorer()
    scorer.add(GOLD[0], GOLD[0])
    for wrong in ({"draws": -1}, {"draws": 2.0}, {"seed": "0"}, {"seed": -1}):
        with pytest.raises(UsageError, match="expected draws from 0 to 1000000, and a seed of 0 or more"):
            scorer.result(**wrong)


@pytest.mark.parametrize("wrong", [{"end": 5.9}, {"start": "0"}, {"start": [0]}, {"start": 10**30, "end": 1.5}])
def test_a_scorer_refuses_offsets_that_are_no_whole_numbers(wrong):
    bad = mention(**wrong)
    for pair in ((bad, GOLD[0]), (GOLD[0], bad)):
        with pytest.raises(
            InputError, match=r"document 'a': mentions\[0\]\.\w+: found .*, expected an integer or null"
        ):
            Scorer().add(*pair)


def test_rows_to_a_folder_are_refused():
    Path("folder").mkdir()
    with pytest.raises(InputError, match="folder: found Is a directory, expected a place that can be written to"):
        score(GOLD, GOLD, rows="folder", draws=0)
