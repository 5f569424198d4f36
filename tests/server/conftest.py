"""Fixtures: a Label Studio server for the session, one of its own for a test that ends it, and the kit's connection."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from goldwire.annotation.connection import Connection
from tests.chromium import chromium
from tests.server.editor import Editor, login
from tests.server.machine import TOKEN, Machine, program, running


@pytest.fixture(scope="session")
def label_studio() -> Path:
    """The server's program; without it, or without its SDK, the tests that need it are left out."""
    found = program()
    if found is None:
        pytest.skip("Label Studio is not installed: make test-server installs it and runs this")
    if importlib.util.find_spec("label_studio_sdk") is None:
        pytest.fail("found no label-studio-sdk beside the server; pip install '.[label-studio]'")
    return found


@pytest.fixture(scope="session")
def server(label_studio: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """The server that the tests share: each makes projects of its own."""
    with running(label_studio, tmp_path_factory.mktemp("label-studio")) as machine:
        yield machine


@pytest.fixture
def own_server(label_studio: Path, tmp_path: Path) -> Iterator[Machine]:
    """A server for a test that ends it."""
    folder = tmp_path / "server"
    folder.mkdir()
    with running(label_studio, folder) as machine:
        yield machine


@pytest.fixture
def connection(server: Machine) -> Connection:
    """The kit's connection to the shared server."""
    return Connection(server.url, TOKEN, timeout=120, patience=30)


_numbers = count(1)


@pytest.fixture
def title(request: pytest.FixtureRequest) -> Callable[[], str]:
    """Titles that no other project bears."""
    return lambda: f"{request.node.name[:36]} {next(_numbers)}"


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """The browser that the page tests share."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="session")
def window(browser: Any, server: Machine) -> Iterator[Any]:
    """The first user, logged in."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(15_000)
    login(context, server.url)
    yield context
    context.close()


@pytest.fixture
def editor(window: Any, server: Machine) -> Iterator[Editor]:
    """A tab at Label Studio's page; an error of its scripts fails the test, a request to elsewhere too."""
    found = Editor(window, server.url)
    yield found
    elsewhere = [url for url in found.asked if not url.startswith((server.url, "data:", "blob:"))]
    found.page.close()
    assert found.faults == []
    assert elsewhere == []
