"""What the patient did and felt. Nothing here is ever overwritten."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from programs.accounts.models import PatientRecord, PatientRecordQuerySet
from programs.care.models import PlanVersion
from programs.library.models import Exercise


class Reach(models.IntegerChoices):
    """How far down the leg symptoms go: a rank, so that a rise means further down."""

    NONE = 0, "Nowhere"
    LOW_BACK = 1, "Low back"
    BUTTOCK = 2, "Buttock or back of the hip"
    THIGH = 3, "Back or side of the thigh"
    CALF = 4, "Calf, shin or ankle"
    FOOT = 5, "Foot or toes"


class Region(models.TextChoices):
    """Where on one side tingling or numbness is felt: the ids of `rules.REGIONS`, in the words of `Reach`."""

    LOW_BACK = "low_back", Reach.LOW_BACK.label
    BUTTOCK = "buttock", Reach.BUTTOCK.label
    THIGH = "thigh", Reach.THIGH.label
    CALF = "calf", Reach.CALF.label
    FOOT = "foot", Reach.FOOT.label


def _pain(field: str) -> Q:
    return Q(**{f"{field}__range": (0, 10)}) | Q(**{f"{field}__isnull": True})


class DailyCheck(PatientRecord):
    """A row is one answer to the Daily check: the worst pain of the last 24 hours, how far down it went, and
    where there was tingling or numbness.

    The id is the client's, so that sending it twice stores it once. `recorded_on` is the patient's local
    day. Two answers on one day are both kept; the larger worst score counts. Tingling or numbness is a list
    of regions on each side, from the back down: None means not asked, an empty list nowhere.
    """

    recorded_on = models.DateField()
    worst_leg_pain = models.PositiveSmallIntegerField()
    worst_back_pain = models.PositiveSmallIntegerField()
    reach_left = models.PositiveSmallIntegerField(choices=Reach.choices, null=True, blank=True)
    reach_right = models.PositiveSmallIntegerField(choices=Reach.choices, null=True, blank=True)
    # No constraint: SQLite keeps JSON as text, and no simple one would hold a list on both databases.
    tingling_numbness_left = models.JSONField(null=True, blank=True)
    tingling_numbness_right = models.JSONField(null=True, blank=True)
    received_at = models.DateTimeField(default=timezone.now)

    objects = PatientRecordQuerySet["DailyCheck"].as_manager()

    class Meta:
        ordering = ["-recorded_on", "-received_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=_pain("worst_leg_pain"), name="daily_check_leg_pain"),
            models.CheckConstraint(condition=_pain("worst_back_pain"), name="daily_check_back_pain"),
        ]
        indexes = [models.Index(fields=["patient", "-recorded_on"])]

    def __str__(self) -> str:
        return str(self.recorded_on)


class GuidedSession(PatientRecord):
    """A row is one session that took place, against the plan version it followed. The id is the client's.

    Pain is 0 to 10 in the affected leg; None means not asked or not said, which is not 0.
    """

    plan_version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="sessions")
    stage_number = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    performed_on = models.DateField()
    pain_before = models.PositiveSmallIntegerField(null=True, blank=True)
    pain_peak = models.PositiveSmallIntegerField(null=True, blank=True)
    pain_after = models.PositiveSmallIntegerField(null=True, blank=True)
    note = models.CharField(max_length=1000, blank=True)
    received_at = models.DateTimeField(default=timezone.now)

    objects = PatientRecordQuerySet["GuidedSession"].as_manager()

    class Meta:
        ordering = ["-started_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=_pain("pain_before"), name="session_pain_before"),
            models.CheckConstraint(condition=_pain("pain_peak"), name="session_pain_peak"),
            models.CheckConstraint(condition=_pain("pain_after"), name="session_pain_after"),
            models.CheckConstraint(condition=Q(finished_at__gte=F("started_at")), name="session_ends_later"),
        ]
        indexes = [models.Index(fields=["patient", "-started_at"])]

    def __str__(self) -> str:
        return str(self.pk)


class ExerciseResult(models.Model):
    """A row is how one exercise went on one side, in one session."""

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

    class Meta:
        ordering = ["session", "position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["session", "exercise", "side"], name="result_once_per_side"),
            models.CheckConstraint(
                condition=Q(outcome__in=["done", "partly", "skipped", "stopped"]), name="result_outcome_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.exercise_id} {self.side} {self.outcome}"
