"""Rows of the quote scores: who said what, with which words (METRICS: definitions in ``measures``)."""

from __future__ import annotations

import json
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Sequence
from typing import Any, NamedTuple

from goldwire.corpus.document import Document, Quote, Span
from goldwire.eval.assignment import assign
from goldwire.eval.faults import later_copies
from goldwire.eval.ink import Ink, ink, merged
from goldwire.eval.speakers import Cast, entity_map
from goldwire.eval.tally import Key, RowsBuilder

__all__ = ["Said", "quote_pairs", "quote_rows", "who_said_what"]

Pairs = list[tuple[int, int]]


class _Item(NamedTuple):
    """A quote with what is compared of it: ink sets, its speaker's entity in gold's terms, and its cell."""

    quote: Quote
    content: Ink
    cue: Ink | None
    speaker: Ink | None
    marked: Ink
    entity: str | None
    cell: int


def quote_rows(
    rows: RowsBuilder, gold: Document, predicted: Document, text: str, cell_of: Callable[[int], int]
) -> None:
    """Add the rows of one document. ``cell_of`` gives the cell that holds a position of ``text``."""
    ours, theirs = _sides(gold, predicted, text, cell_of)
    shared = _shared(ours, theirs)
    pairs = _half_shared(ours, theirs, shared)
    _pair_rows(rows, ours, theirs, pairs)
    _content_rows(rows, ours, theirs, shared)
    _equal_rows(rows, "quotes.content.exact", ours, theirs, lambda item: item.content)
    _equal_rows(
        rows, "quotes.content.strict", ours, theirs, lambda item: merged(item.quote.content) if item.content else ()
    )
    _equal_rows(rows, "quotes.joint", ours, theirs, _joint)


class Said(NamedTuple):
    """A gold quote, its partner in M, and whether both are said by one entity: a hit of ``quotes.who-said-what``."""

    quote: Quote
    partner: Quote | None
    hit: bool


def who_said_what(gold: Document, predicted: Document, text: str) -> tuple[list[Said], list[Quote]]:
    """What became of each gold quote, and the predictions without a partner, in text order; gold is without copies."""
    ours, theirs = _sides(gold, predicted, text, lambda _: 0)
    partner = dict(_half_shared(ours, theirs, _shared(ours, theirs)))
    found = [None if (j := partner.get(i)) is None else theirs[j] for i in range(len(ours))]
    said = [
        Said(item.quote, None if other is None else other.quote, other is not None and _same_entity(item, other))
        for item, other in zip(ours, found, strict=True)
    ]
    taken = set(partner.values())
    return said, [item.quote for j, item in enumerate(theirs) if j not in taken]


def _sides(
    gold: Document, predicted: Document, text: str, cell_of: Callable[[int], int]
) -> tuple[list[_Item], list[_Item]]:
    """The quotes of both sides in text order, their speakers in gold's terms."""
    gold_quotes = tuple(sorted(gold.quotes or (), key=_order))
    guesses = tuple(sorted(predicted.quotes or (), key=_order))
    cast, guessed_cast = Cast(gold, gold_quotes, text), Cast(predicted, guesses, text)
    same = entity_map(cast, guessed_cast)

    def renamed(quote: Quote) -> str | None:
        key = guessed_cast.speaker(quote)
        return None if key is None else same.get(key, f"\0\0{key}")  # unknown to gold, equal to nothing there

    ours = [_item(quote, text, cast.speaker(quote), cell_of) for quote in gold_quotes]
    theirs = [_item(quote, text, renamed(quote), cell_of) for quote in guesses]
    for at in later_copies(guesses):
        theirs[at] = theirs[at]._replace(content=_NONE)  # one is a hit at the most: a copy equals nothing
    return ours, theirs


def quote_pairs(ours: Sequence[Quote], theirs: Sequence[Quote], text: str) -> Pairs:
    """M itself, as pairs of indices: the quotes that share half of their ink or more, matched one to one."""
    order = sorted(range(len(ours)), key=lambda at: _order(ours[at]))
    other = sorted(range(len(theirs)), key=lambda at: _order(theirs[at]))
    mine = [_item(ours[at], text, None, lambda _: 0) for at in order]
    yours = [_item(theirs[at], text, None, lambda _: 0) for at in other]
    return sorted((order[i], other[j]) for i, j in _half_shared(mine, yours, _shared(mine, yours)))


def _shared(ours: list[_Item], theirs: list[_Item]) -> dict[tuple[int, int], int]:
    """How much ink the contents of two quotes have in common, where they have any."""
    common = {(i, j): len(a.content & b.content) for i, a in enumerate(ours) for j, b in enumerate(theirs)}
    return {pair: n for pair, n in common.items() if n}


def _half_shared(ours: list[_Item], theirs: list[_Item], shared: dict[tuple[int, int], int]) -> Pairs:
    half = {(i, j): n for (i, j), n in shared.items() if 4 * n >= len(ours[i].content) + len(theirs[j].content)}
    return assign(_weights(half, ours, theirs))


def _order(quote: Quote) -> tuple[Any, ...]:
    """Text order, and an order among quotes of one place that does not hang on the input's."""
    who = (quote.speaker or (), quote.speaker_entity is not None, quote.speaker_entity or "")
    return (sorted(quote.content), quote.kind, quote.cue or (), *who, sorted(quote.marked or ()))


def _item(quote: Quote, text: str, entity: str | None, cell_of: Callable[[int], int]) -> _Item:
    def part(span: Span | None) -> Ink | None:
        return None if span is None else ink(text, [span])

    content = ink(text, quote.content)
    first = min((start for start, _ in quote.content), default=0)
    return _Item(
        quote,
        content,
        part(quote.cue),
        part(quote.speaker),
        ink(text, quote.marked or ()),
        entity,
        cell_of(max(0, first)),
    )


def _weights(
    shared: dict[tuple[int, int], int], ours: list[_Item], theirs: list[_Item]
) -> dict[tuple[int, int], tuple[int, ...]]:
    """Σ s, then Σ s², then equal kinds + overlapping cues + overlapping speakers, over a common denominator."""
    scale = 1
    for i, j in shared:
        size = len(ours[i].content) + len(theirs[j].content)
        scale = math.lcm(scale, size)
    weights: dict[tuple[int, int], tuple[int, ...]] = {}
    for (i, j), n in shared.items():
        a, b = ours[i], theirs[j]
        s = 2 * n * (scale // (len(a.content) + len(b.content)))
        agreement = (a.quote.kind == b.quote.kind) + bool((a.cue or _NONE) & (b.cue or _NONE))
        weights[i, j] = (s, s * s, agreement + bool((a.speaker or _NONE) & (b.speaker or _NONE)))
    return weights


_NONE: Ink = frozenset()


def _pair_rows(rows: RowsBuilder, ours: list[_Item], theirs: list[_Item], pairs: Pairs) -> None:
    """The scores over M: quote, cue, speaker, speaker.entity, who-said-what, kind, marked."""
    gold_of = {j: i for i, j in pairs}

    def count(key: Key, has: Callable[[_Item], bool], hit: Callable[[_Item, _Item], bool]) -> None:
        for item in ours:
            if has(item):
                rows.add(item.cell, key, gold=1)
        for j, item in enumerate(theirs):
            if has(item):
                rows.add(ours[gold_of[j]].cell if j in gold_of else item.cell, key, predicted=1)
        for i, j in pairs:
            if has(ours[i]) and has(theirs[j]) and hit(ours[i], theirs[j]):
                rows.add(ours[i].cell, key, predicted_hits=1, gold_hits=1)

    count(Key("quotes.quote"), _always, _always)
    count(Key("quotes.cue.exact"), _has("cue"), _equal("cue"))
    count(Key("quotes.cue.overlap"), _has("cue"), _meets("cue"))
    count(Key("quotes.speaker.exact"), _has("speaker"), _equal("speaker"))
    count(Key("quotes.speaker.overlap"), _has("speaker"), _meets("speaker"))
    count(Key("quotes.speaker.entity"), _has("entity"), _same_entity)
    count(Key("quotes.who-said-what"), _always, _same_entity)
    for kind in sorted({item.quote.kind for item in (*ours, *theirs)}):
        count(Key("quotes.kind", "kind", kind), _of_kind(kind), _always)
    for i, j in pairs:
        a, b = ours[i], theirs[j]
        hit = a.quote.kind == b.quote.kind
        rows.add(a.cell, Key("quotes.kind"), predicted=1, gold=1, predicted_hits=hit, gold_hits=hit)
        kinds = json.dumps([a.quote.kind, b.quote.kind], ensure_ascii=False)
        rows.add(a.cell, Key("quotes.kind", "confusion", kinds), predicted=1, gold=1)
        if a.quote.kind == b.quote.kind == "mixed":
            n = len(a.marked & b.marked)
            key = Key("quotes.marked")
            rows.add(a.cell, key, predicted=len(b.marked), gold=len(a.marked), predicted_hits=n, gold_hits=n)


def _always(*_: _Item) -> bool:
    return True


def _has(part: str) -> Callable[[_Item], bool]:
    return lambda item: getattr(item, part) is not None


def _of_kind(kind: str) -> Callable[[_Item], bool]:
    return lambda item: item.quote.kind == kind


def _equal(part: str) -> Callable[[_Item, _Item], bool]:
    return lambda a, b: bool(getattr(a, part)) and getattr(a, part) == getattr(b, part)


def _meets(part: str) -> Callable[[_Item, _Item], bool]:
    return lambda a, b: bool(getattr(a, part) & getattr(b, part))


def _same_entity(a: _Item, b: _Item) -> bool:
    return a.entity is not None and a.entity == b.entity


def _content_rows(
    rows: RowsBuilder, ours: list[_Item], theirs: list[_Item], shared: dict[tuple[int, int], int]
) -> None:
    """content.soft over M₀, and content.jm: the share of each quote that the other side's quotes cover together."""
    gold_of = {j: (i, shared[i, j]) for i, j in assign(_weights(shared, ours, theirs))}
    guess_of = dict(gold_of.values())
    everything = [_NONE.union(*(item.content for item in side)) for side in (ours, theirs)]
    for i, item in enumerate(ours):
        size = max(1, len(item.content))
        rows.add(item.cell, Key("quotes.content.soft", denominator=size), gold=1, gold_hits=guess_of.get(i, 0))
        covered = len(item.content & everything[1])
        rows.add(item.cell, Key("quotes.content.jm", denominator=size), gold=1, gold_hits=covered)
    for j, item in enumerate(theirs):
        size = max(1, len(item.content))
        partner, n = gold_of.get(j, (None, 0))
        cell = item.cell if partner is None else ours[partner].cell
        rows.add(cell, Key("quotes.content.soft", denominator=size), predicted=1, predicted_hits=n)
        covered = len(item.content & everything[0])
        rows.add(cell, Key("quotes.content.jm", denominator=size), predicted=1, predicted_hits=covered)


def _joint(item: _Item) -> Hashable:
    if not item.content or any(part is not None and not part for part in (item.cue, item.speaker)):
        return ()
    return (item.content, item.cue, item.speaker, item.entity, item.quote.kind)


def _equal_rows(
    rows: RowsBuilder,
    score: str,
    ours: list[_Item],
    theirs: list[_Item],
    value: Callable[[_Item], Hashable],
) -> None:
    """Multiset equality: each gold item takes one equal prediction; an empty value equals nothing."""
    left: defaultdict[Hashable, int] = defaultdict(int, Counter(value(item) for item in theirs if value(item)))
    hits: Counter[Hashable] = Counter()
    for item in ours:
        hit = left[value(item)] > 0
        left[value(item)] -= hit
        hits[value(item)] += hit
        rows.add(item.cell, Key(score), gold=1, gold_hits=hit, predicted=hit, predicted_hits=hit)
    for item in theirs:
        if hits[value(item)] > 0:
            hits[value(item)] -= 1
        else:
            rows.add(item.cell, Key(score), predicted=1)
