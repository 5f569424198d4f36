"""What a language model answers, read as the JSON that it was asked for; what is wrong with it is named."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from goldwire.corpus.errors import shown

__all__ = ["FAULTS", "Fault", "read_answer"]

FAULTS: Mapping[str, str] = MappingProxyType(
    {
        "damaged-cache": "a kept answer could not be read: it was asked for anew",
        "refused": "the model or its filter refused to answer: the layer is missing from the document",
        "no-json": "the answer has no JSON that was asked for: the layer is missing from the document",
        "cut-off": "the answer ran into the limit of tokens: the whole items before the cut are kept",
        "broken-json": "the JSON breaks off or is unsound: the whole items before that are kept",
        "fenced-json": "the JSON stood between ``` marks: read",
        "text-around-json": "the JSON stood among other text: read",
        "other-key": "the list stood under another key, or bare: read",
        "no-item": "something in the list is no object: left out",
        "null-field": "an item lacks a string that it cannot be without: left out",
        "respelt-label": "a label in other letters than those of the scheme: read as the scheme's",
        "unknown-kind": "a kind of quote or line that the scheme does not have: kept as it is",
        "quote-not-in-text": "the words of a quote are not in the text: a quote without a place, which is spurious",
        "part-not-in-text": "a part of a quote is not in the text: the other parts are kept",
        "abridged-quote": "a quote with dots in place of words: its parts are placed one by one",
        "cue-not-in-text": "the cue is not in the text: the quote has none",
        "speaker-not-in-text": "the speaker is not in the text: the quote has no speaker span",
        "marked-not-in-text": "a marked stretch is not in the quote's content: left out",
        "no-such-line": "a line that the text does not have: left out",
        "line-twice": "a line given twice: the first stands",
        "line-left-out": "a line that the answer does not name: it has no block",
        "dateline-not-in-text": "the dateline is not in the text: one without a place, which is spurious",
        "dateline-part-not-in-text": "a part of the dateline is not in it: left out",
    }
)
"""Code → what was wrong, and what was made of it."""

_THOUGHT = re.compile(r"<think>.*?</think>", re.DOTALL)
_FENCED = re.compile(r"```[\w-]*[ \t]*\n?(.*?)(?:```|\Z)", re.DOTALL)
_MOST_BRACKETS = 1000
_DECODER = json.JSONDecoder()


class Fault(NamedTuple):
    """A code of ``FAULTS``, and what was found, in short."""

    code: str
    found: str


def read_answer(said: str, key: str, *, cut: bool) -> tuple[dict[str, Any] | None, list[Fault]]:
    """The object with a list under ``key`` that ``said`` holds, ``None`` for none; and what was wrong with it.

    ``cut`` says that the answer ran into the limit of tokens.

    >>> read_answer('Sure! {"entities": []}', "entities", cut=False)
    ({'entities': []}, [Fault(code='text-around-json', found="'Sure!'")])
    """
    faults = []
    rest = _THOUGHT.sub("", said).strip()
    if rest != said.strip():
        faults.append(Fault("text-around-json", shown(said.strip())))
    if (fence := _FENCED.search(rest)) and (value := _decoded(fence[1])) is not None and _shaped(value, key):
        return _under(key, value, [*faults, Fault("fenced-json", shown(rest))])
    if (value := _decoded(rest)) is not None and _shaped(value, key):
        return _under(key, value, faults)
    for at, _ in zip(re.finditer(r"[{\[]", rest), range(_MOST_BRACKETS), strict=False):
        try:
            value, end = _DECODER.raw_decode(rest, at.start())
        except (ValueError, RecursionError):
            continue
        if _shaped(value, key) and value != []:
            around = " ".join(part for part in (rest[: at.start()].strip(), rest[end:].strip()) if part)
            return _under(key, value, [*faults, Fault("text-around-json", shown(around))])
    if begun := re.search(rf'"{re.escape(key)}"\s*:\s*\[', rest):
        items = _whole_items(rest, begun.end())
        return {key: items}, [*faults, Fault("cut-off" if cut else "broken-json", shown(rest[-40:]))]
    return None, [*faults, *([Fault("cut-off", shown(said[-40:]))] if cut else []), Fault("no-json", shown(said))]


def _decoded(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _shaped(value: Any, key: str) -> bool:
    """Whether a value is what was asked for, or is so but for its key."""
    if isinstance(value, dict):
        return isinstance(value.get(key), list) or sum(_is_list(inner) for inner in value.values()) == 1
    return _is_list(value)


def _is_list(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def _under(key: str, value: Any, faults: list[Fault]) -> tuple[dict[str, Any], list[Fault]]:
    if isinstance(value, list):
        return {key: value}, [*faults, Fault("other-key", "a bare list")]
    if isinstance(value.get(key), list):
        return value, faults
    [other] = [name for name, inner in value.items() if _is_list(inner)]
    return {**value, key: value[other]}, [*faults, Fault("other-key", shown(other))]


def _whole_items(text: str, at: int) -> list[Any]:
    items: list[Any] = []
    while True:
        at += len(text[at:]) - len(text[at:].lstrip(" \t\r\n,"))
        try:
            item, at = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            return items
        items.append(item)
