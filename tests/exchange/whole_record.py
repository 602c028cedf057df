"""A patient with a row of every kind there is."""

from __future__ import annotations

from datetime import time, timedelta
from uuid import uuid4

from django.contrib.auth.models import Group

from programs.accounts.actions import record_access
from programs.accounts.models import Invitation, User
from programs.care.models import Plan
from programs.conversations.actions import post_message
from programs.delivery.actions import opt_out_of_email, send_test
from programs.delivery.models import Delivery, DeliveryReceipt
from programs.exchange.actions import take_in
from programs.library.models import Exercise
from programs.logbook.actions import record_direction_try
from programs.monitoring.actions import acknowledge_flag
from programs.monitoring.models import CheckIn, Flag, FlagState
from programs.reminders.actions import set_reminders
from programs.reminders.actions.calendars import renew_feed, set_calendar_address
from programs.safety.actions import end_lock, request_screening
from programs.safety.models import SafetyLock
from tests import makers
from tests.exchange.telephone import Session
from tests.logbook.good_weeks import a_test, lived, morning
from tests.monitoring.reviews import reports, review

NOON = makers.NOON


def whole_record(patient: User, therapist: User) -> Plan:
    """Fill every table that can hold something of `patient`, and let nothing in it be open."""
    plan = makers.plan(patient, therapist)
    clinic = plan.clinic
    _safety(patient, therapist)
    _reports(plan)
    review(patient, reports((*[2] * 30, *[4] * 4)))
    _reminders(patient)
    post_message(clinic=clinic, patient=patient, author=patient, body="It hurts.", now=NOON)
    makers.push_subscription(patient)
    send_test(clinic=clinic, user=patient, browser=None, now=NOON)
    DeliveryReceipt.objects.create(
        delivery=Delivery.objects.filter(recipient=patient)[0], kind=DeliveryReceipt.Kind.SHOWN, at=NOON
    )
    opt_out_of_email(user=patient, now=NOON)
    record_access(actor=therapist, clinic=clinic, patients=[patient], door="home:patient", now=NOON)
    Invitation.objects.create(
        clinic=clinic,
        invited_by=therapist,
        name=patient.name,
        email=patient.email,
        year_of_birth=1954,
        token_hash=str(uuid4()),
        code_hash=str(uuid4()),
        expires_at=NOON,
        accepted_by=patient,
    )
    patient.groups.add(Group.objects.create(name=str(uuid4())))
    assert CheckIn.objects.filter(patient=patient).exists()
    return plan


def _reports(plan: Plan) -> None:
    patient, yesterday = plan.patient, NOON.date() - timedelta(days=1)
    lived(plan)
    take_in(patient=patient, device_id=None, sent_at=NOON, events=Session(plan).done().events, now=NOON)
    makers.daily_checks(patient, makers.RISING)
    slip = makers.daily_check(patient, 9)
    makers.daily_check(patient, 3, corrects=slip.pk)
    makers.weekly_check(patient)
    makers.intake(patient)
    morning(plan, yesterday - timedelta(days=9), now=NOON, pain=3)
    a_test(plan, NOON.date())
    record_direction_try(
        plan=plan,
        try_id=uuid4(),
        direction="extension",
        exercise=Exercise.objects.get(slug="prone-press-up"),
        tried_on=NOON.date(),
        reach_before=4,
        pain_before=5,
        reach_after=3,
        pain_after=4,
        now=NOON,
    )


def _safety(patient: User, therapist: User) -> None:
    makers.answered(patient, kind="first", RF13="yes", conditions={"pregnancy": "yes"})
    request_screening(clinic=patient.memberships.get().clinic, patient=patient, reason="flare", now=NOON)
    end_lock(
        lock=SafetyLock.objects.get(patient=patient),
        by=patient,
        checked_on=NOON.date(),
        checked_where="City hospital",
        now=NOON + timedelta(hours=1),
    )
    for flag in Flag.objects.filter(patient=patient, state=FlagState.OPEN):
        acknowledge_flag(flag=flag, by=therapist, now=NOON + timedelta(hours=1))


def _reminders(patient: User) -> None:
    clinic = patient.memberships.get().clinic
    makers.prompt(makers.break_rule(patient))
    makers.movement(patient, NOON)
    set_calendar_address(patient=patient, address="https://calendar.example.com/a.ics", now=NOON)
    renew_feed(clinic=clinic, patient=patient, now=NOON)
    set_reminders(
        clinic=clinic,
        user=patient,
        session_times=[time(9)],
        weekdays=range(7),
        morning_check_at=time(8),
        daily_check_at=time(20),
        digest_at=None,
        quiet_start=None,
        quiet_end=None,
        time_zone=patient.time_zone,
        by_push=True,
        now=NOON,
    )
