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
    stride = int(end.max(initial=0)) + 1
    first, last = document * stride + start, document * stride + end
    if (first[1:] >= last[:-1]).all():  # one after the other, as in flat data
        return level
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
    return ~_contains(document, start, end)


def _contained(document: Integers, start: Integers, end: Integers) -> npt.NDArray[np.bool_]:
    """Whether each mention lies inside another that is longer."""
    order, first, last = _ordered(document, start, end)
    fresh = _changes(first, last)
    inside = np.zeros(int(fresh.sum()), np.bool_)
    ends = last[fresh]
    inside[1:] = np.maximum.accumulate(ends)[:-1] >= ends[1:]
    result = np.empty(len(order), np.bool_)
    result[order] = inside[np.cumsum(fresh) - 1]
    return result


def _contains(document: Integers, start: Integers, end: Integers) -> npt.NDArray[np.bool_]:
    """Whether each mention holds another that is shorter: seen from the last start, the least end so far."""
    order, first, last = _ordered(document, start, end)
    fresh = _changes(first, last)
    ends = last[fresh][::-1]
    holds = np.zeros(len(ends), np.bool_)
    holds[1:] = np.minimum.accumulate(ends)[:-1] <= ends[1:]
    result = np.empty(len(order), np.bool_)
    result[order] = holds[::-1][np.cumsum(fresh) - 1]
    return result


def _ordered(document: Integers, start: Integers, end: Integers) -> tuple[Integers, Integers, Integers]:
    """The order by start, the longest first, and start and end in it, on one line that documents share."""
    stride = int(end.max(initial=0)) + 1
    first, last = document * stride + start, document * stride + end
    longest = int((end - start).max(initial=0)) + 1
    if float(first.max(initial=0) + 1) * longest < 2.0**62:
        order = np.argsort(first * longest + (longest - (end - start)))
    else:
        order = np.lexsort((-last, first))
    return order, first[order], last[order]


def _changes(*columns: Integers) -> npt.NDArray[np.bool_]:
    fresh = np.ones(len(columns[0]), np.bool_)
    fresh[1:] = np.logical_or.reduce([column[1:] != column[:-1] for column in columns])
    return fresh
