"""Which of a stage's exercises belong to which day."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.care.rules import PlanStage, PrescribedExercise
from programs.library.rules import Dose

pytestmark = pytest.mark.pure

MONDAY = date(2026, 11, 16)
WEEK = [MONDAY + timedelta(days=day) for day in range(7)]
DAILY = Dose(
    sets=2,
    repetitions=10,
    hold_seconds=0,
    duration_seconds=None,
    rest_seconds=30,
    times_a_day=1,
    days_a_week=7,
    tempo="2-0-2",
)


def exercise(slug: str, days_a_week: int) -> PrescribedExercise:
    return PrescribedExercise("id", slug, slug, "together", replace(DAILY, days_a_week=days_a_week))


def stage(*exercises: PrescribedExercise) -> PlanStage:
    return PlanStage(3, "Build strength", "", 21, 3, 35, "", exercises)


@given(st.integers(1, 7))
def test_an_exercise_comes_on_as_many_days_of_each_week_as_its_dose_says(days):
    assert sum(exercise("raise", days).is_planned_on(day) for day in WEEK) == days


@given(st.integers(1, 3))
def test_hard_days_have_a_day_of_rest_between_them_the_weekend_included(days):
    planned = [exercise("raise", days).is_planned_on(day) for day in WEEK]
    assert not any(
        today and tomorrow for today, tomorrow in zip(planned, planned[1:] + planned[:1], strict=True)
    )


def test_a_rest_day_keeps_the_daily_exercises_and_is_shorter():
    both = stage(exercise("slider", 7), exercise("raise", 3))

    monday, tuesday = WEEK[:2]
    assert [each.slug for each in both.planned_on(monday)] == ["slider", "raise"]
    assert [each.slug for each in both.planned_on(tuesday)] == ["slider"]
    assert both.minutes_on(tuesday) < both.minutes_on(monday)
