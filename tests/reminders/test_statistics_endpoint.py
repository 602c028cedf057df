"""What breaks came to, over REST."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from programs.accounts.models import CareTeam
from programs.reminders.actions import pause_breaks
from programs.reminders.models import BreakRule, MovementBreak
from tests import makers
from tests.reminders.breaks import moved, prompted

NOON = makers.NOON
OWN = "/api/v1/break-statistics/"

pytestmark = [pytest.mark.once, pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]


def of_plan(plan) -> str:
    return f"/api/v1/plans/{plan.pk}/breaks/"


def test_each_day_has_its_breaks_its_longest_time_without_and_its_prompts(api, alice):
    rule = makers.break_rule(alice)
    for hours, outcome in ((2.5, "done"), (2, "dismissed"), (1, "expired"), (0.2, None)):
        prompted(rule, NOON - timedelta(hours=hours), outcome)
    moved(alice, NOON - timedelta(hours=2.5), NOON - timedelta(hours=1.5))
    days = api(alice).get(OWN).json()["days"]
    assert (len(days), days[0]["day"]) == (14, "2026-11-07")
    assert days[-1] == {
        "day": "2026-11-20",
        "breaks": 2,
        "longest_minutes": 90,
        "prompts": {"done": 1, "dismissed": 1, "expired": 1, "unanswered": 1},
    }


def test_a_day_of_which_nothing_is_known_is_null_and_not_0(api, alice):
    answer = api(alice).get(OWN, {"days": 1}).json()
    assert [(day["breaks"], day["longest_minutes"]) for day in answer["days"]] == [(None, None)]
    assert answer["week"] == {
        "days_known": 0,
        "days_with_breaks": 0,
        "breaks": 0,
        "breaks_a_day": 0,
        "longest_minutes": None,
        "longest_on": None,
    }


def test_what_is_to_come_or_was_before_the_days_is_left_out(api, alice):
    makers.break_rule(alice)
    moved(alice, NOON + timedelta(hours=1), NOON - timedelta(days=3))
    answer = api(alice).get(OWN, {"days": 3}).json()
    assert [day["breaks"] for day in answer["days"]] == [None, None, None]


@pytest.mark.parametrize(
    "days",
    ["0", "91", "-1", "many", "1.5", pytest.param("9" * 2000, id="huge"), "\x00", "1e3", "[]"],
)
def test_days_that_cannot_be_are_refused_with_a_sentence(api, alice, days):
    answer = api(alice).get(OWN, {"days": days})
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    (error,) = answer.json()["errors"]
    assert error == {"field": "days", "message": "Choose a whole number of days from 1 to 90."}


def test_it_is_for_patients_who_are_signed_in(api, bob, client):
    assert api(bob).get(OWN).status_code == 403
    assert client.get(OWN).status_code == 401


def test_others_breaks_are_not_among_ones_own(api, alice, dora):
    makers.break_rule(alice)
    moved(alice, NOON - timedelta(hours=1))
    assert api(dora).get(OWN, {"days": 1}).json()["days"][0]["breaks"] is None


def test_ninety_days_cost_as_many_queries_as_one(api, alice, django_assert_max_num_queries):
    rule = makers.break_rule(alice)
    for back in range(90):
        prompted(rule, NOON - timedelta(days=back, hours=1), "done")
        moved(alice, NOON - timedelta(days=back, hours=1))
    browser = api(alice)
    for days in (1, 90):
        with django_assert_max_num_queries(10) as found:
            assert browser.get(OWN, {"days": days}).status_code == 200
        assert sum("movementbreak" in each["sql"] for each in found.captured_queries) == 1
        assert sum('FROM "reminders_prompt"' in each["sql"] for each in found.captured_queries) == 1


# For those who care for them ------------------------------------------------------------------------


def test_a_therapist_reads_it_in_a_line(api, bob, alice, plan):
    rule = makers.break_rule(alice, interval_minutes=30)
    for back in range(3):
        prompted(rule, NOON - timedelta(days=back, hours=2), "done")
        moved(alice, *(NOON - timedelta(days=back, hours=hours) for hours in (1, 2)))
    answer = api(bob).get(of_plan(plan)).json()
    assert answer["sentence"] == (
        "Breaks: about 2 a day on 3 of the last 7 days, 4 not known; longest without one 1 h; "
        "prompts every 30 minutes."
    )
    assert (answer["enabled"], answer["interval_minutes"], answer["wished_minutes"]) == (True, 30, 30)
    assert answer["week"]["breaks"] == 6


def test_a_longer_interval_than_wished_for_and_a_pause_are_said(api, bob, alice, plan):
    makers.break_rule(alice, interval_minutes=30)
    BreakRule.objects.update(interval_minutes=40)
    sentence = (
        "Breaks: none told in the last 7 days, 7 not known; prompts every 40 minutes for now, 30 wished for."
    )
    assert api(bob).get(of_plan(plan)).json()["sentence"] == sentence
    pause_breaks(patient=alice, until=NOON + timedelta(days=4), now=NOON)
    assert api(bob).get(of_plan(plan)).json()["sentence"] == (
        "Breaks: none told in the last 7 days, 7 not known; prompts paused until 24 November."
    )


def test_breaks_that_are_off_are_off(api, bob, alice, plan):
    off = {"enabled": False, "interval_minutes": None, "sentence": "Movement breaks are off."}
    answer = api(bob).get(of_plan(plan)).json()
    assert {key: answer[key] for key in off} == off
    makers.break_rule(alice, enabled=False)
    assert api(bob).get(of_plan(plan)).json()["sentence"] == off["sentence"]


def test_the_patient_may_read_the_line_too(api, alice, plan):
    assert api(alice).get(of_plan(plan)).status_code == 200


def test_a_plan_of_somebody_else_does_not_exist(api, charlie, dora, plan, client):
    for other in (charlie, dora):
        assert api(other).get(of_plan(plan)).status_code == 404
    assert client.get(of_plan(plan)).status_code == 401


def test_an_unknown_plan_does_not_exist(api, bob):
    assert api(bob).get(f"/api/v1/plans/{uuid4()}/breaks/").status_code == 404


def test_once_care_has_ended_nothing_is_shown(api, bob, plan):
    CareTeam.objects.update(ended_at=NOON)
    assert api(bob).get(of_plan(plan)).status_code == 404


def test_breaks_that_another_clinic_keeps_are_not_shown(api, bob, alice, plan, other_clinic):
    makers.break_rule(alice)
    moved(alice, NOON - timedelta(hours=1))
    MovementBreak.objects.update(clinic=other_clinic)
    assert api(bob).get(of_plan(plan)).json()["week"]["breaks"] == 0
