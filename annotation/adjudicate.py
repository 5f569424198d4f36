"""Several annotators → what they agree on, a review of the rest, and gold that says where it comes from.

``adjudicate`` divides documents: those on which all versions agree are gold as they are, of the others each version is
a prediction of a review task. ``settled`` takes the reviewed tasks back. Nothing is lost: a document is agreed, to be
reviewed, or annotated once, and each of these is counted.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec
from msgspec import UNSET
from msgspec.structs import replace

from goldwire.annotation.exports import Annotated, from_export
from goldwire.annotation.labeling import FIELDS, LAYERS, TEXT
from goldwire.annotation.provenance import bare, signed, with_round
from goldwire.annotation.tasks import CARRIED, Task, add_prediction, to_task
from goldwire.annotation.versions import Version, by_document, differences, grouped
from goldwire.corpus.document import Document
from goldwire.corpus.errors import InputError, Problem, shown
from goldwire.corpus.store import document_from
from goldwire.eval.agreement import Agreement, agreement
from goldwire.eval.disagreements import Disagreement

__all__ = ["CARRIED_VERSIONS", "Adjudicated", "Settled", "adjudicate", "settled"]

CARRIED_VERSIONS: Final = "versions"
"""The key of what a review task carries for us: who made which of its predictions."""


@dataclass(slots=True)
class Adjudicated:
    """What became of the documents: agreed, to be reviewed, or annotated once; each is in one of them.

    ``agreed`` and ``single`` say where they come from (``provenance``). ``disagreements`` are those of each pair of
    versions; ``problems`` are all warnings.
    """

    agreement: Agreement
    agreed: list[Document] = field(default_factory=list)
    review: list[Task] = field(default_factory=list)
    single: list[Document] = field(default_factory=list)
    disagreements: list[tuple[tuple[str, str], Disagreement]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """All but the documents as JSON: ``goldwire-adjudicated/1``."""
        return {
            "schema": "goldwire-adjudicated/1",
            "agreement": self.agreement.to_dict(),
            "agreed": [document.id for document in self.agreed],
            "review": [task["data"]["id"] for task in self.review],
            "single": [document.id for document in self.single],
            "disagreements": [{"versions": pair, **found.to_dict()} for pair, found in self.disagreements],
        }


def adjudicate(versions: Iterable[Version], *, on_document: Callable[[], None] = lambda: None) -> Adjudicated:
    """Divide the documents of several annotators; ``on_document`` is called after each.

    A document is agreed if no two of its versions differ (``versions.differences``). A review task is blank, with each
    version as a prediction whose model version is the names of those who made it.

    Raises
    ------
    InputError
        No document has two versions, the texts of one differ or it has none, or a mention has no sound span.
    """
    problems: list[Problem] = []
    documents = by_document(versions, problems)
    corpora: dict[str, list[Document]] = {}
    for members in documents.values():
        for version in members if len(members) > 1 else ():
            corpora.setdefault(version.name, []).append(bare(version.document))
    if not corpora:
        want, remedy = "one or more", "have a second annotator annotate some, under the same ids"
        raise InputError(Problem("no-shared-document", "no document that two have annotated", want, remedy))
    found = Adjudicated(agreement(corpora), problems=problems)
    disputed: list[list[Version]] = []
    for members in documents.values():
        groups = grouped(members, problems)
        said = [group.to_dict() for group in groups]
        if len(groups) > 1:
            disputed.append(groups)
            for one, other in itertools.combinations(groups, 2):
                pair = one.name, other.name
                found.disagreements += ((pair, each) for each in differences(one.document, other.document))
        elif len(members) > 1:
            found.agreed.append(with_round(groups[0].document, {"outcome": "agreed", "versions": said}))
        else:
            found.single.append(with_round(groups[0].document, {"outcome": "single", "versions": said}))
        on_document()
    layers = _layers(version.document for groups in disputed for version in groups)
    found.review = [_task(groups, layers) for groups in disputed]
    return found


def _layers(documents: Iterable[Document]) -> tuple[str, ...]:
    """The layers of the page that show all that the documents have: one project holds every review."""
    there = {name for document in documents for name in document.layers()}
    return tuple(layer for layer in LAYERS if there & set(FIELDS[layer])) or LAYERS


def _task(groups: Sequence[Version], layers: Sequence[str]) -> Task:
    away = {name: UNSET for fields in FIELDS.values() for name in fields}
    shell = replace(bare(groups[0].document), **away, entities=UNSET, relations=UNSET)
    task = to_task(shell, as_=None, layers=layers)
    task["data"][CARRIED][CARRIED_VERSIONS] = [group.to_dict() for group in groups]
    for group in groups:
        task = add_prediction(task, group.document, model_version=group.name)
    return task


@dataclass(slots=True)
class Settled:
    """Gold that was reviewed, and what was not: the ids of documents that nobody reviewed, or two differently.

    ``outcomes`` counts how the reviews ended, by their names in ``provenance``.
    """

    documents: list[Document] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    disputed: list[str] = field(default_factory=list)
    outcomes: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def settled(tasks: Sequence[Mapping[str, Any]]) -> Settled:
    """The documents of reviewed tasks, each with its provenance, in their order.

    Reviews of one task by several people must agree, else it stays out and is disputed.

    Raises
    ------
    InputError
        A task is no review, or a document is there twice.
    """
    carried = {}
    for index, task in enumerate(tasks):
        key, versions = _carried(task, f"tasks[{index}]")
        if key in carried:
            remedy = "give one export of the review"
            raise InputError(Problem("duplicate-document", "a second review task", "one a document", remedy, None, key))
        carried[key] = versions
    exported = from_export(tasks)
    found = Settled(problems=list(exported.problems))
    reviews: dict[str, list[Annotated]] = {}
    for item in exported.annotated:
        reviews.setdefault(item.document.id, []).append(item)
    for key, versions in carried.items():
        items = reviews.get(key, [])
        documents = [_as_it_was(item, versions) for item in items]
        other = next((i for i, d in enumerate(documents) if differences(documents[0], d)), None)
        if not items:
            found.open.append(key)
        elif other is not None:
            found.disputed.append(key)
            what = f"{len(differences(documents[0], documents[other]))} differences between the reviews by "
            what += " and ".join(shown(items[i].author) for i in (0, other))
            remedy = "it was left out: delete one review, or adjudicate the reviews"
            found.problems.append(Problem("reviewed-twice", what, "one review", remedy, items[0].place, key))
        else:
            entry = _entry(items, documents[0], versions)
            found.outcomes[entry["outcome"]] = found.outcomes.get(entry["outcome"], 0) + 1
            found.documents.append(with_round(documents[0], entry))
    return found


def _carried(task: Mapping[str, Any], place: str) -> tuple[str, list[Version]]:
    """The document's id, and the versions that a review task offers."""
    try:
        data = task["data"]
        said = {each["name"]: each["by"] for each in data[CARRIED][CARRIED_VERSIONS]}
        versions = []
        for source in data[CARRIED]["sources"]:
            if source["as"] == "prediction" and source.get("model_version") in said:
                document = document_from(dict(source["record"]))
                name = source["model_version"]
                versions.append(Version((name,), replace(document, text=data[TEXT]), tuple(said[name])))
        if len(versions) == len(said) > 0:
            return document.id, versions
    except (KeyError, TypeError, AttributeError, msgspec.ValidationError):
        pass
    found, want = "a task that is no review", "one that `goldwire label adjudicate --review` made"
    remedy = "give the export of the review project; annotations that are yet to be adjudicated go without --out"
    raise InputError(Problem("no-review", found, want, remedy, place))


def _as_it_was(item: Annotated, versions: Sequence[Version]) -> Document:
    """The reviewed document; a layer that the version taken does not have, and in which nothing was made, stays absent.

    Who submits a page is taken to have looked at every layer, but the version said nothing of this one.
    """
    taken = next((v.document for v in versions if v.name == item.origins[0].model_version), None)
    document = item.document
    if taken is None:
        return document
    names = [name for layer in item.layers for name in FIELDS[layer]]
    empty = {n: UNSET for n in names if getattr(taken, n) is UNSET and not getattr(document, n)}
    return replace(document, **empty)


def _entry(items: Sequence[Annotated], document: Document, versions: Sequence[Version]) -> dict[str, Any]:
    named = items[0].origins[0].model_version
    first = sorted(versions, key=lambda version: version.name != named)
    same = next((version.name for version in first if not differences(version.document, document)), None)
    begun = named if any(version.name == named for version in versions) else None
    entry: dict[str, Any] = {
        "outcome": "chosen" if same else "edited" if begun else "made",
        "versions": [version.to_dict() for version in versions],
    }
    if same or begun:
        entry["version"] = same or begun
    return entry | {"reviewed": [signed(origin) for item in items for origin in item.origins]}
