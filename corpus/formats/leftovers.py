"""What a format has no place for, counted: shared by the formats that keep mentions and little else."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from goldwire.corpus.document import UNSET, Document, Mention
from goldwire.corpus.formats.format import Losses

__all__ = ["count_left_out"]

_ALWAYS = {"schema", "id", "text", "mentions"}
_PLACE = {"start", "end", "type"}


def count_left_out(
    document: Document, losses: Losses, *, keeps: Collection[str] = (), mention_keeps: Collection[str] = ()
) -> None:
    """Count every key and layer of ``document`` beyond id, text and the mentions' places and types, save those kept.

    A mention's ``text`` is no loss: it is the slice of the document's. One without offsets is for the format to count.
    """
    for field in msgspec.structs.fields(Document):
        value = getattr(document, field.name)
        if field.name in _ALWAYS or field.name in keeps or value is UNSET:
            continue
        if isinstance(value, tuple) and value:
            losses.count(document.id, field.name, number=len(value))
        else:
            empty = value is None or isinstance(value, tuple)
            losses.count(document.id, f"empty {field.name}" if empty else field.name)
    for index, mention in enumerate(document.mentions or ()):
        for field in msgspec.structs.fields(Mention):
            value = getattr(mention, field.name)
            if value is not UNSET and field.name not in {*_PLACE, *mention_keeps, "text", "spans"}:
                losses.count(document.id, f"mention {field.name}", f"mentions[{index}]")
        if mention.spans is not UNSET and mention.start is not None:
            whole = mention.spans == ((mention.start, mention.end),)
            what = "mention spans" if whole else "fragments of a mention (its hull is kept)"
            losses.count(document.id, what, f"mentions[{index}]")
