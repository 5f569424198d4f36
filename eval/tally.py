"""Rows of counts: what a match leaves behind, and all that a score is made from.

A row belongs to a *cell* (a block of a document) and a *key* (score, slice, slice value, denominator) and holds nine
64-bit integers. Rows add up, concatenate and resample; no score is computed from anything else. A hit that is a
fraction (half a point for an overlap, a share of characters) is an integer over the key's
``denominator``, so that sums are exact.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["COUNTS", "Cell", "Counts", "Integers", "Key", "Rows", "RowsBuilder"]

Integers = npt.NDArray[np.int64]

COUNTS = (
    "predicted_hits",
    "gold_hits",
    "predicted",
    "gold",
    "correct",
    "incorrect",
    "partial",
    "missed",
    "spurious",
)
"""The counts of a row, in the order of its columns.

``predicted_hits`` are the hits among ``predicted`` items and ``gold_hits`` those among ``gold`` items, both in units of
1/denominator. The other five are SemEval-2013's COR, INC, PAR, MIS and SPU, for the scores that have them.
"""

_WIDTH = len(COUNTS)


class Cell(NamedTuple):
    """A block of a document, by its index from 0."""

    document: str
    block: int


class Key(NamedTuple):
    """What a row counts. The whole of a score has the slice ``""`` with the value ``""``."""

    score: str
    slice: str = ""
    slice_value: str = ""
    denominator: int = 1


class Counts(NamedTuple):
    """The nine counts of one row, or of a sum of rows."""

    predicted_hits: int = 0
    gold_hits: int = 0
    predicted: int = 0
    gold: int = 0
    correct: int = 0
    incorrect: int = 0
    partial: int = 0
    missed: int = 0
    spurious: int = 0


class Rows(NamedTuple):
    """A table of rows in columns: ``cell`` and ``key`` index into ``cells`` and ``keys``, ``counts`` is n × 9."""

    cells: Sequence[Cell]
    keys: Sequence[Key]
    cell: Integers
    key: Integers
    counts: Integers


class RowsBuilder:
    """Rows made one at a time, for measures that work document by document."""

    def __init__(self) -> None:
        self._sums: dict[tuple[int, Key], list[int]] = {}

    def add(self, cell: int, key: Key, **counts: int) -> None:
        """Add ``counts`` to the row of ``cell`` and ``key``; a count that is not named stays."""
        row = self._sums.setdefault((cell, key), [0] * _WIDTH)
        for name, count in counts.items():
            row[COUNTS.index(name)] += count

    def rows(self, cells: Sequence[Cell]) -> Rows:
        """The rows so far, in the order in which they were first named."""
        keys = {key: None for _, key in self._sums}
        index = {key: at for at, key in enumerate(keys)}
        n = len(self._sums)
        return Rows(
            cells,
            list(keys),
            np.fromiter((cell for cell, _ in self._sums), np.int64, n),
            np.fromiter((index[key] for _, key in self._sums), np.int64, n),
            np.array(list(self._sums.values()), np.int64).reshape(n, _WIDTH),
        )


def joined(tables: Iterable[Rows]) -> Rows:
    """Tables over the same cells as one table."""
    parts = list(tables)
    index: dict[Key, int] = {}
    keys = [
        np.array([index.setdefault(k, len(index)) for k in part.keys], np.int64)[part.key]
        for part in parts
        if len(part.key)
    ]
    filled = [part for part in parts if len(part.key)]
    if not filled:
        return Rows(parts[0].cells if parts else [], [], *_nothing())
    return Rows(
        filled[0].cells,
        list(index),
        np.concatenate([part.cell for part in filled]),
        np.concatenate(keys),
        np.concatenate([part.counts for part in filled]),
    )


def _nothing() -> tuple[Integers, Integers, Integers]:
    return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros((0, _WIDTH), np.int64)
