"""Rows of counts as Parquet, ``goldwire-rows/1``: what a shard leaves for the report of the whole.

Columns: ``document`` (string), ``block`` (int64), ``score``, ``slice``, ``slice_value`` (string), ``denominator`` and
the nine counts (int64). Rows are sorted by document id, block and key; the file's metadata hold the schema's name.
"""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from goldwire.corpus.store import replacing
from goldwire.eval.tally import COUNTS, Rows

__all__ = ["RowsFile"]

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
