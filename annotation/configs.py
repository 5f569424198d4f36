"""A project's labeling config and ours: what an edit on the server took away, and which regions it orphaned.

A region whose label is no longer in the config stays on the server as it was, until somebody saves its task in the
page: then it is gone, without a word.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from goldwire.annotation.labeling import LAYERS, RELATIONS, TEXT, config, controls, relations
from goldwire.corpus.errors import Problem, shown
from goldwire.corpus.scheme import SCHEME, Scheme

__all__ = ["departures", "layers_of", "same"]

_TAGS = {"labels": "Labels", "choices": "Choices", "taxonomy": "Taxonomy", "textarea": "TextArea"}


@dataclass(slots=True)
class _Controls:
    """What a config has that regions and arrows refer to: names of controls with tag and values, arrows' labels."""

    tags: dict[str, str] = field(default_factory=dict)
    values: dict[str, list[str]] = field(default_factory=dict)
    arrows: list[str] = field(default_factory=list)
    text: str | None = None


def same(theirs: str, ours: str) -> bool:
    """Whether two configs are the same XML, whatever their white space and the order of attributes."""
    try:
        one, other = (ET.canonicalize(config, strip_text=True) for config in (theirs, ours))
    except ET.ParseError:
        return False
    return one.split() == other.split()


def layers_of(theirs: str) -> tuple[str, ...]:
    """The layers of the page of which a config has any control; ``()`` for none of ours."""
    try:
        found = _read(theirs)
    except ET.ParseError:
        return ()
    return tuple(layer for layer in LAYERS if found.tags.keys() & controls(layers=[layer]).keys())


def departures(
    theirs: str, layers: Sequence[str], tasks: Iterable[Mapping[str, Any]] = (), scheme: Scheme = SCHEME
) -> Iterator[Problem]:
    """How a project's config differs from ours for ``layers`` in what regions refer to; nothing for ours.

    What is gone is an ``error`` where a region of ``tasks`` bears it, and its first region is named; else, as what is
    there besides, a ``warning``.
    """
    try:
        found = _read(theirs)
    except ET.ParseError as error:
        yield Problem("config-changed", f"a config that is not XML: {error}", "our config", "push again", "config")
        return
    wanted = _read(config(scheme, layers))
    borne = _borne(tasks)
    if found.text != wanted.text:
        yield _gone(f'no <Text name="{TEXT}" value="${TEXT}">', "the text tag", next(iter(borne.values()), None))
    for name, tag in wanted.tags.items():
        used = borne.get((name, None))
        if name not in found.tags:
            yield _gone(f"no <{tag} name={name!r}>", f"the control {name}", used)
        elif found.tags[name] != tag:
            yield _gone(f"<{found.tags[name]} name={name!r}>", f"<{tag} name={name!r}>", used)
        else:
            for value in wanted.values[name]:
                if value not in found.values[name]:
                    yield _gone(f"no {value} in {name}", f"the label {value} of {name}", borne.get((name, value)))
    for label in relations(layers):
        if label not in found.arrows:
            yield _gone(f"no relation {label}", f"the relation {label}", borne.get(("relation", label)))
    extra = [name for name in found.tags if name not in wanted.tags]
    extra += [f"{value} of {name}" for name in wanted.values for value in found.values.get(name, ())
              if value not in wanted.values[name] and wanted.values[name]]  # fmt: skip
    extra += [f"relation {label}" for label in found.arrows if label not in RELATIONS]
    if extra:
        want = "the config that push makes"
        why = "what it marks may not be understood: push again, or make the config of your own label set"
        yield Problem("config-extra", ", ".join(map(shown, extra)), want, why, "config", severity="warning")


def _read(text: str) -> _Controls:
    found = _Controls()
    for tag in ET.fromstring(text).iter():
        name = tag.get("name")
        if tag.tag == "Relation":
            found.arrows.append(tag.get("value", ""))
        elif tag.tag == "Text" and name == TEXT:
            found.text = tag.get("value")
        elif name is not None and tag.get("toName") is not None:
            found.tags[name] = tag.tag
            found.values[name] = [child.get("value", "") for child in tag.iter() if child.tag in ("Label", "Choice")]
    return found


@dataclass(slots=True)
class _Borne:
    """How many regions bear a control or a label, and where the first is."""

    first: str
    count: int = 0


def _borne(tasks: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str | None], _Borne]:
    found: dict[tuple[str, str | None], _Borne] = {}
    for task in tasks:
        for kind in ("annotations", "drafts", "predictions"):
            for entry in task.get(kind) or ():
                result = entry.get("result") if isinstance(entry, Mapping) else None
                place = f"task {task.get('id')}, {kind[:-1]} {entry.get('id') if isinstance(entry, Mapping) else entry}"
                for said in result if isinstance(result, list) else ():
                    for key in _keys(said):
                        if key not in found:
                            region = said.get("id") or f"{said.get('from_id')} -> {said.get('to_id')}"
                            found[key] = _Borne(f"{place}, region {region}")
                        found[key].count += 1
    return found


def _keys(said: object) -> Iterator[tuple[str, str | None]]:
    """The control of a result entry, and each of its labels."""
    if not isinstance(said, Mapping):
        return
    name, value = said.get("from_name"), said.get("value")
    if said.get("type") == "relation":
        labels, name = said.get("labels"), "relation"
    else:
        labels = value.get(said.get("type")) if isinstance(value, Mapping) else None
    if isinstance(name, str):
        yield name, None
        for label in labels if isinstance(labels, list) else ():
            if isinstance(label, str):
                yield name, label


def _gone(found: str, wanted: str, borne: _Borne | None) -> Problem:
    if borne is None:
        remedy = "no region needs it; push again to restore it"
        return Problem("config-changed", found, wanted, remedy, "config", severity="warning")
    what = f"{found}, which {borne.count} region{'s bear' if borne.count > 1 else ' bears'}, first {borne.first}"
    remedy = "a save in the page destroys them: push again to restore the config before anyone saves"
    return Problem("label-orphaned", what, wanted, remedy, "config")
