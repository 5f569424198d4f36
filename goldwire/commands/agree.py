"""``goldwire agree``."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from goldwire.commands.options import Disagreements, Json, put_json, refuse_overwriting

if TYPE_CHECKING:
    from rich.console import RenderableType

    from goldwire.corpus.document import Document
    from goldwire.eval.agreement import Agreement, Figure, Spans

__all__ = ["agree", "report"]


def agree(
    annotations: Annotated[
        list[str],
        typer.Argument(metavar="A B…", help="Two or more annotations of the same texts: JSONL files, folders of them."),
    ],
    without: Annotated[
        Path | None,
        typer.Option(
            "--without", metavar="FILE.md", help="Leave out the mentions that these guidelines show as examples."
        ),
    ] = None,
    list_: Disagreements = False,
    json: Json = None,
) -> None:
    """Say how far annotators agree: mean pairwise F1 of spans, kappa of two or alpha of more on fixed units.

    Example: goldwire agree first.jsonl second.jsonl --list
    """
    from goldwire.eval.agreement import agreement
    from goldwire.eval.disagreements import disagreements
    from goldwire.eval.report.leaderboard import printed

    refuse_overwriting(json, [*annotations, without])
    corpora = _corpora(annotations)
    left = _leave_out(corpora, without)
    found = agreement(corpora)
    every = [
        (pair, difference)
        for pair in itertools.combinations(corpora, 2)
        for document in corpora[pair[0]]
        for other in corpora[pair[1]]
        if document.id == other.id
        for difference in disagreements(document, other)
    ]
    if json is not None:
        listed = [{"annotators": pair, **difference.to_dict()} for pair, difference in every]
        put_json(json, {**found.to_dict(), "mentions_left_out": left, "disagreements": listed})
    if json == "-":
        return
    printed(report(found))
    if without is not None:
        counts = ", ".join(f"{count} of {name}" for name, count in left.items())
        typer.echo(f"Left out, as shown in {without.name}: {counts}.")
    typer.echo(f"{len(every)} disagreements{':' if every and list_ else ''}")
    for pair, difference in every if list_ else ():
        typer.echo(f"{' | '.join(pair)}: {difference}")


def _corpora(annotations: list[str]) -> dict[str, list[Document]]:
    """The documents of each source by its name: the folder's or the file's, or the whole path where two are alike."""
    from goldwire.corpus.errors import UsageError
    from goldwire.scoring import documents_of

    if len(set(annotations)) < max(2, len(annotations)):
        raise UsageError(f"found {', '.join(annotations)}, expected two or more different annotations to compare")
    names = [Path(path).name.removesuffix(".jsonl") for path in annotations]
    if len(set(names)) < len(names):
        names = annotations
    return {name: list(documents_of(path)) for name, path in zip(names, annotations, strict=True)}


def _leave_out(corpora: dict[str, list[Document]], guidelines: Path | None) -> dict[str, int]:
    """Take the examples of the guidelines out of every document; how many mentions each annotator loses so."""
    from goldwire.corpus.errors import InputError, Problem
    from goldwire.examples import read_examples, without

    if guidelines is None:
        return {}
    examples = read_examples(guidelines)
    left = {}
    for name, documents in corpora.items():
        results = [without(document, examples) for document in documents]
        corpora[name] = [document for document, _ in results]
        left[name] = sum(count for _, count in results)
    if not any(left.values()):
        raise InputError(
            Problem(
                "no-example-found",
                "no document with the examples' surfaces",
                "the article that the guidelines take their examples from",
                "give the guidelines of this article",
                file=str(guidelines),
            )
        )
    return left


def report(found: Agreement) -> RenderableType:
    """The tables of the figures."""
    from rich import box
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    def table(title: str, *columns: str) -> Table:
        made = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
        for name in columns:
            made.add_column(name, justify="left" if name in columns[:-3] else "right")
        return made

    of_two = len(found.annotators) == 2
    spans = table(f"agreement of {', '.join(found.annotators)}", "layer", "part", "exact", "soft", "items")
    parts = list(found.rows)
    for at, ((layer, part), row) in enumerate(found.rows.items()):
        last = at + 1 == len(parts) or parts[at + 1][0] != layer
        spans.add_row(layer, part, *_cells(row, of_two=of_two), end_section=last)
    types = table("mentions by type", "type", "exact", "soft", "items")
    for name, row in found.types.items():
        types.add_row(name, *_cells(row, of_two=of_two))
    fixed = table("labels of fixed units", "unit", "labels", "coefficient", "value", "units")
    for name, figure in found.fixed.items():
        labels = ", ".join(f"{label} {count}" for label, count in figure.labels.items())
        fixed.add_row(name, labels, figure.coefficient, _number(figure.value), str(figure.units))
    shared = f"{found.shared} document{'s' * (found.shared != 1)} in common"
    left = "".join(f"; {what} left out: {count}" for what, count in found.left_out.items())
    note = "exact and soft: F1, mean over the pairs of annotators; the soft figure of boundaries is their similarity B"
    return Group(
        spans, *([types] if found.types else []), *([fixed] if found.fixed else []), Text(note), Text(shared + left)
    )


def _cells(row: Spans, *, of_two: bool) -> tuple[str, str, str]:
    counts = sorted(set(row.items.values()))
    items = "" if not counts else str(counts[0]) if len(counts) == 1 else f"{counts[0]}–{counts[-1]}"
    return _cell(row.exact, of_two=of_two), _cell(row.soft, of_two=of_two), items


def _cell(figure: Figure | None, *, of_two: bool) -> str:
    """The mean, and of more than two annotators the lowest pair below it."""
    if figure is None:
        return ""
    if figure.lowest is None or figure.pair is None or of_two:
        return _number(figure.mean)
    return f"{_number(figure.mean)}\nlowest {figure.lowest:.3f} {'–'.join(figure.pair)}"


def _number(value: float | None) -> str:
    return "null" if value is None else f"{value:.3f}"
