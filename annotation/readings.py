"""What a page says: mentions, quotes, blocks and a dateline, before they meet the records that they came from.

What can be said in one way only is read so; all else is reported. Half-open spans, in code points.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from goldwire.annotation.labeling import Control
from goldwire.annotation.page import Arrow, Page, Region, Reporter
from goldwire.corpus.document import Block, Dateline, Span

__all__ = ["Chosen", "MentionReading", "QuoteReading", "Readings", "read"]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The entity of a region: the stored end of a path in the list, or what was typed, or nothing."""

    stored: str | None = None
    typed: str | None = None


@dataclass(frozen=True, slots=True)
class MentionReading:
    """A mention of the page; ``regions`` are its regions, ``spans`` its fragments in text order."""

    regions: tuple[str, ...] = field(compare=False)
    spans: tuple[Span, ...]
    type: str
    form: str | None
    entity: Chosen
    score: float | None


@dataclass(frozen=True, slots=True)
class QuoteReading:
    """A quote of the page; ``regions`` are those of its content, all spans in text order."""

    regions: tuple[str, ...] = field(compare=False)
    kind: str
    content: tuple[Span, ...]
    cue: Span | None
    speaker: Span | None
    speaker_entity: Chosen
    marked: tuple[Span, ...]


@dataclass(slots=True)
class Readings:
    """All that one page says; ``links`` are arrows between two mentions with a label that is none of ours."""

    mentions: list[MentionReading] = field(default_factory=list)
    quotes: list[QuoteReading] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    dateline: Dateline | None = None
    links: list[tuple[str, str, str]] = field(default_factory=list)


_PARTS = ("cue", "speaker", "marked")
_NEEDS = {
    "form": ("entity", None),
    "entity_id": ("entity", None),
    "entity_new": ("entity", None),
    "kind": ("quote", "content"),
    "speaker_entity": ("quote", "content"),
    "speaker_new": ("quote", "content"),
}


def read(page: Page, controls: dict[str, Control], report: Reporter) -> Readings:
    """What ``page`` says; nothing for an empty page."""
    readings = Readings()
    for region in page.regions.values():
        _stray(region, controls, report)
    mention_groups = _Groups(r.id for r in page.regions.values() if r.names("entity"))
    quote_groups = _Groups(r.id for r in page.regions.values() if "content" in r.names("quote"))
    attached: list[tuple[str, str, str]] = []
    for arrow in page.arrows:
        _arrow(arrow, page, mention_groups, quote_groups, attached, readings, report)
    for group in mention_groups.all():
        readings.mentions += _mentions([page.regions[region] for region in group], report)
    for group in quote_groups.all():
        parts = [(part, page.regions[region]) for content, part, region in attached if content in group]
        quote = _quote([page.regions[region] for region in group], parts, report)
        if quote:
            readings.quotes.append(quote)
    held = {(part, region) for _, part, region in attached}
    for region in page.regions.values():
        for part in region.names("quote"):
            if part in _PARTS and (part, region.id) not in held:
                want = f"an arrow from a quote's content to its {part}"
                report("unattached", f"a {part} without a quote", want, "draw the relation", region.id)
            elif part not in _PARTS and part != "content":
                report("unknown-label", part, "content, cue, speaker or marked", "label the region again", region.id)
    readings.blocks = _blocks(page.regions.values(), report)
    readings.dateline = _dateline(page.regions.values(), report)
    return readings


class _Groups:
    """Regions that arrows join into one item, in the order of the page."""

    def __init__(self, members: Iterable[str]) -> None:
        self._group = {member: [member] for member in members}

    def __contains__(self, member: str) -> bool:
        return member in self._group

    def join(self, one: str, other: str) -> None:
        first, second = self._group[one], self._group[other]
        if first is not second:
            first += second
            for member in second:
                self._group[member] = first

    def all(self) -> list[list[str]]:
        return list({id(group): group for group in self._group.values()}.values())


def _stray(region: Region, controls: dict[str, Control], report: Reporter) -> None:
    if not any(region.names(name) for name, control in controls.items() if control.kind == "labels"):
        said = ", ".join(region.said) or "nothing"
        report("no-label", f"a region without a label ({said})", "a label", "label the region, or delete it", region.id)
        return
    for name, (control, label) in _NEEDS.items():
        labels = region.names(control)
        if region.names(name) and not (label in labels if label else labels):
            want = f"a region labelled {label or control}"
            found = f"{name} on a region of {', '.join(label for n in controls.values() for label in _of(region, n))}"
            report("stray-value", found, want, "clear it, or label the region", region.id)


def _of(region: Region, control: Control) -> list[str]:
    return region.names(control.name) if control.kind == "labels" else []


def _arrow(
    arrow: Arrow,
    page: Page,
    mentions: _Groups,
    quotes: _Groups,
    attached: list[tuple[str, str, str]],
    readings: Readings,
    report: Reporter,
) -> None:
    source, target = arrow.source, arrow.target
    place = f"{source} -> {target}"
    both_quotes = source in quotes and target in quotes
    both_mentions = source in mentions and target in mentions
    # every meaning that the labels of the two ends allow: (label, content region, other region)
    meanings: list[tuple[str, str, str]] = []
    for part in _PARTS:
        if source in quotes and part in page.regions[target].names("quote"):
            meanings.append((part, source, target))
        elif target in quotes and part in page.regions[source].names("quote"):
            meanings.append((part, target, source))
    if both_quotes:
        meanings.append(("continues", source, target))
    ends = f"between {_shown(page.regions[source])} and {_shown(page.regions[target])}"
    if source == target:
        report("relation-to-itself", f"a relation {ends}", "two regions", "delete it", place)
    elif not arrow.labels:
        if len(meanings) == 1 and not both_mentions:
            _take(meanings[0], quotes, attached)
        else:
            many = "could be several things" if meanings or both_mentions else "means nothing here"
            want = "a label: cue, speaker, continues or marked"
            report("unlabelled-relation", f"a relation without a label {ends}: it {many}", want, "label it", place)
    else:
        for label in arrow.labels:
            fitting = [meaning for meaning in meanings if meaning[0] == label]
            if label == "continues" and both_mentions and both_quotes:
                found = f"`continues` {ends}: the quote or the mention?"
                report("ambiguous-relation", found, "one meaning", "draw the quote's spans as their own regions", place)
            elif label == "continues" and both_mentions:
                mentions.join(source, target)
            elif fitting:
                _take(fitting[0], quotes, attached)
            elif both_mentions and label not in (*_PARTS, "continues") and not arrow.two_way:
                readings.links.append((label, source, target))
            else:
                want = "a relation from a quote's content to a region of that label"
                report("wrong-relation", f"`{label}` {ends}", want, "correct the label or the ends", place)


def _take(meaning: tuple[str, str, str], quotes: _Groups, attached: list[tuple[str, str, str]]) -> None:
    label, content, other = meaning
    if label == "continues":
        quotes.join(content, other)
    else:
        attached.append((content, label, other))


def _shown(region: Region) -> str:
    labels = [name for control in ("entity", "quote", "section", "dateline") for name in region.names(control)]
    return f"{'+'.join(labels)} {region.id}"


def _mentions(group: Sequence[Region], report: Reporter) -> list[MentionReading]:
    types = [tuple(sorted(region.names("entity"))) for region in group]
    where = group[0].id
    if len(set(types)) > 1:
        found = " and ".join("+".join(names) for names in dict.fromkeys(types))
        report("two-types", f"{found} joined by `continues`", "one type", "correct the labels or the relation", where)
        return []
    form = _single(group, "form", report)
    entity = _chosen(group, "entity_id", "entity_new", report)
    spans = tuple(sorted({region.span for region in group}))
    score = next((region.score for region in group if region.score is not None), None)
    regions = tuple(region.id for region in group)
    return [MentionReading(regions, spans, name, form, entity, score) for name in group[0].names("entity")]


def _quote(group: Sequence[Region], parts: Sequence[tuple[str, Region]], report: Reporter) -> QuoteReading | None:
    where = group[0].id
    kinds = list(dict.fromkeys(kind for region in group for kind in region.names("kind")))
    if len(kinds) != 1:
        found = f"{', '.join(kinds)} on one quote" if kinds else "a quote without a kind"
        report("no-kind" if not kinds else "two-values", found, "one kind", "choose the kind of the quote", where)
        return None
    spans: dict[str, list[Span]] = {part: [] for part in _PARTS}
    for part, region in parts:
        if region.span not in spans[part]:
            spans[part].append(region.span)
    single: dict[str, Span | None] = {}
    for part in ("cue", "speaker"):
        if len(spans[part]) > 1:
            found = f"{len(spans[part])} spans as {part} of one quote"
            report("two-values", found, f"one {part}; the quote is read with none", "delete the others", where)
        single[part] = spans[part][0] if len(spans[part]) == 1 else None
    return QuoteReading(
        regions=tuple(region.id for region in group),
        kind=kinds[0],
        content=tuple(sorted(region.span for region in group)),
        cue=single["cue"],
        speaker=single["speaker"],
        speaker_entity=_chosen(group, "speaker_entity", "speaker_new", report),
        marked=tuple(sorted(spans["marked"])),
    )


def _single(group: Sequence[Region], control: str, report: Reporter) -> str | None:
    """The one choice that the regions of an item make; ``None`` for none, and, reported, for several."""
    values = list(dict.fromkeys(value for region in group for value in region.names(control)))
    if len(values) > 1:
        found = f"{', '.join(values)} as {control} of one item"
        report("two-values", found, f"one {control}; it is read without", "leave one", group[0].id)
    return values[0] if len(values) == 1 else None


def _chosen(group: Sequence[Region], listed: str, typed: str, report: Reporter) -> Chosen:
    stored = list(dict.fromkeys(str(path[-1]) for region in group for path in region.said.get(listed, [])))
    words = list(dict.fromkeys(word.strip() for region in group for word in region.names(typed) if word.strip()))
    if len(stored) + len(words) > 1:
        found = f"{', '.join([*stored, *words])} as entity of one item"
        report("two-values", found, "one entity; it is read without", "leave one", group[0].id)
        return Chosen()
    return Chosen(stored[0] if stored else None, words[0] if words else None)


def _blocks(regions: Iterable[Region], report: Reporter) -> list[Block]:
    blocks = []
    for region in regions:
        kinds = region.names("section")
        if len(kinds) > 1:
            report("two-values", f"{', '.join(kinds)} on one block", "one kind", "leave one", region.id)
        elif kinds:
            blocks.append(Block(kind=kinds[0], start=region.span[0], end=region.span[1]))
    return sorted(blocks, key=lambda block: (block.start, block.end, block.kind))


def _dateline(regions: Iterable[Region], report: Reporter) -> Dateline | None:
    spans: dict[str, list[Region]] = {}
    for region in regions:
        for part in region.names("dateline"):
            spans.setdefault(part, []).append(region)
    found: dict[str, Span] = {}
    for part, members in spans.items():
        if part not in ("dateline", "place", "date", "agency"):
            for region in members:
                report("unknown-label", part, "dateline, place, date or agency", "label the region again", region.id)
        elif len(members) > 1:
            ids = ", ".join(region.id for region in members)
            report("two-values", f"{part} marked {len(members)} times ({ids})", "once", "leave one", members[0].id)
        else:
            found[part] = members[0].span
    if "dateline" not in found:
        for members in spans.values():
            for region in members:
                if region.names("dateline") != ["dateline"] and "dateline" not in spans:
                    report("unattached", "a part of a dateline", "the dateline around it", "mark it too", region.id)
        return None
    start, end = found.pop("dateline")
    return Dateline(start=start, end=end, place=found.get("place"), date=found.get("date"), agency=found.get("agency"))
