"""The command line: each verb reads its options, calls what does the work, and prints."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from goldwire.corpus.errors import GoldwireError, UsageError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help=(
        "How well does an extractor find the entities, quotes and sections of Russian newswire? "
        "goldwire judges it on gold, and explains every number."
    ),
    epilog=(
        "Exit codes: 0 done, 1 the input is at fault, 2 the command line is, 3 an extractor failed on some documents, "
        "4 a service failed, 5 a threshold of --min was missed."
    ),
)

Gold = Annotated[
    str | None,
    typer.Option(
        "--gold", help="Gold: a JSONL file, a folder of them, or NAME@VERSION. Default: the embedded article."
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


@app.command()
def bench(
    extractors: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[EXTRACTOR]…",
            help="A built-in's name, package.module:attribute (runs that code), or a file of predictions. "
            "Default: the built-ins that are installed.",
        ),
    ] = None,
    gold: Gold = None,
    view: ViewName = None,
    out: Annotated[
        Path,
        typer.Option("--out", help="Folder for predictions, rows, results and timings, one subfolder an extractor."),
    ] = Path("runs"),
    draws: Draws = 10_000,
    seed: Seed = 0,
    json: Json = None,
    list_: Annotated[
        bool, typer.Option("--list", help="Name the built-in and registered extractors, and stop.")
    ] = False,
) -> None:
    """Run extractors on gold and print a leaderboard.

    Each extractor is judged in the view that it is made for, unless --view says otherwise.

    Example: goldwire bench natasha my_package.my_module:extract
    """
    from goldwire.bench import bench as run_bench
    from goldwire.bench import built_in
    from goldwire.eval.extractors import BUILT_IN, available
    from goldwire.eval.report.leaderboard import leaderboard, printed

    if list_:
        for name, installed in available().items():
            extra = BUILT_IN.get(name, ("", ""))[1]
            typer.echo(name if installed else f"{name} (not installed: pip install 'goldwire[{extra}]')")
        return
    with _Progress() as progress:
        entries = run_bench(
            extractors or built_in(), gold, view=view, out=out, draws=draws, seed=seed, on_start=progress.start
        )
    if json is not None:
        _put_json(json, {"schema": "goldwire-bench/1", "runs": [entry.result.to_dict() for entry in entries]})
    if json != "-":
        printed(leaderboard(entries))
        typer.echo(f"Written: {', '.join(f'{out}/' + entry.name for entry in entries)}")
    failed = sum(entry.result.documents["failed"] for entry in entries)
    if failed:
        typer.echo(f"goldwire: {failed} documents failed; the reasons are in {out}/*/run.json", err=True)
        raise typer.Exit(3)


@app.command()
def score(
    predicted: Annotated[
        str, typer.Argument(metavar="PREDICTED", help="Predictions: a JSONL file or a folder of them.")
    ],
    gold: Gold = None,
    labels: Annotated[
        Path | None, typer.Option("--labels", help="A TOML file that maps the predictions' labels to the task's.")
    ] = None,
    view: ViewName = None,
    draws: Draws = 10_000,
    seed: Seed = 0,
    min_: Annotated[
        list[str] | None,
        typer.Option("--min", metavar="SCORE=X", help="Exit with 5 if the score is below X. May be repeated."),
    ] = None,
    ignore_extra: Annotated[
        bool, typer.Option("--ignore-extra", help="Count predictions for unknown documents instead of refusing them.")
    ] = False,
    rows: Annotated[Path | None, typer.Option("--rows", help="Write the rows of counts to a Parquet file.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Folder for result.json.")] = None,
    json: Json = None,
) -> None:
    """Score predictions against gold.

    Example: goldwire score predictions.jsonl --view per-loc-org+names --min entities.strict=0.80
    """
    from goldwire.bench import write_json
    from goldwire.eval.report.leaderboard import printed, scoreboard
    from goldwire.eval.result import parse_threshold
    from goldwire.scoring import score as run_score

    thresholds = dict(parse_threshold(text) for text in min_ or ())
    result = run_score(
        gold, predicted, labels=labels, view=view, draws=draws, seed=seed, ignore_extra=ignore_extra, rows=rows
    )
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        write_json(out / "result.json", result.to_dict())
    if json is not None:
        _put_json(json, result.to_dict())
    if json != "-":
        printed(scoreboard(result))
    result.require(thresholds)


@app.command()
def check(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Goldwire JSONL files, or folders of them.")],
    scheme: Annotated[
        Path | None,
        typer.Option(
            "--scheme",
            help='A label set of your own: TOML tables types, forms, quote_kinds, block_kinds of NAME = "definition".',
        ),
    ] = None,
) -> None:
    """List every problem of files, one a line, errors and warnings apart."""
    from goldwire.corpus.checks import check_file
    from goldwire.corpus.scheme import SCHEME, read_scheme
    from goldwire.io import files as files_of

    chosen = SCHEME if scheme is None else read_scheme(scheme)
    counts = {"error": 0, "warning": 0}
    for path in (file for given in files for file in files_of(given)):
        for problem in check_file(path, chosen):
            counts[problem.severity] += 1
            typer.echo(f"{problem.severity}: {problem}")
    typer.echo(f"{counts['error']} errors, {counts['warning']} warnings")
    if counts["error"]:
        raise typer.Exit(1)


def _put_json(where: str, content: object) -> None:
    from goldwire.bench import write_json

    if where == "-":
        import msgspec

        typer.echo(msgspec.json.format(msgspec.json.encode(content), indent=2).decode())
    else:
        write_json(where, content)


class _Progress:
    """A progress bar on standard error, one line an extractor; nothing where that is no terminal."""

    def __enter__(self) -> _Progress:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        console = Console(stderr=True)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._bar = Progress(*columns, console=console, disable=not console.is_terminal, transient=True)
        self._bar.start()
        return self

    def start(self, name: str) -> Callable[[], None]:
        task = self._bar.add_task(name, total=None)
        return lambda: self._bar.advance(task)

    def __exit__(self, *_: object) -> None:
        self._bar.stop()


def main() -> None:
    """Run the command line; a failure that the kit knows is one line on standard error and its exit code."""
    try:
        app()
    except GoldwireError as error:
        typer.echo(f"goldwire: {error}", err=True)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)


__all__ = ["UsageError", "app", "main"]
