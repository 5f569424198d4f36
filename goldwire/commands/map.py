"""``goldwire map``."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from goldwire.commands.options import Gold, Progress, refuse_overwriting

if TYPE_CHECKING:
    from goldwire.corpus.document import Document
    from goldwire.corpus.formats import Losses
    from goldwire.eval.labels import LabelMap

__all__ = ["map_"]


def map_(
    extractor: Annotated[
        str, typer.Argument(metavar="EXTRACTOR", help="What goldwire bench takes, or a file of predictions.")
    ],
    gold: Gold = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Write the whole map as TOML, to correct and give to --labels.")
    ] = None,
) -> None:
    """Show what an extractor's labels are in the words of gold, and propose a map for those that have none.

    A label's proposal is the gold type whose spans its own coincide with most; the counts stand beside it.

    Example: goldwire map my_package.my_module:extract --out map.toml
    """
    from rich import box
    from rich.table import Table

    from goldwire.corpus.formats import Losses
    from goldwire.corpus.places import folders_made
    from goldwire.corpus.store import replacing
    from goldwire.eval.extractors import parse
    from goldwire.eval.labels import LabelMap, toml_of
    from goldwire.eval.mapping import emitted, proposed
    from goldwire.eval.report.leaderboard import printed
    from goldwire.scoring import documents_of

    named = parse(extractor)
    refuse_overwriting(out, [gold, named.target if named.kind == "file" else None])
    losses = Losses()
    documents = list(documents_of(gold, losses))
    pairs, known, failures = _run(extractor, documents, losses)
    found = emitted(pairs)
    types = {mention.type for document in documents for mention in document.mentions or ()}
    proposals = proposed(found, types).meanings
    strange = [label for label in found if (known is None or label not in known) and label not in types]

    table = Table(box=box.SIMPLE_HEAD, title=f"{extractor}: {sum(e.count for e in found.values()):,} mentions")
    for column, justify in (("label", "left"), ("mentions", "right"), ("is", "left"), ("why", "left")):
        table.add_column(column, justify=justify, overflow="fold")  # type: ignore[arg-type]
    whole = {}
    for label, seen in found.items():
        if known is not None and label in known:
            meaning, is_ = known.meanings[label], known[label] or "outside the task"
            why = f"{meaning.why} ({proposals[label].why})" if meaning.why else proposals[label].why
        elif label in types:
            meaning, is_ = proposals[label]._replace(ours=label), label
            why = proposals[label].why
        else:
            meaning = proposals[label]
            is_, why = f"{meaning.ours or 'outside the task'}?", meaning.why
        whole[label] = meaning
        table.add_row(label, f"{seen.count:,}", is_, why)
    printed(table)
    unseen = sorted(set(known.meanings) - set(found)) if known is not None else []
    if unseen:
        typer.echo(f"In its map, but not given: {', '.join(unseen)}")
    for document, reason in failures.items():
        typer.echo(f"warning: {extractor}: failed-document: {document}: {reason}", err=True)
    for document, what, number, places in losses:
        typer.echo(f"warning: {document}: {what} ({number}){': ' + places[0] if places else ''}", err=True)
    for label in strange:
        typer.echo(
            f"warning: {extractor}: unknown-label ({found[label].count}): {label!r}, which is neither in its map nor a "
            "type of gold; proposed above",
            err=True,
        )
    if known is not None:
        whole |= {label: known.meanings[label] for label in unseen}
    if out is not None:
        with folders_made(out), replacing(out) as file:
            file.write(toml_of(LabelMap(whole)).encode("utf-8"))
        typer.echo(f"Written: {out}")
    elif strange:
        typer.echo("Proposed, for --labels (--out writes the whole map):\n")
        typer.echo(toml_of(LabelMap({label: whole[label] for label in strange})), nl=False)
    if failures:
        raise typer.Exit(3)


def _run(
    what: str, documents: list[Document], losses: Losses
) -> tuple[list[tuple[Document, Document]], LabelMap | None, dict[str, str]]:
    """Pairs of gold and prediction, the extractor's label map, and the reasons of documents that failed."""
    from goldwire.corpus.document import UNSET, Document
    from goldwire.corpus.errors import InputError, Problem, reason
    from goldwire.eval.alignment import parse_policy
    from goldwire.eval.extractors import find, options_of, parse
    from goldwire.io import read

    found = parse(what)
    failures: dict[str, str] = {}
    pairs = []
    if found.kind == "file":
        options = options_of(found)
        policy = parse_policy(options.alignment or "nth")
        by_id = {document.id: document for document in read(found.target, losses=losses)}
        pairs = [(g, options.applied(by_id[g.id], g.text or "", policy)) for g in documents if g.id in by_id]
        for extra in set(by_id) - {document.id for document in documents}:
            losses.count(extra, "predictions for a document that gold has not")
        return pairs, options.labels, failures
    for document in documents:
        if document.text is UNSET:
            raise InputError(Problem("no-text", "no text", "a text to extract from", "add it", "text", document.id))
    with Progress() as progress, contextlib.redirect_stdout(sys.stderr):  # what an extractor prints is its log
        extractor = find(what)
        advance = progress.start(what, len(documents))
        for gold in documents:
            bare = Document(id=gold.id, text=gold.text, lang=gold.lang, meta=gold.meta)
            try:
                pairs.append((gold, extractor.extract(bare)))
            except (Exception, SystemExit) as error:  # whatever it raises costs it the document, and is told
                failures[gold.id] = reason(error)
            advance()
    return pairs, extractor.labels, failures
