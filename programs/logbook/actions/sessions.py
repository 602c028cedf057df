"""Storing a guided session, exercise by exercise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from programs.care.models import Plan, PlanVersion
from programs.care.queries import current_plan
from programs.care.rules import PrescribedExercise
from programs.care.rules.session import WHOLE
from programs.lib.times import local_day
from programs.logbook.actions.asking import ask_after_session
from programs.logbook.actions.reports import (
    LATEST_REPORT,
    TOO_LONG_AGO,
    insert,
    one_report_at_a_time,
    own,
    pain_errors,
    range_errors,
)
from programs.logbook.models import ExerciseResult, GuidedSession, Spread, Tingling
from programs.logbook.queries import stand_ins, todays_session
from programs.reminders.actions import record_movement, satisfy
from programs.reminders.models import Kind, MovementBreak

CLOCK_TOLERANCE = timedelta(minutes=5)
LONGEST_SESSION = timedelta(hours=12)

NOT_IN_THE_STAGE = "This exercise is not in this stage of the plan."
NOT_KNOWN = "Your library has no such exercise."
NOT_A_SHARE = f"Choose a whole number from 0 to {WHOLE}."
NOT_A_SPREAD = f"Choose {', '.join(Spread.values)} or nothing."
NOT_A_TINGLING = f"Choose {', '.join(Tingling.values)} or nothing."


@dataclass(frozen=True, slots=True)
class ResultInput:
    """How one exercise of the plan went on one side, as a client reports it.

    pain_peak: the worst pain during it, 0 to 10, None where it was not said. tingling, spread: "" where they
    were not said. advised_share: how much of the dose the patient was advised to do, in percent, None where
    the client was not told. instead_of: the exercise of the plan that this easier one stood in for.
    """

    exercise: str
    side: str
    outcome: str
    pain_peak: int | None = None
    tingling: str = ""
    spread: str = ""
    advised_share: int | None = None
    instead_of: str | None = None


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
    spread: str = "",
) -> tuple[GuidedSession, bool]:
    """Store one session that took place; returns it, and whether it is new.

    With each result is stored how much of its dose was advised then: what the client was shown, or else what
    follows from the reports before the session. The same `session_id` again returns the stored row and
    changes nothing. A session counts as movement, so the next break prompt is a whole interval after its end.
    """
    patient = plan.patient
    one_report_at_a_time(patient)
    stored = GuidedSession.objects.filter(pk=session_id).first()
    if stored is not None:
        return own(stored, patient), False
    errors = pain_errors(pain_before=pain_before, pain_peak=pain_peak, pain_after=pain_after)
    errors |= _time_errors(started_at, finished_at, now)
    if spread not in ("", *Spread.values):
        errors["spread"] = NOT_A_SPREAD
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
        spread=spread,
        note=note,
        received_at=now,
    )
    if any(result.advised_share is None for result in results):
        advised = _advised_shares(session)
        for row, result in zip(rows, results, strict=True):
            if result.advised_share is None:
                row.advised_share = advised.get(result.exercise, WHOLE)
    insert(session)
    for row in rows:
        row.session = session
    ExerciseResult.objects.bulk_create(rows)
    ask_after_session(session, rows, now)
    satisfy(user=patient, kind=Kind.SESSION, on=session.performed_on, at=finished_at)
    record_movement(
        clinic=plan.clinic,
        patient=patient,
        source=MovementBreak.Source.SESSION,
        moved_at=finished_at,
        now=now,
    )
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


def _advised_shares(session: GuidedSession) -> dict[str, int]:
    """How much of each exercise was advised when a session began, in percent, by slug.

    Nothing is known of a session that followed another version or stage than the one in force: it came late,
    and what was advised then is not kept.
    """
    current = current_plan(session.patient)
    followed = (session.plan_version_id, session.stage_number)
    if current is None or (current.version.pk, current.stage.number) != followed:
        return {}
    advised = todays_session(current, session.performed_on, session.started_at)
    left_out = [each.prescribed for each in advised.left_out]
    replaced = [each.instead_of for each in advised.exercises if each.instead_of]
    return {each.slug: 0 for each in [*left_out, *replaced]} | {
        each.prescribed.slug: each.share for each in advised.exercises
    }


def _result_rows(
    version: PlanVersion, stage_number: int, results: Sequence[ResultInput]
) -> tuple[list[ExerciseResult], dict[str, str]]:
    """Unsaved rows for `results`, or what is wrong with each, by its path in the list."""
    content = version.content
    if not content.has_stage(stage_number):
        return [], {"stage_number": "The plan has no such stage."}
    stage = content.stage(stage_number)
    positions = {each.slug: position for position, each in enumerate(stage.exercises, start=1)}
    easier = stand_ins(version.plan, {result.exercise for result in results if result.instead_of})
    rows: list[ExerciseResult] = []
    errors: dict[str, str] = {}
    seen: set[tuple[str, str]] = set()
    for index, result in enumerate(results):
        planned = stage.exercise(result.instead_of or result.exercise)
        if planned is None:
            field = "instead_of" if result.instead_of else "exercise"
            errors[f"results.{index}.{field}"] = NOT_IN_THE_STAGE
            continue
        exercise = easier.get(result.exercise) if result.instead_of else planned
        if exercise is None:
            errors[f"results.{index}.exercise"] = NOT_KNOWN
            continue
        wrong = _result_errors(result, exercise)
        if (result.exercise, result.side) in seen:
            wrong["side"] = "This side of this exercise is already in the list."
        errors |= {f"results.{index}.{field}": sentence for field, sentence in wrong.items()}
        seen.add((result.exercise, result.side))
        rows.append(
            ExerciseResult(
                exercise_id=UUID(exercise.exercise_id),
                position=positions[planned.slug],
                side=result.side,
                outcome=result.outcome,
                pain_peak=result.pain_peak,
                tingling=result.tingling,
                spread=result.spread,
                advised_share=WHOLE if result.advised_share is None else result.advised_share,
                instead_of_id=UUID(planned.exercise_id) if result.instead_of else None,
            )
        )
    return rows, errors


def _result_errors(result: ResultInput, exercise: PrescribedExercise) -> dict[str, str]:
    """What is wrong with what was said of an exercise, by field."""
    errors = pain_errors(pain_peak=result.pain_peak)
    errors |= range_errors(WHOLE, NOT_A_SHARE, advised_share=result.advised_share)
    if result.side not in exercise.sides_for("right"):
        errors["side"] = f"Choose {' or '.join(sorted(exercise.sides_for('right')))}."
    if result.outcome not in ExerciseResult.Outcome.values:
        errors["outcome"] = "Choose done, partly, skipped or stopped."
    if result.tingling not in ("", *Tingling.values):
        errors["tingling"] = NOT_A_TINGLING
    if result.spread not in ("", *Spread.values):
        errors["spread"] = NOT_A_SPREAD
    return errors
