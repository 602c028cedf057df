"""Reports as values, and having them judged."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from programs.accounts.models import User
from programs.monitoring.actions import review_pain
from programs.monitoring.models import Flag, FlagEvent, RuleSetting
from programs.monitoring.rules import Finding, Report, adjusted, find_worsening
from programs.monitoring.rules.findings import CHECK_IN
from tests import makers

TODAY = makers.NOON.date()

STEADY_THEN_HIGH = (*[2] * 45, *[6] * 24)
"""Found twice: within the first high days, and again as it lasts."""


def reports(legs: Sequence[int], last: date = TODAY) -> list[Report]:
    """One report of leg pain a day, oldest first."""
    return [
        Report(last - timedelta(days=len(legs) - day), worst_leg_pain=leg)
        for day, leg in enumerate(legs, start=1)
    ]


def up_to(day: date, judged: Sequence[Report]) -> list[Report]:
    """What had been reported by the end of a day."""
    return [report for report in judged if report.recorded_on <= day]


def saying(judged: Sequence[Report], on: date, **values: object) -> list[Report]:
    """The same reports, with the one of a day corrected."""
    return [
        replace(report, **values) if report.recorded_on == on else report  # type: ignore[arg-type]
        for report in judged
    ]


def flags_found(judged: Sequence[Report]) -> list[Finding]:
    """What the rules say by their defaults and calls somebody, oldest first."""
    return [finding for finding in find_worsening(judged) if finding.level != CHECK_IN]


def review(
    patient: User,
    judged: Sequence[Report],
    today: date = TODAY,
    since: date | None = None,
    since_changed: date | None = None,
    now: datetime | None = None,
) -> list[Flag]:
    """As storing a report does it at noon of `today`."""
    reviewed = review_pain(
        clinic=patient.memberships.get().clinic,
        patient=patient,
        plan=None,
        reports=judged,
        since=since or today - timedelta(days=14),
        since_changed=since_changed,
        now=now or makers.NOON + (today - TODAY),
    )
    return list(reviewed.opened)


def use_thresholds(of: User, by: User, saved_on: date, **values: float) -> RuleSetting:
    """Thresholds of the patient's clinic, in force from that day on."""
    values = values or {"sum_limit": 4.0}
    return RuleSetting.objects.create(
        clinic=of.memberships.get().clinic,
        values=values,
        version=adjusted(values).version,
        saved_by=by,
        saved_at=makers.NOON + (saved_on - TODAY),
    )


def written_down(patient: User) -> list[tuple[str, str, date | None]]:
    """The events of all flags of a patient, oldest first."""
    events = FlagEvent.objects.filter(flag__patient=patient)
    return list(events.order_by("id").values_list("kind", "rule", "found_on"))


def kinds(flag: Flag) -> list[str]:
    return list(flag.events.order_by("id").values_list("kind", flat=True))
