"""``goldwire label config``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from goldwire.commands.label.options import Layers, SchemeFile, layers_of, scheme_of

__all__ = ["config"]


def config(
    layer: Layers = None,
    scheme: SchemeFile = None,
    out: Annotated[Path | None, typer.Option("--out", help="A file; default: standard output.")] = None,
) -> None:
    """The labeling config, to paste into a project's settings; push sets it by itself.

    Example: goldwire label config --layer quotes --out quotes.xml
    """
    from goldwire.annotation.labeling import config
    from goldwire.corpus.places import folders_made
    from goldwire.corpus.store import replacing

    text = config(scheme_of(scheme), layers_of(layer))
    if out is None:
        typer.echo(text, nl=False)
    else:
        with folders_made(out), replacing(out) as file:
            file.write(text.encode("utf-8"))
