"""Where everything stands in Russian newswire: lines become blocks, blocks sentences, sentences tokens.

All offsets are half-open and count code points of the raw text. Every function is linear in the length of its input
and gives something empty for an empty text.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from goldwire.corpus.document import Block, Dateline, Span
from goldwire.corpus.layout import lines

__all__ = ["DASHES", "Sentence", "Token", "blocks", "dateline", "prose", "sentences", "tokens", "words"]

DASHES: Final = frozenset("-–—−")
"""The characters that newswire uses for a dash."""


def words(row: str) -> frozenset[str]:
    """The words of a table's row, as a set; none for an empty row."""
    return frozenset(row.split())


_DATELINE_WITHIN = 12
"""A dateline stands at the head of the body: below this many lines none is looked for."""

_MONTH = r"(?:янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек)[а-яё]*"
_DATE = rf"(?P<date>\d{{1,2}}\s(?:{_MONTH})(?:\.(?=\s[-–—]))?(?:\s\d{{4}}(?:\sг(?:ода|\.))?)?)"
_PLACE = r"(?P<place>[А-ЯЁA-Z][\w-]*(?:\s[А-ЯЁA-Z][\w-]*){0,3})"
_DASH = r"\s[-–—]\s"

_DATELINES: Final = tuple(
    re.compile(pattern)
    for pattern in (
        # ТОКИО, 16 декабря. /ТАСС/.   also with a correspondent between the slashes
        rf"{_PLACE}(?:[,.]\s{_DATE})?[,.]?\s/(?P<agency>[^/\n]{{2,60}})/\.?",
        # МОСКВА, 16 дек - РИА Новости.   a correspondent may follow the agency
        rf"{_PLACE}[,.]\s{_DATE}{_DASH}(?P<agency>[А-ЯЁA-Z][\w-]*(?:\s[А-ЯЁA-Z][\w-]*)?)(?:,\s[^.\n]{{2,50}})?\.",
        # Москва. 16 декабря. INTERFAX.RU - …   the dash leads on to the text
        rf"{_PLACE}[,.]\s{_DATE}[,.]?\s(?P<agency>[А-ЯЁA-Z]{{3,}}(?:\.[A-ZА-ЯЁ]+)?)(?={_DASH})",
        # МОСКВА, 16 декабря (Рейтер) - …
        rf"{_PLACE}(?:[,.]\s{_DATE})?[,.]?\s\((?P<agency>[^()\n]{{2,40}})\)(?={_DASH})",
        # САРАТОВ, 3 марта.   without an agency the place must be in capitals
        rf"(?P<place>[А-ЯЁ][А-ЯЁ-]+(?:\s[А-ЯЁ-]+){{0,3}}),\s{_DATE}\.(?=\s)",
    )
)

_TIME_WORD = re.compile(
    rf"\d{{1,4}}|\d{{1,2}}:\d\d(?::\d\d)?|(?:\d{{1,4}}[./-]){{2}}\d{{1,4}}|{_MONTH}|г|года|в|от|дата|время|утра|вечера|мск|utc|gmt|"
    r"\+\d+|(?:по\b|московскому)|(?:понедельник|вторник|сред[ау]|четверг|пятниц[ау]|суббот[ау]|воскресенье)|"
    r"(?:обновл|опубликов|измен|публикац|созда)[а-яё]*|updated|published",
    re.IGNORECASE,
)
_TIME = re.compile(rf"\d{{1,2}}:\d\d|(?:\d{{1,4}}[./-]){{2}}\d{{1,4}}|\d{{1,2}}\s{_MONTH}", re.IGNORECASE)

_CREDIT = re.compile(
    r"^\W*(?:фото|видео|снимок|архив|иллюстрация|на\s(?:фото|снимке|видео)|кадр)\b.*|.*(?:©|\(c\)).*|"
    r".*\b(?:AP Photo|EPA|Reuters|AFP|Getty|Shutterstock|ТАСС|РИА Новости)\s*[/)]?$|.*\b(?:фото|photo)\s?:.*",
    re.IGNORECASE,
)
_FINITE = re.compile(r"(?:л|ла|ло|ли|лся|лась|лось|лись|ет|ют|ит|ят|ут|ется|ются|ится|ятся)$")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_LATIN = re.compile(r"[A-Za-z]")
_SUBHEAD_WORDS = 12
_RUBRIC_WORDS = 4


def blocks(text: str) -> tuple[Block, ...]:
    """The blocks of ``text`` in order: each non-blank line is one, without the white space at its ends.

    The body begins with the line that has a dateline, or else with the first line that ends in a full stop. An empty
    text has no blocks.
    """
    spans = lines(text)
    surfaces = [text[start:end] for start, end in spans]
    body = _body(surfaces)
    kinds = _head(surfaces[:body]) + _kinds_of_body(surfaces[body:])
    return tuple(Block(kind=kind, start=start, end=end) for kind, (start, end) in zip(kinds, spans, strict=True))


def dateline(text: str, blocks: Sequence[Block]) -> Dateline | None:
    """The dateline at the head of the first paragraph, or ``None`` where there is no paragraph or no dateline.

    The final full stop belongs to it, the slashes or brackets do not belong to its agency.
    """
    first = next((block for block in blocks if block.kind == "paragraph"), None)
    match = _match(text[first.start : first.end]) if first else None
    if first is None or match is None:
        return None
    parts: dict[str, Span | None] = {}
    for part in ("place", "date", "agency"):
        known = part in match.re.groupindex and match.group(part) is not None
        parts[part] = _within(match, part, first.start) if known else None
    return Dateline(start=first.start, end=first.start + match.end(), **parts)


def _within(match: re.Match[str], part: str, offset: int) -> Span | None:
    start, end = match.span(part)
    surface = match.group(part)
    # «Корр. ТАСС Иван Петров»: the agency is the word in capitals
    name = re.search(r"[А-ЯЁA-Z]{3,}[\w-]*", surface) if part == "agency" and surface.lower()[:4] == "корр" else None
    if name:
        start, end = start + name.start(), start + name.end()
    inner = match.string[start:end]
    start += len(inner) - len(inner.lstrip())
    end -= len(inner) - len(inner.rstrip())
    return (offset + start, offset + end) if start < end else None


def _match(line: str) -> re.Match[str] | None:
    return next((match for pattern in _DATELINES if (match := pattern.match(line))), None)


def _body(surfaces: Sequence[str]) -> int:
    """The index of the first line of the body; the number of lines where there is none."""
    for index, line in enumerate(surfaces[:_DATELINE_WITHIN]):
        if _match(line):
            return index
    sentence = (
        i for i, line in enumerate(surfaces) if _is_sentence(line) and not _is_time(line) and not _is_caption(line)
    )
    return next(sentence, len(surfaces))


def _is_sentence(line: str) -> bool:
    return line.rstrip('"»“”)').endswith(".")


def _is_time(line: str) -> bool:
    """Only the words of a date or a time, and at least one of either."""
    if len(line) > 100 or not _TIME.search(line):
        return False
    return all(_TIME_WORD.fullmatch(word) for word in re.findall(r"[\w:./+-]*\w", line))


def _is_caption(line: str) -> bool:
    """A line that begins with a word for a picture, names a credit, or is in Latin letters as credits are."""
    return bool(_CREDIT.match(line[:400])) or 2 * len(_LATIN.findall(line)) > len(line)


def _head(surfaces: Sequence[str]) -> list[str]:
    """The kinds of the lines above the body. The first title that is a clause is the headline, shorter ones rubrics."""
    kinds = ["timestamp" if _is_time(line) else "caption" if _is_caption(line) else "" for line in surfaces]
    titles = [index for index, kind in enumerate(kinds) if not kind]
    # a text of captions alone, or of Latin letters, still has a title
    headline = next((index for index in titles if _is_clause(surfaces[index])), titles[0] if titles else -1)
    for index in titles:
        short = len(_WORD.findall(surfaces[index])) <= _RUBRIC_WORDS and not _is_sentence(surfaces[index])
        kinds[index] = "headline" if index == headline else "rubric" if index < headline or short else "standfirst"
    return kinds


def _is_clause(line: str) -> bool:
    found = _WORD.findall(line)
    return len(found) > _RUBRIC_WORDS or ":" in line or any(_FINITE.search(word) for word in found if word.islower())


def _kinds_of_body(surfaces: Sequence[str]) -> list[str]:
    """Subheads, captions and time lines of the body; all else is a paragraph. The first line is always one."""
    kinds: list[str] = []
    below = ""
    for index in range(len(surfaces) - 1, -1, -1):
        line = surfaces[index]
        if index == 0:
            kind = "paragraph"
        elif _is_time(line):
            kind = "timestamp"
        elif not _is_sentence(line) and _is_caption(line):
            kind = "caption"
        else:
            kind = "subhead" if below == "paragraph" and _is_subhead(line) else "paragraph"
            below = kind
        kinds.append(kind)
    return kinds[::-1]


def _is_subhead(line: str) -> bool:
    """A short line without a final stop that begins as a title does; a list item with a dash or a comma is none."""
    if line[-1] in ".,;:…" or _is_sentence(line) or not (line[0].isupper() or line[0].isdigit() or line[0] in '"«“„'):
        return False
    return len(line) <= 120 and len(_WORD.findall(line)) <= _SUBHEAD_WORDS


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
