"""A real Chromium for the tests, pages served to it over http, and all that a page asks for and says."""

from __future__ import annotations

import contextlib
import http.server
import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

__all__ = ["WIDTHS", "Opened", "Site", "chromium", "serving"]

WIDTHS = {"phone": 360, "tablet": 800, "desktop": 1280}
_ARGUMENTS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()


@contextlib.contextmanager
def chromium() -> Iterator[Any]:
    """The browser, as Playwright drives it; without it the tests that need it are left out."""
    playwright = pytest.importorskip("playwright.sync_api", reason="pip install playwright")
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("no Chromium: apt-get install chromium, or set CHROMIUM")
    with playwright.sync_playwright() as running:
        started = running.chromium.launch(executable_path=program, args=_ARGUMENTS)
        yield started
        started.close()


class Site(NamedTuple):
    """A folder, the address at which it is served, and the paths that were asked for."""

    folder: Path
    address: str
    asked: list[str]

    def put(self, name: str, content: str) -> str:
        """The address of a page with this content."""
        (self.folder / name).write_bytes(content.encode())
        return f"{self.address}/{name}"


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[Site]:
    """``folder`` over http, where a page could ask for more than it should."""
    asked: list[str] = []

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args: Any) -> None:
            super().__init__(*args, directory=str(folder))

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            asked.append(self.path)

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Site(folder, f"http://127.0.0.1:{server.server_port}", asked)
    server.shutdown()
    server.server_close()


class Opened:
    """A page in the browser, with every request and message that it made."""

    def __init__(self, browser: Any, site: Site, content: str, width: int = 1280, scheme: str = "light") -> None:
        self.requests: list[str] = []
        self.messages: list[str] = []
        self.page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("dialog", lambda dialog: (self.messages.append(dialog.message), dialog.dismiss()))
        self.page.on("console", lambda message: self.messages.append(message.text))
        self.page.on("pageerror", lambda error: self.messages.append(str(error)))
        self.address = site.put("opened.html", content)
        self.page.goto(self.address, wait_until="networkidle")

    def __enter__(self) -> Opened:
        return self

    def __exit__(self, *_: object) -> None:
        self.page.close()

    def overflow(self) -> int:
        """By how many pixels it scrolls sideways."""
        found = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert isinstance(found, int)
        return found

    def elsewhere(self) -> list[str]:
        """The addresses that it asked for beside its own."""
        return [url for url in self.requests if url != self.address and not url.startswith("data:")]
