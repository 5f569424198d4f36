"""The cluster scores: the papers' own examples, oracles that follow the definitions word by word, and the laws."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from goldwire.corpus.document import Document, Entity, Mention
from tests.eval.cases.records import prf, result, scores
from tests.strategies import LAW

NAMES = ("lea", "muc", "b3", "ceafe")
ALPHABET = "123456789ABCDEFGHIJ"


def resolved(*clusters: str, name: str = "d", kind: str = "P", **types: str) -> Document:
    """A document in which each letter is a mention, and each word the mentions of one entity; ``types`` by letter."""
    mentions = [
        Mention(start=ALPHABET.index(c), end=ALPHABET.index(c) + 1, type=types.get(c, kind), entity=f"e{n}")
        for n, cluster in enumerate(clusters)
        for c in cluster
    ]
    entities = tuple(Entity(id=f"e{n}", type=kind) for n in range(len(clusters)))
    return Document(id=name, mentions=tuple(mentions), entities=entities)


def figures(gold: Document, guess: Document) -> dict[str, tuple[float | None, float | None, float | None]]:
    found = scores(gold, guess)
    return {name: prf(found[f"clusters.{name}"]) for name in NAMES}


# --- the papers' examples

TRUTH = resolved("12345", "67", "89ABC")


@pytest.mark.parametrize(
    ("answer", "muc", "b3", "ceafe"),
    [
        # Bagga & Baldwin 1998, figures 1 to 3, and Luo 2005, table 1, which adds (c) and (d) and CEAF with φ4.
        # (a) 67 and 89ABC are one. MUC: 4 + 1 + 4 links of gold, 4 + 6 of the answer, 9 in common. B³: precision
        # (5 + 2·2/7 + 5·5/7)/12 = 16/21 = .76. CEAF: 1 + 10/12 over 3 and over 2 entities: F = .733
        (("12345", "6789ABC"), (9 / 10, 1, 18 / 19), (16 / 21, 1, 32 / 37), (11 / 12, 11 / 18, 11 / 15)),
        # (b) the two large ones are one: B³ (10·1/2 + 2)/12 = 7/12 = .58. CEAF: 1 + 10/15: F = 2·(5/3)/5 = .667
        (("1234589ABC", "67"), (9 / 10, 1, 18 / 19), (7 / 12, 1, 14 / 19), (5 / 6, 5 / 9, 2 / 3)),
        # (c) all one: MUC 9 of 11; B³ (25 + 4 + 25)/144 = 3/8; CEAF: 10/17: F = 2·(10/17)/4 = .294
        (("123456789ABC",), (9 / 11, 1, 9 / 10), (3 / 8, 1, 6 / 11), (10 / 17, 10 / 51, 5 / 17)),
        # (d) all apart: MUC finds no link of 9, and the answer has none; B³ recall (5/5 + 2/2 + 5/5)/12 = 1/4;
        # CEAF: 2/6 + 2/3 + 2/6 = 4/3: F = 2·(4/3)/15 = .178
        (tuple("123456789ABC"), (None, 0, 0), (1, 1 / 4, 2 / 5), (1 / 9, 4 / 9, 8 / 45)),
    ],
    ids=["two small", "two large", "one", "apart"],
)
def test_the_example_of_bagga_and_baldwin_and_of_luo(answer: tuple[str, ...], muc: Any, b3: Any, ceafe: Any) -> None:
    found = figures(TRUTH, resolved(*answer))
    assert found["muc"] == muc
    assert found["b3"] == pytest.approx(b3, abs=1e-15)
    assert found["ceafe"] == pytest.approx(ceafe, abs=1e-15)
    assert scores(TRUTH, resolved(*answer))["clusters.mean"]["value"] == pytest.approx(
        (muc[2] + b3[2] + ceafe[2]) / 3, abs=1e-15
    )


def test_the_example_of_moosavi_and_strube() -> None:
    # section 3 of the paper: key {a b c} {d e f g}, answer {a b} {c d} {f g h i}. Recall: 3 · 1/3 + 4 · 1/6 over 7 =
    # .24; precision: 2 · 1/1 + 2 · 0/1 + 4 · 1/6 over 8 = .33; F = .28
    key, answer = resolved("123", "4567"), resolved("12", "34", "6789")
    assert figures(key, answer)["lea"] == pytest.approx((1 / 3, 5 / 21, 2 / (3 + 21 / 5)), abs=1e-15)


@pytest.mark.parametrize(
    ("key", "answer", "recall", "precision"),
    [
        # Vilain et al. 1995, section 3: (|S| − |p(S)|)/(|S| − 1)
        (("1234",), ("12", "34"), (3 - 1) / 3, 2 / 2),
        (("12", "34"), ("1234",), 2 / 2, 2 / 3),
        (("1234",), ("1234",), 1, 1),
        (("1234",), ("12", "3", "4"), 1 / 3, 1),
        (("12", "3456"), ("12", "34", "56"), (1 + 2) / 4, 3 / 3),
        (("123", "4"), ("12", "34"), 1 / 2, 1 / 2),
    ],
)
def test_muc_by_hand(key: tuple[str, ...], answer: tuple[str, ...], recall: float, precision: float) -> None:
    assert figures(resolved(*key), resolved(*answer))["muc"][:2] == (precision, recall)


def test_a_singleton_is_a_link_to_itself() -> None:
    # gold 1, 2, 34; answer 1, 23, 4. LEA recall: 1 is found, 2 is no singleton there, 34 has its link cut: 1 of 4.
    # Precision: 1 is found, 23 is cut, 4 is no singleton in gold: 1 of 4
    assert figures(resolved("1", "2", "34"), resolved("1", "23", "4"))["lea"] == (1 / 4, 1 / 4, 1 / 4)


# --- oracles

Clusters = list[frozenset[int]]


def _lea(own: Clusters, other: Clusters) -> tuple[Fraction, int]:
    """The definition: Σ size · Σ_r link(k ∩ r)/link(k), the link of a singleton being that with itself."""
    total = Fraction(0)
    for k in own:
        if len(k) == 1:
            total += k in other
        else:
            links = {frozenset(pair) for pair in itertools.combinations(sorted(k), 2)}
            found = {link for link in links for r in other if link <= r}
            total += Fraction(len(k) * len(found), len(links))
    return total, sum(map(len, own))


def _muc(own: Clusters, other: Clusters) -> tuple[Fraction, int]:
    known = {m for r in other for m in r}
    parts = [sum(bool(k & r) for r in other) + len(k - known) for k in own]
    return Fraction(sum(len(k) - n for k, n in zip(own, parts, strict=True))), sum(len(k) - 1 for k in own)


def _b3(own: Clusters, other: Clusters) -> tuple[Fraction, int]:
    pairs = [(m, k) for k in own for m in k]
    found = [Fraction(len(k & next((r for r in other if m in r), frozenset())), len(k)) for m, k in pairs]
    return sum(found, Fraction(0)), len(pairs)


def _ceafe(own: Clusters, other: Clusters) -> tuple[Fraction, int]:
    few, many = sorted((own, other), key=len)
    best = max(
        sum((Fraction(2 * len(a & b), len(a) + len(b)) for a, b in zip(few, chosen, strict=True)), Fraction(0))
        for chosen in itertools.permutations(many, len(few))
    )
    return best, len(own)


ORACLES = {"lea": _lea, "muc": _muc, "b3": _b3, "ceafe": _ceafe}
MAPS = st.dictionaries(st.integers(0, 6), st.integers(0, 3), min_size=1)


def partitioned(names: Mapping[int, int], document: str = "d") -> Document:
    groups = [[m for m, e in sorted(names.items()) if e == entity] for entity in range(4)]
    return resolved(*("".join(ALPHABET[m] for m in group) for group in groups if group), name=document)


def clusters(names: Mapping[int, int]) -> Clusters:
    return [frozenset(m for m in names if names[m] == e) for e in sorted(set(names.values()))]


@settings(LAW, max_examples=300)
@given(MAPS, MAPS)
def test_the_scores_are_their_definitions(gold: dict[int, int], guess: dict[int, int]) -> None:
    found = scores(partitioned(gold), partitioned(guess))
    ours, theirs = clusters(gold), clusters(guess)
    values = []
    for name, oracle in ORACLES.items():
        (recalled, n), (precise, m) = oracle(ours, theirs), oracle(theirs, ours)
        recall, precision = (float(h / k) if k else None for h, k in ((recalled, n), (precise, m)))
        score = found[f"clusters.{name}"]
        assert (score["precision"], score["recall"]) == (precision, recall), name
        assert (score["counts"]["predicted"], score["counts"]["gold"]) == (m, n)
        total = Fraction(0) if not n or not m else recalled / n + precise / m
        f1 = None if n + m == 0 else float(2 * (recalled / n) * (precise / m) / total) if total else 0.0
        assert score["f1"] == f1
        values += [f1] if name != "lea" and f1 is not None else []
    assert found["clusters.mean"]["value"] == pytest.approx(sum(values) / len(values), abs=1e-15)


# --- laws


@LAW
@given(MAPS)
def test_oneself_is_one_and_singletons_alone_have_no_links(gold: dict[int, int]) -> None:
    one = partitioned(gold)
    found = scores(one, one)
    alone = len(set(gold.values())) == len(gold)
    for name in NAMES:
        wanted = None if name == "muc" and alone else 1.0
        assert prf(found[f"clusters.{name}"]) == (wanted,) * 3, name
    assert found["clusters.mean"]["value"] == 1


@LAW
@given(MAPS, MAPS)
def test_swapping_sides_swaps_precision_and_recall(gold: dict[int, int], guess: dict[int, int]) -> None:
    there, back = (figures(partitioned(a), partitioned(b)) for a, b in ((gold, guess), (guess, gold)))
    for name in NAMES:
        assert there[name] == (back[name][1], back[name][0], back[name][2])


@LAW
@given(MAPS, MAPS, st.permutations(range(4)), st.randoms(use_true_random=False))
def test_names_and_order_of_entities_do_not_matter(
    gold: dict[int, int], guess: dict[int, int], names: list[int], shuffler: Any
) -> None:
    renamed = partitioned({m: names[e] for m, e in guess.items()})
    mixed = replace(renamed, mentions=tuple(shuffler.sample(renamed.mentions, len(renamed.mentions))))
    assert figures(partitioned(gold), mixed) == figures(partitioned(gold), partitioned(guess))


@LAW
@given(st.lists(st.tuples(MAPS, MAPS), min_size=2, max_size=4))
def test_documents_add_up(listed: list[tuple[dict[int, int], dict[int, int]]]) -> None:
    sides = [[partitioned(pair[at], str(n)) for n, pair in enumerate(listed)] for at in range(2)]
    whole = scores(*sides)
    for name, oracle in ORACLES.items():
        recalled = [oracle(clusters(gold), clusters(guess)) for gold, guess in listed]
        hits, total = sum((h for h, _ in recalled), Fraction(0)), sum(n for _, n in recalled)
        assert whole[f"clusters.{name}"]["recall"] == (float(hits / total) if total else None)


def test_a_perfect_all_singleton_answer_is_one() -> None:
    # 0.667 where MUC's 0/0 is taken for 0
    one = resolved(*"1234")
    assert scores(one, one)["clusters.mean"]["value"] == 1
    # but links where gold has none are an error of MUC: P = 0/1, R null, F = 0
    found = scores(one, resolved("12", "3", "4"))
    assert prf(found["clusters.muc"]) == (0.0, None, 0.0)
    assert found["clusters.mean"]["value"] < 2 / 3


# --- what takes part


def test_values_are_left_out() -> None:
    gold = resolved("12", "AB", "C", A="DATE", B="DATE", C="NUMBER")
    # of gold 12 is left; the answer has ABC besides, for it calls them P
    assert scores(gold, resolved("12", "ABC"))["clusters.b3"]["counts"] == {"hits": 2, "predicted": 5, "gold": 2}
    assert scores(gold, gold)["clusters.b3"]["counts"]["gold"] == 2


def test_a_mention_that_is_not_there_costs_recall_or_precision() -> None:
    # gold 123, answer 124. B³: 2·2/3 of 3 on either side; LEA: one link of three; MUC: 1 of 2; CEAF 4/6
    found = figures(resolved("123"), resolved("124"))
    assert found["b3"] == pytest.approx((4 / 9, 4 / 9, 4 / 9), abs=1e-15)
    assert found["lea"] == pytest.approx((1 / 3, 1 / 3, 1 / 3), abs=1e-15)
    assert found["muc"] == (1 / 2, 1 / 2, 1 / 2)
    assert found["ceafe"] == pytest.approx((2 / 3, 2 / 3, 2 / 3), abs=1e-15)


def test_the_type_is_free_and_of_copies_the_first_counts() -> None:
    gold = resolved("12", "3")
    guess = resolved("12", "3", kind="Q")
    assert figures(gold, guess)["b3"] == (1, 1, 1)
    twice = replace(guess, mentions=(*guess.mentions, *guess.mentions))
    assert figures(gold, twice) == figures(gold, guess)


def test_without_ids_on_either_side_there_is_no_score() -> None:
    gold = resolved("12", "3")
    bare = replace(gold, mentions=tuple(Mention(start=m.start, end=m.end, type=m.type) for m in gold.mentions))
    for one, other in ((gold, bare), (bare, gold), (bare, bare)):
        assert not [name for name in scores(one, other) if name.startswith("clusters.")]
    # but where one document of a run has them, the others count as empty
    golds = [replace(gold, id=name) for name in "ab"]
    found = result(golds, [replace(gold, id="a"), replace(bare, id="b")]).scores
    assert prf(found["clusters.b3"]) == (1.0, 1 / 2, 2 / 3)
    # and documents of gold without ids are outside
    found = result([golds[0], replace(bare, id="b")], golds).scores
    assert prf(found["clusters.b3"]) == (1.0, 1.0, 1.0)


def test_intervals_are_over_documents() -> None:
    golds = [resolved("12", "34", name=f"{n:02}") for n in range(12)]
    guesses = [resolved("12", "34", name=f"{n:02}") if n % 2 else resolved("1234", name=f"{n:02}") for n in range(12)]
    found = scores(golds, guesses, draws=200)
    for name in (*NAMES, "mean"):
        low, high = found[f"clusters.{name}"]["interval"]
        assert low < found[f"clusters.{name}"]["value"] < high, name
    assert scores(golds[:9], guesses[:9], draws=200)["clusters.mean"]["interval"] is None
