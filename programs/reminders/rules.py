"""When the next movement break is due: elapsed time counted in UTC, hours and days read off the wall clock.

A break is due at the **first instant, at or after the last one plus the interval, at which the patient's wall
clock shows an allowed time**. That one sentence settles what happens when clocks change:

* The interval is real time. Two breaks 30 minutes apart stay 30 minutes apart while the clock jumps.
* An opening that the clock skips (02:30 where 02:00 is followed by 03:00) becomes the first instant after the
  gap, if that is still inside the window; a window that lies wholly in the gap does not open that day.
* An opening that happens twice is the first one; a wall-clock time that is allowed is allowed both times.
"""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SEARCH = timedelta(days=15)
"""How far ahead to look. A window open one day a week can lose that day to a clock change, so two weeks and a
day see every opening a schedule has."""


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of the wall clock, from `start` up to but not including `end`.

    A window whose end is at or before its start runs past midnight and ends on the following day; one that
    starts and ends at the same time lasts the whole day round.
    """

    start: time
    end: time

    def opened_on(self, wall: datetime) -> date | None:
        """The day on which the window that holds this wall-clock time opened, or None outside of it."""
        moment = wall.time()
        if self.start < self.end:
            return wall.date() if self.start <= moment < self.end else None
        if moment >= self.start:
            return wall.date()
        return wall.date() - timedelta(days=1) if moment < self.end else None


@dataclass(frozen=True, slots=True)
class BreakSchedule:
    """When a patient wants to be prompted to move, on the wall clock of their own time zone.

    days: weekdays on which the window opens, Monday 0 to Sunday 6. What runs past midnight belongs to the day
    it opened on: Friday 22:00-02:00 covers the first hours of Saturday and needs only Friday.
    quiet_start, quiet_end: no prompts in between, on any day; both or neither. Equal ones silence all day.
    """

    time_zone: ZoneInfo
    interval: timedelta
    days: frozenset[int]
    window_start: time
    window_end: time
    quiet_start: time | None = None
    quiet_end: time | None = None

    def __post_init__(self) -> None:
        if self.interval <= timedelta(0):
            raise ValueError("The interval between breaks must be longer than nothing.")
        if (self.quiet_start is None) != (self.quiet_end is None):
            raise ValueError("Quiet hours need both a start and an end.")

    @property
    def window(self) -> Window:
        return Window(self.window_start, self.window_end)

    @property
    def quiet(self) -> Window | None:
        if self.quiet_start is None or self.quiet_end is None:
            return None
        return Window(self.quiet_start, self.quiet_end)

    def allows(self, wall: datetime) -> bool:
        """Whether a prompt may go out at this wall-clock time (a naive datetime in the patient's zone)."""
        opened_on = self.window.opened_on(wall)
        if opened_on is None or opened_on.weekday() not in self.days:
            return False
        return self.quiet is None or self.quiet.opened_on(wall) is None

    def allows_at(self, instant: datetime) -> bool:
        """The same for a moment in time."""
        return self.allows(instant.astimezone(self.time_zone).replace(tzinfo=None))


def next_due(last: datetime, schedule: BreakSchedule) -> datetime | None:
    """The instant (UTC) of the break after one at `last`, or None where the schedule is never open."""
    if last.tzinfo is None:
        raise ValueError("The time of the last break needs a time zone.")
    due = last.astimezone(UTC) + schedule.interval
    end = due + SEARCH
    while due < end:
        wall = due.astimezone(schedule.time_zone).replace(tzinfo=None)
        if schedule.allows(wall):
            return due
        opening = due + (_next_opening(wall, schedule) - wall)
        due = _clock_change(due, opening, schedule.time_zone) or opening
    return None


def _next_opening(wall: datetime, schedule: BreakSchedule) -> datetime:
    """The next wall-clock time after `wall` at which a window opens or quiet hours end: within a day."""
    times = [schedule.window_start] + ([schedule.quiet_end] if schedule.quiet_end is not None else [])
    dates = (wall.date(), wall.date() + timedelta(days=1))
    openings = [datetime.combine(day, moment) for day in dates for moment in times]
    return min(opening for opening in openings if opening > wall)


def _clock_change(after: datetime, until: datetime, time_zone: ZoneInfo) -> datetime | None:
    """The first instant in (after, until] with another UTC offset, or None; both in UTC, at most a day apart.

    Zones change their clocks on whole seconds, and never twice in a day.
    """
    before = after.astimezone(time_zone).utcoffset()
    if until.astimezone(time_zone).utcoffset() == before:
        return None
    start = after.replace(microsecond=0)
    seconds = range(int((until - start).total_seconds()) + 1)

    def has_changed(second: int) -> bool:
        return (start + timedelta(seconds=second)).astimezone(time_zone).utcoffset() != before

    return start + timedelta(seconds=bisect_left(seconds, True, key=has_changed))


def when_in_words(at: datetime, now: datetime, time_zone: ZoneInfo) -> str:
    """A moment to come as a person in `time_zone` says it: "today at 14:30", "on Monday at 09:00"."""
    if at <= now:
        return "any moment now"
    there = at.astimezone(time_zone)
    days_ahead = (there.date() - now.astimezone(time_zone).date()).days
    if days_ahead < 2:
        day = ("today", "tomorrow")[days_ahead]
    else:
        day = f"on {there:%A}" if days_ahead < 7 else f"on {there.day} {there:%B}"
    return f"{day} at {there:%H:%M}"
