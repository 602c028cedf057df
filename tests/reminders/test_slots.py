"""A slot, the ones that follow it, and what is passed over after a time in which nothing ran."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from programs.reminders.rules import BreakSchedule, Slot, catch_up, coming, next_slot
from tests.reminders.clock import (
    MINUTE,
    MONDAY,
    WORKING_DAYS,
    Watched,
    lives,
    schedule,
    utc,
    walk,
    whole_minutes,
)

pytestmark = pytest.mark.pure

SHOWN_FOR = timedelta(minutes=10)


def start_of(last: datetime, plan: BreakSchedule) -> Slot:
    slot = next_slot(last, plan)
    assume(slot is not None)
    assert slot is not None
    return slot


def one_by_one(slot: Slot | None, now: datetime, plan: BreakSchedule) -> tuple[int, Slot | None]:
    """What `catch_up` promises, slot by slot."""
    missed: Counter[date] = Counter()
    while slot is not None and (slot.due_at + SHOWN_FOR <= now or slot.open_until <= now):
        missed[slot.day] = min(missed[slot.day] + 1, plan.daily_cap - slot.nth + 1)
        slot = replace(slot, nth=slot.nth - 1).following(plan)
    return missed.total(), slot


@settings(max_examples=300, deadline=None)
@given(life=lives())
def test_an_interval_later_in_the_same_stretch_is_what_the_calendar_says_too(
    life: tuple[BreakSchedule, datetime],
) -> None:
    plan, last = life
    for slot in islice(walk(start_of(last, plan), plan), 40):
        soon = slot.next_in_stretch(plan.interval, plan.daily_cap)
        by_calendar = next_slot(slot.due_at, plan, made={slot.day: slot.nth})
        assert soon in (None, by_calendar)
        if soon is None and by_calendar is not None:
            # It gives up only where the stretch is over, or the day full.
            assert by_calendar.due_at >= slot.open_until or slot.nth == plan.daily_cap


@settings(max_examples=300, deadline=None)
@given(life=lives())
def test_slots_go_forward_and_count_from_one_on_each_day_up_to_the_cap(
    life: tuple[BreakSchedule, datetime],
) -> None:
    plan, last = life
    slots = list(islice(walk(start_of(last, plan), plan), 60))

    assert slots[0].nth == 1
    for before, after in pairwise(slots):
        assert after.due_at - before.due_at >= plan.interval
        assert after.day >= before.day
        assert after.nth == (before.nth + 1 if after.day == before.day else 1)
        assert after.nth <= plan.daily_cap


@settings(max_examples=60, deadline=None)
@given(life=lives(lasts=whole_minutes))
def test_a_stretch_ends_at_the_first_minute_that_is_busy_or_not_of_the_same_day(
    life: tuple[BreakSchedule, datetime],
) -> None:
    plan, last = life
    for slot in islice(walk(start_of(last, plan), plan), 5):
        days = Watched(slot.due_at, slot.open_until - slot.due_at, plan.time_zone).days(plan)
        assert len(set(days[:-1])) == 1
        assert days[-1] != days[0]


@pytest.mark.parametrize(
    ("last", "hours", "expected"),
    [
        pytest.param("2026-11-02 10:00", "09:00-17:00", "2026-11-02 17:00", id="the end of a window"),
        pytest.param("2026-11-02 10:00:00.5", "09:00-17:00", "2026-11-02 17:00", id="to the second"),
        pytest.param("2026-11-02 11:00", "09:00-12:00 12:00-17:00", "2026-11-02 17:00", id="two that touch"),
        pytest.param("2026-11-02 22:00", "22:00-02:00", "2026-11-03 02:00", id="past midnight"),
        pytest.param("2026-11-02 10:00", "00:00-00:00", "2026-11-03 00:00", id="where another day begins"),
        pytest.param(
            "2026-03-29 00:00", "00:00-01:30", "2026-03-29 01:00", id="at a gap that swallows the end"
        ),
        pytest.param("2026-10-25 00:00", "00:00-01:45", "2026-10-25 00:45", id="at the first of two ends"),
    ],
)
def test_a_stretch_ends(last: str, hours: str, expected: str) -> None:
    slot = next_slot(utc(last), schedule(hours))

    assert slot is not None
    assert slot.open_until == utc(expected)


@settings(max_examples=200, deadline=None)
@given(
    life=lives(),
    away=st.timedeltas(timedelta(hours=-1), timedelta(hours=3))
    | st.timedeltas(timedelta(0), timedelta(days=12)),
)
def test_after_any_time_away_it_is_where_slot_by_slot_would_lead(
    life: tuple[BreakSchedule, datetime], away: timedelta
) -> None:
    plan, last = life
    slot = start_of(last, plan)
    now = slot.due_at + away

    missed, current = catch_up(slot, now, SHOWN_FOR, plan)

    assert (missed, current) == one_by_one(slot, now, plan)
    if current is not None:
        following = current.following(plan)
        assert following is None or following.due_at > now, "one slot is due already, at most"


@settings(max_examples=100, deadline=None)
@given(life=lives(), which=st.integers(0, 30), beyond=st.sampled_from([-1, 0, 1]))
def test_to_the_microsecond_a_slot_is_shown_until_it_is_too_old_or_its_stretch_over(
    life: tuple[BreakSchedule, datetime], which: int, beyond: int
) -> None:
    plan, last = life
    slot = start_of(last, plan)
    late = next(islice(walk(slot, plan), which, None))
    for edge in (late.due_at, late.due_at + SHOWN_FOR, late.open_until):
        now = edge + beyond * timedelta.resolution
        assert catch_up(slot, now, SHOWN_FOR, plan) == one_by_one(slot, now, plan)


@settings(max_examples=200, deadline=None)
@given(life=lives(), away=st.timedeltas(timedelta(minutes=-5), timedelta(hours=8)))
def test_a_slot_that_became_busy_since_it_was_found_is_the_one_that_would_be_found_now(
    life: tuple[BreakSchedule, datetime], away: timedelta
) -> None:
    plan, last = life
    found = start_of(last, replace(plan, busy=()))
    now = found.due_at + away

    assert catch_up(found, now, SHOWN_FOR, plan) == one_by_one(next_slot(last, plan), now, plan)


@settings(max_examples=200, deadline=None)
@given(life=lives(lasts=whole_minutes))
def test_nothing_is_due_or_open_while_busy(life: tuple[BreakSchedule, datetime]) -> None:
    plan, last = life
    for slot in islice(walk(start_of(last, plan), plan), 40):
        assert not any(start < slot.open_until and slot.due_at < end for start, end in plan.busy)


@pytest.mark.parametrize(
    ("busy", "due"),
    [
        pytest.param([("10:10", "11:00")], "11:00", id="a meeting in which the interval ends"),
        pytest.param([("10:30", "11:00")], "11:00", id="one that begins just then"),
        pytest.param([("10:00", "10:30")], "10:30", id="one that ends just then"),
        pytest.param([("10:05", "10:20")], "10:30", id="one that is over by then"),
        pytest.param([("10:10", "11:00"), ("11:01", "12:00")], "11:00", id="a minute between two"),
        pytest.param([("16:00", "17:00")], "10:30", id="one later on"),
    ],
)
def test_a_break_whose_interval_ends_in_a_meeting_comes_right_after_it(
    busy: list[tuple[str, str]], due: str
) -> None:
    stretches = [(f"2026-11-02 {start}", f"2026-11-02 {end}") for start, end in busy]

    slot = next_slot(utc("2026-11-02 10:00"), schedule("09:00-17:00", busy=stretches))

    assert slot is not None
    assert slot.due_at == utc(f"2026-11-02 {due}")
    later = [utc(start) for start, _ in stretches if utc(start) > slot.due_at]
    assert slot.open_until == min([*later, utc("2026-11-02 17:00")])


def test_three_weeks_of_holidays_switch_nothing_off() -> None:
    away = ("2026-11-02 08:00", "2026-11-23 18:00")

    slot = next_slot(utc("2026-11-02 10:00"), schedule("09:00-17:00", busy=[away]))

    assert slot == Slot(utc("2026-11-24 09:00"), utc("2026-11-24 17:00"), date(2026, 11, 24), 1)


@pytest.mark.parametrize(
    "busy",
    [
        [("2026-11-02 10:00", "2026-11-02 10:00")],
        [("2026-11-02 10:00", "2026-11-02 11:00"), ("2026-11-02 11:00", "2026-11-02 12:00")],
        [("2026-11-02 10:00", "2026-11-02 11:00"), ("2026-11-02 08:00", "2026-11-02 09:00")],
    ],
)
def test_busy_stretches_that_are_not_in_order_and_apart_are_refused(busy: list[tuple[str, str]]) -> None:
    with pytest.raises(ValueError, match="in order and apart"):
        schedule("09:00-17:00", busy=busy)


def test_what_is_coming_is_all_that_is_due_before_then() -> None:
    plan = schedule("09:00-17:00", minutes=60, cap=3, busy=[("2026-11-02 10:00", "2026-11-02 11:30")])
    slot = next_slot(utc("2026-11-02 08:00"), plan)

    due = [f"{each.due_at:%d %H:%M} {each.nth}" for each in coming(slot, plan, utc("2026-11-03 10:00"))]

    assert due == ["02 09:00 1", "02 11:30 2", "02 12:30 3", "03 09:00 1"]
    assert coming(None, plan, utc("2026-11-03 10:00")) == []


def test_a_slot_that_is_in_time_stays() -> None:
    plan = schedule("09:00-17:00")
    slot = next_slot(utc("2026-11-02 10:00"), plan)
    assert slot is not None

    assert catch_up(slot, utc("2026-11-02 10:00"), SHOWN_FOR, plan) == (0, slot)
    assert catch_up(slot, utc("2026-11-02 10:39"), SHOWN_FOR, plan) == (0, slot)


def test_a_night_without_the_engine_leaves_the_first_slot_of_the_morning() -> None:
    plan = schedule("09:00-17:00", cap=16)
    slot = next_slot(utc("2026-11-02 15:30"), plan)
    assert slot is not None

    missed, current = catch_up(slot, utc("2026-11-03 09:04"), SHOWN_FOR, plan)

    assert missed == 2  # 16:00 and 16:30
    assert current == Slot(utc("2026-11-03 09:00"), utc("2026-11-03 17:00"), date(2026, 11, 3), 1)


def test_a_slot_goes_at_the_moment_its_stretch_is_over() -> None:
    plan = schedule("09:00-17:00")
    slot = next_slot(utc("2026-11-02 16:25"), plan)
    assert slot is not None

    assert catch_up(slot, utc("2026-11-02 16:59:59"), SHOWN_FOR, plan) == (0, slot)
    missed, current = catch_up(slot, utc("2026-11-02 17:00"), SHOWN_FOR, plan)
    assert (missed, current and current.due_at) == (1, utc("2026-11-03 09:00"))


def test_what_was_missed_takes_nothing_from_its_day() -> None:
    plan = schedule("09:00-17:00", cap=5)
    slot = next_slot(utc("2026-11-02 08:30"), plan)
    assert slot is not None

    missed, current = catch_up(slot, utc("2026-11-02 10:50"), SHOWN_FOR, plan)
    assert (missed, current and current.nth) == (4, 1)

    missed, current = catch_up(slot, utc("2026-11-02 15:00"), SHOWN_FOR, plan)
    at_three = Slot(utc("2026-11-02 15:00"), utc("2026-11-02 17:00"), date(2026, 11, 2), 1)
    assert (missed, current) == (5, at_three)


def test_a_schedule_that_is_never_open_again_leaves_nothing() -> None:
    """As after its hours were changed to none while a slot was waiting."""
    slot = Slot(utc("2026-11-02 10:00"), utc("2026-11-02 17:00"), date(2026, 11, 2), 1)

    assert slot.following(schedule("09:00-17:00", days=frozenset({MONDAY}), cap=1)) is not None
    assert slot.following(schedule("", cap=1)) is None
    assert catch_up(slot, utc("2026-11-03 00:00"), SHOWN_FOR, schedule("", minutes=30)) == (14, None)


class CountedZone(ZoneInfo):
    """A zone that counts how often it is asked for the time."""

    looks = 0

    def fromutc(self, moment: datetime) -> datetime:
        type(self).looks += 1
        return super().fromutc(moment)


def test_the_next_slot_of_a_stretch_is_found_without_a_look_at_the_calendar() -> None:
    plain = schedule("09:00-17:00")
    plan = replace(plain, time_zone=CountedZone.no_cache("Europe/London"))
    slot = next_slot(utc("2026-11-02 10:00"), plan)
    assert slot is not None
    CountedZone.looks = 0

    assert slot.following(plan) == slot.following(plain)
    assert CountedZone.looks == 0


@pytest.mark.parametrize("hours", ["00:00-00:00", "08:00-12:00 13:00-18:00"])
def test_a_year_without_the_engine_asks_the_calendar_for_stretches_and_not_for_slots(hours: str) -> None:
    plain = schedule(hours, minutes=20, quiet="22:00-07:00", days=WORKING_DAYS)
    plan = replace(plain, time_zone=CountedZone.no_cache("Europe/London"))
    slot = next_slot(datetime(2026, 1, 1, tzinfo=UTC), plan)
    assert slot is not None
    CountedZone.looks = 0

    missed, current = catch_up(slot, slot.due_at + timedelta(days=365), SHOWN_FOR, plan)

    assert missed > 260 * 9 * 60 // 20 * 0.9
    assert current is not None
    assert current.due_at > slot.due_at + timedelta(days=365) - MINUTE * 20
    assert CountedZone.looks < 365 * 20
