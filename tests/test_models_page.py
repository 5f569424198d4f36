"""docs/models.md says of options and faults what the modules say."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

PAGE = (Path(__file__).parent.parent / "docs" / "models.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["huggingface", "gliner", "openai"])
def test_every_option_is_on_the_page(name):
    heading = {"huggingface": "hf"}.get(name, name)
    part = PAGE.split(f"\n## {heading}: ")[1].split("\n## ")[0]
    table = part.split("| option | what it does |\n|---|---|\n")[1].split("\n\n")[0]
    options = import_module(f"goldwire.eval.extractors.{name}").OPTIONS
    assert table.splitlines() == [f"| `{option}` | {does} |" for option, does in options.items()]


def test_every_fault_is_on_the_page():
    faults = import_module("goldwire.eval.extractors.answers").FAULTS
    table = PAGE.split("| fault | what was made of it |\n|---|---|\n")[1].split("\n\n")[0]
    assert table.splitlines() == [f"| `{code}` | {meaning} |" for code, meaning in faults.items()]
