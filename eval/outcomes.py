"""What became of each gold mention and quote, one by one, as the two headlines count them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

import numpy as np

from goldwire.corpus.document import UNSET, Document, Quote, Span
from goldwire.eval.cells import Cells
from goldwire.eval.columns import mention_columns
from goldwire.eval.context import in_line
from goldwire.eval.errors import errors
from goldwire.eval.faults import without_copies
from goldwire.eval.labels import LabelMap
from goldwire.eval.matching import CORRECT, match
from goldwire.eval.quotes import who_said_what
from goldwire.eval.side import NO_TEXT, SideBuilder, on_text, without_text
from goldwire.eval.tally import Cell
from goldwire.eval.views import View

__all__ = ["Outcome", "mention_outcomes", "quote_outcomes"]

Pair = tuple[Document, Document | None]
"""A gold document and its prediction, if there is one."""

_AT_ONCE = 500
_WIDTH = 40


class Outcome(NamedTuple):
    """A gold item, or a spurious prediction, and what became of it.

    ``label`` is the mention's type in the task, or the quote's kind; spans are half-open, in code points; ``error`` is
    one of ``errors.CLASSES`` for a mention, and for a quote ``correct``, ``speaker`` (found, said by another or by
    nobody), ``missed`` or ``spurious``. ``partner`` and ``partner_label`` are the prediction that was matched with it,
    or ``None``; ``said_by`` is the partner's speaker. A spurious item has the place and label of the prediction.
    """

    document: str
    start: int
    end: int
    label: str
    error: str
    partner: Span | None = None
    partner_label: str | None = None
    said_by: Span | str | None = None

    @property
    def hit(self) -> bool:
        """Whether the headline score counts it as a hit."""
        return self.error == "correct"

    def instead(self, text: str) -> str:
        """What was predicted in its place, in words; empty where it is a hit, missed or spurious."""
        if self.hit or self.partner is None:
            return ""
        if self.error != "speaker":
            return f"{self.partner_label} «{in_line(text, *self.partner, _WIDTH).surface}»"
        if self.said_by is None:
            return "said by nobody"
        who = self.said_by if isinstance(self.said_by, str) else in_line(text, *self.said_by, _WIDTH).surface
        return f"said by «{who}»"


def mention_outcomes(pairs: Iterable[Pair], labels: LabelMap | None, view: View) -> Iterator[Outcome]:
    """Of each document the gold mentions inside the task in the order of the record, then the spurious predictions.

    Gold mentions come in one order whatever is predicted. Predictions without a sound span, and copies, are left out.

    Raises
    ------
    InputError
        Gold is unsound, or lacks what the view selects by.
    """
    stream = iter(pairs)
    while batch := list(islice(stream, _AT_ONCE)):
        yield from _of_batch(batch, labels, view)


def _of_batch(pairs: Sequence[Pair], labels: LabelMap | None, view: View) -> Iterator[Outcome]:
    ours, theirs = SideBuilder(with_forms=True), SideBuilder(with_forms=False)
    for gold, predicted in pairs:
        text = None if gold.text is UNSET else gold.text
        length = NO_TEXT if text is None else len(text)
        ours.add(gold.mentions or (), length)
        guesses = () if predicted is None or gold.mentions is UNSET else predicted.mentions or ()
        if not without_text(guesses) or not theirs.add(guesses, length):
            kept, unplaced = on_text(gold.id, guesses, text, _quiet)
            theirs.add(kept, length, unplaced)
    names = [gold.id for gold, _ in pairs]
    each = np.arange(len(names))
    cells = Cells([Cell(name, 0) for name in names], each, np.zeros(len(names), np.int64))
    columns = mention_columns(ours.side(), theirs.side(), names, cells, labels, view, _quiet)
    gold_side, guess_side, types = columns.gold, columns.predicted, columns.types
    matching = match(gold_side, guess_side, partners=False)
    wrong, guess_wrong = (code // 9 != CORRECT for code in (matching.gold_code, matching.predicted_code))
    found = errors(gold_side, guess_side, wrong, guess_wrong)
    partner = dict(found.pairs.T.tolist())
    listed: list[list[Outcome]] = [[] for _ in names]
    guesses_at = list(zip(*(column.tolist() for column in guess_side), strict=True))
    for at, (number, start, end, kind) in enumerate(zip(*(column.tolist() for column in gold_side), strict=True)):
        place = names[number], start, end, types[kind]
        if not wrong[at]:
            listed[number].append(Outcome(*place, "correct", (start, end), types[kind]))
        elif at not in partner:
            listed[number].append(Outcome(*place, "missed"))
        else:
            _, first, last, guessed = guesses_at[partner[at]]
            parts = ["type"] * (guessed != kind), ["boundary"] * ((first, last) != (start, end))
            error = "+".join([*parts[0], *parts[1]])
            listed[number].append(Outcome(*place, error, (first, last), types[guessed]))
    for at in found.spurious.tolist():
        number, start, end, kind = guesses_at[at]
        listed[number].append(Outcome(names[number], start, end, types[kind], "spurious"))
    for outcomes in listed:
        yield from outcomes


def _quiet(*_: object) -> None:
    """What is odd about the predictions was said when they were scored."""


def quote_outcomes(pairs: Iterable[Pair]) -> Iterator[Outcome]:
    """Of each document that has gold quotes, each of them in text order, then the spurious ones.

    The span is that of the first content.

    Raises
    ------
    InputError
        Gold is unsound.
    """
    for gold, predicted in pairs:
        if gold.quotes is UNSET or gold.text is UNSET:
            continue
        guesses = predicted or Document(id=gold.id)
        said, spurious = who_said_what(without_copies(gold), guesses, gold.text)
        for quote, partner, hit in said:
            place = gold.id, *_first(quote), quote.kind
            if partner is None:
                yield Outcome(*place, "missed")
            else:
                error = "correct" if hit else "speaker"
                yield Outcome(*place, error, _first(partner), partner.kind, _speaker(partner))
        for quote in spurious:
            yield Outcome(gold.id, *_first(quote), quote.kind, "spurious")


def _first(quote: Quote) -> Span:
    return min(quote.content, default=(0, 0))


def _speaker(quote: Quote) -> Span | str | None:
    """Where the speaker is named, else the entity's id."""
    return quote.speaker or quote.speaker_entity or None
