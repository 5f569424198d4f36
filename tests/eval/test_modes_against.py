"""Modes beside the programs themselves, where they are installed: every count and figure equal, on thousands of draws.

The order of the lists is kept. Of the packages nothing is used but what their users call.
"""

from __future__ import annotations

import math
import warnings
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldwire.eval.scorer import Scorer
from tests.eval.cases.modes.draws import ODD_TYPES, TYPES, Corpus, document, drawn, line, places

pytestmark = pytest.mark.checkout  # what it is compared with is no part of an installation

SPAN = st.tuples(st.integers(0, 12), st.integers(1, 6), st.sampled_from(TYPES)).map(
    lambda drawn: (drawn[0], drawn[0] + drawn[1], drawn[2])
)
CORPORA = st.lists(st.tuples(*[st.lists(SPAN, max_size=6)] * 2), min_size=1, max_size=2).map(
    lambda sides: [(document(f"d{n}", gold), document(f"d{n}", guess)) for n, (gold, guess) in enumerate(sides)]
)
MANY = settings(max_examples=100, deadline=None)


def ours(corpus: Corpus, mode: str) -> dict[str, dict[str, Any]]:
    scorer = Scorer(mode=mode)
    for gold, guess in corpus:
        scorer.add(gold, guess)
    return scorer.result().scores


# --- nervaluate

OUTCOMES = ("correct", "incorrect", "partial", "missed", "spurious")


def like_nervaluate(corpus: Corpus) -> None:
    evaluator = pytest.importorskip("nervaluate").Evaluator
    sides = [
        [[{"label": m.type, "start": m.start, "end": m.end - 1} for m in d.mentions] for d in side]  # ends inclusive
        for side in zip(*corpus, strict=True)
    ]
    types = sorted({m["label"] for side in sides for mentions in side for m in mentions})
    theirs = evaluator(*sides, types, loader="dict").evaluate()
    found = ours(corpus, "nervaluate-1.2")
    for scheme, wanted in theirs["overall"].items():
        score = found[f"nervaluate.{scheme}"]
        same_as_nervaluate(score, wanted)
        assert score["value"] == wanted.f1
        assert sorted(score["by_type"]) == types
    for kind, schemes in theirs["entities"].items():
        for scheme, wanted in schemes.items():
            same_as_nervaluate(found[f"nervaluate.{scheme}"]["by_type"][kind], wanted)


def same_as_nervaluate(score: dict[str, Any], wanted: Any) -> None:
    assert {name: score["counts"][name] for name in OUTCOMES} == {name: getattr(wanted, name) for name in OUTCOMES}
    assert (score["counts"]["predicted"], score["counts"]["gold"]) == (wanted.actual, wanted.possible)
    assert (score["precision"], score["recall"], score["f1"]) == (wanted.precision, wanted.recall, wanted.f1)


def test_nervaluate_gives_the_same_on_seeded_draws() -> None:
    for seed in range(2000):
        like_nervaluate(drawn(seed))


@MANY
@given(CORPORA)
def test_nervaluate_gives_the_same_on_any_corpus(corpus: Corpus) -> None:
    like_nervaluate(corpus)


@MANY
@given(st.lists(st.tuples(st.integers(-3, 40), st.integers(-3, 40), st.sampled_from(TYPES)), max_size=5))
def test_nervaluate_gives_the_same_on_bad_predictions(spans: list[tuple[int, int, str]]) -> None:
    like_nervaluate([(document("d", [(0, 4, "PER"), (2, 9, "LOC"), (22, 30, "PER")]), document("d", spans))])


def test_nervaluate_loses_a_hit_to_the_order_of_the_list() -> None:
    # the first prediction overlaps the gold mention and uses it up; the right one is then spurious
    gold, wrong, right = (0, 4, "PER"), (0, 2, "PER"), (0, 4, "PER")
    for guesses, hits in (([wrong, right], 0), ([right, wrong], 1)):
        corpus = [(document("d", [gold]), document("d", guesses))]
        like_nervaluate(corpus)
        assert ours(corpus, "nervaluate-1.2")["nervaluate.strict"]["counts"]["correct"] == hits


# --- seqeval


def like_seqeval(corpus: Corpus, mode: str) -> None:
    metrics = pytest.importorskip("seqeval.metrics")
    scheme = pytest.importorskip("seqeval.scheme").IOB2
    options: dict[str, Any] = {"mode": "strict", "scheme": scheme} if mode == "seqeval-strict" else {}
    sides = [[line(document, places(document)) for document in side] for side in zip(*corpus, strict=True)]
    found = ours(corpus, mode)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of every zero
        for average in ("micro", "macro", "weighted"):
            score = found[f"seqeval.{average}"]
            for name in ("precision", "recall", "f1"):
                wanted = getattr(metrics, f"{name}_score")(*sides, average=average, **options)
                assert score[name] == (None if math.isnan(wanted) else wanted), (average, name)
            assert score["value"] == score["f1"]
        assert found["seqeval.accuracy"]["value"] == metrics.accuracy_score(*sides)
        if not found["seqeval.micro"]["by_type"]:
            return  # its report of nothing fails
        report = metrics.classification_report(*sides, output_dict=True, **options)
    averages = {f"{average} avg" for average in ("micro", "macro", "weighted")}
    assert set(report) - averages == set(found["seqeval.micro"]["by_type"])
    for kind, score in found["seqeval.micro"]["by_type"].items():
        wanted = report[kind]
        assert (score["precision"], score["recall"]) == (wanted["precision"], wanted["recall"])
        assert (score["f1"], score["counts"]["gold"]) == (wanted["f1-score"], wanted["support"])


@pytest.mark.parametrize("mode", ["seqeval", "seqeval-strict"])
def test_seqeval_gives_the_same_on_seeded_draws(mode: str) -> None:
    for seed in range(400):
        like_seqeval(drawn(seed, ODD_TYPES if seed % 3 == 0 else TYPES), mode)


@pytest.mark.parametrize("mode", ["seqeval", "seqeval-strict"])
@MANY
@given(corpus=CORPORA)
def test_seqeval_gives_the_same_on_any_corpus(mode: str, corpus: Corpus) -> None:
    like_seqeval(corpus, mode)
