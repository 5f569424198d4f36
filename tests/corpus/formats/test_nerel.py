"""NEREL: the folder is known by its types, every anomaly that the corpus has is counted, other names are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from goldwire.corpus.document import UNSET, Entity
from goldwire.corpus.errors import UsageError
from goldwire.corpus.formats import Losses, format_named, format_of
from goldwire.corpus.formats.nerel import TYPES
from goldwire.io import write
from tests.corpus.formats.trip import trip

NEREL = format_named("nerel")
TEXT = "мэр города\u00a0Рим в Италии, мэр"
# fmt: off
ANN = (
    "T1\tPROFESSION 0 14\tмэр города\u00a0Рим\n"     # holds T2 and T3
    "T2\tCITY 4 14\tгорода\u00a0Рим\n"               # holds T3
    "T3\tCITY 11 14\tРим\n"
    "T4\tLOCATION 11 23\tРим в Италии\n"             # crosses T1 and T2, holds T3 and T5
    "T5\tCOUNTRY 17 23\tИталии\n"
    "T6\tPROFESSION 25 28;0 3\tмэр мэр\n"            # discontinuous, out of order; its ends hold all but T7
    "T7\tPROFESSION 0 28\tмэр города\u00a0Рим в Италии, мэр\n"  # the ends of T6
    "R1\tWORKPLACE Arg1:T1 Arg2:T3\t\n"
    "N1\tReference T3 Wikidata:Q220\tРим\n"
    "N2\tReference T5 Wikidata:NULL\t\n"
    "N3\tReference T2 Wikidata:Q220\t\n"
)
# fmt: on


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "NEREL"
    (folder / "dev").mkdir(parents=True)
    names = "".join(f"{name}\t<NORM>:Wikidata\n" for name in sorted(TYPES))
    (folder / "annotation.conf").write_text(f"[entities]\n\n{names}\n[relations]\n\nWORKPLACE\tArg1:PERSON\n", "utf-8")
    (folder / "dev" / "1_text.txt").write_text(TEXT, "utf-8")
    (folder / "dev" / "1_text.ann").write_text(ANN, "utf-8")
    return folder


def test_the_corpus_is_known_by_its_types(corpus):
    assert format_of(corpus) is NEREL
    conf = corpus / "annotation.conf"
    conf.write_text(conf.read_text("utf-8").replace("AWARD", "PRIZE"), "utf-8")
    assert format_of(corpus) is format_named("brat")


def test_anomalies_are_counted_and_links_make_entities(corpus):
    losses = Losses()
    [document] = NEREL.read(corpus, losses)
    assert document.id == "dev/1_text"
    assert document.entities == (Entity(id="Q220", type="CITY", name="Рим", wikidata="Q220"),)
    assert [m.entity for m in document.mentions] == [UNSET, "Q220", "Q220", *[UNSET] * 4]
    assert document.mentions[5].spans == ((25, 28), (0, 3))
    assert {what: (number, places) for _, what, number, places in losses} == {
        "R lines with a trailing tab": (1, ["line 8"]),
        "N lines without a name": (2, ["line 10", "line 11"]),
        "NULL links": (1, ["line 10"]),
        "texts with a no-break space": (1, []),
        "discontinuous mentions": (1, ["T6"]),
        "mentions with fragments out of order": (1, ["T6"]),
        "duplicate mentions: type and ends of another": (1, ["T7"]),
        "mentions inside 1 others": (2, ["T1", "T4"]),
        "mentions inside 2 others": (2, ["T2", "T5"]),
        "mentions inside 3 others": (1, ["T3"]),
        "crossing pairs of mentions": (2, ["T1 and T4", "T2 and T4"]),
    }
    assert trip("brat", [document])[0] == [document]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("COUNTRY", "STATE", "mention T5: found 'STATE', expected one of NEREL's 29: AGE, AWARD, CITY …"),
        ("WORKPLACE", "WORKS", "relations[0]: found 'WORKS', expected one of NEREL's 49: ABBREVIATION, AGENT, "),
    ],
)
def test_a_name_that_nerel_has_not_is_told(corpus, goldwire, old, new, message):
    file = corpus / "dev" / "1_text.ann"
    file.write_text(ANN.replace(old, new), "utf-8")
    done = goldwire("convert", corpus, corpus.parent / "out.jsonl")
    assert done.code == 1
    assert done.err.startswith(f"goldwire: {file}: document 'dev/1_text': {message}")
    assert done.err.endswith("; read the folder with --from brat, which allows any name [unknown-type]\n")
    assert not (corpus.parent / "out.jsonl").exists()


def test_it_is_written_as_brat(tmp_path):
    message = r"^format 'nerel' is only read; those that are written are goldwire, .*brat"
    with pytest.raises(UsageError, match=message):
        write(tmp_path / "out", [], "nerel")
