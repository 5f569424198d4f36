"""The assignment problem on connected mentions that are too many to enumerate, solved exactly and all together.

Each gold mention gets a dummy partner, so that a full assignment always exists. Costs are integers whose sums compare
as the criteria of ``matching``; scipy finds one optimum, shortest paths give its potentials, and the edges that are
tight under them hold all optima. Where there are several, rotations along tight edges lead to the least in span order.

Two limits, both far beyond what texts contain: where the integers of a component would pass 2**53 its shared
characters are compared in coarser units, and a component with more than 200,000 edges keeps the optimum that scipy
found.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from goldwire.eval.tally import Integers

__all__ = ["Component", "Edges", "costs", "distinct", "optimal", "overlaps", "solve"]

Booleans = npt.NDArray[np.bool_]

_BATCH = 600
"""Gold mentions given to the solver at once: its work space grows with the batch, and each call has a price."""

_MOST_EDGES = 200_000

_MOST_AT_ONCE = 1 << 22
"""So many edges are in memory together, unless one component has more."""


class Component(NamedTuple):
    """A run of packed mentions, ``size`` from ``first`` on, that no other mention overlaps."""

    first: int
    size: int


class Edges(NamedTuple):
    """Overlapping pairs, sorted by gold then predicted: row and column numbers, cost, and the price of no partner."""

    row: Integers
    column: Integers
    cost: Integers
    dummy: Integers


def solve(
    components: list[Component],
    assignment: str,
    start: Integers,
    end: Integers,
    kind: Integers,
    is_gold: Booleans,
) -> tuple[Integers, Integers, Booleans]:
    """The optimal pairs of all ``components`` (in order): packed indices of gold and predicted, and whether COR."""
    parts = [_solve(part, assignment, start, end, kind, is_gold) for part in _together(components)]
    golds, guesses, correct = (np.concatenate(column) for column in zip(*parts, strict=True))
    return golds, guesses, correct


def _together(components: list[Component]) -> Iterator[list[Component]]:
    """Runs of components whose edges fit into memory together; a larger one is alone."""
    part: list[Component] = []
    edges = 0
    for component in components:
        most = component.size**2 // 4
        if part and edges + most > _MOST_AT_ONCE:
            yield part
            part, edges = [], 0
        part.append(component)
        edges += most
    yield part


def _solve(
    components: list[Component],
    assignment: str,
    start: Integers,
    end: Integers,
    kind: Integers,
    is_gold: Booleans,
) -> tuple[Integers, Integers, Booleans]:
    places = np.concatenate([np.arange(c.first, c.first + c.size) for c in components])
    component = np.repeat(np.arange(len(components)), [c.size for c in components])
    certain = _certain(assignment, start[places], end[places], kind[places], is_gold[places])
    sure = places[certain]
    open_ = np.ones(len(places), np.bool_)
    open_[certain] = open_[certain + 1] = False
    places, component = places[open_], component[open_]
    span = np.cumsum(
        np.diff(start[places], prepend=-1).astype(np.bool_) | np.diff(end[places], prepend=-1).astype(np.bool_)
    )
    of_gold, of_guess = is_gold[places], ~is_gold[places]
    gold, guess = places[of_gold], places[of_guess]
    gold_component, guess_component = component[of_gold], component[of_guess]
    row, column = overlaps(start[gold], end[gold], start[guess], end[guess])
    times = np.bincount(row, minlength=len(gold))  # edges are by row: repeating is faster than indexing
    same_span = np.repeat(span[of_gold], times) == span[of_guess][column]
    same = np.repeat(kind[gold], times) == kind[guess][column]
    correct = _correct(assignment, same_span, same)
    shared = np.minimum(np.repeat(end[gold], times), end[guess][column])
    shared -= np.maximum(np.repeat(start[gold], times), start[guess][column])
    sizes = np.minimum(
        np.bincount(gold_component, minlength=len(components)), np.bincount(guess_component, minlength=len(components))
    )
    cost, dummy = costs((same, same_span, None, correct), shared, gold_component, row, sizes)
    partner = optimal(Edges(row, column, cost, dummy[gold_component]), len(guess), gold_component)
    paired = np.flatnonzero(partner < len(guess))
    golds, guesses = np.concatenate([sure, gold[paired]]), np.concatenate([sure + 1, guess[partner[paired]]])
    equal = (start[golds] == start[guesses]) & (end[golds] == end[guesses])
    alike = kind[golds] == kind[guesses]
    return golds, guesses, _correct(assignment, equal, alike)


def _correct(assignment: str, span: Booleans, same: Booleans) -> Booleans:
    """Which pairs are COR, of equal spans and equal types."""
    return {"strict": span & same, "exact": span, "type": same}[assignment]


def _certain(assignment: str, start: Integers, end: Integers, kind: Integers, is_gold: Booleans) -> Integers:
    """Gold mentions that stand before an equal prediction, and are paired with it in every optimal assignment.

    In ``strict`` each such pair is one COR more, and excludes no other; in ``exact`` so where no third mention has the
    same span. In ``type`` nothing is certain: one pair can stand in the way of two.
    """
    if assignment == "type":
        return np.zeros(0, np.int64)
    span = (start[1:] == start[:-1]) & (end[1:] == end[:-1])
    equal = span & (kind[1:] == kind[:-1]) & is_gold[:-1] & ~is_gold[1:]
    if assignment == "exact":
        equal[1:] &= ~span[:-1]
        equal[:-1] &= ~span[1:]
    return np.flatnonzero(equal)


def overlaps(
    gold_start: Integers, gold_end: Integers, guess_start: Integers, guess_end: Integers
) -> tuple[Integers, Integers]:
    """All pairs that share a character, by row then column: both sides are sorted by start."""
    # a guess overlaps where it begins before the gold ends, and ends after the gold begins
    high = np.searchsorted(guess_start, gold_end)
    low = np.minimum(np.searchsorted(np.maximum.accumulate(guess_end), gold_start, "right"), high)
    before, inside = np.searchsorted(gold_start, guess_start), np.searchsorted(gold_start, guess_end)
    begun = np.searchsorted(guess_start, gold_start, "right")
    edges = int((inside - before).sum() + (high - begun).sum())
    if int((high - low).sum()) <= 2 * edges:
        row, column = np.repeat(np.arange(len(gold_start)), high - low), _ranges(low, high)
        reached = guess_end[column] > gold_start[row]
        return (row, column) if reached.all() else (row[reached], column[reached])
    # one long guess among many short ones: the gold begins inside the guess, or the guess after it and inside it
    column = np.concatenate([np.repeat(np.arange(len(guess_start)), inside - before), _ranges(begun, high)])
    row = np.concatenate([_ranges(before, inside), np.repeat(np.arange(len(gold_start)), high - begun)])
    order = np.argsort(row * len(guess_start) + column)
    return row[order], column[order]


def _ranges(low: Integers, high: Integers) -> Integers:
    length = high - low
    ends = np.cumsum(length)
    result: Integers = np.arange(int(length.sum())) - np.repeat(ends - length, length) + np.repeat(low, length)
    return result


def costs(
    levels: Sequence[Booleans | None], shared: Integers, component: Integers, row: Integers, sizes: Integers
) -> tuple[Integers, Integers]:
    """Per edge its cost, per component the cost of no partner; a lower sum is a better assignment.

    ``levels`` say of each edge whether it counts, the least important first; ``None`` counts every edge. All outweigh
    the ``shared`` characters. ``component`` is that of each gold mention, ``row`` the gold mention of each edge,
    ``sizes`` how many pairs a component can have. A level that no edge of a component has takes no room in its
    integers; where they would pass 2**52, the characters are compared in coarser units.
    """
    if len(sizes) == 1:  # as large ones are

        def each(values: Integers) -> Integers:
            return values

        def number(level: Booleans | None) -> Integers:
            return np.array([len(row) if level is None else np.count_nonzero(level)])

        def most(values: Integers) -> Integers:
            return np.array([values.max(initial=0)])

    else:
        of_edge = component[row]

        def each(values: Integers) -> Integers:
            return values[of_edge]

        def number(level: Booleans | None) -> Integers:
            return np.bincount(of_edge if level is None else of_edge[level], minlength=len(sizes))

        def most(values: Integers) -> Integers:
            greatest = np.zeros(len(sizes), np.int64)
            np.maximum.at(greatest, of_edge, values)
            return greatest

    room = [np.minimum(number(level), sizes) for level in levels]
    characters = most(shared)
    bits = sum(np.log2(n + 1.0) for n in (*room, sizes)) + np.log2(sizes * characters + 2.0)
    coarse = np.maximum(0, np.ceil(bits - 52)).astype(np.int64)
    weight = shared >> each(coarse)
    unit = sizes * (characters >> coarse) + 1
    for level, n in zip(levels, room, strict=True):
        weight += each(unit) if level is None else each(unit) * level
        unit = unit * (n + 1)
    dummy = most(weight) + 1
    return np.subtract(each(dummy), weight, out=weight), dummy


def optimal(edges: Edges, n_guess: int, component: Integers) -> Integers:
    """For each gold its column in the optimal assignment; columns from ``n_guess`` on are the golds' own dummies."""
    partner = _optimum(edges, n_guess, component)
    number = np.bincount(component, np.bincount(edges.row, minlength=len(component)))
    return _least(edges, partner, n_guess, component) if (number <= _MOST_EDGES).any() else partner


def _optimum(edges: Edges, n_guess: int, component: Integers) -> Integers:
    """One optimal assignment, of those that there are."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    n_gold = len(component)
    partner = np.empty(n_gold, np.int64)
    starts = np.flatnonzero(np.diff(component, prepend=-1))
    low = 0
    while low < n_gold:
        later = starts[starts >= low + _BATCH]
        high = int(later[0]) if len(later) else n_gold
        begin, stop = np.searchsorted(edges.row, (low, high))
        columns, column = distinct(edges.column[begin:stop])
        row, golds = edges.row[begin:stop] - low, np.arange(high - low)
        # each row ends with its dummy, the last of its columns
        begins = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=len(golds)) + 1)])
        place = np.add(row, np.arange(len(row)), out=row)
        cost, number = np.empty(begins[-1]), np.empty(begins[-1], np.int32)
        cost[place], number[place] = edges.cost[begin:stop], column
        cost[begins[1:] - 1], number[begins[1:] - 1] = edges.dummy[low:high], len(columns) + golds
        graph = csr_array((cost, number, begins.astype(np.int32)), shape=(len(golds), len(columns) + len(golds)))
        row, column = min_weight_full_bipartite_matching(graph)
        real = column < len(columns)
        partner[low + row[real]] = columns[column[real]]
        partner[low + row[~real]] = n_guess + low + row[~real]
        low = high
    return partner


def distinct(values: Integers) -> tuple[Integers, Integers]:
    """The values that there are, sorted, and where each is among them; faster than sorting, for small ones."""
    there = np.zeros(int(values.max(initial=-1)) + 1, np.bool_)
    there[values] = True
    number = np.cumsum(there) - 1
    return np.flatnonzero(there), number[values]


def _least(edges: Edges, partner: Integers, n_guess: int, component: Integers) -> Integers:
    """Of all optimal assignments the least in span order, from any one of them."""
    n_gold = len(partner)
    row = np.concatenate([edges.row, np.arange(n_gold)])
    column = np.concatenate([edges.column, n_guess + np.arange(n_gold)])
    cost = np.concatenate([edges.cost, edges.dummy])
    matched = column == partner[row]
    price = np.empty(n_gold, np.int64)
    price[row[matched]] = cost[matched]
    step = cost - price[row]
    source = partner[row]
    potential = _potentials(source, column, step, n_guess + n_gold)
    tight = ~matched & (potential[column] == potential[source] + step)
    row, column, source = row[tight], column[tight], source[tight]

    if not len(row):
        return partner
    # moves between columns; one hub a component joins the columns that may stand free
    taken = np.zeros(n_guess + n_gold, np.bool_)
    taken[partner] = True
    free = ~taken[column]
    may_be_free = potential[partner] == 0
    hub = n_guess + n_gold + component
    tail = np.concatenate([source, column[free], hub[may_be_free]])
    head = np.concatenate([column, hub[row[free]], partner[may_be_free]])
    ring = _rings(tail, head, int(hub[-1]) + 1)
    edges_of = np.bincount(component[edges.row], minlength=int(component[-1]) + 1)
    several = (ring[source] == ring[column]) & (edges_of[component[row]] <= _MOST_EDGES)
    if not several.any():
        return partner
    rotation = _Rotation(partner.tolist(), potential == 0)
    for gold, other, home in zip(
        row[several].tolist(), column[several].tolist(), hub[row[several]].tolist(), strict=True
    ):
        rotation.allow(gold, other, home)
    return np.array(rotation.least(), np.int64)


def _rings(tail: Integers, head: Integers, n: int) -> Integers:
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    graph = csr_array((np.ones(len(tail), np.int8), (tail, head)), shape=(n, n))
    labels: Integers = connected_components(graph, directed=True, connection="strong")[1]
    return labels


def _potentials(source: Integers, column: Integers, step: Integers, n: int) -> Integers:
    """Shortest distances to every column from a root at distance 0 of all (Bellman and Ford, all edges at once)."""
    potential = np.zeros(n, np.int64)
    while True:
        reached = potential.copy()
        np.minimum.at(reached, column, potential[source] + step)
        if np.array_equal(reached, potential):
            return potential
        potential = reached


class _Rotation:
    """An optimal assignment, and the columns that each gold has in any optimal one; turned step by step to the least.

    A column that no gold holds leads to the hub of its component, and the hub to the columns that may become free.
    """

    def __init__(self, partner: list[int], may_be_free: Booleans) -> None:
        self._partner = partner
        self._holder = {column: gold for gold, column in enumerate(partner)}
        self._may_be_free = may_be_free
        self._choices: defaultdict[int, set[int]] = defaultdict(set)
        self._hub: dict[int, int] = {}
        self._around: defaultdict[int, set[int]] = defaultdict(set)

    def allow(self, gold: int, column: int, hub: int) -> None:
        """Say that an optimal assignment exists in which ``gold`` has ``column``."""
        own = self._partner[gold]
        self._choices[gold] |= {column, own}
        for place in (column, own):
            self._hub[place] = hub
            if self._may_be_free[place]:
                self._around[hub].add(place)

    def least(self) -> list[int]:
        """Each gold, in span order, moves to the least column that it can have without loss."""
        fixed: set[int] = set()
        for gold in sorted(self._choices):
            for column in sorted(self._choices[gold]):
                own = self._partner[gold]
                if column == own:
                    break
                path = None if column in fixed else self._path(column, own, fixed)
                if path is not None:
                    self._move([own, *path])
                    break
            fixed.add(self._partner[gold])
        return self._partner

    def _path(self, start: int, goal: int, fixed: set[int]) -> list[int] | None:
        before = {start: start}
        queue = [start]
        for node in queue:
            for following in self._onward(node):
                if following in before or following in fixed:
                    continue
                before[following] = node
                if following == goal:
                    path = [goal]
                    while path[-1] != start:
                        path.append(before[path[-1]])
                    return path[::-1]
                queue.append(following)
        return None

    def _onward(self, node: int) -> Iterable[int]:
        if node not in self._hub:  # a hub itself
            return sorted(column for column in self._around[node] if column in self._holder)
        if node in self._holder:
            return sorted(self._choices[self._holder[node]])
        return (self._hub[node],)

    def _move(self, path: list[int]) -> None:
        """The gold at each column of ``path`` moves to the next one; the last column is the first."""
        moves = [(self._holder.get(a), b) for a, b in itertools.pairwise(path)]
        for column in path:
            self._holder.pop(column, None)
        for gold, column in moves:
            if gold is not None and column in self._hub:
                self._partner[gold] = column
                self._holder[column] = gold
