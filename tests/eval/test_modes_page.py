"""docs/moving-over.md is run: its figures as a doctest, and the programs themselves where they are installed."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

from goldwire.eval.measures import mode_measures
from goldwire.eval.modes import MODES

pytestmark = pytest.mark.checkout

PAGE = Path(__file__).parent.parent.parent / "docs" / "moving-over.md"
BLOCK = re.compile(r"(?:<!-- needs: (\w+) -->\n)?```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


def run(with_program: str = "") -> int:
    blocks = [
        code for program, code in BLOCK.findall(PAGE.read_text(encoding="utf-8")) if program in ("", with_program)
    ]
    case = doctest.DocTestParser().get_doctest("".join(blocks), {}, PAGE.name, str(PAGE), 0)
    runner = doctest.DocTestRunner()
    runner.run(case)
    assert runner.summarize(verbose=False) == doctest.TestResults(failed=0, attempted=len(case.examples))
    return len(case.examples)


def test_the_page_gives_what_it_prints() -> None:
    assert run() >= 12


@pytest.mark.parametrize("program", ["nervaluate", "seqeval"])
def test_the_programs_give_what_the_page_prints(program: str) -> None:
    pytest.importorskip(program)
    assert run(program) > run()


def test_the_page_lists_every_mode_with_its_scores() -> None:
    rows = re.findall(r"^\| `([\w.-]+)` \| .* \| (.*) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert [name for name, _ in rows[1:]] == list(MODES)
    for name, listed in rows[1:]:
        if listed != "the same":
            first, *rest = re.findall(r"`([^`]+)`", listed)
            program = first.partition(".")[0]
            assert [first, *(program + part for part in rest)] == [m.name for m in mode_measures(name)]
