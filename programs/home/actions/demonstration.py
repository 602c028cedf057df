"""Ten weeks of the demonstration clinic, day by day, by the same actions that pages and endpoints call."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from random import Random
from statistics import median
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from programs.accounts.actions import join_clinic
from programs.accounts.models import CareTeam, Clinic, Membership, User
from programs.care.actions import assign_program, change_doses, change_stage
from programs.care.models import Plan, PlanVersion, Side
from programs.care.rules import PlanStage
from programs.home.actions.cast import (
    ADMIN,
    CRAMPS,
    LAST_DAY,
    PATIENTS,
    SEED,
    THERAPISTS,
    DemonstrationPatient,
    DemonstrationPerson,
)
from programs.home.rules import simulate_leg_pain
from programs.lib.times import local_day
from programs.library.models import Exercise, Program
from programs.logbook.actions import ResultInput, record_daily_check, record_session
from programs.logbook.models import GuidedSession, Reach, Region
from programs.monitoring.actions import acknowledge_flag, resolve_flag
from programs.monitoring.models import Flag, FlagState
from programs.reminders.actions import set_break_rule
from programs.reminders.models import BreakRule

CLINIC_NAME = "Willow Street Clinic (demonstration)"
CLINIC_TIME_ZONE = "Europe/London"
MORNING = time(8, 30)
WORKING_DAYS = range(5)
REVIEW_WEEKDAY = 1
DOSE_CHANGE_WEEK = range(45, 52)
RAISED_EXERCISE = "glute-bridge"
# Fewer reports or sessions in a week say too little about it.
ENOUGH_OF_A_WEEK = 4
# A flag younger than this is left for whoever tries the clinic out.
STAYS_OPEN = timedelta(days=7)
# Long enough for every process to start, short enough to see a prompt within a minute of the command.
PROMPT_AFTER = timedelta(seconds=40)

NOTES = ("My calf felt tight at the start.", "I had been sitting all day.", "I was short of time today.")


@transaction.atomic
def load_demonstration(*, password: str, now: datetime) -> None:
    """Write the demonstration clinic, its people and their last ten weeks; `password` opens every account.

    Where the clinic is there already, this only makes sure that `password` fits. Each time, the first
    patient's next break prompt is moved to 40 seconds from `now`.
    """
    if Clinic.objects.filter(is_demonstration=True).exists():
        _make_password_fit(password)
    else:
        _write_clinic(password, now)
    rules = BreakRule.objects.filter(clinic__is_demonstration=True, patient__email=PATIENTS[0].email)
    rules.update(next_due_at=now + PROMPT_AFTER)


@transaction.atomic
def remove_demonstration() -> int:
    """Delete the demonstration clinic with everything in it and everybody who is in no other clinic.

    Returns how many people this removed. A repeat removes nothing more.
    """
    clinics = Clinic.objects.filter(is_demonstration=True)
    elsewhere = Membership.objects.filter(user=OuterRef("pk")).exclude(clinic__in=clinics)
    # Somebody whom a demonstration therapist invited is in this clinic without being marked.
    people = User.objects.filter(Q(is_demonstration=True) | Q(memberships__clinic__in=clinics))
    leaving = set(people.exclude(Exists(elsewhere)).values_list("pk", flat=True))
    # Rows that PROTECT others go before those. Flags go before people: one that is being looked at must have
    # its owner to the end.
    GuidedSession.objects.filter(clinic__in=clinics).delete()
    Plan.objects.filter(clinic__in=clinics).delete()
    Program.objects.filter(clinic__in=clinics).delete()
    Exercise.objects.filter(clinic__in=clinics).delete()
    clinics.delete()
    User.objects.filter(pk__in=leaving).delete()
    return len(leaving)


@dataclass(slots=True)
class _History:
    """One patient's story as far as it is told."""

    person: DemonstrationPatient
    therapist: User
    plan: Plan
    version: PlanVersion
    scores: list[int | None]
    """Worst leg pain per day from day 0 on; None on days without a Daily check."""
    stage_since: int = 0
    peaks: dict[int, int] = field(default_factory=dict)
    """Worst pain during that day's session."""

    @property
    def stage(self) -> PlanStage:
        return self.version.stage(self.plan.stage_number)

    def latest_score(self, day: int) -> int | None:
        """The newest score known on that day."""
        return next((score for score in reversed(self.scores[1 : day + 1]) if score is not None), None)

    def may_move_on(self, day: int) -> bool:
        """Long enough in this stage, with another one after it, and pain at most what this one allows."""
        stage = self.stage
        return (
            stage.minimum_days is not None
            and stage.number < self.person.highest_stage
            and self.version.content.stage_after(stage.number) is not None
            and day - self.stage_since >= stage.minimum_days
            and self._pain_allows_more(stage, day)
        )

    def _pain_allows_more(self, stage: PlanStage, day: int) -> bool:
        if stage.pain_ceiling is None:
            return True
        if stage.pain_measure == "during":
            reported = [self.peaks.get(each) for each in range(day - 7, day)]
        else:
            # The Daily check does not ask for calf pain between cramps; worst leg pain stands for it.
            reported = self.scores[max(1, day - 7) : day]
        week = [score for score in reported if score is not None]
        return len(week) >= ENOUGH_OF_A_WEEK and median(week) <= stage.pain_ceiling


def _make_password_fit(password: str) -> None:
    people = User.objects.filter(is_demonstration=True)
    if not all(check_password(password, kept) for kept in set(people.values_list("password", flat=True))):
        people.update(password=make_password(password))


def _write_clinic(password: str, now: datetime) -> None:
    start = _moment(0, MORNING, CLINIC_TIME_ZONE, now)
    clinic = Clinic.objects.create(
        name=CLINIC_NAME, phone="01632 960123", is_demonstration=True, created_at=start
    )
    # One password, so one hash: hashes are slow to make on purpose.
    password_hash = make_password(password)
    _join(clinic, ADMIN, password_hash, start)
    therapists = [_join(clinic, therapist, password_hash, start) for therapist in THERAPISTS]
    histories: dict[UUID, _History] = {}
    for number, person in enumerate(PATIENTS):
        patient = _join(clinic, person, password_hash, start, year_of_birth=now.year - person.age)
        histories[patient.pk] = _begin(clinic, person, patient, therapists[number % len(therapists)], start)
    for day in range(1, LAST_DAY + 1):
        _work_morning(clinic, histories, day, now)
        for history in histories.values():
            _live_day(history, day, now)
    for history in histories.values():
        _want_breaks(history, now)


def _join(
    clinic: Clinic,
    person: DemonstrationPerson,
    password_hash: str,
    at: datetime,
    year_of_birth: int | None = None,
) -> User:
    user: User = User.objects.create(
        name=person.name,
        email=person.email,
        password=password_hash,
        time_zone=person.time_zone,
        year_of_birth=year_of_birth,
        is_demonstration=True,
        joined_at=at,
    )
    join_clinic(user=user, clinic=clinic, role=person.role, now=at)
    return user


def _begin(
    clinic: Clinic, person: DemonstrationPatient, patient: User, therapist: User, at: datetime
) -> _History:
    """The therapist takes the patient on and assigns the program."""
    CareTeam.objects.create(clinic=clinic, patient=patient, therapist=therapist, started_at=at)
    plan = assign_program(
        clinic=clinic,
        patient=patient,
        program=Program.objects.get(clinic=None, slug=person.program),
        therapist=therapist,
        side=person.side,
        pain_limit=5,
        chosen_options=(),
        has_checked=True,
        now=at,
    )
    return _History(person, therapist, plan, plan.versions.get(), _scores_of(person))


def _scores_of(person: DemonstrationPatient) -> list[int | None]:
    """Worst leg pain from day 0 on; nobody learns of it once they are silent."""
    days = person.days_before + LAST_DAY + 1
    course = simulate_leg_pain(person.kind, days, _dice(person.email), onset=person.onset)
    scores = course[person.days_before :]
    return scores[: person.silent_from] + [None] * (LAST_DAY + 1 - person.silent_from)


def _dice(*name: object) -> Random:
    """Chances that fall the same way each time for the same name."""
    return Random(" ".join(map(str, (SEED, *name))))  # noqa: S311 - nothing here is a secret


def _moment(day: int, at: time, time_zone: str, now: datetime) -> datetime:
    """The instant at which clocks in `time_zone` show `at` on that day of the history."""
    date = local_day(now, time_zone) - timedelta(days=LAST_DAY - day)
    return datetime.combine(date, at, ZoneInfo(time_zone)).astimezone(UTC)


def _work_morning(clinic: Clinic, histories: dict[UUID, _History], day: int, now: datetime) -> None:
    """The therapists look after flags each working day, and after stages once a week."""
    morning = _moment(day, MORNING, CLINIC_TIME_ZONE, now)
    weekday = local_day(morning, CLINIC_TIME_ZONE).weekday()
    if weekday not in WORKING_DAYS or morning > now:
        return
    unresolved = Flag.objects.unresolved().filter(clinic=clinic)
    for flag in unresolved.filter(opened_at__lte=now - STAYS_OPEN).order_by("opened_at", "id"):
        _look_after(flag, histories[flag.patient_id], day, morning)
    if weekday != REVIEW_WEEKDAY:
        return
    if day in DOSE_CHANGE_WEEK:
        _raise_dose(next(iter(histories.values())), morning)
    flagged = set(unresolved.values_list("patient", flat=True))
    for patient_id, history in histories.items():
        if patient_id not in flagged and history.may_move_on(day):
            _move(history, +1, _why_on(history.stage), day, morning)


def _why_on(stage: PlanStage) -> str:
    if stage.pain_ceiling is None:
        return "Enough days in this stage, and no flag is open."
    return "Pain stayed within the limit of this stage."


def _look_after(flag: Flag, history: _History, day: int, at: datetime) -> None:
    """A therapist takes a flag on the first morning, and closes it on the second."""
    if flag.state == FlagState.OPEN:
        acknowledge_flag(flag=flag, by=history.therapist, now=at)
        return
    note = "Spoke on the phone. No new numbness or weakness. Smaller steps until it settles."
    resolve_flag(flag=flag, by=history.therapist, note=note, now=at)
    if history.plan.stage_number > 1:
        _move(history, -1, "Smaller steps until the leg settles.", day, at)


def _move(history: _History, steps: int, reason: str, day: int, at: datetime) -> None:
    to_stage = history.plan.stage_number + steps
    change_stage(plan=history.plan, to_stage=to_stage, by=history.therapist, reason=reason, now=at)
    history.plan.stage_number = to_stage
    history.stage_since = day


def _raise_dose(history: _History, at: datetime) -> None:
    exercise = next(each for each in history.stage.exercises if each.slug == RAISED_EXERCISE)
    history.version = change_doses(
        plan=history.plan,
        stage_number=history.plan.stage_number,
        doses={exercise.slug: replace(exercise.dose, repetitions=exercise.dose.repetitions + 2)},
        based_on=history.version.number,
        by=history.therapist,
        note="You are doing well with this, so here is a little more.",
        now=at,
    )


def _live_day(history: _History, day: int, now: datetime) -> None:
    """A session on most days, and the Daily check wherever the model gave a score."""
    person = history.person
    # The first patient's today is left to whoever tries the clinic out.
    if day >= person.silent_from or (day == LAST_DAY and person is PATIENTS[0]):
        return
    # Each day has dice of its own, so that the time of day at loading changes no other day.
    dice = _dice(person.email, day)
    pain, score = history.latest_score(day), history.scores[day]
    if pain is not None and dice.random() < person.sessions_a_week / 7:
        usual = _moment(day, person.session_at, person.time_zone, now)
        _do_session(history, day, usual + timedelta(minutes=dice.randrange(40)), pain, dice, now)
    if score is not None:
        usual = _moment(day, person.check_at, person.time_zone, now)
        _answer_daily_check(history, usual + timedelta(minutes=dice.randrange(40)), score, dice, now)


def _do_session(
    history: _History, day: int, started_at: datetime, pain: int, dice: Random, now: datetime
) -> None:
    stage, today = history.stage, local_day(started_at, history.person.time_zone)
    exercises = stage.planned_on(today)
    finished_at = started_at + timedelta(minutes=stage.minutes_on(today) + dice.randrange(6))
    if not exercises or finished_at > now:
        return
    # Whoever starts before this morning's review cannot follow what it decided.
    review = _moment(day, MORNING, CLINIC_TIME_ZONE, now)
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


def _answer_daily_check(history: _History, at: datetime, score: int, dice: Random, now: datetime) -> None:
    if at > now:
        return
    plan = history.plan
    # Cramps and what is left between them sit in the calf.
    reach = Reach.CALF if history.person.program == CRAMPS and score else _reach(score)
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


def _want_breaks(history: _History, now: datetime) -> None:
    """Break prompts at the pace of the stage: the first patient's at every hour of every day, the others' in
    their working hours."""
    patient, is_first = history.plan.patient, history.person is PATIENTS[0]
    set_break_rule(
        clinic=history.plan.clinic,
        patient=patient,
        enabled=True,
        interval_minutes=history.stage.break_interval_minutes,
        weekdays=range(7) if is_first else WORKING_DAYS,
        window_start=time(0) if is_first else time(9),
        window_end=time(23, 59) if is_first else time(17),
        quiet_start=None,
        quiet_end=None,
        time_zone=patient.time_zone,
        now=now,
    )
