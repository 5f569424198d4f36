"""``goldwire label adjudicate``."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from goldwire.commands.agree import report
from goldwire.commands.label.making import listed_in
from goldwire.commands.label.options import (
    PATIENCE,
    TIMEOUT,
    URL,
    Patience,
    SchemeFile,
    Timeout,
    Token,
    Url,
    connected,
    scheme_of,
)
from goldwire.commands.label.saying import say_losses, say_problems, several, vetted
from goldwire.commands.options import Disagreements, Json, Progress, put_json, refuse_overwriting
from goldwire.corpus.errors import InputError, Problem, UsageError

if TYPE_CHECKING:
    from goldwire.annotation.adjudicate import Adjudicated
    from goldwire.annotation.connection import Connection
    from goldwire.annotation.tasks import Task
    from goldwire.annotation.versions import Version
    from goldwire.corpus.document import Document
    from goldwire.corpus.scheme import Scheme

__all__ = ["adjudicate"]

_USAGE = (
    "give an export, two or more files of documents, or --project, to divide; or --reviewed or --project, with --out, "
    "to take a review back"
)


def adjudicate(
    inputs: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[IN]…",
            help="Exports of Label Studio (JSON) with several annotators, and files or folders of documents, each of "
            "one annotator who is called by its name.",
        ),
    ] = None,
    project: Annotated[
        list[str] | None,
        typer.Option("--project", help="A project on the server, instead of an export of it; may be repeated."),
    ] = None,
    agreed: Annotated[
        Path | None,
        typer.Option("--agreed", help="The file of documents on which all agree: written, and with --out read."),
    ] = None,
    single: Annotated[
        Path | None,
        typer.Option("--single", help="The file of documents that one alone annotated: written, with --out read."),
    ] = None,
    review: Annotated[
        Path | None, typer.Option("--review", help="Write the review tasks, JSON: what is not agreed, all versions.")
    ] = None,
    reviewed: Annotated[
        list[Path] | None, typer.Option("--reviewed", help="An export of the review project; goes with --out.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Write gold: what was reviewed, --agreed and --single.")
    ] = None,
    list_: Disagreements = False,
    json: Json = None,
    scheme: SchemeFile = None,
    url: Url = URL,
    token: Token = "",
    timeout: Timeout = TIMEOUT,
    patience: Patience = PATIENCE,
) -> None:
    """Make gold of several annotators: keep what all agree on, have the rest reviewed, and take the review back.

    Three steps. The first prints the agreement; nothing is written but what is asked for. In the review each version
    is a prediction under the names of those who made it: the reviewer takes one, corrects it, submits. Gold says of
    each document who annotated, agreed and reviewed it, and what was chosen, in its extra.

    Exit code 1 says that something is not in what was written: it is listed.

    Example: goldwire label adjudicate export.json --agreed agreed.jsonl --review review.json

    goldwire label push "Review" review.json

    goldwire label adjudicate --project "Review" --agreed agreed.jsonl --out gold.jsonl
    """
    if (out is None and reviewed) or (out is not None and (inputs or review or json or list_)):
        raise UsageError(f"found options of both steps, expected those of one: {_USAGE}")
    if not (project or (reviewed if out else inputs)):
        raise UsageError(f"found nothing to adjudicate: {_USAGE}")
    connection = connected(url, token, timeout, patience) if project else None
    if out is not None:
        _take_back(connection, project or [], reviewed or [], [p for p in (agreed, single) if p], out, scheme)
        return
    written = [path for path in (agreed, single, review) if path is not None]
    if len(set(written)) < len(written):
        raise UsageError(f"found {', '.join(map(str, written))}, expected a file for each")
    for path in written:
        refuse_overwriting(path, inputs or ())
    problems: list[Problem] = []
    versions = list(_versions(connection, project or [], inputs or [], problems, scheme))
    _divide(versions, problems, (agreed, single, review), scheme_of(scheme), json, list_=list_)


def _versions(
    connection: Connection | None,
    titles: Sequence[str],
    paths: Sequence[Path],
    problems: list[Problem],
    scheme: Path | None,
) -> Iterator[Version]:
    """Who made what: of the projects, of the exports together, of each other file."""
    from goldwire.annotation.exports import from_export
    from goldwire.annotation.server import pull
    from goldwire.annotation.versions import of_documents, of_export
    from goldwire.corpus.formats import Losses
    from goldwire.scoring import documents_of

    if connection is not None:
        pulled = pull(connection, titles, scheme=scheme_of(scheme))
        problems += pulled.exported.problems
        yield from of_export(pulled.exported.annotated)
    tasks: list[Task] = []
    files: list[Path] = []
    for path in paths:
        listed = listed_in(path)
        if listed is None:
            files.append(path)
        else:
            tasks += listed
    if tasks:
        exported = from_export(tasks)
        problems += exported.problems
        yield from of_export(exported.annotated)
    names = [path.name if path.is_dir() else path.stem for path in files]
    losses = Losses()
    for path, name in zip(files, names, strict=True):
        yield from of_documents(name if names.count(name) == 1 else str(path), documents_of(str(path), losses))
    say_losses(losses)


def _divide(
    versions: Sequence[Version],
    problems: list[Problem],
    written: tuple[Path | None, Path | None, Path | None],
    scheme: Scheme,
    json: str | None,
    *,
    list_: bool,
) -> None:
    from goldwire.annotation.adjudicate import adjudicate
    from goldwire.annotation.taskfiles import write_tasks
    from goldwire.annotation.vetting import task_layers, vet
    from goldwire.corpus.places import folders_made
    from goldwire.corpus.store import write_jsonl
    from goldwire.eval.report.leaderboard import printed

    with Progress() as progress:
        advance = progress.start("compare", len({version.document.id for version in versions}))
        found = adjudicate(versions, on_document=advance)
    agreed, single, review = written
    if review is not None:
        vetted(lambda: vet(found.review, task_layers(found.review), scheme) if found.review else None)
    said = []
    for path, documents in ((agreed, found.agreed), (single, found.single)):
        if path is not None:
            with folders_made(path):
                said.append(f"{path}, {several(write_jsonl(path, documents), 'document')}")
    if review is not None:
        said.append(f"{review}, {several(write_tasks(review, found.review), 'task')}")
    if json is not None:
        put_json(json, found.to_dict())
    errors = say_problems([*problems, *found.problems])
    if json != "-":
        printed(report(found.agreement))
        _say_division(found, list_=list_)
        if said:
            typer.echo(f"Written: {'; '.join(said)}")
        _say_next(found, agreed, single, review)
    if errors:
        typer.echo(f"goldwire: {several(errors, 'error')}: see above what of an annotation is missing", err=True)
        raise typer.Exit(1)


def _say_division(found: Adjudicated, *, list_: bool) -> None:
    count = len(found.agreed) + len(found.review) + len(found.single)
    typer.echo(
        f"{several(count, 'document')}: {len(found.agreed):,} agreed, {len(found.review):,} to review, "
        f"{len(found.single):,} annotated once"
    )
    typer.echo(several(len(found.disagreements), "disagreement") + (":" if found.disagreements and list_ else ""))
    for pair, difference in found.disagreements if list_ else ():
        typer.echo(f"{' | '.join(pair)}: {difference}")


def _say_next(found: Adjudicated, agreed: Path | None, single: Path | None, review: Path | None) -> None:
    """What is to be done now."""
    if not found.review:
        typer.echo("Next: nothing to review; what is agreed is gold")
        return
    if review is None:
        typer.echo("Next: the same with --agreed agreed.jsonl --review review.json")
        return
    kept = "".join(
        f" {name} {shlex.quote(str(path))}" for name, path in (("--agreed", agreed), ("--single", single)) if path
    )
    typer.echo(f'Next: goldwire label push "Review" {shlex.quote(str(review))}')
    typer.echo(f'      when it is reviewed: goldwire label adjudicate --project "Review"{kept} --out gold.jsonl')


def _take_back(
    connection: Connection | None,
    titles: Sequence[str],
    exports: Sequence[Path],
    kept: Sequence[Path],
    out: Path,
    scheme: Path | None,
) -> None:
    from goldwire.annotation.adjudicate import settled
    from goldwire.annotation.server import pull
    from goldwire.annotation.taskfiles import read_tasks
    from goldwire.corpus.formats import Losses
    from goldwire.io import write

    refuse_overwriting(out, [*exports, *kept])
    tasks: list[Task] = []
    problems: list[Problem] = []
    if connection is not None:
        pulled = pull(connection, titles, scheme=scheme_of(scheme))
        tasks += pulled.tasks
        # those of the reading come again
        problems += [problem for problem in pulled.exported.problems if problem.file is not None]
    for path in exports:
        tasks += read_tasks(path)
    if not tasks and not kept:
        raise InputError(Problem("no-documents", "no task", "one or more", "push the review first"))
    before = [document for path in kept for document in _documents(path)]
    found = settled(tasks)
    gold = [*before, *found.documents]
    first: dict[str, Document] = {}
    for document in gold:
        if first.setdefault(document.id, document) is not document:
            want, remedy = "one of each id", "give the files that were written with this review"
            raise InputError(
                Problem("duplicate-document", "it both here and in the review", want, remedy, None, document.id)
            )
    losses = Losses()
    count = write(out, gold, losses=losses)
    errors = say_problems([*problems, *found.problems])
    say_losses(losses)
    outcomes = ", ".join(f"{number:,} {name}" for name, number in sorted(found.outcomes.items()))
    reviewed = f"{len(found.documents):,} reviewed" + f" ({outcomes})" * bool(outcomes)
    typer.echo(f"Written: {out}, {several(count, 'document')}: {len(before):,} as they were, {reviewed}")
    for what, left in (("not reviewed yet", found.open), ("reviewed differently", found.disputed)):
        if left:
            typer.echo(f"goldwire: {several(len(left), 'document')} {what}, not in {out}: {', '.join(left)}", err=True)
    if errors or found.open or found.disputed:
        raise typer.Exit(1)


def _documents(path: Path) -> Iterator[Document]:
    """The documents of a file that the first step wrote, which may hold none."""
    from goldwire.corpus.store import read_jsonl

    return iter(()) if path.exists() and not path.stat().st_size else read_jsonl(path)
