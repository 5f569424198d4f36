"""Any Python object as an extractor: a function, a class, or something that already follows the protocol."""

from __future__ import annotations

import inspect
import typing
from typing import Any

from goldwire.corpus.document import LAYERS, Document
from goldwire.corpus.errors import ExtractorError, reason, shown
from goldwire.eval.extractors.outputs import document_of
from goldwire.eval.extractors.protocol import Extractor
from goldwire.eval.labels import LabelMap, as_label_map
from goldwire.eval.views import parse_view

__all__ = ["from_object"]


class _Adapter:
    """A callable with the attributes of the protocol: its own where it has them, else what can be assumed."""

    def __init__(self, target: Any, name: str) -> None:
        module = inspect.getmodule(type(target) if not callable(target) else target)
        call = getattr(target, "extract", target)
        if not callable(call):
            raise ExtractorError(
                f"extractor {name!r}: found {shown(target)}, expected a function, or a class with extract"
            )
        self._call = call
        self._takes_document = _takes_document(call) or hasattr(target, "extract")
        self.name: str = name
        self.version: str = str(getattr(target, "version", getattr(module, "__version__", "unknown")))
        self.layers: tuple[str, ...] = tuple(getattr(target, "layers", ()))
        self.labels: LabelMap | None = as_label_map(getattr(target, "labels", None))
        self.view: str = str(parse_view(getattr(target, "view", "all")))
        self.alignment: str = getattr(target, "alignment", "nth")
        self.by_gold_authors: bool = bool(getattr(target, "by_gold_authors", False))
        if unknown := set(self.layers) - set(LAYERS):
            raise ExtractorError(f"extractor {name!r}: found the layers {sorted(unknown)}, expected some of {LAYERS}")

    def extract(self, document: Document) -> Document:
        return document_of(self._call(document if self._takes_document else document.text), document)


def from_object(target: object, name: str) -> Extractor:
    """``target`` as an extractor; a class is made without arguments.

    Raises
    ------
    ExtractorError
        The class cannot be made, or the object cannot be called.
    """
    if inspect.isclass(target):
        try:
            target = target()
        except (Exception, SystemExit) as error:  # whatever the other side raises is its failure, told in words
            raise ExtractorError(f"extractor {name!r}: cannot be made without arguments: {reason(error)}") from error
    return _Adapter(target, name)


def _takes_document(call: Any) -> bool:
    try:
        hints = typing.get_type_hints(call)
    except Exception:  # annotations that do not resolve say nothing
        return False
    hints.pop("return", None)
    return next(iter(hints.values()), None) is Document
