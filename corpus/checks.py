"""What makes a document valid: every problem has a place, what was found, what was expected, and a remedy.

Errors break the record or the scheme. Warnings are what real corpora have and an annotator should look at: a span that
cuts a word in two, mentions that cross.
"""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from msgspec import UnsetType

from goldwire.corpus.document import UNSET, Block, Document, Mention, Quote, Span
from goldwire.corpus.errors import InputError, Problem, UsageError, shown
from goldwire.corpus.layout import lines, sections_of
from goldwire.corpus.made import well_formed
from goldwire.corpus.scheme import SCHEME, Scheme
from goldwire.corpus.store import hash_faults, lines_of

__all__ = ["check", "check_file", "span_fault"]


def check_file(
    path: str | Path,
    scheme: Scheme = SCHEME,
    elsewhere: dict[str, str] | None = None,
    on_lines: Callable[[int], None] = lambda _: None,
) -> Iterator[Problem]:
    """Every problem of a goldwire JSONL file, in order of its lines.

    ``elsewhere`` maps the ids of other files of the corpus to their places, and takes in those of this one.
    ``on_lines`` is called after every hundred lines.

    Raises
    ------
    InputError
        The file cannot be opened.
    """
    first: dict[str, int] = {}
    empty = True
    for line in lines_of(path):
        empty = False
        if line.number % 100 == 0:
            on_lines(100)
        yield from line.problems
        if line.document is None:
            continue
        name = line.document.id
        if name in first:
            problem = Problem(
                "duplicate-document", f"id of line {first[name]}", "an id of its own", "rename or remove one", "id"
            )
            yield problem.at(file=str(path), line=line.number, document=name)
        elif elsewhere is not None and name in elsewhere:
            found = f"id of {elsewhere[name]}"
            problem = Problem("duplicate-document", found, "an id of its own", "rename or remove one", "id")
            yield problem.at(file=str(path), line=line.number, document=name)
        first.setdefault(name, line.number)
        known = {problem.code for problem in line.problems}
        for problem in _problems(line.document, scheme):
            if problem.code not in known:
                yield problem.at(file=str(path), line=line.number)
    if elsewhere is not None:
        elsewhere.update({name: f"{path}:{number}" for name, number in first.items() if name not in elsewhere})
    if empty:
        yield Problem(
            "no-documents", "an empty file", "a JSON record on each line", "write at least one document", file=str(path)
        )


def check(document: Document, scheme: Scheme = SCHEME) -> Iterator[Problem]:
    """Every problem of one document: its hash, then mentions, entities, relations, quotes, blocks, sections, dateline.

    Without a ``text`` only what needs none is checked. Of a document made in Python with values of other types only
    the first of these is told.

    Raises
    ------
    UsageError
        It is no ``Document``, or ``scheme`` no ``Scheme``.
    """
    if not isinstance(scheme, Scheme):
        raise UsageError(f"scheme: found {shown(scheme)}, expected a Scheme: read_scheme reads one")
    try:
        made = well_formed(document)
    except InputError as error:
        yield error.problem.at(document=document.id)
        return
    yield from _problems(made, scheme)


def _problems(document: Document, scheme: Scheme) -> Iterator[Problem]:
    text = None if document.text is UNSET else document.text
    for problem in (
        *hash_faults(document),
        *_mentions(document, text, scheme),
        *_references(document, scheme),
        *_quotes(document, text, scheme),
        *_blocks(document.blocks, text, scheme),
        *_sections(document, text),
        *_dateline(document, text),
    ):
        yield problem.at(document=document.id)


def span_fault(span: Span, text: str | None, field: str) -> Problem | None:
    """The problem of a span that is empty, reversed or outside the text; ``None`` for a sound one."""
    start, end = span
    length = None if text is None else len(text)
    if start < 0 or (length is not None and end > length):
        limit = "0 or more" if length is None else f"offsets within [0, {length})"
        return Problem("outside-text", f"[{start}, {end})", limit, "count code points of the raw text from 0", field)
    if start >= end:
        found = "no length" if start == end else "reversed"
        return Problem("empty-span", f"[{start}, {end}), {found}", "start < end", "give the half-open span", field)
    return None


def _span(span: Span, text: str | None, field: str) -> Iterator[Problem]:
    if fault := span_fault(span, text, field):
        yield fault
    elif text is not None:
        start, end = span
        surface = text[start:end]
        if surface != surface.strip():
            inner = surface.strip()
            at = start + surface.index(inner[0]) if inner else start
            want = f"[{at}, {at + len(inner)})" if inner else "a span with ink"
            yield Problem("white-space-at-end", f"{shown(surface)} at [{start}, {end})", want, "trim the span", field)
        for place in (start, end):
            if 0 < place < len(text) and _in_word(text[place - 1]) and _in_word(text[place]):
                word = text[max(0, place - 12) : place] + "|" + text[place : place + 12]
                yield Problem(
                    "cuts-word",
                    f"a cut at {place}: {shown(word)}",
                    "whole words",
                    "move the end of the span",
                    field,
                    severity="warning",
                )


def _in_word(character: str) -> bool:
    return unicodedata.category(character)[0] in "LMN"


def _spans(spans: Sequence[Span], text: str | None, field: str) -> Iterator[Problem]:
    for index, span in enumerate(spans):
        yield from _span(span, text, f"{field}[{index}]")
    ordered = sorted(spans)
    for before, after in itertools.pairwise(ordered):
        if after[0] < before[1]:
            yield Problem(
                "spans-overlap", f"{list(before)} and {list(after)}", "spans apart from each other", "merge them", field
            )


def _mentions(document: Document, text: str | None, scheme: Scheme) -> Iterator[Problem]:
    mentions = document.mentions or ()
    types, forms = scheme.names("types"), scheme.names("forms")
    seen: dict[object, int] = {}
    ids: dict[str, int] = {}
    for index, mention in enumerate(mentions):
        field = f"mentions[{index}]"
        yield from _place(mention, text, field)
        if types and mention.type not in types:
            yield _unknown("unknown-type", mention.type, types, f"{field}.type")
        if mention.form is not UNSET and forms and mention.form not in forms:
            yield _unknown("unknown-form", mention.form, forms, f"{field}.form")
        key = (mention.start, mention.end, mention.type, mention.spans or (), mention.start is None and mention.text)
        if key in seen:
            yield Problem(
                "duplicate-mention", f"the same as mentions[{seen[key]}]", "one mention", "remove one of them", field
            )
        seen.setdefault(key, index)
        if mention.id is not UNSET:
            if mention.id in ids:
                found = f"{shown(mention.id)}, as in mentions[{ids[mention.id]}]"
                yield Problem("duplicate-id", found, "an id of its own", "rename one of them", f"{field}.id")
            ids.setdefault(mention.id, index)
    yield from _crossings(mentions)


def _place(mention: Mention, text: str | None, field: str) -> Iterator[Problem]:
    if mention.start is None or mention.end is None:
        if mention.start is not mention.end or not mention.text:
            found = f"start {mention.start}, end {mention.end}, text {shown(mention.text or None)}"
            yield Problem("no-place", found, "both offsets, or neither and a text", "add what is missing", field)
        else:
            yield Problem(
                "no-offsets",
                "start and end null",
                "offsets",
                "align the text before it becomes gold",
                field,
                severity="warning",
            )
        return
    span = (mention.start, mention.end)
    yield from _span(span, text, field)
    if text is not None and mention.text is not UNSET and not span_fault(span, text, field):
        surface = text[span[0] : span[1]]
        if surface != mention.text:
            yield Problem(
                "wrong-surface",
                shown(mention.text),
                f"{shown(surface)}, the slice [{span[0]}, {span[1]})",
                "offsets count code points of the raw text: are these bytes, UTF-16 units, or of a trimmed text?",
                f"{field}.text",
            )
    if mention.spans is not UNSET:
        yield from _spans(mention.spans, text, f"{field}.spans")
        hull = (min((s for s, _ in mention.spans), default=None), max((e for _, e in mention.spans), default=None))
        if hull != span:
            yield Problem(
                "wrong-hull", f"spans from {hull[0]} to {hull[1]}", f"{list(span)}", "start and end are the hull", field
            )


def _crossings(mentions: Sequence[Mention]) -> Iterator[Problem]:
    placed = [(m.start, m.end, i) for i, m in enumerate(mentions) if m.start is not None and m.end is not None]
    placed.sort(key=lambda item: (item[0], -item[1], item[2]))
    open_: list[tuple[int, int, int]] = []
    for start, end, index in placed:
        open_ = [other for other in open_ if other[1] > start]
        for other_start, other_end, other in open_:
            if other_start < start and other_end < end:
                found = f"[{start}, {end}) crosses mentions[{other}] [{other_start}, {other_end})"
                yield Problem(
                    "crossing",
                    found,
                    "one inside the other, or apart",
                    "look at both",
                    f"mentions[{index}]",
                    severity="warning",
                )
        open_.append((start, end, index))


def _unknown(code: str, found: str, known: Iterable[str], field: str) -> Problem:
    return Problem(
        code,
        shown(found),
        f"one of {', '.join(sorted(known))}",
        "correct it, or give your own label set with --scheme",
        field,
    )


def _references(document: Document, scheme: Scheme) -> Iterator[Problem]:
    types = scheme.names("types")
    entities: dict[str, str] = {}
    for index, entity in enumerate(document.entities or ()):
        if entity.id in entities:
            yield Problem(
                "duplicate-id", shown(entity.id), "an id of its own", "rename one of them", f"entities[{index}].id"
            )
        entities.setdefault(entity.id, entity.type)
        if types and entity.type not in types:
            yield _unknown("unknown-type", entity.type, types, f"entities[{index}].type")
    named = [
        (f"mentions[{i}].entity", m.entity, m.type)
        for i, m in enumerate(document.mentions or ())
        if m.entity is not UNSET
    ]
    named += [
        (f"quotes[{i}].speaker_entity", q.speaker_entity, "")
        for i, q in enumerate(document.quotes or ())
        if q.speaker_entity
    ]
    for field, entity_id, mention_type in named:
        if entity_id not in entities:
            yield Problem(
                "dangling-entity",
                shown(entity_id),
                "the id of one of `entities`",
                "add the entity, or correct the id",
                field,
            )
        elif mention_type and entities[entity_id] != mention_type:
            found = f"type {shown(mention_type)} for entity {shown(entity_id)} of type {shown(entities[entity_id])}"
            yield Problem("entity-type", found, "one type", "correct one of the two", field, severity="warning")
    ends = (
        {mention.id for mention in document.mentions or ()}
        | {quote.id for quote in document.quotes or ()}
        | set(entities)
    )
    for index, relation in enumerate(document.relations or ()):
        for end, value in (("from", relation.source), ("to", relation.target)):
            if value not in ends:
                yield Problem(
                    "dangling-relation",
                    shown(value),
                    "the id of a mention, quote or entity",
                    "correct the id",
                    f"relations[{index}].{end}",
                )


def _quotes(document: Document, text: str | None, scheme: Scheme) -> Iterator[Problem]:
    kinds = scheme.names("quote_kinds")
    seen: dict[Quote, int] = {}
    ids: dict[str, int] = {}
    for index, quote in enumerate(document.quotes or ()):
        field = f"quotes[{index}]"
        if kinds and quote.kind not in kinds:
            yield _unknown("unknown-kind", quote.kind, kinds, f"{field}.kind")
        if not quote.content:
            yield Problem(
                "no-content", "no span", "one or more spans", "mark the words that are reported", f"{field}.content"
            )
        yield from _spans(quote.content, text, f"{field}.content")
        for part in ("cue", "speaker"):
            span: Span | None = getattr(quote, part)
            if span is not None:
                yield from _span(span, text, f"{field}.{part}")
        for number, (start, end) in enumerate(quote.marked or ()):
            yield from _span((start, end), text, f"{field}.marked[{number}]")
            if not any(a <= start and end <= b for a, b in quote.content):
                yield Problem(
                    "marked-outside",
                    f"[{start}, {end})",
                    "a stretch inside the content",
                    "correct one of the two",
                    f"{field}.marked[{number}]",
                )
        if quote.id is not UNSET:
            if quote.id in ids:
                yield Problem(
                    "duplicate-id",
                    f"{shown(quote.id)}, as in quotes[{ids[quote.id]}]",
                    "an id of its own",
                    "rename one",
                    f"{field}.id",
                )
            ids.setdefault(quote.id, index)
        bare = Quote(
            kind=quote.kind,
            content=quote.content,
            cue=quote.cue,
            speaker=quote.speaker,
            speaker_entity=quote.speaker_entity,
        )
        if bare in seen:
            yield Problem(
                "duplicate-quote", f"the same as quotes[{seen[bare]}]", "one quote", "remove one of them", field
            )
        seen.setdefault(bare, index)


def _blocks(layer: Sequence[Block] | UnsetType, text: str | None, scheme: Scheme) -> Iterator[Problem]:
    if layer is UNSET:
        return
    blocks: Sequence[Block] = layer
    kinds = scheme.names("block_kinds")
    sound: list[tuple[int, int, int]] = []
    for index, block in enumerate(blocks):
        field = f"blocks[{index}]"
        if kinds and block.kind not in kinds:
            yield _unknown("unknown-kind", block.kind, kinds, f"{field}.kind")
        yield from _span((block.start, block.end), text, field)
        if not span_fault((block.start, block.end), text, field):
            sound.append((block.start, block.end, index))
    if sound != sorted(sound):
        yield Problem(
            "blocks-out-of-order", "blocks out of text order", "the order of the text", "sort them by start", "blocks"
        )
    sound.sort()
    for (_, end, before), (start, _, after) in itertools.pairwise(sound):
        if start < end:
            found = f"starts at {start}, before blocks[{before}] ends at {end}"
            yield Problem(
                "blocks-overlap",
                found,
                "blocks apart from each other",
                "a line belongs to one block",
                f"blocks[{after}]",
            )
    if text is None:
        return
    at = 0
    for start, end in lines(text):
        while at < len(sound) and sound[at][1] <= start:
            at += 1
        holder = sound[at] if at < len(sound) else None
        if holder is None or holder[0] > start or holder[1] < end:
            found = f"line [{start}, {end}) {shown(text[start:end], 30)} in no block, or only in part"
            yield Problem(
                "line-left-out", found, "every non-blank line whole in one block", "extend a block or add one", "blocks"
            )


def _sections(document: Document, text: str | None) -> Iterator[Problem]:
    if document.sections is UNSET:
        return
    if document.blocks is UNSET:
        for index, section in enumerate(document.sections):
            parts = {"heading": section.heading, "body": section.body}
            parts |= {f"paragraphs[{number}]": span for number, span in enumerate(section.paragraphs)}
            for part, place in parts.items():
                # a blank text has no span but the empty one
                if place not in (None, (0, 0)) and (fault := span_fault(place, text, f"sections[{index}].{part}")):
                    yield fault
        return
    wanted = sections_of(document.blocks)
    if document.sections != wanted:
        at = next(
            (i for i, pair in enumerate(zip(document.sections, wanted, strict=False)) if pair[0] != pair[1]),
            min(len(document.sections), len(wanted)),
        )
        found = shown(document.sections[at]) if at < len(document.sections) else f"{len(document.sections)} sections"
        want = shown(wanted[at], 200) if at < len(wanted) else f"{len(wanted)} sections"
        yield Problem(
            "sections-against-blocks",
            found,
            want,
            "sections follow from blocks: correct one of the two",
            f"sections[{at}]",
        )


def _dateline(document: Document, text: str | None) -> Iterator[Problem]:
    dateline = document.dateline
    if dateline is UNSET or dateline is None:
        return
    yield from _span((dateline.start, dateline.end), text, "dateline")
    for part in ("place", "date", "agency"):
        span: Span | None = getattr(dateline, part)
        if span is not None:
            yield from _span(span, text, f"dateline.{part}")
            if not dateline.start <= span[0] <= span[1] <= dateline.end:
                whole = f"a span inside [{dateline.start}, {dateline.end})"
                yield Problem("outside-dateline", f"{list(span)}", whole, "correct one of the two", f"dateline.{part}")
    first = next((block for block in document.blocks or () if block.kind == "paragraph"), None)
    if first is not None and not first.start <= dateline.start <= dateline.end <= first.end:
        found = f"[{dateline.start}, {dateline.end})"
        yield Problem(
            "outside-paragraph",
            found,
            f"inside the first paragraph [{first.start}, {first.end})",
            "correct it",
            "dateline",
        )
