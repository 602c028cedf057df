"""The demonstration clinic: what it shows, that repeating is harmless, and that it goes without a trace."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import transaction
from django.db.models import F
from django.test import override_settings

from programs.accounts.actions import (
    accept_invitation,
    enter_with_token,
    invite_patient,
    join_clinic,
    record_access,
)
from programs.accounts.models import Clinic, Membership, Role, User
from programs.care.models import Plan, PlanVersion, Side, StageChange
from programs.care.queries import CurrentPlan, current_plan
from programs.delivery.models import Delivery, State
from programs.home.actions import PATIENTS, load_demonstration, remove_demonstration
from programs.lib.times import last_days, local_day
from programs.library.models import Program
from programs.logbook.actions import reconcile
from programs.logbook.models import Change, DailyCheck, GuidedSession, Intake, Reach, Weakness, WeeklyCheck
from programs.logbook.queries.readiness import readiness_of
from programs.monitoring.actions import acknowledge_flag
from programs.monitoring.models import Flag, FlagEvent, FlagState
from programs.reminders.actions import prompt_due
from programs.reminders.models import BreakRule, MovementBreak, Prompt, Reminder, ReminderSettings
from programs.reminders.queries.statistics import statistics
from programs.reminders.rules import next_slot
from programs.safety.models import SafetyLock, Screening, ScreeningRequest
from tests import makers

pytestmark = [pytest.mark.django_db, pytest.mark.once]

NOON = makers.NOON
TODAY = NOON.date()
WORSENING = {"hassan@willow.example", "ingrid@willow.example"}
SILENT = "yuki@willow.example"
FLARED = "carlos@willow.example"
READY, HELD = "bronwen@willow.example", "elena@willow.example"
IN_FLARE, LOCKED = "ingrid@willow.example", "tomasz@willow.example"
EASED, REVIEWED = "george@willow.example", "daniel@willow.example"
FIRST = PATIENTS[0].email


@pytest.fixture(scope="module", autouse=True)
def _loaded(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Loaded once for all tests here, in a transaction around theirs."""
    quick = override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])
    with django_db_blocker.unblock(), transaction.atomic():
        with quick:
            makers.library()
            load_demonstration(password=makers.PASSWORD, now=NOON)
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path
    settings.DATABASE_URL = ""


MOVED_AT_EACH_START = {"counts_from", "next_due_at", "open_until", "due_on", "nth_of_day"}


def everything() -> dict[str, dict[Any, tuple[Any, ...]]]:
    """Every row there is, by its table and id, but for the coming prompt, which each start moves."""
    tables = {}
    for model in apps.get_models():
        fields = [
            field.attname for field in model._meta.concrete_fields if field.name not in MOVED_AT_EACH_START
        ]
        rows = model._default_manager.values_list("pk", *fields)
        tables[model._meta.label] = {pk: tuple(values) for pk, *values in rows}
    return tables


def patients() -> dict[str, User]:
    return {user.email: user for user in User.objects.filter(memberships__role=Role.PATIENT)}


def signs_in(email: str, password: str) -> bool:
    return User.objects.get(email=email).check_password(password)


def test_has_one_administrator_two_therapists_and_twelve_patients() -> None:
    clinic = Clinic.objects.get()
    roles = list(clinic.memberships.values_list("role", flat=True))
    assert clinic.is_demonstration
    assert {role: roles.count(role) for role in roles} == {"admin": 1, "therapist": 2, "patient": 12}
    assert not User.objects.filter(is_demonstration=False).exists()


def test_patients_differ_in_age_side_and_time_zone() -> None:
    ages = [NOON.year - patient.year_of_birth for patient in patients().values()]
    sides = {patient.plans.get().side for patient in patients().values()}
    assert (min(ages), max(ages)) == (34, 81)
    assert sides == {"left", "right", "both"}
    assert len({patient.time_zone for patient in patients().values()}) >= 2


def followers(program: str) -> dict[str, Plan]:
    plans = Plan.objects.filter(program__slug=program).select_related("patient")
    return {plan.patient.email.partition("@")[0]: plan for plan in plans}


def test_every_program_that_can_be_given_is_followed_and_each_patient_follows_one() -> None:
    followed = Plan.objects.values_list("program__slug", flat=True)
    assert set(followed) == set(Program.objects.staged().values_list("slug", flat=True))
    assert len(set(followed)) == 5
    assert Plan.objects.count() == len(PATIENTS)


def test_each_program_is_followed_by_somebody_whom_it_fits() -> None:
    assert FIRST.partition("@")[0] in followers("sciatica-with-calf-symptoms")
    assert set(followers("stenosis-friendly")) == {"margaret", "bronwen"}
    assert set(followers("calf-tightness-and-cramps")) == {"george"}
    assert set(followers("desk-worker-breaks")) == {"daniel"}
    assert set(followers("calf-strength")) == {"priya"}
    for plan in followers("stenosis-friendly").values():
        assert (NOON.year - plan.patient.year_of_birth >= 70, plan.side) == (True, Side.BOTH)
    (desk,) = followers("desk-worker-breaks").values()
    assert NOON.year - desk.patient.year_of_birth < 67  # of an age to sit at a desk


def test_calf_strength_is_begun_with_a_calm_leg_and_leads_to_its_last_stage() -> None:
    plan = followers("calf-strength")["priya"]
    first = list(DailyCheck.objects.filter(patient=plan.patient).order_by("recorded_on")[:14])
    assert median(check.worst_leg_pain for check in first) <= 3
    assert plan.stage_number == 4


def test_who_has_cramps_has_the_pain_in_the_calf() -> None:
    checks = DailyCheck.objects.filter(patient=followers("calf-tightness-and-cramps")["george"].patient)
    assert {check.reach_right for check in checks if check.worst_leg_pain} == {Reach.CALF}
    assert all(check.calf_pain == max(0, check.worst_leg_pain - 2) for check in checks)
    assert {check.cramps for check in checks} == {0, 1, 2}
    assert all((check.worst_cramp is None) == (check.cramps == 0) for check in checks)


def test_who_has_cramps_moved_on_by_their_own_tap() -> None:
    plan = followers("calf-tightness-and-cramps")["george"]
    moved = plan.stage_changes.filter(kind=StageChange.Kind.ADVANCE)
    assert {move.decided_by for move in moved} == {plan.patient}


def test_nobody_else_is_asked_about_cramps() -> None:
    checks = DailyCheck.objects.exclude(patient__plans__program__slug="calf-tightness-and-cramps")
    assert not checks.exclude(calf_pain=None, cramps=None, worst_cramp=None).exists()


FLARES = (StageChange.Kind.FLARE, StageChange.Kind.FLARE_END)
MOVES = (StageChange.Kind.START, StageChange.Kind.ADVANCE, StageChange.Kind.STEP_BACK)


def test_every_session_holds_what_the_stage_of_that_moment_has_for_that_day() -> None:
    moves = {plan.pk: list(plan.stage_changes.order_by("at", "id")) for plan in Plan.objects.all()}
    for session in GuidedSession.objects.select_related("plan_version__plan"):
        plan = session.plan_version.plan
        before = [move for move in moves[plan.pk] if move.at <= session.started_at]
        flares = [move.kind for move in before if move.kind in FLARES]
        in_force = 0 if flares[-1:] == [StageChange.Kind.FLARE] else before[-1].to_stage
        assert session.stage_number == in_force, plan.patient
        planned = session.plan_version.stage(in_force).planned_on(session.performed_on)
        results = session.results.select_related("exercise", "instead_of")
        done = {(each.instead_of or each.exercise).slug for each in results}
        assert done == {each.slug for each in planned}


def test_nobody_moved_on_before_the_stage_allowed_it() -> None:
    moved_on = 0
    for plan in Plan.objects.all():
        for before, after in pairwise(plan.stage_changes.filter(kind__in=MOVES).order_by("at")):
            if after.kind != StageChange.Kind.ADVANCE:
                continue
            moved_on += 1
            stage = makers.version(plan).stage(before.to_stage)
            assert stage.minimum_days is not None
            assert (after.at.date() - before.at.date()).days >= stage.minimum_days, plan.patient
            if stage.pain_ceiling is not None:
                week = pain_in_the_week_before(after, stage.pain_measure)
                assert len(week) >= 4, plan.patient
                assert median(week) <= stage.pain_ceiling, plan.patient
    assert moved_on >= 6


def pain_in_the_week_before(move: StageChange, measure: str) -> list[int]:
    week = last_days(move.at.date() - timedelta(days=1), 7)
    patient = move.plan.patient
    if measure == "during":
        sessions = GuidedSession.objects.filter(patient=patient, performed_on__in=week)
        return list(sessions.values_list("pain_peak", flat=True))
    checks = DailyCheck.objects.filter(patient=patient, recorded_on__in=week)
    asked = "calf_pain" if measure == "calf" else "worst_leg_pain"
    return list(checks.values_list(asked, flat=True))


def test_breaks_come_at_the_pace_of_the_stage() -> None:
    intervals = set()
    for plan in Plan.objects.all():
        stage = makers.version(plan).stage(plan.stage_number)
        rule = BreakRule.objects.get(patient=plan.patient)
        assert rule.wished_minutes == stage.break_interval_minutes
        intervals.add(stage.break_interval_minutes)
    assert len(intervals) > 1
    assert all(20 <= minutes <= 60 for minutes in intervals)


def test_everybody_has_ten_weeks_of_history_from_before_now() -> None:
    for patient in patients().values():
        checks = DailyCheck.objects.filter(patient=patient)
        sessions = GuidedSession.objects.filter(patient=patient)
        assert 40 <= checks.count() <= 70
        assert 20 <= sessions.count() <= 70
        assert TODAY - checks.last().recorded_on >= timedelta(days=65)
    assert not DailyCheck.objects.filter(received_at__gt=NOON).exists()
    assert not GuidedSession.objects.filter(received_at__gt=NOON).exists()
    assert not StageChange.objects.filter(at__gt=NOON).exists()
    assert not FlagEvent.objects.filter(at__gt=NOON).exists()


def test_three_patients_answer_the_weekly_check_and_nothing_alarms_there() -> None:
    checks = WeeklyCheck.objects.select_related("patient")
    assert {check.patient.email for check in checks} == {
        FIRST,
        "hassan@willow.example",
        "ingrid@willow.example",
    }
    said = {check.groc for check in checks}
    assert len(said) >= 3
    assert not said & {Change.MUCH_WORSE, Change.VERY_MUCH_WORSE}
    assert {check.weakness for check in checks} == {Weakness.NONE}
    assert checks.filter(patient__email=FIRST).first().recorded_on == TODAY - timedelta(days=7)  # due again
    assert not checks.filter(received_at__gt=NOON).exists()


def test_only_one_patient_has_been_silent_for_eight_days() -> None:
    last = last_days(TODAY, 8)[0]
    for email, patient in patients().items():
        reported = DailyCheck.objects.filter(patient=patient, recorded_on__gte=last).exists()
        moved = GuidedSession.objects.filter(patient=patient, performed_on__gte=last).exists()
        assert (reported, moved) == ((False, False) if email == SILENT else (True, True)), email
    assert DailyCheck.objects.filter(patient__email=SILENT).first().recorded_on == last - timedelta(days=1)


def test_the_ramp_and_the_step_have_an_open_flag_and_nobody_else_has() -> None:
    # A flare that did not settle over the weekend waits too.
    is_open = Flag.objects.filter(state=FlagState.OPEN).exclude(rule="FLARE")
    expected = {(email, "worsening") for email in WORSENING} | {(LOCKED, "safety")}
    assert set(is_open.values_list("patient__email", "kind")) == expected


def standing(email: str) -> CurrentPlan:
    current = current_plan(User.objects.get(email=email))
    assert current is not None
    return current


def test_one_patient_is_ready_to_move_on() -> None:
    ready = readiness_of(standing(READY), NOON)
    assert ready.is_ready, ready.open


def test_one_patient_is_held_in_their_stage_by_their_therapist() -> None:
    assert standing(HELD).plan.held_at is not None
    hold = StageChange.objects.get(kind=StageChange.Kind.HOLD)
    assert (hold.plan.patient.email, hold.decided_by.roles) == (HELD, {"therapist"})
    assert hold.reason


def test_one_patient_follows_the_flare_plan() -> None:
    current = standing(IN_FLARE)
    assert current.stage.number == 0
    assert [each.slug for each in current.stage.exercises][:2] == ["belly-breathing", "ankle-pumps"]


def test_one_patient_is_locked_by_a_warning_sign() -> None:
    lock = SafetyLock.objects.open().get()
    assert (lock.patient.email, lock.level) == (LOCKED, "emergency")
    flag = Flag.objects.get(patient=lock.patient, kind="safety")
    assert (flag.level, flag.state) == ("emergency", FlagState.OPEN)


def test_everybody_answered_the_first_safety_questions() -> None:
    first = Screening.objects.filter(kind="first", completed_at__isnull=False)
    assert set(first.values_list("patient__email", flat=True)) == set(patients())


def test_everybody_but_one_has_told_about_their_pain() -> None:
    silent = {email for email, patient in patients().items() if not patient.intakes.exists()}
    assert silent == {REVIEWED}
    for intake in Intake.objects.all():
        plan = Plan.objects.get(patient=intake.patient)
        assert intake.side == plan.side
        assert intake.recorded_on == local_day(plan.started_at, intake.patient.time_zone)
        assert intake.goal
        assert (intake.places_left != []) == (plan.side != Side.RIGHT)
        assert (intake.places_right != []) == (plan.side != Side.LEFT)
    asked_then = ScreeningRequest.objects.filter(asked_at__lte=F("patient__joined_at") + timedelta(hours=1))
    assert asked_then.exists()
    assert not asked_then.open().exists()


def test_the_silent_one_is_put_off_for_two_days() -> None:
    put_off = Flag.objects.unresolved().exclude(state=FlagState.OPEN).get()
    assert (put_off.patient.email, put_off.kind, put_off.state) == (SILENT, "silent", FlagState.SNOOZED)
    assert put_off.owner == put_off.patient.care_team.get().therapist
    assert NOON < put_off.snoozed_until < NOON + timedelta(days=2)


def test_the_therapist_is_notified_of_each_open_flag() -> None:
    for flag in Flag.objects.filter(state=FlagState.OPEN):
        notices = Delivery.objects.filter(source_id=flag.pk).exclude(state=State.WITHDRAWN)
        carer = flag.patient.care_team.get().therapist
        assert {(notice.recipient, notice.channel, notice.state) for notice in notices} == {
            (carer, "in_app", State.SENT),
            (carer, "email", State.SENT),
        }


def test_nothing_waits_for_the_first_tick_of_the_engine() -> None:
    assert not Flag.objects.due(NOON + timedelta(minutes=14)).exists()
    assert Flag.objects.due(NOON + timedelta(minutes=15)).exists()
    assert not Delivery.objects.due(NOON).exists()


def test_older_flags_were_taken_and_closed_within_a_few_days() -> None:
    resolved = Flag.objects.filter(state=FlagState.RESOLVED)
    assert FLARED in set(resolved.values_list("patient__email", flat=True))
    assert {"helpful", "not_helpful"} <= set(resolved.values_list("outcome", flat=True))
    for flag in resolved:
        events = {event.kind: event.at for event in flag.events.all()}
        assert events["opened"] < events["acknowledged"] < events["resolved"]
        assert events["resolved"] - events["opened"] <= timedelta(days=5)
        assert flag.owner == flag.patient.care_team.get().therapist
        assert not Delivery.objects.filter(source_id=flag.pk, state=State.PENDING).exists()


def test_judging_everybody_again_finds_nothing_that_was_missed() -> None:
    assert reconcile(now=NOON) == []


def test_stages_were_climbed_one_at_a_time_and_one_dose_was_changed() -> None:
    moved_on = StageChange.objects.filter(kind=StageChange.Kind.ADVANCE)
    assert moved_on.count() >= 6
    assert all(move.decided_by == move.plan.patient for move in moved_on)
    assert StageChange.objects.filter(kind=StageChange.Kind.STEP_BACK).exists()
    changed = PlanVersion.objects.exclude(number=1).get()
    assert changed.plan.patient.email == FIRST
    assert changed.note


def test_the_first_patient_has_something_to_do_on_every_day_and_has_not_done_it_yet() -> None:
    first = User.objects.get(email=FIRST)
    current = current_plan(first)
    assert current is not None
    assert all(current.stage.planned_on(day) for day in last_days(TODAY, 7))
    assert DailyCheck.objects.filter(patient=first).first().recorded_on == TODAY - timedelta(days=1)
    assert not GuidedSession.objects.filter(patient=first, performed_on=TODAY).exists()


def test_the_first_patient_is_prompted_within_a_minute_and_nobody_else() -> None:
    assert prompt_due(now=NOON + timedelta(seconds=30)) == 0
    assert prompt_due(now=NOON + timedelta(seconds=45)) == 1
    assert Prompt.objects.get(due_at__gt=NOON).patient.email == FIRST


def test_the_first_patients_breaks_go_on_day_and_night() -> None:
    schedule = BreakRule.objects.get(patient__email=FIRST).schedule
    for minutes in range(0, 2 * 24 * 60, 10):
        moved_at = NOON + timedelta(minutes=minutes)
        following = next_slot(moved_at, schedule)
        assert following is not None
        assert timedelta(minutes=30) <= following.due_at - moved_at <= timedelta(minutes=31)


def test_everybody_who_is_there_took_breaks_in_the_last_two_weeks_and_let_prompts_go_by() -> None:
    for email, patient in patients().items():
        found = statistics(patient, patient, NOON)
        known = [day for day in found.days if day.breaks is not None]
        assert len(known) >= (4 if email == SILENT else 9), email
        assert all((day.longest or timedelta()) <= timedelta(hours=8) for day in known), email
        outcomes = set(Prompt.objects.filter(patient=patient).values_list("outcome", flat=True))
        assert outcomes == {"done", "dismissed", "expired"}
        assert not Prompt.objects.filter(patient=patient, due_on__gte=TODAY).exists()
        assert found.rule is not None
        assert found.rule.step == Prompt.objects.filter(patient=patient).count()
    assert 3 <= statistics(patients()[FIRST], patients()[FIRST], NOON).week.breaks_a_day <= 12


def test_no_break_and_no_prompt_lies_outside_of_the_day_it_counts_for() -> None:
    for moved in MovementBreak.objects.select_related("patient", "prompt"):
        zone = moved.patient.time_zone
        assert moved.moved_on == local_day(moved.moved_at, zone)
        assert moved.moved_on < local_day(NOON, zone) or moved.source == "session"
        assert (moved.prompt is not None) == (moved.source == "prompt")
        if moved.prompt is not None:
            assert (moved.prompt.outcome, moved.prompt.answered_at) == ("done", moved.moved_at)
            assert moved.prompt.due_at < moved.moved_at < moved.prompt.expires_at


def test_one_patients_prompts_come_less_often_than_wished_because_the_last_ones_went_by() -> None:
    rules = BreakRule.objects.filter(interval_minutes__gt=F("wished_minutes"))
    rule = rules.get()
    assert (rule.patient.email, rule.interval_minutes - rule.wished_minutes) == (EASED, 10)
    last = Prompt.objects.filter(rule=rule)[:3]
    assert [prompt.outcome for prompt in last] == ["expired"] * 3
    assert min(prompt.step for prompt in last) == rule.heeded_step
    assert not MovementBreak.objects.filter(patient=rule.patient, moved_at__gte=last[2].due_at).exists()
    assert rule.next_due_at >= NOON + timedelta(minutes=40)


def test_one_patient_is_asked_about_their_breaks_today() -> None:
    due = BreakRule.objects.filter(review_on__lte=TODAY)
    assert [rule.patient.email for rule in due] == [REVIEWED]


def test_the_first_patient_is_reminded_of_exercises_checks_and_mornings() -> None:
    settings = ReminderSettings.objects.get()
    assert (settings.user.email, settings.session_times) == (FIRST, ["09:30"])
    assert not Reminder.objects.due(NOON).exists()
    assert Reminder.objects.filter(settings=settings, kind="daily_check").exists()


def test_loading_again_changes_nothing_but_the_first_patients_prompt() -> None:
    before, due = everything(), dict(BreakRule.objects.values_list("patient__email", "next_due_at"))
    later = NOON + timedelta(days=3)
    load_demonstration(password=makers.PASSWORD, now=later)
    assert everything() == before
    due[FIRST] = later + timedelta(seconds=40)
    assert dict(BreakRule.objects.values_list("patient__email", "next_due_at")) == due


def test_the_first_patient_is_prompted_soon_after_each_start_however_long_it_has_run() -> None:
    evening = NOON.replace(hour=20)
    BreakRule.objects.filter(patient__email=FIRST).update(daily_cap=8)
    for minutes in range(0, 8 * 60, 5):
        prompt_due(now=NOON + timedelta(minutes=minutes))
    assert Prompt.objects.filter(patient__email=FIRST, due_on=TODAY).count() == 8
    load_demonstration(password=makers.PASSWORD, now=evening)
    prompt_due(now=evening + timedelta(seconds=45))
    newest = Prompt.objects.filter(patient__email=FIRST).first()
    assert newest is not None
    assert newest.due_at == evening + timedelta(seconds=40)


def test_the_command_writes_sign_ins_that_only_their_owner_can_read(tmp_path: Path) -> None:
    out = StringIO()
    call_command("load_demonstration", stdout=out)
    file = tmp_path / "demonstration_sign_ins.txt"
    rows = [line.split("\t") for line in file.read_text().splitlines()]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert out.getvalue() == file.read_text()
    assert [row[0] for row in rows] == ["therapist", "patient", "admin", "therapist", *["patient"] * 11]
    assert [row[1] for row in rows[:3]] == ["Sam Carter", "Amara Okafor", "Ruth Adeyemi"]
    assert all(signs_in(email, password) for _, _, email, password in rows)
    assert len(rows[0][3]) >= 15


def test_the_command_run_again_keeps_the_password(tmp_path: Path) -> None:
    first, second = StringIO(), StringIO()
    call_command("load_demonstration", stdout=first)
    call_command("load_demonstration", stdout=second)
    assert first.getvalue() == second.getvalue()


def test_a_lost_or_damaged_file_is_written_anew_with_a_password_that_fits(tmp_path: Path) -> None:
    file = tmp_path / "demonstration_sign_ins.txt"
    call_command("load_demonstration", stdout=StringIO())
    lost = file.read_text()
    file.write_text("therapist\tSam")
    call_command("load_demonstration", stdout=StringIO())
    assert file.read_text() != lost
    for line in file.read_text().splitlines():
        _, _, email, password = line.split("\t")
        assert signs_in(email, password)


def test_the_command_refuses_a_named_database_unless_asked_for(settings: Any, tmp_path: Path) -> None:
    settings.DATABASE_URL = "postgresql://db.example/clinic"
    settings.DEMO = False
    with pytest.raises(CommandError, match="DEMO=1"):
        call_command("load_demonstration", stdout=StringIO())
    assert not list(tmp_path.iterdir())
    settings.DEMO = True
    call_command("load_demonstration", stdout=StringIO())
    assert (tmp_path / "demonstration_sign_ins.txt").exists()


def test_without_the_library_the_command_says_what_to_load_and_leaves_nothing(tmp_path: Path) -> None:
    remove_demonstration()
    Program.objects.all().delete()
    with pytest.raises(CommandError, match="load_library"):
        call_command("load_demonstration", stdout=StringIO())
    assert not Clinic.objects.exists()
    assert not User.objects.exists()


def real_clinic() -> Clinic:
    """Another clinic with a row of every kind."""
    clinic = makers.clinic()
    bob = makers.therapist(clinic, "bob")
    alice = makers.patient(clinic, "alice", cared_for_by=bob)
    makers.session(makers.plan(alice, bob))
    makers.daily_checks(alice, makers.RISING)
    makers.prompt(makers.break_rule(alice))
    acknowledge_flag(flag=Flag.objects.get(patient=alice), by=bob, now=NOON)
    invite_patient(
        clinic=clinic, invited_by=bob, name="Eve", email="eve@example.org", year_of_birth=1980, now=NOON
    )
    record_access(actor=bob, clinic=clinic, patients=[alice], door="home:patient", now=NOON)
    return clinic


def test_removal_leaves_no_trace() -> None:
    assert remove_demonstration() == 15
    left = {label.partition(".")[0] for label, rows in everything().items() if rows}
    assert left <= {"library", "auth", "contenttypes"}


def test_removal_leaves_a_real_clinics_rows_as_they_are() -> None:
    demonstration = everything()
    real_clinic()
    both = everything()
    remove_demonstration()
    kept = everything()
    tables = {label for label in kept if both[label].keys() - demonstration[label].keys()}
    assert tables >= {
        "accounts.AuditEvent",
        "accounts.CareTeam",
        "accounts.Invitation",
        "care.StageChange",
        "conversations.Message",
        "delivery.Delivery",
        "logbook.DailyCheck",
        "logbook.ExerciseResult",
        "monitoring.FlagEvent",
        "reminders.Prompt",
    }
    for label in tables:
        added = both[label].keys() - demonstration[label].keys()
        assert kept[label] == {pk: both[label][pk] for pk in added}, label
    assert [kept[label] for label in kept if label.startswith("library.")] == [
        both[label] for label in both if label.startswith("library.")
    ]


def test_removal_takes_those_invited_into_the_demonstration_but_nobody_from_elsewhere() -> None:
    real = real_clinic()
    demonstration = Clinic.objects.get(is_demonstration=True)
    sam = User.objects.get(email="sam@willow.example")
    invited = invite_patient(
        clinic=demonstration,
        invited_by=sam,
        name="Eve",
        email="eve@example.com",
        year_of_birth=1980,
        now=NOON,
    )
    invitation = enter_with_token(token=invited.token, year_of_birth=1980, now=NOON)
    accept_invitation(invitation=invitation, password=makers.PASSWORD, time_zone="Europe/London", now=NOON)
    bob = User.objects.get(email="bob@example.org")
    join_clinic(user=bob, clinic=demonstration, role=Role.THERAPIST, now=NOON)
    assert remove_demonstration() == 16
    assert set(User.objects.values_list("email", flat=True)) == {"alice@example.org", "bob@example.org"}
    assert Membership.objects.get(user=bob).clinic == real


def test_the_removing_command_deletes_the_file_and_can_be_repeated(tmp_path: Path) -> None:
    call_command("load_demonstration", stdout=StringIO())
    first, second = StringIO(), StringIO()
    call_command("remove_demonstration", stdout=first)
    call_command("remove_demonstration", stdout=second)
    assert "15 people" in first.getvalue()
    assert "no demonstration clinic" in second.getvalue()
    assert not list(tmp_path.iterdir())
