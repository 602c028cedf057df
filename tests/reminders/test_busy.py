"""When somebody is busy, from the text of a calendar."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from programs.reminders.rules.busy import (
    LONGEST,
    MOST_CHARACTERS,
    MOST_EVENTS,
    MOST_TIMES,
    NOT_A_CALENDAR,
    TOO_MUCH,
    busy_times,
    merged,
)
from tests.reminders.clock import utc

pytestmark = pytest.mark.pure

LONDON = ZoneInfo("Europe/London")
NEW_YORK = ZoneInfo("America/New_York")
START = utc("2026-11-20 00:00")
END = START + timedelta(days=14)
ELEVEN = ("DTSTART:20261120T110000Z", "DTEND:20261120T120000Z")


def event(*lines: str, uid: str = "1") -> str:
    return "\r\n".join(["BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20260101T000000Z", *lines, "END:VEVENT", ""])


def calendar(*parts: str) -> str:
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\n{''.join(parts)}END:VCALENDAR\r\n"


def busy(*parts: str, zone: ZoneInfo = LONDON, end: datetime = END) -> list[str]:
    """Each busy stretch as "20 11:00-12:00", in UTC."""
    found = busy_times(calendar(*parts), start=START, end=end, time_zone=zone)
    return [f"{begins:%d %H:%M}-{ends:%H:%M}" for begins, ends in found.times]


def test_an_event_is_busy_from_its_start_to_its_end():
    assert busy(event(*ELEVEN)) == ["20 11:00-12:00"]
    assert busy(event(ELEVEN[0], "DURATION:PT1H30M")) == ["20 11:00-12:30"]


def test_zones_are_known_by_name_also_as_other_programs_call_them():
    for name in ("Europe/Berlin", '"W. Europe Standard Time"', "/example.org/20260101/Europe/Berlin"):
        lines = (f"DTSTART;TZID={name}:20261120T110000", f"DTEND;TZID={name}:20261120T120000")
        assert busy(event(*lines)) == ["20 10:00-11:00"], name


def test_a_time_without_a_zone_is_the_patients_own():
    floating = ("DTSTART:20261120T090000", "DTEND:20261120T100000")
    unknown = ("DTSTART;TZID=Here:20261120T090000", "DTEND;TZID=Here:20261120T100000")

    assert busy(event(*floating)) == ["20 09:00-10:00"]
    assert busy(event(*floating), zone=NEW_YORK) == busy(event(*unknown), zone=NEW_YORK) == ["20 14:00-15:00"]


def test_a_zone_that_a_calendar_defines_itself_is_nobody_elses():
    zone = (
        "BEGIN:VTIMEZONE\r\nTZID:Here\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n"
        "TZOFFSETFROM:+0500\r\nTZOFFSETTO:+0500\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
    )
    there = event("DTSTART;TZID=Here:20261120T090000", "DTEND;TZID=Here:20261120T100000")

    assert busy(zone, there) == busy(there) == ["20 09:00-10:00"]
    assert busy(zone.replace("VTIMEZONE", "VTIME\r\n ZONE"), there) == ["20 09:00-10:00"]


@pytest.mark.parametrize(
    "lines",
    [
        ("TRANSP:TRANSPARENT", *ELEVEN),
        ("STATUS:CANCELLED", *ELEVEN),
        ("STATUS:cancelled", *ELEVEN),
        ("DTSTART;VALUE=DATE:20261120", "DTEND;VALUE=DATE:20261121"),
        ("DTSTART;VALUE=DATE:20261120",),
        ("DTSTART:20261120T110000Z",),
        ("DTSTART:20261120T110000Z", "DTEND:20261120T110000Z"),
        ("DTSTART:20261120T110000Z", "DTEND:20261120T100000Z"),
        ("DTSTART:20261120T000000Z", "DTEND:20261121T000000Z"),
        ("DTSTART:20261119T090000Z", "DTEND:20261129T170000Z"),
        ("DTSTART:20261119T220000Z", "DTEND:20261120T000000Z"),
        ("DTSTART:20261204T000000Z", "DTEND:20261204T010000Z"),
        ("DTSTART:nonsense", "DTEND:20261120T120000Z"),
        ("DTEND:20261120T120000Z",),
        ("DTSTART:99991231T235900Z", "DTEND:99991231T235959Z"),
        ("DTSTART:00010101T000000", "DTEND:00010101T010000"),
    ],
)
def test_this_is_not_busy(lines):
    assert busy(event(*lines)) == []


def test_what_is_tentative_or_has_no_status_is_busy():
    assert busy(event("STATUS:TENTATIVE", "TRANSP:OPAQUE", *ELEVEN)) == ["20 11:00-12:00"]


def test_what_repeats_is_busy_each_time_but_for_its_exceptions():
    series = event(
        *ELEVEN,
        "RRULE:FREQ=DAILY;COUNT=5",
        "EXDATE:20261121T110000Z",
        "RDATE:20261128T080000Z",
    )
    moved = event("RECURRENCE-ID:20261122T110000Z", "DTSTART:20261122T150000Z", "DTEND:20261122T153000Z")
    dropped = event("RECURRENCE-ID:20261123T110000Z", *ELEVEN, "STATUS:CANCELLED").replace("1120", "1123")

    assert busy(series, moved, dropped) == [
        "20 11:00-12:00",
        "22 15:00-15:30",
        "24 11:00-12:00",
        "28 08:00-09:00",
    ]


def test_what_repeats_keeps_to_the_wall_clock():
    weekly = event(
        "DTSTART;TZID=Europe/London:20260706T090000",
        "DTEND;TZID=Europe/London:20260706T100000",
        "RRULE:FREQ=WEEKLY;BYDAY=MO",
    )

    assert busy(weekly) == ["23 09:00-10:00", "30 09:00-10:00"]


def test_what_floats_and_repeats_is_found_at_the_edges_too():
    daily = event("DTSTART:20261101T080000", "DTEND:20261101T090000", "RRULE:FREQ=DAILY")

    found = busy(daily, zone=ZoneInfo("Pacific/Auckland"))  # 13 hours ahead

    assert (found[0], found[-1], len(found)) == ("20 19:00-20:00", "03 19:00-20:00", 14)


def test_stretches_that_touch_or_overlap_are_one_and_all_are_cut_to_what_was_asked():
    parts = [
        event("DTSTART:20261119T230000Z", "DTEND:20261120T010000Z", uid="a"),
        event("DTSTART:20261120T110000Z", "DTEND:20261120T120000Z", uid="b"),
        event("DTSTART:20261120T120000Z", "DTEND:20261120T130000Z", uid="c"),
        event("DTSTART:20261120T123000Z", "DTEND:20261120T124500Z", uid="d"),
        event("DTSTART:20261203T230000Z", "DTEND:20261204T020000Z", uid="e"),
    ]

    assert busy(*parts) == ["20 00:00-01:00", "20 11:00-13:00", "03 23:00-00:00"]


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(1, 90)), max_size=30))
def test_merging_keeps_every_busy_minute_and_adds_none(given_):
    times = [(START + timedelta(minutes=a), START + timedelta(minutes=a + length)) for a, length in given_]

    apart = merged(times)

    def minutes(stretches):
        return {
            begins + timedelta(minutes=each)
            for begins, ends in stretches
            for each in range((ends - begins) // timedelta(minutes=1))
        }

    assert minutes(apart) == minutes(times)
    assert all(one[1] < other[0] for one, other in pairwise(apart))


@given(st.lists(st.tuples(st.integers(-600, 2600), st.integers(-30, 900)), max_size=12))
@settings(max_examples=50, deadline=None)
def test_what_comes_back_is_in_order_apart_and_inside_of_what_was_asked(given_):
    end = START + timedelta(days=1)
    parts = [
        event(
            f"DTSTART:{START + timedelta(minutes=begins):%Y%m%dT%H%M%SZ}",
            f"DTEND:{START + timedelta(minutes=begins + length):%Y%m%dT%H%M%SZ}",
            uid=str(number),
        )
        for number, (begins, length) in enumerate(given_)
    ]

    found = busy_times(calendar(*parts), start=START, end=end, time_zone=LONDON)

    moments = [moment for stretch in found.times for moment in stretch]
    assert moments == sorted(set(moments))
    assert all(START <= moment <= end for moment in moments)
    assert found.known_until == end


def test_an_event_that_makes_no_sense_spoils_no_other():
    nonsense = event("DTSTART;VALUE=DATE:20261120", "DTEND:20261120T120000Z", uid="2")
    worse = event(*ELEVEN, "RRULE:FREQ=OFTEN", uid="3")

    assert busy(nonsense, worse, event(*ELEVEN)) == ["20 11:00-12:00"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "<html><title>Calendar</title></html>",
        "BEGIN:VCALENDAR",
        calendar(event(*ELEVEN)).removesuffix("END:VCALENDAR\r\n"),
    ],
)
def test_what_is_no_calendar_is_a_sentence(text):
    with pytest.raises(ValueError, match=NOT_A_CALENDAR):
        busy_times(text, start=START, end=END, time_zone=LONDON)


LINES = st.lists(
    st.sampled_from(
        [
            "BEGIN:VEVENT",
            "END:VEVENT",
            "BEGIN:VTIMEZONE",
            "BEGIN:VALARM",
            "END:VALARM",
            "UID:1",
            *ELEVEN,
            "DTSTART:20261120T110000",
            "DTSTART;VALUE=DATE:20261120",
            "DTSTART;TZID=Nowhere:20261120T110000",
            "DTEND:-1",
            "DURATION:P1W",
            "DURATION:-PT1H",
            "RRULE:FREQ=DAILY",
            "RRULE:FREQ=WEEKLY;BYDAY=XX",
            "RRULE:COUNT=0",
            "EXDATE:20261120T110000Z",
            "RDATE;VALUE=PERIOD:20261120T110000Z/PT1H",
            "RECURRENCE-ID;RANGE=THISANDFUTURE:20261120T110000Z",
            " folded",
            ":",
            ";",
            "X;Y",
        ]
    )
    | st.text(max_size=20),
    max_size=25,
)


@given(LINES, st.booleans())
@settings(max_examples=300, deadline=None)
def test_no_text_brings_it_down(lines, is_event):
    inside = event(*lines) if is_event else "".join(f"{line}\r\n" for line in lines)
    try:
        found = busy_times(calendar(inside), start=START, end=END, time_zone=LONDON)
    except ValueError as error:
        assert str(error) in (NOT_A_CALENDAR, TOO_MUCH)  # noqa: PT017
    else:
        assert all(START <= begins < ends <= END for begins, ends in found.times)


# --- what is odd, and takes nothing else with it ---

SERIES = event("DTSTART:20260101T130000Z", "DTEND:20260101T140000Z", "RRULE:FREQ=DAILY")
DAYS = [f"{START + timedelta(days=each):%d} 13:00-14:00" for each in range(14)]
THAT_TIME = "RECURRENCE-ID:20261201T130000Z"


def unread(*parts: str) -> int:
    return busy_times(calendar(*parts), start=START, end=END, time_zone=LONDON).unread


@pytest.mark.parametrize(
    "lines",
    [
        (THAT_TIME, "DTSTART;VALUE=DATE:20261201", "DTEND;VALUE=DATE:20261202"),
        (THAT_TIME, "DTSTART;VALUE=DATE:20261201"),
        (THAT_TIME, "DTSTART:20261201T090000Z", "DTEND:20261202T170000Z"),
        (THAT_TIME, "DTSTART:20261201T090000Z", "DTEND:20261202T090000Z"),
        (THAT_TIME, "SUMMARY:no start"),
        (THAT_TIME, "DTSTART:nonsense", "DTEND:20261201T140000Z"),
        (THAT_TIME, "DTSTART:20261201T150000Z", "DTEND;VALUE=DATE:20261202"),
        ("RECURRENCE-ID:nonsense", "DTSTART:20261201T150000Z", "DTEND:20261201T160000Z"),
        (THAT_TIME.replace(":", ";RANGE=THISANDFUTURE:"), "DTSTART:19990101T130000Z", "DURATION:PT1H"),
        (THAT_TIME, "DTSTART:99991201T150000Z", "DURATION:PT1H"),
    ],
)
def test_an_exception_that_is_odd_leaves_the_series_as_it_is_and_is_counted(lines):
    assert busy(SERIES, event(*lines)) == DAYS
    assert unread(SERIES, event(*lines)) == 1


def test_an_odd_exception_spoils_no_good_one():
    odd = event(THAT_TIME, "DTSTART;VALUE=DATE:20261201")
    moved = event("RECURRENCE-ID:20261122T130000Z", "DTSTART:20261122T150000Z", "DTEND:20261122T153000Z")

    found = busy(SERIES, odd, moved)

    assert found == [*DAYS[:2], "22 15:00-15:30", *DAYS[3:]]
    assert unread(SERIES, odd, moved) == 1


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        ("FREQ=DAILY;BYHOUR=13;BYMINUTE=0", DAYS),
        ("FREQ=DAILY;BYHOUR=13;BYMINUTE=0;BYSECOND=0", DAYS),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1", ["23 13:00-14:00", "30 13:00-14:00"]),
        ("FREQ=WEEKLY;BYDAY=MO,TU;BYSETPOS=-1", ["24 13:00-14:00", "01 13:00-14:00"]),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", ["30 13:00-14:00"]),
    ],
)
def test_a_rule_that_says_more_than_it_must_is_understood(rule, found):
    series = SERIES.replace("FREQ=DAILY", rule)

    assert (busy(series), unread(series)) == (found, 0)


def test_what_began_long_ago_still_takes_place():
    series = SERIES.replace("20260101", "19690101")

    assert (busy(series), unread(series)) == (DAYS, 0)


def test_of_several_rules_all_count_but_those_that_no_meeting_has():
    mondays = "FREQ=WEEKLY;BYDAY=MO"
    two = SERIES.replace("FREQ=DAILY", f"{mondays}\r\nRRULE:FREQ=WEEKLY;BYDAY=TU")
    one_odd = SERIES.replace("FREQ=DAILY", f"FREQ=SECONDLY\r\nRRULE:{mondays}")

    assert busy(two) == ["23 13:00-14:00", "24 13:00-14:00", "30 13:00-14:00", "01 13:00-14:00"]
    assert busy(one_odd) == ["23 13:00-14:00", "30 13:00-14:00"]
    assert (unread(two), unread(one_odd)) == (0, 1)


def test_a_date_left_out_that_makes_no_sense_leaves_the_series():
    series = SERIES.replace("RRULE", "EXDATE:nonsense\r\nRRULE")

    assert (busy(series), unread(series)) == (DAYS, 1)


def test_events_that_cannot_be_read_are_counted_and_nothing_else_is():
    no_start, no_rule = event("SUMMARY:x", uid="a"), event(*ELEVEN, "RRULE:FREQ=OFTEN", uid="b")
    fine = [
        event("DTSTART;VALUE=DATE:19480101", "RRULE:FREQ=YEARLY", uid="birthday"),
        event("DTSTART;VALUE=DATE:20261120", uid="holiday"),
        event("DTSTART:20261119T090000Z", "DTEND:20261129T170000Z", "RRULE:FREQ=YEARLY", uid="long"),
        event(*ELEVEN, "STATUS:CANCELLED", uid="cancelled"),
        event("DTSTART:20251119T090000Z", uid="a moment"),
        event(THAT_TIME, "DTSTART;VALUE=DATE:20261201", uid="one day of something"),
        SERIES,
    ]

    assert unread(*fine) == 0
    assert unread(*fine, no_start, no_rule) == 2


def test_a_series_that_moves_by_thousands_of_years_costs_little():
    began = time.process_time()
    old = SERIES.replace("20260101", "19000101")
    far = event("RECURRENCE-ID;RANGE=THISANDFUTURE:99990101T130000Z", *ELEVEN)

    assert busy(old, far) == DAYS
    assert time.process_time() - began < LONGEST


# --- what would cost too much ---


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=MINUTELY",
        "FREQ=HOURLY",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=-1",
        "FREQ=DAILY;BYHOUR=0,1,2;BYMINUTE=0,1,2;BYSECOND=0,1,2",
        "FREQ=DAILY;BYHOUR=11;BYMINUTE=0,1",
        "FREQ=DAILY;BYHOUR=11;BYMINUTE=0;BYSETPOS=1",
        "FREQ=WEEKLY;BYDAY=MO,TU;BYSETPOS=3",
        "FREQ=WEEKLY;BYDAY=1MO,2MO,3MO;BYSETPOS=-3",
        "FREQ=WEEKLY;BYSETPOS=0",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=32",
        "FREQ=DAILY;BYMONTH=13",
        "FREQ=DAILY;BYMONTHDAY=30;BYMONTH=2",
        "FREQ=DAILY;BYYEARDAY=366",
        "FREQ=YEARLY;BYWEEKNO=53",
        "FREQ=MONTHLY;BYMONTHDAY=" + ",".join(["1"] * 200),
    ],
)
def test_what_no_meeting_does_is_left_out_at_once(rule):
    began = time.process_time()

    assert busy(event(*ELEVEN, f"RRULE:{rule}"), event(*ELEVEN, uid="2")) == ["20 11:00-12:00"]
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (("DTSTART:19700101T110000Z", "DTEND:19700101T120000Z", "RRULE:FREQ=DAILY"), 14),
        (("DTSTART:19000101T110000Z", "DTEND:19000101T120000Z", "RRULE:FREQ=DAILY"), 14),
        (("DTSTART:18991231T110000Z", "DTEND:18991231T120000Z", "RRULE:FREQ=DAILY"), 0),
        (("DTSTART:00010101T110000Z", "DTEND:00010101T120000Z", "RRULE:FREQ=DAILY"), 0),
        (("DTSTART:20200101T110000Z", "DTEND:20990101T120000Z", "RRULE:FREQ=DAILY"), 0),
        ((*ELEVEN, *["RRULE:FREQ=DAILY;BYMONTH=2"] * 5_000), 1),
        ((*ELEVEN, "RRULE:FREQ=DAILY", "EXDATE:" + ",".join(["20261121T110000Z"] * 40_000)), 0),
        ((*ELEVEN, "SUMMARY:" + "a" * 900_000), 1),
        ((*ELEVEN, 'SUMMARY;A="' + '"' * 400_000 + ":x"), 1),
        ((*ELEVEN, "SUMMARY:" + "\r\n a" * 200_000), 1),
        (("DTSTART:20261119T110000Z", "DTEND:20261119T120000Z", "RRULE:FREQ=DAILY;INTERVAL=7;BYDAY=MO"), 0),
    ],
)
def test_what_is_odd_costs_little(lines, found):
    began = time.process_time()

    assert len(busy(event(*lines))) == found
    assert time.process_time() - began < LONGEST


@pytest.mark.parametrize(
    "text",
    [
        calendar(*[event(*ELEVEN)] * (MOST_EVENTS + 1)),
        calendar("BEGIN:X\r\n" * 20_001),
        calendar(event(*ELEVEN, "X-A:" + "a" * MOST_CHARACTERS)),
    ],
    ids=["events", "parts", "characters"],
)
def test_too_much_is_a_sentence(text):
    began = time.process_time()
    with pytest.raises(ValueError, match=TOO_MUCH):
        busy_times(text, start=START, end=END, time_zone=LONDON)
    assert time.process_time() - began < 1


def test_what_takes_too_long_to_work_out_is_a_sentence(monkeypatch):
    monkeypatch.setattr("programs.reminders.rules.busy.LONGEST", 0.05)
    old = ("DTSTART:19700105T110000Z", "DTEND:19700105T120000Z", "RRULE:FREQ=DAILY")

    with pytest.raises(ValueError, match=TOO_MUCH):
        busy(*(event(*old, uid=str(number)) for number in range(50)))


def test_nesting_without_end_brings_nothing_down():
    deep = "BEGIN:VEVENT\r\n" * 4_000 + "END:VEVENT\r\n" * 4_000

    assert busy(deep) == []


def test_of_very_many_stretches_the_first_are_known():
    each = [
        event(
            f"DTSTART:{START + timedelta(minutes=20 * number):%Y%m%dT%H%M%SZ}",
            "DURATION:PT10M",
            uid=str(number),
        )
        for number in range(MOST_TIMES + 5)
    ]

    found = busy_times(calendar(*each), start=START, end=END, time_zone=LONDON)

    assert len(found.times) == MOST_TIMES
    assert found.known_until == START + timedelta(minutes=20 * MOST_TIMES)


def test_nothing_but_moments_in_utc_is_handed_back():
    found = busy_times(
        calendar(event(*ELEVEN, "SUMMARY:Secret", "LOCATION:Ward 3")), start=START, end=END, time_zone=LONDON
    )

    assert found.times == [(utc("2026-11-20 11:00"), utc("2026-11-20 12:00"))]
    assert all(moment.tzinfo is UTC for stretch in found.times for moment in stretch)
