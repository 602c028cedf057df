"""What a stage asks before it is left, in words."""

import pytest

from programs.library.rules import PAIN_MEASURES, describe_criteria, describe_criteria_briefly
from tests.readability import grade, sentences, words

pytestmark = pytest.mark.pure


def test_a_stage_says_its_days_and_its_pain_to_the_patient():
    assert describe_criteria(10, 4, "worst_leg") == [
        "You have been in this stage for 10 days or more.",
        "Your worst leg pain is 4 or less on most days of a week.",
    ]


@pytest.mark.parametrize(
    ("measure", "sentence"),
    [
        ("worst_leg", "Your worst leg pain is 3 or less on most days of a week."),
        ("calf", "Your calf pain between cramps is 3 or less."),
        ("during", "Pain while you exercise stays at 3 or less."),
    ],
)
def test_each_measure_has_words_of_its_own(measure, sentence):
    assert describe_criteria(None, 3, measure) == [sentence]


@pytest.mark.parametrize("measure", PAIN_MEASURES)
def test_no_measure_goes_without_words(measure):
    assert describe_criteria(7, 5, measure)[1]
    assert PAIN_MEASURES[measure] in describe_criteria_briefly(7, 5, measure)


def test_what_a_stage_does_not_ask_is_not_said():
    assert describe_criteria(14, None, "worst_leg") == ["You have been in this stage for 14 days or more."]
    assert describe_criteria(None, None, "worst_leg") == []
    assert describe_criteria_briefly(None, None, "calf") == ""


def test_one_day_and_no_pain_read_as_english():
    assert describe_criteria(1, 0, "calf") == [
        "You have been in this stage for 1 day or more.",
        "Your calf pain between cramps is 0.",
    ]
    assert describe_criteria_briefly(1, 0, "calf") == "1 day or more in it; calf pain between cramps: 0"


def test_a_therapist_reads_it_in_half_a_line():
    assert describe_criteria_briefly(10, 4, "worst_leg") == (
        "10 days or more in it; worst leg pain, middle of 7 days: 4 or less"
    )
    assert describe_criteria_briefly(14, None, "worst_leg") == "14 days or more in it"


@pytest.mark.parametrize("measure", PAIN_MEASURES)
def test_it_is_easy_to_read(measure):
    text = " ".join(describe_criteria(21, 3, measure))
    assert grade(text) <= 6
    assert max(len(words(sentence)) for sentence in sentences(text)) <= 20
