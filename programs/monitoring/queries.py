"""What the flags say together: the thresholds in force, the findings of a flag, and how useful flags are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, OuterRef, Q, Subquery

from programs.accounts.models import Clinic, EscalationPolicy, Membership, Role, User
from programs.delivery.models import Channel, Delivery
from programs.monitoring.models import (
    CheckIn,
    Flag,
    FlagEvent,
    FlagQuerySet,
    FlagState,
    Kind,
    Outcome,
    RuleSetting,
)
from programs.monitoring.rules import (
    DEFAULT,
    EscalationSchedule,
    Evidence,
    Parameters,
    Step,
    WorkingTime,
    adjusted,
)
from programs.monitoring.rules.for_patients import explain_to_patient

SOURCE = "flag"
"""What deliveries about a flag name as their source."""

CLINIC_PAGE = "/clinic/"
"""Where those are led who are told of a flag, but can only hand its patient on."""

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class RuleSigns:
    """Whether the rules have anything to say to a patient, so that it is read only where they have."""

    has_worsened: bool
    """A flag about something that got worse is not done."""
    is_asked: bool
    """A check-in is to be answered."""
    has_own_setting: bool
    """The clinic has chosen thresholds of its own."""


def rule_signs(patient: User, clinic: Clinic, now: datetime) -> dict[str, Any]:
    """An expression for each field of `RuleSigns`, for a query that looks for more than these."""
    return {
        "has_worsened": Exists(worsening_of(patient)),
        "is_asked": Exists(CheckIn.objects.filter(patient=patient).open(now)),
        "has_own_setting": Exists(RuleSetting.objects.filter(clinic=clinic)),
    }


def worsening_of(patient: User) -> FlagQuerySet:
    """The patient's own flags about something that got worse which are not done."""
    return Flag.objects.filter(patient=patient, kind=Kind.WORSENING).unresolved()


def rule_setting_of(clinic: Clinic) -> RuleSetting | None:
    """The thresholds a clinic has chosen last, if it ever did."""
    return RuleSetting.objects.filter(clinic=clinic).first()


def parameters_of(clinic: Clinic) -> Parameters:
    """The numbers by which the rules judge the patients of a clinic."""
    return parameters_from(rule_setting_of(clinic))


def parameters_from(setting: RuleSetting | None) -> Parameters:
    """The numbers a setting stands for; the defaults where there is none."""
    return DEFAULT if setting is None else adjusted(setting.values)


def parameters_of_version(clinic: Clinic, version: str) -> Parameters | None:
    """The numbers that findings of this version were made with; None where the rules know them no longer."""
    if version == DEFAULT.version:
        return DEFAULT
    setting = RuleSetting.objects.filter(clinic=clinic, version=version).first()
    parameters = None if setting is None else adjusted(setting.values)
    return parameters if parameters is not None and parameters.version == version else None


def schedule_of(policy: EscalationPolicy) -> EscalationSchedule:
    """The waits of a clinic's policy."""
    return EscalationSchedule(
        working_time=WorkingTime(
            ZoneInfo(policy.time_zone), frozenset(policy.weekdays), policy.opens_at, policy.closes_at
        ),
        urgent_backup=timedelta(minutes=policy.urgent_backup_minutes),
        urgent_administrators=timedelta(minutes=policy.urgent_administrators_minutes),
        urgent_repeat=timedelta(minutes=policy.urgent_repeat_minutes),
        flag_backup=timedelta(hours=policy.flag_backup_hours),
        flag_administrators=timedelta(hours=policy.flag_administrators_hours),
        absence_backup=timedelta(hours=policy.absence_backup_hours),
        repeat=timedelta(hours=policy.repeat_hours),
    )


_OPENING = (
    *(FlagEvent.Kind.OPENED, FlagEvent.Kind.REOPENED),
    *(FlagEvent.Kind.RAISED, FlagEvent.Kind.WOKEN),
)


def open_since(flag: Flag) -> datetime:
    """When a flag was last opened: at first, or again. Prefetch `events` for many flags."""
    return max((each.at for each in flag.events.all() if each.kind in _OPENING), default=flag.opened_at)


def take_over_path(flag_id: UUID) -> str:
    """Where a therapist who does not care for the patient of a flag can take them over."""
    return f"/flags/{flag_id}/take-over/"


def flag_told_to(flag_id: UUID, user: User) -> Flag | None:
    """A flag that `user`, a therapist of its clinic, was asked to take over since it was last opened; and of
    nobody who is `user` themselves. Who was told as one of the care team was not asked that.
    """
    works_there = Membership.objects.active().filter(
        user=user, clinic=OuterRef("clinic"), role=Role.THERAPIST
    )
    flags = Flag.objects.filter(Exists(works_there), pk=flag_id).exclude(patient=user)
    flag = flags.select_related("patient", "clinic", "owner").first()
    if flag is None:
        return None
    told = Delivery.objects.filter(
        source_kind=SOURCE, source_id=flag.pk, recipient=user, path=take_over_path(flag.pk)
    )
    return flag if told.filter(created_at__gte=open_since(flag)).exists() else None


def waiting_for_administrators(clinic: Clinic) -> list[tuple[Flag, datetime]]:
    """The open flags of the clinic's patients of which an administrator was told as such, since they were
    last opened: because nobody had taken them on, or at once as the one on duty; and since when they wait.
    """
    told = Delivery.objects.filter(source_kind=SOURCE, source_id=OuterRef("pk"), path=CLINIC_PAGE)
    newest = told.order_by("-created_at").values("created_at")[:1]
    waiting = Flag.objects.of_patients_now().filter(clinic=clinic, state=FlagState.OPEN)
    with_people = waiting.select_related("patient").prefetch_related("events").order_by("opened_at", "id")
    flags: Any = with_people.annotate(told_at=Subquery(newest))
    return [
        (flag, since)
        for flag in flags
        for since in [open_since(flag)]
        if flag.step >= Step.ADMINISTRATORS or (flag.told_at is not None and flag.told_at >= since)
    ]


def nobody_watches(clinic: Clinic) -> str:
    """What stands beside every flag, for whoever reads it."""
    return f"Nobody watches this live. In an emergency, call {clinic.emergency_number} at once."


def sentence_for_patient(flag: Flag) -> str:
    """What was found, in plain words for the patient it is about."""
    return " ".join(explain_to_patient(flag.side, Evidence.from_dict(flag.evidence), flag.kind))


@dataclass(frozen=True, slots=True)
class FlagFinding:
    """One finding of a flag as it was last written down. `is_current`: the reports as they stand give it."""

    event: FlagEvent
    is_current: bool


_FINDINGS = (FlagEvent.Kind.OPENED, FlagEvent.Kind.FOUND_AGAIN, FlagEvent.Kind.RAISED)


def findings_of(flag: Flag) -> list[FlagFinding]:
    """The findings of a flag by their days, each with its standing. Prefetch `events` for many flags."""
    written: dict[tuple[str, str, date], FlagEvent] = {}
    newest: dict[tuple[str, str, date], FlagEvent] = {}
    for event in sorted(flag.events.all(), key=lambda each: each.pk):
        if event.found_on is None:
            continue
        key = (event.rule, event.side, event.found_on)
        newest[key] = event
        if event.kind in _FINDINGS:
            written[key] = event
    return [
        FlagFinding(written[key], newest[key].kind != FlagEvent.Kind.SUPERSEDED)
        for key in sorted(written, key=lambda each: (each[2], each[0], each[1]))
    ]


def is_superseded(flag: Flag) -> bool:
    """Whether a correction or a late report has taken back everything this flag was opened for."""
    findings = findings_of(flag)
    return bool(findings) and not any(finding.is_current for finding in findings)


def last_said(flag: Flag) -> str:
    """What the newest thing said about a flag is known by; who acts on the flag names what they have read.

    It changes when something is found, found again or raised, and when the flag opens again. Prefetch
    `events` for many flags.
    """
    return str(max((event.pk for event in flag.events.all() if event.kind in _SAID), default=""))


_SAID = (*_FINDINGS, FlagEvent.Kind.REOPENED, FlagEvent.Kind.WOKEN)


@dataclass(frozen=True, slots=True)
class RulePrecision:
    """How often flags of one rule were worth a look.

    `share` is that of `helpful` among those of which a person said either; None while nobody has. `cleared`
    counts those that the reports closed, which say nothing about it.
    """

    rule: str
    opened: int
    helpful: int
    not_helpful: int
    cleared: int

    @property
    def share(self) -> float | None:
        said = self.helpful + self.not_helpful
        return self.helpful / said if said else None


_COUNTED = (Outcome.HELPFUL.value, Outcome.NOT_HELPFUL.value, Outcome.CLEARED.value)


def rule_precision(clinic: Clinic, since: datetime) -> list[RulePrecision]:
    """What became of the flags opened since then, by the rule that they are about, most flags first.

    Not of those about safety answers: no threshold judges them, and each is to be looked at anyway.
    """
    outcomes = {outcome: Count("pk", filter=Q(outcome=outcome)) for outcome in _COUNTED}
    rows: Any = (
        Flag.objects.filter(clinic=clinic, opened_at__gte=since)
        .exclude(kind=Kind.SAFETY)
        .order_by()
        .values("rule")
        .annotate(opened=Count("pk"), **outcomes)
    )
    precisions = [
        RulePrecision(row["rule"], row["opened"], *(row[outcome] for outcome in _COUNTED)) for row in rows
    ]
    return sorted(precisions, key=lambda each: (-each.opened, each.rule))


def alert_load(clinic: Clinic, first: datetime, until: datetime) -> float | None:
    """New flags per therapist and week, from `first` up to `until`; None while the clinic has no therapist.

    A flag counts once for each therapist of today who was told of it, however often and by whatever
    channel: it is one more patient to think about for each of them. Those who have left count neither here
    nor there. All therapists of the clinic share the sum, also one who was told of nothing.
    """
    works_here = Membership.objects.active().filter(user=OuterRef("pk"), clinic=clinic, role=Role.THERAPIST)
    therapists = User.objects.filter(Exists(works_here), is_active=True)
    count: int = therapists.count()
    if not count:
        return None
    opened = Flag.objects.filter(clinic=clinic, opened_at__gte=first, opened_at__lt=until)
    told = Delivery.objects.filter(
        clinic=clinic,
        source_kind=SOURCE,
        source_id__in=opened.order_by().values("pk"),
        channel=Channel.IN_APP,
        recipient__in=therapists.order_by().values("pk"),
    )
    alerts: int = told.order_by().values("source_id", "recipient").distinct().count()
    weeks: float = (until - first) / WEEK
    return alerts / count / weeks
