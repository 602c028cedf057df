"""What a therapist does about answers: checked by a clinician, and a clinician has said yes."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from programs.accounts.models import AuditEvent, CareTeam
from programs.monitoring.models import Flag, FlagState
from programs.safety.actions import record_screening
from programs.safety.forms import NO_DAY_OF_CHECK, NO_REASON
from programs.safety.models import Condition, SafetyLock
from programs.safety.queries import exclusion_questions
from programs.safety.rules import questions_of
from tests import makers, pages

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("at_noon")]

NOON = makers.NOON


@pytest.fixture
def lock(alice, bob):
    makers.screened(alice, NOON - timedelta(days=1))
    makers.answered(alice, at=NOON, RF01="yes")
    return SafetyLock.objects.get()


@pytest.fixture
def condition(alice, bob, clinic):
    record_screening(
        clinic=clinic,
        patient=alice,
        screening_id=uuid4(),
        kind="first",
        answers=dict.fromkeys(questions_of("first"), "no"),
        conditions={row.slug: "no" for row in exclusion_questions()} | {"pregnancy": "yes"},
        answered_at=NOON,
        now=NOON,
    )
    return Condition.objects.get()


def hold(of):
    return f"/safety/holds/{of.pk}/"


def clearance(of):
    return f"/safety/conditions/{of.pk}/"


# --- the patient's page ---


def test_the_patients_page_says_what_is_on_hold_and_why(page, alice, bob, lock):
    answer = page(bob).get(f"/patients/{alice.pk}/")

    words = pages.words(answer)
    assert "Locked since 20 November, 12:00 On hold: told to get help at once" in words
    assert "bottom or back passage. Yes 20 November, 12:00" in words
    assert f'action="{hold(lock)}"' in answer.content.decode()


def test_it_says_that_nothing_open_does_not_mean_that_all_is_well(page, alice, bob):
    makers.screened(alice)

    words = pages.words(page(bob).get(f"/patients/{alice.pk}/"))

    assert "Last asked 20 November 2026, 12:00: before the first session." in words
    assert "Nothing answered stands open. That does not mean that all is well." in words


def test_questions_that_were_left_in_the_middle_count_as_asked(page, alice, bob, clinic):
    makers.screened(alice, NOON - timedelta(days=8))
    record_screening(
        clinic=clinic,
        patient=alice,
        screening_id=uuid4(),
        kind="weekly",
        answers={"RF01": "no"},
        answered_at=NOON,
        now=NOON,
    )

    words = pages.words(page(bob).get(f"/patients/{alice.pk}/"))

    assert "Last asked 20 November 2026, 12:00: once a week, not finished." in words


def test_what_was_found_again_is_named_in_what_happened(page, alice, bob, lock):
    makers.answered(alice, NOON, kind="again", RF13="yes")

    words = pages.words(page(bob).get(f"/patients/{alice.pk}/"))

    assert (
        "Found again (20 November). Safety answer on 20 November: calf or leg swollen, warm, red or darker, "
        "or sore at rest: yes."
    ) in words


def test_it_says_that_nothing_was_answered_yet(page, alice, bob):
    words = pages.words(page(bob).get(f"/patients/{alice.pk}/"))

    assert "Never answered yet. No session can start before." in words
    assert "all is well" not in words


def test_a_visit_this_week_is_named_with_its_answers(page, alice, bob):
    makers.screened(alice)
    makers.answered(alice, at=NOON, RF20="yes", RF20a="no")

    words = pages.words(page(bob).get(f"/patients/{alice.pk}/"))

    assert "Told to book a visit this week" in words
    assert "Does your calf hurt after the same walk each time" in words


def test_what_rules_exercises_out_is_named_with_a_form_to_clear_it(page, alice, bob, condition):
    answer = page(bob).get(f"/patients/{alice.pk}/")

    assert "Pregnancy said 20 November 2026 Ask a clinician first" in pages.words(answer)
    assert f'action="{clearance(condition)}"' in answer.content.decode()


def test_a_hold_that_is_over_stays_on_the_page(page, alice, bob, lock):
    page(bob).post(hold(lock), {"checked_on": "2026-11-20", "checked_where": "Ward 3"})

    words = pages.words(page(bob).get(f"/patients/{alice.pk}/"))

    assert "checked by a clinician, 20 November 2026, Ward 3 (said by Bob)" in words


# --- checked ---


def test_a_therapist_writes_down_the_check_and_the_flag_stays(page, alice, bob, lock):
    reply = page(bob).post(hold(lock), {"checked_on": "2026-11-20", "checked_where": "Ward 3"})

    assert reply.url == f"/patients/{alice.pk}/"
    lock.refresh_from_db()
    assert (lock.ending, lock.ended_by) == ("checked", bob)
    assert Flag.objects.get().state == FlagState.OPEN


def test_without_a_day_the_form_comes_back_with_what_was_typed(page, bob, lock):
    reply = page(bob).post(hold(lock), {"checked_where": "Ward 3"})

    assert reply.status_code == 422
    assert NO_DAY_OF_CHECK in pages.words(reply)
    assert 'value="Ward 3"' in reply.content.decode()
    assert SafetyLock.objects.open().exists()


def test_the_form_stands_on_a_page_of_its_own_with_the_answers(page, bob, lock):
    answer = page(bob).get(hold(lock))

    assert pages.heading(answer) == "When and where was Alice checked?"
    assert "bottom or back passage. Yes" in pages.words(answer)
    assert "Nobody watches this live." in pages.words(answer)


def test_a_check_twice_changes_nothing(page, alice, bob, lock):
    values = {"checked_on": "2026-11-20", "checked_where": "Ward 3"}
    page(bob).post(hold(lock), values)

    assert page(bob).post(hold(lock), values | {"checked_where": "x"}).url == f"/patients/{alice.pk}/"
    lock.refresh_from_db()
    assert lock.checked_where == "Ward 3"


# --- a clinician has said yes ---


def test_a_therapist_clears_what_a_clinician_has_said_yes_to(page, alice, bob, condition):
    reply = page(bob).post(clearance(condition), {"note": "Midwife, 19 November"})

    assert reply.url == f"/patients/{alice.pk}/"
    condition.refresh_from_db()
    assert (condition.cleared_by, condition.clearance_note) == (bob, "Midwife, 19 November")
    assert clearance(condition) not in page(bob).get(f"/patients/{alice.pk}/").content.decode()


@pytest.mark.parametrize(
    ("note", "sentence"),
    [("", NO_REASON), ("  ", NO_REASON), ("x" * 301, "Write at most 300 letters.")],
    ids=["nothing", "spaces", "too long"],
)
def test_it_is_not_cleared_without_who_and_when(page, bob, condition, note, sentence):
    reply = page(bob).post(clearance(condition), {"note": note})

    assert reply.status_code == 422
    assert sentence in pages.words(reply)
    assert Condition.objects.current().exists()


def test_cleared_once_it_stays_so(page, bob, condition):
    page(bob).post(clearance(condition), {"note": "Midwife"})
    page(bob).post(clearance(condition), {"note": "x"})

    condition.refresh_from_db()
    assert condition.clearance_note == "Midwife"


# --- who ---


@pytest.mark.parametrize("which", ["lock", "condition"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_finds_nothing(page, charlie, request, which, method):
    row = request.getfixturevalue(which)
    address = hold(row) if which == "lock" else clearance(row)

    assert getattr(page(charlie), method)(address, {"note": "x"}).status_code == 404


@pytest.mark.parametrize("which", ["lock", "condition"])
def test_a_therapist_no_more_finds_nothing(page, bob, request, which):
    row = request.getfixturevalue(which)
    CareTeam.objects.update(ended_at=NOON)

    assert page(bob).get(hold(row) if which == "lock" else clearance(row)).status_code == 404


def test_patients_do_not_open_them(page, alice, lock, condition):
    assert page(alice).get(hold(lock)).status_code == 403
    assert page(alice).post(clearance(condition), {"note": "x"}).status_code == 403


def test_looking_is_written_down(page, alice, bob, lock):
    AuditEvent.objects.all().delete()

    page(bob).get(hold(lock))

    look = AuditEvent.objects.get()
    assert (look.actor, look.patient, look.door) == (bob, alice, "safety:end_hold")


def test_they_cost_few_queries(page, bob, lock, condition, django_assert_num_queries):
    browser = page(bob)
    with django_assert_num_queries(8):
        browser.get(hold(lock))
    with django_assert_num_queries(6):
        browser.get(clearance(condition))
