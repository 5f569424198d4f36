"""Read and write documents by path, whatever the format: today goldwire JSONL, one file or a folder of files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from goldwire.corpus.document import Document
from goldwire.corpus.errors import InputError, Problem
from goldwire.corpus.store import read_jsonl, write_jsonl

__all__ = ["read", "write"]


def read(path: str | Path) -> Iterator[Document]:
    """The documents of a ``.jsonl`` file, or of all ``.jsonl`` files of a folder in the order of their names.

    Raises
    ------
    InputError
        There is no such path, it holds no documents, or a line is no record.
    """
    for file in files(path):
        yield from read_jsonl(file)


def files(path: str | Path) -> list[Path]:
    """The files that ``path`` stands for.

    Raises
    ------
    InputError
        There is no such path, or a folder holds no ``.jsonl`` file.
    """
    place = Path(path)
    if not place.is_dir():
        return [place]
    found = sorted(file for file in place.glob("*.jsonl") if not file.name.startswith("."))
    if not found:
        raise InputError(
            Problem("no-documents", "a folder without .jsonl files", "one or more", "check the path", file=str(path))
        )
    return found


def write(path: str | Path, documents: Iterable[Document]) -> int:
    """Write ``documents`` to a JSONL file, whole or not at all, and say how many.

    Raises
    ------
    InputError
        The path cannot be written to.
    """
    return write_jsonl(path, documents)
