"""Taking a flag on, putting it off and closing it, from the patient's page."""

from __future__ import annotations

from html import unescape
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from programs.accounts.actions import join_clinic
from programs.accounts.models import AuditEvent, CareTeam, Membership, Role, User
from programs.delivery.models import Delivery
from programs.monitoring.models import Flag, FlagEvent, FlagState
from tests import makers

pytestmark = pytest.mark.once

NOON = makers.NOON
DOORS = ["acknowledge", "snooze", "resolve"]
FORMS = ["snooze", "resolve"]
GOOD = {"acknowledge": {}, "snooze": {"wait": "2"}, "resolve": {"outcome": "helpful"}}


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


@pytest.mark.parametrize("door", FORMS)
def test_nobody_is_asked_about_a_flag_that_is_done(page, bob, flag, door):
    browser = page(bob)
    send(browser, flag, "resolve", outcome="helpful")
    answer = browser.get(reverse(f"monitoring:{door}", args=[flag.pk]))
    assert (answer.status_code, answer["Location"]) == (302, f"/patients/{flag.patient_id}/")
    assert "Somebody has closed this already." in told(answer, browser)


def test_nobody_is_asked_how_long_an_emergency_may_wait(page, alice, bob):
    makers.weekly_check(alice, weakness="new_or_worse")
    browser = page(bob)
    answer = browser.get(reverse("monitoring:snooze", args=[Flag.objects.get().pk]))
    assert answer.status_code == 302
    assert "An urgent flag cannot be put off." in told(answer, browser)


@pytest.mark.parametrize("door", DOORS)
def test_who_was_signed_out_meanwhile_is_told_that_nothing_is_saved(page, bob, flag, door):
    patients_page = f"/patients/{flag.patient_id}/"
    browser = page(bob)
    browser.logout()
    answer = browser.post(
        reverse(f"monitoring:{door}", args=[flag.pk]),
        GOOD[door],
        headers={"Referer": f"http://testserver{patients_page}"},
    )
    assert answer["Location"] == f"/account/login/?next={patients_page}"
    assert "You were signed out, so what you sent last is not saved." in told(answer, browser)
    assert 'href="/help/">Help and warning signs' in told(answer, browser)
    flag.refresh_from_db()
    assert flag.state == FlagState.OPEN


@pytest.mark.parametrize("came_from", ["", "https://elsewhere.example/patients/", "javascript:alert(1)"])
def test_who_signs_in_again_is_led_nowhere_else(page, bob, flag, came_from):
    browser = page(bob)
    browser.logout()
    address = reverse("monitoring:acknowledge", args=[flag.pk])
    assert browser.post(address, headers={"Referer": came_from})["Location"] == "/account/login/?next=/"


def test_a_long_note_is_refused_and_not_cut_off(page, bob, flag):
    browser = page(bob)
    assert "maxlength" not in browser.get(reverse("monitoring:resolve", args=[flag.pk])).text
    answer = send(browser, flag, "resolve", outcome="helpful", note="x" * 501)
    assert answer.status_code == 422
    assert "Write at most 500 letters." in answer.text


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
    assert Delivery.objects.filter(source_id=flag.pk).exclude(state="withdrawn").count() == 2
    send(page(bob), flag, "acknowledge")
    assert set(Delivery.objects.values_list("state", flat=True)) == {"withdrawn"}


def test_closing_keeps_whether_it_was_worth_a_look_and_what_was_done(page, bob, flag):
    browser = page(bob)
    answer = send(browser, flag, "resolve", outcome="helpful", note="  Called. Fewer bridges. ")
    assert (answer.status_code, answer["Location"]) == (302, f"/patients/{flag.patient_id}/")
    flag.refresh_from_db()
    assert (flag.state, flag.outcome) == (FlagState.RESOLVED, "helpful")
    event = flag.events.get(kind=FlagEvent.Kind.RESOLVED)
    assert (event.by, event.at, event.note) == (bob, NOON, "Called. Fewer bridges.")
    assert "This is done." in told(answer, browser)


def test_closing_again_changes_nothing(page, bob, flag):
    browser = page(bob)
    for outcome, note in (("helpful", "first"), ("not_helpful", "second")):
        send(browser, flag, "resolve", outcome=outcome, note=note)
    assert [event.note for event in flag.events.filter(kind=FlagEvent.Kind.RESOLVED)] == ["first"]
    flag.refresh_from_db()
    assert flag.outcome == "helpful"


def test_a_closed_flag_cannot_be_taken_on(page, bob, flag):
    browser = page(bob)
    send(browser, flag, "resolve", outcome="helpful")
    assert "Somebody has closed this already. Nothing was changed." in told(
        send(browser, flag, "acknowledge"), browser
    )
    flag.refresh_from_db()
    assert flag.state == FlagState.RESOLVED


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({}, "Choose whether this was worth a look."),
        ({"outcome": "cleared"}, "Choose whether this was worth a look."),
        ({"outcome": "helpful", "note": "x" * 501}, "Write at most 500 letters."),
        ({"outcome": "helpful", "note": "Called.\0"}, "The note holds a character that cannot be saved."),
    ],
)
def test_what_cannot_be_kept_is_said_at_the_field_and_nothing_is_stored(page, bob, flag, form, sentence):
    answer = send(page(bob), flag, "resolve", **form)
    assert answer.status_code == 422
    assert answer.text.count(sentence) == 2  # in the summary, and at the field
    assert flag.sentence in unescape(answer.text)
    flag.refresh_from_db()
    assert flag.state == FlagState.OPEN
    assert not flag.events.filter(kind=FlagEvent.Kind.RESOLVED).exists()


def test_what_was_typed_is_not_lost(page, bob, flag):
    answer = send(page(bob), flag, "resolve", note="Called her. Fewer bridges.")
    assert answer.status_code == 422
    assert "Called her. Fewer bridges.</textarea>" in answer.text
    answer = send(page(bob), flag, "snooze", wait="day", until="2026-12-30")
    assert 'value="2026-12-30"' in answer.text


@pytest.mark.parametrize(
    ("form", "day"),
    [
        ({"wait": "2"}, "22 November"),
        ({"wait": "7"}, "27 November"),
        ({"wait": "7", "until": "nonsense"}, "27 November"),
        ({"wait": "day", "until": "2026-12-04"}, "4 December"),
    ],
)
def test_putting_off_keeps_the_day(page, bob, flag, form, day):
    browser = page(bob)
    answer = send(browser, flag, "snooze", **form)
    assert (answer.status_code, answer["Location"]) == (302, f"/patients/{flag.patient_id}/")
    flag.refresh_from_db()
    assert (flag.state, flag.owner) == (FlagState.SNOOZED, bob)
    assert f"Put off until {day}." in told(answer, browser)


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({}, "Choose for how long."),
        ({"wait": "30"}, "Choose for how long."),
        ({"wait": "day"}, "Choose a day."),
        ({"wait": "day", "until": "soon"}, "Choose a day."),
        ({"wait": "day", "until": "2026-11-20"}, "Choose a day from tomorrow to 14 days from today."),
        ({"wait": "day", "until": "2026-12-05"}, "Choose a day from tomorrow to 14 days from today."),
    ],
)
def test_a_day_that_cannot_be_is_said_at_the_field(page, bob, flag, form, sentence):
    answer = send(page(bob), flag, "snooze", **form)
    assert answer.status_code == 422
    assert answer.text.count(sentence) == 2
    flag.refresh_from_db()
    assert flag.state == FlagState.OPEN


def test_the_day_is_the_therapists_own(page, bob, flag):
    User.objects.filter(pk=bob.pk).update(time_zone="Pacific/Kiritimati")  # the 21st there, two hours into it
    send(page(bob), flag, "snooze", wait="2")
    assert flag.events.get(kind=FlagEvent.Kind.SNOOZED).note == "Until 23 November."


def test_an_emergency_cannot_be_put_off(page, bob, alice):
    makers.weekly_check(alice, weakness="new_or_worse")
    emergency = Flag.objects.get()
    answer = send(page(bob), emergency, "snooze", wait="2")
    assert answer.status_code == 422
    assert "An urgent flag cannot be put off." in answer.text
    emergency.refresh_from_db()
    assert emergency.state == FlagState.OPEN


def test_what_somebody_else_looks_after_is_not_put_off(page, bob, flag, clinic, alice):
    carl = makers.therapist(clinic, "carl")
    CareTeam.objects.create(clinic=clinic, patient=alice, therapist=carl, started_at=NOON)
    send(page(bob), flag, "acknowledge")
    answer = send(page(carl), flag, "snooze", wait="2")
    assert answer.status_code == 422
    assert "Bob is looking at this already." in answer.text
    flag.refresh_from_db()
    assert (flag.state, flag.owner) == (FlagState.ACKNOWLEDGED, bob)


@pytest.mark.parametrize("door", FORMS)
def test_the_form_stands_on_a_page_of_its_own_too(page, bob, flag, door, django_assert_num_queries):
    browser = page(bob)
    with django_assert_num_queries(6):
        answer = browser.get(reverse(f"monitoring:{door}", args=[flag.pk]))
    assert answer.status_code == 200
    assert "There is a problem" not in answer.text
    assert flag.sentence in unescape(answer.text)
    assert "Nobody watches this live." in answer.text
    flag.refresh_from_db()
    assert flag.state == FlagState.OPEN


@pytest.mark.parametrize("door", DOORS)
def test_each_door_is_written_down(page, bob, flag, alice, clinic, door):
    send(page(bob), flag, door, **GOOD[door])
    event = AuditEvent.objects.get()
    assert (event.actor, event.patient, event.clinic, event.door) == (
        bob,
        alice,
        clinic,
        f"monitoring:{door}",
    )


@pytest.mark.parametrize("door", DOORS)
def test_another_clinics_flag_is_not_there(page, charlie, flag, door):
    assert send(page(charlie), flag, door, **GOOD[door]).status_code == 404
    flag.refresh_from_db()
    assert flag.state == FlagState.OPEN
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("door", DOORS)
def test_a_colleague_who_does_not_care_for_the_patient_finds_no_flag(page, clinic, flag, door):
    assert send(page(makers.therapist(clinic, "carl")), flag, door, **GOOD[door]).status_code == 404


@pytest.mark.parametrize("door", DOORS)
def test_a_patient_does_not_handle_their_own_flag(page, alice, flag, door):
    assert send(page(alice), flag, door, **GOOD[door]).status_code == 403


@pytest.mark.parametrize("door", DOORS)
def test_a_patient_who_is_a_therapist_elsewhere_does_not_handle_their_own_flag(
    page, alice, other_clinic, flag, door
):
    join_clinic(user=alice, clinic=other_clinic, role=Role.THERAPIST, now=NOON)
    assert send(page(alice), flag, door, **GOOD[door]).status_code == 404
    flag.refresh_from_db()
    assert flag.state == FlagState.OPEN


@pytest.mark.parametrize("door", DOORS)
def test_a_therapist_who_left_handles_nothing(page, bob, flag, door):
    Membership.objects.filter(user=bob).update(ended_at=NOON)
    assert send(page(bob), flag, door).status_code == 403


def test_a_link_alone_takes_nothing_on(page, bob, flag):
    assert page(bob).get(reverse("monitoring:acknowledge", args=[flag.pk])).status_code == 405


@pytest.mark.parametrize("door", DOORS)
def test_an_unknown_flag_is_not_there(page, bob, door):
    assert page(bob).post(reverse(f"monitoring:{door}", args=[uuid4()])).status_code == 404


@pytest.mark.parametrize("door", DOORS)
def test_signed_out_leads_to_the_sign_in_page(client, flag, door):
    assert send(client, flag, door)["Location"].startswith("/account/login/")
    flag.refresh_from_db()
    assert flag.state == FlagState.OPEN
