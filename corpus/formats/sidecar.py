"""What brat has no place for, in a file beside: ``NAME.goldwire.json`` holds the whole record and two hashes.

While ``.txt`` and ``.ann`` are as they were written, the record is read as it is. Once the ``.ann`` was edited in brat,
its mentions, forms, links, notes and relations are taken from there, and all else from the record.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from goldwire.corpus.document import UNSET, Document, Entity, Mention, Relation, sha256
from goldwire.corpus.errors import InputError, Problem
from goldwire.corpus.formats.format import Losses
from goldwire.corpus.formats.rendering import bound_ids, fragments_of, is_token, token
from goldwire.corpus.store import encoded, unreadable

__all__ = ["SUFFIX", "count_kept_beside", "read_beside", "sidecar_of"]

SUFFIX = ".goldwire.json"
"""The end of the file's name."""

_SCHEMA = "goldwire-brat/1"


class _Sidecar(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    schema: str
    txt: str
    ann: str
    record: Document


def sidecar_of(document: Document, annotations: str) -> bytes:
    """The contents of the file beside."""
    head = {"schema": _SCHEMA, "txt": sha256(document.text or ""), "ann": sha256(annotations)}
    return msgspec.json.encode(head)[:-1] + b',"record":' + encoded(document) + b"}\n"


def count_kept_beside(document: Document, native: Document, losses: Losses) -> None:
    """Count what brat does not show of ``document``; ``native`` is what it shows."""
    for layer in ("quotes", "blocks", "sections"):
        if part := getattr(document, layer):
            losses.count(document.id, f"{layer}, kept beside and not shown by brat", number=len(part))
    if document.dateline:
        losses.count(document.id, "dateline, kept beside and not shown by brat")
    hidden = sum(mention.start is None for mention in document.mentions or ())
    if hidden:
        losses.count(document.id, "mentions without offsets, kept beside and not shown by brat", number=hidden)
    lost = len(document.relations or ()) - len(native.relations or ())
    if lost:
        losses.count(document.id, "relations, kept beside and not shown by brat", number=lost)


def read_beside(path: Path, native: Document, annotations: str, losses: Losses) -> Document:
    """The record of the file beside, with what was edited in brat since; ``native`` is what brat's own files say.

    Raises
    ------
    InputError
        The file is not what goldwire wrote, or the text was changed since.
    """
    try:
        beside = msgspec.json.decode(path.read_bytes(), type=_Sidecar)
    except OSError as error:
        raise unreadable(path, error) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _broken(path, str(error)) from None
    if beside.schema != _SCHEMA:
        raise _broken(path, f"schema {beside.schema!r}")
    if beside.txt != sha256(native.text or "") or beside.record.text != native.text:
        found = "the record of another text"
        remedy = "restore the .txt, or remove this file to read brat's own files alone"
        raise InputError(Problem("text-changed", found, "the text of the .txt beside it", remedy, file=str(path)))
    if beside.ann == sha256(annotations):
        return beside.record
    losses.count(beside.record.id, "documents edited in brat since they were written")
    return _merged(beside.record, native)


def _broken(path: Path, found: str) -> InputError:
    remedy = "restore it, or remove it to read brat's own files alone"
    return InputError(Problem("bad-sidecar", found, f"a record of {_SCHEMA}", remedy, file=str(path)))


def _merged(record: Document, native: Document) -> Document:
    """``record``, with the mentions, entities and relations that brat's own files have now."""
    written = {
        name: mention
        for name, mention in zip(bound_ids(record), record.mentions or (), strict=True)
        if name is not None
    }
    entities = {entity.id: entity for entity in record.entities or ()}
    shown = {entity.id: entity for entity in native.entities or ()}
    mentions = []
    names: dict[str, str] = {}
    for now in native.mentions or ():
        old = written.get(now.id or "")
        mention = now if old is None else _edited(old, now, entities, shown)
        if mention.entity is not UNSET and mention.entity not in entities:
            entities[mention.entity] = shown[mention.entity]
        if mention.id is UNSET:  # it had none before brat gave it one
            mention = msgspec.structs.replace(mention, id=now.id)
        names[now.id or ""] = mention.id or ""
        mentions.append(mention)
    unplaced = [mention for mention in record.mentions or () if mention.start is None]
    relations = [
        Relation(type=arrow.type, source=names[arrow.source], target=names[arrow.target])
        for arrow in native.relations or ()
    ]
    placed = {mention.id for mention in written.values()}
    relations += [
        arrow
        for arrow in record.relations or ()
        if not (is_token(arrow.type) and arrow.source in placed and arrow.target in placed)
    ]
    extra = {key: value for key, value in (record.extra or {}).items() if key != "brat"} | (native.extra or {})
    return msgspec.structs.replace(
        record,
        mentions=(*mentions, *unplaced),
        entities=tuple(entities.values()) or record.entities,
        relations=tuple(relations) if relations or record.relations is not UNSET else UNSET,
        extra=extra or UNSET,
    )


def _edited(old: Mention, now: Mention, entities: dict[str, Entity], shown: dict[str, Entity]) -> Mention:
    """``old``, with what its lines in the ``.ann`` file say now."""
    same_place = fragments_of(old) == fragments_of(now)
    extra = {key: value for key, value in (old.extra or {}).items() if key != "brat"} | (now.extra or {})
    owner = entities.get(old.entity or "")
    linked = shown.get(now.entity or "")
    same_owner = (owner.wikidata if owner else UNSET) == (linked.wikidata if linked else UNSET)
    return msgspec.structs.replace(
        old,
        start=now.start,
        end=now.end,
        spans=old.spans if same_place else now.spans,
        text=old.text if same_place else UNSET,
        type=old.type if token(old.type) == now.type else now.type,
        form=old.form if old.form is not UNSET and not is_token(old.form) else now.form,
        entity=old.entity if same_owner else now.entity,
        extra=extra or UNSET,
    )
