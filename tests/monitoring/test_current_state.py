"""Where a patient stands today, in one word."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.monitoring.rules import Report, current_state, is_judged, severity
from tests.monitoring import definition
from tests.monitoring.histories import PLAIN, day, histories, parameters, reports, steadily, up_to

pytestmark = pytest.mark.pure


def state(values: list[int | None], today: int | None = None) -> str:
    return current_state(reports(values), day(len(values) - 1 if today is None else today), PLAIN)


@pytest.mark.parametrize(
    ("values", "today", "expected"),
    [
        pytest.param([], 0, "not_enough_data", id="no reports"),
        pytest.param([3] * 5, None, "not_enough_data", id="five reports"),
        pytest.param([3] * 6, None, "normal", id="six reports, which an early rule can judge"),
        pytest.param([3] * 40, None, "normal", id="a usual week"),
        pytest.param([3] * 40, 45, "normal", id="the last report six days ago"),
        pytest.param([3] * 40, 46, "not_enough_data", id="the last report a week ago"),
        pytest.param([3] * 30 + [5] * 3, None, "check_in", id="some higher days"),
        pytest.param([3] * 30 + [5] * 3 + [3] * 7, None, "check_in", id="some higher days last week"),
        pytest.param([3] * 30 + [5] * 3 + [3] * 8, None, "normal", id="some higher days before that"),
        pytest.param([3] * 30 + [7] * 3, None, "flag", id="a rise"),
        pytest.param(
            [3] * 30 + [7] * 30, 45, "flag", id="a rise that lasts, on a day on which it is not said"
        ),
        pytest.param([3] * 30 + [7] * 30, 31, "high_day", id="what comes later is not known yet"),
        pytest.param([3] * 30 + [5], None, "high_day", id="a day more than a point above"),
        pytest.param([3] * 30 + [4], None, "normal", id="a point above is usual"),
        pytest.param([7, 4, 1] * 10 + [6], None, "normal", id="two points above too, for who varies by two"),
        pytest.param([3] * 30 + [5, 3], None, "normal", id="it is about the newest report"),
        pytest.param([3] * 5 + [5], None, "high_day", id="above what a patient started with"),
        pytest.param([3] * 5 + [4], None, "normal", id="a point above what a patient started with"),
        pytest.param([10] * 40, None, "not_enough_data", id="at the top nothing can be found"),
        pytest.param([2] * 5 + [8, 8], None, "check_in", id="severe pain in the first week"),
    ],
)
def test_the_state_is_what_the_table_says(values: list[int | None], today: int | None, expected: str) -> None:
    assert state(values, today) == expected


def test_the_most_severe_condition_of_the_week_counts() -> None:
    history = reports([3] * 30 + [7] * 3)
    history[-3] = replace(history[-3], weakness="new_or_worse")
    assert current_state(history, day(32), PLAIN) == "emergency"
    assert current_state(history, day(37), PLAIN) == "flag"


def test_a_word_alone_is_enough_for_a_flag_and_not_for_normal() -> None:
    assert current_state([Report(day(0), groc="much_worse")], day(0), PLAIN) == "flag"
    assert current_state([Report(day(0), groc="the_same")], day(0), PLAIN) == "not_enough_data"
    steady = reports([3] * 40)
    assert current_state([*steady, Report(day(47), groc="the_same")], day(47), PLAIN) == "not_enough_data"


def test_what_can_be_judged_follows_the_parameters_too() -> None:
    started = reports([3] * 6)
    assert current_state(started, day(5), PLAIN) == "normal"
    assert current_state(started, day(5), replace(PLAIN, early_days=(6, 20))) == "not_enough_data"


@steadily(60)
@given(histories(), st.integers(0, 400), parameters())
def test_a_level_is_that_of_a_condition_met_in_the_last_week(history: list[Report], today: int, p) -> None:
    conditions = definition.conditions(up_to(history, day(today)), p)
    newest = day(today).toordinal()
    levels = {
        level
        for (_, _, level), days in conditions.items()
        if any(newest - 7 < each <= newest for each in days)
    }
    found = current_state(history, day(today), p)
    if levels:
        assert found == max(levels, key=severity)
        return
    legs = definition.column(up_to(history, day(today)), "worst_leg_pain")
    last = max(legs, default=0)
    if newest - 7 < last and is_judged(up_to(history, day(today)), p):
        assert found == ("high_day" if definition.is_above_usual(legs, last, p) else "normal")
    else:
        assert found == "not_enough_data"
