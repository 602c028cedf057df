"""The ordinary prompt is made by a statement of PostgreSQL's: it does what the calendar would have done."""

from datetime import time, timedelta
from itertools import product
from typing import Any

import pytest
from django.db import models, transaction

from programs.delivery.actions import prompt_path
from programs.delivery.models import Delivery
from programs.reminders.actions import prompt_due, sweep
from programs.reminders.models import BreakRule, Prompt
from tests import makers

NOON = makers.NOON

pytestmark = pytest.mark.postgresql


def rows(model: type[models.Model], *left_out: str) -> list[dict[str, Any]]:
    """All that is stored, but for what each way makes up anew."""
    fields = [field.attname for field in model._meta.concrete_fields if field.attname not in left_out]
    return sorted(model._default_manager.values(*fields), key=str)


def everything() -> list[list[dict[str, Any]]]:
    return [rows(BreakRule), rows(Prompt, "id"), rows(Delivery, "id", "source_id", "path")]


@pytest.mark.parametrize("late", [timedelta(), timedelta(minutes=9, seconds=59), timedelta(minutes=10)])
def test_the_statement_does_what_the_calendar_would_have_done(clinic, bob, late):
    ends, caps, ways = (time(12, 21), time(12, 50), time(17)), (1, 2, 16), (True, False)
    for number, (end, cap, by_push) in enumerate(product(ends, caps, ways)):
        patient = makers.patient(clinic, f"patient{number}", cared_for_by=bob)
        makers.push_subscription(patient)
        makers.break_rule(patient, window_end=end, daily_cap=cap, by_push=by_push)
    now = NOON + timedelta(minutes=20) + late

    with transaction.atomic():
        sweep._by_calendar(list(BreakRule.objects.values_list("pk", flat=True)), now)
        by_calendar = everything()
        transaction.set_rollback(True)
    prompt_due(now=now)

    assert everything() == by_calendar
    assert all(each.path == prompt_path(each.source_id) for each in Delivery.objects.all())
    assert Prompt.objects.exists() is (late < timedelta(minutes=10))


def test_the_statement_makes_the_ordinary_prompt_and_leaves_the_rest_to_the_calendar(clinic, bob):
    ordinary = makers.break_rule(makers.patient(clinic, "ada", cared_for_by=bob))
    last = makers.break_rule(makers.patient(clinic, "eve", cared_for_by=bob), window_end=time(12, 30))

    held = sweep.prompt_in_stretch(NOON + timedelta(minutes=20), sweep.SHOWN_FOR, 10)

    assert held == (2, 1, [last.pk])
    assert Prompt.objects.get().rule == ordinary
