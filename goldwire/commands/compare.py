"""``goldwire compare``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from goldwire.commands.options import (
    Form,
    FormName,
    GoldOfRuns,
    Json,
    put_json,
    put_report,
    refuse_overwriting,
    refuse_two_outputs,
)

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

    from goldwire.comparing import Against, Comparison, Corrected, Win
    from goldwire.eval.report.tables import Cell, Report

__all__ = ["compare", "report"]


def compare(
    runs: Annotated[
        list[Path],
        typer.Argument(metavar="RUN RUN…", help="Two or more folders that bench, or score --out, wrote, of one task."),
    ],
    to: Annotated[
        str | None,
        typer.Option(
            "--to", metavar="NAME", help="The run that the others are compared with, or best. Default: the first."
        ),
    ] = None,
    score: Annotated[
        list[str] | None,
        typer.Option("--score", metavar="SCORE", help="A score to compare; may be repeated. Default: the headlines."),
    ] = None,
    examples: Annotated[
        int,
        typer.Option("--examples", min=0, help="So many mentions and quotes of each side that one run alone finds."),
    ] = 3,
    gold: GoldOfRuns = None,
    draws: Annotated[
        int | None, typer.Option("--draws", min=0, help="Draws of interval and tests. Default: those of the runs.")
    ] = None,
    seed: Annotated[int | None, typer.Option("--seed", min=0, help="Their seed. Default: that of the runs.")] = None,
    json: Json = None,
    form: Form = FormName.terminal,
) -> None:
    """Say whether runs differ by more than chance, and who finds what the other does not.

    Each run is compared with the first: the difference with its 95 % interval, the p of a paired bootstrap and of
    approximate randomisation, and both after Holm's correction for all comparisons made. The lines of what one run
    alone finds are for the terminal and JSON; the other forms have their numbers.

    Example: goldwire compare runs/rules runs/mine --score quotes.quote --examples 5
    """
    from goldwire.comparing import compare as run_compare
    from goldwire.eval.report.leaderboard import printed

    refuse_two_outputs(form, json)
    refuse_overwriting(json, [*runs, gold])
    found = run_compare(runs, to=to, scores=score or (), gold=gold, draws=draws, seed=seed, examples=examples)
    if json is not None:
        put_json(json, found.to_dict())
    if form != FormName.terminal:
        put_report(report(found), form)
        return
    if json != "-":
        printed(_drawn(found))
    for warning in found.warnings:
        typer.echo(f"warning: {warning}", err=True)


def _rows(found: Comparison) -> Iterator[tuple[str, str, dict[str, Any] | None, Corrected | None]]:
    """Score and run, the run's figures and, but for the base, its difference; ``None`` where it has not the score."""
    for score in found.scores:
        yield score, found.base, found.values[found.base][score], None
        for other in found.against:
            one = other.scores.get(score)
            yield score, other.name, None if one is None else found.values[other.name][score], one


def report(found: Comparison) -> Report:
    """The comparison as tables that can be written in any form."""
    from goldwire.eval.report.tables import DASH, Column, Figure, Report, Table

    columns = (
        Column("score", words=True),
        Column("run", words=True),
        Column("value", interval=""),
        Column("difference", "+.3f", interval="95 %", marked="told apart"),
        *(Column(f"p {test}{holm}", ".4f") for holm in ("", ", Holm") for test in ("bootstrap", "randomisation")),
        Column("least found"),
    )
    rows: list[tuple[Cell, ...]] = []
    for score, run, figures, one in _rows(found):
        if figures is None:
            rows.append((score, run, *[DASH] * 7))
            continue
        interval = figures.get("interval")
        value = Figure(figures["value"], tuple(interval) if interval and figures["value"] is not None else None)
        if one is None:
            rows.append((score, run, value, *[""] * 6))
            continue
        numbers = (*_tests(one), one.found.detectable)
        tested: list[Cell] = ["" if number is None else number for number in numbers]
        rows.append((score, run, value, Figure(one.found.difference, one.found.interval, one.told_apart), *tested))
    runs = 1 + len(found.against)
    ends = frozenset(range(runs - 1, len(rows), runs))
    signature = str(found.signature._replace(score="*"))
    tables = [Table(f"task: {found.signature.view}, against {found.base}", columns, tuple(rows), signature, ends)]
    wins: tuple[tuple[Cell, ...], ...] = tuple(
        (what, other.name, *(won.counts[side] for side in ("base_only", "other_only", "both", "neither")))
        for other in found.against
        for what, won in other.wins.items()
    )
    if wins:
        sides = ("base alone", "run alone", "both", "neither")
        heads = (Column("layer", words=True), Column("run", words=True), *map(Column, sides))
        tables.append(Table(f"who finds what, against {found.base}", heads, wins, signature))
    return Report(tuple(tables), tuple(f"warning: {warning}" for warning in found.warnings), _scope(found))


def _drawn(found: Comparison) -> RenderableType:
    """The comparison as a terminal shows it, with the lines of what one of two runs finds alone."""
    from rich.console import Group
    from rich.text import Text

    from goldwire.eval.report.formats import Drawn
    from goldwire.eval.report.tables import DASH, Column, Table

    heads = ("value", "diff.", "95 %", "p\nboot", "p\nrand", "Holm\nboot", "Holm\nrand", "least\nfound")
    columns = (Column("run", words=True), *(Column(head, head=head) for head in heads))
    rows: list[tuple[Cell, ...]] = []
    ends = set()
    for score, run, figures, one in _rows(found):
        if run == found.base:
            rows.append((score, *[""] * len(heads)))
        cells = [DASH] if figures is None else [_number(figures["value"])]
        cells += _cells(one) if one else []
        rows.append((f"  {run}", *cells, *[""] * (len(heads) - len(cells))))
        if run == found.against[-1].name:
            ends.add(len(rows) - 1)
    title = f"task: {found.signature.view}, against {found.base}"
    table = Drawn(Table(title, columns, tuple(rows), ends=frozenset(ends)))
    parts: list[RenderableType] = [table, Text(_scope(found))]
    for other in found.against:
        parts += _won(found, other)
    return Group(*parts)


def _cells(one: Corrected) -> list[str]:
    found = one.found
    return [
        ("null" if found.difference is None else f"{found.difference:+.3f}") + "*" * one.told_apart,
        "" if found.interval is None else "{:+.3f}…{:+.3f}".format(*found.interval),
        *map(_p, _tests(one)),
        "" if found.detectable is None else f"{found.detectable:.3f}",
    ]


def _tests(one: Corrected) -> tuple[float | None, ...]:
    return one.found.bootstrap_p, one.found.randomisation_p, one.bootstrap_p, one.randomisation_p


def _number(value: float | None) -> str:
    return "null" if value is None else f"{value:.3f}"


def _p(p: float | None) -> str:
    return "" if p is None else f"{p:.4f}".lstrip("0")[:5]


def _scope(found: Comparison) -> str:
    """What the figures can and cannot tell."""
    tests = f"{found.comparisons} comparison{'s' * (found.comparisons != 1)}"
    legend = f"* both p are 0.05 or less after Holm's correction for {tests}. " if found.comparisons else ""
    n = found.documents
    if found.signature.unit == "document":
        where = f"{n} articles: the tests are over articles like these"
    else:
        where = (
            f"{'One article' if n == 1 else f'{n} articles'}: the tests are over {found.units} blocks, not over news"
        )
    least = "the least difference found is what a paired test would find four times in five."
    bands = [one.found.interval for other in found.against for one in other.scores.values()]
    if any(band is not None and band[0] == band[1] for band in bands):
        share = 1 - 0.05 ** (1 / found.units)  # of so many units not one is otherwise: the exact bound
        least += (
            f" An interval without width says that the {found.units} units are alike, no more: up to {share:.0%} of "
            "units like these may be otherwise (95 %)."
        )
    own = (found.draws, found.seed) != (found.signature.draws, found.signature.seed)
    drawn = f"; differences by {found.draws} draws of seed {found.seed}" * own
    return f"{legend}{where}{drawn}; {least}"


def _won(found: Comparison, other: Against) -> list[RenderableType]:
    from rich.text import Text

    parts: list[RenderableType] = []
    for what, wins in other.wins.items():
        only = {"base_only": found.base, "other_only": other.name}
        counts = [f"{wins.counts[side]} {name} alone" for side, name in only.items()]
        head = f"\n{what}: {', '.join(counts)}, {wins.counts['both']} both, {wins.counts['neither']} neither"
        parts.append(Text(head, style="bold"))
        for side, name in only.items():
            if not wins.examples[side]:
                continue
            loser = other.name if side == "base_only" else found.base
            style = "red" if side == "base_only" else "green"
            parts.append(Text(f"  {name} alone:"))
            parts += [_example(win, loser, style, several=found.documents > 1) for win in wins.examples[side]]
            more = wins.counts[side] - len(wins.examples[side])
            if more:
                parts.append(Text(f"    … and {more} more (--examples {wins.counts[side]})", style="dim"))
    return parts


def _example(win: Win, loser: str, style: str, *, several: bool) -> Text:
    """The line with the item in brackets, and what the run that does not find it has there, if it has anything."""
    from rich.text import Text

    line, before, surface, after = win.context
    place = f"{win.outcome.document}:{line}" if several else f"line {line}"
    text = Text(f"    {place} {win.outcome.label}: {before}")
    text.append(f"[{surface}]", style=f"bold {style}")
    return text.append(after).append(f" | {loser}: {win.instead}" if win.instead else "", style="dim")
