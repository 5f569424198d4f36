"""``goldwire bench``."""

from __future__ import annotations

import os
import re
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
    refuse_one_path_twice,
    refuse_overwriting,
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
    engine: Annotated[
        str, typer.Option("--engine", help="Where extractors run: local (processes here) or ray (a Ray cluster).")
    ] = "local",
    workers: Annotated[
        int | None,
        typer.Option(
            "--workers",
            min=1,
            help="Processes of an extractor at once. Default: one for each 100 documents, up to the cores.",
        ),
    ] = None,
    address: Annotated[
        str | None,
        typer.Option(
            "--address", help="The Ray cluster, as HOST:PORT or auto. Default: one of its own, on this machine."
        ),
    ] = None,
    gpus: Annotated[float, typer.Option("--gpus", min=0, help="GPUs that Ray keeps for each worker.")] = 0.0,
    timeout: Annotated[
        float,
        typer.Option(
            "--timeout",
            min=0,
            help="Seconds that one document may take; making the extractor ten times that. 0: no limit.",
        ),
    ] = 600.0,
    memory: Annotated[
        str | None,
        typer.Option(
            "--memory", metavar="SIZE", help="What an extractor and its children may hold, such as 500M or 8G."
        ),
    ] = None,
    max_errors: Annotated[
        int | None, typer.Option("--max-errors", min=0, help="Stop an extractor after more failed documents than this.")
    ] = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Start anew where a run was cut off, instead of going on with it.")
    ] = False,
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

    Each extractor is judged in the view that it is made for, unless --view says otherwise. It runs in processes of its
    own: a document on which it raises, hangs or crashes counts as empty, and the reason is told. A bench that was cut
    off goes on where it was when the same command is run again.

    Example: goldwire bench natasha my_package.my_module:extract --timeout 30 --memory 4G
    """
    from goldwire.bench import bench as run_bench
    from goldwire.bench import built_in
    from goldwire.corpus.errors import GoldwireError
    from goldwire.eval.engines import Limits, engine_named
    from goldwire.eval.extractors import listing, parse
    from goldwire.eval.report.leaderboard import leaderboard
    from goldwire.explaining import explained_run, write_page

    if list_:
        for line in listing():
            typer.echo(line)
        return
    if base_url is not None:
        os.environ["OPENAI_BASE_URL"] = base_url
    refuse_two_outputs(form, json)
    given = [found.target for found in map(parse, extractors or ()) if found.kind == "file"]
    for path in (json, html):
        refuse_overwriting(path, (gold, *given), inside=False)
    refuse_one_path_twice(json, html)
    stopped: list[GoldwireError] = []
    chosen = engine_named(engine, workers=workers, address=address, gpus=gpus)
    limits = Limits(timeout or None, None if memory is None else size_of(memory))
    try:
        with Progress() as progress:
            entries = run_bench(
                extractors or built_in(),
                gold,
                view=view,
                out=out,
                draws=draws,
                seed=seed,
                engine=chosen,
                limits=limits,
                max_errors=max_errors,
                fresh=fresh,
                on_start=progress.start,
                on_note=lambda note: typer.echo(f"goldwire: {note}", err=True),
                on_stop=stopped.append,
            )
    except KeyboardInterrupt:
        typer.echo("goldwire: stopped; the same command goes on from here", err=True)
        raise
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
    for error in stopped:
        typer.echo(f"goldwire: {error}", err=True)
    if failed or stopped:
        raise typer.Exit(max([3, *(error.exit_code for error in stopped)]))


def size_of(text: str) -> int:
    """The bytes that ``500M``, ``8G`` or a number of bytes stands for; K, M, G and T are powers of 1024.

    Raises
    ------
    UsageError
        The text has another form, or is nothing.
    """
    from goldwire.corpus.errors import UsageError

    found = re.fullmatch(r"(\d+(?:\.\d+)?)([KMGT]?)(?:i?B)?", text.strip(), re.IGNORECASE)
    size = int(float(found[1]) * 1024 ** " KMGT".index(found[2].upper() or " ")) if found else 0
    if not size:
        raise UsageError(f"memory {text!r}: expected a size above 0, such as 500M or 8G")
    return size
