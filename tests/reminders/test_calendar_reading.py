"""A patient's calendar is read, and no prompt comes while they are busy."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection

from programs.accounts.models import User
from programs.lib.public_address import NO_ANSWER, NOT_FOUND, NOT_PUBLIC
from programs.reminders.actions import answer_prompt, prompt_due
from programs.reminders.actions.calendars import (
    NO_RULE,
    claim_calendar,
    remove_calendar,
    set_calendar_address,
    set_calendar_file,
    store_problem,
    store_reading,
)
from programs.reminders.models import BreakRule, BusyCalendar, Outcome, Prompt
from programs.reminders.rules.busy import NOT_A_CALENDAR
from programs.reminders.tasks import read_calendars
from tests import makers
from tests.reminders.calendars import MEETING, CalendarServer, at, busy_of, calendar, event, running
from tests.threads import at_once

ADDRESS = "https://calendar.example.com/private-0123456789/basic.ics"
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
LUNCH = event(at(13), at(14))


@pytest.fixture
def rule(alice) -> BreakRule:
    """Every 20 minutes from 9 to 5, from noon on."""
    return makers.break_rule(alice)


@pytest.fixture
def server(settings) -> Iterator[CalendarServer]:
    with running() as server:
        settings.CALENDAR_TEST_ORIGINS = [server.origin]
        server.text = calendar(LUNCH)
        yield server


@pytest.fixture
def given(alice, rule, server) -> BusyCalendar:
    """The calendar of that server is alice's, and was never read."""
    return set_calendar_address(patient=alice, address=server.address, now=makers.NOON)


def read_at(moment) -> None:
    with time_machine.travel(moment, tick=False):
        read_calendars()


# --- the task, with a real server ---


@pytest.mark.sqlite  # the clock of PostgreSQL cannot be set
def test_a_calendar_is_read_within_a_minute_and_then_each_hour(alice, given, server):
    read_at(makers.NOON + MINUTE)
    given.refresh_from_db()
    assert busy_of(alice) == ["13:00-14:00"]
    assert (given.read_at, given.problem) == (makers.NOON + MINUTE, "")
    assert given.known_until == makers.NOON + MINUTE + timedelta(days=14)

    server.text = calendar(event(at(15), at(16)))
    read_at(makers.NOON + HOUR)
    assert busy_of(alice) == ["13:00-14:00"]
    read_at(makers.NOON + HOUR + MINUTE)
    assert busy_of(alice) == ["15:00-16:00"]
    assert len(server.asked) == 2


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"status": 404}, NOT_FOUND),
        ({"text": "<html>"}, NOT_A_CALENDAR),
        ({"status": 302, "location": "https://10.0.0.1/a.ics"}, NOT_PUBLIC),
        ({"status": 302, "location": "https://localhost/a.ics"}, NOT_PUBLIC),
    ],
)
def test_a_fault_is_told_in_words_and_what_was_known_stays(alice, given, server, change, problem):
    read_at(makers.NOON)
    for name, value in change.items():
        setattr(server, name, value)
    read_at(makers.NOON + HOUR)

    given.refresh_from_db()
    assert (given.problem, given.read_at) == (problem, makers.NOON)
    assert given.next_read_at == makers.NOON + 2 * HOUR
    assert busy_of(alice) == ["13:00-14:00"]

    server.status, server.location, server.text = 200, "", calendar(LUNCH)
    read_at(makers.NOON + 2 * HOUR)
    given.refresh_from_db()
    assert given.problem == ""


@pytest.mark.sqlite
def test_a_server_that_is_gone_is_a_problem_of_its_own_patient_only(alice, dora, given, server, settings):
    makers.break_rule(dora)
    settings.CALENDAR_TEST_ORIGINS = [server.origin, "http://127.0.0.1:1"]
    set_calendar_address(patient=dora, address="http://127.0.0.1:1/a.ics", now=makers.NOON - MINUTE)

    read_at(makers.NOON)

    assert BusyCalendar.objects.get(patient=dora).problem == NO_ANSWER
    assert busy_of(alice) == ["13:00-14:00"]


@pytest.mark.sqlite
def test_neither_the_address_nor_what_is_planned_is_ever_logged_or_stored(given, server, caplog, capfd):
    with caplog.at_level(logging.DEBUG):
        for text, status in ((calendar(LUNCH), 200), ("nonsense", 200), ("", 500)):
            server.text, server.status = text, status
            BusyCalendar.objects.update(next_read_at=makers.NOON)
            read_at(makers.NOON)
    assert len(server.asked) == 3
    out, err = capfd.readouterr()
    statements = [record for record in caplog.records if record.name.startswith("django.db")]
    said = out + err + "".join(each.getMessage() for each in caplog.records if each not in statements)
    for secret in ("private-0123456789", MEETING):
        assert secret not in said
    with connection.cursor() as cursor:
        for model in (BusyCalendar, BreakRule):
            cursor.execute(f"SELECT * FROM {model._meta.db_table}")
            assert MEETING not in str(cursor.fetchall())


@pytest.mark.sqlite
def test_an_address_that_is_private_by_now_is_not_read(alice, given, server, settings):
    settings.CALENDAR_TEST_ORIGINS = []

    read_at(makers.NOON)

    given.refresh_from_db()
    assert server.asked == []
    assert given.problem  # an http address is none that is read
    assert busy_of(alice) == []


# --- the actions ---


def test_a_calendar_is_claimed_by_one_reader_at_a_time(given, dora):
    makers.break_rule(dora)
    set_calendar_address(patient=dora, address=ADDRESS, now=makers.NOON + MINUTE)

    assert claim_calendar(now=makers.NOON - MINUTE) is None
    assert claim_calendar(now=makers.NOON + MINUTE) == given
    assert claim_calendar(now=makers.NOON + MINUTE).patient == dora
    assert claim_calendar(now=makers.NOON + MINUTE) is None
    assert claim_calendar(now=makers.NOON + HOUR + MINUTE) is not None


@pytest.mark.parametrize("change", ["closed", "left", "deleted"])
def test_the_calendar_of_somebody_who_is_gone_is_not_read(alice, given, change):
    claimed = claim_calendar(now=makers.NOON)
    assert claimed is not None
    if change == "closed":
        User.objects.update(is_active=False)
    elif change == "left":
        alice.memberships.update(ended_at=makers.NOON)
    else:
        BreakRule.objects.all().delete()

    store_reading(calendar=claimed, text=calendar(LUNCH), now=makers.NOON)

    assert claim_calendar(now=makers.NOON + 2 * HOUR) is None


@pytest.mark.django_db(transaction=True)
def test_two_readers_never_read_the_same(given):
    claimed = at_once(*[lambda: claim_calendar(now=makers.NOON)] * 4)

    assert [each for each in claimed if each is not None] == [given]


def test_a_reading_tells_how_many_events_it_could_not_read_until_it_can(alice, given):
    odd = "BEGIN:VEVENT\r\nUID:1\r\nSUMMARY:x\r\nEND:VEVENT\r\n"

    store_reading(calendar=given, text=calendar(LUNCH, odd), now=makers.NOON)

    stored = BusyCalendar.objects.get()
    assert (stored.problem, stored.read_at) == ("We could not read 1 of your events.", makers.NOON)
    assert busy_of(alice) == ["13:00-14:00"]

    store_reading(calendar=given, text=calendar(LUNCH), now=makers.NOON)
    assert BusyCalendar.objects.get().problem == ""


def test_a_reading_of_an_address_that_was_changed_meanwhile_counts_for_nothing(alice, given):
    claimed = claim_calendar(now=makers.NOON)
    assert claimed is not None
    set_calendar_address(patient=alice, address=ADDRESS, now=makers.NOON)

    store_reading(calendar=claimed, text=calendar(LUNCH), now=makers.NOON)
    store_problem(calendar=claimed, problem=NO_ANSWER)

    stored = BusyCalendar.objects.get()
    assert (stored.read_at, stored.problem) == (None, "")
    assert busy_of(alice) == []


def test_a_reading_of_a_calendar_that_was_removed_meanwhile_counts_for_nothing(alice, given):
    claimed = claim_calendar(now=makers.NOON)
    assert claimed is not None
    remove_calendar(patient=alice, now=makers.NOON)

    store_reading(calendar=claimed, text=calendar(LUNCH), now=makers.NOON)

    assert busy_of(alice) == []


def test_another_address_forgets_what_the_first_one_said_and_the_same_one_keeps_it(alice, given, server):
    store_reading(calendar=given, text=calendar(LUNCH), now=makers.NOON)

    again = set_calendar_address(patient=alice, address=f" {server.address} ", now=makers.NOON + MINUTE)
    assert (again.pk, again.read_at, again.next_read_at) == (given.pk, makers.NOON, makers.NOON + MINUTE)
    assert busy_of(alice) == ["13:00-14:00"]

    other = set_calendar_address(patient=alice, address=ADDRESS, now=makers.NOON)
    assert (other.read_at, other.known_until) == (None, None)
    assert busy_of(alice) == []


def test_a_file_is_read_at_once_for_90_days_and_never_again(alice, given):
    far = makers.NOON + timedelta(days=89)
    farther = makers.NOON + timedelta(days=91)
    text = calendar(LUNCH, event(far, far + HOUR), event(farther, farther + HOUR))

    stored = set_calendar_file(patient=alice, text=text, now=makers.NOON)

    assert busy_of(alice) == ["13:00-14:00", "12:00-13:00"]
    assert (stored.address, stored.read_at, stored.next_read_at) == ("", makers.NOON, None)
    assert stored.known_until == makers.NOON + timedelta(days=90)
    assert claim_calendar(now=makers.NOON + timedelta(days=300)) is None


def test_a_file_that_is_no_calendar_changes_nothing(alice, given):
    store_reading(calendar=given, text=calendar(LUNCH), now=makers.NOON)

    with pytest.raises(ValidationError) as caught:
        set_calendar_file(patient=alice, text="hello", now=makers.NOON)

    assert caught.value.message_dict == {"file": [NOT_A_CALENDAR]}
    assert busy_of(alice) == ["13:00-14:00"]
    assert BusyCalendar.objects.get().address


def test_without_movement_breaks_there_is_nothing_to_keep_quiet(alice):
    with pytest.raises(ValidationError) as caught:
        set_calendar_address(patient=alice, address=ADDRESS, now=makers.NOON)
    assert caught.value.message_dict == {"address": [NO_RULE]}
    with pytest.raises(ValidationError) as caught:
        set_calendar_file(patient=alice, text=calendar(), now=makers.NOON)
    assert caught.value.message_dict == {"file": [NO_RULE]}


def test_removing_forgets_the_address_and_the_busy_times_and_a_repeat_nothing(alice, given):
    store_reading(calendar=given, text=calendar(LUNCH), now=makers.NOON)

    remove_calendar(patient=alice, now=makers.NOON)
    remove_calendar(patient=alice, now=makers.NOON)

    assert busy_of(alice) == []
    assert not BusyCalendar.objects.exists()


def test_nobody_elses_calendar_is_touched(alice, dora, given):
    makers.break_rule(dora)
    store_reading(calendar=given, text=calendar(LUNCH), now=makers.NOON)

    set_calendar_file(patient=dora, text=calendar(event(at(15), at(16))), now=makers.NOON)
    remove_calendar(patient=dora, now=makers.NOON)

    assert busy_of(alice) == ["13:00-14:00"]


# --- a day with a busy calendar ---


def due_times(patient) -> list[str]:
    return [
        f"{due:%H:%M}"
        for due in Prompt.objects.filter(patient=patient).order_by("due_at").values_list("due_at", flat=True)
    ]


def test_nothing_pops_up_in_a_meeting_and_the_prompt_comes_right_after_it(alice):
    """A whole day with meetings that a calendar tells of. Each prompt is waved away."""
    morning = at(9)
    makers.break_rule(alice, now=morning)
    meetings = [(at(10, 15), at(11, 30)), (at(11, 30), at(11, 50)), (at(14, 5), at(14, 15)), (at(16), at(18))]
    text = calendar(
        *(event(*meeting) for meeting in meetings),
        event(at(12), at(13), "TRANSP:TRANSPARENT"),
        event(at(13), at(13, 30), "STATUS:CANCELLED"),
    )
    set_calendar_file(patient=alice, text=text, now=morning)

    for step in range(9 * 12):
        now = morning + step * 5 * MINUTE
        prompt_due(now=now)
        showing = Prompt.objects.filter(patient=alice).showing(now).first()
        if showing is not None:
            assert not any(start <= now < end for start, end in meetings), now
            answer_prompt(prompt=showing, outcome=Outcome.DISMISSED, now=now)

    assert due_times(alice)[:8] == ["09:20", "09:40", "10:00", "11:50", "12:10", "12:30", "12:50", "13:10"]
    assert due_times(alice)[8:] == ["13:30", "13:50", "14:15", "14:35", "14:55", "15:15", "15:35", "15:55"]


def test_a_prompt_that_is_open_goes_away_when_a_meeting_turns_out_to_run(alice, rule, given):
    prompt = makers.prompt(rule)
    now = prompt.due_at + MINUTE
    assert Prompt.objects.showing(now).exists()

    store_reading(calendar=given, text=calendar(event(at(12, 15), at(13))), now=now)

    assert not Prompt.objects.showing(now).exists()
    assert BreakRule.objects.get().next_due_at == at(13)


def test_busy_times_outlive_a_change_of_wishes(alice, given):
    store_reading(calendar=given, text=calendar(LUNCH), now=makers.NOON)

    makers.break_rule(alice, interval_minutes=60)

    assert busy_of(alice) == ["13:00-14:00"]
    assert BreakRule.objects.get().next_due_at == at(14)
