"""Every measure as a line of one table: name, definition, source, parameters. Docs, help and reports are made from it.

``python -m goldwire.eval.measures`` writes ``docs/measures.md`` anew; a test proves that it is what it writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from goldwire.corpus.errors import UsageError, shown

__all__ = ["MEASURES", "MODE_MEASURES", "Measure", "mode_measures", "page", "parse_measure"]

Value = Literal["f1", "accuracy", "mean", "macro", "rate", "average"]

_EMPTY = {
    "f1": "P null without predictions, R null without gold, F1 null without both",
    "accuracy": "null without a pair",
    "mean": "null where no document has a boundary on either side",
    "macro": "null without gold",
    "rate": "null where no document has anything to count",
    "average": "over the parts that are defined, null without any",
}
_FIGURE = {
    "f1": "F1 = 2h/(p+g)",
    "accuracy": "accuracy = h/n",
    "mean": "mean over documents",
    "macro": "macro F1 = mean F1 over gold's kinds",
    "rate": "share = h/n",
    "average": "mean F1 of its parts",
}


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure: all are in [0, 1], and all are ``None`` for empty input, as ``empty`` says.

    ``value`` names the figure that a leaderboard shows: ``f1`` = 2h/(p+g), ``accuracy`` = h/n, ``mean`` over documents,
    ``macro`` F1 over gold's kinds, ``rate`` = h/n, ``average`` of the F1 of other measures, its ``parts``. ``unit`` is
    the smallest thing that its rows speak of; ``headline`` marks a layer's first figure. Where ``lower_is_better`` it
    is an error rate: 0 against oneself. ``needs`` names a measure; where that has no item in gold, or none in the
    predictions, nobody attempted what this one measures, and it has no score (a dash). ``parameters`` are fixed, and
    printed behind the name. ``modes`` are those of another program that give it (``eval.modes``); ``when_empty`` is
    what that program says of empty input.
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
    parameters: tuple[tuple[str, str], ...] = ()
    modes: tuple[str, ...] = ()
    when_empty: str = ""

    @property
    def empty(self) -> str:
        """What the measure says where there is nothing to divide by."""
        return self.when_empty or _EMPTY[self.value]

    @property
    def figure(self) -> str:
        """The figure that a leaderboard shows, in words."""
        return "error rate = h/n" if self.lower_is_better else _FIGURE[self.value]

    @property
    def range(self) -> str:
        """The values that it takes, and which of them is the best."""
        return f"[0, 1], best {int(not self.lower_is_better)}"

    @property
    def printed(self) -> str:
        """The name with its parameters, which ``parse_measure`` reads.

        >>> MEASURES["sections.b"].printed
        'sections.b(n_t=2)'
        """
        parameters = ", ".join(f"{name}={value}" for name, value in self.parameters)
        return f"{self.name}({parameters})" if parameters else self.name

    def __str__(self) -> str:
        return self.name


_SEMEVAL = "SemEval-2013 task 9.1 (Segura-Bedmar et al., 2013)"
_JM = "Johansson & Moschitti (2010); Pareti (2015)"
_FOURNIER = "Fournier (2013)"
_LINK = "TAC KBP 2014 (Ji, Nothman & Hachey, 2014)"
_BAT = "Cornolti, Ferragina & Ciaramita (2013), concepts to Wikidata ids"
_OURS = "goldwire"
_WINDOW = (("k", "max(2, ⌊N/(2·gold sections) + 1/2⌋)"),)

_TABLE = (
    Measure("entities.strict", "mentions", "same start, end and type", _SEMEVAL, headline=True),
    Measure("entities.exact", "mentions", "same start and end", _SEMEVAL),
    Measure("entities.type", "mentions", "a character in common and the same type", _SEMEVAL),
    Measure(
        "entities.partial",
        "mentions",
        "1 for equal boundaries, a part of it for an overlap",
        _SEMEVAL,
        parameters=(("overlap", "1/2"),),
    ),
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
        "Luo (2005)",
        unit="document",
        needs="clusters.b3",
        parameters=(("φ", "φ4"),),
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
    Measure(
        "quotes.quote",
        "quotes",
        "a pair of M: content that overlaps by half or more",
        _OURS,
        parameters=(("s", "1/2"),),
    ),
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
    Measure(
        "quotes.who-said-what",
        "quotes",
        "pairs of M whose speakers are one entity, over all quotes",
        _OURS,
        headline=True,
    ),
    Measure("quotes.kind", "quotes", "accuracy of the kind over M", _OURS, value="accuracy"),
    Measure("quotes.marked", "quotes", "ink in quote marks, over the pairs of M that are mixed on both sides", _OURS),
    Measure("quotes.joint", "quotes", "content, cue, speaker, entity and kind all equal", _OURS),
    Measure("blocks.kind", "blocks", "the kind of a non-blank line", _OURS, value="macro", headline=True),
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
        parameters=(("n_t", "2"),),
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
        parameters=_WINDOW,
    ),
    Measure(
        "sections.pk",
        "sections",
        "windows of half a mean section whose ends are apart on one side alone: an error rate",
        "Beeferman, Berger & Lafferty (1999)",
        value="rate",
        unit="document",
        lower_is_better=True,
        parameters=_WINDOW,
    ),
    Measure("dateline.span", "dateline", "the whole dateline", _OURS, headline=True),
    Measure("dateline.place", "dateline", "its place", _OURS),
    Measure("dateline.date", "dateline", "its date", _OURS),
    Measure("dateline.agency", "dateline", "its agency", _OURS),
)

_NERVALUATE = "nervaluate 1.2.1"
_SEQEVAL = "seqeval 1.2.2"
_CONLLEVAL = "conlleval.pl of 2004-01-26"
_RUNNE = "RuNNE-2022 (Artemova et al., 2022)"
_BOTH = ("seqeval", "seqeval-strict")
_ZERO = "0 where there is nothing to divide by"


def _foreign(
    name: str, modes: str | tuple[str, ...], definition: str, source: str, value: Value = "f1", empty: str = _ZERO
) -> Measure:
    modes = (modes,) if isinstance(modes, str) else modes
    return Measure(name, "mentions", definition, source, value, "document", modes=modes, when_empty=empty)


_MODE_TABLE = (
    _foreign("nervaluate.strict", "nervaluate-1.2", "same start, end and type, greedily", _NERVALUATE),
    _foreign("nervaluate.exact", "nervaluate-1.2", "same start and end, greedily", _NERVALUATE),
    _foreign("nervaluate.partial", "nervaluate-1.2", "1 for equal bounds, 1/2 for an overlap, greedily", _NERVALUATE),
    _foreign("nervaluate.ent_type", "nervaluate-1.2", "an overlap and the same type, greedily", _NERVALUATE),
    _foreign("seqeval.micro", _BOTH, "chunks of tokens with the same bounds and type", _SEQEVAL),
    _foreign(
        "seqeval.macro",
        _BOTH,
        "F1 by type, the mean over those of either side",
        _SEQEVAL,
        empty="0; null without a type",
    ),
    _foreign("seqeval.weighted", _BOTH, "F1 by type, weighted by gold's chunks", _SEQEVAL),
    _foreign("seqeval.accuracy", _BOTH, "tokens with the same tag", _SEQEVAL, "accuracy", "null without a token"),
    _foreign("conlleval.fb1", "conlleval", "chunks of tokens with the same bounds and type", _CONLLEVAL),
    _foreign(
        "conlleval.accuracy", "conlleval", "tokens with the same tag", _CONLLEVAL, "accuracy", "null without a token"
    ),
    _foreign("runne.mention", "runne-2022", "sets of (start, end, type)", _RUNNE),
    _foreign(
        "runne.macro",
        "runne-2022",
        "F1 by type, the mean over those of gold but the few-shot ones",
        _RUNNE,
        empty="0; null without such a type",
    ),
    _foreign("runne.macro-few-shot", "runne-2022", "F1 by type, that of DISEASE, PENALTY and WORK_OF_ART by 3", _RUNNE),
)

MEASURES: Mapping[str, Measure] = MappingProxyType({measure.name: measure for measure in _TABLE})
"""The measures by name, in the order in which reports print them."""

MODE_MEASURES: Mapping[str, Measure] = MappingProxyType({measure.name: measure for measure in _MODE_TABLE})
"""The scores of other programs, which their modes give in place of ``MEASURES``."""


def mode_measures(mode: str) -> tuple[Measure, ...]:
    """The scores of a mode, in the order in which reports print them."""
    return tuple(measure for measure in _MODE_TABLE if mode in measure.modes)


def parse_measure(name: str) -> Measure:
    """The measure with that name, with or without its parameters: the inverse of ``str`` and of ``printed``.

    >>> str(parse_measure("entities.strict"))
    'entities.strict'
    >>> str(parse_measure("sections.b(n_t=2)"))
    'sections.b'

    Raises
    ------
    UsageError
        There is no such measure, or it has other parameters.
    """
    if not isinstance(name, str):
        raise UsageError(f"score: found {shown(name)}, expected the name of a score")
    bare = name.partition("(")[0]
    measure = MEASURES.get(bare) or MODE_MEASURES.get(bare)
    if measure is None:
        raise UsageError(f"score {name!r}: no such score; there are {', '.join([*MEASURES, *MODE_MEASURES])}")
    if name not in (measure.name, measure.printed):
        raise UsageError(f"score {name!r}: found other parameters, expected {measure.name} or {measure.printed}")
    return measure


def page() -> str:
    """``docs/measures.md``, from the tables."""
    figures = {(m.figure, m.range, m.empty): None for m in _TABLE}
    lines = [f"| {figure} | {values} | {empty} |" for figure, values, empty in figures]
    layers = dict.fromkeys(measure.layer for measure in _TABLE)
    own = [f"## {layer}\n\n" + _rows([m for m in _TABLE if m.layer == layer]) for layer in layers]
    return _PAGE.format(figures="\n".join(lines), own="\n".join(own), foreign=_rows(_MODE_TABLE, modes=True))


def _rows(measures: Iterable[Measure], *, modes: bool = False) -> str:
    lines = ["| score | a hit is | figure | source |", "|---|---|---|---|"]
    if modes:
        lines = ["| score | a hit is | figure | with nothing to divide by | mode |", "|---|---|---|---|---|"]
    for m in measures:
        name = f"**`{m.printed}`**" if m.headline else f"`{m.printed}`"
        rest = [m.empty, ", ".join(f"`{mode}`" for mode in m.modes)] if modes else [m.source]
        lines.append(f"| {' | '.join([name, m.definition, m.figure, *rest])} |")
    return "\n".join(lines) + "\n"


_PAGE = """# Measures

<!-- Written by: python -m goldwire.eval.measures -->

Every score that goldwire prints. `goldwire score --measures` prints this page, `goldwire.MEASURES` holds it. Bold is
the headline of a layer, which the leaderboard shows. What stands in brackets behind a name is fixed; a name is read
with it or without it.

h are hits, p predicted items, g gold's, n what is counted. M pairs quotes one to one so that the ink (letters and
digits) that they share is the most, where they share half or more; φ maps predicted entities to gold's.

| figure | range | with nothing to divide by |
|---|---|---|
{figures}

{own}
## Other programs

What `goldwire score --as MODE` gives in place of the above; [moving-over.md](moving-over.md) says why it differs.

{foreign}"""


def main() -> None:
    """Write the page of a checkout."""
    path = Path(__file__).resolve().parent.parent / "docs" / "measures.md"
    path.write_text(page(), encoding="utf-8")
    print(path)  # noqa: T201


if __name__ == "__main__":
    main()
