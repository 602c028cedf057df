"""Moving a plan between its stages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from programs.accounts.models import User
from programs.care.actions import ONE_STAGE, change_stage
from programs.care.models import Plan, StageChange
from programs.conversations.models import Message
from programs.library.models import Stage
from tests import makers

NOON = makers.NOON


def move(plan: Plan, by: User, to_stage: int, reason: str = "Calm week.", hours: int = 1) -> StageChange:
    return change_stage(plan=plan, to_stage=to_stage, by=by, reason=reason, now=NOON + timedelta(hours=hours))


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
