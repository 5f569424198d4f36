"""Documents as tasks with what extractors propose: each extractor is one prediction, beside gold or without it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Literal

from msgspec import UNSET
from msgspec.structs import replace

from goldwire.annotation.labeling import FIELDS, LAYERS
from goldwire.annotation.taskchecks import check_task
from goldwire.annotation.tasks import Task, add_prediction, to_task
from goldwire.corpus.document import Document
from goldwire.corpus.errors import GoldwireError, Problem, reason
from goldwire.corpus.scheme import SCHEME, Scheme
from goldwire.eval.extractors import Extractor
from goldwire.eval.labels import LabelMap

__all__ = ["GOLD_AS", "GoldAs", "Proposals", "ReadyMade", "version_of"]

GoldAs = Literal["annotation", "prediction", "none"]
"""What becomes of the layers that a document comes with."""

GOLD_AS: Final[tuple[GoldAs, ...]] = ("annotation", "prediction", "none")


class Proposals:
    """Makes tasks of documents.

    ``failures`` holds a problem for each extractor and document where the extractor raised, or gave what must not
    leave: its prediction is left out then, and the task stays. ``unknown`` counts, by extractor and label, the
    mentions that were left out because the label set has no such label.
    """

    def __init__(
        self,
        extractors: Sequence[Extractor] = (),
        *,
        gold_as: GoldAs = "annotation",
        layers: Sequence[str] = LAYERS,
        scheme: Scheme = SCHEME,
    ) -> None:
        self.extractors = tuple(extractors)
        self.gold_as = gold_as
        self.layers = tuple(layers)
        self.scheme = scheme
        self.failures: list[Problem] = []
        self.unknown: Counter[tuple[str, str]] = Counter()

    def tasks(self, documents: Iterable[Document]) -> Iterator[Task]:
        """A task for each document, in their order.

        A document that has none of the layers is a blank task whatever ``gold_as`` says: nobody has annotated it.

        Raises
        ------
        InputError
            A document has no text, or holds what JSON cannot.
        """
        fields = [field for layer in self.layers for field in FIELDS[layer]]
        for document in documents:
            annotated = any(getattr(document, field) is not UNSET for field in fields)
            as_ = self.gold_as if annotated and self.gold_as != "none" else None
            version = "gold" if as_ == "prediction" else None
            task = to_task(document, as_=as_, layers=self.layers, model_version=version)
            for extractor in self.extractors:
                task = self.proposed(task, extractor, document)
            yield task

    def proposed(self, task: Task, extractor: Extractor, document: Document) -> Task:
        """A copy of ``task`` with what the extractor finds in ``document`` as one more prediction.

        Where the extractor fails it is ``task`` itself, and the reason joins ``failures``.
        """
        bare = Document(id=document.id, text=document.text, lang=document.lang, meta=document.meta)
        try:
            found = self.named(extractor, extractor.extract(bare))
            made = add_prediction(task, found, model_version=version_of(extractor), score=_score(found))
        except GoldwireError as error:
            self._failed(extractor, document, str(error))
            return task
        except (Exception, SystemExit) as error:  # whatever an extractor raises costs it the document, and is told
            self._failed(extractor, document, reason(error))
            return task
        mine = made | {"annotations": [], "predictions": made["predictions"][-1:]}
        problem = next(check_task(mine, self.scheme), None)
        if problem is not None:
            self._failed(extractor, document, str(problem))
            return task
        return made

    def named(self, extractor: Extractor, found: Document) -> Document:
        """``found`` with its labels in the words of the scheme.

        Mentions of other labels are left out, and counted; so are, uncounted, the relations to them.
        """
        if not found.mentions:
            return found
        known = self.scheme.names("types")
        kept = []
        for mention in found.mentions:
            table = extractor.labels
            theirs = mention.type
            ours = table[theirs] if table is not None and theirs in table else theirs
            if ours is None or (known and ours not in known):
                self.unknown[extractor.name, theirs] += 1
            else:
                kept.append(mention if ours == theirs else replace(mention, type=ours))
        gone = {mention.id for mention in found.mentions} - {mention.id for mention in kept} - {UNSET}
        if gone and found.relations:
            left = tuple(r for r in found.relations if r.source not in gone and r.target not in gone)
            found = replace(found, relations=left)
        return replace(found, mentions=tuple(kept))

    def _failed(self, extractor: Extractor, document: Document, reason: str) -> None:
        self.failures.append(
            Problem(
                "extractor-failed",
                reason,
                f"a prediction of {extractor.name}",
                "the task is there without it",
                document=document.id,
            )
        )


def version_of(extractor: Extractor) -> str:
    """The model version under which an extractor's predictions are shown."""
    return f"{extractor.name} {extractor.version}".strip()


def _score(found: Document) -> float | None:
    """The mean of the mentions' scores; ``None`` where none has one, or it is not from 0 to 1, as the server wants."""
    scores = [mention.score for mention in found.mentions or () if mention.score is not UNSET]
    mean = sum(scores) / len(scores) if scores else -1.0
    return mean if 0 <= mean <= 1 else None


class ReadyMade:
    """Predictions that were made elsewhere, as an extractor of the name given; one for each document at the most."""

    version = ""
    layers: tuple[str, ...] = ()
    view = "all"
    alignment = "offsets"
    by_gold_authors = False

    def __init__(self, name: str, documents: Iterable[Document], labels: LabelMap | None = None) -> None:
        self.name = name
        self.labels = labels
        self._documents = {document.id: document for document in documents}

    def extract(self, document: Document) -> Document:
        """The prediction for that document; ``KeyError`` where there is none."""
        return self._documents[document.id]
