"""Label maps: what each label of an extractor is called in the task, and why a label has no place in it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from goldwire.corpus.errors import InputError, Problem, shown

__all__ = ["LabelMap", "Meaning", "as_label_map", "read_label_map"]


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


def as_label_map(labels: LabelMap | Mapping[str, str | None] | str | Path | None) -> LabelMap | None:
    """A map from any of the forms that the API takes: a map, a dict ``{theirs: ours or None}``, a TOML file."""
    if labels is None or isinstance(labels, LabelMap):
        return labels
    if isinstance(labels, (str, Path)):
        return read_label_map(labels)
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
    file = str(path)
    try:
        table = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:  # ValueError: not UTF-8, not TOML, or a number too long
        raise InputError(Problem("bad-label-map", str(error), "a TOML file in UTF-8", file=file)) from None
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
