"""WindowDiff, Pk, κ and α beside nltk 3; and where it is wrong, with the argument."""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import cache
from typing import Any

import pytest

from goldwire.eval.agreement import cohen_kappa, krippendorff_alpha
from tests.eval.cases.records import scores
from tests.eval.test_more_sections import cut

pytestmark = pytest.mark.checkout  # what it is compared with is no part of an installation


@cache
def theirs(module: str) -> Any:
    """A module of theirs; it is not loaded where a file is collected, for it loads scipy and scikit-learn."""
    return pytest.importorskip(f"nltk.metrics.{module}")


def symbols(n: int, gaps: set[int]) -> str:
    """One symbol a gap: between n paragraphs there are n - 1."""
    return "".join("1" if gap in gaps else "0" for gap in range(1, n))


def task(units: Sequence[Sequence[str]]) -> Any:
    rows = [(f"c{i}", f"u{j}", label) for j, unit in enumerate(units) for i, label in enumerate(unit)]
    return theirs("agreement").AnnotationTask(data=rows)


def test_window_errors_are_nltks_over_gaps() -> None:
    for seed in range(250):
        dice = random.Random(seed)
        n, density = dice.randint(3, 14), dice.random()
        gold, guess = ({gap for gap in range(1, n) if dice.random() < density} for _ in range(2))
        k = max(2, int(n / (2 * (len(gold) + 1)) + 0.5))
        if n - k >= 1:
            sides = symbols(n, gold), symbols(n, guess)
            found = scores(cut(n, gold), cut(n, guess))
            assert found["sections.window-diff"]["value"] == theirs("segmentation").windowdiff(*sides, k)
            assert found["sections.pk"]["value"] == theirs("segmentation").pk(*sides, k)


def test_nltk_counts_a_window_too_many_over_one_symbol_a_paragraph() -> None:
    # as its documentation has it, with N symbols: it takes N - k + 1 windows, where its own formula, the paper's, has
    # N - k. The last window reaches beyond the last paragraph, and can be wrong only by what is not there: 2/5, not 2/6
    n, k, gold, guess = 7, 2, {3}, {4}
    padded = [symbols(n, side) + "0" for side in (gold, guess)]
    assert theirs("segmentation").windowdiff(*padded, k) == 2 / 6
    assert scores(cut(n, gold), cut(n, guess))["sections.window-diff"]["value"] == 2 / 5


def test_nltks_own_window_is_too_long() -> None:
    # "half of the average segment size": of 12 paragraphs in two sections that is 3. It divides by the boundaries, of
    # which there is one, and takes 6. Gold's gap is 6, the guess is 5. Of the 9 windows of 3 gaps those from 3 and from
    # 6 differ, of the 6 windows of 6 gaps the one from 6.
    gold, guess = {6}, {5}
    assert theirs("segmentation").pk(symbols(12, gold), symbols(12, guess)) == 1 / 6
    assert scores(cut(12, gold), cut(12, guess))["sections.pk"]["value"] == 2 / 9


def test_coefficients_are_nltks_where_two_labels_are_used() -> None:
    for seed in range(400):
        dice = random.Random(seed)
        coders = dice.randint(2, 4)
        units = [[dice.choice("abc") for _ in range(coders)] for _ in range(dice.randint(1, 6))]
        if len({label for unit in units for label in unit}) < 2:
            continue
        assert krippendorff_alpha(units) == pytest.approx(task(units).alpha(), abs=1e-12)
        if coders == 2:
            pairs = [(one, other) for one, other in units]
            assert cohen_kappa(pairs) == pytest.approx(task(units).kappa(), abs=1e-12)


def test_nltk_finds_perfect_agreement_where_nothing_could_differ() -> None:
    # one label only: observed and expected disagreement are both 0, and 0/0 says nothing, least of all 1
    units = [["a", "a"], ["a", "a"]]
    assert (task(units).alpha(), task(units).kappa()) == (1, 1)
    assert krippendorff_alpha(units) is None
    assert cohen_kappa([("a", "a"), ("a", "a")]) is None


def test_nltk_fails_without_a_unit_of_two_labels() -> None:
    # a unit that one coder labelled pairs with nothing (Krippendorff 2011, D): no unit is left
    with pytest.raises(ZeroDivisionError):
        task([["a"], ["b"]]).alpha()
    assert krippendorff_alpha([["a"], ["b"]]) is None
