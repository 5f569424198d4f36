"""To and from ``datasets``: one row a document, the same in Parquet, on disk, on the hub and in memory.

A row has every key of the record as a column, ``null`` where the record leaves the key out. Two things differ, because
columns are typed and know one kind of nothing: ``meta`` and ``extra`` are JSON strings, and the column ``layers`` names
the layers that were attempted, which tells a dateline that was sought and not found from one that was not sought.
Names are plain strings, never class labels: whoever grows the corpus need not renumber anything.
"""

from __future__ import annotations

import functools
import types
import typing
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct, UnsetType

from goldwire.corpus.document import Document
from goldwire.corpus.errors import InputError, Problem, shown
from goldwire.corpus.soundness import require_sound
from goldwire.corpus.store import document_from

if TYPE_CHECKING:
    import datasets
    import pyarrow as pa

__all__ = ["COLUMNS", "documents_of", "features", "from_row", "load_dataset", "record_batches", "schema", "to_row"]

COLUMNS = (*(field.encode_name for field in msgspec.structs.fields(Document)), "layers")
"""The columns of a row, in order."""

_BATCH = 256


def load_dataset(name: str | None = None) -> datasets.Dataset:
    """The embedded corpus as a ``datasets.Dataset``, made in memory: no network, no cache, no disk.

    ``name`` is that of ``goldwire.load``: ``NAME`` or ``NAME@VERSION``, the newest without.

    >>> load_dataset().num_rows
    1

    Raises
    ------
    UsageError
        There is no such corpus or version.
    """
    import datasets

    from goldwire.corpus.gold import load

    return datasets.Dataset.from_list([to_row(document) for document in load(name)], features=features())


def to_row(document: Document) -> dict[str, Any]:
    """The row of a document: every column present, spans as lists.

    >>> row = to_row(Document(id="a", text="Рим", dateline=None))
    >>> row["id"], row["dateline"], row["mentions"], row["layers"]
    ('a', None, None, ['dateline'])
    """
    return {**_filled(msgspec.to_builtins(document), _shape(Document)), "layers": list(document.layers())}


def from_row(row: Mapping[str, Any]) -> Document:
    """The document of a row: the exact inverse of ``to_row``.

    >>> document = Document(id="a", text="Рим", dateline=None, extra={"k": [1]})
    >>> from_row(to_row(document)) == document
    True

    Raises
    ------
    InputError
        The row is no record, ``layers`` is not what the row has, or an offset is not one of the text.
    """
    known = row.get("id") if isinstance(row.get("id"), str) else None
    try:
        record = _emptied({key: value for key, value in row.items() if key != "layers"}, _shape(Document), "")
    except InputError as error:
        raise InputError(error.problem.at(document=known)) from None
    layers = row.get("layers")
    if "dateline" not in record and "dateline" in (layers or ()):
        record["dateline"] = None
    document = document_from(record)
    if layers is not None and list(layers) != list(document.layers()):
        problem = Problem(
            "layers-disagree",
            f"layers {', '.join(map(str, layers)) or 'none'}",
            f"those that the row has: {', '.join(document.layers()) or 'none'}",
            "an empty list is a layer that found nothing, null one that was not attempted",
            "layers",
            known,
        )
        raise InputError(problem)
    require_sound(document)
    return document


@functools.cache
def schema() -> pa.Schema:
    """The columns and their types, for pyarrow."""
    import pyarrow as pa

    columns = [pa.field(name, _arrow(part)) for name, (part, _) in (_shape(Document).fields or {}).items()]
    return pa.schema([*columns, pa.field("layers", pa.list_(pa.string()))])


def features() -> datasets.Features:
    """The columns and their types, for ``datasets``."""
    import datasets

    return datasets.Features.from_arrow_schema(schema())


def record_batches(documents: Iterable[Document], path: str) -> Iterator[pa.RecordBatch]:
    """The rows of ``documents`` as columns, a few hundred at a time.

    Raises
    ------
    InputError
        A document has an offset outside its text, or a number or character that a column cannot hold.
    """
    import pyarrow as pa

    rows: list[dict[str, Any]] = []

    def batch() -> pa.RecordBatch:
        try:
            return pa.RecordBatch.from_pylist(rows, schema=schema())
        except (OverflowError, UnicodeEncodeError, pa.ArrowException) as error:
            raise InputError(_unfit(rows, error).at(file=path)) from None

    for document in documents:
        require_sound(document, file=path)
        rows.append(to_row(document))
        if len(rows) == _BATCH:
            yield batch()
            rows.clear()
    if rows:
        yield batch()


def documents_of(rows: Iterable[Mapping[str, Any]], path: str) -> Iterator[Document]:
    """The documents of ``rows``; a fault names the row, counted from 1.

    Raises
    ------
    InputError
        At the first row that is no document.
    """
    number = 0
    for number, row in enumerate(rows, 1):
        try:
            yield from_row({column: row.get(column) for column in COLUMNS})
        except InputError as error:
            raise InputError(error.problem.at(file=path, line=number)) from None
    if number == 0:
        raise InputError(Problem("no-documents", "no rows", "a document in each row", "check the path", file=path))


def require_columns(names: Iterable[str], path: str) -> tuple[str, ...]:
    """The columns among ``names`` that a row does not have.

    Raises
    ------
    InputError
        A column of the row is not among them.
    """
    found = tuple(names)
    missing = [column for column in COLUMNS if column not in found]
    if missing:
        raise InputError(
            Problem(
                "missing-column",
                f"columns {', '.join(found) or 'none'}",
                f"also {', '.join(missing)}",
                "a layer that was not attempted is a column of nulls",
                file=path,
            )
        )
    return tuple(name for name in found if name not in COLUMNS)


def _unfit(rows: list[dict[str, Any]], error: Exception) -> Problem:
    import pyarrow as pa

    for row in rows:
        for column in COLUMNS:
            try:
                pa.array([row[column]], type=schema().field(column).type)
            except (OverflowError, UnicodeEncodeError, pa.ArrowException) as fault:
                reason = str(fault)
                return Problem(
                    "unfit-value",
                    shown(reason, 80),
                    "integers of 64 bits and characters of UTF-8",
                    "correct the record",
                    column,
                    row["id"],
                )
    return Problem("unfit-value", shown(str(error), 80), "values that the columns can hold", "correct the record")


@dataclass(frozen=True, slots=True)
class _Shape:
    """What a value may be: a record of fields (name → shape, whether null may stand there), a list, or plain."""

    kind: Any
    fields: dict[str, tuple[_Shape, bool]] | None = None
    member: _Shape | None = None


@functools.cache
def _shape(expected: Any) -> _Shape:
    kind = expected
    if typing.get_origin(expected) in (typing.Union, types.UnionType):
        kind = next(option for option in typing.get_args(expected) if option not in (UnsetType, type(None)))
    if isinstance(kind, type) and issubclass(kind, Struct):
        fields = msgspec.structs.fields(kind)
        return _Shape(kind, {field.encode_name: (_shape(field.type), field.required) for field in fields})
    if typing.get_origin(kind) is tuple:
        return _Shape(kind, member=_shape(typing.get_args(kind)[0]))
    return _Shape(typing.get_origin(kind) or kind)


def _arrow(shape: _Shape) -> pa.DataType:
    import pyarrow as pa

    if shape.fields is not None:
        return pa.struct([pa.field(name, _arrow(part)) for name, (part, _) in shape.fields.items()])
    if shape.member is not None:
        return pa.list_(_arrow(shape.member))
    return {int: pa.int64(), float: pa.float64()}.get(shape.kind, pa.string())


def _filled(value: Any, shape: _Shape) -> Any:
    """``value`` with ``None`` for every key that it leaves out, tuples as lists, and open objects as JSON."""
    if value is None:
        return None
    if shape.fields is not None:
        return {name: _filled(value.get(name), part) for name, (part, _) in shape.fields.items()}
    if shape.member is not None:
        return [_filled(item, shape.member) for item in value]
    return msgspec.json.encode(value).decode() if isinstance(value, dict) else value


def _emptied(value: Any, shape: _Shape, place: str) -> Any:
    """The inverse of ``_filled``; what does not fit is left as it is, for the record's own check to name."""
    if shape.fields is not None and isinstance(value, Mapping):
        prefix = f"{place}." if place else ""
        record = {}
        for name, part in value.items():
            if name not in shape.fields:
                record[name] = part
            elif part is not None:
                record[name] = _emptied(part, shape.fields[name][0], prefix + name)
            elif shape.fields[name][1]:
                record[name] = None
        return record
    if shape.member is not None and isinstance(value, list):
        return [_emptied(item, shape.member, f"{place}[{index}]") for index, item in enumerate(value)]
    if shape.kind is dict and isinstance(value, str):
        try:
            return msgspec.json.decode(value)
        except (msgspec.DecodeError, RecursionError):
            raise InputError(
                Problem("not-json", shown(value), "a JSON object as a string", "encode it as JSON", place)
            ) from None
    return value
