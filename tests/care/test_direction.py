"""Which way of moving eases a leg: what one try did, and what all tries say."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from programs.care.rules.direction import EFFECTS, DirectionFinding, PastTry, effect_of, find_direction

pytestmark = pytest.mark.pure

TODAY = date(2026, 11, 20)
BACK_FIRST, FORWARD_FIRST = ("extension", "flexion"), ("flexion", "extension")


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def found(*tries: PastTry, order: tuple[str, ...] = BACK_FIRST, on: date = TODAY) -> DirectionFinding:
    return find_direction(order, tries, on, exclude_days=14)


@pytest.mark.parametrize(
    ("before", "after", "effect"),
    [
        ((4, 5), (3, 5), "better"),
        ((4, 5), (4, 4), "better"),
        ((4, 5), (3, 7), "better"),  # drawing back counts, also where it hurts more for a while
        ((4, 5), (4, 5), "no_change"),
        ((4, 5), (4, 8), "no_change"),
        ((4, 5), (5, 5), "worse"),
        ((4, 5), (5, 0), "worse"),  # further down is worse, whatever the score says
        ((0, 0), (1, 0), "worse"),
        ((0, 0), (0, 0), "no_change"),
    ],
)
def test_one_try_is_judged_by_place_before_pain(before, after, effect):
    assert effect_of(*before, *after) == effect


@pytest.mark.parametrize("order", [BACK_FIRST, FORWARD_FIRST])
def test_at_first_the_first_move_of_the_program_is_to_be_tried(order):
    finding = found(order=order)
    assert (finding.outcome, finding.to_try, finding.to_try_from) == ("", order[0], TODAY)


@pytest.mark.parametrize("order", [BACK_FIRST, FORWARD_FIRST])
def test_a_move_that_eases_ends_the_check(order):
    finding = found(PastTry(order[0], ago(3), "better"), order=order)
    assert (finding.outcome, finding.to_try, finding.to_try_from) == (order[0], "", None)


def test_the_other_move_waits_for_another_day():
    tried_today = found(PastTry("extension", TODAY, "no_change"))
    assert (tried_today.to_try, tried_today.to_try_from) == ("flexion", TODAY + timedelta(days=1))
    tried_before = found(PastTry("extension", ago(3), "no_change"))
    assert (tried_before.to_try, tried_before.to_try_from) == ("flexion", TODAY)


def test_the_second_move_may_be_the_one_that_eases():
    tries = PastTry("extension", ago(3), "no_change"), PastTry("flexion", ago(1), "better")
    assert found(*tries).outcome == "flexion"


def test_without_an_effect_neither_is_preferred():
    tries = PastTry("extension", ago(3), "no_change"), PastTry("flexion", ago(1), "no_change")
    finding = found(*tries)
    assert (finding.outcome, finding.to_try, dict(finding.excluded)) == ("neither", "", {})


def test_a_move_that_spread_symptoms_is_left_out_for_two_weeks():
    tries = (PastTry("extension", ago(13), "worse"), PastTry("flexion", ago(12), "better"))
    finding = found(*tries)
    assert (finding.outcome, finding.excluded) == ("flexion", {"extension": ago(13) + timedelta(days=14)})
    assert found(*tries, on=TODAY + timedelta(days=1)).excluded == {}


def test_where_both_spread_symptoms_both_are_left_out_each_until_its_day():
    tries = PastTry("extension", ago(3), "worse"), PastTry("flexion", ago(1), "worse")
    finding = found(*tries)
    assert finding.outcome == "neither"
    assert finding.excluded == {
        "extension": ago(3) + timedelta(days=14),
        "flexion": ago(1) + timedelta(days=14),
    }


def test_a_program_with_one_move_tries_only_that():
    assert found(order=("flexion",)).to_try == "flexion"
    assert found(PastTry("flexion", ago(1), "no_change"), order=("flexion",)).outcome == "neither"


def test_a_program_without_moves_says_nothing():
    assert found(order=()) == DirectionFinding("", "", None, {})


def test_after_four_weeks_the_check_begins_anew():
    assert found(PastTry("extension", ago(27), "better")).outcome == "extension"
    assert found(PastTry("extension", ago(28), "better")).to_try == "extension"


def test_the_newest_try_of_a_direction_counts():
    tries = PastTry("extension", ago(5), "worse"), PastTry("extension", ago(1), "better")
    finding = found(*tries)
    assert (finding.outcome, finding.excluded) == ("extension", {})


TRIES = some.lists(
    some.builds(
        PastTry,
        some.sampled_from(BACK_FIRST),
        some.integers(0, 40).map(ago),
        some.sampled_from(EFFECTS),
    ),
    max_size=6,
)


@given(TRIES, some.sampled_from([BACK_FIRST, FORWARD_FIRST, ("flexion",)]))
def test_a_direction_left_out_is_never_the_one_to_prefer(tries, order):
    finding = found(*tries, order=order)
    assert finding.outcome not in finding.excluded
    assert finding.outcome in (*order, "neither", "")
    assert bool(finding.outcome) != bool(finding.to_try)
