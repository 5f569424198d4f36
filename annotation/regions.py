"""A document as Label Studio results: the regions and arrows of its mentions, quotes, blocks and dateline.

The id of a region is ``SOURCE__KIND__KEY`` with ``__N`` for the further spans of one item. SOURCE is the number of the
record in the task that the region shows, KIND one of ``KINDS``, KEY our own id, encoded, or ``_nINDEX`` where the item
has none; so ids are the same at every run and no two items share one. The page makes a CSS class of an id, unescaped: a
region whose id has a dot or any other sign but letters, digits, ``-`` and ``_`` bears no colour. Offsets are half-open,
in code points.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from msgspec import UNSET, UnsetType

from goldwire.annotation.labeling import TEXT
from goldwire.corpus.document import Document, Entity, Mention, Quote, Span

__all__ = [
    "KINDS",
    "Result",
    "alias",
    "decoded",
    "encoded",
    "entity_paths",
    "heads",
    "number_of",
    "offered",
    "results",
    "taxonomy",
]

Result = dict[str, Any]
"""One entry of an annotation's or a prediction's ``result``."""

KINDS: Final = ("mention", "quote", "cue", "speaker", "marked", "block", "dateline")
"""What a region of ours may show."""

_OURS = re.compile(rf"(\d+)__(?:{'|'.join(KINDS)})__")
_UNSAFE = re.compile(r"[^A-Za-z0-9-]")
_ESCAPED = re.compile(r"((?:_[0-9a-f]{2})+)")


def encoded(name: str) -> str:
    """``name`` in ASCII letters, digits, ``-`` and ``_``, which a save in the page keeps; ``""`` for ``""``.

    >>> encoded("q#1"), encoded("president-ru")
    ('q_231', 'president-ru')
    """
    return _UNSAFE.sub(lambda found: "".join(f"_{byte:02x}" for byte in found.group().encode("utf-8")), name)


def decoded(code: str) -> str:
    """The name that ``encoded`` made ``code`` of.

    >>> decoded("q_231")
    'q#1'

    Raises
    ------
    ValueError
        ``code`` is not of that make.
    """
    name = _ESCAPED.sub(lambda found: bytes.fromhex(found.group().replace("_", "")).decode("utf-8"), code)
    if encoded(name) != code:
        raise ValueError(f"{code!r} is no encoded name")
    return name


def number_of(region: str) -> int | None:
    """The number of the record that a region of ours shows; ``None`` for a region that was drawn in the page.

    >>> number_of("0__mention__m5"), number_of("zLSY-XLk64")
    (0, None)
    """
    found = _OURS.match(region)
    return int(found[1]) if found else None


def alias(entity: str) -> str:
    """What the entity list stores for an entity id; never empty.

    >>> alias("president-ru")
    'president-ru'
    """
    return encoded(entity) or "_"


def taxonomy(entities: Iterable[Entity]) -> list[dict[str, Any]]:
    """The entity list of a task: types in order of first use, below each its entities; ``[]`` for none.

    An entity shows as its name, with its id where another of its type shows the same.
    """
    groups: dict[str, list[Entity]] = {}
    for entity in entities:
        groups.setdefault(entity.type, []).append(entity)
    tree = []
    for kind, members in groups.items():
        names = [entity.name or entity.id for entity in members]
        children = [
            {"value": name if names.count(name) == 1 else f"{name} ({entity.id})", "alias": alias(entity.id)}
            for entity, name in zip(members, names, strict=True)
        ]
        tree.append({"value": kind, "children": children})
    return tree


def offered(tree: object) -> list[Entity]:
    """The entities of a list that another maker wrote; ``[]`` for what is no list of types with entities below."""
    found = []
    for node in tree if isinstance(tree, list) else ():
        kind = node.get("value") if isinstance(node, dict) else None
        children = node.get("children") if isinstance(kind, str) else None
        for child in children if isinstance(children, list) else ():
            name = child.get("value") if isinstance(child, dict) else None
            if isinstance(name, str) and isinstance(kind, str):
                code = child.get("alias")
                found.append(Entity(id=code if isinstance(code, str) and code else name, type=kind, name=name))
    return found


def entity_paths(entities: Iterable[Entity]) -> dict[str, list[str]]:
    """What a result stores for each entity id: its type and its alias."""
    return {entity.id: [entity.type, alias(entity.id)] for entity in reversed(tuple(entities))}


def heads(items: Sequence[Mention] | Sequence[Quote] | UnsetType, kind: str, source: int) -> list[str]:
    """The id of the first region of each mention or quote, in order; ``[]`` for a layer that is absent."""
    found, seen = [], set()
    members: tuple[Mention | Quote, ...] = tuple(items or ())
    for index, item in enumerate(members):
        key = f"_n{index}" if item.id is UNSET or item.id in seen else encoded(item.id)
        if item.id is not UNSET:
            seen.add(item.id)
        found.append(f"{source}__{kind}__{key}")
    return found


def results(document: Document, source: int, paths: Mapping[str, list[str]]) -> list[Result]:
    """The regions of every layer that ``document`` has, then the arrows between them; ``[]`` for no layer.

    A mention without offsets and a quote without content have no place in the page and give no region.
    """
    page = _Page(document.text or "", source, paths, document.entities or ())
    for head, mention in zip(heads(document.mentions, "mention", source), document.mentions or (), strict=True):
        page.mention(head, mention)
    for head, quote in zip(heads(document.quotes, "quote", source), document.quotes or (), strict=True):
        page.quote(head, quote)
    for index, block in enumerate(document.blocks or ()):
        page.region(f"{source}__block___n{index}", "section", (block.start, block.end), [block.kind])
    if document.dateline:
        whole = document.dateline
        for part, span in (
            ("dateline", (whole.start, whole.end)),
            ("place", whole.place),
            ("date", whole.date),
            ("agency", whole.agency),
        ):
            if span is not None:
                page.region(f"{source}__dateline__{part}", "dateline", span, [part])
    return page.regions + page.arrows


class _Page:
    """The results so far; cues, speakers and marked stretches of the same span are one region for all quotes."""

    def __init__(self, text: str, source: int, paths: Mapping[str, list[str]], entities: Iterable[Entity] = ()) -> None:
        self.text = text
        self.source = source
        self.paths = paths
        self.regions: list[Result] = []
        self.arrows: list[Result] = []
        self.has_nameless = any(not entity.id for entity in entities)
        self._parts: set[str] = set()
        self._pairs: set[tuple[str, str]] = set()

    def region(
        self, region: str, control: str, span: Span, said: list[Any], kind: str = "labels", score: float | None = None
    ) -> None:
        start, end = span
        value = {"start": start, "end": end, "text": self.text[start:end], kind: said}
        result: Result = {"id": region, "from_name": control, "to_name": TEXT, "type": kind, "value": value}
        if score is not None:
            result["score"] = score
        self.regions.append(result)

    def arrow(self, source: str, target: str, label: str) -> None:
        if (source, target) not in self._pairs:
            self._pairs.add((source, target))
            self.arrows.append(
                {"type": "relation", "from_id": source, "to_id": target, "direction": "right", "labels": [label]}
            )

    def mention(self, head: str, mention: Mention) -> None:
        if mention.start is None or mention.end is None:
            return
        first, *rest = mention.spans or ((mention.start, mention.end),)
        score = None if mention.score is UNSET else mention.score
        self.region(head, "entity", first, [mention.type], score=score)
        if mention.form is not UNSET:
            self.region(head, "form", first, [mention.form], "choices")
        if mention.entity is not UNSET:
            self.region(head, "entity_id", first, [self.path(mention.entity)], "taxonomy")
        for number, span in enumerate(rest, 1):
            self.region(f"{head}__{number}", "entity", span, [mention.type])
            self.arrow(head, f"{head}__{number}", "continues")

    def quote(self, head: str, quote: Quote) -> None:
        if not quote.content:
            return
        first, *rest = quote.content
        self.region(head, "quote", first, ["content"])
        self.region(head, "kind", first, [quote.kind], "choices")
        # the empty string names nobody, unless an entity is called so
        if quote.speaker_entity or (quote.speaker_entity is not None and self.has_nameless):
            self.region(head, "speaker_entity", first, [self.path(quote.speaker_entity)], "taxonomy")
        for number, span in enumerate(rest, 1):
            self.region(f"{head}__{number}", "quote", span, ["content"])
            self.arrow(head, f"{head}__{number}", "continues")
        marked = [("marked", span) for span in quote.marked or ()]
        for part, part_span in (("cue", quote.cue), ("speaker", quote.speaker), *marked):
            if part_span is not None:
                region = f"{self.source}__{part}__{part_span[0]}-{part_span[1]}"
                if region not in self._parts:
                    self._parts.add(region)
                    self.region(region, "quote", part_span, [part])
                self.arrow(head, region, part)

    def path(self, entity: str) -> list[str]:
        return self.paths.get(entity, [alias(entity)])
