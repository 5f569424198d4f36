"""``goldwire label``: the verbs of annotation with Label Studio, as one command with commands below."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from goldwire.corpus.errors import InputError, Problem, UsageError

if TYPE_CHECKING:
    from goldwire.annotation.connection import Connection
    from goldwire.annotation.proposals import Proposals
    from goldwire.annotation.server import Pulled, Pushed
    from goldwire.annotation.tasks import Task
    from goldwire.corpus.document import Document
    from goldwire.corpus.formats import Losses
    from goldwire.corpus.scheme import Scheme
    from goldwire.eval.extractors import Extractor

__all__ = ["label"]

label = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="Make gold with Label Studio: config, tasks, push, pull, sync.",
)


class Layer(StrEnum):
    """The layers of the page."""

    ENTITIES = "entities"
    QUOTES = "quotes"
    SECTIONS = "sections"


class GoldAs(StrEnum):
    """What becomes of the layers that a document comes with."""

    ANNOTATION = "annotation"
    PREDICTION = "prediction"
    NONE = "none"


Layers = Annotated[
    list[Layer] | None,
    typer.Option("--layer", help="A layer of the project; may be repeated. Default: all three in one project."),
]
SchemeFile = Annotated[
    Path | None, typer.Option("--scheme", help="A label set of your own, a TOML file as for goldwire check.")
]
Inputs = Annotated[
    list[Path],
    typer.Argument(
        metavar="IN…", help="Documents: what --gold reads, plain .txt files in UTF-8, or .json files of tasks."
    ),
]
GoldAsOption = Annotated[
    GoldAs,
    typer.Option("--gold-as", help="What the documents' own layers become; a document that has none is a blank task."),
]
PreAnnotate = Annotated[
    list[str] | None,
    typer.Option(
        "--pre-annotate",
        metavar="EXTRACTOR",
        help="What goldwire bench takes: a built-in's name, package.module:attribute (runs that code), or a file of "
        "predictions. May be repeated: each is a prediction with its model version. Without it nothing is proposed.",
    ),
]
Title = Annotated[str, typer.Argument(metavar="PROJECT_TITLE", help="The project's title, 3 to 50 characters.")]
Url = Annotated[str, typer.Option("--url", envvar="LABEL_STUDIO_URL", help="The server's address.", show_default=True)]
Token = Annotated[
    str,
    typer.Option(
        "--token",
        envvar="LABEL_STUDIO_API_KEY",
        show_default=False,
        help="A legacy or personal access token. Others on this machine can see it on the command line: better set "
        "the variable. It goes to the server and nowhere else.",
    ),
]
Timeout = Annotated[float, typer.Option("--timeout", min=1, help="Seconds that one answer may take.")]
Patience = Annotated[
    float, typer.Option("--patience", min=0, help="Seconds of nothing but failures after which it is given up.")
]
Out = Annotated[Path, typer.Option("--out", help="The file of documents; .jsonl keeps all of them.")]
Export = Annotated[
    Path | None, typer.Option("--export", help="Also keep the tasks as the server has them, JSON with all annotations.")
]
Drafts = Annotated[bool, typer.Option("--drafts", help="Read drafts that were not submitted too.")]
Predictions = Annotated[bool, typer.Option("--predictions", help="Read predictions too, not only annotations.")]

_T = TypeVar("_T")

_URL = "http://localhost:8080"
_TIMEOUT, _PATIENCE = 300.0, 120.0  # as in goldwire.annotation.connection, whose import this file need not pay


@label.command("config")
def config_(
    layer: Layers = None,
    scheme: SchemeFile = None,
    out: Annotated[Path | None, typer.Option("--out", help="A file; default: standard output.")] = None,
) -> None:
    """The labeling config, to paste into a project's settings; push sets it by itself.

    Example: goldwire label config --layer quotes --out quotes.xml
    """
    from goldwire.annotation.labeling import LAYERS, config
    from goldwire.corpus.store import replacing

    text = config(_scheme(scheme), _named(layer) or LAYERS)
    if out is None:
        typer.echo(text, nl=False)
    else:
        with replacing(out) as file:
            file.write(text.encode("utf-8"))


@label.command("tasks")
def tasks_(
    inputs: Inputs,
    out: Annotated[Path, typer.Option("--out", help="The file of tasks, JSON.")],
    gold_as: GoldAsOption = GoldAs.ANNOTATION,
    pre_annotate: PreAnnotate = None,
    layer: Layers = None,
    scheme: SchemeFile = None,
) -> None:
    """Make annotation tasks of documents, checked for all that Label Studio would lose.

    Example: goldwire label tasks articles/*.txt --pre-annotate natasha --pre-annotate rules --out tasks.json
    """
    from goldwire.annotation.taskfiles import write_tasks
    from goldwire.annotation.vetting import task_layers, vet

    made, proposals = _made(inputs, gold_as, pre_annotate, layer, scheme)
    _vetted(lambda: vet(made, task_layers(made) or _named(layer) or _all(), _scheme(scheme)))
    count = write_tasks(out, made)
    typer.echo(f"Written: {out}, {_several(count, 'task')}")
    _report_proposals(proposals)


@label.command("push")
def push_(
    title: Title,
    inputs: Inputs,
    gold_as: GoldAsOption = GoldAs.ANNOTATION,
    pre_annotate: PreAnnotate = None,
    layer: Layers = None,
    scheme: SchemeFile = None,
    url: Url = _URL,
    token: Token = "",
    timeout: Timeout = _TIMEOUT,
    patience: Patience = _PATIENCE,
) -> None:
    """Send tasks to a project, which is made if there is none; what is there already is not sent again.

    Example: goldwire label push "Palmyra" articles.jsonl --layer entities
    """
    connection = _connection(url, token, timeout, patience)
    proposals = _push(connection, title, inputs, gold_as, pre_annotate, layer, scheme)
    _report_proposals(proposals)


@label.command("pull")
def pull_(
    titles: Annotated[
        list[str],
        typer.Argument(metavar="PROJECT_TITLE…", help="Projects; those of one layer each are merged by document."),
    ],
    out: Out,
    export: Export = None,
    drafts: Drafts = False,
    predictions: Predictions = False,
    scheme: SchemeFile = None,
    url: Url = _URL,
    token: Token = "",
    timeout: Timeout = _TIMEOUT,
    patience: Patience = _PATIENCE,
) -> None:
    """Write what was annotated as documents, and list everything that could not be understood.

    Exit code 1 says that something of an annotation is not in the documents, or will be lost on the server.

    Example: goldwire label pull "Palmyra" --out gold.jsonl
    """
    connection = _connection(url, token, timeout, patience)
    _pull(connection, titles, out, export, drafts, predictions, scheme)


@label.command("sync")
def sync_(
    title: Title,
    inputs: Inputs,
    out: Out,
    gold_as: GoldAsOption = GoldAs.ANNOTATION,
    pre_annotate: PreAnnotate = None,
    layer: Layers = None,
    scheme: SchemeFile = None,
    export: Export = None,
    drafts: Drafts = False,
    predictions: Predictions = False,
    url: Url = _URL,
    token: Token = "",
    timeout: Timeout = _TIMEOUT,
    patience: Patience = _PATIENCE,
) -> None:
    """Push what the server does not have, then pull what was annotated.

    Example: goldwire label sync "Palmyra" articles.jsonl --out gold.jsonl
    """
    connection = _connection(url, token, timeout, patience)
    proposals = _push(connection, title, inputs, gold_as, pre_annotate, layer, scheme)
    _pull(connection, [title], out, export, drafts, predictions, scheme)
    _report_proposals(proposals)


def _push(
    connection: Connection,
    title: str,
    inputs: Sequence[Path],
    gold_as: GoldAs,
    pre_annotate: Sequence[str] | None,
    layer: Sequence[Layer] | None,
    scheme: Path | None,
) -> Proposals:
    from goldwire.annotation.server import push

    made, proposals = _made(inputs, gold_as, pre_annotate, layer, scheme)

    def run() -> Pushed:
        with _Bar("push") as bar:
            return push(
                connection,
                title,
                made,
                scheme=_scheme(scheme),
                layers=_named(layer) or None,
                on_total=bar.total,
                on_sent=bar.advance,
            )

    pushed = _vetted(run)
    _problems(pushed.problems)
    there = f", {pushed.there} were there" if pushed.there else ""
    typer.echo(f"Pushed: {_several(pushed.sent, 'task')}{there}; project {pushed.project}, {pushed.url}")
    return proposals


def _pull(
    connection: Connection,
    titles: Sequence[str],
    out: Path,
    export: Path | None,
    drafts: bool,
    predictions: bool,
    scheme: Path | None,
) -> None:
    from goldwire.annotation.server import pull
    from goldwire.annotation.taskfiles import write_tasks
    from goldwire.corpus.formats import Losses
    from goldwire.io import write

    pulled: Pulled = pull(connection, titles, scheme=_scheme(scheme), drafts=drafts, predictions=predictions)
    if export is not None:
        write_tasks(export, pulled.tasks)
    losses = Losses()
    count = write(out, pulled.exported.documents, losses=losses)
    errors = _problems(pulled.exported.problems)
    _losses(losses)
    typer.echo(f"Written: {out}, {_several(count, 'document')} of {_several(len(pulled.tasks), 'task')}")
    if errors:
        typer.echo(f"goldwire: {_several(errors, 'error')}: see above what is not in {out}", err=True)
        raise typer.Exit(1)


def _connection(url: str, token: str, timeout: float, patience: float) -> Connection:
    from goldwire.annotation.connection import Connection

    return Connection(url, token, timeout=timeout, patience=patience)


def _made(
    inputs: Sequence[Path],
    gold_as: GoldAs,
    pre_annotate: Sequence[str] | None,
    layer: Sequence[Layer] | None,
    scheme: Path | None,
) -> tuple[list[Task], Proposals]:
    """The tasks of the files, and what became of the extractors."""
    from goldwire.annotation.proposals import Proposals
    from goldwire.corpus.formats import Losses

    losses = Losses()
    extractors = [_extractor(what, losses) for what in pre_annotate or ()]
    proposals = Proposals(extractors, gold_as=gold_as.value, layers=_named(layer) or _all(), scheme=_scheme(scheme))
    made: list[Task] = []
    with _Bar("tasks") as bar:
        for path in inputs:
            listed = _listed(path)
            if listed is not None and extractors:
                raise UsageError(f"{path}: found tasks, expected documents to --pre-annotate; make the tasks anew")
            found: Iterable[Task] = proposals.tasks(_documents(path, losses)) if listed is None else listed
            for task in found:
                made.append(task)
                bar.advance(1)
    _losses(losses)
    if not made:
        raise InputError(Problem("no-documents", "no document", "one or more", "check the path", file=str(inputs[0])))
    return made, proposals


def _listed(path: Path) -> list[Task] | None:
    """The tasks of a ``.json`` file; ``None`` for another file, also for one of documents."""
    from goldwire.annotation.taskfiles import read_tasks
    from goldwire.corpus.formats import format_of

    if path.suffix != ".json":
        return None
    try:
        return read_tasks(path)
    except InputError as error:
        if error.problem.code == "not-tasks" and format_of(path) is not None:
            return None
        raise


def _documents(path: Path, losses: Losses) -> Iterator[Document]:
    """The documents of a file or folder; of a ``.txt`` file or a folder of nothing else, the plain texts."""
    from goldwire.annotation.taskfiles import read_text
    from goldwire.scoring import documents_of

    if path.is_dir():
        texts = sorted(file for file in path.iterdir() if not file.name.startswith("."))
        plain = bool(texts) and all(file.suffix == ".txt" for file in texts)
    else:
        texts, plain = [path], path.suffix == ".txt"
    if plain:
        yield from map(read_text, texts)
    else:
        yield from documents_of(str(path), losses)


def _extractor(what: str, losses: Losses) -> Extractor:
    """An extractor by name, or the predictions of a file under its name."""
    from goldwire.annotation.proposals import ReadyMade
    from goldwire.eval.extractors import find, options_of, parse
    from goldwire.io import read

    found = parse(what)
    if found.kind == "file":
        return ReadyMade(Path(found.target).stem, read(found.target, losses=losses), options_of(found).labels)
    return find(what)


def _report_proposals(proposals: Proposals) -> None:
    """Say what extractors gave that is in no task; exit with 3 where one failed."""
    for (name, theirs), count in sorted(proposals.unknown.items()):
        typer.echo(
            f"warning: {name}: found {theirs!r} on {_several(count, 'mention')}, expected a label of the label set; "
            "they were left out [unknown-label]",
            err=True,
        )
    _problems(proposals.failures)
    if proposals.failures:
        typer.echo(f"goldwire: {_several(len(proposals.failures), 'prediction')} failed: see above", err=True)
        raise typer.Exit(3)


def _vetted(run: Callable[[], _T]) -> _T:
    """What ``run`` gives; every problem of tasks that must not leave is listed, and the exit code is 1."""
    from goldwire.annotation.vetting import TasksError

    try:
        return run()
    except TasksError as error:
        count = _problems(error.problems)
        typer.echo(f"goldwire: {_several(count, 'problem')} in the tasks, and none was sent or written", err=True)
        raise typer.Exit(1) from None


def _problems(problems: Iterable[Problem]) -> int:
    """List problems on standard error, and say how many are errors."""
    errors = 0
    for problem in problems:
        errors += problem.severity == "error"
        typer.echo(f"{problem.severity}: {problem}", err=True)
    return errors


def _losses(losses: Losses) -> None:
    """Say what a format has no place for."""
    for document, what, number, places in losses:
        place = f" at {places[0]}" if places else ""
        typer.echo(f"warning: {document}: {what}{place}, {number:,} times: left out [left-out]", err=True)


def _scheme(path: Path | None) -> Scheme:
    from goldwire.corpus.scheme import SCHEME, read_scheme

    return SCHEME if path is None else read_scheme(path)


def _named(layer: Sequence[Layer] | None) -> tuple[str, ...]:
    """The layers asked for, in the order of the page; ``()`` for none."""
    return tuple(name for name in _all() if name in {chosen.value for chosen in layer or ()})


def _all() -> tuple[str, ...]:
    from goldwire.annotation.labeling import LAYERS

    return LAYERS


def _several(count: int, noun: str) -> str:
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


class _Bar:
    """A progress bar on standard error; nothing where that is no terminal."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> _Bar:
        from rich import progress
        from rich.console import Console

        console = Console(stderr=True)
        columns = (
            progress.TextColumn("{task.description}"),
            progress.BarColumn(),
            progress.MofNCompleteColumn(),
            progress.TimeRemainingColumn(),
        )
        self._progress = progress.Progress(*columns, console=console, disable=not console.is_terminal, transient=True)
        self._task: Any = self._progress.add_task(self._name, total=None)
        self._progress.start()
        return self

    def total(self, count: int) -> None:
        """So many steps in all."""
        self._progress.update(self._task, total=count)

    def advance(self, count: int) -> None:
        """So many steps more."""
        self._progress.advance(self._task, count)

    def __exit__(self, *_: object) -> None:
        self._progress.stop()
