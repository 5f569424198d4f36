"""``goldwire bench``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from goldwire.commands.options import (
    Draws,
    Form,
    FormName,
    Gold,
    Html,
    Json,
    Progress,
    Seed,
    ViewName,
    put_json,
    put_report,
    refuse_two_outputs,
)

__all__ = ["bench"]


def bench(
    extractors: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[EXTRACTOR]…",
            help="A built-in's name; package.module:attribute or cmd:COMMAND (runs that code); http://HOST/PATH or "
            "openai:MODEL (sends the texts there); spacy:, hf: or gliner:MODEL; a file of predictions. Options of one "
            "stand behind a ?, as in natasha?view=all; --list names them. Default: the built-ins that are installed.",
        ),
    ] = None,
    gold: Gold = None,
    view: ViewName = None,
    out: Annotated[
        Path,
        typer.Option("--out", help="Folder for predictions, rows, results and timings, one subfolder an extractor."),
    ] = Path("runs"),
    draws: Draws = 10_000,
    seed: Seed = 0,
    json: Json = None,
    base_url: Annotated[
        str | None,
        typer.Option(
            "--base-url",
            metavar="URL",
            help="The server of openai:MODEL, such as http://127.0.0.1:8000/v1; gets the texts.",
        ),
    ] = None,
    form: Form = FormName.terminal,
    html: Html = None,
    list_: Annotated[
        bool, typer.Option("--list", help="Name the extractors and the other ways of plugging in, and stop.")
    ] = False,
) -> None:
    """Run extractors on gold and print a leaderboard.

    Each extractor is judged in the view that it is made for, unless --view says otherwise.

    Example: goldwire bench natasha my_package.my_module:extract
    """
    from goldwire.bench import bench as run_bench
    from goldwire.bench import built_in
    from goldwire.eval.extractors import listing
    from goldwire.eval.report.leaderboard import leaderboard
    from goldwire.explaining import explained_run, write_page

    if list_:
        for line in listing():
            typer.echo(line)
        return
    if base_url is not None:
        os.environ["OPENAI_BASE_URL"] = base_url
    refuse_two_outputs(form, json)
    with Progress() as progress:
        entries = run_bench(
            extractors or built_in(), gold, view=view, out=out, draws=draws, seed=seed, on_start=progress.start
        )
    if json is not None:
        put_json(json, {"schema": "goldwire-bench/1", "runs": [entry.result.to_dict() for entry in entries]})
    put_report(leaderboard(entries), form, json)
    if html is not None:
        write_page(html, [explained_run(entry.folder, gold=gold) for entry in entries])
    if json != "-":
        pages = [] if html is None else [str(html)]
        written = ", ".join([entry.folder for entry in entries] + pages)
        typer.echo(f"Written: {written}", err=form != FormName.terminal)
    for entry in entries:
        for warned in entry.result.warnings:
            example = f": {warned.examples[0]}" if warned.examples else ""
            typer.echo(f"warning: {entry.name}: {warned.code} ({warned.count}){example}", err=True)
    failed = sum(entry.result.documents["failed"] for entry in entries)
    if failed:
        typer.echo(f"goldwire: {failed} documents failed; the reasons are in {out}/*/run.json", err=True)
        raise typer.Exit(3)
