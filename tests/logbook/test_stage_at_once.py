"""Two people decide about one stage in the same moment."""

from __future__ import annotations

from functools import partial

import pytest
from django.core.exceptions import ValidationError

from programs.care.models import Plan, StageChange
from programs.logbook.actions import decide_stage, move_on_when_ready
from tests.logbook.good_weeks import READY_AT, lived
from tests.threads import at_once


@pytest.mark.django_db(transaction=True)
def test_a_tap_and_a_therapist_at_once_make_one_move(plan, alice, bob):
    lived(plan)
    tap = partial(move_on_when_ready, patient=alice, to_stage=2, now=READY_AT)
    decide = partial(
        decide_stage, plan=plan, verb="advance", by=bob, reason="Seen.", to_stage=2, now=READY_AT
    )
    first, second = at_once(tap, decide)
    assert first == second
    assert Plan.objects.get().stage_number == 2
    assert StageChange.objects.filter(kind=StageChange.Kind.ADVANCE).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_hold_and_a_tap_at_once_never_both_happen_after_the_hold(plan, alice, bob):
    lived(plan)

    def tap() -> str:
        try:
            return move_on_when_ready(patient=alice, to_stage=2, now=READY_AT).kind
        except ValidationError:
            return "refused"

    def hold() -> str:
        return decide_stage(plan=plan, verb="hold", by=bob, reason="Scan.", now=READY_AT).kind

    answers = at_once(tap, hold)
    kept = Plan.objects.get()
    assert answers[1] == "hold"
    assert kept.held_at is not None
    assert kept.stage_number == (2 if answers[0] == "advance" else 1)
