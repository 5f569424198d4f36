"""``hf:MODEL``: a token classification model of transformers, from a hub or a folder.

One label a token: flat mentions. Models that nest (NEREL's span and multi-head models, any whose head is code of their
own) are not read by this adapter; plug those in as ``package.module:callable``.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from itertools import groupby
from types import MappingProxyType
from typing import Any, NamedTuple
from unicodedata import category

import numpy as np
import numpy.typing as npt

from goldwire.corpus.document import Document, Mention, Span
from goldwire.corpus.errors import ExtractorError, UsageError, shown
from goldwire.eval.extractors.options import Options
from goldwire.eval.extractors.protocol import Extractor
from goldwire.eval.extractors.weights import fingerprint, is_local, longest, refuse_missing, unloadable
from goldwire.eval.extractors.windows import Window, settled, windows
from goldwire.eval.labels import LabelMap, Meaning, conventional

__all__ = ["AGGREGATIONS", "NEREL", "OPTIONS", "make", "require"]

OPTIONS: Mapping[str, str] = MappingProxyType(
    {
        "aggregation": "how the tokens of a word share a label: first (default), max, average, or simple (they do not)",
        "batch": "windows that the model reads at once; 8 by default",
        "device": "cpu (default), cuda, cuda:1, mps …",
        "max-length": "tokens of a window, special ones included; the most that the model reads by default",
        "outside": "the label of tokens that are in no mention; O by default",
        "overlap": "tokens that neighbouring windows share; a quarter of a window by default",
        "revision": "branch, tag or commit of the hub's repository",
    }
)
"""What may follow ``hf:MODEL?``, and what it does."""

AGGREGATIONS = ("first", "max", "average", "simple")
"""The names are those of transformers' pipeline. A word is an unbroken run of letters and digits, whatever the
tokenizer; everything else is a word by its token. ``first``: the word has its first token's label; ``max``: that of its
surest token; ``average``: the best of the mean probabilities; ``simple``: each token stands for itself."""

_PLACE = Meaning("LOCATION", "a named place that is neither country nor city")

NEREL: Mapping[str, Meaning] = MappingProxyType(
    dict.fromkeys(("DISTRICT", "FACILITY", "STATE_OR_PROVINCE"), _PLACE)
    | dict.fromkeys(
        "AGE AWARD CRIME DISEASE FAMILY IDEOLOGY LANGUAGE LAW MONEY NATIONALITY ORDINAL PENALTY PERCENT PRODUCT "
        "RELIGION WORK_OF_ART".split(),
        Meaning(None, "a type of NEREL that the scheme does not have"),
    )
)
"""NEREL's types that are not the scheme's own; models of other conventions than this and CoNLL's need ``labels=``."""

_PREFIXED = re.compile(r"([BIESLUM])[-_](.+)")
_BEGINS, _ENDS = frozenset("BSU"), frozenset("ESLU")
_USUAL_LIMIT = 512


class _Word(NamedTuple):
    """A stretch of tokens that share a label: their span, the label and its probability."""

    start: int
    end: int
    label: str
    score: float


class HuggingFace:
    """A token classification model, read in windows; the labels are its own, the scores its probabilities."""

    layers: tuple[str, ...] = ("mentions",)
    alignment = "offsets"
    by_gold_authors = False

    def __init__(self, target: str, options: Options) -> None:
        import torch
        from transformers import AutoModelForTokenClassification, AutoTokenizer
        from transformers.utils import logging

        logging.disable_progress_bar()
        self.name = f"hf:{target}"
        self._aggregation = options.choice("aggregation", AGGREGATIONS, "first")
        self._batch = options.count("batch", 8)
        self._outside = options.text("outside", "O")
        revision = options.text("revision")
        loading = {"local_files_only": is_local(target)} | ({"revision": revision} if revision else {})
        try:
            self._device = torch.device(options.text("device", "cpu"))
            self._tokenizer = AutoTokenizer.from_pretrained(target, **loading)
            model, told = AutoModelForTokenClassification.from_pretrained(
                target, output_loading_info=True, dtype=torch.float32, **loading
            )
            self._model = model.to(self._device).eval()
        except Exception as error:  # transformers and torch raise of all kinds
            raise unloadable(self.name, error) from error
        self._refuse(told["missing_keys"] | told["mismatched_keys"])
        self._names = [self._model.config.id2label[at] for at in range(self._model.config.num_labels)]
        self._parts = _parts(self._names, self._outside)
        if all(self._parts):
            raise UsageError(
                f"extractor {self.name!r}: option outside: found the labels {', '.join(map(shown, self._names))}, "
                f"expected one that means no mention; it is not {self._outside!r}: name it with outside=LABEL"
            )
        self._room, self._overlap = self._sized(options)
        types = dict.fromkeys(part[1] for part in self._parts if part)
        self.labels, self.view = conventional(types)
        if self.labels is None:
            self.labels = LabelMap({kind: NEREL[kind] for kind in types if kind in NEREL})
        weights = fingerprint(target, revision, "config.json")
        self.version = f"{weights}, transformers {version('transformers')}"
        self.details: dict[str, Any] = {
            "model": target,
            "weights": weights,
            "libraries": {name: version(name) for name in ("transformers", "tokenizers", "torch")},
            "labels": self._names,
            "aggregation": self._aggregation,
            "score": "mean over the words of a mention of the probability of the word's label",
            "window": {"tokens": self._room, "overlap": self._overlap},
            "device": str(self._device),
        }

    def extract(self, document: Document) -> Document:
        """The mentions in the order of the text; none overlaps another."""
        text = document.text or ""
        mentions = []
        for kind, words in _runs(self._words(text), self._parts, self._names):
            if span := settled(words[0].start, words[-1].end, text):
                score = round(float(np.mean([word.score for word in words])), 4)
                mentions.append(Mention(start=span[0], end=span[1], type=kind, score=score))
        return Document(id=document.id, mentions=tuple(mentions))

    def _refuse(self, missing: set[str]) -> None:
        """Refuse a model of which a part was made up at random, or whose tokens have no place in the text."""
        if missing:
            raise ExtractorError(
                f"extractor {self.name!r}: found no weights for {', '.join(sorted(map(str, missing)))}, expected a "
                "model trained for token classification; the library would fill them at random"
            )
        if self._model.config.problem_type == "multi_label_classification":
            raise ExtractorError(
                f"extractor {self.name!r}: found a head of several labels a token, expected one; plug it in as "
                "package.module:callable"
            )
        if not self._tokenizer.is_fast:
            raise ExtractorError(
                f"extractor {self.name!r}: found a tokenizer without offsets ({type(self._tokenizer).__name__}), "
                "expected a fast one, with tokenizer.json"
            )

    def _sized(self, options: Options) -> tuple[int, int]:
        """The tokens of a window without the special ones, and of an overlap."""
        special = self._tokenizer.num_special_tokens_to_add()
        limit = longest(self._tokenizer, self._model) or _USUAL_LIMIT
        length = options.count("max-length", limit, special + 1)
        if length > limit:
            raise UsageError(
                f"extractor {self.name!r}: option max-length: found {length}, expected {limit} at most, which is what "
                "the model reads"
            )
        room = length - special
        overlap = options.count("overlap", room // 4, 0)
        if overlap >= room:
            raise UsageError(
                f"extractor {self.name!r}: option overlap: found {overlap}, expected less than a window's {room} tokens"
            )
        return room, overlap

    def _words(self, text: str) -> list[_Word]:
        whole = self._tokenizer(text, add_special_tokens=False, return_offsets_mapping=True, verbose=False)
        places: list[Span] = whole["offset_mapping"]
        cut = windows([1] * len(places), self._room, self._room, self._overlap)
        if not cut:
            return []
        found = self._probabilities(text, cut)
        words = []
        for first, last in _grouped(places, whole.word_ids(), text, apart=self._aggregation == "simple"):
            rows = found[first:last]
            if self._aggregation == "average":
                row = rows.mean(axis=0)
            elif self._aggregation == "max":
                row = rows[rows.max(axis=1).argmax()]
            else:
                row = rows[0]
            best = int(row.argmax())
            words.append(_Word(places[first][0], places[last - 1][1], self._names[best], float(row[best])))
        return words

    def _probabilities(self, text: str, cut: Sequence[Window]) -> npt.NDArray[np.float64]:
        """A row of probabilities for each token of ``text``, from the window that owns it."""
        import torch

        self._tokenizer.truncation_side = "right"
        read = self._tokenizer(
            text,
            truncation=True,
            max_length=self._room + self._tokenizer.num_special_tokens_to_add(),
            stride=self._overlap,
            return_overflowing_tokens=True,
            return_special_tokens_mask=True,
        )
        names = [name for name in self._tokenizer.model_input_names if name in read]
        special = read["special_tokens_mask"]
        if [mask.count(0) for mask in special] != [window.end - window.start for window in cut]:
            raise ExtractorError(f"extractor {self.name!r}: its tokenizer cuts windows other than those asked for")
        step = self._batch if self._tokenizer.pad_token is not None else 1
        rows = []
        for at in range(0, len(cut), step):
            inputs = self._tokenizer.pad({name: read[name][at : at + step] for name in names}, return_tensors="pt")
            with torch.inference_mode():
                logits = self._model(**inputs.to(self._device)).logits.double().softmax(-1).cpu().numpy()
            width = logits.shape[1]
            left = self._tokenizer.padding_side == "left"
            for window, mask, row in zip(cut[at : at + step], special[at : at + step], logits, strict=True):
                shift = width - len(mask) if left else 0
                own = [shift + place for place, added in enumerate(mask) if not added]
                rows.append(row[own[window.own - window.start : window.until - window.start]])
        return np.concatenate(rows)


def require(target: str) -> None:
    """Refuse early what cannot be made for want of a library or of a folder.

    Raises
    ------
    UsageError
        The extra is not installed, or there is no such folder.
    """
    for library in ("torch", "transformers"):
        if importlib.util.find_spec(library) is None:
            raise UsageError(f"extractor 'hf:{target}': {library} is not installed; pip install 'goldwire[hf]'")
    refuse_missing(f"hf:{target}", target)


def make(target: str, options: Mapping[str, str]) -> Extractor:
    """The extractor that ``hf:TARGET?options`` names.

    Raises
    ------
    UsageError
        The extra is not installed, or an option is unknown or has a wrong value.
    ExtractorError
        The model cannot be loaded, or is none for token classification.
    """
    require(target)
    return HuggingFace(target, Options(f"hf:{target}", options, OPTIONS))


def _parts(names: Sequence[str], outside: str) -> list[tuple[str, str] | None]:
    """Prefix and type of each label, ``None`` for ``outside``. Labels without prefixes go on with what they follow."""
    matches = [_PREFIXED.fullmatch(name) for name in names]
    prefixed = any(match and match[1] in _BEGINS for match in matches) or all(
        match or name == outside for match, name in zip(matches, names, strict=True)
    )
    return [
        None if name == outside else (match[1], match[2]) if match and prefixed else ("I", name)
        for match, name in zip(matches, names, strict=True)
    ]


def _grouped(
    places: Sequence[Span], pieces: Sequence[int | None], text: str, *, apart: bool
) -> Iterator[tuple[int, int]]:
    """The words as ranges of tokens; those that share a character are always of one word, those without one of none.

    A blank that the tokenizer took for the head of a word (the same in ``pieces``) is its first token.
    """
    first, last, edge = 0, 0, -1  # tokens [first, last) so far, and where they end in the text
    for at, (start, end) in enumerate(places):
        if start == end:
            continue
        if last:
            headed = pieces[at] == pieces[last - 1] and text[places[first][0] : edge].isspace()
            marked = start == edge and category(text[start]).startswith("M") and not text[start - 1].isspace()
            if start < edge or marked or (not apart and (headed or _goes_on(text, edge, start))):
                last, edge = at + 1, max(edge, end)
                continue
            yield first, last
        first, last, edge = at, at + 1, end
    if last:
        yield first, last


def _goes_on(text: str, edge: int, start: int) -> bool:
    """Whether a word runs on from ``edge`` to ``start``: letters or digits, with nothing but marks between them."""
    if any(not category(c).startswith("M") for c in text[edge:start]):
        return False
    before = edge - 1
    while before > 0 and category(text[before]).startswith("M"):
        before -= 1
    return text[before].isalnum() and text[start].isalnum()


def _runs(
    words: Sequence[_Word], parts: Sequence[tuple[str, str] | None], names: Sequence[str]
) -> Iterator[tuple[str, list[_Word]]]:
    """The words of each mention, and its type: B, S and U begin one, E, L, S and U end it, a change of type does both.

    So IOB1, IOB2, BIOES, BILOU, BMES and plain labels are read alike, and a sequence that breaks its scheme's rules
    loses no word.
    """
    meaning = dict(zip(names, parts, strict=True))
    number, kind, ended = 0, "", True
    numbered: list[tuple[int, str, _Word]] = []
    for word in words:
        part = meaning[word.label]
        if part is None:
            ended = True
            continue
        if ended or part[0] in _BEGINS or part[1] != kind:
            number += 1
        kind, ended = part[1], part[0] in _ENDS
        numbered.append((number, kind, word))
    for (_, kind), group in groupby(numbered, key=lambda item: item[:2]):
        yield kind, [word for *_, word in group]
