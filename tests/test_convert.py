"""``goldwire convert``, and ``goldwire.io``: formats found or named, losses printed, whole or not at all."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from goldwire.corpus.document import Document, Mention, Quote
from goldwire.corpus.errors import InputError, UsageError
from goldwire.corpus.formats import Losses
from goldwire.corpus.gold import load
from goldwire.io import files, read, write
from goldwire.scoring import score

PUTIN = Mention(start=0, end=5, type="PERSON")
ONE = Document(id="a", text="Путин", mentions=(PUTIN,))


@pytest.fixture(autouse=True)
def _inside(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_a_way_there_and_back(goldwire):
    write("in.jsonl", load())
    there = goldwire("convert", "in.jsonl", "folder", "--to", "brat")
    assert (there.code, there.err) == (0, "")
    assert there.out.splitlines()[0] == "1 documents, goldwire → brat: folder"
    back = goldwire("convert", "folder", "out.jsonl")
    assert (back.code, back.out) == (0, "1 documents, brat → goldwire: out.jsonl\n")
    assert Path("out.jsonl").read_bytes() == Path("in.jsonl").read_bytes()


def test_a_key_given_twice_is_counted(goldwire):
    Path("in.jsonl").write_text(
        '{"schema":"goldwire/1","id":"a","text":"Путин","mentions":[{"start":0,"end":5,"type":"CITY","type":"PERSON"}]}'
        '\n\n{"schema":"goldwire/1","id":"b","text":"Путин"}\n'
    )
    done = goldwire("convert", "in.jsonl", "out.jsonl")
    assert (done.code, done.err) == (0, "")
    assert done.out == (
        "2 documents, goldwire → goldwire: out.jsonl\n"
        "Found in reading, by document:\n"
        "  a: 1 keys given more than once, of which the last counts (mentions[0].type)\n"
    )
    assert list(read("out.jsonl")) == [ONE, Document(id="b", text="Путин")]


@pytest.mark.parametrize(("content", "told"), [("\n", "no-documents"), ("{}\n", "missing-key")])
def test_what_is_no_record_is_refused_where_it_is_read_closely(content, told):
    Path("in.jsonl").write_text(content)
    with pytest.raises(InputError, match=told):
        list(read("in.jsonl", losses=Losses(closely=True)))


def test_an_embedded_corpus_has_a_name(goldwire):
    from goldwire.corpus.gold import manifest

    found = manifest(None)
    done = goldwire("convert", f"{found.name}@{found.version}", "out.jsonl")
    assert done.code == 0
    assert list(read("out.jsonl")) == list(load())


def test_what_is_left_out_is_printed_by_document(goldwire):
    quote = Quote(kind="direct", content=((0, 5),))
    mentions = tuple(Mention(start=0, end=5, type=f"T{n}", form="name") for n in range(4))
    write(
        "in.jsonl", [Document(id="a", text="Путин", mentions=mentions), Document(id="b", text="Путин", quotes=(quote,))]
    )
    done = goldwire("convert", "in.jsonl", "out.jsonl", "--to", "spans")
    assert done.out == (
        "2 documents, goldwire → spans: out.jsonl\n"
        "Left out in writing, by document:\n"
        "  a: 4 mention form (mentions[0], mentions[1], mentions[2], …)\n"
        "  b: 1 quotes\n"
        "Left out in writing, total of 2 documents:\n"
        "  4 mention form\n"
        "  1 quotes\n"
    )


def test_many_documents_have_twenty_lines_and_a_total(goldwire):
    write("in.jsonl", [Document(id=f"d{n}", text="Путин", lang="ru") for n in range(1100)])
    lines = goldwire("convert", "in.jsonl", "out.jsonl", "--to", "spans").out.splitlines()
    assert lines[:3] == [
        "1100 documents, goldwire → spans: out.jsonl",
        "Left out in writing, by document:",
        "  d0: 1 lang",
    ]
    assert lines[21:] == [
        "  d19: 1 lang",
        "  … and 1,080 more such lines",
        "Left out in writing, total of 1,100 documents:",
        "  1,100 lang",
    ]


def test_predictions_and_gold_may_be_of_any_format():
    write("gold", [ONE], "brat")
    write("predicted.jsonl", [ONE], "spans")
    assert score("gold", "predicted.jsonl", draws=0).to_dict()["scores"]["entities.strict"]["value"] == 1.0


def test_a_folder_holds_files_of_any_format():
    Path("corpus").mkdir()
    write("corpus/a.jsonl", [ONE])
    write("corpus/b.jsonl", [Document(id="b", text="Рим", mentions=())], "spans")
    Path("corpus/README.md").write_text("a corpus", "utf-8")
    assert [document.id for document in read("corpus")] == ["a", "b"]
    assert [document.id for document in read("corpus", "spans")] == ["b"]
    assert files("corpus") == [Path("corpus/a.jsonl"), Path("corpus/b.jsonl")]


def test_losses_are_counted_where_they_are_asked_for():
    losses = Losses()
    write("out.jsonl", [Document(id="a", text="Рим", lang="ru")], "spans", losses=losses)
    assert losses.totals() == {"lang": 1}


def put(name: str, content: str) -> None:
    Path(name).parent.mkdir(exist_ok=True)
    Path(name).write_text(content, "utf-8")


def test_what_cannot_be_read_is_told(goldwire):
    put("a.pdf", "x")
    put("notes/a.md", "x")
    Path("empty").mkdir()
    put("b.jsonl", '{"id": "a"}\n')
    cases = {
        "nowhere": "nowhere: found No such file or directory, expected a file that can be read;",
        "a.pdf": "a.pdf: found a file of no known format, expected one of goldwire, ",
        "notes": "notes: found a folder without files of a known format, expected one of goldwire, ",
        "empty": "empty: found a folder without .jsonl files, expected one or more; check the path [no-documents]",
        "b.jsonl": "b.jsonl:1: document 'a': schema: found no such key, expected 'goldwire/1';",
    }
    for path, message in cases.items():
        done = goldwire("convert", path, "out.jsonl")
        assert done.code == 1
        assert done.err.startswith(f"goldwire: {message}")
        assert not Path("out.jsonl").exists()


def test_names_that_are_wrong_are_told(goldwire):
    write("in.jsonl", [ONE])
    cases = {
        ("in.jsonl", "out.xyz"): "out.xyz: found no suffix of a format, expected one of .jsonl (goldwire)",
        ("in.jsonl", "out", "--to", "word"): "format 'word': no such format; there are goldwire, nerel, brat",
        ("in.jsonl", "out.jsonl", "--from", "word"): "format 'word': no such format; there are goldwire, nerel, brat",
        ("in.jsonl", "out", "--to", "nerel"): "format 'nerel' is only read; those that are written are goldwire, brat",
    }
    for arguments, message in cases.items():
        done = goldwire("convert", *arguments)
        assert done.code == 2
        assert done.err.startswith(f"goldwire: {message}")
        assert [file.name for file in Path().iterdir()] == ["in.jsonl"]


def test_a_failure_halfway_leaves_the_old_file():
    write("out.jsonl", [ONE], "spans")
    before = Path("out.jsonl").read_bytes()
    outside = Document(id="b", text="Рим", mentions=(PUTIN,))
    for name in ("spans", "doccano"):
        with pytest.raises(InputError, match=r"found \[0, 5\), expected offsets within \[0, 3\)"):
            write("out.jsonl", [ONE, outside], name)
    with pytest.raises(InputError, match="found no text, expected the text that the offsets count in"):
        write("out.jsonl", [ONE, Document(id="b")], "spans")
    assert Path("out.jsonl").read_bytes() == before
    assert [file.name for file in Path().iterdir()] == ["out.jsonl"]


def test_a_format_must_be_known_to_be_written():
    with pytest.raises(UsageError, match="name it with --to"):
        write("out", [ONE])


def test_formats_load_no_heavy_library():
    program = (
        "import sys; from goldwire.corpus.formats import NAMES, format_named; [format_named(n) for n in NAMES]; "
        "print({'numpy', 'pyarrow', 'datasets', 'spacy', 'cassis', 'scipy', 'pandas'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
