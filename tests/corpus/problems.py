"""One small file for every kind of problem, and what ``check`` says of it, derived by hand from the text below.

The file is ``a.jsonl``; each problem is a line ``severity: place: found …, expected …; remedy [code]``.
"""

from __future__ import annotations

import json
from typing import Any

__all__ = ["CASES", "TEXT", "entity", "line", "paragraph", "person", "quote", "record"]

TEXT = "Путин в Москве"  # [0, 5), [6, 7), [8, 14)
HASH = "fcc369f94eb4c19e6bbcabd5f999a52533d75fc924cb0b4c4435b792900c08f1"
TYPES = "CITY, COUNTRY, DATE, EVENT, LOCATION, NUMBER, ORGANIZATION, PERSON, PROFESSION, TIME"
KEYS = "schema, id, text, sha256, lang, meta, mentions, entities, relations, quotes, blocks, sections, dateline, extra"


def record(**layers: Any) -> dict[str, Any]:
    return {"schema": "goldwire/1", "id": "a", "text": TEXT, **layers}


def line(**layers: Any) -> bytes:
    return json.dumps(record(**layers), ensure_ascii=False).encode() + b"\n"


def person(start: int | None = 0, end: int | None = 5, **keys: Any) -> dict[str, Any]:
    return {"start": start, "end": end, "type": "PERSON", **keys}


def quote(**keys: Any) -> dict[str, Any]:
    return {"kind": "direct", "content": [[8, 14]], "cue": None, "speaker": None, "speaker_entity": None, **keys}


def paragraph(start: int = 0, end: int = 14, kind: str = "paragraph") -> dict[str, Any]:
    return {"kind": kind, "start": start, "end": end}


def entity(name: str = "e", kind: str = "PERSON") -> dict[str, Any]:
    return {"id": name, "type": kind}


DOCUMENT = "a.jsonl:1: document 'a'"

CASES: dict[str, tuple[bytes, list[str]]] = {
    # the file
    "an empty file": (
        b"",
        [
            "error: a.jsonl: found an empty file, expected a JSON record on each line; write at least one "
            "document [no-documents]"
        ],
    ),
    "blank lines alone": (
        b"\n  \n\r\n\t\n",
        [
            "error: a.jsonl: found an empty file, expected a JSON record on each line; write at least one "
            "document [no-documents]"
        ],
    ),
    "a byte order mark": (
        b"\xef\xbb\xbf" + line(),
        [
            "error: a.jsonl:1: found a byte order mark, expected plain UTF-8; save the file as UTF-8 without "
            "BOM [byte-order-mark]"
        ],
    ),
    "a byte that is not UTF-8": (
        b'{"schema":"goldwire/1","id":"\xff"}\n',
        [
            "error: a.jsonl:1: found byte 0xff at byte 29 of the line, expected UTF-8; save the file as UTF-8"
            " [not-utf-8]"
        ],
    ),
    "a line cut short": (
        b'{"schema":"goldwire/1","id":"a"\n',
        [
            'error: a.jsonl:1: found \'{"schema":"goldwire/1","id":"a"\', expected one whole JSON object on the'
            " line; Expecting ',' delimiter at character 32 of the line [not-json]"
        ],
    ),
    "NaN": (
        line(mentions=[person(score=float("nan"))]),
        [
            'error: a.jsonl:1: found \'{"schema": "goldwire/1", "id": "a", "text": "Путин в Москв…, expected '
            "one whole JSON object on the line; NaN is no JSON number [not-json]"
        ],
    ),
    "a number too large": (
        b'{"schema":"goldwire/1","id":"a","mentions":[{"start":0,"end":5,"type":"PERSON","score":1e400}]}',
        [
            'error: a.jsonl:1: found \'{"schema":"goldwire/1","id":"a","mentions":[{"start":0,"en…, expected '
            "one whole JSON object on the line; Number out of range - at `$.mentions[0].score` [not-json]"
        ],
    ),
    "a lone surrogate": (
        b'{"schema":"goldwire/1","id":"a","text":"\\ud800"}',
        [
            'error: a.jsonl:1: found \'{"schema":"goldwire/1","id":"a","text":"\\\\ud800"}\', expected one whole '
            "JSON object on the line; a lone surrogate is no character: correct the escape [not-json]"
        ],
    ),
    "two records on a line": (
        line().strip() + line(),
        [
            'error: a.jsonl:1: found \'{"schema": "goldwire/1", "id": "a", "text": "Путин в Москв…, expected '
            "one whole JSON object on the line; Extra data at character 61 of the line [not-json]"
        ],
    ),
    "keys given twice": (
        # in the record, a mention, what is free, a value that is dropped itself; an escaped key is the same key
        b'{"schema":"goldwire/1","id":"b","text":"a","\\u0069d":"a","mentions":[{"start":0,"end":1,"type":"CITY",'
        b'"type":"PERSON","type":"PERSON"}],"extra":{"a b":[{"x":1,"x":1}],"a b":null}}\n',
        [
            f"error: {DOCUMENT}: {field}: found {found}, expected a key once; leave one of them: the last counts, "
            "and the others are dropped [repeated-key]"
            for field, found in (
                ("id", "'b' and 'a'"),
                ("mentions[0].type", "'CITY' and 'PERSON' and 'PERSON'"),
                ("extra.'a b'", "[{'x': 1}] and None"),
                ("extra.'a b'[0].x", "1 and 1"),
            )
        ],
    ),
    "a key given twice in a record that is none": (
        b'{"schema":"goldwire/1","id":"a","id":1}\n',
        [
            "error: a.jsonl:1: id: found 1, expected a string [wrong-type]",
            "error: a.jsonl:1: id: found 'a' and 1, expected a key once; leave one of them: the last counts, and the "
            "others are dropped [repeated-key]",
        ],
    ),
    "an id twice": (
        line() + b"\n" + line(),
        [
            "error: a.jsonl:3: document 'a': id: found id of line 1, expected an id of its own; rename or "
            "remove one [duplicate-document]"
        ],
    ),
    "another hash": (
        line(sha256="0" * 64),
        [
            f"error: {DOCUMENT}: sha256: found "
            "'0000000000000000000000000000000000000000000000000000000000000000', expected "
            "fcc369f94eb4c19e6bbcabd5f999a52533d75fc924cb0b4c4435b792900c08f1; the text was changed after it "
            "was annotated: restore it, or annotate anew [wrong-hash]"
        ],
    ),
    # the form
    "no object": (b"[1]\n", ["error: a.jsonl:1: (record): found [1], expected an object (document) [wrong-type]"]),
    "another schema": (
        line(schema="goldwire/2"),
        [f"error: {DOCUMENT}: schema: found 'goldwire/2', expected 'goldwire/1' [wrong-type]"],
    ),
    "no schema": (
        b'{"id":"a","meta":{"schema":"goldwire/1"}}',
        [f"error: {DOCUMENT}: schema: found no such key, expected 'goldwire/1'; add the key [missing-key]"],
    ),
    "no id": (
        b'{"schema":"goldwire/1"}',
        ["error: a.jsonl:1: id: found no such key, expected a string; add the key [missing-key]"],
    ),
    "a number for a string": (line(lang=1), [f"error: {DOCUMENT}: lang: found 1, expected a string [wrong-type]"]),
    "null where there is none": (
        line(mentions=None),
        [
            f"error: {DOCUMENT}: mentions: found None, expected a list, each an object (mention);"
            " leave the key out where there is no value [wrong-type]"
        ],
    ),
    "an offset in quotes": (
        line(mentions=[person("0")]),
        [
            f"error: {DOCUMENT}: mentions[0].start: found '0', expected an integer or null; write"
            " the number without quotes [wrong-type]"
        ],
    ),
    "an offset with a point": (
        line(mentions=[person(0.0)]),
        [
            f"error: {DOCUMENT}: mentions[0].start: found 0.0, expected an integer or null; "
            "offsets are whole numbers of code points [wrong-type]"
        ],
    ),
    "a truth value for an offset": (
        line(mentions=[person(False)]),
        [f"error: {DOCUMENT}: mentions[0].start: found False, expected an integer or null [wrong-type]"],
    ),
    "a span of three": (
        line(quotes=[quote(cue=[0, 1, 2])]),
        [
            f"error: {DOCUMENT}: quotes[0].cue: found [0, 1, 2], expected a pair [start, end] of "
            "integers or null [wrong-type]"
        ],
    ),
    "a string for a layer": (
        line(blocks="none"),
        [f"error: {DOCUMENT}: blocks: found 'none', expected a list, each an object (block) [wrong-type]"],
    ),
    "an unknown key": (
        line(colour="red"),
        [
            f"error: {DOCUMENT}: colour: found 'red', expected one of schema, id, text, sha256, "
            "lang, meta, mentions, entities, relations, quotes, blocks, sections, dateline, extra; put it "
            "under `extra` [unknown-key]"
        ],
    ),
    "an unknown key of a mention": (
        line(mentions=[person(label="PER")]),
        [
            f"error: {DOCUMENT}: mentions[0].label: found 'PER', expected one of start, end, "
            "type, id, form, entity, text, score, spans, extra; put it under `extra` [unknown-key]"
        ],
    ),
    "an unknown key of a quote": (
        line(quotes=[quote(colour="red")]),
        [
            f"error: {DOCUMENT}: quotes[0].colour: found 'red', expected one of kind, content, "
            "cue, speaker, speaker_entity, marked, id; leave it out [unknown-key]"
        ],
    ),
    "an unknown key of another line": (
        line(**{"a\nb": 1}),
        [
            f"error: {DOCUMENT}: 'a\\nb': found 1, expected one of schema, id, text, sha256, lang,"
            " meta, mentions, entities, relations, quotes, blocks, sections, dateline, extra; put it under "
            "`extra` [unknown-key]"
        ],
    ),
    "a missing key of a block": (
        line(blocks=[{"kind": "paragraph", "start": 0}]),
        [f"error: {DOCUMENT}: blocks[0].end: found no such key, expected an integer; add the key [missing-key]"],
    ),
    # spans
    "a span beyond the text": (
        line(mentions=[person(8, 15)]),
        [
            f"error: {DOCUMENT}: mentions[0]: found [8, 15), expected offsets within [0, 14); "
            "count code points of the raw text from 0 [outside-text]"
        ],
    ),
    "a span before the text": (
        line(mentions=[person(-1, 5)]),
        [
            f"error: {DOCUMENT}: mentions[0]: found [-1, 5), expected offsets within [0, 14); "
            "count code points of the raw text from 0 [outside-text]"
        ],
    ),
    "a span before any text": (
        b'{"schema":"goldwire/1","id":"a","mentions":[{"start":-1,"end":5,"type":"PERSON"}]}',
        [
            f"error: {DOCUMENT}: mentions[0]: found [-1, 5), expected 0 or more; count code "
            "points of the raw text from 0 [outside-text]"
        ],
    ),
    "a span of 10**30": (
        line(mentions=[person(0, 10**30)]),
        [
            f"error: {DOCUMENT}: mentions[0]: found [0, 1000000000000000000000000000000), "
            "expected offsets within [0, 14); count code points of the raw text from 0 [outside-text]"
        ],
    ),
    "a span without length": (
        line(mentions=[person(5, 5)]),
        [
            f"error: {DOCUMENT}: mentions[0]: found [5, 5), no length, expected start < end; give"
            " the half-open span [empty-span]"
        ],
    ),
    "a span reversed": (
        line(mentions=[person(5, 0)]),
        [
            f"error: {DOCUMENT}: mentions[0]: found [5, 0), reversed, expected start < end; give "
            "the half-open span [empty-span]"
        ],
    ),
    "white space at an end": (
        line(mentions=[person(0, 6)]),
        [
            f"error: {DOCUMENT}: mentions[0]: found 'Путин ' at [0, 6), expected [0, 5); trim the"
            " span [white-space-at-end]"
        ],
    ),
    "white space alone": (
        line(mentions=[person(5, 6)]),
        [
            f"error: {DOCUMENT}: mentions[0]: found ' ' at [5, 6), expected a span with ink; trim"
            " the span [white-space-at-end]"
        ],
    ),
    "a word cut": (
        line(mentions=[person(0, 3)]),
        [
            f"warning: {DOCUMENT}: mentions[0]: found a cut at 3: 'Пут|ин в Москве', expected "
            "whole words; move the end of the span [cuts-word]"
        ],
    ),
    # mentions
    "an unknown type": (
        line(mentions=[person(type="PER")]),
        [
            f"error: {DOCUMENT}: mentions[0].type: found 'PER', expected one of CITY, COUNTRY, "
            "DATE, EVENT, LOCATION, NUMBER, ORGANIZATION, PERSON, PROFESSION, TIME; correct it, or give your "
            "own label set with --scheme [unknown-type]"
        ],
    ),
    "an unknown form": (
        line(mentions=[person(form="noun")]),
        [
            f"error: {DOCUMENT}: mentions[0].form: found 'noun', expected one of adjective, "
            "description, name, value; correct it, or give your own label set with --scheme [unknown-form]"
        ],
    ),
    "a mention twice": (
        line(mentions=[person(), person(id="m2")]),
        [
            f"error: {DOCUMENT}: mentions[1]: found the same as mentions[0], expected one "
            "mention; remove one of them [duplicate-mention]"
        ],
    ),
    "a mention's id twice": (
        line(mentions=[person(id="m"), person(8, 14, id="m")]),
        [
            f"error: {DOCUMENT}: mentions[1].id: found 'm', as in mentions[0], expected an id of "
            "its own; rename one of them [duplicate-id]"
        ],
    ),
    "half a place": (
        line(mentions=[person(None, 5, text="Путин")]),
        [
            f"error: {DOCUMENT}: mentions[0]: found start None, end 5, text 'Путин', expected "
            "both offsets, or neither and a text; add what is missing [no-place]"
        ],
    ),
    "no place and no text": (
        line(mentions=[person(None, None)]),
        [
            f"error: {DOCUMENT}: mentions[0]: found start None, end None, text None, expected "
            "both offsets, or neither and a text; add what is missing [no-place]"
        ],
    ),
    "no offsets": (
        line(mentions=[person(None, None, text="Путин")]),
        [
            f"warning: {DOCUMENT}: mentions[0]: found start and end null, expected offsets; align"
            " the text before it becomes gold [no-offsets]"
        ],
    ),
    "another surface": (
        line(mentions=[person(text="Абэ")]),
        [
            f"error: {DOCUMENT}: mentions[0].text: found 'Абэ', expected 'Путин', the slice [0, "
            "5); offsets count code points of the raw text: are these bytes, UTF-16 units, or of a trimmed "
            "text? [wrong-surface]"
        ],
    ),
    "fragments that overlap": (
        line(mentions=[person(0, 14, spans=[[0, 7], [6, 14]])]),
        [
            f"error: {DOCUMENT}: mentions[0].spans: found [0, 7] and [6, 14], expected spans "
            "apart from each other; merge them [spans-overlap]"
        ],
    ),
    "fragments of another hull": (
        line(mentions=[person(0, 14, spans=[[0, 5], [6, 7]])]),
        [
            f"error: {DOCUMENT}: mentions[0]: found spans from 0 to 7, expected [0, 14]; start "
            "and end are the hull [wrong-hull]"
        ],
    ),
    "no fragments": (
        line(mentions=[person(spans=[])]),
        [
            f"error: {DOCUMENT}: mentions[0]: found spans from None to None, expected [0, 5]; "
            "start and end are the hull [wrong-hull]"
        ],
    ),
    "mentions that cross": (
        line(mentions=[person(0, 7), person(6, 14)]),
        [
            f"warning: {DOCUMENT}: mentions[1]: found [6, 14) crosses mentions[0] [0, 7), "
            "expected one inside the other, or apart; look at both [crossing]"
        ],
    ),
    # references
    "no such entity of a mention": (
        line(mentions=[person(entity="e")], entities=[]),
        [
            f"error: {DOCUMENT}: mentions[0].entity: found 'e', expected the id of one of "
            "`entities`; add the entity, or correct the id [dangling-entity]"
        ],
    ),
    "no such entity of a quote": (
        line(quotes=[quote(speaker_entity="e")]),
        [
            f"error: {DOCUMENT}: quotes[0].speaker_entity: found 'e', expected the id of one of "
            "`entities`; add the entity, or correct the id [dangling-entity]"
        ],
    ),
    "an entity of another type": (
        line(mentions=[person(entity="e")], entities=[entity(kind="CITY")]),
        [
            f"warning: {DOCUMENT}: mentions[0].entity: found type 'PERSON' for entity 'e' of type"
            " 'CITY', expected one type; correct one of the two [entity-type]"
        ],
    ),
    "an entity's id twice": (
        line(entities=[entity(), entity()]),
        [f"error: {DOCUMENT}: entities[1].id: found 'e', expected an id of its own; rename one of them [duplicate-id]"],
    ),
    "an unknown type of an entity": (
        line(entities=[entity(kind="PER")]),
        [
            f"error: {DOCUMENT}: entities[0].type: found 'PER', expected one of CITY, COUNTRY, "
            "DATE, EVENT, LOCATION, NUMBER, ORGANIZATION, PERSON, PROFESSION, TIME; correct it, or give your "
            "own label set with --scheme [unknown-type]"
        ],
    ),
    "a relation from nothing": (
        line(entities=[entity()], relations=[{"type": "R", "from": "x", "to": "e"}]),
        [
            f"error: {DOCUMENT}: relations[0].from: found 'x', expected the id of a mention, "
            "quote or entity; correct the id [dangling-relation]"
        ],
    ),
    "a relation to nothing": (
        line(entities=[entity()], relations=[{"type": "R", "from": "e", "to": "x"}]),
        [
            f"error: {DOCUMENT}: relations[0].to: found 'x', expected the id of a mention, quote "
            "or entity; correct the id [dangling-relation]"
        ],
    ),
    # quotes
    "an unknown kind of a quote": (
        line(quotes=[quote(kind="spoken")]),
        [
            f"error: {DOCUMENT}: quotes[0].kind: found 'spoken', expected one of direct, "
            "indirect, mixed; correct it, or give your own label set with --scheme [unknown-kind]"
        ],
    ),
    "a quote without content": (
        line(quotes=[quote(content=[])]),
        [
            f"error: {DOCUMENT}: quotes[0].content: found no span, expected one or more spans; "
            "mark the words that are reported [no-content]"
        ],
    ),
    "contents that overlap": (
        line(quotes=[quote(content=[[6, 14], [0, 7]])]),
        [
            f"error: {DOCUMENT}: quotes[0].content: found [0, 7] and [6, 14], expected spans "
            "apart from each other; merge them [spans-overlap]"
        ],
    ),
    "a cue outside the text": (
        line(quotes=[quote(cue=[14, 15])]),
        [
            f"error: {DOCUMENT}: quotes[0].cue: found [14, 15), expected offsets within [0, 14); "
            "count code points of the raw text from 0 [outside-text]"
        ],
    ),
    "a speaker without length": (
        line(quotes=[quote(speaker=[0, 0])]),
        [
            f"error: {DOCUMENT}: quotes[0].speaker: found [0, 0), no length, expected start < "
            "end; give the half-open span [empty-span]"
        ],
    ),
    "marked outside the content": (
        line(quotes=[quote(marked=[[0, 5]])]),
        [
            f"error: {DOCUMENT}: quotes[0].marked[0]: found [0, 5), expected a stretch inside the"
            " content; correct one of the two [marked-outside]"
        ],
    ),
    "a quote's id twice": (
        line(quotes=[quote(id="q"), quote(content=[[0, 5]], id="q")]),
        [
            f"error: {DOCUMENT}: quotes[1].id: found 'q', as in quotes[0], expected an id of its "
            "own; rename one [duplicate-id]"
        ],
    ),
    "a quote twice": (
        line(quotes=[quote(id="q1"), quote(id="q2", marked=[])]),
        [
            f"error: {DOCUMENT}: quotes[1]: found the same as quotes[0], expected one quote; "
            "remove one of them [duplicate-quote]"
        ],
    ),
    # blocks
    "an unknown kind of a block": (
        line(blocks=[paragraph(kind="title")]),
        [
            f"error: {DOCUMENT}: blocks[0].kind: found 'title', expected one of caption, "
            "headline, paragraph, rubric, standfirst, subhead, timestamp; correct it, or give your own label "
            "set with --scheme [unknown-kind]"
        ],
    ),
    "blocks out of order": (
        line(text="a\nb", blocks=[paragraph(2, 3), paragraph(0, 1)]),
        [
            f"error: {DOCUMENT}: blocks: found blocks out of text order, expected the order of "
            "the text; sort them by start [blocks-out-of-order]"
        ],
    ),
    "blocks that overlap": (
        line(text="a\nb", blocks=[paragraph(0, 3), paragraph(2, 3)]),
        [
            f"error: {DOCUMENT}: blocks[1]: found starts at 2, before blocks[0] ends at 3, "
            "expected blocks apart from each other; a line belongs to one block [blocks-overlap]"
        ],
    ),
    "a line left out": (
        line(text="a\nb", blocks=[paragraph(0, 1)]),
        [
            f"error: {DOCUMENT}: blocks: found line [2, 3) 'b' in no block, or only in part, "
            "expected every non-blank line whole in one block; extend a block or add one [line-left-out]"
        ],
    ),
    "a line in part": (
        line(blocks=[paragraph(0, 7)]),
        [
            f"error: {DOCUMENT}: blocks: found line [0, 14) 'Путин в Москве' in no block, or only"
            " in part, expected every non-blank line whole in one block; extend a block or add one "
            "[line-left-out]"
        ],
    ),
    # sections
    "a section that does not follow": (
        line(blocks=[paragraph()], sections=[{"heading": None, "body": [0, 7], "paragraphs": [[0, 7]]}]),
        [
            f"error: {DOCUMENT}: sections[0]: found Section(heading=None, body=(0, 7), "
            "paragraphs=((0, 7),)), expected Section(heading=None, body=(0, 14), paragraphs=((0, 14),)); "
            "sections follow from blocks: correct one of the two [sections-against-blocks]"
        ],
    ),
    "a section too few": (
        line(blocks=[paragraph()], sections=[]),
        [
            f"error: {DOCUMENT}: sections[0]: found 0 sections, expected Section(heading=None, "
            "body=(0, 14), paragraphs=((0, 14),)); sections follow from blocks: correct one of the two "
            "[sections-against-blocks]"
        ],
    ),
    "a section too many": (
        line(text="", blocks=[], sections=[{"heading": None, "body": [0, 0], "paragraphs": []}]),
        [
            f"error: {DOCUMENT}: sections[0]: found Section(heading=None, body=(0, 0), "
            "paragraphs=()), expected 0 sections; sections follow from blocks: correct one of the two "
            "[sections-against-blocks]"
        ],
    ),
    "sections outside the text": (
        line(sections=[{"heading": [-5, -1], "body": [0, 99], "paragraphs": [[7, 6]]}]),
        [
            f"error: {DOCUMENT}: sections[0].heading: found [-5, -1), expected offsets within [0,"
            " 14); count code points of the raw text from 0 [outside-text]",
            f"error: {DOCUMENT}: sections[0].body: found [0, 99), expected offsets within [0, "
            "14); count code points of the raw text from 0 [outside-text]",
            f"error: {DOCUMENT}: sections[0].paragraphs[0]: found [7, 6), reversed, expected "
            "start < end; give the half-open span [empty-span]",
        ],
    ),
    # dateline
    "a dateline outside the text": (
        line(dateline={"start": 0, "end": 15, "place": None, "date": None, "agency": None}),
        [
            f"error: {DOCUMENT}: dateline: found [0, 15), expected offsets within [0, 14); count "
            "code points of the raw text from 0 [outside-text]"
        ],
    ),
    "a part outside the dateline": (
        line(dateline={"start": 0, "end": 5, "place": [8, 14], "date": None, "agency": None}),
        [
            f"error: {DOCUMENT}: dateline.place: found [8, 14], expected a span inside [0, 5); "
            "correct one of the two [outside-dateline]"
        ],
    ),
    "a dateline outside the paragraph": (
        line(
            text="a\nb",
            blocks=[paragraph(0, 1), paragraph(2, 3)],
            dateline={"start": 2, "end": 3, "place": None, "date": None, "agency": None},
        ),
        [
            f"error: {DOCUMENT}: dateline: found [2, 3), expected inside the first paragraph [0, "
            "1); correct it [outside-paragraph]"
        ],
    ),
}
