"""What a format says of a broken file."""

from __future__ import annotations

from pathlib import Path

import pytest

from goldwire.corpus.errors import InputError
from goldwire.corpus.formats import Losses, format_named

__all__ = ["said"]


def said(name: str, path: Path) -> str:
    """The whole message of the error that reading ``path`` ends in, without the folder that it is in."""
    with pytest.raises(InputError) as caught:
        list(format_named(name).read(path, Losses()))
    assert caught.value.exit_code == 1
    return str(caught.value).replace(f"{path.parent}/", "")
