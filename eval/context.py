"""A stretch of text in its line, as reports show it."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Context", "in_line"]


class Context(NamedTuple):
    """The line's number in the text, from 1, the stretch, and what stands before and after it in its lines."""

    line: int
    before: str
    surface: str
    after: str

    def __str__(self) -> str:
        return f"{self.line}: {self.before}[{self.surface}]{self.after}"


def in_line(text: str, start: int, end: int, width: int = 80) -> Context:
    r"""The half-open span [start, end) of ``text`` in the line where it begins, cut to about ``width`` characters.

    A line ends at CR, LF, CRLF; what is cut off is an ellipsis, and white space is shown as single blanks. A span that
    runs over the end of its line, or is longer than ``width``, is cut in its middle. Offsets outside the text count as
    its ends.

    >>> print(in_line("First line.\nThen Putin came to Moscow.", 17, 22, width=16))
    2: Then [Putin] came…
    """
    start = min(max(0, start), len(text))
    end = min(max(start, end), len(text))
    head, tail = text[:start], text[end:]
    first = max(head.rfind("\n"), head.rfind("\r")) + 1
    ends = [at for mark in "\r\n" if (at := tail.find(mark)) >= 0]
    surface = _one_line(text[start:end])
    if len(surface) > width:
        half = max(1, (width - 3) // 2)
        surface = f"{surface[:half]} … {surface[-half:]}"
    room = max(0, width - len(surface))
    before, after = _one_line(head[first:]), _one_line(tail[: min(ends, default=len(tail))])
    left = max(room // 2, room - len(after))
    right = room - min(left, len(before))
    if len(before) > left:
        before = "…" + (before[-left:].lstrip() if left else "")
    if len(after) > right:
        after = after[:right].rstrip() + "…"
    number = head.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
    return Context(number, before, surface, after)


def _one_line(text: str) -> str:
    """Runs of white space as single blanks; blanks at the ends stay."""
    words = " ".join(text.split())
    if not words:
        return " " if text else ""
    return " " * text[0].isspace() + words + " " * text[-1].isspace()
