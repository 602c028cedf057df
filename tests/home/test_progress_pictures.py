"""The pictures of progress: what is drawn, where, and above all what is not."""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.accounts.models import TextSize
from programs.home.render.progress import (
    LADDER,
    Columns,
    DrawnBar,
    DrawnRange,
    DrawnSession,
    DrawnStage,
    done_chart,
    pain_chart,
    range_chart,
    reach_chart,
    session_chart,
    sign,
)
from tests import makers

TODAY = makers.NOON.date()
PLOT = (28, 250)
"""Its edges from the left."""
TOP, FOOT = 8, 158
"""Pain 10 and pain 0 where there is no stage above."""

pytestmark = pytest.mark.pure

score = st.none() | st.integers(0, 10)


def columns(count: int, text_size: int = 100) -> Columns:
    days = [TODAY - timedelta(days=back) for back in range(count - 1, -1, -1)]
    return Columns(days, text_size=text_size)


def weeks(count: int, text_size: int = 100) -> Columns:
    first_days = [TODAY - timedelta(weeks=back) for back in range(count - 1, -1, -1)]
    return Columns(first_days, is_weeks=True, text_size=text_size)


def parse(svg: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(svg).iter())


def of_kind(svg: str, kind: str) -> list[ElementTree.Element]:
    return [each for each in parse(svg) if kind in each.get("class", "").split()]


def words(svg: str) -> list[str]:
    return [each.text or "" for each in parse(svg) if each.tag == "text"]


def centre(element: ElementTree.Element) -> tuple[float, float]:
    """The middle of a mark, whatever its shape."""
    if element.tag == "circle":
        return float(element.get("cx", "")), float(element.get("cy", ""))
    if element.tag == "rect":
        x, y, width, height = (float(element.get(name, "")) for name in ("x", "y", "width", "height"))
        return x + width / 2, y + height / 2
    x, y, reach = re.match(r"M([\d.]+) ([\d.]+)l([\d.]+)", element.get("d", "")).groups()  # type: ignore[union-attr]
    return float(x), float(y) + float(reach)


def width(svg: str) -> int:
    return int(parse(svg)[0].get("width", ""))


def drawn(column: int, before: int | None, after: int | None, morning: int | None = None, *, stopped=False):
    return DrawnSession(column, before, after, morning, stopped)


def sessions(*rows: DrawnSession, count: int = 14, limit: int | None = None) -> str:
    return session_chart(columns(count), rows, (), limit, "Words.")


# Sessions -------------------------------------------------------------------------------------------


def test_a_session_is_an_open_circle_a_stem_and_the_shape_of_its_pain():
    svg = sessions(drawn(3, 6, 2))
    (before,), (after,), (stem,) = (of_kind(svg, kind) for kind in ("before", "mark", "stem"))
    assert centre(before)[0] == centre(after)[0]
    assert centre(before)[1] < centre(after)[1], "more pain stands higher"
    assert "mark-1" in after.get("class", "")
    assert stem.get("d", "").startswith(f"M{centre(before)[0]:.1f} {centre(before)[1]:.1f}")


def test_what_was_not_said_is_not_drawn():
    assert not of_kind(sessions(drawn(0, 4, None)), "mark")
    assert not of_kind(sessions(drawn(0, None, 4)), "before")
    for svg in (sessions(drawn(0, 4, None)), sessions(drawn(0, None, 4)), sessions(drawn(0, None, None))):
        assert not of_kind(svg, "stem")
        assert not of_kind(svg, "morning")


def test_a_0_is_drawn_at_the_foot_and_a_10_at_the_top():
    svg = sessions(drawn(0, None, 0), drawn(1, None, 10))
    assert [centre(mark)[1] for mark in of_kind(svg, "mark")] == [
        pytest.approx(FOOT, abs=0.1),
        pytest.approx(TOP, abs=0.1),
    ]


def test_the_same_pain_before_and_after_is_a_ring_round_the_mark():
    svg = sessions(drawn(0, 5, 5))
    (ring,), (mark,) = of_kind(svg, "before"), of_kind(svg, "mark")
    assert centre(ring) == pytest.approx(centre(mark), abs=0.2)
    assert float(ring.get("r", "")) > float(mark.get("width", "")) / 2


def test_the_next_morning_is_a_dash_to_the_right():
    svg = sessions(drawn(4, 5, 3, 6))
    (dash,), (mark,) = of_kind(svg, "morning"), of_kind(svg, "mark")
    x, y = (float(number) for number in re.findall(r"[\d.]+", dash.get("d", ""))[:2])
    assert x > centre(mark)[0]
    assert y == pytest.approx(TOP + (FOOT - TOP) * 0.4, abs=0.1)


def test_a_stopped_session_has_a_diamond_and_its_word():
    svg = sessions(drawn(2, 4, 8, stopped=True), drawn(3, 4, 8))
    (stop,) = of_kind(svg, "stop")
    assert centre(stop)[1] > FOOT, "below the plot, where no score can be meant"
    assert "stopped" in words(svg)
    assert "stopped" not in words(sessions(drawn(3, 4, 8)))


@pytest.mark.parametrize("limit", range(11))
def test_the_limit_is_a_line_with_its_words_inside_the_picture(limit):
    svg = sessions(drawn(0, 4, 3), limit=limit)
    (line,) = of_kind(svg, "limit")
    assert f" {TOP + (FOOT - TOP) * (1 - limit / 10):.1f}H" in line.get("d", "")
    assert f"limit {limit}" in words(svg)
    for each in parse(svg):
        if each.tag == "text":
            assert 8 < float(each.get("y", "")) < float(parse(svg)[0].get("height", ""))
    assert not of_kind(sessions(drawn(0, 4, 3)), "limit")


def test_sessions_of_one_day_stand_beside_each_other():
    svg = sessions(drawn(5, 6, 4), drawn(5, 5, 4), drawn(6, 5, 4))
    places = [centre(mark)[0] for mark in of_kind(svg, "mark")]
    assert places == sorted(set(places))


def test_the_stages_stand_above_the_plot_by_name_number_or_alone():
    stages = [
        DrawnStage(0, 4, "Stage 1", "1", is_now=False),
        DrawnStage(5, 5, "Stage 2", "2", is_now=False),
        DrawnStage(6, 13, "Stage 3", "3", is_now=True),
    ]
    svg = session_chart(columns(14), [drawn(0, 4, 10)], stages, None, "Words.")
    bands = of_kind(svg, "stage-band") + of_kind(svg, "stage-band-now")
    assert len(bands) == 3
    assert [word for word in words(svg) if word in ("Stage 1", "2", "Stage 3")] == ["Stage 1", "2", "Stage 3"]
    lowest = max(float(band.get("y", "")) + float(band.get("height", "")) for band in bands)
    assert lowest < min(centre(mark)[1] for mark in of_kind(svg, "mark"))
    narrow = session_chart(weeks(58), [], [DrawnStage(0, 0, "Stage 1", "1", is_now=False)], None, "Words.")
    assert not {"1", "Stage 1"} & set(words(narrow))


# Days -----------------------------------------------------------------------------------------------


def test_gaps_stay_gaps():
    svg = pain_chart(columns(6), [3, 4, None, 5, None, 2], "Words.")
    assert len(of_kind(svg, "mark")) == 4
    (join,) = of_kind(svg, "join")
    assert join.get("d", "").count("M") == 1, "only the first two days follow each other"


def test_one_day_is_one_mark_and_no_line():
    svg = pain_chart(columns(1), [0], "Words.")
    assert [each.get("class") for each in of_kind(svg, "mark")] == ["mark mark-0"]
    assert not of_kind(svg, "join")


@pytest.mark.parametrize("count", [1, 7, 14, 28, 400])
@pytest.mark.parametrize("pain", [0, 10])
def test_however_many_days_all_marks_are_inside_the_plot(count, pain):
    svg = pain_chart(columns(count), [pain] * count, "Words.")
    marks = [centre(each) for each in of_kind(svg, "mark")]
    assert len(marks) == count
    assert all(PLOT[0] <= x <= PLOT[1] and TOP - 0.1 <= y <= FOOT + 0.1 for x, y in marks)


@given(st.lists(score, min_size=1, max_size=60))
def test_there_are_as_many_marks_as_scores(pain):
    assert len(of_kind(pain_chart(columns(len(pain)), pain, "Words."), "mark")) == sum(
        each is not None for each in pain
    )


@pytest.mark.parametrize("text_size", TextSize.values)
@pytest.mark.parametrize("count", [1, 7, 14, 28])
def test_names_of_days_do_not_touch_and_today_is_the_last(count, text_size):
    svg = pain_chart(columns(count, text_size), [1] * count, "Words.")
    names = [each for each in parse(svg) if each.tag == "text" and each.get("text-anchor") == "middle"]
    places = [float(each.get("x", "")) for each in names]
    assert names[-1].text == "today"
    assert all(later - earlier > 50 for earlier, later in pairwise(places))
    assert all(26 <= place <= width(svg) - 26 for place in places)


# Weeks ----------------------------------------------------------------------------------------------


def test_a_week_is_a_mark_on_its_middle_score_and_a_line_over_its_range():
    svg = range_chart(weeks(3), [DrawnRange(0, 2, 4, 7), DrawnRange(2, 5, 5, 5)], (), None, "Words.")
    assert [each.get("class") for each in of_kind(svg, "mark")] == ["mark mark-2", "mark mark-2"]
    (stems,) = of_kind(svg, "stem")
    assert stems.get("d", "").count("M") == 1


def test_a_year_of_weeks_fits_and_is_small():
    ranges = [DrawnRange(week, 0, 5, 10) for week in range(58)]
    svg = range_chart(weeks(58), ranges, (), 5, "Words.")
    marks = of_kind(svg, "mark")
    assert len(marks) == 58
    places = [centre(each)[0] for each in marks]
    assert all(later - earlier >= 3.7 for earlier, later in pairwise(places)), "they stand apart"
    assert len(svg) < 9_000
    months = [word for word in words(svg) if word.isalpha() and len(word) == 3]
    assert 4 <= len(months) <= 8
    assert len(set(months)) >= 4


@pytest.mark.parametrize("text_size", TextSize.values)
def test_the_marks_of_a_year_stand_apart_and_its_months_do_not_touch_in_any_size(text_size):
    ranges = [DrawnRange(week, 5, 5, 5) for week in range(58)]
    svg = range_chart(weeks(58, text_size), ranges, (), 5, "Words.")
    squares = [(float(each.get("x", "")), float(each.get("width", ""))) for each in of_kind(svg, "mark")]
    assert all(x + wide < later for (x, wide), (later, _) in pairwise(squares))
    months = sorted(float(each.get("x", "")) for each in parse(svg) if each.get("text-anchor") == "middle")
    assert len(months) >= 3
    assert all(later - earlier > 34 for earlier, later in pairwise(months))


# How far down ---------------------------------------------------------------------------------------


def test_the_ladder_is_steps_that_stop_where_nothing_was_said():
    svg = reach_chart(columns(5), [None] * 5, [4, 4, None, 0, 5], "Words.")
    (line,) = of_kind(svg, "reach")
    path = line.get("d", "")
    assert "reach-right" in line.get("class", "")
    assert path.count("M") == 2
    assert path.count("V") == 2
    assert [word for word in words(svg) if word in LADDER] == list(LADDER)
    heights = [float(each) for each in re.findall(r"(?:M[\d.]+ |V)([\d.]+)", path)]
    assert heights[-1] == max(heights), "the foot is at the bottom"


def test_both_legs_are_told_apart_by_their_lines_and_never_cover_each_other():
    svg = reach_chart(columns(3), [4, 4, 4], [4, 4, 4], "Words.")
    right, left = of_kind(svg, "reach-right"), of_kind(svg, "reach-left")
    assert len(right) == len(left) == 1
    assert right[0].get("d") != left[0].get("d")


# Days done ------------------------------------------------------------------------------------------


def test_a_part_is_half_as_high_and_a_day_with_nothing_has_no_bar():
    bars = [DrawnBar(1.0, False), DrawnBar(0.5, True), DrawnBar(None, False)]
    svg = done_chart(columns(3), bars, "all of it", "a part", "Words.")
    (whole,), (part,) = of_kind(svg, "bar-done"), of_kind(svg, "bar-part")
    assert float(part.get("height", "")) == float(whole.get("height", "")) / 2
    assert len(of_kind(svg, "stop")) == 1
    assert {"all of it", "a part", "stopped"} <= set(words(svg))


# Larger letters -------------------------------------------------------------------------------------


@pytest.mark.parametrize("text_size", TextSize.values)
@pytest.mark.parametrize(
    "draw",
    [
        lambda drawn_on: session_chart(drawn_on, [drawn(0, 1, 9, 5, stopped=True)], (), 10, "Words."),
        lambda drawn_on: range_chart(drawn_on, [DrawnRange(0, 2, 4, 7)], (), 10, "Words."),
        lambda drawn_on: reach_chart(drawn_on, [1], [5], "Words."),
        lambda drawn_on: done_chart(drawn_on, [DrawnBar(1.0, True)], "all of it", "a part", "Words."),
    ],
)
def test_letters_grow_with_the_chosen_size_and_the_words_beside_the_plot_keep_their_room(draw, text_size):
    svg = draw(columns(14, text_size))
    # A picture is as wide as its page: half as many units are twice as large.
    assert 320 / width(svg) == pytest.approx(text_size / 100, abs=0.005)
    (axis_end,) = {float(each.get("d", "").split("H")[1]) for each in of_kind(svg, "axis")}
    beside = {float(each.get("x", "")) for each in parse(svg) if each.get("text-anchor") == "start"}
    assert all(axis_end < place <= width(svg) - 66 for place in beside), "“stopped” is 65 wide"
    assert len(beside) == 1


# All of them ----------------------------------------------------------------------------------------


PICTURES = [
    sessions(drawn(0, 1, 9, 5, stopped=True), limit=5),
    pain_chart(columns(3), [0, None, 10], "Words."),
    range_chart(weeks(3), [DrawnRange(0, 2, 4, 7)], (), 5, "Words."),
    reach_chart(columns(2), [1, None], [5, 0], "Words."),
    done_chart(columns(2), [DrawnBar(1.0, True), DrawnBar(None, False)], "all", "half", "Words."),
]


@pytest.mark.parametrize("svg", PICTURES)
def test_every_picture_has_its_sentence_and_no_colour_of_its_own(svg):
    root = parse(svg)[0]
    assert (root.get("role"), root.get("aria-label")) == ("img", "Words.")
    assert root.get("width") == "320"
    for each in parse(svg):
        assert not {"fill", "stroke", "style"} & set(each.keys())


@pytest.mark.parametrize("name", ["before", "1", "4", "7", "morning", "range", "stopped", "right", "left"])
def test_a_sign_beside_its_word_is_not_read_out(name):
    assert 'aria-hidden="true"' in sign(name)
