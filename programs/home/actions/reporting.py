"""What the patients of the demonstration clinic do on a day: a session, the Daily and the Weekly check."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from random import Random
from uuid import uuid4

from programs.accounts.models import Clinic, User
from programs.care.models import Side
from programs.care.queries import CurrentPlan
from programs.care.rules.criteria.criterion import TEST
from programs.home.actions.cast import CRAMPS, LAST_DAY, PATIENTS
from programs.home.actions.histories import History, dice_of, moment
from programs.lib.times import local_day
from programs.library.rules import CAN, COUNT, PAIN, questions_of
from programs.logbook.actions import (
    ResultInput,
    move_on_when_ready,
    record_daily_check,
    record_intake,
    record_morning_check,
    record_session,
    record_stage_test,
    record_weekly_check,
)
from programs.logbook.models import (
    Change,
    GuidedSession,
    Reach,
    Region,
    SettlesWithin,
    SittingBeforePain,
    Weakness,
)
from programs.logbook.queries import todays_session
from programs.logbook.queries.readiness import readiness_of
from programs.logbook.rules import HIGHEST_BOTHER
from programs.safety.actions import record_screening
from programs.safety.queries import exclusion_questions, holds_of, what_is_due

BREAKFAST, BEDTIME = time(7), time(22, 55)
READY_EVERY = 3
"""Days from one look at what is left before the next stage to the other."""
NOTES = ("My calf felt tight at the start.", "I had been sitting all day.", "I was short of time today.")


def live_day(history: History, day: int, now: datetime) -> None:
    """The morning check, the safety questions and a session on most days, the Daily check wherever the model
    gave a score, some Weekly checks, and from time to time a tap on "I feel ready".
    """
    person = history.person
    # The first patient's today is left to whoever tries the clinic out.
    if day >= person.silent_from or (day == LAST_DAY and person is PATIENTS[0]):
        return
    # Each day has dice of its own, so that the time of day at loading changes no other day.
    dice = dice_of(person.email, day)
    pain, score = history.latest_score(day), history.scores[day]
    _answer_morning_check(history, day, now)
    if pain is not None and dice.random() < person.sessions_a_week / 7:
        start = moment(day, person.session_at, person.time_zone, now)
        _do_session(history, day, start + timedelta(minutes=dice.randrange(40)), pain, dice, now)
    usual = moment(day, person.check_at, person.time_zone, now)
    if score is not None:
        _answer_daily_check(history, day, usual + timedelta(minutes=dice.randrange(40)), score, dice, now)
    if person.answers_weekly and day % 7 == 0:
        _answer_weekly_check(history, day, usual + timedelta(minutes=45), now)
    if day == person.leg_weak_on:
        _say_leg_is_weak(history, usual + timedelta(minutes=45), now)
    if day % READY_EVERY == 0 or day == LAST_DAY - 1:
        _feel_ready(history, moment(day, BEDTIME, person.time_zone, now), now)


def answer_safety_questions(clinic: Clinic, patient: User, at: datetime) -> None:
    """Whatever safety questions are due, all answered with no."""
    asked = what_is_due(patient, at)
    if not asked:
        return
    record_screening(
        clinic=clinic,
        patient=patient,
        screening_id=uuid4(),
        kind=asked.kind,
        answers=dict.fromkeys(asked.questions, "no"),
        conditions={row.slug: "no" for row in exclusion_questions()} if asked.asks_conditions else None,
        answered_at=at,
        now=at,
    )


def tell_about_pain(history: History, at: datetime) -> None:
    """Their answers to "About your pain", on the day on which the plan begins."""
    person = history.person
    pain = next(score for score in history.scores if score is not None)
    reach = Reach.CALF if person.program == CRAMPS else max(_reach(pain), Reach.BUTTOCK)
    places = [Region.CALF] if person.program == CRAMPS else list(Region)[1:reach]
    record_intake(
        clinic=history.clinic,
        patient=history.patient,
        intake_id=uuid4(),
        recorded_on=local_day(at, person.time_zone),
        side=person.side,
        places_left=[] if person.side == Side.RIGHT else places,
        places_right=[] if person.side == Side.LEFT else places,
        reach=reach,
        leg_pain=pain,
        back_pain=_score(round(0.7 * pain)),
        symptoms=person.besides_pain,
        goal=person.goal,
        now=at,
    )


def _say_leg_is_weak(history: History, at: datetime, now: datetime) -> None:
    """New weakness is an emergency, and locks sessions until somebody has looked at it."""
    if at <= now:
        record_screening(
            clinic=history.clinic,
            patient=history.patient,
            screening_id=uuid4(),
            kind="session",
            answers={"S1": "no", "S2": "yes", "S3": "no", "S4": "no"},
            answered_at=at,
            now=at,
        )


def _do_session(
    history: History, day: int, started_at: datetime, pain: int, dice: Random, now: datetime
) -> None:
    if started_at > now:
        return
    answer_safety_questions(history.clinic, history.patient, started_at - timedelta(minutes=1))
    holds = holds_of(history.patient)
    if holds.is_stopped:
        return
    current, today = history.current, local_day(started_at, history.person.time_zone)
    todays = todays_session(current, today, started_at, holds)
    finished_at = started_at + timedelta(minutes=todays.minutes + dice.randrange(6))
    if not current.stage.planned_on(today) or not todays.exercises or finished_at > now:
        return
    before = _score(pain - 1 + dice.choice((-1, 0, 0, 1)))
    peak = _score(before + dice.choice((0, 0, 0, 0, 1, 1, 1, 2)))
    outcomes = dice.choices(("done", "partly", "skipped"), (90, 6, 4), k=2 * len(todays.exercises))
    side = current.plan.side
    results = [
        ResultInput(
            exercise=each.prescribed.slug,
            side=leg,
            outcome=outcomes.pop(),
            advised_share=each.share,
            instead_of=each.instead_of.slug if each.instead_of else None,
        )
        for each in todays.exercises
        for leg in each.prescribed.sides_for(side)
    ]
    results += [
        ResultInput(exercise=each.prescribed.slug, side=leg, outcome="skipped", advised_share=0)
        for each in todays.left_out
        for leg in each.prescribed.sides_for(side)
    ]
    record_session(
        plan=current.plan,
        session_id=uuid4(),
        plan_version=current.version,
        stage_number=current.stage.number,
        started_at=started_at,
        finished_at=finished_at,
        pain_before=before,
        pain_peak=peak,
        pain_after=_score(peak - dice.choice((0, 1, 1, 2))),
        results=results,
        note=dice.choice(NOTES) if dice.random() < 0.05 else "",
        now=finished_at,
    )


def _answer_morning_check(history: History, day: int, now: datetime) -> None:
    """How the leg was in the morning, if there was a session the day before; made up of that day's pain."""
    at = moment(day, BREAKFAST, history.person.time_zone, now)
    pain = history.latest_score(day - 1)
    yesterday = local_day(at, history.person.time_zone) - timedelta(days=1)
    sessions = GuidedSession.objects.filter(patient=history.patient, performed_on=yesterday)
    if at > now or pain is None or not sessions.exists():
        return
    record_morning_check(
        clinic=history.clinic,
        patient=history.patient,
        check_id=uuid4(),
        about_on=yesterday,
        pain=_score(pain - 1),
        settles_within=SettlesWithin.UNDER_10 if pain <= 3 else SettlesWithin.FROM_10_TO_60,
        now=at,
    )


def _feel_ready(history: History, at: datetime, now: datetime) -> None:
    """Once only the test of the stage is open, it is taken and passed; then comes the tap, but for those who
    stay in their stage."""
    current = history.current
    least = current.own_stage.minimum_days
    is_too_soon = least is None or at - current.stage_since < timedelta(days=least)
    if at > now or is_too_soon or current.plan.flare_began_on is not None:
        return
    ready = readiness_of(current, at)
    if {each.key for each in ready.open} == {TEST}:
        _pass_test(current, at)
        ready = readiness_of(current, at)
    stage = current.own_stage.number
    if ready.is_ready and current.plan.held_at is None and stage < history.person.highest_stage:
        follows = current.version.content.stage_after(stage)
        if follows is not None:
            move_on_when_ready(patient=history.patient, to_stage=follows.number, now=at)


def _pass_test(current: CurrentPlan, at: datetime) -> None:
    plan, stage = current.plan, current.own_stage
    best: dict[str, object] = {CAN: True, COUNT: 30, PAIN: 0}
    record_stage_test(
        plan=plan,
        test_id=uuid4(),
        plan_version=current.version,
        stage_number=stage.number,
        taken_on=local_day(at, plan.patient.time_zone),
        values={
            question.name: 10 if question.is_about_first else best[question.kind]
            for question in questions_of(stage.test_items, plan.side)
        },
        now=at,
    )


def _answer_daily_check(
    history: History, day: int, at: datetime, score: int, dice: Random, now: datetime
) -> None:
    if at > now:
        return
    person = history.person
    # Cramps and what is left between them sit in the calf.
    reach = Reach.CALF if person.program == CRAMPS and score else _reach(history.usual_score(day))
    worst_back_pain = _score(round(0.7 * score) + dice.choice((-1, 0, 0, 1)))
    # Cramps hurt, and do not tingle.
    regions = [] if person.program == CRAMPS else _tingling_numbness(reach, dice)
    cramps = dice.randrange(3) if person.program == CRAMPS else None
    record_daily_check(
        clinic=history.clinic,
        patient=history.patient,
        check_id=uuid4(),
        recorded_on=local_day(at, history.person.time_zone),
        worst_leg_pain=score,
        worst_back_pain=worst_back_pain,
        reach_left=None if person.side == Side.RIGHT else reach,
        reach_right=None if person.side == Side.LEFT else reach,
        tingling_numbness_left=[] if person.side == Side.RIGHT else regions,
        tingling_numbness_right=[] if person.side == Side.LEFT else regions,
        calf_pain=None if cramps is None else _score(score - 2),
        cramps=cramps,
        worst_cramp=_score(score + 1) if cramps else None,
        now=at,
    )


def _answer_weekly_check(history: History, day: int, at: datetime, now: datetime) -> None:
    """The week's leg pain, in the words of the Weekly check; made up, and never a sign of danger."""
    if at > now:
        return
    pain = history.week_score(day)
    record_weekly_check(
        clinic=history.clinic,
        patient=history.patient,
        check_id=uuid4(),
        recorded_on=local_day(at, history.person.time_zone),
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
