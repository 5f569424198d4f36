"""An archive from disk: documents scored in bounded memory, against the parsing of the same files alone.

Draws short documents (five mentions in 285 characters; of the predictions 80 % equal, 10 % shifted, 5 % retyped, the
rest missing) as JSON lines, and runs each job in a process of its own. Run as
``python benchmarks/archive.py --documents 10000 100000 1000000``; a million take 1 GB of disk below --folder.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

TEXT = "В Москве сообщили о встрече министров и директоров завода. " * 5
TYPES = ("CITY", "COUNTRY", "DATE", "LOCATION", "NUMBER", "ORGANIZATION", "PERSON", "PROFESSION")


def drawn(documents: int, folder: Path) -> None:
    """Write ``gold.jsonl`` and ``guess.jsonl``."""
    chance = random.Random(0)
    with (folder / "gold.jsonl").open("w", encoding="utf-8") as gold, (folder / "guess.jsonl").open("w") as guess:
        for number in range(documents):
            ours, theirs, at = [], [], 0
            for _ in range(5):
                start = at + chance.randrange(3, 20)
                at = start + chance.randrange(2, 12)
                mention = {"start": start, "end": at, "type": chance.choice(TYPES)}
                ours.append(mention)
                luck = chance.random()
                if luck < 0.95:
                    shift, kind = int(0.8 <= luck < 0.9), chance.choice(TYPES) if luck >= 0.9 else mention["type"]
                    theirs.append({"start": start + shift, "end": at + shift, "type": kind})
            record = {"schema": "goldwire/1", "id": f"d{number:09}"}
            for file, more in ((gold, {"text": TEXT, "mentions": ours}), (guess, {"mentions": theirs})):
                file.write(json.dumps(record | more, ensure_ascii=False, separators=(",", ":")) + "\n")


def parsing(folder: Path) -> None:
    """Parse both files into typed records, and keep none."""
    import goldwire

    for name in ("gold.jsonl", "guess.jsonl"):
        for _ in goldwire.read(folder / name):
            pass


def scoring(draws: int) -> Callable[[Path], None]:
    """Score one file against the other."""

    def work(folder: Path) -> None:
        import goldwire

        goldwire.score(folder / "gold.jsonl", folder / "guess.jsonl", draws=draws)

    return work


JOBS: dict[str, Callable[[Path], None]] = {
    "parsing alone": parsing,
    "score --draws 0": scoring(0),
    "score --draws 1000": scoring(1000),
}


def main() -> None:
    """Print one line a job and size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--folder", type=Path, default=None, help="where the files are drawn; default: a temporary one")
    parser.add_argument("--job", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.job:
        begin = time.process_time()
        JOBS[given.job[0]](Path(given.job[1]))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps([time.process_time() - begin, peak]))
        return
    print("| documents | job | CPU seconds | times parsing | µs a document | peak MiB |\n|---|---|---|---|---|---|")
    for documents in given.documents:
        with tempfile.TemporaryDirectory(dir=given.folder, prefix="goldwire-archive-") as folder:
            drawn(documents, Path(folder))
            base = 0.0
            for job in JOBS:
                command = [sys.executable, __file__, "--job", job, folder]
                done = subprocess.run(command, capture_output=True, text=True, check=True)
                seconds, peak = json.loads(done.stdout)
                base = base or seconds
                each = seconds / documents * 1e6
                print(
                    f"| {documents:,} | {job} | {seconds:.1f} | {seconds / base:.1f} | {each:.0f} | {peak:,.0f} |",
                    flush=True,
                )


if __name__ == "__main__":
    main()
