"""The journal of a run: each answer as it comes, so that a run that is cut off goes on where it was.

The first line says which task it is of; each further line is the answer to one document. Lines are given to the
operating system one by one, which outlives the process, and to the disk once a second, which outlives the machine. A
last line that was torn is done again.
"""

from __future__ import annotations

import fcntl
import os
import time
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

from goldwire.corpus.errors import UsageError
from goldwire.corpus.store import unreadable
from goldwire.eval.engines.messages import Answer

__all__ = ["JOURNAL", "Journal", "Task"]

JOURNAL = "journal.jsonl"
"""The name of the journal in a run's folder; it is gone when the run is written."""

_SYNC_SECONDS = 1.0
_NOT_DONE = -1


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """What must be the same for a run to go on: the documents in their order, the extractor and how it was made."""

    schema: str = "goldwire-journal/1"
    extractor: str
    version: str
    made: str
    documents: str

    def unlike(self, other: Task) -> list[str]:
        """The names of what is not the same."""
        return [field for field in self.__struct_fields__ if getattr(self, field) != getattr(other, field)]


class Journal:
    """The answers so far. ``stale`` says in what a journal that was there was of another task, and so was dropped."""

    def __init__(self, folder: Path, task: Task, count: int, *, fresh: bool = False) -> None:
        self.path = folder / JOURNAL
        self.stale: list[str] = []
        self._offsets = array("q", [_NOT_DONE]) * count
        self._synced = time.monotonic()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file: BinaryIO = self.path.open("a+b", buffering=0)
        except OSError as error:
            raise unreadable(folder, error, "a folder that can be written to") from None
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._file.close()
            raise UsageError(f"{folder}: found another run at work there; wait for it, or name another --out") from None
        self._end = 0 if fresh else self._read(task)
        self._file.truncate(self._end)
        if not self._end:
            self._append(msgspec.json.encode(task))
        self.taken = len(self)

    def __len__(self) -> int:
        return len(self._offsets) - self._offsets.count(_NOT_DONE)

    def __contains__(self, at: int) -> bool:
        return self._offsets[at] != _NOT_DONE

    def add(self, answer: Answer) -> None:
        """Keep an answer."""
        if answer.at in self:
            raise ValueError(f"document {answer.at} was answered twice")
        self._offsets[answer.at] = self._append(msgspec.json.encode(answer))

    def answers(self) -> Iterator[Answer]:
        """All answers, in the order of the documents; those of documents that were not reached are left out."""
        decode = msgspec.json.Decoder(Answer).decode
        with self.path.open("rb") as file:
            for offset in self._offsets:
                if offset != _NOT_DONE:
                    if file.tell() != offset:
                        file.seek(offset)
                    yield decode(file.readline())

    def close(self) -> None:
        """Leave the journal where it is, for the next run."""
        if not self._file.closed:
            os.fsync(self._file.fileno())
            self._file.close()

    def remove(self) -> None:
        """The run is written; its journal is of no more use."""
        self.path.unlink(missing_ok=True)
        self._file.close()

    def _append(self, line: bytes) -> int:
        try:
            left = memoryview(line + b"\n")
            while left:
                left = left[os.write(self._file.fileno(), left) :]
            now = time.monotonic()
            if now - self._synced > _SYNC_SECONDS:
                os.fsync(self._file.fileno())
                self._synced = now
        except OSError as error:
            raise unreadable(self.path, error, "a place that can be written to") from None
        at, self._end = self._end, self._end + len(line) + 1
        return at

    def _read(self, task: Task) -> int:
        """Take in what is there, up to the first line that is torn; where the sound part ends."""
        decode = msgspec.json.Decoder(Answer).decode
        self._file.seek(0)
        with self.path.open("rb") as file:
            head = file.readline()
            try:
                found = msgspec.json.decode(head, type=Task)
            except (msgspec.DecodeError, UnicodeDecodeError):
                return 0
            self.stale = task.unlike(found)
            if self.stale or not head.endswith(b"\n"):
                return 0
            end = len(head)
            for line in file:
                try:
                    answer = decode(line)
                except (msgspec.DecodeError, UnicodeDecodeError):
                    break
                if not line.endswith(b"\n") or answer.at >= len(self._offsets):
                    break
                self._offsets[answer.at] = end
                end += len(line)
        return end
