"""When the next movement break is due: cases. What holds in every zone is in test_next_due_zones.py."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from programs.reminders.rules import BreakSchedule, Slot, Window, next_slot
from tests.reminders.clock import (
    EVERY_DAY,
    FRIDAY,
    MONDAY,
    SUNDAY,
    THURSDAY,
    WORKING_DAYS,
    next_due,
    schedule,
    utc,
    walk,
)

pytestmark = pytest.mark.pure


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
        pytest.param("2026-11-02 10:00", schedule(""), None, id="no window"),
        pytest.param("2026-11-02 10:00", schedule("", quiet="22:00-07:00"), None, id="nor with quiet hours"),
        pytest.param(
            "2026-11-02 11:45",
            schedule("09:00-12:00 14:00-18:00"),
            "2026-11-02 14:00",
            id="two windows: the second of the day",
        ),
        pytest.param(
            "2026-11-02 17:45",
            schedule("09:00-12:00 14:00-18:00"),
            "2026-11-03 09:00",
            id="two windows: the first of the next day",
        ),
        pytest.param(
            "2026-11-02 07:00",
            schedule("14:00-18:00 09:00-12:00"),
            "2026-11-02 09:00",
            id="two windows in any order",
        ),
        pytest.param(
            "2026-11-02 11:45",
            schedule("09:00-12:00 12:00-18:00"),
            "2026-11-02 12:15",
            id="windows that touch are one",
        ),
        pytest.param(
            "2026-11-02 11:45",
            schedule("09:00-12:00 13:00-18:00", quiet="11:30-14:20"),
            "2026-11-02 14:20",
            id="quiet hours that end inside the second window",
        ),
    ],
)
def test_on_an_ordinary_week(last: str, plan: BreakSchedule, expected: str | None) -> None:
    assert next_due(utc(last), plan) == (None if expected is None else utc(expected))


def days_and_numbers(slots: list[Slot]) -> list[tuple[str, int]]:
    return [(f"{slot.due_at:%a %H:%M}", slot.nth) for slot in slots]


def some_slots(last: str, plan: BreakSchedule, count: int) -> list[Slot]:
    return [slot for slot, _ in zip(walk(next_slot(utc(last), plan), plan), range(count), strict=False)]


def test_a_day_that_has_had_its_most_is_over() -> None:
    slots = some_slots("2026-11-02 08:30", schedule("09:00-17:00", cap=2), 5)

    assert days_and_numbers(slots) == [
        ("Mon 09:00", 1),
        ("Mon 09:30", 2),
        ("Tue 09:00", 1),
        ("Tue 09:30", 2),
        ("Wed 09:00", 1),
    ]


def test_the_cap_counts_all_windows_of_a_day_and_its_hours_past_midnight() -> None:
    plan = schedule("12:00-13:00 23:00-01:00", cap=5, days=frozenset({MONDAY, THURSDAY}))

    assert days_and_numbers(some_slots("2026-11-02 11:00", plan, 7)) == [
        ("Mon 12:00", 1),
        ("Mon 12:30", 2),
        ("Mon 23:00", 3),
        ("Mon 23:30", 4),
        ("Tue 00:00", 5),
        ("Thu 12:00", 1),
        ("Thu 12:30", 2),
    ]


def test_an_all_day_schedule_goes_on_at_midnight_once_the_day_is_full() -> None:
    slots = some_slots("2026-11-02 10:00", schedule("00:00-00:00", cap=3), 4)

    assert days_and_numbers(slots) == [("Mon 10:30", 1), ("Mon 11:00", 2), ("Mon 11:30", 3), ("Tue 00:00", 1)]


def test_what_a_day_has_had_already_counts() -> None:
    monday, tuesday = utc("2026-11-02").date(), utc("2026-11-03").date()
    last, plan = utc("2026-11-02 10:00"), schedule("09:00-17:00", cap=4)

    assert next_slot(last, plan, made={monday: 3}) == Slot(
        utc("2026-11-02 10:30"), utc("2026-11-02 17:00"), monday, 4
    )
    for full in (4, 5):
        assert next_slot(last, plan, made={monday: full}) == Slot(
            utc("2026-11-03 09:00"), utc("2026-11-03 17:00"), tuesday, 1
        )


def test_a_full_day_of_a_week_that_the_clock_shortens_leaves_two_weeks_to_wait() -> None:
    """On Sunday 29 March 2026 the hour from 01:00 to 02:00 does not exist in London."""
    plan = schedule("01:15-01:45", days=frozenset({SUNDAY}), cap=1)

    slots = some_slots("2026-03-22 00:00", plan, 2)

    assert [slot.due_at for slot in slots] == [utc("2026-03-22 01:15"), utc("2026-04-05 00:15")]


@pytest.mark.parametrize(
    ("not_before", "expected"),
    [
        pytest.param("2026-11-02 10:10", "2026-11-02 10:30", id="a pause that ends before the interval"),
        pytest.param("2026-11-02 11:05:30", "2026-11-02 11:05:30", id="a pause that ends inside the hours"),
        pytest.param("2026-11-02 12:00", "2026-11-02 14:00", id="a pause that ends between two windows"),
        pytest.param("2026-11-06 18:30", "2026-11-09 09:00", id="a pause that ends on a Friday night"),
        pytest.param("2026-12-25 03:00", "2026-12-25 09:00", id="a pause of weeks"),
    ],
)
def test_after_a_pause_it_is_the_first_allowed_instant(not_before: str, expected: str) -> None:
    plan = schedule("09:00-12:00 14:00-18:00", days=WORKING_DAYS)

    slot = next_slot(utc("2026-11-02 10:00"), plan, not_before=utc(not_before))

    assert slot is not None
    assert slot.due_at == utc(expected)


def test_the_end_of_a_pause_may_be_given_in_any_zone() -> None:
    until = datetime(2026, 11, 2, 12, 30, tzinfo=ZoneInfo("Europe/Berlin"))

    slot = next_slot(utc("2026-11-02 10:00"), schedule("09:00-17:00"), not_before=until)

    assert slot is not None
    assert slot.due_at == utc("2026-11-02 11:30")
    assert slot.due_at.tzinfo is UTC


def test_hours_in_two_windows_count_for_the_day_that_began_first() -> None:
    """In any order of the windows, and the earlier day does not come back once it is over."""
    for hours in ("22:00-02:00 01:00-04:00", "01:00-04:00 22:00-02:00"):
        slots = some_slots("2026-11-03 00:00", schedule(hours, minutes=30), 5)

        assert [(f"{slot.due_at:%H:%M}", slot.day.day) for slot in slots] == [
            ("00:30", 2),
            ("01:00", 2),
            ("01:30", 2),
            ("02:00", 3),
            ("02:30", 3),
        ]


def test_hours_of_a_day_that_is_not_chosen_may_lie_in_a_window_of_one_that_is() -> None:
    plan = schedule("00:00-08:00 22:00-02:00", days=frozenset({MONDAY}))

    slots = some_slots("2026-11-02 23:00", plan, 6)

    assert days_and_numbers(slots)[-3:] == [("Tue 01:00", 4), ("Tue 01:30", 5), ("Mon 00:00", 1)]


def test_a_day_that_has_begun_goes_on_where_the_clock_goes_back_over_its_beginning() -> None:
    """London's hour from 01:00 comes twice on 25 October 2026, and days are chosen to begin at 01:30."""
    slots = some_slots("2026-10-25 00:15", schedule("01:30-01:30", minutes=20, cap=4), 5)

    assert [(slot.due_at, slot.day.day, slot.nth) for slot in slots] == [
        (utc("2026-10-25 00:35"), 25, 1),
        (utc("2026-10-25 00:55"), 25, 2),
        (utc("2026-10-25 01:15"), 25, 3),
        (utc("2026-10-25 01:35"), 25, 4),
        (utc("2026-10-26 01:30"), 26, 1),
    ]


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
            schedule("23:00-00:30", "Africa/Cairo", days=frozenset({THURSDAY})),
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
    with pytest.raises(ValueError, match=r"^The time of the last break needs a time zone\.$"):
        next_due(datetime(2026, 11, 2, 10), schedule("09:00-17:00"))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("interval", "cap", "words"),
    [
        (timedelta(0), 16, "^The interval between breaks must be longer than nothing.$"),
        (timedelta(minutes=-30), 16, "^The interval between breaks must be longer than nothing.$"),
        (timedelta(minutes=30), 0, "^A day has room for one prompt at least.$"),
    ],
)
def test_a_schedule_that_makes_no_sense_is_refused(interval: timedelta, cap: int, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        BreakSchedule(
            ZoneInfo("UTC"), interval, EVERY_DAY, (Window(time(9), time(17)),), quiet=None, daily_cap=cap
        )
