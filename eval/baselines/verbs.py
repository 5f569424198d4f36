"""Verbs that report, «сказал», «надеется», «выразил мнение», and the cues of a sentence that they make."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from goldwire.eval.baselines.sentences import Sentence, words

__all__ = ["WINDOW", "Cue", "Verb", "back_cue", "cues", "verb"]

WINDOW: Final = 16
"""How many tokens may stand between a verb and its «что», its colon or its subject; keeps every rule linear."""


class Verb(NamedTuple):
    """A form of a reporting verb: what kind it is, and what it shows.

    ``kind`` is ``say``, ``believe``, ``ask``, ``urge``, ``name``, ``passive`` or ``any``.

    ``shows`` is m, f, n or p (plural) of the subject, g for a gerund, 1 for the first person, or empty.
    """

    kind: str
    shows: str


class Cue(NamedTuple):
    """A cue at tokens ``[first, last)``."""

    first: int
    last: int
    verb: Verb


# Stems by kind and conjugation: what may follow the stem stands in `_ENDINGS`.
_STEMS: Final = (
    # сказал, сказала, сказав
    (
        "say",
        "perfective",
        "сказа рассказа указа написа переда призна отмети замети заяви сообщи уточни поясни объясни подтверди объяви "
        "предупреди напомни добави ответи говори подчеркну возрази воскликну повтори пообеща завери высказа изложи "
        "доложи посетова анонсирова подытожи заключи продолжи оцени вспомни допусти предположи предложи посоветова "
        "порекомендова проговори утверди уведоми обеща опроверг отреза посчита спрогнозирова огласи озвучи "
        "процитирова констатирова прокомментирова проинформирова резюмирова парирова рапортова отрапортова цитирова",
    ),
    ("believe", "perfective", "посчита подума повери"),
    ("ask", "perfective", "спроси"),
    # сообщал, сообщает, сообщают, сообщая
    (
        "say",
        "imperfective",
        "сообща отмеча подчеркива заявля утвержда поясня уточня добавля объясня призна переда предупрежда напомина "
        "указыва заверя уверя обеща рассказыва подтвержда повторя предполага допуска отвеча возража замеча вспомина",
    ),
    ("believe", "imperfective", "счита дума полага ожида"),
    ("ask", "imperfective", "спрашива"),
    # констатирует, цитируют
    ("say", "ovat", "констатир цитир комментир информир прогнозир резюмир парир рапорт"),
    # говорит, говорят
    ("say", "second", "говор"),
    ("believe", "second", "вер"),
    # признался, пожаловался
    ("say", "reflexive", "призна высказа подели жалу пожалова похваста обмолви"),
    ("believe", "reflexive", "надея наде опаса сомнева"),
    ("ask", "reflexive", "поинтересова интересова"),
    # report with «чтобы», or with words in quote marks
    ("urge", "perfective", "потребова попроси призва"),
    ("urge", "imperfective", "призыва"),
    ("urge", "ovat", "треб"),
    # report where the name given is in quote marks
    ("name", "perfective", "назва"),
    ("name", "imperfective", "называ"),
)
_PAST: Final = {"л": "m", "ла": "f", "ло": "n", "ли": "p"}
_ENDINGS: Final = {
    "perfective": {**_PAST, "в": "g", "вши": "g"},
    "imperfective": {**_PAST, "ет": "", "ют": "p", "ю": "1", "ем": "1", "я": "g"},
    "ovat": {**{f"ова{e}": s for e, s in _PAST.items()}, "ует": "", "уют": "p", "ую": "1", "уя": "g"},
    "second": {**{f"и{e}": s for e, s in _PAST.items()}, "ит": "", "ят": "p", "ю": "1", "им": "1", "я": "g"},
    "reflexive": {"лся": "m", "лась": "f", "лись": "p", "ется": "", "ются": "p", "вшись": "g", "ясь": "g"},
}
_PASSIVES: Final = (
    "говорится сообщается отмечается подчеркивается уточняется указывается утверждается поясняется "
    "говорилось сообщалось отмечалось уточнялось"
)


def _forms() -> dict[str, Verb]:
    """Every form of every reporting verb."""
    forms = {"пишет": Verb("say", ""), "пишут": Verb("say", "p")}
    for short in ("уверен", "убежден"):
        forms |= {short + ending: Verb("believe", shows) for ending, shows in (("", "m"), ("а", "f"), ("ы", "p"))}
    forms |= dict.fromkeys(_PASSIVES.split(), Verb("passive", ""))
    for kind, conjugation, stems in _STEMS:
        for ending, shows in _ENDINGS[conjugation].items():
            for stem in stems.split():
                forms.setdefault(stem + ending, Verb(kind, shows))
    return forms


_FORMS: Final = _forms()

# A verb that reports only with its noun; both are the cue.
_WITH_NOUN: Final = {
    "вырази": words("надежду мнение уверенность сожаление убеждение опасение обеспокоенность предположение точку"),
    "выража": words("надежду мнение уверенность сожаление"),
    "высказа": words("мнение предположение надежду уверенность"),
    "обрати": words("внимание"),
    "обраща": words("внимание"),
    "дал": words("понять"),
    "сдела": words("вывод"),
    "приш": words("выводу"),
}
_NOUN_STEMS: Final = tuple(_WITH_NOUN)
_DENIALS: Final = ("исключ", "сомнева", "скрыва", "отрица")
"""Verbs that report when they are negated; no other does."""

_ANY_VERB = re.compile(r"[а-я-]{3,}(?:л|ла|ло|ли|лся|лась|лись|ет|ют|ит|ят|ется|ются)")
_BACK_VERB = re.compile(r"(?:высказа|вырази|сдела|выступи|приве|привод|озвучи|распростран)[а-я]*")
_SHOWN: Final = (("ла", "f"), ("ли", "p"), ("ют", "p"), ("л", "m"), ("в", "g"))


def verb(low: str) -> Verb | None:
    """The reporting verb of which ``low`` is a form."""
    return _FORMS.get(low)


def cues(sentence: Sentence) -> Iterator[Cue]:
    """The cues of a sentence in order: verbs that report, with their noun or their «не»."""
    for at, token in enumerate(sentence.tokens):
        low = token.low
        noun = _noun(sentence, at) if low.startswith(_NOUN_STEMS) else None
        if noun is not None:
            yield Cue(at, noun + 1, _saying(low))
        elif sentence.low(at - 1) == "не":
            if low.startswith(_DENIALS):
                yield Cue(at - 1, at + 1, _saying(low))
        elif known := verb(low):
            yield Cue(at, at + 1, known)
        elif _is_led_to(sentence, at) and _ANY_VERB.fullmatch(low):
            yield Cue(at, at + 1, Verb("any", _saying(low).shows))


def back_cue(sentence: Sentence) -> Cue | None:
    """The verb of «с таким заявлением он выступил», which reports only beside such a noun."""
    at = next((i for i, token in enumerate(sentence.tokens[:WINDOW]) if _BACK_VERB.fullmatch(token.low)), None)
    return None if at is None else Cue(at, at + 1, _saying(sentence.low(at)))


def _noun(sentence: Sentence, at: int) -> int | None:
    """The place of the noun that makes the verb at ``at`` report."""
    stem = next(stem for stem in _NOUN_STEMS if sentence.low(at).startswith(stem))
    return sentence.find(_WITH_NOUN[stem], at + 1, at + 5)


def _saying(low: str) -> Verb:
    """A verb that no table has, as one of saying."""
    return Verb("say", next((shows for ending, shows in _SHOWN if low.endswith(ending)), ""))


def _is_led_to(sentence: Sentence, at: int) -> bool:
    """Whether «", - » stands before the token, so that any verb reports: «", - усмехнулся он»."""
    if not sentence.is_dash(at - 1):
        return False
    if sentence.low(at - 2) == ",":
        return sentence.is_pair(at - 3)
    return sentence.is_pair(at - 2) and sentence.tokens[at - 2].is_final
