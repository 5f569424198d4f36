"""How long the core and each extra take to install, and how much room they need: the table of the README.

Each is installed into a fresh environment below ``.venv-tmp`` with the versions of constraints.txt; what brings Label
Studio's SDK, which wants an older numpy, with those of constraints-label-studio.txt, and what brings torch with those
of constraints-models.txt, torch first, so that a CPU build stays one. Extras that are named are measured alone.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import tomllib
import venv
from pathlib import Path

ROOT = Path(__file__).parent.parent
NOT_FOR_USERS = {"dev", "page", "test"}
CONSTRAINTS = {"label-studio": "-label-studio", "hf": "-models", "gliner": "-models"}
FIRST = {"hf": ["torch"], "gliner": ["torch"]}


def main(wanted: list[str]) -> int:
    """Print a Markdown table; 1 where one could not be installed, 2 where there is no such extra."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    offered = [name for name in extras if name not in NOT_FOR_USERS]
    if unknown := [name for name in wanted if name not in offered]:
        print(f"extra {unknown[0]}: found no such extra, expected some of {', '.join(offered)}", file=sys.stderr)
        return 2
    failed = 0
    print("| install | MB | seconds |\n|---|---|---|")
    for extra in wanted or ["", *offered]:
        name = f"goldwire[{extra}]" if extra else "goldwire"
        try:
            megabytes, seconds = measured(extra)
        except subprocess.CalledProcessError as error:
            failed += 1
            print(f"{name}: {error.stderr.strip().splitlines()[-1]}", file=sys.stderr)
            print(f"| `{name}` | — | — |", flush=True)
        else:
            print(f"| `{name}` | {megabytes:,.0f} | {seconds:.0f} |", flush=True)
    return min(failed, 1)


def measured(extra: str) -> tuple[float, float]:
    """Megabytes that an installation adds to an empty environment, and seconds that it took."""
    requirement = f"{ROOT}[{extra}]" if extra else str(ROOT)
    place = ROOT / ".venv-tmp" / "install"
    shutil.rmtree(place, ignore_errors=True)
    venv.create(place, with_pip=True)
    before = size(place)
    begin = time.perf_counter()
    constraints = ROOT / f"constraints{CONSTRAINTS.get(extra, '')}.txt"
    environment = os.environ | {"PIP_CONSTRAINT": str(constraints)}
    for what in [*FIRST.get(extra, ()), requirement]:
        command = [place / "bin" / "pip", "install", "--quiet", what]
        subprocess.run(command, check=True, stderr=subprocess.PIPE, text=True, env=environment)
    seconds = time.perf_counter() - begin
    megabytes = (size(place) - before) / 1e6
    shutil.rmtree(place)
    return megabytes, seconds


def size(place: Path) -> int:
    """The bytes of all files below ``place``."""
    return sum(file.stat().st_size for file in place.rglob("*") if file.is_file() and not file.is_symlink())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
