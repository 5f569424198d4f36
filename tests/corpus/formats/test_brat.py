"""brat: every kind of line has its place, edits made in brat are taken over, broken files write nothing."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from goldwire.corpus.document import UNSET, Document, Entity, Mention, Quote, Relation
from goldwire.corpus.errors import InputError
from goldwire.corpus.formats import Losses, format_named

BRAT = format_named("brat")
# 0 Путин 5 6 и 7 8 Медведев 16 17 в 18 19 Москве 25
TEXT = "Путин и Медведев в Москве"
PUTIN, MEDVEDEV, MOSCOW = "T1\tPERSON 0 5\tПутин\n", "T2\tPERSON 8 16\tМедведев\n", "T3\tCITY 19 25\tМоскве\n"


def read(folder: Path, **files: str | bytes) -> tuple[Document, dict[str, int]]:
    """The document of a folder with these files, and what was counted."""
    put(folder, **files)
    losses = Losses()
    [document] = BRAT.read(folder, losses)
    return document, losses.totals()


def put(folder: Path, txt: str | bytes = TEXT, **files: str | bytes) -> None:
    for suffix, content in {"txt": txt, **files}.items():
        (folder / f"a.{suffix}").write_bytes(content if isinstance(content, bytes) else content.encode())


def write(folder: Path, *documents: Document) -> Losses:
    losses = Losses()
    assert BRAT.write is not None
    BRAT.write(folder, documents, losses)
    return losses


def back(folder: Path) -> list[Document]:
    return list(BRAT.read(folder, Losses()))


def test_every_kind_of_line_has_its_place(tmp_path):
    ann = (
        PUTIN
        + MEDVEDEV
        + "T9\tCITY 19 21;0 1\tМо П\n"  # fragments out of order
        + "E1\tMeeting:T1 Who:T2\n"
        + "R4\tKNOWS Arg1:T1 Arg2:T2\t\n"
        + "R5\tIN Who:T1 Where:T9\n"
        + "A1\tForm T1 name\nA2\tNegated T1\nM3\tCertainty T1 High\nA4\tPast E1\n"
        + "N1\tReference T1 Wikidata:Q7747\tВладимир Путин\nN2\tReference T2 Wikidata:NULL\tнет данных\n"
        + "#1\tAnnotatorNotes T2\tкто это?\n#2\tAnnotatorNotes R4\tточно\n"
        + "*\tEquiv T2 T9\n"
    )
    document, counted = read(tmp_path, ann=ann)
    assert document == Document(
        id="a",
        text=TEXT,
        mentions=(
            Mention(
                start=0,
                end=5,
                type="PERSON",
                id="T1",
                form="name",
                entity="Q7747",
                extra={"brat": {"attributes": {"Negated": True, "Certainty": "High"}}},
            ),
            Mention(
                start=8,
                end=16,
                type="PERSON",
                id="T2",
                entity="equiv-T2",
                extra={
                    "brat": {
                        "links": [["Wikidata:NULL", "нет данных"]],
                        "notes": [["AnnotatorNotes", "кто это?"]],
                    }
                },
            ),
            Mention(start=0, end=21, type="CITY", id="T9", entity="equiv-T2", spans=((19, 21), (0, 1))),
        ),
        entities=(
            Entity(id="Q7747", type="PERSON", name="Владимир Путин", wikidata="Q7747"),
            Entity(id="equiv-T2", type="PERSON"),
        ),
        relations=(
            Relation(type="KNOWS", source="T1", target="T2"),
            Relation(type="IN", source="T1", target="T9"),
        ),
        extra={
            "brat": {
                "lines": ["E1\tMeeting:T1 Who:T2", "A4\tPast E1", "#2\tAnnotatorNotes R4\tточно"],
                "relations": {"0": {"id": "R4"}, "1": {"roles": ["Who", "Where"]}},
            }
        },
    )
    assert counted == {
        "NULL links": 1,
        "R lines with a trailing tab": 1,
        "attributes of events and relations, kept as lines": 1,
        "events, kept as lines": 1,
    }
    write(tmp_path / "out", document)
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == ["a.ann", "a.txt", "annotation.conf"]
    assert back(tmp_path / "out") == [document]
    assert sorted((tmp_path / "out" / "a.ann").read_text("utf-8").splitlines()) == sorted(
        [
            *ann.splitlines()[:4],
            "R4\tKNOWS Arg1:T1 Arg2:T2",
            "R1\tIN Who:T1 Where:T9",
            "A1\tForm T1 name",
            "A2\tNegated T1",
            "A3\tCertainty T1 High",
            "A4\tPast E1",
            *ann.splitlines()[10:],
        ]
    )


def test_the_configuration_names_every_label(tmp_path):
    document, _ = read(tmp_path, ann=PUTIN + MEDVEDEV + "R1\tKNOWS Arg1:T1 Arg2:T2\nA1\tForm T1 name\n")
    write(tmp_path / "out", document)
    assert (tmp_path / "out" / "annotation.conf").read_text("utf-8") == (
        "[entities]\nPERSON\n\n[relations]\nKNOWS\tArg1:<ENTITY>, Arg2:<ENTITY>\n\n[events]\n\n"
        "[attributes]\nForm\tArg:<ENTITY>, Value:name\n"
    )


def test_links_that_differ_in_name_stay_apart(tmp_path):
    ann = PUTIN + MEDVEDEV + "N1\tReference T2 Wikidata:Q1\tВторой\nN2\tReference T1 Wikidata:Q1\t\n"
    document, counted = read(tmp_path, ann=ann)
    assert document.entities == (Entity(id="Q1", type="PERSON", name="Второй", wikidata="Q1"),)
    assert [m.extra for m in document.mentions] == [{"brat": {"links": [["Wikidata:Q1", ""]]}}, UNSET]
    assert counted == {"N lines without a name": 1}
    write(tmp_path / "out", document)
    assert back(tmp_path / "out") == [document]


def test_folders_are_parts_of_ids_and_a_text_alone_is_not_annotated(tmp_path):
    (tmp_path / "train").mkdir()
    put(tmp_path / "train", ann="")
    put(tmp_path)
    losses = Losses()
    assert [(d.id, d.mentions) for d in BRAT.read(tmp_path, losses)] == [("a", UNSET), ("train/a", ())]
    assert list(losses) == [("a", "texts without an .ann file", 1, [])]


QUOTED = Document(
    id="a",
    text=TEXT,
    lang="ru",
    mentions=(
        Mention(start=0, end=5, type="PERSON", id="p", entity="putin", score=0.5, extra={"x": 1}),
        Mention(start=19, end=25, type="big city"),
    ),
    entities=(Entity(id="putin", type="PERSON", name="Путин", wikidata="Q7747"),),
    quotes=(Quote(kind="direct", content=((8, 16),), speaker_entity="putin", id="q"),),
    relations=(Relation(type="SAYS", source="p", target="q"),),
)


def test_what_brat_does_not_show_is_kept_beside_and_counted(tmp_path):
    losses = write(tmp_path / "out", QUOTED)
    assert losses.totals() == {
        "quotes, kept beside and not shown by brat": 1,
        "relations, kept beside and not shown by brat": 1,
    }
    assert back(tmp_path / "out") == [QUOTED]
    ann = (tmp_path / "out" / "a.ann").read_text("utf-8")
    assert ann == "T1\tPERSON 0 5\tПутин\nT2\tbig_city 19 25\tМоскве\nN1\tReference T1 Wikidata:Q7747\tПутин\n"


def test_edits_in_brat_are_taken_over_and_the_rest_stays(tmp_path):
    write(tmp_path / "out", QUOTED)
    file = tmp_path / "out" / "a.ann"
    lines = file.read_text("utf-8").replace("T1\tPERSON", "T1\tLEADER")
    file.write_text(lines + "T3\tPERSON 8 16\tМедведев\nR1\tKNOWS Arg1:T3 Arg2:T1\n", "utf-8")
    losses = Losses()
    [document] = BRAT.read(tmp_path / "out", losses)
    first, second = QUOTED.mentions
    assert document == msgspec.structs.replace(
        QUOTED,
        mentions=(
            msgspec.structs.replace(first, type="LEADER"),
            msgspec.structs.replace(second, id="T2"),
            Mention(start=8, end=16, type="PERSON", id="T3"),
        ),
        relations=(
            Relation(type="KNOWS", source="T3", target="p"),
            Relation(type="SAYS", source="p", target="q"),
        ),
    )
    assert losses.totals() == {"documents edited in brat since they were written": 1}


WHOLE = "is the file whole, with tabs between its columns?"
BOUND = "ID, tab, TYPE START END, tab, surface"
UNITS = "offsets count code points of the .txt as UTF-8: are these bytes, UTF-16 units?"
DANGLING = "the id of another line; add the line that is missing, or remove this one [dangling-reference]"
FAULTS = {
    "truncated": ("T1\tPERSON 0", 1, f"found 'T1\\tPERSON 0', expected {BOUND}; {WHOLE} [malformed-line]"),
    "no surface": ("T1\tPERSON 0 5", 1, f"found 'T1\\tPERSON 0 5', expected {BOUND}; {WHOLE} [malformed-line]"),
    "no tabs": (
        "T1 PERSON 0 5 Путин",
        1,
        f"found 'T1 PERSON 0 5 Путин', expected an id, a tab and what it stands for; {WHOLE} [malformed-line]",
    ),
    "off by one": (
        PUTIN + "T2\tPERSON 9 17\tМедведев",
        2,
        f"found T2 'Медведев', expected 'едведев ', the text at 9 17; {UNITS} [wrong-surface]",
    ),
    "outside": (
        "T1\tPERSON 20 30\tМоскве",
        1,
        "T1: found [20, 30), expected offsets within [0, 25); count code points of the raw text from 0 [outside-text]",
    ),
    "reversed": (
        "T1\tPERSON 5 0\tПутин",
        1,
        "T1: found [5, 0), reversed, expected start < end; give the half-open span [empty-span]",
    ),
    "id twice": (
        PUTIN + PUTIN,
        2,
        "found T1, as in line 1, expected an id of its own; rename or remove one [duplicate-id]",
    ),
    "relation of nothing": (PUTIN + "R1\tKNOWS Arg1:T1 Arg2:T7", 2, f"found 'T7', expected {DANGLING}"),
    "relation without ends": (
        PUTIN + "R1\tKNOWS Arg1:T1",
        2,
        f"found 'R1\\tKNOWS Arg1:T1', expected ID, tab, TYPE ROLE:ID ROLE:ID; {WHOLE} [malformed-line]",
    ),
    "event of nothing": ("E1\tMeeting:T1", 1, f"found 'T1', expected {DANGLING}"),
    "event without trigger": (
        "E1\tMeeting",
        1,
        f"found 'E1\\tMeeting', expected ID, tab, TYPE:ID and ROLE:ID …; {WHOLE} [malformed-line]",
    ),
    "attribute of nothing": ("A1\tForm T1 name", 1, f"found 'T1', expected {DANGLING}"),
    "attribute without a name": (
        "A1\tForm",
        1,
        f"found 'A1\\tForm', expected ID, tab, NAME ID and maybe a value; {WHOLE} [malformed-line]",
    ),
    "group of nothing": (PUTIN + "*\tEquiv T1 T2", 2, f"found 'T2', expected {DANGLING}"),
    "group of one": (
        PUTIN + "*\tEquiv T1",
        2,
        f"found '*\\tEquiv T1', expected *, tab, Equiv and two ids or more; {WHOLE} [malformed-line]",
    ),
    "cycle": (
        PUTIN + "E1\tSay:T1 What:E2\nE2\tSay:T1 What:E1",
        3,
        "found E1 → E2 → E1, expected events that do not hold themselves; remove one of these arguments "
        "[cyclic-reference]",
    ),
}


@pytest.mark.parametrize(("ann", "line", "message"), FAULTS.values(), ids=FAULTS)
def test_a_broken_file_is_told_with_its_place_and_nothing_is_written(tmp_path, ann, line, message, goldwire):
    (tmp_path / "in").mkdir()
    put(tmp_path / "in", ann=ann)
    for target in ("out.jsonl", "out"):
        to = () if target.endswith("jsonl") else ("--to", "brat")
        done = goldwire("convert", tmp_path / "in", tmp_path / target, *to)
        assert (done.code, done.err) == (1, f"goldwire: {tmp_path}/in/a.ann:{line}: document 'a': {message}\n")
        assert [file.name for file in tmp_path.iterdir()] == ["in"]


def test_what_real_corpora_have_is_counted_and_kept(tmp_path):
    ann = (
        "По словам очевидцев\n"
        + PUTIN.replace("\n", "\r\n")
        + " \nN1\tReference T7 Wikidata:Q1\tРим\nN2\tReference T1 Wikidaция\nN3\tReference T1 Wikidata:P1\tx\n"
        "#1\tAnnotatorNotes T9\tкуда?\n"
    )
    document, counted = read(tmp_path, ann=ann)
    assert counted == {
        "N lines that cannot be read, kept as lines": 1,
        "N lines without a name": 1,
        "Wikidata links to no item": 1,
        "blank lines": 1,
        "lines that end in CRLF": 1,
        "links of a mention that is missing, kept as lines": 1,
        "notes on what is missing, kept as lines": 1,
        "stray lines": 1,
    }
    write(tmp_path / "out", document)
    assert back(tmp_path / "out") == [document]


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"txt": "Рим".encode("cp1251")}, "a.txt:1: found byte 0xd0 at byte 0 of the file, expected UTF-8; save"),
        ({"ann": b"\n\xff"}, "a.ann:2: found byte 0xff at byte 1 of the file, expected UTF-8; save the file as UTF-8"),
        ({"goldwire.json": "{", "ann": ""}, "a.goldwire.json: found Input data was truncated, expected a record of "),
    ],
)
def test_a_file_that_cannot_be_decoded_is_told(tmp_path, files, message):
    with pytest.raises(InputError) as refused:
        read(tmp_path, **files)
    assert str(refused.value).startswith(f"{tmp_path}/{message}")


def test_an_ann_file_without_its_text_is_told(tmp_path):
    put(tmp_path, ann=PUTIN)
    (tmp_path / "a.txt").unlink()
    message = "a.ann: found no .txt file, expected a.txt beside it; copy the text to it; offsets mean nothing without"
    with pytest.raises(InputError) as refused:
        back(tmp_path)
    assert str(refused.value) == f"{tmp_path}/{message} [no-text]"


def test_a_text_changed_after_writing_is_told(tmp_path):
    write(tmp_path / "out", QUOTED)
    (tmp_path / "out" / "a.txt").write_text(TEXT + " сегодня", "utf-8")
    with pytest.raises(InputError, match="found the record of another text, expected"):
        back(tmp_path / "out")


def test_what_brat_cannot_hold_is_refused(tmp_path):
    cases = {
        "expected the text that the offsets count in": Document(id="a"),
        "found an id twice, expected one document an id": QUOTED,
        r"found \[3, 99\), expected offsets within \[0, 25\)": Document(
            id="b", text=TEXT, mentions=(Mention(start=3, end=99, type="X"),)
        ),
    }
    for message, document in cases.items():
        with pytest.raises(InputError, match=message):
            write(tmp_path / "out", QUOTED, document)
        assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_empty_stays_as_it_is(tmp_path):
    put(tmp_path)
    message = "found a folder that is not empty, expected a new or empty folder; remove it, or give another path"
    with pytest.raises(InputError, match=message):
        write(tmp_path, QUOTED)
    assert [file.name for file in tmp_path.iterdir()] == ["a.txt"]
