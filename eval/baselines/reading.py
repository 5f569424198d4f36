"""The mentions of one block, from its words, names and values; and what may stand inside what."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from goldwire.eval.baselines import heads
from goldwire.eval.baselines.phrases import Name, Word, adjectives, complements
from goldwire.eval.baselines.places import adjective_of, country, kind_of_place, known_place, place_of_adjective
from goldwire.eval.baselines.speakers import stem

__all__ = ["Found", "Reading", "sound"]

_SEVERAL_PLACES: Final = frozenset(("в", "во", "на", "при"))
_GOVERNED: Final = {
    "посол": _SEVERAL_PLACES,
    "посольство": _SEVERAL_PLACES,
    "консульство": _SEVERAL_PLACES,
    "консул": _SEVERAL_PLACES,
    "постпред": _SEVERAL_PLACES,
    "полпред": _SEVERAL_PLACES,
    "представитель": frozenset(("по", "при")),
}
_BY: Final = frozenset(("по",))
_LED_TO: Final = frozenset("в во на с со между под за по у около".split())
_TITLES: Final = frozenset(("господин", "госпожа", "гражданка"))


_SENTENCE: Final = 400
"""A date further away than so many characters is not looked at."""


class Found(NamedTuple):
    """A mention at ``text[start:end]``."""

    start: int
    end: int
    type: str
    form: str


class Reading:
    """The mentions of one block."""

    def __init__(
        self, text: str, words: Sequence[Word], names: dict[int, Name], kind: str, values: list[Found]
    ) -> None:
        self._text = text
        self._words = words
        self._names = names
        self._kind = kind
        self._values = values
        self._dates = sorted(value.start for value in values if value.type == "DATE")
        self._in_names = {at for name in names.values() for at in range(name.first, name.last)}
        for at, word in enumerate(words):
            # a country that the tagger missed
            if at not in self._in_names and word.text[0].isupper() and word.pos != "ADJ" and country(word.text):
                names[at] = Name(at, at + 1, "LOC")
                self._in_names.add(at)

    def mentions(self) -> Iterator[Found]:
        """All mentions, some of them at odds with others: see ``sound``."""
        for name in self._names.values():
            yield from self._named(name)
        yield from self._values
        places = {
            stem(self._words[name.first].lemma): kind_of_place(self._surface(name.first, name.last))
            for name in self._names.values()
            if name.type == "LOC" and name.last == name.first + 1
        }
        others = (name for name in self._names.values() if name.type != "ORG")
        inside = {at for name in others for at in range(name.first, name.last)}
        for at, word in enumerate(self._words):
            if word.modifies and adjective_of(word.lemma):
                known = place_of_adjective(word.lemma)
                if known is None and len(stem(word.lemma)) > 3 and not word.text[0].isupper():
                    known = places.get(stem(word.lemma))
                if known and at not in inside:
                    yield Found(word.start, word.end, known[0], "adjective")
            elif word.pos in ("NOUN", "PROPN", "ADJ", "VERB") and (at not in self._in_names):
                yield from self._headed(at)
            if word.lemma in heads.MEDIA and word.pos == "NOUN":
                yield from self._titled(at)

    def _surface(self, first: int, last: int) -> str:
        return self._text[self._words[first].start : self._words[last - 1].end]

    def _found(self, first: int, last: int, type_: str, form: str) -> Found:
        return Found(self._words[first].start, self._words[last - 1].end, type_, form)

    def _named(self, name: Name) -> Iterator[Found]:
        words = self._words
        if name.type == "PER":
            yield self._found(name.first, name.last, "PERSON", "name")
        elif name.type == "LOC":
            first = name.first
            # «город Тверь», and «Поезд Казань» at the head of a sentence: a common noun that is no part of the name
            if name.last - first > 1 and words[first].pos == "NOUN" and kind_of_place(words[first].text)[0] == "CITY":
                first += 1
            before = words[first - 1].lemma if first else ""
            yield self._found(first, name.last, kind_of_place(self._surface(first, name.last), before)[0], "name")
        else:
            last = complements(words, name.last - 1, self._names, frozenset())
            first = name.first
            if first and words[first - 1].modifies and place_of_adjective(words[first - 1].lemma):
                first -= 1
            yield self._found(first, last, "ORGANIZATION", "name")
            for at in range(name.first, name.last) if name.last > name.first + 1 else ():
                kind = known_place(words[at].text) if words[at].text[0].isupper() and words[at].pos != "ADJ" else None
                if kind:
                    yield self._found(at, at + 1, kind, "name")

    def _headed(self, at: int) -> Iterator[Found]:
        words = self._words
        word = words[at]
        noun = word.pos in ("NOUN", "PROPN") or (at + 1 == len(words) or not self._modifies_next(at))
        if not noun or word.lemma in _TITLES:
            return
        lemma = word.lemma.removeprefix("вице-").removeprefix("экс-")
        if word.pos == "VERB":
            lemma = heads.PARTICIPLES.get(word.lemma, "") if word.participle else ""
        if heads.is_occupation(lemma, word.animate) or lemma in heads.OFFICES:
            yield from self._role(at, lemma)
        elif word.pos == "NOUN" and heads.is_body(lemma):
            yield from self._body(at, lemma)
        if word.pos == "NOUN" and lemma in heads.EVENTS:
            yield from self._event(at, lemma)

    def _modifies_next(self, at: int) -> bool:
        following = self._words[at + 1]
        return (
            following.pos in ("NOUN", "PROPN")
            and following.case == self._words[at].case
            and following.text[0].islower()
        )

    def _role(self, at: int, lemma: str) -> Iterator[Found]:
        words, word = self._words, self._words[at]
        first = adjectives(words, at)
        last = complements(words, at, self._names, _GOVERNED.get(lemma, _BY))
        while last < len(words) and words[last - 1].pos == "ADP":
            last -= 1
        # «командующий силами»: what the verb in it governs
        governs = last == at + 1 and lemma.endswith(("командующий", "управляющий", "заведующий"))
        if governs and last < len(words) and words[last].case == "Ins":
            last = complements(words, last, self._names, frozenset())
        placed = any(place_of_adjective(word.lemma) for word in words[first:at])
        following = self._names.get(last)
        titled = following is not None and following.type == "PER"
        if heads.is_occupation(lemma, word.animate) or last > at + 1 or placed or (titled and last == at + 1):
            yield self._found(first, last, "PROFESSION", "description")

    def _body(self, at: int, lemma: str) -> Iterator[Found]:
        words = self._words
        first = adjectives(words, at)
        last = complements(words, at, self._names, _GOVERNED.get(lemma, frozenset()))
        telling = [word for word in words[first:at] if word.lemma not in heads.GENERIC]
        placed = any(place_of_adjective(word.lemma) for word in telling)
        named = any(place in self._names for place in range(at + 1, last))
        if lemma in heads.PARTS and lemma not in heads.SIDES and not (placed or named):
            return
        if last > at + 1 or placed or (telling and lemma in heads.SIDES):
            yield self._found(first, last, "ORGANIZATION", "description")

    def _event(self, at: int, lemma: str) -> Iterator[Found]:
        words = self._words
        if self._kind == "rubric" and at == next((i for i, w in enumerate(words) if w.pos == "NOUN"), -1):
            yield self._found(0, len(words), "EVENT", "description")
            return
        first = adjectives(words, at)
        last = complements(words, at, self._names, frozenset())
        demonstrative = first and words[first - 1].lemma in ("этот", "тот")
        telling = [word for word in words[first:at] if word.lemma not in heads.GENERIC]
        if lemma in heads.WITH_GENITIVE:
            told = (last > at + 1 or (lemma == "действие" and words[at - 1].lemma == "боевой")) and not demonstrative
        else:
            following = words[last] if last < len(words) else None
            led = following is not None and following.text.lower() in _LED_TO
            told = bool(telling) or last > at + 1 or led or self._is_dated(words[at].start)
        if told:
            yield self._found(first, last, "EVENT", "description")

    def _is_dated(self, start: int) -> bool:
        """Whether the sentence around the offset has a date, as far as full stops tell."""
        at = bisect_left(self._dates, start)
        near = self._dates[max(0, at - 1) : at + 1]
        return any(
            abs(date - start) < _SENTENCE and ". " not in self._text[min(date, start) : max(date, start)]
            for date in near
        )

    def _titled(self, at: int) -> Iterator[Found]:
        """The name in quote marks behind «газета», where the tagger found none."""
        words = self._words
        if at + 2 >= len(words) or words[at + 1].text not in '"«„' or not words[at + 2].text[0].isupper():
            return
        last = next((i for i in range(at + 2, min(len(words), at + 9)) if words[i].text in '"»“”'), None)
        if last and last > at + 2:
            yield self._found(at + 2, last, "ORGANIZATION", "name")


def sound(found: Iterable[Found]) -> list[Found]:
    """In order, without what crosses a longer mention, is nested in one of its own kind, or stands at its place."""
    kept: list[Found] = []
    for group in _overlapping(found):
        chosen: list[Found] = []
        for mention in sorted(group, key=lambda f: (f.start - f.end, f.start, f.form != "name")):
            if all(_may_stand_beside(mention, other) for other in chosen):
                chosen.append(mention)
        kept += sorted(chosen, key=lambda f: (f.start, -f.end))
    return kept


def _overlapping(found: Iterable[Found]) -> Iterator[list[Found]]:
    """The mentions in runs that touch no other run; runs are short, so that all work on a text is linear."""
    run: list[Found] = []
    end = 0
    for mention in sorted(found):
        if run and mention.start >= end:
            yield run
            run = []
        run.append(mention)
        end = max(end, mention.end)
    if run:
        yield run


def _may_stand_beside(inner: Found, outer: Found) -> bool:
    if inner.end <= outer.start or outer.end <= inner.start:
        return True
    if inner.start < outer.start or inner.end > outer.end:
        return False
    if (inner.start, inner.end) == (outer.start, outer.end):
        return False
    same = inner.type == outer.type
    if outer.type in ("PERSON", "DATE", "TIME", "NUMBER", "COUNTRY", "CITY", "LOCATION"):
        return False
    if same and outer.type == "EVENT":
        return False
    # «МИД» in «МИД Чехии» is the same ministry, «президент» in «президент РФ» the same office
    return not (same and inner.start == outer.start)
