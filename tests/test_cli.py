"""Every verb and option of the command line: what it prints, what it writes, and its exit code."""

from __future__ import annotations

import itertools
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from typer.main import get_command

from goldwire.cli import app
from goldwire.corpus.document import Block, Document, Mention, Quote
from goldwire.corpus.gold import load
from goldwire.io import write

RUN = ["predictions.jsonl", "result.json", "rows.parquet", "run.json"]
EMBEDDED = "tass-2016-12-16-palmyra"
TEXTS = {"a": "Путин в Москве", "b": "Абэ в Токио"}
GOLD = [
    Document(
        id="a",
        text=TEXTS["a"],
        mentions=(
            Mention(start=0, end=5, type="PERSON", form="name"),
            Mention(start=8, end=14, type="CITY", form="name"),
        ),
    ),
    Document(id="b", text=TEXTS["b"], mentions=(Mention(start=0, end=3, type="PERSON", form="name"),)),
]
EXTRACTORS = '''
"""Extractors of all kinds."""
import re
from goldwire import Document, Mention

__version__ = "7"


def tuples(text):
    return [(m.start(), m.end(), "PERSON") for m in re.finditer("Путин|Абэ", text)]


def strings(text):
    return [(word, "PERSON") for word in re.findall("Путин|Абэ", text)]


def of_document(document: Document):
    return {"mentions": [{"start": 0, "end": 3, "type": "PERSON"}] if document.id == "b" else []}


class Made:
    version = "8"
    layers = ("mentions", "quotes")
    view = "per-loc-org"
    labels = {"MAN": "PER", "DOG": None}

    def extract(self, document):
        return Document(id=document.id, mentions=(Mention(start=0, end=3, type="MAN"),))


def failing(text):
    if "Токио" in text:
        raise ValueError("no such\\ncity")
    return tuples(text)


def failing_always(text):
    raise ValueError("never")


def of_another_form(text):
    return 3
'''
_numbers = itertools.count()


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to be in, with ``gold.jsonl`` of two small documents."""
    monkeypatch.chdir(tmp_path)
    write("gold.jsonl", GOLD)
    return tmp_path


@pytest.fixture
def module(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a module with the extractors above, on the Python path."""
    folder = tmp_path_factory.mktemp("path")
    name = f"extractors_{next(_numbers)}"
    (folder / f"{name}.py").write_text(EXTRACTORS, encoding="utf-8")
    monkeypatch.syspath_prepend(folder)
    return name


def folders(path: str = "runs") -> list[str]:
    return sorted(folder.name for folder in Path(path).iterdir())


def saved(path: str | Path) -> Any:
    return json.loads(Path(path).read_text(encoding="utf-8"))


def score_of(result: dict[str, Any], name: str = "entities.strict") -> dict[str, Any]:
    found: dict[str, Any] = result["scores"][name]
    return found


def row(out: str, name: str) -> list[str]:
    """The cells of the table's row that begins with ``name``."""
    [cells] = [line.split()[1:] for line in out.splitlines() if line.split()[:1] == [name] and " by type" not in line]
    return cells


# bench

FORMS = [
    "cmd:COMMAND",
    "http://HOST/PATH, https://…",
    "spacy:PIPELINE",
    "hf:MODEL",
    "gliner:MODEL",
    "openai:MODEL",
]


def test_bench_judges_the_rules_on_the_embedded_gold(goldwire, here):
    done = goldwire("bench", "rules", "--draws", 0)
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines()[0].strip() == "task: all"
    assert row(done.out, "rules*")[0] == "—"  # it attempts no entities
    assert "* by the authors of the gold" in done.out
    assert "One article: the intervals are over the blocks of this article, not over news" in done.out
    assert done.out.splitlines()[-1] == "Written: runs/rules"
    assert folders("runs/rules") == ["predictions.jsonl", "result.json", "rows.parquet", "run.json"]
    result = saved("runs/rules/result.json")
    assert (result["schema"], result["extractor"]) == ("goldwire-result/1", "rules")
    assert result["documents"] == {"scored": 1, "empty": 0, "missing": 0, "failed": 0}
    assert result["not_attempted"] == ["mentions"]
    assert score_of(result, "blocks.kind")["counts"]["gold"] == 19


def test_bench_without_extractors_takes_those_that_are_installed(goldwire, here, monkeypatch):
    monkeypatch.setattr("goldwire.bench.available", lambda: {"natasha": False, "rules": True})
    done = goldwire("bench", "--draws", 0)
    assert done.code == 0
    assert folders() == ["rules"]


def test_bench_list_names_the_extractors_and_runs_none(goldwire, here, monkeypatch):
    monkeypatch.setattr("goldwire.eval.extractors.available", lambda: {"natasha": False, "rules": True, "mine": True})
    done = goldwire("bench", "--list")
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines()[:3] == ["natasha (not installed: pip install 'goldwire[natasha]')", "rules", "mine"]
    forms = [line.partition(": ")[0] for line in done.out.splitlines()[3:-1]]
    assert forms == ["package.module:attribute", *FORMS, "a file or folder that goldwire convert reads"]
    assert done.out.splitlines()[-1].startswith(
        "Options of one extractor, WHAT?key=value&key=value: labels= a TOML file"
    )
    assert folders(".") == ["gold.jsonl"]


def test_bench_judges_a_file_of_predictions(goldwire, here):
    write("mine.jsonl", load())
    done = goldwire("bench", "mine.jsonl", "--draws", 0)
    assert done.code == 0
    assert row(done.out, "mine")[:2] == ["1.000", "1.000"]
    assert folders() == ["mine"]
    assert Path("runs/mine/predictions.jsonl").read_bytes() == Path("mine.jsonl").read_bytes()
    task = {"gold": None, "view": "all", "labels": None, "draws": 0, "seed": 0}
    run = {"schema": "goldwire-run/1", "extractor": "mine.jsonl", "failures": {}}
    assert saved("runs/mine/run.json") == run | task


@pytest.mark.parametrize(
    ("attribute", "hits", "predicted"), [("tuples", 2, 2), ("strings", 2, 2), ("of_document", 1, 1)]
)
def test_bench_judges_any_callable(goldwire, here, module, attribute, hits, predicted):
    done = goldwire("bench", f"{module}:{attribute}", "--gold", "gold.jsonl", "--draws", 0)
    aligned = f"warning: {module}:strings: aligned-exact (2): a: 'Путин'\n"
    assert (done.code, done.err) == (0, aligned if attribute == "strings" else "")
    [folder] = folders()
    assert folder == f"{module}_{attribute}"
    result = saved(f"runs/{folder}/result.json")
    counts = score_of(result)["counts"]
    assert (counts["hits"], counts["predicted"], counts["gold"]) == (hits, predicted, 3)
    made = saved(f"runs/{folder}/run.json")
    assert (made["schema"], made["extractor"], made["failures"]) == ("goldwire-run/1", f"{module}:{attribute}", {})


def test_bench_judges_a_class_by_its_view_labels_and_layers(goldwire, here, module):
    assert goldwire("bench", f"{module}:Made", "--gold", "gold.jsonl", "--draws", 0).code == 0
    result = saved(f"runs/{module}_Made/result.json")
    assert "view:per-loc-org" in score_of(result)["signature"]
    assert set(score_of(result)["by_type"]) == {"PER", "LOC"}
    assert score_of(result)["counts"]["hits"] == 1
    made = saved(f"runs/{module}_Made/run.json")
    assert [made[key] for key in ("version", "layers", "view")] == ["8", ["mentions", "quotes"], "per-loc-org"]


def test_bench_takes_several_extractors_in_their_order(goldwire, here, module):
    names = [f"{module}:strings", f"{module}:of_document", f"{module}:tuples"]
    done = goldwire("bench", *names, "--gold", "gold.jsonl", "--draws", 0, "--json", "-")
    assert [run["extractor"] for run in json.loads(done.out)["runs"]] == names


def test_bench_json_dash_prints_json_alone(goldwire, here, module):
    done = goldwire("bench", f"{module}:tuples", "--gold", "gold.jsonl", "--draws", 0, "--json", "-")
    assert (done.code, done.err) == (0, "")
    printed = json.loads(done.out)
    assert set(printed) == {"schema", "runs"}
    assert printed["schema"] == "goldwire-bench/1"
    assert printed["runs"] == [saved(f"runs/{module}_tuples/result.json")]


def test_bench_json_file_writes_what_dash_prints(goldwire, here, module):
    command = ("bench", f"{module}:tuples", "--gold", "gold.jsonl", "--draws", 0, "--json")
    done = goldwire(*command, "bench.json")
    assert done.out.splitlines()[0].strip() == "task: all"
    assert goldwire(*command, "-").out == Path("bench.json").read_text(encoding="utf-8")


def test_bench_out_is_the_folder_of_the_runs(goldwire, here, module):
    done = goldwire("bench", f"{module}:tuples", "--gold", "gold.jsonl", "--draws", 0, "--out", "deep/er")
    assert done.code == 0
    assert folders("deep/er") == [f"{module}_tuples"]
    assert folders(".") == ["deep", "gold.jsonl"]


def test_bench_view_goes_before_the_extractors_own(goldwire, here, module):
    command = ("bench", f"{module}:Made", "--gold", "gold.jsonl", "--draws", 0, "--json", "-")
    [run] = json.loads(goldwire(*command, "--view", "names").out)["runs"]
    assert "view:names" in score_of(run)["signature"]
    assert set(score_of(run)["by_type"]) == {"PERSON", "CITY", "PER"}


def test_bench_draws_and_seed_stand_in_the_signature(goldwire, here):
    write("mine.jsonl", load())
    done = goldwire("bench", "mine.jsonl", "--draws", 200, "--seed", 7, "--json", "-")
    figures = score_of(json.loads(done.out)["runs"][0])
    assert "draws:200" in figures["signature"]
    assert "seed:7" in figures["signature"]
    assert figures["interval"] == [1.0, 1.0]


def test_bench_twice_writes_the_same_files_but_for_the_run(goldwire, here, module):
    for out in ("one", "two"):
        goldwire("bench", f"{module}:tuples", "--gold", "gold.jsonl", "--draws", 200, "--out", out)
    for name in ("predictions.jsonl", "result.json", "rows.parquet"):
        first, second = (Path(out, f"{module}_tuples", name).read_bytes() for out in ("one", "two"))
        assert first == second


def test_bench_tells_of_a_document_that_failed_with_3_and_its_reason(goldwire, here, module):
    done = goldwire("bench", f"{module}:failing", "--gold", "gold.jsonl", "--draws", 0, "--json", "-")
    assert done.code == 3
    assert done.err.splitlines() == [
        f"warning: {module}:failing: failed-document (1): b: ValueError: no such city",
        "goldwire: 1 documents failed; the reasons are in runs/*/run.json",
    ]
    [result] = json.loads(done.out)["runs"]
    assert result["documents"] == {"scored": 2, "empty": 0, "missing": 0, "failed": 1}
    assert score_of(result)["counts"]["gold"] == 3  # what failed counts as empty
    assert [warning["code"] for warning in result["warnings"]] == ["failed-document"]
    folder = Path(f"runs/{module}_failing")
    assert saved(folder / "run.json")["failures"] == {"b": "ValueError: no such city"}
    assert [json.loads(line)["id"] for line in (folder / "predictions.jsonl").read_text().splitlines()] == ["a"]


def test_bench_goes_on_after_an_extractor_that_always_fails(goldwire, here, module):
    done = goldwire(
        "bench", f"{module}:failing_always", f"{module}:tuples", "--gold", "gold.jsonl", "--draws", 0, "--json", "-"
    )
    assert done.code == 3
    assert [run["documents"]["failed"] for run in json.loads(done.out)["runs"]] == [2, 0]


def test_bench_tells_what_an_extractor_should_have_given(goldwire, here, module):
    assert goldwire("bench", f"{module}:of_another_form", "--gold", "gold.jsonl", "--draws", 0).code == 3
    assert saved(f"runs/{module}_of_another_form/run.json")["failures"]["a"] == (
        "ExtractorError: found 3, expected a Document, a dict of the record, or a list of (start, end, label), "
        "(string, label) or dicts of mentions"
    )


# score


@pytest.fixture
def half(here: Path) -> Path:
    """``mine.jsonl``: the first document with one of two mentions and one of another type; the second is missing."""
    mentions = (Mention(start=0, end=5, type="PERSON"), Mention(start=8, end=14, type="PERSON"))
    write("mine.jsonl", [Document(id="a", mentions=mentions)])
    return here


def scored(goldwire: Callable[..., Any], *arguments: object) -> dict[str, Any]:
    done = goldwire("score", "mine.jsonl", "--gold", "gold.jsonl", "--draws", 0, *arguments, "--json", "-")
    assert (done.code, done.err) == (0, "")
    result: dict[str, Any] = json.loads(done.out)
    return result


def test_score_prints_every_score(goldwire, half):
    done = goldwire("score", "mine.jsonl", "--gold", "gold.jsonl", "--draws", 0)
    assert (done.code, done.err) == (0, "")
    # 1 of 2 predictions and of 3 gold mentions; of the spans both; 2·1/(2+3), 2·2/(2+3)
    assert row(done.out, "entities.strict") == ["0.400", "0.500", "0.333", "3", "2"]
    assert row(done.out, "entities.exact") == ["0.800", "1.000", "0.667", "3", "2"]
    assert "documents: 2 scored, 1 missing" in done.out
    assert folders(".") == ["gold.jsonl", "mine.jsonl"]


def test_score_takes_the_embedded_gold_where_none_is_named(goldwire, here):
    write("mine.jsonl", load())
    for option in ((), ("--gold", "palmyra"), ("--gold", "palmyra@1.0")):
        done = goldwire("score", "mine.jsonl", "--draws", 0, "--json", "-", *option)
        result = json.loads(done.out)
        values = {name: figures["value"] for name, figures in result["scores"].items()}
        # the article has three sections, so none is left whole; error rates are 0 against oneself
        assert values.pop("sections.left-whole") is None
        assert values.pop("sections.window-diff") == values.pop("sections.pk") == 0.0
        assert set(values.values()) == {1.0}
        assert "gold:palmyra@1.0#" in score_of(result)["signature"]


def test_score_takes_folders_on_both_sides(goldwire, half):
    for side in ("gold", "mine"):
        Path(side).mkdir()
        Path(f"{side}.jsonl").rename(f"{side}/1.jsonl")
    write("mine/2.jsonl", [GOLD[1]])
    done = goldwire("score", "mine", "--gold", "gold", "--draws", 0, "--json", "-")
    assert json.loads(done.out)["documents"] == {"scored": 2, "empty": 0, "missing": 0, "failed": 0}


def test_score_rows_are_a_table_of_counts(goldwire, half):
    scored(goldwire, "--rows", "rows.parquet")
    table = pq.read_table("rows.parquet")
    assert table.schema.metadata[b"schema"] == b"goldwire-rows/1"
    assert table.column_names[:5] == ["document", "block", "score", "slice", "slice_value"]
    whole = [r for r in table.to_pylist() if r["score"] == "entities.strict" and not r["slice"]]
    assert sum(r["gold"] for r in whole) == 3
    assert sum(r["predicted"] for r in whole) == 2
    assert {r["document"] for r in whole} == {"a", "b"}


def test_score_out_is_the_folder_of_the_result(goldwire, half):
    result = scored(goldwire, "--out", "deep/er")
    assert folders("deep/er") == RUN
    assert saved("deep/er/result.json") == result


def test_score_json_file_writes_what_dash_prints(goldwire, half):
    done = goldwire("score", "mine.jsonl", "--gold", "gold.jsonl", "--draws", 0, "--json", "result.json")
    assert done.out.splitlines()[0].strip() == "task: all"
    assert saved("result.json") == scored(goldwire)


def test_score_view_selects_the_task(goldwire, half):
    result = scored(goldwire, "--view", "per-loc-org")
    assert set(score_of(result)["by_type"]) == {"PER", "LOC"}
    assert "view:per-loc-org" in score_of(result)["signature"]


def test_score_labels_are_mapped_and_told(goldwire, half):
    Path("map.toml").write_text('[labels]\nMAN = "PERSON"\nDOG = { why = "no person" }\n', encoding="utf-8")
    mentions = [Mention(start=0, end=5, type="MAN"), Mention(start=8, end=14, type="DOG")]
    write("mine.jsonl", [Document(id="a", mentions=(*mentions, Mention(start=6, end=7, type="CAT")))])
    result = scored(goldwire, "--labels", "map.toml")
    counts = score_of(result)["counts"]
    assert (counts["hits"], counts["predicted"]) == (1, 2)
    assert result["warnings"] == [
        {"code": "label-outside-task", "count": 1, "examples": ["DOG: no person"]},
        {"code": "unknown-label", "count": 1, "examples": ["CAT"]},
    ]


def test_score_ignore_extra_counts_what_gold_has_not(goldwire, half):
    write("mine.jsonl", [*GOLD, Document(id="c"), Document(id="d")])
    result = scored(goldwire, "--ignore-extra")
    assert score_of(result)["value"] == 1.0
    assert result["warnings"] == [{"code": "extra-document", "count": 2, "examples": ["c", "d"]}]


@pytest.mark.parametrize("least", ["0.4", "0.1", "-1"])
def test_score_min_that_is_met_is_no_news(goldwire, half, least):
    done = goldwire("score", "mine.jsonl", "--gold", "gold.jsonl", "--draws", 0, "--min", f"entities.strict={least}")
    assert (done.code, done.err) == (0, "")


def test_score_min_that_is_missed_ends_with_5_after_all_is_written(goldwire, half):
    done = goldwire(
        *("score", "mine.jsonl", "--gold", "gold.jsonl", "--draws", 0, "--out", "out"),
        *("--min", "entities.strict=0.41", "--min", "entities.exact=0.8", "--min", "entities.type=1"),
    )
    assert done.code == 5
    assert done.err == (
        "goldwire: entities.strict: found 0.4000, expected at least 0.41; "
        "entities.type: found 0.4000, expected at least 1.0\n"
    )
    assert row(done.out, "entities.strict")[0] == "0.400"
    assert folders("out") == RUN


def test_score_min_of_what_was_not_attempted_is_missed(goldwire, half):
    done = goldwire("score", "mine.jsonl", "--gold", "gold.jsonl", "--draws", 0, "--min", "quotes.quote=0")
    assert (done.code, done.err) == (5, "goldwire: quotes.quote: found no value, expected at least 0.0\n")


def test_score_draws_and_seed_make_the_interval(goldwire, here):
    mentions = load()[0].mentions or ()
    write("mine.jsonl", [Document(id=EMBEDDED, mentions=mentions[:60])])

    def figures(*options: object) -> dict[str, Any]:
        return score_of(json.loads(goldwire("score", "mine.jsonl", "--json", "-", *options).out))

    assert "interval" not in figures("--draws", 0)
    zero, again, seven = (figures("--draws", 200, "--seed", seed) for seed in (0, 0, 7))
    assert zero == again
    assert zero["interval"] != seven["interval"]
    assert zero["value"] == seven["value"]
    assert "draws:200" in seven["signature"]
    assert "seed:7" in seven["signature"]


def test_score_twice_writes_the_same_files(goldwire, half):
    for out in ("one", "two"):
        scored(goldwire, "--out", out, "--rows", f"{out}.parquet")
    assert Path("one/result.json").read_bytes() == Path("two/result.json").read_bytes()
    assert Path("one.parquet").read_bytes() == Path("two.parquet").read_bytes()


# check


def test_check_of_sound_files_is_0(goldwire, here):
    Path("folder").mkdir()
    write("folder/1.jsonl", load())
    assert goldwire("check", "gold.jsonl", "folder") == (0, "0 errors, 0 warnings\n", "")


def test_check_of_warnings_alone_is_0(goldwire, here):
    write("mine.jsonl", [Document(id="a", text="Путин", mentions=(Mention(start=0, end=3, type="PERSON"),))])
    assert goldwire("check", "mine.jsonl") == (
        0,
        "warning: mine.jsonl:1: document 'a': mentions[0]: found a cut at 3: 'Пут|ин', expected whole words; "
        "move the end of the span [cuts-word]\n0 errors, 1 warnings\n",
        "",
    )


def test_check_of_errors_lists_them_on_standard_output_and_is_1(goldwire, here):
    write("1.jsonl", [Document(id="a", text="x", blocks=(Block(kind="paragraph", start=0, end=2),))])
    write("2.jsonl", [Document(id="a", text="x", quotes=(Quote(kind="direct", content=()),))])
    done = goldwire("check", "1.jsonl", "gold.jsonl", "2.jsonl")
    assert (done.code, done.err) == (1, "")
    assert [re.match(r"(\w+): (\S+): .* \[(.*)\]$", line).groups() for line in done.out.splitlines()[:-1]] == [  # type: ignore[union-attr]
        ("error", "1.jsonl:1", "outside-text"),
        ("error", "1.jsonl:1", "line-left-out"),
        ("error", "2.jsonl:1", "no-content"),
    ]
    assert done.out.splitlines()[-1] == "3 errors, 0 warnings"


def test_check_scheme_is_the_label_set(goldwire, here):
    Path("mine.toml").write_text('[types]\nPERSON = "anyone"\n', encoding="utf-8")
    done = goldwire("check", "gold.jsonl", "--scheme", "mine.toml")
    assert (done.code, done.err) == (1, "")
    assert done.out == (
        "error: gold.jsonl:1: document 'a': mentions[1].type: found 'CITY', expected one of PERSON; "
        "correct it, or give your own label set with --scheme [unknown-type]\n1 errors, 0 warnings\n"
    )


# help


def test_help_says_what_the_exit_codes_mean(goldwire):
    done = goldwire("--help")
    assert done.code == 0
    words = " ".join(done.out.split())
    for code in (
        "0 done",
        "1 the input is at fault",
        "2 the command line is",
        "3 an extractor failed",
        "5 a threshold",
    ):
        assert code in words


@pytest.mark.parametrize("verb", ["bench", "score", "check"])
def test_help_of_a_verb_explains_each_option(goldwire, monkeypatch, verb):
    monkeypatch.setenv("COLUMNS", "200")
    done = goldwire(verb, "--help")
    assert done.code == 0
    options = [option for option in get_command(app).commands[verb].params if option.name != "help"]  # type: ignore[attr-defined]
    assert len(options) > 1
    for option in options:
        assert option.help
        assert option.name is not None
        if option.param_type_name == "option":
            assert option.opts[0] in done.out


def test_the_verbs_are_these():
    assert {"bench", "score", "check"} <= set(get_command(app).commands)  # type: ignore[attr-defined]


# as others see it


@pytest.mark.parametrize("verb", [["check"], ["score", "--draws", "0"]], ids=["check", "score"])
def test_what_is_piped_is_plain(here, verb):
    write("mine.jsonl", load())
    done = subprocess.run([sys.executable, "-m", "goldwire", *verb, "mine.jsonl"], capture_output=True, check=True)
    assert done.stderr == b""
    assert b"\x1b" not in done.stdout
    assert b"\r" not in done.stdout


def test_a_stream_of_another_encoding_stops_nothing(here):
    write("mine.jsonl", [Document(id="a", mentions=(Mention(start=0, end=3, type="PERSON", text="Абэ"),))])
    program = "import sys; sys.stdout.reconfigure(encoding='ascii'); from goldwire.cli import main; main()"
    command = [sys.executable, "-c", program, "score", "mine.jsonl", "--gold", "gold.jsonl", "--draws", "0"]
    done = subprocess.run(command, capture_output=True)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"warning: wrong-surface (1): a: '\\u0410\\u0431\\u044d' at [0, 3)" in done.stdout


def test_the_label_map_is_part_of_the_hash_of_the_predictions() -> None:
    import goldwire as kit

    gold = kit.load()
    guess = [{"id": gold[0].id, "mentions": [{"start": 0, "end": 15, "type": "D"}]}]
    found = [kit.score(gold, guess, labels=labels, draws=0) for labels in (None, {"D": "DATE"}, {"D": "TIME"})]
    assert [result.scores["entities.strict"]["counts"]["hits"] for result in found] == [0, 1, 0]
    assert len({result.predictions for result in found}) == 3


def test_predictions_that_are_none_are_refused() -> None:
    import goldwire as kit

    with pytest.raises(kit.UsageError, match=r"^predicted: found None, expected a path or a list of documents$"):
        kit.score(kit.load(), None)  # type: ignore[arg-type]


def test_an_extractor_that_leaves_or_prints_costs_its_document_and_no_json(goldwire, here, monkeypatch):
    Path("leaver.py").write_text(
        "import sys\n\n\ndef leave(text):\n    sys.exit(0)\n\n\ndef talk(text):\n    print('hello')\n    return []\n"
    )
    done = goldwire("bench", "leaver:leave", "--gold", "gold.jsonl", "--draws", 0, "--json", "-")
    assert (done.code, json.loads(done.out)["runs"][0]["documents"]["failed"]) == (3, 2)
    assert saved("runs/leaver_leave/run.json")["failures"] == {"a": "SystemExit: 0", "b": "SystemExit: 0"}
    done = goldwire("bench", "leaver:talk", "--gold", "gold.jsonl", "--draws", 0, "--json", "-")
    assert (done.code, json.loads(done.out)["schema"], "hello" in done.err) == (0, "goldwire-bench/1", True)


def test_convert_refuses_to_write_over_its_input(goldwire, here):
    done = goldwire("convert", "gold.jsonl", "gold.jsonl", "--to", "spans")
    assert (done.code, done.err) == (
        2, "goldwire: gold.jsonl: found the input itself, expected another place to write to\n"
    )  # fmt: skip
