"""The quote scores by hand: every number is derived from the definitions in a comment."""

from __future__ import annotations

import itertools
import random
from typing import Any

import pytest
from msgspec.structs import replace

from goldwire.corpus.document import Block, Document, Entity, Mention, Quote
from goldwire.eval.assignment import assign
from goldwire.eval.ink import ink
from tests.eval.cases.records import at, by_block, prf, quote, scores, warned

TEXT = "Ivan said: we will wait, all of us. Anna added: no. Rain is not expected."
# ink counts letters only: "we will wait" 2+4+4 = 10, "all of us" 3+2+2 = 7, both together 17; "no" 2;
# "Anna added: no" 4+5+2 = 11; "Rain is not expected" 4+2+3+8 = 17

GOLD = Document(
    id="d",
    text=TEXT,
    entities=(Entity(id="ivan", type="PERSON"), Entity(id="anna", type="PERSON")),
    quotes=(
        quote(
            TEXT, "we will wait, all of us", kind="indirect", cue="said", speaker="Ivan", speaker_entity="ivan"
        ),  # g1
        quote(TEXT, "no", kind="direct", cue="added", speaker="Anna", speaker_entity="anna"),  # g2
    ),
)
GUESS = Document(
    id="d",
    quotes=(
        quote(TEXT, "we will wait", kind="indirect", cue="Ivan said", speaker="Ivan"),  # p1
        quote(TEXT, "Anna added: no", kind="direct", cue="added"),  # p2
        quote(TEXT, "Rain is not expected", kind="direct", speaker_entity="x"),  # p3
        quote(TEXT, "all of us", kind="mixed"),  # p4
    ),
)
# s(g1,p1) = 2·10/(17+10) = 20/27, s(g1,p4) = 2·7/(17+7) = 14/24: both ≥ 1/2, p1 is better
# s(g2,p2) = 2·2/(2+11) = 4/13 < 1/2. So M = {(g1,p1)} and M₀ = {(g1,p1), (g2,p2)}


@pytest.fixture(scope="module")
def case() -> dict[str, Any]:
    return scores(GOLD, GUESS)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("quote", (1 / 4, 1 / 2, 2 / 6)),
        ("content.exact", (0.0, 0.0, 0.0)),
        ("content.strict", (0.0, 0.0, 0.0)),
        # cues: p1 and p2 have one, so do both of gold; "Ivan said" meets "said"; p2's is right, but p2 is not in M
        ("cue.exact", (0.0, 0.0, 0.0)),
        ("cue.overlap", (1 / 2, 1 / 2, 2 / 4)),
        # speaker spans: p1 alone has one
        ("speaker.exact", (1 / 1, 1 / 2, 2 / 3)),
        ("speaker.overlap", (1 / 1, 1 / 2, 2 / 3)),
        # p1 names the entity of the surface "Ivan", which shares the speaker's span with gold's ivan; p3 names x
        ("speaker.entity", (1 / 2, 1 / 2, 2 / 4)),
        ("who-said-what", (1 / 4, 1 / 2, 2 / 6)),
        ("marked", (None, None, None)),
        ("joint", (0.0, 0.0, 0.0)),
    ],
)
def test_precision_recall_and_f1(case: dict[str, Any], name: str, expected: tuple[float | None, ...]) -> None:
    assert prf(case[f"quotes.{name}"]) == expected


def test_soft_is_the_mean_share_of_ink_in_common_with_the_partner(case: dict[str, Any]) -> None:
    # P = (10/10 + 2/11 + 0 + 0)/4 = 13/44, R = (10/17 + 2/2)/2 = 27/34
    precision, recall = 13 / 44, 27 / 34
    score = case["quotes.content.soft"]
    assert prf(score) == pytest.approx((precision, recall, 2 * precision * recall / (precision + recall)), abs=1e-15)


def test_jm_is_the_mean_share_that_the_other_side_covers_together(case: dict[str, Any]) -> None:
    # P = (1 + 2/11 + 0 + 1)/4 = 24/44, R = (17/17 + 2/2)/2 = 1
    precision = 24 / 44
    score = case["quotes.content.jm"]
    assert prf(score) == pytest.approx((precision, 1, 2 * precision / (precision + 1)), abs=1e-15)


def test_kind_is_accuracy_over_m_and_f1_end_to_end(case: dict[str, Any]) -> None:
    # over M = {(g1,p1)}: indirect both. End to end: indirect 1 hit of 1 and 1; direct 1 of gold, 2 predicted, no hit
    score = case["quotes.kind"]
    assert (score["value"], score["accuracy"]) == (1.0, 1.0)
    kinds = score["by"]["kind"]
    assert prf(kinds["indirect"]) == (1.0, 1.0, 1.0)
    assert prf(kinds["direct"]) == (0.0, 0.0, 0.0)
    assert prf(kinds["mixed"]) == (0.0, None, 0.0)


def test_a_kind_that_is_never_predicted_has_f1_zero() -> None:
    found = scores(GOLD, Document(id="d", quotes=()))["quotes.kind"]
    assert found["value"] is None  # no pair
    assert prf(found["by"]["kind"]["direct"]) == (None, 0.0, 0.0)


CLAUSE = 'Kot said the bridge "is old" and "no good" now. Ivan slept.'


def mixed(*content: str, marked: tuple[str, ...] = ("is old", "no good"), **parts: Any) -> Quote:
    return quote(CLAUSE, *content, marked=marked, **{"kind": "mixed", "cue": "said", "speaker": "Kot", **parts})


WHOLE = mixed('the bridge "is old" and "no good" now')


def compared(gold: Quote, *predicted: Quote) -> dict[str, Any]:
    return scores(Document(id="d", text=CLAUSE, quotes=(gold,)), Document(id="d", quotes=predicted))


@pytest.mark.parametrize(
    ("guess", "exact", "strict", "joint"),
    [
        (mixed('the bridge "is old"', ' and "no good" now'), 1, 1, 1),  # spans that touch are merged
        (mixed(' and "no good" now', 'the bridge "is old"'), 1, 1, 1),  # in any order
        (mixed('the bridge "is old" and "no good" now.'), 1, 0, 1),  # the full stop is no ink
        (mixed("the bridge", '"is old" and "no good" now'), 1, 0, 1),  # a blank less: same ink, other spans
        (mixed('bridge "is old" and "no good" now'), 0, 0, 0),  # "the" left out
        (mixed('the bridge "is old" and "no good" now', kind="direct"), 1, 1, 0),
        (mixed('the bridge "is old" and "no good" now', cue=None), 1, 1, 0),
        (mixed('the bridge "is old" and "no good" now', cue="said the"), 1, 1, 0),
        (mixed('the bridge "is old" and "no good" now', speaker="Ivan"), 1, 1, 0),
        (mixed('the bridge "is old" and "no good" now', speaker="Kot "), 1, 1, 1),
        (mixed('the bridge "is old" and "no good" now', marked=()), 1, 1, 1),  # marks are no part of joint
    ],
    ids=[
        "touching spans", "their order", "a mark more", "a blank less", "ink less", "kind", "no cue", "cue", "speaker",
        "blank at the speaker", "marked",
    ],
)  # fmt: skip
def test_exact_compares_ink_strict_spans_and_joint_all(guess: Quote, exact: int, strict: int, joint: int) -> None:
    found = compared(WHOLE, guess)
    assert found["quotes.content.exact"]["counts"]["hits"] == exact
    assert found["quotes.content.strict"]["counts"]["hits"] == strict
    assert found["quotes.joint"]["counts"]["hits"] == joint
    assert found["quotes.quote"]["counts"]["hits"] == 1


def test_marked_is_the_ink_in_marks_over_pairs_mixed_on_both_sides() -> None:
    # gold 5 + 6 = 11; the guess "is old" and "and" 5 + 3 = 8; in common 5
    guess = mixed('the bridge "is old" and "no good" now', marked=("is old", "and"))
    assert prf(compared(WHOLE, guess)["quotes.marked"]) == (5 / 8, 5 / 11, 10 / 19)
    assert prf(compared(WHOLE, replace(guess, kind="direct"))["quotes.marked"]) == (None, None, None)


def test_exact_is_multiset_equality() -> None:
    # three copies against two: 2 hits, P = 2/3, R = 2/2
    gold = (WHOLE, replace(WHOLE, kind="direct"))
    guess = (WHOLE, replace(WHOLE, kind="indirect"), replace(WHOLE, kind="direct"))
    found = scores(Document(id="d", text=CLAUSE, quotes=gold), Document(id="d", quotes=guess))
    assert prf(found["quotes.content.exact"]) == (2 / 3, 1.0, 4 / 5)
    assert prf(found["quotes.content.strict"]) == (2 / 3, 1.0, 4 / 5)
    assert prf(found["quotes.joint"]) == (2 / 3, 1.0, 4 / 5)


def test_ink_is_letters_and_digits_or_all_where_there_is_none() -> None:
    assert ink("«a-1» —", [(0, 7)]) == {1, 3}
    assert ink("«…»", [(0, 3)]) == {0, 1, 2}
    assert ink("a b", [(0, 1), (2, 3)]) == {0, 2}


X = "x" * 40


def spans(*listed: tuple[int, int], **parts: Any) -> Document:
    """A document with a quote for each span of a text of letters."""
    quotes = tuple(Quote(kind=parts.get("kind", "direct"), content=(span,)) for span in listed)
    return Document(id="d", text=X, quotes=quotes)


@pytest.mark.parametrize(
    ("gold", "guess", "hits"),
    [
        ([(0, 10)], [(0, 6)], 1),  # 4·6 ≥ 16
        ([(0, 10)], [(5, 15)], 1),  # 4·5 = 20 = 10 + 10: one half is enough
        ([(0, 10)], [(6, 15)], 0),  # 4·4 < 19
        ([(0, 3)], [(0, 9)], 1),  # 4·3 = 12 = 3 + 9
        ([(0, 3)], [(0, 10)], 0),  # 12 < 13
        # greedy would take s((0,10),(2,11)) = 16/19 and leave (4,12) alone; 14/17 + 12/16 is more
        ([(0, 10), (4, 12)], [(2, 11), (0, 6)], 2),
        # pairs below one half are no help: (0,4) has s = 8/24 with (0,20)
        ([(0, 20), (0, 4)], [(0, 20), (16, 20)], 1),
    ],
)
def test_pairs_of_m_overlap_by_half_and_maximise_the_sum(gold: Any, guess: Any, hits: int) -> None:
    assert scores(spans(*gold), spans(*guess))["quotes.quote"]["counts"]["hits"] == hits


def test_m_is_filtered_before_it_is_assigned() -> None:
    # s(g1,p1) = 10/20 is a pair; s(g1,p2) = 8/18 and s(g2,p1) = 8/20 are none, though together they are more
    found = scores(spans((10, 20), (21, 31)), spans((15, 25), (6, 14)))
    assert found["quotes.quote"]["counts"]["hits"] == 1
    # M₀ takes the two: 4 of 10 letters of either gold quote, 4/10 and 4/8 of the predictions
    assert found["quotes.content.soft"]["recall"] == (4 / 10 + 4 / 10) / 2
    assert found["quotes.content.soft"]["precision"] == (4 / 10 + 4 / 8) / 2


def test_ties_go_to_the_sum_of_squares() -> None:
    # s: g1–p1 24/24, g2–p2 12/24; crossed g1–p2 18/24, g2–p1 18/24. Both sums are 3/2, 1 + 1/4 > 9/16 + 9/16;
    # equal kinds, which come after, would take the crossed ones
    gold = Document(id="d", text=X, quotes=(Quote(kind="a", content=((10, 22),)), Quote(kind="b", content=((7, 19),))))
    guess = Document(id="d", quotes=(Quote(kind="b", content=((10, 22),)), Quote(kind="a", content=((13, 25),))))
    found = scores(gold, guess)
    assert found["quotes.quote"]["counts"]["hits"] == 2
    assert found["quotes.kind"]["accuracy"] == 0.0


def test_ties_of_content_go_to_kind_cue_and_speaker() -> None:
    words = "Ann said and Bob told"
    content = ((9, 12),)
    plain = Quote(kind="direct", content=content)
    full = Quote(kind="direct", content=content, cue=(4, 8), speaker=(0, 3))
    other = Quote(kind="indirect", content=content, cue=(17, 21), speaker=(13, 16))
    for guesses in itertools.permutations((plain, full, other)):
        gold = Document(id="d", text=words, quotes=(full,))
        found = scores(gold, Document(id="d", quotes=guesses))
        assert found["quotes.cue.exact"]["counts"]["hits"] == 1
        assert found["quotes.speaker.exact"]["counts"]["hits"] == 1
        assert found["quotes.kind"]["accuracy"] == 1


def test_quotes_that_differ_in_marks_alone_do_not_hang_on_their_order() -> None:
    guesses = [mixed('the bridge "is old" and "no good" now', marked=(words,)) for words in ("is old", "and", "now")]
    found = {prf(compared(WHOLE, *listed)["quotes.marked"]) for listed in itertools.permutations(guesses)}
    assert len(found) == 1


LINES = "Ann: one\nBob: two\nEve: six"


def test_pairs_of_quotes_are_booked_in_the_block_of_gold_and_spurious_ones_in_their_own() -> None:
    gold = Document(id="d", text=LINES, quotes=(quote(LINES, "two"),))
    guess = Document(id="d", quotes=(Quote(kind="direct", content=((7, 17),)), quote(LINES, "six")))
    # ink of (7,17): "e", "Bob", "two" = 7; 4·3 = 12 ≥ 3 + 7: a pair, booked with gold in block 1
    assert by_block(gold, guess, "quotes.quote") == {1: (1, 1, 1), 2: (0, 1, 0)}
    assert by_block(gold, guess, "quotes.content.soft") == {1: (3, 1, 1), 2: (0, 1, 0)}
    # exact: no pair, so the guess is spurious where it begins
    assert by_block(gold, guess, "quotes.content.exact") == {0: (0, 1, 0), 1: (0, 0, 1), 2: (0, 1, 0)}


def test_an_item_of_several_spans_is_booked_where_the_first_begins() -> None:
    parts = quote(LINES, "six", "one")
    gold = Document(id="d", text=LINES, quotes=(parts,), blocks=(Block(kind="p", start=0, end=17), LAST_LINE))
    assert by_block(gold, gold, "quotes.quote") == {0: (1, 1, 1)}


LAST_LINE = Block(kind="p", start=18, end=26)


@pytest.mark.parametrize(
    "bad",
    [
        {"content": ()},
        {"content": ((5, 5),)},
        {"content": ((8, 5),)},
        {"content": ((-3, 3),)},
        {"content": ((11, 999),)},
        {"content": ((11, 34), (5, 5))},
    ],
    ids=["none", "no length", "reversed", "before the text", "behind the text", "one of two"],
)
def test_bad_content_is_spurious_everywhere_and_listed(bad: dict[str, Any]) -> None:
    gold = replace(GOLD, quotes=GOLD.quotes[:1])
    guess = Document(id="d", quotes=(replace(GOLD.quotes[0], **bad),))
    found = scores(gold, guess)
    for name in ("quote", "content.exact", "content.strict", "content.soft", "content.jm", "who-said-what", "joint"):
        assert prf(found[f"quotes.{name}"]) == (0.0, 0.0, 0.0), name
    assert warned(gold, guess) == {"bad-quote": 1}


@pytest.mark.parametrize("part", ["cue", "speaker"])
@pytest.mark.parametrize("span", [(3, 3), (9, 4), (-1, 4), (0, 999)])
def test_a_bad_cue_or_speaker_is_no_hit_of_its_part(part: str, span: tuple[int, int]) -> None:
    guess = Document(id="d", quotes=(replace(GOLD.quotes[0], **{part: span}),))
    found = scores(GOLD, guess)
    assert prf(found[f"quotes.{part}.exact"]) == (0.0, 0.0, 0.0)
    assert prf(found[f"quotes.{part}.overlap"]) == (0.0, 0.0, 0.0)
    assert found["quotes.joint"]["counts"]["hits"] == 0
    assert found["quotes.quote"]["counts"]["hits"] == 1


# --- who is who: φ


def people(
    *entities: tuple[str, str | None, str | None], spans: dict[str, list[tuple[int, int]]] | None = None
) -> Document:
    """A document of entities (id, name, Wikidata id) and of mentions of them; each entity says one quote."""
    made = tuple(
        Entity(
            id=key, type="PERSON", **({"name": name} if name else {}), **({"wikidata": wikidata} if wikidata else {})
        )
        for key, name, wikidata in entities
    )
    listed = tuple(
        Mention(start=start, end=end, type="PERSON", entity=key)
        for key, places in (spans or {}).items()
        for start, end in places
    )
    said = tuple(
        Quote(kind="direct", content=((at, at + 1),), speaker_entity=key) for at, (key, _, _) in enumerate(entities)
    )
    return Document(id="d", text=X, entities=made, mentions=listed, quotes=said)


def entity_hits(gold: Document, guess: Document) -> int:
    hits: int = scores(gold, guess)["quotes.speaker.entity"]["counts"]["hits"]
    return hits


@pytest.mark.parametrize(
    ("gold", "guess", "hits"),
    [
        (people(("a", None, "Q1")), people(("z", "other", "Q1")), 1),
        (people(("a", "Ivan", "Q1")), people(("z", "Ivan", "Q2")), 0),  # unequal ids are never paired
        (people(("a", "Ivan", "Q1")), people(("z", "Ivan", None)), 1),
        (people(("a", "Иван Королёв", None)), people(("z", " иван\u00a0 КОРОЛЕВ", None)), 1),
        (people(("a", "Ivan", None)), people(("z", "Anna", None)), 0),
        (people(("a", "Ivan", None)), people(("a", None, None)), 0),  # ids of the record say nothing
        (people(("a", None, None), spans={"a": [(5, 9)]}), people(("z", None, None), spans={"z": [(5, 9)]}), 1),
        (people(("a", None, None), spans={"a": [(5, 9)]}), people(("z", None, None), spans={"z": [(5, 8)]}), 0),
        (
            people(("a", "Ivan", "Q1"), spans={"a": [(5, 9)]}),
            people(("z", "Ivan", "Q2"), spans={"z": [(5, 9)]}),
            0,
        ),
    ],
    ids=[
        "Wikidata id", "unequal Wikidata ids", "one without", "normalised names", "unequal names", "record ids",
        "shared span", "another span", "unequal ids in spite of all else",
    ],
)  # fmt: skip
def test_entities_are_the_same_by_wikidata_id_span_or_name(gold: Document, guess: Document, hits: int) -> None:
    assert entity_hits(gold, guess) == hits


def test_the_map_is_one_to_one() -> None:
    # both predicted entities are called Ivan, gold has one Ivan: one of two quotes is right
    gold = people(("a", "Ivan", None), ("b", "Anna", None))
    assert entity_hits(gold, people(("y", "Ivan", None), ("z", "Ivan", None))) == 1


def test_one_entity_does_not_stand_for_two() -> None:
    gold = people(("a", "Ivan", None), ("b", "Anna", None))
    guess = people(("z", "Ivan", None), ("z2", None, None))
    both = tuple(replace(said, speaker_entity="z") for said in guess.quotes)
    assert entity_hits(gold, replace(guess, quotes=both)) == 1


def test_wikidata_ids_count_before_spans() -> None:
    # z shares its id with a and three spans with b: it is a, so the quote that b says and z is given is wrong
    places = [(5, 6), (7, 8), (9, 10)]
    gold = people(("a", None, "Q1"), ("b", None, None), spans={"b": places})
    guess = people(("z", None, "Q1"), ("y", None, None), spans={"z": places})
    assert entity_hits(gold, guess) == 1


def test_spans_count_before_names() -> None:
    # z is called Anna as b is, and shares a span with a: it is a
    gold = people(("a", "Ivan", None), ("b", "Anna", None), spans={"a": [(5, 6)]})
    guess = people(("z", "Anna", None), ("y", "Boris", None), spans={"z": [(5, 6)]})
    assert entity_hits(gold, guess) == 1
    assert entity_hits(gold, replace(guess, mentions=())) == 0  # now z is b, who says the other quote


def test_more_shared_spans_count_more() -> None:
    gold = people(("a", None, None), ("b", None, None), spans={"a": [(5, 6)], "b": [(7, 8), (9, 10)]})
    guess = people(("y", None, None), ("z", None, None), spans={"y": [(7, 8), (9, 10), (5, 6)]})
    # y is b (two spans), and it says the quote of a
    assert entity_hits(gold, guess) == 0


def test_the_map_is_the_best_of_all_not_the_first() -> None:
    # y shares 2 spans with a and 1 with b, z shares 2 with a: y–b and z–a make 3, y–a alone 2
    gold = people(("b", None, None), ("a", None, None), spans={"a": [(5, 6), (7, 8)], "b": [(9, 10)]})
    guess = people(("y", None, None), ("z", None, None), spans={"y": [(5, 6), (7, 8), (9, 10)], "z": [(5, 6), (7, 8)]})
    assert entity_hits(gold, guess) == 2


def test_predicted_entities_with_one_wikidata_id_are_merged_first() -> None:
    gold = people(("a", None, "Q1"), ("a2", None, None))
    gold = replace(gold, quotes=tuple(replace(said, speaker_entity="a") for said in gold.quotes))
    assert entity_hits(gold, people(("y", None, "Q1"), ("z", None, "Q1"))) == 2


def test_a_quote_without_entity_gets_one_of_its_speaker_surface() -> None:
    words = "Ivan spoke, IVAN spoke, Anna spoke"
    said = [quote(words, "spoke")] * 3
    places = [at(words, "spoke", n) for n in (1, 2, 3)]
    quotes = [
        replace(q, content=(place,), speaker=at(words, name))
        for q, place, name in zip(said, places, ("Ivan", "IVAN", "Anna"), strict=True)
    ]
    gold = Document(
        id="d",
        text=words,
        entities=(Entity(id="i", type="P"), Entity(id="a", type="P")),
        quotes=tuple(replace(q, speaker_entity=key) for q, key in zip(quotes, "iia", strict=True)),
    )
    # "Ivan" and "IVAN" are one surface, hence one entity, with both spans of gold's i
    assert entity_hits(gold, Document(id="d", quotes=tuple(quotes))) == 3
    # and in gold as well
    bare = replace(gold, quotes=tuple(quotes), entities=())
    assert entity_hits(bare, replace(gold, text=words)) == 3


def test_entities_may_come_in_any_order() -> None:
    gold = people(("a", "Ivan", "Q1"), ("b", "Ivan", "Q2"), ("c", "Ivan", None))
    guess = people(("x", "Ivan", None), ("y", "Ivan", "Q2"), ("z", "Ivan", "Q2"))
    found = {
        entity_hits(replace(gold, entities=ours), replace(guess, entities=theirs))
        for ours in itertools.permutations(gold.entities)
        for theirs in itertools.permutations(guess.entities)
    }
    assert len(found) == 1


# --- the exact assignment


def brute_force(edges: dict[tuple[int, int], tuple[int, ...]]) -> list[tuple[int, int]]:
    def every(rest: list[tuple[int, int]]) -> list[list[tuple[int, int]]]:
        if not rest:
            return [[]]
        (i, j), others = rest[0], rest[1:]
        free = [edge for edge in others if edge[0] != i and edge[1] != j]
        return every(others) + [[(i, j), *more] for more in every(free)]

    def worth(pairs: list[tuple[int, int]]) -> tuple[list[int], list[tuple[int, int]]]:
        levels = len(next(iter(edges.values())))
        return [-sum(edges[pair][level] for pair in pairs) for level in range(levels)], sorted(pairs)

    return sorted(min(every(sorted(edges)), key=worth))


@pytest.mark.parametrize("seed", range(6))
def test_the_assignment_equals_brute_force(seed: int) -> None:
    random_ = random.Random(seed)
    for _ in range(120):
        n, m = random_.randint(1, 4), random_.randint(1, 4)
        most = random_.choice([1, 2, 3, 10**20])
        edges = {
            (i * 3, j * 5): (random_.randint(1, most), random_.randint(0, most), random_.randint(0, 2))
            for i in range(n)
            for j in range(m)
            if random_.random() < 0.7
        }
        if edges:
            assert assign(dict(random_.sample(list(edges.items()), len(edges)))) == brute_force(edges)


def test_no_edges_give_no_pairs() -> None:
    assert assign({}) == []
