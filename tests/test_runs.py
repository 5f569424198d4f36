"""What ``goldwire bench`` leaves can be read and judged again, and what is no RUN is refused in words."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import goldwire as kit
from goldwire.corpus.errors import InputError
from goldwire.runs import SavedRun, read_run
from tests.conftest import Done


@pytest.fixture
def saved(goldwire: Callable[..., Done], tmp_path: Path) -> SavedRun:
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
    with pytest.raises(InputError, match=f"{name}.*expected a folder that goldwire bench wrote"):
        read_run(saved.folder)


def test_files_that_are_no_json_or_of_another_schema_are_refused(saved: SavedRun) -> None:
    (saved.folder / "run.json").write_text("{", encoding="utf-8")
    with pytest.raises(InputError, match=r"run\.json: .*expected one whole JSON object \[not-json\]"):
        read_run(saved.folder)
    (saved.folder / "run.json").write_text(json.dumps({"schema": "other/1"}), encoding="utf-8")
    with pytest.raises(InputError, match=r"schema: found 'other/1', expected goldwire-run/1 \[unknown-schema\]"):
        read_run(saved.folder)
