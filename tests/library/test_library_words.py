"""What the library's codes and numbers are called on its pages."""

import pytest

from programs.library.rules import FlareExit, describe_flare_exit, describe_length, describe_tag
from tests.library.shipped import shipped
from tests.patient_words import Passage, too_hard

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("flare", "calm", "longest"),
    [
        (
            FlareExit(longest_days=7, calm_days=2, calm_margin=1),
            "1 above your usual for 2 days in a row",
            "7 days",
        ),
        (FlareExit(longest_days=1, calm_days=1, calm_margin=0), "your usual for 1 day", "1 day"),
        (
            FlareExit(longest_days=14, calm_days=7, calm_margin=3),
            "3 above your usual for 7 days in a row",
            "14 days",
        ),
    ],
)
def test_the_end_of_a_flare_plan_is_told_with_its_numbers(flare: FlareExit, calm: str, longest: str) -> None:
    assert describe_flare_exit(flare) == [
        f"It ends once your worst leg pain is no more than {calm}.",
        f"If it has not settled after {longest}, see your doctor or physio that week.",
    ]


def test_each_tag_of_the_shipped_exercises_has_plain_words() -> None:
    tags = {tag for exercise in shipped().exercises for tag in exercise.tags}
    assert len(tags) > 10
    for tag in tags:
        words = describe_tag(tag)
        assert " " in words, tag  # more than the tag itself
        assert too_hard(Passage("tags", 1, words, is_label=True)) == []


def test_a_tag_that_a_clinic_made_up_is_its_own_word() -> None:
    assert describe_tag("morning_class") == "Morning class"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "1 second"),
        (45, "45 seconds"),
        (60, "1 minute"),
        (90, "90 seconds"),
        (150, "2 minutes 30 seconds"),
    ],
)
def test_a_length_of_time_is_told_as_people_say_it(seconds: int, words: str) -> None:
    assert describe_length(seconds) == words
