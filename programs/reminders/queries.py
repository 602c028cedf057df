"""How a patient's movement breaks stand right now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from programs.accounts.models import User
from programs.reminders.models import BreakRule, Prompt


@dataclass(frozen=True, slots=True)
class Breaks:
    """The prompt that an open page shows now, if any, and when the next one is due, if ever."""

    open_prompt: Prompt | None
    next_due_at: datetime | None


def breaks(patient: User, now: datetime) -> Breaks:
    """The breaks of `patient`. Ask only for a patient the caller may see."""
    rule = BreakRule.objects.filter(patient=patient, enabled=True).first()
    return Breaks(
        open_prompt=Prompt.objects.filter(patient=patient).showing(now).first(),
        next_due_at=rule.next_due_at if rule else None,
    )
