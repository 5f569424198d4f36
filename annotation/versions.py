"""The versions of a document: who made which, and in what two of them differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from msgspec import UNSET
from msgspec.structs import replace

from goldwire.annotation.merging import Annotated
from goldwire.annotation.provenance import bare, signed
from goldwire.corpus.document import Document
from goldwire.corpus.errors import InputError, Problem, shown
from goldwire.eval.disagreements import Disagreement, disagreements

__all__ = ["Version", "by_document", "differences", "fields_that_differ", "grouped", "of_documents", "of_export"]


@dataclass(frozen=True, slots=True)
class Version:
    """What an annotator, or several who agree, made of a document; ``by`` says of each who it was, and when."""

    names: tuple[str, ...]
    document: Document
    by: tuple[Mapping[str, Any], ...]

    @property
    def name(self) -> str:
        """All names, as the page shows them: ``anna + boris``."""
        return " + ".join(self.names)

    def to_dict(self) -> dict[str, Any]:
        """The version as provenance holds it, without the document."""
        return {"name": self.name, "by": [dict(by) for by in self.by]}


def of_export(annotated: Iterable[Annotated]) -> Iterator[Version]:
    """What the annotations of an export made. Nobody named is called by the number of the annotation."""
    for item in annotated:
        known = dict.fromkeys(origin.who or f"annotation {origin.annotation}" for origin in item.origins)
        yield Version((" and ".join(known),), item.document, tuple(signed(origin) for origin in item.origins))


def of_documents(name: str, documents: Iterable[Document]) -> Iterator[Version]:
    """What one annotator made."""
    for document in documents:
        yield Version((name,), document, ({"who": name},))


def by_document(versions: Iterable[Version], problems: list[Problem]) -> dict[str, list[Version]]:
    """The versions of each document, in the order in which they come, all with its text.

    A second one of an annotator gets a name of its own, and is reported.

    Raises
    ------
    InputError
        The texts of two versions differ, or none has a text.
    """
    found: dict[str, list[Version]] = {}
    for version in versions:
        there = found.setdefault(version.document.id, [])
        taken = {other.name for other in there}
        name, number = version.name, 1
        while name in taken:
            number += 1
            name = f"{version.name} ({number})"
        if number > 1:
            what, want = f"annotation {number} by {shown(version.name)}", "one of each annotator"
            why = f"it counts as that of another annotator, {shown(name)}"
            problems.append(Problem("annotated-twice", what, want, why, None, version.document.id, severity="warning"))
        there.append(Version((name,), version.document, version.by))
    return {key: _with_text(key, members) for key, members in found.items()}


def _with_text(key: str, versions: Sequence[Version]) -> list[Version]:
    texts: dict[str, str] = {}
    for version in versions:
        if version.document.text is not UNSET:
            texts.setdefault(version.document.text, version.name)
    if len(texts) != 1:
        found = f"other texts by {' and '.join(map(shown, texts.values()))}" if texts else "no text"
        remedy = "annotators compare only on the same text: push the task anew" if texts else "add it to the record"
        raise InputError(Problem("another-text" if texts else "no-text", found, "one text", remedy, "text", key))
    [text] = texts
    return [Version(v.names, replace(v.document, text=text), v.by) for v in versions]


def grouped(versions: Sequence[Version], problems: list[Problem]) -> list[Version]:
    """Versions that agree as one, in the order of their first; the record of the first stands.

    Where the record of another differs in what is not compared it is reported.
    """
    groups: list[Version] = []
    for version in versions:
        at = next((i for i, group in enumerate(groups) if not differences(group.document, version.document)), None)
        if at is None:
            groups.append(version)
            continue
        first = groups[at]
        groups[at] = Version((*first.names, *version.names), first.document, (*first.by, *version.by))
        fields = fields_that_differ(first.document, version.document)
        if fields:
            what = f"{', '.join(fields)} of {shown(version.name)} other than of {shown(first.names[0])}"
            want, why = "equal records", "all that is compared agrees (not ids, order, extra): the first stands"
            problems.append(Problem("records-differ", what, want, why, None, first.document.id, severity="warning"))
    return groups


def fields_that_differ(one: Document, other: Document) -> list[str]:
    """The keys of the record that two versions have otherwise; ``[]`` for equal ones."""
    ours, theirs = bare(one), bare(other)
    return [name for name in Document.__struct_fields__ if getattr(ours, name) != getattr(theirs, name)]


def differences(one: Document, other: Document) -> list[Disagreement]:
    """Every difference that somebody must decide: ``disagreements``; none for records that are equal but for ``extra``.

    Raises
    ------
    InputError
        The texts differ, or a mention of records that are not equal has no sound span.
    """
    return disagreements(one, other) if fields_that_differ(one, other) else []
