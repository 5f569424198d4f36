"""The sentences of Russian newswire and their tokens, with every stretch in quote marks kept whole.

All offsets are half-open and count code points of the raw text. Every function is linear in the length of its input
and gives something empty for an empty text.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from goldwire.corpus.document import Block, Span
from goldwire.eval.baselines.layout import dateline

__all__ = ["DASHES", "Sentence", "Token", "prose", "sentences", "tokens", "words"]

DASHES: Final = frozenset("-–—−")
"""The characters that newswire uses for a dash."""


def words(row: str) -> frozenset[str]:
    """The words of a table's row, as a set; none for an empty row."""
    return frozenset(row.split())


class Token(NamedTuple):
    """A word, a number, an initial with its dot, a mark of punctuation, or a whole stretch in quote marks.

    ``low`` is the text in lower case with «ё» as «е», for comparison with the tables.
    """

    start: int
    end: int
    text: str
    low: str

    @property
    def is_pair(self) -> bool:
        """Whether the token is a stretch in quote marks, marks included."""
        return len(self.text) > 1 and self.text[0] in '"«„“'

    @property
    def is_final(self) -> bool:
        """Whether a stretch in quote marks ends in a mark that makes a comma before the dash needless."""
        return self.text[-2] in "!?…,"

    @property
    def inner(self) -> Span:
        """The span between the quote marks of a stretch."""
        return self.start + 1, self.end - 1


@dataclass(slots=True)
class Sentence:
    """The tokens of one sentence of ``text``, the kind of its block, and whether it stands inside quote marks.

    One that is ``spoken`` is a whole line led by a dash, as speech is in an interview; ``carried`` holds the lines
    above in which its first stretch in quote marks began.

    Questions about a place outside the sentence are answered with nothing: an empty word, ``False``.
    """

    text: str
    tokens: list[Token]
    kind: str
    inside: bool = False
    spoken: bool = False
    carried: tuple[Span, ...] = ()

    def low(self, at: int) -> str:
        """The token at ``at`` as the tables write it."""
        return self.tokens[at].low if 0 <= at < len(self.tokens) else ""

    def is_dash(self, at: int) -> bool:
        """Whether the token at ``at`` is a dash."""
        return self.low(at) in DASHES

    def is_pair(self, at: int) -> bool:
        """Whether the token at ``at`` is a stretch in quote marks."""
        return 0 <= at < len(self.tokens) and self.tokens[at].is_pair

    def find(self, marks: Container[str], first: int, last: int) -> int | None:
        """The first token of ``[first, last)`` that is one of ``marks``."""
        return next((i for i in range(first, min(last, len(self.tokens))) if self.tokens[i].low in marks), None)

    def span(self, first: int, last: int) -> Span:
        """The span of tokens ``[first, last)``, of which there is at least one."""
        return self.tokens[first].start, self.tokens[last - 1].end


_PIECE = re.compile(
    r"[А-ЯЁA-Z]\.(?=\s?[А-ЯЁA-Z])|[^\W_]+(?:[-‑'’][^\W_]+|[.,:]\d+|\.(?=[A-Z]{2})[A-Z]+)*|\.{3}|[^\w\s]|_"
)
_MARK = re.compile('["«»„“”]')
_CLOSES = re.compile("[«»„“”]")
_LEADS_ON = re.compile(r"[,!?…]?\s?[-–—]\s")
_LONGEST = 300
"""No sentence has more tokens: what nests in it is then bounded, and all work on a text is linear."""

_SPEECH = 9
"""A speech runs over no more lines than one less."""

_ENDS = frozenset((".", "!", "?", "…", "..."))
_ABBREVIATIONS = words("г гг ул им т тыс руб стр д св проф акад корр кв пл просп ст п")


def tokens(text: str, start: int, end: int, opened: bool = False) -> list[Token]:
    """The tokens of ``text[start:end]`` in order, with every outermost stretch in quote marks as one token.

    Where a stretch was ``opened`` above, the line end before ``start`` stands for its opening mark.
    """
    found: list[Token] = []
    at = start
    closing_above = _closing_mark(text, start, end) if opened else None
    if closing_above is not None:
        surface = "«" + text[start : closing_above + 1]
        found.append(Token(start - 1, closing_above + 1, surface, surface.lower()))
        start = at = closing_above + 1
    for opening, closing in _pairs(text, start, end):
        found += _pieces(text, at, opening)
        surface = text[opening : closing + 1]
        found.append(Token(opening, closing + 1, surface, surface.lower()))
        at = closing + 1
    return found + _pieces(text, at, end)


def _pieces(text: str, start: int, end: int) -> list[Token]:
    return [
        Token(match.start(), match.end(), match.group(), match.group().lower().replace("ё", "е"))
        for match in _PIECE.finditer(text, start, end)
    ]


def _opens(text: str, block: Block) -> bool:
    """Whether a block begins with a mark of opening that nothing in it closes."""
    return text[block.start] in "«„" and _closing_mark(text, block.start + 1, block.end) is None


def _closing_mark(text: str, start: int, end: int) -> int | None:
    """The first mark of closing in ``text[start:end]`` whose mark of opening stands before ``start``."""
    depth = 0
    for match in _CLOSES.finditer(text, start, end):
        at = match.start()
        # «“» closes what «„» opened, and opens what «”» closes
        free = at == start or text[at - 1].isspace()
        depth += 1 if match.group() in "«„" or (match.group() == "“" and free) else -1
        if depth < 0:
            return match.start()
    return None


def sentences(text: str, start: int, end: int, opened: bool = False) -> list[list[Token]]:
    """The sentences of ``text[start:end]`` as lists of tokens, without the full stop at the end.

    No sentence ends inside quote marks, after an initial or an abbreviation, or before a dash that leads on.
    """
    found: list[list[Token]] = []
    current: list[Token] = []
    pieces = tokens(text, start, end, opened)
    for index, token in enumerate(pieces):
        current.append(token)
        following = pieces[index + 1] if index + 1 < len(pieces) else None
        if following is None or len(current) == _LONGEST or _breaks(pieces, index):
            if token.text == ".":
                current.pop()
            if current:
                found.append(current)
            current = []
    return found


def prose(text: str, blocks: Sequence[Block]) -> Iterator[Sentence]:
    """The sentences of ``text`` in order, without its time lines, rubrics and dateline.

    A line led by a dash comes whole, as speech, and then in its sentences. The lines of a speech that runs over several
    come with the last of them.
    """
    head = dateline(text, blocks)
    shown = [block for block in blocks if block.kind not in ("timestamp", "rubric")]
    runs = _runs(text, shown)
    inside = {at for last, (first, _) in runs.items() for at in range(first, last)}
    for at, block in enumerate(shown):
        if at in inside:
            continue
        first, opened = runs.get(at, (at, False))
        carried = tuple((above.start, above.end) for above in shown[first:at])
        start = head.end if head and block.start <= head.start < block.end else block.start
        if block.kind == "paragraph" and text[block.start] in DASHES and not carried:
            pieces = tokens(text, block.start + 1, block.end)
            if 0 < len(pieces) <= _LONGEST:
                yield Sentence(text, pieces, block.kind, spoken=True)
        for pieces in sentences(text, start, block.end, opened):
            # what leads on from the dateline («INTERFAX.RU - …») is no part of the first sentence
            lead = next((i for i, t in enumerate(pieces) if t.low not in DASHES and t.text != "."), None)
            if lead is not None:
                yield Sentence(text, pieces[lead:], block.kind, carried=carried)
                carried = ()


def _runs(text: str, blocks: Sequence[Block]) -> dict[int, tuple[int, bool]]:
    """Speech over several lines: its last line → its first, and whether the last lacks a mark of opening of its own."""
    found: dict[int, tuple[int, bool]] = {}
    past = 0
    for first, block in enumerate(blocks):
        if first < past or block.kind != "paragraph" or not _opens(text, block):
            continue
        for last in range(first + 1, min(len(blocks), first + _SPEECH)):
            if blocks[last].kind != "paragraph":
                break
            if _opens(text, blocks[last]):
                continue
            own = text[blocks[last].start] in "«„"
            if own or _closing_mark(text, blocks[last].start, blocks[last].end) is not None:
                found[last] = (first, not own)
                past = last + 1
                break
    return found


def _breaks(pieces: Sequence[Token], at: int) -> bool:
    """Whether a sentence ends behind the token at ``at``, which is not the last one."""
    token, after = pieces[at], pieces[at + 1]
    if not (after.is_pair or after.text[0].isupper() or after.text[0].isdigit()):
        return False
    if token.is_pair:
        return token.text[-2] in ".!?…" and after.start > token.end
    if token.text not in _ENDS:
        return False
    if token.text != "." or at == 0 or pieces[at - 1].low not in _ABBREVIATIONS:
        return True
    # «в 2022 г. Юристы …»: the year's «г.» may end a sentence, the city's does not
    return at > 1 and pieces[at - 1].low == "г" and pieces[at - 2].text.isdigit()


def _pairs(text: str, start: int, end: int) -> list[Span]:
    """The outermost pairs of quote marks as (offset of the opening mark, offset of the closing one), in order."""
    stack: list[tuple[int, str]] = []
    open_: dict[str, int] = {"«": 0, '"': 0, "„": 0}
    found: list[Span] = []
    opened_at = -1
    for match in _MARK.finditer(text, start, end):
        at = match.start()
        family, opens = _role(text, at, start, end, opened_at, open_)
        if opens:
            stack.append((at, family))
            open_[family] += 1
            opened_at = at
        elif open_[family]:
            while True:
                opening, closed = stack.pop()
                open_[closed] -= 1
                if closed == family:
                    break
            found.append((opening, at))
    return _outermost(found + _shared(text, [at for at, _ in stack], _outermost(found)))


def _role(text: str, at: int, start: int, end: int, opened_at: int, open_: dict[str, int]) -> tuple[str, bool]:
    """The family of the mark at ``at``, and whether it opens. Straight marks look alike: their neighbours decide."""
    mark = text[at]
    if mark in "«»":
        return "«", mark == "«"
    if mark != '"':
        return "„", mark == "„" or (mark == "“" and not open_["„"])
    before = text[at - 1] if at > start else " "
    after = text[at + 1] if at + 1 < end else " "
    free = before.isspace() or before in "([-–—«„“/" or (before == '"' and opened_at == at - 1)
    return '"', free and not after.isspace() and after not in ",.;:)!?…"


def _outermost(pairs: list[Span]) -> list[Span]:
    found: list[Span] = []
    for opening, closing in sorted(pairs, key=lambda pair: (pair[0], -pair[1])):
        if not found or opening > found[-1][1]:
            found.append((opening, closing))
    return found


def _shared(text: str, unclosed: list[int], pairs: list[Span]) -> list[Span]:
    """Pairs of which one mark closes two: «Мы купили "Волгу", - сказал он» leaves the outer mark without its own."""
    found: list[Span] = []
    at = 0
    for opening in unclosed:
        while at < len(pairs) and (pairs[at][0] < opening or not _LEADS_ON.match(text, pairs[at][1] + 1)):
            at += 1
        if at < len(pairs):
            found.append((opening, pairs[at][1]))
    return found
