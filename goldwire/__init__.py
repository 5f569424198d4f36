"""A gold-annotated Russian news article, and the kit that scores any extractor against it.

>>> import goldwire
>>> [gold] = goldwire.load()
>>> len(gold.mentions), len(gold.quotes), len(gold.sections)
(108, 16, 3)
>>> goldwire.score([gold], [gold], draws=0).scores["entities.strict"]["value"]
1.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from goldwire.corpus.checks import check
    from goldwire.corpus.document import (
        UNSET,
        Block,
        Dateline,
        Document,
        Entity,
        Mention,
        Quote,
        Relation,
        Section,
    )
    from goldwire.corpus.errors import (
        ExtractorError,
        GoldwireError,
        InputError,
        Problem,
        ServiceError,
        ThresholdError,
        UsageError,
    )
    from goldwire.corpus.gold import load
    from goldwire.corpus.hub import load_dataset
    from goldwire.eval.measures import MEASURES
    from goldwire.eval.result import Result
    from goldwire.eval.scorer import Scorer
    from goldwire.io import read, write
    from goldwire.scoring import score

_HOMES = {
    "goldwire.corpus.checks": ("check",),
    "goldwire.corpus.document": (
        "UNSET",
        "Block",
        "Dateline",
        "Document",
        "Entity",
        "Mention",
        "Quote",
        "Relation",
        "Section",
    ),
    "goldwire.corpus.errors": (
        "ExtractorError",
        "GoldwireError",
        "InputError",
        "Problem",
        "ServiceError",
        "ThresholdError",
        "UsageError",
    ),
    "goldwire.corpus.gold": ("load",),
    "goldwire.corpus.hub": ("load_dataset",),
    "goldwire.eval.measures": ("MEASURES",),
    "goldwire.eval.result": ("Result",),
    "goldwire.eval.scorer": ("Scorer",),
    "goldwire.io": ("read", "write"),
    "goldwire.scoring": ("score",),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "MEASURES",
    "UNSET",
    "Block",
    "Dateline",
    "Document",
    "Entity",
    "ExtractorError",
    "GoldwireError",
    "InputError",
    "Mention",
    "Problem",
    "Quote",
    "Relation",
    "Result",
    "Scorer",
    "Section",
    "ServiceError",
    "ThresholdError",
    "UsageError",
    "check",
    "load",
    "load_dataset",
    "read",
    "score",
    "write",
]


def __getattr__(name: str) -> Any:
    """Import a public name from its home when it is first asked for, so that ``import goldwire`` stays light."""
    if name not in _HOME:
        raise AttributeError(f"module 'goldwire' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
