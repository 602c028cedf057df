"""When a flag is over: back at the usual level that was stored with it."""

from dataclasses import replace

import pytest

from programs.monitoring.rules import (
    Baseline,
    Evidence,
    Reading,
    Report,
    clearing,
    find_worsening,
)
from tests.monitoring.histories import PLAIN, day, reports

pytestmark = pytest.mark.pure

PAIN = Evidence(
    "worst_leg_pain",
    (Reading(day(9), 7), Reading(day(10), 8)),
    Baseline(3.0, 1.0, 20, day(-40), day(-5)),
    5.0,
)
"""Opened on day 10, when 3 was usual."""
PLACE = Evidence("distal_rank", (Reading(day(10), 5),), Baseline(3.0, None, 14, day(-20), day(3)), 4)


def later(*values: int | None, measure: str = "worst_leg_pain") -> list[Report]:
    """One report a day from day 11 on, behind one high report on day 10."""
    return [
        Report(day(10 + place), **{measure: value})
        for place, value in enumerate((9, *values))
        if value is not None
    ]


def is_over(
    *values: int | None, rule: str = "W2", today: int | None = None, evidence: Evidence = PAIN
) -> bool:
    last = day(10 + len(values) if today is None else today)
    return clearing(evidence, rule, "", later(*values), last, PLAIN) is not None


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param((3, 3, 3, 3), True, id="four usual reports"),
        pytest.param((3, 3, 3), False, id="three are not enough"),
        pytest.param((4, 4, 4, 4), True, id="a point above is usual enough"),
        pytest.param((5, 5, 5, 5), False, id="two points above are not"),
        pytest.param((4, 4, 5, 5), False, id="of two middle ones the higher counts"),
        pytest.param((9, 4, 4, 4, 0), True, id="one bad day does not matter"),
        pytest.param((9, 9, 9, 3, 3, 3, 3), True, id="the middle of seven"),
        pytest.param((9, 9, 9, 9, 3, 3, 3), False, id="or not yet"),
        pytest.param((9, 9, 9, 9, 3, 3, 3, 3), True, id="the first of eight days is a week ago"),
        pytest.param((3, None, 3, None, 3, None, 3), True, id="four in a week"),
        pytest.param((3, None, 3, None, 3, None, None, 3), False, id="four in eight days are not"),
        pytest.param((0, 0, 0, 0), True, id="better than usual"),
        pytest.param((), False, id="nothing reported"),
    ],
)
def test_a_flag_is_over_as_the_table_says(values: tuple[int | None, ...], expected: bool) -> None:
    assert is_over(*values) is expected


@pytest.mark.parametrize("usual", [3.4, 3.0])
def test_a_point_above_the_usual_level_is_meant_exactly(usual: float) -> None:
    level = Baseline(usual, 1.0, 20, day(-40), day(-5))
    assert is_over(4, 4, 4, 4, evidence=replace(PAIN, baseline=level))
    assert not is_over(4, 4, 4, 4, evidence=replace(PAIN, baseline=replace(level, centre=2.99)))
    assert not is_over(5, 5, 5, 5, evidence=replace(PAIN, baseline=level))


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("W1", False),
        ("W1e", False),
        ("W2", True),
        ("W2e", True),
        ("W5", True),
        ("W4", False),
        ("W6", False),
        ("silent", False),
        ("no_response", False),
    ],
)
def test_only_what_reports_can_end_clears(rule: str, expected: bool) -> None:
    assert is_over(3, 3, 3, 3, rule=rule) is expected


def test_without_a_usual_level_a_person_has_to_look() -> None:
    assert not is_over(0, 0, 0, 0, rule="W5", evidence=replace(PAIN, baseline=None))


def test_neither_what_came_before_the_flag_nor_what_comes_later_counts() -> None:
    before = reports([3] * 11)
    assert clearing(PAIN, "W2", "", before, day(10), PLAIN) is None
    assert clearing(PAIN, "W2", "", [*before, *later(3, 3, 3)], day(13), PLAIN) is None
    assert clearing(PAIN, "W2", "", later(3, 3, 3, 3), day(13), PLAIN) is None
    assert clearing(PAIN, "W2", "", later(3, 3, 3, 3), day(14), PLAIN) is not None


def test_days_on_which_nothing_is_reported_let_a_week_pass() -> None:
    assert is_over(3, 3, 3, 3, today=17)
    assert not is_over(3, 3, 3, 3, today=18)


def test_the_worst_report_of_a_day_is_the_one_that_counts() -> None:
    said = [*later(3, 3, 3, 3), *later(3, 3, 9, 9)]
    assert clearing(PAIN, "W2", "", said, day(14), PLAIN) is None


def test_the_place_has_to_be_where_it_was_on_that_side() -> None:
    back = later(3, 3, 3, 3, measure="distal_rank_left")
    assert clearing(PLACE, "W3", "left", back, day(14), PLAIN) == (
        "Back to usual: the middle place of the last 4 reports is thigh."
    )
    assert clearing(PLACE, "W3", "right", back, day(14), PLAIN) is None
    further = later(4, 4, 4, 4, measure="distal_rank_left")
    assert clearing(PLACE, "W3", "left", further, day(14), PLAIN) is None
    mixed = later(3, 3, 4, 4, measure="distal_rank_left")
    assert clearing(PLACE, "W3", "left", mixed, day(14), PLAIN) is None


def test_the_sentence_has_the_numbers() -> None:
    assert clearing(PAIN, "W2", "", later(9, 4, 4, 2, 4), day(15), PLAIN) == (
        "Back to usual: the middle of the last 5 reports is 4, and the usual level was 3."
    )
    level = Baseline(3.25, 1.0, 20, day(-40), day(-5))
    assert clearing(replace(PAIN, baseline=level), "W2", "", later(4, 4, 4, 4), day(14), PLAIN) == (
        "Back to usual: the middle of the last 4 reports is 4, and the usual level was 3.2."
    )


def test_what_the_rules_found_is_over_after_a_usual_week() -> None:
    values = [3] * 40 + [8] * 4
    flags = [each for each in find_worsening(reports(values), PLAIN) if each.level == "flag"]
    assert flags
    for flag in flags:
        assert clearing(flag.evidence, flag.rule, flag.side, reports(values), day(43), PLAIN) is None
        week = reports([*values, *[3] * 7])
        assert clearing(flag.evidence, flag.rule, flag.side, week, day(50), PLAIN) is not None
