"""The forms of a report: by hand, and read back by other programs' readers: Python's csv, and a parser of Markdown."""

from __future__ import annotations

import csv as csv_module
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from rich.console import Console

from goldwire.corpus.document import Document
from goldwire.eval.measures import MEASURES
from goldwire.eval.report.definitions import legend
from goldwire.eval.report.formats import Drawn, csv, latex, markdown, printed
from goldwire.eval.report.leaderboard import Entry, caveat, leaderboard, scoreboard, task
from goldwire.eval.report.tables import DASH, Column, Figure, Name, Report, Table
from goldwire.eval.result import Result
from tests.eval.cases.records import document, result
from tests.hostile import MARKUP
from tests.strategies import LAW

SMALL = Report(
    (
        Table(
            "task: all",
            (Column("extractor", words=True, marked="ours"), Column("f1", interval=""), Column("speed", ",.0f")),
            ((Name("a_b", True), Figure(0.5, (0.25, 0.75)), 1234.5), ("c|d", DASH, DASH), ("e", Figure(None), DASH)),
            "goldwire:1|score:*",
        ),
    ),
    ("a note",),
    "One article: little & 50 %.",
)


def read(text: str) -> list[dict[str, str]]:
    return list(csv_module.DictReader(io.StringIO(text, newline="")))


def test_csv_by_hand() -> None:
    tail = "goldwire:1|score:*,One article: little & 50 %.\r\n"
    assert csv(SMALL) == (
        "table,extractor,ours,f1,f1.low,f1.high,speed,signature,caveat\r\n"
        f"task: all,a_b,yes,0.5,0.25,0.75,1234.5,{tail}"
        f"task: all,c|d,no,,,,,{tail}"
        f"task: all,e,no,null,,,,{tail}"
    )


def test_csv_of_tables_of_other_columns_has_the_columns_of_all() -> None:
    two = Table("second", (Column("type", words=True), Column("f1")), (("X", 1.0),), "s2")
    rows = read(csv(SMALL._replace(tables=(*SMALL.tables, two))))
    assert [row["table"] for row in rows] == ["task: all"] * 3 + ["second"]
    assert rows[3] | {"caveat": ""} == {
        "table": "second", "extractor": "", "ours": "", "f1": "1.0", "f1.low": "", "f1.high": "", "speed": "",
        "type": "X", "signature": "s2", "caveat": "",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        (" =1", "' =1"),
        ("\r\n", "'\r\n"),
        ("＝1", "'＝1"),
        ("a=1", "a=1"),
        ('say "hi", then', 'say "hi", then'),
        ("two\nlines", "two\nlines"),
        ("nul\0", "nul�"),
        ("", ""),
    ],
)
def test_csv_holds_any_text_and_no_formula(name: str, cell: str) -> None:
    [row] = read(csv(Report((Table("t", (Column("extractor"), Column("n")), ((name, -1),)),))))
    assert (row["extractor"], row["n"]) == (cell, "-1")


def test_markdown_by_hand() -> None:
    assert markdown(SMALL) == (
        "**task: all**\n\n"
        "| extractor | f1 | speed |\n"
        "| --- | ---: | ---: |\n"
        "| a\\_b\\* | 0.500 [0.25–0.75] | 1,234 |\n"
        "| c\\|d | — | — |\n"
        "| e | null | — |\n\n"
        "Signature: goldwire:1\\|score:\\*\n\n"
        "a note\n\n"
        "One article: little &amp; 50 %.\n"
    ).replace("[0.25–0.75]", "\\[0.25–0.75\\]")


def cells(text: str) -> list[list[str]]:
    """The cells of the first table that a parser of Markdown finds, as text."""
    rows: list[list[str]] = []
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)
    for at, token in enumerate(tokens):
        if token.type == "tr_open":
            rows.append([])
        if token.type in ("td_open", "th_open"):
            inline = tokens[at + 1]
            kinds = {child.type for child in inline.children or ()}
            assert kinds <= {"text", "text_special"}, kinds  # no emphasis, code, link, image or markup
            rows[-1].append("".join(child.content for child in inline.children or ()))
    return rows


@LAW
@given(
    st.text(max_size=20)
    | st.sampled_from(["a|b", "*a*", "`a`", "[a](b)", "<b>", "\\|", "a\\", "&amp;", "~~a~~", MARKUP])
)
def test_markdown_reads_as_the_text(name: str) -> None:
    table = Table("t", (Column("x", words=True), Column(f"h {name}"), Column("z")), ((f"a {name}", 0.5, f"{name} b"),))
    parsed = cells(markdown(Report((table,))))
    flat = " ".join(name.split())
    if all(c.isprintable() for c in flat):
        assert parsed == [["x", f"h {flat}".strip(), "z"], [f"a {flat}".strip(), "0.500", f"{flat} b".strip()]]
    assert [len(row) for row in parsed] == [3, 3]


def test_latex_by_hand() -> None:
    assert latex(SMALL) == (
        "% needs \\usepackage{booktabs}, and a font that has the characters of the names\n"
        "\\begin{table}\n\\centering\n\\begin{tabular}{lrr}\n\\toprule\n"
        "extractor & f1 & speed \\\\\n\\midrule\n"
        "{}a\\_b* & 0.500 [0.25–0.75] & 1,234 \\\\\n"
        "{}c\\textbar{}d & — & — \\\\\n"
        "{}e & null & — \\\\\n"
        "\\bottomrule\n\\end{tabular}\n"
        "\\caption{task: all. a note. One article: little \\& 50 \\%. "
        "{\\footnotesize\\texttt{goldwire:1\\textbar{}\\allowbreak{}score:*}}}\n"
        "\\end{table}\n"
    )


@pytest.mark.parametrize(
    ("name", "typeset"),
    [
        ("\\input{x}", "\\textbackslash{}input\\{x\\}"),
        ("$x_1^2$ & #3 100%", "\\$x\\_1\\textasciicircum{}2\\$ \\& \\#3 100\\%"),
        ("<a~b>", "\\textless{}a\\textasciitilde{}b\\textgreater{}"),
        ("--no ''a'' ``b``", "-{}-no '{}'a'{}' `{}`b`{}`"),
        ('"x"', "\\textquotedbl{}x\\textquotedbl{}"),
        ("a\n\nb", "a b"),
        ("\x1b[0m", "␛[0m"),
        ("[2ex]", "[2ex]"),
    ],
)
def test_latex_typesets_any_text(name: str, typeset: str) -> None:
    out = latex(Report((Table("t", (Column("x"),), ((name,),)),)))
    assert f"\n{{}}{typeset} \\\\\n" in out


def test_latex_rules_off_the_groups_but_not_after_the_last() -> None:
    table = Table("t", (Column("x"),), (("a",), ("b",)), ends=frozenset({0, 1}))
    assert "{}a \\\\\n\\midrule\n{}b \\\\\n\\bottomrule" in latex(Report((table,)))


# --- what the reports hold


def drawn(table: Table, width: int = 200) -> str:
    console = Console(file=io.StringIO(), width=width)
    console.print(Drawn(table))
    text: str = console.file.getvalue()  # type: ignore[attr-defined]
    return text


def test_the_leaderboard_has_a_table_for_each_task() -> None:
    one, other = result(document("AA B"), document("AA C")), result(document("AA B"), document("AA"), view="outermost")
    report = leaderboard([Entry("x", one), Entry("y", other, True), Entry("z", one, cold_seconds=1.234)])
    assert [table.title for table in report.tables] == ["task: all", "task: outermost"]
    assert [[row[0] for row in table.rows] for table in report.tables] == [[("x", False), ("z", False)], [("y", True)]]
    assert report.notes == (*legend([m for m in MEASURES.values() if m.headline]), "* by the authors of the gold")
    for table, found in zip(report.tables, (one, other), strict=True):
        signature = found.scores["entities.strict"]["signature"]
        assert table.signature == task(found) == signature.replace("score:entities.strict", "score:*")
    assert report.tables[0].rows[1] == (("z", False), Figure(0.5), *[DASH] * 4, 1.234, DASH)
    assert [row.split()[-2:] for row in drawn(report.tables[0]).splitlines() if row.split()[:1] == ["z"]] == [
        ["1.23", "—"]
    ]
    assert report.caveat.startswith("One article: the intervals are over the blocks of this article")


def test_equal_views_of_other_gold_are_other_tasks() -> None:
    one, other = result(document("AA"), document("AA")), result(document("BB"), document("BB"))
    assert len(leaderboard([Entry("x", one), Entry("y", other)]).tables) == 2


def test_the_scoreboard_holds_every_score_types_and_warnings() -> None:
    found = result(document("AA B"), document("AA AA"))
    report = scoreboard(found)
    scores, types = report.tables
    assert [row[0] for row in scores.rows] == list(found.scores)
    # one of two gold mentions, one of two predictions: [3, 5) A over [3, 4) B
    assert scores.rows[0] == ("entities.strict", Figure(0.5), 0.5, 0.5, 2, 2)
    assert types.rows == (("A", 2 / 3, 0.5, 1.0, 1, 2), ("B", 0.0, None, 0.0, 1, 0))
    assert types.signature == found.scores["entities.strict"]["signature"]
    assert report.notes == ("documents: 1 scored",)
    missing = scoreboard(kit_result_of_nothing())
    assert missing.notes == ("not attempted: mentions", "documents: 1 scored, 1 missing")


def kit_result_of_nothing() -> Result:
    import goldwire

    return goldwire.score([document("AA")], [], draws=0)


def test_a_result_without_scores_has_a_leaderboard() -> None:
    found = kit_result_of_nothing()
    assert found.scores == {}
    report = leaderboard([Entry("x", found)])
    assert [(table.title, table.signature) for table in report.tables] == [("task: all", "view:all")]
    for form in (csv, markdown, latex):
        assert "view:all" in form(report)


def test_a_result_read_back_has_the_same_reports() -> None:
    gold = [document("AA B CC D", name=str(n)) for n in range(12)]
    guess = [document("AA C" if n % 2 else "AA B CC", name=str(n)) for n in range(12)]
    found = result(gold, guess, draws=200)
    again = Result.from_dict(found.to_dict(), found.view)
    assert scoreboard(again) == scoreboard(found)
    assert caveat([again]) == caveat([found])
    assert "12 articles: the intervals are over articles like these; the smallest difference" in caveat([again])


def test_what_is_printed_can_be_copied_and_steers_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    table = Table(
        MARKUP,
        (Column("x", words=True), Column("\x1b[31m")),
        (("\x1b[0m\nb", 1.0), ("[b]no markup[/b]", None)),
        "s" * 300,
    )
    printed(Report((table,), ("\x1b]0;x\x07",), "the caveat"))
    out = capsys.readouterr().out
    assert not set(out) & {"\x1b", "\x07"}
    assert f"signature: {'s' * 300}\n" in out
    assert "[b]no markup[/b]" in out
    assert "null" in out
    assert out.rstrip().endswith("the caveat")


def test_a_document_s_id_is_no_formula_either() -> None:
    gold = Document(id="=cmd", text="ab", mentions=())
    found = result([gold], [Document(id="=cmd", mentions=())])
    assert all(not cell.startswith(("=", "+", "@")) for row in read(csv(scoreboard(found))) for cell in row.values())
