"""GET and PUT /api/v1/break-rule/."""

from datetime import timedelta

import pytest

from programs.accounts.models import AuditEvent
from programs.reminders.models import BreakRule
from tests import makers
from tests.rest import wrong_fields

URL = "/api/v1/break-rule/"
BODY = {
    "enabled": True,
    "interval_minutes": 25,
    "weekdays": [0, 1, 2, 3, 4],
    "window_start": "09:00:00",
    "window_end": "17:30:00",
    "quiet_start": "13:00:00",
    "quiet_end": "14:00:00",
    "time_zone": "Europe/Berlin",
}

pytestmark = pytest.mark.usefixtures("at_noon")


def test_the_rule_is_written_down_and_read_again(api, alice):
    answer = api(alice).put(URL, BODY)

    # Noon in London is 13:00 in Berlin, where it is quiet until 14:00.
    assert answer.status_code == 200
    assert answer.json() == BODY | {"next_due_at": "2026-11-20T13:00:00Z"}
    assert api(alice).get(URL).json() == answer.json()


def test_the_rule_of_a_patient_is_changed_and_never_doubled(api, alice):
    makers.break_rule(alice)

    answer = api(alice).put(URL, BODY | {"interval_minutes": 60})

    assert answer.status_code == 200
    assert BreakRule.objects.get().interval_minutes == 60


def test_switched_off_it_is_kept_but_never_due(api, alice):
    api(alice).put(URL, BODY | {"enabled": False})

    assert not BreakRule.objects.due(makers.NOON + timedelta(days=30)).exists()
    assert api(alice).get(URL).json()["enabled"] is False


def test_without_a_rule_there_is_nothing_to_read(api, alice, dora):
    makers.break_rule(dora)

    answer = api(alice).get(URL)

    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"interval_minutes": 19}, {"interval_minutes": "Choose a whole number from 20 to 60."}),
        ({"interval_minutes": 61}, {"interval_minutes": "Choose a whole number from 20 to 60."}),
        ({"interval_minutes": 25.5}, {"interval_minutes": "Choose a whole number from 20 to 60."}),
        ({"weekdays": []}, {"weekdays": "Choose at least one day."}),
        ({"weekdays": [0, 7]}, {"weekdays.1": "Choose a whole number from 0 to 6."}),
        ({"window_end": "09:00"}, {"window_end": "The last hour must be later than the first."}),
        (
            {"quiet_end": None},
            {"quiet_end": "Give both the start and the end of the quiet time, or neither."},
        ),
        (
            {"quiet_start": "08:00", "quiet_end": "18:00"},
            {"quiet_end": "With this quiet time there would never be a prompt."},
        ),
        ({"time_zone": "Berlin"}, {"time_zone": "Choose a time zone from the list."}),
        ({"step": 4}, {"step": "There is no such field."}),
    ],
)
def test_what_cannot_be_right_is_refused_at_its_field(api, alice, changes, fields):
    answer = api(alice).put(URL, BODY | changes)

    assert (answer.status_code, wrong_fields(answer)) == (400, fields)
    assert not BreakRule.objects.exists()


def test_only_patients_have_a_rule(api, alice, bob, charlie):
    makers.break_rule(alice, interval_minutes=20)

    for therapist in (bob, charlie):
        assert api(therapist).get(URL).status_code == 403
        assert api(therapist).put(URL, BODY).status_code == 403
    assert BreakRule.objects.get().interval_minutes == 20


def test_nobody_changes_another_patients_rule(api, alice, dora):
    makers.break_rule(alice, interval_minutes=20)

    api(dora).put(URL, BODY)

    assert BreakRule.objects.get(patient=alice).interval_minutes == 20
    assert BreakRule.objects.get(patient=dora).interval_minutes == 25


def test_signed_out_gets_401_as_a_problem(client, db):
    for answer in (client.get(URL), client.put(URL, BODY, content_type="application/json")):
        assert answer.status_code == 401
        assert answer["Content-Type"] == "application/problem+json"
    assert not BreakRule.objects.exists()


def test_every_look_and_change_is_written_down(api, alice):
    api(alice).put(URL, BODY)
    api(alice).get(URL)

    assert list(AuditEvent.objects.values_list("door", flat=True)) == ["api:break-rule"] * 2
