"""Rows of the cluster scores: which mentions are of one entity, by links, by mentions, by whole clusters.

A side is a partition: span → entity, for the mentions of a document that name one. DATE, TIME and NUMBER are left out
before. A mention that one side lacks is in no cluster there, so it costs recall or precision and is never an error.
All rows are of whole documents, exact, and booked in the document's first cell. Singletons are kept.

=============  =======================================================================  ==============================
score          hits / items of gold (of predictions: the sides exchanged)               source
=============  =======================================================================  ==============================
clusters.lea   |K|·(links of K that one predicted cluster has)/(links of K) / mentions  Moosavi & Strube 2016
clusters.muc   links of K that hold it together / |K| − 1                               Vilain et al. 1995
clusters.b3    mean over mentions of |K ∩ R|/|K| / mentions                             Bagga & Baldwin 1998
clusters.ceafe Σ 2·|K ∩ R|/(|K| + |R|) over the best one-to-one map / clusters          Luo 2005, φ4
clusters.mean  mean F1 of muc, b3 and ceafe, of what is defined                         Pradhan et al. 2012 (CoNLL)
=============  =======================================================================  ==============================

All lie in [0, 1]; without clusters on a side its P or R is null, without any on both F1 is null too. MUC has nothing to
count where every cluster is a singleton: null, and the mean is then over the other two (CoNLL's scorer says 0 there, so
that a perfect answer has 0.667).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping

from goldwire.corpus.document import Span
from goldwire.eval.assignment import assign
from goldwire.eval.tally import Key, RowsBuilder

__all__ = ["Partition", "cluster_rows"]

Partition = Mapping[Span, str]
"""The entity of each mention."""

_Sizes = Counter[str]
_Shared = Counter[tuple[str, str]]


def cluster_rows(rows: RowsBuilder, cell: int, gold: Partition, predicted: Partition) -> None:
    """Add the rows of one document, in ``cell``; two empty sides add none."""
    sizes, guesses = Counter(gold.values()), Counter(predicted.values())
    shared = Counter((entity, predicted[span]) for span, entity in gold.items() if span in predicted)
    turned: _Shared = Counter({(guess, entity): n for (entity, guess), n in shared.items()})
    for side, own, other, both in (("gold", sizes, guesses, shared), ("predicted", guesses, sizes, turned)):
        _lea(rows, cell, side, own, other, both)
        _muc(rows, cell, side, own, both)
        _b3(rows, cell, side, own, both)
    _ceafe(rows, cell, sizes, guesses, shared)


def _by_cluster(shared: _Shared) -> dict[str, dict[str, int]]:
    parts: dict[str, dict[str, int]] = {}
    for (entity, other), n in shared.items():
        parts.setdefault(entity, {})[other] = n
    return parts


def _lea(rows: RowsBuilder, cell: int, side: str, sizes: _Sizes, others: _Sizes, shared: _Shared) -> None:
    """Links resolved, weighted by the size of the cluster; a singleton has one link, to itself.

    Of n mentions n·(n − 1)/2 pairs are links, so n · common/links is 2·common/(n − 1). The link of a singleton is found
    where the mention is a singleton on the other side, too.
    """
    parts = _by_cluster(shared)
    for entity, size in sizes.items():
        if size == 1:
            found, denominator = sum(others[other] == 1 for other in parts.get(entity, ())), 1
        else:
            found, denominator = sum(n * (n - 1) for n in parts.get(entity, {}).values()), size - 1
        rows.add(cell, Key("clusters.lea", denominator=denominator), **{side: size, f"{side}_hits": found})


def _muc(rows: RowsBuilder, cell: int, side: str, sizes: _Sizes, shared: _Shared) -> None:
    """A cluster of n mentions needs n − 1 links; the other side breaks it into parts, a mention it lacks is one."""
    parts = _by_cluster(shared)
    links = sum(sizes.values()) - len(sizes)
    found = sum(sum(common.values()) - len(common) for common in parts.values())
    if links:
        rows.add(cell, Key("clusters.muc"), **{side: links, f"{side}_hits": found})


def _b3(rows: RowsBuilder, cell: int, side: str, sizes: _Sizes, shared: _Shared) -> None:
    """Of each mention the share of its cluster that is with it on the other side: n² of each common part in sum."""
    parts = _by_cluster(shared)
    for entity, size in sizes.items():
        found = sum(n * n for n in parts.get(entity, {}).values())
        rows.add(cell, Key("clusters.b3", denominator=size), **{side: size, f"{side}_hits": found})


def _ceafe(rows: RowsBuilder, cell: int, sizes: _Sizes, guesses: _Sizes, shared: _Shared) -> None:
    """The one-to-one map of clusters with the greatest Σ φ4, over a common denominator; integers, so it is exact."""
    if not sizes and not guesses:
        return
    rows.add(cell, Key("clusters.ceafe"), gold=len(sizes), predicted=len(guesses))
    entities, others = list(sizes), list(guesses)
    left, right = ({name: at for at, name in enumerate(names)} for names in (entities, others))
    scale = math.lcm(*(sizes[a] + guesses[b] for a, b in shared))
    edges = {(left[a], right[b]): (2 * n * (scale // (sizes[a] + guesses[b])),) for (a, b), n in shared.items()}
    for i, j in assign(edges):
        a, b = entities[i], others[j]
        n = 2 * shared[a, b]
        key = Key("clusters.ceafe", denominator=sizes[a] + guesses[b])
        rows.add(cell, key, gold_hits=n, predicted_hits=n)
