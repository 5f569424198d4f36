"""docs/formats.md says of each format what a round trip shows."""

from __future__ import annotations

import pytest

from goldwire.corpus.formats import NAMES, format_named
from tests.corpus.formats.table import PAGE, PROBES, keeps, page
from tests.corpus.formats.test_laws import WHOLE


@pytest.mark.checkout
def test_the_table_is_what_round_trips_show():
    text = PAGE.read_text(encoding="utf-8")
    assert text == page(text), "write it with: python -m tests.corpus.formats.table"


@pytest.mark.parametrize("name", WHOLE)
def test_formats_that_keep_everything_say_so(name):
    assert all(keeps(name, probe) for probe in PROBES.values())


def test_names_and_modules_agree():
    assert [format_named(name).name for name in NAMES] == list(NAMES)
