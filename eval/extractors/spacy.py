"""``spacy:PIPELINE``: an installed pipeline or the folder of one. Its entities and its span groups are mentions."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from goldwire.corpus.document import Document
from goldwire.corpus.errors import ExtractorError, UsageError, reason
from goldwire.eval.extractors.outputs import document_of
from goldwire.eval.extractors.protocol import Extractor
from goldwire.eval.labels import conventional

__all__ = ["OPTIONS", "Pipeline", "make", "require"]

OPTIONS: Mapping[str, str] = MappingProxyType({})

_PARTS = ("ner", "entity_ruler", "span_ruler", "spancat", "spancat_singlelabel")
"""The parts of a pipeline that make entities or spans, under their usual names."""


def require(target: str) -> None:
    """Refuse any pipeline where spaCy is not installed."""
    if importlib.util.find_spec("spacy") is None:
        raise UsageError(f"extractor 'spacy:{target}': spacy is not installed; pip install 'goldwire[spacy]'")


def make(target: str, options: Mapping[str, str]) -> Extractor:  # noqa: ARG001 (the shape of all)
    """The pipeline, loaded.

    Raises
    ------
    ExtractorError
        It cannot be loaded.
    """
    import spacy

    try:
        pipeline = spacy.load(target)
    except Exception as error:  # a broken pipeline makes the library raise anything
        remedy = f"install it (python -m spacy download {target}) or give its folder"
        raise ExtractorError(f"extractor 'spacy:{target}': cannot be loaded: {reason(error)}; {remedy}") from None
    return Pipeline(target, pipeline)


class Pipeline:
    """A pipeline; labels of a known convention come with their map, and with the view that they are made for."""

    layers: tuple[str, ...] = ("mentions",)
    alignment = "offsets"
    by_gold_authors = False

    def __init__(self, target: str, pipeline: Any) -> None:
        self.name = f"spacy:{target}"
        self.version: str = str(pipeline.meta.get("version", "unknown"))
        emitted = {label for part in _PARTS for label in pipeline.pipe_labels.get(part, ())}
        self.labels, self.view = conventional(emitted)
        self._pipeline = pipeline

    def extract(self, document: Document) -> Document:
        """Entities and spans, nested ones too, each place and label once."""
        return document_of(self._pipeline(document.text or ""), document)
