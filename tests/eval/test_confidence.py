"""Intervals: the documented rule again in plain Python, and what is told where there is no interval."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from goldwire.corpus.document import Block, Document, Section
from goldwire.corpus.errors import UsageError
from goldwire.eval.confidence import interval, resampled, smallest_difference
from goldwire.eval.measures import MEASURES
from goldwire.eval.scores import resampled_value
from tests.eval.cases.records import document, scores

Counts = list[tuple[int, ...]]

DRAWS = 300


def percentile(values: list[float], q: float) -> float:
    """Linear interpolation between the two nearest of the sorted values."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * q
    low = math.floor(place)
    high, part = min(low + 1, len(ordered) - 1), place - low
    step = ordered[high] - ordered[low]
    # from the nearer end, as numpy does, so that the last digit agrees
    return ordered[low] + step * part if part < 0.5 else ordered[high] - step * (1 - part)


def by_the_rule(
    units: Counts, value: Callable[..., float | None], draws: int, seed: int
) -> tuple[list[float] | None, int]:
    """The interval and the number of undefined draws: units in their order, one draw after the other."""
    generator = np.random.Generator(np.random.PCG64(seed))
    values = []
    for _ in range(draws):
        chosen = generator.integers(0, len(units), size=len(units), dtype=np.uint32)
        values.append(value(*(sum(units[unit][at] for unit in chosen) for at in range(len(units[0])))))
    defined = [v for v in values if v is not None]
    return [percentile(defined, 0.025), percentile(defined, 0.975)] if defined else None, draws - len(defined)


def f1(hits: float, predicted: int, gold: int) -> float | None:
    return 2 * hits / (predicted + gold) if predicted + gold else None


def two_sides(n: int, seed: int = 0) -> tuple[list[Document], list[Document], Counts]:
    """``n`` documents of mentions side by side, some hit, and the counts (hits, predicted, gold) by document id."""
    random_ = random.Random(seed)
    golds, guesses, counts = [], [], []
    for at in range(n):
        gold = "".join(random_.choice("A  ") + " " for _ in range(12))
        guess = "".join(a if random_.random() < 0.7 else random_.choice("A  ") for a in gold[::2])
        guess = "".join(f"{a} " for a in guess)
        golds.append(document(gold, name=f"d{at:02}"))
        guesses.append(document(guess, name=f"d{at:02}"))
        hits = sum(a == b == "A" for a, b in zip(gold, guess, strict=True))
        counts.append((hits, guess.count("A"), gold.count("A")))
    return golds, guesses, counts


@pytest.mark.parametrize("seed", [0, 1, 12345])
@pytest.mark.parametrize("n", [10, 37])
def test_the_rule_gives_the_same_interval_to_the_last_digit(n: int, seed: int) -> None:
    golds, guesses, counts = two_sides(n)
    found = scores(golds[::-1], guesses, draws=DRAWS, seed=seed)["entities.strict"]
    assert (found["interval"], found.get("undefined_draws", 0)) == by_the_rule(counts, f1, DRAWS, seed)


def test_draws_are_taken_one_after_the_other() -> None:
    # more draws begin with the fewer ones: 65 are two blocks and one more
    columns = np.arange(21, dtype=np.float64).reshape(7, 3)
    assert (resampled(columns, 65, 3)[:33] == resampled(columns, 33, 3)).all()


def test_half_points_are_resampled_as_half_points() -> None:
    golds = [document("AAAA", name=f"d{n:02}") for n in range(12)]
    guesses = [document("AAAA" if n % 3 else "AAA", name=f"d{n:02}") for n in range(12)]
    counts = [(1.0 if n % 3 else 0.5, 1, 1) for n in range(12)]
    found = scores(golds, guesses, draws=DRAWS)["entities.partial"]["interval"]
    assert found == by_the_rule(counts, f1, DRAWS, 0)[0]


LINES = "\n".join(f"line {n}" for n in range(14))


def kinds(*listed: str) -> Document:
    return Document(
        id="d",
        text=LINES,
        blocks=tuple(
            Block(kind=kind, start=start, end=start + 6)
            for kind, start in zip(listed, [LINES.index(f"line {n}") for n in range(14)], strict=True)
        ),
    )


def test_blocks_are_the_units_of_few_documents_and_macro_is_over_the_kinds_of_the_draw() -> None:
    gold, guess = "aaaaabbbbbccaa", "aaabbbbbbbccca"
    units = [
        tuple(int(x) for kind in "abc" for x in (a == b == kind, b == kind, a == kind))
        for a, b in zip(gold, guess, strict=True)
    ]

    def macro(*sums: int) -> float | None:
        defined = [f1(*sums[at : at + 3]) for at in (0, 3, 6) if sums[at + 2]]
        total = 0.0
        for value in defined:
            total += value or 0.0
        return total / len(defined) if defined else None

    found = scores(kinds(*gold), kinds(*guess), draws=DRAWS)["blocks.kind"]
    assert found["interval"] == by_the_rule(units, macro, DRAWS, 0)[0]
    assert "unit:block" in found["signature"]


def test_undefined_draws_are_left_out_and_counted() -> None:
    # one document of twelve has a mention; without it in the draw there is nothing to divide by
    golds = [document("A" if n == 4 else "", name=f"d{n:02}") for n in range(12)]
    guesses = [document("A" if n == 4 else "", name=f"d{n:02}") for n in range(12)]
    counts = [(1, 1, 1) if n == 4 else (0, 0, 0) for n in range(12)]
    found = scores(golds, guesses, draws=DRAWS)["entities.strict"]
    wanted, undefined = by_the_rule(counts, f1, DRAWS, 0)
    assert (found["interval"], found["undefined_draws"]) == (wanted, undefined)
    assert 60 < undefined < 160  # (11/12)^12 of 300 is 106


def test_no_defined_draw_is_no_interval() -> None:
    empty = [document("", name=str(n)) for n in range(12)]
    assert scores(empty, empty, draws=DRAWS)["entities.strict"]["interval"] is None
    assert interval(np.full(5, np.nan)) is None


@pytest.mark.parametrize(
    ("n_lines", "documents", "has_one"),
    [(9, 1, False), (10, 1, True), (1, 9, False), (1, 10, True), (5, 2, True), (3, 3, False)],
)
def test_fewer_than_ten_units_tell_nothing(n_lines: int, documents: int, has_one: bool) -> None:
    text = "\n".join(["line"] * n_lines)
    golds = [document("AAAA", name=str(n), text=text) for n in range(documents)]
    found = scores(golds, golds, draws=DRAWS)["entities.strict"]["interval"]
    assert found == ([1.0, 1.0] if has_one else None)


def test_scores_of_whole_documents_have_no_interval_over_blocks() -> None:
    section = Section(heading=None, body=(7, 13), paragraphs=((7, 13),))
    first = Section(heading=None, body=(0, 6), paragraphs=((0, 6),))
    one = Document(id="d", text=LINES, sections=(first, section))
    assert scores(one, one, draws=DRAWS)["sections.boundary"]["interval"] is None
    ten = [replace(one, id=str(n)) for n in range(10)]
    assert scores(ten, ten, draws=DRAWS)["sections.boundary"]["interval"] == [1.0, 1.0]


def test_no_draws_are_no_intervals() -> None:
    golds, guesses, _ = two_sides(12)
    assert not any("interval" in score for score in scores(golds, guesses, draws=0).values())


def test_a_draw_changes_no_figure_but_the_interval() -> None:
    golds, guesses, _ = two_sides(12)
    with_draws, without = (scores(golds, guesses, draws=draws)["entities.strict"] for draws in (DRAWS, 0))
    assert with_draws.pop("interval")
    assert with_draws.pop("deviation") > 0
    assert {**with_draws, "signature": ""} == {**without, "signature": ""}


@pytest.mark.parametrize("options", [{"draws": -1}, {"seed": -1}])
def test_negative_draws_and_seeds_are_refused(options: dict[str, int]) -> None:
    with pytest.raises(UsageError, match=r"draws -?\d+, seed -?\d+: .*0 or more"):
        scores(document("A"), document("A"), **options)


def test_the_smallest_difference_by_hand() -> None:
    # (1.959964 + 0.841621) · √2 = 2.801585 · 1.4142136 = 3.962040
    assert smallest_difference(1.0) == pytest.approx(3.962040, abs=1e-6)
    assert smallest_difference(0.01) == pytest.approx(0.03962040, abs=1e-8)
    assert smallest_difference(0.0) == 0.0


def test_an_interval_by_hand() -> None:
    # of 0, 1, …, 40 the 2.5th percentile is at 1, the 97.5th at 39; the variance is (41² − 1)/12 = 140
    found = interval(np.array([*np.random.Generator(np.random.PCG64(1)).permutation(41).tolist(), np.nan, np.nan]))
    assert found is not None
    assert (found.low, found.high, found.undefined) == (1.0, 39.0, 2)
    assert found.deviation == pytest.approx(math.sqrt(140))


def test_sums_beyond_what_float32_holds_are_exact() -> None:
    # 2**24 + 1 is no float32
    columns = np.array([[2.0**24 + 1], [2.0**24 + 1]])
    assert set(resampled(columns, 40, 0).ravel().tolist()) == {2.0**25 + 2}
    halves = np.array([[0.5], [0.5]])
    assert set(resampled(halves, 40, 0).ravel().tolist()) == {1.0}


def test_ninety_five_in_a_hundred_intervals_hold_the_truth() -> None:
    # a document has 1 + Poisson(5) mentions in gold; a share drawn from Beta(8, 2) is found, and Poisson(1) more are
    # predicted. So E h = 0.8 · 6, E g = 6, E p = 0.8 · 6 + 1, and the true F1 is 2 · 4.8 / (6 + 5.8)
    truth = 2 * 4.8 / (6 + 5.8)
    random_ = np.random.Generator(np.random.PCG64(2016))
    held = 0
    for seed in range(400):
        gold = 1 + random_.poisson(5, 100)
        hits = random_.binomial(gold, random_.beta(8, 2, 100))
        columns = np.stack([hits, hits, hits + random_.poisson(1, 100), gold], axis=1).astype(np.float64)
        drawn: dict[str, Any] = {"whole": resampled(columns, 500, seed), "kinds": {}, "gold_kinds": ()}
        found = interval(resampled_value(MEASURES["entities.strict"], **drawn))
        assert found is not None
        held += found.low <= truth <= found.high
    assert 0.91 <= held / 400 <= 0.98
