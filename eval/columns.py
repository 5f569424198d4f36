"""From documents to columns of mentions: labels mapped, views applied, bad spans and duplicates set apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from goldwire.corpus.document import UNSET, Document, Mention
from goldwire.corpus.errors import InputError, Problem, shown
from goldwire.eval.alignment import aligned
from goldwire.eval.entities import Cells, Slicing
from goldwire.eval.labels import LabelMap
from goldwire.eval.matching import Mentions
from goldwire.eval.nesting import depths, innermost
from goldwire.eval.tally import Integers
from goldwire.eval.views import View

__all__ = ["Columns", "Pair", "mention_columns"]

Warn = Callable[[str, str, int], None]
"""Called as ``warn(code, example, count)``; an empty example is none."""

Mask = npt.NDArray[np.bool_]

_NO_TEXT = 1 << 60


class Pair(NamedTuple):
    """A gold document, what was predicted for it, and their text (``None`` where gold has none)."""

    gold: Document
    predicted: Document
    text: str | None

    @property
    def length(self) -> int:
        """The text's length in code points; without a text more than any offset."""
        return _NO_TEXT if self.text is None else len(self.text)


class Columns(NamedTuple):
    """Mentions inside the task: what ``entities.mention_rows`` takes.

    ``spurious`` holds the cells and types of predictions without a sound span.
    """

    gold: Mentions
    predicted: Mentions
    types: list[str]
    spurious: tuple[Integers, Integers]
    slicings: list[Slicing]


def mention_columns(pairs: Sequence[Pair], cells: Cells, labels: LabelMap | None, view: View, warn: Warn) -> Columns:
    """The columns of all mentions of ``pairs``, in their order.

    Raises
    ------
    InputError
        A gold mention has no offsets, a bad span, or, in a view by form, no form.
    """
    golds = [pair.gold.mentions or () for pair in pairs]
    _refuse_unsound(golds, pairs, view)
    guesses, unplaced = _placed(pairs, warn)
    gold, gold_names = _gathered(golds)
    guess, guess_names = _gathered(guesses)
    unplaced_names = [name for _, name in unplaced]

    table = view.table
    gold_task = {name: table.get(name) if table else name for name in gold_names}
    guess_task = {name: _meaning(name, labels, table) for name in {*guess_names, *unplaced_names}}
    _warn_of_labels(guess, guess_names, unplaced_names, labels, warn)
    types = sorted({ours or name for name, ours in gold_task.items()} | {ours for ours in guess_task.values() if ours})
    code = {name: at for at, name in enumerate(types)}
    in_task = _lookup([gold_task[name] is not None for name in gold_names], gold.type).astype(np.bool_)
    gold = gold._replace(type=_lookup([code[gold_task[name] or name] for name in gold_names], gold.type))
    in_map = _lookup([guess_task[name] is not None for name in guess_names], guess.type).astype(np.bool_)
    guess = guess._replace(type=_lookup([code.get(guess_task[name] or "", 0) for name in guess_names], guess.type))

    lengths = np.array([pair.length for pair in pairs], np.int64)
    bad = (guess.start < 0) | (guess.end <= guess.start) | (guess.end > lengths[guess.document])
    for at in np.flatnonzero(bad & in_map):
        pair = pairs[guess.document[at]]
        warn("bad-span", f"{pair.gold.id}: [{guess.start[at]}, {guess.end[at]})", 1)
    lost = _unsound(_taken(guess, bad & in_map), unplaced, guess_task, code, cells)
    guess = _taken(guess, ~bad & in_map)

    first = _first_copies(gold) & in_task
    if in_task.sum() > first.sum():
        warn("duplicate-gold", "", int(in_task.sum() - first.sum()))
    level = np.zeros(len(gold.start), np.int64)
    level[first] = depths(gold.document[first], gold.start[first], gold.end[first])
    forms = [mention.form for mentions in golds for mention in mentions]
    chosen = first & _selected(gold, first, level, forms, view)
    outside = _among(guess, _taken(gold, ~chosen)) & ~_among(guess, _taken(gold, chosen))
    if outside.any():
        warn("ignored-outside-view", "", int(outside.sum()))
    guess = _taken(guess, ~outside)
    copies = int((~_first_copies(guess)).sum())
    if copies:
        warn("duplicate-prediction", "", copies)
    gold = _taken(gold, chosen)
    slicings = [
        *_by_form([form for form, keep in zip(forms, chosen.tolist(), strict=True) if keep]),
        _by_number("depth", level[chosen]),
        *_by_position(gold, lengths),
    ]
    return Columns(gold, guess, types, lost, slicings)


def _refuse_unsound(golds: Sequence[Sequence[Mention]], pairs: Sequence[Pair], view: View) -> None:
    for mentions, pair in zip(golds, pairs, strict=True):
        length, text = pair.length, pair.text
        for index, m in enumerate(mentions):
            field = f"mentions[{index}]"
            if m.start is None or m.end is None or not 0 <= m.start < m.end <= length:
                raise _fault(pair, "bad-span", field, f"[{m.start}, {m.end})", f"start < end within [0, {length})")
            if m.text is not UNSET and text is not None and text[m.start : m.end] != m.text:
                raise _fault(pair, "wrong-surface", f"{field}.text", shown(m.text), shown(text[m.start : m.end]))
            if view.names and m.form is UNSET:
                raise _fault(pair, "no-form", f"{field}.form", "no form", f"a form, which the view {view} selects by")


def _fault(pair: Pair, code: str, field: str, found: str, expected: str) -> InputError:
    return InputError(Problem(code, found, expected, "correct the gold", field, pair.gold.id))


def _placed(pairs: Sequence[Pair], warn: Warn) -> tuple[list[Sequence[Mention]], list[tuple[int, str]]]:
    """The predicted mentions that have offsets, and (document, type) of those that are on nothing in the text."""
    sides: list[Sequence[Mention]] = []
    unplaced: list[tuple[int, str]] = []
    for at, pair in enumerate(pairs):
        mentions: Sequence[Mention] = pair.predicted.mentions or ()
        if any(m.start is None or m.end is None or m.text is not UNSET for m in mentions):
            mentions = _aligned(pair, mentions, warn)
            sound = [m for m in mentions if m.start is not None and m.end is not None and _on_text(m, pair, warn)]
            unplaced += [(at, m.type) for m in mentions if all(m is not other for other in sound)]
            mentions = sound
        sides.append(mentions)
    return sides, unplaced


def _aligned(pair: Pair, mentions: Sequence[Mention], warn: Warn) -> list[Mention]:
    floating = [m for m in mentions if m.start is None or m.end is None]
    places = iter(aligned([m.text or "" for m in floating], pair.text or ""))
    result = []
    for m in mentions:
        if m.start is None or m.end is None:
            span, how = next(places)
            warn(f"aligned-{how}" if span else "not-in-text", f"{pair.gold.id}: {shown(m.text or '')}", 1)
            start, end = span or (None, None)
            result.append(Mention(start=start, end=end, type=m.type))
        else:
            result.append(m)
    return result


def _on_text(m: Mention, pair: Pair, warn: Warn) -> bool:
    if m.text is UNSET or pair.text is None or m.start is None or m.end is None or m.start < 0:
        return True
    if pair.text[m.start : m.end] == m.text:
        return True
    warn("wrong-surface", f"{pair.gold.id}: {shown(m.text)} at [{m.start}, {m.end})", 1)
    return False


def _gathered(sides: Sequence[Sequence[Mention]]) -> tuple[Mentions, list[str]]:
    """Columns whose types are numbers of the names returned; huge offsets are cut, which keeps them bad."""
    counts = [len(side) for side in sides]
    n = sum(counts)
    codes: dict[str, int] = {}
    kind = np.fromiter((codes.setdefault(m.type, len(codes)) for side in sides for m in side), np.int64, n)
    try:
        start = np.fromiter((m.start for side in sides for m in side), np.int64, n)
        end = np.fromiter((m.end for side in sides for m in side), np.int64, n)
    except OverflowError:
        start = np.fromiter((_cut(m.start) for side in sides for m in side), np.int64, n)
        end = np.fromiter((_cut(m.end) for side in sides for m in side), np.int64, n)
    return Mentions(np.repeat(np.arange(len(sides)), counts), start, end, kind), list(codes)


def _cut(offset: int | None) -> int:
    return max(-1, min(offset or 0, _NO_TEXT + 1))


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
    for name in sorted({*names, *unplaced}):
        count = unplaced.count(name) + (int(counts[names.index(name)]) if name in names else 0)
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
    unplaced: Sequence[tuple[int, str]],
    meaning: dict[str, str | None],
    code: dict[str, int],
    cells: Cells,
) -> tuple[Integers, Integers]:
    """Cell and type of the predictions that match nothing; a place outside the text counts at the nearer end."""
    rest = [(document, code[ours]) for document, name in unplaced if (ours := meaning[name]) is not None]
    documents = np.array([document for document, _ in rest], np.int64)
    kinds = np.array([kind for _, kind in rest], np.int64)
    start = np.clip(np.concatenate([bad.start, np.zeros(len(rest), np.int64)]), 0, 1 << 40)
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


def _first_copies(mentions: Mentions) -> Mask:
    first = np.zeros(len(mentions.start), np.bool_)
    first[np.unique(_numbers(mentions)[0], return_index=True)[1]] = True
    return first


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


def _by_number(name: str, numbers: Integers) -> Slicing:
    return Slicing(name, [str(n) for n in range(1, int(numbers.max(initial=0)) + 1)], numbers - 1)


def _by_position(gold: Mentions, lengths: Integers) -> list[Slicing]:
    """Tenths of the text, the first is 1; documents without a text have none."""
    length = lengths[gold.document]
    if (lengths == _NO_TEXT).all():
        return []
    tenth = np.where(length == _NO_TEXT, -1, gold.start * 10 // length)
    return [Slicing("position", [str(n) for n in range(1, 11)], tenth)]
