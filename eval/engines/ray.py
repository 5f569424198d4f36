"""The Ray engine: an extractor's processes on the machines of a cluster, each kept by a plain actor.

The actor on a machine holds one worker process of the local engine, so that a document which crashes or hangs costs
the same there as here. Documents travel in shards of about a second's work, two for each actor at the most. The shard
of an actor that is lost is done again by another.
"""

from __future__ import annotations

import os
import secrets
import socket
import sys
import time
from collections import deque
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

import msgspec

from goldwire.corpus.errors import ExtractorError, GoldwireError, ServiceError, UsageError, reason
from goldwire.eval.engines import DOCUMENTS_A_WORKER
from goldwire.eval.engines.local import LocalPool
from goldwire.eval.engines.messages import Answer, Card, Job
from goldwire.eval.engines.process import Limits

__all__ = ["Keeper", "Ray", "RayPool"]

_START_SECONDS = 300.0
"""How long a cluster may take to find a place for the first worker."""

_SHARD_SECONDS = 1.0
_MOST_DOCUMENTS = 64
_IN_FLIGHT = 2
_MOST_TRIES = 3
"""A document whose actor is lost so often, alone in its shard the last time, has failed."""

_LOST = "crash: its Ray worker was lost"


class Keeper:
    """What runs as an actor: one worker process, with the folder and the Python path of the one who asked."""

    def __init__(self, what: str, limits: Limits, folder: str, path: list[str]) -> None:
        if Path(folder).is_dir():
            os.chdir(folder)
        sys.path += [entry for entry in path if entry not in sys.path and Path(entry).exists()]
        try:
            self._pool: LocalPool | None = LocalPool(what, limits, workers=1)
            card = self._pool.card
        except GoldwireError as error:
            self._pool, card = None, Card(error=str(error), kind=type(error).__name__)
        self._card = msgspec.json.encode(card)

    def card(self) -> tuple[bytes, float | None]:
        """The card as JSON, and the seconds that the process took to start."""
        return self._card, None if self._pool is None else self._pool.start_seconds

    def answers(self, shard: bytes) -> list[bytes]:
        """The answers to a shard of jobs."""
        jobs = msgspec.json.decode(shard, type=list[Job])
        return [msgspec.json.encode(answer) for answer in self._pool.answers(jobs)] if self._pool else []

    def close(self) -> tuple[int, int, int]:
        """End the process: how many were started, how many left others behind, and the peak of their memory."""
        if self._pool is None:
            return 1, 0, 0
        self._pool.close()
        return self._pool.started, self._pool.left_processes, self._pool.memory


class Ray:
    """A cluster that is there (``address``), or one of our own on this machine that ends with the pool."""

    name = "ray"

    def __init__(self, workers: int | None = None, address: str | None = None, gpus: float = 0) -> None:
        if find_spec("ray") is None:
            raise UsageError("engine 'ray': ray is not installed; pip install 'goldwire[ray]'")
        self._workers, self._address, self._gpus = workers, address, gpus

    def open(self, what: str, limits: Limits, documents: int) -> RayPool:
        """The pool, with one actor whose extractor is made."""
        return RayPool(what, limits, documents, self._workers, self._address, self._gpus)


class _Shard(NamedTuple):
    jobs: list[Job]
    tries: int = 0


class RayPool:
    """Actors that each keep one process of the extractor. Figures are those of the processes, not of the cluster."""

    def __init__(
        self, what: str, limits: Limits, documents: int, workers: int | None, address: str | None, gpus: float
    ) -> None:
        self._ray, self._ours = _connected(address, workers)
        self._arguments = (what, limits, str(Path.cwd()), [os.path.abspath(entry) for entry in sys.path])  # noqa: PTH100
        self._what = what
        self._remote = self._ray.remote(num_cpus=1, num_gpus=gpus, max_restarts=0)(Keeper)
        self._starting: dict[Any, Any] = {}  # the reference to a card, and its actor
        self._load: dict[Any, int] = {}  # an actor that is ready, and how many shards it has
        self._flying: dict[Any, tuple[Any, _Shard]] = {}
        self._again: deque[_Shard] = deque()
        self._pace = 0.0
        self._lost_starts = 0
        self._moved = time.monotonic()
        self.started = self.left_processes = self.memory = 0
        self.start_seconds: float | None = None
        try:
            self.card = self._first()
            cpus = int(self._ray.cluster_resources().get("CPU", 1))
            self.workers = workers or max(1, min(cpus, documents // DOCUMENTS_A_WORKER))
        except BaseException:
            self.close(kill=True)
            raise

    def answers(self, jobs: Iterable[Job]) -> Iterator[Answer]:
        """An answer for each job, a shard at a time."""
        source = iter(jobs)
        upcoming = self._shard(source)
        while True:
            while (upcoming or self._again) and (actor := self._hungry()) is not None:
                if self._again:
                    self._send(actor, self._again.popleft())
                elif upcoming is not None:
                    self._send(actor, upcoming)
                    upcoming = self._shard(source)
            if not self._flying and not self._again and upcoming is None:
                return
            if (upcoming or self._again) and len(self._load) + len(self._starting) < self.workers:
                self._start()
            yield from self._landed()

    def close(self, *, kill: bool = False) -> None:
        """End all actors, gently unless they are to be killed, and the connection where it is ours."""
        try:
            for actor in self._load:
                if not kill:
                    self._end(actor)
                self._ray.kill(actor)
            for actor in self._starting.values():
                self._ray.kill(actor)
        finally:
            self._load, self._starting = {}, {}
            if self._ours:
                self._ray.shutdown()

    def __enter__(self) -> RayPool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close(kill=kind is not None)

    def _first(self) -> Card:
        card = None
        while card is None:
            if not self._starting:
                self._start()
            for reference in self._ready():
                card = self._arrived(reference)
        return card

    def _ready(self) -> list[Any]:
        """What has come since, at the latest after a second.

        Raises
        ------
        ServiceError
            Nothing is at work, and no worker found a place for long.
        """
        now = time.monotonic()
        if self._load:
            self._moved = now
        elif now - self._moved > _START_SECONDS:
            have = ", ".join(f"{k} {v:g}" for k, v in sorted(self._ray.cluster_resources().items()) if ":" not in k)
            raise ServiceError(
                f"Ray cluster: found no place for a worker within {_START_SECONDS:g} s, expected a free CPU and the "
                f"GPUs of --gpus; it has {have}"
            )
        ready: list[Any] = self._ray.wait([*self._flying, *self._starting], timeout=1.0)[0]
        return ready

    def _start(self) -> None:
        actor = self._remote.remote(*self._arguments)
        self._starting[actor.card.remote()] = actor

    def _arrived(self, reference: Any) -> Card | None:
        """The card of an actor that is ready now; ``None`` where it was lost on the way.

        Raises
        ------
        ExtractorError
            It could not be made.
        ServiceError
            Several in a row were lost, or it has another version of goldwire.
        """
        actor = self._starting.pop(reference)
        try:
            data, seconds = self._ray.get(reference)
        except self._ray.exceptions.RayError as error:
            self._lost_starts += 1
            if self._lost_starts < _MOST_TRIES:
                return None
            raise ServiceError(f"Ray cluster: a worker could not be started: {reason(error)}") from None
        card = msgspec.json.decode(data, type=Card)
        if card.error:
            kinds = {kind.__name__: kind for kind in (ExtractorError, ServiceError, UsageError)}
            raise kinds.get(card.kind, GoldwireError)(card.error)
        if card.goldwire != (mine := version("goldwire")):
            raise ServiceError(
                f"Ray cluster: found goldwire {card.goldwire} on a node, expected {mine}; install it there"
            )
        self._load[actor] = self._lost_starts = 0
        self.start_seconds = seconds if self.start_seconds is None else self.start_seconds
        return card

    def _hungry(self) -> Any | None:
        actor = min(self._load, key=self._load.__getitem__, default=None)
        return None if actor is None or self._load[actor] >= _IN_FLIGHT else actor

    def _shard(self, source: Iterator[Job]) -> _Shard | None:
        """The next documents, so many that they take about a second; one where nothing is known."""
        jobs: list[Job] = []
        seconds = 0.0
        most = _MOST_DOCUMENTS if self._pace else 1
        while len(jobs) < most and seconds < _SHARD_SECONDS and (job := next(source, None)) is not None:
            jobs.append(job)
            seconds += self._pace * len(job.document.text or "")
        return _Shard(jobs) if jobs else None

    def _send(self, actor: Any, shard: _Shard) -> None:
        self._flying[actor.answers.remote(msgspec.json.encode(shard.jobs))] = (actor, shard)
        self._load[actor] += 1

    def _landed(self) -> Iterator[Answer]:
        for reference in self._ready():
            if reference in self._starting:
                self._arrived(reference)
                continue
            actor, shard = self._flying.pop(reference)
            if actor in self._load:
                self._load[actor] -= 1
            try:
                lines = self._ray.get(reference)
            except self._ray.exceptions.RayActorError:
                self._load.pop(actor, None)
                yield from self._once_more(shard)
                continue
            except self._ray.exceptions.RayError as error:  # raised by the actor: the extractor cannot be made again
                raise ExtractorError(
                    f"extractor {self._what!r}: {reason(getattr(error, 'cause', None) or error)}"
                ) from None
            answers = [msgspec.json.decode(line, type=Answer) for line in lines]
            self._learn(answers)
            yield from answers

    def _once_more(self, shard: _Shard) -> Iterator[Answer]:
        """What a lost actor had is done again: whole at first, then document by document, and then given up."""
        tries = shard.tries + 1
        if tries < _MOST_TRIES:
            parts = [shard.jobs] if tries == 1 else [[job] for job in shard.jobs]
            self._again.extend(_Shard(part, tries) for part in parts)
            return
        for job in shard.jobs:
            length = len(job.document.text or "")
            yield Answer(at=job.at, id=job.document.id, characters=length, failure=_LOST)

    def _learn(self, answers: list[Answer]) -> None:
        characters = sum(answer.characters for answer in answers)
        if characters:
            self._pace = sum(answer.seconds or 0.0 for answer in answers) / characters or 1e-9

    def _end(self, actor: Any) -> None:
        try:
            started, left, memory = self._ray.get(actor.close.remote(), timeout=10)
            self.started += started
            self.left_processes += left
            self.memory = max(self.memory, memory)
        except self._ray.exceptions.RayError:  # it is gone, and its process with it
            self.started += 1


def _connected(address: str | None, workers: int | None) -> tuple[Any, bool]:
    """Ray, connected, and whether the connection is ours: it may have been there.

    Raises
    ------
    ServiceError
        No cluster answers at the address.
    """
    if "ray" not in sys.modules:  # what it reads of the environment, it reads when it is imported
        _prepare(address)
    import ray

    if ray.is_initialized():
        return ray, False
    options: dict[str, Any] = {"log_to_driver": False, "logging_level": "ERROR", "configure_logging": False}
    try:
        if address is None:
            cpus = max(workers or 1, os.cpu_count() or 1)
            ray.init(address="local", num_cpus=cpus, include_dashboard=False, **options)
        else:
            _knock(address)
            ray.init(address=address, **options)
    except (OSError, RuntimeError, ValueError) as error:
        where = address or "on this machine"
        raise ServiceError(
            f"Ray cluster {where}: cannot be reached: {reason(error)}; is it running (ray start --head), with the same "
            "versions of Ray and Python, and is its token known here (RAY_AUTH_MODE, RAY_AUTH_TOKEN)?"
        ) from None
    return ray, True


def _prepare(address: str | None) -> None:
    """No statistics; and on this machine alone, listen on the loopback, and let in only who has the token."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    if address is None or address.startswith("127."):
        os.environ.setdefault("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")
    if address is None and not {"RAY_AUTH_MODE", "RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH"} & set(os.environ):
        os.environ.update(RAY_AUTH_MODE="token", RAY_AUTH_TOKEN=secrets.token_hex(32))


def _knock(address: str) -> None:
    """Raise an ``OSError`` where nobody is at HOST:PORT: Ray would try for minutes."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if host and port.isdigit():
        socket.create_connection((host.strip("[]"), int(port)), timeout=10).close()
