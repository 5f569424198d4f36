"""``datasets`` on disk keeps everything, and a broken folder is told."""

from __future__ import annotations

import shutil
from pathlib import Path

import datasets
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldwire.corpus.document import Document, Mention
from goldwire.corpus.errors import InputError
from goldwire.corpus.formats import Losses, format_named, format_of
from goldwire.corpus.gold import load
from goldwire.corpus.hub import features, load_dataset, to_row
from tests.corpus.formats.faults import said
from tests.corpus.formats.trip import trip
from tests.strategies import LAW, documents

PUTIN = Document(id="a", text="Путин и Обама", mentions=(Mention(start=0, end=5, type="PERSON", text="Путин"),))
FOLDER = "expected a folder of Dataset.save_to_disk; save it again [not-dataset]"


@pytest.fixture(autouse=True)
def no_bars():
    datasets.disable_progress_bars()
    yield
    datasets.enable_progress_bars()


@settings(LAW, max_examples=60)
@given(st.lists(documents(), min_size=1, max_size=3))
def test_every_document_comes_back(given_):
    back, losses = trip("hub", given_)
    assert back == given_
    assert list(losses) == []


def test_the_library_reads_it_with_our_features(tmp_path):
    path = tmp_path / "palmyra"
    assert format_named("hub").write(path, load(), Losses()) == 1
    saved = datasets.load_from_disk(str(path))
    assert saved.features == features()
    assert saved[0] == load_dataset()[0]
    assert sorted(file.name for file in path.iterdir()) == [
        "data-00000-of-00001.arrow",
        "dataset_info.json",
        "state.json",
    ]
    assert format_of(path).name == "hub"


def test_what_the_library_saved_is_read(tmp_path):
    path = tmp_path / "splits"
    rows = load_dataset()
    datasets.DatasetDict({"test": rows, "train": rows.map(lambda row: {"fold": 1})}).save_to_disk(str(path))
    losses = Losses()
    assert list(format_named("hub").read(path, losses)) == load() * 2
    assert losses.totals() == {"column 'fold'": 1, "split 'test'": 1, "split 'train'": 1}


def test_a_place_that_is_taken_stays_as_it_is(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("…", encoding="utf-8")
    with pytest.raises(InputError, match="found a folder that is not empty, expected a new or empty folder"):
        format_named("hub").write(tmp_path / "mine", [PUTIN], Losses())
    assert [file.name for file in tmp_path.rglob("*")] == ["mine", "thesis.txt"]


def cut_short(folder: Path) -> None:
    [file] = folder.glob("*.arrow")
    file.write_bytes(file.read_bytes()[:200])


def cut_in_the_rows(folder: Path) -> None:
    [file] = folder.glob("*.arrow")
    file.write_bytes(file.read_bytes()[:-300])


def no_columns(folder: Path) -> None:
    [file] = folder.glob("*.arrow")
    file.unlink()


def bad_state(folder: Path) -> None:
    (folder / "state.json").write_text("{", encoding="utf-8")


def other_encoding(folder: Path) -> None:
    (folder / "state.json").write_bytes('{"я": 1}'.encode("cp1251"))


def no_state(folder: Path) -> None:
    (folder / "state.json").unlink()


@pytest.mark.parametrize(
    ("breaks", "found"),
    [
        (cut_short, "'ArrowInvalid: Expected to read "),
        (cut_in_the_rows, "'OSError: Expected to be able to read "),
        (no_columns, '"FileNotFoundError: [Errno 2] No such file or directory: '),
        (bad_state, "'JSONDecodeError: Expecting property name enclosed in doubl…"),
        (other_encoding, "\"UnicodeDecodeError: 'utf-8' codec can't decode byte 0xff i…"),
        (no_state, "'no state.json or dataset_dict.json'"),
    ],
)
def test_a_broken_folder_is_told(breaks, found, tmp_path):
    path = tmp_path / "saved"
    format_named("hub").write(path, [PUTIN], Losses())
    breaks(path)
    message = said("hub", path)
    assert message.startswith(f"saved: found {found}")
    assert message.endswith(FOLDER)


def test_rows_of_others_and_offsets_off_by_one_are_told(tmp_path):
    datasets.Dataset.from_list([{"a": 1}]).save_to_disk(str(tmp_path / "other"))
    assert said("hub", tmp_path / "other") == (
        "other: found columns a, expected also schema, id, text, sha256, lang, meta, mentions, entities, relations, "
        "quotes, blocks, sections, dateline, extra, layers; a layer that was not attempted is a column of nulls "
        "[missing-column]"
    )
    off = {**to_row(PUTIN), "mentions": [{"start": 1, "end": 6, "type": "PERSON", "text": "Путин"}]}
    datasets.Dataset.from_list([off]).save_to_disk(str(tmp_path / "off"))
    assert said("hub", tmp_path / "off") == (
        "off:1: document 'a': mentions[0].text: found 'Путин', expected 'утин ', the slice [1, 6); offsets count code "
        "points of the raw text: are these bytes, UTF-16 units, or of a trimmed text? [wrong-surface]"
    )
    shutil.rmtree(tmp_path / "off")
    assert not format_named("hub").matches(tmp_path / "off")
