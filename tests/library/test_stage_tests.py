"""The test of a stage, item by item: what it asks, what is no answer, and what the answers say."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as some

from programs.library.rules import (
    StageTestItem,
    StageTestQuestion,
    answer_errors,
    is_passed,
    judge_items,
    questions_of,
)
from tests.library.shipped import shipped

pytestmark = pytest.mark.pure

SIT = StageTestItem(
    key="sit",
    kind="can",
    aim="Sit for 20 minutes",
    question="Did you sit for 20 minutes?",
    exercise="",
    unit="minutes",
    each_side=False,
    at_least=None,
    share_of_other=None,
    most_apart=None,
    rise_over_first=None,
    pain_at_most=5,
)
COUNT = replace(SIT, key="walk", kind="count", pain_at_most=None, at_least=15)
RISE = replace(COUNT, at_least=None, rise_over_first=20)
RAISES = replace(
    COUNT, key="raises", unit="times", each_side=True, at_least=None, share_of_other=80, most_apart=6
)
EITHER = replace(RAISES, at_least=15, most_apart=None)
HOLDS = replace(RAISES, key="holds", at_least=6, share_of_other=None, most_apart=None)


def state(item: StageTestItem, side: str = "right", **values: object) -> str:
    (result,) = judge_items([item], side, {name.replace("_", "."): each for name, each in values.items()})
    return result.state


def names(items: list[StageTestItem], side: str) -> list[str]:
    return [question.name for question in questions_of(items, side)]


def test_each_item_is_asked_with_the_start_and_the_pain_that_count():
    assert questions_of([SIT, COUNT, RISE, RAISES], "right") == [
        StageTestQuestion("sit", SIT, "can", side="", is_about_first=False),
        StageTestQuestion("sit.pain", SIT, "pain", side="", is_about_first=False),
        StageTestQuestion("walk", COUNT, "count", side="", is_about_first=False),
        StageTestQuestion("walk.first", RISE, "count", side="", is_about_first=True),
        StageTestQuestion("walk", RISE, "count", side="", is_about_first=False),
        StageTestQuestion("raises.left", RAISES, "count", side="left", is_about_first=False),
        StageTestQuestion("raises.right", RAISES, "count", side="right", is_about_first=False),
    ]


@pytest.mark.parametrize(
    ("side", "order"),
    [
        ("right", ["raises.left", "raises.right"]),
        ("left", ["raises.right", "raises.left"]),
        ("both", ["raises.left", "raises.right"]),
    ],
)
def test_the_good_leg_shows_first_what_the_sore_one_is_to_reach(side, order):
    assert names([RAISES], side) == order


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"sit": True, "sit_pain": 5}, "met"),
        ({"sit": True, "sit_pain": 6}, "not_met"),
        ({"sit": False, "sit_pain": 0}, "not_met"),
        ({"sit": True}, "unknown"),
        ({"sit_pain": 3}, "unknown"),
        ({"sit": False}, "not_met"),
        ({}, "unknown"),
    ],
)
def test_what_can_be_done_counts_only_with_little_pain(values, expected):
    assert state(SIT, **values) == expected


@pytest.mark.parametrize(("count", "expected"), [(14, "not_met"), (15, "met"), (None, "unknown")])
def test_a_count_has_a_floor(count, expected):
    assert state(COUNT, walk=count) == expected


@pytest.mark.parametrize(
    ("first", "now", "expected"),
    [
        (10, 12, "met"),
        (10, 11, "not_met"),
        (5, 6, "met"),
        (21, 25, "not_met"),  # 19 % more
        (0, 30, "unknown"),
        (None, 12, "unknown"),
        (10, None, "unknown"),
    ],
)
def test_a_rise_is_held_against_the_start(first, now, expected):
    assert state(RISE, walk_first=first, walk=now) == expected


@pytest.mark.parametrize(
    ("side", "left", "right", "expected"),
    [
        ("right", 10, 8, "met"),
        ("right", 10, 7, "not_met"),
        ("left", 8, 10, "met"),
        ("left", 7, 10, "not_met"),
        ("both", 8, 10, "met"),
        ("both", 7, 10, "not_met"),
        ("both", 10, 7, "not_met"),
        ("right", 1, 1, "met"),
        ("right", 29, 23, "not_met"),  # 79 %
        ("right", 30, 24, "met"),
        ("right", 35, 28, "not_met"),  # 80 %, but 7 apart
        ("right", 10, 16, "met"),
        ("right", 10, 17, "not_met"),
        ("right", 0, 0, "not_met"),
        ("right", None, 8, "unknown"),
        ("right", 8, None, "unknown"),
    ],
)
def test_the_sore_side_is_held_against_the_other(side, left, right, expected):
    assert state(RAISES, side, raises_left=left, raises_right=right) == expected


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [(30, 15, "met"), (30, 14, "not_met"), (10, 8, "met"), (10, 7, "not_met")],
)
def test_a_floor_beside_a_share_is_another_way_to_pass(left, right, expected):
    assert state(EITHER, raises_left=left, raises_right=right) == expected


@pytest.mark.parametrize(("left", "right", "expected"), [(6, 6, "met"), (6, 5, "not_met"), (5, 6, "not_met")])
def test_a_floor_alone_holds_for_both_sides(left, right, expected):
    assert state(HOLDS, holds_left=left, holds_right=right) == expected


@pytest.mark.parametrize(
    ("item", "values", "said"),
    [
        (SIT, {}, "not said; pain not said, at most 5"),
        (SIT, {"sit": True, "sit.pain": 5}, "yes; pain 5, at most 5"),
        (SIT, {"sit": False, "sit.pain": 0}, "no; pain 0, at most 5"),
        (COUNT, {"walk": 12}, "12 minutes, at least 15"),
        (RISE, {"walk": 12, "walk.first": 10}, "12 minutes, 10 at the start, at least 20 % more"),
        (RISE, {"walk": 12}, "12 minutes, not said at the start, at least 20 % more"),
        (
            RAISES,
            {"raises.left": 10, "raises.right": 8},
            "left 10, right 8, at least 80 % of the other side; 2 apart, at most 6",
        ),
        (
            EITHER,
            {"raises.left": 10, "raises.right": 8},
            "left 10, right 8, at least 15 or at least 80 % of the other side",
        ),
        (HOLDS, {"holds.left": 6, "holds.right": 5}, "left 6, right 5, at least 6"),
        (HOLDS, {"holds.left": 6}, "left 6, right not said"),
        (HOLDS, {}, "left not said, right not said"),
    ],
)
def test_what_was_said_stands_beside_its_limits(item, values, said):
    (result,) = judge_items([item], "right", values)
    assert (result.item, result.said) == (item, said)


def test_a_test_is_passed_only_whole():
    whole = judge_items([SIT, COUNT], "right", {"sit": True, "sit.pain": 2, "walk": 15})
    assert is_passed(whole) is True
    assert is_passed(judge_items([SIT, COUNT], "right", {"sit": True, "sit.pain": 2})) is None
    assert is_passed(judge_items([SIT, COUNT], "right", {"walk": 14})) is False
    assert is_passed([]) is None


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("sit", "yes", "Choose yes or no."),
        ("sit", 1, "Choose yes or no."),
        ("sit.pain", 11, "Choose a whole number from 0 to 10."),
        ("sit.pain", True, "Choose a whole number from 0 to 10."),
        ("sit.pain", -1, "Choose a whole number from 0 to 10."),
        ("walk", 501, "Choose a whole number from 0 to 500."),
        ("walk", 2.5, "Choose a whole number from 0 to 500."),
        ("run", 3, "This test has no such question."),
    ],
)
def test_what_is_no_answer_gets_a_sentence(name, value, sentence):
    assert answer_errors([SIT, COUNT], "right", {name: value}) == {name: sentence}


def test_every_answer_and_none_at_all_are_answers():
    assert not answer_errors([SIT, COUNT], "right", {"sit": False, "sit.pain": 10, "walk": 500})
    assert not answer_errors([SIT, COUNT], "right", {"sit": None, "sit.pain": 0, "walk": None})


COUNTS = some.one_of(some.none(), some.integers(0, 60))


@given(COUNTS, COUNTS, some.sampled_from(["left", "right", "both"]))
def test_more_on_the_sore_side_never_turns_a_pass_of_the_share_into_a_fail(left, right, side):
    item = replace(RAISES, most_apart=None)
    before = judge_items([item], side, {"raises.left": left, "raises.right": right})[0].state
    if before == "met" and left is not None and right is not None and side != "both":
        more = {"left": (left + 1, right), "right": (left, right + 1)}[side]
        after = judge_items([item], side, dict(zip(("raises.left", "raises.right"), more, strict=True)))
        assert after[0].state == "met"


@given(some.dictionaries(some.sampled_from(["sit", "sit.pain", "walk"]), some.none()))
def test_nothing_said_is_never_a_pass(values):
    assert is_passed(judge_items([SIT, COUNT], "right", values)) is None


def test_every_shipped_stage_that_is_to_be_left_can_be_tested():
    for program in shipped().programs:
        for stage in program.stages:
            if program.kind == "staged":
                assert bool(stage.test_items) == bool(stage.test), (program.slug, stage.number)


@pytest.mark.parametrize("side", ["left", "right", "both"])
def test_every_shipped_test_can_be_passed_and_failed(side):
    best = {"can": True, "count": 30, "pain": 0}
    for program in shipped().programs:
        for stage in program.stages:
            questions = questions_of(stage.test_items, side)
            good = {each.name: 10 if each.is_about_first else best[each.kind] for each in questions}
            assert not answer_errors(stage.test_items, side, good)
            if stage.test_items:
                assert is_passed(judge_items(stage.test_items, side, good)) is True
                worst = {"can": False, "count": 0, "pain": 10}
                bad = {each.name: 10 if each.is_about_first else worst[each.kind] for each in questions}
                assert is_passed(judge_items(stage.test_items, side, bad)) is False


def test_an_item_comes_back_from_json_as_it_was():
    assert StageTestItem.from_mapping(RAISES.to_mapping()) == RAISES
