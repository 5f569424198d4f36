"""CoNLL columns: one token a line with a BIO tag. Keeps the text and the outermost mentions with their types.

Written as IOB2, or as BILOU to a name that ends in ``.bilou``; IOB1, IOB2, BILOU and BIOES are read. One column has no
room for nesting: of mentions that overlap the outermost is kept, of those that cross or cover the same the first; the
others are counted. A mention that cuts a token is widened to whole tokens, and counted. A file of ours names its
tokenizer, has each token's offsets and each document's text, and is checked against them; of any other file the text
is put together from its tokens.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from goldwire.corpus.document import UNSET, Document, Mention, Span
from goldwire.corpus.errors import InputError, Problem, shown
from goldwire.corpus.formats.bio import SCHEMES, Chunk, chunks, flat, is_tag, scheme_of, tags
from goldwire.corpus.formats.format import Format, Losses
from goldwire.corpus.formats.leftovers import count_left_out
from goldwire.corpus.soundness import require_text
from goldwire.corpus.store import replacing, unreadable
from goldwire.corpus.tokens import TOKENIZER, tokens

__all__ = ["FORMAT"]

_SUFFIXES = (".conll", ".bio", ".iob", ".iob1", ".iob2", ".bilou", ".bioes")
_VERSION = "# goldwire-conll = "
_OURS = f"{_VERSION}1"
_COLUMNS = "# global.columns = FORM START END TAG"
_COMMENT = re.compile(r"#\s*(?P<key>[\w.-]+(?: id)?) =(?: (?P<value>.*))?")
_UNSOUGHT = "_"


def _matches(path: Path) -> bool:
    return path.suffix in _SUFFIXES


# writing


def _write(path: Path, documents: Iterable[Document], losses: Losses) -> int:
    scheme = "BILOU" if path.suffix == ".bilou" else "IOB2"
    count = 0
    with replacing(path) as file:
        file.write(f"{_OURS}\n# tokenizer = {TOKENIZER}\n# tags = {scheme}\n{_COLUMNS}\n\n".encode())
        for document in documents:
            try:
                file.write("".join(f"{line}\n" for line in _lines(document, scheme, path, losses)).encode())
            except UnicodeEncodeError as error:
                raise _surrogate(document, error, path) from None
            count += 1
    return count


def _lines(document: Document, scheme: str, path: Path, losses: Losses) -> Iterator[str]:
    text = require_text(document, file=str(path))
    places = list(tokens(text))
    count_left_out(document, losses)
    kept = _outermost(document, places, losses)
    yield f"# newdoc id = {_escaped(document.id)}"
    yield f"# text = {_quoted(text)}"
    yield f"# layers = {'' if document.mentions is UNSET else 'mentions'}".rstrip()
    line = [_UNSOUGHT] * len(places) if document.mentions is UNSET else tags(len(places), kept, scheme)
    inside = {place for first, after, _ in kept for place in range(first + 1, after)}
    for index, (start, end) in enumerate(places):
        gap = text[places[index - 1][1] : start] if index else ""
        if index not in inside and ("\n" in gap or "\r" in gap):
            yield ""
        yield f"{text[start:end]}\t{start}\t{end}\t{line[index]}"
    yield ""


def _outermost(document: Document, places: list[Span], losses: Losses) -> list[Chunk]:
    found = flat([(m.start, m.end, _escaped(m.type)) for m in document.mentions or ()], places)
    for what, index in found.lost:
        losses.count(document.id, what, f"mentions[{index}]")
    return found.chunks


def _escaped(name: str) -> str:
    """``name`` with per cent signs for what a column or a comment cannot hold."""
    return "".join(
        "".join(f"%{byte:02X}" for byte in character.encode())
        if character == "%" or character.isspace() or not character.isprintable()
        else character
        for character in name
    )


def _quoted(text: str) -> str:
    """``text`` as JSON in which nothing ends a line, whatever a reader takes for its end."""
    line = json.dumps(text, ensure_ascii=False)
    return "".join(f"\\u{ord(c):04x}" if c in "\x7f\x85\u2028\u2029\ufeff" else c for c in line)


def _surrogate(document: Document, error: UnicodeEncodeError, path: Path) -> InputError:
    found = f"a lone surrogate U+{ord(error.object[error.start]):04X}"
    return InputError(
        Problem("not-utf-8", found, "characters that UTF-8 holds", "correct it", None, document.id, file=str(path))
    )


# reading


@dataclass(slots=True)
class _Draft:
    """A document while its lines come in: sentences of (line number, form, offsets, tag)."""

    line: int
    name: str | None = None
    text: str | None = None
    layers: bool = True
    sentences: list[list[tuple[int, str, Span | None, str]]] = field(default_factory=lambda: [[]])

    def rows(self) -> Iterator[tuple[int, str, Span | None, str]]:
        return (row for sentence in self.sentences for row in sentence)


def _read(path: Path, losses: Losses) -> Iterator[Document]:
    ours, scheme = _header(path)
    empty = True
    for number, draft in enumerate(_drafts(_decoded(path), ours, path)):
        empty = False
        name = draft.name if draft.name is not None else path.stem if number == 0 else f"{path.stem}-{number + 1}"
        yield _document(draft, name, scheme, ours, path, losses)
    if empty:
        raise InputError(
            Problem("no-documents", "no token", "a token and its tag on each line", "check the path", file=str(path))
        )


def _decoded(path: Path) -> Iterator[str]:
    """The lines of the file, which end at LF alone, without a CR before it."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise unreadable(path, error) from None
    with file:
        ours = False
        for number, line in enumerate(file, 1):
            if number == 1:
                ours = line.startswith(_VERSION.encode())
                if line.startswith(b"\xef\xbb\xbf"):
                    raise _fault(path, 1, "byte-order-mark", "a byte order mark", "plain UTF-8", "save it without BOM")
            if ours and not line.endswith(b"\n"):
                found = "a last line without its end"
                raise _fault(path, number, "truncated", found, "whole lines", "copy or write the file again")
            try:
                yield line.decode("utf-8").removesuffix("\n").removesuffix("\r")
            except UnicodeDecodeError as error:
                found = f"byte 0x{line[error.start]:02x} at byte {error.start} of the line"
                raise _fault(path, number, "not-utf-8", found, "UTF-8", "save the file as UTF-8") from None


def _header(path: Path) -> tuple[bool, str]:
    """Whether the file is of ours, and its scheme: the one that it declares, or else the one that its tags betray."""
    lines = _decoded(path)
    first = next(lines, "")
    if first.startswith(_VERSION):
        if first != _OURS:
            raise _fault(path, 1, "unknown-version", shown(first), _OURS, "read it with the goldwire that wrote it")
        _, third = next(lines, ""), next(lines, "")
        scheme = third.removeprefix("# tags = ")
        if scheme not in SCHEMES:
            raise _fault(path, 3, "unknown-scheme", shown(third), "# tags = IOB2 or BILOU", "write the file again")
        return True, scheme
    last = (line.split()[-1] for line in (first, *lines) if line.strip())
    return False, scheme_of(tag for tag in last if is_tag(tag))


def _drafts(lines: Iterable[str], ours: bool, path: Path) -> Iterator[_Draft]:
    draft: _Draft | None = None
    for number, line in enumerate(lines, 1):
        comment = _COMMENT.fullmatch(line) if line.startswith("#") else None
        if line.startswith("#") and (comment if ours else not is_tag(line.split()[-1])):
            key, value = (comment["key"], comment["value"] or "") if comment else ("", "")
            if key in ("newdoc", "newdoc id"):
                if draft is not None:
                    yield draft
                draft = _Draft(number, unquote(value) if ours else value or None)
            elif ours and draft is not None and key == "text":
                draft.text = _text(value, path, number)
            elif ours and draft is not None and key == "layers":
                draft.layers = value == "mentions"
        elif line.startswith("-DOCSTART-"):
            if draft is not None and any(draft.sentences):
                yield draft
                draft = None
        elif not line.strip():
            if draft is not None and draft.sentences[-1]:
                draft.sentences.append([])
        else:
            draft = draft or _Draft(number)
            draft.sentences[-1].append(_row(line, ours, path, number))
    if draft is not None:
        yield draft


def _row(line: str, ours: bool, path: Path, number: int) -> tuple[int, str, Span | None, str]:
    cells = line.split("\t") if ours or "\t" in line else line.split()
    if ours:
        if len(cells) != 4 or not (cells[1].isdecimal() and cells[2].isdecimal()):
            want = "four columns: FORM START END TAG"
            raise _fault(path, number, "missing-column", shown(line), want, "is the file whole? write it again")
        offsets: Span | None = (int(cells[1]), int(cells[2]))
    else:
        offsets = None
        if len(cells) < 2:
            want = "two columns or more: the token first, its tag last"
            raise _fault(path, number, "missing-column", shown(line), want, "is the file whole?")
    tag = cells[-1]
    if not (is_tag(tag) or (ours and (tag == _UNSOUGHT or is_tag(tag + "x")))):
        want = "O, or B-, I-, L-, E-, U-, S- and a type"
        raise _fault(path, number, "unknown-tag", shown(tag), want, "tags stand in the last column")
    return number, cells[0], offsets, tag


def _text(value: str, path: Path, number: int) -> str:
    try:
        text = json.loads(value)
    except ValueError:
        text = None
    if not isinstance(text, str):
        raise _fault(path, number, "not-json", shown(value), "the text as a JSON string", "write the file again")
    return text


def _document(draft: _Draft, name: str, scheme: str, ours: bool, path: Path, losses: Losses) -> Document:
    text, places = _aligned(draft, name, ours, path)
    if not ours:
        losses.count(name, "texts put together from tokens")
    found: list[Mention] = []
    at = 0
    for sentence in draft.sentences:
        decoded = chunks([row[3] if row[3] != _UNSOUGHT else "O" for row in sentence], scheme)
        for place in decoded.odd:
            losses.count(name, "tags that do not follow from the one before", f"line {sentence[place][0]}")
        for first, after, kind in decoded.chunks:
            start, end = places[at + first][0], places[at + after - 1][1]
            found.append(Mention(start=start, end=end, type=unquote(kind) if ours else kind))
        at += len(sentence)
    return Document(id=name, text=text, mentions=tuple(found) if draft.layers else UNSET)


def _aligned(draft: _Draft, name: str, ours: bool, path: Path) -> tuple[str, list[Span]]:
    """The text and the tokens' places in it: those of the file, checked, or of the tokens put together."""
    if not ours:
        text, places = "", []
        for sentence in draft.sentences:
            for index, row in enumerate(sentence):
                text += " " if index else "\n" if text else ""
                places.append((len(text), len(text) + len(row[1])))
                text += row[1]
        return text, places
    if draft.text is None:
        want = "a line '# text = …' before the tokens"
        raise _fault(path, draft.line, "no-text", "no text", want, "write the file again", document=name)
    places = []
    at = 0
    for number, form, offsets, _ in draft.rows():
        start, end = offsets or (0, 0)
        if start < at or draft.text[at:start].strip() or draft.text[start:end] != form or not form:
            raise _fault(
                path,
                number,
                "wrong-surface",
                f"{shown(form)} at [{start}, {end})",
                f"{shown(draft.text[start:end])}, the slice, and no ink between it and the token before",
                "offsets count code points of the text above: was it, or a token, changed?",
                document=name,
            )
        places.append((start, end))
        at = end
    if draft.text[at:].strip():
        found = f"the last token ends at {at}"
        want = f"tokens up to {len(draft.text.rstrip())}, the end of the text"
        raise _fault(path, draft.line, "truncated", found, want, "copy or write the file again", document=name)
    return draft.text, places


def _fault(
    path: Path, line: int, code: str, found: str, expected: str, remedy: str, document: str | None = None
) -> InputError:
    return InputError(Problem(code, found, expected, remedy, None, document, line, str(path)))


FORMAT = Format(
    "conll",
    "CoNLL columns with BIO tags, the outermost mentions",
    _matches,
    _read,
    _write,
    suffixes=(".conll", ".bio", ".iob2", ".bilou"),
)
