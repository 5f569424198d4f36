"""Run an extractor over a corpus: every document once, failures kept with their reason, speed and memory measured."""

from __future__ import annotations

import hashlib
import time
from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from goldwire.corpus.document import Document
from goldwire.corpus.errors import ExtractorError
from goldwire.eval.engines import NO_LIMITS, Answer, Card, Engine, Job, Limits, Pool
from goldwire.eval.journal import Journal, Task

__all__ = ["WARM_SECONDS", "Run", "Speed", "bare", "run"]

WARM_SECONDS = 2.0
"""Warm speed is measured over at least this long: documents are run again, and thrown away, until it is reached."""


@dataclass(slots=True)
class Speed:
    """What the harness measured; every figure is ``None`` where nothing was measured.

    A document is warm unless it is the first of its process. ``cold_seconds`` is the time to import and make the
    extractor and to run its first document, in the first process that got so far.
    """

    cold_seconds: float | None = None
    memory: int = 0
    characters: int = 0
    spent: float = 0.0
    held: float = 0.0
    warm: array[float] = field(default_factory=lambda: array("d"))
    sound: bool = True

    def add(self, answer: Answer) -> None:
        """Take in the figures of one answer."""
        if answer.cold_seconds is not None:
            self.cold_seconds = answer.cold_seconds if self.cold_seconds is None else self.cold_seconds
        elif answer.seconds is not None:
            self.spent += answer.seconds
            self.held += answer.held_seconds or answer.seconds
            self.characters += answer.characters
            if answer.failure is None:
                self.warm.append(answer.seconds)

    @property
    def characters_per_second(self) -> float | None:
        """Warm speed of one process, in code points a second of the extractor's own time."""
        return self.characters / self.spent if self.spent and self.sound and self.warm else None

    @property
    def overhead(self) -> float | None:
        """The share, from 0 to 1, of the time for warm documents that the harness took."""
        return max(0.0, 1 - self.spent / self.held) if self.held else None

    def quantile(self, share: float) -> float | None:
        """The latency, in seconds, that so great a share of the warm documents do not exceed, interpolated."""
        return float(np.quantile(self.warm, share)) if self.warm else None

    def to_dict(self) -> dict[str, Any]:
        """The figures as ``run.json`` holds them."""
        return {
            "cold_seconds": self.cold_seconds,
            "characters_per_second": self.characters_per_second,
            "latency_seconds": {"median": self.quantile(0.5), "p95": self.quantile(0.95)},
            "measured_seconds": self.spent,
            "peak_memory_bytes": self.memory or None,
            "overhead": self.overhead,
        }


@dataclass(slots=True)
class Run:
    """What came of one extractor; the predictions are in the journal, in the order of the documents.

    ``failed`` maps the place of a document in the gold to the answer that says why it failed. ``seconds`` is the time
    on the clock for the ``done`` documents of this session; ``resumed`` were done in an earlier one.
    """

    card: Card
    journal: Journal
    speed: Speed = field(default_factory=Speed)
    failed: dict[int, Answer] = field(default_factory=dict)
    engine: str = "local"
    workers: int = 1
    started: int = 0
    start_seconds: float | None = None
    left_processes: int = 0
    seconds: float = 0.0
    done: int = 0
    resumed: int = 0

    def answers(self) -> Iterator[Answer]:
        """The answer to each document, in their order."""
        return self.journal.answers()

    @property
    def failures(self) -> dict[str, str]:
        """The documents that failed, in their order, and why."""
        return {answer.id: answer.failure or "" for _, answer in sorted(self.failed.items())}

    def to_dict(self) -> dict[str, Any]:
        """The run as ``run.json`` holds it."""
        return {
            "schema": "goldwire-run/1",
            "extractor": self.card.name,
            "version": self.card.version,
            "layers": list(self.card.layers),
            "alignment": self.card.alignment,
            "by_gold_authors": self.card.by_gold_authors,
            "details": self.card.details,
            **self.speed.to_dict(),
            "engine": self.engine,
            "workers": self.workers,
            "processes_started": self.started,
            "start_seconds": self.start_seconds,
            "wall_seconds": self.seconds,
            "documents_run": self.done,
            "documents_resumed": self.resumed,
            "left_processes": self.left_processes,
            "failures": self.failures,
            "failure_logs": {answer.id: answer.log for _, answer in sorted(self.failed.items()) if answer.log},
        }

    def _add(self, answer: Answer) -> None:
        self.speed.add(answer)
        if answer.failure is not None:
            self.failed[answer.at] = answer


def bare(document: Document) -> Document:
    """What an extractor sees of a document: id, text, language and metadata, never a gold layer."""
    return Document(id=document.id, text=document.text, lang=document.lang, meta=document.meta)


def run(
    what: str,
    documents: Callable[[], Iterable[Document]],
    count: int,
    digest: str,
    engine: Engine,
    folder: Path,
    *,
    limits: Limits = NO_LIMITS,
    warm_seconds: float = WARM_SECONDS,
    max_errors: int | None = None,
    fresh: bool = False,
    on_made: Callable[[Card], None] = lambda _: None,
    on_document: Callable[[int], None] = lambda _: None,
    on_note: Callable[[str], None] = lambda _: None,
) -> Run:
    """Run the extractor on every document that the journal in ``folder`` does not have yet.

    ``documents`` gives the same ``count`` documents each time, ``digest`` is their hash. ``on_made`` is called with the
    extractor's card before anything is written, ``on_document`` with the number of documents that are done since the
    last call, ``on_note`` with what is worth knowing. The journal is open when this returns: it holds the predictions.

    Raises
    ------
    GoldwireError
        The extractor cannot be found or made, or more than ``max_errors`` documents failed. The journal stays.
    """
    with engine.open(what, limits, count) as pool:
        on_made(pool.card)
        journal = Journal(folder, _task(what, pool.card, digest), count, fresh=fresh)
        try:
            made = Run(pool.card, journal, engine=engine.name, workers=pool.workers, resumed=journal.taken)
            _note_earlier(made, what, count, on_note)
            for answer in journal.answers():
                made._add(answer)
            if journal.taken:
                on_document(journal.taken)
            _refuse_errors(made, max_errors)
            _run_rest(made, pool, documents(), max_errors, on_document)
            _measure(made, pool, documents, warm_seconds)
        except BaseException:
            journal.close()
            raise
    made.started, made.start_seconds, made.left_processes = pool.started, pool.start_seconds, pool.left_processes
    made.speed.memory = pool.memory
    return made


def _task(what: str, card: Card, digest: str) -> Task:
    same = msgspec.structs.replace(card, make_seconds=0.0)
    return Task(
        extractor=what,
        version=card.version,
        made=hashlib.sha256(msgspec.json.encode(same)).hexdigest(),
        documents=digest,
    )


def _note_earlier(made: Run, what: str, count: int, on_note: Callable[[str], None]) -> None:
    if made.journal.stale:
        changed = ", ".join(made.journal.stale)
        on_note(f"{what}: the run that was cut off here was of another task (not the same: {changed}); starting anew")
    elif made.resumed:
        on_note(f"{what}: {made.resumed} of {count} documents are there from the run that was cut off; going on")


def _run_rest(
    made: Run, pool: Pool, documents: Iterable[Document], max_errors: int | None, on_document: Callable[[int], None]
) -> None:
    begin = time.monotonic()
    jobs = (Job(at, bare(document)) for at, document in enumerate(documents) if at not in made.journal)
    for answer in pool.answers(jobs):
        made.journal.add(answer)
        made._add(answer)
        made.done += 1
        made.seconds = time.monotonic() - begin
        on_document(1)
        _refuse_errors(made, max_errors)


def _refuse_errors(made: Run, most: int | None) -> None:
    if most is None or len(made.failed) <= most:
        return
    last = list(made.failed.values())[-1]
    raise ExtractorError(
        f"extractor {made.card.name!r}: found {len(made.failed)} failures in {made.resumed + made.done} documents, "
        f"expected at most {most} (--max-errors), the last in document {last.id!r}: {last.failure}; "
        "what is done is kept: run again with a higher number to go on, or with --fresh to start anew"
    )


def _measure(made: Run, pool: Pool, documents: Callable[[], Iterable[Document]], seconds: float) -> None:
    """Run sound documents again until warm speed was measured for long enough."""
    speed = made.speed
    if not made.card.timed:
        made.speed = Speed(memory=speed.memory)
        return
    if speed.spent >= seconds or len(made.failed) == made.resumed + made.done:
        return

    def again() -> Iterator[Job]:
        while True:
            for at, document in enumerate(documents()):
                if speed.spent >= seconds or not speed.sound:
                    return
                if at not in made.failed:
                    yield Job(at, bare(document), again=True)

    for answer in pool.answers(again()):
        if answer.failure is not None:  # its predictions stand; what fails when run again has no warm speed
            speed.sound = False
        speed.add(answer)
