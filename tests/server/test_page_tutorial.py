"""docs/tutorial.md, done as it says: its server, its commands, its regions and arrows by mouse and key, its pictures.

``GOLDWIRE_SCREENSHOTS=FOLDER`` keeps the pictures; ``make screenshots`` sets it to docs/images.
"""

from __future__ import annotations

import io
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from goldwire.annotation.labeling import hotkeys
from goldwire.corpus.document import Block, Dateline, Document, Entity, Mention, Quote
from goldwire.corpus.layout import sections_of
from goldwire.corpus.store import read_jsonl
from tests.server.editor import Editor, Span, login
from tests.server.machine import ROOT, TOKEN, Machine

TUTORIAL = ROOT / "docs" / "tutorial.md"
PICTURES = os.environ.get("GOLDWIRE_SCREENSHOTS")


@pytest.fixture(scope="module")
def tutorial() -> str:
    if not TUTORIAL.exists():
        pytest.skip("this is no checkout")
    return TUTORIAL.read_text(encoding="utf-8")


def blocks(tutorial: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", tutorial, re.MULTILINE | re.DOTALL)


def table(tutorial: str, name: str) -> Iterator[list[str]]:
    """The rows of the table under ``<!-- name -->``, without its head."""
    rows = tutorial.split(f"<!-- {name} -->\n")[1].split("\n\n")[0].splitlines()[2:]
    for row in rows:
        yield [cell.strip().strip("`") for cell in row.strip("|").split("|")]


def place(text: str, words: str, nth: str) -> Span:
    """Where the words stand; ``… `` leaves out what lies between, on one line."""
    pattern = re.escape(words).replace("…\\ ", "[^\\n]*")
    found = list(re.finditer(pattern, text))[int(nth[0]) - 1]
    return found.start(), found.end()


def test_every_picture_is_there_and_none_besides(tutorial: str) -> None:
    folder = TUTORIAL.parent / "images"
    named = re.findall(r"!\[[^]]+\]\(images/([^)]+)\)", tutorial)
    assert sorted(named) == sorted(path.name for path in folder.glob("tutorial-*"))
    for name in named:
        content = (folder / name).read_bytes()
        assert (content[:4], content[8:12]) == (b"RIFF", b"WEBP")
        assert 5_000 < len(content) < 150_000


def test_the_server_is_started_as_the_tests_start_theirs(tutorial: str) -> None:
    [start] = re.findall(r"^label-studio/bin/label-studio (.*)$", tutorial, re.MULTILINE)
    machine = Machine(Path("label-studio"), Path("data"))
    assert shlex.split(start)[:-1] == machine.command(0)[1:-1]
    exported = dict(re.findall(r"(LABEL_STUDIO_\w+)=(\S+)", tutorial))
    for_goldwire = {"LABEL_STUDIO_URL", "LABEL_STUDIO_API_KEY"}
    assert exported.keys() - for_goldwire == {
        "LABEL_STUDIO_USERNAME", "LABEL_STUDIO_PASSWORD", "LABEL_STUDIO_USER_TOKEN",
        "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN",
    }  # fmt: skip
    assert machine.environment().keys() >= exported.keys() - for_goldwire


class Terminal:
    """Runs the commands of the tutorial in a folder, in order, and compares what they print with what it shows."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.url = url

    def run(self, block: str) -> None:
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, shown = part.partition("\n")
            printed = self._printed(shlex.split(command))
            if shown.strip():
                assert self._same(printed) == self._same(shown), command

    def _printed(self, words: list[str]) -> str:
        assert words[0] == "goldwire"
        kept = {key: value for key, value in os.environ.items() if not key.startswith("LABEL_STUDIO")}
        mine = {"LABEL_STUDIO_URL": self.url, "LABEL_STUDIO_API_KEY": TOKEN, "COLUMNS": "100", "NO_COLOR": "1"}
        done = subprocess.run(
            [sys.executable, "-m", *words], cwd=self.folder, capture_output=True, text=True, encoding="utf-8",
            env=kept | mine | {"PYTHONUTF8": "1"},
        )  # fmt: skip
        assert done.returncode == 0, (words, done.stdout, done.stderr)
        return done.stdout

    def _same(self, printed: str) -> list[list[str]]:
        """Words by line, without rules, speeds, and the address and number that a server gave."""
        printed = printed.replace(self.url, "http://127.0.0.1:8080")
        printed = re.sub(r"project \d+, (\S+)/projects/\d+", r"project 1, \1/projects/1", printed)
        printed = re.sub(r"(?<=\S) +\d+\.\d\d +[\d,]+ *$", "", printed, flags=re.MULTILINE)
        return [line.split() for line in printed.replace("─", "").splitlines() if line.strip()]


class Camera:
    """Takes the pictures of the tutorial, as lossless WebP."""

    def __init__(self, editor: Editor, folder: Path) -> None:
        self.editor = editor
        self.folder = folder
        self.taken: list[str] = []

    def __call__(self, name: str) -> None:
        from PIL import Image

        self.editor.page.mouse.move(2, 2)
        self.editor.page.wait_for_timeout(400)  # the page's own animations
        content = self.editor.page.screenshot()
        Image.open(io.BytesIO(content)).convert("RGB").save(self.folder / name, lossless=True, quality=80, method=3)
        self.taken.append(name)


@pytest.mark.server
@pytest.mark.page
def test_the_tutorial(tutorial: str, server: Machine, browser: Any, tmp_path: Path) -> None:
    [article], [names] = blocks(tutorial, "text"), blocks(tutorial, "python")
    (tmp_path / "article.txt").write_text(article, encoding="utf-8", newline="")
    (tmp_path / "names.py").write_text(names, encoding="utf-8")
    terminal = Terminal(tmp_path, server.url)
    push, pull, judge = blocks(tutorial, "console")
    terminal.run(push)
    context = browser.new_context(viewport={"width": 1280, "height": 860})  # its settings are its own
    context.set_default_timeout(15_000)
    login(context, server.url)
    editor = Editor(context, server.url)
    camera = Camera(editor, Path(PICTURES) if PICTURES else tmp_path)
    annotate(editor, camera, tutorial, article)
    context.close()
    assert editor.faults == []
    terminal.run(pull)
    terminal.run(judge)
    assert camera.taken == re.findall(r"\(images/([^)]+)\)", tutorial)
    [gold] = read_jsonl(tmp_path / "gold.jsonl")
    assert gold == wanted(tutorial, article)


def wanted(tutorial: str, article: str) -> Document:
    """The document that the tables of the tutorial describe."""
    named = {(control, key): value for (control, value), key in hotkeys().items()}
    mentions, entities = [], {}
    for key, words, nth, form, entity in table(tutorial, "entities"):
        (start, end), kind = place(article, words, nth), named["entity", key]
        mentions.append(Mention(start=start, end=end, type=kind, form=named["form", form], entity=entity))
        entities.setdefault(entity, Entity(id=entity, type=kind, name=entity))
    parts = {(words, nth): named["quote", key] for key, words, nth, *_ in table(tutorial, "quotes")}
    quotes = []
    for _, words, nth, kind, speaker in table(tutorial, "quotes"):
        if kind:
            ends = [(row[2], row[3]) for row in table(tutorial, "arrows") if (row[0], row[1]) == (words, nth)]
            spans = {part: [place(article, *end) for end in ends if parts[end] == part] for part in parts.values()}
            content = (place(article, words, nth), *spans["content"])
            cue, said = (next(iter(spans[part]), None) for part in ("cue", "speaker"))
            kind = named["kind", kind]
            quotes.append(Quote(kind=kind, content=content, cue=cue, speaker=said, speaker_entity=speaker))
    rows = [(key, *place(article, words, nth)) for key, words, nth in table(tutorial, "sections")]
    blocks = tuple(
        Block(kind=named["section", key], start=start, end=end) for key, start, end in rows if ("section", key) in named
    )
    line = {named["dateline", key]: (start, end) for key, start, end in rows if ("dateline", key) in named}
    start, end = line.pop("dateline")
    return Document(
        id="article",
        text=article,
        mentions=tuple(mentions),
        entities=tuple(entities.values()),
        quotes=tuple(quotes),
        blocks=blocks,
        sections=sections_of(blocks),
        dateline=Dateline(start=start, end=end, **line),
    )


def annotate(editor: Editor, camera: Camera, tutorial: str, article: str) -> None:
    """What the tutorial has a person do in the page."""
    editor.open_project("Steppe")
    editor.switch_on("Select region after creating it")
    camera("tutorial-task.webp")
    for key, words, nth, form, entity in table(tutorial, "entities"):
        region = editor.mark(key, place(article, words, nth))
        assert editor.selected() == [region]
        editor.press(form)
        editor.type("entity_new", entity)
        if words == "Сергей Иванов":
            camera("tutorial-mention.webp")
        editor.leave()
    drawn: dict[tuple[str, str], str] = {}
    for key, words, nth, kind, speaker in table(tutorial, "quotes"):
        drawn[words, nth] = editor.mark(key, place(article, words, nth))
        if kind:
            editor.press(kind)
            editor.type("speaker_new", speaker)
        editor.leave()
    for source, nth, target, other, label in table(tutorial, "arrows"):
        editor.relate(drawn[source, nth], drawn[target, other])
        if label:
            editor.open_labels()
            camera("tutorial-arrow.webp")
            editor.label(label)
    editor.unselect()
    for key, words, nth in table(tutorial, "sections"):
        editor.mark(key, place(article, words, nth))
        editor.leave()
    editor.tab("Regions")
    camera("tutorial-done.webp")
    editor.save()
