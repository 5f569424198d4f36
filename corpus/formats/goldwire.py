"""goldwire JSONL: the record itself, one document a line. Keeps everything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from goldwire.corpus.document import Document
from goldwire.corpus.formats.format import Format, Losses
from goldwire.corpus.store import COMPRESSED, read_jsonl, write_jsonl

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


def _read(path: Path, _: Losses) -> Iterator[Document]:
    yield from read_jsonl(path)


def _write(path: Path, documents: Iterable[Document], _: Losses) -> int:
    return write_jsonl(path, documents)


FORMAT = Format("goldwire", "goldwire JSONL, the record itself", _matches, _read, _write, suffixes=SUFFIXES)
