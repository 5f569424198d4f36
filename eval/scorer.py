"""The judge: documents in, a result out. Documents come one by one; only rows of counts are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np

from goldwire.corpus.document import LAYERS, UNSET, Document, sha256
from goldwire.corpus.errors import InputError, Problem, UsageError, shown
from goldwire.eval.alignment import outcomes
from goldwire.eval.chunk import Chunk
from goldwire.eval.labels import LabelMap, as_label_map
from goldwire.eval.modes import Counting, parse_mode
from goldwire.eval.result import Result
from goldwire.eval.shard import Shard
from goldwire.eval.tally import LEAST_DOCUMENTS, Rows
from goldwire.eval.views import View, parse_view

__all__ = ["Scorer"]

_CHUNK_DOCUMENTS = 1000
_CHUNK_MENTIONS = 60_000

_REUSED = 1 << 24
"""After a block of so many bytes is freed, glibc keeps what chunks free, where it would fault in new pages for each."""


class Scorer:
    """Scores documents one at a time.

    ``labels`` maps an extractor's labels to the task's, ``view`` names the task, ``attempted`` the layers that the
    extractor declares; ``on_rows`` is called with the rows of each chunk of documents. ``mode`` gives another program's
    figures in place of goldwire's own.

    Raises
    ------
    UsageError
        An unknown view or mode; rows are asked of another program's mode, which has none.
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
        chosen = parse_mode(mode)
        if not isinstance(attempted, Iterable) or isinstance(attempted, str) or not set(LAYERS).issuperset(attempted):
            raise UsageError(f"attempted: found {shown(attempted)}, expected some of {', '.join(LAYERS)}")
        if chosen is not None and on_rows is not None:
            raise UsageError(f"mode {mode}: it has no rows; leave them out, or the mode")
        self._shard = Shard(view if isinstance(view, View) else parse_view(view), as_label_map(labels), set(attempted))
        if chosen is not None:
            self._shard.counting = Counting(chosen, self._shard.labels, self._shard.view, self.warn)
        self._on_rows = on_rows
        np.empty(_REUSED, np.uint8)  # freed at once, and never touched
        self._chunk = self._new_chunk()
        self._seen: set[str] = set()

    def add(self, gold: Document, predicted: Document | None, *, failed: bool = False) -> None:
        """Score one gold document against its prediction; without one it is missing, and counts as empty."""
        if not isinstance(gold, Document) or not (predicted is None or isinstance(predicted, Document)):
            raise UsageError(f"found {shown(gold)} and {shown(predicted)}, expected two Documents, or one and None")
        self._refuse_again(gold.id)
        self._seen.add(gold.id)
        shard = self._shard
        shard.gold_hash.add(gold)
        shard.annotated.update([layer for layer in LAYERS if getattr(gold, layer) is not UNSET])
        shard.documents["scored"] += 1
        if predicted is None:
            shard.documents["failed" if failed else "missing"] += 1
            predicted = Document(id=gold.id)
        else:
            shard.predictions_hash.add(predicted)
            self._note_attempts(gold, predicted)
            for code, string, count in outcomes(predicted):
                self.warn(code, f"{gold.id}: {shown(string)}" if string else "", count)
            for code, found in _faults(predicted):
                self.warn(code, f"{gold.id}: {found}")
        if shard.counting is not None:
            shard.counting.add(gold, predicted)
            return
        by_block = self._on_rows is not None or len(self._seen) < LEAST_DOCUMENTS
        self._chunk.add(gold, predicted, by_block=by_block)
        if self._chunk.documents >= _CHUNK_DOCUMENTS or self._chunk.mentions >= _CHUNK_MENTIONS:
            self._flush()

    def merge(self, shard: Shard) -> None:
        """Take in documents that were scored elsewhere on the same task; their shard is used up.

        Raises
        ------
        InputError
            One of them is here already.
        UsageError
            The task is another, or the mode another program's, or rows are asked for, which a shard has not kept.
        """
        if self._on_rows is not None:
            raise UsageError("merge: found on_rows, expected none: a shard has its sums, and no rows")
        for name in shard.tally.names:
            self._refuse_again(name)
        self._flush()
        names = list(shard.tally.names)
        self._shard.merge(shard)
        self._seen.update(names)

    @property
    def gold_hash(self) -> str:
        """The hash of the gold documents added so far (``CorpusHash``)."""
        return str(self._shard.gold_hash)

    def warn(self, code: str, example: str = "", count: int = 1) -> None:
        """Count an oddity; an example is kept for the first few."""
        self._shard.warn(code, example, count)

    def shard(self) -> Shard:
        """All that is known of what was added so far."""
        self._flush()
        return self._shard

    def result(
        self, *, draws: int = 10_000, seed: int = 0, extractor: str | None = None, gold: str = "local@0"
    ) -> Result:
        """The scores of what was added so far: ``Shard.result``."""
        return self.shard().result(draws=draws, seed=seed, extractor=extractor, gold=gold)

    def _refuse_again(self, name: str) -> None:
        if name in self._seen:
            raise InputError(Problem("duplicate-document", shown(name), "an id of its own", "rename one", "id", name))

    def _new_chunk(self) -> Chunk:
        rows = self._on_rows is not None
        return Chunk(self._shard.labels, self._shard.view, self.warn, sliced_by_cell=rows)

    def _note_attempts(self, gold: Document, predicted: Document) -> None:
        if predicted.text is not UNSET or predicted.sha256 is not UNSET:
            _refuse_another_text(gold, predicted)
        layers = {layer: getattr(predicted, layer) for layer in LAYERS}
        self._shard.attempted.update([layer for layer, value in layers.items() if value is not UNSET])
        self._shard.documents["empty"] += not any(layers.values())

    def _flush(self) -> None:
        chunk, self._chunk = self._chunk, self._new_chunk()
        if chunk.documents:
            rows = chunk.rows()
            self._shard.tally.add(rows)
            if self._on_rows is not None:
                self._on_rows(rows)


def _faults(predicted: Document) -> Iterator[tuple[str, str]]:
    """(code, example) of what an extractor says was wrong with the answers that it read."""
    told = predicted.extra.get("faults") if predicted.extra else None
    for fault in told if isinstance(told, list) else ():
        match fault:
            case [str(code), str(found)]:
                yield code, found


def _refuse_another_text(gold: Document, predicted: Document) -> None:
    own_hash = sha256(gold.text) if gold.sha256 is UNSET and gold.text is not UNSET else gold.sha256
    for part, ours, theirs in (("text", gold.text, predicted.text), ("sha256", own_hash, predicted.sha256)):
        if ours is not UNSET and theirs is not UNSET and ours != theirs:
            found, want = f"a {part} unlike gold's: {shown(theirs)}", "predictions made on gold's text"
            raise InputError(Problem("another-text", found, want, "extract from gold's own text", part, gold.id))
