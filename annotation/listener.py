"""A backend on a port: HTTP on the standard library, refusals as JSON, nothing of a request in any log.

No answer hangs on the order or the number of requests: each has its thread and its connection. A connection that says
nothing for ``PATIENCE`` seconds is given up.
"""

from __future__ import annotations

import contextlib
import http
import http.server
import socket
import socketserver
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from goldwire.annotation.backend import ROUTES, Backend, Refusal
from goldwire.corpus.errors import Problem, UsageError

__all__ = ["MOST_BYTES", "PATIENCE", "Listener"]

MOST_BYTES: Final = 256_000_000
"""The largest body: a server sends all tasks that were selected in one, and 5,000 articles are that much."""

PATIENCE: Final = 60.0
"""Seconds that a client may keep silent within a request."""


MOST_DISCARDED: Final = 2_000_000_000
"""How much of a body that is refused is taken, so that the client hears why."""


class Listener(http.server.ThreadingHTTPServer):
    """``backend`` at ``host`` and ``port`` (0: any that is free), bound at once; ``serve_forever`` answers.

    ``log`` is called with a line for each prediction and each refusal. No answer is 5xx but for a fault of ours.
    """

    daemon_threads = True  # the end does not wait for a client that says nothing

    def __init__(
        self,
        backend: Backend,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        log: Callable[[str], None] = lambda _: None,
        most_bytes: int = MOST_BYTES,
        patience: float = PATIENCE,
    ) -> None:
        """Raises ``UsageError`` where it cannot listen there."""
        self.backend = backend
        self.log = log
        self.most_bytes = most_bytes
        self.patience = patience
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
            self.address_family = found[0][0]
            super().__init__(found[0][4][:2], _Handler)  # type: ignore[arg-type]
        except (OSError, OverflowError, UnicodeError) as error:
            why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            raise UsageError(
                f"{host}:{port}: found {why}, expected an address of this machine and a free port; "
                "give another --port (0: any that is free) or --host"
            ) from None

    @property
    def url(self) -> str:
        """The address, with the port that was taken."""
        host, port = self.server_address[:2]
        name = host.decode() if isinstance(host, bytes | bytearray) else host
        return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"

    def server_bind(self) -> None:
        """Bind, without the look-up of a name, which may take long and which nobody needs."""
        socketserver.TCPServer.server_bind(self)

    def handle_error(self, *_: object) -> None:
        """A connection that broke is no news; whatever else it is, the next request is answered."""
        self.log("a connection broke")


class _Handler(http.server.BaseHTTPRequestHandler):
    """One request: its connection is closed after the answer."""

    server: Listener
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "goldwire", ""

    def setup(self) -> None:
        super().setup()
        self.connection.settimeout(self.server.patience)

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        route = _path(self.path)
        try:
            found = self._found(route)
        except Refusal as refusal:
            self._refuse(refusal, route)
        except ConnectionError:
            raise  # there is nobody to answer
        except Exception as error:  # a fault of ours costs this request alone, and is told
            self.server.log(f"500 {route}: {type(error).__name__}")
            self._reply(500, {"error": f"a fault of goldwire: {type(error).__name__}", "code": "fault"})
        else:
            if route == "/predict":
                results = found["results"]
                failed = sum(not isinstance(result, dict) for result in results)
                self.server.log(f"200 {route}: {len(results)} tasks, {failed} failed")
            self._reply(200, found)

    def _found(self, route: str) -> dict[str, Any]:
        if route not in ROUTES:
            raise _refused(404, "no-such-path", "another path", f"one of {', '.join(ROUTES)}", "correct the URL")
        if self.command != ROUTES[route]:
            raise _refused(405, "wrong-method", "another method", ROUTES[route], "use that method", route)
        return self.server.backend.answer(route, self._body() if self.command == "POST" else b"")

    def _length(self) -> int | None:
        length = self.headers.get("Content-Length", "")
        return int(length) if length.isascii() and length.isdigit() and len(length) < 16 else None

    def _body(self) -> bytes:
        length = self._length()
        if length is None:
            raise _refused(411, "no-length", "none, or no number", "Content-Length", "send the body whole, no chunks")
        if length > self.server.most_bytes:
            want = f"{self.server.most_bytes:,} at the most"
            raise _refused(413, "too-large", f"{length:,} bytes", want, "select fewer tasks at a time")
        try:
            body = self.rfile.read(length)
        except TimeoutError:
            raise _refused(408, "too-slow", "no more bytes", f"{length:,}", "send the whole body") from None
        if len(body) < length:
            raise _refused(400, "cut-short", f"{len(body):,} bytes", f"{length:,}", "send the whole body")
        return body

    def _refuse(self, refusal: Refusal, route: str = "") -> None:
        status, problem = refusal.status, refusal.problem
        # of what was sent to /setup nothing is told: a token is in it
        told = f"expected {problem.expected}; {problem.remedy}" if route == "/setup" else str(refusal)
        self.server.log(f"{status} {route if route in ROUTES else 'another path'}: {told}")
        headers = {"Allow": ROUTES[route]} if status == 405 else {}
        self._reply(status, {"error": str(refusal), "code": problem.code}, headers)
        if status in (404, 405, 413):
            self._discard()

    def _discard(self) -> None:
        """Take what is sent after all, in measure: a connection that is closed on it loses the answer."""
        self.wfile.flush()
        left = min(self._length() or 0, MOST_DISCARDED)
        with contextlib.suppress(OSError):
            while left > 0 and (part := self.rfile.read1(min(left, 1 << 16))):
                left -= len(part)

    def _reply(self, status: int, content: Any, headers: Mapping[str, str] = MappingProxyType({})) -> None:
        body = msgspec.json.encode(content)
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def send_error(self, code: int, *_: str | None) -> None:
        """What the library refuses, in words of ours: its own quote the request."""
        if code == http.HTTPStatus.NOT_IMPLEMENTED:  # a method for which there is nothing
            self._answer()
            return
        # what could not be read as a request is answered as if it were one
        self.command, self.request_version = self.command or "GET", self.protocol_version
        status = 400 if code >= 500 else int(code)
        found = http.HTTPStatus(code).phrase
        self._refuse(_refused(status, "bad-request", found, "a request of HTTP/1.1", "send what the API says"))

    def log_message(self, *_: object) -> None:
        """Nothing: the library's lines quote the request."""


def _path(target: str) -> str:
    try:
        path = urlsplit(target).path.rstrip("/")
    except ValueError:
        return ""
    return path or "/health"


def _refused(status: int, code: str, found: str, expected: str, remedy: str, field: str | None = None) -> Refusal:
    return Refusal(status, Problem(code, found, expected, remedy, field))
