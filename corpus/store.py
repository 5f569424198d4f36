"""goldwire JSONL: one document a line, read as a stream, written whole or not at all."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, Any

import msgspec

from goldwire.corpus.document import SCHEMA, UNSET, Document, sha256
from goldwire.corpus.errors import InputError, Problem, shown
from goldwire.corpus.structure import departures

__all__ = ["Line", "document_from", "lines_of", "read_jsonl", "replacing", "write_jsonl"]

_DECODER = msgspec.json.Decoder(Document)
_ENCODER = msgspec.json.Encoder()


class Line(msgspec.Struct, frozen=True):
    """What one line of a file holds: its number from 1, the document or else the problems."""

    number: int
    document: Document | None
    problems: tuple[Problem, ...] = ()


def lines_of(path: str | Path) -> Iterator[Line]:
    """Every line of a JSONL file that is not blank, as a document or as all the problems that keep it from being one.

    Lines end at LF alone, so U+2028 and the like stay inside a text. The hash of a text is compared here.

    Raises
    ------
    InputError
        The file cannot be opened or read.
    """
    with _opened(path) as file:
        for number, line in enumerate(file, 1):
            if line.isspace():
                continue
            try:
                document = _DECODER.decode(line)
                if b'"schema"' not in line:  # optional in Python, required in a file
                    raise msgspec.ValidationError
            except (msgspec.DecodeError, UnicodeDecodeError):
                problems = tuple(p.at(file=str(path), line=number) for p in _faults(line))
                yield Line(number, None, problems)
            else:
                wrong = [p.at(file=str(path), line=number) for p in hash_faults(document)]
                yield Line(number, document, tuple(wrong))


def read_jsonl(path: str | Path) -> Iterator[Document]:
    """The documents of a JSONL file, one at a time.

    Raises
    ------
    InputError
        At the first line that is no record, at a hash that is not the text's, and for a file without documents.
    """
    empty = True
    for line in lines_of(path):
        if line.problems:
            raise InputError(line.problems[0])
        if line.document is not None:
            empty = False
            yield line.document
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


def write_jsonl(path: str | Path, documents: Iterable[Document]) -> int:
    """Write ``documents`` to ``path``, one a line, and say how many; on any failure the old file stays as it was."""
    count = 0
    with replacing(path) as file:
        for document in documents:
            file.write(_ENCODER.encode(document))
            file.write(b"\n")
            count += 1
    return count


def document_from(record: dict[str, Any]) -> Document:
    """A document from a dict of the record; ``schema`` may be left out of a dict.

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
        # dicts made in Python may hold tuples where JSON has lists
        plain = json.loads(json.dumps(record, default=str))
        known = _identity(plain)
        problem = next(departures(plain), Problem("wrong-type", str(error), "a record", field="(record)"))
        raise InputError(problem.at(document=known)) from None
    for problem in hash_faults(document):
        raise InputError(problem)
    return document


def hash_faults(document: Document) -> Iterator[Problem]:
    """The problem of a ``sha256`` that is not the hash of the ``text`` beside it."""
    if document.sha256 is not UNSET and document.text is not UNSET and document.sha256 != sha256(document.text):
        yield Problem(
            "wrong-hash",
            shown(document.sha256, 80),
            sha256(document.text),
            "the text was changed after it was annotated: restore it, or annotate anew",
            "sha256",
            document.id,
        )


@contextlib.contextmanager
def replacing(path: str | Path) -> Iterator[IO[bytes]]:
    """A binary file that takes the place of ``path`` when the block ends well, and vanishes when it does not.

    Raises
    ------
    InputError
        The folder does not exist or cannot be written to.
    """
    target = Path(path)
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        file = draft.open("xb")
    except OSError as error:
        raise unreadable(target, error, "a place that can be written to") from None
    try:
        with file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise unreadable(target, error, "a place that can be written to") from None
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def unreadable(path: str | Path, error: OSError, expected: str = "a file that can be read") -> InputError:
    """The operating system's word on ``path`` as an error of ours."""
    return InputError(Problem("no-access", error.strerror or str(error), expected, "check the path", file=str(path)))


@contextlib.contextmanager
def _opened(path: str | Path) -> Iterator[IO[bytes]]:
    try:
        with Path(path).open("rb") as file:
            yield file
    except OSError as error:
        raise unreadable(path, error) from None


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
    except (ValueError, RecursionError) as error:
        reason = "brackets nested too deep" if isinstance(error, RecursionError) else str(error)
        return [Problem("not-json", shown(text.strip()), "one whole JSON object on the line", reason)]
    return problems or [Problem("not-json", shown(text.strip()), "one whole JSON object on the line", _refusal(line))]


def _refusal(line: bytes) -> str:
    try:
        _DECODER.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return str(error)
    return ""


def _no_constant(name: str) -> Callable[..., Any]:
    raise ValueError(f"{name} is no JSON number")


def _identity(value: object) -> str | None:
    known = value.get("id") if isinstance(value, dict) else None
    return known if isinstance(known, str) else None
