"""Two systems: the documented rules again in plain Python, all 2^n exchanges, and what other programs say."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldwire.eval.comparison import Difference, differences, holm, p_value, swapped
from goldwire.eval.measures import MEASURES
from goldwire.eval.tally import COUNTS, Cell, Key, Rows, Tally

Counts = tuple[int, ...]
"""Both hits, predicted, gold."""

Table = dict[Key, list[Counts]]
"""For each key its counts in each unit."""

DRAWS = 400


def tally(table: Table, *, blocks: bool = False) -> Tally:
    units = len(next(iter(table.values())))
    cells = [Cell("d", at) if blocks else Cell(f"d{at:02}", 0) for at in range(units)]
    keys = list(table)
    counts = np.zeros((units * len(keys), len(COUNTS)), np.int64)
    counts[:, :4] = [row for rows in table.values() for row in rows]
    made = Tally()
    made.add(Rows(cells, keys, np.tile(np.arange(units), len(keys)), np.repeat(np.arange(len(keys)), units), counts))
    return made


def compared(base: Table, other: Table, score: str, draws: int = DRAWS, seed: int = 0, **how: Any) -> Difference:
    [found] = differences(tally(base, **how), [tally(other, **how)], [MEASURES[score]], draws=draws, seed=seed)
    return found[score]


# the measures by hand: sums of both hits, predicted and gold for each key → value


def f1(sums: Counts, denominator: int = 1) -> float | None:
    hits, gold_hits, predicted, gold = sums
    if hits == gold_hits:
        return 2 * hits / denominator / (predicted + gold) if predicted + gold else None
    precision, recall = hits / denominator / predicted, gold_hits / denominator / gold
    return 2 * precision * recall / (precision + recall)


def share(sums: Counts) -> float | None:
    return sums[1] / sums[3] if sums[3] else None


def mean(values: Sequence[float | None]) -> float | None:
    defined = [v for v in values if v is not None]
    return sum(defined) / len(defined) if defined else None


STRICT = Key("entities.strict")
MUC, B3, CEAFE = Key("clusters.muc"), Key("clusters.b3", "", "", 6), Key("clusters.ceafe", "", "", 4)
KINDS = [Key("blocks.kind", "kind", kind) for kind in "abc"]
Value = Callable[[dict[Key, Counts]], float | None]
MEASURED: dict[str, Value] = {
    "entities.strict": lambda sums: f1(sums[STRICT]),
    "quotes.content.soft": lambda sums: f1(sums[Key("quotes.content.soft", "", "", 8)], 8),
    "blocks.kind": lambda sums: mean([f1(sums[kind]) for kind in KINDS if sums[kind][3]]),
    "quotes.kind": lambda sums: share(sums[Key("quotes.kind")]),
    "sections.b": lambda sums: share(sums[Key("sections.b")]),
    "sections.window-diff": lambda sums: share(sums[Key("sections.window-diff")]),
    "clusters.mean": lambda sums: mean([f1(sums[MUC]), f1(sums[B3], 6), f1(sums[CEAFE], 4)]),
}
KEYS = {
    "entities.strict": [STRICT],
    "quotes.content.soft": [Key("quotes.content.soft", "", "", 8)],
    "blocks.kind": KINDS,
    "clusters.mean": [MUC, B3, CEAFE],
}


def two_tables(score: str, n: int, seed: int, better: float = 0.3) -> tuple[Table, Table]:
    """Two systems on ``n`` units with the same gold; the other finds more."""
    random = np.random.default_rng(seed)
    base: Table = {}
    other: Table = {}
    for key in KEYS.get(score, [Key(score)]):
        base[key], other[key] = [], []
        apart = key.score in ("quotes.content.soft", "clusters.b3")
        for gold in (random.integers(1, 6, n)).tolist():
            for side, skill in ((base, 0.5), (other, 0.5 + better)):
                hits = [int(random.binomial(gold * key.denominator, skill)) for _ in range(2)]
                predicted = gold + int(random.integers(0, 3))
                side[key].append((hits[0], hits[apart], predicted, gold))
    return base, other


def sums(table: Table, chosen: Sequence[int] | None = None) -> dict[Key, Counts]:
    units = range(len(next(iter(table.values())))) if chosen is None else chosen
    return {key: tuple(sum(rows[at][i] for at in units) for i in range(4)) for key, rows in table.items()}


def exchange(base: Table, other: Table, coins: Sequence[int]) -> tuple[Table, Table]:
    return (
        {k: [(b, a)[not coin] for a, b, coin in zip(base[k], other[k], coins, strict=True)] for k in base},
        {k: [(a, b)[not coin] for a, b, coin in zip(base[k], other[k], coins, strict=True)] for k in base},
    )


def gap(value: Value, one: dict[Key, Counts], two: dict[Key, Counts]) -> float | None:
    ours, theirs = value(one), value(two)
    return None if ours is None or theirs is None else theirs - ours


def p_of(by_chance: list[float | None], found: float) -> float:
    defined = [v for v in by_chance if v is not None]
    return (sum(abs(v) > abs(found) - 1e-9 for v in defined) + 1) / (len(defined) + 1)


@pytest.mark.parametrize("seed", [0, 7])
@pytest.mark.parametrize("score", MEASURED)
def test_the_rules_give_the_same_figures(score: str, seed: int) -> None:
    base, other = two_tables(score, 14, seed)
    value, n = MEASURED[score], 14
    found = compared(base, other, score, seed=seed)
    observed = gap(value, sums(base), sums(other))
    assert observed is not None
    assert found.difference == pytest.approx(observed, abs=1e-8)

    generator = np.random.Generator(np.random.PCG64(seed))
    drawn = [generator.integers(0, n, size=n, dtype=np.uint32).tolist() for _ in range(DRAWS)]
    by_draw = [gap(value, sums(base, units), sums(other, units)) for units in drawn]
    defined = [v for v in by_draw if v is not None]
    assert found.interval == pytest.approx(np.percentile(defined, [2.5, 97.5]), abs=1e-8)
    assert found.bootstrap_p == p_of([v and v - sum(defined) / len(defined) for v in by_draw], observed)

    generator = np.random.Generator(np.random.PCG64(seed))
    coins = [generator.integers(0, 2, size=n, dtype=np.uint32).tolist() for _ in range(DRAWS)]
    by_swap = [gap(value, *(sums(side) for side in exchange(base, other, c))) for c in coins]
    assert found.randomisation_p == p_of(by_swap, observed)
    assert found.undefined == (by_draw.count(None), by_swap.count(None))


def exact_p(base: Table, other: Table, value: Value) -> float:
    """Over all 2^n exchanges: the share that is at least as far from 0."""
    observed = gap(value, sums(base), sums(other))
    assert observed is not None
    n = len(next(iter(base.values())))
    every = [
        gap(value, *(sums(side) for side in exchange(base, other, c))) for c in itertools.product((0, 1), repeat=n)
    ]
    return sum(abs(v) > abs(observed) - 1e-9 for v in every if v is not None) / len(every)


@pytest.mark.parametrize("score", MEASURED)
def test_randomisation_comes_near_the_p_of_all_exchanges(score: str) -> None:
    base, other = two_tables(score, 10, 3)
    exact = exact_p(base, other, MEASURED[score])
    assert 0.0 < exact < 1.0
    found = compared(base, other, score, draws=20_000).randomisation_p
    assert found == pytest.approx(exact, abs=4 * math.sqrt(exact * (1 - exact) / 20_000) + 1e-4)


@pytest.mark.parametrize("score", ["entities.strict", "blocks.kind", "clusters.mean"])
def test_scipy_finds_the_same_p_over_all_exchanges(score: str) -> None:
    from scipy.stats import permutation_test

    base, other = two_tables(score, 10, 5)
    tables = np.array([[side[k] for side in (base, other)] for k in base])  # key, side, unit, count

    def statistic(ours: Any, theirs: Any) -> float:
        one, two = (
            {k: tuple(tables[at].reshape(20, 4)[side].sum(axis=0).tolist()) for at, k in enumerate(base)}
            for side in (ours, theirs)
        )
        return abs(gap(MEASURED[score], one, two) or 0.0)

    # its samples are the numbers of the units, its two-sided p is twice a tail: ours is the upper tail of |d|
    scipy_p = permutation_test(
        (np.arange(10), np.arange(10, 20)),
        statistic,
        permutation_type="samples",
        vectorized=False,
        n_resamples=np.inf,
        alternative="greater",
    ).pvalue
    found = compared(base, other, score, draws=20_000).randomisation_p
    assert found == pytest.approx(scipy_p, abs=4 * math.sqrt(scipy_p * (1 - scipy_p) / 20_000) + 1e-4)


A = [(3, 5, 6), (2, 4, 4), (5, 7, 5), (1, 2, 3), (4, 4, 6), (0, 1, 2), (6, 8, 9), (2, 5, 3), (3, 3, 4), (1, 4, 2)]
A += [(2, 2, 5), (4, 6, 7)]
B = [(4, 5, 6), (2, 3, 4), (5, 5, 5), (2, 3, 3), (4, 5, 6), (1, 1, 2), (6, 7, 9), (3, 4, 3), (2, 3, 4), (2, 3, 2)]
B += [(3, 5, 5), (4, 4, 7)]


def strict(rows: Sequence[tuple[int, int, int]]) -> Table:
    return {STRICT: [(h, h, p, g) for h, p, g in rows]}


def test_sacrebleu_finds_the_same_p_but_for_ties_and_for_one_tail() -> None:
    # sacrebleu 2.6.0, _paired_ar_test and _paired_bs_test with 100,000 samples, seed 1, on these statistics with F1:
    # 0.02991 and 0.01485. Of itself its randomisation says 1/(n + 1): it counts draws with > where we count ≥, so that
    # ties are no chance. Its bootstrap counts |d| − mean |d| > |d found|, which is the tail that the data chose alone.
    observed = gap(MEASURED["entities.strict"], sums(strict(A)), sums(strict(B)))
    assert observed is not None
    every = [
        abs(gap(MEASURED["entities.strict"], *map(sums, exchange(strict(A), strict(B), coins))) or 0.0)
        for coins in itertools.product((0, 1), repeat=12)
    ]
    found = compared(strict(A), strict(B), "entities.strict", draws=20_000)
    beyond, as_far = (sum(v > observed + step for v in every) / 4096 for step in (1e-9, -1e-9))
    assert beyond == pytest.approx(0.02991, abs=4 * math.sqrt(0.03 * 0.97 / 100_000))
    assert found.randomisation_p == pytest.approx(as_far, abs=4 * math.sqrt(as_far * (1 - as_far) / 20_000))
    units = np.random.default_rng(5).integers(0, 12, (20_000, 12))
    one, two = (np.array(side)[units].sum(axis=1) for side in (A, B))
    drawn = 2 * two[:, 0] / (two[:, 1] + two[:, 2]) - 2 * one[:, 0] / (one[:, 1] + one[:, 2])
    upper, lower = (float((side * (drawn - drawn.mean()) >= observed).mean()) for side in (1, -1))
    assert upper == pytest.approx(0.01485, abs=4 * math.sqrt(0.015 / 20_000))
    assert found.bootstrap_p == pytest.approx(upper + lower, abs=4 * math.sqrt(0.025 / 20_000))


def test_a_bootstrap_p_by_hand() -> None:
    # draws of the difference 0.1, 0.2, 0.3, 0.4: their mean is 0.25, so chance gives ±0.15 and ±0.05
    centred = np.array([0.1, 0.2, 0.3, 0.4]) - 0.25
    assert p_value(centred, 0.15) == (2 + 1) / 5
    assert p_value(centred, -0.05) == (4 + 1) / 5
    assert p_value(centred, 0.16) == 1 / 5
    assert p_value(np.array([np.nan, 1.0]), 1.0) == (1 + 1) / 2
    assert p_value(np.array([np.nan]), 1.0) is None


def test_ten_units_all_won_by_hand() -> None:
    # each unit has one mention, found by the other alone: d = 1, and only all or no exchanges give ±1: p = 2/1024
    base, other = strict([(0, 1, 1)] * 10), strict([(1, 1, 1)] * 10)
    assert exact_p(base, other, MEASURED["entities.strict"]) == 2 / 1024
    generator = np.random.Generator(np.random.PCG64(4))
    coins = [generator.integers(0, 2, size=10, dtype=np.uint32).sum() for _ in range(5000)]
    found = compared(base, other, "entities.strict", draws=5000, seed=4)
    assert found.randomisation_p == (sum(total in (0, 10) for total in coins) + 1) / 5001
    assert found.bootstrap_p == 1 / 5001  # every draw says 1: none of them is 1 away from their mean
    assert (found.difference, found.interval, found.detectable) == (1.0, (1.0, 1.0), None)


def test_the_detectable_difference_follows_the_spread_of_the_difference() -> None:
    found = compared(strict(A), strict(B), "entities.strict")
    generator = np.random.Generator(np.random.PCG64(0))
    drawn = [generator.integers(0, 12, size=12, dtype=np.uint32).tolist() for _ in range(DRAWS)]
    by_draw = [
        gap(MEASURED["entities.strict"], sums(strict(A), units), sums(strict(B), units)) or 0.0 for units in drawn
    ]
    assert found.detectable == pytest.approx((1.959964 + 0.841621) * float(np.std(by_draw)))


def test_a_system_against_itself_differs_by_nothing_and_chance_says_so() -> None:
    found = compared(strict(A), strict(A), "entities.strict")
    assert found == Difference(0.0, (0.0, 0.0), 1.0, 1.0, None, (0, 0))


@pytest.mark.parametrize("score", ["entities.strict", "quotes.content.soft", "blocks.kind"])
def test_the_other_way_round_the_sign_alone_changes(score: str) -> None:
    base, other = two_tables(score, 11, 2)
    one, two = compared(base, other, score), compared(other, base, score)
    assert one.interval is not None
    assert two.interval == pytest.approx((-one.interval[1], -one.interval[0]))
    assert (two.bootstrap_p, two.randomisation_p) == (one.bootstrap_p, one.randomisation_p)
    assert two.difference == pytest.approx(-(one.difference or 0.0))


def test_draws_without_a_value_are_left_out_and_counted() -> None:
    # one unit of twelve has anything; drawn without it (about 106 times of 300) neither has a score
    empty = [(0, 0, 0)] * 11
    found = compared(strict([(0, 1, 1), *empty]), strict([(1, 1, 1), *empty]), "entities.strict", draws=300)
    assert found.interval == (1.0, 1.0)
    assert 60 < found.undefined[0] < 160
    assert found.undefined[1] == 0
    assert found.randomisation_p == 1.0  # exchanged or not, the difference is ±1


def test_a_score_that_one_side_lacks_has_no_difference() -> None:
    # recall of pairs: the base has no pair, so no accuracy
    base, other = {Key("quotes.kind"): [(0, 0, 0, 0)] * 12}, {Key("quotes.kind"): [(1, 1, 1, 1)] * 12}
    assert compared(base, other, "quotes.kind") == Difference(None)


@pytest.mark.parametrize(
    ("score", "units", "how", "has_one"),
    [
        ("entities.strict", 9, {}, False),
        ("entities.strict", 10, {}, True),
        ("entities.strict", 9, {"blocks": True}, False),
        ("entities.strict", 10, {"blocks": True}, True),
        ("sections.boundary", 12, {"blocks": True}, False),
        ("sections.boundary", 12, {}, True),
    ],
)
def test_few_units_have_a_difference_and_no_test(score: str, units: int, how: dict[str, bool], has_one: bool) -> None:
    base, other = {Key(score): [(0, 0, 1, 1)] * units}, {Key(score): [(1, 1, 1, 1)] * units}
    found = compared(base, other, score, **how)
    assert found.difference == 1.0
    assert (found.interval is not None, found.randomisation_p is not None) == (has_one, has_one)


def test_no_draws_are_no_tests() -> None:
    found = compared(strict(A), strict(B), "entities.strict", draws=0)
    # sums of A are 33 hits, 51 predicted, 56 gold, of B 38, 48, 56
    assert found == Difference(pytest.approx(76 / 104 - 66 / 107))


def test_exchanges_are_drawn_one_after_the_other_and_summed_exactly() -> None:
    columns = np.arange(21, dtype=np.float64).reshape(7, 3)
    assert (swapped(columns, 65, 3)[:33] == swapped(columns, 33, 3)).all()
    large = np.array([[2.0**24 + 1], [2.0**24 + 1]])  # no float32
    assert set(swapped(large, 40, 0).ravel().tolist()) == {0.0, 2.0**24 + 1, 2.0**25 + 2}


def test_several_systems_are_compared_as_each_alone_is() -> None:
    tables = [strict(A), strict(B), strict(A[::-1])]
    base, *others = map(tally, tables)
    together = differences(base, others, [MEASURES["entities.strict"]], draws=DRAWS, seed=1)
    alone = [compared(tables[0], table, "entities.strict", seed=1) for table in tables[1:]]
    assert [found["entities.strict"] for found in together] == alone


def test_holm_by_hand() -> None:
    # sorted 0.005 · 4, 0.01 · 3, 0.03 · 2, 0.04 · 1 = 0.02, 0.03, 0.06, 0.04 → 0.06, which is none less than the last
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.5, 0.6]) == [1.0, 1.0]
    assert holm([None, 0.2]) == [None, 0.2]
    assert holm([]) == []


@given(st.lists(st.one_of(st.none(), st.floats(0, 1)), max_size=12))
def test_holm_lies_between_p_and_bonferroni_and_keeps_the_order(values: list[float | None]) -> None:
    found = holm(values)
    tests = [(p, c) for p, c in zip(values, found, strict=True) if p is not None and c is not None]
    assert [v is None for v in values] == [c is None for c in found]
    assert all(p <= c <= min(1.0, len(tests) * p) + 1e-12 for p, c in tests)
    assert all(c <= d for (p, c), (q, d) in itertools.product(tests, repeat=2) if p < q)
