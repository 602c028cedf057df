"""How a patient's movement breaks stand right now, and what the last days have had."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count

from programs.accounts.models import User
from programs.lib.times import local_day
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


def prompts_made(rule: BreakRule, at: datetime) -> dict[date, int]:
    """How many prompts each day that is not over at `at` has had, the day before included."""
    since = local_day(at, rule.time_zone) - timedelta(days=1)
    made = Prompt.objects.filter(rule=rule, due_on__gte=since).order_by().values_list("due_on")
    return dict(made.annotate(Count("pk")))
