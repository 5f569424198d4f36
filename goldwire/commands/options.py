"""Options that several verbs share, and what prints for them."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Annotated

import typer

__all__ = ["Draws", "Gold", "Json", "Progress", "Seed", "ViewName", "put_json"]

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


class Progress:
    """A progress bar on standard error, with rate and time left; where that is no terminal, a line now and then."""

    line_seconds = 30.0

    def __enter__(self) -> Progress:
        from rich import progress
        from rich.console import Console
        from rich.text import Text

        console = Console(stderr=True)

        class Rate(progress.ProgressColumn):
            def render(self, task: progress.Task) -> Text:
                return Text(f"{task.speed:,.1f}/s" if task.speed else "")

        columns = (
            progress.TextColumn("{task.description}"),
            progress.BarColumn(),
            progress.MofNCompleteColumn(),
            Rate(),
            progress.TimeRemainingColumn(),
        )
        self._plain = not console.is_terminal
        self._bar = progress.Progress(*columns, console=console, disable=not console.is_terminal, transient=True)
        self._bar.start()
        return self

    def start(self, name: str, documents: int | None = None) -> Callable[..., None]:
        """Begin a bar of so many documents (``None``: not known); what comes back is called with how many are done."""
        task = self._bar.add_task(name, total=documents)
        begin = told = time.monotonic()
        done = first = 0

        def advance(more: int = 1) -> None:
            nonlocal done, first, told
            self._bar.advance(task, more)
            first = first or more  # what an earlier run had done comes at once, and is no rate
            done += more
            now = time.monotonic()
            if self._plain and now - told >= self.line_seconds:
                told = now
                rate = (done - first) / (now - begin)
                left = f", {(documents - done) / rate:,.0f} s left" if documents and rate else ""
                typer.echo(f"{name}: {done} of {documents or '?'}, {rate:,.1f}/s{left}", err=True)

        return advance

    def __exit__(self, *_: object) -> None:
        self._bar.stop()
