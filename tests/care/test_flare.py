"""When the flare plan begins, settles and is over."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.care.rules.flare import (
    GOES_ON,
    NOT_SETTLED,
    SETTLED,
    begins_flare,
    flare_standing,
    is_same_flare,
)
from programs.library.rules import FlareExit

pytestmark = pytest.mark.pure

BEGAN = date(2026, 11, 10)
EXIT = FlareExit(longest_days=7, calm_days=2, calm_margin=1)


def on(days: int) -> date:
    return BEGAN + timedelta(days=days)


def standing(day: int, *scores: int | None, usual: float | None = 3):
    """The flare plan so many days after it began, with the scores of its days from the first on."""
    pain = {on(place): score for place, score in enumerate(scores) if score is not None}
    return flare_standing(
        began_on=BEGAN, today=on(day), least_days=3, flare_exit=EXIT, usual=usual, leg_pain=pain
    )


@pytest.mark.parametrize(
    ("rule", "measure", "begins"),
    [
        ("W2", "worst_leg_pain", True),
        ("W2e", "worst_leg_pain", True),
        ("W3", "distal_rank", True),
        ("W4", "numb_bother", True),
        ("W4", "weakness", False),
        ("W5", "worst_leg_pain", True),
        ("W6", "groc", False),
        ("silent", "silent_days", False),
        ("LOCKED", "answers", False),
    ],
)
def test_what_the_reports_show_begins_it_and_what_needs_a_person_does_not(rule, measure, begins):
    assert begins_flare(rule, measure, BEGAN, BEGAN) is begins


def test_old_news_begins_nothing():
    assert begins_flare("W2", "worst_leg_pain", BEGAN, on(6))
    assert not begins_flare("W2", "worst_leg_pain", BEGAN, on(7))


def test_what_is_found_in_the_two_weeks_after_a_flare_that_did_not_settle_belongs_to_it():
    assert is_same_flare(BEGAN, on(13))
    assert not is_same_flare(BEGAN, on(14))
    assert not is_same_flare(None, BEGAN)


def test_it_settles_after_two_calm_days_in_a_row():
    assert standing(3, 7, 7, 4, 4).state == SETTLED
    assert standing(3, 7, 7, 4, 4).calm_days == 2
    assert standing(3, 7, 7, 5, 4).state == GOES_ON
    assert standing(3, 7, 4, 7, 4).state == GOES_ON


def test_it_lasts_three_days_at_least():
    assert standing(2, 4, 4, 4).state == GOES_ON
    assert standing(3, 4, 4, 4, 4).state == SETTLED


def test_a_day_without_a_check_is_not_calm():
    assert standing(4, 7, 7, 4, None, 4).state == GOES_ON
    assert standing(4, 7, 7, 4, None, None).state == GOES_ON


def test_today_may_still_come():
    assert standing(4, 7, 7, 4, 4, None).state == SETTLED
    assert standing(4, 7, 7, 4, 4, 8).state == GOES_ON


def test_days_before_it_began_do_not_count():
    calm = {on(-1): 1, on(0): 1}
    found = flare_standing(began_on=BEGAN, today=on(0), least_days=0, flare_exit=EXIT, usual=3, leg_pain=calm)
    assert (found.state, found.calm_days) == (GOES_ON, 1)


def test_the_margin_is_one_point_above_usual():
    assert standing(3, 7, 7, 4, 4, usual=2.9).state == GOES_ON
    assert standing(3, 7, 7, 4, 4, usual=3.0).state == SETTLED
    assert standing(3, usual=3.4).calm_at_most == 4
    assert standing(3, usual=None).calm_at_most is None


def test_after_seven_days_it_is_over_in_any_case():
    assert standing(6, 7, 7, 7, 7, 7, 7, 7).state == GOES_ON
    assert standing(7, 7, 7, 7, 7, 7, 7, 7).state == NOT_SETTLED
    assert standing(7).state == NOT_SETTLED
    assert standing(7, 7, 7, 7, 7, 7, 4, 4).state == SETTLED


def test_without_a_usual_level_nothing_is_calm():
    found = standing(5, 0, 0, 0, 0, 0, 0, usual=None)
    assert (found.state, found.calm_days) == (GOES_ON, 0)
    assert standing(7, 0, 0, 0, 0, 0, 0, usual=None).state == NOT_SETTLED


def test_its_days_are_counted_from_one_to_the_last():
    assert [standing(day).day for day in (0, 1, 6)] == [1, 2, 7]
    assert [standing(day).shown_day for day in (0, 6, 7, 9)] == [1, 7, 7, 7]


@given(
    st.integers(0, 10),
    st.lists(st.none() | st.integers(0, 10), max_size=8),
    st.floats(0, 10),
    st.integers(0, 7),
    st.integers(0, 10),
)
def test_a_higher_score_never_settles_it(day, scores, usual, at, score):
    before = standing(day, *scores, usual=usual)
    if at < len(scores) and scores[at] is not None and score >= scores[at]:
        raised = [*scores[:at], score, *scores[at + 1 :]]
        if before.state != SETTLED:
            assert standing(day, *raised, usual=usual).state != SETTLED
