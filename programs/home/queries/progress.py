"""What a patient reported and did day by day, in as many queries for a week as for a year."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q

from programs.accounts.models import User
from programs.care.models import Plan, StageChange
from programs.home.rules.progress import (
    ProgressDay,
    SessionPoint,
    StageEvent,
    StageSpan,
    Summary,
    stages_of,
    summarise,
)
from programs.lib.times import last_days, local_day
from programs.logbook.models import DailyCheck, ExerciseResult, GuidedSession, MorningCheck
from programs.logbook.queries import earliest_day, newest_intake
from programs.logbook.queries.days import side_symptoms

TWO_WEEKS = 14
MOST_DAYS = 400
_FEWEST_DAYS = 7
"""Shown at least, so that a first day is not a picture of its own."""


@dataclass(frozen=True, slots=True)
class Progress:
    """The days shown, oldest first, the last being today; and what they came to.

    `limit` is the pain limit agreed in the plan in force, None without one. `goal` is what the patient would
    like to do again, in their own words. `has_earlier`: there is something from before these days.
    """

    days: tuple[ProgressDay, ...]
    stages: tuple[StageSpan, ...]
    limit: int | None
    goal: str
    has_earlier: bool
    summary: Summary


def progress(patient: User, now: datetime, most_days: int = TWO_WEEKS) -> Progress:
    """The patient's own last days, up to `most_days`, from the first of which anything is known on."""
    today = local_day(now, patient.time_zone)
    plans = _plans(patient)
    reported = earliest_day(patient, patient) or today
    earliest = min([reported, *(local_day(plan.started_at, patient.time_zone) for plan in plans)])
    shown = max(min((today - earliest).days + 1, most_days), min(_FEWEST_DAYS, most_days))
    span = last_days(today, shown)
    days = _days(patient, span)
    has_earlier = reported < span[0]
    intake = newest_intake(patient, patient)
    return Progress(
        days=days,
        stages=stages_of(list(_events(plans, patient.time_zone)), days),
        limit=next((plan.pain_limit for plan in plans if plan.ended_at is None), None),
        goal=intake.goal if intake else "",
        has_earlier=has_earlier,
        summary=summarise(days, has_earlier=has_earlier),
    )


def _plans(patient: User) -> list[Plan]:
    """All that were ever followed, the first one first."""
    plans = Plan.objects.visible_to(patient).filter(patient=patient).order_by("started_at", "id")
    return list(plans.prefetch_related("stage_changes"))


def _events(plans: Sequence[Plan], time_zone: str) -> Iterator[StageEvent]:
    kinds = StageChange.Kind
    for plan in plans:
        for change in sorted(plan.stage_changes.all(), key=lambda each: (each.at, each.pk)):
            on = local_day(change.at, time_zone)
            if change.kind in (kinds.START, kinds.ADVANCE, kinds.STEP_BACK):
                yield StageEvent(on, number=change.to_stage)
            elif change.kind in (kinds.FLARE, kinds.FLARE_END):
                yield StageEvent(on, is_flare=change.kind == kinds.FLARE)
        if plan.ended_at is not None:
            yield StageEvent(local_day(plan.ended_at, time_zone), is_over=True)


def _days(patient: User, span: Sequence[date]) -> tuple[ProgressDay, ...]:
    checks = _checks(patient, span)
    sessions = _sessions(patient, span)
    days = []
    for day in span:
        worst, left, right = checks.get(day, (None, None, None))
        days.append(ProgressDay(day, worst, left, right, tuple(sessions.get(day, ()))))
    return tuple(days)


def _checks(patient: User, span: Sequence[date]) -> dict[date, tuple[int, int | None, int | None]]:
    """Worst leg pain and how far down each leg, of all checks of a day that count."""
    found = DailyCheck.objects.visible_to(patient).current().filter(patient=patient)
    rows = found.filter(recorded_on__range=(span[0], span[-1])).values_list(
        "recorded_on",
        "worst_leg_pain",
        "reach_left",
        "tingling_numbness_left",
        "reach_right",
        "tingling_numbness_right",
    )
    by_day: dict[date, list[tuple[Any, ...]]] = {}
    for day, *answers in rows:
        by_day.setdefault(day, []).append(tuple(answers))
    return {
        day: (
            max(pain for pain, *_ in said),
            side_symptoms((reach, named) for _, reach, named, *_ in said).furthest,
            side_symptoms((reach, named) for *_, reach, named in said).furthest,
        )
        for day, said in by_day.items()
    }


def _sessions(patient: User, span: Sequence[date]) -> dict[date, list[SessionPoint]]:
    """The sessions of each day in which something was tried, in their order.

    What was left out on advice does not make a session less whole.
    """
    between = (span[0], span[-1])
    found = GuidedSession.objects.visible_to(patient).filter(patient=patient, performed_on__range=between)
    skipped = Q(results__outcome=ExerciseResult.Outcome.SKIPPED)
    counted = (
        found.order_by("started_at", "id")
        .annotate(
            prescribed=Count("results", filter=~(skipped & Q(results__advised_share=0))),
            tried=Count("results", filter=~skipped),
            done=Count("results", filter=Q(results__outcome=ExerciseResult.Outcome.DONE)),
        )
        .values_list("pk", "performed_on", "pain_before", "pain_after", "prescribed", "tried", "done")
    )
    stopped = _stopped(found)
    mornings = _mornings(patient, span)
    by_day: dict[date, list[SessionPoint]] = {}
    # The newest comes first here, as the morning after a day belongs to its last session.
    for pk, day, before, after, prescribed, tried, done in reversed(list(counted)):
        if tried:
            point = SessionPoint(
                before, after, mornings.pop(day, None), stopped.get(pk, ""), done == prescribed
            )
            by_day.setdefault(day, []).insert(0, point)
    return by_day


def _stopped(sessions: Any) -> dict[UUID, str]:
    """The first exercise of each session that was stopped because it hurt."""
    rows = ExerciseResult.objects.filter(
        session__in=sessions.order_by().values("pk"), outcome=ExerciseResult.Outcome.STOPPED
    )
    named: dict[UUID, str] = {}
    for session, name in rows.order_by("position", "id").values_list("session_id", "exercise__name"):
        named.setdefault(session, name)
    return named


def _mornings(patient: User, span: Sequence[date]) -> dict[date, int]:
    """The worst that was said of the morning after each day."""
    checks = MorningCheck.objects.visible_to(patient).filter(
        patient=patient, about_on__range=(span[0], span[-1])
    )
    return dict(checks.order_by().values_list("about_on").annotate(Max("pain")))
