"""Writes the cases of this folder anew, with the figures of a program that is neither ours nor here.

``python -m tests.eval.cases.modes.record conlleval PATH/conlleval.pl`` and
``python -m tests.eval.cases.modes.record runne-2022 PATH/score.py`` take the program from where it is, run it on
``cases`` and write ``conlleval.jsonl`` or ``runne-2022.jsonl``: first a line that says which program it was and how it
was run, then a line for each case: documents (text, gold, predicted), and what the program said.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from goldwire.corpus.document import Document
from tests.eval.cases.modes.draws import ODD_TYPES, TYPES, Corpus, document, drawn, line, places

HERE = Path(__file__).parent

_RUNNE_TYPES = (
    "AGE AWARD CITY COUNTRY CRIME DATE DISEASE DISTRICT EVENT FACILITY FAMILY IDEOLOGY LANGUAGE LAW LOCATION MONEY "
    "NATIONALITY NUMBER ORDINAL ORGANIZATION PENALTY PERCENT PERSON PRODUCT PROFESSION RELIGION STATE_OR_PROVINCE TIME "
    "WORK_OF_ART"
).split()
_CHOSEN = ("PERSON", "ORGANIZATION", "CITY", "DISEASE", "WORK_OF_ART")

ABOUT = {
    "conlleval": {
        "program": "conlleval.pl",
        "version": "2004-01-26",
        "from": "github.com/sondoan/RandomizationTest, commit d9f8132913e620f359dff2d520feb64ff448a86a: the script but "
        "for its default delimiter, and that it prints six digits",
        "command": "perl conlleval.pl -d ' ' < INPUT, a line 'TOKEN GOLD PREDICTED' a token, an empty line after "
        "each document",
    },
    "runne-2022": {
        "program": "scoring_program/score.py",
        "version": "a8371bf9b805e6aabe928918385a4ab59dbfddb6",
        "from": "github.com/dialogue-evaluation/RuNNE, commit b595cff099db6fb1f45949eba7f9ba25f2882962",
        "command": "score.Evaluator(FOLDER).evaluate()[0], FOLDER of ref/ners.txt (public_data/ners.txt of commit "
        "289e823a4c9e1f4c9a6bdb68d0f2f81c99a368e6), ref/test.jsonl and res/test.jsonl, ends inclusive",
    },
}


def cases(mode: str) -> Iterator[Corpus]:
    """By hand: nothing, nothing right, nesting, crossing, copies, neighbours, bounds; then draws."""
    a, b, few = ("PER", "LOC", "0") if mode == "conlleval" else ("PERSON", "CITY", "DISEASE")
    by_hand: list[tuple[list[tuple[int, int, str]], list[tuple[int, int, str]]]] = [
        ([], []) if mode == "conlleval" else ([(0, 4, a)], []),
        ([(0, 4, a)], [(0, 4, a)]),
        ([(0, 4, a)], [(0, 4, b)]),
        ([(0, 4, a)], [(0, 2, a)]),
        ([(0, 4, a), (0, 2, b)], [(0, 4, a)]),
        ([(0, 4, a), (0, 2, b)], [(0, 2, b)]),
        ([(0, 6, a)], [(3, 12, a), (0, 6, a)]),
        ([(0, 4, a), (0, 4, a)], [(0, 4, a)]),
        ([(0, 2, a), (2, 3, a)], [(0, 3, a)]),
        ([(7, 12, few), (0, 4, a)], [(7, 12, few), (0, 4, b)]),
        ([(8, 10, a)], [(7, 12, a)]),  # «ве» of «Твери»: widened to the word where there are tokens
    ]
    for gold, guess in by_hand:
        yield [(document("d", gold), document("d", guess))]
    for seed in range(50):
        types = (ODD_TYPES if seed % 5 == 0 else TYPES) if mode == "conlleval" else _CHOSEN
        corpus = drawn(seed, types)
        if mode == "conlleval" or any(m.type in _CHOSEN[:3] for gold, _ in corpus for m in gold.mentions or ()):
            yield corpus  # RuNNE's program fails where there is no type to average


def conlleval(program: Path, corpus: Corpus) -> dict[str, Any]:
    rows = []
    for gold, guess in corpus:
        at = places(gold)
        text = gold.text or ""
        tags = zip(at, line(gold, at), line(guess, at), strict=True)
        rows += [f"{text[start:end]} {ours} {theirs}\n" for (start, end), ours, theirs in tags] + ["\n"]
    command: list[str | Path] = ["perl", program, "-d", " "]
    done = subprocess.run(command, input="".join(rows), capture_output=True, text=True, check=True)
    number, percent = r"(\d+)", r" *([\d.]+)%?"
    head = re.search(
        rf"{number} tokens with {number} phrases; found: {number} phrases; correct: {number}\.\naccuracy:{percent}; "
        rf"precision:{percent}; recall:{percent}; FB1:{percent}\n",
        done.stdout,
    )
    assert head, done.stdout
    names = ("tokens", "gold", "predicted", "hits", "accuracy", "precision", "recall", "fb1")
    figures: dict[str, Any] = {name: float(value) for name, value in zip(names, head.groups(), strict=True)}
    row = rf"^ *(\S*): precision:{percent}; recall:{percent}; FB1:{percent}  {number}$"
    by_type = re.findall(row, done.stdout, re.MULTILINE)
    return {**figures, "by_type": {kind: [float(value) for value in rest] for kind, *rest in by_type}}


_RUNNE = """
import json, score, sys
evaluator = score.Evaluator(sys.argv[1])
evaluator.validate()
print(json.dumps(evaluator.evaluate()[0]))
"""


def runne(program: Path, corpus: Corpus) -> dict[str, Any]:
    def row(document: Document) -> str:
        ners = [[m.start, (m.end or 0) - 1, m.type] for m in document.mentions or ()]
        return json.dumps({"id": document.id, "ners": ners}) + "\n"

    with tempfile.TemporaryDirectory() as folder:
        for side, documents in zip(("ref", "res"), zip(*corpus, strict=True), strict=True):
            (Path(folder) / side).mkdir()
            (Path(folder) / side / "test.jsonl").write_text("".join(map(row, documents)))
        (Path(folder) / "ref" / "ners.txt").write_text("\n".join(_RUNNE_TYPES) + "\n")
        command = [sys.executable, "-c", _RUNNE, folder]
        done = subprocess.run(command, cwd=program.parent, capture_output=True, text=True, check=True)
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def record(mode: str, program: Path) -> str:
    run = {"conlleval": conlleval, "runne-2022": runne}[mode]
    about = {"mode": mode, **ABOUT[mode], "sha256": hashlib.sha256(program.read_bytes()).hexdigest()}
    rows = [json.dumps(about)]
    for corpus in cases(mode):
        documents = [
            {"text": gold.text, **{side: [[m.start, m.end, m.type] for m in d.mentions or ()] for side, d in both}}
            for gold, guess in corpus
            for both in [(("gold", gold), ("predicted", guess))]
        ]
        rows.append(json.dumps({"documents": documents, "figures": run(program, corpus)}, ensure_ascii=False))
    return "".join(f"{row}\n" for row in rows)


if __name__ == "__main__":
    mode, path = sys.argv[1:]
    (HERE / f"{mode}.jsonl").write_text(record(mode, Path(path).resolve()), encoding="utf-8")
