"""A server on this machine that speaks the OpenAI protocol, says what it is told to, and keeps what it was asked."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Reply:
    """One answer: a status, headers and a body; ``delay`` seconds later."""

    body: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0


@dataclass
class ModelServer:
    """``say`` gives the reply to a request; ``asked`` holds the requests, ``keys`` their Authorization."""

    url: str = ""
    say: Callable[[dict[str, Any]], Reply] = lambda request: completion("{}")
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)

    def says(self, *replies: Reply) -> None:
        """Say these one after the other, the last of them for ever."""
        left = list(replies)
        self.say = lambda request: left.pop(0) if len(left) > 1 else left[0]


def completion(content: str | None, *, refusal: str | None = None, finish: str = "stop", **more: Any) -> Reply:
    """A completion as servers send it."""
    message = {"role": "assistant", "content": content, "refusal": refusal}
    usage = {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}
    choices = [{"index": 0, "message": message, "finish_reason": finish, "logprobs": None}]
    body = {"id": "x", "object": "chat.completion", "created": 0, "model": "small-2026-01-01", "choices": choices}
    return Reply({**body, "usage": usage}, **more)


def failure(status: int, message: str, *, code: str | None = None, **headers: str) -> Reply:
    """An error as servers send it."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply({"error": {"message": message, "type": "error", "param": None, "code": code}}, status, named)


@contextmanager
def running() -> Iterator[ModelServer]:
    """The server, on a port of its own; it ends with the block."""
    state = ModelServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            state.asked.append(request | {"path": self.path})
            state.keys.append(self.headers["Authorization"])
            reply = state.say(request)
            time.sleep(reply.delay)
            content = json.dumps(reply.body).encode()
            self.send_response(reply.status)
            for name, value in {"Content-Type": "application/json", **reply.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            """A client that did not wait is no error here."""

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
