"""One document of 5,000 gold mentions, of each shape, and where all share a character: CPU seconds of a second run.

Columns are the four schemes from arrays; documents is ``goldwire.score`` on two ``Document`` objects, no intervals. Run
as ``python benchmarks/document.py``, with another number of mentions if you like.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import goldwire
from goldwire import Document, Mention
from goldwire.eval.entities import tallies

sys.path.insert(0, str(Path(__file__).parent))

from corpora import SHAPES, TYPES, by_document, drawn


def main() -> None:
    """Print a table, a row a shape."""
    mentions = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    print(f"| one document, {mentions:,} gold mentions | columns | documents |")
    print("|---|---|---|")
    for shape in (*SHAPES, "overlapping"):
        sides = drawn(1, shape, mentions=mentions)
        gold, guess = ([_document(by_document(side, 1)[0])] for side in sides)
        columns = _seconds(lambda sides=sides: tallies(*sides, 1, len(TYPES)))
        documents = _seconds(lambda gold=gold, guess=guess: goldwire.score(gold, guess, draws=0))
        print(f"| {shape} | {columns:.4f} s | {documents:.4f} s |", flush=True)


def _document(mentions: list[tuple[int, int, str]]) -> Document:
    return Document(id="d", mentions=tuple(Mention(start=s, end=e, type=t) for s, e, t in mentions))


def _seconds(work: Callable[[], object]) -> float:
    work()
    begin = time.process_time()
    work()
    return time.process_time() - begin


if __name__ == "__main__":
    main()
