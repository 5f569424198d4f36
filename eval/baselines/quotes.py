"""Who said what, by rules for Russian newswire: direct, indirect and mixed quotes with cue and speaker.

A sentence is a list of tokens in which a stretch in quote marks is one token. Each verb of reporting is offered to
the rules in turn (``_VERB_RULES``); the first that fits makes a ``_Report``. Reports that close another one cut its
content; then all are resolved in the order of the text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple

from goldwire.corpus.document import UNSET, Block, Entity, Quote, Span
from goldwire.eval.baselines.layout import DASHES, Token, dateline, sentences, tokens, words
from goldwire.eval.baselines.speakers import ADVERBS, PREPOSITIONS, Cast, Naming, naming

__all__ = ["quotes"]

# Stems by conjugation: what may follow the stem stands in `_ENDINGS`.
_STEMS: Final = {
    # perfective: сказал, сказала, сказав
    "perfective": (
        "сказа рассказа указа написа переда призна отмети замети заяви сообщи уточни поясни объясни подтверди объяви "
        "предупреди напомни добави ответи говори подчеркну возрази воскликну повтори пообеща завери высказа изложи "
        "доложи посетова анонсирова подытожи заключи продолжи оцени вспомни допусти предположи предложи посоветова "
        "порекомендова проговори утверди уведоми обеща опроверг отреза призва посчита спрогнозирова огласи озвучи "
        "процитирова констатирова прокомментирова проинформирова резюмирова парирова рапортова отрапортова цитирова"
    ),
    # imperfective: сообщал, сообщает, сообщают, сообщая
    "imperfective": (
        "сообща отмеча подчеркива заявля утвержда поясня уточня добавля объясня призна переда предупрежда напомина "
        "указыва заверя уверя обеща рассказыва подтвержда повторя предполага допуска отвеча возража замеча вспомина"
    ),
    # in -ировать and the like: констатирует, цитируют
    "ovat": "констатир цитир комментир информир прогнозир резюмир парир рапорт",
    # second conjugation: говорит, говорят
    "second": "говор",
    # reflexive: признался, пожаловался
    "reflexive": "призна высказа подели жалу пожалова похваста обмолви",
}
_BELIEFS: Final = {
    "perfective": "посчита подума повери",
    "imperfective": "счита дума полага ожида",
    "second": "вер",
    "reflexive": "надея наде опаса сомнева",
}
_QUESTIONS: Final = {"perfective": "спроси", "imperfective": "спрашива", "reflexive": "поинтересова интересова"}

# What may follow a stem, and what it shows: m, f, n, p (plural) of the subject; g a gerund; 1 the first person.
_PAST: Final = {"л": "m", "ла": "f", "ло": "n", "ли": "p"}
_ENDINGS: Final = {
    "perfective": {**_PAST, "в": "g", "вши": "g"},
    "imperfective": {**_PAST, "ет": "", "ют": "p", "ю": "1", "ем": "1", "я": "g"},
    "ovat": {**{f"ова{e}": s for e, s in _PAST.items()}, "ует": "", "уют": "p", "ую": "1", "уя": "g"},
    "second": {**{f"и{e}": s for e, s in _PAST.items()}, "ит": "", "ят": "p", "ю": "1", "им": "1", "я": "g"},
    "reflexive": {"лся": "m", "лась": "f", "лись": "p", "ется": "", "ются": "p", "вшись": "g", "ясь": "g"},
}
_WHOLE: Final = {
    # forms that no stem gives
    "пишет": ("say", ""),
    "пишут": ("say", "p"),
    **{f"{stem}{e}": ("believe", s) for stem in ("уверен", "убежден") for e, s in (("", "m"), ("а", "f"), ("ы", "p"))},
    # of these no one is the subject
    **dict.fromkeys(
        words(
            "говорится сообщается отмечается подчеркивается уточняется указывается утверждается поясняется "
            "говорилось сообщалось отмечалось уточнялось"
        ),
        ("passive", ""),
    ),
}
# A verb that reports only with its noun; both are the cue.
_WITH_NOUN: Final = {
    "вырази": "надежду мнение уверенность сожаление убеждение опасение обеспокоенность предположение точку",
    "выража": "надежду мнение уверенность сожаление",
    "высказа": "мнение предположение надежду уверенность",
    "обрати": "внимание", "обраща": "внимание", "дал": "понять", "дала": "понять", "сдела": "вывод", "приш": "выводу",
}  # fmt: skip
_BACK_NOUNS: Final = words("мнение заявление заявлением точку данные предположение информацию")
_BACK_VERB = re.compile(r"(?:высказа|вырази|сдела|выступи|приве|привод|озвучи|распростран)[а-я]*")
_ACCORDING: Final = words(
    "словам мнению данным информации сведениям оценке оценкам версии утверждению прогнозу прогнозам расчетам подсчетам"
)
_OWNERS: Final = words("его ее их")
_LINKS: Final = words("при этом кроме того вместе с тем также а и но однако между тем в то же время")
_COORDINATES: Final = words("и а но однако зато")
_RELATIVES: Final = words("который которая которое которые которого которой где куда чья чей")
_ANY_VERB = re.compile(r"[а-я-]{3,}(?:л|ла|ло|ли|лся|лась|лись|ет|ют|ит|ят|ется|ются)")
_DOCUMENTS: Final = words(
    "сообщении заявлении пресс-релизе документе докладе релизе тексте письме материалах публикации отчете"
)
_TITLED: Final = re.compile(r"(?:назва|так$|называем|именуем)")
_WINDOW = 16
"""How many tokens may stand between a verb and its «что», its colon or its subject; keeps every rule linear."""


class _Verb(NamedTuple):
    kind: str
    shows: str


def _conjugations() -> dict[str, dict[str, str]]:
    table: dict[str, dict[str, str]] = {}
    for kind, rows in (("say", _STEMS), ("believe", _BELIEFS), ("ask", _QUESTIONS)):
        for conjugation, stems in rows.items():
            for stem in stems.split():
                table.setdefault(conjugation, {}).setdefault(stem, kind)
    return table


_TABLE: Final = _conjugations()


@lru_cache(maxsize=8192)
def _verb(low: str) -> _Verb | None:
    """What kind of reporting verb ``low`` is a form of, and what the form shows of its subject."""
    if low in _WHOLE:
        return _Verb(*_WHOLE[low])
    for conjugation, endings in _ENDINGS.items():
        for ending, shows in endings.items():
            if low.endswith(ending) and (kind := _TABLE[conjugation].get(low[: len(low) - len(ending)])):
                return _Verb(kind, shows)
    return None


class _Cue(NamedTuple):
    """A cue at tokens ``[first, last)``."""

    first: int
    last: int
    verb: _Verb


@dataclass(slots=True)
class _Sentence:
    """The tokens of one sentence of a block, its number in the text, and the block's kind."""

    text: str
    tokens: list[Token]
    number: int
    kind: str
    inner: bool = False

    def low(self, at: int) -> str:
        return self.tokens[at].low if 0 <= at < len(self.tokens) else ""

    def is_dash(self, at: int) -> bool:
        return self.low(at) in DASHES

    def is_pair(self, at: int) -> bool:
        return 0 <= at < len(self.tokens) and self.tokens[at].is_pair

    def find(self, marks: Container[str], first: int, last: int) -> int | None:
        """The first token of ``[first, last)`` that is one of ``marks``."""
        return next((i for i in range(first, min(last, len(self.tokens))) if self.tokens[i].low in marks), None)

    def span(self, first: int, last: int) -> Span:
        return self.tokens[first].start, self.tokens[last - 1].end


@dataclass(slots=True)
class _Report:
    """A quote before its speaker is known. ``pieces`` are token ranges; ``spans`` is set where they are not tokens."""

    sentence: _Sentence
    pieces: list[tuple[int, int]]
    cue: Span | None = None
    speaker: Naming | None = None
    verb: _Verb = _Verb("say", "")  # noqa: RUF009
    kind: str = ""
    spans: list[Span] = field(default_factory=list)
    starts: int = 0
    closes: bool = False
    inherits: bool = False
    place: int = 0
    nested: bool = False
    back: bool = False


def quotes(text: str, blocks: Sequence[Block]) -> tuple[tuple[Quote, ...], tuple[Entity, ...]]:
    """The quotes of ``text`` in order, ``q1`` first, and the entities that speak in them.

    All spans are half-open and count code points. A text without blocks or without quotes gives two empty tuples.
    """
    prose = list(_prose(text, blocks))
    cast = Cast()
    for sentence in prose:
        cast.learn(sentence.tokens)
    found: list[Quote] = []
    previous: _Sentence | None = None
    speaker: str | None = None
    attributed = False
    for sentence in prose:
        before, count = speaker, len(found)
        for report in _reports(sentence, previous):
            made, speaker = _resolved(report, cast, speaker)
            # «Об этом он заявил на форуме» says of words already reported only where they were spoken
            if not (report.back and attributed and speaker == before):
                found += made
        attributed = len(found) > count
        cast.hear(sentence.tokens, sentence.number)
        previous = sentence
    return _numbered(found), cast.entities()


def _prose(text: str, blocks: Sequence[Block]) -> Iterator[_Sentence]:
    head = dateline(text, blocks)
    number = 0
    for block in blocks:
        if block.kind in ("timestamp", "rubric"):
            continue
        start = head.end if head and block.start <= head.start < block.end else block.start
        for pieces in sentences(text, start, block.end):
            # what leads on from the dateline («INTERFAX.RU - …») is no part of the first sentence
            first = next(
                (i for i, token in enumerate(pieces) if token.low not in DASHES and token.text != "."), len(pieces)
            )
            if first < len(pieces):
                number += 1
                yield _Sentence(text, pieces[first:], number, block.kind)


def _reports(sentence: _Sentence, previous: _Sentence | None) -> list[_Report]:
    """All reports of one sentence in order, the contents of earlier ones cut where a later one closes them."""
    if sentence.kind in ("headline", "subhead") and (report := _title(sentence)):
        return [report]
    if report := _about_this(sentence, previous):
        return [report]
    found: list[_Report] = []
    for cue in _cues(sentence):
        for rule in _VERB_RULES:
            if report := rule(sentence, cue, found):
                found.append(report)
                break
    found += _according(sentence, found)
    for at in range(len(sentence.tokens)):
        if sentence.is_pair(at):
            found += _inside(sentence, at, found)
    found.sort(key=lambda report: report.place)
    closed = sorted(report.starts for report in found if report.closes)
    return [report for report in found if _cut(report, closed)]


def _cut(report: _Report, closed: Sequence[int]) -> bool:
    """Cut the content of ``report`` at the first of ``closed`` behind its start; false where nothing is left."""
    at = bisect_right(closed, report.starts)
    if not report.spans and at < len(closed):
        report.pieces = [(first, min(last, closed[at])) for first, last in report.pieces if first < closed[at]]
    return bool(report.spans or report.pieces)


def _cues(sentence: _Sentence) -> Iterator[_Cue]:
    for at, token in enumerate(sentence.tokens):
        low = token.low
        if low == "не":
            continue
        noun = next((nouns for stem, nouns in _WITH_NOUN.items() if low.startswith(stem)), None)
        if noun and (last := next((i for i in range(at + 1, at + 5) if sentence.low(i) in noun.split()), None)):
            yield _Cue(at, last + 1, _Verb("say", _shows(low)))
        elif sentence.low(at - 1) == "не":
            if low.startswith(("исключ", "сомнева", "скрыва", "отрица")):
                yield _Cue(at - 1, at + 1, _Verb("say", _shows(low)))
        elif verb := _verb(low):
            yield _Cue(at, at + 1, verb)
        elif _is_led_to(sentence, at) and _ANY_VERB.fullmatch(low):
            yield _Cue(at, at + 1, _Verb("any", _shows(low)))


def _shows(low: str) -> str:
    return next(
        (
            shows
            for ending, shows in (("ла", "f"), ("ли", "p"), ("ют", "p"), ("л", "m"), ("в", "g"))
            if low.endswith(ending)
        ),
        "",
    )


def _is_led_to(sentence: _Sentence, at: int) -> bool:
    """Whether «", - » stands before the token, so that any verb reports: «", - усмехнулся он»."""
    if not sentence.is_dash(at - 1):
        return False
    return (
        sentence.is_pair(at - 3)
        if sentence.low(at - 2) == ","
        else sentence.is_pair(at - 2) and _ends_strongly(sentence, at - 2)
    )


def _ends_strongly(sentence: _Sentence, pair: int) -> bool:
    return sentence.text[sentence.tokens[pair].end - 2] in "!?…,"


# The rules that begin with a verb: each takes the sentence, the cue and the reports found so far in the sentence.


def _direct(sentence: _Sentence, cue: _Cue, found: Sequence[_Report]) -> _Report | None:
    """«"…", - сказал X», also with «. - "…"» or «: "…"» behind it."""
    dash = next((i for i in range(cue.first - 1, cue.first - 5, -1) if sentence.is_dash(i)), -1)
    comma = sentence.low(dash - 1) == ","
    pair = dash - 2 if comma else dash - 1
    if (
        dash < 1
        or not sentence.is_pair(pair)
        or not (comma or cue.verb.kind == "say" or _ends_strongly(sentence, pair))
    ):
        return None
    speaker = _subject_after(sentence, cue) or _subject_before(sentence, cue, dash + 1)
    if speaker is None and cue.verb.kind != "passive":
        return None
    left = _clause_start(pair, found)
    pieces = [(left, pair + 1)] if left < pair else [(pair, pair + 1)]
    kind = "mixed" if left < pair else "direct"
    end = max(cue.last, speaker.last if speaker else 0)
    further = next((i for i in range(end, min(end + _WINDOW, len(sentence.tokens))) if sentence.is_pair(i)), None)
    if further and kind == "direct" and (sentence.is_dash(further - 1) or sentence.low(further - 1) == ":"):
        pieces.append((further, further + 1))
    return _Report(
        sentence,
        pieces,
        sentence.span(cue.first, cue.last),
        speaker,
        cue.verb,
        kind,
        starts=pair + 1,
        place=left,
        closes=left < pair,
    )


def _that(sentence: _Sentence, cue: _Cue, found: Sequence[_Report]) -> _Report | None:
    """«X отметил, что …», also «о том, что», «выразил надежду, что», and a question after «спросил»."""
    that = _conjunction(sentence, cue)
    if that is None or _is_as(sentence, cue.first):
        return None
    inherits = bool(found) and (cue.verb.shows == "g" or sentence.low(cue.first - 1) in _COORDINATES)
    begin = _clause_start(cue.first, found)
    speaker = None if inherits else _subject_before(sentence, cue, begin) or _subject_after(sentence, cue, that)
    begin = speaker.first if speaker and speaker.last <= cue.first else cue.first
    starts, closes = _coordination(sentence, begin, cue, found)
    span = sentence.span(cue.first, cue.last)
    return _Report(
        sentence,
        [(that, len(sentence.tokens))],
        span,
        speaker,
        cue.verb,
        starts=starts,
        closes=closes,
        inherits=inherits,
        place=cue.first,
    )


def _conjunction(sentence: _Sentence, cue: _Cue) -> int | None:
    """The token after «, что» of the cue, or after the comma of an indirect question."""
    for at in range(cue.last, min(cue.last + _WINDOW, len(sentence.tokens) - 1)):
        low = sentence.low(at)
        if low in ".;:" or sentence.is_dash(at) or low in _RELATIVES or (at > cue.last and _is_finite(low)):
            return None
        if low == "," and sentence.low(at + 1) == "что" and at + 2 < len(sentence.tokens):
            lone = sentence.low(at - 1) in ("то", "тому") and sentence.low(at - 2) not in ("на", "к")
            return None if lone or cue.verb.kind == "any" else at + 2
        if low == "," and cue.verb.kind == "ask":
            return at + 1
    return None


def _is_finite(low: str) -> bool:
    verb = _verb(low)
    return verb is not None and verb.kind in ("say", "believe") and verb.shows != "g"


def _coordination(sentence: _Sentence, at: int, cue: _Cue, found: Sequence[_Report]) -> tuple[int, bool]:
    """Where the attribution begins, conjunction and comma included, and whether it ends the content before it."""
    while sentence.low(at - 1) in ADVERBS:
        at -= 1
    joined = sentence.low(at - 1) in _COORDINATES or sentence.low(at - 1) == ";" or cue.verb.shows == "g"
    while at > 0 and (sentence.low(at - 1) in _COORDINATES or sentence.low(at - 1) in {",", ";"}):
        at -= 1
    return at, joined and bool(found)


def _colon(sentence: _Sentence, cue: _Cue, found: Sequence[_Report]) -> _Report | None:
    """«X сказал: "…"» and «X пояснил: …»."""
    colon = sentence.find({":"}, cue.last, cue.last + _WINDOW)
    if colon is None or colon + 1 == len(sentence.tokens) or cue.verb.kind == "any":
        return None
    speaker = _subject_before(sentence, cue, _clause_start(cue.first, found)) or _subject_after(sentence, cue, colon)
    if speaker is None and not found and cue.verb.kind != "passive":
        return None
    direct = sentence.is_pair(colon + 1)
    pieces = [(colon + 1, colon + 2 if direct else len(sentence.tokens))]
    starts, closes = _coordination(sentence, speaker.first if speaker else cue.first, cue, found)
    span = sentence.span(cue.first, cue.last)
    kind = "direct" if direct else ""
    return _Report(
        sentence,
        pieces,
        span,
        speaker,
        cue.verb,
        kind,
        starts=starts,
        closes=closes,
        inherits=speaker is None,
        place=cue.first,
    )


def _is_as(sentence: _Sentence, at: int) -> bool:
    return _as_before(sentence, at) is not None


def _as_before(sentence: _Sentence, at: int) -> int | None:
    """The place of the «как» of «как сообщил X» before a verb; «о том, как» and «так, как» are none."""
    place = at - 1
    while place >= 0 and sentence.low(place) in ADVERBS:
        place -= 1
    leads = place == 0 or (sentence.low(place - 1) == "," and sentence.low(place - 2) not in ("том", "так"))
    return place if place >= 0 and sentence.low(place) == "как" and leads else None


def _as_reported(sentence: _Sentence, cue: _Cue, found: Sequence[_Report]) -> _Report | None:
    """«Как сообщил X, …», «…, как отметил X, …»."""
    first = _as_before(sentence, cue.first)
    if first is None:
        return None
    speaker = _subject_after(sentence, cue)
    after = max(cue.last, speaker.last if speaker else 0)
    close = sentence.find({","}, after, after + _WINDOW) or len(sentence.tokens)
    pieces = _around(sentence, first, close, found)
    return (
        _Report(sentence, pieces, sentence.span(cue.first, cue.last), speaker, cue.verb, starts=first, place=first)
        if pieces
        else None
    )


def _around(sentence: _Sentence, first: int, close: int, found: Sequence[_Report]) -> list[tuple[int, int]]:
    """The reported clause before and behind an insertion at tokens ``[first, close)``, mere connectives left out."""
    left = _clause_start(first, found)
    pieces = [(left, first), (close + 1, len(sentence.tokens))]
    if all(sentence.low(i) in _LINKS | {","} for i in range(left, first)):
        pieces = pieces[1:]
    return [(a, b) for a, b in pieces if a < b]


def _clause_start(before: int, found: Sequence[_Report]) -> int:
    """Where the reported clause begins that a token belongs to: behind the last «что», else at the sentence's start."""
    starts = [p[0] for r in found[-8:] if not r.spans for p in r.pieces[-1:] if p[0] <= before and r.place < p[0]]
    return max(starts, default=0)


def _trailing(sentence: _Sentence, cue: _Cue, found: Sequence[_Report]) -> _Report | None:
    """«…, сообщил X», «… - передает агентство», «…, говорится в сообщении»."""
    place = cue.first - 1
    while sentence.low(place) in ADVERBS:
        place -= 1
    if place < 1 or not (sentence.low(place) == "," or sentence.is_dash(place)) or cue.verb.shows == "g":
        return None
    if cue.verb.kind not in ("say", "passive", "believe"):
        return None
    speaker = _subject_after(sentence, cue)
    if speaker is None and cue.verb.kind != "passive":
        return None
    behind = speaker.last if speaker else cue.last
    if sentence.low(behind) == "," and sentence.low(behind + 1) == "что":
        return None
    while sentence.low(place - 1) == ",":
        place -= 1
    pieces = [(_clause_start(0, found), place)]
    if place and sentence.low(behind) == "," and _goes_on(sentence, behind + 1):
        pieces.append((behind + 1, len(sentence.tokens)))
    span = sentence.span(cue.first, cue.last)
    return _Report(sentence, pieces, span, speaker, cue.verb, starts=place, closes=True, place=cue.first)


def _goes_on(sentence: _Sentence, at: int) -> bool:
    """Whether what stands behind «…, сказал X, » still is the reported clause: no gerund, relative or apposition."""
    low = sentence.low(at)
    if (
        not low
        or low in _RELATIVES | PREPOSITIONS | _COORDINATES
        or re.fullmatch(r".{3,}(?:ая|яя|уя|вая|ив|ав|вшись|ясь|ющий|вший)", low)
    ):
        return False
    return naming(sentence.tokens, at, len(sentence.tokens)) is None and len(sentence.tokens) - at > 2


_Rule = Callable[[_Sentence, _Cue, Sequence[_Report]], _Report | None]
_VERB_RULES: Final[tuple[_Rule, ...]] = (_direct, _that, _as_reported, _colon, _trailing)


# Subjects of verbs.


def _subject_after(sentence: _Sentence, cue: _Cue, stop: int | None = None) -> Naming | None:
    """The phrase behind a verb that names its subject: «сообщил журналистам глава …», «сообщили в МЧС»."""
    pieces = sentence.tokens
    limit = min(len(pieces), cue.last + _WINDOW, len(pieces) if stop is None else stop)
    end = next(
        (i for i in range(cue.last, limit) if pieces[i].low in {",", ";", ":", "(", "."} or sentence.is_dash(i)), limit
    )
    at = cue.last
    while at < end and pieces[at].low in ADVERBS:
        at += 1
    place = _place_of_speech(sentence, at, end) if cue.verb.shows == "p" or cue.verb.kind == "passive" else None
    if place or cue.verb.kind == "passive":
        return place
    return _first_naming(sentence, at, end)


def _place_of_speech(sentence: _Sentence, first: int, end: int) -> Naming | None:
    """«сообщили в пресс-службе МЧС», without the preposition; of «говорится в сообщении МЧС» the author."""
    for at in range(first, end - 1):
        if sentence.low(at) in ("в", "во", "на"):
            begin = at + 2 if sentence.low(at + 1) in _DOCUMENTS else at + 1
            found = naming(sentence.tokens, begin, end, oblique=True)
            if found and found.shape == "body":
                return found
    return None


def _first_naming(sentence: _Sentence, at: int, end: int) -> Naming | None:
    """The first phrase that can be a subject; a bare agency name only where no person follows («сообщил ТАСС мэр»)."""
    agency: Naming | None = None
    while at < end:
        found = None if sentence.low(at - 1) in PREPOSITIONS else naming(sentence.tokens, at, end)
        if found and (found.head or found.shape == "name") and sentence.low(at) not in ("его", "ее", "их"):
            return found
        agency = agency or found if found and not found.head else agency
        at = max(at + 1, found.last if found else 0)
    return agency if agency and agency.shape == "body" else None


def _subject_before(sentence: _Sentence, cue: _Cue, begin: int) -> Naming | None:
    """The phrase in front of a verb that names its subject, adverbs and insertions skipped; ``None`` if none."""
    end = cue.first
    if sentence.low(end - 1) == ",":
        opening = _backward(sentence, {","}, end - 2, max(begin, end - 2 - 2 * _WINDOW))
        end = end if opening is None else opening
    stop = _backward(sentence, DASHES | {",", ";", ":"}, end - 1, max(begin - 1, end - 2 * _WINDOW))
    start = begin if stop is None else stop + 1
    place = _place_of_speech(sentence, start, end) if cue.verb.shows == "p" else None
    if place and place.last == end:
        return place
    found = _first_subject(sentence, start, end) or _first_subject(sentence, begin, min(end, begin + _WINDOW))
    return _with_apposition(sentence, found, end, cue.first - 1) if found else None


def _backward(sentence: _Sentence, marks: Container[str], first: int, last: int) -> int | None:
    return next((i for i in range(first, last, -1) if sentence.low(i) in marks), None)


def _with_apposition(sentence: _Sentence, found: Naming, comma: int, end: int) -> Naming:
    """«Владелец склада, бизнесмен Роман Штерн, …» is one phrase."""
    inner = naming(sentence.tokens, comma + 1, end) if found.last == comma < end else None
    if inner and inner.last == end and inner.name and not found.name and found.shape == "office":
        return found._replace(last=end, name=inner.name)
    return found


def _first_subject(sentence: _Sentence, at: int, end: int) -> Naming | None:
    while at < end:
        governed = sentence.low(at - 1) in PREPOSITIONS
        found = naming(sentence.tokens, at, end, oblique=governed)
        if found and not governed and sentence.low(at) not in _OWNERS:
            return found
        at = max(at + 1, found.last - len(found.name) if found else 0)
    return None


# Reports without a verb of their own.


def _title(sentence: _Sentence) -> _Report | None:
    """A title of the form «X: …» or «… - X»: no cue."""
    pieces = sentence.tokens
    colon = next((i for i in range(1, min(len(pieces) - 1, _WINDOW)) if pieces[i].low == ":"), None)
    if colon is not None:
        found = naming(pieces, 0, colon)
        if found and found.last == colon:
            direct = sentence.is_pair(colon + 1) and colon + 2 == len(pieces)
            return _Report(sentence, [(colon + 1, len(pieces))], None, found, kind="direct" if direct else "", place=0)
    dash = next((i for i in range(len(pieces) - 2, max(2, len(pieces) - _WINDOW), -1) if sentence.is_dash(i)), None)
    found = naming(pieces, dash + 1, len(pieces)) if dash else None
    if dash and found and found.last == len(pieces):
        return _Report(sentence, [(0, dash)], None, found, place=0)
    return None


def _about_this(sentence: _Sentence, previous: _Sentence | None) -> _Report | None:
    """«Об этом заявил X»: the sentence before is what was said."""
    opening = [sentence.low(0), sentence.low(1), sentence.low(2)]
    noun = opening[0].startswith("так") or opening[:2] == ["с", "таким"] or opening[0].startswith("соответствующ")
    if previous is None or not (opening[:2] == ["об", "этом"] or (noun and not _BACK_NOUNS.isdisjoint(opening))):
        return None
    cue = next(_cues(sentence), None)
    if cue is None and noun:
        at = next((i for i, token in enumerate(sentence.tokens[:_WINDOW]) if _BACK_VERB.fullmatch(token.low)), None)
        cue = None if at is None else _Cue(at, at + 1, _Verb("say", _shows(sentence.low(at))))
    if cue is None:
        return None
    speaker = _subject_after(sentence, cue) or _subject_before(sentence, cue, 2)
    alone = len(previous.tokens) == 1 and previous.is_pair(0)
    report = _Report(
        sentence, [], sentence.span(cue.first, cue.last), speaker, cue.verb, "direct" if alone else "", back=True
    )
    report.spans = (
        [_stripped(previous.text, *_inner(previous.tokens[0]))] if alone else [previous.span(0, len(previous.tokens))]
    )
    return report


def _according(sentence: _Sentence, found: Sequence[_Report]) -> list[_Report]:
    """«По словам X, …», «…, по его словам, …»."""
    reports: list[_Report] = []
    for at in range(len(sentence.tokens) - 2):
        if sentence.low(at) not in ("по", "со"):
            continue
        own = sentence.low(at + 1) in _OWNERS and sentence.low(at + 2) in _ACCORDING
        if (
            not own
            and sentence.low(at + 1) not in _ACCORDING
            and not (sentence.low(at) == "со" and sentence.low(at + 1) == "слов")
        ):
            continue
        if own:
            speaker: Naming | None = Naming(at + 1, at + 2, "pronoun", sentence.low(at + 1))
            last, cue = at + 3, sentence.span(at, at + 3)
        else:
            speaker = naming(sentence.tokens, at + 2, min(len(sentence.tokens), at + 2 + _WINDOW), oblique=True)
            last, cue = (speaker.last if speaker else at + 2), sentence.span(at, at + 2)
            speaker = speaker._replace(nominative=False) if speaker else None
        close = sentence.find({","}, last, last + _WINDOW) or len(sentence.tokens)
        pieces = _around(sentence, at - 1 if sentence.low(at - 1) == "," else at, close, found)
        if speaker and pieces:
            reports.append(_Report(sentence, pieces, cue, speaker, starts=at, place=at))
    return reports


def _inside(sentence: _Sentence, at: int, found: list[_Report]) -> list[_Report]:
    """What a stretch in quote marks holds: speech that an attribution interrupts, a sentence alone, a quote inside."""
    if sentence.inner:
        return []
    start, end = _inner(sentence.tokens[at])
    inner = _Sentence(sentence.text, tokens(sentence.text, start, end), sentence.number, sentence.kind, True)
    reports: list[_Report] = []
    taken = any(first <= at < last for report in found for first, last in report.pieces)
    if interrupted := _interrupted(inner):
        interrupted.place, interrupted.sentence = at, inner
        return [interrupted]
    if len(sentence.tokens) == 1 and sentence.kind == "paragraph" and _is_speech(sentence, at):
        reports.append(_Report(sentence, [(at, at + 1)], kind="direct", inherits=True, place=at))
        taken = True
    if taken and _is_speech(sentence, at):
        reports += _said_inside(sentence, start, end, at)
    return reports


def _said_inside(sentence: _Sentence, start: int, end: int, at: int) -> list[_Report]:
    """Quotes inside a quote: a verb of saying with «что» makes one, a verb of hope does not."""
    reports: list[_Report] = []
    for pieces in sentences(sentence.text, start, end):
        inner = _Sentence(sentence.text, pieces, sentence.number, sentence.kind, True)
        for cue in _cues(inner):
            report = _that(inner, cue, reports) if cue.verb.kind == "say" else None
            if report and report.speaker and _cut(report, ()):
                report.spans = [_stripped(inner.text, *inner.span(*report.pieces[0]))]
                report.place, report.nested = at, True
                reports.append(report)
    return reports


def _interrupted(inner: _Sentence) -> _Report | None:
    """«"…, - сказал X. - …"» inside one pair of marks."""
    report: _Report | None = None
    begin = 0
    for at in range(2, len(inner.tokens)):
        if at < begin or not inner.is_dash(at - 1) or inner.low(at - 2) not in {",", "!", "?", "…", "..."}:
            continue
        verb = _verb(inner.low(at))
        cue = _Cue(at, at + 1, verb) if verb and verb.shows not in ("1", "g") else None
        speaker = _subject_after(inner, cue) if cue else None
        if cue is None or speaker is None:
            continue
        if report is None:
            report = _Report(inner, [], inner.span(at, at + 1), speaker, cue.verb, "direct")
        left = at - 2 if inner.low(at - 2) == "," else at - 1
        report.spans += [inner.span(begin, left)] if begin < left else []
        begin = next(
            (i + 1 for i in range(speaker.last, min(speaker.last + _WINDOW, len(inner.tokens))) if inner.is_dash(i)),
            len(inner.tokens),
        )
    if report and begin < len(inner.tokens):
        report.spans.append(_stripped(inner.text, *inner.span(begin, len(inner.tokens))))
    return report


# From reports to quotes.


def _resolved(report: _Report, cast: Cast, last: str | None) -> tuple[list[Quote], str | None]:
    """The quote of a report, or none where it has no words, and the speaker of the next one that leaves it out."""
    sentence = report.sentence
    content = report.spans or [s for piece in report.pieces if (s := _content(report, *piece))]
    content = [span for span in content if any(c.isalnum() for c in sentence.text[span[0] : span[1]])]
    if not content:
        return [], last
    if report.speaker:
        entity = cast.resolve(
            sentence.tokens, report.speaker, report.verb.shows, sentence.number, last if report.nested else None
        )
    else:
        entity = last if report.inherits else None
    marked = () if report.kind == "direct" or report.spans else _marked(report)
    quote = Quote(
        kind=report.kind or ("mixed" if marked else "indirect"),
        content=tuple(content),
        cue=report.cue,
        speaker=sentence.span(report.speaker.first, report.speaker.last) if report.speaker else None,
        speaker_entity=entity,
        marked=marked or UNSET,
    )
    return [quote], (last if report.nested else entity or last)


def _content(report: _Report, first: int, last: int) -> Span | None:
    """The span of a piece without the punctuation at its ends; of direct speech, what stands between the marks."""
    sentence = report.sentence
    while first < last and (sentence.low(first) in {",", ";"} or sentence.is_dash(first)):
        first += 1
    while last > first and (sentence.low(last - 1) in {",", ";", ":", "."} or sentence.is_dash(last - 1)):
        last -= 1
    if first >= last:
        return None
    if report.kind == "direct" and sentence.is_pair(first) and last == first + 1:
        return _stripped(sentence.text, *_inner(sentence.tokens[first]))
    return sentence.span(first, last)


def _marked(report: _Report) -> tuple[Span, ...]:
    sentence = report.sentence
    found: list[Span] = []
    for first, last in report.pieces:
        end = (_content(report, first, last) or (0, 0))[1]
        pairs = (i for i in range(first, last) if sentence.is_pair(i) and sentence.tokens[i].end <= end)
        found += [
            _stripped(sentence.text, *_inner(sentence.tokens[i])) for i in pairs if _is_speech(sentence, i, first)
        ]
    return tuple(found)


def _is_speech(sentence: _Sentence, at: int, begin: int = -1) -> bool:
    """Whether the words in marks report: two or more, and no title («компания "Рога и копыта"», «так называемый»)."""
    start, end = _inner(sentence.tokens[at])
    said = re.findall(r"[^\W_]+", sentence.text[start : min(end, start + 400)])
    if len(said) < 2 or _TITLED.match(sentence.low(at - 1)):
        return False
    opens = at in (0, begin) or sentence.low(at - 1) in {":", ","}
    return opens or said[0][0].islower() or len(said) > 5


def _inner(pair: Token) -> Span:
    return pair.start + 1, pair.end - 1


def _stripped(text: str, start: int, end: int) -> Span:
    """The span without white space at its ends, and without a comma or one full stop at the end."""
    inner = text[start:end]
    body = inner.rstrip()
    if body.endswith((",", ".")) and not body.endswith(("..", ".,")):
        body = body[:-1].rstrip()
    return start + len(inner) - len(inner.lstrip()), start + len(body)


def _numbered(found: Sequence[Quote]) -> tuple[Quote, ...]:
    """The quotes in text order, each once, numbered."""
    unique = dict.fromkeys(q for q in found if all(a < b for a, b in q.content))
    ordered = sorted(unique, key=lambda q: (q.content[0][0], -q.content[-1][1]))
    return tuple(
        Quote(
            id=f"q{number}", kind=q.kind, content=q.content, cue=q.cue, speaker=q.speaker,
            speaker_entity=q.speaker_entity, marked=q.marked,
        )
        for number, q in enumerate(ordered, 1)
    )  # fmt: skip
