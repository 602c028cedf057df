"""The pictures of pain: what is drawn, and above all what is not."""

from __future__ import annotations

from datetime import timedelta
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.home.render.strip import pain_chart, strip
from tests import makers

NOTHING = [None] * 28
NO_SESSIONS = [False] * 28
DAYS = [makers.NOON.date() - timedelta(days=back) for back in range(27, -1, -1)]

pytestmark = pytest.mark.pure


def parse(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def marks(svg: str) -> list[tuple[str, str]]:
    """(shape, class) of every mark, in order of days."""
    return [
        (element.tag, element.get("class", "").split()[-1])
        for element in parse(svg)
        if element.get("class", "").startswith("mark")
    ]


def joins(svg: str) -> int:
    return sum(
        (element.get("d") or "").count("M") for element in parse(svg) if element.get("class") == "join"
    )


def bars(svg: str, kind: str) -> int:
    return sum(element.get("class") == kind for element in parse(svg))


def pain(**days: int) -> list[int | None]:
    """`pain(d3=0, d4=7)`: day 3 was 0, day 4 was 7, the others were not reported."""
    return [days.get(f"d{day}") for day in range(28)]


def test_each_score_has_its_shape_and_lightness():
    shapes = {score: marks(strip(pain(d0=score), NO_SESSIONS, 5))[0] for score in range(11)}
    assert shapes == {
        0: ("circle", "mark-0"),
        **dict.fromkeys((1, 2, 3), ("circle", "mark-1")),
        **dict.fromkeys((4, 5, 6), ("rect", "mark-2")),
        **dict.fromkeys((7, 8, 9, 10), ("path", "mark-3")),
    }


def test_a_day_not_reported_has_no_mark_and_a_zero_has_one():
    assert marks(strip(NOTHING, NO_SESSIONS, 5)) == []
    assert marks(strip([0] * 28, NO_SESSIONS, 5)) == [("circle", "mark-0")] * 28


def test_only_neighbouring_days_are_joined():
    assert joins(strip(pain(d1=3, d2=3, d3=3, d5=3), NO_SESSIONS, 5)) == 2
    assert joins(strip(pain(d1=3, d3=3), NO_SESSIONS, 5)) == 0


def test_more_pain_stands_higher():
    def height(score: int) -> float:
        circle = parse(strip(pain(d0=score), NO_SESSIONS, None))
        return float(next(each for each in circle if each.tag == "circle").get("cy"))

    assert height(3) < height(2) < height(1) < height(0)


def test_sessions_are_bars_and_days_without_one_are_stubs():
    picture = strip(NOTHING, [True, False] * 14, 5)
    assert (bars(picture, "bar-done"), bars(picture, "bar-missed")) == (14, 14)


def test_the_limit_is_a_line_where_there_is_one():
    assert bars(strip(NOTHING, NO_SESSIONS, 5), "limit") == 1
    assert bars(strip(NOTHING, NO_SESSIONS, None), "limit") == 0
    assert bars(strip(NOTHING, NO_SESSIONS, 0), "limit") == 1


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (
            pain(d3=2, d4=7, d20=6),
            "Worst leg pain 2 to 7, last 6, reported on 3 of 28 days. Sessions on 2 of 28 days.",
        ),
        (
            pain(d3=0),
            "Worst leg pain 0, last 0, reported on 1 of 28 days. Sessions on 2 of 28 days.",
        ),
        (NOTHING, "No leg pain reported in 28 days. Sessions on 2 of 28 days."),
    ],
)
def test_it_says_in_a_sentence_what_it_shows(values, sentence):
    picture = parse(strip(values, [True, True] + [False] * 26, 5))
    assert picture.get("role") == "img"
    assert picture.get("aria-label") == sentence


def test_all_strips_have_the_same_scale():
    for values in (NOTHING, [1] * 28, [10] * 28):
        assert parse(strip(values, NO_SESSIONS, 5)).get("viewBox") == "0 0 196 46"


def test_the_chart_names_its_days_its_scale_and_its_limit():
    words = [each.text for each in parse(pain_chart(DAYS, NOTHING, NO_SESSIONS, 5)) if each.tag == "text"]
    assert words == ["0", "5", "10", "limit 5", "today", "13 Nov", "6 Nov", "30 Oct"]


def test_a_chart_without_a_plan_has_no_limit():
    assert "limit" not in pain_chart(DAYS, NOTHING, NO_SESSIONS, None)


@given(
    values=st.lists(st.none() | st.integers(0, 10), min_size=28, max_size=28),
    sessions=st.lists(st.booleans(), min_size=28, max_size=28),
    limit=st.none() | st.integers(0, 10),
)
def test_whatever_the_values_each_report_is_one_mark_inside_the_picture(values, sessions, limit):
    for picture in (strip(values, sessions, limit), pain_chart(DAYS, values, sessions, limit)):
        assert len(marks(picture)) == sum(value is not None for value in values)
        assert "style=" not in picture
        root = parse(picture)
        _, _, width, height = (float(number) for number in root.get("viewBox").split())
        for element in root:
            for name, most in (("x", width), ("cx", width), ("y", height), ("cy", height)):
                assert 0 <= float(element.get(name, 0)) <= most
