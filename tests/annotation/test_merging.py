"""Projects per layer, merged by document id and text."""

from typing import Any

from msgspec.structs import replace

from goldwire.annotation.exports import from_export
from goldwire.annotation.labeling import LAYERS
from goldwire.annotation.tasks import Task, add_prediction, to_task
from goldwire.corpus.document import UNSET, Document, Entity, Relation
from tests.annotation.sample import SAMPLE, delete, draw, exported, label, say, span


def projects(document: Document = SAMPLE, **annotation: Any) -> list[Task]:
    """The export of each project per layer, one after the other."""
    tasks = [exported(to_task(document, layers=[layer]), **annotation) for layer in LAYERS]
    for number, task in enumerate(tasks, 1):
        task["id"] = number
    return tasks


def test_three_projects_make_one_document() -> None:
    found = from_export(projects())
    assert found.documents == (SAMPLE,)
    assert found.problems == ()
    assert [origin.layers for origin in found.annotated[0].origins] == [("entities",), ("quotes",), ("sections",)]
    assert found.annotated[0].layers == set(LAYERS)


def test_the_order_of_projects_does_not_matter() -> None:
    assert from_export(projects()[::-1]).documents == (SAMPLE,)


def test_one_project_is_a_document_with_one_layer() -> None:
    found = from_export(projects()[1])
    assert [layer for document in found.documents for layer in document.layers()] == ["quotes"]
    assert [problem.code for problem in found.problems] == ["relation-left-out"]  # its mention is in another project


def test_relations_across_projects_survive() -> None:
    across = replace(SAMPLE, relations=(Relation(type="SAID", source="m#1", target="q4"),) * 2)
    found = from_export(projects(across))
    assert found.documents == (across,)
    assert found.problems == ()


def test_an_edit_in_one_project() -> None:
    tasks = projects()
    delete(tasks[0], "0__mention___n3")
    assert SAMPLE.mentions
    want = replace(SAMPLE, mentions=tuple(m for number, m in enumerate(SAMPLE.mentions) if number != 3))
    assert from_export(tasks).documents == (want,)


def test_layers_by_different_people_are_merged_where_each_was_made_once() -> None:
    tasks = projects()
    for number, task in enumerate(tasks):
        task["annotations"][0]["completed_by"] = number
    found = from_export(tasks)
    assert found.documents == (SAMPLE,)
    assert [origin.who for origin in found.annotated[0].origins] == ["0", "1", "2"]


def test_several_annotators_are_merged_person_by_person() -> None:
    tasks = projects()
    for task in tasks:
        task["annotations"].append(task["annotations"][0] | {"id": 99, "completed_by": 4})
    tasks[2]["annotations"].pop()
    found = from_export(tasks)
    assert [item.origins[0].who for item in found.annotated] == ["3", "4"]
    assert found.documents == (SAMPLE, replace(SAMPLE, blocks=UNSET, sections=UNSET, dateline=UNSET))
    assert [str(problem) for problem in found.problems] == [
        "document 'sample#1': task 1, annotation 99: found entities by 4, expected one annotation of each layer, or "
        "the same annotators in each project; it stays apart: adjudicate first [not-merged]"
    ]


def test_texts_that_differ_stay_apart() -> None:
    tasks = projects()[:1] + projects(Document(id=SAMPLE.id, text="x", quotes=()))[1:2]
    found = from_export(tasks)
    assert len(found.documents) == 2
    assert str(found.problems[0]) == (
        "document 'sample#1': task 2, annotation 70: found another text than that of task 1, annotation 70, "
        "expected one text for one id; the two stay apart: rename one [other-text]"
    )


def test_projects_that_disagree() -> None:
    tasks = projects()[:1] + projects(replace(SAMPLE, lang="en"))[1:]
    found = from_export(tasks)
    assert found.documents == (SAMPLE,)
    assert str(found.problems[0]) == (
        "document 'sample#1': task 2, annotation 70: found lang 'en', expected 'ru', as in task 1, annotation 70; "
        "the first stands: push both anew [projects-disagree]"
    )


def test_an_entity_typed_in_two_projects_is_one() -> None:
    tasks = projects()
    draw(
        tasks[0],
        label("n", "entity", "CITY", span("ТОКИО, 16")),
        say("n", "entity_new", "textarea", ["Абэ"], span("ТОКИО, 16")),
    )
    quote = [span("«мир»\u00a0будет")]
    draw(tasks[1], say("0__quote___n2", "speaker_new", "textarea", ["CITY: Абэ"], quote[0]))
    found = from_export(tasks)
    assert found.problems == ()
    assert (found.documents[0].entities or ())[-1] == Entity(id="Абэ", type="CITY", name="Абэ")
    assert len(found.documents[0].entities or ()) == len(SAMPLE.entities or ()) + 1


def test_an_entity_typed_with_another_type_is_reported() -> None:
    tasks = projects()
    draw(tasks[0], label("n", "entity", "CITY", span("16")), say("n", "entity_new", "textarea", ["Абэ"], span("16")))
    draw(tasks[1], say("0__quote___n2", "speaker_new", "textarea", ["PERSON: Абэ"], span("«мир»\u00a0будет")))
    found = from_export(tasks)
    assert [problem.code for problem in found.problems] == ["projects-disagree"]
    assert found.problems[0].remedy == "the first stands: give one of them another id"


def test_the_same_task_twice_is_two_documents() -> None:
    task = exported(to_task(SAMPLE))
    assert from_export([task, task | {"id": 8}]).documents == (SAMPLE, SAMPLE)


def test_predictions_of_several_models_are_merged_model_by_model() -> None:
    tasks = []
    for layer in LAYERS:
        task = to_task(SAMPLE, as_="prediction", layers=[layer], model_version="a")
        tasks.append(add_prediction(task, replace(SAMPLE, lang=UNSET), model_version="b"))
    found = from_export(tasks, predictions=True)
    assert found.problems == ()
    assert found.documents == (SAMPLE, replace(SAMPLE, lang=UNSET))
