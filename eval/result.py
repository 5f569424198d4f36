"""What a run of the judge comes to: one object that feeds every report."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from numbers import Real
from typing import TYPE_CHECKING, Any

from goldwire.corpus.errors import ThresholdError, UsageError, shown
from goldwire.eval.measures import parse_measure

if TYPE_CHECKING:
    import pandas

__all__ = ["Result", "Warned"]


@dataclass(slots=True)
class Warned:
    """One kind of oddity: how often it was seen, and the first few places."""

    code: str
    count: int = 0
    examples: list[str] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """The warning as JSON."""
        return {"code": self.code, "count": self.count, "examples": self.examples}


@dataclass(frozen=True, slots=True)
class Result:
    """All scores of one set of predictions on one gold, with what was counted and what was odd.

    ``scores`` maps the name of a measure to its figures as JSON holds them. ``mode`` is ``goldwire``, or the program
    whose figures they are.
    """

    scores: dict[str, dict[str, Any]]
    documents: dict[str, int]
    not_attempted: list[str]
    warnings: list[Warned]
    predictions: str
    view: str
    mode: str = "goldwire"
    extractor: str | None = None
    values_of_documents: Callable[[], dict[str, dict[str, float | None]]] = dict
    deviations: dict[str, float] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The result as JSON: ``goldwire-result/1``."""
        return {
            "schema": "goldwire-result/1",
            **({} if self.extractor is None else {"extractor": self.extractor}),
            "predictions": self.predictions,
            "documents": self.documents,
            "not_attempted": self.not_attempted,
            "scores": self.scores,
            "warnings": [warned.to_dict() for warned in self.warnings],
        }

    @classmethod
    def from_dict(cls, content: Mapping[str, Any], view: str) -> Result:
        """The result that ``to_dict`` gave; ``view`` is its task. It has no values per document."""
        scores = content["scores"]
        return cls(
            scores=scores,
            documents=content["documents"],
            not_attempted=content["not_attempted"],
            warnings=[Warned(w["code"], w["count"], w["examples"]) for w in content["warnings"]],
            predictions=content["predictions"],
            view=view,
            extractor=content.get("extractor"),
            deviations={name: score["deviation"] for name, score in scores.items() if "deviation" in score},
        )

    @property
    def per_document(self) -> dict[str, dict[str, float | None]]:
        """By measure the value of each document, ``None`` where it is undefined; made when it is asked for."""
        return self.values_of_documents()

    def to_frame(self, *, per_document: bool = False) -> pandas.DataFrame:
        """One row a score with its figures; or one row a document with one column a score."""
        import pandas as pd

        if per_document:
            return pd.DataFrame(self.per_document).rename_axis("document")
        figures = ("value", "precision", "recall", "f1", "accuracy", "macro_type", "macro_document")
        rows = []
        for name, score in self.scores.items():
            low, high = score.get("interval") or (None, None)
            rows.append({"score": name, **{f: score.get(f) for f in figures}, "low": low, "high": high})
        return pd.DataFrame(rows).set_index("score")

    def require(self, thresholds: dict[str, float]) -> None:
        """Raise where a score is undefined or below its threshold; an error rate above it.

        Raises
        ------
        ThresholdError
            With every score that missed.
        UsageError
            A name is no score, or a threshold no number.
        """
        missed: list[str] = []
        if not isinstance(thresholds, Mapping):
            raise UsageError(f"thresholds: found {shown(thresholds)}, expected a dict of scores and numbers")
        for name, least in thresholds.items():
            measure = parse_measure(name)
            if not isinstance(least, Real) or math.isnan(least):
                raise UsageError(f"threshold of {name}: found {shown(least)}, expected a number")
            value = self.scores.get(measure.name, {}).get("value")
            bound = "at most" if measure.lower_is_better else "at least"
            if value is None:
                missed.append(f"{name}: found no value, expected {bound} {least}")
            elif value > least if measure.lower_is_better else value < least:
                missed.append(f"{name}: found {value:.4f}, expected {bound} {least}")
        if missed:
            raise ThresholdError("; ".join(missed))


def parse_threshold(text: str) -> tuple[str, float]:
    """``SCORE=X`` as a pair.

    Raises
    ------
    UsageError
        The text has another form, or names no score.
    """
    name, equals, number = text.partition("=")
    try:
        least = float(number)
    except ValueError:
        least = math.nan
    if not equals or not math.isfinite(least):
        raise UsageError(f"threshold {text!r}: expected SCORE=NUMBER, such as entities.strict=0.80")
    return parse_measure(name).name, least
