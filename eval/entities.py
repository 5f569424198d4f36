"""Rows of the entity scores: strict, exact, type, partial, soft and bag, and errors, from columns of mentions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from goldwire.eval.bag import Surfaces, bag_counts
from goldwire.eval.cells import Cells
from goldwire.eval.columns import Columns, Slicing
from goldwire.eval.errors import error_rows, errors
from goldwire.eval.matching import ASSIGNMENTS, Matching, Mentions, match
from goldwire.eval.tally import COUNTS, Cell, Integers, Key, Rows, joined

__all__ = ["SCHEMES", "mention_rows", "tallies"]

SCHEMES = ("strict", "exact", "partial", "type")
"""The four schemes of SemEval-2013 task 9.1."""

_DOCUMENTS_AT_ONCE = 500

_PREDICTED, _GOLD, _GOLD_HITS = COUNTS.index("predicted"), COUNTS.index("gold"), COUNTS.index("gold_hits")


def mention_rows(
    columns: Columns, cells: Cells, surfaces: Surfaces | None = None, *, sliced_by_cell: bool = True
) -> Rows:
    """The rows of all scores of single mentions; of ``entities.bag`` only with ``surfaces``.

    Slices have rows in each cell, or else, where nobody asks for them cell by cell, their sums in the first cell.
    """
    gold, predicted, types = columns.gold, columns.predicted, columns.types
    gold_cell = cells.holding(gold.document, gold.start)
    own_cell = cells.holding(predicted.document, predicted.start)
    shape = (len(cells.cells), max(1, len(types)), 3)
    tables = []
    move = not cells.one_each
    matching = match(gold, predicted, partners=move)

    def both(counts: Integers) -> tuple[Integers, Integers]:
        """(cell, type) tables of counts as the whole and its slices by type."""
        return counts.sum(axis=1, keepdims=True), counts if sliced_by_cell else counts.sum(axis=0, keepdims=True)

    slice_cell, own_slice_cell, spurious = gold_cell, own_cell, columns.spurious
    if not sliced_by_cell:
        slice_cell, own_slice_cell = np.zeros_like(gold_cell), np.zeros_like(own_cell)
        spurious = np.zeros_like(spurious[0]), spurious[1]
    hits = []
    for scheme, outcome, by_gold, by_guess in _schemes(
        matching, gold, predicted, gold_cell, own_cell, shape, move=move
    ):
        np.add.at(by_guess[..., 0], columns.spurious, 1)
        score, halves = f"entities.{scheme}", scheme == "partial"
        (ours, sliced), (theirs, own_sliced) = both(by_gold), both(by_guess)
        whole, by_type = _semeval(ours, theirs, halves=halves), _semeval(sliced, own_sliced, halves=halves)
        tables += _tables(score, whole, by_type, types, cells.cells, halves=halves)
        hits.append((score, outcome if halves else outcome >> 1, 1 + halves))  # 2, a hit, is 1
    for slicing in columns.slicings:
        tables += _sliced(slicing, slice_cell, hits, cells.cells)
    whole, by_type = both(_soft(gold, predicted, types, cells, matching))
    tables += _tables("entities.soft", whole, by_type, types, cells.cells)
    wrong = matching.gold_code < _STRICT, matching.predicted_code < _STRICT
    found = errors(gold, predicted, *wrong)
    tables.append(error_rows(found, gold, predicted, slice_cell, own_slice_cell, types, spurious, cells.cells))
    if surfaces is not None:
        whole, by_type = both(bag_counts(columns, cells, surfaces, wrong))
        tables += _tables("entities.bag", whole, by_type, types, cells.cells)
    return joined(tables)


def tallies(gold: Mentions, predicted: Mentions, documents: int, types: int) -> dict[str, Integers]:
    """For each of the four schemes a table documents × types × ``COUNTS``, without intervals, slices or views.

    Both sides are sorted by document, and numbered from 0 to ``documents``; type codes are below ``types``. Hits of
    ``partial`` are halves.
    """
    found = {scheme: np.zeros((documents, types, len(COUNTS)), np.int64) for scheme in SCHEMES}
    for low in range(0, documents, _DOCUMENTS_AT_ONCE):
        high = min(documents, low + _DOCUMENTS_AT_ONCE)
        ours, theirs = _between(gold, low, high), _between(predicted, low, high)
        matching, shape = match(ours, theirs, partners=False), (high - low, types, 3)
        for scheme, _, by_gold, by_guess in _schemes(
            matching, ours, theirs, ours.document, theirs.document, shape, move=False
        ):
            found[scheme][low:high] = _semeval(by_gold, by_guess, halves=scheme == "partial")
    return found


def _between(mentions: Mentions, low: int, high: int) -> Mentions:
    first, last = np.searchsorted(mentions.document, (low, high))
    document, *rest = (column[first:last] for column in mentions)
    return Mentions(document - low, *rest)


def _schemes(
    matching: Matching,
    gold: Mentions,
    predicted: Mentions,
    gold_cell: Integers,
    own_cell: Integers,
    shape: tuple[int, int, int],
    *,
    move: bool,
) -> Iterator[tuple[str, Integers, Integers, Integers]]:
    """For each scheme the outcomes of the gold mentions, and (cell, type, outcome) counts of both sides.

    ``move`` books each pair where its gold mention is; it is not needed where a document is one cell.
    """
    gold_place, own_place = gold_cell * shape[1] + gold.type, own_cell * shape[1] + predicted.type
    for at, assignment in enumerate(ASSIGNMENTS):
        gold_outcome, predicted_outcome = _outcomes(matching, at)
        place = own_place
        if move:
            partner = matching.partner[at]
            paired = partner >= 0
            cell = own_cell.copy()
            cell[partner[paired]] = gold_cell[paired]
            place = cell * shape[1] + predicted.type
        by_gold = _counted(shape, gold_place, gold_outcome)
        by_guess = _counted(shape, place, predicted_outcome)
        for scheme in ("exact", "partial") if assignment == "exact" else (assignment,):
            yield scheme, gold_outcome, by_gold, by_guess.copy()


def _outcomes(matching: Matching, assignment: int) -> tuple[Integers, Integers]:
    outcome = _OUTCOME[assignment]
    return outcome[matching.gold_code], outcome[matching.predicted_code]


_STRICT = 18
"""The least outcome code of what is correct in ``strict``."""

_OUTCOME = np.arange(27) // np.array([[9], [3], [1]]) % 3
"""Assignment × outcome code → outcome."""


def _counted(shape: tuple[int, int, int], place: Integers, outcome: Integers) -> Integers:
    """How many of each outcome there are at each place (cell · types + type)."""
    return np.bincount(place * 3 + outcome, minlength=int(np.prod(shape))).reshape(shape)


def _tables(
    score: str, whole: Integers, sliced: Integers, types: Sequence[str], cells: Sequence[Cell], *, halves: bool = False
) -> list[Rows]:
    """The whole and its slices by type, from tables of counts."""
    denominator = 1 + halves
    return [
        _filled(whole, [Key(score, denominator=denominator)], cells),
        _filled(sliced, [Key(score, "type", name, denominator) for name in types], cells),
    ]


def _semeval(by_gold: Integers, by_guess: Integers, *, halves: bool) -> Integers:
    missed, paired, correct = (by_gold[..., outcome] for outcome in range(3))
    spurious, guess_paired, guess_correct = (by_guess[..., outcome] for outcome in range(3))
    none = np.zeros_like(paired)
    columns = {
        "predicted_hits": 2 * guess_correct + guess_paired if halves else guess_correct,
        "gold_hits": 2 * correct + paired if halves else correct,
        "predicted": by_guess.sum(axis=-1),
        "gold": by_gold.sum(axis=-1),
        "correct": correct,
        "incorrect": none if halves else paired,
        "partial": paired if halves else none,
        "missed": missed,
        "spurious": spurious,
    }
    return np.stack([columns[name] for name in COUNTS], axis=-1)


def _filled(counts: Integers, keys: Sequence[Key], cells: Sequence[Cell]) -> Rows:
    """The rows of a dense (cell, key, count) array that count anything."""
    items = counts[:, : len(keys), _PREDICTED] + counts[:, : len(keys), _GOLD]
    cell, key = np.nonzero(items)
    return Rows(cells, keys, cell, key, counts[cell, key])


def _sliced(
    slicing: Slicing, cell: Integers, hits: Sequence[tuple[str, Integers, int]], cells: Sequence[Cell]
) -> list[Rows]:
    """The recall's slices of each score: (name, points of each gold mention, denominator) are its hits."""
    width = len(slicing.values)
    known = np.flatnonzero(slicing.value >= 0)
    flat = cell[known] * width + slicing.value[known]
    shape = (int(cell.max(initial=-1)) + 1, width)
    size = shape[0] * width
    tables = []
    counts = np.zeros((*shape, len(COUNTS)), np.int64)
    counts[..., _GOLD] = np.bincount(flat, minlength=size).reshape(shape)
    for score, points, denominator in hits:
        counts[..., _GOLD_HITS] = np.bincount(flat, weights=points[known], minlength=size).reshape(shape)
        keys = [Key(score, slicing.name, value, denominator) for value in slicing.values]
        tables.append(_filled(counts, keys, cells))
    return tables


def _soft(gold: Mentions, predicted: Mentions, types: Sequence[str], cells: Cells, matching: Matching) -> Integers:
    """A (cell, type) table of characters: the sets of (position, type) that each side covers, booked by position."""
    width = max(1, len(types))
    size = len(cells.cells) * width
    counts = np.zeros((len(cells.cells), width, len(COUNTS)), np.int64)
    both = np.zeros(size)
    if cells.one_each:  # equal pairs that meet no third mention share all their characters
        length = (gold.end - gold.start) * matching.gold_alone
        both += np.bincount(gold.document * width + gold.type, length, size)
        gold, predicted = _only(gold, ~matching.gold_alone), _only(predicted, ~matching.predicted_alone)
    flat, shared, in_gold, in_guess = _covered(gold, predicted, len(types), cells)
    for names, chosen in (
        (("predicted_hits", "gold_hits"), in_gold & in_guess),
        (("gold",), in_gold),
        (("predicted",), in_guess),
    ):
        total = both + np.bincount(flat[chosen], weights=shared[chosen], minlength=size)
        for name in names:
            counts[..., COUNTS.index(name)] = total.reshape(-1, width)
    return counts


def _only(mentions: Mentions, chosen: npt.NDArray[np.bool_]) -> Mentions:
    at = np.flatnonzero(chosen)
    return Mentions(*(column[at] for column in mentions))


def _covered(
    gold: Mentions, predicted: Mentions, types: int, cells: Cells
) -> tuple[Integers, Integers, npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Stretches of one cell and type: the place (cell · types + type), the length, and which sides cover it.

    Ends are sorted on one line on which documents and types lie one behind the other. What is open at a point is one
    sum: a predicted mention counts 1, a gold one 2**32.
    """
    sides = [_pieces(mentions, cells) for mentions in (gold, predicted)]
    bits = int(max(side.end.max(initial=0) for side in sides)).bit_length()
    kinds = types.bit_length()
    places = None
    if len(cells.cells).bit_length() + kinds + bits > _MOST_BITS:  # long texts, many types: ranks in place of offsets
        places = np.unique(np.concatenate([column for side in sides for column in (side.start, side.end)]))
        sides = [
            side._replace(start=places.searchsorted(side.start), end=places.searchsorted(side.end)) for side in sides
        ]
        bits = len(places).bit_length()
    points = []
    for number, side in enumerate(sides):
        base = ((side.document << kinds) | side.type) << bits
        points += [((base | side.start) << 2) | (2 * number), ((base | side.end) << 2) | (2 * number + 1)]
    point = np.sort(np.concatenate(points))
    step = np.array([1 << 32, -(1 << 32), 1, -1], np.int64)[point & 3]
    point >>= 2
    open_ = np.cumsum(step)[:-1]
    at = np.flatnonzero((point[1:] > point[:-1]) & (open_ > 0))
    group, position, end = point[at] >> bits, point[at] & ((1 << bits) - 1), point[at + 1] & ((1 << bits) - 1)
    if places is not None:
        position, end = places[position], places[end]
    flat = cells.holding(group >> kinds, position) * max(1, types) + (group & ((1 << kinds) - 1))
    return flat, end - position, open_[at] >= 1 << 32, (open_[at] & 0xFFFFFFFF) > 0


_MOST_BITS = 60
"""So many hold document, type and offset in one integer beside the two that say which end of which side it is."""


def _pieces(side: Mentions, cells: Cells) -> Mentions:
    """The mentions cut where a cell begins."""
    if cells.one_each:
        return side
    first = cells.holding(side.document, side.start)
    last = cells.holding(side.document, side.end - 1)
    long = last > first
    if not long.any():
        return side
    index = np.repeat(np.arange(len(first)), last - first + 1)
    offset = np.arange(len(index)) - np.repeat(np.cumsum(last - first + 1) - (last - first + 1), last - first + 1)
    cell = first[index] + offset
    start = np.maximum(side.start[index], cells.start[cell])
    end = np.where(cell < last[index], np.append(cells.start, 0)[cell + 1], side.end[index])
    return Mentions(side.document[index], start, end, side.type[index])
