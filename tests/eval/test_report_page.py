"""The page of runs as HTML: what it holds, that all text is escaped, and that its links lead somewhere."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from goldwire.corpus.document import UNSET, Document
from goldwire.corpus.gold import load
from goldwire.corpus.layout import lines
from goldwire.eval.report.charts import bars, heat, whisker
from goldwire.eval.report.page import page
from tests.eval.cases.records import document
from tests.hostile import HOSTILE, MARKUP
from tests.reports import noisy, reported
from tests.strategies import LAW, documents, texts

[GOLD] = load()
TAGS = set(
    "html head meta link title style body header h1 h2 h3 h4 h5 p ul li main div nav section article a span b bdi i "
    "small br blockquote details summary form fieldset legend label input button table caption thead tbody tr th td "
    "dl dt dd code figure figcaption svg line circle rect text wbr".split()
)
VOID = {"meta", "link", "input", "br", "wbr", "line", "circle", "rect"}


class Reader(HTMLParser):
    """Tags, ids, links, attributes of a page, and the text of its lines without numbers and labels."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.attributes: set[str] = set()
        self.lines: list[str] = []
        self._open: list[tuple[str, str]] = []
        self.feed(content)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        found = dict(attrs)
        self.tags.add(tag)
        self.attributes |= set(found)
        if found.get("id"):
            self.ids.append(found["id"])
        if found.get("href"):
            self.links.append(found["href"])
        classes = (found.get("class") or "").split()
        if tag not in VOID:
            self._open.append(
                (tag, "text" if "text" in classes else "label" if {"ref", "said-ref", "right"} & set(classes) else "")
            )
            if self._open[-1][1] == "text" and tag != "svg":
                self.lines.append("")

    def handle_startendtag(self, tag: str, attrs: Any) -> None:
        self.tags.add(tag)
        self.attributes |= set(dict(attrs))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        kinds = [kind for _, kind in self._open]
        if "text" in kinds and "label" not in kinds:
            self.lines[-1] += data


def sound(content: str) -> Reader:
    """The page read, after what holds for every page."""
    found = Reader(content)
    assert found.tags <= TAGS
    assert len(set(found.ids)) == len(found.ids)
    inside = [link for link in found.links if link != "data:,"]
    assert {link[:1] for link in inside} <= {"#"}
    assert {link[1:] for link in inside} <= set(found.ids)
    assert not [name for name in found.attributes if name.startswith("on") or name in ("style", "src", "action")]
    return found


def text_lines(gold: Document) -> list[str]:
    return [(gold.text or "")[slice(*line)] for line in lines(gold.text or "")]


def test_the_page_of_two_runs_holds_both() -> None:
    runs = [reported([GOLD], [noisy(GOLD)]), reported([GOLD], [GOLD], "perfect")]
    content = page(runs)
    found = sound(content)
    assert found.lines == text_lines(GOLD) * 2
    assert "What was right and wrong: noisy, perfect" in content
    for run, name in zip(runs, ("r0", "r1"), strict=True):
        wrong = [f for f in run.documents[0].mentions.findings if f.error != "correct"]
        assert sum(bool(re.fullmatch(rf"{name}d0e\d+", i)) for i in found.ids) == len(wrong)
        assert sum(bool(re.fullmatch(rf"{name}d0q\d+", i)) for i in found.ids) == len(run.documents[0].quotes)
        result = run.entry.result
        for score in ("entities.strict", "quotes.who-said-what"):
            assert f"{result.scores[score]['value']:.3f}" in content
        for error, n in result.scores["entities.strict"]["errors"]["classes"].items():
            assert re.search(rf">{re.escape(error)}</span></th><td class=\"number\">{n}</td>", content)
    assert "gold says Владимир Путин, the prediction says Реджеп Тайип Эрдоган" in content
    assert "smallest difference between two extractors" in content
    assert "|<wbr>score:*" in content


def test_the_confusion_has_missed_and_spurious() -> None:
    content = page([reported([document("AA BB CC")], [document("AA AA    DD")])])
    [table] = re.findall(r'<table class="heat">.*?</table>', content)
    cells = [re.sub("<[^>]*>", " ", row).split() for row in re.findall(r"<tr>.*?</tr>", table)]
    assert cells[0] == ["A", "B", "C", "D", "missed"]
    assert [row[0] for row in cells[1:]] == ["A", "B", "C", "D", "spurious"]
    # A is right, B is guessed as A, C is missed, D has no gold
    assert [row[1:] for row in cells[1:]] == [["1"], ["1"], ["1"], [], ["1"]]
    places = [
        [cell != "" for cell in re.findall(r"<td[^>]*>([^<]*)</td>", row)] for row in re.findall(r"<tr>.*?</tr>", table)
    ]
    assert [row.index(True) if True in row else None for row in places[1:]] == [0, 0, 4, None, 3]


def test_worst_documents_come_first_and_the_rest_is_told() -> None:
    golds = [document("AA BB CC", name=name) for name in ("right", "worse", "bad", "none")]
    guesses = [document(drawn, name=g.id) for g, drawn in zip(golds, ("AA BB CC", "XX", "AA BB", ""), strict=True)]
    content = page([reported(golds, guesses, most=2)])
    found = sound(content)
    # none: three missed; worse: a wrong type and two missed; equal, so in gold's order
    assert re.findall(r"<h3 id=\"r0d\d\">(\w+)</h3>", content) == ["worse", "none"]
    assert len(found.lines) == 2
    assert "2 documents with fewer errors are not shown in full" in content
    assert "<li>bad: 1</li><li>right: 0</li>" in content


def test_long_lists_of_documents_end_with_their_number() -> None:
    golds = [document("AA", name=str(n)) for n in range(105)]
    content = page([reported(golds, golds, most=1)])
    assert content.count("<li>1") > 0
    assert "104 documents with fewer errors are not shown in full" in content
    assert "<li>and 4 more</li>" in content


def test_failures_are_told() -> None:
    run = reported([GOLD], [noisy(GOLD)])
    failed = run.documents[0]._replace(state="failed", reason=f"ValueError: {MARKUP}")
    missing = run.documents[0]._replace(state="missing")
    content = page([run._replace(documents=(failed, missing))])
    sound(content)
    assert "The extractor failed: ValueError: &quot;" in content
    assert "There is no prediction for this document." in content


def hostile() -> tuple[Document, Document]:
    gold = replace(HOSTILE, mentions=(HOSTILE.mentions or ())[:-1])
    quotes = [replace(q, speaker_entity="e2", kind="<b>") for q in HOSTILE.quotes or ()]
    return gold, replace(HOSTILE, mentions=(HOSTILE.mentions or ())[1:], quotes=tuple(quotes), blocks=(), meta=UNSET)


def test_hostile_strings_are_text() -> None:
    gold, guess = hostile()
    run = reported([gold], [guess], MARKUP)
    content = page([run])
    found = sound(content)
    assert found.lines == [line.replace("\0", "�") for line in text_lines(gold)]
    assert "<script" not in content
    assert "<img" not in content
    assert content.count("</style>") == 1


def test_a_page_of_nothing_is_a_page() -> None:
    empty = Document(id="a", text="", mentions=())
    sound(page([reported([empty], [empty])]))
    sound(page([reported([document("AA")], [])]))


@settings(LAW, max_examples=25)
@given(st.data())
def test_every_line_is_on_the_page(data: st.DataObject) -> None:
    text = data.draw(texts().filter(str.strip))
    gold = data.draw(documents(st.just(text), offsets=True))
    guess = replace(data.draw(documents(st.just(text))), id=gold.id, text=UNSET, sha256=UNSET)
    found = sound(page([reported([gold], [guess])]))
    plain = [re.sub(r"\r\n?", "\n", line.replace("\0", "�")) for line in text_lines(gold)]
    assert found.lines == plain


def test_charts_by_hand() -> None:
    assert 'aria-label="0.500, 95 % from 0.250 to 0.750"' in whisker(0.5, (0.25, 0.75))
    assert 'cx="100.0"' in whisker(0.5, (0.25, 0.75))
    assert 'x1="50.0" x2="150.0"' in whisker(0.5, (0.25, 0.75))
    assert 'class="bar"' not in whisker(1.0, None)
    drawn = bars([("1", 0.5), ("<b>", None)], "recall by <x>")
    assert 'aria-label="recall by &lt;x&gt;: 1: 0.500; &lt;b&gt;: null"' in drawn
    assert ('y="56.0" width="28" height="40.0"' in drawn, drawn.count("<rect")) == (True, 1)
    assert [heat(n, 10) for n in (0, 1, 2, 3, 10)] == [0, 1, 1, 2, 5]


@pytest.mark.parametrize(
    "error", ["type", "boundary", "type+boundary", "missed", "spurious", "correct", "speaker", "kind"]
)
def test_every_error_of_the_noisy_run_has_its_filter(error: str) -> None:
    content = page([reported([GOLD], [noisy(GOLD)])])
    name = error.replace("+", "-")
    assert re.search(rf'<input type="checkbox" id="e-{name}" checked> ', content)
    assert f"body:has(#e-{name}:not(:checked)) article .e-{name}.m" in content
