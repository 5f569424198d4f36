"""Text with lines under it, for terminals: each mark under its characters, its label behind it, in few rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from rich.cells import cell_len
from rich.text import Text

from goldwire.corpus.document import Span
from goldwire.eval.report.article import printable

__all__ = ["Mark", "interlinear", "wrapped"]


class Mark(NamedTuple):
    """A span of the text, the row that it belongs to, the character it is drawn with, its label and style."""

    start: int
    end: int
    row: str
    stroke: str
    label: str = ""
    style: str = ""


def wrapped(text: str, start: int, end: int, width: int) -> list[Span]:
    """``text[start:end]`` cut into stretches at most ``width`` cells wide, after blanks where there are any.

    >>> wrapped("one two three", 0, 13, 8)
    [(0, 8), (8, 13)]
    """
    stretches, at = [], start
    while at < end:
        used, cut, blank = 0, at, 0
        while cut < end and used + cell_len(printable(text[cut])) <= max(width, 2):
            used += cell_len(printable(text[cut]))
            cut += 1
            if text[cut - 1].isspace():
                blank = cut
        if cut < end and blank > at:
            cut = blank
        stretches.append((at, cut))
        at = cut
    return stretches


def interlinear(text: str, stretch: Span, marks: Sequence[Mark], rows: Sequence[str]) -> Iterator[tuple[str, Text]]:
    """One stretch and the rows under it, each with its name; ``rows`` has the names in order, one may need more lines.

    A mark that goes on beyond the stretch has an ellipsis where it is cut, and its label where it ends.
    """
    start, end = stretch
    widths = [cell_len(printable(c)) for c in text[start:end]]
    column = [0, *accumulate(widths)]
    yield "", Text(printable(text[start:end]).rstrip())
    for row in rows:
        lanes: list[Text] = []
        here = [m for m in marks if m.row == row and m.start < end and start < m.end]
        for mark in sorted(here, key=lambda m: (m.start, -m.end, m.label)):
            left, right = column[max(mark.start, start) - start], column[min(mark.end, end) - start]
            drawn = mark.stroke * max(1, right - left)
            drawn += f"{printable(mark.label)} " if mark.end <= end and mark.label else "…" if mark.end > end else ""
            lane = next((lane for lane in lanes if lane.cell_len <= left), None)
            if lane is None:
                lanes.append(lane := Text())
            lane.append(" " * (left - lane.cell_len)).append(drawn, mark.style)
        for number, lane in enumerate(lanes):
            lane.rstrip()
            yield row if number == 0 else "", lane
