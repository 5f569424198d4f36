"""Modes: other programs' own figures on the same data, warts included, so that one can move over and see why.

One module a mode, each with a ``MODE``; ``docs/moving-over.md`` says why their figures differ from ours.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType

from goldwire.corpus.document import Document
from goldwire.corpus.errors import UsageError, shown
from goldwire.eval.labels import LabelMap
from goldwire.eval.modes import conlleval, nervaluate, runne, seqeval, seqeval_strict
from goldwire.eval.modes.mode import Counts, Figures, Mode
from goldwire.eval.modes.task import pair_of
from goldwire.eval.side import Warn
from goldwire.eval.views import View

__all__ = ["MODES", "OWN", "Counting", "parse_mode"]

OWN = "goldwire"
"""The mode that is none: goldwire's own measures."""

MODES: Mapping[str, Mode] = MappingProxyType(
    {module.MODE.name: module.MODE for module in (nervaluate, seqeval, seqeval_strict, conlleval, runne)}
)
"""The modes by name."""


def parse_mode(name: str | None) -> Mode | None:
    """The mode with that name; ``None`` for goldwire's own.

    Raises
    ------
    UsageError
        There is no such mode.
    """
    if name is None or name == OWN:
        return None
    if not isinstance(name, str) or name not in MODES:
        raise UsageError(f"mode {shown(name)}: no such mode; there are {', '.join([OWN, *MODES])}")
    return MODES[name]


class Counting:
    """A mode at work: documents in one by one, only sums are kept."""

    def __init__(self, mode: Mode, labels: LabelMap | None, view: View, warn: Warn) -> None:
        self.mode, self._labels, self._view, self._warn = mode, labels, view, warn
        self._total: Counts = Counter()
        self._values: dict[str, dict[str, float | None]] = {measure.name: {} for measure in mode.measures}

    def add(self, gold: Document, predicted: Document) -> None:
        """Take in one document.

        Raises
        ------
        InputError
            Gold is unsound, or lacks the text that the mode needs.
        """
        counts = self.mode.count(pair_of(gold, predicted, self._labels, self._view, self._warn), self._warn)
        self._total.update(counts)
        for name, figures in self.mode.figures(counts).items():
            self._values[name][gold.id] = figures["value"]

    def scores(self) -> Figures:
        """The program's figures of all documents."""
        return self.mode.figures(self._total)

    def per_document(self) -> dict[str, dict[str, float | None]]:
        """Score → document → the value that the program gives for that document alone."""
        return self._values
