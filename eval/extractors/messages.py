"""What goes to an extractor outside of Python, and what comes back: one JSON object each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from goldwire.corpus.document import LAYERS, UNSET, Document
from goldwire.corpus.errors import ExtractorError, UsageError, shown
from goldwire.eval.extractors.outputs import document_of
from goldwire.eval.labels import LabelMap

__all__ = ["Outside", "answered", "message", "seconds"]


class Outside:
    """What an extractor outside of Python can be assumed to be; options say more."""

    version = "unknown"
    layers: tuple[str, ...] = ()
    labels: LabelMap | None = None
    view = "all"
    alignment = "nth"
    by_gold_authors = False

    def __init__(self, name: str) -> None:
        self.name = name


def message(document: Document) -> bytes:
    """``{"id", "text", "lang", "meta"}`` as one line; keys without a value are left out."""
    parts = {"id": document.id, "text": document.text, "lang": document.lang, "meta": document.meta}
    return msgspec.json.encode({key: value for key, value in parts.items() if value is not UNSET}) + b"\n"


def answered(line: bytes, document: Document) -> Document:
    """The prediction that an answer stands for.

    Raises
    ------
    ExtractorError
        It is no JSON object, no record, of another document, or ``{"id", "error"}``.
    """
    try:
        answer: Any = msgspec.json.decode(line)
    except (ValueError, RecursionError) as error:
        found = shown(line.decode("utf-8", "replace").strip())
        raise ExtractorError(f"found {found}, expected a JSON object: {error}") from None
    if not isinstance(answer, dict):
        raise ExtractorError(f"found {shown(answer)}, expected a JSON object")
    if answer.get("id", document.id) != document.id:
        raise ExtractorError(f"found a document {shown(answer['id'])}, expected {shown(document.id)}, in order")
    if "error" in answer and not set(answer) & set(LAYERS):
        said = answer["error"]
        raise ExtractorError(said if isinstance(said, str) and said else shown(said))
    return document_of(answer, document)


def seconds(what: str, options: Mapping[str, str], default: float) -> float:
    """The option ``timeout``.

    Raises
    ------
    UsageError
        It is no number above 0.
    """
    given = options.get("timeout", str(default))
    try:
        found = float(given)
    except ValueError:
        found = 0.0
    if not 0 < found < 1e6:
        raise UsageError(f"extractor {what!r}: found timeout={given}, expected seconds above 0")
    return found
