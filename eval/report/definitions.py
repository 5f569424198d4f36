"""What each score means, for a terminal: the table of measures, and the legend of a leaderboard."""

from __future__ import annotations

from collections.abc import Iterable

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from goldwire.eval.measures import MEASURES, MODE_MEASURES, Measure
from goldwire.eval.modes import MODES

__all__ = ["definitions", "legend"]


def definitions() -> RenderableType:
    """Every measure with definition, figure and source; each figure with range and empty input; each mode."""
    own = _table("measures", "score", "a hit is; figure; source")
    for m in MEASURES.values():
        own.add_row(m.printed.replace("(", "\n(") + " *" * m.headline, f"{m.definition}; {m.figure}; {m.source}")
    figures = _table("figures", "figure", "range; with nothing to divide by")
    for figure, rest in {(m.figure, f"{m.range}; {m.empty}"): None for m in MEASURES.values()}:
        figures.add_row(figure, rest)
    others = _table("--as MODE: other programs", "score", "a hit is; figure, range; with nothing to divide by; source")
    for m in MODE_MEASURES.values():
        others.add_row(m.printed, f"{m.definition}; {m.figure}, {m.range}; {m.empty}; {m.source}")
    modes = _table("modes", "MODE", "program; needs; cannot hold")
    for name, mode in MODES.items():
        modes.add_row(name, f"{mode.program} {mode.version}: {mode.source}; {mode.needs}; {mode.cannot}")
    return Group(own, Text("* the headline of a layer"), figures, others, modes)


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    for name, ratio in zip(columns, (3, 7), strict=True):
        table.add_column(name, ratio=ratio)
    return table


def legend(measures: Iterable[Measure]) -> list[str]:
    """A line for each measure: its name, what a hit is, and which figure is shown."""
    return [f"{m.printed}: {m.definition} ({m.figure})" for m in measures]
