"""``nervaluate-1.2``: the four schemes of nervaluate, matched greedily, in the order of the lists.

Each prediction takes the first gold mention, of those not taken yet, that is right in the scheme; where there is none,
the first that it overlaps by 1 % of gold's length or more, whether another prediction would be right there or not. So
the figures change with the order. In ``ent_type`` what is right is the gold mention of its type with the nearest
boundaries. By type, everything is matched again among the mentions of that type alone, so types do not add up to the
whole.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate

from goldwire.eval.measures import mode_measures
from goldwire.eval.modes.mode import Counts, Figures, Mode, Pair, Place, of_type, prf
from goldwire.eval.side import Warn

__all__ = ["MODE"]

_OUTCOMES = ("correct", "incorrect", "partial", "missed", "spurious")
_LEAST_PERCENT = 1.0


def _count(pair: Pair, _warn: Warn) -> Counts:
    counts: Counts = Counter()
    near = _near(pair.gold, pair.predicted)
    for kind in (None, *sorted({place[2] for place in (*pair.gold, *pair.predicted)})):
        slot = "" if kind is None else of_type(kind)
        gold = {at: place for at, place in enumerate(pair.gold) if kind in (None, place[2])}
        predicted = [(place, at) for place, at in zip(pair.predicted, near, strict=True) if kind in (None, place[2])]
        for scheme, right in _RIGHT.items():
            for outcome in _greedy(gold, predicted, right, "partial" if scheme == "partial" else "incorrect"):
                counts[f"nervaluate.{scheme}", slot, outcome] += 1
    return counts


def _near(gold: Sequence[Place], predicted: Sequence[Place]) -> list[list[int]]:
    """For each prediction the gold mentions that it overlaps by enough, in the order of their list."""
    order = sorted(range(len(gold)), key=lambda at: gold[at][0])
    starts = [gold[at][0] for at in order]
    reach = list(accumulate((gold[at][1] for at in order), max))  # how far those up to here go
    found = []
    for guess in predicted:
        place = bisect_left(starts, guess[1]) - 1
        here = []
        while place >= 0 and reach[place] > guess[0]:
            if _overlaps(guess, gold[order[place]]):
                here.append(order[place])
            place -= 1
        found.append(sorted(here))
    return found


def _greedy(
    gold: Mapping[int, Place],
    predicted: Sequence[tuple[Place, list[int]]],
    right: Callable[[Place, Place], int | None],
    wrong: str,
) -> list[str]:
    """The outcome of each prediction in turn, and of the gold mentions that are left."""
    free = dict(gold)
    found = []
    for guess, near in predicted:
        left = [at for at in near if at in free]
        distances = [(distance, at) for at in left if (distance := right(guess, free[at])) is not None]
        if distances:
            found.append("correct")
            del free[min(distances)[1]]
        elif left:
            found.append(wrong)
            del free[left[0]]
        else:
            found.append("spurious")
    return found + ["missed"] * len(free)


def _overlaps(guess: Place, gold: Place) -> bool:
    shared = min(guess[1], gold[1]) - max(guess[0], gold[0])
    return shared / (gold[1] - gold[0]) * 100.0 >= _LEAST_PERCENT


def _strict(guess: Place, gold: Place) -> int | None:
    return 0 if guess == gold else None


def _exact(guess: Place, gold: Place) -> int | None:
    return 0 if guess[:2] == gold[:2] else None


def _ent_type(guess: Place, gold: Place) -> int | None:
    return abs(guess[0] - gold[0]) + abs(guess[1] - gold[1]) if guess[2] == gold[2] else None


_RIGHT = {"strict": _strict, "exact": _exact, "partial": _exact, "ent_type": _ent_type}
"""What is right of what overlaps: how far off the bounds are, or ``None``; the least is taken, then the first."""


def _figures(counts: Counts) -> Figures:
    types = sorted({slot for _, slot, _ in counts if slot})
    return {
        measure.name: {
            **_score(counts, measure.name, ""),
            "by_type": {slot[1:]: _score(counts, measure.name, slot, value=False) for slot in types},
        }
        for measure in MODE.measures
    }


def _score(counts: Counts, score: str, slot: str, *, value: bool = True) -> dict[str, object]:
    table = {outcome: counts[score, slot, outcome] for outcome in _OUTCOMES}
    hits: float = table["correct"]
    if table["partial"]:
        hits += 0.5 * table["partial"]
    both = table["correct"] + table["incorrect"] + table["partial"]
    predicted, gold = both + table["spurious"], both + table["missed"]
    found = prf(hits, predicted, gold)
    counted = {"hits": hits, "predicted": predicted, "gold": gold, **table}
    return {**({"value": found["f1"]} if value else {}), **found, "counts": counted}


MODE = Mode(
    name="nervaluate-1.2",
    program="nervaluate",
    version="1.2.1",
    source="Evaluator(gold, predicted, tags, loader='dict').evaluate()",
    needs="mentions; its tags are all types of either side",
    cannot="predictions on nothing in the text: they are left out; fragments: the hull counts",
    measures=mode_measures("nervaluate-1.2"),
    count=_count,
    figures=_figures,
)
