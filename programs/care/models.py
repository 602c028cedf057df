"""Who follows which program, in which version and stage."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from uuid_utils.compat import uuid7

from programs.accounts.models import PatientRecord, PatientRecordQuerySet, User
from programs.care.rules import PlanContent, PlanStage
from programs.library.models import Program


class Side(models.TextChoices):
    """The affected leg."""

    LEFT = "left", "Left leg"
    RIGHT = "right", "Right leg"
    BOTH = "both", "Both legs"


class Mode(models.TextChoices):
    """Guided: the rules watch the reports. Diary: they are kept, and nobody is told."""

    GUIDED = "guided", "Guided"
    DIARY = "diary", "Diary, not watched"


class Irritability(models.TextChoices):
    """How easily the leg is stirred up, from the Weekly check."""

    LOW = "low", "Low"
    MEDIUM = "medium", "Medium"
    HIGH = "high", "High"


class Direction(models.TextChoices):
    """What the direction check found to ease the leg."""

    EXTENSION = "extension", "Arching back"
    FLEXION = "flexion", "Bending forward"
    NEITHER = "neither", "Neither"


class PlanQuerySet(PatientRecordQuerySet["Plan"]):
    def current(self) -> Self:
        return self.filter(ended_at=None)


class Plan(PatientRecord):
    """A row is one patient following one program; at most one at a time.

    `irritability` and `direction` are what the last Weekly check and direction check said, "" while nothing
    is known; `directions_excluded` are those to leave out, each with the ISO day of its return. While
    `held_at` is set, a therapist's veto keeps the plan in its stage; while `flare_began_on` is set, the flare
    plan lies over it.
    """

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="plans")
    assigned_by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="plans_assigned")
    side = models.CharField(max_length=5, choices=Side.choices)
    pain_limit = models.PositiveSmallIntegerField(default=5)
    mode = models.CharField(max_length=10, choices=Mode.choices, default=Mode.GUIDED)
    stage_number = models.PositiveSmallIntegerField(default=1)
    irritability = models.CharField(max_length=6, choices=Irritability.choices, blank=True)
    irritability_on = models.DateField(null=True, blank=True)
    direction = models.CharField(max_length=9, choices=Direction.choices, blank=True)
    direction_on = models.DateField(null=True, blank=True)
    directions_excluded = models.JSONField(default=dict, blank=True)
    held_at = models.DateTimeField(null=True, blank=True)
    flare_began_on = models.DateField(null=True, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = PlanQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["patient"], condition=Q(ended_at=None), name="plan_one_current_per_patient"
            ),
            models.CheckConstraint(condition=Q(pain_limit__lte=10), name="plan_pain_limit"),
            models.CheckConstraint(condition=Q(side__in=Side.values), name="plan_side_known"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class PlanVersionQuerySet(models.QuerySet["PlanVersion"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(plan__in=Plan.objects.visible_to(user))


class PlanVersion(models.Model):
    """A row is what a plan said from a moment on. Never changed: a session points at the one it followed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    content_values = models.JSONField()
    note = models.CharField(max_length=1000, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="plan_versions")
    created_at = models.DateTimeField()
    # "I have read and checked these exercises for this patient": who said so, and when.
    checked_by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="plan_versions_checked")
    checked_at = models.DateTimeField()

    objects = PlanVersionQuerySet.as_manager()

    class Meta:
        ordering = ["plan", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="plan_version_number_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} version {self.number}"

    @property
    def content(self) -> PlanContent:
        return PlanContent.from_json(self.content_values)

    def stage(self, number: int) -> PlanStage:
        return self.content.stage(number)


class StageChange(models.Model):
    """A row is one move between stages, or a hold or a flare plan that begins or ends: who decided, and why.

    `decided_by` is None where the rules did. `criteria` are the criteria with their numbers as they stood
    then, and `rules_version` names the rules; both are empty where nobody asked the rules.
    """

    class Kind(models.TextChoices):
        START = "start", "Started"
        ADVANCE = "advance", "Moved on"
        STEP_BACK = "step_back", "Stepped back"
        HOLD = "hold", "Held in this stage"
        RELEASE = "release", "No longer held"
        FLARE = "flare", "Flare plan began"
        FLARE_END = "flare_end", "Flare plan ended"
        MODE = "mode", "Watched or diary"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="stage_changes")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    to_stage = models.PositiveSmallIntegerField()
    decided_by = models.ForeignKey(
        User, on_delete=models.CASCADE, null=True, blank=True, related_name="stage_decisions"
    )
    reason = models.CharField(max_length=300, blank=True)
    criteria = models.JSONField(default=list)
    rules_version = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["plan", "-at", "-id"]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.kind} to {self.to_stage}"
