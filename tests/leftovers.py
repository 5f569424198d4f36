"""What a run may leave behind, and must not."""

from __future__ import annotations

import os
import time
from pathlib import Path

__all__ = ["no_process_is_left", "no_worker_is_left"]


def no_worker_is_left(folder: Path) -> bool:
    """Whether, within five seconds, no process of an extractor is alive that was started in ``folder``."""
    return no_process_is_left(folder, b"goldwire.eval.worker")


def no_process_is_left(folder: Path, command: bytes = b"") -> bool:
    """Whether, within five seconds, none but this one is alive that was started in ``folder`` by such a command."""
    for _ in range(100):
        places = [place for place in Path("/proc").glob("[0-9]*") if place.name != str(os.getpid())]
        if not any(_was_started(place, folder, command) for place in places):
            return True
        time.sleep(0.05)
    return False


def _was_started(place: Path, folder: Path, command: bytes) -> bool:
    try:
        return command in (place / "cmdline").read_bytes() and (place / "cwd").readlink() == folder
    except OSError:  # it is gone
        return False
