"""Reports that come late, all at once, or at the same moment."""

from datetime import timedelta
from functools import partial
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import ValidationError

from programs.accounts.models import User
from programs.logbook.actions import TAKEN, reconcile, record_daily_check
from programs.logbook.models import DailyCheck
from programs.monitoring.models import Flag, FlagState
from tests import makers
from tests.threads import at_once


def test_a_rise_of_three_weeks_ago_that_arrives_today_opens_a_flag(alice, plan):
    first = makers.NOON.date() - timedelta(days=40)
    for day in range(30):
        makers.daily_check(alice, 2 if day < 20 else 7, on=first + timedelta(days=day))

    flag = Flag.objects.get()
    assert flag.found_on < makers.NOON.date() - timedelta(days=14)


def test_the_sweep_calls_nobody_for_what_was_found_long_ago(alice, plan):
    makers.daily_checks(alice, makers.RISING, now=makers.NOON - timedelta(days=30))
    Flag.objects.all().delete()

    assert reconcile(now=makers.NOON) == []


def test_correcting_a_check_marks_what_was_found_on_it_and_nothing_is_lost(alice, plan):
    *_, third, _ = makers.daily_checks(alice, makers.RISING)
    flag = Flag.objects.get()

    makers.daily_check(alice, 2, on=third.recorded_on, corrects=third.pk)

    flag.refresh_from_db()
    assert flag.state == FlagState.OPEN
    assert list(flag.events.order_by("id").values_list("kind", "rule", "found_on")) == [
        ("opened", "W2e", third.recorded_on),
        ("superseded", "W2e", third.recorded_on),
        ("found_again", "W2e", makers.NOON.date()),
    ]


@pytest.mark.django_db(transaction=True)
def test_two_patients_with_the_same_id_at_once_leave_one_report_and_one_sentence(clinic, bob, alice):
    eve = makers.patient(clinic, "eve", cared_for_by=bob)

    for _ in range(8):
        check_id = uuid4()

        def send(patient: User, check_id: UUID = check_id) -> str:
            try:
                record_daily_check(
                    clinic=clinic,
                    patient=patient,
                    check_id=check_id,
                    recorded_on=makers.NOON.date(),
                    worst_leg_pain=3,
                    worst_back_pain=2,
                    reach_left=None,
                    reach_right=None,
                    now=makers.NOON,
                )
            except ValidationError as error:
                return error.messages[0]
            return "stored"

        assert sorted(at_once(partial(send, alice), partial(send, eve))) == [TAKEN, "stored"]
        assert DailyCheck.objects.filter(pk=check_id).count() == 1
