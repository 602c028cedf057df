"""What the answers of the Weekly check add up to, and when it is due: no database."""

from datetime import date, timedelta
from itertools import product

import pytest

from programs.logbook.models import Change, SettlesWithin, SittingBeforePain, Weakness
from programs.logbook.rules import (
    IRRITABILITY,
    SETTLES_WITHIN,
    SITTING_BEFORE_PAIN,
    bothersomeness,
    irritability,
    weekly_check_due_on,
)
from programs.monitoring.rules import GROC_PHRASES, WEAKNESS

pytestmark = pytest.mark.pure

NIGHTS = (None, *range(8))
SETTLES = (None, *SETTLES_WITHIN)
SITTING = (None, *SITTING_BEFORE_PAIN)


def test_the_answers_are_those_that_the_rules_judge():
    assert tuple(Change.values) == GROC_PHRASES
    assert tuple(Weakness.values) == WEAKNESS


def test_the_answers_are_those_of_the_pure_rule():
    assert tuple(SettlesWithin.values) == SETTLES_WITHIN
    assert tuple(SittingBeforePain.values) == SITTING_BEFORE_PAIN


@pytest.mark.parametrize(
    ("settles_within", "nights_broken", "sitting_before_pain", "level"),
    [
        ("under_10", 0, "over_30", "low"),
        ("under_10", 2, "over_30", "low"),
        ("under_10", 2, "10_to_30", "medium"),
        ("10_to_60", 0, "over_30", "medium"),
        ("10_to_60", 2, "10_to_30", "medium"),
        # any one is enough
        ("over_60", 0, "over_30", "high"),
        ("under_10", 3, "over_30", "high"),
        ("under_10", 7, "over_30", "high"),
        ("under_10", 0, "under_10", "high"),
        ("over_60", 7, "under_10", "high"),
        # with an answer missing, the others can still show that it is high, and nothing else
        ("over_60", None, None, "high"),
        (None, 3, None, "high"),
        (None, None, "under_10", "high"),
        ("under_10", None, "over_30", None),
        ("10_to_60", 0, None, None),
        (None, 2, "10_to_30", None),
        (None, None, None, None),
    ],
)
def test_irritability_by_the_table(settles_within, nights_broken, sitting_before_pain, level):
    assert irritability(settles_within, nights_broken, sitting_before_pain) == level


def test_a_worse_answer_never_makes_the_leg_less_irritable():
    def rank(*answers):
        return IRRITABILITY.index(irritability(*answers))

    for settles, nights, sitting in product(SETTLES_WITHIN, range(8), SITTING_BEFORE_PAIN):
        here = rank(settles, nights, sitting)
        for worse in SETTLES_WITHIN[SETTLES_WITHIN.index(settles) :]:
            assert rank(worse, nights, sitting) >= here
        for worse in range(nights, 8):
            assert rank(settles, worse, sitting) >= here
        for worse in SITTING_BEFORE_PAIN[: SITTING_BEFORE_PAIN.index(sitting)]:
            assert rank(settles, nights, worse) >= here


def test_an_answer_that_is_missing_never_says_more_than_any_answer_would():
    """With an answer missing, what is said holds whatever the answer would have been."""
    for settles, nights, sitting in product(SETTLES, NIGHTS, SITTING):
        said = irritability(settles, nights, sitting)
        if said is not None:
            assert {
                irritability(*answers)
                for answers in product(
                    SETTLES_WITHIN if settles is None else (settles,),
                    range(8) if nights is None else (nights,),
                    SITTING_BEFORE_PAIN if sitting is None else (sitting,),
                )
            } == {said}


@pytest.mark.parametrize(
    ("items", "total"),
    [
        ((0, 0, 0, 0), 0),
        ((6, 6, 6, 6), 24),
        ((4, 3, 0, 2), 9),
        ((None, 3, 0, 2), None),
        ((0, 0, 0, None), None),
    ],
)
def test_bothersomeness_is_the_sum_of_all_four_or_nothing(items, total):
    assert bothersomeness(*items) == total


STARTED = date(2026, 11, 1)


@pytest.mark.parametrize(
    ("last_after", "due_after"),
    [(None, 7), (9, 16), (3, 10), (-2, 5)],
    ids=["first", "next", "answered early", "under an earlier plan"],
)
def test_it_is_due_a_week_into_the_plan_and_then_a_week_after_the_last_one(last_after, due_after):
    last = None if last_after is None else STARTED + timedelta(days=last_after)

    assert weekly_check_due_on(STARTED, last) == STARTED + timedelta(days=due_after)
