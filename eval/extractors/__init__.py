"""Extractors by what ``goldwire bench`` takes: ``find(WHAT)`` is the only seam.

Names are built in, or registered by other packages under the entry point group ``goldwire.extractors``.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path

from goldwire.corpus.errors import ExtractorError, UsageError, reason
from goldwire.eval.extractors.callables import from_object
from goldwire.eval.extractors.configured import Configured, options_of
from goldwire.eval.extractors.protocol import Extractor
from goldwire.eval.extractors.specification import (
    ADAPTERS,
    BUILT_IN,
    COMMON,
    FORMS,
    GROUP,
    Specification,
    adapter,
    parse,
    registered,
)

__all__ = [
    "ADAPTERS",
    "BUILT_IN",
    "GROUP",
    "Extractor",
    "Specification",
    "available",
    "find",
    "listing",
    "notice",
    "options_of",
    "parse",
    "require",
]


def available() -> dict[str, bool]:
    """Every extractor known by name, and whether it is installed."""
    known = {name: not made.package or _installed(made.package) for name, made in BUILT_IN.items()}
    return known | dict.fromkeys(registered(), True)


def listing() -> Iterator[str]:
    """The lines of ``goldwire bench --list``: the names, then the other ways of plugging in."""
    for name, installed in available().items():
        made = BUILT_IN.get(name)
        missing = "" if installed or made is None else f" (not installed: pip install '{made.install}')"
        yield name + missing + (f": {made.notice}" if made is not None and made.notice else "")
    yield "package.module:attribute: a Python callable or class (runs that code)"
    yield from (f"{form}: {definition}" for form, definition in FORMS.values())
    yield "a file or folder that goldwire convert reads: predictions already made"
    options = ", ".join(f"{option}= {definition}" for option, definition in COMMON.items())
    yield f"Options of one extractor, WHAT?key=value&key=value: {options}"


def notice(what: str) -> str:
    """What the user of the extractor of that name must know, such as the terms of its licence; empty for nothing."""
    made = BUILT_IN.get(what)
    return "" if made is None else made.notice


def require(what: str) -> None:
    """Refuse what ``find`` cannot make, as far as that can be known before any work is done.

    Raises
    ------
    UsageError
        Nothing has that name, its options are not sound, or the package that it needs is not installed.
    InputError
        Its label map cannot be read.
    """
    found = parse(what)
    options_of(found)
    if found.kind in ADAPTERS:
        adapter(found.kind).require(found.target)
    made = BUILT_IN.get(found.target) if found.kind == "name" else None
    if made is not None and made.package and not _installed(made.package):
        raise UsageError(f"extractor {what!r}: {made.package} is not installed; pip install '{made.install}'")


def find(what: str) -> Extractor:
    """The extractor that ``what`` names, with its options applied.

    Its documents have offsets wherever the extractor's strings could be placed in the text.

    Raises
    ------
    UsageError
        Nothing has that name, or its options are not sound.
    ExtractorError
        It cannot be imported or made, or it is a file: predictions are read, not extracted.
    """
    require(what)
    found = parse(what)
    if found.kind == "file":
        raise ExtractorError(f"extractor {what!r}: found a file, expected an extractor: its predictions are made")
    if found.kind in ADAPTERS:
        made: Extractor = adapter(found.kind).make(found.target, found.own)
    else:
        built = BUILT_IN.get(found.target)
        where = built.where if built is not None else registered().get(found.target, found.target)
        made = from_object(_imported(where), what)
    return Configured(made, found)


def _installed(package: str) -> bool:
    return importlib.util.find_spec(package) is not None


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
