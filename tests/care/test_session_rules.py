"""What of the plan a day's session is made of, how much of it, and the sentence that says why."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.care.rules import PlanStage, PrescribedExercise
from programs.care.rules.session import (
    AFTER_FLARE,
    AFTER_GAP,
    AFTER_RED_SESSIONS,
    AFTER_UNSETTLED,
    CALM_FIRST,
    EASIER_AFTER_REDS,
    HALF_AFTER_RED,
    HALF_WHEN_HIGH,
    NEW_LATER,
    NEXT_TIME,
    NOT_CALM_ENOUGH,
    ONLY_WALK_AND_BREATHE,
    OUT_AFTER_REDS,
    RED_TODAY,
    SHORT_HOLDS,
    STILL_HALF,
    TOO_EASILY_STIRRED,
    TOO_LONG,
    WHOLE,
    WRONG_WAY,
    Factor,
    Move,
    PastSession,
    SessionParameters,
    Situation,
    TodaysSession,
    adapted_session,
    cut,
    is_out,
    missed_between,
    next_planned_day,
    share_after,
    shortened,
)
from programs.library.rules import Dose, dose_errors, seconds_needed

pytestmark = pytest.mark.pure

MONDAY = date(2026, 11, 16)
TEN = Dose(
    sets=2,
    repetitions=10,
    hold_seconds=0,
    duration_seconds=None,
    rest_seconds=30,
    times_a_day=1,
    days_a_week=7,
)
WALK = replace(TEN, sets=1, repetitions=1, duration_seconds=1800)
STRETCH = replace(TEN, sets=3, repetitions=1, hold_seconds=30)
SOME_DAYS_AGO = MONDAY - timedelta(days=40)


def move(
    slug: str,
    *tags: str,
    dose: Dose = TEN,
    category: str = "strength",
    ceiling: str = "high",
    easier: Move | None = None,
) -> Move:
    prescribed = PrescribedExercise("id", slug, slug.title(), "together", dose)
    return Move(prescribed, frozenset(tags), category, ceiling, easier)


WALKING = move("walking", "calm", dose=WALK, category="aerobic")
BREATHING = move("breathing", "calm", category="relaxation")


def stage(*moves: Move, **more) -> PlanStage:
    return PlanStage(
        number=2,
        name="Get moving",
        goal="",
        minimum_days=14,
        pain_ceiling=5,
        break_interval_minutes=25,
        test="",
        exercises=tuple(each.prescribed for each in moves),
        **more,
    )


def session(*moves: Move, limits_new: bool = False, of: PlanStage | None = None, **known) -> TodaysSession:
    situation = Situation(**{"day": MONDAY, **known})
    return adapted_session(moves, of or stage(*moves), situation, limits_new=limits_new)


def past(
    day: date,
    colour: str = "green",
    is_settled: bool | None = True,
    is_alike: bool = True,
    **lights: str,
) -> PastSession:
    return PastSession(day, colour, is_settled, is_alike, lights)


def before(days: int) -> date:
    return MONDAY - timedelta(days=days)


def slugs(of: TodaysSession) -> list[str]:
    return [each.prescribed.slug for each in of.exercises]


def reasons(of: TodaysSession) -> dict[str, str]:
    return {each.prescribed.slug: each.reason for each in of.left_out}


def test_where_nothing_is_known_the_session_is_the_plan():
    todays = session(move("bridge"), move("tilt"), WALKING)

    assert slugs(todays) == ["bridge", "tilt", "walking"]
    assert [each.prescribed.dose for each in todays.exercises] == [TEN, TEN, WALK]
    assert {each.share for each in todays.exercises} == {100}
    assert (todays.left_out, todays.factor, todays.is_adapted) == ((), Factor(100, ""), False)


def test_what_was_red_is_over_for_that_day_and_the_rest_goes_on():
    sessions = [past(MONDAY, "red", is_settled=None, glide="red", bridge="amber")]

    todays = session(move("glide"), move("bridge"), sessions=sessions)
    assert (slugs(todays), reasons(todays)) == (["bridge"], {"glide": RED_TODAY})
    tomorrow = session(move("glide"), move("bridge"), sessions=sessions, day=MONDAY + timedelta(days=1))
    assert slugs(tomorrow) == ["glide", "bridge"]


def test_what_the_safety_answers_rule_out_is_left_out_with_their_sentence():
    todays = session(move("bridge"), move("tilt"), ruled_out={"bridge": "You told us."})

    assert slugs(todays) == ["tilt"]
    assert reasons(todays) == {"bridge": "You told us."}


def test_while_a_visit_is_to_be_booked_there_is_only_walking_and_breathing():
    todays = session(move("bridge"), WALKING, BREATHING, is_restricted=True)

    assert slugs(todays) == ["walking", "breathing"]
    assert reasons(todays) == {"bridge": ONLY_WALK_AND_BREATHE}


def test_the_direction_that_made_it_worse_is_left_out():
    moves = move("press-up", "extension"), move("bend", "flexion")

    todays = session(*moves, excluded_directions=["extension"])

    assert slugs(todays) == ["bend"]
    assert reasons(todays) == {"press-up": WRONG_WAY}


@pytest.mark.parametrize(
    ("irritability", "ceiling", "tags", "reason"),
    [
        ("high", "high", ["calm"], ""),
        ("high", "high", [], TOO_EASILY_STIRRED),
        ("high", "medium", ["calm"], TOO_EASILY_STIRRED),
        ("high", "low", [], TOO_EASILY_STIRRED),
        ("medium", "high", [], ""),
        ("medium", "medium", [], ""),
        ("medium", "low", [], NOT_CALM_ENOUGH),
        ("low", "low", [], ""),
        ("", "low", [], ""),
        ("low", "low", ["tensioner"], ""),
        ("medium", "medium", ["tensioner"], CALM_FIRST),
        ("high", "high", ["calm", "tensioner"], CALM_FIRST),
        ("", "low", ["tensioner"], CALM_FIRST),
    ],
)
def test_a_leg_that_is_easily_stirred_up_leaves_out_what_it_cannot_bear(irritability, ceiling, tags, reason):
    todays = session(move("it", *tags, ceiling=ceiling), irritability=irritability)

    assert reasons(todays) == ({"it": reason} if reason else {})


def test_with_high_irritability_sliders_are_halved_and_holds_are_short():
    slider, hold = move("slider", "calm", "slider"), move("hold", "calm", dose=STRETCH)

    high = session(slider, hold, irritability="high").exercises
    medium = session(slider, hold, irritability="medium").exercises

    assert [(each.share, each.reason) for each in high] == [(50, HALF_WHEN_HIGH), (100, SHORT_HOLDS)]
    assert [each.prescribed.dose for each in high] == [
        replace(TEN, repetitions=5),
        replace(STRETCH, hold_seconds=10),
    ]
    assert [each.prescribed.dose for each in medium] == [TEN, STRETCH]


def test_a_slider_that_was_red_says_so_and_is_not_cut_twice():
    slider = move("slider", "calm", "slider")
    red = [past(before(1), "amber", slider="red")]

    (exercise,) = session(slider, irritability="high", sessions=red).exercises

    assert (exercise.share, exercise.reason) == (50, HALF_AFTER_RED)


def test_a_hold_of_10_seconds_is_short_already():
    hold = move("hold", "calm", dose=replace(STRETCH, hold_seconds=10))

    assert session(hold, irritability="high").exercises[0].reason == ""


@pytest.mark.parametrize(
    ("colours", "share"),
    [
        ([], 100),
        (["green"], 100),
        (["amber"], 100),
        (["unknown"], 100),
        (["red"], 50),
        (["red", "amber"], 50),
        (["red", "unknown"], 50),
        (["red", "green"], 100),
        (["red", "green", "amber"], 100),
    ],
)
def test_red_halves_the_next_dose_and_green_gives_it_back(colours, share):
    assert share_after(colours) == share


def test_the_dose_after_red_says_why():
    red, later = [past(before(1), "red", bridge="red")], [past(before(1), "amber", bridge="amber")]

    first = session(move("bridge"), sessions=red).exercises[0]
    second = session(move("bridge"), sessions=[*red, *later]).exercises[0]

    assert (first.share, first.prescribed.dose.repetitions, first.reason) == (50, 5, HALF_AFTER_RED)
    assert (second.share, second.prescribed.dose.repetitions, second.reason) == (50, 5, STILL_HALF)


def test_a_session_with_other_doses_does_not_cut_the_whole_session():
    other = [past(before(day), "red", is_alike=False) for day in (2, 1)]

    todays = session(move("bridge"), sessions=other)

    assert (slugs(todays), todays.factor.percent, todays.exercises[0].share) == (["bridge"], 100, 100)


def test_an_exercise_with_its_dose_of_now_stays_out_whatever_else_has_changed():
    other = [past(before(day), "red", is_alike=False, bridge="red") for day in (2, 1)]

    todays = session(move("bridge"), sessions=other)

    assert [each.reason for each in todays.left_out] == [OUT_AFTER_REDS]


@pytest.mark.parametrize(
    ("colours", "expected"),
    [
        ([], False),
        (["red"], False),
        (["red", "red"], True),
        (["red", "green", "red"], True),
        (["red", "green", "green", "red"], False),
        (["red", "unknown", "red"], True),
        (["red", "red", "green", "green", "green"], True),
        (["green", "red", "green"], False),
    ],
)
def test_two_reds_in_three_take_an_exercise_out_until_the_plan_changes(colours, expected):
    assert is_out(colours) is expected


TWICE_RED = [past(before(4), bridge="red"), past(before(3), bridge="red"), past(before(2)), past(before(1))]


def test_an_exercise_that_is_out_without_an_easier_form_is_left_out():
    todays = session(move("bridge"), move("tilt"), sessions=TWICE_RED)

    assert slugs(todays) == ["tilt"]
    assert reasons(todays) == {"bridge": OUT_AFTER_REDS}


def test_the_easier_form_stands_in_as_often_as_what_it_stands_in_for():
    easier = move("half-bridge", dose=replace(TEN, repetitions=6, times_a_day=3))
    bridge = move("bridge", easier=easier, dose=replace(TEN, times_a_day=2, days_a_week=4))

    (stands_in,) = session(bridge, sessions=TWICE_RED).exercises

    assert stands_in.prescribed.slug == "half-bridge"
    assert stands_in.instead_of == bridge.prescribed
    assert stands_in.planned == bridge.prescribed
    assert stands_in.reason == EASIER_AFTER_REDS.format(name="Bridge")
    dose = stands_in.prescribed.dose
    assert (dose.repetitions, dose.times_a_day, dose.days_a_week) == (6, 2, 4)


@pytest.mark.parametrize(
    ("known", "excluded"),
    [
        ({"ruled_out": {"easy": "You told us."}}, {}),
        ({"excluded_directions": ["flexion"]}, {}),
        ({"irritability": "high"}, {}),
        ({}, {"excluded_exercises": ("easy",)}),
        ({}, {"excluded_tags": ("flexion",)}),
    ],
)
def test_an_easier_form_that_does_not_fit_is_not_offered_and_the_next_one_is(known, excluded):
    easiest = move("easiest", "calm")
    easy = move("easy", "flexion", easier=easiest)
    bridge = move("bridge", "calm", easier=easy)

    todays = session(bridge, of=stage(bridge, **excluded), sessions=TWICE_RED, **known)

    assert slugs(todays) == ["easiest"]


def test_an_easier_form_that_is_planned_or_was_too_much_itself_is_not_offered():
    easier = move("tilt")
    bridge = move("bridge", easier=easier)
    red_too = [replace(each, lights={**each.lights, "tilt": "red"}) for each in TWICE_RED]

    assert slugs(session(bridge, easier, sessions=TWICE_RED)) == ["tilt"]
    assert reasons(session(bridge, easier, sessions=TWICE_RED)) == {"bridge": OUT_AFTER_REDS}
    assert reasons(session(bridge, sessions=red_too)) == {"bridge": OUT_AFTER_REDS}


def test_two_exercises_never_get_the_same_easier_form():
    easier = move("pumps")
    raise_one, raise_two = move("one", easier=easier), move("two", easier=easier)
    red = [past(before(day), one="red", two="red") for day in (4, 3)] + [past(before(2)), past(before(1))]

    todays = session(raise_one, raise_two, sessions=red)

    assert slugs(todays) == ["pumps"]
    assert reasons(todays) == {"two": OUT_AFTER_REDS}


@pytest.mark.parametrize(
    ("colours", "percent"),
    [
        (["red", "red"], 50),
        (["red", "green", "red"], 50),
        (["red", "green", "green"], 100),
        (["red", "red", "green", "green"], 100),
        (["red"], 100),
    ],
)
def test_two_red_sessions_of_the_last_three_halve_the_next(colours, percent):
    sessions = [past(before(len(colours) - at), colour) for at, colour in enumerate(colours)]

    factor = session(move("bridge"), sessions=sessions).factor

    assert factor == (Factor(50, AFTER_RED_SESSIONS) if percent == 50 else Factor(100, ""))


@pytest.mark.parametrize(
    ("settled", "percent"),
    [
        ([False, False], 70),
        ([True, False], 100),
        ([False, True], 100),
        ([False], 100),
        ([False, None, False], 70),
        ([False, False, None], 70),
        ([None, None], 100),
    ],
)
def test_two_mornings_in_a_row_that_had_not_settled_cut_the_session(settled, percent):
    sessions = [past(before(len(settled) - at), is_settled=each) for at, each in enumerate(settled)]

    factor = session(move("bridge"), sessions=sessions).factor

    assert factor == (Factor(70, AFTER_UNSETTLED) if percent == 70 else Factor(100, ""))


def test_two_sessions_of_one_day_have_one_morning():
    once = [past(before(1), is_settled=False), past(before(1), is_settled=False)]
    twice = [past(before(2), is_settled=False), past(before(1), is_settled=False), past(before(1))]

    assert session(move("bridge"), sessions=once).factor.percent == 100
    assert session(move("bridge"), sessions=twice).factor.percent == 70


@pytest.mark.parametrize(
    ("days_ago", "percent"),
    [([3], 100), ([4], 70), ([5, 1], 70), ([6, 2, 1], 100), ([5, 2, 1], 100), ([], 100), ([5, 1, 1], 100)],
)
def test_three_missed_days_in_a_row_ease_two_sessions(days_ago, percent):
    factor = session(move("bridge"), sessions=[past(before(days)) for days in days_ago]).factor

    assert factor == (Factor(70, AFTER_GAP) if percent == 70 else Factor(100, ""))


def test_only_days_with_something_planned_can_be_missed():
    rare = stage(move("bridge", dose=replace(TEN, days_a_week=1)))

    assert missed_between(rare, before(21), MONDAY) == 2
    assert missed_between(rare, before(7), MONDAY) == 0
    assert missed_between(stage(move("bridge")), before(4), MONDAY) == 3


@pytest.mark.parametrize(("since", "percent"), [(0, 50), (1, 50), (2, 50), (3, 100)])
def test_after_a_flare_plan_three_sessions_are_halved(since, percent):
    sessions = [past(before(9))] + [past(before(since - at)) for at in range(since)]
    known = {"sessions": sessions, "eased_since": before(since)}

    factor = session(move("bridge"), **known).factor

    assert factor == (
        Factor(50, AFTER_FLARE) if percent == 50 else Factor(*((70, AFTER_GAP) if since == 1 else (100, "")))
    )


def test_the_smallest_factor_counts_and_none_is_multiplied():
    sessions = [past(before(6), "red", False, bridge="red"), past(before(5), "red", False)]

    todays = session(move("bridge"), move("tilt"), sessions=sessions)

    assert todays.factor == Factor(50, AFTER_RED_SESSIONS)
    assert [each.share for each in todays.exercises] == [50, 50]
    assert [each.prescribed.dose.repetitions for each in todays.exercises] == [5, 5]


@pytest.mark.parametrize(
    ("dose", "share", "expected"),
    [
        (TEN, 100, TEN),
        (TEN, 50, replace(TEN, repetitions=5)),
        (TEN, 70, replace(TEN, repetitions=7)),
        (replace(TEN, repetitions=5), 50, replace(TEN, repetitions=2)),
        (replace(TEN, repetitions=2), 50, replace(TEN, repetitions=1)),
        (STRETCH, 50, replace(STRETCH, sets=1)),
        (STRETCH, 70, replace(STRETCH, sets=2)),
        (replace(STRETCH, sets=2), 50, replace(STRETCH, sets=1)),
        (replace(STRETCH, sets=1, hold_seconds=25), 50, replace(STRETCH, sets=1, hold_seconds=12)),
        (replace(STRETCH, sets=1, hold_seconds=3), 30, replace(STRETCH, sets=1, hold_seconds=1)),
        (replace(STRETCH, sets=1, hold_seconds=1), 50, replace(STRETCH, sets=1, hold_seconds=1)),
        (replace(STRETCH, sets=1, hold_seconds=0), 50, replace(STRETCH, sets=1, hold_seconds=0)),
        (WALK, 50, replace(WALK, duration_seconds=900)),
        (replace(WALK, duration_seconds=300), 70, replace(WALK, duration_seconds=210)),
        (replace(WALK, duration_seconds=310), 50, replace(WALK, duration_seconds=150)),
        (replace(WALK, duration_seconds=15), 50, replace(WALK, duration_seconds=10)),
    ],
)
def test_a_dose_is_cut_where_it_is_largest(dose, share, expected):
    assert cut(dose, share) == expected


LONG = replace(TEN, repetitions=50, sets=3)  # 3 x 150 s, and the rests


def test_a_session_has_six_exercises_and_the_rest_has_its_turn_next_time():
    moves = [move(f"move-{number}") for number in range(8)]

    first = session(*moves)
    given_yesterday = dict.fromkeys(slugs(first), before(1))
    second = session(*moves, last_given=given_yesterday)

    assert slugs(first) == [f"move-{number}" for number in range(6)]
    assert reasons(first) == {"move-6": NEXT_TIME, "move-7": NEXT_TIME}
    assert slugs(second) == ["move-0", "move-1", "move-2", "move-3", "move-6", "move-7"]


def test_a_session_takes_20_minutes_without_the_walks_and_a_walk_is_always_part_of_it():
    moves = [move(f"move-{number}", dose=LONG) for number in range(4)]

    todays = session(*moves, WALKING, last_given={"walking": before(1)})

    assert todays.minutes <= 20
    assert slugs(todays) == ["move-0", "move-1", "walking"]
    assert [each.prescribed.slug for each in todays.walks] == ["walking"]


def test_a_walk_keeps_its_place_among_six():
    moves = [move(f"move-{number}") for number in range(6)]

    todays = session(*moves, WALKING, last_given={"walking": before(1)})

    assert "walking" in slugs(todays)
    assert len(todays.exercises) == 6


def test_what_is_too_long_for_any_session_says_so():
    # with 15 seconds to get into position: one second more than 20 minutes
    endless = move("endless", dose=replace(TEN, sets=1, repetitions=1, duration_seconds=1186))

    todays = session(endless, move("bridge"))

    assert reasons(todays) == {"endless": TOO_LONG}
    assert slugs(todays) == ["bridge"]


def test_20_minutes_are_not_too_long():
    just = move("just", dose=replace(TEN, sets=1, repetitions=1, duration_seconds=1185))

    todays = session(just, move("bridge"))

    assert (slugs(todays), todays.minutes) == (["just"], 20)
    assert reasons(todays) == {"bridge": NEXT_TIME}


def test_minutes_are_rounded_up():
    one_minute = move("one", dose=replace(TEN, sets=1, repetitions=1, duration_seconds=45))
    a_second_more = move("one", dose=replace(TEN, sets=1, repetitions=1, duration_seconds=46))

    assert (session(one_minute).minutes, session(a_second_more).minutes) == (1, 2)
    assert session(WALKING).minutes == 0


def test_other_limits_can_be_tried():
    bridge = move("bridge", easier=move("tilt"))
    strict = SessionParameters(version="trial", after_red=30, reds_to_leave_out=1, after_red_sessions=20)
    red = [past(before(1), "red", bridge="red")]
    red_too = [past(before(1), "red", bridge="red", tilt="red")]

    def tried(sessions) -> TodaysSession:
        situation = Situation(day=MONDAY, sessions=sessions)
        return adapted_session([bridge], stage(bridge), situation, limits_new=False, parameters=strict)

    assert slugs(tried(red)) == ["tilt"]
    assert tried(red).factor.percent == 20
    assert reasons(tried(red_too)) == {"bridge": OUT_AFTER_REDS}
    lenient = replace(strict, reds_to_leave_out=9)
    (third,) = adapted_session(
        [bridge],
        stage(bridge),
        Situation(day=MONDAY, sessions=red),
        limits_new=False,
        parameters=lenient,
    ).exercises
    assert third.share == 30


def test_after_a_stage_change_two_exercises_a_week_are_new():
    moves = [move(f"move-{number}") for number in range(5)]
    known = {"first_done": {"move-0": SOME_DAYS_AGO}, "limits_new": True}

    todays = session(*moves, **known)

    assert slugs(todays) == ["move-0", "move-1", "move-2"]
    assert reasons(todays) == {"move-3": NEW_LATER, "move-4": NEW_LATER}


@pytest.mark.parametrize(("days", "count"), [(0, 3), (6, 3), (7, 5)])
def test_more_of_them_come_a_week_later(days, count):
    moves = [move(f"move-{number}") for number in range(5)]
    begun = dict.fromkeys(["move-1", "move-2"], before(days)) | {"move-0": SOME_DAYS_AGO}

    assert len(session(*moves, limits_new=True, first_done=begun).exercises) == count


def test_in_the_first_stage_everything_may_be_new():
    moves = [move(f"move-{number}") for number in range(5)]

    assert len(session(*moves).exercises) == 5


def test_what_is_ruled_out_in_the_middle_of_a_session_goes_out_of_it_with_its_sentence():
    """Of an easier form it is the exercise of the plan that counts as left out."""
    bridge = move("bridge", easier=move("half-bridge"))
    todays = session(bridge, move("tilt"), move("plank"), sessions=TWICE_RED, ruled_out={"plank": "Before."})
    assert slugs(todays) == ["half-bridge", "tilt"]

    after = todays.without({"half-bridge": "You told us now.", "plank": "Of no session.", "row": "Unknown."})

    assert after.exercises == todays.exercises[1:]
    assert reasons(after) == {"plank": "Before.", "bridge": "You told us now."}
    assert after.factor == todays.factor
    assert todays.without({}) == todays


def test_a_session_comes_back_from_json_as_it_was():
    bridge = move("bridge", easier=move("tilt"))
    todays = session(bridge, move("plank"), WALKING, sessions=TWICE_RED, ruled_out={"walking": "No."})

    assert TodaysSession.from_json(todays.to_json()) == todays


DOSES = st.builds(
    Dose,
    sets=st.integers(1, 10),
    repetitions=st.integers(1, 50),
    hold_seconds=st.integers(0, 120),
    duration_seconds=st.none() | st.integers(10, 3600),
    rest_seconds=st.integers(0, 300),
    times_a_day=st.integers(1, 6),
    days_a_week=st.just(7),
)
TAGS = st.frozensets(
    st.sampled_from(["calm", "slider", "tensioner", "extension", "flexion", "nerve"]), max_size=3
)
SLUGS = [f"move-{number}" for number in range(10)]
EASIER = [move(f"easier-{number}", "calm") for number in range(3)]


@st.composite
def moves(draw) -> list[Move]:
    chosen = draw(st.lists(st.sampled_from(SLUGS), unique=True, max_size=10))
    return [
        Move(
            PrescribedExercise("id", slug, slug, draw(st.sampled_from(["together", "each"])), draw(DOSES)),
            draw(TAGS),
            draw(st.sampled_from(["strength", "aerobic", "relaxation"])),
            draw(st.sampled_from(["low", "medium", "high"])),
            draw(st.none() | st.sampled_from(EASIER)),
        )
        for slug in chosen
    ]


COLOURS = st.sampled_from(["unknown", "green", "amber", "red"])
SITUATIONS = st.builds(
    Situation,
    day=st.just(MONDAY),
    ruled_out=st.dictionaries(st.sampled_from([*SLUGS, "easier-0"]), st.just("You told us."), max_size=3),
    is_restricted=st.booleans(),
    irritability=st.sampled_from(["", "low", "medium", "high"]),
    excluded_directions=st.sets(st.sampled_from(["extension", "flexion"])),
    sessions=st.lists(
        st.builds(
            PastSession,
            performed_on=st.dates(before(20), before(1)),
            colour=COLOURS,
            is_settled=st.none() | st.booleans(),
            is_alike=st.booleans(),
            lights=st.dictionaries(st.sampled_from(SLUGS), COLOURS, max_size=5),
        ),
        max_size=6,
    ).map(lambda sessions: sorted(sessions, key=lambda each: each.performed_on)),
    last_given=st.dictionaries(st.sampled_from(SLUGS), st.dates(before(9), before(1))),
    first_done=st.dictionaries(st.sampled_from(SLUGS), st.dates(before(20), before(1))),
    eased_since=st.none() | st.dates(before(5), MONDAY),
)


@given(moves(), SITUATIONS, st.booleans())
def test_no_session_is_ever_more_than_may_be(planned, situation, limits_new):
    todays = adapted_session(planned, stage(*planned), situation, limits_new=limits_new)
    by_slug = {each.slug: each for each in [*planned, *EASIER]}

    assert len(todays.exercises) <= 6
    assert todays.minutes <= 20
    assert 0 < todays.factor.percent <= 100
    for each in todays.exercises:
        slug = each.prescribed.slug
        assert slug not in situation.ruled_out
        assert each.tags.isdisjoint(situation.excluded_directions)
        assert situation.irritability != "high" or "calm" in each.tags
        assert situation.irritability == "low" or "tensioner" not in each.tags
        assert not situation.is_restricted or each.category in ("aerobic", "relaxation")
        assert 0 < each.share <= todays.factor.percent
        assert not dose_errors(each.prescribed.dose.to_mapping())
        whole = by_slug[slug].prescribed
        assert seconds_needed(each.prescribed.dose, whole.sides) <= seconds_needed(whole.dose, whole.sides)


@given(moves(), SITUATIONS, st.booleans())
def test_everything_planned_is_done_replaced_or_left_out_with_a_reason(planned, situation, limits_new):
    todays = adapted_session(planned, stage(*planned), situation, limits_new=limits_new)

    accounted = [each.planned.slug for each in todays.exercises]
    accounted += [each.prescribed.slug for each in todays.left_out]
    assert sorted(accounted) == sorted(each.slug for each in planned)
    assert all(each.reason for each in todays.left_out)
    given = [each.prescribed.slug for each in todays.exercises]
    assert len(given) == len(set(given))


# --- short on time ---

SOME = [move(each) for each in ("a", "b", "c")]


def names(exercises) -> list[str]:
    return [each.prescribed.slug for each in exercises]


def test_a_short_session_is_the_first_two_moves_and_the_rest_is_set_aside_as_it_was():
    whole = session(*SOME)

    short = shortened(whole)

    assert names(short.exercises) == ["a", "b"]
    assert short.set_aside == whole.exercises[2:]
    assert (short.left_out, short.factor) == (whole.left_out, whole.factor)
    assert short.minutes < whole.minutes


def test_a_walk_is_not_counted_and_set_aside_too():
    short = shortened(session(WALKING, *SOME))

    assert names(short.exercises) == ["a", "b"]
    assert names(short.set_aside) == ["walking", "c"]


@pytest.mark.parametrize("planned", [SOME[:2], [WALKING, *SOME[:2]], SOME[:1], [WALKING], []])
def test_two_moves_are_short_enough_as_they_are(planned):
    whole = session(*planned)

    assert shortened(whole) == whole


def test_what_is_cut_or_stands_in_for_another_stays_so_in_a_short_session():
    hard = move("hard", easier=move("easy"))
    moves = (hard, *SOME)
    reds = [past(before(2), hard="red"), past(before(1), hard="red", a="red")]
    whole = session(*moves, sessions=reds)

    first, second = shortened(whole).exercises

    assert (first.prescribed.slug, first.planned.slug) == ("easy", "hard")
    assert (second.prescribed.slug, second.share, second.reason) == ("a", 50, HALF_AFTER_RED)


@given(st.integers(0, 8), st.integers(0, 2))
def test_nothing_is_lost_or_added_by_shortening(moves, walks):
    named = [move(f"m{number}") for number in range(moves)]
    whole = session(
        *named,
        *[replace(WALKING, prescribed=replace(WALKING.prescribed, slug=f"w{n}")) for n in range(walks)],
    )

    short = shortened(whole)

    assert sorted(names(short.exercises + short.set_aside)) == sorted(names(whole.exercises))
    assert len(short.moves) == min(2, len(whole.moves))


def test_a_short_session_comes_back_whole_from_what_is_kept():
    short = shortened(session(WALKING, *SOME))

    assert TodaysSession.from_json(short.to_json()) == short


def test_a_session_kept_before_sessions_could_be_short_has_nothing_set_aside():
    kept = session(*SOME).to_json()
    del kept["set_aside"]

    assert TodaysSession.from_json(kept) == session(*SOME)


def test_the_next_day_is_the_first_one_that_has_something():
    monday_wednesday_friday = move("a", dose=replace(TEN, days_a_week=3))

    assert next_planned_day(stage(monday_wednesday_friday), MONDAY) == MONDAY + timedelta(days=2)
    assert next_planned_day(stage(monday_wednesday_friday), MONDAY + timedelta(days=4)) == MONDAY + timedelta(
        days=7
    )
    assert next_planned_day(stage(*SOME), MONDAY) == MONDAY + timedelta(days=1)
    assert next_planned_day(stage(), MONDAY) is None


# What is due again on the same day -----------------------------------------------------------------

TWICE = replace(TEN, times_a_day=2)


def done(*slugs: str, day: date = MONDAY, colour: str = "green") -> PastSession:
    return PastSession(day, colour, None, True, tried=slugs)


def test_a_second_session_holds_only_what_is_due_again_that_day():
    todays = session(move("bridge"), move("pumps", dose=TWICE), sessions=[done("bridge", "pumps")])

    assert (slugs(todays), reasons(todays), todays.is_done) == (["pumps"], {}, False)


def test_what_was_skipped_in_the_first_session_is_still_due():
    todays = session(move("bridge"), move("tilt"), WALKING, sessions=[done("bridge", "walking")])

    assert (slugs(todays), todays.is_done) == (["tilt"], False)


def test_when_all_is_done_whoever_goes_on_does_all_of_it():
    todays = session(move("bridge"), move("pumps", dose=TWICE), sessions=[done("bridge", "pumps")] * 2)

    assert (slugs(todays), todays.is_done, todays.was_too_much) == (["bridge", "pumps"], True, False)


def test_what_was_done_on_another_day_is_due_today():
    todays = session(move("bridge"), sessions=[done("bridge", day=before(1))])

    assert (slugs(todays), todays.is_done) == (["bridge"], False)


def test_after_a_session_that_was_too_much_nothing_is_due_that_day():
    todays = session(move("bridge"), move("pumps", dose=TWICE), is_too_much=True)

    assert (todays.is_done, todays.was_too_much, todays.factor.percent) == (True, True, WHOLE)


def test_what_had_no_room_in_one_session_is_not_due_in_the_next_of_that_day():
    moves = [move(f"move-{number}", dose=replace(TEN, repetitions=1)) for number in range(7)]

    todays = session(*moves, sessions=[done(*(each.slug for each in moves[:5]))])

    assert (slugs(todays), reasons(todays)) == (["move-5"], {"move-6": NEXT_TIME})


def test_an_easier_one_has_had_its_turn_for_the_one_it_stands_in_for():
    reds = [past(before(days), "red", bridge="red") for days in (2, 1)]
    bridge = move("bridge", easier=move("half-bridge"))

    todays = session(bridge, move("tilt"), sessions=[*reds, done("half-bridge")])

    assert slugs(todays) == ["tilt"]


def test_on_a_rest_day_nothing_is_counted():
    weekday = replace(TEN, days_a_week=1)
    moves = [move("bridge", dose=weekday), move("tilt", dose=weekday)]
    rest = next(day for day in map(before, range(7)) if not stage(*moves).planned_on(day))

    todays = session(*moves, day=rest, sessions=[done("bridge", day=rest)])

    assert slugs(todays) == ["bridge", "tilt"]


def test_where_nothing_may_be_done_nothing_is_said_to_be_done():
    assert not session(move("bridge"), ruled_out={"bridge": "Left out."}).is_done
