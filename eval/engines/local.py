"""The local engine: processes on this machine, watched from one loop."""

from __future__ import annotations

import selectors
import sys
import time
from collections import deque
from collections.abc import Iterable, Iterator
from types import TracebackType

from goldwire.corpus.errors import ExtractorError, GoldwireError, ServiceError, UsageError, shown
from goldwire.eval.engines import DOCUMENTS_A_WORKER, cores
from goldwire.eval.engines.messages import Answer, Card, Job
from goldwire.eval.engines.process import Limits, Process
from goldwire.eval.memory import available, resident

__all__ = ["Local", "LocalPool"]

_LOOK_SECONDS = 0.25
"""How often processes are looked after that say nothing."""

_LOOK_AT_MEMORY_SECONDS = 0.02

_MOST_LOG = 1 << 16
"""Of what an extractor prints, so many characters are passed on."""

_MOST_STARTS = 3
"""After so many failures in a row to make an extractor again, the run ends."""

_GARBAGE = "crash: its process wrote over the judge's pipe"

_KINDS: dict[str, type[GoldwireError]] = {kind.__name__: kind for kind in (ExtractorError, ServiceError, UsageError)}


class Local:
    """As many processes as are asked for; else one for each hundred documents, as cores and memory allow."""

    name = "local"

    def __init__(self, workers: int | None = None) -> None:
        self._workers = workers

    def open(self, what: str, limits: Limits, documents: int) -> LocalPool:
        """The pool, with one process that is made; more come when there is work for them."""
        return LocalPool(what, limits, self._workers, documents)


class LocalPool:
    """Processes of one extractor on this machine.

    One loop gives each its next document before anything is done with the answer to the last. The first process is
    alone until it is made, so that its cold start is not that of a crowd.
    """

    def __init__(self, what: str, limits: Limits, workers: int | None = None, documents: int = 1) -> None:
        wanted = workers or max(1, min(cores(), documents // DOCUMENTS_A_WORKER))
        self._what, self._limits = what, limits
        self._threads = None if wanted == 1 else max(1, cores() // wanted)
        self._processes: list[Process] = []
        self._ahead: deque[Job] = deque()
        self._selector = selectors.DefaultSelector()
        self._logged = 0
        self._lost_starts = 0
        self.started = self.left_processes = self.memory = 0
        self.start_seconds: float | None = None
        self.workers = 1
        try:
            self.card = self._first()
        except BaseException:
            self.close()
            raise
        self.workers = wanted if workers else min(wanted, self._that_fit())

    def answers(self, jobs: Iterable[Job]) -> Iterator[Answer]:
        """An answer for each job, as they come."""
        source, ahead = iter(jobs), self._ahead
        for process in self._processes:
            process.rest()
        while True:
            self._feed(source)
            if not ahead and not any(process.jobs for process in self._processes):
                return
            for process, why in self._events():
                for answer in self._heard(process) if why is None else self._lost(process, why):
                    self._feed(source)
                    yield answer

    def close(self) -> None:
        """End all processes, those that wait gently."""
        for process in self._processes:
            process.hang_up()
        for process in list(self._processes):
            self._drop(process, kill=not process.idle)
        self._selector.close()

    def __enter__(self) -> LocalPool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _first(self) -> Card:
        process = self._start()
        while process.card is None:
            for found, why in self._events():
                for _ in self._heard(found) if why is None else self._lost(found, why):
                    pass
        return process.card

    def _that_fit(self) -> int:
        """How many processes like the first one memory holds."""
        free, one = available(), resident(self._processes[0].pid)
        return 1 + (free // one if free and one else cores())

    def _feed(self, source: Iterator[Job]) -> None:
        """Give out documents, to those that wait first, and take the next ones out of the source meanwhile."""
        ahead = self._ahead
        while True:
            while len(ahead) <= self.workers and (job := next(source, None)) is not None:
                ahead.append(job)
            given = False
            for process in sorted(self._processes, key=lambda p: len(p.jobs)):
                if ahead and process.offer(ahead[0]):
                    ahead.popleft()
                    given = True
            if not given:
                break
        if ahead and len(self._processes) < self.workers:
            self._start()

    def _start(self) -> Process:
        process = Process(self._what, self._limits, self._log, self._threads)
        self.started += 1
        self._processes.append(process)
        for descriptor in (process.answers, process.log):
            self._selector.register(descriptor, selectors.EVENT_READ, process)
        return process

    def _events(self) -> Iterator[tuple[Process, str | None]]:
        """Processes that have something to say, or that are at fault, and then why."""
        heard: set[Process] = set()
        for key, _ in self._selector.select(self._patience()):
            process: Process = key.data
            if key.fd == process.answers:
                heard.add(process)
            elif not process.listen():
                self._selector.unregister(key.fd)
        for process in list(self._processes):
            if process in heard:
                yield process, None
            elif why := process.fault():
                yield process, why

    def _patience(self) -> float:
        if self._limits.memory is not None:
            return _LOOK_AT_MEMORY_SECONDS
        now = time.monotonic()
        return max(0.0, min([_LOOK_SECONDS, *(p.overdue - now for p in self._processes if p.overdue is not None)]))

    def _heard(self, process: Process) -> Iterator[Answer]:
        try:
            for message in process.receive():
                if isinstance(message, Answer):
                    yield message
                    self.memory = max(self.memory, process.look())
                elif message.error:
                    self._drop(process, kill=False)
                    self._count_lost_start(_KINDS.get(message.kind, GoldwireError), message.error)
                    return
                else:
                    self._lost_starts = 0
                    if self.start_seconds is None:
                        self.start_seconds = process.age - message.make_seconds
        except EOFError:
            yield from self._lost(process, None)
        except ValueError:
            yield from self._lost(process, _GARBAGE)

    def _lost(self, process: Process, why: str | None) -> Iterator[Answer]:
        made, job = process.card is not None, process.jobs.popleft() if process.jobs else None
        self._ahead.extendleft(reversed(process.jobs))  # what it had not come to is another's
        why = process.lost(why)
        self._drop(process, kill=True)
        if not made:
            said = process.tail().splitlines()
            last = f"; it said {shown(said[-1], 200)}" if said else ""
            self._count_lost_start(ExtractorError, f"extractor {self._what!r}: cannot be made: {why}{last}")
        elif job is not None:
            name, length = job.document.id, len(job.document.text or "")
            yield Answer(at=job.at, id=name, characters=length, failure=why, log=process.tail())

    def _count_lost_start(self, kind: type[GoldwireError], message: str) -> None:
        """Raise at the first start of all; later only where it keeps failing."""
        self._lost_starts += 1
        if self.start_seconds is None or self._lost_starts >= _MOST_STARTS:
            raise kind(message)

    def _drop(self, process: Process, *, kill: bool) -> None:
        self._processes.remove(process)
        for descriptor in (process.answers, process.log):
            if descriptor in self._selector.get_map():
                self._selector.unregister(descriptor)
        self.left_processes += process.close(kill=kill)
        self.memory = max(self.memory, process.memory)

    def _log(self, text: str) -> None:
        """What an extractor prints is its log: passed on to standard error, up to a limit."""
        room = _MOST_LOG - self._logged
        self._logged += len(text)
        if room <= 0 or sys.stderr is None:
            return
        more = f"\ngoldwire: {self._what} printed more than {_MOST_LOG} characters; the rest is left out\n"
        sys.stderr.write(text if len(text) < room else text[:room] + more)
