"""Predictions with every kind of error, for the tests of reports and their pictures."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

import goldwire as kit
from goldwire.corpus.document import UNSET, Document, Mention
from goldwire.corpus.layout import sections_of
from goldwire.eval.report.explained import RunReport
from goldwire.explaining import explained_source

__all__ = ["noisy", "reported"]


def noisy(gold: Document) -> Document:
    """The gold article, with errors of every class in mentions, quotes, lines, sections and dateline."""
    mentions: list[Mention] = []
    for at, m in enumerate(gold.mentions or ()):
        start, end = m.start or 0, m.end or 0
        match at % 9:
            case 1:
                continue
            case 3:
                m = replace(m, type="EVENT" if m.type != "EVENT" else "CITY")
            case 5:
                m = replace(m, end=end + 4)
            case 7 if end - start > 6:
                m = replace(m, start=start + 3, type="DATE")
            case 8 if at % 2:
                mentions.append(Mention(start=end + 1, end=end + 5, type="PERSON"))
        mentions.append(replace(m, id=UNSET, text=UNSET))
    mentions += [mentions[0], Mention(start=None, end=None, type="PERSON", text="Медведев")]
    quotes = list(gold.quotes or ())
    quotes[1] = replace(quotes[1], speaker=None, speaker_entity="erdogan")
    (start, end), *_ = quotes[3].content
    quotes[3] = replace(quotes[3], content=((start, end - 20),), kind="indirect", cue=None)
    (start, _), *_ = quotes[5].content
    quotes[5] = replace(quotes[5], content=((start, start + 9),))
    del quotes[8]
    blocks = list(gold.blocks or ())
    subhead = next(at for at, block in enumerate(blocks) if block.kind == "subhead")
    for at in (3, subhead):
        blocks[at] = replace(blocks[at], kind="paragraph")
    dateline = gold.dateline and replace(gold.dateline, end=gold.dateline.end - 2, agency=None)
    return Document(
        id=gold.id,
        mentions=tuple(mentions),
        entities=gold.entities,
        quotes=tuple(quotes),
        blocks=tuple(blocks),
        sections=sections_of(blocks),
        dateline=dateline,
    )


def reported(golds: list[Document], guesses: list[Document], name: str = "noisy", **options: Any) -> RunReport:
    """The report of predictions that are at hand."""
    view, most = options.pop("view", None), options.pop("most", 10)
    result = kit.score(golds, guesses, view=view, draws=200, **options)
    found = explained_source(result, golds, guesses, most=most)
    return found._replace(entry=found.entry._replace(name=name))
