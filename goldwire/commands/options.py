"""Options that several verbs share, and what prints for them."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Protocol

import typer

if TYPE_CHECKING:
    from goldwire.eval.report.tables import Report

__all__ = [
    "Advance",
    "Disagreements",
    "Draws",
    "Form",
    "FormName",
    "Gold",
    "GoldOfRuns",
    "Html",
    "Json",
    "PageAlone",
    "Progress",
    "Rows",
    "Seed",
    "Thresholds",
    "ViewName",
    "put_json",
    "put_report",
    "refuse_one_path_twice",
    "refuse_overwriting",
    "refuse_two_outputs",
]

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
Thresholds = Annotated[
    list[str] | None,
    typer.Option(
        "--min",
        metavar="SCORE=X",
        help="Exit with 5 unless the score is at least X, or at most X for an error rate. May be repeated.",
    ),
]
Rows = Annotated[Path | None, typer.Option("--rows", help="Write the rows of counts to a Parquet file.")]
GoldOfRuns = Annotated[
    str | None, typer.Option("--gold", help="Where the gold of the runs is now. Default: where they found it.")
]
Json = Annotated[
    str | None,
    typer.Option(
        "--json", metavar="FILE|-", help="Write JSON to a file, or with - nothing but JSON to standard output."
    ),
]


class FormName(StrEnum):
    """The forms of a report."""

    terminal = "terminal"
    csv = "csv"
    markdown = "markdown"
    latex = "latex"


Form = Annotated[
    FormName,
    typer.Option("--format", help="Form of what is printed; csv has a row for each, with signature and caveat."),
]
Html = Annotated[
    Path | None,
    typer.Option("--html", metavar="FILE", help="Write a page of figures, errors and annotated texts besides."),
]
PageAlone = Annotated[
    Path | None,
    typer.Option("--html", metavar="FILE", help="Write one page that needs nothing else, instead."),
]
Disagreements = Annotated[bool, typer.Option("--list", help="List every disagreement too, one a line.")]


def refuse_two_outputs(form: FormName, json: str | None) -> None:
    """Refuse another form than the terminal's where standard output is for JSON alone.

    Raises
    ------
    UsageError
        Both are asked for.
    """
    from goldwire.corpus.errors import UsageError

    if json == "-" and form != FormName.terminal:
        raise UsageError(f"found --json - and --format {form}, expected one of them: give --json a file")


def refuse_overwriting(out: Path | str | None, inputs: Iterable[Path | str | None], *, inside: bool = True) -> None:
    """Refuse to write a file that is read: one of ``inputs``, or, unless not ``inside``, of a folder among them.

    Raises
    ------
    UsageError
        ``out`` is one.
    """
    from goldwire.corpus.errors import UsageError

    if out is None or str(out) == "-" or not os.path.exists(out):  # noqa: PTH110 (pathlib's raises at long names)
        return
    for given in inputs:
        if given is None or not os.path.exists(given):  # noqa: PTH110
            continue
        path = Path(given)
        if path.samefile(out) or (inside and path.resolve() in Path(out).resolve().parents):
            raise UsageError(f"{out}: found it among what is read, expected another file: give another path")


def refuse_one_path_twice(*outputs: Path | str | None) -> None:
    """Refuse to write two outputs to one path.

    Raises
    ------
    UsageError
        Two are equal.
    """
    from goldwire.corpus.errors import UsageError

    places = [os.path.realpath(out) for out in outputs if out is not None and str(out) != "-"]
    for place in places:
        if places.count(place) > 1:
            raise UsageError(f"{place}: found it for two outputs, expected a path for each: give another path")


def put_report(report: Report, form: FormName, json: str | None = None) -> None:
    """Print a report in its form; nothing where ``json`` says that standard output is for JSON alone."""
    from goldwire.eval.report.formats import FORMATS, printed

    if json == "-":
        return
    if form == FormName.terminal:
        printed(report)
        return
    typer.echo(FORMATS[form](report).encode(), nl=False)  # bytes: UTF-8 and CRLF, whatever the stream is
    for note in report.notes if form == FormName.csv else ():  # which has no place for them
        typer.echo(note, err=True)


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

    def start(self, name: str, total: int | None = None) -> Advance:
        """Begin a bar of so many steps (``None``: not known); what comes back is called after each or after several."""
        task = self._bar.add_task(name, total=total)
        begin = told = time.monotonic()
        done = first = 0

        def advance(steps: int = 1) -> None:
            nonlocal done, first, told
            self._bar.advance(task, steps)
            first = first or steps  # what an earlier run had done comes at once, and is no rate
            done += steps
            now = time.monotonic()
            if self._plain and now - told >= self.line_seconds:
                told = now
                rate = (done - first) / (now - begin)
                left = f", {(total - done) / rate:,.0f} s left" if total and rate else ""
                typer.echo(f"{name}: {done} of {total or '?'}, {rate:,.1f}/s{left}", err=True)

        return advance

    def __exit__(self, *_: object) -> None:
        self._bar.stop()
