"""A corpus's claims about itself: hashes and counts by label, computed by a command and checked again by a test."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from goldwire.corpus.document import UNSET, Document, sha256
from goldwire.corpus.errors import InputError, Problem, shown
from goldwire.corpus.store import encoded, replacing, unreadable

__all__ = ["MANIFEST", "CorpusHash", "Manifest", "claims", "departures", "read_manifest", "write_manifest"]

MANIFEST = "manifest.json"
"""The name of the file that a corpus's folder keeps its manifest in."""

_SCHEMA = "goldwire-manifest/1"


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What ``manifest.json`` holds.

    ``hash`` is that of ``CorpusHash`` over all documents; ``texts`` maps a document's id to its text's SHA-256;
    ``counts`` holds, by layer and label, how many there are.
    """

    schema: str
    name: str
    version: str
    scheme: str
    hash: str
    texts: dict[str, str]
    counts: dict[str, dict[str, int]]


class CorpusHash:
    """A hash of a set of documents that does not hang on their order, so that shards of a corpus add up.

    The sum, modulo 2**256, of the SHA-256 of each document's canonical JSON.

    >>> a, b = Document(id="a"), Document(id="b")
    >>> CorpusHash.of([a, b]) == CorpusHash.of([b, a])
    True
    """

    def __init__(self, start: str = "0") -> None:
        self._sum = int(start, 16)

    def add(self, document: Document) -> None:
        """Take in one document."""
        digest = hashlib.sha256(encoded(document)).digest()
        self._sum = (self._sum + int.from_bytes(digest)) % (1 << 256)

    def merge(self, other: str) -> None:
        """Take in the documents of another hash."""
        self._sum = (self._sum + int(other, 16)) % (1 << 256)

    def __str__(self) -> str:
        return f"{self._sum:064x}"

    @classmethod
    def of(cls, documents: Iterable[Document]) -> str:
        """The hash of ``documents``, 64 hexadecimal digits."""
        total = cls()
        for document in documents:
            total.add(document)
        return str(total)


def claims(documents: Iterable[Document], *, name: str, version: str, scheme: str) -> Manifest:
    """The manifest of ``documents``, counted; without documents, a hash of 0 and no counts.

    Raises
    ------
    InputError
        Two documents have one id.
    """
    total = CorpusHash()
    texts: dict[str, str] = {}
    counts: Counter[tuple[str, str]] = Counter()
    for document in documents:
        if document.id in texts:
            raise InputError(
                Problem("duplicate-document", shown(document.id), "an id of its own", "rename one", "id", document.id)
            )
        total.add(document)
        texts[document.id] = sha256(document.text or "")
        counts["documents", "all"] += 1
        for mention in document.mentions or ():
            counts.update([("mentions", "all"), ("mentions by type", mention.type)])
            if mention.form is not UNSET:
                counts["mentions by form", mention.form] += 1
        for entity in document.entities or ():
            counts.update([("entities", "all"), ("entities by type", entity.type)])
            counts["entities", "with a Wikidata id"] += entity.wikidata is not UNSET
        for quote in document.quotes or ():
            counts.update([("quotes", "all"), ("quotes by kind", quote.kind)])
        for block in document.blocks or ():
            counts.update([("blocks", "all"), ("blocks by kind", block.kind)])
        counts["sections", "all"] += len(document.sections or ())
        counts["datelines", "all"] += bool(document.dateline)
    table: dict[str, dict[str, int]] = {}
    for (layer, label), count in sorted(counts.items()):
        table.setdefault(layer, {})[label] = count
    return Manifest(
        schema=_SCHEMA,
        name=name,
        version=version,
        scheme=scheme,
        hash=str(total),
        texts=texts,
        counts=table,
    )


def read_manifest(folder: str | Path) -> Manifest:
    """The manifest that a corpus's folder holds.

    Raises
    ------
    InputError
        There is none, or it is not of the form of ``Manifest``.
    """
    path = Path(folder) / MANIFEST
    try:
        content = path.read_bytes()
    except OSError as error:
        raise unreadable(path, error, "the corpus's manifest, which `check --manifest --write` writes") from None
    try:
        found = msgspec.json.decode(content, type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _bad(path, str(error)) from None
    if found.schema != _SCHEMA:
        raise _bad(path, f"schema {shown(found.schema)}")
    return found


def _bad(path: Path, found: str) -> InputError:
    remedy = "write it anew with `goldwire check --manifest FOLDER --write`"
    return InputError(Problem("bad-manifest", found, f"a manifest, {_SCHEMA}", remedy, file=str(path)))


def write_manifest(folder: str | Path, manifest: Manifest) -> None:
    """Write ``manifest`` to a corpus's folder, whole or not at all.

    Raises
    ------
    InputError
        The folder cannot be written to.
    """
    with replacing(Path(folder) / MANIFEST) as file:
        file.write(msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n")


def departures(claimed: Manifest, counted: Manifest) -> Iterator[Problem]:
    """Every claim of a manifest that is not what was counted: texts, counts, scheme, and last the hash of the whole."""
    remedy = "restore the documents, or write the manifest anew with --write and a new version"
    for name in sorted(claimed.texts.keys() | counted.texts.keys()):
        ours, theirs = claimed.texts.get(name), counted.texts.get(name)
        if ours is None or theirs is None:
            where = "in the folder, not in the manifest" if ours is None else "in the manifest, not in the folder"
            yield Problem("wrong-claim", f"a document {where}", "the same documents", remedy, "texts", name)
        elif ours != theirs:
            yield Problem("wrong-claim", f"the hash {ours}", f"{theirs}, that of the text", remedy, "texts", name)
    for layer in sorted(claimed.counts.keys() | counted.counts.keys()):
        table, other = claimed.counts.get(layer, {}), counted.counts.get(layer, {})
        for label in sorted(table.keys() | other.keys()):
            if table.get(label, 0) != other.get(label, 0):
                field = f"counts[{shown(layer)}][{shown(label)}]"
                found, expected = f"a claim of {table.get(label, 0)}", f"{other.get(label, 0)}, as counted"
                yield Problem("wrong-claim", found, expected, remedy, field)
    for field in ("scheme", "hash"):
        if getattr(claimed, field) != getattr(counted, field):
            yield Problem("wrong-claim", shown(getattr(claimed, field), 80), getattr(counted, field), remedy, field)
