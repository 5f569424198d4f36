"""How a corpus grows: ``goldwire add`` and ``goldwire check --manifest``."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given

from goldwire.corpus.checks import check
from goldwire.corpus.document import UNSET, Document
from goldwire.corpus.errors import InputError
from goldwire.corpus.gold import load
from goldwire.corpus.layout import lines
from goldwire.corpus.manifest import claims
from goldwire.growth import add, new_document
from goldwire.io import read, write
from tests.strategies import LAW, OPEN, texts

GOLD = Path(str(files("goldwire.corpus.gold")))


def documents(path):
    return list(read(path))


def test_the_article_added_anew_has_the_layout_of_the_gold(goldwire, tmp_path):
    [gold] = load()
    article, corpus = tmp_path / "flood.2024.txt", tmp_path / "news.jsonl"
    article.write_bytes(gold.text.encode())
    done = goldwire("add", article, "--to", corpus, "--meta", "published=2016-12-16", "--meta", "note=a=b")
    assert (done.code, done.err) == (0, "")
    assert "flood.2024: 3152 characters, 19 blocks, 3 sections, a dateline" in done.out
    [added] = documents(corpus)
    assert (added.id, added.text, added.sha256, added.lang) == ("flood.2024", gold.text, gold.sha256, "ru")
    assert added.meta == {"published": "2016-12-16", "note": "a=b"}
    assert (added.blocks, added.sections, added.dateline) == (gold.blocks, gold.sections, gold.dateline)
    assert added.mentions is UNSET
    assert added.quotes is UNSET
    assert goldwire("check", corpus).code == 0


@pytest.mark.parametrize("text", ["a\r\nb\r\n", "a\rb", "\n a\u2028b \n", "a\u00a0b\tc"])
def test_line_ends_and_blanks_stay_as_they_are(goldwire, tmp_path, text):
    (tmp_path / "a.txt").write_bytes(text.encode())
    assert goldwire("add", tmp_path / "a.txt", "--to", tmp_path / "c.jsonl", "--lang", "en").code == 0
    [added] = documents(tmp_path / "c.jsonl")
    assert (added.text, added.lang) == (text, "en")


@LAW
@given(texts())
def test_whatever_is_added_is_sound(tmp_path_factory, text):
    if not lines(text) or text.startswith("\ufeff"):
        return
    path = tmp_path_factory.mktemp("article") / "a.txt"
    path.write_bytes(text.encode())
    assert [problem for problem in check(new_document(path), OPEN) if problem.severity == "error"] == []


def test_the_lines_that_are_there_stay_byte_for_byte(goldwire, tmp_path):
    corpus = tmp_path / "c.jsonl"
    old = b'{ "schema": "goldwire/1",  "id": "old", "text": "\\u0430" }'  # no line end, and not as we write it
    corpus.write_bytes(old)
    for name in ("a", "b"):
        (tmp_path / f"{name}.txt").write_text(name)
    assert goldwire("add", tmp_path / "a.txt", tmp_path / "b.txt", "--to", corpus).code == 0
    assert corpus.read_bytes().startswith(old + b"\n{")
    assert [document.id for document in documents(corpus)] == ["old", "a", "b"]


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("old.txt", b"new words", "duplicate-document"),
        ("x.txt", b"\xff\xfe", "not-utf-8"),
        ("x.txt", "\ufeffwords".encode(), "byte-order-mark"),
        ("x.txt", b" \n\n", "no-words"),
        ("x\n.txt", b"words", "bad-id"),
        ("gone", None, "no-access"),
    ],
)
def test_what_cannot_be_added_leaves_the_corpus_as_it_was(goldwire, tmp_path, name, content, told):
    corpus = tmp_path / "c.jsonl"
    write(corpus, [Document(id="old", text="words")])
    before = corpus.read_bytes()
    (tmp_path / "good.txt").write_text("words")
    if content is not None:
        (tmp_path / name).write_bytes(content)
    done = goldwire("add", tmp_path / "good.txt", tmp_path / name, "--to", corpus)
    assert done.code == 1
    assert told in done.err
    assert done.err.count("\n") == 1
    assert corpus.read_bytes() == before
    assert not [file for file in tmp_path.iterdir() if file.suffix == ".part"]


def test_a_broken_corpus_and_two_articles_of_one_name_are_refused(goldwire, tmp_path):
    (tmp_path / "broken.jsonl").write_text("{}\n")
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.txt").write_text("words")
    articles = [tmp_path / folder / "a.txt" for folder in ("one", "two")]
    assert goldwire("add", articles[0], "--to", tmp_path / "broken.jsonl").code == 1
    assert (tmp_path / "broken.jsonl").read_text() == "{}\n"
    done = goldwire("add", *articles, "--to", tmp_path / "c.jsonl")
    assert (done.code, "found the id of another article" in done.err) == (1, True)
    assert not (tmp_path / "c.jsonl").exists()


ADDING = """
import sys
from goldwire.corpus.document import Document
from goldwire.growth import add

name, corpus = sys.argv[1:]
print("ready", flush=True)
sys.stdin.readline()
for number in range(40):
    add([Document(id=f"{name}{number}", text="words")], corpus)
"""


def adding(name, corpus):
    """A process that adds 40 documents, one by one, once it is given a line."""
    process = subprocess.Popen(
        [sys.executable, "-c", ADDING, name, corpus], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "ready\n"
    return process


def test_of_what_several_processes_add_at_the_same_moment_nothing_is_lost(tmp_path):
    corpus, link = tmp_path / "c.jsonl", tmp_path / "link.jsonl"
    link.symlink_to(corpus)  # another name of the file
    processes = [adding(name, place) for name, place in zip("abc", (corpus, link, corpus), strict=True)]
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        process.communicate()
    assert [process.returncode for process in processes] == [0, 0, 0]
    wanted = sorted(f"{name}{number}" for name in "abc" for number in range(40))
    assert sorted(document.id for document in documents(corpus)) == wanted
    assert sorted(tmp_path.iterdir()) == [corpus, link]


def test_who_is_killed_while_he_adds_leaves_no_lock(tmp_path):
    corpus = tmp_path / "c.jsonl"
    with adding("a", corpus) as process:
        process.stdin.write("go\n")
        process.stdin.flush()
        while not corpus.exists() and process.poll() is None:
            time.sleep(0.001)
        process.kill()
    held = len(documents(corpus))
    assert add([Document(id="mine", text="words")], corpus) == 1
    assert len(documents(corpus)) == held + 1


def test_a_folder_that_cannot_be_made_and_a_key_given_twice_are_told(tmp_path):
    with pytest.raises(InputError, match=r"/c\.jsonl: found .*, expected a place that can be written to"):
        add([Document(id="a", text="words")], Path("/dev/null") / "c.jsonl")
    corpus = tmp_path / "c.jsonl"
    corpus.write_text('{"schema":"goldwire/1","id":"a","id":"b"}\n')
    with pytest.raises(InputError, match=r"c\.jsonl:1: document 'b': id: found 'a' and 'b', expected a key once"):
        add([Document(id="a", text="words")], corpus)
    assert list(tmp_path.iterdir()) == [corpus]


@pytest.mark.parametrize("meta", [["novalue"], ["=x"], ["a=1", "a=2"]])
def test_metadata_without_a_key_or_with_one_twice_is_refused(goldwire, tmp_path, meta):
    (tmp_path / "a.txt").write_text("words")
    options = [word for pair in meta for word in ("--meta", pair)]
    done = goldwire("add", tmp_path / "a.txt", "--to", tmp_path / "c.jsonl", *options)
    assert done.code == 2
    assert "expected KEY=VALUE" in done.err


# manifests


@pytest.fixture
def corpus(tmp_path):
    folder = tmp_path / "news"
    folder.mkdir()
    write(folder / "a.jsonl", load())
    write(folder / "b.jsonl", [Document(id="b", text="words")])
    return folder


def test_the_manifest_of_the_embedded_gold_is_proven(goldwire):
    done = goldwire("check", "--manifest", GOLD)
    assert (done.code, done.err) == (0, "")
    assert "manifest of palmyra@1.0 proven, 1 documents" in done.out


def test_a_manifest_is_written_proven_and_written_again(goldwire, corpus):
    assert "manifest.json" in goldwire("check", "--manifest", corpus).err
    assert "news@0.1 written, 2 documents" in goldwire("check", "--manifest", corpus, "--write").out
    assert goldwire("check", "--manifest", corpus).code == 0
    assert "news@2.0 written" in goldwire("check", "--manifest", corpus, "--write", "--name", "news@2.0").out
    assert "news@2.0 written" in goldwire("check", "--manifest", corpus, "--write").out
    assert goldwire("check", "--manifest", corpus, "--write", "--name", "news").code == 2
    assert goldwire("check", corpus, "--write").code == 2
    assert goldwire("check", "--manifest", corpus / "a.jsonl").code == 1


def test_every_untrue_claim_is_named(goldwire, corpus):
    goldwire("check", "--manifest", corpus, "--write")
    place = corpus / "manifest.json"
    told = json.loads(place.read_text())
    told["counts"]["mentions by type"]["PERSON"] += 1
    told["texts"]["b"] = "0" * 64
    told["texts"]["c"] = told["texts"].pop("tass-2016-12-16-palmyra")
    told["hash"] = "f" * 64
    place.write_text(json.dumps(told))
    done = goldwire("check", "--manifest", corpus)
    assert done.code == 1
    said = [line for line in done.out.splitlines() if line.startswith("error")]
    assert len(said) == 5
    count = "counts['mentions by type']['PERSON']: found a claim of 13, expected 12"
    for line, part in zip(said, ["'b': texts", "'c'", "palmyra", count, "hash"], strict=True):
        assert part in line
    assert done.out.endswith("5 errors, 0 warnings\n")


def test_a_changed_document_breaks_the_hash(goldwire, corpus):
    goldwire("check", "--manifest", corpus, "--write")
    write(corpus / "b.jsonl", [Document(id="b", text="words", lang="en")])
    done = goldwire("check", "--manifest", corpus)
    assert done.code == 1
    assert "manifest.json: hash: found" in done.out


@pytest.mark.parametrize(
    ("content", "told"), [("{", "bad-manifest"), ("{}", "bad-manifest"), ('{"x": 1}', "bad-manifest")]
)
def test_a_broken_manifest_is_named(goldwire, corpus, content, told):
    (corpus / "manifest.json").write_text(content)
    done = goldwire("check", "--manifest", corpus)
    assert (done.code, told in done.err) == (1, True)


def test_no_manifest_is_written_over_errors_or_two_documents_of_one_id(goldwire, corpus):
    write(corpus / "c.jsonl", [Document(id="b", text="other words")])
    done = goldwire("check", "--manifest", corpus, "--write")
    assert (done.code, "duplicate-document" in done.out) == (1, True)
    write(corpus / "c.jsonl", [Document(id="c", text="words", sha256="0" * 64)])
    done = goldwire("check", "--manifest", corpus, "--write")
    assert (done.code, "no manifest was written" in done.out) == (1, True)
    assert not (corpus / "manifest.json").exists()


def test_claims_of_nothing_are_a_hash_of_zero():
    empty = claims([], name="none", version="1", scheme="2")
    assert (empty.hash, empty.texts, empty.counts) == ("0" * 64, {}, {})
