"""A RUN: the folder that ``goldwire bench`` and ``goldwire score --out`` leave, read again.

It holds ``predictions.jsonl``, ``rows.parquet``, ``result.json`` (``goldwire-result/1``) and ``run.json``
(``goldwire-run/1``): the gold as it was given, view, label map, draws and seed, and what only this run had, its timings
and failures.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from goldwire.corpus.document import Document
from goldwire.corpus.errors import InputError, Problem, UsageError, shown
from goldwire.corpus.places import folders_made
from goldwire.corpus.store import encoded, replacing, unreadable
from goldwire.eval.labels import LabelMap, Meaning
from goldwire.eval.result import Result

if TYPE_CHECKING:
    from goldwire.eval.rows import RowsFile
    from goldwire.eval.shard import Shard

__all__ = ["Judgement", "Predictions", "SavedRun", "read_run", "refuse_run_over", "write_json"]

_SCHEMA = "goldwire-run/1"
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


class Predictions:
    """The documents that pass by, as JSONL in a temporary file: what was predicted is kept while it is judged."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(prefix="goldwire-predictions-")  # noqa: SIM115  # closed by ``write``

    def passing(self, documents: Iterable[Document]) -> Iterator[Document]:
        """The same documents."""
        for document in documents:
            self._file.write(encoded(document) + b"\n")
            yield document

    def write(self, path: Path) -> None:
        """Write them to ``path``, and let the temporary file go."""
        with self._file as kept, replacing(path) as file:
            kept.seek(0)
            shutil.copyfileobj(kept, file)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was judged and how: ``gold`` as it was given. Without ``rows`` it is by another program's figures."""

    result: Result
    shard: Shard
    rows: RowsFile | None
    gold: object
    draws: int
    seed: int

    def write(self, folder: Path, run: Mapping[str, Any]) -> None:
        """Write it beside the predictions in ``folder``; ``run`` is what only this run had.

        ``run.json`` has besides what is needed to judge the predictions again. Without rows none are left there.
        """
        table = self.shard.labels and {k: {"to": m.ours, "why": m.why} for k, m in self.shard.labels.meanings.items()}
        source = str(self.gold) if isinstance(self.gold, (str, Path)) else None
        how = {"gold": source, "view": self.result.view, "labels": table, "draws": self.draws, "seed": self.seed}
        if self.rows is None:
            (folder / _ROWS).unlink(missing_ok=True)
        else:
            self.rows.write(folder / _ROWS, {**self.shard.about(), "extractor": self.result.extractor})
        write_json(folder / _RESULT, self.result.to_dict())
        write_json(folder / _RUN, {"schema": _SCHEMA, **run, **how})

    def write_with(
        self, predictions: Predictions, source: object, folder: Path, rows: str | Path | None = None
    ) -> None:
        """Write the RUN of predictions that were made elsewhere, and read from ``source``; ``rows`` to there too.

        Raises
        ------
        InputError
            ``folder`` cannot be made or written to.
        """
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise unreadable(folder, error, "a folder that can be written to") from None
        predictions.write(folder / _PREDICTIONS)
        self.write(folder, {"extractor": str(source) if isinstance(source, (str, Path)) else None, "failures": {}})
        if rows is not None:
            with (folder / _ROWS).open("rb") as written, folders_made(rows), replacing(rows) as file:
                shutil.copyfileobj(written, file)


def refuse_run_over(folder: Path, inputs: Iterable[object]) -> None:
    """Refuse to write a RUN whose files would take the place of ``inputs`` that are paths, or of files inside them.

    Its own predictions are no such input: judged again, they are written as they were.

    Raises
    ------
    UsageError
        With the first such file.
    """
    paths = [Path(given) for given in inputs if isinstance(given, (str, Path)) and os.path.exists(given)]  # noqa: PTH110
    for file in (folder / name for name in (_PREDICTIONS, _ROWS, _RESULT, _RUN)):
        if any(file.exists() and (path.samefile(file) or path.resolve() in file.resolve().parents) for path in paths):
            raise UsageError(f"{file}: found it among what is read, expected another folder: give another path")


def read_run(folder: str | Path) -> SavedRun:
    """The RUN in ``folder``.

    Raises
    ------
    InputError
        A file of it is missing, is not JSON, or is of another schema.
    """
    place = Path(folder)
    result, run = _read(place / _RESULT, "goldwire-result/1"), _read(place / _RUN, _SCHEMA)
    predictions, rows = place / _PREDICTIONS, place / _ROWS
    for path in (predictions, rows):
        if not path.is_file():
            raise InputError(
                Problem("no-run", "no such file", "a folder that bench, or score --out, wrote", file=str(path))
            )
    table = run.get("labels")
    labels = LabelMap({k: Meaning(m["to"], m["why"]) for k, m in table.items()}) if table else None
    name = result.get("extractor") or place.name
    return SavedRun(place, name, result, run, predictions, rows, run.get("gold"), run.get("view", "all"), labels)


def write_json(path: str | Path, content: object) -> None:
    """Write ``content`` as indented JSON, whole or not at all."""
    with folders_made(path), replacing(path) as file:
        file.write(msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n")


def _read(path: Path, schema: str) -> dict[str, Any]:
    try:
        content = msgspec.json.decode(path.read_bytes())
    except OSError as error:
        raise unreadable(path, error, "a folder that bench, or score --out, wrote") from None
    except ValueError as error:
        raise InputError(Problem("not-json", str(error), "one whole JSON object", file=str(path))) from None
    found = content.get("schema") if isinstance(content, Mapping) else None
    if not isinstance(content, dict) or found != schema:
        raise InputError(Problem("unknown-schema", shown(found), schema, field="schema", file=str(path)))
    return content
