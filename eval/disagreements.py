"""Every place where two annotators of a document differ, one by one, as an adjudicator goes through them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from msgspec import UnsetType

from goldwire.corpus.document import LAYERS, UNSET, Dateline, Document, Mention, Quote, Span
from goldwire.corpus.layout import lines
from goldwire.eval.agreement import line_kinds, matched_mentions, matched_quotes, shared
from goldwire.eval.speakers import Cast, entity_map

__all__ = ["NOTHING", "Disagreement", "disagreements"]

NOTHING = "—"
"""The version of an annotator who has nothing there."""


class Disagreement(NamedTuple):
    """One difference: where it is, which part of which layer, and both versions in words.

    The span is half-open, in code points: that of the first annotator, or of the second where the first has nothing.
    """

    document: str
    layer: str
    part: str
    start: int
    end: int
    surface: str
    first: str
    second: str

    def __str__(self) -> str:
        place = f"{self.document} [{self.start}, {self.end}) «{self.surface}»"
        return f"{place}: {self.layer}, {self.part}: {self.first} | {self.second}"

    def to_dict(self) -> dict[str, Any]:
        """The difference as JSON."""
        return self._asdict()


def disagreements(one: Document, other: Document) -> list[Disagreement]:
    """Every difference, by layer and place; none for a document and itself.

    Layers that one alone has; then, in those that both have, mentions: their presence, span, type, form, and which of
    them are the same entity; entities: type, name and Wikidata id; quotes: their presence and every part; the kind of
    each line; sections and dateline; of mentions of one span and type the fragments, and how many there are; relations.
    Ids are free: entities are paired by what they have in common, relations by their ends in words, unless the
    other has not that mention or quote, which is told itself. Order, scores and ``extra`` are not compared.

    Raises
    ------
    InputError
        The texts differ, or a mention has no sound span.
    """
    first, second = shared(one, other)
    found = [
        Disagreement(one.id, layer, "layer", 0, 0, "", *(_attempted(document, layer) for document in (one, other)))
        for layer in LAYERS
        if (getattr(one, layer) is UNSET) != (getattr(other, layer) is UNSET)
    ]
    comparison, text = _Comparison(first, second), first.text or ""
    found += comparison.all()
    return [*found, *_fragments(one, other, text), *_relations(one, other, text, comparison.same)]


def _attempted(document: Document, layer: str) -> str:
    return "not annotated" if getattr(document, layer) is UNSET else "annotated"


def _fragments(one: Document, other: Document, text: str) -> Iterator[Disagreement]:
    """Mentions whose hulls and types both have, and whose fragments, or whose number, differ."""
    counts = [
        Counter((*_span(m), m.type, tuple(sorted(m.spans or ()))) for m in document.mentions or ())
        for document in (one, other)
    ]
    known = {key[:3] for key in counts[0]} & {key[:3] for key in counts[1]}
    for key in sorted((counts[0] - counts[1]) + (counts[1] - counts[0])):
        start, end, kind, spans = key
        if key[:3] in known:
            said = f"{kind} {_pieces(spans or ((start, end),), text)}"
            versions = (_times(said, count[key]) for count in counts)
            yield Disagreement(one.id, "mentions", "fragments", start, end, text[start:end], *versions)


def _times(said: str, number: int) -> str:
    return f"{said}, {number} times" if number > 1 else said if number else NOTHING


def _pieces(spans: Iterable[Span], text: str) -> str:
    return " … ".join(f"«{text[start:end]}» [{start}, {end})" for start, end in spans)


def _relations(one: Document, other: Document, text: str, same: Mapping[str, str]) -> Iterator[Disagreement]:
    """Relations that one has, unless they lead to a mention or quote that one alone has, which is told itself.

    ``same`` maps the second's entities to the first's.
    """
    ours, theirs = (
        {e.id: f"{e.type} {e.name or e.wikidata or e.id}" for e in document.entities or ()} for document in (one, other)
    )
    known = set(ours.values())
    paired = {name: said if said in known else ours.get(same.get(name, ""), said) for name, said in theirs.items()}
    places = [_places(document, text) for document in (one, other)]
    told = {word for word, _ in places[0]} ^ {word for word, _ in places[1]}
    counts: list[Counter[str]] = []
    for document, placed, entities in zip((one, other), places, (ours, paired), strict=True):
        words = {**entities, **{name: word for word, name in reversed(placed) if name is not UNSET}}
        ends = [(r.type, words.get(r.source), words.get(r.target)) for r in document.relations or ()]
        counts.append(Counter(f"{kind}: {a} → {b}" for kind, a, b in ends if not told & {a, b}))
    for said in sorted((counts[0] - counts[1]) + (counts[1] - counts[0])):
        versions = (_times(said, count[said]) for count in counts)
        yield Disagreement(one.id, "relations", "relation", 0, 0, "", *versions)


def _places(document: Document, text: str) -> list[tuple[str, str | UnsetType]]:
    """Mentions and quotes in words, with their ids."""
    mentions = [(f"{m.type} {_pieces([_span(m)], text)}", m.id) for m in document.mentions or ()]
    return mentions + [(f"quote {_pieces(sorted(q.content), text)}", q.id) for q in document.quotes or ()]


class _Comparison:
    def __init__(self, first: Document, second: Document) -> None:
        self._first, self._second = first, second
        self._text = first.text or ""
        casts = [Cast(document, tuple(document.quotes or ()), self._text) for document in (first, second)]
        self.same = entity_map(*casts)  # the second's entity → the first's
        self._merged = [_merged(document) for document in (first, second)]
        self._names = [
            {entity.id: entity.name or entity.id for entity in document.entities or ()} for document in (first, second)
        ]

    def all(self) -> Iterator[Disagreement]:
        yield from sorted(self._mentions(), key=lambda found: (found.start, found.end))
        yield from sorted(self._entities(), key=lambda found: (found.start, found.end))
        yield from sorted(self._quotes(), key=lambda found: (found.start, found.end))
        yield from self._layout()

    def _at(self, layer: str, part: str, span: Span, first: str, second: str) -> Disagreement:
        return Disagreement(self._first.id, layer, part, span[0], span[1], self._text[span[0] : span[1]], first, second)

    def _shown(self, span: Span | None) -> str:
        return NOTHING if span is None else f"«{self._text[span[0] : span[1]]}» [{span[0]}, {span[1]})"

    def _mentions(self) -> Iterator[Disagreement]:
        ours, theirs = self._first.mentions or (), self._second.mentions or ()
        pairs = matched_mentions(self._first, self._second)
        for i, j in pairs:
            a, b = ours[i], theirs[j]
            if _span(a) != _span(b):
                yield self._at("mentions", "span", _span(a), self._mention(a), self._mention(b))
            if a.type != b.type:
                yield self._at("mentions", "type", _span(a), a.type, b.type)
            if a.form != b.form:
                yield self._at("mentions", "form", _span(a), a.form or NOTHING, b.form or NOTHING)
            if not self._one_entity(a.entity or None, b.entity or None):
                names = self._name(0, a.entity or None), self._name(1, b.entity or None)
                yield self._at("mentions", "entity", _span(a), *names)
        for i in _rest(len(ours), [i for i, _ in pairs]):
            yield self._at("mentions", "mention", _span(ours[i]), self._mention(ours[i]), NOTHING)
        for j in _rest(len(theirs), [j for _, j in pairs]):
            yield self._at("mentions", "mention", _span(theirs[j]), NOTHING, self._mention(theirs[j]))

    def _mention(self, mention: Mention) -> str:
        return f"{mention.type} {self._shown(_span(mention))}"

    def _one_entity(self, ours: str | None, theirs: str | None) -> bool:
        if ours is None or theirs is None:
            return ours is theirs
        ours, theirs = self._merged[0].get(ours, ours), self._merged[1].get(theirs, theirs)
        if theirs in self.same or ours in self.same.values():
            return self.same.get(theirs) == ours
        return ours == theirs  # nothing is known of either but the id

    def _name(self, side: int, entity: str | None) -> str:
        return NOTHING if entity is None else self._names[side].get(entity, entity)

    def _entities(self) -> Iterator[Disagreement]:
        """Paired entities that are described differently, each at the first annotator's first mention of it."""
        theirs = {entity.id: entity for entity in self._second.entities or ()}
        partner = {ours: theirs[other] for other, ours in self.same.items() if other in theirs}
        for a in self._first.entities or ():
            b = partner.get(a.id)
            if b is None:
                continue  # seen in its mentions
            spans = [_span(m) for m in self._first.mentions or () if m.entity == a.id]
            for part in ("type", "name", "wikidata"):
                versions = [getattr(entity, part) or NOTHING for entity in (a, b)]
                if versions[0] != versions[1]:
                    yield self._at("entities", part, min(spans, default=(0, 0)), *versions)

    def _quotes(self) -> Iterator[Disagreement]:
        ours, theirs = self._first.quotes or (), self._second.quotes or ()
        pairs = matched_quotes(self._first, self._second)
        for i, j in pairs:
            a, b = ours[i], theirs[j]
            place = min(a.content)
            for part in ("content", "marked"):
                versions = [sorted(getattr(quote, part) or ()) for quote in (a, b)]
                if versions[0] != versions[1]:
                    yield self._at("quotes", part, place, *(self._list(spans) for spans in versions))
            for part in ("cue", "speaker"):
                if getattr(a, part) != getattr(b, part):
                    yield self._at("quotes", part, place, *(self._shown(getattr(q, part)) for q in (a, b)))
            if a.kind != b.kind:
                yield self._at("quotes", "kind", place, a.kind, b.kind)
            if not self._one_entity(a.speaker_entity, b.speaker_entity):
                names = self._name(0, a.speaker_entity), self._name(1, b.speaker_entity)
                yield self._at("quotes", "speaker entity", place, *names)
        for i in _rest(len(ours), [i for i, _ in pairs]):
            yield self._at("quotes", "quote", min(ours[i].content, default=(0, 0)), self._quote(ours[i]), NOTHING)
        for j in _rest(len(theirs), [j for _, j in pairs]):
            yield self._at("quotes", "quote", min(theirs[j].content, default=(0, 0)), NOTHING, self._quote(theirs[j]))

    def _quote(self, quote: Quote) -> str:
        return f"{quote.kind} {self._list(sorted(quote.content))}"

    def _list(self, spans: Sequence[Span]) -> str:
        return ", ".join(self._shown(span) for span in spans) or NOTHING

    def _layout(self) -> Iterator[Disagreement]:
        if self._first.blocks is not UNSET:
            kinds = zip(line_kinds(self._first), line_kinds(self._second), strict=True)
            for span, (a, b) in zip(lines(self._text), kinds, strict=True):
                if a != b:
                    yield self._at("blocks", "kind", span, a, b)
            yield from self._sets("blocks", "block", *({(b.start, b.end) for b in d.blocks or ()} for d in self._both))
        if self._first.sections is not UNSET:
            yield from self._sets("sections", "section", *({s.body for s in d.sections or ()} for d in self._both))
            headings = ({s.heading for s in d.sections or () if s.heading} for d in self._both)
            yield from self._sets("sections", "heading", *headings)
        for part in ("dateline", "place", "date", "agency"):
            ours, theirs = (_part(document.dateline or None, part) for document in self._both)
            if ours != theirs:
                yield self._at("dateline", part, ours or theirs or (0, 0), self._shown(ours), self._shown(theirs))

    @property
    def _both(self) -> tuple[Document, Document]:
        return self._first, self._second

    def _sets(self, layer: str, part: str, ours: set[Span], theirs: set[Span]) -> Iterator[Disagreement]:
        for span in sorted(ours ^ theirs):
            versions = (self._shown(span), NOTHING) if span in ours else (NOTHING, self._shown(span))
            yield self._at(layer, part, span, *versions)


def _merged(document: Document) -> dict[str, str]:
    """Entity → the first one with its Wikidata id: the two are one."""
    first: dict[str, str] = {}
    return {e.id: first.setdefault(e.wikidata, e.id) for e in document.entities or () if e.wikidata}


def _span(mention: Mention) -> Span:
    return (mention.start or 0, mention.end or 0)


def _part(dateline: Dateline | None, part: str) -> Span | None:
    if dateline is None:
        return None
    span: Span | None = (dateline.start, dateline.end) if part == "dateline" else getattr(dateline, part)
    return span


def _rest(n: int, taken: Sequence[int]) -> list[int]:
    return sorted(set(range(n)) - set(taken))
