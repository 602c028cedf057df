"""/healthz/engine, which wakes a person, and the administrator's page that says the same in words."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from programs.accounts.models import Role
from programs.delivery.actions import beat
from programs.delivery.models import Delivery, Heartbeat
from programs.delivery.queries import DELIVERIES, ESCALATIONS, PROMPTS, STANDBY
from programs.delivery.tasks import deliver_due
from programs.monitoring.models import Flag
from programs.monitoring.tasks import escalate
from programs.reminders.models import BreakRule
from programs.reminders.tasks import prompt_due
from tests import makers

HEALTH = "/healthz/engine"
PAGE = "/clinic/engine/"
SWEEPS = {PROMPTS, DELIVERIES, ESCALATIONS}

pytestmark = pytest.mark.django_db


def celery_swept(seconds_ago: float = 0) -> None:
    for name in SWEEPS:
        beat(name=name, now=timezone.now() - timedelta(seconds=seconds_ago))


def a_rule_fell_due(seconds_ago: float) -> None:
    due_at = timezone.now() - timedelta(seconds=seconds_ago)
    BreakRule.objects.update(next_due_at=due_at, open_until=due_at + timedelta(hours=2))


@pytest.fixture
def ruth(clinic):
    ruth = makers.person("ruth")
    makers.join_clinic(user=ruth, clinic=clinic, role=Role.ADMIN, now=makers.NOON)
    return ruth


def test_an_engine_that_never_ran_is_late(client):
    answer = client.get(HEALTH)

    assert answer.status_code == 503
    assert answer.json() == {
        "status": "the engine is late",
        "seconds_since_sweep": dict.fromkeys(SWEEPS),
        "oldest_due_seconds": 0,
    }


def test_an_engine_whose_sweeps_all_ran_just_now_is_well(client):
    prompt_due()
    deliver_due()
    escalate()

    answer = client.get(HEALTH)

    assert (answer.status_code, answer.json()["status"]) == (200, "ok")
    assert set(answer.json()["seconds_since_sweep"]) == SWEEPS
    assert all(seconds < 30 for seconds in answer.json()["seconds_since_sweep"].values())


@pytest.mark.parametrize("stopped", sorted(SWEEPS))
def test_one_sweep_that_stands_still_for_a_minute_is_enough_to_be_late(client, stopped):
    celery_swept()
    assert client.get(HEALTH).status_code == 200

    Heartbeat.objects.filter(name=stopped).update(beat_at=timezone.now() - timedelta(seconds=61))

    answer = client.get(HEALTH)
    assert answer.status_code == 503
    assert 61 <= answer.json()["seconds_since_sweep"][stopped] < 90


def test_sweeps_that_run_but_leave_a_prompt_lying_are_not_well(client, alice):
    makers.break_rule(alice)
    celery_swept()
    a_rule_fell_due(seconds_ago=70)

    answer = client.get(HEALTH)

    assert answer.status_code == 503
    assert 70 <= answer.json()["oldest_due_seconds"] < 100


def test_a_notice_or_an_escalation_that_waits_too_long_shows(client, alice, plan):
    makers.daily_checks(alice, makers.RISING)
    celery_swept()
    late, later = timezone.now() - timedelta(seconds=70), timezone.now() - timedelta(seconds=700)
    not_yet = timezone.now() + timedelta(hours=1)
    Flag.objects.update(next_escalation_at=not_yet)
    Delivery.objects.update(next_attempt_at=late)

    assert client.get(HEALTH).json()["oldest_due_seconds"] >= 70

    Flag.objects.update(next_escalation_at=later)
    assert client.get(HEALTH).json()["oldest_due_seconds"] >= 700

    Flag.objects.update(next_escalation_at=not_yet)
    Delivery.objects.update(next_attempt_at=not_yet)
    assert client.get(HEALTH).status_code == 200


def test_a_rule_that_is_switched_off_makes_nobody_late(client, alice):
    makers.break_rule(alice)
    celery_swept()
    a_rule_fell_due(seconds_ago=24 * 3600)
    BreakRule.objects.update(enabled=False)

    assert client.get(HEALTH).status_code == 200


def test_the_administrator_reads_that_all_is_well(page, ruth):
    celery_swept()

    html = page(ruth).get(PAGE).content.decode()

    assert "<h1>Prompts and alerts go out on time.</h1>" in html
    assert "Nothing is waiting. No standby has ever run." in html
    assert "printed, not sent" in html
    assert "note-warning" not in html


def test_the_administrator_reads_what_to_do_when_nothing_runs(page, ruth):
    celery_swept(seconds_ago=3 * 60)

    html = page(ruth).get(PAGE).content.decode()

    assert "<h1>Nothing sends prompts or alerts now.</h1>" in html
    assert "Ask whoever runs the server to look at the workers now." in html
    assert "3 minutes ago" in html


def test_the_administrator_reads_that_the_standby_does_the_work(page, ruth):
    celery_swept(seconds_ago=3 * 60)
    beat(name=STANDBY, now=timezone.now())

    html = page(ruth).get(PAGE).content.decode()

    assert "<h1>The standby sends prompts and alerts, because the workers are silent.</h1>" in html
    assert "The standby does the work now." in html


def test_the_administrator_sees_what_the_own_clinic_sent_and_nobody_elses(page, ruth, alice, plan, dora):
    makers.daily_checks(alice, makers.RISING)
    makers.push_subscription(alice)
    makers.push_subscription(dora)
    Delivery.objects.update(created_at=timezone.now())
    deliver_due()
    makers.break_rule(dora)
    BreakRule.objects.update(missed=7)

    html = page(ruth).get(PAGE).content.decode()

    assert '<tr><th scope="row">Sent</th><td class="number">1</td><td class="number">0</td></tr>' in html
    assert "with 1 device in your clinic" in html
    assert "fell due while nothing ran" not in html
    assert "Alice" not in html


def test_only_administrators_see_the_page(page, client, bob, alice):
    assert page(bob).get(PAGE).status_code == 403
    assert page(alice).get(PAGE).status_code == 403
    assert client.get(PAGE).status_code == 302


@pytest.mark.parametrize("patients", [1, 12])
def test_the_page_costs_the_same_however_much_was_sent(
    page, ruth, clinic, bob, patients, django_assert_num_queries
):
    for number in range(patients):
        patient = makers.patient(clinic, f"patient{number}", cared_for_by=bob)
        makers.push_subscription(patient)
        makers.break_rule(patient)
    makers.prompt(BreakRule.objects.first())
    browser = page(ruth)
    with django_assert_num_queries(13 + (connection.vendor == "postgresql")):
        browser.get(PAGE)
