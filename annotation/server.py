"""Tasks to a Label Studio server and documents back: ``push``, ``pull``.

A push sends what the server does not have, so pushing twice makes no second task and a push that broke goes on where
it broke. Tasks that are there stay as they are, with what people did in them. After a lost answer it is looked what
arrived before anything is sent again; should an import arrive late all the same, the surplus that nobody has touched
is deleted at the end.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from goldwire.annotation.configs import departures, layers_of, same
from goldwire.annotation.connection import Connection, Lost
from goldwire.annotation.exports import Exported, from_export
from goldwire.annotation.labeling import LAYERS, config
from goldwire.annotation.projects import SETTLE, Identity, Listed, Project, identity, patience_with
from goldwire.annotation.tasks import CARRIED, Task
from goldwire.annotation.vetting import task_layers, vet
from goldwire.corpus.errors import Problem, ServiceError, UsageError, shown
from goldwire.corpus.scheme import SCHEME, Scheme

__all__ = ["BATCH", "Pulled", "Pushed", "pull", "push"]

BATCH: Final = 500
"""How many tasks go into one import."""

BATCH_BYTES: Final = 16_000_000
"""How many bytes of tasks, about; a server takes 200 MB."""


@dataclasses.dataclass(frozen=True, slots=True)
class Pushed:
    """What came of a push: the project's number and address, how many tasks were sent and how many were there."""

    project: int
    url: str
    sent: int
    there: int
    problems: tuple[Problem, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Pulled:
    """What came of a pull: the documents with their origins, all problems, and the tasks as the server has them."""

    exported: Exported
    tasks: tuple[Task, ...]


def push(
    connection: Connection,
    title: str,
    tasks: Iterable[Task],
    *,
    scheme: Scheme = SCHEME,
    layers: Sequence[str] | None = None,
    batch: int = BATCH,
    on_total: Callable[[int], None] = lambda _: None,
    on_sent: Callable[[int], None] = lambda _: None,
) -> Pushed:
    """Send ``tasks`` to the project of that title, which is made if there is none.

    ``layers`` are those of the project: those of the tasks where they are left out, all for no task. All tasks are
    checked before anything is sent. ``on_total`` is called with how many tasks the server lacks, ``on_sent`` with how
    many of them arrived at each step.

    Raises
    ------
    TasksError
        A task is not sound; its ``problems`` are all of them.
    UsageError
        The title does not do, or its project is of other layers.
    ServiceError
        The server failed or refused. What arrived stays, and the next push sends the rest.
    """
    wanted = list(tasks)
    names = tuple(layers) if layers else task_layers(wanted) or LAYERS
    vet(wanted, names, scheme)
    project = _configured(connection, title, names, config(scheme, names))
    have = list(project.tasks())
    problems = list(_differences(wanted, have))
    known = {listed.identity for listed in have}
    missing = [task for task in wanted if identity(task) not in known]
    on_total(len(missing))
    sender = _Sender(project, max((listed.id for listed in have), default=0), on_sent)
    for part in _batches(missing, batch):
        sender.send(part)
    problems += sender.reconciled(missing, len(have))
    return Pushed(project.id, project.url, len(missing), len(wanted) - len(missing), tuple(problems))


def _configured(connection: Connection, title: str, layers: tuple[str, ...], ours: str) -> Project:
    """The project with our config, made if it is not there."""
    project = Project.find(connection, title)
    if project is None:
        project = Project.made(connection, title, ours)
    elif not same(project.config, ours):
        theirs = layers_of(project.config)
        if theirs and theirs != layers and project.count():
            raise UsageError(
                f"{connection.url}: project {title!r}: found tasks of the layers {', '.join(layers)}, expected "
                f"{', '.join(theirs)} as the project has; push to another project, or make tasks of those layers"
            )
        if not theirs and project.count():
            raise UsageError(
                f"{connection.url}: project {title!r}: found a config with none of our controls on tasks that are "
                "there, expected a project of ours; push to another title"
            )
    project.configure(ours)
    return project


def _differences(tasks: Sequence[Task], there: Iterable[Listed]) -> Iterator[Problem]:
    """What the server has otherwise than it would be sent now; it stays as it is."""
    ours = {identity(task): task for task in tasks}
    texts = {task["data"]["id"]: task["data"]["sha256"] for task in tasks}
    seen: dict[Identity, int] = {}
    for listed in there:
        key = listed.identity
        if key is None:
            continue
        place = f"task {listed.id}"
        if key in seen:
            what = f"a second task of the document, besides task {seen[key]}"
            yield _duplicate(what, listed.id, key[0])
        seen.setdefault(key, listed.id)
        if key in ours and listed.data.get(CARRIED) != ours[key]["data"].get(CARRIED):
            want, why = "what is pushed now", "the task stays as it is: delete it in the page to send it anew"
            yield Problem("task-differs", "a task made of other records", want, why, place, key[0], severity="warning")
        elif key not in ours and key[0] in texts:
            want = f"{texts[key[0]][:12]}, as it is pushed now"
            why = "both stay: delete one in the page, or rename one"
            found = f"the document with another text, of hash {key[1][:12]}"
            yield Problem("other-text", found, want, why, place, key[0], severity="warning")


def _batches(tasks: Sequence[Task], most: int) -> Iterator[list[Task]]:
    part: list[Task] = []
    size = 0
    for task in tasks:
        bytes_ = _size(task)
        if part and (len(part) >= most or size + bytes_ > BATCH_BYTES):
            yield part
            part, size = [], 0
        part.append(task)
        size += bytes_
    if part:
        yield part


def _size(task: Task) -> int:
    """About how many bytes the task is: twice its text and 250 for an entry of a result."""
    entries = sum(len(e["result"]) for key in ("annotations", "predictions") for e in task.get(key, ()))
    return 2 * len(task["data"]["text"]) + 250 * entries


class _Sender:
    """Sends tasks of which none is on the server; ``first`` is the highest number before."""

    def __init__(self, project: Project, first: int, on_sent: Callable[[int], None]) -> None:
        self.project = project
        self.first = first
        self.on_sent = on_sent
        self.lost = False
        self.again: float | None = None
        self.pauses = project.connection.pauses()

    def send(self, tasks: Sequence[Task]) -> None:
        """All of ``tasks``, each once as far as can be seen."""
        left = [list(tasks)]
        while left:
            part = left.pop()
            try:
                self.project.send(part)
            except Lost as lost:
                self.lost = True
                arrived, rest = self._arrived(part, lost)
                if rest and not lost.unsent:
                    self.again = time.monotonic()
                if not arrived:
                    self.pauses.after(lost, f"import {len(part)} tasks into {self.project.title!r}")
                    if lost.slow and len(part) > 1:  # perhaps it is too much for one answer
                        half = len(part) // 2
                        left += [part[half:], part[:half]]
                        continue
                if rest:
                    left.append(rest)
            else:
                arrived = len(part)
            if arrived:
                self.pauses.again()
                self.on_sent(arrived)

    def _arrived(self, tasks: list[Task], lost: Lost) -> tuple[int, list[Task]]:
        """How many of ``tasks`` are on the server, and the rest; a late import is waited for, a little."""
        limit = time.monotonic() + patience_with(lost, self.project.connection.timeout)
        while True:
            there = {listed.identity for listed in self.project.tasks(after=self.first)}
            rest = [task for task in tasks if identity(task) not in there]
            if not rest or time.monotonic() > limit:
                return len(tasks) - len(rest), rest
            time.sleep(0.5)

    def reconciled(self, tasks: Sequence[Task], before: int) -> Iterator[Problem]:
        """See that every task is there once; a surplus that nobody has touched is deleted, others are reported.

        Raises
        ------
        ServiceError
            A task is not there.
        """
        if not self.lost and self.project.count() == before + len(tasks):
            return
        if self.again is not None:  # what was sent again may have been under way the first time
            time.sleep(max(0.0, self.again + 2 * SETTLE - time.monotonic()))
        found: dict[Identity, list[int]] = {}
        for listed in self.project.tasks(after=self.first):
            if listed.identity is not None:
                found.setdefault(listed.identity, []).append(listed.id)
        gone = [task["data"]["id"] for task in tasks if identity(task) not in found]
        if gone:
            names = ", ".join(map(shown, gone[:5])) + (" …" if len(gone) > 5 else "")
            raise ServiceError(
                f"{self.project.connection.url}: project {self.project.title!r}: found {len(gone)} tasks missing after "
                f"all were sent ({names}), expected each; push again, and see whether others delete tasks"
            )
        for task in tasks:
            key = identity(task)
            if key is not None and len(found[key]) > 1:
                yield from self._single(task, found[key])

    def _single(self, task: Task, numbers: list[int]) -> Iterator[Problem]:
        """One of the tasks of those numbers, all made by this push; one that was touched stays."""
        touched = [number for number in numbers if _touched(self.project.whole(number), task)]
        kept = touched or numbers[:1]
        for number in numbers:
            if number not in kept:
                self.project.delete(number)
        for number in kept[1:]:
            what = f"a second task of the document, besides task {kept[0]}, and work in both"
            yield _duplicate(what, number, task["data"]["id"], "keep one, in the page")


def _touched(whole: Any, task: Task) -> bool:
    """Whether anyone has worked in a task since it was sent."""
    if whole is None:
        return False
    if getattr(whole, "drafts", None) or getattr(whole, "draft_exists", None):
        return True
    there = [entry.get("result") for entry in map(_plain, whole.annotations or ())]
    return there != [entry["result"] for entry in task.get("annotations", ())]


def _plain(entry: Any) -> Mapping[str, Any]:
    return entry if isinstance(entry, Mapping) else dict(entry.model_dump())


def pull(
    connection: Connection,
    titles: Sequence[str],
    *,
    scheme: Scheme = SCHEME,
    drafts: bool = False,
    predictions: bool = False,
) -> Pulled:
    """The documents that were annotated in the projects of those titles; projects per layer are merged.

    Problems are those of ``from_export``, then what is wrong with the projects: a config that is not ours any more,
    two tasks of one document. ``drafts`` and ``predictions`` are read too if asked for.

    Raises
    ------
    UsageError
        There is no such project, or no title is given.
    ServiceError
        The server failed or refused.
    """
    if not titles:
        raise UsageError("found no title, expected one or more: name the projects to pull")
    everything: list[Task] = []
    problems: list[Problem] = []
    for title in dict.fromkeys(titles):
        project = Project.existing(connection, title)
        tasks = project.snapshot()
        layers = task_layers(tasks) or layers_of(project.config) or LAYERS
        where = f"project {project.title!r}"
        for found in (departures(project.config, layers, tasks, scheme), _twice(tasks)):
            problems += (problem.at(file=where) for problem in found)
        everything += tasks
    exported = from_export(everything, drafts=drafts, predictions=predictions)
    return Pulled(Exported(exported.annotated, (*exported.problems, *problems)), tuple(everything))


def _twice(tasks: Sequence[Task]) -> Iterator[Problem]:
    first: dict[Identity, Any] = {}
    for task in tasks:
        key = identity(task)
        if key is not None and first.setdefault(key, task.get("id")) != task.get("id"):
            what = f"a second task of the document, besides task {first[key]}"
            yield _duplicate(what, task.get("id"), key[0])


def _duplicate(what: str, number: object, document: str, remedy: str = "delete one in the page") -> Problem:
    return Problem("duplicate-task", what, "one", remedy, f"task {number}", document, severity="warning")
