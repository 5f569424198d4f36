"""The matching of METRICS.md section 1 by brute force: every assignment is tried. Small, slow and obvious.

A mention is (start, end, type). Shares no code with the package.
"""

from __future__ import annotations

from collections.abc import Iterator

Mention = tuple[int, int, str]
Pairs = tuple[tuple[int, int], ...]


def assignments(
    gold: list[Mention], predicted: list[Mention], used: frozenset[int] = frozenset(), at: int = 0
) -> Iterator[Pairs]:
    """Every one-to-one assignment of overlapping mentions, as sorted pairs of indices."""
    if at == len(gold):
        yield ()
        return
    for rest in assignments(gold, predicted, used, at + 1):
        yield rest
    for j, guess in enumerate(predicted):
        if j not in used and shared(gold[at], guess) > 0:
            for rest in assignments(gold, predicted, used | {j}, at + 1):
                yield ((at, j), *rest)


def shared(a: Mention, b: Mention) -> int:
    return min(a[1], b[1]) - max(a[0], b[0])


def is_correct(scheme: str, a: Mention, b: Mention) -> bool:
    return {"strict": a == b, "exact": a[:2] == b[:2], "partial": a[:2] == b[:2], "type": a[2] == b[2]}[scheme]


def best(scheme: str, gold: list[Mention], predicted: list[Mention]) -> Pairs:
    """The optimal assignment; both sides must be sorted, so that indices are span order."""

    def worth(pairs: Pairs) -> tuple[object, ...]:
        chosen = [(gold[i], predicted[j]) for i, j in pairs]
        return (
            -sum(is_correct(scheme, a, b) for a, b in chosen),
            -len(chosen),
            -sum(a[:2] == b[:2] for a, b in chosen),
            -sum(a[2] == b[2] for a, b in chosen),
            -sum(shared(a, b) for a, b in chosen),
            pairs,
        )

    return min(assignments(gold, predicted), key=worth)
