"""Storing a guided session, exercise by exercise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from programs.care.models import Plan, PlanVersion
from programs.care.queries import current_plan
from programs.care.rules import PrescribedExercise
from programs.care.rules.session import WHOLE, SessionExercise, TodaysSession
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
from programs.logbook.models import Effort, ExerciseResult, GuidedSession, Spread, Tingling
from programs.logbook.queries import stand_ins, todays_session
from programs.logbook.rules import SKIPPED, ResultDraft
from programs.reminders.actions import record_movement, satisfy
from programs.reminders.models import Kind, MovementBreak
from programs.safety.actions import request_screening
from programs.safety.models import ScreeningRequest

CLOCK_TOLERANCE = timedelta(minutes=5)
LONGEST_SESSION = timedelta(hours=12)

NOT_IN_THE_STAGE = "This exercise is not in this stage of the plan."
NOT_KNOWN = "Your library has no such exercise."
NOT_A_SHARE = f"Choose a whole number from 0 to {WHOLE}."
NOT_A_SPREAD = f"Choose {', '.join(Spread.values)} or nothing."
NOT_AN_EFFORT = f"Choose {', '.join(Effort.values)} or nothing."
NOT_A_KIND = f"Choose {', '.join(GuidedSession.Kind.values)}."
NOTE_LENGTH = 1000
TOO_LONG_A_NOTE = f"Write {NOTE_LENGTH} letters at most."
NOTE_CHANGED = "Another note was saved in the meantime: save yours again to put it in its place."
TOO_LATE_TO_CHANGE = "You can change this on the day you sent it, and not later."
ENDS_LATER = "The end must be after the start."
NOT_A_TINGLING = f"Choose {', '.join(Tingling.values)} or nothing."

_TOLD_BY_THE_TELEPHONE = ("position", "outcome", "tingling", "advised_share", "instead_of_id")


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


def results_of(
    todays: TodaysSession, side: str, result_of: Callable[[SessionExercise], ResultDraft]
) -> list[ResultInput]:
    """All of a day's session, for the legs of a plan: what was done, what was left out, and what was left out
    on advice. What was set aside for lack of time was advised and not done: it is left out, and no more.
    """
    done = [
        ResultInput(
            exercise=each.prescribed.slug,
            side=leg,
            outcome=result.outcome(leg),
            pain_peak=None if result.outcome(leg) == SKIPPED else result.pain_peak,
            tingling="" if result.outcome(leg) == SKIPPED else result.tingling,
            advised_share=each.share,
            instead_of=each.instead_of.slug if each.instead_of else None,
        )
        for each in (*todays.exercises, *todays.set_aside)
        for leg in each.prescribed.sides_for(side)
        for result in [result_of(each)]
    ]
    return done + [
        ResultInput(exercise=each.prescribed.slug, side=leg, outcome=SKIPPED, advised_share=0)
        for each in todays.left_out
        for leg in each.prescribed.sides_for(side)
    ]


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
    kind: str = GuidedSession.Kind.GUIDED,
    effort: str = "",
    is_stopped: bool = False,
    is_as_it_was: bool = False,
) -> tuple[GuidedSession, bool]:
    """Store one session that took place; returns it, and whether it is new.

    With each result is stored how much of its dose was advised then: what the client was shown, or else what
    follows from the reports before the session; on paper stands the whole dose. The same `session_id` again
    returns the stored row and changes nothing. is_stopped: it was stopped for pain, whichever exercise it
    was, so the safety questions are asked anew. is_as_it_was: it was written down while it went on, so it is
    stored however late it comes. A session counts as movement, so the next break prompt is a whole interval
    after its end; of a session on paper nobody knows when that was.
    """
    patient = plan.patient
    one_report_at_a_time(patient)
    stored = GuidedSession.objects.filter(pk=session_id).first()
    if stored is not None:
        return own(stored, patient), False
    errors = pain_errors(pain_before=pain_before, pain_peak=pain_peak, pain_after=pain_after)
    errors |= _time_errors(started_at, finished_at, now, is_any_age=is_as_it_was)
    if spread not in ("", *Spread.values):
        errors["spread"] = NOT_A_SPREAD
    if kind not in GuidedSession.Kind.values:
        errors["kind"] = NOT_A_KIND
    errors |= _effort_error(effort)
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
        kind=kind,
        started_at=started_at,
        finished_at=finished_at,
        performed_on=local_day(started_at, patient.time_zone),
        pain_before=pain_before,
        pain_peak=pain_peak,
        pain_after=pain_after,
        spread=spread,
        effort=effort,
        note=_tidy(note),
        received_at=now,
    )
    is_on_paper = kind == GuidedSession.Kind.PAPER
    if not is_on_paper and any(result.advised_share is None for result in results):
        advised = _advised_shares(session)
        for row, result in zip(rows, results, strict=True):
            if result.advised_share is None:
                row.advised_share = advised.get(result.exercise, WHOLE)
    insert(session)
    for row in rows:
        row.session = session
    ExerciseResult.objects.bulk_create(rows)
    ask_after_session(session, rows, now, is_stopped=is_stopped)
    satisfy(user=patient, kind=Kind.SESSION, on=session.performed_on, at=finished_at)
    if not is_on_paper and any(row.outcome != SKIPPED for row in rows):
        record_movement(
            clinic=plan.clinic,
            patient=patient,
            source=MovementBreak.Source.SESSION,
            moved_at=finished_at,
            now=now,
        )
    return session, True


@transaction.atomic
def update_session(
    *,
    session: GuidedSession,
    finished_at: datetime,
    pain_before: int | None,
    pain_peak: int | None,
    pain_after: int | None,
    spread: str,
    effort: str,
    note: str,
    results: Sequence[ResultInput],
    is_stopped: bool,
    now: datetime,
) -> GuidedSession:
    """Bring a stored session up to date with what its telephone sent later.

    Of a result, only what the telephone knows is brought up to date. Where an exercise turns out to have been
    stopped, or is_stopped says that one was, the safety questions are asked anew. The same again changes
    nothing.
    """
    one_report_at_a_time(session.patient)
    stored = GuidedSession.objects.select_related("plan_version__plan", "clinic").get(pk=session.pk)
    errors = pain_errors(pain_before=pain_before, pain_peak=pain_peak, pain_after=pain_after)
    if spread not in ("", *Spread.values):
        errors["spread"] = NOT_A_SPREAD
    errors |= _effort_error(effort)
    if finished_at < stored.started_at:
        errors["finished_at"] = ENDS_LATER
    rows, result_errors = _result_rows(stored.plan_version, stored.stage_number, results)
    errors |= result_errors
    if errors:
        raise ValidationError(errors)
    said = {
        "finished_at": finished_at,
        "pain_before": pain_before,
        "pain_peak": pain_peak,
        "pain_after": pain_after,
        "spread": spread,
        "effort": effort,
        "note": _tidy(note),
    }
    changed = [field for field, value in said.items() if getattr(stored, field) != value]
    if changed:
        for field in changed:
            setattr(stored, field, said[field])
        stored.save(update_fields=changed)
    newly_stopped = _bring_up_to_date(stored, rows)
    if newly_stopped or is_stopped:
        reason = ScreeningRequest.Reason.STOPPED
        request_screening(clinic=stored.clinic, patient=session.patient, reason=reason, now=now)
    return stored


def _bring_up_to_date(session: GuidedSession, rows: Sequence[ExerciseResult]) -> list[ExerciseResult]:
    """Have the results of a session be these; returns those that are stopped now and were not."""
    stored = {(each.exercise_id, each.side): each for each in session.results.all()}
    newly_stopped, new = [], []
    for row in rows:
        known = stored.pop((row.exercise_id, row.side), None)
        is_stopped = row.outcome == ExerciseResult.Outcome.STOPPED
        if is_stopped and (known is None or known.outcome != row.outcome):
            newly_stopped.append(row)
        if known is None:
            row.session = session
            new.append(row)
        elif any(getattr(known, field) != getattr(row, field) for field in _TOLD_BY_THE_TELEPHONE):
            for field in _TOLD_BY_THE_TELEPHONE:
                setattr(known, field, getattr(row, field))
            known.save(update_fields=list(_TOLD_BY_THE_TELEPHONE))
    if stored:
        session.results.filter(pk__in=[each.pk for each in stored.values()]).delete()
    if new:
        ExerciseResult.objects.bulk_create(new)
    return newly_stopped


@transaction.atomic
def add_to_session(
    *, session: GuidedSession, effort: str | None, note: str | None, now: datetime, seen: str = ""
) -> GuidedSession:
    """Add to a stored session how hard it was, and a note; None leaves what there is.

    What is still empty can be said at any time. What was said can be changed, or a note taken back, until the
    end of the local day on which the session came in; later that raises ValidationError. `seen` is what
    `mark_of_note` gave when the note was read: one that has come since is put out by no other. The same again
    changes nothing, however its lines end.
    """
    patient = session.patient
    one_report_at_a_time(patient)
    stored = GuidedSession.objects.get(pk=session.pk)
    is_of_today = local_day(now, patient.time_zone) == local_day(stored.received_at, patient.time_zone)
    added = {
        field: _tidy(value)
        for field, value in (("effort", effort), ("note", note))
        if value is not None and _tidy(value) != _tidy(getattr(stored, field))
    }
    errors = _effort_error(added.get("effort", ""))
    if len(added.get("note", "")) > NOTE_LENGTH:
        errors["note"] = TOO_LONG_A_NOTE
    if "note" in added and seen != mark_of_note(stored.note):
        errors["note"] = NOTE_CHANGED
    if not is_of_today:
        errors |= {field: TOO_LATE_TO_CHANGE for field in added if getattr(stored, field)}
    if errors:
        raise ValidationError(errors)
    if added:
        for field, value in added.items():
            setattr(stored, field, value)
        stored.save(update_fields=list(added))
    return stored


def mark_of_note(note: str) -> str:
    """What a note is known by to whoever has read it; "" where there is none."""
    tidy = _tidy(note)
    return sha256(tidy.encode()).hexdigest()[:16] if tidy else ""


def _tidy(text: str) -> str:
    """What was written, whichever way the lines of it ended: each browser and client has its own."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _effort_error(effort: str) -> dict[str, str]:
    return {} if effort in ("", *Effort.values) else {"effort": NOT_AN_EFFORT}


def _time_errors(
    started_at: datetime, finished_at: datetime, now: datetime, *, is_any_age: bool
) -> dict[str, str]:
    errors = {}
    if started_at > now + CLOCK_TOLERANCE:
        errors["started_at"] = "This time has not come yet."
    elif now - started_at > LATEST_REPORT and not is_any_age:
        errors["started_at"] = TOO_LONG_AGO
    if finished_at < started_at:
        errors["finished_at"] = ENDS_LATER
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
