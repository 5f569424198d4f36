"""The gold as a dataset: rows are exact, every way of loading gives the same, the card is current, and cites itself."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import datasets
import msgspec
import pyarrow as pa
import pytest
import yaml
from hypothesis import given, settings

import goldwire
from goldwire.corpus import card
from goldwire.corpus.citation import citations
from goldwire.corpus.document import Document, Mention
from goldwire.corpus.errors import InputError
from goldwire.corpus.gold import manifest
from goldwire.corpus.hub import COLUMNS, features, from_row, load_dataset, schema, to_row
from tests.strategies import LAW, documents

ROOT = Path(__file__).parents[2]
GOLD = Path(str(files("goldwire.corpus.gold")))
CURRENT = "run: python -m goldwire.corpus.card"
of_a_checkout = pytest.mark.checkout


@settings(LAW, max_examples=250)
@given(documents())
def test_every_document_comes_back_from_its_row(document):
    row = to_row(document)
    assert tuple(row) == COLUMNS
    assert from_row(row) == document
    [arrow] = pa.Table.from_pylist([row], schema=schema()).to_pylist()
    assert arrow == row


@settings(LAW, max_examples=40)
@given(documents())
def test_every_document_comes_back_from_a_dataset(document):
    [row] = datasets.Dataset.from_list([to_row(document)], features=features())
    assert from_row(row) == document


def test_absent_null_and_empty_are_three_things():
    absent = to_row(Document(id="a", text="Рим"))
    null = to_row(Document(id="a", text="Рим", dateline=None))
    empty = to_row(Document(id="a", text="Рим", mentions=(), meta={}))
    assert (absent["dateline"], absent["layers"]) == (None, [])
    assert (null["dateline"], null["layers"]) == (None, ["dateline"])
    assert (empty["mentions"], empty["meta"], empty["layers"]) == ([], "{}", ["mentions"])


def test_a_row_without_layers_is_a_document_too():
    row = to_row(Document(id="a", text="Рим", mentions=(Mention(start=0, end=3, type="CITY"),)))
    del row["layers"]
    assert list(from_row(row).layers()) == ["mentions"]


def test_a_row_of_no_document_is_told():
    row = {**to_row(Document(id="a", text="Рим")), "quotes": [{"kind": "direct"}]}
    with pytest.raises(InputError) as caught:
        from_row(row)
    assert str(caught.value) == (
        "document 'a': quotes[0].content: found no such key, expected a list, each a pair [start, end] of integers; "
        "add the key [missing-key]"
    )


def test_one_line_loads_the_gold_without_network_or_disk(tmp_path):
    program = (
        "import socket, goldwire\n"
        "def refuse(*_): raise OSError('network')\n"
        "socket.socket.connect = refuse\n"
        "rows = goldwire.load_dataset()\n"
        "print(rows.num_rows, rows[0]['id'], rows.cache_files)\n"
        "rows = goldwire.load_dataset('palmyra@' + goldwire.corpus.gold.manifest().version)\n"
    )
    home = {"HF_HOME": str(tmp_path / "home"), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=home, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "1 tass-2016-12-16-palmyra []\n"
    assert not list(tmp_path.rglob("*.arrow"))


def test_an_unknown_version_is_told():
    with pytest.raises(goldwire.UsageError, match=r"gold 'palmyra@0\.1': no such corpus; available: palmyra, palmyra@"):
        load_dataset("palmyra@0.1")


def test_importing_the_formats_and_the_kit_loads_no_heavy_library():
    program = (
        "import sys, goldwire, goldwire.corpus.hub\n"
        "from goldwire.corpus.formats import NAMES, format_named\n"
        "[format_named(name) for name in NAMES]\n"
        "print(sorted({'datasets', 'pyarrow', 'pandas', 'spacy', 'cassis', 'lxml', 'yaml'} & set(sys.modules)))"
    )
    assert subprocess.check_output([sys.executable, "-c", program], text=True) == "[]\n"


def places() -> list[Path]:
    """The folders that ``datasets`` loads: the gold's, as a checkout or a wheel has it, and the checkout."""
    return [GOLD, ROOT] if (ROOT / ".huggingface.yaml").is_file() else [GOLD]


@pytest.mark.parametrize("place", places(), ids=lambda place: place.name)
def test_datasets_loads_the_folder(place, tmp_path):
    loaded = datasets.load_dataset(str(place), cache_dir=str(tmp_path))
    assert list(loaded) == ["test"]
    assert loaded["test"].features == features()
    assert loaded["test"][0] == load_dataset()[0]
    assert [from_row(row) for row in loaded["test"]] == goldwire.load()


def test_types_are_strings_and_layers_lists_of_records():
    found = features()
    assert found["mentions"].feature["type"] == datasets.Value("string")
    assert isinstance(found["mentions"], datasets.List)
    assert "ClassLabel" not in str(found)


def copied(tmp_path: Path) -> Path:
    """A copy of the gold in a folder like that of a checkout."""
    folder = tmp_path / "checkout" / "corpus" / "gold"
    folder.mkdir(parents=True)
    (tmp_path / "checkout" / "pyproject.toml").touch()
    for name in ("gold.jsonl", "manifest.json", "README.md"):
        shutil.copy(GOLD / name, folder / name)
    return folder


def test_an_edited_copy_is_seen_in_spite_of_the_cache(tmp_path):
    folder, cache = copied(tmp_path), str(tmp_path / "cache")
    card.write_card(folder)
    for place in (folder, folder.parent.parent):
        assert datasets.load_dataset(str(place), cache_dir=cache)["test"][0]["lang"] == "ru"
    [gold] = goldwire.load()
    goldwire.write(folder / "gold.jsonl", [msgspec.structs.replace(gold, lang="en")])
    card.write_card(folder)
    for place in (folder, folder.parent.parent):
        assert datasets.load_dataset(str(place), cache_dir=cache)["test"][0]["lang"] == "en"


def test_the_card_and_its_files_are_what_the_gold_makes_them(tmp_path):
    folder = copied(tmp_path)
    for path in card.write_card(folder):
        inside = path.relative_to(folder.parent.parent)
        if path.is_relative_to(folder):
            assert (GOLD / path.relative_to(folder)).read_bytes() == path.read_bytes(), f"{inside}: {CURRENT}"
        elif (ROOT / inside).is_file():
            assert (ROOT / inside).read_bytes() == path.read_bytes(), f"{inside}: {CURRENT}"


def test_the_hash_in_the_card_is_the_file_s():
    front = yaml.safe_load((GOLD / "README.md").read_text(encoding="utf-8").split("---\n")[1])
    [config] = front["configs"]
    [data] = config["data_files"]
    digest = hashlib.sha256((GOLD / data["path"]).read_bytes()).hexdigest()
    assert config["description"] == f"sha256:{digest}", CURRENT


def test_the_card_says_what_the_hub_asks_for():
    text = (GOLD / "README.md").read_text(encoding="utf-8")
    front = yaml.safe_load(text.split("---\n")[1])
    wanted = {"language", "license", "task_categories", "size_categories", "source_datasets", "annotations_creators"}
    assert wanted | {"configs", "dataset_info", "pretty_name", "tags"} <= set(front)
    for words in ("No person has\nreviewed the result yet", "## Limitations", "## Licences", "## Citation", "TASS"):
        assert words in text


def test_croissant_is_valid_and_reads_the_same_records():
    mlcroissant = pytest.importorskip("mlcroissant")
    found = mlcroissant.Dataset(jsonld=str(GOLD / "croissant.json"))
    assert not found.metadata.ctx.issues.errors
    assert not found.metadata.ctx.issues.warnings
    [record] = found.records("documents")
    [gold] = goldwire.load()
    row = to_row(gold)
    assert record["documents/text"].decode() == gold.text  # the library gives text as bytes
    assert len(record["documents/mentions"]) == len(gold.mentions)
    for layer in ("mentions", "entities", "quotes", "blocks", "sections"):
        names = {name.rsplit("/", 1)[1] for name in record[f"documents/{layer}"][0]}
        assert names == set(row[layer][0])
    assert [m["documents/mentions/start"] for m in record["documents/mentions"]] == [m.start for m in gold.mentions]
    assert [q["documents/quotes/content"] for q in record["documents/quotes"]] == [q["content"] for q in row["quotes"]]


def test_croissant_s_hash_is_the_file_s():
    [file] = json.loads((GOLD / "croissant.json").read_bytes())["distribution"]
    assert file["sha256"] == hashlib.sha256((GOLD / file["contentUrl"]).read_bytes()).hexdigest(), CURRENT


def test_what_push_to_hub_uploads_loads_again(tmp_path):
    """``push_to_hub`` writes Parquet and a card to a repository; without a server both are made in a folder."""
    repository = tmp_path / "goldwire-palmyra"
    (repository / "data").mkdir(parents=True)
    rows = load_dataset()
    rows.to_parquet(str(repository / "data" / "test-00000-of-00001.parquet"))
    info = datasets.DatasetInfo(features=rows.features)
    card_data = {"configs": [{"config_name": "default", "data_files": [{"split": "test", "path": "data/test-*"}]}]}
    card_data["dataset_info"] = info._to_yaml_dict()
    (repository / "README.md").write_text(f"---\n{yaml.safe_dump(card_data)}---\n", encoding="utf-8")
    loaded = datasets.load_dataset(str(repository), cache_dir=str(tmp_path / "cache"))
    assert [from_row(row) for row in loaded["test"]] == goldwire.load()
    assert loaded["test"].features == features()
    rows.save_to_disk(str(tmp_path / "saved"))
    assert list(goldwire.read(tmp_path / "saved")) == goldwire.load()


@of_a_checkout
def test_citation_cff_says_what_cite_says():
    found = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    kit, gold = citations()
    assert (found["title"], found["version"], found["date-released"].year) == (kit.title, kit.version, kit.year)
    assert [author["name"] for author in found["authors"]] == [kit.author]
    [reference] = found["references"]
    assert (reference["title"], reference["version"], reference["year"]) == (gold.title, gold.version, gold.year)
    assert reference["notes"] == gold.note
    assert gold.version == manifest().version


def test_cite_prints_bibtex_and_plain_lines():
    done = subprocess.run([sys.executable, "-m", "goldwire", "cite"], capture_output=True, text=True, check=True)
    kit, gold = citations()
    assert done.stdout == (
        f"{kit.bibtex()}\n\n{gold.bibtex()}\n\n"
        "The goldwire authors (2026). goldwire: a gold-annotated Russian news article and the kit that scores any "
        f"extractor against it. Version {kit.version}.\n"
        "The goldwire authors (2026). goldwire palmyra: entities, quotes and sections of a Russian news article. "
        f"Version {gold.version}. Text: TASS, 16 December 2016, quoted as research data.\n"
    )
    assert re.findall(r"^@(\w+)\{([\w-]+),$", done.stdout, re.MULTILINE) == [
        ("software", "goldwire"),
        ("dataset", "goldwire-palmyra"),
    ]
    assert done.stdout.count("{") == done.stdout.count("}")
