"""The process of an extractor: makes it once, then answers one document after another.

``python -m goldwire.eval.worker REQUESTS ANSWERS``: two file descriptors, for frames. Nothing that the extractor
prints, closes or leaves behind reaches these: its standard output and error are its log, its standard input is empty.
"""

from __future__ import annotations

import contextlib
import ctypes
import faulthandler
import hashlib
import os
import resource
import signal
import sys
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import msgspec

from goldwire.corpus.errors import GoldwireError, reason
from goldwire.eval.engines.messages import PYTHONPATH, Card, Frames, Job, Setup, answer_to, card_of, frame
from goldwire.eval.extractors import BUILT_IN, Extractor, find, parse

__all__ = ["main"]


def main() -> None:
    """Answer until the requests end."""
    requests, answers = (int(argument) for argument in sys.argv[1:3])
    for descriptor in (requests, answers):
        os.set_inheritable(descriptor, False)  # no child of the extractor's holds them open
    _settle()
    own = os.getpid()
    incoming = _requests(requests)
    setup = next(incoming, None)
    if setup is None:  # the judge is gone already
        return
    extractor, card = _made(msgspec.json.decode(setup, type=Setup).what)
    _send(answers, card)
    if extractor is None:
        return
    last, muted = None, False
    decoder = msgspec.json.Decoder(Job)
    for content in incoming:
        job = decoder.decode(content)
        if job.again and not muted:
            muted = _mute()
        answer = answer_to(job, extractor, KeyboardInterrupt)
        if os.getpid() != own:  # a fork that came back from the extractor
            os._exit(0)
        now = time.perf_counter()
        if last is None:
            answer.cold_seconds = card.make_seconds + (answer.seconds or 0.0)
        else:
            answer.held_seconds = now - last
        last = now
        _flush()
        _send(answers, answer)
    with contextlib.suppress(Exception):  # it may have started processes or connections of its own
        getattr(extractor, "close", lambda: None)()


def _settle() -> None:
    """See to it that a crash leaves its traceback, no core, and no orphan."""
    before = os.environ.pop(PYTHONPATH, None)
    os.environ.pop("PYTHONPATH", None)
    if before is not None:
        os.environ["PYTHONPATH"] = before
    faulthandler.enable(file=os.dup(2))
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: goes where the judge goes, even in a hang
        with contextlib.suppress(OSError):  # should memory run out, this process is the first to go
            Path("/proc/self/oom_score_adj").write_text("1000")


def _made(what: str) -> tuple[Extractor | None, Card]:
    begin = time.perf_counter()
    try:
        extractor = find(what)
        card = card_of(
            extractor,
            source=_source(what),
            make_seconds=time.perf_counter() - begin,
            goldwire=version("goldwire"),
        )
    except GoldwireError as error:
        return None, Card(error=str(error), kind=type(error).__name__)
    except BaseException as error:
        return None, Card(error=f"extractor {what!r}: cannot be made: {reason(error)}", kind="ExtractorError")
    _flush()
    return extractor, card


def _source(what: str) -> str:
    """The hash of the file of the module that ``what`` names, where it names one."""
    target = parse(what).target
    where = BUILT_IN[target].where if target in BUILT_IN else target
    file = getattr(sys.modules.get(where.partition(":")[0]), "__file__", None)
    try:
        return hashlib.sha256(Path(file).read_bytes()).hexdigest() if file else ""
    except OSError:
        return ""


def _requests(descriptor: int) -> Iterator[bytes]:
    frames = Frames()
    while piece := os.read(descriptor, 1 << 16):
        yield from frames.add(piece)


def _send(descriptor: int, content: object) -> None:
    left = memoryview(frame(content))
    while left:
        left = left[os.write(descriptor, left) :]


def _flush() -> None:
    """What was printed goes before the answer; streams that the extractor closed or took away are its own affair."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()


def _mute() -> bool:
    """From here on documents are run for their time alone, and what is printed is of no interest."""
    _flush()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    return True


if __name__ == "__main__":
    main()
