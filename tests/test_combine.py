"""Shards scored apart and combined are the whole: figures, intervals, signatures and rows, byte for byte."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

import goldwire as kit
from goldwire.combining import combine
from goldwire.corpus.document import Document
from goldwire.corpus.errors import InputError, UsageError
from goldwire.corpus.gold import load
from goldwire.eval.rows import RowsFile, as_rows, read_rows
from goldwire.eval.tally import COUNTS, Cell, Key, Rows
from tests.conftest import Done
from tests.eval.test_laws import FEW, pairs

[GOLD] = load()


def named(document: Document, at: int) -> Document:
    return replace(document, id=f"d{at:02}")


def sharded(golds: Sequence[Document], guesses: Sequence[Document], parts: int, folder: Path) -> list[Path]:
    """Every ``parts``-th document in a shard of its own."""
    paths = []
    for part in range(parts):
        paths.append(folder / f"{part}.parquet")
        kit.score(golds[part::parts], guesses[part::parts], draws=0, rows=paths[-1])
    return paths


@given(drawn=st.lists(pairs(), min_size=2, max_size=12), parts=st.integers(1, 3), backwards=st.booleans())
@FEW
def test_the_whole_is_the_sum_of_its_shards(
    drawn: list[tuple[Document, Document]], parts: int, backwards: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("shards")
    golds = [named(gold, at) for at, (gold, _) in enumerate(drawn)]
    guesses = [named(guess, at) for at, (_, guess) in enumerate(drawn)]
    whole = kit.score(golds, guesses, draws=20, rows=folder / "whole.parquet").to_dict()
    paths = sharded(golds, guesses, min(parts, len(golds)), folder)
    combined = combine(paths[::-1] if backwards else paths, draws=20, rows=folder / "combined.parquet").to_dict()
    for result in (whole, combined):  # of the examples the first five seen are kept
        for warning in result["warnings"]:
            warning["examples"].sort()
            assert len(warning["examples"]) <= 5
    assert [w | {"examples": []} for w in combined.pop("warnings")] == [
        w | {"examples": []} for w in whole.pop("warnings")
    ]
    assert combined == whole
    tables = [pq.read_table(folder / f"{name}.parquet") for name in ("whole", "combined")]
    assert tables[0].replace_schema_metadata(None).equals(tables[1].replace_schema_metadata(None))


def corpus(n: int) -> tuple[list[Document], list[Document]]:
    """Copies of the article and halves of it; the ids are not in order."""
    golds = [named(GOLD, at * 7 % n) for at in range(n)]
    return golds, [replace(gold, mentions=gold.mentions[at % 5 :: 2]) for at, gold in enumerate(golds)]  # type: ignore[index]


@pytest.mark.parametrize("most", [50, 1_000_000], ids=["sorted on disk", "sorted in memory"])
def test_the_files_of_rows_are_equal_byte_for_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    if most == 50:
        pytest.importorskip("duckdb", reason="pip install 'goldwire[duckdb]'")
    golds, guesses = corpus(11)
    kit.score(golds, guesses, draws=0, rows=tmp_path / "whole.parquet")
    paths = sharded(golds, guesses, 3, tmp_path)
    monkeypatch.setattr("goldwire.eval.rows._MOST_IN_MEMORY", most)
    combine(paths, draws=0, rows=tmp_path / "combined.parquet")
    assert (tmp_path / "combined.parquet").read_bytes() == (tmp_path / "whole.parquet").read_bytes()


def test_rows_that_come_in_order_need_no_sorting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    golds, guesses = (sorted(side, key=lambda d: d.id) for side in corpus(11))
    kit.score(golds, guesses, draws=0, rows=tmp_path / "whole.parquet")
    paths = []
    for low in (0, 4, 8):
        paths.append(tmp_path / f"{low}.parquet")
        kit.score(golds[low : low + 4], guesses[low : low + 4], draws=0, rows=paths[-1])
    monkeypatch.setattr("goldwire.eval.rows._MOST_IN_MEMORY", 50)
    monkeypatch.setattr("goldwire.eval.rows._sorted_on_disk", None)
    combine(paths, draws=0, rows=tmp_path / "combined.parquet")
    assert (tmp_path / "combined.parquet").read_bytes() == (tmp_path / "whole.parquet").read_bytes()


def test_a_cell_in_which_nothing_is_counted_stays_a_unit(tmp_path: Path) -> None:
    cells = [Cell("a", 0), Cell("a", 1), Cell("b", 0)]
    counts = np.arange(len(COUNTS), dtype=np.int64)[None]
    rows = Rows(cells, [Key("entities.strict")], np.array([1]), np.array([0]), counts)
    kept = RowsFile()
    kept.add(rows)
    kept.write(tmp_path / "rows.parquet", {})
    [table] = list(read_rows(tmp_path / "rows.parquet").tables())[:1]
    assert table["score"].to_pylist() == ["", "entities.strict"]
    [first, second] = [as_rows(t) for t in read_rows(tmp_path / "rows.parquet").tables()]
    assert (first.cells, second.cells) == (cells[:2], cells[2:])
    assert (first.cell.tolist(), first.keys[first.key[0]]) == ([1], Key("entities.strict"))
    assert first.counts.tolist() == counts.tolist()


def test_shards_of_different_tasks_or_of_the_same_documents_are_refused(tmp_path: Path) -> None:
    golds, guesses = corpus(4)
    one, other, third, fourth = (tmp_path / f"{name}.parquet" for name in "abcd")
    kit.score(golds[:2], guesses[:2], draws=0, rows=one)
    kit.score(golds[1:], guesses[1:], draws=0, rows=other)
    kit.score(golds[2:], guesses[2:], draws=0, view="names", rows=third)
    kit.score(golds[2:], guesses[2:], draws=0, labels={"PER": "PERSON"}, rows=fourth)
    with pytest.raises(
        InputError, match=r"b\.parquet: document 'd03': id: found rows in .*a\.parquet too, expected one"
    ):
        combine([one, other])
    with pytest.raises(UsageError, match=r"c\.parquet: found view 'names', expected 'all', as in the first shard"):
        combine([one, third])
    with pytest.raises(UsageError, match=r"d\.parquet: found labels \{'PER'.*, expected None, as in the first shard"):
        combine([one, fourth])
    with pytest.raises(UsageError, match="found no files of rows, expected one or more"):
        combine([])


def test_rows_of_two_extractors_are_refused(goldwire: Callable[..., Done], tmp_path: Path) -> None:
    kit.write(tmp_path / "one.jsonl", [named(GOLD, 1)])
    kit.write(tmp_path / "two.jsonl", [named(GOLD, 2)])
    for name in ("one", "two"):
        path = tmp_path / f"{name}.jsonl"
        assert goldwire("bench", path, "--gold", path, "--draws", 0, "--out", tmp_path).code == 0
    done = goldwire("combine", tmp_path / "one" / "rows.parquet", tmp_path / "two" / "rows.parquet")
    assert done.code == 2
    assert "found extractor 'two', expected 'one', as in" in done.said


@pytest.mark.parametrize("name", ["missing", "text", "other"])
def test_a_file_that_holds_no_rows_is_refused(goldwire: Callable[..., Done], tmp_path: Path, name: str) -> None:
    path = tmp_path / "rows.parquet"
    if name == "text":
        path.write_text("no Parquet", encoding="utf-8")
    if name == "other":
        pq.write_table(pa.table({"a": [1]}), path)
    done = goldwire("combine", path)
    assert done.code == 1
    said = {
        "missing": "found No such file or directory, expected rows that goldwire score --rows wrote",
        "text": "expected Parquet, goldwire-rows/1 [not-rows]",
        "other": "found schema '', expected goldwire-rows/1; write them with goldwire score --rows [not-rows]",
    }
    assert said[name] in done.said


def test_combine_prints_the_board_and_keeps_thresholds(goldwire: Callable[..., Done], tmp_path: Path) -> None:
    golds, guesses = corpus(3)
    paths = sharded(golds, guesses, 2, tmp_path)
    done = goldwire("combine", *paths, "--draws", 0, "--json", "-", "--rows", tmp_path / "all.parquet")
    assert done.code == 0
    whole = kit.score(golds, guesses, draws=0).to_dict()
    assert json.loads(done.out)["scores"] == whole["scores"]
    done = goldwire("combine", *paths, "--draws", 0, "--min", "entities.strict=0.99")
    assert done.code == 5
    assert "entities.strict" in done.out
    assert "expected at least 0.99" in done.said
