"""Documents made in Python, which asks for no types: of the form of the record, or refused with their place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from goldwire.corpus.document import UNSET, Document
from goldwire.corpus.errors import InputError, Problem, UsageError, shown
from goldwire.corpus.store import document_from, encoded, plain_number

__all__ = ["is_countable", "well_formed", "well_formed_each"]

_DECODER = msgspec.json.Decoder(Document)


def well_formed(document: object) -> Document:
    """``document`` as a file would give it: tuples for lists, Python's numbers for those of other libraries.

    Raises
    ------
    UsageError
        It is no ``Document``.
    InputError
        With the first value that is not of the record's type, or the hash is not the text's.
    """
    if not isinstance(document, Document):
        raise UsageError(f"found {shown(document)}, expected a Document")
    try:
        return _DECODER.decode(encoded(document))
    except (InputError, msgspec.DecodeError):
        return document_from(_record(document))


def well_formed_each(documents: Iterable[Document]) -> Iterator[Document]:
    """The same of several, one at a time.

    Raises
    ------
    UsageError
        They are no iterable, or one is no ``Document``.
    """
    if not isinstance(documents, Iterable):
        raise UsageError(f"found {shown(documents)}, expected a list of documents")
    return map(well_formed, documents)


def is_countable(document: Document) -> bool:
    """Whether a document has mentions alone, and their ends and types, which are counted, are of the record's types.

    A tenth of the cost of scoring the sparsest documents, where ``well_formed`` is a half.
    """
    if document.quotes is not UNSET or document.entities is not UNSET or document.relations is not UNSET:
        return False
    if document.blocks is not UNSET or document.sections is not UNSET or document.dateline is not UNSET:
        return False
    mentions = document.mentions
    if type(document.id) is not str or type(mentions) is not tuple:
        return False
    try:
        "".join([mention.type for mention in mentions])
        return type(sum([mention.end - mention.start for mention in mentions], 0)) is int  # type: ignore[operator, misc]
    except (AttributeError, TypeError):
        return False


def _record(document: Document) -> dict[str, Any]:
    try:
        found: dict[str, Any] = msgspec.to_builtins(document, enc_hook=plain_number)
    except (AttributeError, TypeError, ValueError, RecursionError) as error:
        where = document.id if isinstance(document.id, str) else None
        problem = Problem("not-json", str(error), "what JSON can hold", "correct the value", "(record)", where)
        raise InputError(problem) from None
    return found
