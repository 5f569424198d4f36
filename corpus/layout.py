"""Lines, blocks and sections: the layout of a text, stated once."""

from __future__ import annotations

import re
from collections.abc import Sequence

from goldwire.corpus.document import Block, Section, Span

__all__ = ["lines", "sections_of"]

_LINE = re.compile(r"[^\r\n]+")


def lines(text: str) -> list[Span]:
    r"""The non-blank lines of ``text`` in order, each without the white space at its ends.

    A line ends at CR, LF, CRLF or the end of the text; other separators (U+2028, form feed) are characters of a line.

    >>> lines("a b \r\n\n \n c")
    [(0, 3), (10, 11)]
    """
    found = []
    for match in _LINE.finditer(text):
        line = match.group()
        stripped = line.strip()
        if stripped:
            start = match.start() + line.index(stripped[0])
            found.append((start, start + len(stripped)))
    return found


def sections_of(blocks: Sequence[Block]) -> tuple[Section, ...]:
    """The sections that follow from ``blocks``: the paragraphs up to the first subhead (the lead), then those of each.

    A subhead without a paragraph below it makes no section.

    >>> sections_of([Block(kind="subhead", start=0, end=3), Block(kind="paragraph", start=4, end=9)])
    (Section(heading=(0, 3), body=(4, 9), paragraphs=((4, 9),)),)
    """
    sections = []
    heading: Span | None = None
    paragraphs: list[Span] = []
    end_of_text = Block(kind="subhead", start=0, end=0)
    for block in [*sorted(blocks, key=lambda block: (block.start, block.end)), end_of_text]:
        if block.kind == "paragraph":
            paragraphs.append((block.start, block.end))
        elif block.kind == "subhead":
            if paragraphs:
                body = (paragraphs[0][0], paragraphs[-1][1])
                sections.append(Section(heading=heading, body=body, paragraphs=tuple(paragraphs)))
            heading, paragraphs = (block.start, block.end), []
    return tuple(sections)
