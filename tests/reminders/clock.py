"""Schedules to try, what the zones do, and an oracle that looks at the patient's clock every minute.

The oracle shares nothing with the rules: it has no notion of boundaries or of clock changes, only a table of
the minutes of a week and a look at what the clock shows. It is exact where all times are whole minutes.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import strategies as st

from programs.reminders.rules import BreakSchedule, Slot, Window, next_slot

MONDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = 0, 3, 4, 5, 6
EVERY_DAY = frozenset(range(7))
WORKING_DAYS = frozenset(range(5))
NO_CAP = 24 * 60
MINUTE = timedelta(minutes=1)
DAY_MINUTES, WEEK_MINUTES = 24 * 60, 7 * 24 * 60

ZONES = sorted(available_timezones() - {"Factory", "localtime", "posixrules"})


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def window(hours: str) -> Window:
    """A window from hours like "09:00-17:00"."""
    start, end = (time.fromisoformat(part) for part in hours.split("-"))
    return Window(start, end)


def schedule(
    hours: str,
    zone: str = "Europe/London",
    *,
    minutes: int = 30,
    days: frozenset[int] = EVERY_DAY,
    quiet: str | None = None,
    cap: int = NO_CAP,
    busy: Sequence[tuple[str, str]] = (),
) -> BreakSchedule:
    """A schedule from hours like "09:00-12:00 13:00-17:00"; as many prompts a day as fit, unless told.

    busy: pairs of moments in UTC, such as ("2026-11-02 10:00", "2026-11-02 11:00").
    """
    return BreakSchedule(
        time_zone=ZoneInfo(zone),
        interval=timedelta(minutes=minutes),
        days=days,
        windows=tuple(window(part) for part in hours.split()),
        quiet=window(quiet) if quiet else None,
        daily_cap=cap,
        busy=tuple((utc(start), utc(end)) for start, end in busy),
    )


def next_due(last: datetime, plan: BreakSchedule) -> datetime | None:
    """When the break after one at `last` is due."""
    slot = next_slot(last, plan)
    return slot and slot.due_at


def walk(slot: Slot | None, plan: BreakSchedule) -> Iterator[Slot]:
    """This slot and all that follow it, without end where the schedule is ever open."""
    while slot is not None:
        yield slot
        slot = slot.following(plan)


# What people may choose.
quarter_hours = st.integers(0, 95).map(lambda quarter: time(quarter // 4, quarter % 4 * 15))
small_hours = st.sampled_from([time(23, 30), time(23, 45)]) | st.integers(0, 15).map(
    lambda quarter: time(quarter // 4, quarter % 4 * 15)
)
weekdays = st.frozensets(st.integers(0, 6), min_size=1)
instants = st.datetimes(datetime(2020, 1, 1), datetime(2032, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
whole_minutes = instants.map(lambda instant: instant.replace(second=0, microsecond=0))


@st.composite
def schedules(
    draw: st.DrawFn,
    zones: Sequence[str] = ZONES,
    times: st.SearchStrategy[time] = quarter_hours,
) -> BreakSchedule:
    windows = st.builds(Window, times, times)
    return BreakSchedule(
        time_zone=ZoneInfo(draw(st.sampled_from(zones))),
        interval=draw(st.integers(20, 60)) * MINUTE,
        days=draw(st.just(EVERY_DAY) | weekdays),
        windows=tuple(draw(st.lists(windows, min_size=1, max_size=3))),
        quiet=draw(st.none() | windows),
        daily_cap=draw(st.just(NO_CAP) | st.integers(1, 16)),
    )


@st.composite
def busy_from(draw: st.DrawFn, start: datetime) -> tuple[tuple[datetime, datetime], ...]:
    """Up to five stretches, from a little before `start` to some days after it, apart and in order."""
    length = draw(st.sampled_from([12 * 60, 4 * DAY_MINUTES]))
    edges = sorted(draw(st.lists(st.integers(-180, length), max_size=10, unique=True)))
    return tuple(
        (start + one * MINUTE, start + other * MINUTE)
        for one, other in zip(edges[::2], edges[1::2], strict=False)
    )


@st.composite
def lives(
    draw: st.DrawFn,
    plans: st.SearchStrategy[BreakSchedule] | None = None,
    lasts: st.SearchStrategy[datetime] = instants,
) -> tuple[BreakSchedule, datetime]:
    """A schedule, with or without busy stretches, and when the last break was."""
    plan, last = draw(plans or schedules()), draw(lasts)
    return replace(plan, busy=draw(st.just(()) | busy_from(last))), last


def minutes_of(hours: Window) -> range:
    """Minutes after midnight of the opening day, past 24 h where the window passes midnight."""
    start, end = (moment.hour * 60 + moment.minute for moment in (hours.start, hours.end))
    return range(start, start + ((end - start) % DAY_MINUTES or DAY_MINUTES))


def week_of(plan: BreakSchedule) -> list[int | None]:
    """For every minute of the week on the wall clock, from Monday 00:00: how many days ago the day began to
    which it counts (the longest ago, of several); None where no prompt may go out.
    """
    week: list[int | None] = [None] * WEEK_MINUTES
    for ago in (0, 1):  # the days that began first come last, and stay
        for hours in plan.windows:
            minutes = minutes_of(hours)
            first = max(minutes.start, ago * DAY_MINUTES)
            length = max(0, min(minutes.stop, (ago + 1) * DAY_MINUTES) - first)
            for day in plan.days:
                place = (day * DAY_MINUTES + first) % WEEK_MINUTES
                week[place : place + length] = [ago] * length
    if plan.quiet is not None:
        for minute in minutes_of(plan.quiet):
            week[minute % DAY_MINUTES :: DAY_MINUTES] = [None] * 7
    return week


class Watched:
    """A stretch of time with what the wall clock of a zone shows at each of its minutes."""

    def __init__(self, start: datetime, length: timedelta, zone: ZoneInfo) -> None:
        self.start = start
        self.instants = [start + MINUTE * minute for minute in range(length // MINUTE + 1)]
        looks = (instant.astimezone(zone) for instant in self.instants)
        # Counted from a Monday, as day 1 of the calendar is one.
        self.shown = [
            (there.toordinal() - 1) * DAY_MINUTES + there.hour * 60 + there.minute for there in looks
        ]

    def days(self, plan: BreakSchedule) -> list[int | None]:
        """For each minute the day to which it counts, as a number; None: no prompt may go out."""
        week = week_of(plan)
        agos = (week[minute % WEEK_MINUTES] for minute in self.shown)
        days = [
            None if ago is None else minute // DAY_MINUTES - ago
            for minute, ago in zip(self.shown, agos, strict=True)
        ]
        for start, end in plan.busy:
            for minute in range((start - self.start) // MINUTE, (end - self.start) // MINUTE):
                if 0 <= minute < len(days):
                    days[minute] = None
        return days

    def slots(self, plan: BreakSchedule) -> Iterator[Slot]:
        """All slots whose end can be seen, if the last break was an interval before the first minute."""
        days, interval = self.days(plan), plan.interval // MINUTE
        minute = until = made = 0
        today = -1
        while minute < len(days):
            shown = days[minute]
            day = today if shown is None else max(shown, today)
            if shown is None or (day == today and made >= plan.daily_cap):
                minute += 1
                continue
            made = made + 1 if day == today else 1
            today, until = day, max(until, minute)
            while until < len(days) and days[until] == shown:
                until += 1
            if until == len(days):
                return
            yield Slot(self.instants[minute], self.instants[until], date.fromordinal(day + 1), made)
            minute += interval


FIRST_YEAR, LAST_YEAR = 2020, 2032
START = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC)
WEEKS = (datetime(LAST_YEAR + 1, 1, 1, tzinfo=UTC) - START) // timedelta(days=7) + 1


@cache
def clock_changes(zone: ZoneInfo) -> dict[datetime, timedelta | None]:
    """The minutes (UTC) at which the zone's clock changes in these years, and its offset from then on.

    A clock that went back to the same offset within a week would be missed; the shortest time is four weeks.
    """
    changes = {}
    weeks = [START + timedelta(days=7 * week) for week in range(WEEKS + 1)]
    offsets = [week.astimezone(zone).utcoffset() for week in weeks]
    for week, (before, after) in zip(weeks, pairwise(offsets), strict=False):
        if before != after:
            minute = bisect_left(
                range(WEEK_MINUTES),
                True,
                key=lambda minute: (week + minute * MINUTE).astimezone(zone).utcoffset() != before,
            )
            changes[week + minute * MINUTE] = after
    return changes


@cache
def zones_that_differ() -> list[list[str]]:
    """The names of all zones, those together that show the same in all these years: one may speak for all."""
    alike = defaultdict(list)
    for name in ZONES:
        zone = ZoneInfo(name)
        alike[START.astimezone(zone).utcoffset(), *clock_changes(zone).items()].append(name)
    return sorted(alike.values())
