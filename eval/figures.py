"""From the tally to what a result prints: values, intervals, means and slices.

``by`` breaks the recall down by form, depth and position. ``entities.strict`` has ``errors`` besides: how many mentions
are of each class (``classes``), how boundaries are wrong (``boundaries``), the ``flags``, and the ``confusion`` of gold
types with predicted ones (definitions in ``errors``). The four schemes have ``muc5``, its four rates. ``quotes.kind``
has the F1 of each kind end to end (``by.kind``), and its ``confusion`` over M: [gold kind, predicted kind, number].
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from goldwire.eval.confidence import LEAST_UNITS, at_once, interval, resampled
from goldwire.eval.errors import SLICES, confusion, error_figures, muc5
from goldwire.eval.measures import MEASURES, Measure
from goldwire.eval.scores import Floats, Sums, slots, summed, values
from goldwire.eval.tally import COUNTS, Integers, Key, Tally

__all__ = ["Figures", "attempted"]

_SCHEMES = ("entities.strict", "entities.exact", "entities.type", "entities.partial")
_TYPED = (*_SCHEMES, "entities.soft", "entities.bag")


def attempted(measures: Iterable[Measure], tally: Tally) -> list[Measure]:
    """Those of ``measures`` whose need has items on both sides: what gold or the whole run lacks has no score."""
    seen: dict[str, Integers] = {}
    for key, counts in tally.sums():
        if key.slice == "":
            seen[key.score] = seen.get(key.score, 0) + counts
    both = {score for score, counts in seen.items() if counts[_PREDICTED] and counts[_GOLD]}
    return [measure for measure in measures if not measure.needs or measure.needs in both]


_PREDICTED, _GOLD = COUNTS.index("predicted"), COUNTS.index("gold")
_NOTHING = summed(())


class Figures:
    """The figures of measures from one tally, all intervals from one set of draws.

    ``deviations`` and the values of each document fill as measures are asked for.
    """

    def __init__(self, tally: Tally, measures: list[Measure], draws: int, seed: int) -> None:
        self._unit, self._draws, self._seed = tally.unit, draws, seed
        self._sums: dict[str, list[tuple[Key, Integers]]] = {}
        for key, counts in tally.sums():
            self._sums.setdefault(key.score, []).append((key, counts))
        names = {measure.name for measure in measures}
        self._by_unit = {slot: table for slot, table in tally.by_unit().items() if slot.score in names}
        self._units = tally.size
        self._resampled: dict[str, dict[str, Floats]] | None = None
        self._documents, self._place = tally.documents()
        self._per_document: dict[str, Floats] = {}
        self.deviations: dict[str, float] = {}

    def score(self, measure: Measure) -> dict[str, Any]:
        """The figures of one measure, as JSON holds them."""
        sums = self._summed(measure.needs if measure.parts else measure.name)
        whole = sums.get(("", ""), _NOTHING)
        slices: dict[str, dict[str, Sums]] = {}
        for (name, value), part in sorted(sums.items()):
            if not name or part.gold or part.predicted:  # a value that nothing has is not known to every shard
                slices.setdefault(name, {})[value] = part
        for name, most in (("position", 10), ("depth", max(map(int, slices.get("depth", ())), default=0))):
            if name in slices:
                slices[name] = {str(n): slices[name].get(str(n), _NOTHING) for n in range(1, most + 1)}
        if measure.parts:
            slices = {}
        semeval = measure.name in _SCHEMES
        figures: dict[str, Any] = {"value": self._value(measure, whole, slices.get("kind", {}))}
        if measure.value == "f1":
            figures |= {"precision": whole.precision, "recall": whole.recall, "f1": whole.f1}
        elif measure.value in ("accuracy", "macro"):
            figures |= {"accuracy": whole.recall}
        figures |= self._interval(measure)
        figures |= self._means(measure, slices.get("type"))
        figures["counts"] = whole.counts(semeval=semeval)
        if measure.parts:
            figures["counts"] = {"predicted": whole.predicted, "gold": whole.gold}
        if semeval:
            figures["muc5"] = muc5(whole)
        if measure.name in _TYPED:
            types = {name: s for name, s in slices.get("type", {}).items() if s.gold or s.predicted}
            figures["by_type"] = {name: _figures(s, semeval=semeval) for name, s in types.items()}
        by = {name: values for name, values in slices.items() if name not in ("", "type", *SLICES)}
        if by:
            figures["by"] = {
                name: {v: _slice(s, recall_only=name != "kind") for v, s in _in_order(values)}
                for name, values in sorted(by.items())
            }
        if measure.name == "quotes.kind":
            figures["confusion"] = confusion({}, slices.get("confusion", {}))
        if measure.name == "entities.strict":
            figures["errors"] = error_figures(whole, slices.get("type", {}), slices)
        return figures

    def _summed(self, score: str) -> dict[tuple[str, str], Sums]:
        """The sums of each slice of a score."""
        groups: dict[tuple[str, str], list[tuple[int, Integers]]] = {}
        for key, counts in self._sums.get(score, ()):
            groups.setdefault((key.slice, key.slice_value), []).append((key.denominator, counts))
        return {group: summed(parts) for group, parts in groups.items()}

    def _value(self, measure: Measure, whole: Sums, kinds: dict[str, Sums]) -> float | None:
        if measure.value == "macro":
            return _mean([s.f1 for s in kinds.values() if s.gold])
        if measure.parts:
            return _mean([self._summed(part).get(("", ""), _NOTHING).f1 for part in measure.parts])
        return whole.f1 if measure.value == "f1" else whole.recall

    def _means(self, measure: Measure, types: dict[str, Sums] | None) -> dict[str, Any]:
        """Means over gold's types and over documents, of what is defined, with the number of what is not."""
        means: dict[str, Any] = {}
        if types is not None:
            means["macro_type"] = _mean([s.f1 for s in types.values() if s.gold])
        values = self._document_values(measure)
        if measure.value in ("f1", "macro", "rate", "average"):
            defined = values[~np.isnan(values)]
            means["macro_document"] = math.fsum(defined.tolist()) / len(defined) if len(defined) else None
            if undefined := len(values) - len(defined):
                means["undefined_documents"] = undefined
        self._per_document[measure.name] = values
        return means

    def per_document(self) -> dict[str, dict[str, float | None]]:
        """The value of each document, by measure; ``None`` where it is undefined."""
        return {
            name: {d: None if math.isnan(v) else v for d, v in zip(self._documents, values.tolist(), strict=True)}
            for name, values in self._per_document.items()
        }

    def _document_values(self, measure: Measure) -> Floats:
        """The value of each document, NaN where it is undefined."""
        names = self._documents

        def folded(table: Floats) -> Floats:
            if self._unit == "document":
                return table
            columns = [np.bincount(self._place, weights=column, minlength=len(names)) for column in table.T]
            return np.stack(columns, axis=1)

        return values(measure, {slot: folded(table) for slot, table in self._slots(measure).items()})

    def _slots(self, measure: Measure) -> dict[str, Floats]:
        return slots(measure, self._by_unit, self._units)

    def _interval(self, measure: Measure) -> dict[str, Any]:
        if self._draws == 0:
            return {}
        too_few = self._units < LEAST_UNITS or (measure.unit == "document" and self._unit == "block")
        found = None if too_few else interval(values(measure, self._draw(measure)))
        if found is None:
            return {"interval": None}
        self.deviations[measure.name] = found.deviation
        extra = {"undefined_draws": found.undefined} if found.undefined else {}
        return {"interval": [found.low, found.high], "deviation": found.deviation, **extra}

    def _draw(self, measure: Measure) -> dict[str, Floats]:
        if self._resampled is None:
            names = dict.fromkeys(slot.score for slot in self._by_unit)
            tables = {(n, slot): table for n in names for slot, table in self._slots(MEASURES[n]).items()}
            drawn = at_once(list(tables.values()), lambda columns: resampled(columns, self._draws, self._seed))
            self._resampled = {}
            for (name, slot), table in zip(tables, drawn, strict=True):
                self._resampled.setdefault(name, {})[slot] = table
        if measure.parts:
            return {part: self._draw(MEASURES[part])[""] for part in measure.parts}
        return self._resampled.get(measure.name, {"": np.zeros((self._draws, 4))})


def _figures(sums: Sums, *, semeval: bool) -> dict[str, Any]:
    return {
        "precision": sums.precision,
        "recall": sums.recall,
        "f1": sums.f1,
        "counts": sums.counts(semeval=semeval),
    }


def _slice(sums: Sums, *, recall_only: bool) -> dict[str, Any]:
    if not recall_only:
        return _figures(sums, semeval=False)
    return {
        "recall": sums.recall,
        "counts": {"hits": sums.counts(semeval=False).get("hits", float(sums.gold_hits)), "gold": sums.gold},
    }


def _in_order(values: dict[str, Sums]) -> list[tuple[str, Sums]]:
    return sorted(values.items(), key=lambda item: (len(item[0]), item[0]) if item[0].isdigit() else (0, item[0]))


def _mean(values: list[float | None]) -> float | None:
    defined = [value for value in values if value is not None]
    return sum(defined) / len(defined) if defined else None
