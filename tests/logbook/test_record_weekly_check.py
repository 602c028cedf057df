"""record_weekly_check: stored once, judged in the same transaction."""

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from programs.care.models import Mode, Plan
from programs.logbook.actions import record_weekly_check
from programs.logbook.models import DailyCheck, WeeklyCheck
from programs.monitoring.models import Flag
from tests import makers
from tests.threads import at_once

BOTHERS = ["bother_leg_pain", "bother_tingling_numbness", "bother_weakness", "bother_sitting"]
NUMBERS = [*BOTHERS, "nights_broken"]
MAY_BE_NULL = [*NUMBERS, "settles_within", "sitting_before_pain"]


def arguments(patient) -> dict[str, Any]:
    return {
        "clinic": patient.memberships.get().clinic,
        "patient": patient,
        "check_id": uuid4(),
        "recorded_on": makers.NOON.date(),
        "now": makers.NOON,
    } | makers.WEEKLY_ANSWERS


def record(patient, **changes) -> tuple[WeeklyCheck, bool]:
    return record_weekly_check(**arguments(patient) | changes)


def wrong_fields(patient, **changes) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as refused:
        record(patient, **changes)
    assert not WeeklyCheck.objects.exists()
    return refused.value.message_dict


def test_every_answer_is_stored(alice):
    record(alice)

    stored = WeeklyCheck.objects.values(*makers.WEEKLY_ANSWERS).get()
    assert stored == makers.WEEKLY_ANSWERS


def test_a_check_is_new_once(alice):
    check_id = uuid4()

    first, first_is_new = record(alice, check_id=check_id)
    again, again_is_new = record(alice, check_id=check_id, groc="much_worse")

    assert (first_is_new, again_is_new) == (True, False)
    assert again == first
    assert WeeklyCheck.objects.get().groc == "the_same"


def test_a_repeat_is_answered_even_when_it_would_be_refused_by_now(alice):
    check_id = uuid4()
    record(alice, check_id=check_id)

    _, is_new = record(alice, check_id=check_id, now=makers.NOON + timedelta(days=90))

    assert not is_new


def test_an_id_that_is_somebody_elses_is_refused(alice, dora):
    theirs = makers.weekly_check(dora)

    with pytest.raises(ValidationError) as refused:
        record(alice, check_id=theirs.pk)

    assert refused.value.message_dict == {"id": ["This id is already in use."]}


@pytest.mark.django_db(transaction=True)
def test_the_same_check_sent_four_times_at_once_is_stored_once(alice):
    check_id = uuid4()

    answers = at_once(*[partial(record, alice, check_id=check_id)] * 4)

    assert sorted(is_new for _, is_new in answers) == [False, False, False, True]
    assert {check.pk for check, _ in answers} == {check_id}


@pytest.mark.parametrize("field", MAY_BE_NULL)
def test_what_was_not_said_is_stored_as_not_said(alice, field):
    check, _ = record(alice, **{field: None})

    assert WeeklyCheck.objects.filter(**{f"{field}__isnull": True}).exists()
    assert (check.bothersomeness is None) is (field in BOTHERS)
    assert (check.irritability is None) is (field not in BOTHERS)


@pytest.mark.parametrize("field", ["groc", "weakness"])
def test_what_the_rules_listen_to_has_to_be_said(alice, field):
    assert wrong_fields(alice, **{field: None}) == {field: ["Choose one of the answers."]}


@pytest.mark.parametrize("field", ["groc", "weakness", "settles_within", "sitting_before_pain"])
def test_an_answer_the_page_does_not_have_is_refused(alice, field):
    for answer in ("", "better", "NONE"):
        assert wrong_fields(alice, **{field: answer}) == {field: ["Choose one of the answers."]}


@pytest.mark.parametrize(("field", "highest"), [*((field, 6) for field in BOTHERS), ("nights_broken", 7)])
def test_a_number_outside_its_scale_is_refused(alice, field, highest):
    for number in (-1, highest + 1):
        sentence = f"Choose a whole number from 0 to {highest}."
        assert wrong_fields(alice, **{field: number}) == {field: [sentence]}
    for number in (0, highest):
        record(alice, **{field: number})


@pytest.mark.parametrize(
    ("zone", "ahead", "sentence"),
    [
        ("Europe/London", 1, "This day has not come yet."),
        ("Pacific/Auckland", 2, "This day has not come yet."),
        ("Europe/London", -61, "This is more than 60 days ago."),
    ],
)
def test_a_day_is_judged_by_the_patients_own_calendar(clinic, bob, zone, ahead, sentence):
    eve = makers.patient(clinic, "eve", cared_for_by=bob, time_zone=zone)
    day = makers.NOON.date() + timedelta(days=ahead)

    assert wrong_fields(eve, recorded_on=day) == {"recorded_on": [sentence]}


def test_everything_that_is_wrong_is_told_at_once(alice):
    problem = wrong_fields(
        alice, groc="x", bother_sitting=9, nights_broken=8, recorded_on=makers.NOON.date() + timedelta(days=2)
    )

    assert set(problem) == {"groc", "bother_sitting", "nights_broken", "recorded_on"}


def rise_that_nobody_judged(patient) -> None:
    DailyCheck.objects.bulk_create(
        DailyCheck(
            clinic=patient.memberships.get().clinic,
            patient=patient,
            recorded_on=makers.NOON.date() - timedelta(days=back),
            worst_leg_pain=leg,
            worst_back_pain=2,
        )
        for back, leg in zip(range(8, -1, -1), makers.RISING, strict=True)
    )


def test_the_reports_are_judged_in_the_same_transaction(alice, plan):
    rise_that_nobody_judged(alice)

    with transaction.atomic():
        record(alice)
        stored = (WeeklyCheck.objects.count(), Flag.objects.count())
        transaction.set_rollback(True)

    assert stored == (1, 1)
    assert not WeeklyCheck.objects.exists()
    assert not Flag.objects.exists()


def test_a_diary_is_judged_by_the_patients_own_word_alone(alice, plan):
    Plan.objects.update(mode=Mode.DIARY)
    rise_that_nobody_judged(alice)

    record(alice)
    assert not Flag.objects.exists()

    record(alice, groc="very_much_worse")
    assert Flag.objects.get().rule == "W6"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("groc", "x"),
        ("weakness", ""),
        ("settles_within", ""),
        ("sitting_before_pain", "x"),
        ("nights_broken", 8),
        *((field, 7) for field in BOTHERS),
    ],
)
def test_the_database_itself_refuses_what_cannot_be(alice, field, value):
    check = makers.weekly_check(alice)

    with pytest.raises(IntegrityError), transaction.atomic():
        WeeklyCheck.objects.filter(pk=check.pk).update(**{field: value})


@pytest.mark.parametrize(
    "answers", [{"groc": "much_worse"}, {"groc": "very_much_worse"}, {"weakness": "new_or_worse"}]
)
def test_the_patients_own_word_that_it_is_worse_opens_a_flag(alice, plan, answers):
    makers.weekly_check(alice, **answers)

    assert Flag.objects.get().patient == alice


def test_a_week_that_is_as_the_one_before_opens_none(alice, plan):
    makers.weekly_check(alice, groc="a_little_worse", weakness="same")

    assert not Flag.objects.exists()
