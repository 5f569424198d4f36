"""How deep mentions lie inside each other, over columns. Equal spans lie at one level."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from goldwire.eval.tally import Integers

__all__ = ["depths", "innermost"]


def depths(document: Integers, start: Integers, end: Integers) -> Integers:
    """The level of each mention: 1 for those inside no other, one more for each mention of a chain around it.

    >>> depths(np.array([0, 0, 0]), np.array([0, 0, 2]), np.array([9, 5, 4])).tolist()
    [1, 2, 3]
    """
    level = np.ones(len(start), np.int64)
    rest = np.arange(len(start))
    while len(rest):
        inside = _contained(document[rest], start[rest], end[rest])
        rest = rest[inside]
        level[rest] += 1
    return level


def innermost(document: Integers, start: Integers, end: Integers) -> npt.NDArray[np.bool_]:
    """Whether each mention holds no other.

    >>> innermost(np.array([0, 0]), np.array([0, 2]), np.array([9, 4])).tolist()
    [False, True]
    """
    order = np.lexsort((end, -start, document))
    document, start, end = document[order], start[order], end[order]
    fresh = _changes(document, start, end)
    group = np.cumsum(fresh) - 1
    d, e = document[fresh], end[fresh]
    # the least end among spans that start later, document by document
    span = int(e.max(initial=0)) + 1
    least = np.minimum.accumulate(e - d * span)
    holds = np.zeros(len(e), np.bool_)
    holds[1:] = (d[1:] == d[:-1]) & (least[:-1] + d[1:] * span <= e[1:])
    result = np.empty(len(order), np.bool_)
    result[order] = ~holds[group]
    return result


def _contained(document: Integers, start: Integers, end: Integers) -> npt.NDArray[np.bool_]:
    order = np.lexsort((-end, start, document))
    document, start, end = document[order], start[order], end[order]
    fresh = _changes(document, start, end)
    group = np.cumsum(fresh) - 1
    d, e = document[fresh], end[fresh]
    span = int(e.max(initial=0)) + 1
    reach = np.maximum.accumulate(e + d * span)
    inside = np.zeros(len(e), np.bool_)
    inside[1:] = (d[1:] == d[:-1]) & (reach[:-1] - d[1:] * span >= e[1:])
    result = np.empty(len(order), np.bool_)
    result[order] = inside[group]
    return result


def _changes(*columns: Integers) -> npt.NDArray[np.bool_]:
    fresh = np.ones(len(columns[0]), np.bool_)
    fresh[1:] = np.logical_or.reduce([column[1:] != column[:-1] for column in columns])
    return fresh
