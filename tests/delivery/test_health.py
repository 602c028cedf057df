"""/healthz: what a watchdog asks."""

from datetime import timedelta

import pytest
import time_machine

from programs.delivery.models import Heartbeat
from programs.delivery.tasks import deliver_due
from programs.reminders.models import BreakRule
from programs.reminders.tasks import prompt_due
from tests import makers

ENGINE = "/healthz/engine"


def both_sweeps_run() -> None:
    prompt_due()
    deliver_due()


def test_the_process_says_that_it_lives(client):
    """Without asking the database, so that a database that is down restarts nobody."""
    answer = client.get("/healthz/live")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_the_process_says_that_it_reaches_the_database(client, db):
    answer = client.get("/healthz/ready")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_an_engine_that_never_ran_is_late(client, db):
    answer = client.get(ENGINE)

    assert answer.status_code == 503
    assert answer.json() == {
        "status": "the engine is late",
        "seconds_since_sweep": {"prompts": None, "deliveries": None},
        "oldest_wait_seconds": 0,
    }


def test_an_engine_whose_sweeps_both_ran_within_a_minute_is_well(client, db):
    with time_machine.travel(makers.NOON, tick=False) as clock:
        both_sweeps_run()
        clock.shift(60)
        answer = client.get(ENGINE)

        assert answer.status_code == 200
        assert answer.json()["seconds_since_sweep"] == {"prompts": 60, "deliveries": 60}
        clock.shift(1)
        assert client.get(ENGINE).status_code == 503


@pytest.mark.parametrize("stopped", ["prompts", "deliveries"])
def test_one_sweep_that_stands_still_is_enough_to_be_late(client, db, stopped):
    with time_machine.travel(makers.NOON, tick=False):
        both_sweeps_run()
        Heartbeat.objects.filter(name=stopped).update(beat_at=makers.NOON - timedelta(seconds=61))

        assert client.get(ENGINE).status_code == 503


def test_sweeps_that_run_but_come_too_late_are_not_well(client, alice):
    rule = makers.break_rule(alice)
    late = rule.next_due_at + timedelta(seconds=61)
    with time_machine.travel(late, tick=False):
        both_sweeps_run()
        answer = client.get(ENGINE)

        assert (answer.status_code, answer.json()["oldest_wait_seconds"]) == (503, 61)
        both_sweeps_run()
        assert client.get(ENGINE).status_code == 200


def test_a_delivery_that_waits_too_long_shows(client, alice, bob, plan):
    makers.daily_checks(alice, makers.RISING)
    with time_machine.travel(makers.NOON + timedelta(seconds=90), tick=False):
        both_sweeps_run()
        answer = client.get(ENGINE)

    # The flag was opened at noon of the day before, when its report came in.
    assert (answer.status_code, answer.json()["oldest_wait_seconds"]) == (503, 24 * 3600 + 90)


def test_a_rule_that_is_switched_off_makes_nobody_late(client, alice):
    makers.break_rule(alice)
    BreakRule.objects.update(enabled=False)
    with time_machine.travel(makers.NOON + timedelta(days=1), tick=False):
        both_sweeps_run()

        assert client.get(ENGINE).status_code == 200
