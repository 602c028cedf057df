"""The day of breaks as a picture, and what of a day is in it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.reminders.actions import answer_prompt, pause_breaks, record_movement, snooze_prompt
from programs.reminders.models import BreakRule, Outcome
from programs.reminders.queries import day_of_breaks
from programs.reminders.queries.day import open_stretches
from programs.reminders.render.day import TAKEN, WORDS, DayMark, DayStrip, MarkKind, day_strip, mark_picture
from tests import makers
from tests.reminders.clock import schedule

WIDTH = 280
MONDAY = date(2026, 11, 23)
NINE_TO_FIVE = ((540.0, 1020.0),)

minutes = st.floats(0, 2 * 1440, allow_nan=False)
marks = st.lists(st.builds(DayMark, minutes, st.sampled_from(MarkKind)), max_size=30)
strips = st.builds(
    DayStrip,
    stretches=st.lists(st.tuples(minutes, minutes).map(sorted).map(tuple), max_size=4),
    marks=marks,
    coming=st.lists(minutes, max_size=16),
    now=st.none() | minutes,
)


def strip(*given: DayMark, now: float | None = 600, stretches=NINE_TO_FIVE, coming=()) -> DayStrip:
    return DayStrip(stretches, given, coming, now)


def drawn(day: DayStrip) -> ElementTree.Element:
    return ElementTree.fromstring(day_strip(day, "One sentence."))


def places(day: DayStrip) -> list[tuple[float, float]]:
    """The middle of each mark."""
    found = [each.get("transform", "") for each in drawn(day).iter("g")]
    return [tuple(map(float, re.findall(r"-?[\d.]+", place)))[:2] for place in found]  # type: ignore[misc]


def names(day: DayStrip) -> list[tuple[float, str]]:
    """The hours below, each with the middle of its words."""
    found = [(float(each.get("x", 0)), str(each.text)) for each in drawn(day).iter("text")]
    return [each for each in found if each[1] != "now"]


@pytest.mark.pure
def test_a_day_without_anything_is_a_picture_all_the_same():
    assert places(strip(stretches=())) == []
    assert [words for _, words in names(strip(stretches=(), now=None))] == ["8:00", "11:00", "14:00", "17:00"]


@pytest.mark.pure
def test_one_mark_stands_where_its_time_is():
    ((x, _),) = places(strip(DayMark(780, MarkKind.OWN)))

    assert x == pytest.approx(WIDTH / 2)  # 13:00 is half way from 9 to 17


@pytest.mark.pure
def test_sixteen_marks_touch_neither_each_other_nor_the_edge():
    day = strip(*(DayMark(540 + 20 * nth, MarkKind.PROMPT) for nth in range(16)))

    found = places(day)

    assert len(found) == 16
    assert all(8 <= x <= WIDTH - 8 for x, _ in found)
    apart = [
        abs(x - other) >= 16 or abs(y - lower) >= 16
        for nth, (x, y) in enumerate(found)
        for other, lower in found[nth + 1 :]
    ]
    assert all(apart)


@pytest.mark.pure
def test_the_ends_of_the_day_are_inside_the_picture():
    day = strip(DayMark(0, MarkKind.OPEN), DayMark(1439, MarkKind.WENT_BY), now=0, stretches=((0.0, 1440.0),))

    assert all(8 <= x <= WIDTH - 8 for x, _ in places(day))
    assert names(day)[0][1] == "0:00"
    assert names(day)[-1][1] == "0:00"


@pytest.mark.pure
def test_what_runs_past_midnight_goes_on_to_the_right():
    day = strip(
        DayMark(1350, MarkKind.PROMPT),
        DayMark(1490, MarkKind.NOT_NOW),
        now=1500,
        stretches=((1320.0, 1560.0),),
    )

    (early, _), (late, _) = places(day)

    assert early < late
    assert [words for _, words in names(day)] == ["22:00", "23:00", "0:00", "1:00", "2:00"]


@pytest.mark.pure
@given(strips)
def test_every_day_is_a_picture_whose_words_never_run_into_each_other(day):
    svg = drawn(day)

    assert len(list(svg.iter("g"))) == len(day.marks)
    edges = [(x - 4.3 * len(words), x + 4.3 * len(words)) for x, words in names(day)]
    assert all(start >= -0.1 and end <= WIDTH + 0.1 for start, end in edges)
    assert all(end <= start for (_, end), (start, _) in pairwise(edges))


@pytest.mark.pure
def test_the_sentence_is_said_to_those_who_do_not_see_the_picture():
    assert 'aria-label="1 &lt; 2"' in day_strip(strip(), "1 < 2")
    assert drawn(strip()).get("role") == "img"


@pytest.mark.pure
def test_every_kind_has_a_shape_and_a_word_of_its_own():
    shapes = {mark_picture(kind).split("</g>")[0].split('0.0)">')[1] for kind in MarkKind}

    assert len(shapes) == len(MarkKind)
    assert set(WORDS) == set(MarkKind)
    assert len(set(WORDS.values())) == len(MarkKind)
    assert all(("day-taken" in mark_picture(kind)) == (kind in TAKEN) for kind in MarkKind)


@pytest.mark.pure
@pytest.mark.parametrize(
    ("hours", "quiet", "stretches"),
    [
        ("09:00-17:00", None, [(540, 1020)]),
        ("07:00-08:00 09:00-12:00", None, [(420, 480), (540, 720)]),
        ("09:00-12:00 12:00-17:00", None, [(540, 1020)]),
        ("09:00-17:00", "12:00-13:00", [(540, 720), (780, 1020)]),
        ("22:00-02:00", None, [(1320, 1560)]),
        ("22:00-02:00", "23:00-01:00", [(1320, 1380), (1500, 1560)]),
        ("00:00-00:00", None, [(0, 1440)]),
    ],
)
def test_the_band_is_when_prompts_may_come(hours, quiet, stretches):
    assert open_stretches(schedule(hours, quiet=quiet), MONDAY) == stretches


@pytest.mark.pure
def test_a_day_off_has_no_band():
    assert open_stretches(schedule("09:00-17:00", days=frozenset({1})), MONDAY) == []


@pytest.mark.pure
def test_what_is_busy_is_cut_out_of_the_band():
    noon = datetime(2026, 11, 23, 12, tzinfo=UTC)
    busy = ((noon, noon + timedelta(hours=1)), (noon + timedelta(hours=4), noon + timedelta(hours=9)))

    assert open_stretches(replace(schedule("09:00-17:00"), busy=busy), MONDAY) == [(540, 720), (780, 960)]


@pytest.mark.usefixtures("at_noon")
class TestOfAPatient:
    def test_nothing_yet(self, alice):
        day = day_of_breaks(alice, None, makers.NOON)

        assert (day.sentence, day.moments, day.is_on) == ("No breaks yet today.", (), False)

    def test_each_thing_that_happened_is_there_once_and_in_order(self, alice):
        rule = makers.break_rule(alice, now=makers.NOON - timedelta(hours=3))
        for _ in range(2):  # these go by
            makers.prompt(rule)
            rule.refresh_from_db()
        prompt = makers.prompt(rule)
        answer_prompt(prompt=prompt, outcome=Outcome.DONE, now=prompt.due_at)
        later = prompt.due_at + timedelta(minutes=15)
        clinic = alice.memberships.get().clinic
        record_movement(clinic=clinic, patient=alice, source="own", moved_at=later, now=later)
        rule.refresh_from_db()
        waiting = makers.prompt(rule)

        day = day_of_breaks(alice, rule, waiting.due_at)

        kinds = [MarkKind.WENT_BY, MarkKind.WENT_BY, MarkKind.PROMPT, MarkKind.OWN, MarkKind.OPEN]
        assert [each.kind for each in day.moments] == kinds
        assert day.sentence == "You took 2 breaks today. 2 went by."
        assert [each.at for each in day.moments] == sorted(each.at for each in day.moments)
        assert day.strip.stretches == [(540, 1020)]

    def test_not_now_and_put_off_have_their_own_marks(self, alice):
        rule = makers.break_rule(alice)
        first = makers.prompt(rule)
        answer_prompt(prompt=first, outcome=Outcome.DISMISSED, now=first.due_at)
        rule.refresh_from_db()
        second = makers.prompt(rule)
        snooze_prompt(prompt=second, minutes=5, now=second.due_at)
        rule.refresh_from_db()

        day = day_of_breaks(alice, rule, second.due_at)

        assert [each.kind for each in day.moments] == [MarkKind.NOT_NOW, MarkKind.PUT_OFF]
        assert day.strip.coming[0] == (day.strip.now or 0) + 5
        assert day.kinds == [(MarkKind.PUT_OFF, "Put off for later", 1), (MarkKind.NOT_NOW, "Not now", 1)]

    def test_the_day_is_that_of_the_zone_the_times_are_in(self, alice):
        rule = makers.break_rule(
            alice, time_zone="Asia/Tokyo", window_start=makers.NOON.time().replace(hour=1)
        )
        clinic = alice.memberships.get().clinic

        # 14:30 in London is 23:30 in Tokyo, and an hour later it is the next day there
        evening = makers.NOON + timedelta(hours=2, minutes=30)
        record_movement(clinic=clinic, patient=alice, source="own", moved_at=evening, now=evening)

        assert day_of_breaks(alice, rule, evening).taken == 1
        assert day_of_breaks(alice, rule, evening + timedelta(hours=1)).taken == 0

    def test_nobody_elses_breaks_are_in_it(self, alice, dora):
        clinic = dora.memberships.get().clinic
        record_movement(clinic=clinic, patient=dora, source="own", moved_at=makers.NOON, now=makers.NOON)

        assert day_of_breaks(alice, None, makers.NOON).moments == ()


def test_a_prompt_that_a_meeting_took_back_did_not_go_by(alice, at_noon):
    prompt = makers.prompt(makers.break_rule(alice))
    now = prompt.due_at + timedelta(minutes=1)
    pause_breaks(patient=alice, until=now + timedelta(hours=1), now=now)

    day = day_of_breaks(alice, BreakRule.objects.get(), now)

    assert (day.sentence, day.moments) == ("No breaks yet today.", ())
