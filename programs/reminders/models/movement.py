"""Each time that a patient got up and moved."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from programs.accounts.models import PatientRecord, PatientRecordQuerySet
from programs.reminders.models.break_rule import Prompt


class MovementBreak(PatientRecord):
    """A row is one time that a patient moved: after a prompt, by themselves, or in a session.

    The id is the client's, where a client made it, so that sending it twice makes one. `moved_on` is the
    patient's local day. `movement` is the slug of what was done, where that is known.
    """

    class Source(models.TextChoices):
        PROMPT = "prompt", "After a prompt"
        OWN = "own", "A break by oneself"
        MOVED = "moved", "Had moved already"
        SESSION = "session", "A session"

    source = models.CharField(max_length=7, choices=Source.choices)
    moved_at = models.DateTimeField()
    moved_on = models.DateField()
    movement = models.SlugField(max_length=80, blank=True)
    prompt = models.OneToOneField(
        Prompt, on_delete=models.CASCADE, null=True, blank=True, related_name="movement_break"
    )

    objects = PatientRecordQuerySet["MovementBreak"].as_manager()

    class Meta:
        ordering = ["-moved_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(source="prompt", prompt__isnull=False) | ~Q(source="prompt") & Q(prompt=None),
                name="movement_break_after_its_prompt",
            ),
        ]
        indexes = [
            models.Index(fields=["patient", "-moved_at"]),
            models.Index(fields=["patient", "moved_on"]),
        ]

    def __str__(self) -> str:
        return f"{self.source} on {self.moved_on}"
