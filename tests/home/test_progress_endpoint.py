"""GET /api/v1/progress/."""

from __future__ import annotations

from datetime import timedelta

import pytest
from rest_framework.test import APIClient

from programs.accounts.models import AuditEvent, User
from tests import makers
from tests.home.test_progress import a_year, morning, session
from tests.rest import wrong_fields

URL = "/api/v1/progress/"
QUERIES = 8

pytestmark = [pytest.mark.once, pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]


def test_the_days_come_with_their_scores_and_sentences(api, alice, plan):
    for back, after in ((6, 6), (5, 5), (1, 3)):
        row = session(plan, back, (6, after))
    morning(alice, 1, 2)
    makers.daily_check(alice, 0)
    makers.intake(alice, goal="Walk to the shop.")

    answer = api(alice).get(URL)

    assert answer.status_code == 200
    found = answer.json()
    assert found["heading"] == "Your leg pain after sessions went from 6 to 3 in 5 days."
    assert (found["is_higher"], found["is_new"], found["has_earlier"]) == (False, False, False)
    assert found["done"] == "You did something on 3 of 7 days. All of it on 3 days."
    assert found["newest"] == [
        "19 Nov: before 6, after 3, next morning 2.",
        "20 Nov: worst leg pain 0.",
        "20 Nov: right leg to the calf.",
    ]
    assert (found["goal"], found["pain_limit"]) == ("Walk to the shop.", 5)
    assert found["stages"] == [{"first": "2026-11-20", "last": "2026-11-20", "number": 1}]
    assert len(found["days"]) == 7
    assert found["days"][-1] == {
        "day": "2026-11-20",
        "worst_leg_pain": 0,
        "reach_left": None,
        "reach_right": 4,
        "did": "nothing",
        "sessions": [],
    }
    assert found["days"][-2] == {
        "day": row.performed_on.isoformat(),
        "worst_leg_pain": None,
        "reach_left": None,
        "reach_right": None,
        "did": "all",
        "sessions": [
            {"before": 6, "after": 3, "next_morning": 2, "stopped_at": "", "is_whole": True},
        ],
    }


def test_somebody_new_gets_nulls_and_no_zeros(api, alice):
    found = api(alice).get(URL).json()
    assert (found["heading"], found["is_new"]) == ("Come back after 3 sessions.", True)
    assert found["pain_limit"] is None
    assert {day["worst_leg_pain"] for day in found["days"]} == {None}


def test_so_many_days_as_are_asked_for(api, alice, plan):
    a_year(plan, 60)
    client = api(alice)
    assert len(client.get(URL).json()["days"]) == 14
    assert len(client.get(f"{URL}?days=1").json()["days"]) == 1
    whole = client.get(f"{URL}?days=400").json()
    assert len(whole["days"]) == 60
    assert whole["days"][0]["day"] == (makers.NOON.date() - timedelta(days=59)).isoformat()
    assert client.get(URL).json()["has_earlier"]


@pytest.mark.parametrize("days", ["0", "401", "-1", "many", "1.5", "9" * 2000])
def test_a_number_of_days_that_cannot_be_is_refused(api, alice, days):
    answer = api(alice).get(URL, {"days": days})
    assert answer.status_code == 400
    assert wrong_fields(answer) == {"days": "Choose a whole number of days from 1 to 400."}
    assert not AuditEvent.objects.filter(door="api:progress").exists()


def test_the_queries_do_not_grow_with_the_days(api, alice, plan, django_assert_num_queries):
    for days in (2, 60):
        a_year(plan, days)
        client = api(User.objects.get(pk=alice.pk))
        with django_assert_num_queries(QUERIES):
            client.get(URL, {"days": 400})


def test_looking_is_recorded(api, alice):
    api(alice).get(URL)
    assert AuditEvent.objects.filter(door="api:progress", actor=alice, patient=alice).count() == 1


def test_it_is_for_patients_who_are_signed_in(api, bob):
    assert api(bob).get(URL).status_code == 403
    assert APIClient().get(URL).status_code == 401
