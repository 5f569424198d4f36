"""Two files scored in parts by several processes: the result of one process, byte for byte, whatever the files hold."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

import goldwire as kit
from goldwire import parts
from goldwire.corpus.document import Document, Mention
from goldwire.corpus.errors import InputError, UsageError
from goldwire.corpus.gold import load
from goldwire.eval.scorer import Scorer
from goldwire.parts import Part, parts_of, scored_in_parts
from tests.conftest import Done
from tests.eval.test_laws import FEW, pairs
from tests.leftovers import no_process_is_left
from tests.strategies import LAW

[GOLD] = load()
GOLDS = [replace(GOLD, id=f"d{at:02}") for at in range(14)]
HALVES = [replace(gold, mentions=(GOLD.mentions or ())[at % 5 :: 2]) for at, gold in enumerate(GOLDS)]

Files = Callable[[Sequence[Document], Sequence[Document]], tuple[Path, Path]]


USED: list[bool] = []
"""Whether the last scoring was in parts."""


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    def noted(*paths: Any, **options: Any) -> Scorer | None:
        USED.append(False)
        found = scored_in_parts(*paths, **options)
        USED[-1] = found is not None
        return found

    monkeypatch.setattr(parts, "_LEAST", 1)
    monkeypatch.setattr(parts, "scored_in_parts", noted)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    def write(golds: Sequence[Document], guesses: Sequence[Document]) -> tuple[Path, Path]:
        paths = tmp_path / "gold.jsonl", tmp_path / "guess.jsonl"
        for path, side in zip(paths, (golds, guesses), strict=True):
            kit.write(path, side)
        return paths

    return write


def ids(path: Path, part: tuple[int, int]) -> list[str]:
    return [json.loads(line)["id"] for line in path.read_bytes()[slice(*part)].splitlines()]


def both(gold: Path, predicted: Path, workers: int = 3, *, apart: bool = True, **options: Any) -> tuple[Any, Any]:
    """What one process says and what several say; ``apart``: by parts, which is not where one was asked to say it."""
    answers: list[Any] = []
    for number in (1, workers):
        told: list[int] = []
        try:
            result = kit.score(gold, predicted, draws=20, workers=number, on_documents=told.append, **options)
            answers.append(result.to_dict())
        except (InputError, UsageError) as error:
            answers.append((type(error), str(error)))
        else:
            assert sum(told) == result.documents["scored"]
            assert min(told) >= 0
    assert USED[-1] is apart
    assert multiprocessing.active_children() == []
    return answers[0], answers[1]


@pytest.mark.parametrize("workers", [1, 2, 3, 14, 99])
def test_parts_are_the_same_documents_of_both_files(files: Files, workers: int) -> None:
    gold, guess = files(GOLDS, HALVES)
    found = parts_of(gold, guess, workers)
    assert 1 <= len(found) <= workers
    assert len(found) == workers or workers > 3
    for at, path in enumerate((gold, guess)):
        assert b"".join(path.read_bytes()[slice(*part[at])] for part in found) == path.read_bytes()
    for part in found:
        assert ids(gold, part.gold) == ids(guess, part.predicted)
        assert ids(gold, part.gold)


def test_large_files_have_more_parts_than_workers(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    gold, guess = files(GOLDS, HALVES)
    monkeypatch.setattr(parts, "_MOST", gold.stat().st_size // 7)
    assert len(parts_of(gold, guess, 2)) == 7
    one, several = both(gold, guess, workers=2)
    assert several == one


def test_a_cut_is_made_where_a_prediction_is_there(files: Files) -> None:
    gold, guess = files(GOLDS, [*HALVES[:6], *HALVES[10:]])
    first, second = parts_of(gold, guess, 2)
    assert ids(gold, second.gold) == ids(guess, second.predicted) == ["d10", "d11", "d12", "d13"]
    assert ids(gold, first.gold) == [f"d{at:02}" for at in range(10)]


@pytest.mark.parametrize("name", ['"', "\\", "é😀", '","id":"d03', " "])
def test_an_id_may_hold_anything(files: Files, name: str) -> None:
    golds = [replace(GOLD, id=f"{name}{at:02}") for at in range(6)]
    gold, guess = files(golds, golds)
    assert len(parts_of(gold, guess, 3)) == 3
    one, several = both(gold, guess)
    assert several == one


@pytest.mark.parametrize(
    ("gold", "guess"),
    [
        (b"", b""),
        (b"{}\n{}\n", b"{}\n{}\n"),
        (b"[\n" * 9, b'{"id":"a"}\n'),
        (b"\xff\n" * 9, b"\xff\n"),
        (b"\n" * 9, b""),
    ],
)
def test_what_has_no_ids_is_one_part(tmp_path: Path, gold: bytes, guess: bytes) -> None:
    for name, content in (("gold", gold), ("guess", guess)):
        (tmp_path / name).write_bytes(content)
    sizes = Part((0, len(gold)), (0, len(guess)))
    assert parts_of(tmp_path / "gold", tmp_path / "guess", 3) == [sizes]


@given(drawn=st.lists(pairs(), min_size=2, max_size=14), cuts=st.lists(st.integers(0, 14), max_size=3))
@FEW
def test_what_was_scored_apart_adds_up_to_the_whole(drawn: list[tuple[Document, Document]], cuts: list[int]) -> None:
    whole, merged = Scorer(labels={"PERSON": None}), Scorer(labels={"PERSON": None})
    named = [tuple(replace(side, id=f"d{at:02}") for side in pair) for at, pair in enumerate(drawn)]
    for pair in named:
        whole.add(*pair)
    for low, high in zip([0, *sorted(cuts)], [*sorted(cuts), len(named)], strict=True):
        part = Scorer(labels={"PERSON": None})
        for pair in named[low:high]:
            part.add(*pair)
        merged.merge(part.shard())
    assert merged.result(draws=20).to_dict() == whole.result(draws=20).to_dict()


def test_what_cannot_be_merged_is_refused() -> None:
    part, other = Scorer(), Scorer(view="names")
    part.add(GOLD, GOLD)
    whole = Scorer()
    whole.add(GOLD, GOLD)
    with pytest.raises(InputError, match=r"duplicate-document"):
        whole.merge(part.shard())
    with pytest.raises(UsageError, match=r"^shard: found view 'names', expected 'all', as in the first shard$"):
        Scorer().merge(other.shard())
    whole.add(replace(GOLD, id="other"), GOLD)  # nothing of what was refused is here
    assert whole.result(draws=0).documents["scored"] == 2
    theirs = Scorer(mode="seqeval")
    for pair in ((theirs, Scorer()), (Scorer(), theirs)):
        with pytest.raises(UsageError, match=r"^shard: found mode 'seqeval', expected goldwire's own, which adds up$"):
            pair[0].merge(pair[1].shard())
    with pytest.raises(UsageError, match=r"^merge: found on_rows, expected none: a shard has its sums, and no rows$"):
        Scorer(on_rows=print).merge(part.shard())


@given(drawn=st.lists(pairs(), min_size=2, max_size=6), missing=st.sets(st.integers(0, 5)), workers=st.integers(2, 3))
@settings(LAW, max_examples=10)
def test_drawn_files_are_scored_as_by_one_process(
    drawn: list[tuple[Document, Document]],
    missing: set[int],
    workers: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("parts")
    kit.write(folder / "gold.jsonl", [replace(gold, id=f"d{at}") for at, (gold, _) in enumerate(drawn)])
    guesses = [replace(guess, id=f"d{at}") for at, (_, guess) in enumerate(drawn) if at not in missing]
    kit.write(folder / "guess.jsonl", guesses or [Document(id="d0")])
    gold, guess = folder / "gold.jsonl", folder / "guess.jsonl"
    one, several = both(gold, guess, workers, apart=len(parts_of(gold, guess, workers)) > 1 and len(guesses) > 0)
    assert several == one


def test_gold_without_a_prediction_is_missing(files: Files) -> None:
    gold, guess = files(GOLDS, [half for at, half in enumerate(HALVES) if at not in {0, 5, 6, 13}])
    assert scored_in_parts(gold, guess, workers=3) is not None
    one, several = both(gold, guess, labels={"PERSON": None, "ORGANIZATION": "ORGANIZATION"}, view="names")
    assert several == one
    assert one["documents"]["missing"] == 4


def test_examples_are_the_first_ones_however_many_processes_there_are(files: Files) -> None:
    def odd(at: int) -> Document:
        labels = "ZYXWVUTSRQPONM"
        mentions = (Mention(start=0, end=4, type=labels[at]), Mention(start=9, end=9 - at, type="B"))
        return Document(
            id=f"d{at:02}", mentions=(*mentions, Mention(start=None, end=None, type=labels[-at], text="нет"))
        )

    gold, guess = files(GOLDS, [odd(at) for at in range(14)])
    one, several = both(gold, guess, labels={"PERSON": "PERSON"})
    assert several == one
    assert {w["code"]: w["examples"][:2] for w in one["warnings"]}["unknown-label"] == ["Z", "B"]


@pytest.mark.parametrize(
    "fault",
    [
        lambda golds, guesses: (golds, guesses[::-1]),
        lambda golds, guesses: (golds, [*guesses, replace(guesses[2], id="other")]),
        lambda golds, guesses: (golds, [*guesses, guesses[2]]),
        lambda golds, guesses: ([*golds, golds[2]], guesses),
        lambda golds, guesses: (golds[:12], guesses),
        lambda golds, guesses: (
            [*golds[:12], replace(golds[12], mentions=(Mention(start=5, end=5, type="A"),))],
            guesses,
        ),
        lambda golds, guesses: (golds, [*guesses[:12], replace(guesses[12], text="another")]),
    ],
    ids=["another order", "unknown", "predicted twice", "gold twice", "gold too short", "unsound", "another text"],
)
def test_what_parts_do_not_explain_is_scored_or_refused_as_one(
    files: Files, fault: Callable[[list[Document], list[Document]], tuple[list[Document], list[Document]]]
) -> None:
    gold, guess = files(*fault(GOLDS, HALVES))
    for ignore_extra in (False, True):
        one, several = both(gold, guess, apart=False, ignore_extra=ignore_extra)
        assert several == one


def test_a_broken_line_is_named_by_its_number(files: Files) -> None:
    gold, guess = files(GOLDS, HALVES)
    lines = guess.read_bytes().splitlines(keepends=True)
    guess.write_bytes(b"".join([*lines[:11], b"\n", b'{"schema":"goldwire/1","id":3}\n', *lines[11:]]))
    one, several = both(gold, guess, apart=False)
    assert several == one
    assert "guess.jsonl:13: id: " in one[1]


def test_a_process_that_is_killed_costs_nothing(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    gold, guess = files(GOLDS, HALVES)
    parent, scored = os.getpid(), parts._scored

    def die_in_the_second(*job: Any) -> Any:
        if os.getpid() != parent and job[2].gold[0] > 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return scored(*job)

    monkeypatch.setattr(parts, "_scored", die_in_the_second)
    one, several = both(gold, guess, apart=False)
    assert several == one


@pytest.mark.parametrize("method", ["fork", "forkserver", "spawn"])
def test_however_processes_are_started(files: Files, monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    context = multiprocessing.get_context(method)
    monkeypatch.setattr(multiprocessing, "get_context", lambda: context)
    gold, guess = files(GOLDS, HALVES)
    found = scored_in_parts(gold, guess, workers=2)
    assert found is not None
    assert found.result(draws=20, gold="local@0").to_dict() == kit.score(gold, guess, draws=20).to_dict()


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError("disk full")])
def test_who_stops_listening_leaves_no_process(files: Files, error: BaseException) -> None:
    gold, guess = files(GOLDS, HALVES)

    def stop(_: int) -> None:
        raise error

    with pytest.raises(error if isinstance(error, type) else type(error)):
        scored_in_parts(gold, guess, workers=3, on_documents=stop)
    assert multiprocessing.active_children() == []


def test_who_is_interrupted_while_waiting_leaves_no_process(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("multiprocessing.connection.Connection.recv", interrupted)
    with pytest.raises(KeyboardInterrupt):
        scored_in_parts(*files(GOLDS, HALVES), workers=3)
    assert multiprocessing.active_children() == []


def _scored_by_a_daemon(paths: tuple[Path, Path]) -> dict[str, Any]:
    return kit.score(*paths, draws=20, workers=3).to_dict()


def test_a_process_that_may_have_none_of_its_own_scores_alone(files: Files) -> None:
    paths = files(GOLDS, HALVES)
    with multiprocessing.get_context("fork").Pool(1) as pool:
        assert pool.map(_scored_by_a_daemon, [paths]) == [kit.score(*paths, draws=20).to_dict()]


@pytest.mark.parametrize("ascii_", [True, False])
def test_a_file_of_another_programs_json_is_cut_too(files: Files, ascii_: bool) -> None:
    golds = [replace(GOLD, id=f"статья {at:02}") for at in range(8)]
    gold, guess = files(golds, golds)
    records = [json.loads(line) for line in guess.read_text(encoding="utf-8").splitlines()]
    lines = [json.dumps(record, ensure_ascii=ascii_) + "\n" for record in records]
    guess.write_text("".join(lines), encoding="utf-8")
    assert len(parts_of(gold, guess, 4)) == 4
    one, several = both(gold, guess)
    assert several == one


def test_files_that_are_not_alike_are_not_sought_through(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[float] = []
    cut = parts._cut
    monkeypatch.setattr(parts, "_cut", lambda *given: tries.append(given[2]) or cut(*given))
    gold, guess = files(GOLDS, [replace(half, id=f"other {half.id}") for half in HALVES])
    assert len(parts_of(gold, guess, 5)) == 1
    assert len(tries) == 1


def test_an_order_that_differs_here_and_there_is_scored_as_one(files: Files) -> None:
    """Else other examples of warnings would be the first five."""
    order = [5, 6, 7, 8, *[at + 1 - 2 * (at % 2) for at in range(14) if at not in {5, 6, 7, 8, 4, 9}], 4, 9]
    guesses = [
        Document(id=f"d{at:02}", mentions=(Mention(start=0, end=4, type=f"L{at}"),)) for at in dict.fromkeys(order)
    ]
    gold, guess = files(GOLDS, guesses)
    one, several = both(gold, guess, apart=False, labels={"A": "PERSON"})
    assert several == one


def test_a_file_whose_name_is_that_of_a_stream_is_no_stream(
    files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gold, guess = files(GOLDS, HALVES)
    monkeypatch.chdir(tmp_path)
    guess.rename(tmp_path / "-")
    command = [sys.executable, "-m", "goldwire", "score", "-", "--gold", gold.name, "--draws", "0", "--json", "-"]
    with gold.open("rb") as given:
        done = subprocess.run(command, stdin=given, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["scores"]["entities.strict"]["value"] == 1.0


def test_no_workers_are_refused(files: Files) -> None:
    with pytest.raises(UsageError, match=r"^workers 0: expected 1 or more$"):
        kit.score(*files(GOLDS, HALVES), workers=0)


@pytest.mark.parametrize("workers", [None, 1, 2])
def test_by_the_command_line(goldwire: Callable[..., Done], files: Files, workers: int | None) -> None:
    gold, guess = files(GOLDS, HALVES)
    more = () if workers is None else ("--workers", workers)
    done = goldwire("score", guess, "--gold", gold, "--draws", 20, "--json", "-", *more)
    assert (done.code, done.err) == (0, "")
    assert json.loads(done.out) == kit.score(gold, guess, draws=20).to_dict()


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)])
def test_who_is_stopped_leaves_no_process_and_no_traceback(tmp_path: Path, sent: signal.Signals, code: int) -> None:
    mentions = tuple(Mention(start=at, end=at + 2, type="A") for at in range(0, 3000, 3))
    kit.write(tmp_path / "many.jsonl", [Document(id=f"d{at}", mentions=mentions) for at in range(2000)])
    command = [sys.executable, "-m", "goldwire", "score", "many.jsonl", "--gold", "many.jsonl", "--workers", "2"]
    run = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    children = Path(f"/proc/{run.pid}/task/{run.pid}/children")
    until = time.monotonic() + 30
    while not children.read_text().strip() and time.monotonic() < until:
        time.sleep(0.01)
    run.send_signal(sent)
    said, _ = run.communicate(timeout=30)
    assert (run.returncode, "Traceback" in said) == (code, False)
    assert no_process_is_left(tmp_path)
