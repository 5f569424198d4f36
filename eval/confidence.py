"""Intervals by resampling rows of counts: the measure itself is never run again.

Rule, so that anyone can repeat it: units sorted by document id and block; ``numpy.random.Generator(PCG64(seed))``; each
draw takes ``integers(0, n, size=n, dtype=uint32)``, one draw after the other; the 2.5th and 97.5th percentiles of the
defined values, interpolated linearly (Efron & Tibshirani, 1993, chapter 13).
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Sequence
from numbers import Integral
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from goldwire.corpus.errors import UsageError, shown
from goldwire.eval.scores import Floats
from goldwire.eval.tally import Integers

__all__ = [
    "LEAST_UNITS",
    "MOST_DRAWS",
    "POWER",
    "Interval",
    "at_once",
    "interval",
    "refuse_draws",
    "resampled",
    "smallest_difference",
    "weighted_sums",
]

LEAST_UNITS = 10
"""Fewer units than this tell nothing about chance: no interval."""

MOST_DRAWS = 1_000_000
"""More bootstrap draws fill the memory and tell no more."""

POWER = 1.959964 + 0.841621
"""So many standard deviations are found by a two-sided test at 5 % four times in five."""

_BLOCK = 32
_MOST_CHOSEN = 1 << 22
"""Units chosen at once, over all draws of a block: what holds the memory of a million documents down."""
_EXACT_IN_FLOAT32 = 1 << 24


class Interval(NamedTuple):
    """A 95 % percentile interval, the standard deviation of the draws, and how many draws were undefined."""

    low: float
    high: float
    deviation: float
    undefined: int


def refuse_draws(draws: int, seed: int) -> None:
    """Refuse a number of draws beyond 0 to ``MOST_DRAWS``, and a negative seed.

    Raises
    ------
    UsageError
        One of them is, or is no whole number.
    """
    whole = isinstance(draws, Integral) and isinstance(seed, Integral)
    if not whole or not 0 <= draws <= MOST_DRAWS or seed < 0:
        said = f"draws {shown(draws)}, seed {shown(seed)}"
        raise UsageError(f"{said}: expected draws from 0 to {MOST_DRAWS}, and a seed of 0 or more")


def resampled(columns: Floats, draws: int, seed: int) -> Floats:
    """The sums of each column over the units of each draw: (draws × columns) from (units × columns)."""

    def times_drawn(generator: np.random.Generator, height: int, n: int) -> Integers:
        chosen = generator.integers(0, n, size=(height, n), dtype=np.uint32).astype(np.int64)
        chosen += np.arange(height)[:, None] * n
        return np.bincount(chosen.ravel(), minlength=height * n).reshape(height, n)

    return weighted_sums(columns, draws, seed, times_drawn)


Weights = Callable[[np.random.Generator, int, int], npt.NDArray[Any]]
"""Gives the weights of some draws, (draws × units), from the generator, the number of draws and that of units."""


def weighted_sums(columns: Floats, draws: int, seed: int, weights: Weights) -> Floats:
    """The sums of each column over the units as each draw weighs them: (draws × columns) from (units × columns)."""
    n = len(columns)
    generator = np.random.Generator(np.random.PCG64(seed))
    matrix = _exact_matrix(columns)
    sums = np.empty((draws, columns.shape[1]))
    block = max(1, min(_BLOCK, _MOST_CHOSEN // max(1, n)))
    for low in range(0, draws, block):
        height = min(block, draws - low)
        sums[low : low + height] = weights(generator, height, n).astype(matrix.dtype) @ matrix
    return sums


def _exact_matrix(columns: Floats) -> Any:
    """The columns as float32 where every sum over ``len(columns)`` units is exact in it, else as float64.

    What is float32 already has been found exact.
    """
    if columns.dtype == np.float32:
        return columns
    return _side_by_side(list(columns.T), len(columns))


def _side_by_side(columns: Sequence[Floats], units: int) -> Any:
    """Columns as a matrix, as ``_exact_matrix`` makes it, one by one: a million units are not held twice."""
    small = all(
        units * float(np.abs(column).max(initial=0)) < _EXACT_IN_FLOAT32 and bool((column % 1 == 0).all())
        for column in columns
    )
    matrix = np.empty((units, len(columns)), np.float32 if small else np.float64)
    for at, column in enumerate(columns):
        matrix[:, at] = column
    return matrix


def at_once(tables: Sequence[Floats], summing: Callable[[Floats], Floats]) -> list[Floats]:
    """``summing`` of each table of columns; columns that are equal are summed once."""
    if not tables:
        return []
    seen: dict[bytes, int] = {}
    distinct: list[Floats] = []
    where: list[int] = []
    for table in tables:
        for column in table.T:
            digest = hashlib.sha256(column.tobytes()).digest()
            if digest not in seen:
                seen[digest] = len(distinct)
                distinct.append(column)
            where.append(seen[digest])
    sums = summing(_side_by_side(distinct, len(tables[0])))[:, where]
    return np.split(sums, np.cumsum([table.shape[1] for table in tables])[:-1], axis=1)


def interval(values: Floats) -> Interval | None:
    """The interval of resampled values; undefined ones (NaN) are left out and counted; ``None`` if none is defined."""
    defined = values[~np.isnan(values)]
    if not len(defined):
        return None
    low, high = np.percentile(defined, [2.5, 97.5])
    return Interval(float(low), float(high), float(defined.std()), len(values) - len(defined))


def smallest_difference(deviation: float) -> float:
    """The smallest difference between two systems that a two-sided test at 5 % would find four times in five.

    (1.960 + 0.842) · √2 · the standard deviation of one system's score, as if their errors were independent; on
    the same documents errors go together, and a paired test finds smaller ones.
    """
    return POWER * math.sqrt(2) * deviation
