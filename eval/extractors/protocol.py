"""What an extractor is to the judge."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from goldwire.corpus.document import Document
from goldwire.eval.labels import LabelMap

__all__ = ["Extractor"]


@runtime_checkable
class Extractor(Protocol):
    """Text in, layers out.

    ``layers`` are those it attempts; ``labels`` maps its labels to the scheme's, with reasons; ``view`` is the task it
    is made for; ``alignment`` says how its strings find their place (``offsets`` where it gives offsets).
    ``by_gold_authors`` marks those written by the people who made the gold.
    """

    name: str
    version: str
    layers: tuple[str, ...]
    labels: LabelMap | None
    view: str
    alignment: str
    by_gold_authors: bool

    def extract(self, document: Document) -> Document:
        """The layers found in ``document``, of which only id, text, language and metadata are filled."""
        ...
