"""What the server accepts and a save in the page destroys: every such fault of a task, before it leaves.

A relation to an id that is not there leaves the page blank and the task unusable; the rest is lost without a word at
the first save.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from goldwire.annotation.labeling import LAYERS, TEXT, Control, controls, relations
from goldwire.corpus.document import sha256
from goldwire.corpus.errors import Problem, shown
from goldwire.corpus.scheme import SCHEME, Scheme

__all__ = ["check_task", "offered_paths"]

_UNSTYLED = re.compile(r"[^\w-]")  # the page makes a CSS class of the id, and escapes nothing
_RESULT_KEYS = frozenset({"id", "from_name", "to_name", "type", "value", "score", "origin", "meta"})
_RELATION_KEYS = frozenset({"type", "from_id", "to_id", "direction", "labels"})


def check_task(task: Mapping[str, Any], scheme: Scheme = SCHEME) -> Iterator[Problem]:
    """Every problem of ``task`` in a project whose config is made of ``scheme``; none for a sound task.

    Each names the annotation or prediction, the entry of its result and the region, and says what to do.
    """
    data = task.get("data")
    if not isinstance(data, Mapping):
        yield Problem("no-data", shown(data), "an object", "put text, id and entities under `data`", "data")
        return
    known = data.get("id") if isinstance(data.get("id"), str) else None
    for problem in _problems(task, data, scheme):
        yield problem.at(document=known)


def _problems(task: Mapping[str, Any], data: Mapping[str, Any], scheme: Scheme) -> Iterator[Problem]:
    carry = data.get("goldwire")
    layers = carry.get("layers") if isinstance(carry, Mapping) else None
    if not isinstance(layers, list) or not all(layer in LAYERS for layer in layers):
        layers = list(LAYERS)
    text = data.get(TEXT)
    if not isinstance(text, str):
        yield Problem("no-text", shown(text), "a string", "give the text of the document", f"data.{TEXT}")
        return
    yield from _data(data, text, layers)
    yield from _json(task)
    paths = set(offered_paths(data.get("entities")))
    for key in ("annotations", "predictions"):
        entries = task.get(key, [])
        if not isinstance(entries, list):
            yield Problem("no-result", shown(entries), "a list", "give a list of objects with `result`", key)
            continue
        for index, entry in enumerate(entries):
            place = f"{key}[{index}]"
            result = entry.get("result") if isinstance(entry, Mapping) else None
            if isinstance(result, list):
                yield from _Result(place, text, controls(scheme, layers), relations(layers), paths).problems(result)
            else:
                yield Problem("no-result", shown(entry), "an object with a list `result`", "make it anew", place)


def _data(data: Mapping[str, Any], text: str, layers: list[str]) -> Iterator[Problem]:
    if not isinstance(data.get("id"), str):
        yield Problem("no-document-id", shown(data.get("id")), "a string", "give the document's id", "data.id")
    try:
        fingerprint = sha256(text)
    except UnicodeEncodeError as error:
        yield Problem(
            "lone-surrogate", f"half a character at {error.start}", "whole characters", "repair it", f"data.{TEXT}"
        )
        return
    if data.get("sha256") != fingerprint:
        yield Problem("wrong-hash", shown(data.get("sha256"), 80), fingerprint, "make the task anew", "data.sha256")
    needs_entities = "entities" in layers or "quotes" in layers
    if needs_entities and not isinstance(data.get("entities"), list):
        want = "a list; the server refuses the task without it"
        yield Problem("no-entities", shown(data.get("entities")), want, "give `[]` for none", "data.entities")


def _json(task: Mapping[str, Any]) -> Iterator[Problem]:
    try:
        json.dumps(task, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        found = "NaN, an infinity or another value of Python's own"
        yield Problem("not-json", found, "values that JSON can hold", "leave the value out", "(task)")


def offered_paths(entities: object) -> Iterator[tuple[str, ...]]:
    """Every path to a leaf of a task's entity list, of aliases where it has them."""
    for node in entities if isinstance(entities, list) else ():
        if isinstance(node, Mapping):
            name = str(node.get("alias") or node.get("value"))
            below = node.get("children")
            if below:
                yield from ((name, *path) for path in offered_paths(below))
            else:
                yield (name,)


class _Result:
    """The checks of one result list."""

    def __init__(
        self,
        place: str,
        text: str,
        table: Mapping[str, Control],
        arrows: tuple[str, ...],
        paths: set[tuple[str, ...]],
    ) -> None:
        self.place = place
        self.text = text
        self.table = table
        self.arrows = arrows
        self.paths = paths
        self.spans: dict[str, tuple[object, object]] = {}
        self.labelled: set[str] = set()
        self.said: set[tuple[str, str]] = set()
        self.pairs: set[tuple[str, str]] = set()

    def problems(self, result: list[Any]) -> Iterator[Problem]:
        entries = [(f"{self.place}.result[{index}]", entry) for index, entry in enumerate(result)]
        for place, entry in entries:
            if not isinstance(entry, Mapping):
                yield Problem("no-result", shown(entry), "an object", "make the task anew", place)
            elif entry.get("type") != "relation":
                yield from self._region(place, entry)
        for region in self.spans:
            if region not in self.labelled:
                where = f"{self.place}, region {region}"
                yield Problem("no-label", "a region without a label", "a label", "label it, or leave it out", where)
        for place, entry in entries:
            if isinstance(entry, Mapping) and entry.get("type") == "relation":
                yield from self._relation(place, entry)

    def _region(self, place: str, entry: Mapping[str, Any]) -> Iterator[Problem]:
        region = entry.get("id")
        place = f"{place}, region {region}"
        if not isinstance(region, str) or not region:
            yield Problem("no-region-id", shown(region), "a string", "give the region an id", place)
            region = None
        elif "#" in region:
            kept = region.split("#")[0]
            found = f"`#` in id {shown(region)}: the page keeps {shown(kept)} of it"
            yield Problem("hash-in-id", found, "an id without `#`", "encode the id", place)
        elif bad := _UNSTYLED.search(region):
            found = f"{shown(bad[0])} in id {shown(region)}: the page shows the region without its colour"
            yield Problem("unstyled-id", found, "letters, digits, `-` and `_`", "encode the id", place)
        yield from _unknown(entry, _RESULT_KEYS, place)
        name = entry.get("from_name")
        control = self.table.get(name) if isinstance(name, str) else None
        if control is None:
            known = f"one of {', '.join(self.table)}"
            yield Problem("unknown-control", f"from_name {shown(name)}", known, "use a control of the config", place)
            return
        if entry.get("to_name") != TEXT:
            yield Problem("unknown-object", f"to_name {shown(entry.get('to_name'))}", TEXT, "correct to_name", place)
        if entry.get("type") != control.kind:
            found = f"type {shown(entry.get('type'))} of {control.name}"
            yield Problem("wrong-control", found, control.kind, "correct the type", place)
        if region is not None:
            if (region, control.name) in self.said:
                found = f"a second entry of {control.name} under id {shown(region)}"
                yield Problem("duplicate-id", found, "an id of its own", "give the second another id", place)
            self.said.add((region, control.name))
            if control.kind == "labels":
                self.labelled.add(region)
        value = entry.get("value")
        if not isinstance(value, Mapping):
            yield Problem("wrong-value", shown(value), "an object with start and end", "give the span", place)
            return
        yield from _unknown(value, frozenset({"start", "end", "text", control.key}), f"{place}, value")
        yield from self._span(value, region, place)
        yield from self._said(value, control, place)

    def _span(self, value: Mapping[str, Any], region: str | None, place: str) -> Iterator[Problem]:
        start, end = value.get("start"), value.get("end")
        if region is not None:
            first = self.spans.setdefault(region, (start, end))
            if first != (start, end):
                found = f"[{start}, {end}) beside [{first[0]}, {first[1]}) under one id"
                yield Problem("second-span", found, "one span under one id", "give the second another id", place)
        if type(start) is not int or type(end) is not int:
            found = f"start {shown(start)}, end {shown(end)}"
            yield Problem("no-offsets", found, "two whole numbers", "write code points without quotes", place)
            return
        if start < 0 or end < 0 or start > len(self.text) or end > len(self.text):
            want = f"offsets within [0, {len(self.text)})"
            yield Problem("outside-text", f"[{start}, {end})", want, "count code points of data.text from 0", place)
        if start == end:
            yield Problem("no-length", f"[{start}, {end})", "start < end", "leave the region out", place)
        elif start > end:
            yield Problem("reversed-span", f"[{start}, {end})", "start < end", "swap the two", place)

    def _said(self, value: Mapping[str, Any], control: Control, place: str) -> Iterator[Problem]:
        said = value.get(control.key)
        if not isinstance(said, list) or not said:
            found = f"{control.key} {shown(said)}"
            yield Problem("wrong-value", found, "a list that is not empty", "say it, or leave the entry out", place)
            return
        for name in said:
            if control.kind == "taxonomy":
                steps = name if isinstance(name, list) and all(isinstance(step, str) for step in name) else ()
                if tuple(steps) not in self.paths:
                    want = "a path to a leaf of data.entities"
                    yield Problem("unknown-entity", shown(name), want, "add the entity to the list", place)
            elif not isinstance(name, str):
                yield Problem("wrong-value", shown(name), "a string", "write it as a string", place)
            elif control.labels and name not in control.values:
                want = f"one of {', '.join(control.values)}"
                remedy = "correct it, or make the config of your own label set"
                yield Problem("unknown-label", f"{shown(name)} of {control.name}", want, remedy, place)

    def _relation(self, place: str, entry: Mapping[str, Any]) -> Iterator[Problem]:
        source, target = entry.get("from_id"), entry.get("to_id")
        place = f"{place}, region {source} -> {target}"
        yield from _unknown(entry, _RELATION_KEYS, place)
        for end, region in (("from_id", source), ("to_id", target)):
            if not isinstance(region, str) or region not in self.spans:
                found = f"{end} {shown(region)}, which is no region: the page stays blank"
                yield Problem("relation-end-missing", found, "the id of a region", "leave the relation out", place)
        if source == target:
            yield Problem("relation-to-itself", f"{shown(source)} twice", "two regions", "leave it out", place)
        pair = (str(source), str(target))
        if pair in self.pairs or pair[::-1] in self.pairs:
            want = "one relation for a pair"
            remedy = "give one relation all the labels"
            yield Problem("second-relation", f"a second relation of {source} and {target}", want, remedy, place)
        self.pairs.add(pair)
        if entry.get("direction", "right") not in ("left", "right", "bi"):
            found = f"direction {shown(entry.get('direction'))}"
            yield Problem("wrong-value", found, "left, right or bi", "correct the direction", place)
        labels = entry.get("labels", [])
        if not isinstance(labels, list):
            yield Problem("wrong-value", f"labels {shown(labels)}", "a list", "write a list of labels", place)
            return
        for label in labels:
            if label not in self.arrows:
                want = f"one of {', '.join(self.arrows)}" if self.arrows else "no relation in this project"
                yield Problem("unknown-relation", f"label {shown(label)}", want, "use a label of the config", place)


def _unknown(entry: Mapping[str, Any], known: frozenset[str], place: str) -> Iterator[Problem]:
    for key in entry:
        if key not in known:
            want = f"one of {', '.join(sorted(known))}"
            yield Problem("unknown-key", f"key {shown(key)}", want, "leave it out, or put it under `meta`", place)
