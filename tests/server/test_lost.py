"""Answers that get lost, late imports, a server that dies: nothing lost, nothing doubled."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Sequence

import pytest

from goldwire.annotation.connection import Connection, RefusedError
from goldwire.annotation.projects import Project
from goldwire.annotation.server import pull, push
from goldwire.annotation.tasks import Task, to_task
from goldwire.corpus.document import Document, Mention
from goldwire.corpus.errors import ServiceError
from tests.server.machine import TOKEN, Machine
from tests.server.proxy import Proxy, once, proxy

pytestmark = pytest.mark.server

Titles = Callable[[], str]

DOCUMENTS = [
    Document(id=f"d{number}", text=f"Путин, {number}.", mentions=(Mention(start=0, end=5, type="PERSON"),))
    for number in range(25)
]


def tasks(documents: Sequence[Document] = DOCUMENTS) -> list[Task]:
    return [to_task(document) for document in documents]


def through(machine: Proxy, timeout: float = 2.0, patience: float = 30.0) -> Connection:
    return Connection(machine.url, TOKEN, timeout=timeout, patience=patience)


def there_once(machine: Machine, name: str, documents: Sequence[Document] = DOCUMENTS) -> None:
    """Every document is on the server, and each once."""
    pulled = pull(Connection(machine.url, TOKEN), [name])
    assert len(pulled.tasks) == len(documents)
    assert sorted(document.id for document in pulled.exported.documents) == sorted(d.id for d in documents)
    assert {d.id: d for d in pulled.exported.documents} == {d.id: d for d in documents}
    assert pulled.exported.problems == ()


@pytest.mark.parametrize(
    "what",
    [
        ["500"],
        ["500-after"],
        ["500", "500-after", "500"],
        ["close"],
        ["close-after"],
        ["close", "close-after", "cut"],
        ["cut"],
        ["hang"],
        ["hang-after"],
        ["late"],
    ],
    ids="+".join,
)
def test_an_import_whose_answer_is_lost(server: Machine, title: Titles, what: list[str]) -> None:
    name = title()
    steps: list[int] = []
    with proxy(server.url, once(*what)) as between:
        pushed = push(through(between), name, tasks(), batch=10, on_sent=steps.append)
        assert pushed.sent == sum(steps) == len(DOCUMENTS)
        assert all(between.done[each] for each in what)
    there_once(server, name)


def test_an_import_that_comes_after_it_was_sent_again(server: Machine, title: Titles) -> None:
    name = title()
    with proxy(server.url, once("late"), late=5.0) as between:
        push_began = time.monotonic()
        connection = through(between, timeout=20)

        def slow(method: str, path: str, number: int) -> str:
            # the second batch waits until the late first has come
            if method == "POST" and path.endswith("/import") and number >= 2:
                time.sleep(max(0.0, push_began + 9 - time.monotonic()))
            return once("late")(method, path, number)

        between.plan = slow
        pushed = push(connection, name, tasks(), batch=15)
        assert pushed.problems == ()
        for thread in between.under_way:
            thread.join(30)
        assert between.seen["POST", f"/api/projects/{pushed.project}/import"] == 3
        assert sum(count for (method, _), count in between.seen.items() if method == "DELETE") == 15
    there_once(server, name)


@pytest.mark.parametrize("what", ["500", "500-after", "close", "close-after", "cut", "hang", "hang-after"])
def test_a_project_whose_making_is_not_answered_is_made_once(server: Machine, title: Titles, what: str) -> None:
    name = title()
    with proxy(server.url, once(what, path="/api/projects/")) as between:
        push(through(between), name, tasks())
        assert between.done[what] == 1
    assert Project.find(Connection(server.url, TOKEN), name) is not None  # which refuses two of one title
    there_once(server, name)


@pytest.mark.parametrize("what", ["500", "500-after", "close", "close-after", "cut", "hang", "hang-after"])
def test_a_snapshot_whose_making_is_not_answered(server: Machine, title: Titles, what: str) -> None:
    name = title()
    pushed = push(Connection(server.url, TOKEN), name, tasks())
    with proxy(server.url, once(what, path="/exports/")) as between:
        pulled = pull(through(between), [name])
        assert between.done[what] == 1
    assert pulled.exported.documents == tuple(DOCUMENTS)
    left = Connection(server.url, TOKEN).ask("list", lambda client: client.projects.exports.list(pushed.project))
    assert left == []


@pytest.mark.parametrize("what", ["500", "close", "cut", "hang"])
def test_every_kind_of_question_is_asked_again(server: Machine, title: Titles, what: str) -> None:
    """Each GET fails the first time that it is made."""
    name = title()

    def plan(method: str, path: str, number: int) -> str:
        return what if method == "GET" and number == 0 else "pass"

    with proxy(server.url, plan, hang=1.5) as between:
        connection = through(between, timeout=1.0)
        push(connection, name, tasks())
        assert pull(connection, [name]).exported.documents == tuple(DOCUMENTS)
        assert between.done[what] >= 5
    there_once(server, name)


def test_tasks_are_listed_page_by_page(server: Machine, title: Titles, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("goldwire.annotation.projects.PAGE", 7)
    name, connection = title(), Connection(server.url, TOKEN)
    push(connection, name, tasks(DOCUMENTS[:20]))
    again = push(connection, name, tasks(), batch=3)
    assert (again.there, again.sent) == (20, 5)
    there_once(server, name)


def test_a_push_that_broke_goes_on_where_it_broke(server: Machine, title: Titles) -> None:
    name = title()
    with proxy(server.url, once("pass", *["500"] * 99)) as between, pytest.raises(ServiceError) as caught:
        push(through(between, patience=2), name, tasks(), batch=10)
    assert str(caught.value).startswith(f"{between.url}: import 10 tasks into {name!r}: found answer 500: the proxy's")
    assert str(caught.value).endswith("expected an answer; is the server up? What arrived is kept: run the same "
                                      "command again")  # fmt: skip
    again = push(Connection(server.url, TOKEN), name, tasks(), batch=10)
    assert (again.there, again.sent) == (10, 15)
    there_once(server, name)


def test_an_answer_of_400_is_never_asked_again(server: Machine, title: Titles) -> None:
    with proxy(server.url, lambda *_: "pass") as between:
        connection = through(between)
        with pytest.raises(RefusedError, match=r"found answer 400 \(.*Validation error") as caught:
            connection.ask("make a project", lambda client: client.projects.create(
                title="x", label_config="<View/>", request_options={"max_retries": 0}))  # fmt: skip
        assert caught.value.status == 400
        assert caught.value.exit_code == 4
        assert between.seen["POST", "/api/projects/"] == 1
        wrong = Connection(between.url, "no-such-token")
        with pytest.raises(RefusedError, match=r"found answer 401 .*expected a token that this server knows"):
            push(wrong, title(), tasks())
        assert between.seen["GET", "/api/projects/"] == 1


def test_a_page_of_html_instead_of_an_answer_ends_it_and_the_next_push_goes_on(server: Machine, title: Titles) -> None:
    name = title()
    with proxy(server.url, once("pass", "html")) as between:
        with pytest.raises(ServiceError, match=r"an answer that is not Label Studio's \(200\), expected its API"):
            push(through(between), name, tasks(), batch=10)
        again = push(through(between), name, tasks(), batch=10)
    assert (again.there, again.sent) == (10, 15)
    there_once(server, name)


def test_a_server_that_is_not_there_is_said_when_the_patience_is_over(title: Titles, label_studio: object) -> None:
    begin = time.monotonic()
    with pytest.raises(ServiceError, match=r"list the projects: found ConnectError: .*is the server up\?"):
        push(Connection("http://127.0.0.1:9", TOKEN, patience=2), title(), tasks())
    assert time.monotonic() - begin < 10


@pytest.mark.parametrize("pause", [0.0, 0.15, 0.4])
def test_a_server_killed_and_started_again_in_the_middle_of_a_push(
    own_server: Machine, title: Titles, pause: float
) -> None:
    """It is killed ``pause`` seconds after an import of many tasks went out."""
    wanted = [
        Document(id=f"k{number}", text=f"Путин, {number}.", mentions=(Mention(start=0, end=5, type="PERSON"),))
        for number in range(1500)
    ]
    name, port = title(), own_server.port
    went_out = threading.Event()

    def plan(method: str, path: str, number: int) -> str:
        if method == "POST" and path.endswith("/import") and number == 1:
            went_out.set()
        return "pass"

    def kill() -> None:
        went_out.wait(60)
        time.sleep(pause)
        own_server.stop(signal.SIGKILL)
        own_server.start(port)

    killer = threading.Thread(target=kill)
    with proxy(own_server.url, plan) as between:
        killer.start()
        pushed = push(through(between, timeout=60, patience=90), name, tasks(wanted), batch=500)
        killer.join(120)
    assert own_server.port == port
    assert pushed.sent == 1500
    there_once(own_server, name, wanted)
