"""Modes: recorded figures of the programs themselves, what each cannot hold, views and labels, and every report."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from rich.console import Console

from goldwire.corpus.document import Document, Mention
from goldwire.corpus.errors import InputError, ThresholdError, UsageError
from goldwire.eval.modes import MODES
from goldwire.eval.report.definitions import definitions
from goldwire.eval.report.leaderboard import Entry, leaderboard, scoreboard
from goldwire.eval.scorer import Scorer
from goldwire.eval.signature import parse_signature
from tests.eval.cases.modes.draws import TEXT, document, drawn
from tests.eval.cases.records import result, scores, warned

CASES = Path(__file__).parent / "cases" / "modes"


def recorded(mode: str) -> list[tuple[Any, dict[str, Any]]]:
    about, *rows = map(json.loads, (CASES / f"{mode}.jsonl").read_text(encoding="utf-8").splitlines())
    assert about["version"] == MODES[mode].version
    assert {"program", "from", "command", "sha256"} <= set(about)
    return [
        (
            [
                [document(str(n), part[side], part["text"]) for n, part in enumerate(row["documents"])]
                for side in ("gold", "predicted")
            ],
            row["figures"],
        )
        for row in rows
    ]


CONLLEVAL, RUNNE = recorded("conlleval"), recorded("runne-2022")


@pytest.mark.parametrize(("sides", "wanted"), CONLLEVAL, ids=map(str, range(len(CONLLEVAL))))
def test_conlleval_gives_what_the_script_gave(sides: Any, wanted: dict[str, Any]) -> None:
    found = scores(*sides, mode="conlleval")
    whole, accuracy = found["conlleval.fb1"], found["conlleval.accuracy"]
    assert whole["counts"] == {name: wanted[name] for name in ("hits", "predicted", "gold")}
    assert accuracy["counts"]["gold"] == wanted["tokens"]
    for name, value in (("precision", whole["precision"]), ("recall", whole["recall"]), ("fb1", whole["value"])):
        assert 100 * value == pytest.approx(wanted[name], abs=5.1e-7)  # it prints six digits
    assert 100 * accuracy["value"] == pytest.approx(wanted["accuracy"], abs=5.1e-7)
    # its list of types holds the type that has no name, or the name 0, as often as it comes
    assert set(whole["by_type"]) == set(wanted["by_type"])
    for kind, (precision, recall, fb1, predicted) in wanted["by_type"].items():
        score = whole["by_type"][kind]
        assert score["counts"]["predicted"] == predicted
        figures = [100 * score[name] for name in ("precision", "recall", "f1")]
        assert figures == pytest.approx([precision, recall, fb1], abs=5.1e-7)


@pytest.mark.parametrize(("sides", "wanted"), RUNNE, ids=map(str, range(len(RUNNE))))
def test_runne_gives_what_the_program_gave(sides: Any, wanted: dict[str, Any]) -> None:
    found = scores(*sides, mode="runne-2022")
    mention = found["runne.mention"]
    assert [mention[name] for name in ("value", "recall", "precision")] == [
        wanted[f"Mention {name}"] for name in ("F1", "recall", "precision")
    ]
    assert found["runne.macro"]["value"] == pytest.approx(wanted["Macro F1"], abs=1e-15)  # summed in another order
    assert found["runne.macro-few-shot"]["value"] == pytest.approx(wanted["Macro F1 few-shot"], abs=1e-15)


def test_the_cases_know_every_kind_of_answer() -> None:
    for cases, names in ((CONLLEVAL, ("fb1", "accuracy")), (RUNNE, ("Mention F1", "Macro F1", "Macro F1 few-shot"))):
        for name in names:
            assert len({figures[name] for _, figures in cases}) > 10


# --- what a mode gives

GOLD = document("d", [(0, 4, "A"), (0, 2, "B"), (7, 12, "A")])
GUESS = document("d", [(0, 4, "A"), (7, 12, "B")])


@pytest.mark.parametrize("mode", MODES)
def test_a_mode_gives_its_scores_alone_with_signatures_of_their_own(mode: str) -> None:
    found = result(GOLD, GUESS, mode=mode, draws=500, seed=7)
    assert tuple(found.scores) == tuple(measure.name for measure in MODES[mode].measures)
    assert found.mode == mode
    for name, score in found.scores.items():
        signature = parse_signature(score["signature"])
        assert (signature.mode, signature.score, signature.draws, signature.seed) == (mode, name, 0, 0)
        assert "interval" not in score
        assert {"gold", "predicted"} <= set(score["counts"])
    assert json.loads(json.dumps(found.to_dict())) == found.to_dict()
    assert list(found.to_frame().index) == list(found.scores)


def test_a_mode_with_no_name_is_ours() -> None:
    assert scores(GOLD, GUESS, mode="goldwire") == scores(GOLD, GUESS)


def test_an_unknown_mode_lists_the_known_ones() -> None:
    known = "goldwire, nervaluate-1.2, seqeval, seqeval-strict, conlleval, runne-2022"
    with pytest.raises(UsageError, match=f"mode 'muc': no such mode; there are {known}"):
        scores(GOLD, GUESS, mode="muc")


def test_a_mode_has_no_rows() -> None:
    with pytest.raises(UsageError, match="mode seqeval: it has no rows"):
        Scorer(mode="seqeval", on_rows=lambda rows: None)


@pytest.mark.parametrize("mode", MODES)
def test_documents_add_up_and_are_known_one_by_one(mode: str) -> None:
    pairs = [(GOLD, GUESS), (document("e", [(0, 4, "A")]), document("e", [(0, 4, "B")]))]
    alone = [scores(gold, guess, mode=mode) for gold, guess in pairs]
    both = result([gold for gold, _ in pairs], [guess for _, guess in reversed(pairs)], mode=mode)
    for name, score in both.scores.items():
        values = {gold.id: found[name]["value"] for (gold, _), found in zip(pairs, alone, strict=True)}
        assert both.per_document[name] == values
        for what, count in score["counts"].items():
            assert count == sum(found[name]["counts"][what] for found in alone)
    frame = both.to_frame(per_document=True)
    assert sorted(frame.index) == ["d", "e"]


@pytest.mark.parametrize("mode", MODES)
def test_gold_against_itself_is_one(mode: str) -> None:
    gold = document("d", [(0, 4, "A"), (0, 2, "B"), (7, 12, "DISEASE"), (13, 14, "PENALTY"), (22, 24, "WORK_OF_ART")])
    assert {score["value"] for score in scores(gold, gold, mode=mode).values()} == {1.0}


@pytest.mark.parametrize("mode", MODES)
def test_nothing_at_all_is_nought_or_null_as_there(mode: str) -> None:
    nothing = document("d", [], "")
    values = {name: score["value"] for name, score in scores(nothing, nothing, mode=mode).items()}
    nulls = {"seqeval.macro", "seqeval.accuracy", "conlleval.accuracy", "runne.macro"}
    assert values == {name: None if name in nulls else 0.0 for name in values}


@pytest.mark.parametrize("mode", MODES)
def test_mentions_that_nobody_attempted_have_no_score(mode: str) -> None:
    found = result(GOLD, Document(id="d"), mode=mode)
    assert (found.scores, found.not_attempted) == ({}, ["mentions"])
    missing = result([GOLD], [], mode=mode)
    assert missing.scores == {}
    assert missing.documents["missing"] == 1


# --- what a mode cannot hold


@pytest.mark.parametrize("mode", ["seqeval", "seqeval-strict", "conlleval"])
@pytest.mark.parametrize(
    ("spans", "code"),
    [
        ([(0, 4, "A"), (0, 2, "B")], "mode-nested"),
        ([(0, 4, "A"), (3, 6, "B")], "mode-crossing"),
        ([(0, 4, "A"), (0, 4, "A")], "mode-same-tokens"),
        ([(0, 1, "A")], "mode-widened"),
        ([(0, 5, "A")], "mode-trimmed"),
        ([(4, 5, "A")], "mode-no-token"),
    ],
)
def test_what_tags_cannot_hold_is_counted_on_both_sides(mode: str, spans: Any, code: str) -> None:
    # Ан-2 в Твери: tokens [0, 2) [2, 3) [3, 4) [5, 6) [7, 12)
    both = result(document("d", spans), document("d", spans), mode=mode).warnings
    assert [(warning.code, warning.count) for warning in both] == [(code, 2)]
    start, end, kind = spans[-1]
    assert both[0].examples == [f"d: {side} {kind} [{start}, {end})" for side in ("gold", "predicted")]


def test_of_nested_mentions_the_outermost_is_kept_and_of_others_the_first() -> None:
    def chunks(*spans: tuple[int, int, str]) -> Any:
        return scores(document("d", spans), document("d", []), mode="seqeval")["seqeval.micro"]["by_type"].keys()

    assert chunks((0, 2, "B"), (0, 4, "A")) == {"A"}
    assert chunks((3, 6, "B"), (0, 4, "A")) == {"A"}
    assert chunks((0, 4, "B"), (0, 4, "A")) == {"B"}
    assert chunks((0, 4, "B"), (5, 6, "A")) == {"A", "B"}


def test_a_document_without_a_text_has_no_tokens() -> None:
    gold = Document(id="d", mentions=(Mention(start=0, end=4, type="A"),))
    for mode in ("seqeval", "seqeval-strict", "conlleval"):
        with pytest.raises(
            InputError, match=r"document 'd': text: found no text, expected the text, from which the tok"
        ):
            scores(gold, gold, mode=mode)
    for mode in ("nervaluate-1.2", "runne-2022"):
        assert scores(gold, gold, mode=mode)[next(iter(MODES[mode].measures)).name]["value"] == 1


def test_copies_are_swallowed_by_runne_and_counted() -> None:
    gold, guess = document("d", [(0, 4, "A")]), document("d", [(0, 4, "A")] * 3)
    assert scores(gold, guess, mode="runne-2022")["runne.mention"]["precision"] == 1
    assert warned(gold, guess, mode="runne-2022") == {"mode-copies": 2}
    assert scores(gold, guess)["entities.strict"]["precision"] == 1 / 3


def test_strings_are_placed_and_what_is_not_in_the_text_is_left_out() -> None:
    strings = [Mention(start=None, end=None, type="A", text=words) for words in ("Твери", "Рига")]
    guess = Document(id="d", mentions=(*strings, Mention(start=0, end=4, type="A", text="Ан-3")))
    for mode in MODES:
        found = result(document("d", [(7, 12, "A")]), guess, mode=mode)
        counts = next(iter(found.scores.values()))["counts"]
        assert (counts["hits"], counts["predicted"]) == (1, 1)
        codes = {warning.code: warning.count for warning in found.warnings}
        assert codes == {"aligned-exact": 1, "not-in-text": 1, "wrong-surface": 1, "mode-no-place": 2}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("span", [(3, 3), (5, 2), (0, 99)])
def test_gold_with_a_bad_span_is_refused(mode: str, span: tuple[int, int]) -> None:
    with pytest.raises(InputError, match=rf"document 'd': mentions\[0\]: found \[{span[0]}, {span[1]}\), expected st"):
        scores(document("d", [(*span, "A")]), GUESS, mode=mode)
    bare = Document(id="d", mentions=(Mention(start=3, end=3, type="A"),))
    with pytest.raises(InputError, match=r"expected start < end, 0 or more"):
        scores(bare, bare, mode="runne-2022")


# --- the task: views and labels are ours, before the mode sees anything


@pytest.mark.parametrize(
    "view", ["all", "outermost", "innermost", "depth=2", "depth=1+depth=2", "per-loc-org", "names"]
)
def test_views_are_what_they_are_without_a_mode(view: str) -> None:
    # runne's sets hold what entities.strict holds, where there are no copies
    spans = [(0, 12, "ORGANIZATION"), (0, 4, "PERSON"), (0, 2, "CITY"), (7, 12, "DATE"), (15, 20, "PERSON")]
    gold = Document(
        id="d",
        text=TEXT,
        mentions=tuple(
            Mention(start=s, end=e, type=t, form="name" if n % 2 else "noun") for n, (s, e, t) in enumerate(spans)
        ),
    )
    guess = document("d", [*spans[:4], (15, 20, "CITY"), (22, 24, "LOC")])
    own = scores(gold, guess, view=view)["entities.strict"]["counts"]
    theirs = result(gold, guess, view=view, mode="runne-2022")
    assert theirs.scores["runne.mention"]["counts"] == {name: own[name] for name in ("hits", "predicted", "gold")}
    ignored = warned(gold, guess, view=view).get("ignored-outside-view", 0)
    assert {w.code: w.count for w in theirs.warnings}.get("ignored-outside-view", 0) == ignored
    assert theirs.view == view


def test_a_view_by_form_refuses_gold_without_forms() -> None:
    with pytest.raises(InputError, match=r"document 'd': mentions\[0\]\.form: found no form, expected a form, which"):
        scores(GOLD, GUESS, view="names", mode="runne-2022")


def test_labels_are_mapped_first() -> None:
    guess = document("d", [(0, 4, "X"), (7, 12, "Y"), (5, 6, "Z")])
    labels = {"X": "A", "Y": None}
    found = result(document("d", [(0, 4, "A")]), guess, mode="nervaluate-1.2", labels=labels)
    assert found.scores["nervaluate.strict"]["counts"]["correct"] == 1
    assert found.scores["nervaluate.strict"]["counts"]["predicted"] == 2
    assert {w.code: w.count for w in found.warnings} == {"label-outside-task": 1, "unknown-label": 1}


# --- reports and commands


def test_fragments_are_their_hull_and_counted() -> None:
    gold = Document(id="d", text=TEXT, mentions=(Mention(start=0, end=6, type="A", spans=((0, 2), (5, 6))),))
    assert warned(gold, gold, mode="nervaluate-1.2") == {"discontinuous": 2}


@pytest.mark.parametrize("mode", MODES)
def test_a_report_says_whose_figures_they_are(mode: str) -> None:
    found = result(GOLD, GUESS, mode=mode)
    console = Console(width=160)
    with console.capture() as captured:
        console.print(scoreboard(found))
        console.print(leaderboard([Entry("ours", result(GOLD, GUESS)), Entry("theirs", found)]))
    said = captured.get()
    assert f"task: all, as {mode}" in said
    assert f"Figures as of {MODES[mode].program} {MODES[mode].version} have no intervals" in said
    assert "One article: the intervals are over the blocks" in said  # of ours, in the same leaderboard
    for measure in MODES[mode].measures:
        assert said.count(measure.name) >= 2  # in the scoreboard and in the legend


def test_definitions_name_every_mode() -> None:
    console = Console(width=900)
    with console.capture() as captured:
        console.print(definitions())
    said = captured.get()
    for name, mode in MODES.items():
        assert re.search(
            rf"{re.escape(name)} +{re.escape(f'{mode.program} {mode.version}: {mode.source}; {mode.needs}')}", said
        )


def test_a_threshold_may_be_of_a_mode() -> None:
    found = result(GOLD, GUESS, mode="nervaluate-1.2")
    found.require({"nervaluate.strict": 0.3})
    with pytest.raises(ThresholdError, match=r"nervaluate\.strict: found 0\.4000, expected at least 0\.9"):
        found.require({"nervaluate.strict": 0.9})
    with pytest.raises(ThresholdError, match=r"entities\.strict: found no value"):
        found.require({"entities.strict": 0.9})


def test_goldwire_score_as(goldwire: Any, tmp_path: Path) -> None:
    paths = [tmp_path / "gold.jsonl", tmp_path / "guess.jsonl"]
    for path, side in zip(paths, (GOLD, GUESS), strict=True):
        row = {"schema": "goldwire/1", "id": "d", "text": TEXT}
        mentions = [{"start": m.start, "end": m.end, "type": m.type} for m in side.mentions or ()]
        path.write_text(json.dumps({**row, "mentions": mentions}) + "\n", encoding="utf-8")
    done = goldwire("score", paths[1], "--gold", paths[0], "--as", "seqeval", "--json", "-")
    assert done.code == 0
    assert json.loads(done.out)["scores"]["seqeval.micro"]["counts"] == {"hits": 1, "predicted": 2, "gold": 2}
    done = goldwire("score", paths[1], "--gold", paths[0], "--as", "seqeval", "--min", "seqeval.micro=0.9")
    assert (done.code, "task: all, as seqeval" in done.out) == (5, True)
    unknown = goldwire("score", paths[1], "--gold", paths[0], "--as", "muc")
    assert (unknown.code, unknown.out) == (2, "")
    assert "mode 'muc': no such mode; there are goldwire, nervaluate-1.2" in unknown.said
    rows = goldwire("score", paths[1], "--gold", paths[0], "--as", "seqeval", "--rows", tmp_path / "rows.parquet")
    assert (rows.code, "mode seqeval: it has no rows" in rows.said) == (2, True)
    assert not (tmp_path / "rows.parquet").exists()


def test_the_task_of_a_mode_is_the_task_of_ours() -> None:
    # without copies, runne's sets hold what entities.strict holds: in every view, through a label map, of any nesting
    views = (
        "all",
        "outermost",
        "innermost",
        "depth=1",
        "depth=2",
        "names",
        "per-loc-org+names",
        "per-loc-org+innermost",
    )
    types = ("PERSON", "CITY", "DATE")
    for seed in range(160):
        corpus = [tuple(once(side, seed) for side in pair) for pair in drawn(seed, types)]
        options = {
            "view": views[seed % len(views)],
            "labels": {"DATE": None, "PERSON": "PER"} if seed % 3 == 0 else None,
        }
        sides = list(zip(*corpus, strict=True))
        own = scores(*sides, **options)["entities.strict"]["counts"]
        theirs = scores(*sides, **options, mode="runne-2022")["runne.mention"]["counts"]
        assert theirs == {name: own[name] for name in ("hits", "predicted", "gold")}, (seed, options)


def once(side: Document, seed: int) -> Document:
    forms = ("name", "noun")
    found = {(m.start, m.end, m.type): replace(m, form=forms[(m.start + seed) % 2]) for m in side.mentions or ()}
    return replace(side, mentions=tuple(found.values()))
