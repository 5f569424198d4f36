"""``runne-2022``: the scorer of the RuNNE-2022 shared task, for nested mentions.

Sets of (start, end, type): copies are swallowed. ``runne.macro`` is the mean F1 over those of gold's types that are not
few-shot, ``runne.macro-few-shot`` the sum over its three few-shot types divided by three, whether gold has them or not.
0 where there is nothing to divide by; ``runne.macro`` without a type is null (the program breaks off).
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from goldwire.eval.measures import mode_measures
from goldwire.eval.modes.mode import Counts, Figures, Mode, Pair, of_type, prf
from goldwire.eval.side import Warn

__all__ = ["FEW_SHOT", "MODE"]

FEW_SHOT = ("DISEASE", "PENALTY", "WORK_OF_ART")
"""The types of which the task's training part has a few mentions only."""

_COUNTS = ("hits", "predicted", "gold")


def _count(pair: Pair, warn: Warn) -> Counts:
    for name, side in (("gold", pair.gold), ("predicted", pair.predicted)):
        for (start, end, kind), copies in Counter(side).items():
            if copies > 1:
                warn("mode-copies", f"{pair.document}: {name} {kind} [{start}, {end})", copies - 1)
    gold, predicted = set(pair.gold), set(pair.predicted)
    counts: Counts = Counter()
    for what, places in zip(_COUNTS, (gold & predicted, predicted, gold), strict=True):
        counts["runne.mention", "", what] += len(places)
        counts.update(("runne.mention", of_type(kind), what) for _, _, kind in places)
    return counts


def _figures(counts: Counts) -> Figures:
    whole = _score(counts, "")
    by_type = {slot[1:]: _score(counts, slot) for slot in sorted({slot for _, slot, _ in counts if slot})}
    gold = {name: s["counts"]["gold"] for name, s in by_type.items()}
    known = [s["f1"] for name, s in by_type.items() if name not in FEW_SHOT and gold[name]]
    few = [by_type[name]["f1"] if name in by_type else 0.0 for name in FEW_SHOT]
    return {
        "runne.mention": {"value": whole["f1"], **whole, "by_type": by_type},
        "runne.macro": {"value": sum(known) / len(known) if known else None, "counts": whole["counts"]},
        "runne.macro-few-shot": {"value": sum(few) / len(few), "counts": whole["counts"]},
    }


def _score(counts: Counts, slot: str) -> dict[str, Any]:
    table = {what: counts["runne.mention", slot, what] for what in _COUNTS}
    return {**prf(table["hits"], table["predicted"], table["gold"]), "counts": table}


MODE = Mode(
    name="runne-2022",
    program="RuNNE-2022 scoring_program/score.py",
    version="a8371bf9b805e6aabe928918385a4ab59dbfddb6",
    source="RuNNE-2022 (Artemova et al., 2022), github.com/dialogue-evaluation/RuNNE",
    needs="mentions; its types are those of either side, where the program refuses one that is not in ners.txt",
    cannot="copies: a set swallows them; predictions on nothing in the text: left out; fragments: the hull counts",
    measures=mode_measures("runne-2022"),
    count=_count,
    figures=_figures,
)
