"""Answers kept on disk, so that a question is paid for once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from goldwire.corpus.store import replacing, unreadable

__all__ = ["PARTS", "SCHEMA", "AnswerCache", "digest"]

SCHEMA = "goldwire-answer/1"
PARTS = {"content", "refusal", "finish_reason", "model", "usage"}
"""What an answer consists of."""


def digest(content: object) -> str:
    """The SHA-256 of ``content`` as JSON with sorted keys, as hexadecimal digits.

    >>> digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    True
    """
    return hashlib.sha256(msgspec.json.encode(content, order="deterministic")).hexdigest()


class AnswerCache:
    """A folder with a file for each question; ``None`` keeps nothing.

    A question is a JSON object; its file is named by its digest, holds it beside the answer, and is written whole or
    not at all. The last file that could not be read as such is told of in ``damaged``.
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self.damaged: str | None = None

    def get(self, question: Mapping[str, Any]) -> dict[str, Any] | None:
        """The answer to ``question``, if it is there."""
        if self.folder is None:
            return None
        path = _path(self.folder, question)
        try:
            found = msgspec.json.decode(path.read_bytes())
        except FileNotFoundError:
            return None
        except OSError as error:
            raise unreadable(path, error, "a file that can be read") from None
        except ValueError:
            found = None
        if isinstance(found, dict) and found.get("schema") == SCHEMA and found.get("question") == dict(question):
            answer = found.get("answer")
            if isinstance(answer, dict) and set(answer) == PARTS:
                return answer
        self.damaged = path.name
        return None

    def put(self, question: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
        """Keep the answer to ``question``.

        Raises
        ------
        InputError
            The folder cannot be written to.
        """
        if self.folder is None:
            return
        path = _path(self.folder, question)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise unreadable(path.parent, error, "a folder that can be written to") from None
        content = {"schema": SCHEMA, "question": question, "answer": answer}
        with replacing(path) as file:
            file.write(msgspec.json.format(msgspec.json.encode(content), indent=1) + b"\n")


def _path(folder: Path, question: Mapping[str, Any]) -> Path:
    name = digest(question)
    return folder / name[:2] / f"{name}.json"
