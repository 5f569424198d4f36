"""Some runs as one HTML page that needs nothing else: figures, errors, and the texts with gold and guess underlined.

There is no script and no request: a content security policy allows the page's own style sheet alone, filters are check
boxes that the style sheet reads. All text is escaped. Every figure is the result's; nothing is computed here.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources import files
from string import Template
from typing import Any

from goldwire.eval.errors import CLASSES
from goldwire.eval.explained import Explained
from goldwire.eval.measures import MEASURES
from goldwire.eval.report.article import safe
from goldwire.eval.report.charts import bars, heat, whisker
from goldwire.eval.report.explained import RunReport
from goldwire.eval.report.leaderboard import caveat, leaderboard, oddities, scoreboard, task
from goldwire.eval.report.marked import Marked, slug
from goldwire.eval.report.tables import DASH, Table

__all__ = ["page"]

_MOST_LISTED = 100
_TOLD = {
    "correct": "right",
    "type": "the span is right, the type is not",
    "boundary": "the type is right, the span is not",
    "type+boundary": "it overlaps, no more",
    "missed": "gold without a prediction",
    "spurious": "a prediction without gold",
    "speaker": "a quote said by somebody else",
    "kind": "a line of another kind",
}


def page(runs: Sequence[RunReport]) -> str:
    """The page of some runs: a leaderboard, then each run with its figures and its worst documents."""
    folder = files("goldwire.eval.report")
    types = {name: at for at, name in enumerate(sorted(set(_types(runs))))}
    drawn = [_Run(run, f"r{at}", types) for at, run in enumerate(runs)]
    style = (folder / "run.css").read_text(encoding="utf-8") + _rules(types, drawn)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    names = ", ".join(run.entry.name for run in runs)
    board = leaderboard([run.entry for run in runs])
    contents = "".join(f'<li><a href="#{one.name}">{safe(one.run.entry.name)}</a></li>' for one in drawn)
    return Template((folder / "run.html").read_text(encoding="utf-8")).substitute(
        policy=f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'",
        style=style,
        title=safe(f"goldwire: {names}"),
        names=safe(names),
        caveat=safe(caveat([run.entry.result for run in runs])),
        contents=contents,
        notes="".join(f"<p>{safe(note)}</p>" for note in board.notes),
        leaderboard="".join(_board(table, runs) for table in board.tables),
        filters=_filters(types, _present(runs)),
        runs="\n".join(one.html() for one in drawn),
    )


def _types(runs: Iterable[RunReport]) -> Iterator[str]:
    for run in runs:
        yield from run.entry.result.scores.get("entities.strict", {}).get("by_type", {})
        for document in run.documents:
            for finding in document.mentions.findings:
                yield from (place.type for place in (finding.gold, finding.guess) if place is not None)


def _present(runs: Iterable[RunReport]) -> set[str]:
    """The errors that the texts shown have."""
    documents = [document for run in runs for document in run.documents]
    parts = {part.error for document in documents for part in document.dateline}
    return parts.union(*(document.errors() for document in documents))


def _rules(types: Mapping[str, int], runs: Iterable[_Run]) -> str:
    """What the check boxes do: unchecked errors and types lose their lines, labels and cards."""
    off = "body:has(#{}:not(:checked))"
    lines = []
    for error in _TOLD:
        where = f"{off.format(f'e-{slug(error)}')} article .e-{slug(error)}"
        lines += [f"{where}.m {{ text-decoration: none }}", f"{where}:not(.m) {{ display: none }}"]
    for layer in ("mentions", "quotes", "layout"):
        lines.append(f"{off.format(f'f-{layer}')} .f-{layer} {{ display: none }}")
    for group in sorted({group for run in runs for group in run.groups}):
        boxes = "".join(f":has(#y{n}:not(:checked))" for n in group)
        where = f"body{boxes} article .y{'-'.join(map(str, group))}"
        lines += [f"{where}.m {{ text-decoration: none }}", f"{where}:not(.m) {{ display: none }}"]
    return "\n" + "\n".join(lines) + "\n" if types or lines else ""


def _filters(types: Mapping[str, int], present: set[str]) -> str:
    def boxes(legend: str, items: Iterable[tuple[str, str, str]]) -> str:
        drawn = "".join(
            f'<label><input type="checkbox" id="{name}" checked> <span class="swatch {name}">{safe(text)}</span>'
            f"{f' <small>{safe(told)}</small>' if told else ''}</label>"
            for name, text, told in items
        )
        return f"<fieldset><legend>{legend}</legend>{drawn}</fieldset>" if drawn else ""

    errors = [(f"e-{slug(error)}", error, told) for error, told in _TOLD.items() if error in present]
    hidden = "".join(
        f'<input type="checkbox" id="e-{slug(error)}" checked hidden>' for error in _TOLD if error not in present
    )
    layers = [("f-mentions", "mentions", ""), ("f-quotes", "quotes", ""), ("f-layout", "lines and sections", "")]
    kinds = [(f"y{n}", name, "") for name, n in types.items()]
    return boxes("error", errors) + hidden + boxes("cards", layers) + boxes("type", kinds)


def _board(table: Table, runs: Sequence[RunReport]) -> str:
    """One task: for each headline score the extractors, best first, with their intervals drawn on one line."""
    mine = [run.entry for run in runs if task(run.entry.result) == table.signature]
    parts = []
    for measure in MEASURES.values():
        scored = [(e, e.result.scores[measure.name]) for e in mine if measure.name in e.result.scores]
        if not measure.headline or not scored:
            continue
        scored.sort(key=lambda pair: (pair[1]["value"] is None, -(pair[1]["value"] or 0)))
        rows = "".join(
            f'<tr><th scope="row">{safe(entry.name + "*" * entry.by_gold_authors)}</th>{_scored(score)}</tr>'
            for entry, score in scored
        )
        parts.append(
            f'<tbody><tr><th scope="rowgroup" colspan="4" class="group">{measure.name} '
            f"<small>{safe(measure.definition)}</small></th></tr>{rows}</tbody>"
        )
    speeds = [row for row in table.printed() if set(row[-2:]) != {DASH}]
    told = "".join(
        f"<li>{safe(row[0])}: {safe(row[-2])} s cold, {safe(row[-1])} characters/s warm</li>" for row in speeds
    )
    return (
        f'<table class="board"><caption>{safe(table.title)}</caption>'
        '<thead><tr><th scope="col">extractor</th><th scope="col" class="number">value</th>'
        f'<th scope="col" class="number">95 %</th><th scope="col">from 0 to 1</th></tr></thead>{"".join(parts)}</table>'
        f"{f'<ul class=plain>{told}</ul>' if told else ''}"
        f'<p class="signature"><span>signature</span> {_breakable(table.signature)}</p>'
    )


def _scored(score: Mapping[str, Any]) -> str:
    value, interval = score["value"], score.get("interval")
    if value is None:
        return '<td class="number">null</td><td></td><td></td>'
    ends = f"{interval[0]:.2f}–{interval[1]:.2f}" if interval else ""
    return f'<td class="number">{value:.3f}</td><td class="number">{ends}</td><td>{whisker(value, interval)}</td>'


def _breakable(signature: str) -> str:
    return safe(signature).replace("|", "|<wbr>")


class _Run:
    """The parts of one run, each a string of HTML; ``groups`` are the sets of types that its mentions have."""

    def __init__(self, run: RunReport, name: str, types: dict[str, int]) -> None:
        self.run, self.name = run, name
        self._types, self._scores = types, run.entry.result.scores
        self.groups = {
            tuple(sorted({types[place.type] for place in (f.gold, f.guess) if place is not None}))
            for document in run.documents
            for f in document.mentions.findings
        }

    def html(self) -> str:
        """The run."""
        result = self.run.entry.result
        notes = "".join(f"<li>{safe(note)}</li>" for note in oddities(result))
        return (
            f'<section id="{self.name}" class="run"><h2>{safe(self.run.entry.name)}</h2>'
            f'<p class="quiet">task: {safe(result.view)}</p><ul class="plain warnings">{notes}</ul>'
            f'<div class="figures">{self._classes()}{self._confusion()}{self._breakdowns()}</div>{self._all()}'
            f"{''.join(self._document(at, one) for at, one in enumerate(self.run.documents))}{self._others()}</section>"
        )

    def _classes(self) -> str:
        errors = self._scores.get("entities.strict", {}).get("errors")
        if not errors:
            return ""
        rows = [(name, errors["classes"].get(name, 0), _TOLD[name]) for name in CLASSES]
        rows += [(f"boundary: {name}", n, "") for name, n in errors["boundaries"].items() if n]
        rows += [(f"flag: {name}", n, "") for name, n in errors["flags"].items() if n]
        drawn = "".join(
            f'<tr><th scope="row"><span class="swatch e-{slug(name)}">{safe(name)}</span></th>'
            f'<td class="number">{n}</td><td class="quiet">{safe(told)}</td></tr>'
            for name, n, told in rows
        )
        return f"<table><caption>Mentions by class of error</caption><tbody>{drawn}</tbody></table>"

    def _confusion(self) -> str:
        errors = self._scores.get("entities.strict", {}).get("errors")
        if not errors or not errors["confusion"]:
            return ""
        numbers = {(ours, theirs): n for ours, theirs, n in errors["confusion"]}
        names = sorted({name for pair in numbers for name in pair if name is not None})
        most = max(numbers.values())
        head = "".join(f'<th scope="col"><span>{safe(name)}</span></th>' for name in (*names, "missed"))
        body = "".join(
            f'<tr><th scope="row">{safe("spurious" if ours is None else ours)}</th>'
            f"{''.join(_cell(numbers.get((ours, theirs), 0), ours, theirs, most) for theirs in (*names, None))}</tr>"
            for ours in (*names, None)
        )
        return (
            '<div class="wide" tabindex="0" role="region" aria-label="confusion of types">'
            '<table class="heat"><caption>Confusion of types: gold down, predictions across</caption>'
            f"<thead><tr><td></td>{head}</tr></thead><tbody>{body}</tbody></table></div>"
        )

    def _breakdowns(self) -> str:
        by = self._scores.get("entities.strict", {}).get("by", {})
        parts = []
        for name, title in (("position", "tenth of the text"), ("depth", "depth of nesting"), ("form", "form")):
            values = [(label, figures["recall"]) for label, figures in by.get(name, {}).items()]
            if values:
                chart = bars(values, f"recall by {title}")
                parts.append(f"<figure><figcaption>Recall by {title}</figcaption>{chart}</figure>")
        return "".join(parts)

    def _all(self) -> str:
        tables = "".join(_plain(table) for table in scoreboard(self.run.entry.result).tables)
        return f"<details><summary>All scores</summary>{tables}</details>"

    def _document(self, at: int, document: Explained) -> str:
        name = f"{self.name}d{at}"
        state = {
            "failed": f'<p class="card e-missed">The extractor failed: {safe(document.reason)}</p>',
            "missing": '<p class="card e-missed">There is no prediction for this document.</p>',
        }.get(document.state, "")
        ignored = len(document.mentions.ignored)
        beyond = f" · {ignored} predictions equal gold outside the view and are ignored" if ignored else ""
        lang = safe(document.gold.lang or "")
        return (
            f'<article aria-labelledby="{name}"><h3 id="{name}">{safe(document.gold.id)}</h3>'
            f'<p class="quiet">{document.wrong} errors{beyond}</p>{state}'
            f'<div class="lines" lang="{lang}">{Marked(document, name, self._types).rows()}</div></article>'
        )

    def _others(self) -> str:
        others = self.run.others
        if not others:
            return ""
        listed = "".join(f"<li>{safe(name)}: {n}</li>" for name, n in others[:_MOST_LISTED])
        more = len(others) - _MOST_LISTED
        last = f"<li>and {more} more</li>" if more > 0 else ""
        return (
            f"<details><summary>{len(others)} documents with fewer errors are not shown in full</summary>"
            f"<p>Errors of each; <code>goldwire explain RUN --document ID --html FILE</code> shows one.</p>"
            f'<ul class="others">{listed}{last}</ul></details>'
        )


def _cell(number: int, ours: str | None, theirs: str | None, most: int) -> str:
    right = " right" if ours == theirs and ours is not None else ""
    return f'<td class="h{heat(number, most)}{right}">{number or ""}</td>'


def _plain(table: Table) -> str:
    heads = "".join(
        f'<th scope="col"{"" if column.words else " class=number"}>{safe(column.name)}</th>' for column in table.heads()
    )
    rows = "".join(
        f'<tr><th scope="row">{safe(first)}</th>{"".join(f"<td class=number>{safe(cell)}</td>" for cell in rest)}</tr>'
        for first, *rest in table.printed()
    )
    return (
        f'<div class="wide" tabindex="0" role="region" aria-label="{safe(table.title)}"><table class="scores">'
        f"<caption>{safe(table.title)}</caption><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )
