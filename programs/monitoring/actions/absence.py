"""Flags about what is not there: no reports, and no change after weeks of a plan."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from uuid import UUID

from django.db import transaction

from programs.accounts.models import Clinic, User
from programs.care.models import Plan
from programs.lib.times import local_day
from programs.monitoring.actions.episode import clear_flag, open_flag
from programs.monitoring.models import Flag, FlagState, Kind, Outcome
from programs.monitoring.queries import parameters_of
from programs.monitoring.rules import (
    Evidence,
    Finding,
    Parameters,
    Report,
    find_no_response,
    find_silence,
    one_per_day,
)

logger = logging.getLogger(__name__)

PLAN_BEGAN = "A plan has begun since."
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Watched:
    """A patient whose reports are watched: the plan in force, and the recent reports, in any order."""

    plan: Plan
    reports: Sequence[Report]

    @property
    def last_check_on(self) -> date | None:
        """The newest day with a Daily check: nothing else breaks a silence."""
        days = [report.recorded_on for report in self.reports if report.worst_leg_pain is not None]
        return max(days, default=None)


def review_absence(*, watched: Sequence[Watched], now: datetime) -> list[Flag]:
    """Open a flag for everybody who has gone silent or shows no change; returns what this opened.

    Each is told once an episode: a silence, or a plan that changes nothing. A flag whose reason is gone is
    closed; that there are too few reports to tell is no reason. One patient's fault keeps nobody else back,
    and repeats change nothing. The number of queries does not depend on how many patients are as they were.
    """
    parameters = {clinic.pk: parameters_of(clinic) for clinic in {each.plan.clinic for each in watched}}
    flags: dict[UUID, list[Flag]] = {}
    kinds = (Kind.SILENT, Kind.NO_RESPONSE)
    for flag in Flag.objects.filter(patient__in=[each.plan.patient_id for each in watched], kind__in=kinds):
        flags.setdefault(flag.patient_id, []).append(flag)
    opened = []
    for each in watched:
        try:
            for absence in _absences(each, parameters[each.plan.clinic_id], now):
                if absence.is_news(flags.get(each.plan.patient_id, ())):
                    opened += absence.write_down(now)
        except Exception:
            logger.exception("patient %s could not be judged for what is missing", each.plan.patient_id)
    return opened


def end_silence(*, clinic: Clinic, patient: User, reported_on: date, now: datetime) -> None:
    """Close the flag of somebody who was silent, if their last Daily check is about a recent day."""
    silent = Flag.objects.unresolved().filter(clinic=clinic, patient=patient, kind=Kind.SILENT)
    flag = silent.select_for_update(no_key=True).first()
    if flag is None:
        return
    today = local_day(now, patient.time_zone)
    if find_silence(reported_on, reported_on, today, parameters_of(clinic)) is None:
        clear_flag(flag, _reported_again(reported_on), now)


@dataclass(frozen=True, slots=True)
class _Absence:
    """What one rule says about what is missing."""

    kind: Kind
    watched: Watched
    finding: Finding | None
    parameters: Parameters
    today: date

    @property
    def plan(self) -> Plan:
        return self.watched.plan

    def is_news(self, flags: Sequence[Flag]) -> bool:
        """Whether these flags of the patient leave a flag to be opened or closed."""
        return self._is_untold(flags) or self._over(flags) is not None

    @transaction.atomic
    def write_down(self, now: datetime) -> list[Flag]:
        """Open or close the flag, unless somebody else has meanwhile; returns what this opened."""
        patient, clinic = self.plan.patient, self.plan.clinic
        User.objects.select_for_update(no_key=True).get(pk=patient.pk)
        of_kind = Flag.objects.filter(patient=patient, clinic=clinic, kind=self.kind)
        flags = list(of_kind.select_for_update(no_key=True))
        if over := self._over(flags):
            clear_flag(*over, now)
        if self.finding is None or not self._is_untold(flags):
            return []
        flag = open_flag(
            clinic=clinic,
            patient=patient,
            plan=self.plan,
            kind=self.kind,
            finding=self.finding,
            counterfactual="",
            rule_version=self.parameters.version,
            now=now,
        )
        return [flag]

    def _is_untold(self, flags: Sequence[Flag]) -> bool:
        """Whether there is a finding and none of these flags is about it, unless it was over meanwhile."""
        if self.finding is None or self._unresolved(flags):
            return False
        closed = [flag for flag in self._of_kind(flags) if flag.outcome != Outcome.CLEARED]
        if self.kind == Kind.NO_RESPONSE:
            return all(flag.plan_id != self.plan.pk for flag in closed)
        return all(flag.found_on < self.finding.found_on for flag in closed)

    def _over(self, flags: Sequence[Flag]) -> tuple[Flag, str] | None:
        """The flag to close, with the reason in a sentence, if the rule does not give it any more."""
        flag = self._unresolved(flags)
        if self.finding is not None or flag is None:
            return None
        if flag.plan_id != self.plan.pk:
            return flag, PLAN_BEGAN
        if self.kind == Kind.NO_RESPONSE:
            came_down = self._came_down(Evidence.from_dict(flag.evidence))
            return (flag, came_down) if came_down else None
        last_on, silent_since = self.watched.last_check_on, Evidence.from_dict(flag.evidence).readings[0]
        if last_on is None or last_on <= silent_since.recorded_on:  # longer silences are allowed since
            return None
        return flag, _reported_again(last_on)

    def _of_kind(self, flags: Sequence[Flag]) -> list[Flag]:
        return [flag for flag in flags if flag.kind == self.kind and flag.clinic_id == self.plan.clinic_id]

    def _unresolved(self, flags: Sequence[Flag]) -> Flag | None:
        return next((flag for flag in self._of_kind(flags) if flag.state != FlagState.RESOLVED), None)

    def _came_down(self, evidence: Evidence) -> str:
        """That the last week lies below the plan's first one; too few reports show nothing."""
        scores = [
            report.worst_leg_pain
            for report in one_per_day(self.watched.reports)
            if report.worst_leg_pain is not None and self.today - WEEK < report.recorded_on <= self.today
        ]
        if evidence.baseline is None or len(scores) < self.parameters.response_reports:
            return ""
        start, middle = evidence.baseline.centre, median(scores)
        came_down = start - middle >= self.parameters.response_points
        if not came_down and middle >= self.parameters.minimum_score:
            return ""
        return f"The middle of the last week is {middle:g}; that of the plan's first week was {start:g}."


def _absences(watched: Watched, parameters: Parameters, now: datetime) -> list[_Absence]:
    plan, time_zone = watched.plan, watched.plan.patient.time_zone
    today, started_on = local_day(now, time_zone), local_day(plan.started_at, time_zone)
    found = {
        Kind.SILENT: find_silence(watched.last_check_on, started_on, today, parameters),
        Kind.NO_RESPONSE: find_no_response(watched.reports, started_on, today, parameters),
    }
    return [_Absence(kind, watched, finding, parameters, today) for kind, finding in found.items()]


def _reported_again(on: date) -> str:
    return f"Reported again on {on.day} {on:%B}."
