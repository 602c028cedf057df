"""Publishing other doses as a new version of a plan."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from programs.accounts.models import User
from programs.care.actions import CONFLICT, UNCHANGED, change_doses
from programs.care.models import Plan, PlanVersion
from programs.care.rules import changes
from programs.conversations.models import Message
from programs.library.rules import Dose
from tests import makers

NOON = makers.NOON
LATER = NOON + timedelta(hours=1)


def dose(plan: Plan, slug: str = "ankle-pumps", **more: int) -> Dose:
    exercise = makers.version(plan).stage(1).exercise(slug)
    assert exercise is not None
    return replace(exercise.dose, **more)


def change(plan: Plan, by: User, doses: dict[str, Dose], based_on: int = 1, **more) -> PlanVersion:
    values = {"stage_number": 1, "note": "", "now": LATER}
    return change_doses(plan=plan, doses=doses, based_on=based_on, by=by, **(values | more))


def test_a_change_is_a_new_version_and_the_old_one_stays_as_it_was(plan, bob):
    before = makers.version(plan).content
    version = change(plan, bob, {"ankle-pumps": dose(plan, sets=4)}, note="More pumps.")
    assert (version.number, version.created_by, version.created_at, version.note) == (
        2,
        bob,
        LATER,
        "More pumps.",
    )
    assert version.stage(1).exercise("ankle-pumps").dose.sets == 4
    assert plan.versions.get(number=1).content == before


def test_only_what_was_named_changes(plan, bob):
    version = change(plan, bob, {"ankle-pumps": dose(plan, sets=4)})
    old, new = plan.versions.get(number=1).content, version.content
    assert changes(old, new) == [
        "Ankle pumps: 4 sets of 20, rest 20 seconds, 3 times a day, every day. "
        "It was: 2 sets of 20, rest 20 seconds, 3 times a day, every day."
    ]
    assert old.stages[1:] == new.stages[1:]


def test_an_exercise_of_another_stage_keeps_its_dose(plan, bob):
    walking = dose(plan, "walking", duration_seconds=420)
    version = change(plan, bob, {"walking": walking})
    assert version.stage(1).exercise("walking").dose == walking
    assert version.stage(2).exercise("walking").dose.duration_seconds == 600


def test_who_checked_the_exercises_goes_with_the_plan(plan, bob, clinic):
    carl = makers.therapist(clinic, "carl")
    version = change(plan, carl, {"ankle-pumps": dose(plan, sets=4)})
    assert (version.checked_by, version.checked_at) == (bob, NOON)


def test_the_patient_is_told_what_changed_and_why(plan, bob):
    change(plan, bob, {"ankle-pumps": dose(plan, sets=4)}, note="Your calf can take it.")
    body = Message.objects.order_by("sent_at").last().body.splitlines()
    assert body[0] == "I have changed your plan."
    assert body[1].startswith("Ankle pumps: 4 sets of 20")
    assert body[2:] == ["Your calf can take it."]


def test_the_same_doses_are_no_change(plan, bob):
    with pytest.raises(ValidationError, match=UNCHANGED):
        change(plan, bob, {"ankle-pumps": dose(plan)})
    assert plan.versions.count() == 1
    assert Message.objects.count() == 1


def test_what_was_looked_at_must_still_be_the_newest(plan, bob):
    change(plan, bob, {"ankle-pumps": dose(plan, sets=4)})
    with pytest.raises(ValidationError, match=CONFLICT):
        change(plan, bob, {"ankle-pumps": dose(plan, sets=5)}, based_on=1)
    assert makers.version(plan).stage(1).exercise("ankle-pumps").dose.sets == 4
    assert Message.objects.count() == 2


def test_sending_it_twice_makes_one_version(plan, bob):
    doses = {"ankle-pumps": dose(plan, sets=4)}
    change(plan, bob, doses)
    with pytest.raises(ValidationError, match=CONFLICT):
        change(plan, bob, doses)
    assert plan.versions.count() == 2


def test_a_version_from_the_future_is_no_base(plan, bob):
    with pytest.raises(ValidationError, match=CONFLICT):
        change(plan, bob, {"ankle-pumps": dose(plan, sets=4)}, based_on=2)


def test_a_session_keeps_the_version_it_followed(plan, bob):
    session = makers.session(plan)
    change(plan, bob, {"ankle-pumps": dose(plan, sets=4)})
    session.refresh_from_db()
    assert session.plan_version.number == 1
