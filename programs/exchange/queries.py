"""A patient's whole record in one document, for the patient to keep."""

from __future__ import annotations

from typing import Any

from programs.accounts.models import User
from programs.care.models import Plan
from programs.conversations.models import Thread
from programs.logbook.models import DailyCheck, GuidedSession, MorningCheck, WeeklyCheck
from programs.monitoring.models import CheckIn, Flag, FlagState
from programs.monitoring.queries import is_superseded, sentence_for_patient
from programs.monitoring.rules import Evidence
from programs.monitoring.rules.for_patients import explain_to_patient
from programs.reminders.models import Prompt


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
        "sessions": [
            {
                "id": session.pk,
                "started_at": session.started_at,
                "finished_at": session.finished_at,
                "pain_before": session.pain_before,
                "pain_peak": session.pain_peak,
                "pain_after": session.pain_after,
                "spread": session.spread,
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
            }
            for plan in plans.select_related("program").prefetch_related("versions")
        ],
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
    }
