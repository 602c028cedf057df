"""The secret address under which a calendar program reads the coming prompts."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

import pytest
import recurring_ical_events
from django.conf import settings as project
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from programs.accounts.models import User
from programs.reminders.actions import pause_breaks
from programs.reminders.actions.calendars import feed_hash, renew_feed, set_busy
from programs.reminders.models import BreakRule, CalendarFeed, Kind, Reminder, ReminderSettings
from programs.reminders.render.ics import Entry, calendar
from tests import makers

pytestmark = pytest.mark.usefixtures("at_noon")
WEEK = timedelta(days=7)


@pytest.fixture
def feed(alice) -> str:
    """The path of alice's feed."""
    return new_feed(alice)


def new_feed(patient: User) -> str:
    clinic = patient.memberships.get().clinic
    return f"/calendar/{renew_feed(clinic=clinic, patient=patient, now=makers.NOON)}.ics"


@pytest.fixture
def entries(client) -> Callable[[str], list[tuple[str, str]]]:
    """What a calendar program reads there: each title with when it is."""

    def read(path: str) -> list[tuple[str, str]]:
        answer = client.get(path)
        assert answer.status_code == 200
        document = Calendar.from_ical(answer.content)
        assert document.errors == []
        return [
            (str(event["SUMMARY"]), f"{event.decoded('DTSTART'):%a %H:%M}")
            for event in document.walk("VEVENT")
        ]

    return read


def reminder(patient: User, kind: Kind, at: time, **more: object) -> Reminder:
    values = {"clinic": patient.memberships.get().clinic, "weekdays": [0, 2], "time_zone": "Europe/London"}
    stored, _ = ReminderSettings.objects.get_or_create(user=patient, defaults=values)
    return Reminder.objects.create(settings=stored, kind=kind, at=at, next_due_at=makers.NOON, **more)


def test_the_coming_prompts_of_a_week_are_in_it(alice, feed, entries):
    makers.break_rule(alice, interval_minutes=60, window_start=time(11), window_end=time(15))

    found = entries(feed)

    # Noon on a Friday: at 13:00 and 14:00 today, from tomorrow on at 11:00 too.
    assert found[:3] == [
        ("Short break", "Fri 13:00"),
        ("Short break", "Fri 14:00"),
        ("Short break", "Sat 11:00"),
    ]
    assert {title for title, _ in found} == {"Short break"}
    assert len(found) == 2 + 6 * 4


def test_busy_times_are_left_out(alice, feed, entries):
    rule = makers.break_rule(alice, interval_minutes=60, window_start=time(11), window_end=time(15))
    busy = [(makers.NOON.replace(hour=12, minute=30), makers.NOON.replace(hour=14, minute=30))]
    set_busy(rule=rule, busy=busy, now=makers.NOON)

    assert entries(feed)[0] == ("Short break", "Fri 14:30")


@pytest.mark.parametrize("change", ["none", "off"])
def test_without_breaks_it_is_an_empty_calendar(alice, feed, entries, change):
    if change != "none":
        makers.break_rule(alice)
    if change == "off":
        BreakRule.objects.update(enabled=False)

    assert entries(feed) == []


def test_a_pause_leaves_out_what_falls_into_it_and_nothing_else(alice, feed, entries):
    makers.break_rule(alice, interval_minutes=60, window_start=time(11), window_end=time(15))
    whole = entries(feed)

    pause_breaks(patient=alice, until=makers.NOON + timedelta(minutes=90), now=makers.NOON)

    assert whole[0] == ("Short break", "Fri 13:00")
    assert entries(feed) == [("Short break", "Fri 13:30"), ("Short break", "Fri 14:30"), *whole[2:]]


def test_a_pause_of_days_leaves_the_days_after_it(alice, feed, entries):
    makers.break_rule(alice, interval_minutes=60, window_start=time(11), window_end=time(15))
    until = (makers.NOON + timedelta(days=2)).replace(hour=0)

    pause_breaks(patient=alice, until=until, now=makers.NOON)

    found = entries(feed)
    assert found[0] == ("Short break", "Sun 11:00")
    assert len(found) == 5 * 4


def test_a_pause_beyond_the_week_is_an_empty_calendar(alice, feed, entries):
    makers.break_rule(alice)
    pause_breaks(patient=alice, until=makers.NOON + 2 * WEEK, now=makers.NOON)

    assert entries(feed) == []


def test_other_reminders_are_in_it_without_a_word_about_what_they_are(alice, plan, feed, entries):
    reminder(alice, Kind.SESSION, time(9))
    reminder(alice, Kind.DAILY_CHECK, time(19, 30))
    reminder(alice, Kind.MORNING_CHECK, time(8), wanted_on=["2026-11-21"])
    reminder(alice, Kind.DIGEST, time(7))

    found = entries(feed)

    assert {title for title, _ in found} == {"Reminder"}
    assert [when for _, when in found] == [
        "Fri 19:30",
        "Sat 08:00",
        "Sat 19:30",
        "Sun 19:30",
        "Mon 09:00",
        "Mon 19:30",
        "Tue 19:30",
        "Wed 09:00",
        "Wed 19:30",
        "Thu 19:30",
    ]


def test_nothing_in_it_tells_who_it_is_or_why(alice, plan, feed, client):
    makers.break_rule(alice)
    reminder(alice, Kind.SESSION, time(9))

    text = client.get(feed).content.decode()

    for word in (
        "Alice",
        "example.org",
        "sciatica",
        "calf",
        "pain",
        "exercise your",
        "session",
        "Stride",
        "check",
    ):
        assert word.lower() not in text.lower(), word
    for row in (alice, BreakRule.objects.get(), CalendarFeed.objects.get(), plan):
        assert str(row.pk) not in text
    assert set(re.findall(r"https?://\S+", text)) == {project.SITE_ADDRESS}


def test_a_prompt_keeps_its_name_from_reading_to_reading(alice, feed, client):
    makers.break_rule(alice)

    def names(path: str) -> list[str]:
        return [str(each["UID"]) for each in Calendar.from_ical(client.get(path).content).walk("VEVENT")]

    first = names(feed)
    assert first == names(feed)
    assert len(set(first)) == len(first)
    assert names(new_feed(alice)) == first


def test_it_is_read_without_signing_in_and_kept_to_its_reader(alice, feed, client):
    answer = client.get(feed)

    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Cache-Control"] == "private, no-cache"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert CalendarFeed.objects.get().last_read_at == makers.NOON
    assert "sessionid" not in answer.cookies


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch", "head"])
def test_nothing_but_reading_is_possible(client, feed, method):
    assert getattr(client, method)(feed).status_code == 405


@pytest.mark.parametrize("secret", ["x", "a" * 43, "a" * 500, "%00", "é", "%ff", "..", "' or 1=1"])
def test_an_unknown_secret_is_not_found(client, feed, secret):
    answer = client.get(f"/calendar/{secret}.ics")

    assert answer.status_code == 404
    assert CalendarFeed.objects.get().last_read_at is None


def test_whoever_tries_many_secrets_is_slowed_down_and_a_right_one_is_not(client, feed):
    tries = [client.get(f"/calendar/{number}.ics").status_code for number in range(65)]

    assert tries == [404] * 60 + [429] * 5
    assert client.get(feed).status_code == 200


def test_only_a_hash_of_the_secret_is_stored(feed):
    secret = feed.removeprefix("/calendar/").removesuffix(".ics")

    stored = CalendarFeed.objects.get()
    assert len(secret) >= 43  # 256 bits
    assert stored.secret_hash == feed_hash(secret)
    assert secret not in str(CalendarFeed.objects.values().get())


def test_a_new_secret_ends_the_old_one(alice, feed, client):
    client.get(feed)

    renewed = new_feed(alice)

    assert client.get(feed).status_code == 404
    assert CalendarFeed.objects.get().last_read_at is None
    assert client.get(renewed).status_code == 200


@pytest.mark.parametrize("change", ["closed", "left"])
def test_it_ends_with_the_account_and_with_the_membership(alice, feed, client, change):
    if change == "closed":
        User.objects.filter(pk=alice.pk).update(is_active=False)
    else:
        alice.memberships.update(ended_at=makers.NOON)

    assert client.get(feed).status_code == 404


def test_two_feeds_show_each_their_own(alice, dora, feed, entries):
    makers.break_rule(alice)

    assert entries(feed)
    assert entries(new_feed(dora)) == []


def test_it_asks_for_the_same_rows_however_much_is_in_it(
    alice, plan, feed, client, django_assert_num_queries
):
    makers.break_rule(alice, interval_minutes=60)
    reminder(alice, Kind.DAILY_CHECK, time(19, 30))
    reminder(alice, Kind.SESSION, time(9))
    with django_assert_num_queries(10):
        client.get(feed)
    makers.break_rule(alice, interval_minutes=20)
    reminder(alice, Kind.SESSION, time(10))
    reminder(alice, Kind.SESSION, time(11))

    with django_assert_num_queries(10):
        client.get(feed)


# --- the text ---

MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001
    lambda moment: moment.replace(microsecond=0)
)


@given(st.lists(MOMENTS, unique=True, max_size=20), st.text(min_size=1, max_size=100))
def test_what_is_written_is_what_is_read(moments, title):
    wanted = [Entry(str(number), at, title.strip() or "x") for number, at in enumerate(moments)]

    text = calendar(wanted, name="Prompts", site="https://tracker.example.com", now=makers.NOON)

    document = Calendar.from_ical(text)
    events = document.walk("VEVENT")
    assert document.errors == []
    assert [(str(each["UID"]), each.decoded("DTSTART")) for each in events] == [
        (each.uid, each.starts_at) for each in wanted
    ]
    assert all(b"\r\n" in text and len(line) <= 75 for line in text.split(b"\r\n"))
    for each in events:
        (alarm,) = each.walk("VALARM")
        assert (str(alarm["ACTION"]), alarm.decoded("TRIGGER")) == ("DISPLAY", timedelta())
        assert str(each["TRANSP"]) == "TRANSPARENT"
    found = recurring_ical_events.of(document).between(datetime(1999, 1, 1), datetime(2038, 1, 1))  # noqa: DTZ001
    assert len(found) == len(wanted)


def test_it_asks_to_be_read_each_hour():
    text = calendar([], name="Prompts", site="https://tracker.example.com", now=makers.NOON)

    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in text
    assert b"X-PUBLISHED-TTL:PT1H\r\n" in text
