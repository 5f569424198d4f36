"""Two large JSONL files scored in parts, each by a process of its own, to the same result byte for byte.

Both files are cut at the same documents. A part is scored as a whole corpus is, and what is known of it (``Shard``)
adds up exactly. Parts are a bet on files in one order: where one holds anything that its own two stretches do not
explain (a broken line, a prediction without its gold, a document twice), there is no result, and the files are scored
as one, which says what is wrong and where.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import mmap
import multiprocessing
import signal
import sys
from collections.abc import Callable, Generator, Iterator
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import NamedTuple

import msgspec

from goldwire.corpus.document import Document
from goldwire.corpus.errors import GoldwireError, InputError
from goldwire.corpus.store import read_jsonl
from goldwire.eval.labels import LabelMap
from goldwire.eval.scorer import Scorer
from goldwire.eval.shard import Shard
from goldwire.joining import joined

__all__ = ["Part", "parts_of", "scored_in_parts"]

_LEAST, _MOST = 1 << 21, 1 << 24
"""The bytes of gold in a part: fewer do not pay for a process, more would hold up those that wait for it."""

_TRIES = 20
"""So many gold documents may lack a prediction where a cut is sought."""

_NEAR = 1 << 24
"""How far from its place in gold a prediction is sought, in bytes."""

Span = tuple[int, int]


class Part(NamedTuple):
    """The same documents in both files: stretches of whole lines, half-open, in bytes."""

    gold: Span
    predicted: Span


class _Identity(msgspec.Struct):
    id: str


_IDENTITY = msgspec.json.Decoder(_Identity)


def parts_of(gold: str | Path, predicted: str | Path, workers: int) -> list[Part]:
    """Parts that make up both files: one for each worker, or more where they would be large, or fewer where small.

    A file without bytes, or whose lines have no ids, is one part.
    """
    with Path(gold).open("rb") as one, Path(predicted).open("rb") as other:
        sizes = (one.seek(0, 2), other.seek(0, 2))
        number = max(min(workers, sizes[0] // _LEAST), sizes[0] // _MOST)
        found = [(0, 0)]
        if number > 1 and sizes[1]:
            with (
                mmap.mmap(one.fileno(), 0, access=mmap.ACCESS_READ) as ours,
                mmap.mmap(other.fileno(), 0, access=mmap.ACCESS_READ) as theirs,
            ):
                for at in range(1, number):
                    cut = _cut(ours, theirs, at / number)
                    if cut is None or cut[0] <= found[-1][0] or cut[1] <= found[-1][1]:
                        break  # the files are not alike, and to seek on would take long
                    found.append(cut)
    found.append(sizes)
    return [Part(*zip(before, after, strict=True)) for before, after in itertools.pairwise(found)]


def _cut(gold: mmap.mmap, predicted: mmap.mmap, share: float) -> tuple[int, int] | None:
    """Where, about that far into both files, the line of one document begins in either."""
    near = int(len(predicted) * share)
    for at in itertools.islice(_line_starts(gold, int(len(gold) * share)), _TRIES):
        name = _identity(gold, at)
        if name is None:
            return None
        line = _line_of(name, predicted, near)
        if line is not None:
            return at, line
    return None


def _line_of(name: str, file: mmap.mmap, near: int) -> int | None:
    """Where the line of that document begins, at most ``_NEAR`` bytes from ``near``."""
    low, high = max(0, near - _NEAR), min(len(file), near + _NEAR)
    for key in {msgspec.json.encode(name), json.dumps(name).encode()}:  # as it is, and in ASCII
        for found in (file.find(key, near, high), file.rfind(key, low, near)):
            line = file.rfind(b"\n", 0, found) + 1
            if found >= 0 and _identity(file, line) == name:
                return line
    return None


def _line_starts(file: mmap.mmap, position: int) -> Iterator[int]:
    while (position := file.find(b"\n", position) + 1) and position < len(file):
        yield position


def _identity(file: mmap.mmap, line: int) -> str | None:
    end = file.find(b"\n", line)
    try:
        return _IDENTITY.decode(file[line : end if end >= 0 else len(file)]).id
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def scored_in_parts(
    gold: str | Path,
    predicted: str | Path,
    *,
    workers: int,
    labels: LabelMap | None = None,
    view: str | None = None,
    on_documents: Callable[[int], None] = lambda _: None,
) -> Scorer | None:
    """All documents of two goldwire JSONL files, scored by ``workers`` processes; ``None`` where that cannot be.

    ``on_documents`` is called with how many more gold documents were scored.

    Raises
    ------
    UsageError
        An unknown view.
    """
    whole = Scorer(labels=labels, view=view)
    if multiprocessing.current_process().daemon:  # which may have no processes of its own
        return None
    with contextlib.closing(_merged(whole, gold, predicted, workers, labels, view)) as steps:
        while True:
            try:
                step = next(steps, None)
            except (InputError, OSError, _NotApartError):  # what is wrong is said where all is read as one
                return None
            if step is None:
                return whole
            on_documents(step)


class _NotApartError(Exception):
    """The files are no larger than one part, or a part holds what it does not explain."""


def _merged(
    whole: Scorer, gold: str | Path, predicted: str | Path, workers: int, labels: LabelMap | None, view: str | None
) -> Generator[int]:
    """How many documents each part had that was merged into ``whole``."""
    jobs = [_Job(gold, predicted, part, labels, view) for part in parts_of(gold, predicted, workers)]
    if len(jobs) < 2:
        raise _NotApartError
    alone: list[Document] = []
    with contextlib.closing(_in_order(jobs, workers)) as results:
        for found in results:
            if found is None:
                raise _NotApartError
            whole.merge(found.shard)
            alone += found.alone
            yield found.shard.documents["scored"]
    for document in alone:  # last, as they come where all is read as one
        whole.add(document, None)
    yield len(alone)


class _Job(NamedTuple):
    gold: str | Path
    predicted: str | Path
    part: Part
    labels: LabelMap | None
    view: str | None


class _Scored(NamedTuple):
    """A part's shard, and its gold documents without a prediction, which are not in it."""

    shard: Shard
    alone: list[Document]


def _in_order(jobs: list[_Job], workers: int) -> Generator[_Scored | None]:
    """What became of the jobs, in their order; each process has done at most one that nobody has taken yet."""
    running: list[tuple[BaseProcess, Connection]] = []
    try:
        for first in range(min(workers, len(jobs))):
            running += [_started(jobs[first::workers])]
        for at in range(len(jobs)):
            try:
                yield running[at % workers][1].recv()
            except EOFError:  # it was killed
                yield None
    finally:
        for process, answers in running:
            process.terminate()
            process.join()
            answers.close()


def _started(jobs: list[_Job]) -> tuple[BaseProcess, Connection]:
    answers, sending = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context().Process(target=_answer, args=(jobs, sending, answers), daemon=True)
    process.start()
    sending.close()
    return process, answers


def _answer(jobs: list[_Job], sending: Connection, answers: Connection) -> None:
    answers.close()  # so that a parent that is gone is noticed
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends it
    sys.stdout = sys.stderr = None  # a thread of the parent's may hold their locks
    with contextlib.suppress(BrokenPipeError):
        for job in jobs:
            sending.send(_scored(*job))


def _scored(
    gold: str | Path, predicted: str | Path, part: Part, labels: LabelMap | None, view: str | None
) -> _Scored | None:
    scorer = Scorer(labels=labels, view=view)
    alone: list[Document] = []
    read: dict[str, int] = {}
    last = -1

    def numbered() -> Iterator[Document]:
        for number, document in enumerate(read_jsonl(gold, part.gold)):
            read[document.id] = number
            yield document

    try:
        for ours, theirs in joined(numbered(), read_jsonl(predicted, part.predicted)):
            if ours is None:
                return None
            if theirs is None:
                alone.append(ours)
                continue
            if read[ours.id] < last:  # in another order, in which other examples of warnings would be the first
                return None
            last = read[ours.id]
            scorer.add(ours, theirs)
        return _Scored(scorer.shard(), alone)
    except GoldwireError:
        return None
