"""Help and warning signs."""

from __future__ import annotations

import pytest

from programs.accounts.models import AuditEvent, Clinic
from programs.safety.rules import nobody_watches
from tests import makers, pages
from tests.readability import grade

URL = "/help/"

EMERGENCY = [
    "private parts",
    "when you wipe",
    "hard to start or stop to pee",
    "leak pee",
    "leak poo",
    "sex",
    "both legs",
    "foot drags",
    "leg gives way",
    "chest pain, trouble breathing, or cough up blood",
    "cold, pale or blue",
    "very tight and swollen",
    "feel faint",
]
URGENT = ["one calf or leg is swollen", "hot, shivery", "big fall", "a snap or a kick", "had cancer"]


@pytest.fixture
def with_numbers(clinic):
    Clinic.objects.filter(pk=clinic.pk).update(phone="01632 960 123", emergency_number="999")


@pytest.mark.parametrize("sign", EMERGENCY)
def test_every_emergency_sign_comes_before_the_urgent_ones(client, db, sign):
    emergency, _ = pages.words(client.get(URL)).split("Speak to a doctor or nurse today")

    assert sign in emergency


@pytest.mark.parametrize("sign", URGENT)
def test_every_urgent_sign_is_there(client, db, sign):
    assert sign in pages.words(client.get(URL)).split("Speak to a doctor or nurse today")[1]


def test_signed_out_it_calls_112(client, db):
    answer = client.get(URL)

    assert answer.status_code == 200
    assert 'href="tel:112"' in answer.content.decode()
    assert "Call 112 or go to the emergency department now" in pages.words(answer)


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_signed_in_it_calls_the_numbers_of_the_clinic(page, request, with_numbers, who):
    body = page(request.getfixturevalue(who)).get(URL).content.decode()

    assert 'href="tel:999"' in body
    assert 'href="tel:01632960123"' in body
    assert "tel:112" not in body
    assert "call 112" not in body.lower()


def test_another_clinics_numbers_are_not_shown(page, dora, with_numbers):
    body = page(dora).get(URL).content.decode()

    assert "01632" not in body
    assert 'href="tel:112"' in body


def test_somebody_without_a_clinic_still_finds_help(page, db):
    answer = page(makers.person("eve")).get(URL)

    assert 'href="tel:112"' in answer.content.decode()


def test_it_says_that_nobody_watches(client, db):
    assert "Nobody watches this site live." in pages.words(client.get(URL))


def test_it_never_tells_anybody_that_all_is_well(client, db):
    words = pages.words(client.get(URL)).lower()

    assert not any(word in words for word in ("safe", "no red flag", "nothing serious", "don't worry"))


def test_it_says_that_no_clinician_has_checked_it(client, db):
    assert "not yet checked by a clinician" in pages.words(client.get(URL))


ADDRESSES = ("/", "/check/", "/weekly/", "/session/", "/history/", "/breaks/", "/library/", "/me/")


@pytest.mark.parametrize("address", [*ADDRESSES, "/safety/"])
def test_every_patient_page_leads_there_and_says_that_nobody_watches(page, alice, plan, at_noon, address):
    if address != "/safety/":
        makers.screened(alice)
    Clinic.objects.update(emergency_number="999")

    body = page(alice).get(address).content.decode()

    assert f'href="{URL}"' in body
    assert 'Nobody watches this live. In an emergency, call <a href="tel:999">999</a> at once.' in body
    assert nobody_watches("999") == "Nobody watches this live. In an emergency, call 999 at once."


def test_the_session_pages_say_so_too(page, alice, plan, at_noon):
    makers.screened(alice)
    browser = page(alice)
    record_id = pages.hidden(browser.get("/session/"), "record_id")
    browser.post("/session/", {"record_id": record_id, "pain_before": "4"})
    for address in ("/session/exercise/1/", "/session/pause/", "/session/after/"):
        assert "Nobody watches this live." in browser.get(address).content.decode(), address


def test_it_shows_nothing_of_any_record(page, alice, bob, plan):
    page(alice).get(URL)
    page(bob).get(URL)

    assert not AuditEvent.objects.exists()


def test_it_asks_for_few_rows(client, page, alice, django_assert_num_queries):
    browser = page(alice)
    with django_assert_num_queries(0):
        client.get(URL)
    with django_assert_num_queries(4):
        browser.get(URL)


def test_it_is_easy_to_read(client, db):
    assert grade(pages.prose(client.get(URL))) <= 6
