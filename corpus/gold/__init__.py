"""The embedded gold: a corpus by name and version, read from the package without network or cache."""

from __future__ import annotations

import re
from importlib.resources import files
from importlib.resources.abc import Traversable

import msgspec

from goldwire.corpus.document import Document
from goldwire.corpus.errors import UsageError
from goldwire.corpus.manifest import Manifest

__all__ = ["NAME", "load", "manifest"]

NAME = "palmyra"
"""The name of the embedded corpus."""


def load(name: str | None = None) -> list[Document]:
    """The documents of the embedded corpus ``NAME`` or ``NAME@VERSION``; without a name, of its newest version.

    >>> [document.id for document in load()]
    ['tass-2016-12-16-palmyra']

    Raises
    ------
    UsageError
        There is no such corpus or version.
    """
    manifest(name)
    lines = (_folder() / "gold.jsonl").read_bytes().splitlines()
    return [msgspec.json.decode(line, type=Document) for line in lines]


def manifest(name: str | None = None) -> Manifest:
    """The manifest of the embedded corpus: version, hashes, counts by label.

    Raises
    ------
    UsageError
        There is no such corpus or version.
    """
    found = msgspec.json.decode((_folder() / "manifest.json").read_bytes(), type=Manifest)
    if name not in (None, found.name, f"{found.name}@{found.version}"):
        raise UsageError(f"gold {name!r}: no such corpus; available: {found.name}, {found.name}@{found.version}")
    return found


def is_name(text: str) -> bool:
    """Whether ``text`` has the form of an embedded corpus's name, with or without a version."""
    return re.fullmatch(rf"{NAME}(@[\w.]+)?", text) is not None


def _folder() -> Traversable:
    return files("goldwire.corpus.gold")
