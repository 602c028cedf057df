"""Reminders over REST: the same choices, refused at the same fields."""

from __future__ import annotations

import pytest

from programs.accounts.actions import join_clinic
from programs.accounts.models import Role
from programs.reminders.models import BreakRule, Reminder, ReminderSettings
from tests import makers
from tests.rest import wrong_fields

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("at_noon")]

URL = "/api/v1/reminders/"
STOP = "/api/v1/reminders/stop/"
WISH = {
    "session_times": ["18:00", "10:00"],
    "weekdays": [0, 1, 2, 3, 4, 5, 6],
    "morning_check_at": "09:00",
    "daily_check_at": "19:00",
    "digest_at": None,
    "quiet_start": "21:00",
    "quiet_end": "08:00",
    "time_zone": "Europe/London",
}


def test_what_is_written_down_is_read_again_with_the_next_of_each(api, alice):
    written = api(alice).put(URL, WISH, format="json")

    assert written.status_code == 200
    assert api(alice).get(URL).json() == written.json()
    assert written.json() == WISH | {
        "session_times": ["10:00:00", "18:00:00"],
        "morning_check_at": "09:00:00",
        "daily_check_at": "19:00:00",
        "quiet_start": "21:00:00",
        "quiet_end": "08:00:00",
        "by_push": True,
        "stopped_at": None,
        "coming": [
            {"kind": "session", "at": "2026-11-20T18:00:00Z"},
            {"kind": "daily_check", "at": "2026-11-20T19:00:00Z"},
            {"kind": "session", "at": "2026-11-21T10:00:00Z"},
            {"kind": "morning_check", "at": None},
        ],
    }


def test_there_is_nothing_before_the_first_choice(api, alice):
    assert api(alice).get(URL).status_code == 404
    assert api(alice).delete(STOP).status_code == 404


def test_everything_stops_and_starts_again(api, alice):
    makers.break_rule(alice)
    api(alice).put(URL, WISH, format="json")

    stopped = api(alice).put(STOP).json()

    assert (stopped["stopped_at"], stopped["coming"]) == ("2026-11-20T12:00:00Z", [])
    assert stopped["session_times"] == ["10:00:00", "18:00:00"]
    assert not BreakRule.objects.get().enabled
    assert len(api(alice).delete(STOP).json()["coming"]) == 4
    assert BreakRule.objects.get().enabled


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        pytest.param({"session_times": ["10:00", "11:30"]}, "session_times.1", id="too close"),
        pytest.param({"session_times": ["23:45", "08:30", "00:45"]}, "session_times.0", id="in quiet time"),
        pytest.param({"session_times": ["10:00", "soon"]}, "session_times.1", id="no time"),
        pytest.param({"session_times": ["10:00", None]}, "session_times.1", id="null"),
        pytest.param(
            {"session_times": ["09:00", "11:00", "13:00", "15:00", "17:00"]}, "session_times", id="5"
        ),
        pytest.param({"session_times": "10:00"}, "session_times", id="no list"),
        pytest.param({"weekdays": []}, "weekdays", id="no day"),
        pytest.param({"weekdays": [7]}, "weekdays.0", id="no such day"),
        pytest.param({"weekdays": [True]}, "weekdays.0", id="no number"),
        pytest.param({"daily_check_at": "21:30"}, "daily_check_at", id="quiet"),
        pytest.param({"daily_check_at": "1" * 10_000}, "daily_check_at", id="digits"),
        pytest.param({"daily_check_at": "18:00+05:00"}, "daily_check_at", id="of another zone"),
        pytest.param({"morning_check_at": "13:00"}, "morning_check_at", id="no morning"),
        pytest.param({"quiet_end": None}, "quiet_end", id="half"),
        pytest.param({"quiet_start": 10**40}, "quiet_start", id="huge"),
        pytest.param({"time_zone": "Mars/Olympus"}, "time_zone", id="zone"),
        pytest.param({"time_zone": "a\x00b"}, "body", id="NUL"),
        pytest.param({"time_zone": "../../etc/passwd"}, "time_zone", id="path"),
        pytest.param({"by_push": "perhaps"}, "by_push", id="no boolean"),
        pytest.param({"by_owl": True}, "by_owl", id="unknown"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(api, alice, changes, field):
    answer = api(alice).put(URL, WISH | changes, format="json")

    assert answer.status_code == 400
    assert field in wrong_fields(answer)
    assert not ReminderSettings.objects.exists()


@pytest.mark.parametrize("body", [[], "text", None, {"time_zone": None}, {}])
def test_another_shape_is_refused(api, alice, body):
    assert api(alice).put(URL, body, format="json").status_code == 400


def test_a_therapist_has_a_digest_and_nothing_else(api, bob):
    wrong = wrong_fields(api(bob).put(URL, WISH, format="json"))
    assert set(wrong) == {"session_times", "weekdays", "morning_check_at", "daily_check_at"}

    mine = {"digest_at": "08:00", "time_zone": "Europe/London"}
    answer = api(bob).put(URL, mine, format="json").json()

    assert answer["coming"] == [{"kind": "caseload", "at": "2026-11-23T08:00:00Z"}]  # Monday


def test_nobody_sees_or_changes_another_ones(api, alice, bob, dora):
    api(alice).put(URL, WISH, format="json")

    for other in (bob, dora):
        assert api(other).get(URL).status_code == 404
        api(other).put(STOP)
    assert Reminder.objects.filter(settings__user=alice).count() == 4


def test_administrators_have_none(api, clinic):
    adam = makers.person("adam")
    join_clinic(user=adam, clinic=clinic, role=Role.ADMIN, now=makers.NOON)

    for answer in (api(adam).get(URL), api(adam).put(URL, WISH, format="json"), api(adam).put(STOP)):
        assert answer.status_code == 403


@pytest.mark.parametrize("path", [URL, STOP])
def test_signed_out(client, db, path):
    assert client.put(path).status_code == 401
