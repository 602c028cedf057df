"""Storing answers to safety questions: nothing is lost, and what they ask for happens at once."""

from datetime import timedelta
from functools import partial
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from programs.delivery.models import Delivery
from programs.monitoring.actions import acknowledge_flag, resolve_flag
from programs.monitoring.models import Flag, FlagState
from programs.safety.actions import Recorded, end_lock, record_screening, request_screening
from programs.safety.models import Condition, SafetyLock, Screening, ScreeningAnswer, ScreeningRequest
from programs.safety.queries import (
    answers_behind,
    answers_of,
    is_bilateral_known,
    items_of,
    open_items,
    open_lock,
    signs_of,
    under_way,
    what_is_due,
)
from programs.safety.rules import Answered, questions_of
from programs.safety.rules import open_items as open_after_all
from programs.safety.rules.schedule import REQUEST_REASONS
from tests import makers
from tests.makers import NOON
from tests.threads import at_once

HOUR = timedelta(hours=1)
DAY = timedelta(hours=24)


def record(patient, answers: Any, *, at=NOON, now=None, kind="full", screening_id=None, **more) -> Recorded:
    return record_screening(
        clinic=patient.memberships.get().clinic,
        patient=patient,
        screening_id=screening_id or uuid4(),
        kind=kind,
        answers=answers,
        answered_at=at,
        now=now or at,
        **more,
    )


def stored(patient) -> list[tuple[str, str]]:
    rows = ScreeningAnswer.objects.filter(screening__patient=patient).order_by("answered_at", "id")
    return [(row.question, row.answer) for row in rows]


# --- storing ---


def test_a_set_is_completed_once_all_of_it_is_answered(alice):
    screening_id, questions = uuid4(), questions_of("weekly")

    begun = record(alice, dict.fromkeys(questions[:5], "no"), kind="weekly", screening_id=screening_id)
    assert (begun.is_new, begun.level, begun.screening.completed_at) == (True, "monitor", None)
    assert under_way(alice, "weekly", NOON) == begun.screening
    assert answers_of(begun.screening) == dict.fromkeys(questions[:5], "no")
    done = record(
        alice, dict.fromkeys(questions[5:], "no"), kind="weekly", screening_id=screening_id, at=NOON + HOUR
    )

    assert done.screening.completed_at == NOON + HOUR
    assert under_way(alice, "weekly", NOON + HOUR) is None
    assert Screening.objects.get().questions == list(questions)
    assert Screening.objects.get().rules_version == "safety-1"


def test_a_set_is_not_completed_before_what_it_asks_on_top_is_answered(alice):
    answers = dict.fromkeys(questions_of("session"), "no") | {"S4": "yes"}
    begun = record(alice, answers, kind="session")

    assert begun.asks == ("RF14",)
    record(alice, {"RF14": "yes"}, kind="session", screening_id=begun.screening.pk)
    last = record(alice, {"RF14a": "no"}, kind="session", screening_id=begun.screening.pk)

    assert (last.asks, last.screening.completed_at, last.level) == ((), NOON, "urgent")
    assert last.screening.questions == ["S1", "S2", "S3", "S4", "RF14", "RF14a"]


def test_the_first_set_needs_the_list_of_what_rules_exercises_out(alice):
    begun = record(alice, dict.fromkeys(questions_of("first"), "no"), kind="first")
    assert begun.screening.completed_at is None
    assert "pregnancy" in begun.screening.questions
    assert not {"open-warning-sign", "foot-drop"} & set(begun.screening.questions)
    conditions = {each: "no" for each in begun.screening.questions if not each.startswith("RF")}
    done = record(alice, {}, kind="first", conditions=conditions, screening_id=begun.screening.pk)

    assert done.screening.completed_at == NOON
    assert not what_is_due(alice, NOON)


def test_the_same_answers_again_change_nothing_and_say_the_same(alice):
    screening_id = uuid4()
    once = record(alice, {"RF08": "yes", "RF01": "no"}, screening_id=screening_id)
    again = record(alice, {"RF08": "yes", "RF01": "no"}, screening_id=screening_id, now=NOON + HOUR)

    assert (once.is_new, again.is_new) == (True, False)
    assert (again.level, again.lock) == ("emergency", once.lock)
    assert sorted(stored(alice)) == [("RF01", "no"), ("RF08", "yes")]
    assert Flag.objects.get().events.count() == 1


def test_another_answer_stands_beside_the_first(alice):
    screening_id = uuid4()
    record(alice, {"RF08": "no"}, screening_id=screening_id)
    record(alice, {"RF08": "yes"}, screening_id=screening_id, at=NOON + HOUR)

    assert stored(alice) == [("RF08", "no"), ("RF08", "yes")]
    assert open_lock(alice).level == "emergency"


def test_an_abandoned_set_counts(alice):
    record(alice, {"RF01": "no", "RF13": "yes"}, kind="first")

    assert open_lock(alice).level == "urgent"
    assert what_is_due(alice, NOON).kind == "first"


def test_an_id_of_somebody_else_loses_no_answer(alice, dora):
    screening_id = uuid4()
    record(alice, {"RF01": "no"}, screening_id=screening_id)
    theirs = record(dora, {"RF08": "yes"}, screening_id=screening_id)
    again = record(dora, {"RF08": "yes"}, screening_id=screening_id)

    assert theirs.screening.pk != screening_id
    assert (again.screening, again.is_new) == (theirs.screening, False)
    assert stored(alice) == [("RF01", "no")]
    assert stored(dora) == [("RF08", "yes")]


def test_what_a_fast_clock_sends_is_of_now(alice):
    recorded = record(alice, {"RF01": "no"}, at=NOON + 3 * HOUR, now=NOON)
    assert recorded.screening.begun_at == NOON
    assert recorded.screening.answers.get().answered_at == NOON


def test_the_day_is_the_patients(clinic, bob):
    far = makers.patient(clinic, "erin", cared_for_by=bob, time_zone="Pacific/Auckland")
    assert record(far, {"RF01": "no"}).screening.recorded_on.day == 21


# --- what cannot be read ---


@pytest.mark.parametrize(
    ("answers", "kept"),
    [
        ({"RF08": "perhaps"}, [("RF08", '"perhaps"')]),
        ({"RF08": True}, [("RF08", "true")]),
        ({"RF08": None}, [("RF08", "null")]),
        ({"RF08": ["yes"]}, [("RF08", '["yes"]')]),
        ({"RF08": "skipped"}, [("RF08", '"skipped"')]),
        ({"RF99": "yes"}, [("RF99", '{"RF99": "yes"}')]),
        ({"x" * 90: "yes"}, [("x" * 60, '{"' + "x" * 90 + '": "yes"}')]),
        (["RF08"], [("answers", '["RF08"]')]),
        ("RF08 yes", [("answers", '"RF08 yes"')]),
        (7, [("answers", "7")]),
        ({"RF08": "y" * 5000}, [("RF08", '"' + "y" * 1999)]),
    ],
    ids=["word", "bool", "null", "list", "skip", "unknown", "long", "array", "text", "number", "huge"],
)
def test_what_cannot_be_read_is_kept_flagged_and_asked_anew(alice, answers, kept):
    makers.screened(alice, NOON - HOUR)
    recorded = record(alice, answers)

    rows = ScreeningAnswer.objects.filter(answer="unreadable")
    assert [(row.question, row.raw) for row in rows] == kept
    assert [(each.about, each.raw) for each in recorded.unreadable] == kept
    flag = Flag.objects.get()
    assert (flag.kind, flag.level, flag.rule) == ("safety", "urgent", "UNREADABLE")
    assert what_is_due(alice, NOON).kind == "full"
    assert (recorded.lock, recorded.level) == (None, "monitor")


def test_what_can_be_read_beside_it_counts_as_usual(alice):
    recorded = record(alice, {"RF08": "yes", "RF01": 0})
    assert (recorded.level, recorded.lock.level) == ("emergency", "emergency")
    assert sorted(stored(alice)) == [("RF01", "unreadable"), ("RF08", "yes")]


def test_the_same_unreadable_answer_is_kept_once(alice):
    screening_id = uuid4()
    record(alice, {"RF08": "perhaps"}, screening_id=screening_id)
    again = record(alice, {"RF08": "perhaps"}, screening_id=screening_id)
    assert not again.is_new
    assert stored(alice) == [("RF08", "unreadable")]


def test_of_very_many_unreadable_pieces_none_makes_a_row_of_its_own_for_ever(alice):
    record(alice, {f"Q{number}": "yes" for number in range(500)})
    assert ScreeningAnswer.objects.count() == 21


def test_an_unreadable_condition_is_kept_too(alice):
    record(alice, {}, kind="first", conditions={"pregnancy": "soon", "wings": "yes"})
    assert sorted(stored(alice)) == [("pregnancy", "unreadable"), ("wings", "unreadable")]
    assert not Condition.objects.exists()


def test_a_full_set_answers_a_request_that_was_there_before_it(alice):
    makers.screened(alice, NOON - HOUR)
    record(alice, {"RF08": "perhaps"})
    makers.answered(alice, at=NOON + HOUR)

    assert not ScreeningRequest.objects.open().exists()
    assert not what_is_due(alice, NOON + HOUR)


def test_a_full_set_with_something_unreadable_is_asked_again(alice):
    makers.screened(alice, NOON - HOUR)
    makers.answered(alice, RF08a="yes")
    assert what_is_due(alice, NOON).kind == "full"


def test_very_bad_pain_is_met_only_by_its_question(alice):
    makers.screened(alice, NOON - HOUR)
    request_screening(clinic=alice.memberships.get().clinic, patient=alice, reason="severe_pain", now=NOON)
    record(alice, dict.fromkeys(questions_of("full"), "no"))
    assert what_is_due(alice, NOON).kind == "full"
    makers.answered(alice, RF22="no")
    assert not what_is_due(alice, NOON)


def test_answers_given_before_a_request_do_not_meet_it(alice):
    makers.screened(alice, NOON - HOUR)
    request_screening(clinic=alice.memberships.get().clinic, patient=alice, reason="stopped", now=NOON)
    record(alice, dict.fromkeys(questions_of("full"), "no"), at=NOON - HOUR, now=NOON)
    assert what_is_due(alice, NOON).kind == "full"


def test_a_weekly_set_meets_no_request(alice):
    makers.screened(alice, NOON - HOUR)
    request_screening(clinic=alice.memberships.get().clinic, patient=alice, reason="flag", now=NOON)
    makers.answered(alice, kind="weekly")
    assert what_is_due(alice, NOON).kind == "full"


def test_every_reason_to_ask_is_said_in_words():
    assert set(REQUEST_REASONS) == set(ScreeningRequest.Reason.values)


def test_the_same_request_again_stays_one(alice):
    clinic = alice.memberships.get().clinic
    first = request_screening(clinic=clinic, patient=alice, reason="flag", now=NOON)
    assert request_screening(clinic=clinic, patient=alice, reason="flag", now=NOON + HOUR) == first
    assert ScreeningRequest.objects.get().asked_at == NOON


# --- locks and flags ---


def test_an_emergency_locks_opens_a_flag_and_tells_the_therapist_at_once(alice, bob):
    recorded = record(alice, {"RF08": "yes"})

    assert (recorded.lock, recorded.lock.level) == (open_lock(alice), "emergency")
    flag = Flag.objects.get()
    assert (flag.kind, flag.level, flag.rule, flag.rule_version) == (
        "safety",
        "emergency",
        "RF08",
        "safety-1",
    )
    assert flag.evidence["readings"] == [{"recorded_on": "2026-11-20", "value": "RF08 yes"}]
    assert "leg or foot weaker, foot drags, or leg gives way: yes" in flag.sentence
    assert Delivery.objects.filter(recipient=bob).exists()


def test_a_failure_after_the_answer_keeps_neither_answer_nor_lock(alice):
    with transaction.atomic():
        record(alice, {"RF08": "yes"})
        transaction.set_rollback(True)
    assert not any(model.objects.exists() for model in (Screening, Flag, SafetyLock))


def test_what_asks_for_a_visit_opens_a_flag_and_no_lock(alice):
    recorded = record(alice, {"RF18": "yes"})
    assert (recorded.level, recorded.lock) == ("soon", None)
    assert Flag.objects.get().level == "flag"
    assert [item.question for item in open_items(alice)] == ["RF18"]


def test_what_asks_for_a_visit_is_over_when_a_therapist_closes_the_flag(alice, bob):
    record(alice, {"RF18": "yes"})
    flag = Flag.objects.get()
    acknowledge_flag(flag=flag, by=bob, now=NOON + HOUR)
    assert open_items(alice)
    resolve_flag(flag=flag, by=bob, outcome="helpful", note="", now=NOON + HOUR)
    assert open_items(alice) == []


def test_closing_the_flag_ends_no_lock(alice, bob):
    record(alice, {"RF08": "yes"})
    resolve_flag(flag=Flag.objects.get(), by=bob, outcome="helpful", note="", now=NOON + HOUR)
    assert open_lock(alice).level == "emergency"


def test_something_more_severe_takes_the_place_of_an_urgent_lock(alice):
    record(alice, {"RF13": "yes"})
    record(alice, {"RF09": "yes"}, at=NOON + HOUR)

    newer, older = SafetyLock.objects.all()
    assert (older.level, older.ending, older.ended_at) == ("urgent", "more_severe", NOON + HOUR)
    assert (newer.level, newer.ended_at) == ("emergency", None)
    flag = Flag.objects.get()
    assert (flag.level, flag.rule) == ("emergency", "RF09")


def test_something_milder_changes_no_lock(alice):
    lock = record(alice, {"RF08": "yes"}).lock
    assert record(alice, {"RF13": "yes"}, at=NOON + HOUR).lock == lock
    assert SafetyLock.objects.count() == 1


def test_an_urgent_lock_ends_by_a_no_a_day_later(alice):
    record(alice, {"RF13": "yes", "RF16": "yes"})
    assert record(alice, {"RF13": "no", "RF16": "no"}, at=NOON + HOUR).lock is not None
    assert record(alice, {"RF13": "no"}, at=NOON + DAY).lock is not None
    assert record(alice, {"RF16": "no"}, at=NOON + DAY).lock is None

    lock = SafetyLock.objects.get()
    assert (lock.ending, lock.ended_at, lock.ended_by) == ("answered_no", NOON + DAY, None)
    assert Flag.objects.get().state == FlagState.OPEN


def test_an_emergency_lock_never_ends_by_a_no(alice):
    record(alice, {"RF08": "yes"})
    for day in range(1, 9):
        assert makers.answered(alice, at=NOON + day * DAY).lock.level == "emergency"


def test_an_emergency_that_was_checked_leaves_what_is_urgent_and_new(alice):
    record(alice, {"RF08": "yes"})
    checked(alice, NOON + HOUR)
    recorded = record(alice, {"RF13": "yes"}, at=NOON + 2 * HOUR)
    assert recorded.lock.level == "urgent"


def test_an_emergency_that_comes_late_locks_though_all_was_checked_meanwhile(alice):
    record(alice, {"RF13": "yes"})
    checked(alice, NOON + HOUR)
    late = record(alice, {"RF08": "yes"}, at=NOON - HOUR, now=NOON + 2 * HOUR)
    assert (late.level, late.lock.level) == ("emergency", "emergency")


def test_a_late_yes_to_what_was_denied_since_holds_until_it_is_denied_a_day_after_it_came(alice):
    record(alice, {"RF13": "no"}, at=NOON + 2 * DAY)
    late = record(alice, {"RF13": "yes"}, at=NOON, now=NOON + 2 * DAY)
    assert (late.level, late.lock.level) == ("urgent", "urgent")
    assert Flag.objects.get().rule == "RF13"
    assert record(alice, {"RF13": "no"}, at=NOON + 3 * DAY).lock is None


def test_one_flag_holds_all_that_is_said(alice):
    record(alice, {"RF13": "yes", "RF18": "yes"})
    record(alice, {"RF13": "yes"}, at=NOON + DAY)
    flag = Flag.objects.get()
    assert [(event.kind, event.rule) for event in flag.events.all()] == [
        ("opened", "RF13"),
        ("found_again", "RF18"),
        ("found_again", "RF13"),
    ]


def test_what_is_asked_on_top_raises_the_flag_on_the_same_day(alice):
    begun = record(alice, {"RF14": "yes"})
    record(alice, {"RF14a": "yes"}, screening_id=begun.screening.pk)
    flag = Flag.objects.get()
    assert (flag.level, [event.kind for event in flag.events.all()]) == ("emergency", ["opened", "raised"])
    assert [each["value"] for each in flag.evidence["readings"]] == ["RF14 yes", "RF14a yes"]


def test_an_emergency_said_again_on_its_day_is_everybodys_again(alice, bob):
    screening_id = uuid4()
    record(alice, {"RF08": "yes"}, screening_id=screening_id)
    acknowledge_flag(flag=Flag.objects.get(), by=bob, now=NOON)
    told = Delivery.objects.count()

    record(alice, {"RF08": "yes"}, screening_id=screening_id)  # the same one, sent again
    assert (Flag.objects.get().owner, Delivery.objects.count()) == (bob, told)

    record(alice, {"RF08": "yes"}, at=NOON + HOUR)
    flag = Flag.objects.get()
    assert (flag.state, flag.owner, Delivery.objects.count() > told) == ("open", None, True)
    assert (
        flag.events.order_by("pk").last().note.startswith("The patient has said it again. Safety answer on")
    )


def test_something_urgent_said_again_stays_with_whoever_took_it_on(alice, bob):
    record(alice, {"RF13": "yes"})
    acknowledge_flag(flag=Flag.objects.get(), by=bob, now=NOON)
    record(alice, {"RF13": "yes"}, at=NOON + HOUR)
    assert Flag.objects.get().owner == bob


@pytest.mark.parametrize("later", [HOUR, DAY], ids=["on its day", "a day later"])
def test_a_closer_answer_about_a_known_emergency_leaves_it_with_whoever_took_it_on(alice, bob, later):
    record(alice, {"RF07": "yes", "RF07a": "no"})
    acknowledge_flag(flag=Flag.objects.get(), by=bob, now=NOON)

    record(alice, {"RF07b": "yes"}, at=NOON + later)

    flag = Flag.objects.get()
    assert (flag.level, flag.owner) == ("emergency", bob)
    assert not flag.events.filter(kind="reopened").exists()


@pytest.mark.parametrize(
    ("first", "closer"),
    [({"RF08": "yes", "RF14": "yes"}, {"RF14a": "yes"}), ({"RF14": "yes", "RF14a": "yes"}, {"RF14a": "yes"})],
    ids=["new", "said again"],
)
def test_a_closer_answer_that_is_an_emergency_is_everybodys(alice, bob, first, closer):
    record(alice, first)
    acknowledge_flag(flag=Flag.objects.get(), by=bob, now=NOON)

    record(alice, closer, at=NOON + HOUR)

    assert Flag.objects.get().owner is None


def test_not_sure_is_told_apart(alice):
    recorded = record(alice, {"RF08": "not_sure"})
    assert (recorded.level, recorded.is_unsure) == ("emergency", True)
    assert record(alice, {"RF09": "yes"}, at=NOON + HOUR).is_unsure is False
    assert "not sure" in Flag.objects.get().events.first().note


def test_a_calf_is_told_of(alice):
    assert record(alice, {"RF13": "yes"}).is_calf is True
    assert record(alice, {"RF16": "yes"}).is_calf is False


# --- closer questions ---


def test_a_line_nobody_was_sure_of_leaves_nothing_behind_when_its_questions_say_no(alice, bob):
    begun = record(alice, dict.fromkeys(questions_of("session"), "not_sure"), kind="session")
    assert (begun.level, begun.lock.level) == ("urgent", "urgent")
    assert {"RF01", "RF06", "RF07", "RF08", "RF09", "RF13", "RF14"} <= set(begun.asks)
    done = record(
        alice, dict.fromkeys(begun.asks, "no"), kind="session", screening_id=begun.screening.pk, at=NOON
    )

    assert (done.lock, done.level, done.screening.completed_at) == (None, "monitor", NOON)
    assert open_items(alice) == []
    flag = Flag.objects.get()
    assert (flag.state, flag.outcome) == ("resolved", "cleared")
    assert not Delivery.objects.filter(recipient=bob, state="pending", channel="email").exists()


def test_a_flag_that_somebody_has_taken_on_is_not_closed_by_closer_questions(alice, bob):
    begun = record(alice, {"S1": "not_sure"}, kind="session")
    acknowledge_flag(flag=Flag.objects.get(), by=bob, now=NOON)
    record(alice, dict.fromkeys(begun.asks, "no"), kind="session", screening_id=begun.screening.pk)
    flag = Flag.objects.get()
    assert (flag.state, flag.events.filter(kind="superseded").count()) == ("acknowledged", 1)


def test_both_legs_for_long_and_checked_ask_for_a_visit_and_are_known_from_then_on(alice):
    begun = record(alice, {"RF07": "yes"})
    assert (begun.level, begun.lock.level) == ("urgent", "urgent")
    done = record(
        alice,
        {"RF07a": "yes", "RF07b": "yes"},
        screening_id=begun.screening.pk,
        bilateral_since="since 2019",
    )

    assert (done.level, done.lock) == ("soon", None)
    condition = Condition.objects.get()
    assert (condition.slug, condition.since) == (Condition.BILATERAL, "since 2019")
    assert condition.is_checked_by_clinician
    assert is_bilateral_known(alice)
    assert [flag.level for flag in Flag.objects.unresolved()] == ["flag"]


def test_both_legs_known_are_an_emergency_when_they_are_worse(alice):
    record(alice, {"RF07": "yes", "RF07a": "yes", "RF07b": "yes"})
    fine = record(alice, {"RF07": "no"}, at=NOON + DAY)
    assert (fine.level, fine.lock, fine.asks) == ("monitor", None, ())
    worse = record(alice, {"RF07": "yes"}, at=NOON + 2 * DAY)
    assert (worse.level, worse.lock.level, worse.asks) == ("emergency", "emergency", ())


def test_both_legs_for_long_and_not_checked_are_urgent_and_asked_as_before(alice):
    recorded = record(alice, {"RF07": "yes", "RF07a": "yes", "RF07b": "no"})
    assert (recorded.level, recorded.lock.level) == ("urgent", "urgent")
    assert not is_bilateral_known(alice)
    record(alice, {"RF07": "yes", "RF07a": "yes", "RF07b": "yes"}, at=NOON + DAY)
    assert is_bilateral_known(alice)
    assert Condition.objects.current().count() == 1


def test_both_legs_no_longer_so_are_forgotten_where_nobody_had_checked_them(alice):
    record(alice, {"RF07": "yes", "RF07a": "yes", "RF07b": "no"})
    record(alice, {"RF07": "no"}, at=NOON + DAY)
    assert not Condition.objects.current().exists()


# --- what is stored and what the rules make of it ---


@pytest.mark.parametrize("question", ["RF08", "RF13", "RF18"])
@pytest.mark.parametrize("order", list(permutations(["check", "answer", "close"])), ids=" ".join)
def test_what_stands_open_is_what_the_rules_say_of_everything_ever_answered(alice, bob, order, question):
    record(alice, {"RF16": "yes"})
    for step, hours in zip(order, (1, 2, 3), strict=True):
        at = NOON + hours * HOUR
        if step == "check":
            checked(alice, at)
        elif step == "answer":
            record(alice, {question: "yes"}, at=at)
        else:
            resolve_flag(flag=Flag.objects.unresolved().get(), by=bob, outcome="helpful", note="", now=at)

    columns = ("question", "answer", "answered_at", "received_at", "level")
    everything = [Answered(*row) for row in ScreeningAnswer.objects.values_list(*columns)]
    signs = signs_of(alice)
    after_all = open_after_all(everything, checked_at=signs.checked_at, closed_at=signs.closed_at)
    assert items_of(alice) == after_all
    ended_by = "close" if question == "RF18" else "check"
    is_open = order.index("answer") > order.index(ended_by)
    assert [item.question for item in items_of(alice)] == ([question] if is_open else [])


# --- the list to take along ---


def test_the_list_to_take_along_has_every_yes_and_not_sure(alice):
    lock = record(alice, {"RF01": "no", "RF08": "yes", "RF14": "not_sure"}).lock
    lines = answers_behind(lock, alice)
    assert [(each.question, each.words, each.level) for each in lines] == [
        ("RF08", "Yes", "emergency"),
        ("RF14", "I am not sure", "urgent"),
    ]
    assert lines[0].text.startswith("Is your leg or foot getting weaker?")
    assert lines[0].answered_at == NOON


def test_lines_answered_one_by_one_are_not_shown_as_asked_together(alice):
    one_by_one = {"S1": "no", "S2": "not_sure", "S3": "not_sure", "S4": "no"}
    lock = record(alice, one_by_one, kind="session").lock
    assert {each.question: each.words for each in answers_behind(lock, alice)} == dict.fromkeys(
        ("S2", "S3"), "I am not sure"
    )


def test_one_line_left_beside_ticks_was_not_asked_together_with_any(alice):
    ticked = {"S1": "yes", "S2": "yes", "S3": "yes", "S4": "not_sure"}
    lock = record(alice, ticked, kind="session").lock
    assert {each.question: each.words for each in answers_behind(lock, alice)}["S4"] == "I am not sure"


def test_lines_said_to_be_unsure_at_different_moments_were_not_asked_together(alice):
    lock = record(alice, {"S1": "not_sure"}, kind="session").lock
    record(alice, {"S2": "not_sure"}, at=NOON + HOUR, kind="session")
    assert {each.words for each in answers_behind(lock, alice)} == {"I am not sure"}


def test_the_list_of_a_lock_that_is_over_has_nothing_that_came_later(alice):
    lock = record(alice, {"RF08": "yes"}).lock
    checked(alice, NOON + HOUR)
    record(alice, {"RF09": "yes"}, at=NOON + 2 * HOUR)
    lock.refresh_from_db()
    assert [each.question for each in answers_behind(lock, alice)] == ["RF08"]


# --- at the same moment ---


@pytest.mark.django_db(transaction=True)
def test_the_same_answers_sent_four_times_at_once_are_stored_once(alice):
    screening_id = uuid4()
    answers = at_once(*[partial(record, alice, {"RF08": "yes"}, screening_id=screening_id)] * 4)
    assert sorted(each.is_new for each in answers) == [False, False, False, True]
    assert {each.level for each in answers} == {"emergency"}
    assert stored(alice) == [("RF08", "yes")]


@pytest.mark.django_db(transaction=True)
def test_two_answers_at_once_open_one_lock_and_one_flag(alice):
    at_once(
        partial(record, alice, {"RF08": "yes"}),
        partial(record, alice, {"RF13": "yes"}),
        partial(record, alice, {"RF09": "yes"}),
    )
    assert open_lock(alice).level == "emergency"
    assert sorted(question for question, _ in stored(alice)) == ["RF08", "RF09", "RF13"]
    assert {event.rule for event in Flag.objects.get().events.all()} == {"RF08", "RF09", "RF13"}


def checked(patient, at) -> SafetyLock:
    lock = open_lock(patient)
    return end_lock(lock=lock, checked_on=at.date(), checked_where="A&E", by=patient, now=at)


def test_ids_are_the_clients(alice):
    screening_id = UUID(int=7)
    assert record(alice, {"RF01": "no"}, screening_id=screening_id).screening.pk == screening_id
