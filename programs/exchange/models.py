"""What telephones wrote down without a connection, event by event."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from programs.accounts.models import PatientRecord, PatientRecordQuerySet
from programs.exchange.rules.envelope import LONGEST_RAW, LONGEST_STEP, LONGEST_WORD
from programs.logbook.models import GuidedSession


class ClientEvent(PatientRecord):
    """A row is one thing that happened on a patient's telephone. The id is the client's; no row is ever
    changed but in `status` and `told_of`, and none is ever taken away.

    `session`, `seq`, `mono` and `step` are its place in a session, empty where it has none that can be read.
    `payload` is what came with it; where not even its place can be read, all of it as it came. `occurred_raw`
    is what the device's clock showed, `occurred_at` that put right. `told_of` is the session that was derived
    from an event that began one, with all that came after it.
    """

    class TimeSource(models.TextChoices):
        OK = "ok", "As the device said"
        SHIFTED = "shifted", "Put right by what is known of its clock"
        CLAMPED = "clamped", "When it came in"

    class Status(models.TextChoices):
        ACCEPTED = "accepted", "Read"
        QUARANTINED = "quarantined", "Kept as it came"
        CONFLICT = "conflict", "Its id was there already with other contents"

    device_id = models.UUIDField(null=True, blank=True)
    kind = models.CharField(max_length=LONGEST_WORD, blank=True)
    session = models.UUIDField(null=True, blank=True)
    seq = models.PositiveIntegerField(null=True, blank=True)
    type = models.CharField(max_length=LONGEST_WORD, blank=True)
    schema_version = models.PositiveSmallIntegerField(default=1)
    occurred_raw = models.CharField(max_length=LONGEST_RAW, blank=True)
    occurred_at = models.DateTimeField()
    time_source = models.CharField(max_length=7, choices=TimeSource.choices)
    received_at = models.DateTimeField(default=timezone.now)
    mono = models.PositiveBigIntegerField(null=True, blank=True)
    step = models.CharField(max_length=LONGEST_STEP, blank=True)
    payload = models.JSONField(null=True, blank=True)
    payload_hash = models.CharField(max_length=64)
    status = models.CharField(max_length=11, choices=Status.choices)
    told_of = models.ForeignKey(
        GuidedSession, on_delete=models.SET_NULL, null=True, blank=True, related_name="client_events"
    )

    objects = PatientRecordQuerySet["ClientEvent"].as_manager()

    class Meta:
        ordering = ["received_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["accepted", "quarantined", "conflict"]), name="event_status_known"
            ),
            models.CheckConstraint(
                condition=Q(time_source__in=["ok", "shifted", "clamped"]), name="event_time_source_known"
            ),
        ]
        indexes = [
            models.Index(fields=["patient", "session", "seq"]),
            models.Index(fields=["patient", "occurred_at"]),
            models.Index(fields=["patient", "received_at"]),
            models.Index(fields=["type", "received_at"]),
        ]

    def __str__(self) -> str:
        return str(self.pk)
