"""``goldwire label``: the verbs of annotation with Label Studio, a module each."""

from __future__ import annotations

import typer

from goldwire.commands.label.adjudicate import adjudicate
from goldwire.commands.label.config import config
from goldwire.commands.label.pull import pull
from goldwire.commands.label.push import push
from goldwire.commands.label.serve import serve
from goldwire.commands.label.sync import sync
from goldwire.commands.label.tasks import tasks

__all__ = ["label"]

VERBS = (config, tasks, push, pull, sync, serve, adjudicate)

label = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    help=f"Make gold with Label Studio: {', '.join(verb.__name__ for verb in VERBS)}.",
)
for verb in VERBS:
    label.command()(verb)
