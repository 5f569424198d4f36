"""``goldwire show``: in a terminal, in a pipe, and as a page (the page in a real browser: ``tests/browser``)."""

from __future__ import annotations

import io
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from rich.console import Console

from goldwire.corpus.document import Document, Mention
from goldwire.corpus.errors import InputError
from goldwire.corpus.gold import load
from goldwire.eval.report.article import Node, laid_out, page, printable, terminal
from goldwire.io import write
from tests.hostile import HOSTILE
from tests.strategies import LAW, documents

[GOLD] = load()


def drawn(node: Node) -> list[int]:
    return [node.mention, *(index for child in node.inside for index in drawn(child))]


def test_the_article_is_printed_with_brackets_quotes_and_sections(goldwire):
    done = goldwire("show")
    assert (done.code, done.err) == (0, "")
    assert "\x1b" not in done.out
    lines = done.out.splitlines()
    assert "rubric      [Кризис в [Сирии]COUNTRY]EVENT" in lines
    assert "caption     Militant video via [AP]ORGANIZATION" in lines
    assert [line.strip() for line in lines if "──" in line] == [
        "── section 1 · lead ──",
        "── section 2 ──",
        "── section 3 ──",
    ]
    assert "            q7 indirect · его = Владимир Путин (по его словам): Тогда … лидеры" in done.out
    assert "dateline: place «ТОКИО», date «16 декабря», agency «ТАСС»" in done.out
    assert sum(line.startswith("            q") for line in lines) == 16


def test_without_brackets_and_types_it_is_the_article(goldwire):
    out = goldwire("show").out
    body = [line for line in out.splitlines() if re.match(r"[a-z]", line)]
    plain = [re.sub(r"\[|\][A-Z]+", "", line[12:]) for line in body]
    assert plain == [line for line in GOLD.text.splitlines() if line]


def test_on_a_terminal_there_is_colour():
    console = Console(file=io.StringIO(), force_terminal=True, color_system="standard", width=80)
    for _, text in terminal(GOLD):
        console.print(text)
    out = console.file.getvalue()
    assert "\x1b[1;32m[\x1b[0m\x1b[32mПутин\x1b[0m\x1b[1;32m]\x1b[0m\x1b[2;32mPERSON\x1b[0m" in out


def test_an_id_is_needed_where_there_are_several(goldwire, tmp_path):
    place = tmp_path / "two.jsonl"
    write(place, [Document(id="a", text="one"), Document(id="b", text="two")])
    assert "two" in goldwire("show", "b", "--gold", place).out
    done = goldwire("show", "--gold", place)
    assert (done.code, done.err) == (2, "goldwire: found no ID, expected one of 'a', 'b'\n")
    done = goldwire("show", "c", "--gold", place)
    assert (done.code, done.err) == (2, "goldwire: document 'c': found no such id, expected one of 'a', 'b'\n")


def test_a_document_without_text_and_a_page_without_a_place_are_refused(goldwire, tmp_path):
    place = tmp_path / "one.jsonl"
    write(place, [Document(id="a", mentions=())])
    assert "no-text" in goldwire("show", "--gold", place).err
    done = goldwire("show", "--html", place / "a.html")
    assert (done.code, "no-access" in done.err) == (1, True)
    with pytest.raises(InputError, match="no-text"):
        page(Document(id="a"))


def test_nothing_in_a_document_steers_the_terminal(goldwire, tmp_path):
    place = tmp_path / "one.jsonl"
    write(place, [HOSTILE])
    out = goldwire("show", "--gold", place).out
    assert not set(out) & {"\x1b", "\u202e", "\r", "\x00"}
    assert "␛[31mred" in out
    assert "also RIGHT «two three» [" in out
    assert "not in a line: NOWHERE" in out


def test_printable_shows_what_it_cannot_print():
    assert printable("a\tb\x00\x7f\x9b\u2028") == "a␉b␀���"


@LAW
@given(documents())
def test_every_mention_is_drawn_or_told(document):
    rows, lost = laid_out(document)
    told = [*lost, *(index for row in rows for index in row.loose)]
    told += [index for row in rows for node in row.nodes for index in drawn(node)]
    assert sorted(told) == list(range(len(document.mentions or ())))
    assert sum(len(row.quotes) for row in rows) == len(document.quotes or ())
    for _, text in terminal(document):
        assert not set(text.plain) & set("\x1b\n\r\u2028")


class Reader(HTMLParser):
    """The text of every drawn mention, and every tag, of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str | None] = []
        self.surfaces: dict[int, str] = {}
        self.tags: set[str] = set()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        if tag == "span":
            self.open.append(dict(attrs).get("data-mention"))
            if self.open[-1] is not None:
                self.surfaces[int(self.open[-1])] = ""

    def handle_endtag(self, tag):
        if tag == "span":
            self.open.pop()

    def handle_data(self, data):
        for index in self.open:
            if index is not None:
                self.surfaces[int(index)] += data


TAGS = set(
    "html head meta link title style body header h1 p ul li main div h2 h3 span b bdi blockquote footer details "
    "summary table thead tbody tr th td".split()
)


@LAW
@given(documents())
def test_the_page_holds_every_surface_and_no_tag_of_the_text(document):
    reader = Reader()
    reader.feed(page(document))
    rows, _ = laid_out(document)
    wanted = {index for row in rows for node in row.nodes for index in drawn(node)}
    mentions, text = document.mentions or (), document.text.replace("\0", "�")  # HTML has no character 0
    assert reader.surfaces == {at: text[mentions[at].start : mentions[at].end] for at in wanted}
    assert reader.tags <= TAGS


def test_markup_in_any_string_is_text_on_the_page():
    reader = Reader()
    content = page(HOSTILE)
    reader.feed(content)
    assert reader.tags <= TAGS
    assert "<script" not in content
    assert "example.invalid" in content


def test_deep_nesting_is_told_where_it_cannot_be_drawn():
    deep = Document(id="d", text="word", mentions=tuple(Mention(start=0, end=4, type=f"T{n}") for n in range(3000)))
    [row], _ = laid_out(deep)
    assert len(row.loose) > 2900
    assert page(deep).count("data-mention=") == 3000 - len(row.loose)
