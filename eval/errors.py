"""What went wrong with each mention: error classes, boundary errors, confusion of types, and MUC-5's four rates.

Gold and predictions are paired one to one so that, in this order, the most pairs are equal in span and type, the most
equal in span, the most of one type, the most pairs at all, the most characters shared; then the least in span order.
Two mentions can be paired where they share a character. The classes: ``correct``; ``type``, the span alone is
right; ``boundary``, the type alone; ``type+boundary``, neither; ``missed``, gold without a partner; ``spurious``, a
prediction without one. A boundary error is ``shorter`` (the prediction inside gold), ``longer`` (gold inside the
prediction) or ``shifted``. Flags: ``split``, a gold mention over which two or more predictions lie; ``merged``, a
prediction over two or more gold mentions; correct ones are no part of that, so that nesting alone raises no flag.

Rows are slices of ``entities.strict``, integers, booked where gold is, a spurious prediction in its own cell:
``error`` (class), ``boundary`` (kind), ``flag``, and ``confusion`` (a JSON list of gold type and predicted type,
``null`` for missed and spurious). What is correct has no rows: it is the hits by type of ``entities.strict`` itself.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from goldwire.eval.assignment import assign
from goldwire.eval.components import Edges, costs, distinct, optimal, overlaps
from goldwire.eval.matching import Mentions
from goldwire.eval.scores import Sums, ratio
from goldwire.eval.tally import COUNTS, Cell, Integers, Key, Rows

__all__ = [
    "BOUNDARIES",
    "CLASSES",
    "FLAGS",
    "SLICES",
    "Errors",
    "confusion",
    "error_figures",
    "error_rows",
    "errors",
    "muc5",
]

CLASSES = ("correct", "type", "boundary", "type+boundary", "missed", "spurious")
BOUNDARIES = ("shorter", "longer", "shifted")
FLAGS = ("split", "merged")
SLICES = ("error", "boundary", "flag", "confusion")
"""The slices of ``entities.strict`` that hold the rows."""

_FEW_EDGES = 200
"""Up to so many pairs to choose among are chosen without scipy, which takes longer to import than they do."""

Booleans = npt.NDArray[np.bool_]


class Errors(NamedTuple):
    """What is not correct: ``pairs`` (2 × n) of gold and predicted mentions, then what is left of either side.

    ``split`` and ``merged`` are gold and predicted mentions with that flag. All are indices.
    """

    pairs: Integers
    missed: Integers
    spurious: Integers
    split: Integers
    merged: Integers


def errors(gold: Mentions, predicted: Mentions, wrong: Booleans, guessed_wrong: Booleans) -> Errors:
    """The pairs of those mentions that are ``wrong``, which is: without an equal one on the other side.

    Equal pairs are part of every matching that has the most of them. No mention twice on a side.
    """
    ours, theirs = np.flatnonzero(wrong), np.flatnonzero(guessed_wrong)
    stride = int(max(gold.end.max(initial=0), predicted.end.max(initial=0))) + 1
    ours, one = _sorted(gold, ours, stride)
    theirs, other = _sorted(predicted, theirs, stride)
    row, column, split, merged = _paired(one, other)
    free, guess_free = np.ones(len(ours), np.bool_), np.ones(len(theirs), np.bool_)
    free[row] = guess_free[column] = False
    pairs = np.stack([ours[row], theirs[column]])
    return Errors(pairs, ours[free], theirs[guess_free], ours[split], theirs[merged])


_Side = tuple[Integers, Integers, Integers]


def _sorted(mentions: Mentions, at: Integers, stride: int) -> tuple[Integers, _Side]:
    """Those mentions in span order, and their start, end and type on one line that documents share."""
    document, start, end, kind = (column[at] for column in mentions)
    line = document * stride
    start, end = line + start, line + end
    longest, types = int((end - start).max(initial=0)) + 1, int(kind.max(initial=0)) + 1
    if float(start.max(initial=0) + 1) * longest * types < 2.0**62:
        value = (start * longest + (end - start)) * types + kind
        if (value[1:] >= value[:-1]).all():
            return at, (start, end, kind)
        order = np.argsort(value)
    else:
        order = np.lexsort((kind, end, start))
    return at[order], (start[order], end[order], kind[order])


def _paired(gold: _Side, predicted: _Side) -> tuple[Integers, Integers, Booleans, Booleans]:
    """The best matching of two sorted sides (start, end, type): its pairs, and where a mention meets several others."""
    (g_start, g_end, _), (p_start, p_end, _) = gold, predicted
    row, column = overlaps(g_start, g_end, p_start, p_end)
    meets, met = np.bincount(row, minlength=len(g_start)), np.bincount(column, minlength=len(p_start))
    lone = _alone(row, column)
    left, right = [row[lone]], [column[lone]]
    row, column = row[~lone], column[~lone]
    if len(row):
        # one gold mention and one prediction, and no third, have the span: a pair in every best matching
        equal = np.flatnonzero((g_start[row] == p_start[column]) & (g_end[row] == p_end[column]))
        sure = equal[_alone(row[equal], column[equal])]
        left.append(row[sure])
        right.append(column[sure])
        open_row, open_column = np.ones(len(g_start), np.bool_), np.ones(len(p_start), np.bool_)
        open_row[row[sure]] = open_column[column[sure]] = False
        rest = open_row[row] & open_column[column]
        row, column = row[rest], column[rest]
        lone = _alone(row, column)
        left.append(row[lone])
        right.append(column[lone])
        row, column = row[~lone], column[~lone]
    if len(row):
        (rows, row), (columns, column) = distinct(row), distinct(column)
        g_start, g_end, g_type = (field[rows] for field in gold)
        p_start, p_end, p_type = (field[columns] for field in predicted)
        more, others = _contested(row, column, (g_start, g_end, g_type), (p_start, p_end, p_type))
        left.append(rows[more])
        right.append(columns[others])
    return np.concatenate(left), np.concatenate(right), meets > 1, met > 1


def _alone(row: Integers, column: Integers) -> Booleans:
    """Which pairs share a mention with no other pair."""
    return (np.bincount(row)[row] == 1) & (np.bincount(column)[column] == 1) if len(row) else row.astype(np.bool_)


def _contested(row: Integers, column: Integers, gold: _Side, predicted: _Side) -> tuple[Integers, Integers]:
    """The best of the pairs ``row`` and ``column``, where mentions compete."""
    (g_start, g_end, g_type), (p_start, p_end, p_type) = gold, predicted
    same = g_type[row] == p_type[column]
    span = (g_start[row] == p_start[column]) & (g_end[row] == p_end[column])
    shared = np.minimum(g_end[row], p_end[column]) - np.maximum(g_start[row], p_start[column])
    if len(row) <= _FEW_EDGES:
        levels = (span, same, np.ones(len(row), np.bool_), shared)
        weights = zip(*(level.astype(np.int64).tolist() for level in levels), strict=True)
        found = assign(dict(zip(zip(row.tolist(), column.tolist(), strict=True), weights, strict=True)))
        more, others = np.array(found, np.int64).reshape(-1, 2).T
        return more, others
    component = _components(g_start, g_end, p_start, p_end)
    n = len(p_start)
    cost, dummy = costs((None, same, span), shared, component, row, np.bincount(component))
    partner = optimal(Edges(row, column, cost, dummy[component]), n, component)
    more = np.flatnonzero(partner < n)
    return more, partner[more]


def _components(g_start: Integers, g_end: Integers, p_start: Integers, p_end: Integers) -> Integers:
    """For each gold mention the number of its run of mentions that overlap one another, from 0 on, in order."""
    start, end = np.concatenate([g_start, p_start]), np.concatenate([g_end, p_end])
    order = np.argsort(start, kind="stable")
    fresh = np.ones(len(order), np.bool_)
    fresh[1:] = start[order][1:] >= np.maximum.accumulate(end[order])[:-1]
    number = np.empty(len(order), np.int64)
    number[order] = np.cumsum(fresh) - 1
    _, result = np.unique(number[: len(g_start)], return_inverse=True)
    return result


def error_rows(
    found: Errors,
    gold: Mentions,
    predicted: Mentions,
    cell: Integers,
    own_cell: Integers,
    types: Sequence[str],
    lost: tuple[Integers, Integers],
    cells: Sequence[Cell],
) -> Rows:
    """The rows; ``lost`` are cell and type of predictions that match nothing. No error gives no rows."""
    left, right = found.pairs
    none = len(types)
    same = gold.type[left] == predicted.type[right]
    span = (gold.start[left] == predicted.start[right]) & (gold.end[left] == predicted.end[right])
    inside = (predicted.start[right] >= gold.start[left]) & (predicted.end[right] <= gold.end[left])
    around = (predicted.start[right] <= gold.start[left]) & (predicted.end[right] >= gold.end[left])
    pair_class = np.where(span, 1, np.where(same, 2, 3))
    kind = np.where(inside, 0, np.where(around, 1, 2))
    booked = own_cell.copy()
    booked[right] = cell[left]
    table = _Table(cells)
    missed, spurious = cell[found.missed], np.append(own_cell[found.spurious], lost[0])
    spurious_type = np.append(predicted.type[found.spurious], lost[1])
    table.add("error", CLASSES, cell[left], pair_class, gold=1, predicted=1)
    table.add("error", CLASSES, missed, np.full(len(missed), CLASSES.index("missed")), gold=1)
    table.add("error", CLASSES, spurious, np.full(len(spurious), CLASSES.index("spurious")), predicted=1)
    table.add("boundary", BOUNDARIES, cell[left][~span], kind[~span], gold=1, predicted=1)
    table.add("flag", FLAGS, cell[found.split], np.zeros(len(found.split), np.int64), gold=1)
    table.add("flag", FLAGS, booked[found.merged], np.ones(len(found.merged), np.int64), predicted=1)
    named = [*types, None]
    wide = len(named)
    for place, ours, theirs, counts in (
        (cell[left], gold.type[left], predicted.type[right], {"gold": 1, "predicted": 1}),
        (missed, gold.type[found.missed], np.full(len(missed), none), {"gold": 1}),
        (spurious, np.full(len(spurious), none), spurious_type, {"predicted": 1}),
    ):
        pairs, code = np.unique(ours * wide + theirs, return_inverse=True)
        names = [json.dumps([named[at // wide], named[at % wide]], ensure_ascii=False) for at in pairs.tolist()]
        table.add("confusion", names, place, code, **counts)
    return table.rows()


class _Table:
    """Rows of ones, summed where cell and key are equal."""

    def __init__(self, cells: Sequence[Cell]) -> None:
        self._cells, self._keys = cells, dict[Key, int]()
        self._parts: list[tuple[Integers, Integers, Integers, Integers]] = []

    def add(
        self, name: str, values: Sequence[str], cell: Integers, value: Integers, gold: int = 0, predicted: int = 0
    ) -> None:
        """One item in each ``cell`` with the slice value of that index."""
        keys = [self._keys.setdefault(Key("entities.strict", name, v), len(self._keys)) for v in values]
        n = len(cell)
        key = np.array(keys, np.int64)[value] if n else np.zeros(0, np.int64)
        self._parts.append((cell, key, np.full(n, gold), np.full(n, predicted)))

    def rows(self) -> Rows:
        """All rows."""
        cell, key, gold, predicted = (np.concatenate(columns) for columns in zip(*self._parts, strict=True))
        width = len(self._keys)
        size = (int(cell.max(initial=-1)) + 1) * width
        place = cell * width + key
        if size <= _DENSE:
            row, places = place, np.arange(size)
        else:
            places, row = np.unique(place, return_inverse=True)
        sums = [np.bincount(row, weights=column, minlength=len(places)) for column in (gold, predicted)]
        kept = np.flatnonzero(sums[0] + sums[1])
        counts = np.zeros((len(kept), len(COUNTS)), np.int64)
        for name, column in zip(("gold", "predicted"), sums, strict=True):
            counts[:, COUNTS.index(name)] = column[kept]
        return Rows(self._cells, list(self._keys), places[kept] // width, places[kept] % width, counts)


_DENSE = 1 << 20
"""Up to so many sums, most of them 0, are counted faster than sorted."""


def error_figures(whole: Sums, types: Mapping[str, Sums], slices: Mapping[str, Mapping[str, Sums]]) -> dict[str, Any]:
    """The errors as JSON holds them, from the sums of ``entities.strict``: all are numbers of mentions.

    ``confusion`` is a list of [gold type, predicted type, number]; ``null`` stands for no partner.
    """

    def counted(name: str, values: Sequence[str]) -> dict[str, int]:
        return {v: max(s.gold, s.predicted) for v in values if (s := slices.get(name, {}).get(v, _NOTHING))}

    return {
        "classes": counted("error", CLASSES) | {"correct": whole.correct},
        "boundaries": counted("boundary", BOUNDARIES),
        "flags": counted("flag", FLAGS),
        "confusion": confusion(types, slices.get("confusion", {})),
    }


_NOTHING = Sums(Fraction(0), Fraction(0), *[0] * (len(COUNTS) - 2))


def confusion(types: Mapping[str, Sums], pairs: Mapping[str, Sums]) -> list[list[str | int | None]]:
    """Gold type, predicted type, how often; sorted, ``None`` last. What is correct is taken from the hits by type."""
    table: dict[tuple[str | None, str | None], int] = {
        (name, name): sums.correct for name, sums in types.items() if sums.correct
    }
    for value, sums in pairs.items():
        ours, theirs = json.loads(value)
        table[ours, theirs] = table.get((ours, theirs), 0) + max(sums.gold, sums.predicted)
    order = sorted(table.items(), key=lambda item: [(name is None, name or "") for name in item[0]])
    return [[ours, theirs, n] for (ours, theirs), n in order]


def muc5(sums: Sums) -> dict[str, float | None]:
    """MUC-5's rates (Chinchor & Sundheim 1993), from COR, INC, PAR, MIS and SPU; 0 is best, 0/0 is null.

    Error = (INC + PAR/2 + MIS + SPU)/(all five), undergeneration = MIS/POSSIBLE, overgeneration = SPU/ACTUAL,
    substitution = (INC + PAR/2)/(COR + INC + PAR).
    """
    wrong = sums.incorrect + Fraction(sums.partial, 2)
    paired = sums.correct + sums.incorrect + sums.partial
    return {
        "error": ratio(wrong + sums.missed + sums.spurious, paired + sums.missed + sums.spurious),
        "undergeneration": ratio(sums.missed, paired + sums.missed),
        "overgeneration": ratio(sums.spurious, paired + sums.spurious),
        "substitution": ratio(wrong, paired),
    }
