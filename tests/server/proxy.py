"""An HTTP proxy between client and server that does on demand what networks do: it fails, late or early.

``plan`` is called with the method, the path and how many requests of that kind came before, and names what happens:

pass            the request goes to the server, its answer to the client
500             the client gets an answer of 500, the server nothing
500-after       the server gets the request, the client an answer of 500
close           the connection ends before the server gets anything
close-after     the connection ends when the server has answered
cut             half of the answer arrives
hang            nothing goes anywhere for longer than the client waits
hang-after      the server gets the request and answers, the client hears nothing
late            the connection ends, and the server gets the request a while later
html            the client gets a page of HTML
"""

from __future__ import annotations

import http.client
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

Plan = Callable[[str, str, int], str]


class Proxy(ThreadingHTTPServer):
    """The proxy; ``seen`` counts requests by method and path, ``done`` what happened to them."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, target: str, plan: Plan, *, hang: float = 6.0, late: float = 4.0) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.target = urlsplit(target)
        self.plan = plan
        self.hang = hang
        self.late = late
        self.seen: Counter[tuple[str, str]] = Counter()
        self.done: Counter[str] = Counter()
        self.lock = threading.Lock()
        self.under_way: list[threading.Thread] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def forward(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection(str(self.target.hostname), self.target.port, timeout=120)
        connection.request(method, path, body, headers)
        return connection.getresponse()

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is nothing to report."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Proxy

    def _any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = urlsplit(self.path).path
        with self.server.lock:
            number = self.server.seen[self.command, path]
            self.server.seen[self.command, path] += 1
        what = self.server.plan(self.command, path, number)
        self.server.done[what] += 1
        headers = {key: value for key, value in self.headers.items() if key.lower() not in ("host", "connection")}
        if what in ("500", "500-after", "html"):
            if what == "500-after":
                self.server.forward(self.command, self.path, body, headers).read()
            status, kind = (200, "text/html") if what == "html" else (500, "text/plain")
            self._answer(status, b"<html>a page</html>" if what == "html" else b"the proxy's own 500", kind)
            return
        if what in ("close", "hang", "late"):
            if what == "late":
                later = threading.Thread(target=self._later, args=(self.path, body, headers), daemon=True)
                self.server.under_way.append(later)
                later.start()
            elif what == "hang":
                time.sleep(self.server.hang)
            self._end()
            return
        try:
            answer = self.server.forward(self.command, self.path, body, headers)
            content = answer.read()
        except OSError:  # the server is not there
            self._end()
            return
        if what == "hang-after":
            time.sleep(self.server.hang)
        if what in ("close-after", "hang-after"):
            self._end()
        elif what == "cut":
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.getheader("Content-Type") or "")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content[: len(content) // 2])
            self._end()
        else:
            self._answer(answer.status, content, answer.getheader("Content-Type") or "")

    def _later(self, path: str, body: bytes, headers: dict[str, str]) -> None:
        time.sleep(self.server.late)
        self.server.forward(self.command, path, body, headers).read()

    def _answer(self, status: int, content: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _end(self) -> None:
        self.close_connection = True
        self.connection.close()

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _any  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing is logged."""


@contextmanager
def proxy(target: str, plan: Plan, **options: float) -> Iterator[Proxy]:
    """A running proxy in front of ``target``."""
    server = Proxy(target, plan, **options)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        for thread in server.under_way:
            thread.join(60)
        server.server_close()


def once(*what: str, method: str = "POST", path: str = "/import") -> Plan:
    """``what`` happens to the first requests of that method whose path ends so, one after the other."""

    def plan(asked: str, where: str, number: int) -> str:
        return what[number] if asked == method and where.endswith(path) and number < len(what) else "pass"

    return plan
