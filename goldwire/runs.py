"""A RUN: the folder that ``goldwire bench`` and ``goldwire score --out`` leave, read again.

It holds ``predictions.jsonl``, ``rows.parquet``, ``result.json`` (``goldwire-result/1``) and ``run.json``
(``goldwire-run/1``): the gold as it was given, view, label map, draws and seed, and what only this run had, its timings
and failures.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from goldwire.corpus.errors import InputError, Problem, shown
from goldwire.corpus.store import replacing, unreadable
from goldwire.eval.labels import LabelMap, Meaning

__all__ = ["RUN_SCHEMA", "SavedRun", "read_run", "task_of", "write_json"]

RUN_SCHEMA = "goldwire-run/1"
_PREDICTIONS, _ROWS, _RESULT, _RUN = "predictions.jsonl", "rows.parquet", "result.json", "run.json"


@dataclass(frozen=True, slots=True)
class SavedRun:
    """One RUN: ``result`` and ``run`` are the JSON of its files, ``predictions`` and ``rows`` their paths.

    ``gold`` is the source as it was given (``None``: the embedded gold), ``view`` the task, ``labels`` the label map
    through which the predictions were read.
    """

    folder: Path
    name: str
    result: dict[str, Any]
    run: dict[str, Any]
    predictions: Path
    rows: Path
    gold: str | None
    view: str
    labels: LabelMap | None


def task_of(gold: object, view: str, labels: LabelMap | None, draws: int, seed: int) -> dict[str, Any]:
    """What ``run.json`` keeps of how the predictions were judged, so that they can be judged again."""
    table = None if labels is None else {k: {"to": m.ours, "why": m.why} for k, m in labels.meanings.items()}
    source = str(gold) if isinstance(gold, (str, Path)) else None
    return {"gold": source, "view": view, "labels": table, "draws": draws, "seed": seed}


def read_run(folder: str | Path) -> SavedRun:
    """The RUN in ``folder``.

    Raises
    ------
    InputError
        A file of it is missing, is not JSON, or is of another schema.
    """
    place = Path(folder)
    result, run = _read(place / _RESULT, "goldwire-result/1"), _read(place / _RUN, RUN_SCHEMA)
    predictions, rows = place / _PREDICTIONS, place / _ROWS
    for path in (predictions, rows):
        if not path.is_file():
            raise InputError(Problem("no-run", "no such file", "a folder that goldwire bench wrote", file=str(path)))
    table = run.get("labels")
    labels = LabelMap({k: Meaning(m["to"], m["why"]) for k, m in table.items()}) if table else None
    name = result.get("extractor") or place.name
    return SavedRun(place, name, result, run, predictions, rows, run.get("gold"), run.get("view", "all"), labels)


def write_json(path: str | Path, content: object) -> None:
    """Write ``content`` as indented JSON, whole or not at all."""
    with replacing(path) as file:
        file.write(msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n")


def _read(path: Path, schema: str) -> dict[str, Any]:
    try:
        content = msgspec.json.decode(path.read_bytes())
    except OSError as error:
        raise unreadable(path, error, "a folder that goldwire bench wrote") from None
    except ValueError as error:
        raise InputError(Problem("not-json", str(error), "one whole JSON object", file=str(path))) from None
    found = content.get("schema") if isinstance(content, Mapping) else None
    if not isinstance(content, dict) or found != schema:
        raise InputError(Problem("unknown-schema", shown(found), schema, field="schema", file=str(path)))
    return content
