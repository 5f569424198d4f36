"""Label Studio's JSON export as a format that is read: predictions and gold may be one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from goldwire.annotation.exports import read_export
from goldwire.corpus.document import Document
from goldwire.corpus.errors import InputError, Problem
from goldwire.corpus.formats import Format, Losses

__all__ = ["FORMAT"]

_HEAD = 1 << 16
_KEYS: Final = (b'"annotations"', b'"completions"', b'"predictions"')


def _matches(path: Path) -> bool:
    """Whether it is a JSON file whose head has the keys of a task."""
    if path.suffix != ".json" or not path.is_file():
        return False
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError:
        return False
    return head.lstrip()[:1] in (b"[", b"{") and (b'"data"' in head or any(key in head for key in _KEYS))


def _read(path: Path, losses: Losses) -> Iterator[Document]:
    """Each annotation as a document; where there is none, each prediction. Problems are counted."""
    exported = read_export(path)
    if not exported.annotated:
        predicted = read_export(path, predictions=True)
        exported = predicted if predicted.annotated else exported
    for problem in exported.problems:
        losses.count(problem.document or "", f"{problem.code}: found {problem.found}", problem.field or "")
    if not exported.annotated:
        want = "an annotation or a prediction"
        raise InputError(Problem("no-documents", "no annotation", want, "annotate a task", file=str(path)))
    yield from exported.documents


FORMAT = Format("label-studio", "Label Studio's JSON export, annotations or else predictions", _matches, _read)
