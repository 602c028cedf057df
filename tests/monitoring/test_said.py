"""When what is found is said: once, again while it lasts, and never by what came later or long before."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.monitoring.rules import (
    ADJUSTABLE,
    DEFAULT,
    LOOKBACK_DAYS,
    Finding,
    Parameters,
    Report,
    adjusted,
    find_worsening,
    severity,
)
from programs.monitoring.rules.worsening import family
from tests.monitoring import definition
from tests.monitoring.histories import (
    FIRST_DAY,
    PLAIN,
    day,
    every_day,
    found,
    histories,
    parameters,
    reports,
    rising,
    series,
    steadily,
    up_to,
)

pytestmark = pytest.mark.pure

ADJUSTED = st.fixed_dictionaries(
    {},
    optional={name: st.sampled_from([bounds.lowest, bounds.highest]) for name, bounds in ADJUSTABLE.items()},
).map(adjusted)
"""What a clinic can choose, at the ends of what it can choose."""


def further_down_on(days: Iterable[int]) -> list[Report]:
    """W3's condition is met on exactly these days, with the numbers of `quiet_for`."""
    usual = [Report(day(number), distal_rank_left=0) for number in range(-200, 0)]
    return usual + [Report(day(number), distal_rank_left=5) for number in days]


def quiet_for(cooldown: float) -> Parameters:
    """One report further down than 125 to 135 days ago is enough for W3, which has this cooldown."""
    ages = (125, 135)
    return replace(PLAIN, needed=1, of_last=1, distal_baseline_ages=ages, distal_cooldown_days=cooldown)


def said(days: Iterable[int], cooldown: float = 7) -> list[int]:
    """The days on which a condition is said that is met on these."""
    findings = find_worsening(further_down_on(days), quiet_for(cooldown))
    return [(finding.found_on - FIRST_DAY).days for finding in findings]


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        pytest.param([0], [0], id="once"),
        pytest.param([0, 6], [0], id="quiet for the cooldown"),
        pytest.param([0, 7], [0, 7], id="after it, it begins anew"),
        pytest.param([0, 6, 12], [0], id="what goes on does not begin"),
        pytest.param([*range(60)], [0, 14, 28, 42, 56], id="what lasts is said every second cooldown"),
        pytest.param([*range(5, 40)], [5, 14, 28], id="on the same days, whenever it began"),
        pytest.param([*range(7, 40)], [7, 14, 28], id="a cooldown after it began"),
        pytest.param([*range(8, 60)], [8, 28, 42, 56], id="not earlier, even on such a day"),
        pytest.param([*range(14)], [0], id="not in the second half of a block"),
        pytest.param([0, 4, 8, 12, 16, 20, 24, 28], [0, 16, 28], id="on the first report of the block"),
        pytest.param([2, 8, 13, 19, 25], [2, 19], id="if that is in the first half"),
        pytest.param([2, 8, 14, 20, 27, 33], [2, 14, 27], id="a gap of a cooldown begins anew"),
        pytest.param([0, 1, 2, 30, 31, 32], [0, 30], id="back again"),
    ],
)
def test_a_condition_is_said_on_the_days_of_the_table(days: list[int], expected: list[int]) -> None:
    assert said(days) == expected


def test_a_clinic_can_ask_for_longer_quiet() -> None:
    """In blocks of 20 days."""
    offset = -day(0).toordinal() % 20
    assert said([0, 9], 10) == [0]
    assert said([0, 10], 10) == [0, 10]
    assert said(range(offset, offset + 60), 10) == [offset, offset + 20, offset + 40]


def test_the_place_has_a_cooldown_of_its_own() -> None:
    lasting = [3] * 28 + [4] * 60
    days = found(
        lasting,
        replace(PLAIN, distal_baseline_ages=(7, 999), distal_baseline_reports=999),
        "distal_rank_left",
    )
    assert days == [("W3", 30), ("W3", 56)]


def test_an_emergency_is_said_each_time() -> None:
    history = [Report(day(number), weakness="new_or_worse") for number in range(5)]
    assert [each.found_on for each in find_worsening(history)] == [day(number) for number in range(5)]


def test_the_patients_own_word_is_said_each_time() -> None:
    history = [Report(day(number), groc="much_worse") for number in (0, 1, 3, 7)]
    assert [each.found_on for each in find_worsening(history)] == [day(0), day(1), day(3), day(7)]


def test_an_early_rule_and_its_elder_speak_with_one_voice() -> None:
    """The usual level is known from day 13 on."""
    assert found([2] * 10 + [6] * 6) == [("W2e", 12), ("W1e", 12)]
    assert found([2] * 11 + [6] * 6) == [("W2", 13), ("W1", 13)]


def test_being_asked_does_not_keep_a_flag_from_being_said() -> None:
    findings = find_worsening(reports([3] * 30 + [8, 8, 8]), replace(PLAIN, sum_limit=9.5))
    assert [(each.rule, each.level, each.found_on) for each in findings if each.rule == "W5"] == [
        ("W5", "check_in", day(31)),
        ("W5", "flag", day(32)),
    ]


def test_of_two_levels_on_one_day_the_more_severe_is_said() -> None:
    (severe,) = (each for each in find_worsening(reports([3] * 30 + [5, 8, 8]), PLAIN) if each.rule == "W5")
    assert severe.level == "flag"
    numb = reports([1] * 20 + [3] * 3, "numb_bother")
    numb[-1] = replace(numb[-1], weakness="new_or_worse")
    (weak,) = find_worsening(numb, PLAIN)
    assert (weak.rule, weak.level, weak.evidence.measure) == ("W4", "emergency", "weakness")


def test_findings_come_in_the_order_of_days_then_of_weight_then_of_sides() -> None:
    values = [3] * 30 + [9] * 3
    history = [
        replace(
            report,
            distal_rank_left=report.worst_leg_pain // 3,
            distal_rank_right=report.worst_leg_pain // 3,
            numb_bother=report.worst_leg_pain // 2,
        )
        for report in reports(values)
    ]
    history[-1] = replace(history[-1], groc="much_worse")
    assert [(each.found_on, each.rule, each.side) for each in find_worsening(history, PLAIN)] == [
        (day(31), "W5", ""),
        (day(32), "W2", ""),
        (day(32), "W3", "left"),
        (day(32), "W3", "right"),
        (day(32), "W4", ""),
        (day(32), "W5", ""),
        (day(32), "W6", ""),
        (day(32), "W1", ""),
    ]


def as_defined(findings: list[Finding]) -> set[tuple[str, str, str, int]]:
    return {(family(each.rule), each.side, each.level, each.found_on.toordinal()) for each in findings}


@steadily(60)
@given(histories(), parameters())
def test_all_that_is_said_is_what_the_definition_says(history: list[Report], p: Parameters) -> None:
    assert as_defined(find_worsening(history, p)) == definition.findings(history, p)


@steadily(25)
@given(histories(), st.randoms(use_true_random=False))
def test_neither_order_nor_repeats_matter(history: list[Report], random) -> None:
    again = [*history, *history[::3]]
    random.shuffle(again)
    assert find_worsening(again) == find_worsening(history)


@steadily(25)
@given(histories(), st.integers(0, 10), st.integers(0, 5), st.integers(0, 6))
def test_of_several_reports_a_day_the_worst_of_each_value_counts(
    history: list[Report], leg: int, rank: int, bother: int
) -> None:
    def least(value: int | None, other: int) -> int | None:
        return None if value is None else min(value, other)

    milder = [
        replace(
            report,
            worst_leg_pain=least(report.worst_leg_pain, leg),
            distal_rank_left=least(report.distal_rank_left, rank),
            distal_rank_right=None,
            numb_bother=least(report.numb_bother, bother),
            weakness=report.weakness and "none",
            groc=report.groc and "very_much_better",
        )
        for report in history
    ]
    assert find_worsening(milder + history) == find_worsening(history)
    assert find_worsening(history + milder) == find_worsening(history)


@steadily(40)
@given(histories(), st.integers(0, 400), parameters())
def test_later_reports_never_change_earlier_findings(history: list[Report], last: int, p: Parameters) -> None:
    assert find_worsening(up_to(history, day(last)), p) == [
        each for each in find_worsening(history, p) if each.found_on <= day(last)
    ]


@steadily(40)
@given(histories(), st.integers(0, 400), ADJUSTED)
def test_nothing_older_than_the_lookback_matters(history: list[Report], back: int, p: Parameters) -> None:
    since = history[-1].recorded_on - timedelta(days=back)
    oldest = since - timedelta(days=LOOKBACK_DAYS)
    recent = [report for report in history if report.recorded_on >= oldest]
    expected = [each for each in find_worsening(history, p) if each.found_on >= since]
    assert find_worsening(history, p, since=since) == expected
    assert find_worsening(recent, p, since=since) == expected


@steadily(80)
@given(series(stretches=6), st.integers(0, 60), ADJUSTED)
def test_nothing_older_than_the_lookback_matters_to_leg_pain(
    values: list[int | None], back: int, p: Parameters
) -> None:
    """Long silences, rare reports and conditions that last."""
    history = reports([*values, 9])
    since = history[-1].recorded_on - timedelta(days=back)
    oldest = since - timedelta(days=LOOKBACK_DAYS)
    recent = [report for report in history if report.recorded_on >= oldest]
    assert find_worsening(recent, p, since=since) == [
        each for each in find_worsening(history, p) if each.found_on >= since
    ]


@pytest.mark.parametrize("cooldown", [7, 10, 14])
@pytest.mark.parametrize("first", range(0, 28, 3))
def test_what_lasts_is_said_alike_from_any_day_on(cooldown: int, first: int) -> None:
    p = quiet_for(cooldown)
    history = further_down_on(range(first, first + 120))
    for back in range(60):
        since = history[-1].recorded_on - timedelta(days=back)
        recent = [each for each in history if (since - each.recorded_on).days <= LOOKBACK_DAYS]
        assert find_worsening(recent, p, since=since) == [
            each for each in find_worsening(history, p) if each.found_on >= since
        ]


@steadily(50)
@given(histories(), ADJUSTED)
def test_a_rule_is_quiet_for_a_cooldown_after_each_finding(history: list[Report], p: Parameters) -> None:
    days: dict[tuple[str, str, str], list[date]] = {}
    for each in find_worsening(history, p):
        days.setdefault((family(each.rule), each.side, each.level), []).append(each.found_on)
    for (rule, _, level), said_on in days.items():
        is_each = level == "emergency" or rule == "W6"
        least = 1 if is_each else p.distal_cooldown_days if rule == "W3" else p.cooldown_days
        assert all((after - before).days >= least for before, after in pairwise(said_on))


@steadily(60)
@given(st.integers(0, 60), st.integers(30, 90), ADJUSTED)
def test_what_lasts_is_said_again_within_three_cooldowns(first: int, length: int, p: Parameters) -> None:
    days = said(range(first, first + length), p.cooldown_days)
    assert days[0] == first
    assert all(after - before < 3 * p.cooldown_days for before, after in pairwise([*days, first + length]))


@steadily(40)
@given(histories(), st.sampled_from([-3, -1, 1, 2, 25]), ADJUSTED)
def test_a_shift_of_the_calendar_by_whole_blocks_changes_nothing(
    history: list[Report], blocks: int, p: Parameters
) -> None:
    shift = timedelta(days=blocks * int(2 * p.cooldown_days * 2 * p.distal_cooldown_days))
    moved = [replace(report, recorded_on=report.recorded_on + shift) for report in history]
    assert [
        (each.rule, each.side, each.level, each.found_on - shift) for each in find_worsening(moved, p)
    ] == [(each.rule, each.side, each.level, each.found_on) for each in find_worsening(history, p)]


@steadily(40)
@given(histories(), parameters())
def test_a_rule_says_one_thing_a_day_for_each_side_and_the_most_severe(
    history: list[Report], p: Parameters
) -> None:
    findings = find_worsening(history, p)
    keys = [(family(each.rule), each.side, each.found_on) for each in findings]
    assert len(keys) == len(set(keys))
    conditions = definition.conditions(history, p)
    for each in findings:
        levels = [
            level
            for (rule, side, level), days in conditions.items()
            if (rule, side) == (family(each.rule), each.side) and each.found_on.toordinal() in days
        ]
        assert severity(each.level) <= max(map(severity, levels))


@steadily(60)
@given(rising(), parameters())
def test_what_is_said_is_always_a_condition_that_is_met(values: list[int | None], p: Parameters) -> None:
    met = {(each.rule, each.found_on) for each in find_worsening(reports(values), every_day(p))}
    assert {(each.rule, each.found_on) for each in find_worsening(reports(values), p)} <= met


def test_the_defaults_say_a_step_of_three_and_leave_a_calm_year_alone() -> None:
    calm = [3, 4, 3, 2, 3] * 73
    assert found(calm, DEFAULT) == []
    assert "W2" in {rule for rule, _ in found([*calm[:90], *[6, 7, 6, 5, 6] * 3], DEFAULT)}
