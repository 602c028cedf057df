"""Where a patient stands with the worsening rules: what Today says about it, the most severe thing only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from programs.accounts.models import Clinic, User
from programs.lib.times import local_day
from programs.logbook.queries import recent_reports
from programs.monitoring.models import CheckIn, Flag, Kind, Level
from programs.monitoring.queries import is_superseded, parameters_of
from programs.monitoring.rules import Evidence, current_state, severity
from programs.monitoring.rules.findings import LEG_PAIN
from programs.monitoring.rules.for_patients import heading_for_patient
from programs.monitoring.rules.worsening import NOT_ENOUGH_DATA

LEARNED_AFTER = 14
"""Reports after which nobody is told any more that their usual level is still to be learned."""


@dataclass(frozen=True, slots=True)
class Standing:
    """At most one of these is there; where none is, Today says nothing.

    That scores are much like the usual is not said: the criteria of a stage judge pain by other measures, and
    may find that it rises.
    """

    flag: Flag | None = None
    """About something that got worse, not done, and found still."""
    check_in: CheckIn | None = None
    is_learning: bool = False
    """There are too few reports to know the usual level."""

    @property
    def is_emergency(self) -> bool:
        return self.flag is not None and self.flag.level == Level.EMERGENCY

    @property
    def is_urgent(self) -> bool:
        return self.flag is not None and self.flag.level == Level.URGENT

    @property
    def heading(self) -> str:
        """What the flag is about, for the patient."""
        if self.flag is None:
            return ""
        return heading_for_patient(self.flag.rule, self.flag.side, Evidence.from_dict(self.flag.evidence))

    @property
    def may_settle(self) -> bool:
        """Whether the flag is about pain, which settles after most flare-ups."""
        return self.flag is not None and self.flag.evidence["measure"] == LEG_PAIN and self.flag.rule != "W5"


def standing(patient: User, clinic: Clinic, now: datetime, *, is_watched: bool) -> Standing:
    """Ask only for a patient the caller may see. `is_watched`: they follow a guided plan."""
    own = Flag.objects.filter(patient=patient, kind=Kind.WORSENING).unresolved()
    found = [flag for flag in own.prefetch_related("events") if not is_superseded(flag)]
    if found:
        return Standing(flag=max(found, key=lambda flag: (severity(flag.level), flag.opened_at)))
    if check_in := _to_ask(patient, now):
        return Standing(check_in=check_in)
    if not is_watched:
        return Standing()
    today = local_day(now, patient.time_zone)
    reports = recent_reports(patient, today)
    state = current_state(reports, today, parameters_of(clinic))
    scores = sum(report.worst_leg_pain is not None for report in reports)
    return Standing(is_learning=state == NOT_ENOUGH_DATA and scores < LEARNED_AFTER)


def _to_ask(patient: User, now: datetime) -> CheckIn | None:
    """The check-in to ask now: about severe pain, else the newest."""
    to_ask = CheckIn.objects.filter(patient=patient).open(now)
    return max(to_ask, key=lambda each: (each.rule == "W5", each.opened_at), default=None)
