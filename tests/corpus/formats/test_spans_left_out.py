"""What ``{text, spans}`` lines hold beside their spans is counted, not dropped in silence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from goldwire.corpus.formats import Losses, format_named


@pytest.mark.parametrize(
    ("line", "counted"),
    [
        (
            {"label": [[0, 1, "X"]], "entities": [{"id": 1, "start_offset": 1, "end_offset": 2, "label": "Y"}]},
            {"spans under 'label'": 1},
        ),
        ({"spans": [], "label": [[0, 1, "X"], [1, 2, "Y"]]}, {"spans under 'label'": 2}),
        ({"spans": [{"start": 0, "end": 1, "label": "X", "zork": 9}]}, {"key 'zork' of a span": 1}),
        ({"spans": [], "meta": "mine"}, {"meta that is no object": 1}),
    ],
    ids=["two lists", "an empty list first", "a key of a span", "meta of another kind"],
)
def test_it_is_counted(tmp_path: Path, line: dict[str, Any], counted: dict[str, int]) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps({"text": "abc", **line}), encoding="utf-8")
    losses = Losses()
    assert len(list(format_named("spans").read(tmp_path / "a.jsonl", losses))) == 1
    assert losses.totals() == counted
