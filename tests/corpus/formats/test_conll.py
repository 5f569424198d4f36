"""CoNLL columns: what is kept comes back, what is not is counted, and tags of every scheme are read."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldwire.corpus.document import UNSET, Document, Mention
from goldwire.corpus.errors import InputError
from goldwire.corpus.formats import Losses, format_named, format_of
from goldwire.corpus.formats.bio import chunks, scheme_of, tags
from goldwire.corpus.gold import load
from goldwire.corpus.tokens import tokens
from tests.corpus.formats.faults import said
from tests.corpus.formats.trip import trip
from tests.strategies import LAW, documents, names, texts

PUTIN = Document(
    id="a",
    text="Путин и Обама",
    mentions=(Mention(start=0, end=5, type="PERSON"), Mention(start=8, end=13, type="PERSON")),
)
FILE = """\
# goldwire-conll = 1
# tokenizer = goldwire.tokens/1
# tags = IOB2
# global.columns = FORM START END TAG

# newdoc id = a
# text = "Путин и Обама"
# layers = mentions
Путин	0	5	B-PERSON
и	6	7	O
Обама	8	13	B-PERSON

"""


def places(document):
    return sorted((m.start, m.end, m.type) for m in document.mentions or () if m.start is not None)


@settings(LAW, max_examples=120)
@given(st.lists(documents(), min_size=1, max_size=2, unique_by=lambda document: document.id))
def test_what_is_kept_comes_back_and_what_is_not_is_counted(given_):
    back, losses = trip("conll", given_)
    assert [d.id for d in back] == [d.id for d in given_]
    assert [d.text for d in back] == [d.text for d in given_]
    counts: dict[str, dict[str, int]] = {d.id: {} for d in given_}
    for document, what, number, _ in losses:
        counts[document][what] = number
    for was, now in zip(given_, back, strict=True):
        lost = counts[was.id]
        assert (now.mentions is UNSET) == (was.mentions is UNSET)
        gone = ("mentions without offsets", "mentions without a token", "nested mentions", "crossing mentions")
        gone = (*gone, "mentions over the same tokens")
        assert len(now.mentions or ()) == len(was.mentions or ()) - sum(lost.get(what, 0) for what in gone)
        # a mention that comes back elsewhere than it was, was counted
        moved = sum(number for what, number in lost.items() if "widened" in what or "trimmed" in what)
        assert len(set(places(now)) - set(places(was))) <= moved
        if not lost:
            assert places(now) == places(was)
            fields = ("lang", "meta", "entities", "relations", "quotes", "blocks", "sections", "dateline", "extra")
            assert all(getattr(was, field) is UNSET for field in fields)
            # the surface is the text's, and the order the text's
            bare = [Mention(start=m.start, end=m.end, type=m.type) for m in was.mentions or ()]
            assert sorted(map(repr, now.mentions or ())) == sorted(map(repr, bare))


@settings(LAW, max_examples=25)
@given(documents())
def test_both_schemes_say_the_same(document):
    found = format_named("conll")
    with tempfile.TemporaryDirectory() as folder:
        first, second = Path(folder) / "a.iob2", Path(folder) / "a.bilou"
        assert found.write is not None
        found.write(first, [document], Losses())
        found.write(second, [document], Losses())
        assert list(found.read(first, Losses())) == list(found.read(second, Losses()))


def test_the_gold_loses_its_nested_mentions_and_other_layers_by_count():
    [gold] = load()
    [back], losses = trip("conll", [gold])
    nested = losses.totals()["nested mentions"]
    assert nested == 26  # 108 mentions, 82 of them outermost
    assert len(back.mentions) == len(gold.mentions) - nested
    assert back.text == gold.text
    assert losses.totals()["quotes"] == len(gold.quotes)
    assert not any("cut a token" in what for what in losses.totals())


def test_the_file_names_its_tokenizer_and_reads_as_it_is_written(tmp_path):
    path = tmp_path / "a.conll"
    losses = Losses()
    assert format_named("conll").write(path, [PUTIN], losses) == 1
    assert path.read_bytes().decode() == FILE
    assert list(format_named("conll").read(path, losses)) == [PUTIN]
    assert list(losses) == []
    assert format_of(path).name == "conll"


def test_a_mention_that_cuts_a_token_is_widened_and_counted():
    cut = Document(id="a", text="Путинский указ", mentions=(Mention(start=0, end=5, type="PERSON"),))
    [back], losses = trip("conll", [cut])
    assert list(losses) == [("a", "mentions that cut a token (widened to whole tokens)", 1, ["mentions[0]"])]
    assert places(back) == [(0, 9, "PERSON")]


def test_a_layer_that_was_not_attempted_is_not_an_empty_one():
    given_ = [Document(id="a", text="Рим"), Document(id="b", text="Рим", mentions=()), Document(id="c", text="")]
    assert trip("conll", given_)[0] == given_


@settings(LAW, max_examples=100)
@given(texts())
def test_tokens_hold_all_ink_and_nothing_else(text):
    found = list(tokens(text))
    assert "".join(text[start:end] for start, end in found) == "".join(c for c in text if not c.isspace())
    assert all(start < end for start, end in found)


# written by hand: tags → chunks, tokens whose tag does not follow
TAGS = [
    ("IOB", "I-A I-A O I-B", [(0, 2, "A"), (3, 4, "B")], []),  # IOB1
    ("IOB", "I-A B-A I-A I-B", [(0, 1, "A"), (1, 3, "A"), (3, 4, "B")], []),  # IOB1: B- parts neighbours
    ("IOB", "B-A I-A B-A O", [(0, 2, "A"), (2, 3, "A")], []),  # IOB2
    ("IOB2", "O I-A I-A B-B I-A", [(1, 3, "A"), (3, 4, "B"), (4, 5, "A")], [1, 4]),
    ("BILOU", "B-A I-A L-A U-B O", [(0, 3, "A"), (3, 4, "B")], []),
    ("BILOU", "B-A E-A S-B O", [(0, 2, "A"), (2, 3, "B")], []),  # BIOES
    ("BILOU", "B-A O L-A U-A U-A", [(0, 1, "A"), (2, 3, "A"), (3, 4, "A"), (4, 5, "A")], [0, 2]),
    ("IOB", "O O", [], []),
    ("IOB", "", [], []),
]


@pytest.mark.parametrize(("scheme", "line", "wanted", "odd"), TAGS)
def test_tags_of_every_scheme_are_read(scheme, line, wanted, odd):
    found = chunks(line.split(), scheme)
    assert (found.chunks, found.odd) == (wanted, odd)
    assert scheme_of(line.split()) == ("BILOU" if scheme == "BILOU" else "IOB")


@st.composite
def _chunks(draw):
    ends = sorted(draw(st.lists(st.integers(0, 8), max_size=6, unique=True)))
    return [(a, b, draw(st.sampled_from("AB"))) for a, b in zip(ends[::2], ends[1::2], strict=False)]


@given(_chunks(), st.sampled_from(["IOB2", "BILOU"]))
def test_chunks_come_back_from_their_tags(wanted, scheme):
    assert chunks(tags(9, wanted, scheme), scheme).chunks == wanted
    assert chunks(tags(9, wanted, scheme), scheme).odd == []


OTHERS = """\
-DOCSTART- -X- O O

EU NNP I-NP I-ORG
rejects VBZ I-VP O

German JJ I-NP I-MISC
call NN I-NP O

-DOCSTART- -X- O O

Peter NNP I-NP I-PER
"""


def test_a_file_of_others_is_put_together_from_its_tokens(tmp_path):
    path = tmp_path / "eng.iob"
    path.write_bytes(OTHERS.replace("\n", "\r\n").encode())
    losses = Losses()
    first, second = format_named("conll").read(path, losses)
    assert (first.id, first.text, places(first)) == (
        "eng",
        "EU rejects\nGerman call",
        [(0, 2, "ORG"), (11, 17, "MISC")],
    )
    assert (second.id, second.text, places(second)) == ("eng-2", "Peter", [(0, 5, "PER")])
    assert losses.totals() == {"texts put together from tokens": 2}


@settings(LAW, max_examples=50)
@given(names(), names())
def test_any_name_is_held(identity, kind):
    document = Document(id=identity, text="Рим", mentions=(Mention(start=0, end=3, type=kind),))
    assert trip("conll", [document])[0] == [document]


BROKEN = {
    "truncated in a line": (
        FILE.encode()[:-8],
        "t.conll:11: found a last line without its end, expected whole lines; copy or write the file again [truncated]",
    ),
    "truncated between lines": (
        FILE[: FILE.index("и\t6")].encode(),
        "t.conll:6: document 'a': found the last token ends at 5, expected tokens up to 13, the end of the text; "
        "copy or write the file again [truncated]",
    ),
    "encoding": (
        FILE.encode("cp1251"),
        "t.conll:7: found byte 0xcf at byte 10 of the line, expected UTF-8; save the file as UTF-8 [not-utf-8]",
    ),
    "mark": (
        b"\xef\xbb\xbf" + FILE.encode(),
        "t.conll:1: found a byte order mark, expected plain UTF-8; save it without BOM [byte-order-mark]",
    ),
    "off by one": (
        FILE.replace("\t8\t13", "\t9\t14").encode(),
        "t.conll:11: document 'a': found 'Обама' at [9, 14), expected 'бама', the slice, and no ink between it and the "
        "token before; offsets count code points of the text above: was it, or a token, changed? [wrong-surface]",
    ),
    "columns": (
        FILE.replace("и\t6\t7\tO", "и O").encode(),
        "t.conll:10: found 'и O', expected four columns: FORM START END TAG; is the file whole? write it again "
        "[missing-column]",
    ),
    "columns of others": (
        "Путин\n".encode(),
        "t.conll:1: found 'Путин', expected two columns or more: the token first, its tag last; is the file whole? "
        "[missing-column]",
    ),
    "tag": (
        FILE.replace("\tO\n", "\tPERSON\n").encode(),
        "t.conll:10: found 'PERSON', expected O, or B-, I-, L-, E-, U-, S- and a type; tags stand in the last column "
        "[unknown-tag]",
    ),
    "no text": (
        FILE.replace('# text = "Путин и Обама"\n', "").encode(),
        "t.conll:6: document 'a': found no text, expected a line '# text = …' before the tokens; write the file again "
        "[no-text]",
    ),
    "text": (
        FILE.replace('Обама"\n', "Обама\n").encode(),
        "t.conll:7: found '\"Путин и Обама', expected the text as a JSON string; write the file again [not-json]",
    ),
    "version": (
        FILE.replace("conll = 1", "conll = 2").encode(),
        "t.conll:1: found '# goldwire-conll = 2', expected # goldwire-conll = 1; read it with the goldwire that wrote "
        "it [unknown-version]",
    ),
    "scheme": (
        FILE.replace("IOB2", "IOB3").encode(),
        "t.conll:3: found '# tags = IOB3', expected # tags = IOB2 or BILOU; write the file again [unknown-scheme]",
    ),
    "empty": (
        b"",
        "t.conll: found no token, expected a token and its tag on each line; check the path [no-documents]",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_file_is_told(case, tmp_path):
    content, message = BROKEN[case]
    (tmp_path / "t.conll").write_bytes(content)
    assert said("conll", tmp_path / "t.conll") == message


def test_what_cannot_be_written_leaves_nothing(tmp_path):
    path = tmp_path / "a.conll"
    for document, message in (
        (
            Document(id="b"),
            f"{path}: document 'b': text: found no text, expected the text that the offsets count in; predictions may "
            "leave it out: join them with the documents that they were made from [no-text]",
        ),
        (
            Document(id="b", text="\ud800"),
            f"{path}: document 'b': found a lone surrogate U+D800, expected characters that UTF-8 holds; correct it "
            "[not-utf-8]",
        ),
    ):
        with pytest.raises(InputError) as caught:
            format_named("conll").write(path, [PUTIN, document], Losses())
        assert str(caught.value) == message
        assert list(tmp_path.iterdir()) == []
