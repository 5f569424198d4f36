"""Read and write documents by path, whatever the format: found by looking at the path, or named."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from goldwire.corpus.document import Document
from goldwire.corpus.errors import InputError, Problem, UsageError, shown
from goldwire.corpus.formats import NAMES, Format, Losses, format_named, format_of
from goldwire.corpus.formats.goldwire import SUFFIXES
from goldwire.corpus.made import well_formed_each
from goldwire.corpus.places import folders_made
from goldwire.corpus.store import unreadable

__all__ = ["READ", "files", "format_to_read", "format_to_write", "path_of", "read", "write"]

LABEL_STUDIO = "label-studio"

READ = (*NAMES, LABEL_STUDIO)
"""The names of the formats that are read: those of the table, and Label Studio's export."""


def read(path: str | Path, format: str | None = None, *, losses: Losses | None = None) -> Iterator[Document]:  # noqa: A002
    """The documents of a file, a folder, a glob or, for ``-``, of standard input, one at a time.

    A glob such as ``part-*.jsonl.zst`` is read in the order of the names; standard input is goldwire JSONL. A folder
    is one of a format that is a folder, or holds files: all its ``.jsonl`` files in the order of their names,
    or where it has none, all files of a known format. ``format`` is one of ``READ``;
    without it the path is looked at. ``losses`` counts what the record has no place for.

    Raises
    ------
    InputError
        There is no such path, it holds no documents, is of no known format, or is broken.
    UsageError
        There is no format of that name.
    """
    counted = _counted(losses)
    for place, found in _sources(Path(path_of(path)), format):
        yield from found.read(place, counted)


def write(
    path: str | Path,
    documents: Iterable[Document],
    format: str | None = None,  # noqa: A002
    *,
    losses: Losses | None = None,
) -> int:
    """Write ``documents`` to a file or folder, whole or not at all, and say how many; folders above it are made.

    ``format`` names the format; without it the path's suffix tells. ``losses`` counts what the format has no place for.

    Raises
    ------
    InputError
        The path cannot be written to, or a document cannot be held by the format.
    UsageError
        There is no format of that name or suffix, or it is only read.
    """
    writer = format_to_write(path_of(path), format).write
    if writer is None:
        return 0
    with folders_made(path):
        return writer(Path(path), well_formed_each(documents), _counted(losses))


def path_of(path: str | Path) -> str | Path:
    """``path``, if it is one.

    Raises
    ------
    UsageError
        It is of another type, empty, or holds a null byte, which no file's name does.
    """
    if not isinstance(path, str | os.PathLike) or not str(path) or "\0" in str(path):
        raise UsageError(f"found {shown(path)}, expected the path of a file or a folder")
    return path


def _counted(losses: Losses | None) -> Losses:
    if not isinstance(losses, Losses | None):
        raise UsageError(f"losses: found {shown(losses)}, expected a Losses, or None")
    return Losses() if losses is None else losses


def format_to_read(path: str | Path, format: str | None = None) -> Format:  # noqa: A002
    """The format in which ``path``, or the first file of a folder, is read.

    Raises
    ------
    InputError
        There is no such path, or it is of no known format.
    UsageError
        There is no format of that name.
    """
    return next(found for _, found in _sources(Path(path), format))


def format_to_write(path: str | Path, format: str | None = None) -> Format:  # noqa: A002
    """The format in which ``path`` is written.

    Raises
    ------
    UsageError
        There is no format of that name or suffix, or it is only read.
    """
    known = [format_named(name) for name in NAMES]
    if format is None:
        chosen = next((found for found in known if found.write and _is_named(found, Path(path))), None)
        if chosen is None:
            suffixes = ", ".join(f"{s} ({found.name})" for found in known if found.write for s in _suffixes(found))
            raise UsageError(f"{path}: found no suffix of a format, expected one of {suffixes}: name it with --to")
    else:
        chosen = _format_named(format)
    if chosen.write is None:
        writable = ", ".join(found.name for found in known if found.write)
        raise UsageError(f"format {chosen.name!r} is only read; those that are written are {writable}")
    return chosen


def files(path: str | Path) -> list[Path]:
    """The goldwire JSONL files that ``path``, a file, a folder or a glob, stands for.

    Raises
    ------
    InputError
        A folder cannot be read, or holds no ``.jsonl`` file.
    """
    place = Path(path)
    if any(sign in str(place) for sign in "*?[") and not place.exists():
        return [file for part in _globbed(place) for file in files(part)]
    if not os.path.isdir(place):  # noqa: PTH112 (pathlib's raises where access is denied)
        return [place]
    found = [place / name for name in _names(place) if name.endswith(SUFFIXES)]
    if not found:
        raise InputError(
            Problem("no-documents", "a folder without .jsonl files", "one or more", "check the path", file=str(path))
        )
    return found


def _sources(path: Path, name: str | None) -> Iterator[tuple[Path, Format]]:
    """What there is to read, and its formats."""
    if str(path) == "-":
        path = Path("/dev/stdin")
    elif any(sign in str(path) for sign in "*?[") and not path.exists():
        for part in _globbed(path):
            yield from _sources(part, name)
        return
    named = None if name is None else _format_named(name)
    if not os.path.isdir(path):  # noqa: PTH112
        yield path, named or _seen(path)
        return
    listed = _names(path)
    if not listed:
        files(path)  # which says so
    if named is not None:
        parts = [path / name for name in listed]
        mine = [] if named.matches(path) else [part for part in parts if part.is_file() and _is_of(named, part)]
        yield from ((part, named) for part in mine or [path])
        return
    lines = [path / name for name in listed if name.endswith(SUFFIXES)]
    whole = None if lines else format_of(path)
    if whole is not None:
        yield path, whole
        return
    seen = [(part, _seen(part)) for part in lines]
    seen += [(path / name, kind) for name in listed if not lines and (kind := _format_of(path / name))]
    if not seen:
        remedy = "check the path, or name the format with --from"
        found = "a folder without files of a known format"
        raise InputError(Problem("no-documents", found, f"one of {', '.join(READ)}", remedy, file=str(path)))
    yield from seen


def _format_named(name: str) -> Format:
    """A format of the table, or Label Studio's export, which is read by the rules of annotation, above the table."""
    return _label_studio() if name == LABEL_STUDIO else format_named(name)


def _format_of(path: Path) -> Format | None:
    found = format_of(path)
    if found is None and path.suffix == ".json" and _label_studio().matches(path):
        return _label_studio()
    return found


def _label_studio() -> Format:
    from goldwire.annotation.exportformat import FORMAT

    return FORMAT


def _is_of(named: Format, file: Path) -> bool:
    return named.matches(file) or _is_named(named, file)


def _is_named(found: Format, file: Path) -> bool:
    return file.name.endswith(_suffixes(found))


def _suffixes(found: Format) -> tuple[str, ...]:
    return found.suffixes or (f".{found.name}",)


def _seen(path: Path) -> Format:
    try:
        path.stat()
    except OSError as error:
        raise unreadable(path, error) from None
    found = _format_of(path)
    if found is None and path.name.endswith(SUFFIXES):
        found = format_named("goldwire")  # which says what is wrong with it
    if found is None:
        expected = f"one of {', '.join(READ)}"
        remedy = "name the format with --from, if it is one of these"
        raise InputError(Problem("unknown-format", "a file of no known format", expected, remedy, file=str(path)))
    return found


def _globbed(pattern: Path) -> list[Path]:
    found = sorted(Path(path) for path in glob.glob(str(pattern), recursive=True))  # noqa: PTH207 (Path's is relative)
    if not found:
        raise InputError(Problem("no-documents", "nothing that fits", "one or more files", "", file=str(pattern)))
    return found


def _names(folder: Path) -> list[str]:
    try:
        return sorted(name for name in os.listdir(folder) if not name.startswith("."))  # noqa: PTH208
    except OSError as error:
        raise unreadable(folder, error, "a folder that can be read") from None
