"""The options of one extractor, as its specification gives them: strings, read with the refusals they deserve."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from goldwire.corpus.errors import UsageError, shown

__all__ = ["Options"]


class Options:
    """Strings by name, each read once by what is made of them.

    Raises
    ------
    UsageError
        An option that the extractor does not have, or, when it is read, a value that it cannot have.
    """

    def __init__(self, what: str, given: Mapping[str, str], known: Iterable[str]) -> None:
        self._what = what
        self._given = dict(given)
        if unknown := sorted(set(self._given) - set(known)):
            raise UsageError(
                f"extractor {what!r}: found the option {shown(unknown[0])}, expected {', '.join(sorted(known))}"
            )

    def text(self, name: str, default: str = "") -> str:
        """The value as it is."""
        return self._given.get(name, default)

    def choice(self, name: str, allowed: Iterable[str], default: str) -> str:
        """One of ``allowed``."""
        value = self._given.get(name, default)
        if value not in allowed:
            raise self._refused(name, " or ".join(allowed))
        return value

    def parts(self, name: str) -> tuple[str, ...]:
        """What is joined by commas, each once; none where the option is not given."""
        found = tuple(dict.fromkeys(part.strip() for part in self._given.get(name, "").split(",") if part.strip()))
        if name in self._given and not found:
            raise self._refused(name, "values joined by commas")
        return found

    def yes(self, name: str, default: bool = False) -> bool:
        """``yes`` or ``no``."""
        return self.choice(name, ("yes", "no"), "yes" if default else "no") == "yes"

    def count(self, name: str, default: int, least: int = 1) -> int:
        """An integer, ``least`` or more."""
        return round(self.number(name, default, least, whole=True))

    def number(self, name: str, default: float, least: float, most: float = math.inf, *, whole: bool = False) -> float:
        """A finite number within [least, most]."""
        if name not in self._given:
            return default
        kind = f"{'a whole number' if whole else 'a number'} from {least:g}"
        kind += "" if most == math.inf else f" to {most:g}"
        try:
            value = int(self._given[name]) if whole else float(self._given[name])
        except ValueError:
            raise self._refused(name, kind) from None
        if not least <= value <= most or value == math.inf:
            raise self._refused(name, kind)
        return value

    def _refused(self, name: str, expected: str) -> UsageError:
        found = shown(self._given[name])
        return UsageError(f"extractor {self._what!r}: option {name}: found {found}, expected {expected}")
