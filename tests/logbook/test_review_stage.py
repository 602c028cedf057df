"""What the rules do to a plan by themselves, and what people do through the logbook."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from programs.care.models import Plan, StageChange
from programs.care.queries import current_plan
from programs.care.rules.machine import NOT_TODAY_FOR_PATIENT, NOT_YET_FOR_PATIENT
from programs.conversations.models import Message
from programs.library.models import Program
from programs.logbook.actions import decide_stage, move_on_when_ready, review_stage, review_stages
from programs.logbook.models import DailyCheck, GuidedSession
from programs.logbook.queries.readiness import flare_of
from programs.monitoring.actions import resolve_flag
from programs.monitoring.models import Flag, FlagState, Kind, Outcome
from programs.safety.actions import end_lock, request_screening
from programs.safety.models import SafetyLock, ScreeningRequest
from programs.safety.queries import exclusions_of
from tests import makers
from tests.care import plans
from tests.logbook.good_weeks import READY_AT, lived

NOON = makers.NOON
DAY = timedelta(days=1)
FLARED_AT = NOON + 9 * DAY


def flare(plan: Plan) -> Plan:
    """A plan whose leg pain has risen until a flag was opened, on the last of ten days."""
    makers.daily_checks(plan.patient, (2, 2, 2, 2, 2, 2, 6, 6, 7, 7), now=FLARED_AT)
    plan.refresh_from_db()
    return plan


def stage_of(plan: Plan) -> int:
    return Plan.objects.get(pk=plan.pk).stage_number


def kinds(plan: Plan) -> list[str]:
    return [change.kind for change in plan.stage_changes.order_by("at", "id")]


# --- the flare plan ---


def test_a_flag_about_pain_lays_the_flare_plan_over_a_guided_plan(plan, alice):
    flare(plan)
    assert plan.flare_began_on is not None
    change = plan.stage_changes.get(kind=StageChange.Kind.FLARE)
    assert change.decided_by is None
    assert change.reason.startswith("Flag W2")
    assert change.criteria[0]["numbers"]["usual"] == pytest.approx(2)
    assert current_plan(alice).stage.number == 0


def test_it_asks_all_safety_questions_anew(plan, alice):
    flare(plan)
    reasons = set(ScreeningRequest.objects.open().filter(patient=alice).values_list("reason", flat=True))
    assert "flare" in reasons


def test_in_a_diary_it_does_not(plan):
    Plan.objects.filter(pk=plan.pk).update(mode="diary")
    assert flare(plan).flare_began_on is None


def test_much_worse_in_ones_own_words_needs_a_person_and_no_flare_plan(plan, alice):
    makers.weekly_check(alice, groc="much_worse")
    plan.refresh_from_db()
    assert Flag.objects.get().rule == "W6"
    assert plan.flare_began_on is None


def test_new_weakness_needs_help_and_no_flare_plan(plan, alice):
    makers.weekly_check(alice, weakness="new_or_worse")
    plan.refresh_from_db()
    assert plan.flare_began_on is None


def test_without_a_flare_plan_in_the_library_the_report_is_stored_all_the_same(plan, caplog):
    version = makers.version(plan)
    values = {"stages": version.content_values["stages"]}
    type(version).objects.filter(pk=version.pk).update(content_values=values)
    Program.objects.filter(kind=Program.Kind.FLARE).update(retired_at=NOON)
    assert flare(plan).flare_began_on is None
    assert DailyCheck.objects.count() == 10
    assert Flag.objects.filter(kind=Kind.WORSENING).exists()
    assert "could not begin" in caplog.text


def settle(plan: Plan, leg: int = 2, days: int = 2) -> None:
    for ahead in range(1, days + 1):
        makers.daily_check(plan.patient, leg, now=FLARED_AT + ahead * DAY)
    plan.refresh_from_db()


def test_two_calm_days_end_it_from_the_third_day_on_and_the_stage_stays(plan, alice, bob):
    plans.move(plan, bob, 2)
    flare(plan)
    began = plan.flare_began_on
    settle(plan, days=4)
    assert plan.flare_began_on is None
    assert stage_of(plan) == 2
    change = plan.stage_changes.get(kind=StageChange.Kind.FLARE_END)
    assert (change.decided_by, change.criteria[0]["state"]) == (None, "settled")
    assert (change.at.date() - began).days >= 3
    assert current_plan(alice).eased_since == change.at.date()


def test_seven_days_without_calm_end_it_one_stage_lower_with_a_flag(plan, alice, bob):
    plans.move(plan, bob, 2)
    flare(plan)
    over = NOON + timedelta(days=(plan.flare_began_on - NOON.date()).days + 7)
    for day in range(1, 6):
        makers.daily_check(alice, 6, now=FLARED_AT + day * DAY)
        plan.refresh_from_db()
        if plan.flare_began_on is None:
            break
    review_stages(now=over - DAY)
    assert Plan.objects.get(pk=plan.pk).flare_began_on is None or stage_of(plan) == 2
    review_stages(now=over)
    plan.refresh_from_db()
    assert plan.flare_began_on is None
    assert stage_of(plan) == 1
    flag = Flag.objects.get(kind=Kind.SAFETY)
    assert (flag.rule, flag.level) == ("FLARE", "flag")
    assert "has not settled in 7 days" in flag.sentence
    assert current_plan(alice).unsettled_since is not None
    assert current_plan(alice).eased_since is None


def test_in_the_first_stage_there_is_none_lower_but_the_flag_and_smaller_sessions(plan, alice):
    flare(plan)
    review_stages(now=FLARED_AT + 8 * DAY)
    assert stage_of(plan) == 1
    assert Flag.objects.filter(kind=Kind.SAFETY, rule="FLARE").count() == 1
    assert current_plan(alice).eased_since is not None


def test_one_flare_costs_one_stage_whoever_steps_back(plan, bob):
    for number in (2, 3):
        plans.move(plan, bob, number, now=NOON + timedelta(hours=number))
    flare(plan)
    step = FLARED_AT + timedelta(hours=1)
    decide_stage(plan=plan, verb="step_back", by=bob, reason="Rest.", to_stage=2, now=step)
    review_stages(now=FLARED_AT + 8 * DAY)
    assert stage_of(plan) == 2


def test_while_it_is_held_a_plan_loses_no_stage_but_the_flag_is_there(plan, bob):
    plans.move(plan, bob, 2)
    flare(plan)
    decide_stage(plan=plan, verb="hold", by=bob, reason="Scan first.", now=FLARED_AT)
    review_stages(now=FLARED_AT + 8 * DAY)
    assert stage_of(plan) == 2
    assert Flag.objects.filter(kind=Kind.SAFETY).exists()


def test_the_sweep_repeated_changes_nothing(plan, bob):
    plans.move(plan, bob, 2)
    flare(plan)
    over = FLARED_AT + 8 * DAY
    assert len(review_stages(now=over)) == 2
    before = kinds(plan)
    assert review_stages(now=over) == []
    assert kinds(plan) == before


def test_a_therapist_begins_and_ends_it_too(plan, alice, bob):
    decide_stage(plan=plan, verb="begin_flare", by=bob, reason="Phone call.", now=NOON)
    assert current_plan(alice).is_flare
    assert ScreeningRequest.objects.open().get(patient=alice).reason == "flare"
    assert flare_of(current_plan(alice), NOON + 2 * DAY).usual is None
    decide_stage(plan=plan, verb="end_flare", by=bob, reason="Better.", now=NOON + DAY)
    assert not current_plan(alice).is_flare


def test_one_patients_fault_keeps_nobody_else_back(plan, bob, clinic, caplog):
    """A version that no code can read breaks one patient's review, and no other's."""
    other = makers.plan(makers.patient(clinic, "anna", cared_for_by=bob), bob)
    for each in (plan, other):
        plans.move(each, bob, 2)
    makers.version(plan).plan.versions.update(content_values={})
    changed = review_stages(now=NOON + 20 * DAY)
    assert [change.plan for change in changed] == [other]
    assert "could not be reviewed" in caplog.text


RISEN_AT = NOON + 20 * DAY


def rise(plan: Plan, alice) -> Plan:
    """Pain goes up to where W2 finds it, after twenty calm days."""
    for ahead in range(1, 7):
        makers.daily_check(alice, 8, now=RISEN_AT + ahead * DAY)
    plan.refresh_from_db()
    return plan


def test_pain_that_goes_up_begins_it_though_a_flag_is_open_already(plan, alice):
    makers.daily_checks(alice, (2,) * 20, now=RISEN_AT)
    makers.weekly_check(alice, now=RISEN_AT, groc="much_worse")
    Flag.objects.get()
    ScreeningRequest.objects.update(met_at=RISEN_AT)
    rise(plan, alice)
    assert Flag.objects.filter(kind=Kind.WORSENING).count() == 1
    assert plan.flare_began_on is not None
    reasons = set(ScreeningRequest.objects.open().values_list("reason", flat=True))
    assert {"flag", "flare"} <= reasons


@pytest.mark.parametrize(("days_after", "begins"), [(1, False), (16, True)])
def test_what_is_added_after_a_therapist_ended_it_belongs_to_the_same_flare(
    plan, alice, bob, days_after, begins
):
    makers.daily_checks(alice, (2,) * 20, now=RISEN_AT)
    makers.weekly_check(alice, now=RISEN_AT, groc="much_worse")
    decide_stage(plan=plan, verb="begin_flare", by=bob, reason="Call.", now=RISEN_AT)
    ended = RISEN_AT + 2 * DAY - days_after * DAY + DAY
    plan.stage_changes.filter(kind=StageChange.Kind.FLARE).update(at=ended - DAY)
    decide_stage(plan=plan, verb="end_flare", by=bob, reason="Seen.", now=ended)
    rise(plan, alice)
    assert (plan.flare_began_on is not None) is begins


def test_a_therapist_begins_none_in_a_diary_where_nothing_would_end_it(plan, bob):
    Plan.objects.filter(pk=plan.pk).update(mode="diary")
    with pytest.raises(ValidationError) as refused:
        decide_stage(plan=plan, verb="begin_flare", by=bob, reason="Call.", now=NOON)
    assert refused.value.messages == [
        "Nothing would end a flare plan in a diary. Let the rules watch the plan first."
    ]
    assert Plan.objects.get(pk=plan.pk).flare_began_on is None


# --- a long pause ---


def test_time_on_hold_is_no_pause(plan, alice, bob):
    plans.move(plan, bob, 2)
    makers.session(Plan.objects.get(pk=plan.pk), at=NOON + timedelta(hours=1))
    makers.answered(alice, at=NOON + timedelta(hours=2), RF01="yes")
    assert review_stages(now=NOON + 16 * DAY) == []
    checked = NOON + 20 * DAY
    lock = SafetyLock.objects.open().get(patient=alice)
    end_lock(lock=lock, checked_on=checked.date(), checked_where="Hospital", by=bob, now=checked)
    assert review_stages(now=checked + 14 * DAY) == []
    (change,) = review_stages(now=checked + 15 * DAY)
    assert (change.kind, stage_of(plan)) == (StageChange.Kind.STEP_BACK, 1)


def test_more_than_fourteen_days_without_a_session_lead_one_stage_lower_once(plan, bob):
    plans.move(plan, bob, 2)
    makers.session(Plan.objects.get(pk=plan.pk), at=NOON + DAY)
    assert review_stages(now=NOON + 15 * DAY) == []
    (change,) = review_stages(now=NOON + 16 * DAY)
    assert (change.kind, change.decided_by, change.reason) == (
        StageChange.Kind.STEP_BACK,
        None,
        "No session for more than 14 days.",
    )
    assert review_stages(now=NOON + 60 * DAY) == []
    assert stage_of(plan) == 1


def test_three_stages_up_a_pause_of_months_is_one_stage(plan, bob):
    for number in (2, 3):
        plans.move(plan, bob, number, now=NOON + timedelta(hours=number))
    review_stages(now=NOON + 20 * DAY)
    review_stages(now=NOON + 80 * DAY)
    assert stage_of(plan) == 2


@pytest.mark.parametrize("change", [{"mode": "diary"}, {"held_at": NOON}], ids=["diary", "held"])
def test_a_diary_and_a_held_plan_stay(plan, bob, change):
    plans.move(plan, bob, 2)
    Plan.objects.filter(pk=plan.pk).update(**change)
    assert review_stages(now=NOON + 30 * DAY) == []
    assert stage_of(plan) == 2


# --- moving on ---


def test_who_is_ready_moves_on_by_a_tap_and_the_criteria_are_kept(plan, alice):
    lived(plan)
    change = move_on_when_ready(patient=alice, to_stage=2, now=READY_AT)
    assert (change.decided_by, change.to_stage) == (alice, 2)
    assert {each["state"] for each in change.criteria} == {"met"}
    assert move_on_when_ready(patient=alice, to_stage=2, now=READY_AT + DAY) == change


def test_a_second_tap_on_the_same_day_leads_no_further(plan, alice):
    lived(plan)
    move_on_when_ready(patient=alice, to_stage=2, now=READY_AT)
    with pytest.raises(ValidationError) as refused:
        move_on_when_ready(patient=alice, to_stage=3, now=READY_AT)
    assert refused.value.messages == [NOT_TODAY_FOR_PATIENT]
    with pytest.raises(ValidationError) as refused:
        move_on_when_ready(patient=alice, to_stage=3, now=READY_AT + DAY)
    assert refused.value.messages == [NOT_YET_FOR_PATIENT]


def test_a_therapist_moves_a_plan_on_once_a_day(plan, bob):
    def advance(to_stage, now):
        decide_stage(plan=plan, verb="advance", by=bob, reason="Seen.", to_stage=to_stage, now=now)

    advance(2, NOON)
    with pytest.raises(ValidationError) as refused:
        advance(3, NOON + timedelta(seconds=1))
    assert refused.value.messages == ["This plan has moved on today: nobody moves it on twice a day."]
    assert stage_of(plan) == 2
    advance(3, NOON + DAY)
    assert stage_of(plan) == 3


def test_while_all_questions_are_asked_anew_the_tap_waits_for_them(plan, alice):
    lived(plan)
    request_screening(clinic=plan.clinic, patient=alice, reason="stopped", now=READY_AT)
    with pytest.raises(ValidationError) as refused:
        move_on_when_ready(patient=alice, to_stage=2, now=READY_AT)
    assert refused.value.messages == [NOT_YET_FOR_PATIENT]
    assert stage_of(plan) == 1


def test_while_exercise_is_ruled_out_nobody_moves_on(plan, alice, bob):
    lived(plan)
    makers.answered(alice, at=READY_AT, conditions={"told-not-to-exercise": "yes"}, RF20="no")
    assert exclusions_of(alice).blocks
    with pytest.raises(ValidationError) as refused:
        move_on_when_ready(patient=alice, to_stage=2, now=READY_AT)
    assert refused.value.messages == [NOT_TODAY_FOR_PATIENT]
    with pytest.raises(ValidationError):
        decide_stage(plan=plan, verb="advance", by=bob, reason="All the same.", to_stage=2, now=READY_AT)
    assert stage_of(plan) == 1


def test_on_a_day_with_much_pain_nobody_moves_on(plan, alice, bob):
    lived(plan, today=6)
    with pytest.raises(ValidationError) as refused:
        move_on_when_ready(patient=alice, to_stage=2, now=READY_AT)
    assert refused.value.messages == [NOT_TODAY_FOR_PATIENT]
    with pytest.raises(ValidationError) as refused:
        decide_stage(plan=plan, verb="advance", by=bob, reason="All the same.", to_stage=2, now=READY_AT)
    assert refused.value.messages == ["Pain was 6 in the last 24 hours: nobody moves on from 6 up."]
    assert stage_of(plan) == 1
    lived(plan, until=READY_AT + 14 * DAY)
    move_on_when_ready(patient=alice, to_stage=2, now=READY_AT + 14 * DAY)


def test_under_a_lock_nobody_moves_on_and_after_it_a_therapist_may(plan, alice, bob):
    lived(plan)
    makers.answered(alice, at=READY_AT, RF01="yes")
    with pytest.raises(ValidationError):
        decide_stage(plan=plan, verb="advance", by=bob, reason="All the same.", to_stage=2, now=READY_AT)
    lock = SafetyLock.objects.open().get(patient=alice)
    end_lock(lock=lock, checked_on=READY_AT.date(), checked_where="Hospital", by=bob, now=READY_AT + DAY)
    decide_stage(plan=plan, verb="advance", by=bob, reason="Checked.", to_stage=2, now=READY_AT + DAY)
    assert stage_of(plan) == 2


def test_a_session_during_a_lock_is_stored_and_moves_nothing(plan, alice):
    makers.answered(alice, at=NOON, RF01="yes")
    makers.session(plan, at=NOON + timedelta(hours=1))
    assert GuidedSession.objects.count() == 1
    assert stage_of(plan) == 1


def test_a_therapists_move_tells_the_patient_and_keeps_what_was_open(plan, bob):
    change = decide_stage(plan=plan, verb="advance", by=bob, reason="Seen.", to_stage=2, now=NOON + DAY)
    assert "unknown" in {each["state"] for each in change.criteria}
    assert Message.objects.latest("sent_at").body == "You move on to stage 2 of 4: Get moving."


@pytest.mark.parametrize(
    ("verb", "to_stage", "field"),
    [
        ("advance", None, "to_stage"),
        ("advance", 3, "to_stage"),
        ("step_back", None, "to_stage"),
        ("step_back", 2, "to_stage"),
        ("ready", 2, "verb"),
        ("jump", 2, "verb"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(plan, bob, verb, to_stage, field):
    with pytest.raises(ValidationError) as refused:
        decide_stage(plan=plan, verb=verb, by=bob, reason="Why.", to_stage=to_stage, now=NOON)
    assert list(refused.value.message_dict) == [field]
    assert stage_of(plan) == 1


def test_the_rules_never_lead_up(plan, alice):
    lived(plan)
    review_stage(patient=alice, now=READY_AT)
    review_stages(now=READY_AT)
    assert kinds(plan) == ["start"]


def test_closing_the_flag_of_a_flare_that_did_not_settle_frees_the_way(plan, bob):
    flare(plan)
    review_stages(now=FLARED_AT + 8 * DAY)
    flag = Flag.objects.get(kind=Kind.SAFETY)
    closed = resolve_flag(flag=flag, by=bob, outcome=Outcome.HELPFUL, note="Seen.", now=FLARED_AT + 9 * DAY)
    assert closed.state == FlagState.RESOLVED


def test_without_a_plan_there_is_nothing_to_tap(alice):
    with pytest.raises(ValidationError):
        move_on_when_ready(patient=alice, to_stage=2, now=NOON)
    assert review_stage(patient=alice, now=NOON) == []
