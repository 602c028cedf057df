"""One's own account."""

from __future__ import annotations

import pytest

from programs.accounts.actions import join_clinic
from programs.accounts.models import Role
from tests import makers


def test_it_shows_who_is_signed_in_and_the_ways_out(page, alice):
    html = page(alice).get("/me/").text
    assert "You are signed in as Alice" in html
    assert "alice@example.org" in html
    assert "Stride clinic" in html
    assert 'href="/account/password/change/"' in html
    assert 'action="/account/logout/"' in html


@pytest.mark.parametrize("role", Role.values)
def test_every_role_has_it(page, clinic, role):
    eve = makers.person("eve")
    join_clinic(user=eve, clinic=clinic, role=role, now=makers.NOON)
    assert page(eve).get("/me/").status_code == 200


def test_somebody_without_a_clinic_has_nothing_to_see(page, db):
    assert page(makers.person("eve")).get("/me/").status_code == 403


def test_a_new_time_zone_is_kept_and_saving_it_again_changes_nothing(page, alice):
    browser = page(alice)
    for _ in range(2):
        answer = browser.post("/me/", {"time_zone": "Asia/Tokyo"})
        assert (answer.status_code, answer["Location"]) == (302, "/me/")
    alice.refresh_from_db()
    assert alice.time_zone == "Asia/Tokyo"
    assert 'value="Asia/Tokyo" selected' in browser.get("/me/").text


@pytest.mark.parametrize("typed", ["", "Mars/Olympus"])
def test_a_place_that_is_none_is_refused_at_the_field(page, alice, typed):
    answer = page(alice).post("/me/", {"time_zone": typed})
    assert answer.status_code == 422
    assert 'id="id_time_zone_error"' in answer.text
    alice.refresh_from_db()
    assert alice.time_zone == "Europe/London"


def test_signed_out_leads_to_the_sign_in_page(db, client):
    assert client.get("/me/")["Location"] == "/account/login/?next=/me/"
