"""natasha's named entities (Kukushkin): PER, LOC and ORG of flat, proper names."""

from __future__ import annotations

from importlib.metadata import version

from goldwire.corpus.document import Document, Mention
from goldwire.eval.labels import LabelMap, Meaning

__all__ = ["Natasha"]


class Natasha:
    """natasha's news tagger, its labels in its own words."""

    layers = ("mentions",)
    labels = LabelMap(
        {
            "PER": Meaning("PERSON", "both are a person's name without a title"),
            "ORG": Meaning("ORGANIZATION", "both are an organisation's name"),
            "LOC": Meaning("LOCATION", "natasha does not tell countries and cities from other places"),
        }
    )
    view = "per-loc-org+names"
    alignment = "offsets"

    def __init__(self) -> None:
        from natasha import Doc, NewsEmbedding, NewsNERTagger, Segmenter

        self.version = version("natasha")
        self._doc = Doc
        self._segmenter = Segmenter()
        self._tagger = NewsNERTagger(NewsEmbedding())

    def extract(self, document: Document) -> Document:
        """The names in the text, in its order."""
        doc = self._doc(document.text)
        doc.segment(self._segmenter)
        doc.tag_ner(self._tagger)
        mentions = tuple(Mention(start=span.start, end=span.stop, type=span.type) for span in doc.spans)
        return Document(id=document.id, mentions=mentions)
