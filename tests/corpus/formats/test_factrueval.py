"""factRuEval-2016: starts and lengths, objects of several spans, groups and facts; broken files are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from goldwire.corpus.document import UNSET, Document, Entity, Mention
from goldwire.corpus.formats import Losses, format_named, format_of

FACTRUEVAL = format_named("factrueval")
# 0 мэр 3 4 Рима 8 9 Пётр 13 14 Иванов 20
TEXT = "мэр Рима Пётр Иванов"
FILES = {
    "txt": TEXT,
    "spans": "1 job 0 3 11 1  # 11 мэр\n2 loc_name 4 4 12 1  # 12 Рима\n3 surname 14 6 14 1  # 14 Иванов\n"
    "4 name 9 4 13 1  # 13 Пётр\n4 nickname 9 4 13 1  # 13 Пётр\n5 job 0 8 11 2  # 11 12 мэр Рима\n",
    "objects": "100 Person 3 4 # Иванов Пётр\n101 LocOrg 2 # Рима\n102 Org 1 4 # мэр Пётр\n",
    "coref": "7 100\nfirstname Пётр\nlastname Иванов\nwikidata \n\n8 101 102\nname Рим\nwikidata Q220\n",
    "facts": "1-0 Occupation\nWho obj7 Иванов Пётр\nPosition span1 мэр\n",
    "tokens": "",
}


def put(folder: Path, **changed: str) -> Path:
    (folder / "devset").mkdir(parents=True)
    for suffix, content in (FILES | changed).items():
        (folder / "devset" / f"book_1.{suffix}").write_text(content, "utf-8")
    (folder / "devset" / "list.txt").write_text("book_1.txt", "utf-8")
    (folder / "scripts").mkdir()  # the repository has broken files among its own tests
    (folder / "scripts" / "book_2.spans").write_text("nothing", "utf-8")
    return folder


def test_objects_are_mentions_and_groups_are_entities(tmp_path):
    losses = Losses()
    folder = put(tmp_path / "in")
    assert format_of(folder) is FACTRUEVAL
    [document] = FACTRUEVAL.read(folder, losses)
    ivanov, name = ["3", 14, 20, "surname"], ["4", 9, 13, "name", "nickname"]
    assert document == Document(
        id="devset/book_1",
        text=TEXT,
        lang="ru",
        mentions=(
            Mention(
                start=9,
                end=20,
                type="Person",
                id="100",
                entity="obj7",
                extra={"factrueval": {"spans": [ivanov, name]}},
            ),
            Mention(
                start=4,
                end=8,
                type="LocOrg",
                id="101",
                entity="obj8",
                extra={"factrueval": {"spans": [["2", 4, 8, "loc_name"]]}},
            ),
            Mention(
                start=0,
                end=13,
                type="Org",
                id="102",
                entity="obj8",
                spans=((0, 3), (9, 13)),
                extra={"factrueval": {"spans": [["1", 0, 3, "job"], name]}},
            ),
        ),
        entities=(
            Entity(id="obj7", type="Person", name="Пётр Иванов"),
            Entity(id="obj8", type="LocOrg", name="Рим", wikidata="Q220"),
        ),
        extra={
            "factrueval": {
                "spans": [["5", 0, 8, "job"]],
                "slots": {
                    "obj7": [["firstname", "Пётр"], ["lastname", "Иванов"], ["wikidata", ""]],
                    "obj8": [["name", "Рим"], ["wikidata", "Q220"]],
                },
                "facts": [
                    {
                        "id": "1-0",
                        "type": "Occupation",
                        "slots": [["Who", "obj7 Иванов Пётр"], ["Position", "span1 мэр"]],
                    }
                ],
            }
        },
    )
    assert losses.totals() == {
        "discontinuous objects": 1,
        "entities of several types": 1,
        "facts, kept under extra": 1,
        "objects of several spans": 2,
        "objects with spans out of text order": 1,
        "spans of no object, kept under extra": 1,
        "spans with two types": 1,
        "text files without .spans, which are no documents": 1,
        "token lists, left out": 1,
    }


def test_without_groups_and_facts_the_layers_are_absent(tmp_path):
    folder = put(tmp_path / "in")
    for suffix in ("coref", "facts", "tokens"):
        (folder / "devset" / f"book_1.{suffix}").unlink()
    [document] = FACTRUEVAL.read(folder, Losses())
    assert document.entities is UNSET
    assert document.extra == {"factrueval": {"spans": [["5", 0, 8, "job"]]}}


WHOLE = "is the file whole, with single spaces between its columns? [malformed-line]"
FAULTS = {
    "truncated spans": (
        "spans",
        "1 job 0",
        1,
        f"found '1 job 0', expected ID TYPE START LENGTH TOKEN TOKENS # …; {WHOLE}",
    ),
    "off by one": (
        "spans",
        "1 job 1 3 11 1  # 11 мэр",
        1,
        "found span 1 'мэр', expected 'эр ', the text at [1, 4); "
        "offsets are the start and the length in code points of the .txt as UTF-8 [wrong-surface]",
    ),
    "outside": (
        "spans",
        "1 job 18 9 11 1  # 11 мэр",
        1,
        "span 1: found [18, 27), expected offsets within [0, 20); count code points of the raw text from 0 "
        "[outside-text]",
    ),
    "a span at two places": (
        "spans",
        "1 job 0 3 11 1\n1 job 4 4 12 1",
        2,
        "found span 1 at two places, expected an id of its own; rename or remove one [duplicate-id]",
    ),
    "truncated objects": ("objects", "100 Pers", 1, f"found '100 Pers', expected ID TYPE SPAN … # …; {WHOLE}"),
    "unknown type": (
        "objects",
        "100 Animal 3",
        1,
        "found 'Animal', expected one of Facility, LocOrg, Location, Org, Person, Project; correct it [unknown-type]",
    ),
    "span that is missing": (
        "objects",
        "100 Person 9",
        1,
        "found span 9, expected the id of a line of the .spans file; add the span, or remove it here "
        "[dangling-reference]",
    ),
    "object twice": (
        "objects",
        "100 Person 3\n100 Person 4",
        2,
        "found object 100, expected an id of its own; rename or remove one [duplicate-id]",
    ),
    "truncated groups": ("coref", "7", 1, f"found '7', expected ID OBJECT …; {WHOLE}"),
    "object that is missing": (
        "coref",
        "7 100\n\n8 999",
        3,
        "found object 999, expected the id of a line of the .objects file; add the object, or remove it here "
        "[dangling-reference]",
    ),
    "object in two groups": (
        "coref",
        "7 100\n\n8 100",
        3,
        "found object 100, also in obj7, expected an object in one group; remove it from one [duplicate-id]",
    ),
    "group twice": (
        "coref",
        "7 100\n\n7 101",
        3,
        "found entity 7, expected an id of its own; rename or remove one [duplicate-id]",
    ),
    "truncated facts": ("facts", "1-0", 1, f"found '1-0', expected ID TYPE; {WHOLE}"),
}


@pytest.mark.parametrize(("suffix", "content", "line", "message"), FAULTS.values(), ids=FAULTS)
def test_a_broken_file_is_told_with_its_place_and_nothing_is_written(
    tmp_path, goldwire, suffix, content, line, message
):
    folder = put(tmp_path / "in", **{suffix: content})
    done = goldwire("convert", folder, tmp_path / "out.jsonl")
    assert (done.code, done.err) == (1, f"goldwire: {folder}/devset/book_1.{suffix}:{line}: {message}\n")
    assert [file.name for file in tmp_path.iterdir()] == ["in"]


def test_another_encoding_and_a_missing_file_are_told(tmp_path, goldwire):
    folder = put(tmp_path / "in")
    file = folder / "devset" / "book_1.objects"
    file.write_bytes("100 Person 3 # Иванов".encode("cp1251"))
    done = goldwire("convert", folder, tmp_path / "out.jsonl")
    found = "found byte 0xc8 at byte 15 of the file, expected UTF-8; save the file as UTF-8 [not-utf-8]"
    assert (done.code, done.err) == (1, f"goldwire: {file}:1: {found}\n")
    file.unlink()
    done = goldwire("convert", folder, tmp_path / "out.jsonl")
    found = "found No such file or directory, expected a file that can be read; check the path [no-access]"
    assert (done.code, done.err) == (1, f"goldwire: {file}: {found}\n")
    (folder / "devset" / "book_1.txt").unlink()
    done = goldwire("convert", folder, tmp_path / "out.jsonl")
    assert (done.code, "found no .txt file, expected book_1.txt beside it" in done.err) == (1, True)
