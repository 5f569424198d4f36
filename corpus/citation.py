"""How to cite the kit and the gold: one record of each, rendered as BibTeX and as a plain line."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import metadata

__all__ = ["Citation", "citations"]


@dataclass(frozen=True, slots=True)
class Citation:
    """What is cited. ``kind`` is BibTeX's entry type; ``note`` is a sentence without a full stop, or empty."""

    key: str
    kind: str
    title: str
    author: str
    year: int
    version: str
    note: str = ""

    def bibtex(self) -> str:
        """The BibTeX entry; whoever has no given name stands in double braces, as BibTeX wants it."""
        fields = {
            "author": f"{{{self.author}}}",
            "title": f"{{{self.title}}}",
            "year": str(self.year),
            "version": self.version,
            **({"note": self.note} if self.note else {}),
        }
        lines = [f"  {name:<7} = {{{value}}}," for name, value in fields.items()]
        return "\n".join([f"@{self.kind}{{{self.key},", *lines, "}"])

    def plain(self) -> str:
        """The citation as a line of text."""
        note = f" {self.note}." if self.note else ""
        return f"{self.author} ({self.year}). {self.title}. Version {self.version}.{note}"


def citations() -> tuple[Citation, Citation]:
    """The kit and the newest embedded gold, with the versions that are installed."""
    from goldwire.corpus.gold import manifest

    claims = manifest()
    kit = Citation(
        key="goldwire",
        kind="software",
        title="goldwire: a gold-annotated Russian news article and the kit that scores any extractor against it",
        author="The goldwire authors",
        year=2026,
        version=metadata.version("goldwire"),
    )
    gold = Citation(
        key=f"goldwire-{claims.name}",
        kind="dataset",
        title=f"goldwire {claims.name}: entities, quotes and sections of a Russian news article",
        author=kit.author,
        year=2026,
        version=claims.version,
        note="Text: TASS, 16 December 2016, quoted as research data",
    )
    return kit, gold
