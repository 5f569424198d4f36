"""The memory of a process and its children, as Linux counts it; elsewhere nothing is known."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

__all__ = ["available", "family", "peak", "resident"]

_PROC = Path("/proc")


def peak(pid: int) -> int:
    """The most bytes that a process and its living children have held in memory, each at its own time.

    Not ``getrusage``: on Linux its figure begins with that of the process that started this one.
    """
    return sum(_status(member, "VmHWM:") for member in family(pid))


def resident(pid: int) -> int:
    """The bytes that a process and its living children hold in memory now; 0 where nothing is known."""
    return sum(_status(member, "VmRSS:") for member in family(pid))


def available() -> int | None:
    """The bytes that a new process could take without swapping; ``None`` where nothing is known."""
    found = _field(_PROC / "meminfo", "MemAvailable:")
    return found or None


def family(pid: int) -> Iterator[int]:
    """A process, its children, and theirs; those that are gone by now are left out."""
    yield pid
    try:
        threads = list((_PROC / str(pid) / "task").iterdir())
        children = [int(child) for t in threads for child in (t / "children").read_text().split()]
    except OSError:
        return
    for child in children:
        yield from family(child)


def _status(pid: int, name: str) -> int:
    return _field(_PROC / str(pid) / "status", name)


def _field(path: Path, name: str) -> int:
    try:
        with path.open("rb") as file:
            for line in file:
                if line.startswith(name.encode()):
                    return int(line.split()[1]) * 1024
    except OSError:  # it is gone
        pass
    return 0
