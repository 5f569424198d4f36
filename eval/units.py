"""Offsets that were counted in another unit: bytes or UTF-16 units where code points are meant."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from goldwire.corpus.document import Document, Span
from goldwire.corpus.errors import InputError
from goldwire.corpus.offsets import from_utf8, from_utf16

__all__ = ["UNITS", "suspected_unit"]

UNITS: Mapping[str, Callable[[str, int], int]] = MappingProxyType(
    {"UTF-8 bytes": from_utf8, "UTF-16 units": from_utf16}
)
"""Units that programs count in, and how their offsets become code points."""

_FEWEST = 3
"""Of fewer mentions nothing is said."""


def suspected_unit(text: str, predicted: Document) -> tuple[str, int] | None:
    """The unit that the offsets of the mentions seem to count in, and how many say so; ``None`` where nothing does.

    A mention says so that lies outside the text or cuts a word as code points, and does neither in the unit. Three must
    be broken, and more than half of all; of these nine in ten must be whole in the unit.
    """
    spans = [(m.start, m.end) for m in predicted.mentions or () if m.start is not None and m.end is not None]
    if len(spans) < _FEWEST or text.isascii():
        return None
    broken = [span for span in spans if not _whole(text, span)]
    if len(broken) < max(_FEWEST, len(spans) // 2 + 1):
        return None
    for unit, convert in UNITS.items():
        sound = sum(_converted(text, span, convert) for span in broken)
        if sound >= 0.9 * len(broken) and sound >= _FEWEST:
            return unit, sound
    return None


def _converted(text: str, span: Span, convert: Callable[[str, int], int]) -> bool:
    try:
        start, end = (convert(text, offset) for offset in span)
    except InputError:
        return False
    return _whole(text, (start, end))


def _whole(text: str, span: Span) -> bool:
    start, end = span
    if not 0 <= start < end <= len(text):
        return False
    return (
        not (_inside(text, start) or _inside(text, end)) and not text[start].isspace() and not text[end - 1].isspace()
    )


def _inside(text: str, at: int) -> bool:
    return 0 < at < len(text) and text[at - 1].isalnum() and text[at].isalnum()
