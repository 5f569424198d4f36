"""Dates, times of day and counts: natasha's grammar of dates and rules of our own, for yargy's parser (Kukushkin)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from goldwire.eval.baselines.sentences import words

__all__ = ["Value", "Values"]


class Value(NamedTuple):
    """A DATE, TIME or NUMBER at ``text[start:end]``."""

    start: int
    end: int
    type: str


_DAYS: Final = words("вчера сегодня завтра позавчера послезавтра накануне")
_WEEKDAYS: Final = words("понедельник вторник среда четверг пятница суббота воскресенье")
_WHICH: Final = words("прошлый прошедший минувший нынешний текущий будущий следующий этот предстоящий позапрошлый")
_PERIODS: Final = words("неделя месяц год квартал полугодие выходной")
_SPANS: Final = words("день сутки неделя месяц год десятилетие век")
_MAGNITUDES: Final = words("тысяча миллион миллиард десяток сотня")
_UNCOUNTED: Final = words("много мало немного сколько столько несколько оба полтора достаточно больше меньше")
_MEASURED: Final = words(
    "год лето час минута секунда день сутки неделя месяц квартал век десятилетие градус балл раз процент километр "
    "метр сантиметр миллиметр км м см мм кг г га т гектар тонна килограмм грамм литр баррель рубль доллар евро юань "
    "иена фунт франк крона тенге гривна лира копейка цент руб долл млн млрд мегаватт киловатт вт мвт узел миля"
)

_BEFORE_RANGE: Final = re.compile(r"\bсо?\s(\d{1,2})\sпо\s$", re.IGNORECASE)
_GOVERNOR: Final = re.compile(r"(?:^|\W)(?:в|во|на|до|с|со|к|ко|по)\s$", re.IGNORECASE)
_PARTITIVE: Final = re.compile(r"\sиз(?:о)?\b", re.IGNORECASE)
_WORD: Final = re.compile(r"(?:\s(?:до|или|и)\s\d+)?\s*([^\W\d_]+)")
_YEAR: Final = re.compile(r"(?:19|20)\d\d")


class Values:
    """The grammars, built once."""

    def __init__(self, morph: Any) -> None:
        from natasha.extractors import Parser
        from natasha.grammars.date import DATE, DAY, MONTH_NAME, MONTHS
        from yargy import and_, not_, or_, rule
        from yargy.predicates import (
            caseless,
            dictionary,
            gram,
            gte,
            in_,
            in_caseless,
            is_capitalized,
            length_eq,
            lte,
            type,  # noqa: A004
        )

        self._morph = morph
        dash, count = in_("-–—"), or_(rule(type("INT")), rule(gram("NUMR")))
        month = and_(dictionary(MONTHS), not_(is_capitalized()))
        day = or_(
            DATE,
            rule(DAY, dash, DAY, MONTH_NAME),
            rule(DAY, dash, DAY, MONTH_NAME, gte(1000), dictionary({"год"})),
            rule(month),
        )
        named = or_(rule(dictionary(_WHICH), dictionary(_WEEKDAYS)), rule(dictionary(_WEEKDAYS)))
        date = or_(
            day,
            named,
            rule(named, ",", DATE),
            rule(in_caseless(_DAYS)),
            rule(in_caseless(_DAYS), ",", DATE),
            rule(dictionary(_WHICH), dictionary(_PERIODS)),
            rule(month, dictionary(_WHICH), dictionary({"год"})),
            rule(count, dictionary(_SPANS), caseless("назад")),
            rule(dictionary(_SPANS), caseless("назад")),
            rule(caseless("через"), count, dictionary(_SPANS)),
            rule(caseless("через"), dictionary(_SPANS)),
        )
        hour, minute = and_(type("INT"), lte(24)), and_(type("INT"), length_eq(2), lte(59))
        time = or_(
            rule(hour, ":", minute),
            rule(hour, ":", minute, ":", minute),
            rule(hour, ".", minute, in_caseless(("мск", "utc", "gmt"))),
            rule(hour, dictionary({"час"}), in_caseless(("утра", "дня", "вечера", "ночи"))),
            rule(hour, dictionary({"час"}), minute, dictionary({"минута"})),
            rule(dictionary({"полдень", "полночь"})),
        )
        numeral = or_(
            rule(type("INT")),
            rule(and_(gram("NUMR"), not_(dictionary(_UNCOUNTED)))),
            rule(dictionary(_MAGNITUDES)),
        )
        number = or_(
            numeral.repeatable(),
            rule(numeral.repeatable(), dash, numeral.repeatable()),
            rule(caseless("несколько"), dictionary(_MAGNITUDES)),
        )
        self._parsers = [
            (name, Parser(grammar, morph)) for name, grammar in (("DATE", date), ("TIME", time), ("NUMBER", number))
        ]

    def __call__(self, text: str, begin: int, stop: int) -> Iterator[Value]:
        """The values of ``text[begin:stop]``; of two that overlap the date or the time: a count in a date is none."""
        taken: list[Value] = []
        for name, parser in self._parsers:
            for match in parser.findall(text[begin:stop]):
                start, end = begin + match.span.start, begin + match.span.stop
                if any(start < other.end and other.start < end for other in taken):
                    continue
                if self._is_value(name, text, start, end):
                    taken.append(Value(start, end, name))
                    # «с 1 по 5 мая»: the first day is a date of its own
                    head = _BEFORE_RANGE.search(text, max(0, start - 12), start) if name == "DATE" else None
                    if head and text[start].isdigit():
                        taken.append(Value(*head.span(1), name))
        yield from sorted(taken)

    def _is_value(self, name: str, text: str, start: int, end: int) -> bool:
        surface = text[start:end].lower()
        if name == "DATE":
            # «среда» is Wednesday only behind a preposition or its adjective
            return not surface.startswith("сред") or bool(_GOVERNOR.search(text, max(0, start - 20), start))
        if name == "TIME":
            return True
        around = text[start - 1 : start] + text[end : end + 1]
        if any(mark in around for mark in "-:№%/") or re.match(r"[.,]\d", text[end : end + 2]):
            return False
        if surface.startswith(("один", "одн")):
            return not _PARTITIVE.match(text, end) and surface not in ("одни", "одних", "одним", "одними")
        if re.match(r"\s?[%°$€]", text[end : end + 2]) or text[max(0, start - 2) : start].strip() in ("№", "$", "€"):
            return False
        if _YEAR.fullmatch(surface) and _GOVERNOR.search(text, max(0, start - 20), start):
            return False
        return self._counted(text, end)

    def _counted(self, text: str, end: int) -> bool:
        """Whether what follows a count is not a measure, a span of time or money («пять миллионов тонн»)."""
        following = _WORD.match(text, end)
        return following is None or not self._lemmas(following[1]) & _MEASURED

    def _lemmas(self, word: str) -> set[str]:
        return {form.normal for form in self._morph(word.lower())}
