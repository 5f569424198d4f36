"""All mentions of the scheme, nested: natasha's names and morphology under rules of our own for Russian newswire."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.metadata import version
from typing import Any, Final, NamedTuple

from goldwire.corpus.document import Block, Document, Mention
from goldwire.eval.baselines import heads
from goldwire.eval.baselines.layout import blocks, dateline
from goldwire.eval.baselines.phrases import Name, Word, adjectives, complements
from goldwire.eval.baselines.places import adjective_of, country, kind_of_place, place_of_adjective
from goldwire.eval.baselines.speakers import stem
from goldwire.eval.baselines.values import Values
from goldwire.eval.labels import LabelMap, Meaning

__all__ = ["NatashaRules"]

_NO_NAME: Final = frozenset(("ADVB", "CONJ", "GRND", "INFN", "NPRO", "PRCL", "PRED", "PREP", "VERB"))
"""Parts of speech of which no form is a name (pymorphy2's names for them)."""

_QUOTES: Final = '"«»„“” '
_SEVERAL_PLACES: Final = frozenset(("в", "во", "на", "при"))
_OFFICE_PREPOSITIONS: Final = {
    "посол": _SEVERAL_PLACES,
    "консул": _SEVERAL_PLACES,
    "постпред": _SEVERAL_PLACES,
    "полпред": _SEVERAL_PLACES,
    "представитель": frozenset(("по", "при")),
}
_BY: Final = frozenset(("по",))
_LED_TO: Final = frozenset("в во на с со между под за по у около".split())
_TITLES: Final = frozenset(("господин", "госпожа", "гражданка"))


class _Found(NamedTuple):
    start: int
    end: int
    type: str
    form: str


class NatashaRules:
    """natasha's tagger, its morphology and its grammar of dates, and rules by the people who made the gold."""

    layers = ("mentions",)
    labels = LabelMap(
        {
            "PERSON": Meaning("PERSON", "natasha's PER, without words of which no form can be a name"),
            "ORGANIZATION": Meaning("ORGANIZATION", "natasha's ORG with its complement, and described bodies by rule"),
            "COUNTRY": Meaning("COUNTRY", "natasha's LOC and adjectives, where the table of countries has them"),
            "CITY": Meaning("CITY", "natasha's LOC of one word that no table has for another place, and adjectives"),
            "LOCATION": Meaning("LOCATION", "natasha's LOC of several words, and the table of regions"),
            "PROFESSION": Meaning("PROFESSION", "by rule: a head noun, agreeing adjectives, genitive complements"),
            "EVENT": Meaning("EVENT", "by rule: a head noun, agreeing adjectives, genitive complements"),
            "DATE": Meaning("DATE", "natasha's grammar of dates, and rules for relative ones"),
            "TIME": Meaning("TIME", "by rule"),
            "NUMBER": Meaning("NUMBER", "by rule: numerals before what is no measure, time or money"),
        }
    )
    view = "all"
    alignment = "offsets"
    by_gold_authors = True

    def __init__(self) -> None:
        from natasha import Doc, MorphVocab, NewsEmbedding, NewsMorphTagger, NewsNERTagger, Segmenter

        self.version = f"{version('goldwire')} with natasha {version('natasha')}"
        embedding = NewsEmbedding()
        self._doc = Doc
        self._segmenter = Segmenter()
        self._names = NewsNERTagger(embedding)
        self._morph = NewsMorphTagger(embedding)
        self._vocabulary = MorphVocab()
        self._values = Values(self._vocabulary)

    def extract(self, document: Document) -> Document:
        """The mentions of the text, block by block: a headline is no part of the sentence below it."""
        text = document.text or ""
        layout = blocks(text)
        doc = self._doc(text)
        doc.segment(_InBlocks(self._segmenter, layout))
        # natasha's taggers fail on what has no word
        if doc.tokens:
            doc.tag_ner(self._names)
            doc.tag_morph(self._morph)
        words, spans = [self._word(token) for token in doc.tokens or ()], list(doc.spans or ())
        found: dict[_Found, None] = {}
        for block in layout:
            inside = [word for word in words if block.start <= word.start < block.end]
            named = [span for span in spans if block.start <= span.start and span.stop <= block.end]
            found |= dict.fromkeys(self._of_block(text, block, inside, named))
        if head := dateline(text, layout):
            parts = ((head.place, "CITY", "name"), (head.date, "DATE", "value"), (head.agency, "ORGANIZATION", "name"))
            stated = [_Found(*span, type_, form) for span, type_, form in parts if span]
            inside = [f for f in found if f.start < head.end and head.start < f.end]
            found = {f: None for f in found if f not in inside} | dict.fromkeys(stated)
        kept = _sound(found)
        mentions = tuple(Mention(start=f.start, end=f.end, type=f.type, form=f.form) for f in kept)
        return Document(id=document.id, mentions=mentions)

    def _of_block(self, text: str, block: Block, words: Sequence[Word], spans: Sequence[Any]) -> Iterator[_Found]:
        starts = {word.start: index for index, word in enumerate(words)}
        ends = {word.end: index + 1 for index, word in enumerate(words)}
        names: dict[int, Name] = {}
        for span in spans:
            start, end = _trimmed(text, span.start, span.stop)
            first, last = starts.get(start), ends.get(end)
            if first is not None and last is not None and first < last and self._is_name(words[first:last], span.type):
                names[first] = Name(first, last, span.type)
        hyphened = [word for word in words if "-" in word.text and word.text[0].isalpha()]
        values = [
            _Found(start, end, type_, "value")
            for start, end, type_ in self._values(text, block.start, block.end)
            if not any(word.start < start < word.end for word in hyphened)
        ]
        yield from _Reading(text, words, names, block.kind, values).mentions()

    def _word(self, token: Any) -> Word:
        feats = token.feats
        token.lemmatize(self._vocabulary)
        return Word(
            token.start,
            token.stop,
            token.text,
            token.lemma.replace("ё", "е"),
            token.pos,
            feats.get("Case", ""),
            feats.get("Number", ""),
            feats.get("VerbForm") == "Part" and feats.get("Variant") != "Short",
            feats.get("Animacy") == "Anim",
        )

    def _is_name(self, words: Sequence[Word], type_: str) -> bool:
        """No name is one word of which every form is a verb, an adverb and the like («Отмечая …», «Ранее …»)."""
        if type_ == "ORG" and words[0].text == "СМИ":
            return False
        if len(words) > 1 or words[0].is_acronym or type_ == "ORG":
            return True
        parses = self._vocabulary.parse(words[0].text.lower())
        known = self._vocabulary.word_is_known(words[0].text.lower())
        return not (known and parses and all(parse.tag.POS in _NO_NAME for parse in parses))


class _InBlocks:
    """natasha's segmenter, each block by itself: a headline is no part of the sentence below it."""

    def __init__(self, segmenter: Any, layout: Sequence[Block]) -> None:
        self._segmenter = segmenter
        self._layout = layout
        self.tokenize = segmenter.tokenize

    def sentenize(self, text: str) -> Iterator[Any]:
        """The sentences of each block, with offsets into ``text``."""
        for block in self._layout:
            for sentence in self._segmenter.sentenize(text[block.start : block.end]):
                sentence.start += block.start
                sentence.stop += block.start
                yield sentence


class _Reading:
    """The mentions of one block."""

    def __init__(
        self, text: str, words: Sequence[Word], names: dict[int, Name], kind: str, values: list[_Found]
    ) -> None:
        self._text = text
        self._words = words
        self._names = names
        self._kind = kind
        self._values = values
        self._in_names = {at for name in names.values() for at in range(name.first, name.last)}
        for at, word in enumerate(words):
            # a country that the tagger missed
            if at not in self._in_names and word.text[0].isupper() and word.pos != "ADJ" and country(word.text):
                if not word.text.isupper() or len(word.text) < 5:
                    names[at] = Name(at, at + 1, "LOC")
                    self._in_names.add(at)

    def mentions(self) -> Iterator[_Found]:
        for name in self._names.values():
            yield from self._named(name)
        yield from self._values
        places = {
            stem(self._words[name.first].lemma): kind_of_place(self._surface(name.first, name.last))
            for name in self._names.values()
            if name.type == "LOC" and name.last == name.first + 1
        }
        for at, word in enumerate(self._words):
            if word.modifies and adjective_of(word.lemma):
                known = place_of_adjective(word.lemma)
                if known is None and len(stem(word.lemma)) > 3 and not word.text[0].isupper():
                    known = places.get(stem(word.lemma))
                if known and not self._inside_location(at):
                    yield _Found(word.start, word.end, known[0], "adjective")
            elif word.pos in ("NOUN", "PROPN", "ADJ", "VERB") and (at not in self._in_names):
                yield from self._headed(at)
            if word.lemma in heads.MEDIA and word.pos == "NOUN":
                yield from self._titled(at)

    def _inside_location(self, at: int) -> bool:
        return any(name.first <= at < name.last and name.type != "ORG" for name in self._names.values())

    def _surface(self, first: int, last: int) -> str:
        return self._text[self._words[first].start : self._words[last - 1].end]

    def _found(self, first: int, last: int, type_: str, form: str) -> _Found:
        return _Found(self._words[first].start, self._words[last - 1].end, type_, form)

    def _named(self, name: Name) -> Iterator[_Found]:
        words = self._words
        if name.type == "PER":
            yield self._found(name.first, name.last, "PERSON", "name")
        elif name.type == "LOC":
            first = name.first
            if words[first].lemma in ("город", "г", "поселок", "село", "деревня", "река") and name.last - first > 1:
                first += 1
            # «Поезд Казань»: a common noun at the head of a sentence
            elif name.last - first > 1 and words[first].pos == "NOUN" and kind_of_place(words[first].text)[0] == "CITY":
                first += 1
            before = words[first - 1].lemma if first else ""
            yield self._found(first, name.last, kind_of_place(self._surface(first, name.last), before)[0], "name")
        else:
            last = complements(words, name.last - 1, self._names, frozenset())
            first = name.first
            if first and words[first - 1].modifies and place_of_adjective(words[first - 1].lemma):
                first -= 1
            form = "name"
            yield self._found(first, last, "ORGANIZATION", form)
            for at in range(name.first, name.last):
                word = words[at]
                if at not in self._names and word.text[0].isupper() and word.pos != "ADJ" and name.last - name.first > 1:
                    kind, _ = kind_of_place(word.text)
                    if country(word.text) or (kind == "CITY" and place_known(word.text)):
                        yield self._found(at, at + 1, kind, "name")

    def _headed(self, at: int) -> Iterator[_Found]:
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
        return following.pos in ("NOUN", "PROPN") and following.case == self._words[at].case and following.text[0].islower()

    def _role(self, at: int, lemma: str) -> Iterator[_Found]:
        words, word = self._words, self._words[at]
        first = adjectives(words, at)
        last = complements(words, at, self._names, _OFFICE_PREPOSITIONS.get(lemma, _BY))
        while last < len(words) and words[last - 1].pos == "ADP":
            last -= 1
        # «командующий силами»: what the verb in it governs
        if last == at + 1 and lemma.endswith(("командующий", "управляющий", "заведующий")):
            if last < len(words) and words[last].case == "Ins":
                last = complements(words, last, self._names, frozenset())
        placed = any(place_of_adjective(word.lemma) for word in words[first:at])
        following = self._names.get(last)
        titled = following is not None and following.type == "PER"
        if heads.is_occupation(lemma, word.animate) or last > at + 1 or placed or (titled and last == at + 1):
            yield self._found(first, last, "PROFESSION", "description")

    def _body(self, at: int, lemma: str) -> Iterator[_Found]:
        words = self._words
        first = adjectives(words, at)
        last = complements(words, at, self._names, frozenset())
        telling = [word for word in words[first:at] if word.lemma not in heads.GENERIC]
        placed = any(place_of_adjective(word.lemma) for word in telling)
        named = any(place in self._names for place in range(at + 1, last))
        if lemma in heads.PARTS and lemma not in heads.SIDES and not (placed or named):
            return
        if lemma in heads.SIDES:
            told = bool(telling) or last > at + 1
        else:
            told = placed or last > at + 1
        if told:
            yield self._found(first, last, "ORGANIZATION", "description")

    def _event(self, at: int, lemma: str) -> Iterator[_Found]:
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
            dated = any(value.type == "DATE" for value in self._values if self._same_sentence(value, words[at]))
            told = bool(telling) or last > at + 1 or led or dated
        if told:
            yield self._found(first, last, "EVENT", "description")

    def _same_sentence(self, value: _Found, word: Word) -> bool:
        low, high = sorted((value.start, word.start))
        return ". " not in self._text[low:high]

    def _titled(self, at: int) -> Iterator[_Found]:
        """The name in quote marks behind «газета», where the tagger found none."""
        words = self._words
        if at + 2 >= len(words) or words[at + 1].text not in '"«„' or not words[at + 2].text[0].isupper():
            return
        last = next((i for i in range(at + 2, min(len(words), at + 9)) if words[i].text in '"»“”'), None)
        if last and last > at + 2:
            yield self._found(at + 2, last, "ORGANIZATION", "name")


def place_known(name: str) -> bool:
    """Whether a table has the place."""
    return kind_of_place(name)[1] != name or kind_of_place(name)[0] == "LOCATION"


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start] in _QUOTES:
        start += 1
    while end > start and text[end - 1] in _QUOTES:
        end -= 1
    # «Анна Котова (Anna Kotova)» is a name and its spelling elsewhere
    bracket = text.find(" (", start, end)
    return start, end if bracket < 0 else bracket


def _sound(found: dict[_Found, None]) -> list[_Found]:
    """In order, without what crosses a longer mention, is nested in one of its own kind, or stands at its place."""
    kept: list[_Found] = []
    by_length = sorted(found, key=lambda f: (f.start - f.end, f.start, f.form != "name"))
    for mention in by_length:
        if all(_may_stand_beside(mention, other) for other in kept):
            kept.append(mention)
    return sorted(kept, key=lambda f: (f.start, -f.end))


def _may_stand_beside(inner: _Found, outer: _Found) -> bool:
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
