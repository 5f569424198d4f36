"""The bag of surfaces by hand and by an oracle of a few lines."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from goldwire.corpus.document import UNSET, Document, Mention
from tests.eval.cases.records import by_block, prf, scores
from tests.strategies import LAW

TEXT = "Ann Ann Bob\nЁлка\u00a0да ann"


def spans(*listed: tuple[int, int, str], text: str = TEXT) -> Document:
    return Document(id="d", text=text, mentions=tuple(Mention(start=s, end=e, type=t) for s, e, t in listed))


def strings(*listed: tuple[str, str]) -> Document:
    return Document(id="d", mentions=tuple(Mention(start=None, end=None, type=t, text=s) for s, t in listed))


def bag(gold: Document, guess: Document, **options: Any) -> dict[str, Any]:
    found: dict[str, Any] = scores(gold, guess, **options)["entities.bag"]
    return found


GOLD = spans((0, 3, "P"), (4, 7, "P"), (8, 11, "P"), (12, 19, "O"))


def test_equal_surfaces_count_as_often_as_both_sides_have_them() -> None:
    # gold Ann Ann Bob P, "елка да" O; the guess Ann P three times (one is "ann"), Bob as O
    guess = spans((0, 3, "P"), (4, 7, "P"), (20, 23, "P"), (8, 11, "O"))
    found = bag(GOLD, guess)
    assert prf(found) == (2 / 4, 2 / 4, 4 / 8)
    assert {name: prf(score) for name, score in found["by_type"].items()} == {
        "P": (2 / 3, 2 / 3, 4 / 6),
        "O": (0.0, 0.0, 0.0),
    }
    # elsewhere in the text it is the same
    assert prf(bag(GOLD, spans((20, 23, "P")))) == (1.0, 1 / 4, 2 / 5)


@pytest.mark.parametrize("surface", ["Ёлка\u00a0да", "елка да", "ЕЛКА  ДА", " елка\tда", "Е\u0308лка да"])
def test_surfaces_are_normalised(surface: str) -> None:
    assert prf(bag(GOLD, strings((surface, "O")))) == (1.0, 1 / 4, 2 / 5)


def test_strings_need_no_place() -> None:
    # nested mentions of one surface: alignment finds one Bob in the text, the bag takes both
    gold = spans((8, 11, "P"), (8, 11, "O"))
    guess = strings(("Bob", "P"), ("Bob", "O"), ("Zed", "P"), ("", "P"))
    assert prf(bag(gold, guess)) == (2 / 4, 1.0, 4 / 6)
    assert scores(gold, guess)["entities.strict"]["counts"]["hits"] == 1
    # the third Ann is one too many
    assert bag(spans((0, 3, "P"), (4, 7, "P")), strings(*[("Ann", "P")] * 3))["counts"] == {
        "hits": 2,
        "predicted": 3,
        "gold": 2,
    }


def test_strings_and_spans_together() -> None:
    guess = Document(
        id="d", mentions=(*(spans((0, 3, "P")).mentions or ()), *(strings(("Ann", "P"), ("Ann", "P")).mentions or ()))
    )
    assert bag(GOLD, guess)["counts"] == {"hits": 2, "predicted": 3, "gold": 4}


@pytest.mark.parametrize(
    "extra", [(), (Mention(start=None, end=None, type="X", text="Zed"),)], ids=["spans", "strings"]
)
def test_copies_bad_spans_and_other_surfaces_are_spurious(extra: tuple[Mention, ...]) -> None:
    once = Mention(start=0, end=3, type="P")
    bad = Mention(start=4, end=4, type="P"), Mention(start=4, end=99, type="P")
    other = Mention(start=4, end=7, type="P", text="Bob")
    guess = Document(id="d", mentions=(once, once, *bad, other, *extra))
    assert bag(GOLD, guess)["counts"] == {"hits": 1, "predicted": 5 + len(extra), "gold": 4}


def test_documents_without_a_text_are_outside() -> None:
    bare = replace(GOLD, text=UNSET)
    assert prf(bag(bare, bare)) == (None, None, None)
    found = scores([GOLD, replace(bare, id="e")], [GOLD, replace(bare, id="e")])["entities.bag"]
    assert found["counts"] == {"hits": 4, "predicted": 4, "gold": 4}


@pytest.mark.parametrize(
    ("gold", "guess", "expected"),
    [
        (spans(), spans(), (None, None, None)),
        (spans(), GOLD, (0.0, None, 0.0)),
        (GOLD, spans(), (None, 0.0, 0.0)),
        (GOLD, GOLD, (1.0, 1.0, 1.0)),
    ],
)
def test_empty_sides(gold: Document, guess: Document, expected: tuple[float | None, ...]) -> None:
    assert prf(bag(gold, guess)) == expected


def test_pairs_are_booked_where_gold_is() -> None:
    # the one hit of "ann" in line 2 is gold's first Ann in line 1; equal spans go first
    assert by_block(GOLD, spans((20, 23, "P")), "entities.bag") == {0: (1, 1, 3), 1: (0, 0, 1)}
    both = spans((0, 3, "P"), (20, 23, "P"))
    assert by_block(both, spans((20, 23, "P")), "entities.bag") == {0: (0, 0, 1), 1: (1, 1, 1)}
    assert by_block(both, strings(("Ann", "P"), ("Zed", "P")), "entities.bag") == {0: (1, 2, 1), 1: (0, 0, 1)}


@pytest.mark.parametrize("with_strings", [False, True])
def test_what_gold_has_outside_the_view_is_ignored(with_strings: bool) -> None:
    names = tuple(replace(m, form="name" if m.start != 8 else "nominal") for m in GOLD.mentions or ())
    gold = replace(GOLD, mentions=names)
    guess = strings(("Ann", "P"), ("Bob", "P"), ("Bob", "P")) if with_strings else spans((0, 3, "P"), (8, 11, "P"))
    # Ann is a hit of three names; Bob is ignored once
    assert bag(gold, guess, view="names")["counts"] == {"hits": 1, "predicted": 1 + with_strings, "gold": 3}


def test_labels_are_mapped() -> None:
    found = bag(GOLD, strings(("Ann", "PER"), ("Bob", "MISC")), labels={"PER": "P", "MISC": None})
    assert found["counts"] == {"hits": 1, "predicted": 1, "gold": 4}


WORDS = "ab Ab b a\u00a0b\nab"
SPANS = st.tuples(st.integers(0, 10), st.integers(1, 3), st.sampled_from("PO")).map(lambda d: (d[0], d[0] + d[1], d[2]))
SIDES = st.lists(SPANS, max_size=7, unique=True)


@settings(LAW, max_examples=200)
@given(SIDES, SIDES, st.booleans())
def test_the_bag_is_the_intersection_of_two_multisets(
    gold: list[tuple[int, int, str]], guess: list[tuple[int, int, str]], with_strings: bool
) -> None:
    def surfaces(listed: list[tuple[int, int, str]]) -> Counter[tuple[str, str]]:
        return Counter((" ".join(WORDS[s:e].lower().split()), t) for s, e, t in listed)

    ours = spans(*gold, text=WORDS)
    theirs = strings(*((WORDS[s:e], t) for s, e, t in guess)) if with_strings else spans(*guess, text=WORDS)
    left, right = surfaces(gold), surfaces(guess)
    hits = sum(n for (word, _), n in (left & right).items() if word)
    if any(not word for word, _ in (left & right)):
        return  # blanks alone, which no mention should be
    assert bag(ours, theirs)["counts"] == {"hits": hits, "predicted": len(guess), "gold": len(gold)}
    if not with_strings:
        there, back = bag(ours, theirs), bag(theirs, ours)
        assert prf(there) == (back["recall"], back["precision"], back["f1"])
        assert prf(bag(ours, replace(theirs, mentions=(theirs.mentions or ())[::-1]))) == prf(there)
