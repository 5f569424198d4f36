"""What ``bench`` and ``score --out`` leave can be read and judged again, and what is no RUN is refused in words."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

import goldwire as kit
from goldwire.corpus.document import Document, Mention
from goldwire.corpus.errors import InputError
from goldwire.runs import SavedRun, read_run
from tests.conftest import Done

Goldwire = Callable[..., Done]

FILES = ["predictions.jsonl", "result.json", "rows.parquet", "run.json"]
GOLD = [
    Document(
        id="a",
        text="Путин в Москве",
        mentions=(Mention(start=0, end=5, type="PERSON"), Mention(start=8, end=14, type="CITY")),
    ),
    Document(id="b", text="Абэ в Токио", mentions=(Mention(start=0, end=3, type="PERSON"),)),
]


@pytest.fixture
def saved(goldwire: Goldwire, tmp_path: Path) -> SavedRun:
    assert goldwire("bench", "rules", "--draws", "50", "--seed", "3", "--out", tmp_path).code == 0
    return read_run(tmp_path / "rules")


def test_a_run_judged_again_has_the_same_scores(saved: SavedRun) -> None:
    predicted = kit.read(saved.predictions)
    draws, seed = saved.run["draws"], saved.run["seed"]
    again = kit.score(saved.gold, predicted, labels=saved.labels, view=saved.view, draws=draws, seed=seed)
    assert (draws, seed, saved.name) == (50, 3, "rules")
    assert again.to_dict()["scores"] == saved.result["scores"]


@pytest.mark.parametrize("name", ["predictions.jsonl", "rows.parquet", "result.json", "run.json"])
def test_a_run_without_one_of_its_files_is_refused(saved: SavedRun, name: str) -> None:
    (saved.folder / name).unlink()
    with pytest.raises(InputError, match=f"{name}.*expected a folder that bench, or score --out, wrote"):
        read_run(saved.folder)


def test_files_that_are_no_json_or_of_another_schema_are_refused(saved: SavedRun) -> None:
    (saved.folder / "run.json").write_text("{", encoding="utf-8")
    with pytest.raises(InputError, match=r"run\.json: .*expected one whole JSON object \[not-json\]"):
        read_run(saved.folder)
    (saved.folder / "run.json").write_text(json.dumps({"schema": "other/1"}), encoding="utf-8")
    with pytest.raises(InputError, match=r"schema: found 'other/1', expected goldwire-run/1 \[unknown-schema\]"):
        read_run(saved.folder)


# score --out


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to be in, with ``gold.jsonl`` and ``mine.jsonl``: one of two mentions, and one of another type."""
    monkeypatch.chdir(tmp_path)
    mentions = (Mention(start=0, end=5, type="PERSON"), Mention(start=8, end=14, type="PERSON"))
    kit.write("gold.jsonl", GOLD)
    kit.write("mine.jsonl", [Document(id="a", mentions=mentions)])
    return tmp_path


def names(folder: str) -> list[str]:
    return sorted(path.name for path in Path(folder).iterdir())


def content(path: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))
    return found


def scored(goldwire: Goldwire, *options: object, source: str = "mine.jsonl") -> None:
    assert goldwire("score", source, "--gold", "gold.jsonl", "--draws", 0, *options).code == 0


def test_score_out_is_the_run_that_bench_leaves_of_the_same_file(here: Path, goldwire: Goldwire) -> None:
    scored(goldwire, "--out", "out", "--rows", "rows.parquet", "--json", "result.json")
    assert goldwire("bench", "mine.jsonl", "--gold", "gold.jsonl", "--draws", 0).code == 0
    assert names("out") == names("runs/mine") == FILES
    assert Path("out/predictions.jsonl").read_bytes() == Path("runs/mine/predictions.jsonl").read_bytes()
    assert Path("out/run.json").read_bytes() == Path("runs/mine/run.json").read_bytes()
    assert pq.read_table("out/rows.parquet").equals(pq.read_table("runs/mine/rows.parquet"))
    result = content("result.json")
    assert content("out/result.json") == result
    assert content("runs/mine/result.json") == {"extractor": "mine", **result}  # bench names it
    scored(goldwire, "--rows", "alone.parquet")
    for path in ("rows.parquet", "out/rows.parquet"):
        assert Path(path).read_bytes() == Path("alone.parquet").read_bytes()


def test_python_s_score_leaves_the_same(here: Path, goldwire: Goldwire) -> None:
    scored(goldwire, "--out", "out")
    kit.score("gold.jsonl", "mine.jsonl", draws=0, out="python")
    assert names("python") == FILES
    for name in FILES:
        assert Path("python", name).read_bytes() == Path("out", name).read_bytes()
    kit.score(GOLD, [Document(id="a", mentions=())], draws=0, out="records")
    run = content("records/run.json")
    assert (run["gold"], run["extractor"]) == (None, None)  # records come from no file


def test_what_score_left_can_be_explained_and_compared(here: Path, goldwire: Goldwire) -> None:
    Path("map.toml").write_text('[labels]\nMAN = "PERSON"\n', encoding="utf-8")
    kit.write("man.jsonl", [Document(id="a", mentions=(Mention(start=0, end=5, type="MAN"),))])
    scored(goldwire, "--out", "scored/mine")
    scored(goldwire, "--out", "scored/man", "--labels", "map.toml", source="man.jsonl")
    explained = goldwire("explain", "scored/man")
    assert explained.code == 0
    figures = {line.split()[0]: line.split()[1:] for line in explained.out.splitlines() if len(line.split()) == 2}
    assert (figures["correct"], figures["missed"]) == (["1"], ["2"])  # of three gold mentions one is there
    compared = json.loads(goldwire("compare", "scored/mine", "scored/man", "--json", "-").out)
    # F1 2/5 and 2/4
    assert compared["against"][0]["scores"]["entities.strict"]["difference"] == pytest.approx(0.1)
    assert [run["name"] for run in compared["runs"]] == ["mine", "man"]


def test_what_came_by_a_pipe_or_in_another_format_is_kept_as_jsonl(here: Path, goldwire: Goldwire) -> None:
    command = (sys.executable, "-m", "goldwire", "score", "-", "--gold", "gold.jsonl", "--draws", "0", "--out", "piped")
    subprocess.run(command, input=Path("mine.jsonl").read_bytes(), stdout=subprocess.DEVNULL, check=True)
    assert Path("piped/predictions.jsonl").read_bytes() == Path("mine.jsonl").read_bytes()
    assert goldwire("convert", "gold.jsonl", "folder", "--to", "brat").code == 0
    scored(goldwire, "--out", "brat", source="folder")
    assert [document.id for document in kit.read("brat/predictions.jsonl")] == ["a", "b"]
    assert content("brat/result.json")["scores"]["entities.strict"]["value"] == 1.0


def test_the_figures_of_another_program_have_no_rows(here: Path, goldwire: Goldwire) -> None:
    scored(goldwire, "--out", "out")
    scored(goldwire, "--out", "out", "--as", "nervaluate-1.2", "--json", "result.json")
    assert names("out") == [name for name in FILES if name != "rows.parquet"]  # those that were there are of no use
    assert content("out/result.json") == content("result.json")
    done = goldwire("explain", "out")
    assert (done.code, done.out) == (1, "")
    assert "out/rows.parquet: found no such file, expected a folder that bench, or score --out, wrote" in done.said


def test_a_score_that_is_refused_leaves_no_folder(here: Path, goldwire: Goldwire) -> None:
    kit.write("mine.jsonl", [*GOLD, Document(id="c")])
    assert goldwire("score", "mine.jsonl", "--gold", "gold.jsonl", "--draws", 0, "--out", "out").code == 1
    assert names(".") == ["gold.jsonl", "mine.jsonl"]


def test_a_run_scored_again_into_its_own_folder_stays_as_it_was(here: Path, goldwire: Goldwire) -> None:
    scored(goldwire, "--out", "out")
    before = {name: Path("out", name).read_bytes() for name in FILES[:3]}
    scored(goldwire, "--out", "out", source="out/predictions.jsonl")
    assert {name: Path("out", name).read_bytes() for name in FILES[:3]} == before
