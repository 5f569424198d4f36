"""Where torch, transformers and gliner are: ``make test-models`` installs them and runs these."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # tiny


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests of this folder bear the marker ``models``."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("models")
