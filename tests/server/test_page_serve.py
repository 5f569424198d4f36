"""Predictions that Label Studio fetched from ``goldwire label serve``, corrected and submitted in its own page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

import goldwire
from goldwire.annotation.connection import Connection
from goldwire.annotation.server import pull
from goldwire.corpus.document import Document, Mention
from tests.server.editor import Editor
from tests.server.machine import TOKEN, Machine
from tests.server.test_page import Desk, desk, look, with_mention
from tests.server.test_serve import connect, served
from tests.server.test_verbs import run

pytestmark = [pytest.mark.server, pytest.mark.page]

__all__ = ["desk"]

[GOLD] = goldwire.load()
MODEL = "tests.server.test_page_serve:Knowing"


class Knowing:
    """An extractor of the tests that finds all that is in the article."""

    version = "7"

    def extract(self, document: Any) -> Document:
        return replace(GOLD, id=document.id, text=document.text)


def test_what_was_fetched_is_seen_corrected_and_submitted(
    server: Machine, connection: Connection, desk: Desk, tmp_path: Path
) -> None:
    article = tmp_path / "palmyra.txt"
    article.write_text(str(GOLD.text), encoding="utf-8", newline="")
    variables = {"LABEL_STUDIO_URL": server.url, "LABEL_STUDIO_API_KEY": TOKEN}
    run("push", desk.title, article, **variables)
    [task] = pull(connection, [desk.title]).tasks
    with served(tmp_path / "log", MODEL) as url:
        connect(connection, task["project"], url)
    [fetched] = pull(connection, [desk.title], predictions=True).exported.documents
    assert fetched.mentions == GOLD.mentions

    editor: Editor = desk.editor
    editor.open(task["project"], task["id"])
    look(editor, GOLD)
    desk.text = str(GOLD.text)
    start, end = desk.span("новой площадке")
    editor.mark("l", (start, end))
    shown = replace(fetched, text=GOLD.text)  # which a prediction leaves out, and an annotation has
    wanted = with_mention(shown, Mention(start=start, end=end, type="LOCATION"))
    look(editor, wanted)
    assert desk.back() == wanted

    again = pull(connection, [desk.title])
    [item] = again.exported.annotated
    [origin] = item.origins
    assert (origin.model_version, origin.who) == (f"{MODEL} 7", "annotator-one@example.org")
    [annotation] = again.tasks[0]["annotations"]
    [prediction] = again.tasks[0]["predictions"]
    assert (annotation["parent_prediction"], prediction["model_version"]) == (prediction["id"], f"{MODEL} 7")
