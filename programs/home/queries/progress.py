"""What a patient reported and did day by day, in as many queries for a week as for a year."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, OuterRef, Q, Subquery

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

    What was left out on advice does not make a session less whole. Of each the first exercise counts that was
    stopped because it hurt, and of the morning after a day the worst that was said.
    """
    between = (span[0], span[-1])
    found = GuidedSession.objects.visible_to(patient).filter(patient=patient, performed_on__range=between)
    skipped = Q(results__outcome=ExerciseResult.Outcome.SKIPPED)
    of_it = ExerciseResult.objects.filter(session=OuterRef("pk"), outcome=ExerciseResult.Outcome.STOPPED)
    mornings = MorningCheck.objects.visible_to(patient).filter(
        patient=patient, about_on=OuterRef("performed_on")
    )
    counted = (
        found.order_by("started_at", "id")
        .annotate(
            prescribed=Count("results", filter=~(skipped & Q(results__advised_share=0))),
            tried=Count("results", filter=~skipped),
            done=Count("results", filter=Q(results__outcome=ExerciseResult.Outcome.DONE)),
            stopped=Subquery(of_it.order_by("position", "id").values("exercise__name")[:1]),
            morning=Subquery(mornings.order_by("-pain").values("pain")[:1]),
        )
        .values_list(
            *("performed_on", "pain_before", "pain_after", "morning", "stopped"),
            *("prescribed", "tried", "done"),
        )
    )
    by_day: dict[date, list[SessionPoint]] = {}
    # The newest comes first here, as the morning after a day belongs to its last session.
    for day, before, after, morning, stopped, prescribed, tried, done in reversed(list(counted)):
        if tried:
            of_day = by_day.setdefault(day, [])
            said = None if of_day else morning
            of_day.insert(0, SessionPoint(before, after, said, stopped or "", done == prescribed))
    return by_day
