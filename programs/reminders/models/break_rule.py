"""When a patient wants to be prompted to move, and each prompt."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, Q

from programs.accounts.models import PatientRecord, PatientRecordQuerySet
from programs.lib.times import validate_time_zone
from programs.reminders.rules import (
    EASES_AFTER,
    LONGEST,
    MOST_A_DAY,
    MOST_SNOOZES,
    BreakSchedule,
    Slot,
    Window,
)

_UNHEEDED = Q(enabled=True, interval_minutes__lt=LONGEST, step__gte=F("heeded_step") + EASES_AFTER)


class BreakRuleQuerySet(PatientRecordQuerySet["BreakRule"]):
    def due(self, at: datetime) -> Self:
        return self.filter(enabled=True, next_due_at__lte=at)

    def unheeded(self) -> Self:
        """Those that may have to be eased: their patient has done nothing while so many prompts came."""
        return self.filter(_UNHEEDED)


class BreakRule(PatientRecord):
    """A row is one patient's wish to be prompted to move: how often, on which days, within which hours.

    `weekdays` lists Monday as 0; `windows` lists pairs of wall-clock times, as [["09:00", "12:30"], ...].

    `next_due_at` is the one truth about when. With it stands what the calendar said then (`rules.Slot`):
    until when that stretch of allowed time lasts, to which day it belongs, and which prompt of that day it
    will be. So an ordinary prompt needs no calendar: the next is an interval later, as long as that is
    before `open_until`. `counts_from` is when the running interval began.

    `step` counts the prompts made, so that a sweep running twice makes each only once; `missed` counts those
    that fell due while nothing ran and were too old to be shown.

    `wished_minutes` is what the patient chose. `interval_minutes` is in force: longer, where prompts went by
    without an answer. `heeded_step` is the step of the first prompt since the patient last answered one,
    moved, or changed anything here: only from there on are unanswered ones counted.

    `busy` lists stretches in which nothing may show, read from the patient's own calendar: pairs of moments
    in UTC, in order and apart, as [["2026-11-20T12:00:00+00:00", "2026-11-20T13:00:00+00:00"], ...].

    From the day `review_on` on the patient is asked whether there should be fewer prompts, or more.
    """

    enabled = models.BooleanField(default=True)
    interval_minutes = models.PositiveSmallIntegerField(default=30)
    wished_minutes = models.PositiveSmallIntegerField(default=30)
    weekdays = models.JSONField()
    windows = models.JSONField()
    quiet_start = models.TimeField(null=True, blank=True)
    quiet_end = models.TimeField(null=True, blank=True)
    time_zone = models.CharField(max_length=64, validators=[validate_time_zone])
    daily_cap = models.PositiveSmallIntegerField(default=MOST_A_DAY)
    paused_until = models.DateTimeField(null=True, blank=True)
    by_push = models.BooleanField(default=True)
    busy = models.JSONField(default=list, blank=True)
    review_on = models.DateField()
    counts_from = models.DateTimeField()
    next_due_at = models.DateTimeField(null=True, blank=True)
    open_until = models.DateTimeField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    nth_of_day = models.PositiveSmallIntegerField(default=1)
    step = models.PositiveIntegerField(default=0)
    missed = models.PositiveIntegerField(default=0)
    heeded_step = models.PositiveIntegerField(default=0)

    objects = BreakRuleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["patient"], name="break_rule_one_per_patient"),
            models.CheckConstraint(condition=Q(interval_minutes__range=(20, 60)), name="break_rule_interval"),
            models.CheckConstraint(
                condition=Q(wished_minutes__gte=20, wished_minutes__lte=F("interval_minutes")),
                name="break_rule_wish",
            ),
            models.CheckConstraint(
                condition=Q(daily_cap__range=(1, MOST_A_DAY)), name="break_rule_daily_cap"
            ),
            models.CheckConstraint(
                condition=Q(enabled=False)
                | Q(next_due_at__isnull=False, open_until__isnull=False, due_on__isnull=False),
                name="break_rule_knows_when",
            ),
            models.CheckConstraint(
                condition=Q(open_until__gt=F("next_due_at")), name="break_rule_due_while_open"
            ),
            models.CheckConstraint(
                condition=Q(quiet_start=None, quiet_end=None)
                | Q(quiet_start__isnull=False, quiet_end__isnull=False),
                name="break_rule_quiet_hours_complete",
            ),
        ]
        indexes = [
            models.Index(fields=["next_due_at"], condition=Q(enabled=True), name="break_rule_due"),
            models.Index(fields=["id"], condition=_UNHEEDED, name="break_rule_unheeded"),
        ]

    def __str__(self) -> str:
        return f"every {self.interval_minutes} minutes"

    @property
    def schedule(self) -> BreakSchedule:
        return BreakSchedule(
            time_zone=ZoneInfo(self.time_zone),
            interval=timedelta(minutes=self.interval_minutes),
            days=frozenset(self.weekdays),
            windows=tuple(
                Window(time.fromisoformat(start), time.fromisoformat(end)) for start, end in self.windows
            ),
            quiet=None
            if self.quiet_start is None or self.quiet_end is None
            else Window(self.quiet_start, self.quiet_end),
            daily_cap=self.daily_cap,
            busy=tuple(
                (datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in self.busy
            ),
        )

    @property
    def coming_at(self) -> datetime | None:
        """When the next prompt comes: what is switched off keeps its slot, and waits for nothing."""
        return self.next_due_at if self.enabled else None

    @property
    def slot(self) -> Slot | None:
        """The coming prompt, or None while there is none."""
        if self.next_due_at is None or self.open_until is None or self.due_on is None:
            return None
        return Slot(self.next_due_at, self.open_until, self.due_on, self.nth_of_day)


class Outcome(models.TextChoices):
    DONE = "done", "Done"
    DISMISSED = "dismissed", "Not now"
    EXPIRED = "expired", "No answer"
    WITHDRAWN = "withdrawn", "Taken back"


class PromptQuerySet(PatientRecordQuerySet["Prompt"]):
    def unanswered(self) -> Self:
        return self.filter(outcome=None)

    def showing(self, at: datetime) -> Self:
        """What an open page shows now: due, not over, not answered, not put off."""
        return self.unanswered().filter(show_at__lte=at, expires_at__gt=at)


class Prompt(PatientRecord):
    """A row is one invitation to move: at once the event and, in the app, the message itself.

    `due_on` is the day it counts for: the one its window opened on. A snooze shows the same prompt again
    (`nth` counts) instead of making another. An unanswered prompt past `expires_at` never appears. One that a
    pause, a busy time or other wishes ended is withdrawn: that is no lack of an answer.
    """

    rule = models.ForeignKey(BreakRule, on_delete=models.CASCADE, related_name="prompts")
    step = models.PositiveIntegerField()
    due_at = models.DateTimeField()
    due_on = models.DateField()
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
            models.Index(fields=["rule", "due_on"]),
            models.Index(fields=["expires_at"], condition=Q(outcome=None), name="prompt_unanswered"),
        ]

    def __str__(self) -> str:
        return f"step {self.step}"

    @property
    def snoozes_left(self) -> int:
        """How often it can still be put off."""
        return MOST_SNOOZES + 1 - self.nth
