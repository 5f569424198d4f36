"""``gliner:MODEL`` through the library itself, on random models made on the spot; the library is the reference."""

from __future__ import annotations

import json
import re
import warnings
from itertools import pairwise

import pytest

pytest.importorskip("gliner")

from gliner import GLiNER

from goldwire.corpus.document import Document
from goldwire.corpus.errors import ExtractorError, UsageError
from goldwire.corpus.scheme import SCHEME
from goldwire.eval.extractors.gliner import NAMES, make, require
from tests.models import tiny

TEXT = "Иван Путин приехал в Париж и сказал 🙂 слово. А потом Андрей уехал,\r\nв\u00a0Лион! "
ENGLISH = [english for english, _, _ in NAMES.values()]


def found(extractor, text):
    """What was found, as (start, end, type, score)."""
    return [(m.start, m.end, m.type, m.score) for m in extractor.extract(Document(id="a", text=text)).mentions]


def reference(model, text, labels=ENGLISH, threshold=0.8, *, flat):
    """What the library finds in one reading."""
    items = model.predict_entities(text, labels, threshold=threshold, flat_ner=flat)
    return sorted((i["start"], i["end"], i["label"], round(i["score"], 4)) for i in items)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tiny.gliner(tmp_path_factory.mktemp("gliner"))


@pytest.fixture(scope="module")
def whole(folder):
    """The same model, made to read 10,000 words at once."""
    return GLiNER.from_pretrained(str(folder), local_files_only=True, max_length=10_000)


@pytest.mark.parametrize("nested", ["yes", "no"])
def test_a_text_in_windows_is_a_text_read_at_once(folder, whole, nested):
    # this model sees nothing of what is around a mention, so how it is cut can change nothing
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message=".*truncated.*")
        ours = found(make(str(folder), {"nested": nested, "threshold": "0.8"}), TEXT * 8)
    assert len(ours) > 16
    assert ours == reference(whole, TEXT * 8, flat=nested == "no")


def test_the_library_alone_cuts_a_long_text(folder):
    # what the adapter is for: 8 texts of 20 words, of which the library reads the first 20 words
    cut = GLiNER.from_pretrained(str(folder), local_files_only=True)
    with pytest.warns(UserWarning, match=r"Sentence of length \d+ has been truncated to 20"):
        assert max(end for _, end, _, _ in reference(cut, TEXT * 8, flat=True)) < 2 * len(TEXT)
    assert max(end for _, end, _, _ in found(make(str(folder), {}), TEXT * 8)) > 7 * len(TEXT)


def test_windows_hold_no_more_tokens_than_the_model_reads(tmp_path):
    # 100 positions, one layer; the text has some 60 tokens a sentence, spelt letter by letter. What is beyond the
    # positions would raise in torch
    model = tiny.gliner(tmp_path, positions=100, layers=1)
    extractor = make(str(model), {"names": "scheme", "ask": "PERSON,CITY", "threshold": "0.5"})
    # [CLS] <<ENT>> PERSON (6 letters in Latin: one unknown token) <<ENT>> CITY <<SEP>> … [SEP]: 7 tokens
    assert extractor.details["window"] == {"words": 20, "tokens": 93, "overlap": 8}
    assert found(extractor, TEXT * 4)
    document = extractor.extract(Document(id="a", text="о" * 99 + " " + TEXT))
    assert document.mentions
    assert [code for code, _ in document.extra["faults"]] == ["cut-word"]


def test_labels_that_leave_no_room(tmp_path):
    model = tiny.gliner(tmp_path, positions=40)
    with pytest.raises(
        UsageError, match=r"found \d+ tokens of labels, expected fewer than the 40 that the model reads"
    ):
        make(str(model), {"describe": "yes", "names": "ru"})


@pytest.mark.parametrize("mark", ["\u0306", "\u0306\ufe0f"])
def test_marks_of_which_no_token_comes_move_nothing(folder, mark):
    # «й» as two code points is the same token to the model as «й»: the same mentions, moved by what is longer
    extractor = make(str(folder), {"threshold": "0.5"})
    one, two = "Андрей Путин и Андрейка приехал", f"Андреи{mark} Путин и Андреи{mark}ка приехал"
    places = [at for at, c in enumerate(one) if c == "й"]

    def moved(offset):
        return offset + len(mark) * sum(place < offset for place in places)

    expected = found(extractor, one)
    assert expected
    assert found(extractor, two) == [(moved(start), moved(end), *rest) for start, end, *rest in expected]


@pytest.mark.parametrize("text", ["", " \r\n\u00a0", "\ufe0f", "\u0306 \u0306"])
def test_texts_without_a_word(folder, text):
    assert found(make(str(folder), {"threshold": "0"}), text) == []


def test_flat_mentions_do_not_overlap_at_a_border_either(folder):
    ours = found(make(str(folder), {"threshold": "0.1", "overlap": "0"}), TEXT * 8)
    assert all(left[1] <= right[0] for left, right in pairwise(ours))


@pytest.mark.parametrize(
    ("options", "asked"),
    [
        ({}, {"person": "person", "country": "country"}),
        ({"names": "ru"}, {"человек": "человек", "страна": "страна"}),
        ({"names": "scheme"}, {"PERSON": "PERSON"}),
        ({"describe": "yes"}, {"person: a person's name, without title": "person"}),
        ({"describe": "yes", "names": "ru"}, {"человек: имя человека без должности": "человек"}),
        ({"ask": "боевик, посол,боевик"}, {"боевик": "боевик", "посол": "посол"}),
    ],
)
def test_what_is_asked(folder, options, asked):
    extractor = make(str(folder), options)
    assert asked.items() <= extractor.details["asked"].items()
    if "ask" in options:
        assert extractor.labels is None
        assert extractor.details["asked"] == asked
    else:
        theirs = list(extractor.details["asked"].values())
        assert [extractor.labels[label] for label in theirs] == [label.name for label in SCHEME.types]


def test_a_mention_bears_the_name_and_not_the_definition(folder):
    kinds = {kind for _, _, kind, _ in found(make(str(folder), {"describe": "yes", "threshold": "0.1"}), TEXT)}
    assert kinds
    assert kinds <= set(ENGLISH)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"threshold": "1.5"}, "option threshold: found '1.5', expected a number from 0 to 1"),
        ({"threshold": "nan"}, "option threshold: found 'nan', expected a number from 0 to 1"),
        ({"nested": "true"}, "option nested: found 'true', expected yes or no"),
        ({"names": "de"}, "option names: found 'de', expected en or ru or scheme"),
        ({"overlap": "20"}, "option overlap: found 20, expected less than a window's 20 words"),
        ({"ask": ","}, "option ask: found ',', expected values joined by commas"),
        ({"flat": "yes"}, "found the option 'flat', expected ask, batch, describe, device, names, nested, overlap, "),
    ],
)
def test_options_that_cannot_be(folder, options, message):
    with pytest.raises(UsageError, match=re.escape(message)):
        make(str(folder), options)


def test_a_folder_that_is_not_there():
    with pytest.raises(
        UsageError, match=r"extractor 'gliner:./nothing': found no folder './nothing', expected a model's"
    ):
        require("./nothing")


def test_a_folder_without_a_gliner(tmp_path):
    with pytest.raises(
        ExtractorError, match=r"cannot be loaded: FileNotFoundError: .*expected a model's folder, or OWN"
    ):
        make(str(tmp_path), {})


def test_the_library_is_missed_before_any_work(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(UsageError, match=re.escape("gliner is not installed; pip install 'goldwire[gliner]'")):
        require("owner/model")


def test_bench(folder, goldwire, tmp_path):
    done = goldwire("bench", f"gliner:{folder}?nested=yes&names=ru", "--out", tmp_path, "--draws", 0, "--json", "-")
    assert done.code == 0, done.err
    [result] = json.loads(done.out)["runs"]
    assert result["scores"]["entities.strict"]["counts"]["predicted"] > 0
    [run] = tmp_path.glob("*/run.json")
    written = json.loads(run.read_text())
    assert written["version"].startswith("sha256 ")
    assert written["labels"]["страна"] == {"to": "COUNTRY", "why": "asked for as 'страна'"}
