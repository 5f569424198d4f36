"""``cmd:COMMAND``: a process in any language, JSON lines over pipes.

One line ``{"id", "text", "lang", "meta"}`` goes in (keys without a value are left out), one line comes out before the
next goes in: the record, or ``{"id", "error"}``. What the process writes to its standard error is its log.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from goldwire.eval.extractors.protocol import Extractor

__all__ = ["OPTIONS", "make", "require"]

OPTIONS: Mapping[str, str] = MappingProxyType({"timeout": "the seconds that one document may take; 600 if not given"})


def require(target: str) -> None:
    raise NotImplementedError


def make(target: str, options: Mapping[str, str]) -> Extractor:
    raise NotImplementedError
