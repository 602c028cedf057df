"""Whom a clinic's patients are told to call."""

from __future__ import annotations

import pytest

from programs.accounts.actions import NOT_A_NUMBER_TO_CALL, join_clinic
from programs.accounts.models import Role, User
from tests import makers, pages

pytestmark = pytest.mark.once

URL = "/clinic/emergency-number/"


@pytest.fixture
def adam(clinic) -> User:
    """The administrator."""
    user = makers.person("adam")
    join_clinic(user=user, clinic=clinic, role=Role.ADMIN, now=makers.NOON)
    return user


def test_the_clinics_page_names_the_number_and_leads_to_the_form(page, adam):
    answer = page(adam).get("/clinic/")

    assert "In an emergency your patients are told to call 112." in pages.words(answer)
    assert f'href="{URL}"' in answer.content.decode()


def test_the_form_suggests_numbers_by_country(page, adam):
    answer = page(adam).get(URL)

    assert pages.heading(answer) == "Whom do your patients call in an emergency?"
    assert "In the UK it is 999, in the EU 112, in the USA 911." in pages.words(answer)
    assert 'value="112"' in answer.content.decode()


@pytest.mark.parametrize("number", ["999", "112", "911", "15", "123456"])
def test_a_number_that_is_chosen_stands_on_every_page_from_then_on(page, adam, alice, clinic, number):
    reply = page(adam).post(URL, {"emergency_number": number})

    assert reply.url == "/clinic/"
    assert f'href="tel:{number}"' in page(alice).get("/help/").content.decode()


@pytest.mark.parametrize(
    "typed",
    ["", "9", "1234567", "9 9 9", "+44 999", "nine", "９９９", "١١٢"],
    ids=["nothing", "too short", "too long", "spaces", "a country code", "a word", "wide digits", "arabic"],
)
def test_what_cannot_be_dialled_is_refused(page, adam, clinic, typed):
    reply = page(adam).post(URL, {"emergency_number": typed})

    assert reply.status_code == 422
    assert NOT_A_NUMBER_TO_CALL in pages.words(reply)
    clinic.refresh_from_db()
    assert clinic.emergency_number == "112"


def test_another_clinics_number_stays(page, adam, other_clinic):
    page(adam).post(URL, {"emergency_number": "999"})

    other_clinic.refresh_from_db()
    assert other_clinic.emergency_number == "112"


def test_only_administrators_open_it(page, alice, bob, client):
    assert page(alice).get(URL).status_code == 403
    assert page(bob).post(URL, {"emergency_number": "999"}).status_code == 403
    assert client.get(URL).url == f"/account/login/?next={URL}"


def test_it_costs_few_queries(page, adam, django_assert_num_queries):
    browser = page(adam)
    with django_assert_num_queries(3):  # session, person, memberships with the clinic
        browser.get(URL)
