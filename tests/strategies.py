"""Hypothesis strategies for documents, texts and their parts: kept, and free for every test to use.

``documents()`` draws any valid ``Document``: one of which ``goldwire.corpus.checks.check`` with the open scheme
reports no error (warnings it may have: a cut word, a crossing, a mention without offsets). Nothing is drawn that JSON
changes on its way: no NaN, no infinity, no lone surrogate, no integer beyond 64 bits.

``texts()`` draws what breaks offsets: emoji of one and of several code points, flags, combining marks, CRLF, lone CR,
NBSP, U+2028, runs of white space, and blank texts. ``spans(text)`` draws a half-open span of it in code points whose
ends are no white space, as ``check`` wants them.

>>> from hypothesis import given
>>> @LAW
... @given(documents())
... def test(document: Document) -> None: ...
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from msgspec import UNSET, UnsetType

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

__all__ = ["LAW", "OPEN", "documents", "json_values", "names", "spans", "texts"]

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


def texts(max_pieces: int = 20) -> st.SearchStrategy[str]:
    """A text of words and of characters that break offsets; it may be blank or empty."""
    pieces = st.sampled_from(_PIECES) | st.text(max_size=3)
    return st.lists(pieces, max_size=max_pieces).map("".join)


def names() -> st.SearchStrategy[str]:
    """A name or id: often a plain one, so that two may be equal; else any text, the empty one included."""
    plain = ("PERSON", "CITY", "name", "direct", "paragraph", "dateline", "m1", "q#1", "q_231", "_n0", "a.b", "")
    return st.sampled_from(plain) | st.text(max_size=4)


def json_values() -> st.SearchStrategy[Any]:
    """A value that JSON holds and gives back unchanged."""
    floats = st.floats(allow_nan=False, allow_infinity=False)
    leaves = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | floats | st.text(max_size=4)
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
        max_leaves=4,
    )


def spans(text: str) -> st.SearchStrategy[Span]:
    """A half-open span of ``text`` that neither begins nor ends with white space; none can be drawn of a blank text."""
    ink = [place for place, character in enumerate(text) if not character.isspace()]
    if not ink:
        return st.nothing()
    pairs = st.tuples(st.sampled_from(ink), st.sampled_from(ink))
    return pairs.map(lambda pair: (min(pair), max(pair) + 1))


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
    body: str = draw(texts() if text is None else text)
    entities = draw(_maybe(st.lists(_entity(scheme), max_size=4, unique_by=lambda entity: entity.id).map(tuple)))
    ids = [entity.id for entity in entities or ()]
    mentions = draw(_maybe(_mentions(body, ids, scheme, offsets)))
    quotes = draw(_maybe(_quotes(body, ids, scheme)))
    blocks = draw(_maybe(_blocks(body, scheme)))
    if blocks is UNSET:
        sections = draw(_maybe(st.lists(_section(body), max_size=2).map(tuple)))
    else:
        sections = draw(_maybe(st.just(sections_of(blocks))))
    first = next((block for block in blocks or () if block.kind == "paragraph"), None)
    place = (0, len(body)) if first is None else (first.start, first.end)
    ends = [*ids, *(part.id for layer in (mentions, quotes) for part in layer or () if part.id is not UNSET)]
    arrows: st.SearchStrategy[tuple[Relation, ...]] = st.just(())
    if ends:
        arrow = st.builds(Relation, type=names(), source=st.sampled_from(ends), target=st.sampled_from(ends))
        arrows = st.lists(arrow, max_size=3).map(tuple)
    extras = st.dictionaries(names(), json_values(), max_size=2)
    return Document(
        id=draw(names()),
        text=body,
        sha256=draw(_maybe(st.just(sha256(body)))),
        lang=draw(_maybe(st.sampled_from(("ru", "en", "")))),
        meta=draw(_maybe(extras)),
        mentions=mentions,
        entities=entities,
        relations=draw(_maybe(arrows)),
        quotes=quotes,
        blocks=blocks,
        sections=sections,
        dateline=draw(_maybe(st.none() | _dateline(body, place))),
        extra=draw(_maybe(extras)),
    )


def _maybe(strategy: st.SearchStrategy[_T]) -> st.SearchStrategy[_T | UnsetType]:
    return st.just(UNSET) | strategy


def _name(scheme: Scheme, part: str) -> st.SearchStrategy[str]:
    known = sorted(scheme.names(part))
    return st.sampled_from(known) if known else names()


def _entity(scheme: Scheme) -> st.SearchStrategy[Entity]:
    return st.builds(
        Entity, id=names(), type=_name(scheme, "types"), name=_maybe(names()), wikidata=_maybe(st.just("Q1") | names())
    )


def _apart(text: str, min_size: int = 1, max_size: int = 3) -> st.SearchStrategy[tuple[Span, ...]]:
    """Spans that do not overlap, in any order."""
    ink = [place for place, character in enumerate(text) if not character.isspace()]
    if len(ink) < min_size:
        return st.nothing()

    def pairs(places: list[int]) -> tuple[Span, ...]:
        # consecutive pairs of ordered places; one that is left over stands alone
        ordered = sorted(places)
        return tuple((ordered[i], ordered[min(i + 1, len(ordered) - 1)] + 1) for i in range(0, len(ordered), 2))

    sizes = st.lists(st.sampled_from(ink), min_size=2 * min_size - 1, max_size=2 * max_size, unique=True)
    return sizes.map(pairs).flatmap(lambda found: st.permutations(found).map(tuple))


@st.composite
def _mentions(
    draw: Callable[[st.SearchStrategy[Any]], Any], text: str, entities: Sequence[str], scheme: Scheme, offsets: bool
) -> tuple[Mention, ...]:
    found, keys, ids = [], set(), set()
    blank = not text.strip()
    for _ in range(draw(st.integers(0, 5))):
        unplaced = not offsets and (blank or draw(st.integers(0, 5)) == 0)
        if blank and not unplaced:
            break
        fragments: tuple[Span, ...] | UnsetType = UNSET
        start: int | None = None
        end: int | None = None
        surface: str | UnsetType
        if unplaced:
            surface = draw(names().filter(bool))
        else:
            fragments = draw(_maybe(_apart(text)))
            start, end = _hull(fragments) if fragments else draw(spans(text))
            surface = draw(_maybe(st.just(text[start:end])))
        kind = draw(_name(scheme, "types"))
        key = (start, end, kind, fragments or (), start is None and surface)
        if key in keys:
            continue
        keys.add(key)
        name = draw(_maybe(names()))
        found.append(
            Mention(
                start=start,
                end=end,
                type=kind,
                id=UNSET if name in ids else name,
                form=draw(_maybe(_name(scheme, "forms"))),
                entity=draw(_maybe(st.sampled_from(entities))) if entities else UNSET,
                text=surface,
                score=draw(_maybe(st.floats(allow_nan=False, allow_infinity=False))),
                spans=fragments,
                extra=draw(_maybe(st.dictionaries(names(), json_values(), max_size=2))),
            )
        )
        ids.add(name)
    return tuple(found)


@st.composite
def _quotes(
    draw: Callable[[st.SearchStrategy[Any]], Any], text: str, entities: Sequence[str], scheme: Scheme
) -> tuple[Quote, ...]:
    found: list[Quote] = []
    seen, ids = set(), set()
    cues: list[Span | None] = [None]
    for _ in range(draw(st.integers(0, 4)) if text.strip() else 0):
        content = draw(_apart(text))
        # a cue or speaker is often shared with an earlier quote
        cue, speaker = draw(st.sampled_from(cues) | spans(text)), draw(st.sampled_from(cues) | spans(text))
        cues += [cue, speaker]
        inside = st.sampled_from(content).flatmap(
            lambda span: spans(text[span[0] : span[1]]).map(lambda inner: (span[0] + inner[0], span[0] + inner[1]))
        )
        quote = Quote(
            kind=draw(_name(scheme, "quote_kinds")),
            content=content,
            cue=cue,
            speaker=speaker,
            speaker_entity=draw(st.sampled_from([None, "", *entities])),
        )
        if quote in seen:
            continue
        seen.add(quote)
        name = draw(_maybe(names()))
        marked = draw(_maybe(st.lists(inside, max_size=2).map(tuple)))
        found.append(
            Quote(
                kind=quote.kind,
                content=content,
                cue=cue,
                speaker=speaker,
                speaker_entity=quote.speaker_entity,
                marked=marked,
                id=UNSET if name in ids else name,
            )
        )
        ids.add(name)
    return tuple(found)


@st.composite
def _blocks(draw: Callable[[st.SearchStrategy[Any]], Any], text: str, scheme: Scheme) -> tuple[Block, ...]:
    kinds = _name(scheme, "block_kinds")
    if not scheme.block_kinds:
        kinds = st.sampled_from(("paragraph", "subhead", "headline", "dateline")) | kinds
    blocks: list[Block] = []
    for start, end in lines(text):
        if blocks and draw(st.booleans()):
            blocks[-1] = Block(kind=blocks[-1].kind, start=blocks[-1].start, end=end)
        else:
            blocks.append(Block(kind=draw(kinds), start=start, end=end))
    return tuple(blocks)


def _section(text: str) -> st.SearchStrategy[Section]:
    span = spans(text) if text.strip() else st.just((0, 0))
    return st.builds(Section, heading=st.none() | span, body=span, paragraphs=st.lists(span, max_size=2).map(tuple))


@st.composite
def _dateline(draw: Callable[[st.SearchStrategy[Any]], Any], text: str, place: Span) -> Dateline | None:
    body = text[place[0] : place[1]]
    if not body.strip():
        return None
    whole = draw(spans(body))
    start = place[0] + whole[0]
    inner = text[start : place[0] + whole[1]]
    parts = st.none() | spans(inner).map(lambda span: (start + span[0], start + span[1]))
    return Dateline(start=start, end=place[0] + whole[1], place=draw(parts), date=draw(parts), agency=draw(parts))


def _hull(fragments: Sequence[Span]) -> Span:
    return min(start for start, _ in fragments), max(end for _, end in fragments)
