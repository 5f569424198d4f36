"""``goldwire map``: what it prints, writes and warns of."""

from __future__ import annotations

from pathlib import Path

import pytest

from goldwire.corpus.document import Document, Mention
from goldwire.eval.labels import read_label_map
from goldwire.io import write

TEXT = "Путин в Москве"
GOLD = Document(
    id="a", text=TEXT, mentions=(Mention(start=0, end=5, type="PERSON"), Mention(start=8, end=14, type="CITY"))
)
MODULE = """
class Made:
    labels = {"PER": "PERSON", "DOG": None}
    def extract(self, document):
        print("a log")
        return [(0, 5, "PER"), (8, 14, "GPE"), (6, 7, "CITY")]
def broken(text): raise ValueError("no such city")
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    write("gold.jsonl", [GOLD])
    Path("mapped.py").write_text(MODULE, encoding="utf-8")
    return tmp_path


def words(out: str) -> str:
    return " ".join(out.split())


def test_map_shows_labels_and_proposes_for_those_without_a_meaning(goldwire, here):
    done = goldwire("map", "mapped:Made", "--gold", "gold.jsonl")
    assert done.code == 0
    said = words(done.out)
    assert "mapped:Made: 3 mentions" in said
    assert "PER 1 PERSON of 1 mentions, 1 coincide with PERSON" in said
    assert "GPE 1 CITY? of 1 mentions, 1 coincide with CITY" in said
    assert "CITY 1 CITY" in said  # a type of gold stays what it is
    assert "In its map, but not given: DOG" in said
    assert done.out.endswith('[labels]\n"GPE" = { to = "CITY", why = "of 1 mentions, 1 coincide with CITY" }\n')
    assert done.err == (
        "a log\nwarning: mapped:Made: unknown-label (1): 'GPE', which is neither in its map nor a type of gold; "
        "proposed above\n"
    )


def test_map_out_is_a_map_that_bench_takes(goldwire, here):
    done = goldwire("map", "mapped:Made", "--gold", "gold.jsonl", "--out", "map.toml")
    assert done.out.endswith("Written: map.toml\n")
    table = read_label_map("map.toml")
    assert [table[label] for label in ("PER", "GPE", "CITY", "DOG")] == ["PERSON", "CITY", "CITY", None]
    again = goldwire("map", "mapped:Made?labels=map.toml", "--gold", "gold.jsonl")
    assert (again.code, again.err) == (0, "a log\n")
    assert goldwire("bench", "mapped:Made?labels=map.toml", "--gold", "gold.jsonl", "--draws", 0).code == 0


def test_map_reads_predictions_and_aligns_their_strings(goldwire, here):
    place = Mention(start=None, end=None, type="GPE", text="москве")
    write("mine.jsonl", [Document(id="a", mentions=(place,)), Document(id="b", mentions=())])
    done = goldwire("map", "mine.jsonl", "--gold", "gold.jsonl")
    assert "GPE 1 CITY? of 1 mentions, 1 coincide with CITY" in words(done.out)
    assert "warning: b: predictions for a document that gold has not (1)" in done.err


def test_map_tells_of_documents_that_failed(goldwire, here):
    done = goldwire("map", "mapped:broken", "--gold", "gold.jsonl")
    assert done.code == 3
    assert done.err == "warning: mapped:broken: failed-document: a: ValueError: no such city\n"


def test_map_refuses_gold_without_text(goldwire, here):
    write("bare.jsonl", [Document(id="a", mentions=GOLD.mentions)])
    done = goldwire("map", "mapped:Made", "--gold", "bare.jsonl")
    assert (done.code, done.err) == (
        1,
        "goldwire: document 'a': text: found no text, expected a text to extract from; add it [no-text]\n",
    )


def test_version_is_that_of_the_package(goldwire):
    from importlib.metadata import version

    assert goldwire("--version") == (0, f"goldwire {version('goldwire')}\n", "")
