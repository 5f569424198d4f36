"""What was right and wrong in a run, for terminals: the errors in their lines, each with its reason, and the totals."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, NamedTuple

from rich.console import Console, RenderableType
from rich.text import Text

from goldwire.corpus.layout import lines
from goldwire.eval.errors import CLASSES
from goldwire.eval.explained import SAID, Explained, Gap, Line, Part, Said
from goldwire.eval.findings import Finding
from goldwire.eval.report.article import printable
from goldwire.eval.report.formats import Drawn
from goldwire.eval.report.interlinear import Mark, interlinear, wrapped
from goldwire.eval.report.leaderboard import Entry, caveat, oddities, task
from goldwire.eval.report.reasons import (
    dateline_reason,
    gap_reason,
    kind_reason,
    part_name,
    quote_reason,
    reason,
    sides,
    words_of,
)
from goldwire.eval.report.tables import Cell, Column, Table

__all__ = ["ERRORS", "Choice", "RunReport", "confusion", "explained", "overview", "selected"]

ERRORS = (*CLASSES, *(error for error in SAID if error not in CLASSES), "kind")
"""What ``--error`` takes: the classes of mentions, ``speaker`` of quotes, ``kind`` of lines."""

_STROKES = {
    "correct": ("─", "green"),
    "type": ("═", "magenta"),
    "boundary": ("╌", "blue"),
    "type+boundary": ("≈", "cyan"),
    "missed": ("·", "red"),
    "spurious": ("~", "yellow"),
    "speaker": ("", "magenta"),
    "kind": ("", "magenta"),
}
_MARGIN = 8
_LABELS = 14
_MOST_NAMES = 10
_WIDE = 40

_PAPER = Console(file=io.StringIO())
"""What folds lines; nothing is printed to it."""

Item = Finding | Said | Line | Gap | Part


class RunReport(NamedTuple):
    """A run with its findings: ``documents`` in full, worst first; ``others`` are ids and numbers of errors."""

    entry: Entry
    documents: tuple[Explained, ...]
    others: tuple[tuple[str, int], ...] = ()


class Choice(NamedTuple):
    """What to show: errors, types and layers by name (empty: all that is wrong), and at most ``limit`` items."""

    errors: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    layers: tuple[str, ...] = ()
    limit: int = 100


def selected(document: Explained, choice: Choice) -> list[tuple[int, Item]]:
    """The chosen findings with where they stand, in text order; -1 for those that have no place."""
    layers: dict[str, list[tuple[int, Item]]] = {
        "mentions": [(f.start, f) for f in document.mentions.findings],
        "quotes": [(s.start, s) for s in document.quotes],
        "blocks": [(line.start, line) for line in document.lines],
        "sections": [(gap.start, gap) for gap in document.gaps],
        "dateline": [((part.gold or part.guess or (-1, -1))[0], part) for part in document.dateline],
    }
    chosen = [item for layer, items in layers.items() if not choice.layers or layer in choice.layers for item in items]
    if choice.types:
        chosen = [item for item in chosen if isinstance(item[1], Finding) and _is_of(item[1], choice.types)]
    wanted = [item for item in chosen if item[1].error in choice.errors or not choice.errors]
    if not choice.errors:
        wanted = [item for item in wanted if item[1].error != "correct"]
    length = len(document.gold.text or "")
    return sorted(wanted, key=lambda item: item[0] if 0 <= item[0] < length else length)


def _is_of(finding: Finding, types: tuple[str, ...]) -> bool:
    return any(place is not None and place.type in types for place in (finding.gold, finding.guess))


def overview(run: RunReport) -> Iterator[RenderableType]:
    """The totals: scores, errors by class, confusion, types with the lowest F1, what was odd; all from the result."""
    result = run.entry.result
    yield Text(f"{printable(run.entry.name)} · task {printable(result.view)}", "bold")
    for name, score in result.scores.items():
        if name in ("entities.strict", "quotes.who-said-what", "blocks.kind", "sections.boundary", "dateline.span"):
            yield Text(f"  {name} {_figure(score)}")
    if errors := result.scores.get("entities.strict", {}).get("errors"):
        yield Drawn(_classes(errors))
        yield Drawn(confusion(errors["confusion"]))
    if types := result.scores.get("entities.strict", {}).get("by_type"):
        yield Drawn(_worst(types))
    for note in oddities(result):
        yield Text(printable(note))


def _figure(score: dict[str, Any]) -> str:
    interval = score.get("interval")
    value = "null" if score["value"] is None else f"{score['value']:.3f}"
    return value + (f" ({interval[0]:.3f}–{interval[1]:.3f})" if interval else "")


def _classes(errors: dict[str, Any]) -> Table:
    columns = (Column("errors of mentions", words=True), Column("number"))
    rows: list[tuple[Cell, ...]] = [(name, errors["classes"].get(name, 0)) for name in CLASSES]
    rows += [(f"  boundary: {name}", n) for name, n in errors["boundaries"].items() if n]
    rows += [(f"  flag: {name}", n) for name, n in errors["flags"].items() if n]
    return Table("", columns, tuple(rows))


def confusion(cells: list[list[Any]]) -> Table:
    """Gold types down, predicted types across, with what was missed and what is spurious; empty cells are 0."""
    numbers = {(ours, theirs): n for ours, theirs, n in cells}
    golds = sorted({ours for ours, _ in numbers if ours is not None})
    guesses = sorted({theirs for _, theirs in numbers if theirs is not None})
    names = sorted({*golds, *guesses}) if len({*golds, *guesses}) <= _MOST_NAMES else []
    if not names:
        listed = (Column("gold", words=True), Column("predicted", words=True), Column("number"))
        wrong = sorted(((n, o or "", t or "") for (o, t), n in numbers.items() if o != t), reverse=True)
        rows = tuple((ours or "spurious", theirs or "missed", n) for n, ours, theirs in wrong[:20])
        return Table("confusions, the most frequent", listed, rows)
    heads = _heads(names) if sum(map(len, names)) > _WIDE else names
    across = (Column(name, head=printable(head)) for name, head in zip(names, heads, strict=True))
    columns: tuple[Column, ...] = (Column("gold ↓ predicted →", words=True), *across, Column("missed"))
    wide = [*names, None]
    matrix = [(ours or "spurious", *(numbers.get((ours, theirs), "") for theirs in wide)) for ours in wide]
    return Table("confusion of types", columns, tuple(matrix))


def _heads(names: list[str]) -> list[str]:
    """The names, each cut to the same few letters, as many as tell them apart."""
    for length in range(4, max(map(len, names))):
        short = [name[:length] for name in names]
        if len(set(short)) == len(names):
            return short
    return names


def _worst(types: dict[str, Any]) -> Table:
    names = ("F1", "P", "R", "gold", "predicted", "missed", "spurious")
    columns = (Column("type, worst first", words=True), *map(Column, names))
    order = sorted(types.items(), key=lambda item: (item[1]["f1"] is None, item[1]["f1"], item[0]))
    rows = []
    for name, figures in order[:_MOST_NAMES]:
        counts = [figures["counts"].get(part, 0) for part in names[3:]]
        rows.append((name, figures["f1"], figures["precision"], figures["recall"], *counts))
    more = f" ({len(order) - _MOST_NAMES} more)" if len(order) > _MOST_NAMES else ""
    return Table(f"types{more}", columns, tuple(rows))


def explained(run: RunReport, choice: Choice, width: int) -> Iterator[RenderableType]:
    """The chosen findings of each document under their lines, at most ``choice.limit``, and what is left out."""
    room, left, hidden = choice.limit, 0, 0
    for document in run.documents:
        items = selected(document, choice)
        if items and room:
            yield from _document(document, items[:room], width)
        hidden += not items
        left += max(0, len(items) - room)
        room = max(0, room - len(items))
    if left:
        yield Text(f"{left} more findings: raise --limit, or choose with --type, --error, --layer, --document")
    if hidden:
        yield Text(f"{hidden} documents of those read in full have nothing of what is asked for")
    if run.others:
        wrong = sum(n for _, n in run.others)
        few = ", ".join(f"{printable(name)} ({n})" for name, n in run.others[:5]) + (
            " …" if len(run.others) > 5 else ""
        )
        yield Text(f"{len(run.others)} more documents with {wrong} errors, see --documents and --document: {few}")
    yield Text(f"signature: {task(run.entry.result)}", "dim")
    yield Text(caveat([run.entry.result]))


def _document(document: Explained, items: list[tuple[int, Item]], width: int) -> Iterator[Text]:
    text = document.gold.text or ""
    state = {"failed": f" · failed: {document.reason}", "missing": " · no prediction"}.get(document.state, "")
    yield Text()
    yield Text(f"{printable(document.gold.id)} · {document.wrong} errors{printable(state)}", "bold reverse")
    numbered = list(enumerate(items, 1))
    for start, end in lines(text):
        here = [(number, item) for number, (at, item) in numbered if start <= at < end]
        if here:
            yield Text()
            yield from _line(document, (start, end), here, width)
    if rest := [(number, item) for number, (at, item) in numbered if not _in_a_line(at, text)]:
        yield Text()
        yield Text("not in a line", "dim")
        yield from (_entry(number, item, document, width) for number, item in rest)


def _in_a_line(at: int, text: str) -> bool:
    return any(start <= at < end for start, end in lines(text))


def _line(document: Explained, line: tuple[int, int], here: list[tuple[int, Item]], width: int) -> Iterator[Text]:
    text = document.gold.text or ""
    shown = {id(item) for _, item in here if isinstance(item, Finding)}
    marks = [
        mark
        for f in document.mentions.findings
        if (f.error == "correct" or id(f) in shown) and f.start >= 0
        for mark in _marks(f)
        if mark.end > line[0]
    ]
    wrong = [mark for mark in marks if mark.row != "both" or mark.label]
    skipped = False
    for stretch in wrapped(text, *line, width - _MARGIN - _LABELS):
        if wrong and not any(mark.start < stretch[1] and stretch[0] < mark.end for mark in wrong):
            skipped = True
            continue
        if not wrong and stretch[0] != line[0]:  # what is wrong is the line, not a place in it
            skipped = True
            break
        if skipped:
            yield Text(f"{'…':>{_MARGIN - 2}}", "dim")
        skipped = False
        for name, drawn in interlinear(text, stretch, marks, ("both", "gold", "guess")):
            yield Text().append(f"{name:>{_MARGIN - 2}}  ", "dim").append_text(drawn)
    if skipped:
        yield Text(f"{'…':>{_MARGIN - 2}}", "dim")
    yield from (_entry(number, item, document, width) for number, item in here)


def _marks(finding: Finding) -> Iterator[Mark]:
    stroke, style = _STROKES[finding.error]
    if finding.fault:
        return
    if finding.gold == finding.guess and finding.gold is not None:
        yield Mark(finding.gold.start, finding.gold.end, "both", stroke, "", style)
        return
    for row, place in (("gold", finding.gold), ("guess", finding.guess)):
        if place is not None:
            yield Mark(place.start, place.end, row, stroke, place.type, f"bold {style}")


def _entry(number: int, item: Item, document: Explained, width: int) -> Text:
    text = document.gold.text or ""
    words, why = _told(item, text)
    told = Text().append(item.error, f"bold {_STROKES[item.error][1]}").append(f" {printable(words)}")
    told.append(f": {printable(why)}" if why else "", "dim")
    head = Text().append(f"{number:>{_MARGIN - 2}}  ", "dim")
    folded = told.wrap(_PAPER, max(20, width - _MARGIN))
    return head.append_text(Text(f"\n{' ' * _MARGIN}").join(folded))


def _told(item: Item, text: str) -> tuple[str, str]:
    """What a finding is about, and why it is wrong."""
    match item:
        case Finding():
            return sides(item, text), reason(item, text)
        case Said(gold=gold, guess=guess):
            quote = gold or guess
            content = () if quote is None else quote.content
            kind = "" if quote is None else f"{quote.kind} "
            who = item.speaker if gold is not None else item.guessed_speaker
            return f"{kind}quote of {who or 'nobody named'}, «{words_of(text, content)}»", quote_reason(item)
        case Line():
            return "line", kind_reason(item)
        case Gap():
            return "section", gap_reason(item)
        case Part():
            return part_name(item), dateline_reason(item, text)
