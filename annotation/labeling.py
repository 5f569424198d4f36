"""The Label Studio config, built from the label set: all layers in one project, or one project per layer.

The files beside this module are what ``config`` gives for the embedded scheme; ``python -m
goldwire.annotation.labeling`` writes them anew. Every name, colour and key of the page is decided here.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Final

from goldwire.corpus.errors import UsageError
from goldwire.corpus.scheme import SCHEME, Label, Scheme

__all__ = [
    "FIELDS",
    "FILES",
    "LAYERS",
    "RELATIONS",
    "TEXT",
    "Control",
    "config",
    "controls",
    "hotkeys",
    "relations",
    "write",
]

LAYERS: Final = ("entities", "quotes", "sections")
"""The layers of the page, in its order."""

FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "entities": ("mentions",),
    "quotes": ("quotes",),
    "sections": ("blocks", "sections", "dateline"),
}
"""Which layers of a document each layer of the page fills."""

FILES: Final[Mapping[str, tuple[str, ...]]] = {
    "labeling.xml": LAYERS,
    **{f"labeling-{layer}.xml": (layer,) for layer in LAYERS},
}
"""The shipped files and the layers of each."""

TEXT: Final = "text"
"""The name of the object tag and of the key in ``data``."""

RELATIONS: Final[Mapping[str, Label]] = {
    "cue": Label("cue", "from a quote's content to the words that introduce it", "2. Quotes"),
    "speaker": Label("speaker", "from a quote's content to the words that name who speaks", "2. Quotes"),
    "continues": Label("continues", "from a quote's or a mention's first span to each further one", "2. Quotes"),
    "marked": Label("marked", "from a mixed quote's content to a stretch in quote marks inside it", "2. Quotes"),
}
"""The labels that an arrow between regions may bear."""

_RELATIONS_OF = {"entities": ("continues",), "quotes": tuple(RELATIONS), "sections": ()}

_QUOTE_PARTS = (
    Label("content", "the words that are reported", "2. Quotes"),
    Label("cue", "the words that introduce the report", "2. Quotes"),
    Label("speaker", "the words that name the speaker here", "2. Quotes"),
    Label("marked", "a stretch in quote marks inside a mixed quote", "2. Quotes"),
)
_DATELINE_PARTS = (
    Label(
        "dateline", "place, date and agency at the head of the first paragraph, with the final full stop", "3. Sections"
    ),
    Label("place", "the dateline's place", "3. Sections"),
    Label("date", "the dateline's date", "3. Sections"),
    Label("agency", "the dateline's agency, without the slashes", "3. Sections"),
)


@dataclass(frozen=True, slots=True)
class Control:
    """A control tag: its name in a result's ``from_name``, its kind in ``type``, and what it may say.

    ``labels`` is empty where the task or the annotator supplies the values.
    """

    name: str
    kind: str
    layer: str
    labels: tuple[Label, ...] = ()

    @property
    def key(self) -> str:
        """The key of a result's ``value`` that holds what the control says."""
        return "text" if self.kind == "textarea" else self.kind

    @property
    def values(self) -> tuple[str, ...]:
        """The names that the control may say, in the order of the page."""
        return tuple(label.name for label in self.labels)


def controls(scheme: Scheme = SCHEME, layers: Iterable[str] = LAYERS) -> dict[str, Control]:
    """The controls of the page for ``layers``, by name; none for no layers."""
    wanted = set(layers)
    table = (
        Control("entity", "labels", "entities", scheme.types),
        Control("form", "choices", "entities", scheme.forms),
        Control("entity_id", "taxonomy", "entities"),
        Control("entity_new", "textarea", "entities"),
        Control("quote", "labels", "quotes", _QUOTE_PARTS),
        Control("kind", "choices", "quotes", scheme.quote_kinds),
        Control("speaker_entity", "taxonomy", "quotes"),
        Control("speaker_new", "textarea", "quotes"),
        Control("section", "labels", "sections", scheme.block_kinds),
        Control("dateline", "labels", "sections", _DATELINE_PARTS),
    )
    return {control.name: control for control in table if control.layer in wanted}


def relations(layers: Iterable[str] = LAYERS) -> tuple[str, ...]:
    """The labels that arrows may bear in a config of ``layers``."""
    wanted = {name for layer in layers for name in _RELATIONS_OF.get(layer, ())}
    return tuple(name for name in RELATIONS if name in wanted)


_KEYS: Final[Mapping[tuple[str, str], str]] = {
    **{("entity", name): key for name, key in zip(
        ("PERSON", "PROFESSION", "ORGANIZATION", "COUNTRY", "CITY", "LOCATION", "DATE", "TIME", "NUMBER", "EVENT"),
        "pfocildtne",
        strict=True,
    )},
    **{("form", name): key for name, key in zip(("name", "adjective", "description", "value"), "5678", strict=True)},
    **{("quote", name): key for name, key in zip(("content", "cue", "speaker", "marked"), "1234", strict=True)},
    **{("kind", name): key for name, key in zip(("direct", "indirect", "mixed"), "jkm", strict=True)},
    **{("section", name): key for name, key in zip(
        ("timestamp", "rubric", "headline", "caption", "standfirst", "subhead", "paragraph"), "qwazsxg", strict=True
    )},
    **{("dateline", name): key for name, key in zip(("dateline", "place", "date", "agency"), "bvy9", strict=True)},
}  # fmt: skip
"""Keys of the embedded scheme: part of what annotators learn, so they never move."""

_FREE = "1234567890abcdefgijklmnopqstvwxyz"  # the page itself uses u (unselect), h and r with modifiers

_COLOURS: Final[Mapping[str, Sequence[str]]] = {
    "entity": (
        "#d81e4a", "#c2570c", "#4363d8", "#27803a", "#0a7fa3", "#0f766e", "#911eb4", "#c41ab9", "#9a6324", "#757500",
        "#a05252", "#3f7f00", "#8a5fbf", "#5d6d6e",
    ),
    "quote": ("#857000", "#557a12", "#c72a66", "#b3541e"),
    "section": ("#6b7280", "#4f7396", "#a05252", "#4a7f59", "#7d7247", "#7a5fa0", "#757575"),
    "dateline": ("#5d6d6e", "#2374a8", "#8e4fb0", "#b0601f"),
}  # fmt: skip
"""The page writes in white on them and in them on white: each has a contrast of 4.5 with it, a test says."""

_STYLE: Final = """
    .lsf-htx-richtext { white-space: pre-wrap; line-height: 2; padding-top: 20px; }
    .gw-header { margin: 0 -14px; padding: 4px 14px; background: var(--color-neutral-background, #fff); }
    .gw-header .lsf-labels { margin: 0 0 2px; }
    .gw-header .lsf-label_margins { margin-bottom: 4px; }
    .gw-region { min-height: 44px; }
    .gw-said { display: flex; flex-wrap: wrap; align-items: center; column-gap: 8px; }
    .gw-said div { margin: 0 !important; }
    .gw-said .lsf-text-area { flex: 1; min-width: 140px; }
    .gw-header .ant-collapse-header { padding: 2px 8px !important; }
    .gw-header .ant-collapse, .gw-header .ant-collapse div { background: none !important; }
    .gw-header .ant-collapse * { color: var(--color-neutral-content, #222) !important; }
    .gw-guidelines { max-height: 45vh; overflow: auto; }
    .gw-guidelines h3, .gw-guidelines h4 { margin: 2px 0 !important; font-size: 14px; font-weight: normal; }
    .gw-guidelines h3 { margin-top: 8px !important; font-weight: bold; }
"""
"""The text keeps its white space; the header stays small and still, so that a click on a region moves no line.

No ``>``: the page drops the rule that has it.
"""

_PALE: Final = {"section": "26", "quote": "2e", "dateline": "40"}
"""How opaque a region is that others lie in: less than the page's 30 %, under which their words would drown."""


def hotkeys(scheme: Scheme = SCHEME) -> dict[tuple[str, str], str]:
    """The key of every (control, value), the same in every config of a scheme, and no key twice.

    Names of the embedded scheme keep their keys; others get the first that is free; when none is left, none.
    """
    pairs = [(control.name, value) for control in controls(scheme).values() for value in control.values]
    taken = {pair: _KEYS[pair] for pair in pairs if pair in _KEYS}
    used = set(taken.values())
    free = (key for key in _FREE if key not in used)
    for pair in pairs:
        if pair not in taken and (key := next(free, None)):
            taken[pair] = key
    return taken


def config(scheme: Scheme = SCHEME, layers: Sequence[str] = LAYERS) -> str:
    """The labeling config as XML text.

    Raises
    ------
    UsageError
        A layer is unknown or none is given, or the scheme allows any name where the page must list them.
    """
    unknown = [layer for layer in layers if layer not in LAYERS]
    if unknown or not layers:
        found = ", ".join(unknown) or "no layer"
        raise UsageError(f"found {found}, expected one or more of {', '.join(LAYERS)}: name the layers of the project")
    table = controls(scheme, layers)
    for control in table.values():
        if control.kind in ("labels", "choices") and not control.labels:
            raise UsageError(
                f"found a scheme that allows any name for {control.name!r}, expected a list of names: "
                "the page must show them, so name them in the scheme"
            )
    keys = hotkeys(scheme)
    root = ET.Element("View")
    ET.SubElement(root, "Style").text = "".join([_STYLE, *_pale(table.values()), "  "])
    # above the relations, which the page draws over the text at 100
    header = ET.SubElement(root, "View", className="gw-header", style="position: sticky; top: 0; z-index: 101;")
    _guidelines(header, table.values())
    for control in table.values():
        if control.kind == "labels":
            _labels(header, control, keys)
    region = ET.SubElement(header, "View", className="gw-region") if {"entities", "quotes"} & set(layers) else header
    if "entities" in layers:
        box = _said(region, "entity")
        _choices(box, table["form"], keys)
        _entity(box, "entity_id", "entity")
        _typed(box, "entity_new", "new entity: name or Wikidata id")
    if "quotes" in layers:
        box = _said(region, "quote", "content")
        _choices(box, table["kind"], keys)
        _entity(box, "speaker_entity", "speaker")
        _typed(box, "speaker_new", "new speaker: TYPE: name")
    if names := relations(layers):
        arrows = ET.SubElement(root, "Relations")
        for name in names:
            ET.SubElement(arrows, "Relation", value=name)
    ET.SubElement(root, "Text", name=TEXT, value=f"${TEXT}", granularity="symbol", saveTextResult="yes")
    ET.indent(root)
    return ET.tostring(root, encoding="unicode") + "\n"


def _pale(table: Iterable[Control]) -> Iterator[str]:
    for control in table:
        if alpha := _PALE.get(control.name):
            for label, colour in zip(control.labels, _colours(control), strict=False):
                name = label.name.replace("\\", "\\\\").replace('"', '\\"')
                where = f'.htx-highlight[data-label$=":{name}"]'
                yield f"    {where} {{ background-color: {colour}{alpha} !important; }}\n"


def _said(parent: ET.Element, control: str, label: str | None = None) -> ET.Element:
    """The box of what is said of one region, shown while a region of that control (and label) is selected."""
    when = {"visibleWhen": "region-selected", "whenTagName": control} | ({"whenLabelValue": label} if label else {})
    return ET.SubElement(parent, "View", {"className": "gw-said"} | when)


def _guidelines(parent: ET.Element, table: Iterable[Control]) -> None:
    """What each label means, one click away wherever in the text one is."""
    collapse = ET.SubElement(parent, "Collapse", accordion="false", bordered="false")
    panel = ET.SubElement(collapse, "Panel", value="Guidelines")
    view = ET.SubElement(panel, "View", className="gw-guidelines")
    last = ""
    for section, line in _lines(table):
        if section != last:
            ET.SubElement(view, "Header", size="4", value=section)
            last = section
        ET.SubElement(view, "Header", size="6", value=line)


def _lines(table: Iterable[Control]) -> Iterator[tuple[str, str]]:
    for control in table:
        for label in control.labels:
            yield label.section, f"{label.name}: {label.definition}"


def _labels(parent: ET.Element, control: Control, keys: Mapping[tuple[str, str], str]) -> None:
    tag = ET.SubElement(parent, "Labels", name=control.name, toName=TEXT, choice="single", showInline="true")
    for label, colour in zip(control.labels, _colours(control), strict=False):
        attributes = {"value": label.name, "background": colour}
        ET.SubElement(tag, "Label", attributes | _extras(control, label, keys))


def _colours(control: Control) -> Iterator[str]:
    """A colour for each label of the control, without end: they begin again."""
    return cycle(_COLOURS[control.name])


def _choices(parent: ET.Element, control: Control, keys: Mapping[tuple[str, str], str]) -> None:
    tag = ET.SubElement(
        parent, "Choices", name=control.name, toName=TEXT, perRegion="true", choice="single", showInline="true"
    )
    for label in control.labels:
        ET.SubElement(tag, "Choice", {"value": label.name} | _extras(control, label, keys))


def _extras(control: Control, label: Label, keys: Mapping[tuple[str, str], str]) -> dict[str, str]:
    key = keys.get((control.name, label.name))
    return ({"hotkey": key} if key else {}) | ({"hint": label.definition} if label.definition else {})


def _entity(parent: ET.Element, name: str, placeholder: str) -> None:
    ET.SubElement(
        parent,
        "Taxonomy",
        name=name,
        toName=TEXT,
        perRegion="true",
        value="$entities",
        maxUsages="1",
        leafsOnly="true",
        minWidth="140px",
        dropdownWidth="360",
        required="false",
        placeholder=placeholder,
    )


def _typed(parent: ET.Element, name: str, placeholder: str) -> None:
    ET.SubElement(
        parent,
        "TextArea",
        name=name,
        toName=TEXT,
        perRegion="true",
        maxSubmissions="1",
        rows="1",
        editable="true",
        placeholder=placeholder,
    )


def write(folder: str | Path = Path(__file__).parent) -> list[Path]:
    """Write the files of ``FILES`` into ``folder`` and give their paths."""
    paths = []
    for name, layers in FILES.items():
        path = Path(folder) / name
        path.write_text(config(layers=layers), encoding="utf-8", newline="")
        paths.append(path)
    return paths


if __name__ == "__main__":
    write()
