"""Label maps: what each label of an extractor is called in the task, and why a label has no place in it."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from goldwire.corpus.errors import InputError, Problem, UsageError, shown

__all__ = ["LabelMap", "Meaning", "as_label_map", "conventional", "read_label_map", "toml_of"]


class Meaning(NamedTuple):
    """The task's label for one of an extractor's (``None``: outside the task), and the reason."""

    ours: str | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class LabelMap:
    """A table ``theirs → ours, why``. A label that the table does not know keeps its name, and is warned of."""

    meanings: Mapping[str, Meaning]

    def __contains__(self, theirs: str) -> bool:
        return theirs in self.meanings

    def __getitem__(self, theirs: str) -> str | None:
        return self.meanings[theirs].ours


_PER_LOC_ORG = LabelMap(
    {
        "PER": Meaning("PERSON", "both are a person's name"),
        "ORG": Meaning("ORGANIZATION", "both are an organisation's name"),
        "LOC": Meaning("LOCATION", "countries and cities are not told from other places"),
        "MISC": Meaning(None, "whatever else is named; the label set has no such type"),
    }
)


def conventional(labels: Collection[str]) -> tuple[LabelMap | None, str]:
    """The label map, and the view, of an extractor that has these labels and no map of its own.

    Those with PER, LOC and ORG (and MISC) alone, as CoNLL-2003 named them, are judged as such; others as they are.
    """
    known = set(_PER_LOC_ORG.meanings)
    if not labels or not set(labels) <= known or set(labels) == {"MISC"}:
        return None, "all"
    return _PER_LOC_ORG, "per-loc-org+names"


def as_label_map(labels: LabelMap | Mapping[str, str | None] | str | Path | None) -> LabelMap | None:
    """A map from any of the forms that the API takes: a map, a dict ``{theirs: ours or None}``, a TOML file.

    Raises
    ------
    UsageError
        It is none of these.
    InputError
        The file cannot be read, or is no label map.
    """
    if labels is None or isinstance(labels, LabelMap):
        return labels
    if isinstance(labels, (str, Path)):
        return read_label_map(labels)
    if not isinstance(labels, Mapping):
        raise UsageError(f"labels: found {shown(labels)}, expected a dict, a path or None")
    for theirs, ours in labels.items():
        if not isinstance(theirs, str) or not isinstance(ours, str | None):
            raise UsageError(f"labels: found {shown(theirs)}: {shown(ours)}, expected a label, and ours or None")
    return LabelMap({theirs: Meaning(ours) for theirs, ours in labels.items()})


def read_label_map(path: str | Path) -> LabelMap:
    """A map from a TOML file with a table ``[labels]``.

    Each entry is ``THEIRS = "OURS"``, ``THEIRS = { to = "OURS", why = "…" }``, or, for a label outside the task,
    ``THEIRS = { why = "…" }``.

    Raises
    ------
    InputError
        The file cannot be read, is not TOML, or has an entry of another form.
    """
    return _label_map(_table(path), str(path))


def toml_of(labels: LabelMap, notes: Mapping[str, str] = MappingProxyType({})) -> str:
    """``labels`` as a TOML file that ``read_label_map`` reads; ``notes`` are comments above the entries of labels."""
    lines = ["[labels]"]
    for theirs, (ours, why) in labels.meanings.items():
        if theirs in notes:
            lines.append(f"# {' '.join(notes[theirs].split())}")
        parts = ([f"to = {_string(ours)}"] if ours is not None else []) + (
            [f"why = {_string(why)}"] if why or ours is None else []
        )
        lines.append(f"{_string(theirs)} = {{ {', '.join(parts)} }}")
    return "\n".join(lines) + "\n"


def _string(value: str) -> str:
    """A basic string of TOML, which escapes as JSON does, and the delete character too."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _table(path: str | Path) -> dict[str, Any]:
    file = str(path)
    try:
        return tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:  # ValueError: not UTF-8, not TOML, or a number too long
        raise InputError(Problem("bad-label-map", str(error), "a TOML file in UTF-8", file=file)) from None


def _label_map(table: Mapping[str, Any], file: str) -> LabelMap:
    """The map of a TOML file's content.

    Raises
    ------
    InputError
        It has no table ``[labels]``, or an entry of another form.
    """
    entries = table.get("labels")
    if not isinstance(entries, dict):
        raise InputError(Problem("bad-label-map", shown(sorted(table)), "a table [labels]", field="labels", file=file))
    meanings = {}
    for theirs, entry in entries.items():
        match entry:
            case str():
                meanings[theirs] = Meaning(entry)
            case {"to": str(ours)} if len(entry) == 1:
                meanings[theirs] = Meaning(ours)
            case {"to": str(ours), "why": str(why)} if len(entry) == 2:
                meanings[theirs] = Meaning(ours, why)
            case {"why": str(why)} if len(entry) == 1:
                meanings[theirs] = Meaning(None, why)
            case _:
                form = '"OURS", { to = "OURS", why = "…" } or { why = "…" }'
                raise InputError(
                    Problem(
                        "bad-label-map",
                        shown(entry),
                        form,
                        field=f"labels.{theirs if theirs.isidentifier() else shown(theirs)}",
                        file=file,
                    )
                )
    return LabelMap(meanings)
