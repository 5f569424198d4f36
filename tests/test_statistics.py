"""What docs/statistics.md and docs/ci.md say is what the programs give."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from goldwire.comparing import compare
from goldwire.corpus.gold import load
from goldwire.io import write
from tests.conftest import Done

pytest_plugins = ("pytester",)

ROOT = Path(__file__).parent.parent
STATISTICS = (ROOT / "docs" / "statistics.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def coverage() -> ModuleType:
    path = ROOT / "benchmarks" / "coverage.py"
    spec = importlib.util.spec_from_file_location("benchmarks_coverage", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def cells(title: str, true: float, units: int) -> list[float]:
    """The figures of one cell of the page, in [0, 1]."""
    _, _, table = STATISTICS.partition(f"*{title}*")
    head, _, *rows = table.strip("*\n").splitlines()[:6]
    at = [cell.strip() for cell in head.split("|")].index(f"{units:,} units")
    [row] = [row for row in rows if row.startswith(f"| {true:.2f} |")]
    return [float(part.strip(" *")) / 100 for part in row.split("|")[at].split("/")]


def near(found: float, printed: float, simulations: int) -> bool:
    """Whether two shares differ by less than four standard deviations, the page's 2,000 simulations included."""
    spread = (max(printed * (1 - printed), 0.01) * (1 / simulations + 1 / 2000)) ** 0.5
    return abs(found - printed) < 4 * spread


@pytest.mark.checkout
@pytest.mark.parametrize(("model", "true", "units"), [(0, 0.9, 20), (1, 0.99, 20), (2, 0.9, 50), (3, 0.99, 10)])
def test_the_coverage_that_the_page_prints_is_found_again(
    coverage: ModuleType, model: int, true: float, units: int
) -> None:
    [printed] = cells(f"Coverage of the 95 % interval: {coverage.MODELS[model].name}", true, units)
    found = coverage.coverage(coverage.MODELS[model], units, true, 300, 1)
    assert near(found.coverage, printed, 300)


@pytest.mark.checkout
@pytest.mark.parametrize(("pair", "true", "units"), [(0, 0.6, 10), (1, 0.2, 20), (3, 0.9, 20)])
def test_the_false_alarms_that_the_page_prints_are_found_again(
    coverage: ModuleType, pair: int, true: float, units: int
) -> None:
    name, measure, draw = coverage.PAIRS[pair]
    found = coverage.alarms(measure, draw, units, true, 300, 1)
    assert all(near(one, other, 300) for one, other in zip(found, cells(name, true, units), strict=True))


@pytest.mark.checkout
def test_the_page_is_what_the_command_writes_between_its_marks(coverage: ModuleType) -> None:
    [written] = re.findall(f"{coverage.BEGIN}\n\n(.*)\n\n{coverage.END}", STATISTICS, re.DOTALL)
    assert written.startswith("Seed 2016, 2,000 simulations a cell, 2,000 draws each;")
    titles = re.findall(r"^\*+(?:Coverage of the 95 % interval: )?([^*]*?)\*+$", written, re.MULTILINE)
    assert {model.name for model in coverage.MODELS} | {name for name, _, _ in coverage.PAIRS} <= set(titles)
    assert written.count("| 1,000 units |") == len(coverage.MODELS) + len(coverage.PAIRS) + 2


def shape(value: Any) -> Any:
    """The keys of a JSON value, to the bottom; of a list its first item's."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    return [shape(inner) for inner in value[:1]] if isinstance(value, list) else None


def test_the_json_of_the_page_has_the_keys_that_compare_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, goldwire: Callable[..., Done]
) -> None:
    monkeypatch.chdir(tmp_path)
    [gold] = load()
    for name in ("mine", "other"):
        from msgspec.structs import replace

        kept = (gold.mentions or ())[:50] if name == "mine" else gold.mentions
        write(f"{name}.jsonl", [replace(gold, mentions=kept, blocks=(), sections=(), dateline=None)])
    assert goldwire("bench", "mine.jsonl", "other.jsonl", "--draws", "100").code == 0
    found = compare(["runs/other", "runs/mine"], scores=["quotes.who-said-what"]).to_dict()
    [printed] = re.findall(r"^```json\n(.*?)^```", STATISTICS, re.MULTILINE | re.DOTALL)
    assert shape(json.loads(printed)) == shape(found)


def test_what_pytest_prints_on_the_page_is_what_it_prints(pytester: pytest.Pytester) -> None:
    pytest.importorskip("natasha")
    page = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    [shown] = [
        block
        for block in re.findall(r"^```console\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
        if block.startswith("$ pytest")
    ]
    command, *expected = shown.splitlines()
    found = pytester.runpytest(*command.split()[2:])
    printed = found.outlines
    assert printed[: len(expected)] == expected
    assert printed[len(expected)].startswith("goldwire:")
