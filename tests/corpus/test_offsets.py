"""UTF-16 units and UTF-8 bytes to and from code points."""

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldwire.corpus.errors import InputError
from goldwire.corpus.offsets import from_utf8, from_utf16, to_utf8, to_utf16

# code points, UTF-16 units and UTF-8 bytes before each place, counted by hand
TABLE = [
    ("", [0], [0], [0]),
    ("ab", [0, 1, 2], [0, 1, 2], [0, 1, 2]),
    ("Пу", [0, 1, 2], [0, 1, 2], [0, 2, 4]),
    ("a🙂\r\nя", [0, 1, 2, 3, 4, 5], [0, 1, 3, 4, 5, 6], [0, 1, 5, 6, 7, 9]),
    ("AA\ud800", [0, 1, 2, 3], [0, 1, 2, 3], [0, 1, 2, 5]),
    ("е\u0301\u2028", [0, 1, 2, 3], [0, 1, 2, 3], [0, 2, 4, 7]),
]


@pytest.mark.parametrize(("text", "points", "utf16", "utf8"), TABLE)
def test_counts_made_by_hand(text: str, points: list[int], utf16: list[int], utf8: list[int]) -> None:
    assert [to_utf16(text, at) for at in points] == utf16
    assert [to_utf8(text, at) for at in points] == utf8
    assert [from_utf16(text, at) for at in utf16] == points
    assert [from_utf8(text, at) for at in utf8] == points


@pytest.mark.parametrize(
    ("convert", "text", "offset", "message"),
    [
        (to_utf16, "ab", 3, "found offset 3, expected an offset within [0, 2] code points"),
        (to_utf8, "ab", -1, "found offset -1, expected an offset within [0, 2] code points"),
        (from_utf16, "🙂", 3, "found offset 3, expected an offset within [0, 2] UTF-16 units"),
        (from_utf8, "я", 3, "found offset 3, expected an offset within [0, 2] UTF-8 bytes"),
        (
            from_utf16,
            "a🙂b",
            2,
            "found offset 2 in UTF-16 units, inside '🙂' at code point 1, expected an offset between",
        ),
        (
            from_utf8,
            "a🙂b",
            3,
            "found offset 3 in UTF-8 bytes, inside '🙂' at code point 1, expected an offset between",
        ),
        (from_utf8, "яя", 3, "found offset 3 in UTF-8 bytes, inside 'я' at code point 1, expected an offset between"),
    ],
)
def test_messages(convert: Callable[[str, int], int], text: str, offset: int, message: str) -> None:
    with pytest.raises(InputError, match=re.escape(message)):
        convert(text, offset)


@given(st.text(st.characters(categories=("L", "M", "So", "Zs", "Cs", "Cc"))), st.data())
def test_there_and_back(text: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text)))
    # two lone surrogates side by side are one character in UTF-16: Python alone tells them apart
    if not any("\ud800" <= c <= "\udfff" for c in text):
        assert from_utf16(text, to_utf16(text, at)) == at
    assert from_utf8(text, to_utf8(text, at)) == at
