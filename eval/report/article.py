"""An article with its annotations, for people to read: as lines of text for a terminal, and as one HTML page.

Mentions are drawn where they stand, one inside the other. What cannot be drawn so (a mention that crosses another, that
runs over the end of a line, or that has no place) is listed beside its line, or at the end.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from html import escape
from importlib.resources import files
from itertools import pairwise
from string import Template
from typing import NamedTuple

from rich.text import Text

from goldwire.corpus.document import UNSET, Document, Mention, Quote, Span
from goldwire.corpus.errors import InputError, Problem
from goldwire.corpus.layout import lines
from goldwire.corpus.scheme import SCHEME

__all__ = ["Node", "Row", "laid_out", "page", "printable", "safe", "terminal"]

_STYLES = (
    "green",
    "yellow",
    "blue",
    "red",
    "magenta",
    "cyan",
    "bright_blue",
    "bright_cyan",
    "bright_green",
    "bright_red",
)
_HUES = 12
_DEEPEST = 40
_RUN_OF_BLANKS = re.compile(r"\s\s|[\t\f\v]")


class Node(NamedTuple):
    """A mention by its index, its half-open span, and the mentions drawn inside it."""

    mention: int
    start: int
    end: int
    inside: tuple[Node, ...]

    @property
    def height(self) -> int:
        """How many levels there are from here on: 1 for a mention that holds none."""
        return 1 + max((node.height for node in self.inside), default=0)


class Row(NamedTuple):
    """One non-blank line: its span and kind (empty without blocks), and what belongs to it.

    ``section`` names the section that begins here, else it is empty; ``loose`` holds the mentions that cannot be drawn,
    ``quotes`` those whose first words are here, both by index; ``dateline`` says whether the dateline is here.
    """

    start: int
    end: int
    kind: str
    section: str
    nodes: tuple[Node, ...]
    loose: tuple[int, ...]
    quotes: tuple[int, ...]
    dateline: bool


def laid_out(document: Document) -> tuple[list[Row], list[int]]:
    """The rows of a document, and the mentions that are on none of them; no rows for a blank text.

    Raises
    ------
    InputError
        The document has no text.
    """
    if document.text is UNSET:
        raise InputError(
            Problem("no-text", "no text", "a text to show", "show the gold that it is of", "text", document.id)
        )
    places = lines(document.text)
    starts: dict[int, list[int]] = {at: [] for at in range(len(places))}
    lost = []
    for index, mention in enumerate(document.mentions or ()):
        at = _line_of(mention.start, places)
        if mention.start is None or mention.end is None or mention.start >= mention.end or at is None:
            lost.append(index)
        else:
            starts[at].append(index)
    quotes: dict[int | None, list[int]] = {}
    for index, quote in enumerate(document.quotes or ()):
        quotes.setdefault(_line_of(min(quote.content, default=(-1, 0))[0], places), []).append(index)
    dateline = document.dateline or None
    rows = []
    names = _section_names(document)
    for at, (start, end) in enumerate(places):
        nodes, loose = _tree(document, starts[at], (start, end))
        kind = next((block.kind for block in document.blocks or () if block.start <= start < block.end), "")
        here = next((name for place, name in names.items() if start <= place < end), "")
        has_dateline = dateline is not None and start <= dateline.start < end
        rows.append(Row(start, end, kind, here, nodes, tuple(loose), tuple(quotes.get(at, ())), has_dateline))
    return rows, lost


def _line_of(position: int | None, places: Sequence[Span]) -> int | None:
    if position is None:
        return None
    return next((at for at, (start, end) in enumerate(places) if start <= position < end), None)


def _section_names(document: Document) -> dict[int, str]:
    """Where each section begins, and what it is called there."""
    sections = document.sections or ()
    return {
        (section.body if section.heading is None else section.heading)[0]: f"section {number}"
        + (" · lead" if section.heading is None else "")
        for number, section in enumerate(sections, 1)
    }


def _tree(document: Document, indices: Sequence[int], line: Span) -> tuple[tuple[Node, ...], list[int]]:
    mentions = document.mentions or ()
    spans = [(mentions[index].start or 0, mentions[index].end or 0, index) for index in indices]
    spans.sort(key=lambda span: (span[0], -span[1], span[2]), reverse=True)
    loose: list[int] = []
    return _grown(spans, line[1], loose, _DEEPEST), loose


def _grown(spans: list[tuple[int, int, int]], end: int, loose: list[int], room: int) -> tuple[Node, ...]:
    """The mentions that begin before ``end``, taken from the back of ``spans``; ``room`` is how deep they may nest."""
    nodes = []
    while spans and spans[-1][0] < end:
        start, stop, index = spans.pop()
        if stop > end or room == 0:
            loose.append(index)
        else:
            nodes.append(Node(index, start, stop, _grown(spans, stop, loose, room - 1)))
    return tuple(nodes)


def printable(text: str) -> str:
    r"""``text`` on one line for a terminal: control characters, which could steer it, shown as pictures of themselves.

    >>> printable("a\x1b[31mb")
    'a␛[31mb'
    """
    return "".join(
        chr(0x2400 + ord(c)) if c < " " else "�" if "\x7f" <= c <= "\x9f" or c in _SEPARATORS else c for c in text
    )


_SEPARATORS = "\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""Line ends and overrides of direction, which would tear or turn a line."""


def terminal(document: Document) -> Iterator[tuple[str, Text]]:
    """The article as labelled lines; a mention is ``[surface]TYPE``, coloured by type.

    Raises
    ------
    InputError
        The document has no text.
    """
    rows, lost = laid_out(document)
    styles = _styles(document)
    yield "", Text(_about(document), "bold")
    for row in rows:
        if row.section:
            yield "", Text(f"── {row.section} ──", "dim")
        yield row.kind, _line(document, row, styles)
        for index in row.quotes:
            yield "", _said(document, (document.quotes or ())[index])
        for index in row.loose:
            yield "", Text(f"also {_named(document, (document.mentions or ())[index])}", "dim")
        if row.dateline:
            yield "", Text(f"dateline: {_dateline(document)}", "dim")
    for index in lost:
        yield "", Text(f"not in a line: {_named(document, (document.mentions or ())[index])}", "dim")


def _about(document: Document) -> str:
    parts = [
        printable(document.id),
        *(f"{printable(key)} {printable(str(v))}" for key, v in (document.meta or {}).items()),
    ]
    return " · ".join([*parts, *_counts(document)])


def _counts(document: Document) -> list[str]:
    layers = {"mentions": document.mentions, "entities": document.entities, "quotes": document.quotes}
    layers |= {"sections": document.sections}  # type: ignore[dict-item]
    return [f"{len(layer)} {name}" for name, layer in layers.items() if layer is not UNSET]


def _types(document: Document) -> list[str]:
    """The types that the document uses: the scheme's own first, in its order, then the others by name."""
    used = {mention.type for mention in document.mentions or ()}
    known = [label.name for label in SCHEME.types]
    return [name for name in known if name in used] + sorted(used - set(known))


def _styles(document: Document) -> dict[str, str]:
    known = [label.name for label in SCHEME.types]
    names = known + [name for name in _types(document) if name not in known]
    return {name: _STYLES[at % len(_STYLES)] for at, name in enumerate(names)}


def _line(document: Document, row: Row, styles: dict[str, str]) -> Text:
    text, mentions = document.text or "", document.mentions or ()
    line = Text()

    def draw(start: int, end: int, nodes: Sequence[Node], style: str) -> None:
        at = start
        for node in nodes:
            line.append(printable(text[at : node.start]), style)
            kind = mentions[node.mention].type
            line.append("[", f"bold {styles[kind]}")
            draw(node.start, node.end, node.inside, styles[kind])
            line.append("]", f"bold {styles[kind]}")
            line.append(printable(kind), f"dim {styles[kind]}")
            at = node.end
        line.append(printable(text[at:end]), style)

    draw(row.start, row.end, row.nodes, "bold" if row.kind in ("headline", "subhead") else "")
    return line


def _said(document: Document, quote: Quote) -> Text:
    """One quote on a line: who, with which cue, and the first and last of the words."""
    text = document.text or ""
    words = " … ".join(printable(text[start:end]) for start, end in sorted(quote.content))
    if len(words) > _LONGEST_QUOTE:
        first, last = words[: _LONGEST_QUOTE // 2], words[-_LONGEST_QUOTE // 2 :]  # cut between words, if there are any
        words = f"{first.rpartition(' ')[0] or first} … {last.partition(' ')[2] or last}"
    cue = "" if quote.cue is None else f" ({printable(text[slice(*quote.cue)])})"
    line = Text(f"{printable(quote.id or 'quote')} {printable(quote.kind)} · ", "dim")
    return line.append(_speaker(document, quote), "bold").append(f"{cue}: ", "dim").append(words, "italic")


_LONGEST_QUOTE = 120


def _speaker(document: Document, quote: Quote) -> str:
    """The speaker's words and the entity's name, whichever there are; ``nobody named`` without both."""
    surface = "" if quote.speaker is None else printable((document.text or "")[slice(*quote.speaker)])
    names = {entity.id: entity.name or entity.id for entity in document.entities or ()}
    entity = "" if quote.speaker_entity is None else printable(names.get(quote.speaker_entity, quote.speaker_entity))
    if surface and entity and surface != entity:
        return f"{surface} = {entity}"
    return surface or entity or "nobody named"


def _named(document: Document, mention: Mention) -> str:
    text = document.text or ""
    if mention.start is None or mention.end is None:
        return f"{printable(mention.type)} {printable(mention.text or '')!r}, without a place"
    surface = printable(text[max(0, mention.start) : max(0, mention.end)])
    return f"{printable(mention.type)} «{surface}» [{mention.start}, {mention.end})"


def _dateline(document: Document) -> str:
    text, dateline = document.text or "", document.dateline or None
    if dateline is None:
        return ""
    parts = {"place": dateline.place, "date": dateline.date, "agency": dateline.agency}
    return ", ".join(f"{name} «{printable(text[slice(*span)])}»" for name, span in parts.items() if span is not None)


def page(document: Document) -> str:
    """The article as one HTML page that needs nothing else: no script, no network; all text is escaped.

    A content security policy that allows its own style sheet alone makes whatever the text holds inert.

    Raises
    ------
    InputError
        The document has no text.
    """
    rows, lost = laid_out(document)
    folder = files("goldwire.eval.report")
    style = (folder / "article.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    drawing = _Page(document)
    return Template((folder / "article.html").read_text(encoding="utf-8")).substitute(
        lang=safe(document.lang or ""),
        title=safe(document.id),
        policy=f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'",
        style=style,
        about=drawing.about(),
        legend=drawing.legend(),
        rows="\n".join(drawing.row(row) for row in rows),
        lost=drawing.notes([f"not in a line: {_named(document, (document.mentions or ())[at])}" for at in lost]),
        entities=drawing.entities(),
    )


def safe(text: str) -> str:
    """``text`` escaped for HTML, in elements and in quoted attributes."""
    return escape(text.replace("\0", "�"), quote=True)


class _Page:
    """The parts of the page, each a string of HTML."""

    def __init__(self, document: Document) -> None:
        self._document, self._text = document, document.text or ""
        self._mentions = document.mentions or ()
        self._names = {entity.id: entity for entity in document.entities or ()}
        known = [label.name for label in SCHEME.types]
        types = known + [name for name in _types(document) if name not in known]
        self._hue = {name: at % _HUES for at, name in enumerate(types)}
        self._marks = list(self._quote_marks())
        self._cuts = sorted({place for _, (start, end), _ in self._marks for place in (start, end)})

    def _quote_marks(self) -> Iterator[tuple[str, Span, str]]:
        """(class, span, label) of every part of a quote; the label stands before its first words."""
        for number, quote in enumerate(self._document.quotes or (), 1):
            for at, span in enumerate(sorted(quote.content)):
                yield "said", span, (quote.id or f"q{number}") if at == 0 else ""
            for name, part in (("cue", quote.cue), ("speaker", quote.speaker)):
                if part is not None:
                    yield name, part, ""

    def about(self) -> str:
        parts = [f"{key} {value}" for key, value in (self._document.meta or {}).items()]
        return " · ".join(safe(part) for part in [*parts, *_counts(self._document)])

    def legend(self) -> str:
        counts = Counter(mention.type for mention in self._mentions)
        items = (
            f'<li class="m t{self._hue[name]}" data-type="{counts[name]}">{safe(name)}</li>'
            for name in _types(self._document)
        )
        return "".join(items)

    def row(self, row: Row) -> str:
        known = row.kind in SCHEME.names("block_kinds")
        tag = {"headline": "h2", "subhead": "h3"}.get(row.kind, "p")
        beside = "".join(self._card(index) for index in row.quotes)
        beside += self.notes(
            [f"also {_named(self._document, self._mentions[index])}" for index in row.loose]
            + ([f"dateline: {_dateline(self._document)}"] if row.dateline else [])
        )
        spaced = " spaced" if _RUN_OF_BLANKS.search(self._text, row.start, row.end) else ""
        section = f'<div class="section">{safe(row.section)}</div>\n' if row.section else ""
        return (
            f'{section}<div class="row{f" {row.kind}" if known else ""}"><div class="kind">{safe(row.kind)}</div>'
            f'<{tag} class="text{spaced}">{self._drawn(row.start, row.end, row.nodes)}</{tag}>'
            f'<div class="beside">{beside}</div></div>'
        )

    def _drawn(self, start: int, end: int, nodes: Sequence[Node]) -> str:
        parts, at = [], start
        for node in nodes:
            parts += [self._leaf(at, node.start), self._mention(node)]
            at = node.end
        return "".join([*parts, self._leaf(at, end)])

    def _mention(self, node: Node) -> str:
        mention = self._mentions[node.mention]
        entity = self._names.get(mention.entity or "")
        told = [mention.type, mention.form or "", (entity.name or entity.id) if entity else mention.entity or ""]
        title = " · ".join(part for part in told if part)
        return (
            f'<span class="m t{self._hue[mention.type]} h{min(node.height, 5)}" data-mention="{node.mention}"'
            f' data-type="{safe(mention.type)}" title="{safe(title)}">'
            f"{self._drawn(node.start, node.end, node.inside)}</span>"
        )

    def _leaf(self, start: int, end: int) -> str:
        """Text without mentions, cut where a part of a quote begins or ends."""
        if start >= end:
            return ""
        cuts = [start, *(cut for cut in self._cuts if start < cut < end), end]
        parts = []
        for a, b in pairwise(cuts):
            over = [mark for mark in self._marks if mark[1][0] <= a and b <= mark[1][1]]
            words = safe(self._text[a:b])
            if over:
                names = [name for name, _, _ in over]
                classes = " ".join([*dict.fromkeys(names), *(["twice"] if names.count("said") > 1 else [])])
                labels = " ".join(label for _, span, label in over if label and span[0] == a)
                label = f' data-quote="{safe(labels)}"' if labels else ""
                words = f'<span class="{classes}"{label}>{words}</span>'
            parts.append(words)
        return "".join(parts)

    def _card(self, index: int) -> str:
        quote = (self._document.quotes or ())[index]
        words = " … ".join(self._text[start:end] for start, end in sorted(quote.content))
        cue = "" if quote.cue is None else f" · {self._text[slice(*quote.cue)]}"
        return (
            f'<div class="quote" data-number="{index}"><p><span class="tag">{safe(quote.id or f"q{index + 1}")} '
            f"{safe(quote.kind)}</span> <b><bdi>{safe(_speaker(self._document, quote))}</bdi></b>{safe(cue)}</p>"
            f"<blockquote>{safe(words)}</blockquote></div>"
        )

    def notes(self, texts: Sequence[str]) -> str:
        return "".join(f'<p class="note">{safe(text)}</p>' for text in texts)

    def entities(self) -> str:
        counts = Counter(mention.entity for mention in self._mentions)
        rows = (
            f"<tr><td><bdi>{safe(entity.name or entity.id)}</bdi></td><td>{safe(entity.type)}</td>"
            f'<td>{safe(entity.wikidata or "")}</td><td class="number">{counts[entity.id]}</td></tr>'
            for entity in self._document.entities or ()
        )
        return "".join(rows)
