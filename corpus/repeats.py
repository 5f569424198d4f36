"""Keys that a JSON object gives twice: JSON's readers keep the last value, and say nothing of the others."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from goldwire.corpus.errors import Problem, shown

__all__ = ["repeats"]


class _Twice(dict[str, Any]):
    """An object that gives a key twice, with all its pairs."""

    pairs: list[tuple[str, Any]]


def repeats(line: bytes) -> Iterator[Problem]:
    """Every key that an object of a line of JSON gives more than once, in any place; none for what is no JSON.

    This is Python's own reader, four times as slow as the one that scores: for where a record is judged.
    """
    met = False

    def made(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal met
        known = dict(pairs)
        if len(known) == len(pairs):
            return known
        met, twice = True, _Twice(known)
        twice.pairs = pairs
        return twice

    try:
        value = json.loads(line, object_pairs_hook=made)
    except (ValueError, RecursionError):
        return
    if met:
        yield from _repeats(value, "")


def _repeats(value: Any, field: str) -> Iterator[Problem]:
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _repeats(item, f"{field}[{index}]")
    if not isinstance(value, dict):
        return
    pairs = value.pairs if isinstance(value, _Twice) else list(value.items())
    counts = Counter(key for key, _ in pairs)
    for key, count in counts.items():
        name = key if key.isidentifier() else shown(key)
        place = f"{field}.{name}" if field else name
        values = [item for other, item in pairs if other == key]
        if count > 1:
            found = " and ".join(shown(item) for item in values)
            remedy = "leave one of them: the last counts, and the others are dropped"
            yield Problem("repeated-key", found, "a key once", remedy, place)
        for item in values:
            yield from _repeats(item, place)
