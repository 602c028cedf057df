"""Taking a flag on and closing it, from the patient's page."""

from __future__ import annotations

from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from programs.accounts.actions import join_clinic
from programs.accounts.models import AuditEvent, CareTeam, Membership, Role
from programs.delivery.models import Delivery
from programs.monitoring.models import Flag, FlagEvent, FlagState
from tests import makers

NOON = makers.NOON
DOORS = ["acknowledge", "resolve"]


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def flag(alice, bob) -> Flag:
    makers.daily_checks(alice, makers.RISING)
    return Flag.objects.get()


def send(browser, flag: Flag, door: str, **form: str):
    return browser.post(reverse(f"monitoring:{door}", args=[flag.pk]), form)


def told(answer, browser) -> str:
    """What the page says after the door sent the person there."""
    return browser.get(answer["Location"]).text


def kinds(flag: Flag) -> list[str]:
    return [event.kind for event in flag.events.filter(found_on=None)]


def test_taking_a_flag_on_makes_it_mine(page, bob, flag):
    browser = page(bob)
    answer = send(browser, flag, "acknowledge")
    assert (answer.status_code, answer["Location"]) == (302, f"/patients/{flag.patient_id}/")
    flag.refresh_from_db()
    assert (flag.state, flag.owner) == (FlagState.ACKNOWLEDGED, bob)
    assert "You look after this now." in told(answer, browser)


def test_taking_it_on_again_changes_nothing(page, bob, flag):
    browser = page(bob)
    for _ in range(2):
        assert send(browser, flag, "acknowledge").status_code == 302
    assert kinds(flag) == [FlagEvent.Kind.ACKNOWLEDGED]


def test_a_colleague_is_told_who_looks_after_it(page, bob, flag, clinic, alice):
    carl = makers.therapist(clinic, "carl")
    CareTeam.objects.create(clinic=clinic, patient=alice, therapist=carl, started_at=NOON)
    send(page(bob), flag, "acknowledge")
    browser = page(carl)
    assert "Bob is looking at this already." in told(send(browser, flag, "acknowledge"), browser)
    flag.refresh_from_db()
    assert flag.owner == bob


def test_taking_it_on_takes_back_what_was_not_sent_yet(page, bob, flag):
    assert Delivery.objects.filter(source_id=flag.pk, state="pending").count() == 2
    send(page(bob), flag, "acknowledge")
    assert set(Delivery.objects.values_list("state", flat=True)) == {"withdrawn"}


def test_closing_keeps_the_word_on_what_was_done(page, bob, flag):
    browser = page(bob)
    answer = send(browser, flag, "resolve", note="  Called. Fewer bridges. ")
    assert (answer.status_code, answer["Location"]) == (302, f"/patients/{flag.patient_id}/")
    flag.refresh_from_db()
    assert flag.state == FlagState.RESOLVED
    event = flag.events.get(kind=FlagEvent.Kind.RESOLVED)
    assert (event.by, event.at, event.note) == (bob, NOON, "Called. Fewer bridges.")
    assert "This is done." in told(answer, browser)


def test_closing_again_changes_nothing(page, bob, flag):
    browser = page(bob)
    for note in ("first", "second"):
        send(browser, flag, "resolve", note=note)
    assert [event.note for event in flag.events.filter(kind=FlagEvent.Kind.RESOLVED)] == ["first"]


def test_a_closed_flag_cannot_be_taken_on(page, bob, flag):
    browser = page(bob)
    send(browser, flag, "resolve")
    assert "This is done already." in told(send(browser, flag, "acknowledge"), browser)
    flag.refresh_from_db()
    assert flag.state == FlagState.RESOLVED


@pytest.mark.parametrize(
    ("note", "sentence"),
    [
        ("x" * 501, "Nothing is saved yet. Write at most 500 letters."),
        ("Called.\0", "Nothing is saved yet. The note holds a character that cannot be saved."),
    ],
)
def test_a_word_that_cannot_be_kept_is_refused_and_nothing_is_stored(page, bob, flag, note, sentence):
    browser = page(bob)
    answer = send(browser, flag, "resolve", note=note)
    assert sentence in told(answer, browser)
    flag.refresh_from_db()
    assert flag.state == FlagState.OPEN
    assert not flag.events.filter(kind=FlagEvent.Kind.RESOLVED).exists()


@pytest.mark.parametrize("door", DOORS)
def test_each_door_is_written_down(page, bob, flag, alice, clinic, door):
    send(page(bob), flag, door)
    event = AuditEvent.objects.get()
    assert (event.actor, event.patient, event.clinic, event.door) == (
        bob,
        alice,
        clinic,
        f"monitoring:{door}",
    )


@pytest.mark.parametrize("door", DOORS)
def test_another_clinics_flag_is_not_there(page, charlie, flag, door):
    assert send(page(charlie), flag, door).status_code == 404
    flag.refresh_from_db()
    assert flag.state == FlagState.OPEN
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("door", DOORS)
def test_a_colleague_who_does_not_care_for_the_patient_finds_no_flag(page, clinic, flag, door):
    assert send(page(makers.therapist(clinic, "carl")), flag, door).status_code == 404


@pytest.mark.parametrize("door", DOORS)
def test_a_patient_does_not_handle_their_own_flag(page, alice, flag, door):
    assert send(page(alice), flag, door).status_code == 403


@pytest.mark.parametrize("door", DOORS)
def test_a_patient_who_is_a_therapist_elsewhere_does_not_handle_their_own_flag(
    page, alice, other_clinic, flag, door
):
    join_clinic(user=alice, clinic=other_clinic, role=Role.THERAPIST, now=NOON)
    assert send(page(alice), flag, door).status_code == 404
    flag.refresh_from_db()
    assert flag.state == FlagState.OPEN


@pytest.mark.parametrize("door", DOORS)
def test_a_therapist_who_left_handles_nothing(page, bob, flag, door):
    Membership.objects.filter(user=bob).update(ended_at=NOON)
    assert send(page(bob), flag, door).status_code == 403


@pytest.mark.parametrize("door", DOORS)
def test_a_link_alone_does_nothing(page, bob, flag, door):
    assert page(bob).get(reverse(f"monitoring:{door}", args=[flag.pk])).status_code == 405


@pytest.mark.parametrize("door", DOORS)
def test_an_unknown_flag_is_not_there(page, bob, door):
    assert page(bob).post(reverse(f"monitoring:{door}", args=[uuid4()])).status_code == 404


@pytest.mark.parametrize("door", DOORS)
def test_signed_out_leads_to_the_sign_in_page(client, flag, door):
    assert send(client, flag, door)["Location"].startswith("/account/login/")
    flag.refresh_from_db()
    assert flag.state == FlagState.OPEN
