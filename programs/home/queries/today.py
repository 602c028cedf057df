"""Everything a patient's day holds, for the Today page and for a mobile client."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from programs.accounts.models import User
from programs.care.models import Plan, PlanVersion, StageChange
from programs.care.queries import current_plan
from programs.care.rules import PlanStage, PrescribedExercise
from programs.conversations.models import Message
from programs.conversations.queries import latest_from_care_team
from programs.lib.times import local_day
from programs.library.models import Exercise
from programs.library.rules import Dose, shown_side
from programs.logbook.models import DailyCheck
from programs.logbook.queries import MovementDay, is_weekly_check_due, movement_by_day

_NOTHING = MovementDay(sessions=0, is_whole=False)


@dataclass(frozen=True, slots=True)
class TodayExercise:
    """One exercise of the stage: the dose in plain words, whose legs, and how it is done.

    `sides` are written down apart, the affected leg first; ("both",) where the legs work together. `figure`
    is that of the library, None without one; it is shown for `shown_side`.
    """

    exercise_id: UUID
    slug: str
    name: str
    dose: Dose
    dose_in_words: str
    frequency_in_words: str
    sides: tuple[str, ...]
    note: str
    steps: tuple[str, ...]
    mistakes: tuple[str, ...]
    avoid: tuple[str, ...]
    figure: Mapping[str, Any] | None
    shown_side: str
    is_checked: bool


@dataclass(frozen=True, slots=True)
class TodayPlan:
    """The part of a plan that counts today. `day` is the day of this stage, its first day being 1.

    `exercises` are those planned for this very day: none on a rest day. `days_a_week` have at least one.
    """

    plan: Plan
    version: PlanVersion
    stage: PlanStage
    next_stage: PlanStage | None
    stages: int
    day: int
    exercises: tuple[TodayExercise, ...]
    minutes: int
    days_a_week: int

    @property
    def some_checked(self) -> bool:
        """Whether a clinician has checked at least one of the exercises."""
        return any(each.is_checked for each in self.exercises)

    @property
    def days_left(self) -> int:
        """Days until this stage has lasted as long as it must; none where it has no end."""
        return max(0, (self.stage.minimum_days or 0) - self.day + 1)

    def again_after(self, sessions: int) -> list[str]:
        """The exercises meant for more times a day than `sessions`."""
        return [each.name for each in self.exercises if each.dose.times_a_day > sessions]


@dataclass(frozen=True, slots=True)
class WeekDay:
    """One day of the week strip. `is_whole`: everything was done in at least one session of the day."""

    day: date
    sessions: int
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Today:
    """A patient's local day. `week` runs from Monday to Sunday, days to come included."""

    patient: User
    day: date
    hour: int
    plan: TodayPlan | None
    sessions: int
    daily_check_answered: bool
    weekly_check_due: bool
    week: tuple[WeekDay, ...]
    message: Message | None

    @property
    def greeting(self) -> str:
        return "Good morning" if self.hour < 12 else "Good afternoon" if self.hour < 18 else "Good evening"

    @property
    def first_name(self) -> str:
        return self.patient.name.split()[0]

    @property
    def days_this_week(self) -> int:
        return sum(each.sessions > 0 for each in self.week)

    @property
    def again_today(self) -> list[str]:
        """What the plan still has for today once there has been a session."""
        return self.plan.again_after(self.sessions) if self.plan and self.sessions else []


def today(patient: User, now: datetime) -> Today:
    """The day of `patient` on which `now` falls. Ask only for a patient the caller may see."""
    day = local_day(now, patient.time_zone)
    monday = day - timedelta(days=day.weekday())
    week = [monday + timedelta(days=ahead) for ahead in range(7)]
    moved = movement_by_day(patient, monday, week[-1])
    plan = _plan_of(patient, day, week)
    return Today(
        patient=patient,
        day=day,
        hour=now.astimezone(ZoneInfo(patient.time_zone)).hour,
        plan=plan,
        sessions=moved.get(day, _NOTHING).sessions,
        daily_check_answered=DailyCheck.objects.current().filter(patient=patient, recorded_on=day).exists(),
        weekly_check_due=plan is not None
        and is_weekly_check_due(patient, local_day(plan.plan.started_at, patient.time_zone), day),
        week=tuple(
            WeekDay(each, moved.get(each, _NOTHING).sessions, moved.get(each, _NOTHING).is_whole)
            for each in week
        ),
        message=latest_from_care_team(patient),
    )


def _plan_of(patient: User, day: date, week: Sequence[date]) -> TodayPlan | None:
    current = current_plan(patient)
    if current is None:
        return None
    content = current.version.content
    planned = current.stage.planned_on(day)
    library = Exercise.objects.in_bulk([UUID(each.exercise_id) for each in planned])
    return TodayPlan(
        plan=current.plan,
        version=current.version,
        stage=current.stage,
        next_stage=content.stage_after(current.stage.number),
        stages=len(content.stages),
        day=(day - _stage_began(current.plan, patient)).days + 1,
        exercises=tuple(_exercise(each, library[UUID(each.exercise_id)], current.plan) for each in planned),
        minutes=current.stage.minutes_on(day),
        days_a_week=sum(bool(current.stage.planned_on(each)) for each in week),
    )


def _stage_began(plan: Plan, patient: User) -> date:
    into_it = StageChange.objects.filter(plan=plan, to_stage=plan.stage_number)
    latest = into_it.order_by("-at", "-id").first()
    return local_day(latest.at if latest else plan.started_at, patient.time_zone)


def _exercise(prescribed: PrescribedExercise, exercise: Exercise, plan: Plan) -> TodayExercise:
    return TodayExercise(
        exercise_id=exercise.pk,
        slug=prescribed.slug,
        name=prescribed.name,
        dose=prescribed.dose,
        dose_in_words=prescribed.dose_in_words,
        frequency_in_words=prescribed.frequency_in_words,
        sides=prescribed.sides_for(plan.side),
        note=prescribed.note,
        steps=tuple(exercise.steps),
        mistakes=tuple(exercise.mistakes),
        avoid=tuple(exercise.avoid),
        figure=exercise.figure,
        shown_side=shown_side(prescribed.sides, plan.side),
        is_checked=bool(exercise.checked_by),
    )
