"""Rows of ``entities.bag``: multisets of (normalised surface, type), for extractors that know strings but no offsets.

The surface of a mention is its slice of the text, of a prediction without offsets its own string, whether that was
found in the text or not. Scored are documents with a text. In [0, 1]; P null without predictions, R null without gold,
F1 null without both. Bad spans, unequal surfaces and copies (equal in span and type) are spurious; strings have no
span, so none is a copy of another. Of equal items the first in the text are hits, equal spans before all others; a pair
is booked where its gold mention is.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from goldwire.corpus.document import UNSET, Mention
from goldwire.eval.cells import Cells
from goldwire.eval.columns import Columns
from goldwire.eval.ink import is_sound, normalised
from goldwire.eval.linking import Place, Task, inside
from goldwire.eval.tally import COUNTS, Integers

__all__ = ["Strings", "Surfaces", "bag_counts", "floats"]

_HITS = [COUNTS.index("predicted_hits"), COUNTS.index("gold_hits")]
_PREDICTED, _GOLD = COUNTS.index("predicted"), COUNTS.index("gold")

Booleans = npt.NDArray[np.bool_]


class Strings(NamedTuple):
    """A document in which a prediction has no offsets: its index in its chunk, and the mentions of both records."""

    number: int
    gold: Sequence[Mention]
    predicted: Sequence[Mention]


class Surfaces(NamedTuple):
    """What a chunk knows of surfaces: its texts by document (``None``: none), documents with strings, the task."""

    texts: Sequence[str | None]
    strings: Sequence[Strings]
    task: Task


def floats(mentions: Sequence[Mention]) -> bool:
    """Whether a mention has no offsets."""
    return any(m.start is None or m.end is None for m in mentions)


def bag_counts(columns: Columns, cells: Cells, surfaces: Surfaces, wrong: tuple[Booleans, Booleans]) -> Integers:
    """A table cells × types × ``COUNTS``; ``wrong`` are gold and predicted mentions that no equal one stands beside.

    Equal pairs of mentions are equal items, whatever else there is, so only what is wrong is looked up in the text.
    """
    gold, predicted, texts = columns.gold, columns.predicted, surfaces.texts
    shape = (len(cells.cells), max(1, len(columns.types)))
    counts = np.zeros((*shape, len(COUNTS)), np.int64)
    chosen = np.array([text is not None for text in texts], np.bool_)
    chosen[[document.number for document in surfaces.strings]] = False

    def added(at: int, cell: Integers, kind: Integers, kept: Booleans) -> None:
        flat = (cell * shape[1] + kind)[kept]
        counts[..., at] += np.bincount(flat, minlength=shape[0] * shape[1]).reshape(shape)

    own = [cells.holding(side.document, side.start) for side in (gold, predicted)]
    kept = chosen[predicted.document]
    added(_GOLD, own[0], gold.type, chosen[gold.document])
    added(_PREDICTED, own[1], predicted.type, kept)
    for at in _HITS:
        added(at, own[1], predicted.type, kept & ~wrong[1])
    added(_PREDICTED, *columns.spurious, chosen[cells.document[columns.spurious[0]]])

    codes: dict[tuple[int, int, str], int] = {}
    cache: dict[str, str] = {}
    ranked = []
    for side, bad in zip((gold, predicted), wrong, strict=True):
        rest = np.flatnonzero(bad & chosen[side.document])
        rest = rest[np.lexsort((side.end[rest], side.start[rest]))]
        named: list[tuple[int, int]] = []
        seen: defaultdict[int, int] = defaultdict(int)
        fields = (column[rest].tolist() for column in side)
        for document, start, end, kind in zip(*fields, strict=True):
            raw = (texts[document] or "")[start:end]
            if raw not in cache:
                cache[raw] = normalised(raw)
            code = codes.setdefault((document, kind, cache[raw]), len(codes))
            named.append((code, seen[code]))  # the n-th of its kind
            seen[code] += 1
        ranked.append(dict(zip(named, rest.tolist(), strict=True)))
    for ours, theirs in [(at, ranked[1][value]) for value, at in ranked[0].items() if value in ranked[1]]:
        kind, cell = gold.type[ours], own[0][ours]
        counts[cell, kind, _HITS] += 1
        counts[cell, kind, _PREDICTED] += 1
        counts[own[1][theirs], kind, _PREDICTED] -= 1
    for listed in surfaces.strings:
        if (text := texts[listed.number]) is not None:
            _count_strings(counts, listed, text, columns, cells, surfaces.task)
    return counts


def _count_strings(counts: Integers, document: Strings, text: str, columns: Columns, cells: Cells, task: Task) -> None:
    """The same for a document with strings; those equal to gold outside the view alone are ignored."""
    code = {name: at for at, name in enumerate(columns.types)}
    chosen = inside(columns, document.number)
    outside = set(task.places(document.gold)) - chosen

    def item(place: Place) -> tuple[str, str]:
        return normalised(text[place[0] : place[1]]), place[2]

    def cell(position: int) -> int:
        number, at = np.array([document.number]), np.array([max(0, position)])
        return int(cells.holding(number, at)[0])

    free: defaultdict[tuple[str, str], deque[int]] = defaultdict(deque)
    for place in sorted(chosen):
        counts[cell(place[0]), code[place[2]], _GOLD] += 1
        free[item(place)].append(cell(place[0]))
    ignored = Counter(item(place) for place in sorted(outside))
    for at, kind, surface, strays in _guessed(document.predicted, text, task, outside):
        value = (surface, kind)
        if surface and free[value]:
            place_cell = free[value].popleft()
            counts[place_cell, code[kind], _HITS] += 1
            counts[place_cell, code[kind], _PREDICTED] += 1
        elif strays and ignored[value] > 0:
            ignored[value] -= 1
        else:
            counts[cell(at), code[kind], _PREDICTED] += 1


def _guessed(
    predicted: Sequence[Mention], text: str, task: Task, outside: set[Place]
) -> list[tuple[int, str, str, bool]]:
    """Place, type, normalised surface (empty: equal to nothing) and whether it is a string; sorted."""
    found = []
    seen: set[Place] = set()
    for m in predicted:
        kind = task.meaning(m.type)
        if kind is None:
            continue
        if m.start is None or m.end is None:
            found.append((0, kind, normalised(m.text or ""), True))
            continue
        place = (m.start, m.end, kind)
        if place in outside:
            continue
        whole = is_sound(place[:2], len(text)) and place not in seen and m.text in (UNSET, text[m.start : m.end])
        seen.add(place)
        found.append((m.start, kind, normalised(text[m.start : m.end]) if whole else "", False))
    return sorted(found)
