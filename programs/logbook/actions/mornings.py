"""Storing how the leg was on the morning after a session."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from programs.accounts.models import Clinic, User
from programs.lib.times import local_day
from programs.logbook.actions.checks import NOT_AN_ANSWER
from programs.logbook.actions.reports import day_error, insert, one_report_at_a_time, own, pain_errors
from programs.logbook.models import MorningCheck, SettlesWithin
from programs.reminders.actions import satisfy
from programs.reminders.models import Kind

MORNING_STILL_TO_COME = "The morning after this day has not come yet."


@transaction.atomic
def record_morning_check(
    *,
    clinic: Clinic,
    patient: User,
    check_id: UUID,
    about_on: date,
    pain: int,
    settles_within: str | None,
    now: datetime,
) -> tuple[MorningCheck, bool]:
    """Store how the leg was on the morning after `about_on`; returns it, and whether it is new.

    None is what the patient would rather not say. The same `check_id` again returns the stored row and
    changes nothing. It may arrive before the session it is about. It opens no flag: the lights of those
    sessions, and what follows from them, are worked out when they are read.
    """
    one_report_at_a_time(patient)
    stored = MorningCheck.objects.filter(pk=check_id).first()
    if stored is not None:
        return own(stored, patient), False
    errors = pain_errors(pain=pain)
    if settles_within not in (*SettlesWithin.values, None):
        errors["settles_within"] = NOT_AN_ANSWER
    today = local_day(now, patient.time_zone)
    if sentence := day_error(about_on, today):
        errors["about_on"] = sentence
    elif about_on == today:
        errors["about_on"] = MORNING_STILL_TO_COME
    if errors:
        raise ValidationError(errors)
    check = MorningCheck(
        id=check_id,
        clinic=clinic,
        patient=patient,
        about_on=about_on,
        pain=pain,
        settles_within=settles_within,
        received_at=now,
    )
    insert(check)
    satisfy(user=patient, kind=Kind.MORNING_CHECK, on=about_on + timedelta(days=1), at=now)
    return check, True
