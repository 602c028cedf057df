"""Findings in one sentence each, and their evidence as it is stored."""

import json
import re
from datetime import date

import pytest
from hypothesis import given

from programs.monitoring.rules import (
    LEVELS,
    Baseline,
    Evidence,
    Finding,
    Parameters,
    Reading,
    Report,
    explain,
    find_no_response,
    find_silence,
    find_worsening,
    severity,
)
from programs.monitoring.rules.words import PLACES, number_in_words
from tests.monitoring.histories import day, every_day, histories, parameters, steadily

pytestmark = pytest.mark.pure

SUMMER = Baseline(4.237, 1.0, 31, date(2026, 9, 2), date(2026, 10, 27))
YEARS_END = Baseline(3.0, 1.0, 21, date(2026, 11, 23), date(2026, 12, 20))


def a_finding(
    rule: str,
    readings: list[tuple[str, float | str]],
    baseline: Baseline | None,
    limit: float | None,
    *,
    measure: str = "worst_leg_pain",
    side: str = "",
    **sum_of_w2: float,
) -> Finding:
    said = tuple(Reading(date.fromisoformat(on), value) for on, value in readings)
    evidence = Evidence(measure, said, baseline, limit, **sum_of_w2)
    return Finding(rule, "flag", said[-1].recorded_on, side, evidence)


@pytest.mark.parametrize(
    ("finding", "sentence"),
    [
        pytest.param(
            a_finding(
                "W2",
                [("2026-11-18", 6), ("2026-11-19", 7), ("2026-11-20", 7)],
                SUMMER,
                4.96,
                allowance=1.0,
                counted_above=3.5,
                total=6.28,
            ),
            "Worst leg pain was 6, 7 and 7 on 18, 19 and 20 November; the usual level is 4.2 (31 reports "
            "from 2 September to 27 October), and what lies above 5.2 less what lies below adds "
            "up to 6.3 points since 18 November (limit 5.0).",
            id="W2",
        ),
        pytest.param(
            a_finding(
                "W2",
                [(f"2026-11-{number}", 5) for number in range(11, 20)] + [("2026-11-20", 6)],
                SUMMER,
                4.0,
                allowance=0.75,
                counted_above=3.5,
                total=4.11,
            ),
            "Worst leg pain was 5, 5, 5, 5 and 6 on 16, 17, 18, 19 and 20 November; the usual level is 4.2 "
            "(31 reports from 2 September to 27 October), and what lies above 5.0 less what lies below adds "
            "up to 4.1 points since 11 November (limit 4.0).",
            id="W2 with more reports than a sentence holds",
        ),
        pytest.param(
            a_finding(
                "W2",
                [("2026-11-18", 10), ("2026-11-19", 0), ("2026-11-20", 10)],
                SUMMER,
                1.0,
                allowance=1.0,
                counted_above=3.5,
                total=1.5,
            ),
            "Worst leg pain was 10, 0 and 10 on 18, 19 and 20 November; the usual level is 4.2 (31 reports "
            "from 2 September to 27 October), and what lies above 5.2 less what lies below adds up to 1.5 "
            "points since 18 November (limit 1.0; a report counts as 7.7 at most; a report counts as 0.7 at "
            "least).",
            id="W2 with reports that do not count in full",
        ),
        pytest.param(
            a_finding(
                "W2",
                [("2026-12-31", 6), ("2027-01-01", 7)],
                YEARS_END,
                4.0,
                allowance=1.0,
                counted_above=4.0,
                total=5.0,
            ),
            "Worst leg pain was 6 and 7 on 31 December 2026 and 1 January 2027; the usual level is 3 (21 "
            "reports from 23 November 2026 to 20 December 2026), and what lies above 4.0 less what lies "
            "below adds up to 5.0 points since 31 December 2026 (limit 4.0).",
            id="W2 over the new year",
        ),
        pytest.param(
            a_finding(
                "W2",
                [("2026-11-18", 6), ("2026-11-19", 7), ("2026-11-20", 7)],
                SUMMER,
                6.26,
                allowance=1.0,
                counted_above=3.5,
                total=6.28,
            ),
            "Worst leg pain was 6, 7 and 7 on 18, 19 and 20 November; the usual level is 4.2 (31 reports "
            "from 2 September to 27 October), and what lies above 5.2 less what lies below adds up to 6.28 "
            "points since 18 November (limit 6.26).",
            id="W2 just past the limit",
        ),
        pytest.param(
            a_finding("W1", [("2027-01-03", 6), ("2027-01-04", 7)], YEARS_END, 5.0),
            "Worst leg pain was 6 and 7 on 3 and 4 January 2027; the usual level is 3 (21 reports from "
            "23 November 2026 to 20 December 2026; 5 or more is high).",
            id="W1 with a usual level of last year",
        ),
        pytest.param(
            a_finding("W1", [("2026-10-31", 6), ("2026-11-01", 7)], SUMMER, 7),
            "Worst leg pain was 6 and 7 on 31 October and 1 November; the usual level is 4.2 (31 reports "
            "from 2 September to 27 October; 7 or more is high).",
            id="W1 over the end of a month",
        ),
        pytest.param(
            a_finding(
                "W1e",
                [("2026-09-06", 5)],
                Baseline(2.0, None, 5, date(2026, 9, 1), date(2026, 9, 5)),
                4,
            ),
            "Worst leg pain was 5 on 6 September; the level at the start was 2 (first 5 reports from "
            "1 September to 5 September; 4 or more is high).",
            id="W1e with one reading",
        ),
        pytest.param(
            a_finding(
                "W2e",
                [("2026-09-06", 5), ("2026-09-07", 6)],
                Baseline(2.0, None, 5, date(2026, 9, 1), date(2026, 9, 5)),
                5,
            ),
            "Worst leg pain was 5 and 6 on 6 and 7 September; the level at the start was 2 (first 5 reports "
            "from 1 September to 5 September; 5 or more is high).",
            id="W2e",
        ),
        pytest.param(
            a_finding("W5", [("2026-11-19", 8), ("2026-11-20", 9)], SUMMER, 8),
            "Worst leg pain was 8 and 9 on 19 and 20 November; the usual level is 4.2 (31 reports from "
            "2 September to 27 October; 8 or more is high).",
            id="W5",
        ),
        pytest.param(
            a_finding(
                "W5",
                [("2026-09-06", 9), ("2026-09-07", 9)],
                Baseline(7.0, None, 5, date(2026, 9, 1), date(2026, 9, 5)),
                9,
            ),
            "Worst leg pain was 9 and 9 on 6 and 7 September; the level at the start was 7 (first 5 reports "
            "from 1 September to 5 September; 9 or more is high).",
            id="W5 in the first weeks",
        ),
        pytest.param(
            a_finding("W5", [("2026-11-19", 8), ("2026-11-20", 9)], None, 8.0),
            "Worst leg pain was 8 and 9 on 19 and 20 November; 8 or more is severe, and too few reports tell "
            "the usual level.",
            id="W5 before a usual level is known",
        ),
        pytest.param(
            a_finding(
                "W3",
                [("2026-11-18", 4), ("2026-11-19", 3), ("2026-11-20", 5)],
                Baseline(3.0, None, 14, date(2026, 10, 30), date(2026, 11, 12)),
                4,
                measure="distal_rank",
                side="left",
            ),
            "Symptoms in the left leg reached calf, thigh and foot on 18, 19 and 20 November; the usual "
            "place is thigh (14 reports from 30 October to 12 November).",
            id="W3",
        ),
        pytest.param(
            a_finding(
                "W4",
                [("2026-11-18", 4), ("2026-11-19", 3), ("2026-11-20", 4)],
                Baseline(1.5, None, 8, date(2026, 11, 1), date(2026, 11, 12)),
                3.5,
                measure="numb_bother",
            ),
            "Tingling or numbness bothered 4, 3 and 4 of 6 on 18, 19 and 20 November; the usual level is 1.5 "
            "(8 reports from 1 November to 12 November; 3.5 or more is high).",
            id="W4",
        ),
        pytest.param(
            a_finding("W4", [("2026-11-20", "new_or_worse")], None, None, measure="weakness"),
            "The patient said on 20 November: new or worse weakness of the leg or foot.",
            id="W4, weakness",
        ),
        pytest.param(
            a_finding("W6", [("2026-11-20", "very_much_worse")], None, None, measure="groc"),
            "The patient said on 20 November: very much worse since last week.",
            id="W6",
        ),
        pytest.param(
            find_silence(date(2026, 11, 1), date(2026, 1, 1), date(2026, 11, 20)),
            "No Daily check since 1 November, for 19 days.",
            id="silence",
        ),
        pytest.param(
            find_no_response(
                [Report(day(number), 5 + (number < 7)) for number in range(29)], day(0), day(28)
            ),
            "Leg pain has not come down by 2 points: the middle of the week up to 1 February was 5; the "
            "middle of the plan's first week was 6 (7 reports from 4 January to 10 January).",
            id="no response",
        ),
    ],
)
def test_a_finding_explains_itself_in_one_sentence(finding: Finding, sentence: str) -> None:
    assert explain(finding) == sentence


@pytest.mark.parametrize(
    ("value", "words"), [(4, "4"), (4.0, "4"), (4.04, "4"), (4.25, "4.2"), (3.96, "4"), (10.0, "10")]
)
def test_numbers_have_one_decimal_at_most(value: float, words: str) -> None:
    assert number_in_words(value) == words


NUMBER = re.compile(r"\d+(?:\.\d+)?")


def numbers_of(finding: Finding) -> set[str]:
    """Everything in the evidence that a sentence may show, as it may show it."""
    evidence, baseline = finding.evidence, finding.evidence.baseline
    days = [reading.recorded_on for reading in evidence.readings]
    values: list[float] = [each.value for each in evidence.readings if not isinstance(each.value, str)]
    values += [value for value in (evidence.limit, evidence.total) if value is not None]
    if baseline:
        days += [baseline.first_on, baseline.last_on]
        most = evidence.counted_above or 0
        values += [baseline.centre + most, baseline.centre - most]
        values += [baseline.centre, baseline.reports, baseline.centre + (evidence.allowance or 0)]
    shown = {f"{value:.{places}f}" for value in values for places in (1, 2)} | {
        f"{value:.3g}" for value in values
    }
    shown |= {number_in_words(value) for value in values}
    return shown | {str(each) for day in days for each in (day.day, day.year)} | {"6"}


@steadily(40)
@given(histories(), parameters())
def test_every_number_of_a_sentence_is_in_the_evidence(history: list[Report], p: Parameters) -> None:
    for finding in find_worsening(history, every_day(p)):
        sentence = explain(finding)
        assert set(NUMBER.findall(sentence)) <= numbers_of(finding)
        assert sentence.endswith(".")
        assert sentence.count(". ") == 0


@steadily(30)
@given(histories(), parameters())
def test_evidence_survives_being_stored(history: list[Report], p: Parameters) -> None:
    for finding in find_worsening(history, p):
        stored = json.loads(json.dumps(finding.evidence.as_dict()))
        assert Evidence.from_dict(stored) == finding.evidence
        assert finding.key == (finding.rule, finding.side, finding.found_on)


def test_evidence_is_stored_under_these_names() -> None:
    finding = a_finding("W2", [("2026-11-20", 7)], SUMMER, 4.5, allowance=1.0, counted_above=3.5, total=6.25)
    assert finding.evidence.as_dict() == {
        "measure": "worst_leg_pain",
        "readings": [{"recorded_on": "2026-11-20", "value": 7}],
        "baseline": {
            "centre": 4.237,
            "spread": 1.0,
            "reports": 31,
            "first_on": "2026-09-02",
            "last_on": "2026-10-27",
        },
        "limit": 4.5,
        "allowance": 1.0,
        "counted_above": 3.5,
        "total": 6.25,
    }
    assert Evidence.from_dict(finding.evidence.as_dict()) == finding.evidence
    silence = Evidence("silent_days", (Reading(date(2026, 11, 1), 19),), None, 7.0)
    assert Evidence.from_dict(silence.as_dict()) == silence
    assert silence.as_dict()["baseline"] is None


def test_levels_rise_from_a_question_to_an_emergency() -> None:
    assert LEVELS == ("check_in", "flag", "urgent", "emergency")
    assert [severity(level) for level in LEVELS] == [0, 1, 2, 3]


def test_every_place_of_the_ladder_has_a_word() -> None:
    assert PLACES == ("nowhere", "low back", "buttock", "thigh", "calf", "foot")
