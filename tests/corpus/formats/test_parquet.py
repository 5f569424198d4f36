"""Parquet keeps everything, and says what is wrong with a file and where."""

from __future__ import annotations

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldwire.corpus.document import Document, Mention, sha256
from goldwire.corpus.errors import InputError
from goldwire.corpus.formats import Losses, format_named, format_of
from goldwire.corpus.gold import load
from goldwire.corpus.hub import to_row
from tests.corpus.formats.faults import said
from tests.corpus.formats.trip import trip
from tests.strategies import LAW, documents

PUTIN = Document(id="a", text="Путин и Обама", mentions=(Mention(start=0, end=5, type="PERSON", text="Путин"),))
WHOLE = "expected a whole Parquet file; copy or write it again [not-parquet]"
UNITS = "offsets count code points of the raw text: are these bytes, UTF-16 units, or of a trimmed text?"


@settings(LAW, max_examples=150)
@given(st.lists(documents(), min_size=1, max_size=3))
def test_every_document_comes_back(given_):
    back, losses = trip("parquet", given_)
    assert back == given_
    assert list(losses) == []


def test_the_gold_and_more_than_one_batch_come_back():
    gold = load()
    assert trip("parquet", gold * 300)[0] == gold * 300


def test_any_program_reads_it(tmp_path):
    path = tmp_path / "a.parquet"
    assert format_named("parquet").write(path, [PUTIN], Losses()) == 1
    [row] = pq.read_table(path).to_pylist()
    assert row == to_row(PUTIN)
    assert format_of(path).name == "parquet"


def test_a_column_of_others_is_left_out_and_counted(tmp_path):
    path = tmp_path / "a.parquet"
    pq.write_table(pa.Table.from_pylist([{**to_row(PUTIN), "fold": 3}]), path)
    losses = Losses()
    assert list(format_named("parquet").read(path, losses)) == [PUTIN]
    assert list(losses) == [("a", "column 'fold'", 1, [])]


def row(**changes):
    return pa.Table.from_pylist([{**to_row(PUTIN), **changes}])


BROKEN = {
    "no rows": (
        pa.Table.from_pylist([to_row(PUTIN)]).slice(0, 0),
        "t.parquet: found no rows, expected a document in each row; check the path [no-documents]",
    ),
    "columns": (
        pa.Table.from_pylist([to_row(PUTIN)]).drop(["mentions", "layers"]),
        "t.parquet: found columns schema, id, text, sha256, lang, meta, entities, relations, quotes, blocks, sections, "
        "dateline, extra, expected also mentions, layers; a layer that was not attempted is a column of nulls "
        "[missing-column]",
    ),
    "off by one": (
        row(mentions=[{"start": 1, "end": 6, "type": "PERSON", "text": "Путин"}]),
        "t.parquet:1: document 'a': mentions[0].text: found 'Путин', expected 'утин ', the slice [1, 6); "
        f"{UNITS} [wrong-surface]",
    ),
    "outside": (
        row(mentions=[{"start": 8, "end": 14, "type": "PERSON"}]),
        "t.parquet:1: document 'a': mentions[0]: found [8, 14), expected offsets within [0, 13); "
        "count code points of the raw text from 0 [outside-text]",
    ),
    "type": (
        row(mentions=[{"start": 8.5, "end": 13, "type": "PERSON"}]),
        "t.parquet:1: document 'a': mentions[0].start: found 8.5, expected an integer or null; "
        "offsets are whole numbers of code points [wrong-type]",
    ),
    "key": (
        row(mentions=[{"start": 0, "end": 5}]),
        "t.parquet:1: document 'a': mentions[0].type: found no such key, expected a string; add the key [missing-key]",
    ),
    "layers": (
        row(mentions=None),
        "t.parquet:1: document 'a': layers: found layers mentions, expected those that the row has: none; "
        "an empty list is a layer that found nothing, null one that was not attempted [layers-disagree]",
    ),
    "json": (
        row(meta="{"),
        "t.parquet:1: document 'a': meta: found '{', expected a JSON object as a string; encode it as JSON [not-json]",
    ),
    "hash": (
        row(sha256="0"),
        "t.parquet:1: document 'a': sha256: found '0', expected "
        f"{sha256(PUTIN.text)}; the text was changed after it was "
        "annotated: restore it, or annotate anew [wrong-hash]",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_row_is_told(case, tmp_path):
    table, message = BROKEN[case]
    pq.write_table(table, tmp_path / "t.parquet")
    assert said("parquet", tmp_path / "t.parquet") == message


def test_a_broken_file_is_told(tmp_path):
    path = tmp_path / "t.parquet"
    assert said("parquet", path) == (
        "t.parquet: found No such file or directory, expected a file that can be read; check the path [no-access]"
    )
    format_named("parquet").write(path, [PUTIN], Losses())
    data = path.read_bytes()
    for content, found in (
        (data[:-20], "'Parquet magic bytes not found in footer. Either the file i…"),
        (b"", "'Parquet file size is 0 bytes'"),
        ("Путин".encode("cp1251"), "'Parquet file size is 5 bytes, smaller than the minimum fil…"),
    ):
        path.write_bytes(content)
        assert said("parquet", path) == f"t.parquet: found {found}, {WHOLE}"


@pytest.mark.parametrize("name", ["parquet", "hub"])
def test_what_cannot_be_written_leaves_nothing(name, tmp_path):
    path = tmp_path / "out"
    write = format_named(name).write
    beyond = msgspec.structs.replace(PUTIN, mentions=(Mention(start=8, end=14, type="PERSON"),))
    big = Document(id="b", text="a", meta={}, mentions=(Mention(start=2**63, end=None, type="PERSON", text="a"),))
    surrogate = Document(id="c", text="\ud800")
    unfit = "expected integers of 64 bits and characters of UTF-8; correct the record [unfit-value]"
    for document, begins, ends in (
        (
            beyond,
            f"{path}: document 'a': mentions[0]: found [8, 14), ",
            "expected offsets within [0, 13); count code points of the raw text from 0 [outside-text]",
        ),
        (big, f"{path}: document 'b': mentions: found 'Python int too large to convert to C long', ", unfit),
        (surrogate, f"{path}: document 'c': text: found \"'utf-8' codec can't encode character '\\\\ud800' in ", unfit),
    ):
        with pytest.raises(InputError) as caught:
            write(path, [PUTIN, document], Losses())
        assert str(caught.value).startswith(begins)
        assert str(caught.value).endswith(ends)
        assert list(tmp_path.iterdir()) == []
