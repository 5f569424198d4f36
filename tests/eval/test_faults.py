"""Each fault of published scorers that applies to what there is, as a test that it is not one of this scorer."""

from __future__ import annotations

import itertools
import json

import pytest
from msgspec.structs import replace
from rich.console import Console

from goldwire.corpus.document import Document, Entity, Mention, Quote, Section
from goldwire.eval.comparison import differences
from goldwire.eval.measures import MEASURES
from goldwire.eval.report.leaderboard import Entry, leaderboard, scoreboard
from goldwire.eval.scorer import Scorer
from tests.eval.cases.records import SCHEMES, TEXT, document, mentions, prf, result, scores, semeval, warned


@pytest.mark.parametrize("scheme", SCHEMES)
def test_predictions_given_twice_are_not_hits_twice(scheme: str) -> None:
    found = scores(document("AAA"), document("AAA", "AAA"))[f"entities.{scheme}"]
    assert prf(found) == (1 / 2, 1.0, 2 / 3)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_predictions_given_twice_are_not_hits_on_two_gold_mentions(scheme: str) -> None:
    found = scores(document("AAA AAA"), document("AAAAAAA", "AAAAAAA"))[f"entities.{scheme}"]
    assert found["counts"]["spurious"] == 1


def test_a_p_is_not_one_sided_with_the_side_chosen_by_the_data() -> None:
    golds = [replace(document("AA B"), id=f"d{at:02}") for at in range(12)]
    tallies = []
    for right in (9, 3):
        scorer = Scorer()
        for at, gold in enumerate(golds):
            scorer.add(gold, replace(document("AA" if at < right else "BB"), id=gold.id))
        tallies.append(scorer.shard().tally)
    strict = [MEASURES["entities.strict"]]
    [one], [other] = (differences(a, [b], strict, draws=500, seed=0) for a, b in (tallies, tallies[::-1]))
    ours, theirs = one["entities.strict"], other["entities.strict"]
    assert ours.difference == -(theirs.difference or 0) != 0
    assert (ours.bootstrap_p, ours.randomisation_p) == (theirs.bootstrap_p, theirs.randomisation_p)
    # six documents differ, all one way: 2 of the 2**6 exchanges of these are as far apart, one on either side
    assert ours.randomisation_p == pytest.approx(2 / 2**6, abs=0.02)


def test_duplicates_are_not_swallowed_by_sets() -> None:
    assert scores(document("AAA"), document("AAA", "AAA"))["entities.strict"]["counts"]["predicted"] == 2
    one = Quote(kind="direct", content=((0, 3),))
    gold, guess = (Document(id="d", text="abc", quotes=(one,) * n) for n in (1, 3))
    assert prf(scores(gold, guess)["quotes.content.exact"]) == (1 / 3, 1.0, 2 / 4)


def test_the_assignment_does_not_depend_on_input_order() -> None:
    rows = ["AAAAAA", "  BBBB", "    AAAA", " A"]
    found = [
        semeval(scores(document(*gold), document("AAAA", "   BBBB", "     AAA"))[f"entities.{scheme}"])
        for scheme in SCHEMES
        for gold in itertools.permutations(rows)
    ]
    assert all(len(set(found[at : at + 24])) == 1 for at in range(0, len(found), 24))


@pytest.mark.parametrize("scheme", [*SCHEMES, "soft"])
def test_pairs_with_no_overlap_earn_no_credit(scheme: str) -> None:
    # the prediction touches both, in type and in place
    found = scores(document("AAA  AAA"), document("   AA"))[f"entities.{scheme}"]
    assert prf(found) == (0.0, 0.0, 0.0)


def test_predicting_the_whole_text_does_not_win() -> None:
    # 40 letters, two quotes of 10: the whole text covers both, with half of its ink
    gold = Document(id="d", text="x" * 40, quotes=tuple(Quote(kind="a", content=((s, s + 10),)) for s in (0, 20)))
    whole = Document(id="d", quotes=(Quote(kind="a", content=((0, 40),)),))
    found = scores(gold, whole)
    assert found["quotes.content.jm"]["precision"] == 20 / 40
    assert prf(found["quotes.quote"]) == (0.0, 0.0, 0.0)  # s = 20/50 for either
    # soft: P = 10/40, R = (10/10 + 0)/2
    assert (found["quotes.content.soft"]["precision"], found["quotes.content.soft"]["recall"]) == (1 / 4, 1 / 2)
    mention = scores(document("AAAA    AAAA", text="x" * 40), document("A" * 40, text="x" * 40))["entities.soft"]
    assert mention["precision"] == 8 / 40


def test_an_empty_prediction_does_not_have_precision_one() -> None:
    for name, score in scores(document("AAA"), document("")).items():
        assert (score["precision"], score["recall"]) == (None, 0.0), name


def test_precision_and_recall_are_not_exchanged() -> None:
    # 1 of 1 predicted is right, 1 of 3 in gold is found
    found = scores(document("AAA BBB CCC"), document("AAA"))
    for scheme in SCHEMES:
        assert prf(found[f"entities.{scheme}"]) == (1.0, 1 / 3, 2 / 4)


def test_a_text_of_one_section_is_scored_and_asks_for_no_greatest_of_none() -> None:
    text = "one\ntwo"
    one = Document(id="d", text=text, sections=(Section(heading=None, body=(0, 7), paragraphs=((0, 3), (4, 7))),))
    found = scores(one, one)
    assert prf(found["sections.section"]) == (1.0, 1.0, 1.0)
    assert found["sections.b"]["value"] is None
    assert prf(found["sections.boundary"]) == (None, None, None)


def test_default_windows_do_not_round_half_to_even() -> None:
    # two sections of 9: half a mean one is 4.5, rounded half up 5, so 18 - 5 windows; to even it would be 4, and 14
    text = "\n".join("abcdefghijklmnopqr")
    lines = tuple((2 * n, 2 * n + 1) for n in range(18))
    halves = [lines[:9], lines[9:]]
    sections = tuple(Section(heading=None, body=(p[0][0], p[-1][1]), paragraphs=p) for p in halves)
    found = scores(*[Document(id="d", text=text, sections=sections)] * 2)
    for name in ("sections.window-diff", "sections.pk"):
        assert found[name]["counts"]["gold"] == 18 - 5


def test_a_perfect_all_singleton_answer_is_not_two_thirds() -> None:
    # B³ and CEAF are 1; MUC has no link to find, so it is null and no part of the mean, not 0
    alone = entities_apart("AAA BBB CCC")
    found = scores(alone, alone)
    assert found["clusters.muc"]["value"] is None
    assert [found[f"clusters.{name}"]["value"] for name in ("lea", "b3", "ceafe", "mean")] == [1.0] * 4


def entities_apart(row: str) -> Document:
    """Each mention is the only one of an entity of its own."""
    found = tuple(replace(m, entity=f"e{n}") for n, m in enumerate(mentions(row)))
    kinds = tuple(Entity(id=f"e{n}", type="A") for n in range(len(found)))
    return Document(id="d", text=TEXT, mentions=found, entities=kinds)


def test_a_prediction_of_another_type_does_not_use_up_a_gold_span() -> None:
    # both predictions have gold's span; the one of its type is the hit, whichever comes first
    for rows in (["BBB", "AAA"], ["AAA", "BBB"]):
        found = scores(document("AAA"), document(*rows))
        for scheme in SCHEMES:
            assert semeval(found[f"entities.{scheme}"]) == (1, 0, 0, 0, 1)
    # nor where it is longer and comes first in span order
    found = scores(document("  AAA"), document(" BBBBB", "  AAA"))
    assert semeval(found["entities.strict"]) == (1, 0, 0, 0, 1)


def test_partial_credit_is_not_forgotten_when_documents_are_merged() -> None:
    # 2 equal in one document, 3 overlaps in the other: (2 + 3 · 1/2)/5 = 0.7 of either side
    golds = [document("AAA BBB", name="1"), document("AAA BBB CCC", name="2")]
    guesses = [document("AAA BBB", name="1"), document("AA  BB  CC", name="2")]
    assert prf(scores(golds, guesses)["entities.partial"]) == (0.7, 0.7, 0.7)


def test_documents_are_not_aligned_by_position() -> None:
    golds = [document("AAA", name="1"), document("   BBB", name="2"), document("CCC", name="3")]
    guesses = [golds[2], golds[1]]  # one left out, the rest turned round
    assert prf(scores(golds, guesses)["entities.strict"]) == (1.0, 2 / 3, 4 / 5)


def test_unknown_labels_are_not_dropped_without_a_word() -> None:
    gold, guess = document("AAA"), document("AAA XXX")
    assert scores(gold, guess)["entities.strict"]["counts"]["spurious"] == 1
    assert warned(gold, guess, labels={"A": "A"}) == {"unknown-label": 1}
    assert scores(gold, guess, labels={"A": "A"})["entities.strict"]["counts"]["spurious"] == 1


@pytest.mark.parametrize("guess", [document(""), document("AAA")], ids=["nothing", "one prediction"])
def test_an_article_without_entities_crashes_no_report(guess: Document) -> None:
    found = result(document(""), guess, draws=20)
    console = Console(width=160, record=True)
    with console.capture():
        console.print(scoreboard(found))
        console.print(leaderboard([Entry("x", found)]))
    assert json.loads(json.dumps(found.to_dict())) == found.to_dict()
    assert list(found.to_frame().index) == list(found.scores)
    assert list(found.to_frame(per_document=True).index) == ["d"]


def test_a_seed_of_zero_is_a_seed() -> None:
    text = "\n".join(["line"] * 30)
    gold = document(*[" " * (5 * n) + "A" for n in range(30)], text=text)
    guess = Document(id="d", mentions=tuple(m for n, m in enumerate(gold.mentions or ()) if n % 3))
    once, again, other = (
        scores(gold, guess, draws=200, seed=seed)["entities.strict"]["interval"] for seed in (0, 0, 1)
    )
    assert once == again
    assert once != other
    assert "|seed:0" in scores(gold, guess, draws=200)["entities.strict"]["signature"]


def test_a_perfect_answer_is_perfect_whatever_its_order() -> None:
    gold = document("AAAAAA", "  BBB", "      CC")
    backwards = Document(id="d", mentions=tuple(reversed(gold.mentions or ())))
    for scheme in (*SCHEMES, "soft"):
        assert prf(scores(gold, backwards)[f"entities.{scheme}"]) == (1.0, 1.0, 1.0)


def test_one_prediction_over_a_hundred_gold_mentions_is_one_pair() -> None:
    gold = Document(
        id="d", text="x" * 300, mentions=tuple(Mention(start=3 * n, end=3 * n + 2, type="A") for n in range(100))
    )
    whole = Document(id="d", mentions=(Mention(start=0, end=300, type="A"),))
    assert semeval(scores(gold, whole)["entities.type"]) == (1, 0, 0, 99, 0)
