"""Tiny models made on the spot: a token's label is its own, whatever stands around it, so what must come is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from gliner import GLiNER, GLiNERConfig
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import (
    BertConfig,
    BertForTokenClassification,
    BertModel,
    PreTrainedTokenizerFast,
    RobertaConfig,
    RobertaForTokenClassification,
)

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
LETTERS = list("абвгдежзиклмнопрстуфхцчшщъыьэюя")


def wordpiece(words: Sequence[str] = (), *, length: int = 32, lowercase: bool = True) -> PreTrainedTokenizerFast:
    """BERT's kind: the words whole, others letter by letter, marks stripped where it lowers case."""
    pieces = [*SPECIAL, *words, *LETTERS, *("##" + letter for letter in LETTERS)]
    tokenizer = Tokenizer(models.WordPiece({piece: at for at, piece in enumerate(pieces)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=lowercase)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return _wrapped(tokenizer, length)


def bytes_of_text(words: Sequence[str] = (), *, length: int = 32) -> PreTrainedTokenizerFast:
    """RoBERTa's kind: bytes, of which an emoji has four and a Cyrillic letter two; no merges."""
    pieces = [*SPECIAL, *sorted(pre_tokenizers.ByteLevel.alphabet())]
    tokenizer = Tokenizer(models.BPE({piece: at for at, piece in enumerate(pieces)}, [], unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    return _wrapped(tokenizer, length)


def metaspace(words: Sequence[str], *, length: int = 32) -> PreTrainedTokenizerFast:
    """SentencePiece's kind: the blank is part of the word behind it."""
    scored = [*((piece, 0.0) for piece in SPECIAL), ("▁", -5.0), *(("▁" + word, -1.0) for word in words)]
    scored += [(piece, -9.0) for piece in [*LETTERS, ",", "."]]
    tokenizer = Tokenizer(models.Unigram(scored, unk_id=1))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    return _wrapped(tokenizer, length)


def token_classifier(
    folder: Path, names: Sequence[str], labels: Mapping[str, str], tokenizer: PreTrainedTokenizerFast, **config: Any
) -> Path:
    """A BERT without layers: ``labels`` gives the label of a piece, others have the first of ``names``."""
    settings = {"hidden_size": 16, "num_hidden_layers": 0, "num_attention_heads": 1, "intermediate_size": 16}
    settings |= {"vocab_size": len(tokenizer), "max_position_embeddings": 32, "id2label": dict(enumerate(names))}
    model = BertForTokenClassification(BertConfig(**(settings | config)))
    with torch.no_grad():
        embeddings = model.bert.embeddings
        for layer in (embeddings.position_embeddings, embeddings.token_type_embeddings, embeddings.word_embeddings):
            layer.weight.zero_()
        for piece, at in tokenizer.get_vocab().items():
            embeddings.word_embeddings.weight[at, list(names).index(labels.get(piece, names[0]))] = 1
        model.classifier.weight.copy_(torch.eye(len(names), 16))
        model.classifier.bias.zero_()
    return saved(folder, model, tokenizer)


def random_roberta(folder: Path, names: Sequence[str], tokenizer: PreTrainedTokenizerFast) -> Path:
    """A RoBERTa with a layer of attention, as it comes from the seed."""
    torch.manual_seed(0)
    config = RobertaConfig(
        vocab_size=len(tokenizer),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=34,
        pad_token_id=1,
        initializer_range=1.0,
        id2label=dict(enumerate(names)),
    )
    return saved(folder, RobertaForTokenClassification(config), tokenizer)


def saved(folder: Path, model: Any, tokenizer: PreTrainedTokenizerFast) -> Path:
    """Both in one folder, as a hub has them."""
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def _wrapped(tokenizer: Tokenizer, length: int) -> PreTrainedTokenizerFast:
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    special = {"unk_token": "[UNK]", "pad_token": "[PAD]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, mask_token="[MASK]", model_max_length=length, **special)


def gliner(folder: Path, *, words: int = 20, positions: int = 4096, layers: int = 0, width: int = 4) -> Path:
    """A random GLiNER; without layers what it says of a word hangs on nothing but the words of the mention."""
    tokenizer = wordpiece(["иван", "путин", "город"], length=10**30)
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=16,
        num_hidden_layers=layers,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=positions,
        initializer_range=1.0,
    )
    torch.manual_seed(0)
    saved(folder / "encoder", BertModel(config), tokenizer)
    made = GLiNER.from_config(
        GLiNERConfig(
            model_name=str(folder / "encoder"), max_len=words, max_width=width, hidden_size=16, num_rnn_layers=0
        )
    )
    with torch.no_grad():  # as they come from the library, all scores are near one half
        for name, weight in made.model.named_parameters():
            weight.mul_(0 if "position_embeddings" in name else 2)
    made.save_pretrained(folder / "model", safe_serialization=True)
    return folder / "model"
