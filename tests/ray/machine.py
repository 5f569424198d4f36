"""Ray nodes on the loopback, started as ``ray start`` does, and ended by their ids."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

# Ray takes a loopback address for a mistake and puts the machine's own in its place; not here
RAY = """
import sys
import ray._private.services as services
services.get_node_ip_address = services.node_ip_address_from_perspective = lambda *_: "127.0.0.1"
from ray.scripts.scripts import main
sys.argv[0] = "ray"
main()
"""
ENVIRONMENT = {
    "RAY_AUTH_MODE": "token",
    "RAY_AUTH_TOKEN": secrets.token_hex(32),
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",
    "RAY_USAGE_STATS_ENABLED": "0",
}
"""What Ray reads once, when it is imported: it must be there before, and be the same for all tests."""

_PATIENCE = 60.0


@contextlib.contextmanager
def two_nodes(folder: Path) -> Iterator[str]:
    """The address of a cluster of two nodes with one CPU each."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"127.0.0.1:{port}"
    nodes = []
    try:
        nodes.append(_start(folder / "head.log", "--head", f"--port={port}", "--include-dashboard=false"))
        _wait(folder / "head.log")
        nodes.append(_start(folder / "node.log", f"--address={address}"))
        _wait(folder / "node.log")
        yield address
    finally:
        for node in reversed(nodes):
            node.terminate()
            node.wait(_PATIENCE)


def _start(log: Path, *options: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", RAY, "start", "--block", "--num-cpus=1", "--disable-usage-stats", *options]
    environment = os.environ | ENVIRONMENT | {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "1"}
    with log.open("wb") as file:
        return subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT, env=environment)


def _wait(log: Path) -> None:
    until = time.monotonic() + _PATIENCE
    while "Ray runtime started" not in log.read_text(encoding="utf-8", errors="replace"):
        if time.monotonic() > until:
            raise TimeoutError(log.read_text(encoding="utf-8", errors="replace"))
        time.sleep(0.1)
