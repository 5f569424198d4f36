"""Error classes, confusion and MUC-5's rates: by hand, by an oracle that tries every matching, and by law."""

from __future__ import annotations

import itertools
import json
import random
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from goldwire.corpus.document import Document, Mention
from goldwire.eval.errors import BOUNDARIES, CLASSES, FLAGS, errors
from goldwire.eval.matching import Mentions
from tests.eval.cases.records import SCHEMES, document, mentions, rows, scores, semeval
from tests.strategies import LAW

Item = tuple[int, int, int]


def found(gold: Any, guess: Any, **options: Any) -> dict[str, Any]:
    """The errors of ``entities.strict``."""
    result: dict[str, Any] = scores(gold, guess, **options)["entities.strict"]["errors"]
    return result


def nonzero(table: dict[str, int]) -> dict[str, int]:
    return {name: n for name, n in table.items() if n}


# --- by hand


@pytest.mark.parametrize(
    ("gold", "guess", "classes", "boundaries", "flags"),
    [
        ("AAA", "AAA", {"correct": 1}, {}, {}),
        ("AAA", "BBB", {"type": 1}, {}, {}),
        ("AAA", "AA", {"boundary": 1}, {"shorter": 1}, {}),
        ("AA", "AAA", {"boundary": 1}, {"longer": 1}, {}),
        ("AA", " AA", {"boundary": 1}, {"shifted": 1}, {}),
        ("AAA", " B", {"type+boundary": 1}, {"shorter": 1}, {}),
        ("AAA", "   AAA", {"missed": 1, "spurious": 1}, {}, {}),  # spans that touch do not overlap
        ("AAA", "", {"missed": 1}, {}, {}),
        ("", "AAA", {"spurious": 1}, {}, {}),
        # the type wins over the larger overlap, and the rest is left over
        ("AAAAA", "BBBBA", {"boundary": 1, "spurious": 1}, {"shorter": 1}, {"split": 1}),
        ("AAABBB", "AAAAAA", {"boundary": 1, "missed": 1}, {"longer": 1}, {"merged": 1}),
        # equal spans win over equal types
        ("AAAA", "BBBB", {"type": 1}, {}, {}),
        ("", "", {}, {}, {}),
    ],
)  # fmt: skip
def test_classes(
    gold: str, guess: str, classes: dict[str, int], boundaries: dict[str, int], flags: dict[str, int]
) -> None:
    table = found(document(gold), document(guess))
    assert list(table["classes"]) == list(CLASSES)
    assert list(table["boundaries"]) == list(BOUNDARIES)
    assert list(table["flags"]) == list(FLAGS)
    assert (nonzero(table["classes"]), nonzero(table["boundaries"]), nonzero(table["flags"])) == (
        classes,
        boundaries,
        flags,
    )


def test_the_matching_is_strict_then_exact_then_type_then_overlap() -> None:
    # gold A at [0, 4) meets B at [0, 4), which has its span, and A at [0, 3), which has its type: the span wins
    table = found(document("AAAA"), Document(id="d", mentions=mentions("BBBB") + mentions("AAA")))
    assert nonzero(table["classes"]) == {"type": 1, "spurious": 1}
    # two gold mentions, [0, 4) A and [2, 6) C; the predictions [0, 4) A and [2, 4) A. The equal pair is taken first,
    # so C has the other one, although with it A would have had another A
    gold = Document(id="d", mentions=mentions("AAAA") + mentions("  CCCC"))
    table = found(gold, Document(id="d", mentions=mentions("AAAA") + mentions("  AA")))
    assert nonzero(table["classes"]) == {"correct": 1, "type+boundary": 1}
    # more equal types go before more pairs: [0, 4) A with [3, 5) A is one type and one pair, [0, 4) A with [0, 2) C and
    # [4, 6) B with [3, 5) A are two pairs and no type
    gold = Document(id="d", mentions=mentions("AAAABB"))
    table = found(gold, Document(id="d", mentions=mentions("CC AA")))
    assert nonzero(table["classes"]) == {"boundary": 1, "missed": 1, "spurious": 1}
    # in entities.strict, where pairs go before types, there are two pairs: INC 2
    assert semeval(scores(gold, Document(id="d", mentions=mentions("CC AA")))["entities.strict"]) == (0, 2, 0, 0, 0)


def test_nesting_raises_no_flag() -> None:
    gold = Document(id="d", mentions=mentions("AAAAAA") + mentions("BB"))
    assert nonzero(found(gold, gold)["flags"]) == {}
    # what is right inside is no part of a split: [0, 6) against [0, 5) is merely shorter
    guess = Document(id="d", mentions=mentions("AAAAA") + mentions("BB"))
    assert found(gold, guess)["flags"] == {"split": 0, "merged": 0}
    # two wrong ones over one gold are
    guess = Document(id="d", mentions=mentions("AAAA") + mentions("    A"))
    assert found(document("AAAAAA"), guess)["flags"] == {"split": 1, "merged": 0}


def test_the_confusion_matrix_by_hand() -> None:
    #       gold  AAA BBB CC  AA      DD
    #       guess AAA AAA  C      EE  D C
    gold, guess = document("AAA BBB CC  AA     DD"), document("AAA AAA  C     EE  D C")
    table = found(gold, guess)
    assert table["confusion"] == [
        ["A", "A", 1],
        ["A", None, 1],
        ["B", "A", 1],
        ["C", "C", 1],
        ["D", "D", 1],
        [None, "C", 1],
        [None, "E", 1],
    ]
    assert json.loads(json.dumps(table)) == table
    # types may have any name
    odd = Document(id="d", mentions=(Mention(start=0, end=2, type='"null", ['), Mention(start=3, end=4, type="")))
    assert found(odd, odd)["confusion"] == [["", "", 1], ['"null", [', '"null", [', 1]]


def test_bad_spans_and_copies_are_spurious() -> None:
    one = mentions("AA")[0]
    guess = Document(id="d", mentions=(one, one, replace(one, end=0), replace(one, end=999)))
    table = found(document("AA"), guess)
    assert nonzero(table["classes"]) == {"correct": 1, "spurious": 3}
    assert table["confusion"] == [["A", "A", 1], [None, "A", 3]]


def test_errors_are_booked_where_gold_is() -> None:
    text = "abcd\nefgh\nijkl"
    gold = document("AAAAAAAA  B", text=text)  # [0, 8) and [10, 11)
    guess = document("     AA   CC", text=text)  # [5, 7) in line 2, [10, 12) in line 3
    table = rows([(gold, guess)])
    seen = {(block, key.slice, key.slice_value) for (_, block, key), _ in table.items() if key.slice == "error"}
    assert seen == {(0, "error", "boundary"), (2, "error", "type+boundary")}


@pytest.mark.parametrize(
    ("gold", "guess", "rates"),
    [
        # COR, INC, MIS, SPU = 1, 1, 1, 2: error 4/5, undergeneration 1/3, overgeneration 2/4, substitution 1/2
        ("AA BB CC", "AA CC    DD EE", (4 / 5, 1 / 3, 2 / 4, 1 / 2)),
        ("AA", "AA", (0, 0, 0, 0)),
        ("AA", "", (1, 1, None, None)),
        ("", "AA", (1, None, 1, None)),
        ("", "", (None, None, None, None)),
    ],
)
def test_muc5_s_rates(gold: str, guess: str, rates: tuple[float | None, ...]) -> None:
    score = scores(document(gold), document(guess))["entities.strict"]
    assert tuple(score["muc5"].values()) == rates
    assert list(score["muc5"]) == ["error", "undergeneration", "overgeneration", "substitution"]


def test_a_partial_answer_is_half_an_error() -> None:
    # entities.partial: COR 1, PAR 1, MIS 1: error (1/2 + 1)/3, substitution (1/2)/2
    rates = scores(document("AA BB C"), document("AA B"))["entities.partial"]["muc5"]
    assert rates == {"error": 1 / 2, "undergeneration": 1 / 3, "overgeneration": 0, "substitution": 1 / 4}


# --- an oracle: every one-to-one matching is tried


def _best(gold: list[Item], guess: list[Item]) -> list[tuple[int, int]]:
    """Pairs of indices; both sides are sorted."""

    def overlap(a: Item, b: Item) -> int:
        return min(a[1], b[1]) - max(a[0], b[0])

    def ways(at: int, used: frozenset[int]) -> Any:
        if at == len(gold):
            yield ()
            return
        for j in [*range(len(guess)), len(guess)]:
            if j == len(guess) or (j not in used and overlap(gold[at], guess[j]) > 0):
                for rest in ways(at + 1, used | {j} if j < len(guess) else used):
                    yield (j, *rest)

    def worth(way: tuple[int, ...]) -> tuple[Any, ...]:
        pairs = [(gold[i], guess[j]) for i, j in enumerate(way) if j < len(guess)]
        return (
            sum(a == b for a, b in pairs),
            sum(a[:2] == b[:2] for a, b in pairs),
            sum(a[2] == b[2] for a, b in pairs),
            len(pairs),
            sum(overlap(a, b) for a, b in pairs),
            tuple(-j for j in way),
        )

    best = max(ways(0, frozenset()), key=worth)
    return [(i, j) for i, j in enumerate(best) if j < len(guess)]


def _columns(listed: list[Item], document: int = 0) -> Mentions:
    start, end, kind = np.array(listed, np.int64).reshape(-1, 3).T
    return Mentions(np.full(len(start), document), start, end, kind)


def _found(gold: list[Item], guess: list[Item]) -> tuple[set[tuple[int, int]], Any]:
    both = set(gold) & set(guess)
    wrong, other = (np.array([item not in both for item in side], np.bool_) for side in (gold, guess))
    result = errors(_columns(gold), _columns(guess), wrong, other)
    equal = {(gold.index(item), guess.index(item)) for item in both}
    return {(i, j) for i, j in result.pairs.T.tolist()} | equal, result


ITEMS = st.tuples(st.integers(0, 7), st.integers(1, 5), st.integers(0, 2)).map(lambda d: (d[0], d[0] + d[1], d[2]))
SIDES = st.lists(ITEMS, max_size=5, unique=True).map(sorted)


@pytest.mark.parametrize("few", [-1, 200], ids=["solver", "few"])
@settings(LAW, max_examples=400)
@given(gold=SIDES, guess=SIDES)
def test_the_pairs_are_the_best_of_all(few: int, gold: list[Item], guess: list[Item]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("goldwire.eval.errors._FEW_EDGES", few)
        pairs, result = _found(gold, guess)
    assert pairs == set(_best(gold, guess))
    taken, used = {i for i, _ in pairs}, {j for _, j in pairs}
    assert set(result.missed.tolist()) == set(range(len(gold))) - taken
    assert set(result.spurious.tolist()) == set(range(len(guess))) - used
    for flagged, own, others in ((result.split, gold, guess), (result.merged, guess, gold)):
        wrong = [b for b in others if b not in own]
        assert set(flagged.tolist()) == {
            at
            for at, a in enumerate(own)
            if a not in others and sum(min(a[1], b[1]) > max(a[0], b[0]) for b in wrong) > 1
        }


def test_many_documents_are_matched_at_once_as_one_by_one() -> None:
    draw = random.Random(0)

    def side() -> list[Item]:
        drawn = [(draw.randrange(30), draw.randint(1, 7), draw.randrange(3)) for _ in range(25)]
        return sorted({(start, start + length, kind) for start, length, kind in drawn})

    listed = [(side(), side()) for _ in range(60)]
    columns = [
        Mentions(*(np.concatenate(c) for c in zip(*(_columns(p[at], n) for n, p in enumerate(listed)), strict=True)))
        for at in range(2)
    ]
    wrong = [
        np.array([item not in set(pair[1 - at]) for pair in listed for item in pair[at]], np.bool_) for at in range(2)
    ]
    whole = errors(columns[0], columns[1], wrong[0], wrong[1])
    offsets = [np.cumsum([0, *(len(pair[at]) for pair in listed)]) for at in range(2)]
    single = set()
    for n, (gold, guess) in enumerate(listed):
        own = [item not in set(guess) for item in gold], [item not in set(gold) for item in guess]
        one = errors(_columns(gold), _columns(guess), np.array(own[0], np.bool_), np.array(own[1], np.bool_))
        single |= {(i + int(offsets[0][n]), j + int(offsets[1][n])) for i, j in one.pairs.T.tolist()}
    assert {(i, j) for i, j in whole.pairs.T.tolist()} == single


# --- laws


def _document(listed: list[Item], name: str = "d") -> Document:
    return Document(id=name, mentions=tuple(Mention(start=s, end=e, type="ABC"[t]) for s, e, t in listed))


@LAW
@given(SIDES, SIDES)
def test_errors_and_counts_agree(gold: list[Item], guess: list[Item]) -> None:
    score = scores(_document(gold), _document(guess))
    table = score["entities.strict"]["errors"]
    classes = table["classes"]
    paired = sum(classes[name] for name in CLASSES[:4])
    assert paired + classes["missed"] == len(gold)
    assert paired + classes["spurious"] == len(guess)
    assert classes["correct"] == score["entities.strict"]["counts"]["hits"]
    assert classes["correct"] + classes["type"] == score["entities.exact"]["counts"]["hits"]
    assert sum(table["boundaries"].values()) == classes["boundary"] + classes["type+boundary"]
    sums: Counter[tuple[bool, bool]] = Counter()
    for ours, theirs, n in table["confusion"]:
        sums[ours is None, theirs is None] += n
    assert (sums[False, True], sums[True, False]) == (classes["missed"], classes["spurious"])
    assert sums[False, False] == paired
    for scheme in SCHEMES:
        rates = score[f"entities.{scheme}"]["muc5"].values()
        assert all(rate is None or 0 <= rate <= 1 for rate in rates)


@LAW
@given(SIDES, SIDES)
def test_turned_round_missed_is_spurious_and_shorter_longer(gold: list[Item], guess: list[Item]) -> None:
    there, back = (found(_document(a), _document(b)) for a, b in ((gold, guess), (guess, gold)))
    for name, other in (("missed", "spurious"), ("correct", "correct"), ("type", "type")):
        assert there["classes"][name] == back["classes"][other]
    assert there["flags"] == {"split": back["flags"]["merged"], "merged": back["flags"]["split"]}


@LAW
@given(st.lists(st.tuples(SIDES, SIDES), min_size=2, max_size=3), st.randoms(use_true_random=False))
def test_documents_add_up_in_any_order(listed: list[tuple[list[Item], list[Item]]], shuffler: Any) -> None:
    parts = [found(_document(gold), _document(guess)) for gold, guess in listed]
    order = shuffler.sample(range(len(listed)), len(listed))
    whole = found(
        [_document(shuffler.sample(listed[n][0], len(listed[n][0])), str(n)) for n in order],
        [_document(shuffler.sample(listed[n][1], len(listed[n][1])), str(n)) for n in order[::-1]],
    )
    for name in ("classes", "boundaries", "flags"):
        assert whole[name] == {value: sum(part[name][value] for part in parts) for value in whole[name]}
    sums: Counter[tuple[str | None, str | None]] = Counter()
    for ours, theirs, n in itertools.chain.from_iterable(part["confusion"] for part in parts):
        sums[ours, theirs] += n
    assert {(ours, theirs): n for ours, theirs, n in whole["confusion"]} == dict(sums)
