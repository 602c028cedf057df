"""Silence and no response: what a sweep finds between the reports."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.monitoring.rules import (
    Baseline,
    Evidence,
    Finding,
    Reading,
    Report,
    find_no_response,
    find_silence,
)
from tests.monitoring.histories import PLAIN, day, reports, steadily

pytestmark = pytest.mark.pure


def test_a_week_without_a_report_is_silence() -> None:
    assert find_silence(day(0), day(-30), day(6), PLAIN) is None
    assert find_silence(day(0), day(-30), day(7), PLAIN) == Finding(
        rule="silent",
        level="flag",
        found_on=day(7),
        side="",
        evidence=Evidence("silent_days", (Reading(day(0), 7),), None, 7),
    )


def test_who_never_reported_is_silent_since_somebody_watches() -> None:
    assert find_silence(None, day(0), day(6), PLAIN) is None
    finding = find_silence(None, day(0), day(10), PLAIN)
    assert finding is not None
    assert (finding.found_on, finding.evidence.readings) == (day(7), (Reading(day(0), 10),))


def test_silence_counts_only_while_somebody_watches() -> None:
    assert find_silence(day(-60), day(0), day(6), PLAIN) is None
    finding = find_silence(day(-60), day(0), day(7), PLAIN)
    assert finding is not None
    assert finding.evidence.readings == (Reading(day(0), 7),)


def test_a_clinic_can_ask_sooner() -> None:
    finding = find_silence(day(0), day(-30), day(3), replace(PLAIN, silent_after_days=3.0))
    assert finding is not None
    assert (finding.found_on, finding.evidence.limit) == (day(3), 3)
    assert find_silence(day(0), day(-30), day(2), replace(PLAIN, silent_after_days=3.0)) is None


@steadily(60)
@given(st.none() | st.integers(-40, 40), st.integers(-40, 40), st.integers(-50, 90), st.integers(0, 30))
def test_the_same_silence_is_the_same_finding_on_every_later_day(
    last: int | None, watched: int, today: int, later: int
) -> None:
    last_on = None if last is None else day(last)
    first = find_silence(last_on, day(watched), day(today), PLAIN)
    again = find_silence(last_on, day(watched), day(today + later), PLAIN)
    if first is None:
        assert today - max(watched, watched if last is None else last) < 7
    else:
        assert again is not None
        assert again.key == first.key
        assert first.found_on <= day(today)


WEEK = [5] * 7
GAP = [None] * 14


def no_response(values: list[int | None], today: int = 28) -> Finding | None:
    return find_no_response(reports(values), day(0), day(today), PLAIN)


def test_pain_that_has_not_come_down_in_four_weeks_is_found() -> None:
    assert no_response([6, 5, 5, 4, 7, 5, None, *GAP, 9, 4, 4, 4, 5, 4, 4, 5]) == Finding(
        rule="no_response",
        level="flag",
        found_on=day(28),
        side="",
        evidence=Evidence(
            measure="worst_leg_pain",
            readings=(Reading(day(28), 4),),
            baseline=Baseline(5.0, None, 6, day(0), day(5)),
            limit=2.0,
        ),
    )


@pytest.mark.parametrize(
    ("values", "today", "found_on"),
    [
        pytest.param([*WEEK, *GAP, *[5] * 8], 27, None, id="not before four weeks"),
        pytest.param([*WEEK, *GAP, *[5] * 8], 28, 28, id="after four weeks"),
        pytest.param([*WEEK, *GAP, *[5] * 28], 55, 28, id="on the same day until the next look"),
        pytest.param([*WEEK, *GAP, *[5] * 40], 56, 56, id="and again after eight"),
        pytest.param([*WEEK, *GAP, *[5] * 15, *[1] * 30], 56, None, id="which may have gone better"),
        pytest.param([*WEEK, *GAP, *[3] * 8], 28, None, id="two points less are a response"),
        pytest.param([*WEEK, *GAP, *[4, 3, 4, 3, 4, 4, 3, 4]], 28, 28, id="one and a half are not"),
        pytest.param([*[3] * 7, *GAP, *[3] * 8], 28, 28, id="three is enough to gain something"),
        pytest.param([*[2] * 7, *GAP, *[4] * 8], 28, None, id="who began mild has little to gain"),
        pytest.param([*[3] * 7, *GAP, *[2] * 8], 28, None, id="so has who is mild now"),
        pytest.param(
            [*[5] * 4, *[None] * 17, *[5] * 8], 28, 28, id="four reports in the first week are enough"
        ),
        pytest.param([*[5] * 3, *[None] * 18, *[5] * 8], 28, None, id="three are not"),
        pytest.param([*[None] * 3, *[5] * 4, *GAP, *[5] * 8], 28, 28, id="the seventh day is of that week"),
        pytest.param([*[None] * 4, *[5] * 4, *GAP, *[5] * 8], 28, None, id="the eighth is not"),
        pytest.param([*WEEK, *[None] * 18, *[5] * 4], 28, 28, id="four reports in the last week are enough"),
        pytest.param([*WEEK, *[None] * 19, *[5] * 3], 28, None, id="three in the last week are not"),
        pytest.param([*WEEK, *[None] * 15, *[5] * 4], 28, 28, id="a day 22 report is of the last week"),
        pytest.param([*WEEK, *GAP, *[5] * 4], 28, None, id="a day 21 report is not"),
        pytest.param([*WEEK, *[None] * 21, *[5] * 9], 28, None, id="nor is a later one"),
    ],
)
def test_no_response_is_found_as_the_table_says(
    values: list[int | None], today: int, found_on: int | None
) -> None:
    finding = no_response(values, today)
    assert (finding and finding.found_on) == (None if found_on is None else day(found_on))


def test_the_plans_first_day_begins_the_weeks() -> None:
    history = reports([9] * 10 + [5] * 60)
    found = find_no_response(history, day(10), day(38), PLAIN)
    assert found is not None
    assert (found.found_on, found.evidence.baseline.centre) == (day(38), 5)
    assert find_no_response(history, day(0), day(28), PLAIN) is None


def test_the_worst_report_of_a_day_is_the_one_that_counts() -> None:
    improved = [Report(day(number), 5 if number < 7 else 2) for number in range(29)]
    assert find_no_response(improved, day(0), day(28), PLAIN) is None
    worse_too = [Report(each.recorded_on, 5) for each in improved]
    assert find_no_response(improved + worse_too, day(0), day(28), PLAIN) is not None


@steadily(40)
@given(st.lists(st.none() | st.integers(0, 10), min_size=57, max_size=57), st.integers(0, 27))
def test_between_two_looks_nothing_new_is_found(values: list[int | None], later: int) -> None:
    known = reports(values)
    at_once = find_no_response(
        [each for each in known if each.recorded_on <= day(28)], day(0), day(28), PLAIN
    )
    assert find_no_response(known, day(0), day(28) + timedelta(days=later), PLAIN) == at_once
