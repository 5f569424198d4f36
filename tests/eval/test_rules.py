"""The rules for all scores: attempted layers, joining, duplicates, bad spans, labels, views, alignment, signatures."""

from __future__ import annotations

import itertools
import re
from typing import Any

import pytest
from msgspec.structs import replace

import goldwire
from goldwire.corpus.document import UNSET, Block, Dateline, Document, Mention, Section, sha256
from goldwire.corpus.errors import InputError, UsageError
from goldwire.eval.measures import MEASURES
from goldwire.eval.scorer import Scorer
from goldwire.eval.signature import parse_signature
from tests.eval.cases.records import (
    TEXT,
    by_block,
    document,
    mentions,
    prf,
    quote,
    result,
    scores,
    semeval,
    warned,
)

FULL = Document(
    id="d",
    text="Ann said: yes.",
    mentions=mentions("PPP"),
    quotes=(quote("Ann said: yes.", "yes", cue="said", speaker="Ann", speaker_entity="a"),),
    blocks=(Block(kind="paragraph", start=0, end=14),),
    sections=(Section(heading=None, body=(0, 14), paragraphs=((0, 14),)),),
    dateline=Dateline(start=0, end=3),
)
LAYERS = {"mentions": "entities.", "quotes": "quotes.", "blocks": "blocks.", "sections": "sections.", "dateline": "dat"}


def numbered(*documents: Document) -> list[Document]:
    return [replace(one, id=str(n)) for n, one in enumerate(documents)]


# --- attempted layers, missing and failed documents


def test_every_measure_is_scored_where_every_layer_is() -> None:
    found = result(FULL, FULL)
    of_entities = ("entities.link", "entities.nil", "entities.set", "entities.name", "clusters.")
    assert list(found.scores) == [name for name in MEASURES if not name.startswith(of_entities)]
    assert found.not_attempted == []
    assert {score["value"] for score in found.scores.values()} == {1.0, None}


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_that_no_prediction_has_is_not_attempted(layer: str) -> None:
    found = result(FULL, replace(FULL, **{layer: UNSET}))
    assert found.not_attempted == [layer]
    assert not [name for name in found.scores if name.startswith(LAYERS[layer])]


@pytest.mark.parametrize("layer", LAYERS)
def test_an_empty_layer_is_attempted(layer: str) -> None:
    found = result(FULL, Document(id="d", **{layer: None if layer == "dateline" else ()}))
    assert {name.partition(".")[0] for name in found.scores} == {
        name.partition(".")[0] for name in MEASURES if name.startswith(LAYERS[layer])
    }
    assert found.not_attempted == [other for other in LAYERS if other != layer]


def test_a_layer_that_the_extractor_declares_is_attempted() -> None:
    scorer = Scorer(attempted=["quotes"])
    scorer.add(FULL, Document(id="d"))
    found = scorer.result(draws=0)
    assert prf(found.scores["quotes.quote"]) == (None, 0.0, 0.0)
    assert "entities.strict" not in found.scores


def test_one_document_with_the_layer_makes_the_others_count_as_empty() -> None:
    golds = numbered(FULL, FULL, FULL)
    found = scores(golds, [golds[0], Document(id="1"), replace(golds[2], mentions=UNSET)])
    # 1 hit, 1 predicted, 3 of gold
    assert prf(found["entities.strict"]) == (1.0, 1 / 3, 2 / 4)
    assert prf(found["quotes.quote"]) == (1.0, 2 / 3, 4 / 5)


def test_missing_and_failed_documents_count_as_empty() -> None:
    scorer = Scorer(attempted=["mentions"])
    for gold, guess, failed in zip(
        numbered(FULL, FULL, FULL, FULL),
        [replace(FULL, id="0"), None, None, Document(id="3", mentions=())],
        [False, False, True, False],
        strict=True,
    ):
        scorer.add(gold, guess, failed=failed)
    found = scorer.result(draws=0)
    assert found.documents == {"scored": 4, "empty": 1, "missing": 1, "failed": 1}
    assert prf(found.scores["entities.strict"]) == (1.0, 1 / 4, 2 / 5)


def test_a_layer_that_gold_lacks_is_not_scored_and_warned_of() -> None:
    gold = replace(FULL, quotes=UNSET)
    found = result(gold, FULL)
    assert not [name for name in found.scores if name.startswith("quotes.")]
    assert warned(gold, FULL) == {"layer-not-in-gold": 1}


def test_documents_of_gold_without_a_layer_are_outside_it() -> None:
    golds = numbered(FULL, replace(FULL, mentions=UNSET))
    assert prf(scores(golds, numbered(FULL, FULL))["entities.strict"]) == (1.0, 1.0, 1.0)


# --- joining


def test_documents_are_joined_by_id_in_any_order() -> None:
    golds = [document(rows, name=rows) for rows in ("A", " B", "  C", "   D")]
    guesses = [document(rows, name=name) for rows, name in (("A", "A"), (" X", " B"), ("C", "  C"))]
    found = [scores(list(a), list(b)) for a in itertools.permutations(golds) for b in itertools.permutations(guesses)]
    assert all(other == found[0] for other in found)
    assert semeval(found[0]["entities.strict"]) == (1, 1, 0, 2, 1)


def test_a_prediction_for_an_unknown_id_is_an_error_unless_extras_are_ignored() -> None:
    with pytest.raises(InputError, match=r"'other'.*unknown-document"):
        scores([FULL], [FULL, replace(FULL, id="other")])
    found = result([FULL], [FULL, replace(FULL, id="other")], ignore_extra=True)
    assert found.scores["entities.strict"]["counts"]["predicted"] == 1
    assert [(warning.code, warning.count) for warning in found.warnings] == [("extra-document", 1)]


@pytest.mark.parametrize("side", [0, 1])
def test_a_document_twice_is_an_error(side: int) -> None:
    sides = [[FULL], [FULL]]
    sides[side] = [FULL, FULL]
    with pytest.raises(InputError, match="duplicate-document"):
        scores(*sides)


@pytest.mark.parametrize("part", [{"text": "Ann said: no.."}, {"sha256": sha256("another")}])
def test_predictions_on_another_text_are_refused(part: dict[str, str]) -> None:
    gold = replace(FULL, sha256=sha256(FULL.text or ""))
    with pytest.raises(InputError, match="another-text"):
        scores(gold, replace(gold, **part))


# --- duplicates


@pytest.mark.parametrize("scheme", ["strict", "exact", "type", "partial"])
def test_each_copy_of_a_prediction_counts_and_is_warned_of(scheme: str) -> None:
    gold, guess = document("AAA  BBB"), document("AAA  BBB", "AAA", "AAA")
    assert semeval(scores(gold, guess)[f"entities.{scheme}"]) == (2, 0, 0, 0, 2)
    assert warned(gold, guess) == {"duplicate-prediction": 2}


def test_copies_in_gold_are_merged_and_warned_of() -> None:
    gold = document("AAA  BBB", "AAA")
    assert prf(scores(gold, document("AAA  BBB"))["entities.strict"]) == (1.0, 1.0, 1.0)
    assert warned(gold, document("AAA  BBB")) == {"duplicate-gold": 1}


@pytest.mark.parametrize("layer", ["quotes", "blocks", "sections"])
def test_copies_of_other_items_are_treated_alike(layer: str) -> None:
    items = getattr(FULL, layer)
    doubled = replace(FULL, **{layer: (*items, *items)})
    score = {"quotes": "quotes.quote", "blocks": "blocks.span", "sections": "sections.section"}[layer]
    assert prf(scores(FULL, doubled)[score]) == (1 / 2, 1.0, 2 / 3)
    assert warned(FULL, doubled) == {"duplicate-prediction": 1}
    assert prf(scores(doubled, FULL)[score]) == (1.0, 1.0, 1.0)
    assert warned(doubled, FULL) == {"duplicate-gold": 1}


def test_quotes_that_differ_in_something_scored_are_no_copies() -> None:
    [one] = FULL.quotes or ()
    for other in (
        replace(one, kind="x"),
        replace(one, cue=None),
        replace(one, speaker=None),
        replace(one, speaker_entity="b"),
        replace(one, marked=((10, 12),)),
        replace(one, content=((10, 12),)),
    ):
        assert warned(replace(FULL, quotes=(one, other)), FULL) == {}
    again = replace(one, id="q1")
    assert warned(replace(FULL, quotes=(one, again)), FULL) == {"duplicate-gold": 1}


# --- bad spans

BAD_MENTIONS = {
    "no length": Mention(start=3, end=3, type="A"),
    "reversed": Mention(start=5, end=3, type="A"),
    "before the text": Mention(start=-1, end=3, type="A"),
    "behind the text": Mention(start=50, end=53, type="A"),
    "far behind": Mention(start=5, end=10**30, type="A"),
    "far before": Mention(start=-(10**30), end=4, type="A"),
    "another surface": Mention(start=0, end=3, type="A", text="xyz"),
}


@pytest.mark.parametrize("name", BAD_MENTIONS)
def test_bad_mentions_of_a_prediction_are_spurious_and_listed(name: str) -> None:
    gold = document("AAA  BBB")
    found = result(gold, replace(gold, mentions=(*(gold.mentions or ()), BAD_MENTIONS[name])))
    for scheme in ("strict", "exact", "type", "partial"):
        assert semeval(found.scores[f"entities.{scheme}"]) == (2, 0, 0, 0, 1)
    assert found.scores["entities.strict"]["by_type"]["A"]["precision"] == 1 / 2
    [warning] = found.warnings
    assert warning.code == ("wrong-surface" if name == "another surface" else "bad-span")
    assert warning.count == 1
    assert "d: " in warning.examples[0]


@pytest.mark.parametrize("name", BAD_MENTIONS)
def test_bad_mentions_of_gold_are_refused(name: str) -> None:
    gold = document("AAA  BBB")
    code = "wrong-surface" if name == "another surface" else "bad-span"
    with pytest.raises(InputError, match=rf"'d': mentions\[2\].*\[{code}\]"):
        scores(replace(gold, mentions=(*(gold.mentions or ()), BAD_MENTIONS[name])), gold)


UNPLACED = Mention(start=None, end=None, type="A", text="abc")


def test_a_gold_mention_without_offsets_is_refused() -> None:
    with pytest.raises(InputError, match=r"mentions\[0\]"):
        scores(Document(id="d", text="abc", mentions=(UNPLACED,)), Document(id="d", mentions=()))


@pytest.mark.parametrize("name", ["no length", "behind the text", "far behind", "another surface"])
def test_a_bad_mention_is_booked_where_it_begins(name: str) -> None:
    text = "ab\ncd ef\n" + "x" * 20  # blocks begin at 0, 3 and 9
    bad = {**BAD_MENTIONS, "another surface": Mention(start=6, end=8, type="A", text="xyz")}[name]
    gold = Document(id="d", text=text, mentions=())
    block = {"no length": 1, "behind the text": 2, "far behind": 1, "another surface": 1}[name]
    assert by_block(gold, Document(id="d", mentions=(bad,)), "entities.strict") == {block: (0, 1, 0)}


def test_offsets_far_out_are_bad_without_a_text_too() -> None:
    golds = [Document(id=str(n), mentions=mentions("A")) for n in range(30)]
    far = Mention(start=2**59, end=2**59 + 4, type="A")
    guesses = [Document(id=str(n), mentions=(*mentions("A"), far)) for n in range(30)]
    assert semeval(scores(golds, guesses)["entities.strict"]) == (30, 0, 0, 0, 30)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"quotes": (goldwire.Quote(kind="direct", content=()),)}, r"quotes\[0\]"),
        ({"quotes": (goldwire.Quote(kind="direct", content=((5, 3),)),)}, r"quotes\[0\]"),
        ({"quotes": (goldwire.Quote(kind="direct", content=((5, 8),), cue=(3, 3)),)}, r"quotes\[0\]"),
        ({"quotes": (goldwire.Quote(kind="direct", content=((5, 8),), speaker=(3, 99)),)}, r"quotes\[0\]"),
        ({"quotes": (goldwire.Quote(kind="direct", content=((5, 8),), marked=((-1, 6),)),)}, r"quotes\[0\]"),
        ({"blocks": (Block(kind="p", start=0, end=99),)}, r"blocks\[0\]"),
        ({"sections": (Section(heading=(4, 4), body=(0, 14), paragraphs=((0, 14),)),)}, r"sections\[0\]"),
        ({"sections": (Section(heading=None, body=(0, 99), paragraphs=((0, 14),)),)}, r"sections\[0\]"),
        ({"sections": (Section(heading=None, body=(0, 14), paragraphs=((0, 99),)),)}, r"sections\[0\]"),
        ({"dateline": Dateline(start=0, end=0)}, "dateline"),
        ({"dateline": Dateline(start=0, end=3, date=(2, 1))}, "dateline"),
    ],
)
def test_bad_spans_of_any_layer_of_gold_are_refused(change: dict[str, Any], field: str) -> None:
    with pytest.raises(InputError, match=rf"document 'd': {field}: found .*correct the gold"):
        scores(replace(FULL, **change), FULL)


@pytest.mark.parametrize("layer", ["quotes", "blocks", "sections", "dateline"])
def test_a_layer_over_text_asks_gold_for_its_text(layer: str) -> None:
    with pytest.raises(InputError, match=rf"the text, which {layer} need"):
        scores(Document(id="d", **{layer: getattr(FULL, layer)}), FULL)


# --- labels


def test_labels_are_mapped_dropped_and_kept() -> None:
    gold = document("AAA BBB CCC DDD")
    guess = document("111 222 333 DDD")
    labels = {"1": "A", "2": "C", "3": None}
    found = result(gold, guess, labels=labels)
    # 1 is A: a hit. 2 is C where B is right. 3 is outside the task. D is unknown to the map and kept
    assert semeval(found.scores["entities.strict"]) == (2, 1, 0, 1, 0)
    assert found.scores["entities.strict"]["counts"]["predicted"] == 3
    assert warned(gold, guess, labels=labels) == {"label-outside-task": 1, "unknown-label": 1}
    assert set(found.scores["entities.strict"]["by_type"]) == set("ABCD")


def test_an_unknown_label_is_spurious_and_named() -> None:
    found = result(document("AAA"), document("XXX  YYY"), labels={"Z": "A"})
    assert semeval(found.scores["entities.type"]) == (0, 1, 0, 0, 1)
    [warning] = found.warnings
    assert (warning.code, warning.count, warning.examples) == ("unknown-label", 2, ["X", "Y"])


def test_a_dropped_label_comes_with_its_reason(tmp_path: Any) -> None:
    path = tmp_path / "labels.toml"
    path.write_text('[labels]\nX = "A"\nY = { why = "no such type here" }\n', encoding="utf-8")
    found = result(document("AAA"), document("XXX  YYY"), labels=path)
    assert prf(found.scores["entities.strict"]) == (1.0, 1.0, 1.0)
    assert [warning.examples for warning in found.warnings] == [["Y: no such type here"]]


def test_an_empty_label_is_a_label_like_another() -> None:
    gold = Document(id="d", text=TEXT, mentions=(Mention(start=0, end=3, type="A"),))
    empty = Document(id="d", mentions=(Mention(start=0, end=3, type=""),))
    assert semeval(scores(gold, empty)["entities.strict"]) == (0, 1, 0, 0, 0)
    assert semeval(scores(replace(empty, text=TEXT), empty)["entities.strict"]) == (1, 0, 0, 0, 0)


def test_without_a_map_no_label_is_warned_of() -> None:
    assert warned(document("AAA"), document("XXX")) == {}


def test_labels_of_mentions_that_are_not_in_the_text_are_mapped_too() -> None:
    guess = Document(id="d", mentions=(Mention(start=None, end=None, type="X", text="123"),))
    assert semeval(scores(document(), guess, labels={"X": "A"})["entities.strict"]) == (0, 0, 0, 0, 1)
    assert semeval(scores(document(), guess, labels={"X": None})["entities.strict"]) == (0, 0, 0, 0, 0)


# --- views


def typed(*listed: tuple[int, int, str, str]) -> Document:
    made = tuple(Mention(start=s, end=e, type=kind, form=form) for s, e, kind, form in listed)
    return Document(id="d", text=TEXT, mentions=made)


PLACES = typed(
    (0, 3, "PERSON", "name"),
    (4, 7, "COUNTRY", "name"),
    (8, 11, "CITY", "nominal"),
    (12, 15, "LOCATION", "name"),
    (16, 19, "ORGANIZATION", "name"),
    (20, 23, "DATE", "name"),
)


def plain(*listed: tuple[int, int, str]) -> Document:
    return Document(id="d", mentions=tuple(Mention(start=s, end=e, type=kind) for s, e, kind in listed))


def test_a_projection_renames_and_drops_types_of_gold() -> None:
    guess = plain((0, 3, "PER"), (4, 7, "LOC"), (8, 11, "LOC"), (12, 15, "LOC"), (16, 19, "ORG"))
    found = scores(PLACES, guess, view="per-loc-org")["entities.strict"]
    assert semeval(found) == (5, 0, 0, 0, 0)
    assert list(found["by_type"]) == ["LOC", "ORG", "PER"]
    assert found["by_type"]["LOC"]["counts"]["gold"] == 3


def test_the_types_of_places_that_nerel_has_besides_are_places() -> None:
    gold = plain((0, 3, "STATE_OR_PROVINCE"), (4, 7, "DISTRICT"), (8, 11, "FACILITY"), (12, 15, "NATIONALITY"))
    gold = replace(gold, text=TEXT)
    found = scores(gold, plain((0, 3, "LOC"), (4, 7, "LOC")), view="per-loc-org")["entities.strict"]
    assert semeval(found) == (2, 0, 0, 0, 0)
    assert list(found["by_type"]) == ["LOC"]


def test_gold_against_itself_stays_perfect_in_a_projection() -> None:
    assert prf(scores(PLACES, PLACES, view="per-loc-org")["entities.strict"]) == (1.0, 1.0, 1.0)
    assert warned(PLACES, PLACES, view="per-loc-org") == {"ignored-outside-view": 1}


@pytest.mark.parametrize(
    ("guess", "spurious", "ignored"),
    [
        ((20, 23, "DATE"), 0, 1),  # equal in span and type to gold outside the view
        ((20, 23, "LOC"), 1, 0),  # another type
        ((20, 22, "DATE"), 1, 0),  # another span
        ((30, 33, "DATE"), 1, 0),
    ],
)
def test_predictions_equal_to_gold_outside_the_view_are_ignored(
    guess: tuple[int, int, str], spurious: int, ignored: int
) -> None:
    found = scores(PLACES, plain(guess), view="per-loc-org")["entities.strict"]
    assert semeval(found) == (0, 0, 0, 5, spurious)
    assert warned(PLACES, plain(guess), view="per-loc-org").get("ignored-outside-view", 0) == ignored


def test_names_keeps_gold_by_form_and_ignores_hits_on_the_rest() -> None:
    guess = plain((0, 3, "PER"), (8, 11, "LOC"), (9, 11, "LOC"))
    found = scores(PLACES, guess, view="per-loc-org+names")["entities.strict"]
    # gold: 4 names. (8,11) equals the nominal CITY, seen as LOC: ignored. (9,11) overlaps it only: spurious
    assert semeval(found) == (1, 0, 0, 3, 1)
    assert warned(PLACES, guess, view="per-loc-org+names") == {"ignored-outside-view": 1}


def test_copies_of_an_ignored_prediction_are_ignored_all() -> None:
    guess = plain((8, 11, "LOC"), (8, 11, "LOC"))
    assert semeval(scores(PLACES, guess, view="per-loc-org+names")["entities.strict"]) == (0, 0, 0, 4, 0)
    assert warned(PLACES, guess, view="per-loc-org+names") == {"ignored-outside-view": 2}


NESTED = ("AAAAAAAAAA", "  BBBBBB", "  CCC", "      DD", "        EEEE", "             FF", "             GG")
# A [0,10) holds B [2,8), which holds C [2,5) and D [6,8). E [8,12) crosses A. F and G have one span


@pytest.mark.parametrize(
    ("view", "kept"),
    [
        ("outermost", "AEFG"),
        ("innermost", "CDEFG"),
        ("depth=1", "AEFG"),
        ("depth=2", "B"),
        ("depth=3", "CD"),
        ("depth=4", ""),
        ("depth=1+depth=3", "AEFGCD"),
        ("outermost+innermost", "EFG"),
        ("innermost+depth=3", "CD"),
        ("all", "ABCDEFG"),
    ],
)
def test_selections_by_nesting(view: str, kept: str) -> None:
    gold = document(*NESTED)
    found = scores(gold, document(), view=view)["entities.strict"]
    assert set(found["by_type"]) == set(kept)
    assert found["counts"]["gold"] == len(kept)
    # the rest is ignored: gold against itself stays perfect
    itself = scores(gold, gold, view=view)["entities.strict"]
    assert semeval(itself) == (len(kept), 0, 0, 0, 0)
    assert warned(gold, gold, view=view).get("ignored-outside-view", 0) == 7 - len(kept)


def test_projections_come_before_selections() -> None:
    # DATE is dropped first, so the PERSON inside it is outermost
    gold = typed((0, 9, "DATE", "name"), (2, 5, "PERSON", "name"))
    assert scores(gold, plain(), view="per-loc-org+outermost")["entities.strict"]["counts"]["gold"] == 1


def test_parts_of_a_view_may_come_in_any_order() -> None:
    guess = plain((0, 3, "PER"), (8, 11, "LOC"))
    found = [scores(PLACES, guess, view="+".join(p)) for p in itertools.permutations(("names", "per-loc-org", "all"))]
    assert all(other == found[0] for other in found)


def test_a_view_by_form_refuses_gold_without_forms() -> None:
    half = Document(id="d", text=TEXT, mentions=(*mentions("AAA", form="name"), *mentions("    B")))
    with pytest.raises(InputError, match=r"document 'd': mentions\[1\]\.form.*names"):
        scores(half, plain(), view="names")
    with pytest.raises(InputError, match=r"document 'd': mentions\[0\]\.form.*names"):
        scores(document("A"), plain(), view="names")
    assert scores(document("A"), document("A"), view="outermost")["entities.strict"]["value"] == 1


@pytest.mark.parametrize("view", ["nouns", "depth=0", "depth=", "per-loc-org+x", "names+"])
def test_an_unknown_view_is_refused(view: str) -> None:
    with pytest.raises(UsageError, match="view"):
        scores(PLACES, PLACES, view=view)


def test_a_mode_that_does_not_exist_is_refused() -> None:
    with pytest.raises(UsageError, match="mode 'muc'"):
        scores(PLACES, PLACES, mode="muc")


# --- mentions without offsets

WORDS = "Путин в Твери. «Путин» и ПУТИН. Ёлка."


def named(*strings: str) -> Document:
    return Document(id="d", mentions=tuple(Mention(start=None, end=None, type="A", text=s) for s in strings))


def spans_of_hits(*strings: str) -> list[tuple[int, int]]:
    """Which of all spans of words in WORDS are hit by mentions without offsets."""
    gold = [
        Document(id="d", text=WORDS, mentions=(Mention(start=m.start(), end=m.end(), type="A"),))
        for m in re.finditer(r"\w+", WORDS)
    ]
    hit = [g for g in gold if scores(g, named(*strings))["entities.strict"]["counts"]["hits"]]
    return [(m.start, m.end) for g in hit for m in g.mentions or ()]


@pytest.mark.parametrize(
    ("strings", "places", "warnings"),
    [
        (["Путин"], [(0, 5)], {"aligned-exact": 1}),
        (["Путин", "Путин"], [(0, 5), (16, 21)], {"aligned-exact": 2}),
        (["Путин"] * 3, [(0, 5), (16, 21)], {"aligned-exact": 2, "not-in-text": 1}),
        (["ПУТИН"], [(25, 30)], {"aligned-exact": 1}),
        (["путин", "путин"], [(0, 5), (16, 21)], {"aligned-folded": 2}),
        (["елка"], [(32, 36)], {"aligned-folded": 1}),
        (["Медведев"], [], {"not-in-text": 1}),
        ([""], [], {"not-in-text": 1}),
    ],
    ids=["first", "second", "surplus", "exact before folded", "case", "ё", "absent", "empty"],
)
def test_the_nth_string_of_a_kind_stands_at_the_nth_occurrence(
    strings: list[str], places: list[tuple[int, int]], warnings: dict[str, int]
) -> None:
    assert spans_of_hits(*strings) == places
    gold = Document(id="d", text=WORDS, mentions=())
    assert {k: v for k, v in warned(gold, named(*strings)).items() if "dupl" not in k} == warnings
    assert scores(gold, named(*strings))["entities.strict"]["counts"]["predicted"] == len(strings)


def test_strings_that_are_not_in_the_text_are_spurious() -> None:
    gold = Document(id="d", text=WORDS, mentions=(Mention(start=0, end=5, type="A"),))
    assert semeval(scores(gold, named("Путин", "Медведев"))["entities.strict"]) == (1, 0, 0, 0, 1)
    # also where nothing else is predicted, and nothing is in gold
    assert prf(scores(replace(gold, mentions=()), named("Медведев"))["entities.strict"]) == (0.0, None, 0.0)


# --- signatures and hashes


def signature(gold: Any, predicted: Any, score: str = "entities.strict", **options: Any) -> str:
    return str(scores(gold, predicted, **options)[score]["signature"])


TEN = [document("AAA B", name=f"d{n}") for n in range(10)]


def test_the_same_input_has_the_same_signature_and_another_system_too() -> None:
    assert signature(TEN, TEN) == signature(TEN, TEN)
    assert signature(TEN, TEN) == signature(TEN, [replace(d, mentions=()) for d in TEN])


@pytest.mark.parametrize(
    "options",
    [{"view": "outermost"}, {"draws": 11}, {"seed": 1}, {"score": "entities.exact"}],
    ids=lambda options: next(iter(options)),
)
def test_each_choice_moves_the_signature(options: dict[str, Any]) -> None:
    assert signature(TEN, TEN) != signature(TEN, TEN, **options)


def test_gold_moves_the_signature_and_its_order_does_not() -> None:
    other = [*TEN[:9], document("AAA C", name="d9")]
    assert signature(TEN, TEN) != signature(other, TEN)
    assert signature(TEN[:9], TEN[:9]) != signature(TEN, TEN)
    assert signature(TEN[::-1], TEN) == signature(TEN, TEN)
    assert signature(TEN, TEN[::-1]) == signature(TEN, TEN)


def test_a_signature_says_what_was_chosen() -> None:
    parsed = parse_signature(signature(TEN, TEN, view="outermost+depth=2", draws=7, seed=3))
    assert (parsed.score, parsed.view, parsed.unit) == ("entities.strict", "outermost+depth=2", "document")
    assert (parsed.draws, parsed.seed, parsed.version) == (7, 3, "0.1.0")
    assert parsed.gold.startswith("local@0#")
    assert parse_signature(signature(TEN[:9], TEN[:9])).unit == "block"


def test_the_embedded_gold_bears_its_name_wherever_it_comes_from() -> None:
    gold = goldwire.load()
    named_ = signature(None, gold)
    assert "|gold:palmyra@" in named_
    assert signature(gold, gold) == named_


def test_the_hash_of_predictions_tells_them_apart() -> None:
    found = {result(TEN, guess).predictions for guess in (TEN, TEN[::-1], [replace(d, mentions=()) for d in TEN])}
    assert len(found) == 2


def test_a_prediction_with_the_hash_of_another_text_is_refused_though_gold_has_none() -> None:
    gold = Document(id="a", text="Путин", mentions=())
    guess = Document(id="a", sha256="0" * 64, mentions=())
    with pytest.raises(InputError, match=r"document 'a': sha256: found a sha256 unlike gold's: '0+….*another-text"):
        goldwire.score([gold], [guess], draws=0)
