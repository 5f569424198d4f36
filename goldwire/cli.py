"""The command line: the verbs, and what becomes of failures."""

from __future__ import annotations

import io
import sys
from typing import Annotated

import typer

from goldwire.commands.add import add
from goldwire.commands.agree import agree
from goldwire.commands.bench import bench
from goldwire.commands.check import check
from goldwire.commands.cite import cite
from goldwire.commands.combine import combine
from goldwire.commands.compare import compare
from goldwire.commands.convert import convert
from goldwire.commands.explain import explain
from goldwire.commands.label import label
from goldwire.commands.map import map_
from goldwire.commands.score import score
from goldwire.commands.show import show
from goldwire.corpus.errors import GoldwireError

__all__ = ["app", "main"]

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help=(
        "How well does an extractor find the entities, quotes and sections of Russian newswire? "
        "goldwire judges it on gold, and explains every number."
    ),
    epilog=(
        "Exit codes: 0 done, 1 the input is at fault, 2 the command line is, 3 an extractor failed on some documents, "
        "4 a service failed, 5 a threshold of --min was missed."
    ),
)

for verb in (bench, score, combine, compare, explain, agree, show, check, convert, add, cite):
    app.command()(verb)
app.command(name="map")(map_)
app.add_typer(label, name="label")


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"goldwire {version('goldwire')}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version, and stop.")
    ] = False,
) -> None:
    """Options before the verb; this text is not shown."""


def main() -> None:
    """Run the command line; a failure that the kit knows is one line on standard error and its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # what the stream's encoding lacks is escaped, and stops nothing
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except GoldwireError as error:
        typer.echo(f"goldwire: {error}", err=True)
        sys.exit(error.exit_code)
    except OSError as error:  # whatever the verbs did not foresee
        place = f"{error.filename}: " if error.filename else ""
        typer.echo(f"goldwire: {place}found {error.strerror or error}, expected a path with access; check it", err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
