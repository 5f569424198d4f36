"""What a callable may give back, as a document: records, dicts, tuples, strings without offsets, a spaCy ``Doc``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from goldwire.corpus.document import LAYERS, UNSET, Document, Mention, sha256
from goldwire.corpus.errors import ExtractorError, InputError, shown
from goldwire.corpus.store import document_from, encoded

__all__ = ["document_of"]

_FORMS = "a Document, a dict of the record, or a list of (start, end, label), (string, label) or dicts of mentions"


def document_of(output: Any, document: Document) -> Document:
    """The prediction for ``document`` that ``output`` stands for, tied to the text by its hash.

    Raises
    ------
    ExtractorError
        The output has none of the known forms.
    """
    if isinstance(output, Document):
        found = output
    elif isinstance(output, Mapping):
        found = _record({"id": document.id, **output})
    elif hasattr(output, "ents"):
        mentions = tuple(Mention(start=e.start_char, end=e.end_char, type=e.label_) for e in output.ents)
        found = Document(id=document.id, mentions=mentions)
    elif isinstance(output, Iterable) and not isinstance(output, (str, bytes)):
        found = _record({"id": document.id, "mentions": [_mention(item) for item in output]})
    else:
        raise ExtractorError(f"found {shown(output)}, expected {_FORMS}")
    if found.id != document.id:
        raise ExtractorError(f"found a document {shown(found.id)}, expected {shown(document.id)}")
    text = document.text or ""
    if found.text is not UNSET and found.text != text:
        raise ExtractorError("found another text, expected offsets into the text that was given")
    found = msgspec.structs.replace(found, text=UNSET, sha256=sha256(text), lang=UNSET, meta=UNSET)
    try:
        encoded(found)
    except InputError as error:
        raise ExtractorError(str(error)) from None
    return found


def _record(record: dict[str, Any]) -> Document:
    if not set(record) & set(LAYERS):
        raise ExtractorError(f"found a dict with {', '.join(sorted(record))}, expected one of {', '.join(LAYERS)}")
    try:
        return document_from(record)
    except InputError as error:
        raise ExtractorError(str(error)) from None


def _mention(item: Any) -> dict[str, Any]:
    match item:
        case Mention():
            found: dict[str, Any] = msgspec.to_builtins(item)
            return found
        case Mapping():
            renamed = {"type" if key == "label" else key: value for key, value in item.items() if value is not None}
            return {"start": None, "end": None, **renamed}
        case (str(text), str(label)):
            return {"start": None, "end": None, "type": label, "text": text}
        case (start, end, str(label)):
            return {"start": _offset(start), "end": _offset(end), "type": label}
    raise ExtractorError(f"found {shown(item)}, expected {_FORMS}")


def _offset(value: Any) -> Any:
    """An integer of another library (numpy's, say) as Python's; anything else is left to the record's own check."""
    return value.__index__() if hasattr(value, "__index__") else value
