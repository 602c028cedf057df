"""A patient's own history."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Min

from programs.accounts.models import User
from programs.care.rules.session import WHOLE
from programs.logbook.models import (
    NIGHTS_A_WEEK,
    DailyCheck,
    ExerciseResult,
    GuidedSession,
    Reach,
    Region,
    Spread,
    Tingling,
    WeeklyCheck,
)
from programs.logbook.queries.done import DoneSession
from programs.logbook.rules import (
    BILATERAL_IS_NEW_AFTER,
    HIGHEST_BOTHER,
    distal_rank,
    is_bilateral,
)


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
    """What a patient reported and did on one day. `worst_leg_pain` None means that nothing was said.

    Calf pain and cramps are None where nobody asked, or nothing was said; `worst_cramp` also without a cramp.

    `checks` are those that count, and `sessions` all; in the order in which they came.
    """

    day: date
    worst_leg_pain: int | None
    worst_back_pain: int | None
    left: SideSymptoms
    right: SideSymptoms
    calf_pain: int | None
    cramps: int | None
    worst_cramp: int | None
    checks: tuple[DailyCheck, ...]
    sessions: tuple[GuidedSession, ...]

    @classmethod
    def empty(cls, day: date) -> HistoryDay:
        """A day without a Daily check and without a session."""
        return _history_day(day, [], [])


def history(patient: User, viewer: User, first: date, last: date) -> list[HistoryDay]:
    """Each day with something on it, newest first, as far as `viewer` may see it.

    Of several checks on a day the worst scores count, the furthest places and every region that was named;
    what was corrected does not.
    """
    between = (first, last)
    checks: dict[date, list[DailyCheck]] = {}
    reported = DailyCheck.objects.visible_to(viewer).current()
    for check in reported.filter(patient=patient, recorded_on__range=between):
        checks.setdefault(check.recorded_on, []).append(check)
    sessions: dict[date, list[GuidedSession]] = {}
    found = GuidedSession.objects.visible_to(viewer).filter(patient=patient, performed_on__range=between)
    for session in found.prefetch_related("results__exercise", "results__instead_of").order_by(
        "started_at", "id"
    ):
        sessions.setdefault(session.performed_on, []).append(session)
    return [
        _history_day(day, checks.get(day, []), sessions.get(day, []))
        for day in sorted(checks.keys() | sessions.keys(), reverse=True)
    ]


def _history_day(day: date, checks: list[DailyCheck], sessions: list[GuidedSession]) -> HistoryDay:
    return HistoryDay(
        day=day,
        worst_leg_pain=_largest(check.worst_leg_pain for check in checks),
        worst_back_pain=_largest(check.worst_back_pain for check in checks),
        left=side_symptoms((check.reach_left, check.tingling_numbness_left) for check in checks),
        right=side_symptoms((check.reach_right, check.tingling_numbness_right) for check in checks),
        calf_pain=_largest(check.calf_pain for check in checks),
        cramps=_largest(check.cramps for check in checks),
        worst_cramp=_largest(check.worst_cramp for check in checks),
        checks=tuple(reversed(checks)),
        sessions=tuple(sessions),
    )


def _largest(numbers: Iterable[int | None]) -> int | None:
    return max((number for number in numbers if number is not None), default=None)


def side_symptoms(answers: Iterable[tuple[int | None, list[str] | None]]) -> SideSymptoms:
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


def calf_lines(day: HistoryDay) -> list[str]:
    """Calf pain and cramps of a day, a sentence each; nothing where nobody asked."""
    lines = [] if day.calf_pain is None else [f"Calf pain between cramps: {day.calf_pain}."]
    if day.cramps is not None:
        worst = "" if day.worst_cramp is None else f" The worst was {day.worst_cramp}."
        lines.append(f"Calf cramps in the night: {day.cramps}.{worst}")
    return lines


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
    earlier = DailyCheck.objects.current().filter(patient_id=check.patient_id, recorded_on__range=days)
    return not any(_is_bilateral(each) for each in earlier)


def _is_bilateral(check: DailyCheck) -> bool:
    return is_bilateral(
        distal_rank(check.reach_left, check.tingling_numbness_left),
        distal_rank(check.reach_right, check.tingling_numbness_right),
    )


def weekly_checks(patient: User, viewer: User, first: date, last: date) -> list[WeeklyCheck]:
    """The Weekly checks of a span of days, newest first, as far as `viewer` may see them."""
    checks = WeeklyCheck.objects.visible_to(viewer)
    return list(checks.filter(patient=patient, recorded_on__range=(first, last)))


def weekly_check_lines(check: WeeklyCheck) -> list[str]:
    """All answers of a Weekly check, one in a line, in words for patients and therapists alike."""
    bothers = {
        "Leg pain bothered": check.bother_leg_pain,
        "Tingling or numbness bothered": check.bother_tingling_numbness,
        "Weakness bothered": check.bother_weakness,
        "Pain when sitting bothered": check.bother_sitting,
    }
    return [
        f"Leg since the week before: {_in_words(check.get_groc_display())}.",
        f"Leg or foot weak: {_in_words(check.get_weakness_display())}.",
        *(f"{what}: {_of(number, HIGHEST_BOTHER)}." for what, number in bothers.items()),
        *([] if check.bothersomeness is None else [f"All four together: {check.bothersomeness} of 24."]),
        f"Sitting before the leg hurts: {_in_words(check.get_sitting_before_pain_display())}.",
        f"Time until the leg calms down: {_in_words(check.get_settles_within_display())}.",
        f"Nights with broken sleep: {_of(check.nights_broken, NIGHTS_A_WEEK)}.",
    ]


def _in_words(answer: str | None) -> str:
    return "not said" if answer is None else answer.lower()


def _of(number: int | None, highest: int) -> str:
    return "not said" if number is None else f"{number} of {highest}"


def earliest_day(patient: User, viewer: User) -> date | None:
    """The first day of the history, as far as `viewer` may see it."""
    checks = DailyCheck.objects.visible_to(viewer).filter(patient=patient).order_by()
    weekly = WeeklyCheck.objects.visible_to(viewer).filter(patient=patient).order_by()
    done = GuidedSession.objects.visible_to(viewer).filter(patient=patient).order_by()
    first_days = [
        rows.values("patient").annotate(first=Min(day)).values_list("first")
        for rows, day in ((checks, "recorded_on"), (weekly, "recorded_on"), (done, "performed_on"))
    ]
    return min((day for (day,) in first_days[0].union(*first_days[1:])), default=None)


@dataclass(frozen=True, slots=True)
class MovementDay:
    """The sessions of one day in which something was done. `is_whole`: in at least one, everything was; what
    was left out on advice does not count."""

    sessions: int
    is_whole: bool


def movement_by_day(sessions: Iterable[DoneSession], first: date, last: date) -> dict[date, MovementDay]:
    """The local days in a span on which at least a part of one exercise was done."""
    days: dict[date, MovementDay] = {}
    for each in sessions:
        day = each.session.performed_on
        if each.was_tried and first <= day <= last:
            before = days.get(day, MovementDay(sessions=0, is_whole=False))
            days[day] = MovementDay(before.sessions + 1, before.is_whole or each.is_whole)
    return days


@dataclass(frozen=True, slots=True)
class ResultLine:
    """How one exercise of a session went, in words: "Done", or each side apart where they differ."""

    name: str
    words: str


LEFT_OUT_ON_ADVICE = "Not part of this session"
SET_ASIDE = "For another day"


def result_lines(session: GuidedSession) -> list[ResultLine]:
    """The exercises of a session in their order. Prefetch `results__exercise` and
    `results__instead_of` for more than one session."""
    by_exercise: dict[str, list[ExerciseResult]] = {}
    for result in session.results.all():
        by_exercise.setdefault(result.exercise.name, []).append(result)
    is_short = session.kind == GuidedSession.Kind.SHORT
    return [
        ResultLine(name, _in_sentences(_outcome_in_words(results, is_short=is_short), felt_in_words(results)))
        for name, results in by_exercise.items()
    ]


def _in_sentences(outcome: str, felt: str) -> str:
    return f"{outcome}. {felt}" if felt else outcome


def felt_in_words(results: Iterable[ExerciseResult]) -> str:
    """What was said and advised of one exercise besides its outcome, in sentences; "" for nothing."""
    rows = list(results)
    peaks = [row.pain_peak for row in rows if row.pain_peak is not None]
    tingling = max((row.tingling for row in rows), key=["", *Tingling.values].index)
    spreads = [each for each in Spread if any(row.spread == each for row in rows)]
    share = min(row.advised_share for row in rows)
    replaced = next((row.instead_of.name for row in rows if row.instead_of), "")
    return " ".join(
        [
            *([f"Worst pain {max(peaks)}."] if peaks else []),
            *([f"Tingling: {Tingling(tingling).label.lower()}."] if tingling else []),
            *(
                f"Moved along the leg: {Spread(each).label.lower()}."
                for each in Spread.values
                if each in spreads
            ),
            *([f"In place of {replaced}."] if replaced else []),
            *([f"Advised: {share}% of the dose."] if 0 < share < WHOLE else []),
        ]
    )


def _outcome_in_words(results: list[ExerciseResult], *, is_short: bool) -> str:
    if all(each.outcome == ExerciseResult.Outcome.SKIPPED and each.advised_share == 0 for each in results):
        return LEFT_OUT_ON_ADVICE
    if is_short and all(each.outcome == ExerciseResult.Outcome.SKIPPED for each in results):
        return SET_ASIDE
    if len({result.outcome for result in results}) == 1:
        return results[0].get_outcome_display()
    return " ".join(f"{each.get_side_display()}: {each.get_outcome_display().lower()}." for each in results)
