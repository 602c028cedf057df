"""What the stage machine judges: what a patient reported, did and answered, gathered as of a moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from django.db.models import Max, Q, QuerySet

from programs.accounts.models import User
from programs.care.models import Mode, Plan, Side, StageChange
from programs.care.queries import CurrentPlan, current_plan, last_change
from programs.care.rules.criteria import Readiness, days_before, readiness
from programs.care.rules.facts import CALF, DEFAULT_STAGES, Done, Facts, NewestTest
from programs.care.rules.flare import USUAL, FlareStanding, flare_standing
from programs.care.rules.response import is_settled
from programs.lib.times import local_day
from programs.logbook.models import DailyCheck, GuidedSession
from programs.logbook.queries.done import DoneSession, done_sessions
from programs.logbook.queries.reports import RULE_WINDOW, daily_reports
from programs.logbook.queries.responses import lights_of, worst_pain
from programs.logbook.queries.stage_signs import (
    StageSigns,
    blocking_conditions,
    restrictions,
    stage_signs_of,
)
from programs.monitoring.models import FlagEvent
from programs.monitoring.queries import parameters_of
from programs.monitoring.rules import Report, one_per_day
from programs.monitoring.rules.baseline import centre_and_spread, usual_reports
from programs.reminders.models import MovementBreak, Outcome, Prompt
from programs.safety.models import SafetyLock
from programs.safety.queries import Holds, holds_of

BREAKS_KEY = "breaks"
"""The item of a stage's test that prompts answer by themselves: whether the breaks were taken."""

_WEEK = timedelta(days=DEFAULT_STAGES.window_days)
_NEWS_FOR = timedelta(days=14)
_OVER = (FlagEvent.Kind.RESOLVED, FlagEvent.Kind.CLEARED)


@dataclass(frozen=True, slots=True)
class StageView:
    """Where a patient stands in their stage at a moment; `flare` while a flare plan lies over it."""

    current: CurrentPlan
    holds: Holds
    readiness: Readiness
    flare: FlareStanding | None
    at: datetime


def stage_view(patient: User, now: datetime) -> StageView | None:
    """Everything about the stage of a patient; None without a plan. Ask only for a patient the caller may
    see. Six queries in an ordinary week, whatever the history."""
    current = current_plan(patient)
    if current is None:
        return None
    return stage_view_of(current, holds_of(patient), now)


def stage_view_of(current: CurrentPlan, holds: Holds, now: datetime) -> StageView:
    """The same, where the plan and what the safety answers hold back are known."""
    return StageView(current, holds, readiness_of(current, now, holds), flare_of(current, now), now)


def readiness_of(
    current: CurrentPlan,
    now: datetime,
    holds: Holds | None = None,
    signs: StageSigns | None = None,
    sessions: Iterable[DoneSession] | None = None,
    reports: Iterable[Report] | None = None,
) -> Readiness:
    """The criteria of the stage that a plan is in, as they stand `now`; see `facts_of`."""
    return readiness(facts_of(current, now, holds, signs, sessions, reports))


def facts_of(
    current: CurrentPlan,
    now: datetime,
    holds: Holds | None = None,
    signs: StageSigns | None = None,
    sessions: Iterable[DoneSession] | None = None,
    reports: Iterable[Report] | None = None,
) -> Facts:
    """What the criteria judge. Nothing that happened after `now` counts.

    Where the caller knows them: `holds` is what the safety answers hold back, `signs` what there is of the
    plan, `sessions` are at least the `done_sessions` of the plan, and `reports` at least those that any
    criterion looks back to.
    """
    plan, stage = current.plan, current.own_stage
    patient, today = plan.patient, local_day(now, plan.patient.time_zone)
    week_from = today - _WEEK + timedelta(days=1)
    if reports is None:
        reports = daily_reports(patient, days_before(today))
    if sessions is None:
        sessions = done_sessions(patient, current, today)
    by_day = _up_to(today, reports)
    signs = signs or stage_signs_of(patient, now)
    holds = holds or holds_of(patient)
    levels = [item.level for item in holds.items]
    began_on = local_day(current.stage_since, patient.time_zone)
    asks_for_breaks = any(item.key == BREAKS_KEY for item in stage.test_items)
    withheld = withheld_days(patient, week_from, today) if signs.was_withheld else frozenset()
    in_flare = _flare_days(plan, week_from, today) if signs.had_flare else frozenset()
    return Facts(
        today=today,
        stage_began_on=began_on,
        minimum_days=stage.minimum_days,
        pain_ceiling=stage.pain_ceiling,
        pain_measure=stage.pain_measure,
        test=stage.test,
        leg_pain=_by_day(by_day, "worst_leg_pain"),
        calf_pain=_calf_pain(patient, week_from, today) if stage.pain_measure == CALF else {},
        reach={side: _by_day(by_day, f"distal_rank_{side}") for side in _sides(plan)},
        planned_on=frozenset(day for day in _days(max(week_from, began_on), today) if stage.planned_on(day)),
        withheld_on=withheld | in_flare,
        sessions=_done_in_stage(current, sessions, max(week_from, began_on), today),
        advanced_on=_day(signs.advanced_at, patient),
        has_flag=signs.has_flag,
        is_asked=signs.has_check_in,
        safety_levels=levels if holds.lock is None else [*levels, holds.lock.level],
        screened_on=_day(signs.screened_at, patient),
        is_screening_asked=signs.is_screening_asked,
        is_blocked=bool(holds.exclusions.blocks),
        is_testable=bool(stage.test_items),
        tested=None if signs.tested_on is None else NewestTest(signs.tested_on, signs.is_test_passed),
        breaks=_breaks(patient, week_from, now) if asks_for_breaks else None,
        pain_today=_pain_today(signs),
        is_watched=plan.mode == Mode.GUIDED,
    )


def flare_of(current: CurrentPlan, now: datetime) -> FlareStanding | None:
    """Where the flare plan stands `now`; None while none lies over the plan."""
    plan, flare, flare_exit = current.plan, current.version.content.flare, current.version.content.flare_exit
    if plan.flare_began_on is None or flare is None or flare_exit is None:
        return None
    today = local_day(now, plan.patient.time_zone)
    reports = _up_to(today, daily_reports(plan.patient, plan.flare_began_on))
    return flare_standing(
        began_on=plan.flare_began_on,
        today=today,
        least_days=flare.minimum_days or 0,
        flare_exit=flare_exit,
        usual=_usual_at_begin(plan),
        leg_pain=_by_day(reports, "worst_leg_pain"),
    )


def _usual_at_begin(plan: Plan) -> float | None:
    begun = last_change(plan, StageChange.Kind.FLARE)
    for kept in begun.criteria if begun else ():
        if kept["key"] == USUAL:
            usual: float | None = kept["numbers"]["usual"]
            return usual
    return None


def usual_leg_pain(plan: Plan, now: datetime) -> float | None:
    """The leg pain that is usual for a patient: by the worsening rules, or while those know too little, the
    middle of the week before. None where there are too few reports for that too."""
    today = local_day(now, plan.patient.time_zone)
    scores = _by_day(_up_to(today, daily_reports(plan.patient, today - RULE_WINDOW)), "worst_leg_pain")
    days = sorted(scores)
    parameters = parameters_of(plan.clinic)
    ordinals = [day.toordinal() for day in days]
    window = usual_reports(ordinals, today.toordinal(), parameters)
    if window is not None:
        return centre_and_spread([scores[days[place]] for place in window], parameters)[0]
    week = [scores[day] for day in days if timedelta(0) < today - day <= _WEEK]
    return float(median(week)) if len(week) >= DEFAULT_STAGES.least_reports else None


def own_changes(now: datetime) -> QuerySet[StageChange]:
    """What happened to stages in the last two weeks; that a plan began is no news."""
    begun = (StageChange.Kind.START, StageChange.Kind.MODE)
    return StageChange.objects.exclude(kind__in=begun).filter(at__gt=now - _NEWS_FOR)


def last_own_change(plan: Plan, now: datetime) -> StageChange | None:
    """What happened to the stage last, if it was in the last two weeks."""
    return own_changes(now).filter(plan=plan).order_by("-at", "-id").first()


def last_session_on(plan: Plan) -> date | None:
    """The newest local day with a session of a plan."""
    found = GuidedSession.objects.filter(plan_version__plan=plan).aggregate(day=Max("performed_on"))
    day: date | None = found["day"]
    return day


def _up_to(today: date, reports: Iterable[Report]) -> list[Report]:
    return [report for report in one_per_day(reports) if report.recorded_on <= today]


def _by_day(reports: list[Report], name: str) -> Mapping[date, int]:
    return {report.recorded_on: value for report in reports if (value := getattr(report, name)) is not None}


def _calf_pain(patient: User, first: date, last: date) -> Mapping[date, int]:
    """Calf pain between cramps by day; of two answers the larger counts. No rule of worsening reads it."""
    checks = DailyCheck.objects.current().filter(patient=patient, recorded_on__range=(first, last))
    said = checks.exclude(calf_pain=None).order_by("recorded_on").values_list("recorded_on")
    return dict(said.annotate(Max("calf_pain")))


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]


def _sides(plan: Plan) -> tuple[str, ...]:
    return ("left", "right") if plan.side == Side.BOTH else (plan.side,)


def _done_in_stage(
    current: CurrentPlan, sessions: Iterable[DoneSession], first: date, today: date
) -> tuple[Done, ...]:
    """The sessions of the stage on these days in which something was tried, each with the worst pain that was
    said of it. What was done in the flare plan was gentler: it is none of them."""
    return tuple(
        Done(
            performed_on=each.session.performed_on,
            colour=lights_of(each.session, each.next_morning)[0].colour,
            is_settled=is_settled(each.session.pain_before, each.next_morning),
            peak=worst_pain(each.session),
        )
        for each in sessions
        if each.was_tried
        and each.plan_id == current.plan.pk
        and each.session.stage_number == current.own_stage.number
        and first <= each.session.performed_on <= today
    )


def _pain_today(signs: StageSigns) -> int | None:
    """It is known once there is a Daily check of today, or anything that is bad."""
    is_known = signs.leg_pain_today is not None or signs.worst_lately >= DEFAULT_STAGES.never_from
    return signs.worst_lately if is_known else None


def withheld_days(patient: User, first: date, last: date) -> frozenset[date]:
    """The days on which sessions were locked or ruled out, or only walking and breathing were allowed."""
    locks = SafetyLock.objects.filter(patient=patient).values_list("opened_at", "ended_at")
    spans = [*locks, *blocking_conditions(patient).values_list("said_at", "cleared_at")]
    ended = Max("events__at", filter=Q(events__kind__in=_OVER))
    for opened_at, state, closed_at in (
        restrictions(patient).annotate(closed_at=ended).values_list("opened_at", "state", "closed_at")
    ):
        spans.append((opened_at, closed_at if state == "resolved" else None))
    return _days_of(spans, patient, first, last)


def _flare_days(plan: Plan, first: date, last: date) -> frozenset[date]:
    """The days on which a flare plan lay over the plan."""
    begin, end = StageChange.Kind.FLARE, StageChange.Kind.FLARE_END
    changes = plan.stage_changes.filter(kind__in=(begin, end)).order_by("at", "id")
    spans: list[tuple[datetime, datetime | None]] = []
    for kind, at in changes.values_list("kind", "at"):
        if kind == begin:
            spans.append((at, None))
        elif spans:
            spans[-1] = (spans[-1][0], at)
    return _days_of(spans, plan.patient, first, last)


def _days_of(
    spans: Iterable[tuple[datetime, datetime | None]], patient: User, first: date, last: date
) -> frozenset[date]:
    """The local days from `first` to `last` that any of these times touches; None is not over."""
    return frozenset(
        day
        for began_at, ended_at in spans
        for day in _days(
            max(first, local_day(began_at, patient.time_zone)),
            last if ended_at is None else min(last, local_day(ended_at, patient.time_zone)),
        )
    )


def _day(at: datetime | None, patient: User) -> date | None:
    return None if at is None else local_day(at, patient.time_zone)


def _breaks(patient: User, first: date, now: datetime) -> Mapping[date, tuple[int, int]]:
    """By local day on which there was a prompt: the breaks taken, and all chances to take one.

    A break is a time that the patient moved, after a prompt, by themselves or in a session. The chances are
    those and the prompts that were over without one: who moved on their own got no prompt for that interval.
    A day without any prompt is not known, so own breaks alone make no habit of it.
    """
    start = datetime.combine(first, datetime.min.time(), ZoneInfo(patient.time_zone))
    over = Q(outcome__isnull=False) | Q(expires_at__lte=now)
    prompts = Prompt.objects.filter(over, patient=patient, due_at__gte=start, due_at__lte=now)
    prompts = prompts.exclude(outcome=Outcome.WITHDRAWN)  # nobody could take a break after it
    breaks = MovementBreak.objects.filter(patient=patient, moved_on__gte=first, moved_at__lte=now)
    taken = Counter(breaks.order_by().values_list("moved_on", flat=True))
    passed_by: Counter[date] = Counter()
    for due_at, outcome in prompts.order_by().values_list("due_at", "outcome"):
        passed_by[local_day(due_at, patient.time_zone)] += outcome != Outcome.DONE
    return {day: (taken[day], taken[day] + passed_by[day]) for day in sorted(passed_by)}
