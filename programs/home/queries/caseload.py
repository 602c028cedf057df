"""A therapist's work list: who needs a look, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, Max, OuterRef, Q, Subquery, TextChoices

from programs.accounts.models import CareTeam, Clinic, User
from programs.care.models import Mode, Plan
from programs.lib.times import last_days, local_day
from programs.library.models import Contraindication
from programs.logbook.models import DailyCheck, ExerciseResult, GuidedSession
from programs.logbook.queries import RULE_WINDOW
from programs.monitoring.models import Flag, FlagState, Kind
from programs.monitoring.queries import is_superseded, parameters_of
from programs.monitoring.rules import Parameters, Report, is_judged, severity
from programs.safety.models import Condition, SafetyLock

STRIP_DAYS = 28
WEEK = 7


class Group(TextChoices):
    """The parts of the list, in their order. Nobody stands among the last whom no rule could judge."""

    NEED_LOOK = "need_look", "Need a look"
    PUT_OFF = "put_off", "Put off"
    TOO_FEW = "too_few", "Cannot be judged"
    DIARY = "diary", "Diary, not watched"
    CLEAR = "clear", "No open flag"


_GROUPS = list(Group)


@dataclass(frozen=True, slots=True)
class CaseloadRow:
    """One patient in the list. Days are the patient's local days.

    `age` is the age reached this year: only the year of birth is known. A report is a Daily check: a session
    tells the rules nothing. `days_since_report` None means that there has been none. `is_judged`: a rule
    could speak about the newest report. `lock_level`: how severe the answer is that keeps sessions from
    starting, empty where none does. `is_blocked`: something that the patient told rules all exercise out.
    `flags` are those that are not done, the one to read first on top;
    `was_told_silent`: this silence had a flag, which may be done by now; `silent_after` are days. `pain` and
    `sessions` are the last 28 days, oldest first: the worst leg pain (None = not reported, which is not 0),
    and whether something of a session was tried. Without a plan, what belongs to one is empty.
    """

    patient: User
    clinic: Clinic
    cared_for_since: date
    today: date
    age: int | None
    plan: Plan | None
    stage_count: int
    flags: tuple[Flag, ...]
    lock_level: str
    is_blocked: bool
    was_told_silent: bool
    silent_after: float
    last_pain: int | None
    last_pain_on: date | None
    days_since_report: int | None
    is_judged: bool
    sessions_in_week: int
    pain: tuple[int | None, ...]
    sessions: tuple[bool, ...]

    @property
    def open_flags(self) -> tuple[Flag, ...]:
        """The flags that want a look: not those that somebody has put off."""
        return tuple(flag for flag in self.flags if flag.state != FlagState.SNOOZED)

    @property
    def flag(self) -> Flag | None:
        """The flag whose sentence is the row's: what wants a look, else what is put off."""
        return next(iter((*self.open_flags, *self.flags)), None)

    @property
    def is_put_off(self) -> bool:
        return self.flag is not None and self.flag.state == FlagState.SNOOZED

    @property
    def is_superseded(self) -> bool:
        """A correction or a late report has taken back what the row's flag was opened for."""
        return self.flag is not None and is_superseded(self.flag)

    @property
    def is_watched(self) -> bool:
        return self.plan is not None and self.plan.mode == Mode.GUIDED

    @property
    def in_flare(self) -> bool:
        """Whether the flare plan lies over the plan."""
        return self.plan is not None and self.plan.flare_began_on is not None

    @property
    def is_silent(self) -> bool:
        """No report for a week, or what the clinic chose, and no flag about it: the sweep comes once an hour.

        Counted from the day care began where there never was a report.
        """
        return self.is_watched and self.silent_days >= self.silent_after and not self.was_told_silent

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
        return bool(self.open_flags or self.lock_level) or self.is_silent or self.plan is None

    @property
    def group(self) -> Group:
        if self.needs_look:
            return Group.NEED_LOOK
        if self.flags:
            return Group.PUT_OFF
        if not self.is_watched:
            return Group.DIARY
        has_news = self.silent_days < self.silent_after
        return Group.CLEAR if self.is_judged and has_news else Group.TOO_FEW


def caseload(therapist: User, now: datetime) -> list[CaseloadRow]:
    """Everybody under this therapist's care now.

    Open flags first: emergencies, urgent ones, then what got worse, then what is missing, each with the
    longest waiting on top. Then the silent whom no flag is about yet, the longest silent on top; then those
    without a plan; then the other groups, each by name. The number of queries does not depend on the number
    of patients, but each clinic has its thresholds.
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
    wanted = ~Q(state=FlagState.RESOLVED) | Q(kind=Kind.SILENT, found_on__gte=_first_day(now, RULE_WINDOW))
    found = Flag.objects.visible_to(therapist).filter(wanted, patient__in=patients)
    for flag in found.select_related("owner").prefetch_related("events"):
        flags.setdefault(flag.patient_id, []).append(flag)
    parameters = {clinic: parameters_of(clinic) for clinic in {team.clinic for team in teams}}
    pain = pain_by_day(therapist, patients, now)
    sessions = _session_days(therapist, patients, now)
    rows = [
        _row(
            team,
            local_day(now, team.patient.time_zone),
            plans.get(team.patient_id),
            flags.get(team.patient_id, ()),
            pain.get(team.patient_id, {}),
            sessions.get(team.patient_id, {}),
            parameters[team.clinic],
        )
        for team in teams
    ]
    return sorted(rows, key=_place)


def _teams(therapist: User) -> list[Any]:
    """Who is cared for, with the day and worst leg pain of the last check."""
    same = {"patient": OuterRef("patient"), "clinic": OuterRef("clinic")}
    checks = DailyCheck.objects.current().filter(**same).order_by("-recorded_on", "-worst_leg_pain")
    blocks = Contraindication.objects.filter(level=Contraindication.Level.BLOCK)
    return list(
        CareTeam.objects.active()
        .filter(therapist=therapist)
        .select_related("patient", "clinic")
        .annotate(
            last_pain=Subquery(checks.values("worst_leg_pain")[:1]),
            last_pain_on=Subquery(checks.values("recorded_on")[:1]),
            # A lock and a block are states of the patient, whichever clinic was told.
            lock_level=Subquery(
                SafetyLock.objects.open().filter(patient=OuterRef("patient")).values("level")[:1]
            ),
            is_blocked=Exists(
                Condition.objects.current().filter(
                    patient=OuterRef("patient"), slug__in=blocks.values("slug")
                )
            ),
        )
    )


def pain_by_day(therapist: User, patients: Sequence[User], now: datetime) -> dict[UUID, dict[date, int]]:
    """The worst leg pain of each reported day in the rules' window, by patient."""
    checks = (
        DailyCheck.objects.visible_to(therapist)
        .current()
        .filter(patient__in=patients, recorded_on__gte=_first_day(now, RULE_WINDOW))
    )
    days: dict[UUID, dict[date, int]] = {}
    for patient_id, day, worst in (
        checks.order_by().values_list("patient", "recorded_on").annotate(Max("worst_leg_pain"))
    ):
        days.setdefault(patient_id, {})[day] = worst
    return days


def reports_of_pain(pain: Mapping[date, int]) -> list[Report]:
    """Days of leg pain as the rules read them."""
    return [Report(day, worst) for day, worst in pain.items()]


def has_judged_report(pain: Mapping[date, int], today: date, parameters: Parameters) -> bool:
    """Whether a rule could speak about the newest of a patient's reports, read as the rules read them."""
    reports = reports_of_pain(pain)
    return is_judged(
        [each for each in reports if today - RULE_WINDOW <= each.recorded_on <= today], parameters
    )


def _session_days(therapist: User, patients: list[User], now: datetime) -> dict[UUID, dict[date, int]]:
    """How many sessions of which something was tried fell on each day of the strip, by patient."""
    tried = ExerciseResult.objects.filter(session=OuterRef("pk")).exclude(
        outcome=ExerciseResult.Outcome.SKIPPED
    )
    sessions = GuidedSession.objects.visible_to(therapist).filter(
        Exists(tried), patient__in=patients, performed_on__gte=_first_day(now, timedelta(days=STRIP_DAYS))
    )
    days: dict[UUID, dict[date, int]] = {}
    for patient_id, day, count in (
        sessions.order_by().values_list("patient", "performed_on").annotate(Count("pk"))
    ):
        days.setdefault(patient_id, {})[day] = count
    return days


def _first_day(now: datetime, window: timedelta) -> date:
    """The first day of anybody's window, wherever on earth their day is."""
    return now.date() - window - timedelta(days=1)


def _row(
    team: Any,
    today: date,
    plan: Any,
    flags: Sequence[Flag],
    pain: Mapping[date, int],
    sessions: Mapping[date, int],
    parameters: Parameters,
) -> CaseloadRow:
    patient = team.patient
    last_on = team.last_pain_on
    unresolved = [flag for flag in flags if flag.state != FlagState.RESOLVED]
    days = last_days(today, STRIP_DAYS)
    return CaseloadRow(
        patient=patient,
        clinic=team.clinic,
        cared_for_since=local_day(team.started_at, patient.time_zone),
        today=today,
        age=age_in(today.year, patient),
        plan=plan,
        stage_count=plan.stage_count if plan else 0,
        flags=tuple(sorted(unresolved, key=_first_to_read)),
        lock_level=team.lock_level or "",
        is_blocked=team.is_blocked,
        was_told_silent=any(
            flag.kind == Kind.SILENT and (last_on is None or flag.found_on > last_on) for flag in flags
        ),
        silent_after=parameters.silent_after_days,
        last_pain=team.last_pain,
        last_pain_on=last_on,
        # Somebody who crossed the date line may have reported on a day that is still to come.
        days_since_report=None if last_on is None else max(0, (today - last_on).days),
        is_judged=has_judged_report(pain, today, parameters),
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


def _first_to_read(flag: Flag) -> tuple[int, bool, float]:
    """Sorts flags: the most severe on top, what got worse before what is missing, then the longest waits."""
    return -severity(flag.level), flag.kind != Kind.WORSENING, flag.opened_at.timestamp()


def _place(row: CaseloadRow) -> tuple[int, tuple[float, ...], str, UUID]:
    """Where a row stands in the list."""
    group = _GROUPS.index(row.group)
    if row.open_flags:
        place: tuple[float, ...] = (0, *_first_to_read(row.open_flags[0]))
    elif group:
        place = ()
    elif row.lock_level:  # on hold, though somebody has closed its flag
        place = (0, 1)
    else:
        place = (1, -row.silent_days) if row.is_silent else (2,)
    return group, place, row.patient.name.casefold(), row.patient.pk
