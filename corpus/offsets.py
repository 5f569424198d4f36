"""Offsets in other units: UTF-16 code units and UTF-8 bytes to and from code points, stated once.

An offset counts the units before a place, from 0 to the length of the text in that unit; so the two ends of a
half-open span convert one by one. Code points are Python's own unit; JavaScript and Java count UTF-16 units, where an
emoji is two; Go, Rust and C count bytes of UTF-8.
"""

from __future__ import annotations

from goldwire.corpus.errors import InputError, Problem, shown

__all__ = ["from_utf8", "from_utf16", "to_utf8", "to_utf16"]


def to_utf16(text: str, offset: int) -> int:
    """The number of UTF-16 units in the first ``offset`` code points of ``text``; 0 for 0 and for an empty text.

    >>> to_utf16("a🙂b", 2)
    3

    Raises
    ------
    InputError
        ``offset`` is negative or beyond the text.
    """
    return _to_units(text, offset, "utf-16-le", 2)


def from_utf16(text: str, units: int) -> int:
    """The number of code points of ``text`` that fill its first ``units`` UTF-16 units; 0 for 0 and an empty text.

    >>> from_utf16("a🙂b", 3)
    2

    Raises
    ------
    InputError
        ``units`` is negative, beyond the text, or between the two halves of a surrogate pair.
    """
    return _from_units(text, units, "utf-16-le", 2, "UTF-16 units")


def to_utf8(text: str, offset: int) -> int:
    """The number of UTF-8 bytes in the first ``offset`` code points of ``text``; 0 for 0 and for an empty text.

    >>> to_utf8("Путин", 2)
    4

    Raises
    ------
    InputError
        ``offset`` is negative or beyond the text.
    """
    return _to_units(text, offset, "utf-8", 1)


def from_utf8(text: str, units: int) -> int:
    """The number of code points of ``text`` that fill its first ``units`` UTF-8 bytes; 0 for 0 and an empty text.

    >>> from_utf8("Путин", 4)
    2

    Raises
    ------
    InputError
        ``units`` is negative, beyond the text, or inside a character.
    """
    return _from_units(text, units, "utf-8", 1, "UTF-8 bytes")


def _to_units(text: str, offset: int, codec: str, width: int) -> int:
    if not 0 <= offset <= len(text):
        raise InputError(
            Problem(
                "offset-outside-text",
                f"offset {offset}",
                f"an offset within [0, {len(text)}] code points",
                "count code points of the raw text from 0",
            )
        )
    return len(text[:offset].encode(codec, "surrogatepass")) // width


def _from_units(text: str, units: int, codec: str, width: int, name: str) -> int:
    data = text.encode(codec, "surrogatepass")
    if not 0 <= units * width <= len(data):
        raise InputError(
            Problem(
                "offset-outside-text",
                f"offset {units}",
                f"an offset within [0, {len(data) // width}] {name}",
                "are these code points, or offsets of another text?",
            )
        )
    # A cut pair or sequence decodes to a replacement or a lone surrogate, which is not what the text has there.
    prefix = data[: units * width]
    offset = min(len(text), len(prefix.decode(codec, "replace")))
    while offset and len(text[:offset].encode(codec, "surrogatepass")) > len(prefix):
        offset -= 1
    if text[:offset].encode(codec, "surrogatepass") != prefix:
        raise InputError(
            Problem(
                "offset-inside-character",
                f"offset {units} in {name}, inside {shown(text[offset])} at code point {offset}",
                "an offset between characters",
                "are these code points, or offsets of another text?",
            )
        )
    return offset
