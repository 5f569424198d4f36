"""Do the intervals hold what they promise, and how often do the tests cry wolf? The tables of docs/statistics.md.

Corpora are drawn from a model whose true score is known, and go through the functions that the kit itself uses: how
many of the 95 % intervals hold the truth, and how often two systems that are equally good are called different at 5 %.
Run as ``make coverage`` (about five minutes); the tables are written between the marks in docs/statistics.md, with
seed and number of simulations. ``--simulations 200 --print`` is a quick look.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from goldwire.eval.comparison import p_value, swapped
from goldwire.eval.confidence import interval, resampled
from goldwire.eval.measures import MEASURES, Measure
from goldwire.eval.scores import Floats, values

PAGE = Path(__file__).parent.parent / "docs" / "statistics.md"
BEGIN, END = "<!-- written by make coverage: begin -->", "<!-- written by make coverage: end -->"

UNITS = (10, 20, 50, 100, 1000)
SCORES = (0.2, 0.6, 0.9, 0.99)
DRAWS = 2000
AT_ONCE = 50
"""So many simulations share their draws of units."""

MENTIONS = {"document": 20.0, "block": 5.0}
"""Expected gold mentions of a unit."""
SPREAD = 20.0
"""How alike documents are: a document's own chance of a hit is Beta(SPREAD·q, SPREAD·(1 − q))."""
LINES = {"paragraph": 8.0, "subhead": 1.0, "caption": 0.3}
"""Expected lines of a kind in a document."""

Random = np.random.Generator
Sums = dict[str, Floats]
"""For each slot of a measure (units × 4, or with simulations in front)."""


class Model(NamedTuple):
    """What draws corpora: units of all simulations at once, and the true score of each simulation."""

    measure: Measure
    name: str
    draw: Callable[[Random, int, int, float], tuple[Sums, Floats]]


def _own_chance(random: Random, shape: tuple[int, ...], q: float) -> Floats:
    return random.beta(SPREAD * q, SPREAD * (1 - q), shape)


def _found(random: Random, gold: Any, chance: Floats, q: float) -> Floats:
    """Hits and false alarms, as many as misses on average: precision, recall and F1 are all q where chance is."""
    hits = random.binomial(gold, np.broadcast_to(chance, gold.shape))
    spurious = random.poisson(gold * (1 - q))
    return np.stack([hits, hits, hits + spurious, gold], axis=-1).astype(np.float64)


def documents(random: Random, simulations: int, n: int, q: float) -> tuple[Sums, Floats]:
    """Documents of a Poisson number of mentions, each with a chance of its own."""
    gold = 1 + random.poisson(MENTIONS["document"] - 1, (simulations, n))
    return {"": _found(random, gold, _own_chance(random, gold.shape, q), q)}, np.full(simulations, q)


def blocks(random: Random, simulations: int, n: int, q: float) -> tuple[Sums, Floats]:
    """Blocks of one article, whose chance they share; the truth is what more blocks of this article would come to."""
    gold = _crowded(random, simulations, n)
    own = _own_chance(random, (simulations, 1), q)
    # false alarms are (1 − q) a gold mention: F1 = 2c/(c + 1 − q + 1) for the article's own chance c
    return {"": _found(random, gold, own, q)}, (2 * own / (own + 2 - q))[:, 0]


def blocks_for_news(random: Random, simulations: int, n: int, q: float) -> tuple[Sums, Floats]:
    """The same blocks, and as truth what all news would come to."""
    sums, _ = blocks(random, simulations, n, q)
    return sums, np.full(simulations, q)


def _crowded(random: Random, simulations: int, n: int) -> Any:
    """Mentions of blocks: a subhead has few, a paragraph many (Poisson with a mean that is Gamma of shape 1.5)."""
    return random.poisson(random.gamma(1.5, MENTIONS["block"] / 1.5, (simulations, n)))


def shares(random: Random, simulations: int, n: int, q: float) -> tuple[Sums, Floats]:
    """Documents of one section each, left whole or not."""
    whole = random.binomial(1, q, (simulations, n))
    one = np.ones_like(whole)
    return {"": np.stack([whole, whole, one, one], axis=-1).astype(np.float64)}, np.full(simulations, q)


def kinds(random: Random, simulations: int, n: int, q: float) -> tuple[Sums, Floats]:
    """Documents of lines of three kinds, one of them rare; a wrong line goes to the other kinds alike."""
    chance = _own_chance(random, (simulations, n), q)
    names = list(LINES)
    gold = {name: random.poisson(LINES[name], (simulations, n)) for name in names}
    hits = {name: random.binomial(gold[name], chance) for name in names}
    astray = {name: random.binomial(gold[name] - hits[name], 0.5) for name in names}
    predicted = {name: hits[name].copy() for name in names}
    for at, name in enumerate(names):
        one, other = names[at - 1], names[at - 2]
        predicted[one] += astray[name]
        predicted[other] += gold[name] - hits[name] - astray[name]
    sums = {
        name: np.stack([hits[name], hits[name], predicted[name], gold[name]], axis=-1).astype(np.float64)
        for name in names
    }
    expected = {name: q * mean + (1 - q) / 2 * (sum(LINES.values()) - mean) for name, mean in LINES.items()}
    truth = np.mean([2 * q * mean / (expected[name] + mean) for name, mean in LINES.items()])
    return {"": np.zeros((simulations, n, 4)), **sums}, np.full(simulations, truth)


F1, RATE, MACRO = MEASURES["entities.strict"], MEASURES["sections.left-whole"], MEASURES["blocks.kind"]
MODELS = (
    Model(F1, "F1, documents", documents),
    Model(F1, "F1, blocks, of this article", blocks),
    Model(F1, "F1, blocks, taken for news", blocks_for_news),
    Model(RATE, "rate, documents", shares),
    Model(MACRO, "macro F1, documents", kinds),
)


class Held(NamedTuple):
    """Of all simulations: the share of intervals that hold the truth, and that have no width."""

    coverage: float
    pointlike: float


def coverage(model: Model, n: int, q: float, simulations: int, seed: int) -> Held:
    """How the intervals of one model do; a simulation without a defined draw has none, and does not hold the truth."""
    held = pointlike = 0
    for random, number, seed_of_draws in _batches(simulations, seed):
        sums, truth = model.draw(random, number, n, q)
        drawn = _values(model.measure, sums, lambda columns, s=seed_of_draws: resampled(columns, DRAWS, s))
        for found, wanted in zip(map(interval, drawn), truth.tolist(), strict=True):
            held += found is not None and found.low <= wanted <= found.high
            pointlike += found is None or found.low == found.high
    return Held(held / simulations, pointlike / simulations)


def _batches(simulations: int, seed: int) -> Iterator[tuple[Random, int, int]]:
    """A generator, how many simulations, and a seed of their draws, batch by batch."""
    for at, low in enumerate(range(0, simulations, AT_ONCE)):
        parent = np.random.SeedSequence([seed, at])
        yield np.random.default_rng(parent), min(AT_ONCE, simulations - low), int(parent.generate_state(1)[0])


def _values(measure: Measure, sums: Mapping[str, Floats], summing: Callable[[Floats], Floats]) -> Floats:
    """Simulations × draws: the measure's values; ``sums`` are (simulations × units × 4)."""
    return values(measure, {name: _summed(table, summing) for name, table in sums.items()}).reshape(
        len(next(iter(sums.values()))), -1
    )


def _summed(table: Floats, summing: Callable[[Floats], Floats]) -> Floats:
    """(simulations · draws × 4) sums from (simulations × units × 4)."""
    number, n, width = table.shape
    drawn = summing(table.transpose(1, 0, 2).reshape(n, number * width))
    return drawn.reshape(-1, number, width).transpose(1, 0, 2).reshape(-1, width)


Pair = Callable[[Random, int, int, float], tuple[Sums, Sums]]


def alike(model: Model) -> Pair:
    """Two systems of one model: what is hard for one need not be for the other."""

    def draw(random: Random, simulations: int, n: int, q: float) -> tuple[Sums, Sums]:
        if model.measure is RATE:
            return model.draw(random, simulations, n, q)[0], model.draw(random, simulations, n, q)[0]
        if model.measure is MACRO:
            return _on_one_gold_of_lines(random, simulations, n, q)
        gold = 1 + random.poisson(MENTIONS["document"] - 1, (simulations, n))
        if model.name.startswith("F1, blocks"):
            gold = _crowded(random, simulations, n)
        chance = _own_chance(random, gold.shape, q)  # what is hard is hard for both
        one, other = ({"": _found(random, gold, chance, q)} for _ in range(2))
        return one, other

    return draw


def _on_one_gold_of_lines(random: Random, simulations: int, n: int, q: float) -> tuple[Sums, Sums]:
    """Two systems that sort the same lines into kinds."""
    names = list(LINES)
    gold = {name: random.poisson(LINES[name], (simulations, n)) for name in names}
    sides = []
    for _ in range(2):
        hits = {name: random.binomial(gold[name], q) for name in names}
        predicted = {name: hits[name].copy() for name in names}
        for at, name in enumerate(names):
            astray = random.binomial(gold[name] - hits[name], 0.5)
            predicted[names[at - 1]] += astray
            predicted[names[at - 2]] += gold[name] - hits[name] - astray
        tables = {n: np.stack([hits[n], hits[n], predicted[n], gold[n]], axis=-1).astype(np.float64) for n in names}
        sides.append({"": np.zeros((simulations, gold[names[0]].shape[1], 4)), **tables})
    return sides[0], sides[1]


def unlike(random: Random, simulations: int, n: int, q: float) -> tuple[Sums, Sums]:
    """Two systems of one true F1: one finds little and errs little, the other finds much and errs much."""
    gold = 1 + random.poisson(MENTIONS["document"] - 1, (simulations, n))
    sides = []
    for recall in (q - 0.5 * q * (1 - q), q + 0.5 * q * (1 - q)):
        # F1 = 2r/(p + 1) = q for p = 2r/q − 1 predictions a gold mention, of which r are hits
        hits = random.binomial(gold, recall)
        spurious = random.poisson(gold * max(0.0, 2 * recall / q - 1 - recall))
        sides.append({"": np.stack([hits, hits, hits + spurious, gold], axis=-1).astype(np.float64)})
    return sides[0], sides[1]


class Alarms(NamedTuple):
    """Of all simulations the share that each test calls different at 5 %, and that both do."""

    bootstrap: float
    randomisation: float
    both: float


def alarms(measure: Measure, pair: Pair, n: int, q: float, simulations: int, seed: int) -> Alarms:
    """How often the tests err on equally good systems; an undefined difference is no alarm."""
    counts = np.zeros(3)
    for random, number, seed_of_draws in _batches(simulations, seed):
        one, other = pair(random, number, n, q)
        found = _values(measure, other, _whole) - _values(measure, one, _whole)
        drawn = [_values(measure, s, lambda c, s=seed_of_draws: resampled(c, DRAWS, s)) for s in (one, other)]
        steps = {name: other[name] - table for name, table in one.items()}
        moved = {name: _summed(step, lambda c, s=seed_of_draws: swapped(c, DRAWS, s)) for name, step in steps.items()}
        sides = []
        for table, sign in ((one, 1), (other, -1)):
            totals = {name: np.repeat(t.sum(axis=1), DRAWS, axis=0) + sign * moved[name] for name, t in table.items()}
            sides.append(values(measure, totals).reshape(number, DRAWS))
        chance = (_centred(drawn[1] - drawn[0]), sides[1] - sides[0])
        for at, difference in enumerate(found[:, 0].tolist()):
            p = [None if np.isnan(difference) else p_value(by_chance[at], difference) for by_chance in chance]
            called = [v is not None and v <= 0.05 for v in p]
            counts += [*called, all(called)]
    return Alarms(*(counts / simulations).tolist())


def _whole(columns: Floats) -> Floats:
    total: Floats = columns.sum(axis=0, keepdims=True)
    return total


def _centred(drawn: Floats) -> Floats:
    defined = ~np.isnan(drawn)
    mean = np.where(defined, drawn, 0).sum(axis=1) / np.maximum(1, defined.sum(axis=1))
    return drawn - mean[:, None]


PAIRS: Sequence[tuple[str, Measure, Pair]] = (
    ("F1, documents", F1, alike(MODELS[0])),
    ("F1, documents, systems unlike in precision and recall", F1, unlike),
    ("F1, blocks", F1, alike(MODELS[1])),
    ("rate, documents", RATE, alike(MODELS[3])),
    ("macro F1, documents", MACRO, alike(MODELS[4])),
)


def tables(simulations: int, seed: int, advance: Callable[[], None]) -> str:
    """The part of the page that this program writes."""
    lines = [
        f"Seed {seed}, {simulations:,} simulations a cell, {DRAWS:,} draws each; a cell of 95 % is sure to ±"
        f"{196 * (0.95 * 0.05 / simulations) ** 0.5:.1f}. In bold: outside of 93–97 %.",
    ]
    pointlike: dict[str, dict[float, list[str]]] = {}
    for model in MODELS:
        lines += ["", f"**Coverage of the 95 % interval: {model.name}**", "", *_head("true score")]
        for q in SCORES:
            cells = []
            for n in UNITS:
                found = coverage(model, n, q, simulations, seed)
                advance()
                percent = f"{100 * found.coverage:.1f}"
                cells.append(percent if 0.93 <= found.coverage <= 0.97 else f"**{percent}**")
                pointlike.setdefault(model.name, {}).setdefault(q, []).append(f"{100 * found.pointlike:.1f}")
            lines.append(f"| {_true(model.measure, q):.2f} | {' | '.join(cells)} |")
    for model in (MODELS[1], MODELS[3]):
        lines += ["", f"**Intervals without width, in %: {model.name}**", "", *_head("true score")]
        lines += [f"| {q:.2f} | {' | '.join(cells)} |" for q, cells in pointlike[model.name].items()]
    lines += ["", "**False alarms at 5 %: paired bootstrap / randomisation / both.** In bold: above 6 %."]
    for name, measure, pair in PAIRS:
        lines += ["", f"*{name}*", "", *_head("true score")]
        for q in SCORES:
            cells = []
            for n in UNITS:
                found_alarms = alarms(measure, pair, n, q, simulations, seed)
                advance()
                cells.append(" / ".join(f"**{100 * v:.1f}**" if v > 0.06 else f"{100 * v:.1f}" for v in found_alarms))
            lines.append(f"| {_true(measure, q):.2f} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _true(measure: Measure, q: float) -> float:
    """The true score where the chance of a hit is ``q``: of the macro average it is lower, for rare kinds drown."""
    return float(kinds(np.random.default_rng(0), 1, 1, q)[1][0]) if measure is MACRO else q


def _head(first: str) -> list[str]:
    return [f"| {first} | {' | '.join(f'{n:,} units' for n in UNITS)} |", "|---" * (len(UNITS) + 1) + "|"]


def main() -> None:
    """Run all simulations, and write the tables into the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--simulations", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=2016)
    parser.add_argument("--print", action="store_true", help="print the tables and leave the page as it is")
    options = parser.parse_args()
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        total = (len(MODELS) + len(PAIRS)) * len(SCORES) * len(UNITS)
        task = progress.add_task("simulations", total=total)
        made = tables(options.simulations, options.seed, lambda: progress.advance(task))
    if options.print:
        print(made)
        return
    from goldwire.corpus.store import replacing

    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    with replacing(PAGE) as file:
        file.write(f"{before}{BEGIN}\n\n{made}\n\n{END}{after}".encode())
    print(f"Written: {PAGE}")


if __name__ == "__main__":
    main()
