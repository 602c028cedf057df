"""What pages say of a finding: the sum that can be done by hand, the picture, the patient's sentences."""

from __future__ import annotations

import re
from datetime import date, timedelta
from random import Random
from xml.etree import ElementTree

import pytest

from programs.monitoring.render import readings_chart
from programs.monitoring.rules import Baseline, Evidence, Finding, Reading, Report, find_worsening
from programs.monitoring.rules.for_patients import (
    explain_to_patient,
    heading_for_patient,
    looks_for,
    usual_for_patient,
)
from programs.monitoring.rules.shown import show
from programs.monitoring.templatetags.monitoring import evidence_picture
from tests.readability import grade, sentences, words

pytestmark = pytest.mark.pure

TODAY = date(2026, 11, 20)


def found(legs: list[int], rule: str) -> list[Finding]:
    days = [TODAY - timedelta(days=back) for back in range(len(legs) - 1, -1, -1)]
    reports = [Report(day, worst_leg_pain=leg) for day, leg in zip(days, legs, strict=True)]
    return [each for each in find_worsening(reports) if each.rule == rule]


def evidence(
    measure: str, values: list[int | str], baseline: float | None = 2, spread: float | None = 1, **more: float
) -> Evidence:
    readings = [Reading(TODAY - timedelta(days=len(values) - n), value) for n, value in enumerate(values, 1)]
    level = None
    if baseline is not None:
        level = Baseline(baseline, spread, 14, date(2025, 12, 30), date(2026, 1, 20))
    return Evidence(measure, tuple(readings), level, more.pop("limit", 3), **more)


def histories(count: int) -> list[list[int]]:
    rng = Random(20261120)

    def day(level: float) -> int:
        return max(0, min(10, round(rng.gauss(level, 1.2))))

    levels = [rng.choice((2, 3, 4, 5, 6)) for _ in range(count)]
    return [[*(day(level) for _ in range(40)), *(day(level + 3) for _ in range(10))] for level in levels]


def test_every_sum_can_be_done_by_hand():
    findings = [finding for legs in histories(120) for finding in found(legs, "W2")]
    assert len(findings) > 80
    for finding in findings:
        said = show("W2", finding.evidence).sum
        _, terms, total, limit = re.match(
            r"Points above ([\d.]+) .*: (.*) = ([\d.]+); limit (\d+\.\d+)\.", said
        ).groups()
        numbers = [float(term) for term in re.findall(r"-?[\d.]+", terms.replace("− ", "-"))]
        assert len(numbers) == len(finding.evidence.readings)
        assert sum(numbers) == pytest.approx(float(total), abs=0.051), said
        assert float(total) == pytest.approx(finding.evidence.total, abs=0.05)
        assert float(total) > float(limit), said


def test_a_report_that_counts_less_than_it_is_says_so():
    seen = evidence("worst_leg_pain", [6, 10], 3.5, allowance=1, counted_above=3.5, total=4.0, limit=3.2)
    shown = show("W2", seen)
    assert shown.sum == (
        "Points above 4.5 (the usual level and 1 more): 1.5 + 2.5 = 4.0; limit 3.2. "
        "A report counts as 7.0 at most."
    )
    assert [reading.share for reading in shown.readings] == ["1.5", "2.5"]


@pytest.mark.parametrize(
    ("rule", "seen", "usual", "limit"),
    [
        (
            "W3",
            evidence("distal_rank", [3, 5, 5, 5], 3, limit=4),
            "Usual place thigh, from 14 reports, 30 December 2025 to 20 January 2026.",
            "From calf on, a report counted.",
        ),
        (
            "W4",
            evidence("numb_bother", [1, 4, 4, 5], 1.5, limit=3.5),
            "Usual level 1.5, from 14 reports, 30 December 2025 to 20 January 2026.",
            "From 3.5 on, a report counted.",
        ),
        ("W5", evidence("worst_leg_pain", [9, 9], None, limit=8), "", "From 8 on, a report counted."),
        ("W6", evidence("groc", ["much_worse"], None), "", ""),
        ("W4", evidence("weakness", ["new_or_worse"], None), "", ""),
        (
            "no_response",
            evidence("worst_leg_pain", [5], 5, limit=2),
            "Middle of the plan's first week 5, from 14 reports, 30 December 2025 to 20 January 2026.",
            "A fall of 2 points or more is a change.",
        ),
        ("silent", evidence("silent_days", [7], None, limit=7), "", ""),
    ],
)
def test_what_was_compared_is_said_in_words(rule, seen, usual, limit):
    shown = show(rule, seen)
    assert (shown.usual, shown.limit, shown.sum) == (usual, limit, "")


@pytest.mark.parametrize(
    ("measure", "value", "said"),
    [
        ("distal_rank", 5, "foot"),
        ("distal_rank", 0, "nowhere"),
        ("numb_bother", 4, "4"),
        ("weakness", "new_or_worse", "new or worse"),
        ("groc", "very_much_worse", "very much worse"),
    ],
)
def test_each_value_reads_well(measure, value, said):
    assert [reading.words for reading in show("W3", evidence(measure, [value])).readings] == [said]


# The picture ----------------------------------------------------------------------------------------


def parts(svg: str, kind: str) -> list[ElementTree.Element]:
    return [each for each in ElementTree.fromstring(svg) if each.get("class", "").split()[0:1] == [kind]]


def test_pain_has_the_shapes_of_the_house():
    svg = evidence_picture(evidence("worst_leg_pain", [0, 3, 6, 9]))
    assert [each.get("class") for each in parts(svg, "mark")] == [
        "mark mark-0",
        "mark mark-1",
        "mark mark-2",
        "mark mark-3",
    ]


def test_a_sum_has_a_stem_for_each_report_above_its_line():
    svg = evidence_picture(
        evidence("worst_leg_pain", [6, 3, 7], 4, allowance=1, counted_above=3.5, total=3, limit=2.5)
    )
    assert len(parts(svg, "stem")) == 2
    assert "from 5</text>" in svg
    assert "usual 4</text>" in svg


def test_further_down_the_leg_stands_further_down():
    svg = evidence_picture(evidence("distal_rank", [1, 5]))
    back, foot = (float(each.get("cy")) for each in parts(svg, "mark"))
    assert back < foot
    assert parts(svg, "stem") == []


def test_days_without_an_answer_leave_their_room():
    seen = [(TODAY - timedelta(days=back), 5.0) for back in (6, 1, 0)]
    svg = readings_chart(
        seen, highest=10, scale=[(0, "0")], usual=None, limit=None, line=None, sentence="Three answers."
    )
    first, second, third = (float(each.get("cx")) for each in parts(svg, "mark"))
    assert second - first == pytest.approx(5 * (third - second), abs=0.5)


def test_names_of_lines_keep_apart():
    svg = evidence_picture(evidence("worst_leg_pain", [6, 6, 7], 5.0, limit=5.2))
    heights = {each.text: float(each.get("y")) for each in ElementTree.fromstring(svg) if each.text}
    assert abs(heights["usual 5"] - heights["from 5.2"]) >= 17


def test_the_longest_series_fits_a_phone():
    svg = ElementTree.fromstring(evidence_picture(evidence("worst_leg_pain", [6] * 21, 4.2, limit=5.2)))
    assert int(svg.get("width")) <= 360


@pytest.mark.parametrize("measure", ["weakness", "groc"])
def test_a_word_has_no_picture(measure):
    assert evidence_picture(evidence(measure, ["much_worse"], None)) == ""


# For patients ---------------------------------------------------------------------------------------

PATIENTS = [
    ("W2", "", evidence("worst_leg_pain", [6, 7, 7, 8], 4.2)),
    ("W2", "", evidence("worst_leg_pain", [6, 7, 7, 8, 5, 6, 7], 4.2)),
    ("W2e", "", evidence("worst_leg_pain", [2, 6, 6, 7], spread=None)),
    ("W1", "", evidence("worst_leg_pain", [2, 6, 6, 7])),
    ("W1e", "", evidence("worst_leg_pain", [2, 6, 6, 7], spread=None)),
    ("W3", "left", evidence("distal_rank", [3, 5, 5, 5], 3)),
    ("W4", "", evidence("numb_bother", [1, 4, 4, 5], 1)),
    ("W4", "", evidence("weakness", ["new_or_worse"], None)),
    ("W5", "", evidence("worst_leg_pain", [9, 9], None)),
    ("W6", "", evidence("groc", ["much_worse"], None)),
]


@pytest.mark.parametrize(("rule", "side", "seen"), PATIENTS)
def test_what_a_patient_reads_is_plain(rule, side, seen):
    texts = [*explain_to_patient(side, seen), heading_for_patient(rule, side, seen)]
    texts.append(looks_for(rule, seen.measure))
    assert grade(" ".join(texts)) <= 6, texts
    for text in texts:
        assert max(len(words(sentence)) for sentence in sentences(text)) <= 20, text
        assert "_" not in text
        assert "{" not in text


def test_a_few_answers_are_named_and_more_are_given_as_a_span():
    short, long = (explain_to_patient("", seen) for _, _, seen in PATIENTS[:2])
    assert short == [
        "On 17, 18, 19 and 20 November your leg pain was 6, 7, 7 and 8.",
        "Your usual is about 4.2.",
    ]
    assert long == [
        "From 14 November to 20 November your leg pain was 5 to 8, in 7 answers.",
        "Your usual is about 4.2.",
    ]


@pytest.mark.parametrize("rule", ["W1e", "W2e"])
def test_where_nothing_is_usual_yet_the_start_is_named(rule):
    early = evidence("worst_leg_pain", [6, 6, 7], 2, spread=None, limit=5)
    texts = [*explain_to_patient("", early), heading_for_patient(rule, "", early), usual_for_patient(early)]
    texts += [show(rule, early).usual, str(evidence_picture(early)).replace('class="usual"', "")]
    assert not [text for text in texts if "sual" in text]
    assert texts[1] == "You started at about 2."


def test_the_leg_and_the_places_are_named():
    said = explain_to_patient("left", PATIENTS[5][2])
    assert said == [
        "On 17, 18, 19 and 20 November it reached this far down your left leg: thigh, foot, foot and foot.",
        "Your usual place: thigh.",
    ]
