"""A model's weights: which they are (a hub's commit, a hash of files), and how much they read at once."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from goldwire.corpus.errors import ExtractorError, UsageError, reason

__all__ = ["fingerprint", "is_local", "longest", "refuse_missing", "unloadable"]

_NEAR_INFINITE = 1_000_000


def is_local(model: str) -> bool:
    """Whether ``model`` is a folder of this machine."""
    return Path(model).expanduser().is_dir()


def refuse_missing(what: str, model: str) -> None:
    """Refuse what looks like a folder and is none, before a hub is asked for it.

    Raises
    ------
    UsageError
        ``model`` is empty, begins like a path or has more parts than OWNER/NAME, and there is no such folder.
    """
    if not model or (not is_local(model) and (model[0] in "./~" or model.count("/") > 1)):
        raise UsageError(f"extractor {what!r}: found no folder {model!r}, expected a model's folder, or OWNER/NAME")


def longest(tokenizer: Any, model: Any) -> int | None:
    """The tokens that ``model`` reads at once, special ones included; ``None`` where nothing limits them.

    The lesser of what its tokenizer says and of the positions that it learned. DeBERTa, which has none, and tokenizers
    that say 1e30 set no limit.
    """
    limits = [tokenizer.model_max_length] if tokenizer.model_max_length < _NEAR_INFINITE else []
    for name, module in model.named_modules():
        if name.endswith("position_embeddings") and hasattr(module, "num_embeddings"):
            padding = getattr(module, "padding_idx", None)
            limits.append(module.num_embeddings - (0 if padding is None else padding + 1))  # RoBERTa counts on from it
    return min(limits, default=None)


def unloadable(what: str, error: BaseException) -> ExtractorError:
    """What is said of a model that its library cannot load."""
    return ExtractorError(
        f"extractor {what!r}: cannot be loaded: {reason(error)}; expected a model's folder, or OWNER/NAME of a hub "
        "that can be reached"
    )


def fingerprint(model: str, revision: str, file: str) -> str:
    """``commit …`` of the repository from which ``file`` came, or ``sha256 …`` over a folder's names and contents.

    ``unknown`` where the hub's cache does not tell.
    """
    if is_local(model):
        digest = hashlib.sha256()
        folder = Path(model).expanduser()
        for path in sorted(p for p in folder.rglob("*") if p.is_file() and not p.name.startswith(".")):
            with path.open("rb") as content:
                inner = hashlib.file_digest(content, "sha256").hexdigest()
            digest.update(f"{path.relative_to(folder).as_posix()}\0{inner}\0".encode())
        return f"sha256 {digest.hexdigest()[:16]}"
    from huggingface_hub import try_to_load_from_cache

    found = try_to_load_from_cache(model, file, revision=revision or None)
    return f"commit {Path(found).parent.name[:16]}" if isinstance(found, str) else "unknown"
