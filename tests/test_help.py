"""What ``--help`` says of options that several verbs have: one thing in one wording."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from typer.main import get_command

from goldwire.cli import app

OWN = {
    "--out": "each verb writes something else",
    "--to": "a format, a run, a corpus",
    "--gold": "of runs that were judged, or to be judged on",
    "--draws": "compare's default is that of the runs",
    "--seed": "compare's default is that of the runs",
    "--timeout": "of an extractor, or of Label Studio",
    "--html": "besides, or instead",
    "--list": "extractors, or disagreements",
    "--layer": "of a project, or of errors",
    "--workers": "of an extractor, or for the parts of two files",
    "--scheme": "check says what is in it, label names check",
}
"""Options that two verbs have and describe each for itself, and why."""


def options(command: Any) -> Iterator[tuple[str, str]]:
    """(option, help) of a command and of those below it."""
    for verb in getattr(command, "commands", {}).values():
        yield from options(verb)
    for option in command.params:
        if option.param_type_name == "option" and option.help:
            yield option.opts[0], option.help


def test_an_option_of_several_verbs_is_described_once_or_is_another_thing() -> None:
    said = defaultdict(set)
    for name, help_ in options(get_command(app)):
        said[name].add(help_)
    assert said["--min"] == {
        "Exit with 5 unless the score is at least X, or at most X for an error rate. May be repeated."
    }
    assert {name for name, texts in said.items() if len(texts) > 1} == set(OWN)
