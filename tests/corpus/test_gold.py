"""The embedded gold is what its sources say, and its manifest counts it rightly."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from goldwire.corpus.errors import InputError, UsageError
from goldwire.corpus.gold import build, is_name, load, manifest
from goldwire.corpus.gold.build import annotated

GOLD = Path(build.__file__).parent
SOURCE = GOLD / "source"
SHA256 = "018fb859895e81bd71f104155d9f71a26c63f27bd2b84f8569d2f28438a5f142"
NAME = "tass-2016-12-16-palmyra"


@pytest.fixture(scope="module")
def record() -> dict[str, Any]:
    [line] = (GOLD / "gold.jsonl").read_bytes().splitlines()
    found: dict[str, Any] = json.loads(line)
    return found


@pytest.fixture(scope="module")
def claimed() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((GOLD / "manifest.json").read_bytes())
    return found


def table(name: str) -> dict[str, Any]:
    return tomllib.loads((SOURCE / name).read_text(encoding="utf-8"))


def test_the_files_are_what_the_build_writes(tmp_path):
    build.main(tmp_path)
    written = {str(path.relative_to(tmp_path)): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert {"gold.jsonl", "manifest.json"} <= set(written)
    assert written == {name: (GOLD / name).read_bytes() for name in written}


def test_the_article_is_the_text_of_the_document(record):
    article = (GOLD / "article.txt").read_bytes()
    assert hashlib.sha256(article).hexdigest() == SHA256
    assert record["text"].encode() == article
    assert record["sha256"] == SHA256


def test_the_manifest_names_the_text_and_hashes_the_record(claimed):
    assert claimed["texts"] == {NAME: SHA256}
    line = (GOLD / "gold.jsonl").read_bytes().rstrip(b"\n")
    assert claimed["hash"] == hashlib.sha256(line).hexdigest()  # of one document the sum is its own hash
    assert [claimed[key] for key in ("schema", "name", "version", "scheme")] == [
        "goldwire-manifest/1",
        "palmyra",
        "1.0",
        "2",
    ]


def test_the_counts_of_mentions_are_those_of_the_brackets(claimed):
    labels = re.findall(r"\]\{(\w+) (\w+) ([\w-]+)\}", (SOURCE / "mentions.txt").read_text(encoding="utf-8"))
    assert claimed["counts"]["mentions"] == {"all": len(labels)}
    assert claimed["counts"]["mentions by type"] == Counter(kind for kind, _, _ in labels)
    assert claimed["counts"]["mentions by form"] == Counter(form for _, form, _ in labels)


def test_the_counts_of_the_other_layers_are_those_of_the_tables(claimed):
    counts = claimed["counts"]
    entities, quotes, blocks = table("entities.toml"), table("quotes.toml")["quote"], table("layout.toml")["blocks"]
    linked = sum("wikidata" in entity for entity in entities.values())
    assert counts["entities"] == {"all": len(entities), "with a Wikidata id": linked}
    assert counts["entities by type"] == Counter(entity["type"] for entity in entities.values())
    assert counts["quotes"] == {"all": len(quotes)}
    assert counts["quotes by kind"] == Counter(quote["kind"] for quote in quotes)
    assert counts["blocks"] == {"all": len(blocks)}
    assert counts["blocks by kind"] == Counter(blocks)
    assert counts["sections"] == {"all": 1 + blocks.count("subhead")}
    assert counts["documents"] == counts["datelines"] == {"all": 1}


def test_the_counts_are_those_of_the_record(record, claimed):
    counts = claimed["counts"]
    for layer, label in (("mentions", "type"), ("mentions", "form"), ("entities", "type"), ("quotes", "kind")):
        assert counts[f"{layer} by {label}"] == Counter(item[label] for item in record[layer])
    assert counts["blocks by kind"] == Counter(block["kind"] for block in record["blocks"])
    assert {layer: counts[layer]["all"] for layer in ("mentions", "quotes", "blocks", "sections", "entities")} == {
        layer: len(record[layer]) for layer in ("mentions", "quotes", "blocks", "sections", "entities")
    }


def test_there_are_19_blocks_one_for_each_line_and_3_sections(record):
    text = record["text"]
    lines = [line.strip() for line in re.split(r"[\r\n]+", text) if line.strip()]
    assert [text[block["start"] : block["end"]] for block in record["blocks"]] == lines
    assert len(lines) == 19
    assert [section["heading"] and text[slice(*section["heading"])] for section in record["sections"]] == [
        None,
        "Новый этап переговоров",
        "Следующий шаг - прекращение огня",
    ]
    assert [len(section["paragraphs"]) for section in record["sections"]] == [3, 3, 5]


def test_every_mention_has_a_form_an_entity_and_its_surface(record):
    entities = {entity["id"]: entity["type"] for entity in record["entities"]}
    for mention in record["mentions"]:
        assert mention["form"] in {"name", "adjective", "description", "value"}
        assert entities[mention["entity"]] == mention["type"]
        assert record["text"][mention["start"] : mention["end"]] == mention["text"]


def test_every_entity_is_mentioned_and_named(record):
    assert {entity["id"] for entity in record["entities"]} == {mention["entity"] for mention in record["mentions"]}
    assert all(entity["name"] for entity in record["entities"])


def test_every_wikidata_id_has_its_source_on_file():
    linked = {name: entity for name, entity in table("entities.toml").items() if "wikidata" in entity}
    assert len(linked) == 20
    for entity in linked.values():
        assert re.fullmatch(r"Q[1-9]\d*", entity["wikidata"])
        assert re.fullmatch(r"NEREL v1\.1, (train|dev|test)/\w+\.ann, N\d+", entity["source"])
    assert all("source" not in entity for name, entity in table("entities.toml").items() if name not in linked)


def test_two_entities_never_share_a_wikidata_id(record):
    ids = [entity["wikidata"] for entity in record["entities"] if "wikidata" in entity]
    assert len(set(ids)) == len(ids)


def test_values_and_events_without_a_source_have_no_wikidata_id(record):
    linked = {entity["type"] for entity in record["entities"] if "wikidata" in entity}
    assert not linked & {"DATE", "TIME", "NUMBER"}


def test_the_dateline_is_place_date_and_agency(record):
    text, dateline = record["text"], record["dateline"]
    assert text[dateline["start"] : dateline["end"]] == "ТОКИО, 16 декабря. /ТАСС/."
    assert [text[slice(*dateline[part])] for part in ("place", "date", "agency")] == [
        "ТОКИО",
        "16 декабря",
        "ТАСС",
    ]


def test_every_quote_has_a_speaker_who_is_an_entity(record):
    entities = {entity["id"] for entity in record["entities"]}
    assert all(quote["speaker_entity"] in entities for quote in record["quotes"])
    assert all(quote["marked"] for quote in record["quotes"] if quote["kind"] == "mixed")


@pytest.mark.parametrize("name", [None, "palmyra", "palmyra@1.0"])
def test_the_gold_is_loaded_by_name_and_version(name):
    assert [document.id for document in load(name)] == [NAME]
    assert manifest(name).version == "1.0"


@pytest.mark.parametrize("name", ["palmyra@2.0", "aleppo", ""])
def test_an_unknown_corpus_is_refused(name):
    message = f"gold {name!r}: no such corpus; available: palmyra, palmyra@1.0"
    with pytest.raises(UsageError, match=f"^{re.escape(message)}$"):
        load(name)


@pytest.mark.parametrize(
    ("text", "answer"),
    [("palmyra", True), ("palmyra@9.1", True), ("palmyra.jsonl", False), ("palmyra@", False), ("x/palmyra", False)],
)
def test_a_name_has_a_form_of_its_own(text, answer):
    assert is_name(text) is answer


# the build


@pytest.fixture
def source(tmp_path: Path) -> Path:
    (tmp_path / "mentions.txt").write_text(
        "[Путин]{PERSON name putin} и Путин\n\n[в [Сирии]{COUNTRY name syria}]{EVENT description e}", encoding="utf-8"
    )
    (tmp_path / "layout.toml").write_text(
        'blocks = ["headline", "paragraph"]\n[dateline]\nblock = 1\nspan = "в"\nplace = "в"\n', encoding="utf-8"
    )
    (tmp_path / "entities.toml").write_text(
        '[putin]\ntype = "PERSON"\nwikidata = "Q7747"\nsource = "a book"\n', encoding="utf-8"
    )
    quote(tmp_path, "content = [' и ']")
    return tmp_path


def quote(source: Path, *lines: str, block: int = 0) -> None:
    fields = ["[[quote]]", "id = 'q1'", "kind = 'direct'", "speaker_entity = 'putin'", f"block = {block}", *lines]
    (source / "quotes.toml").write_text("\n".join(fields), encoding="utf-8")


def built(source: Path) -> Any:
    return annotated(source, name="a", meta={})


def test_brackets_become_mentions_and_leave_the_text(source):
    document = built(source)
    assert document.text == "Путин и Путин\n\nв Сирии"
    assert [(m.id, m.start, m.end, m.type, m.form, m.entity, m.text) for m in document.mentions] == [
        ("m1", 0, 5, "PERSON", "name", "putin", "Путин"),
        ("m2", 15, 22, "EVENT", "description", "e", "в Сирии"),
        ("m3", 17, 22, "COUNTRY", "name", "syria", "Сирии"),
    ]
    assert document.entities[0].wikidata == "Q7747"
    assert document.dateline.place == (15, 16)


@pytest.mark.parametrize(
    ("lines", "block", "span"),
    [
        (["content = [{ text = 'Путин', occurrence = 1 }]"], 0, (0, 5)),
        (["content = [{ text = 'Путин', occurrence = 2 }]"], 0, (8, 13)),
        (["content = ['Сирии']"], 1, (17, 22)),
    ],
)
def test_a_surface_is_found_in_its_block(source, lines, block, span):
    quote(source, *lines, block=block)
    assert built(source).quotes[0].content == (span,)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        pytest.param(
            ["content = ['Путин']"],
            "surface: found 'Путин' 2 times in [0, 13), expected it once; correct the annotation's source [bad-source]",
            id="ambiguous",
        ),
        pytest.param(
            ["content = ['Абэ']"],
            "surface: found 'Абэ' 0 times in [0, 13), expected it once; correct the annotation's source [bad-source]",
            id="missing",
        ),
        pytest.param(
            ["content = [' и ']", "cue = 'Сирии'"],
            "surface: found 'Сирии' 0 times in [0, 13), expected it once; correct the annotation's source [bad-source]",
            id="in another block",
        ),
        pytest.param(
            ["content = [{ text = 'Путин', occurrence = 3 }]"],
            "surface: found 'Путин' 2 times in [0, 13), expected it at least 3 times; "
            "correct the annotation's source [bad-source]",
            id="an occurrence too far",
        ),
    ],
)
def test_a_surface_that_is_not_found_once_is_an_error(source, lines, message):
    quote(source, *lines)
    with pytest.raises(InputError) as raised:
        built(source)
    assert str(raised.value) == message


@pytest.mark.parametrize(
    ("marked", "found"),
    [
        pytest.param(
            "Путин]{PERSON name putin}",
            "'Путин]{PERSON name putin}', expected a bracket that was opened",
            id="never opened",
        ),
        pytest.param("[Путин", "brackets without a partner, expected [surface]{TYPE form entity}", id="never closed"),
        pytest.param(
            "[[Путин]{PERSON name putin}",
            "brackets without a partner, expected [surface]{TYPE form entity}",
            id="one of two never closed",
        ),
        pytest.param(
            "[Путин]{PERSON putin}",
            "brackets without a partner, expected [surface]{TYPE form entity}",
            id="a label left out",
        ),
        pytest.param(
            "Путин {", "brackets without a partner, expected [surface]{TYPE form entity}", id="a brace of its own"
        ),
    ],
)
def test_a_bracket_without_a_partner_is_an_error(source, marked, found):
    (source / "mentions.txt").write_text(marked, encoding="utf-8")
    with pytest.raises(InputError) as raised:
        built(source)
    assert str(raised.value) == f"brackets: found {found}; correct the annotation's source [bad-source]"


def test_gold_with_a_problem_is_not_built(tmp_path, monkeypatch):
    home, out = tmp_path / "home", tmp_path / "out"
    shutil.copytree(GOLD, home)
    out.mkdir()
    path = home / "source" / "mentions.txt"
    path.write_text(path.read_text(encoding="utf-8").replace("{ORGANIZATION", "{PARTY", 1), encoding="utf-8")
    monkeypatch.setattr(build, "HERE", home)
    with pytest.raises(InputError, match=r"document 'tass-.*mentions\[\d+\]\.type: found 'PARTY', expected one of"):
        build.main(out)
    assert list(out.iterdir()) == []
