"""Scores of sections beside segeval, by the author of boundary similarity; and where it is wrong, with the argument."""

from __future__ import annotations

import itertools
import random

import pytest

from tests.eval.cases.records import scores
from tests.eval.test_more_sections import cut

pytestmark = pytest.mark.checkout  # what it is compared with is no part of an installation

segeval = pytest.importorskip("segeval")


def masses(n: int, gaps: set[int]) -> list[int]:
    edges = [0, *sorted(gaps), n]
    return [after - before for before, after in itertools.pairwise(edges)]


def drawn(seed: int, least: int) -> tuple[int, set[int], set[int]]:
    dice = random.Random(seed)
    n, density = dice.randint(least, 14), dice.random()
    gold, guess = ({gap for gap in range(1, n) if dice.random() < density} for _ in range(2))
    return n, gold, guess


def test_boundary_similarity_is_segevals() -> None:
    for seed in range(250):
        n, gold, guess = drawn(seed, 2)
        if gold or guess:
            theirs = segeval.boundary_similarity(masses(n, guess), masses(n, gold), n_t=2)
            assert scores(cut(n, gold), cut(n, guess))["sections.b"]["value"] == pytest.approx(float(theirs), abs=1e-15)


def test_window_errors_are_segevals_where_it_is_told_the_window() -> None:
    for seed in range(250):
        n, gold, guess = drawn(seed, 3)
        k = max(2, int(n / (2 * (len(gold) + 1)) + 0.5))
        if n - k < 1:
            continue
        found = scores(cut(n, gold), cut(n, guess))
        for name, measure in (("sections.window-diff", segeval.window_diff), ("sections.pk", segeval.pk)):
            theirs = measure(masses(n, guess), masses(n, gold), window_size=k)
            assert found[name]["value"] == pytest.approx(float(theirs), abs=1e-15)


def test_segeval_fails_on_texts_of_one_section() -> None:
    # no boundary on either side: nothing to compare, so null; it asks for the greatest of none
    with pytest.raises(ValueError, match="empty"):
        segeval.boundary_similarity([5], [5])
    assert scores(cut(5, set()), cut(5, set()))["sections.b"]["value"] is None


def test_segeval_rounds_half_a_window_to_even() -> None:
    # half a mean section (Beeferman et al. 1999) is 4.5 for sections of 9, 5.5 for sections of 11: to even that is 4
    # and 6, so two texts are rounded in two ways; half up it is 5 and 6
    assert [segeval.compute_window_size([m, m]) for m in (9, 11)] == [4, 6]
    for m, windows in ((9, 18 - 5), (11, 22 - 6)):
        found = scores(cut(2 * m, {m}), cut(2 * m, {m}))
        assert found["sections.pk"]["counts"]["gold"] == windows
