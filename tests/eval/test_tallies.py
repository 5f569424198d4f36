"""The tallies that benchmarks time are those that scores are made of."""

from __future__ import annotations

import numpy as np

import goldwire
from goldwire import Document, Mention
from goldwire.eval.entities import tallies
from goldwire.eval.matching import Mentions
from goldwire.eval.tally import COUNTS

LISTED = [
    ([(0, 3, "A"), (5, 9, "B")], [(0, 3, "A"), (6, 9, "A"), (6, 9, "B")]),
    ([], [(1, 2, "B")]),
]


def documents(side: int) -> list[Document]:
    return [
        Document(id=f"d{n}", mentions=tuple(Mention(start=s, end=e, type=t) for s, e, t in pair[side]))
        for n, pair in enumerate(LISTED)
    ]


def columns(side: int) -> Mentions:
    rows = [(n, s, e, "AB".index(t)) for n, pair in enumerate(LISTED) for s, e, t in pair[side]]
    return Mentions(*np.array(rows, np.int64).T)


def test_tallies_of_columns_are_the_counts_of_the_scores() -> None:
    scored = goldwire.score(documents(0), documents(1), draws=0).scores
    for scheme, table in tallies(columns(0), columns(1), documents=2, types=2).items():
        counts = scored[f"entities.{scheme}"]["counts"]
        total = dict(zip(COUNTS, table.sum(axis=(0, 1)).tolist(), strict=True))
        assert {name: counts[name] for name in COUNTS[2:]} == {name: total[name] for name in COUNTS[2:]}, scheme
        assert table[1].sum(axis=0).tolist() == [0, 0, 1, 0, 0, 0, 0, 0, 1], scheme
