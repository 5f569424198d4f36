"""Quotes, blocks, sections and datelines that are bad or doubled: found once, for gold and predictions alike."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import NamedTuple, TypeVar

from msgspec.structs import replace

from goldwire.corpus.document import UNSET, Document, Quote, Span
from goldwire.eval.ink import is_sound

__all__ = ["Bad", "bad_items", "copies", "later_copies", "without_copies"]

_Item = TypeVar("_Item", bound=Hashable)


class Bad(NamedTuple):
    """An item with a span that is empty, reversed or outside the text: its kind, its place in the record, the span."""

    what: str
    field: str
    span: Span | None


def bad_items(document: Document, length: int) -> Iterator[Bad]:
    """Every item of ``document`` with a bad span, in a text of ``length``; a quote without content has none at all."""
    for what, field, spans in _items(document):
        wrong = [span for span in spans if not is_sound(span, length)]
        if wrong or not spans:
            yield Bad(what, field, wrong[0] if wrong else None)


def _items(document: Document) -> Iterator[tuple[str, str, list[Span]]]:
    for at, quote in enumerate(document.quotes or ()):
        parts = [part for part in (quote.cue, quote.speaker) if part is not None]
        content = list(quote.content)
        yield "quote", f"quotes[{at}]", [*content, *(quote.marked or ()), *parts] if content else []
    for at, block in enumerate(document.blocks or ()):
        yield "block", f"blocks[{at}]", [(block.start, block.end)]
    for at, section in enumerate(document.sections or ()):
        heading = [] if section.heading is None else [section.heading]
        yield "section", f"sections[{at}]", [*heading, section.body, *section.paragraphs]
    if dateline := document.dateline:
        parts = [part for part in (dateline.place, dateline.date, dateline.agency) if part is not None]
        yield "dateline", "dateline", [(dateline.start, dateline.end), *parts]


def copies(document: Document) -> int:
    """How many quotes, blocks and sections are equal, in everything that is scored, to an earlier one."""
    kept = without_copies(document)
    return sum(
        len(getattr(document, layer) or ()) - len(getattr(kept, layer) or ())
        for layer in ("quotes", "blocks", "sections")
    )


def without_copies(document: Document) -> Document:
    """The document with each quote, block and section once."""
    return replace(
        document,
        quotes=document.quotes and _distinct(document.quotes, [_scored(quote) for quote in document.quotes]),
        blocks=document.blocks and _distinct(document.blocks, document.blocks),
        sections=document.sections and _distinct(document.sections, document.sections),
    )


def later_copies(quotes: Sequence[Quote]) -> list[int]:
    """Where a quote stands that is equal, in everything that is scored, to one before it."""
    values = [_scored(quote) for quote in quotes]
    first: dict[Quote, int] = {}
    return [at for at, value in enumerate(values) if first.setdefault(value, at) != at]


def _distinct(items: Sequence[_Item], values: Sequence[Hashable]) -> tuple[_Item, ...]:
    first: dict[Hashable, _Item] = {}
    for item, value in zip(items, values, strict=True):
        first.setdefault(value, item)
    return tuple(first.values())


def _scored(quote: Quote) -> Quote:
    marked = quote.marked if quote.marked is UNSET else tuple(sorted(quote.marked))
    return replace(quote, id=UNSET, content=tuple(sorted(quote.content)), marked=marked or ())
