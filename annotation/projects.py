"""A project on a Label Studio server: its config, its tasks as identities, imports, snapshots.

A task is what its ``data.id`` and ``data.sha256`` say: the same document in the same text is the same task.
"""

from __future__ import annotations

import contextlib
import json
import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, TypeVar

from goldwire.annotation.configs import same
from goldwire.annotation.connection import ONCE, Connection, Lost, RefusedError
from goldwire.annotation.tasks import Task
from goldwire.corpus.errors import ServiceError, UsageError, shown

__all__ = ["Identity", "Listed", "Project", "identity", "patience_with"]

Identity = tuple[str, str]
"""A task's ``data.id`` and ``data.sha256``."""

PAGE: Final = 1000
"""How many tasks are listed in one answer."""

SETTLE: Final = 4.0
"""Seconds for which it is looked whether what was sent arrives after all, when its answer was lost."""


def patience_with(lost: Lost, timeout: float) -> float:
    """The seconds for which what was asked may arrive yet."""
    return 0.0 if lost.unsent else timeout if lost.slow else SETTLE


_TITLE = (3, 50)
_WHOLE = {"only_id": False}
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Listed:
    """A task on the server, without its annotations."""

    id: int
    data: Mapping[str, Any]

    @property
    def identity(self) -> Identity | None:
        """Its identity; ``None`` for a task that is none of ours."""
        return identity({"data": self.data})


def identity(task: Mapping[str, Any]) -> Identity | None:
    """The identity of a task; ``None`` where it has none."""
    data = task.get("data")
    pair = (data.get("id"), data.get("sha256")) if isinstance(data, Mapping) else (None, None)
    return (pair[0], pair[1]) if isinstance(pair[0], str) and isinstance(pair[1], str) else None


class Project:
    """A project that exists."""

    def __init__(self, connection: Connection, number: int, title: str, config: str) -> None:
        self.connection = connection
        self.id = number
        self.title = title
        self.config = config

    @property
    def url(self) -> str:
        """Where the page shows its tasks."""
        return f"{self.connection.url}/projects/{self.id}/data"

    @classmethod
    def find(cls, connection: Connection, title: str) -> Project | None:
        """The project of exactly that title, or ``None``.

        Raises
        ------
        UsageError
            Several projects bear it.
        """
        title = title.strip()
        found = [(number, config) for number, name, config in _projects(connection, title) if name == title]
        if len(found) > 1:
            numbers = ", ".join(str(number) for number, _ in found)
            raise UsageError(
                f"{connection.url}: found {len(found)} projects titled {title!r} (numbers {numbers}), expected one; "
                "rename the others in the page"
            )
        return cls(connection, found[0][0], title, found[0][1]) if found else None

    @classmethod
    def existing(cls, connection: Connection, title: str) -> Project:
        """The project of that title.

        Raises
        ------
        UsageError
            There is none, or several.
        """
        project = cls.find(connection, title)
        if project is None:
            known = [name for _, name, _ in _projects(connection, "")]
            there = ", ".join(map(repr, known[:10])) + (" …" if len(known) > 10 else "") or "no project"
            raise UsageError(
                f"{connection.url}: found no project titled {title!r}, expected one of {there}; "
                "correct the title, or push first"
            )
        return project

    @classmethod
    def made(cls, connection: Connection, title: str, config: str) -> Project:
        """A new project; if the answer is lost it is looked whether it was made.

        Raises
        ------
        UsageError
            The title is too short or too long for Label Studio.
        """
        title = title.strip()
        if not _TITLE[0] <= len(title) <= _TITLE[1]:
            raise UsageError(
                f"title {title!r}: found {len(title)} characters, expected {_TITLE[0]} to {_TITLE[1]}; "
                "Label Studio allows no others"
            )
        _once(
            connection,
            f"make the project {title!r}",
            lambda client: client.projects.create(title=title, label_config=config, request_options=ONCE),
            lambda: cls.find(connection, title),
        )
        return cls.existing(connection, title)

    def configure(self, config: str) -> bool:
        """Give the project ``config``, and the Default view without which the page opens tasks empty.

        Whether anything was changed is said.
        """
        changed = not same(self.config, config)
        if changed:
            self._ask(
                "change the config",
                lambda client: client.projects.update(self.id, label_config=config, request_options=ONCE),
            )
            self.config = config
        if not self._views():
            _once(
                self.connection,
                f"make the Default view of {self.title!r}",
                lambda client: client.views.create(project=self.id, data={"title": "Default"}, request_options=ONCE),
                lambda: self._views() or None,
            )
        return changed

    def _views(self) -> list[Any]:
        return self._ask(
            "list the views", lambda client: list(client.views.list(project=self.id, request_options=ONCE))
        )

    def count(self) -> int:
        """How many tasks the server says it has."""
        return int(
            self._ask("count the tasks", lambda client: client.projects.get(self.id, request_options=ONCE).task_number)
            or 0
        )

    def tasks(self, after: int = 0) -> Iterator[Listed]:
        """The tasks of a number beyond ``after``, by number, each once also while others add and delete."""
        while True:
            page = self._ask("list the tasks", partial(self._page, after=after, fields="task_only"))
            if not page:  # a short one is not the last: a server may allow fewer to a page
                return
            for item in page:
                after = item.id
                yield Listed(item.id, item.data or {})

    def whole(self, number: int) -> Any:
        """One task with its annotations, drafts and predictions."""
        page = self._ask("read a task", partial(self._page, after=number - 1, fields="all", size=1))
        return page[0] if page and page[0].id == number else None

    def _page(self, client: Any, after: int, fields: str, size: int | None = None) -> list[Any]:
        later = {"filter": "filter:tasks:id", "operator": "greater", "type": "Number", "value": after}
        query = json.dumps({"filters": {"conjunction": "and", "items": [later]}, "ordering": ["tasks:id"]})
        options: dict[str, Any] = {"include": "id,data"} if fields == "task_only" else {}
        pager = client.tasks.list(
            project=self.id, page=1, page_size=size or PAGE, query=query, fields=fields, request_options=ONCE, **options
        )
        return list(pager.items or ())

    def send(self, tasks: Sequence[Task]) -> None:
        """Import tasks, tried once: all of them or none.

        Raises
        ------
        Lost
            The answer did not arrive: they may be there, or come yet.
        ServiceError
            The server refused them, or imported another number.
        """
        what = f"import {len(tasks)} tasks into {self.title!r}"
        answer = self.connection.attempt(
            what, lambda client: client.projects.import_tasks(self.id, request=tasks, request_options=ONCE)
        )
        if answer.task_count is None:
            raise Lost("an import that is still under way")
        if answer.task_count != len(tasks):
            raise ServiceError(
                f"{self.connection.url}: {what}: found {answer.task_count} imported, expected {len(tasks)}; push again"
            )

    def delete(self, number: int) -> None:
        """Delete a task; one that is gone is no failure."""
        try:
            self._ask("delete a task", lambda client: client.tasks.delete(id=str(number), request_options=ONCE))
        except RefusedError as refused:
            if refused.status != 404:
                raise

    def snapshot(self) -> list[Task]:
        """Every task by number, with all annotations, the drafts of all people, and predictions whole.

        Raises
        ------
        ServiceError
            The server cannot make it.
        """
        title = f"goldwire {secrets.token_hex(4)}"
        whole = {"predictions": _WHOLE, "drafts": _WHOLE, "annotations__completed_by": _WHOLE}

        def mine() -> Any:
            made = self._ask(
                "list the snapshots", lambda c: list(c.projects.exports.list(self.id, request_options=ONCE))
            )
            return next((export for export in made if export.title == title), None)

        _once(
            self.connection,
            f"make a snapshot of {self.title!r}",
            lambda client: client.projects.exports.create(
                self.id, title=title, serialization_options=whole, request_options=ONCE
            ),
            mine,
        )
        try:
            return self._read(self._downloaded(self._completed(mine).id))
        finally:
            with contextlib.suppress(ServiceError):  # one that stays behind does no harm
                if (left := mine()) is not None:
                    self._ask(
                        "delete the snapshot",
                        lambda c: c.projects.exports.delete(id=self.id, export_pk=left.id, request_options=ONCE),
                    )

    def _downloaded(self, number: int) -> bytes:
        return self._ask(
            "download the snapshot",
            lambda client: b"".join(
                client.projects.exports.download(id=self.id, export_pk=number, export_type="JSON", request_options=ONCE)
            ),
        )

    def _completed(self, look: Callable[[], Any]) -> Any:
        limit = time.monotonic() + self.connection.timeout
        while True:
            export = look()
            status = getattr(export, "status", None)
            if status == "completed":
                return export
            if status == "failed" or time.monotonic() > limit:
                raise ServiceError(
                    f"{self.connection.url}: make a snapshot of {self.title!r}: found it {status}, expected it "
                    "completed; see the server's log, then pull again"
                )
            time.sleep(0.5)

    def _read(self, content: bytes) -> list[Task]:
        try:
            tasks = json.loads(content)
        except ValueError:
            tasks = None
        if not isinstance(tasks, list) or not all(isinstance(task, dict) for task in tasks):
            raise ServiceError(
                f"{self.connection.url}: download the snapshot: found {shown(content[:40])}, expected a list of tasks; "
                "pull again"
            )
        return sorted(tasks, key=lambda task: task.get("id") or 0)

    def _ask(self, what: str, call: Callable[[Any], _T]) -> _T:
        return self.connection.ask(f"{what} of {self.title!r}", call)


def _projects(connection: Connection, title: str) -> list[tuple[int, str, str]]:
    """Number, title and config of the projects whose title has ``title`` in it."""

    def call(client: Any) -> list[tuple[int, str, str]]:
        found = client.projects.list(title=title or None, page_size=100, request_options=ONCE)
        return [(project.id, project.title or "", project.label_config or "") for project in found]

    return connection.ask("list the projects", call)


def _once(connection: Connection, what: str, make: Callable[[Any], Any], look: Callable[[], Any]) -> None:
    """Make something that must not be made twice: after a lost answer ``look`` says whether it is there."""
    pauses = connection.pauses()
    while True:
        try:
            connection.attempt(what, make)
        except Lost as lost:
            limit = time.monotonic() + patience_with(lost, connection.timeout)
            while look() is None and time.monotonic() < limit:
                time.sleep(0.5)
            if look() is None:
                pauses.after(lost, what)
                continue
        return
