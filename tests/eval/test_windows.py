"""Windows over a text longer than a model reads, and spans that a tokenizer gave."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldwire.eval.extractors.windows import Window, settled, windows


@pytest.mark.parametrize(
    ("sizes", "room", "most", "overlap", "expected"),
    [
        ([], 3, 3, 1, []),
        ([1, 1], 3, 3, 1, [Window(0, 2, 0, 2)]),
        # [0, 3) and [2, 5) share unit 2: the border (3 + 2) // 2 = 2
        ([1] * 5, 3, 3, 1, [Window(0, 3, 0, 2), Window(2, 5, 2, 5)]),
        ([1] * 4, 2, 2, 0, [Window(0, 2, 0, 2), Window(2, 4, 2, 4)]),
        # by size: 2 + 2 fill a room of 4, the 9 stands alone, and no overlap fits beside it
        ([2, 2, 9, 1], 4, 9, 1, [Window(0, 2, 0, 2), Window(2, 3, 2, 3), Window(3, 4, 3, 4)]),
        ([1] * 4, 9, 3, 1, [Window(0, 3, 0, 2), Window(2, 4, 2, 4)]),  # by number
    ],
)
def test_windows(sizes, room, most, overlap, expected):
    assert windows(sizes, room, most, overlap) == expected


@given(
    sizes=st.lists(st.integers(0, 9), max_size=40),
    room=st.integers(1, 12),
    most=st.integers(1, 12),
    overlap=st.integers(0, 11),
)
def test_each_unit_is_judged_once_in_a_window_that_holds_it(sizes, room, most, overlap):
    cut = windows(sizes, room, most, overlap)
    assert [unit for window in cut for unit in range(window.own, window.until)] == list(range(len(sizes)))
    for window in cut:
        assert window.start <= window.own <= window.until <= window.end
        assert window.end - window.start <= most
        assert sum(sizes[window.start : window.end]) <= room or window.end - window.start == 1
    for left, right in pairwise(cut):
        assert left.start < right.start
        assert left.end < right.end
        assert right.start >= left.end - overlap


@given(text=st.text("аи\u0306\ufe0f \u00a0\r\n🙂", max_size=8), data=st.data())
def test_a_settled_span_has_no_blank_ends_and_parts_no_letter_from_its_marks(text, data):
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    span = settled(start, end, text)
    inner = text[start:end]
    if span is None:
        assert not inner.strip()
        return
    assert text[slice(*span)].strip() == text[slice(*span)]
    assert inner.strip() in text[slice(*span)]
    assert span[1] == len(text) or not unicodedata.category(text[span[1]]).startswith("M")
    added = text[span[0] : start] + text[end : span[1]]
    assert all(unicodedata.category(c).startswith("M") for c in added[1:])  # a letter at the most, and marks
