"""A patient can take the whole record away."""

import json

import pytest

from programs.accounts.models import AuditEvent
from programs.exchange.queries import record_of
from tests import makers


def test_a_patient_downloads_everything_and_nothing_of_others(page, alice, plan, dora, charlie):
    makers.session(plan)
    makers.daily_checks(alice, makers.RISING)
    makers.prompt(makers.break_rule(alice))
    makers.session(makers.plan(dora, charlie))

    answer = page(alice).get("/me/record.json")

    assert answer["Content-Disposition"].startswith("attachment")
    record = json.loads(answer.content)
    assert [check["worst_leg_pain"] for check in record["daily_checks"]] == list(makers.RISING)
    assert len(record["sessions"]) == 1
    assert record["sessions"][0]["results"]
    assert record["plans"][0]["versions"][0]["number"] == 1
    assert len(record["flags"]) == 1
    assert record["messages"][0]["from"] == "Bob"
    assert len(record["break_prompts"]) == 1
    assert AuditEvent.objects.filter(patient=alice, actor=alice, door="exchange:export").count() == 1


@pytest.mark.parametrize("method", ["OPTIONS", "TRACE", "POST"])
def test_only_reading_answers_with_the_record(page, alice, method):
    answer = page(alice).generic(method, "/me/record.json")

    assert answer.status_code == 405
    assert not answer.content
    assert not AuditEvent.objects.exists()


def test_a_therapist_has_no_such_page_and_a_stranger_is_asked_to_sign_in(page, client, bob, alice):
    assert page(bob).get("/me/record.json").status_code == 403
    assert client.get("/me/record.json").status_code == 302


def test_what_a_foreign_viewer_may_see_of_a_record_is_nothing(alice, plan, charlie):
    makers.session(plan)
    makers.daily_check(alice, 4)

    record = record_of(alice, charlie)

    assert not any(record[part] for part in record if part != "person")


def test_the_number_of_queries_does_not_grow_with_the_record(
    alice, plan, django_assert_num_queries, django_assert_max_num_queries
):
    makers.session(plan)
    with django_assert_max_num_queries(14) as first:
        record_of(alice, alice)
    for _ in range(5):
        makers.session(plan)
    makers.daily_checks(alice, makers.STEADY)

    with django_assert_num_queries(len(first)):
        record_of(alice, alice)
