"""A document as the lines of a brat ``.ann`` file, as far as brat has a place for it: the inverse of ``standoff``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count
from typing import Any

from goldwire.corpus.document import UNSET, Document, Mention, Span
from goldwire.corpus.formats.standoff import ITEM, default_links, folded

__all__ = ["annotations_of", "bound_ids", "fragments_of", "is_token", "said_of", "token"]

_TOKEN = re.compile(r"[^\s:;]+")
_BOUND_ID = re.compile(r"T[0-9]\S*", re.ASCII)


def is_token(name: str) -> bool:
    """Whether brat can hold ``name`` as a type, a value or an attribute's name.

    >>> is_token("PERSON"), is_token(""), is_token("two words")
    (True, False, False)
    """
    return _TOKEN.fullmatch(name) is not None


def token(name: str) -> str:
    """``name``, with ``_`` for what brat cannot hold.

    >>> token("two words")
    'two_words'
    """
    return re.sub(r"[\s:;]", "_", name) or "_"


def bound_ids(document: Document) -> list[str | None]:
    """The T id of each mention, ``None`` for one without offsets: its own id where that is one, else the next free."""
    mentions = document.mentions or ()
    taken: set[str] = set()
    ids: list[str | None] = []
    for mention in mentions:
        name = mention.id or ""
        own = mention.start is not None and _BOUND_ID.fullmatch(name) is not None and name not in taken
        ids.append(name if own else None)
        if own:
            taken.add(name)
    free = (name for number in count(1) if (name := f"T{number}") not in taken)
    return [
        next(free) if name is None and mention.start is not None else name
        for mention, name in zip(mentions, ids, strict=True)
    ]


def fragments_of(mention: Mention) -> list[Span]:
    """The fragments of a mention that has offsets, in its own order."""
    if mention.spans:
        return list(mention.spans)
    return [] if mention.start is None or mention.end is None else [(mention.start, mention.end)]


def said_of(record: Document | Mention) -> dict[str, Any]:
    """What ``extra`` keeps for brat; empty where that is not of brat's form."""
    said = (record.extra or {}).get("brat")
    return said if isinstance(said, dict) else {}


def annotations_of(document: Document, *, plain: bool = False) -> str:
    """The contents of the ``.ann`` file of a document that has a text; ``plain`` leaves out what ``extra`` keeps.

    What brat has no place for is left out: the caller compares.
    """
    return "".join(f"{line}\n" for line in _lines(document, plain))


def _lines(document: Document, plain: bool) -> Iterator[str]:
    text = document.text or ""
    said = {} if plain else said_of(document)
    kept = [line for line in _listed(said.get("lines")) if isinstance(line, str) and _is_line(line)]
    used = {line.partition("\t")[0] for line in kept}
    numbers = {letter: _unused(letter, used) for letter in "ANR#"}
    bounds = [
        (name, mention)
        for name, mention in zip(bound_ids(document), document.mentions or (), strict=True)
        if name is not None
    ]
    for name, mention in bounds:
        fragments = fragments_of(mention)
        offsets = ";".join(f"{start} {end}" for start, end in fragments)
        surface = folded(" ".join(text[start:end] for start, end in fragments))
        yield f"{name}\t{token(mention.type)} {offsets}\t{surface}"
    for name, mention in bounds:
        if mention.form is not UNSET and is_token(mention.form):
            yield f"{next(numbers['A'])}\tForm {name} {mention.form}"
        attributes = {} if plain else said_of(mention).get("attributes")
        for key, value in (attributes if isinstance(attributes, dict) else {}).items():
            if is_token(key) and (value is True or (isinstance(value, str) and is_token(value))):
                yield f"{next(numbers['A'])}\t{key} {name}{'' if value is True else f' {value}'}"
    entities = {entity.id: entity for entity in document.entities or ()}
    for name, mention in bounds:
        usual = default_links(entities.get(mention.entity or ""))
        links = usual if plain else said_of(mention).get("links", usual)
        for reference, title in _pairs(links):
            if re.fullmatch(r"[^\s:]+:\S+", reference):
                yield f"{next(numbers['N'])}\tReference {name} {reference}\t{folded(title)}"
    for name, mention in bounds:
        for kind, words in _pairs(None if plain else said_of(mention).get("notes")):
            if is_token(kind):
                yield f"{next(numbers['#'])}\t{kind} {name}\t{words}"
    yield from _groups(document, bounds)
    yield from _arrows(document, bounds, said, numbers["R"])
    yield from kept


def _groups(document: Document, bounds: list[tuple[str, Mention]]) -> Iterator[str]:
    for entity in document.entities or ():
        if entity.wikidata is not UNSET and ITEM.fullmatch(entity.wikidata):
            continue
        names = [name for name, mention in bounds if mention.entity == entity.id]
        if len(names) > 1:
            yield f"*\tEquiv {' '.join(names)}"


def _arrows(
    document: Document, bounds: list[tuple[str, Mention]], said: dict[str, Any], numbers: Iterator[str]
) -> Iterator[str]:
    known = {mention.id: name for name, mention in reversed(bounds) if mention.id is not UNSET}
    more = said.get("relations")
    more = more if isinstance(more, dict) else {}
    own = {other.get("id") for other in more.values() if isinstance(other, dict)}
    for index, relation in enumerate(document.relations or ()):
        if relation.source not in known or relation.target not in known or not is_token(relation.type):
            continue
        other = more.get(str(index))
        other = other if isinstance(other, dict) else {}
        name = other.get("id")
        if not isinstance(name, str) or not re.fullmatch(r"R[0-9]\S*", name):
            name = next(number for number in numbers if number not in own)
        roles = other.get("roles")
        if not (isinstance(roles, list) and len(roles) == 2 and all(isinstance(r, str) and is_token(r) for r in roles)):
            roles = ["Arg1", "Arg2"]
        yield f"{name}\t{relation.type} {roles[0]}:{known[relation.source]} {roles[1]}:{known[relation.target]}"


def _unused(letter: str, used: set[str]) -> Iterator[str]:
    return (name for number in count(1) if (name := f"{letter}{number}") not in used)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _pairs(value: Any) -> Iterator[tuple[str, str]]:
    for pair in _listed(value):
        if (
            isinstance(pair, list)
            and len(pair) == 2
            and all(isinstance(part, str) and folded(part) == part for part in (pair[0], pair[1].replace("\t", "")))
        ):
            yield pair[0], pair[1]


def _is_line(line: str) -> bool:
    return bool(line.strip()) and "\n" not in line and not line.endswith("\r")
