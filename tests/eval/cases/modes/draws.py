"""Small corpora on which programs are compared: dense, so that mentions nest, cross, repeat, touch and cut tokens."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence

from goldwire.corpus.document import Document, Mention, Span
from goldwire.corpus.tokens import tokens

Corpus = list[tuple[Document, Document]]
Spans = Iterable[tuple[int, int, str]]

TEXT = "Ан-2 в Твери. «Путин» 16.12, а-а"
TYPES = ("PER", "LOC", "A-B")
ODD_TYPES = ("PER", "", "-x-", "x", "_", "0")
"""Names that programs take for something else."""


def document(name: str, spans: Spans, text: str = TEXT) -> Document:
    return Document(id=name, text=text, mentions=tuple(Mention(start=s, end=e, type=t) for s, e, t in spans))


def drawn(seed: int, types: Sequence[str] = TYPES) -> Corpus:
    """One to three documents of up to fourteen mentions on either side, in any order, copies among them."""
    dice = random.Random(seed)
    corpus = []
    for n in range(dice.randint(1, 3)):
        text = TEXT if dice.random() < 0.8 else TEXT * 8  # in a long mention one character is less than one per cent
        length = dice.choice((6, 12, len(text)))
        sides: list[list[tuple[int, int, str]]] = []
        for _ in range(2):
            spans = []
            for _ in range(dice.randint(0, 7)):
                start, end = sorted(dice.sample(range(length + 1), 2))
                spans.append((start, end, dice.choice(types)))
            if sides and sides[0] and dice.random() < 0.7:
                spans += dice.sample(sides[0], dice.randint(1, len(sides[0])))
                dice.shuffle(spans)
            sides.append(spans)
        corpus.append((document(f"d{n}", sides[0], text), document(f"d{n}", sides[1], text)))
    return corpus


def places(document: Document) -> list[Span]:
    return list(tokens(document.text or ""))


def line(document: Document, places: Sequence[Span]) -> list[str]:
    """IOB2 tags, made another way than the mode makes them: token by token, the longest of those that begin first."""
    ranged = []
    for at, m in enumerate(document.mentions or ()):
        covered = [n for n, (start, end) in enumerate(places) if start < (m.end or 0) and (m.start or 0) < end]
        if covered:
            ranged.append((covered[0], -covered[-1], at, m.type))
    found, after = ["O"] * len(places), 0
    for first, minus, _, kind in sorted(ranged):
        if first >= after:
            after = -minus + 1
            found[first:after] = [f"B-{kind}"] + [f"I-{kind}"] * (after - first - 1)
    return found
