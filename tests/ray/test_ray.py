"""Extractors on Ray: what they find is what they find here, byte for byte, whatever happens to the workers."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from goldwire.bench import bench
from goldwire.corpus.document import Document, Mention
from goldwire.corpus.errors import ExtractorError, ServiceError
from goldwire.eval.engines import Engine, Limits, engine_named
from goldwire.io import write
from tests.conftest import Done
from tests.leftovers import no_worker_is_left
from tests.ray.machine import ENVIRONMENT, two_nodes

pytestmark = [
    pytest.mark.ray,
    pytest.mark.skipif(
        find_spec("ray") is None, reason="Ray is not installed: make test-ray installs it and runs this"
    ),
]

COUNT = 60
MODULE = """
import os, re, time
from goldwire import Document


def extract(document: Document):
    with open("seen.txt", "a") as file:
        file.write(f"{document.id} {os.getppid()}\\n")
    time.sleep(0.15 if os.path.exists("slow") else 0.02)
    if document.id == "d7":
        os._exit(3)
    if document.id == "d9":
        time.sleep(60)
    if document.id == "d11":
        raise ValueError("eleven")
    return [(m.start(), m.end(), "PERSON") for m in re.finditer("Путин|Абэ", document.text)]
"""
FILES = ("predictions.jsonl", "rows.parquet", "result.json")
REASONS = {
    "d7": "crash: its process exited with code 3",
    "d9": "timeout: no answer within 1 s",
    "d11": "ValueError: eleven",
}


@pytest.fixture(scope="module", autouse=True)
def _environment() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in ENVIRONMENT.items():
            patch.setenv(name, value)
        yield


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("on_ray.py").write_text(MODULE, encoding="utf-8")
    write(
        "gold.jsonl",
        [
            Document(
                id=f"d{at}",
                text=f"Путин и Абэ встретились в {at} раз",
                mentions=(Mention(start=0, end=5, type="PERSON"), Mention(start=8, end=11 - at % 2, type="PERSON")),
            )
            for at in range(COUNT)
        ],
    )
    return tmp_path


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with two_nodes(tmp_path_factory.mktemp("cluster")) as address:
        yield address


def judged(out: str, engine: Engine, **options: Any) -> dict[str, Any]:
    how: dict[str, Any] = {"draws": 100, "warm_seconds": 0.0, "limits": Limits(1.0)}
    bench(["on_ray:extract"], "gold.jsonl", out=out, engine=engine, **how, **options)
    found: dict[str, Any] = json.loads(Path(out, "on_ray_extract", "run.json").read_text(encoding="utf-8"))
    return found


def files(out: str) -> list[bytes]:
    return [Path(out, "on_ray_extract", name).read_bytes() for name in FILES]


def seen() -> list[list[str]]:
    return [line.split() for line in Path("seen.txt").read_text(encoding="utf-8").splitlines()]


def ray_processes() -> set[str]:
    """The ids of the processes whose program is a node's or a cluster's own."""
    found = set()
    for place in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it is gone
            program = (place / "cmdline").read_bytes().partition(b"\0")[0]
            if Path(os.fsdecode(program)).name in ("raylet", "gcs_server"):
                found.add(place.name)
    return found


def listeners() -> list[str]:
    """The addresses, in hexadecimal, that processes with Ray in their command line listen on."""
    open_ = {}
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text(encoding="utf-8").splitlines()[1:]:
            parts = line.split()
            if parts[3] == "0A":
                open_[parts[9]] = parts[1].partition(":")[0]
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            command = (place / "cmdline").read_bytes()
            links = [link.readlink().name for link in (place / "fd").iterdir()]
        except OSError:
            continue
        if b"ray" in command:
            found += [open_[link[8:-1]] for link in links if link.startswith("socket:") and link[8:-1] in open_]
    return found


def test_one_and_two_actors_leave_the_files_that_one_and_two_processes_leave(here: Path) -> None:
    before = ray_processes()
    runs = {
        (name, workers): judged(f"{name}{workers}", engine_named(name, workers=workers))
        for name in ("local", "ray")
        for workers in (1, 2)
    }
    assert ray_processes() == before  # the cluster was ours, and is gone
    first = files("local1")
    for (name, workers), run in runs.items():
        assert files(f"{name}{workers}") == first
        assert run["failures"] == REASONS
        assert (run["engine"], run["workers"], run["documents_run"]) == (name, workers, COUNT)
        assert run["peak_memory_bytes"] > 10_000_000
        assert run["cold_seconds"] > 0


def test_a_worker_that_is_killed_in_mid_run_costs_nothing(here: Path) -> None:
    judged("local", engine_named("local"))
    Path("seen.txt").unlink()
    killed: list[int] = []

    def kill_one(*_: object) -> Callable[[int], None]:
        def advance(more: int) -> None:
            if not killed and Path("seen.txt").exists() and len(seen()) >= 15:
                actor = int(seen()[-1][1])  # the actor is the parent of the extractor's process
                killed.append(actor)
                os.kill(actor, signal.SIGKILL)

        return advance

    run = judged("ray", engine_named("ray", workers=2), on_start=kill_one)
    assert killed
    assert files("ray") == files("local")
    assert run["failures"] == REASONS
    assert run["documents_run"] == COUNT
    again = Counter(name for name, _ in seen())
    assert set(again) == {f"d{at}" for at in range(COUNT)}
    assert max(again.values()) <= 2
    assert no_worker_is_left(here)


def test_two_nodes_on_this_machine(here: Path, cluster: str) -> None:
    judged("local", engine_named("local", workers=2))
    Path("seen.txt").unlink()
    Path("slow").touch()
    nodes = ray_processes()
    assert len(nodes) == 3  # two raylets, and the head's server
    run = judged("ray", engine_named("ray", workers=2, address=cluster))
    assert files("ray") == files("local")
    assert run["workers"] == 2
    until = time.monotonic() + 60
    while (left := [actor for _, actor in seen() if Path(f"/proc/{actor}").exists()]) and time.monotonic() < until:
        time.sleep(0.1)
    assert not left  # the actors are gone, the cluster is not
    assert len({actor for _, actor in seen()}) == 2
    assert nodes <= ray_processes()


def test_ray_listens_on_the_loopback_alone(cluster: str) -> None:
    found = listeners()
    assert len(found) >= 4
    # 127.0.0.1, and ::ffff:127.0.0.1, as the kernel writes them
    assert set(found) <= {"0100007F", "0000000000000000FFFF00000100007F"}


def test_a_run_that_is_cut_off_goes_on_by_another_engine(here: Path) -> None:
    class Stop(Exception):  # noqa: N818
        pass

    def stop(*_: object) -> Callable[[int], None]:
        left = [20]

        def advance(more: int) -> None:
            left[0] -= more
            if left[0] <= 0:
                raise Stop

        return advance

    with pytest.raises(Stop):
        judged("cut", engine_named("ray", workers=2), on_start=stop)
    run = judged("cut", engine_named("local", workers=2))
    assert 20 <= run["documents_resumed"] < COUNT
    judged("whole", engine_named("local"))
    assert files("cut") == files("whole")


def test_an_extractor_that_cannot_be_made_is_told(here: Path, cluster: str) -> None:
    with pytest.raises(ExtractorError, match=r"^extractor 'json:no': cannot be imported: AttributeError"):
        bench(["json:no"], "gold.jsonl", draws=0, engine=engine_named("ray", address=cluster))


def test_a_gpu_that_no_node_has_is_told(here: Path, cluster: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("goldwire.eval.engines.ray._START_SECONDS", 2.0)
    message = (
        r"^Ray cluster: found no place for a worker within 2 s, expected a free CPU and the GPUs of --gpus; it has CPU"
    )
    with pytest.raises(ServiceError, match=message):
        bench(["rules"], draws=0, engine=engine_named("ray", address=cluster, gpus=1))


def test_by_the_command_line(goldwire: Callable[..., Done], here: Path, cluster: str) -> None:
    command = ("bench", "rules", "--engine", "ray", "--address", cluster, "--workers", 2, "--draws", 0)
    done = goldwire(*command)
    assert (done.code, done.err) == (0, "")
    assert json.loads(Path("runs/rules/run.json").read_text(encoding="utf-8"))["engine"] == "ray"


def test_a_cluster_that_is_not_there_is_told_with_4(goldwire: Callable[..., Done], here: Path) -> None:
    done = goldwire("bench", "rules", "--engine", "ray", "--address", "127.0.0.1:1", "--draws", 0)
    assert done.code == 4
    assert "goldwire: Ray cluster 127.0.0.1:1: cannot be reached: " in done.err
    assert not Path("runs").exists()
