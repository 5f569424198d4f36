"""The engine of objects: a function or class that a caller has in hand runs in the caller's own process."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from types import TracebackType

from goldwire.eval.engines.messages import Answer, Job, answer_to, card_of
from goldwire.eval.engines.process import Limits
from goldwire.eval.extractors import Extractor
from goldwire.eval.memory import peak

__all__ = ["Inline"]


class Inline:
    """Runs an extractor that is there already, without limits; it is engine and pool in one."""

    name = "inline"
    workers = started = 1
    left_processes = 0
    memory = 0
    start_seconds: float | None = None

    def __init__(self, extractor: Extractor) -> None:
        self._extractor = extractor
        self._cold = True
        self.card = card_of(extractor, goldwire=version("goldwire"))

    def open(self, what: str, limits: Limits, documents: int) -> Inline:  # noqa: ARG002 (the shape of an engine)
        """Itself."""
        return self

    def answers(self, jobs: Iterable[Job]) -> Iterator[Answer]:
        """An answer for each job, in order."""
        for job in jobs:
            begin = time.monotonic()
            with contextlib.redirect_stdout(sys.stderr):  # what an extractor prints is its log
                answer = answer_to(job, self._extractor)
            self.memory = peak(os.getpid())
            answer.held_seconds = time.monotonic() - begin
            if self._cold:
                answer.cold_seconds, self._cold = answer.seconds, False
            yield answer

    def close(self) -> None:
        """Nothing is to be ended."""

    def __enter__(self) -> Inline:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass
