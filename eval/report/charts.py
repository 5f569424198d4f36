"""Drawings for the page: inline SVG that scales, takes its colours from the style sheet, and has a name for readers."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

__all__ = ["bars", "heat", "whisker"]

_WIDTH, _MIDDLE = 200, 9


def whisker(value: float, interval: Sequence[float] | None) -> str:
    """A point on a line from 0 to 1, with its interval as a bar with ends.

    >>> 'x1="20.0" x2="180.0"' in whisker(0.5, (0.1, 0.9))
    True
    """
    name = f"{value:.3f}" + (f", 95 % from {interval[0]:.3f} to {interval[1]:.3f}" if interval else "")
    ticks = "".join(
        f'<line class="tick" x1="{at * _WIDTH:.1f}" x2="{at * _WIDTH:.1f}" y1="2" y2="16"/>' for at in (0, 0.5, 1)
    )
    bar = ""
    if interval:
        low, high = (min(1.0, max(0.0, end)) * _WIDTH for end in interval)
        ends = "".join(f'<line class="bar" x1="{x:.1f}" x2="{x:.1f}" y1="5" y2="13"/>' for x in (low, high))
        bar = f'<line class="bar" x1="{low:.1f}" x2="{high:.1f}" y1="{_MIDDLE}" y2="{_MIDDLE}"/>{ends}'
    at = min(1.0, max(0.0, value)) * _WIDTH
    return (
        f'<svg class="whisker" role="img" aria-label="{escape(name)}" viewBox="-5 0 {_WIDTH + 10} 18">'
        f'<line class="axis" x1="0" x2="{_WIDTH}" y1="{_MIDDLE}" y2="{_MIDDLE}"/>{ticks}{bar}'
        f'<circle class="point" cx="{at:.1f}" cy="{_MIDDLE}" r="4"/></svg>'
    )


def bars(values: Sequence[tuple[str, float | None]], name: str) -> str:
    """Upright bars from 0 to 1 with their labels below; an undefined value has no bar.

    >>> bars([("1", 0.5)], "recall").count("<rect")
    1
    """
    step, height = max([40, *(8 * len(label) + 8 for label, _ in values)]), 80
    drawn: list[str] = []
    for at, (label, value) in enumerate(values):
        middle = at * step + step / 2
        if value is not None:
            tall = value * height
            drawn.append(f'<rect x="{middle - 14}" y="{16 + height - tall:.1f}" width="28" height="{tall:.1f}"/>')
            told = f"{value:.2f}".removeprefix("0") if value < 1 else "1"
            drawn.append(f'<text x="{middle}" y="{12 + height - tall:.1f}">{told}</text>')
        drawn.append(f'<text x="{middle}" y="{height + 30}">{escape(label)}</text>')
    width = max(1, len(values)) * step
    told = "; ".join(f"{label}: {'null' if value is None else f'{value:.3f}'}" for label, value in values)
    return (
        f'<svg class="bars" role="img" aria-label="{escape(f"{name}: {told}")}" viewBox="0 0 {width} {height + 34}" '
        f'width="{width}"><line class="axis" x1="0" x2="{width}" y1="{height + 16}" y2="{height + 16}"/>'
        f"{''.join(drawn)}</svg>"
    )


def heat(number: int, most: int) -> int:
    """The shade of a cell: 0 for nothing, 1 to 5 by its share of ``most``.

    >>> [heat(n, 100) for n in (0, 1, 20, 21, 100)]
    [0, 1, 1, 2, 5]
    """
    return 0 if not number else 1 + min(4, (5 * number - 1) // max(1, most))
