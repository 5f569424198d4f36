"""What goes between the judge and the process of an extractor: tasks out, answers back, in frames.

A frame is its length (four bytes, big endian) and so many bytes of JSON.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from goldwire.corpus.document import Document
from goldwire.corpus.errors import ExtractorError, GoldwireError, reason, shown
from goldwire.corpus.store import encoded
from goldwire.eval.extractors import Extractor
from goldwire.eval.labels import LabelMap, Meaning

__all__ = ["PYTHONPATH", "Answer", "Card", "Frames", "Job", "Setup", "answer_to", "card_of", "frame"]

PYTHONPATH = "GOLDWIRE_PYTHONPATH"
"""The variable that keeps the PYTHONPATH which the extractor is to see: that of the process is the judge's path."""

_MOST_BYTES = 1 << 30
"""A longer frame is none of ours."""


class Setup(msgspec.Struct, frozen=True):
    """The first request: which extractor."""

    what: str


class Job(NamedTuple):
    """One document to run on, by its place in the gold; only id, text, language and metadata are filled.

    ``again`` marks one that is run once more for its time alone.
    """

    at: int
    document: Document
    again: bool = False


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """What an extractor says of itself, and what making it took.

    ``labels`` maps a label of its to the task's label and the reason. ``details`` are what else there is to know of it,
    such as a model's parameters; one that is not ``timed`` has no speed, because its answers may come from a disk.
    ``source`` is the SHA-256 of the file that it is written in, where that is known. ``make_seconds`` is the time to
    import and make it. ``goldwire`` is the version that runs it. ``error`` is set instead where it could not be made;
    ``kind`` is then the name of the error's class.
    """

    name: str = ""
    version: str = ""
    layers: tuple[str, ...] = ()
    labels: dict[str, tuple[str | None, str]] | None = None
    view: str = "all"
    alignment: str = ""
    by_gold_authors: bool = False
    details: dict[str, Any] = {}
    timed: bool = True
    source: str = ""
    make_seconds: float = 0.0
    goldwire: str = ""
    error: str = ""
    kind: str = ""

    @property
    def label_map(self) -> LabelMap | None:
        """The labels as the scorer takes them."""
        if self.labels is None:
            return None
        return LabelMap({theirs: Meaning(ours, why) for theirs, (ours, why) in self.labels.items()})


class Answer(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What came of one document: ``prediction`` is its record as JSON, or ``failure`` the reason why there is none.

    ``seconds`` is the time inside the extractor (``None`` where its process was lost), ``cold_seconds`` that and the
    making, for the first document of a process; ``held_seconds`` is the time since the process was done with the
    document before, of which ``seconds`` is the extractor's part. ``log`` is the end of what the extractor printed,
    where its process was lost.
    """

    at: int
    id: str
    characters: int = 0
    seconds: float | None = None
    cold_seconds: float | None = None
    held_seconds: float | None = None
    failure: str | None = None
    log: str = ""
    prediction: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


def card_of(extractor: Extractor, **more: Any) -> Card:
    """The card of an extractor that was made."""
    table = extractor.labels
    return Card(
        name=extractor.name,
        version=extractor.version,
        layers=tuple(extractor.layers),
        labels=None if table is None else {k: (m.ours, m.why) for k, m in table.meanings.items()},
        view=extractor.view,
        alignment=extractor.alignment,
        by_gold_authors=extractor.by_gold_authors,
        details=dict(getattr(extractor, "details", {})),
        timed=bool(getattr(extractor, "timed", True)),
        **more,
    )


def answer_to(job: Job, extractor: Extractor, *also: type[BaseException]) -> Answer:
    """Run the extractor on one document; whatever it raises costs it the document, and is told.

    Of what is no ``Exception``, that goes for ``SystemExit`` and for what is named in ``also``.
    """
    answer = Answer(at=job.at, id=job.document.id, characters=len(job.document.text or ""))
    caught: tuple[type[BaseException], ...] = (Exception, SystemExit, *also)
    begin = time.perf_counter()
    try:
        found = extractor.extract(job.document)
        answer.seconds = time.perf_counter() - begin
        answer.prediction = msgspec.Raw(_line(found, job.document.id))
    except GoldwireError as error:
        answer.failure = f"{type(error).__name__}: {error}"
    except caught as error:
        answer.failure = reason(error)
    if answer.seconds is None:
        answer.seconds = time.perf_counter() - begin
    return answer


def _line(found: object, name: str) -> bytes:
    if not isinstance(found, Document):
        raise ExtractorError(f"found {shown(found)}, expected a Document")
    if found.id != name:
        raise ExtractorError(f"found a document {shown(found.id)}, expected {shown(name)}")
    return encoded(found)


def frame(content: object) -> bytes:
    """``content`` as one frame."""
    data = msgspec.json.encode(content)
    return len(data).to_bytes(4) + data


class Frames:
    """Frames out of bytes that come in pieces."""

    def __init__(self) -> None:
        self._data = bytearray()

    def add(self, piece: bytes) -> Iterator[bytes]:
        """The content of each frame that ``piece`` completes.

        Raises
        ------
        ValueError
            These are no frames.
        """
        self._data += piece
        while len(self._data) >= 4:
            end = 4 + int.from_bytes(self._data[:4])
            if end > _MOST_BYTES:
                raise ValueError("not a frame")
            if len(self._data) < end:
                return
            content = bytes(self._data[4:end])
            del self._data[:end]
            yield content
