"""Some documents on their way to rows: each gives up its numbers as it comes, and is not kept."""

from __future__ import annotations

from bisect import bisect_right

import numpy as np

from goldwire.corpus.document import LAYERS, UNSET, Document
from goldwire.corpus.errors import InputError, Problem, shown
from goldwire.corpus.layout import lines
from goldwire.eval.bag import Strings, Surfaces, floats
from goldwire.eval.cells import Cells
from goldwire.eval.columns import mention_columns
from goldwire.eval.entities import mention_rows
from goldwire.eval.faults import bad_items, copies, without_copies
from goldwire.eval.labels import LabelMap
from goldwire.eval.linking import Linked, Task, has_ids, link_rows
from goldwire.eval.quotes import quote_rows
from goldwire.eval.sections import block_rows, dateline_rows, section_rows
from goldwire.eval.side import (
    NO_TEXT,
    SideBuilder,
    Warn,
    discontinuous,
    gold_fault,
    on_text,
    refuse_off_text,
    without_text,
)
from goldwire.eval.tally import Cell, Rows, RowsBuilder, joined
from goldwire.eval.views import View

__all__ = ["Chunk"]


class Chunk:
    """Documents whose rows are made together: mentions in columns, the other layers one document at a time.

    ``sliced_by_cell`` asks for the rows of slices of mentions cell by cell; without it there are their sums.
    """

    def __init__(self, labels: LabelMap | None, view: View, warn: Warn, *, sliced_by_cell: bool) -> None:
        self._labels, self._view, self._warn = labels, view, warn
        self._sliced_by_cell = sliced_by_cell
        self._gold, self._predicted = SideBuilder(with_forms=True), SideBuilder(with_forms=False)
        self._builder = RowsBuilder()
        self._documents: list[str] = []
        self._cells: list[Cell] = []
        self._document_of: list[int] = []
        self._starts: list[int] = []
        self._texts: list[str | None] = []
        self._strings: list[Strings] = []
        self._linked: list[Linked] = []
        self.mentions = 0

    @property
    def documents(self) -> int:
        """How many documents there are."""
        return len(self._documents)

    def add(self, gold: Document, predicted: Document, *, by_block: bool) -> None:
        """Take in one document, in cells of its blocks or as one cell.

        Raises
        ------
        InputError
            Gold is unsound, or lacks the text that a layer of its needs.
        """
        text = None if gold.text is UNSET else gold.text
        starts = _cell_starts(gold, text) if by_block else [0]
        base, number = len(self._cells), len(self._documents)
        self._cells += [Cell(gold.id, block) for block in range(len(starts))]
        self._document_of += [number] * len(starts)
        self._starts += starts
        self._documents.append(gold.id)
        self._texts.append(text)
        ours, theirs = gold.mentions or (), predicted.mentions or () if gold.mentions is not UNSET else ()
        length = NO_TEXT if text is None else len(text)
        if not without_text(ours) or not self._gold.add(ours, length):
            refuse_off_text(gold.id, ours, text)
            self._gold.add(ours, length)
        if not without_text(theirs) or not self._predicted.add(theirs, length):
            kept, unplaced = on_text(gold.id, theirs, text, self._warn)
            self._predicted.add(kept, length, unplaced)
            if floats(theirs):
                self._strings.append(Strings(number, ours, theirs))
        if gold.entities and has_ids(ours):
            self._linked.append(Linked(number, gold, predicted, base, starts))
        self.mentions += len(ours) + len(theirs)
        if hulls := discontinuous(ours) + discontinuous(theirs):
            self._warn("discontinuous", "", hulls)
        layers = [layer for layer in LAYERS[1:] if getattr(gold, layer) is not UNSET]
        if layers:
            self._score_layers(layers, gold, predicted, base, starts)

    def rows(self) -> Rows:
        """The rows of all documents, and their cells, empty ones included."""
        tables = [Rows(self._cells, [], np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros((0, 9), np.int64))]
        if self.mentions:
            cells = Cells(self._cells, np.array(self._document_of, np.int64), np.array(self._starts, np.int64))
            gold, predicted = self._gold.side(), self._predicted.side()
            columns = mention_columns(gold, predicted, self._documents, cells, self._labels, self._view, self._warn)
            task = Task(self._labels, self._view)
            with_text = self._texts.count(None) < len(self._texts)
            surfaces = Surfaces(self._texts, self._strings, task) if with_text else None
            tables.append(mention_rows(columns, cells, surfaces, sliced_by_cell=self._sliced_by_cell))
            link_rows(self._builder, self._linked, columns, task)
        tables.append(self._builder.rows(self._cells))
        return joined(tables)._replace(cells=self._cells)

    def _score_layers(
        self, layers: list[str], gold: Document, predicted: Document, base: int, starts: list[int]
    ) -> None:
        def cell_of(position: int) -> int:
            return base + max(0, bisect_right(starts, position) - 1)

        if gold.text is UNSET:
            want = f"the text, which {', '.join(layers)} need"
            raise InputError(Problem("no-text", "no text", want, "add it to the gold", "text", gold.id))
        text = gold.text
        gold = self._sound(gold, predicted, len(text))
        if "quotes" in layers:
            quote_rows(self._builder, gold, predicted, text, cell_of)
        if "blocks" in layers:
            block_rows(self._builder, gold, predicted, text, cell_of)
        if "sections" in layers:
            section_rows(self._builder, gold, predicted, text, base)
        if "dateline" in layers:
            dateline_rows(self._builder, gold, predicted, cell_of)

    def _sound(self, gold: Document, predicted: Document, length: int) -> Document:
        """Gold with its copies merged; what is bad or doubled among the predictions is warned of."""
        for what, field, span in bad_items(gold, length):
            found = "no span" if span is None else f"[{span[0]}, {span[1]})"
            want = f"start < end within [0, {length})"
            raise gold_fault(gold.id, f"bad-{what}", field, found, want)
        for what, field, span in bad_items(predicted, length):
            self._warn(f"bad-{what}", f"{gold.id}: {field} {shown(span)}", 1)
        for code, document in (("duplicate-gold", gold), ("duplicate-prediction", predicted)):
            if count := copies(document):
                self._warn(code, "", count)
        return without_copies(gold)


def _cell_starts(gold: Document, text: str | None) -> list[int]:
    """Where the cells of a document begin: its blocks, else its non-blank lines; the first one at 0."""
    places = sorted({block.start for block in gold.blocks or ()})
    if not places and text is not None:
        places = [start for start, _ in lines(text)]
    return [0, *places[1:]]
