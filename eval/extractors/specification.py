"""WHAT, as ``goldwire bench WHAT`` takes it: a way of plugging in, its target, and options for this extractor alone.

``natasha``, ``package.module:attribute``, ``predictions.jsonl`` or ``PREFIX:TARGET``, and behind the last ``?``
options, ``key=value`` joined by ``&``; values stand as they are, nothing is escaped. A command, a URL and a path may
have question marks of their own: what follows the last one is options there if every key is one of ours, and a ``?``
with nothing behind it ends those that could be mistaken, as in ``http://host/path?view=wide?``.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Collection, Mapping
from importlib.metadata import entry_points
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from goldwire.corpus.errors import UsageError, shown
from goldwire.corpus.formats.goldwire import SUFFIXES

__all__ = [
    "ADAPTERS",
    "BUILT_IN",
    "COMMON",
    "FORMS",
    "GROUP",
    "BuiltIn",
    "Specification",
    "adapter",
    "parse",
    "registered",
]

GROUP = "goldwire.extractors"
"""The entry point group under which other packages register extractors."""


class BuiltIn(NamedTuple):
    """Where a built-in is, the package that it needs, what ``pip install`` brings that, and what its user must know."""

    where: str
    package: str = ""
    install: str = ""
    notice: str = ""


BUILT_IN: Mapping[str, BuiltIn] = MappingProxyType(
    {
        "natasha": BuiltIn("goldwire.eval.baselines.names:Natasha", "natasha", "goldwire[natasha]"),
        "natasha-rules": BuiltIn("goldwire.eval.baselines.mentions:NatashaRules", "natasha", "goldwire[natasha]"),
        "pullenti": BuiltIn(
            "goldwire.eval.baselines.pullenti:Pullenti",
            "pullenti",
            "pullenti",
            "its licence allows non-commercial use only",
        ),
        "rules": BuiltIn("goldwire.eval.baselines.rules:Rules"),
    }
)
"""Name → built-in."""

ADAPTERS: Mapping[str, str] = MappingProxyType(
    {
        "cmd": "goldwire.eval.extractors.command",
        "http": "goldwire.eval.extractors.http",
        "spacy": "goldwire.eval.extractors.spacy",
        "hf": "goldwire.eval.extractors.huggingface",
        "gliner": "goldwire.eval.extractors.gliner",
        "openai": "goldwire.eval.extractors.openai",
    }
)
"""Prefix → module, all of one shape.

``make(target, options) -> Extractor`` makes it (``ExtractorError``: it cannot be made), ``require(target)`` refuses
early, with a ``UsageError``, what cannot be made for want of an extra; ``OPTIONS`` names the options of its own and
says what each is. Options that all have are applied around it, and are not passed on.
"""

FORMS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "cmd": ("cmd:COMMAND", "a process, JSON lines in and out, in any language (runs it)"),
        "http": ("http://HOST/PATH, https://…", "a service, the same objects posted (sends the texts there)"),
        "spacy": ("spacy:PIPELINE", "an installed pipeline, or the folder of one"),
        "hf": ("hf:MODEL", "a token classification model of transformers"),
        "gliner": ("gliner:MODEL", "a GLiNER model"),
        "openai": ("openai:MODEL", "a model behind an OpenAI-compatible API (sends the texts there)"),
    }
)
"""Prefix → how it is written, and what it is."""

COMMON: Mapping[str, str] = MappingProxyType(
    {
        "labels": "a TOML file that maps its labels to the task's",
        "view": "the task it is judged in",
        "alignment": "how strings without offsets find their place",
        "layers": "the layers that are taken from it, joined by commas",
    }
)
"""The options that every extractor takes."""

_OF_THEIR_OWN = ("cmd", "http", "file")
"""The kinds whose target may hold question marks."""


class Specification(NamedTuple):
    """A WHAT, taken apart.

    ``kind`` is a prefix of ``ADAPTERS``, ``name`` (built in or registered), ``object`` (``package.module:attribute``)
    or ``file`` (predictions already made). ``name`` is what reports call it: as it was given, without the user and
    password of a URL.
    """

    kind: str
    target: str
    options: Mapping[str, str]
    name: str

    @property
    def own(self) -> dict[str, str]:
        """The options that are not common to all."""
        return {key: value for key, value in self.options.items() if key not in COMMON}


def parse(what: str) -> Specification:
    """Take a WHAT apart. A known prefix or name goes before a file of that name: write ``./natasha`` for the file.

    >>> parse("cmd:./tag --fast?view=names").options
    {'view': 'names'}
    >>> parse("http://127.0.0.1:8000/tag?model=small").target
    'http://127.0.0.1:8000/tag?model=small'

    Raises
    ------
    UsageError
        It is nothing of the kind, or its options are not sound.
    """
    body, mark, tail = what.rpartition("?")
    whole = not mark or _kind(what) == "file"
    kind = _kind(what if whole else body)
    options = {} if whole else _options(what, kind, tail)
    if options is None:  # a question mark of the target's own
        body, options = what, {}
    target = what if whole else body
    if kind == "":
        known = ", ".join([*BUILT_IN, *registered()])
        prefixes = ", ".join(form for form, _ in FORMS.values())
        raise UsageError(
            f"extractor {what!r}: found no such name or file; expected {known}, package.module:attribute, {prefixes}, "
            "or a file"
        )
    if kind in ADAPTERS and kind != "http":
        target = target.removeprefix(f"{kind}:")
        if not target.strip():
            raise UsageError(f"extractor {what!r}: found nothing behind the colon, expected {FORMS[kind][0]}")
    return Specification(kind, target, options, _public(what) if kind == "http" else what)


def registered() -> dict[str, str]:
    """Name → ``package.module:attribute`` of what other packages register."""
    return {point.name: point.value for point in entry_points(group=GROUP)}


def adapter(kind: str) -> Any:
    """The module of a prefix."""
    return importlib.import_module(ADAPTERS[kind])


def _kind(text: str) -> str:
    """The kind of a WHAT without options; empty for none."""
    prefix, colon, rest = text.partition(":")
    if prefix in ("http", "https") and rest.startswith("//"):
        return "http"
    if colon and prefix in ADAPTERS and prefix != "http":
        return prefix
    if text in BUILT_IN or text in registered():
        return "name"
    if text == "-" or text.endswith(SUFFIXES) or (bool(text) and _exists(text)):
        return "file"
    return "object" if colon and rest else ""


def _exists(path: str) -> bool:
    try:
        return Path(path).exists()
    except (OSError, ValueError):  # too long for a path, or with a null in it
        return False


def _options(what: str, kind: str, tail: str) -> dict[str, str] | None:
    """The options behind the last question mark; ``None`` where it is the target's own."""
    pairs = [pair.partition("=") for pair in tail.split("&")] if tail else []
    keys = [key for key, _, _ in pairs]
    known = _known(kind)
    if kind in _OF_THEIR_OWN:
        strange = [key for key, mark, _ in pairs if not mark or key not in (known or ())]
        if strange and len(strange) < len(pairs):
            ours = ", ".join(key for key in keys if key not in strange)
            raise UsageError(
                f"extractor {what!r}: found {ours}, options of ours, beside {shown(strange[0])}; expected ours behind "
                "a ? of their own, and one more ? at the end where none is"
            )
        if strange:
            return None
    for key, mark, value in pairs:
        if not key or not mark or not value:
            raise UsageError(f"extractor {what!r}: found {shown('='.join([key, value]))}, expected key=value")
        if known is not None and key not in known:
            raise UsageError(f"extractor {what!r}: found the option {key!r}, expected some of {', '.join(known)}")
        if keys.count(key) > 1:
            raise UsageError(f"extractor {what!r}: found the option {key!r} twice, expected it once")
    return {key: value for key, _, value in pairs}


def _known(kind: str) -> Collection[str] | None:
    """The options of a kind; ``None``: its module does not say."""
    if kind not in ADAPTERS:
        return COMMON
    own: Mapping[str, str] | None = getattr(adapter(kind), "OPTIONS", None)
    return None if own is None else [*COMMON, *own]


def _public(what: str) -> str:
    """A URL without user and password."""
    try:
        found = urlsplit(what).netloc.rpartition("@")[0]
    except ValueError:
        found = ""
    return re.sub(re.escape(found) + "@", "", what, count=1) if found else what
