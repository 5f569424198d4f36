"""Rows of counts: what a match leaves behind, and all that a score is made from.

A row belongs to a *cell* (a block of a document) and a *key* (score, slice, slice value, denominator) and holds nine
64-bit integers. Rows add up, concatenate and resample; no score is computed from anything else. A hit that is a
fraction (half a point for an overlap, a share of characters) is an integer over the key's
``denominator``, so that sums are exact.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["COUNTS", "Cell", "Integers", "Key", "Rows", "RowsBuilder", "Slot", "Tally", "joined"]

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
_KEPT = 4
"""Of the counts the first four are kept by unit."""

Floats = npt.NDArray[np.float64]


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


class Slot(NamedTuple):
    """What is kept by unit: the whole of a score (``""``), or one kind of a macro average."""

    score: str
    value: str = ""


class Tally:
    """The rows of a whole run, held as small as its scores allow.

    Sums are kept for every key. What intervals and means over documents need (both hits, predicted, gold) is kept by
    unit: by cell while there are fewer than ten documents, by document from ten on. There, shares with a denominator
    are multiples of 2**-30, so that sums do not hang on their order.
    """

    def __init__(self) -> None:
        self._sums: dict[Key, Integers] = {}
        self._documents: dict[str, int] = {}
        self._cells: list[Cell] = []
        self._keys: dict[Key, int] = {}
        self._slots: dict[Slot, int] = {}
        self._exact: list[_Table] = []
        self._shares: list[_Table] = []
        self._by_document = False

    def add(self, rows: Rows) -> None:
        """Take in the rows of documents that are not here yet, and their cells, empty ones included."""
        for cell in rows.cells:
            self._documents.setdefault(cell.document, len(self._documents))
        sums = _summed(rows.key, rows.counts, len(rows.keys))
        for key, total in zip(rows.keys, sums, strict=True):
            self._sums[key] = self._sums[key] + total if key in self._sums else total
        kept = np.array([self._number(key) for key in rows.keys], np.int64)
        number = kept[rows.key] if len(kept) else rows.key
        chosen = number >= 0
        self._keep([_Table(rows.cell[chosen], number[chosen], rows.counts[chosen, :_KEPT])], rows.cells)

    def merge(self, other: Tally) -> None:
        """Take in another tally, of documents that are not here yet; the other one is used up."""
        for name in other._documents:
            self._documents.setdefault(name, len(self._documents))
        for key, total in other.sums():
            self._sums[key] = self._sums[key] + total if key in self._sums else total
        number = np.array([self._number(key) for key in other._keys], np.int64)
        if not other._by_document:
            self._keep([table._replace(number=number[table.number]) for table in other._exact], other._cells)
            return
        self._go_by_document()
        place = np.array([self._documents[name] for name in other._documents], np.int32)
        slot = np.array([self._slots[slot] for slot in other._slots], np.int32)
        for table in other._shares:
            self._shares.append(table._replace(unit=place[table.unit], number=slot[table.number]))

    def _keep(self, tables: Sequence[_Table], cells: Sequence[Cell]) -> None:
        """Tables of kept keys, their units indices into ``cells``."""
        if not self._by_document and len(self._documents) < LEAST_DOCUMENTS:
            self._exact += [table._replace(unit=table.unit + len(self._cells)) for table in tables]
            self._cells.extend(cells)
            return
        self._go_by_document()
        places = self._places(cells)
        self._shares += [self._share(_grouped(table, places)) for table in tables]

    def _go_by_document(self) -> None:
        if not self._by_document:
            self._by_document = True
            places = self._places(self._cells)
            self._shares += [self._share(_grouped(table, places)) for table in self._exact]
            self._exact, self._cells = [], []

    def sums(self) -> Iterator[tuple[Key, Integers]]:
        """Every key with the sum of its nine counts."""
        return iter(self._sums.items())

    @property
    def names(self) -> Collection[str]:
        """The documents' ids, in the order in which they came."""
        return self._documents.keys()

    @property
    def unit(self) -> str:
        """What a unit is: ``document`` from ten documents on, else ``block``."""
        return "document" if self._by_document else "block"

    def units(self) -> list[Cell]:
        """The units sorted by document id and block; a whole document has the block 0."""
        return sorted(self._came())

    @property
    def size(self) -> int:
        """How many units there are."""
        return len(self._documents) if self._by_document else len(self._cells)

    def documents(self) -> tuple[list[str], Integers]:
        """The documents' ids, sorted, and for each unit, in the order of ``units``, the index of its document."""
        names = sorted(self._documents)
        if self._by_document:
            return names, np.arange(len(names))
        of = {name: at for at, name in enumerate(names)}
        return names, np.array([of[cell.document] for cell in self.units()], np.int64)

    def by_unit(self) -> dict[Slot, Floats]:
        """For each slot a table of units, in the order of ``units``: predicted hits, gold hits, predicted, gold."""
        came = list(self._documents) if self._by_document else self._cells
        place = np.empty(len(came), np.int64)
        place[sorted(range(len(came)), key=came.__getitem__)] = np.arange(len(came))
        result = {slot: np.zeros((len(came), _KEPT)) for slot in self._slots}
        tables = list(result.values())
        for table in self._shares if self._by_document else map(self._share, self._exact):
            for number in np.unique(table.number).tolist():
                chosen = table.number == number
                np.add.at(tables[number], place[table.unit[chosen]], table.counts[chosen])
        return result

    def _came(self) -> list[Cell]:
        return [Cell(name, 0) for name in self._documents] if self._by_document else self._cells

    def _number(self, key: Key) -> int:
        """The number of a key that is kept by unit, -1 for one that is not."""
        if key.slice and not (key.score == "blocks.kind" and key.slice == "kind"):
            return -1
        self._slots.setdefault(Slot(key.score, key.slice_value), len(self._slots))
        return self._keys.setdefault(key, len(self._keys))

    def _places(self, cells: Sequence[Cell]) -> Integers:
        return np.array([self._documents[cell.document] for cell in cells], np.int64)

    def _share(self, table: _Table) -> _Table:
        """Counts of keys as floats of slots, hits divided by the denominator."""
        slot = np.array([self._slots[Slot(key.score, key.slice_value)] for key in self._keys], np.int64)
        denominator = np.array([key.denominator for key in self._keys], np.float64)[table.number, None]
        unit, number = table.unit.astype(np.int32), slot[table.number].astype(np.int32)
        if (denominator == 1).all() and table.counts.max(initial=0) < 1 << 31:
            return _Table(unit, number, table.counts.astype(np.int32))
        counts = table.counts.astype(np.float64)
        counts[:, :2] = np.rint(counts[:, :2] / denominator * 2.0**30) / 2.0**30
        return _Table(unit, number, counts)


class _Table(NamedTuple):
    """Rows kept by unit: the unit's index, the key's or the slot's number, four counts; integers as small as fit."""

    unit: Any
    number: Any
    counts: Any


LEAST_DOCUMENTS = 10
"""From this number on the unit of resampling is the document."""


def _grouped(table: _Table, place: Integers) -> _Table:
    """The table with the unit at ``place[unit]`` in place of each unit, rows of one unit and key summed."""
    if len(np.unique(place)) == len(place):  # one cell a document: nothing to add up
        return table._replace(unit=place[table.unit])
    width = int(table.number.max(initial=0)) + 1
    pairs, group = np.unique(place[table.unit] * width + table.number, return_inverse=True)
    return _Table(pairs // width, pairs % width, _summed(group, table.counts, len(pairs)))


def _summed(group: Integers, counts: Integers, n: int) -> Integers:
    """The sum of the rows of each of ``n`` groups."""
    total = np.zeros((n, counts.shape[1]), np.int64)
    if len(group):
        order = np.argsort(group, kind="stable")
        first = np.flatnonzero(np.diff(group[order], prepend=-1))
        total[group[order[first]]] = np.add.reduceat(counts[order], first, axis=0)
    return total
