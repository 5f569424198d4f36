"""The scores of blocks, sections and dateline by hand: every number is derived from the definitions in a comment."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from msgspec.structs import replace

from goldwire.corpus.document import Block, Dateline, Document, Section, Span
from tests.eval.cases.records import at, by_block, prf, scores, warned

LINES = "Head\n\nOne two.\nThree.\nSub\nFour."
HEAD, ONE, THREE, SUB, FOUR = (at(LINES, words) for words in ("Head", "One two.", "Three.", "Sub", "Four."))


def blocks(*listed: tuple[str, Span], text: str = LINES) -> Document:
    return Document(
        id="d", text=text, blocks=tuple(Block(kind=kind, start=start, end=end) for kind, (start, end) in listed)
    )


GOLD = blocks(("headline", HEAD), ("paragraph", ONE), ("paragraph", THREE), ("subhead", SUB), ("paragraph", FOUR))


def test_block_kinds_over_non_blank_lines() -> None:
    # lines   headline  paragraph  paragraph  subhead    paragraph
    # guess   headline  paragraph  paragraph  paragraph  none
    guess = blocks(("headline", HEAD), ("paragraph", (ONE[0], SUB[1])))
    score = scores(GOLD, guess)["blocks.kind"]
    assert score["accuracy"] == 3 / 5
    kinds = score["by"]["kind"]
    assert prf(kinds["headline"]) == (1.0, 1.0, 1.0)
    assert prf(kinds["paragraph"]) == (2 / 3, 2 / 3, 4 / 6)
    assert prf(kinds["subhead"]) == (None, 0.0, 0.0)
    assert score["value"] == pytest.approx((1 + 2 / 3 + 0) / 3, abs=1e-15)
    # blocks.span: of 2 predicted and 5 of gold, the headline is equal
    assert prf(scores(GOLD, guess)["blocks.span"]) == (1 / 2, 1 / 5, 2 / 7)


def test_the_macro_average_is_over_the_kinds_of_gold() -> None:
    # a kind that only the guess has ("rubric") costs precision of nothing in the mean: headline 2/2, paragraph 2/4
    gold = blocks(("headline", HEAD), ("paragraph", ONE), ("paragraph", THREE), ("paragraph", SUB))
    guess = blocks(("headline", HEAD), ("paragraph", ONE), ("rubric", THREE), ("rubric", SUB))
    # headline 1; paragraph 1 hit, 1 predicted, 3 of gold: 2/4
    assert scores(gold, guess)["blocks.kind"]["value"] == (1 + 1 / 2) / 2


@pytest.mark.parametrize(
    ("listed", "kind"),
    [
        ([("a", (0, 2)), ("b", (3, 8))], "b"),  # 2 letters against 5
        ([("b", (3, 6)), ("a", (0, 2))], "b"),
        ([("a", (0, 2)), ("b", (3, 5))], "a"),  # a tie: the earliest
        ([("b", (3, 5)), ("a", (0, 2))], "a"),
        ([("a", (2, 3))], None),  # a blank is no ink
        ([("a", (0, 0)), ("b", (3, 4))], "b"),
        ([], None),
    ],
    ids=["most ink", "most ink, turned", "tie", "tie, turned", "no ink", "no length", "none"],
)
def test_a_line_has_the_kind_of_the_block_with_most_of_its_ink(
    listed: list[tuple[str, Span]], kind: str | None
) -> None:
    text = "ab cdefg"
    for wanted in ("a", "b"):
        found = scores(blocks((wanted, (0, 8)), text=text), blocks(*listed, text=text))["blocks.kind"]
        assert found["accuracy"] == (wanted == kind)


def test_blocks_are_equal_by_their_ink() -> None:
    # the full stop and the line break are no ink, a letter is
    gold = blocks(("paragraph", ONE), ("paragraph", THREE))
    assert scores(gold, blocks(("x", (ONE[0], ONE[1] - 1)), ("x", (ONE[1], THREE[1]))))["blocks.span"]["f1"] == 1
    assert scores(gold, blocks(("x", (ONE[0] + 1, ONE[1])), ("x", THREE)))["blocks.span"]["f1"] == 1 / 2


def test_lines_are_booked_in_their_own_block() -> None:
    assert by_block(GOLD, blocks(("paragraph", FOUR)), "blocks.kind") == {
        0: (0, 1, 1), 1: (0, 1, 1), 2: (0, 1, 1), 3: (0, 1, 1), 4: (1, 1, 1),
    }  # fmt: skip
    assert by_block(GOLD, blocks(("paragraph", (THREE[0], SUB[1]))), "blocks.span") == {
        0: (0, 0, 1), 1: (0, 0, 1), 2: (0, 1, 1), 3: (0, 0, 1), 4: (0, 0, 1),
    }  # fmt: skip


def test_equal_blocks_are_booked_in_any_order_alike() -> None:
    # both predictions have the ink of "Sub"; one begins in the block before. One is a hit, the other is spurious
    guesses = [Block(kind="x", start=SUB[0] - 1, end=SUB[1]), Block(kind="x", start=SUB[0], end=SUB[1])]
    found = [
        by_block(GOLD, Document(id="d", blocks=tuple(listed)), "blocks.span")
        for listed in itertools.permutations(guesses)
    ]
    assert found[0] == found[1]


# --- sections

N = 6
BODY = "\n".join(f"p{n} aa" for n in range(1, N + 1))
# paragraph n is at [6·(n-1), 6·(n-1)+5)


def paragraph(n: int) -> Span:
    return 6 * (n - 1), 6 * (n - 1) + 5


def section(first: int, last: int, heading: Span | None = None) -> Section:
    places = tuple(paragraph(n) for n in range(first, last + 1))
    return Section(heading=heading, body=(places[0][0], places[-1][1]), paragraphs=places)


def laid_out(*sections: Section, text: str = BODY) -> Document:
    return Document(id="d", text=text, sections=sections)


def cut(n: int, gaps: set[int]) -> Document:
    """A text of ``n`` paragraphs with a section beginning behind each of ``gaps``."""
    starts = [0, *sorted(gaps), n]
    sections = tuple(section(a + 1, b) for a, b in itertools.pairwise(starts))
    return laid_out(*sections, text="\n".join(["p# aa"] * n))


HEADED = "Lead one\nLead two\nTop\nMid one\nMid two\nEnd\nLast one\nLast two"
L1, L2, TOP, M1, M2, END, E1, E2 = (at(HEADED, line) for line in HEADED.split("\n"))


def headed(heading: Span | None, *paragraphs: Span) -> Section:
    return Section(heading=heading, body=(paragraphs[0][0], paragraphs[-1][1]), paragraphs=paragraphs)


SECTIONS = laid_out(headed(None, L1, L2), headed(TOP, M1, M2), headed(END, E1, E2), text=HEADED)


def test_sections_by_hand() -> None:
    # gold: gaps 2 and 4; guess: its second section begins at the second paragraph of the middle: gap 3; the third 4
    guess = laid_out(headed(None, L1, L2, M1), headed(None, M2), headed(END, E1, E2), text=HEADED)
    found = scores(SECTIONS, guess)
    assert prf(found["sections.boundary"]) == (1 / 2, 1 / 2, 2 / 4)
    # b: M = 1 (gap 4), T = 1 (2 and 3), A = 0: 1 − (0 + 1/2)/(0 + 1 + 1)
    assert found["sections.b"]["value"] == 3 / 4
    # headings: one predicted and right, two in gold
    assert prf(found["sections.heading"]) == (1.0, 1 / 2, 2 / 3)
    # gold (none,1,2), (Top,3,4), (End,5,6); guess (none,1,3), (none,4,4), (End,5,6)
    assert prf(found["sections.section"]) == (1 / 3, 1 / 3, 2 / 6)
    assert prf(found["sections.section-without-heading"]) == (1 / 3, 1 / 3, 2 / 6)


def test_a_section_without_its_heading_is_half_right() -> None:
    # the guess leaves the heading Top out and takes the line as nothing: same paragraphs, other heading
    guess = laid_out(headed(None, L1, L2), headed(None, M1, M2), headed(END, E1, E2), text=HEADED)
    found = scores(SECTIONS, guess)
    assert prf(found["sections.boundary"]) == (1.0, 1.0, 1.0)
    assert prf(found["sections.section"]) == (2 / 3, 2 / 3, 4 / 6)
    assert prf(found["sections.section-without-heading"]) == (1.0, 1.0, 1.0)


def test_headings_are_equal_by_ink() -> None:
    text = HEADED.replace("Top", "«Top»")
    places = [at(text, line) for line in text.split("\n")]
    gold = laid_out(headed(None, *places[:2]), headed(places[2], *places[3:5]), text=text)
    start, end = places[2]
    guess = laid_out(headed(None, *places[:2]), headed((start + 1, end - 1), *places[3:5]), text=text)
    assert scores(gold, guess)["sections.heading"]["f1"] == 1
    assert scores(gold, guess)["sections.section"]["f1"] == 1


@pytest.mark.parametrize(
    ("start", "gaps"),
    [
        (0, 0),  # gap 0 falls away
        (12, 1),  # at the first character of paragraph 3: two begin before
        (11, 1),  # on the line break before it
        (13, 1),  # inside paragraph 3: three begin before
        (31, 0),  # behind the start of the last one: gap N falls away
    ],
)
def test_a_predicted_section_stands_at_the_gap_behind_the_paragraphs_that_start_before_it(
    start: int, gaps: int
) -> None:
    guess = laid_out(section(1, 1), Section(heading=None, body=(start, 35), paragraphs=()))
    score = scores(cut(6, {2}), replace(guess, text=cut(6, {2}).text))["sections.boundary"]
    assert score["counts"]["predicted"] == gaps
    assert score["counts"]["hits"] == (start in (11, 12))


def test_gaps_are_a_set() -> None:
    # three predicted sections begin at one gap: one boundary
    guess = laid_out(*[Section(heading=None, body=(12, 35), paragraphs=())] * 3)
    assert prf(scores(cut(6, {2}), replace(guess, text=cut(6, {2}).text))["sections.boundary"]) == (1.0, 1.0, 1.0)


@pytest.mark.parametrize(
    ("gold", "guess", "expected"),
    [
        # 1 − (A + T/2)/(A + T + M)
        (set(), set(), None),
        ({3}, {3}, 1),
        ({3}, set(), 0),  # A = 1
        (set(), {3}, 0),
        ({3}, {4}, 1 / 2),  # T = 1
        ({3}, {2}, 1 / 2),
        ({3}, {5}, 0),  # two apart is no near miss: A = 2
        ({2, 3}, {3, 4}, 1 / 3),  # M = 1 first, so 2 and 4 are two apart: A = 2
        ({2, 5}, {3, 4}, 1 / 2),  # T = 2
        ({3}, {2, 4}, 1 - 1.5 / 2),  # one of the two is near: T = 1, A = 1
        ({2, 4}, {3}, 1 - 1.5 / 2),
        ({1, 3}, {2, 4}, 1 / 2),  # a maximum matching: 1–2, 3–4
        ({2, 4}, {1, 3}, 1 / 2),
        ({2, 4, 6}, {3, 5}, 1 / 3),  # T = 2, A = 1
        ({1, 4, 7}, {1, 5, 9}, 1 - (2 + 0.5) / 4),  # M = 1, T = 1, A = 2
    ],
)
def test_boundary_similarity(gold: set[int], guess: set[int], expected: float | None) -> None:
    assert scores(cut(10, gold), cut(10, guess))["sections.b"]["value"] == expected


def test_b_is_the_mean_over_the_documents_that_have_a_boundary() -> None:
    cases = [({3}, {4}), ({3}, {3}), (set(), set())]  # 1/2, 1, null
    gold = [replace(cut(10, a), id=str(n)) for n, (a, _) in enumerate(cases)]
    guess = [replace(cut(10, b), id=str(n)) for n, (_, b) in enumerate(cases)]
    found = scores(gold, guess)
    assert found["sections.b"]["value"] == 3 / 4
    assert prf(found["sections.boundary"]) == (1 / 2, 1 / 2, 2 / 4)


def test_sections_are_rows_of_whole_documents() -> None:
    assert by_block(SECTIONS, SECTIONS, "sections.section") == {0: (3, 3, 3)}
    assert by_block(SECTIONS, SECTIONS, "sections.heading") == {0: (2, 2, 2)}
    assert by_block(SECTIONS, SECTIONS, "sections.boundary") == {0: (2, 2, 2)}


# --- dateline

DATELINE = "TVER, 1 May /TASS/. It rains.\nTula is dry."
PLACE, DATE, AGENCY = (at(DATELINE, words) for words in ("TVER", "1 May", "TASS"))
DATED = Document(id="d", text=DATELINE, dateline=Dateline(start=0, end=19, place=PLACE, date=DATE, agency=AGENCY))
PARTS = ("span", "place", "date", "agency")


@pytest.mark.parametrize(
    ("guess", "hits"),
    [
        (DATED.dateline, "span place date agency"),
        (replace(DATED.dateline, end=18), "place date agency"),
        (replace(DATED.dateline, date=(6, 7)), "span place agency"),
        (Dateline(start=1, end=19, place=(0, 5), date=DATE), "date"),
        (None, ""),
    ],
    ids=["equal", "span", "date", "all but the date", "none"],
)
def test_parts_of_the_dateline_are_exact(guess: Dateline | None, hits: str) -> None:
    found = scores(DATED, Document(id="d", dateline=guess))
    for part in PARTS:
        given = guess is not None and (part == "span" or getattr(guess, part) is not None)
        hit = float(part in hits.split())
        assert prf(found[f"dateline.{part}"]) == (hit if given else None, hit, hit)


def test_a_dateline_where_there_is_none_is_a_false_alarm() -> None:
    gold = replace(DATED, dateline=None)
    assert prf(scores(gold, DATED)["dateline.span"]) == (0.0, None, 0.0)
    assert prf(scores(gold, gold)["dateline.span"]) == (None, None, None)
    without_agency = replace(DATED, dateline=replace(DATED.dateline, agency=None))
    assert prf(scores(without_agency, DATED)["dateline.agency"]) == (0.0, None, 0.0)


def test_a_dateline_is_booked_in_the_block_of_gold_s() -> None:
    assert by_block(DATED, DATED, "dateline.place") == {0: (1, 1, 1)}
    far = Document(id="d", dateline=Dateline(start=30, end=34))
    assert by_block(replace(DATED, dateline=None), far, "dateline.span") == {1: (0, 1, 0)}


# --- bad spans

BAD = [(5, 5), (8, 5), (-2, 4), (0, 10_000)]


@pytest.mark.parametrize("span", BAD)
def test_bad_predicted_blocks_are_spurious_and_listed(span: Span) -> None:
    guess = blocks(("paragraph", span))
    found = scores(GOLD, guess)
    assert found["blocks.span"]["counts"] == {"hits": 0, "predicted": 1, "gold": 5}
    assert found["blocks.kind"]["accuracy"] == 0
    assert warned(GOLD, guess) == {"bad-block": 1}


@pytest.mark.parametrize("span", BAD)
def test_bad_predicted_sections_are_no_hit_and_listed(span: Span) -> None:
    whole = cut(6, set())  # one section, from paragraph 1 to 6
    guess = laid_out(Section(heading=None, body=span, paragraphs=()), text=whole.text)
    found = scores(whole, guess)
    assert prf(found["sections.section"]) == (0.0, 0.0, 0.0)
    assert prf(found["sections.section-without-heading"]) == (0.0, 0.0, 0.0)
    assert warned(whole, guess) == {"bad-section": 1}


@pytest.mark.parametrize("span", [(18, 18), (19, 13), (18, 10_000)])
def test_bad_predicted_headings_are_no_hit_and_listed(span: Span) -> None:
    guess = laid_out(headed(None, L1, L2), headed(span, M1, M2), headed(END, E1, E2), text=HEADED)
    found = scores(SECTIONS, guess)
    assert prf(found["sections.heading"]) == (1 / 2, 1 / 2, 2 / 4)
    assert prf(found["sections.section"]) == (2 / 3, 2 / 3, 4 / 6)
    assert prf(found["sections.section-without-heading"]) == (1.0, 1.0, 1.0)
    assert warned(SECTIONS, guess) == {"bad-section": 1}


@pytest.mark.parametrize("span", BAD)
def test_a_bad_predicted_dateline_is_spurious_and_listed(span: Span) -> None:
    guess = Document(id="d", dateline=Dateline(start=span[0], end=span[1], place=PLACE))
    assert prf(scores(DATED, guess)["dateline.span"]) == (0.0, 0.0, 0.0)
    assert warned(DATED, guess) == {"bad-dateline": 1}
    part = Document(id="d", dateline=replace(DATED.dateline, date=span))
    assert prf(scores(DATED, part)["dateline.date"]) == (0.0, 0.0, 0.0)
    assert prf(scores(DATED, part)["dateline.place"]) == (1.0, 1.0, 1.0)
    assert warned(DATED, part) == {"bad-dateline": 1}


def test_empty_text_has_no_lines_and_no_figures() -> None:
    empty: dict[str, Any] = {"blocks": (), "sections": (), "dateline": None}
    found = scores(Document(id="d", text="", **empty), Document(id="d", **empty))
    assert {score["value"] for score in found.values()} == {None}
