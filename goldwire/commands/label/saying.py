"""What the verbs of ``goldwire label`` print of problems, and the exit codes that go with them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeVar

import typer

if TYPE_CHECKING:
    from goldwire.annotation.proposals import Proposals
    from goldwire.corpus.errors import Problem
    from goldwire.corpus.formats import Losses

__all__ = ["say_losses", "say_problems", "say_proposals", "several", "vetted"]

_T = TypeVar("_T")


def say_problems(problems: Iterable[Problem]) -> int:
    """List problems on standard error, and say how many are errors."""
    errors = 0
    for problem in problems:
        errors += problem.severity == "error"
        typer.echo(f"{problem.severity}: {problem}", err=True)
    return errors


def say_losses(losses: Losses) -> None:
    """Say what a format has no place for."""
    for document, what, number, places in losses:
        place = f" at {places[0]}" if places else ""
        typer.echo(f"warning: {document}: {what}{place}, {number:,} times: left out [left-out]", err=True)


def say_proposals(proposals: Proposals) -> None:
    """Say what extractors gave that is in no task; exit with 3 where one failed."""
    for (name, theirs), count in sorted(proposals.unknown.items()):
        typer.echo(
            f"warning: {name}: found {theirs!r} on {several(count, 'mention')}, expected a label of the label set; "
            "they were left out [unknown-label]",
            err=True,
        )
    say_problems(proposals.failures)
    if proposals.failures:
        typer.echo(f"goldwire: {several(len(proposals.failures), 'prediction')} failed: see above", err=True)
        raise typer.Exit(3)


def vetted(run: Callable[[], _T]) -> _T:
    """What ``run`` gives; every problem of tasks that must not leave is listed, and the exit code is 1."""
    from goldwire.annotation.vetting import TasksError

    try:
        return run()
    except TasksError as error:
        count = say_problems(error.problems)
        typer.echo(f"goldwire: {several(count, 'problem')} in the tasks, and none was sent or written", err=True)
        raise typer.Exit(1) from None


def several(count: int, noun: str) -> str:
    """A number and its noun."""
    return f"{count:,} {noun}" + ("" if count == 1 else "s")
