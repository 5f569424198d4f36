"""goldwire's own rules for Russian newswire: quotes, blocks, sections and dateline."""

from __future__ import annotations

from importlib.metadata import version

from goldwire.corpus.document import Document
from goldwire.corpus.layout import sections_of
from goldwire.eval.baselines.layout import blocks, dateline
from goldwire.eval.baselines.quotes import quotes

__all__ = ["Rules"]


class Rules:
    """The rules of this package, by the people who made the gold: to be read with that in mind."""

    layers = ("quotes", "blocks", "sections", "dateline")
    labels = None
    view = "all"
    alignment = "offsets"
    by_gold_authors = True

    def __init__(self) -> None:
        self.version = version("goldwire")

    def extract(self, document: Document) -> Document:
        """Layout first, then the quotes of its blocks."""
        text = document.text or ""
        found = blocks(text)
        said, entities = quotes(text, found)
        return Document(
            id=document.id,
            quotes=said,
            entities=entities,
            blocks=found,
            sections=sections_of(found),
            dateline=dateline(text, found),
        )
