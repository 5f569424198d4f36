"""How long the core and each extra take to install, and how much room they need: the table of the README.

Each is installed into a fresh environment below ``.venv-tmp`` with the versions of constraints.txt; what brings Label
Studio's SDK, which wants an older numpy, with those of constraints-label-studio.txt, and what brings torch with those
of constraints-models.txt.
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
NOT_FOR_USERS = {"all", "dev", "page", "test"}
CONSTRAINTS = {"label-studio": "-label-studio", "hf": "-models", "gliner": "-models"}


def main() -> None:
    """Print a Markdown table."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    print("| install | MB | seconds |\n|---|---|---|")
    for extra in ["", *(name for name in extras if name not in NOT_FOR_USERS)]:
        megabytes, seconds = measured(extra)
        print(f"| `goldwire{f'[{extra}]' if extra else ''}` | {megabytes:,.0f} | {seconds:.0f} |", flush=True)


def measured(extra: str) -> tuple[float, float]:
    """Megabytes that an installation adds to an empty environment, and seconds that it took."""
    requirement = f"{ROOT}[{extra}]" if extra else str(ROOT)
    place = ROOT / ".venv-tmp" / "install"
    shutil.rmtree(place, ignore_errors=True)
    venv.create(place, with_pip=True)
    before = size(place)
    begin = time.perf_counter()
    constraints = ROOT / f"constraints{CONSTRAINTS.get(extra, '')}.txt"
    command = [place / "bin" / "pip", "install", "--quiet", "--constraint", constraints, requirement]
    subprocess.run(
        command, check=True, stderr=subprocess.DEVNULL, env=os.environ | {"PIP_CONSTRAINT": str(constraints)}
    )
    seconds = time.perf_counter() - begin
    megabytes = (size(place) - before) / 1e6
    shutil.rmtree(place)
    return megabytes, seconds


def size(place: Path) -> int:
    """The bytes of all files below ``place``."""
    return sum(file.stat().st_size for file in place.rglob("*") if file.is_file() and not file.is_symlink())


if __name__ == "__main__":
    sys.exit(main())
