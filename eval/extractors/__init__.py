"""Extractors by name: built-ins, those that other packages register, any Python callable, and predictions already made.

Other packages register an extractor under the entry point group ``goldwire.extractors``.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Mapping
from importlib.metadata import entry_points
from pathlib import Path
from types import MappingProxyType

from goldwire.corpus.errors import ExtractorError, UsageError, reason
from goldwire.eval.extractors.callables import from_object
from goldwire.eval.extractors.protocol import Extractor

__all__ = ["BUILT_IN", "GROUP", "Extractor", "available", "find", "require"]

GROUP = "goldwire.extractors"

BUILT_IN: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "natasha": ("goldwire.eval.baselines.names:Natasha", "natasha"),
        "natasha-rules": ("goldwire.eval.baselines.mentions:NatashaRules", "natasha"),
        "rules": ("goldwire.eval.baselines.rules:Rules", ""),
    }
)
"""Name → where it is, and the package that it needs (which is also the extra that brings it)."""


def available() -> dict[str, bool]:
    """Every extractor known by name, and whether it is installed."""
    known = {
        name: not package or importlib.util.find_spec(package) is not None for name, (_, package) in BUILT_IN.items()
    }
    return known | {point.name: True for point in entry_points(group=GROUP)}


def require(what: str) -> None:
    """Refuse a name that ``find`` cannot know, before any work is done.

    Raises
    ------
    UsageError
        Nothing has that name, or a built-in's package is not installed.
    """
    package = BUILT_IN[what][1] if what in BUILT_IN else ""
    if package and importlib.util.find_spec(package) is None:
        raise UsageError(f"extractor {what!r}: {package} is not installed; pip install 'goldwire[{package}]'")
    if what not in available() and ":" not in what:
        known = ", ".join(available())
        raise UsageError(
            f"extractor {what!r}: found no such name or file; expected {known}, package.module:attribute, or a file"
        )


def find(what: str) -> Extractor:
    """The extractor that ``what`` names: a built-in, a registered one, or ``package.module:attribute``.

    Raises
    ------
    UsageError
        Nothing has that name.
    ExtractorError
        It cannot be imported or made.
    """
    require(what)
    registered = {point.name: point.value for point in entry_points(group=GROUP)}
    where = BUILT_IN[what][0] if what in BUILT_IN else registered.get(what, what)
    return from_object(_imported(where), what)


def _imported(where: str) -> object:
    module, _, path = where.partition(":")
    if (here := str(Path.cwd())) not in sys.path:
        sys.path.insert(0, here)  # a module of one's own folder, as with python -m
    try:
        found: object = importlib.import_module(module)
        for name in path.split("."):
            found = getattr(found, name)
    except (Exception, SystemExit) as error:  # whatever the other side's import raises is its failure, told in words
        hint = "; is it on the Python path?" if isinstance(error, ModuleNotFoundError) else ""
        raise ExtractorError(f"extractor {where!r}: cannot be imported: {reason(error)}{hint}") from error
    return found
