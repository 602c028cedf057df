"""Joining by the link of an invitation."""

from __future__ import annotations

from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.test import Client

from programs.accounts.actions import invite_patient, revoke_invitation
from programs.accounts.models import Invitation, Role, User
from tests import makers
from tests.readability import grade

pytestmark = pytest.mark.once

YEAR = {"year_of_birth": "1954"}
FORM = {"time_zone": "Europe/Madrid", "password": "a heron on a red gate"}
PASSWORD_PAGE = "/join/password/"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(makers.NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def link(clinic, bob) -> str:
    invited = invite_patient(
        clinic=clinic,
        invited_by=bob,
        name="Maria Lindqvist",
        email="maria@example.org",
        year_of_birth=1954,
        now=makers.NOON,
    )
    return f"/join/{invited.token}/"


def join(browser: Client, link: str, form: dict[str, str] = FORM):
    """Say the year, then choose a password."""
    entered = browser.post(link, YEAR)
    if entered.status_code != 302:
        return entered
    assert entered["Location"] == PASSWORD_PAGE
    return browser.post(PASSWORD_PAGE, form)


def test_looking_shows_who_invites_but_not_whom_and_changes_nothing(client, link):
    for _ in range(2):
        answer = client.get(link)
        assert answer.status_code == 200
    assert "Bob invites you to Stride clinic" in answer.text
    assert "maria" not in answer.text.lower()
    assert "no-store" in answer["Cache-Control"]
    assert Invitation.objects.get().accepted_at is None
    assert not User.objects.filter(email="maria@example.org").exists()


def test_joining_makes_a_patient_of_the_inviter_and_signs_in(client, link, bob, clinic):
    answer = join(client, link)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    maria = User.objects.get(email="maria@example.org")
    assert client.session["_auth_user_id"] == str(maria.pk)
    assert (maria.name, maria.year_of_birth, maria.time_zone) == ("Maria Lindqvist", 1954, "Europe/Madrid")
    assert maria.check_password(FORM["password"])
    assert maria.memberships.get().role == Role.PATIENT
    assert maria.care_team.get().therapist == bob
    assert client.get("/me/").status_code == 200


def test_the_new_patient_can_sign_in_with_the_password(client, link):
    join(client, link)
    answer = Client().post("/account/login/", {"login": "maria@example.org", "password": FORM["password"]})
    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_a_link_works_once(link):
    assert join(Client(), link).status_code == 302
    for again in (Client().get(link), Client().post(link, YEAR)):
        assert again.status_code == 410
        assert "call your clinic and ask for a new one" in again.text
    assert User.objects.filter(email="maria@example.org").count() == 1


def test_a_link_works_for_72_hours_and_not_a_second_longer(client, link, clock):
    clock.move_to(makers.NOON + timedelta(hours=72) - timedelta(seconds=1))
    assert client.get(link).status_code == 200
    clock.move_to(makers.NOON + timedelta(hours=72))
    assert client.get(link).status_code == 410
    assert client.post(link, YEAR).status_code == 410
    assert not User.objects.filter(email="maria@example.org").exists()


def test_a_revoked_link_is_closed(client, link):
    revoke_invitation(invitation=Invitation.objects.get(), now=makers.NOON)
    assert client.get(link).status_code == 410
    assert client.post(link, YEAR).status_code == 410


def test_an_unknown_link_looks_like_a_closed_one(db, client):
    answer = client.get("/join/made-up/")
    assert answer.status_code == 410
    assert "This invitation does not work any more" in answer.text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Enter the year you were born."),
        ("x", "Enter a year, such as 1954."),
        ("2024", "Enter a year between 1900 and 2008."),
        ("-1", "Enter a year between 1900 and 2008."),
        ("1954.5", "Enter a year, such as 1954."),
    ],
)
def test_what_is_no_year_gets_its_sentence_and_is_no_try(client, link, typed, sentence):
    answer = client.post(link, {"year_of_birth": typed})
    assert answer.status_code == 422
    assert sentence in answer.context["form"].errors["year_of_birth"][0]
    assert 'id="id_year_of_birth_error"' in answer.text
    assert Invitation.objects.get().tries == 0


def test_another_year_is_one_try_and_tells_nothing_about_whom(client, link):
    answer = client.post(link, {"year_of_birth": "1955"})
    assert answer.status_code == 422
    assert "Your clinic has told us another year." in answer.text
    assert "maria" not in answer.text.lower()
    assert Invitation.objects.get().tries == 1
    assert client.get(PASSWORD_PAGE)["Location"] == "/join/"


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("time_zone", "Mars/Olympus", "Select a valid choice."),
        ("password", "", "Choose a password."),
        ("password", "too short", "It must contain at least 15 characters."),
        ("password", "maria@example.org", "This password is too much like your e-mail address."),
    ],
)
def test_a_wrong_field_gets_its_sentence_and_nothing_is_stored(client, link, field, typed, sentence):
    answer = join(client, link, FORM | {field: typed})
    assert answer.status_code == 422
    assert sentence in " ".join(answer.context["form"].errors[field])
    assert sentence in unescape(answer.text)
    assert f'id="id_{field}_error"' in answer.text
    assert Invitation.objects.get().accepted_at is None
    assert not User.objects.filter(email="maria@example.org").exists()
    assert "_auth_user_id" not in client.session


def test_all_mistakes_are_said_at_once(client, link):
    answer = join(client, link, {"time_zone": "x", "password": "too short"})
    assert set(answer.context["form"].errors) == {"time_zone", "password"}


def test_a_mistake_does_not_use_the_invitation_up(client, link):
    join(client, link, FORM | {"password": "too short"})
    assert client.post(PASSWORD_PAGE, FORM).status_code == 302


def test_an_address_that_got_an_account_meanwhile_is_refused(client, link):
    User.objects.create_user("maria@example.org", "Maria", makers.PASSWORD)
    answer = join(client, link)
    assert answer.status_code == 422
    assert "already has an account" in answer.text
    assert Invitation.objects.get().accepted_at is None


def test_somebody_signed_in_is_asked_to_sign_out_first(page, link, bob):
    browser = page(bob)
    for answer in (browser.get(link), browser.post(link, YEAR)):
        assert answer.status_code == 200
        assert "You are signed in as <strong>bob@example.org</strong>" in answer.text
    assert not User.objects.filter(email="maria@example.org").exists()
    answer = browser.post("/account/logout/", {"next": link}, follow=True)
    assert "Bob invites you to Stride clinic" in answer.text


def test_an_address_has_20_tries_an_hour(link, clock):
    for number in range(20):
        assert Client().get(f"/join/guess-{number}/").status_code == 410
    refused = Client().get("/join/guess-20/")
    assert refused.status_code == 429
    assert "Too many tries" in refused.text
    assert Client().post(link, YEAR).status_code == 429
    assert not User.objects.filter(email="maria@example.org").exists()
    assert Client(REMOTE_ADDR="192.0.2.7").get("/join/guess-20/").status_code == 410
    clock.shift(timedelta(hours=1, seconds=1))
    assert join(Client(), link).status_code == 302


def test_looking_at_a_link_that_works_is_no_try(link):
    for _ in range(25):
        assert Client().get(link).status_code == 200


@pytest.mark.parametrize("path", ["/join/made-up/", "link"])
def test_the_words_are_plain(client, link, path):
    html = client.get(link if path == "link" else path).text
    main = html.split("<main", 1)[1].split("</main>")[0]
    paragraphs = [part.split(">", 1)[1].split("</p>")[0] for part in main.split("<p")[1:]]
    words = " ".join(text for text in paragraphs if "<" not in text)
    assert grade(words) <= 6
