"""Tasks of what the command line names: documents, plain texts, files of tasks, extractors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from goldwire.commands.label.options import GoldAs, Layer, layers_of, scheme_of
from goldwire.commands.label.saying import say_losses
from goldwire.commands.options import Progress
from goldwire.corpus.errors import InputError, Problem, UsageError

if TYPE_CHECKING:
    from goldwire.annotation.proposals import Proposals
    from goldwire.annotation.tasks import Task
    from goldwire.corpus.document import Document
    from goldwire.corpus.formats import Losses
    from goldwire.eval.extractors import Extractor

__all__ = ["extractor_of", "listed_in", "made"]


def made(
    inputs: Sequence[Path],
    gold_as: GoldAs,
    pre_annotate: Sequence[str] | None,
    layer: Sequence[Layer] | None,
    scheme: Path | None,
) -> tuple[list[Task], Proposals]:
    """The tasks of the files, and what became of the extractors."""
    from goldwire.annotation.proposals import Proposals
    from goldwire.corpus.formats import Losses

    losses = Losses(closely=True)
    extractors = [extractor_of(what, losses) for what in pre_annotate or ()]
    proposals = Proposals(extractors, gold_as=gold_as.value, layers=layers_of(layer), scheme=scheme_of(scheme))
    tasks: list[Task] = []
    with Progress() as progress:
        advance = progress.start("tasks")
        for path in inputs:
            listed = listed_in(path)
            if listed is not None and extractors:
                raise UsageError(f"{path}: found tasks, expected documents to --pre-annotate; make the tasks anew")
            found: Iterable[Task] = proposals.tasks(_documents(path, losses)) if listed is None else listed
            for task in found:
                tasks.append(task)
                advance()
    say_losses(losses)
    if not tasks:
        raise InputError(Problem("no-documents", "no document", "one or more", "check the path", file=str(inputs[0])))
    return tasks, proposals


def extractor_of(what: str, losses: Losses) -> Extractor:
    """An extractor by name, or the predictions of a file under its name."""
    from goldwire.annotation.proposals import ReadyMade
    from goldwire.eval.extractors import find, options_of, parse
    from goldwire.io import read

    found = parse(what)
    if found.kind == "file":
        return ReadyMade(Path(found.target).stem, read(found.target, losses=losses), options_of(found).labels)
    return find(what)


def listed_in(path: Path) -> list[Task] | None:
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
