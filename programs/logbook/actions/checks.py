"""Storing the Daily and the Weekly check; each is judged in the same transaction."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from programs.accounts.models import Clinic, User
from programs.care.actions import note_irritability
from programs.lib.times import local_day
from programs.logbook.actions.asking import ask_after_daily_check, ask_after_weekly_check
from programs.logbook.actions.reports import (
    day_error,
    insert,
    one_report_at_a_time,
    own,
    pain_errors,
    range_errors,
)
from programs.logbook.actions.reviewing import review_reports
from programs.logbook.models import (
    MOST_CRAMPS,
    NIGHTS_A_WEEK,
    Change,
    DailyCheck,
    Reach,
    SettlesWithin,
    SittingBeforePain,
    Weakness,
    WeeklyCheck,
)
from programs.logbook.rules import HIGHEST_BOTHER, REGIONS
from programs.reminders.actions import satisfy
from programs.reminders.models import Kind

NOT_A_BOTHER = f"Choose a whole number from 0 to {HIGHEST_BOTHER}."
NOT_A_NUMBER_OF_NIGHTS = f"Choose a whole number from 0 to {NIGHTS_A_WEEK}."
NOT_A_NUMBER_OF_CRAMPS = f"Choose a whole number from 0 to {MOST_CRAMPS}."
NO_CRAMPS = "Leave this out, because there were no cramps."
NOT_A_PLACE = "Choose one of the places."
NOT_AN_ANSWER = "Choose one of the answers."
NOT_YOUR_CHECK = "There is no such check of yours."
CORRECTED_ALREADY = "These answers are corrected already."
ANOTHER_DAY = "Give the day of the check that this one corrects."


@transaction.atomic
def record_daily_check(
    *,
    clinic: Clinic,
    patient: User,
    check_id: UUID,
    recorded_on: date,
    worst_leg_pain: int,
    worst_back_pain: int,
    reach_left: int | None,
    reach_right: int | None,
    tingling_numbness_left: Collection[str] | None = None,
    tingling_numbness_right: Collection[str] | None = None,
    calf_pain: int | None = None,
    cramps: int | None = None,
    worst_cramp: int | None = None,
    corrects: UUID | None = None,
    now: datetime,
) -> tuple[DailyCheck, bool]:
    """Store one Daily check and judge the series; returns it, and whether it is new.

    Regions are stored from the back down, each once, in whatever order they come. `cramps` are those of one
    night, and there is a `worst_cramp` only among some. `corrects` is the id of a
    check of the same day that was a slip: it is kept, and counts no longer. The same `check_id` again
    returns the stored row and changes nothing.
    """
    one_report_at_a_time(patient)
    stored = DailyCheck.objects.filter(pk=check_id).first()
    if stored is not None:
        return own(stored, patient), False
    errors = pain_errors(
        worst_leg_pain=worst_leg_pain,
        worst_back_pain=worst_back_pain,
        calf_pain=calf_pain,
        worst_cramp=worst_cramp,
    )
    errors |= range_errors(MOST_CRAMPS, NOT_A_NUMBER_OF_CRAMPS, cramps=cramps)
    if worst_cramp is not None and not cramps:
        errors.setdefault("worst_cramp", NO_CRAMPS)
    for field, reach in (("reach_left", reach_left), ("reach_right", reach_right)):
        if reach is not None and reach not in Reach.values:
            errors[field] = NOT_A_PLACE
    tingling_numbness = {
        "tingling_numbness_left": tingling_numbness_left,
        "tingling_numbness_right": tingling_numbness_right,
    }
    errors |= {
        field: NOT_A_PLACE
        for field, regions in tingling_numbness.items()
        if regions is not None and not set(REGIONS).issuperset(regions)
    }
    errors |= _correction_errors(corrects, clinic, patient, recorded_on)
    if sentence := day_error(recorded_on, local_day(now, patient.time_zone)):
        errors["recorded_on"] = sentence
    if errors:
        raise ValidationError(errors)
    check = DailyCheck(
        id=check_id,
        clinic=clinic,
        patient=patient,
        recorded_on=recorded_on,
        worst_leg_pain=worst_leg_pain,
        worst_back_pain=worst_back_pain,
        reach_left=reach_left,
        reach_right=reach_right,
        **{field: _in_order(regions) for field, regions in tingling_numbness.items()},
        calf_pain=calf_pain,
        cramps=cramps,
        worst_cramp=worst_cramp,
        corrects_id=corrects,
        received_at=now,
    )
    insert(check)
    ask_after_daily_check(check, now)
    satisfy(user=patient, kind=Kind.DAILY_CHECK, on=recorded_on, at=now)
    review_reports(clinic=clinic, patient=patient, reported_on=recorded_on, now=now)
    return check, True


@transaction.atomic
def record_weekly_check(
    *,
    clinic: Clinic,
    patient: User,
    check_id: UUID,
    recorded_on: date,
    groc: str,
    bother_leg_pain: int | None,
    bother_tingling_numbness: int | None,
    bother_weakness: int | None,
    bother_sitting: int | None,
    weakness: str,
    settles_within: str | None,
    nights_broken: int | None,
    sitting_before_pain: str | None,
    now: datetime,
) -> tuple[WeeklyCheck, bool]:
    """Store one Weekly check and judge what it says; returns it, and whether it is new.

    How easily the leg is stirred up is written down to the plan, where the answers tell. None is what the
    patient would rather not say. The same `check_id` again returns the stored row and changes nothing.
    """
    one_report_at_a_time(patient)
    stored = WeeklyCheck.objects.filter(pk=check_id).first()
    if stored is not None:
        return own(stored, patient), False
    bothers = {
        "bother_leg_pain": bother_leg_pain,
        "bother_tingling_numbness": bother_tingling_numbness,
        "bother_weakness": bother_weakness,
        "bother_sitting": bother_sitting,
    }
    choices: dict[str, tuple[str | None, Collection[str | None]]] = {
        "groc": (groc, Change.values),
        "weakness": (weakness, Weakness.values),
        "settles_within": (settles_within, [*SettlesWithin.values, None]),
        "sitting_before_pain": (sitting_before_pain, [*SittingBeforePain.values, None]),
    }
    errors = range_errors(HIGHEST_BOTHER, NOT_A_BOTHER, **bothers)
    errors |= range_errors(NIGHTS_A_WEEK, NOT_A_NUMBER_OF_NIGHTS, nights_broken=nights_broken)
    errors |= {field: NOT_AN_ANSWER for field, (answer, known) in choices.items() if answer not in known}
    if sentence := day_error(recorded_on, local_day(now, patient.time_zone)):
        errors["recorded_on"] = sentence
    if errors:
        raise ValidationError(errors)
    check = WeeklyCheck(
        id=check_id,
        clinic=clinic,
        patient=patient,
        recorded_on=recorded_on,
        groc=groc,
        **bothers,
        weakness=weakness,
        settles_within=settles_within,
        nights_broken=nights_broken,
        sitting_before_pain=sitting_before_pain,
        received_at=now,
    )
    insert(check)
    if check.irritability is not None:
        note_irritability(patient=patient, level=check.irritability, recorded_on=recorded_on)
    ask_after_weekly_check(check, now)
    review_reports(clinic=clinic, patient=patient, reported_on=recorded_on, now=now)
    return check, True


def _in_order(regions: Collection[str] | None) -> list[str] | None:
    return None if regions is None else [region for region in REGIONS if region in regions]


def _correction_errors(
    corrects: UUID | None, clinic: Clinic, patient: User, recorded_on: date
) -> dict[str, str]:
    if corrects is None:
        return {}
    own = DailyCheck.objects.filter(patient=patient, clinic=clinic)
    wrong = own.select_related("corrected_by").filter(pk=corrects).first()
    if wrong is None:
        return {"corrects": NOT_YOUR_CHECK}
    if wrong.is_corrected:
        return {"corrects": CORRECTED_ALREADY}
    return {} if wrong.recorded_on == recorded_on else {"recorded_on": ANOTHER_DAY}
