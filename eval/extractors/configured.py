"""An extractor with the options that all have: label map, view, alignment and layers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from goldwire.corpus.document import LAYERS, UNSET, Document
from goldwire.corpus.errors import UsageError
from goldwire.eval.alignment import parse_policy, with_offsets
from goldwire.eval.extractors.outputs import document_of
from goldwire.eval.extractors.protocol import Extractor
from goldwire.eval.extractors.specification import Specification
from goldwire.eval.labels import LabelMap, read_label_map
from goldwire.eval.views import parse_view

__all__ = ["Configured", "refuse_options"]


class Configured:
    """What ``find`` gives: an extractor under the name it was asked by, the options in place of what it declares.

    Strings without offsets are placed in the text by its alignment; how each ended stands in the mention's ``extra``.
    """

    def __init__(self, made: Extractor, what: Specification) -> None:
        options = what.options
        self._made = made
        self._layers = _layers(what)
        self._policy = parse_policy(options.get("alignment", made.alignment))
        self.name: str = what.name
        self.version: str = made.version
        self.layers: tuple[str, ...] = self._layers or made.layers
        self.labels: LabelMap | None = read_label_map(options["labels"]) if "labels" in options else made.labels
        self.view: str = str(parse_view(options.get("view", made.view)))
        self.alignment: str = options.get("alignment", made.alignment)
        self.by_gold_authors: bool = made.by_gold_authors
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
        found = with_offsets(found, document.text or "", self._policy)
        for layer in LAYERS:
            if self._layers and layer not in self._layers and getattr(found, layer) is not UNSET:
                found = replace(found, **{layer: UNSET})
        return found

    def close(self) -> None:
        """End what it started, such as a process; an extractor that started nothing has nothing to end."""
        end = getattr(self._made, "close", None)
        if end is not None:
            end()


def refuse_options(what: Specification) -> None:
    """Refuse options that cannot be applied.

    Raises
    ------
    UsageError
        An unknown view, alignment or layer.
    InputError
        The label map cannot be read.
    """
    parse_view(what.options.get("view"))
    parse_policy(what.options.get("alignment", "offsets"))
    _layers(what)
    if "labels" in what.options:
        read_label_map(what.options["labels"])


def _layers(what: Specification) -> tuple[str, ...]:
    layers = tuple(what.options["layers"].split(",")) if "layers" in what.options else ()
    if unknown := set(layers) - set(LAYERS):
        raise UsageError(
            f"extractor {what.name!r}: found the layers {sorted(unknown)}, expected some of {', '.join(LAYERS)}"
        )
    return layers
