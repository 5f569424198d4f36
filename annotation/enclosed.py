"""Predictions of a backend, which cannot write into a task: they bear their own record.

What ``tasks`` writes into ``data`` (the record, and its entities in the list that the page offers) a backend gives with
its regions: the record under ``meta`` of the first of them, which a save in the page keeps, and an entity that the task
does not offer as words, as if it had been typed. So ``exports`` reads both alike. A prediction without any region bears
nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from goldwire.annotation.labeling import TEXT
from goldwire.annotation.regions import Result, alias, number_of
from goldwire.annotation.taskchecks import offered_paths
from goldwire.annotation.tasks import CARRIED, Task
from goldwire.corpus.document import Entity

__all__ = ["enclosed", "standing_alone", "typed"]

_TYPED = {"entity_id": "entity_new", "speaker_entity": "speaker_new"}


def standing_alone(made: Task, offered: object, entities: Iterable[Entity]) -> dict[str, Any]:
    """The last prediction of ``made``, for a task whose entity list is ``offered``, with its record in its meta.

    ``entities`` are those of the prediction.
    """
    prediction: dict[str, Any] = dict(made["predictions"][-1])
    result = typed(prediction["result"], offered, entities)
    if result:
        result[0] = result[0] | {"meta": {CARRIED: made["data"][CARRIED]["sources"][-1]}}
    return prediction | {"result": result}


def typed(result: Iterable[Result], offered: object, entities: Iterable[Entity]) -> list[Result]:
    """``result`` with every entity that the list ``offered`` lacks in words: its name, or its id where it has none.

    Of several of one type and name each is called by its id. A speaker is `TYPE: name`. An entity without any words
    is left out: the record says it.
    """
    paths = set(offered_paths(offered))
    known = tuple(entities)
    names = Counter((entity.type, entity.name or "") for entity in known)
    words = {
        alias(entity.id): (
            entity.type,
            entity.name if entity.name and names[entity.type, entity.name] == 1 else entity.id,
        )
        for entity in reversed(known)
    }
    found = []
    for entry in result:
        path = entry["value"]["taxonomy"][0] if entry["type"] == "taxonomy" else ()
        if not path or tuple(path) in paths:
            found.append(entry)
            continue
        kind, name = words.get(path[-1], ("", path[-1]))
        if name.strip():
            control = _TYPED[entry["from_name"]]
            said = f"{kind}: {name}" if control == "speaker_new" else name
            value = {key: entry["value"][key] for key in ("start", "end")}
            found.append(entry | {"from_name": control, "type": "textarea", "value": value | {TEXT: [said]}})
    return found


def enclosed(result: Iterable[Any]) -> tuple[int, Mapping[str, Any]] | None:
    """The record that a result bears, as ``data`` carries them, and its number; ``None`` where it bears none."""
    for entry in result:
        meta = entry.get("meta") if isinstance(entry, Mapping) else None
        source = meta.get(CARRIED) if isinstance(meta, Mapping) else None
        number = number_of(str(entry["id"])) if isinstance(source, Mapping) and "id" in entry else None
        if isinstance(source, Mapping) and number is not None:
            return number, source
    return None
