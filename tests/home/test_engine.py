"""`manage.py engine`: the sweeps go on without Celery, and a standby keeps out of Celery's way."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from programs.accounts.models import User
from programs.delivery.actions import beat
from programs.delivery.models import Heartbeat
from programs.delivery.queries import STANDBY
from programs.home.management.commands import engine
from programs.home.queries.engine import SWEEPS, celery_is_silent
from programs.monitoring.models import Flag
from programs.reminders.models import BreakRule, Prompt
from tests import makers

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def run_engine(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Runs the command for about ten of its ticks and then stops it as a container does, with SIGTERM."""
    monkeypatch.setattr(engine, "TICK", 0.05)
    handler = signal.signal(signal.SIGTERM, signal.SIG_IGN)  # one that comes late must not end the tests

    def run(*arguments: str) -> None:
        stop = threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGTERM))
        stop.start()
        call_command("engine", *arguments)
        stop.join()

    yield run
    signal.signal(signal.SIGTERM, handler)


@pytest.fixture
def due_rule(alice: User) -> BreakRule:
    rule = makers.break_rule(alice)
    due_at = timezone.now() - timedelta(seconds=1)
    BreakRule.objects.update(next_due_at=due_at, open_until=due_at + timedelta(hours=1))
    return rule


def celery_swept(seconds_ago: float) -> None:
    for name in SWEEPS:
        beat(name=name, now=timezone.now() - timedelta(seconds=seconds_ago))


def test_without_celery_the_engine_prompts_once_and_ends_on_request(run_engine, due_rule):
    run_engine()
    assert Prompt.objects.count() == 1


def test_a_standby_leaves_the_work_to_a_celery_that_gives_signs_of_life(run_engine, due_rule):
    celery_swept(seconds_ago=10)
    run_engine("--standby")
    assert not Prompt.objects.exists()


@pytest.mark.parametrize("seconds_ago", [46, 3600])
def test_a_standby_sweeps_once_celery_is_silent(run_engine, due_rule, seconds_ago):
    celery_swept(seconds_ago)
    run_engine("--standby")
    assert Prompt.objects.count() == 1


def test_a_standby_sweeps_where_celery_never_ran(run_engine, due_rule):
    run_engine("--standby")
    assert Prompt.objects.count() == 1


def test_a_standby_does_not_pretend_to_be_celery(run_engine, due_rule):
    celery_swept(seconds_ago=3600)
    run_engine("--standby")
    assert celery_is_silent(timezone.now(), engine.LATE_AFTER)


def test_a_standby_gives_a_sign_of_life_of_its_own_also_while_it_has_nothing_to_do(run_engine):
    celery_swept(seconds_ago=0)
    run_engine("--standby")
    assert timezone.now() - Heartbeat.objects.get(name=STANDBY).beat_at < timedelta(seconds=30)


def test_one_silent_sweep_of_celery_is_enough_for_the_standby(run_engine, due_rule):
    """As when only the worker for what is clinical has died."""
    celery_swept(seconds_ago=0)
    Heartbeat.objects.filter(name="deliveries").delete()
    run_engine("--standby")
    assert Prompt.objects.count() == 1


def test_the_standby_also_tells_more_people_of_a_flag_that_nobody_takes_on(run_engine, alice, plan):
    makers.daily_checks(alice, makers.RISING)
    Flag.objects.update(next_escalation_at=timezone.now() - timedelta(seconds=1))
    run_engine("--standby")
    assert Flag.objects.get().step > 0
