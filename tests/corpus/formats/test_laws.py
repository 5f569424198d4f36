"""What goes out comes back: every document that can be drawn, and the gold, through the formats that keep everything;
of the others, what the table says they keep.
"""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldwire.corpus.document import UNSET, Document, Mention
from goldwire.corpus.formats import Losses, format_named, format_of
from goldwire.corpus.formats.rendering import annotations_of
from goldwire.corpus.formats.standoff import document_of
from goldwire.corpus.gold import load
from tests.corpus.formats.trip import trip
from tests.strategies import LAW, documents, names, texts

WHOLE = ("goldwire", "brat")

distinct = st.lists(documents(), min_size=1, max_size=3, unique_by=lambda document: document.id)


@pytest.mark.parametrize("name", WHOLE)
@LAW
@given(distinct)
def test_every_document_comes_back(name, given_):
    back, _ = trip(name, given_)
    assert sorted(back, key=lambda d: d.id) == sorted(given_, key=lambda d: d.id)


@pytest.mark.parametrize("name", WHOLE)
def test_the_gold_comes_back(name):
    gold = list(load())
    assert trip(name, gold)[0] == gold


@LAW
@given(documents(offsets=True))
def test_what_brat_shows_is_read_and_written_as_it_is(document):
    """The .ann file alone is a document, and that document is written as the same .ann file."""
    lines = annotations_of(document)
    native = document_of("a", document.text, lines, "a.ann", Losses())
    assert annotations_of(native) == lines
    assert [(m.start, m.end) for m in native.mentions or ()] == [(m.start, m.end) for m in document.mentions or ()]


link = st.lists(names() | st.sampled_from(("Wikidata:Q1", "Wikidata:NULL")), max_size=3)
said = st.fixed_dictionaries(
    {},
    optional={
        "links": st.lists(link, max_size=2),
        "notes": st.lists(st.lists(names(), max_size=3), max_size=2) | names(),
        "attributes": st.dictionaries(names(), names() | st.just(True), max_size=2) | names(),
        "lines": st.lists(names() | st.sampled_from(("E1\tX:T1", "R1\tX Arg1:T1 Arg2:T9", "T1\tX 0 1\ta")), max_size=2),
        "relations": st.dictionaries(st.sampled_from(("0", "1")), st.just({"id": "R1", "roles": ["a"]}) | names()),
    },
)


@LAW
@given(documents(), said)
def test_whatever_extra_holds_for_brat_comes_back(document, extra):
    """Also where it is of another document, or of no form that brat has."""
    mentions = document.mentions
    if mentions:
        first = msgspec.structs.replace(mentions[0], extra={"brat": extra})
        mentions = (first, *mentions[1:])
    odd = msgspec.structs.replace(document, mentions=mentions, extra={"brat": extra})
    assert trip("brat", [odd])[0] == [odd]


def kept(document: Document) -> Document:
    """What ``{text, spans}`` keeps of a document."""
    mentions = document.mentions
    if mentions is not UNSET:
        mentions = tuple(
            Mention(start=m.start, end=m.end, type=m.type, id=m.id) for m in mentions if m.start is not None
        )
    return Document(id=document.id, text=document.text, meta=document.meta, mentions=mentions)


@LAW
@given(distinct)
def test_text_and_spans_come_back(given_):
    assert trip("spans", given_)[0] == [kept(document) for document in given_]


@LAW
@given(distinct)
def test_doccano_keeps_the_relations_between_mentions(given_):
    def arrows(document: Document) -> list[object]:
        placed = (m for m in document.mentions or () if m.start is not None and m.id is not UNSET)
        places = {m.id: (m.start, m.end, m.type) for m in placed}
        return [
            (r.type, places[r.source], places[r.target])
            for r in document.relations or ()
            if r.source in places and r.target in places
        ]

    back, _ = trip("doccano", given_)
    for was, now in zip(given_, back, strict=True):
        bare = [(m.start, m.end, m.type) for m in kept(was).mentions or ()]
        assert [(m.start, m.end, m.type) for m in now.mentions or ()] == bare
        assert arrows(now) == arrows(was)
        assert (now.id, now.text, now.meta) == (was.id, was.text, was.meta)


@pytest.mark.parametrize("name", ["brat", "spans", "doccano"])
@LAW
@given(documents())
def test_what_does_not_come_back_is_counted(name, document):
    [back], losses = trip(name, [document])
    # a mention's text is the slice of the document's, and no loss
    placed = [m if m.start is None else msgspec.structs.replace(m, text=UNSET) for m in document.mentions or ()]
    sliced = document if document.mentions is UNSET else msgspec.structs.replace(document, mentions=tuple(placed))
    assert back in (document, sliced) or losses.totals()


@LAW
@given(texts(), st.lists(names(), min_size=1, max_size=4, unique=True))
def test_any_ids_have_files_of_their_own(text, ids):
    given_ = [Document(id=name, text=text, mentions=()) for name in ids]
    back, _ = trip("brat", given_)
    assert sorted(back, key=lambda d: d.id) == sorted(given_, key=lambda d: d.id)


def test_a_format_is_found_by_its_files(tmp_path):
    for name in ("brat", "spans", "doccano", "goldwire"):
        path = tmp_path / (name if name == "brat" else f"{name}.jsonl")
        writer = format_named(name).write
        assert writer is not None
        writer(path, [Document(id="a", text="Путин", mentions=(Mention(start=0, end=5, type="PERSON"),))], Losses())
        found = format_of(path)
        assert found is not None
        assert found.name == name
