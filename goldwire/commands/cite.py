"""``goldwire cite``."""

from __future__ import annotations

import typer

__all__ = ["cite"]


def cite() -> None:
    """Print how to cite the kit and the gold, with their versions: BibTeX, then plain lines."""
    from goldwire.corpus.citation import citations

    both = citations()
    typer.echo("\n\n".join(citation.bibtex() for citation in both))
    typer.echo()
    for citation in both:
        typer.echo(citation.plain())
