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
from programs.lib.times import local_day
from programs.library.models import Contraindication
from programs.logbook.models import DailyCheck, GuidedSession, MorningCheck, StageTest
from programs.logbook.queries.reports import RULE_WINDOW, reports_of
from programs.logbook.queries.responses import responses_to, worst_pain
from programs.monitoring.models import CheckIn, Flag, FlagEvent, Kind, Level
from programs.monitoring.queries import parameters_of
from programs.monitoring.rules import Report, one_per_day
from programs.monitoring.rules.baseline import centre_and_spread, usual_reports
from programs.reminders.models import MovementBreak, Outcome, Prompt
from programs.safety.models import Condition, SafetyLock, Screening, ScreeningRequest
from programs.safety.queries import Holds, holds_of

BREAKS_KEY = "breaks"
"""The item of a stage's test that prompts answer by themselves: whether the breaks were taken."""

_DAY = timedelta(days=1)
_WEEK = timedelta(days=DEFAULT_STAGES.window_days)
_NEWS_FOR = timedelta(days=14)
_WATCHED = (Kind.WORSENING, Kind.SAFETY)
"""The flags that hold a plan back: silence and no change by themselves do not."""
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
    see. About 25 queries, whatever the history."""
    current = current_plan(patient)
    if current is None:
        return None
    return stage_view_of(current, holds_of(patient), now)


def stage_view_of(current: CurrentPlan, holds: Holds, now: datetime) -> StageView:
    """The same, where the plan and what the safety answers hold back are known."""
    return StageView(current, holds, readiness_of(current, now, holds), flare_of(current, now), now)


def readiness_of(current: CurrentPlan, now: datetime, holds: Holds | None = None) -> Readiness:
    """The criteria of the stage that a plan is in, as they stand `now`.

    `holds` is what the safety answers hold back, where the caller knows it.
    """
    return readiness(facts_of(current, now, holds))


def facts_of(current: CurrentPlan, now: datetime, holds: Holds | None = None) -> Facts:
    """What the criteria judge. Nothing that happened after `now` counts."""
    plan, stage = current.plan, current.own_stage
    patient, today = plan.patient, local_day(now, plan.patient.time_zone)
    week_from = today - _WEEK + timedelta(days=1)
    reports = _reports(patient, days_before(today), today)
    advanced = last_change(plan, StageChange.Kind.ADVANCE)
    holds = holds or holds_of(patient)
    levels = [item.level for item in holds.items]
    began_on = local_day(current.stage_since, patient.time_zone)
    asks_for_breaks = any(item.key == BREAKS_KEY for item in stage.test_items)
    return Facts(
        today=today,
        stage_began_on=began_on,
        minimum_days=stage.minimum_days,
        pain_ceiling=stage.pain_ceiling,
        pain_measure=stage.pain_measure,
        test=stage.test,
        leg_pain=_by_day(reports, "worst_leg_pain"),
        calf_pain=_calf_pain(patient, week_from, today) if stage.pain_measure == CALF else {},
        reach={side: _by_day(reports, f"distal_rank_{side}") for side in _sides(plan)},
        planned_on=frozenset(day for day in _days(max(week_from, began_on), today) if stage.planned_on(day)),
        withheld_on=withheld_days(patient, week_from, today) | _flare_days(plan, week_from, today),
        sessions=_done(_sessions_of_stage(current, max(week_from, began_on), today)),
        advanced_on=None if advanced is None else local_day(advanced.at, patient.time_zone),
        has_flag=Flag.objects.filter(patient=patient, kind__in=_WATCHED).unresolved().exists(),
        is_asked=CheckIn.objects.filter(patient=patient).open(now).exists(),
        safety_levels=levels if holds.lock is None else [*levels, holds.lock.level],
        screened_on=_screened_on(patient, now),
        is_screening_asked=ScreeningRequest.objects.open().filter(patient=patient).exists(),
        is_blocked=bool(holds.exclusions.blocks),
        is_testable=bool(stage.test_items),
        tested=_tested(plan, today),
        breaks=_breaks(patient, week_from, now) if asks_for_breaks else None,
        pain_today=_pain_today(patient, today, now),
        is_watched=plan.mode == Mode.GUIDED,
    )


def flare_of(current: CurrentPlan, now: datetime) -> FlareStanding | None:
    """Where the flare plan stands `now`; None while none lies over the plan."""
    plan, flare, flare_exit = current.plan, current.version.content.flare, current.version.content.flare_exit
    if plan.flare_began_on is None or flare is None or flare_exit is None:
        return None
    today = local_day(now, plan.patient.time_zone)
    reports = _reports(plan.patient, plan.flare_began_on, today)
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
    scores = _by_day(_reports(plan.patient, today - RULE_WINDOW, today), "worst_leg_pain")
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


def _reports(patient: User, first: date, today: date) -> list[Report]:
    ((_, reports),) = reports_of([patient.pk], first)
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


def _sessions_of_stage(current: CurrentPlan, first: date, today: date) -> list[GuidedSession]:
    """Those of the stage on these days: what was done in the flare plan was gentler."""
    sessions = GuidedSession.objects.filter(
        plan_version__plan=current.plan,
        stage_number=current.own_stage.number,
        performed_on__range=(first, today),
    )
    return list(sessions.order_by("started_at", "id").prefetch_related("results__exercise"))


def _done(sessions: list[GuidedSession]) -> tuple[Done, ...]:
    """The sessions in which something was tried, each with the worst pain that was said of it."""
    return tuple(
        Done(
            performed_on=response.performed_on,
            colour=response.colour,
            is_settled=response.is_settled,
            peak=response.peak,
        )
        for response in responses_to(sessions)
    )


def _pain_today(patient: User, today: date, now: datetime) -> int | None:
    """The worst that was said of today and of the last 24 hours: of the leg, this morning, and before, during
    and after sessions. Where the patient has crossed time zones, a day by itself would miss some of it.

    It is known once there is a Daily check of today, or anything that is bad.
    """
    news = Q(received_at__gt=now - _DAY, received_at__lte=now)
    checks = DailyCheck.objects.current().filter(patient=patient)
    of_today = Q(recorded_on=today)
    about_now = of_today | Q(news, recorded_on__range=(today - _DAY, today + _DAY))
    of_leg = checks.filter(about_now).aggregate(
        worst=Max("worst_leg_pain"), today=Max("worst_leg_pain", filter=of_today)
    )
    mornings = MorningCheck.objects.filter(patient=patient).filter(
        Q(about_on=today - _DAY) | Q(news, about_on__range=(today - 2 * _DAY, today))
    )
    sessions = GuidedSession.objects.filter(patient=patient).filter(
        Q(performed_on=today) | Q(finished_at__gt=now - _DAY, finished_at__lte=now)
    )
    said = [of_leg["worst"], mornings.aggregate(worst=Max("pain"))["worst"]]
    for session in sessions.prefetch_related("results"):
        said += [session.pain_before, worst_pain(session), session.pain_after]
    worst = max((score for score in said if score is not None), default=0)
    is_known = of_leg["today"] is not None or worst >= DEFAULT_STAGES.never_from
    return worst if is_known else None


def withheld_days(patient: User, first: date, last: date) -> frozenset[date]:
    """The days on which sessions were locked or ruled out, or only walking and breathing were allowed."""
    locks = SafetyLock.objects.filter(patient=patient).values_list("opened_at", "ended_at")
    blocks = Contraindication.objects.filter(level=Contraindication.Level.BLOCK).values("slug")
    conditions = Condition.objects.filter(patient=patient, slug__in=blocks)
    spans = [*locks, *conditions.values_list("said_at", "cleared_at")]
    restrictions = Flag.objects.filter(patient=patient, kind=Kind.SAFETY, level=Level.FLAG)
    ended = Max("events__at", filter=Q(events__kind__in=_OVER))
    for opened_at, state, closed_at in restrictions.annotate(closed_at=ended).values_list(
        "opened_at", "state", "closed_at"
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


def _screened_on(patient: User, now: datetime) -> date | None:
    """The day of the last whole set; what was asked again is about one answer and tells of no other."""
    done = Screening.objects.filter(patient=patient, completed_at__lte=now).exclude(kind=Screening.Kind.AGAIN)
    at: datetime | None = done.aggregate(at=Max("completed_at"))["at"]
    return None if at is None else local_day(at, patient.time_zone)


def _tested(plan: Plan, today: date) -> NewestTest | None:
    """The newest go at the test of the stage, in whatever version of the plan."""
    tests = StageTest.objects.filter(
        plan_version__plan=plan, stage_number=plan.stage_number, taken_on__lte=today
    )
    newest = tests.first()
    return None if newest is None else NewestTest(newest.taken_on, newest.is_passed)


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
