"""Folders of files: written whole or not at all, their names made from document ids, their bytes decoded strictly."""

from __future__ import annotations

import contextlib
import re
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from goldwire.corpus.errors import InputError, Problem
from goldwire.corpus.store import unreadable

__all__ = ["Names", "decoded", "files_of", "id_of", "replacing_folder"]

_UNSAFE = re.compile(r"[^\w.-]|^\.|\.$")
_MOST_BYTES = 200


@contextlib.contextmanager
def replacing_folder(path: Path) -> Iterator[Path]:
    """A folder that takes the place of ``path`` when the block ends well, and vanishes when it does not.

    Raises
    ------
    InputError
        ``path`` is a file or a folder with something in it, or its place cannot be written to.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        if path.exists() and (not path.is_dir() or any(path.iterdir())):
            found = "a folder that is not empty" if path.is_dir() else "a file"
            remedy = "remove it, or give another path"
            raise InputError(Problem("place-taken", found, "a new or empty folder", remedy, file=str(path)))
        draft.mkdir()
    except OSError as error:
        raise unreadable(path, error, "a place that can be written to") from None
    try:
        yield draft
        if path.exists():
            path.rmdir()
        draft.replace(path)
    except OSError as error:
        raise unreadable(path, error, "a place that can be written to") from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def decoded(path: Path) -> str:
    """The text of a file: its bytes as strict UTF-8, line ends and a byte order mark as they are.

    Raises
    ------
    InputError
        The file cannot be read, or is not UTF-8.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise unreadable(path, error) from None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        found = f"byte 0x{data[error.start]:02x} at byte {error.start} of the file"
        problem = Problem("not-utf-8", found, "UTF-8", "save the file as UTF-8", line=line, file=str(path))
        raise InputError(problem) from None


def files_of(folder: Path, suffix: str) -> dict[str, Path]:
    """Path below ``folder`` without its suffix → file, for all files of one suffix; hidden ones and folders left out.

    In the order of these paths.

    Raises
    ------
    InputError
        The folder cannot be read.
    """
    try:
        found = {
            file.relative_to(folder).as_posix().removesuffix(suffix): file
            for file in folder.rglob(f"*{suffix}")
            if file.is_file() and not any(part.startswith(".") for part in file.relative_to(folder).parts)
        }
    except OSError as error:
        raise unreadable(folder, error, "a folder that can be read") from None
    return dict(sorted(found.items()))


def id_of(name: str) -> str:
    """The id of the document in the file with that path: characters written as ``%`` and two digits are themselves.

    >>> id_of("train/a%3Ab")
    'train/a:b'
    """
    return unquote(name)


class Names:
    """File names for document ids, each its own, also where upper and lower case are one.

    >>> names = Names()
    >>> [names.of(id_) for id_ in ("train/a:b", "A", "a", "", "../x")]
    ['train/a%3Ab', 'A', 'a~2', '%', '%2E%2E/x']
    """

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._ids: set[str] = set()

    def of(self, identity: str) -> str:
        """The path, without a suffix, of the files of that document.

        Raises
        ------
        InputError
            The id came before.
        """
        if identity in self._ids:
            remedy = "remove or rename one"
            raise InputError(Problem("duplicate-document", "an id twice", "one document an id", remedy, "id", identity))
        self._ids.add(identity)
        *folders, last = (_safe(part) for part in identity.split("/"))
        # a dot in a folder's name could make it the file of another document
        name = "/".join([*(part.replace(".", "%2E") for part in folders), last])
        number = 1
        wanted = name
        while wanted.casefold() in self._taken:
            number += 1
            wanted = f"{name}~{number}"
        self._taken.add(wanted.casefold())
        return wanted


def _safe(part: str) -> str:
    name = _UNSAFE.sub(lambda match: "".join(f"%{byte:02X}" for byte in match.group().encode()), part) or "%"
    while len(name.encode()) > _MOST_BYTES:
        name = name[: len(name) // 2]
    return name
