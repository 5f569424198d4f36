"""UIMA CAS keeps the text and all mentions in UTF-16 offsets; XML with entities is refused before it is parsed."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldwire.corpus.document import UNSET, Document, Mention
from goldwire.corpus.errors import InputError, UsageError
from goldwire.corpus.formats import Losses, format_named, format_of
from goldwire.corpus.gold import load
from tests.corpus.formats.faults import said
from tests.corpus.formats.trip import trip
from tests.strategies import LAW, documents

cassis = pytest.importorskip("cassis")

PUTIN = Document(
    id="a",
    text="🙂 Путин и Обама",
    mentions=(Mention(start=2, end=7, type="PERSON", entity="putin"), Mention(start=10, end=15, type="PERSON")),
)
NO_DTD = "expected XML without a DTD; UIMA writes none, and entities can read files or fill the memory: do not trust"
NO_DTD += " the file [xml-entities]"
WHOLE = "expected a whole CAS or type system; copy or export it again [not-cas]"
XML = "expected well-formed XML; copy or write it again [not-xml]"
UNITS = "are these code points, or offsets of another text?"


def kept(document: Document) -> Document:
    mentions = document.mentions
    if mentions is not UNSET:
        mentions = tuple(
            Mention(start=m.start, end=m.end, type=m.type, entity=m.entity) for m in mentions if m.start is not None
        )
    return Document(id=document.id, text=document.text, lang=document.lang, mentions=mentions)


def by_id(found):
    return sorted(found, key=lambda document: document.id)


@settings(LAW, max_examples=100)
@given(st.lists(documents(), min_size=1, max_size=2, unique_by=lambda document: document.id))
def test_text_and_all_mentions_come_back_and_the_rest_is_counted(given_):
    back, losses = trip("cas", given_)
    assert by_id(back) == by_id(kept(document) for document in given_)
    if not losses.totals():
        assert not any(m.id is not UNSET or m.form is not UNSET for d in given_ for m in d.mentions or ())


@settings(LAW, max_examples=80)
@given(documents())
def test_so_do_they_from_one_json(document):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.json"
        assert format_named("cas").write(path, [document], Losses()) == 1
        assert list(format_named("cas").read(path, Losses())) == [kept(document)]
        assert format_of(path).name == "cas"


def test_the_gold_keeps_its_108_mentions():
    [gold] = load()
    [back], losses = trip("cas", [gold])
    assert back == kept(gold)
    assert losses.totals()["mention form"] == 108


def test_offsets_in_the_file_are_utf_16(tmp_path):
    path = tmp_path / "a.cas"
    format_named("cas").write(path, [PUTIN], Losses())
    assert sorted(file.name for file in path.iterdir()) == ["TypeSystem.xml", "a.xmi"]
    assert 'begin="3" end="8" value="PERSON" identifier="putin"' in (path / "a.xmi").read_text(encoding="utf-8")
    assert format_of(path).name == "cas"
    (path / "TypeSystem.xml").unlink()  # without its types, a file is read with ours
    assert list(format_named("cas").read(path / "a.xmi", Losses())) == [PUTIN]


def test_what_xml_cannot_hold_is_written_as_json(tmp_path):
    path = tmp_path / "a.cas"
    given_ = [Document(id="a", text="\x0c"), Document(id="b", text="\r\n\t\u2028\x85")]
    format_named("cas").write(path, given_, Losses())
    assert sorted(file.name for file in path.iterdir()) == ["TypeSystem.xml", "a.json", "b.xmi"]
    assert list(format_named("cas").read(path, Losses())) == given_


def test_layers_of_others_are_counted(tmp_path):
    types = cassis.load_dkpro_core_typesystem()
    cas = cassis.Cas(typesystem=types)
    cas.sofa_string = "Путин и Обама"
    token = types.get_type("de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Token")
    named = types.get_type("de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity")
    cas.add_all(
        [token(begin=0, end=5), token(begin=6, end=7), named(begin=0, end=5, value="PER"), named(begin=8, end=13)]
    )
    cas.to_xmi(tmp_path / "theirs.xmi")
    wanted = Document(id="theirs", text="Путин и Обама", mentions=(Mention(start=0, end=5, type="PER"),))
    for types_too in (False, True):
        if types_too:
            types.to_xml(tmp_path / "TypeSystem.xml")
        losses = Losses()
        assert list(format_named("cas").read(tmp_path, losses)) == [wanted]
        assert losses.totals() == {f"annotation {token.name}": 2, "NamedEntity without a value": 1}


def after_head(xml: str, declaration: str) -> str:
    head, rest = xml.split("?>", 1)
    return f"{head}?>\n{declaration}{rest}"


BOMB = '<!DOCTYPE b [<!ENTITY a0 "aaaaaaaaaa">'
BOMB += "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12)) + "]>"
EXTERNAL = '<!DOCTYPE b [<!ENTITY e SYSTEM "file:///etc/hostname">]>'

BROKEN = {
    "truncated": (
        "a.xmi",
        lambda xml: xml[:-40],
        f"a.xmi:2: found \"Couldn't find end of Start Tag Vie line 2, line 2, column …, {XML}",
    ),
    "empty": ("a.xmi", lambda xml: "", f"a.xmi:1: found 'Document is empty, line 1, column 1', {XML}"),
    "encoding": (
        "a.xmi",
        lambda xml: xml.replace("🙂", "").encode("cp1251"),
        "a.xmi:2: found byte 0xcf at byte 772 of the file, expected UTF-8; save the file as UTF-8 [not-utf-8]",
    ),
    "declared encoding": (
        "a.xmi",
        lambda xml: xml.replace("UTF-8", "UTF-7"),
        "a.xmi:1: found the encoding 'UTF-7', expected UTF-8; save the file as UTF-8 [not-utf-8]",
    ),
    "bomb": (
        "a.xmi",
        lambda xml: after_head(xml, BOMB).replace("Обама", "&a11;"),
        f"a.xmi:2: found <!DOCTYPE, {NO_DTD}",
    ),
    "external entity": (
        "a.xmi",
        lambda xml: after_head(xml, EXTERNAL).replace("Обама", "&e;"),
        f"a.xmi:2: found <!DOCTYPE, {NO_DTD}",
    ),
    "external types": (
        "TypeSystem.xml",
        lambda xml: after_head(xml, '<!DOCTYPE b SYSTEM "http://127.0.0.1/x.dtd">'),
        f"TypeSystem.xml:2: found <!DOCTYPE, {NO_DTD}",
    ),
    "names that are code": (
        "TypeSystem.xml",
        lambda xml: xml.replace("<name>value</name>", "<name>value=print(1)</name>"),
        "TypeSystem.xml:2: found 'value=print(1)', expected letters, digits and low lines, no Python keyword; "
        "correct the type system [unsafe-name]",
    ),
    "beyond the text": (
        "a.xmi",
        lambda xml: xml.replace('begin="11" end="16"', 'begin="12" end="17"'),
        "a.xmi:2: NamedEntity 5: found offset 17, expected an offset within [0, 16] UTF-16 units; "
        f"{UNITS} [offset-outside-text]",
    ),
    "inside a pair": (
        "a.xmi",
        lambda xml: xml.replace('begin="3"', 'begin="1"'),
        "a.xmi:2: NamedEntity 4: found offset 1 in UTF-16 units, inside '🙂' at code point 0, expected an offset "
        f"between characters; {UNITS} [offset-inside-character]",
    ),
    "reversed": (
        "a.xmi",
        lambda xml: xml.replace('begin="3"', 'begin="9"'),
        "a.xmi:2: NamedEntity 4: found begin 9, end 8, reversed, expected begin before end; correct it [empty-span]",
    ),
    "no number": (
        "a.xmi",
        lambda xml: xml.replace('begin="3"', 'begin="x"'),
        "a.xmi:2: NamedEntity 4: found begin x, end 8, expected two integers; count UTF-16 units from 0 [wrong-type]",
    ),
    "no text": (
        "a.xmi",
        lambda xml: xml.replace(' sofaString="🙂 Путин и Обама"', ""),
        "a.xmi: found a CAS without sofaString, expected the text; export it with its text [no-text]",
    ),
    "missing member": (
        "a.xmi",
        lambda xml: xml.replace('members="', 'members="99 '),
        f"a.xmi: found 'KeyError: 99', {WHOLE}",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_folder_is_told(case, tmp_path):
    name, change, message = BROKEN[case]
    path = tmp_path / "a.cas"
    format_named("cas").write(path, [PUTIN], Losses())
    content = change((path / name).read_bytes().decode())
    (path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    assert said("cas", path).replace(f"{path.name}/", "") == message


def test_broken_json_is_told(tmp_path):
    path = tmp_path / "t.json"
    format_named("cas").write(path, [PUTIN], Losses())
    text = path.read_text(encoding="utf-8")
    beyond = json.loads(text)
    [*_, last] = beyond["%FEATURE_STRUCTURES"]
    last["end"] = 17
    code = json.loads(text)
    code["%TYPES"]["goldwire.Record"]["a=b"] = {"%NAME": "a=b", "%RANGE": "uima.cas.String"}
    for content, message in (
        (
            text[:-30],
            f"t.json:1: found 'Expecting value: line 1 column {len(text) - 29} (char {len(text) - 30})', "
            "expected whole JSON; copy or write it again [not-json]",
        ),
        (
            text.replace("🙂", "").encode("cp1251"),
            f"t.json:1: found byte 0xcf at byte {text.index('🙂') + 1} of the file, expected UTF-8; save the file as "
            "UTF-8 [not-utf-8]",
        ),
        ("[]", "t.json: found [], expected an object with %TYPES and %FEATURE_STRUCTURES; is this CAS JSON? [not-cas]"),
        (
            json.dumps(beyond),
            "t.json: %FEATURE_STRUCTURES[4]: found offset 17, expected an offset within [0, 16] UTF-16 units; "
            f"{UNITS} [offset-outside-text]",
        ),
        (
            json.dumps(code),
            "t.json: found 'a=b', expected letters, digits and low lines, no Python keyword; correct the type system "
            "[unsafe-name]",
        ),
    ):
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        assert said("cas", path) == message


def test_an_empty_folder_is_told(tmp_path):
    (tmp_path / "a.cas").mkdir()
    assert said("cas", tmp_path / "a.cas") == (
        "a.cas: found no .xmi and no CAS JSON, expected at least one; check the path [no-documents]"
    )


def test_what_cannot_be_written_leaves_nothing(tmp_path):
    for name, given_, message in (
        (
            "a.json",
            [PUTIN, PUTIN],
            "found several documents, expected one: a file holds one CAS; give a folder's name, without .json "
            "[many-documents]",
        ),
        (
            "a.xmi",
            [PUTIN],
            "found a file of XMI, expected a folder, for its types stand beside it; leave out .xmi [no-types]",
        ),
        (
            "a.cas",
            [PUTIN, Document(id="b", text="\ud800")],
            "document 'b': found a lone surrogate, expected characters that UTF-8 holds; correct it [not-utf-8]",
        ),
        (
            "b.cas",
            [Document(id="b")],
            "document 'b': text: found no text, expected the text that the offsets count in; predictions may leave it "
            "out: join them with the documents that they were made from [no-text]",
        ),
    ):
        with pytest.raises(InputError) as caught:
            format_named("cas").write(tmp_path / name, given_, Losses())
        assert str(caught.value) == f"{tmp_path / name}: {message}"
        assert list(tmp_path.iterdir()) == []


def test_without_the_library_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "cassis", None)
    with pytest.raises(UsageError) as caught:
        format_named("cas").write(tmp_path / "a.cas", [PUTIN], Losses())
    assert str(caught.value) == "format 'cas': dkpro-cassis is not installed; pip install 'goldwire[cas]'"
    assert list(tmp_path.iterdir()) == []
