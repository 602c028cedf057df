"""Breaks and prompts of days gone by, written as rows: what led to them is not the point here."""

from __future__ import annotations

from datetime import datetime, timedelta

from programs.accounts.models import User
from programs.lib.times import local_day
from programs.reminders.models import BreakRule, MovementBreak, Prompt


def moved(patient: User, *at: datetime, source: str = MovementBreak.Source.OWN) -> None:
    """The patient said that they moved, once at each of these moments."""
    MovementBreak.objects.bulk_create(
        MovementBreak(
            clinic=patient.memberships.get().clinic,
            patient=patient,
            source=source,
            moved_at=each,
            moved_on=local_day(each, patient.time_zone),
        )
        for each in at
    )


def prompted(rule: BreakRule, at: datetime, outcome: str | None = None) -> Prompt:
    """A prompt came due then."""
    return Prompt.objects.create(
        clinic=rule.clinic,
        patient=rule.patient,
        rule=rule,
        step=1_000_000 + Prompt.objects.filter(rule=rule).count(),
        due_at=at,
        due_on=local_day(at, rule.time_zone),
        show_at=at,
        expires_at=at + timedelta(minutes=10),
        outcome=outcome,
        answered_at=None if outcome is None else at + timedelta(minutes=2),
    )
