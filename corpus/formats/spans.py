"""``{text, spans}`` JSONL, as Prodigy reads and writes it. Reads the variants of doccano too; keeps mentions and little
else.

==========  ================================================================================================
Prodigy     ``spans``: a list of ``{start, end, label}``; ``relations`` with ``head_span`` and ``child_span``
doccano     ``label`` or ``labels``: a list of ``[start, end, label]``; ``entities``: a list of
            ``{id, start_offset, end_offset, label}`` or of triples; ``relations``: ``{from_id, to_id, type}``
==========  ================================================================================================

Offsets are half-open and count code points. A line whose ``answer`` is not ``accept`` is left out and counted.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import msgspec

from goldwire.corpus.checks import span_fault
from goldwire.corpus.document import UNSET, Document, Mention, Relation
from goldwire.corpus.errors import InputError, Problem, shown
from goldwire.corpus.formats.format import Format, Losses
from goldwire.corpus.formats.leftovers import count_left_out
from goldwire.corpus.soundness import require_text
from goldwire.corpus.store import encoded, replacing, unreadable

__all__ = ["FORMAT", "looks_like", "read_lines"]

_LISTS = ("spans", "entities", "labels", "label")
_KNOWN_OF_SPANS = {"start", "end", "start_offset", "end_offset", "label", "id", "text", "token_start", "token_end"}
_KNOWN = {"text", "data", "id", "meta", "relations", "answer", "tokens", *_LISTS}
_TEXT_KEYS = ("text", "data")


def looks_like(path: Path, keys: tuple[str, ...]) -> bool:
    """Whether the first line of a ``.jsonl`` or ``.json`` file is an object with a text and a list under a key."""
    if path.suffix not in (".jsonl", ".json") or not path.is_file():
        return False
    try:
        with path.open("rb") as file:
            first = json.loads(file.readline())
    except (OSError, ValueError, RecursionError):
        return False
    return (
        isinstance(first, dict)
        and "schema" not in first
        and any(isinstance(first.get(key), str) for key in _TEXT_KEYS)
        and any(isinstance(first.get(key), list) for key in keys)
    )


def _matches(path: Path) -> bool:
    return looks_like(path, _LISTS)


def read_lines(path: Path, losses: Losses) -> Iterator[Document]:
    """The documents of a file, one a line; a line without an id is named after the file and its number.

    Raises
    ------
    InputError
        The file cannot be read, or a line is no object with a text and sound spans.
    """
    seen: dict[str, int] = {}
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if line.isspace():
                    continue
                document = _Line(path, number, line, losses).document()
                if document is None:
                    seen.setdefault("", number)
                    continue
                if document.id in seen:
                    found = f"{shown(document.id)}, as in line {seen[document.id]}"
                    raise InputError(
                        Problem(
                            "duplicate-document",
                            found,
                            "an id of its own",
                            "rename one",
                            "id",
                            line=number,
                            file=str(path),
                        )
                    )
                seen[document.id] = number
                yield document
    except OSError as error:
        raise unreadable(path, error) from None
    if not seen:
        found, expected = "an empty file", "a JSON object on each line"
        raise InputError(Problem("no-documents", found, expected, "write at least one document", file=str(path)))


class _Line:
    """One line of a file, read."""

    def __init__(self, path: Path, number: int, line: bytes, losses: Losses) -> None:
        self.path, self.number, self.losses = path, number, losses
        self.identity: str | None = None
        self.record = self.decoded(line)

    def fail(self, code: str, found: str, expected: str, remedy: str, field: str | None = None) -> NoReturn:
        place = {"line": self.number, "file": str(self.path), "document": self.identity}
        raise InputError(Problem(code, found, expected, remedy, field).at(**place))  # type: ignore[arg-type]

    def decoded(self, line: bytes) -> dict[str, Any]:
        try:
            record = json.loads(line.decode("utf-8"))
        except UnicodeDecodeError as error:
            found = f"byte 0x{line[error.start]:02x} at byte {error.start} of the line"
            self.fail("not-utf-8", found, "UTF-8", "save the file as UTF-8")
        except (ValueError, RecursionError) as error:
            self.fail("not-json", shown(line.decode().strip()), "one whole JSON object on the line", str(error))
        if not isinstance(record, dict):
            self.fail("not-json", shown(record), "one whole JSON object on the line", "write one document a line")
        return record

    def document(self) -> Document | None:
        record = self.record
        given = record.get("id")
        if given is not None and not isinstance(given, (str, int)):
            self.fail("wrong-type", shown(given), "a string or an integer", "name the document", "id")
        self.identity = f"{self.path.stem}-{self.number}" if given is None else str(given)
        key = next((key for key in _TEXT_KEYS if key in record), "text")
        text = record.get(key)
        if not isinstance(text, str):
            found = "no such key" if text is None else shown(text)
            self.fail("no-text", found, "a string", "give the text that the offsets count in", key)
        if record.get("answer", "accept") != "accept":
            self.losses.count(self.identity, f"lines with the answer {shown(record['answer'])}", f"line {self.number}")
            return None
        for other in record:
            if other not in _KNOWN:
                self.losses.count(self.identity, f"key {shown(other)}", f"line {self.number}")
        if "tokens" in record:
            self.losses.count(self.identity, "token lists", f"line {self.number}")
        meta = record.get("meta")
        layer = next((name for name in _LISTS if record.get(name) is not None), None)
        for other in _LISTS:
            if other != layer and isinstance(listed := record.get(other), list) and listed:
                self.losses.count(self.identity, f"spans under {shown(other)}", f"line {self.number}", len(listed))
        if meta is not None and not isinstance(meta, dict):
            self.losses.count(self.identity, "meta that is no object", f"line {self.number}")
        mentions = None if layer is None else self.mentions(layer, text)
        relations = self.relations(mentions or ())
        return Document(
            id=self.identity,
            text=text,
            meta=meta if isinstance(meta, dict) else UNSET,
            mentions=UNSET if mentions is None else mentions,
            relations=UNSET if relations is None else relations,
        )

    def mentions(self, layer: str, text: str) -> tuple[Mention, ...]:
        found = []
        ids: set[str] = set()
        listed = self.record[layer]
        if not isinstance(listed, list):
            self.fail("wrong-type", shown(listed), "a list of spans", "give one span a label and two offsets", layer)
        for index, item in enumerate(listed):
            field = f"{layer}[{index}]"
            name: Any = None
            if isinstance(item, dict):
                start = item.get("start", item.get("start_offset"))
                end = item.get("end", item.get("end_offset"))
                label, name = item.get("label"), item.get("id")
                for other in sorted(set(item) - _KNOWN_OF_SPANS):
                    self.losses.count(self.identity or "", f"key {shown(other)} of a span", field)
            elif isinstance(item, list) and len(item) == 3:
                start, end, label = item
            else:
                self.fail("wrong-type", shown(item), "a span with start, end and label", "correct it", field)
            if type(start) is not int or type(end) is not int:
                found_ = f"start {shown(start)}, end {shown(end)}"
                self.fail("wrong-type", found_, "two integers", "offsets are whole numbers of code points", field)
            if not isinstance(label, str):
                self.fail("wrong-type", f"label {shown(label)}", "a string", "give the span a label", field)
            if fault := span_fault((start, end), text, field):
                raise InputError(fault.at(line=self.number, file=str(self.path), document=self.identity))
            said = item.get("text") if isinstance(item, dict) else None
            if isinstance(said, str) and said != text[start:end]:
                expected = f"{shown(text[start:end])}, the slice [{start}, {end})"
                remedy = "offsets count code points: are these bytes, UTF-16 units, or of another text?"
                self.fail("wrong-surface", shown(said), expected, remedy, field)
            identity = None if name is None else str(name)
            if identity in ids:
                self.fail("duplicate-id", shown(identity), "an id of its own", "rename one of them", field)
            if identity is not None:
                ids.add(identity)
            found.append(Mention(start=start, end=end, type=label, id=UNSET if identity is None else identity))
        return tuple(found)

    def relations(self, mentions: tuple[Mention, ...]) -> tuple[Relation, ...] | None:
        listed = self.record.get("relations")
        if listed is None:
            return None
        ids = {mention.id for mention in mentions}
        found = []
        for index, item in enumerate(listed if isinstance(listed, list) else [listed]):
            field = f"relations[{index}]"
            if not isinstance(item, dict):
                self.fail("wrong-type", shown(item), "an object with from_id, to_id and type", "correct it", field)
            kind = item.get("type", item.get("label"))
            ends = [self.end(item, key, span, mentions) for key, span in _ENDS]
            if not isinstance(kind, str):
                self.fail("wrong-type", f"type {shown(kind)}", "a string", "give the relation a type", field)
            if None in ends and any(span in item for _, span in _ENDS):
                self.losses.count(self.identity or "", "relations of spans without an id", field)
                continue
            for (key, _), end in zip(_ENDS, ends, strict=True):
                if end not in ids:
                    remedy = "add the span, or remove the relation"
                    self.fail("dangling-reference", shown(item.get(key)), "the id of a span", remedy, f"{field}.{key}")
            found.append(Relation(type=kind, source=ends[0] or "", target=ends[1] or ""))
        return tuple(found)

    def end(self, item: dict[str, Any], key: str, span: str, mentions: tuple[Mention, ...]) -> str | None:
        if key in item:
            return str(item[key])
        place = item.get(span)
        if not isinstance(place, dict):
            return None
        same = (m for m in mentions if (m.start, m.end) == (place.get("start"), place.get("end")))
        mention = next(same, None)
        return None if mention is None or mention.id is UNSET else mention.id


_ENDS = (("from_id", "head_span"), ("to_id", "child_span"))


def _write(path: Path, documents: Iterable[Document], losses: Losses) -> int:
    count = 0
    with replacing(path) as file:
        for document in documents:
            encoded(document)  # which refuses what no file can hold
            record: dict[str, Any] = {"id": document.id, "text": require_text(document, file=str(path))}
            if document.meta is not UNSET:
                record["meta"] = document.meta
            if document.mentions is not UNSET:
                record["spans"] = [_span(mention) for mention in document.mentions if mention.start is not None]
                unplaced = len(document.mentions) - len(record["spans"])
                if unplaced:
                    losses.count(document.id, "mentions without offsets", number=unplaced)
            count_left_out(document, losses, keeps=("meta",), mention_keeps=("id",))
            file.write(msgspec.json.encode(record) + b"\n")
            count += 1
    return count


def _span(mention: Mention) -> dict[str, Any]:
    span: dict[str, Any] = {"start": mention.start, "end": mention.end, "label": mention.type}
    return span if mention.id is UNSET else span | {"id": mention.id}


FORMAT = Format("spans", "{text, spans} JSONL, as of Prodigy", _matches, read_lines, _write)
