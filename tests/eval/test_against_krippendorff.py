"""Nominal α beside the krippendorff package (GPL: installed beside the tests, no line of it is here)."""

from __future__ import annotations

import random
import warnings

import numpy as np
import pytest

from goldwire.eval.agreement import krippendorff_alpha

pytestmark = pytest.mark.checkout  # what it is compared with is no part of an installation

krippendorff = pytest.importorskip("krippendorff")

LABELS = "abcd"


def theirs(units: list[list[str | None]]) -> float:
    table = [
        [np.nan if label is None else LABELS.index(label) for label in coder] for coder in zip(*units, strict=True)
    ]
    return float(krippendorff.alpha(reliability_data=table, level_of_measurement="nominal"))


def ours(units: list[list[str | None]]) -> float | None:
    return krippendorff_alpha([[label for label in unit if label is not None] for unit in units])


def test_alpha_is_the_packages_with_labels_missing() -> None:
    compared = 0
    for seed in range(1000):
        dice = random.Random(seed)
        coders = dice.randint(2, 5)
        units = [
            [dice.choice(LABELS) if dice.random() < 0.7 else None for _ in range(coders)]
            for _ in range(dice.randint(2, 8))
        ]
        found = ours(units)
        if found is not None:
            assert found == pytest.approx(theirs(units), abs=1e-12)
            compared += 1
    assert compared > 900


def test_where_nothing_could_differ_the_package_fails_or_is_not_a_number() -> None:
    with pytest.raises(ValueError, match="more than one value"):
        theirs([["a", "a"], ["a", "a"]])
    with pytest.raises(ValueError, match="at least one unit"):
        theirs([["a", None], [None, "b"]])
    # the one b stands in a unit of its own, which pairs with nothing: what is left has one label
    alone: list[list[str | None]] = [["a", "a"], ["b", None]]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert np.isnan(theirs(alone))
    assert ours(alone) is ours([["a", "a"], ["a", "a"]]) is ours([["a", None], [None, "b"]]) is None
