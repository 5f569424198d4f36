"""NEREL: a brat folder with 29 types and 49 relations, mentions linked to Wikidata. Read only: write it as brat.

The record bears NEREL's own type names; mentions that share a Wikidata item share an entity, whose id is the item's.
What the corpus has that few others have is counted by document: fragments, crossings, depth, links to nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from goldwire.corpus.document import Document, Mention
from goldwire.corpus.errors import InputError, Problem, shown
from goldwire.corpus.formats.brat import read_folder
from goldwire.corpus.formats.format import Format, Losses

__all__ = ["FORMAT", "RELATIONS", "TYPES"]

TYPES = frozenset(
    """AGE AWARD CITY COUNTRY CRIME DATE DISEASE DISTRICT EVENT FACILITY FAMILY IDEOLOGY LANGUAGE LAW LOCATION MONEY
    NATIONALITY NUMBER ORDINAL ORGANIZATION PENALTY PERCENT PERSON PRODUCT PROFESSION RELIGION STATE_OR_PROVINCE TIME
    WORK_OF_ART""".split()
)
"""The types of NEREL v1.1."""

RELATIONS = frozenset(
    """ABBREVIATION AGENT AGE_DIED_AT AGE_IS ALTERNATIVE_NAME AWARDED_WITH CAUSE_OF_DEATH CONVICTED_OF DATE_DEFUNCT_IN
    DATE_FOUNDED_IN DATE_OF_BIRTH DATE_OF_CREATION DATE_OF_DEATH END_TIME EXPENDITURE FOUNDED_BY HAS_CAUSE
    HEADQUARTERED_IN IDEOLOGY_OF INANIMATE_INVOLVED INCOME KNOWS LOCATED_IN MEDICAL_CONDITION MEMBER_OF ORGANIZES
    ORIGINS_FROM OWNER_OF PARENT_OF PARTICIPANT_IN PART_OF PENALIZED_AS PLACE_OF_BIRTH PLACE_OF_DEATH PLACE_RESIDES_IN
    POINT_IN_TIME PRICE_OF PRODUCES RELATIVE RELIGION_OF SCHOOLS_ATTENDED SIBLING SPOUSE START_TIME SUBEVENT_OF
    SUBORDINATE_OF TAKES_PLACE_IN WORKPLACE WORKS_AS""".split()
)
"""The relations that NEREL v1.1 uses."""


def _matches(path: Path) -> bool:
    """A folder whose ``annotation.conf`` declares the types of NEREL, no more and no less."""
    try:
        conf = (path / "annotation.conf").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    section = re.search(r"^\[entities\]\s*$(.*?)(?=^\[|\Z)", conf, re.MULTILINE | re.DOTALL)
    return section is not None and set(re.findall(r"^(\w+)", section[1], re.MULTILINE)) == TYPES


def _read(path: Path, losses: Losses) -> Iterator[Document]:
    for document in read_folder(path, losses):
        _require_known(document, path)
        _count(document, losses)
        yield document


def _require_known(document: Document, path: Path) -> None:
    mentions = ((f"mention {mention.id}", mention.type) for mention in document.mentions or ())
    arrows = ((f"relations[{index}]", arrow.type) for index, arrow in enumerate(document.relations or ()))
    for known, labels in ((TYPES, mentions), (RELATIONS, arrows)):
        for place, label in labels:
            if label not in known:
                raise InputError(
                    Problem(
                        "unknown-type",
                        shown(label),
                        f"one of NEREL's {len(known)}: {', '.join(sorted(known)[:3])} …",
                        "read the folder with --from brat, which allows any name",
                        place,
                        document.id,
                        file=str(path / f"{document.id}.ann"),
                    )
                )


def _count(document: Document, losses: Losses) -> None:
    name = document.id
    if "\u00a0" in (document.text or ""):
        losses.count(name, "texts with a no-break space")
    mentions = document.mentions or ()
    places: Counter[tuple[int, int, str]] = Counter()
    for mention in mentions:
        if mention.spans:
            losses.count(name, "discontinuous mentions", mention.id or "")
            if any(later < earlier for earlier, later in pairwise(mention.spans)):
                losses.count(name, "mentions with fragments out of order", mention.id or "")
        place = (*_hull(mention), mention.type)
        places[place] += 1
        if places[place] > 1:
            losses.count(name, "duplicate mentions: type and ends of another", mention.id or "")
    for depth, mention in _nested(mentions):
        losses.count(name, f"mentions inside {depth} others", mention.id or "")
    for first, second in _crossings(mentions):
        losses.count(name, "crossing pairs of mentions", f"{first.id} and {second.id}")


def _hull(mention: Mention) -> tuple[int, int]:
    return (mention.start or 0, mention.end or 0)


def _nested(mentions: tuple[Mention, ...]) -> Iterator[tuple[int, Mention]]:
    """How many longer mentions lie around each that is inside one, as the longest chain of them."""
    depths: dict[tuple[int, int], int] = {}
    for span in sorted(set(map(_hull, mentions)), key=lambda span: span[0] - span[1]):
        around = (depth for (start, end), depth in depths.items() if start <= span[0] and span[1] <= end)
        depths[span] = max(around, default=-1) + 1
    for mention in mentions:
        if depth := depths[_hull(mention)]:
            yield depth, mention


def _crossings(mentions: tuple[Mention, ...]) -> Iterator[tuple[Mention, Mention]]:
    """Every two mentions that overlap, neither inside the other."""
    ordered = sorted(mentions, key=lambda mention: (mention.start or 0, -(mention.end or 0)))
    for index, first in enumerate(ordered):
        start, end = _hull(first)
        for second in ordered[index + 1 :]:
            later, last = _hull(second)
            if later >= end:
                break
            if start < later and end < last:
                yield first, second


FORMAT = Format("nerel", "NEREL, brat with its types and links", _matches, _read)
