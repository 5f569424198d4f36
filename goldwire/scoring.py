"""Score predictions against gold, wherever either comes from."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from numbers import Integral
from pathlib import Path
from typing import Any, TypeVar

from goldwire.corpus.document import Document
from goldwire.corpus.errors import InputError, Problem, UsageError, shown
from goldwire.corpus.formats import Losses
from goldwire.corpus.gold import is_name, load, manifest
from goldwire.corpus.made import is_countable, well_formed
from goldwire.corpus.store import COMPRESSED, document_from
from goldwire.eval.confidence import refuse_draws
from goldwire.eval.engines import cores
from goldwire.eval.labels import LabelMap, as_label_map
from goldwire.eval.result import Result
from goldwire.eval.scorer import Scorer
from goldwire.io import format_to_read, path_of, read
from goldwire.joining import joined
from goldwire.runs import Judgement, Predictions, refuse_run_over

__all__ = [
    "Source",
    "counted",
    "documents_of",
    "feed",
    "gold_name",
    "score",
    "warn_of_losses",
]

_T = TypeVar("_T")

Source = str | Path | Iterable[Document | Mapping[str, Any]]
"""A path, an embedded corpus's name, or documents, or dicts of the record."""

_WHOLE = 100
"""Of documents made in Python the first are checked whole, since what makes them makes all alike."""


def score(
    gold: Source | None,
    predicted: Source,
    *,
    labels: LabelMap | Mapping[str, str | None] | str | Path | None = None,
    view: str | None = None,
    mode: str | None = None,
    draws: int = 10_000,
    seed: int = 0,
    ignore_extra: bool = False,
    rows: str | Path | None = None,
    out: str | Path | None = None,
    workers: int | None = 1,
    on_documents: Callable[[int], None] | None = None,
) -> Result:
    """The scores of ``predicted`` on ``gold``; ``None`` stands for the embedded gold.

    Documents are joined by id: a gold document without a prediction is empty there. ``labels`` maps the predictions'
    labels to the task's (a dict ``{theirs: ours or None}`` or a TOML file), ``view`` selects the task, ``draws`` is the
    number of bootstrap draws (0: no intervals), ``seed`` the seed of their generator. ``mode`` names another program
    whose figures are given in place of ours, without intervals: ``nervaluate-1.2``, ``seqeval``, ``seqeval-strict``,
    ``conlleval`` or ``runne-2022``. ``rows`` is a Parquet file to which the rows of counts are written.
    ``out`` is a folder for a RUN: predictions, rows (but for a ``mode``, which has none), result, and how they were
    judged. Two goldwire JSONL files of some megabytes are scored in parts, unless rows or a RUN are asked for, by
    ``workers`` processes (``None``: one for each core), to the same result; all else by this one process.
    ``on_documents`` is called with how many more gold documents were read.

    Raises
    ------
    InputError
        A source is unsound, holds a document twice, or ``predicted`` has a document that gold has not.
    UsageError
        An unknown view, mode or corpus, rows of another program, draws beyond 0 to ``MOST_DRAWS``, a negative seed, no
        workers, an argument of another type.
    """
    refuse_draws(draws, seed)
    if predicted is None:
        raise UsageError("predicted: found None, expected a path or a list of documents")
    if on_documents is not None and not callable(on_documents):
        raise UsageError(f"on_documents: found {shown(on_documents)}, expected a function of how many were read")
    if workers is None:
        workers = cores()
    if not isinstance(workers, Integral) or workers < 1:
        raise UsageError(f"workers {shown(workers)}: expected 1 or more")
    rows, out = rows if rows is None else path_of(rows), out if out is None else path_of(out)
    if out is not None:
        refuse_run_over(Path(out), (gold, labels))
    told = 0

    def advance(documents: int) -> None:
        nonlocal told
        told += documents
        if on_documents is not None:
            on_documents(documents)

    kept = None
    if rows is not None or (out is not None and mode is None):
        from goldwire.eval.rows import RowsFile  # pyarrow is needed here only

        kept = RowsFile()
    labels = as_label_map(labels)
    predictions = None if out is None else Predictions()
    scorer = None
    if workers > 1 and rows is None and out is None and mode is None and _is_lines(gold) and _is_lines(predicted):
        from goldwire.parts import scored_in_parts

        paths = str(gold), str(predicted)
        scorer = scored_in_parts(*paths, workers=workers, labels=labels, view=view, on_documents=advance)
    try:
        if scorer is None:
            scorer = Scorer(labels=labels, view=view, mode=mode, on_rows=kept.add if kept else None)
            losses = Losses()
            golds = counted(documents_of(gold, losses), _beyond(told, advance))
            guesses = documents_of(predicted, losses)
            feed(scorer, golds, predictions.passing(guesses) if predictions else guesses, ignore_extra=ignore_extra)
            warn_of_losses(scorer, losses)
        result = scorer.result(draws=draws, seed=seed, gold=gold_name(gold, scorer.gold_hash))
    except (AttributeError, TypeError, ValueError):
        _refuse_misformed(gold, predicted)
        raise
    if predictions is not None and out is not None:
        judged = Judgement(result, scorer.shard(), kept, gold, draws, seed)
        judged.write_with(predictions, predicted, Path(out), rows)
    elif kept is not None and rows is not None:
        kept.write(rows, {**scorer.shard().about(), "extractor": None})
    return result


def _is_lines(source: Source | None) -> bool:
    """Whether it is one goldwire JSONL file that is not compressed."""
    if not isinstance(source, (str, Path)) or str(source) == "-" or is_name(str(source)):
        return False
    if not os.path.isfile(source):  # noqa: PTH113
        return False
    return Path(source).suffix not in COMPRESSED and format_to_read(source).name == "goldwire"


def _beyond(told: int, advance: Callable[[int], None]) -> Callable[[int], None]:
    """What calls ``advance`` for the documents beyond the first ``told``, which it was called for before."""
    done = 0

    def further(documents: int) -> None:
        nonlocal done
        done += documents
        if done > told:
            advance(min(documents, done - told))

    return further


def documents_of(source: Source | None, losses: Losses | None = None) -> Iterator[Document]:
    """The documents of a source, one at a time; ``losses`` counts what reading another format leaves out.

    Of documents made in Python the first ``_WHOLE``, and those with more layers than mentions, are checked whole; of
    others the ends and types of mentions, which is what their price allows.
    """
    if source is None or (isinstance(source, str) and is_name(source)):
        yield from load(source)
    elif isinstance(source, (str, Path)):
        if not str(source):
            raise UsageError("found an empty path, expected a file or a folder")
        yield from read(source, losses=losses)
    elif isinstance(source, (Document, Mapping)):
        raise UsageError(f"found one {type(source).__name__}, expected a path or a list of documents: put it in a list")
    elif not isinstance(source, Iterable):
        raise UsageError(f"found {shown(source)}, expected a path or a list of documents")
    else:
        for at, item in enumerate(source):
            if isinstance(item, Document):
                yield item if at >= _WHOLE and is_countable(item) else well_formed(item)
            elif isinstance(item, Mapping):
                yield document_from(dict(item))
            else:
                raise UsageError(
                    f"found {shown(item)} among the documents, expected a Document or a dict of the record"
                )


def counted(documents: Iterable[_T], on_documents: Callable[[int], None]) -> Iterator[_T]:
    """The same documents; ``on_documents`` is called after each few hundred with how many they were."""
    since = 0
    for document in documents:
        yield document
        since += 1
        if since == _AT_ONCE:
            on_documents(since)
            since = 0
    on_documents(since)


_AT_ONCE = 256


def _refuse_misformed(*sources: Source | None) -> None:
    """Say what is wrong in lists of documents of which not all was checked, once they could not be scored."""
    for source in sources:
        for document in source if isinstance(source, Sequence) and not isinstance(source, str) else ():
            if isinstance(document, Document):
                well_formed(document)


def warn_of_losses(scorer: Scorer, losses: Losses) -> None:
    """Pass on what reading left out or found odd, with the first places."""
    for document, what, number, places in losses:
        place = f" at {places[0]}" if places else ""
        scorer.warn("left-out-in-reading", f"{document}: {what}{place}", number)


def gold_name(source: Source | None, corpus_hash: str = "") -> str:
    """NAME@VERSION of a source, for signatures; ``local@0`` for what has no manifest (its hash tells it apart).

    Documents that are those of the embedded corpus, by their hash, bear its name wherever they come from.
    """
    named = isinstance(source, str) and is_name(source)
    found = manifest(source if named and isinstance(source, str) else None)
    if source is None or named or corpus_hash == found.hash:
        return f"{found.name}@{found.version}"
    return "local@0"


def feed(
    scorer: Scorer, gold: Iterator[Document], predicted: Iterator[Document], *, ignore_extra: bool = False
) -> None:
    """Join both streams by id (``joined``) and add each pair.

    Raises
    ------
    InputError
        A prediction for an unknown document (unless they are to be ignored), or two for one.
    """
    for ours, theirs in joined(gold, predicted):
        if ours is not None:
            scorer.add(ours, theirs)
        elif theirs is not None:
            if not ignore_extra:
                name, remedy = theirs.id, "correct it, or use --ignore-extra"
                raise InputError(Problem("unknown-document", shown(name), "an id that gold has", remedy, "id", name))
            scorer.warn("extra-document", theirs.id)
