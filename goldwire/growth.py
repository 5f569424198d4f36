"""How a corpus grows: new documents from articles, and a manifest that says what a folder of them holds."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO

from goldwire.corpus.document import UNSET, Document, sha256
from goldwire.corpus.errors import InputError, Problem, UsageError, shown
from goldwire.corpus.layout import lines, sections_of
from goldwire.corpus.lock import locked
from goldwire.corpus.manifest import (
    MANIFEST,
    Manifest,
    claims,
    departures,
    read_manifest,
    write_manifest,
)
from goldwire.corpus.places import folders_made
from goldwire.corpus.scheme import SCHEME, Scheme
from goldwire.corpus.store import encoded, lines_of, replacing, unreadable
from goldwire.eval.baselines.layout import blocks, dateline
from goldwire.io import read

__all__ = ["add", "claim", "new_document", "proven"]


def new_document(article: str | Path, *, lang: str = "ru", meta: Mapping[str, str] | None = None) -> Document:
    """A document to annotate: text, hash, language, metadata, and blocks, sections and dateline as the rules see them.

    The id is the file's name without its last suffix. The text is the file's bytes read as UTF-8, every character and
    line end as it is. Mentions and quotes are left for people, and so absent.

    Raises
    ------
    InputError
        The file cannot be read, is not UTF-8, begins with a byte order mark, or has no words, or its name cannot be
        printed.
    """
    path = Path(article)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise unreadable(path, error) from None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        found = f"byte 0x{data[error.start]:02x} at byte {error.start}"
        raise _refused(path, "not-utf-8", found, "UTF-8", "save the file as UTF-8") from None
    if not path.stem.isprintable():
        raise _refused(path.parent, "bad-id", shown(path.stem), "a name that can be printed", "rename the file")
    if text.startswith("\ufeff"):
        raise _refused(path, "byte-order-mark", "a byte order mark", "plain UTF-8", "save the file without BOM")
    if not lines(text):
        raise _refused(path, "no-words", f"{len(text)} characters without words", "an article", "check the file")
    found_blocks = blocks(text)
    return Document(
        id=path.stem,
        text=text,
        sha256=sha256(text),
        lang=lang,
        meta=dict(meta) if meta else UNSET,
        blocks=found_blocks,
        sections=sections_of(found_blocks),
        dateline=dateline(text, found_blocks),
    )


def _refused(path: Path, code: str, found: str, expected: str, remedy: str) -> InputError:
    return InputError(Problem(code, found, expected, remedy, file=str(path)))


def add(documents: Iterable[Document], corpus: str | Path) -> int:
    """Append ``documents`` to a JSONL file, all of them or none; the lines that it has stay byte for byte.

    A file that does not exist is begun. Of two who add at the same moment one waits for the other (``locked``). Gives
    how many were added.

    Raises
    ------
    InputError
        The file has a line that is no record, an id is there already or twice among the new, or nothing can be written.
    """
    path, new = Path(corpus), list(documents)
    with folders_made(path), locked(path):
        known = _ids(path)
        for document in new:
            if document.id in known:
                found = f"the id of {known[document.id]}"
                remedy = "rename the article's file, or leave it out"
                raise InputError(
                    Problem("duplicate-document", found, "an id of its own", remedy, "id", document.id, file=str(path))
                )
            known[document.id] = "another article"
        with replacing(path) as file:
            if path.exists():
                _copy(path, file)
            for document in new:
                file.write(encoded(document) + b"\n")
    return len(new)


def _ids(path: Path) -> dict[str, str]:
    """The id of each document of a file that is sound, with its place; none of a file that is not there."""
    known: dict[str, str] = {}
    for line in lines_of(path) if path.exists() else ():
        for problem in line.problems:
            raise InputError(problem)
        if line.document is not None:
            known[line.document.id] = f"{path}:{line.number}"
    return known


def _copy(path: Path, file: IO[bytes]) -> None:
    """Every byte of ``path``, and a line end if the last line has none."""
    try:
        with path.open("rb") as old:
            shutil.copyfileobj(old, file)
            old.seek(-min(1, path.stat().st_size), os.SEEK_END)
            if old.read(1) not in (b"", b"\n"):
                file.write(b"\n")
    except OSError as error:
        raise unreadable(path, error) from None


def proven(folder: str | Path, scheme: Scheme = SCHEME) -> tuple[Manifest, list[Problem]]:
    """The manifest of a corpus's folder, and every claim of it that its documents do not bear out; none for a true one.

    Raises
    ------
    InputError
        The manifest or the documents cannot be read, or two documents have one id.
    """
    claimed = read_manifest(_folder(folder))
    counted = claims(read(folder, "goldwire"), name=claimed.name, version=claimed.version, scheme=scheme.version)
    file = str(Path(folder) / MANIFEST)
    return claimed, [problem.at(file=file) for problem in departures(claimed, counted)]


def claim(folder: str | Path, name: str | None = None, scheme: Scheme = SCHEME) -> Manifest:
    """Count a corpus's folder and write its manifest.

    ``name`` is NAME@VERSION; without it the old manifest's stay, and a first manifest has the folder's name, ``@0.1``.

    Raises
    ------
    InputError
        The documents or the old manifest cannot be read, two have one id, or nothing can be written.
    UsageError
        ``name`` has another form.
    """
    place = _folder(folder)
    if name is not None:
        match = re.fullmatch(r"([\w.-]+)@([\w.-]+)", name)
        if match is None:
            raise UsageError(f"name {name!r}: expected NAME@VERSION, letters, digits, '.', '-' and '_' on either side")
        title, version = match.groups()
    elif (place / MANIFEST).exists():
        old = read_manifest(place)
        title, version = old.name, old.version
    else:
        title, version = place.resolve().name, "0.1"
    counted = claims(read(place, "goldwire"), name=title, version=version, scheme=scheme.version)
    write_manifest(place, counted)
    return counted


def _folder(folder: str | Path) -> Path:
    place = Path(folder)
    if not place.is_dir():
        raise InputError(
            Problem(
                "no-folder",
                shown(str(folder)),
                "a folder of .jsonl files",
                "a manifest is of a folder",
                file=str(folder),
            )
        )
    return place


def pairs(texts: Iterable[str]) -> Iterator[tuple[str, str]]:
    """``key=value`` texts as pairs.

    Raises
    ------
    UsageError
        One has no ``=`` or no key, or a key comes twice.
    """
    seen: set[str] = set()
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key or key in seen:
            raise UsageError(f"meta {text!r}: expected KEY=VALUE, each key once, such as published=2016-12-16")
        seen.add(key)
        yield key, value
