"""``goldwire show``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from goldwire.commands.options import Gold, PageAlone, refuse_overwriting

if TYPE_CHECKING:
    from goldwire.corpus.document import Document

__all__ = ["show"]


def show(
    document_id: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="The document's id; not needed where there is one only.")
    ] = None,
    gold: Gold = None,
    html: PageAlone = None,
) -> None:
    """Print an article with its annotations: mentions in brackets, quotes with their speakers, sections.

    Example: goldwire show --html article.html
    """
    from goldwire.corpus.places import folders_made
    from goldwire.corpus.store import replacing
    from goldwire.eval.report.article import page, terminal

    refuse_overwriting(html, [gold])
    document = _chosen(document_id, gold)
    if html is not None:
        content = page(document).encode("utf-8", "replace")
        with folders_made(html), replacing(html) as file:
            file.write(content)
        typer.echo(f"Written: {html}")
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    for label, text in terminal(document):
        if not console.is_terminal:
            console.print(Text(f"{label:<11} ").append_text(text), soft_wrap=True)
            continue
        grid = Table.grid(padding=(0, 2, 0, 0))
        grid.add_column(width=11, style="dim")
        grid.add_column(overflow="fold")
        grid.add_row(label, text)
        console.print(grid)


def _chosen(name: str | None, gold: str | None) -> Document:
    from goldwire.corpus.errors import UsageError, shown
    from goldwire.scoring import documents_of

    first: list[str] = []
    only = None
    for document in documents_of(gold):
        if document.id == name:
            return document
        only = document
        first.append(document.id)
        if name is None and len(first) > _MOST_NAMES:
            break
    if name is None and len(first) == 1 and only is not None:
        return only
    listed = ", ".join(shown(one) for one in first[:_MOST_NAMES]) + (" …" if len(first) > _MOST_NAMES else "")
    found = "found no ID" if name is None else f"document {shown(name)}: found no such id"
    raise UsageError(f"{found}, expected one of {listed}")


_MOST_NAMES = 5
