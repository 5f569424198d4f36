"""The options that all extractors have, on an extractor or on predictions already made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from msgspec.structs import replace

from goldwire.corpus.document import LAYERS, UNSET, Document
from goldwire.corpus.errors import UsageError
from goldwire.eval.alignment import Policy, parse_policy, with_offsets
from goldwire.eval.extractors.outputs import document_of
from goldwire.eval.extractors.protocol import Extractor
from goldwire.eval.extractors.specification import Specification
from goldwire.eval.labels import LabelMap, read_label_map
from goldwire.eval.views import parse_view

__all__ = ["Configured", "Options", "options_of"]


class Options(NamedTuple):
    """What was asked for behind the question mark; ``None`` and ``()`` where nothing was."""

    labels: LabelMap | None = None
    view: str | None = None
    alignment: str | None = None
    layers: tuple[str, ...] = ()

    def applied(self, found: Document, text: str, policy: Policy) -> Document:
        """``found`` with the layers asked for, and with offsets wherever its strings have a place in ``text``."""
        found = with_offsets(found, text, policy)
        dropped = {layer: UNSET for layer in found.layers() if self.layers and layer not in self.layers}
        return replace(found, **dropped) if dropped else found


def options_of(what: Specification) -> Options:
    """The options that all extractors have, read and checked.

    Raises
    ------
    UsageError
        An unknown view, alignment or layer.
    InputError
        The label map cannot be read.
    """
    given = what.options
    layers = tuple(given["layers"].split(",")) if "layers" in given else ()
    if unknown := set(layers) - set(LAYERS):
        raise UsageError(
            f"extractor {what.name!r}: found the layers {sorted(unknown)}, expected some of {', '.join(LAYERS)}"
        )
    if "alignment" in given:
        parse_policy(given["alignment"])
    view = str(parse_view(given["view"])) if "view" in given else None
    labels = read_label_map(given["labels"]) if "labels" in given else None
    return Options(labels, view, given.get("alignment"), layers)


class Configured:
    """What ``find`` gives: an extractor under the name it was asked by, the options in place of what it declares.

    Strings without offsets are placed in the text by its alignment; how each ended stands in the mention's ``extra``.
    """

    def __init__(self, made: Extractor, what: Specification) -> None:
        self._made = made
        self._options = options_of(what)
        self.name: str = what.name
        self.version: str = made.version
        self.layers: tuple[str, ...] = self._options.layers or made.layers
        self.labels: LabelMap | None = self._options.labels or made.labels
        self.view: str = self._options.view or str(parse_view(made.view))
        self.alignment: str = self._options.alignment or made.alignment
        self.by_gold_authors: bool = made.by_gold_authors
        self._policy = parse_policy(self.alignment)
        self.timed: bool = getattr(made, "timed", True)

    @property
    def details(self) -> Mapping[str, Any]:
        """What the extractor tells of itself for ``run.json``: its model, its parameters, what it cost."""
        return getattr(self._made, "details", {})

    def extract(self, document: Document) -> Document:
        """The layers asked for, with offsets wherever the strings have a place."""
        found = self._made.extract(document)
        if found.sha256 is UNSET:
            found = document_of(found, document)
        return self._options.applied(found, document.text or "", self._policy)

    def close(self) -> None:
        """End what it started, such as a process; an extractor that started nothing has nothing to end."""
        end = getattr(self._made, "close", None)
        if end is not None:
            end()
