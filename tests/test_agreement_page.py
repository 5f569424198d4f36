"""What the corpus says of its annotators: the page, the record of decisions, and the gold that came of it."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from pathlib import Path

import msgspec
import pytest

from goldwire.corpus.checks import check
from goldwire.corpus.document import UNSET
from goldwire.corpus.gold import load
from goldwire.corpus.gold.build import main as build
from goldwire.eval.disagreements import disagreements
from goldwire.examples import Example, read_examples, without
from goldwire.io import read

GOLD = Path(str(files("goldwire.corpus.gold")))
PAGE = Path(__file__).parent.parent / "docs" / "agreement.md"
RECORD = tomllib.loads((GOLD / "ADJUDICATION.toml").read_text(encoding="utf-8"))


def annotation(name):
    [document] = read(GOLD / "annotators" / name / "annotation.jsonl")
    return document


@pytest.mark.checkout
def test_the_page_shows_what_the_commands_print(goldwire):
    shown = re.findall(r"^```console\n\$ (.*?)\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert len(shown) == 3
    for command, output in shown:
        words = command.replace("corpus/gold", str(GOLD)).split()
        assert words[0] == "goldwire"
        done = goldwire(*words[1:])
        assert (done.code, done.err) == (0, "")
        printed = "".join(f"{line.rstrip()}\n" for line in done.out.splitlines())
        tail = output.removeprefix("…\n")
        assert printed.endswith(tail) if tail != output else printed == output


def test_the_record_has_every_disagreement_and_nothing_else():
    first, second = annotation("first"), annotation("second")
    found = [d.to_dict() for d in disagreements(first, second)]
    keys = [key for key in found[0] if key != "document"]
    assert [{key: case[key] for key in keys} for case in RECORD["case"]] == [
        {key: d[key] for key in keys} for d in found
    ]


def test_the_gold_says_what_was_decided():
    [gold] = load()
    for case in RECORD["case"]:
        assert (case["layer"], case["part"]) == ("entities", "name"), "teach this test where else the decision shows"
        [mention] = [m for m in gold.mentions if (m.start, m.end) == (case["start"], case["end"])]
        [entity] = [e for e in gold.entities if e.id == mention.entity]
        assert entity.name == case["gold"]
        assert case["decision"] in ("first", "second", "other")
        if case["decision"] != "other":
            assert case["gold"] == case[case["decision"]]
        assert case["reason"]


def test_every_decision_quotes_the_guidelines():
    guidelines = " ".join((GOLD / "GUIDELINES.md").read_text(encoding="utf-8").split())
    for case in RECORD["case"]:
        start = guidelines.index(f"### {case['section']} ")
        assert case["guidelines"] in guidelines[start : guidelines.index("### ", start + 4)]


def test_the_gold_is_the_first_annotation_but_for_the_decisions_and_the_wikidata_ids():
    [gold] = load()
    first = annotation("first")
    changed = {case["gold"] for case in RECORD["case"] if case["decision"] != "first"}
    for ours, theirs in zip(gold.entities, first.entities, strict=True):
        assert theirs.wikidata is UNSET
        kept = msgspec.structs.replace(ours, wikidata=UNSET, name=theirs.name if ours.name in changed else ours.name)
        assert kept == theirs
    assert msgspec.structs.replace(gold, entities=first.entities) == first


@pytest.mark.parametrize("name", ["first", "second"])
def test_each_annotation_is_sound_and_on_the_text_of_the_gold(name):
    document = annotation(name)
    assert list(check(document)) == []
    assert document.text == load()[0].text


def test_the_annotations_are_what_the_build_writes(tmp_path):
    build(tmp_path)
    for name in ("first", "second"):
        file = Path("annotators", name, "annotation.jsonl")
        assert (tmp_path / file).read_bytes() == (GOLD / file).read_bytes()


def test_the_examples_of_the_guidelines_are_mentions_of_the_gold():
    [gold] = load()
    examples = read_examples(GOLD / "GUIDELINES.md")
    assert len(examples) == 17
    left, count = without(gold, examples)
    assert (count, len(left.mentions)) == (17, 91)
    assert examples[0] == Example("Кризис в Сирии", "EVENT", 2, 1)
    assert left.quotes == gold.quotes


def test_examples_of_another_article_take_nothing_away():
    [gold] = load()
    assert without(gold, [Example("Осло", "CITY", 0, 1)]) == (gold, 0)
    assert without(gold, [Example("Путин", "PERSON", 99, 1)]) == (gold, 0)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("# none\n\n| a | b |\n|---|---|\n", "no-examples"),
        ("| surface | type | block | occurrence |\n|---|---|---|---|\n| Осло | CITY | 0 |\n", "bad-example"),
        ("| surface | type | block | occurrence |\n|---|---|---|---|\n| Осло | CITY | 0 | 0 |\n", "bad-example"),
    ],
)
def test_a_file_without_a_sound_table_is_refused(goldwire, tmp_path, text, told):
    (tmp_path / "g.md").write_text(text, encoding="utf-8")
    sides = [GOLD / "annotators" / name for name in ("first", "second")]
    done = goldwire("agree", *sides, "--without", tmp_path / "g.md")
    assert done.code == 1
    assert told in done.err
    assert done.err.count("\n") == 1


def test_agree_writes_json_and_names_what_it_cannot_compare(goldwire, tmp_path):
    sides = [GOLD / "annotators" / name for name in ("first", "second")]
    found = msgspec.json.decode(goldwire("agree", *sides, "--json", "-").out)
    assert found["schema"] == "goldwire-agreement/1"
    assert found["layers"]["mentions"]["mention"]["exact"]["mean"] == 1.0
    assert [d["surface"] for d in found["disagreements"]] == [case["surface"] for case in RECORD["case"]]
    assert goldwire("agree", sides[0]).code == 2
    assert goldwire("agree", sides[0], sides[0]).code == 2
    assert goldwire("agree", sides[0], tmp_path / "none.jsonl").code == 1
