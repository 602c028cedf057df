"""The patient's own calendar: when they are busy, and prompts to be seen in it."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models

from programs.accounts.models import PatientRecord, PatientRecordQuerySet
from programs.reminders.models.break_rule import BreakRule


class BusyCalendarQuerySet(PatientRecordQuerySet["BusyCalendar"]):
    def due(self, at: datetime) -> Self:
        """Read long enough ago to be read again; a file is read once."""
        return self.filter(next_read_at__lte=at)


class BusyCalendar(PatientRecord):
    """A row is where a patient's busy times are read from: an .ics address, or a file given once.

    Of the calendar itself nothing is kept but when somebody is busy (`BreakRule.busy`). The address is a
    secret of the patient's. `known_until` is up to when it was read, and `problem` what the last reading
    could not make out, in words for the patient; "" if all is well.
    """

    rule = models.OneToOneField(BreakRule, on_delete=models.CASCADE, related_name="busy_calendar")
    address = models.CharField(max_length=1000, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    next_read_at = models.DateTimeField(null=True, blank=True)
    known_until = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=200, blank=True)

    objects = BusyCalendarQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["next_read_at"], name="busy_calendar_due")]

    def __str__(self) -> str:
        return str(self.pk)


class CalendarFeed(PatientRecord):
    """A row is one patient's secret address under which a calendar program reads their reminders.

    Only a hash of the secret is kept: whoever knows the address needs no sign-in. A new one ends the old.
    """

    secret_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    last_read_at = models.DateTimeField(null=True, blank=True)

    objects = PatientRecordQuerySet["CalendarFeed"].as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["patient"], name="calendar_feed_one_per_patient")]

    def __str__(self) -> str:
        return str(self.pk)
