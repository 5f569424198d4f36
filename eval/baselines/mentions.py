"""All mentions of the scheme, nested: natasha's names and morphology under rules of our own for Russian newswire."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from typing import Any, Final

from goldwire.corpus.document import Block, Document, Mention
from goldwire.eval.baselines.layout import blocks, dateline
from goldwire.eval.baselines.phrases import Name, Word
from goldwire.eval.baselines.reading import Found, Reading, sound
from goldwire.eval.baselines.values import Values
from goldwire.eval.labels import LabelMap, Meaning

__all__ = ["NatashaRules"]

_NO_NAME: Final = frozenset(("ADVB", "CONJ", "GRND", "INFN", "NPRO", "PRCL", "PRED", "PREP", "VERB"))
"""Parts of speech of which no form is a name (pymorphy2's names for them)."""

_QUOTES: Final = '"«»„“” '


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
        text = _named_letters(document.text or "")
        layout = blocks(text)
        doc = self._doc(text)
        doc.segment(_InBlocks(self._segmenter, layout))
        # natasha's taggers fail on what has no word
        if doc.tokens:
            doc.tag_ner(self._names)
            doc.tag_morph(self._morph)
        words, spans = [self._word(token) for token in doc.tokens or ()], list(doc.spans or ())
        found: dict[Found, None] = {}
        for block in layout:
            inside = [word for word in words if block.start <= word.start < block.end]
            named = [span for span in spans if block.start <= span.start and span.stop <= block.end]
            found |= dict.fromkeys(self._of_block(text, block, inside, named))
        if head := dateline(text, layout):
            parts = ((head.place, "CITY", "name"), (head.date, "DATE", "value"), (head.agency, "ORGANIZATION", "name"))
            stated = [Found(*span, type_, form) for span, type_, form in parts if span]
            # a correspondent's name beside them stays
            free = [f for f in found if all(f.end <= s.start or s.end <= f.start for s in stated)]
            found = dict.fromkeys((*free, *stated))
        kept = sound(found)
        mentions = tuple(Mention(start=f.start, end=f.end, type=f.type, form=f.form) for f in kept)
        return Document(id=document.id, mentions=mentions)

    def _of_block(self, text: str, block: Block, words: Sequence[Word], spans: Sequence[Any]) -> Iterator[Found]:
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
            Found(start, end, type_, "value")
            for start, end, type_ in self._values(text, block.start, block.end)
            if not any(word.start < start < word.end for word in hyphened)
        ]
        yield from Reading(text, words, names, block.kind, values).mentions()

    def _word(self, token: Any) -> Word:
        feats = token.feats
        token.lemmatize(self._vocabulary)
        return Word(
            token.start,
            token.stop,
            token.text,
            token.lemma.replace("ё", "е"),
            token.pos,
            feats.get("Case") or self._case(token),
            feats.get("Number", ""),
            feats.get("VerbForm") == "Part" and feats.get("Variant") != "Short",
            feats.get("Animacy") == "Anim",
        )

    def _case(self, token: Any) -> str:
        """The case of an adjective that the tagger gives none, as with a hyphen: that of its last part."""
        if token.pos != "ADJ" or "-" not in token.text or token.feats.get("Variant") == "Short":
            return ""
        forms = self._vocabulary(token.text.rpartition("-")[2].lower())
        return next((form.feats.get("Case", "") for form in forms if form.pos == "ADJ"), "")

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


def _named_letters(text: str) -> str:
    """The text with a letter for each letter that Unicode has no name for, at which pymorphy2 fails."""
    nameless = {ord(letter): "x" for letter in set(text) if letter.isalpha() and not unicodedata.name(letter, "")}
    return text.translate(nameless) if nameless else text


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start] in _QUOTES:
        start += 1
    while end > start and text[end - 1] in _QUOTES:
        end -= 1
    # «Анна Котова (Anna Kotova)» is a name and its spelling elsewhere
    bracket = text.find(" (", start, end)
    return start, end if bracket < 0 else bracket
