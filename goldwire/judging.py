"""One extractor judged in memory, with its errors at hand: what the pytest plugin stands on."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from goldwire.corpus.document import Document
from goldwire.corpus.errors import ThresholdError
from goldwire.eval.failings import failings
from goldwire.eval.labels import LabelMap
from goldwire.eval.measures import parse_measure
from goldwire.eval.outcomes import mention_outcomes, quote_outcomes
from goldwire.eval.result import Result
from goldwire.eval.views import parse_view
from goldwire.io import read
from goldwire.runs import read_run
from goldwire.scoring import Source, documents_of

__all__ = ["Judged", "judge"]


@dataclass(frozen=True, slots=True)
class Judged:
    """An extractor's result, with what it was judged on: gold, predictions by document id, label map.

    ``failures`` maps a document to the reason why the extractor failed on it.
    """

    name: str
    result: Result
    documents: list[Document]
    predictions: dict[str, Document]
    labels: LabelMap | None
    failures: dict[str, str]

    def value(self, score: str) -> float | None:
        """The value of a score; ``None`` where it is undefined or not attempted."""
        found: float | None = self.result.scores.get(parse_measure(score).name, {}).get("value")
        return found

    def failings(self, score: str, examples: int = 3) -> list[str]:
        """The errors behind a score of mentions or quotes in the article's lines, the most frequent kinds first.

        Mentions are judged as ``entities.strict`` does, quotes as ``quotes.who-said-what``; of other layers there is
        nothing to show.
        """
        pairs = [(document, self.predictions.get(document.id)) for document in self.documents]
        texts = {document.id: document.text or "" for document in self.documents}
        layer = parse_measure(score).layer
        if layer == "mentions":
            return failings(mention_outcomes(pairs, self.labels, parse_view(self.result.view)), texts, examples)
        return failings(quote_outcomes(pairs), texts, examples) if layer == "quotes" else []

    def require(self, thresholds: Mapping[str, float], examples: int = 3) -> None:
        """Raise where a score is undefined or below its threshold (an error rate: above it), with the errors behind it.

        Raises
        ------
        ThresholdError
            With every score that missed, what failed, and the errors in the article's lines.
        UsageError
            A name is no score.
        """
        __tracebackhide__ = True  # pytest shows the test, not this
        try:
            self.result.require(dict(thresholds))
        except ThresholdError as error:
            raise ThresholdError("\n".join([f"{self.name}: {error}", *self._evidence(thresholds, examples)])) from None

    def _evidence(self, thresholds: Mapping[str, float], examples: int) -> list[str]:
        lines = [f"failed on {document}: {why}" for document, why in self.failures.items()]
        lines += [f"warning: {warned.code} ({warned.count})" for warned in self.result.warnings]
        asked = dict.fromkeys(parse_measure(score).layer for score in thresholds)
        lines += [f"not attempted: {layer}" for layer in asked if layer in self.result.not_attempted]
        shown = set()
        for score, bound in thresholds.items():
            measure = parse_measure(score)
            figures = self.result.scores.get(measure.name)
            if figures is None or not _misses(self.result, {score: bound}):
                continue
            if measure.layer not in shown:
                shown.add(measure.layer)
                lines += [f"  {line}" for line in self.failings(score, examples)]
            lines.append(figures["signature"])
        return lines


def _misses(result: Result, threshold: dict[str, float]) -> bool:
    try:
        result.require(threshold)
    except ThresholdError:
        return True
    return False


def judge(
    extractor: Any, gold: Source | None = None, *, view: str | None = None, draws: int = 0, seed: int = 0
) -> Judged:
    """Run an extractor on gold (``None``: the embedded article) and judge it, as ``goldwire bench`` does.

    ``extractor`` is whatever ``goldwire bench`` takes, or a Python object: a function, or a class with ``extract``.
    Nothing is left on the disk, and no speed is measured.

    Raises
    ------
    GoldwireError
        The extractor cannot be found or made, or gold cannot be read. A document that fails ends nothing.
    """
    documents = list(documents_of(gold))
    from goldwire.bench import bench

    with tempfile.TemporaryDirectory() as folder:
        source = gold if gold is None or isinstance(gold, str) else documents
        [entry] = bench([extractor], source, view=view, out=folder, draws=draws, seed=seed, warm_seconds=0.0)
        run = read_run(entry.folder)
        predictions = _by_id(read(run.predictions)) if run.predictions.stat().st_size else {}
    return Judged(entry.name, entry.result, documents, predictions, run.labels, run.run.get("failures", {}))


def _by_id(documents: Any) -> dict[str, Document]:
    return {document.id: document for document in documents}
