"""record_daily_check: stored once, judged in the same transaction."""

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from programs.care.models import Mode, Plan
from programs.delivery.models import Delivery
from programs.exchange.queries import record_of
from programs.logbook.actions import record_daily_check
from programs.logbook.models import DailyCheck
from programs.monitoring.models import Flag
from tests import makers
from tests.threads import at_once


def arguments(patient) -> dict[str, Any]:
    return {
        "clinic": patient.memberships.get().clinic,
        "patient": patient,
        "check_id": uuid4(),
        "recorded_on": makers.NOON.date(),
        "worst_leg_pain": 3,
        "worst_back_pain": 2,
        "reach_left": None,
        "reach_right": 4,
        "now": makers.NOON,
    }


def record(patient, **changes) -> tuple[DailyCheck, bool]:
    return record_daily_check(**arguments(patient) | changes)


def wrong_fields(patient, **changes) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as refused:
        record(patient, **changes)
    assert not DailyCheck.objects.exists()
    return refused.value.message_dict


def test_a_check_is_new_once(alice):
    check_id = uuid4()

    first, first_is_new = record(alice, check_id=check_id)
    again, again_is_new = record(alice, check_id=check_id, worst_leg_pain=9)

    assert (first_is_new, again_is_new) == (True, False)
    assert again == first
    assert DailyCheck.objects.get().worst_leg_pain == 3


@pytest.mark.parametrize(
    "wrong",
    [
        {"calf_pain": 11},
        {"cramps": 51},
        {"cramps": 2, "worst_cramp": 11},
        {"cramps": 0, "worst_cramp": 5},
        {"cramps": None, "worst_cramp": 5},
    ],
)
def test_the_database_itself_refuses_what_cannot_be_of_the_calf(alice, wrong):
    check, _ = record(alice, calf_pain=2, cramps=1, worst_cramp=4)

    with pytest.raises(IntegrityError), transaction.atomic():
        DailyCheck.objects.filter(pk=check.pk).update(**wrong)


def test_a_calf_that_gets_worse_opens_no_flag_by_itself(alice, plan):
    """The worsening rules listen to the leg, and to nothing that only some plans ask for."""
    for back in range(20, -1, -1):
        day = makers.NOON - timedelta(days=back)
        calf = {"calf_pain": 10, "cramps": 50, "worst_cramp": 10} if back < 10 else {"calf_pain": 0}
        record(alice, recorded_on=day.date(), now=day, **calf)

    assert not Flag.objects.exists()


def test_a_repeat_is_answered_even_when_it_would_be_refused_by_now(alice):
    check_id = uuid4()
    record(alice, check_id=check_id)

    _, is_new = record(alice, check_id=check_id, now=makers.NOON + timedelta(days=90))

    assert not is_new


def test_an_id_that_is_somebody_elses_is_refused(alice, dora):
    theirs = makers.daily_check(dora, leg=8)

    with pytest.raises(ValidationError) as refused:
        record(alice, check_id=theirs.pk)

    assert refused.value.message_dict == {"id": ["This id is already in use."]}


@pytest.mark.django_db(transaction=True)
def test_the_same_check_sent_four_times_at_once_is_stored_once(alice):
    check_id = uuid4()

    answers = at_once(*[partial(record, alice, check_id=check_id)] * 4)

    assert sorted(is_new for _, is_new in answers) == [False, False, False, True]
    assert {check.pk for check, _ in answers} == {check_id}


@pytest.mark.parametrize("field", ["worst_leg_pain", "worst_back_pain"])
@pytest.mark.parametrize("pain", [-1, 11])
def test_pain_outside_the_scale_is_refused(alice, field, pain):
    assert wrong_fields(alice, **{field: pain}) == {field: ["Choose a whole number from 0 to 10."]}


@pytest.mark.parametrize("pain", [0, 10])
def test_both_ends_of_the_scale_are_answers(alice, pain):
    record(alice, worst_leg_pain=pain, worst_back_pain=pain)

    assert DailyCheck.objects.get().worst_leg_pain == pain


def test_a_place_the_ladder_does_not_have_is_refused(alice):
    assert wrong_fields(alice, reach_left=6) == {"reach_left": ["Choose one of the places."]}


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_region_the_map_does_not_have_is_refused(alice, side):
    field = f"tingling_numbness_{side}"

    assert wrong_fields(alice, **{field: ["calf", "elbow"]}) == {field: ["Choose one of the places."]}


def test_regions_are_stored_from_the_back_down_each_once(alice):
    record(alice, tingling_numbness_left=["foot", "buttock", "foot"], tingling_numbness_right=[])

    check = DailyCheck.objects.get()
    assert check.tingling_numbness_left == ["buttock", "foot"]
    assert check.tingling_numbness_right == []


def test_not_asked_about_tingling_is_not_the_same_as_nowhere(alice):
    record(alice, tingling_numbness_left=None, tingling_numbness_right=[])

    assert DailyCheck.objects.filter(tingling_numbness_left__isnull=True).count() == 1
    assert not DailyCheck.objects.filter(tingling_numbness_right__isnull=True).exists()


def test_where_it_tingled_is_in_the_record_that_a_patient_takes_away(alice):
    record(alice, tingling_numbness_left=["calf"])

    (check,) = record_of(alice, alice)["daily_checks"]
    assert (check["tingling_numbness_left"], check["tingling_numbness_right"]) == (["calf"], None)


@pytest.mark.parametrize(
    ("zone", "hours", "ahead", "sentence"),
    [
        ("Europe/London", 0, 1, "This day has not come yet."),
        ("Pacific/Auckland", 0, 2, "This day has not come yet."),
        ("America/Los_Angeles", -8, 0, "This day has not come yet."),
        ("Europe/London", 0, -61, "This is more than 60 days ago."),
    ],
)
def test_a_day_is_judged_by_the_patients_own_calendar(clinic, bob, zone, hours, ahead, sentence):
    eve = makers.patient(clinic, "eve", cared_for_by=bob, time_zone=zone)
    day = makers.NOON.date() + timedelta(days=ahead)

    problem = wrong_fields(eve, recorded_on=day, now=makers.NOON + timedelta(hours=hours))

    assert problem == {"recorded_on": [sentence]}


def test_today_where_it_is_tomorrow_already_is_taken(clinic, bob):
    eve = makers.patient(clinic, "eve", cared_for_by=bob, time_zone="Pacific/Auckland")

    check, _ = record(eve, recorded_on=makers.NOON.date() + timedelta(days=1))

    assert check.recorded_on.day == 21


def test_everything_that_is_wrong_is_told_at_once(alice):
    problem = wrong_fields(
        alice, worst_leg_pain=11, worst_back_pain=-1, reach_right=9, tingling_numbness_left=["x"]
    )

    assert set(problem) == {"worst_leg_pain", "worst_back_pain", "reach_right", "tingling_numbness_left"}


def test_two_answers_on_one_day_are_both_kept_and_the_larger_counts(alice, plan):
    """The same series with 2 on the deciding days would be no rise."""
    for back, leg in zip(range(8, -1, -1), makers.RISING, strict=True):
        day = makers.NOON - timedelta(days=back)
        record(alice, recorded_on=day.date(), worst_leg_pain=leg, now=day)
        record(alice, recorded_on=day.date(), worst_leg_pain=2, now=day)

    assert DailyCheck.objects.count() == 18
    assert Flag.objects.count() == 1


def test_a_rise_opens_one_flag_and_tells_the_therapist(alice, bob, plan):
    makers.daily_checks(alice, makers.RISING)

    flag = Flag.objects.get()
    assert (flag.patient, flag.plan, flag.clinic) == (alice, plan, plan.clinic)
    assert set(Delivery.objects.values_list("recipient", "source_id")) == {(bob.pk, flag.pk)}


def test_a_stable_patient_gets_no_flag(alice, plan):
    makers.daily_checks(alice, makers.STEADY)

    assert not Flag.objects.exists()
    assert not Delivery.objects.exists()


def test_a_diary_is_kept_but_not_judged(alice, plan):
    Plan.objects.update(mode=Mode.DIARY)

    makers.daily_checks(alice, makers.RISING)

    assert DailyCheck.objects.count() == 9
    assert not Flag.objects.exists()


def test_a_patient_without_a_plan_is_watched_too(alice):
    makers.daily_checks(alice, makers.RISING)

    assert Flag.objects.get().plan is None


def test_the_check_and_its_flag_are_stored_together_or_not_at_all(alice, plan):
    makers.daily_checks(alice, makers.RISING[:7], now=makers.NOON - timedelta(days=1))

    with transaction.atomic():
        record(alice, worst_leg_pain=makers.RISING[7])
        stored = (DailyCheck.objects.count(), Flag.objects.count())
        transaction.set_rollback(True)

    assert stored == (8, 1)
    assert DailyCheck.objects.count() == 7
    assert not Flag.objects.exists()


@pytest.mark.parametrize("field", ["worst_leg_pain", "worst_back_pain"])
def test_the_database_itself_refuses_a_pain_of_11(alice, field):
    check = makers.daily_check(alice, leg=3)

    with pytest.raises(IntegrityError), transaction.atomic():
        DailyCheck.objects.filter(pk=check.pk).update(**{field: 11})


@pytest.mark.parametrize("days", [30, 300])
def test_a_check_takes_the_same_few_queries_however_long_the_history(
    alice, plan, days, django_assert_num_queries
):
    DailyCheck.objects.bulk_create(
        DailyCheck(
            clinic=plan.clinic,
            patient=alice,
            recorded_on=makers.NOON.date() - timedelta(days=back),
            worst_leg_pain=3,
            worst_back_pain=2,
        )
        for back in range(1, days + 1)
    )
    given = arguments(alice)
    # Turn, lookup, check; daily with weekly checks, silence, plan; turn, thresholds, check-ins, events, flag;
    # what else the answer asks for, the stage of the plan, the reminder and its memory, two; savepoints, two
    # each.
    with django_assert_num_queries(31):
        record_daily_check(**given)
