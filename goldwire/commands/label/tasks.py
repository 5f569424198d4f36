"""``goldwire label tasks``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from goldwire.commands.label.making import made
from goldwire.commands.label.options import (
    GoldAs,
    GoldAsOption,
    Inputs,
    Layers,
    PreAnnotate,
    SchemeFile,
    layers_of,
    scheme_of,
)
from goldwire.commands.label.saying import say_proposals, several, vetted
from goldwire.commands.options import refuse_overwriting

__all__ = ["tasks"]


def tasks(
    inputs: Inputs,
    out: Annotated[Path, typer.Option("--out", help="The file of tasks, JSON; none of the IN files.")],
    gold_as: GoldAsOption = GoldAs.ANNOTATION,
    pre_annotate: PreAnnotate = None,
    layer: Layers = None,
    scheme: SchemeFile = None,
) -> None:
    """Make annotation tasks of documents, checked for all that Label Studio would lose.

    Example: goldwire label tasks articles/*.txt --pre-annotate natasha --pre-annotate rules --out tasks.json
    """
    from goldwire.annotation.taskfiles import write_tasks
    from goldwire.annotation.vetting import task_layers, vet
    from goldwire.eval.extractors import parse

    predictions = [found.target for found in map(parse, pre_annotate or ()) if found.kind == "file"]
    refuse_overwriting(out, [*inputs, scheme, *predictions])
    found, proposals = made(inputs, gold_as, pre_annotate, layer, scheme)
    vetted(lambda: vet(found, task_layers(found) or layers_of(layer), scheme_of(scheme)))
    count = write_tasks(out, found)
    typer.echo(f"Written: {out}, {several(count, 'task')}")
    say_proposals(proposals)
