"""Who said what, by rules for Russian newswire: direct, indirect and mixed quotes with cue and speaker.

Each verb of reporting in a sentence is offered to the rules in turn (``_VERB_RULES``); the first that fits makes a
``_Report``. Reports that close another one cut its content; then all are resolved in the order of the text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from msgspec.structs import replace

from goldwire.corpus.document import UNSET, Block, Entity, Quote, Span
from goldwire.eval.baselines.cast import Cast
from goldwire.eval.baselines.sentences import DASHES, Sentence, prose, sentences, tokens, words
from goldwire.eval.baselines.speakers import ADVERBS, OWNERS, PREPOSITIONS, Naming, naming
from goldwire.eval.baselines.subjects import subject_after, subject_before
from goldwire.eval.baselines.verbs import WINDOW, Cue, Verb, back_cue, cues, verb

__all__ = ["quotes"]

_ACCORDING: Final = words(
    "словам мнению данным информации сведениям оценке оценкам версии утверждению прогнозу прогнозам расчетам подсчетам"
)
_BACK_NOUNS: Final = words("мнение заявление заявлением точку данные предположение информацию")
_LINKS: Final = words("тем временем при этом кроме того вместе с тем также а и но однако между тем в то же время ,")
_COORDINATES: Final = words("и а но однако зато")
_RELATIVES: Final = words("который которая которое которые которого которой где куда чья чей")
_TITLED = re.compile(r"(?:назва|так$|называем|именуем)")
_AT_START: Final = DASHES | {",", ";"}
_AT_END: Final = _AT_START | {":", "."}
_PAST: Final = {
    shows: re.compile(rf"[а-я]{{3,}}(?:{endings})")
    for shows, endings in (("m", "л|лся"), ("f", "ла|лась"), ("p", "ли|лись"))
}
_PARTICIPLE = re.compile(r".{3,}(?:ая|яя|уя|вая|ив|ав|вшись|ясь|ющий|вший)")


@dataclass(slots=True)
class _Report:
    """A quote before its speaker is known.

    ``pieces`` are token ranges; ``spans`` is set instead where the words are not whole tokens, ``marks`` where the
    rule knows which stretches in quote marks are reported. ``place`` orders the
    reports of a sentence; one that ``closes`` ends the words of those before it at token ``starts``. One that
    ``inherits`` has the speaker of the one before, a ``nested`` one stands inside another's words, and one that points
    ``back`` reports the sentence before.
    """

    sentence: Sentence
    cue: Cue | None
    speaker: Naming | None
    pieces: list[tuple[int, int]]
    kind: str = ""
    place: int = 0
    starts: int = 0
    closes: bool = False
    inherits: bool = False
    nested: bool = False
    back: bool = False
    spans: list[Span] = field(default_factory=list)
    marks: list[Span] = field(default_factory=list)


def quotes(text: str, blocks: Sequence[Block]) -> tuple[tuple[Quote, ...], tuple[Entity, ...]]:
    """The quotes of ``text`` in order, ``q1`` first, and the entities that speak in them.

    All spans are half-open and count code points. A text without blocks or without quotes gives two empty tuples.
    """
    body = _told(prose(text, blocks))
    cast = Cast()
    for sentence in body:
        cast.learn(sentence.tokens)
    told = [(sentence, _reports(sentence, previous)) for previous, sentence in zip([None, *body], body, strict=False)]
    headline = (token for sentence in body if sentence.kind == "headline" for token in sentence.tokens)
    cast.foresee(headline, (report.speaker for _, reports in told for report in reports if report.speaker))
    found: list[Quote] = []
    speaker: str | None = None
    attributed = False
    for sentence, reports in told:
        before, count = speaker, len(found)
        for report in reports:
            made, speaker = _resolved(report, cast, speaker)
            # «Об этом он заявил на форуме» says of words already reported only where they were spoken
            if made and not (report.back and attributed and speaker == before):
                found.append(made)
        attributed = len(found) > count
        cast.hear(sentence.tokens)
    return _numbered(found), cast.entities()


def _told(body: Iterable[Sentence]) -> list[Sentence]:
    """The sentences, each line led by a dash whole where it is attributed speech and else in its sentences."""
    kept: list[Sentence] = []
    spoken: Sentence | None = None
    for sentence in body:
        if sentence.spoken:
            spoken = sentence if _attributed(sentence) else None
            kept += [spoken] if spoken else []
        elif spoken is None or sentence.tokens[0].start > spoken.tokens[-1].end:
            kept.append(sentence)
    return kept


def _reports(sentence: Sentence, previous: Sentence | None) -> list[_Report]:
    """All reports of one sentence in order, the contents of earlier ones cut where a later one closes them."""
    if sentence.spoken:
        spoken = _attributed(sentence)
        return [spoken] if spoken else []
    title = _title(sentence) if sentence.kind in ("headline", "subhead") else None
    if alone := title or _about_this(sentence, previous):
        return [alone]
    found: list[_Report] = []
    for cue in cues(sentence):
        report = next((report for rule in _VERB_RULES if (report := rule(sentence, cue, found))), None)
        if report:
            found.append(report)
    found += _according(sentence, found)
    for at in range(len(sentence.tokens)):
        if sentence.is_pair(at):
            found += _inside(sentence, at, found)
    found.sort(key=lambda report: report.place)
    closed = sorted(report.starts for report in found if report.closes)
    for report in found:
        _cut(report, closed)
    return found


def _cut(report: _Report, closed: Sequence[int]) -> None:
    """Cut the content of ``report`` at the first of ``closed`` behind its start."""
    at = bisect_right(closed, report.starts)
    if at < len(closed):
        report.pieces = [(first, min(last, closed[at])) for first, last in report.pieces if first < closed[at]]


# The rules that begin with a verb: each takes the sentence, the cue and the reports found so far in the sentence.


def _direct(sentence: Sentence, cue: Cue, found: Sequence[_Report]) -> _Report | None:
    """«"…", - сказал X», also with «. - "…"» or «: "…"» behind it."""
    dash = next((i for i in range(cue.first - 1, cue.first - 5, -1) if sentence.is_dash(i)), -1)
    comma = sentence.low(dash - 1) == ","
    pair = dash - 2 if comma else dash - 1
    # «", - сказал X, добавив, что …»: the gerund reports something else
    if cue.verb.shows == "g" and cue.first > dash + 1:
        return None
    if not sentence.is_pair(pair) or not (comma or cue.verb.kind == "say" or sentence.tokens[pair].is_final):
        return None
    speaker = subject_after(sentence, cue) or subject_before(sentence, cue, dash + 1)
    if speaker is None and cue.verb.kind != "passive":
        return None
    left = _clause_start(pair, found)
    mixed = left < pair
    pieces = [(left, pair + 1)]
    end = max(cue.last, speaker.last if speaker else 0)
    further = next((i for i in range(end, end + WINDOW) if sentence.is_pair(i)), None)
    if further and not mixed and (sentence.is_dash(further - 1) or sentence.low(further - 1) == ":"):
        pieces.append((further, further + 1))
    kind = "mixed" if mixed else "direct"
    return _Report(sentence, cue, speaker, pieces, kind, place=left, starts=pair + 1, closes=mixed)


def _that(sentence: Sentence, cue: Cue, found: Sequence[_Report]) -> _Report | None:
    """«X отметил, что …», also «о том, что», «выразил надежду, что», and a question after «спросил»."""
    that = _conjunction(sentence, cue)
    if that is None or _as_before(sentence, cue.first) is not None:
        return None
    inherits = bool(found) and (cue.verb.shows == "g" or sentence.low(cue.first - 1) in _COORDINATES)
    begin = _clause_start(cue.first, found)
    speaker = None if inherits else subject_before(sentence, cue, begin) or subject_after(sentence, cue, that)
    begin = speaker.first if speaker and speaker.last <= cue.first else cue.first
    starts, closes = _coordination(sentence, begin, cue, found)
    pieces = [(that, _clause_end(sentence, that, cue))]
    return _Report(sentence, cue, speaker, pieces, place=cue.first, starts=starts, closes=closes, inherits=inherits)


def _conjunction(sentence: Sentence, cue: Cue) -> int | None:
    """The token after «, что» of the cue, or after the comma of an indirect question."""
    for at in range(cue.last, min(cue.last + WINDOW, len(sentence.tokens) - 1)):
        low = sentence.low(at)
        if low in ".;:" or sentence.is_dash(at) or low in _RELATIVES or (at > cue.last and _is_finite(low)):
            return None
        if low == "," and sentence.low(at + 1) == "что" and at + 2 < len(sentence.tokens):
            lone = sentence.low(at - 1) in ("то", "тому") and sentence.low(at - 2) not in ("на", "к")
            return None if lone or cue.verb.kind == "any" else at + 2
        if low == "," and cue.verb.kind == "ask":
            return at + 1
        if low == "," and cue.verb.kind == "urge" and sentence.low(at + 1) == "чтобы" and at + 2 < len(sentence.tokens):
            return at + 2
    return None


def _clause_end(sentence: Sentence, at: int, cue: Cue) -> int:
    """Where the clause behind «что» ends: at «, и» before a verb that goes on with the cue's («…, и поручил …»)."""
    past = _PAST.get(cue.verb.shows)
    for place in range(at + 1, min(len(sentence.tokens) - 2, at + 3 * WINDOW)) if past else ():
        if (
            past
            and sentence.low(place) == ","
            and sentence.low(place + 1) == "и"
            and past.fullmatch(sentence.low(place + 2))
        ):
            return place
    return len(sentence.tokens)


def _is_finite(low: str) -> bool:
    known = verb(low)
    return known is not None and known.kind in ("say", "believe") and known.shows != "g"


def _coordination(sentence: Sentence, at: int, cue: Cue, found: Sequence[_Report]) -> tuple[int, bool]:
    """Where the attribution begins, conjunction and comma included, and whether it ends the content before it."""
    while sentence.low(at - 1) in ADVERBS:
        at -= 1
    joined = sentence.low(at - 1) in _COORDINATES or sentence.low(at - 1) == ";" or cue.verb.shows == "g"
    while at > 0 and (sentence.low(at - 1) in _COORDINATES or sentence.low(at - 1) in {",", ";"}):
        at -= 1
    return at, joined and bool(found)


def _as_reported(sentence: Sentence, cue: Cue, found: Sequence[_Report]) -> _Report | None:
    """«Как сообщил X, …», «…, как отметил X, …»."""
    first = _as_before(sentence, cue.first)
    if first is None:
        return None
    speaker = subject_after(sentence, cue)
    after = max(cue.last, speaker.last if speaker else 0)
    pieces = _around(sentence, first, after, found)
    return _Report(sentence, cue, speaker, pieces, place=first, starts=first) if pieces else None


def _as_before(sentence: Sentence, at: int) -> int | None:
    """The place of the «как» of «как сообщил X» before a verb; «о том, как» and «так, как» are none."""
    place = at - 1
    while sentence.low(place) in ADVERBS:
        place -= 1
    leads = place == 0 or (sentence.low(place - 1) == "," and sentence.low(place - 2) not in ("том", "так"))
    return place if sentence.low(place) == "как" and leads else None


def _colon(sentence: Sentence, cue: Cue, found: Sequence[_Report]) -> _Report | None:
    """«X сказал: "…"» and «X пояснил: …»."""
    colon = sentence.find({":"}, cue.last, cue.last + WINDOW)
    if colon is None or colon + 1 == len(sentence.tokens) or cue.verb.kind == "any":
        return None
    speaker = subject_before(sentence, cue, _clause_start(cue.first, found)) or subject_after(sentence, cue, colon)
    inherits = speaker is None
    if inherits and not found and cue.verb.kind != "passive":
        return None
    direct = sentence.is_pair(colon + 1)
    if sentence.inside and sentence.low(colon + 1) in {'"', "«", "„"} and colon + 2 < len(sentence.tokens):
        # one mark closes both
        lone = [(colon + 2, len(sentence.tokens))]
        return _Report(sentence, cue, speaker, lone, "direct", place=cue.first, starts=cue.first)
    pieces = [(colon + 1, colon + 2 if direct else len(sentence.tokens))]
    starts, closes = _coordination(sentence, speaker.first if speaker else cue.first, cue, found)
    kind = "direct" if direct else ""
    return _Report(
        sentence, cue, speaker, pieces, kind, place=cue.first, starts=starts, closes=closes, inherits=inherits
    )


def _trailing(sentence: Sentence, cue: Cue, _found: Sequence[_Report]) -> _Report | None:
    """«…, сообщил X», «… - передает агентство», «…, говорится в сообщении»."""
    place = cue.first - 1
    while sentence.low(place) in ADVERBS:
        place -= 1
    if place < 1 or not (sentence.low(place) == "," or sentence.is_dash(place)) or cue.verb.shows == "g":
        return None
    if cue.verb.kind not in ("say", "passive", "believe"):
        return None
    speaker = subject_after(sentence, cue)
    if speaker is None and cue.verb.kind != "passive":
        return None
    behind = speaker.last if speaker else cue.last
    if sentence.low(behind) == "," and sentence.low(behind + 1) == "что":
        return None
    while sentence.low(place - 1) == ",":
        place -= 1
    linked = all(sentence.low(i) in _LINKS for i in range(place))
    pieces = [] if linked else [(0, place)]
    if place and sentence.low(behind) == "," and _goes_on(sentence, behind + 1):
        pieces.append((behind + 1, len(sentence.tokens)))
    return _Report(sentence, cue, speaker, pieces, place=cue.first, starts=place, closes=True)


def _goes_on(sentence: Sentence, at: int) -> bool:
    """Whether what stands behind «…, сказал X, » still is the reported clause: no gerund, relative or apposition."""
    low = sentence.low(at)
    if low == "не":
        return len(sentence.tokens) > at + 1
    if low in _RELATIVES | PREPOSITIONS | _COORDINATES or _PARTICIPLE.fullmatch(low):
        return False
    return len(sentence.tokens) - at > 2 and naming(sentence.tokens, at, len(sentence.tokens)) is None


def _judged(sentence: Sentence, cue: Cue, found: Sequence[_Report]) -> _Report | None:
    """«X назвал мост "красивым"», «X призвал "не спешить"»: words in quote marks that begin with a small letter."""
    if cue.verb.kind not in ("urge", "name"):
        return None
    pair = next((i for i in range(cue.last, cue.last + WINDOW) if sentence.is_pair(i)), None)
    if pair is None or not sentence.tokens[pair].text[1:2].islower():
        return None
    if sentence.find({",", ":", ";"}, cue.last, pair) is not None:
        return None
    speaker = subject_before(sentence, cue, _clause_start(cue.first, found))
    if speaker is None:
        return None
    starts, closes = _coordination(sentence, speaker.first, cue, found)
    first = cue.last if cue.verb.kind == "name" else pair
    report = _Report(
        sentence, cue, speaker, [(first, pair + 1)], "mixed", place=cue.first, starts=starts, closes=closes
    )
    report.marks.append(_quoted(sentence, pair))
    return report


_Rule = Callable[[Sentence, Cue, Sequence[_Report]], _Report | None]
_VERB_RULES: Final[tuple[_Rule, ...]] = (_direct, _judged, _that, _as_reported, _colon, _trailing)


def _around(sentence: Sentence, first: int, after: int, found: Sequence[_Report]) -> list[tuple[int, int]]:
    """The reported clause before and behind an insertion, mere connectives left out.

    The insertion begins at token ``first`` and ends with the comma at ``after`` or behind it.
    """
    close = sentence.find({","}, after, after + WINDOW) or len(sentence.tokens)
    left = _clause_start(first, found)
    colon = next((i for i in range(first - 1, max(left, first - WINDOW), -1) if sentence.low(i) == ":"), None)
    left = left if colon is None else colon + 1
    linked = all(sentence.low(i) in _LINKS for i in range(left, first))
    pieces = [(close + 1, len(sentence.tokens))] if linked else [(left, first), (close + 1, len(sentence.tokens))]
    return [(a, b) for a, b in pieces if a < b]


def _clause_start(before: int, found: Sequence[_Report]) -> int:
    """Where the reported clause begins that a token belongs to: behind the last «что», else at the sentence's start."""
    last = ((report.place, report.pieces[-1][0]) for report in found[-8:] if report.pieces and not report.spans)
    return max((start for place, start in last if place < start <= before), default=0)


# Reports without a verb of their own.


def _title(sentence: Sentence) -> _Report | None:
    """A title of the form «X: …» or «… - X»: no cue."""
    pieces, length = sentence.tokens, len(sentence.tokens)
    colon = sentence.find({":"}, 1, min(length - 1, WINDOW))
    found = naming(pieces, 0, colon) if colon else None
    if colon and found and found.last == colon:
        direct = sentence.is_pair(colon + 1) and colon + 2 == length
        return _Report(sentence, None, found, [(colon + 1, length)], "direct" if direct else "")
    dash = next((i for i in range(length - 2, max(2, length - WINDOW), -1) if sentence.is_dash(i)), None)
    found = naming(pieces, dash + 1, length) if dash else None
    if dash and found and found.last == length:
        return _Report(sentence, None, found, [(0, dash)])
    return None


def _about_this(sentence: Sentence, previous: Sentence | None) -> _Report | None:
    """«Об этом заявил X»: the sentence before is what was said."""
    opening = [sentence.low(0), sentence.low(1), sentence.low(2)]
    noun = opening[0].startswith(("так", "соответствующ")) or opening[:2] == ["с", "таким"]
    if previous is None or not (opening[:2] == ["об", "этом"] or (noun and not _BACK_NOUNS.isdisjoint(opening))):
        return None
    cue = next(cues(sentence), None) or (back_cue(sentence) if noun else None)
    if cue is None:
        return None
    speaker = subject_after(sentence, cue) or subject_before(sentence, cue, 2)
    alone = len(previous.tokens) == 1 and previous.is_pair(0)
    spans = [_quoted(previous, 0) if alone else previous.span(0, len(previous.tokens))]
    return _Report(sentence, cue, speaker, [], "direct" if alone else "", back=True, spans=spans)


def _according(sentence: Sentence, found: Sequence[_Report]) -> list[_Report]:
    """«По словам X, …», «…, по его словам, …»."""
    reports: list[_Report] = []
    for at in range(len(sentence.tokens) - 2):
        opening = sentence.low(at)
        if opening not in ("по", "со"):
            continue
        following = sentence.low(at + 1)
        if following in OWNERS and sentence.low(at + 2) in _ACCORDING:
            speaker: Naming | None = Naming(at + 1, at + 2, "pronoun", following)
            last = after = at + 3
        elif following in _ACCORDING or (opening, following) == ("со", "слов"):
            last = at + 2
            speaker = naming(sentence.tokens, last, min(len(sentence.tokens), last + WINDOW), oblique=True)
            after = speaker.last if speaker else last
        else:
            continue
        pieces = _around(sentence, at - 1 if sentence.low(at - 1) == "," else at, after, found)
        if speaker and pieces:
            speaker = speaker._replace(nominative=False)
            cue = Cue(at, last, Verb("say", ""))
            reports.append(_Report(sentence, cue, speaker, pieces, place=at, starts=at))
    return reports


def _inside(sentence: Sentence, at: int, found: Sequence[_Report]) -> list[_Report]:
    """What a stretch in quote marks holds: speech that an attribution interrupts, a sentence alone, a quote inside."""
    if sentence.inside:
        return []
    if interrupted := _interrupted(sentence, at):
        return [interrupted]
    if not _is_speech(sentence, at):
        return []
    if len(sentence.tokens) == 1 and sentence.kind == "paragraph":
        alone = _Report(sentence, None, None, [(at, at + 1)], "direct", place=at, inherits=True)
        return [alone, *_said_inside(sentence, at)]
    taken = any(first <= at < last for report in found for first, last in report.pieces)
    return _said_inside(sentence, at) if taken else []


def _said_inside(sentence: Sentence, at: int) -> list[_Report]:
    """Quotes inside a quote: a verb of saying with «что» makes one, a verb of hope does not."""
    reports: list[_Report] = []
    for pieces in sentences(sentence.text, *sentence.tokens[at].inner):
        inner = Sentence(sentence.text, pieces, sentence.kind, inside=True)
        for cue in cues(inner):
            report = (
                _that(inner, cue, reports) or _colon(inner, cue, reports) if cue.verb.kind in ("say", "ask") else None
            )
            if report and report.speaker:
                report.spans = [_stripped(inner.text, inner.span(*report.pieces[0]))]
                report.place, report.nested = at, True
                reports.append(report)
    return reports


def _interrupted(sentence: Sentence, at: int) -> _Report | None:
    """«"…, - сказал X. - …"» inside one pair of marks."""
    text = sentence.text
    report = _attributed(Sentence(text, tokens(text, *sentence.tokens[at].inner), sentence.kind, inside=True))
    if report:
        report.place = at
    return report


def _attributed(inner: Sentence) -> _Report | None:
    """Speech that an attribution between dashes interrupts or ends, as between marks or behind a leading dash."""
    text = inner.text
    length = len(inner.tokens)
    report: _Report | None = None
    begin = 0
    for first in range(2, length):
        if first < begin or not inner.is_dash(first - 1) or inner.low(first - 2) not in {",", "!", "?", "…", "..."}:
            continue
        known = verb(inner.low(first))
        cue = Cue(first, first + 1, known) if known and known.shows not in ("1", "g") else None
        speaker = subject_after(inner, cue) if cue else None
        if speaker is None:
            continue
        report = report or _Report(inner, cue, speaker, [], "direct")
        left = first - 2 if inner.low(first - 2) == "," else first - 1
        if begin < left:
            report.spans.append(inner.span(begin, left))
        dash = inner.find(DASHES, speaker.last, speaker.last + WINDOW)
        begin = length if dash is None else dash + 1
    if report and begin < length:
        report.spans.append(_stripped(text, inner.span(begin, length)))
    return report


# From reports to quotes.


def _resolved(report: _Report, cast: Cast, last: str | None) -> tuple[Quote | None, str | None]:
    """The quote of a report, or none where it has no words, and the speaker of the next one that leaves it out."""
    sentence, speaker, cue = report.sentence, report.speaker, report.cue
    content = report.spans or [span for piece in report.pieces if (span := _content(report, *piece))]
    if sentence.carried and report.kind == "direct" and report.pieces and report.pieces[0][0] == 0:
        content = [*(_stripped(sentence.text, _unmarked(sentence.text, span)) for span in sentence.carried), *content]
    content = [_clean(sentence.text, span) for span in content]
    content = [span for span in content if any(c.isalnum() for c in sentence.text[span[0] : span[1]])]
    if not content:
        return None, last
    entity = last if report.inherits else None
    if speaker:
        outer = last if report.nested else None
        entity = cast.resolve(sentence.tokens, speaker, cue.verb.shows if cue else "", outer)
    marked = () if report.kind == "direct" or report.spans else tuple(report.marks or _marked(report))
    quote = Quote(
        kind=report.kind or ("mixed" if marked else "indirect"),
        content=tuple(content),
        cue=sentence.span(cue.first, cue.last) if cue else None,
        speaker=sentence.span(speaker.first, speaker.last) if speaker else None,
        speaker_entity=entity,
        marked=marked or UNSET,
    )
    return quote, last if report.nested else entity or last


def _content(report: _Report, first: int, last: int) -> Span | None:
    """The span of a piece without the punctuation at its ends; of direct speech, what stands between the marks."""
    sentence = report.sentence
    while first < last and sentence.low(first) in _AT_START:
        first += 1
    while last > first and sentence.low(last - 1) in _AT_END:
        last -= 1
    if first >= last:
        return None
    if report.kind == "direct" and sentence.is_pair(first) and last == first + 1:
        return _quoted(sentence, first)
    return sentence.span(first, last)


def _marked(report: _Report) -> Iterator[Span]:
    """The stretches in quote marks that are reported words."""
    sentence = report.sentence
    for first, last in report.pieces:
        end = (_content(report, first, last) or (0, 0))[1]
        for at in range(first, last):
            if sentence.is_pair(at) and sentence.tokens[at].end <= end and _is_speech(sentence, at, first):
                yield _quoted(sentence, at)


def _is_speech(sentence: Sentence, at: int, begin: int = -1) -> bool:
    """Whether the words in marks report: two or more, and no title («компания "Рога и копыта"», «так называемый»)."""
    start, end = sentence.tokens[at].inner
    said = re.findall(r"[^\W_]+", sentence.text[start : min(end, start + 400)])
    if len(said) < 2 or _TITLED.match(sentence.low(at - 1)):
        return False
    opens = at in (0, begin) or sentence.low(at - 1) in {":", ","}
    return opens or said[0][0].islower() or len(said) > 5


def _unmarked(text: str, span: Span) -> Span:
    """The span without the mark of opening that it begins with."""
    return (span[0] + (text[span[0]] in "«„"), span[1])


def _clean(text: str, span: Span) -> Span:
    """The span without white space at its ends: the mark that opened a speech lines above stands for a line end."""
    inner = text[span[0] : span[1]]
    return span[0] + len(inner) - len(inner.lstrip()), span[1] - len(inner) + len(inner.rstrip())


def _quoted(sentence: Sentence, at: int) -> Span:
    """The words between the marks of a stretch."""
    return _stripped(sentence.text, sentence.tokens[at].inner)


def _stripped(text: str, span: Span) -> Span:
    """The span without white space at its ends, and without a comma or one full stop at the end."""
    start, end = span
    inner = text[start:end]
    body = inner.rstrip()
    if body.endswith((",", ".")) and not body.endswith(("..", ".,")):
        body = body[:-1].rstrip()
    return start + len(inner) - len(inner.lstrip()), start + len(body)


def _numbered(found: Sequence[Quote]) -> tuple[Quote, ...]:
    """The quotes in text order, each once, numbered."""
    unique = dict.fromkeys(quote for quote in found if all(start < end for start, end in quote.content))
    ordered = sorted(unique, key=lambda quote: (quote.content[0][0], -quote.content[-1][1]))
    return tuple(replace(quote, id=f"q{number}") for number, quote in enumerate(ordered, 1))
