"""Options that several verbs share, and what prints for them."""

from __future__ import annotations

from typing import Annotated, Protocol

import typer

__all__ = ["Advance", "Draws", "Gold", "Json", "Progress", "Seed", "ViewName", "put_json"]

Gold = Annotated[
    str | None,
    typer.Option(
        "--gold",
        help="Gold: a file or folder of any format that convert reads, or NAME@VERSION. Default: the embedded article.",
    ),
]
ViewName = Annotated[
    str | None,
    typer.Option("--view", help="The task: all, per-loc-org, names, outermost, innermost, depth=K, joined by '+'."),
]
Draws = Annotated[int, typer.Option("--draws", min=0, help="Bootstrap draws for the intervals; 0 for none.")]
Seed = Annotated[int, typer.Option("--seed", min=0, help="Seed of the draws; it is part of the signature.")]
Json = Annotated[
    str | None,
    typer.Option(
        "--json", metavar="FILE|-", help="Write JSON to a file, or with - nothing but JSON to standard output."
    ),
]


def put_json(where: str, content: object) -> None:
    """Write ``content`` as JSON to a file, or with ``-`` to standard output."""
    from goldwire.runs import write_json

    if where == "-":
        import msgspec

        # bytes, whatever the stream's encoding: JSON is UTF-8
        typer.echo(msgspec.json.format(msgspec.json.encode(content), indent=2))
    else:
        write_json(where, content)


class Advance(Protocol):
    """Tells a bar of steps that were done."""

    def __call__(self, steps: int = 1) -> None:
        """So many more."""


class Progress:
    """Progress bars on standard error, a line each; nothing where that is no terminal."""

    def __enter__(self) -> Progress:
        from rich import progress
        from rich.console import Console

        console = Console(stderr=True)
        columns = (
            progress.TextColumn("{task.description}"),
            progress.BarColumn(),
            progress.MofNCompleteColumn(),
            progress.TimeRemainingColumn(),
        )
        self._bar = progress.Progress(*columns, console=console, disable=not console.is_terminal, transient=True)
        self._bar.start()
        return self

    def start(self, name: str, total: int | None = None) -> Advance:
        """Begin a bar of so many steps (``None``: not known); what comes back is called after each or after several."""
        task = self._bar.add_task(name, total=total)
        return lambda steps=1: self._bar.advance(task, steps)

    def __exit__(self, *_: object) -> None:
        self._bar.stop()
