"""Every way in, with the real thing behind it, through the command line; the examples are those of the docs."""

from __future__ import annotations

import http.server
import json
import re
import runpy
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from goldwire.annotation.tasks import to_task
from goldwire.corpus.document import Document, Mention
from goldwire.corpus.errors import ExtractorError, ServiceError
from goldwire.corpus.gold import load
from goldwire.eval.extractors import find
from goldwire.io import write

PAGE = Path(__file__).parent.parent / "docs" / "extractors.md"
TEXT = "Путин в Москве. Путин 😀 в Твери"
DOCUMENT = Document(id="a", text=TEXT, lang="ru")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to be in, with the files that the page shows."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    text = PAGE.read_text(encoding="utf-8")
    for name, content in re.findall(r"^```\w+ title=(\S+)\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        Path(name).write_text(content, encoding="utf-8")
    return tmp_path


def shown(start: str) -> str:
    """The one WHAT of the page's commands that begins so."""
    text = PAGE.read_text(encoding="utf-8")
    [what] = [w for w in re.findall(r'^\$ goldwire bench "?(.*?)"?$', text, re.MULTILINE) if w.startswith(start)]
    return str(what)


def judged(goldwire: Callable[..., Any], what: str, *options: object) -> tuple[dict[str, Any], dict[str, int]]:
    """The counts of entities.strict on the embedded gold, and the warnings."""
    done = goldwire("bench", what, "--draws", 0, "--json", "-", *options)
    assert done.code == 0, done.err
    [result] = json.loads(done.out)["runs"]
    assert result["extractor"] == what
    return result["scores"]["entities.strict"]["counts"], {w["code"]: w["count"] for w in result["warnings"]}


# --- Python


def test_a_function_of_the_page_is_judged_in_the_view_of_its_option(goldwire, here):
    counts, _ = judged(goldwire, shown("names:people"))
    # 7 of 8 «Путин», and «Синдзо Абэ»; the eighth is in «Владимир Путин»
    assert (counts["hits"], counts["predicted"], counts["gold"]) == (8, 9, 50)


FORMS = """
import collections
Span = collections.namedtuple("Span", "start_char end_char label_")
def spans(text): return (Span(0, 5, "P") for _ in range(1))
def tokens(text): return [{"entity_group": "P", "score": 0.5, "word": "путин", "start": 0, "end": 5}]
def words(text): return [{"entity_group": "P", "word": "Путин"}]
def spoken(text): return [{"label": "P", "text": "Путин", "score": 0.5}]
def record(text): return {"mentions": [(0, 5, "P")]}
def lists(text): return [[0, 5, "P"]]
"""


@pytest.mark.parametrize("name", ["spans", "tokens", "words", "spoken", "record", "lists"])
def test_every_form_of_a_mention_is_read(here, name):
    Path(f"forms_{name}.py").write_text(FORMS, encoding="utf-8")
    found = find(f"forms_{name}:{name}").extract(DOCUMENT)
    assert [(m.start, m.end, m.type) for m in found.mentions or ()] == [(0, 5, "P")]


# --- cmd


def test_the_shell_script_of_the_page(goldwire, here):
    what = shown("cmd:")
    counts, warnings = judged(goldwire, what)
    # «Путин» stands 8 times: 7 mentions, and once in «Владимир Путин»
    assert (counts["hits"], counts["predicted"]) == (7, 8)
    assert warnings == {"aligned-exact": 8}


COMMAND = """
import json, os, sys, time
sys.stderr.write("begun\\n")
for line in sys.stdin:
    document = json.loads(line)
    id = document["id"]
    if id == "error": print(json.dumps({"id": id, "error": "no such city"}), flush=True)
    elif id == "object": print(json.dumps({"id": id, "error": {"code": 3}}), flush=True)
    elif id == "garbage": print("Loading model...", flush=True)
    elif id == "list": print("[1]", flush=True)
    elif id == "other": print('{"id": "zzz", "mentions": []}', flush=True)
    elif id == "none": print('{"id": "none"}', flush=True)
    elif id == "exit": sys.stderr.write("out of memory\\n"); sys.stderr.flush(); os._exit(3)
    elif id == "signal": os.kill(os.getpid(), 9)
    elif id == "closed": sys.stdout.flush(); os.close(1); time.sleep(30)
    elif id == "slow": time.sleep(30)
    elif id == "twice": print('{"id": "twice", "mentions": []}\\n{"id": "twice", "mentions": []}', flush=True)
    elif id == "keys": print(json.dumps({"id": id, "mentions": [], "extra": {"keys": sorted(document)}}), flush=True)
    elif id == "big":
        sys.stderr.write("e" * 300_000 + "\\n")
        sys.stdout.write("\\n" * 200_000)
        print(json.dumps({"id": id, "mentions": [], "extra": {"said": "o" * 300_000}}), flush=True)
    else: print(json.dumps({"id": id, "mentions": [[0, 5, "P"]], "extra": {"pid": os.getpid()}}), flush=True)
"""


@pytest.fixture
def command(here: Path) -> Iterator[Any]:
    Path("mine.py").write_text(COMMAND, encoding="utf-8")
    made = find(f"cmd:{sys.executable} mine.py?timeout=60")
    yield made
    made.close()  # type: ignore[attr-defined]


def asked(extractor: Any, name: str, **more: Any) -> Document:
    found: Document = extractor.extract(Document(id=name, text=TEXT, **more))
    return found


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("error", r"^no such city$"),
        ("object", r"^\{'code': 3\}$"),
        ("garbage", r"^found 'Loading model\.\.\.', expected a JSON object: "),
        ("list", r"^found \[1\], expected a JSON object$"),
        ("other", r"^found a document 'zzz', expected 'other', in order$"),
        ("none", r"^found a dict with id, expected one of mentions, quotes"),
        ("exit", r"^found that it ended \(exit code 3\) without an answer, .*; its last words: begun / out of memory$"),
        ("signal", r"^found that it ended \(signal 9\) without an answer"),
        ("closed", r"^found its standard output closed, expected a line for each document$"),
    ],
)
def test_a_command_that_fails_costs_that_document_and_says_why(command, monkeypatch, name, message):
    monkeypatch.setattr("goldwire.eval.extractors.command._GRACE", 0.3)
    with pytest.raises(ExtractorError, match=message):
        asked(command, name)
    assert asked(command, "b").mentions


def test_a_command_that_does_not_answer_is_not_waited_for(here, monkeypatch):
    monkeypatch.setattr("goldwire.eval.extractors.command._GRACE", 0.3)
    Path("mine.py").write_text(COMMAND, encoding="utf-8")
    made: Any = find(f"cmd:{sys.executable} mine.py?timeout=0.4")
    message = r"^found no answer in 0\.4 s, expected a line; does it end each with a newline, and flush it\?$"
    with pytest.raises(ExtractorError, match=message):
        asked(made, "slow")


def test_a_line_too_many_is_not_taken_for_the_next_answer(command):
    asked(command, "twice")
    while command._made._process._lines.empty():
        time.sleep(0.01)
    with pytest.raises(ExtractorError, match=r"found '\{\"id\": \"twice\".* before it was asked, expected one line"):
        asked(command, "b")
    assert asked(command, "c").mentions


def test_no_full_pipe_stops_either_side(command):
    big = asked(command, "big", meta={"long": "i" * 300_000})
    assert len((big.extra or {})["said"]) == 300_000


def test_a_command_is_one_process_that_is_told_all_of_a_document(command):
    first, second = ((asked(command, name).extra or {})["pid"] for name in "ab")
    assert first == second
    document = Document(id="keys", text=TEXT, lang="ru", meta={"published": "2016-12-16"})
    assert (command.extract(document).extra or {})["keys"] == ["id", "lang", "meta", "text"]
    assert (asked(command, "keys").extra or {})["keys"] == ["id", "text"]


def test_a_command_ends_when_it_is_closed_or_forgotten(here):
    Path("mine.py").write_text(COMMAND, encoding="utf-8")
    for end in ("close", "forget"):
        made: Any = find(f"cmd:{sys.executable} mine.py")
        pid = (asked(made, "a").extra or {})["pid"]
        assert Path(f"/proc/{pid}").exists() or not Path("/proc").exists()
        if end == "close":
            made.close()
        del made
        assert not Path(f"/proc/{pid}").exists()


def test_the_log_of_a_command_goes_to_standard_error(command, capsys):
    asked(command, "a")
    said = ""
    while said != "begun\n":  # it comes by a thread
        said += capsys.readouterr().err
        assert "begun\n".startswith(said)


# --- http


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number: int = free.getsockname()[1]
        return number


def test_the_service_of_the_page(goldwire, here, port):
    with subprocess.Popen([sys.executable, "service.py", str(port)], stderr=subprocess.DEVNULL) as service:
        try:
            what = shown("http:").replace("8765", str(port))
            counts, _ = judged(goldwire, what.replace("retries=2", "retries=5"))
        finally:
            service.kill()
    assert (counts["hits"], counts["predicted"]) == (7, 8)


class Answers:
    """A server that gives the statuses it is told, each with a body and headers, then records."""

    def __init__(self, *answers: tuple[int, str, dict[str, str]]) -> None:
        self.seen: list[tuple[dict[str, str], dict[str, Any]]] = []
        left = list(answers)
        mine = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                mine.seen.append((dict(self.headers), body))
                sound = (200, json.dumps({"id": body["id"], "mentions": [[0, 5, "P"]]}), {})
                status, text, headers = left.pop(0) if left else sound
                if status == 0:
                    time.sleep(0.6)
                    return
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.at = f"127.0.0.1:{self.server.server_port}/extract"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})

    def __enter__(self) -> Answers:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that were made, none of which is waited for."""
    pauses: list[float] = []
    monkeypatch.setattr("goldwire.eval.extractors.http.time.sleep", pauses.append)
    return pauses


def test_what_may_pass_is_tried_again(quick):
    failing = [(503, "", {}), (429, "", {"Retry-After": "7"}), (500, "oops", {})]
    with Answers(*failing) as answers:
        assert find(f"http://{answers.at}").extract(DOCUMENT).mentions
        assert [body for _, body in answers.seen] == [{"id": "a", "text": TEXT, "lang": "ru"}] * 4
    assert quick == [0.5, 7.0, 2.0]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ((404, "", {}), r"extract: found 404 Not Found, expected 200$"),
        ((422, '{"detail": "no text"}', {}), r"found 422 Unprocessable Entity: 'no text', expected 200$"),
        ((401, "<p>who are\nyou?</p>", {}), r"found 401 Unauthorized: '<p>who are you\?</p>', expected 200$"),
        ((307, "", {"Location": "http://elsewhere/"}), r"found 307 Temporary Redirect to http://elsewhere/, expected"),
        ((200, "<html>", {}), r"^found '<html>', expected a JSON object"),
        ((200, '{"id": "zzz"}', {}), r"^found a document 'zzz', expected 'a', in order$"),
        ((200, '{"error": "no such city"}', {}), r"^no such city$"),
    ],
)  # fmt: skip
def test_what_will_not_pass_is_told_at_once(answer, message):
    with Answers(answer) as answers:
        with pytest.raises((ServiceError, ExtractorError), match=message):
            find(f"http://{answers.at}").extract(DOCUMENT)
        assert len(answers.seen) == 1


def test_a_service_that_stays_broken_is_given_up_with_its_reason(quick):
    with Answers(*[(500, '{"error": "out of memory"}', {})] * 3) as answers:
        with pytest.raises(ServiceError, match="found 500 Internal Server Error: 'out of memory', expected 200"):
            find(f"http://{answers.at}?retries=2").extract(DOCUMENT)
        assert len(answers.seen) == 3


def test_no_answer_in_time_is_told():
    with (
        Answers((0, "", {})) as answers,
        pytest.raises(ServiceError, match=r"found TimeoutError: timed out, expected an answer in 0\.2 s"),
    ):
        find(f"http://{answers.at}?timeout=0.2&retries=0").extract(DOCUMENT)


def test_a_service_that_is_down_holds_up_one_document_only(quick, port):
    made = find(f"http://127.0.0.1:{port}/")
    for tries in (3, 3):  # three pauses for the first document, none for the second
        with pytest.raises(ServiceError, match=r"found ConnectionRefusedError: .*, expected an answer in 120 s"):
            made.extract(DOCUMENT)
        assert len(quick) == tries


def test_credentials_are_sent_and_not_shown(monkeypatch):
    monkeypatch.setenv("MY_TOKEN", "secret")
    with Answers() as answers:
        find(f"http://{answers.at}?token=MY_TOKEN").extract(DOCUMENT)
        made = find(f"http://me:pass%20word@{answers.at}")
        made.extract(DOCUMENT)
    sent = [headers["Authorization"] for headers, _ in answers.seen]
    assert sent == ["Bearer secret", "Basic bWU6cGFzcyB3b3Jk"]  # base64 of me:pass word
    assert made.name == f"http://{answers.at}"


# --- spaCy


def test_the_pipeline_of_the_page(goldwire, here):
    pytest.importorskip("spacy")
    runpy.run_path("pipeline.py")
    counts, warnings = judged(goldwire, shown("spacy:"))
    # 7 of 8 «Путин», 7 of 9 «Сирии» are names of their own: all 9 are mentions of gold
    assert counts["gold"] == 50
    assert (counts["predicted"], warnings) == (counts["hits"] + 1, {})


def test_spans_of_groups_are_mentions_nested_and_once_each(here):
    spacy = pytest.importorskip("spacy")
    nlp = spacy.blank("ru")
    ruler = nlp.add_pipe("span_ruler", config={"annotate_ents": True, "spans_key": "mine"})
    ruler.add_patterns([{"label": "ORG", "pattern": "мэрии Москвы"}, {"label": "GPE", "pattern": "Москвы"}])
    nlp.to_disk("nested")
    made = find("spacy:nested")
    found = made.extract(Document(id="a", text="😀 В мэрии Москвы"))
    assert [(m.start, m.end, m.type) for m in found.mentions or ()] == [(4, 16, "ORG"), (10, 16, "GPE")]
    assert (made.view, made.labels, made.layers) == ("all", None, ("mentions",))


def test_a_pipeline_that_is_not_there_is_told_with_what_to_do(here):
    pytest.importorskip("spacy")
    message = (
        r"extractor 'spacy:no_such': cannot be loaded: OSError: .*; install it \(python -m spacy download no_such\)"
    )
    with pytest.raises(ExtractorError, match=message):
        find("spacy:no_such")


# --- predictions


@pytest.mark.parametrize(("name", "to"), [("folder", "brat"), ("mine.jsonl", "spans"), ("mine.parquet", "parquet")])
def test_predictions_of_other_formats(goldwire, here, name, to):
    write(name, list(load()), to)
    counts = json.loads(goldwire("bench", name, "--draws", 0, "--json", "-").out)["runs"][0]["scores"][
        "entities.strict"
    ]
    assert counts["value"] == 1.0


def test_a_label_studio_export_is_predictions_and_gold(goldwire, here):
    gold = list(load())
    for name, kind in (("annotated", "annotation"), ("proposed", "prediction")):
        tasks = [to_task(document, as_=kind, model_version="m") for document in gold]  # type: ignore[arg-type]
        Path(f"{name}.json").write_text(json.dumps(tasks, ensure_ascii=False), encoding="utf-8")
        done = goldwire("bench", f"{name}.json", "--gold", "annotated.json", "--draws", 0, "--json", "-")
        [result] = json.loads(done.out)["runs"]
        values = {score: result["scores"][score]["value"] for score in ("entities.strict", "quotes.who-said-what")}
        assert (done.code, values) == (0, {"entities.strict": 1.0, "quotes.who-said-what": 1.0})
    assert goldwire("score", "annotated.json", "--draws", 0).code == 0
    assert goldwire("convert", "annotated.json", "gold.jsonl", "--from", "label-studio").code == 0


def test_an_export_without_annotations_is_refused(goldwire, here):
    Path("blank.json").write_text(
        json.dumps([to_task(d, as_=None) for d in load()], ensure_ascii=False), encoding="utf-8"
    )
    done = goldwire("score", "blank.json", "--draws", 0)
    assert done.code == 1
    assert "blank.json: found no annotation, expected an annotation or a prediction; annotate a task" in done.err


def test_options_stand_behind_a_file_too(goldwire, here):
    strings = tuple(Mention(start=None, end=None, type="PER", text=text) for text in ("Путин", "Путин", "Токио"))
    write("strings.jsonl", [Document(id=d.id, mentions=strings, quotes=()) for d in load()])
    what = "strings.jsonl?labels=map.toml&alignment=all&layers=mentions"
    done = goldwire("bench", what, "--draws", 0, "--json", "-")
    assert done.code == 0
    [result] = json.loads(done.out)["runs"]
    counts = result["scores"]["entities.strict"]["counts"]
    # the 8 places of «Путин», of which 7 are mentions, and «Токио», which the article has in capitals
    assert (counts["hits"], counts["predicted"], result["not_attempted"][:1]) == (7, 9, ["quotes"])
    warnings = {warned["code"]: warned["count"] for warned in result["warnings"]}
    assert warnings == {"aligned-exact": 1, "aligned-folded": 1, "repeated": 1}


# --- registered


def test_a_package_registers_an_extractor_by_name(goldwire, here):
    Path("theirs.py").write_text("def find(text): return [(0, 5, 'PERSON')]\n", encoding="utf-8")
    about = Path("theirs-1.0.dist-info")
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: theirs\nVersion: 1.0\n", encoding="utf-8")
    (about / "entry_points.txt").write_text("[goldwire.extractors]\ntheirs = theirs:find\n", encoding="utf-8")
    assert "theirs" in goldwire("bench", "--list").out.splitlines()
    counts, _ = judged(goldwire, "theirs?layers=mentions")
    assert counts["predicted"] == 1
