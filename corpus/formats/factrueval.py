"""factRuEval-2016: ``.txt`` with ``.spans``, ``.objects`` and ``.coref`` beside. Read only.

An object is a mention, of its own type; a group of ``.coref`` is an entity. An object's spans are its fragments, those
that only white space parts made one; as they stand in the file they are kept under ``extra.factrueval``, with the spans
of no object, the slots of the groups and the facts. In the files offsets are (start, length) in code points; in the
record they are half-open. An id is the path of a document's files below the folder, without their suffix.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice, pairwise
from pathlib import Path
from typing import Any, NoReturn

from goldwire.corpus.checks import span_fault
from goldwire.corpus.document import UNSET, Document, Entity, Mention, Span
from goldwire.corpus.errors import InputError, Problem, shown
from goldwire.corpus.formats.folder import decoded, files_of
from goldwire.corpus.formats.format import Format, Losses

__all__ = ["FORMAT", "TYPES"]

TYPES = frozenset(("Facility", "LocOrg", "Location", "Org", "Person", "Project"))
"""The types of objects."""

_SPAN = re.compile(r"([0-9]+) (\S+) ([0-9]+) ([0-9]+) ([0-9]+) ([0-9]+) *(?:#(.*))?", re.ASCII)
_OBJECT = re.compile(r"([0-9]+) (\S+)((?: [0-9]+)+) *(?:#.*)?", re.ASCII)
_GROUP = re.compile(r"([0-9]+)((?: [0-9]+)+) *", re.ASCII)
_FACT = re.compile(r"(\S+) (\S+) *")
_ITEM = re.compile(r"Q[0-9]+", re.ASCII)
_NAMES = ("firstname", "firstname1", "firstname2", "patronymic", "lastname", "lastname1", "surname", "nickname")
_SETS = ("devset", "testset")
_WHOLE = "is the file whole, with single spaces between its columns?"


def _matches(path: Path) -> bool:
    """A folder with a ``.spans`` file anywhere in it."""
    return path.is_dir() and any(True for _ in islice(path.rglob("*.spans"), 1))


def _read(path: Path, losses: Losses) -> Iterator[Document]:
    texts = {name: file for name, file in files_of(path, ".txt").items() if _in_a_set(path, name)}
    spans = {name: file for name, file in files_of(path, ".spans").items() if _in_a_set(path, name)}
    for name, file in spans.items():
        if name not in texts:
            found, remedy = "no .txt file", "copy the text to it; offsets mean nothing without"
            raise InputError(Problem("no-text", found, f"{file.stem}.txt beside it", remedy, file=str(file)))
    if not spans:
        found, expected = "a folder without .spans files", "files .txt, .spans, .objects and .coref"
        raise InputError(Problem("no-documents", found, expected, "check the path", file=str(path)))
    for name, file in texts.items():
        if name in spans:
            yield _Reader(name, decoded(file), spans[name], losses).document()
        else:
            losses.count(name, "text files without .spans, which are no documents")


def _in_a_set(path: Path, name: str) -> bool:
    """Whether a file is of one of the sets, where the folder is the repository, which has programs and reports too."""
    return not any((path / part).is_dir() for part in _SETS) or name.startswith(tuple(f"{part}/" for part in _SETS))


class _Reader:
    def __init__(self, identity: str, text: str, file: Path, losses: Losses) -> None:
        self.identity, self.text, self.losses, self.stem = identity, text, losses, file
        self.file = file
        self.spans: dict[str, Span] = {}
        self.types: dict[str, list[str]] = {}
        self.objects: dict[str, str] = {}
        self.mentions: list[Mention] = []

    def document(self) -> Document:
        for number, line in self.lines(".spans"):
            self.span(number, line)
        used: set[str] = set()
        for number, line in self.lines(".objects"):
            used |= self.object(number, line)
        entities, owner, slots = self.groups()
        more: dict[str, Any] = {}
        if rest := [self.listed(name) for name in self.spans if name not in used]:
            self.losses.count(self.identity, "spans of no object, kept under extra", number=len(rest))
            more["spans"] = rest
        if slots:
            more["slots"] = slots
        if facts := self.facts():
            self.losses.count(self.identity, "facts, kept under extra", number=len(facts))
            more["facts"] = facts
        if self.stem.with_suffix(".tokens").exists():
            self.losses.count(self.identity, "token lists, left out")
        mentions = []
        for mention in self.mentions:
            if mention.id not in owner and entities is not None:
                self.losses.count(self.identity, "objects of no entity", f"object {mention.id}")
            fields = {f: getattr(mention, f) for f in mention.__struct_fields__}
            mentions.append(Mention(**(fields | {"entity": owner.get(mention.id or "", UNSET)})))
        return Document(
            id=self.identity,
            text=self.text,
            lang="ru",
            mentions=tuple(mentions),
            entities=UNSET if entities is None else tuple(entities),
            extra={"factrueval": more} if more else UNSET,
        )

    def lines(self, suffix: str, *, blank: bool = False) -> Iterator[tuple[int, str]]:
        """The lines of one of the files, with their numbers; for messages it is the file that is read from now on."""
        self.file = self.stem.with_suffix(suffix)
        for number, raw in enumerate(decoded(self.file).split("\n"), 1):
            line = raw.removesuffix("\r")
            if line.strip() or blank:
                yield number, line

    def fail(self, number: int, code: str, found: str, expected: str, remedy: str) -> NoReturn:
        raise InputError(Problem(code, found, expected, remedy, line=number, file=str(self.file)))

    def span(self, number: int, line: str) -> None:
        match = _SPAN.fullmatch(line)
        if match is None:
            self.fail(number, "malformed-line", shown(line), "ID TYPE START LENGTH TOKEN TOKENS # …", _WHOLE)
        name, kind, start, length, _, tokens, words = match.groups()
        span = (int(start[:18]), int(start[:18]) + int(length[:18]))
        if fault := span_fault(span, self.text, f"span {name}"):
            raise InputError(fault.at(file=str(self.file), line=number))
        if words is not None:
            # the words are told with a blank between the tokens, after as many ids
            said = words.split()[int(tokens[:9]) :]
            surface = self.text[span[0] : span[1]]
            if "".join(said) == "".join(surface.split()):
                pass
            elif len(said) > 1 and surface.startswith(said[0]) and surface.endswith(said[-1]):
                self.losses.count(self.identity, "spans whose words skip a part of the text", f"span {name}")
            else:
                found = f"span {name} {shown(' '.join(said))}"
                expected = f"{shown(surface)}, the text at [{span[0]}, {span[1]})"
                remedy = "offsets are the start and the length in code points of the .txt as UTF-8"
                self.fail(number, "wrong-surface", found, expected, remedy)
        if name in self.spans:
            if self.spans[name] != span:
                found = f"span {name} at two places"
                self.fail(number, "duplicate-id", found, "an id of its own", "rename or remove one")
            self.losses.count(self.identity, "spans with two types", f"span {name}")
        self.spans[name] = span
        self.types.setdefault(name, []).append(kind)

    def object(self, number: int, line: str) -> set[str]:
        match = _OBJECT.fullmatch(line)
        if match is None:
            self.fail(number, "malformed-line", shown(line), "ID TYPE SPAN … # …", _WHOLE)
        name, kind, listed = match.groups()
        if kind not in TYPES:
            expected = f"one of {', '.join(sorted(TYPES))}"
            self.fail(number, "unknown-type", shown(kind), expected, "correct it")
        if name in self.objects:
            self.fail(number, "duplicate-id", f"object {name}", "an id of its own", "rename or remove one")
        parts = listed.split()
        for part in parts:
            if part not in self.spans:
                expected, remedy = "the id of a line of the .spans file", "add the span, or remove it here"
                self.fail(number, "dangling-reference", f"span {part}", expected, remedy)
        self.objects[name] = kind
        places = [self.spans[part] for part in parts]
        if len(parts) > 1:
            self.losses.count(self.identity, "objects of several spans", f"object {name}")
        if any(later[0] < earlier[0] for earlier, later in pairwise(places)):
            self.losses.count(self.identity, "objects with spans out of text order", f"object {name}")
        fragments = self.joined(places)
        if len(fragments) > 1:
            self.losses.count(self.identity, "discontinuous objects", f"object {name}")
        self.mentions.append(
            Mention(
                start=fragments[0][0],
                end=max(end for _, end in fragments),
                type=kind,
                id=name,
                spans=tuple(fragments) if len(fragments) > 1 else UNSET,
                extra={"factrueval": {"spans": [self.listed(part) for part in parts]}},
            )
        )
        return set(parts)

    def joined(self, places: list[Span]) -> list[Span]:
        """The places in text order; those that overlap, touch or have only white space between them made one."""
        joined: list[Span] = []
        for start, end in sorted(places):
            if joined and not self.text[joined[-1][1] : start].strip():
                joined[-1] = (joined[-1][0], max(joined[-1][1], end))
            else:
                joined.append((start, end))
        return joined

    def listed(self, name: str) -> list[Any]:
        return [name, *self.spans[name], *self.types[name]]

    def groups(self) -> tuple[list[Entity] | None, dict[str, str], dict[str, list[list[str]]]]:
        """The entities, the entity of each object, and the slots of each entity; no entities without the file."""
        if not self.stem.with_suffix(".coref").exists():
            return None, {}, {}
        entities: list[Entity] = []
        owner: dict[str, str] = {}
        slots: dict[str, list[list[str]]] = {}
        for number, head, body in self.records(".coref"):
            match = _GROUP.fullmatch(head)
            if match is None:
                self.fail(number, "malformed-line", shown(head), "ID OBJECT …", _WHOLE)
            name, members = f"obj{match[1]}", match[2].split()
            if name in slots:
                self.fail(number, "duplicate-id", f"entity {match[1]}", "an id of its own", "rename or remove one")
            for member in members:
                if member not in self.objects:
                    expected, remedy = "the id of a line of the .objects file", "add the object, or remove it here"
                    self.fail(number, "dangling-reference", f"object {member}", expected, remedy)
                if member in owner:
                    found = f"object {member}, also in {owner[member]}"
                    self.fail(number, "duplicate-id", found, "an object in one group", "remove it from one")
                owner[member] = name
            if len({self.objects[member] for member in members}) > 1:
                self.losses.count(self.identity, "entities of several types", f"entity {match[1]}")
            slots[name] = [[key, value.strip()] for key, _, value in (line.partition(" ") for line in body)]
            entities.append(_entity(name, self.objects[members[0]], slots[name]))
        return entities, owner, slots

    def facts(self) -> list[dict[str, Any]]:
        if not self.stem.with_suffix(".facts").exists():
            return []
        found = []
        for number, head, body in self.records(".facts"):
            match = _FACT.fullmatch(head)
            if match is None:
                self.fail(number, "malformed-line", shown(head), "ID TYPE", _WHOLE)
            pairs = [[key, value.strip()] for key, _, value in (line.partition(" ") for line in body)]
            found.append({"id": match[1], "type": match[2], "slots": pairs})
        return found

    def records(self, suffix: str) -> Iterator[tuple[int, str, list[str]]]:
        """Number and contents of each head line, and the lines below it up to a blank one."""
        head: tuple[int, str] | None = None
        body: list[str] = []
        for number, line in self.lines(suffix, blank=True):
            if head is None:
                head = (number, line) if line.strip() else None
            elif line.strip():
                body.append(line)
            else:
                yield *head, body
                head, body = None, []
        if head is not None:
            yield *head, body


def _entity(name: str, kind: str, slots: list[list[str]]) -> Entity:
    said = {key: value for key, value in reversed(slots) if value}  # of several values the first
    person = " ".join(said[key] for key in _NAMES if key in said)
    item = said.get("wikidata", "")
    title = said.get("name", person)
    return Entity(id=name, type=kind, name=title or UNSET, wikidata=item if _ITEM.fullmatch(item) else UNSET)


FORMAT = Format("factrueval", "factRuEval-2016, a folder of .txt, .spans, .objects and .coref", _matches, _read)
