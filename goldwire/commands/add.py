"""``goldwire add``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["add"]


def add(
    articles: Annotated[
        list[Path],
        typer.Argument(metavar="ARTICLE…", help="Text files in UTF-8, one article each; the name is the id."),
    ],
    to: Annotated[
        Path, typer.Option("--to", metavar="CORPUS.jsonl", help="The file that grows; it is begun if it is not there.")
    ],
    lang: Annotated[str, typer.Option("--lang", help="The language of the articles, as a tag of BCP 47.")] = "ru",
    meta: Annotated[
        list[str] | None,
        typer.Option("--meta", metavar="KEY=VALUE", help="Metadata of every article given. May be repeated."),
    ] = None,
) -> None:
    """Start new documents from articles, with blocks, sections and dateline proposed by rules, for people to correct.

    All are added or none; ids that are there already are refused.

    Example: goldwire add 2024-05-01-flood.txt --to corpus/news.jsonl --meta published=2024-05-01
    """
    from goldwire.growth import add as append
    from goldwire.growth import new_document, pairs

    about = dict(pairs(meta or ()))
    documents = [new_document(path, lang=lang, meta=about) for path in articles]
    append(documents, to)
    for document in documents:
        parts = [
            f"{len(document.text or '')} characters",
            f"{len(document.blocks or ())} blocks",
            f"{len(document.sections or ())} sections",
            "a dateline" if document.dateline else "no dateline",
        ]
        typer.echo(f"{document.id}: {', '.join(parts)}")
    typer.echo(f"Added to {to}: {len(documents)}. The layout is proposed by rules: correct it before it is gold.")
