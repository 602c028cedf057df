"""What can be prescribed and read: exercises, programs, articles, break ideas, contraindications."""

from __future__ import annotations

from typing import Self, TypeVar

from django.db import models
from django.db.models import Q
from uuid_utils.compat import uuid7

from programs.accounts.models import Clinic, Membership, User
from programs.library.rules import PAIN_MEASURES, Dose

PAIN_MEASURE_CHOICES = list(PAIN_MEASURES.items())


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


class Position(models.TextChoices):
    STANDING = "standing", "Standing"
    SITTING = "sitting", "Sitting"
    FLOOR_SITTING = "floor_sitting", "Sitting with legs out"
    LYING = "lying", "Lying on your back"
    SIDE_LYING = "side_lying", "Lying on your side"
    FACE_DOWN = "face_down", "Lying on your front"
    HANDS_AND_KNEES = "hands_and_knees", "On hands and knees"


class Equipment(models.TextChoices):
    NONE = "none", "Nothing"
    WALL = "wall", "A wall"
    TOWEL = "towel", "A towel"
    CHAIR = "chair", "A chair"
    COUNTER = "counter", "A worktop to hold"
    STEP = "step", "A step with a rail"
    MAT = "mat", "A mat or bed"
    BAND = "band", "A band, if you have one"
    SHOES = "shoes", "Shoes that feel good"


Row = TypeVar("Row", bound="Shipped", covariant=True)
Content = TypeVar("Content", bound="LibraryContent", covariant=True)


class ShippedQuerySet(models.QuerySet[Row]):
    def current(self) -> Self:
        """What is still given; retired content stays readable for old plans."""
        return self.filter(retired_at=None)


class LibraryQuerySet(ShippedQuerySet[Content]):
    def visible_to(self, user: User) -> Self:
        """Shipped content, and that of the clinics the person belongs to."""
        clinics = Membership.objects.active().filter(user=user).values("clinic")
        return self.filter(Q(clinic=None) | Q(clinic__in=clinics))


class Shipped(models.Model):
    """What everything here shares: its name in the files, when it last changed, whether it is still given."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    slug = models.SlugField(max_length=60)
    updated_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.slug


class LibraryContent(Shipped):
    """What exercises, programs and articles share: whose they are and who checked them.

    Shipped content belongs to no clinic; a clinic's own is for its people alone.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=80)
    checked_by = models.CharField(max_length=120, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class Article(LibraryContent):
    """A row is one article in plain words. `sections` hold heading, paragraphs and points."""

    summary = models.CharField(max_length=300)
    sections = models.JSONField()
    sources = models.JSONField()
    places = models.JSONField(default=list)

    objects = LibraryQuerySet["Article"].as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["clinic", "slug"], name="article_slug_in_clinic"),
            models.UniqueConstraint(fields=["slug"], condition=Q(clinic=None), name="article_slug_shipped"),
        ]


class Exercise(LibraryContent):
    """A row is one exercise: how it is done, its usual dose, when to leave it out, what is known of it.

    `figure` is the whole document of the figure that shows it, with its `slug`; None where none does.
    """

    code = models.CharField(max_length=8, blank=True)
    category = models.CharField(max_length=20, choices=Category.choices)
    position = models.CharField(max_length=20, choices=Position.choices)
    equipment = models.CharField(max_length=20, choices=Equipment.choices)
    target = models.CharField(max_length=80)
    sides = models.CharField(max_length=10, choices=Sides.choices)
    irritability_ceiling = models.CharField(max_length=10)
    steps = models.JSONField()
    cues = models.JSONField(default=list)
    mistakes = models.JSONField(default=list)
    avoid = models.JSONField(default=list)
    dose_defaults = models.JSONField()
    easier = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    easier_how = models.CharField(max_length=200, blank=True)
    harder = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    harder_how = models.CharField(max_length=200, blank=True)
    tags = models.JSONField(default=list)
    evidence_grade = models.CharField(max_length=4)
    evidence_note = models.CharField(max_length=500)
    articles = models.JSONField(default=list)
    figure = models.JSONField(null=True, blank=True)

    objects = LibraryQuerySet["Exercise"].as_manager()

    class Meta:
        ordering = ["code", "slug", "id"]
        constraints = [
            models.UniqueConstraint(fields=["clinic", "slug"], name="exercise_slug_in_clinic"),
            models.UniqueConstraint(fields=["slug"], condition=Q(clinic=None), name="exercise_slug_shipped"),
        ]

    @property
    def dose(self) -> Dose:
        """The usual dose."""
        return Dose.from_mapping(self.dose_defaults)


class ProgramQuerySet(LibraryQuerySet["Program"]):
    def staged(self) -> Self:
        """What can be assigned; a flare plan only lies over a plan for some days."""
        return self.filter(kind=Program.Kind.STAGED)


class Program(LibraryContent):
    """A row is one program, a template from which a patient's plan is made, or the flare plan.

    `flare` tells when a flare plan ends (`FlareExit`) and is empty in a staged program.
    """

    class Kind(models.TextChoices):
        STAGED = "staged", "Program"
        FLARE = "flare", "Flare plan"

    class DirectionFirst(models.TextChoices):
        NONE = "none", "No direction check"
        EXTENSION = "extension_first", "Direction check, bending back first"
        FLEXION = "flexion_first", "Direction check, bending forward first"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    summary = models.CharField(max_length=500)
    begin_when = models.JSONField(default=list)
    not_for = models.JSONField(default=list)
    direction_check = models.CharField(max_length=20, choices=DirectionFirst.choices)
    evidence_grade = models.CharField(max_length=4)
    evidence_note = models.CharField(max_length=500)
    flare = models.JSONField(null=True, blank=True)

    objects = ProgramQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["clinic", "slug"], name="program_slug_in_clinic"),
            models.UniqueConstraint(fields=["slug"], condition=Q(clinic=None), name="program_slug_shipped"),
        ]


class Stage(models.Model):
    """A row is one step of a program: what it is for, how long it lasts at least, and its pain ceiling.

    Without `minimum_days` it goes on for as long as it helps; without `pain_ceiling` only flags hold it back.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="stages")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=80)
    goal = models.CharField(max_length=300)
    minimum_days = models.PositiveSmallIntegerField(null=True, blank=True)
    pain_ceiling = models.PositiveSmallIntegerField(null=True, blank=True)
    pain_measure = models.CharField(max_length=20, choices=PAIN_MEASURE_CHOICES)
    break_interval_minutes = models.PositiveSmallIntegerField()
    test = models.CharField(max_length=300, blank=True)
    test_items = models.JSONField(default=list)
    cautions = models.JSONField(default=list)
    excluded_exercises = models.JSONField(default=list)
    excluded_tags = models.JSONField(default=list)
    break_movements = models.JSONField(default=list)
    articles = models.JSONField(default=list)

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


class BreakMessage(Shipped):
    """A row is one thing a break prompt may say; it tells nothing about anybody's health.

    Prompts still say one and the same sentence; these are there for them.
    """

    text = models.CharField(max_length=120)

    objects = ShippedQuerySet["BreakMessage"].as_manager()

    class Meta:
        ordering = ["slug"]
        constraints = [models.UniqueConstraint(fields=["slug"], name="break_message_slug")]


class BreakMovement(Shipped):
    """A row is one small thing to do in a break, often a short form of an exercise."""

    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=80)
    how = models.CharField(max_length=300)
    seconds = models.PositiveSmallIntegerField()
    exercise = models.ForeignKey(
        Exercise, on_delete=models.SET_NULL, null=True, blank=True, related_name="break_movements"
    )

    objects = ShippedQuerySet["BreakMovement"].as_manager()

    class Meta:
        ordering = ["position", "slug"]
        constraints = [models.UniqueConstraint(fields=["slug"], name="break_movement_slug")]


class Contraindication(Shipped):
    """A row is one thing about a patient that rules exercises out (`rules_out`).

    `question` is asked of the patient, and a yes means it applies; `advice` is what they read then.
    """

    class Level(models.TextChoices):
        BLOCK = "block", "No exercises"
        CLINICIAN_FIRST = "clinician_first", "Ask a clinician first"
        FILTER = "filter", "Leave some exercises out"

    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=80)
    level = models.CharField(max_length=20, choices=Level.choices)
    question = models.CharField(max_length=300)
    advice = models.CharField(max_length=300)
    excluded_exercises = models.JSONField(default=list)
    excluded_tags = models.JSONField(default=list)
    only_tags = models.JSONField(default=list)
    checked_by = models.CharField(max_length=120, blank=True)

    objects = ShippedQuerySet["Contraindication"].as_manager()

    class Meta:
        ordering = ["position", "slug"]
        constraints = [models.UniqueConstraint(fields=["slug"], name="contraindication_slug")]


class DirectionCheck(Shipped):
    """A row is the way to find out whether bending back or bending forward eases a leg.

    `tries` (direction, exercise, gentler, dose) come in their usual order, which turns round with any of
    `flexion_first_with`; the leg is asked about `wait_minutes` after each, and what spreads the pain is left
    out for `exclude_days`. `other_move` is the last step where there is more than one try. `outcomes` are
    what the answers lead to, each with a code and words.
    """

    name = models.CharField(max_length=80)
    summary = models.CharField(max_length=300)
    tries = models.JSONField()
    wait_minutes = models.PositiveSmallIntegerField()
    exclude_days = models.PositiveSmallIntegerField()
    flexion_first_with = models.JSONField(default=list)
    steps = models.JSONField()
    other_move = models.CharField(max_length=300, default="")
    outcomes = models.JSONField()
    checked_by = models.CharField(max_length=120, blank=True)

    objects = ShippedQuerySet["DirectionCheck"].as_manager()

    class Meta:
        ordering = ["slug"]
        constraints = [models.UniqueConstraint(fields=["slug"], name="direction_check_slug")]
