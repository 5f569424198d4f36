"""Outside formats, one module each, all of one shape: ``FORMATS`` by name. Importing this loads no library."""

from __future__ import annotations

import importlib
from pathlib import Path

from goldwire.corpus.errors import UsageError
from goldwire.corpus.formats.format import Format, Losses

__all__ = ["NAMES", "Format", "Losses", "format_named", "format_of"]

NAMES = ("goldwire", "nerel", "brat", "factrueval", "doccano", "spans", "parquet", "hub", "conll", "spacy", "cas")
"""The formats, in the order in which a path is tried."""


def format_named(name: str) -> Format:
    """The format with that name.

    Raises
    ------
    UsageError
        There is no such format.
    """
    if name not in NAMES:
        raise UsageError(f"format {name!r}: no such format; there are {', '.join(NAMES)}")
    found: Format = importlib.import_module(f"goldwire.corpus.formats.{name.replace('-', '_')}").FORMAT
    return found


def format_of(path: Path) -> Format | None:
    """The first format that ``path`` looks like; ``None`` for none."""
    if path.exists() and not path.is_file() and not path.is_dir():
        return format_named("goldwire")  # a pipe can be read once only: there is no looking first
    return next((found for name in NAMES if (found := format_named(name)).matches(path)), None)
