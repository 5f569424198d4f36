"""Tables that are wider than the terminal: nothing is cut, and figures stay whole."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

import goldwire as kit
from goldwire.corpus.document import Document, Mention
from goldwire.eval.report.fitting import broken, fitted, width_of
from goldwire.eval.report.formats import Drawn
from goldwire.eval.report.tables import Column, Figure, Name, Table
from tests.conftest import Done
from tests.strategies import LAW

NAMES = st.text("abя漢:/._-?&= ", max_size=40)


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("natasha", 7, ["natasha"]),
        ("natasha-rules*", 13, ["natasha-", "  rules*"]),
        ("my_package.my_module:one", 16, ["my_package.", "  my_module:one"]),
        ("http://host:80/v1", 9, ["http://", "  host:", "  80/v1"]),
        ("openai:Qwen/Q-7B?labels=a.toml", 16, ["openai:Qwen/", "  Q-7B?labels=a.", "  toml"]),
        ("abcdefghij", 6, ["abcd", "  efgh", "  ij"]),  # no mark: anywhere
        ("a_b", 1, ["a", "_", "b"]),  # no room for the indent
        ("  run_name", 8, ["  run_", "    name"]),  # to the right of where it begins
        ("漢字漢字", 4, ["漢字", "  漢", "  字"]),  # two columns each
    ],
)
def test_names_are_broken_after_a_mark_by_hand(text: str, width: int, lines: list[str]) -> None:
    assert broken(text, width, "  ") == lines


@LAW
@given(NAMES, st.integers(2, 30))
def test_what_is_broken_is_whole_and_fits(text: str, width: int) -> None:
    lines = broken(text, width)
    assert "".join(lines) == text
    assert all(cell_len(line) <= width for line in lines)
    indented = broken(text, width, "  ")
    assert "".join(indented).replace(" ", "") == text.replace(" ", "")


@LAW
@given(st.lists(st.tuples(NAMES, *[st.from_regex(r"[0-9]{1,6}", fullmatch=True)] * 3), max_size=4), st.integers(26, 90))
def test_a_table_fits_whatever_the_names_and_keeps_every_figure(
    rows: list[tuple[str, str, str, str]], width: int
) -> None:
    heads = ["extractor", "entities.\nstrict", "quotes.\nwho-said-what", "s"]
    parts = list(fitted([True, False, False, False], heads, rows, width))
    assert [at for part in parts for at in part.columns if at] == [1, 2, 3]
    for part in parts:
        columns = [[head, *(row[at] for row in part.rows)] for at, head in enumerate(part.heads)]
        assert (
            width_of([max(cell_len(line) for cell in cells for line in cell.split("\n")) for cells in columns]) <= width
        )
        assert part.columns[0] == 0
        for row, whole in zip(part.rows, rows, strict=True):
            assert row[1:] == [whole[at] for at in part.columns[1:]]
            assert "".join(row[0].split()) == "".join(whole[0].split())


BOARD = Table(
    "task: all",
    (Column("extractor", words=True), Column("f1", head="entities.\nstrict", interval=""), Column("s", ",.0f")),
    (
        (Name("my_package.my_module:one"), Figure(0.5, (0.25, 0.75)), 1234.0),
        (Name("my_package.my_module:two", True), Figure(1.0), 5.0),
    ),
)


def drawn(width: int, *, terminal: bool = True) -> list[str]:
    out = io.StringIO()
    console = Console(file=out, width=width, force_terminal=terminal, color_system=None, highlight=False)
    console.print(Drawn(BOARD), crop=terminal)
    return [line.rstrip() for line in out.getvalue().splitlines() if line.strip()]


def test_names_go_on_below_and_figures_stay_whole_by_hand() -> None:
    assert drawn(40) == [
        "task: all",
        "                     entities.",
        "  extractor             strict       s",
        " ──────────────────────────────────────",
        "  my_package.            0.500   1,234",
        "    my_module:one    0.25–0.75",
        "  my_package.            1.000       5",
        "    my_module:two*",
    ]


def test_where_there_is_no_room_the_table_comes_in_parts_by_hand() -> None:
    assert drawn(32) == [
        "task: all",
        "                     entities.",
        "  extractor             strict",
        " ──────────────────────────────",
        "  my_package.            0.500",
        "    my_module:one    0.25–0.75",
        "  my_package.            1.000",
        "    my_module:two*",
        "  extractor              s",
        " ──────────────────────────",
        "  my_package.        1,234",
        "    my_module:one",
        "  my_package.            5",
        "    my_module:two*",
    ]


def test_what_is_piped_is_never_broken() -> None:
    lines = drawn(20, terminal=False)
    assert [line.split() for line in lines[4:]] == [
        ["my_package.my_module:one", "0.500", "1,234"],
        ["0.25–0.75"],
        ["my_package.my_module:two*", "1.000", "5"],
    ]


@pytest.mark.parametrize("width", [30, 60, 80, 100, 120])
def test_the_leaderboard_on_a_terminal_has_every_name_and_interval(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, goldwire: Callable[..., Done], width: int
) -> None:
    monkeypatch.chdir(tmp_path)
    text = "Путин в Москве.\n" * 12
    places = [(at, at + 5) for at in range(0, len(text), 16)]
    gold = [Document(id="a", text=text, mentions=tuple(Mention(start=s, end=e, type="PERSON") for s, e in places))]
    kit.write("gold.jsonl", gold)
    stem = "predictions_of_the_" + "very_" * 6
    files = [f"{stem}{last}.jsonl" for last in ("first", "second")]
    for file in files:
        kit.write(file, gold)
    command = ("bench", *files, "--gold", "gold.jsonl", "--draws", "50")
    piped = goldwire(*command)
    assert all(f"{stem}{last}  " in piped.out for last in ("first", "second"))
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", str(width))
    table, _, _ = re.sub(r"\x1b\[[\d;]*m", "", goldwire(*command).out).partition("signature")
    assert "…" not in table
    assert all(cell_len(line) <= width for line in table.splitlines())
    assert table.count("1.00–1.00") == 2
    names = "".join(line.split()[0] for line in table.splitlines() if line.split())
    assert all(f"{stem}{last}" in names for last in ("first", "second"))
