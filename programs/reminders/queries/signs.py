"""What an open page has to show of breaks and reminders: one look, before anything of it is read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, Subquery

from programs.accounts.models import User
from programs.reminders.models import BreakRule, Prompt
from programs.reminders.queries.reminders import shown_to


@dataclass(frozen=True, slots=True)
class ReminderSigns:
    """What there is to show, and when the next prompt is due; None where breaks are off."""

    next_break_at: datetime | None
    waiting_prompt: UUID | None
    """The newest prompt that is not over: it shows, or was put off."""
    has_reminder: bool


def reminder_signs(patient: User, now: datetime) -> dict[str, Any]:
    """An expression for each field of `ReminderSigns`, for a query that looks for more than these."""
    rule = BreakRule.objects.filter(patient=patient, enabled=True)
    waiting = Prompt.objects.unanswered().filter(patient=patient, expires_at__gt=now).order_by("-due_at")
    return {
        "next_break_at": Subquery(rule.values("next_due_at")[:1]),
        "waiting_prompt": Subquery(waiting.values("pk")[:1]),
        "has_reminder": Exists(shown_to(patient, now)),
    }


def reminder_signs_of(patient: User, now: datetime) -> ReminderSigns:
    """One query. Ask only for a patient the caller may see."""
    return ReminderSigns(**User.objects.values(**reminder_signs(patient, now)).get(pk=patient.pk))
