"""Where a patient stands with the worsening rules: what Today says about it, the most severe thing only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from programs.accounts.models import Clinic, User
from programs.home.queries.glance import Glance
from programs.lib.times import local_day
from programs.logbook.queries import recent_reports
from programs.monitoring.models import CheckIn, Flag, Level
from programs.monitoring.queries import is_superseded, parameters_of, worsening_of
from programs.monitoring.rules import DEFAULT, Evidence, Report, current_state, severity
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
    reports: Sequence[Report] | None = None
    """What the rules judged to know that, for whoever else needs it; None where they were not asked."""

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


def standing(patient: User, clinic: Clinic, now: datetime, seen: Glance, *, is_watched: bool) -> Standing:
    """Ask only for a patient the caller may see. `is_watched`: they follow a guided plan."""
    if seen.rules.has_worsened:
        own = worsening_of(patient).prefetch_related("events")
        found = [flag for flag in own if not is_superseded(flag)]
        if found:
            return Standing(flag=max(found, key=lambda flag: (severity(flag.level), flag.opened_at)))
    if seen.rules.is_asked and (check_in := _to_ask(patient, now)):
        return Standing(check_in=check_in)
    if not is_watched or seen.logbook.leg_scores >= LEARNED_AFTER:
        return Standing()
    today = local_day(now, patient.time_zone)
    parameters = parameters_of(clinic) if seen.rules.has_own_setting else DEFAULT
    reports = recent_reports(patient, today)
    state = current_state(reports, today, parameters)
    return Standing(is_learning=state == NOT_ENOUGH_DATA, reports=reports)


def _to_ask(patient: User, now: datetime) -> CheckIn | None:
    """The check-in to ask now: about severe pain, else the newest."""
    to_ask = CheckIn.objects.filter(patient=patient).open(now)
    return max(to_ask, key=lambda each: (each.rule == "W5", each.opened_at), default=None)
