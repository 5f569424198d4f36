"""Whatever is wrong with an input: the right exit code, one helpful line, no traceback, nothing half written."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from goldwire.corpus.document import Block, Dateline, Document, Mention, Quote, sha256
from goldwire.io import write
from tests.corpus.problems import CASES, TEXT, line, person

SOUND = Document(
    id="a",
    text=TEXT,
    mentions=(Mention(start=0, end=5, type="PERSON", form="name"),),
    quotes=(Quote(kind="direct", content=((8, 14),)),),
    blocks=(Block(kind="paragraph", start=0, end=14),),
    dateline=Dateline(start=0, end=5),
)
OF_THE_FILE = {
    "no-documents",
    "byte-order-mark",
    "not-utf-8",
    "not-json",
    "wrong-type",
    "missing-key",
    "unknown-key",
    "wrong-hash",
}

# beside those of the table: content, and the first thing that is said of it
KEYS = (
    "expected one of schema, id, text, sha256, lang, meta, mentions, entities, relations, quotes, blocks, sections, "
    "dateline, extra; put it under `extra` [unknown-key]"
)
NOT_JSON = "expected one whole JSON object on the line;"
MORE: dict[str, tuple[bytes, str]] = {
    "a binary file": (
        bytes(range(256)) * 100,
        rf"a.jsonl:1: found '\x00\x01\x02\x03\x04\x05\x06\x07\x08', {NOT_JSON} "
        "Expecting value at character 0 of the line [not-json]",
    ),
    "UTF-16": (
        line().decode().encode("utf-16"),
        "a.jsonl:1: found byte 0xff at byte 0 of the line, expected UTF-8; save the file as UTF-8 [not-utf-8]",
    ),
    "100,000 brackets": (
        b"[" * 100_000,
        f"a.jsonl:1: found '{'[' * 58}…, {NOT_JSON} brackets nested too deep [not-json]",
    ),
    "100,000 brackets in a key that takes anything": (
        b'{"schema":"goldwire/1","id":"a","extra":{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}}",
        f'a.jsonl:1: found \'{{"schema":"goldwire/1","id":"a","extra":{{"a":[[[[[[[[[[[[[…, {NOT_JSON} '
        "brackets nested too deep [not-json]",
    ),
    "an array of records": (
        b"[" + line().strip() + b"]",
        "a.jsonl:1: (record): found [{'schema': 'goldwire/1', 'id': 'a', 'text': 'Путин в Москв…, "
        "expected an object (document) [wrong-type]",
    ),
    "a record over many lines": (
        json.dumps({"schema": "goldwire/1", "id": "a"}, indent=1).encode(),
        f"a.jsonl:1: found '{{', {NOT_JSON} "
        "Expecting property name enclosed in double quotes at character 2 of the line [not-json]",
    ),
    "words": (
        b"Once upon a time\n",
        f"a.jsonl:1: found 'Once upon a time', {NOT_JSON} Expecting value at character 0 of the line [not-json]",
    ),
    "null": (b"null\n", "a.jsonl:1: (record): found None, expected an object (document) [wrong-type]"),
    "the second line": (
        line() + b"{}\n",
        "a.jsonl:2: schema: found no such key, expected 'goldwire/1'; add the key [missing-key]",
    ),
    "a terminal's escape in a key": (
        line(**{"\x1b[31m": 1}),
        f"a.jsonl:1: document 'a': '\\x1b[31m': found 1, {KEYS}",
    ),
    "a lone surrogate in a key": (
        b'{"schema":"goldwire/1","id":"a","\\ud800":1}',
        f"a.jsonl:1: document 'a': '\\ud800': found 1, {KEYS}",
    ),
}
BROKEN = {name: (content, messages[0].removeprefix("error: ")) for name, (content, messages) in CASES.items()} | MORE
BROKEN = {name: case for name, case in BROKEN.items() if name in MORE or case[1].rpartition("[")[2][:-1] in OF_THE_FILE}


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A folder with one sound file; whatever fails leaves nothing behind in it."""
    monkeypatch.chdir(tmp_path)
    write("sound.jsonl", [SOUND])
    yield
    assert [path.name for path in tmp_path.rglob("*") if path.name.endswith(".part")] == []


def everything() -> dict[str, bytes | None]:
    return {str(path): path.read_bytes() if path.is_file() else None for path in sorted(Path().rglob("*"))}


def refused(goldwire: Callable[..., Any], message: str, *arguments: object, code: int = 1) -> None:
    before = everything()
    assert goldwire(*arguments) == (code, "", f"goldwire: {message}\n")
    assert everything() == before


OUTPUTS = ("--out", "out", "--json", "result.json")


@pytest.mark.parametrize(
    "command",
    [
        ("score", "a.jsonl", "--gold", "sound.jsonl", "--rows", "rows.parquet"),
        ("score", "sound.jsonl", "--gold", "a.jsonl", "--rows", "rows.parquet"),
        ("bench", "a.jsonl", "--gold", "sound.jsonl"),
        ("bench", "rules", "--gold", "a.jsonl"),
    ],
    ids=["score", "score --gold", "bench", "bench --gold"],
)
@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_refused_with_place_found_expected_and_remedy(goldwire, command, name):
    content, message = BROKEN[name]
    Path("a.jsonl").write_bytes(content)
    refused(goldwire, message, *command, *OUTPUTS, "--draws", 0)


@pytest.mark.parametrize("name", [*CASES, *MORE])
def test_check_lists_what_is_wrong_one_a_line(goldwire, name):
    content, messages = CASES.get(name) or (MORE[name][0], [f"error: {MORE[name][1]}"])
    Path("a.jsonl").write_bytes(content)
    before = everything()
    done = goldwire("check", "a.jsonl")
    *listed, total = done.out.splitlines()
    assert listed[: len(messages)] == messages
    errors = sum(line.startswith("error: a.jsonl:") for line in listed)
    warnings = sum(line.startswith("warning: a.jsonl:") for line in listed)
    assert errors + warnings == len(listed)
    assert total == f"{errors} errors, {warnings} warnings"
    assert (done.code, done.err) == (1 if errors else 0, "")
    assert everything() == before


def test_there_are_more_than_forty_kinds():
    assert len(BROKEN) > 35
    assert len({*CASES, *MORE}) > 80


# what is well formed, and wrong


@pytest.mark.parametrize(
    ("start", "end"),
    [(-1, 5), (0, 99), (5, 5), (5, 2), (0, 10**30), (-(10**30), 5), (0, 2**63), (2**63, 2**64)],
)
def test_a_bad_span_is_refused_in_gold_and_told_in_predictions(goldwire, start, end):
    Path("a.jsonl").write_bytes(line(mentions=[person(start, end)]))
    before = everything()
    done = goldwire("score", "sound.jsonl", "--gold", "a.jsonl", "--draws", 0, *OUTPUTS)
    assert (done.code, done.out) == (1, "")
    found = r"goldwire: document 'a': mentions\[0\]: found \[-?\d+, -?\d+\), expected start < end within \[0, 14\)"
    assert re.fullmatch(rf"{found}; correct the gold \[bad-span\]\n", done.err)
    assert everything() == before
    done = goldwire("score", "a.jsonl", "--gold", "sound.jsonl", "--draws", 0, "--json", "-")
    assert (done.code, done.err) == (0, "")
    [warning] = json.loads(done.out)["warnings"]
    assert (warning["code"], warning["count"]) == ("bad-span", 1)


@pytest.mark.parametrize(
    ("mention", "options", "place", "found"),
    [
        pytest.param(person(text="Абэ"), (), "mentions[0].text", "'Абэ', expected 'Путин'", id="another surface"),
        pytest.param(
            person(), ("--view", "names"), "mentions[0].form", "no form, expected a form, which", id="no form"
        ),
        pytest.param(person(None, None, text="Путин"), (), "mentions[0]", "[None, None), expected", id="no offsets"),
    ],
)
def test_unsound_gold_is_refused(goldwire, mention, options, place, found):
    Path("a.jsonl").write_bytes(line(mentions=[mention]))
    before = everything()
    done = goldwire("score", "sound.jsonl", "--gold", "a.jsonl", "--draws", 0, *OUTPUTS, *options)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith(f"goldwire: document 'a': {place}: found {found}")
    assert "; correct the gold [" in done.err
    assert done.err.count("\n") == 1
    assert everything() == before


def test_gold_without_a_text_is_refused_where_a_layer_needs_it(goldwire):
    write("a.jsonl", [Document(id="a", quotes=(), dateline=None)])
    refused(
        goldwire,
        "document 'a': text: found no text, expected the text, which quotes, dateline need; "
        "add it to the gold [no-text]",
        *("score", "sound.jsonl", "--gold", "a.jsonl", "--draws", 0, *OUTPUTS),
    )


def test_gold_without_a_text_has_nothing_to_extract_from(goldwire):
    write("a.jsonl", [Document(id="a", mentions=())])
    message = "document 'a': text: found no text, expected a text to extract from; add it [no-text]"
    refused(goldwire, message, "bench", "rules", "--gold", "a.jsonl", "--draws", 0, *OUTPUTS)


@pytest.mark.parametrize("verb", ["score", "bench"])
@pytest.mark.parametrize(
    ("predicted", "message"),
    [
        pytest.param(
            [Document(id="a", text="Абэ в Токио")],
            "document 'a': text: found a text unlike gold's: 'Абэ в Токио', expected predictions made on gold's text; "
            "extract from gold's own text [another-text]",
            id="another text",
        ),
        pytest.param(
            [Document(id="b", mentions=())],
            "document 'b': id: found 'b', expected an id that gold has; correct it, or use --ignore-extra "
            "[unknown-document]",
            id="an unknown document",
        ),
        pytest.param(
            [Document(id="a"), Document(id="a")],
            "document 'a': id: found 'a', expected one document an id; remove one [duplicate-document]",
            id="an id twice",
        ),
    ],
)
def test_predictions_that_do_not_fit_gold_are_refused(goldwire, verb, predicted, message):
    write("a.jsonl", predicted)
    refused(goldwire, message, verb, "a.jsonl", "--gold", "sound.jsonl", "--draws", 0, *OUTPUTS)


def test_predictions_on_a_text_of_another_hash_are_refused(goldwire):
    write("gold.jsonl", [Document(id="a", text=TEXT, sha256=sha256(TEXT), mentions=())])
    write("a.jsonl", [Document(id="a", sha256="0" * 64, mentions=())])
    refused(
        goldwire,
        f"document 'a': sha256: found a sha256 unlike gold's: '{'0' * 58}…, expected predictions made on gold's text; "
        "extract from gold's own text [another-text]",
        *("score", "a.jsonl", "--gold", "gold.jsonl", "--draws", 0),
    )


def test_an_id_twice_in_gold_is_refused(goldwire):
    write("a.jsonl", [SOUND, SOUND])
    message = "document 'a': id: found 'a', expected one document an id; remove one [duplicate-document]"
    refused(goldwire, message, "score", "sound.jsonl", "--gold", "a.jsonl", "--draws", 0, *OUTPUTS)


# paths

NOWHERE = "found No such file or directory"


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("nowhere.jsonl", f"{NOWHERE}, expected a file that can be read; check the path [no-access]"),
        ("no/where.jsonl", f"{NOWHERE}, expected a file that can be read; check the path [no-access]"),
        ("sound.jsonl/x.jsonl", "found Not a directory, expected a file that can be read; check the path [no-access]"),
        ("empty", "found a folder without .jsonl files, expected one or more; check the path [no-documents]"),
        (
            "x" * 300 + ".jsonl",
            "found File name too long, expected a file that can be read; check the path [no-access]",
        ),
    ],
    ids=["no file", "no folder", "a file for a folder", "an empty folder", "a long name"],
)
@pytest.mark.parametrize(
    "command",
    [("check",), ("score", "--gold", "sound.jsonl"), ("score", "sound.jsonl", "--gold")],
    ids=["check", "score", "score --gold"],
)
def test_a_path_that_leads_nowhere_is_refused(goldwire, command, path, found):
    Path("empty").mkdir()
    refused(goldwire, f"{path}: {found}", *command, path)


@pytest.mark.parametrize("command", [("check",), ("score",), ("bench",)], ids=["check", "score", "bench"])
def test_a_folder_called_like_a_file_is_refused(goldwire, command):
    Path("files/x.jsonl").mkdir(parents=True)
    message = "files/x.jsonl: found Is a directory, expected a file that can be read; check the path [no-access]"
    refused(goldwire, message, *command, "files")


@pytest.mark.parametrize("command", [("check",), ("score", "--gold", "sound.jsonl")], ids=["check", "score"])
def test_a_file_without_permission_is_refused(goldwire, monkeypatch, command):
    Path("secret.jsonl").write_bytes(line())
    real = Path.open

    def denied(self: Path, *arguments: Any, **options: Any) -> Any:
        if self.name == "secret.jsonl":
            raise PermissionError(13, "Permission denied")
        return real(self, *arguments, **options)

    monkeypatch.setattr(Path, "open", denied)
    message = "secret.jsonl: found Permission denied, expected a file that can be read; check the path [no-access]"
    assert goldwire(*command, "secret.jsonl") == (1, "", f"goldwire: {message}\n")


def test_a_file_after_a_sound_one_is_still_refused(goldwire):
    done = goldwire("check", "sound.jsonl", "nowhere.jsonl")
    assert done.code == 1
    assert done.err == (
        f"goldwire: nowhere.jsonl: {NOWHERE}, expected a file that can be read; check the path [no-access]\n"
    )


def test_a_name_that_is_no_text_is_shown(goldwire):
    name = os.fsdecode(b"\xff.jsonl")
    Path(name).write_bytes(b"{\n")
    done = goldwire("check", name)
    assert (done.code, done.err) == (1, "")
    assert done.out.startswith("error: \\udcff.jsonl:1: found '{', expected one whole JSON object on the line;")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            ("--json", "sound.jsonl/no/where.json"),
            "sound.jsonl/no/where.json: found Not a directory, expected a place that can be written to; "
            "check the path [no-access]",
        ),
        (
            ("--json", "folder"),
            "folder: found Is a directory, expected a place that can be written to; check the path [no-access]",
        ),
        (
            ("--json", "/dev/full"),
            "/dev/full: found No space left on device, expected a place that can be written to; "
            "check the path [no-access]",
        ),
        (
            ("--rows", "sound.jsonl/where.parquet"),
            "sound.jsonl/where.parquet: found Not a directory, expected a place that can be written to; "
            "check the path [no-access]",
        ),
        (
            ("--out", "sound.jsonl"),
            "sound.jsonl: found File exists, expected a folder that can be written to; check the path [no-access]",
        ),
        (
            ("--out", "sound.jsonl/x"),
            "sound.jsonl/x: found Not a directory, expected a folder that can be written to; "
            "check the path [no-access]",
        ),
    ],
    ids=["no folder", "a folder", "a full device", "a file above rows", "a file for a folder", "a file in the way"],
)
def test_a_place_that_cannot_be_written_to_is_told(goldwire, options, message):
    Path("folder").mkdir()
    refused(goldwire, message, "score", "sound.jsonl", "--gold", "sound.jsonl", "--draws", 0, *options)


def test_a_file_in_the_place_of_the_runs_is_told(goldwire):
    place = Path.cwd() / "sound.jsonl" / "sound"
    message = f"{place}: found Not a directory, expected a folder that can be written to; check the path"
    command = ("bench", "sound.jsonl", "--gold", "sound.jsonl", "--draws", 0, "--out", "sound.jsonl")
    refused(goldwire, f"{message} [no-access]", *command)


# label maps and schemes

TOML = "expected a TOML file in UTF-8"
FORM = 'expected "OURS", { to = "OURS", why = "…" } or { why = "…" } [bad-label-map]'
PARTS = 'expected version = "…" or a table types, forms, quote_kinds, block_kinds of NAME = "definition" [bad-scheme]'
HELP = "see `goldwire check --help` [bad-scheme]"


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"[labels", f"found Expected ']' at the end of a table declaration (at end of document), {TOML}"),
        (b"\xff", f"found 'utf-8' codec can't decode byte 0xff in position 0: invalid start byte, {TOML}"),
        (b"", "labels: found [], expected a table [labels]"),
        (b"PER = 'PERSON'", "labels: found ['PER'], expected a table [labels]"),
        (b"labels = 3", "labels: found ['labels'], expected a table [labels]"),
        (b"[labels]\nPER = 3", f"labels.PER: found 3, {FORM}"),
        (b"[labels]\nPER = { to = 3 }", f"labels.PER: found {{'to': 3}}, {FORM}"),
        (b"[labels]\nPER = {}", f"labels.PER: found {{}}, {FORM}"),
        (b"[labels]\nPER = { to = 'X', note = 'y' }", f"labels.PER: found {{'to': 'X', 'note': 'y'}}, {FORM}"),
    ],
    ids=["no TOML", "no UTF-8", "empty", "no table", "a number", "an entry", "to a number", "an empty entry", "a key"],
)
def test_a_label_map_of_another_form_is_refused(goldwire, content, found):
    Path("map.toml").write_bytes(content)
    message = f"map.toml: {found}"
    message += "" if message.endswith("[bad-label-map]") else " [bad-label-map]"
    command = ("score", "sound.jsonl", "--gold", "sound.jsonl", "--labels", "map.toml", *OUTPUTS)
    refused(goldwire, message, *command)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"types = ", f"found Invalid value (at end of document), {TOML}; {HELP}"),
        (b"\xff", f"found 'utf-8' codec can't decode byte 0xff in position 0: invalid start byte, {TOML}; {HELP}"),
        (b"version = 2", f"version: found 2, {PARTS}"),
        (b"types = ['PER']", f"types: found ['PER'], {PARTS}"),
        (b"[types]\nPER = 1", f"types: found {{'PER': 1}}, {PARTS}"),
        (b"[labels]", f"labels: found {{}}, {PARTS}"),
    ],
    ids=["no TOML", "no UTF-8", "a number", "a list", "no definition", "another table"],
)
def test_a_scheme_of_another_form_is_refused(goldwire, content, found):
    Path("mine.toml").write_bytes(content)
    refused(goldwire, f"mine.toml: {found}", "check", "sound.jsonl", "--scheme", "mine.toml")


@pytest.mark.parametrize("option", ["--labels", "--scheme"])
@pytest.mark.parametrize(
    ("path", "found"),
    [("no.toml", "[Errno 2] No such file or directory"), ("folder", "[Errno 21] Is a directory")],
    ids=["no file", "a folder"],
)
def test_a_table_that_cannot_be_read_is_told(goldwire, option, path, found):
    Path("folder").mkdir()
    verb, rest = ("score", " [bad-label-map]") if option == "--labels" else ("check", f"; {HELP}")
    refused(goldwire, f"{path}: found {found}: '{path}', {TOML}{rest}", verb, "sound.jsonl", option, path)


# the command line's own faults

VIEWS = "all, per-loc-org, names, outermost, innermost, depth=K, joined by '+', one projection at the most"
SCORE = ("score", "sound.jsonl", "--gold", "sound.jsonl")


OTHERS = "no such corpus; available: palmyra, palmyra@1.0"
THRESHOLD = "expected SCORE=NUMBER, such as entities.strict=0.80"
TWICE = "two would write to the folder 'sound'; name each once"
DRAWS = "expected draws from 0 to 1000000, and a seed of 0 or more"


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ((*SCORE, "--view", "people"), f"view 'people': found 'people', expected {VIEWS}"),
        ((*SCORE, "--view", "names+depth=0"), f"view 'names+depth=0': found 'depth=0', expected {VIEWS}"),
        ((*SCORE, "--min", "0.8"), f"threshold '0.8': {THRESHOLD}"),
        ((*SCORE, "--min", "entities.strict=x"), f"threshold 'entities.strict=x': {THRESHOLD}"),
        ((*SCORE, "--draws", 10**30), f"draws {10**30}, seed 0: {DRAWS}"),
        (("score", "sound.jsonl", "--gold", "palmyra@9"), f"gold 'palmyra@9': {OTHERS}"),
        (("bench", "rules", "--gold", "palmyra@9"), f"gold 'palmyra@9': {OTHERS}"),
        (("bench", "rules", "--view", "people"), f"view 'people': found 'people', expected {VIEWS}"),
        (("bench", "sound.jsonl", "sound.jsonl"), f"extractors sound.jsonl, sound.jsonl: {TWICE}"),
    ],
    ids=lambda value: " ".join(map(str, value)) if isinstance(value, tuple) else "",
)
def test_a_value_that_does_not_exist_is_a_fault_of_the_command_line(goldwire, command, message):
    refused(goldwire, message, *command, *OUTPUTS, code=2)


def test_an_unknown_score_is_told_with_those_that_there_are(goldwire):
    done = goldwire(*SCORE, "--min", "entities.loose=0.5", *OUTPUTS)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("goldwire: score 'entities.loose': no such score; there are entities.strict, entities.")
    assert done.err.count("\n") == 1
    assert list(everything()) == ["sound.jsonl"]


def test_an_unknown_extractor_is_told_with_those_that_there_are(goldwire, monkeypatch):
    message = (
        "extractor 'nobody': found no such name or file; expected natasha, natasha-rules, pullenti, rules, "
        "package.module:attribute, cmd:COMMAND, http://HOST/PATH, https://…, spacy:PIPELINE, hf:MODEL, "
        "gliner:MODEL, openai:MODEL, or a file"
    )
    refused(goldwire, message, "bench", "nobody", *OUTPUTS, code=2)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("no_such_module:x", "ModuleNotFoundError: No module named 'no_such_module'; is it on the Python path?"),
        ("json:no_such_name", "AttributeError: module 'json' has no attribute 'no_such_name'"),
        (":x", "ValueError: Empty module name"),
    ],
)
def test_an_extractor_that_cannot_be_imported_is_told_with_3(goldwire, name, reason):
    message = f"extractor '{name}': cannot be imported: {reason}"
    refused(goldwire, message, "bench", name, "--draws", 0, *OUTPUTS, code=3)


def test_what_is_no_extractor_is_told_with_3(goldwire):
    message = "extractor 'os:sep': found '/', expected a function, or a class with extract"
    refused(goldwire, message, "bench", "os:sep", "--draws", 0, *OUTPUTS, code=3)


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("judge",), "No such command 'judge'"),
        (("score",), "Missing argument 'PREDICTED'"),
        (("check",), "Missing argument 'FILE…'"),
        ((*SCORE, "--draws", "-1"), "Invalid value for '--draws'"),
        ((*SCORE, "--draws", "1.5"), "Invalid value for '--draws'"),
        ((*SCORE, "--seed", "-1"), "Invalid value for '--seed'"),
        ((*SCORE, "--seed", "x"), "Invalid value for '--seed'"),
        (("bench", "--draws", "many"), "Invalid value for '--draws'"),
        ((*SCORE, "--vew", "all"), "No such option: --vew"),
        ((*SCORE, "--gold"), "Option '--gold' requires an argument"),
        ((*SCORE, "more.jsonl"), "Got unexpected extra argument"),
    ],
    ids=lambda value: " ".join(map(str, value)) if isinstance(value, tuple) else "",
)  # fmt: skip
def test_a_command_line_that_cannot_be_parsed_is_told_with_2(goldwire, command, said):
    done = goldwire(*command)
    assert (done.code, done.out) == (2, "")
    assert said in done.said
    assert list(everything()) == ["sound.jsonl"]


# as others see it


@pytest.mark.parametrize(
    ("content", "command", "code", "said"),
    [
        (b'{"id":', "score a.jsonl", 1, "a.jsonl:1: found '{\"id\":', expected one whole JSON object on the line"),
        (b"[" * 100_000, "score a.jsonl", 1, "a.jsonl:1: found '[[[["),
        (b"", "bench a.jsonl", 1, "a.jsonl: found an empty file, expected"),
        (b"x", "check sound.jsonl --scheme a.jsonl", 1, "a.jsonl: found Expected '='"),
        (b"x", "score a.jsonl --view x", 2, "view 'x': found 'x', expected"),
    ],
    ids=["cut", "brackets", "empty", "scheme", "view"],
)
def test_a_process_ends_with_its_code_and_one_line(content, command, code, said):
    Path("a.jsonl").write_bytes(content)
    before = everything()
    done = subprocess.run([sys.executable, "-m", "goldwire", *command.split()], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr.startswith(f"goldwire: {said}")
    assert done.stderr.count("\n") == 1
    assert everything() == before


def test_a_label_map_that_cannot_be_read_is_told(goldwire):
    Path("a.toml").write_bytes(b"x")
    before = everything()
    done = goldwire("score", "sound.jsonl", "--labels", "a.toml")
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("goldwire: a.toml: found Expected '='")
    assert done.err.count("\n") == 1
    assert everything() == before


def test_a_reader_that_goes_away_is_no_failure():
    Path("a.jsonl").write_bytes(b"{\n" * 20_000)
    with subprocess.Popen(
        [sys.executable, "-m", "goldwire", "check", "a.jsonl"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith(b"error: a.jsonl:1: found '{'")
        process.stdout.close()
        assert process.stderr.read() == b""
