"""A backend on a real socket: the contract, and what becomes of requests that are at fault."""

from __future__ import annotations

import copy
import dataclasses
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec import UNSET
from msgspec.structs import replace

from goldwire.annotation.backend import ROUTES, Backend
from goldwire.annotation.exports import from_export
from goldwire.annotation.labeling import LAYERS, config
from goldwire.annotation.listener import Listener
from goldwire.annotation.proposals import Proposals
from goldwire.annotation.taskchecks import check_task
from goldwire.annotation.tasks import Task, to_task
from goldwire.corpus.document import Document, Entity, Mention, Quote
from goldwire.corpus.errors import UsageError
from goldwire.corpus.scheme import SCHEME
from goldwire.eval.extractors import Extractor, find
from goldwire.eval.extractors.callables import from_object
from tests.annotation.sample import SAMPLE, TEXT
from tests.strategies import LAW, OPEN, documents, json_values

TOKEN = "5ec7e75ec7e75ec7e75ec7e75ec7e75ec7e75ec7"
OTHER = Document(id="other", text="Абэ в Токио.\r\n", lang="ru")


class Scripted:
    """Gives what it is told to, by id; raises what is an exception; notes what it is asked, and by how many at once."""

    name, version, labels = "scripted", "1", None
    layers: tuple[str, ...] = ("mentions",)
    view, alignment, by_gold_authors = "all", "offsets", False

    def __init__(self, answers: dict[str, Any] | None = None) -> None:
        self.answers = answers or {}
        self.asked: list[Document] = []
        self.at_once = 0
        self._busy = 0

    def extract(self, document: Document) -> Document:
        self._busy += 1
        self.at_once = max(self.at_once, self._busy)
        time.sleep(0.002)
        self._busy -= 1
        self.asked.append(document)
        found = self.answers.get(document.id, Document(id=document.id, mentions=()))
        if isinstance(found, BaseException):
            raise found
        return found


class Answer:
    """What came back."""

    def __init__(self, status: int, headers: http.client.HTTPMessage, body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body
        self.json: Any = json.loads(body) if body else None


class Server:
    """A backend that listens, and what it says."""

    def __init__(self, extractor: Extractor, **options: Any) -> None:
        self.said: list[str] = []
        limits = {key: options.pop(key) for key in ("most_bytes", "patience") if key in options}
        backend = Backend(extractor, log=lambda problem: self.said.append(str(problem)), **options)
        self.listener = Listener(backend, log=self.said.append, **limits)
        self._thread = threading.Thread(target=self.listener.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def close(self) -> None:
        self.listener.shutdown()
        self.listener.server_close()
        self._thread.join()

    def ask(self, method: str, path: str, content: Any = None, headers: dict[str, str] | None = None) -> Answer:
        host, port = self.listener.server_address[:2]
        connection = http.client.HTTPConnection(str(host), int(port), timeout=20)
        body = content if isinstance(content, bytes | None) else json.dumps(content).encode()
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def raw(self, sent: bytes, *, end: bool = True) -> bytes:
        """What comes back for these bytes."""
        with socket.create_connection(self.listener.server_address[:2], timeout=20) as line:
            line.sendall(sent)
            if end:
                line.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: line.recv(65536), b""))

    def predict(self, *tasks: Task, **more: Any) -> Answer:
        return self.ask("POST", "/predict", {"tasks": list(tasks), "project": "1.1", "params": {}} | more)


Serve = Callable[..., Server]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Makes servers, and ends them."""
    made: list[Server] = []

    def start(extractor: Any = None, **options: Any) -> Server:
        made.append(Server(extractor or Scripted(), **options))
        return made[-1]

    yield start
    for server in made:
        server.close()


def refused(answer: Answer, status: int, message: str) -> None:
    assert (answer.status, answer.json["error"]) == (status, message)
    assert answer.json["code"] == message.rpartition("[")[2][:-1]


def blank(document: Document, **options: Any) -> Task:
    """The task of a text as the server has it."""
    return to_task(document, as_=None, **options) | {"id": 7, "project": 1}


def stored(task: Task, prediction: dict[str, Any]) -> Task:
    """The task with the prediction that the server then has."""
    return json.loads(json.dumps(task | {"predictions": [prediction | {"id": 5}]}))  # type: ignore[no-any-return]


def test_the_contract(serve: Serve) -> None:
    server = serve()
    assert server.ask("GET", "/health").json == {
        "status": "UP", "model_class": "scripted", "model_version": "scripted 1",
    }  # fmt: skip
    assert server.ask("GET", "/").json["status"] == "UP"
    assert server.ask("GET", "/versions?project=1.2").json == {"versions": ["scripted 1"]}
    setup = {"project": "1.1", "schema": config(), "access_token": TOKEN, "extra_params": None}
    assert server.ask("POST", "/setup", setup).json == {"model_version": "scripted 1"}
    assert server.ask("POST", "/webhook", {"action": "ANNOTATION_CREATED"}).json == {"status": "ignored"}
    answer = server.predict(blank(OTHER), blank(SAMPLE), label_config=config())
    assert answer.json == {
        "results": [{"result": [], "model_version": "scripted 1"}] * 2, "model_version": "scripted 1",
    }  # fmt: skip
    assert answer.headers["Content-Type"] == "application/json"
    assert server.said == ["200 /predict: 2 tasks, 0 failed"]


def test_an_extractor_sees_what_pre_annotation_shows_it(serve: Serve) -> None:
    extractor = Scripted()
    serve(extractor).predict(blank(SAMPLE))
    assert extractor.asked == [Document(id=SAMPLE.id, text=TEXT, lang=SAMPLE.lang, meta=SAMPLE.meta)]


@pytest.mark.parametrize("layers", [LAYERS, ("quotes",), ("sections",)])
def test_the_regions_are_those_of_pre_annotation(serve: Serve, layers: tuple[str, ...]) -> None:
    rules = find("rules")
    server = serve(rules, layers=layers)
    bare = Document(id=SAMPLE.id, text=TEXT, lang="ru", meta=SAMPLE.meta)
    [made] = Proposals([rules], layers=layers).tasks([bare])
    [result] = server.predict(blank(bare)).json["results"]
    task = blank(bare, layers=layers)
    [ours], [theirs] = (from_export(stored(task | {"data": data}, prediction), predictions=True).documents
        for data, prediction in ((task["data"], result), (made["data"], made["predictions"][0])))  # fmt: skip
    assert ours == theirs
    spoken = {"entity_id", "speaker_entity", "entity_new", "speaker_new"}
    plain = [
        [entry for entry in found["result"] if entry.get("from_name") not in spoken]
        for found in (result, made["predictions"][0])
    ]
    for entry in plain[0]:
        entry.pop("meta", None)
    assert plain[0] == plain[1]
    assert {entry.get("from_name", "relation") for entry in plain[0]} >= {
        control
        for layer in layers
        for control in {"quotes": ("quote", "kind", "relation"), "sections": ("section",)}.get(layer, ())
    }


@settings(LAW, max_examples=20)
@given(documents(offsets=True), st.sampled_from([SAMPLE, Document(id="", text="x", entities=())]))
def test_what_a_backend_gives_is_read_as_what_pre_annotation_gives(found: Document, other: Document) -> None:
    """For any prediction: on a blank task, and on one of which the page offers entities already."""
    bare = Document(id=found.id, text=found.text, lang="ru")
    extractor = Scripted({found.id: found})
    backend = Backend(extractor, scheme=OPEN)
    proposals = Proposals([extractor], scheme=OPEN)
    for base in (bare, replace(bare, entities=other.entities)):
        [made] = proposals.tasks([base])
        task = through_json(to_task(base, as_=None) | {"id": 7})
        [result] = backend.answer("/predict", msgspec.json.encode({"tasks": [task]}))["results"]
        if result == []:  # it may not leave, by either way
            assert "predictions" not in made
            continue
        assert list(check_task(task | {"predictions": [result]}, OPEN)) == []
        ours = from_export(stored(task, result), predictions=True)
        theirs = from_export(stored(made | {"id": 7}, made["predictions"][0]), predictions=True)
        if not result["result"]:  # without a region there is nothing to bear a record
            continue
        assert ours.documents == theirs.documents
        assert ours.problems == theirs.problems == ()


def through_json(task: Any) -> Any:
    return json.loads(json.dumps(task))


def test_a_second_prediction_beside_those_of_a_push(serve: Serve) -> None:
    """Its regions have a number of their own, and an entity that the page offers is chosen from the list."""
    task = to_task(SAMPLE, as_="prediction", model_version="pushed") | {"id": 7}
    found = Document(
        id=SAMPLE.id,
        entities=(Entity(id="putin", type="PERSON"), Entity(id="abe", type="PERSON", name="Абэ")),
        mentions=tuple(replace(m, entity=e) for m, e in zip(SAMPLE.mentions or (), ("putin", "abe"), strict=False)),
    )
    [result] = serve(Scripted({SAMPLE.id: found})).predict(task).json["results"]
    said = {entry["from_name"]: entry["value"] for entry in result["result"] if entry["from_name"] != "entity"}
    assert said["entity_id"]["taxonomy"] == [["PERSON", "putin"]]
    assert said["entity_new"]["text"] == ["Абэ"]
    assert {entry["id"].split("__")[0] for entry in result["result"]} == {"1"}
    whole = copy.deepcopy(task)
    whole["predictions"].append(result)
    pulled = from_export(through_json(whole), predictions=True)
    assert pulled.documents[0] == SAMPLE
    assert pulled.documents[1] == found
    assert [origin.model_version for item in pulled.annotated for origin in item.origins] == ["pushed", "scripted 1"]
    assert pulled.problems == ()


def test_an_entity_is_called_by_its_id_where_its_name_is_not_its_own(serve: Serve) -> None:
    entities = tuple(Entity(id=name, type="PERSON", name="Путин") for name in ("one", "two"))
    entities += (Entity(id="tokyo", type="CITY"), Entity(id=" ", type="CITY"))
    spans = [(m.start, m.end) for m in SAMPLE.mentions or ()][:4]
    found = Document(
        id=SAMPLE.id,
        entities=entities,
        mentions=tuple(
            Mention(start=start, end=end, type=entity.type, entity=entity.id)
            for (start, end), entity in zip(spans, entities, strict=True)
        ),
        quotes=(Quote(kind="direct", content=(spans[0],), speaker_entity="tokyo"),),
    )
    task = blank(Document(id=SAMPLE.id, text=TEXT))
    [result] = serve(Scripted({SAMPLE.id: found})).predict(task).json["results"]
    said = [entry["value"]["text"] for entry in result["result"] if entry["type"] == "textarea"]
    assert said == [["one"], ["two"], ["tokyo"], ["CITY: tokyo"]]
    assert from_export(stored(task, result), predictions=True).documents == (replace(found, text=UNSET),)


def test_a_record_that_is_none_is_said_and_the_regions_are_read(serve: Serve) -> None:
    found = Document(id=SAMPLE.id, mentions=(Mention(start=0, end=5, type="PERSON", id="m1"),))
    task = blank(Document(id=SAMPLE.id, text=TEXT))
    [result] = serve(Scripted({SAMPLE.id: found})).predict(task).json["results"]
    for record, what in (
        ({"id": "x"}, "meta.goldwire.record.id: 'x', expected 'sample#1'"),
        (3, "meta.goldwire: 3, expected a record"),
        ({"id": SAMPLE.id, "mentions": 3}, "mentions: found int, expected array"),
    ):
        broken = copy.deepcopy(result)
        broken["result"][0]["meta"]["goldwire"]["record"] = record
        pulled = from_export(stored(task, broken), predictions=True)
        assert pulled.documents[0].mentions == (Mention(start=0, end=5, type="PERSON"),)
        [problem] = pulled.problems
        assert (problem.code, problem.severity) == ("bad-carry", "warning")
        assert what.split(":")[0] in str(problem)
        assert "it was read as the page shows it: fetch the prediction anew" in str(problem)


@pytest.mark.parametrize(
    ("raised", "why"),
    [
        (ValueError("no such\ncity"), "ValueError: no such city"),
        (SystemExit(3), "SystemExit: 3"),
        (
            Document(id="somebody else"),
            "id: found 'somebody else', expected 'other'; predict for the task's document [other-document]",
        ),
        (
            Document(id="other", mentions=(Mention(start=0, end=99, type="PERSON"),)),
            "document 'other': predictions[0].result[0], region 1__mention___n0: found [0, 99), expected offsets "
            "within [0, 14); count code points of data.text from 0 [outside-text]",
        ),
    ],
)
def test_an_extractor_that_fails_fails_that_task_only(serve: Serve, raised: Any, why: str) -> None:
    sound = Document(id=SAMPLE.id, mentions=(Mention(start=0, end=5, type="PERSON"),))
    server = serve(Scripted({"other": raised, SAMPLE.id: sound}))
    answer = server.predict(blank(SAMPLE), blank(OTHER), blank(SAMPLE))
    assert answer.status == 200
    first, failed, last = answer.json["results"]
    assert failed == []
    assert first == last
    assert [entry["value"]["text"] for entry in first["result"]] == [TEXT[:5]]
    problem, line = server.said
    assert problem == (
        f"document 'other': found {why}, expected a prediction of scripted; the task is there without it "
        "[extractor-failed]"
    )
    assert line == "200 /predict: 3 tasks, 1 failed"


def test_labels_outside_the_label_set_are_left_out_and_said(serve: Serve) -> None:
    mentions = (Mention(start=0, end=3, type="VERB"), Mention(start=0, end=3, type="PERSON"))
    server = serve(Scripted({"other": Document(id="other", mentions=mentions)}))
    [result] = server.predict(blank(OTHER)).json["results"]
    assert [entry["value"]["labels"] for entry in result["result"]] == [["PERSON"]]
    assert server.said[0] == (
        "document 'other': scripted: found 'VERB' on 1 mention, expected a label of the label set; "
        "they were left out [unknown-label]"
    )


def test_any_callable_is_served(serve: Serve) -> None:
    server = serve(from_object(lambda text: [(text.index("Абэ"), text.index("Абэ") + 3, "PERSON")], "mine"))
    [result] = server.predict(blank(OTHER)).json["results"]
    assert [entry["value"]["text"] for entry in result["result"]] == ["Абэ"]


def test_a_task_of_another_maker(serve: Serve) -> None:
    """It needs a text and the entity list; without an id it is called by its number."""
    extractor = Scripted()
    server = serve(extractor)
    server.predict({"id": 12, "data": {"text": "x", "entities": [], "lang": 3, "meta": []}})
    server.predict({"data": {"text": "y", "entities": [], "id": "own"}})
    assert extractor.asked == [Document(id="task 12", text="x"), Document(id="own", text="y")]


def test_one_layer_of_several(serve: Serve) -> None:
    found = Document(
        id="other",
        mentions=(Mention(start=0, end=3, type="PERSON"),),
        quotes=(Quote(kind="direct", content=((0, 3),)),),
    )
    server = serve(Scripted({"other": found}), layers=("quotes",))
    [result] = server.predict(blank(OTHER), label_config=config()).json["results"]
    assert {entry["from_name"] for entry in result["result"]} == {"quote", "kind"}
    answer = server.predict(blank(OTHER, layers=("entities",)))
    refused(answer, 400, "document 'other': tasks[0].data: found a task of entities, expected one of quotes; serve "
            "those layers with --layer [other-layers]")  # fmt: skip
    # a project of fewer layers gets fewer
    server = serve(Scripted({"other": found}))
    [result] = server.predict(blank(OTHER, layers=("entities",)), label_config=config(layers=("entities",))).json[
        "results"
    ]
    assert {entry["from_name"] for entry in result["result"]} == {"entity"}


def data(**changes: Any) -> dict[str, Any]:
    """A request with one task, its data changed; what is ``...`` is left out."""
    task = blank(OTHER)
    found = {**task["data"], **changes}
    return {"tasks": [task | {"data": {key: value for key, value in found.items() if value is not ...}}]}


WITHOUT_CITY = config().replace('value="CITY"', 'value="TOWN"')
OURS = "give the project the config of `goldwire label config`, or push to it [wrong-config]"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "found Input data was truncated, expected a JSON object; send what the API says [not-json]"),
        (b"{'a': 1}", "found JSON is malformed: object keys must be strings (byte 1), expected a JSON object; send "
         "what the API says [not-json]"),
        (b"\xff{}", "found JSON is malformed: invalid character (byte 0), expected a JSON object; send what the API "
         "says [not-json]"),
        (b"[" * 100_000, "found brackets nested too deep, expected a JSON object; send what the API says [not-json]"),
        (b"[1]", "found a JSON list, expected an object; send what the API says [not-an-object]"),
        ({}, "tasks: found none, expected a list of one or more tasks; send the tasks [no-tasks]"),
        ({"tasks": []}, "tasks: found none, expected a list of one or more tasks; send the tasks [no-tasks]"),
        ({"tasks": {"a": 1}}, "tasks: found a JSON dict, expected a list of one or more tasks; send the tasks "
         "[no-tasks]"),
        ({"tasks": [3]}, "tasks[0]: found no `data`, expected an object with `data`; send the task as the server has "
         "it [no-data]"),
        (data(text=...), "tasks[0].data.text: found None, expected a string; give the text of the document [no-text]"),
        (data(text=3), "tasks[0].data.text: found 3, expected a string; give the text of the document [no-text]"),
        (data(entities=...), "document 'other': tasks[0].data.entities: found None, expected a list; the page needs "
         "it; give `[]` for none [no-entities]"),
        (data(text="Абэ"), "document 'other': tasks[0].data.sha256: found a text with hash 1c2ba23e4d1e42c1ca1bd1ac"
         "a3b6ac1d5b9fb5f9be3d2f0a0a8ae9e4f9a1c0ff, expected"),
        (data(goldwire=3), "document 'other': tasks[0].data.goldwire: found 3, expected what a task of form "
         "goldwire-task/1 carries; push the task anew [bad-carry]"),
        (data(goldwire={"form": "goldwire-task/1", "layers": ["entities"], "sources": [{"record": {"entities": 3}}]}),
         "[bad-carry]"),
        (data() | {"label_config": 3}, "label_config: found a JSON int, expected the labeling config; send it "
         "[wrong-config]"),
        (data() | {"label_config": "<View"}, f"label_config: found no control of ours, expected those of entities, "
         f"quotes, sections; {OURS}"),
        (data() | {"label_config": WITHOUT_CITY}, f"label_config: found no CITY in entity, expected the label CITY of "
         f"entity; {OURS}"),
    ],
)  # fmt: skip
def test_a_bad_request_is_refused_with_its_reason(serve: Serve, content: Any, message: str) -> None:
    server = serve()
    answer = server.ask("POST", "/predict", content)
    assert answer.status == 400
    found = answer.json["error"]
    if "wrong-hash" in found:
        assert found.startswith("document 'other': tasks[0].data.sha256: found a text with hash ")
        assert found.endswith("; the text was changed: push it anew [wrong-hash]")
    else:
        assert found == message or (message == "[bad-carry]" and found.endswith(message))
    assert server.said == [f"400 /predict: {found}"]


def test_other_paths_and_methods(serve: Serve) -> None:
    server = serve()
    paths = "/health, /setup, /predict, /versions, /webhook"
    for path in ("/train", "/predict/x", "/../etc", "//[", "/%68ealth"):
        refused(server.ask("POST", path, {}), 404,
                f"found another path, expected one of {paths}; correct the URL [no-such-path]")  # fmt: skip
    for path, method in ROUTES.items():
        for other in {"GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "BREW"} - {method}:
            answer = server.ask(other, path, b"x" * 10)
            refused(answer, 405, f"{path}: found another method, expected {method}; use that method [wrong-method]")
            assert answer.headers["Allow"] == method
    assert server.ask("HEAD", "/health").status == 405


def test_lengths(serve: Serve) -> None:
    server = serve(most_bytes=100)
    want = "expected Content-Length; send the body whole, no chunks [no-length]"
    for head in ("", "Content-Length: -5\r\n", "Content-Length: ten\r\n", "Content-Length: ٣\r\n",
                 "Transfer-Encoding: chunked\r\n"):  # fmt: skip
        answer = server.raw(f"POST /predict HTTP/1.1\r\nHost: x\r\n{head}\r\n0\r\n\r\n".encode())
        assert answer.startswith(b"HTTP/1.1 411 ")
        assert want.encode() in answer
    for size in (101, 5_000_000):
        want = f"found {size:,} bytes, expected 100 at the most; select fewer tasks at a time [too-large]"
        refused(server.ask("POST", "/setup", b" " * size), 413, want)
    cut = server.raw(b"POST /predict HTTP/1.1\r\nContent-Length: 9\r\n\r\n{}")
    assert b"found 2 bytes, expected 9; send the whole body [cut-short]" in cut
    assert server.ask("GET", "/health").status == 200


def test_a_client_that_falls_silent_is_given_up(serve: Serve) -> None:
    server = serve(patience=0.2)
    answer = server.raw(b"POST /predict HTTP/1.1\r\nContent-Length: 9\r\n\r\n{}", end=False)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"found no more bytes, expected 9; send the whole body [too-slow]" in answer
    assert server.raw(b"POST /pre", end=False) == b""


def test_nothing_of_a_setup_is_told(serve: Serve) -> None:
    server = serve()
    for content in (
        {"access_token": TOKEN, "schema": config()},
        {"access_token": TOKEN, "schema": f"<View name='{TOKEN}'/>"},
        {"access_token": TOKEN, "schema": [TOKEN]},
        {"schema": config().replace("<Labels", f"<L{TOKEN}").replace("</Labels", f"</L{TOKEN}")},
        f'{{"access_token": "{TOKEN}" {TOKEN}'.encode(),
        [TOKEN],
    ):
        server.ask("POST", "/setup", content)
        server.ask("GET", f"/setup?{TOKEN}", content)
        server.ask("POST", f"/{TOKEN}/setup", content)
        server.ask(f"PUT{TOKEN}", "/setup", content, {TOKEN: TOKEN})
        server.raw(f"{TOKEN} {TOKEN} {TOKEN} {TOKEN}\r\n\r\n".encode())
    assert len(server.said) == 29
    assert TOKEN not in "".join(server.said)
    assert TOKEN not in repr(vars(server.listener.backend)) + repr(vars(server.listener))
    assert server.said[4] == (
        "400 /setup: expected those of entities, quotes, sections; give the project the config of "
        "`goldwire label config`, or push to it"
    )


def test_one_task_at_a_time_for_many_clients(serve: Serve) -> None:
    extractor = Scripted()
    server = serve(extractor)
    answers: list[Answer] = []
    clients = [threading.Thread(target=lambda: answers.append(server.predict(*[blank(OTHER)] * 5))) for _ in range(8)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    assert [len(answer.json["results"]) for answer in answers] == [5] * 8
    assert (len(extractor.asked), extractor.at_once) == (40, 1)


def test_an_answer_that_nobody_takes_costs_nothing(serve: Serve) -> None:
    server = serve()
    body = json.dumps({"tasks": [blank(OTHER)] * 50}).encode()
    with socket.create_connection(server.listener.server_address[:2]) as line:
        line.sendall(b"POST /predict HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # reset, not closed
    assert server.ask("GET", "/health").status == 200


_WORDS = st.sampled_from([
    *ROUTES, "tasks", "data", "text", "entities", "id", "sha256", "goldwire", "form", "layers", "sources", "record",
    "goldwire-task/1", "label_config", "schema", "meta", "lang", "children", "alias", "value", "entities", config(),
])  # fmt: skip
_HOSTILE = st.recursive(
    json_values() | _WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_WORDS | st.text(max_size=3), inner, max_size=5),
    max_leaves=12,
)


@pytest.fixture(scope="module")
def open_server() -> Iterator[Server]:
    server = Server(Scripted())
    yield server
    server.close()


@LAW
@given(method=st.sampled_from(["GET", "POST", "PUT"]), path=st.sampled_from([*ROUTES, "/x"]), content=_HOSTILE)
@example(method="POST", path="/predict", content={"tasks": [{"data": {"text": "x", "entities": [{"value": [1]}]}}]})
def test_no_request_ends_in_a_fault_of_ours(open_server: Server, method: str, path: str, content: Any) -> None:
    answer = open_server.ask(method, path, msgspec.json.encode(content))
    assert answer.status in (200, 400, 404, 405)
    assert isinstance(answer.json, dict)
    assert ("error" in answer.json) == (answer.status != 200)


@LAW
@given(changes=st.dictionaries(_WORDS, _HOSTILE, max_size=3), carry=st.dictionaries(_WORDS, _HOSTILE, max_size=3))
def test_no_task_ends_in_a_fault_of_ours(open_server: Server, changes: dict[str, Any], carry: dict[str, Any]) -> None:
    task = blank(SAMPLE)
    task["data"] |= changes
    if isinstance(task["data"].get("goldwire"), dict):
        task["data"]["goldwire"] |= carry
    assert open_server.predict(task).status in (200, 400)


@LAW
@given(
    st.binary(max_size=200)
    | st.builds(
        lambda head, body: b"POST /predict HTTP/1.1\r\n" + head + b"\r\n\r\n" + body,
        st.binary(max_size=60),
        st.binary(),
    )
)
@example(b"GET / HTTP/2.0\r\n\r\n")
@example(b"GET /health\r\n")
@example(b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n")
@example(b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 200 + b"\r\n")
def test_no_bytes_end_in_a_fault_of_ours(open_server: Server, sent: bytes) -> None:
    answer = open_server.raw(sent)
    assert not answer.startswith(b"HTTP/1.1 5")
    assert b"<html" not in answer.lower()
    assert open_server.ask("GET", "/health").status == 200


def test_where_it_cannot_listen() -> None:
    backend = Backend(Scripted())
    with Listener(backend) as first:
        port = first.server_address[1]
        want = (
            f"127.0.0.1:{port}: found Address already in use, expected an address of this machine and a free port; "
            "give another --port (0: any that is free) or --host"
        )
        with pytest.raises(UsageError, match=re.escape(want)):
            Listener(backend, port=int(port))
    with pytest.raises(UsageError, match=r"no such host:0: found "):
        Listener(backend, "no such host")
    with pytest.raises(UsageError, match=r"203\.0\.113\.1:0: found Cannot assign requested address"):
        Listener(backend, "203.0.113.1")


def test_it_listens_on_this_machine_alone_unless_told() -> None:
    with Listener(Backend(Scripted())) as listener:
        assert listener.url == f"http://127.0.0.1:{listener.server_address[1]}"
    with Listener(Backend(Scripted()), "localhost") as listener:
        assert listener.url.startswith("http://")


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_the_command_ends_clean(tmp_path: Path, how: int) -> None:
    command = [sys.executable, "-m", "goldwire", "label", "serve", "rules", "--port", "0", "--layer", "quotes"]
    environment = os.environ | {"PYTHONUTF8": "1"}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, cwd=tmp_path)
    assert process.stdout is not None
    try:
        line = process.stdout.readline().decode()
        address = line.split()[1].rstrip(",")
        assert line == f"Serving: {address}, {find('rules').name} {find('rules').version}, quotes; end it with Ctrl-C\n"
        host, _, port = address.removeprefix("http://").partition(":")
        assert host == "127.0.0.1"
        silent = socket.create_connection((host, int(port)))  # a client that says nothing does not keep it
        time.sleep(0.05)
        process.send_signal(how)
        out, err = process.communicate(timeout=20)
        silent.close()
        assert (process.returncode, out, err) == (0, b"Ended\n", b"")
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((host, int(port)))
    finally:
        process.kill()
        process.wait()


def test_the_command_says_what_it_cannot_serve(goldwire: Callable[..., Any], tmp_path: Path) -> None:
    done = goldwire("label", "serve", "nobody")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(
        "goldwire: extractor 'nobody': found no such name or file; expected natasha, natasha-rules, pullenti, rules,"
    )
    done = goldwire("label", "serve", tmp_path / "gone.jsonl")
    assert done.code == 1
    with Listener(Backend(Scripted())) as listener:
        done = goldwire("label", "serve", "rules", "--port", listener.server_address[1])
    assert done.code == 2
    assert "found Address already in use" in done.err


def test_the_scheme_is_that_of_the_project(serve: Serve) -> None:
    types = tuple(label for label in SCHEME.types if label.name == "PERSON")
    small = dataclasses.replace(SCHEME, types=types)
    found = Document(
        id="other", mentions=(Mention(start=0, end=3, type="CITY"), Mention(start=0, end=3, type="PERSON"))
    )
    server = serve(Scripted({"other": found}), scheme=small)
    [result] = server.predict(blank(OTHER), label_config=config(small)).json["results"]
    assert [entry["value"]["labels"] for entry in result["result"]] == [["PERSON"]]
