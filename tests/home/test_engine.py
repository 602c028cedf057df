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
from programs.delivery.queries import DELIVERIES, PROMPTS
from programs.home.management.commands import engine
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
    BreakRule.objects.update(next_due_at=timezone.now() - timedelta(seconds=1))
    return rule


def celery_swept(seconds_ago: float) -> None:
    for name in (PROMPTS, DELIVERIES):
        beat(name=name, now=timezone.now() - timedelta(seconds=seconds_ago), oldest_due_at=None)


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
    assert engine.is_late(timezone.now())
