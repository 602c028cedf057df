"""The picture of breaks and pain: what is drawn, and above all what is not."""

from __future__ import annotations

from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.reminders.render.break_chart import break_chart

pytestmark = pytest.mark.pure

FRIDAY = date(2026, 11, 20)
NONE = [None] * 14
HOUR = timedelta(hours=1)


def days(count: int) -> list[date]:
    return [FRIDAY - timedelta(days=back) for back in range(count - 1, -1, -1)]


def draw(breaks=NONE, longest=NONE, pain=NONE) -> ElementTree.Element:
    return ElementTree.fromstring(break_chart(days(len(pain)), breaks, longest, pain, "In words."))


def of_class(picture: ElementTree.Element, kind: str) -> list[ElementTree.Element]:
    return [each for each in picture.iter() if kind in each.get("class", "").split()]


def pain_marks(picture: ElementTree.Element) -> list[str]:
    return [
        each.get("class", "").split()[-1]
        for each in of_class(picture, "mark")
        if "mark-plain" not in each.get("class", "")
    ]


def words(picture: ElementTree.Element) -> list[str]:
    return [each.text or "" for each in picture.iter() if each.tag == "text"]


def test_days_of_which_nothing_is_known_are_gaps_in_all_three_rows():
    picture = draw()
    for kind in ("bar-done", "bar-missed", "stem", "mark", "join"):
        assert of_class(picture, kind) == []


def test_no_break_is_a_stub_with_a_0_and_not_a_gap():
    picture = draw(breaks=[0, None, *NONE[2:]])
    assert len(of_class(picture, "bar-missed")) == 1
    assert words(picture).count("0") == 2  # of the day, and of the scale of pain


def test_each_known_day_has_a_bar_with_its_number():
    picture = draw(breaks=[5, None, 16, *[None] * 11])
    assert len(of_class(picture, "bar-done")) == 2
    assert {"5", "16"} <= set(words(picture))


def test_more_breaks_make_a_higher_bar_and_the_most_fill_the_row():
    low, high = of_class(draw(breaks=[4, 16, *NONE[2:]]), "bar-done")
    assert float(high.get("height", 0)) == 4 * float(low.get("height", 0)) == 66


def test_a_single_break_does_not_look_like_many():
    (bar,) = of_class(draw(breaks=[1, *NONE[1:]]), "bar-done")
    assert float(bar.get("height", 0)) < 66 / 3


def test_the_longest_time_without_a_break_is_read_off_hours():
    picture = draw(longest=[HOUR, timedelta(0), 3.5 * HOUR, *NONE[3:]])
    assert len(of_class(picture, "mark-plain")) == 3
    assert {"0 h", "4 h"} <= set(words(picture))
    heights = [float(each.get("cy", 0)) for each in of_class(picture, "mark-plain")]
    assert heights[2] < heights[0] < heights[1]


def test_pain_has_the_shapes_of_the_other_charts():
    assert pain_marks(draw(pain=[0, 3, 5, 10, *NONE[4:]])) == ["mark-0", "mark-1", "mark-2", "mark-3"]


def test_only_neighbouring_days_of_pain_are_joined():
    (join,) = of_class(draw(pain=[3, 4, None, 5, *NONE[4:]]), "join")
    assert join.get("d", "").count("M") == 1
    assert of_class(draw(pain=[3, None, 5, None, *NONE[4:]]), "join") == []


def test_breaks_are_not_joined_to_pain():
    """Three rows of their own: none is drawn over another."""
    picture = draw(breaks=[5] * 14, longest=[HOUR] * 14, pain=[10] * 14)
    bars = [float(each.get("y", 0)) for each in of_class(picture, "bar-done")]
    plain = [float(each.get("cy", 0)) for each in of_class(picture, "mark-plain")]
    assert max(bars) < 112 < min(plain)


def test_two_weeks_name_today_and_the_day_a_week_ago():
    assert words(draw())[-2:] == ["13 Nov", "today"]


def test_one_day_is_a_narrow_bar_and_named_today():
    picture = draw([3], [HOUR], [2])
    (bar,) = of_class(picture, "bar-done")
    assert float(bar.get("width", 0)) < 40
    assert words(picture)[-1] == "today"
    assert len(pain_marks(picture)) == 1


def test_it_says_the_same_in_words():
    assert (draw().get("role"), draw().get("aria-label")) == ("img", "In words.")


@given(
    st.lists(
        st.tuples(
            st.none() | st.integers(0, 40),
            st.none() | st.timedeltas(timedelta(0), timedelta(hours=25)),
            st.none() | st.integers(0, 10),
        ),
        min_size=1,
        max_size=30,
    )
)
def test_whatever_the_values_each_is_drawn_once_inside_the_picture(values):
    breaks, longest, pain = (list(each) for each in zip(*values, strict=True))
    picture = draw(breaks, longest, pain)
    bars = of_class(picture, "bar-done") + of_class(picture, "bar-missed")
    assert len(bars) == sum(each is not None for each in breaks)
    assert len(of_class(picture, "mark-plain")) == sum(each is not None for each in longest)
    assert len(pain_marks(picture)) == sum(each is not None for each in pain)
    for each in picture.iter():
        for name, most in (("x", 320), ("cx", 320), ("y", 398), ("cy", 398)):
            assert 0 <= float(each.get(name, 0)) <= most
        assert float(each.get("height", 0)) >= 0
