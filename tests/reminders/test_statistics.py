"""What breaks come to: how many a day, and the longest time without one."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.reminders.rules import BreakSchedule, Window
from programs.reminders.rules.statistics import (
    BreakDay,
    allowed_time,
    break_days,
    break_week,
    breaks_in_words,
    days_in_words,
    known_time,
    length_in_short,
    length_in_words,
    longest_in_words,
    times_without,
)

pytestmark = pytest.mark.pure

LONDON = ZoneInfo("Europe/London")
FRIDAY = date(2026, 11, 20)
SATURDAY = FRIDAY + timedelta(days=1)
HALF_HOUR = timedelta(minutes=30)
NIGHT = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)


def schedule(*windows: tuple[int, int], days=range(5), zone=LONDON, quiet=None) -> BreakSchedule:
    return BreakSchedule(
        time_zone=zone,
        interval=HALF_HOUR,
        days=frozenset(days),
        windows=tuple(Window(time(start), time(end)) for start, end in windows or ((9, 17),)),
        quiet=quiet,
    )


def at(hour: int, minute: int = 0, day: date = FRIDAY) -> datetime:
    return datetime.combine(day, time(hour, minute), UTC)


def one_day(moved=(), prompts=(), day=FRIDAY, now=NIGHT, of=None) -> BreakDay:
    (found,) = break_days(
        [day],
        moved=[(day, each) for each in moved],
        prompts=[(day, each, outcome) for each, outcome in prompts],
        schedule=of or schedule(),
        now=now,
    )
    return found


FIRST_AND_LAST = [(at(9, 30), "expired"), (at(16, 30), "expired")]


# A day ----------------------------------------------------------------------------------------------


def test_the_longest_time_without_a_break_lies_between_two_of_them_or_an_edge_of_the_hours() -> None:
    assert one_day([at(10), at(11, 40), at(16)], FIRST_AND_LAST).longest == timedelta(hours=4, minutes=20)
    assert one_day([at(12)], FIRST_AND_LAST).longest == timedelta(hours=5)
    assert one_day([at(14)], FIRST_AND_LAST).longest == timedelta(hours=5)


def test_a_day_with_prompts_and_no_break_has_0_breaks_and_was_without_one_all_its_hours() -> None:
    found = one_day([], FIRST_AND_LAST)
    assert (found.breaks, found.longest) == (0, timedelta(hours=8))


def test_a_day_of_which_nothing_was_heard_is_not_a_0() -> None:
    found = one_day()
    assert (found.breaks, found.longest, found.prompts) == (None, None, {})


def test_a_break_on_a_day_without_allowed_hours_counts_but_says_nothing_about_sitting() -> None:
    found = one_day([at(10, day=SATURDAY)], day=SATURDAY)
    assert (found.breaks, found.longest) == (1, None)


def test_without_a_rule_breaks_are_counted_all_the_same() -> None:
    (found,) = break_days([FRIDAY], moved=[(FRIDAY, at(10))], prompts=[], schedule=None, now=NIGHT)
    assert (found.breaks, found.longest) == (1, None)


def test_a_lunch_between_two_windows_is_in_no_stretch() -> None:
    of = schedule((9, 12), (14, 17))
    assert one_day([], [(at(9, 30), None), (at(16, 30), None)], of=of).longest == timedelta(hours=3)


def test_quiet_time_is_in_no_stretch_either() -> None:
    of = schedule(quiet=Window(time(12), time(13)))
    assert one_day([], FIRST_AND_LAST, of=of).longest == timedelta(hours=4)


def test_today_counts_until_now() -> None:
    assert one_day([at(9, 30)], [(at(9, 20), "done")], now=at(9, 45)).longest == timedelta(minutes=30)
    assert one_day([at(9, 10)], [(at(9, 40), None)], now=at(9, 50)).longest == timedelta(minutes=40)


def test_what_was_paused_after_the_last_prompt_does_not_count() -> None:
    assert one_day([at(9, 40)], [(at(10), "done"), (at(10, 30), "expired")]).longest == timedelta(minutes=80)


def test_a_break_outside_of_the_hours_divides_nothing_and_counts() -> None:
    found = one_day([at(20)], FIRST_AND_LAST)
    assert (found.breaks, found.longest) == (1, timedelta(hours=8))


def test_what_runs_past_midnight_is_cut_by_a_break_that_counts_for_the_next_day() -> None:
    late = datetime(2026, 11, 21, 0, 30, tzinfo=UTC)
    friday, saturday = break_days(
        [FRIDAY, SATURDAY],
        moved=[(SATURDAY, late)],
        prompts=[(FRIDAY, at(22, 30), None), (FRIDAY, late + timedelta(hours=1), None)],
        schedule=schedule((22, 2)),
        now=datetime(2026, 11, 21, 12, tzinfo=UTC),
    )
    assert (friday.breaks, friday.longest) == (0, timedelta(hours=2, minutes=30))
    assert (saturday.breaks, saturday.longest) == (1, None)


def test_prompts_are_counted_by_what_became_of_them() -> None:
    prompts = [(at(9, 30), "done"), (at(10), "expired"), (at(10, 30), "expired"), (at(11), None)]
    assert one_day([], prompts).prompts == {"done": 1, "expired": 2, "": 1}


@pytest.mark.parametrize(
    ("day", "hours"),
    [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 11, 20), 24)],
    ids=["clock goes on", "clock goes back", "clock stays"],
)
def test_a_day_is_as_long_as_it_is_when_the_clock_changes(day: date, hours: int) -> None:
    around = BreakSchedule(LONDON, HALF_HOUR, frozenset(range(7)), (Window(time(0), time(0)),))
    assert sum((end - start for start, end in allowed_time(day, around)), timedelta()) == timedelta(
        hours=hours
    )


def test_a_window_in_an_hour_that_comes_twice_is_open_both_times() -> None:
    of = BreakSchedule(LONDON, HALF_HOUR, frozenset(range(7)), (Window(time(1, 30), time(1, 45)),))
    assert [start for start, _ in allowed_time(date(2026, 10, 25), of)] == [
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
    ]


def test_a_window_that_opens_in_an_hour_the_clock_skips_opens_right_after_it() -> None:
    of = BreakSchedule(LONDON, HALF_HOUR, frozenset(range(7)), (Window(time(1, 30), time(3)),))
    (stretch,) = allowed_time(date(2026, 3, 29), of)
    assert stretch == (datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 3, 29, 2, tzinfo=UTC))


# A week ---------------------------------------------------------------------------------------------


def week(*breaks: int | None):
    return break_week(
        [
            BreakDay(FRIDAY + timedelta(days=place), each, None if each is None else HALF_HOUR * place, {})
            for place, each in enumerate(breaks)
        ]
    )


def test_a_week_counts_known_days_and_those_with_breaks() -> None:
    found = week(None, 5, 6, 0, None, 4, 5)
    assert (found.days_known, found.days_with_breaks, found.breaks, found.breaks_a_day) == (5, 4, 20, 5)
    assert not found.is_about
    assert (found.longest, found.longest_on) == (HALF_HOUR * 6, FRIDAY + timedelta(days=6))


def test_a_week_of_which_nothing_is_known_has_no_numbers() -> None:
    found = week(*[None] * 7)
    assert (found.days_known, found.days_with_breaks, found.breaks_a_day) == (0, 0, 0)
    assert (found.longest, found.longest_on, found.is_about) == (None, None, False)


def test_breaks_a_day_are_rounded_and_that_is_told() -> None:
    assert (week(1, 2).breaks_a_day, week(1, 2).is_about) == (2, True)
    assert (week(1, 1, 2).breaks_a_day, week(1, 1, 2).is_about) == (1, True)
    assert week(16).breaks_a_day == 16


def test_only_the_last_seven_days_are_the_week() -> None:
    assert week(100, 1, 1, 1, 1, 1, 1, 1).breaks == 7


@pytest.mark.parametrize(
    ("breaks", "words"),
    [
        ([None] * 7, "Nothing to show for the last 7 days yet."),
        ([0, 0, None], "No breaks told in the last 7 days."),
        ([0, 1, None], "You took 1 break in the last 7 days."),
        ([0, 4, None], "You took 4 breaks in the last 7 days, all on one day."),
        ([1] * 7, "You took 1 break a day in the last 7 days."),
        ([5, 5, 5, 6, 6, 5, 5], "You took about 5 breaks a day in the last 7 days."),
        ([5, 5, 5, 5, 5, 5, 0], "You took 5 breaks a day this week, on 6 of 7 days."),
        ([5, 5, 0, None], "You took 5 breaks a day this week, on 2 of 3 days we know of."),
        ([5, 5, 5, None], "You took 5 breaks a day this week, on the 3 days we know of."),
    ],
)
def test_a_week_in_words(breaks, words: str) -> None:
    assert breaks_in_words(week(*breaks)) == words


def test_the_longest_time_is_said_with_its_day_or_not_at_all() -> None:
    found = week(None, 5, 6)
    assert longest_in_words(found, FRIDAY + timedelta(days=2)) == (
        "The longest you went without one was 1 hour, today."
    )
    assert longest_in_words(found, FRIDAY + timedelta(days=3)).endswith("1 hour, on Sunday.")
    assert longest_in_words(week(None, None), FRIDAY) == ""


def test_days_in_words_for_those_who_do_not_see_them() -> None:
    days = [BreakDay(FRIDAY, 3, 3 * HALF_HOUR, {}), BreakDay(SATURDAY, None, None, {})]
    assert days_in_words(days, [None, 4]) == (
        "Breaks a day: 3, on 2 days. Longest time without a break: 1 hour 30 minutes. Worst leg pain: 4. "
        "The table has each day."
    )
    assert days_in_words(days[1:], [None]) == (
        "No breaks known of on 1 day. No leg pain told. The table has each day."
    )


@pytest.mark.parametrize(
    ("minutes", "words"), [(0, "0 min"), (40, "40 min"), (60, "1 h"), (100, "1 h 40 min")]
)
def test_a_length_in_short(minutes: float, words: str) -> None:
    assert length_in_short(timedelta(minutes=minutes)) == words


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (0, "0 minutes"),
        (1, "1 minute"),
        (59.6, "1 hour"),
        (60, "1 hour"),
        (61, "1 hour 1 minute"),
        (100, "1 hour 40 minutes"),
        (120, "2 hours"),
    ],
)
def test_a_length_in_words(minutes: float, words: str) -> None:
    assert length_in_words(timedelta(minutes=minutes)) == words


# Whatever the times ---------------------------------------------------------------------------------

ZONES = st.sampled_from(
    ["Europe/London", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Africa/Cairo"]
)
CLOCK_CHANGES = [
    *(date(2026, 3, 29), date(2026, 10, 25), date(2026, 3, 8), date(2026, 11, 1)),
    *(date(2026, 4, 5), date(2026, 10, 4), date(2026, 4, 24), date(2026, 10, 29), date(2026, 10, 30)),
]
DAYS = st.dates(date(2025, 1, 2), date(2027, 12, 30)) | st.sampled_from(CLOCK_CHANGES)
TIMES = st.times().map(lambda each: each.replace(second=0, microsecond=0))
WINDOWS = st.lists(st.builds(Window, TIMES, TIMES), min_size=1, max_size=4).map(tuple)


@st.composite
def schedules(draw: st.DrawFn) -> BreakSchedule:
    return BreakSchedule(
        time_zone=ZoneInfo(draw(ZONES)),
        interval=timedelta(minutes=draw(st.integers(20, 60))),
        days=frozenset(draw(st.sets(st.integers(0, 6)))),
        windows=draw(WINDOWS),
        quiet=draw(st.none() | st.builds(Window, TIMES, TIMES)),
    )


@st.composite
def moments(draw: st.DrawFn, day: date = FRIDAY) -> list[datetime]:
    start = datetime.combine(day, time(0), UTC) - timedelta(hours=14)
    minutes = draw(st.lists(st.integers(0, 64 * 60), max_size=12))
    return [start + timedelta(minutes=each) for each in minutes]


@given(day=DAYS, of=schedules())
def test_the_allowed_time_of_a_day_is_where_the_clock_shows_it(day: date, of: BreakSchedule) -> None:
    stretches = allowed_time(day, of)
    assert all(end < start for (_, end), (start, _) in pairwise(stretches))
    first = datetime.combine(day, time(0), UTC) - timedelta(hours=14)
    for minutes in range(0, 64 * 60, 7):
        moment = first + timedelta(minutes=minutes)
        shown = of.day_of(moment.astimezone(of.time_zone).replace(tzinfo=None))
        assert any(start <= moment < end for start, end in stretches) == (shown == day)


@given(day=DAYS, of=schedules(), data=st.data())
def test_the_times_without_a_break_sum_up_to_the_stretches(day, of, data) -> None:
    stretches = allowed_time(day, of)
    lengths = times_without(stretches, data.draw(moments(day)))
    assert sum(lengths, timedelta()) == sum((end - start for start, end in stretches), timedelta())
    assert all(length >= timedelta(0) for length in lengths)


@given(day=DAYS, of=schedules(), data=st.data())
def test_more_breaks_never_lengthen_the_longest_time_without_one(day, of, data) -> None:
    stretches, few = allowed_time(day, of), data.draw(moments(day))
    more = few + data.draw(moments(day))
    longest = max(times_without(stretches, few), default=timedelta(0))
    assert max(times_without(stretches, more), default=timedelta(0)) <= longest


@given(day=DAYS, of=schedules(), data=st.data())
def test_what_is_known_of_a_day_is_allowed_and_not_in_the_future(day, of, data) -> None:
    allowed, told = allowed_time(day, of), data.draw(moments(day))
    now = datetime.combine(day, time(0), UTC) + timedelta(minutes=data.draw(st.integers(0, 48 * 60)))
    for start, end in known_time(allowed, told, of.interval, now):
        assert start < end <= now
        assert any(first <= start and end <= last for first, last in allowed)


@given(
    of=schedules(),
    moved=moments(),
    prompts=st.lists(st.tuples(st.integers(0, 24 * 60), st.sampled_from(["done", "expired", None]))),
    data=st.data(),
)
def test_the_order_in_which_things_come_does_not_matter(of, moved, prompts, data) -> None:
    told = [(FRIDAY, at(0) + timedelta(minutes=each), outcome) for each, outcome in prompts]
    moves = [(each.astimezone(of.time_zone).date(), each) for each in moved]
    days = [FRIDAY + timedelta(days=back) for back in (-1, 0, 1)]
    once = break_days(days, moved=moves, prompts=told, schedule=of, now=NIGHT)
    again = break_days(
        days,
        moved=data.draw(st.permutations(moves)),
        prompts=data.draw(st.permutations(told)),
        schedule=of,
        now=NIGHT,
    )
    assert once == again
    assert sum(each.breaks or 0 for each in once) == sum(day in days for day, _ in moves)
    assert break_week(once).days_with_breaks <= break_week(once).days_known <= 3
