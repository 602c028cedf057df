"""What the patients of the demonstration clinic do on a day: a session, the Daily and the Weekly check."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from uuid import uuid4

from programs.care.models import Side
from programs.home.actions.cast import CRAMPS, LAST_DAY, PATIENTS
from programs.home.actions.histories import CLINIC_TIME_ZONE, MORNING, History, dice_of, moment
from programs.lib.times import local_day
from programs.logbook.actions import ResultInput, record_daily_check, record_session, record_weekly_check
from programs.logbook.models import Change, Reach, Region, SettlesWithin, SittingBeforePain, Weakness
from programs.logbook.rules import HIGHEST_BOTHER

NOTES = ("My calf felt tight at the start.", "I had been sitting all day.", "I was short of time today.")


def live_day(history: History, day: int, now: datetime) -> None:
    """A session on most days, the Daily check wherever the model gave a score, and some Weekly checks."""
    person = history.person
    # The first patient's today is left to whoever tries the clinic out.
    if day >= person.silent_from or (day == LAST_DAY and person is PATIENTS[0]):
        return
    # Each day has dice of its own, so that the time of day at loading changes no other day.
    dice = dice_of(person.email, day)
    pain, score = history.latest_score(day), history.scores[day]
    if pain is not None and dice.random() < person.sessions_a_week / 7:
        start = moment(day, person.session_at, person.time_zone, now)
        _do_session(history, day, start + timedelta(minutes=dice.randrange(40)), pain, dice, now)
    usual = moment(day, person.check_at, person.time_zone, now)
    if score is not None:
        _answer_daily_check(history, day, usual + timedelta(minutes=dice.randrange(40)), score, dice, now)
    if person.answers_weekly and day % 7 == 0:
        _answer_weekly_check(history, day, usual + timedelta(minutes=45), now)


def _do_session(
    history: History, day: int, started_at: datetime, pain: int, dice: Random, now: datetime
) -> None:
    stage, today = history.stage, local_day(started_at, history.person.time_zone)
    exercises = stage.planned_on(today)
    finished_at = started_at + timedelta(minutes=stage.minutes_on(today) + dice.randrange(6))
    if not exercises or finished_at > now:
        return
    # Whoever starts before this morning's review cannot follow what it decided.
    review = moment(day, MORNING, CLINIC_TIME_ZONE, now)
    if history.stage_since == day and started_at < review:
        return
    before = _score(pain - 1 + dice.choice((-1, 0, 0, 1)))
    peak = _score(before + dice.choice((0, 0, 1, 1, 2)))
    outcomes = dice.choices(("done", "partly", "skipped"), (90, 6, 4), k=2 * len(exercises))
    results = [
        ResultInput(exercise=exercise.slug, side=side, outcome=outcomes.pop())
        for exercise in exercises
        for side in exercise.sides_for(history.plan.side)
    ]
    record_session(
        plan=history.plan,
        session_id=uuid4(),
        plan_version=history.version,
        stage_number=stage.number,
        started_at=started_at,
        finished_at=finished_at,
        pain_before=before,
        pain_peak=peak,
        pain_after=_score(peak - dice.choice((0, 1, 1, 2))),
        results=results,
        note=dice.choice(NOTES) if dice.random() < 0.05 else "",
        now=finished_at,
    )
    history.peaks[day] = peak


def _answer_daily_check(
    history: History, day: int, at: datetime, score: int, dice: Random, now: datetime
) -> None:
    if at > now:
        return
    plan = history.plan
    # Cramps and what is left between them sit in the calf.
    reach = Reach.CALF if history.person.program == CRAMPS and score else _reach(history.usual_score(day))
    worst_back_pain = _score(round(0.7 * score) + dice.choice((-1, 0, 0, 1)))
    # Cramps hurt, and do not tingle.
    regions = [] if history.person.program == CRAMPS else _tingling_numbness(reach, dice)
    record_daily_check(
        clinic=plan.clinic,
        patient=plan.patient,
        check_id=uuid4(),
        recorded_on=local_day(at, plan.patient.time_zone),
        worst_leg_pain=score,
        worst_back_pain=worst_back_pain,
        reach_left=None if plan.side == Side.RIGHT else reach,
        reach_right=None if plan.side == Side.LEFT else reach,
        tingling_numbness_left=[] if plan.side == Side.RIGHT else regions,
        tingling_numbness_right=[] if plan.side == Side.LEFT else regions,
        now=at,
    )


def _answer_weekly_check(history: History, day: int, at: datetime, now: datetime) -> None:
    """The week's leg pain, in the words of the Weekly check; made up, and never a sign of danger."""
    if at > now:
        return
    plan, pain = history.plan, history.week_score(day)
    record_weekly_check(
        clinic=plan.clinic,
        patient=plan.patient,
        check_id=uuid4(),
        recorded_on=local_day(at, plan.patient.time_zone),
        groc=_change(pain - history.week_score(day - 7)) if day > 7 else Change.THE_SAME,
        bother_leg_pain=min(HIGHEST_BOTHER, (pain + 1) // 2),
        bother_tingling_numbness=1 if pain > 3 else 0,
        bother_weakness=0,
        bother_sitting=min(HIGHEST_BOTHER, pain // 2),
        weakness=Weakness.NONE,
        settles_within=SettlesWithin.UNDER_10 if pain <= 3 else SettlesWithin.FROM_10_TO_60,
        nights_broken=1 if pain > 5 else 0,
        sitting_before_pain=SittingBeforePain.OVER_30 if pain <= 3 else SittingBeforePain.FROM_10_TO_30,
        now=at,
    )


def _score(value: int) -> int:
    return max(0, min(10, value))


def _reach(leg_pain: int) -> Reach:
    """Worse leg pain is told to go further down; made up, like everything here."""
    if leg_pain == 0:
        return Reach.NONE
    if leg_pain <= 2:
        return Reach.BUTTOCK
    return Reach.THIGH if leg_pain <= 4 else Reach.CALF if leg_pain <= 7 else Reach.FOOT


def _tingling_numbness(reach: Reach, dice: Random) -> list[Region]:
    """A leg tingles below the knee, on most days on which it hurts as far down; made up too."""
    if reach < Reach.CALF or dice.random() < 0.3:
        return []
    return [Region.CALF, Region.FOOT] if reach == Reach.FOOT or dice.random() < 0.25 else [Region.CALF]


def _change(rise: int) -> Change:
    """How a week is called whose leg pain was so many points above that of the week before.

    Nobody here calls it much worse: that would open a flag on their word alone.
    """
    if rise < -1:
        return Change.MUCH_BETTER
    if rise == -1:
        return Change.A_LITTLE_BETTER
    return Change.A_LITTLE_WORSE if rise else Change.THE_SAME
