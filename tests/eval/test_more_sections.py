"""Texts left whole and the window error rates: by hand, by law, and as segeval counts them."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

import goldwire
from goldwire import ThresholdError
from goldwire.corpus.document import Document, Section, Span
from goldwire.eval.measures import MEASURES
from tests.eval.cases.records import by_block, scores
from tests.strategies import LAW

RATES = ("sections.window-diff", "sections.pk")


def cut(n: int, gaps: set[int], name: str = "d") -> Document:
    """A text of ``n`` paragraphs, one a line, with a section beginning behind each of ``gaps``."""

    def paragraph(at: int) -> Span:
        return 6 * at, 6 * at + 5

    ends = [0, *sorted(gaps), n]
    sections = tuple(
        Section(
            heading=None,
            body=(paragraph(a)[0], paragraph(b - 1)[1]),
            paragraphs=tuple(paragraph(at) for at in range(a, b)),
        )
        for a, b in itertools.pairwise(ends)
    )
    return Document(id=name, text="\n".join(["p# aa"] * n), sections=sections)


def rates(gold: Document, guess: Document) -> tuple[tuple[int, int], ...]:
    """Wrong windows and windows of both rates."""
    found = scores(gold, guess)
    return tuple((found[name]["counts"]["hits"], found[name]["counts"]["gold"]) for name in RATES)


# --- texts of one section


@pytest.mark.parametrize(
    ("gold", "guess", "expected"),
    [
        (set(), set(), 1),
        (set(), {2}, 0),
        ({2}, set(), None),  # a text of two sections says nothing about it
        ({2}, {2}, None),
    ],
)
def test_left_whole_is_about_texts_of_one_section(gold: set[int], guess: set[int], expected: int | None) -> None:
    score = scores(cut(4, gold), cut(4, guess))["sections.left-whole"]
    assert score["value"] == expected
    assert score["counts"]["gold"] == (expected is not None)


def test_nothing_predicted_leaves_nothing_whole() -> None:
    # METRICS 0: a document that was left out counts as empty, and leaving out gains nothing
    golds = [cut(4, set(), "a"), cut(4, set(), "b"), cut(4, set(), "c"), cut(4, {1}, "d")]
    guesses = [cut(4, set(), "a"), Document(id="b", sections=())]
    found = scores(golds, guesses)["sections.left-whole"]
    assert (found["value"], found["counts"]) == (1 / 3, {"hits": 1, "predicted": 3, "gold": 3})
    bad = Document(id="a", sections=(Section(heading=None, body=(5, 5), paragraphs=()),))
    assert scores(golds[0], bad)["sections.left-whole"]["value"] == 0


# --- window error rates


def test_windows_by_hand() -> None:
    # N = 10 in 2 sections: k = floor(10/4 + 1/2) = 3, 7 windows; window i looks at the gaps i, i+1, i+2.
    # gap 3 is in the windows 1 2 3, gap 4 in 2 3 4: the windows 1 and 4 differ
    assert rates(cut(10, {3}), cut(10, {4})) == ((2, 7), (2, 7))
    # gaps 3 and 4 against 3: WindowDiff counts 2 against 1 in the windows 2 and 3, 1 against 0 in 4; Pk only the last
    assert rates(cut(10, {3}), cut(10, {3, 4})) == ((3, 7), (1, 7))
    assert rates(cut(10, {3}), cut(10, set())) == ((3, 7), (3, 7))


@pytest.mark.parametrize(
    ("n", "gaps", "windows"),
    [
        (1, set(), None),  # k = 2 is the least; 1 − 2 < 1
        (2, set(), None),
        (2, {1}, None),
        (3, {1, 2}, 1),
        (4, set(), 2),  # k = 2
        (5, set(), 2),  # 5/2 + 1/2 = 3: half up, not to even
        (9, set(), 4),  # 9/2 + 1/2 = 5
        (10, {5}, 7),  # 10/4 = 2.5 → 3
        (18, {9}, 13),  # 18/4 = 4.5 → 5; half to even would be 4
        (18, {2, 4, 6, 8, 10, 12}, 16),  # 18/14 → 1, and 2 is the least
    ],
)
def test_the_window_is_half_a_mean_section_rounded_half_up(n: int, gaps: set[int], windows: int | None) -> None:
    found = scores(cut(n, gaps), cut(n, gaps))
    for name in RATES:
        assert found[name]["counts"]["gold"] == (windows or 0)
        assert found[name]["value"] == (None if windows is None else 0)


@pytest.mark.parametrize(
    ("n", "gold", "guess", "window_diff", "pk"),
    [
        # segeval 2.0.11, window_diff and pk of (masses of guess, masses of gold, window_size=k, return_parts=True):
        # wrong windows, windows. Its default window rounds half to even and is not ours.
        (10, {3}, {4}, (2, 7), (2, 7)),
        (10, set(), set(), (0, 5), (0, 5)),
        (10, set(), {5}, (5, 5), (5, 5)),
        (10, {3, 6}, {3, 6}, (0, 8), (0, 8)),
        (10, {2, 5}, {3, 4}, (3, 8), (3, 8)),
        (12, {4, 8}, {4, 7, 9}, (2, 10), (2, 10)),
        (12, {4, 8}, set(), (4, 10), (4, 10)),
        (13, {1, 2, 3}, {6}, (5, 11), (5, 11)),
        (11, {3, 6}, {2, 6}, (2, 9), (2, 9)),
        (20, {5, 9, 16}, {5, 10, 11, 17}, (6, 17), (5, 17)),
        (9, {1, 8}, {4}, (4, 7), (4, 7)),
        (7, {2, 4}, {3}, (2, 5), (2, 5)),
    ],
)
def test_windows_as_segeval_counts_them(
    n: int, gold: set[int], guess: set[int], window_diff: tuple[int, int], pk: tuple[int, int]
) -> None:
    assert rates(cut(n, gold), cut(n, guess)) == (window_diff, pk)


GAPS = st.integers(3, 14).flatmap(lambda n: st.tuples(st.just(n), *[st.sets(st.integers(1, n - 1))] * 2))


@LAW
@given(GAPS)
def test_windows_are_what_the_papers_say(drawn: tuple[int, set[int], set[int]]) -> None:
    # in words: positions i and i + k; WindowDiff compares how many gaps are between them, Pk whether the two paragraphs
    # are in one section
    n, gold, guess = drawn
    k = max(2, int(n / (2 * (len(gold) + 1)) + 0.5))
    wrong = [0, 0]
    for i in range(1, n - k + 1):
        sides = [[gap for gap in side if i <= gap < i + k] for side in (gold, guess)]
        wrong[0] += len(sides[0]) != len(sides[1])
        wrong[1] += (not sides[0]) != (not sides[1])
    windows = max(0, n - k)
    assert rates(cut(n, gold), cut(n, guess)) == ((wrong[0], windows), (wrong[1], windows))
    assert wrong[1] <= wrong[0]


def test_rates_add_up_over_documents_and_are_rows_of_whole_ones() -> None:
    golds, guesses = [cut(10, {3}, "a"), cut(13, {1, 2, 3}, "b")], [cut(10, {4}, "a"), cut(13, {6}, "b")]
    found = scores(golds, guesses)
    for name in RATES:
        assert found[name]["value"] == (2 + 5) / (7 + 11)
        assert found[name]["macro_document"] == pytest.approx((2 / 7 + 5 / 11) / 2, abs=1e-15)
        assert "precision" not in found[name]
        assert by_block(golds[0], guesses[0], name) == {0: (2, 7, 7)}
    assert scores(golds[::-1], guesses)["sections.pk"] == found["sections.pk"]


def test_error_rates_are_marked_and_nothing_else_is() -> None:
    assert [name for name, measure in MEASURES.items() if measure.lower_is_better] == list(RATES)


def test_the_rates_have_intervals_over_documents() -> None:
    golds = [cut(10, {3}, f"{n:02}") for n in range(12)]
    guesses = [cut(10, {3 + n % 2}, f"{n:02}") for n in range(12)]
    low, high = scores(golds, guesses, draws=200)["sections.pk"]["interval"]
    assert 0 <= low < 1 / 7 < high <= 2 / 7
    few = scores(golds[:9], guesses[:9], draws=200)["sections.pk"]
    assert few["interval"] is None


def test_a_threshold_of_an_error_rate_is_the_most_it_may_be() -> None:
    [gold] = goldwire.load()
    found = goldwire.score([gold], [gold], draws=0)
    found.require({"sections.pk": 0.0})
    whole = {"id": gold.id, "sections": []}
    with pytest.raises(ThresholdError, match=r"^sections\.pk: found 0\.\d{4}, expected at most 0\.1$"):
        goldwire.score([gold], [whole], draws=0).require({"sections.pk": 0.1})
