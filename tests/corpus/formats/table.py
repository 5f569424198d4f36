"""The table of what each format keeps: one small document a property, written, read again and compared.

``python -m tests.corpus.formats.table`` writes it into ``docs/formats.md``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from goldwire.corpus.document import (
    Block,
    Dateline,
    Document,
    Entity,
    Mention,
    Quote,
    Relation,
    Section,
)
from goldwire.corpus.formats import NAMES, format_named
from tests.corpus.formats.trip import trip

__all__ = ["PAGE", "PROBES", "Probe", "installed", "keeps", "page", "rows"]

PAGE = Path(__file__).parents[3] / "docs" / "formats.md"
BEGIN, END = "<!-- the table: begin -->\n", "<!-- the table: end -->\n"

Probe = tuple[Document, Callable[[Document], Any]]
"""A document that has the property, and what of it must come back."""


def _mention(start: int, end: int, kind: str = "PERSON", **more: Any) -> Mention:
    return Mention(start=start, end=end, type=kind, **more)


def _document(*mentions: Mention, **layers: Any) -> Document:
    return Document(id="probe", text="Владимир Путин в Москве\nОн сказал: «Да».\n", mentions=mentions, **layers)


def _places(document: Document) -> list[Any]:
    return sorted((m.start, m.end, m.type) for m in document.mentions or ())


def _fragments(document: Document) -> list[Any]:
    return [m.spans for m in document.mentions or ()]


def _arrows(document: Document) -> list[Any]:
    places = {m.id: (m.start, m.end, m.type) for m in document.mentions or ()}
    return [(r.type, places.get(r.source), places.get(r.target)) for r in document.relations or ()]


def _clusters(document: Document) -> list[Any]:
    known = {entity.id: entity for entity in document.entities or ()}
    owners = [known.get(m.entity or "") for m in document.mentions or ()]
    return [(e.type, e.name, e.wikidata) if e else None for e in owners]


def _layer(name: str) -> Callable[[Document], Any]:
    return lambda document: getattr(document, name)


_ODD = "«Да»\r\n\u00a0 e\u0301 \u2028 👩‍👩‍👧\t𝔘 \r — конец \n"
_PUTIN = Entity(id="putin", type="PERSON", name="Владимир Путин", wikidata="Q7747")
_ANNE = _mention(0, 14, id="1"), _mention(24, 26, id="2")
_LINKED = _mention(0, 14, entity="putin"), _mention(24, 26, entity="putin")
_QUOTE = Quote(kind="direct", content=((36, 38),), cue=(27, 33), speaker=(24, 26))
_BLOCKS = Block(kind="headline", start=0, end=23), Block(kind="paragraph", start=24, end=40)
_ABSENT = Document(id="absent", text="Да")
_EMPTY = Document(id="empty", text="Да", mentions=(), quotes=(), blocks=(), sections=(), dateline=None)

PROBES: dict[str, Probe] = {
    "text": (Document(id="probe", text=_ODD, mentions=(_mention(1, 3),)), _layer("text")),
    "mentions": (_document(_mention(0, 14), _mention(17, 23, "CITY")), _places),
    "nesting": (_document(_mention(0, 14), _mention(9, 14)), _places),
    "crossing": (_document(_mention(0, 14), _mention(9, 23)), _places),
    "fragments": (_document(_mention(0, 23, spans=((17, 23), (0, 8)))), _fragments),
    "equal spans": (_document(_mention(17, 23, "CITY"), _mention(17, 23, "LOCATION")), _places),
    "no offsets": (_document(Mention(start=None, end=None, type="PERSON", text="Путин")), _layer("mentions")),
    "ids": (_document(_mention(0, 14, id="m1")), lambda document: [m.id for m in document.mentions or ()]),
    "forms": (_document(_mention(0, 14, form="name")), lambda document: [m.form for m in document.mentions or ()]),
    "scores": (_document(_mention(0, 14, score=0.5)), lambda document: [m.score for m in document.mentions or ()]),
    "entities": (_document(*_LINKED, entities=(_PUTIN,)), _clusters),
    "relations": (_document(*_ANNE, relations=(Relation(type="SAME", source="1", target="2"),)), _arrows),
    "quotes": (_document(quotes=(_QUOTE,)), _layer("quotes")),
    "blocks": (_document(blocks=_BLOCKS), _layer("blocks")),
    "sections": (
        _document(sections=(Section(heading=None, body=(24, 40), paragraphs=((24, 40),)),)),
        _layer("sections"),
    ),
    "dateline": (_document(dateline=Dateline(start=0, end=23, place=(17, 23))), _layer("dateline")),
    "meta": (_document(meta={"published": "2016-12-16"}), _layer("meta")),
    "extra": (_document(_mention(0, 14, extra={"x": 1}), extra={"y": [2]}), lambda d: (d.extra, d.mentions[0].extra)),
    "absent layers": (_ABSENT, lambda document: list(document.layers())),
    "empty layers": (_EMPTY, lambda document: list(document.layers())),
}


def installed(name: str) -> bool:
    """Whether what the format needs is there."""
    if format_named(name).write is None:
        return True
    try:
        trip(name, [PROBES["mentions"][0]])
    except Exception as error:  # of its own kind in every format
        if "install" in str(error):
            return False
        raise
    return True


def keeps(name: str, probe: Probe) -> bool:
    """Whether the property comes back; if it does not, the loss was counted."""
    document, view = probe
    back, losses = trip(name, [document])
    kept = len(back) == 1 and view(back[0]) == view(document)
    assert kept or losses.totals(), f"{name}: a loss that is not counted"
    return kept


def rows() -> Iterator[tuple[str, str]]:
    """Format → its line of the table, for those that are installed."""
    for name in NAMES:
        found = format_named(name)
        if not installed(name):
            continue
        if found.write is None:
            cells = ["read only", *[""] * (len(PROBES) - 1)]
        else:
            cells = ["yes" if keeps(name, probe) else "**no**" for probe in PROBES.values()]
        yield name, f"| `{name}` | {found.definition} | {' | '.join(cells)} |"


def page(text: str) -> str:
    """``text`` with the table of today between its marks; a line of a format that is not installed stays."""
    before, _, rest = text.partition(BEGIN)
    old, _, after = rest.partition(END)
    known = {line.split("`")[1]: line for line in old.splitlines() if line.startswith("| `")} | dict(rows())
    head = [f"| format | is | {' | '.join(PROBES)} |", "|---" * (len(PROBES) + 2) + "|"]
    lines = [*head, *(known[name] for name in NAMES if name in known)]
    return before + BEGIN + "".join(f"{line}\n" for line in lines) + END + after


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
