"""The sessions that took place, exercise by exercise."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from programs.accounts.models import PatientRecord, PatientRecordQuerySet
from programs.care.models import PlanVersion
from programs.library.models import Exercise
from programs.logbook.models.checks import pain_in_range


class Spread(models.TextChoices):
    """Whether the symptoms moved along the leg during the exercises, and whether that stayed."""

    CLOSER = "closer", "It drew back up towards my back"
    SAME = "same", "No, it stayed where it was"
    FURTHER_SETTLED = "settled", "Further down, gone within 10 minutes"
    FURTHER_STAYED = "stayed", "Further down, for more than 10 minutes"


class Tingling(models.TextChoices):
    """How long tingling or numbness lasted after an exercise that moves the nerve."""

    NONE = "none", "None"
    UNDER_1 = "under_1", "Gone within a minute"
    FROM_1_TO_10 = "1_to_10", "1 to 10 minutes"
    OVER_10 = "over_10", "More than 10 minutes"


FLARE_STAGE = 0
"""The stage number of a session that followed the flare plan, which lies over the stages."""


class Effort(models.TextChoices):
    """How hard a session was, in the patient's own judgement."""

    EASY = "easy", "Easy"
    RIGHT = "right", "About right"
    HARD = "hard", "Hard"


class GuidedSession(PatientRecord):
    """A row is one session that took place, against the plan version it followed. The id is the client's.

    Pain is 0 to 10 in the affected leg; None means not asked or not said, which is not 0. `spread` and
    `effort` are empty where they were not said. `stage_number` is `FLARE_STAGE` for the flare plan.
    """

    class Kind(models.TextChoices):
        GUIDED = "guided", "With the guide"
        SHORT = "short", "Short on time"
        PAPER = "paper", "On paper"

    plan_version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="sessions")
    stage_number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=6, choices=Kind.choices, default=Kind.GUIDED)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    performed_on = models.DateField()
    pain_before = models.PositiveSmallIntegerField(null=True, blank=True)
    pain_peak = models.PositiveSmallIntegerField(null=True, blank=True)
    pain_after = models.PositiveSmallIntegerField(null=True, blank=True)
    spread = models.CharField(max_length=8, choices=Spread.choices, blank=True)
    effort = models.CharField(max_length=5, choices=Effort.choices, blank=True)
    note = models.CharField(max_length=1000, blank=True)
    received_at = models.DateTimeField(default=timezone.now)

    objects = PatientRecordQuerySet["GuidedSession"].as_manager()

    class Meta:
        ordering = ["-started_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=pain_in_range("pain_before"), name="session_pain_before"),
            models.CheckConstraint(condition=pain_in_range("pain_peak"), name="session_pain_peak"),
            models.CheckConstraint(condition=pain_in_range("pain_after"), name="session_pain_after"),
            models.CheckConstraint(condition=Q(finished_at__gte=F("started_at")), name="session_ends_later"),
            models.CheckConstraint(condition=Q(spread__in=[*Spread.values, ""]), name="session_spread_known"),
            models.CheckConstraint(condition=Q(effort__in=[*Effort.values, ""]), name="session_effort_known"),
            models.CheckConstraint(
                condition=Q(kind__in=["guided", "short", "paper"]), name="session_kind_known"
            ),
        ]
        indexes = [models.Index(fields=["patient", "-started_at"])]

    def __str__(self) -> str:
        return str(self.pk)


class ExerciseResult(models.Model):
    """A row is how one exercise went on one side, in one session.

    `pain_peak`, `tingling` and `spread` are its own where they were said. `advised_share` is how much of the
    prescribed dose the patient was advised to do, in percent: 0 is an exercise left out on advice, and such a
    result counts as followed. `instead_of` is the exercise of the plan that this easier one stood in for.
    """

    class Side(models.TextChoices):
        LEFT = "left", "Left leg"
        RIGHT = "right", "Right leg"
        BOTH = "both", "Both together"

    class Outcome(models.TextChoices):
        DONE = "done", "Done"
        PARTLY = "partly", "Part of it"
        SKIPPED = "skipped", "Left out"
        STOPPED = "stopped", "Stopped, it hurt more"

    session = models.ForeignKey(GuidedSession, on_delete=models.CASCADE, related_name="results")
    exercise = models.ForeignKey(Exercise, on_delete=models.PROTECT, related_name="results")
    position = models.PositiveSmallIntegerField()
    side = models.CharField(max_length=5, choices=Side.choices)
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    pain_peak = models.PositiveSmallIntegerField(null=True, blank=True)
    tingling = models.CharField(max_length=8, choices=Tingling.choices, blank=True)
    spread = models.CharField(max_length=8, choices=Spread.choices, blank=True)
    advised_share = models.PositiveSmallIntegerField(default=100)
    instead_of = models.ForeignKey(
        Exercise, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["session", "position", "id"]
        constraints = [
            models.CheckConstraint(condition=pain_in_range("pain_peak"), name="result_pain_peak"),
            models.CheckConstraint(
                condition=Q(tingling__in=[*Tingling.values, ""]), name="result_tingling_known"
            ),
            models.CheckConstraint(condition=Q(spread__in=[*Spread.values, ""]), name="result_spread_known"),
            models.CheckConstraint(condition=Q(advised_share__lte=100), name="result_advised_share"),
            models.UniqueConstraint(fields=["session", "exercise", "side"], name="result_once_per_side"),
            models.CheckConstraint(
                condition=Q(outcome__in=["done", "partly", "skipped", "stopped"]), name="result_outcome_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.exercise_id} {self.side} {self.outcome}"
