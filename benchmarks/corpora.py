"""Drawn corpora for the benchmarks: seeded, so that everyone draws the same.

A document has 50 gold mentions of 8 types on a line of tokens. Of them 80 % are predicted exactly, 10 % shifted by one,
5 % retyped, and 5 % missed or replaced by a spurious one. ``nested`` adds mentions inside 30 % of the gold mentions;
``crossing`` draws long mentions anywhere, so that they cross; in ``overlapping`` all of a document share a character.
"""

from __future__ import annotations

import numpy as np

from goldwire.eval.matching import Mentions

MENTIONS = 50
SLOT = 8
TYPES = tuple(f"TYPE{number}" for number in range(8))
SHAPES = ("flat", "nested", "crossing")


def drawn(documents: int, shape: str = "flat", seed: int = 0, mentions: int = MENTIONS) -> tuple[Mentions, Mentions]:
    """Gold and predicted mentions in columns, sorted by document; offsets count tokens."""
    draw = np.random.default_rng(seed)
    n = documents * mentions
    document = np.repeat(np.arange(documents), mentions)
    if shape == "crossing":
        start, length = draw.integers(0, mentions * 4, n), draw.integers(5, 30, n)
    elif shape == "overlapping":
        start = draw.integers(0, mentions * 2, n)
        length = mentions * 2 + draw.integers(4, mentions * 2, n) - start
    else:
        start = np.tile(np.arange(mentions) * SLOT, documents) + draw.integers(0, 3, n)
        length = draw.integers(2, 4, n)
    kind = draw.integers(0, len(TYPES), n)
    if shape == "nested":
        inner = np.flatnonzero(draw.random(n) < 0.3)
        document, start = np.append(document, document[inner]), np.append(start, start[inner])
        length = np.append(length, length[inner] - 1)
        kind = np.append(kind, draw.integers(0, len(TYPES), len(inner)))
    fate = draw.random(len(start))
    shift = ((fate >= 0.8) & (fate < 0.9)).astype(np.int64)
    retyped = np.where((fate >= 0.9) & (fate < 0.95), (kind + 1) % len(TYPES), kind)
    kept, spurious = fate < 0.975, fate >= 0.975
    gold = Mentions(document, start, start + length, kind)
    moved = Mentions(document, start + shift, start + shift + length, retyped)
    away = Mentions(document, start + length + 1, start + length + 2, kind)
    parts = zip(moved, away, strict=True)
    guess = Mentions(*(np.concatenate([a[kept], b[spurious]]) for a, b in parts))
    return _sorted(gold), _sorted(guess)


def _sorted(mentions: Mentions) -> Mentions:
    order = np.lexsort((mentions.type, mentions.end, mentions.start, mentions.document))
    return Mentions(*(column[order] for column in mentions))


def by_document(mentions: Mentions, documents: int) -> list[list[tuple[int, int, str]]]:
    """The same as lists of (start, end, type), one list a document."""
    lists: list[list[tuple[int, int, str]]] = [[] for _ in range(documents)]
    for document, start, end, kind in zip(*(column.tolist() for column in mentions), strict=True):
        lists[document].append((start, end, TYPES[kind]))
    return lists
