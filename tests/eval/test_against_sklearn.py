"""Kinds of quotes and lines, and κ, beside scikit-learn; and where its figure is not ours, with the argument."""

from __future__ import annotations

import random
import warnings
from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import pytest

from goldwire.corpus.document import Block, Document, Quote
from goldwire.eval.agreement import cohen_kappa, line_kinds
from goldwire.eval.quotes import quote_pairs
from tests.eval.cases.records import prf, scores

KINDS = ("direct", "indirect", "mixed")
NONE = "no partner"
TEXT = "abcdefghij" * 4


@cache
def metrics() -> Any:
    """It is not loaded where the file is collected, for it loads scipy."""
    from sklearn import metrics as found

    return found


def quotes(dice: random.Random, text: str = TEXT) -> Document:
    found = set()
    for _ in range(dice.randint(0, 6)):
        start = dice.randrange(len(text) - 3)
        found.add(
            Quote(kind=dice.choice(KINDS), content=((start, dice.randint(start + 2, min(len(text), start + 12))),))
        )
    return Document(id="d", text=text, quotes=tuple(sorted(found, key=lambda quote: (quote.content, quote.kind))))


def report(gold: Sequence[str], guess: Sequence[str], labels: Sequence[str]) -> dict[str, Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of every division by zero
        return metrics().classification_report(gold, guess, labels=list(labels), output_dict=True, zero_division=np.nan)


def null(value: float) -> float | None:
    return None if np.isnan(value) else value


def test_kinds_of_quotes_by_hand() -> None:
    # direct–direct twice, direct taken for mixed, mixed for direct; the last of either side has no partner
    gold = [("direct", 0), ("direct", 5), ("direct", 10), ("mixed", 15), ("indirect", 20)]
    guess = [("direct", 0), ("direct", 5), ("mixed", 10), ("direct", 15), ("mixed", 30)]
    sides = [
        Document(id="d", text=TEXT, quotes=tuple(Quote(kind=kind, content=((at, at + 4),)) for kind, at in side))
        for side in (gold, guess)
    ]
    score = scores(*sides)["quotes.kind"]
    assert score["confusion"] == [["direct", "direct", 2], ["direct", "mixed", 1], ["mixed", "direct", 1]]
    assert score["accuracy"] == 2 / 4
    assert prf(score["by"]["kind"]["direct"]) == (2 / 3, 2 / 3, 4 / 6)
    assert prf(score["by"]["kind"]["mixed"]) == (0.0, 0.0, 0.0)
    assert prf(score["by"]["kind"]["indirect"]) == (None, 0.0, 0.0)
    # of two documents the tables add up
    twice = [[side, Document(id="e", text=TEXT, quotes=side.quotes)] for side in sides]
    assert [n for *_, n in scores(*twice)["quotes.kind"]["confusion"]] == [4, 2, 2]


def test_kinds_of_quotes_are_those_of_scikit_learn() -> None:
    for seed in range(150):
        dice = random.Random(seed)
        gold, guess = quotes(dice), quotes(dice)
        score = scores(gold, guess)["quotes.kind"]
        ours, theirs = [q.kind for q in gold.quotes or ()], [q.kind for q in guess.quotes or ()]
        m = quote_pairs(gold.quotes or (), guess.quotes or (), TEXT)
        paired = [(ours[i], theirs[j]) for i, j in m]
        if paired:
            columns = [[pair[side] for pair in paired] for side in (0, 1)]
            table = metrics().confusion_matrix(*columns, labels=KINDS)
            rows = [[a, b, table[i, j]] for i, a in enumerate(KINDS) for j, b in enumerate(KINDS) if table[i, j]]
            assert score["confusion"] == rows
            assert score["accuracy"] == metrics().accuracy_score(*columns)
        else:
            assert (score["confusion"], score["accuracy"]) == ([], None)
        # end to end: what has no partner counts against its kind
        alone = [(kind, NONE) for i, kind in enumerate(ours) if i not in dict(m)]
        alone += [(NONE, kind) for j, kind in enumerate(theirs) if j not in {j for _, j in m}]
        kinds = sorted({*ours, *theirs})
        wanted = report(*([pair[side] for pair in paired + alone] for side in (0, 1)), kinds) if kinds else {}
        for kind in kinds:
            precision, recall, f1 = prf(score["by"]["kind"][kind])
            assert precision == null(wanted[kind]["precision"])
            assert recall == null(wanted[kind]["recall"])
            assert f1 == pytest.approx(wanted[kind]["f1-score"], abs=1e-15)


def test_kinds_of_lines_are_those_of_scikit_learn() -> None:
    text = "\n".join(f"line {n}" for n in range(8))
    for seed in range(60):
        dice = random.Random(seed)
        sides = [
            Document(
                id="d",
                text=text,
                blocks=tuple(
                    Block(kind=dice.choice(KINDS), start=7 * n, end=7 * n + 6) for n in range(8) if dice.random() < 0.8
                ),
            )
            for _ in range(2)
        ]
        score = scores(*sides)["blocks.kind"]
        gold, guess = (line_kinds(side) for side in sides)
        known = sorted({*gold} - {"none"})  # which is no kind: a line of gold in no block
        wanted = report(gold, guess, known)
        assert score["value"] == pytest.approx(wanted["macro avg"]["f1-score"], abs=1e-15)
        assert score["accuracy"] == metrics().accuracy_score(gold, guess)
        assert {kind: score["by"]["kind"][kind]["counts"]["gold"] for kind in known} == {
            kind: n for kind, n in Counter(gold).items() if kind in known
        }


def test_kappa_is_that_of_its_definition_and_of_scikit_learn() -> None:
    for seed in range(300):
        dice = random.Random(seed)
        pairs = [(dice.choice(KINDS), dice.choice(KINDS)) for _ in range(dice.randint(1, 12))]
        if len({label for pair in pairs for label in pair}) < 2:
            continue
        n = len(pairs)
        observed = sum(one == other for one, other in pairs) / n
        sides = [Counter(pair[side] for pair in pairs) for side in (0, 1)]
        chance = sum(sides[0][kind] * sides[1][kind] for kind in KINDS) / n**2
        found = cohen_kappa(pairs)
        assert found == pytest.approx((observed - chance) / (1 - chance), abs=1e-12)
        assert found == pytest.approx(metrics().cohen_kappa_score(*zip(*pairs, strict=True)), abs=1e-12)


def test_scikit_learn_gives_nought_where_nothing_is_divided() -> None:
    # the kind is never predicted, so its precision is unknown; 0 by default, with a warning, says that all was wrong
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        default = metrics().classification_report(["a", "b"], ["a", "a"], output_dict=True)
    assert default["b"]["precision"] == 0
    gold = Document(id="d", text=TEXT, quotes=(Quote(kind="b", content=((0, 9),)),))
    assert scores(gold, Document(id="d", quotes=()))["quotes.kind"]["by"]["kind"]["b"]["precision"] is None
    # its macro average is over the labels of either side: one that only a system invents lowers it, and so every other
    # label that it has right; ours is over gold's
    both = metrics().classification_report(["a", "a"], ["a", "x"], output_dict=True, zero_division=0)
    assert both["macro avg"]["f1-score"] == pytest.approx((2 / 3 + 0) / 2)
