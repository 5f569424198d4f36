"""The shape of a mode: another program's figures, from counts that add up over documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from goldwire.eval.measures import Measure
from goldwire.eval.side import Warn

__all__ = ["Counts", "Figures", "Mode", "Pair", "Place", "of_type", "prf"]

Place = tuple[int, int, str]
"""Start, end (half-open, code points), and type in the task's terms."""

Counts = Counter[tuple[str, str, str]]
"""(score, type, what) → how many; the type of a whole is ``""``, and a type's name is behind a ``/``."""

Figures = dict[str, dict[str, Any]]
"""Score → what a result prints of it."""


class Pair(NamedTuple):
    """A document inside the task: its mentions on both sides, in the order of their lists, copies and all.

    Gold is sound; a prediction may be reversed, empty or outside the text. ``text`` is ``None`` where there is none.
    """

    document: str
    text: str | None
    gold: list[Place]
    predicted: list[Place]


@dataclass(frozen=True, slots=True)
class Mode:
    """Another program: which, in what version, what it wants, and what it cannot represent.

    ``count`` takes in one document and warns of what the program cannot hold; ``figures`` makes its figures of the sum.
    """

    name: str
    program: str
    version: str
    source: str
    needs: str
    cannot: str
    measures: tuple[Measure, ...]
    count: Callable[[Pair, Warn], Counts]
    figures: Callable[[Counts], Figures]


def of_type(name: str) -> str:
    """A type as a key of ``Counts``, so that one without a name is not the whole."""
    return f"/{name}"


def prf(hits: float, predicted: int, gold: int) -> dict[str, float]:
    """Precision, recall and their harmonic mean as these programs divide: in floats, 0 where there is nothing."""
    precision = hits / predicted if predicted else 0.0
    recall = hits / gold if gold else 0.0
    f1 = 2 * (precision * recall) / (precision + recall) if precision + recall else 0.0
    return {"precision": precision, "recall": recall, "f1": f1}
