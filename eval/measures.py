"""Every measure as a line of one table: name, layer, definition, source. Docs and reports are made from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from goldwire.corpus.errors import UsageError

__all__ = ["MEASURES", "Measure", "parse_measure"]

Value = Literal["f1", "accuracy", "mean", "macro"]


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure: all are in [0, 1], and all are ``None`` for empty input, as ``empty`` says.

    ``value`` names the figure that a leaderboard shows: ``f1`` = 2h/(p+g), ``accuracy`` = h/n, ``mean`` over documents,
    ``macro`` F1 over gold's kinds. ``unit`` is the smallest thing that its rows speak of; ``headline`` marks a layer's
    first figure.
    """

    name: str
    layer: str
    definition: str
    source: str
    value: Value = "f1"
    unit: Literal["block", "document"] = "block"
    headline: bool = False

    @property
    def empty(self) -> str:
        """What the measure says where there is nothing to divide by."""
        return {
            "f1": "P null without predictions, R null without gold, F1 null without both",
            "accuracy": "null without a pair",
            "mean": "null where no document has a boundary on either side",
            "macro": "null without gold",
        }[self.value]

    def __str__(self) -> str:
        return self.name


_SEMEVAL = "SemEval-2013 task 9.1 (Segura-Bedmar et al., 2013)"
_JM = "Johansson & Moschitti (2010); Pareti (2015)"
_FOURNIER = "Fournier (2013), n_t = 2"
_OURS = "goldwire"

_TABLE = (
    Measure("entities.strict", "mentions", "same start, end and type", _SEMEVAL, headline=True),
    Measure("entities.exact", "mentions", "same start and end", _SEMEVAL),
    Measure("entities.type", "mentions", "a character in common and the same type", _SEMEVAL),
    Measure("entities.partial", "mentions", "1 for equal boundaries, 1/2 for an overlap", _SEMEVAL),
    Measure("entities.soft", "mentions", "characters, as sets of (position, type)", _OURS),
    Measure("quotes.quote", "quotes", "a pair of M: content that overlaps by half or more", _OURS),
    Measure("quotes.content.exact", "quotes", "the same ink: marks, commas and blanks are free", _OURS),
    Measure("quotes.content.strict", "quotes", "the same spans, those that touch merged", _OURS),
    Measure("quotes.content.soft", "quotes", "mean share of ink in common with the partner", _OURS),
    Measure("quotes.content.jm", "quotes", "mean share of ink that the other side's quotes cover together", _JM),
    Measure("quotes.cue.exact", "quotes", "pairs of M whose cues have the same ink", _OURS),
    Measure("quotes.cue.overlap", "quotes", "pairs of M whose cues meet", _OURS),
    Measure("quotes.speaker.exact", "quotes", "pairs of M whose speakers have the same ink", _OURS),
    Measure("quotes.speaker.overlap", "quotes", "pairs of M whose speakers meet", _OURS),
    Measure(
        "quotes.speaker.entity", "quotes", "pairs of M whose speakers are one entity, over those that name one", _OURS
    ),
    Measure("quotes.who-said-what", "quotes", "the same pairs over all quotes", _OURS, headline=True),
    Measure("quotes.kind", "quotes", "accuracy of the kind over M", _OURS, value="accuracy"),
    Measure("quotes.marked", "quotes", "ink in quote marks, over the pairs of M that are mixed on both sides", _OURS),
    Measure("quotes.joint", "quotes", "content, cue, speaker, entity and kind all equal", _OURS),
    Measure(
        "blocks.kind", "blocks", "macro F1 of the kind of each non-blank line", _OURS, value="macro", headline=True
    ),
    Measure("blocks.span", "blocks", "blocks with the same ink", _OURS),
    Measure(
        "sections.boundary",
        "sections",
        "gaps between paragraphs where a section begins",
        _OURS,
        unit="document",
        headline=True,
    ),
    Measure(
        "sections.b",
        "sections",
        "boundary similarity, a near miss is half an error",
        _FOURNIER,
        value="mean",
        unit="document",
    ),
    Measure("sections.heading", "sections", "headings with the same ink", _OURS, unit="document"),
    Measure("sections.section", "sections", "same heading, first and last paragraph", _OURS, unit="document"),
    Measure("sections.section-without-heading", "sections", "same first and last paragraph", _OURS, unit="document"),
    Measure("dateline.span", "dateline", "the whole dateline", _OURS, headline=True),
    Measure("dateline.place", "dateline", "its place", _OURS),
    Measure("dateline.date", "dateline", "its date", _OURS),
    Measure("dateline.agency", "dateline", "its agency", _OURS),
)

MEASURES: Mapping[str, Measure] = MappingProxyType({measure.name: measure for measure in _TABLE})
"""The measures by name, in the order in which reports print them."""


def parse_measure(name: str) -> Measure:
    """The measure with that name: the inverse of ``str(measure)``.

    >>> str(parse_measure("entities.strict"))
    'entities.strict'

    Raises
    ------
    UsageError
        There is no such measure.
    """
    if name not in MEASURES:
        raise UsageError(f"score {name!r}: no such score; there are {', '.join(MEASURES)}")
    return MEASURES[name]
