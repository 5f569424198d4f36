"""``goldwire label pull``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from goldwire.commands.label.options import (
    PATIENCE,
    TIMEOUT,
    URL,
    Drafts,
    Export,
    Out,
    Patience,
    Predictions,
    SchemeFile,
    Timeout,
    Token,
    Url,
    connected,
    scheme_of,
)
from goldwire.commands.label.saying import say_losses, say_problems, several

if TYPE_CHECKING:
    from goldwire.annotation.connection import Connection

__all__ = ["pull", "pulled"]


def pull(
    titles: Annotated[
        list[str],
        typer.Argument(metavar="PROJECT_TITLE…", help="Projects; those of one layer each are merged by document."),
    ],
    out: Out,
    export: Export = None,
    drafts: Drafts = False,
    predictions: Predictions = False,
    scheme: SchemeFile = None,
    url: Url = URL,
    token: Token = "",
    timeout: Timeout = TIMEOUT,
    patience: Patience = PATIENCE,
) -> None:
    """Write what was annotated as documents, and list everything that could not be understood.

    Exit code 1 says that something of an annotation is not in the documents, or will be lost on the server.

    Example: goldwire label pull "Palmyra" --out gold.jsonl
    """
    pulled(connected(url, token, timeout, patience), titles, out, export, drafts, predictions, scheme)


def pulled(
    connection: Connection,
    titles: Sequence[str],
    out: Path,
    export: Path | None,
    drafts: bool,
    predictions: bool,
    scheme: Path | None,
) -> None:
    """Pull what the options name, write it and say what came of it."""
    from goldwire.annotation.server import pull
    from goldwire.annotation.taskfiles import write_tasks
    from goldwire.corpus.formats import Losses
    from goldwire.io import write

    found = pull(connection, titles, scheme=scheme_of(scheme), drafts=drafts, predictions=predictions)
    if export is not None:
        write_tasks(export, found.tasks)
    losses = Losses()
    count = write(out, found.exported.documents, losses=losses)
    errors = say_problems(found.exported.problems)
    say_losses(losses)
    typer.echo(f"Written: {out}, {several(count, 'document')} of {several(len(found.tasks), 'task')}")
    if errors:
        typer.echo(f"goldwire: {several(errors, 'error')}: see above what is not in {out}", err=True)
        raise typer.Exit(1)
