"""The judge: documents in, a result out. Documents come one by one; only rows of counts are kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import version
from pathlib import Path

from goldwire.corpus.document import LAYERS, UNSET, Document, sha256
from goldwire.corpus.errors import InputError, Problem, UsageError, shown
from goldwire.corpus.manifest import CorpusHash
from goldwire.eval.chunk import Chunk
from goldwire.eval.figures import Figures, attempted
from goldwire.eval.labels import LabelMap, as_label_map
from goldwire.eval.measures import MEASURES
from goldwire.eval.result import Result, Warned
from goldwire.eval.signature import Signature
from goldwire.eval.tally import LEAST_DOCUMENTS, Rows, Tally
from goldwire.eval.views import View, parse_view

__all__ = ["Scorer"]

_CHUNK_DOCUMENTS = 1000
_CHUNK_MENTIONS = 60_000
_MOST_EXAMPLES = 5


class Scorer:
    """Scores documents one at a time.

    ``labels`` maps an extractor's labels to the task's, ``view`` names the task, ``attempted`` the layers that the
    extractor declares; ``on_rows`` is called with the rows of each chunk of documents.

    Raises
    ------
    UsageError
        An unknown view or mode.
    InputError
        From ``add`` and ``result``: gold that is unsound, predictions made on another text, a document twice.
    """

    def __init__(
        self,
        *,
        labels: LabelMap | Mapping[str, str | None] | str | Path | None = None,
        view: View | str | None = None,
        mode: str | None = None,
        attempted: Iterable[str] = (),
        on_rows: Callable[[Rows], None] | None = None,
    ) -> None:
        if mode is not None:
            raise UsageError(f"mode {mode!r}: no such mode; there is only goldwire's own")
        self._labels = as_label_map(labels)
        self._view = view if isinstance(view, View) else parse_view(view)
        self._attempted = set(attempted)
        self._on_rows = on_rows
        self._annotated: set[str] = set()
        self._tally = Tally()
        self._chunk = self._new_chunk()
        self._seen: set[str] = set()
        self._gold_hash, self._predictions_hash = CorpusHash(), CorpusHash()
        self._documents = {"scored": 0, "empty": 0, "missing": 0, "failed": 0}
        self._warned: dict[str, Warned] = {}

    def add(self, gold: Document, predicted: Document | None, *, failed: bool = False) -> None:
        """Score one gold document against its prediction; without one it is missing, and counts as empty."""
        if gold.id in self._seen:
            raise InputError(
                Problem("duplicate-document", shown(gold.id), "an id of its own", "rename one", "id", gold.id)
            )
        self._seen.add(gold.id)
        self._gold_hash.add(gold)
        self._annotated.update([layer for layer in LAYERS if getattr(gold, layer) is not UNSET])
        self._documents["scored"] += 1
        if predicted is None:
            self._documents["failed" if failed else "missing"] += 1
            predicted = Document(id=gold.id)
        else:
            self._predictions_hash.add(predicted)
            self._note_attempts(gold, predicted)
        by_block = self._on_rows is not None or len(self._seen) < LEAST_DOCUMENTS
        self._chunk.add(gold, predicted, by_block=by_block)
        if self._chunk.documents >= _CHUNK_DOCUMENTS or self._chunk.mentions >= _CHUNK_MENTIONS:
            self._flush()

    @property
    def gold_hash(self) -> str:
        """The hash of the gold documents added so far (``CorpusHash``)."""
        return str(self._gold_hash)

    def warn(self, code: str, example: str = "", count: int = 1) -> None:
        """Count an oddity; an example is kept for the first few."""
        warned = self._warned.setdefault(code, Warned(code))
        warned.count += count
        if example and len(warned.examples) < _MOST_EXAMPLES and example not in warned.examples:
            warned.examples.append(example)

    def result(
        self, *, draws: int = 10_000, seed: int = 0, extractor: str | None = None, gold: str = "local@0"
    ) -> Result:
        """The scores of what was added so far. ``gold`` is the corpus as NAME@VERSION; 0 draws give no intervals."""
        self._flush()
        if not self._documents["scored"]:
            raise InputError(Problem("no-documents", "no gold document", "one or more"))
        scored = self._attempted & self._annotated
        for layer in sorted(self._attempted - self._annotated):
            self.warn("layer-not-in-gold", layer)
        measures = attempted([measure for measure in MEASURES.values() if measure.layer in scored], self._tally)
        report = Figures(self._tally, measures, draws, seed)
        signature = Signature(
            version=version("goldwire"),
            gold=f"{gold}#{self.gold_hash[:12]}",
            score="",
            view=str(self._view),
            mode="goldwire",
            unit=self._tally.unit,
            draws=draws,
            seed=seed,
        )
        scores = {m.name: {"signature": str(signature._replace(score=m.name)), **report.score(m)} for m in measures}
        return Result(
            scores=scores,
            documents=dict(self._documents),
            not_attempted=[layer for layer in LAYERS if layer in self._annotated - self._attempted],
            warnings=[self._warned[code] for code in sorted(self._warned)],
            predictions=f"sha256:{self._predictions_seen()}",
            view=str(self._view),
            extractor=extractor,
            values_of_documents=report.per_document,
            deviations=report.deviations,
        )

    def _predictions_seen(self) -> str:
        """The hash of the predictions, and of the label map through which they were read."""
        if self._labels is None:
            return str(self._predictions_hash)
        table = {theirs: meaning.ours for theirs, meaning in self._labels.meanings.items()}
        total = CorpusHash(str(self._predictions_hash))
        total.merge(sha256(json.dumps(table, sort_keys=True)))
        return str(total)

    def _new_chunk(self) -> Chunk:
        return Chunk(self._labels, self._view, self.warn)

    def _note_attempts(self, gold: Document, predicted: Document) -> None:
        if predicted.text is not UNSET or predicted.sha256 is not UNSET:
            _refuse_another_text(gold, predicted)
        layers = {layer: getattr(predicted, layer) for layer in LAYERS}
        self._attempted.update([layer for layer, value in layers.items() if value is not UNSET])
        self._documents["empty"] += not any(layers.values())

    def _flush(self) -> None:
        chunk, self._chunk = self._chunk, self._new_chunk()
        if chunk.documents:
            rows = chunk.rows()
            self._tally.add(rows)
            if self._on_rows is not None:
                self._on_rows(rows)


def _refuse_another_text(gold: Document, predicted: Document) -> None:
    own_hash = sha256(gold.text) if gold.sha256 is UNSET and gold.text is not UNSET else gold.sha256
    for part, ours, theirs in (("text", gold.text, predicted.text), ("sha256", own_hash, predicted.sha256)):
        if ours is not UNSET and theirs is not UNSET and ours != theirs:
            found, want = f"a {part} unlike gold's: {shown(theirs)}", "predictions made on gold's text"
            raise InputError(Problem("another-text", found, want, "extract from gold's own text", part, gold.id))
