"""``goldwire label serve``."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from goldwire.commands.label.making import extractor_of
from goldwire.commands.label.options import Layers, SchemeFile, layers_of, scheme_of
from goldwire.commands.label.saying import say_losses, say_problems

if TYPE_CHECKING:
    from goldwire.corpus.errors import Problem

__all__ = ["serve"]


def serve(
    extractor: Annotated[
        str,
        typer.Argument(
            metavar="EXTRACTOR",
            help="What goldwire bench takes: a built-in's name, package.module:attribute (runs that code), or a file "
            "of predictions.",
        ),
    ],
    host: Annotated[
        str, typer.Option("--host", help="Where to listen. Whoever reaches it may use it: there is no password.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="The port; 0 for any that is free.")] = 9090,
    layer: Layers = None,
    scheme: SchemeFile = None,
) -> None:
    """Serve an extractor to Label Studio as an ML backend, until Ctrl-C.

    Connect it in the project's settings under Model. What it proposes is what push --pre-annotate would. An extractor
    that fails on a task costs that prediction; standard error says why. Label Studio refuses backends on its own
    machine unless it was started with USE_DEFAULT_BANNED_SUBNETS=false.

    Example: goldwire label serve natasha --port 9090
    """
    from goldwire.annotation.backend import Backend
    from goldwire.annotation.listener import Listener
    from goldwire.corpus.formats import Losses

    losses = Losses()
    found = extractor_of(extractor, losses)
    say_losses(losses)
    backend = Backend(found, layers=layers_of(layer), scheme=scheme_of(scheme), log=_say)
    # Ctrl-C too: a shell's background job is started deaf to it
    before = [(number, signal.signal(number, _end)) for number in (signal.SIGINT, signal.SIGTERM)]
    try:
        with Listener(backend, host, port, log=lambda line: typer.echo(line, err=True)) as listener:
            typer.echo(f"Serving: {listener.url}, {backend.version}, {', '.join(backend.layers)}; end it with Ctrl-C")
            listener.serve_forever()
    except KeyboardInterrupt:
        typer.echo("Ended")
    finally:
        for number, handler in before:
            signal.signal(number, handler)


def _say(problem: Problem) -> None:
    say_problems([problem])


def _end(*_: object) -> NoReturn:
    raise KeyboardInterrupt
