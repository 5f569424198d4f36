"""Tables on a terminal that is narrower than they are: nothing is cut, so that no two names and no figures look alike.

Heads and words are broken after a mark (``/``, ``:``, ``.`` … before ``_``, ``-`` …) and go on below, names a little to
the right. Where the figures still find no room, the table comes in parts, each with all columns of words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from rich.cells import cell_len, chop_cells

__all__ = ["Part", "broken", "fitted", "width_of"]

_LEAST = 16
"""Columns that words get at least, before figures go to a part of their own."""
_INDENT = "  "
_PARTS = re.compile(r"[^/:?&. ]*[/:?&. ]+|[^/:?&. ]+")
_WORDS = re.compile(r"[^/:?&. =,+@_-]*[/:?&. =,+@_-]+|[^/:?&. =,+@_-]+")


class Part(NamedTuple):
    """Some columns of a table, by their numbers, with heads and cells broken into lines."""

    columns: list[int]
    heads: list[str]
    rows: list[list[str]]


def width_of(widths: Sequence[int]) -> int:
    """How wide a table is drawn whose columns are so wide: a blank on either side, one between and at both ends."""
    return sum(widths) + 3 * len(widths) + 1


def fitted(words: Sequence[bool], heads: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> Iterator[Part]:
    """The parts in which a table fits into ``width`` columns; one, as it is, where it does so anyway.

    ``words`` says which columns may be broken in their cells; a figure never is.
    """
    every = range(len(heads))
    wanted = {at: _widest([heads[at], *(row[at] for row in rows)]) for at in every}
    if width_of(list(wanted.values())) <= width:
        yield Part(list(every), list(heads), [list(row) for row in rows])
        return
    sizes = {at: _widest([*(row[at] for row in rows), *_words_of(heads[at])]) for at in every if not words[at]}
    names = {at: wanted[at] for at in every if words[at]}
    least = [min(_LEAST, size) for size in names.values()]
    groups: list[list[int]] = [[]]
    for at in sizes:
        if groups[-1] and width_of([*least, *(sizes[other] for other in [*groups[-1], at])]) > width:
            groups.append([])
        groups[-1].append(at)
    taken = max(width_of([*(0 for _ in names), *(sizes[at] for at in group)]) for group in groups)
    sizes |= _shares(names, width - taken)
    whole = [_lines(heads[at], sizes[at], "") for at in every]
    cells = [[_lines(cell, sizes[at], _INDENT) if words[at] else cell for at, cell in enumerate(row)] for row in rows]
    for group in groups:
        columns = sorted([*names, *group])
        yield Part(columns, [whole[at] for at in columns], [[row[at] for at in columns] for row in cells])


def broken(text: str, width: int, indent: str = "") -> list[str]:
    """The lines of ``text``, none wider than ``width``: broken after a mark where one is, else anywhere.

    >>> broken("my_package.my_module:extract", 13, "  ")
    ['my_package.', '  my_module:', '  extract']
    """
    if cell_len(text) <= width:
        return [text]
    indent += " " * (len(text) - len(text.lstrip()) if indent else 0)
    begin = indent if width >= 2 * len(indent) else ""
    lines, empty = [""], ""
    for piece in _fitting(text, max(1, width - len(begin))):
        if lines[-1] != empty and cell_len(lines[-1] + piece) > width:
            lines.append(begin)
            empty = begin
        lines[-1] += piece
    return lines


def _fitting(text: str, room: int) -> Iterator[str]:
    """The pieces of ``text`` between which it may be broken, none wider than ``room``."""
    for part in _PARTS.findall(text):
        for word in [part] if cell_len(part) <= room else _WORDS.findall(part):
            yield from [word] if cell_len(word) <= room else chop_cells(word, room)


def _shares(wanted: Mapping[int, int], room: int) -> dict[int, int]:
    """The widths of columns that share ``room``: none more than it wants, the others alike, each 1 at least."""
    given: dict[int, int] = {}
    for at, size in sorted(wanted.items(), key=lambda item: item[1]):
        given[at] = min(size, max(1, (room - sum(given.values())) // (len(wanted) - len(given))))
    return given


def _words_of(text: str) -> list[str]:
    return [word for line in text.split("\n") for word in _WORDS.findall(line)]


def _lines(cell: str, width: int, indent: str) -> str:
    return "\n".join(part for line in cell.split("\n") for part in broken(line, width, indent))


def _widest(cells: Sequence[str]) -> int:
    return max((cell_len(line) for cell in cells for line in cell.split("\n")), default=0)
