"""Label Studio's own page in a real Chromium: what it shows of a document, and what people's edits become."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import pytest
from msgspec.structs import replace

import goldwire
from goldwire.annotation.connection import Connection
from goldwire.annotation.labeling import FIELDS, LAYERS, controls, hotkeys
from goldwire.annotation.server import pull, push
from goldwire.annotation.tasks import to_task
from goldwire.corpus.document import UNSET, Block, Dateline, Document, Entity, Mention, Quote, Section, Span
from tests.annotation.sample import SAMPLE
from tests.server.editor import Editor

pytestmark = [pytest.mark.server, pytest.mark.page]

Titles = Callable[[], str]
[GOLD] = goldwire.load()

PREFIX = "🙂 👩‍🚀🇷🇺\r\nй e\u0301\u00a0\u2028один\rдва\t конец\n"
"""Emoji of one and of more code points, CRLF, decomposed letters, NBSP, a line separator, a lone CR, a tab."""


class Desk:
    """A project with one document, open in the page; ``back`` is what a pull gives after a save."""

    def __init__(self, connection: Connection, title: str, editor: Editor) -> None:
        self.connection = connection
        self.title = title
        self.editor = editor
        self.text = ""

    def open(self, document: Document, layers: Sequence[str] = LAYERS, as_: Any = "annotation") -> Editor:
        pushed = push(self.connection, self.title, [to_task(document, layers=layers, as_=as_)])
        [task] = pull(self.connection, [self.title], drafts=True).tasks
        self.editor.open(pushed.project, task["id"])
        assert isinstance(document.text, str)
        self.text = document.text
        return self.editor

    def span(self, words: str, nth: int = 0) -> Span:
        start = -1
        for _ in range(nth + 1):
            start = self.text.index(words, start + 1)
        return start, start + len(words)

    def back(self) -> Document:
        self.editor.save()
        pulled = pull(self.connection, [self.title])
        assert [str(problem) for problem in pulled.exported.problems] == []
        [document] = pulled.exported.documents
        return document


@pytest.fixture
def desk(connection: Connection, title: Titles, editor: Editor) -> Desk:
    return Desk(connection, title(), editor)


def spans_of(document: Document, layers: Sequence[str] = LAYERS) -> dict[str, list[Span]]:
    """Where the page must show something, by control; worked out from the record alone."""
    found: dict[str, list[Span]] = {}
    if "entities" in layers:
        hulls = [(m.start, m.end) for m in document.mentions or ()]
        split = [m.spans or (hull,) for m, hull in zip(document.mentions or (), hulls, strict=True)]
        found["entity"] = [span for spans in split for span in spans]  # type: ignore[misc]
    if "quotes" in layers:
        parts = {span for q in document.quotes or () for span in (q.cue, q.speaker, *(q.marked or ())) if span}
        found["quote"] = [span for q in document.quotes or () for span in q.content] + sorted(parts)
    if "sections" in layers:
        found["section"] = [(block.start, block.end) for block in document.blocks or ()]
        line = document.dateline
        spans = [(line.start, line.end), line.place, line.date, line.agency] if line else []
        found["dateline"] = [span for span in spans if span]
    return {control: sorted(spans) for control, spans in found.items()}


def look(editor: Editor, document: Document, layers: Sequence[str] = LAYERS) -> None:
    """The page shows every span of the record, at its characters, in a colour, and nothing else."""
    text = str(document.text)
    assert editor.text() == text.replace("\r", "\n")  # the page shows either as a line break
    found: dict[str, list[Span]] = {}
    regions, shown = editor.regions(), editor.shown()
    for region, drawn in regions.items():
        for control in {"entity", "quote", "section", "dateline"} & drawn.said.keys():
            found.setdefault(control, []).append(drawn.span)
        pieces = sorted(shown[region])
        assert (pieces[0][0], pieces[-1][1]) == drawn.span
        gaps = [text[end:start] for (_, end, _), (start, _, _) in pairwise(pieces)]
        assert not "".join(gaps).strip("\r\n"), (region, gaps)  # it is whole, but for the ends of lines
        assert all(colour.startswith("rgba(") and not colour.endswith(" 0)") for *_, colour in pieces), region
    assert {control: sorted(spans) for control, spans in found.items()} == spans_of(document, layers)
    assert regions.keys() == shown.keys()


def moved(document: Document, prefix: str) -> Document:
    """``document`` behind ``prefix``."""
    by = len(prefix)

    def at(value: Any) -> Any:
        if isinstance(value, tuple) and len(value) == 2 and all(type(part) is int for part in value):
            return value[0] + by, value[1] + by
        if isinstance(value, tuple):
            return tuple(at(part) for part in value)
        if isinstance(value, Mention | Block | Dateline | Quote | Section):
            fields = {name: at(getattr(value, name)) for name in value.__struct_fields__}
            ends = {name: fields[name] + by for name in ("start", "end") if name in fields}
            return replace(value, **fields | ends)
        return value

    layers = {name: at(getattr(document, name)) for name in ("mentions", "quotes", "blocks", "sections", "dateline")}
    return replace(document, text=prefix + str(document.text), sha256=UNSET, **layers)


def with_mention(document: Document, mention: Mention) -> Document:
    """``document`` with one more mention, in the order of the text: by start, the longer first."""
    key = lambda m: (m.start, -m.end)  # noqa: E731
    return replace(document, mentions=tuple(sorted([*(document.mentions or ()), mention], key=key)))


def changed(document: Document, number: int, **fields: Any) -> Document:
    """``document`` with one mention changed."""
    mentions = list(document.mentions or ())
    mentions[number] = replace(mentions[number], **fields)
    return replace(document, mentions=tuple(mentions))


@pytest.mark.parametrize("prefix", ["", PREFIX], ids=["as it is", "behind odd characters"])
def test_gold_stands_at_its_characters_and_comes_back_with_exactly_one_edit(desk: Desk, prefix: str) -> None:
    document = moved(GOLD, prefix) if prefix else GOLD
    editor = desk.open(document)
    look(editor, document)
    start, end = desk.span("новой площадке")
    region = editor.mark("l", (start, end))
    assert editor.regions()[region].span == (start, end)
    added = Mention(start=start, end=end, type="LOCATION")
    wanted = with_mention(document, added)
    look(editor, wanted)
    assert desk.back() == wanted


def test_every_odd_character_can_be_marked(desk: Desk) -> None:
    """Each stretch of the text alone: its first and last character come back as they were drawn."""
    document = Document(id="odd", text=PREFIX + "слово")
    editor = desk.open(document, ["entities"], None)
    words = ["👩‍🚀🇷🇺", "🙂", "й", "e\u0301\u00a0\u2028один", "два", "конец", "слово"]
    spans = [desk.span(word) for word in words]
    for span in spans:
        editor.mark("p", span)
    wanted = replace(document, mentions=tuple(Mention(start=s, end=e, type="PERSON") for s, e in sorted(spans)))
    look(editor, wanted, ["entities"])
    assert desk.back() == wanted


@pytest.mark.parametrize("layer", LAYERS)
def test_a_project_of_one_layer_shows_that_layer_alone(desk: Desk, layer: str) -> None:
    editor = desk.open(GOLD, [layer])
    look(editor, GOLD, [layer])
    mine = {control.name for control in controls(layers=[layer]).values()}
    labels = editor.page.locator(".lsf-label:visible").count()
    assert labels == sum(
        len(control.labels) for control in controls(layers=[layer]).values() if control.kind == "labels"
    )
    assert {name for drawn in editor.regions().values() for name in drawn.said} <= mine
    kept = {name: getattr(GOLD, name) for name in FIELDS[layer]}
    if layer == "entities":
        start, end = desk.span("всей")
        editor.mark("n", (start, end))
        kept["mentions"] = with_mention(GOLD, Mention(start=start, end=end, type="NUMBER")).mentions
    elif layer == "quotes":
        editor.pick("0__quote__q2")
        editor.press("j")
        quotes = list(GOLD.quotes or ())
        quotes[1] = replace(quotes[1], kind="direct")
        kept["quotes"] = tuple(quotes)
    else:
        editor.pick("0__block___n4")
        editor.press("g")
        blocks = list(GOLD.blocks or ())
        assert blocks[4].kind == "caption"
        blocks[4] = replace(blocks[4], kind="paragraph")
        kept["blocks"] = tuple(blocks)
    back = desk.back()
    others = {name: getattr(back, name) for away in LAYERS if away != layer for name in FIELDS[away]}
    assert set(others.values()) == {UNSET}
    found = {name: getattr(back, name) for name in FIELDS[layer]}
    if layer == "sections":  # they follow from the blocks, and the caption is a paragraph now
        first = kept["blocks"][4].start
        assert found.pop("sections")[0].body[0] == first
        del kept["sections"]
    assert found == kept


def test_every_hotkey_reaches_its_label_and_its_choice(desk: Desk) -> None:
    editor = desk.open(SAMPLE)
    keys, table = hotkeys(), controls()
    assert len(keys) == sum(len(control.labels) for control in table.values()) == 32
    for (control, value), key in keys.items():
        if table[control].kind == "labels":
            editor.unselect()
            editor.press(key)
            assert editor.chosen_labels() == [value], key
            editor.press(key)
            assert editor.chosen_labels() == []
    for control, region in (("form", "0__mention__m2"), ("kind", "0__quote__q4")):
        editor.pick(region)
        for value in reversed(table[control].values):  # the first is chosen, and its key would take it away
            editor.press(keys[control, value])
            assert editor.regions()[region].said[control] == [value]


def test_form_entity_and_label_of_a_mention(desk: Desk) -> None:
    editor = desk.open(SAMPLE)
    editor.pick("0__mention__m_231")
    editor.press("7")
    editor.choose("Реджеп Тайип Эрдоган")
    editor.click("0__mention___n3")
    editor.press("l")  # another label for the selected region
    editor.type("entity_new", "Токио")
    tokyo = Entity(id="Токио", type="LOCATION", name="Токио")
    wanted = changed(SAMPLE, 0, form="description", entity="эрдоган #1")
    wanted = changed(wanted, 3, type="LOCATION", entity="Токио")
    wanted = replace(wanted, entities=(*(SAMPLE.entities or ()), tokyo))
    assert desk.back() == wanted


def test_a_wikidata_id_that_is_typed_and_an_entity_that_is_taken_away(desk: Desk) -> None:
    editor = desk.open(SAMPLE)
    editor.click("0__mention___n6")  # «РФ» inside «Президент РФ»
    editor.type("entity_new", "Q159")
    editor.pick("0__mention__m2")
    editor.page.locator(".gw-said:visible .ant-select-selection-item-remove").click()
    wanted = changed(changed(SAMPLE, 6, entity="Q159"), 4, entity=UNSET)
    wanted = replace(wanted, entities=(*(SAMPLE.entities or ()), Entity(id="Q159", type="COUNTRY", wikidata="Q159")))
    assert desk.back() == wanted


def test_kind_and_speaker_of_a_quote(desk: Desk) -> None:
    editor = desk.open(SAMPLE)
    editor.pick("0__quote__q4")
    editor.press("k")
    editor.choose("Реджеп Тайип Эрдоган")
    editor.pick("0__quote___n2")
    editor.type("speaker_new", "PERSON: Сергей Лавров")
    first, second, third = SAMPLE.quotes or ()
    second = replace(second, kind="indirect", speaker_entity="эрдоган #1")
    third = replace(third, speaker_entity="Сергей Лавров")
    lavrov = Entity(id="Сергей Лавров", type="PERSON", name="Сергей Лавров")
    wanted = replace(SAMPLE, quotes=(first, second, third), entities=(*(SAMPLE.entities or ()), lavrov))
    assert desk.back() == wanted


def test_deleting_a_region_takes_its_mention_and_nothing_else(desk: Desk) -> None:
    editor = desk.open(SAMPLE)
    editor.click("0__mention___n6")
    editor.delete()
    editor.pick("0__dateline__agency")
    editor.delete()
    dateline = replace(SAMPLE.dateline, agency=None)
    assert desk.back() == replace(SAMPLE, mentions=(SAMPLE.mentions or ())[:-1], dateline=dateline)


def test_a_quote_and_a_dateline_from_nothing(desk: Desk) -> None:
    """Every part by hand: hotkeys, arrows with and without labels, kind, a speaker who is in no list."""
    text = "ТОКИО, 16 декабря. /ТАСС/. «Мы, - заявил Абэ, - готовы».\n"
    editor = desk.open(Document(id="new", text=text, lang="ru"), as_=None)
    assert editor.regions() == {}
    spans = {word: desk.span(word) for word in ("Мы", "заявил", "Абэ", "готовы")}
    first, second = editor.mark("1", spans["Мы"]), editor.mark("1", spans["готовы"])
    cue, speaker = editor.mark("2", spans["заявил"]), editor.mark("3", spans["Абэ"])
    editor.click(first)
    editor.press("j")
    editor.type("speaker_new", "PERSON: Синдзо Абэ")
    editor.relate(first, second, "continues")
    editor.relate(first, cue, "cue")
    editor.relate(first, speaker)  # what it means is clear without a label
    assert editor.arrows() == [(first, second, ("continues",)), (first, cue, ("cue",)), (first, speaker, ())]
    for key, words in (("b", "ТОКИО, 16 декабря. /ТАСС/."), ("v", "ТОКИО"), ("y", "16 декабря"), ("9", "ТАСС")):
        editor.mark(key, desk.span(words))
    editor.mark("g", (0, len(text) - 1))
    paragraph = (0, len(text) - 1)
    assert desk.back() == Document(
        id="new",
        text=text,
        lang="ru",
        mentions=(),
        entities=(Entity(id="Синдзо Абэ", type="PERSON", name="Синдзо Абэ"),),
        quotes=(
            Quote(
                kind="direct", content=(spans["Мы"], spans["готовы"]), cue=spans["заявил"], speaker=spans["Абэ"],
                speaker_entity="Синдзо Абэ",
            ),
        ),
        blocks=(Block(kind="paragraph", start=0, end=len(text) - 1),),
        sections=(Section(heading=None, body=paragraph, paragraphs=(paragraph,)),),
        dateline=Dateline(start=0, end=26, place=(0, 5), date=(7, 17), agency=(20, 24)),
    )  # fmt: skip


def test_two_regions_of_one_span_are_both_reached_by_the_list(desk: Desk) -> None:
    """A click reaches the one that lies on top; the list reaches either, also as the end of an arrow."""
    text = "Путин: мир близок. Он добавил: война далека.\n"
    mention = Mention(start=0, end=5, type="PERSON", id="m1", entity="putin")
    quotes = (
        Quote(kind="indirect", content=((7, 17),), speaker=(0, 5), speaker_entity="putin", id="q1"),
        Quote(kind="indirect", content=((31, 43),), speaker_entity="putin", id="q2"),
    )
    entities = (Entity(id="putin", type="PERSON", name="Владимир Путин"),)
    document = Document(id="same", text=text, mentions=(mention,), quotes=quotes, entities=entities)
    editor = desk.open(document)
    same = ["0__mention__m1", "0__speaker__0-5"]
    assert [region for region in same if editor.ink(region) is None] in ([same[0]], [same[1]])
    editor.pick("0__mention__m1")
    editor.press("5")
    editor.relate("0__quote__q2", "0__speaker__0-5", "speaker")
    wanted = replace(
        document, mentions=(replace(mention, form="name"),), quotes=(quotes[0], replace(quotes[1], speaker=(0, 5)))
    )
    assert desk.back() == wanted


def test_a_task_without_entities_opens_and_takes_new_ones(desk: Desk) -> None:
    editor = desk.open(Document(id="bare", text="Путин и Путин.", entities=()), ["entities"], None)
    for place in ((0, 5), (8, 13)):
        editor.click(editor.mark("p", place))
        editor.press("5")
        editor.type("entity_new", "Владимир Путин")
    back = desk.back()
    assert back.entities == (Entity(id="Владимир Путин", type="PERSON", name="Владимир Путин"),)
    assert [(m.form, m.entity) for m in back.mentions or ()] == [("name", "Владимир Путин")] * 2


def test_the_header_stays_in_sight_and_still(desk: Desk) -> None:
    editor = desk.open(GOLD)
    before = editor.box(0)
    editor.click("0__mention__m6")
    assert editor.box(0) == before  # the controls of a region move no line
    assert editor.covered(".gw-said:visible") == []
    editor.page.evaluate("at => goldwire.scroll(at)", len(str(GOLD.text)) - 1)
    assert editor.box(0)[1] < 0  # scrolled, far
    assert editor.covered(".gw-header .lsf-label") == []  # no arrow over the labels
    editor.page.get_by_role("button", name="Guidelines").click()
    line = editor.page.get_by_text("EVENT: a noun phrase for one particular event, past or planned")
    line.wait_for(state="visible")
    assert editor.covered(".gw-header .lsf-label") == []
    for dark in (False, True):
        if dark:
            editor.page.get_by_text("Light", exact=True).click()
            editor.page.get_by_text("Dark", exact=True).wait_for()
        assert editor.contrast(".gw-guidelines h3, .gw-guidelines h4, .gw-header .ant-collapse-header-text") >= 4.5
    editor.page.get_by_text("Dark", exact=True).click()
    editor.page.get_by_role("button", name="Guidelines").click()
    line.wait_for(state="hidden")
    editor.page.locator(".lsf-label", has_text="PROFESSION").hover()
    editor.page.get_by_text("an office, a title, an occupation or the role", exact=False).last.wait_for(state="visible")
