"""The page that shows each rule on the gold article says what the gold says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from goldwire.corpus.document import UNSET
from goldwire.corpus.gold import build, load

GOLD = Path(build.__file__).parent
PAGE = (GOLD / "EXAMPLES.md").read_text(encoding="utf-8")
[DOCUMENT] = load()
TEXT = str(DOCUMENT.text)
STARTS = [block.start for block in DOCUMENT.blocks]
BLOCKS = [TEXT[block.start : block.end] for block in DOCUMENT.blocks]
NO_CASE = "no case in the article"


class Marked(NamedTuple):
    """A marked span: its layer and label, its surface, its block, and what else is known of it."""

    layer: str
    label: str
    surface: str
    block: int
    facts: frozenset[str]


def marked() -> Iterator[Marked]:
    def at(layer: str, label: str, span: tuple[int, int], *facts: object) -> Marked:
        block = sum(start <= span[0] for start in STARTS) - 1
        return Marked(layer, label, TEXT[slice(*span)], block, frozenset(map(str, facts)))

    entities = {entity.id: entity for entity in DOCUMENT.entities}
    for m in DOCUMENT.mentions:
        entity = entities[m.entity]
        linked = "no Wikidata id" if entity.wikidata is UNSET else entity.wikidata
        yield at("Entities", m.type, (m.start, m.end), m.form, entity.id, entity.name, linked)
    for q in DOCUMENT.quotes:
        facts = (q.speaker_entity, "a cue" if q.cue else "no cue")
        parts = {"content": q.content, q.kind: q.content, "marked": q.marked}
        parts |= {"cue": [q.cue] if q.cue else [], "speaker": [q.speaker] if q.speaker else []}
        yield from (at("Quotes", part, span, *facts) for part, spans in parts.items() for span in spans)
    for b in DOCUMENT.blocks:
        yield at("Layout", b.kind, (b.start, b.end))
    for s in DOCUMENT.sections:
        yield at("Layout", "body", s.body, "a heading" if s.heading else "no heading")
        if s.heading:
            yield at("Layout", "heading", s.heading)
    d = DOCUMENT.dateline
    yield at("Layout", "dateline", (d.start, d.end))
    yield from (at("Layout", part, getattr(d, part)) for part in ("place", "date", "agency"))


MARKED = list(marked())
LABELS = {m.label for m in MARKED}
KINDS = {block.kind for block in DOCUMENT.blocks}


def rows() -> Iterator[tuple[str, str, str, str]]:
    for chapter, body in re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL):
        lines = [line for line in body.splitlines() if line.startswith("|")]
        for line in lines[2:]:
            rule, example, block = (cell.strip() for cell in line.strip("|").split("|"))
            yield chapter, rule, example, block


ROWS = list(rows())


def has(label: str, surface: str, block: int, facts: set[str]) -> bool:
    pattern = re.escape(surface).replace("…", ".*") + (".*" if label in KINDS else "")
    return any(
        m.label == label and m.block == block and facts <= m.facts and re.fullmatch(pattern, m.surface, re.DOTALL)
        for m in MARKED
    )


def bare(surface: str, block: int, layer: str) -> bool:
    """Whether the words stand in the block and nothing of the layer has exactly that span there."""
    stands = re.search(rf"(?<!\w){re.escape(surface)}(?!\w)", BLOCKS[block])
    return bool(stands) and (layer, block, surface) not in {(m.layer, m.block, m.surface) for m in MARKED}


def test_the_page_has_its_three_tables():
    assert list(dict.fromkeys(chapter for chapter, *_ in ROWS)) == ["Entities", "Quotes", "Layout"]
    assert len(ROWS) >= 60
    assert len({rule for _, rule, *_ in ROWS}) == len(ROWS)


def test_every_type_kind_and_part_that_the_gold_has_is_shown():
    shown = {label for _, _, example, _ in ROWS for label in re.findall(r"\w+", example) if label in LABELS}
    assert shown == LABELS


def test_every_rule_names_sections_of_the_guidelines_and_each_section_has_a_rule():
    guidelines = (GOLD / "GUIDELINES.md").read_text(encoding="utf-8")
    named = {number for _, rule, *_ in ROWS for number in re.search(r"\(([\d., ]+)\)$", rule)[1].split(", ")}
    sections = set(re.findall(r"^### (\d\.\d) ", guidelines, re.MULTILINE))
    assert named == sections - {"1.1", "1.3"}  # what the layers are, and how to work


@pytest.mark.parametrize(("chapter", "rule", "example", "block"), ROWS)
def test_the_gold_has_the_example(chapter, rule, example, block):
    if example == NO_CASE:
        assert block == ""
        return
    first = re.match(r"`«([^»]+)» (\w+|—)`", example)
    assert first, "begin with `«surface» what it is`"
    surface, label = first.groups()
    rest, number = example[first.end() :], int(block)
    facts = set(re.findall(r"`([^`]+)`", rest))
    assert bare(surface, number, chapter) and not facts if label == "—" else has(label, surface, number, facts)
    for before, other in re.findall(r"(\w+) «([^»]+)»", rest):
        if before == "not":
            assert bare(other, number, chapter), other
        elif before in LABELS:
            assert has(before, other, number, set()), (before, other)
        else:
            assert before in {"outside", "and", "inside"}, before
            assert re.search(re.escape(other).replace("…", ".*"), BLOCKS[number]), other


def test_a_span_that_is_told_with_offsets_is_there():
    for _, _, example, _ in ROWS:
        for start, end in re.findall(r"\[(\d+),(\d+)\)", example):
            assert TEXT[int(start) : int(end)] == example[2 : example.index("»")]
