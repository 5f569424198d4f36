"""What a report says, before it has a form: tables, notes, signatures and the caveat. ``formats`` writes it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

__all__ = ["DASH", "NULL", "Cell", "Column", "Figure", "Name", "Report", "Table"]

DASH = "—"
"""What stands for a score whose layer was not attempted."""

NULL = "null"
"""What stands for an undefined number."""


class Figure(NamedTuple):
    """A number with its interval, that may have a star; a value of ``None`` is undefined."""

    value: float | None
    interval: tuple[float, float] | None = None
    star: bool = False


class Name(NamedTuple):
    """A name that may have a star."""

    text: str
    star: bool = False


Cell = str | int | float | Figure | Name | None
"""A text, a number, a figure; ``None`` is an undefined number, ``DASH`` one that nobody attempted, ``""`` nothing."""


class Column(NamedTuple):
    """A column: its name, how its floats are printed, its head where lines are short, whether it holds words.

    A column with an ``interval`` (not ``None``) has figures: it names the column in which people read their intervals;
    where it is empty they stand below. ``marked`` names what it means that a name or figure of this column has a star.
    """

    name: str
    digits: str = ".3f"
    head: str = ""
    words: bool = False
    interval: str | None = None
    marked: str = ""


class Table(NamedTuple):
    """Rows of one task; ``signature`` is theirs, ``ends`` the rows after which a group ends."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    signature: str = ""
    ends: frozenset[int] = frozenset()

    def heads(self) -> list[Column]:
        """The columns that people read."""
        parts = ([column, Column(column.interval)] if column.interval else [column] for column in self.columns)
        return [head for part in parts for head in part]

    def printed(self) -> Iterator[list[str]]:
        """The rows that people read, a cell for each of ``heads``; an interval below its figure is on a second line."""
        for row in self.rows:
            cells = []
            for cell, column in zip(row, self.columns, strict=True):
                if not column.interval:
                    cells.append(shown(cell, column))
                    continue
                figure = cell if isinstance(cell, Figure) else None
                dash = "…" if column.digits.startswith("+") else "–"  # which would look like a sign
                low_high = dash.join(format(end, column.digits) for end in (figure and figure.interval) or ())
                cells += [shown(figure._replace(interval=None) if figure else cell, column), low_high]
            yield cells


class Report(NamedTuple):
    """Tables, then notes, then the caveat: what the figures can and cannot tell."""

    tables: tuple[Table, ...]
    notes: tuple[str, ...] = ()
    caveat: str = ""


def shown(cell: Cell, column: Column) -> str:
    r"""A cell as people read it; only a figure has a second line.

    >>> shown(Figure(0.94, (0.88, 0.988)), Column("f1"))
    '0.940\n0.88–0.99'
    >>> shown(None, Column("f1")), shown(77523.4, Column("speed", ",.0f"))
    ('null', '77,523')
    """
    match cell:
        case Name(text, star):
            return shown(text, column) + "*" * star
        case Figure(value, interval, star):
            low_high = f"\n{interval[0]:.2f}–{interval[1]:.2f}" if interval else ""
            return shown(value, column) + "*" * star + low_high
        case None:
            return NULL
        case float():
            return format(cell, column.digits)
        case _:
            return " ".join(str(cell).splitlines())
