"""``goldwire explain``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from goldwire.commands.options import GoldOfRuns, PageAlone, Progress, refuse_overwriting

if TYPE_CHECKING:
    from goldwire.eval.report.explained import Choice, RunReport

__all__ = ["explain"]


def explain(
    runs: Annotated[list[Path], typer.Argument(metavar="RUN…", help="Folders that bench, or score --out, wrote.")],
    gold: GoldOfRuns = None,
    error: Annotated[
        list[str] | None,
        typer.Option(
            "--error",
            help="Show these: type, boundary, type+boundary, missed, spurious, speaker (of a quote), kind (of a line), "
            "correct. May be repeated. Default: all but correct.",
        ),
    ] = None,
    type_: Annotated[
        list[str] | None, typer.Option("--type", help="Show mentions that have this type in gold or predictions.")
    ] = None,
    layer: Annotated[
        list[str] | None, typer.Option("--layer", help="Show mentions, quotes, blocks, sections or dateline.")
    ] = None,
    document: Annotated[list[str] | None, typer.Option("--document", help="Show the document with this id.")] = None,
    documents: Annotated[
        int, typer.Option("--documents", min=1, help="Read so many documents in full: those with most errors.")
    ] = 10,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Show at most so many findings of a run.")] = 100,
    html: PageAlone = None,
) -> None:
    """Show what a run got wrong, under the lines of its texts: gold, guess, and why each is wrong.

    Gold and predictions are matched as they were for the scores, and held against the counts of the run.

    Example: goldwire explain runs/natasha --error missed --type ORG
    """
    from goldwire.eval.report.explained import Choice
    from goldwire.explaining import explained_run, write_page

    choice = Choice(tuple(error or ()), tuple(type_ or ()), tuple(layer or ()), limit)
    _refuse_unknown(choice, html)
    refuse_overwriting(html, [*runs, gold])
    found = []
    with Progress() as progress:
        for folder in runs:
            done = progress.start(folder.name)
            found.append(explained_run(folder, gold=gold, only=document or (), most=documents, on_document=done))
    if html is not None:
        write_page(html, found)
        typer.echo(f"Written: {html}")
        return
    for run in found:
        _refuse_unknown_types(run, choice)
        _print(run, choice)


def _refuse_unknown(choice: Choice, html: Path | None) -> None:
    from goldwire.corpus.document import LAYERS
    from goldwire.corpus.errors import UsageError
    from goldwire.eval.report.explained import ERRORS

    for option, given, known in (("--error", choice.errors, ERRORS), ("--layer", choice.layers, LAYERS)):
        for name in given:
            if name not in known:
                raise UsageError(f"{option} {name!r}: found no such name, expected one of {', '.join(known)}")
    if html is not None and any((choice.errors, choice.types, choice.layers)):
        raise UsageError("found --html and --error, --type or --layer: the page shows all, and has filters of its own")


def _refuse_unknown_types(run: RunReport, choice: Choice) -> None:
    from goldwire.corpus.errors import UsageError, shown

    known = run.entry.result.scores.get("entities.strict", {}).get("by_type", {})
    for name in choice.types:
        if name not in known:
            raise UsageError(f"--type {shown(name)}: found no such type, expected one of {', '.join(known) or 'none'}")


def _print(run: RunReport, choice: Choice) -> None:
    from goldwire.eval.report.explained import explained, overview
    from goldwire.eval.report.formats import console

    out = console()
    for part in (*overview(run), *explained(run, choice, out.width)):
        out.print(
            part,
            crop=out.is_terminal,
            soft_wrap=not out.is_terminal and getattr(part, "plain", "").startswith("signature"),
        )
