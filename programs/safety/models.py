"""What patients answered to the safety questions, what that stops, and when they are to be asked again.

Answers are only ever added. What could not be read is kept as it came.
"""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from uuid_utils.compat import uuid7

from programs.accounts.models import CareTeam, PatientRecord, PatientRecordQuerySet, User


class Answer(models.TextChoices):
    NO = "no", "No"
    YES = "yes", "Yes"
    NOT_SURE = "not_sure", "I am not sure"
    SKIPPED = "skipped", "Skipped"
    UNREADABLE = "unreadable", "Could not be read"


class ActionLevel(models.TextChoices):
    """What an answer asks for, from most to least severe."""

    EMERGENCY = "emergency", "Get help now"
    URGENT = "urgent", "Speak to a doctor or nurse today"
    SOON = "soon", "Book a visit this week"
    MONITOR = "monitor", "Nothing to do now"


class Screening(PatientRecord):
    """A row is one time that safety questions were put to a patient. The id is the client's.

    `questions` are the ids of those that were put, in their order; some may have stayed open. `recorded_on`
    is the patient's local day. `completed_at` is None until the last of them was answered.
    """

    class Kind(models.TextChoices):
        FIRST = "first", "Before the first session"
        SESSION = "session", "Before the first session of a day"
        WEEKLY = "weekly", "Once a week"
        FULL = "full", "All questions"
        AGAIN = "again", "Asked again"

    kind = models.CharField(max_length=8, choices=Kind.choices)
    questions = models.JSONField()
    rules_version = models.CharField(max_length=40)
    recorded_on = models.DateField()
    begun_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField(default=timezone.now)

    objects = PatientRecordQuerySet["Screening"].as_manager()

    class Meta:
        ordering = ["-begun_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["first", "session", "weekly", "full", "again"]),
                name="screening_kind_known",
            ),
        ]
        indexes = [models.Index(fields=["patient", "-begun_at"])]

    def __str__(self) -> str:
        return f"{self.kind} on {self.recorded_on}"


class ScreeningAnswer(models.Model):
    """A row is one answer to one safety question. Never changed: a second answer is a second row.

    `level` is what the rules made of it then. Of what could not be read, `raw` is what came, and `question`
    what it seems to be about. `answered_at` is the patient's clock, `received_at` ours: an answer that comes
    late still counts, whatever was said to have been checked before it came.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    screening = models.ForeignKey(Screening, on_delete=models.CASCADE, related_name="answers")
    question = models.CharField(max_length=60, blank=True)
    answer = models.CharField(max_length=10, choices=Answer.choices)
    level = models.CharField(max_length=9, choices=ActionLevel.choices)
    raw = models.CharField(max_length=2000, blank=True)
    answered_at = models.DateTimeField()
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["screening", "answered_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(answer__in=Answer.values), name="screening_answer_known"),
            models.CheckConstraint(
                condition=Q(level__in=ActionLevel.values), name="screening_answer_level_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question} {self.answer}"


class SafetyLockQuerySet(PatientRecordQuerySet["SafetyLock"]):
    def visible_to(self, user: User) -> Self:
        """The patient's own locks, and those of patients whom `user` cares for in any clinic.

        Unlike the rest of a record, of which each clinic sees its own, a lock is a state of the patient:
        whoever cares for them now has to know that they were told to get help, and is the one who can end
        it. The answers behind it stay with the clinic that they were given to.
        """
        caring = CareTeam.objects.active().filter(therapist=user, patient=OuterRef("patient"))
        return self.filter(Q(patient=user) | Exists(caring))

    def open(self) -> Self:
        return self.filter(ended_at=None)


class SafetyLock(PatientRecord):
    """A row is a time in which no session may be started, because of an answer.

    An emergency lock ends only when somebody says that a clinician has checked the patient: on which day and
    where. An urgent one ends so too, or by a later "no" to what opened it. A more severe answer ends an
    urgent lock and opens an emergency one in its place.
    """

    class Ending(models.TextChoices):
        CHECKED = "checked", "Checked by a clinician"
        ANSWERED_NO = "answered_no", "Asked again: no longer so"
        MORE_SEVERE = "more_severe", "Something more severe"

    level = models.CharField(max_length=9, choices=ActionLevel.choices)
    screening = models.ForeignKey(Screening, on_delete=models.CASCADE, related_name="locks")
    opened_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ending = models.CharField(max_length=11, choices=Ending.choices, blank=True)
    checked_on = models.DateField(null=True, blank=True)
    checked_where = models.CharField(max_length=200, blank=True)
    ended_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="safety_locks_ended"
    )

    objects = SafetyLockQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["patient"], condition=Q(ended_at=None), name="safety_lock_one_open"
            ),
            models.CheckConstraint(
                condition=Q(level__in=["emergency", "urgent"]), name="safety_lock_level_locks"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | ~Q(level="emergency") | Q(ending="checked"),
                name="safety_lock_emergency_ends_checked",
            ),
            models.CheckConstraint(
                condition=~Q(ending="checked") | (Q(checked_on__isnull=False) & ~Q(checked_where="")),
                name="safety_lock_checked_when_and_where",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | ~Q(ending=""), name="safety_lock_ended_somehow"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.level} since {self.opened_at:%Y-%m-%d}"


class ConditionQuerySet(PatientRecordQuerySet["Condition"]):
    def current(self) -> Self:
        return self.filter(cleared_at=None)


class Condition(PatientRecord):
    """A row is one thing about a patient that rules something out: one of the library's contraindications.

    `slug` names it; `BILATERAL` is symptoms in both legs for long, which changes question RF07 where a
    clinician has checked them. It counts until somebody clears it: the patient by a later "no", or a
    therapist because a clinician has said yes.
    """

    BILATERAL = "bilateral-known"

    slug = models.SlugField(max_length=60)
    screening = models.ForeignKey(Screening, on_delete=models.CASCADE, related_name="conditions")
    since = models.CharField(max_length=60, blank=True)
    is_checked_by_clinician = models.BooleanField(default=False)
    said_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True, blank=True)
    cleared_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    clearance_note = models.CharField(max_length=300, blank=True)

    objects = ConditionQuerySet.as_manager()

    class Meta:
        ordering = ["slug", "-said_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "slug"], condition=Q(cleared_at=None), name="condition_once"
            ),
        ]

    def __str__(self) -> str:
        return self.slug


class ScreeningRequestQuerySet(PatientRecordQuerySet["ScreeningRequest"]):
    def open(self) -> Self:
        return self.filter(met_at=None)


class ScreeningRequest(PatientRecord):
    """A row asks a patient all safety questions anew, for a reason; it is met by the next full set."""

    class Reason(models.TextChoices):
        FLAG = "flag", "Pain has gone up, or symptoms have spread"
        SEVERE_PAIN = "severe_pain", "Very bad leg pain"
        NEW_PLACE = "new_place", "Symptoms in a new place"
        WEAKNESS = "weakness", "New weakness"
        STOPPED = "stopped", "An exercise was stopped for pain"
        FLARE = "flare", "The flare plan begins"
        UNREADABLE = "unreadable", "An answer could not be read"

    reason = models.CharField(max_length=11, choices=Reason.choices)
    asked_at = models.DateTimeField()
    met_at = models.DateTimeField(null=True, blank=True)

    objects = ScreeningRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "reason"], condition=Q(met_at=None), name="screening_request_once"
            ),
        ]

    def __str__(self) -> str:
        return self.reason
