"""What other thresholds would have found in the histories of a clinic."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from programs.accounts.models import CareTeam, Clinic, Membership, Role
from programs.care.models import Mode, Plan
from programs.logbook.queries.reports import reports_of
from programs.monitoring.rules import LOOKBACK_DAYS, Parameters
from programs.monitoring.rules.trial import DAYS as TRIAL_DAYS
from programs.monitoring.rules.trial import Trial, try_settings

MOST_TRIED = 150
"""Patients whose histories one trial of thresholds judges: enough to choose by, and done in two seconds."""


@dataclass(frozen=True, slots=True)
class SettingComparison:
    """What the thresholds in force and others would have found in the same histories.

    patients: how many were judged, of `guided_patients`, those who follow a guided plan. The loads are
    alerts a week for each therapist; None where the clinic has no therapist.
    """

    in_force: Trial[UUID]
    tried: Trial[UUID]
    patients: int
    guided_patients: int
    load_in_force: float | None
    load_tried: float | None

    @property
    def each_stands_for(self) -> float:
        """How many patients each one that was judged stands for."""
        return self.guided_patients / self.patients


def compare_settings(
    clinic: Clinic, in_force: Parameters, tried: Parameters, now: datetime
) -> SettingComparison:
    """Try thresholds on the last 90 days of a clinic; of too many patients, on some drawn as if by lot."""
    guided = Plan.objects.current().filter(clinic=clinic, mode=Mode.GUIDED)
    drawn = sorted(guided.order_by().values_list("patient_id", flat=True), key=_lot)
    patients = drawn[:MOST_TRIED]
    since = now.date() - timedelta(days=TRIAL_DAYS)
    histories = reports_of(patients, since - timedelta(days=LOOKBACK_DAYS))
    before, after = try_settings(histories, [in_force, tried], since)
    teams = CareTeam.objects.active().filter(clinic=clinic, patient__in=patients)
    therapists_of = Counter(teams.order_by().values_list("patient_id", flat=True))
    therapists = (
        Membership.objects.active().filter(clinic=clinic, role=Role.THERAPIST, user__is_active=True).count()
    )
    return SettingComparison(
        in_force=before,
        tried=after,
        patients=len(patients),
        guided_patients=len(drawn),
        load_in_force=before.weekly_load(therapists_of, therapists),
        load_tried=after.weekly_load(therapists_of, therapists),
    )


def _lot(patient: UUID) -> int:
    """The random end of a UUIDv7, whose beginning is a time: whose turn it is stays the same."""
    return patient.int & 0xFFFF_FFFF
