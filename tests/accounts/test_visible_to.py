"""Who sees the rows of a patient's record: the patient, and those who care for them in that clinic now."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from programs.accounts.actions import join_clinic
from programs.accounts.models import CareTeam, PatientRecord, Role, User
from programs.accounts.queries import care_of
from programs.care.models import Plan, PlanVersion
from programs.conversations.models import Thread
from programs.exchange.actions import take_in
from programs.exchange.models import ClientEvent
from programs.library.models import Exercise
from programs.logbook.actions import record_direction_try, record_morning_check, record_stage_test
from programs.logbook.models import (
    DailyCheck,
    DirectionTry,
    GuidedSession,
    Intake,
    MorningCheck,
    StageTest,
    WeeklyCheck,
)
from programs.monitoring.models import CheckIn, Flag
from programs.reminders.actions.calendars import renew_feed, set_calendar_address
from programs.reminders.models import BreakRule, BusyCalendar, CalendarFeed, MovementBreak, Prompt
from programs.safety.models import Condition, SafetyLock, Screening, ScreeningRequest
from tests import makers
from tests.exchange.telephone import Session

RECORDS = [
    Plan,
    PlanVersion,
    DailyCheck,
    WeeklyCheck,
    Intake,
    GuidedSession,
    MorningCheck,
    StageTest,
    DirectionTry,
    Screening,
    SafetyLock,
    Condition,
    ScreeningRequest,
    Flag,
    CheckIn,
    Thread,
    BreakRule,
    BusyCalendar,
    CalendarFeed,
    Prompt,
    MovementBreak,
    ClientEvent,
]


@pytest.fixture
def record(alice, bob) -> User:
    """Alice, with a row of everything."""
    makers.plan(alice, bob)
    makers.daily_checks(alice, makers.RISING)
    makers.weekly_check(alice)
    makers.intake(alice)
    plan = alice.plans.get()
    makers.session(plan)
    events = Session(plan).events
    take_in(patient=alice, device_id=None, sent_at=makers.NOON, events=events, now=makers.NOON)
    record_morning_check(
        clinic=plan.clinic,
        patient=alice,
        check_id=uuid4(),
        about_on=makers.NOON.date() - timedelta(days=1),
        pain=3,
        settles_within=None,
        now=makers.NOON,
    )
    record_stage_test(
        plan=plan,
        test_id=uuid4(),
        plan_version=makers.version(plan),
        stage_number=1,
        taken_on=makers.NOON.date(),
        values={"sit": True},
        now=makers.NOON,
    )
    record_direction_try(
        plan=plan,
        try_id=uuid4(),
        direction="extension",
        exercise=Exercise.objects.get(slug="prone-press-up"),
        tried_on=makers.NOON.date(),
        reach_before=4,
        pain_before=5,
        reach_after=4,
        pain_after=5,
        now=makers.NOON,
    )
    makers.answered(alice, kind="first", RF13="yes", conditions={"pregnancy": "yes"})
    makers.prompt(makers.break_rule(alice))
    makers.movement(alice, makers.NOON)
    set_calendar_address(patient=alice, address="https://calendar.example.com/a.ics", now=makers.NOON)
    renew_feed(clinic=plan.clinic, patient=alice, now=makers.NOON)
    return alice


def sees(user: User) -> set[type]:
    assert all(model.objects.exists() for model in RECORDS)
    return {model for model in RECORDS if model.objects.visible_to(user).exists()}


def test_every_kind_of_record_is_asked_about():
    abstract = {model for model in PatientRecord.__subclasses__() if not model._meta.abstract}
    assert abstract <= set(RECORDS)


def test_the_patient_sees_their_own(record):
    assert sees(record) == set(RECORDS)
    assert list(User.objects.patients_visible_to(record)) == [record]


def test_their_therapist_sees_it(record, bob):
    assert sees(bob) == set(RECORDS)
    assert list(User.objects.patients_visible_to(bob)) == [record]
    assert care_of(record.pk, bob) is not None


def unassigned(record, clinic) -> User:
    return makers.therapist(clinic, "carl")


def administrator(record, clinic) -> User:
    adam = makers.person("adam")
    join_clinic(user=adam, clinic=clinic, role=Role.ADMIN, now=makers.NOON)
    return adam


def another_patient(record, clinic) -> User:
    return makers.patient(clinic, "anna", cared_for_by=record.care_team.get().therapist)


def therapist_elsewhere(record, clinic) -> User:
    return makers.therapist(makers.clinic("Harbour clinic"), "charlie")


def care_has_ended(record, clinic) -> User:
    team = CareTeam.objects.get(patient=record)
    CareTeam.objects.filter(pk=team.pk).update(ended_at=makers.NOON)
    return team.therapist


def has_left_the_clinic(record, clinic) -> User:
    therapist = record.care_team.get().therapist
    therapist.memberships.update(ended_at=makers.NOON)
    return therapist


def works_elsewhere_now(record, clinic) -> User:
    therapist = has_left_the_clinic(record, clinic)
    join_clinic(user=therapist, clinic=makers.clinic("Harbour"), role=Role.THERAPIST, now=makers.NOON)
    return therapist


def is_only_administrator_now(record, clinic) -> User:
    therapist = has_left_the_clinic(record, clinic)
    join_clinic(user=therapist, clinic=clinic, role=Role.ADMIN, now=makers.NOON)
    return therapist


def patient_has_left(record, clinic) -> User:
    therapist = record.care_team.get().therapist
    record.memberships.update(ended_at=makers.NOON)
    return therapist


def account_was_closed(record, clinic) -> User:
    therapist = record.care_team.get().therapist
    User.objects.filter(pk=therapist.pk).update(is_active=False)
    return therapist


def cares_in_another_clinic(record, clinic) -> User:
    """Cares for the same person in the clinic they have moved to, whose rows are not these."""
    other = makers.clinic("Harbour clinic")
    dana = makers.therapist(other, "dana")
    record.memberships.update(ended_at=makers.NOON)
    join_clinic(user=record, clinic=other, role=Role.PATIENT, now=makers.NOON)
    CareTeam.objects.create(clinic=other, patient=record, therapist=dana, started_at=makers.NOON)
    return dana


STRANGERS = [
    unassigned,
    administrator,
    another_patient,
    therapist_elsewhere,
    care_has_ended,
    has_left_the_clinic,
    works_elsewhere_now,
    is_only_administrator_now,
    patient_has_left,
    account_was_closed,
    cares_in_another_clinic,
]


@pytest.mark.parametrize("stranger", STRANGERS)
def test_nobody_else_sees_a_row(record, clinic, stranger):
    # What keeps a patient from exercising is known to whoever cares for them now.
    known = {SafetyLock} if stranger is cares_in_another_clinic else set()
    assert sees(stranger(record, clinic)) == known


@pytest.mark.parametrize("stranger", [each for each in STRANGERS if each is not cares_in_another_clinic])
def test_nobody_else_finds_the_patient(record, clinic, stranger):
    user = stranger(record, clinic)
    assert record not in User.objects.patients_visible_to(user)
    assert care_of(record.pk, user) is None


def test_care_that_begins_again_is_care(record, clinic):
    bob = care_has_ended(record, clinic)
    CareTeam.objects.create(clinic=clinic, patient=record, therapist=bob, started_at=makers.NOON)
    assert sees(bob) == set(RECORDS)
