"""When the next movement break is due: elapsed time counted in UTC, hours and days read off the wall clock.

A break is due at the **first instant, at or after the last one plus the interval, at which the patient's wall
clock shows an allowed time** of a day that has not had its most. That one sentence settles what happens when
clocks change:

* The interval is real time. Two breaks 30 minutes apart stay 30 minutes apart while the clock jumps.
* An opening that the clock skips (02:30 where 02:00 is followed by 03:00) becomes the first instant after the
  gap, if that is still inside the window; a window that lies wholly in the gap does not open that day.
* An opening that happens twice is the first one; a wall-clock time that is allowed is allowed both times.
* A day that has begun stays: where the clock goes back over its beginning, what follows still counts for it.

A stretch in which the patient is busy shows no allowed time, whatever the clock says: a break that would be
due in it comes right after it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from types import MappingProxyType
from zoneinfo import ZoneInfo

from programs.lib.wall_clock import clock_change

MOST_A_DAY = 16
"""Prompts a day, at most: an eight-hour day at every half hour. More are switched off, not followed."""

SEARCH = timedelta(days=15)
"""How far ahead to look. A window open one day a week can lose that day to a clock change, so two weeks and a
day see every opening a schedule has."""

NONE_YET: Mapping[date, int] = MappingProxyType({})


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

    days: weekdays on which the windows open, Monday 0 to Sunday 6. What runs past midnight belongs to the day
    it opened on: Friday 22:00-02:00 covers the first hours of Saturday and needs only Friday.
    quiet: no prompts in between, on any day. daily_cap: how many prompts one such day has at most.
    busy: stretches of time (UTC) without prompts, such as meetings: in order and apart.
    """

    time_zone: ZoneInfo
    interval: timedelta
    days: frozenset[int]
    windows: tuple[Window, ...]
    quiet: Window | None = None
    daily_cap: int = MOST_A_DAY
    busy: tuple[tuple[datetime, datetime], ...] = ()

    def __post_init__(self) -> None:
        if self.interval <= timedelta(0):
            raise ValueError("The interval between breaks must be longer than nothing.")
        if self.daily_cap < 1:
            raise ValueError("A day has room for one prompt at least.")
        if any(start >= end for start, end in self.busy) or any(
            end >= start for (_, end), (start, _) in pairwise(self.busy)
        ):
            raise ValueError("Busy stretches must last, be in order and apart.")

    def day_of(self, wall: datetime) -> date | None:
        """The day to which this wall-clock time (naive, in the patient's zone) counts; None: no prompt then.

        Where windows overlap it is the day that began first, so that no day comes back after another.
        """
        if self.quiet is not None and self.quiet.opened_on(wall) is not None:
            return None
        opened = (window.opened_on(wall) for window in self.windows)
        return min((day for day in opened if day is not None and day.weekday() in self.days), default=None)


@dataclass(frozen=True, slots=True)
class Slot:
    """One moment at which a break is due, with what the calendar says about it.

    due_at: UTC. open_until: the first instant (UTC) after it at which the wall clock shows a time that is not
    allowed, or one of another day, or at which the patient is busy. day: the day it counts for. nth: which
    prompt of that day it is, from 1.
    """

    due_at: datetime
    open_until: datetime
    day: date
    nth: int

    def next_in_stretch(self, interval: timedelta, daily_cap: int) -> Slot | None:
        """The slot an interval later, if the same stretch of allowed time holds it: no calendar needed."""
        due_at = self.due_at + interval
        if due_at >= self.open_until or self.nth >= daily_cap:
            return None
        return Slot(due_at, self.open_until, self.day, self.nth + 1)

    def following(self, schedule: BreakSchedule) -> Slot | None:
        """The slot after this one, or None where the schedule is never open again."""
        soon = self.next_in_stretch(schedule.interval, schedule.daily_cap)
        return soon or next_slot(self.due_at, schedule, made={self.day: self.nth})


def next_slot(
    last: datetime,
    schedule: BreakSchedule,
    *,
    not_before: datetime | None = None,
    made: Mapping[date, int] = NONE_YET,
) -> Slot | None:
    """The slot of the break after one at `last`, or None where the schedule is never open.

    not_before: no slot before this instant, such as the end of a pause. made: how many prompts each day has
    had; a day that has had none may be left out, and one that has not begun must be.
    """
    if last.tzinfo is None:
        raise ValueError("The time of the last break needs a time zone.")
    earliest = last.astimezone(UTC) + schedule.interval
    if not_before is not None:
        earliest = max(earliest, not_before.astimezone(UTC))
    calendar = _calendar(earliest, schedule)
    busy_until = max([earliest, *(end for _, end in schedule.busy[-1:])])
    for due_at, shown in calendar:
        if due_at >= busy_until + SEARCH:
            break
        if shown is None:
            continue
        day = max((shown, *made))
        if made.get(day, 0) < schedule.daily_cap:
            open_until = next(instant for instant, other in calendar if other != shown)
            return Slot(due_at, open_until, day, made.get(day, 0) + 1)
    return None


def catch_up(
    slot: Slot, now: datetime, shown_for: timedelta, schedule: BreakSchedule
) -> tuple[int, Slot | None]:
    """Pass over every slot that is too old to be shown: how many there were, and the first that is not.

    A slot is too old `shown_for` after it was due, and as soon as its stretch of allowed time is over. The
    returned slot may be due already: then it is the one prompt that is still worth showing. A slot that was
    passed over takes nothing from its day, which can have its most all the same; but no day misses more than
    that. The calendar is asked once for each stretch of allowed time, not for each slot. A slot that has
    become busy since it was found moves to the end of that, and is not missed.
    """
    missed: dict[date, int] = {}
    current = _apart_from_busy(slot, schedule)
    while current is not None:
        is_over = current.open_until <= now
        too_old = current.open_until - timedelta.resolution if is_over else now - shown_for
        if current.due_at > too_old:
            break
        more = (too_old - current.due_at) // schedule.interval
        most = schedule.daily_cap - current.nth + 1
        missed[current.day] = min(missed.get(current.day, 0) + 1 + more, most)
        last = replace(current, due_at=current.due_at + more * schedule.interval, nth=current.nth - 1)
        current = last.following(schedule)
    return sum(missed.values()), current


def coming(slot: Slot | None, schedule: BreakSchedule, until: datetime) -> list[Slot]:
    """This slot and those that follow it, as far as they are due before `until`."""
    slots = []
    while slot is not None and slot.due_at < until:
        slots.append(slot)
        slot = slot.following(schedule)
    return slots


def _apart_from_busy(slot: Slot, schedule: BreakSchedule) -> Slot | None:
    """The slot as the busy stretches have it now, which may have been written down after it was found."""
    for start, end in schedule.busy:
        if start <= slot.due_at < end:
            before = slot.due_at - schedule.interval
            return next_slot(before, schedule, made={slot.day: slot.nth - 1} if slot.nth > 1 else NONE_YET)
        if slot.due_at < start < slot.open_until:
            return replace(slot, open_until=start)
    return slot


def _calendar(at: datetime, schedule: BreakSchedule) -> Iterator[tuple[datetime, date | None]]:
    """From `at` (UTC) on, without end: each instant at which what is allowed may change, with the day for
    which prompts are allowed from then on, or None.
    """
    hours = _hours(at, schedule)
    place = bisect_right(schedule.busy, at, key=lambda stretch: stretch[1])
    here, shown = next(hours)
    while place < len(schedule.busy):
        there, then = next(hours)
        while here < there and place < len(schedule.busy) and schedule.busy[place][0] < there:
            start, end = schedule.busy[place]
            if here < start:
                yield here, shown
            yield max(here, start), None
            here = min(end, there)
            if end > there:
                break
            place += 1
        if here < there:
            yield here, shown
        here, shown = there, then
    yield here, shown
    yield from hours


def _hours(at: datetime, schedule: BreakSchedule) -> Iterator[tuple[datetime, date | None]]:
    """The same without regard to what is busy: the day is the one to which the wall clock counts. It may
    change where a window or quiet time begins or ends, and where the clock changes.
    """
    stretches = schedule.windows if schedule.quiet is None else (*schedule.windows, schedule.quiet)
    edges = sorted({moment for stretch in stretches for moment in (stretch.start, stretch.end)} or {time(0)})
    local = at.astimezone(schedule.time_zone)
    while True:
        wall = local.replace(tzinfo=None)
        yield at, schedule.day_of(wall)
        ahead = bisect_right(edges, wall.time())
        edge = (
            datetime.combine(wall, edges[ahead])
            if ahead < len(edges)
            else datetime.combine(wall + timedelta(days=1), edges[0])
        )
        then = at + (edge - wall)
        at = clock_change(at, then, schedule.time_zone) or then
        local = at.astimezone(schedule.time_zone)


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
