"""``datasets`` on disk: the folder that ``Dataset.save_to_disk`` writes, one row a document. Keeps everything."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from goldwire.corpus.document import Document
from goldwire.corpus.errors import InputError, Problem, shown
from goldwire.corpus.formats.folder import replacing_folder
from goldwire.corpus.formats.format import Format, Losses
from goldwire.corpus.hub import documents_of, record_batches, require_columns, schema

__all__ = ["FORMAT"]

_MARKS = ("dataset_dict.json", "state.json")


def _matches(path: Path) -> bool:
    return any((path / mark).is_file() for mark in _MARKS)


def _read(path: Path, losses: Losses) -> Iterator[Document]:
    import datasets

    if not _matches(path):
        raise _broken(path, "no state.json or dataset_dict.json")
    try:
        loaded = datasets.load_from_disk(str(path))
    # whatever a broken folder makes the library raise: Arrow's errors, KeyError, ValueError, OSError …
    except Exception as error:
        raise _broken(path, f"{type(error).__name__}: {error}") from None
    splits: dict[str, Any] = dict(loaded) if isinstance(loaded, datasets.DatasetDict) else {"": loaded}
    for split, rows in splits.items():
        place = str(path / split) if split else str(path)
        more = require_columns(rows.column_names, place)
        for document in documents_of(rows.with_format(None), place):
            for column in more:
                losses.count(document.id, f"column {shown(column)}")
            if split:
                losses.count(document.id, f"split {shown(split)}")
            yield document


def _write(path: Path, documents: Iterable[Document], _: Losses) -> int:
    import datasets
    import pyarrow as pa

    count = 0
    with replacing_folder(path) as draft:
        columns = draft / "columns" / "columns.arrow"
        columns.parent.mkdir()
        with pa.OSFile(str(columns), "wb") as sink, pa.ipc.new_stream(sink, schema()) as stream:
            for batch in record_batches(documents, str(path)):
                stream.write_batch(batch)
                count += batch.num_rows
        with _quiet(datasets):
            datasets.Dataset.from_file(str(columns)).save_to_disk(str(draft))
        shutil.rmtree(columns.parent)
    return count


@contextlib.contextmanager
def _quiet(datasets: Any) -> Iterator[None]:
    shows = datasets.utils.logging.is_progress_bar_enabled()
    datasets.disable_progress_bars()
    try:
        yield
    finally:
        if shows:
            datasets.enable_progress_bars()


def _broken(path: Path, found: str) -> InputError:
    return InputError(
        Problem("not-dataset", shown(found), "a folder of Dataset.save_to_disk", "save it again", file=str(path))
    )


FORMAT = Format("hub", "datasets on disk, the folder of save_to_disk", _matches, _read, _write)
