"""Engines: where the processes of an extractor run. All of one shape; what they find is the same, byte for byte.

An engine is opened for one extractor and gives a ``Pool``. The pool's processes each load the extractor once; it takes
documents as a stream, holds a window of them at the most, and gives an answer for each as soon as it is there.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Protocol

from goldwire.corpus.errors import UsageError
from goldwire.eval.engines.messages import Answer, Card, Job
from goldwire.eval.engines.process import NO_LIMITS, Limits

__all__ = [
    "DOCUMENTS_A_WORKER",
    "NAMES",
    "NO_LIMITS",
    "Answer",
    "Card",
    "Engine",
    "Job",
    "Limits",
    "Pool",
    "cores",
    "engine_named",
]

NAMES = ("local", "ray")
"""The engines by name."""

DOCUMENTS_A_WORKER = 100
"""Where nobody says how many workers there should be, there is one for so many documents, at least one."""


class Pool(Protocol):
    """The processes of one extractor.

    ``card`` is what the extractor says of itself. ``workers`` is how many processes there are at the most, ``started``
    how many were started in all, ``start_seconds`` how long the first took before it could import the extractor, and
    ``left_processes`` how many of those that are closed had left processes behind,
    and ``memory`` the most bytes that one of them and its children have held; 0 where the system does not tell.
    """

    card: Card
    workers: int
    started: int
    start_seconds: float | None
    left_processes: int
    memory: int

    def answers(self, jobs: Iterable[Job]) -> Iterator[Answer]:
        """An answer for each job, as they come; a process that is lost costs the document that it had.

        Raises
        ------
        ExtractorError
            The extractor could be made at first, and now cannot be any more.
        ServiceError
            A cluster failed.
        """
        ...

    def close(self) -> None:
        """End all processes."""
        ...

    def __enter__(self) -> Pool: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Engine(Protocol):
    """Opens pools. ``name`` is what ``--engine`` calls it."""

    name: str

    def open(self, what: str, limits: Limits, documents: int) -> Pool:
        """The processes for an extractor that is to run on so many documents; the first one is made.

        Raises
        ------
        GoldwireError
            The extractor cannot be found or made, or the cluster cannot be reached.
        """
        ...


def engine_named(name: str, *, workers: int | None = None, address: str | None = None, gpus: float = 0) -> Engine:
    """The engine of that name. ``address`` and ``gpus`` (for each worker) are Ray's alone.

    Raises
    ------
    UsageError
        There is no engine of that name, or an option is not for it.
    """
    if workers is not None and workers < 1:
        raise UsageError(f"workers {workers}: expected 1 or more")
    if gpus < 0:
        raise UsageError(f"gpus {gpus:g}: expected 0 or more")
    if name == "ray":
        from goldwire.eval.engines.ray import Ray

        return Ray(workers, address, gpus)
    if name != "local":
        raise UsageError(f"engine {name!r}: no such engine; there are {', '.join(NAMES)}")
    if address is not None or gpus:
        raise UsageError("engine 'local': --address and --gpus are for --engine ray")
    from goldwire.eval.engines.local import Local

    return Local(workers)


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
