"""Everything a therapist reads about one patient on one page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, ExpressionWrapper, Prefetch, Q

from programs.accounts.models import CareTeam, Clinic, User
from programs.care.models import Mode, Plan, PlanVersion, StageChange
from programs.care.queries import CurrentPlan, current_plan
from programs.care.rules import PrescribedExercise, changes
from programs.care.rules.response import Light
from programs.conversations.models import Message, Thread
from programs.home.queries.caseload import (
    STRIP_DAYS,
    WEEK,
    age_in,
    day_in_words,
    pain_by_day,
    reports_of_pain,
)
from programs.lib.times import last_days, local_day
from programs.library.models import Exercise
from programs.logbook.models import ExerciseResult, GuidedSession, Intake, WeeklyCheck
from programs.logbook.queries import (
    IntakeLine,
    SessionResponse,
    felt_in_words,
    history,
    intake_lines,
    newest_intake,
    place_lines,
    responses_to,
    weekly_checks,
)
from programs.monitoring.models import CheckIn, Flag, FlagEvent, FlagState
from programs.monitoring.queries import (
    FlagFinding,
    findings_of,
    is_superseded,
    last_said,
    nobody_watches,
    parameters_of,
)
from programs.monitoring.rules import Evidence, current_state
from programs.monitoring.rules.findings import CHECK_IN
from programs.monitoring.rules.shown import ShownEvidence, show
from programs.monitoring.rules.worsening import HIGH_DAY, NORMAL, NOT_ENOUGH_DATA

_NEWEST = 10
_NEWEST_FLAGS = 5
_NEWEST_CHECK_INS = 3
_TOO_FEW = "Too few reports to judge a change."
_NO_ROOM, _NEAR_TOP = "Leg pain is so near 10 that a rise cannot be judged.", 9
_WEEKLY_CHECKS_OF = 8 * 7
"""Days."""


@dataclass(frozen=True, slots=True)
class PlanEvent:
    """One change of a plan: what it was, whose, and why."""

    at: datetime
    title: str
    by: User | None
    """None where the rules decided."""
    changes: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class PlanStory:
    """A plan in force: its newest version, the stage the patient is in, and how it came to be so.

    `exercises` are those followed now, which are the flare plan's while it lies over the stage; each with the
    figure that the library has of it, if any.
    """

    plan: Plan
    version: PlanVersion
    current: CurrentPlan
    exercises: tuple[tuple[PrescribedExercise, Mapping[str, Any] | None], ...]
    stage_count: int
    days_in_stage: int
    events: tuple[PlanEvent, ...]
    """The newest versions and moves between stages, newest first."""


@dataclass(frozen=True, slots=True)
class SessionStory:
    """One session, with each exercise's outcome in words, and all of them in one line.

    `response` is how it was borne, None where nothing of it was tried.
    """

    session: GuidedSession
    response: SessionResponse | None
    minutes: int
    summary: str
    outcomes: tuple[tuple[str, str, str, Light | None], ...]
    """Name, outcome, what was felt and advised, and the light, None where it was left out."""


@dataclass(frozen=True, slots=True)
class Day:
    """One of the last 28 days. None means that nothing was reported, which is not 0.

    `sessions` counts those of which something was tried. `places`: how far down, tingling or numbness, in
    sentences. calf: calf pain between cramps, and cramps are those of the night before: only of a stage that
    looks at the calf.
    """

    day: date
    leg: int | None
    back: int | None
    calf: int | None
    cramps: int | None
    worst_cramp: int | None
    sessions: int
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FlagStory:
    """A flag with what its rule saw, and what has happened to it since."""

    flag: Flag
    evidence: Evidence
    shown: ShownEvidence
    further: tuple[FlagFinding, ...]
    """What was found besides the finding that the flag is about."""
    is_superseded: bool
    """A correction or a late report has taken back everything that was found."""
    last_said: str
    """What the newest thing said about it is known by."""

    @property
    def is_current(self) -> bool:
        return self.flag.state != FlagState.RESOLVED

    @property
    def waiting_since(self) -> datetime:
        """When it was last opened: at first, or again."""
        opening = (
            *(FlagEvent.Kind.OPENED, FlagEvent.Kind.REOPENED),
            *(FlagEvent.Kind.RAISED, FlagEvent.Kind.WOKEN),
        )
        return max(event.at for event in self.flag.events.all() if event.kind in opening)


@dataclass(frozen=True, slots=True)
class PatientOverview:
    """A patient as a therapist sees them. Days are the patient's local days, oldest first."""

    patient: User
    clinic: Clinic
    age: int | None
    flags: tuple[FlagStory, ...]
    """The newest flags: those that are not done, then those that are, each newest first."""
    check_ins: tuple[CheckIn, ...]
    """The newest, newest first, but for those that a correction has taken back."""
    weekly_checks: tuple[WeeklyCheck, ...]
    """Of the last eight weeks, newest first."""
    intake: Intake | None
    """The newest answers to "About your pain"."""
    notice: str
    story: PlanStory | None
    leg_pain_state: str
    """What the rules say about leg pain alone, as `current_state` has it."""
    days: tuple[Day, ...]
    sessions: tuple[SessionStory, ...]
    """The newest sessions of those days, newest first."""
    messages: tuple[Message, ...]

    @property
    def intake_lines(self) -> tuple[IntakeLine, ...]:
        return intake_lines(self.intake) if self.intake else ()

    @property
    def is_empty(self) -> bool:
        """No report and no session in these days, and no Weekly check to show."""
        return self.last_report is None and not self.sessions and not self.weekly_checks

    @property
    def is_about_calf(self) -> bool:
        """Whether calf pain or cramps were said on any of these days."""
        return any(day.calf is not None or day.cramps is not None for day in self.days)

    @property
    def standing(self) -> str:
        """Where leg pain stands while no flag is open, in a sentence; empty where there is nothing to say.

        After a week without a report there is nothing new to judge, whatever came before.
        """
        if self.story is None or any(each.is_current for each in self.flags):
            return ""
        if self.story.plan.mode != Mode.GUIDED:
            return "Diary: only new weakness and “much worse” call you."
        if not any(day.leg is not None for day in self.days[-WEEK:]):
            return _TOO_FEW
        if self.leg_pain_state == NORMAL:
            return "Leg pain much like its usual level."
        if self.leg_pain_state == HIGH_DAY:
            return "One high day: leg pain above its usual level."
        if self.leg_pain_state == CHECK_IN:
            return "Some high scores of leg pain in the last week."
        if self.leg_pain_state == NOT_ENOUGH_DATA:
            return _NO_ROOM if self.last_report and (self.last_report.leg or 0) >= _NEAR_TOP else _TOO_FEW
        return "Leg pain above its usual level in the last week."

    @property
    def last_report(self) -> Day | None:
        """The last of these days on which pain was reported."""
        return next((day for day in reversed(self.days) if day.leg is not None), None)

    @property
    def last_report_day(self) -> str:
        """Its day as in a sentence."""
        return "" if self.last_report is None else day_in_words(self.last_report.day, self.days[-1].day)

    @property
    def sessions_in_week(self) -> int:
        return sum(day.sessions for day in self.days[-WEEK:])


def overview(care: CareTeam, now: datetime) -> PatientOverview:
    """The page of one patient, for the therapist who gives this care."""
    patient, viewer = care.patient, care.therapist
    today = local_day(now, patient.time_zone)
    span = last_days(today, STRIP_DAYS)
    reported = {each.day: each for each in history(patient, viewer, span[0], span[-1])}
    days = [
        Day(
            day=day,
            leg=reported[day].worst_leg_pain if day in reported else None,
            back=reported[day].worst_back_pain if day in reported else None,
            calf=reported[day].calf_pain if day in reported else None,
            cramps=reported[day].cramps if day in reported else None,
            worst_cramp=reported[day].worst_cramp if day in reported else None,
            sessions=sum(_was_tried(each) for each in reported[day].sessions) if day in reported else 0,
            places=tuple(place_lines(reported[day])) if day in reported else (),
        )
        for day in span
    ]
    done = [session for each in reported.values() for session in reversed(each.sessions)]
    threads = Thread.objects.visible_to(viewer).filter(patient=patient)
    messages = Message.objects.filter(thread__in=threads).select_related("author")[:_NEWEST]
    check_ins = CheckIn.objects.visible_to(viewer).filter(patient=patient, superseded_at=None)
    return PatientOverview(
        patient=patient,
        clinic=care.clinic,
        age=age_in(today.year, patient),
        flags=tuple(_flag_story(flag) for flag in _flags(patient, viewer)),
        check_ins=tuple(check_ins[:_NEWEST_CHECK_INS]),
        weekly_checks=tuple(weekly_checks(patient, viewer, today - timedelta(days=_WEEKLY_CHECKS_OF), today)),
        intake=newest_intake(patient, viewer),
        notice=nobody_watches(care.clinic),
        story=_plan_story(patient, viewer, today),
        leg_pain_state=current_state(
            reports_of_pain(pain_by_day(viewer, [patient], now).get(patient.pk, {})),
            today,
            parameters_of(care.clinic),
        ),
        days=tuple(days),
        sessions=tuple(_session_stories(done[:_NEWEST])),
        messages=tuple(messages),
    )


def _flags(patient: User, viewer: User) -> list[Flag]:
    events = FlagEvent.objects.select_related("by")
    flags = Flag.objects.visible_to(viewer).filter(patient=patient).select_related("owner")
    is_done = ExpressionWrapper(Q(state=FlagState.RESOLVED), BooleanField())
    newest = flags.alias(is_done=is_done).order_by("is_done", "-opened_at", "-id")[:_NEWEST_FLAGS]
    return list(newest.prefetch_related(Prefetch("events", events)))


def _flag_story(flag: Flag) -> FlagStory:
    evidence = Evidence.from_dict(flag.evidence)
    about = (flag.rule, flag.side, flag.found_on)
    return FlagStory(
        flag=flag,
        evidence=evidence,
        shown=show(flag.rule, evidence),
        further=tuple(
            finding
            for finding in findings_of(flag)
            if (finding.event.rule, finding.event.side, finding.event.found_on) != about
        ),
        is_superseded=is_superseded(flag),
        last_said=last_said(flag),
    )


def _plan_story(patient: User, viewer: User, today: date) -> PlanStory | None:
    plans = Plan.objects.visible_to(viewer).current().filter(patient=patient)
    found = PlanVersion.objects.filter(plan__in=plans).order_by("-number")
    versions = list(found.select_related("plan__program", "created_by", "checked_by")[: _NEWEST + 1])
    if not versions:
        return None
    plan, current = versions[0].plan, current_plan(patient)
    if current is None:  # it has just ended
        return None
    moves = list(plan.stage_changes.select_related("decided_by")[:_NEWEST])
    exercises = current.stage.exercises
    library = Exercise.objects.only("figure").in_bulk([UUID(each.exercise_id) for each in exercises])
    events = [*_version_events(versions), *_stage_events(moves)]
    return PlanStory(
        plan=plan,
        version=versions[0],
        current=current,
        exercises=tuple((each, library[UUID(each.exercise_id)].figure) for each in exercises),
        stage_count=len(versions[0].content.stages),
        days_in_stage=(today - local_day(current.stage_since, patient.time_zone)).days + 1,
        events=tuple(sorted(events, key=lambda event: event.at, reverse=True)[:_NEWEST]),
    )


def _version_events(versions: list[PlanVersion]) -> list[PlanEvent]:
    """Each version that follows another one, with what it changed. The first came with the start."""
    return [
        PlanEvent(
            at=new.created_at,
            title=f"Version {new.number}",
            by=new.created_by,
            changes=tuple(changes(old.content, new.content)),
            reason=new.note,
        )
        for new, old in pairwise(versions)
    ]


def _stage_events(moves: list[StageChange]) -> list[PlanEvent]:
    return [
        PlanEvent(
            at=move.at,
            title=f"{move.get_kind_display()}: stage {move.to_stage}",
            by=move.decided_by,
            changes=(),
            reason=move.reason,
        )
        for move in moves
    ]


def _was_tried(session: GuidedSession) -> bool:
    """Something of it was done, or begun. Nothing written down is nothing tried, as far as anybody knows."""
    return any(result.outcome != ExerciseResult.Outcome.SKIPPED for result in session.results.all())


def _session_stories(sessions: Sequence[GuidedSession]) -> list[SessionStory]:
    responses = {each.session_id: each for each in responses_to(sessions)}
    return [_session_story(each, responses.get(each.pk)) for each in sessions]


def _session_story(session: GuidedSession, response: SessionResponse | None) -> SessionStory:
    results: dict[str, list[ExerciseResult]] = {}
    for result in session.results.all():
        results.setdefault(result.exercise.name, []).append(result)
    return SessionStory(
        session=session,
        response=response,
        minutes=max(1, round((session.finished_at - session.started_at).total_seconds() / 60)),
        summary=_summary(results),
        outcomes=tuple(
            (name, _outcome(rows), felt_in_words(rows), _light_of(rows, response))
            for name, rows in results.items()
        ),
    )


def _light_of(results: Sequence[ExerciseResult], response: SessionResponse | None) -> Light | None:
    return response.exercises.get(results[0].exercise.slug) if response else None


def _summary(results: Mapping[str, Sequence[ExerciseResult]]) -> str:
    """ "All 5 done", or how many were, and which were stopped for pain."""
    if not results:
        return "no exercises written down"
    results = {name: rows for name, rows in results.items() if not _was_left_out_on_advice(rows)}
    done = sum(all(row.outcome == ExerciseResult.Outcome.DONE for row in rows) for rows in results.values())
    if done == len(results):
        return f"all {done} done"
    stopped = [
        name
        for name, rows in results.items()
        if any(row.outcome == ExerciseResult.Outcome.STOPPED for row in rows)
    ]
    return f"{done} of {len(results)} done" + (f", stopped at {', '.join(stopped)}" if stopped else "")


def _was_left_out_on_advice(results: Sequence[ExerciseResult]) -> bool:
    return all(row.outcome == ExerciseResult.Outcome.SKIPPED and row.advised_share == 0 for row in results)


def _outcome(results: Sequence[ExerciseResult]) -> str:
    """ "Done" where all sides went alike, else each side by name."""
    if _was_left_out_on_advice(results):
        return "Left out on advice"
    outcomes = {result.get_outcome_display() for result in results}
    if len(outcomes) == 1:
        return outcomes.pop()
    return "; ".join(f"{result.get_side_display()}: {result.get_outcome_display()}" for result in results)
