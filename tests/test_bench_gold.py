"""Gold for a bench is read as a stream where it is large, is checked first, and must stay as it is."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldwire.bench import bench
from goldwire.commands.bench import size_of
from goldwire.commands.options import Progress
from goldwire.corpus.document import Document, Mention
from goldwire.corpus.errors import InputError
from goldwire.corpus.formats import Losses
from goldwire.eval.units import suspected_unit
from goldwire.gold import Gold
from goldwire.io import write
from tests.conftest import Done

NAMES = [Mention(start=0, end=5, type="PERSON", form="name")]


def documents(count: int) -> list[Document]:
    return [Document(id=f"d{at}", text=f"Путин {at}", mentions=tuple(NAMES)) for at in range(count)]


def names(text: str) -> list[tuple[int, int, str]]:
    return [(m.start(), m.end(), "PERSON") for m in re.finditer("Путин", text)]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("goldwire.gold._KEPT_DOCUMENTS", 10)


def test_a_large_file_is_not_kept_and_a_stream_that_comes_once_is() -> None:
    write("gold.jsonl", documents(11))
    large, small, once = (
        Gold("gold.jsonl", Losses()),
        Gold(documents(10), Losses()),
        Gold(iter(documents(11)), Losses()),
    )
    assert large._kept is None
    assert [len(gold._kept or ()) for gold in (small, once)] == [10, 11]
    assert (large.count, large.hash, large.digest) == (once.count, once.hash, once.digest)
    for gold in (large, once):
        for _ in range(2):
            assert list(gold()) == documents(11)


def test_what_an_extractor_sees_is_hashed_in_order_and_no_more() -> None:
    one, two = documents(2)
    digests = [
        Gold(source, Losses()).digest
        for source in ([one, two], [two, one], [Document(id=d.id, text=d.text) for d in (one, two)])
    ]
    assert digests[0] == digests[2] != digests[1]


def test_a_large_file_gives_the_files_that_a_list_gives() -> None:
    write("gold.jsonl", documents(25))
    bench([names], "gold.jsonl", draws=50, warm_seconds=0.0, out="file")
    bench([names], documents(25), draws=50, warm_seconds=0.0, out="list")
    for name in ("predictions.jsonl", "rows.parquet", "result.json"):
        assert Path("file/names", name).read_bytes() == Path("list/names", name).read_bytes()


@pytest.mark.parametrize("last", [Document(id="new", text="Абэ", mentions=()), Document(id="d24", text="Путин 24")])
def test_gold_that_changes_in_mid_run_is_refused_and_nothing_is_written(last: Document) -> None:
    write("gold.jsonl", documents(25))

    def change(*_: object) -> Callable[[int], None]:
        return lambda _: write("gold.jsonl", [*documents(24), last]) and None

    message = (
        r"^gold.jsonl: found other documents than when the bench began, expected those of the hash \w{12}; "
        r"leave the gold alone while a bench runs, and start it again \[changed-gold\]$"
    )
    with pytest.raises(InputError, match=message):
        bench([names], "gold.jsonl", draws=0, warm_seconds=0.0, on_start=change)
    assert [path.name for path in Path("runs/names").iterdir()] == ["journal.jsonl"]


def test_an_id_twice_is_refused_before_anything_runs() -> None:
    with pytest.raises(InputError, match=r"^document 'd0': id: found 'd0', expected an id of its own; rename one"):
        bench([names], [*documents(1), *documents(1)], draws=0)
    assert not Path("runs").exists()


def test_gold_that_the_view_cannot_judge_is_refused_before_anything_runs() -> None:
    seen: list[str] = []

    def extract(text: str) -> list[tuple[int, int, str]]:
        seen.append(text)
        return []

    gold = [Document(id="a", text="Путин", mentions=(Mention(start=0, end=5, type="PERSON"),))]
    with pytest.raises(InputError, match=r"mentions\[0\].form: found no form, expected a form, which the view names"):
        bench([extract], gold, view="names", draws=0)
    assert seen == []
    assert not Path("runs").exists()


def test_without_a_terminal_progress_is_a_line_now_and_then(
    goldwire: Callable[..., Done], monkeypatch: pytest.MonkeyPatch
) -> None:
    write("gold.jsonl", documents(3))
    monkeypatch.setattr(Progress, "line_seconds", 0.0)
    done = goldwire("bench", "rules", "--gold", "gold.jsonl", "--draws", 0)
    lines = [line for line in done.err.splitlines() if line.startswith("rules: ")]
    assert [line.split(",")[0] for line in lines] == ["rules: 1 of 3", "rules: 2 of 3", "rules: 3 of 3"]
    assert re.fullmatch(r"rules: 2 of 3, [\d,.]+/s, \d+ s left", lines[1])


@pytest.mark.parametrize(
    ("text", "size"),
    [("1", 1), ("500M", 500 * 1024**2), ("8G", 8 * 1024**3), ("1.5k", 1536), ("2GiB", 2 * 1024**3), ("1tb", 1024**4)],
)
def test_sizes_are_powers_of_1024(text: str, size: int) -> None:
    assert size_of(text) == size


@st.composite
def texts_of_words(draw: st.DrawFn) -> tuple[str, list[tuple[int, int]]]:
    words = draw(st.lists(st.text("абвыёя🙂a", min_size=1, max_size=6), min_size=1, max_size=12))
    places, at = [], 0
    for word in words:
        places.append((at, at + len(word)))
        at += len(word) + 1
    return " ".join(words), places


@settings(max_examples=60, deadline=None)
@given(texts_of_words())
def test_offsets_of_whole_words_are_never_suspected(case: tuple[str, list[tuple[int, int]]]) -> None:
    text, places = case
    mentions = tuple(Mention(start=start, end=end, type="PERSON") for start, end in places)
    assert suspected_unit(text, Document(id="a", mentions=mentions)) is None


def test_two_broken_mentions_are_too_few_to_say_anything() -> None:
    text = "Путин и Абэ встретились"
    spans = [(0, 10), (14, 20)]  # the bytes of the first two names
    mentions = tuple(Mention(start=start, end=end, type="PERSON") for start, end in spans)
    assert suspected_unit(text, Document(id="a", mentions=mentions)) is None


def test_predictions_that_come_once_are_kept(tmp_path: Path) -> None:
    import os
    import threading

    os.mkfifo("pipe.jsonl")

    def feed() -> None:
        with Path("pipe.jsonl").open("wb") as pipe:
            pipe.write(Path("mine.jsonl").read_bytes())

    write("mine.jsonl", documents(3))
    writer = threading.Thread(target=feed)
    writer.start()
    [entry] = bench(["pipe.jsonl"], documents(3), draws=0)
    writer.join()
    assert entry.result.scores["entities.strict"]["value"] == 1.0
    assert Path("runs/pipe/predictions.jsonl").read_bytes() == Path("mine.jsonl").read_bytes()
    run = json.loads(Path("runs/pipe/run.json").read_text(encoding="utf-8"))
    assert run["extractor"] == "pipe.jsonl"
