"""Storing what a patient reports, judging it in the same transaction, and re-judging it from time to time."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from programs.accounts.models import Clinic, Role, User
from programs.accounts.queries import clinic_of
from programs.care.models import Mode, Plan, PlanVersion
from programs.lib.times import local_day
from programs.logbook.models import DailyCheck, ExerciseResult, GuidedSession, Reach
from programs.logbook.queries import recent_scores
from programs.logbook.rules import REGIONS
from programs.monitoring.actions import review_pain
from programs.monitoring.models import Flag
from programs.reminders.actions import credit_movement

logger = logging.getLogger(__name__)

# A phone without signal sends late; what is older than this belongs to nobody's memory.
LATEST_REPORT = timedelta(days=60)
CLOCK_TOLERANCE = timedelta(minutes=5)
LONGEST_SESSION = timedelta(hours=12)
RE_DERIVED = timedelta(days=14)

Row = TypeVar("Row", DailyCheck, GuidedSession)

NOT_A_PAIN_SCORE = "Choose a whole number from 0 to 10."
NOT_A_PLACE = "Choose one of the places."
TAKEN = "This id is already in use."


@dataclass(frozen=True, slots=True)
class ResultInput:
    """How one exercise of the plan went on one side, as a client reports it."""

    exercise: str
    side: str
    outcome: str


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
    now: datetime,
) -> tuple[DailyCheck, bool]:
    """Store one Daily check and judge the series; returns it, and whether it is new.

    Regions are stored from the back down, each once, in whatever order they come. The same `check_id` again
    returns the stored row and changes nothing.
    """
    _one_report_at_a_time(patient)
    stored = DailyCheck.objects.filter(pk=check_id).first()
    if stored is not None:
        return _own(stored, patient), False
    errors = _pain_errors(worst_leg_pain=worst_leg_pain, worst_back_pain=worst_back_pain)
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
    if sentence := _day_error(recorded_on, local_day(now, patient.time_zone)):
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
        received_at=now,
    )
    _insert(check)
    review_reports(clinic=clinic, patient=patient, reported_on=recorded_on, now=now)
    return check, True


@transaction.atomic
def record_session(
    *,
    plan: Plan,
    session_id: UUID,
    plan_version: PlanVersion,
    stage_number: int,
    started_at: datetime,
    finished_at: datetime,
    pain_before: int | None,
    pain_peak: int | None,
    pain_after: int | None,
    results: Sequence[ResultInput],
    note: str,
    now: datetime,
) -> tuple[GuidedSession, bool]:
    """Store one session that took place; returns it, and whether it is new.

    The same `session_id` again returns the stored row and changes nothing. A session counts as movement, so
    the next break prompt is a whole interval after it.
    """
    patient = plan.patient
    _one_report_at_a_time(patient)
    stored = GuidedSession.objects.filter(pk=session_id).first()
    if stored is not None:
        return _own(stored, patient), False
    errors = _pain_errors(pain_before=pain_before, pain_peak=pain_peak, pain_after=pain_after)
    errors |= _time_errors(started_at, finished_at, now)
    rows, result_errors = _result_rows(plan_version, stage_number, results)
    errors |= result_errors
    if errors:
        raise ValidationError(errors)
    session = GuidedSession(
        id=session_id,
        clinic=plan.clinic,
        patient=patient,
        plan_version=plan_version,
        stage_number=stage_number,
        started_at=started_at,
        finished_at=finished_at,
        performed_on=local_day(started_at, patient.time_zone),
        pain_before=pain_before,
        pain_peak=pain_peak,
        pain_after=pain_after,
        note=note,
        received_at=now,
    )
    _insert(session)
    for row in rows:
        row.session = session
    ExerciseResult.objects.bulk_create(rows)
    if now - finished_at <= CLOCK_TOLERANCE:
        credit_movement(patient=patient, at=now)
    return session, True


@transaction.atomic
def review_reports(
    *, clinic: Clinic, patient: User, now: datetime, reported_on: date | None = None
) -> list[Flag]:
    """Judge a patient's recent Daily checks; returns the flags that this opened. A diary is not judged.

    News is what was found in the last 14 days, and from `reported_on` on: a report that comes late is as new
    to the care team as one of today.
    """
    plan = Plan.objects.current().filter(patient=patient).first()
    if plan is not None and plan.mode == Mode.DIARY:
        return []
    today = local_day(now, patient.time_zone)
    return review_pain(
        clinic=clinic,
        patient=patient,
        plan=plan,
        scores=recent_scores(patient, today),
        since=min(reported_on or today, today - RE_DERIVED),
        now=now,
    )


def reconcile(*, now: datetime) -> list[Flag]:
    """Judge again everybody who reported in the last 14 days; returns what no other path had opened.

    Storing a report opens its flag in the same transaction, so each flag found here is a fault in this
    program: it is opened all the same, and reported.
    """
    since = (now - RE_DERIVED).date() - timedelta(days=1)
    missed: list[Flag] = []
    reporting = DailyCheck.objects.filter(recorded_on__gte=since).order_by().values("patient").distinct()
    for patient in User.objects.filter(pk__in=reporting, is_active=True).order_by("pk").iterator():
        try:
            missed += review_reports(clinic=clinic_of(patient, Role.PATIENT), patient=patient, now=now)
        except Clinic.DoesNotExist:
            continue
        except Exception:
            logger.exception("patient %s could not be re-judged", patient.pk)
    for flag in missed:
        logger.error("flag %s had been missed when its report was stored", flag.pk)
    return missed


def _one_report_at_a_time(patient: User) -> None:
    """So that the same id sent twice at once is stored once, and the rules see one report after another."""
    User.objects.select_for_update(no_key=True).get(pk=patient.pk)


def _own(row: Row, patient: User) -> Row:
    if row.patient_id != patient.pk:
        raise ValidationError({"id": TAKEN})
    return row


def _insert(row: DailyCheck | GuidedSession) -> None:
    """Store a row that is not there yet; somebody else may be storing one with the same id right now."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise ValidationError({"id": TAKEN}) from error


def _in_order(regions: Collection[str] | None) -> list[str] | None:
    return None if regions is None else [region for region in REGIONS if region in regions]


def _pain_errors(**scores: int | None) -> dict[str, str]:
    return {
        field: NOT_A_PAIN_SCORE
        for field, score in scores.items()
        if score is not None and not 0 <= score <= 10
    }


def _day_error(day: date, today: date) -> str:
    if day > today:
        return "This day has not come yet."
    if today - day > LATEST_REPORT:
        return "This is more than 60 days ago."
    return ""


def _time_errors(started_at: datetime, finished_at: datetime, now: datetime) -> dict[str, str]:
    errors = {}
    if started_at > now + CLOCK_TOLERANCE:
        errors["started_at"] = "This time has not come yet."
    elif now - started_at > LATEST_REPORT:
        errors["started_at"] = "This is more than 60 days ago."
    if finished_at < started_at:
        errors["finished_at"] = "The end must be after the start."
    elif finished_at > now + CLOCK_TOLERANCE:
        errors["finished_at"] = "This time has not come yet."
    elif finished_at - started_at > LONGEST_SESSION:
        errors["finished_at"] = "A session takes 12 hours at most."
    return errors


def _result_rows(
    version: PlanVersion, stage_number: int, results: Sequence[ResultInput]
) -> tuple[list[ExerciseResult], dict[str, str]]:
    """Unsaved rows for `results`, or what is wrong with each, by its path in the list."""
    content = version.content
    numbers = [stage.number for stage in content.stages]
    if stage_number not in numbers:
        return [], {"stage_number": "The plan has no such stage."}
    stage = content.stage(stage_number)
    positions = {each.slug: position for position, each in enumerate(stage.exercises, start=1)}
    rows: list[ExerciseResult] = []
    errors: dict[str, str] = {}
    seen: set[tuple[str, str]] = set()
    for index, result in enumerate(results):
        exercise = stage.exercise(result.exercise)
        if exercise is None:
            errors[f"results.{index}.exercise"] = "This exercise is not in this stage of the plan."
            continue
        if result.side not in exercise.sides_for("right"):
            errors[f"results.{index}.side"] = f"Choose {' or '.join(sorted(exercise.sides_for('right')))}."
        if result.outcome not in ExerciseResult.Outcome.values:
            errors[f"results.{index}.outcome"] = "Choose done, partly, skipped or stopped."
        if (result.exercise, result.side) in seen:
            errors[f"results.{index}.side"] = "This side of this exercise is already in the list."
        seen.add((result.exercise, result.side))
        rows.append(
            ExerciseResult(
                exercise_id=UUID(exercise.exercise_id),
                position=positions[exercise.slug],
                side=result.side,
                outcome=result.outcome,
            )
        )
    return rows, errors
