"""What a document must be before it crosses into another format: its offsets are those of its text."""

from __future__ import annotations

from collections.abc import Iterator

from goldwire.corpus.checks import span_fault
from goldwire.corpus.document import UNSET, Document, Span
from goldwire.corpus.errors import InputError, Problem, shown
from goldwire.corpus.store import hash_faults

__all__ = ["require_sound", "require_text"]


def require_sound(document: Document, *, file: str | None = None, line: int | None = None) -> None:
    """Let a document pass whose spans lie inside its text, and whose surfaces and hash are the text's.

    Raises
    ------
    InputError
        With the first fault; ``goldwire check`` lists all of a JSONL file.
    """
    for problem in _faults(document):
        raise InputError(problem.at(file=file, line=line, document=document.id))


def require_text(document: Document, *, file: str) -> str:
    """The text of a document that is sound.

    Raises
    ------
    InputError
        The document has no text, or is not sound.
    """
    if document.text is UNSET:
        raise InputError(
            Problem(
                "no-text",
                "no text",
                "the text that the offsets count in",
                "predictions may leave it out: join them with the documents that they were made from",
                "text",
                document.id,
                file=file,
            )
        )
    require_sound(document, file=file)
    return document.text


def _faults(document: Document) -> Iterator[Problem]:
    yield from hash_faults(document)
    text = None if document.text is UNSET else document.text
    for span, field in _spans(document):
        if fault := span_fault(span, text, field):
            yield fault
    for index, mention in enumerate(document.mentions or ()):
        if text is None or mention.text is UNSET or mention.start is None or mention.end is None:
            continue
        surface = text[mention.start : mention.end]
        if surface != mention.text:
            yield Problem(
                "wrong-surface",
                shown(mention.text),
                f"{shown(surface)}, the slice [{mention.start}, {mention.end})",
                "offsets count code points of the raw text: are these bytes, UTF-16 units, or of a trimmed text?",
                f"mentions[{index}].text",
            )


def _spans(document: Document) -> Iterator[tuple[Span, str]]:
    """Every span of a document and its place; sections may be empty, as may what they hold."""
    for index, mention in enumerate(document.mentions or ()):
        if mention.start is not None and mention.end is not None:
            yield (mention.start, mention.end), f"mentions[{index}]"
        for number, span in enumerate(mention.spans or ()):
            yield span, f"mentions[{index}].spans[{number}]"
    for index, quote in enumerate(document.quotes or ()):
        for number, span in enumerate(quote.content):
            yield span, f"quotes[{index}].content[{number}]"
        for number, span in enumerate(quote.marked or ()):
            yield span, f"quotes[{index}].marked[{number}]"
        for part, one in (("cue", quote.cue), ("speaker", quote.speaker)):
            if one is not None:
                yield one, f"quotes[{index}].{part}"
    for index, block in enumerate(document.blocks or ()):
        yield (block.start, block.end), f"blocks[{index}]"
    if document.dateline:
        yield (document.dateline.start, document.dateline.end), "dateline"
