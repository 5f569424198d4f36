"""What is known of scored documents: all that a result is made of. Shards add up to the whole, exactly."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import metadata
from typing import Any

from goldwire.corpus.document import LAYERS, sha256
from goldwire.corpus.errors import InputError, Problem, UsageError
from goldwire.corpus.manifest import CorpusHash
from goldwire.eval.confidence import refuse_draws
from goldwire.eval.figures import Figures, attempted
from goldwire.eval.labels import LabelMap, Meaning
from goldwire.eval.measures import MEASURES
from goldwire.eval.modes import OWN, Counting
from goldwire.eval.result import Result, Warned
from goldwire.eval.signature import Signature
from goldwire.eval.tally import Tally
from goldwire.eval.views import View, parse_view

__all__ = ["Shard"]

_MOST_EXAMPLES = 5
_DOCUMENTS = ("scored", "empty", "missing", "failed")
_TASK = ("goldwire", "view", "labels")
_version = cache(metadata.version)  # it reads and parses a file


@dataclass(slots=True)
class Shard:
    """The tally of some documents and what stands beside it: their number, hashes, layers and oddities.

    ``annotated`` are the layers that gold has, ``attempted`` those that the predictions have or their maker declares.
    ``counting`` counts in the mode of another program, in place of the tally.
    """

    view: View
    labels: LabelMap | None = None
    attempted: set[str] = field(default_factory=set)
    annotated: set[str] = field(default_factory=set)
    documents: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_DOCUMENTS, 0))
    gold_hash: CorpusHash = field(default_factory=CorpusHash)
    predictions_hash: CorpusHash = field(default_factory=CorpusHash)
    warned: dict[str, Warned] = field(default_factory=dict)
    tally: Tally = field(default_factory=Tally)
    counting: Counting | None = None

    def warn(self, code: str, example: str = "", count: int = 1) -> None:
        """Count an oddity; an example is kept for the first few."""
        warned = self.warned.setdefault(code, Warned(code))
        warned.count += count
        if example and len(warned.examples) < _MOST_EXAMPLES and example not in warned.examples:
            warned.examples.append(example)

    def result(
        self, *, draws: int = 10_000, seed: int = 0, extractor: str | None = None, gold: str = "local@0"
    ) -> Result:
        """The scores. ``gold`` is the corpus as NAME@VERSION; 0 draws give no intervals.

        Raises
        ------
        InputError
            There is no document.
        UsageError
            Of draws or seed there is no such number: ``refuse_draws``.
        """
        refuse_draws(draws, seed)
        if not self.documents["scored"]:
            raise InputError(Problem("no-documents", "no gold document", "one or more"))
        scored = self.attempted & self.annotated
        warned = dict(self.warned)
        if stray := sorted(self.attempted - self.annotated):
            warned["layer-not-in-gold"] = Warned("layer-not-in-gold", len(stray), stray)
        counting = self.counting
        if counting is not None:
            draws = seed = 0  # another program's figures have no intervals
        measures = attempted([measure for measure in MEASURES.values() if measure.layer in scored], self.tally)
        report = Figures(self.tally, measures, draws, seed)
        signature = Signature(
            version=_version("goldwire"),
            gold=f"{gold}#{str(self.gold_hash)[:12]}",
            score="",
            view=str(self.view),
            mode=OWN if counting is None else counting.mode.name,
            unit=self.tally.unit if counting is None else "document",
            draws=draws,
            seed=seed,
        )
        if counting is None:
            figures, per_document = {m.name: report.score(m) for m in measures}, report.per_document
        else:
            known = "mentions" in scored
            figures, per_document = (counting.scores(), counting.per_document) if known else ({}, dict)
        return Result(
            scores={name: {"signature": str(signature._replace(score=name)), **f} for name, f in figures.items()},
            documents=dict(self.documents),
            not_attempted=[layer for layer in LAYERS if layer in self.annotated - self.attempted],
            warnings=[warned[code] for code in sorted(warned)],
            predictions=f"sha256:{self._predictions_seen()}",
            view=str(self.view),
            mode=signature.mode,
            extractor=extractor,
            values_of_documents=per_document,
            deviations=report.deviations,
        )

    def _predictions_seen(self) -> str:
        """The hash of the predictions, and of the label map through which they were read."""
        if self.labels is None:
            return str(self.predictions_hash)
        table = {theirs: meaning.ours for theirs, meaning in self.labels.meanings.items()}
        total = CorpusHash(str(self.predictions_hash))
        total.merge(sha256(json.dumps(table, sort_keys=True)))
        return str(total)

    def about(self) -> dict[str, Any]:
        """All but the tally, as JSON: what the rows of a shard are kept with."""
        labels = None if self.labels is None else {k: [m.ours, m.why] for k, m in self.labels.meanings.items()}
        return {
            "goldwire": _version("goldwire"),
            "view": str(self.view),
            "labels": labels,
            "attempted": sorted(self.attempted),
            "annotated": sorted(self.annotated),
            "documents": self.documents,
            "gold": str(self.gold_hash),
            "predictions": str(self.predictions_hash),
            "warnings": [self.warned[code].to_dict() for code in sorted(self.warned)],
        }

    def add(self, about: Mapping[str, Any], where: str) -> None:
        """Take in all but the tally of another shard, as ``about`` gives it; ``where`` names it in messages.

        Raises
        ------
        UsageError
            It is of another version of goldwire, another view or another label map.
        """
        own = self.about()
        for part in _TASK:
            if about[part] != own[part]:
                raise UsageError(
                    f"{where}: found {part} {about[part]!r}, expected {own[part]!r}, as in the first shard"
                )
        self.attempted.update(about["attempted"])
        self.annotated.update(about["annotated"])
        for name, count in about["documents"].items():
            self.documents[name] += count
        self.gold_hash.merge(about["gold"])
        self.predictions_hash.merge(about["predictions"])
        for warning in about["warnings"]:
            self.warn(warning["code"], count=warning["count"])
            for example in warning["examples"]:
                self.warn(warning["code"], example, 0)

    def merge(self, other: Shard) -> None:
        """Take in another shard of the same task, of documents that are not here yet; the other one is used up.

        Raises
        ------
        UsageError
            Its task is another, or one counts in the mode of another program, whose counts do not add up.
        """
        for one in (self, other):
            if one.counting is not None:
                raise UsageError(
                    f"shard: found mode {one.counting.mode.name!r}, expected goldwire's own, which adds up"
                )
        self.add(other.about(), "shard")
        self.tally.merge(other.tally)

    @classmethod
    def of(cls, about: Mapping[str, Any]) -> Shard:
        """A shard without documents of the task that ``about`` names."""
        labels = about["labels"]
        table = None if labels is None else LabelMap({k: Meaning(*meaning) for k, meaning in labels.items()})
        return cls(parse_view(about["view"]), table)
