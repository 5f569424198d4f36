"""doccano JSONL with ``entities`` and ``relations``: mentions and the relations between them, and little else.

doccano numbers its spans: mention ids that are such numbers are kept, others are replaced by numbers and counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from goldwire.corpus.document import UNSET, Document
from goldwire.corpus.formats.format import Format, Losses
from goldwire.corpus.formats.leftovers import count_left_out
from goldwire.corpus.formats.spans import looks_like, read_lines
from goldwire.corpus.soundness import require_text
from goldwire.corpus.store import encoded, replacing

__all__ = ["FORMAT"]


def _matches(path: Path) -> bool:
    return looks_like(path, ("entities", "label", "labels"))


def _write(path: Path, documents: Iterable[Document], losses: Losses) -> int:
    count = 0
    with replacing(path) as file:
        for document in documents:
            encoded(document)  # which refuses what no file can hold
            record = _record(document, require_text(document, file=str(path)), losses)
            file.write(msgspec.json.encode(record) + b"\n")
            count += 1
    return count


def _record(document: Document, text: str, losses: Losses) -> dict[str, Any]:
    placed = [mention for mention in document.mentions or () if mention.start is not None]
    unplaced = len(document.mentions or ()) - len(placed)
    if unplaced:
        losses.count(document.id, "mentions without offsets", number=unplaced)
    given = [mention.id for mention in placed if mention.id is not UNSET]
    numbered = all(re.fullmatch(r"0|[1-9][0-9]{0,8}", name) for name in given)
    kept = numbered and len(set(given)) == len(placed)
    numbers = [int(name) for name in given] if kept else list(range(len(placed)))
    if not kept and given:
        losses.count(document.id, "mention ids, replaced by numbers", number=len(given))
    by_id = {m.id: number for m, number in zip(placed, numbers, strict=True) if m.id is not UNSET}
    record: dict[str, Any] = {"id": document.id, "text": text}
    if document.meta is not UNSET:
        record["meta"] = document.meta
    if document.mentions is not UNSET:
        record["entities"] = [
            {"id": number, "start_offset": mention.start, "end_offset": mention.end, "label": mention.type}
            for number, mention in zip(numbers, placed, strict=True)
        ]
    if document.relations is not UNSET:
        record["relations"] = [
            {"id": index, "from_id": by_id[arrow.source], "to_id": by_id[arrow.target], "type": arrow.type}
            for index, arrow in enumerate(document.relations)
            if arrow.source in by_id and arrow.target in by_id
        ]
        if lost := len(document.relations) - len(record["relations"]):
            losses.count(document.id, "relations of what is no mention", number=lost)
    count_left_out(document, losses, keeps=("meta", "relations"), mention_keeps=("id",))
    return record


FORMAT = Format("doccano", "doccano JSONL with entities and relations", _matches, read_lines, _write)
