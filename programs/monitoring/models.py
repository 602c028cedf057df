"""What a rule found in a patient's reports, what people did about it, and the thresholds a clinic chose."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from uuid_utils.compat import uuid7

from programs.accounts.models import (
    CareTeam,
    Clinic,
    Membership,
    PatientRecord,
    PatientRecordQuerySet,
    Role,
    User,
)
from programs.care.models import Plan


class FlagState(models.TextChoices):
    OPEN = "open", "Open"
    ACKNOWLEDGED = "acknowledged", "Being looked at"
    SNOOZED = "snoozed", "Put off"
    RESOLVED = "resolved", "Done"


class Kind(models.TextChoices):
    WORSENING = "worsening", "Worse"
    SILENT = "silent", "No reports"
    NO_RESPONSE = "no_response", "No change yet"
    SAFETY = "safety", "Warning sign"


class Level(models.TextChoices):
    FLAG = "flag", "Needs a look"
    URGENT = "urgent", "Urgent, same day"
    EMERGENCY = "emergency", "Emergency"


class Outcome(models.TextChoices):
    """What a person made of a flag, or why it closed without one."""

    HELPFUL = "helpful", "Worth a look"
    NOT_HELPFUL = "not_helpful", "Not worth a look"
    CLEARED = "cleared", "Back to usual, closed by itself"
    NOT_SAID = "not_said", "Not said"


class FlagQuerySet(PatientRecordQuerySet["Flag"]):
    def unresolved(self) -> Self:
        return self.exclude(state=FlagState.RESOLVED)

    def of_patients_now(self) -> Self:
        """Those whose patient still belongs to the flag's clinic.

        Nobody there can take on the others: to be told of them again and again would only teach people not
        to read. They stay as records, and go on where they stopped should the patient come back.
        """
        belongs = Membership.objects.active().filter(
            user=OuterRef("patient"), clinic=OuterRef("clinic"), role=Role.PATIENT
        )
        return self.filter(Exists(belongs))

    def snooze_over(self, at: datetime) -> Self:
        return self.of_patients_now().filter(state=FlagState.SNOOZED, snoozed_until__lte=at)

    def due(self, at: datetime) -> Self:
        """Nobody has taken them on, and it is time to tell more people."""
        return self.of_patients_now().filter(state=FlagState.OPEN, next_escalation_at__lte=at)

    def left_behind(self) -> Self:
        """Taken on or put off by somebody who does not care for the patient now, though the clinic does."""
        held = self.of_patients_now().filter(state__in=[FlagState.ACKNOWLEDGED, FlagState.SNOOZED])
        caring = CareTeam.objects.active().filter(patient=OuterRef("patient"), clinic=OuterRef("clinic"))
        return held.exclude(Exists(caring.filter(therapist=OuterRef("owner"))))


class Flag(PatientRecord):
    """A row is one episode that a therapist should look at.

    `rule`, `side`, `found_on`, `sentence`, `evidence` and `counterfactual` are those of its most severe
    finding, the first of several; every finding is kept in an event of its own. Reports that come later do
    not rewrite what a person acted on.

    `step` is how far it has gone since it was last opened: 0 is told to the care team, more is told to more
    people. `told` counts every time that people were told, and is the `nth` of their notices.
    """

    plan = models.ForeignKey(Plan, on_delete=models.SET_NULL, null=True, blank=True, related_name="flags")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    level = models.CharField(max_length=9, choices=Level.choices, default=Level.FLAG)
    rule = models.CharField(max_length=60)
    side = models.CharField(max_length=5, blank=True)
    rule_version = models.CharField(max_length=40)
    found_on = models.DateField()
    sentence = models.CharField(max_length=500)
    evidence = models.JSONField()
    counterfactual = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=12, choices=FlagState.choices, default=FlagState.OPEN)
    outcome = models.CharField(max_length=12, choices=Outcome.choices, blank=True)
    opened_at = models.DateTimeField()
    next_escalation_at = models.DateTimeField(null=True, blank=True)
    step = models.PositiveSmallIntegerField(default=0)
    told = models.PositiveSmallIntegerField(default=1)
    snoozed_until = models.DateTimeField(null=True, blank=True)
    owner = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="flags_owned"
    )

    objects = FlagQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "patient", "kind"],
                condition=Q(state__in=["open", "acknowledged", "snoozed"]),
                name="flag_one_unresolved",
            ),
            models.CheckConstraint(
                condition=~Q(state="acknowledged") | Q(owner__isnull=False),
                name="flag_acknowledged_has_owner",
            ),
            models.CheckConstraint(
                condition=~Q(state="open") | Q(next_escalation_at__isnull=False),
                name="flag_open_escalates",
            ),
            models.CheckConstraint(
                condition=~Q(state="snoozed") | Q(snoozed_until__isnull=False, owner__isnull=False),
                name="flag_snoozed_ends",
            ),
            models.CheckConstraint(
                condition=~Q(state="resolved") | ~Q(outcome=""), name="flag_resolved_has_outcome"
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_escalation_at"], condition=Q(state="open"), name="flag_open_by_escalation"
            )
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.state}"


class FlagEvent(models.Model):
    """A row is one thing that happened to a flag. Never changed, never deleted.

    Each finding of a flag has one event of the kind `opened` or `found_again`, and one more of the kind
    `raised` where it is what made the flag more severe. The newest event about a finding says whether the
    reports, as they stand, still give it. Only those that a rule wrote name rule, side and day; of these,
    events from before evidence was kept for each finding have none.
    """

    class Kind(models.TextChoices):
        OPENED = "opened", "Opened"
        FOUND_AGAIN = "found_again", "Found again"
        SUPERSEDED = "superseded", "No longer found, after a report was corrected or came late"
        RESTORED = "restored", "Found after all, after a report was corrected or came late"
        RAISED = "raised", "More severe than before"
        ESCALATED = "escalated", "Nobody had taken it on, so more people were told"
        ACKNOWLEDGED = "acknowledged", "Taken on"
        REOPENED = "reopened", "Opened again"
        SNOOZED = "snoozed", "Put off"
        WOKEN = "woken", "Open again: the time it was put off for is over"
        RESOLVED = "resolved", "Done"
        CLEARED = "cleared", "Back to usual"
        CHECKED = "checked", "Said to have been checked by a clinician"

    flag = models.ForeignKey(Flag, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    rule = models.CharField(max_length=60, blank=True)
    side = models.CharField(max_length=5, blank=True)
    rule_version = models.CharField(max_length=40, blank=True)
    level = models.CharField(max_length=9, choices=Level.choices, blank=True)
    found_on = models.DateField(null=True, blank=True)
    evidence = models.JSONField(null=True, blank=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["flag", "at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["flag", "rule", "side", "found_on"],
                condition=Q(kind__in=["opened", "found_again"]),
                name="flag_event_finding_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.flag_id}"


CHECK_IN_OPEN_FOR = timedelta(days=7)
"""Nobody is asked about the week before last: an unanswered question goes away by itself."""


class CheckInQuerySet(PatientRecordQuerySet["CheckIn"]):
    def open(self, at: datetime) -> Self:
        """Those to ask now: not over, still what the reports say, and not answered, by themselves or later.

        An answer is for all that was asked before it.
        """
        answered = CheckIn.objects.filter(
            patient=OuterRef("patient"), superseded_at=None, answered_at__gte=OuterRef("opened_at")
        )
        recent = self.filter(answer="", superseded_at=None, opened_at__gt=at - CHECK_IN_OPEN_FOR)
        return recent.exclude(Exists(answered))


class CheckIn(PatientRecord):
    """A row is one gentle question to the patient, because scores look a bit higher than usual.

    It calls nobody. It is over once answered, after `CHECK_IN_OPEN_FOR`, or when its finding is superseded.
    """

    class Answer(models.TextChoices):
        CHANGED = "changed", "Yes, something changed"
        NOT_CHANGED = "not_changed", "No, nothing I know of"

    rule = models.CharField(max_length=12)
    rule_version = models.CharField(max_length=40)
    found_on = models.DateField()
    sentence = models.CharField(max_length=500)
    evidence = models.JSONField()
    opened_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=12, choices=Answer.choices, blank=True)
    is_harder_to_cope = models.BooleanField(null=True, blank=True)
    stops_usual_things = models.BooleanField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = CheckInQuerySet.as_manager()

    class Meta:
        ordering = ["-found_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["clinic", "patient", "rule", "found_on"], name="check_in_once"),
            models.CheckConstraint(
                condition=Q(answer="") | Q(answered_at__isnull=False), name="check_in_answered_at"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.found_on}"

    @property
    def ends_at(self) -> datetime:
        return self.opened_at + CHECK_IN_OPEN_FOR


class RuleSetting(models.Model):
    """A row is one version of the thresholds a clinic chose, by whom and when. The newest one is in force.

    `values` holds only what differs from the defaults, by name of the parameter; `version` is what findings
    made with it carry.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="rule_settings")
    values = models.JSONField()
    version = models.CharField(max_length=40)
    saved_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-saved_at", "-id"]
        indexes = [models.Index(fields=["clinic", "-saved_at"])]

    def __str__(self) -> str:
        return self.version
