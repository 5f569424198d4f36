"""The assignment problem, exact, for the few items of one document: quotes, entities.

Integers of any size, so no tie is lost to rounding; mentions, of which there are millions, have ``matching``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

__all__ = ["assign"]

Edge = tuple[int, int]


def assign(edges: Mapping[Edge, tuple[int, ...]]) -> list[Edge]:
    """The one-to-one assignment whose summed weights are lexicographically greatest, as sorted pairs.

    ``edges`` maps (left, right) to a tuple of weights, 0 or more, all of one length, the first non-zero. Among
    assignments of equal weight the sorted list of pairs that is least is taken. No edges give no pairs.

    >>> assign({(0, 0): (3,), (0, 1): (2,), (1, 0): (2,)})
    [(0, 1), (1, 0)]
    """
    return sorted(pair for component in _components(edges) for pair in _solve(component))


def _components(edges: Mapping[Edge, tuple[int, ...]]) -> list[dict[Edge, tuple[int, ...]]]:
    root: dict[tuple[str, int], tuple[str, int]] = {}

    def find(node: tuple[str, int]) -> tuple[str, int]:
        root.setdefault(node, node)
        while root[node] != node:
            root[node] = root[root[node]]
            node = root[node]
        return node

    for left, right in edges:
        root[find(("left", left))] = find(("right", right))
    parts: defaultdict[tuple[str, int], dict[Edge, tuple[int, ...]]] = defaultdict(dict)
    for (left, right), weight in edges.items():
        parts[find(("left", left))][left, right] = weight
    return list(parts.values())


def _solve(edges: dict[Edge, tuple[int, ...]]) -> list[Edge]:
    if len(edges) == 1:
        return list(edges)
    rows, columns = sorted({left for left, _ in edges}), sorted({right for _, right in edges})
    weight = _packed(edges, rows, columns)
    worth = [[weight.get((row, column), 0) for column in columns] + [0] * len(rows) for row in rows]
    return [
        (rows[i], columns[j])
        for i, j in enumerate(_hungarian(worth))
        if j < len(columns) and (rows[i], columns[j]) in edges
    ]


def _packed(edges: dict[Edge, tuple[int, ...]], rows: list[int], columns: list[int]) -> dict[Edge, int]:
    """One integer an edge; sums compare as the sums of the tuples do, and then by the least list of pairs.

    Row i with the column j has the digit j, without one the digit that follows all columns.
    """
    base = len(columns) + 1
    rank = {row: len(rows) - 1 - i for i, row in enumerate(rows)}
    digit = {column: len(columns) - j for j, column in enumerate(columns)}
    packed = {edge: digit[edge[1]] * base ** rank[edge[0]] for edge in edges}
    unit = base ** len(rows)
    for level in range(len(next(iter(edges.values()))) - 1, -1, -1):
        most = dict.fromkeys(rows, 0)
        for edge, weight in edges.items():
            packed[edge] += weight[level] * unit
            most[edge[0]] = max(most[edge[0]], weight[level])
        unit *= sum(most.values()) + 1
    return packed


def _hungarian(worth: list[list[int]]) -> list[int]:
    """The column of each row for the greatest sum (Kuhn 1955, in the shortest-path form); rows ≤ columns."""
    n, m = len(worth), len(worth[0])
    row_price, column_price = [0] * (n + 1), [0] * (m + 1)
    owner, back = [0] * (m + 1), [0] * (m + 1)
    for row in range(1, n + 1):
        owner[0], column = row, 0
        slack: list[int | None] = [None] * (m + 1)
        used = [False] * (m + 1)
        while owner[column]:
            used[column] = True
            current, least, following = owner[column], None, 0
            for j in range(1, m + 1):
                if used[j]:
                    continue
                reduced = -worth[current - 1][j - 1] - row_price[current] - column_price[j]
                known = slack[j]
                if known is None or reduced < known:
                    slack[j], back[j], known = reduced, column, reduced
                if least is None or known < least:
                    least, following = known, j
            change = least or 0
            for j in range(m + 1):
                left = slack[j]
                if used[j]:
                    row_price[owner[j]] += change
                    column_price[j] -= change
                elif left is not None:
                    slack[j] = left - change
            column = following
        while column:
            owner[column] = owner[back[column]]
            column = back[column]
    columns = [0] * n
    for j in range(1, m + 1):
        if owner[j]:
            columns[owner[j] - 1] = j - 1
    return columns
