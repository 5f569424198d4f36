"""Every measure as a line of one table: name, layer, definition, source. Docs and reports are made from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from goldwire.corpus.errors import UsageError

__all__ = ["MEASURES", "Measure", "parse_measure"]

Value = Literal["f1", "accuracy", "mean", "macro", "rate", "average"]


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure: all are in [0, 1], and all are ``None`` for empty input, as ``empty`` says.

    ``value`` names the figure that a leaderboard shows: ``f1`` = 2h/(p+g), ``accuracy`` = h/n, ``mean`` over documents,
    ``macro`` F1 over gold's kinds, ``rate`` = h/n, ``average`` of the F1 of other measures, its ``parts``. ``unit`` is
    the smallest thing that its rows speak of; ``headline`` marks a layer's first figure. Where ``lower_is_better`` it
    is an error rate: 0 against oneself. ``needs`` names a measure; where that has no item in gold, or none in the
    predictions, nobody attempted what this one measures, and it has no score (a dash).
    """

    name: str
    layer: str
    definition: str
    source: str
    value: Value = "f1"
    unit: Literal["block", "document"] = "block"
    headline: bool = False
    lower_is_better: bool = False
    needs: str = ""
    parts: tuple[str, ...] = ()

    @property
    def empty(self) -> str:
        """What the measure says where there is nothing to divide by."""
        return {
            "f1": "P null without predictions, R null without gold, F1 null without both",
            "accuracy": "null without a pair",
            "mean": "null where no document has a boundary on either side",
            "macro": "null without gold",
            "rate": "null where no document has anything to count",
            "average": "over the parts that are defined, null without any",
        }[self.value]

    def __str__(self) -> str:
        return self.name


_SEMEVAL = "SemEval-2013 task 9.1 (Segura-Bedmar et al., 2013)"
_JM = "Johansson & Moschitti (2010); Pareti (2015)"
_FOURNIER = "Fournier (2013), n_t = 2"
_LINK = "TAC KBP 2014 (Ji, Nothman & Hachey, 2014)"
_BAT = "Cornolti, Ferragina & Ciaramita (2013), concepts to Wikidata ids"
_OURS = "goldwire"

_TABLE = (
    Measure("entities.strict", "mentions", "same start, end and type", _SEMEVAL, headline=True),
    Measure("entities.exact", "mentions", "same start and end", _SEMEVAL),
    Measure("entities.type", "mentions", "a character in common and the same type", _SEMEVAL),
    Measure("entities.partial", "mentions", "1 for equal boundaries, 1/2 for an overlap", _SEMEVAL),
    Measure("entities.soft", "mentions", "characters, as sets of (position, type)", _OURS),
    Measure("entities.bag", "mentions", "multisets of (normalised surface, type); needs the text", _OURS),
    Measure("entities.link", "mentions", "same start, end and Wikidata id", _LINK, needs="entities.link"),
    Measure(
        "entities.nil",
        "mentions",
        "same start and end, and neither entity has a Wikidata id; no dates, times, numbers",
        _LINK,
        needs="entities.link",
    ),
    Measure(
        "entities.set",
        "mentions",
        "Wikidata ids that mentions of the document lead to",
        _BAT,
        unit="document",
        needs="entities.link",
    ),
    Measure(
        "entities.name",
        "mentions",
        "entities with a name: paired by φ, with the same normalised name",
        _OURS,
        unit="document",
        needs="entities.name",
    ),
    Measure(
        "clusters.lea",
        "mentions",
        "links between mentions of one entity, weighted by its size; the first of the cluster scores",
        "Moosavi & Strube (2016)",
        unit="document",
        needs="clusters.b3",
    ),
    Measure(
        "clusters.muc",
        "mentions",
        "links that hold the mentions of an entity together; blind to singletons",
        "Vilain et al. (1995)",
        unit="document",
        needs="clusters.b3",
    ),
    Measure(
        "clusters.b3",
        "mentions",
        "of each mention the share of its entity's mentions that are with it",
        "Bagga & Baldwin (1998)",
        unit="document",
        needs="clusters.b3",
    ),
    Measure(
        "clusters.ceafe",
        "mentions",
        "likeness of entities under the best one-to-one map",
        "Luo (2005), φ4",
        unit="document",
        needs="clusters.b3",
    ),
    Measure(
        "clusters.mean",
        "mentions",
        "mean F1 of muc, b3 and ceafe",
        "CoNLL-2012 (Pradhan et al., 2012)",
        value="average",
        unit="document",
        needs="clusters.b3",
        parts=("clusters.muc", "clusters.b3", "clusters.ceafe"),
    ),
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
    Measure(
        "sections.left-whole",
        "sections",
        "share of the texts of one section that are left whole; without a section none is",
        _OURS,
        value="rate",
        unit="document",
    ),
    Measure("sections.heading", "sections", "headings with the same ink", _OURS, unit="document"),
    Measure("sections.section", "sections", "same heading, first and last paragraph", _OURS, unit="document"),
    Measure("sections.section-without-heading", "sections", "same first and last paragraph", _OURS, unit="document"),
    Measure(
        "sections.window-diff",
        "sections",
        "windows of half a mean section in which the number of boundaries differs: an error rate",
        "Pevzner & Hearst (2002)",
        value="rate",
        unit="document",
        lower_is_better=True,
    ),
    Measure(
        "sections.pk",
        "sections",
        "windows of half a mean section whose ends are apart on one side alone: an error rate",
        "Beeferman, Berger & Lafferty (1999)",
        value="rate",
        unit="document",
        lower_is_better=True,
    ),
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
