"""``goldwire combine``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from goldwire.commands.options import (
    Draws,
    Form,
    FormName,
    Json,
    Progress,
    Rows,
    Seed,
    Thresholds,
    put_json,
    put_report,
    refuse_one_path_twice,
    refuse_overwriting,
    refuse_two_outputs,
)

__all__ = ["combine"]


def combine(
    shards: Annotated[
        list[Path],
        typer.Argument(metavar="ROWS…", help="Files of rows: of score --rows, or the rows.parquet of bench's folders."),
    ],
    draws: Draws = 10_000,
    seed: Seed = 0,
    min_: Thresholds = None,
    rows: Rows = None,
    json: Json = None,
    form: Form = FormName.terminal,
) -> None:
    """Report on the whole from the rows of its shards, wherever those were scored.

    Figures, intervals and signatures are those of one run over everything, to the last digit.

    Example: goldwire combine shard-1.parquet shard-2.parquet
    """
    from goldwire.combining import combine as run_combine
    from goldwire.eval.report.leaderboard import scoreboard
    from goldwire.eval.result import parse_threshold

    refuse_two_outputs(form, json)
    for path in (rows, json):
        refuse_overwriting(path, shards)
    refuse_one_path_twice(rows, json)
    thresholds = dict(parse_threshold(text) for text in min_ or ())
    with Progress() as progress:
        result = run_combine(shards, draws=draws, seed=seed, rows=rows, on_documents=progress.start("combine"))
    if json is not None:
        put_json(json, result.to_dict())
    put_report(scoreboard(result), form, json)
    result.require(thresholds)
