"""Documents written in a format and read again, and what was counted on the way."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

from goldwire.corpus.document import Document
from goldwire.corpus.formats import Losses, format_named

__all__ = ["trip"]


def trip(name: str, documents: Iterable[Document]) -> tuple[list[Document], Losses]:
    """What comes back from ``documents`` in the format, and what writing left out."""
    found, losses = format_named(name), Losses()
    assert found.write is not None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"out{found.suffixes[0] if found.suffixes else ''}"
        found.write(path, documents, losses)
        return list(found.read(path, Losses())), losses
