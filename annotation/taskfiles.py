"""Files of tasks, as Label Studio's own import takes them, and plain texts as documents."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from goldwire.annotation.tasks import Task
from goldwire.corpus.document import Document
from goldwire.corpus.errors import InputError, Problem, shown
from goldwire.corpus.places import folders_made
from goldwire.corpus.store import replacing, unreadable

__all__ = ["read_tasks", "read_text", "write_tasks"]


def read_tasks(path: str | Path) -> list[Task]:
    """The tasks of a JSON file; ``[]`` for an empty list.

    Raises
    ------
    InputError
        The file cannot be read, or holds no list of objects with ``data``.
    """
    try:
        tasks: Any = msgspec.json.decode(Path(path).read_bytes())
    except OSError as error:
        raise unreadable(path, error) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(
            Problem("not-json", str(error), "a list of tasks", "make it with `goldwire label tasks`", file=str(path))
        ) from None
    if not isinstance(tasks, list):
        what = f"a JSON {type(tasks).__name__}"
        raise InputError(Problem("not-tasks", what, "a list of tasks", "put the task in a list", file=str(path)))
    for index, task in enumerate(tasks):
        if not isinstance(task, dict) or not isinstance(task.get("data"), dict):
            remedy = "make it with `goldwire label tasks`"
            raise InputError(
                Problem("not-tasks", shown(task), "an object with `data`", remedy, f"[{index}]", file=str(path))
            )
    return tasks


def write_tasks(path: str | Path, tasks: Iterable[Task]) -> int:
    """Write ``tasks`` as a JSON list, one a line, whole or not at all, and say how many.

    Raises
    ------
    InputError
        The path cannot be written to.
    """
    count = 0
    with folders_made(path), replacing(path) as file:
        file.write(b"[")
        for task in tasks:
            file.write(b",\n" if count else b"\n")
            file.write(json.dumps(task, ensure_ascii=False, allow_nan=False).encode("utf-8"))
            count += 1
        file.write(b"\n]\n")
    return count


def read_text(path: str | Path) -> Document:
    """A plain text in UTF-8 as a document without layers, its id the name of the file without suffix.

    The text is that of the file to the last code point: line ends stay what they are.

    Raises
    ------
    InputError
        The file cannot be read, is not UTF-8, or begins with a byte order mark.
    """
    place = Path(path)
    try:
        content = place.read_bytes()
    except OSError as error:
        raise unreadable(path, error) from None
    if content.startswith(b"\xef\xbb\xbf"):
        remedy = "save the file as UTF-8 without BOM"
        raise InputError(Problem("byte-order-mark", "a byte order mark", "plain UTF-8", remedy, file=str(path)))
    try:
        return Document(id=place.stem, text=content.decode("utf-8"))
    except UnicodeDecodeError as error:
        found = f"byte 0x{content[error.start]:02x} at byte {error.start}"
        raise InputError(Problem("not-utf-8", found, "UTF-8", "save the file as UTF-8", file=str(path))) from None
