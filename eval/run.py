"""Run an extractor over a corpus: every document once, failures kept with their reason, speed measured."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from goldwire.corpus.document import Document
from goldwire.corpus.errors import reason
from goldwire.eval.extractors import Extractor
from goldwire.eval.usage import total_usage

__all__ = ["WARM_SECONDS", "Run", "run"]

WARM_SECONDS = 2.0
"""Warm speed is measured over at least this long: documents are run again, and thrown away, until it is reached."""


@dataclass(slots=True)
class Run:
    """What came of one extractor: predictions in the order of the documents, ``None`` where it failed.

    ``cold_seconds`` is the time to import and make it and to run the first document; ``characters_per_second`` the
    speed after that (``None`` where nothing ran). An extractor whose ``timed`` is false, because its answers may come
    from a disk, has neither.
    """

    extractor: Extractor
    predictions: list[Document | None] = field(default_factory=list)
    failures: dict[str, str] = field(default_factory=dict)
    cold_seconds: float | None = None
    characters_per_second: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """The run as ``run.json`` holds it."""
        made = self.extractor
        return {
            "schema": "goldwire-run/1",
            "extractor": made.name,
            "version": made.version,
            "layers": list(made.layers),
            "alignment": made.alignment,
            "by_gold_authors": made.by_gold_authors,
            "cold_seconds": self.cold_seconds,
            "characters_per_second": self.characters_per_second,
            "failures": self.failures,
            "details": dict(getattr(made, "details", {})),
            "usage": total_usage(found for found in self.predictions if found is not None),
        }


def run(
    make: Callable[[], Extractor],
    documents: Sequence[Document],
    *,
    warm_seconds: float = WARM_SECONDS,
    on_document: Callable[[], None] = lambda: None,
) -> Run:
    """Make the extractor and run it on every document; ``on_document`` is called after each.

    An extractor sees id, text, language and metadata, never a gold layer. One that raises on a document costs that
    document.
    """
    begin = time.perf_counter()
    result = Run(make())
    bare = [Document(id=d.id, text=d.text, lang=d.lang, meta=d.meta) for d in documents]
    spent, characters = 0.0, 0
    for at, document in enumerate(bare):
        start = time.perf_counter()
        try:
            result.predictions.append(result.extractor.extract(document))
        except (Exception, SystemExit) as error:  # whatever an extractor raises costs it the document, and is told
            result.predictions.append(None)
            result.failures[document.id] = reason(error)
        now = time.perf_counter()
        if at == 0:
            result.cold_seconds = now - begin
        else:
            spent, characters = spent + now - start, characters + len(document.text or "")
        on_document()
    if not getattr(result.extractor, "timed", True):
        result.cold_seconds = None
        return result
    sound = [document for document in bare if document.id not in result.failures]
    while sound and spent < warm_seconds:
        start = time.perf_counter()
        try:
            for document in sound:
                result.extractor.extract(document)
        except (
            Exception,
            SystemExit,
        ):  # its predictions stand; an extractor that fails when run again has no warm speed
            return result
        spent += time.perf_counter() - start
        characters += sum(len(document.text or "") for document in sound)
    result.characters_per_second = characters / spent if spent and sound else None
    return result
