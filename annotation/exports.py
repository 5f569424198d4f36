"""Label Studio's JSON export as documents: the inverse of ``goldwire.annotation.tasks``.

Each finished annotation becomes one document, with who made it and when. What cannot be understood is a problem with
task, annotation and region in its ``field``: an ``error`` where something of the annotation is not in the document, a
``warning`` where it is, or where something was left out as asked. Nothing is dropped in silence, nothing is guessed.
"""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import UNSET
from msgspec.structs import replace

from goldwire.annotation.edits import edited
from goldwire.annotation.enclosed import enclosed, typed
from goldwire.annotation.labeling import FIELDS, LAYERS, TEXT, controls
from goldwire.annotation.merging import Annotated, Origin, merged, with_sound_relations
from goldwire.annotation.page import Offsets, Reporter, read_page
from goldwire.annotation.readings import Readings, read
from goldwire.annotation.regions import entity_paths, number_of, offered, results
from goldwire.annotation.tasks import CARRIED, FORM
from goldwire.corpus.document import Document, Entity, sha256
from goldwire.corpus.errors import InputError, Problem, UsageError, shown
from goldwire.corpus.store import document_from

__all__ = ["Annotated", "Exported", "Origin", "from_export", "read_export"]


@dataclasses.dataclass(frozen=True, slots=True)
class Exported:
    """What an export holds: documents with their origins, and the problems in the order in which they were met."""

    annotated: tuple[Annotated, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def documents(self) -> tuple[Document, ...]:
        """The documents alone: one for each annotation, in the order of the export."""
        return tuple(item.document for item in self.annotated)

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems by which something of an annotation is missing from its document."""
        return tuple(problem for problem in self.problems if problem.severity == "error")


def read_export(
    path: str | Path,
    *,
    offsets: Offsets = "codepoint",
    drafts: bool = False,
    predictions: bool = False,
) -> Exported:
    """The documents of a JSON export; see ``from_export``.

    Raises
    ------
    InputError
        The file cannot be read or is not JSON, or as for ``from_export``.
    """
    name = str(path)
    try:
        export = json.loads(Path(path).read_bytes())
    except OSError as error:
        raise InputError(
            Problem("no-access", error.strerror or str(error), "a file that can be read", "check the path", file=name)
        ) from None
    except (ValueError, RecursionError) as error:
        raise InputError(
            Problem("not-json", str(error), "a JSON export", "export as JSON: CSV, TSV and CoNLL lose ids", file=name)
        ) from None
    try:
        exported = from_export(export, offsets=offsets, drafts=drafts, predictions=predictions)
    except InputError as error:
        raise InputError(error.problem.at(file=name)) from None
    return Exported(exported.annotated, tuple(problem.at(file=name) for problem in exported.problems))


def from_export(
    export: Mapping[str, Any] | Iterable[Mapping[str, Any]],
    *,
    offsets: Offsets = "codepoint",
    drafts: bool = False,
    predictions: bool = False,
) -> Exported:
    """The documents of one task or of many, in their order; none for no task.

    Tasks of the same document id and text that show different layers are merged: where each layer was annotated once,
    into one document; else annotator by annotator. ``drafts`` and ``predictions`` are read too if asked for; a draft
    that is left out is reported. ``offsets="utf16"`` reads exports of servers up to 1.4. Offsets of the documents are
    half-open, in code points.

    >>> from_export([])
    Exported(annotated=(), problems=())

    Raises
    ------
    InputError
        This is no JSON export: JSON_MIN, or not tasks at all.
    UsageError
        ``offsets`` is neither ``codepoint`` nor ``utf16``.
    """
    if offsets not in ("codepoint", "utf16"):
        raise UsageError(f"found offsets={offsets!r}, expected 'codepoint' or 'utf16': say what the export counts")
    if isinstance(export, str | bytes) or not isinstance(export, Iterable):
        remedy = "export the project as JSON"
        raise InputError(Problem("not-an-export", shown(export), "a task or a list of tasks", remedy))
    tasks = [export] if isinstance(export, Mapping) else list(export)
    for index, task in enumerate(tasks):
        _require_task(task, index)
    problems: list[Problem] = []
    found: list[Annotated] = []
    for index, task in enumerate(tasks):
        reader = _Task.of(task, index, problems)
        if reader is not None:
            found += reader.annotated(offsets, drafts=drafts, predictions=predictions)
    joined = merged(found, problems)
    return Exported(tuple(with_sound_relations(item, problems) for item in joined), tuple(problems))


def _require_task(task: object, index: int) -> None:
    place = f"tasks[{index}]"
    if not isinstance(task, Mapping):
        raise InputError(
            Problem("not-an-export", shown(task), "a task, a JSON object", "export the project as JSON", place)
        )
    if isinstance(task.get("data"), Mapping):
        return
    if "annotator" in task or "annotation_id" in task or "lead_time" in task:
        raise InputError(
            Problem(
                "json-min",
                "a task of a JSON_MIN export",
                "a task with `data` and `annotations`",
                "JSON_MIN loses region ids and relations, so quotes cannot be read from it: export as JSON",
                place,
            )
        )
    raise InputError(
        Problem("not-an-export", f"keys {shown(sorted(map(str, task)))}", "a task with `data`", "export as JSON", place)
    )


@dataclasses.dataclass(slots=True)
class _Source:
    """One record that a task carries, and how its page read when it was made."""

    number: int
    role: str
    model_version: str | None
    document: Document
    readings: Readings = dataclasses.field(default_factory=Readings)


@dataclasses.dataclass(slots=True)
class _Task:
    """One task: its text, its layers and the records that it carries."""

    task: Mapping[str, Any]
    place: str
    text: str
    layers: tuple[str, ...]
    shell: Document
    sources: list[_Source]
    problems: list[Problem]

    @classmethod
    def of(cls, task: Mapping[str, Any], index: int, problems: list[Problem]) -> _Task | None:
        """The task, or ``None`` where its ``data`` is at fault, which is reported."""
        data: Mapping[str, Any] = task["data"]
        place = f"task {task['id']}" if "id" in task else f"tasks[{index}]"
        known = data.get("id") if isinstance(data.get("id"), str) else None
        report = Reporter(place, known, problems)
        text = data.get(TEXT)
        if not isinstance(text, str):
            report("no-text", f"data.text {shown(text)}", "the text of the document", "push the task anew")
            return None
        if known is None:
            report("no-document-id", f"data.id {shown(data.get('id'))}", "a string", "give every task data.id")
            return None
        if "sha256" in data and data["sha256"] != _hash(text):
            want = f"{shown(data['sha256'], 80)}, which data.sha256 says"
            report("wrong-hash", f"a text with hash {_hash(text)}", want, "the text was changed: push it anew")
            return None
        try:
            layers, sources = _carried(data, text)
        except InputError as error:
            problem = error.problem
            report("bad-carry", f"{problem.field}: {problem.found}", problem.expected, "push the task anew")
            return None
        return cls(task, place, text, layers, _shell(data, known, text, sources), sources, problems)

    def annotated(self, offsets: Offsets, *, drafts: bool, predictions: bool) -> Iterator[Annotated]:
        """Each annotation, then each draft and prediction that is asked for, as a document."""
        finished = 0
        for index, entry in enumerate(self._entries("annotations", "completions")):
            origin = self._origin("annotation", entry)
            report = self._reporter("annotation", entry, index)
            if entry.get("was_cancelled") or entry.get("skipped"):
                who = f"by {origin.who}" if origin.who else "by nobody named"
                report("skipped", f"the task was skipped {who}", "an annotation", "annotate it", severity="warning")
                finished += 1
            elif (result := _result(entry, report)) is not None:
                finished += 1
                yield self._annotated(result, origin, index, offsets, report)
        for kind, key, wanted in (("draft", "drafts", drafts), ("prediction", "predictions", predictions)):
            for index, entry in enumerate(self._entries(key, numbers=not wanted)):
                report = self._reporter(kind, entry, index)
                if wanted and (result := _result(entry, report)) is not None:
                    origin = self._origin(kind, entry)
                    finished += 1
                    yield self._annotated(result, origin, index, offsets, report)
                elif kind == "draft" and not wanted:
                    finished += 1
                    want = "a submitted annotation"
                    report("draft-left-out", "a draft", want, "submit it, or read with drafts", severity="warning")
        if not finished:
            self._reporter()("not-annotated", "no annotation", "at least one", "annotate the task", severity="warning")

    def _entries(self, *keys: str, numbers: bool = False) -> Iterator[Mapping[str, Any]]:
        key = next((key for key in keys if key in self.task), keys[0])
        entries = self.task.get(key)
        entries = [] if entries is None else entries
        if not isinstance(entries, Sequence) or isinstance(entries, str):
            self._reporter()("wrong-value", f"{key} {shown(entries)}", "a list", "export as JSON")
            return
        for index, entry in enumerate(entries):
            if isinstance(entry, Mapping):
                yield entry
            elif not (numbers and isinstance(entry, int)):
                found = f"{key}[{index}] is {shown(entry)}"
                remedy = "export a snapshot that holds predictions whole" if key == "predictions" else "export as JSON"
                self._reporter()("no-result", found, "an object with `result`", remedy)

    def _reporter(self, kind: str = "", entry: Mapping[str, Any] | None = None, index: int = 0) -> Reporter:
        place = self.place
        if entry is not None:
            place += f", {kind} {entry['id']}" if "id" in entry else f", {kind}s[{index}]"
        return Reporter(place, self.shell.id, self.problems)

    def _origin(self, kind: str, entry: Mapping[str, Any]) -> Origin:
        who = entry.get("completed_by", entry.get("user"))
        if isinstance(who, Mapping):
            who = who.get("email") or who.get("username") or who.get("id")
        when = entry.get("updated_at") or entry.get("created_at")
        prediction = entry if kind == "prediction" else self._begun_from(entry)
        model = prediction.get("model_version") if isinstance(prediction, Mapping) else None
        return Origin(
            kind=kind,
            task=None if self.task.get("id") is None else str(self.task["id"]),
            annotation=None if entry.get("id") is None else str(entry["id"]),
            who=None if who is None else str(who),
            when=None if when is None else str(when),
            model_version=None if model is None else str(model),
            layers=self.layers,
        )

    def _begun_from(self, entry: Mapping[str, Any]) -> object:
        """The prediction that an annotation was begun from: embedded, or by its number among those of the task."""
        number = entry.get("parent_prediction")
        there = self.task.get("predictions")
        listed = there if isinstance(there, list) and number is not None else []
        named = (p for p in listed if isinstance(p, Mapping) and p.get("id") == number)
        return entry.get("prediction") or next(named, None)

    def _annotated(
        self, result: list[Any], origin: Origin, index: int, offsets: Offsets, report: Reporter
    ) -> Annotated:
        table = controls(layers=self.layers)
        page = read_page(result, self.text, table, report, offsets=offsets)
        after = read(page, table, report)
        source = self._enclosed(result, report) or self._source(result, origin, index)
        if source is None:
            # begun on a blank page
            source = _Source(-1, "blank", None, self.shell)
        came_with = next((s for s in self.sources if s.role == "annotation" and _shows(s.readings)), None)
        if origin.kind == "annotation" and came_with and not any(True for _ in _numbers(result)):
            how = "begun on a blank page" if result else "all deleted"
            found, want = "none of the regions that the task came with", "some of them, or a task made blank"
            report("all-gone", found, want, f"look at it: it was read as {how}", severity="warning")
        if origin.model_version is None:
            origin = dataclasses.replace(origin, model_version=source.model_version)
        made = edited(
            replace(source.document, text=self.text),
            source.number,
            source.readings,
            after,
            layers=self.layers,
            # who submits was asked for every layer; a record that came as annotation keeps those that it has
            attempted=origin.kind == "annotation" and source.role != "annotation",
            listed=self._listed(),
            report=report,
        )
        if origin.kind == "prediction" or source.role == "annotation":  # else it is a person's, who saw the text
            made = replace(made, text=source.document.text)
        return Annotated(made, (origin,))

    def _listed(self) -> list[Entity]:
        if not self.sources:
            return offered(self.task["data"].get("entities"))
        return [entity for source in self.sources for entity in source.document.entities or ()]

    def _enclosed(self, result: list[Any], report: Reporter) -> _Source | None:
        """The record that a backend's prediction bears; ``None`` for none, and, reported, for one that is no record."""
        found = enclosed(result)
        if found is None:
            return None
        offered = self.task["data"].get("entities") or ()
        try:
            source = _source_of(*found, self.text, self.layers, f"meta.{CARRIED}", offered)
            if source.document.id != self.shell.id:
                field, want = f"meta.{CARRIED}.record.id", shown(self.shell.id)
                raise InputError(Problem("bad-carry", shown(source.document.id), want, field=field))
        except InputError as error:
            problem = error.problem
            remedy = "it was read as the page shows it: fetch the prediction anew"
            report("bad-carry", f"{problem.field}: {problem.found}", problem.expected, remedy, severity="warning")
            return None
        return source

    def _source(self, result: list[Any], origin: Origin, index: int) -> _Source | None:
        """The record that a result was made of: the one whose regions it shows."""
        numbers = Counter(number for number in _numbers(result) if number < len(self.sources))
        if numbers:
            return self.sources[numbers.most_common(1)[0][0]]
        mine = [source for source in self.sources if source.role == "prediction"]
        named = [source for source in mine if source.model_version == origin.model_version]
        if len(named) == 1 and (origin.kind == "prediction" or not result):
            return named[0]
        if origin.kind == "prediction":
            return mine[index] if not result and index < len(mine) else None
        gold = (source for source in self.sources if source.role == "annotation")
        return next((source for source in gold if not result or not _shows(source.readings)), None)


def _numbers(result: Iterable[Any]) -> Iterator[int]:
    """The numbers of the records whose regions a result shows, once for each entry."""
    for entry in result:
        region = entry.get("id") if isinstance(entry, Mapping) else None
        if isinstance(region, str) and (number := number_of(region)) is not None:
            yield number


def _result(entry: Mapping[str, Any], report: Reporter) -> list[Any] | None:
    result = entry.get("result")
    if isinstance(result, list):
        return result
    report("no-result", f"result {shown(result)}", "a list", "export the project as JSON")
    return None


def _carried(data: Mapping[str, Any], text: str) -> tuple[tuple[str, ...], list[_Source]]:
    carry = data.get(CARRIED)
    if carry is None:
        return LAYERS, []
    if not isinstance(carry, Mapping) or carry.get("form") != FORM:
        raise InputError(Problem("bad-carry", shown(carry), f"an object of form {FORM}", field=CARRIED))
    layers, sources = carry.get("layers"), carry.get("sources")
    if not isinstance(layers, list) or not layers or not all(layer in LAYERS for layer in layers):
        raise InputError(Problem("bad-carry", shown(layers), ", ".join(LAYERS), field=f"{CARRIED}.layers"))
    if not isinstance(sources, list) or not all(isinstance(s, Mapping) for s in sources):
        raise InputError(Problem("bad-carry", shown(sources), "a list of objects", field=f"{CARRIED}.sources"))
    found = [
        _source_of(number, source, text, layers, f"{CARRIED}.sources[{number}]")
        for number, source in enumerate(sources)
    ]
    return tuple(layers), found


def _source_of(
    number: int, source: Mapping[str, Any], text: str, layers: Iterable[str], field: str, offered: object = None
) -> _Source:
    """The record that ``source`` holds, and how its page read; ``offered`` is given for one that a result bears."""
    record = source.get("record")
    if not isinstance(record, dict):
        raise InputError(Problem("bad-carry", shown(record), "a record", field=field))
    document = document_from(dict(record))
    table = controls(layers=layers)
    quiet = Reporter("", None)
    entities = document.entities or ()
    shown_then = results(replace(document, text=text), number, entity_paths(entities))
    if offered is not None:
        shown_then = typed(shown_then, offered, entities)
    readings = read(read_page(shown_then, text, table, quiet, trim=False), table, quiet)
    if source.get("text"):
        document = replace(document, text=text)
    role, version = str(source.get("as")), source.get("model_version")
    return _Source(number, role, None if version is None else str(version), document, readings)


def _shell(data: Mapping[str, Any], known: str, text: str, sources: Sequence[_Source]) -> Document:
    """What a document that is begun on a blank page starts from."""
    for source in sources:
        if source.role != "prediction":  # what a program says besides is not the annotator's
            away = {name: UNSET for fields in FIELDS.values() for name in fields}
            return replace(source.document, **away, text=text, relations=UNSET)
    lang, meta = data.get("lang"), data.get("meta")
    return Document(
        id=known,
        text=text,
        lang=lang if isinstance(lang, str) else UNSET,
        meta=meta if isinstance(meta, dict) else UNSET,
    )


def _shows(readings: Readings) -> bool:
    return bool(readings.mentions or readings.quotes or readings.blocks or readings.dateline)


def _hash(text: str) -> str:
    try:
        return sha256(text)
    except UnicodeEncodeError:
        return "(none: a lone surrogate)"
