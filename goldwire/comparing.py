"""Compare runs on one task: what ``goldwire compare`` does.

Differences, intervals and p come from the runs' rows alone; who wins on which mentions and quotes, from their
predictions and the gold that they were judged on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from goldwire.corpus.document import Document
from goldwire.corpus.errors import GoldwireError, InputError, Problem, UsageError, shown
from goldwire.corpus.manifest import CorpusHash
from goldwire.eval.comparison import Difference, differences, holm
from goldwire.eval.confidence import refuse_draws
from goldwire.eval.context import Context, in_line
from goldwire.eval.measures import MEASURES, Measure, parse_measure
from goldwire.eval.outcomes import Outcome, mention_outcomes, quote_outcomes
from goldwire.eval.rows import as_rows, read_rows
from goldwire.eval.signature import Signature, parse_signature
from goldwire.eval.tally import Tally
from goldwire.eval.views import parse_view
from goldwire.io import read
from goldwire.runs import SavedRun, read_run
from goldwire.scoring import documents_of

__all__ = ["BEST", "Against", "Comparison", "Corrected", "Win", "Wins", "compare"]

BEST = "best"
"""The base is the run that has the best value of the first score."""

SIDES = ("base_only", "other_only", "both", "neither")
_WIDTH = 64
"""Characters of context in an example."""


class Win(NamedTuple):
    """A gold item that one run finds and the other does not, in its line, and what the other makes of it."""

    outcome: Outcome
    context: Context
    instead: str

    def to_dict(self) -> dict[str, Any]:
        """The item as JSON holds it."""
        one = self.outcome
        return {
            "document": one.document,
            "start": one.start,
            "end": one.end,
            "label": one.label,
            **self.context._asdict(),
            "error": one.error,
            "instead": self.instead,
        }


class Wins(NamedTuple):
    """How many gold items the base alone finds, the other alone, both, neither; and examples of the first two.

    The outcome in an example is that of the run that does not find the item.
    """

    counts: dict[str, int]
    examples: dict[str, list[Win]]

    def to_dict(self) -> dict[str, Any]:
        """The wins as JSON holds them."""
        return {
            **self.counts,
            "examples": {side: [win.to_dict() for win in wins] for side, wins in self.examples.items()},
        }


class Corrected(NamedTuple):
    """A difference, and its two p after Holm's correction over all comparisons made."""

    found: Difference
    bootstrap_p: float | None
    randomisation_p: float | None

    @property
    def told_apart(self) -> bool:
        """Whether both corrected p are 0.05 or less."""
        return all(p is not None and p <= 0.05 for p in (self.bootstrap_p, self.randomisation_p))


@dataclass(frozen=True, slots=True)
class Against:
    """One run against the base: a difference for each score that both have, and who finds what."""

    name: str
    scores: dict[str, Corrected]
    wins: dict[str, Wins]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Runs of one task against a base.

    ``signature`` is that of every run, without the score; ``values`` maps a run's name to the figures of its
    ``result.json`` by score; ``comparisons`` is how many were tested, and what Holm's correction is over.
    """

    base: str
    signature: Signature
    scores: list[str]
    units: int
    documents: int
    draws: int
    seed: int
    folders: dict[str, str]
    values: dict[str, dict[str, dict[str, Any]]]
    against: list[Against]
    comparisons: int
    warnings: list[str]

    def to_dict(self) -> dict[str, Any]:
        """The comparison as JSON: ``goldwire-compare/1``."""
        task = self.signature._asdict()
        task.pop("score")
        return {
            "schema": "goldwire-compare/1",
            "base": self.base,
            "task": task,
            "units": self.units,
            "documents": self.documents,
            "draws": self.draws,
            "seed": self.seed,
            "comparisons": self.comparisons,
            "runs": [
                {
                    "name": name,
                    "folder": folder,
                    "scores": {score: _figures(self.values[name].get(score)) for score in self.scores},
                }
                for name, folder in self.folders.items()
            ],
            "against": [
                {
                    "name": other.name,
                    "scores": {
                        score: {
                            **one.found.to_dict(),
                            "bootstrap_p_holm": one.bootstrap_p,
                            "randomisation_p_holm": one.randomisation_p,
                        }
                        for score, one in other.scores.items()
                    },
                    **{what: wins.to_dict() for what, wins in other.wins.items()},
                }
                for other in self.against
            ],
            "warnings": self.warnings,
        }


def compare(
    folders: Sequence[str | Path],
    *,
    to: str | None = None,
    scores: Sequence[str] = (),
    gold: str | None = None,
    draws: int | None = None,
    seed: int | None = None,
    examples: int = 3,
) -> Comparison:
    """The runs in ``folders`` against the first, against the one that ``to`` names, or against the ``BEST``.

    ``scores`` defaults to the headlines that the base and another run have; ``gold`` to the gold that ``run.json``
    names, ``draws`` and ``seed`` to those of the runs. Of each side's wins ``examples`` are kept.

    Raises
    ------
    UsageError
        Fewer than two runs, one twice, runs of different tasks, an unknown run or score, no score in common.
    InputError
        A folder is no RUN, or its rows do not give the scores of its result.
    """
    runs = _named(folders)
    signature = _one_task(runs)
    warnings: list[str] = []
    chosen = _measures(runs, scores)
    base = _base(runs, to, chosen)
    lacking = [m.name for m in chosen if m.name not in runs[base].result["scores"]]
    if scores and lacking:
        raise UsageError(
            f"score {lacking[0]}: {base} does not have it, expected a base that does; name another with --to"
        )
    chosen = [m for m in chosen if m.name not in lacking]
    others = [name for name in runs if name != base]
    measures = [m for m in chosen if any(m.name in runs[name].result["scores"] for name in others)]
    if not measures:
        listed = "; ".join(f"{name} {', '.join(_layers(run)) or 'nothing'}" for name, run in runs.items())
        raise UsageError(f"no score in common with {base}: the runs attempt {listed}")
    draws, seed = signature.draws if draws is None else draws, signature.seed if seed is None else seed
    refuse_draws(draws, seed)
    documents = _gold(list(runs.values()), signature, gold, warnings)
    tallies = {name: _tally(run) for name, run in runs.items()}
    for name, run in runs.items():
        _refuse_other_rows(run, tallies[name], measures)
        if tallies[name].units() != tallies[base].units():
            found_units, wanted = (f"{len(tallies[one].units())} units" for one in (name, base))
            raise _other_rows(run, "", found_units, f"the {wanted} of {base}")
    found = differences(tallies[base], [tallies[name] for name in others], measures, draws=draws, seed=seed)
    of_both = [
        {score: one for score, one in pair.items() if score in runs[name].result["scores"]}
        for name, pair in zip(others, found, strict=True)
    ]
    corrected, made = _corrected(of_both)
    wins = [_wins(runs[base], runs[name], documents, examples) if documents else {} for name in others]
    warnings += _doubts(tallies[base], of_both, draws, made)
    return Comparison(
        base=base,
        signature=signature,
        scores=[m.name for m in measures],
        units=len(tallies[base].units()),
        documents=len({cell.document for cell in tallies[base].units()}),
        draws=draws,
        seed=seed,
        folders={name: str(runs[name].folder) for name in [base, *others]},
        values={name: run.result["scores"] for name, run in runs.items()},
        against=[Against(name, one, two) for name, one, two in zip(others, corrected, wins, strict=True)],
        comparisons=made,
        warnings=warnings,
    )


def _figures(score: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if score is None else {key: score[key] for key in ("value", "interval") if key in score}


def _named(folders: Sequence[str | Path]) -> dict[str, SavedRun]:
    """The runs by name; by folder, where two have one name."""
    places = [Path(folder).resolve() for folder in folders]
    if len(set(places)) < max(2, len(places)):
        listed = ", ".join(str(folder) for folder in folders)
        raise UsageError(f"found {listed or 'nothing'}, expected two or more different RUN folders to compare")
    runs = [read_run(folder) for folder in folders]
    names = [run.name for run in runs]
    return {run.name if names.count(run.name) == 1 else str(run.folder): run for run in runs}


def _one_task(runs: Mapping[str, SavedRun]) -> Signature:
    """The signature of all runs, without the score."""
    tasks: dict[str, Signature] = {}
    for name, run in runs.items():
        try:
            for score in run.result["scores"].values():
                tasks[name] = parse_signature(score["signature"])._replace(score="")
        except (ValueError, TypeError, KeyError, AttributeError):
            file = str(run.folder / "result.json")
            wanted = "scores, each with its signature"
            raise InputError(Problem("no-signature", "scores without one", wanted, field="scores", file=file)) from None
    if not tasks:
        raise UsageError(f"no score in common: none of {', '.join(runs)} attempts anything that the gold has")
    (first, task), *rest = tasks.items()
    for name, other in rest:
        parts = [
            f"{part} is {ours} and {theirs}"
            for part, ours, theirs in zip(Signature._fields, task, other, strict=True)
            if ours != theirs
        ]
        if parts:
            raise UsageError(
                f"{first} and {name} were not judged on one task: {'; '.join(parts)}; judge both alike, with the same "
                "--gold, --view, --draws and --seed"
            )
    return task


def _layers(run: SavedRun) -> list[str]:
    return list(dict.fromkeys(MEASURES[name].layer for name in run.result["scores"] if name in MEASURES))


def _measures(runs: Mapping[str, SavedRun], scores: Sequence[str]) -> list[Measure]:
    """The measures to compare, each once."""
    if not scores:
        return [m for m in MEASURES.values() if m.headline]
    wanted = list(dict.fromkeys(parse_measure(name) for name in scores))
    for measure in wanted:
        having = [name for name, run in runs.items() if measure.name in run.result["scores"]]
        if len(having) < 2:
            raise UsageError(
                f"score {measure}: found in {', '.join(having) or 'no run'}, expected two runs that have it"
            )
    return wanted


def _base(runs: Mapping[str, SavedRun], to: str | None, measures: Sequence[Measure]) -> str:
    if to is None:
        return next(iter(runs))
    places = {str(run.folder): name for name, run in runs.items()}
    if to in runs or to in places:
        return to if to in runs else places[to]
    if to != BEST:
        raise UsageError(f"run {to!r}: found no such run, expected one of {', '.join([*runs, BEST])}")
    for measure in measures:
        values = {name: run.result["scores"].get(measure.name, {}).get("value") for name, run in runs.items()}
        defined = {name: -v if measure.lower_is_better else v for name, v in values.items() if v is not None}
        if len(defined) > 1:
            return max(defined, key=lambda name: defined[name])
    return next(iter(runs))


def _gold(
    runs: Sequence[SavedRun], signature: Signature, given: str | None, warnings: list[str]
) -> list[Document] | None:
    """The gold that the runs were judged on, if it can still be read; else a warning."""
    wanted = signature.gold.rpartition("#")[2]
    sources = [given] if given is not None else list(dict.fromkeys(run.gold for run in runs))
    reasons = []
    for source in sources:
        try:
            documents = list(documents_of(source))
        except GoldwireError as error:
            if given is not None:
                raise
            reasons.append(str(error))
            continue
        if CorpusHash.of(documents).startswith(wanted):
            return documents
        reasons.append(f"{source or 'the embedded gold'} is another now, not {signature.gold}")
    if given is not None:
        raise UsageError(f"--gold {given}: it is not {signature.gold}, on which the runs were judged")
    warnings.append(
        f"gold cannot be read any more: {'; '.join(reasons)}: compared by rows alone, without mentions and quotes; "
        "name it with --gold"
    )
    return None


def _tally(run: SavedRun) -> Tally:
    """The tally of a run; its rows have every cell, counted in or not."""
    tally = Tally()
    for table in read_rows(run.rows).tables():
        tally.add(as_rows(table))
    return tally


def _refuse_other_rows(run: SavedRun, tally: Tally, measures: Sequence[Measure]) -> None:
    """Refuse rows that are not those of the result beside them."""
    from goldwire.eval.figures import Figures

    own = [measure for measure in measures if measure.name in run.result["scores"]]
    figures = Figures(tally, own, 0, 0)
    for measure in own:
        found, wanted = figures.score(measure)["value"], run.result["scores"][measure.name].get("value")
        if found is not wanted and (found is None or wanted is None or abs(found - wanted) > 1e-9):
            wanted_value = f"{shown(wanted)}, the value in result.json"
            raise _other_rows(run, measure.name, f"rows that give {shown(found)}", wanted_value)


def _other_rows(run: SavedRun, field: str, found: str, expected: str) -> InputError:
    remedy = "judge the predictions again with goldwire bench"
    return InputError(Problem("other-rows", found, expected, remedy, field or None, file=str(run.rows)))


def _corrected(pairs: Sequence[Mapping[str, Difference]]) -> tuple[list[dict[str, Corrected]], int]:
    """All differences with Holm's correction over all of them, each kind of test a family; how many tests a kind."""
    places = [(at, score) for at, pair in enumerate(pairs) for score in pair]
    tests = [pairs[at][score] for at, score in places]
    kinds = [[one.bootstrap_p for one in tests], [one.randomisation_p for one in tests]]
    result: list[dict[str, Corrected]] = [{} for _ in pairs]
    for (at, score), one, bootstrap, randomisation in zip(places, tests, *map(holm, kinds), strict=True):
        result[at][score] = Corrected(one, bootstrap, randomisation)
    return result, len(tests) - kinds[1].count(None)


def _doubts(tally: Tally, pairs: Sequence[Mapping[str, Difference]], draws: int, made: int) -> list[str]:
    """What keeps the tests from telling anything."""
    found = [one for pair in pairs for one in pair.values()]
    if draws == 0:
        return ["the runs have no draws: no interval and no p; ask for some with --draws"]
    if found and not made:
        return [f"{len(tally.units())} units are too few, or the scores are of whole documents: no interval and no p"]
    if made > 0.05 * (draws + 1):
        return [f"{draws} draws are too few to tell anything after {made} comparisons: ask for more with --draws"]
    return []


def _wins(base: SavedRun, other: SavedRun, documents: Sequence[Document], examples: int) -> dict[str, Wins]:
    """Who finds which mentions and quotes, of the layers that both attempted."""
    both = set(_layers(base)) & set(_layers(other))
    texts = {document.id: document.text or "" for document in documents}
    predictions = [{document.id: document for document in read(run.predictions)} for run in (base, other)]
    pairs = [[(document, side.get(document.id)) for document in documents] for side in predictions]
    result = {}
    if "mentions" in both:
        view = parse_view(base.view)
        sides = [mention_outcomes(pair, run.labels, view) for run, pair in zip((base, other), pairs, strict=True)]
        result["mentions"] = _won(sides, texts, examples)
    if "quotes" in both:
        result["quotes"] = _won([quote_outcomes(pair) for pair in pairs], texts, examples)
    return result


def _won(sides: Sequence[Iterator[Outcome]], texts: Mapping[str, str], examples: int) -> Wins:
    counts = dict.fromkeys(SIDES, 0)
    kept: dict[str, list[Win]] = {side: [] for side in SIDES[:2]}
    of_gold = [[one for one in side if one.error != "spurious"] for side in sides]
    for ours, theirs in zip(*of_gold, strict=True):
        side = SIDES[2 if ours.hit and theirs.hit else 0 if ours.hit else 1 if theirs.hit else 3]
        counts[side] += 1
        if side in kept and len(kept[side]) < examples:
            loser = theirs if ours.hit else ours
            text = texts[loser.document]
            kept[side].append(Win(loser, in_line(text, loser.start, loser.end, _WIDTH), loser.instead(text)))
    return Wins(counts, kept)
