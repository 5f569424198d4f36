"""Cells in columns: which block of which document holds a position."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from goldwire.eval.tally import Cell, Integers

__all__ = ["Cells"]


class Cells(NamedTuple):
    """The cells of a set of documents in order: which document, and where each begins.

    The first cell of a document begins at 0, so that every character belongs to one.
    """

    cells: Sequence[Cell]
    document: Integers
    start: Integers

    @property
    def one_each(self) -> bool:
        """Whether each document is one cell."""
        return len(self.document) == int(self.document[-1]) + 1

    def holding(self, document: Integers, position: Integers) -> Integers:
        """The index of the cell that holds each position."""
        if self.one_each:
            return document
        stride = int(max(position.max(initial=0), self.start.max(initial=0))) + 1
        found = np.searchsorted(self.document * stride + self.start, document * stride + position, "right")
        return (found - 1).astype(np.int64)
