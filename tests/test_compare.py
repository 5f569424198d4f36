"""``goldwire compare``: from the folders of runs to differences, p, and who finds what; refusals in words."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from goldwire.bench import bench as judged
from goldwire.commands.compare import report
from goldwire.comparing import Against, Comparison, Corrected, Wins, compare
from goldwire.corpus.document import UNSET, Document, Entity, Mention, Section
from goldwire.corpus.errors import InputError, UsageError
from goldwire.eval.comparison import Difference
from goldwire.eval.figures import Figures
from goldwire.eval.measures import MEASURES
from goldwire.eval.report.formats import FORMATS
from goldwire.eval.rows import as_rows, read_rows
from goldwire.eval.signature import Signature
from goldwire.eval.tally import Tally
from goldwire.io import write
from tests.conftest import Done
from tests.eval.cases.records import quote

Goldwire = Callable[..., Done]

LINES = "Путин в Москве\nАбэ в Токио\nпусто\n" * 6
"""Eighteen lines, a person and a city in twelve of them, nothing in six."""


def mentions(text: str, *names: str, lost: tuple[int, ...] = (), kind: str = "") -> tuple[Mention, ...]:
    """Every occurrence of ``names`` but those with the numbers ``lost``, in text order."""
    kinds = {"Путин": "PERSON", "Абэ": "PERSON", "Москве": "CITY", "Токио": "CITY"}
    places = sorted((at, name) for name in names for at in range(len(text)) if text.startswith(name, at))
    return tuple(
        Mention(start=at, end=at + len(name), type=kind or kinds[name], form="name")
        for number, (at, name) in enumerate(places)
        if number not in lost
    )


ALL = ("Путин", "Абэ", "Москве", "Токио")
GOLD = Document(id="a", text=LINES, mentions=mentions(LINES, *ALL))
SAID = "Путин сказал: «Да, конечно». Абэ сказал: «Нет, никогда»."


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with gold and the runs ``good``, ``bad`` and ``cities``."""
    folder = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.chdir(folder)
        write("gold.jsonl", [GOLD])
        write("good.jsonl", [Document(id="a", mentions=mentions(LINES, *ALL, lost=(1,)))])
        write("bad.jsonl", [Document(id="a", mentions=mentions(LINES, *ALL, lost=(0, 2, 4, 6, 8, 10)))])
        write("cities.jsonl", [Document(id="a", mentions=mentions(LINES, "Москве", "Токио"))])
        for name in ("good", "bad", "cities"):
            judged([f"{name}.jsonl"], "gold.jsonl", draws=200)
    return folder


@pytest.fixture
def runs(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of that folder, to be in."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def bench(goldwire: Goldwire, *arguments: str, gold: str = "gold.jsonl", draws: int = 200) -> None:
    assert goldwire("bench", *arguments, "--gold", gold, "--draws", draws).code == 0


def edited(path: str, change: Callable[[dict[str, Any]], None]) -> None:
    content = json.loads(Path(path).read_text(encoding="utf-8"))
    change(content)
    Path(path).write_text(json.dumps(content), encoding="utf-8")


def test_differences_tests_and_wins_by_hand(runs: Path) -> None:
    found = compare(["runs/good", "runs/bad"], examples=2).to_dict()
    # gold has 24; good hits 23 of 23, bad 18 of 18: F1 46/47 and 36/42
    [against] = found["against"]
    strict = against["scores"]["entities.strict"]
    assert strict["difference"] == pytest.approx(36 / 42 - 46 / 47)
    assert (found["units"], found["documents"], found["comparisons"], found["draws"]) == (18, 1, 1, 200)
    assert strict["bootstrap_p_holm"] == strict["bootstrap_p"]  # one comparison
    wins = against["mentions"]
    # lost by bad alone: 0, 2, 4 … (six); by good alone: 1; by neither: 24 − 7
    assert {side: wins[side] for side in ("base_only", "other_only", "both", "neither")} == {
        "base_only": 6,
        "other_only": 1,
        "both": 17,
        "neither": 0,
    }
    first, second = wins["examples"]["base_only"]
    assert (first["start"], first["end"], first["label"], first["line"]) == (0, 5, "PERSON", 1)
    assert (first["before"], first["surface"], first["after"], first["instead"]) == ("", "Путин", " в Москве", "")
    assert second["surface"] == "Абэ"
    assert [win["surface"] for win in wins["examples"]["other_only"]] == ["Москве"]


def test_the_json_has_the_schema_that_is_documented(runs: Path, goldwire: Goldwire) -> None:
    done = goldwire("compare", "runs/good", "runs/bad", "--json", "-", "--examples", "0")
    found = json.loads(done.out)
    task = found.pop("task")
    assert task.pop("gold").startswith("local@0#")
    assert task.pop("version")
    assert task == {"view": "all", "mode": "goldwire", "unit": "block", "draws": 200, "seed": 0}
    good, bad = (json.loads(Path(f"runs/{n}/result.json").read_text(encoding="utf-8")) for n in ("good", "bad"))
    [against] = found.pop("against")
    assert found == {
        "schema": "goldwire-compare/1",
        "base": "good",
        "units": 18,
        "documents": 1,
        "draws": 200,
        "seed": 0,
        "comparisons": 1,
        "runs": [
            {
                "name": name,
                "folder": f"runs/{name}",
                "scores": {
                    "entities.strict": {
                        part: result["scores"]["entities.strict"][part] for part in ("value", "interval")
                    }
                },
            }
            for name, result in (("good", good), ("bad", bad))
        ],
        "warnings": [],
    }
    assert sorted(against) == ["mentions", "name", "scores"]
    assert sorted(against["scores"]["entities.strict"]) == [
        "bootstrap_p",
        "bootstrap_p_holm",
        "detectable",
        "difference",
        "interval",
        "randomisation_p",
        "randomisation_p_holm",
        "undefined_draws",
    ]
    assert sorted(against["mentions"]) == ["base_only", "both", "examples", "neither", "other_only"]
    assert against["mentions"]["examples"] == {"base_only": [], "other_only": []}


def test_the_report_names_the_task_the_figures_and_the_mentions(runs: Path, goldwire: Goldwire) -> None:
    done = goldwire("compare", "runs/good", "runs/bad", "runs/cities", "--examples", "1", "--json", "found.json")
    assert done.code == 0
    assert "task: all, against good" in done.out
    rows = {
        line.split()[0]: line.split()[1:] for line in done.out.splitlines() if line.startswith("   ") and line.strip()
    }
    assert rows["good"] == ["0.979"]  # 46/47
    # lines 3, 4, 6, 7 and 10 differ, all for good; line 1 ties: of 2^5 exchanges 2 are as far, p is about 1/16
    assert rows["bad"][:2] == ["0.857", "-0.122"]
    assert rows["cities"][:2] == ["0.667", "-0.312*"]  # 24/36
    assert "for 2 comparisons. One article: the tests are over 18 blocks" in " ".join(done.out.split())
    assert "mentions: 6 good alone, 1 bad alone, 17 both, 0 neither" in done.out
    assert "    line 1 PERSON: [Путин] в Москве\n    … and 5 more (--examples 6)" in done.out
    assert json.loads(Path("found.json").read_text(encoding="utf-8"))["base"] == "good"


def test_both_tests_are_corrected_for_all_comparisons(runs: Path) -> None:
    found = compare(["runs/cities", "runs/good", "runs/bad"], scores=["entities.strict", "entities.exact"])
    assert found.comparisons == 4
    p = [one.found.randomisation_p for other in found.against for one in other.scores.values()]
    assert min(one.randomisation_p or 0 for other in found.against for one in other.scores.values()) == min(
        1, 4 * min(v or 0 for v in p)
    )


@pytest.mark.parametrize(("to", "base"), [("bad", "bad"), ("best", "good"), ("runs/cities", "cities"), (None, "bad")])
def test_the_base_is_the_first_the_named_or_the_best(runs: Path, to: str | None, base: str) -> None:
    found = compare(["runs/bad", "runs/good", "runs/cities"], to=to)
    assert found.base == base
    assert base not in [other.name for other in found.against]
    assert len(found.against) == 2


def test_an_error_rate_is_best_where_it_is_least(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, goldwire: Goldwire
) -> None:
    monkeypatch.chdir(tmp_path)
    text = "\n".join("abcdefgh")
    places = tuple((at, at + 1) for at in range(0, 16, 2))

    def divided(*counts: int) -> tuple[Section, ...]:
        made, first = [], 0
        for count in counts:
            part = places[first : first + count]
            made.append(Section(heading=None, body=(part[0][0], part[-1][1]), paragraphs=part))
            first += count
        return tuple(made)

    write("gold.jsonl", [Document(id="a", text=text, sections=divided(4, 4))])
    write("right.jsonl", [Document(id="a", sections=divided(4, 4))])
    write("wrong.jsonl", [Document(id="a", sections=divided(1, 1, 1, 1, 4))])
    bench(goldwire, "right.jsonl", "wrong.jsonl")
    found = compare(["runs/wrong", "runs/right"], to="best", scores=["sections.pk"])
    assert found.base == "right"
    assert (found.against[0].scores["sections.pk"].found.difference or 0) > 0


def test_runs_of_one_name_go_by_their_folders(runs: Path, goldwire: Goldwire) -> None:
    assert goldwire("bench", "bad.jsonl", "--gold", "gold.jsonl", "--draws", 200, "--out", "again").code == 0
    found = compare(["runs/bad", "again/bad"])
    assert (found.base, [other.name for other in found.against]) == ("runs/bad", ["again/bad"])
    [against] = found.against
    strict = against.scores["entities.strict"]
    assert (strict.found.difference, strict.randomisation_p, strict.bootstrap_p) == (0.0, 1.0, 1.0)


def test_quotes_are_won_by_who_said_what(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, goldwire: Goldwire) -> None:
    monkeypatch.chdir(tmp_path)
    cast = (Entity(id="putin", type="PERSON"), Entity(id="abe", type="PERSON"))
    one = quote(SAID, "Да, конечно", speaker="Путин", speaker_entity="putin")
    two = quote(SAID, "Нет, никогда", speaker="Абэ", speaker_entity="abe")
    write("gold.jsonl", [Document(id="a", text=SAID, entities=cast, quotes=(one, two))])
    wrong = quote(SAID, "Нет, никогда", speaker="Путин", speaker_entity="putin")
    nobody = quote(SAID, "Да, конечно")
    write("one.jsonl", [Document(id="a", entities=cast, quotes=(one, wrong))])
    write("two.jsonl", [Document(id="a", entities=cast, quotes=(nobody, two))])
    bench(goldwire, "one.jsonl", "two.jsonl")
    done = goldwire("compare", "runs/one", "runs/two")
    assert "quotes: 1 one alone, 1 two alone, 0 both, 0 neither" in done.out
    assert "[Да, конечно]». Абэ сказал: «Нет, никогда». | two: said by nobody" in done.out
    assert "[Нет, никогда]». | one: said by «Путин»" in done.out
    # one block: too few for any test
    assert "warning: 1 units are too few" in done.said


def test_a_boundary_and_a_type_error_are_shown_for_what_they_are(runs: Path, goldwire: Goldwire) -> None:
    short = mentions(LINES, "Пути", "Абэ", kind="PERSON")[:1]
    other = (Mention(start=8, end=14, type="ORG"),)
    write("odd.jsonl", [Document(id="a", mentions=short + other)])
    bench(goldwire, "odd.jsonl")
    done = goldwire("compare", "runs/bad", "runs/odd", "--to", "odd", "--examples", 2)
    assert "| odd: ORG «Москве»" in done.out
    [against] = compare(["runs/odd", "runs/good"], examples=9).against
    assert {win.outcome.error for win in against.wins["mentions"].examples["other_only"]} == {"boundary", "missed"}


# rows give back what the judge had


@pytest.mark.parametrize("documents", [1, 12])
def test_rows_and_gold_give_back_every_interval_to_the_last_digit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, goldwire: Goldwire, documents: int
) -> None:
    monkeypatch.chdir(tmp_path)
    golds = [Document(id=f"{at:02}", text=LINES, mentions=mentions(LINES, *ALL[: at % 3])) for at in range(documents)]
    golds.append(Document(id="zz", text=LINES, mentions=()))  # no row, and yet a unit
    write("gold.jsonl", golds)
    for name, lost in (("one", (0, 3)), ("two", (1,))):
        guesses = [Document(id=g.id, mentions=mentions(LINES, "Путин", lost=lost)) for g in golds[:-1]]
        write(f"{name}.jsonl", guesses)
    bench(goldwire, "one.jsonl", "two.jsonl")
    found = compare(["runs/one", "runs/two"], scores=["entities.strict"])
    assert found.units == (13 if documents == 12 else 36)
    for name in ("one", "two"):
        tally = Tally()
        for table in read_rows(f"runs/{name}/rows.parquet").tables():
            tally.add(as_rows(table))
        again = Figures(tally, [MEASURES["entities.strict"]], 200, 0).score(MEASURES["entities.strict"])
        expected = json.loads(Path(f"runs/{name}/result.json").read_text(encoding="utf-8"))["scores"]["entities.strict"]
        assert {**again, "signature": expected["signature"]} == expected


def test_what_is_no_file_of_rows_is_refused(runs: Path, goldwire: Goldwire) -> None:
    Path("runs/bad/rows.parquet").write_bytes(b"none")
    done = goldwire("compare", "runs/good", "runs/bad")
    assert done.code == 1
    assert "runs/bad/rows.parquet: found" in done.said


# refusals


@pytest.mark.parametrize(
    ("options", "what"),
    [
        (["--draws", "100"], "draws is 200 and 100"),
        (["--draws", "200", "--seed", "5"], "seed is 0 and 5"),
        (["--draws", "200", "--view", "outermost"], "view is all and outermost"),
        (["--draws", "100", "--seed", "5"], "draws is 200 and 100; seed is 0 and 5"),
    ],
)
def test_runs_of_two_tasks_are_refused_and_the_parts_named(
    runs: Path, goldwire: Goldwire, options: list[str], what: str
) -> None:
    assert goldwire("bench", "bad.jsonl", "--gold", "gold.jsonl", "--out", "other", *options).code == 0
    done = goldwire("compare", "runs/good", "other/bad")
    assert (done.code, done.out) == (2, "")
    assert f"goldwire: good and bad were not judged on one task: {what}; judge both alike, with the same" in done.said


def test_runs_on_two_golds_are_refused(runs: Path, goldwire: Goldwire) -> None:
    write("gold.jsonl", [Document(id="a", text=LINES, mentions=mentions(LINES, "Путин"))])
    bench(goldwire, "bad.jsonl")
    with pytest.raises(UsageError, match=r"one task: gold is local@0#\w{12} and local@0#\w{12}; judge both alike"):
        compare(["runs/good", "runs/bad"])


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("goldwire:", "goldwire:9", r"version is [\d.]+ and 9[\d.]+"),
        ("mode:goldwire", "mode:seqeval", "mode is goldwire and seqeval"),
        ("unit:block", "unit:document", "unit is block and document"),
    ],
)
def test_runs_of_another_version_mode_or_unit_are_refused(runs: Path, old: str, new: str, what: str) -> None:
    def change(result: dict[str, Any]) -> None:
        for score in result["scores"].values():
            score["signature"] = score["signature"].replace(old, new, 1)

    edited("runs/bad/result.json", change)
    with pytest.raises(UsageError, match=f"not judged on one task: {what}; judge both alike"):
        compare(["runs/good", "runs/bad"])


def test_a_result_without_signatures_is_refused(runs: Path) -> None:
    edited("runs/bad/result.json", lambda result: result["scores"]["entities.strict"].pop("signature"))
    with pytest.raises(InputError, match=r"result\.json: scores: found scores without one, expected scores, each with"):
        compare(["runs/good", "runs/bad"])


def test_rows_of_another_run_are_refused(runs: Path, goldwire: Goldwire) -> None:
    Path("runs/bad/rows.parquet").write_bytes(Path("runs/good/rows.parquet").read_bytes())
    done = goldwire("compare", "runs/good", "runs/bad")
    assert done.code == 1
    assert "bad/rows.parquet: entities.strict: found rows that give 0.978" in done.said
    assert "the value in result.json; judge the predictions again with goldwire bench [other-rows]" in done.said


def test_rows_over_other_units_are_refused(runs: Path, goldwire: Goldwire) -> None:
    # the last line has nothing in it: without it the score is the same, over 17 blocks
    write("shorter.jsonl", [Document(id="a", text=LINES.removesuffix("пусто\n"), mentions=GOLD.mentions)])
    bench(goldwire, "bad.jsonl", "--out", "other", gold="shorter.jsonl")
    Path("runs/bad/rows.parquet").write_bytes(Path("other/bad/rows.parquet").read_bytes())
    with pytest.raises(
        InputError, match=r"bad/rows\.parquet: found 17 units, expected the 18 units of good; judge the"
    ):
        compare(["runs/good", "runs/bad"])


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["runs/good"], 2, "found runs/good, expected two or more different RUN folders to compare"),
        (["runs/good", "runs/bad", "runs/../runs/good"], 2, "expected two or more different RUN folders"),
        (
            ["runs/good", "runs"],
            1,
            "runs/result.json: found No such file or directory, expected a folder that bench, or score --out, wrote",
        ),
        (
            ["runs/good", "runs/bad", "--to", "worst"],
            2,
            "run 'worst': found no such run, expected one of good, bad, best",
        ),
        (["runs/good", "runs/bad", "--score", "f1"], 2, "score 'f1': no such score; there are entities.strict"),
        (["runs/good", "runs/bad", "--score", "quotes.quote"], 2, "found in no run, expected two runs that have it"),
        (["runs/good", "runs/bad", "--gold", "other.jsonl"], 1, "other.jsonl: found No such file"),
        (["runs/good", "runs/bad", "--gold", "good.jsonl"], 2, "--gold good.jsonl: it is not local@0#"),
        (["runs/good", "runs/bad", "--draws", "2000000"], 2, "expected draws from 0 to 1000000"),
    ],
)
def test_what_cannot_be_compared_is_refused(
    runs: Path, goldwire: Goldwire, arguments: list[str], code: int, said: str
) -> None:
    done = goldwire("compare", *arguments)
    assert (done.code, done.out) == (code, "")
    assert said in done.said
    assert "Traceback" not in done.err


def test_runs_that_attempt_different_layers_are_refused(runs: Path, goldwire: Goldwire) -> None:
    gold = [Document(id="a", text=SAID, mentions=(), quotes=(quote(SAID, "Да, конечно"),))]
    write("gold.jsonl", gold)
    write("one.jsonl", [Document(id="a", mentions=())])
    write("two.jsonl", [Document(id="a", quotes=())])
    write("three.jsonl", [Document(id="a", mentions=(), quotes=())])
    write("nothing.jsonl", [Document(id="a", text=SAID)])
    bench(goldwire, "one.jsonl", "two.jsonl", "three.jsonl", "nothing.jsonl")
    with pytest.raises(UsageError, match="no score in common with one: the runs attempt one mentions; two quotes"):
        compare(["runs/one", "runs/two"])
    bench(goldwire, "nothing.jsonl", "--out", "again")
    with pytest.raises(UsageError, match="no score in common: none of runs/nothing, again/nothing attempts anything"):
        compare(["runs/nothing", "again/nothing"])
    wanted = "score quotes.quote: one does not have it, expected a base that does; name another with --to"
    with pytest.raises(UsageError, match=wanted):
        compare(["runs/one", "runs/two", "runs/three"], scores=["quotes.quote"])
    # a dash for what one of three does not attempt
    out = goldwire("compare", "runs/three", "runs/one", "runs/two").out
    assert out.count("—") == 2


# gold that is gone


def test_without_its_gold_a_run_is_compared_by_rows(runs: Path) -> None:
    before = compare(["runs/good", "runs/bad"])
    Path("gold.jsonl").rename("moved.jsonl")
    found = compare(["runs/good", "runs/bad"])
    [warning] = found.warnings
    assert "gold cannot be read any more: gold.jsonl: found No such file" in warning
    assert "compared by rows alone, without mentions and quotes; name it with --gold" in warning
    assert found.against[0].wins == {}
    assert (found.units, found.against[0].scores) == (before.units, before.against[0].scores)
    named = compare(["runs/good", "runs/bad"], gold="moved.jsonl")
    assert (named.to_dict(), named.warnings) == (before.to_dict(), [])


def test_gold_that_was_changed_is_told(runs: Path) -> None:
    write("gold.jsonl", [Document(id="a", text=LINES, mentions=mentions(LINES, "Путин"))])
    [warning] = compare(["runs/good", "runs/bad"]).warnings
    assert "gold.jsonl is another now, not local@0#" in warning


# few units, few draws


def test_without_draws_there_is_no_test_until_some_are_asked_for(runs: Path, goldwire: Goldwire) -> None:
    bench(goldwire, "good.jsonl", "bad.jsonl", draws=0)
    found = compare(["runs/good", "runs/bad"])
    assert found.warnings == ["the runs have no draws: no interval and no p; ask for some with --draws"]
    assert found.against[0].scores["entities.strict"].found.randomisation_p is None
    asked = compare(["runs/good", "runs/bad"], draws=300, seed=2)
    assert (asked.draws, asked.seed, asked.warnings) == (300, 2, [])
    assert asked.against[0].scores["entities.strict"].found.randomisation_p is not None


def test_too_few_draws_for_the_comparisons_are_warned_of(runs: Path) -> None:
    found = compare(["runs/good", "runs/bad"], draws=18)
    assert found.warnings == ["18 draws are too few to tell anything after 1 comparisons: ask for more with --draws"]
    assert compare(["runs/good", "runs/bad"], draws=19).warnings == []  # 1/20 is 0.05


def test_a_layer_that_gold_has_not_is_not_compared(runs: Path) -> None:
    assert GOLD.quotes is UNSET
    assert sorted(compare(["runs/good", "runs/bad"]).against[0].wins) == ["mentions"]


# the written forms


SIGNATURE = "goldwire:1|gold:g@1#00|score:*|view:all|mode:goldwire|unit:document|draws:100|seed:0"
SCOPE = (
    "* both p are 0.05 or less after Holm's correction for 2 comparisons. 12 articles: the tests are over articles "
    "like these; differences by 50 draws of seed 7; the least difference found is what a paired test would find four "
    "times in five."
)


def by_hand() -> Comparison:
    """``x_1`` against ``b``: told apart in entities.strict, undefined in quotes.quote, which ``=y`` lacks."""
    wins = {"mentions": Wins({"base_only": 1, "other_only": 2, "both": 3, "neither": 0}, {})}
    none = Corrected(Difference(None), None, None)
    clear = Corrected(Difference(-0.25, (-0.375, -0.125), 0.01, 0.02, 0.0625), 0.02, 0.04)
    chance = Corrected(Difference(0.0, (0.0, 0.0), 1.0, 1.0), 1.0, 1.0)
    return Comparison(
        base="b",
        signature=Signature("1", "g@1#00", "", "all", "goldwire", "document", 100, 0),
        scores=["entities.strict", "quotes.quote"],
        units=12,
        documents=12,
        draws=50,
        seed=7,
        folders={},
        values={
            "b": {"entities.strict": {"value": 0.75, "interval": [0.5, 1.0]}, "quotes.quote": {"value": 0.5}},
            "x_1": {"entities.strict": {"value": 0.5, "interval": [0.25, 0.75]}, "quotes.quote": {"value": None}},
            "=y": {"entities.strict": {"value": 0.75, "interval": [0.5, 1.0]}},
        },
        against=[
            Against("x_1", {"entities.strict": clear, "quotes.quote": none}, wins),
            Against("=y", {"entities.strict": chance}, {}),
        ],
        comparisons=2,
        warnings=["few | units"],
    )


WIDTHLESS = (
    # 1 - 0.05^(1/12) = 0.2209
    " An interval without width says that the 12 units are alike, no more: up to 22% of units like these may be "
    "otherwise (95 %)."
)


def test_the_csv_of_a_comparison_by_hand() -> None:
    tail = f'{SIGNATURE},"{SCOPE}{WIDTHLESS}"\r\n'
    assert FORMATS["csv"](report(by_hand())) == (
        "table,score,run,value,value.low,value.high,difference,difference.low,difference.high,told apart,p bootstrap,"
        'p randomisation,"p bootstrap, Holm","p randomisation, Holm",least found,layer,base alone,run alone,both,'
        "neither,signature,caveat\r\n"
        f'"task: all, against b",entities.strict,b,0.75,0.5,1.0,,,,,,,,,,,,,,,{tail}'
        f'"task: all, against b",entities.strict,x_1,0.5,0.25,0.75,-0.25,-0.375,-0.125,yes,0.01,0.02,0.02,0.04,0.0625,'
        f",,,,,{tail}"
        f'"task: all, against b",entities.strict,\'=y,0.75,0.5,1.0,0.0,0.0,0.0,no,1.0,1.0,1.0,1.0,,,,,,,{tail}'
        f'"task: all, against b",quotes.quote,b,0.5,,,,,,,,,,,,,,,,,{tail}'
        f'"task: all, against b",quotes.quote,x_1,null,,,null,,,no,,,,,,,,,,,{tail}'
        f'"task: all, against b",quotes.quote,\'=y,,,,,,,,,,,,,,,,,,{tail}'
        f'"who finds what, against b",,x_1,,,,,,,,,,,,,mentions,1,2,3,0,{tail}'
    )


def test_the_markdown_of_a_comparison_by_hand() -> None:
    signature = f"Signature: {SIGNATURE}".replace("|", "\\|").replace("*", "\\*")
    assert FORMATS["markdown"](report(by_hand())) == (
        "**task: all, against b**\n\n"
        "| score | run | value | difference | 95 % | p bootstrap | p randomisation | p bootstrap, Holm | "
        "p randomisation, Holm | least found |\n"
        "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n"
        "| entities.strict | b | 0.750 \\[0.50–1.00\\] |  |  |  |  |  |  |  |\n"
        "| entities.strict | x\\_1 | 0.500 \\[0.25–0.75\\] | \\-0.250\\* | \\-0.375…-0.125 | 0.0100 | 0.0200 | "
        "0.0200 | 0.0400 | 0.062 |\n"
        "| entities.strict | \\=y | 0.750 \\[0.50–1.00\\] | \\+0.000 | \\+0.000…+0.000 | 1.0000 | 1.0000 | 1.0000 | "
        "1.0000 |  |\n"
        "| quotes.quote | b | 0.500 |  |  |  |  |  |  |  |\n"
        "| quotes.quote | x\\_1 | null | null |  |  |  |  |  |  |\n"
        "| quotes.quote | \\=y | — | — |  | — | — | — | — | — |\n\n"
        f"{signature}\n\n"
        "**who finds what, against b**\n\n"
        "| layer | run | base alone | run alone | both | neither |\n"
        "| --- | --- | ---: | ---: | ---: | ---: |\n"
        "| mentions | x\\_1 | 1 | 2 | 3 | 0 |\n\n"
        f"{signature}\n\n"
        "warning: few \\| units\n\n"
        f"\\{SCOPE}{WIDTHLESS}\n"
    )


def test_the_latex_of_a_comparison_by_hand() -> None:
    signature = SIGNATURE.replace("|", "\\textbar{}\\allowbreak{}").replace("#", "\\#")
    told = f"warning: few \\textbar{{}} units. {SCOPE}{WIDTHLESS}".replace("%", "\\%")
    caption = f"{told} {{\\footnotesize\\texttt{{{signature}}}}}}}\n\\end{{table}}\n"
    assert FORMATS["latex"](report(by_hand())) == (
        "% needs \\usepackage{booktabs}, and a font that has the characters of the names\n"
        "\\begin{table}\n\\centering\n\\begin{tabular}{llrrrrrrrr}\n\\toprule\n"
        "score & run & value & difference & 95 \\% & p bootstrap & p randomisation & p bootstrap, Holm & "
        "p randomisation, Holm & least found \\\\\n\\midrule\n"
        "{}entities.strict & b & 0.750 [0.50–1.00] &  &  &  &  &  &  &  \\\\\n"
        "{}entities.strict & x\\_1 & 0.500 [0.25–0.75] & -0.250* & -0.375…-0.125 & 0.0100 & 0.0200 & 0.0200 & 0.0400 & "
        "0.062 \\\\\n"
        "{}entities.strict & =y & 0.750 [0.50–1.00] & +0.000 & +0.000…+0.000 & 1.0000 & 1.0000 & 1.0000 & 1.0000 &  "
        "\\\\\n\\midrule\n"
        "{}quotes.quote & b & 0.500 &  &  &  &  &  &  &  \\\\\n"
        "{}quotes.quote & x\\_1 & null & null &  &  &  &  &  &  \\\\\n"
        "{}quotes.quote & =y & — & — &  & — & — & — & — & — \\\\\n"
        f"\\bottomrule\n\\end{{tabular}}\n\\caption{{task: all, against b. {caption}"
        "\\begin{table}\n\\centering\n\\begin{tabular}{llrrrr}\n\\toprule\n"
        "layer & run & base alone & run alone & both & neither \\\\\n\\midrule\n"
        "{}mentions & x\\_1 & 1 & 2 & 3 & 0 \\\\\n"
        f"\\bottomrule\n\\end{{tabular}}\n\\caption{{who finds what, against b. {caption}"
    )


def test_the_forms_hold_the_figures_and_where_the_warnings_go(runs: Path, goldwire: Goldwire) -> None:
    bench(goldwire, "good.jsonl", "bad.jsonl", draws=0)
    command = ("compare", "runs/good", "runs/bad", "--json", "found.json", "--format")
    done = goldwire(*command, "csv")
    warning = "warning: the runs have no draws: no interval and no p; ask for some with --draws"
    assert (done.code, done.err) == (0, f"{warning}\n")
    good, bad, found = csv.DictReader(io.StringIO(done.out, newline=""))
    # F1 46/47 and 36/42
    assert (good["run"], good["value"], good["difference"], good["told apart"]) == ("good", str(46 / 47), "", "")
    assert (bad["run"], bad["value"], bad["told apart"]) == ("bad", str(36 / 42), "no")
    assert float(bad["difference"]) == pytest.approx(36 / 42 - 46 / 47)
    assert (found["layer"], found["base alone"], found["run alone"], found["both"]) == ("mentions", "6", "1", "17")
    assert json.loads(Path("found.json").read_text(encoding="utf-8"))["base"] == "good"
    for form in ("markdown", "latex"):
        done = goldwire(*command, form)
        assert done.err == ""
        assert warning in done.out.replace("\\", "").replace("-{}-", "--")
    assert goldwire(*command, "terminal").err == f"{warning}\n"


def test_json_alone_and_another_form_cannot_both_be_printed(runs: Path, goldwire: Goldwire) -> None:
    done = goldwire("compare", "runs/good", "runs/bad", "--json", "-", "--format", "latex")
    assert (done.code, done.out) == (2, "")
    assert "found --json - and --format latex, expected one of them: give --json a file" in done.said
