"""Links, NILs, sets and names by hand: every number is derived in a comment."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from goldwire.corpus.document import UNSET, Document, Entity, Mention, Quote
from tests.eval.cases.records import by_block, prf, scores
from tests.strategies import LAW

NAMES = ("link", "nil", "set", "name")
TEXT = "Ann met Bob.\nAnn, of Tver,\nwaved on 1 May."
PLACES = {"Ann": (0, 3), "Bob": (8, 11), "Ann2": (13, 16), "Tver": (21, 25), "May": (36, 41)}


def linked(mentions: dict[str, str], entities: dict[str, tuple[str | None, str | None]], **layers: Any) -> Document:
    """Mentions by place (or ``start-end``), each with its entity; entities by id, with name and Wikidata id."""

    def mention(place: str, entity: str) -> Mention:
        start, end = PLACES[place] if place in PLACES else map(int, place.split("-"))
        kind = {"Tver": "CITY", "May": "DATE"}.get(place, "PER")
        return Mention(start=start, end=end, type=kind, entity=entity or UNSET)

    listed = tuple(
        Entity(id=key, type="PER", name=name or UNSET, wikidata=wikidata or UNSET)
        for key, (name, wikidata) in entities.items()
    )
    found = tuple(mention(place, entity) for place, entity in mentions.items())
    return Document(id="d", text=TEXT, mentions=found, entities=listed, **layers)


GOLD = linked(
    {"Ann": "a", "Bob": "b", "Ann2": "a", "Tver": "t", "May": "m"},
    {"a": ("Ann Lee", "Q1"), "b": ("Bob", None), "t": ("Tver", "Q2"), "m": ("2016-05-01", None)},
)


def figures(gold: Any, guess: Any, **options: Any) -> dict[str, tuple[float | None, float | None, float | None]]:
    found = scores(gold, guess, **options)
    return {name: prf(found[f"entities.{name}"]) for name in NAMES if f"entities.{name}" in found}


def test_links_by_hand() -> None:
    guess = linked(
        {"Ann": "1", "Bob": "2", "Ann2": "3", "Tver": "4"},
        {"1": ("ANN  LEE", "Q1"), "2": ("Bob", "Q9"), "3": ("Ann", None), "4": ("Kalinin", "Q2")},
    )
    found = figures(GOLD, guess)
    # link: of gold Ann, Ann2 and Tver; predicted Ann, Bob and Tver; hits Ann and Tver
    assert found["link"] == (2 / 3, 2 / 3, 4 / 6)
    # nil: of gold Bob (May is a date); predicted Ann2
    assert found["nil"] == (0.0, 0.0, 0.0)
    # set: of gold Q1 and Q2, predicted Q1, Q9 and Q2
    assert found["set"] == (2 / 3, 1.0, 4 / 5)
    # name: φ pairs a–1 (Q1), t–4 (Q2), b–2 (a shared span); 3 is left over. Names: Ann Lee and Bob are equal, Tver is
    # not Kalinin. 4 entities on either side
    assert found["name"] == (2 / 4, 2 / 4, 4 / 8)


@pytest.mark.parametrize("name", NAMES)
def test_oneself_is_one(name: str) -> None:
    assert figures(GOLD, GOLD)[name] == (1.0, 1.0, 1.0)


def test_the_type_of_a_mention_is_free() -> None:
    guess = replace(GOLD, mentions=tuple(replace(m, type="X") for m in GOLD.mentions or ()))
    found = figures(GOLD, guess)
    assert found["link"] == found["set"] == found["name"] == (1.0, 1.0, 1.0)
    # May is no date there, so it is a NIL
    assert found["nil"] == (1 / 2, 1.0, 2 / 3)


def test_other_boundaries_are_no_link() -> None:
    guess = linked({"0-4": "1"}, {"1": ("Ann Lee", "Q1")})
    found = figures(GOLD, guess)
    assert found["link"] == (0.0, 0.0, 0.0)
    assert found["nil"] == (None, 0.0, 0.0)
    assert found["set"] == (1.0, 1 / 2, 2 / 3)
    assert found["name"] == (1.0, 1 / 4, 2 / 5)


def test_ids_that_are_in_no_table_lead_nowhere() -> None:
    guess = linked({"Ann": "ghost", "Tver": "4"}, {"4": (None, "Q2")})
    found = figures(GOLD, guess)
    assert found["link"] == (1.0, 1 / 3, 2 / 4)
    assert found["nil"] == (0.0, 0.0, 0.0)  # Ann
    assert "name" not in found  # nobody gave one


def test_copies_and_bad_spans_are_spurious() -> None:
    mentions = GOLD.mentions or ()
    bad = Mention(start=5, end=5, type="PER", entity="a"), Mention(start=0, end=999, type="PER", entity="b")
    twice = replace(GOLD, mentions=(*mentions, mentions[0], *bad))
    found = figures(GOLD, twice)
    # 3 links, 1 copy, 1 bad one; NIL: 1 and 1 bad one; the set and the names stay
    assert found["link"] == (3 / 5, 1.0, 6 / 8)
    assert found["nil"] == (1 / 2, 1.0, 2 / 3)
    assert found["set"] == found["name"] == (1.0, 1.0, 1.0)
    # an entity of which every mention is bad is spurious
    alone = replace(GOLD, mentions=tuple(replace(m, end=999) for m in mentions))
    assert figures(GOLD, alone) == dict.fromkeys(NAMES, (0.0, 0.0, 0.0))


def test_entities_of_one_wikidata_id_are_one() -> None:
    guess = linked(
        {"Ann": "1", "Ann2": "2", "Bob": "3"}, {"1": ("A.", "Q1"), "2": ("Ann Lee", "Q1"), "3": ("Bob", None)}
    )
    found = figures(GOLD, guess)
    assert found["set"] == (1.0, 1 / 2, 2 / 3)
    assert found["name"] == (1.0, 2 / 4, 4 / 6)


def test_names_are_compared_over_phi_alone() -> None:
    # two entities named Bob; the one with gold's span is the pair, and unequal Wikidata ids are never paired
    gold = linked({"Ann": "a", "Bob": "b"}, {"a": ("Ann", "Q1"), "b": ("Bob", None)})
    guess = linked({"Ann": "1", "Bob": "2"}, {"1": ("Ann", "Q7"), "2": ("Bob", None)})
    assert figures(gold, guess)["name"] == (1 / 2, 1 / 2, 2 / 4)


def test_speakers_are_evidence_for_phi() -> None:
    said = Quote(kind="direct", content=((0, 3),), speaker=(8, 11), speaker_entity="b")
    gold = linked({"Bob": "b"}, {"b": ("Bob", None)}, quotes=(said,))
    guess = linked({"Ann": "1"}, {"1": ("bob", None)}, quotes=(replace(said, speaker_entity="1"),))
    assert figures(gold, guess)["name"] == (1.0, 1.0, 1.0)


def test_strings_are_linked_where_they_are_found() -> None:
    guess = Document(
        id="d",
        mentions=tuple(Mention(start=None, end=None, type="PER", text=t, entity="1") for t in ("Ann", "Ann", "Zed")),
        entities=(Entity(id="1", type="PER", name="Ann Lee", wikidata="Q1"),),
    )
    found = figures(GOLD, guess)
    assert found["link"] == (2 / 3, 2 / 3, 4 / 6)
    assert found["set"] == (1.0, 1 / 2, 2 / 3)


def test_rows_are_booked_in_the_block_of_the_mention() -> None:
    assert by_block(GOLD, GOLD, "entities.link") == {0: (1, 1, 1), 1: (2, 2, 2)}
    assert by_block(GOLD, GOLD, "entities.nil") == {0: (1, 1, 1)}
    assert by_block(GOLD, GOLD, "entities.set") == {0: (2, 2, 2)}
    assert by_block(GOLD, GOLD, "entities.name") == {0: (4, 4, 4)}


def test_a_view_and_labels_hold_for_links_as_for_mentions() -> None:
    forms = ("name", "name", "name", "nominal", "value")
    gold = replace(GOLD, mentions=tuple(replace(m, form=f) for m, f in zip(GOLD.mentions or (), forms, strict=True)))
    found = figures(gold, gold, view="names")
    assert found["link"] == found["nil"] == (1.0, 1.0, 1.0)
    assert scores(gold, gold, view="names")["entities.link"]["counts"] == {"hits": 2, "predicted": 2, "gold": 2}
    # predictions whose label is outside the task are not there
    found = scores(GOLD, GOLD, labels={"CITY": None, "PER": "PER", "DATE": "DATE"})["entities.link"]
    assert found["counts"] == {"hits": 2, "predicted": 2, "gold": 3}


def test_nobody_who_gives_no_ids_is_scored() -> None:
    bare = replace(GOLD, entities=UNSET, mentions=tuple(replace(m, entity=UNSET) for m in GOLD.mentions or ()))
    assert figures(GOLD, bare) == figures(bare, GOLD) == figures(bare, bare) == {}
    unlinked = replace(GOLD, entities=tuple(replace(e, wikidata=UNSET) for e in GOLD.entities or ()))
    assert set(figures(GOLD, unlinked)) == {"name"}  # names are given, and no Wikidata ids
    # one document with ids is an attempt: the others count as empty
    golds, guesses = [replace(GOLD, id=n) for n in "ab"], [replace(GOLD, id="a"), replace(bare, id="b")]
    assert figures(golds, guesses)["link"] == (1.0, 1 / 2, 2 / 3)


ENTITIES = {"a": ("A", "Q1"), "b": ("B", "Q2"), "c": ("C", None), "d": (None, "Q1"), "e": ("A", None)}
DRAWN = st.dictionaries(st.sampled_from(list(PLACES)), st.sampled_from(["", *ENTITIES]), min_size=1).map(
    lambda mentions: linked(mentions, ENTITIES)
)


@LAW
@given(DRAWN, DRAWN)
def test_swapping_sides_swaps_precision_and_recall(gold: Document, guess: Document) -> None:
    there, back = figures(gold, guess), figures(guess, gold)
    assert there.keys() == back.keys()
    for name in there:
        if name != "name":  # φ chooses among entities that share as much by their order
            assert there[name] == (back[name][1], back[name][0], back[name][2])


@LAW
@given(DRAWN, DRAWN, st.randoms(use_true_random=False))
def test_the_order_of_mentions_and_entities_is_nothing(gold: Document, guess: Document, shuffler: Any) -> None:
    mixed = [
        replace(
            side,
            mentions=tuple(shuffler.sample(side.mentions, len(side.mentions))),
            entities=tuple(shuffler.sample(side.entities, len(side.entities))),
        )
        for side in (gold, guess)
    ]
    assert figures(*mixed) == figures(gold, guess)


@LAW
@given(DRAWN)
def test_oneself_is_one_or_null(gold: Document) -> None:
    for figure in figures(gold, gold).values():
        assert set(figure) <= {1.0, None}


@LAW
@given(st.lists(st.tuples(DRAWN, DRAWN), min_size=2, max_size=3))
def test_documents_add_up(listed: list[tuple[Document, Document]]) -> None:
    sides = [[replace(pair[at], id=str(n)) for n, pair in enumerate(listed)] for at in range(2)]
    whole = scores(*sides)
    golds = [any(m.entity is not UNSET for m in gold.mentions or ()) for gold, _ in listed]
    apart = [scores(*pair) for pair in listed]
    for name in (f"entities.{name}" for name in NAMES):
        parts = [found.get(name) for found in apart]
        if name in whole and all(golds) and all(parts):
            for count in ("hits", "predicted", "gold"):
                assert whole[name]["counts"][count] == sum(part["counts"][count] for part in parts if part)
