"""Dangerous answers that come late, twice, alone, damaged or in the same second as something else."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from programs.accounts.actions import join_clinic
from programs.accounts.models import Membership, Role
from programs.care.models import Plan
from programs.library.models import Contraindication
from programs.monitoring.models import Flag, FlagEvent
from programs.safety.actions import Recorded, end_lock, record_screening
from programs.safety.models import Condition, Screening, ScreeningAnswer
from programs.safety.queries import open_items, open_lock
from programs.safety.rules.reading import LONGEST_NAME, as_it_came
from tests import makers
from tests.makers import NOON
from tests.safety.asking import URL, answer_page, asked, sent

HOUR, DAY, SECOND = timedelta(hours=1), timedelta(days=1), timedelta(seconds=1)
BLOCK = "told-not-to-exercise"


def record(patient, answers: Any, *, at=NOON, now=None, kind="again", screening_id=None, **more) -> Recorded:
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


def standing(patient) -> dict[str, str]:
    return {item.question: item.level for item in open_items(patient)}


def checked(patient, *, on=NOON, now) -> None:
    end_lock(lock=open_lock(patient), checked_on=on.date(), checked_where="ER", by=patient, now=now)


# --- a check speaks of what was said before it ---


@pytest.mark.parametrize(("first", "newer"), [("RF01", "RF08"), ("RF13", "RF17")])
def test_a_check_before_a_newer_answer_ends_nothing(alice, first, newer):
    record(alice, {first: "yes"})
    record(alice, {newer: "yes"}, at=NOON + 5 * DAY)

    with pytest.raises(ValidationError) as refused:
        checked(alice, on=NOON + DAY, now=NOON + 6 * DAY)

    assert list(refused.value.message_dict) == ["checked_on"]
    assert open_lock(alice) is not None
    assert standing(alice).keys() == {first, newer}
    checked(alice, on=NOON + 5 * DAY, now=NOON + 6 * DAY)
    assert (open_lock(alice), standing(alice)) == (None, {})


def test_what_an_earlier_check_was_about_does_not_hold_a_later_one_back(alice):
    record(alice, {"RF01": "yes"}, at=NOON + 3 * DAY)
    checked(alice, on=NOON + 3 * DAY, now=NOON + 3 * DAY + HOUR)
    record(alice, {"RF08": "yes"}, at=NOON, now=NOON + 4 * DAY)
    checked(alice, on=NOON + DAY, now=NOON + 4 * DAY)
    assert open_lock(alice) is None


def test_an_emergency_that_came_in_a_moment_before_a_check_but_is_stored_after_it_locks(alice):
    record(alice, {"RF13": "yes"})
    checked(alice, now=NOON + 2 * SECOND)

    found = record(alice, {"RF01": "yes"}, at=NOON + SECOND)

    assert (found.level, found.lock.level) == ("emergency", "emergency")
    assert standing(alice) == {"RF01": "emergency"}
    checked(alice, now=NOON + SECOND)
    assert (open_lock(alice), standing(alice)) == (None, {})


# --- a closer question by itself ---


def test_a_closer_yes_beside_an_unreadable_answer_is_an_emergency(alice):
    found = record(alice, {"RF14": "Yes", "RF14a": "yes"}, kind="full")
    assert (found.level, found.lock.level) == ("emergency", "emergency")
    assert Flag.objects.get().level == "emergency"


def test_a_closer_yes_after_a_check_of_what_it_belongs_to_locks_anew(alice):
    screening_id = uuid4()
    record(alice, {"RF14": "yes"}, screening_id=screening_id)
    checked(alice, now=NOON + 2 * HOUR)

    late = record(alice, {"RF14a": "yes"}, at=NOON + SECOND, now=NOON + 3 * HOUR, screening_id=screening_id)

    assert (late.level, late.lock.level) == ("emergency", "emergency")
    assert ScreeningAnswer.objects.get(question="RF14a").level == "emergency"


def test_a_closer_yes_counts_though_its_question_was_taken_back_in_another_tab(alice):
    screening_id = uuid4()
    record(alice, {"RF18": "yes"}, screening_id=screening_id)
    record(alice, {"RF18": "no"}, at=NOON + SECOND, screening_id=screening_id)
    record(alice, {"RF18a": "yes"}, at=NOON + 2 * SECOND, screening_id=screening_id)

    assert open_lock(alice).level == "urgent"
    assert record(alice, {"RF18a": "no"}, at=NOON + 2 * DAY).lock is None


# --- said again, and said late ---


def test_a_yes_again_in_the_same_set_counts_from_then(alice):
    screening_id = uuid4()
    record(alice, {"RF13": "yes"}, screening_id=screening_id)
    assert record(alice, {"RF13": "yes"}, at=NOON + 30 * HOUR, screening_id=screening_id).is_new
    assert record(alice, {"RF13": "no"}, at=NOON + 31 * HOUR).lock is not None


def test_a_slow_clock_does_not_make_a_no_come_a_day_later(alice):
    record(alice, {"RF13": "yes"}, at=NOON - 25 * HOUR, now=NOON)
    assert record(alice, {"RF13": "no"}, at=NOON + HOUR).lock is not None
    assert record(alice, {"RF13": "no"}, at=NOON + DAY).lock is None


def test_a_late_no_clears_nothing_that_was_said_after_it(alice):
    record(alice, {}, at=NOON + 2 * DAY, conditions={BLOCK: "yes"})
    record(alice, {}, at=NOON + DAY, now=NOON + 3 * DAY, conditions={BLOCK: "no"})
    assert Condition.objects.current().get().slug == BLOCK
    record(alice, {}, at=NOON + 4 * DAY, conditions={BLOCK: "no"})
    assert not Condition.objects.current().exists()


def test_a_late_no_leaves_both_legs_as_they_were_said_to_be_since(alice):
    both_legs = {"RF07": "yes", "RF07a": "yes", "RF07b": "no"}
    record(alice, both_legs, at=NOON + 2 * DAY)
    record(alice, {"RF07": "no"}, at=NOON + DAY, now=NOON + 3 * DAY)
    assert Condition.objects.current().get().slug == Condition.BILATERAL


# --- what rules exercises out is told to somebody ---


def test_each_new_thing_that_asks_for_a_clinician_first_is_told_once(alice):
    record(alice, {}, conditions={BLOCK: "yes"})
    assert Flag.objects.get().level == "flag"
    record(alice, {}, at=NOON + HOUR, conditions={BLOCK: "yes", "pregnancy": "not_sure"})
    assert [event.kind for event in FlagEvent.objects.order_by("id")] == ["opened", "found_again"]


def test_each_thing_that_asks_for_a_clinician_is_told_by_its_whole_name(alice):
    longest = max(Contraindication.objects.current().exclude(level="filter"), key=lambda row: len(row.slug))
    record(alice, {}, conditions={longest.slug: "yes"})
    assert Flag.objects.get().rule == longest.slug
    field = Contraindication._meta.get_field("slug")
    assert Flag._meta.get_field("rule").max_length >= field.max_length
    assert FlagEvent._meta.get_field("rule").max_length >= field.max_length


def test_what_only_leaves_single_exercises_out_tells_nobody(alice):
    a_filter = Contraindication.objects.current().filter(level="filter").first()
    record(alice, {}, conditions={a_filter.slug: "yes"})
    assert not Flag.objects.exists()


# --- after a change of clinics ---


def test_a_session_under_a_lock_is_told_to_the_clinic_that_has_the_patient_now(alice, plan, other_clinic):
    record(alice, {"RF01": "yes"})
    Membership.objects.filter(user=alice).update(ended_at=NOON + HOUR)
    join_clinic(user=alice, clinic=other_clinic, role=Role.PATIENT, now=NOON + HOUR)
    makers.session(Plan.objects.get(pk=plan.pk), at=NOON + 3 * HOUR)
    assert FlagEvent.objects.get(rule="LOCKED").flag.clinic == other_clinic


# --- sets that are never whole, and pages that are damaged ---


def test_a_set_without_any_answer_is_never_completed(alice):
    assert record(alice, {}).screening.completed_at is None
    assert record(alice, {"RF01": "perhaps"}).screening.completed_at is None


@pytest.mark.usefixtures("at_noon")
def test_the_first_set_can_be_finished_when_one_of_its_questions_goes_meanwhile(page, alice):
    browser = page(alice)
    reply = answer_page(browser)
    last = Contraindication.objects.current().exclude(slug__in=("open-warning-sign", "foot-drop")).last()
    Contraindication.objects.filter(pk=last.pk).update(retired_at=NOON)
    while reply.status_code == 302 and reply.url.startswith(f"{URL}?set="):
        form = browser.get(reply.url)
        assert asked(form)
        reply = browser.post(reply.url, sent(form))
    assert Screening.objects.get().completed_at == NOON


@pytest.mark.usefixtures("at_noon")
@pytest.mark.parametrize("damage", [{"record_id": ""}, {"kind": "x"}, {"asked": ""}], ids=str)
def test_a_ticked_emergency_on_a_damaged_page_counts(page, alice, damage):
    ticked = {"record_id": str(uuid4()), "kind": "session", "asked": "S1 S2 S3 S4"}
    page(alice).post(URL, ticked | {"lines": "S1", "answer": "ticked"} | damage)
    assert open_lock(alice).level == "emergency"


@pytest.mark.usefixtures("at_noon")
@pytest.mark.parametrize("damage", [{"record_id": ""}, {"kind": "x"}, {"asked": ""}], ids=str)
def test_a_yes_on_a_damaged_page_of_questions_counts(page, alice, damage):
    browser = page(alice)
    browser.post(URL, sent(browser.get(URL), RF01="yes") | damage)
    assert open_lock(alice).level == "emergency"


@pytest.mark.usefixtures("at_noon")
def test_a_tick_beside_what_no_database_keeps_counts(page, alice):
    ticked = {"record_id": str(uuid4()), "kind": "session", "asked": "S1 S2 S3 S4"}
    page(alice).post(URL, ticked | {"lines": ["S1", "\0x"], "answer": "ticked"})
    assert open_lock(alice).level == "emergency"
    assert ScreeningAnswer.objects.get(answer="unreadable").question == "\ufffdx"


def test_what_is_kept_as_it_came_can_be_stored_anywhere():
    kept = as_it_came("\0" * 2 * LONGEST_NAME, {"\ud83d": "\0"})
    assert kept.about == "\ufffd" * LONGEST_NAME
    kept.raw.encode()


@pytest.mark.usefixtures("at_noon")
def test_no_address_says_that_a_question_was_skipped(page, alice):
    browser = page(alice)
    reply = answer_page(browser, RF06="skipped")
    assert "skip" not in reply.url
    assert browser.get(reply.url).context["signs"]
    following = answer_page(browser, reply.url)
    assert browser.get(following.url).context["signs"] is None
