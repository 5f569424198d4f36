"""``seqeval-strict``: seqeval with ``mode="strict", scheme=IOB2``: a chunk begins with B or is none.

Tags made of spans always begin with B, so the figures differ from ``seqeval`` only in what a type is called: hyphens
at its ends are cut.
"""

from __future__ import annotations

from goldwire.eval.measures import mode_measures
from goldwire.eval.modes.mode import Mode
from goldwire.eval.modes.seqeval import counting, figures
from goldwire.eval.modes.tagged import CANNOT, NEEDS

__all__ = ["MODE"]


def _type_of(kind: str) -> str:
    return kind.strip("-") or "_"


MODE = Mode(
    name="seqeval-strict",
    program="seqeval",
    version="1.2.2",
    source="f1_score(gold, predicted, average=…, mode='strict', scheme=IOB2) and its like",
    needs=NEEDS,
    cannot=f"{CANNOT}; tags that begin with I, which it drops: they were read as mentions",
    measures=mode_measures("seqeval-strict"),
    count=counting(_type_of),
    figures=figures,
)
