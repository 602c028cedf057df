"""record_morning_check: how the leg was on the morning after a session, stored once."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from programs.logbook.actions import record_morning_check
from programs.logbook.models import MorningCheck
from programs.logbook.queries import responses_of
from programs.monitoring.models import Flag
from tests import makers

TODAY = makers.NOON.date()
YESTERDAY = TODAY - timedelta(days=1)


def arguments(patient, **changes) -> dict[str, Any]:
    return {
        "clinic": patient.memberships.get().clinic,
        "patient": patient,
        "check_id": uuid4(),
        "about_on": YESTERDAY,
        "pain": 3,
        "settles_within": "under_10",
        "now": makers.NOON,
    } | changes


def record(patient, **changes) -> tuple[MorningCheck, bool]:
    return record_morning_check(**arguments(patient, **changes))


def test_a_morning_is_stored_with_the_day_of_its_session(alice):
    check, is_new = record(alice)

    check.refresh_from_db()
    assert is_new
    assert (check.about_on, check.pain, check.settles_within) == (YESTERDAY, 3, "under_10")
    assert (check.patient, check.received_at) == (alice, makers.NOON)


def test_a_morning_is_new_once(alice):
    check_id = uuid4()

    first, first_is_new = record(alice, check_id=check_id)
    again, again_is_new = record(alice, check_id=check_id, pain=9)

    assert (first_is_new, again_is_new) == (True, False)
    assert again == first
    assert MorningCheck.objects.get().pain == 3


def test_an_id_that_is_somebody_elses_is_refused(alice, dora):
    check_id = uuid4()
    record(dora, check_id=check_id)

    with pytest.raises(ValidationError) as refused:
        record(alice, check_id=check_id)

    assert refused.value.message_dict == {"id": ["This id is already in use."]}


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"pain": 11}, "pain", "Choose a whole number from 0 to 10."),
        ({"settles_within": "a while"}, "settles_within", "Choose one of the answers."),
        ({"about_on": TODAY}, "about_on", "The morning after this day has not come yet."),
        ({"about_on": TODAY + timedelta(days=1)}, "about_on", "This day has not come yet."),
        ({"about_on": TODAY - timedelta(days=61)}, "about_on", "This is more than 60 days ago."),
    ],
)
def test_what_cannot_be_right_gets_one_sentence_and_stores_nothing(alice, changes, field, sentence):
    with pytest.raises(ValidationError) as refused:
        record(alice, **changes)

    assert refused.value.message_dict == {field: [sentence]}
    assert not MorningCheck.objects.exists()


def test_how_long_it_took_need_not_be_said(alice):
    check, _ = record(alice, settles_within=None)

    assert check.settles_within is None


def test_it_may_come_before_the_session_that_it_is_about(alice, plan):
    record(alice, pain=6)
    makers.session(plan, at=makers.NOON - timedelta(days=1), pain=(3, 2, 2))

    (response,) = responses_of(alice, YESTERDAY)

    assert (response.colour, response.is_settled) == ("red", False)


def test_of_two_answers_the_worse_one_counts_and_both_are_kept(alice, plan):
    makers.session(plan, at=makers.NOON - timedelta(days=1), pain=(3, 2, 2))
    record(alice, pain=5)
    record(alice, pain=2)

    (response,) = responses_of(alice, YESTERDAY)

    assert MorningCheck.objects.count() == 2
    assert (response.is_settled, response.morning.pain) == (False, 5)


def test_a_morning_never_opens_a_flag(alice, plan):
    for back in range(12, 0, -1):
        day = makers.NOON - timedelta(days=back)
        makers.session(plan, at=day, pain=(1, 2, 1))
        record(alice, about_on=day.date(), pain=10)

    assert not Flag.objects.exists()
