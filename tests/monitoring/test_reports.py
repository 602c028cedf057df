"""Several reports of one day as one."""

from itertools import pairwise, permutations

import pytest
from hypothesis import given

from programs.monitoring.rules import GROC_PHRASES, WEAKNESS, Report, one_per_day
from tests.monitoring.histories import day, histories, steadily

pytestmark = pytest.mark.pure


def test_the_worst_of_each_value_counts() -> None:
    one = Report(day(0), 3, 8, 1, None, 0, "same", "much_worse")
    other = Report(day(0), 7, 2, None, 5, 6, "none", "the_same")
    assert one_per_day([one, other]) == [Report(day(0), 7, 8, 1, 5, 6, "same", "much_worse")]
    assert one_per_day([other, one]) == one_per_day([one, other])


def test_nothing_said_is_not_zero() -> None:
    assert one_per_day([Report(day(0)), Report(day(0))]) == [Report(day(0))]
    assert one_per_day([Report(day(0)), Report(day(0), 0, 0, 0, 0, 0)]) == [Report(day(0), 0, 0, 0, 0, 0)]


@pytest.mark.parametrize(("name", "words"), [("weakness", WEAKNESS), ("groc", GROC_PHRASES)])
def test_words_are_compared_by_how_bad_they_are_not_by_the_alphabet(
    name: str, words: tuple[str, ...]
) -> None:
    for better, worse in pairwise(words):
        for order in permutations((better, worse)):
            (report,) = one_per_day([Report(day(0), **{name: word}) for word in order])
            assert getattr(report, name) == worse


def test_the_words_are_in_the_order_in_which_people_use_them() -> None:
    assert WEAKNESS == ("none", "same", "new_or_worse")
    assert GROC_PHRASES == (
        "very_much_better",
        "much_better",
        "a_little_better",
        "the_same",
        "a_little_worse",
        "much_worse",
        "very_much_worse",
    )


def test_days_come_oldest_first_each_once() -> None:
    said = [Report(day(number), number) for number in (2, 0, 1, 0, 2)]
    assert one_per_day(said) == [Report(day(number), number) for number in range(3)]
    assert one_per_day([]) == []


@steadily(20)
@given(histories(), histories())
def test_taking_the_worst_twice_is_taking_it_once(one, other) -> None:
    together = one_per_day(one + other)
    assert one_per_day(together) == together
    assert one_per_day(other + together) == together
    for report in one:
        (same_day,) = (each for each in together if each.recorded_on == report.recorded_on)
        for name in ("worst_leg_pain", "distal_rank_left", "distal_rank_right", "numb_bother"):
            said, kept = getattr(report, name), getattr(same_day, name)
            assert said is None or kept >= said
