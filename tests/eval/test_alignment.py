"""Where strings without offsets find their place: policies, outcomes, and the figures of the article's names."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldwire.corpus.document import Document, Mention, Span
from goldwire.corpus.errors import UsageError
from goldwire.corpus.gold import load
from goldwire.eval.alignment import OUTCOMES, POLICIES, aligned, fold, outcomes, parse_policy, places, with_offsets

TEXT = "Путин и Владимир Путин в Сирии, Сирии и Ираке. ПУТИН: «Ёлка» – это США. Сиринга"
#       0       8        17      25     32      40     47     54           67   72


def ends(policy: str, *strings: str) -> list[tuple[list[int], str]]:
    return [([start for start, _ in spans], how) for spans, how in places(strings, TEXT, policy)]


@pytest.mark.parametrize(
    ("policy", "strings", "expected"),
    [
        ("nth", ["Путин"] * 3, [([0], "exact"), ([17], "exact"), ([], "surplus")]),
        ("all", ["Путин", "Сирии"], [([0, 17], "exact"), ([25, 32], "exact")]),
        ("unique", ["Путин", "Ираке"], [([], "ambiguous"), ([40], "exact")]),
        # each from where the last began: a nested one is found, and an earlier one from the head
        ("in-order", ["Владимир Путин", "Путин", "Сирии", "Путин"],
         [([8], "exact"), ([17], "exact"), ([25], "exact"), ([0], "exact")]),
        ("in-order", ["Путин", "Путин", "Путин"], [([0], "exact"), ([17], "exact"), ([], "surplus")]),
        ("nth", ["ПУТИН", '"елка" - это'], [([47], "exact"), ([54], "folded")]),
        # a string inside a word has its place where it is no word anywhere: «Ирак» in «Ираке», «Сири» in «Сирии»
        ("nth", ["Ирак", "Сиринга", "Сири"], [([40], "exact"), ([72], "exact"), ([25], "exact")]),
        ("nth", ["", "  ", "Токио", "?!"], [([], "not in the text")] * 4),
        # likeness is 2·common/(length + length): «Сирия» for «Сирии» 2·4/10 = 0.8, «Владимиром Путиным» 2·14/32 = 0.875
        ("nth", ["Сирия", "Владимиром Путиным"], [([], "changed"), ([], "changed")]),
        ("nth+fuzzy", ["Сирия", "Сирия", "Сирия"], [([25], "fuzzy"), ([32], "fuzzy"), ([], "surplus")]),
        ("all+fuzzy", ["Сирия", "Владимиром Путиным"], [([25, 32], "fuzzy"), ([8], "fuzzy")]),
        # «Ирака» for «Ираке» 2·4/10 = 0.8, but «Иран» 2·3/9 = 0.67
        ("nth+fuzzy", ["Ирака", "Иран"], [([40], "fuzzy"), ([], "changed")]),
    ],
)  # fmt: skip
def test_places_and_ends(policy: str, strings: list[str], expected: list[tuple[list[int], str]]) -> None:
    assert ends(policy, *strings) == expected


def test_two_stretches_that_are_equally_like_are_ambiguous() -> None:
    # both 2·5/(6+6) = 0.83
    assert places(["стопка"], "стойка и стотка", "nth+fuzzy") == [((), "ambiguous")]


def test_likeness_is_looked_for_only_where_it_is_asked_for() -> None:
    assert aligned(["Сирия"], TEXT) == [(None, "not in the text")]
    assert aligned(["Сирия"], TEXT, "nth+fuzzy") == [((25, 30), "fuzzy")]
    assert aligned(["Путин"], TEXT, "all") == [((0, 5), "exact")]


def test_policies_have_names() -> None:
    assert parse_policy("offsets") == parse_policy("nth") == ("nth", False)
    for name in POLICIES:
        assert parse_policy(f"{name}+fuzzy") == (name, True)
    for name in ("first", "nth+", "nth+exact", "+fuzzy", ""):
        with pytest.raises(UsageError, match="found no such policy, expected nth, in-order, all, unique, or one"):
            parse_policy(name)


@pytest.fixture(scope="module")
def names() -> tuple[str, list[Span]]:
    """The article's text, and the spans of its 50 proper names of people, places and organisations, in order."""
    [gold] = load()
    kinds = {"PERSON", "COUNTRY", "CITY", "LOCATION", "ORGANIZATION"}
    spans = sorted((m.start or 0, m.end or 0) for m in gold.mentions or () if m.type in kinds and m.form == "name")
    assert len(spans) == 50
    return gold.text or "", spans


def found(text: str, strings: list[str], policy: str) -> set[Span]:
    return {span for spans, _ in places(strings, text, policy) for span in spans}


# «Путин» stands in «Владимир Путин» [491, 496) and «Эрдоганом» in «Реджепом Тайипом Эрдоганом» [1164, 1173) too, where
# neither is a mention of its own; every other occurrence of the 50 strings is one.
INSIDE = {(491, 496), (1164, 1173)}


@pytest.mark.parametrize("seed", [None, 0, 1])
def test_all_occurrences_find_the_50_names_and_2_more_in_any_order(
    names: tuple[str, list[Span]], seed: int | None
) -> None:
    text, spans = names
    strings = [text[start:end] for start, end in spans]
    if seed is not None:
        random.Random(seed).shuffle(strings)
    assert found(text, strings, "all") == found(text, sorted(set(strings)), "all") == set(spans) | INSIDE


@pytest.mark.parametrize("seed", [None, 0, 1])
def test_the_nth_occurrence_finds_48_of_them_in_any_order(names: tuple[str, list[Span]], seed: int | None) -> None:
    text, spans = names
    strings = [text[start:end] for start, end in spans]
    if seed is not None:
        random.Random(seed).shuffle(strings)
    # the two inside push the last «Путин» [2762, 2767) and the only other «Эрдоганом» [1439, 1448) out
    assert found(text, strings, "nth") == set(spans) - {(2762, 2767), (1439, 1448)} | INSIDE


def test_deduplicated_strings_stand_at_their_first_occurrence(names: tuple[str, list[Span]]) -> None:
    text, spans = names
    strings = list(dict.fromkeys(text[start:end] for start, end in spans))
    assert len(strings) == 26
    # all are mentions but the first «Эрдоганом»
    for policy in ("nth", "in-order"):
        assert len(found(text, strings, policy) & set(spans)) == 25


def test_in_order_finds_all_50_and_is_no_better_than_the_nth_where_the_order_is_lost(
    names: tuple[str, list[Span]],
) -> None:
    text, spans = names
    strings = [text[start:end] for start, end in spans]
    assert [p.spans for p in places(strings, text, "in-order")] == [(span,) for span in spans]
    # turned round, each string is sought behind a later one, goes back to the head and takes the first that is free
    assert len(found(text, strings[::-1], "in-order") & set(spans)) == 48
    assert found(text, strings[::-1], "in-order") == _by_regex(text, strings[::-1])


def _by_regex(text: str, strings: list[str]) -> set[Span]:
    """The policy in-order, in another program."""
    taken: set[tuple[str, Span]] = set()
    cursor = 0
    for string in strings:
        free = [s for m in re.finditer(rf"\b{re.escape(string)}\b", text) if (string, s := m.span()) not in taken]
        later = [span for span in free if span[0] >= cursor]
        if free:
            span = (later or free)[0]
            taken.add((string, span))
            cursor = span[0]
    return {span for _, span in taken}


def test_a_document_says_how_each_of_its_strings_ended() -> None:
    strings = [("Путин", "P"), ("елка", "T"), ("Сирия", "L"), ("Токио", "L")]
    mentions = (
        Mention(start=32, end=37, type="L", text="Сирии"),
        *(Mention(start=None, end=None, type=t, text=s, id=f"m{n}") for n, (s, t) in enumerate(strings)),
    )
    given = Document(id="d", mentions=mentions, extra={"mine": 1})
    made = with_offsets(given, TEXT, parse_policy("nth+fuzzy"))
    assert made.extra == {"mine": 1, "alignment": {"policy": "nth+fuzzy"}}
    assert [(m.start, m.text, m.extra or None) for m in made.mentions or ()] == [
        (32, "Сирии", None),
        (0, "Путин", {"aligned": "exact"}),
        (55, "Ёлка", {"aligned": "folded", "given": "елка"}),
        (25, "Сирии", {"aligned": "fuzzy", "given": "Сирия"}),
        (None, "Токио", {"aligned": "not in the text"}),
    ]
    codes = ["aligned-exact", "aligned-folded", "aligned-fuzzy", "not-in-text"]
    ended = [(code, string, 1) for code, (string, _) in zip(codes, strings, strict=True)]
    assert list(outcomes(made)) == ended
    assert list(outcomes(given)) == []


def test_a_string_with_several_places_is_counted_once_and_what_comes_again_is_told() -> None:
    string = Mention(start=None, end=None, type="P", text="Путин", id="m1", entity="e1")
    made = with_offsets(Document(id="d", mentions=(string, string)), TEXT, parse_policy("all"))
    assert [(m.start, m.id or None, m.entity) for m in made.mentions or ()] == [(0, "m1", "e1"), (17, None, "e1")]
    assert list(outcomes(made)) == [("repeated", "", 1), ("aligned-exact", "Путин", 1)]


def test_a_document_with_offsets_is_left_as_it_is() -> None:
    given = Document(id="d", mentions=(Mention(start=0, end=5, type="P"),))
    assert with_offsets(given, TEXT, parse_policy("all")) is given


WORDS = st.lists(
    st.sampled_from(["Путин", "путин", "ПУТИН", "Владимир Путин", "Ёлка", "елка", "Сирия", "и", "", " ", "«"])
)


@given(WORDS, WORDS.map(" ".join), st.sampled_from([f"{name}{tail}" for name in POLICIES for tail in ("", "+fuzzy")]))
def test_places_are_in_the_text_and_equal_strings_never_share_one(strings: list[str], text: str, policy: str) -> None:
    made = places(strings, text, policy)
    assert len(made) == len(strings)
    taken = []
    for string, (spans, how) in zip(strings, made, strict=True):
        assert how in OUTCOMES
        assert bool(spans) == (how in ("exact", "folded", "fuzzy"))
        for start, end in spans:
            assert 0 <= start < end <= len(text)
            assert how != "exact" or text[start:end] == string
            assert how != "folded" or fold(text[start:end]) == fold(string)
        taken += [(fold(string), span) for span in spans]
    assert policy.startswith("all") or len(taken) == len(set(taken))


@given(st.text(max_size=40))
def test_folding_keeps_every_character_in_its_place(text: str) -> None:
    assert len(fold(text)) == len(text)
