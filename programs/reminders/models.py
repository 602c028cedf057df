"""When a patient wants to be prompted to move, and each prompt."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, Q

from programs.accounts.models import PatientRecord, PatientRecordQuerySet
from programs.lib.times import validate_time_zone
from programs.reminders.rules import BreakSchedule


class BreakRuleQuerySet(PatientRecordQuerySet["BreakRule"]):
    def due(self, at: datetime) -> Self:
        return self.filter(enabled=True, next_due_at__lte=at)


class BreakRule(PatientRecord):
    """A row is one patient's wish to be prompted to move: how often, on which days, within which hours.

    `next_due_at` is the one truth about when; `step` counts the prompts made, so that a sweep running twice
    makes each only once. `weekdays` lists Monday as 0.
    """

    enabled = models.BooleanField(default=True)
    interval_minutes = models.PositiveSmallIntegerField(default=30)
    weekdays = models.JSONField()
    window_start = models.TimeField(default=time(9))
    window_end = models.TimeField(default=time(17))
    quiet_start = models.TimeField(null=True, blank=True)
    quiet_end = models.TimeField(null=True, blank=True)
    time_zone = models.CharField(max_length=64, validators=[validate_time_zone])
    next_due_at = models.DateTimeField(null=True, blank=True)
    step = models.PositiveIntegerField(default=0)

    objects = BreakRuleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["patient"], name="break_rule_one_per_patient"),
            models.CheckConstraint(condition=Q(interval_minutes__range=(20, 60)), name="break_rule_interval"),
            models.CheckConstraint(
                condition=Q(enabled=False) | Q(next_due_at__isnull=False), name="break_rule_knows_when"
            ),
            models.CheckConstraint(
                condition=Q(quiet_start=None, quiet_end=None)
                | Q(quiet_start__isnull=False, quiet_end__isnull=False),
                name="break_rule_quiet_hours_complete",
            ),
        ]
        indexes = [
            models.Index(fields=["next_due_at"], condition=Q(enabled=True), name="break_rule_due"),
        ]

    def __str__(self) -> str:
        return f"every {self.interval_minutes} minutes"

    @property
    def schedule(self) -> BreakSchedule:
        return BreakSchedule(
            time_zone=ZoneInfo(self.time_zone),
            interval=timedelta(minutes=self.interval_minutes),
            days=frozenset(self.weekdays),
            window_start=self.window_start,
            window_end=self.window_end,
            quiet_start=self.quiet_start,
            quiet_end=self.quiet_end,
        )


class Outcome(models.TextChoices):
    DONE = "done", "Done"
    DISMISSED = "dismissed", "Not now"
    EXPIRED = "expired", "No answer"


class PromptQuerySet(PatientRecordQuerySet["Prompt"]):
    def unanswered(self) -> Self:
        return self.filter(outcome=None)

    def showing(self, at: datetime) -> Self:
        """What an open page shows now: due, not over, not answered, not put off."""
        return self.unanswered().filter(show_at__lte=at, expires_at__gt=at)


class Prompt(PatientRecord):
    """A row is one invitation to move: at once the event and, in the app, the message itself.

    A snooze shows the same prompt again (`nth` counts) instead of making another. An unanswered prompt past
    `expires_at` never appears.
    """

    rule = models.ForeignKey(BreakRule, on_delete=models.CASCADE, related_name="prompts")
    step = models.PositiveIntegerField()
    due_at = models.DateTimeField()
    show_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    nth = models.PositiveSmallIntegerField(default=1)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, null=True, blank=True)  # noqa: DJ001
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = PromptQuerySet.as_manager()

    class Meta:
        ordering = ["-due_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["rule", "step"], name="prompt_once_per_step"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("due_at")), name="prompt_expires_later"),
            models.CheckConstraint(
                condition=Q(outcome=None, answered_at=None)
                | Q(outcome__isnull=False, answered_at__isnull=False),
                name="prompt_outcome_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["patient", "-due_at"]),
            models.Index(fields=["expires_at"], condition=Q(outcome=None), name="prompt_unanswered"),
        ]

    def __str__(self) -> str:
        return f"step {self.step}"
