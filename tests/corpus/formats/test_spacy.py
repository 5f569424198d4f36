"""spaCy's DocBin keeps the text and all mentions, whatever its tokens are."""

from __future__ import annotations

import sys
import zlib

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

spacy = pytest.importorskip("spacy")
srsly = pytest.importorskip("srsly")

PUTIN = Document(
    id="a",
    text="Путин  и\nОбама",
    lang="ru",
    mentions=(Mention(start=0, end=5, type="PERSON", id="m1", entity="putin"), Mention(start=2, end=14, type="X")),
)
WHOLE = "expected a whole DocBin; copy or write it again [not-docbin]"


def kept(document: Document) -> Document:
    mentions = document.mentions
    if mentions is not UNSET:
        mentions = tuple(
            Mention(start=m.start, end=m.end, type=m.type, id=m.id or UNSET, entity=m.entity or UNSET)
            for m in mentions
            if m.start is not None
        )
    return Document(id=document.id, text=document.text, lang=document.lang, mentions=mentions)


@settings(LAW, max_examples=150)
@given(st.lists(documents(), min_size=1, max_size=2))
def test_text_and_all_mentions_come_back_and_the_rest_is_counted(given_):
    back, losses = trip("spacy", given_)
    assert back == [kept(document) for document in given_]
    if not losses.totals():
        surfaces = [[m.text for m in document.mentions or ()] for document in given_]
        assert back == given_ or any(text is not UNSET for found in surfaces for text in found)


def test_the_gold_keeps_its_108_mentions():
    [gold] = load()
    [back], losses = trip("spacy", [gold])
    assert back == kept(gold)
    assert len(back.mentions) == 108
    assert losses.totals()["mention form"] == 108


def test_spacy_sees_spans_entities_and_the_text(tmp_path):
    path = tmp_path / "a.spacy"
    assert format_named("spacy").write(path, [PUTIN], Losses()) == 1
    [doc] = spacy.tokens.DocBin().from_disk(path).get_docs(spacy.blank("ru").vocab)
    assert doc.text == PUTIN.text
    found = [(span.start_char, span.end_char, span.label_, span.id_, span.kb_id_) for span in doc.spans["goldwire"]]
    assert found == [(0, 5, "PERSON", "m1", "putin"), (2, 14, "X", "", "")]
    assert [(span.start_char, span.end_char) for span in doc.ents] == [(2, 14)]  # the longer of two that cross
    assert format_of(path).name == "spacy"


def test_what_others_made_is_read_and_what_is_left_out_counted(tmp_path):
    nlp = spacy.blank("ru")
    doc = nlp("Путин и Обама")
    doc.set_ents([spacy.tokens.Span(doc, 0, 1, "PER")])
    doc.spans["sc"] = [spacy.tokens.Span(doc, 0, 1, "PER"), spacy.tokens.Span(doc, 0, 3, "PAIR")]
    path = tmp_path / "theirs.spacy"
    spacy.tokens.DocBin(docs=[doc, nlp("Рим")]).to_disk(path)
    losses = Losses()
    first, second = format_named("spacy").read(path, losses)
    assert [(m.start, m.end, m.type) for m in first.mentions] == [(0, 5, "PER"), (0, 13, "PAIR")]
    assert (first.id, second.id, second.mentions) == ("theirs-1", "theirs-2", UNSET)
    assert list(losses) == [("theirs-1", "name of the span group 'sc'", 1, [])]


def packed(tmp_path):
    path = tmp_path / "t.spacy"
    format_named("spacy").write(path, [PUTIN], Losses())
    return path, srsly.msgpack_loads(zlib.decompress(path.read_bytes()))


def test_a_broken_file_is_told(tmp_path):
    path, parts = packed(tmp_path)
    data = path.read_bytes()
    no_docs = {
        "tokens": b"",
        "lengths": b"",
        "spaces": b"",
        "span_groups": [],
        "cats": [],
        "flags": [],
        "user_data": [],
    }
    empty = "\"ValueError: [E1014] Error loading DocBin data. It doesn't …"
    for content, message in (
        (data[:-20], f"t.spacy: found {empty}, {WHOLE}"),
        (b"", f"t.spacy: found {empty}, {WHOLE}"),
        ("Путин".encode("cp1251"), f"t.spacy: found {empty}, {WHOLE}"),
        ({"spaces": None}, f"t.spacy: found \"TypeError: a bytes-like object is required, not 'NoneType'\", {WHOLE}"),
        (
            {"span_groups": [parts["span_groups"][0][:-3]]},
            f"t.spacy: found 'ValueError: Unpack failed: incomplete input', {WHOLE}",
        ),
        (no_docs, "t.spacy: found no documents, expected at least one; check the path [no-documents]"),
        (
            {"user_data": [srsly.msgpack_dumps({"goldwire": "{"})]},
            "t.spacy: user_data.goldwire: found \"'{'\", expected id, lang and mentions as JSON; write it again "
            "[not-docbin]",
        ),
    ):
        changed = content if isinstance(content, bytes) else zlib.compress(srsly.msgpack_dumps({**parts, **content}))
        path.write_bytes(changed)
        assert said("spacy", path) == message


def test_spans_beyond_the_tokens_are_told(tmp_path):
    path, parts = packed(tmp_path)
    width = len(parts["tokens"]) // len(parts["spaces"])
    shorter = {"tokens": parts["tokens"][:width], "spaces": parts["spaces"][:1], "lengths": b"\x01\x00\x00\x00"}
    path.write_bytes(zlib.compress(srsly.msgpack_dumps({**parts, **shorter})))
    assert said("spacy", path) == (
        "t.spacy: document 1: found 'IndexError: [E035] Error creating span with start 0 and en…, expected spans of "
        "the document's tokens; write it again [not-docbin]"
    )


def test_what_cannot_be_written_leaves_nothing(tmp_path):
    path = tmp_path / "a.spacy"
    with pytest.raises(InputError) as caught:
        format_named("spacy").write(path, [PUTIN, Document(id="b")], Losses())
    assert str(caught.value) == (
        f"{path}: document 'b': text: found no text, expected the text that the offsets count in; predictions may "
        "leave it out: join them with the documents that they were made from [no-text]"
    )
    with pytest.raises(InputError) as caught:
        format_named("spacy").write(path, [Document(id="b", text="\ud800")], Losses())
    assert str(caught.value) == (
        f"{path}: document 'b': found a lone surrogate, expected characters that UTF-8 holds; correct it [not-utf-8]"
    )
    assert list(tmp_path.iterdir()) == []


def test_without_the_library_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "spacy", None)
    with pytest.raises(UsageError) as caught:
        format_named("spacy").write(tmp_path / "a.spacy", [PUTIN], Losses())
    assert str(caught.value) == "format 'spacy': spaCy is not installed; pip install 'goldwire[spacy]'"
    assert list(tmp_path.iterdir()) == []
