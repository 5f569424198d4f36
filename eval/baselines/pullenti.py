"""pullenti's entities (Kuznetsov): nested, with titles and coreference. An adapter alone: pullenti is no dependency.

Its licence allows non-commercial use only, so it is in no extra and in no environment of goldwire but that of
``make test-pullenti``.
"""

from __future__ import annotations

import datetime
import re
from importlib.metadata import version
from typing import Any

from goldwire.corpus.document import Document, Entity, Mention
from goldwire.eval.labels import LabelMap, Meaning

__all__ = ["Pullenti"]

_ASTRAL = re.compile("[\U00010000-\U0010ffff]")
_NONE = "the label set has no such type"


class Pullenti:
    """All analyzers that pullenti runs by default, under its own type names; GEO says whether state or city."""

    layers = ("mentions",)
    labels = LabelMap(
        {
            "PERSON": Meaning("PERSON", "both are people; pullenti takes the title in, which costs the boundary"),
            "PERSONPROPERTY": Meaning("PROFESSION", "both are posts and titles"),
            "ORGANIZATION": Meaning("ORGANIZATION", "both are organisations, described ones too"),
            "NAMEDENTITY": Meaning("LOCATION", "rivers, continents and monuments; most are places"),
            "GEO:STATE": Meaning("COUNTRY", "a state, by pullenti's is_state"),
            "GEO:CITY": Meaning("CITY", "a town, by pullenti's is_city"),
            "GEO": Meaning("LOCATION", "a region, or another territory that is neither state nor town"),
            "STREET": Meaning("LOCATION", "a street is a place"),
            "ADDRESS": Meaning(None, "an address is several places in one, each of which is a mention of its own"),
            "DATE": Meaning("DATE", "both are dates; pullenti takes the time of day in"),
            "DATERANGE": Meaning("DATE", "both are stretches of days"),
            "MONEY": Meaning(None, _NONE),
            "PHONE": Meaning(None, _NONE),
            "URI": Meaning(None, _NONE),
            "BANKDATA": Meaning(None, _NONE),
            "TRANSPORT": Meaning(None, _NONE),
            "WEAPON": Meaning(None, _NONE),
            "PERSONIDENTITY": Meaning(None, _NONE),
            "DECREE": Meaning(None, _NONE),
            "DECREECHANGE": Meaning(None, _NONE),
            "DECREECHANGEVALUE": Meaning(None, _NONE),
            "BOOKLINK": Meaning(None, _NONE),
            "BOOKLINKREF": Meaning(None, _NONE),
        }
    )
    view = "all"
    alignment = "offsets"

    def __init__(self) -> None:
        from pullenti.ner.ProcessorService import ProcessorService
        from pullenti.ner.SourceOfAnalysis import SourceOfAnalysis
        from pullenti.Sdk import Sdk

        Sdk.initialize_all()
        self.version = version("pullenti")
        self._service, self._source = ProcessorService, SourceOfAnalysis
        self._processor = ProcessorService.create_processor()

    def extract(self, document: Document) -> Document:
        """Every occurrence of every entity; equal entities share an id."""
        # a word such as «Позавчера» needs a day, and raises without one
        self._service.DEBUG_CURRENT_DATE_TIME = _day(document)
        text = _ASTRAL.sub("□", document.text or "")  # a character beyond U+FFFF raises IndexError
        found = self._processor.process(self._source(text), None, None).entities
        mentions, entities = [], []
        for number, referent in enumerate(found, 1):
            name, kind = f"e{number}", _kind(referent)
            entities.append(Entity(id=name, type=_ours(kind), name=str(referent)))
            # its end is the last character's own offset
            places = sorted({(place.begin_char, place.end_char + 1) for place in referent.occurrence})
            mentions += [Mention(start=start, end=end, type=kind, entity=name) for start, end in places]
        mentions.sort(key=lambda m: (m.start, -(m.end or 0), m.type))
        return Document(id=document.id, mentions=tuple(mentions), entities=tuple(entities))


def _day(document: Document) -> datetime.datetime:
    """The article's day, where its metadata have one; else today."""
    published = (document.meta or {}).get("published")
    try:
        return datetime.datetime.fromisoformat(str(published)).replace(tzinfo=None)
    except ValueError:
        return datetime.datetime.now()


def _ours(kind: str) -> str:
    meaning = Pullenti.labels.meanings.get(kind)
    return kind if meaning is None or meaning.ours is None else meaning.ours


def _kind(referent: Any) -> str:
    name = str(referent.type_name)
    if name == "GEO":
        return "GEO:STATE" if referent.is_state else "GEO:CITY" if referent.is_city else name
    return name
