"""Where files are written: the folders that a path needs."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from goldwire.corpus.store import unreadable

__all__ = ["folders_made"]


@contextlib.contextmanager
def folders_made(path: str | Path) -> Iterator[None]:
    """Make the folders above ``path`` that are missing; they are gone again when the block fails.

    Raises
    ------
    InputError
        One cannot be made.
    """
    missing = []
    for folder in Path(path).absolute().parents:
        if folder.exists():
            break
        missing.append(folder)
    try:
        for folder in reversed(missing):
            folder.mkdir(exist_ok=True)
    except OSError as error:
        raise unreadable(path, error, "a place that can be written to") from None
    try:
        yield
    except BaseException:
        for folder in missing:
            with contextlib.suppress(OSError):  # something else is in it by now
                folder.rmdir()
        raise
