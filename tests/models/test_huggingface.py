"""``hf:MODEL`` through transformers itself, on models made on the spot."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("transformers")


from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goldwire.corpus.document import Document
from goldwire.corpus.errors import ExtractorError, UsageError
from goldwire.eval.extractors.huggingface import _parts, make, require
from tests.models import tiny

BIO = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]


def found(extractor, text):
    """What was found, as (surface, type)."""
    document = extractor.extract(Document(id="a", text=text))
    return [(text[m.start : m.end], m.type) for m in document.mentions]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def names(folder):
    """Knows three words, in BIO: «Иван» begins a person, «Путин» goes on with one, «Париже» is a place."""
    labels = {"иван": "B-PER", "путин": "I-PER", "париже": "B-LOC"}
    return tiny.token_classifier(folder / "names", BIO, labels, tiny.wordpiece(list(labels)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Иван Путин в Париже.", [("Иван Путин", "PER"), ("Париже", "LOC")]),
        ("🙂🇷🇺 Иван\r\nв\u00a0Париже", [("Иван", "PER"), ("Париже", "LOC")]),
        ("\u2028👩‍👩‍👧 Иван 👩‍👩‍👧 Париже", [("Иван", "PER"), ("Париже", "LOC")]),
        ("Путин, Путин", [("Путин", "PER"), ("Путин", "PER")]),  # the comma, which has O, ends the first
        ("Иван Иван", [("Иван", "PER"), ("Иван", "PER")]),  # B begins another
        ("Париже Путин", [("Париже", "LOC"), ("Путин", "PER")]),  # so does another type, also with I
        ("", []),
        (" \r\n\u00a0", []),
    ],
)
def test_spans_are_code_points_of_the_text(names, text, expected):
    assert found(make(str(names), {}), text) == expected


def test_a_letter_keeps_the_mark_that_the_tokenizer_strips(folder):
    # BERT's normaliser strips marks: the token ends before the breve, the mention must not
    model = tiny.token_classifier(folder / "marks", BIO, {"андреи": "B-PER"}, tiny.wordpiece(["андреи"]))
    assert found(make(str(model), {}), "Андреи\u0306 и Андрей") == [("Андреи\u0306", "PER"), ("Андрей", "PER")]


def test_a_word_goes_on_behind_a_mark(folder):
    # «боикот»: the tokens are б ##о ##и ##к ##о ##т, with the breve between the third and the fourth; б says B-LOC
    model = tiny.token_classifier(folder / "inner", BIO, {"б": "B-LOC"}, tiny.wordpiece())
    assert found(make(str(model), {}), "Бои\u0306кот") == [("Бои\u0306кот", "LOC")]


def test_bytes_of_one_character_are_one_word(folder):
    # 🙂 is four tokens of bytes, all of them at the same character; its first byte, ð, begins a person
    model = tiny.token_classifier(folder / "bytes", BIO, {"ð": "B-PER"}, tiny.bytes_of_text())
    assert found(make(str(model), {}), "а🙂🙂б") == [("🙂", "PER"), ("🙂", "PER")]
    assert found(make(str(model), {"aggregation": "simple"}), "а🙂🙂б") == [("🙂", "PER"), ("🙂", "PER")]


def test_a_blank_that_heads_a_word_is_no_part_of_the_mention(folder):
    labels = {"▁Иван": "B-PER", "▁": "B-LOC"}
    model = tiny.token_classifier(folder / "blanks", BIO, labels, tiny.metaspace(["Иван"]))
    # «сад» is not in the vocabulary: ▁ с а д, and the label of the word is that of its first token, the blank
    assert found(make(str(model), {}), "в Иван, сад") == [("в", "LOC"), ("Иван", "PER"), ("сад", "LOC")]


@pytest.mark.parametrize(
    ("aggregation", "expected"),
    [
        # «кот» is к ##о ##т with the labels LOC, PER, PER, all of the same probability p, the other types q each:
        # first and max take LOC (the first of the surest), average PER: (q + 2p)/3 against (p + 2q)/3
        ("first", [("кот", "LOC")]),
        ("max", [("кот", "LOC")]),
        ("average", [("кот", "PER")]),
        ("simple", [("к", "LOC"), ("от", "PER")]),
    ],
)
def test_how_the_tokens_of_a_word_share_a_label(folder, aggregation, expected):
    place = folder / "shared"
    if not place.exists():
        tiny.token_classifier(place, ["O", "PER", "LOC"], {"к": "LOC", "##о": "PER", "##т": "PER"}, tiny.wordpiece())
    extractor = make(str(place), {"aggregation": aggregation})
    assert found(extractor, "кот") == expected
    assert extractor.details["aggregation"] == aggregation


@pytest.mark.parametrize(
    ("names", "labels", "expected"),
    [
        (["O", "I-PER"], {"а": "I-PER", "б": "I-PER"}, ["а б"]),
        (["O", "PER", "LOC"], {"а": "PER", "б": "PER", "в": "LOC"}, ["а б", "в"]),
        (["O", "B-PER", "I-PER", "L-PER", "U-PER"], {"а": "B-PER", "б": "L-PER", "в": "U-PER"}, ["а б", "в"]),
        (
            ["O", "B_PER", "M_PER", "E_PER", "S_PER"],
            {"а": "B_PER", "б": "M_PER", "в": "E_PER", "г": "S_PER"},
            ["а б в", "г"],
        ),
        (["O", "B-PER", "I-PER", "E-PER"], {"а": "E-PER", "б": "E-PER", "в": "I-PER"}, ["а", "б", "в"]),  # broken rules
    ],
)
def test_schemes_of_labels(tmp_path, names, labels, expected):
    model = tiny.token_classifier(tmp_path, names, labels, tiny.wordpiece())
    assert [surface for surface, _ in found(make(str(model), {}), "д а б в г")] == expected[: len(labels)]


def test_the_label_outside_every_mention_can_be_named(tmp_path):
    model = tiny.token_classifier(tmp_path, ["LABEL_0", "LABEL_1"], {"а": "LABEL_1"}, tiny.wordpiece())
    assert found(make(str(model), {"outside": "LABEL_0"}), "а б") == [("а", "LABEL_1")]
    with pytest.raises(UsageError, match=r"option outside: found the labels 'LABEL_0', 'LABEL_1', expected one that"):
        make(str(model), {})


def test_a_long_text_is_read_to_its_end(names):
    text = "Иван Путин в Париже. " * 400  # 2,000 tokens and more, in windows of 30
    assert found(make(str(names), {}), text) == [("Иван Путин", "PER"), ("Париже", "LOC")] * 400


@pytest.mark.parametrize("overlap", ["0", "1", "28"])
@pytest.mark.parametrize("length", ["31", "32"])
def test_where_windows_are_cut_is_nothing_to_a_model_without_context(names, overlap, length):
    text = "Иван Путин, в Париже. " * 20
    assert found(make(str(names), {"overlap": overlap, "max-length": length}), text) == (
        [("Иван Путин", "PER"), ("Париже", "LOC")] * 20
    )


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text("абв ИванПутин🙂\u0306\u00a0\r\n.,-", max_size=120))
def test_whatever_a_random_model_says_has_its_place(random, text):
    one, many = random
    document = one.extract(Document(id="a", text=text))
    assert document == many.extract(Document(id="a", text=text))  # the size of a batch changes nothing
    edge = 0
    for mention in document.mentions:
        surface = text[mention.start : mention.end]
        assert mention.start >= edge
        assert surface
        assert surface == surface.strip()
        assert 0 < mention.score <= 1
        edge = mention.end


@pytest.fixture(scope="module")
def random(folder):
    model = tiny.random_roberta(folder / "random", BIO, tiny.bytes_of_text(length=10**30))
    extractors = make(str(model), {"batch": "1"}), make(str(model), {"batch": "8"})
    # 34 positions, of which RoBERTa leaves the first two to padding; 2 special tokens
    assert extractors[0].details["window"] == {"tokens": 30, "overlap": 7}
    return extractors


def test_labels_and_view_follow_from_the_models_types(tmp_path, names):
    extractor = make(str(names), {})
    assert {theirs: meaning.ours for theirs, meaning in extractor.labels.meanings.items()} == {
        "PER": "PERSON",
        "LOC": "LOCATION",
        "ORG": "ORGANIZATION",
        "MISC": None,
    }
    assert extractor.view == "per-loc-org+names"
    nerel = tiny.token_classifier(tmp_path, ["O", "B-PERSON", "B-AGE", "B-CITY"], {}, tiny.wordpiece())
    extractor = make(str(nerel), {})
    assert extractor.view == "all"
    assert extractor.labels["AGE"] is None
    assert "CITY" not in extractor.labels


def test_the_version_is_the_hash_of_the_weights(names, tmp_path):
    shutil.copytree(names, tmp_path / "copy")
    first, copy = make(str(names), {}), make(str(tmp_path / "copy"), {})
    assert re.fullmatch(r"sha256 [0-9a-f]{16}, transformers [\d.]+", first.version)
    assert copy.version == first.version
    weights = tmp_path / "copy" / "config.json"
    weights.write_text(weights.read_text() + "\n")
    assert make(str(tmp_path / "copy"), {}).version != first.version


def test_a_model_without_a_trained_head_is_refused(tmp_path):
    from transformers import BertConfig, BertModel

    bare = BertModel(BertConfig(vocab_size=90, hidden_size=16, num_hidden_layers=0, num_attention_heads=1))
    tiny.saved(tmp_path, bare, tiny.wordpiece())
    with pytest.raises(ExtractorError, match=r"found no weights for classifier\.bias, classifier\.weight, expected a"):
        make(str(tmp_path), {})


def test_several_labels_a_token_are_refused(tmp_path):
    model = tiny.token_classifier(tmp_path, BIO, {}, tiny.wordpiece(), problem_type="multi_label_classification")
    with pytest.raises(ExtractorError, match="found a head of several labels a token, expected one"):
        make(str(model), {})


def test_a_tokenizer_without_offsets_is_refused(names, tmp_path):
    from transformers import CanineConfig, CanineForTokenClassification, CanineTokenizer

    config = CanineConfig(
        hidden_size=16, num_hidden_layers=1, num_attention_heads=1, intermediate_size=16, num_hash_buckets=32
    )
    CanineForTokenClassification(config).save_pretrained(tmp_path)
    CanineTokenizer().save_pretrained(tmp_path)
    with pytest.raises(
        ExtractorError, match=r"found a tokenizer without offsets .CanineTokenizer., expected a fast one"
    ):
        make(str(tmp_path), {})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"max-length": "33"}, "option max-length: found 33, expected 32 at most, which is what the model reads"),
        ({"max-length": "2"}, "option max-length: found '2', expected a whole number from 3"),
        ({"overlap": "30"}, "option overlap: found 30, expected less than a window's 30 tokens"),
        ({"batch": "many"}, "option batch: found 'many', expected a whole number from 1"),
        ({"aggregation": "last"}, "option aggregation: found 'last', expected first or max or average or simple"),
        ({"stride": "3"}, "found the option 'stride', expected aggregation, batch, device, max-length, outside, "),
    ],
)
def test_options_that_cannot_be(names, options, message):
    with pytest.raises(UsageError, match=re.escape(message)):
        make(str(names), options)


def test_a_device_that_is_not_there(names):
    with pytest.raises(ExtractorError, match=r"cannot be loaded: RuntimeError: .*elephant.*expected a model's folder"):
        make(str(names), {"device": "elephant"})


@pytest.mark.parametrize("target", ["./nothing", "/no/such/model", "a/b/c", "~/nothing-there"])
def test_a_folder_that_is_not_there(target):
    with pytest.raises(UsageError, match=f"found no folder '{target}', expected a model's folder, or OWNER/NAME"):
        require(target)


def test_prefixes_are_read_only_where_some_label_begins_a_mention():
    assert _parts(["O", "I-1", "Item"], "O") == [None, ("I", "I-1"), ("I", "Item")]
    assert _parts(["O", "I-1", "I-2"], "O") == [None, ("I", "1"), ("I", "2")]


def test_the_library_is_missed_before_any_work():
    # a fresh process, in which there is no transformers
    program = (
        "import sys; sys.modules['transformers'] = None\n"
        "import importlib.util as u; real = u.find_spec\n"
        "u.find_spec = lambda name: None if name == 'transformers' else real(name)\n"
        "from goldwire.eval.extractors.huggingface import require\n"
        "require('owner/model')"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert "UsageError: extractor 'hf:owner/model': transformers is not installed; " in done.stderr.splitlines()[-1]
    assert "pip install 'goldwire[hf]'" in done.stderr


def test_a_repository_of_the_hub(names, tmp_path):
    # the hub's cache, as its library lays it out; in a process of its own, for it is read when the library is imported
    commit = "0123456789abcdef0123456789abcdef01234567"
    repository = tmp_path / "models--owner--tiny"
    shutil.copytree(names, repository / "snapshots" / commit)
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text(commit)
    program = (
        "from goldwire.eval.extractors import find\n"
        "print(find('hf:owner/tiny').version, find('hf:owner/tiny?revision=" + commit + "').version, sep='\\n')\n"
        "find('hf:owner/other')"
    )
    environment = os.environ | {"HF_HUB_CACHE": str(tmp_path), "HF_HUB_OFFLINE": "1"}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment)
    assert re.fullmatch(r"(commit 0123456789abcdef, transformers [\d.]+\n){2}", done.stdout), done.stderr
    assert re.search(
        r"ExtractorError: extractor 'hf:owner/other': cannot be loaded: OSError: .*OWNER/NAME", done.stderr
    )


def test_bench(names, goldwire, tmp_path):
    done = goldwire("bench", f"hf:{names}?device=cpu&batch=2", "--out", tmp_path, "--draws", 0, "--json", "-")
    assert done.code == 0, done.err
    [result] = json.loads(done.out)["runs"]
    # the article has «Путин» and no «Иван»; PER alone is found, and judged as natasha is: per-loc-org, names
    counts = result["scores"]["entities.strict"]["by_type"]["PER"]["counts"]
    assert counts["hits"] > 0
    [run] = Path(tmp_path).glob("*/run.json")
    assert json.loads(run.read_text())["version"].startswith("sha256 ")
