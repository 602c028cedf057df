"""The rules W2 and W2e: tables of cases, properties, and an oracle that spells their definition out."""

import json
import time
from datetime import date, timedelta
from statistics import median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from programs.monitoring.rules import (
    CUSUM_RULE,
    DEFAULT,
    EARLY_RULE,
    Baseline,
    Evidence,
    Finding,
    Parameters,
    Score,
    explain,
    find_worsening,
    is_judged,
)

pytestmark = pytest.mark.pure

FIRST_DAY = date(2026, 9, 1)


def scores(values: list[int | None]) -> list[Score]:
    """One score per day from FIRST_DAY on; None is a day without a report."""
    return [
        Score(FIRST_DAY + timedelta(days=day), value) for day, value in enumerate(values) if value is not None
    ]


def found(values: list[int | None], parameters: Parameters = DEFAULT) -> list[tuple[str, int]]:
    """Rule and day (from 0) of every finding."""
    return [
        (finding.rule, (finding.found_on - FIRST_DAY).days)
        for finding in find_worsening(scores(values), parameters)
    ]


def oracle(values: list[int | None]) -> list[tuple[str, int, int, float, float]]:
    """The definition read literally: every window is searched day by day, all numbers are written out.

    Gives rule and day of every finding, with the number of baseline reports, their middle and the threshold.
    """
    by_day = {day: value for day, value in enumerate(values) if value is not None}
    findings: list[tuple[str, int, int, float, float]] = []
    total, last_found = 0.0, -99
    for today, score in by_day.items():
        history = [(day, value) for day, value in by_day.items() if day <= today]
        main = [value for day, value in history if 14 <= today - day < 42]
        base = main if len(main) >= 7 else [value for day, value in history if 7 <= today - day < 35]
        rule: tuple[str, int, float, float] | None = None

        first = history[0][0]
        if len(main) < 7 and len(history) > 5 and 5 <= today - first <= 20:
            level = median(value for _, value in history[:5])
            high = [value for _, value in history[-4:] if value >= level + max(3, 0.3 * level)]
            if len(high) >= 3 and score >= 3:
                rule = ("W2e", 5, level, level + max(3, 0.3 * level))

        if len(base) < 7:
            total = 0.0
        else:
            centre = median(base)
            spread = max(1.0, 1.4826 * median(abs(value - centre) for value in base))
            total = max(0.0, total + max(-3.0, min(3.0, (score - centre) / spread)) - 0.5)
            days_in_use = min(28, today - first + 1)
            reported = len([day for day, _ in history if today - day < 28])
            threshold = 5.0 if reported / days_in_use < 0.7 else 8.0
            if total > threshold and score >= 3:
                rule, total = ("W2", len(base), centre, threshold), 0.0

        if rule and today - last_found >= 7:
            findings.append((rule[0], today, *rule[1:]))
            last_found = today
    return findings


reported = st.integers(0, 10)
histories = st.lists(st.none() | reported, min_size=1, max_size=90) | st.lists(reported, max_size=60)
"""Any history: sparse or complete, wild or calm."""


@st.composite
def rising_histories(draw: st.DrawFn) -> list[int | None]:
    """A calm stretch, then a higher one, with gaps: where findings are likely and the edges matter."""
    low, high = sorted((draw(reported), draw(reported)))
    calm = draw(st.lists(st.sampled_from([low, low, low, max(0, low - 1), None]), min_size=5, max_size=60))
    raised = draw(st.lists(st.sampled_from([high, high, min(10, high + 1), low, None]), max_size=20))
    return calm + raised


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param(
            [3] * 30 + [7] * 4, [(CUSUM_RULE, 33)], id="a step of 4 is found with the fourth report"
        ),
        pytest.param([3] * 30 + [7] * 3, [], id="three bad days are not enough"),
        pytest.param([3] * 30 + [10] * 3, [], id="one report counts at most three spreads"),
        pytest.param([3] * 30 + [5] * 6, [(CUSUM_RULE, 35)], id="a step of 2 takes six reports"),
        pytest.param([3] * 30 + [7, 3] * 4, [(CUSUM_RULE, 36)], id="every other day bad adds up"),
        pytest.param([3] * 30 + [7, 0, 0] * 8, [], id="good days pay bad days back"),
        pytest.param(
            [6] * 30 + [9, 9, 9, 0, 9, 9],
            [(CUSUM_RULE, 35)],
            id="one good day takes back three spreads at most",
        ),
        pytest.param(
            [3] * 30 + [None] * 9 + [3] * 17 + [7] * 3, [], id="20 of the last 28 days are not rare reports"
        ),
        pytest.param(
            [3] * 30 + [None] * 9 + [3] * 16 + [7] * 3, [(CUSUM_RULE, 57)], id="19 of the last 28 days are"
        ),
        pytest.param(
            [3] * 7 + [None] * 6 + [3] * 4 + [7] * 3,
            [(EARLY_RULE, 19)],
            id="14 of the first 20 days are not: the early rule speaks instead",
        ),
        pytest.param(
            [3] * 7 + [None] * 7 + [3] * 4 + [7] * 3, [(CUSUM_RULE, 20)], id="14 of the first 21 days are too"
        ),
        pytest.param(
            [3] * 30 + [7] * 3 + [None] * 40 + [3] * 13 + [7] * 2, [], id="a long silence forgets the sum"
        ),
        pytest.param([8] * 30 + [4] * 20, [], id="getting better is no finding"),
        pytest.param([0] * 30 + [2] * 20, [], id="two from nothing stays below the least score"),
        pytest.param(
            [0] * 30 + [2] * 10 + [3], [(CUSUM_RULE, 40)], id="three is the least score that counts"
        ),
        pytest.param(
            [9] * 30 + [10] * 20, [(CUSUM_RULE, 46)], id="the top of the scale can still be reached"
        ),
        pytest.param([10] * 60, [], id="at the top there is nothing above"),
        pytest.param([0] * 60, [], id="at the bottom all is quiet"),
        pytest.param(
            [3] * 30 + [7] * 14,
            [(CUSUM_RULE, 33), (CUSUM_RULE, 41)],
            id="a lasting rise waits out the cool-down",
        ),
        pytest.param([2, 5, 8] * 10 + [8] * 8, [], id="eight is nothing new to someone who swings"),
        pytest.param(
            [3, None, None] * 12 + [7, None, None] * 3,
            [(CUSUM_RULE, 42)],
            id="three do where reports are rare",
        ),
        pytest.param([3] * 6 + [None] * 60 + [7] * 12, [], id="no usual level after a long silence"),
        pytest.param([], [], id="no reports"),
        pytest.param([9], [], id="one report"),
    ],
)
def test_the_sum_finds_what_the_table_says(values: list[int | None], expected: list[tuple[str, int]]) -> None:
    assert found(values) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param([2] * 5 + [5] * 3, [(EARLY_RULE, 7)], id="three reports three points up"),
        pytest.param([2] * 5 + [5, 5, 2, 5], [(EARLY_RULE, 8)], id="three of four is enough"),
        pytest.param([2] * 5 + [5, 2, 2, 5, 5], [], id="two of four is not"),
        pytest.param([2] * 5 + [4] * 9, [], id="two points up is not early worsening"),
        pytest.param([0] * 5 + [3] * 3, [(EARLY_RULE, 7)], id="three is enough from nothing"),
        pytest.param([7] * 5 + [10] * 3, [(EARLY_RULE, 7)], id="seven is the highest level with room above"),
        pytest.param([8] * 5 + [10] * 8, [], id="eight has no room above"),
        pytest.param([2, 2, 2, 7, 7, 7], [(EARLY_RULE, 5)], id="the rise may start within the first five"),
        pytest.param([2, 2, 7, 7, 7], [], id="five reports are a level, not yet a comparison"),
        pytest.param(
            [2, None, 2, None, 2, None, 2, None, 2, 6, 6, 6], [(EARLY_RULE, 11)], id="gaps are skipped"
        ),
        pytest.param([2] * 5 + [6] * 3 + [2], [(EARLY_RULE, 7)], id="a good day after it changes nothing"),
        pytest.param([2] * 5 + [6] * 10, [(EARLY_RULE, 7), (EARLY_RULE, 14)], id="cool-down of seven days"),
        pytest.param([2] * 5 + [6] * 9 + [2], [(EARLY_RULE, 7)], id="a low last report is no second finding"),
        pytest.param([2] + [None] * 14 + [2] * 4 + [7] * 3, [], id="day 21 is too late"),
        pytest.param(
            [2] + [None] * 13 + [2] * 4 + [7] * 3,
            [(EARLY_RULE, 20)],
            id="a slow starter is watched until day 20",
        ),
    ],
)
def test_the_early_rule_finds_what_the_table_says(
    values: list[int | None], expected: list[tuple[str, int]]
) -> None:
    assert found(values) == expected


def test_the_early_rule_ends_once_the_main_baseline_exists() -> None:
    assert found([2] * 18 + [6] * 3) == []
    one_report_short: list[int | None] = [2, None] + [2] * 16 + [6] * 3
    assert found(one_report_short) == [(EARLY_RULE, 20)]


def test_one_cool_down_covers_both_rules() -> None:
    values: list[int | None] = [2] * 11 + [6] * 7
    assert found(values) == [(EARLY_RULE, 13)]
    without_early_rule = Parameters(early_days=(0, -1))
    assert found(values, without_early_rule) == [(CUSUM_RULE, 16)]


@settings(max_examples=400, deadline=None)
@given(histories | rising_histories())
def test_findings_agree_with_the_definition_read_literally(values: list[int | None]) -> None:
    assert [
        (
            finding.rule,
            (finding.found_on - FIRST_DAY).days,
            finding.evidence.baseline.reports,
            finding.evidence.baseline.centre,
            finding.evidence.threshold,
        )
        for finding in find_worsening(scores(values))
    ] == oracle(values)


@given(st.randoms(use_true_random=False), rising_histories())
def test_only_the_set_of_reports_matters(random, values: list[int | None]) -> None:
    series = scores(values)
    again = [*series, *series[: len(series) // 2]]
    random.shuffle(again)
    assert find_worsening(again) == find_worsening(series)


@given(rising_histories(), st.data())
def test_the_largest_score_of_a_day_counts(values: list[int | None], data: st.DataObject) -> None:
    series = scores(values)
    lower = [Score(score.recorded_on, data.draw(st.integers(0, score.worst_leg_pain))) for score in series]
    assert find_worsening(lower + series) == find_worsening(series)
    assert find_worsening(series + lower) == find_worsening(series)


@given(rising_histories(), st.integers(1, 10), st.sampled_from([3.0, 5.0, 8.0]))
def test_a_higher_score_today_never_takes_todays_finding_away(
    values: list[int | None], more: int, threshold: float
) -> None:
    *past, today = scores([*values, 0]) if values[-1] is None else scores(values)
    parameters = Parameters(threshold=threshold, sparse_threshold=threshold)
    raised = Score(today.recorded_on, min(10, today.worst_leg_pain + more))

    def finds_today(last: Score) -> bool:
        return any(
            finding.found_on == last.recorded_on for finding in find_worsening([*past, last], parameters)
        )

    assert finds_today(raised) or not finds_today(today)


@given(rising_histories(), st.integers(1, 80))
def test_later_reports_never_change_an_earlier_finding(values: list[int | None], cut: int) -> None:
    all_findings = find_worsening(scores(values))
    last_day = FIRST_DAY + timedelta(days=cut - 1)
    assert find_worsening(scores(values[:cut])) == [
        finding for finding in all_findings if finding.found_on <= last_day
    ]


@given(rising_histories(), st.integers(-2000, 2000))
def test_the_calendar_does_not_matter(values: list[int | None], shift: int) -> None:
    moved = [
        Score(score.recorded_on + timedelta(days=shift), score.worst_leg_pain) for score in scores(values)
    ]
    assert [finding.found_on - timedelta(days=shift) for finding in find_worsening(moved)] == [
        finding.found_on for finding in find_worsening(scores(values))
    ]


@given(reported, st.lists(st.booleans(), max_size=120))
def test_a_constant_series_is_never_found(value: int, reports: list[bool]) -> None:
    assert found([value if report else None for report in reports]) == []


def test_a_missing_day_is_not_a_zero() -> None:
    steady: list[int | None] = [6, None, None] * 30
    as_zeros: list[int | None] = [6, 0, 0] * 30
    assert found(steady) == []
    assert found(as_zeros) != []


def test_missing_days_do_not_pay_a_rise_back() -> None:
    with_gaps: list[int | None] = [3] * 30 + [7, None, 7, None, 7, None, 7]
    with_zeros: list[int | None] = [3] * 30 + [7, 0, 7, 0, 7, 0, 7]
    assert found(with_gaps) == [(CUSUM_RULE, 36)]
    assert found(with_zeros) == []


def test_a_clinic_can_ask_for_a_lower_sum() -> None:
    values: list[int | None] = [3] * 30 + [7] * 3
    assert found(values) == []
    assert found(values, Parameters(threshold=5.0)) == [(CUSUM_RULE, 32)]


def test_the_sum_leaves_its_evidence() -> None:
    (finding,) = find_worsening(scores([3, 4, 3, 2, 3] * 6 + [6, 7, 7, 8]))
    assert finding == Finding(
        rule="W2",
        level="flag",
        found_on=date(2026, 10, 4),
        evidence=Evidence(
            reports=(
                Score(date(2026, 10, 1), 6),
                Score(date(2026, 10, 2), 7),
                Score(date(2026, 10, 3), 7),
                Score(date(2026, 10, 4), 8),
            ),
            baseline=Baseline(
                centre=3.0, spread=1.0, reports=20, first_on=date(2026, 9, 1), last_on=date(2026, 9, 20)
            ),
            cusum=10.0,
            threshold=8.0,
        ),
    )


def test_the_usual_level_comes_from_reports_14_to_41_days_old() -> None:
    (finding,) = find_worsening(scores([2, 3, 4] * 20 + [9] * 4))
    baseline = finding.evidence.baseline
    assert finding.found_on - baseline.first_on == timedelta(days=41)
    assert finding.found_on - baseline.last_on == timedelta(days=14)
    assert baseline.reports == 28
    assert baseline.spread == pytest.approx(1.4826)


def test_with_too_few_of_those_it_comes_from_reports_7_to_34_days_old() -> None:
    (finding,) = find_worsening(scores([3, 3] + [None] * 20 + [3] * 7 + [7] * 7))
    baseline = finding.evidence.baseline
    assert finding.found_on - baseline.first_on == timedelta(days=34)
    assert finding.found_on - baseline.last_on == timedelta(days=7)
    assert baseline.reports == 8


def test_the_evidence_of_a_long_run_holds_its_newest_reports() -> None:
    (finding,) = find_worsening(scores([3] * 30 + [7, 0] + [5] * 6))
    assert [score.worst_leg_pain for score in finding.evidence.reports] == [5, 5, 5, 5, 5]
    assert finding.evidence.reports[-1].recorded_on == finding.found_on


def test_the_early_rule_leaves_its_evidence() -> None:
    (finding,) = find_worsening(scores([2, 3, 2, 2, 4, 5, 2, 6, 5]))
    assert finding == Finding(
        rule="W2e",
        level="flag",
        found_on=date(2026, 9, 9),
        evidence=Evidence(
            reports=(
                Score(date(2026, 9, 6), 5),
                Score(date(2026, 9, 7), 2),
                Score(date(2026, 9, 8), 6),
                Score(date(2026, 9, 9), 5),
            ),
            baseline=Baseline(
                centre=2.0, spread=1.0, reports=5, first_on=date(2026, 9, 1), last_on=date(2026, 9, 5)
            ),
            cusum=None,
            threshold=5.0,
        ),
    )


@given(rising_histories())
def test_evidence_survives_json(values: list[int | None]) -> None:
    for finding in find_worsening(scores(values)):
        stored = json.loads(json.dumps(finding.evidence.as_dict()))
        assert Evidence.from_dict(stored) == finding.evidence


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param([], False, id="no reports"),
        pytest.param([3] * 5, False, id="five reports are a level, not yet a comparison"),
        pytest.param([3] * 6, True, id="the sixth report is the first that the early rule judges"),
        pytest.param([3] * 6 + [None] * 14 + [3], True, id="the early rule speaks until day 20"),
        pytest.param([3] * 6 + [None] * 15 + [3], False, id="and not on day 21"),
        pytest.param([7] * 13, True, id="seven is the highest first level with room above"),
        pytest.param([8] * 13, False, id="eight is out of the early rule's reach"),
        pytest.param([8] * 14, True, id="until seven reports are a week old"),
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
    assert is_judged(scores(values)) is expected


@settings(max_examples=300, deadline=None)
@given(histories | rising_histories())
def test_being_judged_agrees_with_the_definition_read_literally(values: list[int | None]) -> None:
    by_day = {day: value for day, value in enumerate(values) if value is not None}
    today = max(by_day, default=0)
    ages = [today - day for day in by_day]
    has_usual_level = len([age for age in ages if 14 <= age < 42]) >= 7
    has_fallback = len([age for age in ages if 7 <= age < 35]) >= 7
    is_early = len(by_day) > 5 and 5 <= max(ages) <= 20 and median(list(by_day.values())[:5]) <= 7
    assert is_judged(scores(values)) is (has_usual_level or has_fallback or is_early)


@settings(max_examples=300, deadline=None)
@given(histories | rising_histories())
def test_a_finding_never_comes_from_a_report_that_is_not_judged(values: list[int | None]) -> None:
    series = scores(values)
    for finding in find_worsening(series):
        assert is_judged([score for score in series if score.recorded_on <= finding.found_on])


@given(rising_histories(), reported)
def test_what_the_newest_report_says_does_not_decide_whether_it_is_judged(
    values: list[int | None], other: int
) -> None:
    assert is_judged(scores([*values, other])) is is_judged(scores([*values, 0]))


def test_being_judged_follows_the_parameters_too() -> None:
    assert not is_judged(scores([3] * 6), Parameters(early_days=(0, -1)))
    assert is_judged(scores([8] * 13), Parameters(early_rise=2.0, early_rise_share=0.2))


def a_finding(rule: str, reports: list[tuple[str, int]], baseline: Baseline) -> Finding:
    days = tuple(Score(date.fromisoformat(day), value) for day, value in reports)
    return Finding(rule, "flag", days[-1].recorded_on, Evidence(days, baseline, cusum=9.0, threshold=8.0))


@pytest.mark.parametrize(
    ("finding", "sentence"),
    [
        (
            a_finding(
                "W2",
                [("2026-11-18", 6), ("2026-11-19", 7), ("2026-11-20", 7)],
                Baseline(3.0, 1.0, 21, date(2026, 10, 10), date(2026, 11, 6)),
            ),
            "Worst leg pain was 6, 7 and 7 on 18, 19 and 20 November; "
            "the usual level is 3 (middle of 21 reports from 10 October to 6 November).",
        ),
        (
            a_finding(
                "W2",
                [("2026-10-31", 6), ("2026-11-01", 7)],
                Baseline(3.5, 1.0, 18, date(2026, 9, 20), date(2026, 10, 17)),
            ),
            "Worst leg pain was 6 and 7 on 31 October and 1 November; "
            "the usual level is 3.5 (middle of 18 reports from 20 September to 17 October).",
        ),
        (
            a_finding(
                "W2",
                [("2027-01-03", 6), ("2027-01-04", 7)],
                Baseline(3.0, 1.0, 21, date(2026, 11, 23), date(2026, 12, 20)),
            ),
            "Worst leg pain was 6 and 7 on 3 and 4 January 2027; "
            "the usual level is 3 (middle of 21 reports from 23 November 2026 to 20 December 2026).",
        ),
        (
            a_finding(
                "W2e",
                [("2026-09-07", 5), ("2026-09-08", 6), ("2026-09-09", 5)],
                Baseline(2.0, 1.0, 5, date(2026, 9, 1), date(2026, 9, 5)),
            ),
            "Worst leg pain was 5, 6 and 5 on 7, 8 and 9 September; "
            "the level at the start was 2 (middle of the first 5 reports from 1 September to 5 September).",
        ),
    ],
)
def test_a_finding_explains_itself_in_one_sentence(finding: Finding, sentence: str) -> None:
    assert explain(finding) == sentence


def test_a_season_of_daily_reports_is_judged_in_under_5_milliseconds() -> None:
    series = scores([(day * 7919) % 11 for day in range(120)])
    durations = []
    for _ in range(10):
        started = time.perf_counter()
        find_worsening(series)
        durations.append(time.perf_counter() - started)
    assert min(durations) < 0.005
