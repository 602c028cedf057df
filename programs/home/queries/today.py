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
from programs.care.queries import CurrentPlan, current_plan
from programs.care.rules import PlanStage
from programs.care.rules.flare import UNSETTLED_FOR
from programs.care.rules.machine import decide_ready
from programs.care.rules.session import (
    WALKING,
    WHOLE,
    Factor,
    LeftOut,
    SessionExercise,
    TodaysSession,
    next_planned_day,
)
from programs.conversations.queries import CareTeamWords
from programs.home.queries.glance import Glance
from programs.home.queries.standing import Standing
from programs.lib.times import local_day
from programs.library.models import Exercise
from programs.library.rules import Dose, shown_side
from programs.logbook.queries import (
    DoneSession,
    MovementDay,
    done_sessions,
    exercises_of_day,
    movement_by_day,
    todays_session,
    was_too_much,
)
from programs.logbook.queries.readiness import last_own_change, readiness_of
from programs.logbook.rules import day_in_words, weekly_check_due_on
from programs.safety.queries import Holds

_NEWS_FOR, _CHANGE_IS_NEWS_FOR = timedelta(days=14), timedelta(days=7)
_NOTHING = MovementDay(sessions=0, is_whole=False)
_NO_SESSION = TodaysSession(exercises=(), left_out=(), factor=Factor(WHOLE, ""))


@dataclass(frozen=True, slots=True)
class TodayExercise:
    """One exercise of today's session: the dose in plain words, whose legs, and how it is done.

    `share` is how much of the prescribed dose that is, in percent, and `reason` why, or why this easier one
    takes the place of `instead_of`; "" where it is as in the plan. `sides` are written down apart, the
    affected leg first; ("both",) where the legs work together. `figure` is that of the library, None without
    one; it is shown for `shown_side`.
    """

    exercise_id: UUID
    slug: str
    name: str
    dose: Dose
    dose_in_words: str
    frequency_in_words: str
    sides: tuple[str, ...]
    note: str
    share: int
    reason: str
    instead_of: str
    category: str
    is_nerve_glide: bool
    steps: tuple[str, ...]
    mistakes: tuple[str, ...]
    avoid: tuple[str, ...]
    figure: Mapping[str, Any] | None
    shown_side: str
    is_checked: bool


@dataclass(frozen=True, slots=True)
class TodayPlan:
    """The part of a plan that counts today. `day` is the day of the own stage, its first day being 1.

    `exercises` are those of this very day, with the doses that fit how the leg is: none on a rest day, and
    none while an answer lets no session start.
    `left_out` is what the plan has for the day besides, each with the reason, and `reason` is why the whole
    session is less than planned. `is_done`: what was due today is done, and `exercises` are all of it once
    more; `was_too_much`: a session of today was. `minutes` are without the walks. `days_a_week` have at
    least one exercise.
    """

    current: CurrentPlan
    next_stage: PlanStage | None
    stages: int
    day: int
    flare_day: int
    """Of the flare plan, from 1 to its last; 0 without one."""
    unsettled_days: int | None
    """Since a flare plan ended without the leg having settled."""
    exercises: tuple[TodayExercise, ...]
    left_out: tuple[LeftOut, ...]
    reason: str
    is_done: bool
    was_too_much: bool
    minutes: int
    is_rest_day: bool
    days_a_week: int

    @property
    def plan(self) -> Plan:
        return self.current.plan

    @property
    def version(self) -> PlanVersion:
        return self.current.version

    @property
    def stage(self) -> PlanStage:
        """The own stage or, while it lies over it, the flare plan."""
        return self.current.stage

    @property
    def own_stage(self) -> PlanStage:
        return self.current.own_stage

    @property
    def some_checked(self) -> bool:
        """Whether a clinician has checked at least one of the exercises."""
        return any(each.is_checked for each in self.exercises)

    @property
    def pictured(self) -> TodayExercise | None:
        """The first exercise that has a figure."""
        return next((each for each in self.exercises if each.figure), None)

    @property
    def moves(self) -> int:
        """How many exercises there are besides the walks."""
        return sum(each.category != WALKING for each in self.exercises)

    @property
    def has_walk(self) -> bool:
        return self.moves < len(self.exercises)

    @property
    def days_left(self) -> int:
        """Days until the own stage has lasted as long as it must; none where it has no end."""
        return max(0, (self.own_stage.minimum_days or 0) - self.day + 1)

    @property
    def is_flare(self) -> bool:
        """Whether the flare plan lies over the plan."""
        return self.current.is_flare

    @property
    def is_unsettled(self) -> bool:
        """Whether a flare plan has just ended without the leg having settled: somebody has to look."""
        return self.unsettled_days is not None and self.unsettled_days < UNSETTLED_FOR

    @property
    def flare_days(self) -> int:
        """How long a flare plan lasts at most."""
        flare_exit = self.version.content.flare_exit
        return 0 if flare_exit is None else flare_exit.longest_days


@dataclass(frozen=True, slots=True)
class WeekDay:
    """One day of the week strip. `is_whole`: everything was done in at least one session of the day."""

    day: date
    sessions: int
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Today:
    """A patient's local day. `week` runs from Monday to Sunday, days to come included.

    `message` is the newest of the care team and `changed` what happened to the stage after it, each only
    while it is news. `intake_due`: "About your pain" was never answered. `done` are the sessions that the
    doses of the day depend on.
    """

    patient: User
    day: date
    hour: int
    plan: TodayPlan | None
    sessions: int
    daily_check_answered: bool
    weekly_check_due: bool
    morning_check_due: bool
    intake_due: bool
    week: tuple[WeekDay, ...]
    message: CareTeamWords | None
    changed: StageChange | None
    done: Sequence[DoneSession]

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
    def next_in_words(self) -> str:
        """The next day that has exercises: "tomorrow, Saturday"; "" without one."""
        next_on = None if self.plan is None else next_planned_day(self.plan.stage, self.day)
        return "" if next_on is None else day_in_words(next_on, self.day)

    @property
    def again_today(self) -> list[str]:
        """What the plan still has for today once there has been a session."""
        if not self.plan or not self.sessions or self.plan.is_done:
            return []
        return [each.name for each in self.plan.exercises]


def today(patient: User, now: datetime, seen: Glance, holds: Holds) -> Today:
    """The day of `patient` on which `now` falls. Ask only for a patient the caller may see.

    `seen` is what there is of the patient, and `holds` what their safety answers hold back.
    """
    day = local_day(now, patient.time_zone)
    monday = day - timedelta(days=day.weekday())
    week = [monday + timedelta(days=ahead) for ahead in range(7)]
    yesterday = day - timedelta(days=1)
    since = min(monday, yesterday)
    current = current_plan(patient)
    sessions = done_sessions(patient, current, day, since)
    moved = movement_by_day(sessions, since, week[-1])
    plan = _plan_of(current, sessions, day, week, now, holds) if current else None
    message, changed = _news(seen, plan, now)
    return Today(
        patient=patient,
        day=day,
        hour=now.astimezone(ZoneInfo(patient.time_zone)).hour,
        plan=plan,
        sessions=moved.get(day, _NOTHING).sessions,
        daily_check_answered=seen.logbook.has_daily_check,
        weekly_check_due=plan is not None and _is_weekly_check_due(plan.plan, day, seen),
        morning_check_due=yesterday in moved and not seen.logbook.has_morning_check,
        intake_due=not seen.logbook.has_intake,
        week=tuple(
            WeekDay(each, moved.get(each, _NOTHING).sessions, moved.get(each, _NOTHING).is_whole)
            for each in week
        ),
        message=message,
        changed=changed,
        done=sessions,
    )


def moves_up_to(day: Today, seen: Glance, holds: Holds, stands: Standing, now: datetime) -> PlanStage | None:
    """The stage that the patient's own tap leads to now, None where it would be refused.

    The criteria look further back than the day: they are asked for only where nothing that is known already
    keeps the patient in the stage, and judge what was read for the day.
    """
    plan = day.plan
    if plan is None or plan.next_stage is None or plan.days_left or not day.daily_check_answered:
        return None
    standing = plan.current.standing
    if standing.is_held or standing.in_flare or not standing.is_guided:
        return None
    if holds.lock or holds.items or holds.exclusions.blocks or stands.flag or stands.check_in:
        return None
    ready = readiness_of(plan.current, now, holds, seen.stage, day.done, stands.reports)
    return plan.next_stage if decide_ready(standing, ready).is_allowed else None


def _is_weekly_check_due(plan: Plan, day: date, seen: Glance) -> bool:
    started_on = local_day(plan.started_at, plan.patient.time_zone)
    return weekly_check_due_on(started_on, seen.logbook.last_weekly_on) <= day


def _news(
    seen: Glance, plan: TodayPlan | None, now: datetime
) -> tuple[CareTeamWords | None, StageChange | None]:
    """What the care team wrote in the last two weeks, and what happened to the stage in the last one.

    Where somebody of the care team made the change, the message says so. What the rules or the patient
    changed after it stands above it: a person's words go on counting.
    """
    sent_at = seen.words.sent_at
    changed = last_own_change(plan.plan, now) if plan and seen.logbook.has_changed_stage else None
    if changed is not None and sent_at is not None and sent_at >= changed.at:
        changed = None
    return (
        seen.words if sent_at is not None and sent_at > now - _NEWS_FOR else None,
        changed if changed is not None and changed.at > now - _CHANGE_IS_NEWS_FOR else None,
    )


def _plan_of(
    current: CurrentPlan,
    sessions: Sequence[DoneSession],
    day: date,
    week: Sequence[date],
    now: datetime,
    holds: Holds,
) -> TodayPlan:
    patient, content = current.plan.patient, current.version.content
    is_rest_day = not current.stage.planned_on(day)
    # While nothing may be started nothing is shown to do: not here, and not to a client that asks.
    session: TodaysSession = _NO_SESSION
    library: Mapping[UUID, Exercise] = {}
    if not is_rest_day and not holds.is_stopped:
        library = exercises_of_day(current, day)
        session = todays_session(current, day, now, holds, sessions, library)
    return TodayPlan(
        current=current,
        next_stage=content.stage_after(current.own_stage.number),
        stages=len(content.stages),
        day=(day - local_day(current.stage_since, patient.time_zone)).days + 1,
        flare_day=_flare_day(current, day),
        unsettled_days=None if current.unsettled_since is None else (day - current.unsettled_since).days,
        exercises=tuple(
            _exercise(each, library[UUID(each.prescribed.exercise_id)], current.plan)
            for each in session.exercises
        ),
        left_out=session.left_out,
        reason=session.factor.reason,
        is_done=session.is_done,
        was_too_much=was_too_much(current, day, now, sessions),
        minutes=session.minutes,
        is_rest_day=is_rest_day,
        days_a_week=sum(bool(current.stage.planned_on(each)) for each in week),
    )


def _flare_day(current: CurrentPlan, day: date) -> int:
    began_on, flare_exit = current.plan.flare_began_on, current.version.content.flare_exit
    if began_on is None or flare_exit is None:
        return 0
    return min((day - began_on).days + 1, flare_exit.longest_days)


def _exercise(given: SessionExercise, exercise: Exercise, plan: Plan) -> TodayExercise:
    prescribed = given.prescribed
    return TodayExercise(
        exercise_id=exercise.pk,
        slug=prescribed.slug,
        name=prescribed.name,
        dose=prescribed.dose,
        dose_in_words=prescribed.dose_in_words,
        frequency_in_words=prescribed.frequency_in_words,
        sides=prescribed.sides_for(plan.side, plan.patient.first_leg),
        note=prescribed.note,
        share=given.share,
        reason=given.reason,
        instead_of=given.instead_of.slug if given.instead_of else "",
        category=given.category,
        is_nerve_glide=given.is_nerve_glide,
        steps=tuple(exercise.steps),
        mistakes=tuple(exercise.mistakes),
        avoid=tuple(exercise.avoid),
        figure=exercise.figure,
        shown_side=shown_side(prescribed.sides, plan.side),
        is_checked=bool(exercise.checked_by),
    )
