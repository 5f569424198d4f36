"""A project's config beside ours, without a server."""

from __future__ import annotations

import copy

import pytest

from goldwire.annotation.configs import departures, layers_of, same
from goldwire.annotation.labeling import LAYERS, config
from goldwire.annotation.tasks import to_task
from tests.annotation.sample import SAMPLE

OURS = config()
TASKS = [to_task(SAMPLE) | {"id": 7}]


def messages(theirs: str) -> list[str]:
    return [f"{problem.severity}: {problem}" for problem in departures(theirs, LAYERS, TASKS)]


def test_our_own_config_departs_in_nothing() -> None:
    assert messages(OURS) == []
    for layer in LAYERS:
        assert list(departures(config(layers=[layer]), [layer], [to_task(SAMPLE, layers=[layer])])) == []


def test_white_space_and_the_order_of_attributes_do_not_matter() -> None:
    other = OURS.replace("\n", "\n\n").replace('name="entity" toName="text"', 'toName="text"  name="entity"')
    assert other != OURS
    assert same(other, OURS)
    assert not same(OURS.replace("CITY", "TOWN"), OURS)
    assert not same("<View>", OURS)


def test_the_layers_of_a_config() -> None:
    assert layers_of(OURS) == LAYERS
    assert layers_of(config(layers=["quotes"])) == ("quotes",)
    assert layers_of('<View><Text name="text" value="$text"/></View>') == layers_of("<View>") == ()


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        (
            'value="headline"',
            'value="title"',
            "error: config: found no headline in section, which 1 region bears, first task 7, annotation None, region "
            "0__block___n0, expected the label headline of section; a save in the page destroys them: push again to "
            "restore the config before anyone saves [label-orphaned]",
        ),
        (
            'value="caption"',
            'value="picture"',
            "warning: config: found no caption in section, expected the label caption of section; no region needs it; "
            "push again to restore it [config-changed]",
        ),
        ('name="dateline"', 'name="line"', "error: config: found no <Labels name='dateline'>, which 4 regions bear,"),
        ("<Text ", "<HyperText ", 'error: config: found no <Text name="text" value="$text">, which'),
        ("<View>", "<Vew>", "error: config: found a config that is not XML: "),
    ],
)
def test_what_was_taken_away_is_named_with_the_first_region_that_bears_it(
    before: str, after: str, message: str
) -> None:
    theirs = OURS.replace(before, after)
    assert theirs != OURS
    assert messages(theirs)[0].startswith(message)


def test_a_control_of_another_kind() -> None:
    theirs = OURS.replace('<Choices name="form"', '<Rating name="form"')
    theirs = theirs[: theirs.index("<Rating")] + theirs[theirs.index("<Rating") :].replace("</Choices>", "</Rating>", 1)
    assert messages(theirs)[0].startswith(
        "error: config: found <Rating name='form'>, which 3 regions bear, first task 7"
    )


def test_what_is_there_besides_is_a_warning() -> None:
    theirs = OURS.replace("<Relations>", '<Relations><Relation value="MET"/>').replace(
        '<Label value="PERSON"', '<Label value="ANIMAL"/><Label value="PERSON"', 1
    )
    assert messages(theirs) == [
        "warning: config: found 'ANIMAL of entity', 'relation MET', expected the config that push makes; what it marks "
        "may not be understood: push again, or make the config of your own label set [config-extra]"
    ]


def test_tasks_that_are_not_of_our_make_are_passed_over() -> None:
    odd = copy.deepcopy(TASKS)
    odd[0]["annotations"] += [3, {"result": 4}, {"result": [5, {"type": "relation", "labels": [6]}]}]
    assert list(departures(OURS, LAYERS, odd)) == []
