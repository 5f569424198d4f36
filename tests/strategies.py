"""Hypothesis strategies for documents, texts and their parts: kept, and free for every test to use.

``documents()`` draws any valid ``Document``: one of which ``goldwire.corpus.checks.check`` with the open scheme
reports no error (warnings it may have: a cut word, a crossing, a mention without offsets). Nothing is drawn that JSON
changes on its way: no NaN, no infinity, no lone surrogate, no integer beyond 64 bits.

What a part of a document is made of is drawn at once, as bytes that ``_Choices`` spends: to draw from a strategy costs
some ten microseconds, to make one for the draw a hundred.

``texts()`` draws what breaks offsets: emoji of one and of several code points, flags, combining marks, CRLF, lone CR,
NBSP, U+2028, runs of white space, and blank texts.

>>> from hypothesis import given
>>> @LAW
... @given(documents())
... def test(document: Document) -> None: ...
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from goldwire.corpus.document import (
    Block,
    Dateline,
    Document,
    Entity,
    Mention,
    Quote,
    Relation,
    Section,
    Span,
    sha256,
)
from goldwire.corpus.layout import lines, sections_of
from goldwire.corpus.scheme import Scheme

__all__ = ["LAW", "OPEN", "documents", "json_values", "names", "texts"]

OPEN = Scheme("open", (), (), (), ())
"""The scheme that allows any name."""

LAW = settings(deadline=None, suppress_health_check=(HealthCheck.too_slow,))
"""For tests that draw documents: a busy machine draws them slowly, and that is no failure."""

_T = TypeVar("_T")

_PIECES = (
    "Путин", "премьер-министр", "a", "Ω", "«", "»", ".", "16", "-", " ", "  ", "\n", "\n\n", "\r\n", "\r", "\t",
    "\u00a0", "\u2028", "\x0c", "🙂", "👩‍👩‍👧", "🇷🇺", "е\u0301", "\u0301", "\u200d", "\ufeff", "𝔘", "字",
    "\\n", "#", "<b>",
)  # fmt: skip
_PLAIN = (
    "PERSON", "CITY", "name", "direct", "paragraph", "dateline", "m1", "q#1", "q_231", "_n0", "a.b", "7", "T2", "",
)  # fmt: skip

_FLOATS = st.floats(allow_nan=False, allow_infinity=False)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | _FLOATS | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
_NAMES = st.sampled_from(_PLAIN) | st.text(max_size=4)


def texts(max_pieces: int = 20) -> st.SearchStrategy[str]:
    """A text of words and of characters that break offsets; it may be blank or empty."""
    return st.builds(_text, st.binary(min_size=1, max_size=max_pieces), st.text(max_size=3 * max_pieces))


def _text(layout: bytes, other: str) -> str:
    """A byte is a piece or, half the time, none to three of the ``other`` characters as long as there are any."""
    found, at = [], 0
    for byte in layout:
        piece = _PIECES[byte % len(_PIECES)]
        if byte >= 128 and at < len(other):
            piece = other[at : at + byte % 4]
            at += len(piece)
        found.append(piece)
    return "".join(found)


def names() -> st.SearchStrategy[str]:
    """A name or id: often a plain one, so that two may be equal; else any text, the empty one included."""
    return _NAMES


def json_values() -> st.SearchStrategy[Any]:
    """A value that JSON holds and gives back unchanged."""
    return _JSON


def _ink(text: str) -> list[int]:
    return [place for place, character in enumerate(text) if not character.isspace()]


class _Pool:
    """What the parts of one document choose from."""

    def __init__(self, text: str, scheme: Scheme, other: str, extras: Sequence[dict[str, Any]]) -> None:
        self.text = text
        self.ink = _ink(text)
        self.other = other
        self.extras = ({}, *extras)
        parts = ("types", "forms", "quote_kinds", "block_kinds")
        self.known = {part: sorted(scheme.names(part)) for part in parts}


class _Choices:
    """Bytes, spent on one choice after the other; where none are left, every choice is the first."""

    def __init__(self, drawn: bytes, pool: _Pool) -> None:
        self._bytes = iter(drawn)
        self.pool = pool

    def below(self, count: int) -> int:
        """A number from 0 to ``count`` - 1."""
        number = next(self._bytes, 0)
        if count > 64:  # of one byte some would never come, or the low ones too often
            number = number * 256 + next(self._bytes, 0)
        return number % count

    def of(self, values: Sequence[_T]) -> _T:
        return values[self.below(len(values))]

    def maybe(self, value: Callable[[], _T]) -> _T | UnsetType:
        return value() if self.below(2) else UNSET

    def often(self, value: Callable[[], _T]) -> _T | UnsetType:
        return value() if self.below(4) else UNSET

    def name(self, part: str = "") -> str:
        """A name that the scheme allows in ``part``; where that allows any, or for an id, as ``names()`` draws it."""
        known = self.pool.known.get(part)
        if known or self.below(2) == 0:
            return self.of(known or _PLAIN)
        start = self.below(len(self.pool.other))
        return self.pool.other[start : start + self.below(5)]

    def kind(self) -> str:
        """The kind of a block: where any is allowed, as often as not one that means something."""
        plain = ("paragraph", "subhead", "headline", "dateline")
        return self.of(plain) if not self.pool.known["block_kinds"] and self.below(2) else self.name("block_kinds")

    def extra(self) -> dict[str, Any]:
        return dict(self.of(self.pool.extras))

    def span(self, within: Span | None = None) -> Span:
        """A span of the text, or of ``within``, that neither begins nor ends with white space."""
        ink = self.pool.ink
        if within is not None:
            ink = ink[bisect_left(ink, within[0]) : bisect_left(ink, within[1])]
        pair = self.of(ink), self.of(ink)
        return min(pair), max(pair) + 1

    def apart(self) -> tuple[Span, ...]:
        """One to three spans that do not overlap, in any order."""
        places = sorted({self.of(self.pool.ink) for _ in range(1 + self.below(6))})
        # consecutive pairs of ordered places; one that is left over stands alone
        found = [(places[i], places[min(i + 1, len(places) - 1)] + 1) for i in range(0, len(places), 2)]
        return tuple(found.pop(self.below(len(found))) for _ in range(len(found)))


_PART = st.binary(min_size=16, max_size=32)  # about as many choices as a part of a document has
_PARTS = {count: st.lists(_PART, max_size=count) for count in (2, 3, 4, 5)}
_OTHER = st.text(min_size=4, max_size=32)
_EXTRAS = st.lists(st.dictionaries(_NAMES, _JSON, min_size=1, max_size=2), max_size=3)
_SCORES = st.lists(_FLOATS, max_size=3)
_TEXTS = texts()


@st.composite
def documents(
    draw: Callable[[st.SearchStrategy[Any]], Any],
    text: st.SearchStrategy[str] | None = None,
    scheme: Scheme = OPEN,
    offsets: bool = False,
) -> Document:
    """Any valid document over a text of ``text`` (``texts()`` if it is left out); it always has a text.

    Its names are those of ``scheme``, or any where that allows any. With ``offsets`` every mention has a place.
    """
    body: str = draw(_TEXTS if text is None else text)
    pool = _Pool(body, scheme, draw(_OTHER), draw(_EXTRAS))
    whole = _Choices(draw(_PART), pool)

    def parts(count: int) -> list[_Choices]:
        return [_Choices(drawn, pool) for drawn in draw(_PARTS[count])]

    entities = whole.often(lambda: _entities(parts(4)))
    ids = [entity.id for entity in entities or ()]
    mentions = whole.often(lambda: _mentions(parts(5), ids, offsets, draw(_SCORES)))
    quotes = whole.often(lambda: _quotes(parts(4), ids))
    blocks = whole.often(lambda: _blocks(_Choices(draw(_PART), pool)))
    if blocks is UNSET:
        sections = whole.often(lambda: tuple(map(_section, parts(2))))
    else:
        sections = whole.often(lambda: sections_of(blocks))
    first = next((block for block in blocks or () if block.kind == "paragraph"), None)
    place = (0, len(body)) if first is None else (first.start, first.end)
    ends = [*ids, *(part.id for layer in (mentions, quotes) for part in layer or () if part.id is not UNSET)]
    return Document(
        id=whole.name(),
        text=body,
        sha256=whole.maybe(lambda: sha256(body)),
        lang=whole.maybe(lambda: whole.of(("ru", "en", ""))),
        meta=whole.maybe(whole.extra),
        mentions=mentions,
        entities=entities,
        relations=whole.often(lambda: tuple(_relation(part, ends) for part in (parts(3) if ends else ()))),
        quotes=quotes,
        blocks=blocks,
        sections=sections,
        dateline=whole.often(lambda: _dateline(_Choices(draw(_PART), pool), place)),
        extra=whole.maybe(whole.extra),
    )


def _entities(parts: Sequence[_Choices]) -> tuple[Entity, ...]:
    found = {}
    for part in parts:
        name = part.name()
        wikidata = part.maybe(lambda part=part: "Q1" if part.below(2) else part.name())
        found.setdefault(name, Entity(id=name, type=part.name("types"), name=part.maybe(part.name), wikidata=wikidata))
    return tuple(found.values())


def _mentions(
    parts: Sequence[_Choices], entities: Sequence[str], offsets: bool, scores: Sequence[float]
) -> tuple[Mention, ...]:
    found: dict[tuple[Any, ...], Mention] = {}
    ids: set[str | UnsetType] = set()
    for part in parts:
        name = part.maybe(part.name)
        unplaced = not offsets and (part.below(4) == 3 or not part.pool.ink)
        if not (unplaced or part.pool.ink):
            break
        fragments: tuple[Span, ...] | UnsetType = UNSET
        start: int | None = None
        end: int | None = None
        surface: str | UnsetType
        if unplaced:
            surface = part.name() or "a"
        else:
            fragments = part.maybe(part.apart)
            start, end = _hull(fragments) if fragments else part.span()
            surface = part.maybe(partial(part.pool.text.__getitem__, slice(start, end)))
        mention = Mention(
            start=start,
            end=end,
            type=part.name("types"),
            form=part.maybe(lambda part=part: part.name("forms")),
            entity=part.maybe(lambda part=part: part.of(entities)) if entities else UNSET,
            text=surface,
            score=part.maybe(lambda part=part: part.of(scores)) if scores else UNSET,
            spans=fragments,
            extra=part.maybe(part.extra),
        )
        key = (start, end, mention.type, fragments or (), start is None and surface)
        if key not in found:
            found[key] = replace(mention, id=UNSET if name in ids else name)
            ids.add(name)
    return tuple(found.values())


def _quotes(parts: Sequence[_Choices], entities: Sequence[str]) -> tuple[Quote, ...]:
    found: dict[Quote, Quote] = {}
    ids: set[str | UnsetType] = set()
    cues: list[Span | None] = [None]
    for part in parts if parts and parts[0].pool.ink else ():
        name = part.maybe(part.name)
        content = part.apart()
        for _ in ("cue", "speaker"):
            # often shared with an earlier quote
            cues.append(part.span() if part.below(2) else part.of(cues))
        quote = Quote(
            kind=part.name("quote_kinds"),
            content=content,
            cue=cues[-2],
            speaker=cues[-1],
            speaker_entity=part.of([None, "", *entities]),
        )
        marked = part.maybe(lambda part=part, content=content: _marked(part, content))
        if quote not in found:
            found[quote] = replace(quote, marked=marked, id=UNSET if name in ids else name)
            ids.add(name)
    return tuple(found.values())


def _marked(part: _Choices, content: Sequence[Span]) -> tuple[Span, ...]:
    return tuple(part.span(part.of(content)) for _ in range(part.below(3)))


def _blocks(part: _Choices) -> tuple[Block, ...]:
    blocks: list[Block] = []
    for start, end in lines(part.pool.text):
        if blocks and part.below(2):
            blocks[-1] = replace(blocks[-1], end=end)
        else:
            blocks.append(Block(kind=part.kind(), start=start, end=end))
    return tuple(blocks)


def _section(part: _Choices) -> Section:
    def span() -> Span:
        return part.span() if part.pool.ink else (0, 0)

    heading = span() if part.below(2) else None
    return Section(heading=heading, body=span(), paragraphs=tuple(span() for _ in range(part.below(3))))


def _relation(part: _Choices, ends: Sequence[str]) -> Relation:
    return Relation(type=part.name(), source=part.of(ends), target=part.of(ends))


def _dateline(part: _Choices, place: Span) -> Dateline | None:
    if not part.below(4) or not part.pool.text[slice(*place)].strip():
        return None
    start, end = part.span(place)
    inner = [part.span((start, end)) if part.below(2) else None for _ in range(3)]
    return Dateline(start=start, end=end, place=inner[0], date=inner[1], agency=inner[2])


def _hull(fragments: Sequence[Span]) -> Span:
    return min(start for start, _ in fragments), max(end for _, end in fragments)
