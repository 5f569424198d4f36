"""``goldwire label push``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from goldwire.commands.label.making import made
from goldwire.commands.label.options import (
    PATIENCE,
    TIMEOUT,
    URL,
    GoldAs,
    GoldAsOption,
    Inputs,
    Layer,
    Layers,
    Patience,
    PreAnnotate,
    SchemeFile,
    Timeout,
    Title,
    Token,
    Url,
    connected,
    layers_of,
    scheme_of,
)
from goldwire.commands.label.saying import say_problems, say_proposals, several, vetted
from goldwire.commands.options import Advance, Progress

if TYPE_CHECKING:
    from goldwire.annotation.connection import Connection
    from goldwire.annotation.proposals import Proposals
    from goldwire.annotation.server import Pushed

__all__ = ["push", "pushed"]


def push(
    title: Title,
    inputs: Inputs,
    gold_as: GoldAsOption = GoldAs.ANNOTATION,
    pre_annotate: PreAnnotate = None,
    layer: Layers = None,
    scheme: SchemeFile = None,
    url: Url = URL,
    token: Token = "",
    timeout: Timeout = TIMEOUT,
    patience: Patience = PATIENCE,
) -> None:
    """Send tasks to a project, which is made if there is none; what is there already is not sent again.

    Example: goldwire label push "Palmyra" articles.jsonl --layer entities
    """
    connection = connected(url, token, timeout, patience)
    say_proposals(pushed(connection, title, inputs, gold_as, pre_annotate, layer, scheme))


def pushed(
    connection: Connection,
    title: str,
    inputs: Sequence[Path],
    gold_as: GoldAs,
    pre_annotate: Sequence[str] | None,
    layer: Sequence[Layer] | None,
    scheme: Path | None,
) -> Proposals:
    """Push what the options name and say what came of it; what became of the extractors is left to be said."""
    from goldwire.annotation.server import push

    tasks, proposals = made(inputs, gold_as, pre_annotate, layer, scheme)

    def run() -> Pushed:
        bars: list[Advance] = []
        with Progress() as progress:
            return push(
                connection,
                title,
                tasks,
                scheme=scheme_of(scheme),
                layers=layers_of(layer) if layer else None,
                on_total=lambda count: bars.append(progress.start("push", count)),
                on_sent=lambda count: bars[0](count),
            )

    found = vetted(run)
    say_problems(found.problems)
    there = f", {found.there} were there" if found.there else ""
    typer.echo(f"Pushed: {several(found.sent, 'task')}{there}; project {found.project}, {found.url}")
    return proposals
