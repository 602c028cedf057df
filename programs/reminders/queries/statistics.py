"""What a patient's movement breaks came to, day by day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from programs.accounts.models import User
from programs.lib.times import last_days, local_day
from programs.reminders.models import BreakRule, MovementBreak, Prompt
from programs.reminders.rules.statistics import (
    WEEK,
    BreakDay,
    BreakWeek,
    break_days,
    break_week,
    week_in_short,
)


@dataclass(frozen=True, slots=True)
class BreakStatistics:
    """The rule as it is, None where there is none, and the days, oldest first: the last one is today."""

    rule: BreakRule | None
    days: tuple[BreakDay, ...]

    @property
    def week(self) -> BreakWeek:
        return break_week(self.days)

    @property
    def is_on(self) -> bool:
        return self.rule is not None and self.rule.enabled

    def in_short(self, now: datetime) -> str:
        """One line for a therapist: the last seven days, and how often prompts come."""
        rule = self.rule
        if rule is None or not rule.enabled:
            return "Movement breaks are off."
        prompts = f"prompts every {rule.interval_minutes} minutes"
        if rule.interval_minutes > rule.wished_minutes:
            prompts += f" for now, {rule.wished_minutes} wished for"
        if rule.paused_until is not None and rule.paused_until > now:
            until = local_day(rule.paused_until, rule.time_zone)
            prompts = f"prompts paused until {until.day} {until:%B}"
        return f"Breaks: {week_in_short(self.week)}; {prompts}."


def statistics(patient: User, viewer: User, now: datetime, days: int = 2 * WEEK) -> BreakStatistics:
    """The last `days` local days of `patient`, as far as `viewer` may see them."""
    rule = BreakRule.objects.visible_to(viewer).filter(patient=patient).first()
    span = last_days(local_day(now, rule.time_zone if rule else patient.time_zone), days)
    moved = MovementBreak.objects.visible_to(viewer).filter(patient=patient, moved_on__gte=span[0])
    prompts = Prompt.objects.visible_to(viewer).filter(patient=patient, due_on__gte=span[0])
    return BreakStatistics(
        rule=rule,
        days=tuple(
            break_days(
                span,
                moved=moved.order_by().filter(moved_at__lte=now).values_list("moved_on", "moved_at"),
                prompts=prompts.order_by().filter(due_at__lte=now).values_list("due_on", "due_at", "outcome"),
                schedule=rule.schedule if rule else None,
                now=now,
            )
        ),
    )
