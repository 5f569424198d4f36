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
    """Every measure with its definition, figure, range, empty input and source; then those of each mode."""
    parts: list[RenderableType] = [_table("measures", MEASURES.values())]
    parts.append(_table("--as MODE: other programs", MODE_MEASURES.values()))
    parts += [
        Text(f"{name}: {mode.program} {mode.version}; needs {mode.needs}; cannot hold {mode.cannot}.")
        for name, mode in MODES.items()
    ]
    return Group(*parts)


def _table(title: str, measures: Iterable[Measure]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    table.add_column("score", ratio=3)
    table.add_column("what a hit is; the figure and its range; with nothing to divide by; source", ratio=7)
    for m in measures:
        name = m.printed.replace("(", "\n(") + " *" * m.headline
        table.add_row(name, f"{m.definition}\n{m.figure}, {m.range}; {m.empty}\n{m.source}")
    return table


def legend(measures: Iterable[Measure]) -> Text:
    """A line for each measure: its name, what a hit is, and which figure is shown."""
    lines = [f"{m.printed}: {m.definition} ({m.figure})" for m in measures]
    return Text("\n".join(lines))
