"""A patient can take the whole record away."""

import json
from datetime import timedelta

import pytest

from programs.accounts.models import AuditEvent
from programs.exchange.queries import record_of
from programs.logbook.actions import find_silent
from programs.monitoring.actions import answer_check_in, resolve_flag
from programs.monitoring.models import CheckIn, Outcome
from tests import makers
from tests.monitoring.reviews import reports, review


def test_a_patient_downloads_everything_and_nothing_of_others(page, alice, plan, dora, charlie):
    makers.session(plan)
    makers.daily_checks(alice, makers.RISING)
    makers.weekly_check(alice, nights_broken=None)
    makers.prompt(makers.break_rule(alice))
    makers.session(makers.plan(dora, charlie))

    answer = page(alice).get("/me/record.json")

    assert answer["Content-Disposition"].startswith("attachment")
    record = json.loads(answer.content)
    assert [check["worst_leg_pain"] for check in record["daily_checks"]] == list(makers.RISING)
    (weekly,) = record["weekly_checks"]
    assert {name: weekly[name] for name in makers.WEEKLY_ANSWERS} == makers.WEEKLY_ANSWERS | {
        "nights_broken": None
    }
    assert (weekly["bothersomeness"], weekly["irritability"]) == (9, None)
    assert len(record["sessions"]) == 1
    assert record["sessions"][0]["results"]
    assert record["plans"][0]["versions"][0]["number"] == 1
    assert len(record["flags"]) == 1
    assert record["messages"][0]["from"] == "Bob"
    assert len(record["break_prompts"]) == 1
    assert AuditEvent.objects.filter(patient=alice, actor=alice, door="exchange:export").count() == 1


def test_what_was_corrected_is_taken_away_too_and_marked(alice):
    slip = makers.daily_check(alice, 9)
    right = makers.daily_check(alice, 3, corrects=slip.pk)

    checks = record_of(alice, alice)["daily_checks"]

    assert {check["id"]: (check["corrects"], check["corrected_by"]) for check in checks} == {
        slip.pk: (None, right.pk),
        right.pk: (slip.pk, None),
    }


@pytest.mark.usefixtures("at_noon")
def test_a_flag_is_taken_away_as_its_patient_may_read_it(page, api, alice, bob):
    (flag,) = review(alice, reports(makers.RISING))
    resolve_flag(flag=flag, by=bob, outcome=Outcome.NOT_HELPFUL, note="A long drive.", now=makers.NOON)

    answer = page(alice).get("/me/record.json")

    (taken,) = answer.json()["flags"]
    (read,) = api(alice).get("/api/v1/my-flags/").json()["results"]
    assert {name: taken[name] for name in read if name != "notice"} == {
        name: value for name, value in read.items() if name != "notice"
    }
    assert (taken["level"], taken["is_over"]) == ("flag", True)
    assert taken["sentence"] != flag.sentence  # which is in the words of the care team
    assert "long drive" not in answer.text
    assert not {"rule", "owner", "outcome", "state"} & taken.keys()


def test_a_flag_about_no_reports_is_in_plain_words(alice, plan):
    makers.daily_check(alice, 3)
    find_silent(now=makers.NOON + timedelta(days=8))

    (taken,) = record_of(alice, alice)["flags"]

    said = "We have had no daily check from you since 20 November."
    assert (taken["kind"], taken["sentence"], taken["is_over"]) == ("silent", said, False)


def test_check_ins_are_taken_away_with_what_was_asked_and_answered(page, alice):
    review(alice, reports((*[2] * 30, *[4] * 4)))
    asked = CheckIn.objects.get()
    answer_check_in(
        check_in=asked,
        answer=CheckIn.Answer.CHANGED,
        is_harder_to_cope=True,
        stops_usual_things=None,
        now=makers.NOON,
    )

    (taken,) = page(alice).get("/me/record.json").json()["check_ins"]

    assert taken == {
        "id": str(asked.pk),
        "found_on": asked.found_on.isoformat(),
        "question": "On 16, 17, 18 and 19 November your leg pain was 2, 4, 4 and 4. Your usual is about 2.",
        "answer": "changed",
        "is_harder_to_cope": True,
        "stops_usual_things": None,
        "opened_at": "2026-11-20T12:00:00Z",
        "answered_at": "2026-11-20T12:00:00Z",
    }


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
    makers.weekly_check(alice)
    review(alice, reports((*[2] * 30, *[4] * 4)))
    review(alice, reports(makers.RISING))

    record = record_of(alice, charlie)

    assert not any(record[part] for part in record if part != "person")


def test_the_number_of_queries_does_not_grow_with_the_record(
    alice, plan, django_assert_num_queries, django_assert_max_num_queries
):
    makers.session(plan)
    makers.weekly_check(alice, groc="much_worse")
    with django_assert_max_num_queries(15) as first:
        record_of(alice, alice)
    for _ in range(5):
        makers.session(plan)
    makers.daily_checks(alice, makers.STEADY)
    makers.weekly_check(alice)
    review(alice, reports((*[2] * 30, *[4] * 4)))
    review(alice, reports(makers.RISING))

    with django_assert_num_queries(len(first)):
        record_of(alice, alice)
