"""Rows of the scores of layout: blocks, sections, dateline (definitions in ``measures``)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from itertools import accumulate

from goldwire.corpus.document import Block, Dateline, Document, Section, Span
from goldwire.corpus.layout import lines
from goldwire.eval.ink import Ink, ink, is_sound
from goldwire.eval.tally import Key, RowsBuilder

__all__ = ["block_rows", "dateline_rows", "line_kinds", "section_gaps", "section_rows"]

CellOf = Callable[[int], int]

_NO_KIND = "none"


def block_rows(rows: RowsBuilder, gold: Document, predicted: Document, text: str, cell_of: CellOf) -> None:
    """blocks.kind over the non-blank lines, and blocks.span over the blocks themselves."""
    places = lines(text)
    kinds = line_kinds(gold.blocks or (), places, text)
    guesses = line_kinds(predicted.blocks or (), places, text)
    for (start, _), kind, guess in zip(places, kinds, guesses, strict=True):
        cell, hit = cell_of(start), kind == guess
        rows.add(cell, Key("blocks.kind"), gold=1, predicted=1, gold_hits=hit, predicted_hits=hit)
        if kind != _NO_KIND:
            rows.add(cell, Key("blocks.kind", "kind", kind), gold=1, gold_hits=hit, predicted_hits=hit)
        if guess != _NO_KIND:
            rows.add(cell, Key("blocks.kind", "kind", guess), predicted=1)
    _equal(
        rows,
        "blocks.span",
        [(b.start, ink(text, [(b.start, b.end)])) for b in gold.blocks or ()],
        [(b.start, ink(text, [(b.start, b.end)])) for b in predicted.blocks or ()],
        cell_of,
    )


def line_kinds(blocks: Sequence[Block], places: Sequence[Span], text: str) -> list[str]:
    """For each line the kind of the block that has most of its ink, of equal ones the earliest; else ``none``."""
    ordered = sorted(blocks, key=lambda block: (block.start, block.end, block.kind))
    kinds = []
    first = 0
    for start, end in places:
        while first < len(ordered) and ordered[first].end <= start:
            first += 1
        best, most = _NO_KIND, 0
        line = ink(text, [(start, end)])
        for block in ordered[first:]:
            if block.start >= end:
                break
            overlap = sum(1 for at in range(max(start, block.start), min(end, block.end)) if at in line)
            if overlap > most and 0 <= block.start < block.end <= len(text):
                best, most = block.kind, overlap
        kinds.append(best)
    return kinds


def section_rows(rows: RowsBuilder, gold: Document, predicted: Document, text: str, cell: int) -> None:
    """All scores of sections: whole documents, booked in the document's first ``cell``."""
    ours, theirs = gold.sections or (), predicted.sections or ()
    starts = sorted(paragraph[0] for section in ours for paragraph in section.paragraphs)
    gaps, guesses = section_gaps(ours, starts, len(text)), section_gaps(theirs, starts, len(text))
    hits = len(gaps & guesses)
    rows.add(
        cell, Key("sections.boundary"), gold=len(gaps), predicted=len(guesses), gold_hits=hits, predicted_hits=hits
    )
    _similarity(rows, gaps, guesses, cell)
    _windows(rows, gaps, guesses, len(starts), cell)
    if starts and not gaps:
        whole_guess = not guesses and any(_start(section, len(text)) is not None for section in theirs)
        key = Key("sections.left-whole")
        rows.add(cell, key, gold=1, predicted=1, gold_hits=whole_guess, predicted_hits=whole_guess)

    def heading(section: Section) -> Ink | None:
        return None if section.heading is None else ink(text, [section.heading])

    def place(section: Section) -> tuple[int, ...]:
        begin = _start(section, len(text))
        if begin is None or not is_sound(section.body, len(text)):
            return ()
        return (sum(start < begin for start in starts) + 1, sum(start < section.body[1] for start in starts))

    def whole(section: Section) -> Hashable:
        return (heading(section), *place(section)) if place(section) and heading(section) != frozenset() else ()

    def at(_: int) -> int:
        return cell

    for score, value in (
        ("sections.heading", heading),
        ("sections.section", whole),
        ("sections.section-without-heading", place),
    ):
        valued = [[(s.body[0], value(s)) for s in side if value(s) is not None] for side in (ours, theirs)]
        _equal(rows, score, valued[0], valued[1], at)


def _start(section: Section, length: int) -> int | None:
    """Where a section begins: at its heading, else at its body; ``None`` where neither has a sound span."""
    spans = (section.body,) if section.heading is None else (section.heading, section.body)
    return next((span[0] for span in spans if is_sound(span, length)), None)


def section_gaps(sections: Sequence[Section], starts: Sequence[int], length: int) -> set[int]:
    """Where sections begin, as the number of gold paragraphs before; the text's own two ends fall away."""
    begins = [begin for section in sections if (begin := _start(section, length)) is not None]
    return {sum(start < begin for start in starts) for begin in begins} - {0, len(starts)}


def _similarity(rows: RowsBuilder, gaps: set[int], guesses: set[int], cell: int) -> None:
    """Fournier's boundary similarity with n_t = 2, as an exact ratio."""
    rest, guessed_rest = sorted(gaps - guesses), sorted(guesses - gaps)
    near = _near(rest, guessed_rest)
    alone = len(rest) + len(guessed_rest) - 2 * near
    edits = alone + near + len(gaps & guesses)
    if edits:
        key = Key("sections.b", denominator=2 * edits)
        worth = 2 * edits - 2 * alone - near
        rows.add(cell, key, gold=1, predicted=1, gold_hits=worth, predicted_hits=worth)


def _near(rest: list[int], guessed_rest: list[int]) -> int:
    """The size of a maximum matching of gaps at distance 1: on a line, taking the leftmost always is one."""
    free = set(guessed_rest)
    count = 0
    for gap in rest:
        for other in (gap - 1, gap + 1):
            if other in free:
                free.remove(other)
                count += 1
                break
    return count


def _windows(rows: RowsBuilder, gaps: set[int], guesses: set[int], n: int, cell: int) -> None:
    """Error rates over windows of k + 1 of the ``n`` paragraphs: WindowDiff counts gaps, Pk asks whether there are any.

    k is half the mean length of gold's sections, rounded half up, 2 at the least; no row without a window.
    """
    k = max(2, (n + len(gaps) + 1) // (2 * (len(gaps) + 1)))
    before = [list(accumulate((at in side for at in range(n)), initial=0)) for side in (gaps, guesses)]
    pairs = [tuple(side[first + k] - side[first] for side in before) for first in range(1, n - k + 1)]
    if pairs:
        for score, wrong in (
            ("sections.window-diff", sum(ours != theirs for ours, theirs in pairs)),
            ("sections.pk", sum(bool(ours) != bool(theirs) for ours, theirs in pairs)),
        ):
            counts = {"gold": len(pairs), "predicted": len(pairs), "gold_hits": wrong, "predicted_hits": wrong}
            rows.add(cell, Key(score), **counts)


def dateline_rows(rows: RowsBuilder, gold: Document, predicted: Document, cell_of: CellOf) -> None:
    """dateline.span and its parts, each right or wrong as a whole."""
    ours, theirs = gold.dateline or None, predicted.dateline or None
    for part in ("span", "place", "date", "agency"):
        wanted, found = _part(ours, part), _part(theirs, part)
        hit = wanted is not None and wanted == found
        at = (wanted or found or (0, 0))[0]
        if wanted is not None or found is not None:
            rows.add(
                cell_of(max(0, at)),
                Key(f"dateline.{part}"),
                gold=wanted is not None,
                predicted=found is not None,
                gold_hits=hit,
                predicted_hits=hit,
            )


def _part(dateline: Dateline | None, part: str) -> Span | None:
    if dateline is None:
        return None
    span: Span | None = (dateline.start, dateline.end) if part == "span" else getattr(dateline, part)
    return span


def _equal(
    rows: RowsBuilder,
    score: str,
    ours: list[tuple[int, Hashable]],
    theirs: list[tuple[int, Hashable]],
    cell_of: CellOf,
) -> None:
    """Multiset equality of values, each with the position where it is booked; an empty value equals nothing."""
    left = Counter(value for _, value in theirs if value)
    hits: Counter[Hashable] = Counter()
    for at, value in sorted(ours, key=lambda item: item[0]):
        hit = left[value] > 0
        left[value] -= hit
        hits[value] += hit
        rows.add(cell_of(max(0, at)), Key(score), gold=1, predicted=hit, gold_hits=hit, predicted_hits=hit)
    for at, value in sorted(theirs, key=lambda item: item[0]):
        if hits[value] > 0:
            hits[value] -= 1
        else:
            rows.add(cell_of(max(0, at)), Key(score), predicted=1)
