"""What a patient says about their pain once, before there is anything to compare it with."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from programs.accounts.models import PatientRecord, PatientRecordQuerySet
from programs.logbook.models.checks import Reach, pain_in_range


class Symptom(models.TextChoices):
    """What is felt besides pain; which of them are warning signs is for the safety questions."""

    NUMBNESS = "numbness", "Numbness"
    TINGLING = "tingling", "Tingling, or pins and needles"
    WEAKNESS = "weakness", "Weakness"
    CRAMPS = "cramps", "Cramps"
    STIFFNESS = "stiffness", "Stiffness"


class Intake(PatientRecord):
    """A row is one answer to "About your pain". The newest counts; earlier ones are kept.

    The id is the client's, so that sending it twice stores it once. `recorded_on` is the patient's local
    day. `places_left` and `places_right` are lists of `Region`, from the back down. None in a pain score is
    what the patient would rather not say, which is not 0. It feeds no rule: the Daily check does.
    """

    class Side(models.TextChoices):
        LEFT = "left", "My left leg"
        RIGHT = "right", "My right leg"
        BOTH = "both", "Both legs"

    GOAL_LENGTH = 300

    recorded_on = models.DateField()
    side = models.CharField(max_length=5, choices=Side.choices)
    places_left = models.JSONField(default=list, blank=True)
    places_right = models.JSONField(default=list, blank=True)
    reach = models.PositiveSmallIntegerField(choices=Reach.choices)
    leg_pain = models.PositiveSmallIntegerField(null=True, blank=True)
    back_pain = models.PositiveSmallIntegerField(null=True, blank=True)
    symptoms = models.JSONField(default=list, blank=True)
    goal = models.CharField(max_length=GOAL_LENGTH, blank=True)
    received_at = models.DateTimeField(default=timezone.now)

    objects = PatientRecordQuerySet["Intake"].as_manager()

    class Meta:
        ordering = ["-recorded_on", "-received_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(side__in=["left", "right", "both"]), name="intake_side_known"),
            models.CheckConstraint(condition=Q(reach__in=Reach.values), name="intake_reach_known"),
            models.CheckConstraint(condition=pain_in_range("leg_pain"), name="intake_leg_pain"),
            models.CheckConstraint(condition=pain_in_range("back_pain"), name="intake_back_pain"),
        ]
        indexes = [models.Index(fields=["patient", "-recorded_on"])]

    def __str__(self) -> str:
        return str(self.recorded_on)
