"""When movement breaks are due, in every zone from 2020 to 2032: against an oracle that watches the clock.

Each slot is compared with what a look at the clock at every minute finds.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from programs.reminders.rules import BreakSchedule, Window, next_slot
from tests.reminders.clock import (
    EVERY_DAY,
    FIRST_YEAR,
    LAST_YEAR,
    MINUTE,
    NO_CAP,
    WEEK_MINUTES,
    ZONES,
    Watched,
    busy_from,
    clock_changes,
    instants,
    lives,
    next_due,
    quarter_hours,
    schedule,
    schedules,
    small_hours,
    walk,
    week_of,
    whole_minutes,
    zones_that_differ,
)

pytestmark = pytest.mark.pure

SHARES = 8
"""Into so many tests what takes long is cut, so that several processes can share it."""


def minute_of_week(instant: datetime, plan: BreakSchedule) -> int:
    wall = instant.astimezone(plan.time_zone)
    return (wall.weekday() * 24 + wall.hour) * 60 + wall.minute


def agree(watched: Watched, plan: BreakSchedule) -> int:
    """Every slot of this stretch of time is the one that the oracle finds; returns how many were compared."""
    slot, compared = next_slot(watched.start - plan.interval, plan), 0
    for expected in watched.slots(plan):
        assert slot == expected, (plan, watched.start)
        slot, compared = slot.following(plan), compared + 1
    assert slot is None or slot.open_until > watched.instants[-1], (plan, watched.start)
    return compared


def share_of_zones(share: int) -> list[str]:
    return [names[0] for names in zones_that_differ()[share::SHARES]]


def hours_around(wall: datetime, from_minutes: int, to_minutes: int) -> Window:
    return Window((wall + from_minutes * MINUTE).time(), (wall + to_minutes * MINUTE).time())


def schedules_around(change: datetime, zone: ZoneInfo, chance: Random) -> list[BreakSchedule]:
    """Schedules that have to do with the wall-clock time before a change of the clock."""
    wall = change.astimezone(UTC).replace(tzinfo=None) + (change - MINUTE).astimezone(zone).utcoffset()
    all_day = Window(time(0), time(0))
    of_the_day = frozenset({wall.weekday()})

    def plan(
        minutes: int,
        *windows: Window,
        days: frozenset[int] = EVERY_DAY,
        quiet: Window | None = None,
        cap: int = NO_CAP,
    ) -> BreakSchedule:
        return BreakSchedule(zone, minutes * MINUTE, days, windows, quiet, cap)

    def any_hours() -> Window:
        start, length = chance.randrange(-24 * 60, 24 * 60), chance.randrange(0, 24 * 60)
        return hours_around(wall, start, start + length)

    return [
        plan(20, all_day),
        plan(25, hours_around(wall, -45, 75)),
        plan(30, all_day, quiet=hours_around(wall, -50, 40)),
        plan(20, hours_around(wall, -300, -10), hours_around(wall, 15, 240), days=of_the_day, cap=16),
        plan(40, hours_around(wall, 30, 30), cap=5),
        plan(
            chance.randrange(20, 61),
            *(any_hours() for _ in range(chance.randrange(1, 4))),
            days=frozenset(day for day in range(7) if chance.random() < 0.8),
            quiet=chance.choice([None, any_hours()]),
            cap=chance.choice([3, 16, NO_CAP]),
        ),
    ]


@pytest.mark.parametrize("share", range(SHARES))
def test_around_every_clock_change_of_every_zone_each_slot_is_the_oracles(share: int) -> None:
    changes = compared = 0
    for name in share_of_zones(share):
        zone, chance = ZoneInfo(name), Random(name)
        for change in clock_changes(zone):
            watched = Watched(change - timedelta(hours=36), timedelta(hours=72), zone)
            changes += 1
            for plan in schedules_around(change, zone, chance):
                compared += agree(watched, plan)
    assert changes >= 40
    assert compared > 300 * changes


def test_every_zone_and_every_clock_change_is_looked_at() -> None:
    """Of six hundred zones about eighty differ; fifty of them change their clocks, nine hundred times."""
    visited = [name for share in range(SHARES) for name in share_of_zones(share)]
    changes = [len(clock_changes(ZoneInfo(name))) for name in visited]

    assert {name for names in zones_that_differ() for name in names} == set(ZONES)
    assert sorted(visited) == sorted(names[0] for names in zones_that_differ())
    assert len(ZONES) > 400
    assert sum(count > 0 for count in changes) >= 40
    assert sum(changes) >= 800


CITIES = (
    *("Africa/Cairo", "Africa/Casablanca", "Africa/Johannesburg", "Africa/Juba", "Africa/Lagos"),
    *("America/Anchorage", "America/Asuncion", "America/Bogota", "America/Caracas", "America/Chicago"),
    *("America/Havana", "America/Los_Angeles", "America/Mexico_City", "America/New_York", "America/Nuuk"),
    *("America/Santiago", "America/Sao_Paulo", "America/Scoresbysund", "America/St_Johns"),
    *("America/Whitehorse", "Antarctica/Casey", "Antarctica/Troll", "Asia/Almaty", "Asia/Amman"),
    *("Asia/Beirut", "Asia/Gaza", "Asia/Kathmandu", "Asia/Kolkata", "Asia/Tehran", "Asia/Tokyo"),
    *("Atlantic/Azores", "Australia/Eucla", "Australia/Lord_Howe", "Australia/Sydney", "Europe/Dublin"),
    *("Europe/London", "Europe/Volgograd", "Pacific/Apia", "Pacific/Chatham", "Pacific/Kiritimati"),
)


@pytest.mark.parametrize("share", range(SHARES))
def test_in_a_week_of_every_year_each_slot_is_the_oracles(share: int) -> None:
    """One week at random of each year in forty zones, with a schedule at random."""
    weeks = compared = 0
    for name in CITIES[share::SHARES]:
        zone, chance = ZoneInfo(name), Random(name)
        for year in range(FIRST_YEAR, LAST_YEAR + 1):
            start = datetime(year, 1, 1, tzinfo=UTC) + chance.randrange(365 * 24 * 60) * MINUTE
            watched = Watched(start, timedelta(days=7), zone)
            weeks += 1
            for plan in schedules_around(start, zone, chance)[-2:]:
                compared += agree(watched, plan)
    assert weeks == len(CITIES) // SHARES * (LAST_YEAR - FIRST_YEAR + 1)
    assert compared > 30 * weeks


@settings(max_examples=80, deadline=None)
@given(life=lives(lasts=whole_minutes))
def test_with_busy_stretches_each_slot_of_five_days_is_the_oracles(
    life: tuple[BreakSchedule, datetime],
) -> None:
    plan, start = life
    agree(Watched(start, timedelta(days=5), plan.time_zone), plan)


@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_with_busy_stretches_around_a_clock_change_each_slot_is_the_oracles(data: st.DataObject) -> None:
    plan = data.draw(schedules(zones=["Europe/London", "America/New_York", "Australia/Lord_Howe"]))
    change = data.draw(st.sampled_from(sorted(clock_changes(plan.time_zone))))
    start = change - timedelta(hours=6)
    plan = replace(plan, busy=data.draw(busy_from(start)))
    agree(Watched(start, timedelta(days=2), plan.time_zone), plan)


STEPS, WALKS = 100, 125
"""Steps of a walk, and walks of a share: over all of them a hundred thousand steps."""


@pytest.mark.parametrize("share", range(SHARES))
def test_a_hundred_thousand_steps_are_never_early_never_outside_and_never_late(share: int) -> None:
    """A step is never closer than the interval, and lets no allowed minute pass in which the day has room (of
    each wait the last minute is looked at, and twelve others): so a wait is what the schedule asks.
    """
    steps = 0

    @settings(max_examples=WALKS, deadline=None)
    @given(plan=schedules(times=small_hours | quarter_hours), last=whole_minutes)
    def take(plan: BreakSchedule, last: datetime) -> None:
        nonlocal steps
        week = week_of(plan)
        full: date | None = None
        slots = list(islice(walk(next_slot(last, plan), plan), STEPS))
        assert slots or week == [None] * WEEK_MINUTES
        assume(slots)
        assert len(slots) == STEPS
        for slot in slots:
            steps += 1
            earliest = last + plan.interval
            assert earliest <= slot.due_at < slot.open_until
            assert 1 <= slot.nth <= plan.daily_cap
            assert week[minute_of_week(slot.due_at, plan)] is not None
            waited = (slot.due_at - earliest) // MINUTE
            for minute in {*(waited * part // 12 for part in range(12)), waited - 1} if waited else ():
                passed = earliest + minute * MINUTE
                ago = week[minute_of_week(passed, plan)]
                if ago is not None:
                    day = passed.astimezone(plan.time_zone).date() - timedelta(days=ago)
                    assert full is not None, f"{passed} was allowed"
                    assert day <= full, f"{passed} was allowed, and its day not full"
            last, full = slot.due_at, slot.day if slot.nth == plan.daily_cap else None

    take()
    assert steps >= 100_000 / SHARES


@settings(max_examples=300, deadline=None)
@given(plan=schedules(), last=instants, percent=st.integers(0, 99))
def test_to_the_fraction_of_a_second_it_is_the_first_allowed_instant(
    plan: BreakSchedule, last: datetime, percent: int
) -> None:
    week = week_of(plan)
    due = next_due(last, plan)
    if due is None:
        assert week == [None] * WEEK_MINUTES
        return
    assert due - last >= plan.interval
    assert week[minute_of_week(due, plan)] is not None
    earliest = last + plan.interval
    if due > earliest:
        assert week[minute_of_week(due - timedelta.resolution, plan)] is None
        assert week[minute_of_week(earliest + (due - earliest) * percent // 100, plan)] is None


@pytest.mark.parametrize("share", range(SHARES))
def test_over_every_clock_change_an_all_day_schedule_waits_three_hours_more_at_most(share: int) -> None:
    for name in share_of_zones(share):
        plan = schedule("00:00-23:45", name, minutes=45)
        for change in clock_changes(plan.time_zone):
            last = change - timedelta(hours=36)
            for slot in islice(walk(next_slot(last, plan), plan), 90):
                assert plan.interval <= slot.due_at - last <= plan.interval + timedelta(hours=3)
                last = slot.due_at
            assert last > change + timedelta(hours=24)


@settings(max_examples=60, deadline=None)
@given(plan=schedules(), last=instants)
def test_a_later_last_break_never_makes_the_next_one_earlier(plan: BreakSchedule, last: datetime) -> None:
    due = next_due(last, plan)
    if due is None:
        return
    for minutes in (1, 17, 45, 300, 1500):
        later = next_due(last + timedelta(minutes=minutes), plan)
        assert later is not None
        assert later >= due
