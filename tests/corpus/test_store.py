"""The record as text, and the file: read as a stream, written whole or not at all."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given

from goldwire.corpus.document import (
    UNSET,
    Block,
    Dateline,
    Document,
    Entity,
    Mention,
    Quote,
    Relation,
    Section,
)
from goldwire.corpus.errors import InputError
from goldwire.corpus.manifest import CorpusHash
from goldwire.corpus.store import document_from, encoded, lines_of, read_jsonl, replacing, write_jsonl
from goldwire.io import read, write
from tests.strategies import LAW, documents

FULL = Document(
    id="a",
    text="Путин сказал",
    sha256="f1fcf843dbf4ff559c4637fdc1afd52faa2d8df938536123b0b9091c9c29c95d",
    lang="ru",
    meta={"published": "2016-12-16"},
    mentions=(
        Mention(
            start=0,
            end=5,
            type="PERSON",
            id="m1",
            form="name",
            entity="putin",
            text="Путин",
            score=0.9,
            spans=((0, 5),),
            extra={"x": None},
        ),
        Mention(start=None, end=None, type="CITY", text="Алеппо"),
    ),
    entities=(Entity(id="putin", type="PERSON", name="Владимир Путин", wikidata="Q7747"), Entity(id="b", type="CITY")),
    relations=(Relation(type="WORKS_AS", source="m1", target="putin"),),
    quotes=(
        Quote(
            kind="direct",
            content=((0, 5), (6, 12)),
            cue=(6, 12),
            speaker=(0, 5),
            speaker_entity="putin",
            marked=(),
            id="q1",
        ),
        Quote(kind="indirect", content=((0, 5),)),
    ),
    blocks=(Block(kind="paragraph", start=0, end=12),),
    sections=(Section(heading=None, body=(0, 12), paragraphs=((0, 12),)),),
    dateline=Dateline(start=0, end=5, place=(0, 5)),
    extra={"by": [1, 2]},
)
TEXT = (
    '{"schema":"goldwire/1","id":"a","text":"Путин сказал",'
    '"sha256":"f1fcf843dbf4ff559c4637fdc1afd52faa2d8df938536123b0b9091c9c29c95d","lang":"ru",'
    '"meta":{"published":"2016-12-16"},'
    '"mentions":[{"start":0,"end":5,"type":"PERSON","id":"m1","form":"name","entity":"putin","text":"Путин",'
    '"score":0.9,"spans":[[0,5]],"extra":{"x":null}},{"start":null,"end":null,"type":"CITY","text":"Алеппо"}],'
    '"entities":[{"id":"putin","type":"PERSON","name":"Владимир Путин","wikidata":"Q7747"},{"id":"b","type":"CITY"}],'
    '"relations":[{"type":"WORKS_AS","from":"m1","to":"putin"}],'
    '"quotes":[{"kind":"direct","content":[[0,5],[6,12]],"cue":[6,12],"speaker":[0,5],"speaker_entity":"putin",'
    '"marked":[],"id":"q1"},'
    '{"kind":"indirect","content":[[0,5]],"cue":null,"speaker":null,"speaker_entity":null}],'
    '"blocks":[{"kind":"paragraph","start":0,"end":12}],'
    '"sections":[{"heading":null,"body":[0,12],"paragraphs":[[0,12]]}],'
    '"dateline":{"start":0,"end":5,"place":[0,5],"date":null,"agency":null},"extra":{"by":[1,2]}}'
)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return Path("a.jsonl")


def inside(folder: str = ".") -> list[str]:
    return sorted(path.name for path in Path(folder).iterdir())


def test_the_record_is_this_text():
    assert encoded(FULL).decode() == TEXT


def test_the_text_is_this_record():
    assert document_from(json.loads(TEXT)) == FULL


@pytest.mark.parametrize(
    ("document", "text"),
    [
        pytest.param(Document(id="a"), '{"schema":"goldwire/1","id":"a"}', id="nothing attempted"),
        pytest.param(Document(id="a", dateline=None), '{"schema":"goldwire/1","id":"a","dateline":null}', id="none"),
        pytest.param(
            Document(id="a", mentions=(), quotes=()),
            '{"schema":"goldwire/1","id":"a","mentions":[],"quotes":[]}',
            id="nothing found",
        ),
        pytest.param(Document(id="a", text=""), '{"schema":"goldwire/1","id":"a","text":""}', id="an empty text"),
    ],
)
def test_absent_empty_and_null_stay_apart(file, document, text):
    assert encoded(document).decode() == text
    file.write_text(text, encoding="utf-8")
    assert list(read_jsonl(file)) == [document]


def test_layers_are_those_that_were_attempted():
    assert list(Document(id="a", dateline=None, quotes=(), entities=()).layers()) == ["quotes", "dateline"]
    assert Document(id="a").dateline is UNSET


def test_a_record_is_frozen():
    with pytest.raises(AttributeError, match="immutable"):
        FULL.id = "b"  # type: ignore[misc]


@LAW
@given(documents())
def test_what_is_written_is_read(tmp_path_factory, document: Document):
    path = tmp_path_factory.getbasetemp() / "law.jsonl"
    assert write_jsonl(path, [document, document]) == 2
    assert list(read_jsonl(path)) == [document, document]


@LAW
@given(documents())
def test_the_text_of_a_record_is_canonical(document: Document):
    again = document_from(json.loads(encoded(document)))
    assert again == document
    assert encoded(again) == encoded(document)


@pytest.mark.parametrize(
    "text",
    [
        "a\r\nb",
        "a\rb\n",
        "16\u00a0декабря",
        "a\u2028b\u2029c",
        "a\u0085b\x0cc\x0b",
        "\ufeffa",
        "\x00",
        "👩‍👩‍👧𝔘",
        "е\u0301",
    ],
    ids=["CRLF", "CR", "NBSP", "line separators", "NEL, FF, VT", "BOM inside", "NUL", "astral", "combining"],
)
def test_characters_of_a_text_are_kept(file, text):
    write_jsonl(file, [Document(id="a", text=text), Document(id="b")])
    assert file.read_bytes().count(b"\n") == 2
    assert [document.text for document in read_jsonl(file)] == [text, UNSET]


def test_lines_may_end_in_crlf_and_be_blank(file):
    file.write_bytes(b'\r\n{"schema":"goldwire/1","id":"a"}\r\n \n\n{"id":"b","schema":"goldwire/1"}')
    assert [(line.number, line.document.id) for line in lines_of(file)] == [(2, "a"), (5, "b")]


def test_a_key_may_be_escaped_and_come_in_any_order(file):
    file.write_bytes(b' {"id":"a","sch\\u0065ma":"goldwire/1"}')
    assert list(read_jsonl(file)) == [Document(id="a")]


@pytest.mark.parametrize("inside", ["meta", "extra"])
def test_a_schema_inside_another_key_is_none(file, inside):
    file.write_text(json.dumps({"id": "a", inside: {"schema": "goldwire/1"}}), encoding="utf-8")
    with pytest.raises(InputError, match=re.escape("a.jsonl:1: document 'a': schema: found no such key, expected")):
        list(read_jsonl(file))


def test_documents_before_a_fault_are_read(file):
    file.write_bytes(b'{"schema":"goldwire/1","id":"a"}\n{"schema":"goldwire/1","id":"b"}\n{}\n')
    stream = read_jsonl(file)
    assert [next(stream).id, next(stream).id] == ["a", "b"]
    with pytest.raises(InputError, match=re.escape("a.jsonl:3: schema: found no such key, expected 'goldwire/1'")):
        next(stream)


def test_reading_is_a_stream(tmp_path):
    path = tmp_path / "pipe.jsonl"
    os.mkfifo(path)
    asked = threading.Event()

    def feed() -> None:
        with path.open("wb", buffering=0) as pipe:
            pipe.write(b'{"schema":"goldwire/1","id":"a"}\n')
            asked.wait(10)
            pipe.write(b'{"schema":"goldwire/1","id":"b"}\n')

    writer = threading.Thread(target=feed)
    writer.start()
    stream = read_jsonl(path)
    first = next(stream)  # comes while the second is not yet written
    asked.set()
    assert [first.id, *(document.id for document in stream)] == ["a", "b"]
    writer.join()


def test_a_file_may_be_written_from_itself(file):
    write_jsonl(file, [Document(id="a"), Document(id="b")])
    write_jsonl(file, (Document(id=document.id * 2) for document in read_jsonl(file)))
    assert [document.id for document in read_jsonl(file)] == ["aa", "bb"]


def test_a_folder_is_read_in_the_order_of_its_names(tmp_path):
    write(tmp_path / "2.jsonl", [Document(id="b")])
    write(tmp_path / "1.jsonl", [Document(id="a")])
    write(tmp_path / ".hidden.jsonl", [Document(id="c")])
    (tmp_path / "notes.txt").write_text("no record", encoding="utf-8")
    assert [document.id for document in read(tmp_path)] == ["a", "b"]


@pytest.mark.parametrize("path", ["empty", "nowhere/a.jsonl", "a.txt"], ids=["no files", "no folder", "no file"])
def test_a_path_without_documents_is_told(tmp_path, monkeypatch, path):
    monkeypatch.chdir(tmp_path)
    Path("empty").mkdir()
    wanted = {
        "empty": "empty: found a folder without .jsonl files, expected one or more; check the path [no-documents]",
        "nowhere/a.jsonl": "nowhere/a.jsonl: found No such file or directory, expected a file that can be read",
        "a.txt": "a.txt: found No such file or directory, expected a file that can be read; check the path [no-access]",
    }
    with pytest.raises(InputError, match=re.escape(wanted[path])):
        list(read(path))


def test_a_folder_that_may_not_be_listed_is_told(tmp_path, monkeypatch):
    def denied(_: object) -> list[str]:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "listdir", denied)
    with pytest.raises(InputError, match=f"^{tmp_path}: found Permission denied, expected a folder that can be read;"):
        list(read(tmp_path))


def test_a_file_that_may_not_be_read_is_told(file, monkeypatch):
    write_jsonl(file, [Document(id="a")])

    def denied(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", denied)
    with pytest.raises(InputError, match=r"^a\.jsonl: found Permission denied, expected a file that can be read;"):
        list(read_jsonl(file))


# writing


def failing(error: BaseException) -> Iterator[Document]:
    yield Document(id="new")
    raise error


@pytest.mark.parametrize("error", [RuntimeError("stop"), KeyboardInterrupt()], ids=["an error", "an interrupt"])
def test_a_failure_in_the_middle_leaves_the_old_file(file, error):
    write_jsonl(file, [Document(id="old")])
    before = file.read_bytes()
    with pytest.raises(type(error)):
        write_jsonl(file, failing(error))
    assert file.read_bytes() == before
    assert inside() == ["a.jsonl"]


def test_a_failure_in_the_middle_leaves_no_new_file(file):
    with pytest.raises(RuntimeError):
        write_jsonl(file, failing(RuntimeError("stop")))
    assert inside() == []


def test_the_old_file_stands_until_the_last_document(file):
    write_jsonl(file, [Document(id="old")])
    seen = []

    def looking() -> Iterator[Document]:
        yield Document(id="new")
        seen.extend(document.id for document in read_jsonl(file))

    write_jsonl(file, looking())
    assert seen == ["old"]
    assert [document.id for document in read_jsonl(file)] == ["new"]


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("nowhere/a.jsonl", "No such file or directory"),
        ("file/a.jsonl", "Not a directory"),
        ("folder", "Is a directory"),
    ],
)
def test_a_place_that_cannot_be_written_to_is_told(tmp_path, monkeypatch, path, found):
    monkeypatch.chdir(tmp_path)
    Path("file").touch()
    Path("folder").mkdir()
    message = f"{path}: found {found}, expected a place that can be written to; check the path [no-access]"
    with pytest.raises(InputError) as raised:
        write_jsonl(path, [Document(id="a")])
    assert str(raised.value) == message
    assert inside() == ["file", "folder"]
    assert inside("folder") == []


def test_a_folder_that_may_not_be_written_to_is_told(file, monkeypatch):
    write_jsonl(file, [Document(id="old")])
    real = Path.open

    def denied(self: Path, mode: str = "r", *rest: Any) -> Any:
        if "x" in mode or "w" in mode:
            raise PermissionError(13, "Permission denied")
        return real(self, mode, *rest)

    monkeypatch.setattr(Path, "open", denied)
    with pytest.raises(InputError, match=r"^a\.jsonl: found Permission denied, expected a place that can be written"):
        write_jsonl(file, [Document(id="new")])
    assert [document.id for document in read_jsonl(file)] == ["old"]


def test_a_full_device_is_told():
    with pytest.raises(InputError, match=r"^/dev/full: found No space left on device, expected a place that can be"):
        write_jsonl("/dev/full", [Document(id="a")])


def test_a_disk_that_fills_up_leaves_the_old_file(file):
    write_jsonl(file, [Document(id="old")])
    program = (
        "import resource\n"
        "from goldwire.corpus.document import Document\n"
        "from goldwire.corpus.errors import InputError\n"
        "from goldwire.corpus.store import write_jsonl\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))\n"
        "try:\n"
        "    write_jsonl('a.jsonl', (Document(id=str(n), text='x' * 1_000) for n in range(1_000)))\n"
        "except InputError as error:\n"
        "    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stderr == ""
    assert done.stdout == (
        "a.jsonl: found File too large, expected a place that can be written to; check the path [no-access]\n"
    )
    assert [document.id for document in read_jsonl(file)] == ["old"]
    assert inside() == ["a.jsonl"]


def test_a_link_stays_a_link(file):
    Path("real").mkdir()
    file.symlink_to("real/b.jsonl")
    write_jsonl(file, [Document(id="a")])
    assert file.is_symlink()
    assert [document.id for document in read_jsonl("real/b.jsonl")] == ["a"]
    assert inside("real") == ["b.jsonl"]


def test_a_pipe_stays_a_pipe(file):
    os.mkfifo(file)
    got = []
    reader = threading.Thread(target=lambda: got.append(file.read_bytes()))
    reader.start()
    write_jsonl(file, [Document(id="a")])
    reader.join(10)
    assert got == [b'{"schema":"goldwire/1","id":"a"}\n']
    assert file.is_fifo()


def test_nothing_to_write_makes_an_empty_file(file):
    assert write_jsonl(file, []) == 0
    assert file.read_bytes() == b""


def test_what_is_written_piece_by_piece_stands_whole(file):
    with replacing(file) as draft:
        draft.write(b"a")
        assert not file.exists()
        draft.write(b"b")
    assert file.read_bytes() == b"ab"


DEEP: list[Any] = []
for _ in range(100_000):
    DEEP = [DEEP]


@pytest.mark.parametrize(
    ("document", "message"),
    [
        pytest.param(
            Document(id="a", mentions=(Mention(start=0, end=1, type="X", score=float("nan")),)),
            "document 'a': mentions[0].score: found nan, expected a finite number; "
            "leave the key out where there is no value [not-json]",
            id="NaN",
        ),
        pytest.param(
            Document(id="a", mentions=(Mention(start=0, end=1, type="X", score=float("-inf")),)),
            "document 'a': mentions[0].score: found -inf, expected a finite number; "
            "leave the key out where there is no value [not-json]",
            id="infinity",
        ),
        pytest.param(
            Document(id="a", text="\ud800"),
            "document 'a': (record): found 'utf-8' codec can't encode character '\\ud800' in position 0: "
            "surrogates not allowed, expected what JSON can hold; correct the value [not-json]",
            id="a lone surrogate",
        ),
        pytest.param(
            Document(id="\udfff"),
            "document '\\udfff': (record): found 'utf-8' codec can't encode character '\\udfff' in position 0: "
            "surrogates not allowed, expected what JSON can hold; correct the value [not-json]",
            id="a lone surrogate in the id",
        ),
        pytest.param(
            Document(id="a", extra={"x": object()}),
            "document 'a': (record): found Encoding objects of type object is unsupported, "
            "expected what JSON can hold; correct the value [not-json]",
            id="an object of Python's own",
        ),
        pytest.param(
            Document(id="a", meta={"x": DEEP}),
            "document 'a': (record): found brackets nested too deep, "
            "expected what JSON can hold; correct the value [not-json]",
            id="nested too deep",
        ),
    ],
)
def test_what_no_file_can_hold_is_not_written(file, document, message):
    write_jsonl(file, [Document(id="old")])
    with pytest.raises(InputError) as raised:
        write_jsonl(file, [Document(id="new"), document])
    assert str(raised.value) == message
    assert [old.id for old in read_jsonl(file)] == ["old"]
    with pytest.raises(InputError) as raised:
        CorpusHash.of([document])
    assert str(raised.value) == message


# dicts


def mention(**keys: Any) -> dict[str, Any]:
    return {"id": "a", "mentions": [{"start": 0, "end": 5, "type": "X", **keys}]}


@pytest.mark.parametrize(
    ("record", "document"),
    [
        pytest.param({"id": "a"}, Document(id="a"), id="without schema"),
        pytest.param({"id": "a", "schema": "goldwire/1"}, Document(id="a"), id="with schema"),
        pytest.param(
            {"id": "a", "quotes": ({"kind": "x", "content": ((0, 1),)},)},
            Document(id="a", quotes=(Quote(kind="x", content=((0, 1),)),)),
            id="tuples",
        ),
        pytest.param(
            mention(start=np.int64(0), end=np.uint8(5), score=np.float32(0.5)),
            Document(id="a", mentions=(Mention(start=0, end=5, type="X", score=0.5),)),
            id="numbers of numpy",
        ),
        pytest.param(
            mention(score=1),
            Document(id="a", mentions=(Mention(start=0, end=5, type="X", score=1.0),)),
            id="a whole number for a score",
        ),
    ],
)
def test_a_dict_is_a_document(record, document):
    assert document_from(record) == document


def test_a_dict_is_left_as_it_was():
    record = {"id": "a"}
    document_from(record)
    assert record == {"id": "a"}


ROUND: dict[Any, Any] = {}
ROUND["round"] = ROUND


@pytest.mark.parametrize(
    ("record", "message"),
    [
        pytest.param({}, "id: found no such key, expected a string; add the key [missing-key]", id="empty"),
        pytest.param({"id": 1}, "id: found 1, expected a string [wrong-type]", id="a number for the id"),
        pytest.param(
            {"id": "a", "schema": "goldwire/0"},
            "document 'a': schema: found 'goldwire/0', expected 'goldwire/1' [wrong-type]",
            id="another schema",
        ),
        pytest.param(
            mention(start=0.5),
            "document 'a': mentions[0].start: found 0.5, expected an integer or null; "
            "offsets are whole numbers of code points [wrong-type]",
            id="half an offset",
        ),
        pytest.param(
            mention(start=np.float64(1)),
            "document 'a': mentions[0].start: found 1.0, expected an integer or null; "
            "offsets are whole numbers of code points [wrong-type]",
            id="an offset of numpy with a point",
        ),
        pytest.param(
            mention(label="X"),
            "document 'a': mentions[0].label: found 'X', expected one of start, end, type, id, form, entity, text, "
            "score, spans, extra; put it under `extra` [unknown-key]",
            id="an unknown key",
        ),
        pytest.param(
            mention(label={1, 2}),
            "document 'a': (record): found Object contains unknown field `label` - at `$.mentions[0]`, "
            "expected a record [wrong-type]",
            id="an unknown key with a set",
        ),
        pytest.param(
            {"id": "a", (1, 2): 3},
            "document 'a': (record): found Expected `str` - at `key` in `$`, expected a record [wrong-type]",
            id="a key that is no string",
        ),
        pytest.param(
            {"id": "a", "colour": ROUND},
            "document 'a': (record): found Object contains unknown field `colour`, expected a record [wrong-type]",
            id="a circle",
        ),
        pytest.param(
            {"id": "a", "text": b"x"},
            "document 'a': (record): found Expected `str`, got `bytes` - at `$.text`, expected a record [wrong-type]",
            id="bytes for a text",
        ),
        pytest.param(
            {"id": "a", "text": "b", "sha256": "0"},
            "document 'a': sha256: found '0', expected "
            "3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d; "
            "the text was changed after it was annotated: restore it, or annotate anew [wrong-hash]",
            id="another hash",
        ),
        pytest.param(
            mention(score=float("nan")),
            "document 'a': mentions[0].score: found nan, expected a finite number; "
            "leave the key out where there is no value [not-json]",
            id="NaN",
        ),
        pytest.param(
            {"id": "a", "text": "\ud800", "sha256": "0"},
            "document 'a': (record): found 'utf-8' codec can't encode character '\\ud800' in position 0: "
            "surrogates not allowed, expected what JSON can hold; correct the value [not-json]",
            id="a lone surrogate",
        ),
    ],
)
def test_a_dict_of_another_form_is_refused(record, message):
    with pytest.raises(InputError) as raised:
        document_from(record)
    assert str(raised.value) == message


def test_the_hash_of_a_corpus_does_not_hang_on_order_and_adds_up():
    a, b, c = Document(id="a"), Document(id="b"), Document(id="c")
    whole = CorpusHash.of([a, b, c])
    assert whole == CorpusHash.of([c, a, b])
    assert whole != CorpusHash.of([a, b])
    shards = CorpusHash()
    shards.merge(CorpusHash.of([b]))
    shards.merge(CorpusHash.of([c, a]))
    assert str(shards) == whole
    # printf '{"schema":"goldwire/1","id":"a"}' | sha256sum
    assert CorpusHash.of([a]) == "823c5b0bb6875c48561c79c2b1ccf6f41c2101bfffac3ddc0b4e6660ea830066"
