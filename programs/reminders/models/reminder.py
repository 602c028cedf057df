"""What people want to be reminded of besides movement breaks, and when each of it comes next."""

from __future__ import annotations

from datetime import datetime, time
from typing import Self

from django.db import models
from django.db.models import Q
from uuid_utils.compat import uuid7

from programs.accounts.models import Clinic, User
from programs.lib.times import validate_time_zone


class Kind(models.TextChoices):
    """What somebody is reminded of."""

    SESSION = "session", "Your exercises"
    MORNING_CHECK = "morning_check", "The morning after a session"
    DAILY_CHECK = "daily_check", "Your Daily check"
    DIGEST = "digest", "One e-mail a day"
    CASELOAD = "caseload", "Your list, once a day"


class ReminderSettingsQuerySet(models.QuerySet["ReminderSettings"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(user=user)


class ReminderSettings(models.Model):
    """A row is what one person, patient or therapist, wants to be reminded of, and in which way.

    Times are wall-clock times of `time_zone`; None, or no time, is not at all. `session_times` lists
    ["09:00", ...], and `weekdays` (Monday 0) are for these alone. In the quiet time nothing comes. A digest
    goes out by e-mail; everything else shows in the open page and, with `by_push`, where the person takes
    Web Push. A therapist has a digest of their own kind and nothing else.

    While everything is stopped, since `stopped_at`, there are no reminders of these settings; `had_breaks` is
    whether movement breaks were on until then.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="+")
    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="reminder_settings")
    session_times = models.JSONField(default=list, blank=True)
    weekdays = models.JSONField(default=list, blank=True)
    morning_check_at = models.TimeField(null=True, blank=True)
    daily_check_at = models.TimeField(null=True, blank=True)
    digest_at = models.TimeField(null=True, blank=True)
    quiet_start = models.TimeField(null=True, blank=True)
    quiet_end = models.TimeField(null=True, blank=True)
    time_zone = models.CharField(max_length=64, validators=[validate_time_zone])
    by_push = models.BooleanField(default=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    had_breaks = models.BooleanField(default=False)

    objects = ReminderSettingsQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(quiet_start=None, quiet_end=None)
                | Q(quiet_start__isnull=False, quiet_end__isnull=False),
                name="reminder_settings_quiet_hours_complete",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def times(self) -> list[time]:
        """The times at which the person is reminded of their exercises, in order."""
        return [time.fromisoformat(at) for at in self.session_times]


class ReminderQuerySet(models.QuerySet["Reminder"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(settings__user=user)

    def due(self, at: datetime) -> Self:
        return self.filter(next_due_at__lte=at)

    def showing(self, at: datetime) -> Self:
        """What an open page shows now."""
        return self.filter(show_until__gt=at)


class Reminder(models.Model):
    """A row is one thing at one time of day, with when it comes next.

    `step` counts how often it came, so that each coming is sent once. `is_repeat`: the coming one says again
    what went by; nothing is said a third time. `satisfied_at` is when the person last did what it is about,
    and `wanted_on` lists the local days it is for, as ["2026-11-20", ...], where it is not for every day: the
    mornings after a session. Until `show_until` an open page shows it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    settings = models.ForeignKey(ReminderSettings, on_delete=models.CASCADE, related_name="reminders")
    kind = models.CharField(max_length=15, choices=Kind.choices)
    at = models.TimeField()
    next_due_at = models.DateTimeField()
    step = models.PositiveSmallIntegerField(default=0)
    is_repeat = models.BooleanField(default=False)
    wanted_on = models.JSONField(default=list, blank=True)
    satisfied_at = models.DateTimeField(null=True, blank=True)
    show_until = models.DateTimeField(null=True, blank=True)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        ordering = ["settings", "kind", "at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["settings", "kind", "at"], name="reminder_once_a_time"),
        ]
        indexes = [models.Index(fields=["next_due_at"], name="reminder_due")]

    def __str__(self) -> str:
        return f"{self.kind} at {self.at:%H:%M}"


class ReminderMemory(models.Model):
    """A row is what one person last did of one kind, kept whether or not a reminder of it is on.

    So a reminder that is switched on, or comes again after everything was stopped, knows what was done
    meanwhile. `satisfied_at` and `wanted_on` are as in a `Reminder`; before `not_before` none of this kind
    comes.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=15, choices=Kind.choices)
    wanted_on = models.JSONField(default=list, blank=True)
    satisfied_at = models.DateTimeField(null=True, blank=True)
    not_before = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "kind"], name="reminder_memory_once_a_kind"),
        ]

    def __str__(self) -> str:
        return self.kind
