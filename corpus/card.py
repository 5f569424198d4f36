"""The dataset card of a folder: its generated parts, from the gold that is there.

``python -m goldwire.corpus.card`` writes them anew after ``goldwire.corpus.gold.build``: ``data/palmyra.jsonl`` (the
rows that ``datasets`` loads), the front matter and the tables of ``README.md``, ``croissant.json``, and in a checkout
``.huggingface.yaml`` at its root. A test proves that they are what it writes.

``datasets`` keys its cache by a local file's path and configuration, not by its content. So each configuration bears
``description: sha256:…`` of its file: another content is another configuration, and the cache is never stale.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

import msgspec
import yaml

from goldwire.corpus.citation import citations
from goldwire.corpus.croissant import croissant
from goldwire.corpus.errors import InputError, Problem
from goldwire.corpus.hub import features, to_row
from goldwire.corpus.manifest import Manifest, read_manifest
from goldwire.corpus.store import read_jsonl, replacing

__all__ = ["card", "configuration", "write_card"]

DATA = "data/palmyra.jsonl"
"""The rows, below the gold's folder."""

_PROFILE = {
    "language": ["ru"],
    "license": "other",
    "license_name": "mit-annotations-quoted-text",
    "license_link": "LICENSE",
    "pretty_name": "goldwire palmyra: entities, quotes and sections of a Russian news article",
    "annotations_creators": ["machine-generated"],
    "language_creators": ["found"],
    "multilinguality": ["monolingual"],
    "size_categories": ["n<1K"],
    "source_datasets": ["original"],
    "task_categories": ["token-classification"],
    "task_ids": ["named-entity-recognition", "coreference-resolution"],
    "tags": ["nested-ner", "entity-linking", "quotation-attribution", "document-structure", "news", "evaluation"],
}


def configuration(data: bytes, path: str) -> dict[str, Any]:
    """What ``datasets`` must know to load the rows ``data`` from ``path``: configs and features."""
    return {
        "configs": [
            {
                "config_name": "palmyra",
                "description": f"sha256:{hashlib.sha256(data).hexdigest()}",
                "data_files": [{"split": "test", "path": path}],
                "default": True,
            }
        ],
        "dataset_info": {"config_name": "palmyra", "features": features()._to_yaml_list()},
    }


def card(text: str, data: bytes, claims: Manifest) -> str:
    """The card ``text`` with its generated parts made anew: front matter, table of counts, citation."""
    front = _yaml({**_PROFILE, **configuration(data, DATA)})
    body = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.DOTALL)
    body = _between(body, "counts", _counts(claims))
    bibtex = "\n\n".join(citation.bibtex() for citation in citations())
    body = _between(body, "citation", f"```bibtex\n{bibtex}\n```")
    return f"---\n{front}---\n{body}"


def write_card(folder: Path) -> list[Path]:
    """Write the generated files of the gold in ``folder``, and name them."""
    claims = read_manifest(folder)
    rows = [to_row(document) for document in read_jsonl(folder / "gold.jsonl")]
    data = b"".join(msgspec.json.encode(row) + b"\n" for row in rows)
    readme = folder / "README.md"
    files = {
        folder / DATA: data,
        readme: card(readme.read_text(encoding="utf-8"), data, claims).encode(),
        folder / "croissant.json": msgspec.json.format(msgspec.json.encode(_croissant(data, claims)), indent=2) + b"\n",
    }
    root = folder.parent.parent
    if (root / "pyproject.toml").is_file():
        head = "# Written by: python -m goldwire.corpus.card. For datasets.load_dataset on this folder.\n"
        inside = (folder / DATA).relative_to(root).as_posix()
        files[root / ".huggingface.yaml"] = (head + _yaml(configuration(data, inside))).encode()
    for path, content in files.items():
        path.parent.mkdir(exist_ok=True)
        with replacing(path) as file:
            file.write(content)
    return list(files)


def _croissant(data: bytes, claims: Manifest) -> dict[str, Any]:
    _, gold = citations()
    return croissant(
        data,
        DATA,
        about={
            "name": f"goldwire-{claims.name}",
            "description": f"{gold.title}. Annotated by language models working apart, adjudicated; "
            "no person has reviewed it yet.",
            "version": f"{claims.version}.0",
            "license": "https://spdx.org/licenses/MIT.html",
            "copyrightNotice": "The licence covers code and annotations; the text is TASS's, quoted as research data.",
            "datePublished": "2026-11-22",
            "inLanguage": "ru",
            "creator": {"@type": "sc:Organization", "name": gold.author},
            "keywords": _PROFILE["tags"],
            "isLiveDataset": False,
            "citeAs": gold.bibtex(),
        },
    )


def _counts(claims: Manifest) -> str:
    lines = ["| what | how many | of them |", "|---|---|---|"]
    for layer in ("documents", "mentions", "entities", "quotes", "blocks", "sections", "datelines"):
        by = [
            f"{label} {count}"
            for group in (layer, f"{layer} by type", f"{layer} by form", f"{layer} by kind")
            for label, count in claims.counts.get(group, {}).items()
            if label != "all"
        ]
        lines.append(f"| {layer} | {claims.counts[layer]['all']} | {', '.join(by)} |")
    return "\n".join(lines)


def _between(text: str, name: str, content: str) -> str:
    pattern = rf"(<!-- {name}: generated -->\n).*?(<!-- end -->)"
    changed, times = re.subn(pattern, lambda match: f"{match[1]}{content}\n{match[2]}", text, flags=re.DOTALL)
    if times != 1:
        found = f"{times} places for {name}"
        raise InputError(Problem("bad-card", found, f"one <!-- {name}: generated --> … <!-- end -->", file="README.md"))
    return changed


def _yaml(content: dict[str, Any]) -> str:
    return str(yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=120))


def main() -> None:
    """Write the card of the embedded gold."""
    for path in write_card(Path(__file__).resolve().parent / "gold"):
        print(path)  # noqa: T201


if __name__ == "__main__":
    main()
