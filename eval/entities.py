"""Rows of the entity scores: strict, exact, type, partial and soft, from columns of mentions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from goldwire.eval.cells import Cells
from goldwire.eval.columns import Columns, Slicing
from goldwire.eval.matching import ASSIGNMENTS, Matching, Mentions, match
from goldwire.eval.tally import COUNTS, Cell, Integers, Key, Rows, joined

__all__ = ["mention_rows"]


_PREDICTED, _GOLD = COUNTS.index("predicted"), COUNTS.index("gold")


def mention_rows(columns: Columns, cells: Cells) -> Rows:
    """The rows of all entity scores."""
    gold, predicted, types = columns.gold, columns.predicted, columns.types
    gold_cell = cells.holding(gold.document, gold.start)
    own_cell = cells.holding(predicted.document, predicted.start)
    matching = match(gold, predicted)
    bad_cell, bad_type = columns.spurious
    shape = (len(cells.cells), max(1, len(types)), 3)
    tables = []
    for at, assignment in enumerate(ASSIGNMENTS):
        gold_outcome, predicted_outcome = _outcomes(matching, at)
        partner = matching.partner[at]
        paired = partner >= 0
        cell = own_cell.copy()
        cell[partner[paired]] = gold_cell[paired]
        by_gold = _counted(shape, gold_cell, gold.type, gold_outcome)
        by_guess = _counted(shape, cell, predicted.type, predicted_outcome)
        np.add.at(by_guess[..., 0], (bad_cell, bad_type), 1)
        schemes = ("exact", "partial") if assignment == "exact" else (assignment,)
        for scheme in schemes:
            score = f"entities.{scheme}"
            halves = scheme == "partial"
            tables += _tables(score, by_gold, by_guess, types, cells.cells, halves=halves)
            points = np.minimum(gold_outcome, 2) if halves else (gold_outcome == 2).astype(np.int64)
            for slicing in columns.slicings:
                tables.append(_sliced(score, slicing, gold_cell, points, cells.cells, denominator=1 + halves))
    tables += _soft(gold, predicted, types, cells)
    return joined(tables)


def _outcomes(matching: Matching, assignment: int) -> tuple[Integers, Integers]:
    divisor = 3 ** (len(ASSIGNMENTS) - 1 - assignment)
    return (
        (matching.gold_code // divisor % 3).astype(np.int64),
        (matching.predicted_code // divisor % 3).astype(np.int64),
    )


def _counted(shape: tuple[int, int, int], cell: Integers, kind: Integers, outcome: Integers) -> Integers:
    flat = (cell * shape[1] + kind) * shape[2] + outcome
    return np.bincount(flat, minlength=int(np.prod(shape))).reshape(shape).astype(np.int64)


def _tables(
    score: str, by_gold: Integers, by_guess: Integers, types: Sequence[str], cells: Sequence[Cell], *, halves: bool
) -> list[Rows]:
    """The whole and its slices by type, from (cell, type, outcome) counts of both sides."""
    counts = _semeval(by_gold, by_guess, halves=halves)
    denominator = 1 + halves
    whole = _filled(counts.sum(axis=1)[:, None, :], [Key(score, denominator=denominator)], cells)
    return [whole, _filled(counts, [Key(score, "type", name, denominator) for name in types], cells)]


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
    score: str, slicing: Slicing, cell: Integers, points: Integers, cells: Sequence[Cell], *, denominator: int
) -> Rows:
    width = len(slicing.values)
    known = slicing.value >= 0
    flat = (cell * width + slicing.value)[known]
    counts = np.zeros((len(cells), width, len(COUNTS)), np.int64)
    size = len(cells) * width
    shape = (len(cells), width)
    counts[..., COUNTS.index("gold")] = np.bincount(flat, minlength=size).reshape(shape)
    hits = np.bincount(flat, weights=points[known], minlength=size)
    counts[..., COUNTS.index("gold_hits")] = hits.reshape(shape).astype(np.int64)
    return _filled(counts, [Key(score, slicing.name, value, denominator) for value in slicing.values], cells)


def _soft(gold: Mentions, predicted: Mentions, types: Sequence[str], cells: Cells) -> list[Rows]:
    """Characters: the sets of (position, type) that each side covers, each booked in the cell of its position.

    Ends are sorted on one line on which documents and types lie one behind the other. What is open at a point is one
    sum: a predicted mention counts 1, a gold one 2**32.
    """
    bits = int(max(gold.end.max(initial=0), predicted.end.max(initial=0))).bit_length()
    kinds = len(types).bit_length()
    points = []
    for side, mentions in enumerate((gold, predicted)):
        pieces = _pieces(mentions, cells)
        base = ((pieces.document << kinds) | pieces.type) << bits
        points += [((base | pieces.start) << 2) | (2 * side), ((base | pieces.end) << 2) | (2 * side + 1)]
    point = np.sort(np.concatenate(points))
    step = np.array([1 << 32, -(1 << 32), 1, -1], np.int64)[point & 3]
    point >>= 2
    length = np.diff(point)
    open_ = np.cumsum(step)[:-1]
    at = np.flatnonzero((length > 0) & (open_ > 0))
    in_gold, in_guess = open_[at] >= 1 << 32, (open_[at] & 0xFFFFFFFF) > 0
    group, position = point[at] >> bits, point[at] & ((1 << bits) - 1)
    width = max(1, len(types))
    flat = cells.holding(group >> kinds, position) * width + (group & ((1 << kinds) - 1))
    counts = np.zeros((len(cells.cells), width, len(COUNTS)), np.int64)
    for names, chosen in (
        (("predicted_hits", "gold_hits"), in_gold & in_guess),
        (("gold",), in_gold),
        (("predicted",), in_guess),
    ):
        total = np.bincount(flat[chosen], weights=length[at][chosen], minlength=len(cells.cells) * width)
        for name in names:
            counts[..., COUNTS.index(name)] = total.reshape(-1, width)
    whole = _filled(counts.sum(axis=1)[:, None, :], [Key("entities.soft")], cells.cells)
    return [whole, _filled(counts, [Key("entities.soft", "type", name) for name in types], cells.cells)]


def _pieces(side: Mentions, cells: Cells) -> Mentions:
    """The mentions cut where a cell begins."""
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
