"""From the annotation as people read and write it to ``gold.jsonl`` and ``manifest.json``.

``source/`` holds the article with its mentions in brackets, and tables of entities, quotes and layout that quote the
text. No offset is typed: each is found in the text, and whatever is not found, or is found twice, is an error.

``annotators/`` holds, in the same form, what each annotator made before the differences were decided
(``ADJUDICATION.toml``), and is written to ``annotation.jsonl`` beside it.

Run as ``python -m goldwire.corpus.gold.build``; a test proves that the files are what it writes.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from goldwire.corpus.checks import check
from goldwire.corpus.document import Block, Dateline, Document, Entity, Mention, Quote, Span, sha256
from goldwire.corpus.errors import InputError, Problem, shown
from goldwire.corpus.layout import lines, sections_of
from goldwire.corpus.manifest import claims, write_manifest
from goldwire.corpus.scheme import SCHEME
from goldwire.corpus.store import write_jsonl

__all__ = ["annotated"]

VERSION = "1.0"
HERE = Path(__file__).parent
ANNOTATORS = ("first", "second")

_BRACKET = re.compile(r"\[|\]\{(?P<type>\S+) (?P<form>\S+) (?P<entity>\S+)\}")


def annotated(source: Path, *, name: str, meta: dict[str, Any]) -> Document:
    """The document that the files in ``source`` describe.

    Raises
    ------
    InputError
        A bracket has no partner, or a quoted surface is not in its block, or is there more than once.
    """
    text, mentions = _mentions((source / "mentions.txt").read_bytes().decode("utf-8"))
    layout = _table(source / "layout.toml")
    places = lines(text)
    blocks = tuple(
        Block(kind=kind, start=start, end=end) for kind, (start, end) in zip(layout["blocks"], places, strict=True)
    )
    quotes = tuple(_quote(entry, text, places) for entry in _table(source / "quotes.toml")["quote"])
    return Document(
        id=name,
        text=text,
        sha256=sha256(text),
        lang="ru",
        meta=meta,
        mentions=mentions,
        entities=tuple(
            Entity(id=key, **{part: value for part, value in entry.items() if part != "source"})
            for key, entry in _table(source / "entities.toml").items()
        ),
        quotes=quotes,
        blocks=blocks,
        sections=sections_of(blocks),
        dateline=_dateline(layout["dateline"], text, places),
    )


def _mentions(marked: str) -> tuple[str, tuple[Mention, ...]]:
    text, at = "", 0
    opened: list[int] = []
    found: list[tuple[int, int, dict[str, Any]]] = []
    for match in _BRACKET.finditer(marked):
        text += marked[at : match.start()]
        at = match.end()
        if match.group() == "[":
            opened.append(len(text))
        elif opened:
            found.append((opened.pop(), len(text), match.groupdict()))
        else:
            raise _fault("brackets", shown(marked[max(0, at - 60) : at]), "a bracket that was opened")
    text += marked[at:]
    if opened or set("[]{}") & set(text):
        raise _fault("brackets", "brackets without a partner", "[surface]{TYPE form entity}")
    found.sort(key=lambda item: (item[0], -item[1]))
    mentions = tuple(
        Mention(start=start, end=end, id=f"m{number}", text=text[start:end], **labels)
        for number, (start, end, labels) in enumerate(found, 1)
    )
    return text, mentions


def _quote(entry: dict[str, Any], text: str, places: list[Span]) -> Quote:
    block = places[entry["block"]]
    return Quote(
        kind=entry["kind"],
        content=tuple(_found(surface, text, block) for surface in entry["content"]),
        cue=_found(entry["cue"], text, block) if "cue" in entry else None,
        speaker=_found(entry["speaker"], text, block) if "speaker" in entry else None,
        speaker_entity=entry["speaker_entity"],
        marked=tuple(_found(surface, text, block) for surface in entry.get("marked", ())),
        id=entry["id"],
    )


def _dateline(entry: dict[str, Any], text: str, places: list[Span]) -> Dateline:
    start, end = _found(entry["span"], text, places[entry["block"]])
    parts = {part: _found(entry[part], text, (start, end)) for part in ("place", "date", "agency") if part in entry}
    return Dateline(start=start, end=end, **parts)


def _found(surface: str | dict[str, Any], text: str, place: Span) -> Span:
    wanted = surface if isinstance(surface, str) else surface["text"]
    at = [place[0] + m.start() for m in re.finditer(re.escape(wanted), text[place[0] : place[1]])]
    occurrence = None if isinstance(surface, str) else surface["occurrence"]
    if len(at) < (occurrence or 1) or (occurrence is None and len(at) > 1):
        times = "once" if occurrence is None else f"at least {occurrence} times"
        raise _fault("surface", f"{shown(wanted)} {len(at)} times in [{place[0]}, {place[1]})", f"it {times}")
    start = at[(occurrence or 1) - 1]
    return start, start + len(wanted)


def _fault(field: str, found: str, expected: str) -> InputError:
    return InputError(Problem("bad-source", found, expected, "correct the annotation's source", field))


def _table(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _sound(source: Path, text: str | None = None) -> Document:
    """The document in ``source``, free of problems, and on ``text`` if one is given."""
    document = annotated(source, name="tass-2016-12-16-palmyra", meta={"published": "2016-12-16", "source": "TASS"})
    for problem in check(document):
        raise InputError(problem.at(file=str(source)))
    if text not in (None, document.text):
        raise _fault("text", f"another text in {source}", "the text of the gold")
    return document


def main(folder: Path = HERE) -> None:
    """Write the gold, its manifest and each annotator's work to ``folder``, after a check without a single problem."""
    document = _sound(HERE / "source")
    annotations = {name: _sound(HERE / "annotators" / name, document.text or "") for name in ANNOTATORS}
    write_jsonl(folder / "gold.jsonl", [document])
    write_manifest(folder, claims([document], name="palmyra", version=VERSION, scheme=SCHEME.version))
    for name, annotation in annotations.items():
        place = folder / "annotators" / name
        place.mkdir(parents=True, exist_ok=True)
        write_jsonl(place / "annotation.jsonl", [annotation])


if __name__ == "__main__":
    main()
