"""One process of an extractor, seen from the judge's side: started, asked, watched, ended."""

from __future__ import annotations

import codecs
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import NamedTuple

import msgspec

from goldwire.eval.engines.messages import PYTHONPATH, Answer, Card, Frames, Job, Setup, frame
from goldwire.eval.memory import peak, resident

__all__ = ["MAKE_FACTOR", "NO_LIMITS", "Limits", "Process"]

MAKE_FACTOR = 10
"""Making an extractor may take so many times as long as a document."""

_QUICK_SECONDS = 0.5
"""Where a document takes less, the next one is sent ahead."""

_MOST_AHEAD = 1 << 15
"""What is sent ahead must find room in the pipe: nobody reads there while the process is at work."""

_LOOK_SECONDS = 0.25
_MOST_PIECES = 4
_TAIL = 2000
_GRACE_SECONDS = 2.0


class Limits(NamedTuple):
    """What one document may take: ``seconds`` on the clock, ``memory`` in bytes of the process and its children."""

    seconds: float | None = None
    memory: int | None = None


NO_LIMITS = Limits()


class Process:
    """A worker process. ``answers`` and ``log`` are the descriptors to watch; both are read without blocking.

    ``card`` is there when the extractor is made; ``jobs`` are the documents that it was given and has not answered. The
    first is the one that it is at. A quick extractor is given the next one while it is at the first, so that it never
    waits for the judge.
    """

    def __init__(self, what: str, limits: Limits, on_log: Callable[[str], None], threads: int | None = None) -> None:
        self._limits, self._on_log = limits, on_log
        self._frames = Frames()
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._tail = ""
        self.card: Card | None = None
        self.jobs: deque[Job] = deque()
        self._born = self._begin = time.monotonic()
        self._rested = True
        self._looked = 0.0
        self.memory = 0
        self._quick = False
        requests, self._requests = os.pipe()
        self.answers, answers = os.pipe()
        self.log, log = os.pipe()
        path = os.pathsep.join(os.path.abspath(entry) for entry in sys.path)  # noqa: PTH100 ("" is this folder)
        environment = {**os.environ, "PYTHONPATH": path}
        if "PYTHONPATH" in os.environ:
            environment[PYTHONPATH] = os.environ["PYTHONPATH"]
        if threads is not None:  # several processes share the cores; each would take all of them
            environment.setdefault("OMP_NUM_THREADS", str(threads))
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-u", "-m", "goldwire.eval.worker", str(requests), str(answers)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=(requests, answers),
                env=environment,
                start_new_session=True,
            )
        finally:
            for descriptor in (requests, answers, log):
                os.close(descriptor)
        for descriptor in (self.answers, self.log):
            os.set_blocking(descriptor, False)
        self._write(frame(Setup(what)))

    @property
    def pid(self) -> int:
        """The process's id, which is also that of its group."""
        return self._process.pid

    @property
    def age(self) -> float:
        """Seconds since it was started."""
        return time.monotonic() - self._born

    @property
    def idle(self) -> bool:
        """Whether it waits for a document."""
        return self.card is not None and not self.jobs

    @property
    def overdue(self) -> float | None:
        """The moment, on the monotonic clock, when its time is up; ``None`` where there is none."""
        if self._limits.seconds is None or self.idle:
            return None
        return self._begin + self._limits.seconds * (1 if self.card is not None else MAKE_FACTOR)

    def rest(self) -> None:
        """From here it waits for want of documents, which is no time that it lost."""
        self._rested = True

    def offer(self, job: Job) -> bool:
        """Give it a document, if it has room for one."""
        if self.card is None or len(self.jobs) >= (2 if self._quick else 1):
            return False
        data = frame(job)
        if self.jobs and len(data) > _MOST_AHEAD:
            return False
        if not self.jobs:
            self._begin = time.monotonic()
        self.jobs.append(job)
        self._write(data)
        return True

    def receive(self) -> Iterator[Card | Answer]:
        """What has come: its card, then answers.

        Raises
        ------
        EOFError
            It closed the pipe.
        ValueError
            What came is none of ours.
        """
        while True:
            try:
                piece = os.read(self.answers, 1 << 18)
            except BlockingIOError:
                return
            if not piece:
                raise EOFError
            for content in self._frames.add(piece):
                if self.card is None:
                    self.card = msgspec.json.decode(content, type=Card)
                    yield self.card
                    continue
                answer = msgspec.json.decode(content, type=Answer)
                if not self.jobs or answer.at != self.jobs[0].at:
                    raise ValueError("an answer to nothing that was asked")
                if self._rested:
                    self._rested, answer.held_seconds = False, None
                self.jobs.popleft()
                self._begin = time.monotonic()
                self._quick = answer.seconds is not None and answer.seconds < _QUICK_SECONDS
                yield answer

    def listen(self) -> bool:
        """Take in some of what it printed, which may never end; ``False`` at the end of it."""
        for _ in range(_MOST_PIECES):
            try:
                piece = os.read(self.log, 1 << 16)
            except BlockingIOError:
                return True
            if not piece:
                return False
            text = self._decoder.decode(piece)
            self._tail = (self._tail + text)[-_TAIL:]
            self._on_log(text)
        return True

    def look(self) -> int:
        """The peak of the memory that it and its children have held, in bytes, read four times a second at the most."""
        now = time.monotonic()
        if now - self._looked > _LOOK_SECONDS:
            self.memory, self._looked = max(self.memory, peak(self.pid)), now
        return self.memory

    def fault(self) -> str | None:
        """Why it must be ended or has ended: its time is up, it holds too much memory, it is gone; else ``None``."""
        limits = self._limits
        if self.overdue is not None and time.monotonic() > self.overdue:
            what = "no answer" if self.card is not None else "was not made"
            allowed = (limits.seconds or 0) * (1 if self.card is not None else MAKE_FACTOR)
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGABRT)  # its traceback comes by the log
            return f"timeout: {what} within {allowed:g} s"
        if limits.memory is not None and not self.idle and (held := resident(self.pid)) > limits.memory:
            self.memory = max(self.memory, held)
            self._signal()
            return f"memory: more than {limits.memory:,} bytes"
        return self._exit() if self._process.poll() is not None else None

    def lost(self, why: str | None = None) -> str:
        """Why it is gone, where ``why`` does not say, after a moment in which it may end by itself."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(0.5)
        if why is None:
            why = self._exit() if self._process.poll() is not None else "crash: its process broke off the connection"
        return why

    def tail(self) -> str:
        """The end of what it printed."""
        return self._tail.strip()

    def hang_up(self) -> None:
        """Let it know that no more documents come, at which it ends by itself."""
        if self._requests >= 0:
            self._looked = 0.0
            self.look()
            os.close(self._requests)
            self._requests = -1

    def close(self, *, kill: bool = False) -> bool:
        """End it, gently at first unless it is to be killed, and say whether it left processes behind."""
        self.hang_up()
        if not kill:
            until = time.monotonic() + _GRACE_SECONDS
            while self._process.poll() is None and time.monotonic() < until:
                self.listen()  # so that a last word does not hold it
                time.sleep(0.005)
        alone = self._process.poll() is not None
        if not alone:
            self._signal()
            self._process.wait()
        left = alone and self._has_left()
        self._signal()
        self.listen()
        for descriptor in (self.answers, self.log):
            os.close(descriptor)
        return left

    def _exit(self) -> str:
        code = self._process.returncode
        if code >= 0:
            return f"crash: its process exited with code {code}"
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = str(-code)
        hint = " (out of memory?)" if name == "SIGKILL" else ""
        return f"crash: its process was ended by {name}{hint}"

    def _has_left(self) -> bool:
        """Whether its group lives on without it; helpers that end with it get a moment to do so."""
        for _ in range(20):
            try:
                os.killpg(self.pid, 0)
            except (ProcessLookupError, PermissionError):
                return False
            time.sleep(0.01)
        return True

    def _signal(self) -> None:
        """Kill the whole group."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)

    def _write(self, data: bytes) -> None:
        left = memoryview(data)
        with contextlib.suppress(BrokenPipeError):  # that it is gone is seen where answers are read
            while left:
                left = left[os.write(self._requests, left) :]
