"""Several annotators, a review, and gold: without a server."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from msgspec import UNSET
from msgspec.structs import replace

from goldwire.annotation.adjudicate import Adjudicated, adjudicate, settled
from goldwire.annotation.exports import from_export
from goldwire.annotation.provenance import KEY, bare, rounds, with_round
from goldwire.annotation.taskchecks import check_task
from goldwire.annotation.tasks import Task, add_prediction, to_task
from goldwire.annotation.versions import Version, differences, grouped, of_documents, of_export
from goldwire.corpus.document import Document, Entity, Mention, Quote, Relation
from goldwire.corpus.errors import InputError
from goldwire.corpus.store import read_jsonl, write_jsonl
from tests.annotation.sample import SAMPLE, exported, label, span
from tests.strategies import LAW, OPEN, documents, texts

FEW = settings(LAW, max_examples=15)


def sound() -> st.SearchStrategy[Document]:
    """Documents that annotators can be compared on: every mention has a place, and the text is not blank."""
    return documents(text=texts().filter(str.strip), offsets=True)


def versions(**annotators: Document) -> list[Version]:
    return [version for name, document in annotators.items() for version in of_documents(name, [document])]


def divided(**annotators: Document) -> Adjudicated:
    return adjudicate(versions(**annotators))


def without(document: Document, index: int) -> Document:
    mentions = list(document.mentions or ())
    del mentions[index]
    return replace(document, mentions=tuple(mentions))


def through_json(task: Any) -> Any:
    return json.loads(json.dumps(task))


def taken(task: Task, version: str, **annotation: Any) -> Task:
    """The review as the server gives it back when its reviewer submits a version as it is."""
    task = through_json(task) | {"id": 9}
    for number, prediction in enumerate(task["predictions"]):
        prediction["id"] = number
    [chosen] = [p for p in task["predictions"] if p["model_version"] == version]
    task["annotations"] = [{
        "id": 90, "completed_by": {"email": "carl"}, "updated_at": "2026-01-03T03:04:05Z",
        "parent_prediction": chosen["id"], "result": chosen["result"],
    } | annotation]  # fmt: skip
    return task  # type: ignore[no-any-return]


def plain(document: Document) -> Document:
    """Without provenance; an empty ``extra`` goes with it."""
    return replace(bare(document), extra=bare(document).extra or UNSET)


# laws


@FEW
@given(sound(), st.integers(2, 4))
def test_where_all_agree_there_is_no_review_and_agreed_are_the_documents(document: Document, count: int) -> None:
    found = divided(**{f"annotator {number}": document for number in range(count)})
    assert (found.review, found.single, found.disagreements, found.problems) == ([], [], [], [])
    assert [plain(each) for each in found.agreed] == [replace(document, extra=document.extra or UNSET)]
    [[entry]] = [rounds(each) for each in found.agreed]
    assert entry["outcome"] == "agreed"
    assert [by["who"] for by in entry["versions"][0]["by"]] == [f"annotator {number}" for number in range(count)]


@FEW
@given(sound(), st.data())
def test_a_difference_in_one_mention_is_one_review_whose_predictions_differ_in_it(
    document: Document, data: st.DataObject
) -> None:
    assume(document.mentions)
    document = replace(document, relations=UNSET)
    other = without(document, data.draw(st.integers(0, len(document.mentions or ()) - 1)))
    found = divided(anna=document, boris=other)
    assert (found.agreed, found.single) == ([], [])
    [task] = found.review
    assert list(check_task(task, OPEN)) == []
    assert [prediction["model_version"] for prediction in task["predictions"]] == ["anna", "boris"]
    shown = from_export(through_json(task) | {"id": 9}, predictions=True).documents
    assert shown == (document, other)
    gone = [m for m in document.mentions or () if m not in (other.mentions or ())]
    assert len(gone) == 1
    assert not from_export(through_json(task)).documents  # nobody has reviewed it


@FEW
@given(sound(), st.data())
def test_the_review_that_takes_a_version_gives_its_document(one: Document, data: st.DataObject) -> None:
    other = replace(data.draw(documents(text=st.just(str(one.text)), offsets=True)), id=one.id)
    assume(differences(one, other))
    found = divided(anna=one, boris=other)
    [task] = found.review
    for name, document in (("anna", one), ("boris", other)):
        done = settled([taken(task, name)])
        assert done.problems == []
        [gold] = done.documents
        assert plain(gold) == replace(document, extra=document.extra or UNSET)
        [entry] = rounds(gold)
        assert (entry["outcome"], entry["version"]) == ("chosen", name)


@FEW
@given(sound(), sound())
def test_a_difference_is_one_from_either_side(one: Document, other: Document) -> None:
    other = replace(other, id=one.id, text=one.text, sha256=one.sha256)
    try:
        found, back = differences(one, other), differences(other, one)
    except InputError:  # a span that is not in that text
        return
    assert bool(found) == bool(back)
    assert differences(one, one) == []


@FEW
@given(documents())
def test_provenance_taken_off_leaves_the_record(document: Document) -> None:
    once = with_round(document, {"outcome": "agreed"})
    twice = with_round(once, {"outcome": "chosen"})
    assert [entry["outcome"] for entry in rounds(twice)] == ["agreed", "chosen"]
    assert bare(twice) == replace(document, extra=document.extra or UNSET)
    assert rounds(document) == []


# what is compared


def test_what_disagreements_do_not_see_is_a_difference_too() -> None:
    mentions = list(SAMPLE.mentions or ())
    split = replace(mentions[2], spans=UNSET)
    changed = replace(SAMPLE, mentions=(*mentions[:2], split, *mentions[3:]))
    assert [str(found) for found in differences(SAMPLE, changed)] == [
        "sample#1 [2, 17) «Путин и Эрдоган»: mentions, fragments: — | ORGANIZATION «Путин и Эрдоган» [2, 17)",
        "sample#1 [2, 17) «Путин и Эрдоган»: mentions, fragments: ORGANIZATION «Путин» [2, 7) … «Эрдоган» [10, 17) | —",
    ]
    unrelated = replace(SAMPLE, relations=(Relation(type="IS", source="m2", target="q4"),))
    assert [(found.part, found.first, found.second) for found in differences(SAMPLE, unrelated)] == [
        ("relation", "—", "IS: PERSON «Путин» [68, 73) → quote «Мир» [54, 57) … «близок» [77, 83)"),
        ("relation", "WORKS_AS: PERSON «Путин» [2, 7) → PROFESSION президент России", "—"),
    ]
    assert next(str(found) for found in differences(SAMPLE, replace(SAMPLE, quotes=UNSET, relations=UNSET))) == (
        "sample#1 [0, 0) «»: quotes, layer: annotated | not annotated"
    )


def test_ids_order_and_extras_are_no_difference_and_are_said() -> None:
    mentions = tuple(replace(m, id=UNSET, extra=UNSET) for m in reversed(SAMPLE.mentions or ()))
    other = replace(SAMPLE, mentions=mentions, relations=UNSET, extra={"desk": 2})
    first = replace(SAMPLE, relations=UNSET)
    found = divided(anna=first, boris=other)
    assert [plain(document) for document in found.agreed] == [first]
    assert [str(problem) for problem in found.problems] == [
        "document 'sample#1': found mentions, extra of 'boris' other than of 'anna', expected equal records; "
        "all that is compared agrees (not ids, order, extra): the first stands [records-differ]"
    ]


def test_versions_that_agree_are_one_prediction() -> None:
    other = without(SAMPLE, 3)
    found = divided(anna=SAMPLE, vera=other, boris=SAMPLE)
    [task] = found.review
    assert [prediction["model_version"] for prediction in task["predictions"]] == ["anna + boris", "vera"]
    assert {pair for pair, _ in found.disagreements} == {("anna + boris", "vera")}
    [difference] = [difference for _, difference in found.disagreements]
    assert (difference.part, difference.surface, difference.second) == ("mention", "ТОКИО", "—")
    assert found.agreement.annotators == ("anna", "vera", "boris")
    assert found.agreement.fixed["types of matched mentions"].coefficient == "alpha"
    # six of seven mentions in each of two pairs: F1 = 12/13, and 1 for anna and boris
    figure = found.agreement.rows["mentions", "mention"].exact
    assert figure is not None
    assert figure.mean == pytest.approx((12 / 13 + 12 / 13 + 1) / 3)
    assert figure.lowest == pytest.approx(12 / 13)


def test_each_document_is_counted_once() -> None:
    names = {"anna": "abc", "boris": "abd"}
    made = [
        version
        for name, ids in names.items()
        for version in of_documents(name, [replace(without(SAMPLE, 0) if (name, key) == ("boris", "b") else SAMPLE,
                                                    id=key, relations=UNSET) for key in ids])
    ]  # fmt: skip
    found = adjudicate(made)
    assert [document.id for document in found.agreed] == ["a"]
    assert [task["data"]["id"] for task in found.review] == ["b"]
    assert [document.id for document in found.single] == ["c", "d"]
    assert rounds(found.single[1])[0] == {
        "outcome": "single", "versions": [{"name": "boris", "by": [{"who": "boris"}]}],
    }  # fmt: skip
    # what one alone has is not compared
    assert found.agreement.shared == 2


def test_the_review_shows_the_layers_that_there_are() -> None:
    one = Document(id="a", text="Путин", mentions=(Mention(start=0, end=5, type="PERSON"),))
    found = divided(anna=one, boris=replace(one, mentions=()))
    assert found.review[0]["data"]["goldwire"]["layers"] == ["entities"]


def test_a_second_annotation_of_one_person_counts_as_of_another() -> None:
    found = adjudicate([*of_documents("anna", [SAMPLE]), *of_documents("anna", [SAMPLE])])
    assert [str(problem) for problem in found.problems] == [
        "document 'sample#1': found annotation 2 by 'anna', expected one of each annotator; it counts as that of "
        "another annotator, 'anna (2)' [annotated-twice]"
    ]
    assert rounds(found.agreed[0])[0]["versions"][0]["name"] == "anna + anna (2)"


def test_versions_without_a_text_take_it_from_the_others() -> None:
    found = divided(anna=replace(without(SAMPLE, 0), text=UNSET, relations=UNSET), boris=SAMPLE)
    assert found.review[0]["data"]["text"] == SAMPLE.text


def test_what_cannot_be_compared() -> None:
    with pytest.raises(InputError, match=r"found no document that two have annotated, expected one or more; have a "
                       r"second annotator annotate some, under the same ids \[no-shared-document\]"):  # fmt: skip
        adjudicate([*of_documents("anna", [SAMPLE]), *of_documents("boris", [replace(SAMPLE, id="b")])])
    with pytest.raises(InputError, match="text: found other texts by 'anna' and 'boris', expected one text; "):
        divided(anna=SAMPLE, boris=Document(id=SAMPLE.id, text="x", mentions=()))
    with pytest.raises(InputError, match="text: found no text, expected one text; add it to the record"):
        divided(anna=Document(id="a", mentions=()), boris=Document(id="a", mentions=()))
    with pytest.raises(InputError, match=r"extra\.goldwire-adjudication/1: found 3, expected a list of objects; "):
        divided(anna=replace(SAMPLE, extra={KEY: 3}), boris=SAMPLE)


def test_an_export_of_several_annotators() -> None:
    task = exported(to_task(SAMPLE))
    task["annotations"].append({**through_json(task["annotations"][0]), "id": 71, "completed_by": {"email": "boris"}})
    task["annotations"].append({"id": 72, "result": task["annotations"][0]["result"]})
    made = list(of_export(from_export(task).annotated))
    assert [version.name for version in made] == ["3", "boris", "annotation 72"]
    assert made[0].by == ({"who": "3", "when": "2026-01-02T03:04:05Z", "task": "7", "annotation": "70"},)
    assert grouped(made, [])[0].name == "3 + boris + annotation 72"


def test_annotators_of_a_project_for_each_layer() -> None:
    tasks = [exported(to_task(SAMPLE, layers=[layer]), completed_by=layer) for layer in ("entities", "quotes")]
    [version] = of_export(from_export(tasks).annotated)
    assert version.name == "entities and quotes"
    assert [by["who"] for by in version.by] == ["entities", "quotes"]


def test_an_annotation_begun_from_a_prediction_without_a_text_has_the_text() -> None:
    task = add_prediction(to_task(SAMPLE, as_=None), replace(SAMPLE, text=UNSET), model_version="m")
    task["annotations"] = [{"result": task["predictions"][0]["result"]}]
    annotated, prediction = from_export(through_json(task), predictions=True).documents
    assert (annotated, prediction.text) == (SAMPLE, UNSET)


# the review


def review() -> Task:
    return divided(anna=SAMPLE, boris=without(SAMPLE, 3)).review[0]


def test_provenance_of_a_review() -> None:
    [gold] = settled([taken(review(), "boris")]).documents
    assert rounds(gold) == [{
        "outcome": "chosen",
        "versions": [{"name": "anna", "by": [{"who": "anna"}]}, {"name": "boris", "by": [{"who": "boris"}]}],
        "version": "boris",
        "reviewed": [{"who": "carl", "when": "2026-01-03T03:04:05Z", "task": "9", "annotation": "90",
                      "begun_from": "boris"}],
    }]  # fmt: skip
    assert gold.extra == {"desk": 1, KEY: rounds(gold)}


def test_a_version_that_the_reviewer_changed() -> None:
    task = taken(review(), "boris")
    task["annotations"][0]["result"].append(label("new", "entity", "DATE", span("декабря")))
    done = settled([task])
    [entry] = rounds(done.documents[0])
    assert (entry["outcome"], entry["version"], done.outcomes) == ("edited", "boris", {"edited": 1})
    # changed into the other version, it is the other
    task = taken(review(), "boris")
    task["annotations"][0]["result"].append(label("new", "entity", "CITY", span("ТОКИО")))
    [entry] = rounds(settled([task]).documents[0])
    assert (entry["outcome"], entry["version"]) == ("chosen", "anna")


def test_a_review_on_a_blank_page() -> None:
    task = taken(review(), "anna", parent_prediction=None, result=[label("new", "entity", "CITY", span("ТОКИО"))])
    done = settled([task])
    [gold] = done.documents
    assert [mention.type for mention in gold.mentions or ()] == ["CITY"]
    assert (rounds(gold)[0]["outcome"], "version" in rounds(gold)[0]) == ("made", False)


def test_a_version_in_which_nothing_is_found_can_be_taken() -> None:
    nothing = replace(SAMPLE, mentions=(), relations=UNSET, quotes=UNSET, blocks=UNSET, sections=UNSET, dateline=UNSET)
    [task] = divided(anna=nothing, boris=SAMPLE).review
    done = settled([taken(task, "anna")])
    assert [plain(document) for document in done.documents] == [nothing]


def test_tasks_that_nobody_reviewed_and_that_two_reviewed() -> None:
    task = taken(review(), "anna")
    second = taken(review(), "boris")["annotations"][0] | {"id": 91, "completed_by": {"email": "dora"}}
    same = taken(review(), "anna")
    same["data"]["id"] = "same"
    for source in same["data"]["goldwire"]["sources"]:
        source["record"]["id"] = "same"
    same["annotations"].append(same["annotations"][0] | {"id": 92, "completed_by": {"email": "dora"}})
    untouched = json.loads(json.dumps(same).replace('"same"', '"open"'))
    untouched["annotations"] = []
    task["annotations"].append(second)
    done = settled([task, same, untouched])
    assert [document.id for document in done.documents] == ["same"]
    assert [by["who"] for by in rounds(done.documents[0])[0]["reviewed"]] == ["carl", "dora"]
    assert (done.disputed, done.open) == (["sample#1"], ["open"])
    assert [str(problem) for problem in done.problems] == [
        "document 'open': task 9: found no annotation, expected at least one; annotate the task [not-annotated]",
        "document 'sample#1': task 9, annotation 90: found 1 differences between the reviews by 'carl' and 'dora', "
        "expected one review; it was left out: delete one review, or adjudicate the reviews [reviewed-twice]",
    ]


def test_a_second_round_joins_the_first() -> None:
    [gold] = settled([taken(review(), "boris")]).documents
    [task] = divided(first=gold, second=without(gold, 0)).review
    [again] = settled([taken(task, "first")]).documents
    assert [entry["version"] for entry in rounds(again)] == ["boris", "first"]
    assert bare(again) == without(SAMPLE, 3)


def test_what_is_no_review() -> None:
    want = r"tasks\[0\]: found a task that is no review, expected one that `goldwire label adjudicate --review` made"
    with pytest.raises(InputError, match=want):
        settled([exported(to_task(SAMPLE))])
    with pytest.raises(InputError, match="found a second review task, expected one a document; give one export"):
        settled([taken(review(), "anna")] * 2)


def test_entities_that_are_named_otherwise() -> None:
    """The page lists the first's; taking the second's version brings the second's."""
    named = replace(SAMPLE, entities=tuple(
        replace(e, name="Путин В. В.") if e.id == "putin" else e for e in SAMPLE.entities or ()))  # fmt: skip
    found = divided(anna=SAMPLE, boris=named)
    [difference] = [difference for _, difference in found.disagreements]
    assert (difference.layer, difference.part) == ("entities", "name")
    [gold] = settled([taken(found.review[0], "boris")]).documents
    assert (gold.entities or ())[0] == Entity(id="putin", type="PERSON", name="Путин В. В.", wikidata="Q7747")


# the command


Command = Callable[..., Any]


def written(folder: Path, name: str, *made: Document) -> Path:
    path = folder / name
    write_jsonl(path, made)
    return path


def test_the_command_divides_and_takes_back(goldwire: Command, tmp_path: Path) -> None:
    agreed = replace(SAMPLE, id="agreed")
    once = replace(SAMPLE, id="once")
    anna = written(tmp_path, "anna.jsonl", agreed, SAMPLE, once)
    boris = written(tmp_path, "boris.jsonl", agreed, without(SAMPLE, 3))
    kept, rest, tasks, gold = (
        tmp_path / name for name in ("agreed.jsonl", "single.jsonl", "review.json", "gold.jsonl")
    )
    divide = ("label", "adjudicate", anna, boris)
    done = goldwire(*divide)
    assert done.code == 0
    assert "3 documents: 1 agreed, 1 to review, 1 annotated once\n1 disagreement\n" in done.out
    assert "Next: the same with --agreed agreed.jsonl --review review.json" in done.out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["anna.jsonl", "boris.jsonl"]
    done = goldwire(*divide, "--agreed", kept, "--single", rest, "--review", tasks, "--list")
    assert done.code == 0
    assert f"Written: {kept}, 1 document; {rest}, 1 document; {tasks}, 1 task\n" in done.out
    assert (
        "1 disagreement:\nanna | boris: sample#1 [26, 31) «ТОКИО»: mentions, mention: CITY «ТОКИО» [26, 31) | —\n"
        in done.out
    )
    assert f'label push "Review" {tasks}\n' in done.out
    [task] = json.loads(tasks.read_text(encoding="utf-8"))
    (tmp_path / "export.json").write_text(json.dumps([taken(task, "boris")]), encoding="utf-8")
    back = ("label", "adjudicate", "--reviewed", tmp_path / "export.json", "--agreed", kept, "--single", rest)
    done = goldwire(*back, "--out", gold)
    assert (done.code, done.err) == (0, "")
    assert done.out == f"Written: {gold}, 3 documents: 2 as they were, 1 reviewed (1 chosen)\n"
    found = list(read_jsonl(gold))
    assert [bare(document) for document in found] == [agreed, once, without(SAMPLE, 3)]
    assert [rounds(document)[-1]["outcome"] for document in found] == ["agreed", "single", "chosen"]
    # a review that is not done
    (tmp_path / "export.json").write_text(json.dumps([task | {"id": 9}]), encoding="utf-8")
    done = goldwire(*back, "--out", gold)
    assert done.code == 1
    assert f"goldwire: 1 document not reviewed yet, not in {gold}: sample#1\n" in done.err
    assert len(list(read_jsonl(gold))) == 2


def test_the_command_reads_an_export(goldwire: Command, tmp_path: Path) -> None:
    task = exported(to_task(SAMPLE))
    task["annotations"].append(through_json(task["annotations"][0]) | {"id": 71, "completed_by": 4})
    (tmp_path / "export.json").write_text(json.dumps([task]), encoding="utf-8")
    out = tmp_path / "agreed.jsonl"
    done = goldwire("label", "adjudicate", tmp_path / "export.json", "--agreed", out, "--review", tmp_path / "r.json")
    assert done.code == 0
    assert "agreement of 3, 4" in done.out
    assert "Next: nothing to review; what is agreed is gold" in done.out
    assert [bare(document) for document in read_jsonl(out)] == [SAMPLE]
    assert json.loads((tmp_path / "r.json").read_text(encoding="utf-8")) == []
    # something of an annotation that is not understood
    task["annotations"][1]["result"] = [label("x", "quote", "content", span("мир"))]
    (tmp_path / "export.json").write_text(json.dumps([task]), encoding="utf-8")
    done = goldwire("label", "adjudicate", tmp_path / "export.json", "--json", "-")
    assert done.code == 1
    assert "region x: found a quote without a kind" in done.err
    assert "goldwire: 1 error: see above what of an annotation is missing" in done.err
    found = json.loads(done.out)
    assert found["schema"] == "goldwire-adjudicated/1"
    assert (found["agreed"], found["review"], found["single"]) == ([], ["sample#1"], [])
    assert found["agreement"]["annotators"] == ["3", "4"]
    assert {each["layer"] for each in found["disagreements"]} >= {"mentions", "quotes"}


def test_where_nothing_is_agreed_the_file_is_empty_and_is_read(goldwire: Command, tmp_path: Path) -> None:
    anna, boris = written(tmp_path, "anna.jsonl", SAMPLE), written(tmp_path, "boris.jsonl", without(SAMPLE, 3))
    kept, tasks = tmp_path / "agreed.jsonl", tmp_path / "review.json"
    goldwire("label", "adjudicate", anna, boris, "--agreed", kept, "--review", tasks)
    assert kept.read_bytes() == b""
    [task] = json.loads(tasks.read_text(encoding="utf-8"))
    tasks.write_text(json.dumps([taken(task, "anna")]), encoding="utf-8")
    done = goldwire("label", "adjudicate", "--reviewed", tasks, "--agreed", kept, "--out", tmp_path / "gold.jsonl")
    assert done.out.endswith("1 document: 0 as they were, 1 reviewed (1 chosen)\n")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ([], 2, "goldwire: found nothing to adjudicate: give an export, two or more files of documents, or --project,"),
        (["--out", "gold.jsonl"], 2, "goldwire: found nothing to adjudicate: "),
        (["a.jsonl", "--reviewed", "r.json"], 2, "goldwire: found options of both steps, expected those of one: give"),
        (["a.jsonl", "--out", "g.jsonl"], 2, "goldwire: found options of both steps"),
        (["--reviewed", "r.json", "--out", "g.jsonl", "--list"], 2, "goldwire: found options of both steps"),
        (["a.jsonl", "b.jsonl", "--agreed", "x", "--review", "x"], 2, "goldwire: found x, x, expected a file for each"),
        (["a.jsonl", "b.jsonl", "--agreed", "a.jsonl"], 2, "goldwire: a.jsonl: found it among what is read, expected"),
        (["a.jsonl"], 1, "goldwire: found no document that two have annotated, expected one or more"),
        (["a.jsonl", "gone.jsonl"], 1, "goldwire: gone.jsonl: found No such file or directory"),
        (["--reviewed", "e.json", "--agreed", "a.jsonl", "--out", "a.jsonl"], 2, "goldwire: a.jsonl: found it among"),
        (["--reviewed", "e.json", "--agreed", "a.jsonl", "--out", "g.jsonl"], 1,
         "goldwire: document 'sample#1': found it both here and in the review, expected one of each id; give the"),
        (["--reviewed", "empty.json", "--out", "g.jsonl"], 1, "goldwire: found no task, expected one or more; push"),
        (["--project", "Review", "--out", "g.jsonl"], 2, "goldwire: token: found none, expected an access token"),
    ],
)  # fmt: skip
def test_commands_that_cannot_be(
    goldwire: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], code: int, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LABEL_STUDIO_API_KEY", raising=False)
    written(tmp_path, "a.jsonl", SAMPLE)
    written(tmp_path, "b.jsonl", SAMPLE)
    (tmp_path / "e.json").write_text(json.dumps([taken(review(), "anna")]), encoding="utf-8")
    (tmp_path / "empty.json").write_text("[]", encoding="utf-8")
    done = goldwire("label", "adjudicate", *arguments)
    assert (done.code, done.err[: len(message)]) == (code, message)
    assert not (tmp_path / "g.jsonl").exists()


def test_labels_outside_the_label_set_are_not_sent_to_review(goldwire: Command, tmp_path: Path) -> None:
    one = Document(id="a", text="Путин", mentions=(Mention(start=0, end=5, type="VERB"),), quotes=())
    paths = [written(tmp_path, f"{n}.jsonl", d) for n, d in (("a", one), ("b", replace(one, mentions=())))]
    done = goldwire("label", "adjudicate", *paths, "--agreed", tmp_path / "x", "--review", tmp_path / "r.json")
    assert done.code == 1
    assert "found 'VERB' of entity, expected one of " in done.err
    assert not (tmp_path / "r.json").exists()
    assert not (tmp_path / "x").exists()


def test_quotes_take_part() -> None:
    quote = Quote(kind="direct", content=(span("Мир"),))
    one = Document(id="a", text=SAMPLE.text, quotes=(quote,))
    found = divided(anna=one, boris=replace(one, quotes=(replace(quote, kind="indirect"),)))
    assert [(d.part, d.first, d.second) for _, d in found.disagreements] == [("kind", "direct", "indirect")]
    assert found.agreement.fixed["kinds of matched quotes"].coefficient == "kappa"
