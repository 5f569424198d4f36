"""Extractors that do what extractors should not: each on the document ``b``, and on no other."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from goldwire import Document

NAMES = [(0, 5, "PERSON")]


def quiet(document: Document) -> object:
    """Behaves; it writes down each document that it sees."""
    with Path("seen.txt").open("a", encoding="utf-8") as file:
        file.write(f"{document.id}\n")
    return NAMES


def raises(document: Document) -> object:
    if document.id == "b":
        raise LookupError("no such\ncity")
    return NAMES


def hangs(document: Document) -> object:
    while document.id == "b":
        time.sleep(0.01)
    return NAMES


def hangs_with_all_signals_off(document: Document) -> object:
    if document.id == "b":
        for number in (signal.SIGABRT, signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
    return hangs(document)


def prints(document: Document) -> object:
    os.write(1, b"\xff\x00{garbage}\n" * 10)
    print("{more garbage}", flush=True)
    return NAMES


def interrupts(document: Document) -> object:
    if document.id == "b":
        raise KeyboardInterrupt
    return NAMES


def leaves(document: Document) -> object:
    if document.id == "b":
        sys.exit("good bye")
    return NAMES


def leaves_at_once(document: Document) -> object:
    if document.id == "b":
        print("the end", flush=True)
        os._exit(7)
    return NAMES


def crashes(document: Document) -> object:
    if document.id == "b":
        ctypes.string_at(0)
    return NAMES


def floods(document: Document) -> object:
    for _ in range(200):
        sys.stderr.write("x" * 9_999 + "\n")
    return NAMES


def floods_without_end(document: Document) -> object:
    while document.id == "b":
        os.write(2, b"x" * 65_536)
    return NAMES


def closes(document: Document) -> object:
    if document.id == "b":
        os.closerange(0, 256)
    return NAMES


def writes_everywhere(document: Document) -> object:
    if document.id == "b":
        for descriptor in range(256):
            try:
                os.write(descriptor, b"\xff" * 64)
            except OSError:
                continue
        time.sleep(60)
    return NAMES


def forks(document: Document) -> object:
    """The child comes back from here, too."""
    if document.id == "b":
        os.fork()
    return NAMES


def forks_and_dies(document: Document) -> object:
    """The child lives on, and holds whatever it inherited."""
    if document.id == "b":
        if os.fork() == 0:
            time.sleep(60)
        os._exit(7)
    return NAMES


def leaves_children(document: Document) -> object:
    if document.id == "b":
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        Path("child.txt").write_text(str(child.pid), encoding="utf-8")
    return NAMES


def grows(document: Document) -> object:
    held = []
    while document.id == "b":
        held.append(b"x" * (1 << 20))
    return NAMES


def grows_in_a_child(document: Document) -> object:
    if document.id == "b":
        subprocess.run([sys.executable, "-c", "x = []\nwhile True: x.append(b'x' * (1 << 20))"], check=False)
    return NAMES


def changes_the_folder(document: Document) -> object:
    os.chdir("/")
    return NAMES


def of_another_form(document: Document) -> object:
    return 3 if document.id == "b" else NAMES


def of_another_document(document: Document) -> object:
    return {"id": "a", "mentions": []}


def floats(document: Document) -> object:
    return [(0.0, 5.5, "PERSON")] if document.id == "b" else NAMES


def reversed_(document: Document) -> object:
    return [(5, 0, "PERSON")] if document.id == "b" else NAMES


def past_the_end(document: Document) -> object:
    return [(0, len(document.text or "") + 1, "PERSON")] if document.id == "b" else NAMES


def in_bytes(document: Document) -> object:
    text = document.text or ""
    places = [text.index(word) for word in text.split()]
    return [
        (len(text[:at].encode()), len(text[: at + len(word)].encode()), "PERSON")
        for at, word in zip(places, text.split(), strict=True)
    ]


def in_utf16(document: Document) -> object:
    text = document.text or ""
    places = [text.index(word) for word in text.split()]
    return [
        (len(text[:at].encode("utf-16-le")) // 2, len(text[: at + len(word)].encode("utf-16-le")) // 2, "PERSON")
        for at, word in zip(places, text.split(), strict=True)
    ]


def stays_after_the_end(document: Document) -> object:
    import threading

    threading.Thread(target=time.sleep, args=(60,)).start()
    return NAMES
