"""goldwire beside nervaluate, seqeval and spaCy's scorer: CPU and elapsed seconds, peak memory, ratios, growth.

Each program runs in a process of its own on the same drawn corpus, in its own form in memory; only the scoring is
timed; memory is that of one process, the corpus in that form included (another process writes the files). Programs that
are not installed are named and left out; neleval 3.1.1 is not there because it does not import on Python 3.10 or
later. Run as ``make benchmark``, or
``python benchmarks/scorers.py --documents 100 1000 10000 --shape flat nested crossing``.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).parent))

from corpora import MENTIONS, SHAPES, SLOT, TYPES, by_document, drawn

Work = Callable[[], object]


class Corpus(NamedTuple):
    """A drawn corpus, and the folder of its files, which are there where a program reads them."""

    documents: int
    shape: str
    folder: Path

    def files(self) -> list[Path]:
        """Gold and predictions."""
        return [self.folder / name for name in ("gold.jsonl", "guess.jsonl")]


def columns(corpus: Corpus) -> Work:
    """Score from columns: four schemes, tallies by type and by document."""
    from goldwire.eval.entities import tallies

    gold, guess = drawn(corpus.documents, corpus.shape)
    return lambda: tallies(gold, guess, corpus.documents, len(TYPES))


def objects(corpus: Corpus) -> Work:
    """Score from ``Document`` objects to the result, all scores, without intervals."""
    import goldwire

    gold, guess = (_documents(side, corpus.documents) for side in drawn(corpus.documents, corpus.shape))
    return lambda: goldwire.score(gold, guess, draws=0)


def files(corpus: Corpus, workers: int | None = 1) -> Work:
    """Score from two JSONL files to the printed report, without intervals, by one process."""
    import goldwire
    from goldwire.eval.report.leaderboard import printed, scoreboard

    gold, guess = corpus.files()
    return lambda: printed(scoreboard(goldwire.score(gold, guess, draws=0, workers=workers)))


def parts(corpus: Corpus) -> Work:
    """The same by a process for each core, as the command does it."""
    return files(corpus, workers=None)


def parsing(corpus: Corpus) -> Work:
    """Only the parsing of those two files into typed records that are kept."""
    import msgspec

    from goldwire.corpus.document import Document

    decoder = msgspec.json.Decoder(Document)

    def work() -> object:
        kept = []
        for path in corpus.files():
            with path.open("rb") as file:
                kept.append([decoder.decode(line) for line in file])
        return kept

    return work


def nervaluate(corpus: Corpus) -> Work:
    """nervaluate: its dictionaries, inclusive ends."""
    from nervaluate import Evaluator

    gold, guess = (
        [
            [{"label": t, "start": s, "end": e - 1} for s, e, t in mentions]
            for mentions in by_document(side, corpus.documents)
        ]
        for side in drawn(corpus.documents, corpus.shape)
    )
    return lambda: Evaluator(gold, guess, tags=list(TYPES), loader="dict").evaluate()


def seqeval(corpus: Corpus) -> Work:
    """seqeval: IOB2 tags, flat corpora only."""
    from seqeval.metrics import classification_report

    _flat_only(corpus.shape)
    sides = drawn(corpus.documents, corpus.shape)
    gold, guess = ([_tags(mentions) for mentions in by_document(side, corpus.documents)] for side in sides)
    return lambda: classification_report(gold, guess, output_dict=True)


def spacy(corpus: Corpus) -> Work:
    """The ``score_spans`` of spaCy: one figure of strict matches, by type."""
    from spacy.scorer import Scorer
    from spacy.tokens import Doc, Span
    from spacy.training import Example
    from spacy.vocab import Vocab

    vocab = Vocab()
    words = ["w"] * (MENTIONS * SLOT + SLOT + 40)
    sides = []
    for side in drawn(corpus.documents, corpus.shape):
        docs = []
        for mentions in by_document(side, corpus.documents):
            doc = Doc(vocab, words=words)
            doc.spans["sc"] = [Span(doc, s, e, label=t) for s, e, t in mentions]
            docs.append(doc)
        sides.append(docs)
    examples = [Example(guess, gold) for gold, guess in zip(*sides, strict=True)]
    return lambda: Scorer.score_spans(
        examples, "sc", getter=lambda doc, key: doc.spans[key], allow_overlap=True, labeled=True
    )


PROGRAMS: dict[str, tuple[Callable[[Corpus], Work], str]] = {
    "goldwire, columns": (columns, "goldwire"),
    "goldwire, documents": (objects, "goldwire"),
    "goldwire, files to report": (files, "goldwire"),
    "goldwire, files to report on all cores": (parts, "goldwire"),
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


def write(corpus: Corpus) -> None:
    """Write the corpus's files."""
    import goldwire

    for path, side in zip(corpus.files(), drawn(corpus.documents, corpus.shape), strict=True):
        goldwire.write(path, _documents(side, corpus.documents))


def measured(name: str, corpus: Corpus) -> dict[str, float]:
    """CPU and elapsed seconds of the fastest of some runs, and the most memory of a process, data included."""
    import gc

    work = PROGRAMS[name][0](corpus)
    runs: list[tuple[float, float]] = []
    while not runs or (len(runs) < 5 and sum(elapsed for _, elapsed in runs) < 5):
        gc.collect()
        begin, cpu = time.perf_counter(), _cpu()
        work()
        runs.append((_cpu() - cpu, time.perf_counter() - begin))
    most = max(resource.getrusage(who).ru_maxrss for who in _WHOM)
    seconds, elapsed = (min(column) for column in zip(*runs, strict=True))
    return {"seconds": seconds, "elapsed": elapsed, "megabytes": most / 1024}


_WHOM = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


def _cpu() -> float:
    """The CPU seconds of this process and of those that it has ended."""
    return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, _WHOM))


def main() -> None:
    """Print one table a shape."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, nargs="+", default=[100, 1000, 10_000])
    parser.add_argument("--shape", nargs="+", choices=SHAPES, default=list(SHAPES))
    parser.add_argument("--programs", nargs="+", choices=list(PROGRAMS), default=list(PROGRAMS))
    parser.add_argument("--one", nargs=4, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        name, documents, shape, folder = given.one
        corpus = Corpus(int(documents), shape, Path(folder))
        if name == _WRITE:
            write(corpus)
        else:
            sys.stderr.write(json.dumps(measured(name, corpus)))
        return
    missing = [name for name in given.programs if importlib.util.find_spec(PROGRAMS[name][1]) is None]
    for name in missing:
        print(f"{name}: not installed, left out")
    programs = [name for name in given.programs if name not in missing]
    for shape in given.shape:
        with tempfile.TemporaryDirectory(prefix="goldwire-benchmark-") as folder:
            _compare(programs, shape, given.documents, Path(folder))


def _compare(programs: Sequence[str], shape: str, documents: Sequence[int], folder: Path) -> None:
    """Print the table of one shape."""
    corpora = [Corpus(size // 10 if shape == "crossing" else size, shape, folder / str(size)) for size in documents]
    for corpus in corpora:
        corpus.folder.mkdir(exist_ok=True)
        if not {*_FILES, _PARSING}.isdisjoint(programs):
            _apart(_WRITE, corpus).check_returncode()
    print(f"\n{shape}: {MENTIONS} gold mentions a document; CPU s, times goldwire's columns, elapsed s, peak MB")
    print("| program | " + " | ".join(f"{corpus.documents:,} documents" for corpus in corpora) + " |")
    print("|---" * (len(corpora) + 1) + "|")
    found: Found = {}
    for name in programs:
        print(f"| {name} | " + " | ".join(_cell(name, corpus, found) for corpus in corpora) + " |", flush=True)
    for name in _FILES:
        cells = [_times_parsing(name, corpus.documents, found) for corpus in corpora]
        if all(cells):
            print(f"| {name}, times parsing | " + " | ".join(cells) + " |")


Found = dict[tuple[str, int], dict[str, float]]
"""What was measured of a program, by number of documents."""

_FILES, _PARSING = [name for name in PROGRAMS if "report" in name], "parsing those files"
_WRITE = "write"
"""In place of a program: the files are made, for those that read them."""


def _times_parsing(name: str, documents: int, found: Found) -> str:
    one, base = found.get((name, documents)), found.get((_PARSING, documents))
    if not one or not base:
        return ""
    return f"CPU {one['seconds'] / base['seconds']:.1f} ×, elapsed {one['elapsed'] / base['elapsed']:.1f} ×"


def _apart(name: str, corpus: Corpus) -> subprocess.CompletedProcess[str]:
    """Have a process of its own measure a program."""
    command = [sys.executable, __file__, "--one", name, str(corpus.documents), corpus.shape, str(corpus.folder)]
    return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)


def _cell(name: str, corpus: Corpus, known: Found) -> str:
    documents, done = corpus.documents, _apart(name, corpus)
    if done.returncode:
        return "not flat" if "NotFlatError" in done.stderr else done.stderr.strip().splitlines()[-1][:40]
    found = json.loads(done.stderr.strip().splitlines()[-1])
    known[name, documents] = found
    base = next(iter(known[program, documents] for program in PROGRAMS if (program, documents) in known))["seconds"]
    ratio = found["seconds"] / base if base else float("nan")
    return f"{found['seconds']:.3f} s, {ratio:,.1f} ×, {found['elapsed']:.3f} s, {found['megabytes']:,.0f} MB"


if __name__ == "__main__":
    main()
