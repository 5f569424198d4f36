"""``goldwire score``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from goldwire.commands.options import (
    Draws,
    Form,
    FormName,
    Gold,
    Html,
    Json,
    Progress,
    Rows,
    Seed,
    Thresholds,
    ViewName,
    put_json,
    put_report,
    refuse_one_path_twice,
    refuse_overwriting,
    refuse_two_outputs,
)

__all__ = ["score"]


def _show_measures(wanted: bool) -> None:
    if wanted:
        from goldwire.eval.report.definitions import definitions
        from goldwire.eval.report.leaderboard import printed

        printed(definitions())
        raise typer.Exit


def score(
    predicted: Annotated[
        str, typer.Argument(metavar="PREDICTED", help="Predictions: a file or folder of any format that convert reads.")
    ],
    gold: Gold = None,
    labels: Annotated[
        Path | None, typer.Option("--labels", help="A TOML file that maps the predictions' labels to the task's.")
    ] = None,
    view: ViewName = None,
    mode: Annotated[
        str | None,
        typer.Option(
            "--as",
            metavar="MODE",
            help="Give another program's figures, warts included: "
            "nervaluate-1.2, seqeval, seqeval-strict, conlleval, runne-2022.",
        ),
    ] = None,
    draws: Draws = 10_000,
    seed: Seed = 0,
    min_: Thresholds = None,
    ignore_extra: Annotated[
        bool, typer.Option("--ignore-extra", help="Count predictions for unknown documents instead of refusing them.")
    ] = False,
    rows: Rows = None,
    workers: Annotated[
        int | None,
        typer.Option(
            "--workers",
            min=1,
            help="Processes that score two JSONL files in parts, to the same result. Default: the cores. "
            "One scores what is small, compressed, of another format, --as another program or with --rows or --out.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Folder for predictions, rows and result: a RUN, for compare and explain."),
    ] = None,
    json: Json = None,
    _measures: Annotated[
        bool,
        typer.Option(
            "--measures", callback=_show_measures, is_eager=True, help="Print what each score means, and stop."
        ),
    ] = False,
    form: Form = FormName.terminal,
    html: Html = None,
) -> None:
    """Score predictions against gold.

    Example: goldwire score predictions.jsonl --view per-loc-org+names --min entities.strict=0.80
    """
    from goldwire.eval.report.leaderboard import scoreboard
    from goldwire.eval.result import parse_threshold
    from goldwire.explaining import explained_source, write_page
    from goldwire.scoring import score as run_score

    refuse_two_outputs(form, json)
    for path in (rows, json, html):
        refuse_overwriting(path, (predicted, gold, labels), inside=False)
    refuse_one_path_twice(rows, json, html)
    thresholds = dict(parse_threshold(text) for text in min_ or ())
    with Progress() as progress:
        result = run_score(
            gold,
            predicted,
            labels=labels,
            view=view,
            mode=mode,
            draws=draws,
            seed=seed,
            ignore_extra=ignore_extra,
            rows=rows,
            out=out,
            workers=workers,
            on_documents=progress.start("score"),
        )
    if json is not None:
        put_json(json, result.to_dict())
    put_report(scoreboard(result), form, json)
    if html is not None:
        write_page(html, [explained_source(result, gold, predicted, labels=labels)])
        typer.echo(f"Written: {html}", err=True)
    result.require(thresholds)
