"""What the patient felt: the Daily, the Weekly and the morning check. Nothing is ever overwritten."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from programs.accounts.models import PatientRecord, PatientRecordQuerySet
from programs.logbook.rules import (
    FROM_10_TO_30,
    FROM_10_TO_60,
    HIGHEST_BOTHER,
    OVER_30,
    OVER_60,
    UNDER_10,
    bothersomeness,
    irritability,
)


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


class Change(models.TextChoices):
    """How the leg is since last week, in the patient's own judgement: from best to worst."""

    VERY_MUCH_BETTER = "very_much_better", "Very much better"
    MUCH_BETTER = "much_better", "Much better"
    A_LITTLE_BETTER = "a_little_better", "A little better"
    THE_SAME = "the_same", "The same"
    A_LITTLE_WORSE = "a_little_worse", "A little worse"
    MUCH_WORSE = "much_worse", "Much worse"
    VERY_MUCH_WORSE = "very_much_worse", "Very much worse"


class Weakness(models.TextChoices):
    """Whether the leg or foot is weak."""

    NONE = "none", "No"
    SAME = "same", "Yes, the same as last week"
    NEW_OR_WORSE = "new_or_worse", "Yes, new or worse"


class SettlesWithin(models.TextChoices):
    """How long a leg that was stirred up takes to calm down."""

    UNDER_10 = UNDER_10, "Less than 10 minutes"
    FROM_10_TO_60 = FROM_10_TO_60, "10 to 60 minutes"
    OVER_60 = OVER_60, "More than 60 minutes"


class SittingBeforePain(models.TextChoices):
    """How long somebody can sit before it hurts."""

    UNDER_10 = UNDER_10, "Less than 10 minutes"
    FROM_10_TO_30 = FROM_10_TO_30, "10 to 30 minutes"
    OVER_30 = OVER_30, "More than 30 minutes"


NIGHTS_A_WEEK = 7

MOST_CRAMPS = 50
"""In one night; what is above is a slip of the finger."""


def _scale(field: str, highest: int) -> Q:
    return Q(**{f"{field}__range": (0, highest)}) | Q(**{f"{field}__isnull": True})


def pain_in_range(field: str) -> Q:
    """That a pain score is from 0 to 10, or was not said."""
    return _scale(field, 10)


class DailyCheckQuerySet(PatientRecordQuerySet["DailyCheck"]):
    def current(self) -> Self:
        """Those that count: whatever was corrected is kept, and counts no longer."""
        return self.filter(corrected_by=None)


class DailyCheck(PatientRecord):
    """A row is one answer to the Daily check: the worst pain of the last 24 hours, how far down it went, and
    where there was tingling or numbness; where the plan is about the calf, calf pain and cramps too.

    The id is the client's, so that sending it twice stores it once. `recorded_on` is the patient's local
    day. Two answers on one day are both kept; the larger worst score counts. Only where one `corrects` the
    other does the other count no longer. Tingling or numbness is a list of regions on each side, from the
    back down: None means not asked, an empty list nowhere. `calf_pain` is that between cramps, `cramps` how
    many there were in the night before, `worst_cramp` how bad the worst of them was, 0 to 10; None means not
    asked. These three feed the stage and not the worsening rules.
    """

    recorded_on = models.DateField()
    worst_leg_pain = models.PositiveSmallIntegerField()
    worst_back_pain = models.PositiveSmallIntegerField()
    reach_left = models.PositiveSmallIntegerField(choices=Reach.choices, null=True, blank=True)
    reach_right = models.PositiveSmallIntegerField(choices=Reach.choices, null=True, blank=True)
    # No constraint: SQLite keeps JSON as text, and no simple one would hold a list on both databases.
    tingling_numbness_left = models.JSONField(null=True, blank=True)
    tingling_numbness_right = models.JSONField(null=True, blank=True)
    calf_pain = models.PositiveSmallIntegerField(null=True, blank=True)
    cramps = models.PositiveSmallIntegerField(null=True, blank=True)
    worst_cramp = models.PositiveSmallIntegerField(null=True, blank=True)
    # RESTRICT and not PROTECT: nobody can delete it alone, but a whole record can be.
    corrects = models.OneToOneField(
        "self", on_delete=models.RESTRICT, null=True, blank=True, related_name="corrected_by"
    )
    received_at = models.DateTimeField(default=timezone.now)

    objects = DailyCheckQuerySet.as_manager()

    class Meta:
        ordering = ["-recorded_on", "-received_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=pain_in_range("worst_leg_pain"), name="daily_check_leg_pain"),
            models.CheckConstraint(condition=pain_in_range("worst_back_pain"), name="daily_check_back_pain"),
            models.CheckConstraint(condition=pain_in_range("calf_pain"), name="daily_check_calf_pain"),
            models.CheckConstraint(condition=_scale("cramps", MOST_CRAMPS), name="daily_check_cramps"),
            models.CheckConstraint(
                condition=Q(worst_cramp=None)
                | Q(worst_cramp__range=(0, 10), cramps__isnull=False, cramps__gt=0),
                name="daily_check_worst_cramp",
            ),
            models.CheckConstraint(condition=~Q(corrects=F("id")), name="daily_check_corrects_another"),
        ]
        indexes = [models.Index(fields=["patient", "-recorded_on"])]

    def __str__(self) -> str:
        return str(self.recorded_on)

    @property
    def is_corrected(self) -> bool:
        """Whether it counts no longer. Ask for `corrected_by` with more than one row."""
        return hasattr(self, "corrected_by")


class WeeklyCheck(PatientRecord):
    """A row is one answer to the Weekly check: how the leg is since last week, how much it bothers, whether
    it is weaker, and how easily it is stirred up.

    The id is the client's, so that sending it twice stores it once. `recorded_on` is the patient's local
    day. Two answers on one day are both kept. None is what the patient would rather not say, which is not 0.
    """

    recorded_on = models.DateField()
    groc = models.CharField(max_length=16, choices=Change.choices)
    bother_leg_pain = models.PositiveSmallIntegerField(null=True, blank=True)
    bother_tingling_numbness = models.PositiveSmallIntegerField(null=True, blank=True)
    bother_weakness = models.PositiveSmallIntegerField(null=True, blank=True)
    bother_sitting = models.PositiveSmallIntegerField(null=True, blank=True)
    weakness = models.CharField(max_length=12, choices=Weakness.choices)
    # None and never "": what was not said is the same for words and for numbers.
    settles_within = models.CharField(  # noqa: DJ001
        max_length=8, choices=SettlesWithin.choices, null=True, blank=True
    )
    nights_broken = models.PositiveSmallIntegerField(null=True, blank=True)
    sitting_before_pain = models.CharField(  # noqa: DJ001
        max_length=8, choices=SittingBeforePain.choices, null=True, blank=True
    )
    received_at = models.DateTimeField(default=timezone.now)

    objects = PatientRecordQuerySet["WeeklyCheck"].as_manager()

    class Meta:
        ordering = ["-recorded_on", "-received_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(groc__in=Change.values), name="weekly_check_groc_known"),
            models.CheckConstraint(
                condition=_scale("bother_leg_pain", HIGHEST_BOTHER), name="weekly_check_bother_leg_pain"
            ),
            models.CheckConstraint(
                condition=_scale("bother_tingling_numbness", HIGHEST_BOTHER),
                name="weekly_check_bother_tingling",
            ),
            models.CheckConstraint(
                condition=_scale("bother_weakness", HIGHEST_BOTHER), name="weekly_check_bother_weakness"
            ),
            models.CheckConstraint(
                condition=_scale("bother_sitting", HIGHEST_BOTHER), name="weekly_check_bother_sitting"
            ),
            models.CheckConstraint(
                condition=Q(weakness__in=Weakness.values), name="weekly_check_weakness_known"
            ),
            models.CheckConstraint(
                condition=Q(settles_within__in=SettlesWithin.values) | Q(settles_within=None),
                name="weekly_check_settles_known",
            ),
            models.CheckConstraint(
                condition=_scale("nights_broken", NIGHTS_A_WEEK), name="weekly_check_nights"
            ),
            models.CheckConstraint(
                condition=Q(sitting_before_pain__in=SittingBeforePain.values) | Q(sitting_before_pain=None),
                name="weekly_check_sitting_known",
            ),
        ]
        indexes = [models.Index(fields=["patient", "-recorded_on"])]

    def __str__(self) -> str:
        return str(self.recorded_on)

    @property
    def bothersomeness(self) -> int | None:
        """What the four symptoms bother together, 0 to 24."""
        return bothersomeness(
            self.bother_leg_pain, self.bother_tingling_numbness, self.bother_weakness, self.bother_sitting
        )

    @property
    def irritability(self) -> str | None:
        """How easily the leg is stirred up: "low", "medium" or "high"."""
        return irritability(self.settles_within, self.nights_broken, self.sitting_before_pain)


class MorningCheck(PatientRecord):
    """A row is how the leg was on the morning after a session, and how long it took to settle.

    The id is the client's, so that sending it twice stores it once. `about_on` is the local day of the
    sessions that it is about, the day before the one it was asked on. Two answers are both kept; the larger
    score counts. It feeds the traffic lights and nothing else.
    """

    about_on = models.DateField()
    pain = models.PositiveSmallIntegerField()
    settles_within = models.CharField(  # noqa: DJ001 - as in the Weekly check
        max_length=8, choices=SettlesWithin.choices, null=True, blank=True
    )
    received_at = models.DateTimeField(default=timezone.now)

    objects = PatientRecordQuerySet["MorningCheck"].as_manager()

    class Meta:
        ordering = ["-about_on", "-received_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(pain__range=(0, 10)), name="morning_check_pain"),
            models.CheckConstraint(
                condition=Q(settles_within__in=SettlesWithin.values) | Q(settles_within=None),
                name="morning_check_settles_known",
            ),
        ]
        indexes = [models.Index(fields=["patient", "-about_on"])]

    def __str__(self) -> str:
        return str(self.about_on)
