"""reconcile: what no other path opened is opened here, and reported as a fault."""

import logging
from collections.abc import Sequence
from datetime import timedelta

import pytest

from programs.accounts.models import Membership, User
from programs.care.models import Mode, Plan
from programs.delivery.models import Delivery
from programs.logbook.actions import reconcile
from programs.logbook.models import DailyCheck, WeeklyCheck
from programs.monitoring.models import Flag, Outcome
from tests import makers


def stored_past_the_action(of: User, legs: Sequence[int]) -> None:
    """Checks as an import might write them: nobody judged them."""
    DailyCheck.objects.bulk_create(
        DailyCheck(
            clinic=of.memberships.get().clinic,
            patient=of,
            recorded_on=makers.NOON.date() - timedelta(days=back),
            worst_leg_pain=leg,
            worst_back_pain=2,
        )
        for back, leg in zip(range(len(legs) - 1, -1, -1), legs, strict=True)
    )


def errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]


def test_a_missed_rise_is_opened_told_and_reported_as_a_fault(alice, bob, plan, caplog):
    stored_past_the_action(alice, makers.RISING)

    (flag,) = reconcile(now=makers.NOON)

    assert Flag.objects.get() == flag
    assert (flag.patient, flag.plan) == (alice, plan)
    assert set(Delivery.objects.values_list("recipient", "source_id")) == {(bob.pk, flag.pk)}
    assert errors(caplog) == [f"flag {flag.pk} had been missed when its report was stored"]


def test_a_second_run_opens_nothing_and_reports_nothing(alice, plan, caplog):
    stored_past_the_action(alice, makers.RISING)
    reconcile(now=makers.NOON)
    caplog.clear()

    assert reconcile(now=makers.NOON + timedelta(hours=1)) == []

    assert Flag.objects.count() == 1
    assert Delivery.objects.count() == 2
    assert errors(caplog) == []


def test_what_was_stored_the_usual_way_is_no_fault(alice, plan, caplog):
    makers.daily_checks(alice, makers.RISING)

    assert reconcile(now=makers.NOON) == []

    assert Flag.objects.count() == 1
    assert errors(caplog) == []


def test_a_stable_patient_gets_no_flag(alice, plan):
    stored_past_the_action(alice, makers.STEADY)

    assert reconcile(now=makers.NOON) == []
    assert not Flag.objects.exists()


def test_what_has_gone_back_to_usual_is_closed(alice, plan, caplog):
    makers.daily_checks(alice, makers.RISING, now=makers.NOON - timedelta(days=8))
    stored_past_the_action(alice, [2] * 8)

    assert reconcile(now=makers.NOON) == []

    assert Flag.objects.get().outcome == Outcome.CLEARED
    assert errors(caplog) == []


def test_a_missed_word_of_the_weekly_check_is_opened_too(alice, plan):
    makers.weekly_check(alice)
    WeeklyCheck.objects.update(groc="much_worse")

    (flag,) = reconcile(now=makers.NOON)

    assert flag.rule == "W6"


def test_a_diary_is_not_judged(alice, plan):
    Plan.objects.update(mode=Mode.DIARY)
    stored_past_the_action(alice, makers.RISING)

    assert reconcile(now=makers.NOON) == []


def test_a_rise_of_long_ago_is_history(alice, plan):
    stored_past_the_action(alice, [*makers.RISING, *[2] * 14])

    assert reconcile(now=makers.NOON) == []


def test_somebody_who_left_the_clinic_is_passed_over(alice, clinic, bob, plan, caplog):
    stored_past_the_action(alice, makers.RISING)
    Membership.objects.filter(user=alice).update(ended_at=makers.NOON)
    eve = makers.patient(clinic, "eve", cared_for_by=bob)
    stored_past_the_action(eve, makers.RISING)

    (flag,) = reconcile(now=makers.NOON)

    assert flag.patient == eve


def test_one_patient_who_cannot_be_judged_keeps_nobody_else_back(alice, clinic, bob, plan, caplog):
    stored_past_the_action(alice, makers.RISING)
    User.objects.filter(pk=alice.pk).update(time_zone="Nowhere/None")
    eve = makers.patient(clinic, "eve", cared_for_by=bob)
    stored_past_the_action(eve, makers.RISING)

    (flag,) = reconcile(now=makers.NOON)

    assert flag.patient == eve
    assert f"patient {alice.pk} could not be re-judged" in errors(caplog)


def test_the_fault_is_reported_without_name_or_score(alice, plan, caplog):
    stored_past_the_action(alice, makers.RISING)

    reconcile(now=makers.NOON)

    words = " ".join(errors(caplog)).lower()
    assert "alice" not in words
    assert "pain" not in words
