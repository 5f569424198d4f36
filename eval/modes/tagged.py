"""A pair of documents as programs see it that read one tag for each token.

Tokens are those of ``goldwire.tokens/1``, one sequence a document, tags are IOB2. Where several mentions want a token
the outermost keeps it, of those that cross or cover the same tokens the first (``corpus.formats.bio.flat``); what is
left out or changed so is counted and warned of, on both sides.
"""

from __future__ import annotations

from typing import NamedTuple

from goldwire.corpus.errors import InputError, Problem
from goldwire.corpus.formats.bio import Chunk, flat, tags
from goldwire.corpus.tokens import tokens
from goldwire.eval.ink import is_sound
from goldwire.eval.modes.mode import Pair
from goldwire.eval.side import Warn

__all__ = ["CANNOT", "NEEDS", "Tagged", "tagged"]

NEEDS = "mentions and the text; tokens are goldwire.tokens/1, tags IOB2, one sequence a document"
CANNOT = (
    "nested, crossing and equal spans: the outermost, else the first is kept; parts of tokens: widened to whole ones; "
    "predictions without a token: left out"
)

_CODES = {
    "mentions without a token": "mode-no-token",
    "mentions that cut a token (widened to whole tokens)": "mode-widened",
    "mentions with white space at an end (trimmed)": "mode-trimmed",
    "nested mentions": "mode-nested",
    "crossing mentions": "mode-crossing",
    "mentions over the same tokens": "mode-same-tokens",
}


class Tagged(NamedTuple):
    """Both sides in chunks of tokens, and their tags."""

    gold: list[Chunk]
    predicted: list[Chunk]
    gold_tags: list[str]
    predicted_tags: list[str]


def tagged(pair: Pair, warn: Warn) -> Tagged:
    """The pair in chunks and tags.

    Raises
    ------
    InputError
        Gold has no text.
    """
    if pair.text is None:
        want = "the text, from which the tokens of this mode are made"
        raise InputError(Problem("no-text", "no text", want, "add it to the gold", "text", pair.document))
    places = list(tokens(pair.text))
    sides: list[list[Chunk]] = []
    for name, mentions in (("gold", pair.gold), ("predicted", pair.predicted)):
        sound = []
        for start, end, kind in mentions:
            if is_sound((start, end), len(pair.text)):
                sound.append((start, end, kind))
            else:
                warn("mode-no-token", f"{pair.document}: {name} {kind} [{start}, {end})", 1)
        found = flat(sound, places)
        for what, at in found.lost:
            start, end, kind = sound[at]
            warn(_CODES[what], f"{pair.document}: {name} {kind} [{start}, {end})", 1)
        sides.append(found.chunks)
    return Tagged(sides[0], sides[1], *(tags(len(places), chunks) for chunks in sides))
