"""goldwire JSONL: one document a line, read as a stream, written whole or not at all."""

from __future__ import annotations

import contextlib
import io
import json
import math
import operator
import os
import secrets
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, Any, SupportsFloat, SupportsIndex

import msgspec

from goldwire.corpus.document import SCHEMA, UNSET, Document, sha256
from goldwire.corpus.errors import InputError, Problem, UsageError, shown
from goldwire.corpus.repeats import repeats
from goldwire.corpus.structure import departures

__all__ = [
    "COMPRESSED",
    "Line",
    "document_from",
    "encoded",
    "lines_of",
    "plain_number",
    "read_jsonl",
    "replacing",
    "write_jsonl",
]

_DECODER = msgspec.json.Decoder(Document)
_ENCODER = msgspec.json.Encoder()
COMPRESSED = {".gz": "gzip", ".zst": "zstd"}
"""Suffixes of compressed files, and what Arrow calls their compression."""

_TOO_DEEP = "brackets nested too deep"


class _Head(msgspec.Struct):
    schema: str


_HEAD = msgspec.json.Decoder(_Head)


class Line(msgspec.Struct, frozen=True):
    """What one line of a file holds: its number from 1, the document or else the problems."""

    number: int
    document: Document | None
    problems: tuple[Problem, ...] = ()


def lines_of(path: str | Path) -> Iterator[Line]:
    """Every line of a JSONL file that is not blank, as a document or as all the problems that keep it from being one.

    Lines end at LF alone, so U+2028 and the like stay inside a text. The hash of a text is compared here, and a key
    that is given twice is found, as ``read_jsonl`` does not.

    Raises
    ------
    InputError
        The file cannot be opened or read.
    """
    with _opened(path) as file:
        for number, line in enumerate(file, 1):
            if line.isspace():
                continue
            document = _decoded(line)
            problems = _faults(line) if document is None else [*hash_faults(document)]
            if document is None or _ENCODER.encode(document) != line.rstrip(b"\n"):  # as we write it, no key is twice
                name = None if document is None else document.id
                problems += (problem.at(document=name) for problem in repeats(line))
            yield Line(number, document, tuple(p.at(file=str(path), line=number) for p in problems))


def _decoded(line: bytes) -> Document | None:
    """The document of a line, ``None`` where there is none."""
    try:
        if not line.startswith(b'{"schema":'):  # optional in Python, required in a file
            _HEAD.decode(line)
        return _DECODER.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def read_jsonl(path: str | Path, part: tuple[int, int] | None = None) -> Iterator[Document]:
    """The documents of a JSONL file, one at a time; one that ends in ``.gz`` or ``.zst`` is decompressed as it is read.

    ``part`` is a stretch of whole lines, half-open, in bytes; messages count their lines from its first.

    Raises
    ------
    InputError
        At the first line that is no record, at a hash that is not the text's, and for a file without documents.
    """
    empty = True
    with _opened(path) as file:
        for number, line in enumerate(file if part is None else _lines(file, *part), 1):
            if line.isspace():
                continue
            document = _decoded(line)
            if document is None or (document.sha256 is not UNSET and document.text is not UNSET):
                for problem in _faults(line) if document is None else hash_faults(document):
                    raise InputError(problem.at(file=str(path), line=number))
            if document is not None:
                empty = False
                yield document
    if empty:
        raise InputError(
            Problem(
                "no-documents",
                "an empty file",
                "a JSON record on each line",
                "write at least one document",
                file=str(path),
            )
        )


def _lines(file: IO[bytes], first: int, end: int) -> Iterator[bytes]:
    file.seek(first)
    for line in file:
        yield line
        first += len(line)
        if first >= end:
            return


def write_jsonl(path: str | Path, documents: Iterable[Document]) -> int:
    """Write ``documents`` to ``path``, one a line, and say how many; on any failure the old file stays as it was.

    A path that ends in ``.gz`` or ``.zst`` is compressed.
    """
    count = 0
    with replacing(path) as target, _compressing(target, path) as file:
        for document in documents:
            file.write(encoded(document))
            file.write(b"\n")
            count += 1
    return count


@contextlib.contextmanager
def _compressing(file: IO[bytes], path: str | Path) -> Iterator[IO[bytes]]:
    codec = COMPRESSED.get(Path(path).suffix)
    if codec is None:
        yield file
        return
    import pyarrow as pa

    with os.fdopen(os.dup(file.fileno()), "wb") as own, pa.CompressedOutputStream(own, codec) as stream:
        yield stream  # which closes what it writes to


def encoded(document: Document) -> bytes:
    """``document`` as one line of canonical JSON, without the line's end.

    Raises
    ------
    InputError
        It holds what JSON does not: a score that is no finite number, a lone surrogate, an object of Python's own,
        brackets nested too deep.
    """
    if not isinstance(document, Document):
        raise UsageError(f"found {shown(document)}, expected a Document")
    try:
        line = _ENCODER.encode(document)
        if b'"score":null' in line:  # what the encoder makes of a number that is not finite
            _refuse_infinite_scores(document)
        return line
    except (TypeError, ValueError, RecursionError, msgspec.EncodeError) as error:
        found = _TOO_DEEP if isinstance(error, RecursionError) else str(error)
        raise InputError(
            Problem("not-json", found, "what JSON can hold", "correct the value", "(record)", document.id)
        ) from None


def _refuse_infinite_scores(document: Document) -> None:
    for index, mention in enumerate(document.mentions or ()):
        if mention.score is not UNSET and not math.isfinite(mention.score):
            remedy, field = "leave the key out where there is no value", f"mentions[{index}].score"
            raise InputError(Problem("not-json", str(mention.score), "a finite number", remedy, field, document.id))


def document_from(record: dict[str, Any]) -> Document:
    """A document from a dict of the record; ``schema`` may be left out, and a number may be another library's.

    Raises
    ------
    InputError
        With the first departure from the form of the record.
    """
    if "schema" not in record:
        record = {"schema": SCHEMA, **record}
    try:
        document = msgspec.convert(record, Document)
    except msgspec.ValidationError as error:
        document = _document_of_plain(record, error)
    encoded(document)
    for problem in hash_faults(document):
        raise InputError(problem)
    return document


def _document_of_plain(record: dict[str, Any], refusal: msgspec.ValidationError) -> Document:
    """The document of a dict that ``msgspec`` refused: with tuples as lists and numpy's numbers as Python's."""
    problem = Problem("wrong-type", str(refusal), "a record", field="(record)")
    try:
        plain = json.loads(json.dumps(record, default=plain_number))
        faults = list(departures(plain))
        if not faults:
            return msgspec.convert(plain, Document)
        problem = faults[0]
    except (AttributeError, TypeError, ValueError, RecursionError):  # no JSON at all; msgspec's own words must do
        pass
    raise InputError(problem.at(document=_identity(record))) from None


def plain_number(value: object) -> int | float:
    """Another library's number as Python's.

    Raises
    ------
    TypeError
        It is no number.
    """
    if isinstance(value, SupportsIndex):
        return operator.index(value)
    if isinstance(value, SupportsFloat):
        return float(value)
    raise TypeError(shown(value))


def hash_faults(document: Document) -> Iterator[Problem]:
    """The problem of a ``sha256`` that is not the hash of the ``text`` beside it, or of a text that has none."""
    if document.sha256 is UNSET or document.text is UNSET:
        return
    try:
        wanted = sha256(document.text)
    except UnicodeEncodeError as error:
        found = f"a lone surrogate at code point {error.start}"
        yield Problem("not-utf-8", found, "a text that UTF-8 can hold", "correct the text", "text", document.id)
        return
    if document.sha256 != wanted:
        yield Problem(
            "wrong-hash",
            shown(document.sha256, 80),
            wanted,
            "the text was changed after it was annotated: restore it, or annotate anew",
            "sha256",
            document.id,
        )


@contextlib.contextmanager
def replacing(path: str | Path) -> Iterator[IO[bytes]]:
    """A binary file that takes the place of ``path`` when the block ends well, and vanishes when it does not.

    A link stays a link: what it points to is replaced. A device or a pipe is written to as it stands.

    Raises
    ------
    InputError
        The folder does not exist or cannot be written to.
    """
    if os.path.exists(path) and not os.path.isfile(path):  # noqa: PTH110, PTH113 (pathlib's raise where access is denied)
        try:
            with Path(path).open("wb") as file:
                yield file
        except OSError as error:
            raise unreadable(path, error, "a place that can be written to") from None
        return
    target = Path(os.path.realpath(path))
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        file = draft.open("xb")
    except OSError as error:
        raise unreadable(path, error, "a place that can be written to") from None
    try:
        with file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise unreadable(path, error, "a place that can be written to") from None
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def unreadable(path: str | Path, error: OSError, expected: str = "a file that can be read") -> InputError:
    """The operating system's word on ``path`` as an error of ours."""
    return InputError(Problem("no-access", error.strerror or str(error), expected, "check the path", file=str(path)))


@contextlib.contextmanager
def _opened(path: str | Path) -> Iterator[IO[bytes]]:
    codec = COMPRESSED.get(Path(path).suffix)
    try:
        with Path(path).open("rb") as file:
            if codec is None:
                yield file
            else:
                import pyarrow as pa

                with pa.CompressedInputStream(file, codec) as stream, io.BufferedReader(stream, 1 << 20) as lines:
                    yield lines
    except OSError as error:
        if error.errno is None:  # Arrow's word on what it cannot decompress
            raise _broken_archive(path, str(error)) from None
        raise unreadable(path, error) from None


def _broken_archive(path: str | Path, said: str) -> InputError:
    problem = Problem("not-compressed", shown(said, 100), f"a whole {Path(path).suffix} file", "copy or make it again")
    return InputError(problem.at(file=str(path)))


def _faults(line: bytes) -> list[Problem]:
    if line.startswith(b"\xef\xbb\xbf"):
        return [Problem("byte-order-mark", "a byte order mark", "plain UTF-8", "save the file as UTF-8 without BOM")]
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        found = f"byte 0x{line[error.start]:02x} at byte {error.start} of the line"
        return [Problem("not-utf-8", found, "UTF-8", "save the file as UTF-8")]
    try:
        value = json.loads(text, parse_constant=_no_constant)
        problems = [problem.at(document=_identity(value)) for problem in departures(value)]
        reason = "" if problems else _refusal(line, value)
    except json.JSONDecodeError as error:
        problems, reason = [], f"{error.msg} at character {error.pos} of the line"
    except (ValueError, RecursionError) as error:
        problems, reason = [], _TOO_DEEP if isinstance(error, RecursionError) else str(error)
    return problems or [Problem("not-json", shown(text.strip()), "one whole JSON object on the line", reason)]


def _refusal(line: bytes, value: object) -> str:
    """Why ``msgspec`` refuses a line in which Python finds nothing wrong."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
        _DECODER.decode(line)
    except UnicodeEncodeError:
        return "a lone surrogate is no character: correct the escape"
    except msgspec.DecodeError as error:
        return str(error)
    return ""


def _no_constant(name: str) -> Callable[..., Any]:
    raise ValueError(f"{name} is no JSON number")


def _identity(value: object) -> str | None:
    known = value.get("id") if isinstance(value, dict) else None
    return known if isinstance(known, str) else None
