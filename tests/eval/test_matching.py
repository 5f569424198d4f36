"""The matching against the brute-force oracle, and against cases derived by hand."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldwire.eval import components, matching
from goldwire.eval.assignment import assign
from goldwire.eval.matching import ASSIGNMENTS, Mentions, match
from tests.eval.oracle import Mention, best, is_correct, shared
from tests.strategies import LAW

Corpus = list[tuple[list[Mention], list[Mention]]]

SPAN_RANGES = {"dense": (6, 4), "sparse": (30, 4), "nested": (9, 9)}
"""Length of the text, greatest length of a mention."""


@pytest.fixture(params=["enumerated", "solved", "solved one by one"])
def _way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Three ways to settle contested clusters: all injections, the solver, the solver one by one, as large ones are."""
    if request.param != "enumerated":
        monkeypatch.setattr(matching, "_MOST_INJECTIONS", 0)
    if request.param == "solved one by one":
        monkeypatch.setattr(components, "_MOST_AT_ONCE", 0)
    matching._injections.cache_clear()
    yield
    matching._injections.cache_clear()


def mention(random_: random.Random, kind: str, types: str) -> Mention:
    length, longest = SPAN_RANGES[kind]
    start = random_.randrange(length)
    return start, start + random_.randint(1, min(longest, length - start)), random_.choice(types)


def side(random_: random.Random, kind: str, types: str, most: int, *, doubled: bool) -> list[Mention]:
    drawn = sorted({mention(random_, kind, types) for _ in range(random_.randint(most // 2, most))})
    if doubled and drawn:
        drawn += random_.choices(drawn, k=random_.randint(0, 2))
    return sorted(drawn)


def corpus(seed: int, documents: int, most: int = 4) -> Corpus:
    random_ = random.Random(seed)
    drawn = []
    for _ in range(documents):
        kind, types = random_.choice(list(SPAN_RANGES)), random_.choice(["A", "AB", "ABCDEFGH"])
        gold = side(random_, kind, types, most, doubled=False)
        guesses = side(random_, kind, types, most, doubled=random_.random() < 0.3)
        if gold and random_.random() < 0.5:
            guesses = sorted([*guesses[: most - 1], random_.choice(gold)])
        drawn.append((gold, guesses))
    return drawn


def columns(sides: list[list[Mention]], numbers: list[int] | None = None, shift: int = 0) -> Mentions:
    """The columns of one side of a corpus; types are letters, so their codes are in the order of their names."""
    flat = [
        (numbers[at] if numbers else at, start + shift, end + shift, ord(kind) - ord("A"))
        for at, listed in enumerate(sides)
        for start, end, kind in listed
    ]
    return Mentions(*np.array(flat, np.int64).reshape(-1, 4).T)


def pairs_of(drawn: Corpus, *, numbers: list[int] | None = None, shift: int = 0) -> list[dict[str, list]]:
    """For each document and assignment the pairs, as mentions, with whether they are COR, that ``match`` finds."""
    golds, guesses = columns([g for g, _ in drawn], numbers, shift), columns([p for _, p in drawn], numbers, shift)
    found = match(golds, guesses)
    flat_gold = [(at, m) for at, (g, _) in enumerate(drawn) for m in g]
    flat_guess = [(at, m) for at, (_, p) in enumerate(drawn) for m in p]
    result: list[dict[str, list]] = [{name: [] for name in ASSIGNMENTS} for _ in drawn]
    for row, name in enumerate(ASSIGNMENTS):
        divisor = 3 ** (2 - row)
        gold_outcomes, guess_outcomes = (c // divisor % 3 for c in (found.gold_code, found.predicted_code))
        taken = [j for j in found.partner[row].tolist() if j >= 0]
        assert len(set(taken)) == len(taken), "a prediction has two partners"
        assert set(np.flatnonzero(guess_outcomes).tolist()) == set(taken)
        for i, j in enumerate(found.partner[row].tolist()):
            assert (j >= 0) == (gold_outcomes[i] > 0)
            if j >= 0:
                (at, gold), (other, guess) = flat_gold[i], flat_guess[j]
                assert at == other
                assert gold_outcomes[i] == guess_outcomes[j]
                result[at][name].append((gold, guess, gold_outcomes[i] == 2))
    return result


def expected(gold: list[Mention], guesses: list[Mention], scheme: str) -> list[tuple[Mention, Mention, bool]]:
    return [(gold[i], guesses[j], is_correct(scheme, gold[i], guesses[j])) for i, j in best(scheme, gold, guesses)]


def assert_equals_the_oracle(drawn: Corpus, found: list[dict[str, list]]) -> None:
    for (gold, guesses), of in zip(drawn, found, strict=True):
        for scheme in ASSIGNMENTS:
            assert Counter(of[scheme]) == Counter(expected(gold, guesses, scheme)), (scheme, gold, guesses)


@pytest.mark.usefixtures("_way")
@pytest.mark.parametrize("seed", range(4))
def test_drawn_corpora_match_as_the_oracle_says(seed: int) -> None:
    drawn = corpus(seed, 1000)
    assert_equals_the_oracle(drawn, pairs_of(drawn))


@pytest.mark.usefixtures("_way")
def test_crowded_documents_match_as_the_oracle_says() -> None:
    drawn = corpus(11, 120, most=6)
    assert_equals_the_oracle(drawn, pairs_of(drawn))


MENTIONS = st.tuples(st.integers(0, 7), st.integers(1, 5), st.sampled_from("AB")).map(
    lambda drawn: (drawn[0], drawn[0] + drawn[1], drawn[2])
)
SIDES = st.lists(MENTIONS, max_size=4).map(sorted)


@settings(LAW, max_examples=300)
@given(st.lists(st.tuples(SIDES, SIDES), min_size=1, max_size=3))
def test_any_small_corpus_matches_as_the_oracle_says(drawn: Corpus) -> None:
    # gold may hold duplicates here: the matching asks for none to be merged
    assert_equals_the_oracle(drawn, pairs_of(drawn))


@pytest.mark.usefixtures("_way")
@pytest.mark.parametrize(
    ("shift", "stride"),
    [(2**41, 1), (2**41, 2**20), (2**59, 1), (0, 2**50)],
    ids=["far from 0", "far from 0 and many documents", "farther still", "document numbers far apart"],
)
def test_long_texts_match_as_short_ones_do(shift: int, stride: int) -> None:
    drawn = corpus(5, 300, most=3)
    numbers = [at * stride for at in range(len(drawn))] if stride < 2**30 else [0] * 0
    if not numbers:
        drawn, numbers = drawn[:4], [at * stride for at in range(4)]
    if shift >= 2**59:
        drawn, numbers = drawn[:7], numbers[:7]
    assert pairs_of(drawn, numbers=numbers, shift=shift) == pairs_of(drawn)


def test_far_positions_take_the_branch_of_ranks() -> None:
    drawn = corpus(5, 300, most=3)
    golds = columns([gold for gold, _ in drawn], shift=2**50)
    packed = matching.pack(golds, columns([guess for _, guess in drawn], shift=2**50))
    assert int(packed.keys.max()).bit_length() < 51 + 9
    assert packed.position.max() > 2**50


@pytest.mark.usefixtures("_way")
@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_the_input_changes_nothing(seed: int) -> None:
    random_ = random.Random(seed)
    drawn = corpus(seed, 200)
    shuffled = [(random_.sample(g, len(g)), random_.sample(p, len(p))) for g, p in drawn]
    for (gold, guesses), of, other in zip(drawn, pairs_of(drawn), pairs_of(shuffled), strict=True):
        for scheme in ASSIGNMENTS:
            assert Counter(of[scheme]) == Counter(other[scheme]), (scheme, gold, guesses)


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_the_documents_changes_nothing(seed: int) -> None:
    drawn = corpus(seed, 100)
    numbers = random.Random(seed).sample(range(100), 100)
    assert pairs_of(drawn, numbers=numbers) == pairs_of(drawn)


@pytest.mark.parametrize("n", [2, 19, 20, 44, 45, 62, 63, 64, 100, 360, 361])
@pytest.mark.parametrize("turned", [False, True], ids=["one prediction", "one gold mention"])
def test_one_mention_over_all_others_takes_the_best_of_them(n: int, turned: bool) -> None:
    # n mentions side by side, of 2 characters and type B, the last of 3 and type A; over all of them one of type A.
    # The last wins strict and exact by its equal type, and type by COR.
    many = [(2 * at, 2 * at + 2, "B") for at in range(n - 1)] + [(2 * n - 2, 2 * n + 1, "A")]
    one = [(0, 2 * n + 1, "A")]
    [found] = pairs_of([(one, many) if turned else (many, one)])
    pair = (one[0], many[-1]) if turned else (many[-1], one[0])
    assert found == {"strict": [(*pair, False)], "exact": [(*pair, False)], "type": [(*pair, True)]}


@pytest.mark.parametrize("n", [2, 44, 63, 64, 100, 360, 361])
@pytest.mark.parametrize("turned", [False, True], ids=["one prediction", "one gold mention"])
def test_of_equal_pairs_the_first_in_span_order_is_taken(n: int, turned: bool) -> None:
    many = [(2 * at, 2 * at + 2, "A") for at in range(n)]
    one = [(0, 2 * n, "A")]
    [found] = pairs_of([(one, many) if turned else (many, one)])
    pair = (one[0], many[0]) if turned else (many[0], one[0])
    assert found == {"strict": [(*pair, False)], "exact": [(*pair, False)], "type": [(*pair, True)]}


@pytest.mark.parametrize("unit", [1, 2**16, 2**24, 2**36])
def test_long_mentions_are_weighed_as_short_ones_are(unit: int) -> None:
    # 19 gold mentions of one unit, two predictions that cross many: the second shares more with the last one
    golds = [(at * unit, (at + 1) * unit, "B") for at in range(18)] + [(18 * unit, 20 * unit, "B")]
    guesses = [(0, 18 * unit, "A"), (unit // 2, 20 * unit, "A")]
    [found] = pairs_of([(golds, guesses)])
    wanted = [(golds[0], guesses[0], False), (golds[-1], guesses[1], False)]
    assert found == {"strict": wanted, "exact": wanted, "type": wanted}


@pytest.mark.parametrize(
    ("gold", "guesses", "scheme", "wanted"),
    [
        # most COR before most pairs: giving the equal pair up would make two pairs of it
        ([(0, 9, "A"), (0, 2, "B")], [(0, 9, "A")], "strict", [(0, 0)]),
        ([(0, 4, "A"), (3, 9, "A")], [(3, 9, "A"), (5, 9, "A")], "strict", [(1, 0)]),
        # then most pairs: greedy by overlap would pair (0, 6) with (1, 9) and leave (6, 9) alone
        ([(0, 6, "A"), (6, 9, "A")], [(0, 1, "B"), (1, 9, "B")], "strict", [(0, 0), (1, 1)]),
        # of as many pairs the one with the equal span, in the assignment where that is not COR
        ([(0, 4, "A")], [(0, 4, "B"), (0, 5, "B")], "type", [(0, 0)]),
        # then the one of equal type
        ([(0, 4, "A")], [(0, 5, "B"), (1, 6, "A")], "exact", [(0, 1)]),
        # then the most characters
        ([(2, 8, "A")], [(0, 4, "A"), (4, 9, "A")], "strict", [(0, 1)]),
        # then span order
        ([(2, 6, "A")], [(0, 4, "A"), (4, 9, "A")], "strict", [(0, 0)]),
        ([(0, 3, "A"), (3, 6, "A")], [(2, 4, "A")], "strict", [(0, 0)]),
        # spans that only touch do not overlap
        ([(0, 3, "A")], [(3, 6, "A")], "type", []),
    ],
    ids=[
        "COR", "COR over pairs", "pairs", "equal spans", "equal types", "characters", "predicted order", "gold order",
        "touching",
    ],
)  # fmt: skip
@pytest.mark.usefixtures("_way")
def test_criteria_in_their_order(
    gold: list[Mention], guesses: list[Mention], scheme: str, wanted: list[tuple[int, int]]
) -> None:
    golds, listed = sorted(gold), sorted(guesses)
    pairs = [(gold[i], guesses[j], is_correct(scheme, gold[i], guesses[j])) for i, j in wanted]
    assert pairs_of([(golds, listed)])[0][scheme] == pairs
    assert expected(golds, listed, scheme) == pairs


def test_no_mentions_give_empty_columns() -> None:
    found = match(columns([]), columns([]))
    assert (len(found.gold_code), len(found.predicted_code), found.partner.shape) == (0, 0, (3, 0))


def test_mentions_of_two_documents_never_pair() -> None:
    assert pairs_of([([(0, 4, "A")], []), ([], [(0, 4, "A")])]) == [{name: [] for name in ASSIGNMENTS}] * 2


@pytest.mark.usefixtures("_way")
@pytest.mark.parametrize(("length", "longest", "n"), [(40, 12, 14), (200, 200, 30), (60, 4, 60)])
@pytest.mark.parametrize("seed", range(4))
def test_clusters_of_dozens_match_as_exact_integers_say(seed: int, length: int, longest: int, n: int) -> None:
    # too many for the oracle: the Hungarian method over integers of any size, itself compared with brute force
    random_ = random.Random(seed)

    def drawn() -> list[Mention]:
        starts = [random_.randrange(length) for _ in range(n)]
        return sorted({(at, at + random_.randint(1, longest), random_.choice("ABC")) for at in starts})

    gold, guesses = drawn(), drawn()
    [found] = pairs_of([(gold, guesses)])
    for scheme in ASSIGNMENTS:
        edges = {
            (i, j): (is_correct(scheme, a, b), 1, a[:2] == b[:2], a[2] == b[2], shared(a, b))
            for i, a in enumerate(gold)
            for j, b in enumerate(guesses)
            if shared(a, b) > 0
        }
        assert [(a, b) for a, b, _ in found[scheme]] == [(gold[i], guesses[j]) for i, j in assign(edges)]
