"""The table of measures: what each says of itself, its name read back, and the page and reports made from it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from goldwire.corpus.document import LAYERS
from goldwire.corpus.errors import UsageError
from goldwire.eval.measures import MEASURES, MODE_MEASURES, Measure, mode_measures, page, parse_measure
from goldwire.eval.modes import MODES
from goldwire.eval.report.definitions import definitions, legend
from goldwire.eval.report.leaderboard import Entry, leaderboard
from tests.eval.cases.records import document, result, scores

ALL = [*MEASURES.values(), *MODE_MEASURES.values()]


@pytest.mark.parametrize("measure", ALL, ids=str)
def test_a_printed_name_parses_back(measure: Measure) -> None:
    assert parse_measure(str(measure)) is measure
    assert parse_measure(measure.printed) is measure


@pytest.mark.parametrize("measure", ALL, ids=str)
def test_every_measure_says_all_of_itself(measure: Measure) -> None:
    assert measure.layer in LAYERS
    assert all((measure.definition, measure.source, measure.figure, measure.empty))
    assert measure.range in ("[0, 1], best 0", "[0, 1], best 1")
    for part in (measure.needs, *measure.parts):
        assert not part or part in MEASURES


def test_parameters_are_shown_where_there_are_some() -> None:
    window = "k=max(2, ⌊N/(2·gold sections) + 1/2⌋)"
    assert {m.printed for m in ALL if m.parameters} == {
        "entities.partial(overlap=1/2)",
        "clusters.ceafe(φ=φ4)",
        "quotes.quote(s=1/2)",
        "sections.b(n_t=2)",
        f"sections.window-diff({window})",
        f"sections.pk({window})",
    }


@pytest.mark.parametrize("name", ["entities", "", "entities.stric", "(n_t=2)", "seqeval"])
def test_an_unknown_score_lists_the_known_ones(name: str) -> None:
    with pytest.raises(
        UsageError, match=f"score '{re.escape(name)}': no such score; there are entities.strict, .*runne"
    ):
        parse_measure(name)


@pytest.mark.parametrize("name", ["sections.b(n_t=3)", "sections.b(", "sections.b()", "sections.b(n_t=2) "])
def test_other_parameters_are_refused(name: str) -> None:
    with pytest.raises(UsageError, match=r"found other parameters, expected sections\.b or sections\.b\(n_t=2\)"):
        parse_measure(name)


def test_scores_are_of_the_table_and_every_mode_has_its_own() -> None:
    assert not MEASURES.keys() & MODE_MEASURES.keys()
    assert [name for name in MEASURES if name.startswith("entities.s")] == [
        name for name in scores(document("A"), document("A")) if name.startswith("entities.s")
    ] + ["entities.set"]
    assert {m.name for mode in MODES for m in mode_measures(mode)} == set(MODE_MEASURES)
    assert {mode for m in MODE_MEASURES.values() for mode in m.modes} == set(MODES)


def test_one_headline_a_layer() -> None:
    assert [m.layer for m in MEASURES.values() if m.headline] == list(LAYERS)


@pytest.mark.checkout
def test_the_page_is_what_its_command_writes() -> None:
    written = Path(__file__).parent.parent.parent / "docs" / "measures.md"
    assert written.read_text(encoding="utf-8") == page(), "python -m goldwire.eval.measures writes it anew"


def test_the_page_has_a_row_for_every_measure() -> None:
    rows = re.findall(r"^\| (?:\*\*)?`([^`]+)`(?:\*\*)? \|", page(), re.MULTILINE)
    assert rows == [m.printed for m in ALL]


def test_goldwire_score_measures_prints_what_each_means(goldwire: Any) -> None:
    done = goldwire("score", "--measures")
    assert (done.code, done.err) == (0, "")
    said = " ".join(done.out.split())
    for measure in ALL:
        assert measure.name in said
    assert "boundary similarity, a near miss is half an error" in said


def printed(what: Any, width: int = 200) -> str:
    console = Console(width=width)
    with console.capture() as captured:
        console.print(what)
    return captured.get()


def test_the_table_for_a_terminal_holds_definition_range_and_source() -> None:
    said = " ".join(printed(definitions(), width=400).split())
    for measure in ALL:
        for part in (measure.definition, measure.figure, measure.range, measure.empty, measure.source):
            assert " ".join(part.split()) in said


def test_the_legend_of_the_leaderboard_is_made_from_the_table() -> None:
    said = leaderboard([Entry("x", result(document("A"), document("A")))]).notes
    headlines = [m for m in MEASURES.values() if m.headline]
    assert tuple(legend(headlines)) == said
    for measure in headlines:
        assert f"{measure.name}: {measure.definition} ({measure.figure})" in said
