"""From sums of counts to scores: exact for the figures themselves, in floats for thousands of resampled sums."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import reduce
from operator import add
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from goldwire.eval.measures import MEASURES, Measure
from goldwire.eval.tally import COUNTS, Slot

__all__ = ["Sums", "harmonic", "ratio", "resampled_value", "slots", "summed", "values"]

Floats = npt.NDArray[np.float64]


class Sums(NamedTuple):
    """Counts summed over rows, hits as exact fractions."""

    predicted_hits: Fraction
    gold_hits: Fraction
    predicted: int
    gold: int
    correct: int
    incorrect: int
    partial: int
    missed: int
    spurious: int

    @property
    def precision(self) -> float | None:
        """Hits among predictions; ``None`` without any."""
        return ratio(self.predicted_hits, self.predicted)

    @property
    def recall(self) -> float | None:
        """Hits among gold; ``None`` without any."""
        return ratio(self.gold_hits, self.gold)

    @property
    def f1(self) -> float | None:
        """2h/(p+g), or the mean of P and R where the sides count hits apart; ``None`` only where p + g = 0."""
        if self.predicted_hits == self.gold_hits:
            return ratio(2 * self.gold_hits, self.predicted + self.gold)
        if not self.predicted or not self.gold:
            return 0.0
        return harmonic(self.predicted_hits / self.predicted, self.gold_hits / self.gold)

    def counts(self, *, semeval: bool) -> dict[str, Any]:
        """The counts as a report prints them; ``hits`` stands for both sides where they agree."""
        if self.predicted_hits == self.gold_hits:
            table: dict[str, Any] = {"hits": _number(self.gold_hits)}
        else:
            table = {"predicted_hits": _number(self.predicted_hits), "gold_hits": _number(self.gold_hits)}
        table |= {"predicted": self.predicted, "gold": self.gold}
        if semeval:
            table |= {name: getattr(self, name) for name in COUNTS[4:]}
        return table


def ratio(hits: Fraction | int, total: int) -> float | None:
    """``hits`` over ``total``; ``None`` for a total of 0."""
    return hits.numerator / (hits.denominator * total) if total else None


def harmonic(precision: Fraction, recall: Fraction) -> float:
    """The harmonic mean; 0 where both are 0."""
    both = precision + recall
    return float(2 * precision * recall / both) if both else 0.0


def summed(parts: Iterable[tuple[int, npt.NDArray[np.int64]]]) -> Sums:
    """The sum of rows of nine counts, each with its denominator."""
    hits = {1: (0, 0)}  # by denominator: whole numbers are added faster than fractions
    rest = [0] * (len(COUNTS) - 2)
    for denominator, counts in parts:
        on_predicted, on_gold, *others = counts.tolist()
        before = hits.get(denominator, (0, 0))
        hits[denominator] = before[0] + on_predicted, before[1] + on_gold
        rest = list(map(add, rest, others))
    predicted, gold = (reduce(add, [Fraction(sums[side], n) for n, sums in hits.items()]) for side in (0, 1))
    return Sums(predicted, gold, *rest)


def _number(hits: Fraction) -> int | float:
    return int(hits) if hits.denominator == 1 else float(hits)


def slots(measure: Measure, by_unit: Mapping[Slot, Floats], units: int) -> dict[str, Floats]:
    """Units × (both hits, predicted, gold) for the whole (``""``), each kind of a macro average, or each part."""
    if measure.parts:
        return {part: slots(MEASURES[part], by_unit, units)[""] for part in measure.parts}
    tables = {slot.value: table for slot, table in by_unit.items() if slot.score == measure.name}
    return {"": np.zeros((units, 4)), **tables}


def values(measure: Measure, sums: Mapping[str, Floats]) -> Floats:
    """The measure's value for each of many sums of its ``slots``; NaN where it is undefined."""
    if measure.parts:
        table = np.stack([resampled_value(MEASURES[part], sums[part], {}, ()) for part in measure.parts])
        defined = ~np.isnan(table)
        with np.errstate(invalid="ignore"):
            mean: Floats = np.where(defined, table, 0).sum(axis=0) / defined.sum(axis=0)
        return mean
    if measure.value == "rate":
        with np.errstate(divide="ignore", invalid="ignore"):
            rate: Floats = sums[""][:, 1] / sums[""][:, 3]
        return rate
    kinds = {name: table for name, table in sums.items() if name}
    return resampled_value(measure, sums[""], kinds, sorted(kinds))


def resampled_value(measure: Measure, whole: Floats, kinds: Mapping[str, Floats], gold_kinds: Iterable[str]) -> Floats:
    """The measure's value for each of many sums (n × 4: both hits, predicted, gold); NaN where it is undefined."""
    with np.errstate(divide="ignore", invalid="ignore"):
        if measure.value == "macro":
            # the mean is over the kinds that gold has in the draw
            values = [np.where(kinds[kind][:, 3] > 0, _f1(kinds[kind]), np.nan) for kind in gold_kinds]
            table = np.stack(values) if values else np.full((1, len(whole)), np.nan)
            defined = ~np.isnan(table)
            mean: Floats = np.where(defined, table, 0).sum(axis=0) / defined.sum(axis=0)
            return mean
        if measure.value in ("accuracy", "mean"):
            share: Floats = whole[:, 1] / whole[:, 3]
            return share
        return _f1(whole)


def _f1(sums: Floats) -> Floats:
    predicted_hits, gold_hits, predicted, gold = sums.T
    equal = 2 * gold_hits / (predicted + gold)
    precision, recall = predicted_hits / predicted, gold_hits / gold
    apart = 2 * precision * recall / (precision + recall)
    apart = np.where(predicted + gold == 0, np.nan, np.nan_to_num(apart, nan=0.0))
    result: Floats = np.where(predicted_hits == gold_hits, equal, apart)
    return result
