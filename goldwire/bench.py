"""Run extractors on gold and judge them: what ``goldwire bench`` does."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from goldwire.corpus.document import Document
from goldwire.corpus.errors import ExtractorError, GoldwireError, ServiceError, UsageError
from goldwire.corpus.formats import Losses
from goldwire.corpus.store import replacing
from goldwire.eval.alignment import parse_policy
from goldwire.eval.confidence import refuse_draws
from goldwire.eval.engines import NO_LIMITS, Engine, Limits
from goldwire.eval.engines.inline import Inline
from goldwire.eval.engines.local import Local
from goldwire.eval.extractors import available, notice, options_of, parse, require
from goldwire.eval.extractors.callables import from_object
from goldwire.eval.report.leaderboard import Entry
from goldwire.eval.rows import RowsFile
from goldwire.eval.run import Run, run
from goldwire.eval.scorer import Scorer
from goldwire.eval.units import suspected_unit
from goldwire.eval.usage import total_usage
from goldwire.eval.views import parse_view
from goldwire.gold import Gold
from goldwire.runs import Judgement, Predictions, refuse_run_over
from goldwire.scoring import Source, documents_of, feed, gold_name, warn_of_losses

__all__ = ["Started", "bench", "built_in"]

Started = Callable[[str, int], Callable[[int], None]]
"""Called with an extractor's name and the number of documents; gives what is called with how many more are done."""


class _Judgement(NamedTuple):
    """How all extractors of one bench are judged."""

    source: Source | None
    gold: Gold
    name: str
    view: str | None
    draws: int
    seed: int
    losses: Losses


def built_in() -> list[str]:
    """The built-in and registered extractors that are installed, but for those on terms that must be known first."""
    return [name for name, installed in available().items() if installed and not notice(name)]


def bench(
    extractors: Sequence[str | Callable[..., Any] | object],
    gold: Source | None = None,
    *,
    view: str | None = None,
    out: str | Path = "runs",
    draws: int = 10_000,
    seed: int = 0,
    engine: Engine | None = None,
    limits: Limits = NO_LIMITS,
    warm_seconds: float | None = None,
    max_errors: int | None = None,
    fresh: bool = False,
    on_start: Started = lambda *_: lambda _: None,
    on_note: Callable[[str], None] = lambda _: None,
    on_stop: Callable[[GoldwireError], None] | None = None,
) -> list[Entry]:
    """Each extractor's entry for the leaderboard; predictions, rows, result and run are written below ``out``.

    Each is judged in the view that it is made for, or in ``view``. An extractor that is named runs in processes of its
    own, where ``engine`` says, within ``limits``; a function or an object runs in this process, without limits. A run
    that is cut off leaves a journal, and goes on from it when it is started again, unless ``fresh``. ``on_note`` is
    called with what is worth knowing, ``on_stop`` with the error that ended the run of one extractor; the others run.
    Without ``on_stop``, or if no run was left, it is raised.

    Raises
    ------
    GoldwireError
        An extractor cannot be found or made, more than ``max_errors`` documents failed, or gold cannot be read. A
        document that fails ends nothing.
    """
    refuse_draws(draws, seed)
    losses = Losses()
    documents = Gold(gold, losses)
    if view is not None:
        parse_view(view)
    for what in extractors:
        if isinstance(what, str):
            require(what)
    folders = [_folder(what) for what in extractors]
    if clash := next((f for f in folders if folders.count(f) > 1), None):
        names = ", ".join(map(_name, extractors))
        raise UsageError(f"extractors {names}: two would write to the folder {clash!r}; name each once")
    for folder in folders:
        refuse_run_over(Path(out) / folder, [gold])
    how = _Judgement(gold, documents, gold_name(gold, documents.hash), view, draws, seed, losses)
    place = Path(out).absolute()  # an extractor in this process may change the folder
    entries, stopped = [], []
    for what, folder in zip(extractors, folders, strict=True):
        options = {} if warm_seconds is None else {"warm_seconds": warm_seconds}
        try:
            if isinstance(what, str) and _is_path(what):
                on_start(what, documents.count)(documents.count)
                entry = _judge_file(what, place / folder, how)
            else:
                made = run(
                    _name(what),
                    documents,
                    documents.count,
                    documents.digest,
                    (engine or Local()) if isinstance(what, str) else Inline(from_object(what, _name(what))),
                    place / folder,
                    limits=limits,
                    max_errors=max_errors,
                    fresh=fresh,
                    on_made=lambda card: documents.check(view or card.view),
                    on_document=on_start(_name(what), documents.count),
                    on_note=on_note,
                    **options,
                )
                entry = _judge_run(made, place / folder, how)
                if made.left_processes:
                    on_note(f"{entry.name}: left processes behind; they were ended")
        except (ExtractorError, ServiceError) as error:
            stopped.append(error)
            if on_stop is None:
                raise
            on_stop(error)
            continue
        entries.append(entry._replace(folder=str(Path(out) / folder)))
    if stopped and not entries:
        raise stopped[0]
    return entries


def _is_path(what: str) -> bool:
    return parse(what).kind == "file"


def _name(what: object) -> str:
    if isinstance(what, str):
        return what
    named = getattr(what, "name", None) or getattr(what, "__qualname__", None) or type(what).__qualname__
    return str(named)


def _folder(what: object) -> str:
    name = _name(what)
    if isinstance(what, str) and _is_path(what):
        found = parse(what)
        name = Path(found.target).stem + "".join(f"_{key}={value}" for key, value in found.options.items())
    return re.sub(r"[^\w.-]+", "_", name).strip(".") or "extractor"


def _judge_run(made: Run, folder: Path, how: _Judgement) -> Entry:
    """Score the predictions of the journal, write all files, and only then let the journal go."""
    card, rows = made.card, RowsFile()
    scorer = Scorer(labels=card.label_map, view=how.view or card.view, attempted=card.layers, on_rows=rows.add)
    decode = msgspec.json.Decoder(Document).decode
    paid: list[Document] = []
    try:
        with replacing(folder / "predictions.jsonl") as file:
            for document, answer in zip(how.gold(), made.answers(), strict=False):
                if answer.id != document.id:
                    raise how.gold.changed()
                if answer.prediction is msgspec.UNSET:
                    scorer.add(document, None, failed=True)
                    continue
                predicted = decode(answer.prediction)
                scorer.add(document, predicted)
                if predicted.extra and "usage" in predicted.extra:
                    paid.append(Document(id=predicted.id, extra={"usage": predicted.extra["usage"]}))
                file.write(bytes(answer.prediction) + b"\n")
                if (suspected := suspected_unit(document.text or "", predicted)) is not None:
                    unit, mentions = suspected
                    scorer.warn("suspected-unit", f"{document.id}: {mentions} mentions are whole if read as {unit}")
            if scorer.gold_hash != how.gold.hash:
                raise how.gold.changed()
        if told := notice(card.name):
            scorer.warn("licence", told)
        for name, reason in made.failures.items():
            scorer.warn("failed-document", f"{name}: {reason}")
        warn_of_losses(scorer, how.losses)
        result = scorer.result(draws=how.draws, seed=how.seed, extractor=card.name, gold=how.name)
        judged = Judgement(result, scorer.shard(), rows, how.source, how.draws, how.seed)
        judged.write(folder, made.to_dict() | {"usage": total_usage(paid)})
    except BaseException:
        made.journal.close()
        raise
    made.journal.remove()
    return Entry(
        card.name,
        result,
        card.by_gold_authors,
        made.speed.cold_seconds,
        made.speed.characters_per_second,
        median_seconds=made.speed.quantile(0.5),
        p95_seconds=made.speed.quantile(0.95),
        peak_memory_bytes=made.speed.memory or None,
    )


def _judge_file(what: str, folder: Path, how: _Judgement) -> Entry:
    rows, own = RowsFile(), Losses()
    found = parse(what)
    options = options_of(found)
    scorer = Scorer(labels=options.labels, view=how.view or options.view, attempted=options.layers, on_rows=rows.add)
    predictions = Predictions()

    def predicted() -> Iterator[Document]:
        read = documents_of(found.target, own)
        if not found.options:
            return read
        texts = {document.id: document.text or "" for document in how.gold()}
        policy = parse_policy(options.alignment or "nth")
        return (options.applied(document, texts.get(document.id, ""), policy) for document in read)

    feed(scorer, how.gold(), predictions.passing(predicted()))
    for losses in (how.losses, own):
        warn_of_losses(scorer, losses)
    result = scorer.result(draws=how.draws, seed=how.seed, extractor=folder.name, gold=how.name)
    judged = Judgement(result, scorer.shard(), rows, how.source, how.draws, how.seed)
    judged.write_with(predictions, what, folder)
    return Entry(folder.name, result)
