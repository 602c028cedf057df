"""What the patient can do: the tests of a stage, and the check which direction eases the leg."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from programs.accounts.models import PatientRecord, PatientRecordQuerySet
from programs.care.models import PlanVersion
from programs.library.models import Exercise
from programs.logbook.models.checks import Reach, pain_in_range


class StageTest(PatientRecord):
    """A row is one go at the test of a stage, on one local day. The id is the client's.

    `values` are the answers by the key of each item of the test, one for each side where sides are tested
    apart; `is_passed` is what the test's own limits say of them, None where an answer is missing.
    """

    plan_version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="stage_tests")
    stage_number = models.PositiveSmallIntegerField()
    taken_on = models.DateField()
    values = models.JSONField()
    is_passed = models.BooleanField(null=True, blank=True)
    received_at = models.DateTimeField(default=timezone.now)

    objects = PatientRecordQuerySet["StageTest"].as_manager()

    class Meta:
        ordering = ["-taken_on", "-received_at", "-id"]
        indexes = [models.Index(fields=["patient", "-taken_on"])]

    def __str__(self) -> str:
        return f"stage {self.stage_number} on {self.taken_on}"


class DirectionTry(PatientRecord):
    """A row is one try of the direction check: the leg before and after one small move.

    Reach and pain are those of the affected leg, asked right before and two minutes after.
    """

    class Direction(models.TextChoices):
        EXTENSION = "extension", "Arching back"
        FLEXION = "flexion", "Bending forward"

    class Effect(models.TextChoices):
        BETTER = "better", "Eased the leg"
        NO_CHANGE = "no_change", "No clear change"
        WORSE = "worse", "Went further down the leg"

    direction = models.CharField(max_length=9, choices=Direction.choices)
    exercise = models.ForeignKey(Exercise, on_delete=models.PROTECT, related_name="+")
    tried_on = models.DateField()
    reach_before = models.PositiveSmallIntegerField(choices=Reach.choices)
    pain_before = models.PositiveSmallIntegerField()
    reach_after = models.PositiveSmallIntegerField(choices=Reach.choices)
    pain_after = models.PositiveSmallIntegerField()
    effect = models.CharField(max_length=9, choices=Effect.choices)
    received_at = models.DateTimeField(default=timezone.now)

    objects = PatientRecordQuerySet["DirectionTry"].as_manager()

    class Meta:
        ordering = ["-tried_on", "-received_at", "-id"]
        verbose_name_plural = "direction tries"
        constraints = [
            models.CheckConstraint(condition=pain_in_range("pain_before"), name="direction_pain_before"),
            models.CheckConstraint(condition=pain_in_range("pain_after"), name="direction_pain_after"),
            models.CheckConstraint(
                condition=Q(reach_before__lte=5, reach_after__lte=5), name="direction_reach"
            ),
        ]
        indexes = [models.Index(fields=["patient", "-tried_on"])]

    def __str__(self) -> str:
        return f"{self.direction} on {self.tried_on}"
