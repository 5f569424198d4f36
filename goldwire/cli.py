"""The command line: the verbs, and what becomes of failures."""

from __future__ import annotations

import sys

import typer

from goldwire.commands.bench import bench
from goldwire.commands.check import check
from goldwire.commands.score import score
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

for verb in (bench, score, check):
    app.command()(verb)


def main() -> None:
    """Run the command line; a failure that the kit knows is one line on standard error and its exit code."""
    try:
        app()
    except GoldwireError as error:
        typer.echo(f"goldwire: {error}", err=True)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
