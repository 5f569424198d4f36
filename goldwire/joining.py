"""Gold and predictions joined by id, in bounded memory whatever the order of either."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from goldwire.corpus.document import Document
from goldwire.corpus.errors import InputError, Problem, UsageError, shown
from goldwire.corpus.store import encoded

if TYPE_CHECKING:
    import duckdb

__all__ = ["Pair", "joined"]

Pair = tuple[Document | None, Document | None]
"""A gold document and the prediction for it; ``None`` where a side has none."""

_MOST_WAITING = 100_000_000
"""What may wait in memory for its partner, in characters of text, a mention counted as 200; more waits on disk."""


def joined(gold: Iterable[Document], predicted: Iterable[Document]) -> Iterator[Pair]:
    """Every gold document with its prediction, then what has no partner: predictions for unknown ids, gold without one.

    Where both sides have one order, a pair is given as soon as it is read. What waits for its partner is kept, up to
    ``_MOST_WAITING`` in memory; from there on DuckDB joins the rest on disk.

    Raises
    ------
    InputError
        A side has two documents of one id.
    UsageError
        There is more to join than memory may hold, and DuckDB is not installed.
    """
    waiting: tuple[dict[str, Document], dict[str, Document]] = {}, {}
    done: set[str] = set()
    size = 0
    streams = (iter(gold), iter(predicted))
    open_ = [0, 1]
    while open_:
        for side in list(open_):
            document = next(streams[side], None)
            if document is None:
                open_.remove(side)
                continue
            name = document.id
            if name in waiting[side] or name in done:
                raise _twice(name)
            other = waiting[1 - side].pop(name, None)
            if other is None:
                waiting[side][name] = document
                size += _size(document)
            else:
                size -= _size(other)
                done.add((document if side == 0 else other).id)  # gold's, which others keep too
                yield (document, other) if side == 0 else (other, document)
        if size > _MOST_WAITING:
            yield from _joined_on_disk(waiting, streams, done)
            return
    yield from ((None, document) for document in waiting[1].values())
    yield from ((document, None) for document in waiting[0].values())


def _size(document: Document) -> int:
    return len(document.text or "") + 200 * len(document.mentions or ())


def _twice(name: str) -> InputError:
    return InputError(Problem("duplicate-document", shown(name), "one document an id", "remove one", "id", name))


def _joined_on_disk(
    waiting: tuple[dict[str, Document], dict[str, Document]],
    streams: tuple[Iterator[Document], Iterator[Document]],
    done: set[str],
) -> Iterator[Pair]:
    """The rest of the join, in the order of gold."""
    try:
        import duckdb
    except ImportError:
        raise UsageError(
            "gold and predictions are in different orders, and too large to wait for each other in memory: "
            "DuckDB joins them on disk; pip install 'goldwire[duckdb]', or sort both by id"
        ) from None
    with (
        tempfile.TemporaryDirectory(prefix="goldwire-join-") as folder,
        duckdb.connect(f"{folder}/join.db") as database,
    ):
        for setting in (f"temp_directory = '{folder}'", "memory_limit = '512MB'", "threads = 1"):
            database.execute(f"SET {setting}")
        for table, kept, stream in zip(("gold", "predicted"), waiting, streams, strict=True):
            database.execute(f"CREATE TABLE {table} (position BIGINT, id VARCHAR, line BLOB)")
            _fill(database, table, itertools.chain(kept.values(), stream), done)
            kept.clear()
            again = database.execute(f"SELECT id FROM {table} GROUP BY id HAVING count(*) > 1 ORDER BY id").fetchone()
            if again is not None:
                raise _twice(again[0])
        query = "SELECT g.line, p.line FROM gold g FULL JOIN predicted p USING (id) ORDER BY g.position, p.position"
        found = database.execute(query)
        while rows := found.fetchmany(500):
            for ours, theirs in rows:
                yield _document(ours), _document(theirs)


def _fill(database: duckdb.DuckDBPyConnection, table: str, documents: Iterable[Document], done: set[str]) -> None:
    import pyarrow as pa

    numbered = enumerate(documents)
    while batch := list(itertools.islice(numbered, 2000)):
        for _, document in batch:
            if document.id in done:
                raise _twice(document.id)
        columns: list[list[Any]] = [
            [position for position, _ in batch],
            [document.id for _, document in batch],
            [encoded(document) for _, document in batch],
        ]
        part = pa.table(columns, names=["position", "id", "line"])
        database.register("part", part)
        database.execute(f"INSERT INTO {table} SELECT * FROM part")
        database.unregister("part")


def _document(line: bytes | None) -> Document | None:
    import msgspec

    return None if line is None else msgspec.json.decode(line, type=Document)
