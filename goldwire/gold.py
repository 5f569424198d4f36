"""Gold for a bench: gone through several times, and in memory only where it is small or cannot be read again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from goldwire.corpus.document import UNSET, Document
from goldwire.corpus.errors import InputError, Problem, shown
from goldwire.corpus.formats import Losses
from goldwire.corpus.gold import is_name
from goldwire.corpus.manifest import CorpusHash
from goldwire.corpus.store import encoded
from goldwire.eval.run import bare
from goldwire.eval.scorer import Scorer
from goldwire.scoring import Source, documents_of

__all__ = ["Gold"]

_KEPT_DOCUMENTS = 1000
_KEPT_CHARACTERS = 10_000_000


class Gold:
    """The documents of a source, once through to know them, then as often as one likes.

    ``count`` is how many there are, ``hash`` their ``CorpusHash``, ``digest`` the SHA-256 of what an extractor sees of
    them, in their order. ``losses`` counts what reading left out.

    Raises
    ------
    InputError
        The source is unsound, a document has no text, or two have one id.
    """

    def __init__(self, source: Source | None, losses: Losses) -> None:
        self._source = source
        self.count = 0
        total, seen = CorpusHash(), hashlib.sha256()
        ids: set[str] = set()
        kept: list[Document] | None = []
        again, characters = _read_again(source), 0
        for document in documents_of(source, losses):
            name = document.id
            if document.text is UNSET:
                raise InputError(Problem("no-text", "no text", "a text to extract from", "add it", "text", name))
            if name in ids:
                raise InputError(
                    Problem("duplicate-document", shown(name), "an id of its own", "rename one", "id", name)
                )
            ids.add(name)
            total.add(document)
            seen.update(encoded(bare(document)) + b"\n")
            self.count += 1
            characters += len(document.text)
            if kept is not None:
                kept.append(document)
            if again and (self.count > _KEPT_DOCUMENTS or characters > _KEPT_CHARACTERS):
                kept = None
        self.hash, self.digest = str(total), seen.hexdigest()
        self._kept = kept
        self._checked: set[str] = set()

    def __call__(self) -> Iterator[Document]:
        """The documents, anew."""
        return iter(self._kept) if self._kept is not None else documents_of(self._source, Losses())

    def check(self, view: str) -> None:
        """Refuse gold that could not be scored against in ``view``, before any work is done.

        Raises
        ------
        InputError
            There is no document, or one is unsound.
        """
        if view in self._checked:
            return
        scorer = Scorer(view=view)
        for document in self():
            scorer.add(document, None)
        scorer.result(draws=0)
        self._checked.add(view)

    def changed(self) -> InputError:
        """What is said where the documents are not those of when the bench began."""
        return InputError(
            Problem(
                "changed-gold",
                "other documents than when the bench began",
                f"those of the hash {self.hash[:12]}",
                "leave the gold alone while a bench runs, and start it again",
                file=str(self._source),
            )
        )


def _read_again(source: Source | None) -> bool:
    """Whether a source can be read as often as one likes: a name, a file or a folder, but not a pipe."""
    if source is None or (isinstance(source, str) and is_name(source)):
        return True
    return isinstance(source, (str, Path)) and (Path(source).is_file() or Path(source).is_dir())
