"""``check``: every kind of problem with its whole message, every problem of a file, and none of what is valid."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from goldwire.corpus import checks, repeats, store, structure
from goldwire.corpus.checks import check, check_file
from goldwire.corpus.document import Block, Document, Mention, Quote, Section
from goldwire.corpus.errors import InputError
from goldwire.corpus.gold import load
from goldwire.corpus.scheme import SCHEME, Scheme, read_scheme
from goldwire.corpus.store import document_from
from tests.corpus.problems import CASES, TEXT, entity, line, paragraph, person, quote, record
from tests.strategies import LAW, OPEN, documents


def told(path: str | Path, scheme: Scheme = SCHEME) -> list[str]:
    return [f"{problem.severity}: {problem}" for problem in check_file(path, scheme)]


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return Path("a.jsonl")


@pytest.mark.parametrize("name", CASES)
def test_each_problem_is_told_with_place_found_expected_and_remedy(file, name):
    content, messages = CASES[name]
    file.write_bytes(content)
    assert told(file) == messages


def test_the_table_has_every_kind_of_problem():
    modules = (checks, repeats, store, structure)
    sources = "".join(Path(module.__file__).read_text(encoding="utf-8") for module in modules)
    kinds = set(re.findall(r'(?:Problem|_unknown)\(\s*"([a-z0-9-]+)"', sources))
    shown = {message.rpartition("[")[2].rstrip("]") for _, messages in CASES.values() for message in messages}
    assert len(kinds) > 30
    # a file that cannot be opened: the next test; one that cannot be decompressed: tests/test_streaming.py
    assert kinds - shown == {"no-access", "not-compressed"}


def test_a_file_that_is_not_there_is_told(file):
    with pytest.raises(InputError) as raised:
        told(file)
    assert str(raised.value) == (
        "a.jsonl: found No such file or directory, expected a file that can be read; check the path [no-access]"
    )


def test_the_parts_of_a_problem_are_given_apart(file):
    file.write_bytes(b"\n" + line(mentions=[person(0, 6)]))
    [problem] = check_file(file)
    assert (problem.code, problem.severity) == ("white-space-at-end", "error")
    assert (problem.file, problem.line, problem.document, problem.field) == ("a.jsonl", 2, "a", "mentions[0]")
    assert (problem.found, problem.expected, problem.remedy) == ("'Путин ' at [0, 6)", "[0, 5)", "trim the span")


def test_a_file_with_ten_problems_gives_ten(file):
    lines = [
        line(id="1", colour="red", mentions=[person("0", form=3)]),  # three of form in one record
        b"[]\n",
        b"{\n",
        line(id="2", mentions=[person(0, 6, form="noun"), person(8, 99)]),  # three of content
        line(id="3", sha256="0" * 64, quotes=[quote(content=[])]),
    ]
    file.write_bytes(b"".join(lines))
    codes = [(problem.line, problem.code) for problem in check_file(file)]
    assert codes == [
        *[(1, "wrong-type"), (1, "wrong-type"), (1, "unknown-key")],
        *[(2, "wrong-type"), (3, "not-json")],
        *[(4, "white-space-at-end"), (4, "unknown-form"), (4, "outside-text")],
        *[(5, "wrong-hash"), (5, "no-content")],
    ]


def test_a_wrong_hash_is_told_once(file):
    file.write_bytes(line(sha256="0" * 64))
    assert [problem.code for problem in check_file(file)] == ["wrong-hash"]


def test_each_copy_of_an_id_is_told_with_the_line_of_the_first(file):
    file.write_bytes(line() * 3)
    assert [(p.line, p.found) for p in check_file(file)] == [(2, "id of line 1"), (3, "id of line 1")]


def test_three_mentions_that_cross_are_three_crossings(file):
    # [0, 7) x [6, 14), [0, 7) x [3, 9), [3, 9) x [6, 14)
    file.write_bytes(line(text="abcdefghijklmn", mentions=[person(0, 7), person(3, 9), person(6, 14)]))
    crossings = [problem.found for problem in check_file(file) if problem.code == "crossing"]
    assert crossings == [
        "[3, 9) crosses mentions[0] [0, 7)",
        "[6, 14) crosses mentions[0] [0, 7)",
        "[6, 14) crosses mentions[1] [3, 9)",
    ]


@pytest.mark.parametrize(
    "layers",
    [
        pytest.param({}, id="no layer"),
        pytest.param({"mentions": [], "quotes": [], "dateline": None}, id="empty layers"),
        pytest.param({"text": ""}, id="an empty text"),
        pytest.param({"text": " \r\n ", "blocks": [], "sections": []}, id="a blank text"),
        pytest.param({"mentions": [person(), person(type="CITY")]}, id="one span of two types"),
        pytest.param({"mentions": [person(0, 14), person(0, 5), person(6, 14)]}, id="nested, at both ends"),
        pytest.param({"mentions": [person(0, 5), person(6, 7)]}, id="side by side"),
        pytest.param({"mentions": [person(0, 14, spans=[[8, 14], [0, 5]])]}, id="fragments in any order"),
        pytest.param({"mentions": [person(score=1, form="name", text="Путин")]}, id="a whole number for a score"),
        pytest.param({"mentions": [person(id="m")], "quotes": [quote(id="m")]}, id="one id in two layers"),
        pytest.param({"relations": [{"type": "R", "from": "e", "to": "e"}], "entities": [entity()]}, id="a loop"),
        pytest.param({"quotes": [quote(), quote(kind="mixed", marked=[[8, 14]])]}, id="two kinds of one content"),
        pytest.param({"quotes": [quote(), quote(content=[[0, 14]])]}, id="a quote inside a quote"),
        pytest.param({"quotes": [{"kind": "direct", "content": [[0, 5]]}]}, id="no cue, no speaker"),
        pytest.param({"blocks": [paragraph()], "dateline": None}, id="no dateline"),
        pytest.param(
            {"text": "a\n\nb", "blocks": [paragraph(0, 4, "headline")], "sections": []}, id="two lines in one block"
        ),
        pytest.param(
            {"text": "a\nb", "blocks": [paragraph(0, 1, "paragraph"), paragraph(2, 3, "subhead")]}, id="a bare subhead"
        ),
        pytest.param(
            {"sections": [{"heading": None, "body": [0, 14], "paragraphs": []}]}, id="sections without blocks"
        ),
        pytest.param({"extra": {"colour": ["red", None, 1.5]}, "meta": {"x": {}}}, id="anything under extra and meta"),
    ],
)
def test_what_the_scheme_allows_has_no_problem(layers: dict[str, Any]):
    assert list(check(document_from(record(**layers)))) == []


def test_words_are_cut_at_letters_digits_and_marks_only():
    text = "е\u0301х-12:34"
    cuts = {
        place
        for place in range(1, len(text))
        for problem in check(Document(id="a", text=text, mentions=(Mention(start=0, end=place, type="CITY"),)))
        if problem.code == "cuts-word"
    }
    assert cuts == {1, 2, 5, 8}  # before and after the accent, and inside 12 and 34


def test_without_a_text_only_what_needs_none_is_checked():
    mentions = (Mention(start=3, end=99, type="PERSON"), Mention(start=-1, end=5, type="PERSON"))
    found = [str(problem) for problem in check(Document(id="a", mentions=mentions))]
    assert found == [
        "document 'a': mentions[1]: found [-1, 5), expected 0 or more; count code points of the raw text from 0 "
        "[outside-text]",
        "document 'a': mentions[0]: found [3, 99) crosses mentions[1] [-1, 5), expected one inside the other, or "
        "apart; look at both [crossing]",
    ]


@pytest.mark.parametrize("document", load(), ids=lambda document: document.id)
def test_the_embedded_gold_has_no_problem(document: Document):
    assert list(check(document)) == []


@LAW
@given(documents())
def test_any_valid_document_has_no_error(document: Document):
    assert [str(problem) for problem in check(document, OPEN) if problem.severity == "error"] == []


@LAW
@given(documents(scheme=SCHEME))
def test_any_valid_document_of_the_scheme_has_no_error(document: Document):
    assert [str(problem) for problem in check(document) if problem.severity == "error"] == []


@LAW
@given(documents(offsets=True))
def test_a_span_moved_out_of_the_text_is_an_error(document: Document):
    after = len(document.text or "")
    broken = Document(id="a", text=document.text, mentions=(Mention(start=after, end=after + 1, type="X"),))
    assert [problem.code for problem in check(broken, OPEN)] == ["outside-text"]


def test_a_scheme_of_ones_own_judges_types_forms_and_kinds(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('version = "7"\n[types]\nPER = "a person"\n[block_kinds]\nsection = "a part"\n', encoding="utf-8")
    scheme = read_scheme(path)
    assert scheme.version == "7"
    document = Document(
        id="a",
        text=TEXT,
        mentions=(Mention(start=0, end=5, type="PER", form="any"), Mention(start=8, end=14, type="CITY")),
        quotes=(Quote(kind="any", content=((0, 5),)),),
        blocks=(Block(kind="section", start=0, end=14),),
        sections=(),
    )
    assert [str(problem) for problem in check(document, scheme)] == [
        "document 'a': mentions[1].type: found 'CITY', expected one of PER; "
        "correct it, or give your own label set with --scheme [unknown-type]"
    ]


def test_a_scheme_without_a_version_is_called_by_its_file(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text("", encoding="utf-8")
    assert read_scheme(path) == Scheme("mine", (), (), (), ())


FORM = 'version = "…" or a table types, forms, quote_kinds, block_kinds of NAME = "definition" [bad-scheme]'
TOML = "expected a TOML file in UTF-8; see `goldwire check --help` [bad-scheme]"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(b"a = ", f"found Invalid value (at end of document), {TOML}", id="no TOML"),
        pytest.param(b"\xff", "found 'utf-8' codec can't decode byte 0xff in position 0: invalid start", id="no UTF-8"),
        pytest.param(b"a = " + b"[" * 10_000, "found maximum recursion depth exceeded", id="nested too deep"),
        pytest.param(b"a = " + b"9" * 5_000, "found Exceeds the limit", id="a number of 5,000 digits"),
        pytest.param(b"version = 2", f"version: found 2, expected {FORM}", id="a number for the version"),
        pytest.param(b"types = 'PER'", f"types: found 'PER', expected {FORM}", id="a string for a table"),
        pytest.param(b"[types]\nPER = 1", f"types: found {{'PER': 1}}, expected {FORM}", id="a number to define"),
        pytest.param(b"[labels]", f"labels: found {{}}, expected {FORM}", id="another table"),
        pytest.param(b'["a\\nb"]', f"'a\\nb': found {{}}, expected {FORM}", id="a name of two lines"),
    ],
)
def test_a_scheme_of_another_form_is_refused(tmp_path, content, message):
    path = tmp_path / "mine.toml"
    path.write_bytes(content)
    with pytest.raises(InputError, match=re.escape(f"{path}: {message}")) as raised:
        read_scheme(path)
    assert "\n" not in str(raised.value)


def test_a_scheme_that_is_not_there_is_told(tmp_path):
    with pytest.raises(InputError, match=r"found \[Errno 2\] No such file or directory: .*, expected a TOML file in"):
        read_scheme(tmp_path / "mine.toml")


def test_sections_are_compared_with_blocks_in_full():
    blocks = (
        Block(kind="paragraph", start=0, end=1),
        Block(kind="subhead", start=2, end=3),
        Block(kind="paragraph", start=4, end=5),
    )
    sections = (
        Section(heading=None, body=(0, 1), paragraphs=((0, 1),)),
        Section(heading=(2, 3), body=(4, 5), paragraphs=((4, 5),)),
    )
    whole = Document(id="a", text="a\nb\nc", blocks=blocks, sections=sections)
    assert list(check(whole)) == []
    short = Document(id="a", text="a\nb\nc", blocks=blocks, sections=sections[:1])
    [problem] = check(short)
    assert (problem.code, problem.field, problem.found) == ("sections-against-blocks", "sections[1]", "1 sections")
