"""XML and JSON of UIMA before a library parses them: what they may hold, and where they are wrong.

No DTD passes, so no entity does: neither a bomb of entities in entities, nor one that reads another file. No name of a
type or feature passes that is not a plain one, since the library makes Python classes of them.
"""

from __future__ import annotations

import itertools
import json
import keyword
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from goldwire.corpus.errors import InputError, Problem, shown
from goldwire.corpus.formats.folder import decoded
from goldwire.corpus.offsets import from_utf16

__all__ = ["plain_json", "plain_xmi", "plain_xml", "types_in", "unfit"]

_DECLARED = re.compile(r"<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']*)")
_REFUSED = re.compile(r"<!(DOCTYPE|ENTITY)")
_TYPE = re.compile(r"[A-Za-z]\w*(\.[A-Za-z]\w*)*(\[\])?", re.ASCII)
_FEATURE = re.compile(r"[A-Za-z]\w*", re.ASCII)
_UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def unfit(text: str) -> int | None:
    r"""Where the first character of ``text`` is that XML 1.0 cannot hold.

    >>> unfit("Рим"), unfit("a\x0cb")
    (None, 1)
    """
    found = _UNFIT.search(text)
    return found.start() if found else None


def plain_xml(path: Path) -> bytes:
    """The bytes of an XML file without DTD, well formed and in UTF-8, with plain names if it is a type system.

    Raises
    ------
    InputError
        It is anything else.
    """
    text = decoded(path)
    if (found := _REFUSED.search(text)) is not None:
        raise _fault(
            path,
            "xml-entities",
            f"<!{found[1]}",
            "XML without a DTD",
            "UIMA writes none, and entities can read files or fill the memory: do not trust the file",
            text.count("\n", 0, found.start()) + 1,
        )
    declared = _DECLARED.match(text.lstrip("\ufeff"))
    if declared is not None and declared[1].lower() not in ("utf-8", "utf8", "ascii", "us-ascii"):
        raise _fault(path, "not-utf-8", f"the encoding {shown(declared[1])}", "UTF-8", "save the file as UTF-8", 1)
    data = text.encode()
    for element in _tree(data, path).iter("{*}typeDescription", "{*}featureDescription"):
        feature = element.tag.endswith("featureDescription")
        for part in ("name", "supertypeName", "rangeTypeName", "elementType"):
            name = (element.findtext(f"{{*}}{part}") or "").strip()
            if name and not _is_plain(name, feature and part == "name"):
                raise _name_fault(path, name, element.sourceline)
    return data


def plain_xmi(path: Path) -> bytes:
    """The bytes of an XMI file as ``plain_xml`` has them, whose offsets are UTF-16 units of the text that they are of.

    Raises
    ------
    InputError
        It is anything else; the line of an offset is that of its element.
    """
    data = plain_xml(path)
    root = _tree(data, path)
    xmi_id = "{http://www.omg.org/XMI}id"
    sofas = root.iter("{http:///uima/cas.ecore}Sofa")
    texts = {sofa.get(xmi_id): _Text(sofa.get("sofaString")) for sofa in sofas if "sofaString" in sofa.attrib}
    for element in root.iter("*"):
        text = texts.get(element.get("sofa"))
        if text is not None and ("begin" in element.attrib or "end" in element.attrib):
            place = f"{element.tag.rpartition('}')[2]} {element.get(xmi_id, '')}".rstrip()
            _require_offsets(text, element.get("begin"), element.get("end"), place, path, element.sourceline)
    return data


def types_in(data: bytes, path: Path) -> Counter[str]:
    """How many structures of each type an XMI file has that ``plain_xmi`` let pass."""
    tags = (etree_tag for element in _tree(data, path) if isinstance(etree_tag := element.tag, str))
    spelled = (re.fullmatch(r"\{http:///(.*)\.ecore\}(.*)", tag) for tag in tags)
    return Counter(f"{match[1].replace('/', '.')}.{match[2]}" for match in spelled if match)


def plain_json(path: Path) -> str:
    """The text of a file of CAS JSON with plain names, whose offsets are UTF-16 units of the text that they are of.

    Raises
    ------
    InputError
        It is anything else.
    """
    text = decoded(path)
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else None
        reason = "brackets nested too deep" if isinstance(error, RecursionError) else str(error)
        raise _fault(path, "not-json", shown(reason), "whole JSON", "copy or write it again", line) from None
    types, structures = (value.get(key) if isinstance(value, dict) else None for key in ("%TYPES", _STRUCTURES))
    if not isinstance(types, dict) or not isinstance(structures, list | dict):
        want = f"an object with %TYPES and {_STRUCTURES}"
        raise _fault(path, "not-cas", shown(value), want, "is this CAS JSON?")
    for name in _json_names(types):
        raise _name_fault(path, name, None)
    listed = structures if isinstance(structures, list) else [{"%ID": key, **part} for key, part in structures.items()]
    sofas = [part for part in listed if isinstance(part, dict) and isinstance(part.get("sofaString"), str)]
    texts = {part.get("%ID"): _Text(part["sofaString"]) for part in sofas}
    for index, part in enumerate(listed):
        sofa = texts.get(part.get("@sofa")) if isinstance(part, dict) else None
        if sofa is not None and ("begin" in part or "end" in part):
            _require_offsets(sofa, part.get("begin"), part.get("end"), f"{_STRUCTURES}[{index}]", path, None)
    return text


_STRUCTURES = "%FEATURE_STRUCTURES"


def _json_names(types: dict[str, Any]) -> Iterator[str]:
    """The names that are not plain."""
    for name, about in types.items():
        if not _is_plain(name, feature=False):
            yield name
        for key, part in about.items() if isinstance(about, dict) else ():
            if not key.startswith("%") and not _is_plain(key, feature=True):
                yield key
            for value in (part, part.get("%RANGE")) if isinstance(part, dict) else (part,):
                if isinstance(value, str) and key != "%DESCRIPTION" and not _is_plain(value, feature=False):
                    yield value


def _is_plain(name: str, feature: bool) -> bool:
    pattern = _FEATURE if feature else _TYPE
    # `self` and `type` are names that the library itself renames
    return pattern.fullmatch(name) is not None and not any(keyword.iskeyword(part) for part in name.split("."))


class _Text:
    """A text and the UTF-16 offsets between its characters."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.offsets = {0, *itertools.accumulate(1 + (character > "\uffff") for character in text)}


def _require_offsets(text: _Text, begin: Any, end: Any, place: str, path: Path, line: int | None) -> None:
    found = f"begin {begin}, end {end}"
    problem = None
    try:
        first, last = int(begin), int(end)
    except (TypeError, ValueError):
        problem = Problem("wrong-type", found, "two integers", "count UTF-16 units from 0", place)
    else:
        for offset in {first, last} - text.offsets:
            problem = _offset_fault(text.text, offset, place)
        if problem is None and first > last:
            problem = Problem("empty-span", f"{found}, reversed", "begin before end", "correct it", place)
    if problem is not None:
        raise InputError(problem.at(file=str(path), line=line))


def _offset_fault(text: str, offset: int, place: str) -> Problem:
    try:
        from_utf16(text, offset)
    except InputError as error:
        fault = error.problem
        return Problem(fault.code, fault.found, fault.expected, fault.remedy, place)
    return Problem("offset-outside-text", f"offset {offset}", "an offset of the text", "", place)


def _tree(data: bytes, path: Path) -> Any:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise _fault(
            path, "not-xml", shown(error.msg), "well-formed XML", "copy or write it again", error.lineno
        ) from None


def _name_fault(path: Path, name: str, line: int | None) -> InputError:
    want = "letters, digits and low lines, no Python keyword"
    return _fault(path, "unsafe-name", shown(name), want, "correct the type system", line)


def _fault(path: Path, code: str, found: str, expected: str, remedy: str, line: int | None = None) -> InputError:
    return InputError(Problem(code, found, expected, remedy, line=line, file=str(path)))
