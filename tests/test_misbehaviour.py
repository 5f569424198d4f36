"""Whatever an extractor does on one document costs that document alone, and the reason is told."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest

from goldwire.bench import bench
from goldwire.corpus.document import Document, Mention
from goldwire.corpus.errors import ExtractorError
from goldwire.eval.engines import Limits
from goldwire.eval.report.leaderboard import Entry

GOLD = [
    Document(id=name, text=text, mentions=(Mention(start=0, end=5, type="PERSON", form="name"),))
    for name, text in (("a", "Путин в Москве"), ("b", "Путин 🙂 вернулся домой после обеда"), ("c", "Путин уехал"))
]
MEGABYTES = 1 << 20


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(Path(__file__).parent)


def ran(name: str, limits: Limits = Limits(20.0, None)) -> tuple[Entry, dict[str, Any]]:  # noqa: B008
    [entry] = bench([f"misbehaving:{name}"], GOLD, draws=0, warm_seconds=0.0, limits=limits)
    return entry, json.loads(Path(f"runs/misbehaving_{name}/run.json").read_text(encoding="utf-8"))


def found(name: str) -> list[str]:
    lines = Path(f"runs/misbehaving_{name}/predictions.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["id"] for line in lines]


LOST = [
    ("raises", "LookupError: no such city"),
    ("leaves", "SystemExit: good bye"),
    ("interrupts", "KeyboardInterrupt: "),
    ("leaves_at_once", "crash: its process exited with code 7"),
    ("crashes", "crash: its process was ended by SIGSEGV"),
    ("forks_and_dies", "crash: its process exited with code 7"),
    ("closes", "crash: its process exited with code 1"),
    ("writes_everywhere", "crash: its process wrote over the judge's pipe"),
    ("of_another_form", "ExtractorError: found 3, expected a Document, a dict of the record, or a list of "
     "(start, end, label), (string, label) or dicts of mentions"),
    ("floats", "ExtractorError: document 'b': mentions[0].start: found 0.0, expected an integer or null; "
     "offsets are whole numbers of code points [wrong-type]"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "reason"), LOST, ids=[name for name, _ in LOST])
def test_it_costs_its_document_alone_and_the_reason_is_told(name: str, reason: str) -> None:
    entry, run = ran(name)
    assert run["failures"] == {"b": reason}
    assert entry.result.documents == {"scored": 3, "empty": 0, "missing": 0, "failed": 1}
    assert entry.result.scores["entities.strict"]["counts"]["hits"] == 2
    assert [(w.code, w.examples) for w in entry.result.warnings] == [("failed-document", [f"b: {reason}"])]
    assert found(name) == ["a", "c"]


@pytest.mark.parametrize("name", ["hangs", "hangs_with_all_signals_off", "floods_without_end"])
def test_a_hang_is_ended_when_its_time_is_up(name: str) -> None:
    _, run = ran(name, Limits(0.5))
    assert run["failures"] == {"b": "timeout: no answer within 0.5 s"}
    assert found(name) == ["a", "c"]
    if name == "hangs":  # where it hung
        assert "misbehaving.py" in run["failure_logs"]["b"]
        assert "in hangs" in run["failure_logs"]["b"]


@pytest.mark.parametrize("name", ["grows", "grows_in_a_child"])
def test_a_memory_that_grows_without_bound_is_ended_at_its_limit(name: str) -> None:
    _, run = ran(name, Limits(60.0, 120 * MEGABYTES))
    assert run["failures"] == {"b": f"memory: more than {120 * MEGABYTES:,} bytes"}
    assert found(name) == ["a", "c"]
    assert run["peak_memory_bytes"] > 120 * MEGABYTES


@pytest.mark.parametrize("name", ["prints", "floods", "forks", "changes_the_folder", "stays_after_the_end"])
def test_what_disturbs_nobody_costs_nothing(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    entry, run = ran(name)
    assert run["failures"] == {}
    assert entry.result.scores["entities.strict"]["counts"]["hits"] == 3
    assert found(name) == ["a", "b", "c"]
    out, err = capsys.readouterr()
    assert out == ""
    if name == "prints":
        assert err.count("{garbage}") == 30
        assert err.count("{more garbage}") == 3
    if name == "floods":  # 6 MB of it
        assert len(err) < 70_000
        assert err.endswith("goldwire: misbehaving:floods printed more than 65536 characters; the rest is left out\n")


def test_what_a_crash_left_on_its_log_is_kept() -> None:
    _, run = ran("leaves_at_once")
    assert run["failure_logs"] == {"b": "the end"}
    _, run = ran("crashes")
    assert "Segmentation fault" in run["failure_logs"]["b"]
    assert "in crashes" in run["failure_logs"]["b"]


def test_children_that_are_left_behind_are_ended_and_told() -> None:
    notes: list[str] = []
    bench(["misbehaving:leaves_children"], GOLD, draws=0, warm_seconds=0.0, on_note=notes.append)
    assert notes == ["misbehaving:leaves_children: left processes behind; they were ended"]
    child = int(Path("child.txt").read_text(encoding="utf-8"))
    for _ in range(100):  # the system takes its time to bury it
        if not Path(f"/proc/{child}").exists() or " Z " in Path(f"/proc/{child}/stat").read_text(encoding="utf-8"):
            return
        time.sleep(0.05)
    os.kill(child, 9)
    raise AssertionError("the child lives")


def test_an_answer_to_another_document_is_none() -> None:
    _, run = ran("of_another_document")
    assert run["failures"] == {name: f"ExtractorError: found a document 'a', expected '{name}'" for name in "bc"}


SPANS = [
    ("reversed_", "bad-span", "b: [5, 0)"),
    ("past_the_end", "bad-span", "b: [0, 35)"),
    # b has six words, the second an emoji; in bytes all are longer and end elsewhere, in UTF-16 all from the emoji on
    ("in_bytes", "suspected-unit", "b: 6 mentions are whole if read as UTF-8 bytes"),
    ("in_utf16", "suspected-unit", "b: 5 mentions are whole if read as UTF-16 units"),
]


@pytest.mark.parametrize(("name", "code", "example"), SPANS, ids=[name for name, *_ in SPANS])
def test_offsets_that_are_none_are_told(name: str, code: str, example: str) -> None:
    entry, run = ran(name)
    assert run["failures"] == {}
    [warned] = [warned for warned in entry.result.warnings if warned.code == code]
    assert example in warned.examples


def test_an_extractor_that_cannot_be_made_again_ends_the_run_and_what_is_done_is_kept() -> None:
    Path("once.py").write_text(
        "import os, pathlib\n"
        "if pathlib.Path('made').exists():\n    raise RuntimeError('only once')\n"
        "pathlib.Path('made').touch()\n\n\n"
        "def extract(text):\n    os._exit(3) if 'домой' in text else None\n    return []\n",
        encoding="utf-8",
    )
    message = "^extractor 'once:extract': cannot be imported: RuntimeError: only once$"
    with pytest.raises(ExtractorError, match=message):
        bench(["once:extract"], GOLD, draws=0, warm_seconds=0.0)
    journal = Path("runs/once_extract/journal.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["id"] for line in journal[1:]] == ["a", "b"]


def test_an_extractor_that_dies_as_it_is_made_is_told_with_what_it_said() -> None:
    Path("dying.py").write_text("import os\nprint('no licence', flush=True)\nos._exit(9)\n", encoding="utf-8")
    message = "^extractor 'dying:x': cannot be made: crash: its process exited with code 9; it said 'no licence'$"
    with pytest.raises(ExtractorError, match=message):
        bench(["dying:x"], GOLD, draws=0)
    assert not Path("runs").exists()


def test_an_extractor_that_is_never_made_is_ended_when_its_time_is_up() -> None:
    Path("slow.py").write_text("import time\ntime.sleep(60)\n", encoding="utf-8")
    with pytest.raises(ExtractorError, match=r"cannot be made: timeout: was not made within 1 s"):
        bench(["slow:x"], GOLD, draws=0, limits=Limits(0.1))
