"""Subjects: the phrase beside a reporting verb that says who speaks."""

from __future__ import annotations

from collections.abc import Container
from typing import Final

from goldwire.eval.baselines.sentences import DASHES, Sentence, words
from goldwire.eval.baselines.speakers import ADVERBS, OWNERS, PREPOSITIONS, Naming, naming
from goldwire.eval.baselines.verbs import WINDOW, Cue

__all__ = ["subject_after", "subject_before"]

_BREAKS: Final = DASHES | {",", ";", ":"}
_STOPS: Final = _BREAKS | {"(", "."}
_DOCUMENTS: Final = words(
    "сообщении заявлении пресс-релизе документе докладе релизе тексте письме материалах публикации отчете"
)


def subject_after(sentence: Sentence, cue: Cue, stop: int | None = None) -> Naming | None:
    """The phrase behind a verb, before ``stop``, that names its subject; ``None`` if none.

    «Сообщил журналистам глава …», «сообщили в МЧС».
    """
    length = len(sentence.tokens)
    limit = min(length, cue.last + WINDOW, length if stop is None else stop)
    mark = sentence.find(_STOPS, cue.last, limit)
    end = limit if mark is None else mark
    at = cue.last
    while at < end and sentence.low(at) in ADVERBS:
        at += 1
    passive = cue.verb.kind == "passive"
    place = _place_of_speech(sentence, at, end) if passive or cue.verb.shows == "p" else None
    return place if place or passive else _first_behind(sentence, at, end)


def subject_before(sentence: Sentence, cue: Cue, begin: int) -> Naming | None:
    """The phrase from ``begin`` on in front of a verb that names its subject, insertions skipped; ``None`` if none."""
    end = cue.first
    if sentence.low(end - 1) == ",":
        opening = _backward(sentence, {","}, end - 2, max(begin, end - 2 - 2 * WINDOW))
        end = end if opening is None else opening
    stop = _backward(sentence, _BREAKS, end - 1, max(begin - 1, end - 2 * WINDOW))
    start = begin if stop is None else stop + 1
    place = _place_of_speech(sentence, start, end) if cue.verb.shows == "p" else None
    if place and place.last == end:
        return place
    found = _first_before(sentence, start, end) or _first_before(sentence, begin, min(end, begin + WINDOW))
    return _with_apposition(sentence, found, end, cue.first - 1) if found else None


def _place_of_speech(sentence: Sentence, first: int, end: int) -> Naming | None:
    """«сообщили в пресс-службе МЧС», without the preposition; of «говорится в сообщении МЧС» the author."""
    for at in range(first, end - 1):
        if sentence.low(at) in ("в", "во", "на"):
            begin = at + 2 if sentence.low(at + 1) in _DOCUMENTS else at + 1
            found = naming(sentence.tokens, begin, end, oblique=True)
            if found and found.shape == "body":
                return found
    return None


def _first_behind(sentence: Sentence, at: int, end: int) -> Naming | None:
    """The first phrase that can be a subject; a bare agency name only where no person follows («сообщил ТАСС мэр»)."""
    agency: Naming | None = None
    while at < end:
        found = None if sentence.low(at - 1) in PREPOSITIONS else naming(sentence.tokens, at, end)
        if found and (found.head or found.shape == "name") and sentence.low(at) not in OWNERS:
            return found
        if found and not found.head:
            agency = agency or found
        at = found.last if found else at + 1
    return agency


def _first_before(sentence: Sentence, at: int, end: int) -> Naming | None:
    while at < end:
        governed = sentence.low(at - 1) in PREPOSITIONS
        found = naming(sentence.tokens, at, end, oblique=governed)
        if found and not governed and sentence.low(at) not in OWNERS:
            return found
        # the name in «на встрече с мэром Иван Котов …» may be a phrase of its own
        at = max(at + 1, found.last - len(found.name) if found else 0)
    return None


def _backward(sentence: Sentence, marks: Container[str], first: int, last: int) -> int | None:
    """The last token of ``(last, first]`` that is one of ``marks``."""
    return next((i for i in range(first, last, -1) if sentence.low(i) in marks), None)


def _with_apposition(sentence: Sentence, found: Naming, comma: int, end: int) -> Naming:
    """«Владелец склада, бизнесмен Роман Штерн, …» is one phrase."""
    inner = naming(sentence.tokens, comma + 1, end) if found.last == comma < end else None
    if inner and inner.last == end and inner.name and not found.name and found.shape == "office":
        return found._replace(last=end, name=inner.name)
    return found
