"""Rows of counts as Parquet, ``goldwire-rows/1``: what a shard leaves for the report of the whole.

Columns: ``document`` (string), ``block`` (int64), ``score``, ``slice``, ``slice_value`` (string), ``denominator`` and
the nine counts (int64). Rows are sorted by document id, block and key. A cell in which nothing was counted has one row
whose score is the empty string, so that units are complete. The file's metadata hold ``schema``, and ``shard``: as JSON
the view, label map, layers, numbers of documents, hashes and warnings (``Shard.about``), the name of the gold and of
the extractor.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from goldwire.corpus.errors import InputError, Problem, UsageError, shown
from goldwire.corpus.places import folders_made
from goldwire.corpus.store import replacing, unreadable
from goldwire.eval.tally import COUNTS, Cell, Key, Rows

__all__ = ["RowsFile", "SavedRows", "as_rows", "read_rows"]

_NAME = "goldwire-rows/1"
_SCHEMA = pa.schema(
    [
        ("document", pa.string()),
        ("block", pa.int64()),
        *((name, pa.string()) for name in ("score", "slice", "slice_value")),
        *((name, pa.int64()) for name in ("denominator", *COUNTS)),
    ]
)
_ORDER = ("document", "block", "score", "slice", "slice_value", "denominator")
_MOST_IN_MEMORY = 1_000_000
"""Rows; more are kept in a temporary file."""
_GROUP = 1 << 17
"""Rows of a row group: fixed, so that the same rows make the same file however they came."""


class RowsFile:
    """Collects the rows of a run in bounded memory, to be written at its end, whole or not at all."""

    def __init__(self) -> None:
        self._tables: list[pa.Table] = []
        self._pending = 0
        self._spill: IO[bytes] | None = None
        self._writer: pa.ipc.RecordBatchStreamWriter | None = None
        self._last: tuple[str, int] = ("", -1)
        self._in_order = True

    def add(self, rows: Rows) -> None:
        """Take in the rows of a chunk of documents."""
        named = np.zeros(len(rows.cells), np.bool_)
        named[rows.cell] = True
        bare = np.flatnonzero(~named)
        cell = pa.array(np.append(rows.cell, bare))
        key = pa.array(np.append(rows.key, np.full(len(bare), len(rows.keys))))
        keys = [*rows.keys, Key("")]
        columns = [
            pa.array([cell.document for cell in rows.cells], pa.string()).take(cell),
            pa.array([cell.block for cell in rows.cells], pa.int64()).take(cell),
            *(pa.array([getattr(key, name) for key in keys]).take(key) for name in _ORDER[2:]),
            *np.concatenate([rows.counts, np.zeros((len(bare), len(COUNTS)), np.int64)]).T,
        ]
        self.add_table(_sorted(pa.table(columns, schema=_SCHEMA)))

    def add_table(self, table: pa.Table) -> None:
        """Take in sorted rows of documents that are not here yet."""
        if not len(table):
            return
        first, last = ((table["document"][at].as_py(), table["block"][at].as_py()) for at in (0, len(table) - 1))
        self._in_order &= first > self._last
        self._last = max(last, self._last)
        self._tables.append(table)
        self._pending += len(table)
        if self._pending > _MOST_IN_MEMORY:
            if self._spill is None or self._writer is None:
                self._spill = tempfile.TemporaryFile(prefix="goldwire-rows-")  # noqa: SIM115  # closed by ``write``
                self._writer = pa.ipc.new_stream(
                    self._spill, _SCHEMA, options=pa.ipc.IpcWriteOptions(compression="zstd")
                )
            for part in self._tables:
                self._writer.write_table(part)
            self._tables, self._pending = [], 0

    def write(self, path: str | Path, about: Mapping[str, Any]) -> None:
        """Write all rows to ``path`` with what is known ``about`` them, as JSON.

        Raises
        ------
        UsageError
            There are more rows than memory holds, in no order, and DuckDB, which could sort them, is not installed.
        """
        known = json.dumps(about, ensure_ascii=False, sort_keys=True)
        schema = _SCHEMA.with_metadata({"schema": _NAME, "shard": known})
        with (
            folders_made(path),
            replacing(path) as file,
            pq.ParquetWriter(file, schema, compression="zstd") as writer,
        ):
            for table in _regrouped(self._sorted_tables()):
                writer.write_table(table.replace_schema_metadata(schema.metadata), row_group_size=_GROUP)
        if self._spill is not None:
            self._spill.close()

    def _sorted_tables(self) -> Iterator[pa.Table]:
        if self._spill is None or self._writer is None:
            table = pa.concat_tables(self._tables) if self._tables else _SCHEMA.empty_table()
            yield table if self._in_order else _sorted(table)
            return
        self._writer.close()
        self._spill.seek(0)
        reader = pa.ipc.open_stream(self._spill)
        if self._in_order:
            yield from (pa.Table.from_batches([batch]) for batch in reader)
            yield from self._tables
        else:
            yield from _sorted_on_disk(reader, self._tables)


def _sorted(table: pa.Table) -> pa.Table:
    return table.sort_by([(name, "ascending") for name in _ORDER])


def _sorted_on_disk(reader: pa.RecordBatchReader, rest: Sequence[pa.Table]) -> Iterator[pa.Table]:
    try:
        import duckdb
    except ImportError:
        raise UsageError(
            f"more than {_MOST_IN_MEMORY:,} rows, of documents in no order of their ids: DuckDB sorts them on disk; "
            "pip install 'goldwire[duckdb]'"
        ) from None
    with tempfile.TemporaryDirectory(prefix="goldwire-rows-") as folder, duckdb.connect() as database:
        database.execute(f"SET temp_directory = '{folder}'")
        database.execute("SET memory_limit = '512MB'")
        database.execute("SET threads = 1")
        kept = pa.RecordBatchReader.from_batches(_SCHEMA, _batches(reader, rest))
        database.register("kept", kept)
        names = ", ".join(_ORDER)
        found = database.sql(f"SELECT * FROM kept ORDER BY {names}").to_arrow_reader(_GROUP)
        for batch in found:
            yield pa.Table.from_batches([batch]).cast(_SCHEMA)


def _batches(reader: pa.RecordBatchReader, rest: Sequence[pa.Table]) -> Iterator[pa.RecordBatch]:
    yield from reader
    for table in rest:
        yield from table.to_batches()


def _regrouped(tables: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """The same rows in tables of ``_GROUP`` rows, the last one shorter."""
    kept: list[pa.Table] = []
    rows = 0
    for table in tables:
        kept.append(table)
        rows += len(table)
        while rows >= _GROUP:
            whole = pa.concat_tables(kept).combine_chunks()
            yield whole.slice(0, _GROUP)
            kept, rows = [whole.slice(_GROUP)], rows - _GROUP
    yield pa.concat_tables(kept).combine_chunks() if kept else _SCHEMA.empty_table()


class SavedRows(NamedTuple):
    """A file of rows: ``about`` is the JSON of its metadata."""

    path: Path
    about: dict[str, Any]

    def tables(self) -> Iterator[pa.Table]:
        """The rows in the order of the file, whole documents at a time."""
        kept = _SCHEMA.empty_table()
        with pq.ParquetFile(self.path) as file:
            for group in range(file.num_row_groups):
                table = pa.concat_tables([kept, file.read_row_group(group).replace_schema_metadata(None)])
                table = table.combine_chunks()
                last = pc.index(table["document"], table["document"][len(table) - 1]).as_py() if len(table) else 0
                if last:
                    yield table.slice(0, last)
                kept = table.slice(last)
        if len(kept):
            yield kept


def read_rows(path: str | Path) -> SavedRows:
    """The rows that ``RowsFile`` wrote to ``path``.

    Raises
    ------
    InputError
        There is no such file, it is no Parquet, or its columns or its schema's name are others.
    """
    try:
        with Path(path).open("rb") as file:
            schema = pq.read_schema(file)
    except OSError as error:
        raise unreadable(path, error, "rows that goldwire score --rows wrote") from None
    except pa.ArrowInvalid as error:
        raise InputError(Problem("not-rows", shown(str(error), 120), f"Parquet, {_NAME}", file=str(path))) from None
    metadata = schema.metadata or {}
    name = metadata.get(b"schema", b"").decode("utf-8", "replace")
    if name != _NAME or schema.names != _SCHEMA.names or b"shard" not in metadata:
        remedy = "write them with goldwire score --rows"
        raise InputError(Problem("not-rows", f"schema {shown(name)}", _NAME, remedy, file=str(path)))
    return SavedRows(Path(path), json.loads(metadata[b"shard"]))


def as_rows(table: pa.Table) -> Rows:
    """A table of whole documents as rows of counts."""
    document = table["document"].combine_chunks().dictionary_encode()
    block = table["block"].to_numpy()
    place = document.indices.to_numpy().astype(np.int64)
    change = np.ones(len(place), np.bool_)
    change[1:] = (place[1:] != place[:-1]) | (block[1:] != block[:-1])
    cell = np.cumsum(change) - 1
    names = document.dictionary.to_pylist()
    first = np.flatnonzero(change)
    cells = [Cell(names[at], int(n)) for at, n in zip(place[first].tolist(), block[first].tolist(), strict=True)]
    parts = [table[name].combine_chunks().dictionary_encode() for name in ("score", "slice", "slice_value")]
    denominators, denominator = np.unique(table["denominator"].to_numpy(), return_inverse=True)
    code = denominator.astype(np.int64)
    for part in parts:
        code = code * len(part.dictionary) + part.indices.to_numpy()
    _, where, key = np.unique(code, return_index=True, return_inverse=True)
    words = [part.dictionary.take(part.indices.take(pa.array(where))).to_pylist() for part in parts]
    of = denominators[denominator[where]].tolist()
    keys = [Key(score, part, value, d) for score, part, value, d in zip(*words, of, strict=True)]
    counts = np.stack([table[name].to_numpy() for name in COUNTS], axis=1)
    counted = np.array([k.score != "" for k in keys], np.bool_)[key]
    return Rows(cells, keys, cell[counted], key[counted], counts[counted])
