"""What a patient and the care team write to each other."""

from __future__ import annotations

from django.db import models
from uuid_utils.compat import uuid7

from programs.accounts.models import PatientRecord, PatientRecordQuerySet, User


class Thread(PatientRecord):
    """A row is the one conversation of a patient with the care team of a clinic."""

    objects = PatientRecordQuerySet["Thread"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "patient"], name="thread_one_per_patient"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Message(models.Model):
    """A row is one message. Never changed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="messages")
    author = models.ForeignKey(User, on_delete=models.CASCADE, related_name="messages_written")
    body = models.TextField(max_length=2000)
    sent_at = models.DateTimeField()

    class Meta:
        ordering = ["-sent_at", "-id"]
        indexes = [models.Index(fields=["thread", "-sent_at"])]

    def __str__(self) -> str:
        return str(self.pk)
