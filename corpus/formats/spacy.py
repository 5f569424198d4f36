"""spaCy's DocBin (``.spacy``). Keeps the text and all mentions, nested and crossing, with id, entity, type and order.

The mentions are in ``doc.spans["goldwire"]`` (label, ``kb_id`` the entity, ``span_id`` the id); ``doc.ents`` repeats
the outermost ones for training, and is read only where the group is missing. Offsets are characters of ``doc.text``,
which is the text exactly: the tokens are cut wherever a mention begins or ends, so no mention is moved.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from goldwire.corpus.document import UNSET, Document, Mention
from goldwire.corpus.errors import InputError, Problem, UsageError, shown
from goldwire.corpus.formats.format import Format, Losses
from goldwire.corpus.formats.leftovers import count_left_out
from goldwire.corpus.soundness import require_text
from goldwire.corpus.store import replacing, unreadable
from goldwire.corpus.tokens import tokens

if TYPE_CHECKING:
    import spacy

__all__ = ["FORMAT"]

_GROUP = "goldwire"
_KEPT = ("id", "entity")


def _library() -> Any:
    try:
        import spacy
    except ImportError:
        raise UsageError("format 'spacy': spaCy is not installed; pip install 'goldwire[spacy]'") from None
    return spacy


def _matches(path: Path) -> bool:
    return path.suffix == ".spacy"


# writing


def _write(path: Path, documents: Iterable[Document], losses: Losses) -> int:
    spacy = _library()
    vocab = spacy.vocab.Vocab()
    packed = spacy.tokens.DocBin(store_user_data=True)
    with replacing(path) as file:
        for document in documents:
            text = require_text(document, file=str(path))
            try:
                packed.add(_doc(document, text, vocab, losses))
            except UnicodeEncodeError:
                found = "a lone surrogate"
                problem = Problem("not-utf-8", found, "characters that UTF-8 holds", "correct it", None, document.id)
                raise InputError(problem.at(file=str(path))) from None
        file.write(packed.to_bytes())
    return len(packed)


def _doc(document: Document, text: str, vocab: Any, losses: Losses) -> Any:
    spacy = _library()
    count_left_out(document, losses, keeps=("lang",), mention_keeps=_KEPT)
    placed = []
    for index, mention in enumerate(document.mentions or ()):
        if mention.start is None or mention.end is None:
            losses.count(document.id, "mentions without offsets", f"mentions[{index}]")
        else:
            placed.append((mention.start, mention.end, mention))
            for part in _KEPT:
                if getattr(mention, part) == "":
                    losses.count(document.id, f"empty mention {part}", f"mentions[{index}]")
    words, spaces, starts, ends = _words(text, {start for start, _, _ in placed}, {end for _, end, _ in placed})
    doc = spacy.tokens.Doc(vocab, words=words, spaces=spaces)
    about = {
        "id": document.id,
        "lang": None if document.lang is UNSET else document.lang,
        "mentions": document.mentions is not UNSET,
    }
    doc.user_data["goldwire"] = json.dumps(about)
    if document.mentions is not UNSET:
        spans = [
            spacy.tokens.Span(
                doc, starts[start], ends[end], label=mention.type, kb_id=mention.entity or "", span_id=mention.id or ""
            )
            for start, end, mention in placed
        ]
        doc.spans[_GROUP] = spans
        doc.set_ents(spacy.util.filter_spans([span for span in spans if span.label]), default="outside")
    return doc


def _words(text: str, starts: set[int], ends: set[int]) -> tuple[list[str], list[bool], dict[int, int], dict[int, int]]:
    """Words and whether a space follows each, as spaCy wants them; which word begins, and which is after, an offset.

    The text is cut wherever a token or a mention begins or ends. A single space between is the trailing space of the
    word before it, unless a mention begins or ends with it.
    """
    cuts = sorted({0, len(text), *starts, *ends, *(offset for token in tokens(text) for offset in token)})
    words: list[str] = []
    spaces: list[bool] = []
    first, after = {}, {}
    for start, end in itertools.pairwise(cuts):
        piece = text[start:end]
        if piece == " " and words and not spaces[-1] and start not in starts and end not in ends:
            spaces[-1] = True
            continue
        first[start] = len(words)
        words.append(piece)
        spaces.append(False)
        after[end] = len(words)
    return words, spaces, first, after


# reading


def _read(path: Path, losses: Losses) -> Iterator[Document]:
    spacy = _library()
    try:
        data = path.read_bytes()
    except OSError as error:
        raise unreadable(path, error) from None
    try:
        docs = list(spacy.tokens.DocBin().from_bytes(data).get_docs(spacy.vocab.Vocab()))
    # a broken file makes the library raise anything: ValueError, KeyError, TypeError, its own errors
    except Exception as error:
        raise _fault(path, f"{type(error).__name__}: {error}", "a whole DocBin", "copy or write it again") from None
    if not docs:
        raise InputError(Problem("no-documents", "no documents", "at least one", "check the path", file=str(path)))
    for number, doc in enumerate(docs, 1):
        try:
            document = _document(doc, path.stem if len(docs) == 1 else f"{path.stem}-{number}", path, losses)
        except (IndexError, KeyError, ValueError) as error:  # spans beyond the tokens, strings that are not there
            found = f"{type(error).__name__}: {error}"
            raise _fault(
                path, found, "spans of the document's tokens", "write it again", f"document {number}"
            ) from None
        yield document


def _document(doc: spacy.tokens.Doc, name: str, path: Path, losses: Losses) -> Document:
    about: dict[str, Any] = {}
    sought = bool(doc.spans) or doc.has_annotation("ENT_IOB")
    if "goldwire" in doc.user_data:
        try:
            about = json.loads(doc.user_data["goldwire"])
            name, sought = about["id"], about["mentions"]
        except (ValueError, TypeError, KeyError):
            found = shown(doc.user_data["goldwire"])
            raise _fault(path, found, "id, lang and mentions as JSON", "write it again", "user_data.goldwire") from None
    if doc.has_unknown_spaces:
        losses.count(name, "texts put together from tokens")
    ours = _GROUP in doc.spans or not sought
    spans = list(doc.spans.get(_GROUP, ())) if ours else [span for group in doc.spans.values() for span in group]
    if not ours:
        known = {(span.start, span.end, span.label) for span in spans}
        spans += [span for span in doc.ents if (span.start, span.end, span.label) not in known]
        for group in doc.spans:
            losses.count(name, f"name of the span group {shown(group)}")
    for group in doc.spans:
        if ours and group != _GROUP:
            losses.count(name, f"span group {shown(group)}", number=len(doc.spans[group]))
    mentions = tuple(
        Mention(
            start=span.start_char,
            end=span.end_char,
            type=span.label_,
            id=span.id_ or UNSET,
            entity=span.kb_id_ or UNSET,
        )
        for span in spans
    )
    lang = about.get("lang")
    return Document(
        id=name, text=doc.text, lang=UNSET if lang is None else lang, mentions=mentions if sought else UNSET
    )


def _fault(path: Path, found: str, expected: str, remedy: str, field: str | None = None) -> InputError:
    return InputError(Problem("not-docbin", shown(found), expected, remedy, field, file=str(path)))


FORMAT = Format("spacy", "spaCy's DocBin, all mentions", _matches, _read, _write, "spacy", (".spacy",))
