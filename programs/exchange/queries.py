"""A patient's whole record in one document, for the patient to keep; and whether it may be deleted."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from programs.accounts.models import Role, User
from programs.care.models import Plan, StageChange
from programs.conversations.models import Thread
from programs.exchange.models import ClientEvent
from programs.logbook.models import (
    DailyCheck,
    DirectionTry,
    GuidedSession,
    Intake,
    MorningCheck,
    StageTest,
    WeeklyCheck,
)
from programs.monitoring.models import CheckIn, Flag, FlagState, Kind, Level
from programs.monitoring.queries import is_superseded, sentence_for_patient
from programs.monitoring.rules import Evidence
from programs.monitoring.rules.for_patients import explain_to_patient
from programs.reminders.models import BreakRule, MovementBreak, Prompt, ReminderSettings
from programs.safety.models import Condition, SafetyLock, Screening, ScreeningAnswer, ScreeningRequest
from programs.safety.queries import exclusion_questions
from programs.safety.rules import QUESTIONS, text_of

_BREAK_RULE = (
    *("enabled", "wished_minutes", "interval_minutes", "weekdays", "windows", "quiet_start", "quiet_end"),
    *("time_zone", "daily_cap", "paused_until", "by_push", "busy", "missed"),
)
_INTAKE = (
    *("id", "recorded_on", "side", "places_left", "places_right", "reach", "leg_pain", "back_pain"),
    *("symptoms", "goal", "received_at"),
)
_REMINDERS = (
    *("session_times", "weekdays", "morning_check_at", "daily_check_at", "digest_at"),
    *("quiet_start", "quiet_end", "time_zone", "by_push"),
)


def record_of(patient: User, viewer: User) -> dict[str, Any]:
    """Everything kept about `patient` that `viewer` may see: JSON-able, times in UTC, oldest first."""
    sessions = GuidedSession.objects.visible_to(viewer).filter(patient=patient).order_by("started_at", "id")
    plans = Plan.objects.visible_to(viewer).filter(patient=patient).order_by("started_at", "id")
    flags = Flag.objects.visible_to(viewer).filter(patient=patient).prefetch_related("events")
    threads = Thread.objects.visible_to(viewer).filter(patient=patient).prefetch_related("messages__author")
    return {
        "person": {
            "name": patient.name,
            "email": patient.email,
            "year_of_birth": patient.year_of_birth,
            "time_zone": patient.time_zone,
            "text_size": patient.text_size,
            "voice": patient.voice,
            "speed": patient.speed,
            "first_leg": patient.first_leg,
            "less_motion": patient.less_motion,
        },
        "daily_checks": list(
            DailyCheck.objects.visible_to(viewer)
            .filter(patient=patient)
            .order_by("recorded_on", "received_at", "id")
            .values(
                "id",
                "recorded_on",
                "worst_leg_pain",
                "worst_back_pain",
                "reach_left",
                "reach_right",
                "tingling_numbness_left",
                "tingling_numbness_right",
                "calf_pain",
                "cramps",
                "worst_cramp",
                "corrects",
                "corrected_by",
                "received_at",
            )
        ),
        "weekly_checks": [
            {
                "id": check.pk,
                "recorded_on": check.recorded_on,
                "groc": check.groc,
                "bother_leg_pain": check.bother_leg_pain,
                "bother_tingling_numbness": check.bother_tingling_numbness,
                "bother_weakness": check.bother_weakness,
                "bother_sitting": check.bother_sitting,
                "bothersomeness": check.bothersomeness,
                "weakness": check.weakness,
                "settles_within": check.settles_within,
                "nights_broken": check.nights_broken,
                "sitting_before_pain": check.sitting_before_pain,
                "irritability": check.irritability,
                "received_at": check.received_at,
            }
            for check in WeeklyCheck.objects.visible_to(viewer)
            .filter(patient=patient)
            .order_by("recorded_on", "received_at", "id")
        ],
        "intakes": list(
            Intake.objects.visible_to(viewer)
            .filter(patient=patient)
            .order_by("recorded_on", "received_at", "id")
            .values(*_INTAKE)
        ),
        "sessions": [
            {
                "id": session.pk,
                "started_at": session.started_at,
                "finished_at": session.finished_at,
                "pain_before": session.pain_before,
                "pain_peak": session.pain_peak,
                "pain_after": session.pain_after,
                "spread": session.spread,
                "kind": session.kind,
                "effort": session.effort,
                "note": session.note,
                "results": [
                    {
                        "exercise": result.exercise.name,
                        "side": result.side,
                        "outcome": result.outcome,
                        "pain_peak": result.pain_peak,
                        "tingling": result.tingling,
                        "spread": result.spread,
                        "advised_share": result.advised_share,
                        "instead_of": result.instead_of.name if result.instead_of else None,
                    }
                    for result in session.results.all()
                ],
            }
            for session in sessions.prefetch_related("results__exercise", "results__instead_of")
        ],
        "telephone_events": [
            {
                "id": event.pk,
                "session": event.session,
                "seq": event.seq,
                "kind": event.kind,
                "type": event.type,
                "occurred_at": event.occurred_at,
                "occurred_raw": event.occurred_raw,
                "mono": event.mono,
                "step": event.step,
                "came": json.dumps(event.payload, ensure_ascii=False),
                "status": event.status,
                "received_at": event.received_at,
            }
            for event in ClientEvent.objects.visible_to(viewer)
            .filter(patient=patient)
            .order_by("received_at", "session", "seq", "id")
        ],
        "morning_checks": list(
            MorningCheck.objects.visible_to(viewer)
            .filter(patient=patient)
            .order_by("about_on", "received_at", "id")
            .values("id", "about_on", "pain", "settles_within", "received_at")
        ),
        "plans": [
            {
                "program": plan.program.name,
                "side": plan.side,
                "mode": plan.mode,
                "stage_number": plan.stage_number,
                "irritability": plan.irritability,
                "irritability_on": plan.irritability_on,
                "direction": plan.direction,
                "direction_on": plan.direction_on,
                "directions_excluded": plan.directions_excluded,
                "started_at": plan.started_at,
                "ended_at": plan.ended_at,
                "versions": [
                    {
                        "number": version.number,
                        "created_at": version.created_at,
                        "note": version.note,
                        "content": version.content_values,
                    }
                    for version in sorted(plan.versions.all(), key=lambda each: each.number)
                ],
                "stage_changes": [
                    _stage_change(change, patient)
                    for change in sorted(plan.stage_changes.all(), key=lambda each: (each.at, each.pk))
                ],
            }
            for plan in plans.select_related("program").prefetch_related(
                "versions", "stage_changes__decided_by"
            )
        ],
        "stage_tests": [
            {
                "id": test.pk,
                "program": test.plan_version.plan.program.name,
                "stage_number": test.stage_number,
                "taken_on": test.taken_on,
                "values": test.values,
                "is_passed": test.is_passed,
                "received_at": test.received_at,
            }
            for test in StageTest.objects.visible_to(viewer)
            .filter(patient=patient)
            .select_related("plan_version__plan__program")
            .order_by("taken_on", "received_at", "id")
        ],
        "direction_tries": [
            {
                "id": each.pk,
                "direction": each.direction,
                "exercise": each.exercise.name,
                "tried_on": each.tried_on,
                "reach_before": each.reach_before,
                "pain_before": each.pain_before,
                "reach_after": each.reach_after,
                "pain_after": each.pain_after,
                "effect": each.effect,
                "received_at": each.received_at,
            }
            for each in DirectionTry.objects.visible_to(viewer)
            .filter(patient=patient)
            .select_related("exercise")
            .order_by("tried_on", "received_at", "id")
        ],
        **_safety(patient, viewer),
        "flags": [
            {
                "id": flag.pk,
                "kind": flag.kind,
                "level": flag.level,
                "found_on": flag.found_on,
                "sentence": sentence_for_patient(flag),
                "evidence": flag.evidence,
                "counterfactual": flag.counterfactual,
                "is_superseded": is_superseded(flag),
                "is_over": flag.state == FlagState.RESOLVED,
                "opened_at": flag.opened_at,
            }
            for flag in flags.order_by("opened_at", "id")
        ],
        "check_ins": [
            {
                "id": check_in.pk,
                "found_on": check_in.found_on,
                "question": " ".join(explain_to_patient("", Evidence.from_dict(check_in.evidence))),
                "answer": check_in.answer,
                "is_harder_to_cope": check_in.is_harder_to_cope,
                "stops_usual_things": check_in.stops_usual_things,
                "opened_at": check_in.opened_at,
                "answered_at": check_in.answered_at,
            }
            for check_in in CheckIn.objects.visible_to(viewer)
            .filter(patient=patient)
            .order_by("opened_at", "id")
        ],
        "messages": [
            {"from": message.author.name, "sent_at": message.sent_at, "body": message.body}
            for thread in threads
            for message in sorted(thread.messages.all(), key=lambda each: (each.sent_at, each.pk))
        ],
        "break_prompts": list(
            Prompt.objects.visible_to(viewer)
            .filter(patient=patient)
            .order_by("due_at", "id")
            .values("due_at", "outcome", "answered_at")
        ),
        "movement_breaks": list(
            MovementBreak.objects.visible_to(viewer)
            .filter(patient=patient)
            .order_by("moved_at", "id")
            .values("source", "moved_at", "moved_on", "movement")
        ),
        "break_rule": BreakRule.objects.visible_to(viewer)
        .filter(patient=patient)
        .values(*_BREAK_RULE)
        .first(),
        "reminders": ReminderSettings.objects.visible_to(viewer)
        .filter(user=patient)
        .values(*_REMINDERS)
        .first(),
    }


def _stage_change(change: StageChange, patient: User) -> dict[str, Any]:
    """One change of a stage with its criteria as they stood, in the patient's words.

    What a therapist wrote as a reason is not in it: it was asked for as a note that the patient does not see.
    """
    by = change.decided_by
    return {
        "kind": change.kind,
        "to_stage": change.to_stage,
        "decided_by": by.name if by else None,
        "reason": change.reason if by is None or by == patient else None,
        "criteria": [
            {
                "key": each["key"],
                "state": each["state"],
                "numbers": each["numbers"],
                "sentence": each["for_patient"],
            }
            for each in change.criteria
            if "for_patient" in each
        ],
        "rules_version": change.rules_version,
        "at": change.at,
    }


def _safety(patient: User, viewer: User) -> dict[str, Any]:
    """The safety questions with every answer, and what followed from them."""
    screenings = Screening.objects.visible_to(viewer).filter(patient=patient).prefetch_related("answers")
    locks = SafetyLock.objects.visible_to(viewer).filter(patient=patient).select_related("ended_by")
    conditions = list(
        Condition.objects.visible_to(viewer)
        .filter(patient=patient)
        .select_related("cleared_by")
        .order_by("said_at", "id")
    )
    asked = {row.slug: row.question for row in exclusion_questions()}
    return {
        "safety_screenings": [
            {
                "id": screening.pk,
                "kind": screening.kind,
                "recorded_on": screening.recorded_on,
                "rules_version": screening.rules_version,
                "begun_at": screening.begun_at,
                "completed_at": screening.completed_at,
                "answers": [
                    {
                        "question": answer.question,
                        "asked": asked.get(answer.question) or _asked(answer, conditions),
                        "answer": answer.answer,
                        "level": answer.level,
                        "raw": answer.raw,
                        "answered_at": answer.answered_at,
                        "received_at": answer.received_at,
                    }
                    for answer in screening.answers.all()
                ],
            }
            for screening in screenings.order_by("begun_at", "id")
        ],
        "safety_locks": [
            {
                "id": lock.pk,
                "level": lock.level,
                "opened_at": lock.opened_at,
                "ended_at": lock.ended_at,
                "ending": lock.ending,
                "ended_by": lock.ended_by.name if lock.ended_by else None,
                "checked_on": lock.checked_on,
                "checked_where": lock.checked_where,
            }
            for lock in locks.order_by("opened_at", "id")
        ],
        "safety_conditions": [
            {
                "id": condition.pk,
                "slug": condition.slug,
                "since": condition.since,
                "is_checked_by_clinician": condition.is_checked_by_clinician,
                "said_at": condition.said_at,
                "cleared_at": condition.cleared_at,
                "cleared_by": condition.cleared_by.name if condition.cleared_by else None,
                "clearance_note": condition.clearance_note,
            }
            for condition in conditions
        ],
        "safety_requests": list(
            ScreeningRequest.objects.visible_to(viewer)
            .filter(patient=patient)
            .order_by("asked_at", "id")
            .values("id", "reason", "asked_at", "met_at")
        ),
    }


def _asked(answer: ScreeningAnswer, conditions: Iterable[Condition]) -> str:
    """The words of a question, as they are today; "" of what could not be read.

    Both legs are asked about in other words once a clinician knows of them.
    """
    if answer.question not in QUESTIONS:
        return ""
    is_known = any(
        each.slug == Condition.BILATERAL
        and each.is_checked_by_clinician
        and each.said_at < answer.answered_at
        and (each.cleared_at is None or each.cleared_at > answer.answered_at)
        for each in conditions
    )
    return text_of(answer.question, bilateral_known=is_known)


def awaits_the_care_team(patient: User) -> bool:
    """Whether this patient told of something that cannot wait, and nobody has seen to it yet.

    That is a safety lock, or a flag that nobody has taken on: one about safety answers, whatever its level,
    and any other above the lowest level.
    """
    locks = SafetyLock.objects.visible_to(patient).filter(patient=patient)
    flags = Flag.objects.visible_to(patient).of_patients_now().filter(patient=patient)
    cannot_wait = Q(kind=Kind.SAFETY) | Q(level__in=[Level.URGENT, Level.EMERGENCY])
    untaken = flags.filter(cannot_wait, state=FlagState.OPEN)
    return locks.open().exists() or untaken.exists()


def is_asked_anew(patient: User) -> bool:
    """Whether all safety questions were asked for because of what this patient told, and are not answered."""
    return ScreeningRequest.objects.visible_to(patient).open().filter(patient=patient).exists()


def works_for_a_clinic(user: User) -> bool:
    """Whether this person has a role besides that of a patient."""
    return bool(user.roles - {Role.PATIENT})


def has_worked_for_a_clinic(user: User) -> bool:
    """Whether this person has, or ever had, a role besides that of a patient."""
    return user.memberships.exclude(role=Role.PATIENT).exists()
