"""``seqeval``: seqeval's default figures, which read tags as conlleval does.

Micro, macro and weighted averages of the types on either side; 0 where there is nothing to divide by. A macro average
over no type at all is null (it is not a number there).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np

from goldwire.eval.measures import mode_measures
from goldwire.eval.modes.mode import Counts, Figures, Mode, Pair, of_type
from goldwire.eval.modes.tagged import CANNOT, NEEDS, tagged
from goldwire.eval.side import Warn
from goldwire.eval.tally import Integers

__all__ = ["MODE", "counting", "figures"]

_COUNTS = ("hits", "predicted", "gold")


def counting(type_of: Callable[[str], str]) -> Callable[[Pair, Warn], Counts]:
    """A ``count`` that calls the type of a tag what ``type_of`` makes of it."""

    def count(pair: Pair, warn: Warn) -> Counts:
        found = tagged(pair, warn)
        gold, predicted = (
            {(first, after, type_of(kind)) for first, after, kind in side} for side in (found.gold, found.predicted)
        )
        counts: Counts = Counter()
        for what, chunks in zip(_COUNTS, (gold & predicted, predicted, gold), strict=True):
            counts.update(("seqeval.micro", of_type(kind), what) for _, _, kind in chunks)
        same = [ours == theirs for ours, theirs in zip(found.gold_tags, found.predicted_tags, strict=True)]
        counts["seqeval.accuracy", "", "hits"] += sum(same)
        counts["seqeval.accuracy", "", "gold"] += len(same)
        return counts

    return count


def figures(counts: Counts) -> Figures:
    """The averages of seqeval from counts by type, and its share of equal tags."""
    types = sorted({slot for score, slot, _ in counts if score == "seqeval.micro"})
    table = np.array([[counts["seqeval.micro", slot, what] for what in _COUNTS] for slot in types], np.int64)
    table = table.reshape(-1, len(_COUNTS))
    total = table.sum(axis=0)
    whole = dict(zip(_COUNTS, total.tolist(), strict=True))
    by_type = {
        slot[1:]: {**_rows(row[None], None), "counts": dict(zip(_COUNTS, row.tolist(), strict=True))}
        for slot, row in zip(types, table, strict=True)
    }
    found = {"micro": _rows(total[None], None), "macro": _rows(table, None), "weighted": _rows(table, table[:, 2])}
    scores: Figures = {f"seqeval.{name}": {"value": s["f1"], **s, "counts": whole} for name, s in found.items()}
    scores["seqeval.micro"]["by_type"] = by_type
    hits, n = counts["seqeval.accuracy", "", "hits"], counts["seqeval.accuracy", "", "gold"]
    accuracy = hits / n if n else None
    tokens = {"hits": hits, "predicted": n, "gold": n}
    return {**scores, "seqeval.accuracy": {"value": accuracy, "accuracy": accuracy, "counts": tokens}}


def _rows(table: Integers, weights: Integers | None) -> dict[str, float | None]:
    """Precision, recall and F1 of each row, averaged: as seqeval divides and numpy adds, to the last bit."""
    hits, predicted, gold = table.T
    if weights is not None and not gold.sum():
        return {"precision": 0.0, "recall": 0.0, "f1": 0.0}
    precision, recall = hits / np.maximum(predicted, 1), hits / np.maximum(gold, 1)
    both = precision + recall
    f1 = 2.0 * precision * recall / np.where(both == 0, 1, both)
    columns = {"precision": precision, "recall": recall, "f1": f1}
    return {
        name: float(np.average(column, weights=weights)) if len(column) else None for name, column in columns.items()
    }


def _type_of(kind: str) -> str:
    return kind or "_"


MODE = Mode(
    name="seqeval",
    program="seqeval",
    version="1.2.2",
    source="f1_score(gold, predicted, average=…) and its like",
    needs=NEEDS,
    cannot=CANNOT,
    measures=mode_measures("seqeval"),
    count=counting(_type_of),
    figures=figures,
)
