"""What would have had to be different: one report, lowered by as little as removes the finding."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given

from programs.monitoring.rules import (
    DEFAULT,
    Counterfactual,
    Finding,
    Parameters,
    Report,
    counterfactual,
    explain_counterfactual,
    find_worsening,
)
from programs.monitoring.rules.worsening import family
from tests.monitoring.histories import PLAIN, day, every_day, reports, rising, steadily, up_to

pytestmark = pytest.mark.pure

NOTHING_DECIDES = "No single report decides this."


def the(rule: str, history: Sequence[Report], parameters: Parameters = PLAIN) -> Finding:
    (finding,) = (each for each in find_worsening(history, parameters) if each.rule == rule)
    return finding


def with_value(history: Sequence[Report], finding: Finding, place: int, value: int) -> list[Report]:
    """The same history with one deciding report changed."""
    name = finding.evidence.measure + (f"_{finding.side}" if finding.side else "")
    changed = finding.evidence.readings[place].recorded_on
    return [
        replace(report, **{name: value}) if report.recorded_on == changed else report for report in history
    ]


def is_found(history: Sequence[Report], finding: Finding, parameters: Parameters) -> bool:
    return any(
        (family(each.rule), each.side, each.level, each.found_on)
        == (family(finding.rule), finding.side, finding.level, finding.found_on)
        for each in find_worsening(history, parameters)
    )


@pytest.mark.parametrize(
    ("rule", "values", "changed", "was", "would_be"),
    [
        pytest.param("W1", [3] * 30 + [5, 6, 5], 32, 5, 4, id="the newest of those that need one point"),
        pytest.param("W1", [3] * 30 + [6, 5, 6], 31, 5, 4, id="the one that needs least"),
        pytest.param("W1", [3] * 30 + [7, 7, 7], 32, 7, 4, id="by as much as it takes"),
        pytest.param("W2", [3] * 30 + [6, 6, 6, 6], 33, 6, 4, id="until the sum is not passed"),
        pytest.param("W2", [3] * 30 + [7, 7, 5], 32, 5, 4, id="by a point where the sum is just passed"),
        pytest.param("W2e", [2] * 5 + [5, 5, 6], 6, 5, 4, id="the start is compared with, never lowered"),
        pytest.param("W5", [3] * 30 + [8, 9], 30, 8, 7, id="one severe day less"),
    ],
)
def test_the_smallest_lowering_of_one_report_is_named(
    rule: str, values: list[int | None], changed: int, was: int, would_be: int
) -> None:
    history = reports(values)
    assert counterfactual(history, the(rule, history), PLAIN) == Counterfactual(
        "worst_leg_pain", day(changed), was, would_be
    )


def test_the_place_is_lowered_on_its_own_side() -> None:
    history = [
        replace(report, distal_rank_right=report.distal_rank_left)
        for report in reports([3] * 20 + [5, 4, 5], "distal_rank_left")
    ]
    left, right = find_worsening(history, PLAIN)
    found = counterfactual(history, left, PLAIN)
    assert found == Counterfactual("distal_rank", day(21), 4, 3)
    assert counterfactual(history, right, PLAIN) == found
    assert explain_counterfactual(found) == (
        "Had 25 January been thigh instead of calf, this would not have come up."
    )


def test_numbness_is_lowered_too() -> None:
    history = reports([1] * 20 + [4, 3, 5], "numb_bother")
    found = counterfactual(history, the("W4", history), PLAIN)
    assert found == Counterfactual("numb_bother", day(21), 3, 2)
    assert explain_counterfactual(found) == "Had 25 January been 2 instead of 3, this would not have come up."


def test_where_no_single_report_decides_it_says_so() -> None:
    """Of four high reports any three are enough; the finding of day 28 is a repeat."""
    history = reports([3] * 12 + [5] * 17, "distal_rank_left")
    parameters = replace(PLAIN, distal_baseline_ages=(7, 99), distal_baseline_reports=99)
    first, repeat = find_worsening(history, parameters)
    assert (first.found_on, repeat.found_on) == (day(14), day(28))
    assert counterfactual(history, first, parameters) is not None
    assert counterfactual(history, repeat, parameters) is None
    assert explain_counterfactual(None) == NOTHING_DECIDES


@pytest.mark.parametrize("own_word", [{"weakness": "new_or_worse"}, {"groc": "much_worse"}])
def test_the_patients_own_word_is_not_a_number(own_word: dict[str, str]) -> None:
    history = [Report(day(0), worst_leg_pain=5, **own_word)]
    (finding,) = find_worsening(history, PLAIN)
    assert counterfactual(history, finding, PLAIN) is None


def test_later_reports_do_not_matter() -> None:
    history = reports([3] * 30 + [5, 6, 5, 9, 9, 9])
    finding = the("W1", history)
    assert counterfactual(history, finding, PLAIN) == counterfactual(history[:33], finding, PLAIN)


def test_of_several_reports_a_day_the_worst_is_lowered() -> None:
    history = reports([3] * 30 + [7, 7, 5])
    again = [*history, *reports([3] * 33)]
    finding = the("W2", history)
    assert counterfactual(again, finding, PLAIN) == counterfactual(history, finding, PLAIN)


def test_a_flag_that_is_left_as_a_question_is_no_flag() -> None:
    """Without the third severe day W5 would still ask."""
    history = reports([3] * 30 + [8, 8, 8])
    flag = next(each for each in find_worsening(history, PLAIN) if (each.rule, each.level) == ("W5", "flag"))
    found = counterfactual(history, flag, PLAIN)
    assert found == Counterfactual("worst_leg_pain", day(32), 8, 3)
    lowered = with_value(history, flag, -1, 3)
    assert [each.level for each in find_worsening(lowered, every_day(PLAIN)) if each.rule == "W5"] == [
        "check_in",
        "check_in",
    ]


@pytest.mark.parametrize("parameters", [DEFAULT, PLAIN], ids=["by default", "by plain numbers"])
@pytest.mark.parametrize(
    ("measure", "highest"), [("worst_leg_pain", 10), ("distal_rank_left", 5), ("numb_bother", 6)]
)
def test_running_the_rules_again_gives_the_same_answer(
    measure: str, highest: int, parameters: Parameters
) -> None:
    """The lowered report removes the finding, a point less does not, and no other needs less."""

    @steadily(25)
    @given(rising(highest))
    def check(values: list[int | None]) -> None:
        history = reports(values[-70:], measure)
        for finding in find_worsening(history, parameters):
            known = up_to(history, finding.found_on)
            found = counterfactual(history, finding, parameters)
            readings = finding.evidence.readings
            decides = [
                place
                for place in range(len(readings))
                if not is_found(with_value(known, finding, place, 0), finding, parameters)
            ]
            if found is None:
                assert decides == []
                continue
            (place,) = (place for place, each in enumerate(readings) if each.recorded_on == found.recorded_on)
            points = found.was - found.would_be
            assert readings[place].value == found.was
            assert not is_found(with_value(known, finding, place, found.would_be), finding, parameters)
            for other in decides:
                least = points - 1 if other <= place else points
                for fewer in range(1, min(least, int(readings[other].value)) + 1):
                    value = int(readings[other].value) - fewer
                    assert is_found(with_value(known, finding, other, value), finding, parameters)

    check()
