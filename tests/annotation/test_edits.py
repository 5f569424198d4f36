"""Edits in the page: gold plus exactly that edit comes out."""

from msgspec.structs import replace

from goldwire.annotation.exports import from_export
from goldwire.annotation.tasks import add_prediction, to_task
from goldwire.corpus.document import UNSET, Block, Dateline, Document, Entity, Mention, Quote, Relation
from goldwire.corpus.layout import sections_of
from tests.annotation.sample import (
    BLOCKS,
    PLACE,
    SAMPLE,
    TEXT,
    arrow,
    delete,
    draw,
    entries,
    exported,
    label,
    mention,
    move,
    only,
    sample_task,
    say,
    span,
    with_result,
)


def mentions(*more: Mention, without: int | None = None) -> tuple[Mention, ...]:
    assert SAMPLE.mentions
    return (*(m for number, m in enumerate(SAMPLE.mentions) if number != without), *more)


def test_a_mention_is_moved() -> None:
    task = sample_task()
    move(task, "0__mention__m_231", span("Путин и Эрдоган"))
    start, end = span("Путин и Эрдоган")
    assert SAMPLE.mentions
    moved = replace(SAMPLE.mentions[0], start=start, end=end, text="Путин и Эрдоган")
    assert only(from_export(task)) == replace(SAMPLE, mentions=(moved, *SAMPLE.mentions[1:]))


def test_a_mention_is_deleted_with_its_relation() -> None:
    task = sample_task()
    delete(task, "0__mention__m_231")
    found = from_export(task)
    assert found.documents == (replace(SAMPLE, mentions=mentions(without=0), relations=()),)
    assert [str(problem) for problem in found.problems] == [
        f"{PLACE}: found WORKS_AS from 'm#1' to 'president-ru', expected 'm#1' among the mentions, quotes and "
        "entities; the relation was left out: its end was deleted, or is in another project [relation-left-out]"
    ]
    assert found.errors == ()


def test_a_mention_is_drawn() -> None:
    task = sample_task()
    place = span("16 декабря")
    draw(
        task,
        label("zLSY-XLk64", "entity", "DATE", place),
        say("zLSY-XLk64", "form", "choices", ["value"], place),
        say("zLSY-XLk64", "entity_new", "textarea", ["2016-12-16"], place),
    )
    drawn = mention("16 декабря", "DATE", form="value", entity="2016-12-16")
    assert SAMPLE.mentions
    assert SAMPLE.entities
    # the sample's mentions stand in no order of the text, so a new one comes last
    assert only(from_export(task)) == replace(
        SAMPLE,
        mentions=mentions(drawn),
        entities=(*SAMPLE.entities, Entity(id="2016-12-16", type="DATE", name="2016-12-16")),
    )


def test_in_a_document_in_text_order_a_new_mention_takes_its_place() -> None:
    gold = replace(SAMPLE, mentions=(mention("Путин", "PERSON"), mention("РФ", "COUNTRY")), relations=UNSET)
    task = exported(to_task(gold))
    draw(task, label("n", "entity", "CITY", span("ТОКИО")))
    want = (mention("Путин", "PERSON"), mention("ТОКИО", "CITY"), mention("РФ", "COUNTRY"))
    assert only(from_export(task)) == replace(gold, mentions=want)


def test_a_mention_gets_another_type_form_and_entity() -> None:
    task = sample_task()
    first, form, entity = entries(task, "0__mention__m_231")
    first["value"]["labels"] = ["CITY"]
    form["value"]["choices"] = ["adjective"]
    entity["value"]["taxonomy"] = [["CITY", "unused"]]
    assert SAMPLE.mentions
    changed = replace(SAMPLE.mentions[0], type="CITY", form="adjective", entity="unused")
    assert only(from_export(task)) == replace(SAMPLE, mentions=(changed, *SAMPLE.mentions[1:]))


def test_form_and_entity_are_cleared() -> None:
    task = sample_task()
    result = task["annotations"][0]["result"]
    for entry in entries(task, "0__mention__m_231")[1:]:
        result.remove(entry)
    assert SAMPLE.mentions
    changed = replace(SAMPLE.mentions[0], form=UNSET, entity=UNSET)
    assert only(from_export(task)) == replace(SAMPLE, mentions=(changed, *SAMPLE.mentions[1:]))


def test_a_fragment_is_deleted() -> None:
    task = sample_task()
    delete(task, "0__mention___n2__1")
    start, end = span("Путин")
    assert SAMPLE.mentions
    changed = replace(SAMPLE.mentions[2], start=start, end=end, spans=(span("Путин"),))
    assert only(from_export(task)) == replace(SAMPLE, mentions=(*SAMPLE.mentions[:2], changed, *SAMPLE.mentions[3:]))


def test_fragments_are_joined() -> None:
    task = with_result(
        [
            label("a", "entity", "PERSON", span("Путин")),
            label("b", "entity", "PERSON", span("Эрдоган")),
            arrow("b", "a", "continues"),
        ]
    )
    [found] = only(from_export(task)).mentions or ()
    hull = (span("Путин")[0], span("Эрдоган")[1])
    assert (found.start, found.end, found.spans) == (*hull, (span("Путин"), span("Эрдоган")))


def test_a_relation_between_mentions_is_drawn() -> None:
    task = sample_task()
    draw(
        task,
        arrow("0__mention__m2", "0__mention___n3", "LIVES_IN"),
        arrow("0__mention__m2", "0__mention__m_231", "SAME", direction="left"),
    )
    found = only(from_export(task))
    assert SAMPLE.mentions
    assert SAMPLE.relations
    assert found.relations == (
        *SAMPLE.relations,
        Relation(type="LIVES_IN", source="m2", target="0__mention___n3"),
        Relation(type="SAME", source="m#1", target="m2"),
    )
    assert found.mentions
    assert found.mentions[3] == replace(SAMPLE.mentions[3], id="0__mention___n3")
    assert replace(found, mentions=SAMPLE.mentions, relations=SAMPLE.relations) == SAMPLE


def test_a_quote_changes_kind_and_loses_its_cue() -> None:
    task = sample_task()
    entries(task, "0__quote__q4")[1]["value"]["choices"] = ["mixed"]
    delete(task, f"0__cue__{span('сказал')[0]}-{span('сказал')[1]}")
    assert SAMPLE.quotes
    changed = replace(SAMPLE.quotes[1], kind="mixed", cue=None)
    assert only(from_export(task)) == replace(SAMPLE, quotes=(SAMPLE.quotes[0], changed, SAMPLE.quotes[2]))


def test_a_quote_is_drawn_without_labels_on_its_arrows() -> None:
    place = span("Мир")
    task = with_result(
        [
            label("c1", "quote", "content", place),
            say("c1", "kind", "choices", ["direct"], place),
            say("c1", "speaker_entity", "taxonomy", [["PERSON", "putin"]], place),
            label("c2", "quote", "content", span("близок")),
            label("cue", "quote", "cue", span("сказал")),
            label("who", "quote", "speaker", span("Путин", 1)),
            arrow("c1", "c2"),
            arrow("cue", "c1"),
            arrow("c1", "who", direction="bi"),
        ]
    )
    assert only(from_export(task)).quotes == (
        Quote(
            kind="direct",
            content=(span("Мир"), span("близок")),
            cue=span("сказал"),
            speaker=span("Путин", 1),
            speaker_entity="putin",
        ),
    )


def test_a_speaker_is_typed() -> None:
    place = span("Мир")
    base = [label("c", "quote", "content", place), say("c", "kind", "choices", ["direct"], place)]
    for words, entity in (
        ("Владимир Путин", "putin"),
        ("Q7747", "putin"),
        ("PERSON: Синдзо Абэ", "Синдзо Абэ"),
        ("PERSON: Владимир Путин", "putin"),
    ):
        task = with_result([*base, say("c", "speaker_new", "textarea", [words], place)])
        document = only(from_export(task))
        assert document.quotes
        assert document.quotes[0].speaker_entity == entity
        assert document.entities
        assert (document.entities[-1] == Entity(id="Синдзо Абэ", type="PERSON", name="Синдзо Абэ")) is (
            entity != "putin"
        )


def test_a_new_entity_is_shared_by_mentions_and_speaker() -> None:
    task = sample_task()
    content = "0__quote___n2"
    draw(
        task,
        label("n1", "entity", "CITY", span("16")),
        say("n1", "entity_new", "textarea", [" Q90 "], span("16")),
        label("n2", "entity", "CITY", span("декабря")),
        say("n2", "entity_new", "textarea", ["Q90", ""], span("декабря")),
        say(content, "speaker_new", "textarea", ["Q90"], span("«мир»\u00a0будет")),
    )
    document = only(from_export(task))
    assert SAMPLE.entities
    assert document.entities == (*SAMPLE.entities, Entity(id="Q90", type="CITY", wikidata="Q90"))
    assert [m.entity for m in document.mentions or ()][-2:] == ["Q90", "Q90"]
    assert document.quotes
    assert document.quotes[2].speaker_entity == "Q90"


def test_a_new_entity_never_takes_the_id_of_another() -> None:
    gold = replace(SAMPLE, entities=(*(SAMPLE.entities or ()), Entity(id="Токио", type="EVENT", name="x")))
    task = exported(to_task(gold))
    draw(task, say("0__mention___n3", "entity_new", "textarea", ["unused"], span("ТОКИО")))
    document = only(from_export(task))
    assert document.mentions
    assert document.mentions[3].entity == "unused"  # the id of one of the list


def test_blocks_change_and_sections_follow() -> None:
    task = sample_task()
    entries(task, "0__block___n1")[0]["value"]["labels"] = ["subhead"]
    blocks = (BLOCKS[0], replace(BLOCKS[1], kind="subhead"), BLOCKS[2])
    assert only(from_export(task)) == replace(SAMPLE, blocks=blocks, sections=sections_of(blocks))


def test_the_dateline_loses_its_agency_and_itself() -> None:
    task = sample_task()
    delete(task, "0__dateline__agency")
    assert SAMPLE.dateline
    assert only(from_export(task)) == replace(SAMPLE, dateline=replace(SAMPLE.dateline, agency=None))
    delete(task, "0__dateline__dateline", "0__dateline__place", "0__dateline__date")
    assert only(from_export(task)) == replace(SAMPLE, dateline=None)


def test_absent_layers_stay_absent_in_gold_and_are_empty_after_a_person_was_asked() -> None:
    bare = Document(id="a", text="Путин", mentions=(Mention(start=0, end=5, type="PERSON"),))
    assert only(from_export(to_task(bare))) == bare
    task = to_task(bare, as_="prediction", model_version="rules")
    prediction = task["predictions"][0]
    task["annotations"] = [{"result": prediction["result"], "prediction": prediction, "completed_by": 1}]
    full = replace(bare, quotes=(), blocks=(), sections=(), dateline=None)
    found = from_export(task)
    assert only(found) == full
    assert found.annotated[0].origins[0].model_version == "rules"
    blank = to_task(bare, as_=None)
    blank["annotations"] = [{"result": []}]
    assert only(from_export(blank)) == replace(full, mentions=())


def test_a_blank_task_annotated() -> None:
    task = with_result(
        [
            label("h", "section", "headline", (0, span("мир")[1])),
            label("d", "dateline", "dateline", span("ТОКИО, 16 декабря")),
            label("p", "dateline", "place", span("ТОКИО")),
        ],
        replace(SAMPLE, entities=UNSET),
    )
    document = only(from_export(task))
    assert document == Document(
        id=SAMPLE.id,
        text=TEXT,
        sha256=SAMPLE.sha256,
        lang="ru",
        meta=SAMPLE.meta,
        extra=SAMPLE.extra,
        mentions=(),
        quotes=(),
        blocks=(Block(kind="headline", start=0, end=span("мир")[1]),),
        sections=(),
        dateline=Dateline(start=span("ТОКИО")[0], end=span("16 декабря")[1], place=span("ТОКИО")),
    )


def test_a_task_of_another_maker() -> None:
    task = {
        "id": 1,
        "data": {"id": "a", "text": "Путин", "lang": "ru"},
        "annotations": [{"id": 2, "result": [label("x", "entity", "PERSON", (0, 5))]}],
    }
    assert only(from_export(task)) == Document(
        id="a", text="Путин", lang="ru", mentions=(Mention(start=0, end=5, type="PERSON"),),
        quotes=(), blocks=(), sections=(), dateline=None,
    )  # fmt: skip


def test_an_entity_of_another_prediction_is_chosen() -> None:
    other = Document(id=SAMPLE.id, mentions=(mention("Эрдоган", "PERSON"),))
    task = add_prediction(to_task(SAMPLE, as_="prediction", model_version="a"), other, model_version="b")
    task["annotations"] = [{"result": task["predictions"][1]["result"]}]
    task = exported(task)
    draw(task, say("1__mention___n0", "entity_id", "taxonomy", [["PERSON", "putin"]], span("Эрдоган")))
    [document] = from_export(task).documents
    assert document.mentions == (mention("Эрдоган", "PERSON", entity="putin"),)
    assert SAMPLE.entities
    assert document.entities == SAMPLE.entities[:1]


def test_a_page_begun_blank_beside_a_prediction_takes_nothing_from_it() -> None:
    task = to_task(SAMPLE, as_="prediction", model_version="a")
    task["annotations"] = [{"result": [label("n", "entity", "CITY", span("ТОКИО"))]}]
    assert only(from_export(exported(task))) == Document(
        id=SAMPLE.id, text=TEXT, lang="ru", meta=SAMPLE.meta, mentions=(mention("ТОКИО", "CITY"),),
        quotes=(), blocks=(), sections=(), dateline=None,
    )  # fmt: skip
