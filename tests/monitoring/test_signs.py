"""W3, W4 and W6: the place, numbness, weakness, and the patient's own word."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.monitoring.rules import (
    Baseline,
    Evidence,
    Finding,
    Parameters,
    Reading,
    Report,
    find_worsening,
)
from tests.monitoring import definition
from tests.monitoring.histories import (
    PLAIN,
    day,
    every_day,
    met,
    parameters,
    reports,
    rising,
    series,
    steadily,
    up_to,
)

pytestmark = pytest.mark.pure

LEFT, RIGHT, BOTHER = "distal_rank_left", "distal_rank_right", "numb_bother"


@pytest.mark.parametrize(
    ("ranks", "days"),
    [
        pytest.param([3] * 20 + [4] * 3, [22], id="one place further down, three times"),
        pytest.param([3] * 20 + [4] * 2, [], id="twice is not enough"),
        pytest.param([3] * 20 + [4, 3, 5, 4], [23], id="three of the last four"),
        pytest.param([3] * 20 + [4, 3, 3, 4, 4], [], id="two of the last four are not"),
        pytest.param([3] * 20 + [4, 4, 4, 3, 3], [22, 23], id="the last one may be usual"),
        pytest.param([3] * 20 + [2] * 9, [], id="further up is no finding"),
        pytest.param([5] * 40, [], id="below the foot there is nothing"),
        pytest.param([0] * 20 + [1] * 3, [22], id="from nowhere to the back"),
        pytest.param([3] * 20 + [None] * 3 + [4, None] * 3, [27], id="days without an answer are left out"),
        pytest.param([3] * 20 + [4] + [None] * 11 + [4, 4], [33], id="within fourteen days"),
        pytest.param([3] * 20 + [4] + [None] * 12 + [4, 4], [], id="within fifteen days is late"),
        pytest.param([3] * 5 + [None] * 4 + [4] * 3, [11], id="five answers a week ago are a usual place"),
        pytest.param([3] * 4 + [None] * 5 + [4] * 3, [], id="four are not"),
        pytest.param([3] * 5 + [None] * 36 + [4, 4, 4, 4], [], id="answers of more than 42 days are too old"),
        pytest.param([3] * 5 + [None] * 33 + [4] * 5, [40, 41, 42], id="answers of 42 days are not"),
        pytest.param([3, 4] * 10 + [4] * 3, [], id="of two places named as often the further one is usual"),
        pytest.param([3, 4] * 10 + [5] * 3, [22], id="and one further down is found"),
        pytest.param([4] * 8 + [3] * 7 + [3] * 4 + [4] * 3, [], id="seven threes against seven fours"),
        pytest.param(
            [4] * 7 + [3] * 8 + [3] * 4 + [4] * 3, [21], id="of 14 answers, eight threes against six fours"
        ),
    ],
)
def test_the_place_is_found_on_the_days_of_the_table(ranks: list[int | None], days: list[int]) -> None:
    assert met("W3", ranks, measure=LEFT) == days
    assert met("W3", ranks, measure=RIGHT) == days


def test_each_leg_is_judged_by_itself() -> None:
    right = reports([3] * 20 + [4] * 3, RIGHT)
    mixed = [
        replace(report, distal_rank_left=rank) for report, rank in zip(right, [5] * 20 + [3] * 3, strict=True)
    ]
    assert [(each.rule, each.side) for each in find_worsening(mixed, PLAIN)] == [("W3", "right")]
    assert find_worsening(mixed, PLAIN) == find_worsening(right, PLAIN)


@steadily(60)
@given(series(5, 30, 3), series(5, 30, 3))
def test_what_is_found_on_the_left_does_not_depend_on_the_right(
    left: list[int | None], right: list[int | None]
) -> None:
    alone = find_worsening(reports(left, LEFT), PLAIN)
    both = find_worsening(reports(right, RIGHT) + reports(left, LEFT), PLAIN)
    assert [each for each in both if each.side == "left"] == alone


@pytest.mark.parametrize(
    ("bothers", "days"),
    [
        pytest.param([1] * 20 + [3] * 3, [22], id="two points up, three times"),
        pytest.param([1] * 20 + [2] * 9, [], id="one point up is nothing"),
        pytest.param([1] * 20 + [3] * 2, [], id="twice is not enough"),
        pytest.param([1] * 20 + [3, 1, 3, 3], [23], id="three of the last four"),
        pytest.param([1] * 20 + [3, 1, 1, 3, 3], [], id="two of the last four are not"),
        pytest.param([5] * 20 + [6] * 9, [], id="from five there are no two points left"),
        pytest.param([4] * 20 + [6] * 3, [22], id="from four there are"),
        pytest.param([0] * 20 + [2] * 3, [22], id="from nothing"),
        pytest.param([1, 2] * 10 + [3] * 9, [], id="a usual 1.5 is two points below 3.5"),
        pytest.param([1, 2] * 10 + [4] * 3, [22], id="which a four reaches"),
        pytest.param(
            [*[1, *[None] * 6] * 2, *[3, *[None] * 6] * 4], [35], id="asked once a week, the fourth is needed"
        ),
        pytest.param(
            [*[1, *[None] * 6] * 3, *[3, *[None] * 6] * 3], [35], id="or the third after three usual weeks"
        ),
        pytest.param(
            [*[1, *[None] * 6] * 1, *[3, *[None] * 6] * 6], [], id="one answer is not a usual level"
        ),
        pytest.param([1] * 3 + [None] * 3 + [3] + [None] * 32 + [3, 3], [40], id="within 35 days"),
        pytest.param([1] * 3 + [None] * 3 + [3] + [None] * 33 + [3, 3], [], id="within 36 days is late"),
        pytest.param([1] * 2 + [None] * 65 + [3] * 5, [70], id="answers of 70 days are not too old"),
        pytest.param([1] * 2 + [None] * 66 + [3] * 5, [], id="answers of 71 days are"),
        pytest.param(
            [0] * 9 + [2] * 8 + [None] * 6 + [3] * 4,
            [*range(11, 17)],
            id="only eight answers are the usual level",
        ),
    ],
)
def test_numbness_is_found_on_the_days_of_the_table(bothers: list[int | None], days: list[int]) -> None:
    assert met("W4", bothers, measure=BOTHER) == days


def test_the_newest_answers_are_never_part_of_what_they_are_compared_with() -> None:
    """Asked daily, the window ends a week ago; asked weekly, with the fifth answer before."""
    weekly = [*[1, *[None] * 6] * 2, *[4, *[None] * 6] * 4]
    (finding,) = find_worsening(reports(weekly, BOTHER), PLAIN)
    baseline = finding.evidence.baseline
    assert (baseline.first_on, baseline.last_on, baseline.reports) == (day(0), day(7), 2)


@pytest.mark.parametrize(
    ("weakness", "found"),
    [("new_or_worse", [("W4", "emergency", day(0))]), ("same", []), ("none", []), (None, [])],
)
def test_new_weakness_is_an_emergency_at_once(
    weakness: str | None, found: list[tuple[str, str, object]]
) -> None:
    findings = find_worsening([Report(day(0), weakness=weakness)], PLAIN)
    assert [(each.rule, each.level, each.found_on) for each in findings] == found


@pytest.mark.parametrize(
    ("groc", "is_found"),
    [
        ("very_much_worse", True),
        ("much_worse", True),
        ("a_little_worse", False),
        ("the_same", False),
        ("very_much_better", False),
        (None, False),
    ],
)
def test_much_worse_in_the_patients_own_words_is_believed_at_once(groc: str | None, is_found: bool) -> None:
    findings = find_worsening([Report(day(0), groc=groc)], PLAIN)
    assert [(each.rule, each.level, each.side) for each in findings] == [("W6", "flag", "")] * is_found


def test_the_place_leaves_its_evidence() -> None:
    (finding,) = find_worsening(reports([3] * 20 + [4, 3, 5, 4], RIGHT), PLAIN)
    assert finding == Finding(
        rule="W3",
        level="flag",
        found_on=day(23),
        side="right",
        evidence=Evidence(
            measure="distal_rank",
            readings=(
                Reading(day(20), 4),
                Reading(day(21), 3),
                Reading(day(22), 5),
                Reading(day(23), 4),
            ),
            baseline=Baseline(centre=3.0, spread=None, reports=14, first_on=day(3), last_on=day(16)),
            limit=4,
        ),
    )


def test_numbness_leaves_its_evidence() -> None:
    (finding,) = find_worsening(reports([0] * 20 + [4, 1, 3, 4], BOTHER), PLAIN)
    assert finding == Finding(
        rule="W4",
        level="flag",
        found_on=day(23),
        side="",
        evidence=Evidence(
            measure="numb_bother",
            readings=(
                Reading(day(20), 4),
                Reading(day(21), 1),
                Reading(day(22), 3),
                Reading(day(23), 4),
            ),
            baseline=Baseline(centre=0.0, spread=None, reports=8, first_on=day(9), last_on=day(16)),
            limit=2.0,
        ),
    )


def test_what_the_patient_said_is_its_own_evidence() -> None:
    weak, worse = find_worsening([Report(day(3), weakness="new_or_worse", groc="much_worse")], PLAIN)
    assert weak == Finding(
        "W4", "emergency", day(3), "", Evidence("weakness", (Reading(day(3), "new_or_worse"),), None, None)
    )
    assert worse == Finding(
        "W6", "flag", day(3), "", Evidence("groc", (Reading(day(3), "much_worse"),), None, None)
    )


@steadily(60)
@given(rising(5), st.sampled_from([LEFT, BOTHER]), parameters())
def test_the_evidence_holds_the_last_answers(values: list[int | None], measure: str, p: Parameters) -> None:
    said = reports(values, measure)
    for finding in find_worsening(said, every_day(p)):
        known = up_to(said, finding.found_on)
        assert [(reading.recorded_on, reading.value) for reading in finding.evidence.readings] == [
            (report.recorded_on, getattr(report, measure)) for report in known[-p.of_last :]
        ]


def by_day(values: list[int | None]) -> dict[int, int]:
    return {place: value for place, value in enumerate(values) if value is not None}


@steadily(120)
@given(series(5, 30, 4) | rising(5), parameters())
def test_any_places_are_judged_as_the_definition_says(ranks: list[int | None], p: Parameters) -> None:
    days = by_day(ranks)
    assert met("W3", ranks, p, LEFT) == [each for each in days if definition.distal_condition(days, each, p)]


@steadily(120)
@given(series(6, 30, 4) | rising(6), parameters())
def test_any_numbness_is_judged_as_the_definition_says(bothers: list[int | None], p: Parameters) -> None:
    days = by_day(bothers)
    assert met("W4", bothers, p, BOTHER) == [
        each for each in days if definition.bother_condition(days, each, p)
    ]


@steadily(80)
@given(rising(5), st.integers(1, 5), st.sampled_from([(LEFT, 5), (BOTHER, 6)]), parameters())
def test_further_down_or_more_numb_today_never_takes_todays_finding_away(
    values: list[int | None], more: int, asked: tuple[str, int], p: Parameters
) -> None:
    measure, highest = asked
    *past, today = reports(values, measure)
    raised = replace(today, **{measure: min(highest, getattr(today, measure) + more)})
    before, after = (
        find_worsening([*past, last], every_day(p), since=today.recorded_on) for last in (today, raised)
    )
    assert len(before) <= len(after)
