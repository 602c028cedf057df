"""What in a report asks a patient all safety questions anew."""

from datetime import timedelta
from uuid import uuid4

import pytest

from programs.logbook.actions import ResultInput, record_daily_check, record_session
from programs.safety.models import ScreeningRequest
from programs.safety.queries import what_is_due
from tests import makers
from tests.makers import NOON

DAY = timedelta(days=1)


def requested(patient) -> set[str]:
    open_ = ScreeningRequest.objects.open().filter(patient=patient)
    return set(open_.values_list("reason", flat=True))


def check(patient, days_ago: int = 0, **answers) -> None:
    now = NOON - days_ago * DAY
    given = {"worst_leg_pain": 3, "worst_back_pain": 2, "reach_left": None, "reach_right": None} | answers
    record_daily_check(
        clinic=patient.memberships.get().clinic,
        patient=patient,
        check_id=uuid4(),
        recorded_on=now.date(),
        now=now,
        **given,
    )


@pytest.mark.parametrize(("pain", "reasons"), [(7, set()), (8, {"severe_pain"}), (10, {"severe_pain"})])
def test_very_bad_leg_pain(alice, pain, reasons):
    check(alice, worst_leg_pain=pain)
    assert requested(alice) == reasons


def test_very_bad_back_pain_alone_does_not(alice):
    check(alice, worst_back_pain=10)
    assert requested(alice) == set()


@pytest.mark.parametrize(
    ("before", "today", "is_new"),
    [
        ({"reach_right": 3}, {"reach_right": 3}, False),
        ({"reach_right": 3}, {"reach_right": 4}, True),
        ({"reach_right": 4}, {"reach_right": 3}, False),
        ({"reach_right": 4}, {"reach_left": 1}, True),
        ({"reach_right": 4}, {"reach_right": 0}, False),
        ({"reach_right": 4}, {}, False),
        ({}, {"reach_right": 2}, True),
        ({"reach_right": 4}, {"tingling_numbness_right": ["thigh"]}, False),
        ({"reach_right": 4}, {"tingling_numbness_right": ["foot"]}, True),
        ({"tingling_numbness_right": ["foot"]}, {"tingling_numbness_right": ["calf"]}, True),
        ({"tingling_numbness_left": ["foot"]}, {"tingling_numbness_right": ["foot"]}, True),
        ({"tingling_numbness_left": ["foot", "calf"]}, {"tingling_numbness_left": ["calf"]}, False),
    ],
)
def test_a_place_that_no_check_of_two_weeks_names(alice, before, today, is_new):
    check(alice, 1, **before)
    check(alice, **today)
    assert requested(alice) == ({"new_place"} if is_new else set())


@pytest.mark.parametrize(("days_ago", "is_new"), [(14, False), (15, True)])
def test_a_place_named_longer_ago_is_new(alice, days_ago, is_new):
    check(alice, days_ago, reach_right=5)
    check(alice, 2, reach_right=3)
    check(alice, reach_right=5)
    assert requested(alice) == ({"new_place"} if is_new else set())


def test_the_first_check_names_nothing_new(alice):
    check(alice, reach_right=5)
    assert requested(alice) == set()


def test_both_legs_are_news_on_the_first_check_too(alice):
    check(alice, reach_left=3, reach_right=3)
    assert requested(alice) == {"new_place"}


@pytest.mark.parametrize(
    ("pain", "reasons"), [(None, set()), (7, set()), (8, {"severe_pain"}), (10, {"severe_pain"})]
)
def test_very_bad_leg_pain_in_an_intake(alice, pain, reasons):
    makers.intake(alice, leg_pain=pain, back_pain=10)
    assert requested(alice) == reasons


@pytest.mark.parametrize(
    ("before", "said", "is_new"),
    [
        (None, {"reach": 5}, False),
        (None, {"side": "both"}, True),
        (None, {"side": "both", "reach": 0, "places_right": []}, True),
        (None, {"places_left": ["thigh"]}, True),
        (None, {"places_left": ["low_back"]}, False),
        ({"reach_right": 4}, {}, False),
        ({"reach_right": 4}, {"reach": 5}, True),
        ({"reach_right": 4}, {"places_right": ["foot"]}, True),
        ({"reach_right": 4}, {"places_left": ["buttock"]}, True),
        ({"reach_right": 4}, {"side": "left", "places_right": []}, True),
        ({"reach_right": 4}, {"side": "both"}, True),
        ({"reach_right": 4, "reach_left": 4}, {"side": "both"}, False),
    ],
)
def test_a_place_in_an_intake_that_no_check_of_two_weeks_names(alice, before, said, is_new):
    if before is not None:
        check(alice, 1, **before)
        ScreeningRequest.objects.all().delete()
    makers.intake(alice, **said)
    assert requested(alice) == ({"new_place"} if is_new else set())


@pytest.mark.parametrize(("weakness", "is_asked"), [("none", False), ("same", False), ("new_or_worse", True)])
def test_new_weakness(alice, weakness, is_asked):
    makers.weekly_check(alice, weakness=weakness)
    assert ("weakness" in requested(alice)) is is_asked


def test_an_exercise_that_was_stopped_for_pain(alice, plan):
    makers.session(plan)
    assert requested(alice) == set()
    version = makers.version(plan)
    exercise = version.stage(1).exercises[0]
    record_session(
        plan=plan,
        session_id=uuid4(),
        plan_version=version,
        stage_number=1,
        started_at=NOON - timedelta(minutes=5),
        finished_at=NOON,
        pain_before=2,
        pain_peak=7,
        pain_after=5,
        results=[ResultInput(exercise.slug, exercise.sides_for(plan.side)[0], "stopped")],
        note="",
        now=NOON,
    )
    assert requested(alice) == {"stopped"}


def test_a_flag_of_the_worsening_rules(alice, plan):
    makers.daily_checks(alice, makers.RISING)
    assert "flag" in requested(alice)
    assert "severe_pain" not in requested(alice)


def test_a_steady_week_asks_for_nothing(alice, plan):
    makers.daily_checks(alice, makers.STEADY)
    assert requested(alice) == set()


def test_a_gentle_check_in_asks_its_own_question_alone(alice, plan):
    makers.daily_checks(alice, (*[2] * 30, *[4] * 4))
    assert alice.checkins.exists()
    assert requested(alice) == set()


def test_what_is_asked_gates_the_next_session_until_it_is_answered(alice):
    makers.screened(alice, NOON - DAY)
    check(alice, worst_leg_pain=9)
    due = what_is_due(alice, NOON)
    assert (due.kind, "RF22" in due.questions) == ("full", True)
    makers.answered(alice, RF22="no")
    assert requested(alice) == set()
    assert not what_is_due(alice, NOON)
