"""The report of the whole from the rows of its shards: what ``goldwire combine`` does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from goldwire.corpus.errors import InputError, Problem, UsageError
from goldwire.eval.confidence import refuse_draws
from goldwire.eval.result import Result
from goldwire.eval.rows import RowsFile, SavedRows, as_rows, read_rows
from goldwire.eval.shard import Shard
from goldwire.scoring import gold_name

__all__ = ["combine"]


def combine(
    shards: Sequence[str | Path],
    *,
    draws: int = 10_000,
    seed: int = 0,
    rows: str | Path | None = None,
    on_documents: Callable[[int], None] = lambda _: None,
) -> Result:
    """The result of a run over all documents, from the files of rows that runs over parts of them left.

    It is the same, figure by figure and interval by interval, as that of one run over the whole. ``rows`` is a file for
    the rows of the whole; ``on_documents`` is called with the number of documents that were taken in.

    Raises
    ------
    InputError
        A file is not ``goldwire-rows/1``, or a document is in two of them.
    UsageError
        Shards differ in task, or in what was judged; the message says in which part.
    """
    refuse_draws(draws, seed)
    if not shards:
        raise UsageError("found no files of rows, expected one or more")
    saved = [read_rows(path) for path in shards]
    whole = Shard.of(saved[0].about)
    kept = RowsFile() if rows is not None else None
    seen: dict[str, Path] = {}
    for one in saved:
        _refuse_another(one, saved[0])
        whole.add(one.about, str(one.path))
        for table in one.tables():
            names = table["document"].unique().to_pylist()
            _refuse_again(names, one.path, seen)
            whole.tally.add(as_rows(table))
            if kept is not None:
                kept.add_table(table)
            on_documents(len(names))
    extractor = saved[0].about["extractor"]
    result = whole.result(draws=draws, seed=seed, extractor=extractor, gold=gold_name((), str(whole.gold_hash)))
    if kept is not None and rows is not None:
        kept.write(rows, {**whole.about(), "extractor": extractor})
    return result


def _refuse_another(one: SavedRows, first: SavedRows) -> None:
    found, expected = one.about["extractor"], first.about["extractor"]
    if found != expected:
        raise UsageError(f"{one.path}: found extractor {found!r}, expected {expected!r}, as in {first.path}")


def _refuse_again(names: list[str], path: Path, seen: dict[str, Path]) -> None:
    for name in names:
        if name in seen:
            where = f"rows in {seen[name]} too"
            raise InputError(
                Problem("duplicate-document", where, "one shard a document", "", "id", name, None, str(path))
            )
        seen[name] = path
