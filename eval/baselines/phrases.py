"""Noun phrases by morphology: a head noun, the adjectives that agree with it, its genitive complements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from goldwire.eval.baselines.heads import GENERIC

__all__ = ["Name", "Phrase", "Word", "adjectives", "complements"]

_LONGEST: Final = 24
"""No phrase reaches further than so many words, so that all work on a text is linear."""


class Word(NamedTuple):
    """A token with what natasha's tagger says of it; ``lemma`` has «е» for «ё»."""

    start: int
    end: int
    text: str
    lemma: str
    pos: str
    case: str
    number: str
    participle: bool
    animate: bool

    @property
    def modifies(self) -> bool:
        """Whether it is an adjective or a participle in its long form."""
        return (self.pos == "ADJ" or self.participle) and bool(self.case)

    @property
    def is_acronym(self) -> bool:
        """Whether it is an abbreviation in capitals, which has no cases."""
        return len(self.text) > 1 and self.text.isupper() and self.text.isalpha()


class Name(NamedTuple):
    """A name that the tagger found, at words ``[first, last)``."""

    first: int
    last: int
    type: str


class Phrase(NamedTuple):
    """A noun phrase at words ``[first, last)`` around ``head``."""

    first: int
    head: int
    last: int


def adjectives(words: Sequence[Word], head: int) -> int:
    """The first of the adjectives in front of ``head`` that agree with it; ``head`` where there is none."""
    first = head
    while first > max(0, head - _LONGEST) and words[first - 1].modifies:
        before = words[first - 1]
        if before.lemma in GENERIC - {"бывший", "новый", "нынешний", "прежний"} or not _agree(before, words[head]):
            break
        first -= 1
    return first


def _agree(adjective: Word, noun: Word) -> bool:
    cases = not noun.case or adjective.case == noun.case or {adjective.case, noun.case} <= {"Nom", "Acc"}
    return cases and (not noun.number or not adjective.number or adjective.number == noun.number)


def complements(words: Sequence[Word], head: int, names: Mapping[int, Name], governed: frozenset[str]) -> int:
    """Where the phrase of ``head`` ends: behind its genitives, names among them, and a prepositional complement.

    ``governed`` holds the prepositions that the head governs. A person's name is a complement only in the genitive
    beside a head in another case; else it stands beside the phrase.
    """
    at, limit = head + 1, min(len(words), head + _LONGEST)
    while at < limit:
        if following := _genitive(words, at, limit, names, words[head]):
            at = following
        elif words[at].text.lower() in governed:
            following = _governed(words, at + 1, limit, names)
            if following is None:
                break
            at = following
        elif words[at].text == "и" and at > head + 1 and _joined(words, at, names):
            at = names[at + 1].last
        else:
            break
    return at


def _genitive(words: Sequence[Word], at: int, limit: int, names: Mapping[int, Name], head: Word | None) -> int | None:
    """Where one genitive ends that begins at ``at``: adjectives, a numeral, then a noun or a name."""
    place = at
    while place < limit and place not in names and (words[place].modifies or words[place].pos in ("DET", "NUM")):
        word = words[place]
        if word.case != "Gen" or (word.pos == "DET" and word.lemma != "оба"):
            return None
        place += 1
    if place >= limit:
        return None
    word, name = words[place], names.get(place)
    if name is not None:
        if name.type == "PER" and (head is None or word.case != "Gen" or head.case == "Gen"):
            return None
        return name.last if word.case in ("Gen", "") or word.is_acronym or _indeclinable(word) else None
    noun = word.pos in ("NOUN", "PROPN") and word.case == "Gen"
    return place + 1 if noun or (place == at and word.is_acronym) else None


def _indeclinable(word: Word) -> bool:
    return word.text[0].isupper() and word.text[-1] in "оеиуыэю"


def _governed(words: Sequence[Word], at: int, limit: int, names: Mapping[int, Name]) -> int | None:
    """Where the complement behind a preposition ends: adjectives, then a noun or a name that is no person's."""
    while at < limit and at not in names and words[at].modifies:
        at += 1
    if at >= limit:
        return None
    if name := names.get(at):
        return None if name.type == "PER" else name.last
    return at + 1 if words[at].pos in ("NOUN", "PROPN") or words[at].is_acronym else None


def _joined(words: Sequence[Word], at: int, names: Mapping[int, Name]) -> bool:
    """«лидеры Чехии и Вьетнама»: a place on either side."""
    near = (names.get(place) for place in range(max(0, at - 4), at))
    before = any(name is not None and name.last == at and name.type == "LOC" for name in near)
    after = names.get(at + 1)
    return before and after is not None and after.type == "LOC" and words[at + 1].case in ("Gen", "")
