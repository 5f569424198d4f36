"""``cmd:COMMAND``: a process in any language, JSON lines over pipes.

The command is split as a shell splits it, and run without one. One line ``{"id", "text", "lang", "meta"}`` goes in
(keys without a value are left out), one line comes out before the next goes in: the record, or ``{"id", "error"}``.
What the process writes to its standard error is its log. A process that ended, or did not answer in time, is started
again for the next document.
"""

from __future__ import annotations

import contextlib
import io
import queue
import shlex
import shutil
import subprocess
import sys
import threading
import weakref
from collections import deque
from collections.abc import Mapping
from types import MappingProxyType
from typing import IO, cast

from goldwire.corpus.document import Document
from goldwire.corpus.errors import ExtractorError, UsageError, shown
from goldwire.eval.extractors.messages import Outside, answered, message, seconds
from goldwire.eval.extractors.protocol import Extractor

__all__ = ["OPTIONS", "Command", "make", "require"]

OPTIONS: Mapping[str, str] = MappingProxyType({"timeout": "the seconds that one document may take; 120 if not given"})

_GRACE = 2.0
"""Seconds in which a process that was told to end may do so."""

_LOG_LINES = 5


def require(target: str) -> None:
    """Refuse a command that cannot be split, or whose program is not there."""
    program = _words(target)[0]
    if shutil.which(program) is None:
        raise UsageError(f"extractor 'cmd:{target}': found no program {program!r}, expected one on the PATH")


def make(target: str, options: Mapping[str, str]) -> Extractor:
    """The process, which is started with the first document."""
    return Command(target, timeout=seconds(f"cmd:{target}", options, 120))


class Command(Outside):
    """A process that answers one document after the other."""

    def __init__(self, command: str, *, timeout: float) -> None:
        super().__init__(f"cmd:{command}")
        self._words = _words(command)
        self._timeout = timeout
        self._process: _Process | None = None

    def extract(self, document: Document) -> Document:
        """What the process answers.

        Raises
        ------
        ExtractorError
            It cannot be started, ended, did not answer in time, or answered something else than a record of this
            document.
        """
        if self._process is None:
            self._process = _Process(self._words)
        try:
            line = self._process.asked(message(document), self._timeout)
        except ExtractorError:
            self.close()
            raise
        return answered(line, document)

    def close(self) -> None:
        """End the process: its standard input is closed, and what does not end by that is made to."""
        process, self._process = self._process, None
        if process is not None:
            process.end()


class _Process:
    """A running command; threads read and write its pipes, so that no full pipe stops either side."""

    def __init__(self, words: list[str]) -> None:
        try:
            self._popen = subprocess.Popen(
                words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0
            )
        except OSError as error:
            raise ExtractorError(
                f"found {error.strerror or error} in starting {words[0]!r}, expected a program"
            ) from None
        self._lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._log: deque[str] = deque(maxlen=_LOG_LINES)
        stdin, stdout, stderr = (_pipe(pipe) for pipe in (self._popen.stdin, self._popen.stdout, self._popen.stderr))
        self._stdin = stdin
        self._readers = [
            threading.Thread(target=_read, args=(stdout, self._lines), daemon=True),
            threading.Thread(target=_forward, args=(stderr, self._log), daemon=True),
        ]
        for thread in self._readers:
            thread.start()
        self.end = weakref.finalize(self, _end, self._popen, stdin)

    def asked(self, line: bytes, timeout: float) -> bytes:
        """The line that comes back for ``line``."""
        if not self._lines.empty():
            early = self._lines.get()
            if early is None:
                raise ExtractorError(self._ending())
            raise ExtractorError(f"found {_start(early)} before it was asked, expected one line for each document")
        threading.Thread(target=_write, args=(self._stdin, line), daemon=True).start()
        try:
            answer = self._lines.get(timeout=timeout)
        except queue.Empty:
            raise ExtractorError(
                f"found no answer in {timeout:g} s, expected a line; does it end each with a newline, and flush it?"
            ) from None
        if answer is None:
            raise ExtractorError(self._ending())
        return answer

    def _ending(self) -> str:
        try:
            code = self._popen.wait(_GRACE)
        except subprocess.TimeoutExpired:
            return "found its standard output closed, expected a line for each document"
        self._readers[1].join(_GRACE)
        how = f"exit code {code}" if code >= 0 else f"signal {-code}"
        said = f"; its last words: {' / '.join(self._log)}" if self._log else ""
        return f"found that it ended ({how}) without an answer, expected a line for each document{said}"


def _words(command: str) -> list[str]:
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise UsageError(f"extractor 'cmd:{command}': found {error}, expected a command as a shell splits it") from None
    if not words:
        raise UsageError(f"extractor 'cmd:{command}': found no command, expected one behind the colon")
    return words


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise ExtractorError("found no pipe to the process, expected one")
    return pipe


def _read(pipe: IO[bytes], lines: queue.SimpleQueue[bytes | None]) -> None:
    with io.BufferedReader(cast(io.RawIOBase, pipe)) as buffered:
        for line in buffered:
            if not line.isspace():
                lines.put(line)
    lines.put(None)


def _forward(pipe: IO[bytes], log: deque[str]) -> None:
    with io.BufferedReader(cast(io.RawIOBase, pipe)) as buffered:
        for line in buffered:
            said = line.decode("utf-8", "replace")
            log.append(said.strip()[:200])
            with contextlib.suppress(OSError, ValueError):  # a log that cannot be written stops no work
                sys.stderr.write(said)


def _write(pipe: IO[bytes], line: bytes) -> None:
    view = memoryview(line)
    with contextlib.suppress(OSError, ValueError):  # a process that ended is told by its output
        while view:
            view = view[pipe.write(view) :]


def _end(popen: subprocess.Popen[bytes], stdin: IO[bytes]) -> None:
    with contextlib.suppress(OSError):
        stdin.close()
    for stop in (None, popen.terminate, popen.kill):
        if stop is not None:
            stop()
        with contextlib.suppress(subprocess.TimeoutExpired):
            popen.wait(_GRACE)
            return


def _start(line: bytes) -> str:
    return shown(line.decode("utf-8", "replace").strip())
