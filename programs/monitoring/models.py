"""What a rule found in a patient's reports, and what people did about it."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from programs.accounts.models import PatientRecord, PatientRecordQuerySet, User
from programs.care.models import Plan


class FlagState(models.TextChoices):
    OPEN = "open", "Open"
    ACKNOWLEDGED = "acknowledged", "Being looked at"
    RESOLVED = "resolved", "Done"


class Kind(models.TextChoices):
    WORSENING = "worsening", "Pain up"


class FlagQuerySet(PatientRecordQuerySet["Flag"]):
    def unresolved(self) -> Self:
        return self.exclude(state=FlagState.RESOLVED)


class Flag(PatientRecord):
    """A row is one episode that a therapist should look at, with what the rule saw when it opened.

    `sentence` and `evidence` are kept as they were: later reports do not rewrite what a person acted on.
    """

    plan = models.ForeignKey(Plan, on_delete=models.SET_NULL, null=True, blank=True, related_name="flags")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    rule = models.CharField(max_length=8)
    rule_version = models.CharField(max_length=20)
    found_on = models.DateField()
    sentence = models.CharField(max_length=500)
    evidence = models.JSONField()
    state = models.CharField(max_length=12, choices=FlagState.choices, default=FlagState.OPEN)
    opened_at = models.DateTimeField()
    owner = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="flags_owned"
    )

    objects = FlagQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "patient", "kind"],
                condition=Q(state__in=["open", "acknowledged"]),
                name="flag_one_unresolved",
            ),
            models.CheckConstraint(
                condition=~Q(state="acknowledged") | Q(owner__isnull=False),
                name="flag_acknowledged_has_owner",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.state}"


class FlagEvent(models.Model):
    """A row is one thing that happened to a flag. Never changed, never deleted."""

    class Kind(models.TextChoices):
        OPENED = "opened", "Opened"
        FOUND_AGAIN = "found_again", "Found again"
        ACKNOWLEDGED = "acknowledged", "Taken on"
        REOPENED = "reopened", "Opened again: whoever took it on has left"
        RESOLVED = "resolved", "Done"

    flag = models.ForeignKey(Flag, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    rule = models.CharField(max_length=8, blank=True)
    found_on = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["flag", "at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["flag", "rule", "found_on"],
                condition=Q(found_on__isnull=False),
                name="flag_event_finding_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.flag_id}"
