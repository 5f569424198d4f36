"""A report as terminal tables, CSV, Markdown or LaTeX. Each is a pure function; each escapes what its form reads.

Whatever the form, the signature of each table and the caveat go with it. CSV is for programs: numbers are whole, what
was not attempted is empty, and a text that a spreadsheet would run as a formula has an apostrophe before it.
"""

from __future__ import annotations

import csv as csv_module
import io
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from rich import box
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.table import Table as Grid
from rich.text import Text

from goldwire.eval.report.article import printable
from goldwire.eval.report.fitting import fitted
from goldwire.eval.report.tables import DASH, NULL, Cell, Figure, Name, Report, Table

__all__ = ["FORMATS", "WIDTH", "Drawn", "console", "csv", "latex", "markdown", "printed"]

WIDTH = 100
"""Columns of a page that is no terminal; tables are as wide there as they need to be."""


def console() -> Console:
    """Standard output: in colour on a terminal (not under NO_COLOR), plain and ``WIDTH`` columns wide elsewhere."""
    found = Console(highlight=False)
    return found if found.is_terminal else Console(width=WIDTH, color_system=None, highlight=False)


def printed(what: Report | RenderableType) -> None:
    """Print a report, or anything that rich can draw, to standard output."""
    out = console()
    if not isinstance(what, Report):
        out.print(what, crop=out.is_terminal)
        return
    for table in what.tables:
        out.print(Drawn(table), crop=out.is_terminal)
        if table.signature:  # on one line however long, so that it can be copied
            out.print(Text(f"signature: {printable(table.signature)}\n", "dim"), soft_wrap=True)
    for note in (*what.notes, what.caveat):
        if note:
            out.print(Text(printable(note)))


_ENDLESS = 1_000_000


class Drawn:
    """A table as rich draws it: fitted to a terminal, elsewhere as wide as it is (printed with ``crop=False``)."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._heads = [column.head or printable(column.name) for column in table.heads()]
        self._rows = [
            ["\n".join(printable(line) for line in cell.split("\n")) for cell in row] for row in table.printed()
        ]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        words = [column.words for column in self._table.heads()]
        width = options.max_width if console.is_terminal else _ENDLESS
        title: Text | None = Text(printable(self._table.title), "bold")
        for part in fitted(words, self._heads, self._rows, width):
            drawn = Grid(title=title, title_justify="left", box=box.SIMPLE_HEAD)
            for at, head in zip(part.columns, part.heads, strict=True):
                drawn.add_column(Text(head), justify="left" if words[at] else "right", overflow="fold")
            for at, row in enumerate(part.rows):
                drawn.add_row(*map(Text, row), end_section=at in self._table.ends)
            yield from console.render(drawn, options.update(width=width))
            title = None


def csv(report: Report) -> str:
    """One head and a row for each row of each table, every row with its table's title and signature and the caveat.

    Columns of all tables stand side by side; a figure has three: value, ``.low`` and ``.high``. Lines end in CRLF, as
    RFC 4180 has them.
    """
    heads: dict[str, None] = {}
    lines = []
    for table in report.tables:
        for row in table.rows:
            line: dict[str, str] = {}
            for cell, column in zip(row, table.columns, strict=True):
                value, low, high = _numbers(cell)
                line[column.name] = value
                if column.interval is not None:
                    line |= {f"{column.name}.low": low, f"{column.name}.high": high}
                if column.marked:
                    line[column.marked] = _starred(cell)
            heads |= dict.fromkeys(line)
            lines.append({"table": _inert(table.title), **line, "signature": _inert(table.signature)})
    names = ["table", *heads, *(name for name in ("signature", "caveat") if name not in heads)]
    out = io.StringIO()
    writer = csv_module.DictWriter(out, names, restval="")
    writer.writerow({name: _inert(name) for name in names})
    for line in lines:
        writer.writerow({"caveat": _inert(report.caveat)} | line)
    return out.getvalue()


def _numbers(cell: Cell) -> tuple[str, str, str]:
    match cell:
        case Figure(value, interval):
            low, high = interval or ("", "")
            return _numbers(value)[0], str(low), str(high)
        case Name(text):
            return _inert(text), "", ""
        case None:
            return NULL, "", ""
        case str():
            return ("" if cell == DASH else _inert(cell)), "", ""
        case _:
            return repr(cell), "", ""


def _starred(cell: Cell) -> str:
    if isinstance(cell, (Name, Figure)) and cell.star:
        return "yes"
    return "" if cell in ("", DASH) else "no"


def _inert(text: str) -> str:
    """A text that no spreadsheet takes for a formula (OWASP, CSV injection), without the characters that CSV lacks."""
    plain = text.replace("\0", "�")
    return f"'{plain}" if _FORMULA.match(plain) else plain


_FORMULA = re.compile(r"[\t\r\n]|\s*[=+\-@＝＋－＠]")


def markdown(report: Report) -> str:
    """Tables of GitHub-flavoured Markdown; an interval stands in brackets behind its figure."""
    parts = []
    for table in report.tables:
        heads = [_marked(column.name) for column in table.heads()]
        rules = ["---" if column.words else "---:" for column in table.heads()]
        rows = [[_marked(_beside(cell)) for cell in row] for row in table.printed()]
        lines = [f"| {' | '.join(row)} |" for row in (heads, rules, *rows)]
        parts.append(f"**{_marked(table.title)}**\n\n" + "\n".join(lines))
        if table.signature:
            parts.append(f"Signature: {_marked(table.signature)}")
    parts += [_marked(note) for note in (*report.notes, report.caveat) if note]
    return "\n\n".join(parts) + "\n"


_INLINE = re.compile(r"([\\`*_\[\]|~])")
_BLOCK = re.compile(r"^(\d+(?=[.)](?: |$))|(?=[#+>=-]))(.)")


def _marked(text: str) -> str:
    r"""A text of Markdown that reads as ``text``: every mark is escaped, markup is entities, blanks are folded.

    >>> _marked("a|b *c* <i>")
    'a\\|b \\*c\\* &lt;i>'
    """
    line = " ".join(_words(text)).replace("&", "&amp;").replace("<", "&lt;")
    return _BLOCK.sub(r"\1\\\2", _INLINE.sub(r"\\\1", line))


def _words(text: str) -> list[str]:
    """The words of a text of any lines; control characters as pictures of themselves."""
    return printable(" ".join(text.split())).split(" ")


def _beside(cell: str) -> str:
    value, _, interval = cell.partition("\n")
    return f"{value} [{interval}]" if interval else value


def latex(report: Report) -> str:
    """A floating table for each table, with ``booktabs``; signature and caveat are its caption's."""
    parts = ["% needs \\usepackage{booktabs}, and a font that has the characters of the names"]
    notes = " ".join(_typeset(note).removesuffix(".") + "." for note in (*report.notes, report.caveat) if note)
    for table in report.tables:
        heads = " & ".join(_typeset(column.name) for column in table.heads())
        layout = "".join("l" if column.words else "r" for column in table.heads())
        rows = []
        for at, row in enumerate(table.printed()):
            end = "\n\\midrule" if at in table.ends and at + 1 < len(table.rows) else ""
            # {}: a row that begins with a bracket or a star would be the argument of the line end before it
            rows.append("{}" + " & ".join(_typeset(_beside(cell)) for cell in row) + f" \\\\{end}")
        signature = f" {{\\footnotesize\\texttt{{{_breaking(table.signature)}}}}}" if table.signature else ""
        parts.append(
            "\n".join(
                [
                    "\\begin{table}",
                    "\\centering",
                    f"\\begin{{tabular}}{{{layout}}}",
                    "\\toprule",
                    f"{heads} \\\\",
                    "\\midrule",
                    *rows,
                    "\\bottomrule",
                    "\\end{tabular}",
                    f"\\caption{{{_typeset(table.title)}. {notes}{signature}}}",
                    "\\end{table}",
                ]
            )
        )
    return "\n".join(parts) + "\n"


_LATEX = {
    "\\": "\\textbackslash{}",
    "~": "\\textasciitilde{}",
    "^": "\\textasciicircum{}",
    "<": "\\textless{}",
    ">": "\\textgreater{}",
    "|": "\\textbar{}",
    '"': "\\textquotedbl{}",
    **{c: f"\\{c}" for c in "{}$&#_%"},
}
_LIGATURE = re.compile(r"([-'`,!?])(?=[-'`,])")


def _typeset(text: str) -> str:
    r"""A text of LaTeX that reads as ``text``: nothing in it is a command, a comment or a ligature.

    >>> _typeset("a_b & 50 % -- {x}")
    'a\\_b \\& 50 \\% -{}- \\{x\\}'
    """
    line = _LIGATURE.sub("\\1\0", " ".join(_words(text)))
    return "".join("{}" if c == "\0" else _LATEX.get(c, c) for c in line)


def _breaking(signature: str) -> str:
    return _typeset(signature).replace("\\textbar{}", "\\textbar{}\\allowbreak{}")


FORMATS: Mapping[str, Callable[[Report], str]] = MappingProxyType({"csv": csv, "markdown": markdown, "latex": latex})
"""The written forms by name; ``printed`` is for terminals."""
