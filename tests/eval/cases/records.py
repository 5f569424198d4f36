"""Small records, written so that a case can be read: mentions as letters under the text, quotes by their words."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import goldwire
from goldwire.corpus.document import Document, Mention, Quote, Span
from goldwire.eval.scorer import Scorer
from goldwire.eval.tally import Key, Rows

TEXT = "abcdefghijklmnopqrstuvwxyz" * 2

SCHEMES = ("strict", "exact", "type", "partial")
SEMEVAL = ("correct", "incorrect", "partial", "missed", "spurious")


def mentions(*rows: str, **common: Any) -> tuple[Mention, ...]:
    """A mention for each run of one letter; the letter is its type, its columns are its code points.

    >>> [(m.start, m.end, m.type) for m in mentions("AA B")]
    [(0, 2, 'A'), (3, 4, 'B')]
    """
    runs = (run for row in rows for run in re.finditer(r"(\S)\1*", row))
    return tuple(Mention(start=run.start(), end=run.end(), type=run[1], **common) for run in runs)


def document(*rows: str, name: str = "d", text: str = TEXT, **layers: Any) -> Document:
    """A document of ``text`` with the mentions that ``rows`` draw below it."""
    return Document(id=name, text=text, mentions=mentions(*rows), **layers)


def at(text: str, words: str, n: int = 1) -> Span:
    """The span of the ``n``-th occurrence of ``words``."""
    start = -1
    for _ in range(n):
        start = text.index(words, start + 1)
    return start, start + len(words)


def quote(text: str, *content: str, kind: str = "direct", **parts: Any) -> Quote:
    """A quote whose spans are given by their words; ``speaker_entity`` stays what it is."""
    spans: dict[str, Any] = {}
    for name, value in parts.items():
        if name == "marked":
            spans[name] = tuple(at(text, words) for words in value)
        else:
            spans[name] = at(text, value) if name in ("cue", "speaker") and isinstance(value, str) else value
    return Quote(kind=kind, content=tuple(at(text, words) for words in content), **spans)


def scores(gold: Any, predicted: Any, **options: Any) -> dict[str, Any]:
    """All scores of one document, or of lists of them, without intervals unless ``draws`` asks for them."""
    return result(gold, predicted, **options).scores


def result(gold: Any, predicted: Any, **options: Any) -> goldwire.Result:
    sides = ([side] if isinstance(side, Document) else side for side in (gold, predicted))
    return goldwire.score(*sides, **{"draws": 0, **options})


def prf(score: dict[str, Any]) -> tuple[float | None, float | None, float | None]:
    return score["precision"], score["recall"], score["f1"]


def semeval(score: dict[str, Any]) -> tuple[int, ...]:
    """COR, INC, PAR, MIS, SPU."""
    return tuple(score["counts"][name] for name in SEMEVAL)


def warned(gold: Any, predicted: Any, **options: Any) -> dict[str, int]:
    """How often each warning was given."""
    return {warning.code: warning.count for warning in result(gold, predicted, **options).warnings}


def rows(pairs: Iterable[tuple[Document, Document | None]], **options: Any) -> dict[tuple[str, int, Key], list[int]]:
    """All rows of the pairs: (document, block, key) to the nine counts."""
    tables: list[Rows] = []
    scorer = Scorer(on_rows=tables.append, **options)
    for gold, predicted in pairs:
        scorer.add(gold, predicted)
    scorer.result(draws=0)
    sums: dict[tuple[str, int, Key], list[int]] = {}
    for table in tables:
        for cell, key, counts in zip(table.cell.tolist(), table.key.tolist(), table.counts.tolist(), strict=True):
            place = (*table.cells[cell], table.keys[key])
            sums[place] = [a + b for a, b in zip(sums.get(place, [0] * 9), counts, strict=True)]
    return {place: counts for place, counts in sums.items() if any(counts)}


def by_block(gold: Document, predicted: Document | None, score: str) -> dict[int, tuple[int, int, int]]:
    """Of one score, for each block that counts anything: gold's hits, predicted, gold."""
    table: defaultdict[int, tuple[int, int, int]] = defaultdict(lambda: (0, 0, 0))
    for (_, block, key), counts in rows([(gold, predicted)]).items():
        if key.score == score and key.slice == "":
            hits, guesses, golds = table[block]
            table[block] = (hits + counts[1], guesses + counts[2], golds + counts[3])
    return dict(table)
