"""A patient can take the whole record away."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest

from programs.accounts.models import AuditEvent
from programs.care.actions import begin_flare
from programs.exchange.queries import record_of
from programs.library.models import Exercise
from programs.logbook.actions import decide_stage, find_silent, move_on_when_ready, record_direction_try
from programs.monitoring.actions import answer_check_in, resolve_flag
from programs.monitoring.models import CheckIn, Outcome
from programs.safety.actions import clear_condition, end_lock, request_screening
from programs.safety.models import Condition, SafetyLock
from programs.safety.rules import text_of
from tests import makers
from tests.logbook.good_weeks import READY_AT, a_test, lived, morning
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
    (moved,) = record["movement_breaks"]
    assert (moved["source"], moved["moved_at"]) == ("session", "2026-11-20T12:00:00Z")
    assert (record["break_rule"]["enabled"], record["break_rule"]["wished_minutes"]) == (True, 20)
    assert record["reminders"] is None
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


def test_safety_answers_are_taken_away_with_what_followed_from_them(page, alice, bob):
    makers.answered(alice, kind="first", conditions={"pregnancy": "yes"}, RF13="yes")
    end_lock(
        lock=SafetyLock.objects.get(),
        by=alice,
        checked_on=makers.NOON.date(),
        checked_where="=City hospital",
        now=makers.NOON + timedelta(hours=1),
    )
    clear_condition(
        condition=Condition.objects.get(), note="Dr Ito", by=bob, now=makers.NOON + timedelta(hours=2)
    )
    request_screening(clinic=bob.memberships.get().clinic, patient=alice, reason="flare", now=makers.NOON)

    record = page(alice).get("/me/record.json").json()

    (screening,) = record["safety_screenings"]
    assert (screening["kind"], screening["recorded_on"]) == ("first", "2026-11-20")
    said = {each["question"]: each for each in screening["answers"]}
    assert len(said) == len(screening["answers"]) >= 21
    assert (said["RF13"]["answer"], said["RF13"]["level"]) == ("yes", "urgent")
    assert said["RF13"]["asked"] == text_of("RF13")
    assert said["pregnancy"]["answer"] == "yes"
    assert [question for question, each in said.items() if not each["asked"]] == []
    (lock,) = record["safety_locks"]
    assert (lock["level"], lock["ending"], lock["ended_by"]) == ("urgent", "checked", "Alice")
    # JSON is no table: what begins like a formula is taken away as it was typed
    assert (lock["checked_on"], lock["checked_where"]) == ("2026-11-20", "=City hospital")
    (condition,) = record["safety_conditions"]
    assert (condition["slug"], condition["cleared_by"], condition["clearance_note"]) == (
        "pregnancy",
        "Bob",
        "Dr Ito",
    )
    assert [each["reason"] for each in record["safety_requests"]] == ["flare"]


def test_both_legs_are_taken_away_in_the_words_in_which_they_were_asked_about(alice):
    makers.answered(alice, kind="first", RF07="yes", RF07a="yes", RF07b="yes")
    makers.answered(alice, at=makers.NOON + timedelta(days=1))

    asked = [
        answer["asked"]
        for screening in record_of(alice, alice)["safety_screenings"]
        for answer in screening["answers"]
        if answer["question"] == "RF07"
    ]

    assert asked == [text_of("RF07"), text_of("RF07", bilateral_known=True)]
    assert asked[0] != asked[1]


def test_what_could_not_be_read_is_taken_away_as_it_came(alice):
    makers.answered(alice, nonsense="purple")

    answers = record_of(alice, alice)["safety_screenings"][0]["answers"]

    (unread,) = [each for each in answers if each["answer"] == "unreadable"]
    assert unread["asked"] == ""
    assert "purple" in unread["raw"]


def test_mornings_tests_and_tries_are_taken_away(page, alice, plan):
    about_on = makers.NOON.date() - timedelta(days=1)
    morning(plan, about_on, now=makers.NOON, pain=4)
    a_test(plan, makers.NOON.date())
    exercise = Exercise.objects.get(slug="prone-press-up")
    record_direction_try(
        plan=plan,
        try_id=uuid4(),
        direction="extension",
        exercise=exercise,
        tried_on=makers.NOON.date(),
        reach_before=4,
        pain_before=5,
        reach_after=3,
        pain_after=4,
        now=makers.NOON,
    )

    record = page(alice).get("/me/record.json").json()

    assert [(each["about_on"], each["pain"]) for each in record["morning_checks"]] == [("2026-11-19", 4)]
    (test,) = record["stage_tests"]
    assert (test["program"], test["stage_number"], test["taken_on"], test["is_passed"]) == (
        plan.program.name,
        1,
        "2026-11-20",
        True,
    )
    (tried,) = record["direction_tries"]
    assert (tried["exercise"], tried["reach_before"], tried["reach_after"], tried["effect"]) == (
        exercise.name,
        4,
        3,
        "better",
    )
    assert record["plans"][0]["direction"] == "extension"


def test_changes_of_stage_are_taken_away_but_for_what_a_therapist_wrote_for_the_record(
    page, plan, alice, bob
):
    """The page on which they decide says so: "The patient does not see it."."""
    lived(plan)
    move_on_when_ready(patient=alice, to_stage=2, now=READY_AT)
    later = READY_AT + timedelta(hours=1)
    decide_stage(plan=plan, verb="hold", by=bob, reason="A long drive.", now=later)
    begin_flare(plan=plan, by=None, reason="Flag W3 was opened.", usual=3.0, now=later + timedelta(hours=1))

    answer = page(alice).get("/me/record.json")

    started, moved, held, flared = answer.json()["plans"][0]["stage_changes"]
    assert (started["kind"], started["decided_by"], started["criteria"]) == ("start", "Bob", [])
    assert (moved["kind"], moved["to_stage"], moved["decided_by"]) == ("advance", 2, "Alice")
    assert {each["state"] for each in moved["criteria"]} == {"met"}
    assert moved["criteria"][0]["sentence"] == "You have had the 7 days this stage needs."
    assert (held["kind"], held["decided_by"], held["reason"]) == ("hold", "Bob", None)
    assert (flared["kind"], flared["decided_by"], flared["reason"]) == ("flare", None, "Flag W3 was opened.")
    assert "long drive" not in answer.text
    assert "in this stage, at least" not in answer.text


def test_what_was_said_about_the_pain_is_taken_away_oldest_first(page, alice):
    now = makers.intake(alice, goal="Swim again.", leg_pain=None)
    before = makers.intake(alice, now=makers.NOON - timedelta(days=30))

    taken = page(alice).get("/me/record.json").json()["intakes"]

    assert [each["id"] for each in taken] == [str(before.pk), str(now.pk)]
    assert taken[1] == makers.INTAKE_ANSWERS | {
        "id": str(now.pk),
        "recorded_on": "2026-11-20",
        "goal": "Swim again.",
        "leg_pain": None,
        "received_at": "2026-11-20T12:00:00Z",
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
    makers.intake(alice)
    review(alice, reports((*[2] * 30, *[4] * 4)))
    review(alice, reports(makers.RISING))
    makers.answered(alice, kind="first", conditions={"pregnancy": "yes"}, RF13="yes")
    lived(plan)

    record = record_of(alice, charlie)

    assert not any(record[part] for part in record if part != "person")


def test_the_number_of_queries_does_not_grow_with_the_record(
    alice, plan, django_assert_num_queries, django_assert_max_num_queries
):
    makers.session(plan)
    makers.weekly_check(alice, groc="much_worse")
    makers.answered(alice, kind="first", conditions={"pregnancy": "yes"}, RF13="yes")
    a_test(plan, makers.NOON.date())
    with django_assert_max_num_queries(30) as first:
        record_of(alice, alice)
    for days in range(5):
        makers.session(plan)
        makers.answered(alice, at=makers.NOON + timedelta(hours=days))
        a_test(plan, makers.NOON.date() - timedelta(days=days))
        verb = "release" if days % 2 else "hold"
        decide_stage(plan=plan, verb=verb, by=plan.assigned_by, reason="Calm.", now=makers.NOON)
    makers.daily_checks(alice, makers.STEADY)
    makers.weekly_check(alice)
    review(alice, reports((*[2] * 30, *[4] * 4)))
    review(alice, reports(makers.RISING))

    with django_assert_num_queries(len(first)):
        record_of(alice, alice)
