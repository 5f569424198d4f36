"""``openai:MODEL``: a large language model behind the OpenAI protocol, asked for strings that are then placed."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib.metadata import version
from importlib.resources import files
from types import MappingProxyType
from typing import Any, NamedTuple

from goldwire.corpus.document import UNSET, Block, Dateline, Document, Entity, Mention, Quote, Span
from goldwire.corpus.errors import ExtractorError, UsageError, shown
from goldwire.corpus.layout import lines, sections_of
from goldwire.corpus.scheme import SCHEME
from goldwire.eval.alignment import fold
from goldwire.eval.extractors.answers import Fault, read_answer
from goldwire.eval.extractors.cache import digest
from goldwire.eval.extractors.chat import Answer, Chat, Prompt
from goldwire.eval.extractors.options import Options
from goldwire.eval.extractors.placing import POLICY, Placer
from goldwire.eval.extractors.protocol import Extractor
from goldwire.eval.labels import LabelMap
from goldwire.eval.usage import total_usage

__all__ = ["OPTIONS", "PROMPTS", "make", "prompt_of", "require"]

OPTIONS: Mapping[str, str] = MappingProxyType(
    {
        "ask": "entities,quotes,sections (default): what the model is asked for, one request each",
        "base-url": "the server, http://HOST:PORT/v1; also --base-url and the environment's OPENAI_BASE_URL",
        "cache": "the folder that keeps the answers; runs/.cache by default, none for none",
        "format": "json_schema (default), json_object or text: how JSON is asked for; auto: the first that it takes",
        "max-tokens": "the most tokens of an answer; the server's limit by default",
        "reasoning-effort": "low, medium, high …: sent as it is; not sent by default",
        "requests-per-minute": "no more than so many; no limit by default",
        "retries": "how often a request that failed for the moment is repeated; 5 by default",
        "seed": "sent as it is; not sent by default",
        "temperature": "0 by default; none: not sent, for models that refuse it",
        "timeout": "seconds that an answer may take; 120 by default",
    }
)
"""What may follow ``openai:MODEL?``, and what it does."""

PROMPTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"entities": ("mentions",), "quotes": ("quotes",), "sections": ("blocks", "sections", "dateline")}
)
"""What can be asked → the layers that come of it."""


class OpenAi:
    """A language model. Mentions are strings, placed by the alignment; quotes and datelines are placed here."""

    labels: LabelMap | None = None
    view = "all"
    alignment = "nth+fuzzy"
    by_gold_authors = False
    timed = False  # answers may come from the disk

    def __init__(self, target: str, options: Options) -> None:
        self.name = f"openai:{target}"
        self._chat = Chat(self.name, target, options)
        asked = options.parts("ask") or tuple(PROMPTS)
        if unknown := [name for name in asked if name not in PROMPTS]:
            raise UsageError(
                f"extractor {self.name!r}: option ask: found {shown(unknown[0])}, expected some of {', '.join(PROMPTS)}"
            )
        self._prompts = [prompt_of(name) for name in asked]
        self.layers: tuple[str, ...] = tuple(layer for name in asked for layer in PROMPTS[name])
        hashes = digest([prompt.hash for prompt in self._prompts])
        self.version = f"prompts {hashes[:16]}, openai {version('openai')}"
        self.details: dict[str, Any] = {
            **self._chat.details(),
            "prompts": {prompt.name: f"sha256:{prompt.hash}" for prompt in self._prompts},
            "placing": POLICY,
        }

    def extract(self, document: Document) -> Document:
        """The layers asked for; one for which there was no usable answer is missing.

        ``extra`` holds the ``faults`` of the answers (each a code of ``FAULTS`` and what was found), and the ``usage``.

        Raises
        ------
        ExtractorError, ServiceError
            The server did not answer, or there was no usable answer at all.
        """
        text = document.text or ""
        fields: dict[str, Any] = {}
        faults: list[Fault] = []
        answers = []
        for prompt in self._prompts:
            asked = _numbered(text) if prompt.name == "sections" else text
            answers.append(answer := self._chat.ask(prompt, asked))
            read = _READERS[prompt.name]
            found, told = _objects(answer, prompt.name, read.key)
            faults += told
            if found is not None:
                fields |= read.fields(found, text, faults)
        if not fields:
            raise ExtractorError("; ".join(f"{fault.code}: {fault.found}" for fault in faults))
        usage = total_usage(Document(id=document.id, extra={"usage": answer.usage}) for answer in answers)
        extra = {"usage": usage} | ({"faults": [list(fault) for fault in faults]} if faults else {})
        return Document(id=document.id, **fields, extra=extra)

    def close(self) -> None:
        """Close the connections."""
        self._chat.close()


def require(target: str) -> None:
    """Refuse early what cannot be made for want of a library.

    Raises
    ------
    UsageError
        The extra is not installed.
    """
    if importlib.util.find_spec("openai") is None:
        raise UsageError(f"extractor 'openai:{target}': openai is not installed; pip install 'goldwire[openai]'")


def make(target: str, options: Mapping[str, str]) -> Extractor:
    """The extractor that ``openai:TARGET?options`` names; nothing is sent yet.

    Raises
    ------
    UsageError
        The extra is not installed, there is neither key nor server, or an option is unknown or has a wrong value.
    """
    require(target)
    return OpenAi(target, Options(f"openai:{target}", options, OPTIONS))


def prompt_of(name: str) -> Prompt:
    """The prompt that ships under one of the names of ``PROMPTS``."""
    folder = files("goldwire.eval.extractors") / "prompts"
    words = (folder / f"{name}.txt").read_text(encoding="utf-8")
    return Prompt(name, words, json.loads((folder / f"{name}.json").read_text(encoding="utf-8")))


def _objects(answer: Answer, name: str, key: str) -> tuple[dict[str, Any] | None, list[Fault]]:
    """The object that a model answered, with a list of objects under ``key``; ``None`` for none."""
    faults = [] if answer.damaged is None else [Fault("damaged-cache", answer.damaged)]
    if answer.refusal is not None:
        return None, [*faults, Fault("refused", f"{name}: {shown(answer.refusal)}")]
    found, told = read_answer(answer.content or "", key, cut=answer.cut)
    if found is None:
        return None, faults + [fault._replace(found=f"{name}: {fault.found}") for fault in told]
    faults += told + [Fault("no-item", shown(item)) for item in found[key] if not isinstance(item, dict)]
    return {**found, key: [item for item in found[key] if isinstance(item, dict)]}, faults


def _numbered(text: str) -> str:
    """The non-blank lines, each behind its number."""
    return "\n".join(f"[{at}] {text[start:end]}" for at, (start, end) in enumerate(lines(text), 1))


def _entities(found: dict[str, Any], text: str, faults: list[Fault]) -> dict[str, Any]:  # noqa: ARG001 (the shape of all)
    mentions = []
    for item in found["entities"]:
        surface, kind = item.get("text"), item.get("type")
        if not (isinstance(surface, str) and surface.strip() and isinstance(kind, str) and kind.strip()):
            faults.append(Fault("null-field", shown(item)))
            continue
        kind = _respelt(kind, "types", faults)
        mentions.append(Mention(start=None, end=None, type=kind, text=surface))
    return {"mentions": tuple(mentions)}


def _quotes(found: dict[str, Any], text: str, faults: list[Fault]) -> dict[str, Any]:
    items = [(item, _strings(item.get("content"))) for item in found["quotes"]]
    named = [s for item, content in items for s in (*content, *_strings(item.get("marked")), *_parts(item))]
    placer = Placer(text, named)
    speakers: dict[str, Entity] = {}
    quotes = []
    for item, content in items:
        if not content:
            faults.append(Fault("null-field", shown(item)))
            continue
        kind = _respelt(item.get("kind") if isinstance(item.get("kind"), str) else "", "quote_kinds", faults)
        if kind not in SCHEME.names("quote_kinds"):
            faults.append(Fault("unknown-kind", shown(item.get("kind"))))
        speaker_name = item.get("speaker_name")
        speaker = None
        if isinstance(speaker_name, str) and speaker_name.strip():
            made = Entity(id=f"speaker-{len(speakers) + 1}", type="SPEAKER", name=speaker_name.strip())
            speaker = speakers.setdefault(fold(speaker_name.strip()), made).id
        quotes.append(_quote(kind, item, content, speaker, placer, faults))
    return {"quotes": tuple(quotes), "entities": tuple(speakers.values())}


def _quote(
    kind: str, item: dict[str, Any], content: list[str], entity: str | None, placer: Placer, faults: list[Fault]
) -> Quote:
    spans, missing, abridged = placer.content(content)
    faults += [Fault("part-not-in-text" if spans else "quote-not-in-text", shown(string)) for string in missing]
    faults += [Fault("abridged-quote", shown(string)) for string in abridged]
    if not spans:
        return Quote(kind=kind, content=(), speaker_entity=entity)
    cue = speaker = None
    if string := _string(item.get("cue")):
        cue = placer.nearest(string, spans, spans)
        faults += [Fault("cue-not-in-text", shown(string))] if cue is None else []
    if string := _string(item.get("speaker")):
        speaker = placer.nearest(string, spans if cue is None else [cue], spans)
        faults += [Fault("speaker-not-in-text", shown(string))] if speaker is None else []
    marked = []
    for string in _strings(item.get("marked")):
        span = placer.inside(string, spans)
        faults += [Fault("marked-not-in-text", shown(string))] if span is None else []
        marked += [] if span is None else [span]
    stretches = tuple(marked) if marked or kind == "mixed" else UNSET
    return Quote(kind=kind, content=tuple(spans), cue=cue, speaker=speaker, speaker_entity=entity, marked=stretches)


def _sections(found: dict[str, Any], text: str, faults: list[Fault]) -> dict[str, Any]:
    places = lines(text)
    kinds: dict[int, str] = {}
    for item in found["lines"]:
        number, kind = item.get("number"), item.get("kind")
        number = int(number) if isinstance(number, str) and number.isdecimal() else number
        if not isinstance(number, int) or not isinstance(kind, str) or not kind.strip():
            faults.append(Fault("null-field", shown(item)))
        elif not 1 <= number <= len(places):
            faults.append(Fault("no-such-line", shown(item)))
        elif number in kinds:
            faults.append(Fault("line-twice", shown(item)))
        else:
            kinds[number] = _respelt(kind, "block_kinds", faults)
            if kinds[number] not in SCHEME.names("block_kinds"):
                faults.append(Fault("unknown-kind", shown(kind)))
    left_out = [at for at in range(1, len(places) + 1) if at not in kinds]
    faults += [Fault("line-left-out", str(at)) for at in left_out]
    blocks = tuple(
        Block(kind=kinds[at], start=start, end=end) for at, (start, end) in enumerate(places, 1) if at in kinds
    )
    dateline = _dateline(found.get("dateline"), text, faults)
    return {"blocks": blocks, "sections": sections_of(blocks), "dateline": dateline}


def _dateline(item: Any, text: str, faults: list[Fault]) -> Dateline | None:
    string = _string(item.get("text")) if isinstance(item, dict) else _string(item)
    if not string:
        return None
    named = [
        part for name in ("place", "date", "agency") if isinstance(item, dict) and (part := _string(item.get(name)))
    ]
    placer = Placer(text, [string, *named])
    span = placer.first(string)
    if span is None:
        faults.append(Fault("dateline-not-in-text", shown(string)))
        return Dateline(start=0, end=0)
    parts: dict[str, Span | None] = {}
    for name in ("place", "date", "agency"):
        wanted = _string(item.get(name)) if isinstance(item, dict) else ""
        parts[name] = placer.inside(wanted, [span]) if wanted else None
        if wanted and parts[name] is None:
            faults.append(Fault("dateline-part-not-in-text", shown(wanted)))
    return Dateline(start=span[0], end=span[1], **parts)


class _Reader(NamedTuple):
    """The key of the list in an answer, and what makes fields of the document of it, and adds to its faults."""

    key: str
    fields: Callable[[dict[str, Any], str, list[Fault]], dict[str, Any]]


_READERS: Mapping[str, _Reader] = MappingProxyType(
    {
        "entities": _Reader("entities", _entities),
        "quotes": _Reader("quotes", _quotes),
        "sections": _Reader("lines", _sections),
    }
)


def _respelt(name: str, part: str, faults: list[Fault]) -> str:
    """The scheme's name for ``name`` where only case and blanks tell them apart, else ``name``."""
    ours = {fold(known): known for known in SCHEME.names(part)}.get(fold(name.strip()), name.strip())
    if ours != name:
        faults.append(Fault("respelt-label", shown(name)))
    return ours


def _string(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _strings(value: Any) -> list[str]:
    values: Iterable[Any] = value if isinstance(value, list) else [value]
    return [string for item in values if (string := _string(item))]


def _parts(item: dict[str, Any]) -> Iterator[str]:
    return (string for name in ("cue", "speaker") if (string := _string(item.get(name))))
