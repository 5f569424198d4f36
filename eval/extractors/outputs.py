"""What a callable may give back, as a document: records, dicts, tuples, strings without offsets, a spaCy ``Doc``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from goldwire.corpus.document import LAYERS, UNSET, Document, Mention, sha256
from goldwire.corpus.errors import ExtractorError, InputError, shown
from goldwire.corpus.store import document_from, encoded

__all__ = ["document_of"]

_KEYS = {"label": "type", "entity_group": "type"}
"""What others call a key of the record."""

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
        found = _record({"id": document.id, **output} | _mentions_of(output))
    elif hasattr(output, "ents"):
        found = Document(id=document.id, mentions=_spans_of(output))
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


def _mentions_of(record: Mapping[str, Any]) -> dict[str, Any]:
    """The mentions of a record, each of which may have any of the forms of a mention."""
    given = record.get("mentions")
    if not isinstance(given, Iterable) or isinstance(given, (str, bytes, Mapping)):
        return {}
    return {"mentions": [_mention(item) for item in given]}


def _spans_of(doc: Any) -> tuple[Mention, ...]:
    """The entities of a spaCy ``Doc``, then what its span groups add: each place and label once."""
    spans = [*doc.ents, *(span for group in getattr(doc, "spans", {}).values() for span in group)]
    found = {(span.start_char, span.end_char, span.label_): span for span in reversed(spans)}
    return tuple(
        Mention(start=start, end=end, type=label, entity=span.kb_id_ or UNSET)
        for (start, end, label), span in sorted(found.items(), key=lambda item: (item[0][0], -item[0][1], item[0][2]))
    )


def _mention(item: Any) -> dict[str, Any]:
    if hasattr(item, "start_char") and hasattr(item, "label_"):  # a span of spaCy
        return {"start": item.start_char, "end": item.end_char, "type": item.label_}
    match item:
        case Mention():
            found: dict[str, Any] = msgspec.to_builtins(item)
            return found
        case Mapping():
            renamed = {_KEYS.get(str(key), str(key)): value for key, value in item.items() if value is not None}
            if renamed.get("start") is not None:  # a token classifier's word is not always the text's
                renamed.pop("word", None)
            elif "word" in renamed:
                renamed["text"] = renamed.pop("word")
            return {"start": None, "end": None, **renamed}
        case (str(text), str(label)):
            return {"start": None, "end": None, "type": label, "text": text}
        case (start, end, str(label)):
            return {"start": _offset(start), "end": _offset(end), "type": label}
    raise ExtractorError(f"found {shown(item)}, expected {_FORMS}")


def _offset(value: Any) -> Any:
    """An integer of another library (numpy's, say) as Python's; anything else is left to the record's own check."""
    return value.__index__() if hasattr(value, "__index__") else value
