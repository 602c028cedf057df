"""One's own account over REST."""

from __future__ import annotations

import pytest

from programs.accounts.actions import join_clinic
from programs.accounts.models import Role
from tests import makers
from tests.rest import wrong_fields

ME = "/api/v1/me/"

pytestmark = [pytest.mark.once, pytest.mark.django_db]


def test_it_says_who_is_signed_in_and_how_they_want_things(api, alice):
    assert api(alice).get(ME).json() == {
        "id": str(alice.pk),
        "name": "Alice",
        "email": "alice@example.org",
        "roles": ["patient"],
        "text_size": 100,
        "voice": True,
        "speed": "normal",
        "first_leg": "sore",
        "less_motion": False,
        "time_zone": "Europe/London",
    }


@pytest.mark.parametrize("role", Role.values)
def test_every_role_has_it(api, clinic, role):
    eve = makers.person("eve")
    join_clinic(user=eve, clinic=clinic, role=role, now=makers.NOON)

    assert api(eve).get(ME).json()["roles"] == [role]


def test_what_is_sent_is_kept_and_the_rest_stays_as_it_is(api, alice):
    client = api(alice)
    for body in ({"text_size": 130, "voice": False}, {"speed": "slower"}, {}, {"speed": "slower"}):
        answer = client.patch(ME, body, format="json")
        assert answer.status_code == 200

    alice.refresh_from_db()
    assert (alice.text_size, alice.voice, alice.speed, alice.name) == (130, False, "slower", "Alice")
    assert answer.json() == client.get(ME).json()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("text_size", 140),
        ("voice", "perhaps"),
        ("speed", "fast"),
        ("first_leg", None),
        ("less_motion", None),
        ("time_zone", "Mars/Olympus"),
        ("email", "mallory@example.org"),
        ("roles", ["admin"]),
    ],
)
def test_what_is_no_wish_is_refused_and_nothing_is_kept(api, alice, field, value):
    answer = api(alice).patch(ME, {"text_size": 130, "speed": "slower"} | {field: value}, format="json")

    assert answer.status_code == 400
    assert wrong_fields(answer).keys() == {field}
    alice.refresh_from_db()
    assert (alice.text_size, alice.speed, alice.email) == (100, "normal", "alice@example.org")


def test_strangers_and_people_without_a_clinic_have_none(client, api, db):
    assert client.get(ME).status_code == 401
    assert api(makers.person("eve")).get(ME).status_code == 403
