"""What holds for every valid document, without a server."""

import contextlib
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from goldwire.annotation.exports import from_export
from goldwire.annotation.labeling import LAYERS
from goldwire.annotation.regions import heads
from goldwire.annotation.tasks import Task, add_prediction, check_task, to_task
from goldwire.corpus.document import UNSET, Document, Mention, Relation
from goldwire.corpus.errors import InputError
from goldwire.corpus.offsets import to_utf16
from tests.annotation.sample import SAMPLE, exported
from tests.strategies import LAW, documents, json_values


def through_json(task: Any) -> Any:
    return json.loads(json.dumps(task))


@LAW
@given(documents())
def test_from_export_inverts_to_task(document: Document) -> None:
    found = from_export(through_json(to_task(document)))
    assert found.documents == (document,)
    assert found.problems == ()


@LAW
@given(documents())
def test_from_export_inverts_a_prediction(document: Document) -> None:
    found = from_export(through_json(to_task(document, as_="prediction")), predictions=True)
    assert found.documents == (document,)
    assert found.problems == ()


@LAW
@given(documents(), st.data())
def test_several_predictions_come_back_one_by_one(document: Document, data: st.DataObject) -> None:
    assert document.text is not UNSET
    others = [data.draw(documents(text=st.just(document.text))) for _ in range(2)]
    others = [replace(other, id=document.id, text=data.draw(st.sampled_from((UNSET, other.text)))) for other in others]
    task = to_task(document, as_="prediction", model_version="0")
    for number, other in enumerate(others, 1):
        task = add_prediction(task, other, model_version=str(number))
    found = from_export(through_json(task), predictions=True)
    assert found.documents == (document, *others)
    assert found.problems == ()


@LAW
@given(documents())
def test_projects_per_layer_merge_to_the_document(document: Document) -> None:
    found = from_export(through_json([to_task(document, layers=[layer]) for layer in LAYERS]))
    assert found.documents == (document,)
    assert found.problems == ()


@LAW
@given(documents(), st.randoms(use_true_random=False))
def test_the_order_of_results_does_not_matter(document: Document, random: Any) -> None:
    task = through_json(to_task(document))
    random.shuffle(task["annotations"][0]["result"])
    found = from_export(task)
    assert found.documents == (document,)
    assert found.problems == ()


@LAW
@given(documents())
def test_utf16_is_another_unit_for_the_same(document: Document) -> None:
    assert document.text is not UNSET
    task = through_json(to_task(document))
    for entry in task["annotations"][0]["result"]:
        if "value" in entry:
            entry["value"] |= {end: to_utf16(document.text, entry["value"][end]) for end in ("start", "end")}
    found = from_export(task, offsets="utf16")
    assert found.documents == (document,)
    assert found.problems == ()


def without(task: Task, region: str) -> None:
    """Delete the regions of one item and, as the page does, their arrows."""
    [annotation] = task["annotations"]
    gone = {
        e["id"] for e in annotation["result"] if e.get("id") == region or str(e.get("id")).startswith(f"{region}__")
    }
    annotation["result"] = [
        e for e in annotation["result"] if not {e.get("id"), e.get("from_id"), e.get("to_id")} & gone
    ]


def related(document: Document) -> Document:
    """``document`` without the relations that lost an end."""
    ends = {part.id for layer in (document.mentions, document.quotes, document.entities) for part in layer or ()}

    def sound(relation: Relation) -> bool:
        return relation.source in ends and relation.target in ends

    return replace(document, relations=document.relations and tuple(filter(sound, document.relations)))


def chosen(document: Document, data: st.DataObject) -> int | None:
    """The number of a mention that has a place."""
    placed = [number for number, mention in enumerate(document.mentions or ()) if mention.start is not None]
    return data.draw(st.sampled_from(placed)) if placed else None


@LAW
@given(documents(), st.data())
def test_gold_without_exactly_one_mention(document: Document, data: st.DataObject) -> None:
    number = chosen(document, data)
    if number is None or not document.mentions:
        return
    task = through_json(to_task(document))
    without(task, heads(document.mentions, "mention", 0)[number])
    left = tuple(mention for at, mention in enumerate(document.mentions) if at != number)
    found = from_export(task)
    assert found.documents == (related(replace(document, mentions=left)),)
    assert found.errors == ()


@LAW
@given(documents(), st.data())
def test_gold_with_exactly_one_mention_of_another_type(document: Document, data: st.DataObject) -> None:
    number = chosen(document, data)
    if number is None or not document.mentions:
        return
    task = through_json(to_task(document))
    head = heads(document.mentions, "mention", 0)[number]
    for entry in task["annotations"][0]["result"]:
        if entry.get("from_name") == "entity" and (entry["id"] == head or entry["id"].startswith(f"{head}__")):
            entry["value"]["labels"] = ["another"]
    changed = tuple(replace(m, type="another") if at == number else m for at, m in enumerate(document.mentions))
    found = from_export(task)
    assert found.documents == (replace(document, mentions=changed),)
    assert found.problems == ()


@LAW
@given(documents(), st.data())
def test_gold_with_exactly_one_mention_more(document: Document, data: st.DataObject) -> None:
    ink = [place for place, character in enumerate(document.text or "") if not character.isspace()]
    if not ink:
        return
    start = data.draw(st.sampled_from(ink))
    task = through_json(to_task(document))
    value = {"start": start, "end": start + 1, "text": "", "labels": ["another"]}
    task["annotations"][0]["result"].append(
        {"id": "Yd_BW-pLht", "from_name": "entity", "to_name": "text", "type": "labels", "value": value}
    )
    [found] = from_export(task).documents
    left = list(found.mentions or ())
    left.remove(Mention(start=start, end=start + 1, type="another"))
    assert tuple(left) == (document.mentions or ())
    assert replace(found, mentions=document.mentions) == document


@LAW
@given(documents(), st.data())
def test_gold_without_exactly_one_quote(document: Document, data: st.DataObject) -> None:
    if not document.quotes:
        return
    number = data.draw(st.sampled_from(range(len(document.quotes))))
    task = through_json(to_task(document))
    without(task, heads(document.quotes, "quote", 0)[number])
    result = task["annotations"][0]["result"]
    pointed = {entry.get("to_id") for entry in result}
    parts = ("0__cue__", "0__speaker__", "0__marked__")
    # the person deletes what the quote leaves behind
    task["annotations"][0]["result"] = [
        entry for entry in result if not str(entry.get("id")).startswith(parts) or entry["id"] in pointed
    ]
    left = tuple(quote for at, quote in enumerate(document.quotes) if at != number)
    found = from_export(task)
    assert found.documents == (related(replace(document, quotes=left)),)
    assert found.errors == ()


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every value inside a JSON value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, child in inner for found in places(child, (*path, key)))]


@LAW
@given(st.data())
def test_a_task_that_was_tampered_with_is_reported_and_never_crashes(data: st.DataObject) -> None:
    task = to_task(SAMPLE, as_="prediction", model_version="m")
    task = exported(task | {"annotations": to_task(SAMPLE)["annotations"], "drafts": [{"result": []}]})
    for _ in range(data.draw(st.integers(1, 3))):
        *path, last = data.draw(st.sampled_from([path for path in places(task) if path and path != ("data",)]))
        holder: Any = task
        for key in path:
            holder = holder[key]
        holder[last] = data.draw(
            json_values() | st.sampled_from([[], {}, [[]], [{}], -1, "0__mention___n3", "content"])
        )
    list(check_task(task))
    with contextlib.suppress(InputError):  # where `data` itself is gone
        from_export(task, drafts=True, predictions=True)
