"""Documents inside the task, for a mode: labels mapped, the view applied, lists in their order.

What gold has outside the view is ignored where it is predicted, as ``columns`` ignores it. Unlike there, copies and bad
spans stay: what becomes of them is the program's affair.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from goldwire.corpus.document import UNSET, Document, Mention
from goldwire.eval.ink import is_sound
from goldwire.eval.labels import LabelMap
from goldwire.eval.linking import Task
from goldwire.eval.modes.mode import Pair, Place
from goldwire.eval.nesting import depths, innermost
from goldwire.eval.side import NO_TEXT, Warn, discontinuous, gold_fault, on_text, refuse_off_text
from goldwire.eval.views import View

__all__ = ["pair_of"]


def pair_of(gold: Document, predicted: Document, labels: LabelMap | None, view: View, warn: Warn) -> Pair:
    """Both sides of a document inside the task.

    Raises
    ------
    InputError
        Gold has a mention without a sound span, or without a form in a view by form.
    """
    text = None if gold.text is UNSET else gold.text
    ours = gold.mentions or ()
    _refuse_unsound(gold.id, ours, text)
    if view.names:
        _refuse_formless(gold.id, ours, view)
    task = Task(labels, view)
    places = task.places(ours)
    chosen = _chosen(ours, places, view)
    inside = [place for place, keep in zip(places, chosen, strict=True) if keep]
    outside = set(places) - set(inside)
    theirs, unplaced = on_text(gold.id, predicted.mentions or (), text, warn)
    for _, label in unplaced:
        _warn_of_label(label, labels, warn)
        if task.meaning(label) is not None:
            warn("mode-no-place", f"{gold.id}: {label}", 1)
    if hulls := discontinuous(ours) + discontinuous(theirs):
        warn("discontinuous", "", hulls)
    guesses: list[Place] = []
    for mention in theirs:
        kind = task.meaning(mention.type)
        _warn_of_label(mention.type, labels, warn)
        if kind is None:
            continue
        place = (mention.start or 0, mention.end or 0, kind)
        if place in outside:
            warn("ignored-outside-view", "", 1)
        else:
            guesses.append(place)
    return Pair(gold.id, text, inside, guesses)


def _chosen(mentions: Sequence[Mention], places: Sequence[Place], view: View) -> list[bool]:
    """Which gold mentions are inside the view; nesting is judged among those that the projection keeps."""
    table = view.table
    chosen = [not table or m.type in table for m in mentions]
    if view.by_depth:
        kept = [at for at, keep in enumerate(chosen) if keep]
        start, end = (np.array([places[at][side] for at in kept], np.int64) for side in (0, 1))
        level = depths(np.zeros_like(start), start, end)
        inner = innermost(np.zeros_like(start), start, end)
        for at, depth, holds_none in zip(kept, level.tolist(), inner.tolist(), strict=True):
            chosen[at] = (
                (not view.outermost or depth == 1)
                and (not view.depths or depth in view.depths)
                and (not view.innermost or holds_none)
            )
    return [keep and (not view.names or m.form == "name") for keep, m in zip(chosen, mentions, strict=True)]


def _warn_of_label(label: str, labels: LabelMap | None, warn: Warn) -> None:
    if labels is None:
        return
    if label not in labels:
        warn("unknown-label", label, 1)
    elif labels[label] is None:
        warn("label-outside-task", f"{label}: {labels.meanings[label].why}", 1)


def _refuse_unsound(document: str, mentions: Sequence[Mention], text: str | None) -> None:
    refuse_off_text(document, mentions, text)
    length = NO_TEXT if text is None else len(text)
    for index, m in enumerate(mentions):
        if not is_sound((m.start or 0, m.end or 0), length):
            want = "start < end, 0 or more" if text is None else f"start < end within [0, {length})"
            raise gold_fault(document, "bad-span", f"mentions[{index}]", f"[{m.start}, {m.end})", want)


def _refuse_formless(document: str, mentions: Sequence[Mention], view: View) -> None:
    for index, m in enumerate(mentions):
        if m.form is UNSET:
            want = f"a form, which the view {view} selects by"
            raise gold_fault(document, "no-form", f"mentions[{index}].form", "no form", want)
