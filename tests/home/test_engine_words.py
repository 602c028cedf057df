"""What is said about the engine, and when."""

from datetime import timedelta

import pytest

from programs.home.queries.engine import SWEEPS
from programs.home.rules.engine import LATE, NOT_DONE, EngineState, in_words, last_seen

pytestmark = pytest.mark.pure

SECOND = timedelta(seconds=1)
ALIVE = {"prompts": SECOND, "deliveries": 2 * SECOND}
DEAD = {"prompts": None, "deliveries": LATE + SECOND}
ONE_DEAD = {"prompts": SECOND, "deliveries": LATE + SECOND}


@pytest.mark.parametrize(
    ("silent_for", "wait", "standby", "headline", "advice"),
    [
        (ALIVE, LATE, None, "Prompts and alerts go out on time.", ""),
        (ALIVE, LATE + SECOND, SECOND, "Prompts or alerts are late.", "look at the workers now"),
        (DEAD, timedelta(), None, "Nothing sends prompts or alerts now.", "look at the caseload yourself"),
        (DEAD, timedelta(), LATE + SECOND, "Nothing sends prompts or alerts now.", "now"),
        ({"prompts": None}, timedelta(), None, "Nothing sends prompts or alerts now.", "now"),
        (DEAD, LATE, LATE, "The standby sends prompts and alerts, because the workers are silent.", "today"),
        (
            ONE_DEAD,
            LATE,
            LATE,
            "The standby sends prompts and alerts, because some of the workers are silent.",
            "today",
        ),
        (DEAD, LATE + SECOND, LATE, "Prompts or alerts are late.", "look at the workers now"),
    ],
)
def test_the_headline_says_what_is_and_the_advice_what_to_do(silent_for, wait, standby, headline, advice):
    state = EngineState(silent_for, wait, standby)

    assert state.headline == headline
    assert advice in state.advice
    assert bool(state.advice) is (not state.is_well)


@pytest.mark.parametrize(
    ("silent", "headline"),
    [
        ({"escalations"}, "Flags that nobody takes on are not passed on now."),
        ({"prompts"}, "Break prompts are not made now."),
        ({"deliveries"}, "Alerts are not sent now."),
        ({"prompts", "deliveries"}, "Alerts are not sent now. Break prompts are not made now."),
        (
            {"prompts", "escalations"},
            "Flags that nobody takes on are not passed on now. Break prompts are not made now.",
        ),
        ({"prompts", "deliveries", "escalations"}, "Nothing sends prompts or alerts now."),
    ],
)
def test_the_headline_names_what_nobody_does_and_nothing_that_somebody_does(silent, headline):
    assert set(NOT_DONE) == set(SWEEPS)
    silent_for = {name: LATE + SECOND if name in silent else SECOND for name in SWEEPS}
    assert EngineState(silent_for, timedelta(), None).headline == headline


@pytest.mark.parametrize(
    ("silent_for", "standby", "words"),
    [
        (ALIVE, None, "No standby has ever run."),
        (ALIVE, LATE, "A standby is ready to take over."),
        (DEAD, LATE, "The standby does the work now."),
        (ALIVE, LATE + SECOND, "The standby has been silent for 1 minute."),
    ],
)
def test_the_standby_is_spoken_of_as_it_is(silent_for, standby, words):
    assert EngineState(silent_for, timedelta(), standby).standby.startswith(words)


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(), "0 seconds"),
        (-SECOND, "0 seconds"),
        (SECOND, "1 second"),
        (timedelta(seconds=59.4), "59 seconds"),
        (timedelta(seconds=119), "1 minute"),
        (timedelta(minutes=59, seconds=59), "59 minutes"),
        (timedelta(hours=1), "1 hour"),
        (timedelta(hours=47), "1 day"),
        (timedelta(days=3), "3 days"),
    ],
)
def test_lengths_of_time_are_said_in_their_largest_unit(length, words):
    assert in_words(length) == words


def test_what_never_ran_is_said_to_have_never_run():
    assert (last_seen(None), last_seen(3 * SECOND)) == ("never", "3 seconds ago")


def test_what_waits_is_told_with_how_long():
    assert EngineState(ALIVE, timedelta(), None).waiting == "Nothing is waiting."
    assert EngineState(ALIVE, 4 * LATE, None).waiting == "What has waited longest has been due for 4 minutes."
