"""Label maps: conventions, what is proposed from gold, and TOML that is read again."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldwire.corpus.document import Document, Mention
from goldwire.eval.labels import LabelMap, Meaning, conventional, read_label_map, toml_of
from goldwire.eval.mapping import emitted, proposed


def document(*spans: tuple[int | None, int | None, str]) -> Document:
    return Document(id="d", mentions=tuple(Mention(start=s, end=e, type=t, text="?") for s, e, t in spans))


#                       0123456789
GOLD = document((0, 2, "PERSON"), (3, 5, "CITY"), (6, 8, "CITY"), (6, 8, "ORGANIZATION"), (9, 20, "DATE"))


def test_a_label_is_what_most_of_its_spans_are() -> None:
    guess = document((0, 2, "PER"), (3, 5, "LOC"), (6, 8, "LOC"), (4, 7, "LOC"), (9, 12, "WHEN"), (12, 20, "WHEN"))
    seen = emitted([(GOLD, guess)])
    assert list(seen) == ["LOC", "WHEN", "PER"]
    assert (seen["LOC"].count, dict(seen["LOC"].same)) == (3, {"CITY": 2, "ORGANIZATION": 1})
    # [4, 7) overlaps one CITY on each side, and counts once
    assert dict(seen["LOC"].overlapping) == {"CITY": 3, "ORGANIZATION": 2}
    assert dict(proposed(seen, {"PERSON", "CITY"}).meanings) == {
        "LOC": Meaning("CITY", "of 3 mentions, 2 coincide with CITY, 1 coincide with ORGANIZATION"),
        "WHEN": Meaning("DATE", "of 2 mentions, 2 overlap DATE"),
        "PER": Meaning("PERSON", "of 1 mentions, 1 coincide with PERSON"),
    }


def test_where_no_span_touches_gold_the_name_decides_or_nothing_does() -> None:
    guess = document((30, 31, "per"), (30, 31, "ORGANISATION"), (None, None, "Z"), (2, 3, "Q"))
    found = proposed(emitted([(GOLD, guess)]), {"PERSON", "ORGANIZATION", "CITY"}).meanings
    assert found["per"] == Meaning("PERSON", "by its name alone: none of 1 mentions touches gold")
    assert found["ORGANISATION"].ours == "ORGANIZATION"
    assert found["Z"] == Meaning(None, "none of 1 mentions touches gold, and no type has such a name")
    assert found["Q"].ours is None  # [2, 3) only touches


def test_of_equal_counts_the_likest_name_is_taken() -> None:
    guess = document((6, 8, "ORG"))
    assert proposed(emitted([(GOLD, guess)]), set())["ORG"] == "ORGANIZATION"
    assert emitted([]) == {}
    assert dict(proposed({}, set()).meanings) == {}


@pytest.mark.parametrize(
    ("labels", "view"),
    [
        ({"PER", "LOC", "ORG"}, "per-loc-org+names"),
        ({"PER", "LOC", "ORG", "MISC"}, "per-loc-org+names"),
        ({"PER"}, "per-loc-org+names"),
        ({"MISC"}, "all"),
        ({"PERSON", "CITY"}, "all"),
        ({"PER", "DATE"}, "all"),
        (set(), "all"),
    ],
)
def test_per_loc_org_is_a_convention(labels: set[str], view: str) -> None:
    table, found = conventional(labels)
    assert found == view
    assert (table is None) == (view == "all")
    if table is not None:
        assert [table[name] for name in ("PER", "LOC", "ORG", "MISC")] == ["PERSON", "LOCATION", "ORGANIZATION", None]


NAMES = st.text(st.characters(codec="utf-8"), max_size=8)


@given(st.dictionaries(NAMES, st.builds(Meaning, st.none() | NAMES, NAMES), max_size=4))
def test_what_is_written_as_toml_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, table: dict[str, Meaning]
) -> None:
    path = tmp_path_factory.getbasetemp() / "map.toml"
    path.write_bytes(toml_of(LabelMap(table)).encode("utf-8"))
    assert dict(read_label_map(path).meanings) == table


def test_a_map_in_toml_is_easy_to_read(tmp_path: Path) -> None:
    table = {"PER": Meaning("PERSON", 'a "person\'s" name'), "X": Meaning(None, "junk"), "Y": Meaning("Z")}
    assert toml_of(LabelMap(table)).splitlines() == [
        "[labels]",
        '"PER" = { to = "PERSON", why = "a \\"person\'s\\" name" }',
        '"X" = { why = "junk" }',
        '"Y" = { to = "Z" }',
    ]
