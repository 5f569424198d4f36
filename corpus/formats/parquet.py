"""Parquet: one row a document, the hub's columns. Keeps everything; read by pandas, polars, DuckDB and ``datasets``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from goldwire.corpus.document import Document
from goldwire.corpus.errors import InputError, Problem, shown
from goldwire.corpus.formats.format import Format, Losses
from goldwire.corpus.hub import documents_of, record_batches, require_columns, schema
from goldwire.corpus.store import replacing, unreadable

__all__ = ["FORMAT"]


def _matches(path: Path) -> bool:
    return path.suffix == ".parquet"


def _read(path: Path, losses: Losses) -> Iterator[Document]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with path.open("rb") as file:
            table = pq.ParquetFile(file)
            more = require_columns(table.schema_arrow.names, str(path))
            for document in documents_of(_rows(table), str(path)):
                for column in more:
                    losses.count(document.id, f"column {shown(column)}")
                yield document
    except pa.ArrowException as error:
        raise _broken(path, error) from None
    except OSError as error:
        raise (_broken(path, error) if error.errno is None else unreadable(path, error)) from None


def _rows(table: Any) -> Iterator[dict[str, Any]]:
    for batch in table.iter_batches(batch_size=256):
        yield from batch.to_pylist()


def _write(path: Path, documents: Iterable[Document], _: Losses) -> int:
    import pyarrow.parquet as pq

    count = 0
    with replacing(path) as file, pq.ParquetWriter(file, schema(), compression="zstd") as writer:
        for batch in record_batches(documents, str(path)):
            writer.write_batch(batch)
            count += batch.num_rows
    return count


def _broken(path: Path, error: Exception) -> InputError:
    return InputError(
        Problem("not-parquet", shown(str(error)), "a whole Parquet file", "copy or write it again", file=str(path))
    )


FORMAT = Format("parquet", "Parquet, one row a document", _matches, _read, _write, suffixes=(".parquet",))
