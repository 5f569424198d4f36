"""What the tests of the front door share: the command line, run in this process."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import pytest
import typer.main

from goldwire.cli import main
from goldwire.eval.run import run


class Done(NamedTuple):
    """What a command left: its exit code, its standard output and its standard error."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        """Standard error on one line, without the frame and the colours that the parser draws around its words."""
        return " ".join(re.sub(r"\x1b\[[\d;]*m|[─│╭╮╰╯]", " ", self.err).split())


_BUILT = cache(typer.main.get_command)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Where everything is meant to be there, as in ``make test-all``, a skipped test is a failed one."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("GOLDWIRE_WHOLE") and exitstatus == 0 and reporter is not None and reporter.stats.get("skipped"):
        reporter.write_line("GOLDWIRE_WHOLE is set: a part is missing, and its tests were skipped", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture
def goldwire(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Done]:
    """``goldwire("check", path)`` is ``goldwire check path``; speeds are not measured twice.

    The verbs are built once for all tests: that takes longer than most of them do.
    """
    monkeypatch.setattr(typer.main, "get_command", _BUILT)
    monkeypatch.setitem(run.__kwdefaults__, "warm_seconds", 0.0)

    def command(*arguments: object) -> Done:
        monkeypatch.setattr(sys, "argv", ["goldwire", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as stopped:
            main()
        code = stopped.value.code or 0
        assert isinstance(code, int)
        return Done(code, *capsys.readouterr())

    return command
