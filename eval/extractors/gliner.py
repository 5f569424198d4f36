"""``gliner:MODEL``: a GLiNER (Zaratiana et al. 2024), which is told in words what to look for."""

from __future__ import annotations

import importlib.util
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.metadata import version
from types import MappingProxyType
from typing import Any
from unicodedata import category

from goldwire.corpus.document import UNSET, Document, Mention, Span
from goldwire.corpus.errors import UsageError, shown
from goldwire.corpus.scheme import SCHEME
from goldwire.eval.extractors.options import Options
from goldwire.eval.extractors.protocol import Extractor
from goldwire.eval.extractors.weights import fingerprint, is_local, longest, refuse_missing, unloadable
from goldwire.eval.extractors.windows import Window, settled, windows
from goldwire.eval.labels import LabelMap, Meaning

__all__ = ["NAMES", "OPTIONS", "make", "require"]

OPTIONS: Mapping[str, str] = MappingProxyType(
    {
        "ask": "labels of your own, joined by commas, in place of the scheme's; labels=MAP says what they are here",
        "batch": "windows that the model reads at once; 8 by default",
        "describe": "yes: each label goes with its definition; no by default",
        "device": "cpu (default), cuda, cuda:1, mps …",
        "names": "en (default), ru, or scheme: what the scheme's types are called when the model is asked",
        "nested": "yes: mentions may lie in one another (flat_ner=False); no by default, as in the library",
        "overlap": "words that neighbouring windows share; twice the longest mention of the model by default",
        "revision": "branch, tag or commit of the hub's repository",
        "threshold": "the least score of a mention, from 0 to 1; 0.5 by default",
    }
)
"""What may follow ``gliner:MODEL?``, and what it does."""

NAMES: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "PERSON": ("person", "человек", "имя человека без должности"),
        "PROFESSION": (
            "position or profession",
            "должность или профессия",
            "должность, звание, занятие или роль человека вместе с дополнением",
        ),
        "ORGANIZATION": (
            "organization",
            "организация",
            "агентство, армия, ведомство, правительство, коалиция или организованная сторона конфликта",
        ),
        "COUNTRY": ("country", "страна", "государство, в том числе в форме прилагательного"),
        "CITY": ("city", "город", "город или посёлок, в том числе в форме прилагательного, без слова «город»"),
        "LOCATION": ("location", "место", "любое другое место, у которого есть название"),
        "DATE": ("date", "дата", "календарная или относительная дата"),
        "TIME": ("time of day", "время суток", "время по часам"),
        "NUMBER": ("number", "количество", "число предметов или людей, но не дата, не время и не возраст"),
        "EVENT": ("event", "событие", "именная группа, которая называет одно определённое событие"),
    }
)
"""Type → its English name, its Russian name, and its definition in Russian; the English one is the scheme's."""


_Piece = tuple[str, int, int]  # a word, and its span


class Gliner:
    """A GLiNER read in windows of words; the labels are its prompts' names, the scores its own."""

    layers: tuple[str, ...] = ("mentions",)
    view = "all"
    alignment = "offsets"
    by_gold_authors = False

    def __init__(self, target: str, options: Options) -> None:
        from gliner import GLiNER
        from transformers.utils import logging

        logging.disable_progress_bar()
        self.name = f"gliner:{target}"
        self._threshold = options.number("threshold", 0.5, 0, 1)
        self._flat = not options.yes("nested")
        self._batch = options.count("batch", 8)
        device, revision = options.text("device", "cpu"), options.text("revision")
        self._prompts, self.labels = _asked(options)
        loading: dict[str, Any] = {"local_files_only": is_local(target), "map_location": device}
        try:
            self._model = GLiNER.from_pretrained(target, **loading, **({"revision": revision} if revision else {}))
        except Exception as error:  # gliner, transformers and torch raise of all kinds
            raise unloadable(self.name, error) from error
        self._tokenizer = self._model.data_processor.transformer_tokenizer
        self._splitter = _Splitter(self._model.data_processor.words_splitter, self._sizes)
        self._model.data_processor.words_splitter = self._splitter
        self._words, self._room = self._sized()
        self._overlap = options.count("overlap", min(2 * self._longest_mention(), self._words // 2), 0)
        if self._overlap >= self._words:
            raise UsageError(
                f"extractor {self.name!r}: option overlap: found {self._overlap}, expected less than a window's "
                f"{self._words} words"
            )
        weights = fingerprint(target, revision, "gliner_config.json")
        self.version = f"{weights}, gliner {version('gliner')}"
        self.details: dict[str, Any] = {
            "model": target,
            "weights": weights,
            "libraries": {name: version(name) for name in ("gliner", "transformers", "torch")},
            "asked": dict(self._prompts),
            "threshold": self._threshold,
            "nested": not self._flat,
            "window": {"words": self._words, "tokens": self._room, "overlap": self._overlap},
            "device": device,
        }

    def extract(self, document: Document) -> Document:
        """The mentions in the order of the text; none overlaps another, unless nested ones were asked for.

        A word with more tokens than the model reads at once is cut by it: ``faults`` in ``extra`` name such.
        """
        text = document.text or ""
        words = list(self._splitter(text))
        sizes = self._sizes([word for word, _, _ in words])
        cut = windows(sizes, self._room, self._words, self._overlap)
        found = sorted(self._found(text, [(start, end) for _, start, end in words], cut), key=_in_text)
        if self._flat:
            found = sorted(_flat(found), key=_in_text)
        long = [word for (word, _, _), size in zip(words, sizes, strict=True) if size > self._room]
        extra = {"faults": [["cut-word", shown(word)] for word in long]} if long else UNSET
        return Document(id=document.id, mentions=tuple(found), extra=extra)

    def _sized(self) -> tuple[int, int]:
        """The words and the tokens of a window; what the labels take of the tokens is not among them."""
        words: int = self._model.config.max_len
        most = longest(self._tokenizer, self._model)
        if most is None:
            return words, words * _NO_LIMIT
        self._tokenizer.model_max_length = most  # so that a word longer than a window is cut, and does not raise
        prompt: list[str] = []
        if not self._model.config.labels_encoder:  # a model with one reads the labels apart from the text
            [prompt], _ = self._model.data_processor.prepare_inputs([[]], [list(self._prompts)])
        taken = len(self._tokenizer(prompt, is_split_into_words=True, truncation=False, verbose=False)["input_ids"])
        if taken >= most:
            raise UsageError(
                f"extractor {self.name!r}: found {taken} tokens of labels, expected fewer than the {most} that the "
                "model reads at once; ask for fewer, or with describe=no"
            )
        return words, most - taken

    def _longest_mention(self) -> int:
        return int(getattr(self._model.config, "max_width", None) or 12)

    def _sizes(self, words: Sequence[str]) -> list[int]:
        """The tokens of each word."""
        if not words:
            return []
        read = self._tokenizer(
            list(words), is_split_into_words=True, add_special_tokens=False, truncation=False, verbose=False
        )
        sizes = [0] * len(words)
        for at in read.word_ids():
            sizes[at] += 1
        return sizes

    def _found(self, text: str, words: Sequence[Span], cut: Sequence[Window]) -> list[Mention]:
        starts = [start for start, _ in words]
        parts = [text[words[window.start][0] : words[window.end - 1][1]] for window in cut]
        said = self._model.inference(
            parts, list(self._prompts), flat_ner=self._flat, threshold=self._threshold, batch_size=self._batch
        )
        mentions = []
        for window, items in zip(cut, said, strict=True):
            shift = starts[window.start]
            for item in items:
                start, end = item["start"] + shift, item["end"] + shift
                first = bisect_right(starts, start) - 1
                if window.own <= first < window.until and (span := settled(start, end, text)):
                    kind = self._prompts[item["label"]]
                    mentions.append(Mention(start=span[0], end=span[1], type=kind, score=round(item["score"], 4)))
        return mentions


class _Splitter:
    r"""A model's own splitter, with marks in the words of their letters, and without words of which no token comes.

    Python's ``\w`` does not match marks: the library makes «и» and its breve two words. Where the tokenizer then drops
    the breve, the library loses count, and all that follows stands one word too early.
    """

    def __init__(self, split: Callable[[str], Iterator[_Piece]], sizes: Callable[[Sequence[str]], list[int]]) -> None:
        self._split, self._sizes = split, sizes

    def __call__(self, text: str) -> Iterator[_Piece]:
        words: list[_Piece] = []
        for word, start, end in self._split(text):
            if (
                words
                and words[-1][2] == start
                and (_is_mark(word[0]) or (_is_mark(words[-1][0][-1]) and word[0].isalnum()))
            ):
                words[-1] = (text[words[-1][1] : end], words[-1][1], end)
            else:
                words.append((word, start, end))
        for piece, size in zip(words, self._sizes([word for word, _, _ in words]), strict=True):
            if size:
                yield piece


def _is_mark(character: str) -> bool:
    return category(character).startswith("M")


_NO_LIMIT = 1_000  # no word has as many tokens


def require(target: str) -> None:
    """Refuse early what cannot be made for want of a library or of a folder.

    Raises
    ------
    UsageError
        The extra is not installed, or there is no such folder.
    """
    if importlib.util.find_spec("gliner") is None:
        raise UsageError(f"extractor 'gliner:{target}': gliner is not installed; pip install 'goldwire[gliner]'")
    refuse_missing(f"gliner:{target}", target)


def make(target: str, options: Mapping[str, str]) -> Extractor:
    """The extractor that ``gliner:TARGET?options`` names.

    Raises
    ------
    UsageError
        The extra is not installed, or an option is unknown or has a wrong value.
    ExtractorError
        The model cannot be loaded.
    """
    require(target)
    return Gliner(target, Options(f"gliner:{target}", options, OPTIONS))


def _asked(options: Options) -> tuple[dict[str, str], LabelMap | None]:
    """What the model is asked for, each with the label that a mention then bears; and what these are in the scheme."""
    language = options.choice("names", ("en", "ru", "scheme"), "en")
    described = options.yes("describe")
    if own := options.parts("ask"):
        return {label: label for label in own}, None
    prompts, meanings = {}, {}
    for label in SCHEME.types:
        english, russian, defined = NAMES[label.name]
        name = {"en": english, "ru": russian, "scheme": label.name}[language]
        definition = defined if language == "ru" else label.definition
        prompts[f"{name}: {definition}" if described else name] = name
        meanings[name] = Meaning(label.name, f"asked for as {name!r}")
    return prompts, LabelMap(meanings)


def _in_text(mention: Mention) -> tuple[int, int, str]:
    return mention.start or 0, mention.end or 0, mention.type


def _flat(mentions: Sequence[Mention]) -> list[Mention]:
    """Of mentions that overlap, as two windows may have them at their border, the surest; of equal ones the first."""
    kept: list[Mention] = []
    for mention in sorted(mentions, key=lambda m: (-(m.score or 0), *_in_text(m))):
        start, end, _ = _in_text(mention)
        if all(end <= other[0] or other[1] <= start for other in map(_in_text, kept)):
            kept.append(mention)
    return kept
