"""The pytest plugin on real runs of pytest: scores as tests, the fixture, and what it costs where it is not used."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import entry_points

import pytest

from goldwire import pytest_plugin
from goldwire.corpus.document import Document, Entity, Mention
from goldwire.corpus.errors import ThresholdError, UsageError
from goldwire.io import write
from goldwire.judging import judge
from tests.eval.cases.records import quote

pytest_plugins = ("pytester",)

TEXT = "Путин в Москве.\nАбэ в Токио.\n"
GOLD = Document(
    id="a",
    text=TEXT,
    mentions=(
        Mention(start=0, end=5, type="PERSON"),
        Mention(start=8, end=14, type="CITY"),
        Mention(start=16, end=19, type="PERSON"),
        Mention(start=22, end=27, type="CITY"),
    ),
)
EXTRACTORS = """
def good(text):
    return [(0, 5, "PERSON"), (8, 14, "CITY"), (16, 19, "PERSON"), (22, 27, "CITY")]

def bad(text):
    # one right, one of another type, one shorter, one missed, one spurious
    return [(0, 5, "PERSON"), (8, 14, "ORG"), (22, 26, "CITY"), (6, 7, "CITY")]

def failing(text):
    raise ValueError("no such city")
"""


@pytest.fixture
def place(pytester: pytest.Pytester) -> pytest.Pytester:
    """A folder with ``gold.jsonl`` and the module ``mine`` of extractors."""
    pytester.makeini("[pytest]\n")  # not the settings of this checkout, if the folder lies in it
    write(pytester.path / "gold.jsonl", [GOLD])
    pytester.makepyfile(mine=EXTRACTORS)
    return pytester


def test_the_plugin_is_installed() -> None:
    [point] = [point for point in entry_points(group="pytest11") if point.name == "goldwire"]
    assert point.load() is pytest_plugin


def test_each_threshold_is_a_test_and_a_missed_one_shows_the_errors_in_the_lines(place: pytest.Pytester) -> None:
    thresholds = ["--goldwire-min", "entities.strict=0.80", "--goldwire-min", "entities.exact=0.4"]
    found = place.runpytest("--goldwire", "mine:bad", *thresholds, "--goldwire-gold", "gold.jsonl")
    # strict: 1 hit of 4 and 4; exact: 2
    found.assert_outcomes(failed=1, passed=1)
    found.stdout.fnmatch_lines(
        [
            "*goldwire::mine:bad::entities.strict=0.8*",
            "mine:bad: entities.strict: found 0.2500, expected at least 0.8",
            "  boundary: 1 (CITY 1)",
            "      line 2 CITY: Абэ в [[]Токио]. | predicted: CITY «Токи»",
            "  missed: 1 (PERSON 1)",
            "      line 2 PERSON: [[]Абэ] в Токио.",
            "  spurious: 1 (CITY 1)",
            "      line 1 CITY: Путин [[]в] Москве.",
            "  type: 1 (CITY 1)",
            "      line 1 CITY: Путин в [[]Москве]. | predicted: ORG «Москве»",
            "goldwire:*|gold:local@0#*|score:entities.strict|view:all|*",
            "mine:bad entities.exact 0.5000 (bound 0.4)",
            "mine:bad entities.strict 0.2500 (bound 0.8)",
        ],
        consecutive=False,
    )
    found.stdout.no_fnmatch_line("*Traceback*")


def test_a_met_threshold_passes_and_its_value_is_told(place: pytest.Pytester) -> None:
    options = ["--goldwire-min", "entities.strict=1", "--goldwire-gold", "gold.jsonl"]
    found = place.runpytest("--goldwire", "mine:good", *options)
    found.assert_outcomes(passed=1)
    found.stdout.fnmatch_lines(["*- goldwire -*", "mine:good entities.strict 1.0000 (bound 1)"])


def test_without_a_threshold_an_extractor_must_run_on_every_document(place: pytest.Pytester) -> None:
    found = place.runpytest("--goldwire", "mine:good", "--goldwire", "mine:failing", "--goldwire-gold", "gold.jsonl")
    found.assert_outcomes(failed=1, passed=1)
    found.stdout.fnmatch_lines(
        [
            "mine:failing: 1 documents failed",
            "failed on a: ValueError: no such city",
            "mine:good entities.strict 1.0000",
        ]
    )


def test_the_tests_are_chosen_like_others_and_stand_beside_them(place: pytest.Pytester) -> None:
    place.makepyfile(test_mine="def test_one(): pass")
    options = ["--goldwire", "mine:good", "--goldwire-min", "entities.strict=1", "--goldwire-gold", "gold.jsonl"]
    place.runpytest(*options).assert_outcomes(passed=2)
    place.runpytest(*options, "-m", "goldwire", "--strict-markers").assert_outcomes(passed=1, deselected=1)
    place.runpytest(*options, "-m", "not goldwire").assert_outcomes(passed=1, deselected=1)
    place.runpytest(*options, "-k", "strict").assert_outcomes(passed=1, deselected=1)


def test_the_extractor_is_run_once_for_all_thresholds(place: pytest.Pytester) -> None:
    place.makepyfile(
        counting="""
        calls = []
        def extract(text):
            calls.append(text)
            assert len(calls) == 1, "run again"
            return []
        """
    )
    options = ["--goldwire-min", "entities.strict=0", "--goldwire-min", "entities.exact=0"]
    found = place.runpytest("--goldwire", "counting:extract", *options, "--goldwire-gold", "gold.jsonl")
    found.assert_outcomes(passed=2)


def test_a_view_a_file_of_predictions_and_the_number_of_examples(place: pytest.Pytester) -> None:
    write(place.path / "guess.jsonl", [Document(id="a", mentions=(Mention(start=0, end=5, type="PER"),))])
    options = ["--goldwire-view", "per-loc-org", "--goldwire-gold", "gold.jsonl", "--goldwire-examples", "0"]
    found = place.runpytest("--goldwire", "guess.jsonl", "--goldwire-min", "entities.strict=0.5", *options)
    # 1 of 4 and 1 of 1: F1 is 2/5
    found.stdout.fnmatch_lines(["guess: entities.strict: found 0.4000, expected at least 0.5", "*view:per-loc-org*"])
    found.stdout.fnmatch_lines(["  missed: 3 (LOC 2, PER 1)"])
    found.stdout.no_fnmatch_line("*line 1*")


def test_quotes_are_shown_with_who_said_them(place: pytest.Pytester) -> None:
    text = "Путин сказал: «Да». Абэ: «Нет»."
    cast = (Entity(id="putin", type="PERSON"), Entity(id="abe", type="PERSON"))
    one = quote(text, "Да", speaker="Путин", speaker_entity="putin")
    other = quote(text, "Да", speaker="Абэ", speaker_entity="abe")
    two = quote(text, "Нет", speaker="Абэ", speaker_entity="abe")
    write(place.path / "gold.jsonl", [Document(id="a", text=text, entities=cast, quotes=(one, two))])
    write(place.path / "guess.jsonl", [Document(id="a", entities=cast, quotes=(other, quote(text, "сказал")))])
    options = ["--goldwire-min", "quotes.who-said-what=0.5", "--goldwire-min", "blocks.kind=0.5"]
    found = place.runpytest("--goldwire", "guess.jsonl", "--goldwire-gold", "gold.jsonl", *options)
    found.assert_outcomes(failed=2)
    found.stdout.fnmatch_lines(
        [
            "  missed: 1 (direct 1)",
            "      line 1 direct: Путин сказал: «Да». Абэ: «[[]Нет]».",
            "  speaker: 1 (direct 1)",
            "      line 1 direct: Путин сказал: «[[]Да]». Абэ: «Нет». | predicted: said by «Абэ»",
            "  spurious: 1 (direct 1)",
            "      line 1 direct: Путин [[]сказал]: «Да». Абэ: «Нет».",
        ]
    )
    found.stdout.fnmatch_lines(["guess: blocks.kind: found no value, expected at least 0.5"])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--goldwire-min", "entities.strict=1"], "--goldwire-min: found no extractor, expected --goldwire EXTRACTOR"),
        (
            ["--goldwire", "mine:good", "--goldwire-min", "strict"],
            "--goldwire-min: threshold 'strict': expected SCORE=",
        ),
        (
            ["--goldwire", "mine:good", "--goldwire-min", "f1=0.5"],
            "--goldwire-min: score 'f1': no such score; there are",
        ),
    ],
)
def test_wrong_options_stop_pytest_before_any_work(place: pytest.Pytester, options: list[str], said: str) -> None:
    found = place.runpytest(*options)
    assert found.ret == pytest.ExitCode.USAGE_ERROR
    assert said in found.stderr.str()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--goldwire", "nobody"], "extractor 'nobody': found no such name or file"),
        (["--goldwire", "mine:lost"], "extractor 'mine:lost': cannot be imported: AttributeError"),
        (["--goldwire", "mine:good", "--goldwire-gold", "lost.jsonl"], "lost.jsonl: found No such file"),
        (["--goldwire", "mine:good", "--goldwire-view", "odd"], "view 'odd': found 'odd', expected all"),
    ],
)
def test_what_cannot_be_judged_fails_in_words(place: pytest.Pytester, options: list[str], said: str) -> None:
    found = place.runpytest(*options)
    found.assert_outcomes(failed=1)
    assert said in found.stdout.str()
    assert "Traceback" not in found.stdout.str()


def test_the_fixture_judges_python_objects_and_names(place: pytest.Pytester) -> None:
    place.makepyfile(
        test_mine="""
        import mine

        class Other:
            labels = {"CITY": "PERSON", "PERSON": None}
            layers = ("mentions",)
            def extract(self, document):
                return {"mentions": [{"start": 0, "end": 5, "type": "CITY"}]}

        def test_good(goldwire):
            judged = goldwire.require(mine.good, {"entities.strict": 1}, "gold.jsonl")
            assert (judged.name, judged.value("entities.strict")) == ("good", 1.0)
            assert judged.failings("entities.strict") == []

        def test_labels(goldwire):
            judged = goldwire.judge(Other(), "gold.jsonl")
            assert judged.value("entities.strict") == 2 / 5
            assert judged.value("quotes.quote") is None

        def test_name(goldwire):
            assert goldwire.judge("mine:good", "gold.jsonl", view="outermost").value("entities.strict") == 1.0

        def test_score(goldwire):
            assert goldwire.score("gold.jsonl", "gold.jsonl").scores["entities.strict"]["value"] == 1.0

        def test_bad(goldwire):
            goldwire.require(mine.bad, {"entities.strict": 0.8}, "gold.jsonl")
        """
    )
    found = place.runpytest()
    found.assert_outcomes(passed=4, failed=1)
    found.stdout.fnmatch_lines(
        [
            ">*goldwire.require(mine.bad*",
            "E*ThresholdError: bad: entities.strict: found 0.2500, expected at least 0.8",
            "E*line 2 CITY: Абэ в [[]Токио]. | predicted: CITY «Токи»",
        ]
    )
    found.stdout.no_fnmatch_line("*judging.py*")


def test_a_fixture_of_ones_own_with_that_name_comes_first(
    place: pytest.Pytester, goldwire: Callable[..., object]
) -> None:
    assert not isinstance(goldwire, pytest_plugin.Goldwire)  # this repository's own
    place.makeconftest("import pytest\n@pytest.fixture\ndef goldwire(): return 'mine'")
    place.makepyfile(test_mine="def test_one(goldwire): assert goldwire == 'mine'")
    place.runpytest().assert_outcomes(passed=1)


def test_where_it_is_not_used_nothing_of_the_kit_is_imported(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import sys

        def test_one():
            loaded = {name for name in sys.modules if name.split(".")[0] == "goldwire"}
            assert loaded == {"goldwire", "goldwire.pytest_plugin"}
            assert not {"numpy", "msgspec", "typer", "rich"} & set(sys.modules)
        """
    )
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)


def test_workers_of_xdist_tell_their_values(place: pytest.Pytester) -> None:
    options = ["--goldwire-min", "entities.strict=0.1", "--goldwire-gold", "gold.jsonl"]
    found = place.runpytest_subprocess("-n", "1", "--goldwire", "mine:bad", *options)
    found.assert_outcomes(passed=1)
    found.stdout.fnmatch_lines(["mine:bad entities.strict 0.2500 (bound 0.1)"])


def test_an_error_rate_must_lie_below_its_bound_and_a_score_must_have_a_name() -> None:
    judged = judge(lambda text: [], [GOLD])
    with pytest.raises(UsageError, match="score 'f1': no such score"):
        judged.require({"f1": 0.5})
    with pytest.raises(ThresholdError, match=r"sections\.pk: found no value, expected at most 0\.5"):
        judged.require({"sections.pk": 0.5})


def test_an_extractor_that_fails_on_all_counts_as_empty_and_says_why() -> None:
    def lost(text: str) -> None:
        raise KeyError(text[:5])

    judged = judge(lost, [GOLD])
    assert (judged.result.documents["failed"], judged.predictions) == (1, {})
    with pytest.raises(
        ThresholdError, match=r"lost: entities\.strict: found no value.*\nfailed on a: KeyError: 'Путин'"
    ):
        judged.require({"entities.strict": 0.5})
