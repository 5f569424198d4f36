"""A document whose every string tries to be markup, a terminal's command or a torn line."""

from __future__ import annotations

from goldwire.corpus.document import Block, Document, Entity, Mention, Quote

__all__ = ["HOSTILE", "MARKUP"]

MARKUP = (
    "\"'><script>document.title='owned'</script><img src=http://example.invalid/x onerror=alert(1)>&amp;</style>{{$x}}"
)
"""Closes attributes, elements and style sheets, calls scripts, and names a place on the network."""

_FIRST = f"a [b] {MARKUP} c"
_SECOND = "one two three \x1b[31mred\u202e four " + "x" * 400
TEXT = f"{_FIRST}\n\n{_SECOND}\nlast line"
_AT = TEXT.index(_SECOND)

HOSTILE = Document(
    id=f"id {MARKUP}",
    text=TEXT,
    lang=MARKUP,
    meta={MARKUP: MARKUP, "list": ["<b>"]},
    mentions=(
        Mention(start=0, end=len(_FIRST), type=MARKUP, entity=MARKUP, form=MARKUP),
        Mention(start=6, end=6 + len(MARKUP), type="B" * 300, entity="e2"),
        Mention(start=_AT, end=_AT + 7, type="LEFT"),
        Mention(start=_AT + 4, end=_AT + 13, type="RIGHT"),  # crosses the one before
        Mention(start=_AT + 14, end=len(TEXT), type="LINES"),  # runs over a line's end
        Mention(start=_AT + 14, end=len(_SECOND) + _AT, type="LONG"),
        Mention(start=None, end=None, type="NOWHERE", text=MARKUP),
    ),
    entities=(Entity(id=MARKUP, type=MARKUP, name=MARKUP, wikidata=MARKUP), Entity(id="e2", type="B", name="<i>")),
    quotes=(
        Quote(kind=MARKUP, content=((6, 6 + len(MARKUP)),), speaker=(0, 1), speaker_entity=MARKUP, id=MARKUP),
        Quote(kind="direct", content=((_AT, _AT + 3), (_AT + 8, _AT + 13)), cue=(_AT + 4, _AT + 7)),
    ),
    blocks=(Block(kind=MARKUP, start=0, end=len(_FIRST)), Block(kind="headline", start=_AT, end=_AT + len(_SECOND))),
)
