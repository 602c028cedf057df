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
    WEB_PUSH = "web_push", "Web Push"


class Lane(models.TextChoices):
    """Two queues, so that what is clinical never waits behind prompts."""

    CLINICAL = "clinical", "About a patient"
    PROMPT = "prompt", "A prompt"


class CrashPolicy(models.TextChoices):
    """What becomes of a notice whose sender died, when nobody can tell whether it had gone out."""

    RETRY = "retry", "Sent again: twice is better than never"
    ONCE = "once", "Left in doubt: never is better than twice"


class Notice(models.TextChoices):
    """What is said. The words are fixed and carry no health data, since an e-mail can be read by others."""

    PATIENT_NEEDS_LOOK = "patient_needs_look", "A patient needs a look"
    NOBODY_TOOK_IT_ON = "nobody_took_it_on", "A patient still needs a look"
    TIME_TO_MOVE = "time_to_move", "Time for a short break"
    REMINDER = "reminder", "Here is your reminder"
    DIGEST = "digest", "Your reminders for today"
    CASELOAD_DIGEST = "caseload_digest", "Your list for today"
    TEST = "test", "This is your test"


class State(models.TextChoices):
    PENDING = "pending", "Waiting"
    LEASED = "leased", "Claimed by a sender"
    SENDING = "sending", "Being sent, and never again"
    SENT = "sent", "Sent"
    WITHDRAWN = "withdrawn", "No longer needed"
    EXPIRED = "expired", "Too late to be of use"
    IN_DOUBT = "in_doubt", "Perhaps sent"
    FAILED = "failed", "Could not be sent"


FINISHED = [State.SENT, State.WITHDRAWN, State.EXPIRED, State.IN_DOUBT, State.FAILED]
"""States in which nobody has anything left to do."""


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(recipient=user)

    def due(self, at: datetime) -> Self:
        """Waiting and due, or claimed by a sender that has not come back within its lease; and not too late.

        `next_attempt_at` of a claimed row is the end of its lease, so that one index finds both.
        """
        return self.filter(
            Q(expires_at=None) | Q(expires_at__gt=at),
            state__in=[State.PENDING, State.LEASED],
            next_attempt_at__lte=at,
        )

    def overdue(self, at: datetime) -> Self:
        """Unsent and past their use, unless a sender holds them."""
        return self.filter(
            state__in=[State.PENDING, State.LEASED], expires_at__lte=at, next_attempt_at__lte=at
        )

    def unread_in_app(self) -> Self:
        return self.filter(channel=Channel.IN_APP, state=State.SENT, read_at=None)


class Delivery(models.Model):
    """A row is one notice to one person by one channel, written in the transaction that caused it.

    `source_kind` and `source_id` name the row above that caused it (no foreign key: this room is lower);
    `nth` counts repeats of the same source; `path` is where the recipient can look, an address of ids only.
    `target` is the id of the push subscription, where the channel has several per person. What is
    `expires_at` in the past is never sent; None is never too late.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="+")
    recipient = models.ForeignKey(User, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=10, choices=Channel.choices)
    target = models.CharField(max_length=36, blank=True)
    notice = models.CharField(max_length=30, choices=Notice.choices)
    lane = models.CharField(max_length=10, choices=Lane.choices)
    crash_policy = models.CharField(max_length=5, choices=CrashPolicy.choices)
    source_kind = models.CharField(max_length=20)
    source_id = models.UUIDField()
    nth = models.PositiveSmallIntegerField(default=1)
    path = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    created_at = models.DateTimeField()
    next_attempt_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
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
                fields=["source_kind", "source_id", "nth", "recipient", "channel", "target"],
                name="delivery_once",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["leased", "sending"])
                | Q(lease_token__isnull=False, lease_until__isnull=False),
                name="delivery_lease_complete",
            ),
        ]
        indexes = [
            models.Index(
                fields=["lane", "channel", "next_attempt_at"],
                condition=Q(state__in=["pending", "leased", "sending"]),
                name="delivery_due",
            ),
            models.Index(
                fields=["expires_at"], condition=Q(state__in=["pending", "leased"]), name="delivery_overdue"
            ),
            models.Index(
                fields=["expires_at"],
                condition=Q(lane=Lane.PROMPT, state__in=FINISHED),
                name="delivery_finished",
            ),
            models.Index(
                fields=["recipient", "created_at", "id"],
                condition=Q(channel=Channel.IN_APP, state=State.SENT, read_at=None),
                name="delivery_unread",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notice} by {self.channel}"


class PushSubscriptionQuerySet(models.QuerySet["PushSubscription"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(user=user)

    def live(self) -> Self:
        return self.filter(revoked_at=None)


class PushSubscription(models.Model):
    """A row is one browser in which one person takes Web Push, until it is revoked.

    `endpoint` is the address its maker gave it; `p256dh` and `auth` are its keys (RFC 8291), base64url
    without padding. One browser has one row: another person who takes push there takes it over.
    `last_receipt_at` is when it last said that it had shown something: the one sure sign that it works.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="push_subscriptions")
    endpoint = models.CharField(max_length=1000)
    endpoint_hash = models.CharField(max_length=64, unique=True)
    p256dh = models.CharField(max_length=120)
    auth = models.CharField(max_length=40)
    created_at = models.DateTimeField()
    last_receipt_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = PushSubscriptionQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["user"], condition=Q(revoked_at=None), name="push_subscription_live"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class DeliveryReceipt(models.Model):
    """A row is a device's word that it has shown a push, or that it was tapped."""

    class Kind(models.TextChoices):
        SHOWN = "shown", "Shown"
        TAPPED = "tapped", "Tapped"

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="receipts")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    at = models.DateTimeField()

    class Meta:
        ordering = ["delivery", "at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["delivery", "kind"], name="delivery_receipt_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.delivery_id}"


class EmailOptOut(models.Model):
    """A row is one person who wants no more reminders by e-mail. What is about a patient still goes out."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="email_opt_out")
    since = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.user_id)


class Heartbeat(models.Model):
    """A row is the last sign of life of one sweep, or of the standby."""

    name = models.CharField(max_length=20, primary_key=True)
    beat_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
