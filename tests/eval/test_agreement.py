"""Agreement: coefficients against published examples, figures against hand counts, and laws for any two annotations."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldwire.corpus.document import UNSET, Block, Document, Entity, Mention, Quote, Relation, Span
from goldwire.corpus.errors import InputError, UsageError
from goldwire.corpus.layout import sections_of
from goldwire.eval.agreement import (
    ROWS,
    agreement,
    cohen_kappa,
    krippendorff_alpha,
    matched_mentions,
    matched_quotes,
)
from goldwire.eval.disagreements import disagreements
from goldwire.eval.measures import MEASURES
from goldwire.io import write
from tests.strategies import LAW, documents, texts

# The example that the krippendorff package's README prints: 3 coders, 15 units, nominal 0.691.
# Units of two values or more: 22, 11, 33, 334, 444, 13, 22, 11, 11, 33, 33, 34: 26 values, of which 7, 4, 10, 5 are
# 1, 2, 3, 4. Unequal ordered pairs over m - 1: 334 gives 4/2, 13 gives 2, 34 gives 2: 6. Expected:
# (26² - 7² - 4² - 10² - 5²) / 25 = 486/25. α = 1 - 6·25/486 = 0.691358.
PACKAGE = [
    "*****34121133*3",
    "1*213343*******",
    "**21344*21133*4",
]
# Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability", example C: 4 observers, 12 units, nominal 0.743.
# Unit 12 has one value. Of the 40 others 9, 13, 10, 5, 3 are 1 … 5. Unequal pairs: 2232 gives 6/3, 1234 gives 12/3,
# 1121 gives 6/3: 8. Expected: (40² - 81 - 169 - 100 - 25 - 9) / 39 = 1216/39. α = 1 - 8·39/1216 = 0.743421.
PAPER = [
    "123321412***",
    "1233224125*3",
    "*3332342251*",
    "12332441251*",
]


@pytest.mark.parametrize(
    ("table", "wanted"), [(PACKAGE, 1 - 150 / 486), (PAPER, 1 - 312 / 1216)], ids=["package", "paper"]
)
def test_alpha_is_that_of_the_published_examples(table, wanted):
    units = [[value for value in column if value != "*"] for column in zip(*table, strict=True)]
    assert krippendorff_alpha(units) == pytest.approx(wanted, abs=1e-12)


def test_alpha_of_two_is_by_hand():
    # Krippendorff 2011, example A: aa, bb, ab, ab, bb … here: 4 units, one unequal. n = 8, a 3, b 5.
    # Observed 2; expected (64 - 9 - 25)/7 = 30/7; α = 1 - 14/30.
    assert krippendorff_alpha(["aa", "bb", "bb", "ab"]) == pytest.approx(16 / 30)


def test_kappa_is_by_hand():
    # 50 units: 20 both yes, 15 both no, 5 yes-no, 10 no-yes. Agreed 0.7; by chance 0.5·0.6 + 0.5·0.4 = 0.5; κ = 0.4.
    pairs = [("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15
    assert cohen_kappa(pairs) == pytest.approx(0.4)
    assert cohen_kappa([("a", "b"), ("a", "b")]) == 0


def test_one_label_or_none_is_null():
    assert cohen_kappa([]) is None
    assert cohen_kappa([("a", "a"), ("a", "a")]) is None
    assert krippendorff_alpha([]) is None
    assert krippendorff_alpha(["aaa", "aa"]) is None
    assert krippendorff_alpha(["a", "b"]) is None  # no unit has two


def test_every_row_is_made_of_measures_of_its_layer():
    for row in ROWS:
        for name in (row.exact, row.soft):
            assert not name or MEASURES[name].layer == row.layer


TEXT = "Headline\nOne Two Three said Four\nFive"
LINES = (Block(kind="headline", start=0, end=8), Block(kind="paragraph", start=9, end=32))


def document(
    *mentions: tuple[int, int, str], blocks: tuple[Block, ...] = LINES, quotes: tuple[Quote, ...] = ()
) -> Document:
    return Document(
        id="d",
        text=TEXT,
        mentions=tuple(Mention(start=s, end=e, type=t, form="name") for s, e, t in mentions),
        blocks=blocks,
        sections=sections_of(blocks),
        quotes=quotes,
    )


SAID = Quote(kind="direct", content=((9, 22),), cue=(23, 27), speaker=(28, 32))


def test_the_figures_of_two_are_by_hand():
    # Equal: [9, 12) A. Same span, other type: [13, 16). Only the first: [28, 32). So 1 hit of 3 and 2: F1 = 2/5.
    # Characters with their type: first 3 + 3 + 4, second 3 + 3, common 3: 2·3/16.
    first = document((9, 12, "A"), (13, 16, "B"), (28, 32, "A"), quotes=(SAID,))
    last = Block(kind="paragraph", start=33, end=37)
    second = document(
        (9, 12, "A"), (13, 16, "A"), blocks=(*LINES, last), quotes=(msgspec.structs.replace(SAID, kind="mixed"),)
    )
    found = agreement({"x": [first], "y": [second]})
    mention = found.rows["mentions", "mention"]
    assert mention.items == {"x": 3, "y": 2}
    assert mention.exact is not None
    assert mention.exact.mean == mention.exact.lowest == pytest.approx(2 / 5)
    assert mention.exact.pair == ("x", "y")
    assert mention.soft is not None
    assert mention.soft.mean == pytest.approx(6 / 16)
    by_type = {name: row.exact.mean for name, row in found.types.items() if row.exact}
    assert by_type == {"A": pytest.approx(2 / 4), "B": 0}
    assert found.rows["quotes", "content"].exact.mean == 1  # type: ignore[union-attr]
    assert found.rows["quotes", "quote"].exact.mean == 0  # type: ignore[union-attr] # the kind differs
    kinds = found.fixed["kinds of matched quotes"]
    assert (kinds.coefficient, kinds.value, kinds.units, kinds.labels) == ("kappa", 0, 1, {"direct": 1, "mixed": 1})
    # Types of the two matched: AA, BA. Agreed 1/2; by chance 1/2·1 + 1/2·0; κ = 0.
    assert found.fixed["types of matched mentions"][1:3] == (0, 2)
    # Lines: headline and paragraph equal, the third in no block of the first: agreed 2/3, by chance 1/9 + 2/9; κ = 1/2.
    assert found.fixed["line kinds"].value == pytest.approx(1 / 2)
    assert found.fixed["line kinds"].labels == {"headline": 2, "none": 1, "paragraph": 3}
    told = [(d.layer, d.part, d.first, d.second) for d in disagreements(first, second)]
    assert told == [
        ("mentions", "type", "B", "A"),
        ("mentions", "mention", "A «Four» [28, 32)", "—"),
        ("quotes", "kind", "direct", "mixed"),
        ("blocks", "kind", "none", "paragraph"),
        ("blocks", "block", "—", "«Five» [33, 37)"),
        ("sections", "section", "«One Two Three said Four» [9, 32)", "—"),
        ("sections", "section", "—", "«One Two Three said Four\nFive» [9, 37)"),
    ]


def test_of_three_the_lowest_pair_is_named_and_alpha_taken():
    # F1: xy 1, xz and yz 2·1/3; mean 7/9. Types by unit: AAA, BB: α is 1. Lines are equal.
    one, other = document((9, 12, "A"), (13, 16, "B")), document((9, 12, "A"))
    found = agreement({"x": [one], "y": [one], "z": [other]})
    exact = found.rows["mentions", "mention"].exact
    assert exact is not None
    assert (exact.mean, exact.lowest, exact.pair, exact.pairs) == (
        pytest.approx(7 / 9),
        pytest.approx(2 / 3),
        ("x", "z"),
        3,
    )
    assert found.fixed["types of matched mentions"] == ("alpha", 1.0, 2, {"A": 3, "B": 2})
    assert found.fixed["line kinds"][:3] == ("alpha", 1.0, 3)


def test_what_only_one_has_is_left_out_and_counted():
    bare = Document(id="d", text=TEXT, mentions=(), extra={"by": "hand"})
    found = agreement({"x": [document((9, 12, "A")), Document(id="e", text="")], "y": [bare]})
    assert found.shared == 1
    assert found.left_out == {"blocks": 1, "documents": 1, "quotes": 1, "sections": 1}
    assert {layer for layer, _ in found.rows} == {"mentions"}
    assert set(found.fixed) == {"types of matched mentions", "forms of matched mentions"}
    assert found.to_dict()["documents"] == {"shared": 1, "left_out": found.left_out}


def test_nothing_in_common_nothing_to_compare_or_another_text_is_refused():
    with pytest.raises(InputError, match="no-shared-document"):
        agreement({"x": [document()], "y": [Document(id="e", text="")]})
    with pytest.raises(UsageError, match="found 1 annotators"):
        agreement({"x": [document()]})
    with pytest.raises(InputError, match="one text"):
        agreement({"x": [document()], "y": [Document(id="d", text="another", mentions=())]})
    with pytest.raises(InputError, match="two of this id by 'x'"):
        agreement({"x": [document(), document()], "y": [document()]})
    broken = document((9, 99, "A"))
    for pair in ((document(), broken), (broken, document())):
        with pytest.raises(InputError, match=r"\[9, 99\)"):
            agreement(dict(zip("xy", ([d] for d in pair), strict=True)))


def test_entities_are_one_by_what_they_share_and_not_by_their_ids():
    def about(*ids: str) -> Document:
        mentions = tuple(Mention(start=a, end=a + 3, type="A", entity=i) for a, i in zip((9, 13, 33), ids, strict=True))
        entities = tuple(Entity(id=i, type="A", name=i.upper()) for i in dict.fromkeys(ids))
        return Document(id="d", text=TEXT, mentions=mentions, entities=entities)

    told = disagreements(about("p", "p", "q"), about("p", "r", "r"))
    assert [(d.layer, d.part, d.surface) for d in told][:2] == [
        ("mentions", "entity", "Two"),
        ("entities", "name", "Fiv"),
    ]
    assert [d.part for d in disagreements(about("p", "p", "q"), about("x", "x", "y"))] == ["name", "name"]


def split(*relations: Relation, spans: tuple[Span, ...], kind: str = "A", name: str = "Ann") -> Document:
    """One mention of two pieces, «One» and «Three», one of another type, an entity, and relations of the three."""
    mentions = (
        Mention(start=9, end=22, type="B", spans=spans, id="m1"),
        Mention(start=13, end=16, type=kind, id="m2", entity="e"),
    )
    return Document(
        id="d", text=TEXT, mentions=mentions, entities=(Entity(id="e", type="A", name=name),), relations=relations
    )


def test_fragments_and_relations_are_told_beside_other_differences():
    first = split(
        Relation(type="R", source="m1", target="e"), Relation(type="S", source="m1", target="e"),
        Relation(type="T", source="m1", target="m2"), spans=((9, 12), (17, 22)),
    )  # fmt: skip
    second = split(
        Relation(type="R", source="m1", target="e"), Relation(type="T", source="m1", target="m2"),
        spans=((9, 22),), kind="C", name="Bob",
    )  # fmt: skip
    # R is equal, since the entities are one by their span; T leads to a mention of another type, which is told itself
    wanted = [
        ("mentions", "type", "A", "C"),
        ("entities", "name", "Ann", "Bob"),
        ("mentions", "fragments", "B «One» [9, 12) … «Three» [17, 22)", "—"),
        ("mentions", "fragments", "—", "B «One Two Three» [9, 22)"),
        ("relations", "relation", "S: B «One Two Three» [9, 22) → A Ann", "—"),
    ]
    assert [(d.layer, d.part, d.first, d.second) for d in disagreements(first, second)] == wanted
    back = [(d.layer, d.part, d.second, d.first) for d in disagreements(second, first)]
    assert back[:4] == wanted[:4]
    assert back[4:] == [("relations", "relation", "S: B «One Two Three» [9, 22) → A Bob", "—")]


def test_a_relation_given_twice_is_told():
    relation = Relation(type="T", source="m1", target="m2")
    [told] = disagreements(split(relation, relation, spans=((9, 22),)), split(relation, spans=((9, 22),)))
    said = "T: B «One Two Three» [9, 22) → A «Two» [13, 16)"
    assert (told.part, told.first, told.second) == ("relation", f"{said}, 2 times", said)


def test_a_layer_that_one_alone_has_is_told_and_not_what_is_in_it():
    whole = split(Relation(type="T", source="m1", target="m2"), spans=((9, 22),))
    bare = Document(id="d", text=TEXT, quotes=())
    assert [str(d) for d in disagreements(whole, bare)] == [
        "d [0, 0) «»: mentions, layer: annotated | not annotated",
        "d [0, 0) «»: quotes, layer: not annotated | annotated",
    ]


def test_agree_lists_every_difference(goldwire, tmp_path):
    relation = Relation(type="T", source="m1", target="m2")
    write(tmp_path / "ann.jsonl", [split(relation, spans=((9, 12), (17, 22)))])
    write(tmp_path / "bob.jsonl", [msgspec.structs.replace(split(spans=((9, 22),)), quotes=())])
    done = goldwire("agree", tmp_path / "ann.jsonl", tmp_path / "bob.jsonl", "--list", "--json", tmp_path / "a.json")
    assert (done.code, done.err) == (0, "")
    assert done.out[done.out.index("4 disagreements") :].splitlines() == [
        "4 disagreements:",
        "ann | bob: d [0, 0) «»: quotes, layer: not annotated | annotated",
        "ann | bob: d [9, 22) «One Two Three»: mentions, fragments: B «One» [9, 12) … «Three» [17, 22) | —",
        "ann | bob: d [9, 22) «One Two Three»: mentions, fragments: — | B «One Two Three» [9, 22)",
        "ann | bob: d [0, 0) «»: relations, relation: T: B «One Two Three» [9, 22) → A «Two» [13, 16) | —",
    ]
    listed = msgspec.json.decode((tmp_path / "a.json").read_bytes())["disagreements"]
    assert [(each["layer"], each["part"]) for each in listed] == [
        ("quotes", "layer"), ("mentions", "fragments"), ("mentions", "fragments"), ("relations", "relation"),
    ]  # fmt: skip


@st.composite
def annotations(draw):
    body = draw(texts().filter(str.strip))
    both = [draw(documents(text=st.just(body), offsets=True)) for _ in range(2)]
    return [msgspec.structs.replace(d, id="d", meta=UNSET, extra=UNSET) for d in both]


def known(document):
    """The document with speakers of whom something is known: an entity without name, span or id is equal to none."""
    if document.quotes is UNSET:
        return document
    quotes = tuple(q if q.speaker else msgspec.structs.replace(q, speaker_entity=None) for q in document.quotes)
    return msgspec.structs.replace(document, quotes=quotes)


@LAW
@given(documents(texts().filter(str.strip), offsets=True).map(known))
def test_an_annotation_agrees_with_itself(one):
    found = agreement({"x": [one], "y": [one]})
    for row in (*found.rows.values(), *found.types.values()):
        assert all(figure is None or figure.mean in (None, 1.0) for figure in row[:2])
    for fixed in found.fixed.values():
        assert fixed.value in (None, 1.0)
    assert disagreements(one, one) == []


@LAW
@given(annotations())
def test_agreement_is_the_same_from_either_side(pair):
    one, other = pair
    ours = agreement({"x": [one], "y": [other]})
    theirs = agreement({"y": [other], "x": [one]})
    for key, row in ours.rows.items():
        for figure, back in zip(row[:2], theirs.rows[key][:2], strict=True):
            assert (figure is None) == (back is None)
            assert figure is None or back is None or figure.mean == pytest.approx(back.mean)
    assert {name: fixed.labels for name, fixed in ours.fixed.items() if "line" in name} == {
        name: fixed.labels for name, fixed in theirs.fixed.items() if "line" in name
    }


@LAW
@given(annotations())
def test_matched_items_are_one_to_one(pair):
    for matched in (matched_mentions, matched_quotes):
        pairs = matched(*pair)
        for side in (0, 1):
            assert len({item[side] for item in pairs}) == len(pairs)
