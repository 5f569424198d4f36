"""How far annotators agree (METRICS, section 4), and every place where two of them do not.

Spans: the judge scores each pair of annotators on the documents that both have, once with either as gold; a pair's
figure is the mean of the two runs, which are equal but for ties in a matching. Over the pairs the mean is taken, and
the lowest pair is named (Hripcsak & Rothschild 2005: κ tends to F1 as the negatives grow). Fixed units: Cohen's κ
(1960) for two annotators, Krippendorff's nominal α (2011) for more.
"""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
import numpy as np

from goldwire.corpus.checks import span_fault
from goldwire.corpus.document import UNSET, Document, Mention
from goldwire.corpus.errors import InputError, Problem, UsageError, shown
from goldwire.corpus.layout import lines
from goldwire.eval.faults import without_copies
from goldwire.eval.matching import ASSIGNMENTS, Mentions, codes_of, match
from goldwire.eval.quotes import quote_pairs
from goldwire.eval.result import Result
from goldwire.eval.scorer import Scorer
from goldwire.eval.sections import block_rows
from goldwire.eval.tally import RowsBuilder

__all__ = [
    "ROWS",
    "Agreement",
    "Figure",
    "Fixed",
    "Row",
    "Spans",
    "agreement",
    "cohen_kappa",
    "krippendorff_alpha",
    "line_kinds",
    "matched_mentions",
    "matched_quotes",
    "shared",
]


class Row(NamedTuple):
    """One line of the table: a part of a layer, and the measures that say how exactly and how nearly it agrees."""

    layer: str
    part: str
    exact: str = ""
    soft: str = ""


ROWS = (
    Row("mentions", "mention", "entities.strict", "entities.soft"),
    Row("quotes", "quote", "quotes.joint", "quotes.quote"),
    Row("quotes", "content", "quotes.content.exact", "quotes.content.soft"),
    Row("quotes", "cue", "quotes.cue.exact", "quotes.cue.overlap"),
    Row("quotes", "speaker", "quotes.speaker.exact", "quotes.speaker.overlap"),
    Row("quotes", "speaker entity", "quotes.speaker.entity"),
    Row("quotes", "marked", "", "quotes.marked"),
    Row("blocks", "block", "blocks.span"),
    Row("sections", "boundary", "sections.boundary", "sections.b"),
    Row("sections", "heading", "sections.heading"),
    Row("sections", "section", "sections.section"),
    Row("dateline", "dateline", "dateline.span"),
    Row("dateline", "place", "dateline.place"),
    Row("dateline", "date", "dateline.date"),
    Row("dateline", "agency", "dateline.agency"),
)
"""What is compared. ``sections.b`` is boundary similarity, all else is F1."""


class Figure(NamedTuple):
    """A measure over the pairs of annotators: the mean, the lowest value and the pair that has it, in [0, 1].

    ``None`` throughout where the measure is defined for no pair; ``pairs`` is the number for which it is.
    """

    score: str
    mean: float | None
    lowest: float | None
    pair: tuple[str, str] | None
    pairs: int


class Spans(NamedTuple):
    """One row of the table: its figures, and how many items each annotator has (the most that a pair compared)."""

    exact: Figure | None
    soft: Figure | None
    items: dict[str, int]


class Fixed(NamedTuple):
    """Agreement on the label of units that both sides have.

    ``value`` is in [-1, 1]; ``None`` without a unit, and where one label only was used. ``labels`` counts the labels
    of all annotators.
    """

    coefficient: str
    value: float | None
    units: int
    labels: dict[str, int]


class Agreement(NamedTuple):
    """All figures. ``rows`` maps (layer, part) to a row, ``types`` a mention type to one, ``fixed`` a unit's name."""

    annotators: tuple[str, ...]
    shared: int
    left_out: dict[str, int]
    rows: dict[tuple[str, str], Spans]
    types: dict[str, Spans]
    fixed: dict[str, Fixed]

    def to_dict(self) -> dict[str, Any]:
        """The figures as JSON: ``goldwire-agreement/1``."""
        layers: dict[str, Any] = {}
        for (layer, part), spans in self.rows.items():
            layers.setdefault(layer, {})[part] = _plain(spans)
        return {
            "schema": "goldwire-agreement/1",
            "annotators": list(self.annotators),
            "documents": {"shared": self.shared, "left_out": self.left_out},
            "layers": layers,
            "types": {name: _plain(spans) for name, spans in self.types.items()},
            "fixed": {name: fixed._asdict() for name, fixed in self.fixed.items()},
        }


def _plain(spans: Spans) -> dict[str, Any]:
    figures = {"exact": spans.exact, "soft": spans.soft}
    return {name: figure._asdict() for name, figure in figures.items() if figure} | {"items": spans.items}


Corpus = dict[str, Document]


def agreement(annotators: Mapping[str, Iterable[Document]]) -> Agreement:
    """The agreement of two or more annotators, by name.

    Documents are joined by id; of a document that two have, the layers that both have are compared, and what only one
    has is counted in ``left_out`` (``documents``, or the layer's name), once a pair.

    Raises
    ------
    UsageError
        There are fewer than two annotators.
    InputError
        One has a document twice or an unsound one, the texts differ, or no two have a document in common.
    """
    corpora = {name: _by_id(name, documents) for name, documents in annotators.items()}
    if len(corpora) < 2:
        raise UsageError(f"found {len(corpora)} annotators, expected two or more to compare")
    left_out: Counter[str] = Counter()
    results: dict[tuple[str, str], tuple[Result, Result]] = {}
    pairs: dict[tuple[str, str], list[tuple[Document, Document]]] = {}
    for one, other in itertools.combinations(corpora, 2):
        ours, theirs = corpora[one], corpora[other]
        left_out["documents"] += len(ours.keys() ^ theirs.keys())
        both = [shared(ours[name], theirs[name]) for name in ours if name in theirs]
        for name in ours.keys() & theirs.keys():
            left_out.update(set(ours[name].layers()) ^ set(theirs[name].layers()))
        if both:
            pairs[one, other] = both
            results[one, other] = (_result(both), _result([(b, a) for a, b in both]))
    if not pairs:
        raise InputError(
            Problem("no-shared-document", "no document that two have", "one or more", "give them the same ids")
        )
    types = sorted({name for ab, _ in results.values() for name in _types(ab, "entities.strict")})
    return Agreement(
        tuple(corpora),
        len({a.id for both in pairs.values() for a, _ in both}),
        dict(sorted((+left_out).items())),
        {(row.layer, row.part): spans for row in ROWS if (spans := _spans(results, row.exact, row.soft)) is not None},
        {
            name: spans
            for name in types
            if (spans := _spans(results, "entities.strict", "entities.soft", name)) is not None
        },
        _fixed(pairs),
    )


def _by_id(annotator: str, documents: Iterable[Document]) -> Corpus:
    corpus: Corpus = {}
    for document in documents:
        if document.id in corpus:
            raise InputError(
                Problem(
                    "duplicate-document",
                    f"two of this id by {shown(annotator)}",
                    "one document an id",
                    "remove one",
                    "id",
                    document.id,
                )
            )
        corpus[document.id] = document
    return corpus


def shared(one: Document, other: Document) -> tuple[Document, Document]:
    """Both with the layers that both have, each item once, and with the text that either has.

    Raises
    ------
    InputError
        The texts or their hashes differ.
    """
    for part in ("text", "sha256"):
        ours, theirs = getattr(one, part), getattr(other, part)
        if ours is not UNSET and theirs is not UNSET and ours != theirs:
            raise InputError(
                Problem(
                    "another-text",
                    f"{shown(ours)} and {shown(theirs)}",
                    f"one {part}",
                    "annotators compare only on the same text",
                    part,
                    one.id,
                )
            )
    alone: dict[str, Any] = dict.fromkeys(set(one.layers()) ^ set(other.layers()), UNSET)
    alone["text"] = other.text if one.text is UNSET else one.text
    ours, theirs = (_once(msgspec.structs.replace(document, **alone)) for document in (one, other))
    return ours, theirs


def _once(document: Document) -> Document:
    """The document with each item once: either side is read as gold is."""
    first: dict[tuple[int | None, int | None, str], Mention] = {}
    for mention in document.mentions or ():
        first.setdefault((mention.start, mention.end, mention.type), mention)
    once = document.mentions and tuple(first.values())
    return without_copies(msgspec.structs.replace(document, mentions=once))


def _result(pairs: Sequence[tuple[Document, Document]]) -> Result:
    scorer = Scorer()
    for gold, predicted in pairs:
        scorer.add(gold, predicted)
    return scorer.result(draws=0)


def _types(result: Result, score: str) -> dict[str, Any]:
    found: dict[str, Any] = result.scores.get(score, {}).get("by_type", {})
    return found


def _spans(
    results: dict[tuple[str, str], tuple[Result, Result]], exact: str, soft: str, kind: str | None = None
) -> Spans | None:
    """One row; ``None`` where no two annotators have the layer."""
    figures = [_figure(results, score, kind) if score else None for score in (exact, soft)]
    items: dict[str, int] = {}
    for pair, runs in results.items():
        for name, run in zip(pair, runs, strict=True):  # each is the gold of one run
            if counts := _figures(run, exact, kind).get("counts"):
                items[name] = max(items.get(name, 0), counts["gold"])
    return None if all(figure is None for figure in figures) else Spans(figures[0], figures[1], items)


def _figures(run: Result, score: str, kind: str | None) -> dict[str, Any]:
    found: dict[str, Any] = run.scores.get(score, {}) if kind is None else _types(run, score).get(kind, {})
    return found


def _figure(results: dict[tuple[str, str], tuple[Result, Result]], score: str, kind: str | None) -> Figure | None:
    values: dict[tuple[str, str], float] = {}
    compared = False
    for pair, runs in results.items():
        found = [figures for run in runs if (figures := _figures(run, score, kind))]
        compared |= bool(found)
        key = "value" if kind is None else "f1"
        defined = [figures[key] for figures in found if figures[key] is not None]
        if defined:
            values[pair] = sum(defined) / len(defined)
    if not compared:
        return None
    if not values:
        return Figure(score, None, None, None, 0)
    lowest = min(values, key=lambda pair: values[pair])
    return Figure(score, sum(values.values()) / len(values), values[lowest], lowest, len(values))


Node = tuple[str, str, int]
"""An item: its annotator, its document, its index."""


def _fixed(pairs: Mapping[tuple[str, str], Sequence[tuple[Document, Document]]]) -> dict[str, Fixed]:
    edges: dict[str, list[tuple[Node, Node]]] = defaultdict(list)
    labels: dict[str, dict[Node, str]] = defaultdict(dict)

    def link(name: str, ends: tuple[Node, Node], values: tuple[str, str]) -> None:
        edges[name].append(ends)
        labels[name].update(zip(ends, values, strict=True))

    for (one, other), both in pairs.items():
        for a, b in both:

            def ends(i: int, j: int, a: Document = a, one: str = one, other: str = other) -> tuple[Node, Node]:
                return (one, a.id, i), (other, a.id, j)

            if a.blocks is not UNSET:
                for at, kinds in enumerate(zip(line_kinds(a), line_kinds(b), strict=True)):
                    link("line kinds", ends(at, at), kinds)
            for i, j in matched_mentions(a, b):
                m, n = (a.mentions or ())[i], (b.mentions or ())[j]
                if (m.start, m.end) == (n.start, n.end):
                    link("types of matched mentions", ends(i, j), (m.type, n.type))
                    if m.form is not UNSET and n.form is not UNSET:
                        link("forms of matched mentions", ends(i, j), (m.form, n.form))
            for i, j in matched_quotes(a, b):
                link("kinds of matched quotes", ends(i, j), ((a.quotes or ())[i].kind, (b.quotes or ())[j].kind))
    layers = {layer for both in pairs.values() for a, _ in both for layer in a.layers()}
    names = {
        "line kinds": "blocks",
        "types of matched mentions": "mentions",
        "forms of matched mentions": "mentions",
        "kinds of matched quotes": "quotes",
    }
    annotators = {name for pair in pairs for name in pair}
    return {
        name: _coefficient(edges[name], labels[name], of_two=len(annotators) == 2)
        for name, layer in names.items()
        if layer in layers
    }


def _coefficient(edges: Sequence[tuple[Node, Node]], labels: Mapping[Node, str], *, of_two: bool) -> Fixed:
    """κ over the pairs of two; α over the units of more: items that are matched, directly or through others."""
    count = dict(sorted(Counter(labels.values()).items()))
    if of_two:
        return Fixed("kappa", cohen_kappa([(labels[a], labels[b]) for a, b in edges]), len(edges), count)
    root: dict[Node, Node] = {node: node for node in labels}

    def find(node: Node) -> Node:
        while root[node] != node:
            root[node] = root[root[node]]
            node = root[node]
        return node

    for a, b in edges:
        root[find(a)] = find(b)
    units: defaultdict[Node, list[str]] = defaultdict(list)
    for node, label in labels.items():
        units[find(node)].append(label)
    return Fixed("alpha", krippendorff_alpha(units.values()), len(units), count)


def line_kinds(document: Document) -> list[str]:
    """The kind of each non-blank line, ``none`` for a line in no block."""
    text = document.text or ""
    starts = [start for start, _ in lines(text)]
    rows = RowsBuilder()
    block_rows(rows, document, document, text, lambda at: bisect_right(starts, at) - 1)
    kinds = ["none"] * len(starts)
    table = rows.rows([])
    for cell, number in zip(table.cell, table.key, strict=True):
        if table.keys[number].slice == "kind":
            kinds[cell] = table.keys[number].slice_value
    return kinds


def matched_mentions(one: Document, other: Document) -> list[tuple[int, int]]:
    """The optimal pairs of mentions by index: most equal spans, then most pairs; none where either has no mention.

    Raises
    ------
    InputError
        A mention has no offsets, no length, or lies outside the text.
    """
    sides = [_placed(one), _placed(other)]
    code = codes_of([mention.type for side in sides for mention in side])
    columns = [
        Mentions(
            np.zeros(len(side), np.int64),
            np.array([mention.start for mention in side], np.int64),
            np.array([mention.end for mention in side], np.int64),
            np.array([code[mention.type] for mention in side], np.int64),
        )
        for side in sides
    ]
    partner = match(*columns).partner[ASSIGNMENTS.index("exact")]
    return [(i, int(j)) for i, j in enumerate(partner) if j >= 0]


def _placed(document: Document) -> tuple[Mention, ...]:
    text = None if document.text is UNSET else document.text
    for index, mention in enumerate(document.mentions or ()):
        span = (-1 if mention.start is None else mention.start, -1 if mention.end is None else mention.end)
        if problem := span_fault(span, text, f"mentions[{index}]"):
            raise InputError(problem.at(document=document.id))
    return document.mentions or ()


def matched_quotes(one: Document, other: Document) -> list[tuple[int, int]]:
    """The pairs of M by index: quotes whose content overlaps by half or more; none where either has no quote."""
    return quote_pairs(one.quotes or (), other.quotes or (), one.text or other.text or "")


def cohen_kappa(pairs: Sequence[tuple[str, str]]) -> float | None:
    """Cohen's κ of two annotators' labels, in [-1, 1]; ``None`` without a pair or where one label only was used.

    >>> cohen_kappa([("a", "a"), ("a", "b"), ("b", "b"), ("b", "b")])
    0.5
    """
    if len({label for pair in pairs for label in pair}) < 2:
        return None
    from sklearn.metrics import cohen_kappa_score

    ours, theirs = zip(*pairs, strict=True)
    return float(cohen_kappa_score(ours, theirs))


def krippendorff_alpha(units: Iterable[Sequence[str]]) -> float | None:
    """Krippendorff's α for nominal labels: 1 − observed over expected disagreement, at most 1.

    A unit is the labels that it was given, in any order, of as many annotators as labelled it; one with fewer than two
    labels says nothing and is left out (Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability", D).
    ``None`` without a unit of two labels, or where one label only was used in them.

    >>> krippendorff_alpha([["a", "a"], ["b", "b", "b"], ["a"]])
    1.0
    """
    total: Counter[str] = Counter()
    observed = 0.0
    for unit in units:
        count = Counter(unit)
        n = count.total()
        if n >= 2:
            total += count
            observed += (n * n - sum(c * c for c in count.values())) / (n - 1)
    n = total.total()
    expected = n * n - sum(c * c for c in total.values())
    return 1 - observed * (n - 1) / expected if expected else None
