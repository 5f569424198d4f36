"""What a run may leave behind, and must not."""

from __future__ import annotations

import time
from pathlib import Path

__all__ = ["no_worker_is_left"]


def no_worker_is_left(folder: Path) -> bool:
    """Whether, within five seconds, no worker process is alive that was started in ``folder``."""
    for _ in range(100):
        if not any(_is_worker(place, folder) for place in Path("/proc").glob("[0-9]*")):
            return True
        time.sleep(0.05)
    return False


def _is_worker(place: Path, folder: Path) -> bool:
    try:
        return b"goldwire.eval.worker" in (place / "cmdline").read_bytes() and (place / "cwd").readlink() == folder
    except OSError:  # it is gone
        return False
