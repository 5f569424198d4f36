"""``goldwire explain``: what a run got wrong, in the terminal; and the forms and pages of ``bench`` and ``score``."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from goldwire.corpus.document import Document, Mention
from goldwire.corpus.gold import load
from goldwire.eval.report.explained import Choice, confusion, explained, overview, selected
from goldwire.eval.report.formats import Drawn
from goldwire.eval.report.interlinear import Mark, interlinear, wrapped
from goldwire.explaining import explained_run
from goldwire.io import write
from tests.conftest import Done
from tests.hostile import HOSTILE
from tests.reports import noisy

TEXT = "Путин в Москве.\nАбэ в Токио, Ян в Риме."


def place(words: str, kind: str) -> Mention:
    start = TEXT.index(words)
    return Mention(start=start, end=start + len(words), type=kind, form="name")


GOLD = Document(id="a", text=TEXT, mentions=(place("Путин", "PERSON"), place("Москве", "CITY"), place("Токио", "CITY")))
GUESS = Document(
    id="a",
    mentions=(place("Путин", "PERSON"), place("Москве", "PERSON"), place("Токио, Ян", "CITY"), place("Риме", "CITY")),
)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, goldwire: Callable[..., Done]) -> Path:
    """A folder with a RUN of GUESS against GOLD and EMPTY, of which it is missing one document."""
    monkeypatch.chdir(tmp_path)
    write("gold.jsonl", [GOLD, Document(id="b", text="Ян", mentions=(Mention(start=0, end=2, type="PERSON"),))])
    write("guess.jsonl", [GUESS])
    assert goldwire("bench", "guess.jsonl", "--gold", "gold.jsonl", "--draws", 0).code == 0
    return tmp_path


def tail(out: str) -> list[str]:
    """What comes after the totals, without blank lines."""
    lines = [line.rstrip() for line in out.splitlines() if line.strip()]
    return lines[next(at for at, line in enumerate(lines) if line.startswith("a · ")) :]


def test_the_errors_stand_under_their_lines_with_their_reasons(goldwire, here):
    done = goldwire("explain", "runs/guess")
    assert (done.code, done.err) == (0, "")
    assert "\x1b" not in done.out
    assert tail(done.out)[:-3] == [
        "a · 3 errors",
        "        Путин в Москве.",
        "  both  ─────",
        "  gold          ══════CITY",
        " guess          ══════PERSON",
        "     1  type CITY → PERSON «Москве»: it is CITY, not PERSON",
        "        Абэ в Токио, Ян в Риме.",
        "  gold        ╌╌╌╌╌CITY",
        " guess        ╌╌╌╌╌╌╌╌╌CITY",
        "                          ~~~~CITY",
        "     2  boundary CITY «Токио» → CITY «Токио, Ян»: the prediction takes in «, Ян»",
        "     3  spurious CITY «Риме»: no gold mention is there",
        "b · 1 errors · no prediction",
        "        Ян",
        "  gold  ··PERSON",
        "     1  missed PERSON «Ян»: no prediction is there",
    ]
    assert tail(done.out)[-3].startswith("signature: goldwire:")
    assert tail(done.out)[-2].startswith("2 articles: the intervals are over the blocks of these articles")


def test_the_totals_are_those_of_the_result(goldwire, here):
    out = goldwire("explain", "runs/guess").out
    classes = dict(line.split() for line in out.splitlines() if len(line.split()) == 2 and line.split()[1].isdigit())
    result = json.loads(Path("runs/guess/result.json").read_text())["scores"]["entities.strict"]
    for name, n in result["errors"]["classes"].items():
        assert classes[name] == str(n)
    rows = {line.split()[0]: line.split()[1:] for line in out.splitlines() if line.split()}
    # gold CITY: one boundary error of its own type, one guessed PERSON; gold PERSON: one right, one missed
    assert rows["CITY"][:7] == ["0.000", "0.000", "0.000", "2", "2", "0", "1"]
    assert rows["spurious"] == ["1"]
    assert "documents: 2 scored, 1 missing" in out


def test_the_filters_choose(goldwire, here):
    def numbered(*options: object) -> list[str]:
        done = goldwire("explain", "runs/guess", *options)
        assert done.code == 0
        return [line.split()[1] for line in done.out.splitlines() if line[:6].strip().isdigit()]

    assert numbered("--error", "missed", "--error", "type") == ["type", "missed"]
    assert numbered("--type", "PERSON") == ["type", "missed"]
    assert numbered("--type", "PERSON", "--error", "correct") == ["correct"]
    assert numbered("--document", "b") == ["missed"]
    assert numbered("--documents", "1") == ["type", "boundary", "spurious"]
    assert numbered("--limit", "2") == ["type", "boundary"]
    assert numbered("--layer", "quotes") == []
    assert "2 more findings: raise --limit" in goldwire("explain", "runs/guess", "--limit", 2).out
    assert (
        "1 more documents with 1 errors, see --documents and --document: b (1)"
        in goldwire("explain", "runs/guess", "--documents", 1).out
    )
    assert (
        "2 documents of those read in full have nothing" in goldwire("explain", "runs/guess", "--layer", "quotes").out
    )


def test_several_runs_come_one_after_another(goldwire, here):
    out = goldwire("explain", "runs/guess", "runs/guess").out
    assert out.count("guess · task all") == 2


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (("--error", "wrong"), 2, "goldwire: --error 'wrong': found no such name, expected one of correct, type, "),
        (("--layer", "x"), 2, "goldwire: --layer 'x': found no such name, expected one of mentions, quotes, blocks, "),
        (("--type", "DOG"), 2, "goldwire: --type 'DOG': found no such type, expected one of CITY, PERSON\n"),
        (("--document", "c"), 2, "goldwire: document 'c': found no such id, expected one of 'a', 'b'\n"),
        (("--html", "x.html", "--type", "CITY"), 2, "goldwire: found --html and --error, --type or --layer: the page"),
        (("--html", "gold.jsonl/x.html"), 1, "goldwire: gold.jsonl/x.html"),
        (("--gold", "none.jsonl"), 1, "goldwire: none.jsonl"),
        (("--gold", "guess.jsonl"), 1, "goldwire: document 'a': text: found no text, expected a text to show"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_told(goldwire, here, options, code, message):
    done = goldwire("explain", "runs/guess", *options)
    assert done.code == code
    assert done.err.startswith(message)
    assert not Path("x.html").exists()


def test_gold_that_is_elsewhere_or_changed_is_asked_for(goldwire, here):
    Path("gold.jsonl").rename("moved.jsonl")
    done = goldwire("explain", "runs/guess")
    assert done.code == 1
    assert "gold.jsonl" in done.err
    assert "name the gold of the run with --gold" in done.err
    assert goldwire("explain", "runs/guess", "--gold", "moved.jsonl").code == 0
    write("gold.jsonl", [GOLD])
    done = goldwire("explain", "runs/guess")
    assert (done.code, done.err.count("expected")) == (1, 1)
    assert "found gold with the hash " in done.err
    assert "; name the gold of the run with --gold [another-gold]" in done.err


def test_predictions_that_were_changed_since_are_refused(goldwire, here):
    write("runs/guess/predictions.jsonl", [Document(id="a", mentions=())])
    done = goldwire("explain", "runs/guess")
    assert (done.code, done.err) == (
        1,
        "goldwire: found 0 correct in entities.strict, expected 1, as in the result; run goldwire bench again "
        "[other-predictions]\n",
    )


def test_a_folder_that_is_no_run_is_refused(goldwire, here):
    done = goldwire("explain", ".")
    assert done.code == 1
    assert "result.json" in done.err
    assert "expected a folder that bench, or score --out, wrote" in done.err


def test_a_document_that_failed_says_why(goldwire, here, monkeypatch):
    Path("failing_once.py").write_text(
        "def extract(text):\n    if text == 'Ян':\n        raise ValueError('no such')\n    return []\n"
    )
    monkeypatch.syspath_prepend(here)
    assert goldwire("bench", "failing_once:extract", "--gold", "gold.jsonl", "--draws", 0).code == 3
    out = goldwire("explain", "runs/failing_once_extract").out
    assert "b · 1 errors · failed: ValueError: no such" in out


def test_views_and_labels_of_the_run_are_applied(goldwire, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert goldwire("bench", "natasha", "--draws", 0).code == 0
    run = explained_run("runs/natasha")
    counts = run.entry.result.scores["entities.strict"]["errors"]["classes"]
    [document] = run.documents
    errors = [finding.error for finding in document.mentions.findings]
    assert {name: errors.count(name) for name in counts} == counts
    assert counts["correct"] == 47
    assert {f.gold.type for f in document.mentions.findings if f.gold} == {"PER", "LOC", "ORG"}
    assert document.quotes == document.lines == ()


def test_quotes_lines_sections_and_dateline_are_told(goldwire, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write("noisy.jsonl", [noisy(load()[0])])
    assert goldwire("bench", "noisy.jsonl", "--draws", 0).code == 0
    out = " ".join(goldwire("explain", "runs/noisy", "--limit", 1000).out.split())
    assert "speaker indirect quote of Владимир Путин, «Россия и Турция договорились" in out
    assert "gold says Владимир Путин, the prediction says Реджеп Тайип Эрдоган" in out
    assert "kind line: it is headline, not paragraph" in out
    assert "missed agency of the dateline: gold has «ТАСС», the prediction none" in out
    assert "missed section: a section begins here" in out
    assert "not in a line" in out
    assert "spurious PERSON «Медведев»: its words are not in the text" in out


def test_nothing_in_a_document_steers_the_terminal(goldwire, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    gold = Document(
        id=HOSTILE.id,
        text=HOSTILE.text,
        mentions=HOSTILE.mentions[:-1],
        quotes=HOSTILE.quotes,
        entities=HOSTILE.entities,
        blocks=HOSTILE.blocks,
    )
    write("gold.jsonl", [gold])
    write(
        "hostile.jsonl", [Document(id=HOSTILE.id, mentions=HOSTILE.mentions[1:], quotes=HOSTILE.quotes[1:], blocks=())]
    )
    assert goldwire("bench", "hostile.jsonl", "--gold", "gold.jsonl", "--draws", 0).code == 0
    out = goldwire("explain", "runs/hostile").out
    assert not set(out) & {"\x1b", "\u202e", "\r", "\x00"}
    assert "missed" in out


def test_the_docs_show_what_is_printed(goldwire, tmp_path, monkeypatch):
    text = (Path(__file__).parent.parent / "docs" / "reports.md").read_text(encoding="utf-8")
    [shown] = re.findall(r"^```console\n\$ goldwire explain runs/natasha\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    monkeypatch.chdir(tmp_path)
    assert goldwire("bench", "natasha", "--draws", 1000).code == 0
    printed = [line.rstrip() for line in goldwire("explain", "runs/natasha").out.splitlines()]
    assert printed == shown.splitlines()
    options = set(re.findall(r"^\| `(--[a-z]+)", text, re.MULTILINE))
    assert options | {"--html"} == set(re.findall(r"--[a-z]+", goldwire("explain", "--help").out)) - {"--help", "--out"}


# the drawing


def rows(text: str, width: int, *marks: Mark) -> list[list[str]]:
    return [
        [f"{name}|{drawn.plain}" for name, drawn in interlinear(text, stretch, marks, ("gold", "guess"))]
        for stretch in wrapped(text, 0, len(text), width)
    ]


def test_marks_share_a_row_where_they_fit_and_go_on_over_the_fold():
    marks = (
        Mark(0, 3, "gold", "=", "A"),
        Mark(8, 13, "gold", "=", "B"),
        Mark(1, 2, "gold", "-", "C"),
        Mark(4, 7, "guess", "~"),
    )
    assert rows("one two three", 40, *marks) == [["|one two three", "gold|===A    =====B", "| -C", "guess|    ~~~"]]
    assert rows("one two three", 8, Mark(4, 13, "gold", "=", "B")) == [
        ["|one two", "gold|    ====…"],
        ["|three", "gold|=====B"],
    ]


def test_wide_and_combining_characters_are_measured():
    assert rows("字字a", 40, Mark(1, 2, "gold", "=", "X")) == [["|字字a", "gold|  ==X"]]
    assert rows("e\u0301a", 40, Mark(2, 3, "gold", "=", "X")) == [["|e\u0301a", "gold| =X"]]


def test_a_text_is_wrapped_whole():
    for width in (1, 2, 5, 80):
        for text in (TEXT, "x" * 30, " a ", "字" * 9):
            stretches = wrapped(text, 0, len(text), width)
            assert "".join(text[slice(*stretch)] for stretch in stretches) == text


def test_many_types_are_listed_by_frequency():
    cells = [[f"T{n}", f"T{n}", 5] for n in range(12)] + [["T1", "T2", 3], ["T1", None, 4], [None, "T2", 1]]
    table = confusion(cells)
    assert table.rows == (("T1", "missed", 4), ("T1", "T2", 3), ("spurious", "T2", 1))
    few = confusion([["LONGEST_TYPE_ONE", "OTHER_LONG_TYPE", 2], ["THE_THIRD_LONG_TYPE", None, 1]])
    assert [column.head for column in few.columns[1:-1]] == ["LONG", "OTHE", "THE_"]
    console = Console(file=io.StringIO(), width=100)
    console.print(Drawn(few))
    assert "OTHE" in console.file.getvalue()


def test_on_a_terminal_there_is_colour(goldwire, here):
    run = explained_run("runs/guess")
    console = Console(file=io.StringIO(), force_terminal=True, color_system="standard", width=80)
    for part in (*overview(run), *explained(run, Choice(), 80)):
        console.print(part)
    out = console.file.getvalue()
    assert "\x1b[1;35m══════CITY\x1b[0m" in out
    assert [item.error for _, item in selected(run.documents[0], Choice(errors=("type",)))] == ["type"]


# forms and pages of bench and score


@pytest.mark.parametrize("form", ["csv", "markdown", "latex"])
@pytest.mark.parametrize("command", ["bench", "score", "combine"])
def test_forms_carry_signature_and_caveat(goldwire, here, command, form):
    what = ("runs/guess/rows.parquet",) if command == "combine" else ("guess.jsonl", "--gold", "gold.jsonl")
    done = goldwire(command, *what, "--draws", 0, "--format", form)
    assert done.code == 0
    flat = done.out.replace("\\textbar{}\\allowbreak{}", "|").replace("\\|", "|").replace("\\", "")
    assert "|score:*|view:all|mode:goldwire|unit:block|draws:0|seed:0" in flat
    assert "2 articles: the intervals are over the blocks of these articles" in flat
    assert "Written" not in done.out
    if form == "csv":
        table = list(csv.DictReader(io.StringIO(done.out, newline="")))
        if command == "bench":
            # 1 hit; 4 predictions, 4 gold
            assert [(row["extractor"], row["entities.strict"]) for row in table] == [("guess", "0.25")]
        else:
            assert {row["score"]: row["value"] for row in table}["entities.strict"] == "0.25"
            assert "documents: 2 scored, 1 missing" in done.err


def test_forms_and_json_on_one_stream_are_refused(goldwire, here):
    command = ("score", "guess.jsonl", "--gold", "gold.jsonl", "--draws", 0, "--json", "-", "--format", "csv")
    done = goldwire(*command)
    assert (done.code, done.out) == (2, "")
    assert done.err == "goldwire: found --json - and --format csv, expected one of them: give --json a file\n"
    assert "'tex' is not one of" in goldwire("bench", "--format", "tex").said


def test_bench_and_score_write_pages(goldwire, here):
    done = goldwire("bench", "guess.jsonl", "--gold", "gold.jsonl", "--draws", 0, "--html", "bench.html")
    assert done.out.splitlines()[-1] == "Written: runs/guess, bench.html"
    done = goldwire("score", "guess.jsonl", "--gold", "gold.jsonl", "--draws", 0, "--html", "score.html")
    assert done.err.splitlines()[-1] == "Written: score.html"
    done = goldwire("explain", "runs/guess", "--html", "explain.html")
    assert done.out == "Written: explain.html\n"
    pages = [Path(name).read_text(encoding="utf-8") for name in ("bench.html", "score.html", "explain.html")]
    assert pages[0] == pages[1] == pages[2]


def test_no_colour_where_it_is_not_wanted(goldwire, here, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b" in goldwire("explain", "runs/guess").out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[3" not in goldwire("explain", "runs/guess").out
