"""What can be prescribed: exercises and staged programs. Shipped ones belong to no clinic."""

from __future__ import annotations

from typing import Self, TypeVar

from django.db import models
from django.db.models import Q
from uuid_utils.compat import uuid7

from programs.accounts.models import Clinic, Membership, User
from programs.library.rules import Dose


class Category(models.TextChoices):
    MOBILITY = "mobility", "Stretch"
    CIRCULATION = "circulation", "Circulation"
    STRENGTH = "strength", "Strength"
    NERVE_GLIDE = "nerve_glide", "Nerve glide"
    MOTOR_CONTROL = "motor_control", "Control"
    CORE = "core", "Core"
    DIRECTION = "direction", "Easing movement"
    AEROBIC = "aerobic", "Walking"
    RELAXATION = "relaxation", "Relaxation"


class Sides(models.TextChoices):
    TOGETHER = "together", "Both together"
    EACH = "each", "Each side"
    ALTERNATE = "alternate", "Side to side"


Content = TypeVar("Content", bound="LibraryContent", covariant=True)


class LibraryQuerySet(models.QuerySet[Content]):
    def visible_to(self, user: User) -> Self:
        """Shipped content, and that of the clinics the person belongs to."""
        clinics = Membership.objects.active().filter(user=user).values("clinic")
        return self.filter(Q(clinic=None) | Q(clinic__in=clinics))

    def current(self) -> Self:
        """What can still be prescribed; retired content stays readable for old plans."""
        return self.filter(retired_at=None)


class LibraryContent(models.Model):
    """What exercises and programs share: whose they are, who checked them, whether they are still given."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    slug = models.SlugField(max_length=60)
    name = models.CharField(max_length=80)
    checked_by = models.CharField(max_length=120, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class Exercise(LibraryContent):
    """A row is one exercise: how it is done, its usual dose, when to leave it out, what is known of it."""

    code = models.CharField(max_length=8, blank=True)
    category = models.CharField(max_length=20, choices=Category.choices)
    position = models.CharField(max_length=20)
    equipment = models.CharField(max_length=20)
    target = models.CharField(max_length=80)
    sides = models.CharField(max_length=10, choices=Sides.choices)
    irritability_ceiling = models.CharField(max_length=10)
    steps = models.JSONField()
    mistakes = models.JSONField(default=list)
    avoid = models.JSONField(default=list)
    dose_defaults = models.JSONField()
    easier = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    harder = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    tags = models.JSONField(default=list)
    evidence_grade = models.CharField(max_length=4)
    evidence_note = models.CharField(max_length=500)

    objects = LibraryQuerySet["Exercise"].as_manager()

    class Meta:
        ordering = ["code", "slug"]
        constraints = [
            models.UniqueConstraint(fields=["clinic", "slug"], name="exercise_slug_in_clinic"),
            models.UniqueConstraint(fields=["slug"], condition=Q(clinic=None), name="exercise_slug_shipped"),
        ]

    @property
    def dose(self) -> Dose:
        """The usual dose."""
        return Dose.from_mapping(self.dose_defaults)


class Program(LibraryContent):
    """A row is one staged program, a template from which a patient's plan is made."""

    summary = models.CharField(max_length=500)
    not_for = models.JSONField(default=list)

    objects = LibraryQuerySet["Program"].as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["clinic", "slug"], name="program_slug_in_clinic"),
            models.UniqueConstraint(fields=["slug"], condition=Q(clinic=None), name="program_slug_shipped"),
        ]


class Stage(models.Model):
    """A row is one step of a program: what it is for, how long it lasts at least, and its pain ceiling."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="stages")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=80)
    goal = models.CharField(max_length=300)
    minimum_days = models.PositiveSmallIntegerField()
    pain_ceiling = models.PositiveSmallIntegerField()
    break_interval_minutes = models.PositiveSmallIntegerField()
    test = models.CharField(max_length=300)

    class Meta:
        ordering = ["program", "number"]
        constraints = [
            models.UniqueConstraint(fields=["program", "number"], name="stage_number_unique"),
            models.CheckConstraint(condition=Q(pain_ceiling__lte=10), name="stage_pain_ceiling"),
            models.CheckConstraint(
                condition=Q(break_interval_minutes__range=(20, 60)), name="stage_break_interval"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class Prescription(models.Model):
    """A row is one exercise in a stage, with the dose of that stage."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    stage = models.ForeignKey(Stage, on_delete=models.CASCADE, related_name="prescriptions")
    position = models.PositiveSmallIntegerField()
    exercise = models.ForeignKey(Exercise, on_delete=models.PROTECT, related_name="prescriptions")
    dose_values = models.JSONField()
    optional = models.BooleanField(default=False)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["stage", "position"]
        constraints = [
            models.UniqueConstraint(fields=["stage", "position"], name="prescription_position_unique"),
            models.UniqueConstraint(fields=["stage", "exercise"], name="prescription_exercise_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.exercise_id}"

    @property
    def dose(self) -> Dose:
        """The dose in this stage."""
        return Dose.from_mapping(self.dose_values)
