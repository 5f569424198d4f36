"""Optimal one-to-one matching of gold and predicted mentions, over columns.

Two mentions can be paired where they share a character. Of all one-to-one assignments the one with the most COR is
taken, then the most pairs, the most equal spans, the most equal types, the most shared characters, and last the
least in span order (start, end, type): so it is unique, and independent of the order of the input.
COR means equal span and type in ``strict``, equal span in ``exact``, equal type in ``type``. The assignment of
``partial`` is that of ``exact``, its INC renamed PAR.

Mentions of both sides are packed into one sorted array of integers; the running maximum of their ends cuts it into
clusters that nothing crosses. Nearly all clusters are settled by comparing neighbours; the small ones are enumerated;
``components`` solves the rest.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from goldwire.eval.components import Component, solve
from goldwire.eval.tally import Integers

__all__ = ["ASSIGNMENTS", "CORRECT", "PAIRED", "UNPAIRED", "Matching", "Mentions", "codes_of", "match"]

ASSIGNMENTS = ("strict", "exact", "type")
"""The three assignments that serve the four schemes."""

UNPAIRED, PAIRED, CORRECT = 0, 1, 2
"""What can become of a mention in one assignment. An outcome code is strict · 9 + exact · 3 + type."""

_ALL_CORRECT = 26
_MOST_INJECTIONS = 360

Codes = npt.NDArray[np.uint8]
Booleans = npt.NDArray[np.bool_]


class Mentions(NamedTuple):
    """One side's mentions in columns of equal length: document index, half-open code points, type code.

    The codes are those of both sides' sorted type names, so that span order is the order of the columns. ``end`` is
    greater than ``start``, ``start`` is 0 or more.
    """

    document: Integers
    start: Integers
    end: Integers
    type: Integers


class Matching(NamedTuple):
    """What became of each mention, in the order in which the mentions were given.

    ``gold_code`` and ``predicted_code`` hold outcome codes; ``partner`` (3 × gold mentions, one row an assignment) the
    index of the predicted mention, or -1; it has no columns where partners were not asked for. ``gold_alone`` and
    ``predicted_alone`` mark equal pairs that share no character with any third mention.
    """

    gold_code: Codes
    predicted_code: Codes
    partner: Integers
    gold_alone: Booleans
    predicted_alone: Booleans


class Packed(NamedTuple):
    """Both sides' mentions as sorted keys, and the fields that the keys were made from.

    ``position`` is a coordinate in which documents lie one behind the other; ``order`` leads back to the input, gold
    before predicted.
    """

    keys: Integers
    order: Integers
    type_bits: int
    position: Integers
    end: Integers

    @property
    def type(self) -> Integers:
        """The type codes."""
        return (self.keys >> 1) & ((1 << self.type_bits) - 1)


def match(gold: Mentions, predicted: Mentions, *, partners: bool = True) -> Matching:
    """The three optimal assignments; without ``partners`` only the outcomes. No mentions give empty columns."""
    packed = pack(gold, predicted)
    n_gold, order = len(gold.start), packed.order
    code = np.zeros(len(order), np.uint8)
    alone = np.zeros(len(order), np.bool_)
    partner = np.full((len(ASSIGNMENTS), len(order) if partners else 0), -1, np.int64)
    if len(order):
        pairs = _assign(packed, code, partner)
        equal = pairs[code[pairs] == _ALL_CORRECT]
        alone[equal] = alone[equal + 1] = True
    code_of, alone_of = np.empty_like(code), np.empty_like(alone)
    code_of[order], alone_of[order] = code, alone
    partner_of = np.empty((len(ASSIGNMENTS), n_gold if partners else 0), np.int64)
    if partners:
        is_gold = order < n_gold
        found = partner[:, is_gold]
        partner_of[:, order[is_gold]] = np.where(found < 0, -1, order[found] - n_gold)
    return Matching(code_of[:n_gold], code_of[n_gold:], partner_of, alone_of[:n_gold], alone_of[n_gold:])


def _assign(packed: Packed, code: Codes, partner: Integers) -> Integers:
    """Fill the outcome codes, and the partners if there is room for them, in the order of the keys.

    What comes back are the first keys of the clusters that are one gold mention and one prediction.
    """
    keys, n = packed.keys, len(packed.keys)
    is_gold = (keys & 1) == 0
    first = _cluster_starts(packed)
    size = np.diff(first, append=n)
    gold = np.add.reduceat(is_gold, first, dtype=np.int64)
    predicted = size - gold

    pairs: Integers = first[(size == 2) & (gold == 1)]
    code[pairs] = code[pairs + 1] = _code_of_neighbours(keys, pairs, packed.type_bits)
    _link(partner, slice(None), pairs, pairs + 1)

    crowded = np.flatnonzero((size > 2) & (gold > 0) & (predicted > 0))
    if len(crowded):
        equal = np.zeros(n, np.int64)
        equal[:-1] = (keys[:-1] + 1 == keys[1:]) & is_gold[:-1]
        settled = np.add.reduceat(equal, first)[crowded] == np.minimum(gold, predicted)[crowded]
        _settle(crowded[settled], first, size, equal, code, partner)
        _contest(crowded[~settled], first, gold, predicted, packed, code, partner)
    return pairs


def pack(gold: Mentions, predicted: Mentions) -> Packed:
    """Both sides as sorted keys: document, start, length, type, side, from the highest bit to the lowest."""
    sides = (gold, predicted)
    stride = _bits(*(side.end for side in sides))
    position_bits = stride + _bits(*(side.document for side in sides))
    lengths = [side.end - side.start for side in sides]
    length_bits, type_bits = _bits(*lengths), _bits(*(side.type for side in sides))
    tail = type_bits + 1
    if position_bits + length_bits + tail < 64:
        parts = [
            _key((side.document << stride) | side.start, length, side.type, number, length_bits, tail)
            for number, (side, length) in enumerate(zip(sides, lengths, strict=True))
        ]
        keys, order = _ordered(parts)
        position = keys >> (length_bits + tail)
        return Packed(keys, order, type_bits, position, position + ((keys >> tail) & ((1 << length_bits) - 1)))
    # long texts, many documents: ranks of positions and lengths take the place of the values
    document, start, end = (np.concatenate(pair) for pair in list(zip(gold, predicted, strict=True))[:3])
    documents, document = np.unique(document, return_inverse=True)
    position = (
        (document << stride) | start if stride + len(documents).bit_length() <= 62 else _spread(document, start, end)
    )
    positions, position = np.unique(position, return_inverse=True)
    different, length = np.unique(np.concatenate(lengths), return_inverse=True)
    length_bits = len(different).bit_length()
    at = len(gold.start)
    parts = [
        _key(position[part], length[part], side.type, number, length_bits, tail)
        for number, (side, part) in enumerate(zip(sides, (slice(at), slice(at, None)), strict=True))
    ]
    keys, order = _ordered(parts)
    position = positions[keys >> (length_bits + tail)]
    return Packed(keys, order, type_bits, position, position + different[(keys >> tail) & ((1 << length_bits) - 1)])


def _bits(*columns: Integers) -> int:
    return max(int(column.max(initial=0)) for column in columns).bit_length()


def _key(position: Integers, length: Integers, kind: Integers, side: int, length_bits: int, tail: int) -> Integers:
    return (((position << length_bits) | length) << tail) | (kind << 1) | side


def _ordered(parts: Sequence[Integers]) -> tuple[Integers, Integers]:
    keys = np.concatenate(parts)
    order = np.argsort(keys)
    return keys[order], order


def _spread(document: Integers, start: Integers, end: Integers) -> Integers:
    longest = np.zeros(int(document.max()) + 1, np.int64)
    np.maximum.at(longest, document, end)
    return (np.cumsum(longest) - longest)[document] + start


def _cluster_starts(packed: Packed) -> Integers:
    fresh = np.ones(len(packed.keys), np.bool_)
    fresh[1:] = packed.position[1:] >= np.maximum.accumulate(packed.end)[:-1]
    return np.flatnonzero(fresh)


def _code_of_neighbours(keys: Integers, at: Integers, type_bits: int) -> Codes:
    difference = (keys[at] ^ keys[at + 1]) >> 1
    span = (difference >> type_bits) == 0
    kind = (difference & ((1 << type_bits) - 1)) == 0
    codes: Codes = (13 + 9 * (span & kind) + 3 * span + kind).astype(np.uint8)
    return codes


def _settle(
    clusters: Integers, first: Integers, size: Integers, equal: Integers, code: Codes, partner: Integers
) -> None:
    """Where the equal neighbours already use up the smaller side, every assignment is made of them."""
    inside = np.zeros(len(first), np.bool_)
    inside[clusters] = True
    at = np.flatnonzero(equal & np.repeat(inside, size))
    code[at] = code[at + 1] = _ALL_CORRECT
    _link(partner, slice(None), at, at + 1)


def _contest(
    clusters: Integers,
    first: Integers,
    gold: Integers,
    predicted: Integers,
    packed: Packed,
    code: Codes,
    partner: Integers,
) -> None:
    """Clusters in which mentions compete: the small ones grouped by shape and enumerated, the rest to the solver."""
    shape = gold[clusters] * (1 << 32) + predicted[clusters]
    longest = int((packed.end - packed.position).max())
    large: list[Component] = []
    for value in np.unique(shape):
        n_gold, n_predicted = int(value) >> 32, int(value) & 0xFFFFFFFF
        chosen = first[clusters[shape == value]]
        injections = _injections(n_gold, n_predicted)
        if injections is None or not _fits(n_gold, n_predicted, longest):
            large.extend(Component(int(at), n_gold + n_predicted) for at in chosen)
            continue
        step = max(1, 1_000_000 // (len(injections[0]) * min(n_gold, n_predicted)))
        for at in range(0, len(chosen), step):
            _enumerate(chosen[at : at + step], n_gold, n_predicted, injections, packed, code, partner)
    if large:
        is_gold = (packed.keys & 1) == 0
        large.sort()
        for assignment, name in enumerate(ASSIGNMENTS):
            golds, guesses, correct = solve(large, name, packed.position, packed.end, packed.type, is_gold)
            _book(assignment, golds, guesses, correct, code, partner)


@cache
def _injections(n_gold: int, n_predicted: int) -> tuple[Integers, Integers] | None:
    """Every way to give each of the smaller side a partner, as (gold indices, predicted indices); None if too many."""
    small, big = sorted((n_gold, n_predicted))
    count = 1
    for factor in range(big - small + 1, big + 1):
        count *= factor
        if count > _MOST_INJECTIONS:
            return None
    ways = np.array(list(itertools.permutations(range(big), small)), np.int64).reshape(count, small)
    own = np.broadcast_to(np.arange(small), ways.shape)
    return (own, ways) if n_gold <= n_predicted else (ways, own)


def _room(n_gold: int, n_predicted: int, longest: int) -> tuple[int, int, int]:
    """The bits that a sum of small weights needs: for the span order, for the characters, for each of four counts."""
    most = min(n_gold, n_predicted)
    return ((n_predicted + 1) ** n_gold).bit_length(), (most * longest).bit_length(), most.bit_length()


def _fits(n_gold: int, n_predicted: int, longest: int) -> bool:
    """Whether such a sum is a signed 64-bit integer: one span over a hundred others has too many digits."""
    ties, characters, step = _room(n_gold, n_predicted, longest)
    return ties + characters + 4 * step < 64


def _enumerate(
    first: Integers,
    n_gold: int,
    n_predicted: int,
    injections: tuple[Integers, Integers],
    packed: Packed,
    code: Codes,
    partner: Integers,
) -> None:
    place = first[:, None] + np.arange(n_gold + n_predicted)
    order = np.argsort(packed.keys[place] & 1, axis=1, kind="stable")
    place = np.take_along_axis(place, order, axis=1)
    golds, guesses = place[:, :n_gold, None], place[:, None, n_gold:]
    shared = np.minimum(packed.end[golds], packed.end[guesses]) - np.maximum(
        packed.position[golds], packed.position[guesses]
    )
    difference = (packed.keys[golds] ^ packed.keys[guesses]) >> 1
    span = (difference >> packed.type_bits) == 0
    kind = (difference & ((1 << packed.type_bits) - 1)) == 0
    edge = shared > 0
    for assignment, correct in enumerate((span & kind, span, kind & edge)):
        weight = np.where(edge, _small_weights(correct, span, kind, shared, n_gold, n_predicted), 0)
        total = weight[:, injections[0], injections[1]].sum(axis=2)
        best = total.argmax(axis=1)
        row, column = injections[0][best], injections[1][best]
        cluster = np.broadcast_to(np.arange(len(first))[:, None], row.shape)
        real = edge[cluster, row, column]
        cluster, row, column = cluster[real], row[real], column[real]
        _book(
            assignment,
            place[cluster, row],
            place[cluster, n_gold + column],
            correct[cluster, row, column],
            code,
            partner,
        )


def _small_weights(
    correct: Booleans, span: Booleans, kind: Booleans, shared: Integers, n_gold: int, n_predicted: int
) -> Integers:
    """One integer an edge whose sums compare as (COR, pairs, equal spans, equal types, characters, span order).

    Span order: gold i with partner j has the digit j, without one the last digit; the least number of such digits wins.
    """
    base = n_predicted + 1
    digits = (base ** np.arange(n_gold - 1, -1, -1, dtype=np.int64))[:, None] * (
        n_predicted - np.arange(n_predicted, dtype=np.int64)
    )
    tie_bits, character_bits, step = _room(n_gold, n_predicted, int(shared.max(initial=1)))
    low = tie_bits + character_bits
    weight = (shared << tie_bits) + digits
    weight += kind.astype(np.int64) << low
    weight += span.astype(np.int64) << (low + step)
    weight += np.int64(1) << (low + 2 * step)
    weight += correct.astype(np.int64) << (low + 3 * step)
    return weight


def _book(
    assignment: int, golds: Integers, guesses: Integers, correct: Booleans, code: Codes, partner: Integers
) -> None:
    value = ((PAIRED + correct.astype(np.int64)) * 3 ** (2 - assignment)).astype(np.uint8)
    code[golds] += value
    code[guesses] += value
    _link(partner, assignment, golds, guesses)


def _link(partner: Integers, assignment: int | slice, golds: Integers, guesses: Integers) -> None:
    if partner.shape[1]:
        partner[assignment, golds] = guesses
        partner[assignment, guesses] = golds


def codes_of(names: Sequence[str]) -> dict[str, int]:
    """Type names as codes in the order of the names, so that span order does not hang on the input.

    >>> codes_of(["PER", "LOC", "PER"])
    {'LOC': 0, 'PER': 1}
    """
    return {name: code for code, name in enumerate(sorted(set(names)))}
