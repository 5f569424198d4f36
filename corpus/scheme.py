"""The label set as data: every name that an annotator may use, its definition, its section of the guidelines."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from goldwire.corpus.errors import InputError, Problem, shown

__all__ = ["SCHEME", "Label", "Scheme", "read_scheme"]


@dataclass(frozen=True, slots=True)
class Label:
    """One name of the scheme, what it means, and the section of the guidelines that says more."""

    name: str
    definition: str
    section: str = ""


@dataclass(frozen=True, slots=True)
class Scheme:
    """The names that the parts of a document may bear. An empty tuple allows any name."""

    version: str
    types: tuple[Label, ...]
    forms: tuple[Label, ...]
    quote_kinds: tuple[Label, ...]
    block_kinds: tuple[Label, ...]

    def names(self, part: str) -> frozenset[str]:
        """The names allowed in ``part``: ``types``, ``forms``, ``quote_kinds`` or ``block_kinds``."""
        return frozenset(label.name for label in getattr(self, part))


def _labels(section: str, /, **definitions: str) -> tuple[Label, ...]:
    return tuple(Label(name, definition, section) for name, definition in definitions.items())


SCHEME = Scheme(
    version="2",
    types=_labels(
        "1. Entities",
        PERSON="a person's name, without title",
        PROFESSION="an office, a title, an occupation or the role a person plays, with its complement",
        ORGANIZATION="an agency, army, authority, government, coalition or organised side of a conflict",
        COUNTRY="a country, also as an adjective",
        CITY="a city or town, also as an adjective, without the word for city",
        LOCATION="any other named place",
        DATE="a calendar date or a relative one",
        TIME="a time of day",
        NUMBER="a count that is no date, time or age",
        EVENT="a noun phrase for one particular event, past or planned",
    ),
    forms=_labels(
        "1. Entities",
        name="a proper name or its abbreviation",
        adjective="an adjective of a place",
        description="a phrase of common nouns, whatever is nested in it",
        value="a date, a time or a number",
    ),
    quote_kinds=_labels(
        "2. Quotes",
        direct="in quote marks, a whole sentence or more",
        indirect="reported without quote marks",
        mixed="a reported clause that has a stretch in quote marks inside it",
    ),
    block_kinds=_labels(
        "3. Sections",
        timestamp="a line that says when the article was published or updated",
        rubric="the topic or series under which the article is filed",
        headline="the title",
        caption="a caption or credit of a picture or video",
        standfirst="the summary under the headline",
        subhead="a heading inside the body",
        paragraph="a paragraph of the body",
    ),
)
"""The scheme of the embedded gold, version 2."""

_PARTS = ("types", "forms", "quote_kinds", "block_kinds")


def read_scheme(path: str | Path) -> Scheme:
    """A scheme of one's own from a TOML file.

    The file has a string ``version`` and up to four tables, ``types``, ``forms``, ``quote_kinds`` and
    ``block_kinds``, each ``NAME = "definition"``. A table that is left out allows any name.

    Raises
    ------
    InputError
        The file cannot be read, is not TOML, or has other keys or values.
    """
    try:
        table: dict[str, Any] = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:  # ValueError: not UTF-8, not TOML, or a number too long
        raise InputError(
            Problem("bad-scheme", str(error), "a TOML file in UTF-8", "see `goldwire check --help`", file=str(path))
        ) from None
    for key, value in table.items():
        ok = isinstance(value, str) if key == "version" else key in _PARTS and _is_table_of_strings(value)
        if not ok:
            raise InputError(
                Problem(
                    "bad-scheme",
                    shown(value),
                    f'version = "…" or a table {", ".join(_PARTS)} of NAME = "definition"',
                    field=key if key.isidentifier() else shown(key),
                    file=str(path),
                )
            )
    parts = {part: _labels(part, **table.get(part, {})) for part in _PARTS}
    return Scheme(version=table.get("version", Path(path).stem), **parts)


def _is_table_of_strings(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(definition, str) for definition in value.values())
