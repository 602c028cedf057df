"""Plain functions that make rows through the product's own actions wherever there is one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from uuid import UUID, uuid4

from django.apps import apps
from django.utils import timezone

from programs.accounts.actions import join_clinic
from programs.accounts.models import CareTeam, Clinic, Role, User
from programs.care.actions import assign_program
from programs.care.models import Plan, PlanVersion, Side
from programs.delivery.models import Delivery, PushSubscription
from programs.library.actions import apply_content
from programs.library.models import Program
from programs.logbook.actions import (
    ResultInput,
    record_daily_check,
    record_intake,
    record_session,
    record_weekly_check,
)
from programs.logbook.models import DailyCheck, GuidedSession, Intake, WeeklyCheck
from programs.reminders.actions import answer_prompt, prompt_due, record_movement, set_break_rule
from programs.reminders.models import BreakRule, MovementBreak, Outcome, Prompt
from programs.reminders.rules import MOST_A_DAY
from programs.safety.actions import Recorded, record_screening
from programs.safety.models import Screening
from programs.safety.queries import exclusion_questions
from programs.safety.rules import questions_of
from tests.library.shipped import shipped

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
PASSWORD = "four words to picture"
EVERY_DAY = range(7)


def clinic(name: str = "Stride clinic") -> Clinic:
    return Clinic.objects.create(name=name)


def person(name: str, **more: object) -> User:
    return User.objects.create_user(f"{name.lower()}@example.org", name.title(), PASSWORD, **more)


def therapist(of: Clinic, name: str = "bob") -> User:
    user = person(name)
    join_clinic(user=user, clinic=of, role=Role.THERAPIST, now=NOON)
    return user


def patient(of: Clinic, name: str = "alice", cared_for_by: User | None = None, **more: object) -> User:
    user = person(name, **more)
    join_clinic(user=user, clinic=of, role=Role.PATIENT, now=NOON)
    if cared_for_by is not None:
        CareTeam.objects.create(clinic=of, patient=user, therapist=cared_for_by, started_at=NOON)
    return user


def library() -> Program:
    """The shipped library is in the database, once a run if it can; returns the program with most in it."""
    program = Program.objects.filter(slug="sciatica-with-calf-symptoms").first()
    if program is None:
        apply_content(files=shipped(), clinic=None, now=timezone.now())
        program = Program.objects.get(slug="sciatica-with-calf-symptoms")
    return program


def empty_the_library() -> None:
    """As before the first load; nothing may have been made from it yet."""
    for model in (Program, *apps.get_app_config("library").get_models()):
        model._default_manager.all().delete()


def plan(
    of: User, by: User, side: Side = Side.RIGHT, at: datetime = NOON, program: Program | None = None
) -> Plan:
    program = program or library()
    return assign_program(
        clinic=of.memberships.get().clinic,
        patient=of,
        program=program,
        therapist=by,
        side=side,
        pain_limit=5,
        chosen_options=(),
        has_checked=True,
        now=at,
    )


def screened(of: User, at: datetime = NOON) -> Screening:
    """The first safety questions, all of them answered with no."""
    return answered(of, at=at, kind="first").screening


def answered(
    of: User,
    at: datetime = NOON,
    kind: str = "full",
    conditions: Mapping[str, str] | None = None,
    **said: str,
) -> Recorded:
    """All safety questions of a set, answered with no but for those that are named."""
    asked = {*questions_of(kind), *(said if kind == "again" else ())}
    given = dict.fromkeys(asked, "no") | said
    slugs = [row.slug for row in exclusion_questions()] if kind == "first" else []
    return record_screening(
        clinic=of.memberships.get().clinic,
        patient=of,
        screening_id=uuid4(),
        kind=kind,
        answers=given,
        conditions=dict.fromkeys(slugs, "no") | dict(conditions or {}),
        answered_at=at,
        now=at,
    )


def version(of: Plan) -> PlanVersion:
    return of.versions.order_by("-number")[0]


def results(of: Plan, outcome: str = "done") -> list[ResultInput]:
    """Everything in the plan's stage, done."""
    stage = version(of).stage(of.stage_number)
    return [
        ResultInput(exercise=each.slug, side=side, outcome=outcome)
        for each in stage.exercises
        for side in each.sides_for(of.side)
    ]


def session(
    of: Plan,
    at: datetime = NOON,
    pain: tuple[int, int, int] = (4, 5, 3),
    now: datetime | None = None,
    note: str = "",
    outcome: str = "done",
) -> GuidedSession:
    """One that ended at `at` and was stored then, or at `now`; all of it had the same outcome."""
    stored, _ = record_session(
        plan=of,
        session_id=uuid4(),
        plan_version=version(of),
        stage_number=of.stage_number,
        started_at=at - timedelta(minutes=12),
        finished_at=at,
        pain_before=pain[0],
        pain_peak=pain[1],
        pain_after=pain[2],
        results=results(of, outcome),
        note=note,
        now=now or at,
    )
    return stored


def daily_check(
    of: User, leg: int, on: date | None = None, now: datetime = NOON, corrects: UUID | None = None
) -> DailyCheck:
    stored, _ = record_daily_check(
        clinic=of.memberships.get().clinic,
        patient=of,
        check_id=uuid4(),
        recorded_on=on or now.date(),
        worst_leg_pain=leg,
        worst_back_pain=2,
        reach_left=None,
        reach_right=4,
        corrects=corrects,
        now=now,
    )
    return stored


def daily_checks(of: User, legs: Sequence[int], now: datetime = NOON) -> list[DailyCheck]:
    """One check a day, the last one today; each is stored at noon of its own day."""
    days = [now - timedelta(days=back) for back in range(len(legs) - 1, -1, -1)]
    return [daily_check(of, leg, now=day) for leg, day in zip(legs, days, strict=True)]


def calm_checks(of: User, leg: int, days: Sequence[datetime]) -> None:
    """One check for each of these moments, all alike: nothing in them is news, so nothing judges them."""
    clinic = of.memberships.get().clinic
    DailyCheck.objects.bulk_create(
        DailyCheck(
            id=uuid4(),
            clinic=clinic,
            patient=of,
            recorded_on=day.date(),
            worst_leg_pain=leg,
            worst_back_pain=2,
            reach_right=4,
            received_at=day,
        )
        for day in days
    )


INTAKE_ANSWERS = {
    "side": "right",
    "places_left": [],
    "places_right": ["buttock", "calf"],
    "reach": 4,
    "leg_pain": 6,
    "back_pain": 2,
    "symptoms": ["tingling"],
    "goal": "Walk to the shop.",
}


def intake(of: User, on: date | None = None, now: datetime = NOON, **answers: object) -> Intake:
    """One answer to "About your pain": all of `INTAKE_ANSWERS`, but for those that are named."""
    stored, _ = record_intake(
        clinic=of.memberships.get().clinic,
        patient=of,
        intake_id=uuid4(),
        recorded_on=on or now.date(),
        now=now,
        **INTAKE_ANSWERS | answers,  # type: ignore[arg-type]
    )
    return stored


WEEKLY_ANSWERS = {
    "groc": "the_same",
    "bother_leg_pain": 4,
    "bother_tingling_numbness": 3,
    "bother_weakness": 0,
    "bother_sitting": 2,
    "weakness": "none",
    "settles_within": "under_10",
    "nights_broken": 1,
    "sitting_before_pain": "over_30",
}


def weekly_check(
    of: User, on: date | None = None, now: datetime = NOON, **answers: str | int | None
) -> WeeklyCheck:
    """One Weekly check: all of `WEEKLY_ANSWERS`, but for those that are named."""
    stored, _ = record_weekly_check(
        clinic=of.memberships.get().clinic,
        patient=of,
        check_id=uuid4(),
        recorded_on=on or now.date(),
        now=now,
        **WEEKLY_ANSWERS | answers,  # type: ignore[arg-type]
    )
    return stored


RISING = (2, 2, 2, 2, 2, 6, 6, 7, 7)
STEADY = (3, 3, 4, 3, 2, 3, 3, 4, 3)


def break_rule(of: User, now: datetime = NOON, interval_minutes: int = 20, **more: object) -> BreakRule:
    """From 9 to 5 on every day; `window_start` and `window_end` give one other window."""
    window = more.pop("window_start", time(9)), more.pop("window_end", time(17))
    values: dict[str, object] = {
        "enabled": True,
        "weekdays": EVERY_DAY,
        "windows": [window],
        "quiet_start": None,
        "quiet_end": None,
        "time_zone": of.time_zone,
        "daily_cap": MOST_A_DAY,
        "by_push": True,
    } | more
    return set_break_rule(
        clinic=of.memberships.get().clinic,
        patient=of,
        interval_minutes=interval_minutes,
        now=now,
        **values,  # type: ignore[arg-type]
    )


def prompt(of: BreakRule) -> Prompt:
    """The prompt that is due first, made by the sweep at that moment."""
    assert of.next_due_at is not None
    prompt_due(now=of.next_due_at)
    return Prompt.objects.get(rule=of, step=of.step)


def movement(of: User, at: datetime, told: datetime | None = None, **more: object) -> MovementBreak:
    """They moved by themselves at `at`, and say so then, or at `told`."""
    values: dict[str, object] = {"source": MovementBreak.Source.OWN} | more
    return record_movement(
        clinic=of.memberships.get().clinic,
        patient=of,
        moved_at=at,
        now=told or at,
        **values,  # type: ignore[arg-type]
    )


def not_now(at: datetime) -> None:
    """Whoever has a prompt that shows then answers "Not now", which changes nothing about the next one."""
    for shown in Prompt.objects.showing(at):
        answer_prompt(prompt=shown, outcome=Outcome.DISMISSED, now=at)


def push_subscription(of: User, **more: object) -> PushSubscription:
    """A browser in which somebody takes Web Push; its keys are those of RFC 8291's example."""
    endpoint = f"https://fcm.googleapis.com/fcm/send/{uuid4()}"
    values: dict[str, object] = {
        "endpoint": endpoint,
        "endpoint_hash": sha256(endpoint.encode()).hexdigest(),
        "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        "auth": "BTBZMqHH6r4Tts7J_aSIgg",
        "created_at": NOON,
    } | more
    return PushSubscription.objects.create(user=of, **values)


def states_of(prompt: Prompt) -> list[tuple[int, str]]:
    """Of each message of a prompt, for which showing it is and what has become of it."""
    messages = Delivery.objects.filter(source_id=prompt.pk).order_by("nth")
    return list(messages.values_list("nth", "state"))
