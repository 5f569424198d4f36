"""The leaderboard: a row for each extractor, a column for each headline measure, a table for each task."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from goldwire.eval.confidence import smallest_difference
from goldwire.eval.measures import MEASURES, Measure, mode_measures, parse_measure
from goldwire.eval.modes import MODES, OWN
from goldwire.eval.report.definitions import legend
from goldwire.eval.report.formats import printed
from goldwire.eval.report.tables import DASH, Cell, Column, Figure, Name, Report, Table
from goldwire.eval.result import Result
from goldwire.eval.signature import parse_signature

__all__ = ["Entry", "caveat", "leaderboard", "oddities", "printed", "scoreboard", "task"]


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


def leaderboard(entries: Sequence[Entry]) -> Report:
    """One table for each task, in the order of the entries, and what they can and cannot tell."""
    tasks: dict[str, list[Entry]] = {}
    for entry in entries:
        tasks.setdefault(task(entry.result), []).append(entry)
    shown = dict.fromkeys(m for entry in entries for m in _measures(entry.result.mode))
    notes = legend(shown)
    if any(entry.by_gold_authors for entry in entries):
        notes.append("* by the authors of the gold")
    tables = tuple(_table(signature, table) for signature, table in tasks.items())
    return Report(tables, tuple(notes), caveat([entry.result for entry in entries]))


def task(result: Result) -> str:
    """The signature that the scores of a result share, ``*`` for the score; the view where it has no scores."""
    for score in result.scores.values():
        return str(parse_signature(score["signature"])._replace(score="*"))
    return f"view:{result.view}"


def _measures(mode: str) -> list[Measure]:
    """What a leaderboard shows: a headline for each layer, or all scores of another program's mode."""
    return [m for m in MEASURES.values() if m.headline] if mode == OWN else list(mode_measures(mode))


def _title(result: Result) -> str:
    return f"task: {result.view}" if result.mode == OWN else f"task: {result.view}, as {result.mode}"


def _table(signature: str, entries: Sequence[Entry]) -> Table:
    headlines = [measure.name for measure in _measures(entries[0].result.mode)]
    columns = (
        Column("extractor", words=True, marked="by gold authors"),
        *(Column(name, head=name.replace(".", ".\n"), interval="") for name in headlines),
        Column("cold s", ".2f", "cold\ns"),
        Column("warm chars/s", ",.0f", "warm\nchars/s"),
    )
    rows = []
    for entry in entries:
        speeds: list[Cell] = [DASH if n is None else n for n in (entry.cold_seconds, entry.characters_per_second)]
        figures = [_figure(entry.result.scores.get(name)) for name in headlines]
        rows.append((Name(entry.name, entry.by_gold_authors), *figures, *speeds))
    return Table(_title(entries[0].result), columns, tuple(rows), signature)


def _figure(score: dict[str, Any] | None) -> Cell:
    """The value with its interval; a dash where the layer was not attempted."""
    if score is None:
        return DASH
    interval = score.get("interval")
    return Figure(score["value"], tuple(interval) if interval and score["value"] is not None else None)


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


def scoreboard(result: Result) -> Report:
    """Every score of one result, with what was odd."""
    columns = (
        Column("score", words=True),
        Column("value", interval="95 %"),
        *map(Column, ("P", "R", "gold", "predicted")),
    )
    rows: list[tuple[Cell, ...]] = []
    names = list(result.scores)
    for name, score in result.scores.items():
        sides = score.get("precision", ""), score.get("recall", "")
        rows.append((name, _figure(score), *sides, *_sides(score["counts"])))
    ends = frozenset(at for at, name in enumerate(names) if parse_measure(name).layer != _layer_after(name, names))
    tables = [Table(_title(result), columns, tuple(rows), task(result), ends)]
    if types := result.scores.get("entities.strict", {}).get("by_type"):
        tables.append(_types(types, result.scores["entities.strict"]["signature"]))
    return Report(tuple(tables), tuple(oddities(result)), caveat([result]))


def oddities(result: Result) -> list[str]:
    """What was not attempted, how the documents fared, and the warnings with their first places, a line each."""
    notes = [f"not attempted: {', '.join(result.not_attempted)}"] if result.not_attempted else []
    notes.append("documents: " + ", ".join(f"{count} {name}" for name, count in result.documents.items() if count))
    for warned in result.warnings:
        examples = f": {'; '.join(warned.examples)}" if warned.examples else ""
        notes.append(f"warning: {warned.code} ({warned.count}){examples}")
    return notes


def _types(types: dict[str, Any], signature: str) -> Table:
    columns = (Column("type", words=True), *map(Column, ("F1", "P", "R", "gold", "predicted")))
    rows = tuple(
        (name, *(figures[part] for part in ("f1", "precision", "recall")), *_sides(figures["counts"]))
        for name, figures in types.items()
    )
    return Table("entities.strict by type", columns, rows, signature)


def _sides(counts: dict[str, int]) -> tuple[int, int]:
    return counts["gold"], counts["predicted"]


def _layer_after(name: str, names: list[str]) -> str:
    at = names.index(name) + 1
    return parse_measure(names[at]).layer if at < len(names) else ""
