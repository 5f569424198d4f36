"""Two systems on the same rows: is their difference more than chance? The measures themselves are never run again.

Units are those of the intervals: the document from ten documents on, else the block, sorted by document id and block.
Both systems' rows of a unit are drawn, or exchanged, together. Rules, so that anyone can repeat them, each with a
generator of its own, ``numpy.random.Generator(PCG64(seed))``:

- *Interval*: the paired bootstrap. Draws are those of ``confidence``; the value of each draw is the other system's
  score minus the base's; its 2.5th and 97.5th percentiles.
- *Bootstrap p*: the same draws, moved so that their mean is 0, which is what chance alone would give; c is how many
  are as far from 0 as the difference that was found, on either side.
- *Randomisation p* (Noreen 1989; Riezler & Maxwell 2005): each draw takes ``integers(0, 2, size=n, dtype=uint32)``, one
  draw after the other; the units that get 1 exchange their rows between the systems; c is how many draws have a
  difference at least as large, on either side.

Both p are (c + 1)/(n + 1) over the n draws in which both scores are defined; the others are left out, and counted. What
differs by less than ``TIE`` is equal, so that ties count as chance: a system against itself has p = 1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from goldwire.eval.confidence import LEAST_UNITS, POWER, at_once, interval, resampled, weighted_sums
from goldwire.eval.measures import Measure
from goldwire.eval.scores import Floats, slots, values
from goldwire.eval.tally import Slot, Tally

__all__ = ["TIE", "Difference", "differences", "holm", "p_value", "swapped"]

TIE = 1e-12
"""Differences are compared up to this much: the noise of floats, below any step of a score."""


class Difference(NamedTuple):
    """What one measure says of another system against the base; all are ``None`` where they are not defined.

    ``difference`` is the other's value minus the base's. ``detectable`` is the smallest difference between these two
    that a paired test at 5 % would find four times in five; ``None`` where no draw varies. ``undefined`` holds how
    many draws of the bootstrap and of the randomisation were left out.
    """

    difference: float | None
    interval: tuple[float, float] | None = None
    bootstrap_p: float | None = None
    randomisation_p: float | None = None
    detectable: float | None = None
    undefined: tuple[int, int] = (0, 0)

    def to_dict(self) -> dict[str, Any]:
        """The difference as JSON holds it."""
        return {
            "difference": self.difference,
            "interval": None if self.interval is None else list(self.interval),
            "bootstrap_p": self.bootstrap_p,
            "randomisation_p": self.randomisation_p,
            "detectable": self.detectable,
            "undefined_draws": dict(zip(("bootstrap", "randomisation"), self.undefined, strict=True)),
        }


def differences(
    base: Tally, others: Sequence[Tally], measures: Sequence[Measure], *, draws: int, seed: int
) -> list[dict[str, Difference]]:
    """For each of ``others`` its difference to ``base`` in each of ``measures``, by name.

    All tallies must have the same units. 0 draws, fewer than ten units, or a measure of whole documents over blocks:
    the difference alone. Where a score is undefined on either side there is no difference either.
    """
    units = base.units()
    tables = [tally.by_unit() for tally in (base, *others)]
    named = [(measure, name) for measure in measures for name in _slot_names(measure, tables, len(units))]
    columns = [[_column(table, m, name, len(units)) for m, name in named] for table in tables]
    once = [_by_measure(named, [column.sum(axis=0, keepdims=True) for column in side]) for side in columns]
    found: list[dict[str, Difference]] = [{} for _ in others]
    for measure in measures:
        own = values(measure, once[0][measure.name])[0]
        for at, sums in enumerate(once[1:]):
            difference = float(values(measure, sums[measure.name])[0] - own)
            found[at][measure.name] = Difference(None if np.isnan(difference) else difference)
    tested = [
        m for m in measures if draws and len(units) >= LEAST_UNITS and (base.unit == "document" or m.unit == "block")
    ]
    if tested and others:
        drawn = _drawn(columns, lambda matrix: resampled(matrix, draws, seed))
        exchanged = _exchanged(columns, draws, seed)
        of_draw = [_by_measure(named, side) for side in drawn]
        of_swap = [[_by_measure(named, side) for side in pair] for pair in exchanged]
        for measure in tested:
            own = values(measure, of_draw[0][measure.name])
            for at, pair in enumerate(of_swap):
                one = values(measure, of_draw[at + 1][measure.name]) - own
                ours, theirs = (values(measure, side[measure.name]) for side in pair)
                found[at][measure.name] = _tested(found[at][measure.name], one, theirs - ours)
    return found


Named = Sequence[tuple[Measure, str]]


def _slot_names(measure: Measure, tables: Sequence[Mapping[Slot, Floats]], units: int) -> list[str]:
    """The slots of a measure that any side has: a kind that one system alone predicts is 0 for the other."""
    return list(dict.fromkeys(name for table in tables for name in slots(measure, table, units)))


def _column(table: Mapping[Slot, Floats], measure: Measure, name: str, units: int) -> Floats:
    return slots(measure, table, units).get(name, np.zeros((units, 4)))


def _by_measure(named: Named, tables: Sequence[Floats]) -> dict[str, dict[str, Floats]]:
    result: dict[str, dict[str, Floats]] = {}
    for (measure, name), table in zip(named, tables, strict=True):
        result.setdefault(measure.name, {})[name] = table
    return result


def _drawn(sides: Sequence[Sequence[Floats]], summing: Callable[[Floats], Floats]) -> list[list[Floats]]:
    """``summing`` of all tables of all sides, from one set of draws."""
    sums = iter(at_once([table for side in sides for table in side], summing))
    return [[next(sums) for _ in side] for side in sides]


def _exchanged(sides: Sequence[Sequence[Floats]], draws: int, seed: int) -> list[tuple[list[Floats], list[Floats]]]:
    """For each side but the first: the sums of the first and its own after each draw's exchange."""
    base, *others = sides
    steps = [[theirs - ours for ours, theirs in zip(base, side, strict=True)] for side in others]
    moved = _drawn(steps, lambda matrix: swapped(matrix, draws, seed))
    return [
        (
            [table.sum(axis=0) + move for table, move in zip(base, moves, strict=True)],
            [table.sum(axis=0) - move for table, move in zip(side, moves, strict=True)],
        )
        for side, moves in zip(others, moved, strict=True)
    ]


def swapped(columns: Floats, draws: int, seed: int) -> Floats:
    """The sums of each column over the units that a draw exchanges: (draws × columns) from (units × columns)."""
    return weighted_sums(columns, draws, seed, lambda coins, height, n: coins.integers(0, 2, (height, n), np.uint32))


def _tested(found: Difference, drawn: Floats, exchanged: Floats) -> Difference:
    if found.difference is None:
        return found
    band = interval(drawn)
    if band is None:
        return found
    centred = drawn - drawn[~np.isnan(drawn)].mean()
    return Difference(
        found.difference,
        (band.low, band.high),
        p_value(centred, found.difference),
        p_value(exchanged, found.difference),
        POWER * band.deviation if band.deviation > TIE else None,
        (band.undefined, int(np.isnan(exchanged).sum())),
    )


def p_value(by_chance: Floats, difference: float) -> float | None:
    """(c + 1)/(n + 1): how often chance is as far from 0 as ``difference`` (two-sided); ``None`` without a value.

    >>> p_value(np.array([-2.0, 0.0, 1.0, np.nan]), 1.0)
    0.75
    """
    defined = by_chance[~np.isnan(by_chance)]
    if not len(defined):
        return None
    return (int((np.abs(defined) >= abs(difference) - TIE).sum()) + 1) / (len(defined) + 1)


def holm(values: Sequence[float | None]) -> list[float | None]:
    """Holm's (1979) corrected p of a family of tests, in their order; those that are ``None`` are no part of it.

    The smallest of m is multiplied by m, the next by m − 1 …, none is less than one before it, none more than 1: all
    that are 0.05 or less may be called different, and the chance that any one of these is not is 5 % or less.

    >>> holm([0.04, None, 0.01])
    [0.04, None, 0.02]
    """
    order = sorted((p, at) for at, p in enumerate(values) if p is not None)
    corrected: list[float | None] = [None] * len(values)
    most = 0.0
    for rank, (p, at) in enumerate(order):
        most = max(most, min(1.0, (len(order) - rank) * p))
        corrected[at] = most
    return corrected
