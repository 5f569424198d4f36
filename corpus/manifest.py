"""A corpus's claims about itself: hashes and counts by label, computed by a command and checked again by a test."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable

import msgspec

from goldwire.corpus.document import UNSET, Document, sha256

__all__ = ["CorpusHash", "Manifest", "claims"]


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
        self._encoder = msgspec.json.Encoder()

    def add(self, document: Document) -> None:
        """Take in one document."""
        digest = hashlib.sha256(self._encoder.encode(document)).digest()
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
    """The manifest of ``documents``, counted."""
    total = CorpusHash()
    texts: dict[str, str] = {}
    counts: Counter[tuple[str, str]] = Counter()
    for document in documents:
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
        schema="goldwire-manifest/1",
        name=name,
        version=version,
        scheme=scheme,
        hash=str(total),
        texts=texts,
        counts=table,
    )
