"""The tests on torch, transformers and gliner: ``make test-models`` installs these and runs those, ``-m models``."""

from __future__ import annotations

from pathlib import Path

import pytest


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Where these are not asked for they are not even read: that alone would take seconds."""
    return None if config.getoption("markexpr") == "models" else True


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests of this folder bear the marker."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker("models")
