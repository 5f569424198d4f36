"""The config: its files, its keys, its names."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

import goldwire.annotation
from goldwire.annotation.labeling import FILES, LAYERS, config, controls, hotkeys, relations, write
from goldwire.corpus.errors import UsageError
from goldwire.corpus.scheme import SCHEME, Label, Scheme

FOLDER = Path(goldwire.annotation.__file__).parent


def tags(xml: str, name: str) -> list[dict[str, str]]:
    return [dict(tag.attrib) for tag in ET.fromstring(xml).iter(name)]


@pytest.mark.parametrize("name", FILES)
def test_shipped_file_is_what_the_code_gives(name: str) -> None:
    assert (FOLDER / name).read_bytes().decode() == config(layers=FILES[name])


def test_no_file_more_and_none_less() -> None:
    assert {path.name for path in FOLDER.glob("labeling*.xml")} == set(FILES)


def test_write(tmp_path: Path) -> None:
    assert [path.name for path in write(tmp_path)] == list(FILES)
    assert (tmp_path / "labeling.xml").read_bytes() == (FOLDER / "labeling.xml").read_bytes()


def test_every_name_of_the_scheme_is_on_the_page() -> None:
    xml = config()
    labels = {tag["value"] for tag in tags(xml, "Label")}
    choices = {tag["value"] for tag in tags(xml, "Choice")}
    assert labels >= SCHEME.names("types") | SCHEME.names("block_kinds")
    assert choices == SCHEME.names("forms") | SCHEME.names("quote_kinds")
    assert [tag["value"] for tag in tags(xml, "Relation")] == ["cue", "speaker", "continues", "marked"]


def test_guidelines_say_every_definition() -> None:
    said = {tag["value"] for tag in tags(config(), "Header")}
    for part in (SCHEME.types, SCHEME.forms, SCHEME.quote_kinds, SCHEME.block_kinds):
        assert {f"{label.name}: {label.definition}" for label in part} <= said
    assert [tag["value"] for tag in tags(config(), "Panel")] == ["Guidelines"]
    titles = [tag["value"] for tag in tags(config(), "Header") if tag["size"] == "4"]
    assert titles == ["1. Entities", "2. Quotes", "3. Sections"]


def test_controls_of_regions_are_sticky_and_per_region() -> None:
    header = next(tag for tag in ET.fromstring(config()).iter("View") if "sticky" in tag.get("style", ""))
    names = {tag.get("name") for tag in header.iter() if tag.get("name")}
    assert names == set(controls())
    for tag in ("Choices", "Taxonomy", "TextArea"):
        assert all(attributes["perRegion"] == "true" for attributes in tags(config(), tag))


def test_entity_list_comes_from_the_task() -> None:
    assert [tag["value"] for tag in tags(config(), "Taxonomy")] == ["$entities", "$entities"]


def test_text_is_text_with_symbols() -> None:
    [text] = tags(config(), "Text")
    assert text == {"name": "text", "value": "$text", "granularity": "symbol", "saveTextResult": "yes"}


def test_no_key_twice_and_the_same_in_every_file() -> None:
    used = [tag["hotkey"] for name in ("Label", "Choice") for tag in tags(config(), name)]
    assert len(used) == len(set(used))
    assert len(used) == len(tags(config(), "Label") + tags(config(), "Choice"))
    whole = {(tag["value"], tag["hotkey"]) for name in ("Label", "Choice") for tag in tags(config(), name)}
    for layer in LAYERS:
        part = config(layers=[layer])
        assert {(tag["value"], tag["hotkey"]) for name in ("Label", "Choice") for tag in tags(part, name)} <= whole


def test_keys_that_annotators_know_never_move() -> None:
    keys = hotkeys()
    assert "".join(keys["entity", label.name] for label in SCHEME.types) == "pfocildtne"
    assert "".join(keys["section", label.name] for label in SCHEME.block_kinds) == "qwazsxg"
    assert [keys["quote", name] for name in ("content", "cue", "speaker", "marked")] == ["1", "2", "3", "4"]


def test_a_label_set_of_ones_own_gets_the_keys_that_are_free() -> None:
    types = tuple(Label(f"T{number}", "") for number in range(30))
    own = Scheme("own", (*types, Label("PERSON", "")), SCHEME.forms, SCHEME.quote_kinds, SCHEME.block_kinds)
    keys = hotkeys(own)
    assert keys["entity", "PERSON"] == "p"
    assert len(set(keys.values())) == len(keys) < 31 + 25  # more labels than keys: the last have none
    assert ET.fromstring(config(own)).tag == "View"


def test_colours_of_types_differ() -> None:
    colours = [tag["background"] for tag in tags(config(layers=["entities"]), "Label")]
    assert len(set(colours)) == len(colours)


def test_a_chosen_label_and_a_line_of_the_list_can_be_read() -> None:
    """The page writes white on a colour, and in the colour on white: a contrast of 4.5 or more, by WCAG 2.1."""

    def linear(part: str) -> float:
        value = int(part, 16) / 255
        return value / 12.92 if value <= 0.03928 else ((value + 0.055) / 1.055) ** 2.4

    own = Scheme("own", tuple(Label(f"T{n}", "") for n in range(20)), *[(Label("x", ""),)] * 3)
    for tag in tags(config(), "Label") + tags(config(own), "Label"):
        red, green, blue = (linear(tag["background"][at : at + 2]) for at in (1, 3, 5))
        assert 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05) >= 4.5, tag


def test_regions_that_hold_others_are_pale() -> None:
    own = Scheme("own", (Label("T", ""),), (Label("f", ""),), (Label("k", ""),), (Label('a "b\\', ""),))
    [style] = ET.fromstring(config(own)).iter("Style")
    assert '[data-label$=":content"] { background-color: #8570002e !important; }' in (style.text or "")
    assert '[data-label$=":a \\"b\\\\"] { background-color: #6b728026 !important; }' in (style.text or "")
    assert ":T" not in (style.text or "")
    assert ">" not in (style.text or "")  # the page drops such a rule


@pytest.mark.parametrize(
    ("layer", "names", "arrows"),
    [
        ("entities", {"entity", "form", "entity_id", "entity_new"}, ("continues",)),
        ("quotes", {"quote", "kind", "speaker_entity", "speaker_new"}, ("cue", "speaker", "continues", "marked")),
        ("sections", {"section", "dateline"}, ()),
    ],
)
def test_one_project_per_layer(layer: str, names: set[str], arrows: tuple[str, ...]) -> None:
    xml = ET.fromstring(config(layers=[layer]))
    found = {name for tag in xml.iter() if (name := tag.get("name"))}
    assert found == names | {"text"}
    assert relations([layer]) == arrows
    assert tuple(tag.get("value") for tag in xml.iter("Relation")) == arrows


@pytest.mark.parametrize(
    ("scheme", "layers", "message"),
    [
        (SCHEME, ["blocks"], "found blocks, expected one or more of entities, quotes, sections: name the layers"),
        (SCHEME, [], "found no layer, expected one or more of entities, quotes, sections"),
        (Scheme("open", (), (), (), ()), LAYERS, "found a scheme that allows any name for 'entity', expected a list"),
    ],
)
def test_messages(scheme: Scheme, layers: list[str], message: str) -> None:
    with pytest.raises(UsageError, match=re.escape(message)):
        config(scheme, layers)
