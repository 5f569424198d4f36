"""What is shown of a document is what is scored: findings by hand, and by law against the counts of the result."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

import goldwire as kit
from goldwire.corpus.document import UNSET, Block, Dateline, Document, Entity, Mention, Quote
from goldwire.corpus.errors import InputError
from goldwire.corpus.gold import load
from goldwire.corpus.layout import sections_of
from goldwire.eval.explained import Explained, explain
from goldwire.eval.findings import Finding, Place, mention_findings
from goldwire.eval.labels import LabelMap, Meaning
from goldwire.eval.measures import MEASURES
from goldwire.eval.report.reasons import dateline_reason, quote_reason, quoted, reason, short, sides, words_of
from goldwire.eval.views import parse_view
from tests.eval.cases.records import TEXT, at, document, mentions, quote
from tests.strategies import LAW, documents, texts

ALL = parse_view(None)


def found(gold: Document, guess: Document, view: str | None = None, labels: LabelMap | None = None) -> list[Finding]:
    [one] = mention_findings([(gold, guess)], labels, parse_view(view))
    return list(one.findings)


# --- mentions, by hand; the text is the alphabet, so a slice is easily read


@pytest.mark.parametrize(
    ("gold", "guess", "error", "boundary", "told", "why"),
    [
        ("AAA", "AAA", "correct", "", "A «abc»", ""),
        ("AAA", "BBB", "type", "", "A → B «abc»", "it is A, not B"),
        ("AAAA", "AA", "boundary", "shorter", "A «abcd» → A «ab»", "the prediction leaves out «cd»"),
        (" AA", "AAAA", "boundary", "longer", "A «bc» → A «abcd»", "the prediction takes in «a» and «d»"),
        (
            "AAA",
            " AAA",
            "boundary",
            "shifted",
            "A «abc» → A «bcd»",
            "the prediction leaves out «a» and the prediction takes in «d»",
        ),
        ("AA", " B", "type+boundary", "shorter", "A «ab» → B «b»", "it is A, not B; the prediction leaves out «a»"),
        ("AAA", "", "missed", "", "A «abc»", "no prediction is there"),
        ("", "AAA", "spurious", "", "A «abc»", "no gold mention is there"),
    ],
)  # fmt: skip
def test_a_finding_its_words_and_its_reason(
    gold: str, guess: str, error: str, boundary: str, told: str, why: str
) -> None:
    [one] = found(document(gold), document(guess))
    assert (one.error, one.boundary) == (error, boundary)
    assert (sides(one, TEXT), reason(one, TEXT)) == (told, why)


def test_what_has_no_partner_says_who_took_it() -> None:
    one, two = found(document("AAABBB"), document("AAAAAA"))
    assert (one.error, one.flags) == ("boundary", ("merged",))
    assert reason(one, TEXT) == "the prediction takes in «def»; the prediction lies over several gold mentions"
    assert (two.error, two.gold, two.touching) == ("missed", Place(3, 6, "B"), (Place(0, 6, "A"),))
    assert reason(two, TEXT) == "A «abcdef» lies over it, paired with other gold"
    one, two = found(document("AAAAAA"), document("AAAABB"))
    assert one.flags == ("split",)
    assert reason(two, TEXT) == "A «abcdef» lies over it, paired with other predictions"


def test_predictions_that_can_match_nothing_say_why() -> None:
    guess = Document(
        id="d",
        mentions=(
            *mentions("AA", "AA"),
            Mention(start=3, end=3, type="B"),
            Mention(start=40, end=99, type="B"),
            Mention(start=None, end=None, type="C", text="Ω"),
            Mention(start=0, end=2, type="D", text="xy"),
        ),
    )
    items = found(document("AA"), guess)
    assert [(f.error, f.fault, quoted(TEXT, f.guess or Place(0, 0, ""), f.surface)) for f in items] == [
        ("correct", "", "A «ab»"),
        ("spurious", "copy", "A «ab»"),
        ("spurious", "not-in-text", "C «Ω»"),
        ("spurious", "wrong-surface", "D «ab»"),
        ("spurious", "bad-span", "B at [3, 3)"),
        ("spurious", "bad-span", "B at [40, 99)"),
    ]
    assert [reason(f, TEXT) for f in items] == [
        "",
        "a copy of an earlier prediction: one is a hit at the most",
        "its words are not in the text, or fewer times than predicted",
        "the text has other words at its offsets",
        *["its span is empty or outside the text"] * 2,
    ]
    assert [f.start for f in items] == [0, 0, -1, -1, -1, -1]


def test_views_and_labels_are_applied_as_in_scoring() -> None:
    # in the view the inner B is outside: a prediction equal to it is ignored, one that overlaps it is spurious
    gold = Document(id="d", text=TEXT, mentions=mentions("AAAAAA", "BB"))
    [one] = mention_findings(
        [(gold, Document(id="d", mentions=mentions("AAAAAA", "BB", "  C")))], None, parse_view("outermost")
    )
    assert [(f.error, f.guess) for f in one.findings] == [("correct", Place(0, 6, "A")), ("spurious", Place(2, 3, "C"))]
    assert one.ignored == (Place(0, 2, "B"),)
    [_, wrong] = found(gold, Document(id="d", mentions=mentions("AAAAAA", " C")), "outermost")
    assert wrong.beyond == (Place(0, 2, "B"),)
    assert reason(wrong, TEXT).endswith("; gold has B «ab» there, which is outside the task")
    # X is B in the task, Y has no place in it
    labels = LabelMap({"X": Meaning("B"), "Y": Meaning(None, "no reason")})
    one_, two = found(document("BB AA"), document("XX YY"), labels=labels)
    assert (one_.error, two.error) == ("correct", "missed")
    assert reason(two, TEXT) == "no prediction is there; a prediction has Y «de» there, which is outside the task"


def test_the_form_of_gold_is_told() -> None:
    gold = Document(id="d", text=TEXT, mentions=mentions("AA", form="name"))
    assert [f.form for f in found(gold, document("AA"))] == ["name"]


# --- quotes, lines, sections, dateline, by hand


SAID = 'Пётр сказал: "Да, конечно". Анна сказала: "Нет".'
CAST = (Entity(id="p", type="PERSON", name="Пётр"), Entity(id="a", type="PERSON", name="Анна"))


def talk(*quotes: Quote, **layers: Any) -> Document:
    return Document(id="d", text=SAID, entities=CAST, quotes=quotes, **layers)


YES = quote(SAID, "Да, конечно", cue="сказал", speaker="Пётр", speaker_entity="p")
NO = quote(SAID, "Нет", cue="сказала", speaker="Анна", speaker_entity="a")


def one(gold: Document, guess: Document | None, *layers: str) -> Explained:
    [explained] = explain([(gold, guess)], layers, None, ALL)
    return explained


def test_quotes_who_said_what_and_why_not() -> None:
    first, _ = one(talk(YES, NO), talk(YES, NO), "quotes").quotes
    assert (first.error, first.speaker, first.guessed_speaker, quote_reason(first)) == ("correct", "Пётр", "Пётр", "")
    # Анна's words are given to Пётр, whose span she is not; the other quote has a third of its ink, «Да»
    wrong = replace(NO, speaker=at(SAID, "Пётр"), speaker_entity="p", kind="indirect")
    short_one = replace(YES, content=(at(SAID, "Да"),))
    missed, spurious, speaker = one(talk(YES, NO), talk(short_one, wrong), "quotes").quotes
    assert [said.error for said in (missed, spurious, speaker)] == ["missed", "spurious", "speaker"]
    assert quote_reason(speaker) == (
        "gold says Анна, the prediction says Пётр; other span of the speaker, kind (direct, not indirect)"
    )
    # ink: «Да, конечно» has 9 letters, «Да» 2: s = 2·2/11 = 36 %
    assert quote_reason(missed) == "no prediction is its pair: the nearest shares 36% of its words; half is needed"
    assert quote_reason(spurious) == "no gold quote is its pair: the nearest shares 36% of its words; half is needed"
    nobody = replace(NO, speaker=None, speaker_entity=None)
    [_, said] = one(talk(YES, NO), talk(nobody), "quotes").quotes
    assert quote_reason(said) == "gold says Анна, the prediction says nobody; other span of the speaker"
    assert words_of(SAID, said.gold.content if said.gold else ()) == "Нет"


def test_quotes_that_are_copies_or_nowhere_are_spurious() -> None:
    bad = replace(YES, content=((5, 5),))
    found_ = one(talk(YES), talk(YES, YES, bad), "quotes").quotes
    assert sorted((said.error, said.fault) for said in found_) == [
        ("correct", ""),
        ("spurious", "bad-span"),
        ("spurious", "copy"),
    ]


def test_lines_sections_and_dateline() -> None:
    text = "Head\nMOSCOW, TASS. One\nSub\nTwo\nThree"
    places = [(0, 4), (5, 22), (23, 26), (27, 30), (31, 36)]

    def layout(kinds: str, **parts: Any) -> Document:
        names = {"h": "headline", "p": "paragraph", "s": "subhead"}
        blocks = tuple(Block(kind=names[k], start=a, end=b) for k, (a, b) in zip(kinds, places, strict=True))
        return Document(id="d", text=text, blocks=blocks, sections=sections_of(blocks), **parts)

    gold = layout("hpspp", dateline=Dateline(start=5, end=18, place=(5, 11), agency=(13, 17)))
    guess = layout("hpppp", dateline=Dateline(start=5, end=17, place=(5, 11), date=(13, 17)))
    shown = one(gold, guess, "blocks", "sections", "dateline")
    assert [(line.kind, line.guess) for line in shown.lines if line.error != "correct"] == [("subhead", "paragraph")]
    # gold's second section begins before its second paragraph, «Two» at 27; the guess has one section
    assert [(gap.start, gap.error) for gap in shown.gaps] == [(27, "missed")]
    assert [(part.name, part.error) for part in shown.dateline] == [
        ("span", "boundary"),
        ("place", "correct"),
        ("date", "spurious"),
        ("agency", "missed"),
    ]
    assert dateline_reason(shown.dateline[3], text) == "gold has «TASS», the prediction none"
    assert shown.wrong == 3  # a line, a gap, the dateline


def test_a_layer_that_is_not_attempted_has_no_findings_and_a_missing_document_misses_all() -> None:
    [gold] = load()
    assert one(gold, gold).wrong == 0
    assert list(one(gold, gold).errors()) == []
    missing = one(gold, None, "mentions", "quotes")
    assert (missing.state, missing.wrong) == ("missing", 108 + 16)
    with pytest.raises(
        InputError, match=r"document 'd': text: found no text, expected a text to show; add it to the gold \[no-text\]"
    ):
        explain([(Document(id="d"), None)], (), None, ALL)


def test_short_leaves_out_the_middle() -> None:
    assert short("a\n b\tc") == "a b c"
    assert short("x" * 100, 10) == "xxxxx … xxxxx"


# --- the law: findings add up to the result


def adds_up(golds: list[Document], guesses: list[Document], view: str | None, labels: LabelMap | None) -> None:
    result = kit.score(golds, guesses, view=view, labels=labels, draws=0)
    layers = {MEASURES[name].layer for name in result.scores}
    shown = explain(list(zip(golds, guesses, strict=True)), layers, labels, parse_view(view))
    findings = [finding for document in shown for finding in document.mentions.findings]
    if "mentions" in layers:
        errors = result.scores["entities.strict"]["errors"]
        nonzero = {name: n for name, n in errors["classes"].items() if n}
        assert Counter(f.error for f in findings) == nonzero
        assert Counter(f.boundary for f in findings if f.boundary) == {
            k: n for k, n in errors["boundaries"].items() if n
        }
        assert Counter(flag for f in findings for flag in f.flags) == {k: n for k, n in errors["flags"].items() if n}
        pairs = Counter((f.gold and f.gold.type, f.guess and f.guess.type) for f in findings)
        assert pairs == {(ours, theirs): n for ours, theirs, n in errors["confusion"]}
        ignored = {w.code: w.count for w in result.warnings}.get("ignored-outside-view", 0)
        assert sum(len(document.mentions.ignored) for document in shown) == ignored
    said = [said for document in shown for said in document.quotes]
    if "quotes" in layers:
        counts = result.scores["quotes.who-said-what"]["counts"]
        paired = [s for s in said if s.gold is not None and s.guess is not None]
        assert sum(s.error == "correct" for s in said) == counts["hits"]
        assert sum(s.gold is not None for s in said) == counts["gold"]
        assert sum(s.guess is not None for s in said) == counts["predicted"]
        assert len(paired) == result.scores["quotes.quote"]["counts"]["hits"]
        assert sum("kind" not in s.differs for s in paired) == result.scores["quotes.kind"]["counts"]["hits"]
    if "blocks" in layers:
        lines = [line for document in shown for line in document.lines]
        counts = result.scores["blocks.kind"]["counts"]
        assert (sum(line.error == "correct" for line in lines), len(lines)) == (counts["hits"], counts["gold"])
    if "sections" in layers:
        gaps = Counter(gap.error for document in shown for gap in document.gaps)
        counts = result.scores["sections.boundary"]["counts"]
        assert gaps["correct"] == counts["hits"]
        assert gaps["correct"] + gaps["missed"] == counts["gold"]
        assert gaps["correct"] + gaps["spurious"] == counts["predicted"]
    if "dateline" in layers:
        for name in ("span", "place", "date", "agency"):
            parts = [part for document in shown for part in document.dateline if part.name == name]
            counts = result.scores[f"dateline.{name}"]["counts"]
            assert sum(part.error == "correct" for part in parts) == counts["hits"]
            assert sum(part.gold is not None for part in parts) == counts["gold"]
            assert sum(part.guess is not None for part in parts) == counts["predicted"]


@settings(LAW, max_examples=40)
@given(st.data(), st.sampled_from([None, "outermost", "innermost", "depth=2", "per-loc-org"]))
def test_findings_add_up_to_the_result(data: st.DataObject, view: str | None) -> None:
    golds, guesses = [], []
    for name in ("one", "two"):
        text = data.draw(texts().filter(str.strip))
        golds.append(replace(data.draw(documents(st.just(text), offsets=True)), id=name))
        guess = data.draw(documents(st.just(text)) | st.just(golds[-1]))
        guesses.append(replace(guess, id=name, text=UNSET, sha256=UNSET))
    labels = data.draw(st.none() | st.just(LabelMap({"CITY": Meaning("PERSON"), "name": Meaning(None, "none")})))
    adds_up(golds, guesses, view, labels)


@pytest.mark.parametrize("view", [None, "per-loc-org+names", "innermost"])
def test_findings_of_the_article_add_up(view: str | None) -> None:
    [gold] = load()
    ours, quotes = list(gold.mentions or ()), list(gold.quotes or ())
    moved = [replace(m, end=(m.end or 0) + 3, text=UNSET) if at % 7 == 0 else m for at, m in enumerate(ours)]
    moved = [replace(m, type="PERSON") if at % 5 == 0 else m for at, m in enumerate(moved) if at % 11]
    swapped = [
        replace(q, speaker=None, speaker_entity="astana") if n % 4 == 0 else q for n, q in enumerate(quotes[:-2])
    ]
    adds_up([gold], [replace(gold, mentions=tuple(moved), quotes=tuple(swapped))], view, None)
