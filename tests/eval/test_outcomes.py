"""Outcomes one by one agree with the sums of the judge; mentions are shown in their lines."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldwire.corpus.document import Document, Entity, Mention, Quote
from goldwire.eval.context import in_line
from goldwire.eval.errors import CLASSES
from goldwire.eval.failings import failings
from goldwire.eval.labels import as_label_map
from goldwire.eval.outcomes import Outcome, mention_outcomes, quote_outcomes
from goldwire.eval.views import parse_view
from tests.eval.cases.records import TEXT, document, quote, result, scores
from tests.strategies import LAW

MENTIONS = st.lists(
    st.builds(
        lambda start, length, kind: Mention(start=start, end=start + length, type=kind, form="name"),
        st.integers(0, 10),
        st.integers(1, 5),
        st.sampled_from("AB"),
    ),
    max_size=6,
    unique=True,
)


@LAW
@given(st.lists(st.tuples(MENTIONS, MENTIONS), min_size=1, max_size=3), st.sampled_from(["all", "outermost", "names"]))
def test_the_classes_of_mentions_are_those_of_the_judge(
    sides: list[tuple[list[Mention], list[Mention]]], view: str
) -> None:
    golds = [Document(id=str(at), text=TEXT, mentions=tuple(ours)) for at, (ours, _) in enumerate(sides)]
    guesses = [Document(id=str(at), mentions=tuple(theirs)) for at, (_, theirs) in enumerate(sides)]
    found = Counter(one.error for one in mention_outcomes(zip(golds, guesses, strict=True), None, parse_view(view)))
    assert {name: found[name] for name in CLASSES} == scores(golds, guesses, view=view)["entities.strict"]["errors"][
        "classes"
    ]


QUOTES = st.lists(
    st.builds(
        lambda start, length, speaker: Quote(
            kind="direct", content=((start, start + length),), speaker_entity=speaker, speaker=None
        ),
        st.integers(0, 20),
        st.integers(1, 6),
        st.sampled_from(["one", "other", None]),
    ),
    min_size=1,
    max_size=4,
    unique=True,
)
CAST = (Entity(id="one", type="PERSON", wikidata="Q1"), Entity(id="other", type="PERSON", wikidata="Q2"))


@LAW
@given(QUOTES, QUOTES)
def test_quotes_found_are_the_hits_of_who_said_what(ours: list[Quote], theirs: list[Quote]) -> None:
    gold = Document(id="d", text=TEXT, entities=CAST, quotes=tuple(ours))
    guess = Document(id="d", entities=CAST, quotes=tuple(theirs))
    counts = scores(gold, guess)["quotes.who-said-what"]["counts"]
    found = Counter(one.error for one in quote_outcomes([(gold, guess)]))
    assert found["correct"] == counts["hits"]
    assert found["correct"] + found["speaker"] + found["spurious"] == counts["predicted"]
    assert found["correct"] + found["speaker"] + found["missed"] == counts["gold"]


def test_labels_are_mapped_copies_and_bad_spans_left_out_and_strings_placed() -> None:
    gold = document("AA BB")
    guesses = (
        Mention(start=0, end=2, type="X"),
        Mention(start=0, end=2, type="X"),
        Mention(start=9, end=7, type="A"),
        Mention(start=None, end=None, type="B", text="de"),
        Mention(start=0, end=1, type="Y"),
    )
    labels = as_label_map({"X": "A", "Y": None})
    found = list(mention_outcomes([(gold, Document(id="d", mentions=guesses))], labels, parse_view(None)))
    assert [(one.start, one.end, one.label, one.error) for one in found] == [
        (0, 2, "A", "correct"),
        (3, 5, "B", "correct"),
    ]
    counts = result(gold, Document(id="d", mentions=guesses), labels=labels).scores["entities.strict"]["counts"]
    assert (counts["hits"], counts["predicted"]) == (2, 4)  # the copy and the bad span are spurious, and counted there


def test_a_document_without_a_prediction_is_missed_whole() -> None:
    assert [one.error for one in mention_outcomes([(document("AA B"), None)], None, parse_view(None))] == ["missed"] * 2
    text = "Да, да."
    assert [
        one.error for one in quote_outcomes([(Document(id="d", text=text, quotes=(quote(text, "Да"),)), None)])
    ] == ["missed"]


def test_what_was_predicted_instead_is_told_in_words() -> None:
    text = "Путин сказал: «Да»."
    assert Outcome("d", 0, 5, "PERSON", "boundary", (0, 4), "CITY").instead(text) == "CITY «Пути»"
    assert Outcome("d", 15, 17, "direct", "speaker", (15, 17), "direct", (0, 5)).instead(text) == "said by «Путин»"
    assert Outcome("d", 15, 17, "direct", "speaker", (15, 17), "direct", "abe").instead(text) == "said by «abe»"
    assert Outcome("d", 15, 17, "direct", "speaker", (15, 17), "direct").instead(text) == "said by nobody"
    assert Outcome("d", 15, 17, "direct", "missed").instead(text) == ""
    cast = (Entity(id="e", type="PERSON"),)
    gold = Document(id="d", text=text, entities=cast, quotes=(quote(text, "Да", speaker_entity="e"),))
    guess = Document(id="d", quotes=(quote(text, "Да"),))
    assert [(one.error, one.said_by) for one in quote_outcomes([(gold, guess)])] == [("speaker", None)]


def test_the_most_frequent_errors_come_first_with_their_most_frequent_labels() -> None:
    found = [
        Outcome("d", 0, 1, "A", "missed"),
        Outcome("d", 1, 2, "B", "missed"),
        Outcome("d", 2, 3, "B", "missed"),
        Outcome("d", 3, 4, "A", "correct", (3, 4), "A"),
        Outcome("d", 4, 5, "A", "type", (4, 5), "B"),
    ]
    assert failings(found, {"d": "abcde"}, examples=2) == [
        "missed: 3 (B 2, A 1)",
        "    line 1 B: a[b]cde",
        "    line 1 B: ab[c]de",
        "    … and 1 more",
        "type: 1 (A 1)",
        "    line 1 A: abcd[e] | predicted: B «e»",
    ]
    assert failings(found[3:4], {"d": "abcde"}) == []
    assert failings(found[4:], {"d": "abcde", "e": ""})[1] == "    d:1 A: abcd[e] | predicted: B «e»"


@pytest.mark.parametrize(
    ("text", "span", "width", "shown"),
    [
        ("First.\nThen Putin came.", (12, 17), 80, "2: Then [Putin] came."),
        ("a\r\nb\rc\n\nd e", (8, 9), 80, "5: [d] e"),
        ("one two three four five", (8, 13), 13, "1: …two [three] fou…"),
        ("one\ttwo", (4, 7), 80, "1: one [two]"),
        ("one\ntwo", (0, 7), 80, "1: [one two]"),
        ("abcdefghijklmnop", (0, 16), 9, "1: [abc … nop]"),
        ("abc", (-5, 99), 80, "1: [abc]"),
        ("abc", (2, 1), 80, "1: ab[]c"),
        ("", (0, 0), 80, "1: []"),
    ],
)
def test_a_span_in_its_line(text: str, span: tuple[int, int], width: int, shown: str) -> None:
    assert str(in_line(text, *span, width)) == shown


@given(st.text(alphabet="ab \n\r\t", max_size=60), st.integers(0, 60), st.integers(0, 60), st.integers(1, 40))
def test_a_line_is_one_line_of_about_the_width(text: str, start: int, length: int, width: int) -> None:
    found = in_line(text, start, start + length, width)
    assert not set("\r\n\t") & set(str(found))
    assert len(found.before) + len(found.surface) + len(found.after) <= width + 7  # ellipses
    assert 1 <= found.line <= text.count("\n") + text.count("\r") + 1
