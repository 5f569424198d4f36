"""Where verbs write: the folders that a path needs are made, and what is read is never written over."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import goldwire as kit
from goldwire.corpus.document import Document, Mention
from goldwire.corpus.errors import InputError
from goldwire.corpus.places import folders_made
from tests.conftest import Done

Goldwire = Callable[..., Done]

GOLD = [Document(id="a", text="Путин в Москве", mentions=(Mention(start=0, end=5, type="PERSON"),))]
SCORE = ("score", "mine.jsonl", "--gold", "gold.jsonl", "--draws", "0")
BENCH = ("bench", "mine.jsonl", "--gold", "gold.jsonl", "--draws", "0")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, goldwire: Goldwire) -> Path:
    """A folder to be in, with gold, predictions, a text, rows, two runs and an annotated export."""
    monkeypatch.chdir(tmp_path)
    for name in ("gold.jsonl", "mine.jsonl", "other.jsonl"):
        kit.write(name, GOLD)
    Path("a.txt").write_text("Абэ в Токио", encoding="utf-8")
    assert goldwire(*BENCH, "other.jsonl", "--json", "bench.json").code == 0
    shutil.copy("runs/mine/rows.parquet", "rows.parquet")
    return tmp_path


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    "command",
    [
        (*SCORE, "--json", "OUT.json"),
        (*SCORE, "--rows", "OUT.parquet"),
        (*SCORE, "--html", "OUT.html"),
        (*SCORE, "--out", "OUT", "--rows", "rows/of.parquet"),
        (*BENCH, "--json", "OUT.json"),
        (*BENCH, "--out", "OUT"),
        ("combine", "rows.parquet", "--draws", "0", "--rows", "OUT.parquet"),
        ("compare", "runs/mine", "runs/other", "--json", "OUT.json"),
        ("explain", "runs/mine", "--html", "OUT.html"),
        ("agree", "mine.jsonl", "other.jsonl", "--json", "OUT.json"),
        ("show", "--html", "OUT.html"),
        ("convert", "gold.jsonl", "OUT.parquet"),
        ("convert", "gold.jsonl", "OUT", "--to", "brat"),
        ("add", "a.txt", "--to", "OUT.jsonl"),
        ("map", "mine.jsonl", "--gold", "gold.jsonl", "--out", "OUT.toml"),
        ("label", "config", "--out", "OUT.xml"),
        ("label", "tasks", "a.txt", "--out", "OUT.json"),
        ("label", "adjudicate", "mine.jsonl", "other.jsonl", "--agreed", "OUT.jsonl", "--review", "re/view.json"),
    ],
    ids=lambda command: " ".join(command),
)
def test_the_folders_above_an_output_are_made(here: Path, goldwire: Goldwire, command: tuple[str, ...]) -> None:
    done = goldwire(*(part.replace("OUT", "deep/er/out") for part in command))
    assert done.code == 0, done.err
    [out] = Path("deep/er").iterdir()
    assert out.name.partition(".")[0] == "out"
    assert out.is_dir() or out.stat().st_size


def test_folders_that_were_made_for_nothing_are_gone_again(here: Path, goldwire: Goldwire) -> None:
    Path("broken.jsonl").write_text("{", encoding="utf-8")
    before = sorted(here.rglob("*"))
    assert goldwire("convert", "broken.jsonl", "deep/er/out.parquet").code == 1
    assert goldwire("convert", "broken.jsonl", "deep/er/out", "--to", "brat").code == 1
    assert sorted(here.rglob("*")) == before


def test_a_folder_in_which_something_else_stands_by_now_stays(tmp_path: Path) -> None:
    with pytest.raises(KeyError), folders_made(tmp_path / "a" / "b" / "c"):  # noqa: PT012
        (tmp_path / "a" / "other").touch()
        raise KeyError
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["other"]
    wanted = "found Not a directory, expected a place that can be written to; check the path"
    with pytest.raises(InputError, match=wanted), folders_made(tmp_path / "a" / "other" / "b" / "c"):
        pytest.fail("there is no such place")


@pytest.mark.parametrize(
    ("command", "out"),
    [
        ((*SCORE, "--json"), "mine.jsonl"),
        ((*SCORE, "--rows"), "gold.jsonl"),
        ((*SCORE, "--html"), "link.jsonl"),
        ((*SCORE, "--labels", "map.toml", "--json"), "map.toml"),
        ((*BENCH, "--json"), "mine.jsonl"),
        (("bench", "mine.jsonl?labels=map.toml", "--html"), "mine.jsonl"),
        (("combine", "rows.parquet", "--rows"), "rows.parquet"),
        (("compare", "runs/mine", "runs/other", "--json"), "runs/mine/result.json"),
        (("explain", "runs/mine", "--html"), "runs/mine/predictions.jsonl"),
        (("agree", "mine.jsonl", "other.jsonl", "--json"), "other.jsonl"),
        (("show", "--gold", "gold.jsonl", "--html"), "gold.jsonl"),
        (("map", "mine.jsonl", "--gold", "gold.jsonl", "--out"), "mine.jsonl"),
        (("combine", "rows.parquet", "--json"), "rows.parquet"),
        (("label", "tasks", "mine.jsonl", "--out"), "mine.jsonl"),
        (("label", "tasks", "runs/mine", "--out"), "runs/mine/predictions.jsonl"),
        (("label", "tasks", "a.txt", "--pre-annotate", "mine.jsonl?alignment=nth", "--out"), "mine.jsonl"),
        (("label", "tasks", "a.txt", "--scheme", "map.toml", "--out"), "map.toml"),
        (("label", "sync", "Title", "mine.jsonl", "--out"), "mine.jsonl"),
        (("label", "sync", "Title", "a.txt", "--out", "new.jsonl", "--export"), "a.txt"),
        (("label", "adjudicate", "mine.jsonl", "other.jsonl", "--agreed"), "other.jsonl"),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, tuple) else part,
)
def test_what_is_read_is_not_written_over(here: Path, goldwire: Goldwire, command: tuple[str, ...], out: str) -> None:
    Path("map.toml").write_text('[labels]\nMAN = "PERSON"\n', encoding="utf-8")
    Path("link.jsonl").symlink_to("mine.jsonl")
    before = content(here)
    done = goldwire(*command, out)
    assert (done.code, done.out) == (2, "")
    told = f"goldwire: {out}: found it among what is read, expected another file: give another path"
    assert told in done.said
    assert content(here) == before


@pytest.mark.parametrize(
    "command",
    [
        ("score", "mine.jsonl", "--gold", "runs/mine/predictions.jsonl", "--out", "runs/mine"),
        ("score", "mine.jsonl", "--gold", "runs/mine", "--out", "runs/mine"),
        ("bench", "mine.jsonl", "--gold", "runs/mine/predictions.jsonl", "--out", "runs"),
    ],
    ids=" ".join,
)
def test_a_run_takes_the_place_of_nothing_that_is_read(
    here: Path, goldwire: Goldwire, command: tuple[str, ...]
) -> None:
    before = content(here)
    done = goldwire(*command, "--draws", 0)
    assert (done.code, done.out) == (2, "")
    told = "runs/mine/predictions.jsonl: found it among what is read, expected another folder: give another path"
    assert told in done.said
    assert content(here) == before


@pytest.mark.parametrize(
    "command",
    [(*SCORE, "--rows", "one", "--json", "./one"), (*BENCH, "--html", "one", "--json", "one")],
    ids=" ".join,
)
def test_one_path_is_not_given_to_two_outputs(here: Path, goldwire: Goldwire, command: tuple[str, ...]) -> None:
    done = goldwire(*command)
    assert (done.code, done.out) == (2, "")
    assert f"{here}/one: found it for two outputs, expected a path for each: give another path" in done.said
    assert not Path("one").exists()


def test_a_second_output_beside_what_is_read_is_no_harm(here: Path, goldwire: Goldwire) -> None:
    folder = Path("predictions")
    folder.mkdir()
    shutil.copy("mine.jsonl", folder)
    command = ("score", "predictions", "--gold", "gold.jsonl", "--draws", "0", "--json", "predictions/result.json")
    for _ in range(2):
        assert goldwire(*command).code == 0
    assert json.loads((folder / "result.json").read_text(encoding="utf-8"))["documents"]["scored"] == 1
