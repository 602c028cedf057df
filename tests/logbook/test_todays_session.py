"""todays_session: what the day's session is made of, from all that is stored about a patient."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from programs.care.actions import assign_program, change_doses, note_irritability
from programs.care.models import Plan
from programs.care.queries import current_plan
from programs.care.rules.session import (
    AFTER_RED_SESSIONS,
    EASIER_AFTER_REDS,
    HALF_AFTER_RED,
    NEW_LATER,
    ONLY_WALK_AND_BREATHE,
    OUT_AFTER_REDS,
    TOO_EASILY_STIRRED,
    WRONG_WAY,
    TodaysSession,
)
from programs.logbook.models import GuidedSession
from programs.logbook.queries import todays_session
from tests import makers
from tests.care.plans import in_stage, of_program
from tests.logbook.test_responses import session

TODAY = makers.NOON.date()
YESTERDAY = makers.NOON - timedelta(days=1)


def todays(patient, now=makers.NOON) -> TodaysSession:
    current = current_plan(patient)
    assert current is not None
    return todays_session(current, now.date(), now)


def slugs(of: TodaysSession) -> list[str]:
    return [each.prescribed.slug for each in of.exercises]


def reasons(of: TodaysSession) -> dict[str, str]:
    return {each.prescribed.slug: each.reason for each in of.left_out}


def test_to_begin_with_it_is_what_the_plan_has_for_the_day(alice, plan):
    stage = makers.version(plan).stage(1)

    assert [each.prescribed for each in todays(alice).exercises] == list(stage.planned_on(TODAY))
    assert not todays(alice).is_adapted


def test_on_a_rest_day_it_is_the_whole_stage(alice, bob):
    plan = in_stage(of_program("calf-strength", alice, bob), 4)
    stage = makers.version(plan).stage(4)
    rest = next(
        makers.NOON + timedelta(days=ahead)
        for ahead in range(7)
        if not stage.planned_on((makers.NOON + timedelta(days=ahead)).date())
    )

    assert len(todays(alice, rest).exercises) == len(stage.exercises)


def test_after_a_red_light_an_exercise_is_halved_and_its_words_say_so(alice, plan):
    session(plan, ankle_pumps={"pain_peak": 6})

    pumps = next(each for each in todays(alice).exercises if each.prescribed.slug == "ankle-pumps")

    assert (pumps.share, pumps.prescribed.dose.repetitions, pumps.reason) == (50, 10, HALF_AFTER_RED)
    assert pumps.prescribed.dose_in_words.startswith("2 sets of 10")


def test_a_new_version_of_the_plan_begins_anew(alice, bob, plan):
    session(plan, pain=(2, 6, 2), ankle_pumps={"pain_peak": 6})
    session(plan, pain=(2, 6, 2), ankle_pumps={"pain_peak": 6})
    assert "ankle-pumps" in reasons(todays(alice))
    assert todays(alice).factor.reason == AFTER_RED_SESSIONS
    pumps = makers.version(plan).stage(1).exercise("ankle-pumps")

    change_doses(
        plan=plan,
        stage_number=1,
        doses={"ankle-pumps": pumps.dose.with_changes({"repetitions": 8})},
        based_on=1,
        by=bob,
        note="",
        now=makers.NOON,
    )

    assert not todays(alice).is_adapted
    assert "ankle-pumps" in slugs(todays(alice))


def test_what_was_too_much_twice_gives_way_to_its_easier_form_from_the_library(alice, bob):
    plan = in_stage(of_program("sciatica-with-calf-symptoms", alice, bob), 2)
    for back in (3, 2):
        session(plan, at=makers.NOON - timedelta(days=back), seated_sciatic_slider={"pain_peak": 9})

    found = {each.planned.slug: each for each in todays(alice).exercises}

    easier = found["seated-sciatic-slider"]
    assert easier.prescribed.slug == "supine-sciatic-slider"
    assert easier.reason == EASIER_AFTER_REDS.format(name="Seated nerve slider")


def test_irritability_from_the_weekly_check_leaves_only_calm_moves(alice, bob):
    in_stage(of_program("sciatica-with-calf-symptoms", alice, bob), 2)
    makers.weekly_check(alice, settles_within="over_60")

    found = todays(alice)

    assert Plan.objects.get(patient=alice).irritability == "high"
    assert slugs(found) == ["walking"]
    assert set(reasons(found).values()) == {TOO_EASILY_STIRRED}


def test_the_direction_that_the_check_ruled_out_comes_back_on_its_day(alice, bob):
    program = makers.library()
    stage = program.stages.get(number=1)
    optional = stage.prescriptions.filter(optional=True)
    assign_program(
        clinic=alice.memberships.get().clinic,
        patient=alice,
        program=program,
        therapist=bob,
        side="right",
        pain_limit=5,
        chosen_options=[each.pk for each in optional],
        has_checked=True,
        now=makers.NOON,
    )
    Plan.objects.update(directions_excluded={"extension": (TODAY + timedelta(days=1)).isoformat()})

    assert reasons(todays(alice))["prone-on-elbows"] == WRONG_WAY
    assert "prone-on-elbows" not in reasons(todays(alice, makers.NOON + timedelta(days=1)))


def test_while_a_visit_is_to_be_booked_there_is_only_walking_and_breathing(alice, plan):
    makers.answered(alice, RF18="yes", RF18a="no")

    found = todays(alice)

    assert slugs(found) == ["belly-breathing", "walking"]
    assert set(reasons(found).values()) == {ONLY_WALK_AND_BREATHE}


def test_what_a_patient_said_rules_exercises_out(alice, plan):
    makers.answered(alice, kind="first", conditions={"leg-clot": "yes"})

    found = todays(alice)

    assert "ankle-pumps" not in slugs(found)
    assert reasons(found)["ankle-pumps"].startswith("Left out, because you told us: ")


def test_after_a_stage_change_two_exercises_are_new_a_week_and_earlier_ones_are_not(alice, bob):
    in_stage(of_program("sciatica-with-calf-symptoms", alice, bob), 2)

    found = todays(alice)

    assert "walking" in slugs(found)  # of stage 1
    assert len(slugs(found)) == 3
    assert set(reasons(found).values()) == {NEW_LATER}


def test_the_flare_plan_may_be_new_as_a_whole(alice, plan):
    Plan.objects.filter(pk=plan.pk).update(flare_began_on=TODAY)

    found = todays(alice)

    assert len(slugs(found)) == 5
    assert NEW_LATER not in reasons(found).values()


def test_what_came_later_than_the_session_began_does_not_count(alice, plan):
    session(plan, at=makers.NOON, ankle_pumps={"pain_peak": 6})

    before = todays(alice, makers.NOON - timedelta(hours=1))

    assert not before.is_adapted
    assert todays(alice, makers.NOON + timedelta(hours=1)).is_adapted


def test_another_patients_sessions_change_nothing(clinic, alice, bob, plan):
    other = makers.plan(makers.patient(clinic, "eve", cared_for_by=bob), bob)
    session(other, pain=(2, 9, 9), ankle_pumps={"pain_peak": 9})
    session(other, pain=(2, 9, 9), ankle_pumps={"pain_peak": 9})

    assert not todays(alice).is_adapted


def test_an_older_weekly_check_that_comes_late_does_not_replace_a_newer_one(alice, plan):
    makers.weekly_check(alice, settles_within="over_60")
    makers.weekly_check(alice, on=TODAY - timedelta(days=7))
    plan.refresh_from_db()
    assert (plan.irritability, plan.irritability_on) == ("high", TODAY)

    note_irritability(patient=alice, level="low", recorded_on=TODAY)
    plan.refresh_from_db()
    assert plan.irritability == "low"


def test_a_weekly_check_that_does_not_tell_keeps_what_is_known(alice, plan):
    makers.weekly_check(alice)
    makers.weekly_check(alice, on=TODAY, settles_within=None)

    plan.refresh_from_db()
    assert plan.irritability == "low"


@pytest.mark.parametrize("sessions", [3, 30])
def test_it_takes_the_same_few_queries_however_long_the_history(
    alice, plan, sessions, django_assert_num_queries
):
    for back in range(sessions):
        makers.session(plan, at=YESTERDAY - timedelta(days=back))
    current = current_plan(alice)
    assert current is not None

    with django_assert_num_queries(5):
        todays_session(current, TODAY, makers.NOON)
    assert GuidedSession.objects.count() == sessions


def test_what_was_too_much_stays_out_when_something_else_in_the_plan_changes(alice, bob, plan):
    for _ in range(2):
        session(plan, ankle_pumps={"pain_peak": 7})
    other = makers.version(plan).stage(3).exercises[0]

    change_doses(
        plan=plan,
        stage_number=3,
        doses={other.slug: replace(other.dose, sets=other.dose.sets + 1)},
        based_on=1,
        by=bob,
        note="",
        now=makers.NOON,
    )

    assert current_plan(alice).version.number == 2
    assert reasons(todays(alice))["ankle-pumps"] == OUT_AFTER_REDS


def test_both_directions_that_spread_pain_stay_out(alice, bob):
    in_stage(of_program("sciatica-with-calf-symptoms", alice, bob), 1)
    later = {"extension": "2026-11-30", "flexion": "2026-12-02"}
    Plan.objects.update(directions_excluded=later)

    given = todays(alice).exercises

    assert given
    assert all(each.tags.isdisjoint(later) for each in given)
