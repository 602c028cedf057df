"""Many rows in one statement."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DataError, IntegrityError, transaction

from programs.delivery.models import Delivery, Heartbeat
from programs.lib.bulk import insert_columns, update_columns
from tests import makers
from tests.delivery.outbox import alert

NOON = makers.NOON


def beats(*names: str, at=NOON, **how: bool) -> None:
    insert_columns(Heartbeat, {"name": names}, {"beat_at": at}, **how)


def test_each_item_becomes_a_row_with_the_same_constants(db):
    beats("one", "two", "three")

    assert set(Heartbeat.objects.values_list("name", "beat_at")) == {
        (name, NOON) for name in ("one", "two", "three")
    }


def test_a_row_whose_key_exists_is_refused(db):
    beats("one")
    with pytest.raises(IntegrityError), transaction.atomic():
        beats("two", "one")

    assert Heartbeat.objects.count() == 1


def test_a_row_whose_key_exists_is_passed_over_where_that_is_meant_and_stays_as_it_was(db):
    beats("one")
    beats("one", "two", at=NOON + timedelta(hours=1), skip_existing=True)

    assert dict(Heartbeat.objects.values_list("name", "beat_at")) == {
        "one": NOON,
        "two": NOON + timedelta(hours=1),
    }


def test_nothing_is_no_statement(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        insert_columns(Heartbeat, {"name": []}, {"beat_at": NOON})
        update_columns(Heartbeat, [], {"beat_at": []})


@pytest.mark.postgresql
def test_however_many_rows_are_one_statement(db, django_assert_num_queries):
    names = [f"beat {number}" for number in range(1000)]
    with django_assert_num_queries(2):
        beats(*names)
        update_columns(Heartbeat, names, {"beat_at": [NOON + timedelta(days=1)] * 1000})
    assert Heartbeat.objects.filter(beat_at=NOON + timedelta(days=1)).count() == 1000


@pytest.mark.postgresql
def test_a_value_that_is_too_long_is_refused_and_not_cut(db):
    with pytest.raises(DataError), transaction.atomic():
        beats("n" * 21)


def test_each_row_gets_its_own_values_and_others_are_left_alone(clinic, bob):
    for _ in range(3):
        alert(bob, clinic=clinic)
    first, second, third = Delivery.objects.filter(channel="email").order_by("pk")
    token = uuid4()

    update_columns(
        Delivery,
        [first.pk, second.pk],
        {
            "attempts": [1, 2],
            "expires_at": [NOON, None],
            "error": ["one", "two"],
            "lease_token": [None, token],
        },
    )

    after = Delivery.objects.filter(channel="email").order_by("pk")
    assert list(after.values_list("attempts", "expires_at", "error", "lease_token")) == [
        (1, NOON, "one", None),
        (2, None, "two", token),
        (0, None, "", None),
    ]
    assert third.state == after[2].state


def test_what_was_written_is_what_the_orm_reads(clinic, bob):
    """Times, ids and numbers come back as they went in, on either database."""
    alert(bob, clinic=clinic)
    row = Delivery.objects.get(channel="email")
    at = NOON + timedelta(microseconds=123456)
    update_columns(Delivery, [row.pk], {"next_attempt_at": [at], "source_id": [row.pk]})

    assert Delivery.objects.due(at).filter(source_id=row.pk).count() == 1
    assert not Delivery.objects.due(at - timedelta(microseconds=1)).exists()
