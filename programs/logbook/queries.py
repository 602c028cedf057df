"""The values the rules judge, and a patient's own history."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Max, Min, Q

from programs.accounts.models import User
from programs.logbook.models import DailyCheck, ExerciseResult, GuidedSession, Reach, Region
from programs.logbook.rules import BILATERAL_IS_NEW_AFTER, distal_rank, is_bilateral
from programs.monitoring.rules import Score

# Longer than any baseline window plus the time a rule may need: storing a report reads this and no more.
RULE_WINDOW = timedelta(days=180)


def recent_scores(patient: User, until: date) -> list[Score]:
    """The worst leg pain of each reported day in the rules' window, oldest first; others are absent.

    A history longer than the window is judged from the window's start on, which can only change findings
    near that start, long after anybody was called for them.
    """
    days = (
        DailyCheck.objects.filter(patient=patient, recorded_on__range=(until - RULE_WINDOW, until))
        .order_by("recorded_on")
        .values_list("recorded_on")
        .annotate(worst=Max("worst_leg_pain"))
    )
    return [Score(recorded_on=day, worst_leg_pain=worst) for day, worst in days]


@dataclass(frozen=True, slots=True)
class SideSymptoms:
    """What was said of one side on one day; None means that nobody asked.

    furthest: how far down, the rank of a place in `Reach`, where the ladder was answered; tingling or
    numbness counts there too. tingling_numbness: regions, empty for nowhere.
    """

    furthest: int | None
    tingling_numbness: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class HistoryDay:
    """What a patient reported and did on one day. `worst_leg_pain` None means that nothing was said."""

    day: date
    worst_leg_pain: int | None
    worst_back_pain: int | None
    left: SideSymptoms
    right: SideSymptoms
    sessions: tuple[GuidedSession, ...]


def history(patient: User, viewer: User, first: date, last: date) -> list[HistoryDay]:
    """Each day with something on it, newest first, as far as `viewer` may see it.

    Of several checks on a day the worst scores count, the furthest places and every region that was named.
    """
    between = (first, last)
    checks: dict[date, list[DailyCheck]] = {}
    for check in DailyCheck.objects.visible_to(viewer).filter(patient=patient, recorded_on__range=between):
        checks.setdefault(check.recorded_on, []).append(check)
    sessions: dict[date, list[GuidedSession]] = {}
    found = GuidedSession.objects.visible_to(viewer).filter(patient=patient, performed_on__range=between)
    for session in found.prefetch_related("results__exercise").order_by("started_at", "id"):
        sessions.setdefault(session.performed_on, []).append(session)
    return [
        _history_day(day, checks.get(day, []), sessions.get(day, []))
        for day in sorted(checks.keys() | sessions.keys(), reverse=True)
    ]


def _history_day(day: date, checks: list[DailyCheck], sessions: list[GuidedSession]) -> HistoryDay:
    return HistoryDay(
        day=day,
        worst_leg_pain=max((check.worst_leg_pain for check in checks), default=None),
        worst_back_pain=max((check.worst_back_pain for check in checks), default=None),
        left=_symptoms((check.reach_left, check.tingling_numbness_left) for check in checks),
        right=_symptoms((check.reach_right, check.tingling_numbness_right) for check in checks),
        sessions=tuple(sessions),
    )


def _symptoms(answers: Iterable[tuple[int | None, list[str] | None]]) -> SideSymptoms:
    """All that was answered about one side on one day: the ladder and the regions of each check."""
    reaches: list[int] = []
    named: frozenset[str] | None = None
    for reach, regions in answers:
        if reach is not None:
            reaches.append(reach)
        if regions is not None:
            named = frozenset(regions).union(named or ())
    return SideSymptoms(distal_rank(max(reaches), named) if reaches else None, named)


def place_lines(day: HistoryDay) -> list[str]:
    """Where the symptoms of a day were, a sentence for each leg: how far down, then tingling or numbness."""
    sides = {"left": day.left, "right": day.right}
    furthest = [
        f"How far down the {name} leg: {Reach(side.furthest).label.lower()}."
        for name, side in sides.items()
        if side.furthest is not None
    ]
    tingling_numbness = [
        f"Tingling or numbness in the {name} leg: {_regions_in_words(side.tingling_numbness)}."
        for name, side in sides.items()
        if side.tingling_numbness is not None
    ]
    return furthest + tingling_numbness


def _regions_in_words(regions: frozenset[str]) -> str:
    """From the back down; "nowhere" without any. A region may have a comma of its own."""
    return "; ".join(region.label.lower() for region in Region if region in regions) or "nowhere"


def is_newly_bilateral(check: DailyCheck) -> bool:
    """Whether a stored check names both legs, and none of the patient's checks in the 14 days before its day.

    Other checks of the same day do not count: whoever answers twice, or sends twice, is told twice.
    """
    if not _is_bilateral(check):
        return False
    days = (check.recorded_on - BILATERAL_IS_NEW_AFTER, check.recorded_on - timedelta(days=1))
    earlier = DailyCheck.objects.filter(patient_id=check.patient_id, recorded_on__range=days)
    return not any(_is_bilateral(each) for each in earlier)


def _is_bilateral(check: DailyCheck) -> bool:
    return is_bilateral(
        distal_rank(check.reach_left, check.tingling_numbness_left),
        distal_rank(check.reach_right, check.tingling_numbness_right),
    )


def earliest_day(patient: User, viewer: User) -> date | None:
    """The first day of the history, as far as `viewer` may see it."""
    checks = DailyCheck.objects.visible_to(viewer).filter(patient=patient).aggregate(day=Min("recorded_on"))
    done = GuidedSession.objects.visible_to(viewer).filter(patient=patient).aggregate(day=Min("performed_on"))
    return min((each["day"] for each in (checks, done) if each["day"]), default=None)


@dataclass(frozen=True, slots=True)
class MovementDay:
    """The sessions of one day in which something was done. `is_whole`: in at least one, everything was."""

    sessions: int
    is_whole: bool


def movement_by_day(patient: User, first: date, last: date) -> dict[date, MovementDay]:
    """The local days in a span on which the patient did at least a part of one exercise."""
    counted = (
        GuidedSession.objects.filter(patient=patient, performed_on__range=(first, last))
        .order_by("performed_on", "id")
        .annotate(
            prescribed=Count("results"),
            tried=Count("results", filter=~Q(results__outcome=ExerciseResult.Outcome.SKIPPED)),
            done=Count("results", filter=Q(results__outcome=ExerciseResult.Outcome.DONE)),
        )
        .values_list("performed_on", "prescribed", "tried", "done")
    )
    days: dict[date, MovementDay] = {}
    for day, prescribed, tried, done in counted:
        if tried:
            before = days.get(day, MovementDay(sessions=0, is_whole=False))
            days[day] = MovementDay(before.sessions + 1, before.is_whole or done == prescribed)
    return days


@dataclass(frozen=True, slots=True)
class ResultLine:
    """How one exercise of a session went, in words: "Done", or each side apart where they differ."""

    name: str
    words: str


def result_lines(session: GuidedSession) -> list[ResultLine]:
    """The exercises of a session in their order. Prefetch `results__exercise` for more than one session."""
    by_exercise: dict[str, list[ExerciseResult]] = {}
    for result in session.results.all():
        by_exercise.setdefault(result.exercise.name, []).append(result)
    return [ResultLine(name, _outcome_in_words(results)) for name, results in by_exercise.items()]


def _outcome_in_words(results: list[ExerciseResult]) -> str:
    if len({result.outcome for result in results}) == 1:
        return results[0].get_outcome_display()
    return " ".join(f"{each.get_side_display()}: {each.get_outcome_display().lower()}." for each in results)
