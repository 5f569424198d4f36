"""What a format has no place for, counted: shared by the formats that keep mentions and little else."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from goldwire.corpus.document import UNSET, Document
from goldwire.corpus.formats.format import Losses

__all__ = ["count_left_out"]

_ALWAYS = {"schema", "id", "text", "mentions"}
_NAMES = tuple(field.name for field in msgspec.structs.fields(Document) if field.name not in _ALWAYS)
_PARTS = ("id", "form", "entity", "score", "extra")


def count_left_out(
    document: Document, losses: Losses, *, keeps: Collection[str] = (), mention_keeps: Collection[str] = ()
) -> None:
    """Count every key and layer of ``document`` beyond id, text and the mentions' places and types, save those kept.

    A mention's ``text`` is no loss: it is the slice of the document's. One without offsets is for the format to count.
    """
    for name in _NAMES:
        value = getattr(document, name)
        if name in keeps or value is UNSET:
            continue
        if isinstance(value, tuple) and value:
            losses.count(document.id, name, number=len(value))
        else:
            losses.count(document.id, f"empty {name}" if value is None or isinstance(value, tuple) else name)
    parts = [(part, f"mention {part}") for part in _PARTS if part not in mention_keeps]
    for index, mention in enumerate(document.mentions or ()):
        for part, what in parts:
            if getattr(mention, part) is not UNSET:
                losses.count(document.id, what, f"mentions[{index}]")
        if mention.spans is not UNSET and mention.start is not None:
            whole = mention.spans == ((mention.start, mention.end),)
            what = "mention spans" if whole else "mentions in fragments (their hulls are kept)"
            losses.count(document.id, what, f"mentions[{index}]")
