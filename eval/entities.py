"""Rows of the entity scores: strict, exact, type, partial and soft, from columns of mentions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from goldwire.eval.matching import ASSIGNMENTS, Matching, Mentions, match
from goldwire.eval.tally import COUNTS, Cell, Integers, Key, Rows, joined

__all__ = ["Cells", "Slicing", "mention_rows"]


class Cells(NamedTuple):
    """The cells of a set of documents in order: which document, and where each begins.

    The first cell of a document begins at 0, so that every character belongs to one.
    """

    cells: Sequence[Cell]
    document: Integers
    start: Integers

    def holding(self, document: Integers, position: Integers) -> Integers:
        """The index of the cell that holds each position."""
        stride = int(max(position.max(initial=0), self.start.max(initial=0))) + 1
        found = np.searchsorted(self.document * stride + self.start, document * stride + position, "right")
        return (found - 1).astype(np.int64)


class Slicing(NamedTuple):
    """A way to break down the recall: its name, its values, and the value's index for each gold mention (-1: none)."""

    name: str
    values: Sequence[str]
    value: Integers


def mention_rows(
    gold: Mentions,
    predicted: Mentions,
    types: Sequence[str],
    cells: Cells,
    slicings: Sequence[Slicing] = (),
    spurious: tuple[Integers, Integers] | None = None,
) -> Rows:
    """The rows of all entity scores.

    ``spurious`` adds predictions that have no sound span: their cells and type codes. They match nothing.
    """
    gold_cell = cells.holding(gold.document, gold.start)
    own_cell = cells.holding(predicted.document, predicted.start)
    matching = match(gold, predicted)
    bad_cell, bad_type = spurious if spurious is not None else (gold_cell[:0], gold_cell[:0])
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
            for slicing in slicings:
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
    cell, key = np.nonzero(counts[:, : len(keys)].any(axis=-1))
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
    """Characters: the sets of (position, type) that each side covers, each booked in the cell of its position."""
    sides = [_pieces(side, cells) for side in (gold, predicted)]
    stride = int(max(gold.end.max(initial=0), predicted.end.max(initial=0))) + 1
    width = max(1, len(types))
    points, steps = [], []
    for side, pieces in enumerate(sides):
        base = (pieces.document * width + pieces.type) * stride
        for place, step in ((pieces.start, 1), (pieces.end, -1)):
            points.append(base + place)
            delta = np.zeros((len(place), 2), np.int64)
            delta[:, side] = step
            steps.append(delta)
    point = np.concatenate(points)
    order = np.argsort(point)
    point = point[order]
    covered = np.cumsum(np.concatenate(steps)[order], axis=0)[:-1] > 0
    length = np.diff(point)
    at = np.flatnonzero(length * covered.any(axis=1))
    group, position = np.divmod(point[at], stride)
    document, kind = np.divmod(group, width)
    flat = cells.holding(document, position) * width + kind
    counts = np.zeros((len(cells.cells), width, len(COUNTS)), np.int64)
    both = covered[at].all(axis=1)
    columns = {"predicted_hits": both, "gold_hits": both, "gold": covered[at, 0], "predicted": covered[at, 1]}
    for name, chosen in columns.items():
        total = np.bincount(flat, weights=length[at] * chosen, minlength=len(cells.cells) * width)
        counts[..., COUNTS.index(name)] = total.reshape(-1, width).astype(np.int64)
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
