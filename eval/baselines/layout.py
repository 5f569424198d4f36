"""The layout of Russian newswire: lines become blocks, and the first paragraph has a dateline.

All offsets are half-open and count code points of the raw text. Every function is linear in the length of its input
and gives something empty for an empty text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from goldwire.corpus.document import Block, Dateline, Span
from goldwire.corpus.layout import lines

__all__ = ["blocks", "dateline"]

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
