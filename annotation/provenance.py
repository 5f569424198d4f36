"""Where a document of gold comes from: who annotated it, who agreed, who reviewed it, when, and what was chosen.

It stands in the document's ``extra`` under ``KEY``, a list with one entry for each adjudication, the latest last::

    {"outcome": "chosen",
     "versions": [{"name": "anna + boris", "by": [{"who": "anna", "when": "2026-01-02T03:04:05Z", "task": "7",
                                                   "annotation": "70"}, {"who": "boris"}]},
                  {"name": "vera", "by": [{"who": "vera"}]}],
     "version": "vera",
     "reviewed": [{"who": "carl", "when": "2026-01-03T03:04:05Z", "task": "9", "annotation": "90",
                   "begun_from": "vera"}]}

``outcome`` is ``agreed`` (all versions say the same), ``single`` (there is one version only), ``chosen`` (the reviewer
took ``version``), ``edited`` (took it and changed it) or ``made`` (began on a blank page). What is not known is left
out. Without its entry, and without an ``extra`` that is empty then, the document is the record that it was.
"""

from __future__ import annotations

from typing import Any, Final

from msgspec import UNSET
from msgspec.structs import replace

from goldwire.annotation.merging import Origin
from goldwire.corpus.document import Document
from goldwire.corpus.errors import InputError, Problem, shown

__all__ = ["KEY", "bare", "rounds", "signed", "with_round"]

KEY: Final = "goldwire-adjudication/1"
"""The key of ``extra``: the form's name and version."""


def rounds(document: Document) -> list[dict[str, Any]]:
    """The entries of a document, the latest last; ``[]`` for none.

    Raises
    ------
    InputError
        What stands there is no such list.
    """
    found = (document.extra or {}).get(KEY, [])
    if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
        want = "a list of objects"
        raise InputError(Problem("bad-provenance", shown(found), want, "remove it", f"extra.{KEY}", document.id))
    return found


def with_round(document: Document, entry: dict[str, Any]) -> Document:
    """``document`` with one entry more."""
    return replace(document, extra={**(document.extra or {}), KEY: [*rounds(document), entry]})


def bare(document: Document) -> Document:
    """``document`` without its entries, and without an ``extra`` that is empty then."""
    if not document.extra or KEY not in document.extra:
        return document
    left = {key: value for key, value in document.extra.items() if key != KEY}
    return replace(document, extra=left or UNSET)


def signed(origin: Origin) -> dict[str, Any]:
    """Who made an annotation, when, where it is, and from which prediction it was begun, as far as it is known."""
    found = {
        "who": origin.who,
        "when": origin.when,
        "task": origin.task,
        "annotation": origin.annotation,
        "begun_from": origin.model_version,
    }
    return {key: value for key, value in found.items() if value is not None}
