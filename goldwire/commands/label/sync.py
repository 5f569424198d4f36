"""``goldwire label sync``."""

from __future__ import annotations

from goldwire.commands.label.options import (
    PATIENCE,
    TIMEOUT,
    URL,
    Drafts,
    Export,
    GoldAs,
    GoldAsOption,
    Inputs,
    Layers,
    Out,
    Patience,
    PreAnnotate,
    Predictions,
    SchemeFile,
    Timeout,
    Title,
    Token,
    Url,
    connected,
)
from goldwire.commands.label.pull import pulled
from goldwire.commands.label.push import pushed
from goldwire.commands.label.saying import say_proposals
from goldwire.commands.options import refuse_overwriting

__all__ = ["sync"]


def sync(
    title: Title,
    inputs: Inputs,
    out: Out,
    gold_as: GoldAsOption = GoldAs.ANNOTATION,
    pre_annotate: PreAnnotate = None,
    layer: Layers = None,
    scheme: SchemeFile = None,
    export: Export = None,
    drafts: Drafts = False,
    predictions: Predictions = False,
    url: Url = URL,
    token: Token = "",
    timeout: Timeout = TIMEOUT,
    patience: Patience = PATIENCE,
) -> None:
    """Push what the server does not have, then pull what was annotated.

    Example: goldwire label sync "Palmyra" articles.jsonl --out gold.jsonl
    """
    refuse_overwriting(out, inputs)
    refuse_overwriting(export, [*inputs, out])
    connection = connected(url, token, timeout, patience)
    proposals = pushed(connection, title, inputs, gold_as, pre_annotate, layer, scheme)
    pulled(connection, [title], out, export, drafts, predictions, scheme)
    say_proposals(proposals)
