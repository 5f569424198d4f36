"""What the answers of a paid service took, as documents tell it in ``extra["usage"]``: summed over a corpus."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from goldwire.corpus.document import Document

__all__ = ["total_usage"]


def total_usage(documents: Iterable[Document]) -> dict[str, Any]:
    """Numbers summed, lists of names joined and sorted; empty where no document tells of any.

    It counts what the answers took when they were given, also those that now came from a disk.

    >>> total_usage([Document(id=c, extra={"usage": {"requests": 2, "served_by": [c]}}) for c in "ba"])
    {'requests': 4, 'served_by': ['a', 'b']}
    """
    total: dict[str, Any] = {}
    for document in documents:
        used = document.extra.get("usage") if document.extra else None
        for name, value in used.items() if isinstance(used, dict) else ():
            if isinstance(value, list):
                total[name] = sorted({*total.get(name, ()), *map(str, value)})
            elif isinstance(value, int):
                total[name] = total.get(name, 0) + value
    return total
