"""Tasks before they leave: each is checked by us and by the SDK, and all of them together."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from goldwire.annotation.labeling import LAYERS, config
from goldwire.annotation.taskchecks import check_task
from goldwire.annotation.tasks import CARRIED, Task
from goldwire.corpus.errors import InputError, Problem, shown
from goldwire.corpus.scheme import SCHEME, Scheme

__all__ = ["TasksError", "faults", "task_layers", "vet"]


class TasksError(InputError):
    """Tasks that must not leave; ``problems`` holds all that is wrong with them, in order, and never nothing."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(problems[0])
        self.problems = tuple(problems)


def task_layers(tasks: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """The layers of the page that tasks of our make were made for; ``()`` where none says so."""
    found: set[str] = set()
    for task in tasks:
        data = task.get("data")
        carry = data.get(CARRIED) if isinstance(data, Mapping) else None
        layers = carry.get("layers") if isinstance(carry, Mapping) else None
        found.update(layer for layer in (layers if isinstance(layers, list) else ()) if isinstance(layer, str))
    return tuple(layer for layer in LAYERS if layer in found)


def vet(tasks: Sequence[Task], layers: Sequence[str], scheme: Scheme = SCHEME) -> None:
    """See that ``tasks`` may leave for one project of ``layers``.

    Raises
    ------
    TasksError
        They may not.
    """
    problems = list(faults(tasks, layers, scheme))
    if problems:
        raise TasksError(problems)


def faults(tasks: Iterable[Task], layers: Sequence[str], scheme: Scheme = SCHEME) -> Iterator[Problem]:
    """Every problem of ``tasks`` in a project of ``layers``; none for sound ones.

    Each is ours (``check_task``) or, where a task has none of those and the SDK is installed, of the SDK's
    ``LabelInterface``, which sees less. A document may be there once: by its id and the hash of its text.
    """
    first: dict[tuple[str, str], int] = {}
    interface = _interface(config(scheme, layers))
    for index, task in enumerate(tasks):
        place = f"tasks[{index}]"
        found = list(_of(task, index, layers, first))
        found += check_task(task, scheme)
        if not found:
            found += _sdk_faults(task, interface)
        for problem in found:
            yield problem.at(file=place)


def _of(task: Task, index: int, layers: Sequence[str], first: dict[tuple[str, str], int]) -> Iterator[Problem]:
    data = task.get("data")
    if not isinstance(data, Mapping):
        return
    mine = task_layers([task])
    if mine and mine != tuple(layers):
        want = f"{', '.join(layers)}, as the project"
        yield Problem("other-layers", f"layers {', '.join(mine)}", want, "make the tasks for one project", CARRIED)
    key = (data.get("id"), data.get("sha256"))
    if isinstance(key[0], str) and isinstance(key[1], str):
        before = first.setdefault((key[0], key[1]), index)
        if before != index:
            what = f"{shown(key[0])} in the same text as tasks[{before}]"
            yield Problem("duplicate-document", what, "one task a document", "remove one", "data.id", key[0])


def _interface(labeling: str) -> Any:
    if importlib.util.find_spec("label_studio_sdk") is None:
        return None
    from label_studio_sdk.label_interface import LabelInterface

    return LabelInterface(labeling)


def _sdk_faults(task: Task, interface: Any) -> Iterator[Problem]:
    """What the SDK says of each annotation and prediction: it judges both by one rule."""
    if interface is None:
        return
    for key in ("annotations", "predictions"):
        for index, entry in enumerate(task.get(key, ())):
            for message in interface.validate_prediction(entry, return_errors=True):
                want = "what the config of the project allows"
                yield Problem("refused-by-sdk", str(message), want, "correct it", f"{key}[{index}]", task["data"]["id"])
