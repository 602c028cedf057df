"""Days in the stage, sessions, breaks, lights and mornings: each situation in a row, with all that is said.

A row is what differs from somebody who is ready, then the state with its numbers, the sentence for therapists
and the one for patients.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from programs.care.rules.criteria import MET, NOT_MET, UNKNOWN, Criterion
from programs.care.rules.facts import DEFAULT_STAGES, Done
from tests.care.ready import ago, judged, week

pytestmark = pytest.mark.pure

ELEVEN_DAYS = replace(DEFAULT_STAGES, window_days=11)
"""Of ten planned days 70 % are exactly seven; a week has no such days."""


def done(*days_ago: int) -> tuple[Done, ...]:
    return tuple(Done(ago(days), "green", True, 2) for days in days_ago)


def planned(*days_ago: int):
    return frozenset(map(ago, days_ago))


@pytest.mark.parametrize(
    ("began", "least", "state", "for_therapist", "for_patient"),
    [
        pytest.param(
            0, 10, NOT_MET,
            "0 days in this stage, at least 10.",
            "Stay in this stage for 10 more days.",
            id="the first day counts as none",
        ),
        pytest.param(
            7, 10, NOT_MET,
            "7 days in this stage, at least 10.",
            "Stay in this stage for 3 more days.",
            id="three days are left",
        ),
        pytest.param(
            9, 10, NOT_MET,
            "9 days in this stage, at least 10.",
            "Stay in this stage for 1 more day.",
            id="one day is left",
        ),
        pytest.param(
            10, 10, MET,
            "10 days in this stage, at least 10.",
            "You have had the 10 days this stage needs.",
            id="on the last day none are left",
        ),
        pytest.param(
            1, 1, MET,
            "1 day in this stage, at least 1.",
            "You have had the 1 day this stage needs.",
            id="one day of a stage of one",
        ),
        pytest.param(
            30, 10, MET,
            "30 days in this stage, at least 10.",
            "You have had the 10 days this stage needs.",
            id="long after",
        ),
    ],
)  # fmt: skip
def test_days_in_the_stage(began, least, state, for_therapist, for_patient):
    numbers = {"days": began, "least": least}
    assert judged("days", stage_began_on=ago(began), minimum_days=least) == Criterion(
        "days", state, numbers, for_therapist, for_patient
    )


@pytest.mark.parametrize(
    ("changes", "state", "counted", "for_therapist", "for_patient"),
    [
        pytest.param(
            {"planned_on": frozenset()}, UNKNOWN, (0, 0, 6, 1),
            "0 of 0 planned days followed in 7 days, 6 days with a session; at least 70 % and 1.",
            "We do not know yet how the sessions of this week go.",
            id="nothing is planned",
        ),
        pytest.param(
            {"sessions": done(1, 2, 3, 4)}, NOT_MET, (4, 6, 4, 4),
            "4 of 6 planned days followed in 7 days, 4 days with a session; at least 70 % and 4.",
            "You kept to your plan on 4 of 6 days this week. Once it is 5 of 6, this is done.",
            id="two thirds are too few",
        ),
        pytest.param(
            {"sessions": done(1, 2, 3, 4, 5)}, MET, (5, 6, 5, 4),
            "5 of 6 planned days followed in 7 days, 5 days with a session; at least 70 % and 4.",
            "You kept to your plan on 5 of 6 days this week.",
            id="five of six are enough",
        ),
        pytest.param(
            {"sessions": done(0, 1, 2, 3, 4)}, MET, (5, 7, 5, 4),
            "5 of 7 planned days followed in 7 days, 5 days with a session; at least 70 % and 4.",
            "You kept to your plan on 5 of 7 days this week.",
            id="today is a planned day once it has a session",
        ),
        pytest.param(
            {"sessions": done(2, 2, 2, 6, 7, 8)}, NOT_MET, (2, 6, 2, 4),
            "2 of 6 planned days followed in 7 days, 2 days with a session; at least 70 % and 4.",
            "You kept to your plan on 2 of 6 days this week. Once it is 5 of 6, this is done.",
            id="three sessions of a day are one day, and the eighth day counts no more",
        ),
        pytest.param(
            {"sessions": ()}, NOT_MET, (0, 6, 0, 4),
            "0 of 6 planned days followed in 7 days, 0 days with a session; at least 70 % and 4.",
            "You kept to your plan on 0 of 6 days this week. Once it is 5 of 6, this is done.",
            id="nothing was done",
        ),
        pytest.param(
            {"sessions": done(1, 2, 3), "withheld_on": planned(4, 5, 6, 7)}, UNKNOWN, (6, 6, 3, 4),
            "6 of 6 planned days followed in 7 days, 3 days with a session; at least 70 % and 4.",
            "You had to rest this week. A few more sessions will tell.",
            id="advised rest is following, but three sessions are too few to tell",
        ),
        pytest.param(
            {"sessions": done(1, 2, 3, 4), "withheld_on": planned(5)}, MET, (5, 6, 4, 4),
            "5 of 6 planned days followed in 7 days, 4 days with a session; at least 70 % and 4.",
            "You kept to your plan on 5 of 6 days this week.",
            id="four sessions beside the advised rest tell enough",
        ),
        pytest.param(
            {"sessions": (), "withheld_on": planned(0, 1, 2, 3, 4, 5, 6)}, UNKNOWN, (6, 6, 0, 4),
            "6 of 6 planned days followed in 7 days, 0 days with a session; at least 70 % and 4.",
            "You had to rest this week. A few more sessions will tell.",
            id="who had to rest all week is not blamed",
        ),
        pytest.param(
            {"planned_on": planned(1, 3, 5), "sessions": done(1, 3, 5)}, MET, (3, 3, 3, 3),
            "3 of 3 planned days followed in 7 days, 3 days with a session; at least 70 % and 3.",
            "You kept to your plan on 3 of 3 days this week.",
            id="a plan of three days asks for three sessions",
        ),
        pytest.param(
            {"planned_on": planned(1), "sessions": done(1)}, MET, (1, 1, 1, 1),
            "1 of 1 planned day followed in 7 days, 1 day with a session; at least 70 % and 1.",
            "You kept to your plan on 1 of 1 day this week.",
            id="a plan of one day asks for one session",
        ),
        pytest.param(
            {"planned_on": planned(1), "sessions": ()}, NOT_MET, (0, 1, 0, 1),
            "0 of 1 planned day followed in 7 days, 0 days with a session; at least 70 % and 1.",
            "You kept to your plan on 0 of 1 day this week. Once it is 1 of 1, this is done.",
            id="the one planned day was left out",
        ),
        pytest.param(
            {
                "planned_on": planned(*range(1, 11)), "sessions": done(*range(1, 8)),
                "parameters": ELEVEN_DAYS,
            },
            MET, (7, 10, 7, 4),
            "7 of 10 planned days followed in 11 days, 7 days with a session; at least 70 % and 4.",
            "You kept to your plan on 7 of 10 days this week.",
            id="exactly seventy percent are enough",
        ),
        pytest.param(
            {
                "planned_on": planned(*range(1, 11)), "sessions": done(*range(1, 7)),
                "parameters": ELEVEN_DAYS,
            },
            NOT_MET, (6, 10, 6, 4),
            "6 of 10 planned days followed in 11 days, 6 days with a session; at least 70 % and 4.",
            "You kept to your plan on 6 of 10 days this week. Once it is 7 of 10, this is done.",
            id="of ten days seven are asked for",
        ),
    ],
)  # fmt: skip
def test_following_the_plan(changes, state, counted, for_therapist, for_patient):
    followed, of_planned, sessions, least = counted
    numbers = {
        "followed": followed,
        "planned": of_planned,
        "sessions": sessions,
        "share": 0.7,
        "least_sessions": least,
    }
    assert judged("followed", **changes) == Criterion("followed", state, numbers, for_therapist, for_patient)


@pytest.mark.parametrize(
    ("followed_of_made", "state", "kept", "with_prompts", "for_therapist", "for_patient"),
    [
        pytest.param(
            [], UNKNOWN, 0, 0,
            "On 0 days of 0 with prompts, at least 50 % of them followed; at least 4 days.",
            "We do not know yet how your breaks go. There were too few.",
            id="no prompts at all",
        ),
        pytest.param(
            [(0, 0)] * 7, UNKNOWN, 0, 0,
            "On 0 days of 0 with prompts, at least 50 % of them followed; at least 4 days.",
            "We do not know yet how your breaks go. There were too few.",
            id="a day without a prompt is no day",
        ),
        pytest.param(
            [(16, 16)] * 3, UNKNOWN, 3, 3,
            "On 3 days of 3 with prompts, at least 50 % of them followed; at least 4 days.",
            "We do not know yet how your breaks go. There were too few.",
            id="three good days do not tell yet",
        ),
        pytest.param(
            [(8, 16)] * 4, MET, 4, 4,
            "On 4 days of 4 with prompts, at least 50 % of them followed; at least 4 days.",
            "You took half of your breaks on 4 days this week.",
            id="exactly half on exactly four days",
        ),
        pytest.param(
            [(16, 16)] * 7, MET, 7, 7,
            "On 7 days of 7 with prompts, at least 50 % of them followed; at least 4 days.",
            "You took half of your breaks on 7 days this week.",
            id="all of them on every day",
        ),
        pytest.param(
            [(1, 1)] * 4, MET, 4, 4,
            "On 4 days of 4 with prompts, at least 50 % of them followed; at least 4 days.",
            "You took half of your breaks on 4 days this week.",
            id="one prompt makes a day",
        ),
        pytest.param(
            [(16, 16)] * 3 + [(7, 16)], NOT_MET, 3, 4,
            "On 3 days of 4 with prompts, at least 50 % of them followed; at least 4 days.",
            "You took half of your breaks on 3 days this week. It takes 4.",
            id="one break short on the fourth day",
        ),
        pytest.param(
            [(16, 16)] + [(0, 16)] * 3, NOT_MET, 1, 4,
            "On 1 day of 4 with prompts, at least 50 % of them followed; at least 4 days.",
            "You took half of your breaks on 1 day this week. It takes 4.",
            id="one day only",
        ),
        pytest.param(
            [(0, 16)] * 7 + [(16, 16)] * 7, NOT_MET, 0, 7,
            "On 0 days of 7 with prompts, at least 50 % of them followed; at least 4 days.",
            "You took half of your breaks on 0 days this week. It takes 4.",
            id="what was well the week before does not count",
        ),
    ],
)  # fmt: skip
def test_breaks(followed_of_made, state, kept, with_prompts, for_therapist, for_patient):
    breaks = {ago(back): each for back, each in enumerate(followed_of_made)}
    numbers = {"days": kept, "days_with_prompts": with_prompts, "needed": 4}
    assert judged("breaks", breaks=breaks) == Criterion("breaks", state, numbers, for_therapist, for_patient)


def lit(*colours: str, **more):
    return {"sessions": week(*colours), **more}


@pytest.mark.parametrize(
    ("changes", "state", "counted", "for_therapist", "for_patient"),
    [
        pytest.param(
            lit(*["green"] * 4), MET, (4, 0, 4, 4),
            "4 of 4 days green and 0 red in 7 days; at least 70 % of 4 or more, and none red.",
            "Your sessions this week went well.",
            id="four green days are just enough",
        ),
        pytest.param(
            lit(*["green"] * 3), UNKNOWN, (3, 0, 3, 4),
            "3 of 3 days green and 0 red in 7 days; at least 70 % of 4 or more, and none red.",
            "We do not know yet how your leg takes the sessions.",
            id="three days are too few",
        ),
        pytest.param(
            lit(*["green"] * 3, *["unknown"] * 3), UNKNOWN, (3, 0, 3, 4),
            "3 of 3 days green and 0 red in 7 days; at least 70 % of 4 or more, and none red.",
            "We do not know yet how your leg takes the sessions.",
            id="a light that is not known is none",
        ),
        pytest.param(
            lit(*["green"] * 5, "amber"), MET, (5, 0, 6, 4),
            "5 of 6 days green and 0 red in 7 days; at least 70 % of 4 or more, and none red.",
            "Your sessions this week went well.",
            id="one amber day of six",
        ),
        pytest.param(
            lit(*["green"] * 4, "amber", "amber"), NOT_MET, (4, 0, 6, 4),
            "4 of 6 days green and 0 red in 7 days; at least 70 % of 4 or more, and none red.",
            "Your sessions went well on 4 of 6 days. More need to.",
            id="two amber days of six",
        ),
        pytest.param(
            lit(*["green"] * 7, *["amber"] * 3, parameters=ELEVEN_DAYS), MET, (7, 0, 10, 4),
            "7 of 10 days green and 0 red in 11 days; at least 70 % of 4 or more, and none red.",
            "Your sessions this week went well.",
            id="exactly seventy percent are enough",
        ),
        pytest.param(
            lit("red"), NOT_MET, (0, 1, 1, 4),
            "0 of 1 day green and 1 red in 7 days; at least 70 % of 4 or more, and none red.",
            "On 1 day of this week a session was too much for your leg.",
            id="one red day says enough, alone",
        ),
        pytest.param(
            lit(*["green"] * 4, "red", "red"), NOT_MET, (4, 2, 6, 4),
            "4 of 6 days green and 2 red in 7 days; at least 70 % of 4 or more, and none red.",
            "On 2 days of this week a session was too much for your leg.",
            id="two red days beside four green ones",
        ),
        pytest.param(
            {"sessions": (*week(*["green"] * 4), Done(ago(1), "red"))}, NOT_MET, (3, 1, 4, 4),
            "3 of 4 days green and 1 red in 7 days; at least 70 % of 4 or more, and none red.",
            "On 1 day of this week a session was too much for your leg.",
            id="of two sessions on a day the red one counts",
        ),
        pytest.param(
            {"sessions": (*week(*["green"] * 4), Done(ago(1), "amber"))}, MET, (3, 0, 4, 4),
            "3 of 4 days green and 0 red in 7 days; at least 70 % of 4 or more, and none red.",
            "Your sessions this week went well.",
            id="of two sessions on a day the amber one counts",
        ),
        pytest.param(
            {"sessions": (*week(*["green"] * 4), Done(ago(1), "unknown"))}, MET, (4, 0, 4, 4),
            "4 of 4 days green and 0 red in 7 days; at least 70 % of 4 or more, and none red.",
            "Your sessions this week went well.",
            id="of two sessions on a day the one that is known counts",
        ),
        pytest.param(
            {"sessions": (*done(1, 2, 3, 4, 5, 6), Done(ago(7), "red"))}, MET, (6, 0, 6, 4),
            "6 of 6 days green and 0 red in 7 days; at least 70 % of 4 or more, and none red.",
            "Your sessions this week went well.",
            id="a red day of the week before is over",
        ),
        pytest.param(
            {"planned_on": planned(1), "sessions": done(1)}, MET, (1, 0, 1, 1),
            "1 of 1 day green and 0 red in 7 days; at least 70 % of 1 or more, and none red.",
            "Your sessions this week went well.",
            id="of a plan of one day one is enough",
        ),
        pytest.param(
            {"planned_on": frozenset(), "sessions": ()}, UNKNOWN, (0, 0, 0, 1),
            "0 of 0 days green and 0 red in 7 days; at least 70 % of 1 or more, and none red.",
            "We do not know yet how your leg takes the sessions.",
            id="nothing planned and nothing done tells nothing",
        ),
    ],
)  # fmt: skip
def test_lights(changes, state, counted, for_therapist, for_patient):
    green, red, known, least = counted
    numbers = {"green": green, "red": red, "known": known, "share": 0.7, "least_sessions": least}
    assert judged("lights", **changes) == Criterion("lights", state, numbers, for_therapist, for_patient)


def calmed(*settled: bool | None):
    return tuple(Done(ago(back + 1), "green", each, 2) for back, each in enumerate(settled))


@pytest.mark.parametrize(
    ("changes", "state", "counted", "for_therapist", "for_patient"),
    [
        pytest.param(
            {"sessions": calmed(True, True, True, True)}, MET, (4, 4, 4),
            "Settled by the next morning after 4 of 4 days in 7 days; at least 80 % of 4 or more.",
            "Your leg calms down by the next morning.",
            id="four mornings are just enough",
        ),
        pytest.param(
            {"sessions": calmed(True, True, True, None, None)}, UNKNOWN, (3, 3, 4),
            "Settled by the next morning after 3 of 3 days in 7 days; at least 80 % of 4 or more.",
            "We do not know yet how your leg is on the mornings after. Please tell us each morning.",
            id="mornings of which nothing was said do not count",
        ),
        pytest.param(
            {"sessions": calmed(True, True, True, True, False)}, MET, (4, 5, 4),
            "Settled by the next morning after 4 of 5 days in 7 days; at least 80 % of 4 or more.",
            "Your leg calms down by the next morning.",
            id="exactly four fifths are enough",
        ),
        pytest.param(
            {"sessions": calmed(True, True, True, False)}, NOT_MET, (3, 4, 4),
            "Settled by the next morning after 3 of 4 days in 7 days; at least 80 % of 4 or more.",
            "Your leg had calmed down on 3 of 4 mornings after. More need to be calm.",
            id="three quarters are too few",
        ),
        pytest.param(
            {"sessions": (*calmed(True, True, True, True), Done(ago(1), "green", False))}, NOT_MET, (3, 4, 4),
            "Settled by the next morning after 3 of 4 days in 7 days; at least 80 % of 4 or more.",
            "Your leg had calmed down on 3 of 4 mornings after. More need to be calm.",
            id="of two sessions on a day the worse one counts",
        ),
        pytest.param(
            {"planned_on": planned(1), "sessions": calmed(True)}, MET, (1, 1, 1),
            "Settled by the next morning after 1 of 1 day in 7 days; at least 80 % of 1 or more.",
            "Your leg calms down by the next morning.",
            id="of a plan of one day one is enough",
        ),
        pytest.param(
            {"planned_on": frozenset(), "sessions": ()}, UNKNOWN, (0, 0, 1),
            "Settled by the next morning after 0 of 0 days in 7 days; at least 80 % of 1 or more.",
            "We do not know yet how your leg is on the mornings after. Please tell us each morning.",
            id="nothing planned and nothing done tells nothing",
        ),
    ],
)  # fmt: skip
def test_mornings_after(changes, state, counted, for_therapist, for_patient):
    settled, known, least = counted
    numbers = {"settled": settled, "known": known, "share": 0.8, "least_sessions": least}
    assert judged("mornings", **changes) == Criterion("mornings", state, numbers, for_therapist, for_patient)


def test_four_sessions_on_one_day_tell_of_one_day():
    busy = done(1, 1, 1, 1)
    others = tuple(Done(ago(back)) for back in range(2, 7))
    for key in ("lights", "mornings", "pain"):
        assert judged(key, pain_measure="during", sessions=(*busy, *others)).state == UNKNOWN


def test_a_session_of_tomorrow_counts_for_nothing_today():
    """A clock that goes ahead must not make anybody ready."""
    ahead = tuple(Done(ago(-days), "green", True, 2) for days in (1, 2, 3, 4))
    assert judged("followed", sessions=ahead).numbers["sessions"] == 0
