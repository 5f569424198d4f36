"""What became of each mention of a document: the pairs that the scores are made of, for people to read.

Labels, views, copies and bad spans are dealt with by ``columns``, pairs and classes by ``errors``, as in scoring: the
classes, boundaries, flags and types of the findings of a corpus add up to the ``errors`` of ``entities.strict``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from goldwire.corpus.document import UNSET, Document, Mention
from goldwire.eval.alignment import aligned
from goldwire.eval.cells import Cells
from goldwire.eval.columns import Columns, mention_columns
from goldwire.eval.errors import errors
from goldwire.eval.ink import is_sound
from goldwire.eval.labels import LabelMap
from goldwire.eval.linking import Task
from goldwire.eval.matching import Mentions
from goldwire.eval.side import NO_TEXT, SideBuilder, refuse_off_text
from goldwire.eval.tally import Cell
from goldwire.eval.views import View

__all__ = ["Finding", "Found", "Place", "mention_findings"]


class Place(NamedTuple):
    """A half-open span in code points, and a type in the task's terms; [-1, -1) is nowhere in the text."""

    start: int
    end: int
    type: str


class Finding(NamedTuple):
    """A pair of gold mention and prediction, or one of them alone.

    ``error`` is a class of ``errors.CLASSES``, ``boundary`` a kind of boundary error (``""``: none), ``flags`` those of
    ``errors.FLAGS``. ``touching`` are mentions of the other side that overlap what has no partner, ``beyond`` those
    that overlap it and are outside the task. ``fault`` says why a prediction could match nothing: ``copy``,
    ``bad-span``, ``not-in-text``, ``wrong-surface``; then ``surface`` is what it says its text is.
    """

    error: str
    gold: Place | None = None
    guess: Place | None = None
    boundary: str = ""
    flags: tuple[str, ...] = ()
    form: str = ""
    touching: tuple[Place, ...] = ()
    beyond: tuple[Place, ...] = ()
    fault: str = ""
    surface: str = ""

    @property
    def start(self) -> int:
        """Where it begins in the text; -1 for what has no place there."""
        starts = [place.start for place in (self.gold, self.guess) if place is not None]
        return -1 if self.fault not in ("", "copy") else min(starts)


class Found(NamedTuple):
    """The findings of one document in text order.

    ``ignored`` are predictions that equal gold outside the view: neither right nor wrong.
    """

    findings: tuple[Finding, ...] = ()
    ignored: tuple[Place, ...] = ()


def mention_findings(pairs: Sequence[tuple[Document, Document]], labels: LabelMap | None, view: View) -> list[Found]:
    """The findings of each pair of gold and prediction; none where gold has no mentions layer.

    Raises
    ------
    InputError
        Gold is unsound, or has no forms where the view selects by them.
    """
    if not pairs:
        return []
    task = Task(labels, view)
    ours, theirs = SideBuilder(with_forms=True), SideBuilder(with_forms=False)
    guesses = []
    for gold, predicted in pairs:
        text = None if gold.text is UNSET else gold.text
        length = NO_TEXT if text is None else len(text)
        refuse_off_text(gold.id, gold.mentions or (), text)
        ours.add(gold.mentions or (), length)
        placed = [] if gold.mentions is UNSET else _placed(predicted.mentions or (), text)
        theirs.add([guess.mention for guess in placed if not guess.fault], length)
        guesses.append(placed)
    n = len(pairs)
    cells = Cells([Cell(gold.id, 0) for gold, _ in pairs], np.arange(n), np.zeros(n, np.int64))
    names = [gold.id for gold, _ in pairs]
    columns = mention_columns(ours.side(), theirs.side(), names, cells, labels, view, lambda *_: None)
    matched = _matched(columns, n)
    return [_found(pair[0], placed, one, task) for pair, placed, one in zip(pairs, guesses, matched, strict=True)]


class _Guess(NamedTuple):
    """A predicted mention with its place, or with the reason why it has none."""

    mention: Mention
    fault: str = ""


def _placed(mentions: Sequence[Mention], text: str | None) -> list[_Guess]:
    floating = [m for m in mentions if m.start is None or m.end is None]
    places = iter(aligned([m.text or "" for m in floating], text or ""))
    result = []
    for m in mentions:
        if m.start is None or m.end is None:
            start, end = next(places).span or (-1, -1)
            fault = "not-in-text" if start < 0 else ""
            result.append(_Guess(Mention(start=start, end=end, type=m.type, text=m.text), fault))
        else:
            other = m.text is not UNSET and text is not None and m.start >= 0 and text[m.start : m.end] != m.text
            result.append(_Guess(m, "wrong-surface" if other else ""))
    return result


class _Matched(NamedTuple):
    """One document inside the task: its places, and what ``errors`` says of them, all by place."""

    gold: list[Place]
    guess: list[Place]
    pairs: list[tuple[Place, Place]]
    flagged: dict[str, set[Place]]


def _matched(columns: Columns, n: int) -> Iterator[_Matched]:
    gold, guess = _places(columns.gold, columns.types), _places(columns.predicted, columns.types)
    common = set(gold) & set(guess)
    found = errors(
        columns.gold,
        columns.predicted,
        np.array([place not in common for place in gold], np.bool_),
        np.array([place not in common for place in guess], np.bool_),
    )
    pairs: dict[int, list[tuple[Place, Place]]] = defaultdict(list)
    for left, right in found.pairs.T.tolist():
        pairs[gold[left][0]].append((gold[left][1], guess[right][1]))
    flagged: dict[int, dict[str, set[Place]]] = defaultdict(lambda: {"split": set(), "merged": set()})
    for flag, side, indices in (("split", gold, found.split), ("merged", guess, found.merged)):
        for at in indices.tolist():
            flagged[side[at][0]][flag].add(side[at][1])
    ours, theirs = _by_document(gold), _by_document(guess)
    for number in range(n):
        yield _Matched(ours[number], theirs[number], pairs[number], flagged[number])


def _places(mentions: Mentions, types: Sequence[str]) -> list[tuple[int, Place]]:
    rows = zip(*(column.tolist() for column in mentions), strict=True)
    return [(document, Place(start, end, types[kind])) for document, start, end, kind in rows]


def _by_document(places: Iterable[tuple[int, Place]]) -> dict[int, list[Place]]:
    result: dict[int, list[Place]] = defaultdict(list)
    for document, place in places:
        result[document].append(place)
    return result


def _found(document: Document, guesses: Sequence[_Guess], matched: _Matched, task: Task) -> Found:
    golds = document.mentions or ()
    named = dict(zip(reversed(task.places(golds)), reversed(golds), strict=True))
    inside = set(matched.gold)
    outside_gold = [place for place in (Place(*p) for p in task.places(golds)) if place not in inside]
    length = NO_TEXT if document.text is UNSET else len(document.text)
    lost, ignored, outside_task = _left_over(guesses, matched, task, length)
    common = inside & set(matched.guess)

    def form(place: Place) -> str:
        return named[place].form or ""

    def flags(gold: Place | None, guess: Place | None) -> tuple[str, ...]:
        both = {"split": gold, "merged": guess}
        return tuple(flag for flag, place in both.items() if place in matched.flagged[flag])

    findings = [Finding("correct", place, place, form=form(place)) for place in common]
    for gold, guess in matched.pairs:
        error, boundary = _class(gold, guess)
        findings.append(Finding(error, gold, guess, boundary, flags(gold, guess), form(gold)))
    paired, guess_paired = ({pair[side] for pair in matched.pairs} for side in (0, 1))
    for place in inside - common - paired:
        near = _over(place, matched.guess), _over(place, outside_task)
        findings.append(Finding("missed", place, None, "", flags(place, None), form(place), *near))
    for place in set(matched.guess) - common - guess_paired:
        near = _over(place, matched.gold), _over(place, outside_gold)
        findings.append(Finding("spurious", None, place, "", flags(None, place), "", *near))
    findings += lost
    return Found(tuple(sorted(findings, key=_order)), tuple(ignored))


def _left_over(
    guesses: Sequence[_Guess], matched: _Matched, task: Task, length: int
) -> tuple[list[Finding], list[Place], list[Place]]:
    """Predictions that match nothing, those that equal gold outside the view, and those outside the task."""
    lost, ignored, outside = [], [], []
    known, seen = set(matched.guess), set()
    for m, fault in guesses:
        kind = task.meaning(m.type)
        start, end = (-1, -1) if m.start is None or m.end is None else (m.start, m.end)
        if kind is None:
            outside.append(Place(start, end, m.type))
            continue
        place, sound = Place(start, end, kind), is_sound((start, end), length)
        why = fault or ("" if sound else "bad-span") or ("copy" if place in seen else "")
        if not why and place not in known:
            ignored.append(place)
        elif not why:
            seen.add(place)
        else:
            lost.append(Finding("spurious", None, place, fault=why, surface=m.text or ""))
    return lost, ignored, outside


def _class(gold: Place, guess: Place) -> tuple[str, str]:
    """The error class of a pair that is not equal, and the kind of its boundary error."""
    if gold[:2] == guess[:2]:
        return "type", ""
    if gold.start <= guess.start and guess.end <= gold.end:
        boundary = "shorter"
    elif guess.start <= gold.start and gold.end <= guess.end:
        boundary = "longer"
    else:
        boundary = "shifted"
    return ("boundary" if gold.type == guess.type else "type+boundary"), boundary


def _over(place: Place, others: Iterable[Place]) -> tuple[Place, ...]:
    return tuple(sorted(other for other in others if other.start < place.end and place.start < other.end))


def _order(finding: Finding) -> tuple[object, ...]:
    place = finding.gold or finding.guess or Place(0, 0, "")
    return finding.start < 0, place.start, -place.end, place.type, finding.error, finding.guess or (), finding.surface
