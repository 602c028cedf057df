"""Storing a guided session, exercise by exercise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from programs.care.models import Plan, PlanVersion
from programs.lib.times import local_day
from programs.logbook.actions.reports import (
    LATEST_REPORT,
    TOO_LONG_AGO,
    insert,
    one_report_at_a_time,
    own,
    pain_errors,
)
from programs.logbook.models import ExerciseResult, GuidedSession
from programs.reminders.actions import credit_movement

CLOCK_TOLERANCE = timedelta(minutes=5)
LONGEST_SESSION = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class ResultInput:
    """How one exercise of the plan went on one side, as a client reports it."""

    exercise: str
    side: str
    outcome: str


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
    one_report_at_a_time(patient)
    stored = GuidedSession.objects.filter(pk=session_id).first()
    if stored is not None:
        return own(stored, patient), False
    errors = pain_errors(pain_before=pain_before, pain_peak=pain_peak, pain_after=pain_after)
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
    insert(session)
    for row in rows:
        row.session = session
    ExerciseResult.objects.bulk_create(rows)
    if now - finished_at <= CLOCK_TOLERANCE:
        credit_movement(patient=patient, at=now)
    return session, True


def _time_errors(started_at: datetime, finished_at: datetime, now: datetime) -> dict[str, str]:
    errors = {}
    if started_at > now + CLOCK_TOLERANCE:
        errors["started_at"] = "This time has not come yet."
    elif now - started_at > LATEST_REPORT:
        errors["started_at"] = TOO_LONG_AGO
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
