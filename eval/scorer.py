"""The judge: documents in, a result out. Documents come one by one; only rows of counts are kept."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from goldwire.corpus.document import LAYERS, UNSET, Document
from goldwire.corpus.errors import InputError, Problem, UsageError, shown
from goldwire.corpus.layout import lines
from goldwire.corpus.manifest import CorpusHash
from goldwire.eval.columns import Pair, mention_columns
from goldwire.eval.confidence import LEAST_UNITS, interval, resampled
from goldwire.eval.entities import Cells, mention_rows
from goldwire.eval.labels import LabelMap, as_label_map
from goldwire.eval.measures import MEASURES, Measure
from goldwire.eval.quotes import is_bad, quote_rows
from goldwire.eval.result import Result, Warned
from goldwire.eval.scores import Floats, Sums, resampled_value, summed
from goldwire.eval.sections import block_rows, dateline_rows, section_rows
from goldwire.eval.signature import Signature
from goldwire.eval.tally import LEAST_DOCUMENTS, Cell, Integers, Key, Rows, RowsBuilder, Tally, joined
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
        self._pending: list[Pair] = []
        self._pending_mentions = 0
        self._seen: set[str] = set()
        self._gold_hash, self._predictions_hash = CorpusHash(), CorpusHash()
        self._documents = {"scored": 0, "empty": 0, "missing": 0, "failed": 0}
        self._warned: dict[str, Warned] = {}
        self._gold_types: set[str] = set()
        self._predicted_types: dict[str, int] = {}

    def add(self, gold: Document, predicted: Document | None, *, failed: bool = False) -> None:
        """Score one gold document against its prediction; without one it is missing, and counts as empty."""
        if gold.id in self._seen:
            raise InputError(
                Problem("duplicate-document", shown(gold.id), "an id of its own", "rename one", "id", gold.id)
            )
        self._seen.add(gold.id)
        self._gold_hash.add(gold)
        self._documents["scored"] += 1
        if predicted is None:
            self._documents["failed" if failed else "missing"] += 1
            predicted = Document(id=gold.id)
        else:
            self._predictions_hash.add(predicted)
            self._documents["empty"] += not any(getattr(predicted, layer) for layer in LAYERS)
        _refuse_another_text(gold, predicted)
        self._annotated.update(gold.layers())
        self._attempted.update(predicted.layers())
        self._pending.append(Pair(gold, predicted, None if gold.text is UNSET else gold.text))
        self._pending_mentions += len(gold.mentions or ()) + len(predicted.mentions or ())
        if len(self._pending) >= _CHUNK_DOCUMENTS or self._pending_mentions >= _CHUNK_MENTIONS:
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
        measures = [measure for measure in MEASURES.values() if measure.layer in scored]
        report = _Report(self._tally, measures, draws, seed)
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
            predictions=f"sha256:{self._predictions_hash}",
            view=str(self._view),
            extractor=extractor,
            per_document=report.per_document,
            deviations=report.deviations,
        )

    def _flush(self) -> None:
        if self._pending:
            pairs, self._pending, self._pending_mentions = self._pending, [], 0
            rows = self._rows(pairs)
            self._tally.add(rows)
            if self._on_rows is not None:
                self._on_rows(rows)

    def _rows(self, pairs: list[Pair]) -> Rows:
        """The rows of some documents, over blocks wherever blocks can matter."""
        whole = self._on_rows is None and len(self._seen) >= LEAST_DOCUMENTS
        starts = [[0] if whole else _cell_starts(pair) for pair in pairs]
        counts = [len(places) for places in starts]
        cells = [Cell(pair.gold.id, block) for pair, n in zip(pairs, counts, strict=True) for block in range(n)]
        document = np.repeat(np.arange(len(pairs)), counts)
        start = np.array([at for places in starts for at in places], np.int64)
        tables = [Rows(cells, [], *(np.zeros(0, np.int64),) * 2, np.zeros((0, 9), np.int64))]
        with_mentions = [at for at, pair in enumerate(pairs) if pair.gold.mentions is not UNSET]
        if with_mentions:
            chosen = np.isin(document, with_mentions)
            part = Cells(
                [c for c, keep in zip(cells, chosen, strict=True) if keep], *_renumbered(document, start, chosen)
            )
            columns = mention_columns([pairs[at] for at in with_mentions], part, self._labels, self._view, self.warn)
            rows = mention_rows(
                columns.gold, columns.predicted, columns.types, part, columns.slicings, columns.spurious
            )
            tables.append(rows._replace(cells=cells, cell=np.flatnonzero(chosen)[rows.cell]))
        builder = RowsBuilder()
        base = 0
        for pair, places in zip(pairs, starts, strict=True):
            self._layout_rows(builder, pair, base, places)
            base += len(places)
        tables.append(builder.rows(cells))
        return joined(tables)._replace(cells=cells)

    def _layout_rows(self, builder: RowsBuilder, pair: Pair, base: int, places: list[int]) -> None:
        gold, predicted, text = pair

        def cell_of(position: int) -> int:
            return base + max(0, bisect_right(places, position) - 1)

        layers = [layer for layer in ("quotes", "blocks", "sections", "dateline") if layer in gold.layers()]
        if layers and text is None:
            raise InputError(
                Problem(
                    "no-text",
                    "no text",
                    f"the text, which {', '.join(layers)} need",
                    "add it to the gold",
                    "text",
                    gold.id,
                )
            )
        if text is None:
            return
        for quote in predicted.quotes or ():
            if is_bad(quote, len(text)):
                self.warn("bad-quote", f"{gold.id}: {shown(quote.content)}")
        if "quotes" in layers:
            quote_rows(builder, gold, predicted, text, cell_of)
        if "blocks" in layers:
            block_rows(builder, gold, predicted, text, cell_of)
        if "sections" in layers:
            section_rows(builder, gold, predicted, text, base)
        if "dateline" in layers:
            dateline_rows(builder, gold, predicted, cell_of)


def _refuse_another_text(gold: Document, predicted: Document) -> None:
    for part in ("text", "sha256"):
        ours, theirs = getattr(gold, part), getattr(predicted, part)
        if ours is not UNSET and theirs is not UNSET and ours != theirs:
            found = f"a {part} unlike gold's: {shown(theirs)}"
            raise InputError(
                Problem(
                    "another-text",
                    found,
                    "predictions made on gold's text",
                    "extract from gold's own text",
                    part,
                    gold.id,
                )
            )


def _cell_starts(pair: Pair) -> list[int]:
    """Where the cells of a document begin: its blocks, else its non-blank lines; the first one at 0."""
    places = sorted({block.start for block in pair.gold.blocks or ()})
    if not places and pair.text is not None:
        places = [start for start, _ in lines(pair.text)]
    return [0, *places[1:]]


def _renumbered(document: Integers, start: Integers, chosen: Any) -> tuple[Integers, Integers]:
    numbers: Integers = np.unique(document[chosen], return_inverse=True)[1]
    return numbers, start[chosen]


class _Report:
    """Scores from the tally, all from one set of draws."""

    def __init__(self, tally: Tally, measures: list[Measure], draws: int, seed: int) -> None:
        self._unit, self._draws, self._seed = tally.unit, draws, seed
        self._sums: dict[str, list[tuple[Key, Integers]]] = {}
        for key, counts in tally.sums():
            self._sums.setdefault(key.score, []).append((key, counts))
        names = {measure.name for measure in measures}
        kept = [key for key, _ in tally.sums() if key.score in names and tally.keeps(key)]
        self._by_unit = tally.by_unit(kept)
        self._units = tally.units()
        self._resampled: dict[str, dict[str, Floats]] | None = None
        self.per_document: dict[str, dict[str, float | None]] = {}
        self.deviations: dict[str, float] = {}

    def score(self, measure: Measure) -> dict[str, Any]:
        """The figures of one measure, as JSON holds them."""
        groups: dict[tuple[str, str], list[tuple[int, Integers]]] = {}
        for key, counts in self._sums.get(measure.name, ()):
            groups.setdefault((key.slice, key.slice_value), []).append((key.denominator, counts))
        sums = {group: summed(parts) for group, parts in groups.items()}
        whole = sums.get(("", ""), summed(()))
        slices = {name: {v: s for (n, v), s in sorted(sums.items()) if n == name} for name, _ in sums}
        semeval = measure.layer == "mentions" and measure.name != "entities.soft"
        figures: dict[str, Any] = {"value": self._value(measure, whole, slices.get("kind", {}))}
        if measure.value == "f1":
            figures |= {"precision": whole.precision, "recall": whole.recall, "f1": whole.f1}
        elif measure.value != "mean":
            figures |= {"accuracy": whole.recall}
        figures |= self._interval(measure)
        figures |= self._means(measure, slices.get("type"))
        figures["counts"] = whole.counts(semeval=semeval)
        if measure.layer == "mentions":
            figures["by_type"] = {name: _figures(s, semeval=semeval) for name, s in slices.get("type", {}).items()}
        by = {name: values for name, values in slices.items() if name not in ("", "type")}
        if by:
            figures["by"] = {name: {v: _slice(s) for v, s in _in_order(values)} for name, values in sorted(by.items())}
        return figures

    def _value(self, measure: Measure, whole: Sums, kinds: dict[str, Sums]) -> float | None:
        if measure.value == "macro":
            return _mean([s.f1 for s in kinds.values() if s.gold])
        return whole.f1 if measure.value == "f1" else whole.recall

    def _means(self, measure: Measure, types: dict[str, Sums] | None) -> dict[str, Any]:
        """Means over gold's types and over documents, of what is defined, with the number of what is not."""
        means: dict[str, Any] = {}
        if types is not None:
            means["macro_type"] = _mean([s.f1 for s in types.values() if s.gold])
        values = self._document_values(measure)
        if measure.value in ("f1", "macro"):
            means["macro_document"] = _mean(list(values.values()))
            undefined = sum(value is None for value in values.values())
            if undefined:
                means["undefined_documents"] = undefined
        self.per_document[measure.name] = values
        return means

    def _document_values(self, measure: Measure) -> dict[str, float | None]:
        names = list(dict.fromkeys(cell.document for cell in self._units))
        of = {name: at for at, name in enumerate(names)}
        place = np.array([of[cell.document] for cell in self._units], np.int64)

        def folded(table: Floats) -> Floats:
            return np.stack([np.bincount(place, weights=column, minlength=len(names)) for column in table.T], axis=1)

        values = self._values(measure, {slot: folded(table) for slot, table in self._columns(measure).items()})
        return {name: None if np.isnan(v) else float(v) for name, v in zip(names, values, strict=True)}

    def _columns(self, measure: Measure) -> dict[str, Floats]:
        """Units × (both hits, predicted, gold) for the whole (``""``) and each kind of a macro average.

        Shares with a denominator are rounded to 2**-30, so that sums do not hang on their order.
        """
        slots: dict[str, Floats] = {"": np.zeros((len(self._units), 4))}
        for key, table in self._by_unit.items():
            if key.score == measure.name:
                columns = table[:, :4].astype(np.float64)
                if key.denominator > 1:
                    columns[:, :2] = np.rint(columns[:, :2] / key.denominator * 2.0**30) / 2.0**30
                name = key.slice_value
                slots[name] = slots[name] + columns if name in slots else columns
        return slots

    def _values(self, measure: Measure, slots: dict[str, Floats]) -> Floats:
        kinds = {name: table for name, table in slots.items() if name}
        return resampled_value(measure, slots[""], kinds, sorted(kinds))

    def _interval(self, measure: Measure) -> dict[str, Any]:
        if self._draws == 0:
            return {}
        too_few = len(self._units) < LEAST_UNITS or (measure.unit == "document" and self._unit == "block")
        found = None if too_few else interval(self._values(measure, self._draw(measure)))
        if found is None:
            return {"interval": None}
        self.deviations[measure.name] = found.deviation
        extra = {"undefined_draws": found.undefined} if found.undefined else {}
        return {"interval": [found.low, found.high], **extra}

    def _draw(self, measure: Measure) -> dict[str, Floats]:
        if self._resampled is None:
            names = dict.fromkeys(key.score for key in self._by_unit)
            slots = {(n, slot): table for n in names for slot, table in self._columns(MEASURES[n]).items()}
            drawn = _drawn(list(slots.values()), self._draws, self._seed)
            self._resampled = {}
            for (name, slot), table in zip(slots, drawn, strict=True):
                self._resampled.setdefault(name, {})[slot] = table
        return self._resampled.get(measure.name, {"": np.zeros((self._draws, 4))})


def _drawn(tables: list[Floats], draws: int, seed: int) -> list[Floats]:
    """The resampled sums of each table; columns that are equal are summed once."""
    if not tables:
        return []
    columns = np.concatenate(tables, axis=1)
    distinct, where = np.unique(columns, axis=1, return_inverse=True)
    sums = resampled(distinct, draws, seed)[:, where.ravel()]
    return np.split(sums, np.cumsum([table.shape[1] for table in tables])[:-1], axis=1)


def _figures(sums: Sums, *, semeval: bool) -> dict[str, Any]:
    return {
        "precision": sums.precision,
        "recall": sums.recall,
        "f1": sums.f1,
        "counts": sums.counts(semeval=semeval),
    }


def _slice(sums: Sums) -> dict[str, Any]:
    if sums.predicted:
        return _figures(sums, semeval=False)
    return {
        "recall": sums.recall,
        "counts": {"hits": sums.counts(semeval=False).get("hits", float(sums.gold_hits)), "gold": sums.gold},
    }


def _in_order(values: dict[str, Sums]) -> list[tuple[str, Sums]]:
    return sorted(values.items(), key=lambda item: (len(item[0]), item[0]) if item[0].isdigit() else (0, item[0]))


def _mean(values: list[float | None]) -> float | None:
    defined = [value for value in values if value is not None]
    return sum(defined) / len(defined) if defined else None
