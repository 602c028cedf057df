"""What is said of a course of pain: true, plain, and of a change only where there is one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from statistics import median_low

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.care.rules import FLARE_NUMBER
from programs.home.rules.progress import (
    LEAST_CHANGE,
    Course,
    Did,
    ProgressDay,
    ScoreRange,
    SessionPoint,
    StageEvent,
    StageSpan,
    change_of,
    done_details,
    done_in_words,
    newest_reach,
    newest_session,
    newest_worst,
    reach_shown,
    sessions_shown,
    stages_of,
    summarise,
    told_on,
    weeks_of,
    worst_shown,
)

FIRST = date(2026, 11, 2)
"""A Monday."""

pytestmark = pytest.mark.pure

pain = st.integers(0, 10)


def session(after: int | None, before: int | None = None, **more: object) -> SessionPoint:
    values: dict[str, object] = {"next_morning": None, "stopped_at": "", "is_whole": True} | more
    return SessionPoint(before, after, **values)  # type: ignore[arg-type]


def days(
    after: Sequence[int | None] = (), worst: Sequence[int | None] = (), count: int = 14
) -> list[ProgressDay]:
    """So many days. `after`: a session on each day with a score; `worst`: the Daily check."""
    return [
        ProgressDay(
            day=FIRST + timedelta(days=place),
            worst_leg_pain=worst[place] if place < len(worst) else None,
            left=None,
            right=None,
            sessions=(session(after[place]),) if place < len(after) and after[place] is not None else (),
        )
        for place in range(count)
    ]


def scores(*values: int) -> list[tuple[date, int]]:
    return [(FIRST + timedelta(days=place), value) for place, value in enumerate(values)]


rank = st.none() | st.integers(0, 5)
points = st.builds(
    SessionPoint,
    before=st.none() | pain,
    after=st.none() | pain,
    next_morning=st.none() | pain,
    stopped_at=st.sampled_from(["", "Bridge"]),
    is_whole=st.booleans(),
)
some_days = st.lists(
    st.tuples(st.none() | pain, rank, rank, st.lists(points, max_size=2).map(tuple)), min_size=1, max_size=20
).map(lambda rows: [ProgressDay(FIRST + timedelta(days=place), *values) for place, values in enumerate(rows)])


# A change -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [0, 1, 2])
def test_fewer_than_three_scores_tell_nothing(count):
    assert change_of(scores(*[7] * count)) is None


@given(st.lists(pain, min_size=3, max_size=40))
def test_a_change_is_told_from_two_points_on_and_never_below(values):
    change = change_of(scores(*values))
    assert change is not None
    difference = change.last - change.first
    assert (change.course == Course.SAME) == (abs(difference) < LEAST_CHANGE)
    assert (change.course == Course.LOWER) == (difference <= -LEAST_CHANGE)


@given(st.lists(pain, min_size=3, max_size=40))
def test_the_same_scores_from_behind_tell_the_opposite(values):
    there, back = change_of(scores(*values)), change_of(scores(*reversed(values)))
    assert there is not None
    assert back is not None
    opposite = {Course.LOWER: Course.HIGHER, Course.HIGHER: Course.LOWER, Course.SAME: Course.SAME}
    assert back.course == opposite[there.course]


@given(st.lists(pain, min_size=6, max_size=40))
def test_both_ends_are_middle_scores_of_three_that_share_none(values):
    change = change_of(scores(*values))
    assert change is not None
    assert (change.first, change.last) == (median_low(values[:3]), median_low(values[-3:]))


def test_one_bad_day_at_the_end_is_no_rise():
    change = change_of(scores(4, 4, 4, 4, 4, 9))
    assert change is not None
    assert change.course == Course.SAME


# The sentences --------------------------------------------------------------------------------------


def test_pain_that_went_down():
    summary = summarise(days(after=[6, None, 7, 6, 5, None, 5, 4, None, 3, 4, None, 3]), has_earlier=False)
    assert summary.heading == "Your leg pain after sessions went from 6 to 3 in 12 days."
    assert summary.basis == (
        "We compare the first 3 and the last 3 of 9 sessions. You told us your worst pain on 0 of 14 days."
    )
    assert not summary.is_higher
    assert not summary.is_new


def test_pain_that_went_up_is_said_plainly():
    summary = summarise(days(after=[3, 3, 6], count=3), has_earlier=False)
    assert summary.heading == "Your leg pain after sessions went up from 3 to 6 in 2 days."
    assert summary.basis.startswith("We compare the first and the last of 3 sessions.")
    assert summary.is_higher


def test_a_rise_of_the_days_is_told_though_sessions_got_easier():
    summary = summarise(days(after=[6, 5, 3], worst=[3, 4, 7], count=3), has_earlier=False)
    assert summary.heading == "Your leg pain after sessions went from 6 to 3 in 2 days."
    assert summary.lines == ("Your worst leg pain of the day went up from 3 to 7 in 2 days.",)
    assert summary.is_higher


@pytest.mark.parametrize(
    ("after", "said"),
    [
        ((4, 5, 4), "is about the same, at 4."),
        ((5, 6, 4), "is about the same: 5 at first, 4 now."),
        ((4, 3, 5), "is about the same: 4 at first, 5 now."),
        ((4, 4, 4, 9, 4, 4, 4), "is about the same, at 4."),
    ],
)
def test_one_point_is_about_the_same(after, said):
    summary = summarise(days(after=after, count=len(after)), has_earlier=False)
    assert summary.heading == f"Your leg pain after sessions {said}"
    assert not summary.is_higher


@pytest.mark.parametrize(
    ("worst", "said"),
    [
        ((2, 9, 9, 9, 2), "went up to 9 in between, and is back at 2."),
        ((2, 2, 2, 9, 9, 9, 9, 9, 2, 2, 2), "went up to 9 in between, and is back at 2."),
        ((2, 4, 2), "went up to 4 in between, and is back at 2."),
        ((5, 3, 5), "went down to 3 in between, and is back at 5."),
        ((5, 9, 4), "was 5 at first, went up to 9 in between, and is 4 now."),
        ((4, 0, 9, 5), "was 4 at first, went up to 9 and down to 0 in between, and is 5 now."),
        ((6, 9, 3), "went from 6 to 3 in 2 days. It went up to 9 in between."),
        ((3, 1, 6), "went up from 3 to 6 in 2 days. It went down to 1 in between."),
        ((9, 8, 7), "went from 9 to 7 in 2 days."),
        ((8, 9, 3), "went from 8 to 3 in 2 days."),
    ],
)
def test_a_flare_in_between_is_told_though_both_ends_are_the_same(worst, said):
    summary = summarise(days(worst=worst, count=len(worst)), has_earlier=False)
    assert summary.heading == f"Your worst leg pain of the day {said}"
    assert summary.is_higher == ("up from" in said)


@given(st.lists(pain, min_size=3, max_size=5), st.integers(0, 30))
def test_of_few_days_every_number_that_is_told_was_said(values, later):
    heading = summarise(days(worst=values, count=len(values) + later), has_earlier=False).heading
    told = re.sub(r"in \d+ days|on \d+ November", "", heading)
    assert {int(number) for number in re.findall(r"\d+", told)} <= set(values)
    assert ("up to" in told) == (max(values) - max(values[0], values[-1]) >= LEAST_CHANGE)
    assert ("down to" in told) == (min(values[0], values[-1]) - min(values) >= LEAST_CHANGE)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ((3, 4, 3), "was 3 at first and 3 on 4 November."),
        ((3, 4, 4), "was 3 at first and 4 on 4 November."),
        ((7, 5, 4), "was 7 at first and 4 on 4 November."),
        ((3, 9, 6), "was 3 at first and 6 on 4 November. It went up to 9 in between."),
    ],
)
def test_of_old_scores_the_day_is_told_and_never_a_now(values, said):
    old, fresh = (summarise(days(worst=values, count=count), has_earlier=False) for count in (7, 6))
    assert old.heading == f"Your worst leg pain of the day {said}"
    assert " on 4 November" not in fresh.heading
    assert old.is_higher == fresh.is_higher


def test_a_day_of_another_year_has_its_year():
    heading = summarise(days(worst=[3, 4, 4], count=80), has_earlier=False).heading
    assert heading.endswith("4 on 4 November 2026.")


def test_without_scores_of_sessions_the_days_are_told():
    summary = summarise(days(after=[6, 2], worst=[7, None, 6, 5, None, 4], count=6), has_earlier=False)
    assert summary.heading == "Your worst leg pain of the day went from 7 to 4 in 5 days."
    assert summary.lines == ()
    assert summary.basis == (
        "We compare the first and the last of 4 daily checks. You told us your worst pain on 4 of 6 days."
    )


def test_three_sessions_on_one_day_are_of_today():
    day = replace(days(count=1)[0], sessions=(session(6), session(5), session(4)))
    assert summarise([day], has_earlier=False).heading == (
        "Your leg pain after sessions went from 6 to 4 today."
    )
    assert summarise([day, replace(days(count=2)[1])], has_earlier=False).heading == (
        "Your leg pain after sessions went from 6 to 4 on 2 November."
    )


@pytest.mark.parametrize(("gap", "said"), [(1, "in 1 day"), (28, "in 28 days"), (29, "in 4 weeks")])
def test_a_long_time_is_told_in_weeks(gap, said):
    rows = days(after=[7, 6], count=gap + 1)
    rows[-1] = replace(rows[-1], sessions=(*rows[-1].sessions, session(4)))
    if gap == 1:
        rows[0] = replace(rows[0], sessions=(session(7), session(7)))
    assert f"from 7 to 4 {said}." in summarise(rows, has_earlier=False).heading


@pytest.mark.parametrize(
    ("after", "worst", "basis"),
    [
        ([], [], ""),
        ([5], [4], "So far you told us your pain after 1 session, and your worst pain on 1 day."),
        ([5, 4], [], "So far you told us your pain after 2 sessions, and your worst pain on 0 days."),
    ],
)
def test_with_too_little_there_is_something_to_come_back_for(after, worst, basis):
    summary = summarise(days(after=after, worst=worst), has_earlier=False)
    assert (summary.heading, summary.basis) == ("Come back after 3 sessions.", basis)
    assert summary.is_new


def test_too_little_of_late_does_not_make_anybody_new():
    summary = summarise(days(after=[5]), has_earlier=True)
    assert summary.heading == "There is too little here to see a change yet."
    assert not summary.is_new


def test_three_sessions_without_a_score_are_not_hidden():
    day = replace(days(count=1)[0], sessions=(session(None), session(None), session(None)))
    assert not summarise([day], has_earlier=False).is_new


@given(some_days, st.booleans())
def test_days_of_which_nothing_is_known_change_no_score(rows, has_earlier):
    """Missing is never 0."""
    unknown = [ProgressDay(FIRST + timedelta(days=place), None, None, None, ()) for place in range(-14, 34)]
    earlier, later = unknown[:14], unknown[14 + len(rows) :]
    here = summarise(rows, has_earlier=has_earlier)
    more = summarise([*earlier, *rows], has_earlier=has_earlier)
    assert (here.heading, here.lines, here.is_higher) == (more.heading, more.lines, more.is_higher)
    more = summarise([*rows, *later], has_earlier=has_earlier)
    assert (len(here.lines), here.is_higher, here.is_new) == (len(more.lines), more.is_higher, more.is_new)


@given(some_days, st.booleans())
def test_nobody_is_told_that_they_are_safe_or_to_blame(rows, has_earlier):
    summary = summarise(rows, has_earlier=has_earlier)
    said = " ".join([summary.heading, *summary.lines, summary.basis, done_in_words(rows), done_details(rows)])
    for word in ("safe", "fail", "should", "only", "missed", "compliance", "patient"):
        assert word not in said.lower()
    assert summary.heading.endswith(".")


# Days done ------------------------------------------------------------------------------------------


def test_days_done_in_words():
    rows = days(count=5)
    rows[0] = replace(rows[0], sessions=(session(3),))
    rows[1] = replace(rows[1], sessions=(session(3, is_whole=False), session(3)))
    rows[2] = replace(rows[2], sessions=(session(3, is_whole=False, stopped_at="Bridge"),))
    assert [each.did for each in rows] == [Did.ALL, Did.ALL, Did.PART, Did.NOTHING, Did.NOTHING]
    assert done_in_words(rows) == "You did something on 3 of 5 days."
    assert done_details(rows) == (
        "All of it on 2 days. A part on 1 day. That counts. On 1 day you stopped because it hurt more."
    )


def test_nothing_done_is_said_without_more():
    assert done_in_words(days(count=7)) == "You did something on 0 of 7 days."
    assert done_details(days(count=7)) == ""


# The newest ------------------------------------------------------------------------------------------


def test_the_newest_session_reads_as_a_line():
    rows = days(count=3)
    rows[0] = replace(rows[0], sessions=(session(1, 2),))
    rows[1] = replace(rows[1], sessions=(session(2, 3), session(8, 4, next_morning=5, stopped_at="Bridge")))
    assert newest_session(rows) == "3 Nov: before 4, after 8, next morning 5, stopped at Bridge."
    assert newest_session(days()) == ""


def test_a_score_that_was_not_said_is_not_read_as_0():
    rows = days(count=1)
    assert newest_session([replace(rows[0], sessions=(session(0),))]) == "2 Nov: after 0."
    assert newest_session([replace(rows[0], sessions=(session(None),))]) == "2 Nov: no pain score."


def test_the_newest_day_and_place_read_as_a_line():
    rows = days(worst=[7, 0], count=3)
    rows[0] = replace(rows[0], right=4, left=0)
    assert newest_worst(rows) == "3 Nov: worst leg pain 0."
    assert newest_reach(rows) == "2 Nov: right leg to the calf, left leg nowhere."
    assert newest_worst(days()) == newest_reach(days()) == ""


def test_a_day_in_a_view_of_two_years_has_its_year():
    rows = days(after=[3], worst=[4], count=80)
    rows[0] = replace(rows[0], right=2)
    assert newest_session(rows) == "2 Nov 2026: after 3."
    assert newest_worst(rows) == "2 Nov 2026: worst leg pain 4."
    assert newest_reach(rows) == "2 Nov 2026: right leg to the buttock."


def test_pictures_are_told_in_a_sentence():
    rows = days(after=[6, None, 2], worst=[7, 0], count=5)
    rows[0] = replace(rows[0], right=5)
    rows[1] = replace(rows[1], right=2)
    assert sessions_shown(rows) == "2 sessions. Pain after them: 2 to 6, last 2."
    assert worst_shown(rows) == "Worst leg pain of each day: 0 to 7, last 0. Told on 2 of 5 days."
    assert reach_shown(rows) == "Right leg: furthest foot, last buttock."
    assert told_on(rows) == "You told us your worst pain on 2 of 5 days."
    assert "not said" in sessions_shown(days())


# Weeks ----------------------------------------------------------------------------------------------


def test_a_week_begins_on_monday_and_knows_its_middle_and_its_range():
    rows = days(after=[6, 2, None, 4], worst=[None] * 7 + [5], count=9)
    rows[0] = replace(rows[0], right=2)
    rows[1] = replace(rows[1], right=4)
    first, second = weeks_of(rows)
    assert (first.first, first.days, second.first, second.days) == (FIRST, 7, FIRST + timedelta(days=7), 2)
    assert first.after == ScoreRange(2, 4, 6)
    assert (first.worst, second.worst) == (None, ScoreRange(5, 5, 5))
    assert (first.right, first.left, second.right) == (4, None, None)
    assert (first.sessions, first.days_done, second.days_done) == (3, 3, 0)


@given(some_days)
def test_weeks_lose_no_day_and_no_score(rows):
    weeks = weeks_of(rows)
    assert sum(week.days for week in weeks) == len(rows)
    assert sum(week.sessions for week in weeks) == sum(len(day.sessions) for day in rows)
    for week in weeks:
        said = [
            day.worst_leg_pain
            for day in rows
            if week.first <= day.day < week.first + timedelta(days=7) and day.worst_leg_pain is not None
        ]
        assert week.worst == (ScoreRange(min(said), median_low(said), max(said)) if said else None)


# Stages ---------------------------------------------------------------------------------------------


def on(place: int) -> date:
    return FIRST + timedelta(days=place)


def test_stages_stand_in_stretches_with_the_flare_plan_over_them():
    events = [
        StageEvent(on(-9), number=1),
        StageEvent(on(4), number=2),
        StageEvent(on(6), is_flare=True),
        StageEvent(on(8), is_flare=False),
    ]
    assert stages_of(events, days(count=10)) == (
        StageSpan(on(0), on(3), 1),
        StageSpan(on(4), on(5), 2),
        StageSpan(on(6), on(7), FLARE_NUMBER),
        StageSpan(on(8), on(9), 2),
    )


def test_days_without_a_plan_have_no_stage():
    events = [StageEvent(on(2), number=1), StageEvent(on(4), is_over=True), StageEvent(on(6), number=1)]
    assert stages_of(events, days(count=7)) == (
        StageSpan(on(2), on(3), 1),
        StageSpan(on(6), on(6), 1),
    )
    assert stages_of([], days()) == ()


def test_a_plan_that_replaces_another_on_the_same_day_counts():
    events = [
        StageEvent(on(0), number=3),
        StageEvent(on(1), is_flare=True),
        StageEvent(on(2), is_over=True),
        StageEvent(on(2), number=1),
    ]
    assert stages_of(events, days(count=4))[-1] == StageSpan(on(2), on(3), 1)
