"""Rows of counts as Parquet, ``goldwire-rows/1``: what a run or a shard leaves for comparisons and reports.

Columns: ``document`` (string), ``block`` (int64), ``score``, ``slice``, ``slice_value`` (string), ``denominator`` and
the nine counts (int64). Rows are sorted by document id, block and key; the file's metadata hold the schema's name.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from goldwire.corpus.errors import InputError, Problem
from goldwire.corpus.store import replacing, unreadable
from goldwire.eval.tally import COUNTS, Cell, Integers, Key, Rows

__all__ = ["RowsFile", "read_rows"]

SCHEMA = pa.schema(
    [
        ("document", pa.string()),
        ("block", pa.int64()),
        *((name, pa.string()) for name in ("score", "slice", "slice_value")),
        *((name, pa.int64()) for name in ("denominator", *COUNTS)),
    ],
    metadata={"schema": "goldwire-rows/1"},
)


class RowsFile:
    """Collects the rows of a run, to be written at its end, whole or not at all."""

    def __init__(self) -> None:
        self._tables: list[pa.Table] = []

    def add(self, rows: Rows) -> None:
        """Take in the rows of a chunk of documents."""
        cells = [rows.cells[at] for at in rows.cell.tolist()]
        keys = [rows.keys[at] for at in rows.key.tolist()]
        columns = [
            [cell.document for cell in cells],
            [cell.block for cell in cells],
            *([getattr(key, name) for key in keys] for name in ("score", "slice", "slice_value", "denominator")),
            *rows.counts.T,
        ]
        self._tables.append(pa.table(columns, schema=SCHEMA))

    def write(self, path: str | Path) -> None:
        """Write all rows to ``path``."""
        table = pa.concat_tables(self._tables) if self._tables else SCHEMA.empty_table()
        order = ["document", "block", "score", "slice", "slice_value", "denominator"]
        table = table.sort_by([(name, "ascending") for name in order])
        with replacing(path) as file:
            pq.write_table(table, file, compression="zstd")


def read_rows(path: str | Path) -> Rows:
    """The rows of a file; its cells are those that have a row, sorted.

    Raises
    ------
    InputError
        The file cannot be read, is not Parquet, or has other columns.
    """
    try:
        with Path(path).open("rb") as file:
            table = pq.read_table(file)
    except OSError as error:
        raise unreadable(path, error) from None
    except pa.ArrowException as error:
        raise _refused(path, " ".join(str(error).split())) from None
    if not table.schema.equals(SCHEMA):
        raise _refused(path, f"the columns {', '.join(table.schema.names)}")
    if any(column.null_count for column in table.columns):
        raise _refused(path, "a value that is null")
    if len(table) and (pc.min(table["block"]).as_py() < 0 or pc.min(table["denominator"]).as_py() < 1):
        raise _refused(path, "a block below 0, or a denominator below 1")
    names, document = _coded(table["document"])
    cells, cell = _distinct(document, _numbers(table["block"]))
    texts = {name: _coded(table[name]) for name in ("score", "slice", "slice_value")}
    denominators, share = np.unique(_numbers(table["denominator"]), return_inverse=True)
    keys, key = _distinct(*(codes for _, codes in texts.values()), share)
    known = [values for values, _ in texts.values()]
    return Rows(
        [Cell(names[number], block) for number, block in cells],
        [Key(known[0][a], known[1][b], known[2][c], int(denominators[d])) for a, b, c, d in keys],
        cell,
        key,
        np.stack([_numbers(table[name]) for name in COUNTS], axis=1),
    )


def _coded(column: pa.ChunkedArray) -> tuple[list[str], Integers]:
    """The values of a column in their order, and each row's number among them."""
    values = sorted(pc.unique(column).to_pylist())
    return values, _numbers(pc.index_in(column, value_set=pa.array(values, pa.string())))


def _distinct(*columns: Integers) -> tuple[list[tuple[int, ...]], Integers]:
    """The distinct rows of columns of small numbers in their order, and each row's number among them."""
    shape = tuple(int(column.max(initial=0)) + 1 for column in columns)
    places, number = np.unique(np.ravel_multi_index(columns, shape), return_inverse=True)
    return list(zip(*(column.tolist() for column in np.unravel_index(places, shape)), strict=True)), number


def _numbers(column: pa.ChunkedArray) -> Integers:
    return np.asarray(column.to_numpy()).astype(np.int64)


def _refused(path: str | Path, found: str) -> InputError:
    return InputError(
        Problem("no-rows", found, "goldwire-rows/1 in Parquet", "give the file that goldwire wrote", file=str(path))
    )
