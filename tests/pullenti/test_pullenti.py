"""pullenti behind its adapter, where it is installed: ``make test-pullenti``."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from goldwire.corpus.document import Document
from goldwire.corpus.gold import load
from goldwire.eval.extractors import Extractor, available, find

pytestmark = pytest.mark.pullenti


@pytest.fixture(scope="module")
def made() -> Extractor:
    return find("pullenti")


def mentions(made: Extractor, text: str, **meta: str) -> list[tuple[str, str]]:
    found = made.extract(Document(id="a", text=text, meta=meta))
    return [(text[m.start : m.end], m.type) for m in found.mentions or ()]


def test_the_article_has_74_occurrences_of_known_labels(made):
    # 74 and their kinds are what pullenti 4.1 itself counts as occurrences of its entities
    [gold] = load()
    found = made.extract(Document(id=gold.id, text=gold.text, meta=gold.meta)).mentions or ()
    assert len(found) == 74
    assert {m.type for m in found} <= set(made.labels.meanings)
    assert Counter(m.type.partition(":")[0] for m in found) == {
        "GEO": 31, "PERSON": 14, "PERSONPROPERTY": 12, "DATE": 12, "ORGANIZATION": 5,
    }  # fmt: skip


def test_ends_are_half_open_and_states_are_told_from_towns(made):
    assert mentions(made, "Иран, потом Москва. Тверская область") == [
        ("Иран", "GEO:STATE"),
        ("Москва", "GEO:CITY"),
        ("Тверская область", "GEO"),
    ]


def test_mentions_of_one_entity_share_its_id(made):
    found = made.extract(Document(id="a", text="Владимир Путин приехал. Путин уехал."))
    people = [m.entity for m in found.mentions or () if m.type == "PERSON"]
    assert len(people) == 2
    assert len(set(people)) == 1
    assert [entity.type for entity in found.entities or ()] == ["PERSON"]


@pytest.mark.parametrize("published", [None, "2016-12-16", "2016-12-16T10:00:00+03:00", "?"])
def test_a_relative_date_needs_a_day_and_has_one(made, published):
    meta = {} if published is None else {"published": published}
    assert ("Позавчера", "DATE") in mentions(made, "Позавчера Путин говорил с президентом Турции.", **meta)


@pytest.mark.parametrize("text", ["😀 Владимир Путин", "Владимир Путин 😀😀", "𝐀 Владимир Путин"])
def test_characters_beyond_the_basic_plane_move_nothing(made, text):
    assert mentions(made, text) == [("Владимир Путин", "PERSON")]


@pytest.mark.parametrize("text", ["", " ", "\n", "😀"])
def test_a_text_of_nothing_has_nothing(made, text):
    assert mentions(made, text) == []


def test_it_runs_where_it_is_named_and_its_terms_are_told(goldwire, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert available()["pullenti"]
    assert "pullenti: its licence allows non-commercial use only" in goldwire("bench", "--list").out.splitlines()
    done = goldwire("bench", "pullenti", "--draws", 0, "--json", "-")
    assert done.code == 0
    [result] = json.loads(done.out)["runs"]
    assert round(result["scores"]["entities.strict"]["value"], 3) == 0.626
    terms = "warning: pullenti: licence (1): its licence allows non-commercial use only"
    assert terms in done.err.splitlines()
    assert goldwire("bench", "--draws", 0, "--json", "-").out.count('"extractor": "pullenti"') == 0
