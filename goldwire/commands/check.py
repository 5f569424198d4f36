"""``goldwire check``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["check"]


def check(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Goldwire JSONL files, or folders of them.")],
    scheme: Annotated[
        Path | None,
        typer.Option(
            "--scheme",
            help='A label set of your own: TOML tables types, forms, quote_kinds, block_kinds of NAME = "definition".',
        ),
    ] = None,
) -> None:
    """List every problem of files, one a line, errors and warnings apart."""
    from goldwire.corpus.checks import check_file
    from goldwire.corpus.scheme import SCHEME, read_scheme
    from goldwire.io import files as files_of

    chosen = SCHEME if scheme is None else read_scheme(scheme)
    counts = {"error": 0, "warning": 0}
    for path in (file for given in files for file in files_of(given)):
        for problem in check_file(path, chosen):
            counts[problem.severity] += 1
            typer.echo(f"{problem.severity}: {problem}")
    typer.echo(f"{counts['error']} errors, {counts['warning']} warnings")
    if counts["error"]:
        raise typer.Exit(1)
