"""Compressed files, globs, standard input, and joins that memory does not hold: the same documents, the same scores."""

from __future__ import annotations

import gzip
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

import goldwire as kit
from goldwire.corpus.document import Document
from goldwire.corpus.errors import InputError, UsageError
from goldwire.corpus.gold import load
from goldwire.joining import joined
from tests.conftest import Done

[GOLD] = load()
DOCUMENTS = [replace(GOLD, id=f"d{at}") for at in range(6)]
HALF = [replace(document, mentions=(GOLD.mentions or ())[at::2]) for at, document in enumerate(DOCUMENTS)]


@pytest.fixture(params=[".gz", ".zst"])
def packed(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / f"gold.jsonl{request.param}"
    assert kit.write(path, DOCUMENTS) == 6
    return path


def test_a_compressed_file_is_written_and_read(packed: Path) -> None:
    assert list(kit.read(packed)) == DOCUMENTS
    again = packed.with_name(f"again{packed.suffix}")
    kit.write(packed.with_name(f"again.jsonl{packed.suffix}"), DOCUMENTS)
    assert packed.with_name(f"again.jsonl{packed.suffix}").read_bytes() == packed.read_bytes()
    assert not again.exists()


def test_gzip_reads_what_we_write_and_we_read_what_gzip_writes(tmp_path: Path) -> None:
    kit.write(tmp_path / "plain.jsonl", DOCUMENTS)
    kit.write(tmp_path / "ours.jsonl.gz", DOCUMENTS)
    plain = (tmp_path / "plain.jsonl").read_bytes()
    assert gzip.decompress((tmp_path / "ours.jsonl.gz").read_bytes()) == plain
    (tmp_path / "theirs.jsonl.gz").write_bytes(gzip.compress(plain))
    assert list(kit.read(tmp_path / "theirs.jsonl.gz")) == DOCUMENTS


def test_a_cut_or_false_archive_is_refused(packed: Path, goldwire: Callable[..., Done]) -> None:
    whole = packed.read_bytes()
    for content in (whole[: len(whole) // 2], b"no archive\n"):
        packed.write_bytes(content)
        done = goldwire("score", packed, "--gold", packed)
        assert done.code == 1
        assert f"expected a whole {packed.suffix} file; copy or make it again [not-compressed]" in done.said


def test_a_glob_is_read_in_the_order_of_the_names(tmp_path: Path, goldwire: Callable[..., Done]) -> None:
    kit.write(tmp_path / "part-2.jsonl.zst", DOCUMENTS[3:])
    kit.write(tmp_path / "part-1.jsonl", DOCUMENTS[:3])
    assert list(kit.read(tmp_path / "part-*.jsonl*")) == DOCUMENTS
    assert goldwire("check", tmp_path / "part-*").out.endswith("0 errors, 0 warnings\n")
    done = goldwire("check", tmp_path / "none-*")
    assert done.code == 1
    assert "found nothing that fits, expected one or more files [no-documents]" in done.said


def test_standard_input_is_read(tmp_path: Path) -> None:
    kit.write(tmp_path / "gold.jsonl", DOCUMENTS)
    command = [sys.executable, "-m", "goldwire", "score", "-", "--gold", str(tmp_path / "gold.jsonl"), "--draws", "0"]
    with (tmp_path / "gold.jsonl").open("rb") as source:
        done = subprocess.run(command, stdin=source, capture_output=True, text=True, check=True)
    assert re.search(r"entities\.strict +1\.000", done.stdout)


@pytest.fixture
def little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("duckdb", reason="pip install 'goldwire[duckdb]'")
    monkeypatch.setattr("goldwire.joining._MOST_WAITING", 10_000)


@pytest.mark.usefixtures("little_memory")
def test_a_join_on_disk_gives_the_same_pairs_and_strays_last() -> None:
    gold, predicted = DOCUMENTS, [*HALF[:0:-1], replace(GOLD, id="stray")]
    pairs = list(joined(gold, predicted))
    known: dict[str, Document] = {document.id: document for document in predicted}
    stray = known.pop("stray")
    alone = [(document, known.get(document.id)) for document in gold]
    assert sorted(pairs[:-1], key=lambda pair: str(pair[0] and pair[0].id)) == alone
    assert pairs[-1] == (None, stray)


@pytest.mark.usefixtures("little_memory")
def test_scores_do_not_hang_on_where_the_join_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    on_disk = kit.score(DOCUMENTS, HALF[::-1], draws=0).to_dict()
    monkeypatch.setattr("goldwire.joining._MOST_WAITING", 1 << 40)
    assert kit.score(DOCUMENTS, HALF[::-1], draws=0).to_dict() == on_disk


@pytest.mark.usefixtures("little_memory")
@pytest.mark.parametrize("at", [0, 5], ids=["that waits", "on disk"])
def test_a_document_given_twice_is_found_on_disk_too(at: int) -> None:
    with pytest.raises(InputError, match=rf"document 'd{at}': id: .*expected one document an id.*duplicate-document"):
        list(joined(DOCUMENTS, [*HALF[::-1], HALF[at]]))


def test_without_duckdb_a_join_too_large_for_memory_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("goldwire.joining._MOST_WAITING", 10_000)
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(UsageError, match=r"DuckDB joins them on disk; pip install 'goldwire\[duckdb\]', or sort both"):
        list(joined(DOCUMENTS, HALF[::-1]))


def test_both_sides_in_one_order_are_never_kept() -> None:
    def counted(documents: list[Document], read: list[str]) -> Iterator[Document]:
        for document in documents:
            read.append(document.id)
            yield document

    read: tuple[list[str], list[str]] = [], []
    for ours, theirs in joined(counted(DOCUMENTS, read[0]), counted(HALF, read[1])):
        assert ours is not None
        assert theirs is not None
        assert read[0][-1] == read[1][-1] == ours.id == theirs.id
