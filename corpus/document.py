"""The record: one frozen ``Document`` for gold, predictions and an annotator's work alike.

Every span is half-open and counts Unicode code points of the raw text: ``text[start:end]``. A key that may be
absent is ``UNSET`` (false in a condition) where it is; ``None`` is JSON's ``null`` and stands only where the record
allows it. A layer that is ``UNSET`` was not attempted, an empty one found nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any, Literal

from msgspec import UNSET, Struct, UnsetType, field

__all__ = [
    "LAYERS",
    "SCHEMA",
    "UNSET",
    "Block",
    "Dateline",
    "Document",
    "Entity",
    "Mention",
    "Quote",
    "Relation",
    "Section",
    "Span",
    "sha256",
]

SCHEMA = "goldwire/1"
"""The name and version of the record."""

LAYERS = ("mentions", "quotes", "blocks", "sections", "dateline")
"""The layers that can be attempted, scored and left out."""

Span = tuple[int, int]
"""A half-open pair of code point offsets."""


class Record(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What all parts of a document share: frozen, named fields, unknown keys refused."""


class Mention(Record, frozen=True, kw_only=True, gc=False):
    """A stretch of text that names or describes an entity.

    ``start`` and ``end`` are ``None`` in predictions of programs that give strings without offsets; then ``text`` is
    required. ``spans`` holds the fragments of a discontinuous mention, of which start and end are the hull.
    """

    start: int | None
    end: int | None
    type: str
    id: str | UnsetType = UNSET
    form: str | UnsetType = UNSET
    entity: str | UnsetType = UNSET
    text: str | UnsetType = UNSET
    score: float | UnsetType = UNSET
    spans: tuple[Span, ...] | UnsetType = UNSET
    extra: dict[str, Any] | UnsetType = UNSET


class Entity(Record, frozen=True, kw_only=True, gc=False):
    """A thing in the world that mentions share, with its canonical name and its Wikidata id."""

    id: str
    type: str
    name: str | UnsetType = UNSET
    wikidata: str | UnsetType = UNSET


class Relation(Record, frozen=True, kw_only=True, gc=False):
    """A typed arrow between two ids of the same document. Kept, not scored."""

    type: str
    source: str = field(name="from")
    target: str = field(name="to")


class Quote(Record, frozen=True, kw_only=True, gc=False):
    """Reported words: who said what.

    ``content`` holds one or more spans, ``cue`` the span that introduces the report, ``speaker`` the span that names
    the speaker in this attribution, ``speaker_entity`` the entity who speaks, ``marked`` the stretches in quote marks
    of a mixed quote.
    """

    kind: str
    content: tuple[Span, ...]
    cue: Span | None = None
    speaker: Span | None = None
    speaker_entity: str | None = None
    marked: tuple[Span, ...] | UnsetType = UNSET
    id: str | UnsetType = UNSET


class Block(Record, frozen=True, kw_only=True, gc=False):
    """A stretch of whole lines with one role in the layout: headline, paragraph and so on."""

    kind: str
    start: int
    end: int


class Section(Record, frozen=True, kw_only=True, gc=False):
    """A stretch of the body: its heading (``None`` for the lead), the hull of its paragraphs, and the paragraphs."""

    heading: Span | None
    body: Span
    paragraphs: tuple[Span, ...]


class Dateline(Record, frozen=True, kw_only=True, gc=False):
    """Place, date and agency at the head of the first paragraph; a part that is not there is ``None``."""

    start: int
    end: int
    place: Span | None = None
    date: Span | None = None
    agency: Span | None = None


class Document(Record, frozen=True, kw_only=True):
    """A text and its layers. A prediction may leave the text out.

    >>> document = Document(id="a", text="Путин", mentions=(Mention(start=0, end=5, type="PERSON"),))
    >>> [document.text[m.start:m.end] for m in document.mentions]
    ['Путин']
    >>> list(document.layers())
    ['mentions']
    """

    schema: Literal["goldwire/1"] = "goldwire/1"
    id: str
    text: str | UnsetType = UNSET
    sha256: str | UnsetType = UNSET
    lang: str | UnsetType = UNSET
    meta: dict[str, Any] | UnsetType = UNSET
    mentions: tuple[Mention, ...] | UnsetType = UNSET
    entities: tuple[Entity, ...] | UnsetType = UNSET
    relations: tuple[Relation, ...] | UnsetType = UNSET
    quotes: tuple[Quote, ...] | UnsetType = UNSET
    blocks: tuple[Block, ...] | UnsetType = UNSET
    sections: tuple[Section, ...] | UnsetType = UNSET
    dateline: Dateline | UnsetType | None = UNSET
    extra: dict[str, Any] | UnsetType = UNSET

    def layers(self) -> Iterator[str]:
        """The names of the layers that this document has, in the order of ``LAYERS``; empty layers included."""
        return (layer for layer in LAYERS if getattr(self, layer) is not UNSET)


def sha256(text: str) -> str:
    """The SHA-256 of the text's UTF-8 bytes, as 64 lower-case hexadecimal digits.

    >>> sha256("")[:8]
    'e3b0c442'
    """
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
