"""Everything a therapist reads about one patient on one page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.db.models import Prefetch

from programs.accounts.models import CareTeam, Clinic, User
from programs.care.models import Mode, Plan, PlanVersion, StageChange
from programs.care.rules import PlanStage, PrescribedExercise, changes
from programs.conversations.models import Message, Thread
from programs.home.queries.caseload import (
    STRIP_DAYS,
    WEEK,
    age_in,
    day_in_words,
    has_judged_report,
    pain_by_day,
)
from programs.lib.times import last_days, local_day
from programs.library.models import Exercise
from programs.logbook.models import ExerciseResult, GuidedSession
from programs.logbook.queries import history, place_lines
from programs.monitoring.models import Flag, FlagEvent, FlagState
from programs.monitoring.rules import Evidence

_NEWEST = 10
_NEWEST_FLAGS = 5


@dataclass(frozen=True, slots=True)
class PlanEvent:
    """One change of a plan: what it was, whose, and why."""

    at: datetime
    title: str
    by: User
    changes: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class PlanStory:
    """A plan in force: its newest version, the stage the patient is in, and how it came to be so.

    `exercises` are those of the stage, each with the figure that the library has of it, if any.
    """

    plan: Plan
    version: PlanVersion
    stage: PlanStage
    exercises: tuple[tuple[PrescribedExercise, Mapping[str, Any] | None], ...]
    stage_count: int
    days_in_stage: int
    events: tuple[PlanEvent, ...]
    """The newest versions and moves between stages, newest first."""


@dataclass(frozen=True, slots=True)
class SessionStory:
    """One session, with each exercise's outcome in words, and all of them in one line."""

    session: GuidedSession
    minutes: int
    summary: str
    outcomes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Day:
    """One of the last 28 days. None means that nothing was reported, which is not 0.

    `sessions` counts those of which something was tried. `places`: how far down, tingling or numbness, in
    sentences.
    """

    day: date
    leg: int | None
    back: int | None
    sessions: int
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PatientOverview:
    """A patient as a therapist sees them. Days are the patient's local days, oldest first."""

    patient: User
    clinic: Clinic
    age: int | None
    flags: tuple[tuple[Flag, Evidence], ...]
    """The newest flags, newest first, open or done."""
    story: PlanStory | None
    is_judged: bool
    """A rule could speak about the newest report."""
    days: tuple[Day, ...]
    sessions: tuple[SessionStory, ...]
    """The newest sessions of those days, newest first."""
    messages: tuple[Message, ...]

    @property
    def is_empty(self) -> bool:
        """No report and no session in these days."""
        return self.last_report is None and not self.sessions

    @property
    def unwatched(self) -> str:
        """Why it says nothing here that no flag is open; empty where one is, or where a rule could judge.

        After a week without a report there is nothing new to judge, whatever came before.
        """
        if self.story is None or any(flag.state != FlagState.RESOLVED for flag, _ in self.flags):
            return ""
        if self.story.plan.mode != Mode.GUIDED:
            return "Diary, not watched."
        has_news = any(day.leg is not None for day in self.days[-WEEK:])
        return "" if self.is_judged and has_news else "Too few reports to judge a change."

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
            sessions=sum(_was_tried(each) for each in reported[day].sessions) if day in reported else 0,
            places=tuple(place_lines(reported[day])) if day in reported else (),
        )
        for day in span
    ]
    done = [session for each in reported.values() for session in reversed(each.sessions)]
    threads = Thread.objects.visible_to(viewer).filter(patient=patient)
    messages = Message.objects.filter(thread__in=threads).select_related("author")[:_NEWEST]
    return PatientOverview(
        patient=patient,
        clinic=care.clinic,
        age=age_in(today.year, patient),
        flags=tuple((flag, Evidence.from_dict(flag.evidence)) for flag in _flags(patient, viewer)),
        story=_plan_story(patient, viewer, today),
        is_judged=has_judged_report(pain_by_day(viewer, [patient], now).get(patient.pk, {}), today),
        days=tuple(days),
        sessions=tuple(_session_story(session) for session in done[:_NEWEST]),
        messages=tuple(messages),
    )


def _flags(patient: User, viewer: User) -> list[Flag]:
    events = FlagEvent.objects.select_related("by")
    flags = Flag.objects.visible_to(viewer).filter(patient=patient).select_related("owner")
    return list(flags.prefetch_related(Prefetch("events", events))[:_NEWEST_FLAGS])


def _plan_story(patient: User, viewer: User, today: date) -> PlanStory | None:
    plans = Plan.objects.visible_to(viewer).current().filter(patient=patient)
    found = PlanVersion.objects.filter(plan__in=plans).order_by("-number")
    versions = list(found.select_related("plan__program", "created_by", "checked_by")[: _NEWEST + 1])
    if not versions:
        return None
    plan = versions[0].plan
    moves = list(plan.stage_changes.select_related("decided_by")[:_NEWEST])
    content = versions[0].content
    stage = content.stage(plan.stage_number)
    library = Exercise.objects.only("figure").in_bulk([UUID(each.exercise_id) for each in stage.exercises])
    events = [*_version_events(versions), *_stage_events(moves)]
    return PlanStory(
        plan=plan,
        version=versions[0],
        stage=stage,
        exercises=tuple((each, library[UUID(each.exercise_id)].figure) for each in stage.exercises),
        stage_count=len(content.stages),
        days_in_stage=(today - local_day(moves[0].at, patient.time_zone)).days + 1,
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


def _session_story(session: GuidedSession) -> SessionStory:
    results: dict[str, list[ExerciseResult]] = {}
    for result in session.results.all():
        results.setdefault(result.exercise.name, []).append(result)
    return SessionStory(
        session=session,
        minutes=max(1, round((session.finished_at - session.started_at).total_seconds() / 60)),
        summary=_summary(results),
        outcomes=tuple((name, _outcome(rows)) for name, rows in results.items()),
    )


def _summary(results: Mapping[str, Sequence[ExerciseResult]]) -> str:
    """ "All 5 done", or how many were, and which were stopped for pain."""
    if not results:
        return "no exercises written down"
    done = sum(all(row.outcome == ExerciseResult.Outcome.DONE for row in rows) for rows in results.values())
    if done == len(results):
        return f"all {done} done"
    stopped = [
        name
        for name, rows in results.items()
        if any(row.outcome == ExerciseResult.Outcome.STOPPED for row in rows)
    ]
    return f"{done} of {len(results)} done" + (f", stopped at {', '.join(stopped)}" if stopped else "")


def _outcome(results: Sequence[ExerciseResult]) -> str:
    """ "Done" where all sides went alike, else each side by name."""
    outcomes = {result.get_outcome_display() for result in results}
    if len(outcomes) == 1:
        return outcomes.pop()
    return "; ".join(f"{result.get_side_display()}: {result.get_outcome_display()}" for result in results)
