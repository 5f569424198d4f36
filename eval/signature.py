"""What makes a number reproducible, on one line. It names the task, never the system."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Signature", "parse_signature"]


class Signature(NamedTuple):
    """The choices that move a score. Two scores are comparable if and only if their signatures are equal."""

    version: str
    gold: str
    score: str
    view: str
    mode: str
    unit: str
    draws: int
    seed: int

    def __str__(self) -> str:
        return (
            f"goldwire:{self.version}|gold:{self.gold}|score:{self.score}|view:{self.view}|mode:{self.mode}"
            f"|unit:{self.unit}|draws:{self.draws}|seed:{self.seed}"
        )


def parse_signature(line: str) -> Signature:
    """The signature that prints as ``line``.

    >>> line = "goldwire:0.1.0|gold:a@1#00|score:entities.strict|view:all|mode:own|unit:block|draws:10|seed:0"
    >>> str(parse_signature(line)) == line
    True
    """
    version, gold, score, view, mode, unit, draws, seed = (part.partition(":")[2] for part in line.split("|"))
    return Signature(version, gold, score, view, mode, unit, int(draws), int(seed))
