"""A therapist invites a patient and gets a link that is shown once."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.urls import reverse

from programs.accounts.actions import invite_patient, join_clinic, token_hash
from programs.accounts.models import Invitation, Role
from tests import makers

INVITE = "/invite/"
FORM = {"name": "Maria Lindqvist", "email": "Maria@Example.org"}


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(makers.NOON, tick=False):
        yield


def link_in(answer) -> str:
    return answer.context["link"]


def test_the_page_says_what_the_link_is_good_for(page, bob):
    answer = page(bob).get(INVITE)
    assert answer.status_code == 200
    assert "It works once, for 72 hours." in answer.text


def test_inviting_shows_an_absolute_link_that_opens_the_invitation(page, bob, client):
    answer = page(bob).post(INVITE, FORM)
    assert answer.status_code == 200
    link = link_in(answer)
    assert link.startswith("http://testserver/join/")
    assert f'id="link" translate="no">{link}</p>' in answer.text
    assert "It works once, for 72 hours: until Monday 23 November, 12:00." in answer.text
    opened = client.get(urlsplit(link).path)
    assert "Bob invites you to Stride clinic" in opened.text


def test_the_answer_that_shows_the_link_is_kept_by_no_cache(page, bob):
    assert "no-store" in page(bob).post(INVITE, FORM)["Cache-Control"]


def test_only_a_hash_of_the_token_is_kept(page, bob):
    link = link_in(page(bob).post(INVITE, FORM))
    token = urlsplit(link).path.split("/")[2]
    invitation = Invitation.objects.get()
    assert invitation.token_hash == token_hash(token)
    assert token not in str(Invitation.objects.values().get())
    assert (invitation.email, invitation.invited_by, invitation.expires_at) == (
        "maria@example.org",
        bob,
        makers.NOON + timedelta(hours=72),
    )


def test_inviting_the_same_address_again_closes_the_first_link(page, bob, client):
    browser = page(bob)
    first, second = link_in(browser.post(INVITE, FORM)), link_in(browser.post(INVITE, FORM))
    assert client.get(urlsplit(first).path).status_code == 410
    assert client.get(urlsplit(second).path).status_code == 200
    assert Invitation.objects.open(makers.NOON).count() == 1


@pytest.mark.parametrize(
    ("form", "field", "sentence"),
    [
        ({"name": "", "email": "maria@example.org"}, "name", "Enter a name."),
        ({"name": "Maria", "email": ""}, "email", "Enter an e-mail address."),
        ({"name": "Maria", "email": "maria"}, "email", "Enter a valid email address."),
        ({"name": "M" * 121, "email": "maria@example.org"}, "name", "at most 120"),
    ],
)
def test_a_wrong_field_gets_its_sentence_and_nothing_is_stored(page, bob, form, field, sentence):
    answer = page(bob).post(INVITE, form)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert f'id="id_{field}_error"' in answer.text
    assert form["name"] in answer.text
    assert not Invitation.objects.exists()


def test_an_address_with_an_account_is_refused_at_the_field(page, bob, alice):
    answer = page(bob).post(INVITE, {"name": "Alice", "email": "ALICE@example.org"})
    assert answer.status_code == 422
    assert "already has an account" in answer.context["form"].errors["email"][0]
    assert not Invitation.objects.exists()


def test_own_open_invitations_are_listed_and_nobody_elses(page, clinic, bob):
    carl = makers.therapist(clinic, "carl")
    for by, name in ((bob, "Maria"), (carl, "Joan")):
        invite_patient(clinic=clinic, invited_by=by, name=name, email=f"{name}@x.org", now=makers.NOON)
    html = page(bob).get(INVITE).text
    assert "Maria" in html
    assert "Joan" not in html


def test_a_closed_invitation_is_not_listed(page, clinic, bob):
    long_ago = makers.NOON - timedelta(hours=73)
    invite_patient(clinic=clinic, invited_by=bob, name="Maria", email="m@x.org", now=long_ago)
    assert "Maria" not in page(bob).get(INVITE).text


def test_revoking_closes_the_link_and_doing_it_again_changes_nothing(page, bob, client):
    browser = page(bob)
    link = link_in(browser.post(INVITE, FORM))
    invitation = Invitation.objects.get()
    for _ in range(2):
        answer = browser.post(reverse("accounts:revoke", args=[invitation.pk]), follow=True)
        assert answer.status_code == 200
    invitation.refresh_from_db()
    assert invitation.revoked_at == makers.NOON
    assert client.get(urlsplit(link).path).status_code == 410


def test_another_therapists_invitation_cannot_be_revoked(page, bob, charlie):
    page(bob).post(INVITE, FORM)
    invitation = Invitation.objects.get()
    answer = page(charlie).post(reverse("accounts:revoke", args=[invitation.pk]))
    assert answer.status_code == 404
    invitation.refresh_from_db()
    assert invitation.revoked_at is None


def test_revoking_needs_a_post(page, bob):
    page(bob).post(INVITE, FORM)
    assert page(bob).get(reverse("accounts:revoke", args=[Invitation.objects.get().pk])).status_code == 405


@pytest.mark.parametrize("role", [Role.PATIENT, Role.ADMIN])
def test_patients_and_administrators_do_not_invite(page, clinic, role):
    eve = makers.person("eve")
    join_clinic(user=eve, clinic=clinic, role=role, now=makers.NOON)
    assert page(eve).get(INVITE).status_code == 403
    assert page(eve).post(INVITE, FORM).status_code == 403
    assert not Invitation.objects.exists()


def test_signed_out_leads_to_the_sign_in_page(db, client):
    answer = client.get(INVITE)
    assert answer.status_code == 302
    assert answer["Location"] == "/account/login/?next=/invite/"


def test_the_page_costs_the_same_however_many_invitations(page, clinic, bob, django_assert_num_queries):
    browser = page(bob)

    def invite(numbers):
        for number in numbers:
            invite_patient(clinic=clinic, invited_by=bob, name="M", email=f"m{number}@x.org", now=makers.NOON)

    invite(range(2))
    with django_assert_num_queries(5):
        browser.get(INVITE)
    invite(range(2, 20))
    with django_assert_num_queries(5):
        browser.get(INVITE)
