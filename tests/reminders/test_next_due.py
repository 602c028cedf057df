"""When the next movement break is due: cases, properties in every zone, an oracle that watches the clock."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from programs.reminders.rules import BreakSchedule, next_due

pytestmark = pytest.mark.pure

MONDAY, FRIDAY, SATURDAY, SUNDAY = 0, 4, 5, 6
EVERY_DAY = frozenset(range(7))
WORKING_DAYS = frozenset(range(5))
DAY_MINUTES, WEEK_MINUTES = 24 * 60, 7 * 24 * 60


def schedule(
    hours: str,
    zone: str = "Europe/London",
    *,
    minutes: int = 30,
    days: frozenset[int] = EVERY_DAY,
    quiet: str | None = None,
) -> BreakSchedule:
    """A schedule from hours like "09:00-17:00"."""
    start, end = (time.fromisoformat(part) for part in hours.split("-"))
    quiet_start, quiet_end = (
        (time.fromisoformat(part) for part in quiet.split("-")) if quiet else (None, None)
    )
    return BreakSchedule(ZoneInfo(zone), timedelta(minutes=minutes), days, start, end, quiet_start, quiet_end)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# Monday 2 November 2026; London is on UTC until 29 March 2027.
@pytest.mark.parametrize(
    ("last", "plan", "expected"),
    [
        pytest.param("2026-11-02 10:00", schedule("09:00-17:00"), "2026-11-02 10:30", id="one interval on"),
        pytest.param(
            "2026-11-02 10:00:07.5", schedule("09:00-17:00"), "2026-11-02 10:30:07.5", id="to the instant"
        ),
        pytest.param(
            "2026-11-02 05:00", schedule("09:00-17:00"), "2026-11-02 09:00", id="waits for the opening"
        ),
        pytest.param(
            "2026-11-02 08:29:45.5",
            schedule("09:00-17:00"),
            "2026-11-02 09:00",
            id="seconds before the opening",
        ),
        pytest.param(
            "2026-11-02 08:30", schedule("09:00-17:00"), "2026-11-02 09:00", id="the start is inside"
        ),
        pytest.param(
            "2026-11-02 16:30", schedule("09:00-17:00"), "2026-11-03 09:00", id="the end is outside"
        ),
        pytest.param(
            "2026-11-06 16:45",
            schedule("09:00-17:00", days=WORKING_DAYS),
            "2026-11-09 09:00",
            id="over the weekend",
        ),
        pytest.param(
            "2026-11-02 09:00",
            schedule("09:00-17:00", days=frozenset({MONDAY})),
            "2026-11-02 09:30",
            id="same day",
        ),
        pytest.param(
            "2026-11-02 17:00",
            schedule("09:00-17:00", days=frozenset({MONDAY})),
            "2026-11-09 09:00",
            id="a week on",
        ),
        pytest.param(
            "2026-11-02 11:45",
            schedule("09:00-17:00", quiet="12:00-13:00"),
            "2026-11-02 13:00",
            id="after a quiet hour",
        ),
        pytest.param(
            "2026-11-02 11:29",
            schedule("09:00-17:00", quiet="12:00-13:00"),
            "2026-11-02 11:59",
            id="just before it",
        ),
        pytest.param(
            "2026-11-02 15:45",
            schedule("09:00-17:00", quiet="16:00-18:00"),
            "2026-11-03 09:00",
            id="quiet until closed",
        ),
        pytest.param(
            "2026-11-02 20:45",
            schedule("07:00-23:00", quiet="21:00-08:00"),
            "2026-11-03 08:00",
            id="quiet overnight",
        ),
        pytest.param(
            "2026-11-07 00:30",
            schedule("22:00-02:00", days=frozenset({FRIDAY})),
            "2026-11-07 01:00",
            id="Friday night runs into Saturday",
        ),
        pytest.param(
            "2026-11-07 01:30",
            schedule("22:00-02:00", days=frozenset({FRIDAY})),
            "2026-11-13 22:00",
            id="Saturday night is not Friday night",
        ),
        pytest.param(
            "2026-11-06 00:30",
            schedule("22:00-02:00", days=frozenset({FRIDAY})),
            "2026-11-06 22:00",
            id="Friday's first hours belong to Thursday",
        ),
        pytest.param(
            "2026-11-02 23:45", schedule("00:00-00:00"), "2026-11-03 00:15", id="equal ends are all day"
        ),
        pytest.param(
            "2026-11-03 08:00",
            schedule("09:00-09:00", days=frozenset({MONDAY})),
            "2026-11-03 08:30",
            id="a day round ends where it began",
        ),
        pytest.param(
            "2026-11-03 08:30",
            schedule("09:00-09:00", days=frozenset({MONDAY})),
            "2026-11-09 09:00",
            id="and not later",
        ),
        pytest.param(
            "2026-11-02 10:00", schedule("09:00-17:00", quiet="08:00-18:00"), None, id="quiet covers all"
        ),
        pytest.param(
            "2026-11-02 10:00", schedule("09:00-17:00", quiet="12:00-12:00"), None, id="quiet all day"
        ),
        pytest.param("2026-11-02 10:00", schedule("09:00-17:00", days=frozenset()), None, id="no day"),
    ],
)
def test_on_an_ordinary_week(last: str, plan: BreakSchedule, expected: str | None) -> None:
    assert next_due(utc(last), plan) == (None if expected is None else utc(expected))


# London: 29 March 2026 01:00 UTC, 01:00 -> 02:00; 25 October 2026 01:00 UTC, 02:00 -> 01:00.
@pytest.mark.parametrize(
    ("last", "plan", "expected"),
    [
        pytest.param(
            "2026-03-29 00:45",
            schedule("00:00-08:00"),
            "2026-03-29 01:15",
            id="gap: the interval is real time",
        ),
        pytest.param(
            "2026-03-28 22:00",
            schedule("01:30-08:00"),
            "2026-03-29 01:00",
            id="gap: an opening in it moves to its end",
        ),
        pytest.param(
            "2026-03-29 00:00:00.7",
            schedule("01:30-08:00"),
            "2026-03-29 01:00",
            id="gap: ends on a whole second",
        ),
        pytest.param(
            "2026-03-28 22:00",
            schedule("01:15-01:45"),
            "2026-03-30 00:15",
            id="gap: a window in it does not open",
        ),
        pytest.param(
            "2026-03-28 22:00",
            schedule("01:15-01:45", days=frozenset({SUNDAY})),
            "2026-04-05 00:15",
            id="gap: nor does another day stand in",
        ),
        pytest.param(
            "2026-03-22 02:00",
            schedule("01:15-01:45", days=frozenset({SUNDAY})),
            "2026-04-05 00:15",
            id="gap: two weeks to wait",
        ),
        pytest.param(
            "2026-03-29 00:15",
            schedule("00:00-08:00", quiet="00:30-01:30"),
            "2026-03-29 01:00",
            id="gap: quiet hours that end in it end after it",
        ),
        pytest.param(
            "2026-10-24 22:00",
            schedule("01:30-08:00"),
            "2026-10-25 00:30",
            id="fold: the first of two openings",
        ),
        pytest.param(
            "2026-10-25 00:45",
            schedule("00:00-08:00"),
            "2026-10-25 01:15",
            id="fold: the interval is real time",
        ),
        pytest.param(
            "2026-10-25 00:50",
            schedule("01:30-02:00"),
            "2026-10-25 01:30",
            id="fold: allowed times are allowed twice",
        ),
        pytest.param(
            "2026-10-25 00:05",
            schedule("00:30-01:20"),
            "2026-10-25 01:00",
            id="fold: the clock goes back into the window",
        ),
        pytest.param(
            "2026-10-25 00:25",
            schedule("00:00-08:00", quiet="01:30-03:00"),
            "2026-10-25 01:00",
            id="fold: and back out of quiet hours",
        ),
        pytest.param(
            "2026-10-03 15:05",
            schedule("01:00-02:15", "Australia/Lord_Howe"),
            "2026-10-04 14:00",
            id="half-hour gap: 02:00 is followed by 02:30",
        ),
        pytest.param(
            "2026-04-04 14:45",
            schedule("01:00-02:00", "Australia/Lord_Howe"),
            "2026-04-04 15:15",
            id="half-hour fold: 02:00 is followed by 01:30",
        ),
        pytest.param(
            "2026-09-06 02:00",
            schedule("00:00-08:00", "America/Santiago", days=frozenset({SUNDAY})),
            "2026-09-06 04:00",
            id="no midnight in Chile: Sunday begins at 01:00",
        ),
        pytest.param(
            "2026-03-28 20:00",
            schedule("00:00-01:00", "Asia/Beirut", days=frozenset({SUNDAY})),
            "2026-04-04 21:00",
            id="no first hour in Lebanon: nothing until next Sunday",
        ),
        pytest.param(
            "2026-10-24 20:45",
            schedule("00:00-08:00", "Asia/Beirut", days=frozenset({SUNDAY})),
            "2026-10-24 22:00",
            id="the last hour of Saturday twice in Lebanon: Sunday begins after it",
        ),
        pytest.param(
            "2026-10-29 20:45",
            schedule("23:00-00:30", "Africa/Cairo", days=frozenset({3})),
            "2026-10-29 21:15",
            id="the last hour of Thursday twice in Egypt: both are Thursday's",
        ),
        pytest.param(
            "2011-12-29 22:00",
            schedule("09:00-17:00", "Pacific/Apia", days=frozenset({FRIDAY})),
            "2012-01-05 19:00",
            id="no Friday at all in Samoa",
        ),
    ],
)
def test_where_the_clock_changes(last: str, plan: BreakSchedule, expected: str) -> None:
    assert next_due(utc(last), plan) == utc(expected)


def test_the_last_break_may_be_given_in_any_zone() -> None:
    plan = schedule("00:00-08:00")
    before_the_fold = datetime(2026, 10, 25, 1, 45, tzinfo=ZoneInfo("Europe/London"))
    assert next_due(before_the_fold, plan) == next_due(utc("2026-10-25 00:45"), plan)
    due = next_due(before_the_fold, plan)
    assert due is not None
    assert due.tzinfo is UTC


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        next_due(datetime(2026, 11, 2, 10), schedule("09:00-17:00"))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("interval", "quiet_start", "quiet_end", "words"),
    [
        (timedelta(0), None, None, "interval"),
        (timedelta(minutes=-30), None, None, "interval"),
        (timedelta(minutes=30), time(22), None, "start and an end"),
        (timedelta(minutes=30), None, time(7), "start and an end"),
    ],
)
def test_a_schedule_that_makes_no_sense_is_refused(
    interval: timedelta, quiet_start: time | None, quiet_end: time | None, words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        BreakSchedule(ZoneInfo("UTC"), interval, EVERY_DAY, time(9), time(17), quiet_start, quiet_end)


def minute_of_day(moment: time) -> int:
    return moment.hour * 60 + moment.minute


def minutes_from(start: time, end: time) -> range:
    """Minutes after midnight of the opening day, past 24 h where the window passes midnight."""
    length = (minute_of_day(end) - minute_of_day(start)) % DAY_MINUTES or DAY_MINUTES
    return range(minute_of_day(start), minute_of_day(start) + length)


def allowed_minutes(plan: BreakSchedule) -> frozenset[int]:
    """The minutes of the week (from Monday 00:00 on the wall clock) in which a prompt may go out."""
    allowed = {
        (day * DAY_MINUTES + minute) % WEEK_MINUTES
        for day in plan.days
        for minute in minutes_from(plan.window_start, plan.window_end)
    }
    if plan.quiet_start is not None and plan.quiet_end is not None:
        quiet = {minute % DAY_MINUTES for minute in minutes_from(plan.quiet_start, plan.quiet_end)}
        allowed = {minute for minute in allowed if minute % DAY_MINUTES not in quiet}
    return frozenset(allowed)


def minute_of_week(instant: datetime, zone: ZoneInfo) -> int:
    wall = instant.astimezone(zone)
    return wall.weekday() * DAY_MINUTES + wall.hour * 60 + wall.minute


def oracle(last: datetime, plan: BreakSchedule) -> datetime | None:
    """Looks at the clock every minute for 15 days; only for whole minutes."""
    allowed = allowed_minutes(plan)
    if not allowed:
        return None
    due = last + plan.interval
    return next(
        instant
        for instant in (due + timedelta(minutes=minute) for minute in range(15 * DAY_MINUTES))
        if minute_of_week(instant, plan.time_zone) in allowed
    )


CLOCK_CHANGES = {
    "Africa/Cairo": ["2026-04-23 22:00", "2026-10-29 21:00"],
    "America/Santiago": ["2026-04-05 03:00", "2026-09-06 04:00"],
    "Asia/Beirut": ["2026-03-28 22:00", "2026-10-24 21:00"],
    "Australia/Lord_Howe": ["2026-04-04 15:00", "2026-10-03 15:30"],
    "Europe/London": ["2026-03-29 01:00", "2026-10-25 01:00"],
}
ZONES = sorted(zone for zone in available_timezones() if zone not in {"Factory", "localtime", "posixrules"})

instants = st.datetimes(datetime(2020, 1, 1), datetime(2032, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
intervals = st.integers(20, 90).map(lambda minutes: timedelta(minutes=minutes))
quarter_hours = st.integers(0, 95).map(lambda quarter: time(quarter // 4, quarter % 4 * 15))
small_hours = st.sampled_from([time(23, 30), time(23, 45)]) | st.integers(0, 15).map(
    lambda quarter: time(quarter // 4, quarter % 4 * 15)
)
weekdays = st.frozensets(st.integers(0, 6), min_size=1)


@st.composite
def schedules(
    draw: st.DrawFn, zones: list[str], times: st.SearchStrategy[time] = quarter_hours
) -> BreakSchedule:
    quiet = draw(st.none() | st.tuples(times, times))
    quiet_start, quiet_end = quiet or (None, None)
    return BreakSchedule(
        ZoneInfo(draw(st.sampled_from(zones))),
        draw(intervals),
        draw(st.just(EVERY_DAY) | weekdays),
        draw(times),
        draw(times),
        quiet_start,
        quiet_end,
    )


def days_of_change(zone: ZoneInfo, year: int) -> list[datetime]:
    """The starts of the UTC days of a year within which the zone's offset changes."""
    days = [datetime(year, 1, 1, tzinfo=UTC) + timedelta(days=day) for day in range(366)]
    offsets = [day.astimezone(zone).utcoffset() for day in days]
    return [day for day, before, after in zip(days, offsets, offsets[1:], strict=False) if before != after]


@pytest.mark.parametrize(
    ("zone", "change"), [(zone, at) for zone in CLOCK_CHANGES for at in CLOCK_CHANGES[zone]]
)
def test_the_clock_changes_named_here_are_real(zone: str, change: str) -> None:
    after = utc(change).astimezone(ZoneInfo(zone))
    before = (utc(change) - timedelta(seconds=1)).astimezone(ZoneInfo(zone))
    assert before.utcoffset() != after.utcoffset()


@pytest.mark.parametrize(
    ("zone", "change"), [(zone, at) for zone in CLOCK_CHANGES for at in CLOCK_CHANGES[zone]]
)
@settings(max_examples=120, deadline=None)
@given(data=st.data(), minutes=st.integers(-8 * 60, 3 * 60))
def test_near_a_clock_change_it_agrees_with_a_look_at_the_clock_every_minute(
    zone: str, change: str, data: st.DataObject, minutes: int
) -> None:
    plan = data.draw(schedules([zone], small_hours | quarter_hours))
    last = utc(change) + timedelta(minutes=minutes)
    assert next_due(last, plan) == oracle(last, plan)


@settings(max_examples=500, deadline=None)
@given(
    plan=schedules(ZONES, small_hours | quarter_hours),
    year=st.integers(2020, 2032),
    minutes=st.integers(-8 * 60, 27 * 60),
    data=st.data(),
)
def test_in_every_zone_it_agrees_with_the_oracle_around_its_clock_changes(
    plan: BreakSchedule, year: int, minutes: int, data: st.DataObject
) -> None:
    changes = days_of_change(plan.time_zone, year)
    assume(changes)
    last = data.draw(st.sampled_from(changes)) + timedelta(minutes=minutes)
    assert next_due(last, plan) == oracle(last, plan)


@settings(max_examples=1000, deadline=None)
@given(
    plan=schedules(ZONES),
    last=instants,
    percent=st.integers(0, 99),
)
def test_in_every_zone_it_is_the_first_allowed_instant(
    plan: BreakSchedule, last: datetime, percent: int
) -> None:
    allowed = allowed_minutes(plan)
    due = next_due(last, plan)
    if due is None:
        assert not allowed
        return
    assert due - last >= plan.interval
    assert minute_of_week(due, plan.time_zone) in allowed
    earliest = last + plan.interval
    if due > earliest:
        assert minute_of_week(due - timedelta(microseconds=1), plan.time_zone) not in allowed
        assert minute_of_week(earliest + (due - earliest) * percent // 100, plan.time_zone) not in allowed


@settings(max_examples=40, deadline=None)
@given(
    zone=st.sampled_from(ZONES), year=st.integers(2020, 2032), interval=intervals, start=st.integers(0, 330)
)
def test_a_month_of_breaks_never_comes_too_early_and_never_starves(
    zone: str, year: int, interval: timedelta, start: int
) -> None:
    plan = BreakSchedule(ZoneInfo(zone), interval, EVERY_DAY, time(0, 0), time(23, 45))
    last = datetime(year, 1, 1, tzinfo=UTC) + timedelta(days=start)
    for _ in range(timedelta(days=31) // interval):
        due = next_due(last, plan)
        assert due is not None
        assert interval <= due - last <= interval + timedelta(hours=3)
        last = due


@settings(max_examples=60, deadline=None)
@given(plan=schedules(ZONES), last=instants)
def test_a_later_last_break_never_makes_the_next_one_earlier(plan: BreakSchedule, last: datetime) -> None:
    due = next_due(last, plan)
    assume(due is not None)
    assert due is not None
    for minutes in (1, 17, 45, 300, 1500):
        later = next_due(last + timedelta(minutes=minutes), plan)
        assert later is not None
        assert later >= due
