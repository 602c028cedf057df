"""Ten weeks of the demonstration clinic, day by day, by the same actions that pages and endpoints call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from programs.accounts.actions import join_clinic
from programs.accounts.models import CareTeam, Clinic, Membership, User
from programs.care.actions import assign_program, change_doses
from programs.care.models import Plan
from programs.care.rules.machine import HOLD
from programs.delivery.models import Delivery, State
from programs.home.actions.cast import (
    ADMIN,
    LAST_DAY,
    PATIENTS,
    THERAPISTS,
    DemonstrationPatient,
    DemonstrationPerson,
)
from programs.home.actions.histories import CLINIC_TIME_ZONE, MORNING, History, moment, scores_of
from programs.home.actions.moving import let_prompts_go, live_breaks, store_breaks
from programs.home.actions.reporting import answer_safety_questions, live_day, tell_about_pain
from programs.lib.times import local_day
from programs.library.models import BreakMovement, Exercise, Program
from programs.logbook.actions import decide_stage, review_stage
from programs.logbook.models import DirectionTry, GuidedSession, StageTest
from programs.logbook.queries import reports_of
from programs.monitoring.actions import (
    Watched,
    acknowledge_flag,
    resolve_flag,
    review_absence,
    snooze_flag,
)
from programs.monitoring.models import Flag, FlagState, Outcome
from programs.monitoring.models import Kind as FlagKind
from programs.reminders.actions import set_break_rule, set_reminders
from programs.reminders.models import BreakRule, MovementBreak, Prompt
from programs.reminders.rules import MOST_A_DAY, next_slot

CLINIC_NAME = "Willow Street Clinic (demonstration)"
WORKING_DAYS = range(5)
REVIEW_WEEKDAY = 1
DOSE_CHANGE_WEEK = range(45, 52)
RAISED_EXERCISE = "glute-bridge"
BEFORE_WORK = timedelta(hours=1)
# A flag younger than this is left for whoever tries the clinic out.
STAYS_OPEN = timedelta(days=7)
# Long enough for every process to start, short enough to see a prompt within a minute of the command.
PROMPT_AFTER = timedelta(seconds=40)
ESCALATES_AFTER = timedelta(minutes=15)

WORSENING = ("ramp", "step", "flare")
"""The kinds of course in which something does get worse."""


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
        # Its alerts of the last ten weeks went out in their time.
        waiting = Delivery.objects.filter(clinic__is_demonstration=True, state=State.PENDING)
        waiting.update(state=State.SENT, sent_at=F("created_at"))
        # What nobody has taken on goes further while somebody watches, not all of it at the first tick.
        Flag.objects.filter(clinic__is_demonstration=True).due(now).update(
            next_escalation_at=now + ESCALATES_AFTER
        )
    for rule in BreakRule.objects.filter(clinic__is_demonstration=True, patient__email=PATIENTS[0].email):
        _prompt_soon(rule, now + PROMPT_AFTER)


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
    StageTest.objects.filter(clinic__in=clinics).delete()
    DirectionTry.objects.filter(clinic__in=clinics).delete()
    Plan.objects.filter(clinic__in=clinics).delete()
    Program.objects.filter(clinic__in=clinics).delete()
    Exercise.objects.filter(clinic__in=clinics).delete()
    clinics.delete()
    User.objects.filter(pk__in=leaving).delete()
    return len(leaving)


def _make_password_fit(password: str) -> None:
    people = User.objects.filter(is_demonstration=True)
    if not all(check_password(password, kept) for kept in set(people.values_list("password", flat=True))):
        people.update(password=make_password(password))


def _write_clinic(password: str, now: datetime) -> None:
    start = moment(0, MORNING, CLINIC_TIME_ZONE, now)
    clinic = Clinic.objects.create(
        name=CLINIC_NAME, phone="01632 960123", is_demonstration=True, created_at=start
    )
    # One password, so one hash: hashes are slow to make on purpose.
    password_hash = make_password(password)
    _join(clinic, ADMIN, password_hash, start)
    therapists = [_join(clinic, therapist, password_hash, start) for therapist in THERAPISTS]
    histories: dict[UUID, History] = {}
    for number, person in enumerate(PATIENTS):
        patient = _join(clinic, person, password_hash, start, year_of_birth=now.year - person.age)
        histories[patient.pk] = _begin(clinic, person, patient, therapists[number % len(therapists)], start)
    for day in range(1, LAST_DAY + 1):
        _work_morning(clinic, histories, day, now)
        for history in histories.values():
            live_day(history, day, now)
    _want_reminders(next(iter(histories.values())), now)
    _take_breaks([(history, _want_breaks(history, now)) for history in histories.values()], now)
    _look_for_what_is_missing(histories, now)
    for flag in Flag.objects.filter(clinic=clinic, kind=FlagKind.SILENT, state=FlagState.OPEN):
        _put_off(flag, histories[flag.patient_id], now)


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
) -> History:
    """The therapist takes the patient on and assigns the program."""
    CareTeam.objects.create(clinic=clinic, patient=patient, therapist=therapist, started_at=at)
    assign_program(
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
    history = History(person, clinic, therapist, patient, scores_of(person))
    if person.goal:
        tell_about_pain(history, at + timedelta(minutes=30))
    answer_safety_questions(clinic, patient, at + timedelta(hours=1))
    return history


def _work_morning(clinic: Clinic, histories: dict[UUID, History], day: int, now: datetime) -> None:
    """The rules see to flare plans each day, the therapists to flags each working day."""
    morning = moment(day, MORNING, CLINIC_TIME_ZONE, now)
    if morning > now:
        return
    in_flare = Plan.objects.current().filter(clinic=clinic, flare_began_on__isnull=False)
    for patient_id in in_flare.order_by("pk").values_list("patient", flat=True):
        review_stage(patient=histories[patient_id].patient, now=morning - BEFORE_WORK)
    weekday = local_day(morning, CLINIC_TIME_ZONE).weekday()
    if weekday not in WORKING_DAYS:
        return
    unresolved = Flag.objects.unresolved().filter(clinic=clinic)
    for flag in unresolved.filter(opened_at__lte=now - STAYS_OPEN).order_by("opened_at", "id"):
        _look_after(flag, histories[flag.patient_id], morning)
    for history in histories.values():
        if day == history.person.held_from:
            _hold(history, morning)
    if weekday != REVIEW_WEEKDAY:
        return
    _look_for_what_is_missing(histories, morning)
    if day in DOSE_CHANGE_WEEK:
        _raise_dose(next(iter(histories.values())), morning)


def _look_after(flag: Flag, history: History, at: datetime) -> None:
    """A therapist takes a flag on the first morning, and closes it on the second."""
    if flag.state == FlagState.OPEN:
        acknowledge_flag(flag=flag, by=history.therapist, now=at)
        return
    if history.person.kind not in WORSENING:
        note = "Spoke on the phone. Much as always, so nothing is changed."
        resolve_flag(flag=flag, by=history.therapist, outcome=Outcome.NOT_HELPFUL, note=note, now=at)
        return
    note = "Spoke on the phone. No new numbness or weakness. Smaller steps until it settles."
    resolve_flag(flag=flag, by=history.therapist, outcome=Outcome.HELPFUL, note=note, now=at)


def _look_for_what_is_missing(histories: Mapping[UUID, History], at: datetime) -> None:
    """What the hourly sweep does, for this clinic alone."""
    reported = reports_of(histories.keys(), local_day(at, CLINIC_TIME_ZONE) - timedelta(days=LAST_DAY + 1))
    watched = [Watched(histories[who].current.plan, reports) for who, reports in reported]
    review_absence(watched=watched, now=at)


def _put_off(flag: Flag, history: History, at: datetime) -> None:
    """Somebody who is away is not looked for until they are back."""
    until = local_day(at, history.therapist.time_zone) + timedelta(days=2)
    snooze_flag(flag=flag, by=history.therapist, until=until, now=at)


def _hold(history: History, at: datetime) -> None:
    reason = "Your scores go up and down. Let us wait until we have met."
    decide_stage(plan=history.current.plan, verb=HOLD, by=history.therapist, reason=reason, now=at)


def _raise_dose(history: History, at: datetime) -> None:
    current = history.current
    exercise = next(each for each in current.own_stage.exercises if each.slug == RAISED_EXERCISE)
    change_doses(
        plan=current.plan,
        stage_number=current.own_stage.number,
        doses={exercise.slug: replace(exercise.dose, repetitions=exercise.dose.repetitions + 2)},
        based_on=current.version.number,
        by=history.therapist,
        note="You are doing well with this, so here is a little more.",
        now=at,
    )


def _prompt_soon(rule: BreakRule, at: datetime) -> None:
    """The next prompt comes at `at`, however many that day has had: whoever looks on is to see one."""
    counts_from = at - timedelta(minutes=rule.interval_minutes)
    slot = next_slot(counts_from, rule.schedule)
    if slot is not None:
        BreakRule.objects.filter(pk=rule.pk).update(
            counts_from=counts_from,
            next_due_at=slot.due_at,
            open_until=slot.open_until,
            due_on=slot.day,
            nth_of_day=slot.nth,
        )


def _want_breaks(history: History, now: datetime) -> BreakRule:
    """Break prompts at the pace of the stage: the first patient's at every hour of every day, the others' in
    their working hours."""
    patient, is_first, current = history.patient, history.person is PATIENTS[0], history.current
    return set_break_rule(
        clinic=current.plan.clinic,
        patient=patient,
        enabled=True,
        interval_minutes=current.own_stage.break_interval_minutes,
        weekdays=range(7) if is_first else WORKING_DAYS,
        windows=[(time(0), time(23, 59)) if is_first else (time(9), time(17))],
        quiet_start=None,
        quiet_end=None,
        time_zone=patient.time_zone,
        daily_cap=MOST_A_DAY,
        by_push=True,
        now=now,
    )


def _take_breaks(wishes: Sequence[tuple[History, BreakRule]], now: datetime) -> None:
    """The breaks of the last weeks, with what came of them for the coming prompts."""
    movements = list(BreakMovement.objects.order_by("slug").values_list("slug", flat=True))
    prompts: list[Prompt] = []
    breaks: list[MovementBreak] = []
    for history, rule in wishes:
        made, taken = live_breaks(history, rule, movements, now)
        rule.step = rule.heeded_step = len(made)
        if history.person.lets_prompts_go:
            let_prompts_go(rule, made, taken)
        if history.person.has_breaks_reviewed:
            rule.review_on = local_day(now, rule.time_zone)
        prompts += made
        breaks += taken
    store_breaks([rule for _, rule in wishes], prompts, breaks)
    for history, rule in wishes:
        if history.person.lets_prompts_go:
            _prompt_soon(rule, now + rule.schedule.interval)


def _want_reminders(history: History, now: datetime) -> None:
    """Of the exercises, of the morning after and of the Daily check, at this patient's own times."""
    patient, person = history.patient, history.person
    set_reminders(
        clinic=history.clinic,
        user=patient,
        session_times=[person.session_at],
        weekdays=range(7),
        morning_check_at=MORNING,
        daily_check_at=person.check_at,
        digest_at=None,
        quiet_start=time(22),
        quiet_end=time(7),
        time_zone=patient.time_zone,
        by_push=True,
        now=now,
    )
