"""Documents as Label Studio tasks: blank, with gold as annotation, or with predictions; checked before they leave.

``data`` holds what the page shows (``text``, ``entities``), what identifies the text (``id``, ``sha256``, ``lang``,
``meta``), and under ``goldwire`` the records that the regions were made of. An export is read against those records,
so what the page has no place for (order, ``extra``, an absent layer, an absent id) comes back as it was.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any, Final, Literal

import msgspec
from msgspec import UNSET

from goldwire.annotation.labeling import FIELDS, LAYERS, TEXT
from goldwire.annotation.regions import entity_paths, results, taxonomy
from goldwire.annotation.taskchecks import check_task
from goldwire.corpus.document import Document, Entity, sha256
from goldwire.corpus.errors import InputError, Problem, UsageError, shown

__all__ = ["CARRIED", "FORM", "As", "Task", "add_prediction", "check_task", "to_task"]

Task = dict[str, Any]
"""A task as Label Studio imports and exports it."""

As = Literal["annotation", "prediction"]

FORM: Final = "goldwire-task/1"
"""The name and version of what ``data`` carries for us."""

CARRIED: Final = "goldwire"
"""The key of ``data`` under which it stands."""


def to_task(
    document: Document,
    *,
    as_: As | None = "annotation",
    layers: Iterable[str] = LAYERS,
    model_version: str | None = None,
    score: float | None = None,
) -> Task:
    """The task of ``document`` for a project of ``layers``; equal documents give equal tasks.

    With ``as_=None`` the task is blank: it keeps the entity list, and no other layer. ``model_version`` and ``score``
    go with ``as_="prediction"``. Offsets are half-open, in code points; an empty text gives a task without regions.

    Raises
    ------
    InputError
        The document has no text, or holds what JSON cannot (a lone surrogate, NaN, a key that is no string).
    UsageError
        A layer or ``as_`` is unknown, or no layer is given.
    """
    names = _layers(layers)
    if as_ not in ("annotation", "prediction", None):
        raise UsageError(f"found as_={as_!r}, expected 'annotation', 'prediction' or None: say what the regions are")
    if document.text is UNSET:
        raise InputError(
            Problem("no-text", "no text", "a text to annotate", "add the text to the record", "text", document.id)
        )
    _require_json(document)
    data: dict[str, Any] = {TEXT: document.text, "id": document.id, "sha256": sha256(document.text)}
    if document.lang is not UNSET:
        data["lang"] = document.lang
    if document.meta is not UNSET:
        data["meta"] = copy.deepcopy(document.meta)
    data["entities"] = taxonomy(document.entities or ())
    data[CARRIED] = {"form": FORM, "layers": list(names), "sources": []}
    task: Task = {"data": data}
    if as_ == "prediction":
        return add_prediction(task, document, model_version=model_version, score=score)
    shell = _only(document, names if as_ else ())
    number = _carry(task, shell, as_ or "blank", None)
    if as_ == "annotation":
        found = results(shell, number, entity_paths(document.entities or ()))
        task["annotations"] = [{"result": found}]
    return task


def add_prediction(
    task: Task, document: Document, *, model_version: str | None = None, score: float | None = None
) -> Task:
    """A copy of ``task`` with ``document`` as one more prediction; its entities join the entity list of the task.

    The document must be of the same id and text; its text may be absent.

    Raises
    ------
    InputError
        The document is of another id or text than the task, the task is not of our make, or as for ``to_task``.
    """
    _require_json(document)
    task = copy.deepcopy(task)
    data = task["data"]
    if CARRIED not in data:
        raise InputError(
            Problem("no-carry", f"no `{CARRIED}` in data", "a task of our make", "make it with to_task", "data")
        )
    if document.id != data["id"]:
        raise InputError(
            Problem("other-document", shown(document.id), shown(data["id"]), "predict for the task's document", "id")
        )
    text = data[TEXT]
    if document.text is not UNSET and document.text != text:
        raise InputError(
            Problem(
                "other-text",
                f"a text with hash {sha256(document.text)[:12]}",
                f"the task's, {data['sha256'][:12]}",
                "predict on the text as it is",
                "text",
                document.id,
            )
        )
    shell = _only(document, data[CARRIED]["layers"])
    number = _carry(task, shell, "prediction", model_version)
    known = [entity for source in data[CARRIED]["sources"] for entity in _entities(source)]
    first: dict[str, Entity] = {}
    for entity in known:
        first.setdefault(entity.id, entity)
    union = list(first.values())
    data["entities"] = taxonomy(union)
    found = results(msgspec.structs.replace(shell, text=text), number, entity_paths(union))
    prediction: dict[str, Any] = {"result": found}
    if model_version is not None:
        prediction["model_version"] = model_version
    if score is not None:
        prediction["score"] = score
    task.setdefault("predictions", []).append(prediction)
    return task


def _layers(layers: Iterable[str]) -> tuple[str, ...]:
    given = [layers] if isinstance(layers, str) else list(layers)
    unknown = [layer for layer in given if layer not in LAYERS]
    if unknown or not given:
        found = ", ".join(map(str, unknown)) or "no layer"
        raise UsageError(f"found {found}, expected one or more of {', '.join(LAYERS)}: name the layers of the project")
    return tuple(layer for layer in LAYERS if layer in given)


def _only(document: Document, layers: Iterable[str]) -> Document:
    """``document`` without the layers that a project of ``layers`` does not show."""
    wanted = set(layers)
    away: dict[str, Any] = {field: UNSET for layer, fields in FIELDS.items() if layer not in wanted for field in fields}
    if not wanted:
        away["relations"] = UNSET
    return msgspec.structs.replace(document, **away)


def _carry(task: Task, document: Document, as_: str, model_version: str | None) -> int:
    sources: list[dict[str, Any]] = task["data"][CARRIED]["sources"]
    source: dict[str, Any] = {"as": as_, "text": document.text is not UNSET}
    if model_version is not None:
        source["model_version"] = model_version
    bare = msgspec.structs.replace(document, text=UNSET)
    sources.append(source | {"record": msgspec.json.decode(msgspec.json.encode(bare))})
    return len(sources) - 1


def _entities(source: dict[str, Any]) -> list[Entity]:
    return msgspec.convert(source["record"].get("entities", []), list[Entity])


def _require_json(document: Document) -> None:
    try:
        same = msgspec.json.decode(msgspec.json.encode(document), type=Document) == document
        reason = "a value changes on the way through JSON"
    except (msgspec.MsgspecError, ValueError, TypeError, OverflowError, RecursionError) as error:
        same, reason = False, str(error)
    if not same:
        raise InputError(
            Problem(
                "not-json",
                reason,
                "a record that JSON can hold",
                "look at text, ids, meta and extra",
                None,
                document.id,
            )
        )
