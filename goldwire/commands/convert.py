"""``goldwire convert``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from goldwire.commands.options import Progress
from goldwire.corpus.errors import UsageError

if TYPE_CHECKING:
    from goldwire.corpus.formats import Losses

__all__ = ["convert"]

MOST_LINES = 20
"""Lines by document that are printed; totals come after them."""


def convert(
    source: Annotated[
        str, typer.Argument(metavar="IN", help="A file or folder of any format, or NAME@VERSION of an embedded corpus.")
    ],
    target: Annotated[Path, typer.Argument(metavar="OUT", help="The file or folder to write.")],
    from_: Annotated[
        str | None, typer.Option("--from", metavar="F", help="The format of IN. Default: found by looking at it.")
    ] = None,
    to: Annotated[
        str | None, typer.Option("--to", metavar="F", help="The format of OUT. Default: by its suffix.")
    ] = None,
) -> None:
    """Convert documents from one format to another, and say what is left out.

    What the record, or the format that is written, has no place for is counted by document, with its first places.

    Example: goldwire convert predictions.jsonl brat-folder --to brat
    """
    from goldwire.corpus.formats import Losses
    from goldwire.corpus.gold import is_name, load
    from goldwire.io import format_to_read, format_to_write, read, write
    from goldwire.scoring import counted

    if Path(source).exists() and Path(target).exists() and Path(source).samefile(target):
        raise UsageError(f"{target}: found the input itself, expected another place to write to")
    found, lost = Losses(closely=True), Losses()
    writing = format_to_write(target, to)
    if from_ is None and is_name(source):
        reading, documents = "goldwire", iter(load(source))
    else:
        reading, documents = format_to_read(source, from_).name, read(source, from_, losses=found)
    with Progress() as progress:
        advance = progress.start(f"{reading} → {writing.name}")
        count = write(target, counted(documents, advance), writing.name, losses=lost)
    typer.echo(f"{count} documents, {reading} → {writing.name}: {target}")
    for heading, losses in (("Found in reading", found), ("Left out in writing", lost)):
        for line in _report(heading, losses):
            typer.echo(line)


def _report(heading: str, losses: Losses) -> Iterator[str]:
    """The lines by document, at most ``MOST_LINES``, and the totals of several documents."""
    counted = list(losses)
    if not counted:
        return
    yield f"{heading}, by document:"
    for document, what, number, places in counted[:MOST_LINES]:
        more = ", …" if number > len(places) else ""
        where = f" ({', '.join(places)}{more})" if places else ""
        yield f"  {document}: {number:,} {what}{where}"
    if len(counted) > MOST_LINES:
        yield f"  … and {len(counted) - MOST_LINES:,} more such lines"
    documents = len({document for document, *_ in counted})
    if documents > 1:
        yield f"{heading}, total of {documents:,} documents:"
        for what, number in losses.totals().items():
            yield f"  {number:,} {what}"
