"""From documents to columns of mentions: labels mapped, views applied, bad spans and duplicates set apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from goldwire.corpus.document import UNSET
from goldwire.eval.cells import Cells
from goldwire.eval.labels import LabelMap
from goldwire.eval.matching import Mentions
from goldwire.eval.nesting import depths, innermost
from goldwire.eval.side import NO_TEXT, Side, Warn, gold_fault
from goldwire.eval.tally import Integers
from goldwire.eval.views import View

__all__ = ["Columns", "Slicing", "mention_columns"]

Mask = npt.NDArray[np.bool_]


class Slicing(NamedTuple):
    """A way to break down the recall: its name, its values, and the value's index for each gold mention (-1: none)."""

    name: str
    values: Sequence[str]
    value: Integers


class Columns(NamedTuple):
    """Mentions inside the task: what ``entities.mention_rows`` takes.

    ``spurious`` holds the cells and types of predictions without a sound span, and of copies: one is a hit at the most.
    """

    gold: Mentions
    predicted: Mentions
    types: list[str]
    spurious: tuple[Integers, Integers]
    slicings: list[Slicing]


def mention_columns(
    ours: Side,
    theirs: Side,
    documents: Sequence[str],
    cells: Cells,
    labels: LabelMap | None,
    view: View,
    warn: Warn,
) -> Columns:
    """The columns of both sides' mentions inside the task that ``view`` names.

    Raises
    ------
    InputError
        In a view by form, a gold mention has no form.
    """
    gold, gold_names, forms = ours.mentions, ours.names, ours.forms
    guess, guess_names, unplaced = theirs.mentions, theirs.names, theirs.unplaced
    unplaced_names = [name for _, _, name in unplaced]
    _refuse_unsound(ours, documents)
    if view.names:
        _refuse_formless(forms, gold, documents, view)

    table = view.table
    gold_task = {name: table.get(name) if table else name for name in gold_names}
    guess_task = {name: _meaning(name, labels, table) for name in guess_names}
    _warn_of_labels(guess, guess_names, unplaced_names, labels, warn)
    guessed = {ours for ours in guess_task.values() if ours is not None}
    types = sorted({ours or name for name, ours in gold_task.items()} | guessed)
    code = {name: at for at, name in enumerate(types)}
    in_task = _lookup([gold_task[name] is not None for name in gold_names], gold.type).astype(np.bool_)
    gold = gold._replace(type=_lookup([code[gold_task[name] or name] for name in gold_names], gold.type))
    in_map = _lookup([guess_task[name] is not None for name in guess_names], guess.type).astype(np.bool_)
    guess = guess._replace(type=_lookup([code.get(guess_task[name] or "", 0) for name in guess_names], guess.type))

    bad = ~theirs.sound
    for at in np.flatnonzero(bad & in_map):
        warn("bad-span", f"{documents[guess.document[at]]}: [{guess.start[at]}, {guess.end[at]})", 1)
    lost = _unsound(_taken(guess, bad & in_map), unplaced, guess_task, code, cells)
    guess = _taken(guess, ~bad & in_map)

    first = in_task.copy()
    copies = _later_copies(gold)
    first[copies] = False
    if merged := int(in_task[copies].sum()):
        warn("duplicate-gold", "", merged)
    level = np.zeros(len(gold.start), np.int64)
    level[first] = depths(gold.document[first], gold.start[first], gold.end[first])
    chosen = first & _selected(gold, first, level, forms, view)
    if not chosen.all():
        outside = _among(guess, _taken(gold, ~chosen)) & ~_among(guess, _taken(gold, chosen))
        if outside.any():
            warn("ignored-outside-view", "", int(outside.sum()))
        guess = _taken(guess, ~outside)
    if len(copies := _later_copies(guess)):
        warn("duplicate-prediction", "", len(copies))
        again = Mentions(*(column[copies] for column in guess))
        once = np.ones(len(guess.start), np.bool_)
        once[copies] = False
        guess = _taken(guess, once)
        lost = np.append(lost[0], cells.holding(again.document, again.start)), np.append(lost[1], again.type)
    gold = _taken(gold, chosen)
    slicings = [
        *_by_form([form for form, keep in zip(forms, chosen.tolist(), strict=True) if keep] if forms else []),
        _by_depth(level[chosen]),
        *_by_position(gold, ours.lengths),
    ]
    return Columns(gold, guess, types, lost, slicings)


def _meaning(name: str, labels: LabelMap | None, table: dict[str, str | None]) -> str | None:
    """A predicted label in the task's terms; ``None`` where the label map says that it is outside the task."""
    ours = labels[name] if labels is not None and name in labels else name
    return None if ours is None else table.get(ours) or ours


def _warn_of_labels(
    guess: Mentions, names: Sequence[str], unplaced: Sequence[str], labels: LabelMap | None, warn: Warn
) -> None:
    if labels is None:
        return
    counts = np.bincount(guess.type, minlength=len(names))
    for name, placed in zip(names, counts.tolist(), strict=True):
        count = placed + unplaced.count(name)
        if name not in labels:
            warn("unknown-label", name, count)
        elif labels[name] is None:
            warn("label-outside-task", f"{name}: {labels.meanings[name].why}", count)


def _lookup(values: Sequence[int], codes: Integers) -> Integers:
    return np.array(values, np.int64)[codes] if len(codes) else codes


def _taken(mentions: Mentions, chosen: Mask) -> Mentions:
    return mentions if chosen.all() else Mentions(*(column[chosen] for column in mentions))


def _unsound(
    bad: Mentions,
    unplaced: Sequence[tuple[int, int, str]],
    meaning: dict[str, str | None],
    code: dict[str, int],
    cells: Cells,
) -> tuple[Integers, Integers]:
    """Cell and type of the predictions that match nothing; a place outside the text counts at the nearer end."""
    rest = [(document, at, code[ours]) for document, at, name in unplaced if (ours := meaning[name]) is not None]
    documents, places, kinds = np.array(rest, np.int64).reshape(-1, 3).T
    start = np.clip(np.concatenate([bad.start, places]), 0, NO_TEXT)
    return cells.holding(np.concatenate([bad.document, documents]), start), np.concatenate([bad.type, kinds])


def _numbers(*sides: Mentions) -> list[Integers]:
    """One integer for each mention, equal where document, span and type are equal."""
    columns = [np.concatenate(parts) for parts in zip(*sides, strict=True)]
    widths = [int(column.max(initial=0)) + 1 for column in columns]
    if np.prod([float(width) for width in widths]) < 2.0**62:
        number = columns[0]
        for column, width in zip(columns[1:], widths[1:], strict=True):
            number = number * width + column
    else:
        number = np.unique(np.stack(columns), axis=1, return_inverse=True)[1].ravel()
    return np.split(number, np.cumsum([len(side.start) for side in sides])[:-1])


def _later_copies(mentions: Mentions) -> Integers:
    """Where a mention stands that was there before, equal in document, span and type."""
    number = _numbers(mentions)[0]
    if (number[1:] > number[:-1]).all():  # in order, as most are
        return np.zeros(0, np.int64)
    ordered = np.sort(number)
    if not (ordered[1:] == ordered[:-1]).any():
        return np.zeros(0, np.int64)
    first = np.unique(number, return_index=True)[1]
    later: Integers = np.setdiff1d(np.arange(len(number)), first)
    return later


def _among(mentions: Mentions, others: Mentions) -> Mask:
    if not len(others.start) or not len(mentions.start):
        return np.zeros(len(mentions.start), np.bool_)
    mine, theirs = _numbers(mentions, others)
    return np.isin(mine, theirs)


def _selected(gold: Mentions, in_task: Mask, level: Integers, forms: Sequence[object], view: View) -> Mask:
    chosen = in_task.copy()
    if view.names:
        chosen &= np.array([form == "name" for form in forms], np.bool_)
    if view.outermost:
        chosen &= level == 1
    if view.depths:
        chosen &= np.isin(level, list(view.depths))
    if view.innermost:
        at = np.flatnonzero(in_task)
        chosen[at] &= innermost(gold.document[at], gold.start[at], gold.end[at])
    return chosen


def _by_form(forms: Sequence[object]) -> list[Slicing]:
    values = sorted({str(form) for form in forms if form is not UNSET})
    code = {value: at for at, value in enumerate(values)}
    return [Slicing("form", values, np.array([code.get(str(form), -1) for form in forms], np.int64))] if values else []


def _by_depth(level: Integers) -> Slicing:
    return Slicing("depth", [str(n) for n in range(1, int(level.max(initial=0)) + 1)], level - 1)


def _by_position(gold: Mentions, lengths: Integers) -> list[Slicing]:
    """Tenths of the text, the first is 1; documents without a text have none."""
    if (lengths == NO_TEXT).all():
        return []
    length = lengths[gold.document]
    tenth = np.where(length == NO_TEXT, -1, gold.start * 10 // length)
    return [Slicing("position", [str(n) for n in range(1, 11)], tenth)]


def _refuse_unsound(gold: Side, documents: Sequence[str]) -> None:
    for at in np.flatnonzero(~gold.sound)[:1].tolist():
        document, start, end, _ = (int(column[at]) for column in gold.mentions)
        length = int(gold.lengths[document])
        want = "start < end, 0 or more" if length == NO_TEXT else f"start < end within [0, {length})"
        raise gold_fault(documents[document], "bad-span", _field(gold.mentions, at), f"[{start}, {end})", want)


def _refuse_formless(forms: Sequence[object], gold: Mentions, documents: Sequence[str], view: View) -> None:
    if UNSET in forms or (not forms and len(gold.start)):
        at = forms.index(UNSET) if forms else 0
        want = f"a form, which the view {view} selects by"
        raise gold_fault(documents[gold.document[at]], "no-form", f"{_field(gold, at)}.form", "no form", want)


def _field(mentions: Mentions, at: int) -> str:
    return f"mentions[{at - int(np.searchsorted(mentions.document, mentions.document[at]))}]"
