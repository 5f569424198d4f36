"""One brat ``.ann`` file as a document: every line has its place in the record, or is kept as it is under ``extra``.

Offsets are half-open and count code points of the ``.txt`` file's bytes decoded as UTF-8, line ends untouched.

=================================  =====================================================================
``T1  TYPE 0 5;8 12  surface``     a mention of id T1; more than one fragment: ``spans``, in the file's order
``A1  Form T1 name``               the mention's ``form``
``A1  NAME T1 VALUE``, ``M1 …``    ``extra.brat.attributes`` of the mention
``N1  Reference T1 Wikidata:Q1``   the mention's entity; links that say more or other: ``extra.brat.links``
``#1  AnnotatorNotes T1  text``    ``extra.brat.notes`` of the mention
``R1  TYPE Arg1:T1 Arg2:T2``       a relation
``*   Equiv T1 T2``                one entity
all other lines                    ``extra.brat.lines`` of the document, as they are
=================================  =====================================================================
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn

import msgspec

from goldwire.corpus.checks import span_fault
from goldwire.corpus.document import UNSET, Document, Entity, Mention, Relation, Span
from goldwire.corpus.errors import InputError, Problem, shown
from goldwire.corpus.formats.format import Losses

__all__ = ["ITEM", "Link", "default_links", "document_of", "folded"]

Link = list[str]
"""A reference such as ``Wikidata:Q7747``, and its name, empty where there is none."""

ITEM = re.compile(r"Q[0-9]+", re.ASCII)
"""A Wikidata item."""

_LINE = re.compile(r"(\*|[TREAMN#][0-9]\S*)\t(.*)", re.DOTALL)
_BOUND = re.compile(r"(\S+) ([0-9]+ [0-9]+(?:;[0-9]+ [0-9]+)*)", re.ASCII)
_ARROW = re.compile(r"(\S+) ([^\s:]+):(\S+) ([^\s:]+):(\S+) *")
_REFERENCE = re.compile(r"Reference (\S+) ([^\s:]+:\S+) *")
_ATTRIBUTE = re.compile(r"(\S+) (\S+)(?: (\S+))? *")
_COMMENT = re.compile(r"(\S+) (\S+) *")
_BLANK = re.compile(r"[\t\r\n]")


@dataclass(slots=True)
class _Bound:
    """A T line, and what the other lines say of it."""

    type: str
    fragments: list[Span]
    form: str | None = None
    attributes: dict[str, Any] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    notes: list[list[str]] = field(default_factory=list)


def folded(surface: str) -> str:
    """A surface as a T line holds it: tabs and line ends are spaces."""
    return _BLANK.sub(" ", surface)


def default_links(entity: Entity | None) -> list[Link]:
    """The links that a mention of ``entity`` bears if its ``extra`` names no others."""
    if entity is None or entity.wikidata is UNSET or not ITEM.fullmatch(entity.wikidata):
        return []
    return [[f"Wikidata:{entity.wikidata}", folded(entity.name or "")]]


def document_of(identity: str, text: str, annotations: str, file: str, losses: Losses) -> Document:
    """The document of a text and the contents of its ``.ann`` file; ``file`` is the latter's name for messages.

    Raises
    ------
    InputError
        A line of a known kind is broken, an offset is outside the text, a surface is not the text's, an id comes twice,
        or a relation, event or attribute names an id that is not there.
    """
    return _Reader(identity, text, file, losses).document(annotations)


class _Reader:
    def __init__(self, identity: str, text: str, file: str, losses: Losses) -> None:
        self.identity, self.text, self.file, self.losses = identity, text, file, losses
        self.bounds: dict[str, _Bound] = {}
        self.lines: list[str] = []
        self.relations: list[Relation] = []
        self.more_of_relations: dict[str, dict[str, Any]] = {}
        self.equivalents: list[list[str]] = []
        self.ids: dict[str, int] = {}
        self.referred: set[str] = set()

    def document(self, annotations: str) -> Document:
        rest: list[tuple[int, str, str, str]] = []
        for number, raw in enumerate(annotations.split("\n"), 1):
            line = raw.removesuffix("\r")
            if line != raw:
                self.odd("lines that end in CRLF", number)
            if not line.strip():
                if raw:
                    self.odd("blank lines", number)
                continue
            match = _LINE.fullmatch(line)
            if match is None:
                if re.match(r"[TREAM][0-9]|\*", line):
                    self.fail(number, "malformed-line", shown(line), "an id, a tab and what it stands for", _REMEDY)
                self.odd("stray lines", number)
                self.lines.append(line)
                continue
            name, body = match.groups()
            if name[0] in "TRE":
                if name in self.ids:
                    found = f"{name}, as in line {self.ids[name]}"
                    self.fail(number, "duplicate-id", found, "an id of its own", "rename or remove one")
                self.ids[name] = number
            if name[0] == "T":
                self.bound(number, name, body)
            else:
                rest.append((number, name, body, line))
        self.ids |= {name: number for number, name, _, _ in rest if name != "*"}
        self.referred = {target for _, name, body, _ in rest if name[0] in "AM#N" for target in body.split()[1:2]}
        for number, name, body, line in rest:
            _TAKERS[name[0]](self, number, name, body, line)
        self.refuse_cycles([(number, name, body) for number, name, body, _ in rest if name[0] == "E"])
        return self.result()

    def odd(self, what: str, number: int) -> None:
        self.losses.count(self.identity, what, f"line {number}")

    def fail(self, number: int, code: str, found: str, expected: str, remedy: str) -> NoReturn:
        raise InputError(Problem(code, found, expected, remedy, line=number, file=self.file, document=self.identity))

    def require(self, number: int, target: str) -> None:
        if target not in self.ids:
            remedy = "add the line that is missing, or remove this one"
            self.fail(number, "dangling-reference", shown(target), "the id of another line", remedy)

    def bound(self, number: int, name: str, body: str) -> None:
        head, tab, surface = body.partition("\t")
        match = _BOUND.fullmatch(head)
        if match is None or not tab:
            found = shown(f"{name}\t{body}")
            self.fail(number, "malformed-line", found, "ID, tab, TYPE START END, tab, surface", _REMEDY)
        fragments: list[Span] = []
        for pair in match[2].split(";"):
            start, end = pair.split(" ")
            span = (int(start[:18]), int(end[:18]))
            fragments.append(span)
            if fault := span_fault(span, self.text, name):
                raise InputError(fault.at(line=number, file=self.file, document=self.identity))
        slices = folded(" ".join(self.text[start:end] for start, end in fragments))
        if slices != surface and slices != folded(surface):
            remedy = "offsets count code points of the .txt as UTF-8: are these bytes, UTF-16 units?"
            found = f"{name} {shown(surface)}"
            self.fail(number, "wrong-surface", found, f"{shown(slices)}, the text at {match[2]}", remedy)
        self.bounds[name] = _Bound(match[1], fragments)

    def relation(self, number: int, name: str, body: str, line: str) -> None:
        head, tab, more = body.partition("\t")
        match = _ARROW.fullmatch(head)
        if match is None:
            found = shown(line)
            self.fail(number, "malformed-line", found, "ID, tab, TYPE ROLE:ID ROLE:ID", _REMEDY)
        kind, role, source, other_role, target = match.groups()
        self.require(number, source)
        self.require(number, target)
        if more or source not in self.bounds or target not in self.bounds:
            self.keep(number, line, "relations of events, kept as lines")
            return
        if tab:
            self.odd("R lines with a trailing tab", number)
        said: dict[str, Any] = {}
        if name in self.referred:
            said["id"] = name
        if (role, other_role) != ("Arg1", "Arg2"):
            said["roles"] = [role, other_role]
        if said:
            self.more_of_relations[str(len(self.relations))] = said
        self.relations.append(Relation(type=kind, source=source, target=target))

    def keep(self, number: int, line: str, what: str) -> None:
        self.odd(what, number)
        self.lines.append(line)

    def event(self, number: int, _: str, body: str, line: str) -> None:
        parts = body.split("\t")[0].split()
        if not parts or not all(re.fullmatch(r"[^:]+:[^:]+", part) for part in parts):
            self.fail(number, "malformed-line", shown(line), "ID, tab, TYPE:ID and ROLE:ID …", _REMEDY)
        for part in parts:
            self.require(number, part.partition(":")[2])
        self.keep(number, line, "events, kept as lines")

    def attribute(self, number: int, name: str, body: str, line: str) -> None:
        match = _ATTRIBUTE.fullmatch(body)
        if match is None:
            self.fail(number, "malformed-line", shown(line), "ID, tab, NAME ID and maybe a value", _REMEDY)
        key, target, value = match.groups()
        self.require(number, target)
        bound = self.bounds.get(target)
        if bound is None or name in self.referred:
            self.keep(number, line, "attributes of events and relations, kept as lines")
        elif key == "Form" and value is not None and bound.form is None:
            bound.form = value
        elif key not in bound.attributes:
            bound.attributes[key] = True if value is None else value
        else:
            self.keep(number, line, "attributes given twice, kept as lines")

    def link(self, number: int, name: str, body: str, line: str) -> None:
        head, _, title = body.partition("\t")
        match = _REFERENCE.fullmatch(head)
        if not title:
            self.odd("N lines without a name", number)
        if match is None or "\t" in title:
            self.keep(number, line, "N lines that cannot be read, kept as lines")
            return
        target, reference = match.groups()
        if reference == "Wikidata:NULL":
            self.odd("NULL links", number)
        elif reference.startswith("Wikidata:") and not ITEM.fullmatch(reference[9:]):
            self.odd("Wikidata links to no item", number)
        bound = self.bounds.get(target)
        if bound is not None and name not in self.referred:
            bound.links.append([reference, title])
        elif target in self.ids:
            self.keep(number, line, "links of events and relations, kept as lines")
        else:
            self.keep(number, line, "links of a mention that is missing, kept as lines")

    def note(self, number: int, name: str, body: str, line: str) -> None:
        head, _, words = body.partition("\t")
        match = _COMMENT.fullmatch(head)
        bound = self.bounds.get(match[2]) if match else None
        if match is not None and bound is not None and name not in self.referred:
            bound.notes.append([match[1], words])
        elif match is not None and match[2] in self.ids:
            self.lines.append(line)
        else:
            self.keep(number, line, "notes on what is missing, kept as lines")

    def star(self, number: int, _: str, body: str, line: str) -> None:
        kind, *targets = body.split("\t")[0].split() or [""]
        if len(targets) < 2:
            self.fail(number, "malformed-line", shown(line), "*, tab, Equiv and two ids or more", _REMEDY)
        for target in targets:
            self.require(number, target)
        if kind == "Equiv" and all(target in self.bounds for target in targets):
            self.equivalents.append(targets)
        else:
            self.keep(number, line, "groups of events, kept as lines")

    def refuse_cycles(self, events: list[tuple[int, str, str]]) -> None:
        """Refuse an event that is, over others, an argument of itself."""
        inside = {name: [part.partition(":")[2] for part in body.split()] for _, name, body in events}
        lines = {name: number for number, name, _ in events}
        done: set[str] = set()
        for first in inside:
            path: dict[str, Iterator[str]] = {}
            if first not in done:
                path[first] = iter(inside[first])
            while path:
                name = next(reversed(path))
                target = next((t for t in path[name] if t in inside and t not in done), None)
                if target is None:
                    done.add(name)
                    del path[name]
                elif target in path:
                    circle = " → ".join([*list(path)[list(path).index(target) :], target])
                    remedy = "remove one of these arguments"
                    self.fail(lines[name], "cyclic-reference", circle, "events that do not hold themselves", remedy)
                else:
                    path[target] = iter(inside[target])

    def result(self) -> Document:
        owner, entities = self.clusters()
        mentions = []
        for name, bound in self.bounds.items():
            said: dict[str, Any] = {}
            if bound.attributes:
                said["attributes"] = bound.attributes
            if bound.links != default_links(entities.get(owner.get(name, ""))):
                said["links"] = bound.links
            if bound.notes:
                said["notes"] = bound.notes
            mentions.append(
                Mention(
                    start=min(start for start, _ in bound.fragments),
                    end=max(end for _, end in bound.fragments),
                    type=bound.type,
                    id=name,
                    form=UNSET if bound.form is None else bound.form,
                    entity=owner.get(name, UNSET),
                    spans=tuple(bound.fragments) if len(bound.fragments) > 1 else UNSET,
                    extra={"brat": said} if said else UNSET,
                )
            )
        more: dict[str, Any] = {}
        if self.lines:
            more["lines"] = self.lines
        if self.more_of_relations:
            more["relations"] = self.more_of_relations
        return Document(
            id=self.identity,
            text=self.text,
            mentions=tuple(mentions),
            entities=tuple(entities.values()) or UNSET,
            relations=tuple(self.relations) or UNSET,
            extra={"brat": more} if more else UNSET,
        )

    def clusters(self) -> tuple[dict[str, str], dict[str, Entity]]:
        """Mention id → entity id, and the entities by id, in the order of their first mentions."""
        owner: dict[str, str] = {}
        for name, bound in self.bounds.items():
            items = (link[0][9:] for link in bound.links if link[0].startswith("Wikidata:"))
            item = next((item for item in items if ITEM.fullmatch(item)), None)
            if item is not None:
                owner[name] = item
        for group in _joined(self.equivalents):
            members = [name for name in self.bounds if name in group]
            known = {owner[name] for name in members if name in owner}
            free = [name for name in members if name not in owner]
            if len(known) > 1 or (known and any(self.bounds[name].links for name in free)):
                self.lines.append(f"*\tEquiv {' '.join(members)}")
                self.losses.count(self.identity, "groups of mentions with other links, kept as lines", members[0])
                continue
            identity = next(iter(known), f"equiv-{members[0]}")
            owner |= dict.fromkeys(members, identity)
        entities: dict[str, Entity] = {}
        for name, bound in self.bounds.items():
            identity = owner.get(name, "")
            if not identity:
                continue
            if identity not in entities:
                entities[identity] = Entity(id=identity, type=bound.type)
                if ITEM.fullmatch(identity):
                    entities[identity] = msgspec.structs.replace(entities[identity], wikidata=identity)
            known_as = [title for reference, title in bound.links if title and reference == f"Wikidata:{identity}"]
            if known_as and entities[identity].name is UNSET:
                entities[identity] = msgspec.structs.replace(entities[identity], name=known_as[0])
        return owner, entities


def _joined(groups: list[list[str]]) -> list[set[str]]:
    """The groups, those that share a member made one."""
    joined: list[set[str]] = []
    for group in groups:
        mine = set(group)
        apart = []
        for other in joined:
            if other & mine:
                mine |= other
            else:
                apart.append(other)
        joined = [*apart, mine]
    return joined


_REMEDY = "is the file whole, with tabs between its columns?"

_TAKERS = {
    "R": _Reader.relation,
    "E": _Reader.event,
    "A": _Reader.attribute,
    "M": _Reader.attribute,
    "N": _Reader.link,
    "#": _Reader.note,
    "*": _Reader.star,
}
