"""Options that several verbs of ``goldwire label`` share, and what they mean."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from goldwire.annotation.connection import Connection
    from goldwire.corpus.scheme import Scheme

__all__ = [
    "PATIENCE",
    "TIMEOUT",
    "URL",
    "Drafts",
    "Export",
    "GoldAs",
    "GoldAsOption",
    "Inputs",
    "Layer",
    "Layers",
    "Out",
    "Patience",
    "PreAnnotate",
    "Predictions",
    "SchemeFile",
    "Timeout",
    "Title",
    "Token",
    "Url",
    "connected",
    "layers_of",
    "scheme_of",
]

URL = "http://localhost:8080"
TIMEOUT, PATIENCE = 300.0, 120.0  # as in goldwire.annotation.connection, whose import this file need not pay


class Layer(StrEnum):
    """The layers of the page."""

    ENTITIES = "entities"
    QUOTES = "quotes"
    SECTIONS = "sections"


class GoldAs(StrEnum):
    """What becomes of the layers that a document comes with."""

    ANNOTATION = "annotation"
    PREDICTION = "prediction"
    NONE = "none"


Layers = Annotated[
    list[Layer] | None,
    typer.Option("--layer", help="A layer of the project; may be repeated. Default: all three in one project."),
]
SchemeFile = Annotated[
    Path | None, typer.Option("--scheme", help="A label set of your own, a TOML file as for goldwire check.")
]
Inputs = Annotated[
    list[Path],
    typer.Argument(
        metavar="IN…", help="Documents: what --gold reads, plain .txt files in UTF-8, or .json files of tasks."
    ),
]
GoldAsOption = Annotated[
    GoldAs,
    typer.Option("--gold-as", help="What the documents' own layers become; a document that has none is a blank task."),
]
PreAnnotate = Annotated[
    list[str] | None,
    typer.Option(
        "--pre-annotate",
        metavar="EXTRACTOR",
        help="What goldwire bench takes: a built-in's name, package.module:attribute (runs that code), or a file of "
        "predictions. May be repeated: each is a prediction with its model version. Without it nothing is proposed.",
    ),
]
Title = Annotated[str, typer.Argument(metavar="PROJECT_TITLE", help="The project's title, 3 to 50 characters.")]
Url = Annotated[str, typer.Option("--url", envvar="LABEL_STUDIO_URL", help="The server's address.", show_default=True)]
Token = Annotated[
    str,
    typer.Option(
        "--token",
        envvar="LABEL_STUDIO_API_KEY",
        show_default=False,
        help="A legacy or personal access token. Others on this machine can see it on the command line: better set "
        "the variable. It goes to the server and nowhere else.",
    ),
]
Timeout = Annotated[float, typer.Option("--timeout", min=1, help="Seconds that one answer may take.")]
Patience = Annotated[
    float, typer.Option("--patience", min=0, help="Seconds of nothing but failures after which it is given up.")
]
Out = Annotated[Path, typer.Option("--out", help="The file of documents; .jsonl keeps all of them.")]
Export = Annotated[
    Path | None, typer.Option("--export", help="Also keep the tasks as the server has them, JSON with all annotations.")
]
Drafts = Annotated[bool, typer.Option("--drafts", help="Read drafts that were not submitted too.")]
Predictions = Annotated[bool, typer.Option("--predictions", help="Read predictions too, not only annotations.")]


def connected(url: str, token: str, timeout: float, patience: float) -> Connection:
    """The server that the options name."""
    from goldwire.annotation.connection import Connection

    return Connection(url, token, timeout=timeout, patience=patience)


def scheme_of(path: Path | None) -> Scheme:
    """The label set of a file; without one that of the embedded gold."""
    from goldwire.corpus.scheme import SCHEME, read_scheme

    return SCHEME if path is None else read_scheme(path)


def layers_of(layer: Sequence[Layer] | None) -> tuple[str, ...]:
    """The layers asked for, in the order of the page; all where none is."""
    from goldwire.annotation.labeling import LAYERS

    named = {chosen.value for chosen in layer or ()}
    return tuple(name for name in LAYERS if name in named) or LAYERS
