"""The outbox: what must reach whom, by which way, and how that went."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from uuid_utils.compat import uuid7

from programs.accounts.models import Clinic, User


class Channel(models.TextChoices):
    IN_APP = "in_app", "In the app"
    EMAIL = "email", "E-mail"


class Notice(models.TextChoices):
    """What is said. The words are fixed and carry no health data, since an e-mail can be read by others."""

    PATIENT_NEEDS_LOOK = "patient_needs_look", "A patient needs a look"


class State(models.TextChoices):
    PENDING = "pending", "Waiting"
    LEASED = "leased", "Being sent"
    SENT = "sent", "Sent"
    WITHDRAWN = "withdrawn", "No longer needed"
    FAILED = "failed", "Could not be sent"


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(recipient=user)

    def due(self, at: datetime) -> Self:
        """Waiting and due, or claimed by a sender that has not come back within its lease."""
        return self.filter(
            Q(state=State.PENDING, next_attempt_at__lte=at) | Q(state=State.LEASED, lease_until__lte=at)
        )

    def unread_in_app(self) -> Self:
        return self.filter(channel=Channel.IN_APP, state=State.SENT, read_at=None)


class Delivery(models.Model):
    """A row is one notice to one person by one channel, written in the transaction that caused it.

    `source_kind` and `source_id` name the row above that caused it (no foreign key: this room is lower);
    `nth` counts repeats of the same source; `path` is where the recipient can look, an address of ids only.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="+")
    recipient = models.ForeignKey(User, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=10, choices=Channel.choices)
    notice = models.CharField(max_length=30, choices=Notice.choices)
    source_kind = models.CharField(max_length=20)
    source_id = models.UUIDField()
    nth = models.PositiveSmallIntegerField(default=1)
    path = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    created_at = models.DateTimeField()
    next_attempt_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_token = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=200, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["source_kind", "source_id", "nth", "recipient", "channel"], name="delivery_once"
            ),
            models.CheckConstraint(
                condition=~Q(state=State.LEASED) | Q(lease_token__isnull=False, lease_until__isnull=False),
                name="delivery_lease_complete",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                condition=Q(state__in=["pending", "leased"]),
                name="delivery_due",
            ),
            models.Index(fields=["recipient", "state"]),
        ]

    def __str__(self) -> str:
        return f"{self.notice} by {self.channel}"


class Heartbeat(models.Model):
    """A row is the last sign of life of one sweep, with how long the oldest due row had then waited."""

    name = models.CharField(max_length=20, primary_key=True)
    beat_at = models.DateTimeField()
    oldest_due_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name
