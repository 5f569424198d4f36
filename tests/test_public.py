"""The public names: importable, explained, and light to import."""

from __future__ import annotations

import importlib
import inspect
import re
import subprocess
import sys
from importlib.metadata import entry_points

import pytest

import goldwire
from goldwire.cli import main

HEAVY = {
    "cassis",
    "datasets",
    "label_studio_sdk",
    "lxml",
    "natasha",
    "pandas",
    "pyarrow",
    "ray",
    "scipy",
    "sklearn",
    "spacy",
}
NAMES = sorted(goldwire.__all__)


def members() -> list[tuple[str, object]]:
    """Public names, and the public methods and properties of public classes."""
    found: list[tuple[str, object]] = []
    for name in NAMES:
        value = getattr(goldwire, name)
        found.append((name, value))
        if inspect.isclass(value):
            own = {
                key: member
                for base in value.__mro__
                if base.__module__.startswith("goldwire")
                for key, member in vars(base).items()
            }
            found += [
                (f"{name}.{key}", member)
                for key, member in own.items()
                if not key.startswith("_") and (inspect.isroutine(member) or isinstance(member, property))
            ]
    return found


MEMBERS = [(name, value) for name, value in members() if callable(value) or isinstance(value, property)]


def test_no_name_is_listed_twice():
    assert len(NAMES) == len(set(NAMES)) > 20


@pytest.mark.parametrize("name", NAMES)
def test_each_name_is_imported_from_its_home(name):
    home = importlib.import_module(goldwire._HOME[name])
    assert getattr(goldwire, name) is getattr(home, name)
    assert name in home.__all__


def test_what_has_a_home_is_public_and_what_is_public_has_a_home():
    assert set(goldwire._HOME) == set(goldwire.__all__)


def test_what_the_checkers_see_is_what_is_public():
    source = inspect.getsource(goldwire)
    block = source[source.index("if TYPE_CHECKING:") : source.index("_HOMES")]
    imported = {
        name
        for part in re.findall(r"import \(([^)]*)\)|import (.+)", block)
        for name in re.findall(r"\w+", "".join(part))
    }
    assert imported == set(goldwire.__all__)


def test_a_star_import_brings_the_public_names_alone():
    space: dict[str, object] = {}
    exec("from goldwire import *", space)
    assert set(space) - {"__builtins__"} == set(goldwire.__all__)


def test_dir_lists_the_public_names():
    assert set(goldwire.__all__) <= set(dir(goldwire))


def test_another_name_is_no_attribute():
    with pytest.raises(AttributeError, match=r"^module 'goldwire' has no attribute 'scores'$"):
        goldwire.scores  # noqa: B018


@pytest.mark.parametrize(("name", "value"), MEMBERS, ids=[name for name, _ in MEMBERS])
def test_everything_public_is_explained(name, value):
    text = value.__doc__
    assert text
    assert text[0].isupper() or text[0] in "`0123456789"
    assert not text.startswith(f"{name.rpartition('.')[2]}(")  # a signature that was made, not a sentence


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith("Error")])
def test_every_error_is_one_of_ours_with_an_exit_code(name):
    error = getattr(goldwire, name)
    assert issubclass(error, goldwire.GoldwireError)
    codes = {"InputError": 1, "UsageError": 2, "ExtractorError": 3, "ServiceError": 4, "ThresholdError": 5}
    assert error.exit_code == codes.get(name, 1)


def test_the_command_is_installed():
    [point] = [point for point in entry_points(group="console_scripts") if point.name == "goldwire"]
    assert point.load() is main


@pytest.mark.parametrize(
    "program",
    [
        pytest.param("import goldwire; dir(goldwire)", id="import"),
        pytest.param("import goldwire; goldwire.load(); goldwire.read", id="load"),
        pytest.param("import goldwire; next(goldwire.check(goldwire.load()[0]), None)", id="check"),
        *(
            pytest.param(
                f"import sys; sys.argv[1:] = {words}; from goldwire.cli import main; main()", id=" ".join(words)
            )
            for words in (["--help"], ["score", "--help"], ["bench", "--help"], ["check", "--help"])
        ),
    ],
)
def test_nothing_heavy_is_loaded(program):
    text = f"import atexit, sys\natexit.register(lambda: print('\\n', *sorted(sys.modules)))\n{program}"
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.splitlines()[-1].split())
    assert "goldwire" in loaded
    assert loaded & HEAVY == set()
