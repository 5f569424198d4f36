"""``conlleval``: the figures of conlleval.pl, in [0, 1] where it prints per cent with two digits.

0 where there is nothing to divide by; the accuracy of no token is null (it prints none). A type ``0`` is none to it.
"""

from __future__ import annotations

from collections import Counter

from goldwire.eval.measures import mode_measures
from goldwire.eval.modes.mode import Counts, Figures, Mode, Pair, of_type, prf
from goldwire.eval.modes.tagged import CANNOT, NEEDS, tagged
from goldwire.eval.side import Warn

__all__ = ["MODE"]

_COUNTS = ("hits", "predicted", "gold")


def _count(pair: Pair, warn: Warn) -> Counts:
    found = tagged(pair, warn)
    counts: Counts = Counter()
    gold, predicted = ({(*chunk[:2], _type_of(chunk[2])) for chunk in side} for side in (found.gold, found.predicted))
    for what, chunks in zip(_COUNTS, (gold & predicted, predicted, gold), strict=True):
        counts["conlleval.fb1", "", what] += len(chunks)
        counts.update(("conlleval.fb1", of_type(kind), what) for _, _, kind in chunks)
    lines = zip(found.gold_tags, found.predicted_tags, strict=True)
    same = [ours[:2] == theirs[:2] and _type_of(ours[2:]) == _type_of(theirs[2:]) for ours, theirs in lines]
    counts["conlleval.accuracy", "", "hits"] += sum(same)
    counts["conlleval.accuracy", "", "gold"] += len(same)
    return counts


def _type_of(kind: str) -> str:
    return "" if kind == "0" else kind  # what perl takes for false


def _figures(counts: Counts) -> Figures:
    whole = _score(counts, "")
    types = sorted({slot for score, slot, _ in counts if score == "conlleval.fb1" and slot})
    hits, n = counts["conlleval.accuracy", "", "hits"], counts["conlleval.accuracy", "", "gold"]
    accuracy = hits / n if n else None
    return {
        "conlleval.fb1": {"value": whole["f1"], **whole, "by_type": {slot[1:]: _score(counts, slot) for slot in types}},
        "conlleval.accuracy": {
            "value": accuracy,
            "accuracy": accuracy,
            "counts": {"hits": hits, "predicted": n, "gold": n},
        },
    }


def _score(counts: Counts, slot: str) -> dict[str, object]:
    table = {what: counts["conlleval.fb1", slot, what] for what in _COUNTS}
    return {**prf(table["hits"], table["predicted"], table["gold"]), "counts": table}


MODE = Mode(
    name="conlleval",
    program="conlleval.pl",
    version="2004-01-26",
    source="the script of the CoNLL-2000 shared task (Tjong Kim Sang & Buchholz, 2000), also of CoNLL-2002 and 2003",
    needs=NEEDS,
    cannot=CANNOT,
    measures=mode_measures("conlleval"),
    count=_count,
    figures=_figures,
)
