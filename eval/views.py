"""Views: the same gold as another task. A view renames and drops types, then selects among the gold mentions.

A projection is a table of types, and predictions in the scheme's own types are renamed by it as well, so that gold
scored against itself stays perfect. Selections each judge the projected gold and are joined, so their order is free.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from goldwire.corpus.errors import UsageError, shown

__all__ = ["PROJECTIONS", "SELECTIONS", "View", "parse_view"]

PROJECTIONS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "per-loc-org": MappingProxyType(
            {
                "PERSON": "PER",
                "ORGANIZATION": "ORG",
                "COUNTRY": "LOC",
                "CITY": "LOC",
                "LOCATION": "LOC",
                # NEREL's two further types of what the scheme calls a LOCATION
                "STATE_OR_PROVINCE": "LOC",
                "DISTRICT": "LOC",
            }
        ),
    }
)
"""Type of the scheme, or of NEREL, which shares its names → type of the task; others are outside the task."""

SELECTIONS: Mapping[str, str] = MappingProxyType(
    {
        "names": "gold mentions whose form is name",
        "outermost": "gold mentions inside no other",
        "innermost": "gold mentions that hold no other",
        "depth=K": "gold mentions at nesting level K; the outermost are at level 1",
    }
)


@dataclass(frozen=True, slots=True)
class View:
    """One task: at most one projection, and any selections."""

    projection: str = ""
    names: bool = False
    outermost: bool = False
    innermost: bool = False
    depths: frozenset[int] = field(default_factory=frozenset)

    def __str__(self) -> str:
        selections = [name for name in ("innermost", "names", "outermost") if getattr(self, name)]
        selections += [f"depth={depth}" for depth in sorted(self.depths)]
        return "+".join([part for part in [self.projection, *selections] if part]) or "all"

    @property
    def table(self) -> dict[str, str | None]:
        """Old type → new type of the projection; empty for none. Types of the task stay what they are."""
        table = PROJECTIONS.get(self.projection, {})
        return {**{ours: ours for ours in table.values()}, **table}

    @property
    def by_depth(self) -> bool:
        """Whether a selection asks how mentions are nested."""
        return self.outermost or self.innermost or bool(self.depths)


def parse_view(name: str | None) -> View:
    """The view with that name: parts joined by ``+``, such as ``per-loc-org+names``; ``all`` or ``None`` for all gold.

    >>> str(parse_view("names+per-loc-org"))
    'per-loc-org+names'

    Raises
    ------
    UsageError
        A part is unknown, or two projections are named.
    """
    chosen: dict[str, bool] = {}
    projection, depths = "", set()
    if not isinstance(name, str | None):
        raise UsageError(f"view: found {shown(name)}, expected the name of a view, or None")
    for part in (name or "all").split("+"):
        if part in PROJECTIONS and projection in ("", part):
            projection = part
        elif part in ("names", "outermost", "innermost"):
            chosen[part] = True
        elif match := re.fullmatch(r"depth=([1-9]\d{0,3})", part):
            depths.add(int(match.group(1)))
        elif part != "all":
            known = ", ".join(["all", *PROJECTIONS, *SELECTIONS])
            raise UsageError(
                f"view {name!r}: found {part!r}, expected {known}, joined by '+', one projection at the most"
            )
    return View(projection=projection, depths=frozenset(depths), **chosen)
