"""goldwire beside nervaluate, seqeval and spaCy's scorer: CPU seconds, peak memory, ratios, growth.

Each program runs in a process of its own on the same drawn corpus, in its own form in memory; only the scoring is
timed. Programs that are not installed are named and left out; neleval 3.1.1 is not there because it does not import on
Python 3.10 or later. Run as ``make benchmark``, or
``python benchmarks/scorers.py --documents 100 1000 10000 --shape flat nested crossing``.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from corpora import MENTIONS, SHAPES, SLOT, TYPES, by_document, drawn

Work = Callable[[], object]


def columns(documents: int, shape: str) -> Work:
    """Score from columns: four schemes, tallies by type and by document."""
    from goldwire.eval.entities import tallies

    gold, guess = drawn(documents, shape)
    return lambda: tallies(gold, guess, documents, len(TYPES))


def objects(documents: int, shape: str) -> Work:
    """Score from ``Document`` objects to the result, all scores, without intervals."""
    import goldwire

    gold, guess = (_documents(side, documents) for side in drawn(documents, shape))
    return lambda: goldwire.score(gold, guess, draws=0)


def files(documents: int, shape: str) -> Work:
    """Score from two JSONL files to the printed report, without intervals."""
    import goldwire
    from goldwire.eval.report.leaderboard import printed, scoreboard

    folder = _written(documents, shape)
    return lambda: printed(scoreboard(goldwire.score(folder / "gold.jsonl", folder / "guess.jsonl", draws=0)))


def parsing(documents: int, shape: str) -> Work:
    """Only the parsing of those two files into typed records that are kept."""
    import msgspec

    from goldwire.corpus.document import Document

    folder = _written(documents, shape)
    decoder = msgspec.json.Decoder(Document)

    def work() -> object:
        kept = []
        for name in ("gold.jsonl", "guess.jsonl"):
            with (folder / name).open("rb") as file:
                kept.append([decoder.decode(line) for line in file])
        return kept

    return work


def nervaluate(documents: int, shape: str) -> Work:
    """nervaluate: its dictionaries, inclusive ends."""
    from nervaluate import Evaluator

    gold, guess = (
        [[{"label": t, "start": s, "end": e - 1} for s, e, t in mentions] for mentions in by_document(side, documents)]
        for side in drawn(documents, shape)
    )
    return lambda: Evaluator(gold, guess, tags=list(TYPES), loader="dict").evaluate()


def seqeval(documents: int, shape: str) -> Work:
    """seqeval: IOB2 tags, flat corpora only."""
    from seqeval.metrics import classification_report

    _flat_only(shape)
    gold, guess = ([_tags(mentions) for mentions in by_document(side, documents)] for side in drawn(documents, shape))
    return lambda: classification_report(gold, guess, output_dict=True)


def spacy(documents: int, shape: str) -> Work:
    """The ``score_spans`` of spaCy: one figure of strict matches, by type."""
    from spacy.scorer import Scorer
    from spacy.tokens import Doc, Span
    from spacy.training import Example
    from spacy.vocab import Vocab

    vocab = Vocab()
    words = ["w"] * (MENTIONS * SLOT + SLOT + 40)
    sides = []
    for side in drawn(documents, shape):
        docs = []
        for mentions in by_document(side, documents):
            doc = Doc(vocab, words=words)
            doc.spans["sc"] = [Span(doc, s, e, label=t) for s, e, t in mentions]
            docs.append(doc)
        sides.append(docs)
    examples = [Example(guess, gold) for gold, guess in zip(*sides, strict=True)]
    return lambda: Scorer.score_spans(
        examples, "sc", getter=lambda doc, key: doc.spans[key], allow_overlap=True, labeled=True
    )


PROGRAMS: dict[str, tuple[Callable[[int, str], Work], str]] = {
    "goldwire, columns": (columns, "goldwire"),
    "goldwire, documents": (objects, "goldwire"),
    "goldwire, files to report": (files, "goldwire"),
    "parsing those files": (parsing, "goldwire"),
    "nervaluate": (nervaluate, "nervaluate"),
    "seqeval": (seqeval, "seqeval"),
    "spaCy": (spacy, "spacy"),
}


class NotFlatError(Exception):
    """The program has no form for nested or crossing mentions."""


def _flat_only(shape: str) -> None:
    if shape != "flat":
        raise NotFlatError


def _tags(mentions: list[tuple[int, int, str]]) -> list[str]:
    tags = ["O"] * (MENTIONS * SLOT + SLOT)
    for start, end, kind in mentions:
        tags[start:end] = [f"B-{kind}", *[f"I-{kind}"] * (end - start - 1)]
    return tags


def _documents(side: Any, documents: int) -> list[Any]:
    from goldwire import Document, Mention

    return [
        Document(id=f"d{n:07}", mentions=tuple(Mention(start=s, end=e, type=t) for s, e, t in mentions))
        for n, mentions in enumerate(by_document(side, documents))
    ]


def _written(documents: int, shape: str) -> Path:
    import goldwire

    folder = Path(tempfile.mkdtemp(prefix="goldwire-benchmark-"))
    for name, side in zip(("gold.jsonl", "guess.jsonl"), drawn(documents, shape), strict=True):
        goldwire.write(folder / name, _documents(side, documents))
    return folder


def measured(name: str, documents: int, shape: str) -> dict[str, float]:
    """CPU seconds of the fastest of some runs, and the peak memory of the process, data included."""
    import gc
    import resource

    work = PROGRAMS[name][0](documents, shape)
    runs, spent = [], 0.0
    while not runs or (len(runs) < 5 and spent < 5):
        gc.collect()
        begin = time.process_time()
        work()
        runs.append(time.process_time() - begin)
        spent += runs[-1]
    return {"seconds": min(runs), "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def main() -> None:
    """Print one table a shape."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, nargs="+", default=[100, 1000, 10_000])
    parser.add_argument("--shape", nargs="+", choices=SHAPES, default=list(SHAPES))
    parser.add_argument("--programs", nargs="+", choices=list(PROGRAMS), default=list(PROGRAMS))
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        name, documents, shape = given.one
        sys.stderr.write(json.dumps(measured(name, int(documents), shape)))
        return
    missing = [name for name in given.programs if importlib.util.find_spec(PROGRAMS[name][1]) is None]
    for name in missing:
        print(f"{name}: not installed, left out")
    for shape in given.shape:
        sizes = [d // 10 if shape == "crossing" else d for d in given.documents]
        print(f"\n{shape}: {MENTIONS} gold mentions a document; CPU seconds, times goldwire's columns, peak MB")
        print("| program | " + " | ".join(f"{size:,} documents" for size in sizes) + " |")
        print("|---" * (len(sizes) + 1) + "|")
        base: dict[int, float] = {}
        for name in given.programs:
            if name not in missing:
                print(f"| {name} | " + " | ".join(_cell(name, size, shape, base) for size in sizes) + " |", flush=True)


def _cell(name: str, documents: int, shape: str, base: dict[int, float]) -> str:
    command = [sys.executable, __file__, "--one", name, str(documents), shape]
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        return "not flat" if "NotFlatError" in done.stderr else done.stderr.strip().splitlines()[-1][:40]
    found = json.loads(done.stderr.strip().splitlines()[-1])
    base.setdefault(documents, found["seconds"])
    ratio = found["seconds"] / base[documents] if base[documents] else float("nan")
    return f"{found['seconds']:.3f} s, {ratio:,.1f} ×, {found['megabytes']:,.0f} MB"


if __name__ == "__main__":
    main()
