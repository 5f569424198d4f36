"""A ``result`` list of Label Studio, read: sound regions and arrows, and a problem for everything else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from goldwire.annotation.labeling import Control
from goldwire.annotation.tasks import CARRIED
from goldwire.corpus.document import Span
from goldwire.corpus.errors import InputError, Problem, shown
from goldwire.corpus.offsets import from_utf16

__all__ = ["Arrow", "Offsets", "Page", "Region", "Reporter", "read_page"]

Offsets = Literal["codepoint", "utf16"]
"""The unit that an export counts in: code points, or UTF-16 units in files of servers up to 1.4."""


@dataclass(slots=True)
class Reporter:
    """Collects problems of one annotation, each with document, task, annotation and region in its place."""

    place: str
    document: str | None
    problems: list[Problem] = field(default_factory=list)

    def __call__(
        self, code: str, found: str, expected: str, remedy: str, region: str | None = None, severity: str = "error"
    ) -> None:
        """One more problem."""
        place = self.place if region is None else f"{self.place}, region {region}"
        self.problems.append(Problem(code, found, expected, remedy, place, self.document, severity=severity))


@dataclass(slots=True)
class Region:
    """A span of the page and all that is said of it, by control. Half-open, in code points."""

    id: str
    span: Span
    said: dict[str, list[Any]] = field(default_factory=dict)
    score: float | None = None

    def names(self, control: str) -> list[str]:
        """The labels or choices of ``control``; ``[]`` where it says nothing."""
        return self.said.get(control, [])


@dataclass(frozen=True, slots=True)
class Arrow:
    """A relation of the page, in the direction that it points; ``two_way`` where it points both ways."""

    source: str
    target: str
    labels: tuple[str, ...]
    two_way: bool


@dataclass(slots=True)
class Page:
    """The regions by id, in the order of the result, and the arrows between them."""

    regions: dict[str, Region] = field(default_factory=dict)
    arrows: list[Arrow] = field(default_factory=list)


def read_page(
    result: Iterable[Any],
    text: str,
    controls: dict[str, Control],
    report: Reporter,
    *,
    offsets: Offsets = "codepoint",
    trim: bool = True,
) -> Page:
    """The page that ``result`` describes; an empty one for ``[]``.

    A region of which any entry is not understood is left out whole, and reported. White space at the ends of a span
    is trimmed, and reported as a warning, unless ``trim`` is false.
    """
    return _Reader(text, controls, report, offsets, trim).page(result)


class _Reader:
    """Reads one result list; ``bad`` holds the regions that are left out."""

    def __init__(self, text: str, controls: dict[str, Control], report: Reporter, offsets: Offsets, trim: bool) -> None:
        self.text = text
        self.controls = controls
        self.report = report
        self.offsets = offsets
        self.trim = trim
        self.regions: dict[str, Region] = {}
        self.bad: set[str] = set()

    def page(self, result: Iterable[Any]) -> Page:
        arrows = []
        for entry in result:
            if not isinstance(entry, dict):
                self.report("no-result", shown(entry), "a JSON object", "export the project anew")
            elif entry.get("type") == "relation":
                arrows.append(entry)
            else:
                self._region(entry)
        page = Page({name: region for name, region in self.regions.items() if name not in self.bad})
        for entry in arrows:
            _arrow(page, entry, self.bad, self.report)
        return page

    def _region(self, entry: dict[str, Any]) -> None:
        name = entry.get("id")
        if not isinstance(name, str) or not name:
            found = f"an entry of {shown(entry.get('from_name'))} with id {shown(name)}"
            self.report("no-region-id", found, "a region id", "it belongs to no region: say it of a region")
        elif name not in self.bad and not self._entry(entry, name):
            self.bad.add(name)

    def _entry(self, entry: dict[str, Any], name: str) -> bool:
        """Whether one entry of a region was understood; if so the region says what it says."""
        from_name, value = entry.get("from_name"), entry.get("value")
        control = self.controls.get(from_name) if isinstance(from_name, str) else None
        if control is None:
            known = f"one of {', '.join(self.controls)}"
            self.report("unknown-control", shown(from_name), known, "read it with the config it was made with", name)
            return False
        if entry.get("type") != control.kind or not isinstance(value, dict):
            found = f"type {shown(entry.get('type'))} with value {shown(value)}"
            self.report("wrong-control", found, f"type {control.kind!r} of {control.name}", "restore the config", name)
            return False
        said = _said(value, control)
        if said is None:
            what = "paths of strings" if control.kind == "taxonomy" else "strings"
            found = f"{control.key} {shown(value.get(control.key))}"
            self.report("wrong-value", found, f"a list of {what} from {control.name}", "set it again in the page", name)
            return False
        span = _span(value, self.text, name, self.report, self.offsets)
        region = None if span is None else self._placed(name, span, entry)
        if region is None:
            return False
        score = entry.get("score")
        if control.kind == "labels" and isinstance(score, int | float) and not isinstance(score, bool):
            region.score = float(score)
        before = region.said.setdefault(control.name, [])
        before.extend(value for value in said if value not in before)
        return True

    def _placed(self, name: str, span: Span, entry: dict[str, Any]) -> Region | None:
        """The region of that id at that span, trimmed; ``None``, reported, where it cannot be."""
        region = self.regions.get(name)
        if region is None:
            trimmed = _trimmed(span, self.text, name, self.report) if self.trim else span
            if trimmed is None:
                return None
            note = entry.get("meta")
            if isinstance(note, dict):
                note = {key: value for key, value in note.items() if key != CARRIED}  # that is read elsewhere
            if note:
                found = f"a note on the region: {shown(note)}"
                want = "what the record has a place for"
                self.report("note-left-out", found, want, "read it: it is not in the document", name, "warning")
            region = self.regions[name] = Region(name, trimmed)
        elif region.span != ((_inner(span, self.text) or span) if self.trim else span):
            found = f"[{span[0]}, {span[1]}) beside [{region.span[0]}, {region.span[1]})"
            self.report("second-span", found, "one span under one id", "draw the second as a region of its own", name)
            return None
        return region


def _said(value: dict[str, Any], control: Control) -> list[Any] | None:
    """What the control says, or ``None`` where it is not of its form."""
    said = value.get(control.key)
    if not isinstance(said, list):
        return None
    if control.kind == "taxonomy":
        sound = all(isinstance(path, list) and path and all(isinstance(step, str) for step in path) for path in said)
    else:
        sound = all(isinstance(name, str) for name in said)
    return said if sound else None


def _span(value: dict[str, Any], text: str, region: str, report: Reporter, offsets: Offsets) -> Span | None:
    pair = (value.get("start"), value.get("end"))
    start, end = pair
    if type(start) is not int or type(end) is not int:
        found = f"start {shown(start)}, end {shown(end)}"
        report("no-offsets", found, "two whole numbers", "use Text, not HyperText, in the config", region)
        return None
    if offsets == "utf16":
        try:
            start, end = from_utf16(text, start), from_utf16(text, end)
        except InputError as error:
            problem = error.problem
            report(problem.code, problem.found, problem.expected, problem.remedy, region)
            return None
    if start < 0 or end > len(text) or start > len(text):
        found, want = f"[{start}, {end})", f"offsets within [0, {len(text)})"
        report("outside-text", found, want, 'is this an old export? read it with offsets="utf16"', region)
        return None
    if start >= end:
        found = f"[{start}, {end}), {'no length' if start == end else 'reversed'}"
        report("empty-span", found, "start < end", "delete the region and draw it again", region)
        return None
    return start, end


def _inner(span: Span, text: str) -> Span | None:
    """The span without the white space at its ends; ``None`` for white space alone."""
    start, end = span
    surface = text[start:end]
    inner = surface.strip()
    if not inner:
        return None
    start += len(surface) - len(surface.lstrip())
    return start, start + len(inner)


def _trimmed(span: Span, text: str, region: str, report: Reporter) -> Span | None:
    inner = _inner(span, text)
    found = f"{shown(text[span[0] : span[1]])} at [{span[0]}, {span[1]})"
    if inner is None:
        report("only-white-space", found, "a span with ink", "delete the region, or draw it again", region)
    elif inner != span:
        want = f"[{inner[0]}, {inner[1]})"
        report("white-space-trimmed", found, want, "the span was trimmed so", region, severity="warning")
    return inner


def _arrow(page: Page, entry: dict[str, Any], bad: set[str], report: Reporter) -> None:
    ends = (entry.get("from_id"), entry.get("to_id"))
    place = f"{ends[0]} -> {ends[1]}"
    gone = [shown(end) for end in ends if not isinstance(end, str) or end not in page.regions]
    if gone:
        why = (
            "the region was not understood" if any(end in bad for end in ends if isinstance(end, str)) else "no region"
        )
        report("relation-end-missing", f"{', '.join(gone)}: {why}", "the ids of two regions", "draw it again", place)
        return
    labels = entry.get("labels")
    labels = [] if labels is None else labels
    direction = entry.get("direction", "right")
    if not isinstance(labels, list) or not all(isinstance(label, str) for label in labels):
        report("wrong-value", f"labels {shown(labels)}", "a list of strings", "label the relation again", place)
    elif direction not in ("left", "right", "bi"):
        report("wrong-value", f"direction {shown(direction)}", "left, right or bi", "draw it again", place)
    else:
        source, target = (str(ends[0]), str(ends[1])) if direction != "left" else (str(ends[1]), str(ends[0]))
        page.arrows.append(Arrow(source, target, tuple(dict.fromkeys(labels)), direction == "bi"))
