"""W1, W2, W5 and the early rules: tables of cases, the definition read literally, and true properties."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.monitoring.rules import (
    DEFAULT,
    LOOKBACK_DAYS,
    Baseline,
    Evidence,
    Finding,
    Parameters,
    Reading,
    Report,
    find_worsening,
    is_judged,
    severity,
)
from tests.monitoring import definition
from tests.monitoring.histories import (
    FIRST_DAY,
    PLAIN,
    day,
    every_day,
    found,
    met,
    parameters,
    reports,
    rising,
    series,
    steadily,
)

pytestmark = pytest.mark.pure

HALF_8_HALF_9 = [8, 9] * 15
MOSTLY_9 = ([9] * 9 + [10]) * 3
MOSTLY_10 = ([9] * 4 + [10] * 6) * 3


@pytest.mark.parametrize(
    ("values", "days"),
    [
        pytest.param([3] * 30 + [7] * 3, [32], id="three reports four points up are found with the third"),
        pytest.param([3] * 30 + [7] * 2, [], id="two are not"),
        pytest.param([3] * 30 + [10] * 2, [], id="two very bad days are not"),
        pytest.param([3] * 30 + [6] * 3, [], id="a sum exactly at the limit has not passed it"),
        pytest.param([3] * 30 + [6] * 4, [33], id="a step of three takes four reports"),
        pytest.param([3] * 30 + [5] * 7, [36], id="a step of two takes seven reports"),
        pytest.param([3] * 30 + [4] * 20, [], id="what is free never adds up"),
        pytest.param([3] * 30 + [7, 7, 3, 7], [33], id="one usual day in between costs what is free"),
        pytest.param([3] * 30 + [7, 7, 0, 7], [], id="one good day in between pays two bad ones back"),
        pytest.param([3] * 30 + [7, 3] * 6, [], id="every second day bad never makes three of the last four"),
        pytest.param(
            [3] * 30 + [7, 7, 7, 3, 3], [32, 33], id="two of the last four is over, whatever the sum"
        ),
        pytest.param([3] * 30 + [7, 7, 7, 2], [32], id="a mild day is never the day of a finding"),
        pytest.param([7] * 30 + [10] * 5 + [0] + [10] * 3, [33, 34, 36, 37, 38], id="a 0 counts as 4 below"),
        pytest.param([0] * 30 + [2] * 20, [], id="two from nothing stays below the lowest score"),
        pytest.param([0] * 30 + [2] * 10 + [3], [40], id="three is the lowest score that counts"),
        pytest.param([1] * 30 + [2] * 20 + [3], [], id="three from one is within what is free, and little"),
        pytest.param([8] * 30 + [10] * 6, [], id="eight to ten: six reports of a point each are the limit"),
        pytest.param([8] * 30 + [10] * 7, [36], id="eight to ten: the seventh passes it"),
        pytest.param([9] * 30 + [10] * 12, [], id="nine to ten: half a point a report is free"),
        pytest.param([9] * 30 + [10] * 13, [42], id="nine to ten: thirteen reports are found"),
        pytest.param(MOSTLY_10 + [10] * 40, [], id="a usual 9.6 leaves nothing to find"),
        pytest.param([10] * 80, [], id="at the top there is nothing above"),
        pytest.param([8] * 30 + [4] * 30, [], id="getting better is no finding"),
        pytest.param([3] * 30 + [7, None, 7, None, 7], [34], id="missing days do not pay a rise back"),
        pytest.param([3] * 30 + [7, 0, 7, 0, 7], [], id="days of nothing do"),
        pytest.param(
            [3] * 30 + [7] * 2 + [None] * 18 + [7], [50], id="a report 20 days ago is still counted"
        ),
        pytest.param([3] * 30 + [6] + [None] * 19 + [6, 6], [], id="a report 21 days ago is counted no more"),
        pytest.param(
            [3] * 40 + [None] * 8 + [3] * 17 + [6] * 3, [], id="20 of the last 28 days is not rarely"
        ),
        pytest.param(
            [3] * 40 + [None] * 9 + [3] * 16 + [6] * 3, [67], id="19 of the last 28 days is, and half will do"
        ),
        pytest.param([3] * 9 + [None] * 5 + [3] * 3 + [6] * 3, [], id="15 of 20 days since the start is not"),
        pytest.param(
            [3] * 8 + [None] * 6 + [3] * 3 + [6] * 3, [], id="14 of 20 days since the start is not either"
        ),
        pytest.param([3] * 7 + [None] * 7 + [3] * 3 + [6] * 3, [19], id="13 of 20 days is"),
        pytest.param([3] * 13 + [7] * 3, [15], id="seven reports that are a week old are a usual level"),
        pytest.param([3] * 12 + [7] * 3, [14], id="as soon as there are seven"),
        pytest.param([3] * 30 + [None] * 40 + [7] * 7, [], id="too few reports are no usual level"),
        pytest.param([], [], id="no reports"),
        pytest.param([9], [], id="one report"),
    ],
)
def test_the_sum_is_passed_on_the_days_of_the_table(values: list[int | None], days: list[int]) -> None:
    assert met("W2", values) == days


def test_a_sum_reaches_back_as_many_days_as_it_may() -> None:
    """Each report adds 2, and more than 6 is wanted."""
    assert met("W2", [3] * 30 + [6] * 10, replace(PLAIN, sum_days=3)) == []
    assert met("W2", [3] * 30 + [6] * 4, replace(PLAIN, sum_days=4)) == [33]


def test_who_varies_more_has_to_rise_more() -> None:
    """The usual level is about 5 for both, the spread 0.7 for the calm one and about 1.5 for the other."""
    calm, wild = [5] * 30, [7, 5, 3] * 10
    same_for_all = replace(PLAIN, sum_limit=8)
    for history, days in ((calm, [32]), (wild, [])):
        assert met("W2", [*history, 9, 9, 9], same_for_all) == [32]
        assert met("W2", [*history, 9, 9, 9], replace(same_for_all, sum_limit_for_spread=1.0)) == days


def test_who_is_known_less_has_to_rise_more() -> None:
    """Eleven reports tell the usual level; three of 7 add up to 9 above 4."""
    values = [*[3] * 15, 7, 7, 7]
    parameters = replace(PLAIN, sum_limit=4, severe_score=11, spread_bounds=(1.0, 1.0))
    doubtful = replace(parameters, sum_limit_for_doubt=11.0, allowance_for_doubt=0.5)

    (plain,) = (each for each in find_worsening(reports(values), parameters) if each.rule == "W2")
    (in_doubt,) = (each for each in find_worsening(reports(values), doubtful) if each.rule == "W2")

    assert (plain.evidence.limit, plain.evidence.allowance, plain.evidence.baseline.reports) == (4, 1, 11)
    assert in_doubt.evidence.limit == pytest.approx(4 * 2)
    assert in_doubt.evidence.allowance == pytest.approx(1 + 0.5 / 11**0.5)
    assert met("W2", values, replace(doubtful, sum_limit_for_doubt=14.0)) == []


@pytest.mark.parametrize(
    ("values", "days"),
    [
        pytest.param([3] * 30 + [5] * 3, [32], id="three reports two points up"),
        pytest.param([3] * 30 + [4] * 9, [], id="one point up is nothing"),
        pytest.param([3] * 30 + [5, 5], [], id="two reports are not enough"),
        pytest.param([3] * 30 + [5, 3, 5, 5], [33], id="three of the last four"),
        pytest.param([3] * 30 + [5, 5, 3, 3, 5], [], id="two of the last four are not"),
        pytest.param([3] * 30 + [5, 5, 5, 3], [32, 33], id="the last one may be usual"),
        pytest.param([3] * 30 + [5, 5, 5, 2], [32], id="but not mild"),
        pytest.param([3] * 30 + [5, None, None, 5, None, None, 5], [36], id="within seven days"),
        pytest.param([3] * 30 + [5, None, None, 5, None, None, None, 5], [], id="within eight days is late"),
        pytest.param([0] * 30 + [2, 2, 2, 2], [], id="two from nothing is mild"),
        pytest.param([0] * 30 + [2, 2, 3], [32], id="with a three it is a rise of two"),
        pytest.param([6] * 30 + [8] * 3, [32], id="six to eight is 30 %"),
        pytest.param([7] * 30 + [9] * 9, [], id="seven to nine is not 30 %"),
        pytest.param([7] * 30 + [10] * 3, [32], id="seven to ten is"),
        pytest.param([8] * 30 + [10] * 3, [32], id="eight to ten is as high as it can get"),
        pytest.param([9] * 30 + [10] * 3, [32], id="nine to ten is as well, where 30 % cannot exist"),
        pytest.param([9] * 30 + [10, 10, 9, 9], [], id="nine is not ten"),
        pytest.param(MOSTLY_9 + [10] * 9, [], id="a usual 9.1 leaves less than a point"),
        pytest.param(MOSTLY_10 + [10] * 9, [], id="a usual 9.6 is silent"),
        pytest.param([3, 4] * 15 + [5] * 9, [], id="a usual 3.5 is two points below 5.5"),
        pytest.param([3, 4] * 15 + [6] * 3, [32], id="which a six reaches"),
        pytest.param([3] * 13 + [5] * 3, [15], id="seven reports that are a week old are a usual level"),
    ],
)
def test_the_patient_is_asked_on_the_days_of_the_table(values: list[int | None], days: list[int]) -> None:
    assert met("W1", values) == days


@pytest.mark.parametrize(
    ("values", "flags", "asked"),
    [
        pytest.param([2] * 5 + [5] * 3, [7], [7], id="three reports three points up"),
        pytest.param([2] * 5 + [4] * 3, [], [7], id="two points up asks only"),
        pytest.param([2] * 5 + [3] * 5, [], [], id="one point up does nothing"),
        pytest.param([2] * 5 + [5, 5, 2, 5], [8], [8], id="three of four is enough"),
        pytest.param([2] * 5 + [5, 2, 2, 5, 5], [], [], id="two of four is not"),
        pytest.param([0] * 5 + [3] * 3, [7], [7], id="three is enough from nothing"),
        pytest.param([0] * 5 + [2] * 6, [], [], id="two from nothing is mild"),
        pytest.param([7] * 5 + [10] * 3, [7], [7], id="seven to ten"),
        pytest.param([8] * 5 + [10] * 3, [7], [7], id="eight to ten is as high as it can get"),
        pytest.param([9] * 5 + [10] * 3, [], [7], id="nine to ten asks, a rise of one is no flag"),
        pytest.param([10] * 9, [], [], id="ten leaves nothing"),
        pytest.param([8, 8, 8, 9, 9] + [10] * 3, [7], [7], id="the middle one of the first five is meant"),
        pytest.param([2, 2, 2, 7, 7, 7], [5], [5], id="the rise may begin within the first five"),
        pytest.param([2, 2, 7, 7, 7], [], [], id="five reports are a level, not yet a comparison"),
        pytest.param([2, None, 2, None, 2, None, 2, None, 2, 6, 6, 6], [11], [11], id="gaps are skipped"),
        pytest.param([2] * 5 + [6] * 3 + [2], [7], [7], id="a mild last report is no second finding"),
        pytest.param(
            [2] + [None] * 13 + [2] * 4 + [7] * 3, [20], [20], id="a slow starter is watched until day 20"
        ),
        pytest.param([2] + [None] * 14 + [2] * 4 + [7] * 3, [], [], id="day 21 is too late"),
        pytest.param([2] * 10 + [6] * 3, [12], [12], id="until the usual level is known"),
        pytest.param([2] * 11 + [6] * 3, [], [], id="then others speak"),
        pytest.param(
            [5] * 40 + [None] * 98 + [2] * 5 + [5] * 3, [145], [145], id="after a long silence all is new"
        ),
        pytest.param(
            [5] * 40 + [None] * 96 + [2] * 5 + [5] * 3, [], [], id="a silence of 97 days is not long enough"
        ),
    ],
)
def test_the_early_rules_speak_on_the_days_of_the_table(
    values: list[int | None], flags: list[int], asked: list[int]
) -> None:
    assert met("W2e", values) == flags
    assert met("W1e", values) == asked


def test_five_days_must_pass_before_an_early_rule_speaks() -> None:
    parameters = replace(PLAIN, early_days=(7, 20), early_baseline_reports=3)
    assert met("W2e", [2] * 3 + [6] * 6, parameters) == [7, 8]
    assert met("W2e", [2] * 3 + [6] * 4, replace(parameters, early_days=(6, 20))) == [6]


@pytest.mark.parametrize(
    ("usual", "values", "asks", "flags"),
    [
        pytest.param([3] * 30, [8, 8], [31], [], id="two severe days ask"),
        pytest.param([3] * 30, [8], [], [], id="one severe day does not"),
        pytest.param([3] * 30, [7, 7], [], [], id="seven is not severe"),
        pytest.param([3] * 30, [8, 3, 8], [32], [], id="two of the last three"),
        pytest.param([3] * 30, [8, 3, 3, 8], [], [], id="two of four are not"),
        pytest.param([3] * 30, [8, 8, 8], [31], [32], id="a third makes it a flag: it lasts, and adds up"),
        pytest.param([3] * 30, [5, 8, 8], [], [32], id="so does a high day before"),
        pytest.param([6] * 30, [8, 8, 8], [31, 32], [], id="a sum of half the limit has not passed half"),
        pytest.param([6] * 30, [8, 8, 8, 8], [31, 32], [33], id="more than half has"),
        pytest.param([3] * 30, [8, 8, 3], [31, 32], [], id="the last one may be usual"),
        pytest.param([3] * 30, [8, 8, 2], [31], [], id="but not mild"),
        pytest.param([7] * 30, [8, 8, 8], [], [], id="eight is nothing new to a usual seven"),
        pytest.param([7] * 30, [9, 9], [31], [], id="nine is"),
        pytest.param([8] * 30, [8, 8, 9, 9], [], [], id="eight and nine are nothing new to a usual eight"),
        pytest.param([8] * 30, [10, 10], [31], [], id="ten is"),
        pytest.param(HALF_8_HALF_9, [9, 9], [], [], id="nine is nothing new to a usual 8.5"),
        pytest.param(HALF_8_HALF_9, [10, 10], [31], [], id="ten is, though two points up do not exist"),
        pytest.param([9] * 30, [10, 10], [31], [], id="ten is to a usual nine"),
        pytest.param(MOSTLY_9, [9, 10, 10], [], [], id="a usual 9.1 leaves less than a point"),
    ],
)
def test_severe_pain_asks_or_is_a_flag_as_the_table_says(
    usual: list[int | None], values: list[int | None], asks: list[int], flags: list[int]
) -> None:
    """Day 30 is the first after 30 that made the usual level."""
    assert [each for each in met("W5", usual + values, level="check_in") if each >= 30] == asks
    assert [each for each in met("W5", usual + values, level="flag") if each >= 30] == flags


FIRST_REPORTS = [1, 2, 3, 4]
"""The days, from the second on, before anything is known that a report could be compared with."""


@pytest.mark.parametrize(
    ("values", "asks"),
    [
        pytest.param([2] * 5 + [8, 8], [6], id="two severe days ask"),
        pytest.param([2] * 5 + [8, 3, 8], [7], id="one usual day in between does not matter"),
        pytest.param([2] * 5 + [8, 3, 3, 8], [], id="two do"),
        pytest.param([2] * 4 + [8, 8], [5], id="the sixth report is the first that is compared"),
        pytest.param([8, 8], [1], id="from the second report on"),
        pytest.param([7, 7, 8], [], id="one severe day does not"),
        pytest.param(
            [3, 3, *[10] * 20], [3, 4], id="a jump in the first reports asks, before it is the start"
        ),
        pytest.param([8] * 30, FIRST_REPORTS, id="eight is nothing new to who started with it"),
        pytest.param([8] * 5 + [9] * 7, FIRST_REPORTS, id="nor is nine"),
        pytest.param([8] * 5 + [10, 10], [*FIRST_REPORTS, 6], id="ten is"),
        pytest.param([9] * 5 + [10, 10], [*FIRST_REPORTS, 6], id="ten is to who started with nine"),
        pytest.param([10] * 30, FIRST_REPORTS, id="at the top there is nothing above"),
        pytest.param([2] * 5 + [8] + [None] * 14 + [8], [20], id="until day 20"),
        pytest.param([2] * 5 + [8] + [None] * 15 + [8], [21], id="later, eight is enough to ask"),
        pytest.param([7] * 5 + [8] + [None] * 14 + [8], [], id="until day 20 a rise is needed"),
    ],
)
def test_before_a_usual_level_is_known_severe_pain_asks_as_the_table_says(
    values: list[int | None], asks: list[int]
) -> None:
    """Compared with what a patient started with, once that is known; a flag is not for W5 to raise then."""
    assert met("W5", values, level="check_in") == asks
    assert met("W5", values, level="flag") == []


def raw(values: list[int | None], p: Parameters) -> set[tuple[str, str, int]]:
    """Rule, level and day of every condition that is met; of W5 the more severe level only."""
    return {
        (finding.rule, finding.level, (finding.found_on - FIRST_DAY).days)
        for finding in find_worsening(reports(values), every_day(p))
    }


def defined(values: list[int | None], p: Parameters) -> set[tuple[str, str, int]]:
    by_day = {place: value for place, value in enumerate(values) if value is not None}
    conditions = {
        (*condition, today) for today in by_day for condition in definition.pain_conditions(by_day, today, p)
    }
    return {
        (rule, level, today)
        for rule, level, today in conditions
        if level == "flag" or (rule, "flag", today) not in conditions
    }


@steadily(150)
@given(series() | st.lists(st.none() | st.integers(0, 10), max_size=90), parameters())
def test_any_history_is_judged_as_the_definition_says(values: list[int | None], p: Parameters) -> None:
    assert raw(values, p) == defined(values, p)


@steadily(250)
@given(rising(), parameters())
def test_rising_histories_are_judged_as_the_definition_says(values: list[int | None], p: Parameters) -> None:
    assert raw(values, p) == defined(values, p)


@steadily(100)
@given(rising(), st.integers(1, 10), parameters())
def test_a_higher_score_today_never_lowers_todays_level(
    values: list[int | None], more: int, p: Parameters
) -> None:
    """Baseline, limits and completeness are the same for both: none depends on today's score."""
    *past, today = reports(values)

    def levels(last: Report) -> dict[str, int]:
        return {
            finding.rule: severity(finding.level)
            for finding in find_worsening([*past, last], p, since=last.recorded_on)
        }

    assert today.worst_leg_pain is not None
    before = levels(today)
    after = levels(replace(today, worst_leg_pain=min(10, today.worst_leg_pain + more)))
    assert all(after.get(rule, -1) >= level for rule, level in before.items())


@steadily(60)
@given(st.integers(0, 10), st.lists(st.booleans(), max_size=150), parameters())
def test_a_constant_series_is_never_found(value: int, is_reported: list[bool], p: Parameters) -> None:
    values = [value if reported else None for reported in is_reported]
    assert [(rule, day) for rule, day in found(values, every_day(p)) if rule != "W5"] == []
    if value < p.severe_score:
        assert found(values, every_day(p)) == []


def test_a_missing_day_is_not_a_zero() -> None:
    assert found([6, None, None] * 30, every_day(PLAIN)) == []
    assert found([6, 0, 0] * 30, every_day(PLAIN)) == []
    assert found([3, 0, 0] * 14 + [4] * 9, every_day(PLAIN)) != []
    assert found([3, None, None] * 14 + [4] * 9, every_day(PLAIN)) == []


def test_back_pain_alone_is_not_judged() -> None:
    assert found([2] * 30 + [9] * 10, every_day(DEFAULT), "worst_back_pain") == []


def test_the_sum_leaves_its_evidence() -> None:
    """2 - 1 + 3 + 3 - 2 + 3, where 8 and 9 count as 7."""
    parameters = replace(PLAIN, sum_limit=7.5, check_in_rise=99, severe_score=11)
    (finding,) = find_worsening(reports([2, 4] * 15 + [6, 3, 7, 8, 2, 9]), parameters)
    assert finding == Finding(
        rule="W2",
        level="flag",
        found_on=day(35),
        side="",
        evidence=Evidence(
            measure="worst_leg_pain",
            readings=(
                Reading(day(30), 6),
                Reading(day(31), 3),
                Reading(day(32), 7),
                Reading(day(33), 8),
                Reading(day(34), 2),
                Reading(day(35), 9),
            ),
            baseline=Baseline(centre=3.0, spread=1.0, reports=22, first_on=day(0), last_on=day(21)),
            limit=7.5,
            allowance=1.0,
            counted_above=4.0,
            total=8.0,
        ),
    )


def test_the_check_in_leaves_its_evidence() -> None:
    (finding,) = find_worsening(reports([3, 4] * 15 + [6, 5, 6, 6]), replace(PLAIN, sum_limit=99))
    assert finding == Finding(
        rule="W1",
        level="check_in",
        found_on=day(33),
        side="",
        evidence=Evidence(
            measure="worst_leg_pain",
            readings=(
                Reading(day(30), 6),
                Reading(day(31), 5),
                Reading(day(32), 6),
                Reading(day(33), 6),
            ),
            baseline=Baseline(centre=3.5, spread=0.7, reports=20, first_on=day(0), last_on=day(19)),
            limit=6,
        ),
    )


def test_the_early_rules_leave_their_evidence() -> None:
    asked, flag = find_worsening(reports([2, 3, 2, 2, 4, 5, 2, 6, 5]), PLAIN)
    start = Baseline(centre=2.0, spread=None, reports=5, first_on=day(0), last_on=day(4))
    readings = tuple(Reading(day(4 + place), value) for place, value in enumerate([4, 5, 2, 6, 5]))
    assert asked == Finding(
        "W1e", "check_in", day(7), "", Evidence("worst_leg_pain", readings[:4], start, limit=4)
    )
    assert flag == Finding(
        "W2e", "flag", day(8), "", Evidence("worst_leg_pain", readings[1:], start, limit=5)
    )


def test_of_fewer_reports_than_are_looked_at_the_evidence_holds_all() -> None:
    parameters = replace(PLAIN, early_baseline_reports=3, needed=1, of_last=5)
    asked = next(
        each for each in find_worsening(reports([2, 2, 2, None, None, 4]), parameters) if each.rule == "W1e"
    )
    assert [reading.value for reading in asked.evidence.readings] == [2, 2, 2, 4]


def test_severe_pain_leaves_its_evidence() -> None:
    """Eight or more is severe; whoever started with seven is compared with that."""
    (early,) = find_worsening(reports([7] * 5 + [9, 7, 9]), PLAIN)
    assert early == Finding(
        rule="W5",
        level="check_in",
        found_on=day(7),
        side="",
        evidence=Evidence(
            measure="worst_leg_pain",
            readings=(Reading(day(5), 9), Reading(day(6), 7), Reading(day(7), 9)),
            baseline=Baseline(7.0, None, 5, day(0), day(4)),
            limit=9,
        ),
    )
    (later,) = find_worsening(reports([2] * 30 + [8, 2, 9]), PLAIN)
    assert (later.rule, later.evidence) == (
        "W5",
        Evidence(
            measure="worst_leg_pain",
            readings=(Reading(day(30), 8), Reading(day(31), 2), Reading(day(32), 9)),
            baseline=Baseline(2.0, 0.7, 19, day(0), day(18)),
            limit=8,
        ),
    )


def test_the_usual_level_comes_from_reports_of_the_window_ends_included() -> None:
    (finding,) = (each for each in find_worsening(reports([3] * 60 + [9] * 3), PLAIN) if each.rule == "W2")
    baseline = finding.evidence.baseline
    assert finding.found_on - baseline.first_on == timedelta(days=41)
    assert finding.found_on - baseline.last_on == timedelta(days=14)
    assert baseline.reports == 28


def test_with_too_few_of_those_it_comes_from_the_second_window_ends_included() -> None:
    values = [3, 3, *[None] * 20, *[3] * 7, *[7] * 7]
    first, *_, last = (
        each for each in find_worsening(reports(values), every_day(PLAIN)) if each.rule == "W2"
    )
    days = [
        (each.found_on, each.evidence.baseline.first_on, each.evidence.baseline.last_on)
        for each in (first, last)
    ]
    assert days == [(day(33), day(0), day(26)), (day(35), day(1), day(28))]


def test_one_bad_day_hardly_moves_the_usual_level() -> None:
    """27 reports of 3 and one 10, which counts as 6."""
    (finding,) = (
        each
        for each in find_worsening(reports([3] * 40 + [10] + [3] * 20 + [9] * 3), PLAIN)
        if each.rule == "W2"
    )
    assert finding.evidence.baseline.reports == 28
    assert finding.evidence.baseline.centre == pytest.approx((27 * 3 + 6) / 28)


@steadily(150)
@given(rising() | series(), parameters())
def test_the_sum_can_be_added_up_from_the_evidence_alone(values: list[int | None], p: Parameters) -> None:
    for finding in find_worsening(reports(values), every_day(p)):
        evidence = finding.evidence
        assert finding.found_on == evidence.readings[-1].recorded_on
        said = [report for report in reports(values) if report.recorded_on <= finding.found_on]
        if evidence.total is None:
            assert (evidence.allowance, evidence.counted_above) == (None, None)
            of_last = p.severe_of_last if finding.rule == "W5" else p.of_last
            assert len(evidence.readings) == min(of_last, len(said))
            continue
        centre, allowance, most = evidence.baseline.centre, evidence.allowance, evidence.counted_above
        by_hand = sum(
            min(max(reading.value, centre - most), centre + most) - (centre + allowance)
            for reading in evidence.readings
        )
        assert by_hand == pytest.approx(evidence.total)
        assert evidence.total > evidence.limit
        assert [(reading.recorded_on, reading.value) for reading in evidence.readings] == [
            (report.recorded_on, report.worst_leg_pain) for report in said[-len(evidence.readings) :]
        ]


@steadily(80)
@given(rising() | series(), parameters())
def test_the_deciding_reports_are_never_part_of_the_usual_level_but_for_the_start(
    values: list[int | None], p: Parameters
) -> None:
    for finding in find_worsening(reports(values), every_day(p)):
        baseline = finding.evidence.baseline
        if baseline is None:
            assert finding.rule == "W5"
            continue
        assert baseline.first_on <= baseline.last_on < finding.found_on
        if finding.rule in ("W1", "W2"):
            assert (finding.found_on - baseline.last_on).days >= p.fallback_ages[0]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param([], False, id="no reports"),
        pytest.param([3] * 5, False, id="five reports are a level, not yet a comparison"),
        pytest.param([3] * 6, True, id="the sixth report is the first that the early rule judges"),
        pytest.param([3] * 6 + [None] * 14 + [3], True, id="the early rule speaks until day 20"),
        pytest.param([3] * 6 + [None] * 15 + [3], False, id="and not on day 21"),
        pytest.param([8] * 13, True, id="eight is the highest first level with room above"),
        pytest.param([9] * 13, False, id="nine is out of the early flag's reach"),
        pytest.param([9] * 14, True, id="until seven reports are a week old"),
        pytest.param([10] * 40, False, id="above ten there is nothing"),
        pytest.param([3, None, None, None] * 20 + [3], True, id="a report every four days is enough"),
        pytest.param([3, None, None, None, None] * 20 + [3], False, id="every five days is not"),
        pytest.param([3] * 40 + [None] * 60 + [3] * 13, False, id="back after a long silence"),
        pytest.param([3] * 40 + [None] * 60 + [3] * 14, True, id="and back for two weeks"),
        pytest.param([3] * 60 + [None] * 35, True, id="it is about the newest report, however old"),
    ],
)
def test_the_newest_report_is_judged_or_not_as_the_table_says(
    values: list[int | None], expected: bool
) -> None:
    assert is_judged(reports(values), PLAIN) is expected


@steadily(80)
@given(rising() | series(), st.integers(0, 10), parameters())
def test_what_the_newest_report_says_does_not_decide_whether_it_is_judged(
    values: list[int | None], other: int, p: Parameters
) -> None:
    assert is_judged(reports([*values, other]), p) is is_judged(reports([*values, 0]), p)


@steadily(80)
@given(series() | rising(), parameters())
def test_the_days_that_are_not_judged_have_no_flag_but_near_the_top(
    values: list[int | None], p: Parameters
) -> None:
    """Where less than a point is left above the usual level, W2 alone may still speak."""
    history = reports(values)
    for finding in find_worsening(history, every_day(p)):
        if finding.rule in ("W1", "W2", "W2e"):
            known = [report for report in history if report.recorded_on <= finding.found_on]
            assert is_judged(known, p) or finding.evidence.baseline.centre > 9


def test_the_lookback_covers_every_window_that_pain_is_judged_from() -> None:
    window = max(DEFAULT.baseline_ages[1], DEFAULT.fallback_ages[1], DEFAULT.restart_after_days)
    assert window + DEFAULT.early_days[1] + 3 * 14 <= LOOKBACK_DAYS
