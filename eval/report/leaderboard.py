"""The leaderboard: a row for each extractor, a column for each headline measure, a table for each task."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from rich import box
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from goldwire.eval.confidence import smallest_difference
from goldwire.eval.measures import MEASURES, Measure, mode_measures, parse_measure
from goldwire.eval.modes import MODES, OWN
from goldwire.eval.report.definitions import legend
from goldwire.eval.result import Result

__all__ = ["Entry", "leaderboard", "printed", "scoreboard"]

DASH = "—"


class Entry(NamedTuple):
    """One extractor's row: its result, whether gold's authors wrote it, and its speed where it was run here.

    ``folder`` is where its predictions, rows, result and run were written. ``median_seconds`` and ``p95_seconds`` are
    the latency of a document.
    """

    name: str
    result: Result
    by_gold_authors: bool = False
    cold_seconds: float | None = None
    characters_per_second: float | None = None
    folder: str = ""
    median_seconds: float | None = None
    p95_seconds: float | None = None
    peak_memory_bytes: int | None = None


def leaderboard(entries: Sequence[Entry]) -> RenderableType:
    """One table for each view and mode, in the order of the entries; what the columns are, what they can tell."""
    tasks = dict.fromkeys((entry.result.view, entry.result.mode) for entry in entries)
    parts: list[RenderableType] = [
        _table([e for e in entries if (e.result.view, e.result.mode) == task], *task) for task in tasks
    ]
    shown = [measure for mode in dict.fromkeys(mode for _, mode in tasks) for measure in _columns(mode)]
    parts.append(legend(dict.fromkeys(shown)))
    if any(entry.by_gold_authors for entry in entries):
        parts.append(Text("* by the authors of the gold"))
    parts.append(Text(caveat([entry.result for entry in entries])))
    return Group(*parts)


def _columns(mode: str) -> list[Measure]:
    """What a leaderboard shows: a headline for each layer, or all scores of another program's mode."""
    return [m for m in MEASURES.values() if m.headline] if mode == OWN else list(mode_measures(mode))


def _title(view: str, mode: str) -> str:
    return f"task: {view}" if mode == OWN else f"task: {view}, as {mode}"


def _table(entries: Sequence[Entry], view: str, mode: str) -> Table:
    headlines = _columns(mode)
    table = Table(title=_title(view, mode), title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    table.add_column("extractor")
    for measure in headlines:
        table.add_column(measure.name.replace(".", ".\n"), justify="right")
    table.add_column("cold\ns", justify="right")
    table.add_column("warm\nchars/s", justify="right")
    for entry in entries:
        cells = [_figure(entry.result.scores.get(measure.name)) for measure in headlines]
        cold = DASH if entry.cold_seconds is None else f"{entry.cold_seconds:.2f}"
        warm = DASH if entry.characters_per_second is None else f"{entry.characters_per_second:,.0f}"
        table.add_row(entry.name + "*" * entry.by_gold_authors, *cells, cold, warm)
    return table


def _figure(score: dict[str, Any] | None) -> str:
    """The value with its interval below; a dash where the layer was not attempted, ``null`` where it is undefined."""
    if score is None:
        return DASH
    if score["value"] is None:
        return "null"
    interval = score.get("interval")
    return f"{score['value']:.3f}" + (f"\n{interval[0]:.2f}–{interval[1]:.2f}" if interval else "")


def caveat(results: Sequence[Result]) -> str:
    """What these figures can and cannot tell, with the smallest difference that the gold could detect."""
    modes = dict.fromkeys(result.mode for result in results if result.mode != OWN)
    if modes:
        own = [result for result in results if result.mode == OWN]
        whose = ", ".join(f"{MODES[mode].program} {MODES[mode].version}" for mode in modes)
        theirs = f"Figures as of {whose} have no intervals; compare them with that program's only."
        return "\n".join([*([caveat(own)] if own else []), theirs])
    found: dict[str, float] = {}
    for result in results:
        for name, deviation in result.deviations.items():
            if MEASURES[name].headline and deviation:  # draws that never vary tell nothing
                found[name] = max(found.get(name, 0.0), smallest_difference(deviation))
    documents = max(result.documents["scored"] for result in results)
    if documents < 10:
        what, these = ("One article", "this article") if documents == 1 else (f"{documents} articles", "these articles")
        scope = f"{what}: the intervals are over the blocks of {these}, not over news"
    else:
        scope = f"{documents} articles: the intervals are over articles like these"
    if not found:
        return f"{scope}; no interval, so no difference can be told from chance."
    least = ", ".join(f"{difference:.2f} in {name}" for name, difference in found.items())
    return f"{scope}; the smallest difference between two extractors that it could detect is {least}."


def scoreboard(result: Result) -> RenderableType:
    """Every score of one result, with what was odd."""
    table = Table(title=_title(result.view, result.mode), title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    for name in ("score", "value", "95 %", "P", "R", "gold", "predicted"):
        table.add_column(name, justify="left" if name == "score" else "right")
    for name, score in result.scores.items():
        interval = score.get("interval")
        table.add_row(
            name,
            _number(score["value"]),
            f"{interval[0]:.3f}–{interval[1]:.3f}" if interval else "",
            _number(score["precision"]) if "precision" in score else "",
            _number(score["recall"]) if "recall" in score else "",
            str(score["counts"]["gold"]),
            str(score["counts"]["predicted"]),
            end_section=parse_measure(name).layer != _layer_after(name, list(result.scores)),
        )
    parts: list[RenderableType] = [table]
    if types := result.scores.get("entities.strict", {}).get("by_type"):
        parts.append(_types(types))
    if result.not_attempted:
        parts.append(Text(f"not attempted: {', '.join(result.not_attempted)}"))
    missing = ", ".join(f"{count} {name}" for name, count in result.documents.items() if count)
    parts.append(Text(f"documents: {missing}"))
    for warned in result.warnings:
        examples = f": {'; '.join(warned.examples)}" if warned.examples else ""
        parts.append(Text(f"warning: {warned.code} ({warned.count}){examples}"))
    parts.append(Text(caveat([result])))
    return Group(*parts)


def _types(types: dict[str, Any]) -> Table:
    table = Table(title="entities.strict by type", title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    for name in ("type", "F1", "P", "R", "gold", "predicted"):
        table.add_column(name, justify="left" if name == "type" else "right")
    for name, figures in types.items():
        numbers = [_number(figures[part]) for part in ("f1", "precision", "recall")]
        table.add_row(name, *numbers, *(str(figures["counts"][side]) for side in ("gold", "predicted")))
    return table


def _number(value: float | None) -> str:
    return "null" if value is None else f"{value:.3f}"


def _layer_after(name: str, names: list[str]) -> str:
    at = names.index(name) + 1
    return parse_measure(names[at]).layer if at < len(names) else ""


def printed(what: RenderableType) -> None:
    """Print to standard output: in colour on a terminal, plain and 100 columns wide elsewhere."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=100, color_system=None)
    console.print(what)
