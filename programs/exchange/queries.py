"""A patient's whole record in one document, for the patient to keep."""

from __future__ import annotations

from typing import Any

from programs.accounts.models import User
from programs.care.models import Plan
from programs.conversations.models import Thread
from programs.logbook.models import DailyCheck, GuidedSession
from programs.monitoring.models import Flag
from programs.reminders.models import Prompt


def record_of(patient: User, viewer: User) -> dict[str, Any]:
    """Everything kept about `patient` that `viewer` may see: JSON-able, times in UTC, oldest first."""
    sessions = GuidedSession.objects.visible_to(viewer).filter(patient=patient).order_by("started_at", "id")
    plans = Plan.objects.visible_to(viewer).filter(patient=patient).order_by("started_at", "id")
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
                "received_at",
            )
        ),
        "sessions": [
            {
                "id": session.pk,
                "started_at": session.started_at,
                "finished_at": session.finished_at,
                "pain_before": session.pain_before,
                "pain_peak": session.pain_peak,
                "pain_after": session.pain_after,
                "note": session.note,
                "results": [
                    {"exercise": result.exercise.name, "side": result.side, "outcome": result.outcome}
                    for result in session.results.all()
                ],
            }
            for session in sessions.prefetch_related("results__exercise")
        ],
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
        "flags": list(
            Flag.objects.visible_to(viewer)
            .filter(patient=patient)
            .order_by("opened_at", "id")
            .values("id", "rule", "rule_version", "found_on", "sentence", "state", "opened_at")
        ),
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
