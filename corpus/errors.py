"""The exceptions of the whole kit, and the problem that they carry.

::

    GoldwireError                 catch this one to catch all; ``exit_code`` is the command's
    ├── InputError           1    a file, a record or a value is at fault
    ├── UsageError           2    the call or the command line is at fault
    ├── ExtractorError       3    an extractor failed
    ├── ServiceError         4    a server, a cluster or an endpoint failed
    └── ThresholdError       5    a score is below the threshold that was asked for

Every message says what happened, where, what was found, what was expected and what to do.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

__all__ = [
    "ExtractorError",
    "GoldwireError",
    "InputError",
    "Problem",
    "ServiceError",
    "ThresholdError",
    "UsageError",
    "reason",
    "shown",
]


def shown(value: Any, limit: int = 60) -> str:
    """``value`` as a message shows it: its ``repr`` on one line, cut at ``limit`` characters.

    >>> shown("Путин")
    "'Путин'"
    >>> shown("x" * 100, limit=10)
    "'xxxxxxxx…"
    """
    try:
        line = repr(value)
    except ValueError:  # an integer of more digits than Python prints
        line = f"a number of {value.bit_length()} bits"
    return line if len(line) <= limit else line[: limit - 1] + "…"


def reason(error: BaseException) -> str:
    r"""What another program's exception says, on one line.

    >>> reason(ValueError("no such\ncity"))
    'ValueError: no such city'
    """
    try:
        said = " ".join(str(error).split())[:300]
    except Exception:  # an exception that cannot be printed has only its name
        return type(error).__name__
    return f"{type(error).__name__}: {said}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with an input, and where.

    ``code`` names the kind of problem in kebab case, for programs; ``line`` counts from 1; ``field`` is a
    path into the record such as ``mentions[3].start``. Places that are not known are ``None``.
    ``severity`` is ``error`` or ``warning``.
    """

    code: str
    found: str
    expected: str
    remedy: str = ""
    field: str | None = None
    document: str | None = None
    line: int | None = None
    file: str | None = None
    severity: str = "error"

    def at(self, *, file: str | None = None, line: int | None = None, document: str | None = None) -> Problem:
        """The same problem with the places that are given filled in."""
        return replace(
            self,
            file=self.file if file is None else file,
            line=self.line if line is None else line,
            document=self.document if document is None else document,
        )

    def __str__(self) -> str:
        place = "" if self.file is None else self.file if self.line is None else f"{self.file}:{self.line}"
        parts = [place] if place else []
        if self.document is not None:
            parts.append(f"document {shown(self.document)}")
        if self.field is not None:
            parts.append(self.field)
        what = f"found {self.found}, expected {self.expected}"
        remedy = f"; {self.remedy}" if self.remedy else ""
        return ": ".join([*parts, what]) + remedy + f" [{self.code}]"


class GoldwireError(Exception):
    """The root of the tree: any failure that the kit reports in words."""

    exit_code = 1


class InputError(GoldwireError):
    """A file, a record or a value is at fault.

    ``problem`` holds the place and the parts of the message.
    """

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class UsageError(GoldwireError):
    """The call or the command line is at fault: an unknown name, an option that does not fit another."""

    exit_code = 2


class ExtractorError(GoldwireError):
    """An extractor could not be loaded, or failed on documents."""

    exit_code = 3


class ServiceError(GoldwireError):
    """A server, a cluster or an endpoint did not do what was asked of it."""

    exit_code = 4


class ThresholdError(GoldwireError):
    """A score is below the threshold that was asked for."""

    exit_code = 5
