"""Moving a plan between its stages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from programs.accounts.models import User
from programs.care.actions import (
    ONE_STAGE,
    advance_when_ready,
    begin_flare,
    change_stage,
    end_flare,
    hold_stage,
    release_stage,
    set_mode,
    step_back_by_rules,
)
from programs.care.actions.stages import NO_FLARE_IN_DIARY
from programs.care.models import Plan, PlanVersion, StageChange
from programs.care.queries import current_plan
from programs.care.rules.machine import (
    DIARY_FOR_PATIENT,
    HELD_FOR_PATIENT,
    IN_FLARE,
    IN_FLARE_FOR_PATIENT,
    IS_HELD,
    LAST_STAGE,
    NOT_YET_FOR_PATIENT,
    OVERRIDE,
    SAY_WHY,
    decide_advance,
)
from programs.conversations.models import Message
from programs.library.models import Program, Stage
from tests import makers
from tests.care import plans

NOON = makers.NOON


def move(plan: Plan, by: User, to_stage: int, reason: str = "Calm week.", hours: int = 1) -> StageChange:
    return plans.move(plan, by, to_stage, reason, now=NOON + timedelta(hours=hours))


def stage_of(plan: Plan) -> int:
    return Plan.objects.get(pk=plan.pk).stage_number


def test_one_stage_up(plan, bob):
    change = move(plan, bob, 2)
    assert stage_of(plan) == 2
    assert (change.kind, change.to_stage, change.decided_by, change.reason) == (
        StageChange.Kind.ADVANCE,
        2,
        bob,
        "Calm week.",
    )
    assert change.at == NOON + timedelta(hours=1)


def test_one_stage_down(plan, bob):
    move(plan, bob, 2)
    assert move(plan, bob, 1, hours=2).kind == StageChange.Kind.STEP_BACK
    assert stage_of(plan) == 1


def test_the_patient_is_told_in_plain_words(plan, bob):
    move(plan, bob, 2)
    move(plan, bob, 1, hours=2)
    bodies = [message.body for message in Message.objects.order_by("sent_at")][1:]
    assert bodies == [
        "You move on to stage 2 of 4: Get moving.",
        "You go back to stage 1 of 4: Settle and move.",
    ]


def test_the_stage_it_is_in_changes_nothing(plan, bob):
    first = move(plan, bob, 2)
    again = move(plan, bob, 2, reason="Twice.", hours=2)
    assert again == first
    assert StageChange.objects.count() == 2
    assert Message.objects.count() == 2


@pytest.mark.parametrize("to_stage", [3, 4, 0, -1, 5])
def test_no_stage_is_skipped_and_none_invented(plan, bob, to_stage):
    with pytest.raises(ValidationError) as refused:
        move(plan, bob, to_stage)
    assert refused.value.message_dict == {"to_stage": [ONE_STAGE]}
    assert stage_of(plan) == 1
    assert StageChange.objects.count() == 1


def test_the_last_stage_is_the_last(plan, bob):
    for number in (2, 3, 4):
        move(plan, bob, number, hours=number)
    with pytest.raises(ValidationError):
        move(plan, bob, 5, hours=5)
    assert stage_of(plan) == 4


def test_the_plans_own_stages_count_whatever_becomes_of_the_program(plan, bob):
    Stage.objects.filter(number__gte=2).delete()
    move(plan, bob, 2)
    assert stage_of(plan) == 2


def test_a_stale_copy_of_the_plan_does_not_skip_a_stage(plan, bob):
    stale = Plan.objects.get(pk=plan.pk)
    move(plan, bob, 2)
    move(plan, bob, 3, hours=2)
    with pytest.raises(ValidationError):
        move(stale, bob, 1, hours=3)
    assert stage_of(plan) == 3


# What is looked at before -----------------------------------------------------------------------------


def test_what_was_met_and_what_was_not_is_kept_with_the_reason(plan, bob):
    change = move(plan, bob, 2)
    assert [each["state"] for each in change.criteria] == ["not_met"]
    assert change.rules_version == "stages-1"
    assert change.reason == "Calm week."


def test_to_move_on_over_an_open_criterion_takes_a_reason(plan, bob):
    with pytest.raises(ValidationError) as refused:
        move(plan, bob, 2, reason=" ")
    assert refused.value.message_dict == {"reason": [OVERRIDE]}
    assert stage_of(plan) == 1


def test_to_move_on_where_all_is_met_takes_one_too(plan, bob):
    with pytest.raises(ValidationError) as refused:
        change_stage(plan=plan, to_stage=2, by=bob, reason="", readiness=plans.readiness(), now=NOON)
    assert refused.value.message_dict == {"reason": [SAY_WHY]}


def test_what_is_forbidden_to_everybody_no_reason_overrides(plan, bob):
    never = plans.readiness(never=("Pain is 7 today: nobody moves on from 6 up.",))
    with pytest.raises(ValidationError) as refused:
        change_stage(plan=plan, to_stage=2, by=bob, reason="All the same.", readiness=never, now=NOON)
    assert refused.value.messages == list(never.never)
    assert stage_of(plan) == 1


def test_a_step_back_is_never_forbidden(plan, bob):
    move(plan, bob, 2)
    never = plans.readiness(never=("A warning sign is open.",))
    change_stage(
        plan=plan, to_stage=1, by=bob, reason="Rest.", readiness=never, now=NOON + timedelta(hours=2)
    )
    assert stage_of(plan) == 1


def test_a_step_back_takes_a_reason(plan, bob):
    move(plan, bob, 2)
    with pytest.raises(ValidationError) as refused:
        move(plan, bob, 1, reason="", hours=2)
    assert refused.value.message_dict == {"reason": [SAY_WHY]}


# The patient's own tap --------------------------------------------------------------------------------


def tap(plan: Plan, to_stage: int = 2, hours: int = 1, **more: bool) -> StageChange:
    return advance_when_ready(
        plan=plan, to_stage=to_stage, readiness=plans.readiness(**more), now=NOON + timedelta(hours=hours)
    )


def test_the_patients_tap_moves_on_where_all_is_met(plan, alice):
    change = tap(plan)
    assert (change.kind, change.to_stage, change.decided_by) == (StageChange.Kind.ADVANCE, 2, alice)
    assert change.criteria[0]["state"] == "met"
    assert stage_of(plan) == 2


def test_the_same_tap_twice_moves_once(plan):
    first = tap(plan)
    assert tap(plan, hours=2) == first
    assert stage_of(plan) == 2


def test_a_tap_and_a_therapist_at_once_make_one_move(plan, bob):
    move(plan, bob, 2)
    assert tap(plan, hours=2).decided_by == bob
    assert stage_of(plan) == 2


def test_the_tap_does_nothing_while_something_is_open(plan):
    with pytest.raises(ValidationError) as refused:
        tap(plan, is_ready=False)
    assert refused.value.messages == [NOT_YET_FOR_PATIENT]
    assert stage_of(plan) == 1


def test_the_tap_does_not_skip_a_stage(plan):
    with pytest.raises(ValidationError) as refused:
        tap(plan, to_stage=3)
    assert refused.value.message_dict == {"to_stage": [ONE_STAGE]}


def test_the_tap_writes_no_message_to_oneself(plan):
    before = Message.objects.count()
    tap(plan)
    assert Message.objects.count() == before


# Holding ----------------------------------------------------------------------------------------------


def test_a_hold_keeps_everybody_from_moving_on_until_it_is_released(plan, bob):
    hold_stage(plan=plan, by=bob, reason="Scan first.", now=NOON)
    with pytest.raises(ValidationError) as refused:
        tap(plan)
    assert refused.value.messages == [HELD_FOR_PATIENT]
    with pytest.raises(ValidationError) as refused:
        move(plan, bob, 2)
    assert IS_HELD in refused.value.messages
    release_stage(plan=plan, by=bob, reason="Scan is fine.", now=NOON + timedelta(hours=1))
    tap(plan, hours=2)
    assert stage_of(plan) == 2


def test_a_hold_does_not_keep_from_stepping_back(plan, bob):
    move(plan, bob, 2)
    hold_stage(plan=plan, by=bob, reason="Scan first.", now=NOON + timedelta(hours=1))
    move(plan, bob, 1, hours=2)
    assert stage_of(plan) == 1


def test_the_rules_do_not_move_a_plan_that_is_held(plan, bob):
    move(plan, bob, 2)
    hold_stage(plan=plan, by=bob, reason="Scan first.", now=NOON + timedelta(hours=1))
    assert step_back_by_rules(plan=plan, reason="Gone.", now=NOON + timedelta(hours=2)) is None
    assert stage_of(plan) == 2


@pytest.mark.parametrize("verb", [hold_stage, release_stage], ids=["hold", "release"])
def test_a_hold_and_a_release_take_a_reason_and_repeat_as_one(plan, bob, verb):
    hold_stage(plan=plan, by=bob, reason="Scan first.", now=NOON)
    if verb is release_stage:
        with pytest.raises(ValidationError):
            verb(plan=plan, by=bob, reason="", now=NOON)
        verb(plan=plan, by=bob, reason="Fine.", now=NOON + timedelta(hours=1))
    count = StageChange.objects.count()
    verb(plan=plan, by=bob, reason="Fine.", now=NOON + timedelta(hours=2))
    assert StageChange.objects.count() == count


def test_what_is_not_held_is_not_released(plan, bob):
    with pytest.raises(ValidationError):
        release_stage(plan=plan, by=bob, reason="Fine.", now=NOON)


# The flare plan ---------------------------------------------------------------------------------------


def begin(plan: Plan, by: User | None = None, hours: int = 1, usual: float | None = 3.2) -> StageChange:
    now = NOON + timedelta(hours=hours)
    return begin_flare(plan=plan, by=by, reason="Flag W2 was opened.", usual=usual, now=now)


def test_the_flare_plan_lies_over_the_plan_and_the_stage_stays(plan, alice, bob):
    move(plan, bob, 2)
    begin(plan, hours=2)
    current = current_plan(alice)
    assert (current.stage.number, current.stage.name) == (0, "Calm it down")
    assert current.own_stage.number == current.plan.stage_number == 2
    assert current.is_flare
    assert current.plan.flare_began_on == NOON.date()
    assert current.version.stage(0) == current.stage
    assert "seated-calf-raise" in current.stage.excluded_exercises


def test_what_it_is_measured_against_is_kept(plan):
    assert begin(plan).criteria == [{"key": "usual", "numbers": {"usual": 3.2}}]


def test_once_begun_it_does_not_begin_again(plan):
    first = begin(plan)
    assert begin(plan, hours=30) == first
    plan.refresh_from_db()
    assert plan.flare_began_on == NOON.date()


def test_nobody_moves_on_in_a_flare_plan(plan, bob):
    begin(plan)
    with pytest.raises(ValidationError) as refused:
        tap(plan, hours=2)
    assert refused.value.messages == [IN_FLARE_FOR_PATIENT]
    with pytest.raises(ValidationError) as refused:
        move(plan, bob, 2, hours=2)
    assert IN_FLARE in refused.value.messages


def test_after_it_the_plan_goes_on_where_it_was_in_smaller_sessions(plan, alice, bob):
    move(plan, bob, 2)
    begin(plan, hours=2)
    later = NOON + timedelta(days=4)
    end_flare(plan=plan, by=None, reason="Leg pain is back near its usual level.", now=later)
    current = current_plan(alice)
    assert current.stage.number == 2
    assert current.eased_since == later.date()
    assert current.stage_since == NOON + timedelta(hours=1)


def test_where_a_stage_was_lost_the_sessions_are_not_smaller_too(plan, alice, bob):
    move(plan, bob, 2)
    begin(plan, hours=2)
    later = NOON + timedelta(days=7)
    end_flare(plan=plan, by=None, reason="It had not settled after 7 days.", now=later)
    step_back_by_rules(plan=plan, reason="It had not settled after 7 days.", now=later)
    current = current_plan(alice)
    assert (current.stage.number, current.eased_since) == (1, None)


def test_nothing_is_eased_before_any_flare_plan_and_while_one_lasts(plan, alice):
    assert current_plan(alice).eased_since is None
    begin(plan)
    end_flare(plan=plan, by=None, reason="Settled.", now=NOON + timedelta(days=3))
    begin(plan, hours=24 * 4)
    assert current_plan(alice).eased_since is None


def test_an_end_without_a_flare_plan_is_refused_and_a_second_end_is_the_first(plan, bob):
    with pytest.raises(ValidationError):
        end_flare(plan=plan, by=bob, reason="Over.", now=NOON)
    begin(plan)
    first = end_flare(plan=plan, by=bob, reason="Over.", now=NOON + timedelta(hours=2))
    assert end_flare(plan=plan, by=bob, reason="Over.", now=NOON + timedelta(hours=3)) == first


@pytest.mark.parametrize(
    ("do", "undo", "refusal"),
    [
        (begin_flare, end_flare, "There is no flare plan to end."),
        (hold_stage, release_stage, "This plan is not held."),
    ],
    ids=["flare", "hold"],
)
def test_what_was_undone_long_ago_cannot_be_undone_again(plan, bob, do, undo, refusal):
    more = {"usual": 3.0} if do is begin_flare else {}
    do(plan=plan, by=bob, reason="Why.", now=NOON, **more)
    undo(plan=plan, by=bob, reason="Why.", now=NOON + timedelta(hours=1))
    with pytest.raises(ValidationError) as refused:
        undo(plan=plan, by=bob, reason="Why.", now=NOON + timedelta(hours=3))
    assert refused.value.messages == [refusal]


def test_who_is_told_by_whom(plan, bob):
    """A person's decision comes as their message; what the rules do stands on Today."""
    count = Message.objects.count()
    begin(plan)
    end_flare(plan=plan, by=None, reason="Settled.", now=NOON + timedelta(hours=2))
    assert Message.objects.count() == count
    begin(plan, by=bob, hours=3)
    end_flare(plan=plan, by=bob, reason="Over.", now=NOON + timedelta(hours=4))
    hold_stage(plan=plan, by=bob, reason="Scan.", now=NOON + timedelta(hours=5))
    release_stage(plan=plan, by=bob, reason="Fine.", now=NOON + timedelta(hours=6))
    assert Message.objects.count() == count + 4
    assert all(message.author == bob for message in Message.objects.all())


def test_the_move_that_eases_comes_into_the_flare_plan(plan, alice):
    Plan.objects.filter(pk=plan.pk).update(direction="extension")
    assert "prone-on-elbows" not in [each.slug for each in makers.version(plan).content.flare.exercises]
    begin(plan)
    current = current_plan(alice)
    slugs = [each.slug for each in current.stage.exercises]
    assert "prone-on-elbows" in slugs
    assert "prone-press-up" not in slugs
    assert current.version.number == 2


def test_a_direction_that_made_it_worse_does_not(plan, alice):
    Plan.objects.filter(pk=plan.pk).update(direction="flexion", directions_excluded={"flexion": "2026-12-04"})
    begin(plan)
    assert current_plan(alice).version.number == 1


def test_a_plan_from_before_the_flare_plan_gets_it_in_a_new_version(plan, alice, bob):
    old = makers.version(plan)
    values = {"stages": old.content_values["stages"]}
    PlanVersion.objects.filter(pk=old.pk).update(content_values=values)
    assert makers.version(plan).content.flare is None
    begin(plan)
    current = current_plan(alice)
    assert (current.version.number, current.stage.number) == (2, 0)
    assert current.version.checked_by == bob
    assert current.version.content.stages == old.content.stages


def test_without_any_flare_plan_in_the_library_there_is_none_to_begin(alice, bob):
    plan = makers.plan(alice, bob)
    Program.objects.filter(kind=Program.Kind.FLARE).update(retired_at=NOON)
    values = makers.version(plan).content_values
    PlanVersion.objects.filter(plan=plan).update(content_values={"stages": values["stages"]})
    with pytest.raises(ValidationError):
        begin(plan)


# The rules, and the mode ------------------------------------------------------------------------------


def test_the_rules_step_back_one_stage_and_never_below_the_first(plan, bob):
    move(plan, bob, 2)
    change = step_back_by_rules(plan=plan, reason="Gone.", now=NOON + timedelta(hours=2))
    assert (change.decided_by, change.to_stage, change.rules_version) == (None, 1, "stages-1")
    assert step_back_by_rules(plan=plan, reason="Gone.", now=NOON + timedelta(hours=3)) is None
    assert stage_of(plan) == 1


def test_in_a_diary_the_rules_move_nothing_and_the_tap_neither(plan, alice, bob):
    move(plan, bob, 2)
    set_mode(plan=plan, mode="diary", by=alice, now=NOON + timedelta(hours=1))
    assert step_back_by_rules(plan=plan, reason="Gone.", now=NOON + timedelta(hours=2)) is None
    with pytest.raises(ValidationError) as refused:
        tap(plan, to_stage=3, hours=2)
    assert refused.value.messages == [DIARY_FOR_PATIENT]


def test_a_change_of_mode_is_written_down_once(plan, alice):
    for hours in (1, 2):
        set_mode(plan=plan, mode="diary", by=alice, now=NOON + timedelta(hours=hours))
    change = StageChange.objects.get(kind=StageChange.Kind.MODE)
    assert (change.decided_by, change.reason, change.to_stage) == (alice, "Diary, not watched", 1)
    with pytest.raises(ValidationError):
        set_mode(plan=plan, mode="off", by=alice, now=NOON)


def test_a_flare_plan_ends_with_the_watching(plan, alice):
    begin(plan)
    assert set_mode(plan=plan, mode="diary", by=alice, now=NOON + timedelta(hours=2)).flare_began_on is None
    assert current_plan(alice).stage.number == 1


def test_who_is_watched_again_before_the_flare_was_over_goes_on_with_it(plan, alice):
    begin(plan)
    set_mode(plan=plan, mode="diary", by=alice, now=NOON + timedelta(hours=2))
    set_mode(plan=plan, mode="guided", by=alice, now=NOON + timedelta(days=1))
    assert current_plan(alice).is_flare
    again = plan.stage_changes.filter(kind=StageChange.Kind.FLARE).latest("at")
    assert again.decided_by is None
    assert again.criteria == [{"key": "usual", "numbers": {"usual": 3.2}}]


@pytest.mark.parametrize("is_late", [True, False], ids=["two weeks later", "ended before"])
def test_a_flare_of_long_ago_or_one_that_was_ended_does_not_come_back(plan, alice, bob, is_late):
    begin(plan)
    if not is_late:
        end_flare(plan=plan, by=bob, reason="Better.", now=NOON + timedelta(hours=2))
    set_mode(plan=plan, mode="diary", by=alice, now=NOON + timedelta(hours=3))
    set_mode(plan=plan, mode="guided", by=alice, now=NOON + timedelta(days=14 if is_late else 1))
    assert not current_plan(alice).is_flare


def test_one_that_rests_in_a_diary_is_ended_by_a_therapist_for_good(plan, alice, bob):
    begin(plan)
    set_mode(plan=plan, mode="diary", by=alice, now=NOON + timedelta(hours=2))

    ended = end_flare(plan=plan, by=bob, reason="Better.", now=NOON + timedelta(hours=3))

    assert (ended.decided_by, ended.reason) == (bob, "Better.")
    set_mode(plan=plan, mode="guided", by=alice, now=NOON + timedelta(hours=4))
    assert not current_plan(alice).is_flare


def test_none_begins_in_a_diary(plan, alice, bob):
    set_mode(plan=plan, mode="diary", by=alice, now=NOON)
    with pytest.raises(ValidationError) as refused:
        begin(plan, by=bob)
    assert refused.value.messages == [NO_FLARE_IN_DIARY]


def test_holds_and_flares_leave_the_day_on_which_the_stage_began(plan, alice, bob):
    began = current_plan(alice).stage_since
    hold_stage(plan=plan, by=bob, reason="Scan.", now=NOON + timedelta(hours=1))
    begin(plan, hours=2)
    assert current_plan(alice).stage_since == began


def test_a_plan_that_has_ended_is_not_changed(plan, alice, bob):
    makers.plan(alice, bob, at=NOON + timedelta(minutes=1))
    with pytest.raises(ValidationError):
        hold_stage(plan=plan, by=bob, reason="Scan.", now=NOON + timedelta(hours=1))


def test_current_plan_is_one_query(plan, alice, django_assert_num_queries):
    with django_assert_num_queries(1):
        current_plan(alice)


def test_nothing_comes_after_the_last_stage(plan, bob):
    for number in (2, 3, 4):
        move(plan, bob, number, hours=number)
    assert (
        LAST_STAGE in decide_advance(current_plan(plan.patient).standing, plans.readiness(), "Why.").refusals
    )
