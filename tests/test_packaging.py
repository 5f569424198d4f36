"""What wheel and sdist contain: every module and data file of the folders. Of a checkout, not of an installation."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.checkout

ROOT = Path(__file__).parent.parent
HOUSE = ("goldwire", "corpus", "eval", "annotation")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
README = (ROOT / "README.md").read_text(encoding="utf-8")
NOT_SHIPPED = {".pyc"}


def shipped() -> dict[str, Path]:
    """Path inside the import root → file, for every file of the house; the links to the folders are not followed."""
    found = {}
    for top in HOUSE:
        for file in (ROOT / top).rglob("*"):
            inside = file.relative_to(ROOT)
            linked = any((ROOT / parent).is_symlink() for parent in inside.parents)
            if file.is_file() and not linked and not file.is_symlink() and file.suffix not in NOT_SHIPPED:
                found[str(inside if top == "goldwire" else "goldwire" / inside)] = file
    return found


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and the sdist, built from a copy of the checkout."""
    place = tmp_path_factory.mktemp("build")
    ignored = shutil.ignore_patterns(".venv*", ".git", "runs", "dist", "build", "*.egg-info", "__pycache__", ".*_cache")
    shutil.copytree(ROOT, place / "checkout", symlinks=True, ignore=ignored)
    program = "from setuptools import build_meta as b; b.build_sdist('../dist'); b.build_wheel('../dist')"
    (place / "dist").mkdir()
    done = subprocess.run([sys.executable, "-c", program], cwd=place / "checkout", capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return place / "dist"


def test_pyproject_lists_every_package():
    packages = {str(Path(name).parent).replace("/", ".") for name in shipped() if name.endswith("__init__.py")}
    assert sorted(PROJECT["tool"]["setuptools"]["packages"]) == sorted(packages)


def test_the_wheel_holds_every_file_of_the_house(built):
    [wheel] = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        inside = {name: archive.read(name) for name in archive.namelist() if name.startswith("goldwire/")}
    assert inside == {name: file.read_bytes() for name, file in shipped().items()}


def test_the_sdist_holds_every_file_of_the_house_and_the_tests(built):
    [sdist] = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        inside = {name.partition("/")[2] for name in archive.getnames()}
    wanted = {str(file.relative_to(ROOT)) for file in shipped().values()}
    wanted |= {"pyproject.toml", "README.md", "Makefile", "constraints.txt", "LICENSE", "tests/test_packaging.py"}
    assert wanted <= inside


@pytest.mark.parametrize("name", ["constraints.txt", "constraints-label-studio.txt", "constraints-models.txt"])
def test_constraints_name_no_index(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert all(re.fullmatch(r"#.*|[\w.-]+==[\w.+!]+", line) for line in text.splitlines() if line)


def test_the_readme_has_the_size_of_every_extra_that_is_for_users():
    done = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / "install.py", "nothing"], capture_output=True, text=True, check=False
    )
    told = re.fullmatch(r"extra nothing: found no such extra, expected some of (.*)\n", done.stderr)
    assert (done.returncode, done.stdout, bool(told)) == (2, "", True), done.stderr
    assert told
    extras = set(PROJECT["project"]["optional-dependencies"]) - {"dev", "page", "test"}
    assert set(told[1].split(", ")) == extras
    table = re.findall(r"^\| `goldwire(?:\[([\w-]+)\])?` \| [\d,]+ \| \d+ \|$", README, re.MULTILINE)
    assert sorted(table) == sorted(["", *extras])
