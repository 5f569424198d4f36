"""A real Label Studio server for the tests: started from a copied data directory, ended by its process id.

The program is that of the environment variable GOLDWIRE_LABEL_STUDIO, or ``.venv-label-studio/bin/label-studio`` beside
this checkout. The first start takes half a minute and is made once: its data directory is kept as a template.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # it comes with the SDK, and what needs neither runs without
    import httpx

ROOT = Path(__file__).parents[2]
USER, PASSWORD = "annotator-one@example.org", "a-password-1"
TOKEN = "7a11ed0070ce2bad5eed7a11ed0070ce2bad5eed"
"""The legacy token of the first user; marks whatever must not show it."""

_ADDRESS = re.compile(r"Starting development server at (http://[\d.]+:\d+)/")


def program() -> Path | None:
    """The server's program, or ``None`` where it is not installed and nobody asked for it.

    With GOLDWIRE_LABEL_STUDIO set it must be there.
    """
    asked = os.environ.get("GOLDWIRE_LABEL_STUDIO")
    place = Path(asked) if asked else ROOT / ".venv-label-studio" / "bin" / "label-studio"
    if place.exists():
        return place.absolute()
    if asked:
        raise FileNotFoundError(f"GOLDWIRE_LABEL_STUDIO={asked}: no such program; make .venv-label-studio installs it")
    return None


class Machine:
    """A server's process. ``url`` is its address while it runs."""

    def __init__(self, label_studio: Path, data: Path) -> None:
        self.label_studio = label_studio
        self.data = data
        self.log = data.parent / f"{data.name}.log"
        self.url = ""
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, port: int | None = None) -> None:
        """Start, and wait until it answers; a busy port is bumped by one, so the address is read from its log."""
        import httpx

        begin = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command(port or free_port()), stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                env=self.environment(), start_new_session=True, cwd=self.data.parent,
            )  # fmt: skip
        limit = time.monotonic() + 180
        while time.monotonic() < limit:
            if self.process.poll() is not None:
                break
            said = self.log.read_bytes()[begin:].decode("utf-8", "replace")
            if found := _ADDRESS.search(said):
                self.url = found[1]
                with contextlib.suppress(httpx.HTTPError):
                    if httpx.get(f"{self.url}/health", timeout=10, trust_env=False).status_code == 200:
                        return
            time.sleep(0.1)
        said = self.log.read_bytes()[begin:].decode("utf-8", "replace")
        self.stop()
        raise RuntimeError(f"the server did not start: {said[-2000:]}")

    def stop(self, how: int = signal.SIGTERM) -> None:
        """End the process and those it started; with ``SIGKILL`` as a power cut would."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, how)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(20)
        self.process = None

    def kill(self) -> None:
        """End it in the middle of whatever it does."""
        self.stop(signal.SIGKILL)

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def command(self, port: int) -> list[str]:
        """The command that starts it."""
        start = [str(self.label_studio), "start", "--no-browser", "--internal-host", "127.0.0.1"]
        return [*start, "--port", str(port)]

    def environment(self) -> dict[str, str]:
        """The variables of its process."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("LABEL_STUDIO", "PYTHON"))}
        nowhere = "http://127.0.0.1:9"
        return kept | {
            "PYTHONUNBUFFERED": "1",  # its address is read from its log
            "LABEL_STUDIO_BASE_DATA_DIR": str(self.data),
            "LABEL_STUDIO_USERNAME": USER,
            "LABEL_STUDIO_PASSWORD": PASSWORD,
            "LABEL_STUDIO_USER_TOKEN": TOKEN,
            "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
            "COLLECT_ANALYTICS": "false",
            "LATEST_VERSION_CHECK": "false",
            "SENTRY_DSN": "",
            "FRONTEND_SENTRY_DSN": "",
            "HTTP_PROXY": nowhere,
            "HTTPS_PROXY": nowhere,
            "NO_PROXY": "127.0.0.1,localhost",
            "USE_DEFAULT_BANNED_SUBNETS": "false",  # else a backend on this machine is refused
        }


def free_port() -> int:
    """A port that is free at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def template(label_studio: Path) -> Path:
    """A data directory as a first start leaves it; made once for each installation of the server, then kept."""
    temporary = Path(os.environ.get("TMPDIR", "")) if os.environ.get("TMPDIR") else ROOT / ".venv-tmp"
    when = int(label_studio.stat().st_mtime)
    place = temporary / f"label-studio-template-{when}" / "data"
    if not place.exists():
        draft = temporary / f"label-studio-template-{when}-{os.getpid()}"
        (draft / "data").mkdir(parents=True)
        print("First start of Label Studio, once: half a minute", file=sys.stderr)  # noqa: T201
        machine = Machine(label_studio, draft / "data")
        try:
            machine.start()
        finally:
            machine.stop()
        with contextlib.suppress(OSError):  # another run was quicker
            draft.rename(place.parent)
    return place


@contextlib.contextmanager
def running(label_studio: Path, folder: Path) -> Iterator[Machine]:
    """A server of its own, with no project in it."""
    data = folder / "data"
    shutil.copytree(template(label_studio), data)
    machine = Machine(label_studio, data)
    machine.start()
    try:
        yield machine
    finally:
        machine.stop()


class Person:
    """A browser session of one user, for what the tokens' API does not offer."""

    def __init__(self, url: str, email: str = USER, password: str = PASSWORD, *, new: bool = False) -> None:
        import httpx

        self.client = httpx.Client(base_url=url, timeout=60, follow_redirects=True, trust_env=False)
        page = "/user/signup/" if new else "/user/login/"
        self.client.get(page)
        form = {"email": email, "password": password, "csrfmiddlewaretoken": self.client.cookies["csrftoken"]}
        answer = self.client.post(page, data=form, headers={"Referer": url})
        answer.raise_for_status()
        who = self.client.get("/api/current-user/whoami")
        who.raise_for_status()
        self.id = int(who.json()["id"])
        self.email = str(who.json()["email"])

    def post(self, path: str, content: object) -> httpx.Response:
        """Post JSON as the page does."""
        headers = {"X-CSRFToken": self.client.cookies["csrftoken"], "Referer": str(self.client.base_url)}
        answer = self.client.post(path, json=content, headers=headers)
        answer.raise_for_status()
        return answer

    def personal_token(self) -> str:
        """A new personal access token."""
        return str(self.post("/api/token/", {}).json()["token"])
