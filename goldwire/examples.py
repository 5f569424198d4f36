"""The mentions that guidelines show as examples, so that agreement and scores can be reported without them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from goldwire.corpus.document import UNSET, Document, Span
from goldwire.corpus.errors import InputError, Problem, shown
from goldwire.corpus.layout import lines
from goldwire.corpus.store import unreadable

__all__ = ["Example", "read_examples", "without"]

_HEADER = re.compile(r"\|\s*surface\s*\|\s*type\s*\|\s*block\b[^|]*\|\s*occurrence\b[^|]*\|\s*")


class Example(NamedTuple):
    """A mention shown as an example: its surface, its type, the non-blank line from 0, the occurrence in it from 1."""

    surface: str
    type: str
    line: int
    occurrence: int


def read_examples(path: str | Path) -> list[Example]:
    """The rows of the table ``surface | type | block | occurrence`` in a Markdown file; other tables are passed over.

    Raises
    ------
    InputError
        The file cannot be read, has no such table, or a row has another form.
    """
    try:
        text = Path(path).read_bytes().decode("utf-8")
    except OSError as error:
        raise unreadable(path, error) from None
    except UnicodeDecodeError as error:
        raise InputError(
            Problem("not-utf-8", f"a byte at {error.start}", "UTF-8", "save it as UTF-8", file=str(path))
        ) from None
    found = []
    rows = iter(enumerate(text.splitlines(), 1))
    for _, line in rows:
        if _HEADER.fullmatch(line):
            next(rows, None)  # the rule below the header
            found += list(_rows(rows, path))
    if not found:
        raise InputError(
            Problem(
                "no-examples",
                "no table of examples",
                "a Markdown table with the columns surface, type, block, occurrence",
                "give the guidelines that have it in their appendix",
                file=str(path),
            )
        )
    return found


def _rows(rows: Iterator[tuple[int, str]], path: str | Path) -> Iterator[Example]:
    for number, line in rows:
        if not line.startswith("|"):
            return
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) != 4 or not (cells[2].isdecimal() and cells[3].isdecimal() and int(cells[3])):
            want = "surface, type, block from 0, occurrence from 1"
            raise InputError(Problem("bad-example", shown(line), want, "correct the row", file=str(path), line=number))
        yield Example(cells[0], cells[1], int(cells[2]), int(cells[3]))


def without(document: Document, examples: Sequence[Example]) -> tuple[Document, int]:
    """The document without its mentions of the span and type of an example, and how many those were.

    The examples are of one article; a document in which one of them has no place is returned as it is.
    """
    places = _places(document, examples)
    if places is None or document.mentions is UNSET:
        return document, 0
    kept = tuple(m for m in document.mentions if (m.start, m.end, m.type) not in places)
    return msgspec.structs.replace(document, mentions=kept), len(document.mentions) - len(kept)


def _places(document: Document, examples: Sequence[Example]) -> set[tuple[int, int, str]] | None:
    text = document.text or ""
    spans = lines(text)
    places = set()
    for example in examples:
        at = _found(example, text, spans[example.line]) if example.line < len(spans) else None
        if at is None:
            return None
        places.add((at, at + len(example.surface), example.type))
    return places


def _found(example: Example, text: str, line: Span) -> int | None:
    at = line[0] - 1
    for _ in range(example.occurrence):
        at = text.find(example.surface, at + 1, line[1])
        if at < 0:
            return None
    return at
