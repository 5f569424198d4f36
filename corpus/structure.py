"""Every place where a decoded JSON value departs from the form of the record, found in one walk.

``msgspec`` stops at the first fault and names no remedy; this walk is taken only where ``msgspec`` refused.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator
from typing import Any, Literal

import msgspec
from msgspec import Struct, UnsetType

from goldwire.corpus.document import Document
from goldwire.corpus.errors import Problem, shown

__all__ = ["departures"]

_NAMES = {
    str: "a string",
    int: "an integer",
    float: "a number",
    dict: "an object",
    type(None): "null",
    bool: "a truth value",
}


def departures(value: object, expected: Any = Document, field: str = "") -> Iterator[Problem]:
    """Every departure of ``value`` (as ``json.loads`` gives it) from the form of ``expected``, in order of the keys."""
    options = [option for option in _options(expected) if option is not UnsetType]
    kind, *arguments = _split(options[0])
    if value is None and type(None) in options:
        return
    if isinstance(kind, type) and issubclass(kind, Struct) and isinstance(value, dict):
        yield from _departures_of_object(value, kind, field)
    elif kind is tuple and isinstance(value, list) and (arguments[-1] is Ellipsis or len(value) == len(arguments)):
        members = [arguments[0]] * len(value) if arguments[-1] is Ellipsis else arguments
        for index, (item, member) in enumerate(zip(value, members, strict=True)):
            yield from departures(item, member, f"{field}[{index}]")
    else:
        try:
            msgspec.convert(value, expected, strict=True)
        except msgspec.ValidationError:
            yield Problem(
                "wrong-type",
                shown(value),
                " or ".join(_said(o) for o in options),
                _remedy(value, options, field),
                field or "(record)",
            )


def _departures_of_object(value: dict[str, Any], kind: type[Struct], field: str) -> Iterator[Problem]:
    fields = {f.encode_name: f for f in msgspec.structs.fields(kind)}
    prefix = f"{field}." if field else ""
    for name, wanted in fields.items():
        if name in value:
            yield from departures(value[name], wanted.type, prefix + name)
        elif wanted.required or name == "schema":
            yield Problem(
                "missing-key",
                "no such key",
                " or ".join(_said(o) for o in _options(wanted.type)),
                "add the key",
                prefix + name,
            )
    for name in value:
        if name not in fields:
            room = "put it under `extra`" if "extra" in fields else "leave it out"
            key = name if name.isidentifier() else shown(name)  # a key may hold anything, a line's end too
            yield Problem("unknown-key", shown(value[name]), f"one of {', '.join(fields)}", room, prefix + key)


def _options(expected: Any) -> tuple[Any, ...]:
    if typing.get_origin(expected) in (typing.Union, types.UnionType):
        return tuple(option for option in typing.get_args(expected) if option is not UnsetType)
    return (expected,)


def _split(expected: Any) -> tuple[Any, ...]:
    origin = typing.get_origin(expected)
    return (expected,) if origin is None else (origin, *typing.get_args(expected))


def _said(expected: Any) -> str:
    kind, *arguments = _split(expected)
    if kind is Literal:
        return " or ".join(repr(argument) for argument in arguments)
    if kind is tuple:
        if arguments[-1] is Ellipsis:
            return f"a list, each {_said(arguments[0])}"
        return "a pair [start, end] of integers"
    if isinstance(kind, type) and issubclass(kind, Struct):
        return f"an object ({kind.__name__.lower()})"
    return _NAMES[kind]


def _remedy(value: object, options: list[Any], field: str) -> str:
    if value is None and field and not field.endswith("]"):
        return "leave the key out where there is no value"
    if int in options and isinstance(value, str) and value.strip().lstrip("-").isdigit():
        return "write the number without quotes"
    if int in options and isinstance(value, float):
        return "offsets are whole numbers of code points"
    return ""
