"""A run that is cut off goes on where it was, and ends with the same files, byte for byte."""

from __future__ import annotations

import fcntl
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from goldwire.bench import bench
from goldwire.corpus.document import Document, Mention
from goldwire.corpus.errors import ExtractorError, UsageError
from goldwire.eval.engines.local import Local
from goldwire.io import write
from tests.conftest import Done
from tests.leftovers import no_worker_is_left

COUNT = 120
COUNTING = '''
import os, re, time
from goldwire import Document

version = "1"


def extract(document: Document):
    """Writes down each document that it is given, and crashes or raises on some."""
    with open("seen.txt", "a") as file:
        file.write(document.id + "\\n")
    time.sleep(float(open("pace").read()))
    if document.id == "d7":
        os._exit(3)
    if document.id == "d11":
        raise ValueError("eleven")
    return [(m.start(), m.end(), "PERSON") for m in re.finditer("Путин|Абэ", document.text)]


extract.version = version
'''
PROGRAM = (
    "import sys; from goldwire.eval.run import run; run.__kwdefaults__['warm_seconds'] = 0.0; "
    "sys.argv[0] = 'goldwire'; from goldwire.cli import main; main()"
)
FILES = ("predictions.jsonl", "rows.parquet", "result.json")


def gold(count: int = COUNT) -> list[Document]:
    return [
        Document(
            id=f"d{at}",
            text=f"Путин и Абэ встретились в {at} раз",
            mentions=(Mention(start=0, end=5, type="PERSON"), Mention(start=8, end=11 - at % 2, type="PERSON")),
        )
        for at in range(count)
    ]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("counting.py").write_text(COUNTING, encoding="utf-8")
    Path("pace").write_text("0.002", encoding="utf-8")
    write("gold.jsonl", gold())
    return tmp_path


def started(out: str, *options: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", PROGRAM, "bench", "counting:extract", "--gold", "gold.jsonl", "--draws", "100"]
    # where the tests themselves run in the background, SIGINT is ignored, and children inherit that
    return subprocess.Popen(
        [*command, "--out", out, *options],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def finished(out: str, *options: str) -> tuple[int, str]:
    process = started(out, *options)
    _, err = process.communicate(timeout=60)
    return process.returncode, err.decode()


def journal(out: str) -> Path:
    return Path(out, "counting_extract", "journal.jsonl")


def test_a_run_that_is_killed_ten_times_ends_as_one_that_was_not(here: Path) -> None:
    assert finished("whole")[0] == 3  # two documents fail
    Path("seen.txt").unlink()
    Path("pace").write_text("0.03", encoding="utf-8")
    moments = random.Random(20161216)
    killed = 0
    while killed < 10:
        process = started("cut", "--workers", "2")
        size = journal("cut").stat().st_size if journal("cut").exists() else 0
        more = moments.choice([0, 0, 200, 1000, 3000])
        until = time.monotonic() + 20
        while time.monotonic() < until and process.poll() is None:
            if more == 0 or (journal("cut").exists() and journal("cut").stat().st_size > size + more):
                break
            time.sleep(0.001)
        time.sleep(moments.random() * (0.5 if more == 0 else 0.02))
        assert process.poll() is None, process.stderr and process.stderr.read()
        process.send_signal(signal.SIGKILL)
        process.communicate()
        killed += 1
    assert no_worker_is_left(here)
    code, err = finished("cut")
    assert code == 3
    assert "documents are there from the run that was cut off; going on" in err
    for name in FILES:
        whole, cut = (Path(out, "counting_extract", name).read_bytes() for out in ("whole", "cut"))
        assert whole == cut, name
    assert not journal("cut").exists()
    runs = [json.loads(Path(out, "counting_extract", "run.json").read_text()) for out in ("whole", "cut")]
    assert runs[0]["failures"] == runs[1]["failures"]
    assert runs[0]["failures"] == {"d7": "crash: its process exited with code 3", "d11": "ValueError: eleven"}
    assert 0 < runs[1]["documents_resumed"] < COUNT
    assert runs[1]["documents_run"] + runs[1]["documents_resumed"] == COUNT
    # none is lost; a document is done again only if a worker had it, or had it ahead, when the run was killed
    seen = Counter(Path("seen.txt").read_text(encoding="utf-8").split())
    assert set(seen) == {document.id for document in gold()}
    assert sum(seen.values()) - COUNT <= killed * 2 * 2
    assert max(seen.values()) <= 1 + killed


@pytest.fixture
def cut(here: Path) -> Path:
    """The journal of a run that was stopped after five documents."""
    with pytest.raises(_Stop):
        bench_again(on_start=lambda *_: _stop_after(5))
    return journal("runs")


class _Stop(Exception):  # noqa: N818
    pass


def _stop_after(count: int) -> Callable[[int], None]:
    left = [count]

    def advance(more: int) -> None:
        left[0] -= more
        if left[0] <= 0:
            raise _Stop

    return advance


def bench_again(source: Any = None, **options: Any) -> dict[str, Any]:
    bench(["counting:extract"], gold(20) if source is None else source, draws=0, warm_seconds=0.0, **options)
    found: dict[str, Any] = json.loads(Path("runs/counting_extract/run.json").read_text(encoding="utf-8"))
    return found


def seen() -> list[str]:
    return Path("seen.txt").read_text(encoding="utf-8").split()


def ids(path: Path) -> list[str]:
    return [json.loads(line)["id"] for line in path.read_bytes().splitlines()[1:]]


def test_what_is_in_the_journal_is_not_done_again(cut: Path) -> None:
    assert ids(cut) == ["d0", "d1", "d2", "d3", "d4"]
    Path("seen.txt").unlink()
    notes: list[str] = []
    run = bench_again(on_note=notes.append)
    assert notes == ["counting:extract: 5 of 20 documents are there from the run that was cut off; going on"]
    assert sorted(seen()) == sorted(f"d{at}" for at in range(5, 20))
    assert (run["documents_resumed"], run["documents_run"]) == (5, 15)
    assert not cut.exists()


@pytest.mark.parametrize("torn", [1, 30, 200])
def test_a_line_that_is_torn_is_done_again(cut: Path, torn: int) -> None:
    whole = cut.read_bytes()
    lines = whole.splitlines(keepends=True)
    cut.write_bytes(whole[:-torn] if torn < len(lines[-1]) else whole[: -len(lines[-1]) + 1])
    Path("seen.txt").unlink()
    bench_again()
    assert sorted(seen()) == sorted(f"d{at}" for at in range(4, 20))
    bench_again(out="other")
    for name in FILES:
        assert Path("runs/counting_extract", name).read_bytes() == Path("other/counting_extract", name).read_bytes()


def test_a_journal_whose_end_the_machine_lost_is_read_up_to_there(cut: Path) -> None:
    with cut.open("ab") as file:
        file.write(b"\0" * 4096)
    Path("seen.txt").unlink()
    bench_again()
    assert len(seen()) == 15


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda: Path("counting.py").write_text(COUNTING.replace('"1"', '"1.1"'), encoding="utf-8"), "version, made"),
        (lambda: Path("counting.py").write_text(COUNTING + "# more\n", encoding="utf-8"), "made"),
        (lambda: None, "documents"),
    ],
    ids=["version", "source", "documents"],
)
def test_a_journal_of_another_task_is_told_and_not_used(cut: Path, change: Callable[[], Any], what: str) -> None:
    change()
    notes: list[str] = []
    Path("seen.txt").unlink()
    run = bench_again(gold(21) if what == "documents" else None, on_note=notes.append)
    assert notes == [
        "counting:extract: the run that was cut off here was of another task "
        f"(not the same: {what}); starting anew"
    ]  # fmt: skip
    assert run["documents_resumed"] == 0
    assert "d0" in seen()


def test_gold_that_is_annotated_otherwise_is_no_other_task(cut: Path) -> None:
    run = bench_again([Document(id=d.id, text=d.text, mentions=()) for d in gold(20)])
    assert run["documents_resumed"] == 5


def test_fresh_starts_anew(cut: Path) -> None:
    assert bench_again(fresh=True)["documents_resumed"] == 0


def test_two_runs_in_one_folder_are_refused(cut: Path) -> None:
    with cut.open("rb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        message = "runs/counting_extract: found another run at work there; wait for it, or name another --out$"
        with pytest.raises(UsageError, match=message):
            bench_again()


def test_more_errors_than_are_allowed_end_the_run_and_keep_what_is_done(here: Path) -> None:
    message = (
        r"^extractor 'counting:extract': found 1 failures in 8 documents, expected at most 0 \(--max-errors\), "
        r"the last in document 'd7': crash: its process exited with code 3; "
        r"what is done is kept: run again with a higher number to go on, or with --fresh to start anew$"
    )
    with pytest.raises(ExtractorError, match=message):
        bench_again(max_errors=0)
    assert ids(journal("runs"))[-1] == "d7"
    with pytest.raises(ExtractorError, match="found 1 failures in 8 documents"):
        bench_again(max_errors=0)
    run = bench_again(max_errors=2)
    assert (run["documents_resumed"], list(run["failures"])) == (8, ["d7", "d11"])


def test_one_and_two_workers_leave_the_same_files(here: Path) -> None:
    for workers in (1, 2):
        bench(
            ["counting:extract"], "gold.jsonl", draws=100, warm_seconds=0.0, out=f"out{workers}", engine=Local(workers)
        )
    runs = [json.loads(Path(f"out{n}/counting_extract/run.json").read_text(encoding="utf-8")) for n in (1, 2)]
    assert [run["workers"] for run in runs] == [1, 2]
    assert runs[0]["failures"] == runs[1]["failures"]
    assert runs[1]["processes_started"] >= 3  # two, and one in the place of the one that crashed
    for name in FILES:
        assert Path("out1/counting_extract", name).read_bytes() == Path("out2/counting_extract", name).read_bytes()


def test_by_the_command_line(goldwire: Callable[..., Done], here: Path) -> None:
    command = ("bench", "counting:extract", "--gold", "gold.jsonl", "--draws", 0)
    done = goldwire(*command, "--max-errors", 1, "rules")
    assert done.code == 3
    assert "goldwire: extractor 'counting:extract': found 2 failures" in done.err
    assert "Written: runs/rules" in done.out  # the other one ran
    done = goldwire(*command)
    assert "documents are there from the run that was cut off; going on" in done.err
    assert goldwire(*command, "--fresh", "--workers", 2, "--timeout", 0).code == 3


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--engine", "slurm"), "engine 'slurm': no such engine; there are local, ray"),
        (("--address", "auto"), "engine 'local': --address and --gpus are for --engine ray"),
        (("--gpus", "1"), "engine 'local': --address and --gpus are for --engine ray"),
        (("--memory", "much"), "memory 'much': expected a size above 0, such as 500M or 8G"),
        (("--memory", "0G"), "memory '0G': expected a size above 0, such as 500M or 8G"),
    ],
)
def test_options_that_do_not_fit_are_refused(
    goldwire: Callable[..., Done], here: Path, options: tuple[str, ...], message: str
) -> None:
    assert goldwire("bench", "rules", *options) == (2, "", f"goldwire: {message}\n")


def test_ctrl_c_says_how_to_go_on_and_leaves_no_process(here: Path) -> None:
    Path("pace").write_text("0.5", encoding="utf-8")
    process = started("runs")
    until = time.monotonic() + 20
    while time.monotonic() < until and not (journal("runs").exists() and len(ids(journal("runs"))) > 3):
        time.sleep(0.005)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert (process.returncode, err.decode()) == (130, "goldwire: stopped; the same command goes on from here\n")
    assert no_worker_is_left(here)
    assert os.path.exists(journal("runs"))  # noqa: PTH110


def test_functions_run_in_this_process(here: Path) -> None:
    own: list[int] = []

    def names(text: str) -> list[tuple[int, int, str]]:
        own.append(os.getpid())
        return [(0, 5, "PERSON")]

    [entry] = bench([names], gold(3), draws=0, warm_seconds=0.0)
    assert (own, entry.name) == ([os.getpid()] * 3, names.__qualname__)
    assert entry.result.scores["entities.strict"]["counts"]["hits"] == 3
    assert entry.cold_seconds is not None
