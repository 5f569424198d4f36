"""goldwire JSONL: the record itself, one document a line. Keeps everything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from goldwire.corpus.document import Document
from goldwire.corpus.errors import InputError
from goldwire.corpus.formats.format import Format, Losses
from goldwire.corpus.store import COMPRESSED, lines_of, read_jsonl, write_jsonl

__all__ = ["FORMAT", "SUFFIXES"]


SUFFIXES = (".jsonl", *(f".jsonl{suffix}" for suffix in COMPRESSED))

_HEAD = b'{"schema":"goldwire/'


def _matches(path: Path) -> bool:
    """A ``.jsonl`` file whose first line names the record's schema, or an empty or broken one: its errors are told.

    A compressed one is not looked into.
    """
    if path.name.endswith(SUFFIXES[1:]):
        return path.is_file()
    try:
        with path.open("rb") as file:
            if path.suffix != ".jsonl":
                return file.read(len(_HEAD)) == _HEAD
            return b'"schema"' in file.readline() or file.tell() == 0
    except OSError:
        return path.suffix == ".jsonl"


def _read(path: Path, losses: Losses) -> Iterator[Document]:
    return _read_closely(path, losses) if losses.closely else read_jsonl(path)


def _read_closely(path: Path, losses: Losses) -> Iterator[Document]:
    empty = True
    for line in lines_of(path):
        for problem in line.problems:
            if line.document is None or problem.code != "repeated-key":
                raise InputError(problem)
            losses.count(line.document.id, "keys given more than once, of which the last counts", problem.field or "")
        if line.document is not None:
            empty = False
            yield line.document
    if empty:
        yield from read_jsonl(path)  # which says so


def _write(path: Path, documents: Iterable[Document], _: Losses) -> int:
    return write_jsonl(path, documents)


FORMAT = Format("goldwire", "goldwire JSONL, the record itself", _matches, _read, _write, suffixes=SUFFIXES)
