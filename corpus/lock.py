"""One writer at a time: who reads a file to write it anew keeps others who do so waiting."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from goldwire.corpus.store import unreadable

__all__ = ["locked"]


@contextlib.contextmanager
def locked(path: str | Path) -> Iterator[None]:
    """Wait until nobody else holds the lock of ``path``, and hold it for the block; a killed holder holds nothing.

    The lock is that of a hidden file beside what ``path`` is or points to, since a folder has none on a network file
    system. It binds those who ask for it: an editor does not.

    Raises
    ------
    InputError
        The folder does not exist or cannot be written to, or its file system has no locks.
    """
    target = Path(os.path.realpath(path))
    place = target.with_name(f".{target.name}.lock")
    try:
        file = _taken(place)
    except OSError as error:
        raise unreadable(path, error, "a place that can be written to and locked") from None
    with file:
        try:
            yield
        finally:
            with contextlib.suppress(OSError):  # left behind it is in nobody's way
                place.unlink()


def _taken(place: Path) -> BinaryIO:
    while True:
        file = place.open("ab")
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            with contextlib.suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(file.fileno()), place.stat()):
                    return file
        except BaseException:
            file.close()
            raise
        file.close()  # the holder before us took the file away, and another may have made a new one
