"""Croissant metadata (MLCommons, 1.0) of a dataset: its file with the hash, and a field for each column."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from goldwire.corpus.hub import schema

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["croissant"]

_CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
_FILE = "documents-jsonl"
_SET = "documents"


def croissant(data: bytes, path: str, *, about: dict[str, Any]) -> dict[str, Any]:
    """The metadata of the JSONL file ``data`` at ``path`` below the metadata's folder.

    ``about`` holds the schema.org keys of the dataset: name, description, version, license, creator and so on.
    """
    return {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        **about,
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": _FILE,
                "name": _FILE,
                "description": "One document a line, every column present.",
                "contentUrl": path,
                "encodingFormat": "application/jsonlines",
                "contentSize": f"{len(data)} B",
                "sha256": hashlib.sha256(data).hexdigest(),
            }
        ],
        "recordSet": [
            {
                "@type": "cr:RecordSet",
                "@id": _SET,
                "name": _SET,
                "description": "The documents with their layers.",
                "key": {"@id": f"{_SET}/id"},
                "field": [_field(column.name, column.type) for column in schema()],
            }
        ],
    }


def _field(name: str, kind: pa.DataType) -> dict[str, Any]:
    import pyarrow.types as is_

    field: dict[str, Any] = {"@type": "cr:Field", "@id": f"{_SET}/{name}", "name": f"{_SET}/{name}"}
    inner = kind.value_type if is_.is_list(kind) else kind
    if is_.is_list(kind):
        field["repeated"] = True
    if is_.is_struct(inner):
        return {**field, "subField": [_part(name, inner.field(at)) for at in range(inner.num_fields)]}
    return {**field, "dataType": _type(inner), "source": _source(name)}


def _part(column: str, part: pa.Field) -> dict[str, Any]:
    name = f"{_SET}/{column}/{part.name}"
    source = {**_source(column), "transform": {"jsonPath": part.name}}
    return {"@type": "cr:Field", "@id": name, "name": name, "dataType": _type(part.type), "source": source}


def _source(column: str) -> dict[str, Any]:
    return {"fileObject": {"@id": _FILE}, "extract": {"column": column}}


def _type(kind: pa.DataType) -> str:
    """The type of the innermost values: Croissant has no word for a list in a list."""
    import pyarrow.types as is_

    while is_.is_list(kind):
        kind = kind.value_type
    if is_.is_integer(kind):
        return "sc:Integer"
    return "sc:Float" if is_.is_floating(kind) else "sc:Text"
