"""/api/v1/busy-calendar/ and /api/v1/calendar-feed/."""

from __future__ import annotations

import pytest

from programs.accounts.models import AuditEvent
from programs.lib.public_address import NOT_HTTPS, NOT_PUBLIC
from programs.reminders.actions.calendars import NO_RULE
from programs.reminders.api.calendars import ONE_OF_BOTH
from programs.reminders.models import BusyCalendar, CalendarFeed
from programs.reminders.rules.busy import NOT_A_CALENDAR
from tests import makers
from tests.reminders.calendars import at, busy_of, calendar, event
from tests.rest import wrong_fields

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("at_noon")]

BUSY = "/api/v1/busy-calendar/"
FEED = "/api/v1/calendar-feed/"
ADDRESS = "https://93.184.215.14/private-0123456789/basic.ics"
LUNCH = calendar(event(at(13), at(14)))


def test_an_address_is_taken_and_never_told_again(api, alice):
    makers.break_rule(alice)

    answer = api(alice).put(BUSY, {"address": ADDRESS})

    assert answer.status_code == 200
    assert answer.json() == {
        "host": "93.184.215.14",
        "read_at": None,
        "known_until": None,
        "problem": "",
        "busy_today": [],
    }
    assert BusyCalendar.objects.get().address == ADDRESS
    assert api(alice).get(BUSY).json() == answer.json()


def test_the_text_of_a_file_is_read_at_once(api, alice):
    makers.break_rule(alice)

    for _ in range(2):
        answer = api(alice).put(BUSY, {"content": LUNCH})
        assert answer.status_code == 200
        assert answer.json() == {
            "host": "",
            "read_at": "2026-11-20T12:00:00Z",
            "known_until": "2027-02-18T12:00:00Z",
            "problem": "",
            "busy_today": [{"start": "2026-11-20T13:00:00Z", "end": "2026-11-20T14:00:00Z"}],
        }
    assert busy_of(alice) == ["13:00-14:00"]


def test_events_that_cannot_be_read_are_told(api, alice):
    makers.break_rule(alice)
    odd = "BEGIN:VEVENT\r\nUID:1\r\nSUMMARY:x\r\nEND:VEVENT\r\n"

    answer = api(alice).put(BUSY, {"content": calendar(event(at(13), at(14)), odd)})

    assert answer.json()["problem"] == "We could not read 1 of your events."
    assert busy_of(alice) == ["13:00-14:00"]


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, {"address": ONE_OF_BOTH}),
        ({"address": ADDRESS, "content": LUNCH}, {"address": ONE_OF_BOTH}),
        ({"address": "http://93.184.215.14/"}, {"address": NOT_HTTPS}),
        ({"address": "https://10.0.0.1/"}, {"address": NOT_PUBLIC}),
        ({"address": "https://localhost.localdomain/"}, {"address": NOT_PUBLIC}),
        ({"address": ""}, {"address": "This field may not be blank."}),
        ({"address": None}, {"address": "This field may not be null."}),
        ({"address": ["x"]}, {"address": "Not a valid string."}),
        ({"address": "a" * 1001}, {"address": "Ensure this field has no more than 1000 characters."}),
        ({"content": "hello"}, {"content": NOT_A_CALENDAR}),
        ({"address": ADDRESS, "name": "x"}, {"name": "There is no such field."}),
    ],
)
def test_a_wrong_body_gets_one_sentence_at_its_field(api, alice, body, errors):
    makers.break_rule(alice)

    answer = api(alice).put(BUSY, body)

    assert answer.status_code == 400
    assert wrong_fields(answer) == errors
    assert not BusyCalendar.objects.exists()


def test_without_a_break_rule_there_is_nothing_to_keep_quiet(api, alice):
    assert wrong_fields(api(alice).put(BUSY, {"address": ADDRESS})) == {"address": NO_RULE}
    assert wrong_fields(api(alice).put(BUSY, {"content": LUNCH})) == {"content": NO_RULE}


def test_a_calendar_is_removed_and_a_repeat_changes_nothing(api, alice):
    makers.break_rule(alice)
    api(alice).put(BUSY, {"content": LUNCH})

    for _ in range(2):
        assert api(alice).delete(BUSY).status_code == 204
    assert api(alice).get(BUSY).status_code == 404
    assert busy_of(alice) == []


def test_a_feed_is_made_told_once_renewed_and_ended(api, alice, client):
    first = api(alice).post(FEED)
    assert first.status_code == 201
    assert client.get(first.json()["address"]).status_code == 200

    assert api(alice).get(FEED).json() == {
        "created_at": "2026-11-20T12:00:00Z",
        "last_read_at": "2026-11-20T12:00:00Z",
    }
    second = api(alice).post(FEED)
    assert client.get(first.json()["address"]).status_code == 404
    assert client.get(second.json()["address"]).status_code == 200
    for _ in range(2):
        assert api(alice).delete(FEED).status_code == 204
    assert client.get(second.json()["address"]).status_code == 404
    assert api(alice).get(FEED).status_code == 404


def test_nobody_elses_is_found_or_changed(api, alice, dora):
    makers.break_rule(alice)
    api(alice).put(BUSY, {"content": LUNCH})
    api(alice).post(FEED)

    for url in (BUSY, FEED):
        assert api(dora).get(url).status_code == 404
        api(dora).delete(url)
    assert busy_of(alice) == ["13:00-14:00"]
    assert CalendarFeed.objects.filter(patient=alice).exists()


@pytest.mark.parametrize("url", [BUSY, FEED])
def test_it_is_the_patients_own_and_not_for_others(api, client, alice, bob, url):
    makers.break_rule(alice)
    api(alice).put(BUSY, {"content": LUNCH})
    api(alice).post(FEED)

    assert client.get(url).status_code == 401
    for method in ("get", "put" if url == BUSY else "post", "delete"):
        assert getattr(api(bob), method)(url).status_code == 403


@pytest.mark.parametrize(("url", "door"), [(BUSY, "api:busy-calendar"), (FEED, "api:calendar-feed")])
def test_the_look_is_written_down(api, alice, url, door):
    makers.break_rule(alice)
    api(alice).put(BUSY, {"content": LUNCH})
    api(alice).post(FEED)
    AuditEvent.objects.all().delete()

    api(alice).get(url)

    look = AuditEvent.objects.get()
    assert (look.actor, look.patient, look.door) == (alice, alice, door)
