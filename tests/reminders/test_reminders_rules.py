"""When a reminder at a time of day comes next, beside a look at the clock at every minute; and what comes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from programs.reminders.rules import Window
from programs.reminders.rules.reminders import EVERY_DAY, Coming, Rhythm, first_instant, what_comes
from tests.reminders.clock import (
    DAY_MINUTES,
    MINUTE,
    ZONES,
    minutes_of,
    quarter_hours,
    utc,
    weekdays,
    whole_minutes,
    window,
)

pytestmark = pytest.mark.pure

LONDON = ZoneInfo("Europe/London")
HOUR = timedelta(hours=1)
CHANGES = [
    *("2026-03-29 00:00", "2026-10-25 00:00"),  # London
    *("2026-04-04 14:00", "2026-10-03 15:00"),  # Lord Howe, by half an hour
    *("2026-03-08 05:00", "2026-11-01 04:00"),  # Havana, over midnight
]

moments = whole_minutes | st.builds(
    lambda at, minutes: utc(at) + minutes * MINUTE, st.sampled_from(CHANGES), st.integers(-2000, 2000)
)
zones = st.sampled_from(ZONES) | st.sampled_from(
    ["Europe/London", "Australia/Lord_Howe", "America/Havana", "Pacific/Apia", "Asia/Beirut"]
)


@st.composite
def rhythms(draw: st.DrawFn) -> Rhythm:
    return Rhythm(
        at=draw(quarter_hours),
        time_zone=ZoneInfo(draw(zones)),
        days=draw(st.just(EVERY_DAY) | weekdays),
        quiet=draw(st.none() | st.builds(Window, quarter_hours, quarter_hours)),
    )


def is_quiet(moment: datetime, rhythm: Rhythm) -> bool:
    wall = moment.astimezone(rhythm.time_zone)
    quiet = set() if rhythm.quiet is None else {minute % DAY_MINUTES for minute in minutes_of(rhythm.quiet)}
    return wall.hour * 60 + wall.minute in quiet


def watched(rhythm: Rhythm, moment: datetime, days: int) -> list[datetime]:
    """Every reminder in the days after `moment`, found by a look at the clock at every minute."""
    found: dict[date, datetime] = {}
    start = moment.replace(second=0, microsecond=0) - 2 * timedelta(days=1)
    for minute in range((days + 2) * DAY_MINUTES):
        instant = start + minute * MINUTE
        wall = instant.astimezone(rhythm.time_zone)
        if wall.time() >= rhythm.at:
            found.setdefault(wall.date(), instant)
    first_day = min(found)  # it may have begun before the look
    return [
        instant
        for day, instant in found.items()
        if day != first_day and day.weekday() in rhythm.days
        if instant > moment and not is_quiet(instant, rhythm)
    ]


@settings(max_examples=150, deadline=None)
@given(rhythm=rhythms(), moment=moments)
@example(rhythm=Rhythm(time(1, 30), LONDON), moment=utc("2026-03-28 12:00"))
@example(rhythm=Rhythm(time(1, 30), LONDON), moment=utc("2026-10-25 00:45"))
@example(rhythm=Rhythm(time(10), ZoneInfo("Pacific/Apia")), moment=utc("2011-12-29 23:00"))
def test_the_next_reminder_is_the_first_that_the_clock_shows(rhythm: Rhythm, moment: datetime) -> None:
    expected = watched(rhythm, moment, days=4)
    found = rhythm.next_after(moment)

    if expected:
        assert found == expected[0]
    else:
        assert found is None or found >= moment + 4 * timedelta(days=1) - MINUTE


@settings(max_examples=150, deadline=None)
@given(rhythm=rhythms(), start=moments, minutes=st.integers(1, 600))
def test_it_shows_until_the_first_quiet_minute(rhythm: Rhythm, start: datetime, minutes: int) -> None:
    end = start + minutes * MINUTE
    quiet = (start + minute * MINUTE for minute in range(minutes))

    assert rhythm.quiet_from(start, end) == next((at for at in quiet if is_quiet(at, rhythm)), end)


@pytest.mark.parametrize(
    ("zone", "day", "at", "expected"),
    [
        pytest.param("Europe/London", "2026-11-20", "10:00", "2026-11-20 10:00", id="winter"),
        pytest.param("Europe/London", "2026-06-20", "10:00", "2026-06-20 09:00", id="summer"),
        pytest.param("Europe/London", "2026-03-29", "01:30", "2026-03-29 01:00", id="skipped: after the gap"),
        pytest.param("Europe/London", "2026-10-25", "01:30", "2026-10-25 00:30", id="twice: the first"),
        pytest.param("Pacific/Apia", "2011-12-30", "10:00", None, id="a day that never was"),
        pytest.param("America/Havana", "2026-03-08", "00:00", "2026-03-08 05:00", id="no midnight"),
    ],
)
def test_the_first_instant_of_a_time(zone: str, day: str, at: str, expected: str | None) -> None:
    found = first_instant(date.fromisoformat(day), time.fromisoformat(at), ZoneInfo(zone))

    assert found == (expected and utc(expected))


def test_a_reminder_that_a_clock_change_pushes_into_the_quiet_time_is_left_out_that_day() -> None:
    rhythm = Rhythm(time(1, 30), LONDON, quiet=window("02:00-05:00"))

    assert rhythm.next_after(utc("2026-03-28 12:00")) == utc("2026-03-30 00:30")


def test_one_that_is_always_quiet_never_comes() -> None:
    assert Rhythm(time(10), LONDON, quiet=window("09:00-12:00")).next_after(utc("2026-11-20 00:00")) is None


def verdict(
    due: str = "10:00",
    now: str = "10:00",
    *,
    repeats: bool = True,
    is_repeat: bool = False,
    done: str | None = None,
    quiet: str | None = None,
    wanted: bool = True,
) -> tuple[str | None, str, bool]:
    """Until when it shows, when the next one comes, and whether that is a repeat; on 20 November 2026."""

    def at(moment: str) -> datetime:
        return utc(moment if "-" in moment else f"2026-11-20 {moment}")

    coming = Coming(at(due), HOUR, repeats, is_repeat, at(done) if done else None)
    rhythm = Rhythm(time(10), LONDON, quiet=window(quiet) if quiet else None)
    found = what_comes(coming, rhythm, at(now), lambda _: wanted)
    assert found is not None
    shown = found.show_until and f"{found.show_until.astimezone(UTC):%H:%M}"
    return shown, f"{found.next_due_at:%d %H:%M}", found.is_repeat


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        pytest.param({}, ("11:00", "20 11:00", True), id="it comes, and once more an hour later"),
        pytest.param(
            {"due": "11:00", "now": "11:00", "is_repeat": True},
            ("12:00", "21 10:00", False),
            id="never a third time",
        ),
        pytest.param({"repeats": False}, ("11:00", "21 10:00", False), id="once, where once is enough"),
        pytest.param({"done": "08:00"}, (None, "21 10:00", False), id="done two hours before"),
        pytest.param({"done": "07:59"}, ("11:00", "20 11:00", True), id="done longer before"),
        pytest.param(
            {"due": "11:00", "now": "11:00", "is_repeat": True, "done": "10:20"},
            (None, "21 10:00", False),
            id="done before the repeat",
        ),
        pytest.param(
            {"repeats": False, "done": "00:10"}, (None, "21 10:00", False), id="done on the same day"
        ),
        pytest.param(
            {"repeats": False, "done": "2026-11-19 23:50"},
            ("11:00", "21 10:00", False),
            id="done the day before",
        ),
        pytest.param({"wanted": False}, (None, "21 10:00", False), id="not wanted, so not repeated"),
        pytest.param({"now": "10:09"}, ("11:00", "20 11:00", True), id="a little late"),
        pytest.param({"now": "10:10"}, ("11:00", "21 10:00", False), id="late: not said again"),
        pytest.param({"now": "11:00"}, (None, "21 10:00", False), id="too old"),
        pytest.param(
            {"due": "2026-11-17 10:00", "now": "10:30"},
            ("11:00", "21 10:00", False),
            id="after days: the one that is still worth it",
        ),
        pytest.param(
            {"due": "2026-11-17 10:00", "now": "09:30"}, (None, "20 10:00", False), id="after days: none"
        ),
        pytest.param(
            {"quiet": "11:00-12:00"}, ("11:00", "21 10:00", False), id="a repeat in quiet time is dropped"
        ),
        pytest.param({"quiet": "10:30-10:45"}, ("10:30", "20 11:00", True), id="it goes when it gets quiet"),
    ],
)
def test_what_comes(given_: dict[str, object], expected: tuple[str | None, str, bool]) -> None:
    assert verdict(**given_) == expected  # type: ignore[arg-type]


def test_what_is_about_a_day_goes_with_it() -> None:
    coming = Coming(utc("2026-11-20 23:30"), 3 * HOUR, repeats=False, is_repeat=False, satisfied_at=None)

    found = what_comes(coming, Rhythm(time(23, 30), LONDON), utc("2026-11-20 23:30"), lambda _: True)

    assert found is not None
    assert found.show_until == utc("2026-11-21 00:00")


@pytest.mark.parametrize(("now", "comes"), [("10:59", True), ("11:00", False)])
def test_what_is_an_hour_late_is_passed_over_though_it_would_show_for_longer(now: str, comes: bool) -> None:
    coming = Coming(utc("2026-11-20 10:00"), 3 * HOUR, repeats=False, is_repeat=False, satisfied_at=None)

    found = what_comes(coming, Rhythm(time(10), LONDON), utc(f"2026-11-20 {now}"), lambda _: True)

    assert found is not None
    assert (found.show_until is not None) == comes
    assert found.next_due_at == utc("2026-11-21 10:00")


@pytest.mark.parametrize(
    ("day", "again"),
    [
        pytest.param("2027-03-27", True, id="any day: two hours lie between"),
        pytest.param("2027-03-28", False, id="the clock goes forward: the other comes in one"),
    ],
)
def test_what_the_clock_brings_close_to_another_is_not_said_again(day: str, again: bool) -> None:
    first, other = Rhythm(time(0, 30), LONDON), Rhythm(time(2, 30), LONDON)
    due_at = utc(f"{day} 00:30")
    coming = Coming(due_at, HOUR, repeats=True, is_repeat=False, satisfied_at=None, others=[other])

    found = what_comes(coming, first, due_at, lambda _: True)

    assert found is not None
    assert found.show_until is not None
    assert found.is_repeat == again


@pytest.mark.parametrize(
    ("busy_until", "expected"),
    [("10:59", (False, "20 10:59")), ("11:00", (False, "21 10:00"))],
)
def test_it_waits_for_the_end_of_a_busy_time_as_long_as_it_would_show(
    busy_until: str, expected: tuple[bool, str]
) -> None:
    ten = utc("2026-11-20 10:00")
    end = utc(f"2026-11-20 {busy_until}")
    coming = Coming(ten, HOUR, repeats=True, is_repeat=False, satisfied_at=None, busy_until=end)

    found = what_comes(coming, Rhythm(time(10), LONDON), ten, lambda _: True)

    assert found is not None
    assert (found.show_until is not None, f"{found.next_due_at:%d %H:%M}") == expected
