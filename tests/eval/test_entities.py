"""The entity scores by hand: every number is derived from the definitions in a comment.

A letter below the text is one code point of a mention, and the mention's type.
"""

from __future__ import annotations

from typing import Any

import pytest

from goldwire.corpus.document import Block, Document, Mention
from tests.eval.cases.records import SCHEMES, by_block, document, mentions, prf, scores, semeval, warned

#           0         1         2         3
GOLD = "AAAA BBBB  CCCCCC   DD       G"
GUESS = "AAAA CCCC  CCC     EE   FF     "
# gold  A [0,4)  B [5,9)  C [11,17)  D [20,22)           G [29,30)
# guess A [0,4)  C [5,9)  C [11,14)  E [19,21)  F [24,26)
# pairs: equal; equal span; inside, equal type; one character in common; F and G alone


@pytest.fixture(scope="module")
def case() -> dict[str, Any]:
    return scores(document(GOLD), document(GUESS))


@pytest.mark.parametrize(
    ("scheme", "expected"),
    [
        # COR, INC, PAR, MIS, SPU
        ("strict", (1, 3, 0, 1, 1)),  # A | B, C, D overlap and are not equal | G | F
        ("exact", (2, 2, 0, 1, 1)),  # A, B | C, D
        ("type", (2, 2, 0, 1, 1)),  # A, C | B, D
        ("partial", (2, 0, 2, 1, 1)),  # A, B | C, D overlap
    ],
)
def test_semeval_counts(case: dict[str, Any], scheme: str, expected: tuple[int, ...]) -> None:
    score = case[f"entities.{scheme}"]
    assert semeval(score) == expected
    # POSSIBLE = COR + INC + PAR + MIS, ACTUAL = COR + INC + PAR + SPU
    assert (score["counts"]["gold"], score["counts"]["predicted"]) == (5, 5)


@pytest.mark.parametrize(
    ("scheme", "expected"),
    [
        ("strict", (1 / 5, 1 / 5, 2 / 10)),
        ("exact", (2 / 5, 2 / 5, 4 / 10)),
        ("type", (2 / 5, 2 / 5, 4 / 10)),
        ("partial", (3 / 5, 3 / 5, 6 / 10)),  # 2 + 2 · ½ of 5
        # gold has 4 + 4 + 6 + 2 + 1 = 17 (position, type), the guess 4 + 4 + 3 + 2 + 2 = 15; in common A 4, C 3
        ("soft", (7 / 15, 7 / 17, 14 / 32)),
    ],
)
def test_precision_recall_and_f1(case: dict[str, Any], scheme: str, expected: tuple[float, ...]) -> None:
    assert prf(case[f"entities.{scheme}"]) == expected
    assert case[f"entities.{scheme}"]["value"] == expected[2]


def test_sides_of_unlike_size() -> None:
    # 1 hit, 4 predicted, 2 gold: P = 1/4, R = 1/2, F1 = 2/6
    found = scores(document("AA  BB"), document("AA  CC  DD  EE"))["entities.strict"]
    assert prf(found) == (1 / 4, 1 / 2, 2 / 6)


def test_recall_goes_by_gold_type_and_precision_by_predicted_type(case: dict[str, Any]) -> None:
    # exact: gold B is hit, by a guess of type C. So R(B) = 1/1 and P(C) = 1/2: C [5,9) is a hit, C [11,14) is none
    by_type = case["entities.exact"]["by_type"]
    assert (by_type["B"]["recall"], by_type["B"]["precision"]) == (1.0, None)
    assert (by_type["C"]["recall"], by_type["C"]["precision"]) == (0.0, 1 / 2)
    # partial: C [11,14) is half a hit, so P(C) = 1.5/2 and R(C) = 0.5/1
    by_type = case["entities.partial"]["by_type"]
    assert (by_type["C"]["recall"], by_type["C"]["precision"]) == (1 / 2, 3 / 4)


def test_by_type_has_every_type_of_either_side(case: dict[str, Any]) -> None:
    for scheme in (*SCHEMES, "soft"):
        assert list(case[f"entities.{scheme}"]["by_type"]) == list("ABCDEFG")


def test_counts_by_type_add_up_to_the_whole(case: dict[str, Any]) -> None:
    for scheme in SCHEMES:
        score = case[f"entities.{scheme}"]
        parts = [semeval(part) for part in score["by_type"].values()]
        assert tuple(map(sum, zip(*parts, strict=True))) == semeval(score)


def test_f1_by_type_is_null_only_without_gold_and_predictions(case: dict[str, Any]) -> None:
    # G: one gold mention, no prediction: P is 0/0, F1 = 0/1. F: the other way round
    by_type = case["entities.strict"]["by_type"]
    assert prf(by_type["G"]) == (None, 0.0, 0.0)
    assert prf(by_type["F"]) == (0.0, None, 0.0)
    # exact: B is hit by a guess of another type, so R is 1 and P is 0/0; p + g = 1, so F1 is not null
    assert prf(case["entities.exact"]["by_type"]["B"]) == (None, 1.0, 0.0)


def test_macro_type_is_the_mean_over_the_types_of_gold(case: dict[str, Any]) -> None:
    # strict: A 1; B, D, G 0; C has 1 gold mention, 2 predictions, no hit: 0. E and F are no types of gold
    assert case["entities.strict"]["macro_type"] == 1 / 5
    # type: A 1; C 1 hit, 2 predicted, 1 gold: 2/3; B, D, G 0
    assert case["entities.type"]["macro_type"] == pytest.approx((1 + 2 / 3) / 5, abs=1e-15)


def test_macro_document_is_the_mean_over_documents_of_what_is_defined() -> None:
    # F1 of 1, of 2·1/(1+3) = 1/2, and null: mean 3/4, one undefined; micro: 2·2/(2+4) = 2/3
    gold = [document("A", name="1"), document("A", name="2"), document(name="3")]
    guess = [document("A", name="1"), document("A B C", name="2"), document(name="3")]
    found = scores(gold, guess)["entities.strict"]
    assert (found["macro_document"], found["undefined_documents"], found["f1"]) == (3 / 4, 1, 2 / 3)


@pytest.mark.parametrize(
    ("gold", "guess", "expected"),
    [
        ("", "", (None, None, None)),
        ("AA", "", (None, 0.0, 0.0)),
        ("", "AA", (0.0, None, 0.0)),
        ("AA", "  BB", (0.0, 0.0, 0.0)),
        ("AA", "AA", (1.0, 1.0, 1.0)),
    ],
    ids=["nothing", "gold only", "predicted only", "no hit", "equal"],
)
@pytest.mark.parametrize("scheme", [*SCHEMES, "soft"])
def test_null_is_nothing_over_nothing(scheme: str, gold: str, guess: str, expected: tuple[float | None, ...]) -> None:
    found = scores(document(gold), document(guess))[f"entities.{scheme}"]
    assert prf(found) == expected
    assert found["value"] == expected[2]


def test_macro_type_without_gold_types_is_null() -> None:
    assert scores(document(""), document("AA"))["entities.strict"]["macro_type"] is None


def test_nested_and_crossing_mentions_are_matched_each_to_its_own() -> None:
    nested = ("AAAAAAAAAA", "BBBB", "  CCCC", " A")
    found = scores(document(*nested), document(*reversed(nested)))
    assert [semeval(found[f"entities.{scheme}"]) for scheme in SCHEMES] == [(4, 0, 0, 0, 0)] * 4


def test_soft_takes_sets_so_nesting_of_one_type_counts_once() -> None:
    # gold: A at 0…5 (twice over 2…3), B at 2…3: 6 + 2 = 8. guess: A at 0…3, B at 2…5: 4 + 4 = 8; in common A 4, B 2
    found = scores(document("AAAAAA", "  A", "  BB"), document("AAAA", "  BBBB"))["entities.soft"]
    assert prf(found) == (6 / 8, 6 / 8, 12 / 16)


def test_soft_by_ranks_is_soft_by_offsets(monkeypatch: pytest.MonkeyPatch) -> None:
    # gold: 3…8 of A; guess: 4…9 of A and, where no text says how far it goes, 10 characters of B: 5 in common
    far = Mention(start=2**38, end=2**38 + 10, type="B")
    gold = Document(id="d", mentions=(Mention(start=3, end=9, type="A"),))
    guess = Document(id="d", mentions=(Mention(start=4, end=10, type="A"), far))
    lines = lines_document((4, 22, "A"), (4, 9, "B")), lines_document((9, 14, "A"), (0, 20, "B"))
    for most in (60, 0):  # 0: always by ranks
        monkeypatch.setattr("goldwire.eval.entities._MOST_BITS", most)
        assert prf(scores(gold, guess)["entities.soft"]) == (5 / 16, 5 / 6, 10 / 22)
        assert prf(scores(*lines)["entities.soft"])[:2] == (10 / 25, 10 / 23)
        assert by_block(*lines, "entities.soft")


def test_a_discontinuous_mention_is_scored_by_its_hull_and_counted() -> None:
    hull = Mention(start=0, end=8, type="A", spans=((0, 3), (5, 8)))
    gold = Document(id="d", text="abc-- def", mentions=(hull,))
    whole = Document(id="d", mentions=(Mention(start=0, end=8, type="A"),))
    found = scores(gold, whole)
    assert found["entities.strict"]["f1"] == 1
    assert found["entities.soft"]["counts"]["gold"] == 8
    assert warned(gold, whole)["discontinuous"] == 1
    assert warned(gold, gold)["discontinuous"] == 2
    assert "discontinuous" not in warned(Document(id="d", text="abc-- def", mentions=whole.mentions), whole)


def test_recall_by_form_depth_and_tenth_of_the_text() -> None:
    text = "x" * 20  # a tenth is two characters
    gold = Document(
        id="d",
        text=text,
        mentions=(
            Mention(start=0, end=8, type="A", form="name"),  # depth 1, tenth 1
            Mention(start=2, end=6, type="A", form="nominal"),  # depth 2, tenth 2
            Mention(start=3, end=5, type="A", form="name"),  # depth 3, tenth 2
            Mention(start=3, end=5, type="B"),  # depth 3, tenth 2; no form
            Mention(start=19, end=20, type="A", form="name"),  # depth 1, tenth 10
        ),
    )
    guess = Document(id="d", mentions=(*mentions("AAAAAAAA"), *mentions("  AAAA"), Mention(start=18, end=20, type="A")))
    # hits: [0,8) and [2,6). [18,20) overlaps [19,20): half a point in partial.
    # the two at [3,5) overlap predictions that have better partners
    by = scores(gold, guess)["entities.strict"]["by"]
    assert {form: part["recall"] for form, part in by["form"].items()} == {"name": 1 / 3, "nominal": 1.0}
    assert {depth: part["recall"] for depth, part in by["depth"].items()} == {"1": 1 / 2, "2": 1.0, "3": 0.0}
    assert list(by["position"]) == [str(tenth) for tenth in range(1, 11)]
    found = {tenth: part["recall"] for tenth, part in by["position"].items() if part["recall"] is not None}
    assert found == {"1": 1.0, "2": 1 / 3, "10": 0.0}
    by = scores(gold, guess)["entities.partial"]["by"]
    assert by["depth"]["1"]["recall"] == 3 / 4
    assert by["position"]["10"]["recall"] == 1 / 2


LINES = "one two\n\nthree four\nfive"
#        0123456 7 8 9          20
# cells: [0, 9) holds the first line, [9, 20) the second, [20, 24) the third


def lines_document(*spans: tuple[int, int, str], **layers: Any) -> Document:
    listed = tuple(Mention(start=start, end=end, type=kind) for start, end, kind in spans)
    return Document(id="d", text=LINES, mentions=listed, **layers)


@pytest.mark.parametrize(
    ("gold", "guess", "expected"),
    [
        # block: (hits, predicted, gold)
        ([(0, 3, "A")], [(0, 3, "A")], {0: (1, 1, 1)}),
        ([(9, 14, "A")], [(4, 14, "A")], {1: (0, 1, 1)}),  # the guess begins in block 0 and is booked with its gold
        ([(4, 14, "A")], [(9, 14, "A")], {0: (0, 1, 1)}),
        ([], [(4, 14, "A")], {0: (0, 1, 0)}),  # spurious: its own block, that of its first character
        ([(0, 3, "A")], [(20, 24, "A")], {0: (0, 0, 1), 2: (0, 1, 0)}),
        ([], [(8, 12, "A")], {0: (0, 1, 0)}),  # a blank line belongs to the block before it
        ([], [(19, 20, "A")], {1: (0, 1, 0)}),
        ([(4, 22, "A")], [(4, 22, "A")], {0: (1, 1, 1)}),  # matched over the whole document
    ],
    ids=["equal", "pair", "pair, turned", "spurious", "apart", "blank line", "line end", "over three lines"],
)
def test_pairs_are_booked_in_the_block_of_the_gold_mention(
    gold: list[tuple[int, int, str]], guess: list[tuple[int, int, str]], expected: dict[int, tuple[int, int, int]]
) -> None:
    assert by_block(lines_document(*gold), lines_document(*guess), "entities.strict") == expected


def test_characters_of_soft_are_booked_where_they_stand() -> None:
    # gold [4, 22): 5 characters in block 0, 11 in block 1, 2 in block 2; the guess has [9, 14)
    found = by_block(lines_document((4, 22, "A")), lines_document((9, 14, "A")), "entities.soft")
    assert found == {0: (0, 0, 5), 1: (5, 5, 11), 2: (0, 0, 2)}


def test_blocks_of_gold_take_the_place_of_lines() -> None:
    blocks = (Block(kind="headline", start=0, end=19), Block(kind="paragraph", start=20, end=24))
    gold = lines_document((9, 14, "A"), (20, 24, "B"), blocks=blocks)
    assert by_block(gold, lines_document(), "entities.strict") == {0: (0, 0, 1), 1: (0, 0, 1)}


FLAT = "AAAA   BBBB   CCCC   "
# three mentions far from each other, so that what happens to the second touches nothing else


def shifted(kind: str, by: int) -> str:
    """The second mention with another type or place."""
    return "AAAA" + " " * (3 + by) + kind * 4 + " " * (3 - by) + "CCCC   "


CHANGES = {
    # of (COR, INC, PAR, MIS, SPU): strict, exact, type, partial; then soft's (hits, predicted)
    "shifted right by one": (shifted("B", 1), (-1, 1, 0), (-1, 1, 0), (0, 0, 0), (-1, 0, 1), 0, 0, (-1, 0)),
    "shifted left by one": (shifted("B", -1), (-1, 1, 0), (-1, 1, 0), (0, 0, 0), (-1, 0, 1), 0, 0, (-1, 0)),
    "shorter by one": ("AAAA   BBB    CCCC", (-1, 1, 0), (-1, 1, 0), (0, 0, 0), (-1, 0, 1), 0, 0, (-1, -1)),
    "longer by one": ("AAAA   BBBBB  CCCC", (-1, 1, 0), (-1, 1, 0), (0, 0, 0), (-1, 0, 1), 0, 0, (0, 1)),
    "renamed": (shifted("X", 0), (-1, 1, 0), (0, 0, 0), (-1, 1, 0), (0, 0, 0), 0, 0, (-4, 0)),
    "renamed to its neighbour's type": (shifted("A", 0), (-1, 1, 0), (0, 0, 0), (-1, 1, 0), (0, 0, 0), 0, 0, (-4, 0)),
    "renamed and shifted": (shifted("X", 1), (-1, 1, 0), (-1, 1, 0), (-1, 1, 0), (-1, 0, 1), 0, 0, (-4, 0)),
    "doubled": (FLAT + "\n       BBBB", (0, 0, 0), (0, 0, 0), (0, 0, 0), (0, 0, 0), 0, 1, (0, 0)),
    "tripled": (FLAT + "\n       BBBB\n       BBBB", (0, 0, 0), (0, 0, 0), (0, 0, 0), (0, 0, 0), 0, 2, (0, 0)),
    "doubled under another type": (FLAT + "\n       XXXX", (0, 0, 0), (0, 0, 0), (0, 0, 0), (0, 0, 0), 0, 1, (0, 4)),
    "left out": ("AAAA          CCCC", (-1, 0, 0), (-1, 0, 0), (-1, 0, 0), (-1, 0, 0), 1, 0, (-4, -4)),
    "moved away": ("AAAA          CCCC   BBBB", (-1, 0, 0), (-1, 0, 0), (-1, 0, 0), (-1, 0, 0), 1, 1, (-4, 0)),
    "moved until it only touches": (
        "AAAA       BBBCCCC", (-1, 0, 0), (-1, 0, 0), (-1, 0, 0), (-1, 0, 0), 1, 1, (-4, -1),
    ),
    "with one more where gold has none": (
        FLAT + "BB", (0, 0, 0), (0, 0, 0), (0, 0, 0), (0, 0, 0), 0, 1, (0, 2),
    ),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_one_mention_changed_changes_these_counts_and_no_others(change: str) -> None:
    drawn, *paired, missed, spurious, (soft_hits, soft_predicted) = CHANGES[change]
    gold = document(FLAT)
    before, after = scores(gold, gold), scores(gold, document(*drawn.split("\n")))
    for scheme, (correct, incorrect, partial) in zip(SCHEMES, paired, strict=True):
        old, new = (semeval(found[f"entities.{scheme}"]) for found in (before, after))
        difference = tuple(b - a for a, b in zip(old, new, strict=True))
        assert difference == (correct, incorrect, partial, missed, spurious), scheme
        counts = after[f"entities.{scheme}"]["counts"]
        assert counts["gold"] == 3
        assert counts["predicted"] == 3 - missed + spurious
        assert counts["hits"] == 3 + correct + partial / 2
    old, new = (found["entities.soft"]["counts"] for found in (before, after))
    assert (new["hits"] - old["hits"], new["predicted"] - old["predicted"]) == (soft_hits, soft_predicted)
    assert new["gold"] == 12
