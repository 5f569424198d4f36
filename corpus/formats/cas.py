"""UIMA CAS, as INCEpTION and WebAnno exchange it: a folder of XMI with its type system, or one file of CAS JSON.

Keeps the text and all mentions, nested and crossing, as DKPro's ``NamedEntity``: ``value`` is the type, ``identifier``
the entity. The id and language stand in ``DocumentMetaData``. UIMA counts UTF-16 units; the library converts. XML 1.0
cannot hold control characters: a document that has one is written to the folder as CAS JSON.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from goldwire.corpus.document import UNSET, Document, Mention
from goldwire.corpus.errors import InputError, Problem, UsageError, shown
from goldwire.corpus.formats.folder import Names, replacing_folder
from goldwire.corpus.formats.format import Format, Losses
from goldwire.corpus.formats.leftovers import count_left_out
from goldwire.corpus.formats.xmi import plain_json, plain_xmi, plain_xml, types_in, unfit
from goldwire.corpus.soundness import require_text
from goldwire.corpus.store import replacing, unreadable

if TYPE_CHECKING:
    import cassis

__all__ = ["FORMAT"]

_NAMED = "de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity"
_ABOUT = "de.tudarmstadt.ukp.dkpro.core.api.metadata.type.DocumentMetaData"
_OURS = "goldwire.Record"
_TYPES = "TypeSystem.xml"
_SILENT = {"uima.tcas.DocumentAnnotation", _ABOUT, _OURS}


def _library() -> Any:
    try:
        import cassis
    except ImportError:
        raise UsageError("format 'cas': dkpro-cassis is not installed; pip install 'goldwire[cas]'") from None
    return cassis


def _matches(path: Path) -> bool:
    if path.is_dir():
        return (
            (path / _TYPES).is_file() or any(path.glob("*.xmi")) or any(_is_json(file) for file in path.glob("*.json"))
        )
    return path.suffix == ".xmi" or _is_json(path)


def _is_json(path: Path) -> bool:
    if path.suffix != ".json":
        return False
    try:
        with path.open("rb") as file:
            return b'"%TYPES"' in file.read(4096)
    except OSError:
        return False


# writing


def _write(path: Path, documents: Iterable[Document], losses: Losses) -> int:
    cassis = _library()
    types = _types(cassis)
    if path.suffix == ".json":
        return _write_one(path, documents, types, losses)
    if path.suffix == ".xmi":
        raise _fault(path, "no-types", "a file of XMI", "a folder, for its types stand beside it", "leave out .xmi")
    names = Names()
    count = 0
    with replacing_folder(path) as draft:
        types.to_xml(draft / _TYPES)
        for document in documents:
            cas = _cas(document, types, path, losses)
            file = draft / f"{names.of(document.id)}{'.json' if _unfit(document) else '.xmi'}"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(_encoded(cas, document, path))
            count += 1
    return count


def _write_one(path: Path, documents: Iterable[Document], types: cassis.TypeSystem, losses: Losses) -> int:
    with replacing(path) as file:
        count = 0
        for count, document in enumerate(documents, 1):
            if count > 1:
                want = "one: a file holds one CAS"
                raise _fault(path, "many-documents", "several documents", want, "give a folder's name, without .json")
            file.write(_encoded(_cas(document, types, path, losses), document, path, as_json=True))
    return count


def _unfit(document: Document) -> bool:
    values = [document.id, document.text or "", document.lang or ""]
    values += [value or "" for mention in document.mentions or () for value in (mention.type, mention.entity)]
    return any(unfit(value) is not None for value in values)


def _encoded(cas: cassis.Cas, document: Document, path: Path, as_json: bool = False) -> bytes:
    try:
        text = cas.to_json() if as_json or _unfit(document) else cas.to_xmi()
        return str(text).encode()
    except UnicodeEncodeError:
        raise _surrogate(document, path) from None


def _surrogate(document: Document, path: Path) -> InputError:
    problem = Problem("not-utf-8", "a lone surrogate", "characters that UTF-8 holds", "correct it")
    return InputError(problem.at(file=str(path), document=document.id))


def _types(cassis: Any) -> cassis.TypeSystem:
    types = cassis.TypeSystem()
    named = types.create_type(_NAMED, "uima.tcas.Annotation")
    about = types.create_type(_ABOUT, "uima.tcas.DocumentAnnotation")
    ours = types.create_type(_OURS, "uima.tcas.Annotation", description="what goldwire needs to read its own file back")
    for kind, names in (
        (named, ("value", "identifier")),
        (about, ("documentTitle", "documentId")),
        (ours, ("layers",)),
    ):
        for name in names:
            types.create_feature(kind, name, "uima.cas.String")
    return types


def _cas(document: Document, types: cassis.TypeSystem, path: Path, losses: Losses) -> cassis.Cas:
    cassis = _library()
    text = require_text(document, file=str(path))
    count_left_out(document, losses, keeps=("lang",), mention_keeps=("entity",))
    cas = cassis.Cas(typesystem=types)
    try:
        cas.sofa_string = text
    except UnicodeEncodeError:
        raise _surrogate(document, path) from None
    cas.sofa_mime = "text/plain"
    about = types.get_type(_ABOUT)(begin=0, end=len(text), documentId=document.id, documentTitle=document.id)
    if document.lang is not UNSET:
        about.language = document.lang
    cas.add(about)
    layers = "" if document.mentions is UNSET else "mentions"
    cas.add(types.get_type(_OURS)(begin=0, end=len(text), layers=layers))
    named = types.get_type(_NAMED)
    for index, mention in enumerate(document.mentions or ()):
        if mention.start is None or mention.end is None:
            losses.count(document.id, "mentions without offsets", f"mentions[{index}]")
            continue
        entity = None if mention.entity is UNSET else mention.entity
        cas.add(named(begin=mention.start, end=mention.end, value=mention.type, identifier=entity))
    return cas


# reading


def _read(path: Path, losses: Losses) -> Iterator[Document]:
    cassis = _library()
    types: dict[Path, Any] = {}
    for file in _files(path):
        if file.suffix == ".json":
            cas, unknown = _loaded(file, cassis.load_cas_from_json, plain_json(file)), {}
        else:
            known = _types_for(file, path, types, cassis)
            data = plain_xmi(file)
            unknown = {
                kind: number
                for kind, number in types_in(data, file).items()
                if not kind.startswith("uima.cas.") and not known.contains_type(kind)
            }
            cas = _loaded(file, cassis.load_cas_from_xmi, data.decode(), known, lenient=True)
        document = _document(cas, file, losses)
        for kind, number in unknown.items():
            losses.count(document.id, f"annotation {kind}", number=number)
        yield document


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    try:
        files = sorted([*path.rglob("*.xmi"), *(file for file in path.rglob("*.json") if _is_json(file))])
    except OSError as error:
        raise unreadable(path, error) from None
    if not files:
        raise _fault(path, "no-documents", "no .xmi and no CAS JSON", "at least one", "check the path")
    return files


def _types_for(file: Path, root: Path, loaded: dict[Path, Any], cassis: Any) -> Any:
    """The type system beside a file or at the folder's root; without one, the types that we write."""
    beside = next((at for folder in (file.parent, root) if (at := folder / _TYPES).is_file()), None)
    if beside is None:
        return _types(cassis)
    if beside not in loaded:
        loaded[beside] = _loaded(beside, cassis.load_typesystem, plain_xml(beside).decode())
    return loaded[beside]


def _loaded(file: Path, load: Any, *arguments: Any, **options: Any) -> Any:
    # a broken file makes the library raise anything: KeyError, TypeError, ValueError, its own errors
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return load(*arguments, **options)
    except Exception as error:
        found = shown(f"{type(error).__name__}: {error}")
        raise _fault(file, "not-cas", found, "a whole CAS or type system", "copy or export it again") from None


def _document(cas: cassis.Cas, path: Path, losses: Losses) -> Document:
    text = cas.sofa_string
    if text is None:
        raise _fault(path, "no-text", "a CAS without sofaString", "the text", "export it with its text")
    name, lang, layers = path.stem, UNSET, None
    mentions: list[tuple[int, Mention]] = []
    left: list[tuple[str, str]] = []
    for structure in cas.select_all_annotations():
        kind = structure.type.name
        if kind == _ABOUT:
            name = structure.documentId if structure.documentId is not None else name
        if kind in (_ABOUT, "uima.tcas.DocumentAnnotation"):
            lang = lang if structure.language in (None, "x-unspecified") else structure.language
        elif kind == _OURS:
            layers = structure.layers
        elif kind == _NAMED and structure.value is not None and structure.begin < structure.end:
            entity = UNSET if structure.identifier is None else structure.identifier
            mention = Mention(start=structure.begin, end=structure.end, type=structure.value, entity=entity)
            mentions.append((structure.xmiID, mention))
        elif kind == _NAMED:
            what = "NamedEntity without a value" if structure.value is None else "NamedEntity of no length"
            left.append((what, f"begin {structure.begin}"))
        elif kind not in _SILENT:
            left.append((f"annotation {kind}", ""))
    for what, place in left:
        losses.count(name, what, place)
    for view in cas.views[1:]:
        losses.count(name, f"view {shown(view.sofa.sofaID)}")
    sought = bool(mentions) if layers is None else layers == "mentions"
    if layers is not None:  # a file of ours has its mentions numbered in the order in which they were
        mentions.sort(key=lambda pair: pair[0])
    found = tuple(mention for _, mention in mentions)
    return Document(id=name, text=text, lang=lang, mentions=found if sought else UNSET)


def _fault(path: Path, code: str, found: str, expected: str, remedy: str) -> InputError:
    return InputError(Problem(code, found, expected, remedy, file=str(path)))


FORMAT = Format("cas", "UIMA CAS: a folder of XMI, or one CAS JSON", _matches, _read, _write, "cas", (".cas", ".json"))
