"""brat: a folder of ``.txt`` and ``.ann`` files. Keeps everything: what brat has no place for stands in a file beside.

An id is the path of a document's files below the folder, without their suffix.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from goldwire.corpus.document import UNSET, Document
from goldwire.corpus.errors import InputError, Problem
from goldwire.corpus.formats.folder import Names, decoded, files_of, id_of, replacing_folder
from goldwire.corpus.formats.format import Format, Losses
from goldwire.corpus.formats.rendering import annotations_of, token
from goldwire.corpus.formats.sidecar import SUFFIX, count_kept_beside, read_beside, sidecar_of
from goldwire.corpus.formats.standoff import document_of
from goldwire.corpus.soundness import require_text
from goldwire.corpus.store import encoded, unreadable

__all__ = ["FORMAT", "read_folder"]


def _matches(path: Path) -> bool:
    """A folder with an ``.ann`` file anywhere in it."""
    return path.is_dir() and any(True for _ in islice(path.rglob("*.ann"), 1))


def read_folder(path: Path, losses: Losses) -> Iterator[Document]:
    """The documents of a brat folder, in the order of their paths.

    A ``.txt`` file without an ``.ann`` file is a document whose mentions were not attempted.

    Raises
    ------
    InputError
        The folder has no documents, an ``.ann`` file no text, a file is not UTF-8, or a line is broken.
    """
    texts = files_of(path, ".txt")
    annotated = files_of(path, ".ann")
    for name, file in annotated.items():
        if name not in texts:
            found, remedy = "no .txt file", "copy the text to it; offsets mean nothing without"
            raise InputError(Problem("no-text", found, f"{file.stem}.txt beside it", remedy, file=str(file)))
    if not texts:
        found, expected = "a folder without .txt files", "pairs of .txt and .ann"
        raise InputError(Problem("no-documents", found, expected, "check the path", file=str(path)))
    for name, file in texts.items():
        yield _document(id_of(name), file, annotated.get(name), losses)


def _document(identity: str, file: Path, annotated: Path | None, losses: Losses) -> Document:
    text = decoded(file)
    if annotated is None:
        losses.count(identity, "texts without an .ann file")
        return Document(id=identity, text=text)
    annotations = decoded(annotated)
    beside = annotated.with_name(annotated.name.removesuffix(".ann") + SUFFIX)
    # an untouched .ann file with a record beside it is not read twice for what it cannot hold
    native_losses = Losses() if beside.exists() else losses
    native = document_of(identity, text, annotations, str(annotated), native_losses)
    return read_beside(beside, native, annotations, losses) if beside.exists() else native


def _write(path: Path, documents: Iterable[Document], losses: Losses) -> int:
    names = Names()
    labels = _Labels()
    count = 0
    with replacing_folder(path) as folder:
        for document in documents:
            text = require_text(document, file=str(path))
            encoded(document)  # which refuses what no file can hold
            name = names.of(document.id)
            place = folder / f"{name}.txt"
            annotations, native = _rendered(document, text, id_of(name))
            try:
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(text.encode("utf-8"))
                place.with_name(f"{place.stem}.ann").write_bytes(annotations.encode("utf-8"))
                if native != document:
                    place.with_name(place.stem + SUFFIX).write_bytes(sidecar_of(document, annotations))
                    count_kept_beside(document, native, losses)
            except OSError as error:
                raise unreadable(path / f"{name}.txt", error, "a file that can be written") from None
            labels.add(native)
            count += 1
        (folder / "annotation.conf").write_bytes(str(labels).encode("utf-8"))
    return count


def _rendered(document: Document, text: str, identity: str) -> tuple[str, Document]:
    """The ``.ann`` file of a document, and the document that it is when read alone."""
    try:
        annotations = annotations_of(document)
        return annotations, document_of(identity, text, annotations, "", Losses())
    except InputError:  # what ``extra`` keeps for brat is of another document
        annotations = annotations_of(document, plain=True)
        return annotations, document_of(identity, text, annotations, "", Losses())


class _Labels:
    """The labels of a folder, as brat wants them in ``annotation.conf``."""

    def __init__(self) -> None:
        self.types: set[str] = set()
        self.linked: set[str] = set()
        self.arrows: set[str] = set()
        self.forms: set[str] = set()
        self.attributes: dict[str, set[str]] = {}

    def add(self, document: Document) -> None:
        for mention in document.mentions or ():
            self.types.add(token(mention.type))
            if mention.entity is not UNSET and not mention.entity.startswith("equiv-"):
                self.linked.add(token(mention.type))
            if mention.form is not UNSET:
                self.attributes.setdefault("Form", set()).add(mention.form)
            for key, value in (mention.extra or {}).get("brat", {}).get("attributes", {}).items():
                values = self.attributes.setdefault(key, set())
                if value is not True:
                    values.add(value)
        self.arrows |= {token(relation.type) for relation in document.relations or ()}

    def __str__(self) -> str:
        types = [f"{name}\t<NORM>:Wikidata" if name in self.linked else name for name in sorted(self.types)]
        arrows = [f"{name}\tArg1:<ENTITY>, Arg2:<ENTITY>" for name in sorted(self.arrows)]
        attributes = [
            f"{name}\tArg:<ENTITY>" + (f", Value:{'|'.join(sorted(values))}" if values else "")
            for name, values in sorted(self.attributes.items())
        ]
        sections = {"entities": types, "relations": arrows, "events": [], "attributes": attributes}
        return "\n".join(f"[{name}]\n" + "".join(f"{line}\n" for line in lines) for name, lines in sections.items())


FORMAT = Format("brat", "brat, a folder of .txt and .ann", _matches, read_folder, _write)
