"""The README is run: its Python as a doctest, its commands against their printed output."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

from goldwire.eval.run import run

README = Path(__file__).parent.parent / "README.md"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def test_python_of_the_readme_gives_what_it_prints():
    text = "".join(blocks("python"))
    case = doctest.DocTestParser().get_doctest(text, {}, "README.md", str(README), 0)
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    runner.run(case)
    assert runner.summarize(verbose=False) == doctest.TestResults(failed=0, attempted=len(case.examples))
    assert len(case.examples) >= 5


def plain(line: str) -> str:
    """A line without trailing blanks, and without the two speeds at the end of an extractor's row."""
    return re.sub(r"(?<=\S) +\d+\.\d\d +[\d,]+$", " SPEED", line.rstrip())


def test_the_first_screen_shows_what_goldwire_bench_prints(goldwire, tmp_path, monkeypatch):
    monkeypatch.setitem(run.__kwdefaults__, "warm_seconds", 0.01)  # measured, and not for long
    [shown] = [block for block in blocks("console") if "\n" in block.strip() and "goldwire bench\n" in block]
    command, *expected = shown.splitlines()
    assert command == "$ goldwire bench"
    monkeypatch.chdir(tmp_path)
    done = goldwire("bench")
    assert done.code == 0
    printed = [plain(line) for line in done.out.splitlines()]
    assert words(printed) == words([plain(line) for line in expected])


def words(lines: list[str]) -> list[list[str]]:
    """The words of each line: the widths of columns follow the speeds, the rule under the head too."""
    return [line.replace("─", "").split() for line in lines if line.replace("─", "").strip()]


def test_the_readme_shows_the_commands_of_the_makefile():
    text = README.read_text(encoding="utf-8")
    targets = set(
        re.findall(r"^([a-z-]+):.*## ", (README.parent / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    )
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", text, re.MULTILINE))
    assert {"bench", "test"} <= named <= targets
