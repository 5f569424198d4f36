"""Rows of counts: what a match leaves behind, and all that a score is made from.

A row belongs to a *cell* (a block of a document) and a *key* (score, slice, slice value, denominator) and holds nine
64-bit integers. Rows add up, concatenate and resample; no score is computed from anything else. A hit that is a
fraction (half a point for an overlap, a share of characters) is an integer over the key's
``denominator``, so that sums are exact.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["COUNTS", "Cell", "Counts", "Integers", "Key", "Rows", "RowsBuilder", "Tally", "joined"]

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


class Tally:
    """The rows of a whole run, held as small as its scores allow.

    Sums are kept for every key. What intervals and means over documents need is kept by unit, for the keys that
    ``keeps`` names: by cell while there are fewer than ten documents, by document from ten on.
    """

    def __init__(self) -> None:
        self._sums: dict[Key, Integers] = {}
        self._documents: dict[str, int] = {}
        self._cells: list[Cell] = []
        self._kept: dict[Key, int] = {}
        self._tables: list[tuple[Integers, Integers, Integers]] = []
        self._by_document = False

    @staticmethod
    def keeps(key: Key) -> bool:
        """Whether rows of ``key`` are kept by unit: wholes, and the kinds of a macro average."""
        return key.slice == "" or (key.score == "blocks.kind" and key.slice == "kind")

    @property
    def documents(self) -> list[str]:
        """The documents, in the order in which they came."""
        return list(self._documents)

    def add(self, rows: Rows) -> None:
        """Take in the rows of documents that are not here yet, and their cells, empty ones included."""
        for cell in rows.cells:
            self._documents.setdefault(cell.document, len(self._documents))
        sums = _summed(rows.key, rows.counts, len(rows.keys))
        for key, total in zip(rows.keys, sums, strict=True):
            self._sums[key] = self._sums[key] + total if key in self._sums else total
        base = len(self._cells)
        if not self._by_document:
            self._cells.extend(rows.cells)
        numbers = [self._kept.setdefault(key, len(self._kept)) if self.keeps(key) else -1 for key in rows.keys]
        number = np.array(numbers, np.int64)[rows.key] if numbers else rows.key
        kept = number >= 0
        unit, number, counts = rows.cell[kept], number[kept], rows.counts[kept]
        if not self._by_document and len(self._documents) < LEAST_DOCUMENTS:
            self._tables.append((unit + base, number, counts))
            return
        if not self._by_document:
            self._fold()
        document_of = np.array([self._documents[cell.document] for cell in rows.cells], np.int64)
        whole = len(set(document_of.tolist())) == len(document_of)  # one cell a document: nothing to add up
        self._tables.append(
            (document_of[unit], number, counts) if whole else _grouped(document_of[unit], number, counts)
        )

    def _fold(self) -> None:
        document_of = np.array([self._documents[cell.document] for cell in self._cells], np.int64)
        self._tables = [_grouped(document_of[unit], key, counts) for unit, key, counts in self._tables]
        self._by_document, self._cells = True, []

    def sums(self) -> Iterator[tuple[Key, Integers]]:
        """Every key with the sum of its nine counts."""
        return iter(self._sums.items())

    @property
    def unit(self) -> str:
        """What a unit is: ``document`` from ten documents on, else ``block``."""
        return "document" if self._by_document else "block"

    def units(self) -> list[Cell]:
        """The units sorted by document id and block; a whole document has the block 0."""
        if self._by_document:
            return [Cell(name, 0) for name in sorted(self._documents)]
        return sorted(self._cells)

    def by_unit(self, keys: Iterable[Key]) -> dict[Key, Integers]:
        """For each of ``keys`` the counts of every unit, in the order of ``units``."""
        units = {cell: at for at, cell in enumerate(self.units())}
        came = [Cell(name, 0) for name in self._documents] if self._by_document else self._cells
        place = np.array([units[cell] for cell in came], np.int64)
        wanted = list(keys)
        result = {key: np.zeros((len(units), _WIDTH), np.int64) for key in wanted}
        slot = np.full(len(self._kept), -1, np.int64)
        for at, key in enumerate(wanted):
            if key in self._kept:
                slot[self._kept[key]] = at
        for unit, number, counts in self._tables:
            for at in np.unique(slot[number]).tolist():
                if at >= 0:
                    chosen = slot[number] == at
                    np.add.at(result[wanted[at]], place[unit[chosen]], counts[chosen])
        return result


LEAST_DOCUMENTS = 10
"""From this number on the unit of resampling is the document."""


def _grouped(unit: Integers, key: Integers, counts: Integers) -> tuple[Integers, Integers, Integers]:
    """Rows of one unit and key summed."""
    width = int(key.max(initial=0)) + 1
    pairs, group = np.unique(unit * width + key, return_inverse=True)
    return pairs // width, pairs % width, _summed(group, counts, len(pairs))


def _summed(group: Integers, counts: Integers, n: int) -> Integers:
    """The sum of the rows of each of ``n`` groups."""
    total = np.zeros((n, counts.shape[1]), np.int64)
    if len(group):
        order = np.argsort(group, kind="stable")
        first = np.flatnonzero(np.diff(group[order], prepend=-1))
        total[group[order[first]]] = np.add.reduceat(counts[order], first, axis=0)
    return total
