"""``goldwire check``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from goldwire.commands.options import Progress

if TYPE_CHECKING:
    from goldwire.corpus.scheme import Scheme

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
    manifest: Annotated[
        bool, typer.Option("--manifest", help="Prove the manifest of each folder given: documents, hashes, counts.")
    ] = False,
    write: Annotated[
        bool, typer.Option("--write", help="With --manifest: write it anew, if the files have no error.")
    ] = False,
    name: Annotated[
        str | None,
        typer.Option("--name", metavar="NAME@VERSION", help="With --write: the corpus's name. Default: as it was."),
    ] = None,
) -> None:
    """List every problem of files, one a line, errors and warnings apart.

    Example: goldwire check --manifest corpus/gold
    """
    from goldwire.corpus.checks import check_file
    from goldwire.corpus.errors import UsageError
    from goldwire.corpus.scheme import SCHEME, read_scheme
    from goldwire.io import files as files_of

    if (write and not manifest) or (name is not None and not write):
        raise UsageError("found --write without --manifest, or --name without --write; expected them together")
    chosen = SCHEME if scheme is None else read_scheme(scheme)
    counts = {"error": 0, "warning": 0}
    with Progress() as progress:
        for given in files:
            elsewhere: dict[str, str] = {}  # the files of one folder are one corpus
            for path in files_of(given):
                for problem in check_file(path, chosen, elsewhere, progress.start(path.name)):
                    counts[problem.severity] += 1
                    typer.echo(f"{problem.severity}: {problem}")
    if write and counts["error"]:
        typer.echo("no manifest was written: correct the errors first")
    elif manifest:
        counts["error"] += sum(_manifest(folder, chosen, name, write=write) for folder in files)
    typer.echo(f"{counts['error']} errors, {counts['warning']} warnings")
    if counts["error"]:
        raise typer.Exit(1)


def _manifest(folder: Path, scheme: Scheme, name: str | None, *, write: bool) -> int:
    """Write a folder's manifest, or prove it; gives the number of claims that are not true."""
    from goldwire.growth import claim, proven

    if write:
        found = claim(folder, name, scheme)
        typer.echo(f"{folder}: manifest of {found.name}@{found.version} written, {len(found.texts)} documents")
        return 0
    found, wrong = proven(folder, scheme)
    for problem in wrong:
        typer.echo(f"error: {problem}")
    if not wrong:
        typer.echo(f"{folder}: manifest of {found.name}@{found.version} proven, {len(found.texts)} documents")
    return len(wrong)
