"""What was right and wrong in a RUN, read back from its folder, and held against its result.

The gold is read again from where ``run.json`` says that it was; its hash must be the one in the signatures, and the
findings must add up to the counts in ``result.json``. So nothing is shown that is not what was scored.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import count, islice
from pathlib import Path
from typing import Any

from goldwire.corpus.document import Document
from goldwire.corpus.errors import InputError, Problem, UsageError, shown
from goldwire.corpus.manifest import CorpusHash
from goldwire.corpus.places import folders_made
from goldwire.corpus.store import replacing
from goldwire.eval.explained import Explained, explain
from goldwire.eval.labels import LabelMap, as_label_map
from goldwire.eval.measures import MEASURES
from goldwire.eval.report.explained import RunReport
from goldwire.eval.report.leaderboard import Entry
from goldwire.eval.result import Result
from goldwire.eval.signature import parse_signature
from goldwire.eval.views import parse_view
from goldwire.runs import read_run
from goldwire.scoring import Source, documents_of

__all__ = ["MOST_DOCUMENTS", "explained_run", "explained_source", "write_page"]

MOST_DOCUMENTS = 10
"""So many documents are shown in full, those with the most errors."""

_AT_ONCE = 200
_AGAIN = "run goldwire bench again"


def explained_run(
    folder: str | Path,
    *,
    gold: Source | None = None,
    only: Collection[str] = (),
    most: int = MOST_DOCUMENTS,
    on_document: Callable[[], None] = lambda: None,
) -> RunReport:
    """The RUN in ``folder`` with what was right and wrong in it; ``gold`` says where its gold is now.

    ``only`` names the documents to show; without it, the ``most`` that have most errors. ``on_document`` is called
    after each document.

    Raises
    ------
    InputError
        The folder is no RUN, its gold cannot be read or is another, its predictions are not those that were scored.
    UsageError
        ``only`` names a document that gold has not.
    """
    saved = read_run(folder)
    run = saved.run
    entry = Entry(
        saved.name,
        Result.from_dict(saved.result, saved.view),
        run.get("by_gold_authors", False),
        run.get("cold_seconds"),
        run.get("characters_per_second"),
        str(saved.folder),
    )
    source = saved.gold if gold is None else gold
    failures = run.get("failures", {})
    golds = _with_remedy(documents_of(source))
    guesses = documents_of(saved.predictions)
    found = _explained(entry.result, golds, guesses, saved.labels, only, most, failures, on_document)
    return found._replace(entry=entry)


def explained_source(
    result: Result,
    gold: Source | None,
    predicted: Source,
    *,
    labels: LabelMap | dict[str, str | None] | str | Path | None = None,
    most: int = MOST_DOCUMENTS,
) -> RunReport:
    """What was right and wrong in predictions that ``result`` is of; both sources are read once more.

    Raises
    ------
    InputError
        The sources are not those of the result.
    """
    golds, guesses = documents_of(gold), documents_of(predicted)
    name = result.extractor or (Path(predicted).stem if isinstance(predicted, (str, Path)) else "predictions")
    found = _explained(result, golds, guesses, as_label_map(labels), (), most, {}, lambda: None)
    return found._replace(entry=Entry(name, result))


def write_page(path: Path, runs: Sequence[RunReport]) -> None:
    """Write the page of some runs to ``path``, whole or not at all."""
    from goldwire.eval.report.page import page

    content = page(runs).encode("utf-8", "replace")
    with folders_made(path), replacing(path) as file:
        file.write(content)


def _explained(
    result: Result,
    golds: Iterable[Document],
    guesses: Iterable[Document],
    labels: LabelMap | None,
    only: Collection[str],
    most: int,
    failures: dict[str, str],
    on_document: Callable[[], None],
) -> RunReport:
    layers = {MEASURES[name].layer for name in result.scores}
    view, hash_, seen = parse_view(result.view), CorpusHash(), Counter[tuple[str, str]]()
    worst: list[tuple[int, int, Explained]] = []
    wrong: list[tuple[str, int]] = []
    numbers = count()
    pairs = _joined(golds, iter(guesses), failures)
    while batch := list(islice(pairs, _AT_ONCE)):
        for gold, _ in batch:
            hash_.add(gold)
        for one in explain(batch, layers, labels, view):
            if one.gold.id in failures:
                one = one._replace(state="failed", reason=failures[one.gold.id])
            seen.update(_counted(one))
            wrong.append((one.gold.id, one.wrong))
            if not only or one.gold.id in only:
                heapq.heappush(worst, (one.wrong, -next(numbers), one))
                if not only and len(worst) > most:
                    heapq.heappop(worst)
            on_document()
    _refuse_another_gold(result, str(hash_))
    _refuse_other_counts(result, seen)
    if unknown := [name for name in only if name not in {known for known, _ in wrong}]:
        few = ", ".join(shown(name) for name, _ in wrong[:5]) + (" …" if len(wrong) > 5 else "")
        raise UsageError(f"document {shown(unknown[0])}: found no such id, expected one of {few}")
    documents = [one for *_, one in sorted(worst, key=lambda item: item[:2], reverse=True)]
    full = {one.gold.id for one in documents}
    others = [item for item in sorted(wrong, key=lambda item: -item[1]) if item[0] not in full]
    return RunReport(Entry("", result), tuple(documents), tuple(others))


def _with_remedy(golds: Iterator[Document]) -> Iterator[Document]:
    try:
        yield from golds
    except InputError as error:
        remedy = "; ".join(part for part in (error.problem.remedy, "name the gold of the run with --gold") if part)
        raise InputError(replace(error.problem, remedy=remedy)) from None


def _joined(
    golds: Iterable[Document], guesses: Iterator[Document], failures: Collection[str]
) -> Iterator[tuple[Document, Document | None]]:
    """Gold in its order, each with its prediction; where both have one order, few predictions wait."""
    waiting: dict[str, Document] = {}
    for gold in golds:
        while gold.id not in waiting and gold.id not in failures:
            guess = next(guesses, None)
            if guess is None:
                break
            waiting[guess.id] = guess
        yield gold, waiting.pop(gold.id, None)


def _counted(one: Explained) -> Iterator[tuple[str, str]]:
    yield from (("entities.strict", finding.error) for finding in one.mentions.findings)
    yield from (("quotes.who-said-what", said.error) for said in one.quotes)


def _refuse_another_gold(result: Result, found: str) -> None:
    for score in result.scores.values():
        expected = parse_signature(score["signature"]).gold.rpartition("#")[2]
        if not found.startswith(expected):
            what = f"gold with the hash {found[: len(expected)]}"
            raise InputError(Problem("another-gold", what, expected, "name the gold of the run with --gold"))
        return


def _refuse_other_counts(result: Result, seen: Counter[tuple[str, str]]) -> None:
    """Refuse findings that do not add up to the result: another version of the kit, or other predictions."""
    expected: dict[tuple[str, str], Any] = {}
    if classes := result.scores.get("entities.strict", {}).get("errors", {}).get("classes"):
        expected |= {("entities.strict", error): n for error, n in classes.items()}
    if counts := result.scores.get("quotes.who-said-what", {}).get("counts"):
        expected["quotes.who-said-what", "correct"] = counts["hits"]
    for (score, error), n in expected.items():
        if seen[score, error] != n:
            found = f"{seen[score, error]} {error} in {score}"
            raise InputError(Problem("other-predictions", found, f"{n}, as in the result", _AGAIN))
