"""The errors of a run as lines of text: how many of each kind, the most frequent first, with examples in context."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from goldwire.eval.context import in_line
from goldwire.eval.outcomes import Outcome

__all__ = ["failings"]


def failings(outcomes: Iterable[Outcome], texts: Mapping[str, str], examples: int = 3) -> list[str]:
    """A head for each kind of error (``missed``, ``boundary`` …) with its labels, then so many lines of articles.

    ``texts`` maps a document's id to its text. The examples of a kind are of its most frequent labels, in text order;
    the item stands in brackets, what was predicted in its place behind it. Of several documents the id is named.
    Without an error there is no line.
    """
    kinds: defaultdict[str, list[Outcome]] = defaultdict(list)
    for one in outcomes:
        if not one.hit:
            kinds[one.error].append(one)
    lines = []
    for error, found in sorted(kinds.items(), key=lambda item: (-len(item[1]), item[0])):
        labels = Counter(one.label for one in found)
        counted = ", ".join(f"{label} {count}" for label, count in labels.most_common())
        lines.append(f"{error}: {len(found)} ({counted})")
        chosen = sorted(found, key=lambda one: -labels[one.label])[:examples]
        several = len(texts) > 1
        lines += [f"    {_line(one, texts.get(one.document, ''), several=several)}" for one in chosen]
        if len(found) > examples > 0:
            lines.append(f"    … and {len(found) - examples} more")
    return lines


def _line(one: Outcome, text: str, *, several: bool) -> str:
    context = in_line(text, one.start, one.end)
    place = f"{one.document}:{context.line}" if several else f"line {context.line}"
    instead = one.instead(text)
    behind = f" | predicted: {instead}" if instead else ""
    return f"{place} {one.label}: {context.before}[{context.surface}]{context.after}{behind}"
