"""A therapist's work list: who needs a look, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, OuterRef, Subquery

from programs.accounts.models import CareTeam, Clinic, User
from programs.care.models import Mode, Plan
from programs.lib.times import last_days, local_day
from programs.logbook.models import DailyCheck, GuidedSession
from programs.monitoring.models import Flag

STRIP_DAYS = 28
WEEK = 7
# Days without a word. It changes the order of this list and nothing else.
SILENT_AFTER = 7


@dataclass(frozen=True, slots=True)
class CaseloadRow:
    """One patient in the list. Days are the patient's local days.

    `age` is the age reached this year: only the year of birth is known. A report is a Daily check or a
    session; `days_since_report` None means that there has been none. `pain` and `sessions` are the last 28
    days, oldest first: the worst leg pain (None = not reported, which is not 0), and whether a session was
    done. Without a plan, what belongs to one is empty.
    """

    patient: User
    clinic: Clinic
    cared_for_since: date
    today: date
    age: int | None
    plan: Plan | None
    stage_count: int
    flags: tuple[Flag, ...]
    last_pain: int | None
    last_pain_on: date | None
    days_since_report: int | None
    sessions_in_week: int
    pain: tuple[int | None, ...]
    sessions: tuple[bool, ...]

    @property
    def flag(self) -> Flag | None:
        """The newest of the open flags."""
        return self.flags[0] if self.flags else None

    @property
    def is_watched(self) -> bool:
        return self.plan is not None and self.plan.mode == Mode.GUIDED

    @property
    def is_silent(self) -> bool:
        """Nothing heard for a week, counted from the day care began where nothing was ever heard."""
        return self.is_watched and self.silent_days >= SILENT_AFTER

    @property
    def silent_days(self) -> int:
        if self.days_since_report is not None:
            return self.days_since_report
        return (self.today - self.cared_for_since).days

    @property
    def last_pain_day(self) -> str:
        """The day of `last_pain` as in a sentence."""
        return "" if self.last_pain_on is None else day_in_words(self.last_pain_on, self.today)

    @property
    def needs_look(self) -> bool:
        return bool(self.flags) or self.is_silent or self.plan is None


def caseload(therapist: User, now: datetime) -> list[CaseloadRow]:
    """Everybody under this therapist's care now.

    Open flags first, the longest waiting on top; then the silent, the longest silent on top; then those
    without a plan; then everybody else by name. The number of queries does not depend on the number of
    patients.
    """
    teams = _teams(therapist)
    patients = [team.patient for team in teams]
    plans = {
        plan.patient_id: plan
        for plan in Plan.objects.visible_to(therapist)
        .current()
        .filter(patient__in=patients)
        .select_related("program")
        .annotate(stage_count=Count("program__stages"))
    }
    flags: dict[UUID, list[Flag]] = {}
    unresolved = Flag.objects.visible_to(therapist).unresolved().filter(patient__in=patients)
    for flag in unresolved.select_related("owner"):
        flags.setdefault(flag.patient_id, []).append(flag)
    pain = _pain(therapist, patients, now)
    sessions = _session_days(therapist, patients, now)
    rows = [
        _row(
            team,
            local_day(now, team.patient.time_zone),
            plans.get(team.patient_id),
            flags.get(team.patient_id, ()),
            pain.get(team.patient_id, {}),
            sessions.get(team.patient_id, {}),
        )
        for team in teams
    ]
    return sorted(rows, key=_place)


def _teams(therapist: User) -> list[Any]:
    """Who is cared for, with the day and worst leg pain of the last check and the day of the last session."""
    same = {"patient": OuterRef("patient"), "clinic": OuterRef("clinic")}
    checks = DailyCheck.objects.filter(**same).order_by("-recorded_on", "-worst_leg_pain")
    sessions = GuidedSession.objects.filter(**same).order_by("-started_at")
    return list(
        CareTeam.objects.active()
        .filter(therapist=therapist)
        .select_related("patient", "clinic")
        .annotate(
            last_pain=Subquery(checks.values("worst_leg_pain")[:1]),
            last_pain_on=Subquery(checks.values("recorded_on")[:1]),
            last_session_on=Subquery(sessions.values("performed_on")[:1]),
        )
    )


def _pain(therapist: User, patients: list[User], now: datetime) -> dict[UUID, dict[date, int]]:
    """The worst leg pain of each reported day of the strip, by patient."""
    checks = DailyCheck.objects.visible_to(therapist).filter(
        patient__in=patients, recorded_on__gte=_strip_start(now)
    )
    days: dict[UUID, dict[date, int]] = {}
    for patient_id, day, worst in (
        checks.order_by().values_list("patient", "recorded_on").annotate(Max("worst_leg_pain"))
    ):
        days.setdefault(patient_id, {})[day] = worst
    return days


def _session_days(therapist: User, patients: list[User], now: datetime) -> dict[UUID, dict[date, int]]:
    """How many sessions were done on each day of the strip, by patient."""
    sessions = GuidedSession.objects.visible_to(therapist).filter(
        patient__in=patients, performed_on__gte=_strip_start(now)
    )
    days: dict[UUID, dict[date, int]] = {}
    for patient_id, day, count in (
        sessions.order_by().values_list("patient", "performed_on").annotate(Count("pk"))
    ):
        days.setdefault(patient_id, {})[day] = count
    return days


def _strip_start(now: datetime) -> date:
    """The first day of anybody's strip, wherever on earth their day is."""
    return now.date() - timedelta(days=STRIP_DAYS)


def _row(
    team: Any,
    today: date,
    plan: Any,
    flags: Sequence[Flag],
    pain: Mapping[date, int],
    sessions: Mapping[date, int],
) -> CaseloadRow:
    patient = team.patient
    reports = [day for day in (team.last_pain_on, team.last_session_on) if day is not None]
    days = last_days(today, STRIP_DAYS)
    return CaseloadRow(
        patient=patient,
        clinic=team.clinic,
        cared_for_since=local_day(team.started_at, patient.time_zone),
        today=today,
        age=age_in(today.year, patient),
        plan=plan,
        stage_count=plan.stage_count if plan else 0,
        flags=tuple(flags),
        last_pain=team.last_pain,
        last_pain_on=team.last_pain_on,
        days_since_report=(today - max(reports)).days if reports else None,
        sessions_in_week=sum(sessions.get(day, 0) for day in days[-WEEK:]),
        pain=tuple(pain.get(day) for day in days),
        sessions=tuple(day in sessions for day in days),
    )


def day_in_words(day: date, today: date) -> str:
    """ "today", "yesterday" or "on 6 November"."""
    recent = {today: "today", today - timedelta(days=1): "yesterday"}
    return recent.get(day, f"on {day.day} {day:%B}")


def age_in(year: int, patient: User) -> int | None:
    """The age a person reaches in this year: only the year of birth is known."""
    return None if patient.year_of_birth is None else year - patient.year_of_birth


def _place(row: CaseloadRow) -> tuple[int, float, str, UUID]:
    """Where a row stands in the list."""
    name = row.patient.name.casefold()
    if row.flags:
        return 0, min(flag.opened_at for flag in row.flags).timestamp(), name, row.patient.pk
    if row.is_silent:
        return 1, -row.silent_days, name, row.patient.pk
    return (2 if row.plan is None else 3), 0, name, row.patient.pk
