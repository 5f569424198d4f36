"""Run extractors on gold and judge them: what ``goldwire bench`` does."""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from goldwire.corpus.document import UNSET, Document
from goldwire.corpus.errors import InputError, Problem, UsageError
from goldwire.corpus.formats import Losses
from goldwire.corpus.manifest import CorpusHash
from goldwire.corpus.store import unreadable, write_jsonl
from goldwire.eval.extractors import available, find, require
from goldwire.eval.report.leaderboard import Entry
from goldwire.eval.rows import RowsFile
from goldwire.eval.run import Run, run
from goldwire.eval.scorer import Scorer
from goldwire.eval.views import parse_view
from goldwire.runs import RUN_SCHEMA, task_of, write_json
from goldwire.scoring import Source, documents_of, feed, gold_name, refuse_draws, warn_of_losses

__all__ = ["bench", "built_in"]


class _Judged(NamedTuple):
    entry: Entry
    rows: RowsFile
    about: dict[str, Any]
    predictions: list[Document]
    run: dict[str, Any]


def built_in() -> list[str]:
    """The built-in and registered extractors that are installed."""
    return [name for name, installed in available().items() if installed]


def bench(
    extractors: Sequence[str],
    gold: Source | None = None,
    *,
    view: str | None = None,
    out: str | Path = "runs",
    draws: int = 10_000,
    seed: int = 0,
    warm_seconds: float | None = None,
    on_start: Callable[[str, int], Callable[[], None]] = lambda *_: lambda: None,
) -> list[Entry]:
    """Each extractor's entry for the leaderboard; predictions, rows, result and run are written below ``out``.

    Each is judged in the view that it is made for, or in ``view``. ``on_start`` is called with each name and the
    number of documents, and gives what is called after each document.

    Raises
    ------
    GoldwireError
        An extractor cannot be found or made, or gold cannot be read. A document that fails ends nothing.
    """
    refuse_draws(draws, seed)
    losses = Losses()
    documents = list(documents_of(gold, losses))
    for document in documents:
        if document.text is UNSET:
            raise InputError(Problem("no-text", "no text", "a text to extract from", "add it", "text", document.id))
    if view is not None:
        parse_view(view)
    for what in extractors:
        if not _is_path(what):
            require(what)
    folders = [_folder(what) for what in extractors]
    if clash := next((f for f in folders if folders.count(f) > 1), None):
        raise UsageError(f"extractors {', '.join(extractors)}: two would write to the folder {clash!r}; name each once")
    named = gold_name(gold, CorpusHash.of(documents))
    place = Path(out).absolute()  # an extractor may change the folder
    entries = []
    for what, folder in zip(extractors, folders, strict=True):
        on_document = on_start(what, len(documents))
        if _is_path(what):
            judged = _judge_file(what, documents, view, named, draws, seed, losses)
        else:
            options = {} if warm_seconds is None else {"warm_seconds": warm_seconds}
            with contextlib.redirect_stdout(sys.stderr):  # what an extractor prints is its log
                made = run(lambda w=what: find(w), documents, on_document=on_document, **options)  # type: ignore[misc]
            judged = _judge_run(made, documents, view, named, draws, seed, losses)
        labels = None if _is_path(what) else made.extractor.labels
        task = task_of(gold, judged.entry.result.view, labels, draws, seed)
        _write(place / folder, judged._replace(run={**judged.run, **task}))
        entries.append(judged.entry._replace(folder=str(Path(out) / folder)))
    return entries


def _is_path(what: str) -> bool:
    return what.endswith(".jsonl") or (bool(what) and Path(what).exists())


def _folder(what: str) -> str:
    name = Path(what).stem if _is_path(what) else what
    return re.sub(r"[^\w.-]+", "_", name).strip(".") or "extractor"


def _judge_run(
    made: Run, documents: Sequence[Document], view: str | None, gold: str, draws: int, seed: int, losses: Losses
) -> _Judged:
    extractor = made.extractor
    rows = RowsFile()
    scorer = Scorer(labels=extractor.labels, view=view or extractor.view, attempted=extractor.layers, on_rows=rows.add)
    for document, predicted in zip(documents, made.predictions, strict=True):
        scorer.add(document, predicted, failed=predicted is None)
    for name, reason in made.failures.items():
        scorer.warn("failed-document", f"{name}: {reason}")
    warn_of_losses(scorer, losses)
    result = scorer.result(draws=draws, seed=seed, extractor=extractor.name, gold=gold)
    entry = Entry(extractor.name, result, extractor.by_gold_authors, made.cold_seconds, made.characters_per_second)
    about = {**scorer.shard().about(), "extractor": extractor.name}
    return _Judged(entry, rows, about, [p for p in made.predictions if p is not None], made.to_dict())


def _judge_file(
    path: str, documents: Sequence[Document], view: str | None, gold: str, draws: int, seed: int, losses: Losses
) -> _Judged:
    rows = RowsFile()
    scorer = Scorer(view=view, on_rows=rows.add)
    own = Losses()
    predictions = list(documents_of(path, own))
    for found in (losses, own):
        warn_of_losses(scorer, found)
    feed(scorer, iter(documents), iter(predictions))
    result = scorer.result(draws=draws, seed=seed, extractor=_folder(path), gold=gold)
    about = {**scorer.shard().about(), "extractor": _folder(path)}
    return _Judged(
        Entry(_folder(path), result),
        rows,
        about,
        predictions,
        {"schema": RUN_SCHEMA, "extractor": path, "failures": {}},
    )


def _write(folder: Path, judged: _Judged) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unreadable(folder, error, "a folder that can be written to") from None
    write_jsonl(folder / "predictions.jsonl", judged.predictions)
    judged.rows.write(folder / "rows.parquet", judged.about)
    for name, content in (("result.json", judged.entry.result.to_dict()), ("run.json", judged.run)):
        write_json(folder / name, content)
